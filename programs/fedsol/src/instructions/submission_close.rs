use crate::error::FedsolError;
use crate::events::{Recorded, SubmissionClosed};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct SubmissionClose<'info> {
    #[account(mut)]
    pub federation: Box<Account<'info, Federation>>,
    /// CHECK: the submission's round by its address; read only while this program owns it: once it is closed
    /// it stays so, because a federation closes only when no submission is left.
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
        let now = Now::read()?;
        let mut forfeited = 0;
        if *accounts.round.owner == crate::ID {
            forfeited = accounts.leave_round(now)?;
        }
        let ledger = &mut accounts.federation;
        ledger.reward_owed = ledger.reward_owed.minus(forfeited)?;
        ledger.reward_available = ledger.reward_available.plus(forfeited)?;
        let person = &mut accounts.participant;
        person.unlock(accounts.submission.liability)?;
        person.duties = person.duties.minus(1)?;
        let (federation, participant, round) = (person.federation, person.key(), accounts.round.key());
        let slot = now.slot;
        person.emit(|seq| SubmissionClosed { federation, participant, seq, slot, round, forfeited })
    }

    /// Checks that nothing is left to do with the submission, and counts it out of its round. Returns the
    /// share that is forfeited with it: nothing but when a paused federation is wound up.
    fn leave_round(&self, now: Now) -> Result<u64> {
        let mut data = self.round.try_borrow_mut_data()?;
        let mut round = Round::try_deserialize(&mut data.as_ref())?;
        require!(round.phase.is_terminal(), FedsolError::RoundNotEnded);
        let submission = &self.submission;
        let unclaimed = round.phase == Phase::Settled && !submission.claimed;
        let abandoned = self.federation.paused && round.deadline.passed(now);
        let done = match submission.status {
            SubmissionStatus::Committed => round.is_full(),
            SubmissionStatus::Revealed => !unclaimed || abandoned,
            SubmissionStatus::Faulted => true,
        };
        require!(done, FedsolError::SubmissionInUse);
        if submission.status != SubmissionStatus::Revealed {
            return Ok(0);
        }
        round.closed = round.closed.plus(1)?;
        if unclaimed {
            round.claimed = round.claimed.plus(1)?;
        }
        round.try_serialize(&mut &mut data[..])?;
        Ok(if unclaimed { round.share } else { 0 })
    }
}
