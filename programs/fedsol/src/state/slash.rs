//! A slash: where it is taken from, and where it goes.

use crate::math::{bps_down, Checked};
use crate::state::SlashSplit;
use anchor_lang::prelude::*;

/// What was taken from somebody, by where it lay. Token units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub stake: u64,
    pub queue: u64,
    pub bond: u64,
}

impl Taken {
    /// All of it.
    pub fn total(&self) -> Result<u64> {
        self.stake.plus(self.queue)?.plus(self.bond)
    }

    /// Both together.
    pub fn and(self, other: Self) -> Result<Self> {
        Ok(Self {
            stake: self.stake.plus(other.stake)?,
            queue: self.queue.plus(other.queue)?,
            bond: self.bond.plus(other.bond)?,
        })
    }
}

/// How an amount that somebody lost is divided. Token units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slash {
    pub total: u64,
    /// To whoever proved the fault, or was accused without one; rounded down.
    pub to_finder: u64,
    /// To the treasury; rounded down.
    pub to_treasury: u64,
    /// The rest.
    pub burned: u64,
}

impl Slash {
    /// Divides an amount as the rules say.
    pub fn of(total: u64, split: SlashSplit) -> Result<Self> {
        let to_finder = bps_down(total, split.finder_bps)?;
        let to_treasury = bps_down(total, split.treasury_bps)?;
        let burned = total.minus(to_finder)?.minus(to_treasury)?;
        Ok(Self { total, to_finder, to_treasury, burned })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SPLIT: SlashSplit = SlashSplit { finder_bps: 5_000, treasury_bps: 4_000 };

    #[test]
    fn the_parts_are_the_whole_and_some_is_burned() {
        let slash = Slash::of(999, SPLIT).unwrap();
        assert_eq!((slash.to_finder, slash.to_treasury, slash.burned), (499, 399, 101));
        assert_eq!(Slash::of(1, SPLIT).unwrap().burned, 1);
    }

    #[test]
    fn what_was_taken_adds_up() {
        let taken = Taken { stake: 1, queue: 2, bond: 4 };
        assert_eq!(taken.total().unwrap(), 7);
        assert_eq!(taken.and(taken).unwrap(), Taken { stake: 2, queue: 4, bond: 8 });
        assert!(taken.and(Taken { bond: u64::MAX, ..taken }).is_err());
    }
}
