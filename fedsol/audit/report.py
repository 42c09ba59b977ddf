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
class Person:
    """What a participant put in and got out, in token units, by its events."""

    participant: Pubkey
    owner: Pubkey
    deposited: int = 0
    withdrawn: int = 0
    slashed: int = 0
    rewarded: int = 0
    stake: int = 0
    unbonding: int = 0
    revealed: int = 0
    closed: bool = False

    def to_json(self) -> dict[str, Any]:
        """The same with addresses as text."""
        return {
            **vars(self),
            "participant": str(self.participant),
            "owner": str(self.owner),
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


def check(name: str, problems: list[str], passed: str) -> Check:
    """A check that passes if nothing is wrong; otherwise the first problem and how many there are."""
    if not problems:
        return Check(name, True, passed)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Check(name, False, problems[0] + more)
