//! A bonded claim that something posted is provably wrong, with the evidence for it so far.

use crate::error::FedsolError;
use crate::merkle::{self, Climb, CHUNK_LEN, MODEL_VALUES, UPDATE_VALUES};
use crate::state::{AggregationRule, Deadline, Now, Round, Slash, Submission, ACCOUNT_VERSION};
use anchor_lang::prelude::*;

/// Most demands for chunks of one target. So many that nobody can afford to use them up with demands that it answers
/// itself, and leave none for whoever needs one.
pub const DEMANDS_MAX: u8 = u8::MAX;

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

/// A selection that was posted, and what is known of it so far.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    pub rule: AggregationRule,
    pub root: [u8; 32],
    /// How many submissions were accepted.
    pub accepted: u32,
    /// Which of its chunks that a challenge asks for are here, a bit each.
    pub shown: u32,
    /// Of a wrong distance: what the table says and what it is; how many bytes of the two updates were compared for that,
    /// and Σ (a − b)² over them.
    pub entry: Option<u64>,
    pub measured: Option<u64>,
    pub position: u32,
    pub distance: u64,
}

impl Selected {
    /// Nothing is known of it but what was posted.
    pub fn new(rule: AggregationRule, root: [u8; 32], accepted: u32) -> Self {
        Self { rule, root, accepted, shown: 0, entry: None, measured: None, position: 0, distance: 0 }
    }
}

/// What follows in the account's data: of a wrong aggregate a bitmap of the submissions whose value is here and the values
/// as they came; where the rule selects, the selection's chunks that it asks for; of a wrong distance what `measuring`
/// keeps; of a demand the chunk and its siblings as they were shown.
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
    /// Of the round and its federation, what evidence is checked against; of a masked update, the values of its words.
    pub parameter_count: u32,
    pub qmax: u16,
    pub submissions: u32,
    pub base_root: [u8; 32],
    pub posted_root: [u8; 32],
    /// Where the rule selects, what was posted for it.
    pub selected: Option<Selected>,
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
        let table = Table::of(round.params.rule, round.revealed);
        let shown = |part| {
            let length = if part == Part::Update { round.update_len() } else { round.parameter_count };
            let (record, chunks) = tree(part, length, || table);
            record.saturating_mul(merkle::depth(chunks).into()).saturating_add(CHUNK_LEN)
        };
        let tail = match kind {
            ChallengeKind::WrongAggregate { .. } => {
                evidence::space(round.revealed).saturating_add(selecting::space(kind, table))
            }
            ChallengeKind::WrongWeights | ChallengeKind::WrongSelection { .. } => {
                selecting::space(kind, table)
            }
            ChallengeKind::WrongDistance { .. } => measuring::space(round.parameter_count),
            ChallengeKind::Unavailable { .. } if on_submission => shown(Part::Update),
            ChallengeKind::Unavailable { .. } => shown(Part::Posted),
            ChallengeKind::SelectionUnavailable { .. } => shown(Part::Selection),
            _ => 0,
        };
        Self::SPACE.saturating_add(tail)
    }

    /// Fills in what a claim is about, and counts it on its round and its target. Address, challenger and bond are the
    /// caller's.
    pub fn begin_dispute<'info>(
        &mut self,
        kind: ChallengeKind,
        round: &mut Account<'info, Box<Round>>,
        submission: Option<&mut Account<'info, Box<Submission>>>,
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
        self.parameter_count = if submission.is_some() { round.update_len() } else { round.parameter_count };
        self.qmax = round.params.largest_value();
        self.submissions = round.revealed;
        self.base_root = round.base_model_root;
        self.posted_root = round.new_model_root;
        let rule = round.params.rule;
        let selection = round.selection.filter(|_| rule.selects());
        self.selected = selection.map(|posted| Selected::new(rule, posted.root, round.accepted));
        // Where the rule selects, the weights tell how many values are needed.
        let counts_all = !self.is_padding() && self.selected.is_none();
        self.needed = if counts_all { round.accepted } else { 0 };
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
        let (record, _) = tree(ascent.part, self.parameter_count, || self.table());
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
        let selection = self.has_selection();
        let values = self.base.is_some() && selection && self.have == self.needed;
        let all = match self.kind {
            ChallengeKind::WrongAggregate { .. } => self.posted.is_some() && (self.is_padding() || values),
            ChallengeKind::WrongWeights | ChallengeKind::WrongSelection { .. } => selection,
            _ => false,
        };
        all || self.evidence != Evidence::Incomplete
    }

    /// Whether what it is about has fallen already, to another challenge or with another aggregate.
    pub fn is_moot(&self, round: &Round, submission: Option<&Submission>) -> bool {
        match submission {
            Some(submission) => !submission.is_standing(),
            None => self.attempt != round.attempt,
        }
    }

    /// The chunk of a part in which the evidence lies; of the selection, the one at a place among those that are asked for.
    pub fn chunk_of(&self, part: Part, place: u32) -> Result<u32> {
        if part == Part::Selection {
            return self.selection_chunk(place);
        }
        let values = if part == Part::Update { UPDATE_VALUES } else { MODEL_VALUES };
        let chunk = match self.kind {
            ChallengeKind::WrongAggregate { coordinate } => coordinate.checked_div(values),
            ChallengeKind::LyingNorm { chunk }
            | ChallengeKind::FalsePlant { chunk }
            | ChallengeKind::Unavailable { chunk } => Some(chunk),
            _ => None,
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

pub mod evidence;
pub mod kind;
pub mod measuring;
pub mod selecting;
pub mod table;

pub use kind::*;
pub use table::*;

#[cfg(test)]
mod tests;
