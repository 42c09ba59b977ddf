"""stake_withdraw: what has matured goes home, to the unit, and never before its time."""

from __future__ import annotations

import pytest

from fedsol.errors import ProgramError
from fedsol.program import errors
from tests.program.expect import assert_event, change, freeze_tokens
from tests.world import STAKE, World


async def test_it_pays_every_matured_entry_and_no_other(world: World) -> None:
    await world.stake_unbond("alice", 100)
    await world.stake_unbond("alice", 20)
    first = (await world.participant("alice")).unbonding[1].release
    world.pass_window(first)
    await world.stake_unbond("alice", 3)
    with change(world) as changed:
        landed = await world.stake_withdraw("alice")
    assert changed.tokens == {world.stake_vault: -120, world.stake_account("alice"): 120}
    assert changed.written == {world.ref.address, world.person("alice")}
    alice = await world.participant("alice")
    assert [entry.amount for entry in alice.unbonding] == [0, 0, 3, 0]
    assert (await world.federation()).unbonding_total == 3
    assert_event(
        world,
        landed,
        "StakeWithdrawn",
        participant=world.person("alice"),
        amount=120,
        stake=STAKE - 123,
    )
    assert world.event(landed).seq == alice.seq
    await world.assert_invariants()


async def test_without_an_entry_it_is_refused(world: World) -> None:
    await world.refuses(world.stake_withdraw("alice"), errors.NothingToWithdraw)


@pytest.mark.parametrize(
    ("seconds", "slots", "due"),
    [
        (-1, -1, False),
        (-1, 0, False),
        (0, -1, False),
        (-1, 10**6, False),
        (10**6, -1, False),
        (0, 0, True),
        (1, 1, True),
    ],
)
async def test_an_entry_matures_when_both_its_second_and_its_slot_are_reached(
    world: World, seconds: int, slots: int, due: bool
) -> None:
    await world.stake_unbond("alice", 100)
    release = (await world.participant("alice")).unbonding[0].release
    world.warp(release, seconds=seconds, slots=slots)
    if due:
        await world.stake_withdraw("alice")
    else:
        await world.refuses(world.stake_withdraw("alice"), errors.NothingToWithdraw)


async def test_an_entry_made_during_a_round_waits_for_that_round_to_end(world: World) -> None:
    await world.reach("Aggregate")
    await world.stake_unbond("carol", 100)
    world.pass_window((await world.participant("carol")).unbonding[0].release)
    await world.refuses(world.stake_withdraw("carol"), errors.NothingToWithdraw)
    await world.round_abort()
    await world.stake_withdraw("carol")


async def test_an_entry_made_before_a_round_does_not_wait_for_it(world: World) -> None:
    await world.reach("Aborted", trainers=())
    await world.stake_unbond("carol", 100)
    await world.round_open()
    world.pass_window((await world.participant("carol")).unbonding[0].release)
    await world.stake_withdraw("carol")


async def test_an_entry_made_during_a_round_does_not_wait_for_the_next(world: World) -> None:
    await world.round_open()
    await world.stake_unbond("carol", 100)
    await world.reach("Aborted", trainers=())
    await world.round_open()
    world.pass_window((await world.participant("carol")).unbonding[0].release)
    await world.stake_withdraw("carol")


async def test_what_covers_an_unrevealed_commitment_is_refused_until_it_is_decided(
    world: World,
) -> None:
    await world.reach("Settled", silent=["carol"])
    await world.stake_unbond("carol", STAKE)
    world.pass_window((await world.participant("carol")).unbonding[0].release)
    await world.refuses(world.stake_withdraw("carol"), errors.StakeLocked)
    await world.wallet("eve")
    await world.fault_no_reveal("eve", "carol")
    await world.stake_withdraw("carol")
    assert world.stake_tokens("carol") == STAKE - 751


async def test_what_is_above_a_liability_may_go(world: World) -> None:
    await world.reach("Settled", silent=["carol"])
    await world.stake_unbond("carol", STAKE - 1_000)
    world.pass_window((await world.participant("carol")).unbonding[0].release)
    await world.stake_withdraw("carol")
    carol = await world.participant("carol")
    assert (carol.stake, carol.locked) == (1_000, 1_000)


async def test_only_its_owner_may_withdraw(world: World) -> None:
    await world.stake_unbond("alice", 100)
    world.pass_window((await world.participant("alice")).unbonding[0].release)
    call = world.stake_withdraw("alice").swap(owner=world.owner("bob")).by("bob")
    await world.refuses(call, errors.NotOwner)


async def test_the_owner_may_name_any_account_of_the_mint(world: World) -> None:
    await world.stake_unbond("alice", 100)
    world.pass_window((await world.participant("alice")).unbonding[0].release)
    await world.stake_withdraw("alice").swap(owner_tokens=world.stake_account("bob"))
    assert world.stake_tokens("bob") == 100


async def test_an_account_of_another_mint_is_refused(world: World) -> None:
    await world.stake_unbond("alice", 100)
    world.pass_window((await world.participant("alice")).unbonding[0].release)
    call = world.stake_withdraw("alice").swap(owner_tokens=world.reward_account("alice"))
    await world.refuses(call, errors.WrongMint)


async def test_withdrawing_twice_pays_once(world: World) -> None:
    await world.stake_unbond("alice", 100)
    world.pass_window((await world.participant("alice")).unbonding[0].release)
    await world.stake_withdraw("alice")
    await world.refuses(world.stake_withdraw("alice"), errors.NothingToWithdraw)


async def test_a_frozen_account_stops_its_owner_alone(world: World) -> None:
    for who in ("carol", "bob"):
        await world.stake_unbond(who, 100)
    world.pass_window((await world.participant("bob")).unbonding[0].release)
    freeze_tokens(world, world.stake_account("carol"))
    await world.refuses(world.stake_withdraw("carol"), ProgramError, name="AccountFrozen")
    await world.stake_withdraw("bob")
    await world.stake_withdraw("carol").swap(owner_tokens=world.stake_account("bob"))


async def test_a_donation_is_not_paid_out(world: World) -> None:
    await world.wallet("eve", stake=500)
    await world.donate("eve", world.ref.stake, world.stake_vault, 500)
    await world.stake_unbond("alice", STAKE, last="carol")
    world.pass_window((await world.participant("alice")).unbonding[0].release)
    await world.stake_withdraw("alice")
    assert world.stake_tokens("alice") == STAKE
    await world.assert_invariants()
