//! Who evaluates a round, and what evaluations make of its submissions.

use crate::error::FedsolError;
use crate::math::{self, Checked};
use crate::state::*;
use anchor_lang::prelude::*;

impl Round {
    /// Gives a ticket one of the seats: a free one, or that of the highest ticket if it is higher. Says which, and
    /// whether somebody sat there.
    ///
    /// Whoever holds the most low tickets is chance, not haste: nobody can fill the seats by being early.
    pub fn seat(&mut self, ticket: u64) -> Result<(u8, bool)> {
        let limit = usize::from(self.params.scoring.max_evaluators);
        let taken = usize::from(self.seats);
        if taken < limit {
            let place = self.tickets.get_mut(taken).ok_or(FedsolError::EvaluatorsFull)?;
            *place = ticket;
            let seat = self.seats;
            self.seats = seat.checked_add(1).ok_or(FedsolError::Overflow)?;
            return Ok((seat, false));
        }
        let worst = self.tickets.iter_mut().take(limit).enumerate().max_by_key(|(_, held)| **held);
        let (seat, held) = worst.ok_or(FedsolError::EvaluatorsFull)?;
        require!(ticket < *held, FedsolError::EvaluatorsFull);
        *held = ticket;
        Ok((u8::try_from(seat).map_err(|_| FedsolError::Overflow)?, true))
    }

    /// Counts scores that were shown, and returns their place among them.
    pub fn count_score_reveal(&mut self) -> Result<u8> {
        let place = self.score_reveals;
        self.score_reveals = place.checked_add(1).ok_or(FedsolError::Overflow)?;
        Ok(place)
    }

    /// Takes a submission out of the accepted ones, because it was planted.
    pub fn plant(&mut self, submission: &mut Submission) -> Result<()> {
        submission.status = SubmissionStatus::Planted;
        self.accepted = self.accepted.minus(1)?;
        self.planted = self.planted.plus(1)?;
        Ok(())
    }

    /// Scores a submission with every evaluation that was shown: the stake-weighted median, without the scorer of its
    /// own update. A plant's worth is known: nothing.
    ///
    /// Whoever is within the band of the result earns a credit, whoever is outside has a strike, in either direction.
    pub fn score(&mut self, submission: &mut Submission, votes: &mut [Vote]) -> Result<()> {
        let planted = submission.status == SubmissionStatus::Planted;
        let own = submission.participant;
        let counted = || votes.iter().filter(|vote| vote.participant != own);
        let result = if planted {
            0
        } else {
            let pairs = counted().map(|vote| (vote.score, vote.weight)).collect();
            // Nobody but its own author: it counts as fair.
            math::weighted_median(pairs).unwrap_or(self.params.scoring.floor)
        };
        let band = self.params.scoring.band;
        for vote in votes.iter_mut().filter(|vote| vote.participant != own) {
            let within = vote.score.abs_diff(result) <= band;
            vote.within = Some(within);
            if within {
                self.credit_total = self.credit_total.plus(1)?;
            }
        }
        submission.scored = true;
        submission.score = result;
        self.scored = self.scored.plus(1)?;
        if planted {
            return Ok(());
        }
        if result < self.params.scoring.floor {
            submission.status = SubmissionStatus::Rejected;
            self.accepted = self.accepted.minus(1)?;
        } else {
            self.score_total = self.score_total.plus(u64::from(result))?;
        }
        Ok(())
    }
}
