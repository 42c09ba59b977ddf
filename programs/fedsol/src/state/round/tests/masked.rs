//! Rounds whose updates stay hidden.

use super::*;
use crate::state::Selection;

fn masked() -> Round {
    let mut round = round();
    round.params.rule = AggregationRule::Masked { threshold_bps: 6_667 };
    round
}

fn masked_challenge() -> Round {
    let mut round = masked();
    advance(&mut round, 10).unwrap();
    advance(&mut round, 20).unwrap();
    for _ in 0..3 {
        round.count_reveal(&[1; 32]).unwrap();
    }
    advance(&mut round, 30).unwrap();
    advance(&mut round, 31).unwrap();
    let opening = Selection { root: [5; 32], artifact: [6; 32] };
    round.post(at(32), Some(round.chosen), ([3; 32], [4; 32]), Some(opening)).unwrap();
    round
}

fn accepted(index: u32) -> Submission {
    submission(index, SubmissionStatus::Revealed)
}

#[test]
fn a_masked_round_shares_before_it_reveals_for_as_long_as_it_commits() {
    let mut round = masked();
    advance(&mut round, 10).unwrap();
    assert_eq!((round.phase, round.deadline), (Phase::Share, Deadline { time: 20, slot: 20 }));
    refused(round.require_no_reveal_fault(), WrongPhase);
    refused(advance(&mut round, 19), DeadlineNotPassed);
    advance(&mut round, 20).unwrap();
    assert_eq!(round.phase, Phase::Reveal);
}

#[test]
fn a_masked_aggregate_falls_when_more_than_half_of_the_accepted_object_and_not_before() {
    let mut round = masked_challenge();
    assert_eq!(round.object(&accepted(2), at(33)), Ok(false));
    refused(round.object(&accepted(2), at(33)), AlreadyObjected);
    assert_eq!(round.object(&accepted(0), at(33)), Ok(true));
    round.accepted = 4;
    assert_eq!(round.object(&accepted(1), at(33)), Ok(true));
    round.accepted = 6;
    round.reopen(at(34)).unwrap();
    assert_eq!((round.phase, round.objections(), round.selection), (Phase::Aggregate, 0, None));
}

#[test]
fn half_of_the_accepted_are_not_enough() {
    let mut round = masked_challenge();
    round.accepted = 4;
    assert_eq!(round.object(&accepted(0), at(33)), Ok(false));
    assert_eq!(round.object(&accepted(3), at(33)), Ok(false));
}

#[test]
fn only_accepted_submissions_of_masked_rounds_object_and_only_during_the_challenge_phase() {
    let mut round = masked_challenge();
    refused(round.object(&accepted(256), at(33)), Overflow);
    let mut faulted = accepted(0);
    faulted.status = SubmissionStatus::Faulted;
    refused(round.object(&faulted, at(33)), WrongSubmissionStatus);
    refused(round.object(&accepted(0), at(42)), DeadlinePassed);
    round.params.rule = AggregationRule::Mean;
    refused(round.object(&accepted(0), at(33)), ModeMismatch);
    refused(aggregating().object(&accepted(0), at(25)), ModeMismatch);
}

#[test]
fn as_many_join_as_can_be_in_a_sum_and_only_while_a_masked_round_commits() {
    let mut round = masked();
    for count in 1..=round.params.max_submissions {
        assert_eq!(round.join(at(9)), Ok(()));
        assert_eq!(round.members, count);
    }
    refused(round.join(at(9)), RoundFull);
    round.members = 0;
    refused(round.join(at(10)), DeadlinePassed);
    advance(&mut round, 10).unwrap();
    refused(round.join(at(11)), WrongPhase);
    round.params.rule = AggregationRule::Mean;
    refused(round.join(at(11)), ModeMismatch);
}
