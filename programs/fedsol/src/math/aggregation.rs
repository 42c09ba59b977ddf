//! The aggregation rules, one coordinate at a time: what a challenge is judged by.
//!
//! The same integers as `fedsol/learning/aggregation.py`: a rule yields an exact fraction, and the
//! step that the model takes is rounded once, half away from zero. Everything is checked: what does
//! not fit has no result. `tests/vectors/aggregation.json` holds all definitions together.

use crate::math::ranking::{sum_of_smallest, value_of_rank};

/// Most updates in an aggregate; with these no honest argument overflows.
pub const MAX_UPDATES: usize = 65_536;
/// Most fractional bits of a model or an update.
pub const MAX_BITS: u8 = 31;

/// How the values of one coordinate become one fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `Σ w q / Σ w`.
    Mean,
    /// Sorted, without the `trim` lowest and the `trim` highest: plain mean. Ignores weights.
    TrimmedMean { trim: u32 },
    /// Sorted: the middle, or the mean of the two in the middle. Ignores weights.
    Median,
}

/// From a rule's fraction to the model's step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    pub lr_num: u32,
    /// Not zero.
    pub lr_den: u32,
    /// At most `MAX_BITS`.
    pub frac_bits: u8,
    /// At most `MAX_BITS`.
    pub update_bits: u8,
}

/// The new value of one model parameter:
/// `saturating_i32(model + round(num · lr_num · 2^frac_bits / (den · lr_den · 2^update_bits)))`.
///
/// Rounds half away from zero. `values` are the updates' values there; `weights` go with them in order.
/// `None`: no or too many values, not one weight for each, weights that are all zero, nothing left
/// after trimming, a scale out of range, overflow.
pub fn aggregate_coordinate(
    model: i32,
    values: &[i16],
    weights: &[u32],
    rule: Rule,
    scale: Scale,
) -> Option<i32> {
    if values.len() > MAX_UPDATES || values.len() != weights.len() {
        return None;
    }
    if rule == Rule::Mean {
        let (num, den) = mean(values, weights)?;
        return step(model, num, den, scale);
    }
    aggregate_ranked(model, values, rule, scale)
}

/// The new value under a rule that goes by rank; `None` as for `aggregate_coordinate`, and for the mean.
pub fn aggregate_ranked(model: i32, values: &[i16], rule: Rule, scale: Scale) -> Option<i32> {
    let (low, high) = match rule {
        Rule::Mean => return None,
        Rule::TrimmedMean { trim } => {
            let low = usize::try_from(trim).ok()?;
            (low, values.len().checked_sub(low)?)
        }
        Rule::Median => {
            let low = values.len().checked_sub(1)?.checked_div(2)?;
            (low, values.len().checked_div(2)?.checked_add(1)?)
        }
    };
    let (num, den) = mean_of_ranks(values, low, high)?;
    step(model, num, den, scale)
}

/// `saturating_i32(model + round(num · lr_num · 2^frac_bits / (den · lr_den · 2^update_bits)))`.
pub fn step(model: i32, num: i128, den: i128, scale: Scale) -> Option<i32> {
    let num = num.checked_mul(scale.lr_num.into())?.checked_mul(power_of_two(scale.frac_bits)?)?;
    let den = den.checked_mul(scale.lr_den.into())?.checked_mul(power_of_two(scale.update_bits)?)?;
    Some(saturate(i128::from(model).checked_add(round(num, den)?)?))
}

/// `(Σ w q, Σ w)`, exact.
fn mean(values: &[i16], weights: &[u32]) -> Option<(i128, i128)> {
    let (mut num, mut den) = (0i128, 0i128);
    for (value, weight) in values.iter().zip(weights) {
        let weight = i128::from(*weight);
        num = num.checked_add(weight.checked_mul(i128::from(*value))?)?;
        den = den.checked_add(weight)?;
    }
    Some((num, den))
}

/// Sum and count of the values of rank `low..high`, exact.
fn mean_of_ranks(values: &[i16], low: usize, high: usize) -> Option<(i128, i128)> {
    let count = high.checked_sub(low)?;
    // One or two are cheaper to find than all that are smaller.
    let num = if count <= 2 {
        let found = |rank| value_of_rank(values, rank).map(|(value, _)| i64::from(value));
        (low..high).try_fold(0i64, |sum, rank| sum.checked_add(found(rank)?))?
    } else {
        sum_of_smallest(values, high)?.checked_sub(sum_of_smallest(values, low)?)?
    };
    Some((num.into(), i64::try_from(count).ok()?.into()))
}

fn power_of_two(bits: u8) -> Option<i128> {
    if bits > MAX_BITS {
        return None;
    }
    1i128.checked_shl(bits.into())
}

/// `num / den`, rounded half away from zero; `None` unless `den > 0`.
fn round(num: i128, den: i128) -> Option<i128> {
    if den <= 0 {
        return None;
    }
    let quotient = num.checked_div(den)?;
    let rest = num.checked_rem(den)?.checked_abs()?;
    // Not 2 · rest ≥ den, which could overflow.
    if rest < den.checked_sub(rest)? {
        return Some(quotient);
    }
    quotient.checked_add(num.signum())
}

/// The nearest `i32`.
fn saturate(value: i128) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use serde_json::Value;

    const UNIT: Scale = Scale { lr_num: 1, lr_den: 1, frac_bits: 0, update_bits: 0 };

    fn integer<T: TryFrom<i64>>(value: &Value) -> T {
        T::try_from(value.as_i64().unwrap()).ok().unwrap()
    }

    fn list<T: TryFrom<i64>>(value: &Value) -> Vec<T> {
        value.as_array().unwrap().iter().map(integer).collect()
    }

    fn rule(vector: &Value) -> Rule {
        match vector["rule"].as_str().unwrap() {
            "mean" => Rule::Mean,
            "trimmed_mean" => Rule::TrimmedMean { trim: integer(&vector["trim"]) },
            "median" => Rule::Median,
            other => unreachable!("{other}"),
        }
    }

    #[test]
    fn every_shared_vector_agrees() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/aggregation.json");
        let text = std::fs::read_to_string(path).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert!(vectors.len() >= 200);
        for vector in vectors {
            let scale = list::<u32>(&vector["lr"]);
            let bits = list::<u8>(&vector["bits"]);
            let (lr_num, lr_den, frac_bits, update_bits) = (scale[0], scale[1], bits[0], bits[1]);
            let scale = Scale { lr_num, lr_den, frac_bits, update_bits };
            let values = list::<i16>(&vector["values"]);
            let weights = list::<u32>(&vector["weights"]);
            let model = integer(&vector["model"]);
            let found = aggregate_coordinate(model, &values, &weights, rule(vector), scale);
            let expected = vector["result"].as_i64().map(|r| i32::try_from(r).unwrap());
            assert_eq!(found, expected, "{}: {vector}", vector["name"]);
        }
    }

    #[test]
    fn halves_round_away_from_zero() {
        for (values, expected) in [([1, 2], 2), ([-1, -2], -2), ([0, 1], 1), ([0, -1], -1)] {
            let found = aggregate_coordinate(0, &values, &[1, 1], Rule::Mean, UNIT);
            assert_eq!(found, Some(expected));
        }
    }

    #[test]
    fn the_bounds_of_i32_hold() {
        let high = aggregate_coordinate(i32::MAX, &[1], &[1], Rule::Median, UNIT);
        let low = aggregate_coordinate(i32::MIN, &[-1], &[1], Rule::Median, UNIT);
        assert_eq!((high, low), (Some(i32::MAX), Some(i32::MIN)));
    }

    #[test]
    fn no_values_have_no_aggregate() {
        for rule in [Rule::Mean, Rule::TrimmedMean { trim: 0 }, Rule::Median] {
            assert_eq!(aggregate_coordinate(0, &[], &[], rule, UNIT), None);
        }
    }

    #[test]
    fn weights_that_are_all_zero_have_no_mean() {
        assert_eq!(aggregate_coordinate(0, &[1, 2], &[0, 0], Rule::Mean, UNIT), None);
    }

    #[test]
    fn a_scale_out_of_range_is_refused() {
        for scale in [
            Scale { lr_den: 0, ..UNIT },
            Scale { frac_bits: MAX_BITS + 1, ..UNIT },
            Scale { update_bits: MAX_BITS + 1, ..UNIT },
        ] {
            assert_eq!(aggregate_coordinate(0, &[1], &[1], Rule::Mean, scale), None);
        }
    }

    #[test]
    fn the_largest_arguments_do_not_overflow() {
        let scale = Scale { lr_num: u32::MAX, lr_den: 1, frac_bits: MAX_BITS, update_bits: 0 };
        let values = vec![i16::MIN; MAX_UPDATES];
        let weights = vec![u32::MAX; MAX_UPDATES];
        let found = aggregate_coordinate(0, &values, &weights, Rule::Mean, scale);
        assert_eq!(found, Some(i32::MIN));
    }

    #[test]
    fn rounding_agrees_with_the_definition_around_every_half() {
        for den in 1..=12i128 {
            for num in -60..=60i128 {
                let away = (2 * num.abs() + den).div_euclid(2 * den) * num.signum();
                assert_eq!(round(num, den), Some(away), "{num}/{den}");
            }
        }
    }
}
