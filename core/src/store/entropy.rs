//! Randomness, given from outside so that a run can be replayed from a seed.

use thiserror::Error;

/// No random bytes are to be had. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no random bytes")]
pub struct EntropyError;

/// Where random bytes come from: the system's source in an app, a seed in a simulation.
///
/// The store takes incarnations from it. Two stores that draw the same bytes would write under one
/// actor, so a seeded source must be another one for every store.
///
/// ```
/// use doorstep_core::store::{Entropy, EntropyError};
/// struct Counting(std::sync::atomic::AtomicU8);
/// impl Entropy for Counting {
///     fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
///         out.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
///         Ok(())
///     }
/// }
/// ```
pub trait Entropy: Send + Sync {
    /// Fills `out` with bytes that nobody can guess.
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError>;
}
