"""A member of a masked round: four stages, each once and in order; no network, no files.

    advertise → share → mask → agree, unmask

Bonawitz et al., Practical Secure Aggregation, CCS 2017, on the graph of Bell et al., CCS 2020: an
update is hidden under a mask of its own and one with each neighbour. Afterwards the neighbours give
away the own mask of who survived, or the key of who dropped out, and never both. Unlike there, no
keys are agreed on in a round: masks come from secrets that neighbours have already, and what the
key of a drop-out opens is a deposit of that one round's seeds (docs/privacy.md says what follows).
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors, UnmaskingRefused
from fedsol.learning.privacy.secure_aggregation.channels import Channels, EdgeKeys
from fedsol.learning.privacy.secure_aggregation.derivation import Purpose, derive, is_tag, tag
from fedsol.learning.privacy.secure_aggregation.drawing import Drawing
from fedsol.learning.privacy.secure_aggregation.field import Source
from fedsol.learning.privacy.secure_aggregation.masks import add_masks
from fedsol.learning.privacy.secure_aggregation.messages import (
    Advertisement,
    Agreement,
    EncryptedShares,
    MaskedUpdate,
    RevealedShares,
    write_entries,
)
from fedsol.learning.privacy.secure_aggregation.plan import Plan
from fedsol.learning.privacy.secure_aggregation.sealing import Seals, close
from fedsol.learning.privacy.secure_aggregation.shamir import SHARE_BYTES, new_secret, split

_PAIR = struct.Struct("<II")
_STAGES = ("advertise", "share", "mask", "agree", "unmask", "done")


class Member:
    """One member's side of one round; keys and seeds are drawn from the system's randomness.

    With a ``secret`` (32 bytes, drawn for this round alone) they all follow from it and the plan
    instead: a member that is made anew says the same again, byte for byte, if it is told the same.
    It must not mask another update then: the difference of the two could be read. A ``nonce`` (32
    bytes) is advertised in place of a drawn one; it must be as fresh.

    Raises:
        ConfigError: it is not of the plan's members, a secret or a nonce has another length, or
            ``cryptography`` is not installed.
    """

    def __init__(
        self,
        plan: Plan,
        channels: Channels,
        *,
        secret: bytes | None = None,
        nonce: bytes | None = None,
    ) -> None:
        self.plan, self.number = plan, channels.member
        self._channels = channels
        self._neighbours = plan.neighbours(self.number)
        self._stage = 0
        place = plan.digest + self.number.to_bytes(4, "little")
        self._drawing = Drawing(place, secret, nonce)
        self._nonce = self._drawing.nonce()
        self._key = self._seed = b""
        self._edges: dict[int, EdgeKeys] = {}
        self._seals = Seals(self.number, {})
        self._held: dict[int, bytes] = {}  # a share of the key, and one of the seed
        self._masked_with: frozenset[int] = frozenset()
        self._bears = False  # whether what a neighbour does wrong is its own fault alone
        self._survivors: frozenset[int] = frozenset()
        self._story = b""

    def advertise(self) -> Advertisement:
        """Stage 1: take part."""
        self._enter("advertise")
        return Advertisement(self.number, self._nonce)

    def share(self, advertisements: Iterable[Advertisement]) -> EncryptedShares:
        """Stage 2: shares for each neighbour that takes part; others are passed over.

        Raises:
            TooFewSurvivors: fewer would hold shares than the threshold.
            ConfigError: the channels are past the plan's generation.
        """
        self._enter("share")
        self._channels.advance(self.plan.generation)
        nonces = {one.sender: one.nonce for one in advertisements}
        self._edges = {
            peer: self._edge(peer, nonces[peer]) for peer in self._neighbours if peer in nonces
        }
        self._require(len(self._edges) + 1, "take part")
        told = {peer: nonces[peer] for peer in self._edges} | {self.number: self._nonce}
        source = self._drawing.source(told)
        self._key, self._seed = new_secret(source), new_secret(source)
        shares = self._split(source)
        self._held = {self.number: shares[self.number]}
        self._seals = Seals(self.number, {peer: one.seal for peer, one in self._edges.items()})
        deposit = write_entries({peer: one.mask for peer, one in self._edges.items()})
        return EncryptedShares(
            self.number,
            hashlib.sha256(self._key).digest(),
            hashlib.sha256(self._seed).digest(),
            close(derive(self._key, Purpose.DEPOSIT), 0, deposit),
            self._seals.close(shares),
        )

    def mask(
        self,
        ciphertexts: Mapping[int, bytes],
        values: NDArray[np.int16],
        weight: int = 1,
        *,
        on_board: Iterable[int] | None = None,
    ) -> MaskedUpdate:
        """Stage 3: the update (int16[d]), times its weight, under all masks.

        ``ciphertexts`` are those that neighbours sent to this member. Neighbours without one have
        left, and there is no mask with them.

        ``on_board`` are all members whose shares stand on a board. Safe only where nobody can
        change or hide what stands there and each message is bound to its sender: then only the
        sender can be to blame for a ciphertext that is missing or cannot be read, and for a wrong
        tag in its agreement. This member goes on: it masks with the sender, but holds no share of
        it to give, and does not count it among those who agree. Anywhere else leave it out, so
        that a server that tampers is refused.

        Raises:
            InvalidMessage: a ciphertext is forged, or of no neighbour that takes part; with
                ``on_board``, a neighbour on it has not advertised.
            TooFewSurvivors: fewer hold shares of this member's secrets than the threshold.
            LearningError: the update does not fit the plan.
        """
        self._enter("mask")
        words = self._words(values, weight)
        self._bears = on_board is not None
        self._masked_with = frozenset(ciphertexts if on_board is None else on_board)
        self._hold(ciphertexts)
        # Who has shared can read its own share of this member, whatever it wrote for this one.
        self._require(len(self._masked_with) + 1, "have shared their keys")
        added, subtracted = [derive(self._seed, Purpose.OWN)], list[bytes]()
        for peer in self._masked_with:
            (added if peer > self.number else subtracted).append(self._edges[peer].mask)
        add_masks(words, added, subtracted)
        return MaskedUpdate(self.number, words.tobytes())

    def agree(self, sharers: Iterable[int], survivors: Iterable[int]) -> Agreement:
        """Stage 4, first half: accept who shared and who survived, and tell each neighbour so.

        Raises:
            UnmaskingRefused: too few survivors, not this member or somebody who never shared among
                them, or a neighbour among the sharers whose shares never came.
        """
        self._enter("agree")
        told, began = frozenset(survivors), frozenset(sharers)
        if self.number not in told or not told <= began <= set(self.plan.members):
            raise UnmaskingRefused("the survivors did not all share, or this member is left out")
        if began.intersection(self._neighbours) != self._masked_with:
            raise UnmaskingRefused("shares of a neighbour that is said to have shared never came")
        if len(told) < self.plan.least_survivors:
            raise UnmaskingRefused(
                f"the sum of {len(told)} updates says too much of each;"
                f" at least {self.plan.least_survivors} must be in it"
            )
        self._survivors, self._story = told, _story(began, told)
        peers = told.intersection(self._neighbours)
        mine = _told_by(self.number, self._story)
        return Agreement(self.number, {p: tag(self._edges[p].tag, mine) for p in peers})

    def unmask(self, agreements: Iterable[Agreement]) -> RevealedShares:
        """Stage 4: a share for each neighbour, of its seed if it survived, otherwise of its key.

        Raises:
            UnmaskingRefused: a neighbour was told other survivors (but on a board), or too few have
                answered and agree.
        """
        self._enter("unmask")
        answered, near = {self.number}, self._survivors.intersection(self._neighbours)
        for one in agreements:
            if one.sender in near:
                found = one.tags.get(self.number, b"")
                theirs = _told_by(one.sender, self._story)
                if is_tag(found, self._edges[one.sender].tag, theirs):
                    answered.add(one.sender)
                elif not self._bears:
                    raise UnmaskingRefused(f"member {one.sender} was told other survivors")
        if len(answered) < self.plan.threshold:
            raise UnmaskingRefused(
                f"{len(answered)} holders agree on the survivors; {self.plan.threshold} must"
            )
        held = self._held.items()
        seeds = {peer: share[SHARE_BYTES:] for peer, share in held if peer in self._survivors}
        keys = {peer: share[:SHARE_BYTES] for peer, share in held if peer not in self._survivors}
        self._forget()
        return RevealedShares(self.number, seeds, keys)

    def _hold(self, ciphertexts: Mapping[int, bytes]) -> None:
        """Keep the shares of who this member masks with, or those that can be read."""
        if not self._bears:
            self._held |= self._seals.open(ciphertexts)
            return
        self._masked_with = self._masked_with.intersection(self._neighbours)
        for peer in sorted(self._masked_with - self._edges.keys()):
            raise InvalidMessage(f"member {peer} is on the board, but has not advertised")
        sealed = {peer: one for peer, one in ciphertexts.items() if peer in self._masked_with}
        readable = self._seals.readable(sealed)
        self._held |= {peer: one for peer, one in readable.items() if len(one) == 2 * SHARE_BYTES}

    def _split(self, source: Source) -> dict[int, bytes]:
        """Shares of both secrets by holder; a holder's point is its place among all holders."""
        points = {
            point: holder
            for point, holder in enumerate(self.plan.holders(self.number), 1)
            if holder == self.number or holder in self._edges
        }
        both = self._key + self._seed
        shares = split(both, self.plan.threshold, tuple(points), source=source)
        return {holder: shares[point] for point, holder in points.items()}

    def _forget(self) -> None:
        """What could still open this round: whoever breaks in later should not find it."""
        self._held, self._edges, self._seals = {}, {}, Seals(self.number, {})
        self._key = self._seed = b""
        self._drawing.forget()

    def _enter(self, stage: str) -> None:
        """Every stage once: what was refused or answered is never answered differently later."""
        if _STAGES[self._stage] != stage:
            raise InvalidMessage(f"{stage} came when {_STAGES[self._stage]} was next")
        self._stage += 1

    def _require(self, holders: int, what: str) -> None:
        if holders < self.plan.threshold:
            raise TooFewSurvivors(f"{holders} holders {what}; {self.plan.threshold} are needed")

    def _words(self, values: NDArray[np.int16], weight: int) -> NDArray[np.unsignedinteger[Any]]:
        plan = self.plan
        if values.dtype != np.int16 or values.shape != (plan.size,):
            raise LearningError(f"an update of this round is int16[{plan.size}]")
        if not 0 <= weight <= plan.max_weight:
            raise LearningError(f"a weight is within 0..{plan.max_weight}, not {weight}")
        if values.max(initial=0) > plan.qmax or values.min(initial=0) < -plan.qmax:
            raise LearningError(f"a value is beyond the round's bound {plan.qmax}")
        words = values.astype(plan.dtype)  # two's complement: what is below zero wraps
        return words if weight == 1 else words * plan.dtype.type(weight)

    def _edge(self, peer: int, nonce: bytes) -> EdgeKeys:
        """Fresh keys even if a round's id comes twice: this member's own nonce is in them.

        So are both ends: who copies another's channel key and nonce gets none of its edges' keys.
        """
        (lower, first), (higher, second) = sorted(((self.number, self._nonce), (peer, nonce)))
        ends = _PAIR.pack(lower, higher) + first + second
        return self._channels.edge(peer, self.plan.digest + ends)


def _story(sharers: frozenset[int], survivors: frozenset[int]) -> bytes:
    """SHA-256 (32 bytes) of what a server says happened."""
    parts = (np.array(sorted(some), "<u4").tobytes() for some in (sharers, survivors))
    return hashlib.sha256(len(sharers).to_bytes(4, "little") + b"".join(parts)).digest()


def _told_by(sender: int, story: bytes) -> bytes:
    """What a tag is of; with its sender, as both ends of an edge have one key."""
    return sender.to_bytes(4, "little") + story
