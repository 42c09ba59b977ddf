"""What an audit found."""

from dataclasses import asdict, dataclass, field
from typing import Any

from solders.pubkey import Pubkey


@dataclass(frozen=True)
class Check:
    """One thing that was checked; ``detail`` counts what was, or says what is wrong."""

    name: str
    ok: bool
    detail: str


@dataclass
class Standing:
    """What ties a participant to the federation besides its stake, by its events.

    ``liabilities`` (token units) are by kind and round; ``slash_*`` count for the round's cap.
    """

    roles: int = 0
    bonded: int = 0
    liabilities: dict[tuple[str, Pubkey], int] = field(default_factory=dict)
    stake_slot: int = 0
    seated_slot: int = 0
    slash_round: int = 0
    slash_base: int = 0
    slash_taken: int = 0
    barred_round: int = 0
    armed: bytes = bytes(32)
    audit_slot: int = 0
    aggregated: int = 0
    evaluated: int = 0
    offences: int = 0


@dataclass
class Person:
    """What a participant put in and got out, in token units, by its events.

    ``found`` is what proving others' faults brought it, ``forfeited`` what wrong claims cost it.
    """

    participant: Pubkey
    owner: Pubkey
    deposited: int = 0
    withdrawn: int = 0
    slashed: int = 0
    rewarded: int = 0
    stake: int = 0
    unbonding: int = 0
    revealed: int = 0
    found: int = 0
    forfeited: int = 0
    closed: bool = False
    standing: Standing = field(default_factory=Standing)

    @property
    def slashable(self) -> int:
        """What a slash can reach. Token units."""
        return self.stake + self.unbonding

    def to_json(self) -> dict[str, Any]:
        """The same with addresses as text, and what is bonded."""
        shown = {name: value for name, value in vars(self).items() if name != "standing"}
        return {
            **shown,
            "participant": str(self.participant),
            "owner": str(self.owner),
            "bonded": self.standing.bonded,
        }


@dataclass(frozen=True)
class AuditReport:
    """All checks of a federation, its events and its people."""

    federation: Pubkey
    events: int
    checks: list[Check] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "federation": str(self.federation),
            "ok": self.ok,
            "events": self.events,
            "checks": [asdict(check) for check in self.checks],
            "people": [person.to_json() for person in self.people],
        }


@dataclass
class Finding:
    """A check that is being made; ``passed`` says what was looked at, with its number as ``{}``."""

    name: str
    passed: str
    count: int = 0
    problems: list[str] = field(default_factory=list)

    def expect(self, holds: bool, problem: str) -> None:
        """Counts one thing that was looked at, and what is wrong with it unless it ``holds``."""
        self.count += 1
        if not holds:
            self.problems.append(problem)

    def check(self) -> Check:
        """What came out."""
        return check(self.name, self.problems, self.passed.format(self.count))


def check(name: str, problems: list[str], passed: str) -> Check:
    """A check that passes if nothing is wrong; otherwise the first problem and how many there are."""
    if not problems:
        return Check(name, True, passed)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Check(name, False, problems[0] + more)
