"""round_advance: anyone moves a round that is due, and the beacon chooses the aggregator."""

from __future__ import annotations

from hashlib import sha256

import pytest

from fedsol.program import errors
from fedsol.program.addresses import SLOT_HASHES
from tests.program.expect import assert_event, change, plain
from tests.world import (
    PHASES,
    STAKE,
    World,
    framework_error,
    key_of,
    open_scored_world,
    open_world,
)

NOBODY = 2**32 - 1
ADVANCED = PHASES[:5]
MOMENTS = [
    (-1, -1, False),
    (0, -1, False),
    (-1, 0, False),
    (10**6, -1, False),
    (-1, 10**6, False),
    (0, 0, True),
    (1, 1, True),
]


async def test_after_commit_comes_reveal_with_its_own_window(world: World) -> None:
    await world.reach("Commit")
    await world.pass_phase()
    now = (world.ledger.unix_timestamp, world.ledger.slot)
    with change(world) as changed:
        landed = await world.round_advance()
    assert changed.written == {world.round_at()}
    assert (changed.tokens, changed.lamports) == ({}, {})
    round_ = await world.round()
    assert round_.phase.kind == "Reveal"
    assert plain(round_.deadline) == (now[0] + 110, now[1] + 41)
    assert_event(
        world,
        landed,
        "RoundAdvanced",
        round=world.round_at(),
        phase="Reveal",
        deadline=plain(round_.deadline),
        beacon=bytes(32),
        chosen=NOBODY,
    )
    assert world.event(landed).seq == round_.seq == 1


async def test_a_round_nobody_committed_in_still_goes_to_reveal(world: World) -> None:
    await world.reach("Commit")
    await world.pass_phase()
    await world.round_advance()
    assert await world.phase() == "Reveal"


async def test_after_reveal_comes_score_and_fixes_the_slot_of_the_beacon(world: World) -> None:
    await world.reach("Reveal")
    for who in ("alice", "bob"):
        await world.round_reveal(who)
    await world.pass_phase()
    slot, before = world.ledger.slot, bytes((await world.round()).beacon)
    await world.round_advance()
    round_ = await world.round()
    assert (round_.phase.kind, round_.beacon_slot) == ("Score", slot + 1)
    assert bytes(round_.beacon) == before
    assert plain(round_.deadline) == (world.ledger.unix_timestamp, slot)


async def test_the_beacon_is_the_salts_and_the_hash_of_the_fixed_slot(world: World) -> None:
    await world.reach("Score")
    round_ = await world.round()
    world.ledger.advance(slots=5)
    hashes = {slot: bytes(hash_) for slot, hash_ in world.ledger.blocks.slot_hashes}
    await world.round_advance()
    after = await world.round()
    beacon = sha256(bytes(round_.beacon) + hashes[round_.beacon_slot]).digest()
    assert bytes(after.beacon) == beacon
    assert after.chosen == int.from_bytes(beacon[:16], "little") % 3
    assert after.phase.kind == "Aggregate"
    assert after.takeover.time == after.deadline.time + 120
    assert after.takeover.slot == after.deadline.slot + 42


async def test_waiting_longer_does_not_change_who_is_chosen() -> None:
    chosen = set()
    for slots in (2, 50, 400):
        async with open_world("alice", "bob", "carol") as world:
            await world.reach("Score")
            world.ledger.advance(slots=slots)
            await world.round_advance()
            chosen.add((await world.round()).chosen)
    assert len(chosen) == 1


async def test_who_is_chosen_does_not_depend_on_who_comes_once_the_hash_is_known() -> None:
    # The hash is public before anybody advances. If the length of the list could still change, an
    # aggregator with a second key in reserve would try both lengths and take the one it likes.
    chosen = []
    for late in (0, 1, 2, 3):
        async with open_world("alice", "bob", "carol") as world:
            await world.reach("Score")
            world.ledger.advance(slots=5)
            for name in ("dan", "erin", "fay")[:late]:
                await world.actor(name)
            beacon_slot = (await world.round()).beacon_slot
            assert any(slot == beacon_slot for slot, _hash in world.ledger.blocks.slot_hashes)
            await world.round_advance()
            chosen.append((await world.round()).chosen)
    assert set(chosen) == {chosen[0]}


async def test_who_is_chosen_does_not_depend_on_who_leaves_once_the_hash_is_known() -> None:
    chosen = []
    for leaving in (False, True):
        async with open_world("alice", "bob", "carol", "dan", "erin") as world:
            await world.reach("Score")
            world.ledger.advance(slots=5)
            if leaving:
                await world.stake_unbond("erin", STAKE)
                await world.stake_unbond("dan", STAKE)
            await world.round_advance()
            chosen.append((await world.round()).chosen)
    assert chosen[0] == chosen[1]


async def test_before_the_beacons_slot_is_produced_it_is_refused(world: World) -> None:
    await world.reach("Score")
    await world.refuses(world.round_advance(), errors.BeaconNotReady)
    # The refused one landed, and closed the block that was missing.
    await world.round_advance()


async def test_two_phases_in_one_transaction_stop_before_the_beacon(world: World) -> None:
    await world.reach("Reveal")
    for who in ("alice", "bob"):
        await world.round_reveal(who)
    await world.pass_phase()

    async def both() -> None:
        await world.send(world.round_advance(), world.round_advance())

    async with world.refused(errors.BeaconNotReady):
        await both()


async def test_without_aggregators_nobody_is_chosen() -> None:
    async with open_world(aggregator_bond=10**6) as world:
        await world.actors("alice", "bob")
        await world.reach("Aggregate")
        assert (await world.round()).chosen == NOBODY


async def act(world: World, phase: str) -> None:
    """What the phase is for is done, but eli shows no scores."""
    await world.reach(phase, evaluators=["eva", "ed"], mute=["eli"])
    match phase:
        case "Reveal":
            await world.reveal_all()
        case "Score":
            await world.draw()
            await world.score_commit_all()
        case "ScoreReveal":
            await world.score_reveal_all()


@pytest.mark.parametrize("phase", ADVANCED)
@pytest.mark.parametrize(("seconds", "slots", "due"), MOMENTS)
async def test_a_phase_is_over_when_both_its_second_and_its_slot_are_reached(
    phase: str, seconds: int, slots: int, due: bool
) -> None:
    async with open_scored_world("alice", "bob") as world:
        await act(world, phase)
        world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
        if due:
            scores = [world.submission_score(who) for who in ("alice", "bob")]
            await world.send(*(scores if phase == "Tally" else ()), world.round_advance())
            assert await world.phase() == PHASES[PHASES.index(phase) + 1]
        else:
            await world.refuses(world.round_advance(), errors.DeadlineNotPassed)


async def test_the_moment_that_ends_one_window_is_in_no_other(world: World) -> None:
    # At the deadline a commit is late, and the advance is due: no gap, no overlap.
    await world.reach("Commit")
    world.warp((await world.round()).deadline)
    await world.refuses(world.round_commit("alice"), errors.DeadlinePassed)
    world.warp((await world.round()).deadline)
    await world.round_advance()


async def test_too_few_reveals_are_refused(world: World) -> None:
    await world.reach("Reveal", trainers=["alice"])
    await world.round_reveal("alice")
    await world.pass_phase()
    await world.refuses(world.round_advance(), errors.QuorumFailed)


async def test_exactly_enough_reveals_go_on(world: World) -> None:
    await world.reach("Score", trainers=["alice", "bob"])
    assert (await world.round()).revealed == world.params.min_submissions


async def test_a_full_round_goes_on_before_its_deadline() -> None:
    async with open_world("alice", "bob", "carol", max_submissions=2) as world:
        await world.reach("Reveal", trainers=["alice", "bob"], silent=["carol"])
        await world.round_reveal("alice")
        await world.refuses(world.round_advance(), errors.DeadlineNotPassed)
        await world.round_reveal("bob")
        await world.round_advance()
        assert await world.phase() == "Score"


async def test_a_full_list_of_reveals_ends_no_other_phase_early() -> None:
    async with open_scored_world("alice", "bob", max_submissions=2) as world:
        for phase in ("Score", "ScoreReveal", "Tally"):
            await act(world, phase)
            await world.refuses(world.round_advance(), errors.DeadlineNotPassed)


@pytest.mark.parametrize("phase", ["Aggregate", "Challenge", "Settled", "Aborted"])
async def test_other_phases_are_not_advanced(world: World, phase: str) -> None:
    await world.reach(phase)
    await world.pass_phase()
    await world.refuses(world.round_advance(), errors.WrongPhase)


async def test_a_copy_of_the_sysvar_with_chosen_hashes_is_refused(world: World) -> None:
    await world.reach("Score")
    fake = key_of("fake slot hashes").pubkey()
    slot = (await world.round()).beacon_slot
    data = (1).to_bytes(8, "little") + slot.to_bytes(8, "little") + bytes(32)
    world.ledger.set_account(fake, lamports=10**9, data=data)
    await world.refuses(world.round_advance().swap(slot_hashes=fake), framework_error(2012))
    assert world.round_advance().at("slot_hashes") == SLOT_HASHES


async def test_a_beacon_slot_that_the_sysvar_has_dropped_is_drawn_anew(world: World) -> None:
    """Otherwise whoever waits long enough could pick the hash, and with it the aggregator."""
    await world.reach("Score")
    beacon = (await world.round()).beacon
    world.ledger.advance(slots=1_000)
    landed = await world.round_advance()
    round_ = await world.round()
    assert (round_.phase.kind, round_.beacon) == ("Score", beacon)
    assert round_.beacon_slot == landed.slot + 1
    world.ledger.advance(slots=2)
    await world.round_advance()
    assert await world.phase() == "Aggregate"


async def test_the_aggregators_of_another_federation_are_not_counted(world: World) -> None:
    create = world.federation_create("bob", name="another")
    await create
    await world.reach("Score")
    world.ledger.advance(slots=2)
    call = world.round_advance().swap(federation=create.at("federation"))
    await world.refuses(call, errors.WrongFederation)
