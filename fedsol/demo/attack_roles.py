"""Who cheats in a story of an attack, and how: one hospital, in one round, in one role.

What catches it is nothing of the demo's: the watcher, the crank and the program do what they always
do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fedsol.demo.cast import CHEAT_ROUND, Scenario
from fedsol.demo.cheats import (
    Copycat,
    LazyEvaluator,
    LyingAnswerer,
    NormLiar,
    Silent,
    WrongAggregator,
    withholding,
)
from fedsol.membership import Membership
from fedsol.roles import Aggregator, Answerer, Evaluator, Member, Role, Trainer
from fedsol.roles.member import Snapshot

CHEAT, VICTIM = "Cedarfield", "Ashgrove"
BOOST = 30.0
"""By how much an update with a false norm is longer than what was learnt."""

_Cast = Mapping[str, Membership]
_Play = Callable[[Role, _Cast], Role]


@dataclass(frozen=True)
class CheatsIn:
    """A role that is played falsely in round ``number``, until what was posted in it has fallen."""

    role: Role
    false: Role
    number: int = CHEAT_ROUND

    @property
    def member(self) -> Member:
        """Whose role it is."""
        return self.role.member

    async def step(self, now: Snapshot) -> bool:
        """As the cheat in that round, as the role itself before and after."""
        here = now.round
        cheats = here is not None and here.number == self.number and here.attempt == 0
        return await (self.false if cheats else self.role).step(now)


@dataclass(frozen=True)
class Mute:
    """A role that does nothing."""

    member: Member

    async def step(self, now: Snapshot) -> bool:
        """Nothing."""
        return False


def cheating(scenario: Scenario, name: str, cast: _Cast) -> Sequence[Role]:
    """A hospital's roles in a story of an attack; its own, unless it is the one that cheats."""
    mine = cast[name].roles
    if scenario.honest or scenario.attack is None or name not in cheats_of(scenario):
        return mine
    play = _PLAYS[scenario.attack]
    played = [(role, play(role, cast)) for role in mine]
    return [role if false is role else CheatsIn(role, false) for role, false in played]


def cheats_of(scenario: Scenario) -> tuple[str, ...]:
    """Who may be the cheat: one, or whoever of all of them the beacon picks as aggregator."""
    if scenario.attack == "wrong-aggregate":
        return tuple(one.name for one in scenario.hospitals)
    return (CHEAT,)


def _wrong_aggregate(role: Role, cast: _Cast) -> Role:
    return WrongAggregator(role.member) if isinstance(role, Aggregator) else role


def _fake_norm(role: Role, cast: _Cast) -> Role:
    trainer = _trainer_of(role, cast)
    liar = NormLiar(role.member, trainer.training, boost=BOOST)
    if isinstance(role, Trainer):
        return liar
    return LyingAnswerer(role.member, liar) if isinstance(role, Answerer) else role


def _copy(role: Role, cast: _Cast) -> Role:
    if not isinstance(role, Trainer):
        return role
    return Copycat(role.member, role.training, victim=cast[VICTIM].member)


def _withhold(role: Role, cast: _Cast) -> Role:
    if isinstance(role, Trainer):
        return Trainer(withholding(role.member), role.training)
    return Mute(role.member) if isinstance(role, Answerer) else role


def _silent(role: Role, cast: _Cast) -> Role:
    return Silent(role) if isinstance(role, Trainer) else role


def _lazy_evaluator(role: Role, cast: _Cast) -> Role:
    return LazyEvaluator(role.member, role.held_out) if isinstance(role, Evaluator) else role


_PLAYS: Mapping[str, _Play] = {
    "wrong-aggregate": _wrong_aggregate,
    "fake-norm": _fake_norm,
    "copy": _copy,
    "withhold": _withhold,
    "silent": _silent,
    "lazy-evaluator": _lazy_evaluator,
}


def _trainer_of(role: Role, cast: _Cast) -> Trainer:
    mine = next(one for one in cast.values() if one.member == role.member)
    return next(one for one in mine.roles if isinstance(one, Trainer))
