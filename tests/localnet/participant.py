"""One participant as a process of its own: joins, takes part in one round, is paid, and ends.

    python -m tests.localnet.participant SETTINGS.json

It can be killed at any point and started again with the same settings. ``dies`` in the settings
(an instruction, and ``signed`` or ``sent``) makes it kill itself at exactly that point.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import jax
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

import fedsol
from fedsol.chain import BeforeSend, Chain, Landed, load_keypair
from fedsol.demo.cheats import WrongAggregator
from fedsol.federation import Federation
from fedsol.learning import Dataset, train
from fedsol.log import show_logs
from fedsol.membership import Membership
from fedsol.roles import Aggregator, Member, Trainer, Training, run
from fedsol.roles.member import Snapshot
from fedsol.roles.trainer import SGD

MODEL = fedsol.model("logreg", features=30, classes=2)
PEOPLE = 3


@dataclass(frozen=True)
class Settings:
    """What one process is told; paths and addresses as text."""

    url: str
    federation: str
    keypair: str
    artifacts: str
    state: str
    share: int
    stake: int
    aggregates: bool = False
    """Whether it may post aggregates; ``cheats``: wrong ones; ``waits``: only after one has fallen."""
    cheats: bool = False
    waits: bool = False
    dies: tuple[str, str] | None = None

    def write(self, path: Path) -> Path:
        """Keeps them for the process to read."""
        path.write_text(json.dumps(asdict(self)))
        return path


class AfterAFall(Aggregator):
    """Lets others go first: aggregates only once an aggregate of the round has fallen."""

    async def step(self, now: Snapshot) -> bool:
        """As an aggregator, but for the round's first aggregate."""
        waits = now.round is None or now.round.attempt == 0
        return False if waits else await super().step(now)


async def main(settings: Settings) -> None:
    """Joins unless that was done, and acts until round 1 is over and nothing is left to do."""
    key, address = load_keypair(settings.keypair), Pubkey.from_string(settings.federation)
    artifacts = fedsol.ArtifactStore(settings.artifacts)
    async with await Chain.connect(settings.url) as chain:
        if settings.dies is not None:
            _dies(chain, *settings.dies)
        state = Path(settings.state)
        federation = await Federation.at(chain, address, artifacts=artifacts, state=state)
        membership = await _joined(federation, key, settings)

        def done(now: Snapshot) -> bool:
            over = now.federation.round == 1 and not now.federation.round_active
            return over and not membership.member.journal.rounds()

        await run(membership.roles, until=done)


async def _joined(federation: Federation, key: Keypair, settings: Settings) -> Membership:
    member, data = federation.member(key), _share(settings.share)
    roles: list[Trainer | Aggregator] = [Trainer(member, Training(MODEL, data))]
    if settings.aggregates:
        roles.append(_aggregator(member, settings))
    membership = Membership(member, tuple(roles))
    if await member.me() is None:
        # Compiled before anybody waits for it: the windows of these tests are short.
        start = MODEL.init(jax.random.key(0))
        train(
            MODEL,
            start,
            data.x,
            data.y,
            key=jax.random.key(0),
            optimiser=SGD,
            epochs=1,
            batch_size=32,
        )
        await membership.register()
    me = await member.me()
    if me is not None and me.stake == 0:
        await membership.deposit(settings.stake)
    return membership


def _aggregator(member: Member, settings: Settings) -> Aggregator:
    if settings.cheats:
        return WrongAggregator(member, coordinate=7)
    return AfterAFall(member) if settings.waits else Aggregator(member)


def _share(index: int) -> Dataset:
    everything, _ = fedsol.load("breast_cancer")
    return fedsol.partition(everything, fedsol.IidPartitioner(PEOPLE, seed=1))[index]


def _dies(chain: Chain, instruction: str, moment: str) -> None:
    """Wraps the chain: the process is gone once ``instruction`` is signed, or once it is sent."""
    wanted = sha256(f"global:{instruction}".encode()).digest()[:8]
    send, call = chain.send, chain._rpc.call
    armed = False

    async def dying_send(
        instructions: Sequence[Instruction],
        signers: Sequence[Keypair],
        *,
        before_send: BeforeSend,
        **options: Any,
    ) -> Landed:
        nonlocal armed
        armed = any(bytes(one.data)[:8] == wanted for one in instructions)

        async def keep(signed: bytes, signature: Signature, height: int) -> None:
            await before_send(signed, signature, height)
            if armed and moment == "signed":
                _die()

        return await send(instructions, signers, before_send=keep, **options)

    async def dying_call(method: str, *params: Any) -> Any:
        answer = await call(method, *params)
        if armed and moment == "sent" and method == "sendTransaction":
            _die()
        return answer

    chain.send = dying_send  # type: ignore[assignment]
    chain._rpc.call = dying_call  # type: ignore[method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    show_logs()
    read = json.loads(Path(sys.argv[1]).read_text())
    asyncio.run(main(Settings(**read)))
