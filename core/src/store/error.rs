//! What can go wrong here, and how SQLite's word for it becomes ours.

use doorstep_protocol::{
    limits::{CHANGE_BYTES_MAX, CHANGE_DEPS_MAX},
    log::Verdict,
    store::StoreError,
};
use rusqlite::ErrorCode;
use thiserror::Error;

use super::EntropyError;

/// Why a store does not open.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Written by a newer version: update the app. The file was not touched.
    #[error("the store is of version {found}, this app knows {known}")]
    Newer {
        /// The version of the file.
        found: u32,
        /// The newest that this app opens.
        known: u32,
    },
    /// A key was given, and this build has no encryption. The file was not touched.
    #[error("this build does not encrypt its store")]
    NoEncryption,
    /// The file is no store, or the key does not open it.
    #[error("the file is no store, or the key does not open it")]
    NotAStore,
    /// The store belongs to another device key.
    #[error("the store belongs to another device")]
    OtherDevice,
    /// Another process has the store open.
    #[error("the store is in use")]
    InUse,
    /// No random bytes are to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why a store does not join a realm.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JoinError {
    /// One store is for one member of one realm: make another one.
    #[error("the store belongs to another realm")]
    OtherRealm,
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why the store did not take a new incarnation. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IncarnationError {
    /// No random bytes are to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why an act was not saved. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The device has no room left in this document: begin another one.
    #[error("this device's share of the document is full")]
    DocumentFull,
    /// The change would be over [`CHANGE_BYTES_MAX`].
    #[error("the change would be over {CHANGE_BYTES_MAX} bytes")]
    TooBig,
    /// More than [`CHANGE_DEPS_MAX`] heads: act on a newer view, which has fewer.
    #[error("the change would name over {CHANGE_DEPS_MAX} others")]
    TooManyHeads,
    /// The view shows a change that is not, or no longer, in the document here: look again.
    #[error("the view is not of this store")]
    UnknownView,
    /// The document is not here.
    #[error("the document is not here")]
    UnknownDocument,
    /// The id of a new document is not made of its parts, or the document is there already.
    #[error("a new document with an id that is not its own")]
    WrongId,
    /// The roster point is not held, or the device is in no roster at it.
    #[error("this device is not in the roster at that point")]
    NotEnrolled,
    /// The member has no place in that log at the roster point.
    #[error("the member has no place there")]
    NoPlace,
    /// The act id was used for something else in this document.
    #[error("the act id was used for something else")]
    ActIdUsed,
    /// The present incarnation may not write here any more: take a new one, then save again.
    #[error("a new incarnation is needed first")]
    NeedIncarnation,
    /// It would not be applied, for a reason that has no name of its own: a bug.
    #[error("the change would be set aside: {0:?}")]
    Refused(Verdict),
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why a courier bundle was not read. Nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Not a bundle, or damaged.
    #[error("the file is no courier bundle")]
    NotABundle,
    /// Of a newer version: update the app.
    #[error("the bundle is of a newer version")]
    Newer,
    /// Of another realm.
    #[error("the bundle is of another realm")]
    OtherRealm,
    /// Over [`super::BUNDLE_BYTES_MAX`].
    #[error("the bundle is too large")]
    TooBig,
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Names the operation that SQLite failed in. SQLite's own text may quote values, so it is left out.
pub(super) trait At<T> {
    fn at(self, operation: &'static str) -> Result<T, StoreError>;
}

impl<T> At<T> for rusqlite::Result<T> {
    fn at(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full,
            Some(code) => StoreError::Failed(format!("{operation}: {code:?}")),
            None => StoreError::Failed(operation.to_owned()),
        })
    }
}

/// What is stored does not read back: the file was damaged.
pub(super) fn damaged(what: &'static str) -> StoreError {
    StoreError::Failed(format!("{what}: damaged"))
}
