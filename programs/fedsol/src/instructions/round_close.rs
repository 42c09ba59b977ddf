use crate::error::FedsolError;
use crate::events::{Recorded, RoundClosed};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct RoundClose<'info> {
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        mut,
        dup,
        close = payer,
        has_one = payer @ FedsolError::WrongRound,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub round: Account<'info, Box<Round>>,
    /// CHECK: who opened the round and paid its rent; need not sign.
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl RoundClose<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        self.round.require_closable(now)
    }

    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn round_close(ctx: Context<Self>) -> Result<()> {
        let slot = Clock::get()?.slot;
        let (round, number) = (ctx.accounts.round.key(), ctx.accounts.round.number);
        let federation = &mut ctx.accounts.federation;
        let address = federation.key();
        federation.rounds_open = federation.rounds_open.minus(1)?;
        federation.emit(|seq| RoundClosed { federation: address, seq, slot, round, number })
    }
}
