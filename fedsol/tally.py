"""What submissions and evaluators have come to: the step that scores them, and what they earn."""

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.chain import Chain
from fedsol.program import Evaluation, Round, Submission
from fedsol.program import instructions as ix
from fedsol.program.addresses import round_address
from fedsol.reading import is_scored, list_evaluations, list_submissions

# Each names one account more, and all of them the same evaluations.
_SUBMISSIONS_AT_ONCE = 4


async def scoring_steps(chain: Chain, federation: Pubkey, round_: Round) -> list[list[Instruction]]:
    """What scores every submission that has no score yet: instructions, by transaction.

    Anybody may send them, in any order, once the Tally phase is over.
    """
    address = round_address(federation, round_.number)
    evaluators = [
        one.participant
        for _, one, _ in await list_evaluations(chain, address)
        if one.status.kind == "Revealed"
    ]
    steps = [
        ix.submission_score(federation, round_.number, one.participant, evaluators)
        for one in await list_submissions(chain, round_=address)
        if one.status.kind in ("Revealed", "Planted") and not one.scored
    ]
    starts = range(0, len(steps), _SUBMISSIONS_AT_ONCE)
    return [steps[start : start + _SUBMISSIONS_AT_ONCE] for start in starts]


def submission_pay(round_: Round, submission: Submission) -> int:
    """What a submission earns of a settled round, in token units; rounded down, as the program does."""
    if submission.status.kind == "Planted":
        return round_.plant_share
    if submission.status.kind != "Revealed":
        return 0
    if not is_scored(round_.params):
        return round_.score_pool // round_.accepted
    return round_.score_pool * submission.score // max(1, round_.score_total)


def evaluator_pay(round_: Round, evaluation: Evaluation) -> int:
    """What an evaluator earns of a settled round, in token units; rounded down."""
    return round_.evaluator_pool * evaluation.credits // max(1, round_.credit_total)
