//! The one table of numbers: kinds of events, enumerations, what each reference may name, the lists of
//! codes, the reasons of a rejection and the limits of an act.
//!
//! Numbers are never used again or renamed. `docs/domain.md` carries the table of kinds, and a test
//! compares the two. Source: `docs/formats.md`, "Numbers".

use doorstep_protocol::{cbor::Value, id::DocumentKind};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::event::{BadValue, Field};

/// The schema of an act that this version writes.
pub const SCHEMA: u64 = 1;
/// The longest text, in bytes.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;
/// The longest list.
pub const LIST_ITEMS_MAX: usize = 64;
/// The most events in one act; the least is 1.
pub const EVENTS_MAX: usize = 64;
/// Times are below this, in s since 1970.
pub const TIME_S_LIMIT: u64 = 1 << 40;
/// Days are below this, since 1970.
pub const DAY_LIMIT: u32 = 1 << 24;
/// Unanswered attempts, on as many days, that a Close may rest on instead of a confirmation.
pub const ATTEMPTS_MIN: usize = 3;

/// The code lists by number.
pub mod list {
    /// Grades; data = due in s (u32).
    pub const GRADES: u16 = 1;
    /// Kinds of grievances; data = default grade (u8).
    pub const KIND: u16 = 2;
    /// Reasons.
    pub const REASON: u16 = 3;
    /// Purposes of a visit.
    pub const PURPOSE: u16 = 4;
    /// Relations of a person to the household.
    pub const RELATION: u16 = 5;
    /// Birth bands.
    pub const BIRTH_BAND: u16 = 6;
    /// Items of the checklist of a visit.
    pub const CHECKLIST: u16 = 7;
    /// Fields of a household.
    pub const FIELD: u16 = 8;
    /// Why a household is a priority household.
    pub const PRIORITY: u16 = 9;
    /// Languages.
    pub const LANGUAGE: u16 = 10;
    /// Answers to an item of the checklist.
    pub const ANSWER: u16 = 11;
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident = $n:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)] // the words say it; Chinese beside them in docs/domain.md
        pub enum $name { $($word = $n,)+ }

        impl $name {
            /// All of them, by number.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// Its number in an act.
            pub fn number(self) -> u8 {
                self as u8
            }

            /// The one with this number.
            pub fn from_number(n: u64) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| u64::from(word.number()) == n)
            }
        }

        impl Field for $name {
            fn to_value(&self) -> Value {
                Value::U64(u64::from(self.number()))
            }

            fn from_value(value: &Value) -> Result<Self, BadValue> {
                value.as_u64().and_then(Self::from_number).ok_or(BadValue)
            }
        }
    )+};
}

words! {
    /// How urgent a grievance is, most urgent first. A grade's code is its number.
    Grade { A = 0, B = 1, C = 2, D = 3, }

    /// How high a grievance stands.
    Level { Building = 0, Grid = 1, Block = 2, Community = 3, SubDistrict = 4, Outside = 5, }

    /// What was done. One list for every field `how`.
    How {
        Help = 0, Intervene = 1, PeoplesMediation = 2, AdministrativeMediation = 3,
        JudicialMediation = 4, Council = 5, Referral = 6, Explained = 7,
    }

    /// Whose word it is.
    By { Resident = 0, Family = 1, Other = 2, }

    /// How something was heard or told.
    Channel { InPerson = 0, Phone = 1, Message = 2, Letter = 3, Notice = 4, }

    /// What an attachment is.
    Media { Photo = 0, Sound = 1, Paper = 2, }

    /// What shows that it was the resident's word.
    EvidenceKind { Signature = 0, Voice = 1, Code = 2, }

    /// What a person should look at.
    Flag {
        Grade = 0, Due = 1, ConfirmReject = 2, ResolveEscalate = 3, RejectionUnanswered = 4,
        AfterTransfer = 5, AttemptsByResolver = 6, OtherCopy = 7, Priority = 8, Consent = 9,
    }

    /// Whether a household may be visited, strictest first.
    ConsentLevel { No = 0, ByAppointment = 1, Yes = 2, }

    /// What came of a visit.
    VisitOutcome { Met = 0, NotHome = 1, Refused = 2, LeftCard = 3, }

    /// A seat in the council.
    Seat { Fixed = 0, Floating = 1, }

    /// What came of an item of a meeting.
    MeetingOutcome { Resolved = 0, Deferred = 1, Referred = 2, Dropped = 3, }

    /// The kinds of events.
    Kind {
        Discover = 0, Accept = 1, Close = 2, Decline = 3, Contact = 4, Progress = 5, SetGrade = 6,
        SetDue = 7, Escalate = 8, TakeOver = 9, SendBack = 10, Assign = 11, DispatchTeam = 12,
        Resolve = 13, Transfer = 14, AskedNoAnswer = 15, FeedBack = 16, CloseUnsolved = 17,
        DuplicateOf = 18, NotDuplicate = 19, CouncilItem = 20, Note = 21, Attach = 22,
        Found = 32, SetField = 33, Person = 34, PersonLeft = 35, Phone = 36, Consent = 37,
        Priority = 38, PriorityEnd = 39, NoticeGiven = 40, SameAs = 41, NotSame = 42,
        Continues = 43,
        Started = 48, Joined = 49, Checklist = 50, Outcome = 51, SameVisit = 52,
        Held = 64, Attendance = 65, Item = 66, ItemOutcome = 67,
        Confirm = 128, Reject = 129, Withdraw = 130,
        Correct = 192, Settle = 193,
    }
}

/// Whether a kind's number is that of a resident's word, known here or not.
pub fn is_residents_word(kind: u8) -> bool {
    (128..192).contains(&kind)
}

impl Kind {
    /// Its word, as in the JSON form of an event.
    pub fn word(self) -> &'static str {
        match self {
            Self::Discover => "discover",
            Self::Accept => "accept",
            Self::Close => "close",
            Self::Decline => "decline",
            Self::Contact => "contact",
            Self::Progress => "progress",
            Self::SetGrade => "set_grade",
            Self::SetDue => "set_due",
            Self::Escalate => "escalate",
            Self::TakeOver => "take_over",
            Self::SendBack => "send_back",
            Self::Assign => "assign",
            Self::DispatchTeam => "dispatch_team",
            Self::Resolve => "resolve",
            Self::Transfer => "transfer",
            Self::AskedNoAnswer => "asked_no_answer",
            Self::FeedBack => "feed_back",
            Self::CloseUnsolved => "close_unsolved",
            Self::DuplicateOf => "duplicate_of",
            Self::NotDuplicate => "not_duplicate",
            Self::CouncilItem => "council_item",
            Self::Note => "note",
            Self::Attach => "attach",
            Self::Found => "found",
            Self::SetField => "set_field",
            Self::Person => "person",
            Self::PersonLeft => "person_left",
            Self::Phone => "phone",
            Self::Consent => "consent",
            Self::Priority => "priority",
            Self::PriorityEnd => "priority_end",
            Self::NoticeGiven => "notice_given",
            Self::SameAs => "same_as",
            Self::NotSame => "not_same",
            Self::Continues => "continues",
            Self::Started => "started",
            Self::Joined => "joined",
            Self::Checklist => "checklist",
            Self::Outcome => "outcome",
            Self::SameVisit => "same_visit",
            Self::Held => "held",
            Self::Attendance => "attendance",
            Self::Item => "item",
            Self::ItemOutcome => "item_outcome",
            Self::Confirm => "confirm",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::Correct => "correct",
            Self::Settle => "settle",
        }
    }

    /// Whether events of this kind belong into documents of that kind.
    pub fn belongs(self, document: DocumentKind) -> bool {
        match self {
            Self::Note | Self::Attach | Self::Correct => true,
            Self::Settle => document != DocumentKind::Visit,
            _ => {
                let home = match self.number() {
                    32..48 => DocumentKind::Household,
                    48..64 => DocumentKind::Visit,
                    64..80 => DocumentKind::Meeting,
                    _ => DocumentKind::Grievance,
                };
                home == document
            }
        }
    }

    /// Whether it holds the facts of a document and so stands in the act that makes it.
    pub fn is_first(self) -> bool {
        matches!(self, Self::Discover | Self::Found | Self::Started | Self::Held)
    }
}

/// Why an event is rejected. It is shown with it, never hidden. Two faults in one: the first in this
/// order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Error,
)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// Its bytes break the format, or a value has no meaning.
    #[error("a value breaks the format")]
    BadValue,
    /// It names an event that its author had not seen, or one of the wrong kind.
    #[error("names an event that its author had not seen, or of a wrong kind")]
    UnknownTarget,
    /// Its author may not do this here, by the roster held when it was saved.
    #[error("its author may not do this here")]
    NoRight,
    /// A lower grade or a later due without a reason.
    #[error("a reason is missing")]
    NoReason,
    /// A resident's word recorded by who resolved it (for a withdrawal also its owner), without
    /// signature, voice or code.
    #[error("the resident's word needs evidence, since its author resolved it")]
    OwnWord,
    /// The due was extended once in this round already.
    #[error("the due was extended in this round already")]
    ExtensionUsed,
    /// A Close that has seen neither a confirmation in force nor three unanswered attempts on three
    /// days.
    #[error("neither confirmed nor asked three times on three days")]
    NotAnswered,
    /// What makes a document stands in its first act, and only there.
    #[error("belongs into the act that makes the document")]
    NotFirst,
    /// An event of another kind of document.
    #[error("belongs into another kind of document")]
    WrongDocument,
}

const RESOLUTIONS: &[Kind] = &[Kind::Resolve, Kind::CloseUnsolved];
const GRADES: &[Kind] = &[Kind::Discover, Kind::SetGrade, Kind::Settle];
const DUES: &[Kind] = &[Kind::Discover, Kind::SetGrade, Kind::Settle, Kind::SetDue];
const PERSONS: &[Kind] = &[Kind::Person, Kind::PersonLeft, Kind::Settle];
const PRIORITIES: &[Kind] = &[Kind::Priority, Kind::PriorityEnd, Kind::Settle];

/// A field that names events of the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefField {
    /// `of` of Decline.
    Declined,
    /// `returns`.
    Returns,
    /// `answers`.
    Answers,
    /// `resolution`.
    Resolution,
    /// The ref of NotDuplicate and NotSame.
    Undone,
    /// `person`.
    Person,
    /// `supersedes`.
    Supersedes,
    /// `of` of Attach, `about`, `event` of Correct.
    Any,
}

/// The kinds that a field of an event of kind `of` may name; none = any. A kind that is not known here
/// passes everywhere.
pub fn takes(of: Kind, field: RefField) -> Option<&'static [Kind]> {
    Some(match (field, of) {
        (RefField::Any, _) => return None,
        (RefField::Declined, _) => &[Kind::Assign, Kind::Accept],
        (RefField::Returns, _) => &[Kind::Escalate, Kind::TakeOver],
        (RefField::Answers, _) => &[Kind::Reject],
        (RefField::Resolution, Kind::Reject | Kind::FeedBack) => RESOLUTIONS,
        (RefField::Resolution, _) => &[Kind::Resolve],
        (RefField::Undone, Kind::NotSame) => &[Kind::SameAs],
        (RefField::Undone, _) => &[Kind::DuplicateOf],
        (RefField::Person, _) => &[Kind::Person],
        (RefField::Supersedes, Kind::SetGrade) => GRADES,
        (RefField::Supersedes, Kind::SetDue) => DUES,
        (RefField::Supersedes, Kind::Assign) => &[Kind::Assign, Kind::TakeOver],
        (RefField::Supersedes, Kind::Person | Kind::PersonLeft) => PERSONS,
        (RefField::Supersedes, Kind::Priority | Kind::PriorityEnd) => PRIORITIES,
        (RefField::Supersedes, Kind::SetField) => &[Kind::SetField, Kind::Settle],
        (RefField::Supersedes, Kind::Phone) => &[Kind::Phone, Kind::Settle],
        (RefField::Supersedes, Kind::Consent) => &[Kind::Consent, Kind::Settle],
        (RefField::Supersedes, Kind::Checklist) => &[Kind::Checklist, Kind::Settle],
        (RefField::Supersedes, Kind::Outcome) => &[Kind::Outcome, Kind::Settle],
        (RefField::Supersedes, Kind::Attendance) => &[Kind::Attendance, Kind::Settle],
        (RefField::Supersedes, Kind::ItemOutcome) => &[Kind::ItemOutcome, Kind::Settle],
        (RefField::Supersedes, _) => &[],
    })
}
