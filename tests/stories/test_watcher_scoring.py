"""Rounds with evaluators: who says falsely that its update was planted pays for it."""

from pathlib import Path

from fedsol.demo.cheats import FalsePlanter, LazyEvaluator
from fedsol.program.params import window
from fedsol.roles import Aggregator, Evaluator, Trainer
from tests.stories.watched import FINDERS_PART, FINE, STAKE, watched

# Every armed trainer is picked; windows long enough for three more phases.
SCORED = {
    "score": window(4),
    "unbonding": window(80),
    "audit_one_in": 1,
    "min_evaluators": 1,
    "score_floor": 0,
}


async def test_a_plant_that_is_no_noise_falls_and_evaluators_keep_their_stake(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, "ada", "ben", "eve", **SCORED) as one:
        await one.evaluates("eva", "emil")
        planter = FalsePlanter(one.people["eve"].member, one.role("eve", Trainer).training)
        mine = [planter, one.role("eve", Aggregator)]
        # A trainer arms in one round and may plant in the next.
        assert (await one.round(eve=mine)).accepted == 3
        assert await one.gained() == 0
        result = await one.round(eve=mine)
        assert (result.settled, result.revealed, result.accepted) == (True, 3, 2)
        assert await one.gained() == FINDERS_PART
        assert one.watcher.metrics.value("challenges_won_total", kind="FalsePlant") == 1
        eve = await one.person("eve")
        assert (eve.stake, eve.offences) == (STAKE - FINE, 1)
        for name in ("ada", "ben", "eva", "emil"):
            assert await one.stake_of(name) == STAKE
        await one.assert_right_model(2)
        await one.assert_nothing_open()


async def test_a_true_plant_is_left_alone(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", **SCORED) as one:
        await one.joins("pam", plants=True)
        await one.evaluates("eva", "emil")
        await one.round()
        result = await one.round()
        assert (result.settled, result.accepted, result.planted) == (True, 2, 1)
        assert await one.gained() == 0
        assert await one.stake_of("pam") == STAKE
        await one.assert_right_model(2)


async def test_who_scores_without_looking_is_caught_by_a_plant(tmp_path: Path) -> None:
    """That takes no watcher: the program counts, and any crank proves it."""
    async with watched(tmp_path, "ada", "ben", **SCORED) as one:
        await one.joins("pam", plants=True)
        await one.evaluates("eva", "emil", "lea")
        lazy = LazyEvaluator(one.people["lea"].member, one.role("lea", Evaluator).held_out)
        await one.round(lea=[lazy])
        assert await one.stake_of("lea") == STAKE
        result = await one.round(lea=[lazy])
        assert (result.settled, result.planted) == (True, 1)
        assert await one.stake_of("lea") == STAKE - STAKE // 10
        assert [await one.stake_of(name) for name in ("eva", "emil")] == [STAKE, STAKE]
        assert await one.gained() == 0
