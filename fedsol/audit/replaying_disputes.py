"""What events of challenges and demands change in the ledger."""

from collections.abc import Callable, Sequence
from typing import Any

from fedsol.audit.ledger import DEMANDS, Dispute, Ledger, Round
from fedsol.audit.replaying_people import (
    list_aggregator,
    reward_finder,
    take,
    unlist_aggregator,
)
from fedsol.audit.rules import choose
from fedsol.program import addresses as at

# What a kind names, and what else.
_PLACES = ("coordinate", "chunk", "selected", "first")
_OTHERS = ("passed_over", "second")


def _opened(ledger: Ledger, data: Any) -> None:
    round_ = ledger.rounds.get(data.round)
    if round_ is None:
        return
    submission = None
    if data.target != data.round:
        found = round_.submissions.get(data.accused)
        named = at.submission_address(data.round, data.accused) == data.target
        submission = found if named else None
    kind = type(data.kind).__name__
    if kind in DEMANDS:
        counted = round_ if submission is None else submission
        counted.demands += 1
    ledger.disputes[data.challenge] = Dispute(
        address=data.challenge,
        kind=kind,
        place=_named(data.kind, _PLACES),
        other=_named(data.kind, _OTHERS),
        has_table=type(ledger.params.rule).__name__ == "MultiKrum",
        round=data.round,
        target=data.target,
        accused=data.accused,
        challenger=data.challenger,
        bond=data.bond,
        attempt=data.attempt,
        deadline_slot=data.deadline.slot,
        aggregate=round_.standing,
        submission=submission,
    )


def _named(kind: Any, names: Sequence[str]) -> int:
    return next((int(getattr(kind, one)) for one in names if hasattr(kind, one)), 0)


def _answered(ledger: Ledger, data: Any) -> None:
    dispute = ledger.disputes.get(data.challenge)
    if dispute is not None:
        dispute.answered = True


def _resolved(ledger: Ledger, data: Any) -> None:
    dispute, round_ = ledger.disputes.get(data.challenge), ledger.rounds.get(data.round)
    if dispute is None or round_ is None:
        return
    if data.proven:
        _convict(ledger, round_, dispute, data)
        dispute.payout = dispute.bond + data.to_finder
        reward_finder(ledger, dispute.challenger, data.to_finder)
    else:
        _forfeit(ledger, dispute, data.to_finder)
    _decide(ledger, dispute, "Convicted" if data.proven else "Acquitted", data)


def _expired(ledger: Ledger, data: Any) -> None:
    dispute = ledger.disputes.get(data.challenge)
    if dispute is None:
        return
    dispute.payout = data.returned
    if data.returned == 0:
        _forfeit(ledger, dispute, data.to_accused)
    _decide(ledger, dispute, "Moot" if data.returned else "Acquitted", data)


def _decide(ledger: Ledger, dispute: Dispute, verdict: str, data: Any) -> None:
    dispute.verdict, dispute.decided_slot = verdict, data.slot
    dispute.to_treasury, dispute.burned = data.to_treasury, data.burned
    ledger.decided.append(dispute)


def _forfeit(ledger: Ledger, dispute: Dispute, to_accused: int) -> None:
    """A claim was wrong: the accused gets the finder's part of its bond into the stake."""
    accused, challenger = ledger.people.get(dispute.accused), ledger.owner(dispute.challenger)
    if accused is not None:
        accused.stake += to_accused
        accused.found += to_accused
    if challenger is not None:
        challenger.forfeited += dispute.bond


def _convict(ledger: Ledger, round_: Round, dispute: Dispute, data: Any) -> None:
    person, standing = ledger.people.get(dispute.accused), round_.standing
    if person is None:
        return
    submission = dispute.submission
    falls = submission is None
    bond = standing.bond if submission is None and standing is not None else 0
    take(ledger, person, round_.number, data.slashed - bond, bond=bond)
    if submission is None:
        person.standing.barred_round = round_.number
    else:
        counted = submission.status == "Revealed"
        falls = counted and round_.phase == "Challenge"
        if counted and round_.phase == "Aggregate":
            _start_aggregation(ledger, round_, data.slot)
        round_.false_plants += submission.status == "Planted" and submission.scored
        submission.status = "Faulted"
    poster = ledger.people.get(standing.participant) if standing is not None else None
    if falls and submission is not None and poster is not None and standing is not None:
        poster.stake += standing.bond
        poster.standing.bonded -= standing.bond
        if poster is not person:
            list_aggregator(ledger, poster, data.slot)
    unlist_aggregator(ledger, person, data.slot)
    if falls:
        convicted = submission is None and dispute.kind not in DEMANDS
        reopen(ledger, round_, data.slot, convicted=convicted)


def reopen(ledger: Ledger, round_: Round, slot: int, *, convicted: bool = False) -> None:
    """Drops the aggregate that stands, and starts the next attempt."""
    round_.objectors.clear()
    round_.fallen[round_.attempt] = convicted
    round_.attempt += 1
    round_.phase = "Aggregate"
    _start_aggregation(ledger, round_, slot)


def _start_aggregation(ledger: Ledger, round_: Round, slot: int) -> None:
    """Both windows begin anew; the lot is the attempt's."""
    round_.chosen = choose(round_.beacon, round_.attempt, round_.aggregators)
    round_.window_slot = slot + ledger.params.aggregate.slots


def _closed(ledger: Ledger, data: Any) -> None:
    ledger.disputes.pop(data.challenge, None)
    ledger.treasury += data.to_treasury
    ledger.burned += data.burned


DISPUTES: dict[str, Callable[[Ledger, Any], None]] = {
    "ChallengeOpened": _opened,
    "DemandAnswered": _answered,
    "ChallengeResolved": _resolved,
    "ChallengeExpired": _expired,
    "ChallengeClosed": _closed,
}
