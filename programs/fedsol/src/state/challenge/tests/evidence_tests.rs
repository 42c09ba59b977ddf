//! How evidence is shown, and what it amounts to.

use super::tree::{update_chunks, Chunk, Tree};
use super::*;

/// Three chunks of 300 values, the second not zero.
fn some_chunks() -> Vec<Chunk> {
    let values: Vec<i16> = (0..300).map(|i| if (128..256).contains(&i) { i - 190 } else { 0 }).collect();
    update_chunks(&values)
}

/// What a whole path says under a claim about chunk 1 of 300 values.
fn told(kind: ChallengeKind, chunks: &[Chunk], tree: &Tree, declared: u64) -> Result<Evidence> {
    let update = submission(0, tree.root());
    let mut challenge = challenge(kind, 300);
    let target = Some((who(1), &update));
    challenge.begin(Part::Update, 0, target, &chunks[1], declared)?;
    let arrived = challenge.climb(Part::Update, target, &tree.path(1))?.unwrap();
    challenge.take(arrived, Some(&update), &mut [])?;
    assert!(challenge.is_complete());
    Ok(challenge.evidence)
}

#[test]
fn a_chunk_has_its_length_and_a_path_begins_with_one() {
    let update = submission(0, Node::default());
    let target = Some((who(1), &update));
    let mut open = challenge(LyingNorm { chunk: 0 }, 300);
    for length in [0, 255, 257] {
        refused(open.begin(Part::Update, 0, target, &vec![0; length], 0), ProofMalformed);
    }
    refused(open.climb(Part::Update, target, &[0; 40]), ProofMalformed);
}

#[test]
fn a_path_that_was_begun_goes_on_as_what_it_was_begun_as() {
    let chunks = some_chunks();
    let tree = Tree::of(&chunks, false);
    let update = submission(0, tree.root());
    let begun = || {
        let mut open = challenge(WrongAggregate { coordinate: 128 }, 300);
        open.begin(Part::Update, 0, Some((who(1), &update)), &chunks[1], 0).unwrap();
        open
    };
    refused(begun().climb(Part::Update, Some((who(2), &update)), &tree.path(1)), ProofMalformed);
    refused(begun().climb(Part::Base, Some((who(1), &update)), &[]), ProofMalformed);
    refused(begun().climb(Part::Update, None, &tree.path(1)), ProofMalformed);
    assert!(begun().climb(Part::Update, Some((who(1), &update)), &tree.path(1)).unwrap().is_some());
}

#[test]
fn an_updates_path_needs_its_submission_and_a_models_has_none() {
    let chunks = some_chunks();
    let tree = Tree::of(&chunks, false);
    let update = submission(0, tree.root());
    let mut open = challenge(WrongAggregate { coordinate: 128 }, 300);
    open.begin(Part::Update, 0, None, &chunks[1], 0).unwrap();
    refused(open.climb(Part::Update, None, &tree.path(1)), EvidenceNotAsked);
    open.begin(Part::Base, 0, Some((who(1), &update)), &chunks[1], 0).unwrap();
    refused(open.climb(Part::Base, Some((who(1), &update)), &[0; 3 * MODEL_RECORD]), EvidenceNotAsked);
}

#[test]
fn a_model_is_no_evidence_about_an_update() {
    for kind in [LyingNorm { chunk: 1 }, FalsePlant { chunk: 1 }] {
        let ascent = Ascent {
            part: Part::Posted,
            submission: Pubkey::default(),
            value: 0,
            faulty: true,
            climb: Climb::default(),
        };
        refused(challenge(kind, 300).take(ascent, None, &mut []), EvidenceNotAsked);
    }
}

#[test]
fn each_value_counts_once_in_whatever_order_they_come() {
    let mut open = challenge(WrongAggregate { coordinate: 0 }, 300);
    open.submissions = 9;
    let mut data = vec![0; evidence::space(9)];
    let ascent = |value| Ascent {
        part: Part::Update,
        submission: who(1),
        value,
        faulty: false,
        climb: Climb::default(),
    };
    for (index, value) in [(8, -5), (0, 7)] {
        let update = submission(index, Node::default());
        open.take(ascent(value), Some(&update), &mut data).unwrap();
        refused(open.take(ascent(value), Some(&update), &mut data), EvidenceRepeated);
    }
    let behind = submission(9, Node::default());
    refused(open.take(ascent(1), Some(&behind), &mut data), EvidenceNotAsked);
    assert_eq!((open.have, open.weight, open.weighted_sum), (2, 2, 2));
    assert_eq!(data[..2], [1, 1]);
    assert_eq!(data[2..8], [251, 255, 7, 0, 0, 0]);
}

#[test]
fn a_verdict_needs_every_value_and_both_models() {
    let mut open = challenge(WrongAggregate { coordinate: 0 }, 300);
    open.needed = 1;
    open.submissions = 1;
    let mut data = vec![0; evidence::space(1)];
    let missing = |open: &Challenge, data: &[u8]| {
        assert!(!open.is_complete());
        refused(open.judge(&PARAMS, data), EvidenceMissing);
    };
    missing(&open, &data);
    open.posted = Some(5);
    missing(&open, &data);
    open.base = Some(5);
    missing(&open, &data);
    let ascent =
        Ascent { part: Part::Update, submission: who(1), value: 0, faulty: false, climb: Climb::default() };
    open.take(ascent, Some(&submission(0, Node::default())), &mut data).unwrap();
    assert!(open.is_complete());
    assert_eq!(open.judge(&PARAMS, &data), Ok(false));
    open.posted = Some(6);
    assert_eq!(open.judge(&PARAMS, &data), Ok(true));
    open.base = None;
    missing(&open, &data);
}

#[test]
fn an_honest_leaf_refutes_and_one_that_declares_another_sum_proves() {
    let chunks = some_chunks();
    let true_sum = crate::math::sum_of_squares(&chunks[1]);
    let kind = LyingNorm { chunk: 1 };
    let honest = Tree::of(&chunks, false);
    assert_eq!(told(kind, &chunks, &honest, true_sum), Ok(Evidence::Refutes));
    // Who declares for an honest author what it never hashed reaches no root.
    refused(told(kind, &chunks, &honest, true_sum - 1), ProofMismatch);
    for lie in [0, true_sum - 1, true_sum + 1] {
        let forged = Tree::declaring(&chunks, vec![0, lie, 0], false);
        assert_eq!(told(kind, &chunks, &forged, lie), Ok(Evidence::Proves));
        refused(told(kind, &chunks, &forged, true_sum), ProofMismatch);
    }
}

#[test]
fn sums_that_overflow_on_the_way_prove_and_are_no_other_evidence() {
    let chunks = some_chunks();
    let true_sum = crate::math::sum_of_squares(&chunks[1]);
    let forged = Tree::declaring(&chunks, vec![u64::MAX, true_sum, 0], false);
    assert!(forged.root().sum < true_sum);
    assert_eq!(told(LyingNorm { chunk: 1 }, &chunks, &forged, true_sum), Ok(Evidence::Proves));
    refused(told(FalsePlant { chunk: 1 }, &chunks, &forged, 0), ProofMismatch);
    refused(told(Unavailable { chunk: 1 }, &chunks, &forged, 0), ProofMismatch);
}

#[test]
fn a_value_that_no_update_may_have_proves() {
    let mut chunks = some_chunks();
    let qmax = PARAMS.qmax;
    for (value, expected) in [(i16::MIN, Evidence::Proves), (i16::MIN + 1, Evidence::Refutes)] {
        assert_eq!(value.unsigned_abs() > qmax, expected == Evidence::Proves);
        chunks[1][..2].copy_from_slice(&value.to_le_bytes());
        let sum = crate::math::sum_of_squares(&chunks[1]);
        let tree = Tree::of(&chunks, false);
        assert_eq!(told(LyingNorm { chunk: 1 }, &chunks, &tree, sum), Ok(expected));
    }
}

#[test]
fn a_plant_that_its_seed_does_not_make_proves() {
    let (seed, amplitude) = ([3; 32], 1_000);
    let chunks: Vec<_> =
        (0..3).map(|index| crate::math::plant::plant_chunk(&seed, index, amplitude, 300)).collect();
    let tree = Tree::of(&chunks, false);
    for (seed, amplitude, expected) in [
        (seed, amplitude, Evidence::Refutes),
        (seed, amplitude + 1, Evidence::Proves),
        ([4; 32], amplitude, Evidence::Proves),
    ] {
        let mut update = submission(0, tree.root());
        (update.plant_seed, update.plant_amplitude) = (seed, amplitude);
        let mut open = challenge(FalsePlant { chunk: 1 }, 300);
        let target = Some((who(1), &update));
        open.begin(Part::Update, 0, target, &chunks[1], 0).unwrap();
        let arrived = open.climb(Part::Update, target, &tree.path(1)).unwrap().unwrap();
        open.take(arrived, Some(&update), &mut []).unwrap();
        assert_eq!(open.evidence, expected);
    }
}

#[test]
fn a_shown_chunk_is_kept_with_its_path_in_whatever_pieces_it_came() {
    let chunks = some_chunks();
    let tree = Tree::of(&chunks, false);
    let update = submission(0, tree.root());
    let target = Some((who(1), &update));
    let path = tree.path(1);
    let mut open = challenge(Unavailable { chunk: 1 }, 300);
    let mut tail = vec![0; CHUNK_LEN + path.len()];
    refused(open.keep(&chunks[1], &[], &mut tail), ProofMalformed);
    // A first try that leads nowhere is overwritten by the next.
    for first in [&[9; UPDATE_RECORD][..], &path[..UPDATE_RECORD]] {
        open.begin(Part::Update, 0, target, &chunks[1], 0).unwrap();
        open.keep(&chunks[1], first, &mut tail).unwrap();
        assert_eq!(open.climb(Part::Update, target, first), Ok(None));
    }
    refused(open.keep(&[], &path, &mut tail), ProofMalformed);
    open.keep(&[], &path[UPDATE_RECORD..], &mut tail).unwrap();
    assert!(open.climb(Part::Update, target, &path[UPDATE_RECORD..]).unwrap().is_some());
    assert_eq!(tail, [&chunks[1][..], &path].concat());
}
