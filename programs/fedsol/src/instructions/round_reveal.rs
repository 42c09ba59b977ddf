use crate::error::FedsolError;
use crate::events::{Recorded, RoundRevealed};
use crate::hash::{self, Place, Update};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

/// Every submission counts the same: example counts cannot be checked, so they are not asked for.
const WEIGHT: u32 = 1;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct RoundRevealArgs {
    /// What was committed; in a masked round the masked update.
    pub update: Update,
    /// 32 random bytes that hid it; in a masked round the channel key.
    pub salt: [u8; 32],
}

#[derive(Accounts)]
pub struct RoundReveal<'info> {
    pub owner: Signer<'info>,
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
        has_one = round @ FedsolError::WrongSubmission,
        has_one = participant @ FedsolError::WrongSubmission
    )]
    pub submission: Account<'info, Box<Submission>>,
}

impl RoundReveal<'_> {
    fn validate(&self, args: &RoundRevealArgs, now: Now) -> Result<()> {
        self.round.require_during(Phase::Reveal, now)?;
        if self.round.params.rule.is_masked() {
            return self.validate_masked(&args.salt);
        }
        let committed = self.submission.status == SubmissionStatus::Committed;
        require!(committed, FedsolError::WrongSubmissionStatus);
        let place = Place {
            genesis: &self.federation.genesis,
            federation: &self.round.federation,
            round: self.round.number,
            participant: &self.submission.participant,
        };
        let expected = hash::commitment(&place, &args.update, &args.salt);
        require!(self.submission.commitment == expected, FedsolError::CommitmentMismatch);
        let bound = self.round.params.max_norm_squared;
        require!(args.update.norm_squared <= bound, FedsolError::NormTooLarge);
        Ok(())
    }

    /// Masked words are bound by nothing but the masks, and have the norm of noise. The beacon has the channel key
    /// instead of a salt: that was bound as well.
    fn validate_masked(&self, salt: &[u8; 32]) -> Result<()> {
        let shared = self.submission.status == SubmissionStatus::Shared;
        require!(shared, FedsolError::WrongSubmissionStatus);
        require!(self.submission.commitment == *salt, FedsolError::CommitmentMismatch);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(&args, Now::read()?))]
    pub fn round_reveal(ctx: Context<Self>, args: RoundRevealArgs) -> Result<()> {
        let slot = Clock::get()?.slot;
        let RoundRevealArgs { update, salt } = args;
        let (round, person) = (&mut ctx.accounts.round, &mut ctx.accounts.participant);
        let submission = &mut ctx.accounts.submission;
        submission.index = round.count_reveal(&salt)?;
        submission.status = SubmissionStatus::Revealed;
        submission.revealed = true;
        submission.weight = WEIGHT;
        submission.root = update.root;
        submission.norm_squared = update.norm_squared;
        submission.artifact = update.artifact;
        person.unlock(submission.liability)?;
        person.revealed = person.revealed.plus(1)?;
        submission.liability = 0;
        let (address, index) = (round.key(), submission.index);
        let (federation, participant) = (round.federation, person.key());
        round.emit(|seq| RoundRevealed {
            federation,
            round: address,
            seq,
            slot,
            participant,
            participant_seq: person.seq,
            participant_head: person.head,
            index,
            weight: WEIGHT,
            root: update.root,
            norm_squared: update.norm_squared,
            artifact: update.artifact,
            salt,
        })
    }
}
