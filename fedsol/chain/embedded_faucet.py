"""The embedded chain's faucet: an account whose key follows from the genesis hash."""

from __future__ import annotations

from hashlib import sha256

from solders.compute_budget import set_compute_unit_limit
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction

FAUCET_LAMPORTS = 500_000_000 * 10**9
_BASE_UNITS = 10_000


def faucet(genesis: Hash) -> Keypair:
    """The key of the ledger's faucet; it protects nothing."""
    return Keypair.from_seed(sha256(b"fedsol faucet" + bytes(genesis)).digest())


def airdrop_transaction(
    genesis: Hash, blockhash: Hash, address: Pubkey, lamports: int, *, number: int
) -> VersionedTransaction:
    """The faucet's payment; ``number`` makes two equal ones on a blockhash differ in signature."""
    payer = faucet(genesis)
    paid = transfer(
        TransferParams(from_pubkey=payer.pubkey(), to_pubkey=address, lamports=lamports)
    )
    numbered = set_compute_unit_limit(_BASE_UNITS + number % 1_000_000)
    message = Message.new_with_blockhash([numbered, paid], payer.pubkey(), blockhash)
    return VersionedTransaction(message, [payer])
