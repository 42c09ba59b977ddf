use crate::error::FedsolError;
use crate::events::{Recorded, RoundCommitted};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use anchor_lang::prelude::*;

/// Writes only what belongs to the trainer, so that commits of one round never wait for each other.
#[derive(Accounts)]
pub struct RoundCommit<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,
    pub federation: Account<'info, Box<Federation>>,
    #[account(has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    #[account(
        mut,
        dup,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
    #[account(
        init,
        payer = owner,
        space = Submission::SPACE,
        seeds = [SUBMISSION_SEED, round.key().as_ref(), participant.key().as_ref()],
        bump
    )]
    pub submission: Account<'info, Box<Submission>>,
    pub system_program: Program<'info, System>,
}

impl RoundCommit<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        self.federation.require_open()?;
        self.participant.require_role(ROLE_TRAINER)?;
        self.round.require_during(Phase::Commit, now)
    }

    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn round_commit(ctx: Context<Self>, commitment: [u8; 32]) -> Result<()> {
        let slot = Clock::get()?.slot;
        let (federation, round) = (ctx.accounts.federation.key(), ctx.accounts.round.key());
        let liability = ctx.accounts.round.params.min_stake;
        let person = &mut ctx.accounts.participant;
        let participant = person.key();
        person.lock(liability)?;
        person.duties = person.duties.plus(1)?;
        let submission = &mut ctx.accounts.submission;
        submission.version = ACCOUNT_VERSION;
        submission.bump = ctx.bumps.submission;
        submission.status = SubmissionStatus::Committed;
        submission.round = round;
        submission.participant = participant;
        submission.commitment = commitment;
        submission.committed_slot = slot;
        submission.liability = liability;
        person.emit(|seq| RoundCommitted { federation, participant, seq, slot, round, commitment, liability })
    }
}
