use crate::error::FedsolError;
use crate::events::{Recorded, RoundAborted};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct RoundAbort<'info> {
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
}

impl RoundAbort<'_> {
    /// The pool goes back; the model stays; silence can still be punished.
    pub fn round_abort(ctx: Context<Self>) -> Result<()> {
        let now = Now::read()?;
        let federation_address = ctx.accounts.federation.key();
        let (ledger, round) = (&mut ctx.accounts.federation, &mut ctx.accounts.round);
        round.abort(now)?;
        ledger.reward_reserved = ledger.reward_reserved.minus(round.pool)?;
        ledger.reward_available = ledger.reward_available.plus(round.pool)?;
        ledger.round_active = false;
        if round.drawn {
            (ledger.beacon, ledger.beacon_slot) = (round.beacon, round.beacon_slot);
        }
        let (reward_available, address) = (ledger.reward_available, round.key());
        ledger.emit(|seq| RoundAborted {
            federation: federation_address,
            seq,
            slot: now.slot,
            round: address,
            number: round.number,
            round_seq: round.seq,
            round_head: round.head,
            revealed: round.revealed,
            reward_available,
        })
    }
}
