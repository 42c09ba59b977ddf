//! All arithmetic on money, counts and updates: checked, with its rounding in its doc comment.

pub mod aggregation;
pub mod plant;
pub mod ranking;
pub mod selection;

use crate::error::FedsolError;
use crate::merkle::{CHUNK_LEN, MODEL_VALUES, UPDATE_VALUES};
use anchor_lang::prelude::*;

/// One hundred per cent, in basis points.
pub const BPS: u16 = 10_000;

/// Checked addition and subtraction that fail with `Overflow` instead of wrapping.
pub trait Checked: Sized {
    /// `self + other`, exact.
    fn plus(self, other: Self) -> Result<Self>;
    /// `self − other`, exact.
    fn minus(self, other: Self) -> Result<Self>;
}

macro_rules! checked {
    ($($integer:ty),*) => {$(
        impl Checked for $integer {
            fn plus(self, other: Self) -> Result<Self> {
                Ok(self.checked_add(other).ok_or(FedsolError::Overflow)?)
            }
            fn minus(self, other: Self) -> Result<Self> {
                Ok(self.checked_sub(other).ok_or(FedsolError::Overflow)?)
            }
        }
    )*};
}
checked!(u32, u64, i64);

/// `amount · bps / 10,000`, rounded down: what somebody receives.
pub fn bps_down(amount: u64, bps: u16) -> Result<u64> {
    let product = u128::from(amount).checked_mul(u128::from(bps));
    let quotient = product.and_then(|p| p.checked_div(u128::from(BPS)));
    narrow(quotient)
}

/// `amount · bps / 10,000`, rounded up: what somebody loses.
pub fn bps_up(amount: u64, bps: u16) -> Result<u64> {
    let product = u128::from(amount).checked_mul(u128::from(bps));
    narrow(product.map(|p| p.div_ceil(u128::from(BPS))))
}

/// `pool / shares`, rounded down, and what is left over. No shares: nothing each, all left over.
pub fn share(pool: u64, shares: u64) -> Result<(u64, u64)> {
    let each = pool.checked_div(shares).unwrap_or(0);
    let paid = each.checked_mul(shares).ok_or(FedsolError::Overflow)?;
    Ok((each, pool.minus(paid)?))
}

/// `a · b`, exact.
pub fn times(a: u64, b: u64) -> Result<u64> {
    Ok(a.checked_mul(b).ok_or(FedsolError::Overflow)?)
}

/// `pool · part / whole`, rounded down; nothing of nothing. Over all parts it never exceeds the pool.
pub fn proportion(pool: u64, part: u64, whole: u64) -> Result<u64> {
    if whole == 0 {
        return Ok(0);
    }
    let product = u128::from(pool).checked_mul(u128::from(part));
    narrow(product.and_then(|p| p.checked_div(u128::from(whole))))
}

/// The lowest score up to which at least half of all weight lies; `None` without weight.
pub fn weighted_median(mut votes: Vec<(u16, u64)>) -> Option<u16> {
    votes.sort_unstable();
    let total = votes.iter().try_fold(0u128, |sum, (_, weight)| sum.checked_add((*weight).into()))?;
    if total == 0 {
        return None;
    }
    let mut below = 0u128;
    for (score, weight) in votes {
        below = below.checked_add(weight.into())?;
        if below >= total.checked_sub(below)? {
            return Some(score);
        }
    }
    None
}

/// Σ q² of an update's chunk: at most 128 · 2^30, so that nothing can wrap.
pub fn sum_of_squares(chunk: &[u8; CHUNK_LEN]) -> u64 {
    let squares = update_values(chunk).map(i64::from).map(|q| q.wrapping_mul(q));
    squares.fold(0, i64::wrapping_add).unsigned_abs()
}

/// Whether a chunk's values may stand in an update: at most `qmax`, and zero behind the last parameter.
pub fn is_fair_update(chunk: &[u8; CHUNK_LEN], index: u32, parameters: u32, qmax: u16) -> bool {
    let first = index.saturating_mul(UPDATE_VALUES);
    let real = usize::try_from(parameters.saturating_sub(first)).unwrap_or(usize::MAX);
    let bound = |place: usize| if place < real { qmax } else { 0 };
    update_values(chunk).enumerate().all(|(place, q)| q.unsigned_abs() <= bound(place))
}

/// The value of a coordinate in the chunk that holds it: an update's (i16) or a model's (i32).
pub fn value_at(chunk: &[u8; CHUNK_LEN], coordinate: u32, of_update: bool) -> Option<i32> {
    let place = |values: u32| usize::try_from(coordinate.checked_rem(values)?).ok();
    if of_update {
        let bytes = chunk.chunks_exact(2).nth(place(UPDATE_VALUES)?)?;
        return Some(i16::from_le_bytes(bytes.try_into().ok()?).into());
    }
    let bytes = chunk.chunks_exact(4).nth(place(MODEL_VALUES)?)?;
    Some(i32::from_le_bytes(bytes.try_into().ok()?))
}

/// `w · q`, exact.
pub fn weighted(value: i16, weight: u32) -> Result<i64> {
    Ok(i64::from(value).checked_mul(i64::from(weight)).ok_or(FedsolError::Overflow)?)
}

fn update_values(chunk: &[u8; CHUNK_LEN]) -> impl Iterator<Item = i16> + '_ {
    let (values, _) = chunk.as_chunks::<2>();
    values.iter().map(|bytes| i16::from_le_bytes(*bytes))
}

/// `beacon mod count`: which of `count` is chosen. The first 16 bytes, so that the bias is below 2⁻⁹⁶.
pub fn choose(beacon: &[u8; 32], count: u32) -> Option<u32> {
    let (head, _) = beacon.split_first_chunk::<16>()?;
    let pick = u128::from_le_bytes(*head).checked_rem(u128::from(count))?;
    u32::try_from(pick).ok()
}

fn narrow(value: Option<u128>) -> Result<u64> {
    let value = value.ok_or(FedsolError::Overflow)?;
    Ok(u64::try_from(value).map_err(|_| FedsolError::Overflow)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn what_is_received_rounds_down_and_what_is_lost_rounds_up() {
        assert_eq!(bps_down(99_999, 1).unwrap(), 9);
        assert_eq!(bps_up(99_999, 1).unwrap(), 10);
        assert_eq!(bps_up(100_000, 1).unwrap(), 10);
        assert_eq!(bps_up(0, BPS).unwrap(), 0);
    }

    #[test]
    fn the_whole_of_the_largest_amount_fits() {
        assert_eq!(bps_down(u64::MAX, BPS).unwrap(), u64::MAX);
        assert_eq!(bps_up(u64::MAX, BPS).unwrap(), u64::MAX);
    }

    #[test]
    fn shares_never_exceed_the_pool() {
        assert_eq!(share(10, 3).unwrap(), (3, 1));
        assert_eq!(share(2, 3).unwrap(), (0, 2));
        assert_eq!(share(10, 0).unwrap(), (0, 10));
        assert_eq!(share(u64::MAX, 1).unwrap(), (u64::MAX, 0));
    }

    #[test]
    fn nobody_is_chosen_of_none() {
        assert_eq!(choose(&[7; 32], 0), None);
        assert_eq!(choose(&[7; 32], 1), Some(0));
        assert!(choose(&[255; 32], 10).unwrap() < 10);
    }

    #[test]
    fn every_shared_vector_of_the_weighted_median_agrees() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/weighted_median.json");
        let text = std::fs::read_to_string(path).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert!(vectors.len() >= 20);
        for vector in vectors {
            let numbers = |name: &str| vector[name].as_array().unwrap().iter().map(|n| n.as_u64().unwrap());
            let scores = numbers("scores").map(|score| u16::try_from(score).unwrap());
            let found = weighted_median(scores.zip(numbers("weights")).collect());
            assert_eq!(found.map(u64::from), vector["median"].as_u64(), "{vector}");
        }
    }

    #[test]
    fn parts_of_a_pool_never_exceed_it() {
        assert_eq!(proportion(100, 1, 3).unwrap(), 33);
        assert_eq!(proportion(u64::MAX, u64::MAX, u64::MAX).unwrap(), u64::MAX);
        assert_eq!(proportion(5, 0, 0).unwrap(), 0);
    }

    #[test]
    fn an_update_is_fair_within_its_bound_and_zero_behind_its_end() {
        let mut chunk = [0; CHUNK_LEN];
        chunk[2..4].copy_from_slice(&(-5i16).to_le_bytes());
        assert!(is_fair_update(&chunk, 1, 130, 5));
        assert!(!is_fair_update(&chunk, 1, 130, 4));
        assert!(!is_fair_update(&chunk, 1, 129, 5));
        assert_eq!(sum_of_squares(&chunk), 25);
        chunk[2..4].copy_from_slice(&i16::MIN.to_le_bytes());
        assert!(!is_fair_update(&chunk, 0, 128, 32_767));
        assert_eq!(sum_of_squares(&chunk), 1 << 30);
    }

    #[test]
    fn a_value_is_read_where_its_coordinate_lies() {
        let mut chunk = [0; CHUNK_LEN];
        chunk[4..8].copy_from_slice(&(-70_000i32).to_le_bytes());
        assert_eq!(value_at(&chunk, 64 + 1, false), Some(-70_000));
        chunk[254..].copy_from_slice(&(-7i16).to_le_bytes());
        assert_eq!(value_at(&chunk, 3 * 128 + 127, true), Some(-7));
    }

    #[test]
    fn overflow_is_an_error_and_never_wraps() {
        assert_eq!(u64::MAX.plus(1).unwrap_err(), FedsolError::Overflow.into());
        assert_eq!(0u32.minus(1).unwrap_err(), FedsolError::Overflow.into());
    }
}
