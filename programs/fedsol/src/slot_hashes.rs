//! Reading the slot hashes sysvar without loading all 20 kB of it.

use anchor_lang::prelude::*;
use core::cmp::Ordering;

/// Address of the sysvar.
pub const ID: Pubkey = pubkey!("SysvarS1otHashes111111111111111111111111111");

const COUNT_LEN: usize = 8;
const ENTRY_LEN: usize = 40;
const SLOT_LEN: usize = 8;

/// The hash of the first slot at or after `from`: skipped slots have none. If that slot is so old that the
/// sysvar has dropped it, the oldest that is left. `None`: no such slot yet.
///
/// Layout: count (u64), then entries (slot u64, hash 32), newest first.
pub fn first_hash_from(data: &[u8], from: u64) -> Option<[u8; 32]> {
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
            assert_eq!(first_hash_from(&data, from), Some([found; 32]), "{from}");
        }
    }

    #[test]
    fn a_slot_that_is_not_produced_yet_has_no_hash() {
        assert_eq!(first_hash_from(&sysvar(&[20, 17]), 21), None);
        assert_eq!(first_hash_from(&sysvar(&[]), 0), None);
    }

    #[test]
    fn cut_data_has_no_hash_and_does_not_panic() {
        let data = sysvar(&[20, 17, 16]);
        for len in 0..data.len() - 1 {
            let _ = first_hash_from(&data[..len], 1);
        }
        assert_eq!(first_hash_from(&data[..8], 1), None);
    }
}
