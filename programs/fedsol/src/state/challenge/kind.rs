//! What can be claimed, of what, and how far a claim has come.

use super::Table;
use crate::error::FedsolError;
use crate::merkle::{self, MODEL_RECORD, MODEL_VALUES, UPDATE_RECORD, UPDATE_VALUES};
use crate::state::{AggregationRule, Round};
use anchor_lang::prelude::*;

/// What is claimed.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeKind {
    /// One parameter of the new model is not what the rule makes of the accepted updates.
    WrongAggregate { coordinate: u32 },
    /// One chunk of an update has not the Σ q² that its leaf declares, or values that no update may have, or sums on its
    /// path that overflow.
    LyingNorm { chunk: u32 },
    /// Another submission of the round has the same root and was committed before.
    CopiedUpdate,
    /// One chunk of a planted update is not what its seed makes.
    FalsePlant { chunk: u32 },
    /// One chunk of an update or of the new model cannot be had; its author must show it.
    Unavailable { chunk: u32 },
    /// The weights of the selection are none that the rule may give, or one is a submission's that is not accepted.
    WrongWeights,
    /// By its own table the selection counts one submission and passes over another one that comes before it.
    WrongSelection { selected: u32, passed_over: u32 },
    /// An entry of the selection's table is not the distance of the two updates.
    WrongDistance { first: u32, second: u32 },
    /// One chunk of the selection cannot be had; its author must show it.
    SelectionUnavailable { chunk: u32 },
}

impl ChallengeKind {
    /// Whether it asks for a chunk.
    pub fn is_demand(self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::SelectionUnavailable { .. })
    }
}

/// How far the evidence has come.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    Incomplete,
    /// It shows the fault.
    Proves,
    /// It shows that there is none.
    Refutes,
}

/// How a dispute ended.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Open,
    /// The fault was proved.
    Convicted,
    /// It was not, or the chunk was shown, or no proof came in time.
    Acquitted,
    /// Somebody else was faster.
    Moot,
}

/// What a path belongs to.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A submission's update.
    Update,
    /// The model before the round.
    Base,
    /// The model that was posted.
    Posted,
    /// The selection that was posted with it.
    Selection,
}

/// Bytes of a record and number of chunks of a part's tree.
pub fn tree(part: Part, parameter_count: u32, table: impl FnOnce() -> Table) -> (usize, u32) {
    match part {
        Part::Update => (UPDATE_RECORD, merkle::chunks(parameter_count, UPDATE_VALUES)),
        Part::Base | Part::Posted => (MODEL_RECORD, merkle::chunks(parameter_count, MODEL_VALUES)),
        Part::Selection => (MODEL_RECORD, table().chunks()),
    }
}

/// Requires that a kind can be claimed of a submission, or of the aggregate, and lies within it.
pub fn require_in_range(kind: ChallengeKind, round: &Round, on_submission: bool) -> Result<()> {
    let values = if on_submission { UPDATE_VALUES } else { MODEL_VALUES };
    let length = if on_submission { round.update_len() } else { round.parameter_count };
    let chunks = merkle::chunks(length, values);
    let (rule, table) = (round.params.rule, Table::of(round.params.rule, round.revealed));
    let on_table = !on_submission && matches!(rule, AggregationRule::MultiKrum { .. });
    let (fits, within) = match kind {
        ChallengeKind::WrongAggregate { coordinate } => {
            (!on_submission && !rule.is_masked(), merkle::chunk_at(coordinate, MODEL_VALUES) < chunks)
        }
        ChallengeKind::Unavailable { chunk } => (true, chunk < chunks),
        ChallengeKind::LyingNorm { chunk } | ChallengeKind::FalsePlant { chunk } => {
            (on_submission, chunk < chunks)
        }
        // Nothing binds a masked update to its author before it is shown: who copies it may be first.
        ChallengeKind::CopiedUpdate => (on_submission && !rule.is_masked(), true),
        ChallengeKind::WrongWeights => (!on_submission && rule.selects(), true),
        ChallengeKind::WrongSelection { selected, passed_over } => {
            (on_table, selected < table.rows && passed_over < table.rows)
        }
        // A row is padded to whole chunks, and its padding is part of what was posted.
        ChallengeKind::WrongDistance { first, second } => {
            (on_table, first < table.rows && second < table.columns())
        }
        ChallengeKind::SelectionUnavailable { chunk } => {
            (!on_submission && rule.selects(), chunk < table.chunks())
        }
    };
    require!(fits, FedsolError::TargetMismatch);
    require!(within, FedsolError::ChunkOutOfRange);
    Ok(())
}
