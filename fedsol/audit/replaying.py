"""Writes the ledger, event by event. Amounts are those of the events; what they should be is checked
elsewhere.
"""

from collections.abc import Callable, Iterable
from typing import Any

from fedsol.audit.calls import Call, Step
from fedsol.audit.ledger import Ledger
from fedsol.audit.replaying_disputes import DISPUTES
from fedsol.audit.replaying_masked import MASKED
from fedsol.audit.replaying_people import PEOPLE
from fedsol.audit.replaying_rounds import ROUNDS
from fedsol.audit.replaying_scores import SCORES
from fedsol.program.events import Event

_BOOK: dict[str, Callable[[Ledger, Any], None]] = {
    **PEOPLE,
    **ROUNDS,
    **SCORES,
    **DISPUTES,
    **MASKED,
}


def book(ledger: Ledger, step: Step) -> None:
    """Writes down what a step changed. Events of what is not known are passed over: the record's
    own check names what is missing.
    """
    if isinstance(step, Call):
        _keep(ledger, step)
    elif step.name in _BOOK:
        _BOOK[step.name](ledger, step.data)


def replay(steps: Iterable[Step]) -> Ledger:
    """The ledger after steps that begin with the federation's creation."""
    ledger: Ledger | None = None
    for step in steps:
        if ledger is None and isinstance(step, Event):
            ledger = Ledger(step)
        elif ledger is not None:
            book(ledger, step)
    if ledger is None:
        raise ValueError("no events to replay")
    return ledger


def _keep(ledger: Ledger, call: Call) -> None:
    """Keeps what was shown for the event that it leads to."""
    evaluation = call.accounts.get("evaluation")
    if call.name == "score_reveal" and evaluation is not None:
        piece = (call.args.from_, tuple(call.args.scores))
        ledger.pieces.setdefault(evaluation, []).append(piece)
    dispute = ledger.disputes.get(call.accounts.get("challenge"))  # type: ignore[arg-type]
    if dispute is not None:
        dispute.calls.append(call)
