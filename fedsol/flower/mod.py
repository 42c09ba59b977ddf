"""The client's line: ``ClientApp(mods=[GovernedMod()])``."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from flwr.app import Context, Message, MessageType
from flwr.clientapp.typing import ClientAppCallable
from numpy.typing import NDArray
from solders.keypair import Keypair

from fedsol.chain import load_keypair, save_keypair
from fedsol.errors import ConfigError
from fedsol.flower.arrays import Layout, arrays_of
from fedsol.flower.background import Background
from fedsol.flower.client import commit, join, read_base, settle
from fedsol.flower.connection import Connection
from fedsol.flower.notices import Answer, Notice, without_arrays
from fedsol.flower.trainer import Learnt
from fedsol.roles import Member

T = TypeVar("T")

KEY_SETTING = "fedsol-key"
"""The key of a SuperNode's ``--node-config`` that names its key file."""


@dataclass(frozen=True, kw_only=True)
class GovernedMod(Connection):
    """Puts what an app learns under a federation; the app itself stays as it is.

    On the first message the client registers and stakes; after each training it commits to the
    difference of the arrays, and later, when the server asks, reveals it and claims its reward.
    The arrays leave this machine only after every client has committed.

    ``key`` is the key file; unless given it is the SuperNode's own setting ``fedsol-key``, else
    ``keys/PARTITION.json`` in the state's folder (by node id without partitions), made on first
    use. ``stake`` is in token units, the federation's minimum if None.

    Raises, in the client: ConfigError for a training that is not governed, ArchitectureMismatch for
    a model that the chain does not name, and what joining, committing and revealing raise. Flower
    reports each as that node's failure.
    """

    key: str | None = None
    stake: int | None = None

    def __call__(self, message: Message, context: Context, app: ClientAppCallable) -> Message:
        """Handles one message; what is no training goes to the app."""
        notice = Notice.take_off(message)
        if notice is None:
            if message.metadata.message_type.split(".")[0] != MessageType.TRAIN:
                return app(message, context)
            raise ConfigError(
                "the server asks for training outside any federation",
                hint="Wrap the server's strategy in GovernedStrategy, or remove this mod.",
            )
        key = self.load_key(context)
        if notice.errand == "settle":
            answer = self._as_member(key, lambda member: self.settle(member, notice))
            return Message(answer.put_on(message.content), reply_to=message)
        return self._train(key, notice, message, context, app)

    async def settle(self, member: Member, notice: Notice) -> Answer:
        """Reveals, answers demands and claims, whatever is due."""
        return await settle(member, notice.number)

    def _train(
        self,
        key: Keypair,
        notice: Notice,
        message: Message,
        context: Context,
        app: ClientAppCallable,
    ) -> Message:
        record = arrays_of(message.content)
        layout = Layout.of(record)

        async def prepare(member: Member) -> NDArray[np.int32]:
            await join(member, notice, self.stake)
            return await read_base(member, layout, record)

        before = self._as_member(key, prepare)
        reply = app(message, context)
        if reply.has_error():
            return reply
        after = layout.vector(arrays_of(reply.content))
        learnt = Learnt(notice.number, before, after)
        answer = self._as_member(key, lambda member: commit(member, learnt))
        reply.content = answer.put_on(without_arrays(reply.content))
        return reply

    def _as_member(self, key: Keypair, act: Callable[[Member], Awaitable[T]]) -> T:
        """Acts in a connection of its own: between two messages nothing is held."""

        async def connected() -> T:
            async with self.open(key) as member:
                return await act(member)

        with Background() as background:
            return background.run(connected())

    def load_key(self, context: Context) -> Keypair:
        """The client's key, made if it is to have one of its own. Raises ConfigError."""
        given = self.key or context.node_config.get(KEY_SETTING)
        if given:
            return load_keypair(str(given))
        name = context.node_config.get("partition-id", context.node_id)
        path = key_path(self.folder, str(name))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            save_keypair(Keypair(), path)
        return load_keypair(path)


def key_path(folder: Path, name: str) -> Path:
    """Where the key of the client NAME is kept."""
    return folder / "keys" / f"{name}.json"
