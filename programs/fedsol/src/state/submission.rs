//! A trainer's update in a round.

use anchor_lang::prelude::*;

/// What has become of a submission.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionStatus {
    Committed,
    Revealed,
    Faulted,
}

#[account]
#[derive(InitSpace)]
pub struct Submission {
    /// Layout of this account.
    pub version: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// What has become of it.
    pub status: SubmissionStatus,
    /// Whether its reward was paid.
    pub claimed: bool,
    /// Its place among the revealed submissions.
    pub index: u32,
    /// Its weight in the mean.
    pub weight: u32,
    /// The round and the participant it belongs to.
    pub round: Pubkey,
    pub participant: Pubkey,
    /// What was bound before anything was shown, and in which slot.
    pub commitment: [u8; 32],
    pub committed_slot: u64,
    /// Stake that is locked until it is revealed. Token units.
    pub liability: u64,
    /// Root of the update's Merkle sum tree, with its sum Σ q².
    pub root: [u8; 32],
    pub norm_squared: u64,
    /// SHA-256 of the stored bytes.
    pub artifact: [u8; 32],
    /// Room for later versions (score).
    pub reserved: [u8; 32],
}

impl Submission {
    /// Size of the account, discriminator included. Bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + Self::INIT_SPACE;
}
