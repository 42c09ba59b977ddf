"""What the embedded chain reads out of a transaction's bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.rpc.responses import RpcSimulateTransactionResult
from solders.transaction import VersionedTransaction

from fedsol.chain.records import COMPUTE_BUDGET_PROGRAM, LAMPORTS_PER_SIGNATURE, MAX_COMPUTE_UNITS

_TABLE_HEADER = 56
_DEFAULT_UNITS = 200_000


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """A transaction's account keys, all and those that it may write, in the runtime's order."""

    keys: tuple[Pubkey, ...]
    written: tuple[Pubkey, ...]


def account_keys(
    transaction: VersionedTransaction, read_table: Callable[[Pubkey], bytes | None]
) -> AccountKeys:
    """Resolves all account keys; ``read_table`` returns the data of a lookup table's account."""
    message = transaction.message
    header = message.header
    static = message.account_keys
    signed = header.num_required_signatures
    writable_signed = max(0, signed - header.num_readonly_signed_accounts)
    writable_end = max(0, len(static) - header.num_readonly_unsigned_accounts)
    written = static[:writable_signed] + static[signed:writable_end]
    if not isinstance(message, MessageV0):
        return AccountKeys(tuple(static), tuple(written))
    writable, readonly = _looked_up(message, read_table)
    return AccountKeys((*static, *writable, *readonly), (*written, *writable))


def _looked_up(
    message: MessageV0, read_table: Callable[[Pubkey], bytes | None]
) -> tuple[list[Pubkey], list[Pubkey]]:
    writable: list[Pubkey] = []
    readonly: list[Pubkey] = []
    for lookup in message.address_table_lookups:
        data = read_table(lookup.account_key) or b""
        for indexes, keys in (
            (lookup.writable_indexes, writable),
            (lookup.readonly_indexes, readonly),
        ):
            for index in indexes:
                start = _TABLE_HEADER + 32 * index
                if len(data) >= start + 32:
                    keys.append(Pubkey(data[start : start + 32]))
    return writable, readonly


def base_fee(transaction: VersionedTransaction) -> int:
    """The fee of the signatures alone, in lamports."""
    return LAMPORTS_PER_SIGNATURE * transaction.message.header.num_required_signatures


def priority_fee(transaction: VersionedTransaction) -> int:
    """The fee that the compute budget instructions offer, in lamports, rounded up."""
    message = transaction.message
    keys = message.account_keys
    if COMPUTE_BUDGET_PROGRAM not in keys:
        return 0
    units: int | None = None
    price = 0
    others = 0
    for instruction in message.instructions:
        index = instruction.program_id_index
        if index >= len(keys) or keys[index] != COMPUTE_BUDGET_PROGRAM:
            others += 1
            continue
        data = bytes(instruction.data)
        if data[:1] == b"\x02" and len(data) == 5:
            units = int.from_bytes(data[1:], "little")
        elif data[:1] == b"\x03" and len(data) == 9:
            price = int.from_bytes(data[1:], "little")
    limit = min(MAX_COMPUTE_UNITS, others * _DEFAULT_UNITS if units is None else units)
    return -(-price * limit // 1_000_000)


def err_json(err: object | None) -> object | None:
    """The JSON form of one of solders' transaction errors; JSON comes back as it is."""
    if err is None or isinstance(err, str | dict):
        return err
    try:
        # solders writes an error's JSON only inside a result.
        result = RpcSimulateTransactionResult(err=err)  # type: ignore[arg-type]
    except TypeError:
        return str(err)
    written: object | None = json.loads(result.to_json())["err"]
    return written
