"""A list of RPC endpoints that behaves like one: the next is tried when one does not answer."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx

from fedsol.errors import ConfigError, RpcUnreachable, WrongCluster
from fedsol.log import get_logger

_RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_UNHEALTHY = b'"code":-32005'
_GENESIS_REQUEST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "getGenesisHash", "params": []})

_log = get_logger("fedsol.chain")


def display_url(url: str) -> str:
    """The URL without what may be an API key: path, query and user are left out."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    hidden = "/…" if parts.path.strip("/") or parts.query or parts.username else ""
    return f"{parts.scheme}://{parts.hostname}{port}{hidden}"


class FailoverTransport(httpx.AsyncBaseTransport):
    """Asks the endpoint that worked last, then the others, in up to ``rounds`` rounds.

    Tried again: connection errors, timeouts, HTTP 408/425/429/5xx and a node that calls itself
    unhealthy. Between rounds it waits ``backoff`` seconds, doubled each time, at most 4, with
    jitter. Every endpoint's genesis hash is checked before its first answer is used. Raises
    ``RpcUnreachable`` (which names each endpoint with its failure) and ``WrongCluster``.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        rounds: int = 4,
        backoff: float = 0.25,
    ) -> None:
        if not urls:
            raise ConfigError("no RPC endpoint was given")
        for url in urls:
            if urlsplit(url).scheme not in ("http", "https"):
                raise ConfigError(f"{url!r} is not an http(s) URL")
        self.urls = tuple(urls)
        self._transport = transport or httpx.AsyncHTTPTransport(retries=0)
        self._rounds = rounds
        self._backoff = backoff
        self._current = 0
        self._genesis: str | None = None
        self._checked: set[int] = set()

    @property
    def current_url(self) -> str:
        """The endpoint that answered last."""
        return self.urls[self._current]

    async def check_all(self) -> str:
        """Compares the genesis hashes of all endpoints that answer; returns it.

        Raises ``WrongCluster`` if two differ and ``RpcUnreachable`` if none answers.
        """
        results = await asyncio.gather(
            *(self._check(i) for i in range(len(self.urls))), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, _Failed):
                raise result
        if self._genesis is None:
            # None answered at once: patience, as for any other request.
            await self.handle_async_request(_genesis_request(self.urls[0]))
        if self._genesis is None:
            raise RpcUnreachable("no endpoint names its genesis hash")
        return self._genesis

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers one request from the first endpoint that can."""
        content = await request.aread()
        failures: dict[str, str] = {}
        for attempt in range(self._rounds):
            if attempt:
                pause = min(4.0, self._backoff * 2 ** (attempt - 1))
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            for step in range(len(self.urls)):
                index = (self._current + step) % len(self.urls)
                try:
                    response = await self._ask(index, request, content)
                except _Failed as failed:
                    failures[display_url(self.urls[index])] = str(failed)
                    continue
                if index != self._current:
                    _log.warning("rpc_failover", now=display_url(self.urls[index]), failed=failures)
                    self._current = index
                return response
        tried = "; ".join(f"{url} ({why})" for url, why in failures.items())
        raise RpcUnreachable(f"no RPC endpoint answered after {self._rounds} rounds: {tried}")

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._transport.aclose()

    async def _ask(self, index: int, request: httpx.Request, content: bytes) -> httpx.Response:
        if index not in self._checked:
            await self._check(index)
        return await self._post(index, request, content)

    async def _check(self, index: int) -> None:
        request = _genesis_request(self.urls[index])
        response = await self._post(index, request, request.content)
        try:
            genesis = str(json.loads(response.content)["result"])
        except (ValueError, KeyError, TypeError) as error:
            raise _Failed("does not answer as a Solana RPC") from error
        if self._genesis is not None and genesis != self._genesis:
            raise WrongCluster(
                f"{display_url(self.urls[index])} is on another cluster (genesis {genesis}) than "
                f"{display_url(self.urls[min(self._checked)])} (genesis {self._genesis})",
                hint="List only endpoints of one cluster.",
            )
        self._genesis = genesis
        self._checked.add(index)

    async def _post(self, index: int, request: httpx.Request, content: bytes) -> httpx.Response:
        url = httpx.URL(self.urls[index])
        headers = {
            k: v for k, v in request.headers.items() if k.lower() not in ("host", "content-length")
        }
        sent = httpx.Request(
            request.method, url, headers=headers, content=content, extensions=request.extensions
        )
        try:
            response = await self._transport.handle_async_request(sent)
            body = await response.aread()
        except (httpx.TransportError, OSError) as error:
            raise _Failed(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        if response.status_code in _RETRIED_STATUS:
            raise _Failed(f"HTTP {response.status_code}")
        if _UNHEALTHY in body.replace(b" ", b""):
            raise _Failed("the node is behind or unhealthy")
        return response


class _Failed(Exception):
    """One endpoint failed in a way that another may not."""


def _genesis_request(url: str) -> httpx.Request:
    # A request's own timeout comes from its client; one made here has to bring it.
    patience = {"timeout": httpx.Timeout(10.0).as_dict()}
    headers = {"content-type": "application/json"}
    return httpx.Request(
        "POST", url, headers=headers, content=_GENESIS_REQUEST, extensions=patience
    )
