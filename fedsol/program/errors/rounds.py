"""Broken rules of rounds and submissions.

One class per code, in their order.
"""

from fedsol.errors import ProgramError


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


class ModeMismatch(ProgramError):
    """The round is of another mode: members join, share and object in masked rounds, and commit in
    open ones.
    """

    code = 6103
    name = "ModeMismatch"
    hint = (
        "Read the round's rule; what is wrong in an open round can be proved with challenge_open."
    )
