use crate::error::FedsolError;
use crate::events::{Recorded, SubmissionClosed};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct SubmissionClose<'info> {
    pub federation: Box<Account<'info, Federation>>,
    /// CHECK: the submission's round by its address; read only while this program owns it, as a closed
    /// round's number is never given again.
    #[account(mut, address = submission.round @ FedsolError::WrongSubmission)]
    pub round: UncheckedAccount<'info>,
    #[account(
        mut,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Box<Account<'info, Participant>>,
    #[account(mut, close = owner, has_one = participant @ FedsolError::WrongSubmission)]
    pub submission: Box<Account<'info, Submission>>,
    /// CHECK: the participant's owner, who paid the rent and gets it back; need not sign.
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,
}

impl SubmissionClose<'_> {
    pub fn submission_close(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let slot = Clock::get()?.slot;
        if *accounts.round.owner == crate::ID {
            accounts.leave_round()?;
        }
        let person = &mut accounts.participant;
        person.unlock(accounts.submission.liability)?;
        person.duties = person.duties.minus(1)?;
        let (federation, participant, round) = (person.federation, person.key(), accounts.round.key());
        person.emit(|seq| SubmissionClosed { federation, participant, seq, slot, round })
    }

    /// Checks that nothing is left to do with the submission, and counts it out of its round.
    fn leave_round(&self) -> Result<()> {
        let mut data = self.round.try_borrow_mut_data()?;
        let mut round = Round::try_deserialize(&mut data.as_ref())?;
        require!(round.phase.is_terminal(), FedsolError::RoundNotEnded);
        let done = match self.submission.status {
            SubmissionStatus::Committed => round.is_full(),
            SubmissionStatus::Revealed => self.submission.claimed || round.phase == Phase::Aborted,
            SubmissionStatus::Faulted => true,
        };
        require!(done, FedsolError::SubmissionInUse);
        if self.submission.status == SubmissionStatus::Revealed {
            round.closed = round.closed.plus(1)?;
            round.try_serialize(&mut &mut data[..])?;
        }
        Ok(())
    }
}
