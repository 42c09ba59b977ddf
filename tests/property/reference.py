"""The reference: what each instruction must do to the money, or why it must be refused.

Every instruction is a generator: it checks (and may refuse), yields, and then takes effect. So the
same code predicts (``allows``) and keeps the books (``apply``).
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.books import Books
from tests.property.model import MINTS_OF, Now, Refused, Rules, Step
from tests.property.reference_masked import MaskedRules
from tests.property.reference_people import PeopleRules
from tests.property.state import Federation

INSTRUCTIONS = (
    "federation_create",
    "federation_fund",
    "federation_pause",
    "federation_close",
    "participant_register",
    "participant_close",
    "stake_deposit",
    "stake_unbond",
    "stake_withdraw",
    "round_open",
    "round_commit",
    "round_join",
    "round_share",
    "round_reveal",
    "round_advance",
    "score_commit",
    "score_reveal",
    "audit_arm",
    "audit_reveal",
    "submission_score",
    "round_aggregate",
    "round_object",
    "challenge_open",
    "challenge_append",
    "challenge_measure",
    "challenge_resolve",
    "challenge_expire",
    "challenge_close",
    "demand_open",
    "demand_answer",
    "round_settle",
    "round_abort",
    "fault_no_reveal",
    "fault_evaluator",
    "reward_claim",
    "evaluation_claim",
    "submission_close",
    "evaluation_close",
    "round_close",
)


class Reference(PeopleRules, MaskedRules):
    """All federations and all balances, moved by steps."""

    def __init__(self, books: Books, rules: dict[str, Rules]) -> None:
        self.books = books
        self.rules = rules
        self.mints_of = MINTS_OF
        self.feds: dict[str, Federation] = {}

    def allows(self, step: Step, now: Now) -> str | None:
        """None if the step must succeed, else the name of the error (empty: any)."""
        try:
            next(self._start(step, now))
        except Refused as refused:
            return refused.error
        return None

    def apply(self, step: Step, now: Now) -> None:
        """Takes a step that is allowed."""
        for _ in self._start(step, now):
            pass

    def _start(self, step: Step, now: Now) -> Iterator[None]:
        started: Iterator[None] = getattr(self, step.name)(step, now)
        return started
