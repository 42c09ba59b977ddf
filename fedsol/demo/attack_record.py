"""Fines and challengers' bonds, read out of the events alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from solders.pubkey import Pubkey

from fedsol.demo.attack_plans import PLANS
from fedsol.demo.story import Outcome
from fedsol.program.events import Event


@dataclass(frozen=True)
class Fine:
    """A proved fault, and where what it cost went. Token units."""

    fault: str
    round: int
    accused: str
    finder: str
    from_stake: int
    from_bond: int
    to_finder: int
    to_treasury: int
    burned: int

    @property
    def total(self) -> int:
        """All that was lost."""
        return self.from_stake + self.from_bond


@dataclass(frozen=True)
class Bond:
    """What a challenger put up, and where it went. Token units."""

    kind: str
    challenger: str
    accused: str
    amount: int
    returned: int = 0
    to_accused: int = 0
    to_treasury: int = 0
    burned: int = 0


def read_money(outcome: Outcome) -> tuple[list[Fine], list[Bond]]:
    """Every fine and every challenger's bond, in the order in which they ended."""
    reading = _Reading(outcome)
    for moment in outcome.moments:
        reading.take(moment.event)
    return reading.fines, [*reading.ended, *reading.bonds.values()]


def people_of(outcome: Outcome) -> Mapping[Pubkey, str]:
    """Who is behind each participant."""
    return {
        moment.event.data.participant: outcome.names[moment.event.data.owner]
        for moment in outcome.moments
        if moment.event.name == "ParticipantRegistered"
    }


class _Reading:
    """What has been read so far; ``posted`` is the newest aggregator's bond."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.people = outcome, people_of(outcome)
        self.fault = PLANS[outcome.scenario.attack or "silent"].fault
        self.number, self.posted = 0, 0
        self.opened: dict[Pubkey, Any] = {}
        self.bonds: dict[Pubkey, Bond] = {}
        self.ended: list[Bond] = []
        self.fines: list[Fine] = []

    def take(self, event: Event) -> None:
        data = event.data
        match event.name:
            case "RoundOpened":
                self.number = data.number
            case "RoundAggregated":
                self.posted = data.bond
            case "ChallengeOpened":
                self._open(data)
            case "ChallengeResolved" if data.proven:
                opened = self.opened[data.challenge]
                lost = self.posted if opened.target == opened.round else 0
                self._fine(data, data.accused, opened.challenger, from_bond=lost)
            case "ChallengeResolved" | "ChallengeExpired":
                self._forfeit(data)
            case "ChallengeClosed":
                self._close(data)
            case "NoRevealFaulted" | "EvaluatorFaulted":
                self._fine(data, data.participant, data.finder)

    def _open(self, data: Any) -> None:
        self.opened[data.challenge] = data
        self.bonds[data.challenge] = Bond(
            kind=type(data.kind).__name__,
            challenger=self._name(data.challenger),
            accused=self.people[data.accused],
            amount=data.bond,
        )

    def _forfeit(self, data: Any) -> None:
        """A claim that was wrong, or too late: the bond is divided."""
        self.bonds[data.challenge] = replace(
            self.bonds[data.challenge],
            to_accused=data.to_finder if hasattr(data, "to_finder") else data.to_accused,
            to_treasury=data.to_treasury,
            burned=data.burned,
        )

    def _close(self, data: Any) -> None:
        bond = self.bonds.pop(data.challenge)
        self.ended.append(replace(bond, returned=min(data.paid, bond.amount)))

    def _fine(self, data: Any, accused: Pubkey, finder: Pubkey, *, from_bond: int = 0) -> None:
        self.fines.append(
            Fine(
                fault=self.fault,
                round=self.number,
                accused=self.people[accused],
                finder=self._name(finder),
                from_stake=data.slashed - from_bond,
                from_bond=from_bond,
                to_finder=data.to_finder,
                to_treasury=data.to_treasury,
                burned=data.burned,
            )
        )

    def _name(self, owner: Pubkey) -> str:
        return self.outcome.names.get(owner, "somebody")
