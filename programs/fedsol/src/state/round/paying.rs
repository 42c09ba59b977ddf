//! How a round's pool is divided, and pulled.

use crate::error::FedsolError;
use crate::math::{self, Checked};
use crate::state::*;
use anchor_lang::prelude::*;

impl Round {
    /// Divides the pool: evaluators, plants, and the accepted submissions by their scores. What nobody can claim is not
    /// owed.
    pub(super) fn divide_pool(&mut self) -> Result<()> {
        let bps = if self.credit_total > 0 { self.params.scoring.evaluator_bps } else { 0 };
        self.evaluator_pool = math::bps_down(self.pool, bps)?;
        let trainers = self.pool.minus(self.evaluator_pool)?;
        let count = u64::from(self.accepted).plus(u64::from(self.planted))?;
        let (each, _) = math::share(trainers, count)?;
        self.plant_share = each;
        let plants = math::times(each, u64::from(self.planted))?;
        let scores = if self.points_total() > 0 { trainers.minus(plants)? } else { 0 };
        self.score_pool = scores;
        (self.share, _) = math::share(scores, u64::from(self.accepted))?;
        self.unpaid = self.evaluator_pool.plus(plants)?.plus(scores)?;
        self.claims_left = self.accepted.plus(self.planted)?.plus(u32::from(self.score_reveals))?;
        Ok(())
    }

    /// Σ of what accepted submissions are paid by: their scores, or one each where nobody scores.
    fn points_total(&self) -> u64 {
        if self.params.is_scored() {
            self.score_total
        } else {
            u64::from(self.accepted)
        }
    }

    /// What a submission earns once the round is settled; rounded down.
    pub fn submission_pay(&self, submission: &Submission) -> Result<u64> {
        match submission.status {
            SubmissionStatus::Planted => Ok(self.plant_share),
            SubmissionStatus::Revealed => {
                let points = if self.params.is_scored() { u64::from(submission.score) } else { 1 };
                math::proportion(self.score_pool, points, self.points_total())
            }
            _ => err!(FedsolError::WrongSubmissionStatus),
        }
    }

    /// What so many credits earn once the round is settled; rounded down.
    pub fn evaluator_pay(&self, credits: u32) -> Result<u64> {
        math::proportion(self.evaluator_pool, u64::from(credits), self.credit_total)
    }

    /// Counts a claim, or one that was forfeited with nothing paid. Returns the dust, which the last one leaves.
    pub fn claim(&mut self, amount: u64) -> Result<u64> {
        self.unpaid = self.unpaid.minus(amount)?;
        self.claims_left = self.claims_left.minus(1)?;
        if self.claims_left > 0 {
            return Ok(0);
        }
        let dust = self.unpaid;
        self.unpaid = 0;
        Ok(dust)
    }
}
