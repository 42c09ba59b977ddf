//! Merkle trees of models and updates, climbed from one chunk to the root, in as many steps as one likes.
//!
//! The same hashes as `fedsol/learning/merkle.py`. In an update's tree, the *sum* tree, a record is
//! `hash ‖ le64(sum)`; in a model's it is the hash alone.

use crate::error::FedsolError;
use anchor_lang::prelude::*;
use solana_sha256_hasher::hashv;

/// Bytes of every chunk.
pub const CHUNK_LEN: usize = 256;
/// Values of an update (i16) and of a model (i32) in a chunk.
pub const UPDATE_VALUES: u32 = 128;
pub const MODEL_VALUES: u32 = 64;
/// Bytes of a record in a model's tree and in an update's.
pub const MODEL_RECORD: usize = 32;
pub const UPDATE_RECORD: usize = 40;

/// Hash of the leaf that stands in for a neighbour that is not there: `sha256(0x00 ‖ le32(0xFFFFFFFF))`. Its sum is 0.
pub const EMPTY: [u8; 32] = [
    0x44, 0x47, 0x85, 0x3d, 0x37, 0xcd, 0xdb, 0xb1, 0xa4, 0x3a, 0x04, 0x17, 0xef, 0xa5, 0x5e, 0xd6, 0x92,
    0x9e, 0xfb, 0xd2, 0x6a, 0x95, 0x4e, 0xb6, 0xb9, 0x4e, 0xf1, 0x21, 0x6e, 0x56, 0x4f, 0xa1,
];

/// A node with its sum; zero in a model's tree.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node {
    pub hash: [u8; 32],
    pub sum: u64,
}

/// How many chunks hold so many values.
pub fn chunks(values: u32, per_chunk: u32) -> u32 {
    values.div_ceil(per_chunk)
}

/// The chunk that holds a value.
pub fn chunk_at(index: u32, per_chunk: u32) -> u32 {
    index.checked_div(per_chunk).unwrap_or(0)
}

/// Siblings of every path in a tree of so many chunks.
pub fn depth(chunks: u32) -> u8 {
    let bits = u32::BITS.saturating_sub(chunks.saturating_sub(1).leading_zeros());
    u8::try_from(bits).unwrap_or(u8::MAX)
}

fn is_empty(record: &[u8]) -> bool {
    record.strip_prefix(&EMPTY).is_some_and(|sum| sum.iter().all(|byte| *byte == 0))
}

/// `sha256(0x00 ‖ le32(index) ‖ chunk)`.
pub fn leaf(index: u32, chunk: &[u8; CHUNK_LEN]) -> [u8; 32] {
    hashv(&[&[0], &index.to_le_bytes(), chunk]).to_bytes()
}

/// A way up a tree: the node that was reached, and where it stands.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Climb {
    /// The node, its place in its level, and the level; leaves are level 0.
    pub node: Node,
    pub position: u32,
    pub level: u8,
    /// Whether a sum did not fit 64 bits on the way; it is then taken modulo 2^64.
    pub overflowed: bool,
}

impl Climb {
    /// Starts at a leaf.
    pub fn from_leaf(index: u32, hash: [u8; 32], sum: u64) -> Self {
        Self { node: Node { hash, sum }, position: index, level: 0, overflowed: false }
    }

    /// Climbs past sibling records of so many bytes each, leaf side first; never higher than the root of a tree of so
    /// many chunks. Where there is no neighbour, the empty leaf must stand in.
    pub fn past(&mut self, siblings: &[u8], record: usize, chunks: u32) -> Result<()> {
        let depth = depth(chunks);
        let (pairs, rest) = (siblings.chunks_exact(record), siblings.len().checked_rem(record));
        require!(rest == Some(0), FedsolError::ProofMalformed);
        for sibling in pairs {
            require!(self.level < depth, FedsolError::ProofMalformed);
            let last = chunks.saturating_sub(1).checked_shr(self.level.into()).unwrap_or(0);
            let alone = self.position == last && self.position & 1 == 0;
            require!(!alone || is_empty(sibling), FedsolError::ProofMismatch);
            self.step(sibling)?;
        }
        Ok(())
    }

    fn step(&mut self, sibling: &[u8]) -> Result<()> {
        let (_, sum) = sibling.split_at_checked(MODEL_RECORD).ok_or(FedsolError::ProofMalformed)?;
        let own_sum = self.node.sum.to_le_bytes();
        let own: &[u8] = if sum.is_empty() { &[] } else { &own_sum };
        let is_right = self.position & 1 == 1;
        self.node.hash = if is_right {
            hashv(&[&[1], sibling, &self.node.hash, own]).to_bytes()
        } else {
            hashv(&[&[1], &self.node.hash, own, sibling]).to_bytes()
        };
        if let Ok(bytes) = sum.try_into() {
            let (total, over) = self.node.sum.overflowing_add(u64::from_le_bytes(bytes));
            self.node.sum = total;
            self.overflowed |= over;
        }
        self.position >>= 1;
        self.level = self.level.saturating_add(1);
        Ok(())
    }

    /// Whether it is at the top of a tree so deep.
    pub fn is_complete(&self, depth: u8) -> bool {
        self.level == depth
    }
}

pub mod peaks;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests;
