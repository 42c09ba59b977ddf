"""What events of rounds and submissions change in the ledger."""

import hashlib
from collections.abc import Callable
from typing import Any

from fedsol.audit.ledger import Aggregate, Ledger, Round, Submission
from fedsol.audit.replaying_people import list_aggregator, lock, punish, unlock
from fedsol.audit.rules import divide

Change = Callable[[Ledger, Round, Any], None]


def _opened(ledger: Ledger, data: Any) -> None:
    ledger.available -= data.pool
    ledger.reserved += data.pool
    ledger.rounds[data.round] = Round(
        address=data.round,
        number=data.number,
        pool=data.pool,
        base_root=bytes(data.base_model_root),
        parent_beacon=ledger.beacon,
        parent_beacon_slot=ledger.beacon_slot,
        is_scored=ledger.is_scored,
    )


def _committed(ledger: Ledger, round_: Round, data: Any) -> None:
    commitment = bytes(data.commitment)
    round_.submissions[data.participant] = Submission(data.participant, commitment, data.slot)
    round_.members += ledger.is_masked
    lock(ledger, "update", data)


def _revealed(ledger: Ledger, round_: Round, data: Any) -> None:
    round_.beacon = hashlib.sha256(round_.beacon + bytes(data.salt)).digest()
    unlock(ledger, "update", data)
    person, submission = (
        ledger.people.get(data.participant),
        round_.submissions.get(data.participant),
    )
    if person is None or submission is None:
        return
    person.revealed += 1
    submission.status = "Revealed"
    submission.index, submission.weight = data.index, data.weight
    submission.root, submission.norm_squared = bytes(data.root), data.norm_squared
    submission.artifact = bytes(data.artifact)


def _advanced(ledger: Ledger, round_: Round, data: Any) -> None:
    phase = type(data.phase).__name__
    if phase == "Score" and bytes(data.beacon) == round_.beacon:
        # The first time, and whenever a slot hash was forgotten before anybody drew it.
        round_.beacon_slot = data.slot + 1
        if round_.phase != "Score":
            round_.aggregators = len(ledger.aggregators)
    elif phase in ("Score", "Aggregate") and not round_.drawn:
        round_.drawn, round_.beacon = True, bytes(data.beacon)
    round_.scores_closed |= phase == "Tally"
    round_.phase = phase
    if phase == "Aggregate":
        round_.chosen, round_.window_slot = data.chosen, data.deadline.slot


def _aggregated(ledger: Ledger, round_: Round, data: Any) -> None:
    person = ledger.people.get(data.participant)
    if person is not None:
        person.stake -= data.bond
        person.standing.bonded += data.bond
    root, artifact = bytes(data.new_model_root), bytes(data.new_model_artifact)
    accepted, posted = tuple(round_.accepted), data.selection
    round_.aggregates.append(
        Aggregate(
            data.attempt,
            data.participant,
            data.bond,
            root,
            artifact,
            accepted,
            tuple(round_.shown),
            None if posted is None else (bytes(posted.root), bytes(posted.artifact)),
        )
    )
    round_.phase = "Challenge"


def _settled(ledger: Ledger, round_: Round, data: Any) -> None:
    standing = round_.standing
    person = ledger.people.get(standing.participant) if standing is not None else None
    if standing is not None and person is not None:
        person.stake += standing.bond
        person.standing.bonded -= standing.bond
        person.standing.aggregated += 1
        list_aggregator(ledger, person, data.slot)
    round_.shares = divide(round_, ledger.params)
    round_.unpaid, round_.claims_left = round_.shares.unpaid, round_.shares.claims
    ledger.owed += round_.unpaid
    _end(ledger, round_, "Settled", round_.pool - round_.unpaid)


def _aborted(ledger: Ledger, round_: Round, data: Any) -> None:
    round_.scores_closed |= round_.phase == "ScoreReveal"
    _end(ledger, round_, "Aborted", round_.pool)


def _end(ledger: Ledger, round_: Round, phase: str, released: int) -> None:
    ledger.reserved -= round_.pool
    ledger.available += released
    round_.phase = phase
    if round_.drawn:
        ledger.beacon, ledger.beacon_slot = round_.beacon, round_.beacon_slot


def _closed(ledger: Ledger, round_: Round, data: Any) -> None:
    round_.closed = True


def _reward_claimed(ledger: Ledger, round_: Round, data: Any) -> None:
    submission = round_.submissions.get(data.participant)
    if submission is not None:
        submission.claimed = True
    claim(ledger, round_, data, data.amount)


def claim(ledger: Ledger, round_: Round, data: Any, amount: int) -> None:
    """Books a claim, or one that was given up, and the dust of the last one."""
    round_.unpaid -= amount + data.released
    round_.claims_left -= 1
    ledger.owed -= amount + data.released
    ledger.available += data.released
    ledger.paid += amount
    person = ledger.people.get(data.participant)
    if person is not None:
        person.rewarded += amount


def _no_reveal(ledger: Ledger, round_: Round, data: Any) -> None:
    punish(ledger, data, "update")
    submission = round_.submissions.get(data.participant)
    if submission is not None:
        submission.status = "Faulted"


def _submission_closed(ledger: Ledger, round_: Round, data: Any) -> None:
    unlock(ledger, "update", data)
    submission = round_.submissions.get(data.participant)
    if submission is None:
        return
    if round_.phase == "Settled" and submission.is_paid and not submission.claimed:
        claim(ledger, round_, data, 0)
    submission.closed = True


def in_round(change: Change) -> Callable[[Ledger, Any], None]:
    """A change of the round that an event names; none of a round that was never opened."""

    def changed(ledger: Ledger, data: Any) -> None:
        round_ = ledger.rounds.get(data.round)
        if round_ is not None:
            change(ledger, round_, data)

    return changed


ROUNDS: dict[str, Callable[[Ledger, Any], None]] = {
    "RoundOpened": _opened,
    "RoundCommitted": in_round(_committed),
    "RoundRevealed": in_round(_revealed),
    "RoundAdvanced": in_round(_advanced),
    "RoundAggregated": in_round(_aggregated),
    "RoundSettled": in_round(_settled),
    "RoundAborted": in_round(_aborted),
    "RoundClosed": in_round(_closed),
    "RewardClaimed": in_round(_reward_claimed),
    "NoRevealFaulted": in_round(_no_reveal),
    "SubmissionClosed": in_round(_submission_closed),
}
