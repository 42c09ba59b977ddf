//! Reading the slot hashes sysvar without loading all 20 kB of it.

use anchor_lang::prelude::*;
use core::cmp::Ordering;

/// Address of the sysvar.
pub const ID: Pubkey = pubkey!("SysvarS1otHashes111111111111111111111111111");

const COUNT_LEN: usize = 8;
const ENTRY_LEN: usize = 40;
const SLOT_LEN: usize = 8;

/// How many slots the sysvar remembers.
const SLOTS_KEPT: u64 = 512;

/// What the sysvar knows of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotHash {
    /// The slot is still to come.
    NotYet,
    /// The slot may be older than what the sysvar remembers.
    Forgotten,
    /// The hash of the first slot at or after it: skipped slots have none.
    Found([u8; 32]),
}

/// Looks for the first slot at or after `from`.
///
/// Layout: count (u64), then entries (slot u64, hash 32), newest first.
pub fn first_hash_from(data: &[u8], from: u64) -> SlotHash {
    let count = u64_at(data, 0).unwrap_or(0);
    let oldest = count.checked_sub(1).and_then(|last| slot_at(data, last));
    match (oldest, search(data, from)) {
        (Some(slot), Some(_)) if slot > from && count >= SLOTS_KEPT => SlotHash::Forgotten,
        (_, Some(hash)) => SlotHash::Found(hash),
        _ => SlotHash::NotYet,
    }
}

fn search(data: &[u8], from: u64) -> Option<[u8; 32]> {
    let count = u64_at(data, 0)?;
    let (mut low, mut high) = (0u64, count);
    // Entries before `low` are at or after `from`; those from `high` on are before it.
    while let Ordering::Less = low.cmp(&high) {
        let middle = low.midpoint(high);
        if slot_at(data, middle)? >= from {
            low = middle.checked_add(1)?;
        } else {
            high = middle;
        }
    }
    hash_at(data, low.checked_sub(1)?)
}

fn entry(data: &[u8], index: u64) -> Option<&[u8]> {
    let offset = usize::try_from(index).ok()?.checked_mul(ENTRY_LEN)?.checked_add(COUNT_LEN)?;
    data.get(offset..offset.checked_add(ENTRY_LEN)?)
}

fn slot_at(data: &[u8], index: u64) -> Option<u64> {
    u64_at(entry(data, index)?, 0)
}

fn hash_at(data: &[u8], index: u64) -> Option<[u8; 32]> {
    entry(data, index)?.get(SLOT_LEN..)?.try_into().ok()
}

fn u64_at(data: &[u8], offset: usize) -> Option<u64> {
    let bytes = data.get(offset..offset.checked_add(8)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn sysvar(slots: &[u64]) -> Vec<u8> {
        let mut data = u64::try_from(slots.len()).unwrap_or(0).to_le_bytes().to_vec();
        for slot in slots {
            data.extend(slot.to_le_bytes());
            data.extend([u8::try_from(*slot).unwrap_or(0); 32]);
        }
        data
    }

    #[test]
    fn the_first_slot_at_or_after_the_one_asked_for_is_found_across_gaps() {
        let data = sysvar(&[20, 17, 16, 12, 10]);
        for (from, found) in [(20, 20), (18, 20), (17, 17), (13, 16), (12, 12), (11, 12), (10, 10), (3, 10)] {
            assert_eq!(first_hash_from(&data, from), SlotHash::Found([found; 32]), "{from}");
        }
    }

    #[test]
    fn a_slot_that_is_not_produced_yet_has_no_hash() {
        assert_eq!(first_hash_from(&sysvar(&[20, 17]), 21), SlotHash::NotYet);
        assert_eq!(first_hash_from(&sysvar(&[]), 0), SlotHash::NotYet);
    }

    #[test]
    fn a_slot_older_than_a_full_sysvar_is_forgotten_and_its_oldest_is_not() {
        let slots: Vec<u64> = (100..100 + SLOTS_KEPT).rev().collect();
        let data = sysvar(&slots);
        assert_eq!(first_hash_from(&data, 99), SlotHash::Forgotten);
        assert_eq!(first_hash_from(&data, 100), SlotHash::Found([100; 32]));
    }

    #[test]
    fn cut_data_has_no_hash_and_does_not_panic() {
        let data = sysvar(&[20, 17, 16]);
        for len in 0..data.len() - 1 {
            let _ = first_hash_from(&data[..len], 1);
        }
        assert_eq!(first_hash_from(&data[..8], 1), SlotHash::NotYet);
    }
}
