//! A bonded claim that something posted is provably wrong, with the evidence for it so far.

use crate::error::FedsolError;
use crate::merkle::{self, Climb, CHUNK_LEN, MODEL_RECORD, MODEL_VALUES, UPDATE_RECORD, UPDATE_VALUES};
use crate::state::{Deadline, Now, Round, Slash, Submission, ACCOUNT_VERSION};
use anchor_lang::prelude::*;

/// Most demands for chunks of one target. So many that nobody can afford to use them up with demands that it answers
/// itself, and leave none for whoever needs one.
pub const DEMANDS_MAX: u8 = u8::MAX;

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
}

/// A path that is being climbed, and what its chunk says; it may take several transactions.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ascent {
    pub part: Part,
    /// The submission that the path belongs to.
    pub submission: Pubkey,
    /// The value at the challenged coordinate.
    pub value: i32,
    /// Whether the chunk itself is at fault.
    pub faulty: bool,
    pub climb: Climb,
}

/// A bitmap of the submissions whose value is here, and the values as they came, follow in the account's data; for a
/// demand, the chunk and its siblings as they were shown.
#[account]
#[derive(InitSpace)]
pub struct Challenge {
    /// Layout of this account.
    pub version: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// What is claimed.
    pub kind: ChallengeKind,
    /// How far the evidence has come.
    pub evidence: Evidence,
    /// How it ended, and what is still to be moved then: to the challenger, to the treasury, and to be burned. Token units.
    pub verdict: Verdict,
    pub payout: u64,
    pub to_treasury: u64,
    pub burned: u64,
    /// The round, and what is challenged in it: a submission, or the round itself for its aggregate.
    pub federation: Pubkey,
    pub round: Pubkey,
    pub target: Pubkey,
    /// The participant that would be at fault, and who claims it.
    pub accused: Pubkey,
    pub challenger: Pubkey,
    /// What the challenger posted. Token units.
    pub bond: u64,
    /// Until when evidence counts, or the chunk may be shown.
    pub deadline: Deadline,
    /// Which of the round's aggregates is meant.
    pub attempt: u32,
    /// Of the round and its federation, what evidence is checked against.
    pub parameter_count: u32,
    pub qmax: u16,
    pub submissions: u32,
    pub base_root: [u8; 32],
    pub posted_root: [u8; 32],
    /// Values that are needed and that are here; Σ w q and Σ w of these.
    pub needed: u32,
    pub have: u32,
    pub weighted_sum: i64,
    pub weight: u64,
    /// The model's value before and after.
    pub base: Option<i32>,
    pub posted: Option<i32>,
    /// The path that is being climbed.
    pub ascent: Option<Ascent>,
    /// Events so far, and their chained hash.
    pub seq: u64,
    pub head: [u8; 32],
}

impl Challenge {
    /// Size of the account without what follows, discriminator included. Bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + Self::INIT_SPACE;

    /// Size of the account with what follows. Bytes.
    pub fn space(kind: ChallengeKind, round: &Round, on_submission: bool) -> usize {
        let tail = match kind {
            ChallengeKind::WrongAggregate { .. } => evidence::space(round.revealed),
            ChallengeKind::Unavailable { .. } => {
                let (record, chunks) = tree(round.parameter_count, !on_submission);
                record.saturating_mul(merkle::depth(chunks).into()).saturating_add(CHUNK_LEN)
            }
            _ => 0,
        };
        Self::SPACE.saturating_add(tail)
    }

    /// Fills in what a claim is about, and counts it on its round and its target. Address, challenger and bond are the
    /// caller's.
    pub fn begin_dispute<'info>(
        &mut self,
        kind: ChallengeKind,
        round: &mut Account<'info, Round>,
        submission: Option<&mut Account<'info, Submission>>,
        now: Now,
    ) -> Result<()> {
        round.open_dispute()?;
        self.version = ACCOUNT_VERSION;
        self.kind = kind;
        self.evidence = Evidence::Incomplete;
        self.verdict = Verdict::Open;
        self.federation = round.federation;
        self.round = round.key();
        self.deadline = Deadline::after(now, round.params.dispute)?;
        self.attempt = round.attempt;
        self.parameter_count = round.parameter_count;
        self.qmax = round.params.qmax;
        self.submissions = round.revealed;
        self.base_root = round.base_model_root;
        self.posted_root = round.new_model_root;
        self.needed = if self.is_padding() { 0 } else { round.accepted };
        (self.target, self.accused) = match submission {
            Some(submission) => {
                submission.disputes = submission.disputes.checked_add(1).ok_or(FedsolError::Overflow)?;
                (submission.key(), submission.participant)
            }
            None => (round.key(), round.aggregator),
        };
        Ok(())
    }

    /// Keeps a shown chunk and its siblings where anybody can read them. Before they are climbed.
    pub fn keep(&self, chunk: &[u8], siblings: &[u8], tail: &mut [u8]) -> Result<()> {
        let ascent = self.ascent.ok_or(FedsolError::ProofMalformed)?;
        let (record, _) = tree(self.parameter_count, ascent.part != Part::Update);
        let climbed = record.saturating_mul(ascent.climb.level.into());
        let (head, path) = tail.split_at_mut_checked(CHUNK_LEN).ok_or(FedsolError::ProofMalformed)?;
        if !chunk.is_empty() {
            head.copy_from_slice(chunk);
        }
        let end = climbed.saturating_add(siblings.len());
        path.get_mut(climbed..end).ok_or(FedsolError::ProofMalformed)?.copy_from_slice(siblings);
        Ok(())
    }

    /// Whether it is about a submission; else it is about the aggregate.
    pub fn is_on_submission(&self) -> bool {
        self.target != self.round
    }

    /// Whether it is a demand for a chunk.
    pub fn is_demand(&self) -> bool {
        matches!(self.kind, ChallengeKind::Unavailable { .. })
    }

    /// Requires that it is not decided yet.
    pub fn require_undecided(&self) -> Result<()> {
        require!(self.verdict == Verdict::Open, FedsolError::ChallengeDecided);
        Ok(())
    }

    /// Writes down how it ended and what is to be moved. The tokens follow in a call of their own: no frozen account can
    /// hold a round.
    pub fn decide(&mut self, verdict: Verdict, payout: u64, slash: &Slash) {
        self.verdict = verdict;
        self.payout = payout;
        self.to_treasury = slash.to_treasury;
        self.burned = slash.burned;
    }

    /// Requires that evidence may still be added.
    pub fn require_open(&self, now: Now) -> Result<()> {
        self.require_undecided()?;
        require!(!self.deadline.passed(now), FedsolError::DeadlinePassed);
        require!(self.evidence == Evidence::Incomplete, FedsolError::EvidenceComplete);
        Ok(())
    }

    /// Whether all is here that a verdict needs: from then on it is resolved, and no longer lost by waiting.
    pub fn is_complete(&self) -> bool {
        let all = self.base.is_some() && self.have == self.needed;
        match self.kind {
            ChallengeKind::WrongAggregate { .. } => self.posted.is_some() && (self.is_padding() || all),
            _ => self.evidence != Evidence::Incomplete,
        }
    }

    /// Whether what it is about has fallen already, to another challenge or with another aggregate.
    pub fn is_moot(&self, round: &Round, submission: Option<&Submission>) -> bool {
        match submission {
            Some(submission) => !submission.is_standing(),
            None => self.attempt != round.attempt,
        }
    }

    /// The chunk of a part in which the evidence lies.
    pub fn chunk_of(&self, part: Part) -> Result<u32> {
        let values = if part == Part::Update { UPDATE_VALUES } else { MODEL_VALUES };
        let chunk = match self.kind {
            ChallengeKind::WrongAggregate { coordinate } => coordinate.checked_div(values),
            ChallengeKind::LyingNorm { chunk }
            | ChallengeKind::FalsePlant { chunk }
            | ChallengeKind::Unavailable { chunk } => Some(chunk),
            ChallengeKind::CopiedUpdate => None,
        };
        Ok(chunk.ok_or(FedsolError::EvidenceNotAsked)?)
    }

    /// Whether the challenged coordinate is behind the model's last parameter, where all must be zero.
    pub fn is_padding(&self) -> bool {
        let ChallengeKind::WrongAggregate { coordinate } = self.kind else {
            return false;
        };
        coordinate >= self.parameter_count
    }
}

/// Bytes of a record and number of chunks, in a model's tree or in an update's.
pub fn tree(parameter_count: u32, of_model: bool) -> (usize, u32) {
    let (record, values) =
        if of_model { (MODEL_RECORD, MODEL_VALUES) } else { (UPDATE_RECORD, UPDATE_VALUES) };
    (record, merkle::chunks(parameter_count, values))
}

/// Requires that a kind can be claimed of a submission, or of the aggregate, and lies within it.
pub fn require_in_range(kind: ChallengeKind, round: &Round, on_submission: bool) -> Result<()> {
    let values = if on_submission { UPDATE_VALUES } else { MODEL_VALUES };
    let chunks = merkle::chunks(round.parameter_count, values);
    let (fits, within) = match kind {
        ChallengeKind::WrongAggregate { coordinate } => {
            (!on_submission, merkle::chunk_at(coordinate, MODEL_VALUES) < chunks)
        }
        ChallengeKind::Unavailable { chunk } => (true, chunk < chunks),
        ChallengeKind::LyingNorm { chunk } | ChallengeKind::FalsePlant { chunk } => {
            (on_submission, chunk < chunks)
        }
        ChallengeKind::CopiedUpdate => (on_submission, true),
    };
    require!(fits, FedsolError::TargetMismatch);
    require!(within, FedsolError::ChunkOutOfRange);
    Ok(())
}

pub mod evidence;

#[cfg(test)]
mod tests;
