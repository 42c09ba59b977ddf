"""What events of evaluations change in the ledger."""

from collections.abc import Callable
from typing import Any

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Evaluation, Ledger, Round, Scores, Submission
from fedsol.audit.replaying_people import lock, punish, unlock
from fedsol.audit.replaying_rounds import claim, in_round
from fedsol.audit.rules import tally
from fedsol.program import addresses as at
from fedsol.program.commitment import scores_digest


def _score_committed(ledger: Ledger, round_: Round, data: Any) -> None:
    if data.displaced is not None and data.displaced in round_.evaluations:
        round_.evaluations[data.displaced].status = "Displaced"
    round_.evaluations[data.participant] = Evaluation(
        data.participant, bytes(data.commitment), data.seat, data.ticket, data.weight
    )
    lock(ledger, "scores", data)


def _score_revealed(ledger: Ledger, round_: Round, data: Any) -> None:
    unlock(ledger, "scores", data)
    person = ledger.people.get(data.participant)
    evaluation = round_.evaluations.get(data.participant)
    if person is None or evaluation is None:
        return
    person.standing.evaluated += 1
    evaluation.scores = find_scores(ledger, round_, data.participant, bytes(data.scores))
    evaluation.status, evaluation.place = "Revealed", data.place


def find_scores(ledger: Ledger, round_: Round, participant: Pubkey, digest: bytes) -> Scores | None:
    """The scores with that digest, as pieces showed them or an account has them; None if neither."""
    pieces = ledger.pieces.get(at.evaluation_address(round_.address, participant), [])
    scores = [0] * len(round_.shown)
    for start, piece in pieces:
        scores[start : start + len(piece)] = piece
    whole = tuple(scores)
    return whole if scores_digest(whole) == digest else ledger.kept.get(digest)


def _audit_revealed(ledger: Ledger, round_: Round, data: Any) -> None:
    person = ledger.people.get(data.participant)
    submission = round_.submissions.get(data.participant)
    if person is None or submission is None:
        return
    person.standing.armed = bytes(32)
    submission.status = "Planted"
    submission.seed, submission.amplitude = bytes(data.seed), data.amplitude


def votes_on(round_: Round, submission: Submission) -> list[tuple[Evaluation, int]] | None:
    """Every shown evaluation with its score of a submission, by place; None if scores are lost."""
    index = -1 if submission.index is None else submission.index
    found = [
        (one, one.scores[index])
        for one in round_.voters
        if one.scores is not None and 0 <= index < len(one.scores)
    ]
    return found if len(found) == len(round_.voters) else None


def _scored(ledger: Ledger, round_: Round, data: Any) -> None:
    submission = round_.submissions.get(data.participant)
    if submission is None:
        return
    votes = votes_on(round_, submission)
    if votes is not None:
        counted = [(one.participant, score, one.weight) for one, score in votes]
        outcome = tally(submission, counted, ledger.params)
        for (evaluation, _), within in zip(votes, outcome.within, strict=True):
            evaluation.credits += within is True
            evaluation.strikes += within is False
            evaluation.missed += within is False and submission.status == "Planted"
    submission.status, submission.scored = type(data.status).__name__, True
    submission.score = data.score


def _evaluation_claimed(ledger: Ledger, round_: Round, data: Any) -> None:
    evaluation = round_.evaluations.get(data.participant)
    if evaluation is not None:
        evaluation.status = "Done"
    claim(ledger, round_, data, data.amount)


def _evaluator_faulted(ledger: Ledger, round_: Round, data: Any) -> None:
    evaluation = round_.evaluations.get(data.participant)
    if evaluation is not None:
        if round_.phase == "Settled" and evaluation.status == "Revealed":
            claim(ledger, round_, data, 0)
        evaluation.status = "Faulted"
    punish(ledger, data, "scores")


def _evaluation_closed(ledger: Ledger, round_: Round, data: Any) -> None:
    unlock(ledger, "scores", data)
    evaluation = round_.evaluations.get(data.participant)
    if evaluation is None:
        return
    if round_.phase == "Settled" and evaluation.status == "Revealed":
        claim(ledger, round_, data, 0)
        evaluation.status = "Done"
    evaluation.closed = True


SCORES: dict[str, Callable[[Ledger, Any], None]] = {
    "ScoreCommitted": in_round(_score_committed),
    "ScoreRevealed": in_round(_score_revealed),
    "AuditRevealed": in_round(_audit_revealed),
    "SubmissionScored": in_round(_scored),
    "EvaluationClaimed": in_round(_evaluation_claimed),
    "EvaluatorFaulted": in_round(_evaluator_faulted),
    "EvaluationClosed": in_round(_evaluation_closed),
}
