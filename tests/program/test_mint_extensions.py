"""Token-2022: what a mint may carry, and what is refused by name."""

from __future__ import annotations

import pytest
from solders.pubkey import Pubkey

from fedsol.errors import ProgramError
from fedsol.program import Federation, addresses, errors
from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID, Token
from tests.program.mints import DANGEROUS, HARMLESS, METADATA_POINTER, mint_bytes, put_mint
from tests.program.shared import freeze, shared
from tests.world import World, key_of, make_sandbox, open_world, world_on


async def frozen() -> World:
    """A world on classic mints that the refusals share."""

    async def make() -> World:
        world = await world_on(await make_sandbox())
        for name, (extension, _error) in DANGEROUS.items():
            put_mint(world, name, mint_bytes(extension))
            put_mint(world, f"{name} behind", mint_bytes(METADATA_POINTER, extension))
        freeze(world)
        return world

    return await shared("mint extensions", make)


def mint(name: str) -> Token:
    """The mint that ``put_mint`` wrote."""
    return Token(key_of(f"mint {name}").pubkey(), TOKEN_2022_PROGRAM_ID, 6)


@pytest.mark.parametrize("role", ["stake", "reward"])
@pytest.mark.parametrize("name", DANGEROUS)
async def test_a_dangerous_extension_is_refused_by_its_own_name(name: str, role: str) -> None:
    world = await frozen()
    error: type[ProgramError] = getattr(errors, DANGEROUS[name][1])
    call = world.federation_create(name="bad", **{role: mint(name)})
    await world.refuses(call, error)


@pytest.mark.parametrize("name", DANGEROUS)
async def test_a_dangerous_extension_does_not_hide_behind_a_harmless_one(name: str) -> None:
    world = await frozen()
    error: type[ProgramError] = getattr(errors, DANGEROUS[name][1])
    await world.refuses(world.federation_create(name="bad", stake=mint(f"{name} behind")), error)


@pytest.mark.parametrize("name", HARMLESS)
async def test_a_harmless_extension_is_taken(name: str) -> None:
    async with open_world() as world:
        good = put_mint(world, name, mint_bytes(HARMLESS[name]))
        call = world.federation_create(stake=good, reward=good)
        await call
        assert world.decode(Federation, call.at("federation")).stake_mint == good.mint


@pytest.mark.parametrize(
    "native",
    [
        Token(
            Pubkey.from_string("So11111111111111111111111111111111111111112"),
            addresses.TOKEN_PROGRAM_ID,
            9,
        ),
        Token(
            Pubkey.from_string("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXej9"),
            addresses.TOKEN_2022_PROGRAM_ID,
            9,
        ),
    ],
    ids=["Token", "Token-2022"],
)
async def test_wrapped_sol_is_refused_as_stake_because_it_cannot_be_burned(native: Token) -> None:
    # A slash burns at least a tenth, and the token programs do not burn wrapped SOL: with it as
    # stake no fault could ever be punished.
    async with open_world() as world:
        if not world.exists(native.mint):
            data = mint_bytes(decimals=9)
            world.ledger.set_account(native.mint, lamports=10**9, owner=native.program, data=data)
        call = world.federation_create(stake=native)
        before = world.snapshot()
        with pytest.raises(ProgramError) as refused:
            await call
        assert refused.value.name.startswith("Mint")
        world.assert_only_fees_changed(before)
