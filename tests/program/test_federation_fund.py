"""federation_fund: anyone adds to what rounds may pay."""

from __future__ import annotations

import pytest

from fedsol.errors import InsufficientFunds, ProgramError
from fedsol.program import errors
from tests.program.expect import assert_event, change
from tests.world import FUNDED, World


async def test_it_moves_the_amount_into_the_vault_and_counts_it_as_available(
    empty_world: World,
) -> None:
    world = empty_world
    await world.wallet("donor", reward=700)
    with change(world) as changed:
        landed = await world.federation_fund("donor", 300)
    assert changed.tokens == {world.reward_account("donor"): -300, world.reward_vault: 300}
    assert changed.lamports == {}
    assert changed.written == {world.ref.address}
    federation = await world.federation()
    assert federation.reward_available == FUNDED + 300
    assert (federation.reward_reserved, federation.reward_owed) == (0, 0)
    assert_event(
        world,
        landed,
        "FederationFunded",
        funder=world.owner("donor"),
        amount=300,
        reward_available=FUNDED + 300,
    )
    assert world.event(landed).seq == federation.seq == 3
    await world.assert_invariants()


async def test_it_buys_the_funder_nothing(empty_world: World) -> None:
    world = empty_world
    await world.wallet("donor", reward=700)
    await world.federation_fund("donor", 300)
    assert not world.exists(world.person("donor"))
    assert (await world.federation()).creator == world.creator


async def test_nothing_is_refused(empty_world: World) -> None:
    await empty_world.refuses(empty_world.federation_fund("creator", 0), errors.AmountZero)


async def test_more_than_the_funder_holds_is_refused(empty_world: World) -> None:
    await empty_world.wallet("donor", reward=700)
    await empty_world.refuses(empty_world.federation_fund("donor", 701), InsufficientFunds)
    await empty_world.refuses(empty_world.federation_fund("donor", 2**64 - 1), errors.Overflow)


async def test_tokens_of_the_stake_mint_are_refused(empty_world: World) -> None:
    world = empty_world
    await world.wallet("donor", stake=700, reward=700)
    call = world.federation_fund("donor", 5).swap(funder_tokens=world.stake_account("donor"))
    await world.refuses(call, errors.WrongMint)


async def test_somebody_elses_tokens_are_refused(empty_world: World) -> None:
    world = empty_world
    await world.wallet("donor", reward=700)
    await world.wallet("thief")
    call = world.federation_fund("thief", 5).swap(funder_tokens=world.reward_account("donor"))
    await world.refuses(call, ProgramError, name="OwnerMismatch")


async def test_a_paused_federation_may_still_be_funded(empty_world: World) -> None:
    await empty_world.federation_pause()
    await empty_world.wallet("donor", reward=700)
    await empty_world.federation_fund("donor", 1)


@pytest.mark.parametrize("phase", ["Commit", "Challenge", "Settled"])
async def test_what_comes_during_a_round_does_not_enter_its_pool(world: World, phase: str) -> None:
    await world.reach(phase)
    pool = (await world.round()).pool
    await world.wallet("donor", reward=700)
    await world.federation_fund("donor", 700)
    assert (await world.round()).pool == pool
    await world.assert_invariants()
