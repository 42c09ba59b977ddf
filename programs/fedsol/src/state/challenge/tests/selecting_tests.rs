//! How a selection is shown, chunk by chunk, and what it amounts to.

use super::selections::{Posted, Round};
use super::*;
use crate::math::selection::NO_DISTANCE;

fn case() -> Round {
    // The third of seven is not accepted.
    let updates: Vec<_> = [0, 1, 50, 2, 3, 4, 900].map(|value| vec![value; 200]).to_vec();
    Round::of(updates, &[0, 1, 3, 4, 5, 6], 1, 2)
}

#[test]
fn an_honest_selection_is_refuted_in_every_way_that_it_can_be_claimed_wrong() {
    let round = case();
    let posted = round.honest();
    assert_eq!(posted.convicts(&round, WrongWeights, None), Ok(false));
    for (selected, passed_over) in [(0, 6), (1, 0), (6, 1), (2, 0), (0, 2), (1, 1)] {
        let kind = WrongSelection { selected, passed_over };
        assert_eq!(posted.convicts(&round, kind, None), Ok(false), "{kind:?}");
    }
    for first in 0..7 {
        for second in 0..32 {
            let kind = WrongDistance { first, second };
            assert_eq!(posted.convicts(&round, kind, None), Ok(false), "{kind:?}");
        }
    }
}

#[test]
fn nobody_that_is_accepted_or_was_never_shown_proves_a_wrong_weight() {
    let round = case();
    let posted = round.honest();
    let selected = round.honest().weights.iter().position(|weight| *weight == 1).unwrap();
    let accepted = round.submissions[selected].clone();
    refused(posted.convicts(&round, WrongWeights, Some(&accepted)), WrongSubmissionStatus);
    // Who never revealed has the index of nobody, and the account says 0.
    use SubmissionStatus::*;
    for status in [Committed, Faulted] {
        let never = Submission { status, revealed: false, index: 0, ..accepted.clone() };
        refused(posted.convicts(&round, WrongWeights, Some(&never)), WrongSubmissionStatus);
    }
    assert_eq!(posted.convicts(&round, WrongWeights, Some(&round.submissions[2])), Ok(false));
}

#[test]
fn a_weight_of_one_that_is_not_accepted_proves_at_once() {
    let round = case();
    let mut weights = round.honest().weights;
    let selected = weights.iter().position(|weight| *weight == 1).unwrap();
    weights.swap(2, selected);
    let posted = Posted { weights, ..round.honest() };
    assert_eq!(posted.convicts(&round, WrongWeights, Some(&round.submissions[2])), Ok(true));
    assert_eq!(posted.convicts(&round, WrongWeights, None), Ok(false), "it must be named");
}

#[test]
fn weights_that_the_rule_may_not_give_are_proved() {
    let round = case();
    for weights in [vec![0; 7], vec![1, 0, 0, 0, 0, 0, 0], vec![2, 0, 0, 0, 0, 0, 0], vec![1; 7]] {
        let posted = Posted { weights, ..round.honest() };
        assert_eq!(posted.convicts(&round, WrongWeights, None), Ok(true));
    }
    // As many as are kept, but one of them is nobody.
    let mut behind = vec![1, 0, 0, 0, 0, 0, 0];
    behind.push(1);
    assert_eq!(Posted { weights: behind, ..round.honest() }.convicts(&round, WrongWeights, None), Ok(true));
    let weighted = Round { rule: AggregationRule::Weighted, ..case() };
    for (weights, wrong) in [(vec![0; 7], true), (vec![0, 5, 0, 0, 0, 0, 9], false)] {
        let posted = Posted { weights, rows: Vec::new() };
        assert_eq!(posted.convicts(&weighted, WrongWeights, None), Ok(wrong));
    }
}

#[test]
fn whoever_is_passed_over_is_proved_by_two_rows() {
    let round = case();
    let posted = Posted { weights: vec![0, 0, 0, 1, 0, 0, 1], ..round.honest() };
    assert_eq!(posted.convicts(&round, WrongWeights, None), Ok(false));
    let kind = |selected, passed_over| WrongSelection { selected, passed_over };
    assert_eq!(posted.convicts(&round, kind(6, 1), None), Ok(true));
    // Swapped rows, or one that counts as well, prove nothing.
    assert_eq!(posted.convicts(&round, kind(1, 6), None), Ok(false));
    assert_eq!(posted.convicts(&round, kind(6, 3), None), Ok(false));
    assert_eq!(posted.convicts(&round, kind(6, 2), None), Ok(false));
}

#[test]
fn every_chunk_is_asked_for_at_its_place_and_counts_once() {
    let round = case();
    let posted = round.honest();
    let mut open = round.challenge(WrongSelection { selected: 1, passed_over: 4 }, &posted);
    let chunks = [0, 1, 2].map(|place| open.chunk_of(Part::Selection, place));
    assert_eq!(chunks, [Ok(0), Ok(2), Ok(5)]);
    refused(open.chunk_of(Part::Selection, 3), EvidenceNotAsked);
    refused(open.chunk_of(Part::Update, 0), EvidenceNotAsked);
    let mut data = round.tail(&open);
    // The row of one is not taken for that of the other.
    let shown = posted.chunks();
    let path = posted.tree().path(5);
    open.begin(Part::Selection, 1, None, &shown[5], 0).unwrap();
    refused(open.climb(Part::Selection, None, &path), ProofMismatch);
    posted.show(&mut open, 2, None, &mut data).unwrap();
    refused(posted.show(&mut open, 2, None, &mut data), EvidenceRepeated);
    refused(open.judge(&round.params(), &data), EvidenceMissing);
    let others = challenge(CopiedUpdate, 300);
    refused(others.chunk_of(Part::Selection, 0), EvidenceNotAsked);
}

#[test]
fn a_value_weighs_what_the_selection_says_and_nothing_without_it() {
    let round = case();
    let posted = Posted { weights: vec![0, 3, 0, 0, 2, 0, 0], rows: Vec::new() };
    let round = Round { rule: AggregationRule::Weighted, ..round };
    let mut open = round.challenge(WrongAggregate { coordinate: 0 }, &posted);
    let mut data = round.tail(&open);
    let ascent = |value| Ascent {
        part: Part::Update,
        submission: who(1),
        value,
        faulty: false,
        climb: Climb::default(),
    };
    let one = &round.submissions;
    refused(open.take(ascent(1), Some(&one[1]), &mut data), EvidenceMissing);
    posted.show(&mut open, 0, None, &mut data).unwrap();
    assert_eq!(open.needed, 2);
    refused(open.take(ascent(1), Some(&one[0]), &mut data), EvidenceNotAsked);
    open.take(ascent(-7), Some(&one[4]), &mut data).unwrap();
    open.take(ascent(1), Some(&one[1]), &mut data).unwrap();
    assert_eq!((open.weighted_sum, open.weight, open.have), (-11, 5, 2));
    assert!(!open.is_complete());
    (open.base, open.posted) = (Some(0), Some(-2));
    let unit = Params { lr_num: 1, lr_den: 1, frac_bits: 0, update_bits: 0, ..round.params() };
    assert_eq!(open.judge(&unit, &data), Ok(false));
    open.posted = Some(-3);
    assert_eq!(open.judge(&unit, &data), Ok(true));
}

#[test]
fn an_aggregate_of_no_weight_is_wrong_and_holds_up_no_round() {
    let round = Round { rule: AggregationRule::Weighted, ..case() };
    let posted = Posted { weights: vec![0; 7], rows: Vec::new() };
    let mut open = round.challenge(WrongAggregate { coordinate: 0 }, &posted);
    let mut data = round.tail(&open);
    posted.show(&mut open, 0, None, &mut data).unwrap();
    assert!(open.is_complete());
    assert_eq!(open.judge(&round.params(), &data), Ok(true));
}

#[test]
fn padding_of_a_row_is_zero() {
    let round = case();
    let mut posted = round.honest();
    posted.rows[4].push(NO_DISTANCE);
    assert_eq!(posted.convicts(&round, WrongDistance { first: 4, second: 7 }, None), Ok(true));
    assert_eq!(posted.convicts(&round, WrongDistance { first: 4, second: 8 }, None), Ok(false));
}
