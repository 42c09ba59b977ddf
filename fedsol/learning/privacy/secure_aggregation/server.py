"""The server of a masked round: passes messages on, adds what it gets, and takes the masks off."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation.masks import add_masks
from fedsol.learning.privacy.secure_aggregation.member import read_deposit
from fedsol.learning.privacy.secure_aggregation.messages import (
    Advertisement,
    EncryptedShares,
    MaskedUpdate,
    RevealedShares,
)
from fedsol.learning.privacy.secure_aggregation.plan import Plan
from fedsol.learning.privacy.secure_aggregation.sealing import Seal
from fedsol.learning.privacy.secure_aggregation.shamir import combine

_PER_PASS = 64  # masks that go over the sum together, while its blocks are in cache


class Server:
    """One round's server. It learns the sum of the survivors' updates, and nothing of any other."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._advertised: dict[int, Advertisement] = {}
        self._shared: dict[int, EncryptedShares] = {}
        self._survivors: set[int] = set()
        self._sum = np.zeros(plan.size, plan.dtype)

    @property
    def sharers(self) -> frozenset[int]:
        """Whose shares have come."""
        return frozenset(self._shared)

    @property
    def survivors(self) -> frozenset[int]:
        """Whose masked updates have come: what the members are asked to agree on."""
        return frozenset(self._survivors)

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
            InvalidMessage: from who has shared nothing, a second one, or of another length.
        """
        self._expect(message.sender, set(self._shared), self._survivors)
        if len(message.words) != self._sum.nbytes:
            raise InvalidMessage(
                f"{len(message.words)} bytes are no update of {self.plan.size} words"
            )
        self._sum += np.frombuffer(message.words, self.plan.dtype)
        self._survivors.add(message.sender)

    def finish(self, revealed: Iterable[RevealedShares]) -> NDArray[np.int64]:
        """Stage 4: the sum (int64[d]) of the survivors' updates, each times its weight; exact.

        Raises:
            TooFewSurvivors: some secret has fewer shares than the threshold: nothing can be read.
            InvalidMessage: shares do not recover what their owner has published.
        """
        if len(self._survivors) < self.plan.least_survivors:
            raise TooFewSurvivors(
                f"{len(self._survivors)} updates have come; {self.plan.least_survivors} are needed"
            )
        answers = {one.sender: one for one in revealed if one.sender in self._survivors}
        seeds = {one: answers[one].seeds for one in answers}
        own = [self._seed(member, seeds) for member in sorted(self._survivors)]
        added, subtracted = self._left_over({one: answers[one].keys for one in answers})
        total = self._sum.copy()
        for start in range(0, max(len(added), len(subtracted) + len(own)), _PER_PASS):
            stop = start + _PER_PASS
            add_masks(total, added[start:stop], (own + subtracted)[start:stop])
        return total.view(f"<i{total.itemsize}").astype(np.int64)

    def _left_over(self, given: dict[int, Mapping[int, int]]) -> tuple[list[bytes], list[bytes]]:
        """Seeds of the survivors' masks with who dropped out: to be added, to be taken off."""
        added, subtracted = list[bytes](), list[bytes]()
        for gone in sorted(set(self._shared) - self._survivors):
            near = [peer for peer in self.plan.neighbours(gone) if peer in self._survivors]
            masked = [peer for peer in near if peer in self._shared[gone].ciphertexts]
            if not masked:
                continue
            seeds = self._deposit(gone, given)
            if not seeds.keys() >= set(masked):
                raise InvalidMessage(f"the deposited seeds of member {gone} are not all there")
            for peer in masked:
                # The survivor has added it if the other's number is the larger.
                (subtracted if gone > peer else added).append(seeds[peer])
        return added, subtracted

    def _seed(self, member: int, given: dict[int, Mapping[int, int]]) -> bytes:
        return self._recovered(member, given, "seed", self._shared[member].seed_hash)

    def _deposit(self, gone: int, given: dict[int, Mapping[int, int]]) -> dict[int, bytes]:
        key = self._recovered(gone, given, "key", self._shared[gone].key_hash)
        what = f"the deposited seeds of member {gone}"
        return read_deposit(Seal(key).open(0, self._shared[gone].deposit, what))

    def _recovered(
        self, member: int, given: dict[int, Mapping[int, int]], what: str, published: bytes
    ) -> bytes:
        shares = {
            holder + 1: given[holder][member]
            for holder in self.plan.holders(member)
            if member in given.get(holder, {})
        }
        try:
            secret = combine(shares, self.plan.threshold)
        except TooFewSurvivors as error:
            raise TooFewSurvivors(f"member {member}'s {what}: {error}") from error
        recovered = (secret % 2**256).to_bytes(32, "little")
        if hashlib.sha256(recovered).digest() != published:
            raise InvalidMessage(f"the shares of member {member}'s {what} do not fit its hash")
        return recovered

    @staticmethod
    def _expect(sender: int, allowed: set[int], seen: Iterable[int]) -> None:
        if sender not in allowed:
            raise InvalidMessage(f"member {sender} has no part in this stage")
        if sender in set(seen):
            raise InvalidMessage(f"member {sender} has already sent its message of this stage")
