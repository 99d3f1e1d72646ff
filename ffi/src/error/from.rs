//! From the engine's errors to the facade's: one function an enum, and the one place that knows both.

use doorstep_core::{Invalid, InviteError, OpenError, ReadError, SyncError, ViewError, WriteError};
use doorstep_domain::event::ActError;
use doorstep_protocol::{invitation::InvitationError, store::StoreError};

use super::code::{Code, Fault};
use crate::foreign::KeyProblem;

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Code::StorageFull,
            _ => Code::Storage,
        }
        .into()
    }
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Newer { .. } => Code::StoreNewer,
            OpenError::NotAStore => Code::NotAStore,
            OpenError::NoEncryption => Code::NoEncryption,
            OpenError::OtherDevice => Code::OtherDevice,
            OpenError::InUse => Code::InUse,
            OpenError::NoEntropy => Code::NoRandom,
            OpenError::Storage(error) => return error.into(),
            // The engine has an error that this facade does not know.
            _ => Code::Bug,
        }
        .into()
    }
}

impl From<InvitationError> for Fault {
    fn from(error: InvitationError) -> Self {
        match error {
            InvitationError::Newer => Code::RelayNewer,
            _ => Code::BadInvitation,
        }
        .into()
    }
}

impl From<InviteError> for Fault {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::OtherRealm => Code::OtherRealm,
            InviteError::Storage(error) => return error.into(),
            _ => Code::Bug,
        }
        .into()
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::BadPosition => Code::BadPage,
            ReadError::Storage(error) => return error.into(),
            _ => Code::Bug,
        }
        .into()
    }
}

impl From<ViewError> for Fault {
    fn from(_: ViewError) -> Self {
        Code::BadId.into()
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotEnrolled => Code::NotEnrolled,
            WriteError::NoPlace => Code::NoPlace,
            WriteError::LookAgain => Code::LookAgain,
            WriteError::Rejected { reason, .. } => Code::Step(reason),
            WriteError::Invalid(invalid) => return invalid.into(),
            WriteError::DocumentFull => Code::DocumentFull,
            WriteError::Storage(error) => return error.into(),
            _ => Code::Bug,
        }
        .into()
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        match invalid {
            Invalid::Format(ActError::Marks) => Code::BadNumber,
            Invalid::Format(ActError::Events(_)) | Invalid::TooBig | Invalid::GroupTooBig => {
                Code::TooBig
            }
            // Texts and numbers were looked at before: what is left are fields that do not agree.
            Invalid::Format(_) | Invalid::NotForGroup => {
                Code::Step(doorstep_domain::table::Rejection::BadValue)
            }
            Invalid::TooMany => Code::TooMany,
            Invalid::ActReused => Code::ActReused,
            _ => Code::Bug,
        }
        .into()
    }
}

impl From<SyncError> for Fault {
    /// A key that does not sign is told as locked; whoever has the key may know better.
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Unreachable => Code::Unreachable,
            SyncError::WrongRelay => Code::WrongRelay,
            SyncError::NotEnrolled => Code::NotEnrolled,
            SyncError::WaitingForConfirmation { digits } => {
                return Self { code: Code::WaitingForConfirmation, digits: Some(digits) };
            }
            SyncError::Outdated => Code::RelayNewer,
            SyncError::KeyUnavailable => Code::KeyLocked,
            SyncError::Storage(error) => return error.into(),
            _ => Code::Bug,
        }
        .into()
    }
}

impl From<KeyProblem> for Fault {
    fn from(problem: KeyProblem) -> Self {
        match problem {
            KeyProblem::Locked => Code::KeyLocked,
            KeyProblem::Gone => Code::KeyGone,
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::table::Rejection;

    use super::*;

    #[test]
    fn every_error_of_the_engine_has_its_name() {
        let full = || StoreError::Full;
        let failed = || StoreError::Failed("read: IoErr".into());
        let cases: Vec<(Fault, &str)> = vec![
            (full().into(), "storage_full"),
            (failed().into(), "storage"),
            (OpenError::Newer { found: 9, known: 1 }.into(), "store_newer"),
            (OpenError::NotAStore.into(), "not_a_store"),
            (OpenError::NoEncryption.into(), "no_encryption"),
            (OpenError::OtherDevice.into(), "other_device"),
            (OpenError::InUse.into(), "in_use"),
            (OpenError::NoEntropy.into(), "no_random"),
            (OpenError::Storage(full()).into(), "storage_full"),
            (InvitationError::Newer.into(), "relay_newer"),
            (InvitationError::Malformed.into(), "bad_invitation"),
            (InviteError::OtherRealm.into(), "other_realm"),
            (InviteError::Storage(failed()).into(), "storage"),
            (ReadError::BadPosition.into(), "bad_page"),
            (ReadError::Storage(failed()).into(), "storage"),
            (ViewError.into(), "bad_id"),
            (WriteError::NotEnrolled.into(), "not_enrolled"),
            (WriteError::NoPlace.into(), "no_place"),
            (WriteError::LookAgain.into(), "look_again"),
            (WriteError::DocumentFull.into(), "document_full"),
            (WriteError::Storage(full()).into(), "storage_full"),
            (WriteError::Rejected { event: 0, reason: Rejection::NoRight }.into(), "no_right"),
            (Invalid::Format(ActError::Marks).into(), "bad_number"),
            (Invalid::Format(ActError::Events(65)).into(), "too_big"),
            (Invalid::Format(ActError::Event(0)).into(), "bad_value"),
            (Invalid::TooBig.into(), "too_big"),
            (Invalid::TooMany.into(), "too_many"),
            (Invalid::NotForGroup.into(), "bad_value"),
            (Invalid::GroupTooBig.into(), "too_big"),
            (Invalid::ActReused.into(), "act_reused"),
            (SyncError::Unreachable.into(), "unreachable"),
            (SyncError::WrongRelay.into(), "wrong_relay"),
            (SyncError::NotEnrolled.into(), "not_enrolled"),
            (SyncError::WaitingForConfirmation { digits: 1 }.into(), "waiting_for_confirmation"),
            (SyncError::Outdated.into(), "relay_newer"),
            (SyncError::KeyUnavailable.into(), "key_locked"),
            (SyncError::Storage(full()).into(), "storage_full"),
            (KeyProblem::Locked.into(), "key_locked"),
            (KeyProblem::Gone.into(), "key_gone"),
        ];
        for (fault, word) in cases {
            assert_eq!(fault.code.word(), word);
        }
    }
}
