//! How the accepted updates of a round become one.

use crate::borsh_layout;
use crate::error::FedsolError;
use crate::math::{aggregation, BPS};
use anchor_lang::prelude::*;

/// Most submissions of a round whose rule selects: two rows of its table fit a challenge's account.
pub const SELECTION_MAX: u32 = 256;

/// Fewest submissions of a masked round: of two each author knows the other's. And the least threshold: with half of the
/// members or fewer, two halves could be told two stories.
pub const MASKED_MIN: u32 = 3;
pub const THRESHOLD_BPS_MIN: u16 = 5_001;

/// How the accepted updates become one, coordinate by coordinate.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregationRule {
    /// Weighted mean.
    Mean,
    /// Mean of what is left without the `trim` lowest and highest.
    TrimmedMean { trim: u32 },
    /// The middle value, or the mean of the two.
    Median,
    /// Mean of the `keep` updates that are nearest to their `n − byzantine − 2` nearest others; `keep` = 1 is Krum. The
    /// aggregator posts the distances and the choice, and every step of both can be proved wrong.
    MultiKrum { byzantine: u32, keep: u32 },
    /// Mean with weights that the aggregator posts. The aggregate can be proved wrong against them; the weights are its word.
    Weighted,
    /// Mean of updates that nobody sees: only their masked sum appears. Of a round's members `threshold_bps` must answer,
    /// in basis points and rounded up, for it to be unmasked; the program cannot check the sum, its members can.
    Masked { threshold_bps: u16 },
}

borsh_layout!(AggregationRule);

impl AggregationRule {
    /// Whether an aggregator must post a selection: which submissions count, and with which weights.
    pub fn selects(self) -> bool {
        matches!(self, Self::MultiKrum { .. } | Self::Weighted)
    }

    /// Whether updates stay hidden under masks.
    pub fn is_masked(self) -> bool {
        matches!(self, Self::Masked { .. })
    }

    /// Whether something is posted beside an aggregate: what was selected, or what took the masks off.
    pub fn posts_selection(self) -> bool {
        self.selects() || self.is_masked()
    }

    /// Whether it has a result in every round of so many submissions.
    pub fn validate(self, min_submissions: u32, max_submissions: u32) -> Result<()> {
        let (least, twice) = (u64::from(min_submissions), |count: u32| u64::from(count).saturating_mul(2));
        match self {
            Self::TrimmedMean { trim } => require!(twice(trim) < least, FedsolError::TrimTooLarge),
            Self::MultiKrum { byzantine, keep } => {
                let honest = min_submissions.saturating_sub(byzantine);
                let enough = twice(byzantine).saturating_add(3) <= least;
                require!(enough && (1..=honest).contains(&keep), FedsolError::KrumOutOfBounds);
            }
            Self::Masked { threshold_bps } => {
                let most = (THRESHOLD_BPS_MIN..=BPS).contains(&threshold_bps);
                let fits = MASKED_MIN <= min_submissions && max_submissions <= SELECTION_MAX;
                require!(most && fits, FedsolError::MaskedOutOfBounds);
            }
            _ => {}
        }
        let fits = !self.selects() || max_submissions <= SELECTION_MAX;
        require!(fits, FedsolError::SelectionOutOfBounds);
        Ok(())
    }
}

impl From<AggregationRule> for aggregation::Rule {
    fn from(rule: AggregationRule) -> Self {
        match rule {
            AggregationRule::TrimmedMean { trim } => Self::TrimmedMean { trim },
            AggregationRule::Median => Self::Median,
            _ => Self::Mean,
        }
    }
}

/// Which submissions count in an aggregate and with which weights, as it was posted.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Merkle root of weights and distances; the same hashes as a model's.
    pub root: [u8; 32],
    /// SHA-256 of the stored bytes.
    pub artifact: [u8; 32],
}

borsh_layout!(Option<Selection>);

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    #[test]
    fn multi_krum_needs_enough_submissions_for_what_may_be_byzantine() {
        let krum = |byzantine, keep, min| AggregationRule::MultiKrum { byzantine, keep }.validate(min, 256);
        for (byzantine, keep, min) in [(0, 1, 3), (0, 3, 3), (1, 1, 5), (1, 4, 5), (126, 130, 256)] {
            assert_eq!(krum(byzantine, keep, min), Ok(()));
        }
        for (byzantine, keep, min) in
            [(0, 1, 2), (1, 1, 4), (1, 0, 5), (1, 5, 5), (127, 1, 256), (u32::MAX, 1, 5), (0, u32::MAX, 5)]
        {
            assert_eq!(krum(byzantine, keep, min), Err(FedsolError::KrumOutOfBounds.into()));
        }
    }

    #[test]
    fn a_rule_that_selects_takes_as_many_submissions_as_its_table_may_have() {
        for rule in [AggregationRule::Weighted, AggregationRule::MultiKrum { byzantine: 0, keep: 1 }] {
            assert_eq!(rule.validate(3, SELECTION_MAX), Ok(()));
            let wider = rule.validate(3, SELECTION_MAX + 1);
            assert_eq!(wider, Err(FedsolError::SelectionOutOfBounds.into()));
        }
        assert_eq!(AggregationRule::Median.validate(3, SELECTION_MAX + 1), Ok(()));
    }

    #[test]
    fn a_masked_rule_needs_three_submissions_at_most_its_table_and_more_than_half_of_the_members() {
        let masked = |threshold_bps, min, max| AggregationRule::Masked { threshold_bps }.validate(min, max);
        for (bps, min, max) in [(5_001, 3, 3), (10_000, 256, 256), (6_667, 3, 256)] {
            assert_eq!(masked(bps, min, max), Ok(()));
        }
        for (bps, min, max) in [(5_000, 3, 5), (10_001, 3, 5), (6_667, 2, 5), (6_667, 3, 257)] {
            assert_eq!(masked(bps, min, max), Err(FedsolError::MaskedOutOfBounds.into()));
        }
    }
}
