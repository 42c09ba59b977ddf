use crate::error::FedsolError;
use crate::events::{ChallengeExpired, Recorded};
use crate::instructions::challenge_resolve::forfeit_bond;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct ChallengeExpire<'info> {
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    #[account(mut, dup, has_one = round @ FedsolError::WrongChallenge)]
    pub challenge: Box<Account<'info, Challenge>>,
    /// Gets the finder's part of the bond; needed unless the challenge is moot.
    #[account(
        mut,
        dup,
        has_one = federation @ FedsolError::WrongFederation,
        constraint = accused.key() == challenge.accused @ FedsolError::WrongChallenge
    )]
    pub accused: Option<Account<'info, Box<Participant>>>,
    /// The submission that is challenged; left out for an aggregate.
    #[account(mut, dup, constraint = submission.key() == challenge.target @ FedsolError::WrongSubmission)]
    pub submission: Option<Account<'info, Box<Submission>>>,
}

impl ChallengeExpire<'_> {
    fn is_moot(&self) -> bool {
        self.challenge.is_moot(&self.round, self.submission.as_ref().map(|account| &***account))
    }

    fn validate(&self, now: Now) -> Result<()> {
        self.challenge.require_undecided()?;
        let named = self.challenge.is_on_submission() == self.submission.is_some();
        require!(named, FedsolError::WrongSubmission);
        if self.is_moot() {
            return Ok(());
        }
        // An unanswered demand is no frivolous one, and a proof is not lost for being late.
        require!(!self.challenge.kind.is_demand(), FedsolError::UseDemand);
        require!(!self.challenge.is_complete(), FedsolError::EvidenceComplete);
        require!(self.challenge.deadline.passed(now), FedsolError::DeadlineNotPassed);
        Ok(())
    }

    /// Ends a challenge without a verdict. The bond comes back if somebody else was faster, and is divided otherwise.
    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn challenge_expire(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let slot = Clock::get()?.slot;
        let (bond, moot) = (accounts.challenge.bond, accounts.is_moot());
        let split = accounts.round.params.slash_split;
        let (verdict, slash, payout) = if moot {
            (Verdict::Moot, Slash::of(0, split)?, bond)
        } else {
            let accused = accounts.accused.as_mut().ok_or(FedsolError::WrongChallenge)?;
            let slash = forfeit_bond(&mut accounts.federation, accused, bond, split)?;
            (Verdict::Acquitted, slash, 0)
        };
        accounts.challenge.decide(verdict, payout, &slash);
        accounts.round.end_dispute()?;
        if let Some(submission) = accounts.submission.as_mut() {
            submission.disputes = submission.disputes.saturating_sub(1);
        }
        accounts.emit_expired(&slash, payout, slot)
    }

    fn emit_expired(&mut self, slash: &Slash, returned: u64, slot: u64) -> Result<()> {
        let (round, challenge) = (&mut self.round, &self.challenge);
        let (federation, address) = (round.federation, round.key());
        round.emit(|seq| ChallengeExpired {
            federation,
            round: address,
            seq,
            slot,
            challenge: challenge.key(),
            challenge_seq: challenge.seq,
            challenge_head: challenge.head,
            accused: challenge.accused,
            returned,
            to_accused: slash.to_finder,
            to_treasury: slash.to_treasury,
            burned: slash.burned,
        })
    }
}
