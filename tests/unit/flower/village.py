"""A small Flower app under a federation, on a local chain over HTTP, with its clients in this process.

``LocalGrid`` hands messages to real ClientApps, one after the other, as Flower's simulation does
without a simulation's processes. Every client keeps keys, salts and artifacts in a folder of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from flwr.app import Array, ArrayRecord, Context, Error, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg, Result, Strategy
from flwr.supercore.task_identity import TaskIdentity
from solders.keypair import Keypair

import fedsol
from fedsol.audit import AuditReport
from fedsol.chain import Chain, EmbeddedLedger, load_keypair, save_keypair
from fedsol.flower import GovernedMod, GovernedStrategy, found_federation, key_path
from fedsol.program import Participant, Submission
from fedsol.program.addresses import round_address
from fedsol.reading import list_submissions, read_participant
from fedsol.sandbox import SOL, Sandbox, sandbox_on

STAKE, REWARD = 3_000, 600
START = {"second": np.zeros((3, 2), np.float32), "first": np.ones(2, np.float32)}


def initial_arrays() -> ArrayRecord:
    """Eight parameters, their names out of order."""
    return record_of(START)


def learn(arrays: ArrayRecord, partition: int) -> ArrayRecord:
    """What client ``partition`` learns: each parameter grows by its own amount."""
    grown = {k: a.numpy() + np.float32(0.25 * (partition + 1)) for k, a in arrays.items()}
    return record_of(grown)


def record_of(arrays: Mapping[str, Any]) -> ArrayRecord:
    """Named NumPy arrays as Flower sends them."""
    return ArrayRecord({name: Array(np.asarray(one)) for name, one in arrays.items()})


def make_app(mod: GovernedMod, learns: Callable[[ArrayRecord, int], ArrayRecord]) -> ClientApp:
    """A client's app, which knows nothing of any federation."""
    app = ClientApp(mods=[mod])

    @app.train()
    def train(message: Message, context: Context) -> Message:
        assert set(message.content) == {"arrays", "config"}
        partition = int(context.node_config["partition-id"])
        arrays = learns(message.content["arrays"], partition)
        metrics = MetricRecord({"num-examples": 10 * (partition + 1), "loss": float(partition)})
        return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)

    @app.evaluate()
    def evaluate(message: Message, context: Context) -> Message:
        values = [array.numpy() for array in message.content["arrays"].values()]
        metrics = MetricRecord({"sum": float(sum(v.sum() for v in values)), "num-examples": 1})
        return Message(RecordDict({"metrics": metrics}), reply_to=message)

    return app


@dataclass
class LocalGrid(Grid):
    """Nodes 0, 1, … are ClientApps; ``replies`` keeps what each sent, ``spoil`` may change what it
    gets.
    """

    apps: list[ClientApp]
    replies: list[Message] = field(default_factory=list)
    spoil: Callable[[Message], None] = lambda message: None

    def get_node_ids(self) -> Iterable[int]:
        return range(len(self.apps))

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        sent = [self._deliver(message) for message in messages]
        self.replies += sent
        return [copied(reply) for reply in sent]

    def _deliver(self, message: Message) -> Message:
        node = message.metadata.dst_node_id
        message = copied(message)
        self.spoil(message)
        context = Context(1, node, {"partition-id": node}, RecordDict(), {})
        try:
            return self.apps[node](message, context)
        except Exception as error:
            return Message(Error(0, f"{type(error).__name__}: {error}"), reply_to=message)

    def set_run(self, run: Any) -> None:
        raise NotImplementedError

    @property
    def run(self) -> Any:
        raise NotImplementedError

    def create_message(self, *args: Any, **kwargs: Any) -> Message:
        raise NotImplementedError

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        raise NotImplementedError

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        raise NotImplementedError


def copied(message: Message) -> Message:
    """The same message with a content of its own, as if it had been sent."""
    body: Any = RecordDict(dict(message.content)) if message.has_content() else message.error
    return Message(body, metadata=message.metadata)


@dataclass
class Village:
    """A federation at a URL with the folders of its server and clients."""

    url: str
    ledger: EmbeddedLedger
    folder: Path
    sandbox: Sandbox
    federation: fedsol.Federation

    @property
    def address(self) -> str:
        return str(self.federation.ref.address)

    def client_folder(self, partition: int) -> Path:
        return self.folder / f"client-{partition}"

    def mod(self, partition: int, kind: type[GovernedMod] = GovernedMod, **other: Any) -> Any:
        state = str(self.client_folder(partition))
        return kind(**{"federation": self.address, "url": self.url, "state": state, **other})

    def grid(self, *special: ClientApp | None, clients: int = 3) -> LocalGrid:
        """A grid of honest clients; who is ``special`` takes the place of the one with its number."""
        chosen = dict(enumerate(special))
        apps = [chosen.get(i) or make_app(self.mod(i), learn) for i in range(clients)]
        return LocalGrid(apps)

    def strategy(self, strategy: Strategy | None = None, **other: Any) -> GovernedStrategy:
        return GovernedStrategy(
            strategy or FedAvg(min_train_nodes=3, min_evaluate_nodes=3, min_available_nodes=3),
            key=str(self.folder / "server.json"),
            federation=self.address,
            url=self.url,
            artifacts=str(self.folder / "artifacts"),
            state=str(self.folder / "server"),
            **{"fast_forward": True, **other},
        )

    def start(self, strategy: GovernedStrategy, grid: Grid, rounds: int = 1) -> Result:
        return strategy.start(grid, initial_arrays(), num_rounds=rounds)

    def owner(self, partition: int) -> Keypair:
        return load_keypair(key_path(self.client_folder(partition), str(partition)))

    def participant(self, partition: int) -> Participant | None:
        ref, owner = self.federation.ref, self.owner(partition).pubkey()
        return asyncio.run(read_participant(self.federation.chain, ref.address, owner))

    def stakes(self) -> list[int]:
        return [one.stake if (one := self.participant(i)) else 0 for i in range(3)]

    def rewards(self) -> list[int]:
        """Reward tokens in the clients' hands."""

        async def read() -> list[int]:
            owners = [self.owner(i).pubkey() for i in range(3)]
            return [await self.sandbox.tokens(one, self.sandbox.reward) for one in owners]

        return asyncio.run(read())

    def submissions(self, number: int) -> list[Submission]:
        address = round_address(self.federation.ref.address, number)
        return asyncio.run(list_submissions(self.federation.chain, round_=address))

    def model(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        return asyncio.run(self.federation.model())

    def audit(self) -> AuditReport:
        return asyncio.run(self.federation.audit())


async def found(url: str, ledger: EmbeddedLedger, folder: Path, **rules: Any) -> Village:
    """A funded federation whose clients have keys and money, and have not joined yet."""
    TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = 1, 0, 1
    sandbox = await sandbox_on(Chain.embedded(ledger))
    server = await sandbox.wallet(stake=2 * STAKE, reward=10 * REWARD)
    save_keypair(server, folder / "server.json")
    settings = {"seconds": 600, "round_reward": REWARD, "min_submissions": 2, **rules}
    federation = await found_federation(
        sandbox.chain,
        server,
        initial_arrays(),
        name="village",
        stake=sandbox.stake,
        reward=sandbox.reward,
        params=fedsol.Params.local(**settings),
        artifacts=fedsol.ArtifactStore(str(folder / "artifacts")),
        state=folder / "founder",
    )
    await federation.fund(server, 10 * REWARD)
    for partition in range(3):
        path = key_path(folder / f"client-{partition}", str(partition))
        path.parent.mkdir(parents=True)
        owner = await sandbox.wallet(lamports=SOL, stake=STAKE)
        save_keypair(owner, path)
    return Village(url, ledger, folder, sandbox, federation)
