"""A member of a masked round: four stages, each once and in order; no network, no files.

    advertise → share → mask → agree, unmask

Bonawitz et al., Practical Secure Aggregation, CCS 2017, on the graph of Bell et al., CCS 2020: an
update is hidden under a mask of its own and one with each neighbour. Afterwards the neighbours give
away the own mask of who survived, or the key of who dropped out, and never both. Unlike there, no
keys are agreed on in a round: masks come from secrets that neighbours have already, and what the
key of a drop-out opens is a deposit of that one round's seeds (docs/privacy.md says what follows).
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors, UnmaskingRefused
from fedsol.learning.privacy.secure_aggregation.channels import Channels, EdgeKeys
from fedsol.learning.privacy.secure_aggregation.derivation import Purpose, derive, is_tag, tag
from fedsol.learning.privacy.secure_aggregation.masks import add_masks
from fedsol.learning.privacy.secure_aggregation.messages import (
    NONCE_BYTES,
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

_STAGES = ("advertise", "share", "mask", "agree", "unmask", "done")


class Member:
    """One member's side of one round; keys and seeds are drawn from the system's randomness.

    Raises:
        ConfigError: it is not of the plan's members, or ``cryptography`` is not installed.
    """

    def __init__(self, plan: Plan, channels: Channels) -> None:
        self.plan, self.number = plan, channels.member
        self._channels = channels
        self._neighbours = plan.neighbours(self.number)
        self._stage = 0
        self._nonce = secrets.token_bytes(NONCE_BYTES)
        self._key, self._seed = new_secret(), new_secret()
        self._edges: dict[int, EdgeKeys] = {}
        self._seals = Seals(self.number, {})
        self._held: dict[int, bytes] = {}  # a share of the key, and one of the seed
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
        shares = self._split()
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
        self, ciphertexts: Mapping[int, bytes], values: NDArray[np.int16], weight: int = 1
    ) -> MaskedUpdate:
        """Stage 3: the update (int16[d]), times its weight, under all masks.

        ``ciphertexts`` are those that neighbours sent to this member. Neighbours without one have
        left, and there is no mask with them.

        Raises:
            InvalidMessage: a ciphertext is forged, or of no neighbour that takes part.
            TooFewSurvivors: fewer hold shares than the threshold.
            LearningError: the update does not fit the plan.
        """
        self._enter("mask")
        words = self._words(values, weight)
        self._held |= self._seals.open(ciphertexts)
        self._require(len(self._held), "have shared their keys")
        added, subtracted = [derive(self._seed, Purpose.OWN)], list[bytes]()
        for peer in ciphertexts:
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
        if began.intersection(self._neighbours) != self._held.keys() - {self.number}:
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
            UnmaskingRefused: a neighbour was told other survivors, or too few have answered.
        """
        self._enter("unmask")
        answered, near = {self.number}, self._survivors.intersection(self._neighbours)
        for one in agreements:
            if one.sender in near:
                found = one.tags.get(self.number, b"")
                theirs = _told_by(one.sender, self._story)
                if not is_tag(found, self._edges[one.sender].tag, theirs):
                    raise UnmaskingRefused(f"member {one.sender} was told other survivors")
                answered.add(one.sender)
        if len(answered) < self.plan.threshold:
            raise UnmaskingRefused(
                f"{len(answered)} holders agree on the survivors; {self.plan.threshold} must"
            )
        held = self._held.items()
        seeds = {peer: share[SHARE_BYTES:] for peer, share in held if peer in self._survivors}
        keys = {peer: share[:SHARE_BYTES] for peer, share in held if peer not in self._survivors}
        self._forget()
        return RevealedShares(self.number, seeds, keys)

    def _split(self) -> dict[int, bytes]:
        """Shares of both secrets by holder; a holder's point is its place among all holders."""
        points = {
            point: holder
            for point, holder in enumerate(self.plan.holders(self.number), 1)
            if holder == self.number or holder in self._edges
        }
        shares = split(self._key + self._seed, self.plan.threshold, tuple(points))
        return {holder: shares[point] for point, holder in points.items()}

    def _forget(self) -> None:
        """What could still open this round: whoever breaks in later should not find it."""
        self._held, self._edges, self._seals = {}, {}, Seals(self.number, {})
        self._key = self._seed = b""

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
        """Fresh keys even if a round's id comes twice: this member's own number is in them."""
        first, second = (self._nonce, nonce) if self.number < peer else (nonce, self._nonce)
        return self._channels.edge(peer, self.plan.digest + first + second)


def _story(sharers: frozenset[int], survivors: frozenset[int]) -> bytes:
    """SHA-256 (32 bytes) of what a server says happened."""
    parts = (np.array(sorted(some), "<u4").tobytes() for some in (sharers, survivors))
    return hashlib.sha256(len(sharers).to_bytes(4, "little") + b"".join(parts)).digest()


def _told_by(sender: int, story: bytes) -> bytes:
    """What a tag is of; with its sender, as both ends of an edge have one key."""
    return sender.to_bytes(4, "little") + story
