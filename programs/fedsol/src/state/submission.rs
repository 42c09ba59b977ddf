//! A trainer's update in a round.

use crate::merkle::Node;
use crate::{account_layout, borsh_layout};
use anchor_lang::prelude::*;

/// What has become of a submission.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionStatus {
    Committed,
    /// Shown; once the round aggregates: accepted.
    Revealed,
    /// Scored below the federation's floor: not in the aggregate, not paid, not punished.
    Rejected,
    /// Planted to audit the evaluators: not in the aggregate.
    Planted,
    Faulted,
    /// Of a masked round: its shares are stored, its masked update not shown yet.
    Shared,
}

borsh_layout!(SubmissionStatus, one byte);

account_layout! {
    discriminator = [58, 194, 159, 158, 75, 102, 178, 197];
    pub struct Submission {
        /// Layout of this account.
        pub version: u8,
        /// Bump of this account's address.
        pub bump: u8,
        /// What has become of it.
        pub status: SubmissionStatus,
        /// Whether its reward was paid.
        pub claimed: bool,
        /// Whether it was ever shown, and so has a place in its round.
        pub revealed: bool,
        /// Its place among the revealed submissions.
        pub index: u32,
        /// Its weight in the mean.
        pub weight: u32,
        /// The round and the participant it belongs to.
        pub round: Pubkey,
        pub participant: Pubkey,
        /// What was bound before anything was shown, and in which slot. In a masked round its author's channel key.
        pub commitment: [u8; 32],
        pub committed_slot: u64,
        /// Stake that is locked until it is revealed. Token units.
        pub liability: u64,
        /// Whether it was scored, and the score: the stake-weighted median, in basis points.
        pub scored: bool,
        pub score: u16,
        /// Open challenges and demands on it, and all demands so far.
        pub disputes: u16,
        pub demands: u8,
        /// What a planted update was made of.
        pub plant_seed: [u8; 32],
        pub plant_amplitude: u16,
        /// Root of the update's Merkle sum tree, with its sum Σ q².
        pub root: [u8; 32],
        pub norm_squared: u64,
        /// SHA-256 of the stored bytes.
        pub artifact: [u8; 32],
        /// Of a masked round: SHA-256 of the shares that its author has stored.
        pub shares: [u8; 32],
    }
}

impl Submission {
    /// Whether its update was bound and not shown yet.
    pub fn is_hidden(&self) -> bool {
        matches!(self.status, SubmissionStatus::Committed | SubmissionStatus::Shared)
    }

    /// Whether it was shown and no fault was proved yet.
    pub fn is_standing(&self) -> bool {
        use SubmissionStatus::*;
        matches!(self.status, Revealed | Rejected | Planted)
    }

    /// Whether it was committed before another one: by slot, then by index.
    pub fn is_before(&self, other: &Self) -> bool {
        (self.committed_slot, self.index) < (other.committed_slot, other.index)
    }

    /// The root that paths lead to.
    pub fn node(&self) -> Node {
        Node { hash: self.root, sum: self.norm_squared }
    }
}
