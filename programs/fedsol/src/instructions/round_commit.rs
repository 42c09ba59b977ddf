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
        require!(!self.round.params.rule.is_masked(), FedsolError::ModeMismatch);
        self.round.require_during(Phase::Commit, now)
    }

    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn round_commit(ctx: Context<Self>, commitment: [u8; 32]) -> Result<()> {
        let accounts = ctx.accounts;
        accounts.submission.bump = ctx.bumps.submission;
        bind(&accounts.round, &mut accounts.participant, &mut accounts.submission, commitment)
    }
}

/// Locks the least stake of a trainer, and binds its new submission.
pub fn bind(
    round: &Account<Box<Round>>,
    person: &mut Account<Box<Participant>>,
    submission: &mut Submission,
    commitment: [u8; 32],
) -> Result<()> {
    let slot = Clock::get()?.slot;
    let (federation, participant, round, liability) =
        (round.federation, person.key(), round.key(), round.params.min_stake);
    person.lock(liability)?;
    person.duties = person.duties.plus(1)?;
    submission.version = ACCOUNT_VERSION;
    submission.status = SubmissionStatus::Committed;
    submission.round = round;
    submission.participant = participant;
    submission.commitment = commitment;
    submission.committed_slot = slot;
    submission.liability = liability;
    person.emit(|seq| RoundCommitted { federation, participant, seq, slot, round, commitment, liability })
}
