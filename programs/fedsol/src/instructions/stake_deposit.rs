use crate::error::FedsolError;
use crate::events::{Recorded, StakeDeposited};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct StakeDeposit<'info> {
    pub owner: Signer<'info>,
    #[account(mut, dup, has_one = stake_mint @ FedsolError::WrongMint)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        mut,
        dup,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
    pub stake_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, seeds = [STAKE_VAULT_SEED, federation.key().as_ref()], bump = federation.stake_vault_bump)]
    pub stake_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, constraint = owner_tokens.mint == stake_mint.key() @ FedsolError::WrongMint)]
    pub owner_tokens: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl StakeDeposit<'_> {
    fn validate(&self, amount: u64) -> Result<()> {
        self.federation.require_open()?;
        require!(amount > 0, FedsolError::AmountZero);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(amount))]
    pub fn stake_deposit(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = ctx.accounts;
        token::deposit(
            &accounts.owner_tokens,
            &accounts.owner,
            &mut accounts.stake_vault,
            &accounts.stake_mint,
            &accounts.token_program,
            amount,
        )?;
        let slot = Clock::get()?.slot;
        let (federation, participant) = (accounts.federation.key(), accounts.participant.key());
        let (ledger, person) = (&mut accounts.federation, &mut accounts.participant);
        ledger.stake_total = ledger.stake_total.plus(amount)?;
        person.stake = person.stake.plus(amount)?;
        person.stake_slot = slot;
        list_aggregator(ledger, person, slot)?;
        token::require_solvent(&accounts.stake_vault, ledger.stake_liabilities()?)?;
        let stake = person.stake;
        person.emit(|seq| StakeDeposited { federation, participant, seq, slot, amount, stake })
    }
}
