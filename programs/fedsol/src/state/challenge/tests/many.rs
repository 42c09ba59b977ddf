//! Thousands of random rounds: an honest coordinate is never convicted, any other value always is.

use super::tree::{model_chunks, update_chunks, Chunk, Draw, Tree};
use super::*;
use crate::state::AggregationRule;

const CASES: u64 = 10_000;

/// Numbers with their tree.
struct Shown {
    chunks: Vec<Chunk>,
    tree: Tree,
}

impl Shown {
    fn of(chunks: Vec<Chunk>, of_model: bool) -> Self {
        Self { tree: Tree::of(&chunks, of_model), chunks }
    }
}

/// A round as its challengers see it.
struct Case {
    size: u32,
    params: Params,
    base: Shown,
    updates: Vec<Shown>,
    /// Index of the submission of each update; the others in the round are not accepted.
    places: Vec<u32>,
    submissions: u32,
    honest: Vec<i32>,
}

impl Case {
    fn draw(seed: u64) -> Self {
        let mut draw = Draw(seed);
        let size = draw.u32(1, 300);
        let mut places = Vec::new();
        let submissions = draw.u32(1, 12);
        for place in 0..submissions {
            if places.is_empty() || draw.u32(0, 4) > 0 {
                places.push(place);
            }
        }
        let params = rules(&mut draw, places.len());
        let base: Vec<_> = (0..size).map(|_| draw.i32()).collect();
        let updates: Vec<Vec<_>> = places.iter().map(|_| (0..size).map(|_| draw.i16()).collect()).collect();
        let honest = (0..base.len())
            .map(|c| expected(base[c], updates.iter().map(|update| update[c]).collect(), &params))
            .collect();
        let updates = updates.iter().map(|update| Shown::of(update_chunks(update), false)).collect();
        let base = Shown::of(model_chunks(&base), true);
        Self { size, params, base, updates, places, submissions, honest }
    }

    /// What the program says of a coordinate of a posted model, with all evidence in a random order.
    fn convicts(&self, posted: &[i32], coordinate: u32, draw: &mut Draw) -> bool {
        let mut challenge = challenge(ChallengeKind::WrongAggregate { coordinate }, self.size);
        let posted = Shown::of(model_chunks(posted), true);
        challenge.base_root = self.base.tree.root().hash;
        challenge.posted_root = posted.tree.root().hash;
        challenge.submissions = self.submissions;
        let accepted = u32::try_from(self.places.len()).unwrap();
        challenge.needed = if challenge.is_padding() { 0 } else { accepted };
        let mut data = vec![0; evidence::space(self.submissions)];
        show(&mut challenge, Part::Posted, None, &posted, &mut data);
        if !challenge.is_padding() {
            assert!(challenge.judge_coordinate(&self.params, &data).is_err(), "judged without the values");
            show(&mut challenge, Part::Base, None, &self.base, &mut data);
            let mut order: Vec<_> = (0..self.places.len()).collect();
            for last in (1..order.len()).rev() {
                order.swap(last, usize::try_from(draw.u32(0, u32::try_from(last + 1).unwrap())).unwrap());
            }
            for who in order {
                let update = submission(self.places[who], self.updates[who].tree.root());
                show(&mut challenge, Part::Update, Some(&update), &self.updates[who], &mut data);
            }
        }
        challenge.judge_coordinate(&self.params, &data).unwrap()
    }
}

/// Rules within the program's bounds.
fn rules(draw: &mut Draw, count: usize) -> Params {
    let trims = u32::try_from(count).unwrap().div_ceil(2);
    let rule = match draw.u32(0, 3) {
        0 => AggregationRule::Mean,
        1 => AggregationRule::TrimmedMean { trim: draw.u32(0, trims) },
        _ => AggregationRule::Median,
    };
    let bits = |draw: &mut Draw| u8::try_from(draw.u32(0, 25)).unwrap();
    let rate = |draw: &mut Draw| {
        let top = 1 << draw.u32(0, 21);
        draw.u32(1, top + 1)
    };
    Params {
        rule,
        lr_num: rate(draw),
        lr_den: rate(draw),
        frac_bits: bits(draw),
        update_bits: bits(draw),
        ..PARAMS
    }
}

/// The rule by its definition: one fraction, rounded half away from zero by its floor.
fn expected(base: i32, mut values: Vec<i16>, params: &Params) -> i32 {
    values.sort();
    let count = values.len();
    let kept = match params.rule {
        AggregationRule::Mean => &values[..],
        AggregationRule::TrimmedMean { trim } => {
            let trim = usize::try_from(trim).unwrap();
            &values[trim..count - trim]
        }
        _ => &values[(count - 1) / 2..=count / 2],
    };
    let sum: i128 = kept.iter().map(|q| i128::from(*q)).sum();
    let num = sum * i128::from(params.lr_num) * (1i128 << params.frac_bits);
    let den = i128::try_from(kept.len()).unwrap() * i128::from(params.lr_den) * (1i128 << params.update_bits);
    let step = (2 * num.abs() + den).div_euclid(2 * den) * num.signum();
    let next = (i128::from(base) + step).clamp(i32::MIN.into(), i32::MAX.into());
    i32::try_from(next).unwrap()
}

/// Shows the chunk that a challenge asks for, its path in pieces, and takes it.
fn show(challenge: &mut Challenge, part: Part, update: Option<&Submission>, shown: &Shown, data: &mut [u8]) {
    let index = challenge.chunk_of(part, 0).unwrap();
    let whose = update.map(|update| (Pubkey::new_from_array([7; 32]), update));
    let chunk = &shown.chunks[usize::try_from(index).unwrap()];
    challenge.begin(part, 0, whose, chunk, 0).unwrap();
    let path = shown.tree.path(index);
    let record = if part == Part::Update { UPDATE_RECORD } else { MODEL_RECORD };
    let (first, rest) = path.split_at(record * (path.len() / record / 2));
    let mut arrived = challenge.climb(part, whose, first).unwrap();
    if arrived.is_none() {
        arrived = challenge.climb(part, whose, rest).unwrap();
    }
    challenge.take(arrived.unwrap(), update, data).unwrap();
}

#[test]
fn an_honest_coordinate_is_never_convicted_and_any_other_value_always_is() {
    for seed in 0..CASES {
        let case = Case::draw(seed);
        let draw = &mut Draw(!seed);
        let coordinate = draw.u32(0, case.size);
        assert!(!case.convicts(&case.honest, coordinate, draw), "honest, seed {seed}");
        let mut forged = case.honest.clone();
        let value = &mut forged[usize::try_from(coordinate).unwrap()];
        let other = if draw.u32(0, 2) == 0 { value.wrapping_add(1) } else { draw.i32() };
        *value = if other == *value { value.wrapping_sub(1) } else { other };
        assert!(case.convicts(&forged, coordinate, draw), "forged, seed {seed}");
    }
}

#[test]
fn padding_is_convicted_unless_it_is_zero() {
    for seed in 0..CASES / 10 {
        let case = Case::draw(seed);
        let draw = &mut Draw(!seed);
        let end = case.size.next_multiple_of(crate::merkle::MODEL_VALUES);
        if case.size == end {
            continue;
        }
        let coordinate = draw.u32(case.size, end);
        assert!(!case.convicts(&case.honest, coordinate, draw), "honest, seed {seed}");
        let mut forged = case.honest.clone();
        forged.resize(usize::try_from(coordinate).unwrap(), 0);
        forged.push(draw.i32().max(1));
        assert!(case.convicts(&forged, coordinate, draw), "forged, seed {seed}");
    }
}
