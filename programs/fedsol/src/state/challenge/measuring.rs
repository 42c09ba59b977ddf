//! The distance of two updates, measured by reading both from their first byte to their last.
//!
//! No path is needed: from all of its chunks the program builds each tree again, and the roots must be those on chain. In
//! the account's data are a pair of chunks that is not whole yet, and the peaks of the two trees.

use super::{Challenge, ChallengeKind, Evidence, Selected};
use crate::error::FedsolError;
use crate::math::{self, selection, Checked};
use crate::merkle::{self, peaks, Node, CHUNK_LEN, UPDATE_RECORD, UPDATE_VALUES};
use crate::state::{Submission, SubmissionStatus};
use anchor_lang::prelude::*;

/// A chunk of the one update and the same chunk of the other.
const PAIR_LEN: usize = 2 * CHUNK_LEN;

/// Bytes of a pair and of the peaks of two updates of so many parameters.
pub fn space(parameter_count: u32) -> usize {
    peaks_len(parameter_count).saturating_mul(2).saturating_add(PAIR_LEN)
}

fn peaks_len(parameter_count: u32) -> usize {
    let depth = merkle::depth(merkle::chunks(parameter_count, UPDATE_VALUES));
    usize::from(depth).saturating_add(1).saturating_mul(UPDATE_RECORD)
}

impl Challenge {
    /// Goes on with the two updates, chunk by chunk in turn, from where it is; position 0 begins anew.
    pub fn measure(&mut self, position: u32, mut bytes: &[u8], data: &mut [u8]) -> Result<()> {
        let mut known = *self.selected()?;
        if position == 0 {
            (known.position, known.distance) = (0, 0);
        }
        require!(position == known.position, FedsolError::EvidenceOutOfOrder);
        while !bytes.is_empty() {
            require!(known.position < self.measured_length(), FedsolError::ProofMalformed);
            let place = usize::try_from(known.position).map_err(|_| FedsolError::Overflow)?;
            let filled = place.checked_rem(PAIR_LEN).unwrap_or(0);
            let more = PAIR_LEN.saturating_sub(filled).min(bytes.len());
            let (now, later) = bytes.split_at_checked(more).ok_or(FedsolError::ProofMalformed)?;
            let (pair, peaks) = data.split_at_mut_checked(PAIR_LEN).ok_or(FedsolError::ProofMalformed)?;
            let end = filled.saturating_add(more);
            pair.get_mut(filled..end).ok_or(FedsolError::ProofMalformed)?.copy_from_slice(now);
            known.position = known.position.plus(u32::try_from(more).map_err(|_| FedsolError::Overflow)?)?;
            if end == PAIR_LEN {
                let index = u32::try_from(place.checked_div(PAIR_LEN).unwrap_or(0));
                let index = index.map_err(|_| FedsolError::Overflow)?;
                known.distance = known.distance.plus(self.add_pair(index, pair, peaks)?)?;
            }
            bytes = later;
        }
        self.selected = Some(known);
        Ok(())
    }

    /// Adds a whole pair to both trees, and returns what it adds to the distance.
    fn add_pair(&self, index: u32, pair: &[u8], peaks: &mut [u8]) -> Result<u64> {
        let (first, second) = pair.split_at_checked(CHUNK_LEN).ok_or(FedsolError::ProofMalformed)?;
        let (firsts, seconds) = self.split_peaks(peaks)?;
        for (peaks, chunk) in [(firsts, first), (seconds, second)] {
            let chunk = chunk.try_into().map_err(|_| FedsolError::ProofMalformed)?;
            let leaf = Node { hash: merkle::leaf(index, chunk), sum: math::sum_of_squares(chunk) };
            peaks::push(peaks, index, leaf)?;
        }
        let before = index.saturating_mul(UPDATE_VALUES);
        let values = usize::try_from(self.parameter_count.saturating_sub(before)).unwrap_or(usize::MAX);
        Ok(selection::squared_distance(first, second, values))
    }

    /// Takes what was measured, once both updates are read; where one of them is not accepted there is nothing to read.
    pub fn take_distance(&mut self, first: &Submission, second: &Submission, data: &mut [u8]) -> Result<()> {
        let ChallengeKind::WrongDistance { first: row, second: column } = self.kind else {
            return err!(FedsolError::EvidenceNotAsked);
        };
        let known = *self.selected()?;
        require!(known.measured.is_none(), FedsolError::EvidenceRepeated);
        let named = first.revealed && second.revealed && (first.index, second.index) == (row, column);
        require!(named, FedsolError::WrongSubmission);
        let accepted = |one: &Submission| one.status == SubmissionStatus::Revealed;
        let measured = if !(accepted(first) && accepted(second)) {
            selection::NO_DISTANCE
        } else if row == column {
            0
        } else {
            require!(known.position == self.measured_length(), FedsolError::EvidenceMissing);
            let chunks = merkle::chunks(self.parameter_count, UPDATE_VALUES);
            let (_, peaks) = data.split_at_mut_checked(PAIR_LEN).ok_or(FedsolError::ProofMalformed)?;
            let (firsts, seconds) = self.split_peaks(peaks)?;
            let roots = (peaks::root(firsts, chunks)?, peaks::root(seconds, chunks)?);
            require!(roots == (first.node(), second.node()), FedsolError::ProofMismatch);
            known.distance
        };
        self.selected = Some(Selected { measured: Some(measured), ..known });
        self.compare()
    }

    /// Compares the table's entry with the distance, once both are here.
    pub(super) fn compare(&mut self) -> Result<()> {
        let known = self.selected()?;
        if let (Some(entry), Some(measured)) = (known.entry, known.measured) {
            self.evidence = if entry == measured { Evidence::Refutes } else { Evidence::Proves };
        }
        Ok(())
    }

    /// Bytes of both updates together.
    fn measured_length(&self) -> u32 {
        let pair = u32::try_from(PAIR_LEN).unwrap_or(u32::MAX);
        merkle::chunks(self.parameter_count, UPDATE_VALUES).saturating_mul(pair)
    }

    fn split_peaks<'a>(&self, peaks: &'a mut [u8]) -> Result<(&'a mut [u8], &'a mut [u8])> {
        let length = peaks_len(self.parameter_count);
        Ok(peaks.split_at_mut_checked(length).ok_or(FedsolError::ProofMalformed)?)
    }
}
