//! The federation: one shared model, its mints, its rules and its ledger.

use crate::account_layout;
use crate::error::FedsolError;
use crate::math::Checked;
use crate::seeds::FEDERATION_SEED;
use crate::state::{Params, Taken};
use anchor_lang::prelude::*;

/// Longest name, in bytes: the longest seed that an address may have.
pub const NAME_LEN_MAX: usize = 32;
/// Most parameters of a model.
pub const PARAMETER_COUNT_MAX: u32 = 1 << 25;

account_layout! {
    discriminator = [234, 142, 38, 22, 242, 83, 43, 131];
    pub struct Federation {
        /// Layout of this account.
        pub version: u8,
        /// Bump of this account's address.
        pub bump: u8,
        /// Bumps of the stake, reward and treasury vaults.
        pub stake_vault_bump: u8,
        pub reward_vault_bump: u8,
        pub treasury_vault_bump: u8,
        /// Whether nothing new may enter.
        pub paused: bool,
        /// Whether a round is running.
        pub round_active: bool,
        /// Who created it; may fund, pause and close, and open rounds. Nothing else.
        pub creator: Pubkey,
        /// Token that secures; Token or Token-2022.
        pub stake_mint: Pubkey,
        /// Token that pays.
        pub reward_mint: Pubkey,
        /// Genesis hash of the cluster it lives on.
        pub genesis: [u8; 32],
        /// Hash of the model's architecture.
        pub architecture_hash: [u8; 32],
        /// SHA-256 of the data-usage agreement's text.
        pub agreement_hash: [u8; 32],
        /// Merkle root of the current model, and SHA-256 of its stored bytes.
        pub model_root: [u8; 32],
        pub model_artifact: [u8; 32],
        /// How many parameters the model has.
        pub parameter_count: u32,
        /// Number of the newest round; the first is 1.
        pub round: u64,
        /// Open accounts under this one.
        pub participants: u32,
        pub rounds_open: u32,
        /// Length of the list from which the beacon chooses aggregators.
        pub aggregators: u32,
        /// Σ stake, Σ unbonding and Σ bonds: what the stake vault owes. Token units.
        pub stake_total: u64,
        pub unbonding_total: u64,
        pub bond_total: u64,
        /// Funded and not promised yet; promised to the running round; earned and not claimed.
        pub reward_available: u64,
        pub reward_reserved: u64,
        pub reward_owed: u64,
        /// Σ of slashes that went to the treasury vault.
        pub treasury_total: u64,
        /// Events so far, and their chained hash.
        pub seq: u64,
        pub head: [u8; 32],
        /// The newest beacon, and the slot whose hash completed it.
        pub beacon: [u8; 32],
        pub beacon_slot: u64,
        /// Room for later versions.
        pub reserved: [u8; 128],
        /// The rules.
        pub params: Params,
        /// The name, unique for the creator.
        #[max_len(NAME_LEN_MAX)]
        pub name: String,
    }
}

impl Federation {
    /// What the stake vault must hold at least.
    pub fn stake_liabilities(&self) -> Result<u64> {
        self.stake_total.plus(self.unbonding_total)?.plus(self.bond_total)
    }

    /// What the reward vault must hold at least.
    pub fn reward_liabilities(&self) -> Result<u64> {
        self.reward_available.plus(self.reward_reserved)?.plus(self.reward_owed)
    }

    /// Books what a slash took from stake, queue and bond, and what of it the treasury got.
    pub fn book_slash(&mut self, taken: Taken, to_treasury: u64) -> Result<()> {
        self.stake_total = self.stake_total.minus(taken.stake)?;
        self.unbonding_total = self.unbonding_total.minus(taken.queue)?;
        self.bond_total = self.bond_total.minus(taken.bond)?;
        self.treasury_total = self.treasury_total.plus(to_treasury)?;
        Ok(())
    }

    /// Books what a dispute took from stake and queue; with what it took from a bond, it stays a liability until it is
    /// moved.
    pub fn book_dispute(&mut self, taken: Taken) -> Result<()> {
        self.stake_total = self.stake_total.minus(taken.stake)?;
        self.unbonding_total = self.unbonding_total.minus(taken.queue)?;
        self.bond_total = self.bond_total.plus(taken.stake)?.plus(taken.queue)?;
        Ok(())
    }

    /// Books what is moved when a dispute is closed.
    pub fn book_payout(&mut self, payout: u64, to_treasury: u64, burned: u64) -> Result<()> {
        self.bond_total = self.bond_total.minus(payout)?.minus(to_treasury)?.minus(burned)?;
        self.treasury_total = self.treasury_total.plus(to_treasury)?;
        Ok(())
    }

    /// Books a bond that comes back into somebody's stake.
    pub fn book_bond_returned(&mut self, bond: u64) -> Result<()> {
        self.bond_total = self.bond_total.minus(bond)?;
        self.stake_total = self.stake_total.plus(bond)?;
        Ok(())
    }

    /// Books a claim, and the dust that the last one of a round leaves.
    pub fn book_claim(&mut self, paid: u64, released: u64) -> Result<()> {
        self.reward_owed = self.reward_owed.minus(paid)?.minus(released)?;
        self.reward_available = self.reward_available.plus(released)?;
        Ok(())
    }

    /// Whether it has no people, no open rounds, and owes nothing.
    pub fn is_idle(&self) -> Result<bool> {
        let empty = self.participants == 0 && self.rounds_open == 0 && !self.round_active;
        Ok(empty && self.stake_liabilities()? == 0 && self.reward_owed == 0 && self.reward_reserved == 0)
    }

    /// Entry is closed while the federation is paused; the way out never is.
    pub fn require_open(&self) -> Result<()> {
        require!(!self.paused, FedsolError::FederationPaused);
        Ok(())
    }
}

/// Whether a name can be typed, printed and used as a seed.
pub fn name_is_valid(name: &str) -> bool {
    let printable = name.bytes().all(|b| (0x20..=0x7e).contains(&b));
    (1..=NAME_LEN_MAX).contains(&name.len()) && printable && name.trim() == name
}

/// Seeds with which the federation's address signs for its vaults.
#[macro_export]
macro_rules! federation_signer {
    ($federation:expr) => {
        &[&[
            $crate::seeds::FEDERATION_SEED,
            $federation.creator.as_ref(),
            $federation.name.as_bytes(),
            &[$federation.bump],
        ]]
    };
}

/// The address of a creator's federation.
pub fn federation_address(creator: &Pubkey, name: &str) -> (Pubkey, u8) {
    let seeds = [FEDERATION_SEED, creator.as_ref(), name.as_bytes()];
    Pubkey::find_program_address(&seeds, &crate::ID)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_printable_and_without_outer_spaces() {
        assert!(name_is_valid("breast cancer 2026"));
        for bad in ["", " a", "a ", "é", "a\nb", &"x".repeat(33)] {
            assert!(!name_is_valid(bad), "{bad:?}");
        }
    }
}
