//! Time: windows, deadlines and the present, which always comes in as an argument.

use crate::math::Checked;
use crate::struct_layout;
use anchor_lang::prelude::*;

/// The longest window that any phase may have: 90 days.
pub const WINDOW_SECONDS_MAX: u32 = 90 * 24 * 3_600;
/// The same in slots, at the fastest slot time (200 ms).
pub const WINDOW_SLOTS_MAX: u32 = 5 * WINDOW_SECONDS_MAX;

/// The present: the cluster's clock and its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    pub time: i64,
    pub slot: u64,
}

impl Now {
    /// The present as the cluster's clock sysvar tells it.
    pub fn read() -> Result<Self> {
        let clock = Clock::get()?;
        Ok(Self { time: clock.unix_timestamp, slot: clock.slot })
    }
}

struct_layout! {
    /// A length of time: at least so many seconds and at least so many slots.
    #[derive(Copy, Debug, PartialEq, Eq)]
    pub struct Window {
        /// Seconds of the cluster's clock.
        pub seconds: u32,
        /// Slots, so that neither a fast clock nor a change of slot time can shorten it.
        pub slots: u32,
    }
}

impl Window {
    /// Whether it is at least one second and one slot, and at most 90 days.
    pub fn is_bounded(&self) -> bool {
        let longest = self.seconds <= WINDOW_SECONDS_MAX && self.slots <= WINDOW_SLOTS_MAX;
        longest && self.seconds >= 1 && self.slots >= 1
    }

    /// Whether it has no length at all.
    pub fn is_zero(&self) -> bool {
        self.seconds == 0 && self.slots == 0
    }
}

struct_layout! {
    /// The end of a window: over when both its time and its slot are reached.
    #[derive(Copy, Debug, Default, PartialEq, Eq)]
    pub struct Deadline {
        /// Unix time in seconds.
        pub time: i64,
        /// Slot.
        pub slot: u64,
    }
}

impl Deadline {
    /// The end of a window that starts now.
    pub fn after(now: Now, window: Window) -> Result<Self> {
        Self { time: now.time, slot: now.slot }.plus(window)
    }

    /// The end of a window that starts at this deadline.
    pub fn plus(self, window: Window) -> Result<Self> {
        Ok(Self {
            time: self.time.plus(i64::from(window.seconds))?,
            slot: self.slot.plus(u64::from(window.slots))?,
        })
    }

    /// Whether it has passed. The first moment after a window is the first that is not in it.
    pub fn passed(&self, now: Now) -> bool {
        now.time >= self.time && now.slot >= self.slot
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const START: Now = Now { time: 100, slot: 10 };
    const WINDOW: Window = Window { seconds: 5, slots: 3 };

    #[test]
    fn a_deadline_passes_when_both_time_and_slot_are_reached_and_not_before() {
        let deadline = Deadline::after(START, WINDOW).unwrap();
        assert!(!deadline.passed(Now { time: 104, slot: 13 }));
        assert!(!deadline.passed(Now { time: 105, slot: 12 }));
        assert!(deadline.passed(Now { time: 105, slot: 13 }));
        assert!(!deadline.passed(Now { time: i64::MAX, slot: 12 }));
        assert!(!deadline.passed(Now { time: 104, slot: u64::MAX }));
    }

    #[test]
    fn a_window_without_length_has_passed_at_once() {
        let zero = Window { seconds: 0, slots: 0 };
        assert!(Deadline::after(START, zero).unwrap().passed(START));
        assert!(zero.is_zero() && !zero.is_bounded());
    }

    #[test]
    fn a_deadline_beyond_time_is_refused() {
        assert!(Deadline::after(Now { time: i64::MAX, slot: 0 }, WINDOW).is_err());
    }
}
