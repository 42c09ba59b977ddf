use crate::error::FedsolError;
use crate::events::{Recorded, StakeUnbonded};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct StakeUnbond<'info> {
    pub owner: Signer<'info>,
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        mut,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
    /// The last of the list of aggregators; needed when the participant leaves the list from its middle.
    #[account(mut, has_one = federation @ FedsolError::WrongFederation)]
    pub last_aggregator: Option<Account<'info, Box<Participant>>>,
}

impl StakeUnbond<'_> {
    fn validate(&self, amount: u64) -> Result<()> {
        require!(amount > 0, FedsolError::AmountZero);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(amount))]
    pub fn stake_unbond(ctx: Context<Self>, amount: u64) -> Result<()> {
        let now = Now::read()?;
        let (federation, participant) = (ctx.accounts.federation.key(), ctx.accounts.participant.key());
        let (ledger, person) = (&mut ctx.accounts.federation, &mut ctx.accounts.participant);
        let release = Deadline::after(now, ledger.params.unbonding)?;
        person.unbond(amount, release, ledger.round)?;
        ledger.stake_total = ledger.stake_total.minus(amount)?;
        ledger.unbonding_total = ledger.unbonding_total.plus(amount)?;
        let last = ctx.accounts.last_aggregator.as_deref_mut().map(|account| &mut **account);
        unlist_aggregator(ledger, person, last, now.slot)?;
        let (slot, stake) = (now.slot, person.stake);
        person.emit(|seq| StakeUnbonded { federation, participant, seq, slot, amount, stake, release })
    }
}
