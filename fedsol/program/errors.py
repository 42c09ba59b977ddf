"""Every error of the fedsol program, as a Python class with a hint.

One class per code, in their order; ``PROGRAM_ERRORS`` maps code to class. Errors of the Anchor
framework and of the token programs are in ``fedsol.chain``.
"""

from fedsol.errors import ProgramError


class Overflow(ProgramError):
    """A sum or product does not fit its integer; use smaller amounts."""

    code = 6000
    name = "Overflow"
    hint = "Use smaller amounts."


class Insolvent(ProgramError):
    """A vault holds less than the ledger says it owes; nothing was moved."""

    code = 6001
    name = "Insolvent"
    hint = "Report this: it should be impossible. Nothing was moved."


class TransferMismatch(ProgramError):
    """A token transfer moved another amount than asked; use a mint without transfer fees."""

    code = 6002
    name = "TransferMismatch"
    hint = "Use a mint that moves exactly what it is asked to move."


class NameInvalid(ProgramError):
    """The federation's name must be 1 to 32 printable ASCII characters without spaces at its
    ends.
    """

    code = 6003
    name = "NameInvalid"
    hint = "Choose 1 to 32 printable ASCII characters without outer spaces."


class WindowOutOfBounds(ProgramError):
    """A phase window is outside its bounds: score may be zero, all others need at least 1
    second and 1 slot, none may pass 90 days.
    """

    code = 6004
    name = "WindowOutOfBounds"
    hint = "Give each phase at least 1 second and 1 slot, and at most 90 days."


class UnbondingTooShort(ProgramError):
    """The unbonding window must be longer than commit + reveal + score + 2 x aggregate +
    challenge, in seconds and in slots.
    """

    code = 6005
    name = "UnbondingTooShort"
    hint = "Lengthen the unbonding window, in seconds and in slots."


class SubmissionsOutOfBounds(ProgramError):
    """Submissions must satisfy 1 <= min <= max <= 10000."""

    code = 6006
    name = "SubmissionsOutOfBounds"
    hint = "Choose 1 <= min_submissions <= max_submissions <= 10000."


class StakeTooLow(ProgramError):
    """The minimum stake must be at least 1 token unit."""

    code = 6007
    name = "StakeTooLow"
    hint = "Set min_stake to at least 1."


class BondTooLow(ProgramError):
    """The aggregator bond must be at least 1 token unit."""

    code = 6008
    name = "BondTooLow"
    hint = "Set aggregator_bond to at least 1."


class FixedPointOutOfBounds(ProgramError):
    """Fixed-point settings need frac_bits <= 24, update_bits <= 24 and 1 <= qmax <= 32767."""

    code = 6009
    name = "FixedPointOutOfBounds"
    hint = "Keep frac_bits and update_bits at or below 24 and qmax within 1 to 32767."


class NormBoundZero(ProgramError):
    """The norm bound must be at least 1."""

    code = 6010
    name = "NormBoundZero"
    hint = "Set max_norm_squared to at least 1."


class TrimTooLarge(ProgramError):
    """A trimmed mean must keep at least one value: 2 x trim < min_submissions."""

    code = 6011
    name = "TrimTooLarge"
    hint = "Trim fewer values, or raise min_submissions above twice the trim."


class LearningRateOutOfBounds(ProgramError):
    """The server learning rate needs 1 <= numerator, denominator <= 1048576."""

    code = 6012
    name = "LearningRateOutOfBounds"
    hint = "Keep lr_num and lr_den within 1 to 1048576."


class SlashRateOutOfBounds(ProgramError):
    """The no-reveal slash rate must be 100 to 10000 basis points."""

    code = 6013
    name = "SlashRateOutOfBounds"
    hint = "Set no_reveal_bps within 100 to 10000."


class SlashSplitOutOfBounds(ProgramError):
    """Of a slash the finder gets at most 5000 basis points, and finder + treasury at most
    9000: some of it is always burned.
    """

    code = 6014
    name = "SlashSplitOutOfBounds"
    hint = "Give the finder at most 5000 bps, and finder and treasury together at most 9000."


class ParameterCountOutOfBounds(ProgramError):
    """The model must have 1 to 33554432 parameters."""

    code = 6015
    name = "ParameterCountOutOfBounds"
    hint = "Use a model of 1 to 33554432 parameters."


class MintTransferFee(ProgramError):
    """The mint takes a fee on transfers, so stakes could not be paid back in full."""

    code = 6016
    name = "MintTransferFee"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintTransferHook(ProgramError):
    """The mint calls a hook on transfers, which could block withdrawals."""

    code = 6017
    name = "MintTransferHook"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintPermanentDelegate(ProgramError):
    """The mint has a permanent delegate, who could empty the vaults."""

    code = 6018
    name = "MintPermanentDelegate"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintCloseAuthority(ProgramError):
    """The mint can be closed and made anew with other rules."""

    code = 6019
    name = "MintCloseAuthority"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintDefaultAccountState(ProgramError):
    """The mint freezes new accounts by default, so vaults would start frozen."""

    code = 6020
    name = "MintDefaultAccountState"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintPausable(ProgramError):
    """The mint can be paused, which could block withdrawals."""

    code = 6021
    name = "MintPausable"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintConfidential(ProgramError):
    """The mint hides amounts, so vaults could not be checked."""

    code = 6022
    name = "MintConfidential"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintNonTransferable(ProgramError):
    """The mint's tokens cannot be transferred."""

    code = 6023
    name = "MintNonTransferable"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintAmountScaled(ProgramError):
    """The mint shows other amounts than it holds (interest or scaling)."""

    code = 6024
    name = "MintAmountScaled"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class MintExtensionUnknown(ProgramError):
    """The mint has an extension that this program does not know."""

    code = 6025
    name = "MintExtensionUnknown"
    hint = (
        "Use a mint without this extension; see docs/architecture.md for the ones that are allowed."
    )


class NotCreator(ProgramError):
    """Only the federation's creator may do this."""

    code = 6026
    name = "NotCreator"
    hint = "Sign with the key that created the federation."


class FederationPaused(ProgramError):
    """The federation is paused: nothing new may enter until its creator resumes it."""

    code = 6027
    name = "FederationPaused"
    hint = "Wait until the creator resumes it; withdrawing and claiming still work."


class FederationInUse(ProgramError):
    """The federation still has participants, open rounds or rewards owed."""

    code = 6028
    name = "FederationInUse"
    hint = "Let everybody leave and claim first."


class AgreementMismatch(ProgramError):
    """The signed agreement is not the federation's agreement; read the current one and sign
    its hash.
    """

    code = 6029
    name = "AgreementMismatch"
    hint = "Read the federation's current agreement and register with its hash."


class RolesInvalid(ProgramError):
    """Roles must be a non-empty combination of trainer (1), evaluator (2) and aggregator (4)."""

    code = 6030
    name = "RolesInvalid"
    hint = "Combine trainer (1), evaluator (2) and aggregator (4)."


class RoleMissing(ProgramError):
    """The participant does not have the role that this needs."""

    code = 6031
    name = "RoleMissing"
    hint = "Leave and register again with the role."


class NotOwner(ProgramError):
    """Only the participant's owner may do this."""

    code = 6032
    name = "NotOwner"
    hint = "Sign with the key that registered the participant."


class ParticipantInUse(ProgramError):
    """The participant still has stake, unbonding tokens, a liability or an open submission."""

    code = 6033
    name = "ParticipantInUse"
    hint = "Unbond and withdraw the stake, and close the submissions first."


class WrongFederation(ProgramError):
    """The participant belongs to another federation."""

    code = 6034
    name = "WrongFederation"
    hint = "Check the federation's address."


class AmountZero(ProgramError):
    """The amount must be greater than zero."""

    code = 6035
    name = "AmountZero"
    hint = "Give an amount above zero."


class StakeInsufficient(ProgramError):
    """The participant's free stake is too small; deposit more first."""

    code = 6036
    name = "StakeInsufficient"
    hint = "Deposit more stake with `fedsol stake deposit`."


class StakeLocked(ProgramError):
    """Stake stays locked while a commitment is unrevealed or a bond is posted."""

    code = 6037
    name = "StakeLocked"
    hint = "Reveal the commitment or wait until the bond is back."


class UnbondingQueueFull(ProgramError):
    """All four unbonding entries are in use; withdraw a matured one first."""

    code = 6038
    name = "UnbondingQueueFull"
    hint = "Withdraw a matured entry with `fedsol stake withdraw` first."


class NothingToWithdraw(ProgramError):
    """No unbonding entry has matured yet."""

    code = 6039
    name = "NothingToWithdraw"
    hint = "Wait until the unbonding window has passed and the round has ended."


class WrongLastAggregator(ProgramError):
    """The account passed as last aggregator is not the last of the federation's list; read the
    federation again.
    """

    code = 6040
    name = "WrongLastAggregator"
    hint = "The list changed in between: run the command again."


class RoundActive(ProgramError):
    """A round is already running."""

    code = 6041
    name = "RoundActive"
    hint = "Wait until the running round settles or aborts."


class OpenerNotAllowed(ProgramError):
    """Only the creator or a participant with the minimum stake may open a round."""

    code = 6042
    name = "OpenerNotAllowed"
    hint = "Stake the minimum, or ask the creator to open the round."


class WrongPhase(ProgramError):
    """The round is in another phase."""

    code = 6043
    name = "WrongPhase"
    hint = "See where the round is with `fedsol round show`."


class DeadlinePassed(ProgramError):
    """The phase's deadline has passed."""

    code = 6044
    name = "DeadlinePassed"
    hint = "Too late for this round; take part in the next one."


class DeadlineNotPassed(ProgramError):
    """The phase's deadline has not passed yet."""

    code = 6045
    name = "DeadlineNotPassed"
    hint = "Wait until the deadline that `fedsol round show` prints."


class QuorumFailed(ProgramError):
    """The round has too few submissions to go on; call round_abort."""

    code = 6046
    name = "QuorumFailed"
    hint = "Abort the round; everybody gets back what no fault took."


class QuorumReached(ProgramError):
    """The round still can succeed, so it cannot be aborted."""

    code = 6047
    name = "QuorumReached"
    hint = "Advance the round instead of aborting it."


class RoundFull(ProgramError):
    """The round already has its maximum of submissions."""

    code = 6048
    name = "RoundFull"
    hint = "Take part in the next round; the commitment is excused and closes without a slash."


class BeaconNotReady(ProgramError):
    """The slot whose hash makes the beacon has not been produced yet; try again in a second."""

    code = 6049
    name = "BeaconNotReady"
    hint = "Try again after the next slot."


class AggregatorNotChosen(ProgramError):
    """Another aggregator was chosen; any staked aggregator may step in after the deadline."""

    code = 6050
    name = "AggregatorNotChosen"
    hint = "Wait for the aggregate deadline; then any staked aggregator may step in."


class WrongAggregator(ProgramError):
    """The account is not the aggregator that posted this round's bond."""

    code = 6051
    name = "WrongAggregator"
    hint = "Pass the participant that the round names as its aggregator."


class RoundNotEnded(ProgramError):
    """The round has not ended."""

    code = 6052
    name = "RoundNotEnded"
    hint = "Wait until the round settles or aborts."


class RoundInUse(ProgramError):
    """The round still has revealed submissions to close, or its grace time is not over."""

    code = 6053
    name = "RoundInUse"
    hint = "Close its revealed submissions, and wait for the grace time to pass."


class WrongRound(ProgramError):
    """The round belongs to another federation, or is not the one this account was made for."""

    code = 6054
    name = "WrongRound"
    hint = "Check the round's address."


class CommitmentMismatch(ProgramError):
    """The revealed values do not hash to the commitment; use the salt and update that were
    committed.
    """

    code = 6055
    name = "CommitmentMismatch"
    hint = "Reveal exactly what was committed: same update, same salt, same key."


class NormTooLarge(ProgramError):
    """The update is longer than the federation's norm bound."""

    code = 6056
    name = "NormTooLarge"
    hint = "Scale the update down before committing."


class WrongSubmissionStatus(ProgramError):
    """The submission is not in the state that this needs."""

    code = 6057
    name = "WrongSubmissionStatus"
    hint = "See the submission with `fedsol round show`."


class WrongSubmission(ProgramError):
    """The submission belongs to another participant or round."""

    code = 6058
    name = "WrongSubmission"
    hint = "Check the submission's round and participant."


class CommitmentExcused(ProgramError):
    """The round was full, so an unrevealed commitment is no fault."""

    code = 6059
    name = "CommitmentExcused"
    hint = "Close the submission instead; nobody is at fault."


class AlreadyClaimed(ProgramError):
    """The reward of this submission was already claimed."""

    code = 6060
    name = "AlreadyClaimed"
    hint = "Nothing more is owed for this submission."


class SubmissionInUse(ProgramError):
    """The submission has an unclaimed reward or an undecided fault; claim or fault it first."""

    code = 6061
    name = "SubmissionInUse"
    hint = "Claim its reward, or punish its silence, first."


class WrongMint(ProgramError):
    """The account holds, or is, another mint than the federation's."""

    code = 6062
    name = "WrongMint"
    hint = "Use the token accounts of the federation's mints."


class MintNative(ProgramError):
    """Wrapped SOL cannot be burned, so a stake in it could not be slashed."""

    code = 6063
    name = "MintNative"
    hint = "Use any other mint; wrap it in a token of your own if it must be SOL."


class CloserNotAllowed(ProgramError):
    """Only its owner may close a participant, unless the federation is paused."""

    code = 6064
    name = "CloserNotAllowed"
    hint = "Sign with the owner's key, or wait until the creator pauses the federation."


PROGRAM_ERRORS: dict[int, type[ProgramError]] = {
    error.code: error
    for error in (
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
    )
}
