//! The phases of a round, as a pure table: which event leads where.

use anchor_lang::prelude::*;

/// Where a round is.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Commit,
    Reveal,
    Score,
    Aggregate,
    Challenge,
    Settled,
    Aborted,
}

/// What can move a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The phase is over and has what it needs.
    Advance,
    /// An aggregate was posted.
    Post,
    /// The challenge window is over.
    Settle,
    /// A quorum or a deadline failed.
    Abort,
}

impl Phase {
    /// The only way from one phase to another. `None`: the move is not legal here.
    pub fn next(self, by: Move) -> Option<Phase> {
        match (self, by) {
            (Phase::Commit, Move::Advance) => Some(Phase::Reveal),
            (Phase::Reveal, Move::Advance) => Some(Phase::Score),
            (Phase::Score, Move::Advance) => Some(Phase::Aggregate),
            (Phase::Aggregate, Move::Post) => Some(Phase::Challenge),
            (Phase::Challenge, Move::Settle) => Some(Phase::Settled),
            (Phase::Reveal | Phase::Aggregate, Move::Abort) => Some(Phase::Aborted),
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

    const PHASES: [Phase; 7] = [Commit, Reveal, Score, Aggregate, Challenge, Settled, Aborted];
    const MOVES: [Move; 4] = [Move::Advance, Move::Post, Move::Settle, Move::Abort];

    #[test]
    fn every_pair_of_phase_and_move_leads_where_the_table_says_and_nowhere_else() {
        let legal = [
            (Commit, Move::Advance, Reveal),
            (Reveal, Move::Advance, Score),
            (Score, Move::Advance, Aggregate),
            (Aggregate, Move::Post, Challenge),
            (Challenge, Move::Settle, Settled),
            (Reveal, Move::Abort, Aborted),
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
