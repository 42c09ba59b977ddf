"""The program's arithmetic once more, in Python's integers: fines, divisions, medians, choices.

Nothing here is shared with the client that sends transactions: what is checked must not be checked
with itself.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Evaluation, Round, Shares, Submission
from fedsol.audit.report import Person

BPS = 10_000


@dataclass(frozen=True)
class Slash:
    """An amount that somebody lost, divided. Token units."""

    total: int
    to_finder: int
    to_treasury: int
    burned: int


def split(total: int, params: Any) -> Slash:
    """Divides what was lost: both shares rounded down, the rest burned."""
    to_finder = total * params.slash_split.finder_bps // BPS
    to_treasury = total * params.slash_split.treasury_bps // BPS
    return Slash(total, to_finder, to_treasury, total - to_finder - to_treasury)


def fine(person: Person, round_: int, rate: int, params: Any, *, lost_bond: int = 0) -> int:
    """What a fault of this rate costs: of all that is staked, at most what the round's cap leaves.

    ``lost_bond`` is what the same fault takes besides, which counts no longer.
    """
    base = person.slashable + person.standing.bonded - lost_bond
    cap_base, taken = slash_record(person, round_, lost_bond=lost_bond)
    left = max(0, _up(cap_base, params.slash_rates.round_cap_bps) - taken)
    return min(_up(base, rate), left, person.slashable)


def slash_record(person: Person, round_: int, *, lost_bond: int = 0) -> tuple[int, int]:
    """What the round's cap is taken of, and what slashes of the round have taken so far."""
    standing = person.standing
    if standing.slash_round == round_:
        return standing.slash_base, standing.slash_taken
    return person.slashable + standing.bonded - lost_bond, 0


def _up(amount: int, bps: int) -> int:
    return -(-amount * bps // BPS)


def divide(round_: Round, params: Any) -> Shares:
    """How a round's pool is divided among evaluators, plants and accepted submissions."""
    accepted, planted = len(round_.accepted), len(round_.planted)
    bps = params.scoring.evaluator_bps if round_.credit_total else 0
    evaluators = round_.pool * bps // BPS
    trainers = round_.pool - evaluators
    plant = trainers // (accepted + planted) if accepted + planted else 0
    scores = trainers - plant * planted if _points(round_) else 0
    return Shares(
        evaluators=evaluators,
        plant=plant,
        scores=scores,
        each=scores // accepted if accepted else 0,
        unpaid=evaluators + plant * planted + scores,
        claims=accepted + planted + len(round_.voters),
    )


def pay_of(round_: Round, submission: Submission) -> int:
    """What a submission earns in a settled round."""
    if submission.status == "Planted":
        return round_.shares.plant
    points = _points(round_)
    if submission.status != "Revealed" or points == 0:
        return 0
    return round_.shares.scores * (submission.score if round_.is_scored else 1) // points


def _points(round_: Round) -> int:
    """Σ of what accepted submissions are paid by: scores, or one each where nobody scores."""
    return round_.score_total if round_.is_scored else len(round_.accepted)


def evaluator_pay(round_: Round, evaluation: Evaluation) -> int:
    """What an evaluator earns in a settled round."""
    total = round_.credit_total
    return round_.shares.evaluators * evaluation.credits // total if total else 0


@dataclass(frozen=True)
class Outcome:
    """What scoring makes of a submission; ``within`` says of each vote whether it was in the band.

    None in ``within``: the author's own vote does not count.
    """

    score: int
    status: str
    within: tuple[bool | None, ...]


def tally(submission: Submission, votes: Sequence[tuple[Pubkey, int, int]], params: Any) -> Outcome:
    """Scores a submission by votes: participant, score and weight of each."""
    planted = submission.status == "Planted"
    counted = [(score, weight) for who, score, weight in votes if who != submission.participant]
    floor, band = params.scoring.floor, params.scoring.band
    median = _median(counted)
    result = 0 if planted else floor if median is None else median
    status = "Planted" if planted else "Rejected" if result < floor else "Revealed"
    within = tuple(
        None if who == submission.participant else abs(score - result) <= band
        for who, score, _ in votes
    )
    return Outcome(result, status, within)


def _median(votes: Sequence[tuple[int, int]]) -> int | None:
    """The lowest score up to which at least half of all weight lies; None without weight."""
    total, reached = sum(weight for _, weight in votes), 0
    for score, weight in sorted(votes):
        reached += weight
        if total and 2 * reached >= total:
            return score
    return None


def is_faulty(round_: Round, evaluation: Evaluation) -> bool:
    """Whether an evaluator may be punished: silent, more often outside the band than within, or deaf."""
    if evaluation.status == "Committed":
        return round_.scores_closed
    # A plant that was proved to be none excuses a mistake, and the strike that it made.
    excused = min(evaluation.missed, round_.false_plants)
    deaf = evaluation.missed > excused
    judged = evaluation.status == "Revealed" and round_.is_over
    return judged and (deaf or max(0, evaluation.strikes - excused) > evaluation.credits)


def choose(beacon: bytes, attempt: int, count: int) -> int | None:
    """Which of ``count`` aggregators the beacon chooses at an attempt; None of none."""
    lot = beacon
    if attempt:
        lot = hashlib.sha256(beacon + attempt.to_bytes(4, "little")).digest()
    return int.from_bytes(lot[:16], "little") % count if count else None
