//! What has arrived, and what changed.

use super::LeftOutLine;
use crate::enums::{DocumentKind, Left, SyncState, WaitNext, WaitReason};

/// What a write made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Written {
    /// The document.
    pub doc: String,
    /// Grievances filed with it.
    pub grievances: Vec<String>,
    /// It was there already: the same act, sent again.
    pub repeated: bool,
    /// Other documents in which the same was written with it.
    pub also: Vec<String>,
    /// Documents in which it was not, and why.
    pub left_out: Vec<LeftOutLine>,
}

/// What one transaction changed: ids of documents, as many as changed. Read again what is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Changes {
    /// Saved on this phone.
    pub saved: Vec<String>,
    /// Changed by what came from the relay or another phone.
    pub arrived: Vec<String>,
    /// Something of one's own in them got a receipt or an answer.
    pub answered: Vec<String>,
    /// Places, people or code lists changed, and so what is shown.
    pub roster: bool,
    /// What [`SyncStatus`] says changed.
    pub status: bool,
}

/// Something that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AlarmLine {
    /// For [`Doorstep::clear_alarm`](crate::Doorstep::clear_alarm).
    pub number: i64,
    /// Its name.
    pub name: String,
    /// As a sentence.
    pub text: String,
}

/// How things stand with the relay.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncStatus {
    /// In one word.
    pub state: SyncState,
    /// As a sentence: "3 things are saved here and go out when there is signal."
    pub text: String,
    /// Acts of one's own that the relay does not have.
    pub waiting: i32,
    /// When the oldest of them was written.
    pub oldest_s: Option<i64>,
    /// When everything the relay had was here last; none = never.
    pub up_to_date_s: Option<i64>,
    /// Things of others that this phone carries to the relay.
    pub carried: i32,
    /// The six digits to compare with the organiser, while the enrolment waits for that.
    pub digits: Option<String>,
    /// What a person must look at.
    pub alarms: Vec<AlarmLine>,
}

/// Something of one's own that is not delivered, with its one reason.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SavedLine {
    /// The document.
    pub doc: String,
    /// Its kind.
    pub document: DocumentKind,
    /// What it is about: what was found, or building and unit.
    pub title: String,
    /// What was saved, in words: "Visit", "Took it on".
    pub what: String,
    /// When it was written.
    pub written_s: Option<i64>,
    /// The relay has it, and it is not in force there.
    pub arrived: bool,
    /// Why it is not delivered.
    pub reason: WaitReason,
    /// That as a sentence.
    pub reason_text: String,
    /// What comes next.
    pub next: WaitNext,
    /// That as a sentence.
    pub next_text: String,
}

/// The screen "What has arrived" in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Arrivals {
    /// How things stand with the relay.
    pub status: SyncStatus,
    /// Acts of one's own that were delivered, ever.
    pub delivered: i32,
    /// What is not, oldest first, at most 200.
    pub waiting: Vec<SavedLine>,
    /// How many more there are.
    pub more: i32,
}

/// How much one sync may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct SyncBudget {
    /// From dialling to the goodbye, in s; 1 to 3,600.
    #[uniffi(default = 60)]
    pub seconds: i32,
    /// Bytes, both ways; none = no bound.
    #[uniffi(default = None)]
    pub bytes: Option<i64>,
}

/// What one sync did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// Everything was exchanged.
    pub complete: bool,
    /// Why not everything was; none = it was.
    pub left: Option<Left>,
    /// Parcels of one's own that the relay took.
    pub delivered: i32,
    /// Parcels that it did not take; [`Arrivals`] says why.
    pub refused: i32,
    /// Documents that changed by what came.
    pub received: i32,
    /// Acts of one's own that still wait.
    pub unsent: i32,
    /// Bytes sent.
    pub bytes_up: i64,
    /// Bytes received.
    pub bytes_down: i64,
    /// The relay asked for this long a pause, in s.
    pub retry_after_s: Option<i64>,
}
