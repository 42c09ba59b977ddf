"""fault_evaluator: who was far from the others or missed a plant is slashed once the round ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fedsol.program import Participant, errors
from fedsol.program.instructions import UPDATE, false_plant
from tests.program.calls_scoring import AMPLITUDE
from tests.program.disputing import dispute
from tests.program.invariants import of
from tests.world import EVALUATORS, World, open_scored_world

FAR = {"eli": (1, 1)}
"""With it eli is far from the others about every submission."""


async def far_round(world: World, phase: str = "Settled", **cast: Any) -> None:
    """A round about which eli was mistaken, or whoever ``opinions`` say."""
    await world.wallet("eve", stake=1_000)
    await world.reach(phase, **({"opinions": FAR} | cast))


async def test_being_far_off_costs_the_same_and_the_pay_too(scored_world: World) -> None:
    world = scored_world
    await far_round(world)
    before = await world.round()
    landed = await world.fault_evaluator("eve", "eli")
    data = world.event(landed).data
    assert (data.silent, data.credits, data.strikes, data.missed) == (False, 0, 2, 0)
    assert (data.slashed, data.released) == (331, 0)
    round_ = await world.round()
    # What it would have got waits for the last claim.
    assert (round_.claims_left, round_.unpaid) == (before.claims_left - 1, before.unpaid)
    assert (await world.evaluation("eli")).status.kind == "Faulted"
    await world.assert_invariants()


async def test_the_last_claim_may_be_one_that_is_forfeited(scored_world: World) -> None:
    world = scored_world
    await far_round(world, opinions={"eli": (1, 8_000, 1)}, trainers=["alice", "bob", "carol"])
    for who in ("alice", "bob", "carol"):
        await world.reward_claim(who)
    for who in ("eva", "ed"):
        await world.evaluation_claim(who)
    before = await world.federation()
    landed = await world.fault_evaluator("eve", "eli")
    released = world.event(landed).data.released
    # Of 19 for evaluators, 3 of 7 parts (8.1) each for two: 3 stay; of 81 for trainers 3 x 27.
    assert released == 3
    after, round_ = await world.federation(), await world.round()
    assert (after.reward_owed, before.reward_owed) == (0, 3)
    assert after.reward_available == before.reward_available + 3
    assert (round_.claims_left, round_.unpaid) == (0, 0)
    await world.assert_invariants()


async def with_a_plant(world: World, *, noise: bool = False, **scores: int) -> None:
    """Round two is aggregated; alice says that she planted in it, and did if it was ``noise``."""
    await world.wallet("eve", stake=1_000)
    await world.reach("Commit", trainers=["alice", "bob", "carol"])
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Settled")
    await world.round_open()
    if noise:
        world.numbers.plant(world, "alice", AMPLITUDE)
    await world.reach(
        "Challenge",
        trainers=["alice", "bob", "carol"],
        planters=["alice"],
        opinions={who: (score, 8_000, 8_000) for who, score in scores.items()},
    )


async def test_who_missed_a_plant_is_at_fault_however_near_it_else_was(
    scored_world: World,
) -> None:
    world = scored_world
    await with_a_plant(world, eva=2_500, ed=2_501, eli=0)
    await world.reach("Settled")
    made = await world.evaluation("ed")
    assert (made.credits, made.strikes, made.missed) == (2, 1, 1)
    landed = await world.fault_evaluator("eve", "ed")
    assert (world.event(landed).data.missed, world.event(landed).data.slashed) == (1, 331)
    for who in ("eva", "eli"):
        await world.refuses(world.fault_evaluator("eve", who), errors.EvaluatorNotAtFault)
    await world.assert_invariants()


async def test_a_plant_that_was_none_excuses_who_thought_well_of_it() -> None:
    people = ("alice", "bob", "carol")
    async with open_scored_world(*people, real=True) as world:
        # What alice calls noise was learnt.
        await with_a_plant(world, eva=9_000, ed=9_000, eli=9_000)
        learnt = world.numbers.learnt("alice", 2)
        await world.challenge_open("eve", false_plant(0), target="alice")
        await world.challenge_append(
            "eve", UPDATE, chunk=learnt.chunk(0), target="alice", submission="alice"
        )
        await dispute(world, "eve", "alice").decide()
        assert (await world.round()).false_plants == 1
        await world.reach("Settled")
        for who in EVALUATORS:
            made = await world.evaluation(who)
            assert (made.credits, made.strikes, made.missed) == (2, 1, 1)
            await world.refuses(world.fault_evaluator("eve", who), errors.EvaluatorNotAtFault)
            await world.evaluation_claim(who)
        await world.assert_invariants()


async def test_false_plants_of_a_majority_get_no_honest_evaluator_slashed() -> None:
    # Three that collude say of three good updates that they were noise: three strikes, one credit.
    people, planters = ("alice", "bob", "carol", "dan"), ("alice", "bob", "carol")
    rules = {"real": True, "min_submissions": 1}
    async with open_scored_world(*people, **rules) as world:
        await world.wallet("eve", stake=1_000)
        await world.reach("Commit", trainers=people)
        for who in planters:
            await world.audit_arm(who, secret=world.secret(who, 2))
        await world.reach("Settled")
        await world.reach("Challenge", trainers=people, planters=planters)
        made = await world.evaluation("eva")
        assert (made.credits, made.strikes, made.missed) == (1, 3, 3)
        for who in planters:
            chunk = world.numbers.learnt(who, 2).chunk(0)
            await world.challenge_open("eve", false_plant(0), target=who)
            await world.challenge_append("eve", UPDATE, chunk=chunk, target=who, submission=who)
            await dispute(world, "eve", who).decide()
        await world.reach("Settled")
        await world.refuses(world.fault_evaluator("eve", "eva"), errors.EvaluatorNotAtFault)


async def test_a_plant_that_was_noise_excuses_nobody() -> None:
    async with open_scored_world("alice", "bob", "carol", real=True) as world:
        await with_a_plant(world, noise=True, eva=9_000, ed=0, eli=0)
        noise = world.numbers.learnt("alice", 2)
        assert np.any(noise.values)
        await world.challenge_open("eve", false_plant(0), target="alice")
        await world.challenge_append(
            "eve", UPDATE, chunk=noise.chunk(0), target="alice", submission="alice"
        )
        await dispute(world, "eve", "alice").decide()
        assert (await world.round()).false_plants == 0
        await world.reach("Settled")
        await world.fault_evaluator("eve", "eva")


@pytest.mark.parametrize(
    ("scores", "faulty"),
    [
        ((1, 1, 8_000), True),
        ((1, 8_000, 8_000), False),
        ((1, 1, 1), True),
        ((8_000, 8_000, 8_000), False),
    ],
)
async def test_more_strikes_than_credits_are_a_fault(
    scored_world: World, scores: tuple[int, ...], faulty: bool
) -> None:
    world = scored_world
    await far_round(world, trainers=["alice", "bob", "carol"], opinions={"eli": scores})
    if faulty:
        await world.fault_evaluator("eve", "eli")
    else:
        await world.refuses(world.fault_evaluator("eve", "eli"), errors.EvaluatorNotAtFault)


async def test_as_many_strikes_as_credits_are_none(scored_world: World) -> None:
    world = scored_world
    await far_round(world, opinions={"eli": (1, 8_000)})
    made = await world.evaluation("eli")
    assert (made.credits, made.strikes) == (1, 1)
    await world.refuses(world.fault_evaluator("eve", "eli"), errors.EvaluatorNotAtFault)


@pytest.mark.parametrize("phase", ["Aggregate", "Challenge"])
async def test_while_a_round_runs_nobody_is_punished_for_what_it_thinks(
    scored_world: World, phase: str
) -> None:
    # A plant may still be proved to be none.
    world = scored_world
    await far_round(world, phase)
    await world.refuses(world.fault_evaluator("eve", "eli"), errors.EvaluatorNotAtFault)


async def test_what_was_wrong_in_a_round_that_aborted_later_was_wrong(scored_world: World) -> None:
    world = scored_world
    await far_round(world, "Aborted")
    landed = await world.fault_evaluator("eve", "eli")
    data = world.event(landed).data
    assert (data.strikes, data.slashed, data.released) == (2, 331, 0)
    await world.assert_invariants()


async def test_one_fault_is_slashed_once_in_one_transaction_too(scored_world: World) -> None:
    world = scored_world
    await far_round(world)

    async def both() -> None:
        await world.send(world.fault_evaluator("eve", "eli"), world.fault_evaluator("bob", "eli"))

    await world.refuses(both, errors.EvaluatorNotAtFault)


async def test_who_was_paid_cannot_be_slashed_and_who_was_slashed_is_not_paid(
    scored_world: World,
) -> None:
    world = scored_world
    await far_round(world)
    await world.evaluation_claim("eva")
    await world.refuses(world.fault_evaluator("eve", "eva"), errors.EvaluatorNotAtFault)
    await world.fault_evaluator("eve", "eli")
    await world.refuses(world.evaluation_claim("eli"), errors.WrongEvaluationStatus)


async def test_one_evaluators_fault_is_not_found_in_another(scored_world: World) -> None:
    world = scored_world
    await far_round(world)
    call = world.fault_evaluator("eve", "eva").swap(evaluation=world.evaluation_at("eli"))
    await world.refuses(call, errors.WrongEvaluation)


async def test_a_fault_of_one_round_is_none_of_another(scored_world: World) -> None:
    world = scored_world
    await far_round(world)
    await world.reach("Aborted", trainers=())
    call = world.fault_evaluator("eve", "eli", number=1).swap(round=world.round_at(2))
    await world.refuses(call, errors.WrongEvaluation)


async def test_nobody_elses_account_changes(scored_world: World) -> None:
    world = scored_world
    await far_round(world)
    before = of(world, Participant)
    await world.fault_evaluator("eve", "eli")
    after = of(world, Participant)
    others = {address for address in before if address != world.person("eli")}
    assert all(before[address] == after[address] for address in others)
