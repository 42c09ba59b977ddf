use super::*;
use serde_json::Value;

fn bytes(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap().as_bytes();
    let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    text.chunks_exact(2).map(digits).collect()
}

fn number(vector: &Value, name: &str) -> u32 {
    u32::try_from(vector[name].as_u64().unwrap()).unwrap()
}

/// The chunk of the shared vectors: value i is ((i * 7919) mod 255) - 127, in a model times 65537.
fn chunk(vector: &Value, of_model: bool) -> [u8; CHUNK_LEN] {
    let (size, index) = (number(vector, "size"), number(vector, "index"));
    let per_chunk = if of_model { MODEL_VALUES } else { UPDATE_VALUES };
    let mut data = Vec::new();
    for i in index * per_chunk..(index + 1) * per_chunk {
        let plain = i32::try_from(u64::from(i) * 7_919 % 255).unwrap() - 127;
        let value = if i < size { plain } else { 0 };
        if of_model {
            data.extend((value * 65_537).to_le_bytes());
        } else {
            data.extend(i16::try_from(value).unwrap().to_le_bytes());
        }
    }
    data.try_into().unwrap()
}

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/merkle.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

fn climbed(vector: &Value, pieces: usize) -> (Climb, u8) {
    let of_model = vector["kind"] == "model";
    let (record, per_chunk) =
        if of_model { (MODEL_RECORD, MODEL_VALUES) } else { (UPDATE_RECORD, UPDATE_VALUES) };
    let chunks = chunks(number(vector, "size"), per_chunk);
    let chunk = chunk(vector, of_model);
    let sum = if of_model { 0 } else { crate::math::sum_of_squares(&chunk) };
    let index = number(vector, "index");
    let hash = leaf(index, &chunk);
    assert_eq!(hash.to_vec(), bytes(&vector["leaf"]));
    let mut climb = Climb::from_leaf(index, hash, sum);
    let siblings: Vec<u8> = vector["siblings"].as_array().unwrap().iter().flat_map(bytes).collect();
    for part in siblings.chunks(record * pieces) {
        climb.past(part, record, chunks).unwrap();
    }
    (climb, depth(chunks))
}

#[test]
fn every_shared_vector_leads_to_its_root_in_one_piece_or_in_many() {
    let vectors = vectors();
    assert!(vectors.len() >= 20);
    for vector in &vectors {
        for pieces in [1, 2, 100] {
            let (climb, depth) = climbed(vector, pieces);
            assert!(climb.is_complete(depth) && !climb.overflowed);
            let sum = if vector["kind"] == "model" { 0 } else { vector["sum"].as_u64().unwrap() };
            assert_eq!((climb.node.hash.to_vec(), climb.node.sum), (bytes(&vector["root"]), sum), "{vector}");
        }
    }
}

#[test]
fn a_path_is_never_longer_than_the_tree_is_deep_nor_cut_within_a_record() {
    let mut climb = Climb::from_leaf(0, [1; 32], 1);
    assert_eq!(climb.past(&[0; 80], UPDATE_RECORD, 2), Err(FedsolError::ProofMalformed.into()));
    let mut climb = Climb::from_leaf(0, [1; 32], 1);
    assert_eq!(climb.past(&[0; 39], UPDATE_RECORD, 2), Err(FedsolError::ProofMalformed.into()));
}

#[test]
fn a_sum_beyond_64_bits_is_noticed() {
    let mut climb = Climb::from_leaf(0, [1; 32], 2);
    let mut sibling = [0; UPDATE_RECORD];
    sibling[32..].copy_from_slice(&(u64::MAX - 1).to_le_bytes());
    climb.past(&sibling, UPDATE_RECORD, 2).unwrap();
    assert!(climb.overflowed);
    assert_eq!(climb.node.sum, 0);
}

#[test]
fn depth_counts_siblings() {
    for (chunks, expected) in [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1 << 18, 18), ((1 << 18) + 1, 19)] {
        assert_eq!(depth(chunks), expected);
    }
}

#[test]
fn only_the_empty_leaf_stands_in_for_a_neighbour_that_is_not_there() {
    let mut empty = EMPTY.to_vec();
    empty.extend([0; 8]);
    let at_end = || Climb::from_leaf(2, [1; 32], 1);
    at_end().past(&empty, UPDATE_RECORD, 3).unwrap();
    at_end().past(&EMPTY, MODEL_RECORD, 3).unwrap();
    empty[39] = 1;
    assert_eq!(at_end().past(&empty, UPDATE_RECORD, 3), Err(FedsolError::ProofMismatch.into()));
    assert_eq!(at_end().past(&[7; 32], MODEL_RECORD, 3), Err(FedsolError::ProofMismatch.into()));
    at_end().past(&[7; 32], MODEL_RECORD, 4).unwrap();
}
