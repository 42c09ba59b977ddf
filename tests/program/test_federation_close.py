"""federation_close: an empty federation goes, and what nobody is owed goes to its creator."""

from __future__ import annotations

from fedsol.errors import ProgramError
from fedsol.program import Federation, addresses, errors
from fedsol.program.addresses import token_address
from fedsol.program.tokens import token_account_create
from tests.program.expect import change, freeze_tokens, rent
from tests.program.leaving import leave, leave_all
from tests.world import FUNDED, STAKE, World, framework_error, make_mint, open_world


async def test_it_returns_unspent_rewards_and_all_rent_to_the_creator(empty_world: World) -> None:
    world = empty_world
    vaults = (world.stake_vault, world.reward_vault, world.treasury_vault)
    with change(world) as changed:
        landed = await world.federation_close()
    assert changed.tokens == {world.reward_vault: -FUNDED, world.reward_account("creator"): FUNDED}
    each = world.ledger.bank.rent(165)
    assert changed.lamports == {
        world.ref.address: -rent(world, Federation),
        world.creator: rent(world, Federation) + 3 * each,
        **dict.fromkeys(vaults, -each),
    }
    assert not any(world.exists(one) for one in (world.ref.address, *vaults))
    event = world.event(landed)
    assert (event.name, event.seq) == ("FederationClosed", 3)
    assert (event.data.stake_returned, event.data.reward_returned) == (0, FUNDED)
    assert event.data.treasury_returned == 0


async def test_it_returns_treasury_and_donations(world: World) -> None:
    await world.wallet("eve", stake=9, reward=9)
    await world.reach("Settled", silent=["carol"])
    await world.fault_no_reveal("eve", "carol")
    await world.submission_close("carol")
    await leave_all(world)
    await world.donate("eve", world.ref.stake, world.stake_vault, 2)
    await world.donate("eve", world.ref.stake, world.treasury_vault, 3)
    await world.donate("eve", world.ref.reward, world.reward_vault, 4)
    landed = await world.federation_close()
    data = world.event(landed).data
    assert (data.stake_returned, data.treasury_returned, data.reward_returned) == (2, 253, 9_904)
    assert world.stake_tokens("creator") == 2 + 253
    assert world.reward_tokens("creator") == 9_904


async def test_only_the_creator_may_close(world: World) -> None:
    call = world.federation_close().swap(creator=world.owner("alice")).by("alice")
    await world.refuses(call, errors.NotCreator)


async def test_a_participant_even_without_stake_keeps_it_open(empty_world: World) -> None:
    await empty_world.actor("alice", stake=0)
    await empty_world.refuses(empty_world.federation_close(), errors.FederationInUse)
    await empty_world.participant_close("alice")
    await empty_world.federation_close()


async def test_a_running_round_keeps_it_open(empty_world: World) -> None:
    await empty_world.round_open()
    await empty_world.refuses(empty_world.federation_close(), errors.FederationInUse)


async def test_an_ended_round_keeps_it_open_until_its_account_is_closed(empty_world: World) -> None:
    world = empty_world
    await world.reach("Aborted", trainers=())
    await world.refuses(world.federation_close(), errors.FederationInUse)
    await world.pass_phase()
    await world.refuses(world.federation_close(), errors.FederationInUse)
    await world.round_close()
    await world.federation_close()


async def test_an_unclaimed_reward_keeps_it_open(world: World) -> None:
    await world.reach("Settled")
    await leave(world, "carol")
    await world.refuses(world.federation_close(), errors.FederationInUse)


async def test_the_vaults_of_another_federation_are_refused(empty_world: World) -> None:
    world = empty_world
    await world.federation_create(name="another")
    other = addresses.federation_address(world.creator, "another")
    for slot, address in (
        ("stake_vault", addresses.stake_vault_address(other)),
        ("reward_vault", addresses.reward_vault_address(other)),
        ("treasury_vault", addresses.treasury_vault_address(other)),
    ):
        call = world.federation_close().swap(**{slot: address})
        await world.refuses(call, framework_error(2006))


async def test_tokens_of_another_mint_are_refused_as_destination(empty_world: World) -> None:
    world = empty_world
    for slot, wrong in (
        ("stake_to", world.reward_account("creator")),
        ("reward_to", world.stake_account("creator")),
    ):
        call = world.federation_close().swap(**{slot: wrong})
        await world.refuses(call, errors.WrongMint)


async def test_other_mints_are_refused(empty_world: World) -> None:
    world = empty_world
    for slot, wrong in (
        ("stake_mint", world.ref.reward.mint),
        ("reward_mint", world.ref.stake.mint),
    ):
        await world.refuses(world.federation_close().swap(**{slot: wrong}), errors.WrongMint)


async def test_a_vault_is_no_destination_for_itself() -> None:
    async with open_world(same_mint=True) as world:
        call = world.federation_close()
        await world.refuses(call.swap(stake_to=world.stake_vault), framework_error(2040))
        await world.refuses(call.swap(reward_to=world.reward_vault), errors.TransferMismatch)
        # Both are closed before the rewards are paid out.
        for closed in (world.stake_vault, world.treasury_vault):
            await world.refuses(call.swap(reward_to=closed), framework_error(3007))


async def test_a_frozen_destination_is_no_trap_because_the_creator_names_another(
    empty_world: World,
) -> None:
    world = empty_world
    freeze_tokens(world, world.reward_account("creator"))
    call = world.federation_close()
    await world.refuses(call, ProgramError, name="AccountFrozen")
    await world.wallet("friend")
    await call.swap(reward_to=world.reward_account("friend"))
    assert world.reward_tokens("friend") == FUNDED


async def test_closed_and_created_anew_it_starts_from_nothing(empty_world: World) -> None:
    world = empty_world
    create = world.federation_create(name=world.name)
    await world.send(world.federation_close(), create)
    federation = await world.federation()
    assert (federation.seq, federation.round, federation.reward_available) == (1, 0, 0)
    assert world.amount(world.reward_vault) == 0


async def test_nothing_can_be_put_into_it_in_the_transaction_that_closes_it(
    empty_world: World,
) -> None:
    world = empty_world
    await world.wallet("donor", reward=5)

    async def both() -> None:
        await world.send(world.federation_close(), world.federation_fund("donor", 5))

    await world.refuses(both, framework_error(3012))


async def test_stakes_stay_where_they_are_when_it_cannot_be_closed(world: World) -> None:
    await world.refuses(world.federation_close(), errors.FederationInUse)
    assert world.amount(world.stake_vault) == 3 * STAKE


async def test_a_third_mint_is_no_destination(empty_world: World) -> None:
    world = empty_world
    other = await make_mint(world.chain, "other", program=world.ref.stake.program)
    made = token_account_create(world.sandbox.bank.pubkey(), world.creator, other)
    await world.chain.send([made], [world.sandbox.bank])
    call = world.federation_close().swap(stake_to=token_address(world.creator, other))
    await world.refuses(call, errors.WrongMint)
