//! Time in the world: it goes on only when the world says so.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use doorstep_core::Clock;

/// When every world begins: some morning, in ms since 1970.
pub const MORNING_MS: u64 = 1_764_000_000_000;
/// An hour, in ms.
pub const HOUR_MS: u64 = 3_600_000;
/// A day, in ms.
pub const DAY_MS: u64 = 24 * HOUR_MS;

/// The time that is.
#[derive(Debug, Clone)]
pub struct WorldClock(Arc<AtomicU64>);

impl WorldClock {
    /// Begins at [`MORNING_MS`].
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(MORNING_MS)))
    }

    /// Ms since 1970.
    pub fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes on.
    pub fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Default for WorldClock {
    fn default() -> Self {
        Self::new()
    }
}

/// What a phone shows: the world's time, wrong by as much as somebody set it wrong.
#[derive(Debug)]
pub struct PhoneClock {
    world: WorldClock,
    wrong_by_ms: AtomicI64,
}

impl PhoneClock {
    /// One that is right.
    pub fn new(world: WorldClock) -> Self {
        Self { world, wrong_by_ms: AtomicI64::new(0) }
    }

    /// Somebody sets it.
    pub fn set_wrong_by(&self, ms: i64) {
        self.wrong_by_ms.store(ms, Ordering::Relaxed);
    }
}

impl Clock for PhoneClock {
    fn now_ms(&self) -> u64 {
        self.world.now_ms().saturating_add_signed(self.wrong_by_ms.load(Ordering::Relaxed))
    }

    fn monotonic_ms(&self) -> u64 {
        self.world.now_ms() - MORNING_MS
    }
}
