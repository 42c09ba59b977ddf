"""Following an address: every transaction once, in order, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, suppress
from typing import Any

import websockets.asyncio.client as websocket
from solders.pubkey import Pubkey
from solders.signature import Signature
from websockets.exceptions import WebSocketException

from fedsol.chain.embedded_ledger import EmbeddedLedger, LedgerEvent
from fedsol.chain.reading import read_records, signatures_of
from fedsol.chain.records import TransactionRecord
from fedsol.chain.rpc import Rpc
from fedsol.errors import RpcUnreachable
from fedsol.log import get_logger

_OVERLAP = 64
_QUIET = 10.0
_RECONNECT = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_log = get_logger("fedsol.chain")


class Cursor:
    """Where a follower stands: which transactions of one address it has handed out.

    Nodes may list transactions of neighbouring slots late or in another order, so each look goes
    back over the last 64 that were handed out and leaves out what was seen.
    """

    def __init__(self, rpc: Rpc, address: Pubkey, *, commitment: str, pause: float) -> None:
        self._rpc = rpc
        self._address = address
        self._commitment = commitment
        self._pause = pause
        self._recent: deque[tuple[Signature, int]] = deque()
        self._seen: set[str] = set()
        self._floor = 0
        self._until: Signature | None = None

    async def start_at(self, after: Signature | None) -> None:
        """Starts behind ``after``, or behind the newest transaction if ``None``."""
        if after is not None:
            await self._start_after(after)
            return
        options = {"limit": _OVERLAP, "commitment": self._commitment}
        newest = await self._rpc.call("getSignaturesForAddress", str(self._address), options)
        if newest:
            # Their oldest slot may hold more: all of it, so that the floor cuts no slot in two.
            self._floor = int(newest[-1]["slot"])
            known = await self._entries()
            self._note(reversed(known))
            self._until = Signature.from_string(known[-1]["signature"])

    async def _start_after(self, after: Signature) -> None:
        self._until = after
        self._seen.add(str(after))
        options = {"searchTransactionHistory": True}
        answer = await self._rpc.call("getSignatureStatuses", [str(after)], options)
        if answer["value"][0] is not None:
            self._floor = int(answer["value"][0]["slot"])

    async def _entries(self) -> list[dict[str, Any]]:
        return await signatures_of(
            self._rpc,
            self._address,
            until=self._until,
            least_slot=self._floor,
            commitment=self._commitment,
        )

    async def new(self) -> list[TransactionRecord]:
        """The transactions since the last call, oldest first."""
        entries = await self._entries()
        fresh = [entry for entry in reversed(entries) if entry["signature"] not in self._seen]
        records = await read_records(self._rpc, fresh, self._commitment, pause=self._pause)
        self._note(fresh)
        return records

    def _note(self, entries: Iterable[dict[str, Any]]) -> None:
        for entry in entries:
            signature = Signature.from_string(entry["signature"])
            self._recent.append((signature, int(entry["slot"])))
            self._seen.add(entry["signature"])
        # Whole slots are forgotten and lie below the floor then: none of it comes back as new.
        while self._recent:
            oldest = self._recent[0][1]
            later = (n for n, one in enumerate(self._recent) if one[1] != oldest)
            group = list(self._recent)[: next(later, len(self._recent))]
            if len(self._recent) - len(group) < _OVERLAP:
                return
            for signature, _slot in group:
                self._recent.popleft()
                self._seen.discard(str(signature))
                self._until = signature
            self._floor = max(self._floor, self._recent[0][1])


async def follow(
    cursor: Cursor, wakeups: AsyncGenerator[None, None]
) -> AsyncIterator[TransactionRecord]:
    """Hands out what ``cursor`` finds after each wake-up."""
    async with aclosing(wakeups):
        async for _ in wakeups:
            try:
                records = await cursor.new()
            except RpcUnreachable as error:
                _log.warning("follow_waits", why=str(error))
                continue
            for record in records:
                yield record


async def ledger_wakeups(ledger: EmbeddedLedger, address: Pubkey) -> AsyncGenerator[None, None]:
    """Wakes up once at first and then after each transaction that names ``address``."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def notice(event: LedgerEvent) -> None:
        if event.landed is not None and address in event.landed.keys:
            # The ledger may be driven from another thread.
            loop.call_soon_threadsafe(changed.set)

    end = ledger.listen(notice)
    try:
        while True:
            yield
            await changed.wait()
            changed.clear()
    finally:
        end()


async def websocket_wakeups(
    url: str, address: Pubkey, *, commitment: str
) -> AsyncGenerator[None, None]:
    """Wakes up after each (re)connection and notification, and every 10 s; never gives up.

    A socket that cannot be had makes this a poll at the pace of its reconnections.
    """
    failures = 0
    while True:
        try:
            async with websocket.connect(url, open_timeout=10, max_size=None) as socket:
                await _subscribe(socket, address, commitment)
                failures = 0
                yield
                while True:
                    # A socket can die silently, and a notification can be lost: look in any case.
                    with suppress(TimeoutError):
                        await asyncio.wait_for(socket.recv(), _QUIET)
                    yield
        except (OSError, WebSocketException, TimeoutError) as error:
            pause = _RECONNECT[min(failures, len(_RECONNECT) - 1)]
            failures += 1
            _log.info("follow_reconnects", pause_s=pause, why=f"{type(error).__name__}: {error}")
            await asyncio.sleep(pause)
            yield


_ids = itertools.count(1)


async def _subscribe(socket: websocket.ClientConnection, address: Pubkey, commitment: str) -> None:
    request_id = next(_ids)
    params = [{"mentions": [str(address)]}, {"commitment": commitment}]
    request = {"jsonrpc": "2.0", "id": request_id, "method": "logsSubscribe", "params": params}
    await socket.send(json.dumps(request))
    async with asyncio.timeout(10):
        while json.loads(await socket.recv()).get("id") != request_id:
            pass
