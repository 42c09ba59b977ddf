use crate::error::FedsolError;
use crate::events::{Recorded, RoundAggregated};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct RoundAggregateArgs {
    /// Merkle root of the new model.
    pub new_model_root: [u8; 32],
    /// SHA-256 of its stored bytes.
    pub new_model_artifact: [u8; 32],
    /// How many submissions it combines: nobody is to blame if one of them fell while this was on its way. `None`:
    /// whatever is accepted.
    pub accepted: Option<u32>,
    /// What it selects; exactly where the rule does.
    pub selection: Option<Selection>,
}

#[derive(Accounts)]
pub struct RoundAggregate<'info> {
    pub owner: Signer<'info>,
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
}

impl RoundAggregate<'_> {
    fn validate(&self, args: &RoundAggregateArgs) -> Result<()> {
        self.participant.require_role(ROLE_AGGREGATOR)?;
        let params = &self.round.params;
        let needed = params.min_stake.plus(params.aggregator_bond)?;
        require!(self.participant.stake >= needed, FedsolError::StakeInsufficient);
        require!(self.participant.barred_round != self.round.number, FedsolError::AggregatorBarred);
        self.round.require_accepted(args.accepted)
    }

    /// The bond leaves the stake and stays in the round until it settles.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn round_aggregate(ctx: Context<Self>, args: RoundAggregateArgs) -> Result<()> {
        let now = Now::read()?;
        let federation_address = ctx.accounts.federation.key();
        let (ledger, person) = (&mut ctx.accounts.federation, &mut ctx.accounts.participant);
        let round = &mut ctx.accounts.round;
        let seated = person.listed && round.seat_counts(person.seated_slot);
        let index = seated.then_some(person.aggregator_index);
        round.post(now, index, (args.new_model_root, args.new_model_artifact), args.selection)?;
        let bond = round.params.aggregator_bond;
        person.post_bond(bond)?;
        ledger.stake_total = ledger.stake_total.minus(bond)?;
        ledger.bond_total = ledger.bond_total.plus(bond)?;
        round.bond = bond;
        round.aggregator = person.key();
        let (address, participant, attempt) = (round.key(), round.aggregator, round.attempt);
        round.emit(|seq| RoundAggregated {
            federation: federation_address,
            round: address,
            seq,
            slot: now.slot,
            participant,
            bond,
            attempt,
            new_model_root: args.new_model_root,
            new_model_artifact: args.new_model_artifact,
            selection: args.selection,
        })
    }
}
