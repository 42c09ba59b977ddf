"""The embedded ledger as an HTTP endpoint without a network, for solana-py's own client."""

from __future__ import annotations

import httpx
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment, Confirmed

from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc import handle

EMBEDDED_URL = "http://embedded.fedsol"


class EmbeddedTransport(httpx.AsyncBaseTransport):
    """Answers every HTTP request with the ledger's JSON-RPC."""

    def __init__(self, ledger: EmbeddedLedger) -> None:
        self._ledger = ledger

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers one request."""
        answer = handle(self._ledger, await request.aread())
        return httpx.Response(200, headers={"content-type": "application/json"}, content=answer)


def client_over(
    transport: httpx.AsyncBaseTransport,
    *,
    url: str = EMBEDDED_URL,
    commitment: Commitment = Confirmed,
    timeout: float = 30.0,
) -> AsyncClient:
    """solana-py's client whose requests go through ``transport``."""
    client = AsyncClient(url, commitment)
    client._provider.session = httpx.AsyncClient(transport=transport, timeout=timeout)
    return client


def embedded_client(ledger: EmbeddedLedger) -> AsyncClient:
    """solana-py's client on an embedded ledger."""
    return client_over(EmbeddedTransport(ledger))
