"""The embedded chain's file: magic, version byte, then zlib-compressed JSON."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solders.account import Account
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain.embedded_bank import Bank
from fedsol.chain.embedded_blocks import Blocks
from fedsol.chain.embedded_history import History, LandedTransaction
from fedsol.errors import StateError

MAGIC = b"fedsol-ledger"
VERSION = 1
_HINT = "Delete or rename the file to start a new ledger, or use the fedsol version that wrote it."


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The parts of a ledger that a file holds."""

    blocks: Blocks
    history: History
    bank: Bank
    airdrops: int


def dump(blocks: Blocks, history: History, bank: Bank, *, airdrops: int) -> bytes:
    """The bytes from which ``parse`` rebuilds the ledger."""
    state = {
        "blocks": blocks.to_json(),
        "airdrops": airdrops,
        "programs": {str(key): _b64(elf) for key, elf in bank.programs.items()},
        "accounts": {str(key): _account_to_json(account) for key, account in bank.tracked()},
        "transactions": [_transaction_to_json(landed) for landed in history.transactions],
    }
    packed = zlib.compress(json.dumps(state, separators=(",", ":")).encode(), level=3)
    return MAGIC + bytes([VERSION]) + packed


def parse(snapshot: bytes) -> LedgerState:
    """Rebuilds the ledger's parts; raises ``StateError`` for bytes that ``dump`` did not write."""
    head = len(MAGIC)
    if snapshot[:head] != MAGIC:
        raise StateError("this is not the file of a fedsol ledger", hint=_HINT)
    if snapshot[head : head + 1] != bytes([VERSION]):
        raise StateError(f"the ledger file has version {snapshot[head]}, not {VERSION}", hint=_HINT)
    try:
        state = json.loads(zlib.decompress(snapshot[head + 1 :]))
        return _rebuild(state)
    except (zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
        raise StateError(f"the ledger file is damaged: {error}", hint=_HINT) from error


def read(path: Path) -> bytes:
    """The file's bytes; raises ``StateError`` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise StateError(f"the ledger file {path} cannot be read: {error}", hint=_HINT) from error


def _rebuild(state: dict[str, Any]) -> LedgerState:
    bank = Bank()
    for key, elf in state["programs"].items():
        bank.add_program(Pubkey.from_string(key), b64decode(elf), name=key)
    for key, value in state["accounts"].items():
        bank.set_account(Pubkey.from_string(key), _account_from_json(value))
    history = History()
    for index, value in enumerate(state["transactions"]):
        history.append(_transaction_from_json(value, index))
    return LedgerState(Blocks.from_json(state["blocks"]), history, bank, int(state["airdrops"]))


def _account_to_json(account: Account) -> list[Any]:
    return [account.lamports, str(account.owner), account.rent_epoch, _b64(account.data)]


def _account_from_json(value: list[Any]) -> Account:
    lamports, owner, rent_epoch, data = value
    return Account(lamports, b64decode(data), Pubkey.from_string(owner), False, rent_epoch)


def _transaction_to_json(landed: LandedTransaction) -> dict[str, Any]:
    return {
        "signature": str(landed.signature),
        "slot": landed.slot,
        "block_time": landed.block_time,
        "raw": _b64(landed.raw),
        "keys": [str(key) for key in landed.keys],
        "err": landed.err,
        "logs": landed.logs,
        "units": landed.units,
        "fee": landed.fee,
        "pre": landed.pre_balances,
        "post": landed.post_balances,
    }


def _transaction_from_json(value: dict[str, Any], index: int) -> LandedTransaction:
    return LandedTransaction(
        signature=Signature.from_string(value["signature"]),
        slot=value["slot"],
        block_time=value["block_time"],
        raw=b64decode(value["raw"]),
        keys=tuple(Pubkey.from_string(key) for key in value["keys"]),
        err=value["err"],
        logs=tuple(value["logs"]),
        units=value["units"],
        fee=value["fee"],
        pre_balances=tuple(value["pre"]),
        post_balances=tuple(value["post"]),
        index=index,
    )


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
