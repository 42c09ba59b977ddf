"""An aggregator posts what the rule does not make: it pays, and the round goes on without it."""

from dataclasses import replace
from pathlib import Path

import pytest

from fedsol.demo.cheats import WrongAggregator, withholding
from fedsol.program.params import mean, median, trimmed_mean
from fedsol.roles import Answerer, Trainer
from tests.stories.watched import BOND, LARGE, SEARCHABLE, STAKE, Watched, watched

AGGREGATOR_BOND = 1_000
# The whole bond, and half of what was staked beside it.
LOST = AGGREGATOR_BOND + (STAKE - AGGREGATOR_BOND) // 2
FINDERS_PART = LOST // 5
RULES = {"mean": mean(), "trimmed mean": trimmed_mean(1), "median": median()}


async def with_cheat(hospitals: Watched, coordinate: int, *, withheld: bool = False) -> None:
    """A round in which Eve posts the first aggregate, wrong in one coordinate."""
    member = hospitals.people["eve"].member
    wrong = WrongAggregator(withholding(member) if withheld else member, coordinate)
    mine = [hospitals.role("eve", Trainer), hospitals.role("eve", Answerer), wrong]
    result = await hospitals.round(eve=mine, **hospitals.others_post_later("eve"))
    assert (result.settled, result.accepted) == (True, 4)


async def assert_eve_paid(hospitals: Watched) -> None:
    eve = await hospitals.person("eve")
    assert (eve.stake, eve.offences, eve.barred_round) == (STAKE - LOST, 1, 1)
    for name in ("ada", "ben", "cem"):
        assert await hospitals.stake_of(name) == STAKE
    round_ = await hospitals.watcher.member.round(1)
    assert round_ is not None
    assert round_.attempt == 1
    assert round_.aggregator != hospitals.people["eve"].member.participant
    await hospitals.assert_nothing_open()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
async def test_a_model_wrong_in_one_coordinate_falls_and_the_right_one_is_settled(
    tmp_path: Path, rule: object
) -> None:
    async with watched(tmp_path, "ada", "ben", "cem", "eve", rule=rule, min_submissions=3) as one:
        await with_cheat(one, coordinate=61)
        assert await one.gained() == FINDERS_PART
        await assert_eve_paid(one)
        await one.assert_right_model()
        metrics = one.watcher.metrics
        assert metrics.value("challenges_won_total", kind="WrongAggregate") == 1
        assert metrics.value("tokens_won_total") == FINDERS_PART


async def test_a_wrong_coordinate_of_a_larger_model_is_found_and_proved(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "cem", "eve", model=LARGE) as one:
        await with_cheat(one, coordinate=400)
        assert await one.gained() == FINDERS_PART
        await assert_eve_paid(one)
        await one.assert_right_model()


async def test_who_posts_a_wrong_model_and_hides_it_is_convicted_for_silence(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, "ada", "ben", "cem", "eve", model=LARGE) as one:
        member = withholding(one.people["eve"].member)
        mine = [one.role("eve", Trainer), WrongAggregator(member, 400)]
        await one.round(eve=mine, **one.others_post_later("eve"))
        assert await one.gained() == FINDERS_PART
        await assert_eve_paid(one)
        await one.assert_right_model()
        assert one.watcher.metrics.value("challenges_won_total", kind="Unavailable") == 1


async def test_who_hides_a_wrong_model_but_answers_is_convicted_by_its_answers(
    tmp_path: Path,
) -> None:
    rules = {"challenge_bond": 10, **SEARCHABLE}
    async with watched(tmp_path, "ada", "ben", "cem", "eve", model=LARGE, **rules) as one:
        member = withholding(one.people["eve"].member)
        trainer = one.role("eve", Trainer)
        mine = [trainer, Answerer(member), WrongAggregator(member, 400)]
        await one.round(eve=mine, **one.others_post_later("eve"))
        demands = int(one.watcher.metrics.value("demands_total"))
        assert 1 <= demands <= 5  # eleven chunks
        paid = sum(10 * (k + 1) for k in range(demands))
        back = sum(10 * (k + 1) // 5 for k in range(demands))
        assert await one.gained() == _finders_part(10, back) - paid
        await one.assert_right_model()
        assert one.watcher.metrics.value("challenges_won_total", kind="WrongAggregate") == 1


def _finders_part(bond: int, answered: int) -> int:
    """What is won of somebody who got that much for its answers before."""
    return (AGGREGATOR_BOND + -(-(STAKE - AGGREGATOR_BOND + answered) // 2)) // 5


async def test_a_right_model_that_is_not_published_is_published_by_the_watcher(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as one:
        aggregator = one.role("eve", type(one.people["eve"].roles[1]))
        hidden = replace(aggregator, member=withholding(one.people["eve"].member))
        mine = [one.role("eve", Trainer), hidden]
        await one.round(eve=mine, **one.others_post_later("eve"))
        assert await one.gained() == 0
        assert await one.stake_of("eve") == STAKE
        await one.assert_right_model()


async def test_nothing_is_sent_that_the_budget_does_not_cover(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "cem", "eve") as one:
        one.watcher.budget = BOND - 1
        await with_cheat_unpunished(one)
        assert await one.gained() == 0
        assert await one.stake_of("eve") == STAKE
        assert one.watcher.notebook.entries == ()


async def with_cheat_unpunished(hospitals: Watched) -> None:
    wrong = WrongAggregator(hospitals.people["eve"].member, 3)
    mine = [hospitals.role("eve", Trainer), wrong]
    await hospitals.round(eve=mine, **hospitals.others_post_later("eve"))
