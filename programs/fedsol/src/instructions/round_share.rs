use crate::error::FedsolError;
use crate::events::{Recorded, RoundShared};
use crate::state::*;
use anchor_lang::prelude::*;

/// Writes only what belongs to the member, as a commitment does.
#[derive(Accounts)]
pub struct RoundShare<'info> {
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
        mut,
        dup,
        has_one = round @ FedsolError::WrongSubmission,
        has_one = participant @ FedsolError::WrongSubmission
    )]
    pub submission: Account<'info, Box<Submission>>,
}

impl RoundShare<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        self.round.require_during(Phase::Share, now)?;
        let committed = self.submission.status == SubmissionStatus::Committed;
        require!(committed, FedsolError::WrongSubmissionStatus);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn round_share(ctx: Context<Self>, shares: [u8; 32]) -> Result<()> {
        let slot = Clock::get()?.slot;
        let (federation, round) = (ctx.accounts.federation.key(), ctx.accounts.round.key());
        let submission = &mut ctx.accounts.submission;
        submission.status = SubmissionStatus::Shared;
        submission.shares = shares;
        let person = &mut ctx.accounts.participant;
        let participant = person.key();
        person.emit(|seq| RoundShared { federation, participant, seq, slot, round, shares })
    }
}
