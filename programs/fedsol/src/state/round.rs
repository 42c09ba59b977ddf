//! One pass: commit, reveal, score, aggregate, challenge, settle.

use crate::error::FedsolError;
use crate::hash;
use crate::math::{self, Checked};
use crate::slot_hashes::SlotHash;
use crate::state::{Deadline, Move, Now, Params, Phase};
use anchor_lang::prelude::*;

/// Nobody was chosen: the list of aggregators was empty.
pub const NOBODY: u32 = u32::MAX;

#[account]
#[derive(InitSpace)]
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
    /// In `Aggregate`: when also the second window, open to every aggregator, is over.
    pub takeover: Deadline,
    /// Revealed submissions, their claims (also those that were forfeited) and their closed accounts.
    pub revealed: u32,
    pub claimed: u32,
    pub closed: u32,
    /// Place in the list of aggregators that the beacon chose; `NOBODY` if the list was empty.
    pub chosen: u32,
    /// Σ weights of the revealed submissions.
    pub weight_total: u64,
    /// Reward set aside, and each submission's share of it once settled. Token units.
    pub pool: u64,
    pub share: u64,
    /// Bond of the aggregate, and the participant that posted it.
    pub bond: u64,
    pub aggregator: Pubkey,
    /// Salts mixed so far; with a slot hash from `Aggregate` on.
    pub beacon: [u8; 32],
    /// First slot whose hash may complete the beacon.
    pub beacon_slot: u64,
    /// Model root before and after, and SHA-256 of the new model's stored bytes.
    pub base_model_root: [u8; 32],
    pub new_model_root: [u8; 32],
    pub new_model_artifact: [u8; 32],
    /// Events so far, and their chained hash.
    pub seq: u64,
    pub head: [u8; 32],
    /// The rules as they were when the round opened.
    pub params: Params,
    /// Length of the list of aggregators when revealing closed: the beacon chooses among so many.
    pub aggregators: u32,
    /// Room for later versions.
    pub reserved: [u8; 60],
}

impl Round {
    /// Size of the account, discriminator included. Bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + Self::INIT_SPACE;

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

    /// Counts a revealed submission and returns its index.
    pub fn count_reveal(&mut self, weight: u32, salt: &[u8; 32]) -> Result<u32> {
        require!(!self.is_full(), FedsolError::RoundFull);
        let index = self.revealed;
        self.revealed = self.revealed.plus(1)?;
        self.weight_total = self.weight_total.plus(u64::from(weight))?;
        self.beacon = hash::extend(&self.beacon, salt);
        Ok(index)
    }

    /// Moves on to the phase that is due. `aggregators` is the length of the list; `slot_hash` finds the
    /// first slot hash at or after a slot.
    pub fn advance(
        &mut self,
        now: Now,
        aggregators: u32,
        slot_hash: impl FnOnce(u64) -> SlotHash,
    ) -> Result<()> {
        let next = self.phase.next(Move::Advance).ok_or(FedsolError::WrongPhase)?;
        let early = self.phase == Phase::Reveal && self.is_full();
        require!(early || self.deadline.passed(now), FedsolError::DeadlineNotPassed);
        match next {
            Phase::Reveal => self.enter(next, Deadline::after(now, self.params.reveal)?),
            Phase::Score => {
                require!(self.revealed >= self.params.min_submissions, FedsolError::QuorumFailed);
                self.beacon_slot = now.slot.plus(1)?;
                self.aggregators = aggregators;
                self.enter(next, Deadline::after(now, self.params.score)?);
            }
            _ => match slot_hash(self.beacon_slot) {
                SlotHash::NotYet => return err!(FedsolError::BeaconNotReady),
                // Nobody may pick a hash by waiting: it is drawn anew, from a slot that is still to come.
                SlotHash::Forgotten => self.beacon_slot = now.slot.plus(1)?,
                SlotHash::Found(hash) => {
                    self.beacon = hash::extend(&self.beacon, &hash);
                    self.chosen = math::choose(&self.beacon, self.aggregators).unwrap_or(NOBODY);
                    self.enter(next, Deadline::after(now, self.params.aggregate)?);
                    self.takeover = self.deadline.plus(self.params.aggregate)?;
                }
            },
        }
        Ok(())
    }

    /// Takes an aggregate from the aggregator at `index` of the list (`None`: not on it): until the deadline only from the
    /// chosen one, then from any, until the takeover window is over as well.
    pub fn post(&mut self, now: Now, index: Option<u32>, aggregate: ([u8; 32], [u8; 32])) -> Result<()> {
        let next = self.phase.next(Move::Post).ok_or(FedsolError::WrongPhase)?;
        require!(!self.takeover.passed(now), FedsolError::DeadlinePassed);
        require!(index == Some(self.chosen) || self.deadline.passed(now), FedsolError::AggregatorNotChosen);
        (self.new_model_root, self.new_model_artifact) = aggregate;
        self.enter(next, Deadline::after(now, self.params.challenge)?);
        Ok(())
    }

    /// Ends a round whose challenge window is over. Returns what is owed and the dust that is not.
    pub fn settle(&mut self, now: Now) -> Result<(u64, u64)> {
        let next = self.phase.next(Move::Settle).ok_or(FedsolError::WrongPhase)?;
        require!(self.deadline.passed(now), FedsolError::DeadlineNotPassed);
        let (share, dust) = math::share(self.pool, u64::from(self.revealed))?;
        self.share = share;
        self.enter(next, Deadline::after(now, self.params.unbonding)?);
        Ok((self.pool.minus(dust)?, dust))
    }

    /// Ends a round that can no longer succeed: too few reveals, or no aggregate in both windows.
    pub fn abort(&mut self, now: Now) -> Result<()> {
        let next = self.phase.next(Move::Abort).ok_or(FedsolError::WrongPhase)?;
        if self.phase == Phase::Reveal {
            require!(self.revealed < self.params.min_submissions, FedsolError::QuorumReached);
            require!(self.deadline.passed(now), FedsolError::DeadlineNotPassed);
        } else {
            require!(self.takeover.passed(now), FedsolError::DeadlineNotPassed);
        }
        self.enter(next, Deadline::after(now, self.params.unbonding)?);
        Ok(())
    }

    /// Whether silence can be punished: revealing is over, and nobody was kept out.
    pub fn require_no_reveal_fault(&self) -> Result<()> {
        let over = !matches!(self.phase, Phase::Commit | Phase::Reveal);
        require!(over, FedsolError::WrongPhase);
        require!(!self.is_full(), FedsolError::CommitmentExcused);
        Ok(())
    }

    /// Whether the account may go: ended, every revealed submission closed, and the time in which
    /// silence can be punished over.
    pub fn require_closable(&self, now: Now) -> Result<()> {
        require!(self.phase.is_terminal(), FedsolError::RoundNotEnded);
        require!(self.closed == self.revealed && self.deadline.passed(now), FedsolError::RoundInUse);
        Ok(())
    }

    fn enter(&mut self, phase: Phase, deadline: Deadline) {
        self.phase = phase;
        self.deadline = deadline;
    }
}

#[cfg(test)]
mod tests;
