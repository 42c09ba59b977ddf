"""Solana's websocket subscriptions over an embedded ledger."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain.embedded_history import LandedTransaction
from fedsol.chain.embedded_ledger import EmbeddedLedger, LedgerEvent
from fedsol.chain.embedded_rpc.wire import (
    INVALID_PARAMS,
    RpcFault,
    config,
    encode_account,
    matches,
    pubkey,
)

_MAX_QUEUE = 10_000

Notify = Callable[[LedgerEvent], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """``notify`` yields the results to send for an event; ``once`` ends after the first."""

    method: str
    notify: Notify
    once: bool = False


class Session:
    """The subscriptions of one websocket; ``outbox`` is what to send (``None``: hang up)."""

    def __init__(self, ledger: EmbeddedLedger) -> None:
        self._ledger = ledger
        self._loop = asyncio.get_running_loop()
        self._ids = itertools.count(1)
        self._subscriptions: dict[int, Subscription] = {}
        self.outbox: asyncio.Queue[str | None] = asyncio.Queue()
        self._end = ledger.listen(self._on_event)

    def close(self) -> None:
        """Ends all subscriptions."""
        with suppress(ValueError):
            self._end()

    def receive(self, text: str) -> None:
        """Takes one message, or a batch, from the client."""
        try:
            message = json.loads(text)
        except ValueError:
            self._fail(None, RpcFault(-32700, "Parse error"))
            return
        for request in message if isinstance(message, list) else [message]:
            self._receive_one(request)

    def _receive_one(self, request: Any) -> None:
        if not isinstance(request, dict):
            self._fail(None, RpcFault(-32600, "Invalid request"))
            return
        method, request_id = str(request.get("method")), request.get("id")
        params = list(request.get("params") or [])
        try:
            if method.endswith("Unsubscribe"):
                known = self._subscriptions.pop(int(params[0]), None)
                if known is None:
                    raise RpcFault(INVALID_PARAMS, "Invalid subscription id.")
                self._answer(request_id, True)
                return
            make = _KINDS.get(method)
            if make is None:
                raise RpcFault(-32601, f"Method not found: {method}")
            subscription = make(self._ledger, params)
        except RpcFault as fault:
            self._fail(request_id, fault)
            return
        except (IndexError, KeyError, TypeError, ValueError) as error:
            self._fail(
                request_id, RpcFault(INVALID_PARAMS, f"Invalid params for {method}: {error!r}")
            )
            return
        number = next(self._ids)
        self._subscriptions[number] = subscription
        self._answer(request_id, number)
        if subscription.once:
            # The transaction may have landed before anyone asked.
            self._notify(number, subscription, LedgerEvent(slot=self._ledger.slot))

    def _on_event(self, event: LedgerEvent) -> None:
        # The ledger may be driven from another thread; queues belong to the loop.
        self._loop.call_soon_threadsafe(self._deliver, event)

    def _deliver(self, event: LedgerEvent) -> None:
        for number, subscription in tuple(self._subscriptions.items()):
            self._notify(number, subscription, event)

    def _notify(self, number: int, subscription: Subscription, event: LedgerEvent) -> None:
        for result in subscription.notify(event):
            params = {"result": result, "subscription": number}
            self._put({"jsonrpc": "2.0", "method": subscription.method, "params": params})
            if subscription.once:
                del self._subscriptions[number]
                return

    def _answer(self, request_id: Any, result: Any) -> None:
        self._put({"jsonrpc": "2.0", "result": result, "id": request_id})

    def _fail(self, request_id: Any, fault: RpcFault) -> None:
        error = {"code": fault.code, "message": fault.message}
        self._put({"jsonrpc": "2.0", "error": error, "id": request_id})

    def _put(self, message: dict[str, Any]) -> None:
        if self.outbox.qsize() >= _MAX_QUEUE:
            # A client that does not read must not eat the memory: it is cut off and catches up.
            self.outbox.put_nowait(None)
            self._subscriptions.clear()
            return
        self.outbox.put_nowait(json.dumps(message, separators=(",", ":")))


def _context(event: LedgerEvent, value: Any) -> dict[str, Any]:
    return {"context": {"slot": event.slot}, "value": value}


def _account(ledger: EmbeddedLedger, params: list[Any]) -> Subscription:
    address, options = pubkey(params[0]), config(params, 1)

    def notify(event: LedgerEvent) -> Iterable[Any]:
        if address in event.written:
            account = ledger.get_account(address)
            gone = {"lamports": 0, "owner": str(Pubkey.default()), "data": ["", "base64"]}
            closed = {**gone, "executable": False, "rentEpoch": 0, "space": 0}
            yield _context(event, encode_account(account, options) or closed)

    return Subscription("accountNotification", notify)


def _program(ledger: EmbeddedLedger, params: list[Any]) -> Subscription:
    program, options = pubkey(params[0]), config(params, 1)
    filters = options.get("filters") or []

    def notify(event: LedgerEvent) -> Iterable[Any]:
        for address in event.written:
            account = ledger.get_account(address)
            if account is not None and account.owner == program and matches(account, filters):
                value = {"pubkey": str(address), "account": encode_account(account, options)}
                yield _context(event, value)

    return Subscription("programNotification", notify)


def _logs(_ledger: EmbeddedLedger, params: list[Any]) -> Subscription:
    which = params[0]
    if which not in ("all", "allWithVotes") and not (
        isinstance(which, dict) and "mentions" in which
    ):
        raise RpcFault(INVALID_PARAMS, "Invalid param: filter must be all or mentions")
    mentions = {pubkey(one) for one in which["mentions"]} if isinstance(which, dict) else None

    def notify(event: LedgerEvent) -> Iterable[Any]:
        landed = event.landed
        if landed is not None and (mentions is None or not mentions.isdisjoint(landed.keys)):
            value = {
                "signature": str(landed.signature),
                "err": landed.err,
                "logs": list(landed.logs),
            }
            yield _context(event, value)

    return Subscription("logsNotification", notify)


def _signature(ledger: EmbeddedLedger, params: list[Any]) -> Subscription:
    signature = Signature.from_string(params[0])

    def notify(event: LedgerEvent) -> Iterable[Any]:
        landed: LandedTransaction | None = ledger.history.get(signature)
        if landed is not None:
            yield _context(event, {"err": landed.err})

    return Subscription("signatureNotification", notify, once=True)


def _slot(ledger: EmbeddedLedger, _params: list[Any]) -> Subscription:
    last = ledger.slot

    def notify(_event: LedgerEvent) -> Iterable[Any]:
        nonlocal last
        if ledger.slot != last:
            parent, last = last, ledger.slot
            yield {"parent": parent, "root": max(0, last - 1), "slot": last}

    return Subscription("slotNotification", notify)


_KINDS: dict[str, Callable[[EmbeddedLedger, list[Any]], Subscription]] = {
    "accountSubscribe": _account,
    "programSubscribe": _program,
    "logsSubscribe": _logs,
    "signatureSubscribe": _signature,
    "slotSubscribe": _slot,
}
