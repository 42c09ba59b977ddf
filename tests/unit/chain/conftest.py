"""A funded ledger, and an RPC whose network can be made to fail in chosen ways."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

from fedsol.chain import Chain, EmbeddedLedger, Pace
from fedsol.chain.embedded_rpc import handle

SOL = 10**9
FAST = Pace(resend=0.02, poll=0.01, outage=0.3)


@dataclass
class FaultyNetwork(httpx.AsyncBaseTransport):
    """Ledgers by host name; faults are queued per JSON-RPC method, or set per host."""

    ledgers: dict[str, EmbeddedLedger]
    faults: dict[str, deque[str]] = field(default_factory=dict)
    down: dict[str, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    before: Callable[[str], None] | None = None

    def queue(self, method: str, *faults: str) -> None:
        """The next calls of ``method``: drop, reply_lost, twice, empty, timeout, ok or a status."""
        self.faults.setdefault(method, deque()).extend(faults)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(await request.aread())
        method, host = body["method"], request.url.host
        self.calls[method] += 1
        self.asked.append(host)
        if method == "sendTransaction":
            self.sent.append(body["params"][0])
        if self.before is not None:
            self.before(method)
        waiting = self.faults.get(method)
        fault = self.down.get(host) or (waiting.popleft() if waiting else "ok")
        return self._answer(fault, self.ledgers[host], body)

    def _answer(self, fault: str, ledger: EmbeddedLedger, body: dict[str, Any]) -> httpx.Response:
        if fault == "timeout":
            raise httpx.ReadTimeout("no answer in time")
        if fault == "refused":
            raise httpx.ConnectError("connection refused")
        if fault.isdigit():
            return httpx.Response(int(fault), content=b"busy")
        if fault == "drop":
            signature = _signature_of(body["params"][0])
            return _result(body, signature)
        if fault == "empty":
            return _result(body, {"context": {"slot": 1}, "value": [None]})
        answer = handle(ledger, json.dumps(body).encode())
        if fault == "twice":
            answer = handle(ledger, json.dumps(body).encode())
        if fault == "reply_lost":
            raise httpx.ReadError("connection reset after the request was sent")
        return httpx.Response(200, content=answer)


def _signature_of(wire: str) -> str:
    from base64 import b64decode

    from solders.transaction import VersionedTransaction

    return str(VersionedTransaction.from_bytes(b64decode(wire)).signatures[0])


def _result(body: dict[str, Any], result: Any) -> httpx.Response:
    answer = {"jsonrpc": "2.0", "id": body["id"], "result": result}
    return httpx.Response(200, content=json.dumps(answer).encode())


@pytest.fixture
def ledger() -> EmbeddedLedger:
    return EmbeddedLedger(seed=b"test", unix_timestamp=1_800_000_000)


@pytest.fixture
def alice(ledger: EmbeddedLedger) -> Keypair:
    keypair = Keypair.from_seed(bytes([1] * 32))
    ledger.set_account(keypair.pubkey(), lamports=100 * SOL)
    return keypair


@pytest.fixture
def bob(ledger: EmbeddedLedger) -> Keypair:
    keypair = Keypair.from_seed(bytes([2] * 32))
    ledger.set_account(keypair.pubkey(), lamports=SOL)
    return keypair


@pytest.fixture
async def chain(ledger: EmbeddedLedger):
    async with Chain.embedded(ledger) as opened:
        yield opened


@pytest.fixture
def network(ledger: EmbeddedLedger) -> FaultyNetwork:
    return FaultyNetwork({"one": ledger, "two": ledger})


@pytest.fixture
async def remote(network: FaultyNetwork):
    """The same ledger behind two endpoints of the faulty network."""
    async with await Chain.connect(
        ["http://one", "http://two"], transport=network, pace=FAST, rounds=1
    ) as opened:
        yield opened


@pytest.fixture
def pay() -> Callable[[Keypair, Keypair, int], Instruction]:
    def build(source: Keypair, target: Keypair | Pubkey, lamports: int) -> Instruction:
        to = target.pubkey() if isinstance(target, Keypair) else target
        return transfer(
            TransferParams(from_pubkey=source.pubkey(), to_pubkey=to, lamports=lamports)
        )

    return build
