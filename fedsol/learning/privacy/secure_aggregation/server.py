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
    RevealedShares,
    read_entries,
)
from fedsol.learning.privacy.secure_aggregation.plan import Plan
from fedsol.learning.privacy.secure_aggregation.sealing import open_sealed
from fedsol.learning.privacy.secure_aggregation.shamir import combine

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
        own = self._own({sender: one.seeds for sender, one in answers.items()})
        added, subtracted = self._left_over({sender: one.keys for sender, one in answers.items()})
        total = self._sum.copy()
        for start in range(0, max(len(added), len(subtracted) + len(own)), _PER_PASS):
            stop = start + _PER_PASS
            add_masks(total, added[start:stop], (own + subtracted)[start:stop])
        return total.view(f"<i{total.itemsize}").astype(np.int64)

    def _own(self, given: _Given) -> list[bytes]:
        """Seeds of the survivors' own masks."""
        hashes = {member: self._shared[member].seed_hash for member in sorted(self._survivors)}
        recovered = self._recovered("seed", hashes, given).values()
        return [derive(secret, Purpose.OWN) for secret in recovered]

    def _left_over(self, given: _Given) -> tuple[list[bytes], list[bytes]]:
        """Seeds of the survivors' masks with who dropped out: to be added, to be taken off."""
        added, subtracted = list[bytes](), list[bytes]()
        masked = {
            gone: [
                peer
                for peer in self.plan.neighbours(gone)
                if peer in self._survivors and peer in self._shared[gone].ciphertexts
            ]
            for gone in sorted(self._shared.keys() - self._survivors)
        }
        hashes = {gone: self._shared[gone].key_hash for gone, peers in masked.items() if peers}
        for gone, key in self._recovered("key", hashes, given).items():
            seeds = self._deposit(gone, key)
            if not seeds.keys() >= set(masked[gone]):
                raise InvalidMessage(f"the deposited seeds of member {gone} are not all there")
            for peer in masked[gone]:
                # The survivor has added it if the other's number is the larger.
                (subtracted if gone > peer else added).append(seeds[peer])
        return added, subtracted

    def _deposit(self, gone: int, key: bytes) -> dict[int, bytes]:
        what = f"the deposited seeds of member {gone}"
        sealed = self._shared[gone].deposit
        plain = open_sealed(derive(key, Purpose.DEPOSIT), 0, sealed, what)
        return read_entries(plain, MASK_SEED_BYTES)

    def _recovered(self, what: str, hashes: dict[int, bytes], given: _Given) -> dict[int, bytes]:
        """The secrets of some members, whose hashes are known, all together."""
        shares = {
            member: {
                point: given[holder][member]
                for point, holder in enumerate(self.plan.holders(member), 1)
                if holder in given and member in given[holder]
            }
            for member in hashes
        }
        for member, found in shares.items():
            if len(found) < self.plan.threshold:
                raise TooFewSurvivors(
                    f"member {member}'s {what}: {len(found)} shares cannot recover a secret;"
                    f" {self.plan.threshold} can"
                )
        secrets = dict(zip(shares, combine([*shares.values()], self.plan.threshold), strict=True))
        for member, secret in secrets.items():
            if hashlib.sha256(secret).digest() != hashes[member]:
                raise InvalidMessage(f"the shares of member {member}'s {what} do not fit its hash")
        return secrets

    @staticmethod
    def _expect(sender: int, allowed: set[int], seen: Iterable[int]) -> None:
        if sender not in allowed:
            raise InvalidMessage(f"member {sender} has no part in this stage")
        if sender in set(seen):
            raise InvalidMessage(f"member {sender} has already sent its message of this stage")
