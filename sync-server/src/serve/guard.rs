//! What keeps a relay standing: seats for connections, and a clock that does not leap.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use doorstep_protocol::limits::RELAY_TIME_JUMP_MS_MAX;

use super::Limits;
use crate::surroundings::Clock;

/// Counts connections, in all and by address.
#[derive(Debug, Clone)]
pub(super) struct Guests {
    limits: Limits,
    seated: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// What to do with a knock.
#[derive(Debug)]
pub(super) enum Admission {
    /// Let it in, and drop this when it leaves.
    Seat(Seat),
    /// Many are here: it must first show that its address is its own.
    Prove,
    /// No seat is left.
    Full,
}

/// A connection's seat.
#[derive(Debug)]
pub(super) struct Seat {
    from: IpAddr,
    seated: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

impl Guests {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, seated: Arc::default() }
    }

    pub(super) fn admit(&self, from: IpAddr, proven: bool) -> Admission {
        let mut seated = locked(&self.seated);
        let total: usize = seated.values().sum();
        let here = seated.get(&from).copied().unwrap_or_default();
        if total >= self.limits.connections_max || here >= self.limits.connections_per_address_max {
            return Admission::Full;
        }
        if !proven && total >= self.limits.prove_address_from {
            return Admission::Prove;
        }
        seated.insert(from, here + 1);
        Admission::Seat(Seat { from, seated: Arc::clone(&self.seated) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seated = locked(&self.seated);
        match seated.get_mut(&self.from) {
            Some(n) if *n > 1 => *n -= 1,
            _ => {
                seated.remove(&self.from);
            }
        }
    }
}

fn locked(seated: &Mutex<BTreeMap<IpAddr, usize>>) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
    seated.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that stands still rather than leap: more than seven days at once, or backwards, need the
/// operator's word, which is a new start. One wrong clock would spoil every later time.
pub struct SteadyClock {
    clock: Arc<dyn Clock>,
    last: Mutex<u64>,
}

impl std::fmt::Debug for SteadyClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SteadyClock").field("last", &self.last).finish_non_exhaustive()
    }
}

impl SteadyClock {
    /// Begins at what the clock says now.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let last = Mutex::new(clock.now_ms());
        Self { clock, last }
    }
}

impl Clock for SteadyClock {
    fn now_ms(&self) -> u64 {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now_ms();
        if now > last.saturating_add(RELAY_TIME_JUMP_MS_MAX) {
            tracing::error!(
                "the clock leapt by over seven days: it is not followed until the relay is started \
                 anew with --accept-clock"
            );
        } else if now > *last {
            *last = now;
        }
        *last
    }

    fn monotonic_ms(&self) -> u64 {
        self.clock.monotonic_ms()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    struct Hand(AtomicU64);

    impl Clock for Hand {
        fn now_ms(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }

        fn monotonic_ms(&self) -> u64 {
            self.now_ms()
        }
    }

    #[test]
    fn a_clock_that_leaps_is_not_followed() {
        let hand = Arc::new(Hand(AtomicU64::new(1_000)));
        let clock = SteadyClock::new(Arc::clone(&hand) as Arc<dyn Clock>);
        hand.0.store(1_000 + RELAY_TIME_JUMP_MS_MAX, Ordering::Relaxed);
        assert_eq!(clock.now_ms(), 1_000 + RELAY_TIME_JUMP_MS_MAX);
        hand.0.store(1_001 + 2 * RELAY_TIME_JUMP_MS_MAX, Ordering::Relaxed);
        assert_eq!(clock.now_ms(), 1_000 + RELAY_TIME_JUMP_MS_MAX);
        hand.0.store(5, Ordering::Relaxed);
        assert_eq!(clock.now_ms(), 1_000 + RELAY_TIME_JUMP_MS_MAX);
    }

    #[test]
    fn seats_are_bounded_in_all_and_by_address_and_come_free_again() {
        let limits = Limits {
            connections_max: 3,
            connections_per_address_max: 2,
            prove_address_from: 2,
            ..Limits::default()
        };
        let guests = Guests::new(limits);
        let (a, b) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let Admission::Seat(first) = guests.admit(a, false) else { panic!("the first is let in") };
        let Admission::Seat(_second) = guests.admit(a, false) else { panic!("so is the second") };
        assert!(matches!(guests.admit(a, true), Admission::Full), "two of one address");
        assert!(matches!(guests.admit(b, false), Admission::Prove), "two are here");
        let Admission::Seat(_third) = guests.admit(b, true) else { panic!("it has proven itself") };
        assert!(matches!(guests.admit(b, true), Admission::Full), "three in all");
        drop(first);
        assert!(matches!(guests.admit(a, true), Admission::Seat(_)));
    }
}
