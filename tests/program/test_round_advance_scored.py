"""round_advance where evaluators score: the beacon, then scores are bound, shown and counted."""

from __future__ import annotations

from hashlib import sha256

import pytest

from fedsol.program import errors
from tests.program.expect import assert_event, change, plain
from tests.program.seating import by_ticket, seats_open, seats_taken
from tests.world import EVALUATORS, World, open_scored_world

NOBODY = 2**32 - 1
WINDOW = (90, 39)


async def in_(world: World, phase: str, now: tuple[int, int]) -> None:
    """The round is in a phase whose window of scoring begins now."""
    round_ = await world.round()
    assert round_.phase.kind == phase
    assert plain(round_.deadline) == (now[0] + WINDOW[0], now[1] + WINDOW[1])


def clock(world: World) -> tuple[int, int]:
    """The second and the slot in which the next transaction runs."""
    return world.ledger.unix_timestamp, world.ledger.slot


async def test_first_only_the_beacon_is_drawn_and_then_the_window_begins(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Score")
    before = await world.round()
    assert not before.drawn
    world.ledger.advance(slots=5)
    hashes = {slot: bytes(hash_) for slot, hash_ in world.ledger.blocks.slot_hashes}
    now = clock(world)
    with change(world) as changed:
        landed = await world.round_advance()
    assert changed.written == {world.round_at()}
    assert (changed.tokens, changed.lamports) == ({}, {})
    round_ = await world.round()
    await in_(world, "Score", now)
    beacon = sha256(bytes(before.beacon) + hashes[before.beacon_slot]).digest()
    assert (bytes(round_.beacon), round_.drawn) == (beacon, True)
    assert (round_.accepted, round_.planted, round_.scored) == (2, 0, 0)
    assert_event(
        world,
        landed,
        "RoundAdvanced",
        round=world.round_at(),
        phase="Score",
        deadline=plain(round_.deadline),
        beacon=beacon,
        chosen=NOBODY,
    )
    await world.refuses(world.round_advance(), errors.DeadlineNotPassed)


async def test_a_beacon_that_comes_late_shortens_no_window(scored_world: World) -> None:
    world = scored_world
    await world.reach("Score")
    world.ledger.advance(seconds=10**6, slots=400)
    now = clock(world)
    await world.round_advance()
    await in_(world, "Score", now)
    await world.score_commit("eva")


async def test_before_the_beacons_slot_is_produced_it_is_refused(scored_world: World) -> None:
    world = scored_world
    await world.reach("Score")
    await world.refuses(world.round_advance(), errors.BeaconNotReady)


async def test_a_beacon_slot_that_the_sysvar_has_dropped_is_drawn_anew(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Score")
    before = await world.round()
    world.ledger.advance(slots=1_000)
    landed = await world.round_advance()
    round_ = await world.round()
    assert (round_.phase.kind, round_.drawn) == ("Score", False)
    assert round_.beacon == before.beacon
    assert round_.beacon_slot == landed.slot + 1
    await world.draw()
    assert (await world.round()).drawn


async def test_each_of_the_three_phases_has_a_window_of_its_own(scored_world: World) -> None:
    world = scored_world
    await seats_taken(world, *EVALUATORS)
    await world.pass_phase()
    now = clock(world)
    await world.round_advance()
    await in_(world, "ScoreReveal", now)
    await world.score_reveal("eva")
    await world.score_reveal("ed")
    await world.pass_phase()
    now = clock(world)
    await world.round_advance()
    await in_(world, "Tally", now)
    assert (await world.round()).scores_closed
    await world.pass_phase()
    await world.submission_score_all()
    now = clock(world)
    await world.round_advance()
    round_ = await world.round()
    assert round_.phase.kind == "Aggregate"
    assert plain(round_.deadline) == (now[0] + 120, now[1] + 42)
    assert plain(round_.takeover) == (now[0] + 240, now[1] + 84)
    assert round_.chosen == int.from_bytes(bytes(round_.beacon)[:16], "little") % 3


@pytest.mark.parametrize("count", [0, 1, 2, 3])
async def test_after_the_score_window_either_advance_or_abort_is_legal_and_never_both(
    scored_world: World, count: int
) -> None:
    world = scored_world
    await seats_open(world)
    for who in EVALUATORS[:count]:
        await world.score_commit(who)
    await world.pass_phase()
    if count < 2:
        await world.refuses(world.round_advance(), errors.QuorumFailed)
        await world.round_abort()
    else:
        await world.refuses(world.round_abort(), errors.QuorumReached)
        await world.round_advance()


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_after_the_time_to_show_either_advance_or_abort_is_legal_and_never_both(
    scored_world: World, count: int
) -> None:
    world = scored_world
    await world.reach("ScoreReveal")
    for who in EVALUATORS[:count]:
        await world.score_reveal(who)
    await world.pass_phase()
    if count < 2:
        await world.refuses(world.round_advance(), errors.QuorumFailed)
        await world.round_abort()
    else:
        await world.refuses(world.round_abort(), errors.QuorumReached)
        await world.round_advance()


async def test_a_seat_that_was_won_from_somebody_counts_once() -> None:
    async with open_scored_world("alice", "bob", min_evaluators=2, max_evaluators=2) as world:
        await seats_open(world)
        low, middle, high = by_ticket(world, *EVALUATORS)
        await world.score_commit(high)
        await world.score_commit(middle)
        await world.score_commit(low, displaced=high)
        await world.pass_phase()
        await world.round_advance()
        await world.score_reveal(low)
        await world.refuses(world.round_advance(), errors.DeadlineNotPassed)
        # Nothing more can come: both who sit have shown.
        await world.score_reveal(middle)
        await world.round_advance()
        assert await world.phase() == "Tally"


async def test_when_all_have_shown_nobody_waits(scored_world: World) -> None:
    world = scored_world
    await world.reach("ScoreReveal")
    for who in EVALUATORS[:2]:
        await world.score_reveal(who)
    await world.refuses(world.round_advance(), errors.DeadlineNotPassed)
    await world.score_reveal("eli")
    await world.round_advance()
    assert await world.phase() == "Tally"


async def test_all_seats_taken_ends_the_time_to_commit_not_early(scored_world: World) -> None:
    # A lower ticket may still come.
    world = scored_world
    await seats_taken(world, *EVALUATORS)
    await world.refuses(world.round_advance(), errors.DeadlineNotPassed)


async def test_every_submission_needs_its_score_before_the_round_goes_on(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Tally", trainers=["alice", "bob", "carol"])
    await world.pass_phase()
    for who in ("carol", "alice", "bob"):
        await world.refuses(world.round_advance(), errors.ScoresMissing)
        await world.submission_score(who)
    await world.round_advance()
    assert await world.phase() == "Aggregate"


async def test_where_all_are_rejected_the_round_goes_on_to_be_aborted(scored_world: World) -> None:
    world = scored_world
    opinions = dict.fromkeys(EVALUATORS, (0, 0))
    await world.reach("Aggregate", opinions=opinions)
    assert (await world.round()).accepted == 0
    await world.round_abort()
