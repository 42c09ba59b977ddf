use crate::error::FedsolError;
use crate::events::{EvaluationClaimed, Recorded};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct EvaluationClaim<'info> {
    pub owner: Signer<'info>,
    #[account(mut, dup, has_one = reward_mint @ FedsolError::WrongMint)]
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
    #[account(
        mut,
        dup,
        has_one = round @ FedsolError::WrongEvaluation,
        has_one = participant @ FedsolError::WrongEvaluation
    )]
    pub evaluation: Account<'info, Box<Evaluation>>,
    pub reward_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, seeds = [REWARD_VAULT_SEED, federation.key().as_ref()], bump = federation.reward_vault_bump)]
    pub reward_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, constraint = owner_tokens.mint == reward_mint.key() @ FedsolError::WrongMint)]
    pub owner_tokens: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl EvaluationClaim<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.round.phase == Phase::Settled, FedsolError::WrongPhase);
        let shown = self.evaluation.status == EvaluationStatus::Revealed;
        // Whoever is at fault is not paid, also while nobody has punished it yet.
        require!(shown && !self.evaluation.is_faulty(&self.round), FedsolError::WrongEvaluationStatus);
        Ok(())
    }

    #[access_control(ctx.accounts.validate())]
    pub fn evaluation_claim(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let slot = Clock::get()?.slot;
        let amount = accounts.round.evaluator_pay(accounts.evaluation.credits)?;
        accounts.evaluation.status = EvaluationStatus::Done;
        let released = accounts.round.claim(amount)?;
        accounts.federation.book_claim(amount, released)?;
        token::pay(
            &accounts.federation,
            &mut accounts.reward_vault,
            &mut accounts.owner_tokens,
            &accounts.reward_mint,
            &accounts.token_program,
            amount,
        )?;
        token::require_solvent(&accounts.reward_vault, accounts.federation.reward_liabilities()?)?;
        let round = accounts.round.key();
        let person = &mut accounts.participant;
        person.rewarded = person.rewarded.plus(amount)?;
        let (federation, participant) = (person.federation, person.key());
        person.emit(|seq| EvaluationClaimed { federation, participant, seq, slot, round, amount, released })
    }
}
