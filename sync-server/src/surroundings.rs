//! What the relay takes from outside: time and chance, as values, so that a run can be replayed.

use std::{
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use doorstep_protocol::hash::h;
use ring::rand::{SecureRandom as _, SystemRandom};

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes")]
pub struct EntropyError;

/// Random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `out`.
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError>;
}

/// What time it is.
pub trait Clock: Send + Sync {
    /// Ms since 1970.
    fn now_ms(&self) -> u64;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

/// The system's random source.
#[derive(Debug)]
pub struct SystemEntropy {
    source: SystemRandom,
}

impl SystemEntropy {
    /// Opens it.
    pub fn new() -> Self {
        Self { source: SystemRandom::new() }
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        self.source.fill(out).map_err(|_| EntropyError)
    }
}

/// Bytes that follow from a seed: for tests and the simulated world, never for a relay that serves
/// people. Two stores must not share a seed.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededEntropy {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in out.chunks_mut(32) {
            let mut fields = self.seed.to_be_bytes().to_vec();
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
pub struct FileClock(std::path::PathBuf);

impl FileClock {
    /// The time in this file. Whoever sets it replaces the file as a whole.
    pub fn new(file: impl Into<std::path::PathBuf>) -> Self {
        Self(file.into())
    }

    fn read(&self) -> u64 {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.trim().parse().unwrap_or_default()
    }
}

impl Clock for FileClock {
    fn now_ms(&self) -> u64 {
        self.read()
    }
}

impl doorstep_core::Clock for FileClock {
    fn now_ms(&self) -> u64 {
        self.read()
    }

    fn monotonic_ms(&self) -> u64 {
        self.read()
    }
}
