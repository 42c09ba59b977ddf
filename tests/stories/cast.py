"""The people of the stories, and those of them who do not keep the rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solders.keypair import Keypair

import fedsol
from fedsol.demo.cheats import Silent as Silent
from fedsol.learning import Dataset
from fedsol.membership import Membership
from fedsol.roles import Aggregator, Member, Trainer
from fedsol.roles.member import Snapshot
from fedsol.roles.runner import Watch

MODEL = fedsol.model("logreg", features=30, classes=2)
STAKE = 3_000
POOL = 1_000
FUNDED = 5_000


@dataclass
class Vanishing:
    """Aggregates, unless it is the one who was chosen."""

    aggregator: Aggregator

    @property
    def member(self) -> Member:
        return self.aggregator.member

    async def step(self, now: Snapshot) -> bool:
        me = await self.member.me()
        chosen = (
            me is not None and now.round is not None and me.aggregator_index == now.round.chosen
        )
        return not chosen and await self.aggregator.step(now)


@dataclass
class Town:
    """A federation in a sandbox, and its people by name."""

    sandbox: fedsol.Sandbox
    federation: fedsol.Federation
    creator: Keypair
    people: dict[str, Membership] = field(default_factory=dict)
    keys: dict[str, Keypair] = field(default_factory=dict)

    async def joins(
        self,
        name: str,
        *,
        stake: int = STAKE,
        data: Dataset | None = None,
        plants: bool = False,
        **training: Any,
    ) -> None:
        """Somebody arrives with exactly the stake, data of their own, and joins."""
        key = self.keys.setdefault(name, await self.sandbox.wallet(stake=stake))
        share = data or shares()[len(self.people) % 5]
        self.people[name] = await self.federation.join(
            key, stake=stake, data=share, model=MODEL, plants=plants, **training
        )

    async def judges(self, name: str, *, stake: int = STAKE) -> None:
        """Somebody arrives with exactly the stake and held-out data, and joins as evaluator alone."""
        key = self.keys.setdefault(name, await self.sandbox.wallet(stake=stake))
        seen = held_out()[len(self.people) % 3]
        self.people[name] = await self.federation.join(
            key, stake=stake, model=MODEL, evaluates=seen, aggregates=False
        )

    async def round(
        self, *, watch: Watch | None = None, **instead: Membership
    ) -> fedsol.RoundResult:
        """One round of everybody, with some people acting otherwise."""
        acting = [instead.get(name, one) for name, one in self.people.items()]
        return await self.federation.round(members=acting, watch=watch)

    async def stake_of(self, name: str) -> int:
        """What somebody's stake is now, on chain."""
        me = await self.people[name].member.me()
        return me.stake if me is not None else 0

    async def tokens(self, name: str) -> tuple[int, int]:
        """Somebody's stake and reward tokens outside the federation."""
        owner = self.keys[name].pubkey()
        sandbox = self.sandbox
        return (
            await sandbox.tokens(owner, sandbox.stake),
            await sandbox.tokens(owner, sandbox.reward),
        )

    async def creator_tokens(self) -> tuple[int, int]:
        """The creator's stake and reward tokens."""
        owner = self.creator.pubkey()
        return (
            await self.sandbox.tokens(owner, self.sandbox.stake),
            await self.sandbox.tokens(owner, self.sandbox.reward),
        )

    async def assert_audit(self) -> None:
        """Everything replays."""
        report = await self.federation.audit()
        assert report.ok, [check for check in report.checks if not check.ok]


def shares() -> list[Dataset]:
    """Five non-IID parts of the breast-cancer data."""
    train, _ = fedsol.load("breast_cancer")
    return fedsol.partition(train, fedsol.DirichletPartitioner(5, alpha=0.5, seed=1))


def held_out() -> list[Dataset]:
    """Three parts of the breast-cancer data that nobody trains on."""
    _, test = fedsol.load("breast_cancer")
    return fedsol.partition(test, fedsol.IidPartitioner(3, seed=1))


@asynccontextmanager
async def town(state: Path, *, name: str = "hospitals", **rules: object) -> AsyncIterator[Town]:
    """A funded federation without people yet."""
    async with fedsol.embedded(seed=b"story") as sandbox:
        yield await founded(sandbox, state, name=name, **rules)


async def founded(sandbox: fedsol.Sandbox, state: Path, *, name: str, **rules: object) -> Town:
    """A federation with its creator and 5,000 units of reward."""
    creator = await sandbox.wallet(reward=FUNDED)
    params = fedsol.Params.local(**{"round_reward": POOL, "min_submissions": 2, **rules})
    federation = await fedsol.Federation.on(
        sandbox, name=name, model=MODEL, params=params, state=state, creator=creator
    )
    await federation.fund(creator, FUNDED)
    return Town(sandbox, federation, creator)


def silent(one: Membership) -> Membership:
    """The same person, who commits and never reveals."""
    trainer = next(role for role in one.roles if isinstance(role, Trainer))
    return Membership(one.member, (Silent(trainer),))  # type: ignore[arg-type]


def vanishing(one: Membership) -> Membership:
    """The same person, who does not aggregate when chosen."""
    roles = [Vanishing(role) if isinstance(role, Aggregator) else role for role in one.roles]
    return Membership(one.member, tuple(roles))  # type: ignore[arg-type]


def absent(one: Membership) -> Membership:
    """The same person, who does nothing at all."""
    return Membership(one.member, ())
