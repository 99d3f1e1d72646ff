//! The words of records and those of the engine: one to one.

use doorstep_core as core;
use doorstep_domain::{
    fold::grievance::Stage as DomainStage,
    table::{
        By as DomainBy, Channel as DomainChannel, ConsentLevel, EvidenceKind as DomainEvidence,
        Flag, Grade as DomainGrade, How as DomainHow, Kind, Level as DomainLevel, MeetingOutcome,
        Seat as DomainSeat, VisitOutcome as DomainOutcome,
    },
    words::Language as DomainLanguage,
};
use doorstep_protocol::{id::DocumentKind as EngineKind, roster::AssignKind};

use crate::enums::{
    By, Channel, Consent, DocumentKind, Duty, EvidenceKind, FlagAsks, Grade, How, ItemOutcome,
    Language, Left, Level, Seat, Stage, StepKind, SyncState, VisitOutcome, WaitNext, WaitReason,
};

/// The word of a value, as in its JSON form: a choice's value.
pub(crate) trait Word: Copy {
    /// The name of its entry.
    fn entry(self) -> &'static str;

    /// `PeoplesMediation` is `peoples_mediation`.
    fn word(self) -> String {
        let mut word = String::new();
        for (at, c) in self.entry().char_indices() {
            if c.is_ascii_uppercase() && at > 0 {
                word.push('_');
            }
            word.push(c.to_ascii_lowercase());
        }
        word
    }
}

macro_rules! into {
    ($($ours:ident => $theirs:ident { $($word:ident),+ $(,)? })+) => {$(
        impl Word for $ours {
            fn entry(self) -> &'static str {
                match self { $($ours::$word => stringify!($word),)+ }
            }
        }

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
    EvidenceKind = DomainEvidence { Signature, Voice, Code }
    Seat = DomainSeat { Fixed, Floating }
    ItemOutcome = MeetingOutcome { Resolved, Deferred, Referred, Dropped }
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
    ($($word:ident = $kind:ident),+ $(,)?) => {
        impl From<StepKind> for Kind {
            fn from(step: StepKind) -> Self {
                match step { $(StepKind::$word => Self::$kind,)+ }
            }
        }

        impl Word for StepKind {
            fn entry(self) -> &'static str {
                match self { $(Self::$word => stringify!($word),)+ }
            }
        }

        /// The steps that an app can offer, in the order of the loop.
        pub(crate) const STEPS: &[StepKind] = &[$(StepKind::$word,)+];
    };
}

steps! {
    Accept = Accept, Decline = Decline, Contact = Contact, Progress = Progress, Resolve = Resolve,
    AskedNoAnswer = AskedNoAnswer, Confirm = Confirm, Reject = Reject, FeedBack = FeedBack,
    Close = Close, CloseUnsolved = CloseUnsolved, Withdraw = Withdraw, SetGrade = SetGrade,
    SetDue = SetDue, Escalate = Escalate, TakeOver = TakeOver, SendBack = SendBack,
    Assign = Assign, DispatchTeam = DispatchTeam, LinkDuplicate = DuplicateOf,
    UnlinkDuplicate = NotDuplicate, CouncilItem = CouncilItem, Transfer = Transfer,
    Settle = Settle, Note = Note, Correct = Correct,
}

impl Word for Flag {
    fn entry(self) -> &'static str {
        match self {
            Self::Grade => "Grade",
            Self::Due => "Due",
            Self::ConfirmReject => "ConfirmReject",
            Self::ResolveEscalate => "ResolveEscalate",
            Self::RejectionUnanswered => "RejectionUnanswered",
            Self::AfterTransfer => "AfterTransfer",
            Self::AttemptsByResolver => "AttemptsByResolver",
            Self::OtherCopy => "OtherCopy",
            Self::Priority => "Priority",
            Self::Consent => "Consent",
        }
    }
}

impl From<Flag> for FlagAsks {
    fn from(flag: Flag) -> Self {
        match flag {
            Flag::Grade => Self::Grade,
            Flag::Due => Self::Due,
            _ => Self::Seen,
        }
    }
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

#[cfg(test)]
mod tests {
    use doorstep_domain::{fold::grievance::Stage as DomainStage, words::Language as Spoken};

    use super::*;

    #[test]
    fn a_word_is_that_of_the_json_form() {
        let json = |value: serde_json::Value| value.as_str().unwrap().to_owned();
        for how in DomainHow::ALL {
            assert_eq!(How::from(*how).word(), json(serde_json::to_value(how).unwrap()));
        }
        for flag in Flag::ALL {
            assert_eq!(flag.word(), json(serde_json::to_value(flag).unwrap()));
        }
        for level in DomainLevel::ALL {
            assert_eq!(Level::from(*level).word(), json(serde_json::to_value(level).unwrap()));
        }
        assert_eq!(
            (Grade::A.word(), Level::SubDistrict.word()),
            ("a".into(), "sub_district".into())
        );
        assert_eq!(StepKind::LinkDuplicate.word(), "link_duplicate");
        let stage = Stage::from(DomainStage::ClosedNotReached);
        assert_eq!(stage, Stage::ClosedNotReached);
        assert_eq!(Language::from(Spoken::Chinese), Language::Chinese);
    }

    #[test]
    fn every_step_of_a_grievance_can_be_offered() {
        let grievance = doorstep_protocol::id::DocumentKind::Grievance;
        let all = Kind::ALL.iter().filter(|kind| kind.belongs(grievance) && !kind.is_first());
        let missing: Vec<&Kind> =
            all.filter(|kind| !STEPS.iter().any(|step| Kind::from(*step) == **kind)).collect();
        assert_eq!(missing, [&Kind::Attach], "a file is no step of its own");
    }
}
