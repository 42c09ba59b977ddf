"""A trainer lies about its update, copies one, or hides it: it pays, and the rest goes on without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fedsol.artifacts import decode_update, encode_model
from fedsol.demo.cheats import Copycat, LyingAnswerer, NormLiar, withholding
from fedsol.learning.aggregation import aggregate
from fedsol.program import Federation, Round, Submission
from fedsol.roles import Aggregator, Answerer, Member, Role, Trainer
from fedsol.roles.member import Snapshot
from fedsol.roles.rules import rule_of, scale_of
from tests.stories.watched import BOND, FINDERS_PART, FINE, LARGE, STAKE, Watched, watched

SHORT = 2**22  # a bound of Σ q² that honest updates of both models are cut down to


async def assert_paid(hospitals: Watched, cheat: str, *, gained: int = FINDERS_PART) -> None:
    """The cheat lost half of its stake, nobody else lost anything, and the others' model stands."""
    assert await hospitals.gained() == gained
    person = await hospitals.person(cheat)
    assert (person.stake, person.offences) == (STAKE - FINE, 1)
    for name in set(hospitals.people) - {cheat}:
        assert await hospitals.stake_of(name) == STAKE
    assert hospitals.people[cheat].member.participant not in {
        one.participant for one in hospitals.accepted
    }
    await hospitals.assert_right_model()
    await hospitals.assert_nothing_open()


@pytest.mark.parametrize("model", ["small", "large"])
async def test_who_lies_about_its_norm_pays(tmp_path: Path, model: str) -> None:
    """Of one chunk the lie is proved at once; of six, the demand for the one that lies is not answered."""
    chosen = {"model": LARGE} if model == "large" else {}
    async with watched(tmp_path, "ada", "ben", "eve", max_norm_squared=SHORT, **chosen) as one:
        liar = NormLiar(one.people["eve"].member, one.role("eve", Trainer).training)
        result = await one.round(eve=[liar, LyingAnswerer(liar.member, liar)])
        assert (result.settled, result.revealed, result.accepted) == (True, 3, 2)
        await assert_paid(one, "eve")
        kind = "LyingNorm" if model == "small" else "Unavailable"
        assert one.watcher.metrics.value("challenges_won_total", kind=kind) == 1


async def test_a_liar_that_answers_is_searched_for_the_leaf_that_lies(tmp_path: Path) -> None:
    rules = {"max_norm_squared": SHORT, "challenge_bond": 10}
    async with watched(tmp_path, "ada", "ben", "eve", model=LARGE, **rules) as one:
        training = one.role("eve", Trainer).training
        liar = NormLiar(one.people["eve"].member, training, boost=1.02, liar=0)
        await one.round(eve=[liar, LyingAnswerer(liar.member, liar)])
        metrics = one.watcher.metrics
        demands = int(metrics.value("demands_total"))
        assert demands >= 1
        assert metrics.value("challenges_lost_total", kind="Unavailable") >= 1
        won = [metrics.value("challenges_won_total", kind=k) for k in ("LyingNorm", "Unavailable")]
        assert sum(won) == 1
        assert await one.stake_of("eve") < STAKE - FINE + 10 * demands
        await one.assert_right_model()
        await one.assert_nothing_open()


async def test_who_copies_an_update_pays_and_the_first_one_counts(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as one:
        copycat = Copycat(
            one.people["eve"].member,
            one.role("eve", Trainer).training,
            victim=one.people["ada"].member,
        )
        await one.round(eve=[copycat])
        await assert_paid(one, "eve")
        assert one.people["ada"].member.participant in {s.participant for s in one.accepted}
        assert one.watcher.metrics.value("challenges_won_total", kind="CopiedUpdate") == 1


async def test_who_reveals_and_hides_its_bytes_is_convicted_for_silence(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as one:
        training = one.role("eve", Trainer).training
        await one.round(eve=[Trainer(withholding(one.people["eve"].member), training)])
        await assert_paid(one, "eve")
        assert one.watcher.metrics.value("demands_total") == 1


async def test_who_hides_its_bytes_and_answers_is_paid_and_counted(tmp_path: Path) -> None:
    """All of a small update is in one answer: the watcher publishes it, and the round goes on."""
    async with watched(tmp_path, "ada", "ben", "eve") as one:
        member = withholding(one.people["eve"].member)
        trainer = Trainer(member, one.role("eve", Trainer).training)
        result = await one.round(eve=[trainer, Answerer(member)])
        assert (result.settled, result.accepted) == (True, 3)
        assert await one.gained() == -BOND
        assert await one.stake_of("eve") == STAKE + BOND // 5
        await one.assert_right_model()
        await one.assert_nothing_open()


async def test_a_fault_found_only_when_an_aggregate_stands_takes_it_down(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve", max_norm_squared=SHORT) as one:
        liar = NormLiar(one.people["eve"].member, one.role("eve", Trainer).training)
        careless = {
            name: [Careless(r.member) if isinstance(r, Aggregator) else r for r in person.roles]
            for name, person in one.people.items()
            if name != "eve"
        }
        await one.round([WhenPosted(one.watcher)], eve=[liar], **careless)
        await assert_paid(one, "eve")
        round_ = await one.watcher.member.round(1)
        assert round_ is not None
        assert round_.attempt == 1


class Careless(Aggregator):
    """An aggregator that takes every update as it is, whatever its root says."""

    async def compute(
        self, federation: Federation, round_: Round, accepted: Sequence[Submission]
    ) -> tuple[NDArray[np.int32], bytes, None]:
        base = await self.member.base_model(federation)
        found = [await self.member.artifacts.get(bytes(one.artifact)) for one in accepted]
        updates = np.stack([decode_update(data).values for data in found])
        weights = np.array([one.weight for one in accepted], np.uint32)
        rule, scale = rule_of(round_.params.rule), scale_of(round_)
        values = aggregate(base.values, updates, weights, rule, scale)
        return values, encode_model(values, base.metadata), None


@dataclass(frozen=True)
class WhenPosted:
    """A role that looks only once an aggregate stands."""

    role: Role

    @property
    def member(self) -> Member:
        return self.role.member

    async def step(self, now: Snapshot) -> bool:
        stands = now.round is not None and now.round.phase.kind == "Challenge"
        return stands and await self.role.step(now)
