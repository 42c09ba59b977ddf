use crate::error::FedsolError;
use crate::events::{NoRevealFaulted, Recorded};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct FaultNoReveal<'info> {
    pub finder: Signer<'info>,
    #[account(mut, dup, has_one = stake_mint @ FedsolError::WrongMint)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    #[account(mut, has_one = federation @ FedsolError::WrongFederation)]
    pub participant: Account<'info, Box<Participant>>,
    #[account(
        mut,
        dup,
        has_one = round @ FedsolError::WrongSubmission,
        has_one = participant @ FedsolError::WrongSubmission
    )]
    pub submission: Account<'info, Box<Submission>>,
    #[account(mut)]
    pub stake_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, seeds = [STAKE_VAULT_SEED, federation.key().as_ref()], bump = federation.stake_vault_bump)]
    pub stake_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, seeds = [TREASURY_VAULT_SEED, federation.key().as_ref()], bump = federation.treasury_vault_bump)]
    pub treasury_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, constraint = finder_tokens.mint == stake_mint.key() @ FedsolError::WrongMint)]
    pub finder_tokens: Box<InterfaceAccount<'info, TokenAccount>>,
    /// The last of the list of aggregators; needed when the participant leaves the list from its middle.
    #[account(mut, has_one = federation @ FedsolError::WrongFederation)]
    pub last_aggregator: Option<Account<'info, Box<Participant>>>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl FaultNoReveal<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.submission.is_hidden(), FedsolError::WrongSubmissionStatus);
        self.round.require_no_reveal_fault()
    }

    #[access_control(ctx.accounts.validate())]
    pub fn fault_no_reveal(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let slot = Clock::get()?.slot;
        let slash = accounts.take(slot)?;
        let mut purse = token::Purse {
            federation: &accounts.federation,
            vault: &mut accounts.stake_vault,
            treasury: &mut accounts.treasury_vault,
            mint: &accounts.stake_mint,
            program: &accounts.token_program,
        };
        purse.pay(&mut accounts.finder_tokens, slash.to_finder)?;
        purse.divide(slash.to_treasury, slash.burned)?;
        let person = &mut accounts.participant;
        let (federation, participant, stake) = (person.federation, person.key(), person.stake);
        let (round, finder) = (accounts.round.key(), accounts.finder.key());
        person.emit(|seq| NoRevealFaulted {
            federation,
            participant,
            seq,
            slot,
            round,
            finder,
            slashed: slash.total,
            to_finder: slash.to_finder,
            to_treasury: slash.to_treasury,
            burned: slash.burned,
            stake,
        })
    }

    /// Books the slash: once per submission, because its status changes with it.
    fn take(&mut self, slot: u64) -> Result<Slash> {
        let (ledger, person) = (&mut self.federation, &mut self.participant);
        let (number, params) = (self.round.number, &self.round.params);
        let rates = params.slash_rates;
        let fine = person.fine(number, rates.no_reveal_bps, rates.round_cap_bps)?;
        let slash = Slash::of(fine, params.slash_split)?;
        ledger.book_slash(person.slash(fine)?, slash.to_treasury)?;
        person.unlock(self.submission.liability)?;
        person.offences = person.offences.plus(1)?;
        self.submission.liability = 0;
        self.submission.status = SubmissionStatus::Faulted;
        let last = self.last_aggregator.as_deref_mut().map(|account| &mut **account);
        unlist_aggregator(ledger, person, last, slot)?;
        Ok(slash)
    }
}
