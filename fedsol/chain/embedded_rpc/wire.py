"""What the JSON-RPC methods share: errors, contexts, encodings."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import based58
from solders.account import Account
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from fedsol.chain.embedded_ledger import EmbeddedLedger

INVALID_PARAMS = -32602
_LONGEST_BASE58 = 128

Method = Callable[[EmbeddedLedger, list[Any]], Any]


class RpcFault(Exception):
    """An error answer of JSON-RPC: ``code``, ``message`` and, for a failed preflight, ``data``."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.data = data


def config(params: list[Any], index: int) -> dict[str, Any]:
    """The optional configuration object at ``params[index]``."""
    given = params[index] if len(params) > index else None
    return given if isinstance(given, dict) else {}


def with_context(ledger: EmbeddedLedger, value: Any) -> dict[str, Any]:
    """Wraps a value with the slot that it was read at."""
    return {"context": {"slot": ledger.slot, "apiVersion": "2.2.0"}, "value": value}


def at_slot(ledger: EmbeddedLedger, options: dict[str, Any]) -> None:
    """Refuses, as a cluster's node does, to answer for a slot that it has not reached."""
    least = options.get("minContextSlot")
    if least is not None and int(least) > ledger.slot:
        raise RpcFault(
            -32016, "Minimum context slot has not been reached", {"contextSlot": ledger.slot}
        )


def pubkey(text: Any) -> Pubkey:
    """Reads an address; raises ``RpcFault`` for anything else."""
    try:
        return Pubkey.from_string(text)
    except (ValueError, TypeError) as error:
        raise RpcFault(INVALID_PARAMS, f"Invalid param: {text!r} is not an address") from error


def encode_data(data: bytes, options: dict[str, Any]) -> list[str] | str:
    """Account data in the encoding that the request names, cut to its ``dataSlice``."""
    if (cut := options.get("dataSlice")) is not None:
        data = data[cut["offset"] : cut["offset"] + cut["length"]]
    encoding = options.get("encoding")
    if encoding in ("base58", "binary", None):
        if len(data) > _LONGEST_BASE58:
            raise RpcFault(-32600, "Encoded binary (base 58) data should be less than 128 bytes")
        text = based58.b58encode(data).decode()
        return [text, "base58"] if encoding == "base58" else text
    # A node answers base64 as well where it has no parser for jsonParsed.
    return [b64encode(data).decode(), "base64"]


def encode_account(account: Account | None, options: dict[str, Any]) -> dict[str, Any] | None:
    """An account as JSON-RPC writes it."""
    if account is None:
        return None
    return {
        "lamports": account.lamports,
        "owner": str(account.owner),
        "data": encode_data(account.data, options),
        "executable": account.executable,
        "rentEpoch": account.rent_epoch,
        "space": len(account.data),
    }


def decode_transaction(text: str, options: dict[str, Any]) -> VersionedTransaction:
    """A transaction from its base58 (the default) or base64 text."""
    try:
        raw = (
            b64decode(text)
            if options.get("encoding") == "base64"
            else based58.b58decode(text.encode())
        )
        return VersionedTransaction.from_bytes(raw)
    except ValueError as error:
        raise RpcFault(INVALID_PARAMS, f"failed to deserialize transaction: {error}") from error


def matches(account: Account, filters: list[Any]) -> bool:
    """Whether an account passes ``dataSize`` and ``memcmp`` filters."""
    for one in filters:
        if "dataSize" in one and len(account.data) != one["dataSize"]:
            return False
        if "memcmp" in one:
            wanted, offset = _memcmp_bytes(one["memcmp"]), one["memcmp"]["offset"]
            if account.data[offset : offset + len(wanted)] != wanted:
                return False
    return True


def _memcmp_bytes(memcmp: dict[str, Any]) -> bytes:
    given = memcmp["bytes"]
    if isinstance(given, list):
        return bytes(given)
    if memcmp.get("encoding") == "base64":
        return b64decode(given)
    decoded: bytes = based58.b58decode(given.encode())
    return decoded
