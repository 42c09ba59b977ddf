#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::integer_division)]

use super::*;
use crate::merkle::{Node, MODEL_RECORD, UPDATE_RECORD};
use crate::state::params::tests::PARAMS;
use crate::state::{Params, SubmissionStatus, SELECTION_MAX};
use ChallengeKind::*;
use FedsolError::*;

mod evidence_tests;
mod many;
mod measuring_tests;
mod selecting_tests;
mod selections;
mod tree;

/// Most bytes that an account may have that is made by a call.
const ACCOUNT_MAX: usize = 10_240;

fn zeros<T: AnchorDeserialize>() -> T {
    T::deserialize(&mut &[0u8; 20_000][..]).unwrap()
}

fn challenge(kind: ChallengeKind, parameter_count: u32) -> Challenge {
    let qmax = PARAMS.qmax;
    Challenge { kind, parameter_count, qmax, ..zeros() }
}

fn submission(index: u32, root: Node) -> Submission {
    let (status, weight, revealed) = (SubmissionStatus::Revealed, 1, true);
    Submission { index, status, weight, revealed, root: root.hash, norm_squared: root.sum, ..zeros() }
}

fn round(parameter_count: u32, revealed: u32) -> Round {
    Round { parameter_count, revealed, params: PARAMS, ..zeros() }
}

fn known(open: &Challenge) -> Selected {
    open.selected.unwrap()
}

const KRUM: AggregationRule = AggregationRule::MultiKrum { byzantine: 1, keep: 2 };

fn selecting(rule: AggregationRule, revealed: u32) -> Round {
    let params = Params { rule, ..PARAMS };
    Round { params, ..round(1 << 25, revealed) }
}

fn who(name: u8) -> Pubkey {
    Pubkey::new_from_array([name; 32])
}

fn refused<T: std::fmt::Debug>(result: Result<T>, error: FedsolError) {
    assert_eq!(result.map(|_| ()), Err(error.into()));
}

#[test]
fn what_follows_the_fields_is_as_long_as_it_may_become_and_fits_an_account() {
    let space = |kind, revealed, on| Challenge::space(kind, &round(1 << 25, revealed), on) - Challenge::SPACE;
    assert_eq!(space(WrongAggregate { coordinate: 0 }, 9, false), 2 + 18);
    assert_eq!(space(LyingNorm { chunk: 0 }, 9, true), 0);
    assert_eq!(space(CopiedUpdate, 9, true), 0);
    assert_eq!(space(FalsePlant { chunk: 0 }, 9, true), 0);
    assert_eq!(space(Unavailable { chunk: 0 }, 9, true), CHUNK_LEN + 18 * UPDATE_RECORD);
    assert_eq!(space(Unavailable { chunk: 0 }, 9, false), CHUNK_LEN + 19 * MODEL_RECORD);
    let most = space(WrongAggregate { coordinate: 0 }, crate::state::params::SUBMISSIONS_MAX, false);
    assert!(Challenge::SPACE + most <= ACCOUNT_MAX);
}

#[test]
fn what_follows_where_the_rule_selects_is_as_long_as_it_may_become_and_fits_an_account() {
    let space =
        |kind, rule, revealed| Challenge::space(kind, &selecting(rule, revealed), false) - Challenge::SPACE;
    let (first, second) = (0, 1);
    let selection = WrongSelection { selected: 0, passed_over: 1 };
    assert_eq!(space(WrongWeights, AggregationRule::Weighted, 65), 2 * CHUNK_LEN);
    assert_eq!(space(selection, KRUM, 65), (2 + 2 * 3) * CHUNK_LEN);
    assert_eq!(space(WrongAggregate { coordinate: 0 }, KRUM, 65), 9 + 130 + 2 * CHUNK_LEN);
    assert_eq!(space(SelectionUnavailable { chunk: 0 }, KRUM, 65), CHUNK_LEN + 8 * MODEL_RECORD);
    assert_eq!(space(WrongDistance { first, second }, KRUM, 65), 2 * CHUNK_LEN + 2 * 19 * UPDATE_RECORD);
    for kind in [selection, WrongWeights, WrongAggregate { coordinate: 0 }, WrongDistance { first, second }] {
        assert!(Challenge::SPACE + space(kind, KRUM, SELECTION_MAX) <= ACCOUNT_MAX);
        assert_eq!(
            space(kind, AggregationRule::Mean, 9) > 0,
            matches!(kind, WrongAggregate { .. } | WrongDistance { .. })
        );
    }
}

#[test]
fn what_is_claimed_of_a_selection_needs_a_rule_that_selects_and_lies_within_it() {
    let kinds = |row, column, chunk| {
        let selection = WrongSelection { selected: row, passed_over: row };
        let distance = WrongDistance { first: row, second: column };
        [WrongWeights, SelectionUnavailable { chunk }, selection, distance]
    };
    // 33 weights and their padding are one chunk, a row is two.
    let last = kinds(32, 63, 1 + 33 * 2 - 1);
    for kind in last {
        assert_eq!(require_in_range(kind, &selecting(KRUM, 33), false), Ok(()));
        refused(require_in_range(kind, &selecting(KRUM, 33), true), TargetMismatch);
        refused(require_in_range(kind, &selecting(AggregationRule::Median, 33), false), TargetMismatch);
    }
    let [_, behind @ ..] = kinds(33, 0, 67);
    for kind in behind.into_iter().chain([WrongDistance { first: 0, second: 64 }]) {
        refused(require_in_range(kind, &selecting(KRUM, 33), false), ChunkOutOfRange);
    }
    let weighted = selecting(AggregationRule::Weighted, 33);
    assert_eq!(require_in_range(WrongWeights, &weighted, false), Ok(()));
    assert_eq!(require_in_range(SelectionUnavailable { chunk: 0 }, &weighted, false), Ok(()));
    refused(require_in_range(SelectionUnavailable { chunk: 1 }, &weighted, false), ChunkOutOfRange);
    for kind in &last[2..] {
        refused(require_in_range(*kind, &weighted, false), TargetMismatch);
    }
}

#[test]
fn the_fields_never_reach_into_what_follows_them() {
    let mut full = challenge(WrongDistance { first: 1, second: 2 }, 100);
    (full.base, full.posted) = (Some(-1), Some(i32::MIN));
    let climb = Climb::from_leaf(u32::MAX, [255; 32], u64::MAX);
    let (entry, measured) = (Some(1), Some(u64::MAX));
    full.selected = Some(Selected { entry, measured, ..Selected::new(KRUM, [0; 32], 5) });
    full.ascent = Some(Ascent { part: Part::Posted, submission: who(9), value: -1, faulty: true, climb });
    let mut bytes = Vec::new();
    full.try_serialize(&mut bytes).unwrap();
    assert_eq!(bytes.len(), Challenge::SPACE);
}

#[test]
fn each_kind_fits_its_target_and_lies_within_it() {
    let round = round(300, 3);
    let kinds = |index| {
        [
            // Kind; whether an aggregate's, a submission's; first index behind the end.
            (WrongAggregate { coordinate: index }, true, false, 320),
            (LyingNorm { chunk: index }, false, true, 3),
            (FalsePlant { chunk: index }, false, true, 3),
            (CopiedUpdate, false, true, u32::MAX),
            (Unavailable { chunk: index }, true, true, 5),
        ]
    };
    for place in 0..5 {
        let (_, of_aggregate, of_submission, end) = kinds(0)[place];
        for (on_submission, fits) in [(false, of_aggregate), (true, of_submission)] {
            let end = if on_submission && place == 4 { 3 } else { end };
            let last = require_in_range(kinds(end - 1)[place].0, &round, on_submission);
            let behind = require_in_range(kinds(end)[place].0, &round, on_submission);
            if !fits {
                refused(last, TargetMismatch);
            } else if place == 3 {
                assert_eq!((last, behind), (Ok(()), Ok(())));
            } else {
                assert_eq!((last, behind), (Ok(()), Err(ChunkOutOfRange.into())));
            }
        }
    }
}

#[test]
fn a_coordinate_lies_in_another_chunk_of_an_update_than_of_a_model() {
    let wrong = challenge(WrongAggregate { coordinate: 200 }, 300);
    assert_eq!(wrong.chunk_of(Part::Update, 0), Ok(1));
    assert_eq!(wrong.chunk_of(Part::Base, 0), Ok(3));
    assert_eq!(wrong.chunk_of(Part::Posted, 0), Ok(3));
    refused(challenge(CopiedUpdate, 300).chunk_of(Part::Update, 0), EvidenceNotAsked);
}

#[test]
fn padding_begins_behind_the_last_parameter() {
    let padding = |coordinate| challenge(WrongAggregate { coordinate }, 300).is_padding();
    assert!(!padding(299) && padding(300));
    assert!(!challenge(LyingNorm { chunk: 500 }, 300).is_padding());
}

#[test]
fn evidence_counts_until_the_last_moment_and_until_it_is_complete() {
    let mut open = challenge(LyingNorm { chunk: 0 }, 300);
    open.deadline = Deadline { time: 10, slot: 10 };
    let at = |time, slot| Now { time, slot };
    for now in [at(9, 9), at(10, 9), at(9, 10)] {
        assert_eq!(open.require_open(now), Ok(()));
    }
    refused(open.require_open(at(10, 10)), DeadlinePassed);
    for evidence in [Evidence::Proves, Evidence::Refutes] {
        open.evidence = evidence;
        refused(open.require_open(at(9, 9)), EvidenceComplete);
        assert!(open.is_complete());
    }
}

#[test]
fn a_claim_is_moot_once_another_one_was_faster() {
    let round = Round { attempt: 1, ..round(300, 3) };
    let mut on_aggregate = challenge(WrongAggregate { coordinate: 0 }, 300);
    assert!(on_aggregate.is_moot(&round, None));
    on_aggregate.attempt = 1;
    assert!(!on_aggregate.is_moot(&round, None));
    use SubmissionStatus::*;
    for (status, moot) in [(Revealed, false), (Rejected, false), (Planted, false), (Faulted, true)] {
        let target = Submission { status, ..submission(0, Node::default()) };
        assert_eq!(challenge(CopiedUpdate, 300).is_moot(&round, Some(&target)), moot);
    }
}

#[test]
fn a_verdict_is_final_and_says_what_is_to_be_moved() {
    let mut open = challenge(CopiedUpdate, 300);
    assert_eq!(open.require_undecided(), Ok(()));
    let slash = Slash::of(1_000, PARAMS.slash_split).unwrap();
    open.decide(Verdict::Convicted, 450, &slash);
    assert_eq!((open.payout, open.to_treasury, open.burned), (450, slash.to_treasury, slash.burned));
    refused(open.require_undecided(), ChallengeDecided);
    refused(open.require_open(Now { time: 0, slot: 0 }), ChallengeDecided);
}
