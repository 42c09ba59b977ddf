"""What events of masked rounds change in the ledger: shares that are stored, aggregates turned down."""

from collections.abc import Callable
from typing import Any

from fedsol.audit.ledger import Ledger, Round
from fedsol.audit.replaying_disputes import reopen
from fedsol.audit.replaying_people import list_aggregator
from fedsol.audit.replaying_rounds import in_round


def _shared(ledger: Ledger, round_: Round, data: Any) -> None:
    submission = round_.submissions.get(data.participant)
    if submission is not None:
        submission.status, submission.shares = "Shared", bytes(data.shares)


def _objected(ledger: Ledger, round_: Round, data: Any) -> None:
    submission = round_.submissions.get(data.participant)
    if submission is not None and submission.index is not None:
        round_.objectors.add(submission.index)
    if data.falls:
        _fall(ledger, round_, data.slot)


def _fall(ledger: Ledger, round_: Round, slot: int) -> None:
    """The aggregate goes, its bond home; whoever posted it posts no other in this round."""
    standing = round_.standing
    person = ledger.people.get(standing.participant) if standing is not None else None
    if standing is not None and person is not None:
        person.stake += standing.bond
        person.standing.bonded -= standing.bond
        person.standing.barred_round = round_.number
        list_aggregator(ledger, person, slot)
    reopen(ledger, round_, slot)


MASKED: dict[str, Callable[[Ledger, Any], None]] = {
    "RoundShared": in_round(_shared),
    "RoundObjected": in_round(_objected),
}
