//! Errors, one small enum an operation, each variant for something else that the caller does.

use doorstep_domain::{event::ActError, table::Rejection};
use doorstep_protocol::{limits::CHANGE_BYTES_MAX, store::StoreError};
use thiserror::Error;

use crate::{
    engine::{FOUND_MAX, GROUP_MAX},
    store::{JoinError, SaveError},
};

/// Why an engine does not open.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The files were written by a newer version: update the app. They are left as they are.
    #[error("the store is of version {found}, this app knows {known}")]
    Newer {
        /// The version of the files.
        found: u32,
        /// The newest that this app opens.
        known: u32,
    },
    /// The files are no store, are damaged, or the store key does not open them: keep them, bring the
    /// right key, else report it.
    #[error("the file is no store, or the key does not open it")]
    NotAStore,
    /// A store key was given, and this build has no encryption. Nothing was written.
    #[error("this build does not encrypt its store")]
    NoEncryption,
    /// The store belongs to another device key: each key has a folder of its own.
    #[error("the store belongs to another device")]
    OtherDevice,
    /// Another process has the store open: close that first.
    #[error("the store is in use")]
    InUse,
    /// No random bytes are to be had.
    #[error("no random bytes")]
    NoEntropy,
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why something was not saved. Nothing of it was: a write is saved whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The phone is no device of a member: enrol first. So it is, too, once it was revoked.
    #[error("this phone is not enrolled")]
    NotEnrolled,
    /// The member has no place there: another place, or ask the block lead.
    #[error("the member has no place there")]
    NoPlace,
    /// The document is not on this phone, or what was on the screen stands no longer: look again.
    #[error("the document or the view is not here: look again")]
    LookAgain,
    /// Who reads it would reject event `event` of the act: show the reason. It is the same check by
    /// which every phone and the console judge it later.
    #[error("event {event} would be rejected: {reason}")]
    Rejected {
        /// Its number in the act, from 0.
        event: u32,
        /// Why.
        reason: Rejection,
    },
    /// The form has to be changed: see [`Invalid`].
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// This device has no room left in the document: what else there is goes into a new one.
    #[error("this device's share of the document is full")]
    DocumentFull,
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// What is wrong with the words or numbers of an act themselves, whoever writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Invalid {
    /// A text or a list is too long, a needed text is empty, or a time cannot be.
    #[error(transparent)]
    Format(#[from] ActError),
    /// All of it together is too long for one act: split it.
    #[error("the act is over {CHANGE_BYTES_MAX} bytes")]
    TooBig,
    /// More grievances were found on one visit than one act takes: file the others by themselves.
    #[error("more than {FOUND_MAX} grievances on one visit")]
    TooMany,
    /// Only a contact, progress and a resolution are work that is done once for a group.
    #[error("only a contact, progress and a resolution are written into a whole group")]
    NotForGroup,
    /// One act goes into so many documents at most: do the others in a second one.
    #[error("more than {GROUP_MAX} documents in one act")]
    GroupTooBig,
    /// The act id was used for something else. Each act has a new one; a repeated act says the same.
    #[error("the act id was used for something else")]
    ActReused,
}

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// `after` is no line's position: begin at the first page.
    #[error("the page's position is not one")]
    BadPosition,
    /// The disk failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why an invitation was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InviteError {
    /// The store belongs to another realm: one store is for one member of one realm.
    #[error("the store belongs to another realm")]
    OtherRealm,
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why a meeting did not begin or cannot go on. Everything saved stays saved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MeetError {
    /// No invitation was accepted yet.
    #[error("no invitation was accepted yet")]
    NotEnrolled,
    /// The other side does not have the key of the invitation.
    #[error("the other side does not have the relay's key")]
    WrongRelay,
    /// The device key does not sign now: wait until the phone is unlocked.
    #[error("the device key cannot sign now")]
    KeyUnavailable,
    /// The other side is newer: update the app.
    #[error("the relay is newer than this app")]
    Outdated,
    /// The other side broke the protocol or refused: close, and meet again later.
    #[error("the meeting broke off: {0}")]
    Broken(&'static str),
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why nothing, or not all, was exchanged. Everything saved stays saved, and goes next time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SyncError {
    /// No relay answered, or the link was lost: wait for signal.
    #[error("the relay was not reached")]
    Unreachable,
    /// Somebody answered without the relay's key: a person has to look.
    #[error("what answered does not have the relay's key")]
    WrongRelay,
    /// No invitation was accepted, or the relay refused it: enrol.
    #[error("this phone is not enrolled")]
    NotEnrolled,
    /// The organiser has to compare six digits and confirm them: show them with leading zeros.
    #[error("the organiser has not confirmed this phone yet")]
    WaitingForConfirmation {
        /// The digits, `{:06}`.
        digits: u32,
    },
    /// The relay is newer: update the app.
    #[error("the relay is newer than this app")]
    Outdated,
    /// The device key does not sign now: unlock the phone.
    #[error("the device key cannot sign now")]
    KeyUnavailable,
    /// The disk is full or failed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

impl From<crate::store::OpenError> for OpenError {
    fn from(error: crate::store::OpenError) -> Self {
        use crate::store::OpenError as Of;
        match error {
            Of::Newer { found, known } => Self::Newer { found, known },
            Of::NoEncryption => Self::NoEncryption,
            Of::NotAStore => Self::NotAStore,
            Of::OtherDevice => Self::OtherDevice,
            Of::InUse => Self::InUse,
            Of::Entropy(_) => Self::NoEntropy,
            Of::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<JoinError> for InviteError {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::OtherRealm => Self::OtherRealm,
            JoinError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<SaveError> for WriteError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::DocumentFull => Self::DocumentFull,
            SaveError::TooBig => Self::Invalid(Invalid::TooBig),
            SaveError::UnknownView | SaveError::TooManyHeads | SaveError::UnknownDocument => {
                Self::LookAgain
            }
            SaveError::WrongId | SaveError::ActIdUsed => Self::Invalid(Invalid::ActReused),
            SaveError::NotEnrolled => Self::NotEnrolled,
            SaveError::NoPlace => Self::NoPlace,
            SaveError::NeedIncarnation => Self::Storage(failed("append: incarnation")),
            SaveError::Refused(_) => Self::Storage(failed("append: refused")),
            SaveError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<ActError> for WriteError {
    fn from(error: ActError) -> Self {
        Self::Invalid(Invalid::Format(error))
    }
}

pub(crate) fn failed(operation: &str) -> StoreError {
    StoreError::Failed(operation.to_owned())
}

impl From<MeetError> for SyncError {
    fn from(error: MeetError) -> Self {
        match error {
            MeetError::NotEnrolled => Self::NotEnrolled,
            MeetError::WrongRelay => Self::WrongRelay,
            MeetError::KeyUnavailable => Self::KeyUnavailable,
            MeetError::Outdated => Self::Outdated,
            MeetError::Broken(_) => Self::Unreachable,
            MeetError::Storage(error) => Self::Storage(error),
        }
    }
}
