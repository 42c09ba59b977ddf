use crate::error::FedsolError;
use crate::events::{FederationClosed, Recorded};
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct FederationClose<'info> {
    #[account(mut)]
    pub creator: Signer<'info>,
    #[account(
        mut,
        dup,
        close = creator,
        has_one = creator @ FedsolError::NotCreator,
        has_one = stake_mint @ FedsolError::WrongMint,
        has_one = reward_mint @ FedsolError::WrongMint
    )]
    pub federation: Account<'info, Box<Federation>>,
    pub stake_mint: Box<InterfaceAccount<'info, Mint>>,
    pub reward_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, seeds = [STAKE_VAULT_SEED, federation.key().as_ref()], bump = federation.stake_vault_bump)]
    pub stake_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, seeds = [REWARD_VAULT_SEED, federation.key().as_ref()], bump = federation.reward_vault_bump)]
    pub reward_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, seeds = [TREASURY_VAULT_SEED, federation.key().as_ref()], bump = federation.treasury_vault_bump)]
    pub treasury_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, constraint = stake_to.mint == stake_mint.key() @ FedsolError::WrongMint)]
    pub stake_to: Box<InterfaceAccount<'info, TokenAccount>>,
    // One account serves for both when stake and reward mint are the same.
    #[account(mut, dup, constraint = reward_to.mint == reward_mint.key() @ FedsolError::WrongMint)]
    pub reward_to: Box<InterfaceAccount<'info, TokenAccount>>,
    pub stake_token_program: Interface<'info, TokenInterface>,
    pub reward_token_program: Interface<'info, TokenInterface>,
}

impl FederationClose<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.federation.is_idle()?, FedsolError::FederationInUse);
        Ok(())
    }

    /// What nobody is owed (unspent rewards, the treasury, donations) goes to the creator.
    #[access_control(ctx.accounts.validate())]
    pub fn federation_close(ctx: Context<Self>) -> Result<()> {
        let a = ctx.accounts;
        let (federation, to) = (&a.federation, &a.creator);
        let stake_returned = token::drain(
            federation,
            &mut a.stake_vault,
            &mut a.stake_to,
            to,
            &a.stake_mint,
            &a.stake_token_program,
        )?;
        let treasury_returned = token::drain(
            federation,
            &mut a.treasury_vault,
            &mut a.stake_to,
            to,
            &a.stake_mint,
            &a.stake_token_program,
        )?;
        let reward_returned = token::drain(
            federation,
            &mut a.reward_vault,
            &mut a.reward_to,
            to,
            &a.reward_mint,
            &a.reward_token_program,
        )?;
        let (address, slot) = (a.federation.key(), Clock::get()?.slot);
        a.federation.emit(|seq| FederationClosed {
            federation: address,
            seq,
            slot,
            stake_returned,
            reward_returned,
            treasury_returned,
        })
    }
}
