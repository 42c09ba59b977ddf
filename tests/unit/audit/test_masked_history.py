"""One changed value in the history of a masked round is found by the check that is made for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from solders.pubkey import Pubkey

import fedsol.audit as audit_module
from fedsol.audit import History, audit
from fedsol.audit.history import read_history
from fedsol.chain import Chain
from fedsol.program.params import masked
from tests.program.leaving import empty
from tests.unit.audit.masking import FOUR, Masked, open_masked_court, play, tell_masked
from tests.unit.audit.tampering import (
    Told,
    altered,
    change,
    events_of,
    flipped,
    more,
    moved,
    up_to,
    without,
)
from tests.world import World

NAMED = "events name who and what is there"
PHASES = "rounds go from phase to phase"
COMMITMENTS = "commitments open to what was revealed"
BEACONS = "beacons hold every salt"
CHOSEN = "aggregators are those that were drawn"
OBJECTIONS = "aggregates fall when most members object"
HEADS = "heads equal the accounts'"
RECORD = "events are complete and in order"
STAKES = "every stake equals its events"
TOTALS = "totals equal the sum of the events"
ROUNDS = "rounds equal their events"
FIVE = (*FOUR, "erin")


async def season(world: World) -> None:
    """Carol shares nothing, dan shows nothing, one aggregate falls, and of the next one objects."""
    round_ = await play(world, FIVE, mute=["carol"], silent=["dan"])
    await round_.aggregate(wrong=1)
    for who in ("alice", "erin"):
        await world.round_object(who)
    await round_.aggregate()
    await world.round_object("bob")
    await world.reach("Settled")
    for who in ("carol", "dan"):
        await world.fault_no_reveal("eve", who)
    await empty(world, 1)


@pytest.fixture(scope="module")
def told() -> Told:
    """A masked round in which an aggregate fell; everybody is punished and paid."""
    return tell_masked(season, *FIVE, rule=masked(5_001))


def test_an_honest_history_of_a_masked_round_has_no_flaw(told: Told) -> None:
    assert told.flaws() == set()
    assert [one.data.falls for one in events_of(told.history, "RoundObjected")] == [
        False,
        True,
        False,
    ]


# Check that must find it, event, which of that name, values (or what is done to them).
CHANGES: list[tuple[str, str, int, dict[str, Any]]] = [
    (COMMITMENTS, "RoundRevealed", 0, {"salt": flipped}),
    (COMMITMENTS, "RoundCommitted", 0, {"commitment": flipped}),
    (BEACONS, "RoundRevealed", 1, {"salt": flipped}),
    (NAMED, "RoundShared", 0, {"participant": Pubkey.default()}),
    (NAMED, "RoundShared", 1, {"round": Pubkey.default()}),
    (NAMED, "RoundObjected", 0, {"participant": Pubkey.default()}),
    (NAMED, "RoundObjected", 1, {"round": Pubkey.default()}),
    (OBJECTIONS, "RoundObjected", 0, {"objections": more()}),
    (OBJECTIONS, "RoundObjected", 0, {"accepted": more()}),
    (OBJECTIONS, "RoundObjected", 0, {"falls": True}),
    (OBJECTIONS, "RoundObjected", 1, {"falls": False}),
    (OBJECTIONS, "RoundObjected", 1, {"objections": more(-1)}),
    (OBJECTIONS, "RoundObjected", 2, {"attempt": more(-1)}),
    (OBJECTIONS, "RoundObjected", 2, {"objections": more(2)}),
]


@pytest.mark.parametrize(
    ("check", "event", "nth", "fields"),
    CHANGES,
    ids=[f"{event}-{nth}-{'-'.join(fields)}" for _, event, nth, fields in CHANGES],
)
def test_a_changed_value_is_found(
    told: Told, check: str, event: str, nth: int, fields: dict[str, Any]
) -> None:
    # Nothing later may give it away where it must be found at once.
    cut = up_to(told.history, event, nth) if event == "RoundObjected" else told.history
    assert check in told.flaws(change(cut, event, nth, **fields))


@pytest.mark.parametrize("nth", [0, 1])
def test_an_objection_that_is_left_out_is_missed(told: Told, nth: int) -> None:
    assert OBJECTIONS in told.flaws(without(told.history, "RoundObjected", nth))


def test_who_joins_twice_is_found(told: Told) -> None:
    first = events_of(told.history, "RoundCommitted")[0].data.participant
    history = up_to(told.history, "RoundCommitted", 1)
    assert told.flaws(history) == set()
    assert told.flaws(change(history, "RoundCommitted", 1, participant=first)) == {NAMED}


def test_more_members_than_a_sum_can_hold_are_found(told: Told) -> None:
    history = up_to(told.history, "RoundCommitted", 4)

    def fewer(params: Any) -> Any:
        return replace(params, max_submissions=4)

    assert told.flaws(history) == set()
    assert told.flaws(change(history, "FederationCreated", params=fewer)) == {NAMED}


def test_who_objects_twice_is_found(told: Told) -> None:
    first = events_of(told.history, "RoundObjected")[0].data.participant
    again = {"participant": first, "objections": 1, "falls": False}
    forged = change(told.history, "RoundObjected", 1, **again)
    assert told.flaws(up_to(forged, "RoundObjected", 1)) == {OBJECTIONS}


def test_an_objection_of_who_has_nothing_in_the_sum_is_found(told: Told) -> None:
    silent = events_of(told.history, "NoRevealFaulted")[1].data.participant
    forged = change(told.history, "RoundObjected", 0, participant=silent)
    assert NAMED in told.flaws(up_to(forged, "RoundObjected"))


def test_whose_aggregate_fell_posts_no_other(told: Told) -> None:
    first, second = events_of(told.history, "RoundAggregated")
    assert first.data.participant != second.data.participant
    forged = change(told.history, "RoundAggregated", 1, participant=first.data.participant)
    assert CHOSEN in told.flaws(forged)


def test_who_shows_something_must_have_shared(told: Told) -> None:
    assert NAMED in told.flaws(without(told.history, "RoundShared", 0))


def test_who_has_shared_does_not_share_again(told: Told) -> None:
    first = events_of(told.history, "RoundShared")[0].data.participant
    forged = change(told.history, "RoundShared", 1, participant=first)
    assert NAMED in told.flaws(up_to(forged, "RoundShared", 1))


@pytest.mark.parametrize(
    ("event", "to"), [("RoundShared", "RoundCommitted"), ("RoundRevealed", "RoundShared")]
)
def test_an_event_that_came_too_early_is_found(told: Told, event: str, to: str) -> None:
    assert PHASES in told.flaws(moved(told.history, event, to))


def test_nobody_objects_before_there_is_an_aggregate(told: Told) -> None:
    first = up_to(told.history, "RoundObjected")
    assert told.flaws(first) == set()
    assert told.flaws(moved(first, "RoundObjected", "RoundAggregated")) == {PHASES}


def test_nothing_is_shown_before_there_was_time_to_share(told: Told) -> None:
    share, reveal = (one.data.phase for one in events_of(told.history, "RoundAdvanced")[:2])
    assert (type(share).__name__, type(reveal).__name__) == ("Share", "Reveal")
    first = up_to(told.history, "RoundAdvanced", 0)
    assert told.flaws(first) == set()
    assert told.flaws(change(first, "RoundAdvanced", 0, phase=reveal)) == {PHASES}


def test_an_open_round_has_no_time_to_share(told: Told, ended: Told) -> None:
    share = events_of(told.history, "RoundAdvanced")[0].data.phase
    first = up_to(ended.history, "RoundAdvanced", 0)
    assert ended.flaws(change(first, "RoundAdvanced", 0, phase=share)) == {PHASES}


def test_nobody_shares_in_an_open_round(told: Told, ended: Told) -> None:
    (committed, *_), (shared, *_) = (
        events_of(one.history, name)
        for one, name in ((ended, "RoundCommitted"), (told, "RoundShared"))
    )
    here = ("federation", "participant", "round", "slot")
    foreign = altered(shared, **{name: getattr(committed.data, name) for name in here})
    history = up_to(ended.history, "RoundCommitted")
    assert ended.flaws(history) == set()
    assert ended.flaws(History((*history.steps, foreign))) == {NAMED, PHASES}


def test_no_step_that_is_left_out_is_more_than_the_audit_can_tell(told: Told) -> None:
    """It names what is wrong; it never fails itself."""
    steps = told.history.steps
    for place in range(1, len(steps)):
        told.flaws(History((*steps[:place], *steps[place + 1 :])))


# -- against the accounts --------------------------------------------------------------------------


async def failing(world: World, history: History, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the checks that fail when the ledger shows this history."""

    async def shown(_chain: Chain, _address: object) -> History:
        return history

    monkeypatch.setattr(audit_module, "read_history", shown)
    report = await audit(world.chain, world.ref.address)
    return {check.name for check in report.checks if not check.ok}


async def test_a_masked_round_passes_in_every_phase() -> None:
    async with open_masked_court() as world:
        round_ = await play(world, silent=["dan"])
        assert (await audit(world.chain, world.ref.address)).ok
        await round_.aggregate(wrong=1)
        for who in ("alice", "bob"):
            await world.round_object(who)
            assert (await audit(world.chain, world.ref.address)).ok
        assert await world.phase() == "Aggregate"


async def test_half_of_the_members_turn_nothing_down(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_masked_court() as world:
        await (await play(world)).aggregate()
        for who in ("alice", "bob"):
            await world.round_object(who)
        assert (await audit(world.chain, world.ref.address)).ok
        history = await read_history(world.chain, world.ref.address)
        forged = change(history, "RoundObjected", 1, falls=True)
        assert OBJECTIONS in await failing(world, forged, monkeypatch)


async def test_shares_that_are_told_otherwise_are_not_the_submissions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_masked_court() as world:
        await play(world)
        history = await read_history(world.chain, world.ref.address)
        forged = change(history, "RoundShared", 2, shares=flipped)
        assert {HEADS, ROUNDS} <= await failing(world, forged, monkeypatch)


async def test_a_member_that_is_left_out_is_missed_in_the_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_masked_court() as world:
        await Masked(world).join(*FOUR)
        history = await read_history(world.chain, world.ref.address)
        cut = without(history, "RoundCommitted", 2)
        assert ROUNDS in await failing(world, cut, monkeypatch)
        report = await audit(world.chain, world.ref.address)
        (said,) = (one.detail for one in report.checks if one.name == ROUNDS)
        assert said == "round 1: members is 4 on chain, 3 by the events"


async def test_a_dropped_objection_is_missed_in_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_masked_court() as world:
        await (await play(world)).aggregate()
        await world.round_object("carol")
        history = await read_history(world.chain, world.ref.address)
        cut = without(history, "RoundObjected")
        assert await failing(world, cut, monkeypatch) == {HEADS, ROUNDS}


async def test_a_bond_that_did_not_come_home_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_masked_court() as world:
        await (await play(world)).aggregate(wrong=1)
        for who in ("alice", "bob", "carol"):
            await world.round_object(who)
        history = await read_history(world.chain, world.ref.address)
        forged = change(history, "RoundObjected", 2, falls=False)
        failed = await failing(world, forged, monkeypatch)
        assert {STAKES, TOTALS, ROUNDS, OBJECTIONS} <= failed
        assert RECORD not in failed
