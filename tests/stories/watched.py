"""A federation with somebody who watches it: people, cheats in their place, and what each is left with."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from solders.keypair import Keypair

import fedsol
from fedsol.artifacts import ArtifactStore
from fedsol.learning import Dataset, Model
from fedsol.learning.aggregation import aggregate as reference
from fedsol.learning.selection import select
from fedsol.membership import Membership
from fedsol.program import Participant, Submission
from fedsol.program import addresses as at
from fedsol.program.params import window
from fedsol.roles import Aggregator, Journal, Member, Role, Watcher
from fedsol.roles.member import Snapshot, fetch_update
from fedsol.roles.rules import rule_of, scale_of, selection_rule_of

SMALL = fedsol.model("logreg", features=30, classes=2)  # 62 parameters: one chunk
LARGE = fedsol.model("logreg", features=64, classes=10)  # 650 parameters: six chunks
STAKE = 3_000
BOND = 100  # what a challenge takes
PURSE = 10_000  # the watcher's stake tokens
BUDGET = 2_000
# Every transaction takes the embedded chain a slot: time for some demands, one after the other.
SEARCHABLE = {"challenge": window(40), "unbonding": window(120)}

# What the rules of ``Params.local`` make of a fraud: half of what is staked, a fifth of it to the finder.
FINE = STAKE // 2
FINDERS_PART = FINE // 5


@dataclass(frozen=True)
class Later:
    """An aggregator that leaves the first attempt to somebody else."""

    aggregator: Aggregator

    @property
    def member(self) -> Member:
        return self.aggregator.member

    async def step(self, now: Snapshot) -> bool:
        return now.round is not None and now.round.attempt > 0 and await self.aggregator.step(now)


@dataclass
class Watched:
    """A federation, its people by name, and its watcher."""

    sandbox: fedsol.Sandbox
    federation: fedsol.Federation
    model: Model
    shares: list[Dataset]
    held_out: Dataset
    keys: dict[str, Keypair] = field(default_factory=dict)
    people: dict[str, Membership] = field(default_factory=dict)
    watcher: Watcher = None  # type: ignore[assignment]
    accepted: list[Submission] = field(default_factory=list)
    before: NDArray[np.int32] = None  # type: ignore[assignment]

    async def joins(self, *names: str, stake: int = STAKE, **settings: Any) -> None:
        """People arrive with exactly the stake, and data of their own to train on."""
        for name in names:
            share = self.shares[len(self.people) % len(self.shares)]
            await self._join(name, stake=stake, data=share, **settings)

    async def evaluates(self, *names: str, stake: int = STAKE) -> None:
        """People arrive with exactly the stake, and held-out data to score updates on."""
        for name in names:
            await self._join(name, stake=stake, evaluates=self.held_out, aggregates=False)

    async def _join(self, name: str, *, stake: int, **settings: Any) -> None:
        self.keys[name] = await self.sandbox.wallet(stake=stake)
        self.people[name] = await self.federation.join(
            self.keys[name], stake=stake, model=self.model, **settings
        )

    async def watches(self, *, budget: int = BUDGET, purse: int = PURSE) -> Watcher:
        """The watcher arrives: no participant, only stake tokens."""
        self.keys["watcher"] = await self.sandbox.wallet(stake=purse)
        self.watcher = Watcher(self.observer("watcher"), budget)
        return self.watcher

    def observer(self, name: str, *, chain: Any = None) -> Member:
        """A key's view of the federation, with a journal of its own."""
        federation, key = self.federation, self.keys[name]
        folder = federation.state / "observers"
        journal = Journal(folder, key.pubkey(), federation.ref.address).open()
        return Member(chain or federation.chain, federation.ref, key, federation.artifacts, journal)

    def role(self, name: str, kind: type) -> Any:
        """Somebody's role of a kind."""
        return next(one for one in self.people[name].roles if isinstance(one, kind))

    def others_post_later(self, cheat: str) -> dict[str, list[Role]]:
        """Everybody's roles but the cheat's, with the first aggregate left to the cheat."""
        return {
            name: [Later(one) if isinstance(one, Aggregator) else one for one in person.roles]
            for name, person in self.people.items()
            if name != cheat
        }

    async def round(
        self, watchers: Sequence[Role] | None = None, **instead: Sequence[Role]
    ) -> fedsol.RoundResult:
        """One round of everybody and the watcher, with some people acting otherwise."""
        watching = [self.watcher] if watchers is None else watchers
        acting = [
            Membership(one.member, tuple(instead.get(name, one.roles)))
            for name, one in self.people.items()
        ]
        acting += [Membership(one.member, (one,)) for one in watching]
        self.before, self.accepted = await self.federation.model(), []
        return await self.federation.round(members=acting, watch=self._note)

    async def _note(self, now: Snapshot) -> None:
        """Remembers what counted in the aggregate that stands."""
        if now.round is not None and now.round.phase.kind == "Challenge":
            listed = await self.people[next(iter(self.people))].member.submissions(now.round.number)
            self.accepted = [one for one in listed if one.status.kind == "Revealed"]

    async def assert_right_model(self, number: int = 1) -> None:
        """The settled model is what the exact rule makes of the accepted updates."""
        round_ = await next(iter(self.people.values())).member.round(number)
        assert round_ is not None
        assert round_.phase.kind == "Settled"
        store, size = self.federation.artifacts, self.before.size
        updates = [await fetch_update(store, one, size) for one in self.accepted]
        weights = np.array([one.weight for one in self.accepted], np.uint32)
        selecting = selection_rule_of(round_.params.rule)
        if selecting is not None:
            indices = [one.index for one in self.accepted]
            chosen = select(selecting, np.stack(updates), indices, round_.revealed)
            weights = chosen.weights[indices]
        rule, scale = rule_of(round_.params.rule), scale_of(round_)
        expected = reference(self.before, np.stack(updates), weights, rule, scale)
        np.testing.assert_array_equal(await self.federation.model(), expected)

    async def person(self, name: str) -> Participant:
        """Somebody's participant."""
        me = await self.people[name].member.me()
        assert me is not None
        return me

    async def stake_of(self, name: str) -> int:
        """Somebody's stake. Token units."""
        return int((await self.person(name)).stake)

    async def tokens(self, name: str) -> int:
        """Somebody's stake tokens outside the federation."""
        return await self.sandbox.tokens(self.keys[name].pubkey(), self.sandbox.stake)

    async def gained(self) -> int:
        """What the watcher has more than it brought. Token units."""
        return await self.tokens("watcher") - PURSE

    async def submission_status(self, name: str, number: int = 1) -> str:
        """What has become of somebody's submission; ``Closed`` once it is closed."""
        member = self.people[name].member
        found = await member.submission(number, member.participant)
        return found.status.kind if found is not None else "Closed"

    async def assert_nothing_open(self) -> None:
        """No bond is left anywhere, the vault holds what the ledger says, and everything replays."""
        report = await self.federation.audit()
        assert report.ok, [check for check in report.checks if not check.ok]
        account = await self.federation.account()
        vault = at.stake_vault_address(self.federation.ref.address)
        data = await self.federation.chain.account(vault)
        assert account.bond_total == 0
        assert data is not None
        held = int.from_bytes(data.data[64:72], "little")
        assert held == account.stake_total + account.unbonding_total
        metrics = self.watcher.metrics
        assert metrics.value("bonds_posted") == 0


@asynccontextmanager
async def watched(
    state: Path, *people: str, model: Model = SMALL, stake: int = STAKE, **rules: object
) -> AsyncIterator[Watched]:
    """A federation whose people have ``stake`` each, watched by somebody with ``PURSE`` tokens."""
    async with fedsol.embedded(seed=b"watched") as sandbox:
        params = fedsol.Params.local(**{"min_submissions": 2, "challenge_bond": BOND, **rules})
        federation = await fedsol.Federation.on(
            sandbox,
            name="watched",
            model=model,
            params=params,
            state=state / "state",
            artifacts=ArtifactStore(str(state / "artifacts")),
        )
        town = Watched(sandbox, federation, model, *_data(model))
        await town.joins(*people, stake=stake)
        await town.watches()
        yield town
        town.watcher.member.journal.close()


def _data(model: Model) -> tuple[list[Dataset], Dataset]:
    """Six uneven shares, and data that nobody trains on."""
    name = "breast_cancer" if model == SMALL else "digits"
    train, test = fedsol.load(name, seed=0)
    return fedsol.partition(train, fedsol.DirichletPartitioner(6, alpha=1.0, seed=1)), test
