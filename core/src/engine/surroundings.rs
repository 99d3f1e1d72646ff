//! What the engine takes from outside: where it lives, keys, time and chance.
//!
//! All four come in as values, so that a test brings its own and a run can be replayed.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use doorstep_protocol::key::DeviceKey;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::store::{Entropy, EntropyError};

/// Where the engine lives and what it may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The folder of its files, made where it is not there; none = in memory, gone when it closes.
    pub folder: Option<PathBuf>,
    /// Shows every log that the store has, whatever the rosters give the member: the console.
    pub shows_all: bool,
}

impl Settings {
    /// Files in this folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), shows_all: false }
    }

    /// Nothing is kept: for tests and for looking around.
    pub fn in_memory() -> Self {
        Self::default()
    }
}

/// The keys of one member on one device. A shared phone has one of each per member.
#[derive(Clone)]
pub struct Keys {
    /// Signs for the device; on a phone it never leaves the hardware.
    pub device: Arc<dyn DeviceKey>,
    /// Opens the files, where they are encrypted; on a phone unwrapped by the keystore.
    pub store: Option<[u8; 32]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("device", &self.device.spki()).finish_non_exhaustive()
    }
}

/// Time and chance.
#[derive(Clone)]
pub struct Surroundings {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Surroundings {
    /// Those of the system.
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock::new()), entropy: Arc::new(SystemEntropy::new()) }
    }
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// Two clocks: the one that people set, and one that nobody can.
///
/// Their difference shows that somebody set the first one, and marks what is written then as not
/// certain. On Android: `System.currentTimeMillis()` and `SystemClock.elapsedRealtime()`.
pub trait Clock: Send + Sync {
    /// Ms since 1970, as the device shows it.
    fn now_ms(&self) -> u64;
    /// Ms since some start, never set and running on while the device sleeps. A value below an
    /// earlier one means that the device was started anew.
    fn monotonic_ms(&self) -> u64;
}

/// The clocks of the system.
///
/// Where the time since the device was started cannot be read, that since this value was made stands
/// in; it may stop while the device sleeps, and then what is written is marked as not certain until
/// the next meeting: too often rather than too seldom.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts it.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn monotonic_ms(&self) -> u64 {
        let elapsed = || u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        uptime_ms().unwrap_or_else(elapsed)
    }
}

/// Since the device was started, sleep included, where the system says it in a file.
fn uptime_ms() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    let (whole, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    Some(whole.parse::<u64>().ok()? * 1000 + hundredths.parse::<u64>().ok()? * 10)
}

/// The random source of the system.
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
