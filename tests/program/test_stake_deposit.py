"""stake_deposit: stake enters, and whoever has enough of it is listed as aggregator."""

from __future__ import annotations

from fedsol.errors import InsufficientFunds, ProgramError
from fedsol.program import errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.expect import assert_event, change
from tests.world import World, open_world

SEAT = 1_500


async def test_it_moves_the_amount_into_the_vault_and_counts_it(empty_world: World) -> None:
    world = empty_world
    await world.actor("alice", stake=0, roles=TRAINER, spare=900)
    for amount, total in ((1, 1), (899, 900)):
        with change(world) as changed:
            landed = await world.stake_deposit("alice", amount)
        assert changed.tokens == {
            world.stake_account("alice"): -amount,
            world.stake_vault: amount,
        }
        assert changed.written == {world.ref.address, world.person("alice")}
        assert changed.lamports == {}
        assert (await world.federation()).stake_total == total
        assert (await world.participant("alice")).stake == total
        assert_event(
            world,
            landed,
            "StakeDeposited",
            participant=world.person("alice"),
            amount=amount,
            stake=total,
        )
    assert world.event(landed).seq == (await world.participant("alice")).seq == 3
    await world.assert_invariants()


async def test_nothing_is_refused(world: World) -> None:
    await world.refuses(world.stake_deposit("alice", 0), errors.AmountZero)


async def test_more_than_the_owner_holds_is_refused(empty_world: World) -> None:
    await empty_world.actor("alice", stake=0, spare=10)
    await empty_world.refuses(empty_world.stake_deposit("alice", 11), InsufficientFunds)


async def test_an_amount_with_which_the_vault_would_overflow_is_refused(world: World) -> None:
    await world.refuses(world.stake_deposit("alice", 2**64 - 1), errors.Overflow)


async def test_tokens_of_the_reward_mint_are_refused(world: World) -> None:
    await world.wallet("alice", reward=10)
    call = world.stake_deposit("alice", 5).swap(owner_tokens=world.reward_account("alice"))
    await world.refuses(call, errors.WrongMint)


async def test_somebody_elses_tokens_are_refused(world: World) -> None:
    await world.wallet("bob", stake=10)
    call = world.stake_deposit("alice", 5).swap(owner_tokens=world.stake_account("bob"))
    await world.refuses(call, ProgramError, name="OwnerMismatch")


async def test_tokens_in_a_vault_are_nobodys_to_stake(world: World) -> None:
    await world.wallet("eve", stake=10)
    await world.donate("eve", world.ref.stake, world.treasury_vault, 10)
    call = world.stake_deposit("alice", 5).swap(owner_tokens=world.treasury_vault)
    await world.refuses(call, ProgramError, name="OwnerMismatch")


async def test_only_its_owner_may_add_stake(world: World) -> None:
    await world.wallet("eve", stake=10)
    call = world.stake_deposit("alice", 5)
    call = call.swap(owner=world.owner("eve"), owner_tokens=world.stake_account("eve")).by("eve")
    await world.refuses(call, errors.NotOwner)


async def test_a_stake_of_bond_and_minimum_makes_an_aggregator_and_one_less_does_not(
    empty_world: World,
) -> None:
    world = empty_world
    await world.actor("alice", stake=SEAT - 1, roles=AGGREGATOR, spare=2)
    assert not (await world.participant("alice")).listed
    await world.stake_deposit("alice", 1)
    alice = await world.participant("alice")
    assert (alice.listed, alice.aggregator_index) == (True, 0)
    assert (await world.federation()).aggregators == 1
    await world.stake_deposit("alice", 1)
    assert (await world.federation()).aggregators == 1, "listed once"
    await world.assert_invariants()


async def test_aggregators_are_listed_in_the_order_in_which_they_come(world: World) -> None:
    for place, who in enumerate(("alice", "bob", "carol")):
        person = await world.participant(who)
        assert (person.listed, person.aggregator_index) == (True, place)


async def test_stake_alone_makes_no_aggregator_without_the_role(empty_world: World) -> None:
    await empty_world.actor("alice", stake=10 * SEAT, roles=TRAINER | EVALUATOR)
    assert not (await empty_world.participant("alice")).listed
    assert (await empty_world.federation()).aggregators == 0


async def test_rules_whose_seat_does_not_fit_an_integer_refuse_aggregators_alone() -> None:
    async with open_world(min_stake=2**64 - 1) as world:
        await world.actor("alice", stake=5, roles=TRAINER)
        await world.actor("bob", stake=0, roles=AGGREGATOR, spare=5)
        await world.refuses(world.stake_deposit("bob", 5), errors.Overflow)


async def test_a_donation_to_the_stake_vault_is_nobodys_stake(world: World) -> None:
    before = await world.federation(), await world.participant("alice")
    await world.wallet("eve", stake=10_000)
    await world.donate("eve", world.ref.stake, world.stake_vault, 10_000)
    assert before == (await world.federation(), await world.participant("alice"))
    await world.wallet("alice", stake=5)
    await world.stake_deposit("alice", 5)
    assert (await world.federation()).stake_total == before[0].stake_total + 5
    await world.assert_invariants()
