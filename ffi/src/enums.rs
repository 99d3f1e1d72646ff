//! The words that records are made of.

/// The language of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Language {
    /// 中文
    Chinese,
    /// English
    English,
}

/// How urgent a grievance is, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
#[allow(missing_docs)]
pub enum Grade {
    A,
    B,
    C,
    D,
}

/// How high a grievance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
#[allow(missing_docs)]
pub enum Level {
    Building,
    Grid,
    Block,
    Community,
    SubDistrict,
    Outside,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum How {
    Help,
    Intervene,
    PeoplesMediation,
    AdministrativeMediation,
    JudicialMediation,
    Council,
    Referral,
    Explained,
}

/// Whose word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum By {
    Resident,
    Family,
    Other,
}

/// How something was heard or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum Channel {
    InPerson,
    Phone,
    Message,
    Letter,
    Notice,
}

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum VisitOutcome {
    Met,
    NotHome,
    Refused,
    LeftCard,
}

/// Whether a household may be visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum Consent {
    No,
    ByAppointment,
    Yes,
}

/// How far a grievance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum Stage {
    Void,
    EnteredByMistake,
    Transferred,
    Withdrawn,
    Discovered,
    Accepted,
    InProgress,
    Referred,
    Reopened,
    Resolved,
    Confirmed,
    Closed,
    ClosedNotReached,
    ClosedUnsolved,
}

/// A step on a grievance that an app can offer; see [`Step`](crate::records::Step).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
#[allow(missing_docs)]
pub enum StepKind {
    Accept,
    Decline,
    Contact,
    Progress,
    Resolve,
    AskedNoAnswer,
    Confirm,
    Reject,
    FeedBack,
    Close,
    CloseUnsolved,
    Withdraw,
    SetGrade,
    SetDue,
    Escalate,
    TakeOver,
    SendBack,
    Assign,
    DispatchTeam,
    LinkDuplicate,
    UnlinkDuplicate,
    CouncilItem,
    Transfer,
    Settle,
    Note,
    Correct,
}

/// What shows that a word was the resident's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum EvidenceKind {
    Signature,
    Voice,
    Code,
}

/// A seat in the council.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum Seat {
    Fixed,
    Floating,
}

/// What came of an item of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum ItemOutcome {
    Resolved,
    Deferred,
    Referred,
    Dropped,
}

/// What a Settle of a flag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FlagAsks {
    /// That a person has looked.
    Seen,
    /// A grade.
    Grade,
    /// A due.
    Due,
}

/// How a building is given to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Duty {
    /// Answers for it, 包楼栋.
    Owner,
    /// Helps the owner.
    Backup,
    /// Stands in for a time.
    StandIn,
    /// By a role at its grid or above.
    Role,
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)]
pub enum DocumentKind {
    Household,
    Visit,
    Grievance,
    Meeting,
    Unknown,
}

/// How things stand with the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncState {
    /// No invitation was accepted.
    NotInvited,
    /// An invitation was accepted; the organiser has not confirmed this phone, or no meeting said so.
    Enrolling,
    /// The relay took this device out: what is here is hidden, and what is unsent is still handed in.
    Revoked,
    /// Something waits for the relay.
    Waiting,
    /// The relay has everything that was saved here.
    InStep,
}

/// Why something is left after a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Left {
    /// The time was up.
    Time,
    /// The bytes were used.
    Bytes,
    /// The relay asked to come later.
    RelayBusy,
    /// The link was lost after the meeting had begun.
    LinkLost,
    /// The relay ended it, or its words did not hold.
    BrokenOff,
    /// It was cancelled. What had been exchanged by then stays.
    Cancelled,
}

/// Why something of one's own is not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)] // each is described at doorstep_core::Reason
pub enum WaitReason {
    NotSealedYet,
    NoSignalYet,
    RelayNeedsRoster,
    RelayNeedsDependencies,
    DayIsFull,
    NoPlace,
    NotReadable,
    TooBig,
    RelayIsOlder,
    TwinSetAside,
    NeedsSetAside,
    DocumentFull,
    GuardSetAside,
    Erased,
    ArrivedNotInForce,
    /// One that this facade does not know by name.
    Other,
}

/// What comes next, without anybody doing anything unless it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[allow(missing_docs)] // each is described at doorstep_core::Next
pub enum WaitNext {
    NextMeeting,
    Tomorrow,
    WrittenAgain,
    RelayActs,
    Person,
}
