"""A governed run: Flower's messages on one side, the federation's rounds on the other."""

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from flwr.app import ArrayRecord, Message, MessageType, RecordDict
from flwr.serverapp import Grid

from fedsol.chain import load_config, load_keypair
from fedsol.errors import ArchitectureMismatch
from fedsol.flower.arrays import Layout
from fedsol.flower.background import Background
from fedsol.flower.connection import Connection
from fedsol.flower.fast_forward import FastForward
from fedsol.flower.notices import Answer, Errand, Notice
from fedsol.flower.server import Server
from fedsol.log import get_logger
from fedsol.program import Federation
from fedsol.roles import Aggregator, Crank, Member, Role, Watcher
from fedsol.roles.answerer import Answerer
from fedsol.round_result import RoundResult

log = get_logger(__name__)


@dataclass(frozen=True)
class Terms:
    """On which terms a server takes part; see ``GovernedStrategy``."""

    key: str | None
    stake: int | None
    bonds: int
    fast_forward: bool


class Governing:
    """One run of a strategy under a federation; connected as long as its context lasts.

    ``number`` is the running round's, 0 when there is none; at first it is the round that an earlier
    run left open, whose clients could still be punished for its silence. ``found`` is what was wrong
    with a node's update in the newest round.
    """

    def __init__(
        self, connection: Connection, terms: Terms, grid: Grid, layout: Layout, timeout: float
    ) -> None:
        self.number = 0
        self.found: dict[int, str] = {}
        self._connection, self._terms = connection, terms
        self._grid, self._layout, self._timeout = grid, layout, timeout
        self._nodes: list[int] = []
        self._background = Background()
        self._stack = AsyncExitStack()

    def __enter__(self) -> Self:
        self._background.__enter__()
        try:
            self._background.run(self._begin())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._background.run(self._stack.aclose())
        self._background.__exit__(kind, error, trace)

    def model(self) -> ArrayRecord:
        """The federation's current model, as the app's arrays."""
        values = self._background.run(self._server.model())
        return self._layout.record(values, self.federation.params.frac_bits)

    def open(self, messages: Sequence[Message]) -> None:
        """Opens a round for those whom the messages go to, and puts the notice of it on them."""
        self.number, self.found = 0, {}
        self._nodes = [one.metadata.dst_node_id for one in messages]
        if messages:
            self.number = self._background.run(self._server.open())
        for message in messages:
            message.content = self._notice("train").put_on(message.content)

    def committed(self, replies: Iterable[Message]) -> list[Message]:
        """The replies of those who committed, with the app's own records; the others are logged."""
        return [one for one, _ in self._answers(replies)]

    def finish(self) -> RoundResult:
        """Brings the round to its end: revealed, combined, settled or aborted, and claimed."""
        server, background = self._server, self._background
        background.run(server.end_commitments())
        for reply, answer in self._send("settle"):
            wrong = background.run(server.receive(self.number, answer))
            if wrong:
                node = reply.metadata.src_node_id
                self.found[node] = wrong
                log.warning("update_refused", round=self.number, node=node, reason=wrong)
        ended, seen = background.run(server.proceed(0))
        while not ended:
            # Somebody demands a part of an update: its author must be woken to answer.
            self._send("settle")
            ended, seen = background.run(server.proceed(seen))
        result = background.run(server.result(self.number))
        self._send("settle")
        log.info("round_ended", round=self.number, settled=result.settled, found=len(self.found))
        self.number = 0
        return result

    def _send(self, errand: Errand) -> list[tuple[Message, Answer]]:
        """Sends an errand to the round's nodes; replies with what the clients answered."""
        content = self._notice(errand).put_on(RecordDict())
        messages = [Message(content, node, MessageType.TRAIN) for node in self._nodes]
        return self._answers(self._grid.send_and_receive(messages, timeout=self._timeout))

    def _answers(self, replies: Iterable[Message]) -> list[tuple[Message, Answer]]:
        found = []
        for reply in replies:
            answer = Answer.take_off(reply) if reply.has_content() else None
            if answer is not None:
                found.append((reply, answer))
                continue
            reason = reply.error.reason if reply.has_error() else "its app has no GovernedMod"
            log.warning("node_failed", node=reply.metadata.src_node_id, reason=reason)
        return found

    def _notice(self, errand: Errand) -> Notice:
        address = str(self._connection.address)
        return Notice(errand, address, self.number, self._agreement)

    async def _begin(self) -> None:
        terms = self._terms
        path = load_config(url=self._connection.url, keypair=terms.key).keypair_path
        opened = self._connection.open(load_keypair(path))
        member = await self._stack.enter_async_context(opened)
        self._server = Server(member, self._roles(member))
        self.federation: Federation = await self._server.begin(terms.stake)
        if self.federation.round_active:
            self.number = int(self.federation.round)
            self._nodes = list(self._grid.get_node_ids())
        self._agreement = await self._server.agreement()
        if self._layout.architecture != bytes(self.federation.architecture_hash):
            raise ArchitectureMismatch(
                "the app's arrays are not of the federation's architecture",
                hint="Found the federation with the app's initial arrays: found_federation().",
            )

    def _roles(self, member: Member) -> list[Role]:
        roles: list[Role] = [Crank(member)]
        if self._terms.bonds:
            roles.append(Watcher(member, self._terms.bonds))
        roles += [Aggregator(member), Answerer(member)]
        if self._terms.fast_forward:
            roles.append(FastForward(member, self._connection.url))
        return roles
