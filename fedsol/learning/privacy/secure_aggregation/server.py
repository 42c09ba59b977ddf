"""The server of a masked round: passes messages on, adds what it gets, and takes the masks off."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation.derivation import Purpose, derive
from fedsol.learning.privacy.secure_aggregation.masks import add_masks
from fedsol.learning.privacy.secure_aggregation.messages import (
    MASK_SEED_BYTES,
    Advertisement,
    EncryptedShares,
    MaskedUpdate,
    Opening,
    RevealedShares,
    read_entries,
)
from fedsol.learning.privacy.secure_aggregation.plan import Plan
from fedsol.learning.privacy.secure_aggregation.recovery import search
from fedsol.learning.privacy.secure_aggregation.sealing import open_sealed
from fedsol.learning.privacy.secure_aggregation.shamir import SHARE_BYTES, combine

_Given = Mapping[int, Mapping[int, bytes]]  # by who gave them: shares by whose they are
_PER_PASS = 64  # masks that go over the sum together, while its blocks are in cache


class Server:
    """One round's server. It learns the sum of the survivors' updates, and nothing of any other."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._advertised: dict[int, Advertisement] = {}
        self._shared: dict[int, EncryptedShares] = {}
        self._survivors: set[int] = set()
        self._sum = np.zeros(plan.size, plan.dtype)
        self._liars: frozenset[int] = frozenset()

    @property
    def sharers(self) -> frozenset[int]:
        """Whose shares have come."""
        return frozenset(self._shared)

    @property
    def survivors(self) -> frozenset[int]:
        """Whose masked updates have come: what the members are asked to agree on."""
        return frozenset(self._survivors)

    @property
    def liars(self) -> frozenset[int]:
        """Whose shares the last ``recover`` found to be wrong, of those it had to look at.

        A hint, no proof: whoever's secret it was may have made the wrong share.
        """
        return self._liars

    def receive_advertisement(self, message: Advertisement) -> None:
        """Stage 1. Raises InvalidMessage for a stranger or a second message."""
        self._expect(message.sender, set(self.plan.members), self._advertised)
        self._advertised[message.sender] = message

    def advertisements(self, member: int) -> list[Advertisement]:
        """What a member is told before it shares: its neighbours' advertisements."""
        near = self.plan.neighbours(member)
        return [self._advertised[peer] for peer in near if peer in self._advertised]

    def receive_shares(self, message: EncryptedShares) -> None:
        """Stage 2. Raises InvalidMessage for who has not advertised, or a second message."""
        self._expect(message.sender, set(self._advertised), self._shared)
        self._shared[message.sender] = message

    def ciphertexts(self, member: int) -> dict[int, bytes]:
        """What a member is told before it masks: its neighbours' shares, by neighbour."""
        near = self.plan.neighbours(member)
        found = ((peer, self._shared[peer].ciphertexts) for peer in near if peer in self._shared)
        return {peer: sealed[member] for peer, sealed in found if member in sealed}

    def receive_masked(self, message: MaskedUpdate) -> None:
        """Stage 3: adds the masked update to the sum.

        Raises:
            InvalidMessage: from who has shared nothing, a second one, of another length, or one more
                than the words have room for.
        """
        self._expect(message.sender, set(self._shared), self._survivors)
        if len(message.words) != self._sum.nbytes:
            raise InvalidMessage(
                f"{len(message.words)} bytes are no update of {self.plan.size} words"
            )
        if len(self._survivors) == self.plan.room:
            raise InvalidMessage(f"the words have room for {self.plan.room} updates, and no more")
        self._sum += np.frombuffer(message.words, self.plan.dtype)
        self._survivors.add(message.sender)

    def finish(self, revealed: Iterable[RevealedShares]) -> NDArray[np.int64]:
        """Stage 4: the sum (int64[d]) of the survivors' updates, each times its weight; exact.

        Raises:
            TooFewSurvivors: some secret has fewer shares than the threshold: nothing can be read.
            InvalidMessage: shares do not recover what their owner has published.
        """
        return self.total(self.recover(revealed))

    def recover(self, revealed: Iterable[RevealedShares]) -> Opening:
        """Stage 4, first half: the secrets that open the sum, out of what the survivors give.

        Some answers may be wrong, or lack shares: secrets whose shares do not fit are tried without
        some of them, and ``liars`` says whose were wrong. How many are borne: ``recovery``.

        Raises:
            TooFewSurvivors: some secret has fewer shares than the threshold: nothing can be read.
            InvalidMessage: shares do not recover what their owner has published.
        """
        owed, self._liars = self._owed(), frozenset()
        answers = {one.sender: one for one in revealed if one.sender in self._survivors}
        seeds = {sender: one.seeds for sender, one in answers.items()}
        keys = {sender: one.keys for sender, one in answers.items()}
        shares = {
            member: self._given(member, seeds if member in self._survivors else keys)
            for member in owed
        }
        threshold = self.plan.threshold
        found = dict(zip(shares, combine([*shares.values()], threshold), strict=True))
        for member, secret in found.items():
            if hashlib.sha256(secret).digest() != owed[member]:
                found[member] = self._searched(member, shares[member], owed[member])
        return Opening(found)

    def total(self, opening: Opening) -> NDArray[np.int64]:
        """Stage 4, second half: the sum (int64[d]) that an opening gives, whoever made it; exact.

        All may call it who have the plan and all messages of the first three stages.

        Raises:
            TooFewSurvivors: too few updates have come.
            InvalidMessage: a secret is not the one that its owner has published, is missing or is
                one too many; or what a drop-out has deposited is not all there.
        """
        owed = self._owed()
        for member in sorted(owed.keys() ^ opening.secrets.keys()):
            what = "lacks" if member in owed else "must not have"
            raise InvalidMessage(f"the opening {what} a secret of member {member}")
        for member, wanted in owed.items():
            if hashlib.sha256(opening.secrets[member]).digest() != wanted:
                raise InvalidMessage(f"the opening has another secret than that of member {member}")
        own = [derive(opening.secrets[one], Purpose.OWN) for one in sorted(self._survivors)]
        added, subtracted = self._left_over(opening.secrets)
        total = self._sum.copy()
        for start in range(0, max(len(added), len(subtracted) + len(own)), _PER_PASS):
            stop = start + _PER_PASS
            add_masks(total, added[start:stop], (own + subtracted)[start:stop])
        return total.view(f"<i{total.itemsize}").astype(np.int64)

    def _owed(self) -> dict[int, bytes]:
        """The hash of each secret that is needed: survivors' seeds, and keys of who dropped out."""
        if len(self._survivors) < self.plan.least_survivors:
            raise TooFewSurvivors(
                f"{len(self._survivors)} updates have come; {self.plan.least_survivors} are needed"
            )
        seeds = {member: self._shared[member].seed_hash for member in sorted(self._survivors)}
        return seeds | {gone: self._shared[gone].key_hash for gone in self._masked_with_gone()}

    def _masked_with_gone(self) -> dict[int, list[int]]:
        """The survivors that have masked with each drop-out: all its neighbours among them."""
        near = {
            gone: [peer for peer in self.plan.neighbours(gone) if peer in self._survivors]
            for gone in sorted(self._shared.keys() - self._survivors)
        }
        return {gone: peers for gone, peers in near.items() if peers}

    def _left_over(self, secrets: Mapping[int, bytes]) -> tuple[list[bytes], list[bytes]]:
        """Seeds of the survivors' masks with who dropped out: to be added, to be taken off."""
        added, subtracted = list[bytes](), list[bytes]()
        for gone, peers in self._masked_with_gone().items():
            seeds = self._deposit(gone, secrets[gone])
            if not seeds.keys() >= set(peers):
                raise InvalidMessage(f"the deposited seeds of member {gone} are not all there")
            for peer in peers:
                # The survivor has added it if the other's number is the larger.
                (subtracted if gone > peer else added).append(seeds[peer])
        return added, subtracted

    def _deposit(self, gone: int, key: bytes) -> dict[int, bytes]:
        what = f"the deposited seeds of member {gone}"
        sealed = self._shared[gone].deposit
        plain = open_sealed(derive(key, Purpose.DEPOSIT), 0, sealed, what)
        return read_entries(plain, MASK_SEED_BYTES)

    def _given(self, member: int, given: _Given) -> dict[int, bytes]:
        """The shares of a member's secret by point; what is no share of it is passed over."""
        found = {
            point: given[holder][member]
            for point, holder in enumerate(self.plan.holders(member), 1)
            if holder in given and len(given[holder].get(member, b"")) == SHARE_BYTES
        }
        if len(found) < self.plan.threshold:
            raise TooFewSurvivors(
                f"{self._what(member)}: {len(found)} shares cannot recover a secret;"
                f" {self.plan.threshold} can"
            )
        return found

    def _searched(self, member: int, shares: Mapping[int, bytes], wanted: bytes) -> bytes:
        """A secret some of whose shares are wrong, and who gave those."""
        holders = dict(enumerate(self.plan.holders(member), 1))
        suspects = frozenset(point for point in shares if holders[point] in self._liars)
        seed, threshold = self.plan.digest, self.plan.threshold
        found = search(shares, threshold, wanted, seed=seed, suspects=suspects)
        if found is None:
            raise InvalidMessage(f"the shares of {self._what(member)} do not fit its hash")
        self._liars |= {holders[point] for point in found.wrong}
        return found.secret

    def _what(self, member: int) -> str:
        return f"member {member}'s {'seed' if member in self._survivors else 'key'}"

    @staticmethod
    def _expect(sender: int, allowed: set[int], seen: Iterable[int]) -> None:
        if sender not in allowed:
            raise InvalidMessage(f"member {sender} has no part in this stage")
        if sender in set(seen):
            raise InvalidMessage(f"member {sender} has already sent its message of this stage")
