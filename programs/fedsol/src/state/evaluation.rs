//! An evaluator's scores of a round's submissions.

use crate::error::FedsolError;
use crate::math::Checked;
use crate::state::Round;
use crate::{account_layout, borsh_layout};
use anchor_lang::prelude::*;

/// Bytes of one score.
const SCORE_LEN: usize = 2;

/// What has become of an evaluation.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluationStatus {
    Committed,
    /// Its seat went to a lower ticket; nothing is asked of it any more.
    Displaced,
    /// Shown whole.
    Revealed,
    /// Paid, or forfeited.
    Done,
    Faulted,
}

borsh_layout!(EvaluationStatus, one byte);

account_layout! {
    discriminator = [212, 70, 25, 106, 239, 24, 93, 220];
    /// The scores follow this in the account's data: a little-endian u16 for every submission, by index.
    pub struct Evaluation {
        /// Layout of this account.
        pub version: u8,
        /// Bump of this account's address.
        pub bump: u8,
        /// What has become of it.
        pub status: EvaluationStatus,
        /// Its seat, and its place among those that were shown.
        pub seat: u8,
        pub place: u8,
        /// The round and the participant it belongs to.
        pub round: Pubkey,
        pub participant: Pubkey,
        /// What was bound before anybody showed a score.
        pub commitment: [u8; 32],
        /// Its ticket for a seat; lower is better.
        pub ticket: u64,
        /// Stake behind it when it was committed. Token units.
        pub weight: u64,
        /// Stake that is locked until it is shown. Token units.
        pub liability: u64,
        /// Submissions on which it was within the band, and outside; of these, plants.
        pub credits: u32,
        pub strikes: u32,
        pub missed: u32,
        /// Room for later versions.
        pub reserved: [u8; 32],
    }
}

/// One evaluator's word on one submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    pub participant: Pubkey,
    pub score: u16,
    pub weight: u64,
    /// Whether it is within the band; `None`: it has no say here.
    pub within: Option<bool>,
}

impl Evaluation {
    /// Size of the account with its scores. Bytes.
    pub fn space(submissions: u32) -> usize {
        let scores = usize::try_from(submissions).unwrap_or(usize::MAX).saturating_mul(SCORE_LEN);
        Self::SPACE.saturating_add(scores)
    }

    /// The bytes of all scores in the account's data.
    pub fn scores(data: &[u8]) -> &[u8] {
        data.get(Self::SPACE..).unwrap_or(&[])
    }

    /// Writes scores from a submission's index on.
    pub fn write_scores(data: &mut [u8], from: u32, scores: &[u16]) -> Result<()> {
        let tail = data.get_mut(Self::SPACE..).unwrap_or(&mut []);
        let start = usize::try_from(from).ok().and_then(|index| index.checked_mul(SCORE_LEN));
        let places = start.and_then(|start| tail.get_mut(start..)).unwrap_or(&mut []);
        let mut places = places.chunks_exact_mut(SCORE_LEN);
        for score in scores {
            let place = places.next().ok_or(FedsolError::ScoresOutOfRange)?;
            place.copy_from_slice(&score.to_le_bytes());
        }
        Ok(())
    }

    /// The score of a submission.
    pub fn score_of(data: &[u8], index: u32) -> Option<u16> {
        let start = usize::try_from(index).ok()?.checked_mul(SCORE_LEN)?;
        let bytes = Self::scores(data).get(start..start.checked_add(SCORE_LEN)?)?;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Books how a submission went.
    pub fn book(&mut self, within: Option<bool>, planted: bool) -> Result<()> {
        match within {
            Some(true) => self.credits = self.credits.plus(1)?,
            Some(false) => {
                self.strikes = self.strikes.plus(1)?;
                self.missed = self.missed.plus(u32::from(planted))?;
            }
            None => {}
        }
        Ok(())
    }

    /// Whether it is at fault: silent once scores are shown; or, once the round has ended, more often outside the band
    /// than within, or mistaken about a plant. Every plant that was proved to be none excuses one mistake.
    pub fn is_faulty(&self, round: &Round) -> bool {
        match self.status {
            EvaluationStatus::Committed => round.scores_closed,
            EvaluationStatus::Revealed => {
                let excused = self.missed.min(round.false_plants);
                let (missed, strikes) =
                    (self.missed.saturating_sub(excused), self.strikes.saturating_sub(excused));
                round.phase.is_terminal() && (missed > 0 || strikes > self.credits)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::state::Phase;

    fn ended(false_plants: u32) -> Round {
        let zeros = [0u8; 10_000];
        let mut round: Round = AnchorDeserialize::deserialize(&mut &zeros[..]).unwrap();
        (round.phase, round.false_plants) = (Phase::Settled, false_plants);
        round
    }

    fn shown(credits: u32, strikes: u32, missed: u32) -> Evaluation {
        let zeros = [0u8; 1_000];
        let mut evaluation: Evaluation = AnchorDeserialize::deserialize(&mut &zeros[..]).unwrap();
        evaluation.status = EvaluationStatus::Revealed;
        (evaluation.credits, evaluation.strikes, evaluation.missed) = (credits, strikes, missed);
        evaluation
    }

    #[test]
    fn who_is_more_often_far_off_than_near_is_at_fault_once_the_round_has_ended() {
        assert!(shown(1, 2, 0).is_faulty(&ended(0)));
        assert!(!shown(2, 2, 0).is_faulty(&ended(0)));
        assert!(!shown(0, 0, 0).is_faulty(&ended(0)));
        let running = Round { phase: Phase::Challenge, ..ended(0) };
        assert!(!shown(0, 9, 9).is_faulty(&running));
    }

    #[test]
    fn one_missed_plant_is_a_fault_and_each_false_one_excuses_one_with_its_strike() {
        assert!(shown(9, 1, 1).is_faulty(&ended(0)));
        assert!(!shown(9, 1, 1).is_faulty(&ended(1)));
        assert!(shown(9, 2, 2).is_faulty(&ended(1)));
        // A strike for a plant that was none counts as little as the plant.
        assert!(!shown(1, 2, 1).is_faulty(&ended(1)));
        assert!(shown(1, 3, 1).is_faulty(&ended(1)));
        // What was not missed is not excused.
        assert!(shown(1, 2, 0).is_faulty(&ended(5)));
    }

    #[test]
    fn silence_is_a_fault_once_showing_is_over_and_only_of_who_had_to_show() {
        let mut evaluation = shown(0, 0, 0);
        evaluation.status = EvaluationStatus::Committed;
        assert!(!evaluation.is_faulty(&ended(0)));
        let late = Round { scores_closed: true, ..ended(0) };
        assert!(evaluation.is_faulty(&late));
        use EvaluationStatus::*;
        for status in [Displaced, Done, Faulted] {
            evaluation.status = status;
            (evaluation.strikes, evaluation.missed) = (9, 9);
            assert!(!evaluation.is_faulty(&late), "{status:?}");
        }
    }
}
