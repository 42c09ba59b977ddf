use crate::error::FedsolError;
use crate::events::{Recorded, RoundAdvanced};
use crate::slot_hashes;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct RoundAdvance<'info> {
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    /// CHECK: the slot hashes sysvar, by its address.
    #[account(address = slot_hashes::ID)]
    pub slot_hashes: UncheckedAccount<'info>,
}

impl RoundAdvance<'_> {
    pub fn round_advance(ctx: Context<Self>) -> Result<()> {
        let now = Now::read()?;
        let sysvar = ctx.accounts.slot_hashes.try_borrow_data()?;
        let aggregators = ctx.accounts.federation.aggregators;
        let federation = ctx.accounts.federation.key();
        let round = &mut ctx.accounts.round;
        round.advance(now, aggregators, |slot| slot_hashes::first_hash_from(&sysvar, slot))?;
        let (address, phase, deadline) = (round.key(), round.phase, round.deadline);
        let (beacon, chosen) = (round.beacon, round.chosen);
        round.emit(|seq| RoundAdvanced {
            federation,
            round: address,
            seq,
            slot: now.slot,
            phase,
            deadline,
            beacon,
            chosen,
        })
    }
}
