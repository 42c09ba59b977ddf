//! A staked identity in a federation.

use crate::error::FedsolError;
use crate::math::{bps_up, Checked};
use crate::state::{Deadline, Federation, Now, Taken};
use crate::{account_layout, array_layout, struct_layout};
use anchor_lang::prelude::*;

/// May commit and reveal updates.
pub const ROLE_TRAINER: u8 = 1;
/// May score submissions.
pub const ROLE_EVALUATOR: u8 = 2;
/// May be chosen to aggregate.
pub const ROLE_AGGREGATOR: u8 = 4;
/// All role bits.
pub const ROLES_ALL: u8 = ROLE_TRAINER | ROLE_EVALUATOR | ROLE_AGGREGATOR;
/// Entries of the unbonding queue.
pub const UNBONDING_LEN: usize = 4;

struct_layout! {
    /// Stake on its way out: not counted for new duties, but slashable to its last moment.
    #[derive(Copy, Debug, Default, PartialEq, Eq)]
    pub struct Unbonding {
        /// Token units; zero means that the entry is free.
        pub amount: u64,
        /// When it may be withdrawn.
        pub release: Deadline,
        /// Newest round when it was unbonded: that round must have ended too.
        pub round: u64,
    }
}

array_layout!(Unbonding; UNBONDING_LEN);

impl Unbonding {
    /// Whether it may be withdrawn.
    pub fn matured(&self, federation: &Federation, now: Now) -> bool {
        let round_over = federation.round > self.round || !federation.round_active;
        self.amount > 0 && self.release.passed(now) && round_over
    }
}

account_layout! {
    discriminator = [32, 142, 108, 79, 247, 179, 54, 6];
    pub struct Participant {
        /// Layout of this account.
        pub version: u8,
        /// Bump of this account's address.
        pub bump: u8,
        /// Role bits: trainer 1, evaluator 2, aggregator 4.
        pub roles: u8,
        /// Whether it is in the list from which the beacon chooses aggregators, and where.
        pub listed: bool,
        pub aggregator_index: u32,
        /// The federation it belongs to.
        pub federation: Pubkey,
        /// Whose it is: signs everything it does.
        pub owner: Pubkey,
        /// Hash of the data-usage agreement that was signed.
        pub agreement: [u8; 32],
        /// Stake that counts. Token units.
        pub stake: u64,
        /// Σ liabilities of unrevealed commitments: so much stays until they are revealed. Token units.
        pub locked: u64,
        /// Open submissions and posted bonds.
        pub duties: u32,
        /// Stake on its way out.
        pub unbonding: [Unbonding; UNBONDING_LEN],
        /// Submissions revealed, aggregates settled, faults proved.
        pub revealed: u32,
        pub aggregated: u32,
        pub offences: u32,
        /// Rewards claimed and stake slashed so far. Token units.
        pub rewarded: u64,
        pub slashed: u64,
        /// Events so far, and their chained hash.
        pub seq: u64,
        pub head: [u8; 32],
        /// Stake that is posted as a bond and comes back when its round settles. Token units.
        pub bonded: u64,
        /// When it took its place in the list of aggregators.
        pub seated_slot: u64,
        /// When it last deposited stake: what came after a beacon does not count under it.
        pub stake_slot: u64,
        /// Round in which an aggregate of it was proved wrong.
        pub barred_round: u64,
        /// Round of the last slash, what was staked when the first one of it came, and what they took.
        pub slash_round: u64,
        pub slash_round_base: u64,
        pub slash_round_taken: u64,
        /// Hash of the secret with which it may plant an audit update, and when it was set; zero: not armed.
        pub audit_commitment: [u8; 32],
        pub audit_slot: u64,
        /// Evaluations shown.
        pub evaluated: u32,
        /// Room for later versions.
        pub reserved: [u8; 48],
    }
}

impl Participant {
    /// Σ of the unbonding queue.
    pub fn unbonding_total(&self) -> Result<u64> {
        self.unbonding.iter().try_fold(0u64, |sum, entry| sum.plus(entry.amount))
    }

    /// All that a slash can reach.
    pub fn slashable(&self) -> Result<u64> {
        self.stake.plus(self.unbonding_total()?)
    }

    /// What slash rates are taken of: also a bond counts, or posting one would make a fault cheaper.
    pub fn slash_base(&self) -> Result<u64> {
        self.slashable()?.plus(self.bonded)
    }

    /// Moves stake into a bond. What stays must still cover all liabilities.
    pub fn post_bond(&mut self, bond: u64) -> Result<()> {
        self.stake = self.stake.checked_sub(bond).ok_or(FedsolError::StakeInsufficient)?;
        require!(self.stake >= self.locked, FedsolError::StakeLocked);
        self.bonded = self.bonded.plus(bond)?;
        self.duties = self.duties.plus(1)?;
        Ok(())
    }

    /// Takes a bond back into the stake.
    pub fn return_bond(&mut self, bond: u64) -> Result<()> {
        self.stake = self.stake.plus(bond)?;
        self.bonded = self.bonded.minus(bond)?;
        self.duties = self.duties.minus(1)?;
        Ok(())
    }

    /// The role, or an error that names what is missing.
    pub fn require_role(&self, role: u8) -> Result<()> {
        require!(self.roles & role != 0, FedsolError::RoleMissing);
        Ok(())
    }

    /// Takes the liability of a commitment onto free stake.
    pub fn lock(&mut self, liability: u64) -> Result<()> {
        let locked = self.locked.plus(liability)?;
        require!(self.stake >= locked, FedsolError::StakeInsufficient);
        self.locked = locked;
        Ok(())
    }

    /// Gives a liability back.
    pub fn unlock(&mut self, liability: u64) -> Result<()> {
        self.locked = self.locked.minus(liability)?;
        Ok(())
    }

    /// Moves stake into the unbonding queue.
    pub fn unbond(&mut self, amount: u64, release: Deadline, round: u64) -> Result<()> {
        self.stake = self.stake.checked_sub(amount).ok_or(FedsolError::StakeInsufficient)?;
        let free = self.unbonding.iter_mut().find(|entry| entry.amount == 0);
        let entry = free.ok_or(FedsolError::UnbondingQueueFull)?;
        *entry = Unbonding { amount, release, round };
        Ok(())
    }

    /// Empties what has matured and returns the sum. What stays must still cover all liabilities.
    pub fn withdraw(&mut self, federation: &Federation, now: Now) -> Result<u64> {
        let mut amount = 0u64;
        for entry in self.unbonding.iter_mut() {
            if entry.matured(federation, now) {
                amount = amount.plus(entry.amount)?;
                *entry = Unbonding::default();
            }
        }
        require!(amount > 0, FedsolError::NothingToWithdraw);
        require!(self.slashable()? >= self.locked, FedsolError::StakeLocked);
        Ok(amount)
    }

    /// What a fault of this rate costs: of all that is staked, rounded up, at most what the round's cap leaves and
    /// what a slash can reach.
    pub fn fine(&mut self, round: u64, rate_bps: u16, cap_bps: u16) -> Result<u64> {
        if self.slash_round != round {
            self.slash_round = round;
            self.slash_round_base = self.slash_base()?;
            self.slash_round_taken = 0;
        }
        let cap = bps_up(self.slash_round_base, cap_bps)?;
        let left = cap.saturating_sub(self.slash_round_taken);
        let amount = bps_up(self.slash_base()?, rate_bps)?.min(left).min(self.slashable()?);
        self.slash_round_taken = self.slash_round_taken.plus(amount)?;
        Ok(amount)
    }

    /// Takes a slash, stake first, then the queue, at most what is there.
    pub fn slash(&mut self, amount: u64) -> Result<Taken> {
        let stake = amount.min(self.stake);
        self.stake = self.stake.minus(stake)?;
        let mut rest = amount.minus(stake)?;
        let mut queue = 0u64;
        for entry in self.unbonding.iter_mut() {
            let part = rest.min(entry.amount);
            entry.amount = entry.amount.minus(part)?;
            rest = rest.minus(part)?;
            queue = queue.plus(part)?;
        }
        self.slashed = self.slashed.plus(stake)?.plus(queue)?;
        Ok(Taken { stake, queue, bond: 0 })
    }

    /// Loses a whole bond.
    pub fn lose_bond(&mut self, bond: u64) -> Result<Taken> {
        self.bonded = self.bonded.minus(bond)?;
        self.duties = self.duties.minus(1)?;
        self.slashed = self.slashed.plus(bond)?;
        Ok(Taken { bond, ..Taken::default() })
    }

    /// Whether nothing ties it to the federation any more.
    pub fn is_idle(&self) -> Result<bool> {
        Ok(self.slashable()? == 0 && self.locked == 0 && self.duties == 0)
    }
}

/// What an aggregator must have staked to be on the list.
pub fn aggregator_stake(federation: &Federation) -> Result<u64> {
    federation.params.min_stake.plus(federation.params.aggregator_bond)
}

/// Appends a participant to the list of aggregators once its stake and role allow it.
pub fn list_aggregator(federation: &mut Federation, participant: &mut Participant, slot: u64) -> Result<()> {
    let eligible =
        participant.roles & ROLE_AGGREGATOR != 0 && participant.stake >= aggregator_stake(federation)?;
    if eligible && !participant.listed {
        participant.listed = true;
        participant.aggregator_index = federation.aggregators;
        participant.seated_slot = slot;
        federation.aggregators = federation.aggregators.plus(1)?;
    }
    Ok(())
}

/// Takes a participant off the list once its stake is too small; the last one moves to its place.
///
/// `last` is needed unless the participant is itself the last. No loop, whatever the length.
pub fn unlist_aggregator(
    federation: &mut Federation,
    participant: &mut Participant,
    last: Option<&mut Participant>,
    slot: u64,
) -> Result<()> {
    if !participant.listed || participant.stake >= aggregator_stake(federation)? {
        return Ok(());
    }
    let end = federation.aggregators.minus(1)?;
    if participant.aggregator_index != end {
        let last = last.ok_or(FedsolError::WrongLastAggregator)?;
        let is_last = last.listed && last.aggregator_index == end;
        require!(is_last, FedsolError::WrongLastAggregator);
        last.aggregator_index = participant.aggregator_index;
        last.seated_slot = slot;
    }
    participant.listed = false;
    participant.aggregator_index = 0;
    federation.aggregators = end;
    Ok(())
}

#[cfg(test)]
mod tests;
