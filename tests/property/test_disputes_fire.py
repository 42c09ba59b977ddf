"""The invariants of scores and disputes are broken on purpose: each must say so."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from fedsol.program import Challenge, Evaluation, Participant, Round, Submission
from fedsol.program.generated.types import (
    evaluation_status,
    evidence,
    phase,
    submission_status,
    verdict,
)
from tests.property import invariants as inv
from tests.property import invariants_rounds as order
from tests.property.altering import alter, alter_lamports, changed, plus, remove, undone, view
from tests.property.driver import Driver
from tests.property.liveness import Liveness
from tests.property.names import address
from tests.property.scenes import PEOPLE, STRANGER, Scene

UPDATE = "A#1/alice"  # one of alice's, bob's and carol's; carol did not show hers
SCORES = "A#1~alice"  # alice's and dave's
OPEN = "A#1/alice!eve"  # a claim without evidence
DEMAND = "A#1!eve"  # for a chunk of the aggregate
DECIDED = "A#1/bob!dave"  # a claim that was proved, not paid yet


@pytest.fixture(scope="module")
def court() -> Driver:
    """The same for all tests."""
    return made().driver


@pytest.fixture
def driver(court: Driver) -> Iterator[Driver]:
    """What ``made`` says; what a test alters is put back."""
    with undone(court) as driver:
        yield driver


def made() -> Scene:
    """A scored round in its challenge window, with a claim, a demand, and a verdict to be paid."""
    scene = Scene()
    scene.gather(*PEOPLE)
    scene.open()
    scene.train(silent=("carol",), alice="good", bob="lying", dave="good")
    scene.evaluate(alice="fair", dave="fair")
    scene.tally()
    proved = scene.claim("dave", "LyingNorm", "bob")
    scene.prove(proved)
    scene.do(STRANGER, "challenge_resolve", "dave", target="bob", accused="A/bob", **_last(scene))
    scene.aggregate()
    scene.claim(STRANGER, "LyingNorm", "alice")
    scene.demand(STRANGER)
    return scene


def _last(scene: Scene) -> dict[str, str]:
    last = scene.here.seats[-1]
    return {"last": f"A/{last}"} if last != "bob" else {}


def test_before_anything_is_broken_everything_holds(driver: Driver) -> None:
    driver.watch.check(view(driver), set())


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        *((Challenge, OPEN, "bond"), (Challenge, DEMAND, "bond")),
        *((Challenge, DECIDED, field) for field in ("payout", "to_treasury", "burned")),
        *((Round, "A#1", field) for field in ("disputes", "evaluations", "accepted", "planted")),
        *((Round, "A#1", field) for field in ("scored", "score_total", "credit_total")),
        *((Round, "A#1", field) for field in ("score_reveals", "revealed", "closed")),
        *((Submission, UPDATE, field) for field in ("disputes", "score")),
        *((Submission, "A#1/carol", "liability"), (Evaluation, SCORES, "liability")),
        *((Evaluation, SCORES, "credits"), (Participant, "A/alice", "duties")),
        (Participant, "A/carol", "locked"),
    ],
)
def test_i1_fires_when_a_sum_or_a_count_is_off_by_one(
    driver: Driver, kind: type, name: str, field: str
) -> None:
    alter(driver, kind, name, plus(field, 1))
    donated = {address(vault): n for vault, n in driver.reference.books.donated.items()}
    with pytest.raises(AssertionError, match="I1 broken"):
        inv.i1_vaults_hold_what_is_owed(view(driver), donated)


@pytest.mark.parametrize("field", ["claims_left", "unpaid", "evaluator_pool", "score_pool"])
def test_i1_fires_when_a_settled_round_owes_another_sum(settled: Driver, field: str) -> None:
    driver = settled
    donated = {address(vault): n for vault, n in driver.reference.books.donated.items()}
    inv.i1_vaults_hold_what_is_owed(view(driver), donated)
    alter(driver, Round, "A#1", plus(field, 10**6))
    with pytest.raises(AssertionError, match="I1 broken"):
        inv.i1_vaults_hold_what_is_owed(view(driver), donated)


@pytest.fixture
def settled() -> Driver:
    """The same round, settled, before anybody has claimed."""
    scene = made()
    scene.answer(scene.here.disputes[1, "", STRANGER])
    scene.resolve(scene.here.disputes[1, "", STRANGER])
    scene.expire(scene.here.disputes[1, "alice", STRANGER])
    scene.settle()
    return scene.driver


@pytest.mark.parametrize(
    ("found", "money"),
    [
        (verdict.Convicted(), {}),
        (verdict.Convicted(), {"payout": 100, "burned": 1}),
        (verdict.Acquitted(), {"payout": 101}),
        (verdict.Acquitted(), {"to_treasury": 50, "burned": 50}),
        (verdict.Moot(), {"payout": 100}),
        (verdict.Moot(), {"payout": 101, "burned": 1}),
    ],
)
def test_i3_fires_when_a_verdict_divides_another_sum(
    driver: Driver, found: Any, money: dict[str, int]
) -> None:
    before = view(driver)
    alter(driver, Challenge, OPEN, changed(verdict=found, **money))
    with pytest.raises(AssertionError, match="I3 broken"):
        inv.i3_a_verdict_divides_what_was_lost(before, view(driver))


def test_i3_fires_when_the_finder_gets_more_than_half_of_a_slash(driver: Driver) -> None:
    before = view(driver)
    lost = 1_000
    alter(driver, Participant, "A/alice", plus("slashed", lost))
    fair = {"verdict": verdict.Convicted(), "to_treasury": 100}
    alter(driver, Challenge, OPEN, changed(**fair, payout=601, burned=400))
    inv.i3_a_verdict_divides_what_was_lost(before, view(driver))
    alter(driver, Challenge, OPEN, changed(**fair, payout=602, burned=399))
    with pytest.raises(AssertionError, match="I3 broken"):
        inv.i3_a_verdict_divides_what_was_lost(before, view(driver))
    alter(driver, Challenge, OPEN, changed(**fair | {"to_treasury": 500}, payout=601, burned=0))
    with pytest.raises(AssertionError, match="I3 broken: nothing is burned"):
        inv.i3_a_verdict_divides_what_was_lost(before, view(driver))


@pytest.mark.parametrize(
    ("kind", "name", "fields"),
    [
        (Round, "A#1", {"attempt": 1}),
        (Round, "A#1", {"phase": phase.Aggregate()}),
        (Round, "A#1", {"drawn": False}),
        (Submission, UPDATE, {"status": submission_status.Committed()}),
        (Submission, "A#1/bob", {"status": submission_status.Revealed()}),
        (Evaluation, SCORES, {"status": evaluation_status.Committed()}),
        (Evaluation, SCORES, {"status": evaluation_status.Displaced()}),
        (Challenge, DECIDED, {"verdict": verdict.Open()}),
        (Challenge, DECIDED, {"verdict": verdict.Moot()}),
        (Challenge, DECIDED, {"evidence": evidence.Refutes()}),
    ],
)
def test_i4_fires_when_something_goes_back(
    driver: Driver, kind: type, name: str, fields: dict[str, Any]
) -> None:
    before = view(driver)
    alter(driver, kind, name, changed(**fields))
    with pytest.raises(AssertionError, match="I4 broken"):
        order.i4_phases_are_monotone(before, view(driver))


def test_i4_fires_when_an_aggregate_is_dropped_without_being_counted(driver: Driver) -> None:
    before = view(driver)
    alter(driver, Round, "A#1", changed(phase=phase.Aggregate(), attempt=1))
    order.i4_phases_are_monotone(before, view(driver))
    alter(driver, Round, "A#1", changed(phase=phase.Aggregate(), attempt=2))
    with pytest.raises(AssertionError, match="I4 broken"):
        order.i4_phases_are_monotone(before, view(driver))


def stake_as_before(driver: Driver) -> None:
    """Of whoever the beacon chose as aggregator, which has less staked now than when it voted."""
    for owner in ("alice", "dave"):
        alter(driver, Participant, f"A/{owner}", plus("stake", 10_000))


def test_i5_fires_when_a_vote_weighs_more_than_its_stake(driver: Driver) -> None:
    stake_as_before(driver)
    after = view(driver)
    before = dataclasses.replace(after, evaluations={})
    order.i5_liabilities_are_covered(before, after, set())
    alter(driver, Evaluation, SCORES, changed(weight=10**6))
    with pytest.raises(AssertionError, match="I5 broken: weight without stake"):
        order.i5_liabilities_are_covered(before, view(driver), set())
    with pytest.raises(AssertionError, match="I5 broken: weight changed"):
        order.i5_liabilities_are_covered(after, view(driver), set())


def test_i5_fires_when_a_vote_was_staked_after_the_beacon(driver: Driver) -> None:
    slot = view(driver).rounds[address("A#1")].beacon_slot
    alter(driver, Participant, "A/alice", changed(stake_slot=slot))
    stake_as_before(driver)
    after = view(driver)
    before = dataclasses.replace(after, evaluations={})
    with pytest.raises(AssertionError, match="I5 broken: weight that came after"):
        order.i5_liabilities_are_covered(before, after, set())


@pytest.mark.parametrize("field", ["new_model_root", "new_model_artifact"])
def test_i6_fires_when_a_posted_aggregate_changes(driver: Driver, field: str) -> None:
    before = view(driver)
    alter(driver, Round, "A#1", changed(**{field: [7] * 32}))
    with pytest.raises(AssertionError, match="I6 broken"):
        order.i6_a_final_root_never_changes(before, view(driver), {})


@pytest.mark.parametrize("name", [OPEN, DEMAND])
def test_i7_fires_when_a_dispute_can_never_end(driver: Driver, name: str) -> None:
    lively = Liveness(driver.world, driver.reference)
    order.i7_nothing_is_stuck(view(driver), lambda key: lively.moves_on(view(driver), key))
    deadline = view(driver).challenges[address(name)].deadline
    alter(driver, Challenge, name, lambda one: _never(one, deadline.time))
    with pytest.raises(AssertionError, match="I7 broken"):
        order.i7_nothing_is_stuck(view(driver), lambda key: lively.moves_on(view(driver), key))


def _never(account: Any, time: int) -> Any:
    return dataclasses.replace(account, deadline=type(account.deadline)(time=time, slot=2**63))


def test_i7_fires_when_a_verdict_cannot_be_paid(driver: Driver) -> None:
    lively = Liveness(driver.world, driver.reference)
    alter(driver, Challenge, DECIDED, plus("payout", 10**6))
    with pytest.raises(AssertionError, match="I7 broken"):
        order.i7_nothing_is_stuck(view(driver), lambda key: lively.moves_on(view(driver), key))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (OPEN, "dispute"),
        (SCORES, ".'evaluation', 'Revealed'"),
        (UPDATE, "submission"),
        ("A#1/bob", "dispute without target"),
        ("A#1", "round"),
        ("A", "money"),
    ],
)
def test_i8_fires_when_something_is_closed_too_early(driver: Driver, name: str, what: str) -> None:
    if what == "dispute without target":
        alter(driver, Challenge, DECIDED, changed(verdict=verdict.Open()))
    before = view(driver)
    alter_lamports(driver, name, -driver.world.ledger.get_account(address(name)).lamports)
    with pytest.raises(AssertionError, match=f"I8 broken: {what}"):
        order.i8_what_is_closed_owes_nothing(before, view(driver))


def test_i8_lets_go_what_is_decided(driver: Driver) -> None:
    before = view(driver)
    remove(driver, DECIDED)
    order.i8_what_is_closed_owes_nothing(before, view(driver))


@pytest.mark.parametrize("name", [SCORES, OPEN, DEMAND])
def test_i9_fires_when_an_account_falls_below_its_rent(driver: Driver, name: str) -> None:
    rent = driver.world.ledger.bank.rent
    inv.i9_accounts_are_rent_exempt(view(driver), rent)
    alter_lamports(driver, name, -1)
    with pytest.raises(AssertionError, match="I9 broken"):
        inv.i9_accounts_are_rent_exempt(view(driver), rent)


@pytest.mark.parametrize(
    ("kind", "name"), [(Evaluation, SCORES), (Challenge, OPEN), (Challenge, DEMAND)]
)
def test_i10_fires_when_a_third_partys_account_changes(
    driver: Driver, kind: type, name: str
) -> None:
    before = view(driver)
    alter(driver, kind, name, plus("version", 1))
    with pytest.raises(AssertionError, match="I10 broken"):
        inv.i10_third_parties_are_untouched(before, view(driver), {address("A"), address("A#1")})


def test_a_challenges_head_that_no_event_made_is_seen(driver: Driver) -> None:
    alter(driver, Challenge, DECIDED, changed(head=[1] * 32))
    with pytest.raises(AssertionError, match="heads broken"):
        inv.heads_are_the_replay(view(driver), driver.watch.heads.now)
