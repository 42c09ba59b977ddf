use crate::error::FedsolError;
use crate::events::{EvaluationClosed, Recorded};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct EvaluationClose<'info> {
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
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
        close = owner,
        has_one = round @ FedsolError::WrongEvaluation,
        has_one = participant @ FedsolError::WrongEvaluation
    )]
    pub evaluation: Account<'info, Box<Evaluation>>,
    /// CHECK: the participant's owner, who paid the rent and gets it back; need not sign.
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,
}

impl EvaluationClose<'_> {
    /// Whether its pay goes back to the pool: only when a paused federation is wound up.
    fn is_abandoned(&self, now: Now) -> bool {
        let over = self.round.phase == Phase::Settled && self.round.deadline.passed(now);
        over && self.federation.paused && self.evaluation.status == EvaluationStatus::Revealed
    }

    fn validate(&self, now: Now) -> Result<()> {
        use EvaluationStatus::*;
        let free = self.round.phase == Phase::Aborted && !self.evaluation.is_faulty(&self.round);
        let done = match self.evaluation.status {
            Done | Faulted | Displaced => true,
            Revealed => free || self.is_abandoned(now),
            // Nobody could show anything in a round that ended before.
            Committed => free,
        };
        require!(done, FedsolError::EvaluationInUse);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn evaluation_close(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let now = Now::read()?;
        let abandoned = accounts.is_abandoned(now);
        let released = if abandoned { accounts.round.claim(0)? } else { 0 };
        accounts.federation.book_claim(0, released)?;
        accounts.round.evaluations = accounts.round.evaluations.minus(1)?;
        let round = accounts.round.key();
        let person = &mut accounts.participant;
        person.unlock(accounts.evaluation.liability)?;
        person.duties = person.duties.minus(1)?;
        let (federation, participant, slot) = (person.federation, person.key(), now.slot);
        person.emit(|seq| EvaluationClosed { federation, participant, seq, slot, round, released })
    }
}
