"""Every error of the fedsol program, as a Python class with a hint.

``PROGRAM_ERRORS`` maps code to class. Errors of the Anchor framework and of the token programs are
in ``fedsol.chain``.
"""

from fedsol.errors import ProgramError
from fedsol.program.errors.disputes import AcceptedChanged as AcceptedChanged
from fedsol.program.errors.disputes import AggregatorBarred as AggregatorBarred
from fedsol.program.errors.disputes import AlreadyObjected as AlreadyObjected
from fedsol.program.errors.disputes import ChallengeDecided as ChallengeDecided
from fedsol.program.errors.disputes import ChallengeMoot as ChallengeMoot
from fedsol.program.errors.disputes import ChallengeUndecided as ChallengeUndecided
from fedsol.program.errors.disputes import ChunkOutOfRange as ChunkOutOfRange
from fedsol.program.errors.disputes import DemandsExhausted as DemandsExhausted
from fedsol.program.errors.disputes import DisputesOpen as DisputesOpen
from fedsol.program.errors.disputes import EvidenceComplete as EvidenceComplete
from fedsol.program.errors.disputes import EvidenceMissing as EvidenceMissing
from fedsol.program.errors.disputes import EvidenceNotAsked as EvidenceNotAsked
from fedsol.program.errors.disputes import EvidenceOutOfOrder as EvidenceOutOfOrder
from fedsol.program.errors.disputes import EvidenceRepeated as EvidenceRepeated
from fedsol.program.errors.disputes import NotACopy as NotACopy
from fedsol.program.errors.disputes import ProofMalformed as ProofMalformed
from fedsol.program.errors.disputes import ProofMismatch as ProofMismatch
from fedsol.program.errors.disputes import SelectionMismatch as SelectionMismatch
from fedsol.program.errors.disputes import TargetMismatch as TargetMismatch
from fedsol.program.errors.disputes import UseDemand as UseDemand
from fedsol.program.errors.disputes import WrongChallenge as WrongChallenge
from fedsol.program.errors.people import AgreementMismatch as AgreementMismatch
from fedsol.program.errors.people import AmountZero as AmountZero
from fedsol.program.errors.people import CloserNotAllowed as CloserNotAllowed
from fedsol.program.errors.people import FederationInUse as FederationInUse
from fedsol.program.errors.people import FederationPaused as FederationPaused
from fedsol.program.errors.people import NotCreator as NotCreator
from fedsol.program.errors.people import NothingToWithdraw as NothingToWithdraw
from fedsol.program.errors.people import NotOwner as NotOwner
from fedsol.program.errors.people import ParticipantInUse as ParticipantInUse
from fedsol.program.errors.people import RoleMissing as RoleMissing
from fedsol.program.errors.people import RolesInvalid as RolesInvalid
from fedsol.program.errors.people import StakeInsufficient as StakeInsufficient
from fedsol.program.errors.people import StakeLocked as StakeLocked
from fedsol.program.errors.people import UnbondingQueueFull as UnbondingQueueFull
from fedsol.program.errors.people import WrongFederation as WrongFederation
from fedsol.program.errors.people import WrongLastAggregator as WrongLastAggregator
from fedsol.program.errors.rounds import AggregatorNotChosen as AggregatorNotChosen
from fedsol.program.errors.rounds import AlreadyClaimed as AlreadyClaimed
from fedsol.program.errors.rounds import BeaconNotReady as BeaconNotReady
from fedsol.program.errors.rounds import CommitmentExcused as CommitmentExcused
from fedsol.program.errors.rounds import CommitmentMismatch as CommitmentMismatch
from fedsol.program.errors.rounds import DeadlineNotPassed as DeadlineNotPassed
from fedsol.program.errors.rounds import DeadlinePassed as DeadlinePassed
from fedsol.program.errors.rounds import ModeMismatch as ModeMismatch
from fedsol.program.errors.rounds import NormTooLarge as NormTooLarge
from fedsol.program.errors.rounds import OpenerNotAllowed as OpenerNotAllowed
from fedsol.program.errors.rounds import QuorumFailed as QuorumFailed
from fedsol.program.errors.rounds import QuorumReached as QuorumReached
from fedsol.program.errors.rounds import RoundActive as RoundActive
from fedsol.program.errors.rounds import RoundFull as RoundFull
from fedsol.program.errors.rounds import RoundInUse as RoundInUse
from fedsol.program.errors.rounds import RoundNotEnded as RoundNotEnded
from fedsol.program.errors.rounds import SubmissionInUse as SubmissionInUse
from fedsol.program.errors.rounds import WrongAggregator as WrongAggregator
from fedsol.program.errors.rounds import WrongPhase as WrongPhase
from fedsol.program.errors.rounds import WrongRound as WrongRound
from fedsol.program.errors.rounds import WrongSubmission as WrongSubmission
from fedsol.program.errors.rounds import WrongSubmissionStatus as WrongSubmissionStatus
from fedsol.program.errors.rules import BondTooLow as BondTooLow
from fedsol.program.errors.rules import EvaluatorsOutOfBounds as EvaluatorsOutOfBounds
from fedsol.program.errors.rules import FixedPointOutOfBounds as FixedPointOutOfBounds
from fedsol.program.errors.rules import Insolvent as Insolvent
from fedsol.program.errors.rules import KrumOutOfBounds as KrumOutOfBounds
from fedsol.program.errors.rules import LearningRateOutOfBounds as LearningRateOutOfBounds
from fedsol.program.errors.rules import MaskedOutOfBounds as MaskedOutOfBounds
from fedsol.program.errors.rules import MintAmountScaled as MintAmountScaled
from fedsol.program.errors.rules import MintCloseAuthority as MintCloseAuthority
from fedsol.program.errors.rules import MintConfidential as MintConfidential
from fedsol.program.errors.rules import MintDefaultAccountState as MintDefaultAccountState
from fedsol.program.errors.rules import MintExtensionUnknown as MintExtensionUnknown
from fedsol.program.errors.rules import MintNative as MintNative
from fedsol.program.errors.rules import MintNonTransferable as MintNonTransferable
from fedsol.program.errors.rules import MintPausable as MintPausable
from fedsol.program.errors.rules import MintPermanentDelegate as MintPermanentDelegate
from fedsol.program.errors.rules import MintTransferFee as MintTransferFee
from fedsol.program.errors.rules import MintTransferHook as MintTransferHook
from fedsol.program.errors.rules import NameInvalid as NameInvalid
from fedsol.program.errors.rules import NormBoundZero as NormBoundZero
from fedsol.program.errors.rules import Overflow as Overflow
from fedsol.program.errors.rules import ParameterCountOutOfBounds as ParameterCountOutOfBounds
from fedsol.program.errors.rules import ScoringOutOfBounds as ScoringOutOfBounds
from fedsol.program.errors.rules import SelectionOutOfBounds as SelectionOutOfBounds
from fedsol.program.errors.rules import SlashRateOutOfBounds as SlashRateOutOfBounds
from fedsol.program.errors.rules import SlashSplitOutOfBounds as SlashSplitOutOfBounds
from fedsol.program.errors.rules import StakeTooLow as StakeTooLow
from fedsol.program.errors.rules import SubmissionsOutOfBounds as SubmissionsOutOfBounds
from fedsol.program.errors.rules import TransferMismatch as TransferMismatch
from fedsol.program.errors.rules import TrimTooLarge as TrimTooLarge
from fedsol.program.errors.rules import UnbondingTooShort as UnbondingTooShort
from fedsol.program.errors.rules import WindowOutOfBounds as WindowOutOfBounds
from fedsol.program.errors.rules import WrongMint as WrongMint
from fedsol.program.errors.scoring import AuditMismatch as AuditMismatch
from fedsol.program.errors.scoring import AuditNotPicked as AuditNotPicked
from fedsol.program.errors.scoring import AuditTooFresh as AuditTooFresh
from fedsol.program.errors.scoring import BeaconNotDrawn as BeaconNotDrawn
from fedsol.program.errors.scoring import EvaluationInUse as EvaluationInUse
from fedsol.program.errors.scoring import EvaluationsMissing as EvaluationsMissing
from fedsol.program.errors.scoring import EvaluatorNotAtFault as EvaluatorNotAtFault
from fedsol.program.errors.scoring import EvaluatorsFull as EvaluatorsFull
from fedsol.program.errors.scoring import ScoresMissing as ScoresMissing
from fedsol.program.errors.scoring import ScoresOutOfRange as ScoresOutOfRange
from fedsol.program.errors.scoring import StakeTooFresh as StakeTooFresh
from fedsol.program.errors.scoring import WrongEvaluation as WrongEvaluation
from fedsol.program.errors.scoring import WrongEvaluationStatus as WrongEvaluationStatus

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
    )
}
