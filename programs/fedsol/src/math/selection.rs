//! Krum and Multi-Krum in integers: squared distances, scores, and who comes before whom.
//!
//! The same integers as `fedsol/learning/selection.py`; `tests/vectors/selection.json` holds both together. A score is the
//! sum of the `n − f − 2` smallest squared distances to other accepted updates (Blanchard et al., 2017); of equal scores the
//! lower index comes first.

use crate::merkle::CHUNK_LEN;

/// What the table says where one of the two is not accepted.
pub const NO_DISTANCE: u64 = u64::MAX;
const DISTANCE_LEN: usize = 8;

/// `Σ (a − b)²` over the first `values` of two chunks of updates: at most 128 · 65,535², so that nothing can wrap.
pub fn squared_distance(first: &[u8], second: &[u8], values: usize) -> u64 {
    let ((first, _), (second, _)) = (first.as_chunks(), second.as_chunks());
    let pairs = first.iter().zip(second).take(values);
    let value = |bytes: &[u8; 2]| i64::from(i16::from_le_bytes(*bytes));
    let gaps = pairs.map(|(a, b)| value(a).wrapping_sub(value(b)));
    gaps.fold(0, |sum: i64, gap| sum.wrapping_add(gap.wrapping_mul(gap))).unsigned_abs()
}

/// The weights in chunks of a selection.
pub fn weights_in(chunks: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let (weights, _) = chunks.as_chunks();
    weights.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The distances in chunks of a row.
pub fn distances_in(chunks: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let (distances, _) = chunks.as_chunks::<DISTANCE_LEN>();
    distances.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

/// A column's distance in the chunk of its row that holds it.
pub fn entry_at(chunk: &[u8], column: u32) -> Option<u64> {
    let per_chunk = CHUNK_LEN.checked_div(DISTANCE_LEN)?;
    let place = usize::try_from(column).ok()?.checked_rem(per_chunk)?;
    distances_in(chunk).nth(place)
}

/// Sum of the `neighbours` smallest distances of a row of `count` to others than itself; `None` if there are not as many.
pub fn score(row: &[u8], own: u32, count: u32, neighbours: u32) -> Option<u128> {
    let others = distances_in(row).zip(0u32..).take(usize::try_from(count).ok()?);
    let mut known: Vec<u64> = others
        .filter(|(distance, column)| *column != own && *distance != NO_DISTANCE)
        .map(|(distance, _)| distance)
        .collect();
    known.sort_unstable();
    let nearest = known.get(..usize::try_from(neighbours).ok()?)?;
    nearest.iter().try_fold(0u128, |sum, distance| sum.checked_add((*distance).into()))
}

/// Whether the row of the second comes before that of the first, by score and then by index. A row that has no score
/// comes before none.
pub fn is_passed_over(first: (&[u8], u32), second: (&[u8], u32), count: u32, neighbours: u32) -> bool {
    let rank = |(row, own): (&[u8], u32)| score(row, own, count, neighbours).map(|score| (score, own));
    match (rank(first), rank(second)) {
        (Some(first), Some(second)) => second < first,
        (None, Some(_)) => true,
        (_, None) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn numbers<T: TryFrom<i64>>(list: &Value) -> Vec<T> {
        let whole = list.as_array().unwrap().iter().map(|n| T::try_from(n.as_i64().unwrap()));
        whole.map(|n| n.ok().unwrap()).collect()
    }

    fn row(table: &Value, index: u32) -> Vec<u8> {
        let row = table[usize::try_from(index).unwrap()].as_array().unwrap();
        row.iter().flat_map(|n| n.as_u64().unwrap().to_le_bytes()).collect()
    }

    #[test]
    fn every_shared_vector_agrees() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/selection.json");
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert!(vectors.len() >= 50);
        for vector in vectors {
            let updates: Vec<Vec<u8>> = vector["updates"].as_array().unwrap().iter().map(chunk).collect();
            let (accepted, weights) =
                (numbers::<u32>(&vector["accepted"]), numbers::<u32>(&vector["weights"]));
            let count = u32::try_from(updates.len()).unwrap();
            let byzantine = u32::try_from(vector["byzantine"].as_u64().unwrap()).unwrap();
            let neighbours = u32::try_from(accepted.len()).unwrap() - byzantine - 2;
            let place = |index: u32| usize::try_from(index).unwrap();
            let table = &vector["table"];
            for own in 0..count {
                let expected = vector["scores"][place(own)].as_u64().map(u128::from);
                assert_eq!(score(&row(table, own), own, count, neighbours), expected, "{}", vector["name"]);
                for other in 0..count {
                    let known = accepted.contains(&own) && accepted.contains(&other);
                    let found = squared_distance(&updates[place(own)], &updates[place(other)], 128);
                    let entry = table[place(own)][place(other)].as_u64().unwrap();
                    assert_eq!(entry, if known { found } else { NO_DISTANCE });
                    // Whoever is kept comes before all who are not.
                    let (first, second) = (row(table, own), row(table, other));
                    let passed = is_passed_over((&first, own), (&second, other), count, neighbours);
                    assert!(!(weights[place(own)] == 1 && weights[place(other)] == 0 && passed));
                }
            }
        }
    }

    fn chunk(update: &Value) -> Vec<u8> {
        numbers::<i16>(update).iter().flat_map(|q| q.to_le_bytes()).collect()
    }

    #[test]
    fn only_the_values_that_count_make_a_distance() {
        let (low, high) = (i16::MIN.to_le_bytes().repeat(128), i16::MAX.to_le_bytes().repeat(128));
        assert_eq!(squared_distance(&low, &high, 128), 128 * 65_535 * 65_535);
        assert_eq!(squared_distance(&low, &high, 3), 3 * 65_535 * 65_535);
        assert_eq!(squared_distance(&low, &high, 0), 0);
    }

    #[test]
    fn a_row_without_enough_distances_comes_before_none() {
        let row = |distances: [u64; 4]| distances.map(u64::to_le_bytes).concat();
        let (near, far, none) = (row([0, 1, 2, 3]), row([9, 9, 0, 9]), row([NO_DISTANCE, 0, NO_DISTANCE, 5]));
        assert_eq!(score(&none, 1, 4, 2), None);
        assert!(is_passed_over((&far, 2), (&near, 0), 4, 2));
        assert!(!is_passed_over((&near, 0), (&far, 2), 4, 2));
        assert!(is_passed_over((&none, 1), (&far, 2), 4, 2));
        assert!(!is_passed_over((&far, 2), (&none, 1), 4, 2));
        assert!(!is_passed_over((&none, 1), (&none, 3), 4, 2));
        // Of equal scores the lower index comes first.
        let equal = row([7, 7, 7, 7]);
        assert!(is_passed_over((&equal, 1), (&equal, 0), 4, 2));
        assert!(!is_passed_over((&equal, 0), (&equal, 1), 4, 2));
    }
}
