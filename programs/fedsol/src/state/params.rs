//! The rules of a federation, with hard bounds, copied into each round when it opens.

use crate::error::FedsolError;
use crate::math::{aggregation, BPS};
use crate::state::{AggregationRule, Window};
use crate::struct_layout;
use anchor_lang::prelude::*;

/// Most submissions that a round may take: what a challenge or an evaluation says of each fits an account made in one
/// call.
pub const SUBMISSIONS_MAX: u32 = 4_096;
/// Most bits behind the binary point.
pub const FRACTION_BITS_MAX: u8 = 24;
/// Largest magnitude of a quantised update value.
pub const QMAX_MAX: u16 = 32_767;
/// Bound of the server learning rate's numerator and denominator.
pub const LEARNING_RATE_MAX: u32 = 1 << 20;
/// Most evaluators of a round: all of them are named in one transaction when a submission is scored.
pub const EVALUATORS_MAX: u8 = 16;
/// A full score, in basis points.
pub const SCORE_MAX: u16 = BPS;
/// Most of a round's pool that evaluators may get.
pub const EVALUATOR_BPS_MAX: u16 = 5_000;
/// The smallest slash that still hurts.
pub const SLASH_BPS_MIN: u16 = 100;
/// Most of a slash that its finder may get.
pub const FINDER_BPS_MAX: u16 = 5_000;
/// Most of a slash that finder and treasury may get together; the rest is burned.
pub const KEPT_BPS_MAX: u16 = 9_000;

struct_layout! {
    /// How a slash is divided, in basis points; what is left of 10,000 is burned.
    #[derive(Copy, Debug, PartialEq, Eq)]
    pub struct SlashSplit {
        /// To whoever proved the fault.
        pub finder_bps: u16,
        /// To the federation's treasury.
        pub treasury_bps: u16,
    }
}

struct_layout! {
    /// What a fault costs, in basis points of all that is staked. What is only late loses the round's credit.
    #[derive(Copy, Debug, PartialEq, Eq)]
    pub struct SlashRates {
        /// Silence after a commitment to an update.
        pub no_reveal_bps: u16,
        /// An evaluator that was silent, or far from the others, or missed a planted update.
        pub evaluator_bps: u16,
        /// Proved fraud: a wrong aggregate, a lying norm, a copied update, bytes withheld, a false plant.
        pub fraud_bps: u16,
        /// Most that one participant can lose in one round, bonds apart.
        pub round_cap_bps: u16,
    }
}

struct_layout! {
    /// How submissions are scored. Without a score window nobody scores, and all of this is ignored.
    #[derive(Copy, Debug, PartialEq, Eq)]
    pub struct Scoring {
        /// Fewest evaluators that must show their scores, and most that may.
        pub min_evaluators: u8,
        pub max_evaluators: u8,
        /// Part of a round's pool that is the evaluators', in basis points.
        pub evaluator_bps: u16,
        /// Least score with which a submission is accepted.
        pub floor: u16,
        /// How far from the median, or from a plant's true worth, an evaluator may be.
        pub band: u16,
        /// One in so many armed trainers may plant an audit update in a round; zero: none.
        pub audit_one_in: u16,
    }
}

struct_layout! {
    /// The rules of a federation.
    #[derive(Copy, Debug, PartialEq, Eq)]
    pub struct Params {
        /// How long trainers may commit.
        pub commit: Window,
        /// How long they may reveal.
        pub reveal: Window,
        /// How long evaluators may commit scores; as long again to show them, and to reveal plants. May be zero.
        pub score: Window,
        /// How long the chosen aggregator has, and after it anybody else.
        pub aggregate: Window,
        /// How long the aggregate may be challenged.
        pub challenge: Window,
        /// How long a challenger has to complete its proof, and an author to show a chunk.
        pub dispute: Window,
        /// How long stake stays slashable after it was unbonded.
        pub unbonding: Window,
        /// Fewest revealed submissions with which a round goes on.
        pub min_submissions: u32,
        /// Most submissions that a round accepts.
        pub max_submissions: u32,
        /// Least stake of a trainer; also the liability of one unrevealed commitment. Token units.
        pub min_stake: u64,
        /// What an aggregator posts with its aggregate. Token units.
        pub aggregator_bond: u64,
        /// What a challenger posts; the first demand for a chunk costs as much, each further one as much more. Token units.
        pub challenge_bond: u64,
        /// What a round sets aside for its submissions, if there is as much. Token units.
        pub round_reward: u64,
        /// Bound of Σ q² of an update.
        pub max_norm_squared: u64,
        /// Bound of |q|.
        pub qmax: u16,
        /// Bits behind the binary point of a model parameter.
        pub frac_bits: u8,
        /// Bits behind the binary point of an update value.
        pub update_bits: u8,
        /// Server learning rate, numerator.
        pub lr_num: u32,
        /// Server learning rate, denominator.
        pub lr_den: u32,
        /// How submissions are scored.
        pub scoring: Scoring,
        /// What faults cost.
        pub slash_rates: SlashRates,
        /// Who gets it.
        pub slash_split: SlashSplit,
        /// How updates are combined.
        pub rule: AggregationRule,
    }
}

impl Params {
    /// Whether every parameter is within its hard bounds. Must hold before params are stored.
    pub fn validate(&self) -> Result<()> {
        self.validate_windows()?;
        self.validate_numbers()?;
        self.validate_scoring()?;
        self.validate_money()
    }

    /// From a rule's fraction to the model's step.
    pub fn scale(&self) -> aggregation::Scale {
        aggregation::Scale {
            lr_num: self.lr_num,
            lr_den: self.lr_den,
            frac_bits: self.frac_bits,
            update_bits: self.update_bits,
        }
    }

    /// Whether evaluators score submissions.
    pub fn is_scored(&self) -> bool {
        !self.score.is_zero()
    }

    /// 16-bit values that an update's tree has for each parameter: two where a masked sum needs words of 32 bits.
    pub fn values_per_parameter(&self) -> u32 {
        let largest = u32::from(self.qmax).saturating_mul(self.max_submissions);
        if self.rule.is_masked() && largest >= 1 << 15 {
            2
        } else {
            1
        }
    }

    /// Largest magnitude of a value in an update's tree; masked words may be anything.
    pub fn largest_value(&self) -> u16 {
        if self.rule.is_masked() {
            1 << 15
        } else {
            self.qmax
        }
    }

    fn validate_windows(&self) -> Result<()> {
        let phases = [self.commit, self.reveal, self.aggregate, self.challenge, self.dispute, self.unbonding];
        let bounded = phases.iter().all(Window::is_bounded);
        require!(
            bounded && (self.score.is_zero() || self.score.is_bounded()),
            FedsolError::WindowOutOfBounds
        );
        // The longest round with one aggregate: scores are committed, shown and counted; a second window of aggregation;
        // a demand at the last moment, its answer at the last moment, a challenge at the last moment after that.
        let scoring = [self.score; 3];
        let share = if self.rule.is_masked() { self.commit } else { Window { seconds: 0, slots: 0 } };
        let rest = [self.aggregate, self.aggregate, self.challenge].into_iter().chain([self.dispute; 3]);
        let round = [self.commit, share, self.reveal].into_iter().chain(scoring).chain(rest);
        let (seconds, slots) = round.fold((0u64, 0u64), |(seconds, slots), window| {
            (seconds.saturating_add(window.seconds.into()), slots.saturating_add(window.slots.into()))
        });
        require!(
            u64::from(self.unbonding.seconds) > seconds && u64::from(self.unbonding.slots) > slots,
            FedsolError::UnbondingTooShort
        );
        Ok(())
    }

    fn validate_numbers(&self) -> Result<()> {
        require!(
            1 <= self.min_submissions
                && self.min_submissions <= self.max_submissions
                && self.max_submissions <= SUBMISSIONS_MAX,
            FedsolError::SubmissionsOutOfBounds
        );
        self.rule.validate(self.min_submissions, self.max_submissions)?;
        require!(
            self.frac_bits <= FRACTION_BITS_MAX
                && self.update_bits <= FRACTION_BITS_MAX
                && (1..=QMAX_MAX).contains(&self.qmax),
            FedsolError::FixedPointOutOfBounds
        );
        require!(self.max_norm_squared >= 1, FedsolError::NormBoundZero);
        let rates = 1..=LEARNING_RATE_MAX;
        require!(
            rates.contains(&self.lr_num) && rates.contains(&self.lr_den),
            FedsolError::LearningRateOutOfBounds
        );
        Ok(())
    }

    fn validate_scoring(&self) -> Result<()> {
        let scoring = self.scoring;
        require!(
            scoring.evaluator_bps <= EVALUATOR_BPS_MAX
                && scoring.floor <= SCORE_MAX
                && scoring.band <= SCORE_MAX,
            FedsolError::ScoringOutOfBounds
        );
        if self.is_scored() {
            require!(!self.rule.is_masked(), FedsolError::MaskedOutOfBounds);
            require!(
                1 <= scoring.min_evaluators
                    && scoring.min_evaluators <= scoring.max_evaluators
                    && scoring.max_evaluators <= EVALUATORS_MAX,
                FedsolError::EvaluatorsOutOfBounds
            );
        }
        Ok(())
    }

    fn validate_money(&self) -> Result<()> {
        require!(self.min_stake >= 1, FedsolError::StakeTooLow);
        require!(self.aggregator_bond >= 1 && self.challenge_bond >= 1, FedsolError::BondTooLow);
        let rates = self.slash_rates;
        let listed = [rates.no_reveal_bps, rates.evaluator_bps, rates.fraud_bps];
        let bounded = |rate: &u16| (SLASH_BPS_MIN..=rates.round_cap_bps.min(BPS)).contains(rate);
        require!(rates.round_cap_bps <= BPS && listed.iter().all(bounded), FedsolError::SlashRateOutOfBounds);
        let split = self.slash_split;
        let kept = u32::from(split.finder_bps).saturating_add(u32::from(split.treasury_bps));
        require!(
            split.finder_bps <= FINDER_BPS_MAX && kept <= u32::from(KEPT_BPS_MAX),
            FedsolError::SlashSplitOutOfBounds
        );
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    const SHORT: Window = Window { seconds: 10, slots: 10 };

    pub const PARAMS: Params = Params {
        commit: SHORT,
        reveal: SHORT,
        score: Window { seconds: 0, slots: 0 },
        aggregate: SHORT,
        challenge: SHORT,
        dispute: SHORT,
        unbonding: Window { seconds: 81, slots: 81 },
        min_submissions: 3,
        max_submissions: 5,
        min_stake: 1_000,
        aggregator_bond: 500,
        challenge_bond: 50,
        round_reward: 100,
        max_norm_squared: 1 << 40,
        qmax: 32_767,
        frac_bits: 16,
        update_bits: 12,
        rule: AggregationRule::Mean,
        lr_num: 1,
        lr_den: 1,
        scoring: Scoring {
            min_evaluators: 2,
            max_evaluators: 3,
            evaluator_bps: 1_000,
            floor: 1_000,
            band: 2_500,
            audit_one_in: 2,
        },
        slash_rates: SlashRates {
            no_reveal_bps: 2_000,
            evaluator_bps: 1_000,
            fraud_bps: 5_000,
            round_cap_bps: 6_000,
        },
        slash_split: SlashSplit { finder_bps: 3_000, treasury_bps: 3_000 },
    };

    fn refused(change: impl FnOnce(&mut Params), error: FedsolError) {
        let mut params = PARAMS;
        change(&mut params);
        assert_eq!(params.validate(), Err(error.into()));
    }

    #[test]
    fn the_defaults_of_the_tests_are_within_bounds() {
        assert_eq!(PARAMS.validate(), Ok(()));
    }

    #[test]
    fn every_window_is_bounded_on_both_sides() {
        refused(|p| p.commit.seconds = 0, FedsolError::WindowOutOfBounds);
        refused(|p| p.reveal.slots = 0, FedsolError::WindowOutOfBounds);
        refused(|p| p.challenge.seconds = 90 * 86_400 + 1, FedsolError::WindowOutOfBounds);
        refused(|p| p.score.slots = 1, FedsolError::WindowOutOfBounds);
    }

    #[test]
    fn unbonding_must_be_longer_than_the_longest_round_in_seconds_and_slots() {
        refused(|p| p.unbonding.seconds = 80, FedsolError::UnbondingTooShort);
        refused(|p| p.unbonding.slots = 80, FedsolError::UnbondingTooShort);
    }

    #[test]
    fn every_number_is_bounded() {
        refused(|p| p.min_submissions = 0, FedsolError::SubmissionsOutOfBounds);
        refused(|p| p.min_submissions = 6, FedsolError::SubmissionsOutOfBounds);
        refused(|p| p.max_submissions = 4_097, FedsolError::SubmissionsOutOfBounds);
        refused(|p| p.rule = AggregationRule::TrimmedMean { trim: 2 }, FedsolError::TrimTooLarge);
        refused(|p| p.frac_bits = 25, FedsolError::FixedPointOutOfBounds);
        refused(|p| p.update_bits = 25, FedsolError::FixedPointOutOfBounds);
        refused(|p| p.qmax = 0, FedsolError::FixedPointOutOfBounds);
        refused(|p| p.qmax = 32_768, FedsolError::FixedPointOutOfBounds);
        refused(|p| p.max_norm_squared = 0, FedsolError::NormBoundZero);
        refused(|p| p.lr_num = 0, FedsolError::LearningRateOutOfBounds);
        refused(|p| p.lr_den = (1 << 20) + 1, FedsolError::LearningRateOutOfBounds);
    }

    #[test]
    fn scoring_is_bounded_and_its_windows_count_for_unbonding() {
        refused(|p| p.scoring.evaluator_bps = 5_001, FedsolError::ScoringOutOfBounds);
        refused(|p| p.scoring.floor = 10_001, FedsolError::ScoringOutOfBounds);
        refused(|p| p.scoring.band = 10_001, FedsolError::ScoringOutOfBounds);
        refused(|p| p.score = SHORT, FedsolError::UnbondingTooShort);
        let scored = |p: &mut Params| {
            p.score = SHORT;
            p.unbonding = Window { seconds: 111, slots: 111 };
        };
        let mut params = PARAMS;
        scored(&mut params);
        assert_eq!(params.validate(), Ok(()));
        for (min, max) in [(0, 3), (4, 3), (1, 17)] {
            let count = |p: &mut Params| {
                scored(p);
                (p.scoring.min_evaluators, p.scoring.max_evaluators) = (min, max);
            };
            refused(count, FedsolError::EvaluatorsOutOfBounds);
        }
    }

    #[test]
    fn money_is_bounded_and_some_of_a_slash_is_always_burned() {
        refused(|p| p.min_stake = 0, FedsolError::StakeTooLow);
        refused(|p| p.aggregator_bond = 0, FedsolError::BondTooLow);
        refused(|p| p.challenge_bond = 0, FedsolError::BondTooLow);
        refused(|p| p.slash_rates.no_reveal_bps = 99, FedsolError::SlashRateOutOfBounds);
        refused(|p| p.slash_rates.evaluator_bps = 6_001, FedsolError::SlashRateOutOfBounds);
        refused(|p| p.slash_rates.fraud_bps = 6_001, FedsolError::SlashRateOutOfBounds);
        refused(|p| p.slash_rates.round_cap_bps = 10_001, FedsolError::SlashRateOutOfBounds);
        refused(|p| p.slash_split.finder_bps = 5_001, FedsolError::SlashSplitOutOfBounds);
        refused(|p| p.slash_split.treasury_bps = 6_001, FedsolError::SlashSplitOutOfBounds);
    }

    #[test]
    fn a_masked_round_is_not_scored_and_its_time_to_share_counts_for_unbonding() {
        let masked = AggregationRule::Masked { threshold_bps: 6_667 };
        refused(|p| p.rule = masked, FedsolError::UnbondingTooShort);
        let long = Window { seconds: 91, slots: 91 };
        let mut params = Params { rule: masked, unbonding: long, ..PARAMS };
        assert_eq!(params.validate(), Ok(()));
        params.score = SHORT;
        params.unbonding = Window { seconds: 121, slots: 121 };
        assert_eq!(params.validate(), Err(FedsolError::MaskedOutOfBounds.into()));
    }

    #[test]
    fn masked_words_are_as_wide_as_the_sum_of_the_most_submissions_needs() {
        let rule = AggregationRule::Masked { threshold_bps: 6_667 };
        let narrow = Params { rule, qmax: 127, max_submissions: 256, ..PARAMS };
        assert_eq!(narrow.values_per_parameter(), 1);
        assert_eq!(Params { qmax: 128, ..narrow }.values_per_parameter(), 2);
        assert_eq!(Params { rule: AggregationRule::Mean, qmax: 128, ..narrow }.values_per_parameter(), 1);
    }
}
