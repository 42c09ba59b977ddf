//! Evidence about a selection: its weights, its table's rows, one entry.

use super::{Challenge, ChallengeKind, Evidence, Selected, Table, WEIGHTS};
use crate::error::FedsolError;
use crate::math::selection::{entry_at, is_passed_over, weights_in};
use crate::merkle::CHUNK_LEN;
use crate::state::{AggregationRule, Params, Submission, SubmissionStatus};
use anchor_lang::prelude::*;

/// How many chunks of the selection a kind asks for.
fn asked(kind: ChallengeKind, table: Table) -> u32 {
    match kind {
        ChallengeKind::WrongAggregate { .. } | ChallengeKind::WrongWeights => table.weight_chunks,
        ChallengeKind::WrongSelection { .. } => {
            table.row_chunks.saturating_mul(2).saturating_add(table.weight_chunks)
        }
        _ => 0,
    }
}

/// Bytes of the chunks that a kind asks for.
pub fn space(kind: ChallengeKind, table: Table) -> usize {
    bytes_of(asked(kind, table))
}

fn bytes_of(chunks: u32) -> usize {
    usize::try_from(chunks).unwrap_or(usize::MAX).saturating_mul(CHUNK_LEN)
}

impl Challenge {
    /// Where everything stands in the posted selection.
    pub fn table(&self) -> Table {
        self.selected.map_or(Table::NONE, |known| Table::of(known.rule, self.submissions))
    }

    /// What is known of the selection.
    pub fn selected(&self) -> Result<&Selected> {
        Ok(self.selected.as_ref().ok_or(FedsolError::EvidenceNotAsked)?)
    }

    pub(super) fn selected_mut(&mut self) -> Result<&mut Selected> {
        Ok(self.selected.as_mut().ok_or(FedsolError::EvidenceNotAsked)?)
    }

    /// Whether every chunk of the selection that it asks for is here.
    pub fn has_selection(&self) -> bool {
        self.selected.is_none_or(|known| known.shown.count_ones() == asked(self.kind, self.table()))
    }

    /// The chunk at a place among those that are asked for: the weights, then the row of the selected one, then that of
    /// the one that was passed over.
    pub fn selection_chunk(&self, place: u32) -> Result<u32> {
        let table = self.table();
        let chunk = match self.kind {
            ChallengeKind::WrongDistance { first, second } if place == 0 => Some(table.entry(first, second)),
            ChallengeKind::SelectionUnavailable { chunk } if place == 0 => Some(chunk),
            _ if place >= asked(self.kind, table) => None,
            ChallengeKind::WrongSelection { selected, passed_over } => {
                let in_rows = place.checked_sub(table.weight_chunks);
                let second = in_rows.and_then(|place| place.checked_sub(table.row_chunks));
                match (in_rows, second) {
                    (_, Some(place)) => table.row(passed_over).checked_add(place),
                    (Some(place), None) => table.row(selected).checked_add(place),
                    (None, None) => Some(place),
                }
            }
            _ => Some(place),
        };
        Ok(chunk.ok_or(FedsolError::EvidenceNotAsked)?)
    }

    /// Takes a chunk of the selection whose path reached its root. A submission that is named with weights is claimed to
    /// have one though it is not accepted.
    pub fn take_selection(
        &mut self,
        place: u32,
        chunk: &[u8],
        named: Option<&Submission>,
        data: &mut [u8],
    ) -> Result<()> {
        if let ChallengeKind::WrongDistance { second, .. } = self.kind {
            let is_padding = second >= self.submissions;
            let known = self.selected_mut()?;
            known.entry = entry_at(chunk, second);
            if is_padding {
                known.measured = Some(0);
            }
            return self.compare();
        }
        let bit = 1u32.checked_shl(place).ok_or(FedsolError::EvidenceNotAsked)?;
        let known = self.selected_mut()?;
        require!(known.shown & bit == 0, FedsolError::EvidenceRepeated);
        known.shown |= bit;
        let chunks = self.selection_mut(data)?.chunks_exact_mut(CHUNK_LEN);
        let index = usize::try_from(place).map_err(|_| FedsolError::Overflow)?;
        let mut chunks = chunks.skip(index);
        chunks.next().ok_or(FedsolError::EvidenceNotAsked)?.copy_from_slice(chunk);
        match (self.kind, named) {
            (ChallengeKind::WrongWeights, Some(named)) => self.look_for_unaccepted(place, chunk, named),
            (ChallengeKind::WrongAggregate { .. }, _) if self.has_selection() => self.count_weights(data),
            _ => Ok(()),
        }
    }

    /// Proves wrong weights by a weight of a submission that is not accepted. One that was never shown has no index.
    fn look_for_unaccepted(&mut self, place: u32, chunk: &[u8], named: &Submission) -> Result<()> {
        let unaccepted = named.revealed && named.status != SubmissionStatus::Revealed;
        require!(unaccepted, FedsolError::WrongSubmissionStatus);
        let here = weights_in(chunk).zip(place.saturating_mul(WEIGHTS)..);
        let counts = here.filter(|(weight, _)| *weight > 0).any(|(_, index)| index == named.index);
        if counts {
            self.evidence = Evidence::Proves;
        }
        Ok(())
    }

    /// All weights are here: so many values are needed. Without any weight nothing can be aggregated.
    fn count_weights(&mut self, data: &[u8]) -> Result<()> {
        let counted = self.weights(data).filter(|weight| *weight > 0).count();
        self.needed = u32::try_from(counted).map_err(|_| FedsolError::Overflow)?;
        if counted == 0 {
            self.evidence = Evidence::Proves;
        }
        Ok(())
    }

    /// What a submission's value weighs by the selection; an error where it does not count.
    pub(super) fn posted_weight(&self, update: &Submission, data: &[u8]) -> Result<u32> {
        require!(self.has_selection(), FedsolError::EvidenceMissing);
        let index = usize::try_from(update.index).map_err(|_| FedsolError::Overflow)?;
        let weight = self.weights(data).nth(index).unwrap_or(0);
        require!(weight > 0, FedsolError::EvidenceNotAsked);
        Ok(weight)
    }

    /// Whether the evidence about the aggregate proves the fault.
    pub fn judge(&self, params: &Params, data: &[u8]) -> Result<bool> {
        require!(self.is_complete(), FedsolError::EvidenceMissing);
        match self.kind {
            ChallengeKind::WrongWeights => Ok(self.evidence == Evidence::Proves || self.judge_weights(data)),
            ChallengeKind::WrongSelection { selected, passed_over } => {
                self.judge_selection(selected, passed_over, data)
            }
            _ => self.judge_coordinate(params, data),
        }
    }

    /// Whether the weights are none that the rule may give.
    fn judge_weights(&self, data: &[u8]) -> bool {
        let count = usize::try_from(self.submissions).unwrap_or(usize::MAX);
        let total: u64 = self.weights(data).map(u64::from).fold(0, u64::saturating_add);
        let behind = self.weights(data).skip(count).any(|weight| weight > 0);
        let unfit = match self.selected.map(|known| known.rule) {
            Some(AggregationRule::MultiKrum { keep, .. }) => {
                total != u64::from(keep) || self.weights(data).any(|weight| weight > 1)
            }
            _ => total == 0,
        };
        behind || unfit
    }

    /// Whether one that was passed over comes before one that was selected.
    fn judge_selection(&self, selected: u32, passed_over: u32, data: &[u8]) -> Result<bool> {
        let known = self.selected()?;
        let AggregationRule::MultiKrum { byzantine, .. } = known.rule else {
            return err!(FedsolError::EvidenceNotAsked);
        };
        let neighbours = known.accepted.saturating_sub(byzantine).saturating_sub(2);
        let weight = |index: u32| self.weights(data).nth(usize::try_from(index).ok()?);
        let counts = weight(selected) != Some(0) && weight(passed_over) == Some(0);
        let table = self.table();
        let rows = self.selection(data).get(bytes_of(table.weight_chunks)..).unwrap_or(&[]);
        let (of_selected, of_passed) =
            rows.split_at_checked(bytes_of(table.row_chunks)).ok_or(FedsolError::EvidenceMissing)?;
        let before =
            is_passed_over((of_selected, selected), (of_passed, passed_over), table.rows, neighbours);
        Ok(counts && before)
    }

    /// Every weight, padding included. Only when all are here.
    fn weights<'a>(&self, data: &'a [u8]) -> impl Iterator<Item = u32> + 'a {
        weights_in(self.selection(data).get(..bytes_of(self.table().weight_chunks)).unwrap_or(&[]))
    }

    /// Where the selection's chunks are in the account's data.
    fn selection<'a>(&self, data: &'a [u8]) -> &'a [u8] {
        data.get(self.selection_offset()..).unwrap_or(&[])
    }

    fn selection_mut<'a>(&self, data: &'a mut [u8]) -> Result<&'a mut [u8]> {
        let offset = self.selection_offset();
        Ok(data.get_mut(offset..).ok_or(FedsolError::EvidenceNotAsked)?)
    }

    fn selection_offset(&self) -> usize {
        match self.kind {
            ChallengeKind::WrongAggregate { .. } => super::evidence::space(self.submissions),
            _ => 0,
        }
    }
}
