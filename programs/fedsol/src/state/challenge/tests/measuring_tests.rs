//! How two updates are read to the end, and what is made of their distance.

use super::tree::{update_chunks, Chunk, Draw, Tree};
use super::*;
use crate::math::selection::NO_DISTANCE;

/// Two updates of a round, as a challenger streams them.
struct Pair {
    size: u32,
    updates: [Vec<i16>; 2],
    trees: [Tree; 2],
}

impl Pair {
    fn draw(seed: u64) -> Self {
        let mut draw = Draw(seed);
        let size = draw.u32(1, 1_400);
        let updates = [(); 2].map(|()| (0..size).map(|_| draw.i16()).collect::<Vec<_>>());
        let trees = [0, 1].map(|which: usize| Tree::of(&update_chunks(&updates[which]), false));
        Self { size, updates, trees }
    }

    fn submissions(&self) -> [Submission; 2] {
        [0u8, 1].map(|index| submission(index.into(), self.trees[usize::from(index)].root()))
    }

    fn challenge(&self) -> Challenge {
        let mut open = challenge(WrongDistance { first: 0, second: 1 }, self.size);
        open.submissions = 5;
        open.selected = Some(Selected::new(KRUM, [0; 32], 5));
        open
    }

    /// Chunk by chunk in turn.
    fn stream(&self) -> Vec<u8> {
        interleaved(&self.updates.each_ref().map(|update| update_chunks(update)))
    }

    fn distance(&self) -> u64 {
        let [first, second] = &self.updates;
        let gaps = first.iter().zip(second).map(|(a, b)| u64::from(a.abs_diff(*b)));
        gaps.map(|gap| gap * gap).sum()
    }
}

fn interleaved(chunks: &[Vec<Chunk>; 2]) -> Vec<u8> {
    chunks[0].iter().zip(&chunks[1]).flat_map(|(a, b)| [&a[..], &b[..]].concat()).collect()
}

fn tail(open: &Challenge) -> Vec<u8> {
    vec![0; measuring::space(open.parameter_count)]
}

/// Streams in pieces of so many bytes.
fn read(open: &mut Challenge, stream: &[u8], piece: usize, data: &mut [u8]) {
    for part in stream.chunks(piece) {
        open.measure(known(open).position, part, data).unwrap();
    }
}

#[test]
fn the_distance_of_two_updates_is_measured_in_pieces_of_any_length() {
    for seed in 0..1_000 {
        let pair = Pair::draw(seed);
        let mut open = pair.challenge();
        let mut data = tail(&open);
        let piece = usize::try_from(Draw(!seed).u32(1, 1_100)).unwrap();
        read(&mut open, &pair.stream(), piece, &mut data);
        let [first, second] = pair.submissions();
        open.take_distance(&first, &second, &mut data).unwrap();
        assert_eq!(known(&open).measured, Some(pair.distance()), "seed {seed}");
        assert_eq!(open.evidence, Evidence::Incomplete);
        open.selected.as_mut().unwrap().entry = Some(pair.distance());
        open.compare().unwrap();
        assert_eq!(open.evidence, Evidence::Refutes);
        refused(open.take_distance(&first, &second, &mut data), EvidenceRepeated);
    }
}

#[test]
fn other_bytes_than_the_updates_lead_to_no_distance() {
    for seed in 0..300 {
        let pair = Pair::draw(seed);
        let mut open = pair.challenge();
        let mut data = tail(&open);
        let mut stream = pair.stream();
        let place = usize::try_from(Draw(!seed).u32(0, u32::try_from(stream.len()).unwrap())).unwrap();
        stream[place] ^= 1;
        read(&mut open, &stream, 990, &mut data);
        let [first, second] = pair.submissions();
        refused(open.take_distance(&first, &second, &mut data), ProofMismatch);
        // Who was wrong begins anew.
        let right = pair.stream();
        let (begin, rest) = right.split_at(right.len() / 2);
        open.measure(0, begin, &mut data).unwrap();
        read(&mut open, rest, 990, &mut data);
        open.take_distance(&first, &second, &mut data).unwrap();
        assert_eq!(known(&open).measured, Some(pair.distance()));
    }
}

#[test]
fn bytes_come_in_their_order_and_not_behind_the_end() {
    let pair = Pair::draw(1);
    let (mut open, stream) = (pair.challenge(), pair.stream());
    let mut data = tail(&open);
    open.measure(0, &stream[..300], &mut data).unwrap();
    refused(open.measure(299, &stream[299..], &mut data), EvidenceOutOfOrder);
    refused(open.measure(301, &stream[301..], &mut data), EvidenceOutOfOrder);
    let [first, second] = pair.submissions();
    refused(open.take_distance(&first, &second, &mut data), EvidenceMissing);
    open.measure(300, &stream[300..], &mut data).unwrap();
    refused(open.measure(known(&open).position, &[0], &mut data), ProofMalformed);
    open.take_distance(&first, &second, &mut data).unwrap();
}

#[test]
fn each_update_is_the_one_that_was_named_and_was_shown() {
    let pair = Pair::draw(2);
    let mut open = pair.challenge();
    let mut data = tail(&open);
    read(&mut open, &pair.stream(), 990, &mut data);
    let [first, second] = pair.submissions();
    let never = Submission { revealed: false, status: SubmissionStatus::Faulted, ..first.clone() };
    for (a, b) in [(&second, &first), (&first, &first), (&never, &second), (&first, &never)] {
        refused(open.take_distance(a, b, &mut data), WrongSubmission);
    }
    // Both in their places, but the roots are each other's.
    let swapped = [(&first, &second), (&second, &first)].map(|(to, from)| Submission {
        root: from.root,
        norm_squared: from.norm_squared,
        ..to.clone()
    });
    refused(open.take_distance(&swapped[0], &swapped[1], &mut data), ProofMismatch);
}

#[test]
fn where_one_is_not_accepted_nothing_is_read_and_the_entry_is_the_largest_number() {
    use SubmissionStatus::*;
    let pair = Pair::draw(3);
    for (one, other) in [(Faulted, Revealed), (Revealed, Rejected), (Planted, Planted)] {
        let [mut first, mut second] = pair.submissions();
        (first.status, second.status) = (one, other);
        let mut open = pair.challenge();
        open.selected.as_mut().unwrap().entry = Some(7);
        let mut data = tail(&open);
        open.take_distance(&first, &second, &mut data).unwrap();
        assert_eq!((known(&open).measured, open.evidence), (Some(NO_DISTANCE), Evidence::Proves));
    }
    let [first, _] = pair.submissions();
    let mut open = pair.challenge();
    open.kind = WrongDistance { first: 0, second: 0 };
    open.selected.as_mut().unwrap().entry = Some(0);
    let mut data = tail(&open);
    open.take_distance(&first, &first, &mut data).unwrap();
    assert_eq!(open.evidence, Evidence::Refutes);
}

#[test]
fn values_behind_the_last_parameter_do_not_count() {
    let sizes = [100, 128, 129];
    for size in sizes {
        let mut chunks = [0i16, 5].map(|value| update_chunks(&vec![value; size]));
        let last = chunks[0].len() - 1;
        let behind = size % 128 * 2;
        if behind > 0 {
            chunks[0][last][behind] = 9;
        }
        let trees = chunks.each_ref().map(|chunks| Tree::of(chunks, false));
        let mut open = challenge(WrongDistance { first: 0, second: 1 }, u32::try_from(size).unwrap());
        open.submissions = 5;
        open.selected = Some(Selected::new(KRUM, [0; 32], 5));
        let mut data = tail(&open);
        read(&mut open, &interleaved(&chunks), 990, &mut data);
        let [first, second] = [0u8, 1].map(|i| submission(i.into(), trees[usize::from(i)].root()));
        open.take_distance(&first, &second, &mut data).unwrap();
        assert_eq!(known(&open).measured, Some(25 * u64::try_from(size).unwrap()));
    }
}

#[test]
fn an_update_whose_sums_lie_has_no_distance() {
    let pair = Pair::draw(4);
    let chunks = update_chunks(&pair.updates[0]);
    let lies = vec![1; chunks.len()];
    let forged = submission(0, Tree::declaring(&chunks, lies, false).root());
    let [_, second] = pair.submissions();
    let mut open = pair.challenge();
    let mut data = tail(&open);
    read(&mut open, &pair.stream(), 990, &mut data);
    refused(open.take_distance(&forged, &second, &mut data), ProofMismatch);
}
