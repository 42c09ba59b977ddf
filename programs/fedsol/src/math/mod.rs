//! All arithmetic on money, counts and updates: checked, with its rounding in its doc comment.

pub mod aggregation;

use crate::error::FedsolError;
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
#[allow(clippy::unwrap_used)]
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
    fn overflow_is_an_error_and_never_wraps() {
        assert_eq!(u64::MAX.plus(1).unwrap_err(), FedsolError::Overflow.into());
        assert_eq!(0u32.minus(1).unwrap_err(), FedsolError::Overflow.into());
    }
}
