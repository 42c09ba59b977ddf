//! A sum tree that is built leaf by leaf, in its order, from no more than one node of each level.
//!
//! Level `l` holds a node while bit `l` of the number of leaves is set. Records are `hash ‖ le64(sum)`, lowest level first.

use super::{Node, EMPTY, UPDATE_RECORD};
use crate::error::FedsolError;
use crate::math::Checked;
use anchor_lang::prelude::*;
use solana_sha256_hasher::hashv;

const ALONE: Node = Node { hash: EMPTY, sum: 0 };

/// Adds the leaf that follows `count` others.
pub fn push(peaks: &mut [u8], count: u32, leaf: Node) -> Result<()> {
    let (mut node, mut rest) = (leaf, count);
    for record in peaks.chunks_exact_mut(UPDATE_RECORD) {
        if rest & 1 == 0 {
            let (hash, sum) = record.split_at_mut_checked(EMPTY.len()).ok_or(FedsolError::ProofMalformed)?;
            hash.copy_from_slice(&node.hash);
            sum.copy_from_slice(&node.sum.to_le_bytes());
            return Ok(());
        }
        node = parent(read(record)?, node)?;
        rest >>= 1;
    }
    err!(FedsolError::ProofMalformed)
}

/// The root over `count` leaves, 1 or more; a node without a neighbour is paired with the empty leaf.
pub fn root(peaks: &[u8], count: u32) -> Result<Node> {
    let depth = super::depth(count);
    let mut reached: Option<Node> = None;
    for (level, record) in (0u8..depth).zip(peaks.chunks_exact(UPDATE_RECORD)) {
        let has_peak = count.checked_shr(level.into()).unwrap_or(0) & 1 == 1;
        reached = match (has_peak, reached) {
            (true, node) => Some(parent(read(record)?, node.unwrap_or(ALONE))?),
            (false, Some(node)) => Some(parent(node, ALONE)?),
            (false, None) => None,
        };
    }
    match reached {
        Some(node) => Ok(node),
        None => {
            let top = peaks.chunks_exact(UPDATE_RECORD).nth(depth.into());
            read(top.ok_or(FedsolError::ProofMalformed)?)
        }
    }
}

fn parent(left: Node, right: Node) -> Result<Node> {
    let (left_sum, right_sum) = (left.sum.to_le_bytes(), right.sum.to_le_bytes());
    let hash = hashv(&[&[1], &left.hash, &left_sum, &right.hash, &right_sum]).to_bytes();
    Ok(Node { hash, sum: left.sum.plus(right.sum)? })
}

fn read(record: &[u8]) -> Result<Node> {
    Node::try_from_slice(record).map_err(|_| FedsolError::ProofMalformed.into())
}
