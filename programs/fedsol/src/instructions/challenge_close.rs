use crate::error::FedsolError;
use crate::events::{ChallengeClosed, Recorded};
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct ChallengeClose<'info> {
    #[account(mut, dup, has_one = stake_mint @ FedsolError::WrongMint)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        mut,
        dup,
        close = challenger,
        has_one = federation @ FedsolError::WrongFederation,
        has_one = challenger @ FedsolError::WrongChallenge
    )]
    pub challenge: Box<Account<'info, Challenge>>,
    /// CHECK: who opened the challenge and paid its rent; need not sign.
    #[account(mut)]
    pub challenger: UncheckedAccount<'info>,
    /// Gets the bond and the finder's part.
    #[account(
        mut,
        constraint = challenger_tokens.mint == stake_mint.key() @ FedsolError::WrongMint,
        constraint = challenger_tokens.owner == challenger.key() @ FedsolError::WrongChallenge
    )]
    pub challenger_tokens: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut)]
    pub stake_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, seeds = [STAKE_VAULT_SEED, federation.key().as_ref()], bump = federation.stake_vault_bump)]
    pub stake_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, seeds = [TREASURY_VAULT_SEED, federation.key().as_ref()], bump = federation.treasury_vault_bump)]
    pub treasury_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl ChallengeClose<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.challenge.verdict != Verdict::Open, FedsolError::ChallengeUndecided);
        Ok(())
    }

    /// Moves what a verdict decided: to the challenger, to the treasury, and the rest is burned. Anyone may call it.
    #[access_control(ctx.accounts.validate())]
    pub fn challenge_close(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let challenge = &accounts.challenge;
        let (paid, to_treasury, burned) = (challenge.payout, challenge.to_treasury, challenge.burned);
        accounts.federation.book_payout(paid, to_treasury, burned)?;
        let mut purse = token::Purse {
            federation: &accounts.federation,
            vault: &mut accounts.stake_vault,
            treasury: &mut accounts.treasury_vault,
            mint: &accounts.stake_mint,
            program: &accounts.token_program,
        };
        purse.pay(&mut accounts.challenger_tokens, paid)?;
        purse.divide(to_treasury, burned)?;
        let (challenge, slot) = (accounts.challenge.key(), Clock::get()?.slot);
        let federation = accounts.federation.key();
        accounts.federation.emit(|seq| ChallengeClosed {
            federation,
            seq,
            slot,
            challenge,
            paid,
            to_treasury,
            burned,
        })
    }
}
