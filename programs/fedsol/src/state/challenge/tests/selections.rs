//! Whole selections under Multi-Krum, and thousands of random ones: an honest one is never convicted, any other always is.

use super::tree::{chunks, update_chunks, Chunk, Draw, Tree};
use super::*;
use crate::math::selection::NO_DISTANCE;

const CASES: u64 = 2_000;

/// A round's updates, and what is accepted of them.
pub struct Round {
    pub updates: Vec<Vec<i16>>,
    pub submissions: Vec<Submission>,
    pub accepted: Vec<usize>,
    pub rule: AggregationRule,
}

/// What an aggregator posted.
#[derive(Clone)]
pub struct Posted {
    pub weights: Vec<u32>,
    pub rows: Vec<Vec<u64>>,
}

impl Round {
    pub fn of(updates: Vec<Vec<i16>>, accepted: &[usize], byzantine: u32, keep: u32) -> Self {
        let status = |index| {
            if accepted.contains(&index) {
                SubmissionStatus::Revealed
            } else {
                SubmissionStatus::Rejected
            }
        };
        let submissions = (0..).zip(&updates).map(|(index, update)| {
            let root = Tree::of(&update_chunks(update), false).root();
            let status = status(usize::try_from(index).unwrap());
            Submission { status, ..submission(index, root) }
        });
        let submissions = submissions.collect();
        let rule = AggregationRule::MultiKrum { byzantine, keep };
        Self { updates, submissions, accepted: accepted.to_vec(), rule }
    }

    pub fn params(&self) -> Params {
        Params { rule: self.rule, ..PARAMS }
    }

    fn distance(&self, first: usize, second: usize) -> u64 {
        if !self.accepted.contains(&first) || !self.accepted.contains(&second) {
            return NO_DISTANCE;
        }
        let gaps = self.updates[first].iter().zip(&self.updates[second]);
        gaps.map(|(a, b)| u64::from(a.abs_diff(*b))).map(|gap| gap * gap).sum()
    }

    /// The selection by its definition.
    pub fn honest(&self) -> Posted {
        let count = self.updates.len();
        let row = |i| (0..count).map(|j| self.distance(i, j)).collect::<Vec<_>>();
        let rows: Vec<Vec<u64>> = (0..count).map(row).collect();
        let mut weights = vec![0; count];
        if let AggregationRule::MultiKrum { byzantine, keep } = self.rule {
            let neighbours = self.accepted.len() - usize::try_from(byzantine).unwrap() - 2;
            let mut ranked: Vec<_> = self
                .accepted
                .iter()
                .map(|own| {
                    let others = self.accepted.iter().filter(|other| *other != own);
                    let mut near: Vec<_> = others.map(|other| u128::from(rows[*own][*other])).collect();
                    near.sort_unstable();
                    (near[..neighbours].iter().sum::<u128>(), *own)
                })
                .collect();
            ranked.sort_unstable();
            for (_, own) in &ranked[..usize::try_from(keep).unwrap()] {
                weights[*own] = 1;
            }
        }
        Posted { weights, rows }
    }

    pub fn challenge(&self, kind: ChallengeKind, posted: &Posted) -> Challenge {
        let mut open = challenge(kind, u32::try_from(self.updates[0].len()).unwrap());
        open.submissions = u32::try_from(self.updates.len()).unwrap();
        let (root, accepted) = (posted.tree().root().hash, u32::try_from(self.accepted.len()).unwrap());
        open.selected = Some(Selected::new(self.rule, root, accepted));
        open
    }

    pub fn tail(&self, open: &Challenge) -> Vec<u8> {
        let (revealed, parameter_count) = (open.submissions, open.parameter_count);
        let round = crate::state::Round { params: self.params(), ..round(parameter_count, revealed) };
        vec![0; Challenge::space(open.kind, &round, false) - Challenge::SPACE]
    }
}

impl Posted {
    pub fn chunks(&self) -> Vec<Chunk> {
        let weights = chunks(&self.weights.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<_>>());
        let row = |row: &Vec<u64>| chunks(&row.iter().flat_map(|d| d.to_le_bytes()).collect::<Vec<_>>());
        [weights, self.rows.iter().flat_map(row).collect()].concat()
    }

    pub fn tree(&self) -> Tree {
        Tree::of(&self.chunks(), true)
    }

    /// Shows the chunk at a place.
    pub fn show(
        &self,
        open: &mut Challenge,
        place: u32,
        named: Option<&Submission>,
        data: &mut [u8],
    ) -> Result<()> {
        let index = open.chunk_of(Part::Selection, place)?;
        let chunk = self.chunks()[usize::try_from(index).unwrap()];
        let whose = named.map(|submission| (who(3), submission));
        open.begin(Part::Selection, place, whose, &chunk, 0)?;
        assert!(open.climb(Part::Selection, whose, &self.tree().path(index))?.is_some());
        open.take_selection(place, &chunk, named, data)
    }

    /// What the program says of a claim, with all of its evidence.
    pub fn convicts(&self, round: &Round, kind: ChallengeKind, named: Option<&Submission>) -> Result<bool> {
        let mut open = round.challenge(kind, self);
        let mut data = round.tail(&open);
        if let WrongDistance { first, second } = kind {
            measure(&mut open, round, first, second, &mut data);
        }
        let mut place = 0;
        while !open.is_complete() {
            self.show(&mut open, place, named, &mut data)?;
            place += 1;
        }
        match open.evidence {
            Evidence::Incomplete => open.judge(&round.params(), &data),
            evidence => Ok(evidence == Evidence::Proves),
        }
    }
}

fn measure(open: &mut Challenge, round: &Round, first: u32, second: u32, data: &mut [u8]) {
    let [first, second] = [first, second].map(|index| usize::try_from(index).unwrap());
    let (Some(one), Some(other)) = (round.submissions.get(first), round.submissions.get(second)) else {
        return;
    };
    let pair = [first, second].map(|index| update_chunks(&round.updates[index]));
    for (a, b) in pair[0].iter().zip(&pair[1]) {
        open.measure(known(open).position, &[&a[..], &b[..]].concat(), data).unwrap();
    }
    open.take_distance(one, other, data).unwrap();
}

fn draw_round(seed: u64) -> Round {
    let mut draw = Draw(seed);
    // Now and then more than a chunk's distances or values.
    let most = if draw.u32(0, 8) == 0 { 40 } else { 12 };
    let (size, count) = (draw.u32(1, 200), draw.u32(3, most));
    let narrow = draw.u32(0, 3) == 0;
    let value =
        |draw: &mut Draw| if narrow { i16::try_from(draw.within(-1, 2)).unwrap() } else { draw.i16() };
    let updates: Vec<Vec<i16>> = (0..count).map(|_| (0..size).map(|_| value(&mut draw)).collect()).collect();
    let mut accepted: Vec<usize> = (0..updates.len()).filter(|_| draw.u32(0, 4) > 0).collect();
    if accepted.len() < 3 {
        accepted = (0..updates.len()).collect();
    }
    let most = u32::try_from(accepted.len()).unwrap();
    let byzantine = draw.u32(0, (most - 3) / 2 + 1);
    let keep = draw.u32(1, most - byzantine + 1);
    Round::of(updates, &accepted, byzantine, keep)
}

#[test]
fn an_honest_selection_is_never_convicted() {
    for seed in 0..CASES {
        let round = draw_round(seed);
        let posted = round.honest();
        let mut draw = Draw(!seed);
        let count = u32::try_from(round.updates.len()).unwrap();
        let (first, second) = (draw.u32(0, count), draw.u32(0, count));
        let rejected = round.submissions.iter().find(|one| one.status != SubmissionStatus::Revealed);
        assert_eq!(posted.convicts(&round, WrongWeights, rejected), Ok(false), "seed {seed}");
        for kind in [
            WrongSelection { selected: first, passed_over: second },
            WrongDistance { first, second },
            WrongDistance { first, second: draw.u32(0, count.div_ceil(32) * 32) },
        ] {
            assert_eq!(posted.convicts(&round, kind, None), Ok(false), "{kind:?}, seed {seed}");
        }
    }
}

#[test]
fn any_other_distance_is_convicted() {
    for seed in 0..CASES {
        let round = draw_round(seed);
        let mut posted = round.honest();
        let mut draw = Draw(!seed);
        let count = u32::try_from(round.updates.len()).unwrap();
        let (first, second) = (draw.u32(0, count), draw.u32(0, count));
        let entry = &mut posted.rows[usize::try_from(first).unwrap()][usize::try_from(second).unwrap()];
        *entry = [entry.wrapping_add(1), entry.wrapping_sub(1), !*entry][usize::try_from(seed % 3).unwrap()];
        let kind = WrongDistance { first, second };
        assert_eq!(posted.convicts(&round, kind, None), Ok(true), "{kind:?}, seed {seed}");
    }
}

#[test]
fn any_other_choice_is_convicted() {
    for seed in 0..CASES {
        let round = draw_round(seed);
        let mut posted = round.honest();
        let mut draw = Draw(!seed);
        let place = usize::try_from(draw.u32(0, u32::try_from(round.updates.len()).unwrap())).unwrap();
        // One weight less or more: the sum tells. Two swapped: the rows, or that one is not accepted.
        let other = posted.weights.iter().position(|weight| *weight != posted.weights[place]);
        posted.weights[place] ^= 1;
        assert_eq!(posted.convicts(&round, WrongWeights, None), Ok(true), "seed {seed}");
        let Some(other) = other else { continue };
        posted.weights[other] ^= 1;
        let (selected, passed_over) =
            if posted.weights[place] == 1 { (place, other) } else { (other, place) };
        if round.accepted.contains(&selected) {
            let [selected, passed_over] = [selected, passed_over].map(|index| u32::try_from(index).unwrap());
            let kind = WrongSelection { selected, passed_over };
            assert_eq!(posted.convicts(&round, kind, None), Ok(true), "seed {seed}");
        } else {
            let named = Some(&round.submissions[selected]);
            assert_eq!(posted.convicts(&round, WrongWeights, named), Ok(true), "seed {seed}");
        }
    }
}
