use crate::error::FedsolError;
use crate::events::{Recorded, RoundSettled};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct RoundSettle<'info> {
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        mut,
        dup,
        has_one = federation @ FedsolError::WrongFederation,
        has_one = aggregator @ FedsolError::WrongAggregator
    )]
    pub round: Account<'info, Box<Round>>,
    #[account(mut, dup)]
    pub aggregator: Account<'info, Box<Participant>>,
}

impl RoundSettle<'_> {
    /// The pool becomes owed, the bond goes home, the new model becomes the federation's.
    pub fn round_settle(ctx: Context<Self>) -> Result<()> {
        let now = Now::read()?;
        let federation_address = ctx.accounts.federation.key();
        let (ledger, person) = (&mut ctx.accounts.federation, &mut ctx.accounts.aggregator);
        let round = &mut ctx.accounts.round;
        let (owed, dust) = round.settle(now)?;
        ledger.reward_reserved = ledger.reward_reserved.minus(round.pool)?;
        ledger.reward_owed = ledger.reward_owed.plus(owed)?;
        ledger.reward_available = ledger.reward_available.plus(dust)?;
        ledger.book_bond_returned(round.bond)?;
        person.return_bond(round.bond)?;
        list_aggregator(ledger, person, now.slot)?;
        round.bond = 0;
        person.aggregated = person.aggregated.plus(1)?;
        ledger.model_root = round.new_model_root;
        ledger.model_artifact = round.new_model_artifact;
        ledger.round_active = false;
        if round.drawn {
            (ledger.beacon, ledger.beacon_slot) = (round.beacon, round.beacon_slot);
        }
        let (reward_owed, address) = (ledger.reward_owed, round.key());
        ledger.emit(|seq| RoundSettled {
            federation: federation_address,
            seq,
            slot: now.slot,
            round: address,
            number: round.number,
            round_seq: round.seq,
            round_head: round.head,
            model_root: round.new_model_root,
            model_artifact: round.new_model_artifact,
            revealed: round.revealed,
            accepted: round.accepted,
            planted: round.planted,
            share: round.share,
            reward_owed,
        })
    }
}
