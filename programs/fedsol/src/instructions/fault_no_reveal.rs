use crate::error::FedsolError;
use crate::events::{NoRevealFaulted, Recorded};
use crate::math::{bps_down, bps_up, Checked};
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
pub struct FaultNoReveal<'info> {
    pub finder: Signer<'info>,
    #[account(mut, has_one = stake_mint @ FedsolError::WrongMint)]
    pub federation: Box<Account<'info, Federation>>,
    #[account(has_one = federation @ FedsolError::WrongFederation)]
    pub round: Box<Account<'info, Round>>,
    #[account(mut, has_one = federation @ FedsolError::WrongFederation)]
    pub participant: Box<Account<'info, Participant>>,
    #[account(
        mut,
        has_one = round @ FedsolError::WrongSubmission,
        has_one = participant @ FedsolError::WrongSubmission
    )]
    pub submission: Box<Account<'info, Submission>>,
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
    pub last_aggregator: Option<Box<Account<'info, Participant>>>,
    pub token_program: Interface<'info, TokenInterface>,
}

/// A slash and where it goes.
struct Slash {
    total: u64,
    to_finder: u64,
    to_treasury: u64,
    burned: u64,
}

impl Slash {
    /// The rate of all that is staked, also as a bond, but at most what a slash can reach.
    fn new(person: &Participant, rate_bps: u16, split: SlashSplit) -> Result<Self> {
        let total = bps_up(person.slash_base()?, rate_bps)?.min(person.slashable()?);
        let to_finder = bps_down(total, split.finder_bps)?;
        let to_treasury = bps_down(total, split.treasury_bps)?;
        let burned = total.minus(to_finder)?.minus(to_treasury)?;
        Ok(Self { total, to_finder, to_treasury, burned })
    }
}

impl FaultNoReveal<'_> {
    fn validate(&self) -> Result<()> {
        let committed = self.submission.status == SubmissionStatus::Committed;
        require!(committed, FedsolError::WrongSubmissionStatus);
        self.round.require_no_reveal_fault()
    }

    #[access_control(ctx.accounts.validate())]
    pub fn fault_no_reveal(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let slot = Clock::get()?.slot;
        let params = accounts.round.params;
        let slash = Slash::new(&accounts.participant, params.no_reveal_bps, params.slash_split)?;
        accounts.take(&slash, slot)?;
        accounts.divide(&slash)?;
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
    fn take(&mut self, slash: &Slash, slot: u64) -> Result<()> {
        let (ledger, person) = (&mut self.federation, &mut self.participant);
        let (from_stake, from_queue) = person.slash(slash.total)?;
        ledger.stake_total = ledger.stake_total.minus(from_stake)?;
        ledger.unbonding_total = ledger.unbonding_total.minus(from_queue)?;
        ledger.treasury_total = ledger.treasury_total.plus(slash.to_treasury)?;
        person.unlock(self.submission.liability)?;
        person.offences = person.offences.plus(1)?;
        self.submission.liability = 0;
        self.submission.status = SubmissionStatus::Faulted;
        let last = self.last_aggregator.as_deref_mut().map(|account| &mut **account);
        unlist_aggregator(ledger, person, last, slot)
    }

    /// Moves the tokens: finder, treasury, and the rest burned.
    fn divide(&mut self, slash: &Slash) -> Result<()> {
        let (federation, vault) = (&self.federation, &mut self.stake_vault);
        let (mint, program) = (&self.stake_mint, &self.token_program);
        token::pay(federation, vault, &mut self.finder_tokens, mint, program, slash.to_finder)?;
        token::pay(federation, vault, &mut self.treasury_vault, mint, program, slash.to_treasury)?;
        token::burn(federation, vault, mint, program, slash.burned)?;
        token::require_solvent(vault, federation.stake_liabilities()?)
    }
}
