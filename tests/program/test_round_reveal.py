"""round_reveal: only what was committed, by who committed it, where it was committed."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol.program import errors
from tests.program.expect import assert_event, change
from tests.world import STAKE, World, digest, framework_error, open_world


async def test_it_shows_the_update_counts_it_and_frees_the_stake(world: World) -> None:
    await world.reach("Reveal", trainers=["alice", "bob"])
    before = await world.participant("bob")
    await world.round_reveal("alice")
    with change(world) as changed:
        landed = await world.round_reveal("bob")
    at, person = world.submission_at("bob"), world.person("bob")
    assert changed.written == {world.round_at(), person, at}
    assert (changed.tokens, changed.lamports) == ({}, {})
    made, update = await world.submission("bob"), world.update("bob")
    assert (made.status.kind, made.index, made.weight) == ("Revealed", 1, 1)
    assert (bytes(made.root), made.norm_squared) == (update.root, update.norm_squared)
    assert bytes(made.artifact) == update.artifact
    assert made.liability == 0
    bob = await world.participant("bob")
    assert (bob.stake, bob.locked, bob.duties, bob.revealed) == (STAKE, 0, 1, 1)
    round_ = await world.round()
    assert (round_.revealed, made.revealed) == (2, True)
    beacon = bytes(32)
    for who in ("alice", "bob"):
        beacon = sha256(beacon + world.salt(who)).digest()
    assert bytes(round_.beacon) == beacon
    assert_event(
        world,
        landed,
        "RoundRevealed",
        round=world.round_at(),
        participant=person,
        participant_seq=before.seq,
        participant_head=bytes(before.head),
        index=1,
        weight=1,
        root=update.root,
        norm_squared=update.norm_squared,
        artifact=update.artifact,
        salt=world.salt("bob"),
    )
    assert world.event(landed).seq == round_.seq
    await world.assert_invariants()


CHANGED: dict[str, dict[str, Any]] = {
    "root": {"root": digest("x")},
    "norm": {"norm_squared": 1_001},
    "smaller norm": {"norm_squared": 0},
    "artifact": {"artifact": digest("x")},
}


@pytest.mark.parametrize("part", CHANGED)
async def test_an_update_that_differs_in_one_part_is_refused(world: World, part: str) -> None:
    await world.reach("Reveal")
    update = replace(world.update("alice"), **CHANGED[part])
    call = world.round_reveal("alice", update=update)
    await world.refuses(call, errors.CommitmentMismatch)


async def test_another_salt_is_refused(world: World) -> None:
    await world.reach("Reveal")
    call = world.round_reveal("alice", salt=world.salt("bob"))
    await world.refuses(call, errors.CommitmentMismatch)


PLACES: dict[str, dict[str, Any]] = {
    "cluster": {"genesis": digest("another genesis")},
    "federation": {"federation": Pubkey.from_bytes(digest("another federation"))},
    "round": {"round": 2},
    "participant": {"participant": Pubkey.from_bytes(digest("another participant"))},
}


@pytest.mark.parametrize("place", PLACES)
async def test_a_commitment_made_for_another_place_is_refused(world: World, place: str) -> None:
    await world.round_open()
    await world.round_commit("alice", **PLACES[place])
    await world.pass_phase()
    await world.round_advance()
    await world.refuses(world.round_reveal("alice"), errors.CommitmentMismatch)


async def test_a_hash_without_the_domain_is_no_commitment(world: World) -> None:
    await world.round_open()
    whole = world.commitment("alice")
    update, salt = world.update("alice"), world.salt("alice")
    bare = sha256(update.root + update.artifact + salt).digest()
    assert bare != whole
    await world.round_commit("alice", hash=bare)
    await world.pass_phase()
    await world.round_advance()
    await world.refuses(world.round_reveal("alice"), errors.CommitmentMismatch)


async def test_a_copied_commitment_can_never_be_revealed(world: World) -> None:
    await world.round_open()
    await world.round_commit("alice")
    victim = bytes((await world.submission("alice")).commitment)
    await world.round_commit("bob", hash=victim)
    await world.pass_phase()
    await world.round_advance()
    await world.round_reveal("alice")
    # Even with everything that the victim has shown by now.
    copied = world.round_reveal("bob", update=world.update("alice"), salt=world.salt("alice"))
    await world.refuses(copied, errors.CommitmentMismatch)


async def test_last_rounds_reveal_opens_no_commitment_of_this_one(world: World) -> None:
    await world.reach("Settled")
    await world.round_open()
    await world.round_commit("alice", hash=world.commitment("alice", 1))
    await world.pass_phase()
    await world.round_advance()
    again = world.round_reveal(
        "alice", update=world.update("alice", 1), salt=world.salt("alice", 1)
    )
    await world.refuses(again, errors.CommitmentMismatch)


async def test_an_update_on_the_norm_bound_is_taken_and_one_above_is_not(world: World) -> None:
    await world.round_open()
    updates = {
        "alice": world.update("alice", norm_squared=10**6),
        "bob": world.update("bob", norm_squared=10**6 + 1),
        "carol": world.update("carol", norm_squared=2**64 - 1),
    }
    for who, update in updates.items():
        await world.round_commit(who, update=update)
    await world.pass_phase()
    await world.round_advance()
    await world.round_reveal("alice", update=updates["alice"])
    for who in ("bob", "carol"):
        call = world.round_reveal(who, update=updates[who])
        await world.refuses(call, errors.NormTooLarge)


async def test_revealing_twice_is_refused(world: World) -> None:
    await world.reach("Reveal")
    await world.round_reveal("alice")
    await world.refuses(world.round_reveal("alice"), errors.WrongSubmissionStatus)


async def test_without_a_commitment_there_is_nothing_to_reveal(world: World) -> None:
    await world.reach("Reveal")
    await world.refuses(world.round_reveal("carol"), framework_error(3012))


async def test_a_full_round_takes_no_more() -> None:
    people = ("alice", "bob", "carol")
    async with open_world(*people, min_submissions=1, max_submissions=2) as world:
        await world.reach("Reveal", trainers=people)
        await world.round_reveal("alice")
        await world.round_reveal("bob")
        await world.refuses(world.round_reveal("carol"), errors.RoundFull)


@pytest.mark.parametrize(
    ("seconds", "slots", "open_"),
    [
        (-1, -1, True),
        (0, -1, True),
        (-1, 0, True),
        (10**6, -1, True),
        (-1, 10**6, True),
        (0, 0, False),
        (1, 1, False),
    ],
)
async def test_it_is_taken_until_both_the_second_and_the_slot_of_the_deadline_are_reached(
    world: World, seconds: int, slots: int, open_: bool
) -> None:
    await world.reach("Reveal")
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if open_:
        await world.round_reveal("alice")
    else:
        await world.refuses(world.round_reveal("alice"), errors.DeadlinePassed)


async def test_nobody_reveals_for_somebody_else(world: World) -> None:
    await world.reach("Reveal")
    call = world.round_reveal("alice").swap(owner=world.owner("bob")).by("bob")
    await world.refuses(call, errors.NotOwner)
    stolen = world.round_reveal("bob", update=world.update("alice"), salt=world.salt("alice"))
    stolen = stolen.swap(submission=world.submission_at("alice"))
    await world.refuses(stolen, errors.WrongSubmission)


async def test_a_reveal_needs_no_stake_any_more(world: World) -> None:
    # The stake is in the queue, where a slash still finds it.
    await world.reach("Reveal")
    await world.stake_unbond("bob", STAKE, last="carol")
    await world.round_reveal("bob")
    assert (await world.participant("bob")).locked == 0
