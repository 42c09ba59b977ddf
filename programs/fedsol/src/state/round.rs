//! One pass: commit, reveal, score, aggregate, challenge, settle.

use crate::error::FedsolError;
use crate::hash;
use crate::math::{self, Checked};
use crate::slot_hashes::SlotHash;
use crate::state::{Deadline, Move, Now, Params, Phase, Selection, EVALUATORS_MAX};
use crate::{account_layout, array_layout};
use anchor_lang::prelude::*;

/// Nobody was chosen: the list of aggregators was empty.
pub const NOBODY: u32 = u32::MAX;

array_layout!(u64; EVALUATORS_MAX as usize);

account_layout! {
    discriminator = [87, 127, 165, 51, 73, 78, 116, 174];
    pub struct Round {
        /// Layout of this account.
        pub version: u8,
        /// Bump of this account's address.
        pub bump: u8,
        /// Where it is; `enter` is the only writer.
        pub phase: Phase,
        /// Its number in the federation; the first is 1.
        pub number: u64,
        /// The federation it belongs to.
        pub federation: Pubkey,
        /// Who opened it and gets its rent back.
        pub payer: Pubkey,
        /// When the phase is over.
        pub deadline: Deadline,
        /// In `Aggregate`: when also the second window, open to every aggregator, is over. In `Challenge`: until when chunks
        /// may be demanded.
        pub takeover: Deadline,
        /// Revealed submissions, and how many of their accounts are closed.
        pub revealed: u32,
        pub closed: u32,
        /// Of the revealed: what counts in the aggregate; what was planted; what has its score, or needs none.
        pub accepted: u32,
        pub planted: u32,
        pub scored: u32,
        /// Plants that were proved to be none.
        pub false_plants: u32,
        /// Challenges and demands that are open.
        pub disputes: u32,
        /// Demands for chunks of its aggregates so far.
        pub demands: u8,
        /// How many aggregates, or sets of submissions, have fallen.
        pub attempt: u32,
        /// Place in the list of aggregators that the beacon chose; `NOBODY` if the list was empty.
        pub chosen: u32,
        /// Σ scores of the accepted submissions, and Σ credits of the evaluators.
        pub score_total: u64,
        pub credit_total: u64,
        /// Reward set aside. Token units.
        pub pool: u64,
        /// Once settled: of the pool, what evaluators share, what accepted submissions share, what each plant gets, and what
        /// an accepted submission gets on average. Token units.
        pub evaluator_pool: u64,
        pub score_pool: u64,
        pub plant_share: u64,
        pub share: u64,
        /// Owed and not claimed yet, and how many may still claim. Token units.
        pub unpaid: u64,
        pub claims_left: u32,
        /// Bond of the aggregate, and the participant that posted it.
        pub bond: u64,
        pub aggregator: Pubkey,
        /// Salts mixed so far; complete, with a slot hash, once drawn.
        pub beacon: [u8; 32],
        pub drawn: bool,
        /// First slot whose hash may complete the beacon.
        pub beacon_slot: u64,
        /// Model root before and after, and SHA-256 of the new model's stored bytes.
        pub base_model_root: [u8; 32],
        pub new_model_root: [u8; 32],
        pub new_model_artifact: [u8; 32],
        /// Events so far, and their chained hash.
        pub seq: u64,
        pub head: [u8; 32],
        /// Length of the list of aggregators when revealing closed: the beacon chooses among so many.
        pub aggregators: u32,
        /// How many parameters the model has.
        pub parameter_count: u32,
        /// The federation's beacon when the round opened, and its slot: it picks who may plant.
        pub parent_beacon: [u8; 32],
        pub parent_beacon_slot: u64,
        /// Evaluators seated, their tickets by seat, those that have shown their scores, and open accounts.
        pub seats: u8,
        pub tickets: [u64; EVALUATORS_MAX as usize],
        pub score_reveals: u8,
        /// Whether the time for showing scores is over: from then on silence is a fault.
        pub scores_closed: bool,
        pub evaluations: u32,
        /// Of a masked round: who has objected to the aggregate, a bit for each submission by its index; and who has joined.
        pub objectors: [u8; 32],
        pub members: u32,
        /// Room for later versions.
        pub reserved: [u8; 24],
        /// The rules as they were when the round opened.
        pub params: Params,
        /// What the new model's rule selected, where it does.
        pub selection: Option<Selection>,
    }
}

impl Round {
    /// Whether somebody who took its place in the list in this slot had it before the beacon could be known.
    pub fn seat_counts(&self, seated_slot: u64) -> bool {
        seated_slot < self.beacon_slot
    }

    /// Requires a phase whose deadline has not passed.
    pub fn require_during(&self, phase: Phase, now: Now) -> Result<()> {
        require!(self.phase == phase, FedsolError::WrongPhase);
        require!(!self.deadline.passed(now), FedsolError::DeadlinePassed);
        Ok(())
    }

    /// Whether the maximum of submissions is revealed; what is unrevealed then is excused.
    pub fn is_full(&self) -> bool {
        self.revealed >= self.params.max_submissions
    }

    /// How many 16-bit values the tree of an update has.
    pub fn update_len(&self) -> u32 {
        self.parameter_count.saturating_mul(self.params.values_per_parameter())
    }

    /// Counts a revealed submission and returns its index.
    pub fn count_reveal(&mut self, salt: &[u8; 32]) -> Result<u32> {
        require!(!self.is_full(), FedsolError::RoundFull);
        let index = self.revealed;
        self.revealed = self.revealed.plus(1)?;
        self.beacon = hash::extend(&self.beacon, salt);
        Ok(index)
    }

    /// Moves on to what is due. `aggregators` is the length of the list; `slot_hash` finds the first slot hash at or
    /// after a slot.
    pub fn advance(
        &mut self,
        now: Now,
        aggregators: u32,
        slot_hash: impl FnOnce(u64) -> SlotHash,
    ) -> Result<()> {
        if self.phase == Phase::Score && !self.drawn {
            return self.draw(now, slot_hash(self.beacon_slot));
        }
        let masked = self.phase == Phase::Commit && self.params.rule.is_masked();
        let by = if masked { Move::Share } else { Move::Advance };
        let next = self.phase.next(by).ok_or(FedsolError::WrongPhase)?;
        require!(self.is_early() || self.deadline.passed(now), FedsolError::DeadlineNotPassed);
        match next {
            Phase::Share => self.enter(next, Deadline::after(now, self.params.commit)?),
            Phase::Reveal => self.enter(next, Deadline::after(now, self.params.reveal)?),
            Phase::Score => {
                require!(self.revealed >= self.params.min_submissions, FedsolError::QuorumFailed);
                self.beacon_slot = now.slot.plus(1)?;
                self.aggregators = aggregators;
                self.accepted = self.revealed;
                self.enter(next, Deadline::after(now, self.params.score)?);
            }
            Phase::ScoreReveal => {
                require!(self.has_evaluators(self.seats), FedsolError::QuorumFailed);
                self.enter(next, Deadline::after(now, self.params.score)?);
            }
            Phase::Tally => {
                require!(self.has_evaluators(self.score_reveals), FedsolError::QuorumFailed);
                self.scores_closed = true;
                self.enter(next, Deadline::after(now, self.params.score)?);
            }
            _ => {
                require!(self.scored == self.revealed, FedsolError::ScoresMissing);
                self.start_aggregation(next, now)?;
            }
        }
        Ok(())
    }

    /// Whether a phase may end before its deadline, because nothing more can come.
    fn is_early(&self) -> bool {
        let all_shown = self.phase == Phase::ScoreReveal && self.score_reveals == self.seats;
        all_shown || (self.phase == Phase::Reveal && self.is_full())
    }

    fn has_evaluators(&self, count: u8) -> bool {
        count >= self.params.scoring.min_evaluators
    }

    /// Completes the beacon; what waits for it begins now.
    fn draw(&mut self, now: Now, slot_hash: SlotHash) -> Result<()> {
        match slot_hash {
            SlotHash::NotYet => return err!(FedsolError::BeaconNotReady),
            // Nobody may pick a hash by waiting: it is drawn anew, from a slot that is still to come.
            SlotHash::Forgotten => self.beacon_slot = now.slot.plus(1)?,
            SlotHash::Found(hash) => {
                self.beacon = hash::extend(&self.beacon, &hash);
                self.drawn = true;
                if self.params.is_scored() {
                    self.deadline = Deadline::after(now, self.params.score)?;
                } else {
                    let next = self.phase.next(Move::SkipScoring).ok_or(FedsolError::WrongPhase)?;
                    self.start_aggregation(next, now)?;
                }
            }
        }
        Ok(())
    }

    /// Chooses an aggregator, another one after each that failed, and gives it its window.
    fn start_aggregation(&mut self, phase: Phase, now: Now) -> Result<()> {
        let lot = match self.attempt {
            0 => self.beacon,
            attempt => hash::extend(&self.beacon, &attempt.to_le_bytes()),
        };
        self.chosen = math::choose(&lot, self.aggregators).unwrap_or(NOBODY);
        self.enter(phase, Deadline::after(now, self.params.aggregate)?);
        self.takeover = self.deadline.plus(self.params.aggregate)?;
        Ok(())
    }

    /// Takes an aggregate from the aggregator at `index` of the list (`None`: not on it): until the deadline only from the
    /// chosen one, then from any, until the takeover window is over as well.
    pub fn post(
        &mut self,
        now: Now,
        index: Option<u32>,
        aggregate: ([u8; 32], [u8; 32]),
        selection: Option<Selection>,
    ) -> Result<()> {
        let next = self.phase.next(Move::Post).ok_or(FedsolError::WrongPhase)?;
        require!(!self.takeover.passed(now), FedsolError::DeadlinePassed);
        require!(index == Some(self.chosen) || self.deadline.passed(now), FedsolError::AggregatorNotChosen);
        require!(self.has_quorum(), FedsolError::QuorumFailed);
        let fits = selection.is_some() == self.params.rule.posts_selection();
        require!(fits, FedsolError::SelectionMismatch);
        self.selection = selection;
        (self.new_model_root, self.new_model_artifact) = aggregate;
        self.enter(next, Deadline::after(now, self.params.challenge)?);
        // An answer makes the phase longer; a demand does not, or demands could hold a round for ever.
        self.takeover = self.deadline;
        Ok(())
    }

    /// Requires that as many submissions are accepted as an aggregate combines. From the Tally on they only grow fewer,
    /// so that as many are the same.
    pub fn require_accepted(&self, combined: Option<u32>) -> Result<()> {
        let unchanged = combined.is_none_or(|count| count == self.accepted);
        require!(unchanged, FedsolError::AcceptedChanged);
        Ok(())
    }

    /// Whether enough submissions are left to aggregate.
    pub fn has_quorum(&self) -> bool {
        self.accepted >= self.params.min_submissions
    }

    /// Drops the posted aggregate, because it or one of its submissions fell, and waits for the next one.
    pub fn reopen(&mut self, now: Now) -> Result<()> {
        let next = self.phase.next(Move::Reopen).ok_or(FedsolError::WrongPhase)?;
        self.attempt = self.attempt.plus(1)?;
        (self.new_model_root, self.new_model_artifact) = ([0; 32], [0; 32]);
        self.selection = None;
        self.objectors = [0; 32];
        self.bond = 0;
        self.aggregator = Pubkey::default();
        self.start_aggregation(next, now)
    }

    /// Ends a round whose challenge window is over and whose disputes are decided. Returns what is owed and what is not.
    pub fn settle(&mut self, now: Now) -> Result<(u64, u64)> {
        let next = self.phase.next(Move::Settle).ok_or(FedsolError::WrongPhase)?;
        require!(self.deadline.passed(now), FedsolError::DeadlineNotPassed);
        require!(self.disputes == 0, FedsolError::DisputesOpen);
        self.divide_pool()?;
        self.enter(next, Deadline::after(now, self.params.unbonding)?);
        Ok((self.unpaid, self.pool.minus(self.unpaid)?))
    }

    /// Ends a round that can no longer succeed: too few reveals, evaluators or accepted submissions, or no aggregate in
    /// both windows.
    pub fn abort(&mut self, now: Now) -> Result<()> {
        let next = self.phase.next(Move::Abort).ok_or(FedsolError::WrongPhase)?;
        let failed = match self.phase {
            Phase::Reveal => self.revealed < self.params.min_submissions,
            Phase::Score => self.drawn && self.params.is_scored() && !self.has_evaluators(self.seats),
            Phase::ScoreReveal => !self.has_evaluators(self.score_reveals),
            _ => true,
        };
        require!(failed, FedsolError::QuorumReached);
        let over = match self.phase {
            Phase::Aggregate => self.takeover.passed(now) || !self.has_quorum(),
            _ => self.deadline.passed(now),
        };
        require!(over, FedsolError::DeadlineNotPassed);
        require!(self.disputes == 0, FedsolError::DisputesOpen);
        self.scores_closed |= self.phase == Phase::ScoreReveal;
        self.enter(next, Deadline::after(now, self.params.unbonding)?);
        Ok(())
    }

    /// Whether silence can be punished: revealing is over, and nobody was kept out.
    pub fn require_no_reveal_fault(&self) -> Result<()> {
        let over = !matches!(self.phase, Phase::Commit | Phase::Share | Phase::Reveal);
        require!(over, FedsolError::WrongPhase);
        require!(!self.is_full(), FedsolError::CommitmentExcused);
        Ok(())
    }

    /// Whether the account may go: ended, every submission and evaluation closed, and the time in which
    /// silence can be punished over.
    pub fn require_closable(&self, now: Now) -> Result<()> {
        require!(self.phase.is_terminal(), FedsolError::RoundNotEnded);
        let empty = self.closed == self.revealed && self.evaluations == 0;
        require!(empty && self.deadline.passed(now), FedsolError::RoundInUse);
        Ok(())
    }

    fn enter(&mut self, phase: Phase, deadline: Deadline) {
        self.phase = phase;
        self.deadline = deadline;
    }
}

mod disputing;
mod masking;
mod paying;
mod scoring;

#[cfg(test)]
mod tests;
