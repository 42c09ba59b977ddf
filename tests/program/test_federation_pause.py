"""federation_pause: entry closes, every way out stays open."""

from __future__ import annotations

from fedsol.program import errors
from tests.program.expect import assert_event, change
from tests.program.leaving import leave_all
from tests.world import STAKE, Cast, World


async def test_it_closes_and_reopens_entry_and_changes_nothing_else(empty_world: World) -> None:
    world = empty_world
    for paused in (True, True, False, False):
        before = await world.federation()
        with change(world) as changed:
            landed = await world.federation_pause(paused)
        after = await world.federation()
        assert after.paused is paused
        assert changed.written == {world.ref.address}
        assert (changed.tokens, changed.lamports) == ({}, {})
        before.paused, before.seq, before.head = after.paused, after.seq, after.head
        assert before == after
        assert_event(world, landed, "FederationPaused", paused=paused)


async def test_only_the_creator_may_pause(world: World) -> None:
    call = world.federation_pause().swap(creator=world.owner("alice")).by("alice")
    await world.refuses(call, errors.NotCreator)


async def test_paused_nobody_registers(world: World) -> None:
    await world.federation_pause()
    await world.wallet("eve")
    await world.refuses(world.participant_register("eve"), errors.FederationPaused)


async def test_paused_nobody_deposits(world: World) -> None:
    await world.wallet("alice", stake=10)
    await world.federation_pause()
    await world.refuses(world.stake_deposit("alice", 10), errors.FederationPaused)


async def test_paused_nobody_opens_a_round_not_even_the_creator(world: World) -> None:
    await world.federation_pause()
    await world.refuses(world.round_open(), errors.FederationPaused)
    await world.refuses(world.round_open("alice"), errors.FederationPaused)


async def test_paused_nobody_commits_in_a_round_that_is_open(world: World) -> None:
    await world.round_open()
    await world.federation_pause()
    await world.refuses(world.round_commit("alice"), errors.FederationPaused)


async def test_reopened_everything_enters_again(world: World) -> None:
    await world.federation_pause()
    await world.federation_pause(False)
    await world.actor("eve")
    await world.reach("Commit")
    await world.round_commit("eve")


async def test_a_round_that_was_open_runs_to_its_end_while_paused(world: World) -> None:
    await world.round_open()
    world.casts[1] = Cast(("alice", "bob"))
    for who in ("alice", "bob", "carol"):
        await world.round_commit(who)
    await world.federation_pause()
    await world.pass_phase()
    await world.round_advance()
    await world.reach("Settled")
    await world.wallet("eve")
    await world.fault_no_reveal("eve", "carol")
    await world.reward_claim("alice")
    await world.assert_invariants()


async def test_a_round_can_be_aborted_while_paused(world: World) -> None:
    await world.reach("Aggregate")
    await world.federation_pause()
    await world.pass_phase()
    await world.round_abort()


async def test_everybody_can_leave_with_everything_while_paused(world: World) -> None:
    await world.reach("Settled")
    await world.federation_pause()
    await leave_all(world)
    assert [world.stake_tokens(who) for who in ("alice", "bob", "carol")] == [STAKE] * 3
    await world.federation_close()
