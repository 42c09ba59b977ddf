use crate::error::FedsolError;
use crate::events::{Recorded, RoundOpened};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct RoundOpen<'info> {
    #[account(mut)]
    pub opener: Signer<'info>,
    // Boxed from outside: the IDL names the type of an account that a seed is read from.
    #[account(mut, dup)]
    pub federation: Box<Account<'info, Federation>>,
    /// The opener's participant; may be left out by the creator.
    #[account(
        constraint = participant.owner == opener.key() @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Option<Account<'info, Box<Participant>>>,
    #[account(
        init,
        payer = opener,
        space = Round::SPACE,
        seeds = [ROUND_SEED, federation.key().as_ref(), &federation.round.saturating_add(1).to_le_bytes()],
        bump
    )]
    pub round: Account<'info, Box<Round>>,
    pub system_program: Program<'info, System>,
}

impl RoundOpen<'_> {
    fn validate(&self) -> Result<()> {
        self.federation.require_open()?;
        require!(!self.federation.round_active, FedsolError::RoundActive);
        let is_creator = self.opener.key() == self.federation.creator;
        let minimum = self.federation.params.min_stake;
        let is_staked = self.participant.as_ref().is_some_and(|person| person.stake >= minimum);
        require!(is_creator || is_staked, FedsolError::OpenerNotAllowed);
        Ok(())
    }

    #[access_control(ctx.accounts.validate())]
    pub fn round_open(ctx: Context<Self>) -> Result<()> {
        let now = Now::read()?;
        let (federation_address, round_address) = (ctx.accounts.federation.key(), ctx.accounts.round.key());
        let federation = &mut ctx.accounts.federation;
        let pool = federation.params.round_reward.min(federation.reward_available);
        federation.reward_available = federation.reward_available.minus(pool)?;
        federation.reward_reserved = federation.reward_reserved.plus(pool)?;
        federation.round = federation.round.plus(1)?;
        federation.rounds_open = federation.rounds_open.plus(1)?;
        federation.round_active = true;
        let round = &mut ctx.accounts.round;
        round.version = ACCOUNT_VERSION;
        round.bump = ctx.bumps.round;
        round.phase = Phase::Commit;
        round.number = federation.round;
        round.federation = federation_address;
        round.payer = ctx.accounts.opener.key();
        round.params = federation.params;
        round.deadline = Deadline::after(now, federation.params.commit)?;
        round.base_model_root = federation.model_root;
        round.parameter_count = federation.parameter_count;
        round.parent_beacon = federation.beacon;
        round.parent_beacon_slot = federation.beacon_slot;
        round.pool = pool;
        round.chosen = NOBODY;
        let (number, base_model_root, deadline) = (round.number, round.base_model_root, round.deadline);
        let reward_available = federation.reward_available;
        federation.emit(|seq| RoundOpened {
            federation: federation_address,
            seq,
            slot: now.slot,
            round: round_address,
            number,
            base_model_root,
            pool,
            reward_available,
            deadline,
        })
    }
}
