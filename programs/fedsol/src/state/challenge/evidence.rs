//! How evidence is added to a challenge, and what it amounts to.

use super::{tree, Ascent, Challenge, ChallengeKind, Evidence, Part};
use crate::error::FedsolError;
use crate::math::{self, aggregation, plant, Checked};
use crate::merkle::{self, Climb, Node, CHUNK_LEN};
use crate::state::{Params, Submission};
use anchor_lang::prelude::*;

type Chunk = [u8; CHUNK_LEN];

/// Bytes of one value in the account's data.
const VALUE_LEN: usize = 2;

/// Bytes of the bitmap and the values of so many submissions.
pub fn space(submissions: u32) -> usize {
    let count = usize::try_from(submissions).unwrap_or(usize::MAX);
    count.div_ceil(8).saturating_add(count.saturating_mul(VALUE_LEN))
}

impl Challenge {
    /// Begins a path at its chunk, and takes from the chunk what matters. `declared` is the leaf's sum as its author
    /// hashed it; it counts for a lying norm alone: elsewhere the leaf's sum is the chunk's.
    pub fn begin(
        &mut self,
        part: Part,
        place: u32,
        submission: Option<(Pubkey, &Submission)>,
        chunk: &[u8],
        declared: u64,
    ) -> Result<()> {
        let chunk: &Chunk = chunk.try_into().map_err(|_| FedsolError::ProofMalformed)?;
        let index = self.chunk_of(part, place)?;
        let of_update = part == Part::Update;
        let true_sum = if of_update { math::sum_of_squares(chunk) } else { 0 };
        let (mut sum, mut faulty) = (true_sum, false);
        let mut value = 0;
        match self.kind {
            ChallengeKind::WrongAggregate { coordinate } if part != Part::Selection => {
                value = math::value_at(chunk, coordinate, of_update).ok_or(FedsolError::ProofMalformed)?;
            }
            ChallengeKind::LyingNorm { .. } => {
                sum = declared;
                let fair = math::is_fair_update(chunk, index, self.parameter_count, self.qmax);
                faulty = declared != true_sum || !fair;
            }
            ChallengeKind::FalsePlant { .. } => {
                let (_, planted) = submission.ok_or(FedsolError::EvidenceNotAsked)?;
                let (seed, amplitude) = (&planted.plant_seed, planted.plant_amplitude);
                faulty = plant::plant_chunk(seed, index, amplitude, self.parameter_count) != *chunk;
            }
            _ => {}
        }
        self.ascent = Some(Ascent {
            part,
            submission: submission.map(|(address, _)| address).unwrap_or_default(),
            value,
            faulty,
            climb: Climb::from_leaf(index, merkle::leaf(index, chunk), sum),
        });
        Ok(())
    }

    /// Goes on with the path, past siblings from the leaf up. At the root it must be the one that was posted; then what
    /// the chunk says is taken as evidence, or `None` is returned while there is more to climb.
    pub fn climb(
        &mut self,
        part: Part,
        submission: Option<(Pubkey, &Submission)>,
        siblings: &[u8],
    ) -> Result<Option<Ascent>> {
        let mut ascent = self.ascent.ok_or(FedsolError::ProofMalformed)?;
        let address = submission.map(|(address, _)| address).unwrap_or_default();
        require!(ascent.part == part && ascent.submission == address, FedsolError::ProofMalformed);
        let (record, chunks) = tree(part, self.parameter_count, || self.table());
        ascent.climb.past(siblings, record, chunks)?;
        if !ascent.climb.is_complete(merkle::depth(chunks)) {
            self.ascent = Some(ascent);
            return Ok(None);
        }
        self.ascent = None;
        let root = match (part, submission) {
            (Part::Update, Some((_, update))) => update.node(),
            (Part::Base, None) => Node { hash: self.base_root, sum: 0 },
            (Part::Posted, None) => Node { hash: self.posted_root, sum: 0 },
            (Part::Selection, _) => Node { hash: self.selected()?.root, sum: 0 },
            _ => return err!(FedsolError::EvidenceNotAsked),
        };
        require!(ascent.climb.node == root, FedsolError::ProofMismatch);
        let lying = matches!(self.kind, ChallengeKind::LyingNorm { .. });
        require!(lying || !ascent.climb.overflowed, FedsolError::ProofMismatch);
        Ok(Some(ascent))
    }

    /// Takes a path that reached its root as evidence. `data` is the account's data behind its fields.
    pub fn take(&mut self, ascent: Ascent, submission: Option<&Submission>, data: &mut [u8]) -> Result<()> {
        match (self.kind, ascent.part, submission) {
            (ChallengeKind::WrongAggregate { .. }, Part::Update, Some(update)) => {
                self.take_value(ascent.value, update, data)?;
            }
            (ChallengeKind::WrongAggregate { .. }, Part::Base, None) => self.base = Some(ascent.value),
            (ChallengeKind::WrongAggregate { .. }, Part::Posted, None) => self.posted = Some(ascent.value),
            (ChallengeKind::LyingNorm { .. } | ChallengeKind::FalsePlant { .. }, Part::Update, Some(_)) => {
                let proves = ascent.faulty || ascent.climb.overflowed;
                self.evidence = if proves { Evidence::Proves } else { Evidence::Refutes };
            }
            _ => return err!(FedsolError::EvidenceNotAsked),
        }
        Ok(())
    }

    /// Keeps the value of one accepted submission, once.
    fn take_value(&mut self, value: i32, update: &Submission, data: &mut [u8]) -> Result<()> {
        let weight = match self.selected {
            Some(_) => self.posted_weight(update, data)?,
            None => update.weight,
        };
        let count = usize::try_from(self.submissions).map_err(|_| FedsolError::Overflow)?;
        let index = usize::try_from(update.index).map_err(|_| FedsolError::Overflow)?;
        let (bitmap, values) =
            data.split_at_mut_checked(count.div_ceil(8)).ok_or(FedsolError::EvidenceNotAsked)?;
        require!(index < count, FedsolError::EvidenceNotAsked);
        let byte = bitmap.get_mut(index >> 3).ok_or(FedsolError::EvidenceNotAsked)?;
        let bit = 1u8 << (index & 7);
        require!(*byte & bit == 0, FedsolError::EvidenceRepeated);
        *byte |= bit;
        let next = usize::try_from(self.have).map_err(|_| FedsolError::Overflow)?;
        let place = values.chunks_exact_mut(VALUE_LEN).nth(next).ok_or(FedsolError::EvidenceNotAsked)?;
        let small = i16::try_from(value).map_err(|_| FedsolError::Overflow)?;
        place.copy_from_slice(&small.to_le_bytes());
        self.weighted_sum = self.weighted_sum.plus(math::weighted(small, weight)?)?;
        self.weight = self.weight.plus(weight.into())?;
        self.have = self.have.plus(1)?;
        Ok(())
    }

    /// The values that are here, in the order in which they came: no rule asks for another.
    fn values(&self, data: &[u8]) -> Vec<i16> {
        let length = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let (_, values) = data.split_at_checked(length(self.submissions).div_ceil(8)).unwrap_or((&[], &[]));
        let here = values.chunks_exact(VALUE_LEN).take(length(self.have));
        here.map(|bytes| i16::from_le_bytes(bytes.try_into().unwrap_or_default())).collect()
    }

    /// Computes the federation's rule at the challenged coordinate and says whether the posted value differs.
    pub fn judge_coordinate(&self, params: &Params, data: &[u8]) -> Result<bool> {
        require!(self.is_complete(), FedsolError::EvidenceMissing);
        if self.evidence == Evidence::Proves {
            return Ok(true);
        }
        let posted = self.posted.ok_or(FedsolError::EvidenceMissing)?;
        if self.is_padding() {
            return Ok(posted != 0);
        }
        let base = self.base.ok_or(FedsolError::EvidenceMissing)?;
        let rule = aggregation::Rule::from(params.rule);
        let scale = params.scale();
        let expected = if rule == aggregation::Rule::Mean {
            aggregation::step(base, self.weighted_sum.into(), self.weight.into(), scale)
        } else {
            aggregation::aggregate_ranked(base, &self.values(data), rule, scale)
        };
        Ok(expected.ok_or(FedsolError::Overflow)? != posted)
    }
}
