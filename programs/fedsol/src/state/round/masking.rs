//! Who the members of a masked round are, and how they turn an aggregate down that no proof can reach.

use crate::error::FedsolError;
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

impl Round {
    /// Counts a member in: no more than can be in a sum, or so many might join that too few are left to unmask it.
    pub fn join(&mut self, now: Now) -> Result<()> {
        require!(self.params.rule.is_masked(), FedsolError::ModeMismatch);
        self.require_during(Phase::Commit, now)?;
        require!(self.members < self.params.max_submissions, FedsolError::RoundFull);
        self.members = self.members.plus(1)?;
        Ok(())
    }

    /// Counts an objection, one of each accepted submission. Says whether the aggregate falls: more than half object.
    ///
    /// Masks hold only while most members are honest; so does this. Nobody is punished by it.
    pub fn object(&mut self, submission: &Submission, now: Now) -> Result<bool> {
        require!(self.params.rule.is_masked(), FedsolError::ModeMismatch);
        self.require_during(Phase::Challenge, now)?;
        let accepted = submission.status == SubmissionStatus::Revealed;
        require!(accepted, FedsolError::WrongSubmissionStatus);
        let index = usize::try_from(submission.index).map_err(|_| FedsolError::Overflow)?;
        let byte = self.objectors.get_mut(index >> 3).ok_or(FedsolError::Overflow)?;
        let bit = 1u8 << (index & 7);
        require!(*byte & bit == 0, FedsolError::AlreadyObjected);
        *byte |= bit;
        Ok(self.objections().saturating_mul(2) > self.accepted)
    }

    /// How many have objected to the aggregate that is posted.
    pub fn objections(&self) -> u32 {
        self.objectors.iter().map(|byte| byte.count_ones()).fold(0, u32::saturating_add)
    }
}
