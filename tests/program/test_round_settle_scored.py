"""round_settle where evaluators score: the pool among evaluators, plants and accepted submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.expect import assert_event
from tests.program.leaving import leave_all
from tests.world import EVALUATORS, FUNDED, STAKE, World, open_scored_world

PEOPLE = ("alice", "bob", "carol", "dan")


def agreed(*scores: int) -> Mapping[str, Sequence[int]]:
    """What all evaluators think, by submission."""
    return dict.fromkeys(EVALUATORS, scores)


async def settled(world: World, *scores: int, planters: Sequence[str] = (), **cast: Any) -> None:
    """A round that is over and that all evaluators agreed about; it is the second one."""
    trainers = PEOPLE[: len(scores)]
    await world.reach("Commit", trainers=trainers)
    for who in planters:
        await world.audit_arm(who, secret=world.secret(who, 2))
    await world.reach("Settled")
    opinions = agreed(*scores)
    await world.reach("Settled", trainers=trainers, planters=planters, opinions=opinions, **cast)


async def paid(world: World, *names: str) -> list[int]:
    """What these get for their submissions."""
    found = []
    for who in names:
        landed = await world.reward_claim(who)
        found.append(world.event(landed).data.amount)
    return found


async def test_it_sets_aside_what_evaluators_plants_and_trainers_are_owed() -> None:
    async with open_scored_world(*PEOPLE) as world:
        await settled(world, 0, 6_000, 3_000, 1_000, planters=["alice"])
        round_, federation = await world.round(), await world.federation()
        # Of 100 the evaluators' 19 %, and of 81 a quarter (20.25) for the plant.
        assert (round_.evaluator_pool, round_.plant_share, round_.score_pool) == (19, 20, 61)
        assert (round_.accepted, round_.planted, round_.share) == (3, 1, 20)
        assert (round_.unpaid, round_.claims_left) == (100, 4 + 3)
        # The first round's four and three have not claimed either.
        assert federation.reward_owed == 200
        assert federation.reward_available == FUNDED - 200
        assert (federation.beacon, federation.beacon_slot) == (round_.beacon, round_.beacon_slot)
        await world.assert_invariants()


async def test_the_event_says_how_many_counted_and_how_many_were_planted() -> None:
    async with open_scored_world(*PEOPLE) as world:
        await world.reach("Commit", trainers=PEOPLE)
        await world.audit_arm("alice", secret=world.secret("alice", 2))
        await world.reach("Settled")
        opinions = agreed(0, 6_000, 3_000, 0)
        await world.reach("Challenge", trainers=PEOPLE, planters=["alice"], opinions=opinions)
        await world.pass_phase()
        round_ = await world.round()
        landed = await world.round_settle(world.name_of(round_.aggregator))
        root, artifact = world.model(2)
        assert_event(
            world,
            landed,
            "RoundSettled",
            round=world.round_at(),
            number=2,
            round_seq=round_.seq,
            round_head=bytes(round_.head),
            model_root=root,
            model_artifact=artifact,
            revealed=4,
            accepted=2,
            planted=1,
            # 81 less a third for the plant, for two.
            share=27,
            reward_owed=200,
        )


async def test_accepted_submissions_are_paid_by_their_scores() -> None:
    async with open_scored_world(*PEOPLE) as world:
        await settled(world, 6_000, 3_000, 1_000, 0)
        # 81 in the proportion of 6 : 3 : 1; dan was rejected.
        assert await paid(world, "alice", "bob", "carol") == [48, 24, 8]
        await world.submission_close("dan")
        await world.assert_invariants()


async def test_a_plant_is_paid_what_a_submission_gets_on_average() -> None:
    async with open_scored_world(*PEOPLE) as world:
        await settled(world, 0, 9_000, 1_000, planters=["alice"])
        # A third of 81 for the plant; 54 in the proportion of 9 : 1.
        assert await paid(world, "alice", "bob", "carol") == [27, 48, 5]


async def test_where_all_have_planted_but_the_fewest_the_plants_share_alike() -> None:
    async with open_scored_world(*PEOPLE, min_submissions=1) as world:
        await settled(world, 0, 0, 5_000, planters=["alice", "bob"])
        assert await paid(world, "alice", "bob", "carol") == [27, 27, 27]


async def test_whoever_is_paid_the_pool_is_paid_once_to_the_unit() -> None:
    async with open_scored_world(*PEOPLE, round_reward=9_973, funded=100_000) as world:
        await settled(world, 0, 7_777, 1_234, 3_333, planters=["alice"])
        before = await world.federation()
        total = sum(await paid(world, *PEOPLE))
        for who in EVALUATORS:
            landed = await world.evaluation_claim(who)
            total += world.event(landed).data.amount
            released = world.event(landed).data.released
        after = await world.federation()
        assert released == 9_973 - total < 7
        assert before.reward_owed - after.reward_owed == 9_973
        assert after.reward_available == before.reward_available + released
        await world.assert_invariants()


async def test_where_nobody_earned_a_credit_the_trainers_share_all() -> None:
    # The only evaluator trained the only submission, about which it has no say.
    rules = {"evaluators": (), "min_evaluators": 1, "min_submissions": 1}
    async with open_scored_world(**rules) as world:
        await world.actor("frank", roles=TRAINER | EVALUATOR | AGGREGATOR)
        await world.reach("Settled", trainers=["frank"])
        round_ = await world.round()
        assert (round_.credit_total, round_.evaluator_pool, round_.score_pool) == (0, 0, 100)
        assert await paid(world, "frank") == [100]


async def test_without_a_score_among_the_accepted_their_part_goes_straight_back() -> None:
    async with open_scored_world("alice", "bob", score_floor=0) as world:
        await world.reach("Settled", opinions=agreed(0, 0))
        round_, federation = await world.round(), await world.federation()
        assert (round_.accepted, round_.score_total) == (2, 0)
        assert (round_.evaluator_pool, round_.score_pool, round_.unpaid) == (19, 0, 19)
        assert (federation.reward_owed, federation.reward_available) == (19, FUNDED - 19)
        assert await paid(world, "alice", "bob") == [0, 0]
        await world.assert_invariants()


@pytest.mark.parametrize(("bps", "pool"), [(0, 0), (5_000, 50), (1, 0), (199, 1)])
async def test_the_evaluators_part_rounds_down(bps: int, pool: int) -> None:
    async with open_scored_world("alice", "bob", evaluator_bps=bps) as world:
        await world.reach("Settled")
        round_ = await world.round()
        assert (round_.evaluator_pool, round_.score_pool) == (pool, 100 - pool)


async def test_an_empty_pool_owes_nobody_anything_and_all_can_leave() -> None:
    async with open_scored_world("alice", "bob", funded=0) as world:
        await world.reach("Settled")
        await leave_all(world)
        assert {world.stake_tokens(who) for who in ("alice", "bob", *EVALUATORS)} == {STAKE}
        await world.federation_close()


async def test_everybody_leaves_with_stake_and_pay_after_a_round_with_a_plant() -> None:
    async with open_scored_world(*PEOPLE) as world:
        await settled(world, 0, 6_000, 3_000, 0, planters=["alice"])
        await leave_all(world)
        everybody = (*PEOPLE, *EVALUATORS)
        assert {world.stake_tokens(who) for who in everybody} == {STAKE}
        paid_out = sum(world.reward_tokens(who) for who in everybody)
        await world.federation_close()
        assert world.reward_tokens("creator") == FUNDED - paid_out
