//! Sums of the smallest values, without sorting them.
//!
//! It counts bytes instead, so that the work grows with the number of values alone: nobody can choose values with
//! which a verdict does not fit a transaction.

/// Sum of the `count` smallest values; of all, if there are no more. `None`: overflow.
pub fn sum_of_smallest(values: &[i16], count: usize) -> Option<i64> {
    if count >= values.len() {
        return sum(values.iter().copied());
    }
    if count == 0 {
        return Some(0);
    }
    let (ranked, lower) = value_of_rank(values, count)?;
    let smaller = sum(values.iter().copied().filter(|value| *value < ranked))?;
    let equal = i64::try_from(count.checked_sub(lower)?).ok()?;
    smaller.checked_add(equal.checked_mul(ranked.into())?)
}

/// The value of a rank, counted from zero, and how many are smaller. `None`: there are not so many.
pub fn value_of_rank(values: &[i16], rank: usize) -> Option<(i16, usize)> {
    // First its high byte, then its low one among those with the same high byte.
    let (high, lower) = byte_of_rank(values.iter().map(|value| ordered(*value)[0]), rank)?;
    let peers = values.iter().map(|value| ordered(*value)).filter(|bytes| bytes[0] == high);
    let (low, between) = byte_of_rank(peers.map(|bytes| bytes[1]), rank.checked_sub(lower)?)?;
    Some((from_ordered([high, low]), lower.checked_add(between)?))
}

/// Big-endian bytes that are in the order of the values.
fn ordered(value: i16) -> [u8; 2] {
    (value ^ i16::MIN).to_be_bytes()
}

fn from_ordered(bytes: [u8; 2]) -> i16 {
    i16::from_be_bytes(bytes) ^ i16::MIN
}

/// The byte of a rank, counted from zero, and how many are smaller. A frame of its own: a frame has 4 KiB.
#[inline(never)]
fn byte_of_rank(bytes: impl Iterator<Item = u8>, rank: usize) -> Option<(u8, usize)> {
    let mut counts = [0u32; 256];
    for byte in bytes {
        let count = counts.get_mut(usize::from(byte))?;
        *count = count.checked_add(1)?;
    }
    let mut smaller = 0usize;
    for (byte, count) in (0u8..=255).zip(counts.iter()) {
        let up_to = smaller.checked_add(usize::try_from(*count).ok()?)?;
        if rank < up_to {
            return Some((byte, smaller));
        }
        smaller = up_to;
    }
    None
}

fn sum(mut values: impl Iterator<Item = i16>) -> Option<i64> {
    values.try_fold(0i64, |total, value| total.checked_add(value.into()))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    /// Values that follow from a seed, within a number of bits.
    fn draw(seed: u64, count: usize, bits: u32) -> Vec<i16> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let [a, b, ..] = state.to_be_bytes();
            i16::from_be_bytes([a, b]) >> (16 - bits)
        };
        (0..count).map(|_| next()).collect()
    }

    fn by_sorting(values: &[i16], count: usize) -> i64 {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        sorted[..count].iter().map(|value| i64::from(*value)).sum()
    }

    #[test]
    fn every_count_of_random_values_is_what_sorting_makes_of_it() {
        for (seed, size) in [(1u64, 1usize), (2, 2), (3, 7), (4, 64), (5, 300)] {
            for bits in [1, 3, 8, 9, 16] {
                let values = draw(seed, size, bits);
                for count in 0..=size {
                    let found = sum_of_smallest(&values, count);
                    assert_eq!(found, Some(by_sorting(&values, count)), "{values:?} {count}");
                }
            }
        }
    }

    #[test]
    fn every_rank_has_its_value_and_so_many_smaller_ones() {
        for bits in [1, 3, 9, 16] {
            let values = draw(6, 65, bits);
            let mut sorted = values.clone();
            sorted.sort_unstable();
            for (rank, value) in sorted.iter().enumerate() {
                let smaller = sorted.iter().filter(|other| *other < value).count();
                assert_eq!(value_of_rank(&values, rank), Some((*value, smaller)));
            }
            assert_eq!(value_of_rank(&values, sorted.len()), None);
        }
    }

    #[test]
    fn the_ends_of_the_range_are_in_order() {
        let values = [i16::MAX, 0, i16::MIN, -1, 1, 255, -256, 256, -255];
        for count in 0..=values.len() {
            assert_eq!(sum_of_smallest(&values, count), Some(by_sorting(&values, count)));
        }
    }

    #[test]
    fn more_than_there_are_is_all() {
        assert_eq!(sum_of_smallest(&[3, -1], 9), Some(2));
        assert_eq!(sum_of_smallest(&[], 0), Some(0));
    }
}
