"""stake_unbond: stake goes into the queue; it counts no more and stays slashable."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.participant import TRAINER
from tests.program.expect import assert_event, change
from tests.world import STAKE, World, framework_error


async def test_it_moves_stake_into_the_queue_and_no_token_at_all(world: World) -> None:
    now = (world.ledger.unix_timestamp, world.ledger.slot)
    with change(world) as changed:
        landed = await world.stake_unbond("alice", 400)
    assert (changed.tokens, changed.lamports) == ({}, {})
    assert changed.written == {world.ref.address, world.person("alice")}
    alice, federation = await world.participant("alice"), await world.federation()
    assert alice.stake == STAKE - 400
    assert (federation.stake_total, federation.unbonding_total) == (3 * STAKE - 400, 400)
    entry = alice.unbonding[0]
    release = (now[0] + 1_000, now[1] + 400)
    assert (entry.amount, entry.round) == (400, 0)
    assert (entry.release.time, entry.release.slot) == release
    assert_event(
        world,
        landed,
        "StakeUnbonded",
        participant=world.person("alice"),
        amount=400,
        stake=STAKE - 400,
        release=release,
    )
    assert world.event(landed).seq == alice.seq
    await world.assert_invariants()


async def test_an_entry_remembers_the_newest_round(world: World) -> None:
    await world.round_open()
    await world.stake_unbond("alice", 1)
    assert (await world.participant("alice")).unbonding[0].round == 1


async def test_nothing_is_refused(world: World) -> None:
    await world.refuses(world.stake_unbond("alice", 0), errors.AmountZero)


@pytest.mark.parametrize("amount", [STAKE + 1, 2**64 - 1])
async def test_more_than_the_stake_is_refused(world: World, amount: int) -> None:
    await world.refuses(world.stake_unbond("alice", amount), errors.StakeInsufficient)


async def test_a_fifth_entry_is_refused_until_one_was_withdrawn(world: World) -> None:
    for _ in range(4):
        await world.stake_unbond("alice", 1)
    await world.refuses(world.stake_unbond("alice", 1), errors.UnbondingQueueFull)
    world.pass_window((await world.participant("alice")).unbonding[3].release)
    await world.stake_withdraw("alice")
    await world.stake_unbond("alice", 1)


async def test_only_its_owner_may_unbond(world: World) -> None:
    call = world.stake_unbond("alice", 1).swap(owner=world.owner("bob")).by("bob")
    await world.refuses(call, errors.NotOwner)


async def test_with_a_seats_stake_left_an_aggregator_stays_listed_and_with_less_leaves(
    world: World,
) -> None:
    await world.stake_unbond("carol", STAKE - 1_500)
    assert (await world.participant("carol")).listed
    await world.stake_unbond("carol", 1)
    carol = await world.participant("carol")
    assert (carol.listed, carol.aggregator_index) == (False, 0)
    assert (await world.federation()).aggregators == 2
    await world.assert_invariants()


async def test_leaving_the_middle_of_the_list_puts_the_last_in_that_place(world: World) -> None:
    with change(world) as changed:
        await world.stake_unbond("alice", STAKE, last="carol")
    people = {world.person(who) for who in ("alice", "carol")}
    assert changed.written == {world.ref.address, *people}
    places = {who: (await world.participant(who)).aggregator_index for who in ("bob", "carol")}
    assert places == {"bob": 1, "carol": 0}
    assert not (await world.participant("alice")).listed
    assert (await world.federation()).aggregators == 2
    await world.assert_invariants()


async def test_the_only_aggregator_leaves_an_empty_list(empty_world: World) -> None:
    await empty_world.actor("alice")
    await empty_world.stake_unbond("alice", STAKE)
    assert (await empty_world.federation()).aggregators == 0
    await empty_world.assert_invariants()


async def test_leaving_the_middle_without_naming_the_last_is_refused(world: World) -> None:
    await world.refuses(world.stake_unbond("alice", STAKE), errors.WrongLastAggregator)


async def test_naming_another_than_the_last_is_refused(world: World) -> None:
    call = world.stake_unbond("alice", STAKE, last="bob")
    await world.refuses(call, errors.WrongLastAggregator)


async def test_naming_somebody_who_is_not_on_the_list_is_refused(world: World) -> None:
    # Not listed, and with index 0: only `listed` tells it from a list's first.
    await world.actor("dan", roles=TRAINER)
    await world.stake_unbond("carol", STAKE)
    await world.stake_unbond("bob", STAKE)
    await world.actor("erin")
    call = world.stake_unbond("alice", STAKE, last="dan")
    await world.refuses(call, errors.WrongLastAggregator)


async def test_naming_oneself_as_the_last_is_refused(world: World) -> None:
    call = world.stake_unbond("alice", STAKE, last="alice")
    await world.refuses(call, framework_error(2040))


async def test_a_needless_last_aggregator_is_left_as_it_is(world: World) -> None:
    before = await world.participant("carol")
    await world.stake_unbond("alice", 1, last="carol")
    assert await world.participant("carol") == before


async def test_stake_under_a_commitment_may_be_unbonded_and_stays_slashable(world: World) -> None:
    await world.reach("Score", silent=["carol"])
    await world.stake_unbond("carol", STAKE)
    carol = await world.participant("carol")
    assert (carol.stake, carol.locked, carol.unbonding[0].amount) == (0, 1_000, STAKE)
    await world.wallet("eve")
    await world.fault_no_reveal("eve", "carol")
    carol = await world.participant("carol")
    assert (carol.stake, carol.unbonding[0].amount) == (0, STAKE - 751)
    await world.assert_invariants()


async def test_unbonded_stake_carries_no_new_commitment(world: World) -> None:
    await world.round_open()
    await world.stake_unbond("carol", STAKE - 999)
    await world.refuses(world.round_commit("carol"), errors.StakeInsufficient)
