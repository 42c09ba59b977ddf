"""A transaction's record has what lookup tables and called programs added to it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import based58
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain.reading import read_records

ONE, TWO = (Pubkey.from_bytes(bytes([byte] * 32)) for byte in (1, 2))
ENTRY = {"signature": str(Signature.default()), "slot": 3}


class Node:
    """A node that shows one transaction with this ``meta``."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self.meta = {"err": None, "fee": 5_000, **meta}

    async def call(self, method: str, *_params: Any) -> Any:
        assert method == "getTransaction"
        text = b64encode(b"the bytes").decode()
        return {"slot": 3, "blockTime": 1, "meta": self.meta, "transaction": [text, "base64"]}


async def record_of(**meta: Any) -> Any:
    """The record of a transaction with this ``meta``."""
    (found,) = await read_records(Node(meta), [ENTRY], "confirmed", pause=0)  # type: ignore[arg-type]
    return found


async def test_addresses_of_lookup_tables_come_writable_ones_first() -> None:
    loaded = {"readonly": [str(ONE)], "writable": [str(TWO)]}
    assert (await record_of(loadedAddresses=loaded)).loaded == (TWO, ONE)


async def test_what_programs_called_comes_in_order() -> None:
    calls = [
        {"programIdIndex": place, "accounts": [0, place], "data": based58.b58encode(data).decode()}
        for place, data in ((4, b"first"), (5, b""), (6, b"third"))
    ]
    groups = [{"index": 0, "instructions": calls[:2]}, {"index": 2, "instructions": calls[2:]}]
    inner = (await record_of(innerInstructions=groups)).inner
    told = [(one.program_id_index, bytes(one.accounts), bytes(one.data)) for one in inner]
    assert told == [(4, b"\0\4", b"first"), (5, b"\0\5", b""), (6, b"\0\6", b"third")]


async def test_a_node_that_tells_neither_leaves_both_empty() -> None:
    for meta in ({}, {"innerInstructions": None, "loadedAddresses": None}):
        found = await record_of(**meta)
        assert (found.loaded, found.inner, found.raw) == ((), (), b"the bytes")
