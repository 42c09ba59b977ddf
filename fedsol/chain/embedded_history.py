"""What the embedded chain remembers of the transactions that landed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from solders.pubkey import Pubkey
from solders.signature import Signature


@dataclass(frozen=True, slots=True)
class LandedTransaction:
    """A transaction in the ledger, succeeded or failed.

    ``raw`` is its wire form; ``keys`` are all its account keys in the runtime's order (lookup
    tables resolved); ``err`` is the JSON form of the error, ``None`` where it succeeded.
    """

    signature: Signature
    slot: int
    block_time: int
    raw: bytes
    keys: tuple[Pubkey, ...]
    err: object | None
    logs: tuple[str, ...]
    units: int
    fee: int
    pre_balances: tuple[int, ...]
    post_balances: tuple[int, ...]
    index: int = field(default=0)


class History:
    """Landed transactions, by signature and by every account key they name."""

    def __init__(self) -> None:
        self.transactions: list[LandedTransaction] = []
        self._by_signature: dict[Signature, LandedTransaction] = {}
        self._by_address: dict[Pubkey, list[LandedTransaction]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self.transactions)

    def append(self, landed: LandedTransaction) -> None:
        """Adds the newest transaction."""
        self.transactions.append(landed)
        self._by_signature[landed.signature] = landed
        for key in landed.keys:
            self._by_address[key].append(landed)

    def get(self, signature: Signature) -> LandedTransaction | None:
        """The landed transaction of that signature, or ``None``."""
        return self._by_signature.get(signature)

    def of_address(
        self,
        address: Pubkey,
        *,
        before: Signature | None = None,
        until: Signature | None = None,
        limit: int = 1000,
    ) -> list[LandedTransaction]:
        """Transactions that name ``address`` between ``before`` and ``until``, newest first."""
        newest = len(self.transactions)
        oldest = -1
        if before is not None and (known := self.get(before)) is not None:
            newest = known.index
        if until is not None and (known := self.get(until)) is not None:
            oldest = known.index
        found: list[LandedTransaction] = []
        for landed in reversed(self._by_address.get(address, [])):
            if landed.index <= oldest or len(found) >= limit:
                break
            if landed.index < newest:
                found.append(landed)
        return found
