//! Whole trees, built from the leaves up, and numbers drawn from a seed: what challenges are made of.

use crate::math::sum_of_squares;
use crate::merkle::{leaf, Node, CHUNK_LEN, EMPTY};
use solana_sha256_hasher::hashv;

pub type Chunk = [u8; CHUNK_LEN];

/// Every level of a tree, leaves first; the odd ones filled up with the empty leaf.
pub struct Tree {
    levels: Vec<Vec<Node>>,
    of_model: bool,
}

impl Tree {
    /// The honest tree of a model's or an update's chunks.
    pub fn of(chunks: &[Chunk], of_model: bool) -> Self {
        let sum = |chunk| if of_model { 0 } else { sum_of_squares(chunk) };
        Self::declaring(chunks, chunks.iter().map(sum).collect(), of_model)
    }

    /// A tree whose leaves declare these sums.
    pub fn declaring(chunks: &[Chunk], sums: Vec<u64>, of_model: bool) -> Self {
        let leaves = (0u32..).zip(chunks).zip(sums);
        let mut level: Vec<_> =
            leaves.map(|((index, chunk), sum)| Node { hash: leaf(index, chunk), sum }).collect();
        let mut levels = Vec::new();
        while level.len() > 1 {
            if level.len() % 2 == 1 {
                level.push(Node { hash: EMPTY, sum: 0 });
            }
            let above = level.chunks_exact(2).map(|pair| parent(pair, of_model)).collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { levels, of_model }
    }

    pub fn root(&self) -> Node {
        self.levels.last().unwrap()[0]
    }

    /// The sibling records of a leaf, one after the other.
    pub fn path(&self, index: u32) -> Vec<u8> {
        let mut place = usize::try_from(index).unwrap();
        let mut siblings = Vec::new();
        for level in &self.levels[..self.levels.len() - 1] {
            siblings.extend(record(&level[place ^ 1], self.of_model));
            place >>= 1;
        }
        siblings
    }
}

fn record(node: &Node, of_model: bool) -> Vec<u8> {
    let sum = node.sum.to_le_bytes();
    [&node.hash[..], if of_model { &[] } else { &sum }].concat()
}

fn parent(pair: &[Node], of_model: bool) -> Node {
    let (left, right) = (record(&pair[0], of_model), record(&pair[1], of_model));
    let sum = pair[0].sum.wrapping_add(pair[1].sum);
    Node { hash: hashv(&[&[1], &left, &right]).to_bytes(), sum }
}

/// A vector's chunks, the last one padded with zeros.
pub fn chunks(bytes: &[u8]) -> Vec<Chunk> {
    let padded = |part: &[u8]| {
        let mut chunk = [0; CHUNK_LEN];
        chunk[..part.len()].copy_from_slice(part);
        chunk
    };
    bytes.chunks(CHUNK_LEN).map(padded).collect()
}

pub fn update_chunks(values: &[i16]) -> Vec<Chunk> {
    chunks(&values.iter().flat_map(|q| q.to_le_bytes()).collect::<Vec<_>>())
}

pub fn model_chunks(values: &[i32]) -> Vec<Chunk> {
    chunks(&values.iter().flat_map(|p| p.to_le_bytes()).collect::<Vec<_>>())
}

/// SplitMix64: the same numbers in every run.
pub struct Draw(pub u64);

impl Draw {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least `low`, below `high`.
    pub fn within(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap();
        low + i64::try_from(self.bits() % span).unwrap()
    }

    pub fn u32(&mut self, low: u32, high: u32) -> u32 {
        u32::try_from(self.within(low.into(), high.into())).unwrap()
    }

    /// Small as often as large, and the extremes often.
    pub fn i16(&mut self) -> i16 {
        let width = self.u32(1, 18);
        let most = if width == 17 { return i16::MIN } else { (1i64 << (width - 1)) - 1 };
        i16::try_from(self.within(-most, most + 1)).unwrap()
    }

    pub fn i32(&mut self) -> i32 {
        match self.u32(0, 8) {
            0 => i32::MAX,
            1 => i32::MIN,
            2 => 0,
            _ => i32::try_from(self.within(i32::MIN.into(), i64::from(i32::MAX) + 1)).unwrap(),
        }
    }
}
