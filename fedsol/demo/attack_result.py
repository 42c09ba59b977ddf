"""A told attack, and the same as plain JSON values."""

from dataclasses import asdict, dataclass
from typing import Any

from fedsol.demo.attack_money import Reckoning
from fedsol.demo.board import Line
from fedsol.demo.cast import CHEAT_ROUND
from fedsol.demo.story import Outcome
from fedsol.demo.summary import tell_chapters


@dataclass(frozen=True)
class Telling:
    """The story of an attack: what is left of it, the bill, and every line that was told."""

    outcome: Outcome
    reckoning: Reckoning
    told: list[tuple[int, Line]]

    @property
    def attack(self) -> str:
        """The attack's name."""
        return self.outcome.scenario.attack or ""

    @property
    def ok(self) -> bool:
        """Whether the attack was caught and the audit found nothing wrong."""
        return self.reckoning.caught and self.outcome.audit.ok

    @property
    def incident(self) -> list[Line]:
        """What was told of the round of the attack."""
        return [line for number, line in self.told if number == CHEAT_ROUND]

    def to_json(self) -> dict[str, Any]:
        """Everything; amounts in token units, fees in lamports."""
        outcome, bill = self.outcome, self.reckoning
        fine = bill.fine
        return {
            "attack": self.attack,
            "model": outcome.scenario.model,
            "seed": outcome.scenario.seed,
            "federation": str(outcome.federation),
            "ok": self.ok,
            "caught": bill.caught,
            "checks": bill.checks,
            "cheat": bill.cheat,
            "finder": fine.finder if fine is not None else None,
            "fault": fine.fault if fine is not None else None,
            "fine": fine.total if fine is not None else 0,
            "fines": [asdict(one) for one in bill.fines],
            "bonds": [asdict(one) for one in bill.bonds],
            "balances": [asdict(one) for one in bill.balances],
            "treasury": bill.treasury,
            "burned": bill.burned,
            "proof": asdict(bill.proof),
            "transactions": len(outcome.transactions),
            "rounds": [asdict(one) for one in tell_chapters(outcome)],
            "told": [{"round": number, **asdict(line)} for number, line in self.told],
            "audit": outcome.audit.to_json(),
        }
