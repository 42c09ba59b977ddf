use crate::error::FedsolError;
use crate::events::{FederationCreated, Recorded};
use crate::seeds::*;
use crate::state::*;
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct FederationCreateArgs {
    /// Unique for the creator; 1 to 32 printable ASCII characters.
    pub name: String,
    /// Genesis hash of this cluster.
    pub genesis: [u8; 32],
    /// Hash of the model's architecture.
    pub architecture_hash: [u8; 32],
    /// SHA-256 of the data-usage agreement's text.
    pub agreement_hash: [u8; 32],
    /// Merkle root of the first model, and SHA-256 of its stored bytes.
    pub model_root: [u8; 32],
    pub model_artifact: [u8; 32],
    /// How many parameters the model has.
    pub parameter_count: u32,
    /// The rules.
    pub params: Params,
}

#[derive(Accounts)]
#[instruction(args: FederationCreateArgs)]
pub struct FederationCreate<'info> {
    #[account(mut)]
    pub creator: Signer<'info>,
    pub stake_mint: Box<InterfaceAccount<'info, Mint>>,
    pub reward_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(
        init,
        payer = creator,
        space = space_for(&stake_mint, &reward_mint)?,
        seeds = [FEDERATION_SEED, creator.key().as_ref(), name_seed(&args.name)],
        bump
    )]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        init,
        payer = creator,
        seeds = [STAKE_VAULT_SEED, federation.key().as_ref()],
        bump,
        token::mint = stake_mint,
        token::authority = federation,
        token::token_program = stake_token_program
    )]
    pub stake_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(
        init,
        payer = creator,
        seeds = [REWARD_VAULT_SEED, federation.key().as_ref()],
        bump,
        token::mint = reward_mint,
        token::authority = federation,
        token::token_program = reward_token_program
    )]
    pub reward_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(
        init,
        payer = creator,
        seeds = [TREASURY_VAULT_SEED, federation.key().as_ref()],
        bump,
        token::mint = stake_mint,
        token::authority = federation,
        token::token_program = stake_token_program
    )]
    pub treasury_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    pub stake_token_program: Interface<'info, TokenInterface>,
    pub reward_token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl FederationCreate<'_> {
    fn validate(&self, args: &FederationCreateArgs) -> Result<()> {
        require!(name_is_valid(&args.name), FedsolError::NameInvalid);
        require!(
            (1..=PARAMETER_COUNT_MAX).contains(&args.parameter_count),
            FedsolError::ParameterCountOutOfBounds
        );
        args.params.validate()
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn federation_create(ctx: Context<Self>, args: FederationCreateArgs) -> Result<()> {
        let federation = &mut ctx.accounts.federation;
        let (address, slot) = (federation.key(), Clock::get()?.slot);
        federation.version = ACCOUNT_VERSION;
        federation.bump = ctx.bumps.federation;
        federation.stake_vault_bump = ctx.bumps.stake_vault;
        federation.reward_vault_bump = ctx.bumps.reward_vault;
        federation.treasury_vault_bump = ctx.bumps.treasury_vault;
        federation.creator = ctx.accounts.creator.key();
        federation.stake_mint = ctx.accounts.stake_mint.key();
        federation.reward_mint = ctx.accounts.reward_mint.key();
        federation.genesis = args.genesis;
        federation.architecture_hash = args.architecture_hash;
        federation.agreement_hash = args.agreement_hash;
        federation.model_root = args.model_root;
        federation.model_artifact = args.model_artifact;
        federation.parameter_count = args.parameter_count;
        federation.params = args.params;
        federation.name = args.name;
        let (creator, stake_mint, reward_mint) =
            (federation.creator, federation.stake_mint, federation.reward_mint);
        federation.emit(|seq| FederationCreated {
            federation: address,
            seq,
            slot,
            creator,
            stake_mint,
            reward_mint,
            architecture_hash: args.architecture_hash,
            agreement_hash: args.agreement_hash,
            model_root: args.model_root,
            model_artifact: args.model_artifact,
            parameter_count: args.parameter_count,
            params: args.params,
        })
    }
}

/// The federation's size, once its mints are found safe: vaults are made before `validate` runs, and a token
/// program that does not know an extension would refuse them without a name.
fn space_for(stake_mint: &InterfaceAccount<Mint>, reward_mint: &InterfaceAccount<Mint>) -> Result<usize> {
    token::check_mint(stake_mint)?;
    token::check_mint(reward_mint)?;
    Ok(Federation::SPACE)
}

/// The name as a seed. One that is too long is cut here, so that `validate` can refuse it by name.
fn name_seed(name: &str) -> &[u8] {
    let bytes = name.as_bytes();
    bytes.get(..NAME_LEN_MAX).unwrap_or(bytes)
}
