"""``Localnet``: an embedded ledger served over HTTP and websocket, for many processes."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import WSMsgType, web

from fedsol.chain import embedded_rpc
from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc.wire import Method
from fedsol.chain.pubsub import Session
from fedsol.chain.records import SLOT_SECONDS
from fedsol.errors import ConfigError
from fedsol.log import get_logger

_MAX_BODY = 50 * 2**20
_PORT_TRIES = 50
_log = get_logger("fedsol.chain")


class Localnet:
    """A local chain that needs nothing but this package::

        async with Localnet(port=8899, state="ledger.bin") as net:
            print(net.url)

    Websockets are taken on the same port and, as on every Solana node, on the next one. ``port=0``
    takes any two free ports. In ``real_time`` (the default) slots and clock follow the wall clock.
    With ``state`` the ledger continues from that file and is saved to it at the end and at
    ``fedsol_saveState``.
    """

    def __init__(
        self,
        port: int = 8899,
        *,
        host: str = "127.0.0.1",
        real_time: bool = True,
        state: str | Path | None = None,
        ledger: EmbeddedLedger | None = None,
    ) -> None:
        self._wanted_port = port
        self._host = host
        self._state = None if state is None else Path(state)
        self.ledger = ledger or self._open(real_time)
        # The file is the server's to know: a client asks for a save, and cannot name a path.
        self._methods: dict[str, Method] = {
            "fedsol_saveState": lambda _ledger, _params: self.save()
        }
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._sockets: set[web.WebSocketResponse] = set()

    @property
    def url(self) -> str:
        """The RPC URL."""
        return f"http://{self._host}:{self.port}"

    @property
    def websocket_url(self) -> str:
        """The websocket URL."""
        return f"ws://{self._host}:{self.port + 1}/"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens; raises ``ConfigError`` if a port is taken."""
        pair = _bind_pair(self._host, self._wanted_port)
        self.port = pair[0].getsockname()[1]
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/", self._request)
        app.router.add_get("/health", self._health)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        for bound in pair:
            await web.SockSite(self._runner, bound).start()
        self._ticker = asyncio.create_task(self._tick())
        _log.info("localnet_started", url=self.url, websocket=self.websocket_url)

    async def stop(self) -> None:
        """Closes the connections and saves the state."""
        if self._ticker is not None:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
        await self.drop_websockets()
        if self._runner is not None:
            await self._runner.cleanup()
        self.save()

    async def drop_websockets(self) -> None:
        """Cuts every websocket off, as a failing node would (for tests of clients)."""
        for open_socket in tuple(self._sockets):
            await open_socket.close(code=1012)

    def save(self) -> bool:
        """Writes the state file, if there is one to write."""
        if self._state is not None:
            self.ledger.save(self._state)
        return self._state is not None

    def _open(self, real_time: bool) -> EmbeddedLedger:
        if self._state is not None and self._state.exists():
            return EmbeddedLedger.load(self._state, real_time=real_time)
        return EmbeddedLedger(real_time=real_time)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(SLOT_SECONDS / 4)
            self.ledger.tick()

    async def _health(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _request(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._websocket(request)
        if request.method != "POST":
            return web.Response(status=405, text="POST JSON-RPC here")
        body = await request.read()
        answer = embedded_rpc.handle(self.ledger, body, extra=self._methods)
        return web.Response(body=answer, content_type="application/json")

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse(heartbeat=20.0)
        await connection.prepare(request)
        session = Session(self.ledger)
        self._sockets.add(connection)
        sender = asyncio.create_task(_send_all(session, connection))
        try:
            async for message in connection:
                if message.type == WSMsgType.TEXT:
                    session.receive(message.data)
        finally:
            session.close()
            self._sockets.discard(connection)
            sender.cancel()
        return connection


async def _send_all(session: Session, connection: web.WebSocketResponse) -> None:
    while (text := await session.outbox.get()) is not None:
        with suppress(ConnectionError):
            await connection.send_str(text)
    await connection.close(code=1008)


def _bind_pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Two sockets on neighbouring ports; ``port`` 0 looks for a free pair."""
    for _ in range(_PORT_TRIES if port == 0 else 1):
        first = second = None
        try:
            first = _bind(host, port)
            second = _bind(host, first.getsockname()[1] + 1)
            return first, second
        except (OSError, OverflowError) as error:
            why = error
            for one in (first, second):
                if one is not None:
                    one.close()
    raise ConfigError(
        f"ports {port} and {port + 1} on {host} cannot be had: {why}",
        hint="Another localnet may be running: choose another --port.",
    )


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError):
        bound.close()
        raise
    return bound
