use crate::error::FedsolError;
use crate::events::{Recorded, SubmissionClosed};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct SubmissionClose<'info> {
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    /// CHECK: the submission's round by its address; read only while this program owns it: once it is closed
    /// it stays so, because a federation closes only when no submission is left.
    #[account(mut, address = submission.round @ FedsolError::WrongSubmission)]
    pub round: UncheckedAccount<'info>,
    #[account(
        mut,
        dup,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
    #[account(mut, dup, close = owner, has_one = participant @ FedsolError::WrongSubmission)]
    pub submission: Account<'info, Box<Submission>>,
    /// CHECK: the participant's owner, who paid the rent and gets it back; need not sign.
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,
}

impl SubmissionClose<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.submission.disputes == 0, FedsolError::DisputesOpen);
        Ok(())
    }

    #[access_control(ctx.accounts.validate())]
    pub fn submission_close(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let now = Now::read()?;
        let mut released = 0;
        if *accounts.round.owner == crate::ID {
            released = accounts.leave_round(now)?;
        }
        accounts.federation.book_claim(0, released)?;
        let person = &mut accounts.participant;
        person.unlock(accounts.submission.liability)?;
        person.duties = person.duties.minus(1)?;
        let (federation, participant, round) = (person.federation, person.key(), accounts.round.key());
        let slot = now.slot;
        person.emit(|seq| SubmissionClosed { federation, participant, seq, slot, round, released })
    }

    /// Checks that nothing is left to do with the submission, and counts it out of its round. A reward is forfeited
    /// only when a paused federation is wound up. Returns the dust, if it was the last.
    fn leave_round(&self, now: Now) -> Result<u64> {
        let mut data = self.round.try_borrow_mut_data()?;
        let mut round = Box::<Round>::try_deserialize(&mut data.as_ref())?;
        require!(round.phase.is_terminal(), FedsolError::RoundNotEnded);
        let submission = &self.submission;
        let paid = matches!(submission.status, SubmissionStatus::Revealed | SubmissionStatus::Planted);
        let unclaimed = paid && round.phase == Phase::Settled && !submission.claimed;
        let abandoned = self.federation.paused && round.deadline.passed(now);
        let done = match submission.status {
            SubmissionStatus::Committed | SubmissionStatus::Shared => round.is_full(),
            _ => !unclaimed || abandoned,
        };
        require!(done, FedsolError::SubmissionInUse);
        if !submission.revealed {
            return Ok(0);
        }
        round.closed = round.closed.plus(1)?;
        let released = if unclaimed { round.claim(0)? } else { 0 };
        round.try_serialize(&mut &mut data[..])?;
        Ok(released)
    }
}
