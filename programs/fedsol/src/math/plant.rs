//! Planted updates: noise that anyone can make again from a seed, and whose true worth is nothing.
//!
//! The same integers as `fedsol/learning/plant.py`; `tests/vectors/plant.json` holds both together.

use crate::merkle::{CHUNK_LEN, UPDATE_VALUES};
use solana_sha256_hasher::hashv;

/// First bytes of what is hashed for a planted chunk.
pub const PLANT_DOMAIN: &[u8] = b"fedsol:plant:v1";
const HASH_LEN: usize = 32;

/// Chunk `index` of the planted update of a seed.
///
/// Two bytes of `sha256(domain ‖ seed ‖ le32(index) ‖ u8(part))` make a value: `(a + b − 255) · amplitude / 255`, rounded
/// toward zero. Behind the last parameter all is zero.
pub fn plant_chunk(seed: &[u8; 32], index: u32, amplitude: u16, parameters: u32) -> [u8; CHUNK_LEN] {
    let mut chunk = [0; CHUNK_LEN];
    for (part, place) in (0u8..).zip(chunk.chunks_exact_mut(HASH_LEN)) {
        let hash = hashv(&[PLANT_DOMAIN, seed, &index.to_le_bytes(), &[part]]);
        place.copy_from_slice(hash.as_ref());
    }
    let first = index.saturating_mul(UPDATE_VALUES);
    for (coordinate, place) in (first..).zip(chunk.chunks_exact_mut(2)) {
        let value = if coordinate < parameters { noise(place, amplitude) } else { 0 };
        place.copy_from_slice(&value.to_le_bytes());
    }
    chunk
}

/// At most the amplitude, either way.
fn noise(bytes: &[u8], amplitude: u16) -> i16 {
    let sum: i32 = bytes.iter().map(|byte| i32::from(*byte)).sum();
    let scaled = sum.saturating_sub(255).saturating_mul(amplitude.into());
    scaled.checked_div(255).and_then(|value| i16::try_from(value).ok()).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn bytes(text: &Value) -> Vec<u8> {
        let text = text.as_str().unwrap().as_bytes();
        let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        text.chunks_exact(2).map(digits).collect()
    }

    #[test]
    fn every_shared_vector_agrees() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/plant.json");
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert!(vectors.len() >= 20);
        for vector in vectors {
            let number = |name: &str| u32::try_from(vector[name].as_u64().unwrap()).unwrap();
            let seed = bytes(&vector["seed"]).try_into().unwrap();
            let amplitude = u16::try_from(number("amplitude")).unwrap();
            let chunk = plant_chunk(&seed, number("index"), amplitude, number("parameters"));
            assert_eq!(chunk.to_vec(), bytes(&vector["chunk"]), "{vector}");
        }
    }
}
