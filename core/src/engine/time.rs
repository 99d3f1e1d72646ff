//! Time marks: what an act says of when it was written, and how far that can be trusted.
//!
//! Rules: `docs/domain.md`, "Time marks". The device's clock is corrected by the offset of the last
//! meeting; a clock that somebody set since then is found out by one that nobody can set.

use doorstep_domain::event::Marks;
use doorstep_protocol::wire::{Reader, WireError, Writer};

use super::Clock;

/// How far the two clocks may part before it counts as a jump: a network's correction is smaller.
pub const JUMP_MS_MAX: u64 = 2 * 60 * 1000;
/// They may also drift: one part in this many (200 ppm, twice what a phone's quartz does).
const DRIFT_PARTS: u64 = 5_000;

/// What is kept of the clocks, from one write to the next and over a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Timekeeper {
    /// Newest relay time seen, in ms; 0 = the relay was never met.
    floor_ms: u64,
    /// Relay time less device time at the last meeting.
    offset_ms: i64,
    /// The two clocks when they were last compared with the relay, or when the device was started.
    wall_ms: u64,
    monotonic_ms: u64,
    /// The two clocks when anything was last written.
    latest_wall_ms: u64,
    latest_monotonic_ms: u64,
    /// The clock was set or jumped since the last meeting.
    jumped: bool,
}

impl Timekeeper {
    /// The relay said what time it is.
    pub(crate) fn met(&mut self, clock: &dyn Clock, relay_time_ms: u64) {
        let wall_ms = clock.now_ms();
        self.floor_ms = self.floor_ms.max(relay_time_ms);
        self.offset_ms = difference(relay_time_ms, wall_ms);
        self.wall_ms = wall_ms;
        self.monotonic_ms = clock.monotonic_ms();
        self.latest_wall_ms = self.wall_ms;
        self.latest_monotonic_ms = self.monotonic_ms;
        self.jumped = false;
    }

    /// The marks of what is written now. `happened` is left out unless it is earlier.
    pub(crate) fn mark(&mut self, clock: &dyn Clock, happened: Option<u64>) -> Marks {
        self.look(clock.now_ms(), clock.monotonic_ms());
        let claimed = self.corrected_ms(clock) / 1000;
        let floor = self.floor_ms / 1000;
        Marks {
            claimed,
            floor,
            certain: !self.jumped && claimed >= floor,
            happened: happened.filter(|happened| *happened < claimed),
        }
    }

    /// Device time, corrected.
    pub(crate) fn corrected_ms(&self, clock: &dyn Clock) -> u64 {
        clock.now_ms().saturating_add_signed(self.offset_ms)
    }

    /// Relay time less device time, as of the last meeting.
    pub(crate) fn offset_ms(&self) -> i64 {
        self.offset_ms
    }

    fn look(&mut self, wall_ms: u64, monotonic_ms: u64) {
        if monotonic_ms < self.latest_monotonic_ms {
            // The device was started anew: what passed while it was off cannot be measured, only that
            // the clock did not go back.
            self.jumped |= wall_ms.saturating_add(JUMP_MS_MAX) < self.latest_wall_ms;
            (self.wall_ms, self.monotonic_ms) = (wall_ms, monotonic_ms);
        }
        let passed_ms = monotonic_ms.saturating_sub(self.monotonic_ms);
        let parted_ms = difference(wall_ms, self.wall_ms.saturating_add(passed_ms)).unsigned_abs();
        self.jumped |= parted_ms > JUMP_MS_MAX + passed_ms / DRIFT_PARTS;
        (self.latest_wall_ms, self.latest_monotonic_ms) = (wall_ms, monotonic_ms);
    }

    /// As it is kept in the store.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut w = Writer::new();
        w.u64(self.floor_ms).i64(self.offset_ms).u64(self.wall_ms).u64(self.monotonic_ms);
        w.u64(self.latest_wall_ms).u64(self.latest_monotonic_ms).bool(self.jumped);
        w.finish()
    }

    /// Reads [`Self::to_bytes`].
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let mut r = Reader::new(bytes);
        Ok(Self {
            floor_ms: r.u64()?,
            offset_ms: r.i64()?,
            wall_ms: r.u64()?,
            monotonic_ms: r.u64()?,
            latest_wall_ms: r.u64()?,
            latest_monotonic_ms: r.u64()?,
            jumped: r.bool()?,
        })
    }
}

fn difference(a: u64, b: u64) -> i64 {
    i64::try_from(i128::from(a) - i128::from(b)).unwrap_or(if a > b { i64::MAX } else { i64::MIN })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    struct TwoClocks(AtomicU64, AtomicU64);

    impl TwoClocks {
        fn at(wall_ms: u64, monotonic_ms: u64) -> Self {
            Self(AtomicU64::new(wall_ms), AtomicU64::new(monotonic_ms))
        }

        fn set(&self, wall_ms: u64, monotonic_ms: u64) {
            self.0.store(wall_ms, Ordering::Relaxed);
            self.1.store(monotonic_ms, Ordering::Relaxed);
        }
    }

    impl Clock for TwoClocks {
        fn now_ms(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }

        fn monotonic_ms(&self) -> u64 {
            self.1.load(Ordering::Relaxed)
        }
    }

    const HOUR: u64 = 3_600_000;

    #[test]
    fn device_time_is_corrected_by_the_last_meeting() {
        let clock = TwoClocks::at(100 * HOUR, 0);
        let mut time = Timekeeper::default();
        time.met(&clock, 101 * HOUR);
        clock.set(102 * HOUR, 2 * HOUR);
        let marks = time.mark(&clock, None);
        assert_eq!((marks.claimed, marks.floor), (103 * HOUR / 1000, 101 * HOUR / 1000));
        assert!(marks.certain);
    }

    #[test]
    fn a_clock_that_was_set_is_not_certain_until_the_next_meeting() {
        let clock = TwoClocks::at(100 * HOUR, 0);
        let mut time = Timekeeper::default();
        time.met(&clock, 100 * HOUR);
        clock.set(103 * HOUR, HOUR);
        assert!(!time.mark(&clock, None).certain);
        clock.set(101 * HOUR, HOUR);
        assert!(!time.mark(&clock, None).certain, "set back: still not to be trusted");
        time.met(&clock, 101 * HOUR);
        assert!(time.mark(&clock, None).certain);
    }

    #[test]
    fn a_correction_within_the_bound_is_no_jump() {
        let clock = TwoClocks::at(100 * HOUR, 0);
        let mut time = Timekeeper::default();
        time.met(&clock, 100 * HOUR);
        clock.set(101 * HOUR + JUMP_MS_MAX, HOUR);
        assert!(time.mark(&clock, None).certain);
        clock.set(101 * HOUR + JUMP_MS_MAX + HOUR / DRIFT_PARTS + 1, HOUR);
        assert!(!time.mark(&clock, None).certain);
    }

    #[test]
    fn over_a_restart_only_going_back_shows() {
        let clock = TwoClocks::at(100 * HOUR, 50 * HOUR);
        let mut time = Timekeeper::default();
        time.met(&clock, 100 * HOUR);
        clock.set(130 * HOUR, 1);
        let kept = time.to_bytes();
        let mut time = Timekeeper::from_bytes(&kept).unwrap();
        assert!(time.mark(&clock, None).certain);
        clock.set(90 * HOUR, 0);
        assert!(!time.mark(&clock, None).certain);
    }

    #[test]
    fn happened_is_left_out_unless_earlier() {
        let clock = TwoClocks::at(100 * HOUR, 0);
        let mut time = Timekeeper::default();
        time.met(&clock, 100 * HOUR);
        let now = 100 * HOUR / 1000;
        assert_eq!(time.mark(&clock, Some(now)).happened, None);
        assert_eq!(time.mark(&clock, Some(now - 1)).happened, Some(now - 1));
    }

    #[test]
    fn a_claim_below_the_floor_is_not_certain() {
        let clock = TwoClocks::at(100 * HOUR, 0);
        let mut time = Timekeeper::default();
        time.met(&clock, 100 * HOUR);
        time.met(&clock, 99 * HOUR);
        let marks = time.mark(&clock, None);
        assert!(marks.claimed < marks.floor && !marks.certain);
    }
}
