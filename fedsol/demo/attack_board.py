"""The board of a story of an attack: knows disputes, evaluators and plants, and says them in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from solders.pubkey import Pubkey

from fedsol.demo.attack_plans import PLANS
from fedsol.demo.attack_roles import cheats_of
from fedsol.demo.attack_words import (
    Case,
    claim_of,
    evaluator_fault,
    evidence_of,
    expired,
    payment,
    verdict_of,
)
from fedsol.demo.board import LASTING, PHASES, Board, Line, Seat, tokens
from fedsol.demo.cast import CHEAT_ROUND, Scenario
from fedsol.program.addresses import submission_address
from fedsol.program.events import Event

_SCORED = (*PHASES[:3], "ScoreReveal", "Tally", *PHASES[3:])
_LASTING = frozenset({"cheat", "notice", "answer", "verdict", "pay", "again", "plant", "score"})


@dataclass
class AttackBoard(Board):
    """The story so far, with the dispute that is under way."""

    scenario: Scenario = field(default_factory=Scenario)
    lasting: frozenset[str] = LASTING | _LASTING
    cheated: str = ""
    cases: dict[Pubkey, Case] = field(default_factory=dict)
    accepted: int = 0
    scores: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.scenario.params.score.seconds:
            self.phases = _SCORED

    @property
    def case(self) -> str:
        """See ``Board``."""
        return next((one.progress for one in reversed(self.cases.values())), "")

    def tell(self, event: Event, time: int) -> list[Line]:
        """See ``Board``; what the cheat did is told beside the event that shows it."""
        lines = super().tell(event, time)
        data, number = event.data, self.number
        match event.name:
            case "RoundOpened":
                self.accepted, self.scores = 0, {}
            case "RoundRevealed":
                self.accepted += 1
            case "RoundAdvanced":
                lines += self._advanced(data)
            case "ScoreRevealed" | "AuditRevealed" | "SubmissionScored" | "EvaluatorFaulted":
                lines += self._evaluated(event.name, data)
            case "EvaluationClaimed":
                self.seats[data.participant].rewards += data.amount
            case name if name.startswith(("Challenge", "Demand")):
                lines += self._disputed(name, data)
        return lines + (self._deed(event) if number == CHEAT_ROUND else [])

    def see(self, event: Event, time: int) -> str | None:
        """See ``Board``; where evaluators score, shares differ."""
        words = super().see(event, time)
        if event.name == "RoundSettled" and self.phases is _SCORED:
            return f"nobody objected: the pool is divided by score, {tokens(event.data.share)} on average"
        return words

    # -- the cheat -------------------------------------------------------------------------------

    def _deed(self, event: Event) -> list[Line]:
        attack = self.scenario.attack
        if attack is None or self.scenario.honest or self.cheated:
            return []
        plan = PLANS[attack]
        seat = self.seats.get(getattr(event.data, "participant", Pubkey.default()))
        if event.name != plan.event or seat is None or seat.name not in cheats_of(self.scenario):
            return []
        self.cheated = seat.name
        return [Line("cheat", plan.deed.format(cheat=seat.name))]

    # -- disputes --------------------------------------------------------------------------------

    def _disputed(self, name: str, data: Any) -> list[Line]:
        match name:
            case "ChallengeOpened":
                case = self._open(data)
                return [Line("notice", claim_of(case))]
            case "ChallengeAppended":
                return self._appended(data)
            case "DemandAnswered":
                return [Line("answer", f"{self.seats[data.participant].name} shows the chunk")]
            case "ChallengeResolved":
                return self._resolved(data)
            case "ChallengeExpired":
                return [Line("verdict", expired(self.cases[data.challenge], data))]
            case _:
                return [Line("pay", payment(self.cases.pop(data.challenge), data))]

    def _open(self, data: Any) -> Case:
        aggregate = data.target == data.round
        case = Case(
            kind=data.kind,
            challenger=self.names.get(data.challenger, "somebody"),
            accused=self.seats[data.accused].name,
            on_aggregate=aggregate,
            bond=data.bond,
            attempt=data.attempt,
            needed=self.accepted + 2 if type(data.kind).__name__ == "WrongAggregate" else 1,
        )
        self.cases[data.challenge] = case
        return case

    def _appended(self, data: Any) -> list[Line]:
        case = self.cases[data.challenge]
        if not data.complete:
            return []
        case.shown += 1
        return [Line("evidence", evidence_of(case, data.part, self._author(data.submission)))]

    def _author(self, submission: Pubkey | None) -> str:
        authors: Mapping[Pubkey, Seat] = {
            submission_address(self.round, participant): seat
            for participant, seat in self.seats.items()
        }
        return authors[submission].name if submission is not None and submission in authors else ""

    def _resolved(self, data: Any) -> list[Line]:
        case, seat = self.cases[data.challenge], self.seats[data.accused]
        case.verdict = data
        lost = seat.bond if case.on_aggregate else 0
        lines = [Line("verdict", verdict_of(case, bond=lost if data.proven else 0))]
        seat.stake = data.stake
        if not data.proven:
            return lines
        seat.slashed += data.slashed
        seat.note = f"slashed {tokens(data.slashed)}"
        seat.bond -= lost
        self.accepted -= not case.on_aggregate
        if data.attempt == case.attempt:
            return [*lines, Line("again", f"the round goes on without {case.accused}'s update")]
        for other in self.seats.values():
            other.stake, other.bond = other.stake + other.bond, 0
        self.phase = "Aggregate"
        again = "the posted model falls; the round is open again, for another aggregator"
        return [*lines, Line("again", again)]

    # -- scores ----------------------------------------------------------------------------------

    def _advanced(self, data: Any) -> list[Line]:
        phase = type(data.phase).__name__
        if phase == "ScoreReveal":
            return [Line("score", "the evaluators have sealed their scores")]
        if phase == "Aggregate" and self.scores:
            told = ", ".join(f"{name} {score}" for name, score in self.scores.items())
            return [Line("score", f"the medians: {told}")]
        return []

    def _evaluated(self, name: str, data: Any) -> list[Line]:
        seat = self.seats[data.participant]
        match name:
            case "ScoreRevealed":
                return [Line("score", f"{seat.name} shows its scores")]
            case "AuditRevealed":
                words = (
                    f"{seat.name} tells that it planted noise, and shows the secret it is made of"
                )
                return [Line("plant", words)]
            case "SubmissionScored":
                noise = type(data.status).__name__ == "Planted"
                self.scores[seat.name] = "planted" if noise else f"{data.score / 100:.0f} %"
                return []
        seat.stake, seat.note = data.stake, f"slashed {tokens(data.slashed)}"
        seat.slashed += data.slashed
        finder = self.names.get(data.finder, "somebody")
        return [Line("fault", evaluator_fault(seat.name, finder, data))]
