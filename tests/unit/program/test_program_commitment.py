"""Commitments: the same bytes here, on chain, and in vectors that never change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol.program.commitment import (
    AUDIT_DOMAIN,
    DOMAIN,
    SALT_LEN,
    SCORES_DOMAIN,
    Place,
    Update,
    audit_commitment,
    commitment,
    may_plant,
    plant_seed,
    scores_commitment,
    ticket,
)
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


SCORES = (0, 1, 256, 10_000)
SCORES_VECTOR = "2cabdf8efff58263373b34d735476017d9d7f63de4b99e06842113bd70830273"
AUDIT_VECTOR = "606ea01ac7cf175a8d26e2c2a297244c0eac0d4d11008a3c9476718bacc7a45e"


def test_the_vectors_of_scoring_hold() -> None:
    assert scores_commitment(PLACE, SCORES, SALT).hex() == SCORES_VECTOR
    made = audit_commitment(PLACE.genesis, PLACE.federation, PLACE.participant, SALT)
    assert made.hex() == AUDIT_VECTOR
    assert (SCORES_DOMAIN, AUDIT_DOMAIN) == (b"fedsol:scores:v1", b"fedsol:audit:v1")


def test_every_part_of_a_commitment_to_scores_counts() -> None:
    places = [PLACE, *(replace(PLACE, **place) for place, _u, _s in VARIED.values() if place)]
    found = {scores_commitment(place, SCORES, SALT) for place in places}
    for scores in ((), SCORES[:3], SCORES[::-1], (*SCORES, 0)):
        found.add(scores_commitment(PLACE, scores, SALT))
    found.add(scores_commitment(PLACE, SCORES, OTHER))
    assert len(found) == 5 + 4 + 1


def test_every_part_of_an_audit_commitment_counts() -> None:
    key = Pubkey.from_bytes(OTHER)
    parts = (PLACE.genesis, PLACE.federation, PLACE.participant, SALT)
    found = {audit_commitment(*parts)}
    for place, other in enumerate((OTHER, key, key, OTHER)):
        found.add(audit_commitment(*parts[:place], other, *parts[place + 1 :]))
    assert len(found) == 5


def test_a_lot_falls_on_one_in_so_many() -> None:
    secrets = [number.to_bytes(32, "little") for number in range(2_000)]
    for one_in, share in ((1, 2_000), (2, 1_000), (20, 100)):
        picked = sum(may_plant(SALT, secret, one_in) for secret in secrets)
        # Five standard deviations.
        assert abs(picked - share) <= 5 * (share * (1 - 1 / one_in)) ** 0.5
    assert not any(may_plant(SALT, secret, 0) for secret in secrets)


def test_a_seed_is_of_one_secret_in_one_round() -> None:
    rounds = [PLACE.federation, PLACE.participant]
    assert len({plant_seed(secret, one) for secret in (SALT, OTHER) for one in rounds}) == 4


def test_a_ticket_is_of_one_participant_under_one_beacon() -> None:
    people = [PLACE.federation, PLACE.participant]
    tickets = {ticket(beacon, one) for beacon in (SALT, OTHER) for one in people}
    assert len(tickets) == 4
    assert all(0 <= one < 2**64 for one in tickets)
