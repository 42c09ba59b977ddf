"""One changed value in a scored history is found by the check that is made for it."""

from __future__ import annotations

from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol.audit import History
from tests.unit.audit.tampering import (
    Told,
    change,
    events_of,
    flipped,
    more,
    moved,
    up_to,
    without,
)

NAMED = "events name who and what is there"
PHASES = "rounds go from phase to phase"
WITHIN = "revealed updates are within the rules"
COMMITMENTS = "commitments open to what was revealed"
PICKED = "plants were picked by a beacon"
SEEDS = "plants are what their seeds make"
BEACONS = "beacons hold every salt"
SEATS = "evaluators sit where the beacon says"
CHOSEN = "aggregators are those that were drawn"
SCORES = "scores are in the ledger"
MEDIANS = "medians are those of the shown scores"
FAULTS = "evaluators at fault were at fault"
SLASHES = "slashes are what the rates say"
BONDS = "bonds are posted and divided by the rules"
QUORUMS = "rounds went on with enough of everybody"
POOLS = "pools are divided by the rules"
CLAIMS = "claims are what was earned"
STAKES = "stakes move by what is told"

# Check that must find it, event, which of that name, values (or what is done to them).
CHANGES: list[tuple[str, str, int, dict[str, Any]]] = [
    (COMMITMENTS, "RoundRevealed", 0, {"root": flipped}),
    (COMMITMENTS, "RoundRevealed", 1, {"norm_squared": more()}),
    (COMMITMENTS, "RoundRevealed", 2, {"artifact": flipped}),
    (COMMITMENTS, "RoundCommitted", 0, {"commitment": flipped}),
    (COMMITMENTS, "ScoreRevealed", 0, {"salt": flipped}),
    (COMMITMENTS, "ScoreRevealed", 1, {"scores": flipped}),
    (COMMITMENTS, "ScoreCommitted", 3, {"commitment": flipped}),
    (COMMITMENTS, "AuditRevealed", 0, {"secret": flipped}),
    (COMMITMENTS, "AuditArmed", 0, {"commitment": flipped}),
    (PICKED, "AuditRevealed", 0, {"seed": flipped}),
    (PICKED, "AuditArmed", 0, {"slot": more(10_000)}),
    (SEEDS, "AuditRevealed", 0, {"amplitude": more()}),
    (SEEDS, "RoundRevealed", 5, {"root": flipped}),
    (SEEDS, "RoundRevealed", 5, {"norm_squared": more()}),
    (BEACONS, "RoundRevealed", 0, {"salt": flipped}),
    (BEACONS, "RoundAdvanced", 1, {"beacon": flipped}),
    (BEACONS, "RoundAdvanced", 3, {"beacon": flipped}),
    (SEATS, "ScoreCommitted", 0, {"ticket": more()}),
    (SEATS, "ScoreCommitted", 1, {"seat": more()}),
    (SEATS, "ScoreCommitted", 2, {"weight": more()}),
    (SEATS, "ScoreCommitted", 2, {"liability": more()}),
    (SEATS, "ScoreCommitted", 3, {"displaced": None}),
    (SEATS, "RoundAdvanced", 2, {"beacon": flipped}),
    (SEATS, "StakeDeposited", 5, {"slot": more(10_000)}),
    (SEATS, "ParticipantRegistered", 5, {"roles": 1}),
    (CHOSEN, "RoundAdvanced", 5, {"chosen": lambda chosen: (chosen + 1) % 3}),
    (CHOSEN, "RoundAggregated", 0, {"participant": Pubkey.default()}),
    (CHOSEN, "RoundAggregated", 0, {"attempt": more()}),
    (SCORES, "ScoreRevealed", 1, {"scores": flipped}),
    (MEDIANS, "SubmissionScored", 0, {"score": more()}),
    (MEDIANS, "SubmissionScored", 5, {"score": more(8_000)}),
    (MEDIANS, "ScoreRevealed", 0, {"place": more()}),
    (MEDIANS, "ScoreCommitted", 3, {"weight": more(5_000)}),
    (FAULTS, "EvaluatorFaulted", 0, {"silent": lambda silent: not silent}),
    (FAULTS, "EvaluatorFaulted", 1, {"missed": more()}),
    (FAULTS, "EvaluatorFaulted", 1, {"strikes": more()}),
    (FAULTS, "EvaluatorFaulted", 1, {"credits": more()}),
    (SLASHES, "NoRevealFaulted", 0, {"slashed": more(), "burned": more()}),
    (SLASHES, "NoRevealFaulted", 0, {"to_finder": more(), "burned": more(-1)}),
    (SLASHES, "NoRevealFaulted", 0, {"stake": more()}),
    (SLASHES, "EvaluatorFaulted", 0, {"slashed": more(), "burned": more()}),
    (SLASHES, "EvaluatorFaulted", 1, {"to_treasury": more(), "burned": more(-1)}),
    (BONDS, "RoundAggregated", 0, {"bond": more()}),
    (POOLS, "FederationFunded", 0, {"reward_available": more()}),
    (POOLS, "RoundOpened", 0, {"pool": more()}),
    (POOLS, "RoundOpened", 1, {"reward_available": more()}),
    (POOLS, "RoundSettled", 0, {"share": more()}),
    (POOLS, "RoundSettled", 0, {"reward_owed": more()}),
    (POOLS, "RoundSettled", 0, {"accepted": more()}),
    (POOLS, "RoundSettled", 1, {"planted": more(-1)}),
    (CLAIMS, "RewardClaimed", 0, {"amount": more()}),
    (CLAIMS, "RewardClaimed", 4, {"amount": more(-1)}),
    (CLAIMS, "EvaluationClaimed", 0, {"amount": more()}),
    (CLAIMS, "RewardClaimed", 0, {"released": more()}),
    (CLAIMS, "EvaluationClaimed", 1, {"released": more(-1)}),
    (CLAIMS, "EvaluatorFaulted", 1, {"released": more()}),
    (CLAIMS, "SubmissionClosed", 0, {"released": more()}),
    (CLAIMS, "EvaluationClosed", 0, {"released": more()}),
    (STAKES, "StakeDeposited", 0, {"amount": more()}),
    (STAKES, "StakeUnbonded", 0, {"stake": more()}),
]


# The same, of which nothing that comes later tells anything.
AT_ONCE: list[tuple[str, str, int, dict[str, Any]]] = [
    (NAMED, "RoundCommitted", 0, {"participant": Pubkey.default()}),
    (NAMED, "RoundOpened", 0, {"number": more()}),
    (NAMED, "ParticipantRegistered", 0, {"owner": Pubkey.default()}),
    (NAMED, "ParticipantRegistered", 0, {"agreement": flipped}),
    (NAMED, "SubmissionClosed", 0, {"participant": Pubkey.default()}),
    (NAMED, "RoundSettled", 0, {"number": more()}),
    (WITHIN, "RoundRevealed", 1, {"index": 2}),
    (WITHIN, "RoundRevealed", 1, {"weight": 2}),
    (WITHIN, "RoundRevealed", 1, {"norm_squared": 10**6 + 1}),
    (STAKES, "RoundCommitted", 0, {"liability": more()}),
    (STAKES, "ScoreCommitted", 0, {"liability": more(-1)}),
    (CHOSEN, "RoundAdvanced", 5, {"chosen": lambda chosen: (chosen + 1) % 3}),
    (CLAIMS, "RewardClaimed", 0, {"amount": more()}),
    (CLAIMS, "EvaluationClaimed", 0, {"amount": more()}),
    (FAULTS, "EvaluatorFaulted", 1, {"strikes": more(-1)}),
]


def test_the_honest_season_has_no_flaw(told: Told) -> None:
    assert told.flaws() == set()


def test_the_honest_end_has_no_flaw(ended: Told) -> None:
    assert ended.flaws() == set()


@pytest.mark.parametrize(
    ("check", "event", "nth", "fields"),
    AT_ONCE,
    ids=[f"{event}-{nth}-{'-'.join(fields)}" for _, event, nth, fields in AT_ONCE],
)
def test_a_changed_value_is_found_at_once(
    told: Told, check: str, event: str, nth: int, fields: dict[str, Any]
) -> None:
    history = up_to(told.history, event, nth)
    assert told.flaws(history) == set()
    assert check in told.flaws(change(history, event, nth, **fields))


def test_an_aggregate_of_somebody_who_was_not_drawn_is_found(told: Told) -> None:
    drawn = events_of(told.history, "RoundAggregated")[0].data.participant
    trainers = [one.data.participant for one in events_of(told.history, "RoundCommitted")]
    other = next(one for one in trainers if one != drawn)
    forged = change(told.history, "RoundAggregated", 0, participant=other)
    assert CHOSEN in told.flaws(up_to(forged, "RoundAggregated"))


def test_an_honest_evaluator_that_is_punished_is_found(told: Told) -> None:
    history = told.history
    honest = events_of(history, "EvaluationClaimed")[-1].data.participant
    told_of = {"credits": 3, "strikes": 0, "missed": 0}
    forged = change(history, "EvaluatorFaulted", 1, participant=honest, **told_of)
    assert told.flaws(up_to(forged, "EvaluatorFaulted", 1)) >= {FAULTS}


@pytest.mark.parametrize(
    ("event", "to"),
    [
        ("ScoreRevealed", "ScoreCommitted"),
        ("RoundRevealed", "RoundCommitted"),
        ("RoundAggregated", "ScoreRevealed"),
        ("RewardClaimed", "RoundSettled"),
    ],
)
def test_an_event_that_came_too_early_is_found(told: Told, event: str, to: str) -> None:
    assert PHASES in told.flaws(moved(told.history, event, to))


def test_an_evaluation_that_is_owed_something_is_not_closed_too_early(told: Told) -> None:
    """Displaced and faulted ones may go at any time; which is the first to go, the beacon says."""
    paid = events_of(told.history, "EvaluationClaimed")[0].data.participant
    closed = [one.data.participant for one in events_of(told.history, "EvaluationClosed")]
    early = moved(told.history, "EvaluationClosed", "RoundSettled", closed.index(paid))
    assert PHASES in told.flaws(early)


def test_a_phase_that_is_passed_over_is_found(told: Told) -> None:
    tally = events_of(told.history, "RoundAdvanced")[4].data.phase
    first = up_to(told.history, "RoundAdvanced", 0)
    assert told.flaws(change(first, "RoundAdvanced", 0, phase=tally)) == {PHASES, QUORUMS}


def test_a_pool_that_did_not_come_back_is_found(ended: Told) -> None:
    forged = change(ended.history, "RoundAborted", reward_available=more(-1))
    assert POOLS in ended.flaws(up_to(forged, "RoundAborted"))


@pytest.mark.parametrize("event", ["StakeWithdrawn", "StakeUnbonded"])
def test_whoever_goes_without_the_stake_is_found(ended: Told, event: str) -> None:
    cut = without(ended.history, event, 0)
    assert STAKES in ended.flaws(up_to(cut, "ParticipantClosed"))


def test_more_than_was_unbonded_is_not_withdrawn(ended: Told) -> None:
    forged = change(ended.history, "StakeWithdrawn", amount=more())
    assert STAKES in ended.flaws(up_to(forged, "StakeWithdrawn"))


@pytest.mark.parametrize(
    ("check", "event", "nth", "fields"),
    CHANGES,
    ids=[f"{event}-{nth}-{'-'.join(fields)}" for _, event, nth, fields in CHANGES],
)
def test_a_changed_value_is_found(
    told: Told, check: str, event: str, nth: int, fields: dict[str, Any]
) -> None:
    assert check in told.flaws(change(told.history, event, nth, **fields))


def test_a_bad_update_that_is_told_to_be_accepted_is_found(told: Told) -> None:
    good = events_of(told.history, "SubmissionScored")[0].data.status
    rejected = [
        place
        for place, one in enumerate(events_of(told.history, "SubmissionScored"))
        if type(one.data.status).__name__ == "Rejected"
    ]
    assert len(rejected) == 1
    forged = change(told.history, "SubmissionScored", rejected[0], status=good)
    assert {MEDIANS, POOLS} <= told.flaws(forged)


def test_an_evaluator_that_is_punished_in_anothers_place_is_found(told: Told) -> None:
    honest = events_of(told.history, "ScoreRevealed")[0].data.participant
    forged = change(told.history, "EvaluatorFaulted", 0, participant=honest)
    assert FAULTS in told.flaws(forged)


def test_scores_of_which_only_the_hash_is_left_are_not_passed_over(told: Told) -> None:
    cut = without(told.history, "score_reveal", 0)
    assert {SCORES, MEDIANS} <= told.flaws(cut)


def test_a_vote_that_is_left_out_changes_what_the_others_make(told: Told) -> None:
    assert {MEDIANS, CLAIMS} <= told.flaws(without(told.history, "ScoreRevealed", 0))


def test_a_plant_that_is_not_told_is_an_update_like_others(told: Told) -> None:
    assert {MEDIANS, SEEDS} <= told.flaws(without(told.history, "AuditRevealed"))


def test_an_arming_that_is_left_out_makes_a_plant_of_nobodys(told: Told) -> None:
    assert {COMMITMENTS} <= told.flaws(without(told.history, "AuditArmed"))


def test_a_submission_that_is_never_scored_is_missed(told: Told) -> None:
    assert {QUORUMS, CLAIMS} <= told.flaws(without(told.history, "SubmissionScored", 2))


@pytest.mark.parametrize("event", ["RoundRevealed", "ScoreCommitted", "ScoreRevealed"])
def test_a_round_that_went_on_with_too_few_is_found(told: Told, event: str) -> None:
    history = told.history
    while event in {one.name for one in history.events}:
        history = without(history, event, 0)
    assert QUORUMS in told.flaws(history)


def test_no_step_that_is_left_out_is_more_than_the_audit_can_tell(told: Told) -> None:
    """It names what is wrong; it never fails itself."""
    for place in range(1, len(told.history.steps)):
        steps = told.history.steps
        told.flaws(History((*steps[:place], *steps[place + 1 :])))
