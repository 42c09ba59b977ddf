"""Mints of every allowed kind, from the first stake to the closed federation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID
from fedsol.sandbox import Sandbox
from tests.program.leaving import leave_all
from tests.program.mints import METADATA_POINTER, mint_bytes, put_mint
from tests.world import STAKE, World, make_sandbox, open_world, world_on


@asynccontextmanager
async def with_metadata() -> AsyncIterator[World]:
    """A world whose mints carry a metadata pointer."""
    plain = await make_sandbox()
    async with plain.chain:
        blank = await world_on(plain, name="blank", funded=0)
        stake = put_mint(blank, "stake with metadata", mint_bytes(METADATA_POINTER))
        reward = put_mint(blank, "reward with metadata", mint_bytes(METADATA_POINTER, decimals=2))
        world = await world_on(Sandbox(plain.chain, plain.bank, stake, reward))
        await world.actors("alice", "bob", "carol")
        yield world


def classic(**options: object) -> Callable[[], AbstractAsyncContextManager[World]]:
    """A way to open a world with such mints."""
    return lambda: open_world("alice", "bob", "carol", **options)


KINDS = {
    "classic": classic(),
    "Token-2022": classic(stake_program=TOKEN_2022_PROGRAM_ID),
    "Token-2022 stake, classic reward": classic(
        stake_program=TOKEN_2022_PROGRAM_ID, reward_program=TOKEN_PROGRAM_ID
    ),
    "classic stake, Token-2022 reward": classic(reward_program=TOKEN_2022_PROGRAM_ID),
    "one classic mint for both": classic(same_mint=True),
    "one Token-2022 mint for both": classic(same_mint=True, stake_program=TOKEN_2022_PROGRAM_ID),
    "Token-2022 with metadata pointer": with_metadata,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_federation_lives_from_stake_to_close_on_every_kind_of_mint(kind: str) -> None:
    async with KINDS[kind]() as world:
        await world.wallet("finder")
        created = world.supply(world.ref.stake)
        await world.reach("Settled", silent=["carol"])
        await world.fault_no_reveal("finder", "carol")
        await world.submission_close("carol")
        await world.assert_invariants()
        await leave_all(world)
        await world.assert_invariants()
        await world.federation_close()
        for vault in (world.stake_vault, world.reward_vault, world.treasury_vault):
            assert not world.exists(vault)
        assert not world.exists(world.ref.address)

        # 751 is a quarter of 3,001, rounded up: 250 found, 250 treasury, 251 burned.
        assert created - world.supply(world.ref.stake) == 251
        stake = {who: world.stake_tokens(who) for who in ("alice", "bob", "carol", "finder")}
        reward = {"alice": 50, "bob": 50, "creator": 9_900}
        if world.ref.stake == world.ref.reward:
            both = {"alice": STAKE + 50, "bob": STAKE + 50, "carol": STAKE - 751, "finder": 250}
            assert stake == both
            assert world.stake_tokens("creator") == 9_900 + 250
        else:
            assert stake == {"alice": STAKE, "bob": STAKE, "carol": STAKE - 751, "finder": 250}
            assert world.stake_tokens("creator") == 250
            assert {who: world.reward_tokens(who) for who in reward} == reward
