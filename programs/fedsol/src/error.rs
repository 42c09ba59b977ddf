//! Every rule that can be broken, by name. Append only: clients know the codes.

use anchor_lang::prelude::*;

#[error_code]
#[derive(PartialEq, Eq)]
pub enum FedsolError {
    // 6000: arithmetic and invariants
    #[msg("A sum or product does not fit its integer; use smaller amounts")]
    Overflow,
    #[msg("A vault holds less than the ledger says it owes; nothing was moved")]
    Insolvent,
    #[msg("A token transfer moved another amount than asked; use a mint without transfer fees")]
    TransferMismatch,

    // 6003: parameters
    #[msg("The federation's name must be 1 to 32 printable ASCII characters without spaces at its ends")]
    NameInvalid,
    #[msg("A phase window is outside its bounds: score may be zero, all others need at least 1 second and 1 slot, none may pass 90 days")]
    WindowOutOfBounds,
    #[msg("The unbonding window must be longer than commit + reveal + 3 x score + 2 x aggregate + challenge + 3 x dispute, in seconds and in slots")]
    UnbondingTooShort,
    #[msg("Submissions must satisfy 1 <= min <= max <= 4096")]
    SubmissionsOutOfBounds,
    #[msg("The minimum stake must be at least 1 token unit")]
    StakeTooLow,
    #[msg("The aggregator bond and the challenge bond must each be at least 1 token unit")]
    BondTooLow,
    #[msg("Fixed-point settings need frac_bits <= 24, update_bits <= 24 and 1 <= qmax <= 32767")]
    FixedPointOutOfBounds,
    #[msg("The norm bound must be at least 1")]
    NormBoundZero,
    #[msg("A trimmed mean must keep at least one value: 2 x trim < min_submissions")]
    TrimTooLarge,
    #[msg("The server learning rate needs 1 <= numerator, denominator <= 1048576")]
    LearningRateOutOfBounds,
    #[msg("Slash rates must be 100 basis points to round_cap_bps, and that at most 10000")]
    SlashRateOutOfBounds,
    #[msg("Of a slash the finder gets at most 5000 basis points, and finder + treasury at most 9000: some of it is always burned")]
    SlashSplitOutOfBounds,
    #[msg("The model must have 1 to 33554432 parameters")]
    ParameterCountOutOfBounds,

    // 6016: mints
    #[msg("The mint takes a fee on transfers, so stakes could not be paid back in full")]
    MintTransferFee,
    #[msg("The mint calls a hook on transfers, which could block withdrawals")]
    MintTransferHook,
    #[msg("The mint has a permanent delegate, who could empty the vaults")]
    MintPermanentDelegate,
    #[msg("The mint can be closed and made anew with other rules")]
    MintCloseAuthority,
    #[msg("The mint freezes new accounts by default, so vaults would start frozen")]
    MintDefaultAccountState,
    #[msg("The mint can be paused, which could block withdrawals")]
    MintPausable,
    #[msg("The mint hides amounts, so vaults could not be checked")]
    MintConfidential,
    #[msg("The mint's tokens cannot be transferred")]
    MintNonTransferable,
    #[msg("The mint shows other amounts than it holds (interest or scaling)")]
    MintAmountScaled,
    #[msg("The mint has an extension that this program does not know")]
    MintExtensionUnknown,

    // 6026: people
    #[msg("Only the federation's creator may do this")]
    NotCreator,
    #[msg("The federation is paused: nothing new may enter until its creator resumes it")]
    FederationPaused,
    #[msg("The federation still has participants, open rounds or rewards owed")]
    FederationInUse,
    #[msg("The signed agreement is not the federation's agreement; read the current one and sign its hash")]
    AgreementMismatch,
    #[msg("Roles must be a non-empty combination of trainer (1), evaluator (2) and aggregator (4)")]
    RolesInvalid,
    #[msg("The participant does not have the role that this needs")]
    RoleMissing,
    #[msg("Only the participant's owner may do this")]
    NotOwner,
    #[msg("The participant still has stake, unbonding tokens, a liability or an open submission")]
    ParticipantInUse,
    #[msg("The participant belongs to another federation")]
    WrongFederation,

    // 6035: stake
    #[msg("The amount must be greater than zero")]
    AmountZero,
    #[msg("The participant's free stake is too small; deposit more first")]
    StakeInsufficient,
    #[msg("Stake stays locked while a commitment is unrevealed or a bond is posted")]
    StakeLocked,
    #[msg("All four unbonding entries are in use; withdraw a matured one first")]
    UnbondingQueueFull,
    #[msg("No unbonding entry has matured yet")]
    NothingToWithdraw,
    #[msg("The account passed as last aggregator is not the last of the federation's list; read the federation again")]
    WrongLastAggregator,

    // 6041: rounds
    #[msg("A round is already running")]
    RoundActive,
    #[msg("Only the creator or a participant with the minimum stake may open a round")]
    OpenerNotAllowed,
    #[msg("The round is in another phase")]
    WrongPhase,
    #[msg("The phase's deadline has passed")]
    DeadlinePassed,
    #[msg("The phase's deadline has not passed yet")]
    DeadlineNotPassed,
    #[msg("The round has too few submissions to go on; call round_abort")]
    QuorumFailed,
    #[msg("The round still can succeed, so it cannot be aborted")]
    QuorumReached,
    #[msg("The round already has its maximum of submissions")]
    RoundFull,
    #[msg("The slot whose hash makes the beacon has not been produced yet; try again in a second")]
    BeaconNotReady,
    #[msg("Another aggregator was chosen; any staked aggregator may step in after the deadline")]
    AggregatorNotChosen,
    #[msg("The account is not the aggregator that posted this round's bond")]
    WrongAggregator,
    #[msg("The round has not ended")]
    RoundNotEnded,
    #[msg("The round still has revealed submissions to close, or its grace time is not over")]
    RoundInUse,
    #[msg("The round belongs to another federation, or is not the one this account was made for")]
    WrongRound,

    // 6055: submissions
    #[msg("The revealed values do not hash to the commitment; use the salt and update that were committed")]
    CommitmentMismatch,
    #[msg("The update is longer than the federation's norm bound")]
    NormTooLarge,
    #[msg("The submission is not in the state that this needs")]
    WrongSubmissionStatus,
    #[msg("The submission belongs to another participant or round")]
    WrongSubmission,
    #[msg("The round was full, so an unrevealed commitment is no fault")]
    CommitmentExcused,
    #[msg("The reward of this submission was already claimed")]
    AlreadyClaimed,
    #[msg("The submission has an unclaimed reward or an undecided fault; claim or fault it first")]
    SubmissionInUse,

    // 6062: tokens
    #[msg("The account holds, or is, another mint than the federation's")]
    WrongMint,
    #[msg("Wrapped SOL cannot be burned, so a stake in it could not be slashed")]
    MintNative,
    #[msg("Only its owner may close a participant, unless the federation is paused")]
    CloserNotAllowed,

    // 6065: rules of scoring
    #[msg("Scoring needs evaluator_bps <= 5000, and floor and band <= 10000 basis points")]
    ScoringOutOfBounds,
    #[msg("A scored round needs 1 <= min <= max <= 16 evaluators")]
    EvaluatorsOutOfBounds,

    // 6067: scoring
    #[msg("All evaluators' seats are held by lower tickets")]
    EvaluatorsFull,
    #[msg("The evaluation belongs to another participant or round, or is not the one that holds the seat")]
    WrongEvaluation,
    #[msg("The beacon has not been drawn yet; call round_advance")]
    BeaconNotDrawn,
    #[msg("The stake was deposited after the beacon's slot; it counts from the next round on")]
    StakeTooFresh,
    #[msg("Scores lie behind the round's last submission, or above 10000 basis points")]
    ScoresOutOfRange,
    #[msg("Every submission needs its score before the round goes on; call submission_score for each")]
    ScoresMissing,
    #[msg("Pass every evaluation that was shown, once, in the order of its place")]
    EvaluationsMissing,
    #[msg("The evaluation is not in the state that this needs")]
    WrongEvaluationStatus,
    #[msg("The evaluator was neither silent nor far from the others")]
    EvaluatorNotAtFault,
    #[msg("The evaluation has unclaimed pay or an undecided fault; claim or fault it first")]
    EvaluationInUse,
    #[msg("The secret does not hash to the audit commitment")]
    AuditMismatch,
    #[msg("The audit was armed after the beacon that picks who may plant; it counts from the next round on")]
    AuditTooFresh,
    #[msg("The beacon did not pick this secret to plant")]
    AuditNotPicked,

    // 6080: disputes
    #[msg("Challenges or demands are open; resolve them, or let them expire")]
    DisputesOpen,
    #[msg("This cannot be claimed of this target: aggregates and what they select are wrong or unavailable; updates lie, are copied, false plants or unavailable")]
    TargetMismatch,
    #[msg("The chunk or coordinate lies behind the end")]
    ChunkOutOfRange,
    #[msg("A challenge like this is opened with demand_open, and answered with demand_answer")]
    UseDemand,
    #[msg("The submission takes no more demands")]
    DemandsExhausted,
    #[msg("A chunk has 256 bytes, and siblings are whole records, at most as many as the tree is deep, of the path that was begun")]
    ProofMalformed,
    #[msg("The path does not lead to the root on chain")]
    ProofMismatch,
    #[msg("This challenge does not ask for that evidence")]
    EvidenceNotAsked,
    #[msg("This value or chunk is there already")]
    EvidenceRepeated,
    #[msg("The evidence is complete; resolve the challenge")]
    EvidenceComplete,
    #[msg("Evidence is missing: append it, or let the challenge expire")]
    EvidenceMissing,
    #[msg("What was challenged has fallen already; call challenge_expire for the bond")]
    ChallengeMoot,
    #[msg("The challenge belongs to another round, submission or participant")]
    WrongChallenge,
    #[msg("The two submissions do not have equal roots, or the accused was committed first")]
    NotACopy,
    #[msg("An aggregate of this participant was proved wrong in this round")]
    AggregatorBarred,
    #[msg("The challenge is decided already; close it to move the tokens")]
    ChallengeDecided,
    #[msg("The challenge is not decided yet; resolve it, or let it expire")]
    ChallengeUndecided,
    #[msg("Fewer submissions are accepted by now than the aggregate combines; combine what is left")]
    AcceptedChanged,

    // 6098: selections
    #[msg(
        "Multi-Krum needs min_submissions >= 2 x byzantine + 3 and 1 <= keep <= min_submissions - byzantine"
    )]
    KrumOutOfBounds,
    #[msg("A rule that selects takes at most 256 submissions: max_submissions <= 256")]
    SelectionOutOfBounds,
    #[msg("A selection is posted exactly where the rule selects, multi_krum or weighted, or masks: masked")]
    SelectionMismatch,
    #[msg("The bytes of the two updates come in their order; read the challenge, and go on at its position")]
    EvidenceOutOfOrder,

    // 6102: masked rounds
    #[msg("A masked rule needs 5001 <= threshold_bps <= 10000, 3 <= min_submissions, max_submissions <= 256, and no score window")]
    MaskedOutOfBounds,
    #[msg("The round is of another mode: members join, share and object in masked rounds, and commit in open ones")]
    ModeMismatch,
    #[msg("This member has objected to the aggregate already")]
    AlreadyObjected,
}
