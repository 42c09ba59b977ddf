use crate::error::FedsolError;
use crate::events::{Recorded, StakeWithdrawn};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct StakeWithdraw<'info> {
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

impl StakeWithdraw<'_> {
    /// Pays out every matured entry of the queue. Never asks whether the federation is paused.
    pub fn stake_withdraw(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let now = Now::read()?;
        let amount = accounts.participant.withdraw(&accounts.federation, now)?;
        let ledger = &mut accounts.federation;
        ledger.unbonding_total = ledger.unbonding_total.minus(amount)?;
        token::pay(
            &accounts.federation,
            &mut accounts.stake_vault,
            &mut accounts.owner_tokens,
            &accounts.stake_mint,
            &accounts.token_program,
            amount,
        )?;
        token::require_solvent(&accounts.stake_vault, accounts.federation.stake_liabilities()?)?;
        let (federation, participant) = (accounts.federation.key(), accounts.participant.key());
        let (slot, stake) = (now.slot, accounts.participant.stake);
        accounts.participant.emit(|seq| StakeWithdrawn { federation, participant, seq, slot, amount, stake })
    }
}
