"""Broken rules of federations, people and stakes.

One class per code, in their order.
"""

from fedsol.errors import ProgramError


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


class CloserNotAllowed(ProgramError):
    """Only its owner may close a participant, unless the federation is paused."""

    code = 6064
    name = "CloserNotAllowed"
    hint = "Sign with the owner's key, or wait until the creator pauses the federation."
