//! The governance layer of federated learning: the rules, the money and the record.
//!
//! Instructions stand in the order of a federation's life. Each is one file under `instructions`: its
//! arguments, its accounts, `validate`, its handler. Here they are only named.

pub mod error;
pub mod events;
pub mod hash;
pub mod instructions;
pub mod math;
pub mod merkle;
pub mod seeds;
pub mod slot_hashes;
pub mod state;
pub mod token;

use anchor_lang::prelude::*;
use instructions::*;
use state::ChallengeKind;

declare_id!("F1SVSfJJSWihGqSKr7hocjFrrrcnHXNXKX8SHaqwWy6u");

#[program]
pub mod fedsol {
    use super::*;

    /// Creates a federation with its vaults.
    pub fn federation_create(ctx: Context<FederationCreate>, args: FederationCreateArgs) -> Result<()> {
        FederationCreate::federation_create(ctx, args)
    }

    /// Adds to what rounds may pay.
    pub fn federation_fund(ctx: Context<FederationFund>, amount: u64) -> Result<()> {
        FederationFund::federation_fund(ctx, amount)
    }

    /// Closes or reopens entry; never the way out.
    pub fn federation_pause(ctx: Context<FederationPause>, paused: bool) -> Result<()> {
        FederationPause::federation_pause(ctx, paused)
    }

    /// Closes an empty federation and its vaults.
    pub fn federation_close(ctx: Context<FederationClose>) -> Result<()> {
        FederationClose::federation_close(ctx)
    }

    /// Joins a federation by signing its agreement.
    pub fn participant_register(
        ctx: Context<ParticipantRegister>,
        args: ParticipantRegisterArgs,
    ) -> Result<()> {
        ParticipantRegister::participant_register(ctx, args)
    }

    /// Leaves a federation for good; when it is paused, anyone may close who has nothing left in it.
    pub fn participant_close(ctx: Context<ParticipantClose>) -> Result<()> {
        ParticipantClose::participant_close(ctx)
    }

    /// Adds stake.
    pub fn stake_deposit(ctx: Context<StakeDeposit>, amount: u64) -> Result<()> {
        StakeDeposit::stake_deposit(ctx, amount)
    }

    /// Sends stake into the unbonding queue.
    pub fn stake_unbond(ctx: Context<StakeUnbond>, amount: u64) -> Result<()> {
        StakeUnbond::stake_unbond(ctx, amount)
    }

    /// Takes out what has matured.
    pub fn stake_withdraw(ctx: Context<StakeWithdraw>) -> Result<()> {
        StakeWithdraw::stake_withdraw(ctx)
    }

    /// Opens the next round.
    pub fn round_open(ctx: Context<RoundOpen>) -> Result<()> {
        RoundOpen::round_open(ctx)
    }

    /// Binds a trainer to an update that nobody has seen.
    pub fn round_commit(ctx: Context<RoundCommit>, commitment: [u8; 32]) -> Result<()> {
        RoundCommit::round_commit(ctx, commitment)
    }

    /// Joins a masked round with a channel key.
    pub fn round_join(ctx: Context<RoundJoin>, channel_key: [u8; 32]) -> Result<()> {
        RoundJoin::round_join(ctx, channel_key)
    }

    /// Binds a member of a masked round to the shares that will take its masks off.
    pub fn round_share(ctx: Context<RoundShare>, shares: [u8; 32]) -> Result<()> {
        RoundShare::round_share(ctx, shares)
    }

    /// Shows what was committed.
    pub fn round_reveal(ctx: Context<RoundReveal>, args: RoundRevealArgs) -> Result<()> {
        RoundReveal::round_reveal(ctx, args)
    }

    /// Moves a round to the phase that is due. Anyone may.
    pub fn round_advance(ctx: Context<RoundAdvance>) -> Result<()> {
        RoundAdvance::round_advance(ctx)
    }

    /// Binds an evaluator to scores that nobody has seen.
    pub fn score_commit(ctx: Context<ScoreCommit>, commitment: [u8; 32]) -> Result<()> {
        ScoreCommit::score_commit(ctx, commitment)
    }

    /// Shows the scores that were committed.
    pub fn score_reveal(ctx: Context<ScoreReveal>, args: ScoreRevealArgs) -> Result<()> {
        ScoreReveal::score_reveal(ctx, args)
    }

    /// Arms a trainer to plant an audit update, should a later beacon pick it.
    pub fn audit_arm(ctx: Context<AuditArm>, commitment: [u8; 32]) -> Result<()> {
        AuditArm::audit_arm(ctx, commitment)
    }

    /// Tells that a submission was planted.
    pub fn audit_reveal(ctx: Context<AuditReveal>, args: AuditRevealArgs) -> Result<()> {
        AuditReveal::audit_reveal(ctx, args)
    }

    /// Gives a submission the median of its scores. Anyone may.
    pub fn submission_score<'info>(ctx: Context<'info, SubmissionScore<'info>>) -> Result<()> {
        SubmissionScore::submission_score(ctx)
    }

    /// Posts the new model with a bond.
    pub fn round_aggregate(ctx: Context<RoundAggregate>, args: RoundAggregateArgs) -> Result<()> {
        RoundAggregate::round_aggregate(ctx, args)
    }

    /// Turns the aggregate of a masked round down; it falls when most members do.
    pub fn round_object(ctx: Context<RoundObject>) -> Result<()> {
        RoundObject::round_object(ctx)
    }

    /// Claims, with a bond, that something posted is provably wrong.
    pub fn challenge_open(ctx: Context<ChallengeOpen>, kind: ChallengeKind) -> Result<()> {
        ChallengeOpen::challenge_open(ctx, kind)
    }

    /// Adds evidence to a challenge.
    pub fn challenge_append(ctx: Context<ChallengeAppend>, args: EvidenceArgs) -> Result<()> {
        ChallengeAppend::challenge_append(ctx, args)
    }

    /// Reads two updates to compare them with their distance in a selection.
    pub fn challenge_measure(ctx: Context<ChallengeMeasure>, args: MeasureArgs) -> Result<()> {
        ChallengeMeasure::challenge_measure(ctx, args)
    }

    /// Decides a challenge, or a demand. Anyone may.
    pub fn challenge_resolve(ctx: Context<ChallengeResolve>) -> Result<()> {
        ChallengeResolve::challenge_resolve(ctx)
    }

    /// Ends a challenge without a verdict. Anyone may.
    pub fn challenge_expire(ctx: Context<ChallengeExpire>) -> Result<()> {
        ChallengeExpire::challenge_expire(ctx)
    }

    /// Moves what a dispute decided, and closes it. Anyone may.
    pub fn challenge_close(ctx: Context<ChallengeClose>) -> Result<()> {
        ChallengeClose::challenge_close(ctx)
    }

    /// Asks an author, with a bond, to show a chunk on chain.
    pub fn demand_open(ctx: Context<DemandOpen>, chunk: u32, of_selection: bool) -> Result<()> {
        DemandOpen::demand_open(ctx, chunk, of_selection)
    }

    /// Shows a chunk that was asked for.
    pub fn demand_answer(ctx: Context<DemandAnswer>, args: DemandAnswerArgs) -> Result<()> {
        DemandAnswer::demand_answer(ctx, args)
    }

    /// Ends a round well. Anyone may.
    pub fn round_settle(ctx: Context<RoundSettle>) -> Result<()> {
        RoundSettle::round_settle(ctx)
    }

    /// Ends a round that cannot succeed. Anyone may.
    pub fn round_abort(ctx: Context<RoundAbort>) -> Result<()> {
        RoundAbort::round_abort(ctx)
    }

    /// Slashes who committed and did not reveal. Anyone may.
    pub fn fault_no_reveal(ctx: Context<FaultNoReveal>) -> Result<()> {
        FaultNoReveal::fault_no_reveal(ctx)
    }

    /// Slashes an evaluator that was silent, or far from the others, or missed a plant. Anyone may.
    pub fn fault_evaluator(ctx: Context<FaultEvaluator>) -> Result<()> {
        FaultEvaluator::fault_evaluator(ctx)
    }

    /// Pulls a submission's share of its round's pool.
    pub fn reward_claim(ctx: Context<RewardClaim>) -> Result<()> {
        RewardClaim::reward_claim(ctx)
    }

    /// Pulls an evaluator's share of its round's pool.
    pub fn evaluation_claim(ctx: Context<EvaluationClaim>) -> Result<()> {
        EvaluationClaim::evaluation_claim(ctx)
    }

    /// Closes an evaluation whose duties have ended; its rent goes to its owner. Anyone may.
    pub fn evaluation_close(ctx: Context<EvaluationClose>) -> Result<()> {
        EvaluationClose::evaluation_close(ctx)
    }

    /// Closes a submission whose duties have ended; its rent goes to its owner. Anyone may.
    pub fn submission_close(ctx: Context<SubmissionClose>) -> Result<()> {
        SubmissionClose::submission_close(ctx)
    }

    /// Closes a round whose duties have ended; its rent goes to who opened it. Anyone may.
    pub fn round_close(ctx: Context<RoundClose>) -> Result<()> {
        RoundClose::round_close(ctx)
    }
}
