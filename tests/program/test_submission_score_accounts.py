"""submission_score: every evaluation that was shown is passed, once, in order, and nothing else."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from tests.program.seating import by_ticket, seats_open
from tests.program.tallying import about_alice, counts, tallied
from tests.world import EVALUATORS, World, framework_error, key_of, open_scored_world


def wrong_sets(world: World) -> dict[str, list[str]]:
    """Lists of evaluators that are not exactly those that were shown, by place."""
    first, second, third = world.shown()
    return {
        "nobody": [],
        "the last left out": [first, second],
        "the first left out": [second, third],
        "one left out and another twice": [first, second, second],
        "the first twice": [first, first, third],
        "another order": [second, first, third],
        "reversed": [third, second, first],
        "one too many": [first, second, third, third],
    }


WRONG = ["nobody", "the last left out", "the first left out", "one left out and another twice"]
WRONG += ["the first twice", "another order", "reversed", "one too many"]


@pytest.mark.parametrize("case", WRONG)
async def test_whoever_calls_it_chooses_no_evaluation(scored_world: World, case: str) -> None:
    world = scored_world
    await tallied(world, about_alice(eva=1, ed=5_000, eli=10_000))
    call = world.submission_score("alice", wrong_sets(world)[case])
    await world.refuses(call, errors.EvaluationsMissing)


async def test_an_evaluation_that_was_not_shown_stands_for_none(scored_world: World) -> None:
    world = scored_world
    await tallied(world, evaluators=["eva", "ed"], mute=["eli"])
    for wrong in (["eva", "eli"], ["eli", "ed"], ["eva", "ed", "eli"]):
        await world.refuses(world.submission_score("alice", wrong), errors.EvaluationsMissing)
    await world.submission_score("alice", ["eva", "ed"])


async def test_an_evaluation_that_was_displaced_stands_for_none(scored_world: World) -> None:
    world = scored_world
    await world.evaluators("emil")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    await world.score_commit(lowest, displaced=others[-1])
    await world.pass_phase()
    await world.round_advance()
    for who in (lowest, *others[:-1]):
        await world.score_reveal(who)
    await world.round_advance()
    await world.pass_phase()
    wrong = [others[-1], *others[:-1]]
    await world.refuses(world.submission_score("alice", wrong), errors.EvaluationsMissing)


async def test_an_evaluation_of_another_round_stands_for_none(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await tallied(world)
    older = [world.evaluation_at(who, 1) for who in world.shown()]
    now = [world.evaluation_at(who) for who in world.shown()]
    for place in range(3):
        mixed = [*now[:place], older[place], *now[place + 1 :]]
        call = world.submission_score("alice").followed_by(*mixed)
        await world.refuses(call, errors.EvaluationsMissing)


async def test_a_forged_evaluation_of_another_program_stands_for_none(scored_world: World) -> None:
    world = scored_world
    await tallied(world)
    shown = [world.evaluation_at(who) for who in world.shown()]
    real = world.ledger.get_account(shown[0])
    assert real is not None
    forged, owner = key_of("forged").pubkey(), key_of("another program").pubkey()
    world.ledger.set_account(forged, lamports=10**9, owner=owner, data=bytes(real.data))
    call = world.submission_score("alice").followed_by(forged, *shown[1:])
    await world.refuses(call, errors.EvaluationsMissing)


async def test_accounts_of_another_kind_stand_for_no_evaluation(scored_world: World) -> None:
    world = scored_world
    await tallied(world)
    shown = [world.evaluation_at(who) for who in world.shown()]
    others = (world.person("eva"), world.submission_at("bob"), world.round_at(), world.ref.address)
    for other in others:
        call = world.submission_score("alice").followed_by(other, *shown[1:])
        await world.refuses(call, framework_error(3002))


async def test_evaluations_that_may_not_be_written_are_refused(scored_world: World) -> None:
    # Else somebody would keep strikes from being booked.
    world = scored_world
    await tallied(world)
    shown = [world.evaluation_at(who) for who in world.shown()]
    call = world.submission_score("alice").followed_by(*shown, writable=False)
    await world.refuses(call, errors.EvaluationsMissing)


async def test_scores_of_one_round_are_none_of_another(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await tallied(world)
    call = world.submission_score("alice").swap(submission=world.submission_at("alice", 1))
    await world.refuses(call, errors.WrongSubmission)


async def test_sixteen_evaluators_fit_one_transaction_and_its_compute_budget() -> None:
    many = tuple(f"evaluator {number}" for number in range(16))
    rules = {"evaluators": many, "min_evaluators": 16, "max_evaluators": 16}
    async with open_scored_world("alice", "bob", **rules) as world:
        opinions = {who: (place * 600, 8_000) for place, who in enumerate(many)}
        await tallied(world, opinions, trainers=["alice", "bob"])
        landed = await world.submission_score("alice")
        # The eighth of sixteen equal ones.
        assert (await world.submission("alice")).score == 7 * 600
        assert landed.units < 200_000
        found = [await counts(world, who) for who in many]
        within = [abs(place * 600 - 4_200) <= 2_500 for place in range(16)]
        assert found == [(1, 0, 0) if near else (0, 1, 0) for near in within]
