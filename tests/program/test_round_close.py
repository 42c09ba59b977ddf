"""round_close: anyone closes a round whose duties have ended; whoever opened it gets the rent."""

from __future__ import annotations

import pytest

from fedsol.program import Round, errors
from tests.program.expect import assert_event, change, rent
from tests.program.leaving import end
from tests.program.seating import by_ticket, seats_open
from tests.world import EVALUATORS, World, framework_error


async def emptied(world: World, *, opener: str | None = None) -> None:
    """A settled round whose submissions are closed."""
    await world.reach("Settled", opener=opener)
    for who in ("alice", "bob"):
        await world.reward_claim(who)
        await world.submission_close(who)


async def test_it_returns_the_rent_to_whoever_opened_it(world: World) -> None:
    await emptied(world, opener="alice")
    await world.pass_phase()
    at, cost = world.round_at(), rent(world, Round)
    with change(world) as changed:
        landed = await world.round_close("alice")
    assert changed.lamports == {world.owner("alice"): cost, at: -cost}
    assert changed.written == {world.ref.address, at}
    assert changed.tokens == {}
    assert not world.exists(at)
    federation = await world.federation()
    assert (federation.rounds_open, federation.round) == (0, 1)
    assert_event(world, landed, "RoundClosed", round=at, number=1)
    assert world.event(landed).seq == federation.seq
    await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Commit", "Reveal", "Score", "Aggregate", "Challenge"])
async def test_a_running_round_stays(world: World, phase: str) -> None:
    await world.reach(phase)
    await world.pass_phase()
    await world.refuses(world.round_close(), errors.RoundNotEnded)


async def test_a_revealed_submission_keeps_it(world: World) -> None:
    await world.reach("Settled")
    await world.reward_claim("alice")
    await world.submission_close("alice")
    await world.pass_phase()
    await world.refuses(world.round_close(), errors.RoundInUse)
    await world.reward_claim("bob")
    await world.refuses(world.round_close(), errors.RoundInUse)
    await world.submission_close("bob")
    await world.round_close()


@pytest.mark.parametrize("end", ["Settled", "Aborted"])
@pytest.mark.parametrize(
    ("seconds", "slots", "due"),
    [
        (-1, -1, False),
        (-1, 0, False),
        (0, -1, False),
        (10**6, -1, False),
        (0, 0, True),
        (1, 1, True),
    ],
)
async def test_it_stays_for_as_long_as_silence_can_be_punished(
    world: World, end: str, seconds: int, slots: int, due: bool
) -> None:
    if end == "Settled":
        await emptied(world)
    else:
        await world.reach("Aborted", trainers=())
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if due:
        await world.round_close()
    else:
        await world.refuses(world.round_close(), errors.RoundInUse)


async def test_an_unrevealed_submission_does_not_keep_it_for_ever(world: World) -> None:
    await world.reach("Aborted", trainers=(), silent=["carol"])
    await world.pass_phase()
    await world.round_close()
    await world.assert_invariants()


async def test_the_rent_goes_to_nobody_else(world: World) -> None:
    await emptied(world, opener="alice")
    await world.pass_phase()
    for other in ("creator", "bob"):
        await world.refuses(world.round_close(other), errors.WrongRound)


async def test_closing_twice_is_refused(world: World) -> None:
    await emptied(world)
    await world.pass_phase()
    await world.round_close()
    await world.refuses(world.round_close(), framework_error(3012))


async def test_an_older_round_closes_while_another_runs(world: World) -> None:
    await emptied(world)
    await world.pass_phase()
    await world.reach("Reveal")
    await world.round_close(number=1)
    assert (await world.federation()).round_active
    await world.assert_invariants()


async def test_an_open_evaluation_keeps_it(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    for who in ("alice", "bob"):
        await world.reward_claim(who)
        await world.submission_close(who)
    await world.pass_phase()
    for who in EVALUATORS:
        await world.refuses(world.round_close(), errors.RoundInUse)
        await world.evaluation_claim(who)
        await world.refuses(world.round_close(), errors.RoundInUse)
        await world.evaluation_close(who)
    await world.round_close()
    await world.assert_invariants()


async def test_a_displaced_evaluator_that_never_closes_its_account_is_closed_by_anybody(
    scored_world: World,
) -> None:
    world = scored_world
    await world.evaluators("emil")
    await world.reach("Score", evaluators=(*EVALUATORS, "emil"))
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    await world.score_commit(lowest, displaced=others[-1])
    await end(world, 1)
    assert not world.exists(world.evaluation_at(others[-1], 1))


async def test_a_rejected_and_a_planted_submission_close_as_well(scored_world: World) -> None:
    world = scored_world
    await world.actors("dan")
    people = ["alice", "bob", "carol", "dan"]
    await world.reach("Commit", trainers=people)
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Settled")
    opinions = dict.fromkeys(EVALUATORS, (0, 8000, 8000, 0))
    await world.reach("Settled", trainers=people, planters=["alice"], opinions=opinions)
    status = {who: (await world.submission(who)).status.kind for who in people}
    assert status["alice"] == "Planted"
    assert status["dan"] == "Rejected"
    await world.submission_close("dan")
    await world.refuses(world.submission_close("alice"), errors.SubmissionInUse)
    await end(world, 2)
    await world.assert_invariants()
