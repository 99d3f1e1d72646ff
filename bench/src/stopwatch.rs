//! Times, for ratios alone: taken side by side in one run, and never printed.

use std::time::{Duration, Instant};

use crate::{Outcome, table::ratio};

/// Times of one thing.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Runs `work` and notes how long it took.
    pub(crate) fn take<T>(&mut self, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let began = Instant::now();
        let done = work()?;
        self.add(began.elapsed());
        Ok(done)
    }

    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).map_or(0.0, Duration::as_secs_f64)
    }

    /// The ratio of the medians.
    pub(crate) fn against(&self, other: &Self) -> f64 {
        ratio(self.median(), other.median())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_medians() {
        let times = |ms: &[u64]| Times(ms.iter().copied().map(Duration::from_millis).collect());
        let (slow, fast) = (times(&[6, 900, 5]), times(&[2, 2, 1]));
        assert!((slow.against(&fast) - 3.0).abs() < 1e-9);
    }
}
