use crate::error::FedsolError;
use crate::events::{FederationFunded, Recorded};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct FederationFund<'info> {
    pub funder: Signer<'info>,
    #[account(mut, dup, has_one = reward_mint @ FedsolError::WrongMint)]
    pub federation: Account<'info, Box<Federation>>,
    pub reward_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, seeds = [REWARD_VAULT_SEED, federation.key().as_ref()], bump = federation.reward_vault_bump)]
    pub reward_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, constraint = funder_tokens.mint == reward_mint.key() @ FedsolError::WrongMint)]
    pub funder_tokens: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl FederationFund<'_> {
    fn validate(&self, amount: u64) -> Result<()> {
        require!(amount > 0, FedsolError::AmountZero);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(amount))]
    pub fn federation_fund(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = ctx.accounts;
        token::deposit(
            &accounts.funder_tokens,
            &accounts.funder,
            &mut accounts.reward_vault,
            &accounts.reward_mint,
            &accounts.token_program,
            amount,
        )?;
        let (address, slot, funder) = (accounts.federation.key(), Clock::get()?.slot, accounts.funder.key());
        let federation = &mut accounts.federation;
        federation.reward_available = federation.reward_available.plus(amount)?;
        token::require_solvent(&accounts.reward_vault, federation.reward_liabilities()?)?;
        let reward_available = federation.reward_available;
        federation.emit(|seq| FederationFunded {
            federation: address,
            seq,
            slot,
            funder,
            amount,
            reward_available,
        })
    }
}
