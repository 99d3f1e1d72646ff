//! Steps on a grievance.

use super::{
    Choice, CodeLine, FlagLine, GrievanceLine, GroupMemberLine, LinkLine, MeetingLine, MemberLine,
    StoryLine,
};
use crate::enums::{By, Channel, Grade, How, Level, StepKind};

/// A step that this member may take now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepOffer {
    /// Which.
    pub kind: StepKind,
    /// As a button says it: "Take it on".
    pub text: String,
    /// The one that usually comes next: shown large.
    pub main: bool,
    /// Evidence is to be asked for: this member resolved it, so the resident's word needs it.
    pub evidence_needed: bool,
}

/// A step that this member may not take now, and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepRefusal {
    /// Which.
    pub kind: StepKind,
    /// As a button would say it.
    pub text: String,
    /// Why not, as a sentence.
    pub why: String,
}

/// What was done, for the resident's word.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ResolutionLine {
    /// The event, as [`NewStep`] takes it back.
    pub event: String,
    /// In words: how, and by whom.
    pub text: String,
    /// Of which round.
    pub round: i32,
}

/// What the form for one step needs, in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepForm {
    /// The id of the act that the form will make, however often it is sent. Keep it with the form.
    pub act: String,
    /// What was on the screen.
    pub view: String,
    /// Which step.
    pub kind: StepKind,
    /// As its heading says it.
    pub text: String,
    /// The grievance.
    pub line: GrievanceLine,
    /// Reasons to choose from.
    pub reasons: Vec<CodeLine>,
    /// How, where the step says how.
    pub hows: Vec<Choice>,
    /// Resolutions that the step may be about, the newest first.
    pub resolutions: Vec<ResolutionLine>,
    /// Who may be assigned.
    pub people: Vec<MemberLine>,
    /// Levels to which it may go.
    pub levels: Vec<Choice>,
    /// Who may be named as having helped.
    pub helpers: Vec<MemberLine>,
    /// Teams that may be sent.
    pub teams: Vec<Choice>,
    /// Other grievances of the same building or grid, at most 50: for a link, and where it was filed
    /// again.
    pub grievances: Vec<GrievanceLine>,
    /// Others of its group in which this step may be taken too: for a contact, work done and a
    /// resolution.
    pub group: Vec<GroupMemberLine>,
    /// Links that may be taken away.
    pub links: Vec<LinkLine>,
    /// Meetings of the council with their items, the newest first, at most 10.
    pub meetings: Vec<MeetingChoice>,
    /// What may be settled.
    pub flags: Vec<FlagLine>,
    /// What may be struck.
    pub corrections: Vec<StoryLine>,
    /// Evidence is to be asked for: this member resolved it, so the resident's word needs it.
    pub evidence_needed: bool,
}

/// A meeting to choose an item of.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeetingChoice {
    /// The meeting.
    pub meeting: MeetingLine,
    /// Its items, by their ids.
    pub items: Vec<Choice>,
}

/// What shows that a word was the resident's. A hash is that of the file, SHA-256, 64 hexadecimal
/// digits.
#[allow(missing_docs)] // the variants say it
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Evidence {
    /// A signature on the screen or on paper.
    Signature { hash: String },
    /// A voice recording.
    Voice { hash: String },
    /// The code that the resident has, as it was typed: only its hash is written.
    Code { text: String },
}

/// What a Settle says of a flag; see [`FlagLine::asks`].
#[allow(missing_docs)] // the variants say it
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum SettleChoice {
    /// A person has looked.
    Seen,
    /// This grade.
    Grade { grade: Grade },
    /// This due, in s.
    Due { due_s: i64 },
}

/// What a person says in a step. Texts have at most 16 KiB,
/// lists at most 64 items.
#[allow(missing_docs)] // fields: a reason is a code of list reason; a resolution is a form's
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Step {
    /// I take it on.
    Accept,
    /// I do not take it on, or no longer.
    Decline { reason: i32, text: Option<String> },
    /// The resident was contacted.
    Contact { how: How, text: Option<String> },
    /// Work was done.
    Progress {
        how: How,
        text: Option<String>,
        #[uniffi(default = [])]
        helpers: Vec<String>,
        #[uniffi(default = None)]
        parties: Option<String>,
    },
    /// It is solved, awaiting the resident's word.
    Resolve {
        how: How,
        text: Option<String>,
        #[uniffi(default = [])]
        helpers: Vec<String>,
    },
    /// The resident was asked about this resolution and did not answer.
    AskedNoAnswer { resolution: String, channel: Channel },
    /// The resident is content with this resolution; satisfaction 1 to 5.
    Confirm {
        resolution: String,
        by: By,
        heard: Channel,
        satisfaction: Option<i32>,
        #[uniffi(default = [])]
        evidence: Vec<Evidence>,
    },
    /// The resident is not content with it.
    Reject { resolution: String, by: By, heard: Channel, reason: i32, text: Option<String> },
    /// The resident was told what came of it.
    FeedBack { resolution: String, channel: Channel, text: Option<String> },
    /// It is over.
    Close,
    /// It cannot be solved; `told` where the resident was told already.
    CloseUnsolved { reason: i32, told: Option<Channel>, text: Option<String> },
    /// The resident takes it back.
    Withdraw {
        by: By,
        heard: Channel,
        reason: i32,
        #[uniffi(default = [])]
        evidence: Vec<Evidence>,
    },
    /// How urgent it is; a reason where that is less than before.
    SetGrade { grade: Grade, reason: Option<i32> },
    /// When it is due; a reason where that is later.
    SetDue { due_s: i64, reason: Option<i32> },
    /// It goes up; `body` just where that is outside.
    Escalate { level: Level, reason: i32, text: Option<String>, body: Option<String> },
    /// This level takes it, and this member answers for it.
    TakeOver { level: Level },
    /// It comes back down.
    SendBack { to: Level, reason: i32, text: Option<String> },
    /// Somebody is to answer for it.
    Assign { to: String, reason: Option<i32> },
    /// Words.
    Note { text: String },
    /// A response team is sent.
    DispatchTeam { team: String, task: Option<String> },
    /// It was filed at the wrong place; the other grievance counts.
    Transfer { to: String, reason: i32 },
    /// The same trouble as in another grievance.
    LinkDuplicate { other: String },
    /// Not the same after all; `link` is the event of the link.
    UnlinkDuplicate { link: String, reason: Option<i32> },
    /// It is brought before the council, as this item of this meeting.
    CouncilItem { meeting: String, item: String },
    /// A flag is settled; `flag` and `about` are the flag line's.
    Settle { flag: String, about: Vec<String>, choice: SettleChoice, reason: Option<i32> },
    /// An entry was wrong: it is struck.
    Correct { event: String, reason: i32 },
}

/// A step of a form.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewStep {
    /// The act id of the form.
    pub act: String,
    /// The view of the form, or of the record.
    pub view: String,
    /// What.
    pub step: Step,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
    /// Views of others of the group, in which the same is written as one act: for a contact, work done
    /// and a resolution.
    #[uniffi(default = [])]
    pub also: Vec<String>,
}
