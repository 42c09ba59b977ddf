"""Reading accounts and history out of a chain's JSON-RPC."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

import based58
from solders.instruction import CompiledInstruction
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain.records import Account, TransactionRecord
from fedsol.chain.rpc import Rpc
from fedsol.errors import ChainError

PAGE = 1000
CHUNK = 100
_AT_ONCE = 8
_READS = 5


def account_of(address: Pubkey, value: dict[str, Any] | None) -> Account | None:
    """An account from its JSON (data in base64)."""
    if value is None:
        return None
    return Account(
        address=address,
        lamports=int(value["lamports"]),
        owner=Pubkey.from_string(value["owner"]),
        data=b64decode(value["data"][0]),
        executable=bool(value["executable"]),
    )


async def read_accounts(
    rpc: Rpc, addresses: Sequence[Pubkey], commitment: str
) -> list[Account | None]:
    """Many accounts, a hundred a call; ``None`` where nothing is."""
    options = {"encoding": "base64", "commitment": commitment}
    gate = asyncio.Semaphore(_AT_ONCE)

    async def chunk(part: Sequence[Pubkey]) -> list[Account | None]:
        async with gate:
            answer = await rpc.call("getMultipleAccounts", [str(key) for key in part], options)
        return [account_of(key, value) for key, value in zip(part, answer["value"], strict=True)]

    parts = [addresses[start : start + CHUNK] for start in range(0, len(addresses), CHUNK)]
    return [account for part in await asyncio.gather(*map(chunk, parts)) for account in part]


async def signatures_of(
    rpc: Rpc, address: Pubkey, *, until: Signature | None, least_slot: int, commitment: str
) -> list[dict[str, Any]]:
    """All pages of ``getSignaturesForAddress``, newest first, to ``until`` or ``least_slot``."""
    found: list[dict[str, Any]] = []
    before: str | None = None
    while True:
        options: dict[str, Any] = {"limit": PAGE, "commitment": commitment}
        if before is not None:
            options["before"] = before
        if until is not None:
            options["until"] = str(until)
        page = await rpc.call("getSignaturesForAddress", str(address), options)
        # A node that does not know `until` answers with everything: the slot stops that.
        kept = [one for one in page if one["slot"] >= least_slot]
        found.extend(kept)
        if len(page) < PAGE or len(kept) < len(page):
            return found
        before = page[-1]["signature"]


async def read_records(
    rpc: Rpc, entries: Sequence[dict[str, Any]], commitment: str, *, pause: float
) -> list[TransactionRecord]:
    """The transactions of ``getSignaturesForAddress`` entries, in their order."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(entry: dict[str, Any]) -> TransactionRecord:
        async with gate:
            return await _record(rpc, entry, commitment, pause)

    return list(await asyncio.gather(*map(one, entries)))


async def _record(
    rpc: Rpc, entry: dict[str, Any], commitment: str, pause: float
) -> TransactionRecord:
    options = {"encoding": "base64", "commitment": commitment, "maxSupportedTransactionVersion": 0}
    for attempt in range(_READS):
        found = await rpc.call("getTransaction", entry["signature"], options)
        if found is not None:
            meta = found.get("meta") or {}
            return TransactionRecord(
                signature=Signature.from_string(entry["signature"]),
                slot=int(found["slot"]),
                block_time=found.get("blockTime"),
                err=meta.get("err"),
                logs=tuple(meta.get("logMessages") or ()),
                fee=int(meta.get("fee") or 0),
                units=int(meta.get("computeUnitsConsumed") or 0),
                raw=b64decode((found.get("transaction") or [""])[0]),
                loaded=_loaded(meta),
                inner=_inner(meta),
            )
        # A node lists a signature a moment before it can show the transaction.
        await asyncio.sleep(pause * 2**attempt)
    raise ChainError(
        f"the endpoint lists transaction {entry['signature']} but no longer has it",
        hint="Use an RPC endpoint that keeps the whole history (an archive node).",
    )


def _loaded(meta: dict[str, Any]) -> tuple[Pubkey, ...]:
    """The addresses that lookup tables added, in the order in which instructions count them."""
    found = meta.get("loadedAddresses") or {}
    listed = (*(found.get("writable") or ()), *(found.get("readonly") or ()))
    return tuple(map(Pubkey.from_string, listed))


def _inner(meta: dict[str, Any]) -> tuple[CompiledInstruction, ...]:
    """What programs called, in order."""
    return tuple(
        CompiledInstruction(
            one["programIdIndex"], based58.b58decode(one["data"].encode()), bytes(one["accounts"])
        )
        for group in meta.get("innerInstructions") or ()
        for one in group["instructions"]
    )
