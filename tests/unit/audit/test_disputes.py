"""Every verdict follows from the evidence in the ledger, and a changed one is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol.audit import History, watch
from fedsol.audit.calls import Call
from fedsol.audit.evidence import shown_in
from fedsol.audit.record import chain_up
from fedsol.learning.merkle import EMPTY_HASH
from fedsol.program.generated.types import part
from fedsol.program.generated.types.evidence_args import EvidenceArgs
from tests.program.disputing import SIZE
from tests.unit.audit.disputed import CASES, history_of
from tests.unit.audit.tampering import change, events_of, flipped, more, up_to, without

VERDICTS = "verdicts follow from the evidence"
SLASHES = "slashes are what the rates say"
BONDS = "bonds are posted and divided by the rules"
RESOLVED = [name for name in CASES if name != "no proof in time"]
SHOWN = [
    name for name in RESOLVED if name not in ("copied update", "withheld chunk", "hidden model")
]


@pytest.mark.parametrize("name", CASES)
def test_an_honest_dispute_has_no_flaw(name: str) -> None:
    told = history_of(name)
    assert told.flaws() == set()
    decided = watch(told.history, told.genesis, told.kept).ledger.decided
    assert decided[0].verdict == CASES[name][2]


@pytest.mark.parametrize("name", RESOLVED)
def test_the_other_verdict_is_found(name: str) -> None:
    told = history_of(name)
    forged = change(told.history, "ChallengeResolved", proven=lambda proven: not proven)
    assert VERDICTS in told.flaws(forged)


@pytest.mark.parametrize("name", SHOWN)
def test_a_verdict_without_evidence_in_the_ledger_is_found(name: str) -> None:
    history = history_of(name).history
    for call in ("challenge_append", "demand_answer"):
        if any(getattr(one, "name", "") == call for one in history.steps):
            history = without(history, call)
    assert VERDICTS in history_of(name).flaws(history)


@pytest.mark.parametrize("name", SHOWN)
def test_the_record_of_the_evidence_is_bound_to_the_verdict(name: str) -> None:
    history = history_of(name).history
    folding = change(history, "ChallengeResolved", challenge_head=flipped)
    (problem, *_) = chain_up(folding.events).problems
    assert "ChallengeResolved" in problem
    assert "folds in a head" in problem


def test_evidence_that_is_left_out_is_missed_in_the_record() -> None:
    history = without(history_of("wrong aggregate").history, "ChallengeAppended", 1)
    assert len(chain_up(history.events).problems) >= 2


def test_evidence_after_the_verdict_does_not_belong_there() -> None:
    events = history_of("wrong aggregate").history.events
    place = next(i for i, one in enumerate(events) if one.name == "ChallengeResolved")
    late = next(one for one in events if one.name == "ChallengeAppended")
    problems = chain_up([*events[: place + 1], late, *events[place + 1 :]]).problems
    assert any("came after the record" in one for one in problems)


# Check that must find it, case, event, values (or what is done to them).
AMOUNTS: list[tuple[str, str, str, dict[str, Any]]] = [
    (SLASHES, "wrong aggregate", "ChallengeResolved", {"slashed": more(), "burned": more()}),
    (SLASHES, "wrong aggregate", "ChallengeResolved", {"to_finder": more(), "burned": more(-1)}),
    (SLASHES, "wrong aggregate", "ChallengeResolved", {"stake": more()}),
    (SLASHES, "copied update", "ChallengeResolved", {"slashed": more(-9), "burned": more(-9)}),
    (SLASHES, "copied update", "ChallengeResolved", {"stake": more(-1)}),
    (SLASHES, "withheld chunk", "ChallengeResolved", {"to_treasury": more(), "burned": more(-1)}),
    (BONDS, "right aggregate", "ChallengeResolved", {"to_finder": more(), "burned": more(-1)}),
    (BONDS, "shown chunk", "ChallengeResolved", {"slashed": more()}),
    (BONDS, "shown model", "ChallengeResolved", {"stake": more()}),
    (BONDS, "no proof in time", "ChallengeExpired", {"to_accused": more(), "burned": more(-1)}),
    (BONDS, "no proof in time", "ChallengeExpired", {"returned": 150}),
    (BONDS, "no proof in time", "ChallengeExpired", {"slot": more(-40)}),
    (BONDS, "somebody was faster", "ChallengeExpired", {"returned": 0}),
    (BONDS, "wrong aggregate", "ChallengeOpened", {"bond": more()}),
    (BONDS, "withheld chunk", "ChallengeOpened", {"bond": more(150)}),
    (BONDS, "wrong aggregate", "ChallengeClosed", {"paid": more()}),
    (BONDS, "right aggregate", "ChallengeClosed", {"to_treasury": more(), "burned": more(-1)}),
]


@pytest.mark.parametrize(
    ("check", "name", "event", "fields"),
    AMOUNTS,
    ids=[f"{name}-{event}-{'-'.join(fields)}" for _, name, event, fields in AMOUNTS],
)
def test_another_amount_is_found(check: str, name: str, event: str, fields: dict[str, Any]) -> None:
    told = history_of(name)
    assert check in told.flaws(change(told.history, event, **fields))


NAMED = "events name who and what is there"
AT_ONCE: list[tuple[str, str, str, dict[str, Any]]] = [
    (BONDS, "wrong aggregate", "ChallengeOpened", {"bond": more()}),
    (BONDS, "no proof in time", "ChallengeExpired", {"to_accused": more()}),
    (BONDS, "no proof in time", "ChallengeExpired", {"slot": more(-40)}),
    (BONDS, "somebody was faster", "ChallengeExpired", {"returned": 0}),
    (NAMED, "wrong aggregate", "ChallengeOpened", {"accused": Pubkey.default()}),
    (NAMED, "wrong aggregate", "ChallengeOpened", {"challenger": Pubkey.default()}),
    (NAMED, "wrong aggregate", "ChallengeOpened", {"attempt": more()}),
    (NAMED, "copied update", "ChallengeOpened", {"target": Pubkey.default()}),
    (NAMED, "copied update", "ChallengeOpened", {"slot": more()}),
    (NAMED, "wrong aggregate", "ChallengeResolved", {"accused": Pubkey.default()}),
    (NAMED, "wrong aggregate", "ChallengeResolved", {"attempt": more(-1)}),
    (NAMED, "right aggregate", "ChallengeResolved", {"attempt": more()}),
    (NAMED, "shown chunk", "DemandAnswered", {"challenge": Pubkey.default()}),
    (NAMED, "shown chunk", "DemandAnswered", {"participant": Pubkey.default()}),
    (NAMED, "wrong aggregate", "ChallengeClosed", {"challenge": Pubkey.default()}),
]


@pytest.mark.parametrize(
    ("check", "name", "event", "fields"),
    AT_ONCE,
    ids=[f"{name}-{event}-{'-'.join(fields)}" for _, name, event, fields in AT_ONCE],
)
def test_it_is_found_at_once(check: str, name: str, event: str, fields: dict[str, Any]) -> None:
    told = history_of(name)
    history = up_to(told.history, event)
    assert told.flaws(history) == set()
    assert check in told.flaws(change(history, event, **fields))


def test_a_second_demand_costs_twice_as_much() -> None:
    told = history_of("two demands")
    first, second = events_of(told.history, "ChallengeOpened")
    assert (first.data.bond, second.data.bond) == (150, 300)
    history = up_to(told.history, "ChallengeOpened", 1)
    assert told.flaws(change(history, "ChallengeOpened", 1, bond=150)) == {BONDS}


def test_a_cheat_that_aggregates_again_is_found() -> None:
    told = history_of("wrong aggregate")
    first, _ = events_of(told.history, "RoundAggregated")
    forged = change(told.history, "RoundAggregated", 1, participant=first.data.participant)
    assert "aggregators are those that were drawn" in told.flaws(forged)


def test_an_unanswered_demand_that_is_decided_too_early_is_found() -> None:
    told = history_of("withheld chunk")
    end = events_of(told.history, "ChallengeOpened")[0].data.deadline.slot
    forged = change(told.history, "ChallengeResolved", slot=end - 1)
    assert VERDICTS in told.flaws(forged)


def test_of_two_equal_updates_the_first_is_no_copy() -> None:
    told = history_of("copied update")
    later = change(told.history, "RoundCommitted", 0, slot=more(1_000))
    assert VERDICTS in told.flaws(later)


def test_a_path_past_an_invented_neighbour_leads_nowhere() -> None:
    told = history_of("wrong aggregate")
    (dispute,) = watch(told.history, told.genesis, told.kept).ledger.decided
    # Chunk 2 of an update's three: it has no neighbour.
    odd = replace(dispute, kind="LyingNorm", place=2)
    chunk, beside = bytes(256), bytes(40)
    lonely = EMPTY_HASH + bytes(8)
    for first, found in ((lonely, 1), (lonely[:-1] + b"\1", 0), (bytes(40), 0)):
        args = EvidenceArgs(part.Update(), 0, chunk, 0, first + beside)
        odd.calls = [Call("challenge_append", {"submission": dispute.target}, args)]
        assert len(list(shown_in(odd, SIZE))) == found


@pytest.mark.parametrize("name", CASES)
def test_no_step_that_is_left_out_is_more_than_the_audit_can_tell(name: str) -> None:
    """It names what is wrong; it never fails itself."""
    told = history_of(name)
    steps = told.history.steps
    for place in range(1, len(steps)):
        told.flaws(History((*steps[:place], *steps[place + 1 :])))
