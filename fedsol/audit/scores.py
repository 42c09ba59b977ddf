"""Recomputes what evaluators' scores make of submissions and of evaluators, and counts quorums."""

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Ledger, Round
from fedsol.audit.replaying_scores import find_scores, votes_on
from fedsol.audit.report import Finding
from fedsol.audit.rules import is_faulty, tally
from fedsol.program.events import Event


class Scoring:
    """Shown scores, the medians they make, and the evaluators that were at fault."""

    def __init__(self) -> None:
        self.shown = Finding("scores are in the ledger", "{} evaluations found")
        self.medians = Finding("medians are those of the shown scores", "{} recomputed")
        self.faults = Finding("evaluators at fault were at fault", "{} recomputed")
        self.quorums = Finding("rounds went on with enough of everybody", "{} quorums counted")
        self.findings = (self.shown, self.medians, self.faults, self.quorums)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        round_ = ledger.rounds.get(getattr(event.data, "round", Pubkey.default()))
        if round_ is None:
            return
        match event.name:
            case "RoundAdvanced" | "RoundAggregated":
                self._went_on(ledger, round_, event)
            case "ScoreRevealed":
                self._revealed(ledger, round_, event)
            case "SubmissionScored":
                self._scored(ledger, round_, event)
            case "EvaluatorFaulted":
                self._faulted(round_, event)

    def _went_on(self, ledger: Ledger, round_: Round, event: Event) -> None:
        params, phase = ledger.params, "Challenge"
        if event.name == "RoundAdvanced":
            phase = type(event.data.phase).__name__
        seated = [one for one in round_.evaluations.values() if one.status != "Displaced"]
        waiting = [one for one in round_.shown if not one.scored and one.status != "Faulted"]
        holds = {
            "Score": len(round_.shown) >= params.min_submissions,
            "ScoreReveal": len(seated) >= params.scoring.min_evaluators,
            "Tally": len(round_.voters) >= params.scoring.min_evaluators,
            "Aggregate": not round_.is_scored or not waiting,
            "Challenge": len(round_.accepted) >= params.min_submissions,
        }
        if phase in holds:
            self.quorums.expect(holds[phase], f"round {round_.number} went on to {phase} too early")

    def _revealed(self, ledger: Ledger, round_: Round, event: Event) -> None:
        place = f"round {round_.number}: {event.data.participant}"
        found = find_scores(ledger, round_, event.data.participant, bytes(event.data.scores))
        self.shown.expect(found is not None, f"{place}'s scores are nowhere in the ledger")
        in_turn = event.data.place == len(round_.voters)
        self.medians.expect(in_turn, f"{place}'s scores are not in the order they were shown in")

    def _scored(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, submission = event.data, round_.submissions.get(event.data.participant)
        place = f"round {round_.number}: {data.participant}"
        votes = None if submission is None else votes_on(round_, submission)
        if submission is None or votes is None:
            self.medians.expect(False, f"{place}'s score cannot be recomputed")
            return
        counted = [(one.participant, score, one.weight) for one, score in votes]
        outcome = tally(submission, counted, ledger.params)
        self.medians.expect(
            (data.score, type(data.status).__name__) == (outcome.score, outcome.status),
            f"{place} has {data.score}, the shown scores make {outcome.score}",
        )

    def _faulted(self, round_: Round, event: Event) -> None:
        data, evaluation = event.data, round_.evaluations.get(event.data.participant)
        place = f"round {round_.number}: {data.participant}"
        guilty = evaluation is not None and is_faulty(round_, evaluation)
        self.faults.expect(guilty, f"{place} was punished and was not at fault")
        told = (data.silent, data.credits, data.strikes, data.missed)
        found = evaluation is not None and told == (
            evaluation.status == "Committed",
            evaluation.credits,
            evaluation.strikes,
            evaluation.missed,
        )
        self.faults.expect(found, f"{place} was punished for other scores")
