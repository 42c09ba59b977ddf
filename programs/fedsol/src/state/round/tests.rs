#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::slot_hashes::SlotHash;
use crate::state::params::tests::PARAMS;
use crate::state::AggregationRule;
use crate::state::{Submission, SubmissionStatus, Vote, Window};
use FedsolError::*;

const HASH: [u8; 32] = [9; 32];

fn at(time: i64) -> Now {
    Now { time, slot: u64::try_from(time).unwrap() }
}

fn round() -> Round {
    let zeros = [0u8; 10_000];
    let mut round: Round = AnchorDeserialize::deserialize(&mut &zeros[..]).unwrap();
    round.params = PARAMS;
    round.pool = 100;
    round.deadline = Deadline::after(at(0), PARAMS.commit).unwrap();
    round
}

fn advance(round: &mut Round, now: i64) -> Result<()> {
    round.advance(at(now), 2, |_| SlotHash::Found(HASH))
}

fn revealing(reveals: u32) -> Round {
    let mut round = round();
    advance(&mut round, 10).unwrap();
    for _ in 0..reveals {
        round.count_reveal(&[1; 32]).unwrap();
    }
    round
}

fn aggregating() -> Round {
    let mut round = revealing(3);
    advance(&mut round, 20).unwrap();
    advance(&mut round, 21).unwrap();
    round
}

fn refused<T: std::fmt::Debug + PartialEq>(result: Result<T>, error: FedsolError) {
    assert_eq!(result.unwrap_err(), error.into());
}

#[test]
fn a_phase_lasts_to_its_last_moment_and_not_longer() {
    let mut round = round();
    assert_eq!(round.require_during(Phase::Commit, at(9)), Ok(()));
    refused(advance(&mut round, 9), DeadlineNotPassed);
    refused(round.require_during(Phase::Commit, at(10)), DeadlinePassed);
    advance(&mut round, 10).unwrap();
    assert_eq!(round.phase, Phase::Reveal);
}

#[test]
fn a_late_crank_never_shortens_the_next_window() {
    let mut round = round();
    advance(&mut round, 1_000).unwrap();
    assert_eq!(round.deadline, Deadline { time: 1_010, slot: 1_010 });
}

#[test]
fn too_few_reveals_abort_and_enough_go_on() {
    let mut few = revealing(2);
    refused(advance(&mut few, 20), QuorumFailed);
    refused(few.abort(at(19)), DeadlineNotPassed);
    few.abort(at(20)).unwrap();
    assert_eq!(few.phase, Phase::Aborted);
    refused(revealing(3).abort(at(20)), QuorumReached);
}

#[test]
fn a_full_round_goes_on_early_and_takes_no_more() {
    let mut full = revealing(5);
    refused(full.count_reveal(&[1; 32]), RoundFull);
    advance(&mut full, 11).unwrap();
    refused(full.require_no_reveal_fault(), CommitmentExcused);
}

#[test]
fn the_beacon_waits_for_a_slot_after_the_reveals() {
    let mut round = revealing(3);
    advance(&mut round, 20).unwrap();
    assert_eq!(round.beacon_slot, 21);
    refused(round.advance(at(20), 2, |_| SlotHash::NotYet), BeaconNotReady);
}

#[test]
fn a_forgotten_slot_is_replaced_by_one_that_is_still_to_come() {
    let mut round = revealing(3);
    advance(&mut round, 20).unwrap();
    let before = round.beacon;
    round.advance(at(900), 2, |_| SlotHash::Forgotten).unwrap();
    assert_eq!((round.phase, round.beacon_slot, round.beacon), (Phase::Score, 901, before));
}

#[test]
fn who_comes_or_goes_after_the_reveals_does_not_change_the_choice() {
    let mut calm = revealing(3);
    let mut crowded = revealing(3);
    for (round, aggregators) in [(&mut calm, 2), (&mut crowded, 77)] {
        advance(round, 20).unwrap();
        round.advance(at(21), aggregators, |_| SlotHash::Found(HASH)).unwrap();
    }
    assert_eq!(calm.chosen, crowded.chosen);
}

#[test]
fn a_seat_taken_after_the_reveals_does_not_count() {
    let mut round = revealing(3);
    advance(&mut round, 20).unwrap();
    assert!(round.seat_counts(20) && !round.seat_counts(21));
}

#[test]
fn without_aggregators_nobody_is_chosen_and_anyone_may_step_in_later() {
    let mut round = revealing(3);
    round.advance(at(20), 0, |_| SlotHash::NotYet).unwrap();
    round.advance(at(21), 0, |_| SlotHash::Found(HASH)).unwrap();
    assert_eq!(round.chosen, NOBODY);
    refused(round.post(at(30), Some(0), (HASH, HASH), None), AggregatorNotChosen);
    round.post(at(31), None, (HASH, HASH), None).unwrap();
}

#[test]
fn the_chosen_aggregator_has_the_first_window_and_anyone_the_second() {
    let chosen = aggregating().chosen;
    let other = chosen ^ 1;
    refused(aggregating().post(at(30), Some(other), (HASH, HASH), None), AggregatorNotChosen);
    aggregating().post(at(30), Some(chosen), (HASH, HASH), None).unwrap();
    aggregating().post(at(31), Some(other), (HASH, HASH), None).unwrap();
    aggregating().post(at(40), Some(other), (HASH, HASH), None).unwrap();
    refused(aggregating().post(at(41), Some(chosen), (HASH, HASH), None), DeadlinePassed);
}

#[test]
fn a_selection_is_posted_exactly_where_the_rule_selects() {
    let selection = Some(Selection { root: HASH, artifact: HASH });
    let krum = AggregationRule::MultiKrum { byzantine: 0, keep: 1 };
    for rule in [AggregationRule::Median, AggregationRule::Weighted, krum] {
        let fits = if rule.selects() { selection } else { None };
        let misfit = if rule.selects() { None } else { selection };
        let mut round = aggregating();
        round.params.rule = rule;
        let chosen = Some(round.chosen);
        refused(round.post(at(30), chosen, (HASH, HASH), misfit), SelectionMismatch);
        round.post(at(30), chosen, (HASH, HASH), fits).unwrap();
        assert_eq!(round.selection, fits);
        round.reopen(at(35)).unwrap();
        assert_eq!(round.selection, None);
    }
}

#[test]
fn posting_ends_in_the_moment_in_which_aborting_begins() {
    refused(aggregating().abort(at(40)), DeadlineNotPassed);
    aggregating().abort(at(41)).unwrap();
}

#[test]
fn settling_waits_for_the_challenge_window_and_the_dust_leaves_with_the_last_claim() {
    let mut round = aggregating();
    round.post(at(31), Some(round.chosen), (HASH, HASH), None).unwrap();
    refused(round.settle(at(40)), DeadlineNotPassed);
    assert_eq!(round.settle(at(41)).unwrap(), (100, 0));
    assert_eq!((round.share, round.phase), (33, Phase::Settled));
    assert_eq!([33, 33, 33].map(|pay| round.claim(pay).unwrap()), [0, 0, 1]);
}

#[test]
fn silence_is_no_fault_before_revealing_is_over() {
    refused(round().require_no_reveal_fault(), WrongPhase);
    refused(revealing(3).require_no_reveal_fault(), WrongPhase);
    assert_eq!(aggregating().require_no_reveal_fault(), Ok(()));
}

#[test]
fn a_round_closes_after_its_end_its_submissions_and_its_grace() {
    refused(aggregating().require_closable(at(1_000)), RoundNotEnded);
    let mut aborted = revealing(2);
    aborted.abort(at(20)).unwrap();
    refused(aborted.require_closable(at(1_000)), RoundInUse);
    aborted.closed = 2;
    refused(aborted.require_closable(at(100)), RoundInUse);
    assert_eq!(aborted.require_closable(at(101)), Ok(()));
}

#[test]
fn no_move_is_legal_from_a_phase_that_the_table_does_not_name() {
    let mut settled = aggregating();
    settled.post(at(31), Some(settled.chosen), (HASH, HASH), None).unwrap();
    settled.settle(at(41)).unwrap();
    refused(advance(&mut settled, 1_000), WrongPhase);
    refused(settled.post(at(42), Some(0), (HASH, HASH), None), WrongPhase);
    refused(settled.settle(at(1_000)), WrongPhase);
    refused(settled.abort(at(1_000)), WrongPhase);
}

// Scoring.

const SHORT: Window = Window { seconds: 10, slots: 10 };

/// A round in `Score` whose beacon is drawn; its scoring ends at 31.
fn scoring() -> Round {
    let mut round = round();
    round.params.score = SHORT;
    advance(&mut round, 10).unwrap();
    for _ in 0..4 {
        round.count_reveal(&[1; 32]).unwrap();
    }
    advance(&mut round, 20).unwrap();
    advance(&mut round, 21).unwrap();
    round
}

fn tallying(evaluators: u8) -> Round {
    let mut round = scoring();
    for ticket in 0..evaluators {
        round.seat(u64::from(ticket)).unwrap();
    }
    advance(&mut round, 31).unwrap();
    for _ in 0..evaluators {
        round.count_score_reveal().unwrap();
    }
    advance(&mut round, 32).unwrap();
    round
}

fn submission(index: u32, status: SubmissionStatus) -> Submission {
    let zeros = [0u8; 1_000];
    let mut submission: Submission = AnchorDeserialize::deserialize(&mut &zeros[..]).unwrap();
    submission.index = index;
    submission.status = status;
    submission.participant = Pubkey::new_from_array([100; 32]);
    submission
}

fn vote(who: u8, score: u16, weight: u64) -> Vote {
    Vote { participant: Pubkey::new_from_array([who; 32]), score, weight, within: None }
}

#[test]
fn the_beacon_is_drawn_before_anybody_scores_and_scoring_lasts_its_windows() {
    let mut round = scoring();
    assert!(round.drawn && round.phase == Phase::Score);
    refused(advance(&mut round, 30), DeadlineNotPassed);
    refused(advance(&mut round, 31), QuorumFailed);
    let mut round = tallying(3);
    assert_eq!((round.phase, round.deadline.time), (Phase::Tally, 42));
    refused(advance(&mut round, 42), ScoresMissing);
    round.scored = 4;
    refused(advance(&mut round, 41), DeadlineNotPassed);
    advance(&mut round, 42).unwrap();
    assert_eq!(round.phase, Phase::Aggregate);
}

#[test]
fn too_few_evaluators_abort_and_enough_do_not() {
    let mut round = scoring();
    round.seat(1).unwrap();
    refused(round.abort(at(30)), DeadlineNotPassed);
    let mut few = scoring();
    few.abort(at(31)).unwrap();
    round.seat(2).unwrap();
    refused(round.abort(at(31)), QuorumReached);
    advance(&mut round, 31).unwrap();
    round.count_score_reveal().unwrap();
    refused(advance(&mut round, 41), QuorumFailed);
    round.abort(at(41)).unwrap();
    assert!(round.scores_closed && !few.scores_closed);
}

#[test]
fn a_seat_goes_to_the_lower_ticket_whoever_was_first() {
    let mut round = scoring();
    for ticket in [50, 90, 70] {
        assert!(!round.seat(ticket).unwrap().1);
    }
    refused(round.seat(90), EvaluatorsFull);
    assert_eq!(round.seat(60).unwrap(), (1, true));
    assert_eq!(round.seat(10).unwrap(), (2, true));
    refused(round.seat(61), EvaluatorsFull);
    assert_eq!((round.seats, &round.tickets[..3]), (3, &[50, 60, 10][..]));
}

#[test]
fn a_score_is_the_weighted_median_and_who_is_far_from_it_on_either_side_has_a_strike() {
    let mut round = tallying(3);
    let mut target = submission(0, SubmissionStatus::Revealed);
    let mut votes = [vote(1, 0, 10), vote(2, 5_000, 10), vote(3, 10_000, 10), vote(4, 7_500, 1)];
    round.score(&mut target, &mut votes).unwrap();
    assert_eq!((target.score, target.scored, target.status), (5_000, true, SubmissionStatus::Revealed));
    let within: Vec<_> = votes.iter().map(|vote| vote.within).collect();
    assert_eq!(within, [Some(false), Some(true), Some(false), Some(true)]);
    assert_eq!((round.score_total, round.credit_total, round.scored), (5_000, 2, 1));
}

#[test]
fn nobody_scores_itself() {
    let mut round = tallying(3);
    let mut target = submission(0, SubmissionStatus::Revealed);
    let mut votes = [vote(100, 10_000, 1_000), vote(1, 2_000, 1)];
    round.score(&mut target, &mut votes).unwrap();
    assert_eq!((target.score, votes[0].within, round.credit_total), (2_000, None, 1));
}

#[test]
fn a_score_below_the_floor_rejects_and_pays_nothing() {
    let mut round = tallying(3);
    let mut target = submission(0, SubmissionStatus::Revealed);
    round.score(&mut target, &mut [vote(1, 999, 1)]).unwrap();
    assert_eq!((target.status, round.accepted, round.score_total), (SubmissionStatus::Rejected, 3, 0));
    refused(round.submission_pay(&target), WrongSubmissionStatus);
}

#[test]
fn a_plant_is_worth_nothing_and_who_took_it_for_something_missed_it() {
    let mut round = tallying(3);
    let mut target = submission(0, SubmissionStatus::Revealed);
    round.plant(&mut target).unwrap();
    let mut votes = [vote(1, 10_000, 90), vote(2, 2_500, 1), vote(3, 2_501, 1)];
    round.score(&mut target, &mut votes).unwrap();
    let within: Vec<_> = votes.iter().map(|vote| vote.within).collect();
    assert_eq!(within, [Some(false), Some(true), Some(false)]);
    assert_eq!((round.accepted, round.planted, round.score_total), (3, 1, 0));
}

#[test]
fn too_few_accepted_submissions_cannot_be_aggregated_and_abort_at_once() {
    let mut round = tallying(3);
    (round.accepted, round.scored) = (2, 4);
    advance(&mut round, 42).unwrap();
    refused(round.post(at(43), Some(round.chosen), (HASH, HASH), None), QuorumFailed);
    round.abort(at(43)).unwrap();
}

// Disputes.

fn challenged() -> Round {
    let mut round = aggregating();
    round.post(at(31), Some(round.chosen), (HASH, HASH), None).unwrap();
    round
}

#[test]
fn an_open_dispute_holds_the_round_and_a_decided_one_does_not() {
    let mut round = challenged();
    round.open_dispute().unwrap();
    refused(round.settle(at(41)), DisputesOpen);
    round.end_dispute().unwrap();
    round.settle(at(41)).unwrap();
}

#[test]
fn an_open_dispute_holds_an_abort_too() {
    let mut round = aggregating();
    round.open_dispute().unwrap();
    refused(round.abort(at(41)), DisputesOpen);
}

#[test]
fn an_aggregate_of_submissions_one_of_which_has_fallen_is_refused() {
    let mut round = aggregating();
    round.require_accepted(Some(round.accepted)).unwrap();
    let combined = round.accepted;
    round.accepted -= 1;
    refused(round.require_accepted(Some(combined)), AcceptedChanged);
    round.require_accepted(None).unwrap();
}

#[test]
fn a_fallen_aggregate_opens_the_round_again_for_another_one() {
    let mut round = challenged();
    round.reopen(at(35)).unwrap();
    assert_eq!((round.phase, round.attempt, round.bond), (Phase::Aggregate, 1, 0));
    assert_eq!((round.new_model_root, round.aggregator), ([0; 32], Pubkey::default()));
    assert_eq!((round.deadline, round.takeover.time), (Deadline { time: 45, slot: 45 }, 55));
    refused(aggregating().reopen(at(35)), WrongPhase);
}

#[test]
fn disputes_begin_after_the_reveals_and_not_after_the_last_moment_of_a_phase() {
    refused(round().require_disputable(at(1)), WrongPhase);
    refused(revealing(3).require_disputable(at(11)), WrongPhase);
    assert_eq!(aggregating().require_disputable(at(40)), Ok(()));
    refused(aggregating().require_disputable(at(41)), DeadlinePassed);
    assert_eq!(challenged().require_disputable(at(40)), Ok(()));
    refused(challenged().require_disputable(at(41)), DeadlinePassed);
}

#[test]
fn an_answer_gives_time_for_a_challenge_and_none_for_another_demand() {
    let mut round = challenged();
    round.extend_challenge(at(40)).unwrap();
    assert_eq!(round.deadline, Deadline { time: 50, slot: 50 });
    assert_eq!(round.require_disputable(at(49)), Ok(()));
    assert_eq!(round.require_demandable(at(40)), Ok(()));
    refused(round.require_demandable(at(41)), DeadlinePassed);
}

#[test]
fn a_faulty_submission_leaves_the_round_and_an_aggregate_that_counted_it_falls() {
    let mut early = aggregating();
    let mut target = submission(0, SubmissionStatus::Revealed);
    assert!(!early.fault(&mut target, at(30)).unwrap());
    assert_eq!((early.accepted, target.status), (2, SubmissionStatus::Faulted));
    let mut late = challenged();
    assert!(late.fault(&mut submission(0, SubmissionStatus::Revealed), at(22)).unwrap());
    assert!(!late.fault(&mut submission(1, SubmissionStatus::Rejected), at(22)).unwrap());
}

#[test]
fn a_false_plant_excuses_whoever_was_judged_by_it() {
    let mut round = tallying(3);
    let (mut judged, mut early) =
        (submission(0, SubmissionStatus::Revealed), submission(1, SubmissionStatus::Revealed));
    round.plant(&mut judged).unwrap();
    round.plant(&mut early).unwrap();
    assert!(!round.fault(&mut early, at(22)).unwrap());
    assert_eq!((round.planted, round.false_plants), (1, 0));
    round.score(&mut judged, &mut [vote(1, 9_000, 1)]).unwrap();
    assert!(!round.fault(&mut judged, at(22)).unwrap());
    assert_eq!((round.planted, round.false_plants, round.scored), (0, 1, 2));
}

#[test]
fn an_aggregate_that_is_waited_for_has_its_time_again_when_a_submission_that_counted_falls() {
    let mut round = aggregating();
    let lot = round.chosen;
    round.fault(&mut submission(0, SubmissionStatus::Rejected), at(40)).unwrap();
    assert_eq!((round.deadline.time, round.takeover.time), (31, 41));
    round.fault(&mut submission(1, SubmissionStatus::Revealed), at(60)).unwrap();
    assert_eq!((round.deadline.time, round.takeover.time), (70, 80));
    assert_eq!((round.phase, round.chosen, round.attempt), (Phase::Aggregate, lot, 0));
}

#[test]
fn a_faulty_submission_needs_no_score_and_takes_its_own_away() {
    let mut round = tallying(3);
    round.fault(&mut submission(0, SubmissionStatus::Revealed), at(22)).unwrap();
    assert_eq!((round.scored, round.accepted), (1, 3));
    let mut scored = submission(1, SubmissionStatus::Revealed);
    round.score(&mut scored, &mut [vote(1, 4_000, 1)]).unwrap();
    round.fault(&mut scored, at(22)).unwrap();
    assert_eq!((round.scored, round.accepted, round.score_total), (2, 2, 0));
}

// Pay.

#[test]
fn the_pool_is_divided_by_scores_and_whatever_is_left_leaves_with_the_last_claim() {
    let mut round = tallying(2);
    round.pool = 1_000;
    let mut all: Vec<_> = (0..4).map(|index| submission(index, SubmissionStatus::Revealed)).collect();
    round.plant(&mut all[0]).unwrap();
    for (target, score) in all.iter_mut().zip([0, 2_000, 3_000, 4_000]) {
        round.score(target, &mut [vote(1, score, 1), vote(2, score, 1)]).unwrap();
    }
    advance(&mut round, 42).unwrap();
    round.post(at(43), Some(round.chosen), (HASH, HASH), None).unwrap();
    assert_eq!(round.settle(at(53)).unwrap(), (1_000, 0));
    let pays: Vec<_> = all.iter().map(|target| round.submission_pay(target).unwrap()).collect();
    assert_eq!(pays, [225, 150, 225, 300]);
    assert_eq!(round.evaluator_pay(4).unwrap(), 50);
    let mut released = 0;
    for pay in [225, 150, 225, 300, 50, 0] {
        assert_eq!(released, 0);
        released = round.claim(pay).unwrap();
    }
    assert_eq!((released, round.unpaid), (50, 0));
    assert!(round.claim(0).is_err());
}

#[test]
fn nothing_is_owed_where_nothing_improved() {
    let mut round = tallying(2);
    round.pool = 1_000;
    round.params.scoring.floor = 0;
    for index in 0..4 {
        let mut target = submission(index, SubmissionStatus::Revealed);
        round.score(&mut target, &mut [vote(1, 0, 1), vote(2, 10_000, 0)]).unwrap();
    }
    advance(&mut round, 42).unwrap();
    round.post(at(43), Some(round.chosen), (HASH, HASH), None).unwrap();
    assert_eq!(round.settle(at(53)).unwrap(), (100, 900));
}

mod masked;
