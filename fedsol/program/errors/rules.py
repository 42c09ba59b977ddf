"""Broken rules of parameters and mints.

One class per code, in their order.
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
    """The unbonding window must be longer than commit + reveal + 3 x score + 2 x aggregate
    + challenge + 3 x dispute, in seconds and in slots.
    """

    code = 6005
    name = "UnbondingTooShort"
    hint = "Lengthen the unbonding window, in seconds and in slots."


class SubmissionsOutOfBounds(ProgramError):
    """Submissions must satisfy 1 <= min <= max <= 4096."""

    code = 6006
    name = "SubmissionsOutOfBounds"
    hint = "Choose 1 <= min_submissions <= max_submissions <= 4096."


class StakeTooLow(ProgramError):
    """The minimum stake must be at least 1 token unit."""

    code = 6007
    name = "StakeTooLow"
    hint = "Set min_stake to at least 1."


class BondTooLow(ProgramError):
    """The aggregator bond and the challenge bond must each be at least 1 token unit."""

    code = 6008
    name = "BondTooLow"
    hint = "Set aggregator_bond and challenge_bond to at least 1."


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
    """Slash rates must be 100 basis points to round_cap_bps, and that at most 10000."""

    code = 6013
    name = "SlashRateOutOfBounds"
    hint = "Set every slash rate within 100 to round_cap_bps, and that to at most 10000."


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


class ScoringOutOfBounds(ProgramError):
    """Scoring needs evaluator_bps <= 5000, and floor and band <= 10000 basis points."""

    code = 6065
    name = "ScoringOutOfBounds"
    hint = "Set evaluator_bps to at most 5000, floor and band to at most 10000."


class EvaluatorsOutOfBounds(ProgramError):
    """A scored round needs 1 <= min <= max <= 16 evaluators."""

    code = 6066
    name = "EvaluatorsOutOfBounds"
    hint = "Choose 1 <= min_evaluators <= max_evaluators <= 16."


class KrumOutOfBounds(ProgramError):
    """Multi-Krum needs min_submissions >= 2 x byzantine + 3 and 1 <= keep <= min_submissions -
    byzantine.
    """

    code = 6098
    name = "KrumOutOfBounds"
    hint = "Ask for more submissions, or expect fewer byzantine ones and keep fewer."


class SelectionOutOfBounds(ProgramError):
    """A rule that selects takes at most 256 submissions: max_submissions <= 256."""

    code = 6099
    name = "SelectionOutOfBounds"
    hint = "Set max_submissions to at most 256."


class MaskedOutOfBounds(ProgramError):
    """A masked rule needs 5001 <= threshold_bps <= 10000, 3 <= min_submissions, max_submissions <=
    256, and no score window.
    """

    code = 6102
    name = "MaskedOutOfBounds"
    hint = (
        "Ask more than half to answer, take 3 to 256 submissions, and leave the score window out."
    )
