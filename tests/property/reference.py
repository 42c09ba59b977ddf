"""The reference: what each instruction must do to the money, or why it must be refused.

Every instruction is a generator: it checks (and may refuse), yields, and then takes effect. So the
same code predicts (``allows``) and keeps the books (``apply``).
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.model import CREATOR, Books, Federation, Now, Refused, Rules, Step
from tests.property.reference_money import MoneyRules
from tests.property.reference_people import PeopleRules
from tests.property.reference_rounds import RoundRules

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
    "round_reveal",
    "round_advance",
    "round_aggregate",
    "round_settle",
    "round_abort",
    "fault_no_reveal",
    "reward_claim",
    "submission_close",
    "round_close",
)

MINTS_OF = {"A": ("X", "X"), "B": ("X", "Y"), "C": ("Y", "X")}


class Reference(PeopleRules, MoneyRules, RoundRules):
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

    def touches(self, step: Step) -> set[str]:
        """Names of the accounts that the step may change; the fee payer comes on top."""
        return self._touched(step) | {step.actor}

    def _start(self, step: Step, now: Now) -> Iterator[None]:
        started: Iterator[None] = getattr(self, step.name)(step, now)
        return started

    def _touched(self, step: Step) -> set[str]:
        fed, number, actor = step.fed, step.number, step.actor
        me, vaults = f"{fed}/{actor}", {f"{fed}.stake", f"{fed}.reward", f"{fed}.treasury"}
        round_, mine = f"{fed}#{number}", f"{fed}#{number}/{actor}"
        person = f"{fed}/{step.who}"
        creator = CREATOR[fed]
        table: dict[str, set[str]] = {
            "federation_create": {fed, *vaults},
            "federation_fund": {fed, f"{fed}.reward", self.target(step, "reward")},
            "federation_pause": {fed},
            "federation_close": {fed, *vaults, f"{creator}:X", f"{creator}:Y"},
            "participant_register": {fed, me},
            "participant_close": {fed, person, step.who},
            "stake_deposit": {fed, me, f"{fed}.stake", self.target(step, "stake")},
            "stake_unbond": {fed, me, step.last},
            "stake_withdraw": {fed, me, f"{fed}.stake", self.target(step, "stake")},
            "round_open": {fed, round_},
            "round_commit": {me, mine},
            "round_reveal": {round_, me, mine},
            "round_advance": {round_},
            "round_aggregate": {fed, round_, me},
            "round_settle": {fed, round_, person},
            "round_abort": {fed, round_},
            "fault_no_reveal": {
                *(fed, person, f"{round_}/{step.who}", self.mints_of[fed][0], step.last),
                *(f"{fed}.stake", f"{fed}.treasury", self.target(step, "stake")),
            },
            "reward_claim": {fed, round_, me, mine, f"{fed}.reward", self.target(step, "reward")},
            "submission_close": {fed, round_, person, f"{round_}/{step.who}", step.who},
            "round_close": {fed, round_, step.who},
        }
        return table[step.name]
