//! What the relay takes from outside: time and chance, as values, so that a run can be replayed.
//!
//! The traits are the engine's, so that one simulation serves both.

use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

pub use doorstep_core::{Clock, Entropy, EntropyError, SystemClock, SystemEntropy};
use doorstep_protocol::hash::h;

/// Bytes that follow from a seed: for tests and the simulated world, never for a relay that serves
/// people. Two stores must not share a seed.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: Vec<u8>,
    drawn: Mutex<u64>,
}

impl SeededEntropy {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self::of_bytes(&seed.to_be_bytes())
    }

    /// From a seed of any length.
    pub fn of_bytes(seed: &[u8]) -> Self {
        Self { seed: seed.to_vec(), drawn: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in out.chunks_mut(32) {
            let mut fields = self.seed.clone();
            fields.extend_from_slice(&drawn.to_be_bytes());
            *drawn += 1;
            for (to, from) in chunk.iter_mut().zip(h("seeded", &fields)) {
                *to = from;
            }
        }
        Ok(())
    }
}

/// A simulation's clock: the number of ms since 1970 in a file, read at every use.
#[derive(Debug, Clone)]
pub struct FileClock(PathBuf);

impl FileClock {
    /// The time in this file. Whoever sets it replaces the file as a whole.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self(file.into())
    }

    fn read(&self) -> u64 {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        text.trim().parse().unwrap_or_default()
    }
}

impl Clock for FileClock {
    fn now_ms(&self) -> u64 {
        self.read()
    }

    fn monotonic_ms(&self) -> u64 {
        self.read()
    }
}
