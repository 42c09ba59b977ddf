"""audit_arm: a trainer binds itself to a secret by which a later beacon picks who may plant."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.expect import assert_event, change
from tests.world import STAKE, World, digest, framework_error


async def test_it_stores_the_commitment_and_when_it_came(scored_world: World) -> None:
    world = scored_world
    secret = digest("a secret")
    before = await world.participant("alice")
    assert (bytes(before.audit_commitment), before.audit_slot) == (bytes(32), 0)
    with change(world) as changed:
        landed = await world.audit_arm("alice", secret=secret)
    assert changed.written == {world.person("alice")}
    assert (changed.tokens, changed.lamports) == ({}, {})
    alice, hidden = await world.participant("alice"), world.audit_commitment("alice", secret)
    assert (bytes(alice.audit_commitment), alice.audit_slot) == (hidden, landed.slot)
    assert (alice.stake, alice.locked, alice.duties) == (STAKE, 0, 0)
    assert_event(world, landed, "AuditArmed", participant=world.person("alice"), commitment=hidden)
    assert world.event(landed).seq == alice.seq == before.seq + 1
    await world.assert_invariants()


async def test_arming_again_replaces_the_secret_and_its_time(scored_world: World) -> None:
    world = scored_world
    first = await world.audit_arm("alice", secret=digest("one"))
    second = await world.audit_arm("alice", secret=digest("two"))
    alice = await world.participant("alice")
    assert bytes(alice.audit_commitment) == world.audit_commitment("alice", digest("two"))
    assert alice.audit_slot == second.slot > first.slot


async def test_the_same_secret_again_is_as_late_as_a_new_one(scored_world: World) -> None:
    world = scored_world
    await world.audit_arm("alice", secret=digest("one"))
    landed = await world.audit_arm("alice", secret=digest("one"))
    assert (await world.participant("alice")).audit_slot == landed.slot


@pytest.mark.parametrize("roles", [EVALUATOR, AGGREGATOR, EVALUATOR | AGGREGATOR])
async def test_only_trainers_plant(scored_world: World, roles: int) -> None:
    world = scored_world
    await world.actor("frank", roles=roles)
    await world.refuses(world.audit_arm("frank", secret=digest("x")), errors.RoleMissing)


async def test_a_trainer_without_stake_may_arm_itself_for_later(scored_world: World) -> None:
    world = scored_world
    await world.actor("frank", stake=0, roles=TRAINER)
    await world.audit_arm("frank", secret=digest("x"))


async def test_a_paused_federation_arms_nobody(scored_world: World) -> None:
    world = scored_world
    await world.federation_pause()
    call = world.audit_arm("alice", secret=digest("x"))
    await world.refuses(call, errors.FederationPaused)


async def test_nobody_arms_somebody_else(scored_world: World) -> None:
    world = scored_world
    call = world.audit_arm("alice", secret=digest("x"))
    await world.refuses(call.swap(owner=world.owner("bob")).by("bob"), errors.NotOwner)


async def test_who_is_no_participant_is_refused(scored_world: World) -> None:
    world = scored_world
    await world.wallet("eve")
    await world.refuses(world.audit_arm("eve", secret=digest("x")), framework_error(3012))


@pytest.mark.parametrize("phase", ["Commit", "Reveal", "Score", "Tally", "Challenge", "Settled"])
async def test_it_may_be_done_at_any_time(scored_world: World, phase: str) -> None:
    world = scored_world
    await world.reach(phase)
    await world.audit_arm("alice", secret=digest("x"))
