"""federation_create: a federation with its vaults, and rules within hard bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from solders.pubkey import Pubkey

from fedsol.errors import InsufficientFunds, ProgramError
from fedsol.program import PROGRAM_ID, Federation, addresses, errors
from fedsol.program.generated import instructions as raw
from fedsol.program.generated.types.federation_create_args import FederationCreateArgs
from fedsol.program.params import Window, trimmed_mean
from tests.program import bounds, bounds_masked
from tests.program.expect import (
    ALREADY_THERE,
    SPACE,
    assert_event,
    change,
    rent,
    token_authority,
)
from tests.program.shared import freeze, shared
from tests.world import (
    AGREEMENT,
    MODEL_ARTIFACT,
    MODEL_ROOT,
    PARAMS,
    Call,
    World,
    digest,
    framework_error,
    make_sandbox,
    world_on,
)

BROKEN = bounds.BROKEN | bounds_masked.BROKEN
ON_THE_BOUND = bounds.ON_THE_BOUND | bounds_masked.ON_THE_BOUND


async def frozen() -> World:
    """A world that all tests of bounds share."""

    async def make() -> World:
        world = await world_on(await make_sandbox())
        freeze(world)
        return world

    return await shared("federation_create", make)


async def accepted(world: World, call: Call) -> None:
    """A trial run succeeds."""
    await world.chain.simulate([call.instruction], world.sandbox.bank.pubkey())


async def test_it_stores_what_it_was_given_and_makes_three_empty_vaults(empty_world: World) -> None:
    world = empty_world
    params = replace(PARAMS, rule=trimmed_mean(0), score=Window(3, 4), lr_num=3, lr_den=7)
    call = world.federation_create(name="new one", params=params, parameter_count=2**25)
    with change(world) as changed:
        landed = await call
    address = call.at("federation")
    made = world.decode(Federation, address)
    assert made.name == "new one"
    assert (made.version, made.paused, made.round_active) == (3, False, False)
    assert (made.creator, made.stake_mint, made.reward_mint) == (
        world.creator,
        world.ref.stake.mint,
        world.ref.reward.mint,
    )
    assert bytes(made.genesis) == world.ledger.genesis_hash
    assert bytes(made.architecture_hash) == digest("architecture")
    assert bytes(made.agreement_hash) == AGREEMENT
    assert bytes(made.model_root) == MODEL_ROOT
    assert bytes(made.model_artifact) == MODEL_ARTIFACT
    assert (made.parameter_count, made.params) == (2**25, params.raw())
    zero = ("round", "participants", "rounds_open", "aggregators", "stake_total", "bond_total")
    zero += ("unbonding_total", "reward_available", "reward_reserved", "reward_owed", "beacon_slot")
    assert {getattr(made, name) for name in (*zero, "treasury_total")} == {0}
    assert bytes(made.beacon) == bytes(32)
    assert set(made.reserved) == {0}

    for slot, mint in (
        ("stake_vault", world.ref.stake.mint),
        ("reward_vault", world.ref.reward.mint),
        ("treasury_vault", world.ref.stake.mint),
    ):
        vault = world.ledger.get_account(call.at(slot))
        assert vault is not None
        data = bytes(vault.data)
        assert data[:32] == bytes(mint)
        assert token_authority(world, call.at(slot)) == address
        # Nothing in it, nobody else's: amount, delegate, delegated amount, close authority.
        assert data[64:72] == data[121:129] == bytes(8)
        assert data[72:76] == data[129:133] == bytes(4)
        assert data[108] == 1, "initialised and not frozen"

    vault_rent = world.ledger.bank.rent(165)
    cost = rent(world, Federation) + 3 * vault_rent
    assert changed.lamports.pop(world.creator) == -cost
    assert sum(changed.lamports.values()) == cost
    assert changed.written == {address}
    event = world.event(landed)
    data = vars(event.data)
    assert data.pop("federation") == address
    assert (event.name, event.seq, event.slot) == ("FederationCreated", 1, landed.slot)
    for key in ("creator", "stake_mint", "reward_mint", "parameter_count"):
        assert data[key] == getattr(made, key)
    for key in ("architecture_hash", "agreement_hash", "model_root", "model_artifact"):
        assert bytes(data[key]) == bytes(getattr(made, key))
    assert data["params"].score.seconds == 3


async def test_its_account_has_the_size_that_the_layout_says(empty_world: World) -> None:
    account = empty_world.ledger.get_account(empty_world.ref.address)
    assert account is not None
    assert len(account.data) == SPACE["Federation"]
    assert account.owner == PROGRAM_ID


async def test_one_creator_may_have_several_federations_under_different_names(
    empty_world: World,
) -> None:
    await empty_world.federation_create(name="a")
    await empty_world.federation_create(name="A")


async def test_the_same_name_of_the_same_creator_is_refused(empty_world: World) -> None:
    call = empty_world.federation_create(name=empty_world.name)
    await empty_world.refuses(call, ProgramError, name=ALREADY_THERE)


async def test_the_same_name_of_another_creator_is_another_federation(empty_world: World) -> None:
    await empty_world.wallet("mallory")
    await empty_world.federation_create("mallory", name=empty_world.name)


def with_name(world: World, name: str) -> Call:
    """A call with a name that the builder itself would refuse."""
    call = world.federation_create(name="placeholder")
    seed = name.encode()[:32]
    federation = Pubkey.find_program_address(
        [b"federation", bytes(world.creator), seed], PROGRAM_ID
    )[0]
    args = FederationCreateArgs(
        name=name,
        genesis=list(bytes(32)),
        architecture_hash=list(bytes(32)),
        agreement_hash=list(bytes(32)),
        model_root=list(bytes(32)),
        model_artifact=list(bytes(32)),
        parameter_count=1,
        params=PARAMS.raw(),
    )
    accounts = {slot: call.at(slot) for slot in call.slots if slot != "system_program"}
    accounts |= {
        "federation": federation,
        "stake_vault": addresses.stake_vault_address(federation),
        "reward_vault": addresses.reward_vault_address(federation),
        "treasury_vault": addresses.treasury_vault_address(federation),
    }
    return world.call(
        "federation_create", raw.federation_create({"args": args}, accounts), world.founder
    )


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a\x7f", "é", "x" * 33, "\t", "   "])
async def test_a_name_that_cannot_be_typed_and_printed_is_refused(name: str) -> None:
    world = await frozen()
    await world.refuses(with_name(world, name), errors.NameInvalid)


@pytest.mark.parametrize("name", ["a", "x" * 32, "breast cancer, 2026!", "~"])
async def test_a_name_of_1_to_32_printable_characters_is_taken(name: str) -> None:
    world = await frozen()
    await accepted(world, with_name(world, name))


@pytest.mark.parametrize("count", [0, 2**25 + 1, 2**32 - 1])
async def test_a_model_without_parameters_or_with_too_many_is_refused(count: int) -> None:
    world = await frozen()
    call = world.federation_create(parameter_count=count)
    await world.refuses(call, errors.ParameterCountOutOfBounds)


@pytest.mark.parametrize("count", [1, 2**25])
async def test_a_model_of_1_to_two_to_the_25_parameters_is_taken(count: int) -> None:
    world = await frozen()
    await accepted(world, world.federation_create(parameter_count=count))


@pytest.mark.parametrize("case", BROKEN)
async def test_rules_outside_their_bounds_are_refused_by_name(case: str) -> None:
    world = await frozen()
    params, error = BROKEN[case]
    await world.refuses(world.federation_create(name=case[:32].strip(), params=params), error)


@pytest.mark.parametrize("case", ON_THE_BOUND)
async def test_rules_on_their_bounds_are_taken(case: str) -> None:
    world = await frozen()
    await accepted(world, world.federation_create(params=ON_THE_BOUND[case]))


async def test_the_name_in_the_arguments_must_be_the_one_in_the_address(empty_world: World) -> None:
    call = empty_world.federation_create(name="one")
    other = addresses.federation_address(empty_world.creator, "two")
    await empty_world.refuses(call.swap(federation=other), framework_error(2006))


@pytest.mark.parametrize("slot", ["stake_token_program", "reward_token_program"])
async def test_a_token_program_that_does_not_own_the_mint_is_refused(slot: str) -> None:
    world = await frozen()
    call = world.federation_create().swap(**{slot: addresses.TOKEN_2022_PROGRAM_ID})
    await world.refuses(call, ProgramError, name="IncorrectProgramId")


async def test_a_token_account_is_no_mint(empty_world: World) -> None:
    tokens = empty_world.reward_account("creator")
    call = empty_world.federation_create().swap(stake_mint=tokens)
    await empty_world.refuses(call, ProgramError, name="InvalidAccountData")


async def test_a_creator_who_cannot_pay_the_rent_is_refused(empty_world: World) -> None:
    await empty_world.wallet("poor")
    empty_world.ledger.set_account(empty_world.owner("poor"), lamports=1_000_000)
    await empty_world.refuses(empty_world.federation_create("poor"), InsufficientFunds)


async def test_only_the_first_event_opens_the_record(empty_world: World) -> None:
    landed = await empty_world.federation_pause()
    assert_event(empty_world, landed, "FederationPaused", paused=True)
    assert empty_world.event(landed).seq == 3
