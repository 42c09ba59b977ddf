"""Landing a signed transaction: the same bytes, until they landed or no longer can."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from solders.signature import Signature
from solders.transaction import VersionedTransaction

from fedsol.chain.embedded_ledger import Dropped, EmbeddedLedger
from fedsol.chain.failure import from_failure
from fedsol.chain.records import Landed
from fedsol.chain.rpc import Rpc, RpcRefused
from fedsol.errors import RpcUnreachable, TransactionExpired
from fedsol.log import get_logger

_RANK = {"processed": 0, "confirmed": 1, "finalized": 2}
_PREFLIGHT_FAILURE = -32002
_ABSENCES = 2
_LOG_READS = 10

_log = get_logger("fedsol.chain")


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient sending is, in seconds.

    ``resend``: between two sends of the same bytes; ``poll``: between two looks at the status;
    ``outage``: how long no endpoint may answer before ``RpcUnreachable`` is raised.
    """

    resend: float = 2.0
    poll: float = 0.4
    outage: float = 60.0


PATIENT = Pace()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A signed transaction and how long it can land."""

    raw: bytes
    last_valid_block_height: int

    @property
    def transaction(self) -> VersionedTransaction:
        """The decoded transaction."""
        return VersionedTransaction.from_bytes(self.raw)

    @property
    def signature(self) -> Signature:
        """What names the transaction on chain."""
        return self.transaction.signatures[0]


async def deliver(rpc: Rpc, delivery: Delivery, *, commitment: str, pace: Pace = PATIENT) -> Landed:
    """Sends until the transaction has reached ``commitment``.

    Raises ``TransactionExpired`` once it can no longer land, the typed error if it landed and
    failed, and ``RpcUnreachable`` after an outage: then it may still land, and delivering the same
    bytes again is safe.
    """
    watch = _Watch(rpc, delivery, pace)
    silent_since: float | None = None
    while True:
        try:
            status = await watch.look()
            silent_since = None
        except RpcUnreachable:
            silent_since = silent_since or time.monotonic()
            if time.monotonic() - silent_since >= pace.outage:
                raise
            status = None
        if status is not None and _reached(status, commitment):
            return await _landed(rpc, delivery, status, pace)
        await asyncio.sleep(pace.poll)


class _Watch:
    """One transaction on its way: sends it again in time, and knows when it can no longer land."""

    def __init__(self, rpc: Rpc, delivery: Delivery, pace: Pace) -> None:
        self._rpc = rpc
        self._delivery = delivery
        self._pace = pace
        self._wire = b64encode(delivery.raw).decode()
        self._sends = 0
        self._next_send = 0.0
        self._absences = 0

    async def look(self) -> dict[str, Any] | None:
        """The transaction's status, ``None`` while it is unknown; raises ``TransactionExpired``."""
        past = False
        if self._absences or time.monotonic() >= self._next_send:
            # The height is read before the status: what lands in between is then not missed.
            past = self._sends > 0 and await self._is_past()
            if not past:
                await self._send()
        status = await self._status(search=past)
        # One node may lag behind another: a single absence is no proof.
        self._absences = self._absences + 1 if past and status is None else 0
        if self._absences >= _ABSENCES:
            raise TransactionExpired(
                f"transaction {self._delivery.signature} did not land before block height "
                f"{self._delivery.last_valid_block_height:,}"
            )
        return status

    async def _send(self) -> None:
        # No preflight: a lagging node would refuse what the leader takes.
        options = {"encoding": "base64", "skipPreflight": True, "maxRetries": 0}
        try:
            await self._rpc.call("sendTransaction", self._wire, options)
        except RpcRefused as refused:
            if refused.code != _PREFLIGHT_FAILURE and "already been processed" not in str(refused):
                raise
            _log.debug("send_refused", why=str(refused))
        self._sends += 1
        self._next_send = time.monotonic() + self._pace.resend

    async def _is_past(self) -> bool:
        # Finalized: no block that could still hold the transaction is then undecided.
        height = await self._rpc.call("getBlockHeight", {"commitment": "finalized"})
        return bool(height > self._delivery.last_valid_block_height)

    async def _status(self, *, search: bool) -> dict[str, Any] | None:
        options = {"searchTransactionHistory": search}
        signature = str(self._delivery.signature)
        answer = await self._rpc.call("getSignatureStatuses", [signature], options)
        status: dict[str, Any] | None = answer["value"][0]
        return status


def deliver_embedded(ledger: EmbeddedLedger, delivery: Delivery) -> Landed:
    """Lands a transaction on the ledger of this process: at once, or never."""
    transaction = delivery.transaction
    done = ledger.submit(transaction)
    if isinstance(done, Dropped) and done.err == "AlreadyProcessed":
        done = ledger.history.get(delivery.signature) or done
    if isinstance(done, Dropped) and done.err == "BlockhashNotFound":
        raise TransactionExpired(
            f"transaction {delivery.signature} can no longer land: its blockhash expired"
        )
    if isinstance(done, Dropped):
        raise from_failure(done.err, transaction=transaction)
    if done.err is not None:
        raise from_failure(done.err, done.logs, transaction=transaction)
    return Landed(done.signature, done.slot, done.units, done.fee, done.logs)


def _reached(status: dict[str, Any], commitment: str) -> bool:
    # A status without a name is of a transaction so old that it is rooted.
    return _RANK[status.get("confirmationStatus") or "finalized"] >= _RANK[commitment]


async def _landed(rpc: Rpc, delivery: Delivery, status: dict[str, Any], pace: Pace) -> Landed:
    meta = await _meta(rpc, delivery.signature, pace)
    logs = tuple(meta.get("logMessages") or ())
    if status.get("err") is not None:
        raise from_failure(status["err"], logs, transaction=delivery.transaction)
    return Landed(
        signature=delivery.signature,
        slot=int(status["slot"]),
        units=int(meta.get("computeUnitsConsumed") or 0),
        fee=int(meta.get("fee") or 0),
        logs=logs,
    )


async def _meta(rpc: Rpc, signature: Signature, pace: Pace) -> dict[str, Any]:
    """The transaction's meta; empty if the endpoint never shows it: the status is the truth."""
    options = {"encoding": "base64", "commitment": "confirmed", "maxSupportedTransactionVersion": 0}
    for _ in range(_LOG_READS):
        try:
            found = await rpc.call("getTransaction", str(signature), options)
        except (RpcRefused, RpcUnreachable):
            found = None
        if found is not None:
            return dict(found.get("meta") or {})
        await asyncio.sleep(pace.poll)
    return {}
