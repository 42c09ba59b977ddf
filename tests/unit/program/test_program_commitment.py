"""The commitment: the same bytes here, on chain, and in a vector that never changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol.program.commitment import DOMAIN, SALT_LEN, Place, Update, commitment
from tests.world import World, open_world

PLACE = Place(
    genesis=bytes([1]) * 32,
    federation=Pubkey.from_bytes(bytes([2]) * 32),
    round=3,
    participant=Pubkey.from_bytes(bytes([4]) * 32),
)
UPDATE = Update(root=bytes([5]) * 32, norm_squared=6, artifact=bytes([7]) * 32)
SALT = bytes([8]) * 32
VECTOR = "9e3f143b4843fb7cf4bc623eb20115d730ccfc65615a6fccb9809e30a031cdaa"


def test_the_vector_holds() -> None:
    assert commitment(PLACE, UPDATE, SALT).hex() == VECTOR
    assert (DOMAIN, SALT_LEN) == (b"fedsol:commit:v1", 32)


OTHER = bytes([9]) * 32
VARIED: dict[str, tuple[dict[str, Any], dict[str, Any], bytes]] = {
    "genesis": ({"genesis": OTHER}, {}, SALT),
    "federation": ({"federation": Pubkey.from_bytes(OTHER)}, {}, SALT),
    "round": ({"round": 4}, {}, SALT),
    "participant": ({"participant": Pubkey.from_bytes(OTHER)}, {}, SALT),
    "root": ({}, {"root": OTHER}, SALT),
    "norm": ({}, {"norm_squared": 7}, SALT),
    "artifact": ({}, {"artifact": OTHER}, SALT),
    "salt": ({}, {}, OTHER),
}


def test_every_part_counts() -> None:
    found = {commitment(PLACE, UPDATE, SALT)}
    for place, update, salt in VARIED.values():
        found.add(commitment(replace(PLACE, **place), replace(UPDATE, **update), salt))
    assert len(found) == 1 + len(VARIED)


def test_parts_cannot_be_shifted_into_each_other() -> None:
    swapped = replace(UPDATE, root=UPDATE.artifact, artifact=UPDATE.root)
    assert commitment(PLACE, swapped, SALT) != commitment(PLACE, UPDATE, SALT)


@pytest.mark.parametrize("norm", [0, 1, 2**32, 2**64 - 1])
async def test_the_program_computes_the_same_for_every_norm(norm: int) -> None:
    async with open_world("alice", max_norm_squared=2**64 - 1, min_submissions=1) as world:
        update = world.update("alice", 1, norm_squared=norm)
        await reveal(world, update, bytes(range(32)))
        assert (await world.submission("alice")).norm_squared == norm


@pytest.mark.parametrize("salt", [bytes(32), b"\xff" * 32])
async def test_the_program_computes_the_same_for_every_salt(salt: bytes) -> None:
    async with open_world("alice", min_submissions=1) as world:
        await reveal(world, world.update("alice", 1), salt)
        assert (await world.submission("alice")).status.kind == "Revealed"


async def reveal(world: World, update: Update, salt: bytes) -> None:
    """Commits here what the program then hashes."""
    await world.round_open()
    await world.round_commit("alice", update=update, salt=salt)
    await world.pass_phase()
    await world.round_advance()
    await world.round_reveal("alice", update=update, salt=salt)
