"""From instructions to a signed transaction that fits the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from fedsol.chain.records import PACKET_SIZE
from fedsol.errors import ConfigError, TransactionTooLarge


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction before it has a blockhash and signatures.

    The message is legacy without lookup ``tables`` (two bytes shorter, read by everything), v0 with
    them.
    """

    instructions: tuple[Instruction, ...]
    payer: Pubkey
    tables: tuple[AddressLookupTableAccount, ...] = ()

    def with_budget(self, *, units: int | None, price: int) -> Draft:
        """The draft with a compute unit limit and, unless 0, a price in micro-lamports per unit."""
        budget: list[Instruction] = []
        if units is not None:
            budget.append(set_compute_unit_limit(units))
        if price:
            budget.append(set_compute_unit_price(price))
        return Draft((*budget, *self.instructions), self.payer, self.tables)

    def unsigned(self, blockhash: Hash) -> VersionedTransaction:
        """The transaction with empty signatures, for simulation and fees."""
        message = self._message(blockhash)
        empty = [Signature.default()] * message.header.num_required_signatures
        return fitting(VersionedTransaction.populate(message, empty))

    def signed(self, blockhash: Hash, signers: Sequence[Keypair]) -> VersionedTransaction:
        """The signed transaction; raises ``ConfigError`` naming a key that did not sign."""
        message = self._message(blockhash)
        held = {public_key(signer): signer for signer in signers}
        required = message.account_keys[: message.header.num_required_signatures]
        missing = [str(key) for key in required if key not in held]
        if missing:
            raise ConfigError(
                f"the transaction needs the signature of {', '.join(missing)}",
                hint="Pass the keypair of that address (--keypair).",
            )
        signed = to_bytes_versioned(message)
        signatures = [held[key].sign_message(signed) for key in required]
        return fitting(VersionedTransaction.populate(message, signatures))

    @property
    def size(self) -> int:
        """Bytes that the signed transaction has, also where that is more than fits."""
        message = self._message(Hash.default())
        return 1 + 64 * message.header.num_required_signatures + len(bytes(message))

    def writable(self) -> list[Pubkey]:
        """The accounts that the instructions write, payer first."""
        written = {self.payer: None}
        for instruction in self.instructions:
            written.update({meta.pubkey: None for meta in instruction.accounts if meta.is_writable})
        return list(written)

    def _message(self, blockhash: Hash) -> Message | MessageV0:
        if self.tables:
            return MessageV0.try_compile(self.payer, self.instructions, self.tables, blockhash)
        return Message.new_with_blockhash(self.instructions, self.payer, blockhash)


def public_key(pair: Keypair) -> Pubkey:
    """The public half of a key pair as it stands there; ``pair.pubkey()`` would derive it anew."""
    return Pubkey(bytes(pair)[32:])


def fitting(transaction: VersionedTransaction) -> VersionedTransaction:
    """The same transaction; raises ``TransactionTooLarge`` above 1,232 bytes."""
    size = len(bytes(transaction))
    if size > PACKET_SIZE:
        raise TransactionTooLarge(
            f"the transaction has {size:,} bytes, the network takes {PACKET_SIZE:,}: "
            f"{size - PACKET_SIZE:,} too many"
        )
    return transaction
