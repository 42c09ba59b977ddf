"""Rounds that are scored: what evaluators and trainers do in them who do not keep the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fedsol.learning.merkle import update_root
from fedsol.learning.update import Update
from fedsol.membership import Membership
from fedsol.program import Evaluation, Federation, Round, Submission
from fedsol.program.addresses import round_address
from fedsol.program.commitment import ticket
from fedsol.program.params import window
from fedsol.reading import list_evaluations
from fedsol.roles import Evaluator, Member, Role, Trainer
from fedsol.roles.member import Snapshot
from fedsol.roles.memory import ScoresMemory
from tests.stories.cast import Town

# On an embedded chain every transaction takes a slot: windows must hold those of everybody.
SCORED: dict[str, Any] = {
    "seconds": 20,
    "score": window(20),
    "min_evaluators": 2,
    "max_evaluators": 3,
}
EVALUATORS = ("ida", "jon", "kim")
TRAINERS = ("ada", "ben", "cem", "dan", "eva")


@dataclass
class Board:
    """Remembers a round's submissions and evaluations from before anybody closed them."""

    member: Member
    round: Round | None = None
    submissions: list[Submission] = field(default_factory=list)
    evaluations: list[tuple[Evaluation, tuple[int, ...]]] = field(default_factory=list)

    async def __call__(self, now: Snapshot) -> None:
        if now.round is None or now.round.phase.kind not in ("Challenge", "Settled"):
            return
        address = round_address(self.member.federation.address, now.round.number)
        listed = await list_evaluations(self.member.chain, address)
        self.round, self.submissions = now.round, await self.member.submissions(now.round.number)
        self.evaluations = [(one, scores) for _, one, scores in listed]

    def submission(self, one: Membership) -> Submission:
        """What somebody submitted."""
        mine = one.member.participant
        return next(found for found in self.submissions if found.participant == mine)

    def evaluation(self, one: Membership) -> tuple[Evaluation, tuple[int, ...]]:
        """What somebody said."""
        mine = one.member.participant
        return next(found for found in self.evaluations if found[0].participant == mine)


@dataclass(frozen=True)
class FreeRider(Trainer):
    """Submits nothing but zeros, and hopes to be paid."""

    async def _train(self, federation: Federation, round_: Round) -> Update:
        values = np.zeros(federation.parameter_count, np.int16)
        return Update(values, update_root(values))


@dataclass(frozen=True)
class Lazy(Evaluator):
    """Looks at the updates once, and says the same ever after."""

    said: list[list[int]] = field(default_factory=list)

    async def _score(self, federation: Federation, round_: Round) -> ScoresMemory | None:
        memory = await super()._score(federation, round_)
        assert memory is not None
        self.said.append(memory.scores)
        stale = replace(memory, scores=self.said[0])
        self.member.journal.remember_scores(stale)
        return stale


@dataclass(frozen=True)
class Mute(Evaluator):
    """Commits scores, and never shows them."""

    async def _show(self, round_: Round, mine: Evaluation, data: bytes) -> bool:
        return False


@dataclass(frozen=True)
class InTicketOrder:
    """Evaluators of whom those with the highest tickets are always first."""

    evaluators: Sequence[Evaluator]

    @property
    def member(self) -> Member:
        return self.evaluators[0].member

    async def step(self, now: Snapshot) -> bool:
        if now.round is None or (now.round.phase.kind == "Score" and not now.round.drawn):
            return False
        for one in by_ticket(self.evaluators, now.round)[::-1]:
            if await one.step(now):
                return True
        return False


def by_ticket(evaluators: Sequence[Evaluator], round_: Round) -> list[Evaluator]:
    """Evaluators, those with the lowest tickets first."""
    beacon = bytes(round_.beacon)
    return sorted(evaluators, key=lambda one: ticket(beacon, one.member.participant))


def evaluator_of(one: Membership) -> Evaluator:
    """The evaluator that somebody is."""
    return next(role for role in one.roles if isinstance(role, Evaluator))


def acting_as(one: Membership, kind: type[Any]) -> Membership:
    """The same person, whose role of that kind's parent is played as that kind says."""

    def recast(role: Role) -> Role:
        if not isinstance(role, kind.__base__):
            return role
        return kind(**{name: getattr(role, name) for name in role.__dataclass_fields__})  # type: ignore[attr-defined,no-any-return]

    return Membership(one.member, tuple(recast(role) for role in one.roles))


async def gather(town: Town, *trainers: str) -> None:
    """Trainers and the three evaluators join, with equal stakes."""
    for name in trainers:
        await town.joins(name)
    for name in EVALUATORS:
        await town.judges(name)
