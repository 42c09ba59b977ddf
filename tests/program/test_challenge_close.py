"""challenge_close: what a verdict decided is moved afterwards, to any account of the challenger's."""

from __future__ import annotations

import pytest
from solders.pubkey import Pubkey
from spl.token.instructions import CloseAccountParams, close_account

from fedsol.errors import ProgramError
from fedsol.program import addresses as at
from fedsol.program import errors
from fedsol.program.instructions.dispute import wrong_aggregate
from tests.program.disputing import (
    BOND,
    PURSE,
    SPOT,
    Dispute,
    dispute,
    numbers,
    open_court,
    post_true,
    post_wrong,
)
from tests.program.expect import assert_event, change, freeze_tokens
from tests.world import World, framework_error, key_of, world_on


async def convicted(world: World) -> Dispute:
    """Eve has won, and nothing is moved yet."""
    await post_wrong(world)
    case = dispute(world, "eve")
    await case.prove()
    await case.decide()
    return case


async def spare_account(world: World, name: str, *, owner: str) -> Pubkey:
    """Another stake account of somebody's: where any account may lie, not the usual one."""
    address = key_of(f"spare account of {name}").pubkey()
    usual = world.ledger.get_account(world.stake_account(owner))
    assert usual is not None
    data = bytearray(usual.data)
    data[64:72] = bytes(8)
    world.ledger.set_account(address, lamports=usual.lamports, owner=usual.owner, data=bytes(data))
    return address


async def test_the_account_goes_and_its_rent_comes_back_and_it_is_recorded() -> None:
    async with open_court() as world:
        case = await convicted(world)
        rent = world.lamports(case.address)
        with change(world) as changed:
            landed = await case.close()
        assert changed.lamports == {case.address: -rent, world.owner("eve"): rent}
        assert changed.written == {world.ref.address, case.address}
        assert not world.exists(case.address)
        event = assert_event(
            world,
            landed,
            "ChallengeClosed",
            challenge=case.address,
            paid=BOND + 583,
            to_treasury=583,
            burned=585,
        )
        assert event.seq == (await world.federation()).seq
        await world.assert_invariants()


async def test_an_open_dispute_is_not_closed() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        await world.refuses(case.close(), errors.ChallengeUndecided)
        await case.show_all()
        world.pass_window(case.state.deadline)
        await world.refuses(case.close(), errors.ChallengeUndecided)


async def test_it_is_closed_once() -> None:
    async with open_court() as world:
        case = await convicted(world)
        await case.close()
        await world.refuses(case.close(), framework_error(3012))


async def test_it_is_closed_once_in_one_transaction_too() -> None:
    async with open_court() as world:
        case = await convicted(world)

        async def twice() -> None:
            await world.send(case.close(), case.close())

        await world.refuses(twice, framework_error(3012))


async def test_a_challenger_without_a_token_account_holds_nothing() -> None:
    async with open_court() as world:
        await post_wrong(world)
        case = dispute(world, "eve")
        await case.prove()
        await empty_and_close(world, "eve")
        await case.decide()
        await world.refuses(case.close(), framework_error(3012))
        # Nobody waits for it: the round goes on to its end.
        await post_true(world)
        await world.reach("Settled")
        spare = await spare_account(world, "eve", owner="mallory")
        foreign = case.close(tokens=spare)
        await world.refuses(foreign, errors.WrongChallenge)
        await world.wallet("eve")
        other = await spare_account(world, "eve too", owner="eve")
        await case.close(tokens=other)
        assert world.amount(other) == BOND + 583
        await world.assert_invariants()


async def empty_and_close(world: World, name: str) -> None:
    """Somebody burns what it has and closes its stake account."""
    tokens = world.stake_account(name)
    await world.donate(name, world.ref.stake, world.stake_account("mallory"), world.amount(tokens))
    params = CloseAccountParams(
        account=tokens,
        dest=world.owner(name),
        owner=world.owner(name),
        program_id=world.ref.stake.program,
    )
    await world.chain.send([close_account(params)], [key_of("bank"), key_of(name)])


async def test_a_frozen_challenger_holds_nothing_but_its_own_money() -> None:
    async with open_court() as world:
        case = await convicted(world)
        freeze_tokens(world, world.stake_account("eve"))
        await world.refuses(case.close(), ProgramError, name="AccountFrozen")
        await post_true(world)
        await world.reach("Settled")
        other = await spare_account(world, "eve", owner="mallory")
        await world.refuses(case.close(tokens=other), errors.WrongChallenge)
        await world.assert_invariants()


async def test_only_stake_tokens_of_the_challenger_are_paid_to() -> None:
    async with open_court() as world:
        case = await convicted(world)
        for tokens, error in (
            (world.stake_account("mallory"), errors.WrongChallenge),
            (world.reward_account("eve"), errors.WrongMint),
            (world.stake_vault, framework_error(2040)),
            (world.treasury_vault, framework_error(2040)),
        ):
            await world.refuses(case.close(tokens=tokens), error)
        call = case.close().swap(challenger=world.owner("mallory"))
        await world.refuses(call, errors.WrongChallenge)


async def test_it_outlives_its_round() -> None:
    async with open_court() as world:
        case = await convicted(world)
        await post_true(world)
        await world.reach("Settled")
        for who in world.submitted():
            await world.reward_claim(who)
            await world.submission_close(who)
        await world.pass_phase()
        await world.round_close()
        await case.close()
        assert world.stake_tokens("eve") == PURSE + 583
        await world.assert_invariants()


async def test_a_federation_does_not_close_while_it_owes_a_challenger() -> None:
    async with open_court() as world:
        case = await convicted(world)
        await post_true(world)
        await world.reach("Settled")
        await wind_up(world)
        await world.refuses(world.federation_close(), errors.FederationInUse)
        await case.close()
        await world.federation_close()
        assert world.stake_tokens("eve") == PURSE + 583


async def wind_up(world: World) -> None:
    """Everybody takes what is theirs and leaves."""
    for who in world.submitted():
        await world.reward_claim(who)
        await world.submission_close(who)
    await world.federation_pause()
    await world.pass_phase()
    await world.round_close()
    listed = (await world.federation()).aggregators
    for who in ("alice", "bob", "carol"):
        person = await world.participant(who)
        last = world.listed(listed - 1) if person.listed else who
        await world.stake_unbond(who, person.stake, last=None if last == who else last)
        listed -= person.listed
    for who in ("alice", "bob", "carol"):
        world.pass_window((await world.participant(who)).unbonding[0].release)
        await world.stake_withdraw(who)
        await world.participant_close(who)


async def test_nothing_of_another_federation_is_closed_here() -> None:
    async with open_court() as world:
        case = await convicted(world)
        other = await world_on(world.sandbox, name="another", creator="bob")
        call = case.close().swap(
            federation=other.ref.address,
            stake_vault=other.stake_vault,
            treasury_vault=other.treasury_vault,
        )
        await world.refuses(call, errors.WrongFederation)
        for vault in ("stake_vault", "treasury_vault"):
            call = case.close().swap(**{vault: getattr(other, vault)})
            await world.refuses(call, framework_error(2006))


@pytest.mark.parametrize("program", [at.TOKEN_PROGRAM_ID, at.TOKEN_2022_PROGRAM_ID], ids=str)
async def test_both_token_programs_move_it(program: Pubkey) -> None:
    async with open_court(stake_program=program) as world:
        case = await convicted(world)
        await case.close()
        assert world.stake_tokens("eve") == PURSE + 583
        await world.assert_invariants()


async def test_afterwards_the_same_target_may_be_challenged_anew() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve")
        for coordinate in (SPOT, SPOT + 1):
            await case.prove(coordinate)
            await case.judge()
        assert world.stake_tokens("eve") == PURSE - 2 * BOND
        assert numbers(world).posted(world, 1).root == bytes((await world.round()).new_model_root)
        await world.assert_invariants()
