//! The answers: `{"ok":..}` or `{"error":{"kind":..,"detail":..}}`.

use doorstep_core::{Invalid, InviteError, OpenError, ReadError, SyncError, WriteError};
use doorstep_protocol::store::StoreError;
use serde_json::{Value, json};

/// Why a command did not do what it says; never with what a resident said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    kind: &'static str,
    detail: String,
}

impl Fault {
    fn new(kind: &'static str, detail: impl ToString) -> Self {
        Self { kind, detail: detail.to_string() }
    }

    pub(super) fn bad_command(detail: &str) -> Self {
        Self::new("bad_command", detail)
    }

    /// A field does not fit its command.
    pub(super) fn misfit() -> Self {
        Self::bad_command("a field is missing, unknown or of the wrong kind")
    }

    pub(super) fn no_list() -> Self {
        Self::new("no_list", "no list is open under this name")
    }

    pub(super) fn too_many_lists(most: usize) -> Self {
        Self::new("too_many_lists", format!("at most {most} lists are open at once"))
    }

    pub(super) fn not_found() -> Self {
        Self::new("not_found", "the document is not here")
    }

    pub(super) fn file(error: &std::io::Error) -> Self {
        Self::new("file", error.kind())
    }

    pub(super) fn bundle(error: impl ToString) -> Self {
        Self::new("bad_bundle", error)
    }

    /// What it is about.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The answer line.
    pub(super) fn to_value(&self) -> Value {
        json!({ "error": { "kind": self.kind, "detail": self.detail } })
    }
}

fn storage(error: &StoreError) -> Fault {
    let kind = if *error == StoreError::Full { "storage_full" } else { "storage" };
    Fault::new(kind, error)
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        storage(&error)
    }
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        match &error {
            OpenError::Newer { .. } => Self::new("outdated", error),
            OpenError::Storage(inner) => storage(inner),
            _ => Self::new("storage", error),
        }
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        match &error {
            WriteError::NotEnrolled => Self::new("not_enrolled", error),
            WriteError::NoPlace => Self::new("no_place", error),
            WriteError::LookAgain => Self::new("look_again", error),
            WriteError::Rejected { .. } => Self::new("rejected", error),
            WriteError::DocumentFull => Self::new("document_full", error),
            WriteError::Invalid(Invalid::ActReused) => Self::new("act_reused", error),
            WriteError::Storage(inner) => storage(inner),
            _ => Self::new("invalid", error),
        }
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::Storage(inner) => storage(inner),
            _ => Self::new("bad_command", error),
        }
    }
}

impl From<InviteError> for Fault {
    fn from(error: InviteError) -> Self {
        match &error {
            InviteError::Storage(inner) => storage(inner),
            _ => Self::new("other_realm", error),
        }
    }
}

impl From<SyncError> for Fault {
    fn from(error: SyncError) -> Self {
        match &error {
            SyncError::Unreachable => Self::new("unreachable", error),
            SyncError::WrongRelay => Self::new("wrong_relay", error),
            SyncError::NotEnrolled => Self::new("not_enrolled", error),
            SyncError::WaitingForConfirmation { digits } => {
                Self::new("waiting_for_confirmation", format!("{digits:06}"))
            }
            SyncError::Outdated => Self::new("outdated", error),
            SyncError::Storage(inner) => storage(inner),
            _ => Self::new("key_unavailable", error),
        }
    }
}
