//! The words of records and those of the engine: one to one.

use doorstep_core as core;
use doorstep_domain::{
    fold::grievance::Stage as DomainStage,
    table::{
        By as DomainBy, Channel as DomainChannel, ConsentLevel, Grade as DomainGrade,
        How as DomainHow, Kind, Level as DomainLevel, VisitOutcome as DomainOutcome,
    },
    words::Language as DomainLanguage,
};
use doorstep_protocol::{id::DocumentKind as EngineKind, roster::AssignKind};

use crate::enums::{
    By, Channel, Consent, DocumentKind, Duty, Grade, How, Language, Left, Level, Stage, StepKind,
    SyncState, VisitOutcome, WaitNext, WaitReason,
};

macro_rules! into {
    ($($ours:ident => $theirs:ident { $($word:ident),+ $(,)? })+) => {$(
        impl From<$ours> for $theirs {
            fn from(word: $ours) -> Self {
                match word { $($ours::$word => Self::$word,)+ }
            }
        }
    )+};
}

macro_rules! both {
    ($($ours:ident = $theirs:ident { $($word:ident),+ $(,)? })+) => {$(
        into! { $ours => $theirs { $($word),+ } }
        into! { $theirs => $ours { $($word),+ } }
    )+};
}

both! {
    Grade = DomainGrade { A, B, C, D }
    Level = DomainLevel { Building, Grid, Block, Community, SubDistrict, Outside }
    How = DomainHow {
        Help, Intervene, PeoplesMediation, AdministrativeMediation, JudicialMediation, Council,
        Referral, Explained,
    }
    By = DomainBy { Resident, Family, Other }
    Channel = DomainChannel { InPerson, Phone, Message, Letter, Notice }
    VisitOutcome = DomainOutcome { Met, NotHome, Refused, LeftCard }
    Consent = ConsentLevel { No, ByAppointment, Yes }
    Language = DomainLanguage { Chinese, English }
}

into! {
    DomainStage => Stage {
        Void, EnteredByMistake, Transferred, Withdrawn, Discovered, Accepted, InProgress, Referred,
        Reopened, Resolved, Confirmed, Closed, ClosedNotReached, ClosedUnsolved,
    }
    EngineKind => DocumentKind { Household, Visit, Grievance, Meeting }
}

macro_rules! steps {
    ($($word:ident),+ $(,)?) => {
        impl From<StepKind> for Kind {
            fn from(step: StepKind) -> Self {
                match step { $(StepKind::$word => Self::$word,)+ }
            }
        }

        /// The steps that an app can offer, in the order of the loop.
        pub(crate) const STEPS: &[StepKind] = &[$(StepKind::$word,)+];
    };
}

steps! {
    Accept, Decline, Contact, Progress, Resolve, AskedNoAnswer, Confirm, Reject, FeedBack, Close,
    CloseUnsolved, Withdraw, SetGrade, SetDue, Escalate, TakeOver, SendBack, Assign, Note,
}

impl From<Option<AssignKind>> for Duty {
    fn from(kind: Option<AssignKind>) -> Self {
        match kind {
            Some(AssignKind::Owner) => Self::Owner,
            Some(AssignKind::Backup) => Self::Backup,
            Some(AssignKind::StandIn) => Self::StandIn,
            None => Self::Role,
        }
    }
}

impl From<core::SyncState> for SyncState {
    fn from(state: core::SyncState) -> Self {
        match state {
            core::SyncState::NotInvited => Self::NotInvited,
            core::SyncState::Enrolling => Self::Enrolling,
            core::SyncState::Revoked => Self::Revoked,
            core::SyncState::Waiting => Self::Waiting,
            core::SyncState::InStep => Self::InStep,
        }
    }
}

impl From<core::Left> for Left {
    fn from(left: core::Left) -> Self {
        match left {
            core::Left::Time => Self::Time,
            core::Left::Bytes => Self::Bytes,
            core::Left::RelayBusy => Self::RelayBusy,
            core::Left::LinkLost => Self::LinkLost,
            core::Left::BrokenOff => Self::BrokenOff,
        }
    }
}

impl From<core::Reason> for WaitReason {
    fn from(reason: core::Reason) -> Self {
        match reason {
            core::Reason::NotSealedYet => Self::NotSealedYet,
            core::Reason::NoSignalYet => Self::NoSignalYet,
            core::Reason::RelayNeedsRoster => Self::RelayNeedsRoster,
            core::Reason::RelayNeedsDependencies => Self::RelayNeedsDependencies,
            core::Reason::DayIsFull => Self::DayIsFull,
            core::Reason::NoPlace => Self::NoPlace,
            core::Reason::NotReadable => Self::NotReadable,
            core::Reason::TooBig => Self::TooBig,
            core::Reason::RelayIsOlder => Self::RelayIsOlder,
            core::Reason::TwinSetAside => Self::TwinSetAside,
            core::Reason::NeedsSetAside => Self::NeedsSetAside,
            core::Reason::DocumentFull => Self::DocumentFull,
            core::Reason::GuardSetAside => Self::GuardSetAside,
            core::Reason::Erased => Self::Erased,
            core::Reason::ArrivedNotInForce => Self::ArrivedNotInForce,
            _ => Self::Other,
        }
    }
}

impl From<core::Next> for WaitNext {
    fn from(next: core::Next) -> Self {
        match next {
            core::Next::NextMeeting => Self::NextMeeting,
            core::Next::Tomorrow => Self::Tomorrow,
            core::Next::WrittenAgain => Self::WrittenAgain,
            core::Next::RelayActs => Self::RelayActs,
            // What is not known by name is for a person to look at.
            _ => Self::Person,
        }
    }
}

/// The word of a way of doing: a choice's value.
pub(crate) fn how_word(how: DomainHow) -> &'static str {
    match how {
        DomainHow::Help => "help",
        DomainHow::Intervene => "intervene",
        DomainHow::PeoplesMediation => "peoples_mediation",
        DomainHow::AdministrativeMediation => "administrative_mediation",
        DomainHow::JudicialMediation => "judicial_mediation",
        DomainHow::Council => "council",
        DomainHow::Referral => "referral",
        DomainHow::Explained => "explained",
    }
}

/// The word of a level: a choice's value.
pub(crate) fn level_word(level: DomainLevel) -> &'static str {
    match level {
        DomainLevel::Building => "building",
        DomainLevel::Grid => "grid",
        DomainLevel::Block => "block",
        DomainLevel::Community => "community",
        DomainLevel::SubDistrict => "sub_district",
        DomainLevel::Outside => "outside",
    }
}
