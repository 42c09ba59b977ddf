use crate::error::FedsolError;
use crate::instructions::challenge_open::{emit_opened, require_challengeable};
use crate::math::{times, Checked};
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

/// What is claimed with a demand.
fn demanded(chunk: u32, of_selection: bool) -> ChallengeKind {
    if of_selection {
        ChallengeKind::SelectionUnavailable { chunk }
    } else {
        ChallengeKind::Unavailable { chunk }
    }
}

#[derive(Accounts)]
#[instruction(chunk: u32, of_selection: bool)]
pub struct DemandOpen<'info> {
    #[account(mut)]
    pub challenger: Signer<'info>,
    #[account(mut, dup, has_one = stake_mint @ FedsolError::WrongMint)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    /// The submission that is demanded from; left out for the round's aggregate.
    #[account(mut, dup, has_one = round @ FedsolError::WrongSubmission)]
    pub submission: Option<Account<'info, Box<Submission>>>,
    #[account(
        init,
        payer = challenger,
        space = Challenge::space(demanded(chunk, of_selection), &round, submission.is_some()),
        seeds = [
            CHALLENGE_SEED,
            round.key().as_ref(),
            submission.as_ref().map_or(round.key(), |target| target.key()).as_ref(),
            challenger.key().as_ref()
        ],
        bump
    )]
    pub challenge: Box<Account<'info, Challenge>>,
    pub stake_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, seeds = [STAKE_VAULT_SEED, federation.key().as_ref()], bump = federation.stake_vault_bump)]
    pub stake_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut, constraint = challenger_tokens.mint == stake_mint.key() @ FedsolError::WrongMint)]
    pub challenger_tokens: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl DemandOpen<'_> {
    fn validate(&self, kind: ChallengeKind, now: Now) -> Result<()> {
        self.round.require_demandable(now)?;
        require_challengeable(&self.round, self.submission.as_ref(), kind)
    }

    /// Counts a demand on its target; each costs as much more as the one before.
    fn bond(&mut self) -> Result<u64> {
        let base = self.round.params.challenge_bond;
        let demands = match self.submission.as_mut() {
            Some(submission) => &mut submission.demands,
            None => &mut self.round.demands,
        };
        require!(*demands < DEMANDS_MAX, FedsolError::DemandsExhausted);
        *demands = demands.saturating_add(1);
        times(base, u64::from(*demands))
    }

    /// Asks an author to show a chunk on chain; the bond pays it if it does.
    #[access_control(ctx.accounts.validate(demanded(chunk, of_selection), Now::read()?))]
    pub fn demand_open(ctx: Context<Self>, chunk: u32, of_selection: bool) -> Result<()> {
        let accounts = ctx.accounts;
        let now = Now::read()?;
        let bond = accounts.bond()?;
        token::deposit(
            &accounts.challenger_tokens,
            &accounts.challenger,
            &mut accounts.stake_vault,
            &accounts.stake_mint,
            &accounts.token_program,
            bond,
        )?;
        let (ledger, round) = (&mut accounts.federation, &mut accounts.round);
        ledger.bond_total = ledger.bond_total.plus(bond)?;
        token::require_solvent(&accounts.stake_vault, ledger.stake_liabilities()?)?;
        let address = accounts.challenge.key();
        let challenge = &mut accounts.challenge;
        challenge.bump = ctx.bumps.challenge;
        challenge.challenger = accounts.challenger.key();
        challenge.bond = bond;
        let kind = demanded(chunk, of_selection);
        challenge.begin_dispute(kind, round, accounts.submission.as_mut(), now)?;
        emit_opened(round, address, challenge, now.slot)
    }
}
