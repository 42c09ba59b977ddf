//! What a selection's tree is made of.

use crate::merkle;
use crate::state::AggregationRule;

/// Weights (u32) and distances (u64) in a chunk.
pub const WEIGHTS: u32 = 64;
pub const DISTANCES: u32 = 32;

/// Where everything stands in a selection: the weights first, by submission; then for Multi-Krum, row by row, the squared
/// distances of each submission to every other. Weights and each row are padded with zeros to whole chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Revealed submissions; none where the rule does not select.
    pub rows: u32,
    /// Chunks of the weights, and of each row.
    pub weight_chunks: u32,
    pub row_chunks: u32,
}

impl Table {
    /// Where nothing is selected.
    pub const NONE: Self = Self { rows: 0, weight_chunks: 0, row_chunks: 0 };

    /// The selection of so many revealed submissions under a rule.
    pub fn of(rule: AggregationRule, submissions: u32) -> Self {
        if !rule.selects() {
            return Self::NONE;
        }
        let rows = submissions;
        let with_rows = matches!(rule, AggregationRule::MultiKrum { .. });
        Self {
            rows,
            weight_chunks: merkle::chunks(rows, WEIGHTS),
            row_chunks: if with_rows { merkle::chunks(rows, DISTANCES) } else { 0 },
        }
    }

    /// All chunks.
    pub fn chunks(self) -> u32 {
        self.row(self.rows)
    }

    /// Entries of a row with its padding.
    pub fn columns(self) -> u32 {
        self.row_chunks.saturating_mul(DISTANCES)
    }

    /// First chunk of a row.
    pub fn row(self, row: u32) -> u32 {
        self.row_chunks.saturating_mul(row).saturating_add(self.weight_chunks)
    }

    /// The chunk of an entry.
    pub fn entry(self, row: u32, column: u32) -> u32 {
        self.row(row).saturating_add(merkle::chunk_at(column, DISTANCES))
    }
}
