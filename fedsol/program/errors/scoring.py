"""Broken rules of scoring and audits.

One class per code, in their order.
"""

from fedsol.errors import ProgramError


class EvaluatorsFull(ProgramError):
    """All evaluators' seats are held by lower tickets."""

    code = 6067
    name = "EvaluatorsFull"
    hint = "Wait for the next round: chance decides anew who may evaluate."


class WrongEvaluation(ProgramError):
    """The evaluation belongs to another participant or round, or is not the one that holds the seat."""

    code = 6068
    name = "WrongEvaluation"
    hint = "Pass the participant's own evaluation; to displace, the one with the highest ticket."


class BeaconNotDrawn(ProgramError):
    """The beacon has not been drawn yet; call round_advance."""

    code = 6069
    name = "BeaconNotDrawn"
    hint = "Call round_advance first; anyone may."


class StakeTooFresh(ProgramError):
    """The stake was deposited after the beacon's slot; it counts from the next round on."""

    code = 6070
    name = "StakeTooFresh"
    hint = "Wait for the next round."


class ScoresOutOfRange(ProgramError):
    """Scores lie behind the round's last submission, or above 10000 basis points."""

    code = 6071
    name = "ScoresOutOfRange"
    hint = "Give one score of 0 to 10000 for each revealed submission."


class ScoresMissing(ProgramError):
    """Every submission needs its score before the round goes on; call submission_score for each."""

    code = 6072
    name = "ScoresMissing"
    hint = "Call submission_score for every revealed submission; anyone may."


class EvaluationsMissing(ProgramError):
    """Pass every evaluation that was shown, once, in the order of its place."""

    code = 6073
    name = "EvaluationsMissing"
    hint = "List the round's evaluations and pass those that were shown, by place."


class WrongEvaluationStatus(ProgramError):
    """The evaluation is not in the state that this needs."""

    code = 6074
    name = "WrongEvaluationStatus"
    hint = "Read the evaluation's status; it may be done, displaced or faulted."


class EvaluatorNotAtFault(ProgramError):
    """The evaluator was neither silent nor far from the others."""

    code = 6075
    name = "EvaluatorNotAtFault"
    hint = "Leave it: there is nothing to punish."


class EvaluationInUse(ProgramError):
    """The evaluation has unclaimed pay or an undecided fault; claim or fault it first."""

    code = 6076
    name = "EvaluationInUse"
    hint = "Claim its pay, or prove its fault, before closing it."


class AuditMismatch(ProgramError):
    """The secret does not hash to the audit commitment."""

    code = 6077
    name = "AuditMismatch"
    hint = "Use the secret that was armed last."


class AuditTooFresh(ProgramError):
    """The audit was armed after the beacon that picks who may plant; it counts from the
    next round on.
    """

    code = 6078
    name = "AuditTooFresh"
    hint = "Arm before a round ends to plant in the next one."


class AuditNotPicked(ProgramError):
    """The beacon did not pick this secret to plant."""

    code = 6079
    name = "AuditNotPicked"
    hint = "Wait: about one in audit_one_in is picked each round."
