//! The only token CPIs. Each ends with the vault read again and compared.

use crate::error::FedsolError;
use crate::federation_signer;
use crate::math::Checked;
use crate::state::Federation;
use anchor_lang::prelude::*;
use anchor_spl::token_2022::spl_token_2022::extension::{
    BaseStateWithExtensions, ExtensionType, StateWithExtensions,
};
use anchor_spl::token_2022::spl_token_2022::state::Mint as RawMint;
use anchor_spl::token_interface::{self, Mint, TokenAccount, TokenInterface};

/// Wrapped SOL, under either token program.
const NATIVE_MINT: Pubkey = pubkey!("So11111111111111111111111111111111111111112");
const NATIVE_MINT_2022: Pubkey = pubkey!("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXej9");

type MintAccount<'info> = InterfaceAccount<'info, Mint>;
type Tokens<'info> = InterfaceAccount<'info, TokenAccount>;
type TokenProgram<'info> = Interface<'info, TokenInterface>;

/// Moves tokens from somebody's account into a vault; the vault must have grown by exactly `amount`.
pub fn deposit<'info>(
    from: &Tokens<'info>,
    authority: &Signer<'info>,
    vault: &mut Tokens<'info>,
    mint: &MintAccount<'info>,
    program: &TokenProgram<'info>,
    amount: u64,
) -> Result<()> {
    let expected = vault.amount.plus(amount)?;
    let accounts = token_interface::TransferChecked {
        from: from.to_account_info(),
        mint: mint.to_account_info(),
        to: vault.to_account_info(),
        authority: authority.to_account_info(),
    };
    token_interface::transfer_checked(CpiContext::new(program.key(), accounts), amount, mint.decimals)?;
    vault.reload()?;
    require_eq!(vault.amount, expected, FedsolError::TransferMismatch);
    Ok(())
}

/// Moves tokens out of a vault; the vault must have shrunk by exactly `amount`. Zero moves nothing.
pub fn pay<'info>(
    federation: &Account<'info, Box<Federation>>,
    vault: &mut Tokens<'info>,
    to: &mut Tokens<'info>,
    mint: &MintAccount<'info>,
    program: &TokenProgram<'info>,
    amount: u64,
) -> Result<()> {
    if amount == 0 {
        return Ok(());
    }
    let left = vault.amount.checked_sub(amount).ok_or(FedsolError::Insolvent)?;
    let received = to.amount.plus(amount)?;
    let accounts = token_interface::TransferChecked {
        from: vault.to_account_info(),
        mint: mint.to_account_info(),
        to: to.to_account_info(),
        authority: federation.to_account_info(),
    };
    let signer: &[&[&[u8]]] = federation_signer!(federation);
    let context = CpiContext::new_with_signer(program.key(), accounts, signer);
    token_interface::transfer_checked(context, amount, mint.decimals)?;
    vault.reload()?;
    to.reload()?;
    require_eq!(vault.amount, left, FedsolError::TransferMismatch);
    require_eq!(to.amount, received, FedsolError::TransferMismatch);
    Ok(())
}

/// Destroys tokens of a vault. Zero destroys nothing.
pub fn burn<'info>(
    federation: &Account<'info, Box<Federation>>,
    vault: &mut Tokens<'info>,
    mint: &MintAccount<'info>,
    program: &TokenProgram<'info>,
    amount: u64,
) -> Result<()> {
    if amount == 0 {
        return Ok(());
    }
    let left = vault.amount.checked_sub(amount).ok_or(FedsolError::Insolvent)?;
    let accounts = token_interface::Burn {
        mint: mint.to_account_info(),
        from: vault.to_account_info(),
        authority: federation.to_account_info(),
    };
    let signer: &[&[&[u8]]] = federation_signer!(federation);
    token_interface::burn(CpiContext::new_with_signer(program.key(), accounts, signer), amount)?;
    vault.reload()?;
    require_eq!(vault.amount, left, FedsolError::TransferMismatch);
    Ok(())
}

/// The vaults between which stake that somebody lost is moved.
pub struct Purse<'a, 'info> {
    pub federation: &'a Account<'info, Box<Federation>>,
    pub vault: &'a mut Tokens<'info>,
    pub treasury: &'a mut Tokens<'info>,
    pub mint: &'a MintAccount<'info>,
    pub program: &'a TokenProgram<'info>,
}

impl<'info> Purse<'_, 'info> {
    /// Pays out of the stake vault.
    pub fn pay(&mut self, to: &mut Tokens<'info>, amount: u64) -> Result<()> {
        pay(self.federation, self.vault, to, self.mint, self.program, amount)
    }

    /// Moves the treasury's part of a slash, burns what is left, and requires that the vault still holds what it owes.
    /// Must come after everything else that a handler moves.
    pub fn divide(&mut self, to_treasury: u64, burned: u64) -> Result<()> {
        pay(self.federation, self.vault, self.treasury, self.mint, self.program, to_treasury)?;
        burn(self.federation, self.vault, self.mint, self.program, burned)?;
        require_solvent(self.vault, self.federation.stake_liabilities()?)
    }
}

/// Pays out all that a vault holds and closes it; its rent goes to `rent_to`. Returns what was paid.
pub fn drain<'info>(
    federation: &Account<'info, Box<Federation>>,
    vault: &mut Tokens<'info>,
    to: &mut Tokens<'info>,
    rent_to: &Signer<'info>,
    mint: &MintAccount<'info>,
    program: &TokenProgram<'info>,
) -> Result<u64> {
    let amount = vault.amount;
    to.reload()?;
    pay(federation, vault, to, mint, program, amount)?;
    let accounts = token_interface::CloseAccount {
        account: vault.to_account_info(),
        destination: rent_to.to_account_info(),
        authority: federation.to_account_info(),
    };
    let signer: &[&[&[u8]]] = federation_signer!(federation);
    token_interface::close_account(CpiContext::new_with_signer(program.key(), accounts, signer))?;
    Ok(amount)
}

/// Requires that a vault holds at least what the ledger owes from it. Must end every handler that moves tokens.
pub fn require_solvent(vault: &Tokens, owed: u64) -> Result<()> {
    require_gte!(vault.amount, owed, FedsolError::Insolvent);
    Ok(())
}

/// Refuses by name a mint whose extensions could take, block or hide what a vault holds.
pub fn check_mint(mint: &MintAccount) -> Result<()> {
    let info = mint.to_account_info();
    require!(![NATIVE_MINT, NATIVE_MINT_2022].contains(info.key), FedsolError::MintNative);
    if *info.owner == anchor_spl::token::ID {
        return Ok(());
    }
    let data = info.try_borrow_data()?;
    let state = StateWithExtensions::<RawMint>::unpack(&data)?;
    let types = state.get_extension_types().map_err(|_| FedsolError::MintExtensionUnknown)?;
    types.iter().try_for_each(|extension| check_extension(*extension))
}

fn check_extension(extension: ExtensionType) -> Result<()> {
    use ExtensionType as E;
    let refused = match extension {
        E::MetadataPointer | E::TokenMetadata | E::GroupPointer => return Ok(()),
        E::TokenGroup | E::GroupMemberPointer | E::TokenGroupMember => return Ok(()),
        E::TransferFeeConfig => FedsolError::MintTransferFee,
        E::TransferHook => FedsolError::MintTransferHook,
        E::PermanentDelegate => FedsolError::MintPermanentDelegate,
        E::MintCloseAuthority => FedsolError::MintCloseAuthority,
        E::DefaultAccountState => FedsolError::MintDefaultAccountState,
        E::Pausable => FedsolError::MintPausable,
        E::ConfidentialTransferMint | E::ConfidentialTransferFeeConfig | E::ConfidentialMintBurn => {
            FedsolError::MintConfidential
        }
        E::NonTransferable => FedsolError::MintNonTransferable,
        E::InterestBearingConfig | E::ScaledUiAmount => FedsolError::MintAmountScaled,
        _ => FedsolError::MintExtensionUnknown,
    };
    Err(refused.into())
}
