use crate::error::FedsolError;
use crate::instructions::round_commit::bind;
use crate::seeds::*;
use crate::state::*;
use anchor_lang::prelude::*;

/// Unlike a commitment it writes the round: masked rounds are small, and must know how many take part.
#[derive(Accounts)]
pub struct RoundJoin<'info> {
    #[account(mut)]
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
        init,
        payer = owner,
        space = Submission::SPACE,
        seeds = [SUBMISSION_SEED, round.key().as_ref(), participant.key().as_ref()],
        bump
    )]
    pub submission: Account<'info, Box<Submission>>,
    pub system_program: Program<'info, System>,
}

impl RoundJoin<'_> {
    fn validate(&self) -> Result<()> {
        self.federation.require_open()?;
        self.participant.require_role(ROLE_TRAINER)
    }

    /// Joins a masked round with a channel key that serves this round alone.
    #[access_control(ctx.accounts.validate())]
    pub fn round_join(ctx: Context<Self>, channel_key: [u8; 32]) -> Result<()> {
        let accounts = ctx.accounts;
        accounts.round.join(Now::read()?)?;
        accounts.submission.bump = ctx.bumps.submission;
        bind(&accounts.round, &mut accounts.participant, &mut accounts.submission, channel_key)
    }
}
