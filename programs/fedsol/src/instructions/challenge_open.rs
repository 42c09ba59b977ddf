use crate::error::FedsolError;
use crate::events::{ChallengeOpened, Recorded};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(Accounts)]
#[instruction(kind: ChallengeKind)]
pub struct ChallengeOpen<'info> {
    #[account(mut)]
    pub challenger: Signer<'info>,
    #[account(mut, dup, has_one = stake_mint @ FedsolError::WrongMint)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    /// The submission that is challenged; left out for the round's aggregate.
    #[account(mut, dup, has_one = round @ FedsolError::WrongSubmission)]
    pub submission: Option<Account<'info, Box<Submission>>>,
    #[account(
        init,
        payer = challenger,
        space = Challenge::space(kind, &round, submission.is_some()),
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

impl ChallengeOpen<'_> {
    fn validate(&self, kind: ChallengeKind, now: Now) -> Result<()> {
        require!(!kind.is_demand(), FedsolError::UseDemand);
        self.round.require_disputable(now)?;
        require_challengeable(&self.round, self.submission.as_ref(), kind)
    }

    /// Posts a bond for a claim; evidence follows.
    #[access_control(ctx.accounts.validate(kind, Now::read()?))]
    pub fn challenge_open(ctx: Context<Self>, kind: ChallengeKind) -> Result<()> {
        let accounts = ctx.accounts;
        let now = Now::read()?;
        let bond = accounts.round.params.challenge_bond;
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
        challenge.begin_dispute(kind, round, accounts.submission.as_mut(), now)?;
        emit_opened(round, address, challenge, now.slot)
    }
}

/// Requires that a kind of fault can be claimed of a submission, or of the round's aggregate.
pub fn require_challengeable(
    round: &Account<Box<Round>>,
    submission: Option<&Account<Box<Submission>>>,
    kind: ChallengeKind,
) -> Result<()> {
    require_in_range(kind, round, submission.is_some())?;
    match submission {
        Some(submission) => {
            require!(submission.is_standing(), FedsolError::WrongSubmissionStatus);
            let false_plant = matches!(kind, ChallengeKind::FalsePlant { .. });
            let planted = submission.status == SubmissionStatus::Planted;
            require!(planted || !false_plant, FedsolError::WrongSubmissionStatus);
        }
        None => require!(round.phase == Phase::Challenge, FedsolError::WrongPhase),
    }
    Ok(())
}

/// Records that a dispute began.
pub fn emit_opened(
    round: &mut Account<Box<Round>>,
    challenge: Pubkey,
    opened: &Challenge,
    slot: u64,
) -> Result<()> {
    let (federation, address) = (round.federation, round.key());
    round.emit(|seq| ChallengeOpened {
        federation,
        round: address,
        seq,
        slot,
        challenge,
        kind: opened.kind,
        target: opened.target,
        accused: opened.accused,
        challenger: opened.challenger,
        bond: opened.bond,
        attempt: opened.attempt,
        deadline: opened.deadline,
    })
}
