"""One call of a chain's JSON-RPC, over the network or in the process."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any, Protocol

import httpx

from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc import RpcFault, call
from fedsol.chain.failover import FailoverTransport, display_url
from fedsol.errors import ChainError, RpcUnreachable


class RpcRefused(ChainError):
    """The endpoint answered with a JSON-RPC error; ``code`` and ``data`` are its own."""

    hint = "Read the message: the endpoint does not support this, or the request is wrong."

    def __init__(self, method: str, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"{method}: {message} (JSON-RPC error {code})")
        self.code = code
        self.data = data


class Rpc(Protocol):
    """Something that answers Solana's JSON-RPC."""

    async def call(self, method: str, *params: Any) -> Any:
        """The result; raises ``RpcRefused`` for an error answer, ``RpcUnreachable`` for none."""
        ...


class EmbeddedRpc:
    """Calls the embedded ledger directly: no bytes, no HTTP."""

    def __init__(self, ledger: EmbeddedLedger) -> None:
        self._ledger = ledger

    async def call(self, method: str, *params: Any) -> Any:
        """The method's result."""
        # Give other tasks their turn, as a network would.
        await asyncio.sleep(0)
        try:
            return call(self._ledger, method, list(params))
        except RpcFault as fault:
            raise RpcRefused(method, fault.code, fault.message, fault.data) from None


class HttpRpc:
    """Calls endpoints over HTTP through a fail-over transport."""

    def __init__(self, transport: FailoverTransport, *, timeout: float = 30.0) -> None:
        self._transport = transport
        self.session = httpx.AsyncClient(transport=transport, timeout=timeout)
        self._ids = itertools.count(1)

    async def call(self, method: str, *params: Any) -> Any:
        """The method's result."""
        request = {
            "jsonrpc": "2.0",
            "id": next(self._ids),
            "method": method,
            "params": list(params),
        }
        response = await self.session.post(self._transport.current_url, json=request)
        where = display_url(self._transport.current_url)
        if response.status_code >= 400:
            raise RpcUnreachable(f"{where} answered HTTP {response.status_code} to {method}")
        try:
            answer = json.loads(response.content)
        except ValueError as error:
            raise RpcUnreachable(f"{where} did not answer {method} with JSON") from error
        if (error_ := answer.get("error")) is not None:
            raise RpcRefused(method, error_["code"], error_["message"], error_.get("data"))
        return answer.get("result")
