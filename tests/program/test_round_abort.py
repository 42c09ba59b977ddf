"""round_abort: anyone ends a round that cannot succeed; the pool goes back, silence still costs."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from tests.program.expect import assert_event, change, plain
from tests.program.valid_calls import leave_all
from tests.world import FUNDED, MODEL_ROOT, STAKE, World, open_world


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


@pytest.mark.parametrize("phase", ["Commit", "Score", "Challenge", "Settled", "Aborted"])
async def test_other_phases_are_not_aborted(world: World, phase: str) -> None:
    await world.reach(phase)
    await world.pass_phase()
    await world.refuses(world.round_abort(), errors.WrongPhase)


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
