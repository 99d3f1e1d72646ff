//! Why a meeting ends early.

use thiserror::Error;

use crate::{frame::FrameError, head::HeadError, store::StoreError};

/// A meeting cannot go on. Nothing unacknowledged was taken; the driver closes the connection.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The bytes are not frames.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The own store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A Head or a receipt does not hold.
    #[error("a Head or a receipt does not hold: {0}")]
    Head(#[from] HeadError),
    /// A frame that has no place here, by name.
    #[error("a frame that has no place here: {0}")]
    OutOfPlace(&'static str),
    /// A log whose entries do not follow on the chain that is held.
    #[error("a log that does not follow on its chain")]
    Chain,
    /// A bound of a meeting was passed, by name.
    #[error("a bound of the meeting was passed: {0}")]
    Bound(&'static str),
    /// The other side ended the meeting and named a reason.
    #[error("the other side ended the meeting: {0}")]
    Ended(String),
}
