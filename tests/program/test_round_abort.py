"""round_abort: anyone ends a round that cannot succeed; the pool goes back, silence still costs."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from tests.program.expect import assert_event, change, plain
from tests.program.leaving import leave_all
from tests.program.seating import seats_open
from tests.world import (
    EVALUATORS,
    FUNDED,
    MODEL_ROOT,
    STAKE,
    World,
    open_scored_world,
    open_world,
)


async def test_without_quorum_it_gives_the_pool_back_and_keeps_the_model(world: World) -> None:
    await world.reach("Reveal", trainers=["alice"], silent=["bob"])
    await world.round_reveal("alice")
    await world.pass_phase()
    now = (world.ledger.unix_timestamp, world.ledger.slot)
    round_ = await world.round()
    with change(world) as changed:
        landed = await world.round_abort()
    assert changed.written == {world.ref.address, world.round_at()}
    assert (changed.tokens, changed.lamports) == ({}, {})
    after, federation = await world.round(), await world.federation()
    assert after.phase.kind == "Aborted"
    assert plain(after.deadline) == (now[0] + 1_000, now[1] + 400)
    assert (federation.reward_available, federation.reward_reserved) == (FUNDED, 0)
    assert federation.reward_owed == 0
    assert bytes(federation.model_root) == MODEL_ROOT
    assert (federation.round_active, federation.rounds_open) == (False, 1)
    assert_event(
        world,
        landed,
        "RoundAborted",
        round=world.round_at(),
        number=1,
        round_seq=round_.seq,
        round_head=bytes(round_.head),
        revealed=1,
        reward_available=FUNDED,
    )
    assert world.event(landed).seq == federation.seq
    await world.assert_invariants()


MOMENTS = [(-1, -1, False), (-1, 0, False), (0, -1, False), (0, 0, True), (1, 1, True)]


@pytest.mark.parametrize(("seconds", "slots", "due"), MOMENTS)
async def test_without_quorum_it_is_due_when_the_reveal_window_is_over(
    world: World, seconds: int, slots: int, due: bool
) -> None:
    await world.reach("Reveal", trainers=["alice"])
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if due:
        await world.round_abort()
    else:
        await world.refuses(world.round_abort(), errors.DeadlineNotPassed)


@pytest.mark.parametrize(("seconds", "slots", "due"), MOMENTS)
async def test_without_an_aggregate_it_is_due_when_the_takeover_window_is_over(
    world: World, seconds: int, slots: int, due: bool
) -> None:
    await world.reach("Aggregate")
    world.warp((await world.round()).takeover, seconds=seconds, slots=slots)
    if due:
        await world.round_abort()
    else:
        await world.refuses(world.round_abort(), errors.DeadlineNotPassed)


async def test_the_chosen_aggregators_deadline_alone_aborts_nothing(world: World) -> None:
    await world.reach("Aggregate")
    world.pass_window((await world.round()).deadline)
    await world.refuses(world.round_abort(), errors.DeadlineNotPassed)


async def test_with_quorum_the_reveal_phase_is_not_aborted(world: World) -> None:
    await world.reach("Reveal")
    for who in ("alice", "bob"):
        await world.round_reveal(who)
    await world.refuses(world.round_abort(), errors.QuorumReached)
    await world.pass_phase()
    await world.refuses(world.round_abort(), errors.QuorumReached)


@pytest.mark.parametrize("revealed", [0, 1, 2])
async def test_after_the_reveal_window_either_advance_or_abort_is_legal_and_never_both(
    world: World, revealed: int
) -> None:
    people = ["alice", "bob"][:revealed]
    await world.reach("Reveal", trainers=people)
    for who in people:
        await world.round_reveal(who)
    await world.pass_phase()
    if revealed < 2:
        await world.refuses(world.round_advance(), errors.QuorumFailed)
        await world.round_abort()
    else:
        await world.refuses(world.round_abort(), errors.QuorumReached)
        await world.round_advance()


@pytest.mark.parametrize("phase", ["Commit", "Challenge", "Settled", "Aborted"])
async def test_other_phases_are_not_aborted(world: World, phase: str) -> None:
    await world.reach(phase)
    await world.pass_phase()
    await world.refuses(world.round_abort(), errors.WrongPhase)


async def test_waiting_for_the_beacon_is_no_reason_to_abort(world: World) -> None:
    await world.reach("Score")
    await world.pass_phase()
    await world.refuses(world.round_abort(), errors.QuorumReached)


async def test_a_round_without_anybody_ends_and_the_next_may_open(empty_world: World) -> None:
    await empty_world.reach("Aborted", trainers=())
    await empty_world.round_open()
    assert (await empty_world.federation()).round == 2


async def test_everybody_gets_back_what_no_fault_took() -> None:
    async with open_world("alice", "bob") as world:
        await world.reach("Aborted")
        await leave_all(world)
        assert [world.stake_tokens(who) for who in ("alice", "bob")] == [STAKE, STAKE]
        assert [world.reward_tokens(who) for who in ("alice", "bob")] == [0, 0]
        await world.federation_close()
        assert world.reward_tokens("creator") == FUNDED


async def shown_by(world: World, count: int) -> None:
    """In ScoreReveal, so many evaluators have shown their scores."""
    await world.reach("ScoreReveal")
    for who in EVALUATORS[:count]:
        await world.score_reveal(who)


@pytest.mark.parametrize("phase", ["Score", "ScoreReveal"])
@pytest.mark.parametrize(("seconds", "slots", "due"), MOMENTS)
async def test_without_evaluators_it_is_due_when_their_window_is_over(
    scored_world: World, phase: str, seconds: int, slots: int, due: bool
) -> None:
    world = scored_world
    if phase == "Score":
        await seats_open(world)
        await world.score_commit("eva")
    else:
        await shown_by(world, 1)
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if not due:
        await world.refuses(world.round_abort(), errors.DeadlineNotPassed)
        return
    await world.round_abort()
    federation = await world.federation()
    assert (federation.reward_available, federation.reward_reserved) == (FUNDED, 0)
    assert bytes(federation.model_root) == MODEL_ROOT
    # Who kept silent where it could have shown, and only there, can be punished.
    assert (await world.round()).scores_closed == (phase == "ScoreReveal")
    await world.assert_invariants()


async def test_before_the_beacon_is_drawn_no_evaluator_is_missing(scored_world: World) -> None:
    world = scored_world
    await world.reach("Score")
    world.ledger.advance(seconds=10**6, slots=10**3)
    await world.refuses(world.round_abort(), errors.QuorumReached)


async def test_while_scores_are_counted_nothing_aborts(scored_world: World) -> None:
    world = scored_world
    await world.reach("Tally")
    await world.refuses(world.round_abort(), errors.WrongPhase)
    await world.pass_phase()
    await world.refuses(world.round_abort(), errors.WrongPhase)


async def test_with_too_few_accepted_nobody_waits_for_an_aggregate(scored_world: World) -> None:
    world = scored_world
    opinions = dict.fromkeys(EVALUATORS, (8000, 0, 0))
    await world.reach("Aggregate", trainers=["alice", "bob", "carol"], opinions=opinions)
    landed = await world.round_abort()
    assert world.event(landed).data.revealed == 3
    await world.assert_invariants()


async def test_with_just_enough_accepted_the_windows_are_waited_for(scored_world: World) -> None:
    world = scored_world
    opinions = dict.fromkeys(EVALUATORS, (8000, 8000, 0))
    await world.reach("Aggregate", trainers=["alice", "bob", "carol"], opinions=opinions)
    await world.refuses(world.round_abort(), errors.DeadlineNotPassed)


async def test_plants_may_leave_too_few(scored_world: World) -> None:
    world = scored_world
    await world.reach("Commit")
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Settled")
    await world.reach("Aggregate", planters=["alice"])
    assert ((await world.round()).accepted, (await world.round()).planted) == (1, 1)
    await world.round_abort()
    # Nobody is paid by a round that aborted, whatever it did in it.
    await world.refuses(world.reward_claim("alice"), errors.WrongPhase)
    await world.submission_close("alice")
    await world.assert_invariants()


@pytest.mark.parametrize(("trainers", "drawn"), [(["alice", "bob"], True), (["alice"], False)])
async def test_a_beacon_that_was_drawn_is_handed_on_and_none_is_made_up(
    scored_world: World, trainers: list[str], drawn: bool
) -> None:
    world = scored_world
    await world.reach("Settled")
    first = await world.round(1)
    await world.reach("Aborted", trainers=trainers)
    round_, federation = await world.round(2), await world.federation()
    assert round_.drawn == drawn
    newest = round_ if drawn else first
    assert (federation.beacon, federation.beacon_slot) == (newest.beacon, newest.beacon_slot)


async def test_evaluators_get_back_what_no_fault_took() -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Aborted")
        await leave_all(world)
        everybody = ("alice", "bob", *EVALUATORS)
        assert {world.stake_tokens(who) for who in everybody} == {STAKE}
        await world.federation_close()
        assert world.reward_tokens("creator") == FUNDED
