#![allow(clippy::unwrap_used)]

use super::*;
use crate::slot_hashes::SlotHash;
use crate::state::params::tests::PARAMS;
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
        round.count_reveal(1, &[1; 32]).unwrap();
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
    refused(full.count_reveal(1, &[1; 32]), RoundFull);
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
    refused(round.post(at(30), Some(0), (HASH, HASH)), AggregatorNotChosen);
    round.post(at(31), None, (HASH, HASH)).unwrap();
}

#[test]
fn the_chosen_aggregator_has_the_first_window_and_anyone_the_second() {
    let chosen = aggregating().chosen;
    let other = chosen ^ 1;
    refused(aggregating().post(at(30), Some(other), (HASH, HASH)), AggregatorNotChosen);
    aggregating().post(at(30), Some(chosen), (HASH, HASH)).unwrap();
    aggregating().post(at(31), Some(other), (HASH, HASH)).unwrap();
    aggregating().post(at(40), Some(other), (HASH, HASH)).unwrap();
    refused(aggregating().post(at(41), Some(chosen), (HASH, HASH)), DeadlinePassed);
}

#[test]
fn posting_ends_in_the_moment_in_which_aborting_begins() {
    refused(aggregating().abort(at(40)), DeadlineNotPassed);
    aggregating().abort(at(41)).unwrap();
}

#[test]
fn settling_waits_for_the_challenge_window_and_keeps_the_dust() {
    let mut round = aggregating();
    round.post(at(31), Some(round.chosen), (HASH, HASH)).unwrap();
    refused(round.settle(at(40)), DeadlineNotPassed);
    assert_eq!(round.settle(at(41)).unwrap(), (99, 1));
    assert_eq!((round.share, round.phase), (33, Phase::Settled));
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
    refused(aborted.require_closable(at(70)), RoundInUse);
    assert_eq!(aborted.require_closable(at(71)), Ok(()));
}

#[test]
fn no_move_is_legal_from_a_phase_that_the_table_does_not_name() {
    let mut settled = aggregating();
    settled.post(at(31), Some(settled.chosen), (HASH, HASH)).unwrap();
    settled.settle(at(41)).unwrap();
    refused(advance(&mut settled, 1_000), WrongPhase);
    refused(settled.post(at(42), Some(0), (HASH, HASH)), WrongPhase);
    refused(settled.settle(at(1_000)), WrongPhase);
    refused(settled.abort(at(1_000)), WrongPhase);
}
