import typing
from anchorpy.error import ProgramError


class Overflow(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6000, "A sum or product does not fit its integer; use smaller amounts"
        )

    code = 6000
    name = "Overflow"
    msg = "A sum or product does not fit its integer; use smaller amounts"


class Insolvent(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6001, "A vault holds less than the ledger says it owes; nothing was moved"
        )

    code = 6001
    name = "Insolvent"
    msg = "A vault holds less than the ledger says it owes; nothing was moved"


class TransferMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6002,
            "A token transfer moved another amount than asked; use a mint without transfer fees",
        )

    code = 6002
    name = "TransferMismatch"
    msg = "A token transfer moved another amount than asked; use a mint without transfer fees"


class NameInvalid(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6003,
            "The federation's name must be 1 to 32 printable ASCII characters without spaces at its ends",
        )

    code = 6003
    name = "NameInvalid"
    msg = "The federation's name must be 1 to 32 printable ASCII characters without spaces at its ends"


class WindowOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6004,
            "A phase window is outside its bounds: score may be zero, all others need at least 1 second and 1 slot, none may pass 90 days",
        )

    code = 6004
    name = "WindowOutOfBounds"
    msg = "A phase window is outside its bounds: score may be zero, all others need at least 1 second and 1 slot, none may pass 90 days"


class UnbondingTooShort(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6005,
            "The unbonding window must be longer than commit + reveal + 3 x score + 2 x aggregate + challenge + 3 x dispute, in seconds and in slots",
        )

    code = 6005
    name = "UnbondingTooShort"
    msg = "The unbonding window must be longer than commit + reveal + 3 x score + 2 x aggregate + challenge + 3 x dispute, in seconds and in slots"


class SubmissionsOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(6006, "Submissions must satisfy 1 <= min <= max <= 4096")

    code = 6006
    name = "SubmissionsOutOfBounds"
    msg = "Submissions must satisfy 1 <= min <= max <= 4096"


class StakeTooLow(ProgramError):
    def __init__(self) -> None:
        super().__init__(6007, "The minimum stake must be at least 1 token unit")

    code = 6007
    name = "StakeTooLow"
    msg = "The minimum stake must be at least 1 token unit"


class BondTooLow(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6008,
            "The aggregator bond and the challenge bond must each be at least 1 token unit",
        )

    code = 6008
    name = "BondTooLow"
    msg = (
        "The aggregator bond and the challenge bond must each be at least 1 token unit"
    )


class FixedPointOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6009,
            "Fixed-point settings need frac_bits <= 24, update_bits <= 24 and 1 <= qmax <= 32767",
        )

    code = 6009
    name = "FixedPointOutOfBounds"
    msg = "Fixed-point settings need frac_bits <= 24, update_bits <= 24 and 1 <= qmax <= 32767"


class NormBoundZero(ProgramError):
    def __init__(self) -> None:
        super().__init__(6010, "The norm bound must be at least 1")

    code = 6010
    name = "NormBoundZero"
    msg = "The norm bound must be at least 1"


class TrimTooLarge(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6011,
            "A trimmed mean must keep at least one value: 2 x trim < min_submissions",
        )

    code = 6011
    name = "TrimTooLarge"
    msg = "A trimmed mean must keep at least one value: 2 x trim < min_submissions"


class LearningRateOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6012,
            "The server learning rate needs 1 <= numerator, denominator <= 1048576",
        )

    code = 6012
    name = "LearningRateOutOfBounds"
    msg = "The server learning rate needs 1 <= numerator, denominator <= 1048576"


class SlashRateOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6013,
            "Slash rates must be 100 basis points to round_cap_bps, and that at most 10000",
        )

    code = 6013
    name = "SlashRateOutOfBounds"
    msg = (
        "Slash rates must be 100 basis points to round_cap_bps, and that at most 10000"
    )


class SlashSplitOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6014,
            "Of a slash the finder gets at most 5000 basis points, and finder + treasury at most 9000: some of it is always burned",
        )

    code = 6014
    name = "SlashSplitOutOfBounds"
    msg = "Of a slash the finder gets at most 5000 basis points, and finder + treasury at most 9000: some of it is always burned"


class ParameterCountOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(6015, "The model must have 1 to 33554432 parameters")

    code = 6015
    name = "ParameterCountOutOfBounds"
    msg = "The model must have 1 to 33554432 parameters"


class MintTransferFee(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6016,
            "The mint takes a fee on transfers, so stakes could not be paid back in full",
        )

    code = 6016
    name = "MintTransferFee"
    msg = "The mint takes a fee on transfers, so stakes could not be paid back in full"


class MintTransferHook(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6017, "The mint calls a hook on transfers, which could block withdrawals"
        )

    code = 6017
    name = "MintTransferHook"
    msg = "The mint calls a hook on transfers, which could block withdrawals"


class MintPermanentDelegate(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6018, "The mint has a permanent delegate, who could empty the vaults"
        )

    code = 6018
    name = "MintPermanentDelegate"
    msg = "The mint has a permanent delegate, who could empty the vaults"


class MintCloseAuthority(ProgramError):
    def __init__(self) -> None:
        super().__init__(6019, "The mint can be closed and made anew with other rules")

    code = 6019
    name = "MintCloseAuthority"
    msg = "The mint can be closed and made anew with other rules"


class MintDefaultAccountState(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6020,
            "The mint freezes new accounts by default, so vaults would start frozen",
        )

    code = 6020
    name = "MintDefaultAccountState"
    msg = "The mint freezes new accounts by default, so vaults would start frozen"


class MintPausable(ProgramError):
    def __init__(self) -> None:
        super().__init__(6021, "The mint can be paused, which could block withdrawals")

    code = 6021
    name = "MintPausable"
    msg = "The mint can be paused, which could block withdrawals"


class MintConfidential(ProgramError):
    def __init__(self) -> None:
        super().__init__(6022, "The mint hides amounts, so vaults could not be checked")

    code = 6022
    name = "MintConfidential"
    msg = "The mint hides amounts, so vaults could not be checked"


class MintNonTransferable(ProgramError):
    def __init__(self) -> None:
        super().__init__(6023, "The mint's tokens cannot be transferred")

    code = 6023
    name = "MintNonTransferable"
    msg = "The mint's tokens cannot be transferred"


class MintAmountScaled(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6024, "The mint shows other amounts than it holds (interest or scaling)"
        )

    code = 6024
    name = "MintAmountScaled"
    msg = "The mint shows other amounts than it holds (interest or scaling)"


class MintExtensionUnknown(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6025, "The mint has an extension that this program does not know"
        )

    code = 6025
    name = "MintExtensionUnknown"
    msg = "The mint has an extension that this program does not know"


class NotCreator(ProgramError):
    def __init__(self) -> None:
        super().__init__(6026, "Only the federation's creator may do this")

    code = 6026
    name = "NotCreator"
    msg = "Only the federation's creator may do this"


class FederationPaused(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6027,
            "The federation is paused: nothing new may enter until its creator resumes it",
        )

    code = 6027
    name = "FederationPaused"
    msg = "The federation is paused: nothing new may enter until its creator resumes it"


class FederationInUse(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6028, "The federation still has participants, open rounds or rewards owed"
        )

    code = 6028
    name = "FederationInUse"
    msg = "The federation still has participants, open rounds or rewards owed"


class AgreementMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6029,
            "The signed agreement is not the federation's agreement; read the current one and sign its hash",
        )

    code = 6029
    name = "AgreementMismatch"
    msg = "The signed agreement is not the federation's agreement; read the current one and sign its hash"


class RolesInvalid(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6030,
            "Roles must be a non-empty combination of trainer (1), evaluator (2) and aggregator (4)",
        )

    code = 6030
    name = "RolesInvalid"
    msg = "Roles must be a non-empty combination of trainer (1), evaluator (2) and aggregator (4)"


class RoleMissing(ProgramError):
    def __init__(self) -> None:
        super().__init__(6031, "The participant does not have the role that this needs")

    code = 6031
    name = "RoleMissing"
    msg = "The participant does not have the role that this needs"


class NotOwner(ProgramError):
    def __init__(self) -> None:
        super().__init__(6032, "Only the participant's owner may do this")

    code = 6032
    name = "NotOwner"
    msg = "Only the participant's owner may do this"


class ParticipantInUse(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6033,
            "The participant still has stake, unbonding tokens, a liability or an open submission",
        )

    code = 6033
    name = "ParticipantInUse"
    msg = "The participant still has stake, unbonding tokens, a liability or an open submission"


class WrongFederation(ProgramError):
    def __init__(self) -> None:
        super().__init__(6034, "The participant belongs to another federation")

    code = 6034
    name = "WrongFederation"
    msg = "The participant belongs to another federation"


class AmountZero(ProgramError):
    def __init__(self) -> None:
        super().__init__(6035, "The amount must be greater than zero")

    code = 6035
    name = "AmountZero"
    msg = "The amount must be greater than zero"


class StakeInsufficient(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6036, "The participant's free stake is too small; deposit more first"
        )

    code = 6036
    name = "StakeInsufficient"
    msg = "The participant's free stake is too small; deposit more first"


class StakeLocked(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6037,
            "Stake stays locked while a commitment is unrevealed or a bond is posted",
        )

    code = 6037
    name = "StakeLocked"
    msg = "Stake stays locked while a commitment is unrevealed or a bond is posted"


class UnbondingQueueFull(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6038, "All four unbonding entries are in use; withdraw a matured one first"
        )

    code = 6038
    name = "UnbondingQueueFull"
    msg = "All four unbonding entries are in use; withdraw a matured one first"


class NothingToWithdraw(ProgramError):
    def __init__(self) -> None:
        super().__init__(6039, "No unbonding entry has matured yet")

    code = 6039
    name = "NothingToWithdraw"
    msg = "No unbonding entry has matured yet"


class WrongLastAggregator(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6040,
            "The account passed as last aggregator is not the last of the federation's list; read the federation again",
        )

    code = 6040
    name = "WrongLastAggregator"
    msg = "The account passed as last aggregator is not the last of the federation's list; read the federation again"


class RoundActive(ProgramError):
    def __init__(self) -> None:
        super().__init__(6041, "A round is already running")

    code = 6041
    name = "RoundActive"
    msg = "A round is already running"


class OpenerNotAllowed(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6042,
            "Only the creator or a participant with the minimum stake may open a round",
        )

    code = 6042
    name = "OpenerNotAllowed"
    msg = "Only the creator or a participant with the minimum stake may open a round"


class WrongPhase(ProgramError):
    def __init__(self) -> None:
        super().__init__(6043, "The round is in another phase")

    code = 6043
    name = "WrongPhase"
    msg = "The round is in another phase"


class DeadlinePassed(ProgramError):
    def __init__(self) -> None:
        super().__init__(6044, "The phase's deadline has passed")

    code = 6044
    name = "DeadlinePassed"
    msg = "The phase's deadline has passed"


class DeadlineNotPassed(ProgramError):
    def __init__(self) -> None:
        super().__init__(6045, "The phase's deadline has not passed yet")

    code = 6045
    name = "DeadlineNotPassed"
    msg = "The phase's deadline has not passed yet"


class QuorumFailed(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6046, "The round has too few submissions to go on; call round_abort"
        )

    code = 6046
    name = "QuorumFailed"
    msg = "The round has too few submissions to go on; call round_abort"


class QuorumReached(ProgramError):
    def __init__(self) -> None:
        super().__init__(6047, "The round still can succeed, so it cannot be aborted")

    code = 6047
    name = "QuorumReached"
    msg = "The round still can succeed, so it cannot be aborted"


class RoundFull(ProgramError):
    def __init__(self) -> None:
        super().__init__(6048, "The round already has its maximum of submissions")

    code = 6048
    name = "RoundFull"
    msg = "The round already has its maximum of submissions"


class BeaconNotReady(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6049,
            "The slot whose hash makes the beacon has not been produced yet; try again in a second",
        )

    code = 6049
    name = "BeaconNotReady"
    msg = "The slot whose hash makes the beacon has not been produced yet; try again in a second"


class AggregatorNotChosen(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6050,
            "Another aggregator was chosen; any staked aggregator may step in after the deadline",
        )

    code = 6050
    name = "AggregatorNotChosen"
    msg = "Another aggregator was chosen; any staked aggregator may step in after the deadline"


class WrongAggregator(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6051, "The account is not the aggregator that posted this round's bond"
        )

    code = 6051
    name = "WrongAggregator"
    msg = "The account is not the aggregator that posted this round's bond"


class RoundNotEnded(ProgramError):
    def __init__(self) -> None:
        super().__init__(6052, "The round has not ended")

    code = 6052
    name = "RoundNotEnded"
    msg = "The round has not ended"


class RoundInUse(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6053,
            "The round still has revealed submissions to close, or its grace time is not over",
        )

    code = 6053
    name = "RoundInUse"
    msg = "The round still has revealed submissions to close, or its grace time is not over"


class WrongRound(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6054,
            "The round belongs to another federation, or is not the one this account was made for",
        )

    code = 6054
    name = "WrongRound"
    msg = "The round belongs to another federation, or is not the one this account was made for"


class CommitmentMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6055,
            "The revealed values do not hash to the commitment; use the salt and update that were committed",
        )

    code = 6055
    name = "CommitmentMismatch"
    msg = "The revealed values do not hash to the commitment; use the salt and update that were committed"


class NormTooLarge(ProgramError):
    def __init__(self) -> None:
        super().__init__(6056, "The update is longer than the federation's norm bound")

    code = 6056
    name = "NormTooLarge"
    msg = "The update is longer than the federation's norm bound"


class WrongSubmissionStatus(ProgramError):
    def __init__(self) -> None:
        super().__init__(6057, "The submission is not in the state that this needs")

    code = 6057
    name = "WrongSubmissionStatus"
    msg = "The submission is not in the state that this needs"


class WrongSubmission(ProgramError):
    def __init__(self) -> None:
        super().__init__(6058, "The submission belongs to another participant or round")

    code = 6058
    name = "WrongSubmission"
    msg = "The submission belongs to another participant or round"


class CommitmentExcused(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6059, "The round was full, so an unrevealed commitment is no fault"
        )

    code = 6059
    name = "CommitmentExcused"
    msg = "The round was full, so an unrevealed commitment is no fault"


class AlreadyClaimed(ProgramError):
    def __init__(self) -> None:
        super().__init__(6060, "The reward of this submission was already claimed")

    code = 6060
    name = "AlreadyClaimed"
    msg = "The reward of this submission was already claimed"


class SubmissionInUse(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6061,
            "The submission has an unclaimed reward or an undecided fault; claim or fault it first",
        )

    code = 6061
    name = "SubmissionInUse"
    msg = "The submission has an unclaimed reward or an undecided fault; claim or fault it first"


class WrongMint(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6062, "The account holds, or is, another mint than the federation's"
        )

    code = 6062
    name = "WrongMint"
    msg = "The account holds, or is, another mint than the federation's"


class MintNative(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6063, "Wrapped SOL cannot be burned, so a stake in it could not be slashed"
        )

    code = 6063
    name = "MintNative"
    msg = "Wrapped SOL cannot be burned, so a stake in it could not be slashed"


class CloserNotAllowed(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6064,
            "Only its owner may close a participant, unless the federation is paused",
        )

    code = 6064
    name = "CloserNotAllowed"
    msg = "Only its owner may close a participant, unless the federation is paused"


class ScoringOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6065,
            "Scoring needs evaluator_bps <= 5000, and floor and band <= 10000 basis points",
        )

    code = 6065
    name = "ScoringOutOfBounds"
    msg = (
        "Scoring needs evaluator_bps <= 5000, and floor and band <= 10000 basis points"
    )


class EvaluatorsOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(6066, "A scored round needs 1 <= min <= max <= 16 evaluators")

    code = 6066
    name = "EvaluatorsOutOfBounds"
    msg = "A scored round needs 1 <= min <= max <= 16 evaluators"


class EvaluatorsFull(ProgramError):
    def __init__(self) -> None:
        super().__init__(6067, "All evaluators' seats are held by lower tickets")

    code = 6067
    name = "EvaluatorsFull"
    msg = "All evaluators' seats are held by lower tickets"


class WrongEvaluation(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6068,
            "The evaluation belongs to another participant or round, or is not the one that holds the seat",
        )

    code = 6068
    name = "WrongEvaluation"
    msg = "The evaluation belongs to another participant or round, or is not the one that holds the seat"


class BeaconNotDrawn(ProgramError):
    def __init__(self) -> None:
        super().__init__(6069, "The beacon has not been drawn yet; call round_advance")

    code = 6069
    name = "BeaconNotDrawn"
    msg = "The beacon has not been drawn yet; call round_advance"


class StakeTooFresh(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6070,
            "The stake was deposited after the beacon's slot; it counts from the next round on",
        )

    code = 6070
    name = "StakeTooFresh"
    msg = "The stake was deposited after the beacon's slot; it counts from the next round on"


class ScoresOutOfRange(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6071,
            "Scores lie behind the round's last submission, or above 10000 basis points",
        )

    code = 6071
    name = "ScoresOutOfRange"
    msg = "Scores lie behind the round's last submission, or above 10000 basis points"


class ScoresMissing(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6072,
            "Every submission needs its score before the round goes on; call submission_score for each",
        )

    code = 6072
    name = "ScoresMissing"
    msg = "Every submission needs its score before the round goes on; call submission_score for each"


class EvaluationsMissing(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6073,
            "Pass every evaluation that was shown, once, in the order of its place",
        )

    code = 6073
    name = "EvaluationsMissing"
    msg = "Pass every evaluation that was shown, once, in the order of its place"


class WrongEvaluationStatus(ProgramError):
    def __init__(self) -> None:
        super().__init__(6074, "The evaluation is not in the state that this needs")

    code = 6074
    name = "WrongEvaluationStatus"
    msg = "The evaluation is not in the state that this needs"


class EvaluatorNotAtFault(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6075, "The evaluator was neither silent nor far from the others"
        )

    code = 6075
    name = "EvaluatorNotAtFault"
    msg = "The evaluator was neither silent nor far from the others"


class EvaluationInUse(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6076,
            "The evaluation has unclaimed pay or an undecided fault; claim or fault it first",
        )

    code = 6076
    name = "EvaluationInUse"
    msg = "The evaluation has unclaimed pay or an undecided fault; claim or fault it first"


class AuditMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(6077, "The secret does not hash to the audit commitment")

    code = 6077
    name = "AuditMismatch"
    msg = "The secret does not hash to the audit commitment"


class AuditTooFresh(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6078,
            "The audit was armed after the beacon that picks who may plant; it counts from the next round on",
        )

    code = 6078
    name = "AuditTooFresh"
    msg = "The audit was armed after the beacon that picks who may plant; it counts from the next round on"


class AuditNotPicked(ProgramError):
    def __init__(self) -> None:
        super().__init__(6079, "The beacon did not pick this secret to plant")

    code = 6079
    name = "AuditNotPicked"
    msg = "The beacon did not pick this secret to plant"


class DisputesOpen(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6080, "Challenges or demands are open; resolve them, or let them expire"
        )

    code = 6080
    name = "DisputesOpen"
    msg = "Challenges or demands are open; resolve them, or let them expire"


class TargetMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6081,
            "This cannot be claimed of this target: aggregates and what they select are wrong or unavailable; updates lie, are copied, false plants or unavailable",
        )

    code = 6081
    name = "TargetMismatch"
    msg = "This cannot be claimed of this target: aggregates and what they select are wrong or unavailable; updates lie, are copied, false plants or unavailable"


class ChunkOutOfRange(ProgramError):
    def __init__(self) -> None:
        super().__init__(6082, "The chunk or coordinate lies behind the end")

    code = 6082
    name = "ChunkOutOfRange"
    msg = "The chunk or coordinate lies behind the end"


class UseDemand(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6083,
            "A challenge like this is opened with demand_open, and answered with demand_answer",
        )

    code = 6083
    name = "UseDemand"
    msg = "A challenge like this is opened with demand_open, and answered with demand_answer"


class DemandsExhausted(ProgramError):
    def __init__(self) -> None:
        super().__init__(6084, "The submission takes no more demands")

    code = 6084
    name = "DemandsExhausted"
    msg = "The submission takes no more demands"


class ProofMalformed(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6085,
            "A chunk has 256 bytes, and siblings are whole records, at most as many as the tree is deep, of the path that was begun",
        )

    code = 6085
    name = "ProofMalformed"
    msg = "A chunk has 256 bytes, and siblings are whole records, at most as many as the tree is deep, of the path that was begun"


class ProofMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(6086, "The path does not lead to the root on chain")

    code = 6086
    name = "ProofMismatch"
    msg = "The path does not lead to the root on chain"


class EvidenceNotAsked(ProgramError):
    def __init__(self) -> None:
        super().__init__(6087, "This challenge does not ask for that evidence")

    code = 6087
    name = "EvidenceNotAsked"
    msg = "This challenge does not ask for that evidence"


class EvidenceRepeated(ProgramError):
    def __init__(self) -> None:
        super().__init__(6088, "This value or chunk is there already")

    code = 6088
    name = "EvidenceRepeated"
    msg = "This value or chunk is there already"


class EvidenceComplete(ProgramError):
    def __init__(self) -> None:
        super().__init__(6089, "The evidence is complete; resolve the challenge")

    code = 6089
    name = "EvidenceComplete"
    msg = "The evidence is complete; resolve the challenge"


class EvidenceMissing(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6090, "Evidence is missing: append it, or let the challenge expire"
        )

    code = 6090
    name = "EvidenceMissing"
    msg = "Evidence is missing: append it, or let the challenge expire"


class ChallengeMoot(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6091,
            "What was challenged has fallen already; call challenge_expire for the bond",
        )

    code = 6091
    name = "ChallengeMoot"
    msg = "What was challenged has fallen already; call challenge_expire for the bond"


class WrongChallenge(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6092, "The challenge belongs to another round, submission or participant"
        )

    code = 6092
    name = "WrongChallenge"
    msg = "The challenge belongs to another round, submission or participant"


class NotACopy(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6093,
            "The two submissions do not have equal roots, or the accused was committed first",
        )

    code = 6093
    name = "NotACopy"
    msg = "The two submissions do not have equal roots, or the accused was committed first"


class AggregatorBarred(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6094, "An aggregate of this participant was proved wrong in this round"
        )

    code = 6094
    name = "AggregatorBarred"
    msg = "An aggregate of this participant was proved wrong in this round"


class ChallengeDecided(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6095, "The challenge is decided already; close it to move the tokens"
        )

    code = 6095
    name = "ChallengeDecided"
    msg = "The challenge is decided already; close it to move the tokens"


class ChallengeUndecided(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6096, "The challenge is not decided yet; resolve it, or let it expire"
        )

    code = 6096
    name = "ChallengeUndecided"
    msg = "The challenge is not decided yet; resolve it, or let it expire"


class AcceptedChanged(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6097,
            "Fewer submissions are accepted by now than the aggregate combines; combine what is left",
        )

    code = 6097
    name = "AcceptedChanged"
    msg = "Fewer submissions are accepted by now than the aggregate combines; combine what is left"


class KrumOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6098,
            "Multi-Krum needs min_submissions >= 2 x byzantine + 3 and 1 <= keep <= min_submissions - byzantine",
        )

    code = 6098
    name = "KrumOutOfBounds"
    msg = "Multi-Krum needs min_submissions >= 2 x byzantine + 3 and 1 <= keep <= min_submissions - byzantine"


class SelectionOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6099,
            "A rule that selects takes at most 256 submissions: max_submissions <= 256",
        )

    code = 6099
    name = "SelectionOutOfBounds"
    msg = "A rule that selects takes at most 256 submissions: max_submissions <= 256"


class SelectionMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6100,
            "A selection is posted exactly where the rule selects, multi_krum or weighted, or masks: masked",
        )

    code = 6100
    name = "SelectionMismatch"
    msg = "A selection is posted exactly where the rule selects, multi_krum or weighted, or masks: masked"


class EvidenceOutOfOrder(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6101,
            "The bytes of the two updates come in their order; read the challenge, and go on at its position",
        )

    code = 6101
    name = "EvidenceOutOfOrder"
    msg = "The bytes of the two updates come in their order; read the challenge, and go on at its position"


class MaskedOutOfBounds(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6102,
            "A masked rule needs 5001 <= threshold_bps <= 10000, 3 <= min_submissions, max_submissions <= 256, and no score window",
        )

    code = 6102
    name = "MaskedOutOfBounds"
    msg = "A masked rule needs 5001 <= threshold_bps <= 10000, 3 <= min_submissions, max_submissions <= 256, and no score window"


class ModeMismatch(ProgramError):
    def __init__(self) -> None:
        super().__init__(
            6103,
            "The round is of another mode: members join, share and object in masked rounds, and commit in open ones",
        )

    code = 6103
    name = "ModeMismatch"
    msg = "The round is of another mode: members join, share and object in masked rounds, and commit in open ones"


class AlreadyObjected(ProgramError):
    def __init__(self) -> None:
        super().__init__(6104, "This member has objected to the aggregate already")

    code = 6104
    name = "AlreadyObjected"
    msg = "This member has objected to the aggregate already"


CustomError = typing.Union[
    Overflow,
    Insolvent,
    TransferMismatch,
    NameInvalid,
    WindowOutOfBounds,
    UnbondingTooShort,
    SubmissionsOutOfBounds,
    StakeTooLow,
    BondTooLow,
    FixedPointOutOfBounds,
    NormBoundZero,
    TrimTooLarge,
    LearningRateOutOfBounds,
    SlashRateOutOfBounds,
    SlashSplitOutOfBounds,
    ParameterCountOutOfBounds,
    MintTransferFee,
    MintTransferHook,
    MintPermanentDelegate,
    MintCloseAuthority,
    MintDefaultAccountState,
    MintPausable,
    MintConfidential,
    MintNonTransferable,
    MintAmountScaled,
    MintExtensionUnknown,
    NotCreator,
    FederationPaused,
    FederationInUse,
    AgreementMismatch,
    RolesInvalid,
    RoleMissing,
    NotOwner,
    ParticipantInUse,
    WrongFederation,
    AmountZero,
    StakeInsufficient,
    StakeLocked,
    UnbondingQueueFull,
    NothingToWithdraw,
    WrongLastAggregator,
    RoundActive,
    OpenerNotAllowed,
    WrongPhase,
    DeadlinePassed,
    DeadlineNotPassed,
    QuorumFailed,
    QuorumReached,
    RoundFull,
    BeaconNotReady,
    AggregatorNotChosen,
    WrongAggregator,
    RoundNotEnded,
    RoundInUse,
    WrongRound,
    CommitmentMismatch,
    NormTooLarge,
    WrongSubmissionStatus,
    WrongSubmission,
    CommitmentExcused,
    AlreadyClaimed,
    SubmissionInUse,
    WrongMint,
    MintNative,
    CloserNotAllowed,
    ScoringOutOfBounds,
    EvaluatorsOutOfBounds,
    EvaluatorsFull,
    WrongEvaluation,
    BeaconNotDrawn,
    StakeTooFresh,
    ScoresOutOfRange,
    ScoresMissing,
    EvaluationsMissing,
    WrongEvaluationStatus,
    EvaluatorNotAtFault,
    EvaluationInUse,
    AuditMismatch,
    AuditTooFresh,
    AuditNotPicked,
    DisputesOpen,
    TargetMismatch,
    ChunkOutOfRange,
    UseDemand,
    DemandsExhausted,
    ProofMalformed,
    ProofMismatch,
    EvidenceNotAsked,
    EvidenceRepeated,
    EvidenceComplete,
    EvidenceMissing,
    ChallengeMoot,
    WrongChallenge,
    NotACopy,
    AggregatorBarred,
    ChallengeDecided,
    ChallengeUndecided,
    AcceptedChanged,
    KrumOutOfBounds,
    SelectionOutOfBounds,
    SelectionMismatch,
    EvidenceOutOfOrder,
    MaskedOutOfBounds,
    ModeMismatch,
    AlreadyObjected,
]
CUSTOM_ERROR_MAP: dict[int, CustomError] = {
    6000: Overflow(),
    6001: Insolvent(),
    6002: TransferMismatch(),
    6003: NameInvalid(),
    6004: WindowOutOfBounds(),
    6005: UnbondingTooShort(),
    6006: SubmissionsOutOfBounds(),
    6007: StakeTooLow(),
    6008: BondTooLow(),
    6009: FixedPointOutOfBounds(),
    6010: NormBoundZero(),
    6011: TrimTooLarge(),
    6012: LearningRateOutOfBounds(),
    6013: SlashRateOutOfBounds(),
    6014: SlashSplitOutOfBounds(),
    6015: ParameterCountOutOfBounds(),
    6016: MintTransferFee(),
    6017: MintTransferHook(),
    6018: MintPermanentDelegate(),
    6019: MintCloseAuthority(),
    6020: MintDefaultAccountState(),
    6021: MintPausable(),
    6022: MintConfidential(),
    6023: MintNonTransferable(),
    6024: MintAmountScaled(),
    6025: MintExtensionUnknown(),
    6026: NotCreator(),
    6027: FederationPaused(),
    6028: FederationInUse(),
    6029: AgreementMismatch(),
    6030: RolesInvalid(),
    6031: RoleMissing(),
    6032: NotOwner(),
    6033: ParticipantInUse(),
    6034: WrongFederation(),
    6035: AmountZero(),
    6036: StakeInsufficient(),
    6037: StakeLocked(),
    6038: UnbondingQueueFull(),
    6039: NothingToWithdraw(),
    6040: WrongLastAggregator(),
    6041: RoundActive(),
    6042: OpenerNotAllowed(),
    6043: WrongPhase(),
    6044: DeadlinePassed(),
    6045: DeadlineNotPassed(),
    6046: QuorumFailed(),
    6047: QuorumReached(),
    6048: RoundFull(),
    6049: BeaconNotReady(),
    6050: AggregatorNotChosen(),
    6051: WrongAggregator(),
    6052: RoundNotEnded(),
    6053: RoundInUse(),
    6054: WrongRound(),
    6055: CommitmentMismatch(),
    6056: NormTooLarge(),
    6057: WrongSubmissionStatus(),
    6058: WrongSubmission(),
    6059: CommitmentExcused(),
    6060: AlreadyClaimed(),
    6061: SubmissionInUse(),
    6062: WrongMint(),
    6063: MintNative(),
    6064: CloserNotAllowed(),
    6065: ScoringOutOfBounds(),
    6066: EvaluatorsOutOfBounds(),
    6067: EvaluatorsFull(),
    6068: WrongEvaluation(),
    6069: BeaconNotDrawn(),
    6070: StakeTooFresh(),
    6071: ScoresOutOfRange(),
    6072: ScoresMissing(),
    6073: EvaluationsMissing(),
    6074: WrongEvaluationStatus(),
    6075: EvaluatorNotAtFault(),
    6076: EvaluationInUse(),
    6077: AuditMismatch(),
    6078: AuditTooFresh(),
    6079: AuditNotPicked(),
    6080: DisputesOpen(),
    6081: TargetMismatch(),
    6082: ChunkOutOfRange(),
    6083: UseDemand(),
    6084: DemandsExhausted(),
    6085: ProofMalformed(),
    6086: ProofMismatch(),
    6087: EvidenceNotAsked(),
    6088: EvidenceRepeated(),
    6089: EvidenceComplete(),
    6090: EvidenceMissing(),
    6091: ChallengeMoot(),
    6092: WrongChallenge(),
    6093: NotACopy(),
    6094: AggregatorBarred(),
    6095: ChallengeDecided(),
    6096: ChallengeUndecided(),
    6097: AcceptedChanged(),
    6098: KrumOutOfBounds(),
    6099: SelectionOutOfBounds(),
    6100: SelectionMismatch(),
    6101: EvidenceOutOfOrder(),
    6102: MaskedOutOfBounds(),
    6103: ModeMismatch(),
    6104: AlreadyObjected(),
}


def from_code(code: int) -> typing.Optional[CustomError]:
    maybe_err = CUSTOM_ERROR_MAP.get(code)
    if maybe_err is None:
        return None
    return maybe_err
