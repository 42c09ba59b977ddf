//! What disputes do to a round.

use crate::error::FedsolError;
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

impl Round {
    /// Whether a challenge may be opened: revealing is over, and the phase can still wait for it.
    pub fn require_disputable(&self, now: Now) -> Result<()> {
        use Phase::*;
        let (phase, deadline) = (self.phase, self.deadline);
        let open = matches!(phase, Score | ScoreReveal | Tally | Aggregate | Challenge);
        require!(open, FedsolError::WrongPhase);
        let end = if phase == Aggregate { self.takeover } else { deadline };
        require!(!end.passed(now), FedsolError::DeadlinePassed);
        Ok(())
    }

    /// Whether a chunk may be demanded.
    pub fn require_demandable(&self, now: Now) -> Result<()> {
        self.require_disputable(now)?;
        let late = self.phase == Phase::Challenge && self.takeover.passed(now);
        require!(!late, FedsolError::DeadlinePassed);
        Ok(())
    }

    /// Counts a dispute in.
    pub fn open_dispute(&mut self) -> Result<()> {
        self.disputes = self.disputes.plus(1)?;
        Ok(())
    }

    /// Counts a dispute out.
    pub fn end_dispute(&mut self) -> Result<()> {
        self.disputes = self.disputes.minus(1)?;
        Ok(())
    }

    /// A chunk was shown: whoever asked for it has time to look at it.
    pub fn extend_challenge(&mut self, now: Now) -> Result<()> {
        if self.phase == Phase::Challenge {
            let more = Deadline::after(now, self.params.dispute)?;
            self.deadline.time = self.deadline.time.max(more.time);
            self.deadline.slot = self.deadline.slot.max(more.slot);
        }
        Ok(())
    }

    /// Takes a submission that was proved faulty out of the round. Says whether a posted aggregate falls with it; one that
    /// is waited for has its whole time again, because as long as the faulty one counted nobody may have been able to make it.
    pub fn fault(&mut self, submission: &mut Submission, now: Now) -> Result<bool> {
        let (before, was_scored) = (submission.status, submission.scored);
        if !submission.scored && self.params.is_scored() {
            submission.scored = true;
            self.scored = self.scored.plus(1)?;
        } else if before == SubmissionStatus::Revealed {
            self.score_total = self.score_total.minus(u64::from(submission.score))?;
        }
        match before {
            SubmissionStatus::Revealed => self.accepted = self.accepted.minus(1)?,
            SubmissionStatus::Planted => {
                self.planted = self.planted.minus(1)?;
                // It excuses a mistake about itself: there is none while nobody was judged by it.
                self.false_plants = self.false_plants.plus(u32::from(was_scored))?;
            }
            _ => {}
        }
        submission.status = SubmissionStatus::Faulted;
        let counted = before == SubmissionStatus::Revealed;
        if counted && self.phase == Phase::Aggregate {
            self.start_aggregation(Phase::Aggregate, now)?;
        }
        Ok(counted && self.phase == Phase::Challenge)
    }
}
