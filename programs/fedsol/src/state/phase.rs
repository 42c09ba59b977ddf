//! The phases of a round, as a pure table: which event leads where.

use crate::borsh_layout;
use anchor_lang::prelude::*;

/// Where a round is.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Commit,
    Reveal,
    /// Evaluators commit scores. Without a score window it only waits for the beacon.
    Score,
    /// Evaluators show their scores.
    ScoreReveal,
    /// Plants are revealed; then each submission gets its score.
    Tally,
    Aggregate,
    Challenge,
    Settled,
    Aborted,
    /// Of masked rounds, between Commit and Reveal: members share what will take their masks off.
    Share,
}

borsh_layout!(Phase, one byte);

/// What can move a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The phase is over and has what it needs.
    Advance,
    /// The federation has no evaluators.
    SkipScoring,
    /// An aggregate was posted.
    Post,
    /// Masks are agreed on before anything is shown.
    Share,
    /// The posted aggregate fell, or one of its submissions did.
    Reopen,
    /// The challenge window is over.
    Settle,
    /// A quorum or a deadline failed.
    Abort,
}

impl Phase {
    /// The only way from one phase to another. `None`: the move is not legal here.
    pub fn next(self, by: Move) -> Option<Phase> {
        match (self, by) {
            (Phase::Commit, Move::Share) => Some(Phase::Share),
            (Phase::Commit | Phase::Share, Move::Advance) => Some(Phase::Reveal),
            (Phase::Reveal, Move::Advance) => Some(Phase::Score),
            (Phase::Score, Move::SkipScoring) => Some(Phase::Aggregate),
            (Phase::Score, Move::Advance) => Some(Phase::ScoreReveal),
            (Phase::ScoreReveal, Move::Advance) => Some(Phase::Tally),
            (Phase::Tally, Move::Advance) => Some(Phase::Aggregate),
            (Phase::Aggregate, Move::Post) => Some(Phase::Challenge),
            (Phase::Challenge, Move::Reopen) => Some(Phase::Aggregate),
            (Phase::Challenge, Move::Settle) => Some(Phase::Settled),
            (Phase::Reveal | Phase::Score | Phase::ScoreReveal | Phase::Aggregate, Move::Abort) => {
                Some(Phase::Aborted)
            }
            _ => None,
        }
    }

    /// Whether the round has ended.
    pub fn is_terminal(self) -> bool {
        matches!(self, Phase::Settled | Phase::Aborted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Phase::*;

    const PHASES: [Phase; 10] =
        [Commit, Share, Reveal, Score, ScoreReveal, Tally, Aggregate, Challenge, Settled, Aborted];
    const MOVES: [Move; 7] =
        [Move::Advance, Move::Share, Move::SkipScoring, Move::Post, Move::Reopen, Move::Settle, Move::Abort];

    #[test]
    fn every_pair_of_phase_and_move_leads_where_the_table_says_and_nowhere_else() {
        let legal = [
            (Commit, Move::Advance, Reveal),
            (Commit, Move::Share, Share),
            (Share, Move::Advance, Reveal),
            (Reveal, Move::Advance, Score),
            (Score, Move::SkipScoring, Aggregate),
            (Score, Move::Advance, ScoreReveal),
            (ScoreReveal, Move::Advance, Tally),
            (Tally, Move::Advance, Aggregate),
            (Aggregate, Move::Post, Challenge),
            (Challenge, Move::Reopen, Aggregate),
            (Challenge, Move::Settle, Settled),
            (Reveal, Move::Abort, Aborted),
            (Score, Move::Abort, Aborted),
            (ScoreReveal, Move::Abort, Aborted),
            (Aggregate, Move::Abort, Aborted),
        ];
        for phase in PHASES {
            for by in MOVES {
                let expected = legal.iter().find(|(from, m, _)| *from == phase && *m == by);
                assert_eq!(phase.next(by), expected.map(|(_, _, to)| *to), "{phase:?} {by:?}");
            }
        }
    }

    #[test]
    fn an_ended_round_never_moves_again() {
        for phase in PHASES.into_iter().filter(|p| p.is_terminal()) {
            assert!(MOVES.into_iter().all(|by| phase.next(by).is_none()));
        }
    }
}
