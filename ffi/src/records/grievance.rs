//! Grievances, 诉求.

use super::{CodeLine, HouseholdLine, MemberLine};
use crate::enums::{By, Channel, Grade, How, Level, Stage, StepKind};

/// A grievance in a list: open ones first, by their due.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GrievanceLine {
    /// The document.
    pub doc: String,
    /// The place whose log it is in.
    pub place: String,
    /// What people call it.
    pub place_name: String,
    /// What was found.
    pub what: String,
    /// Its kind.
    pub kind: String,
    /// How far it is.
    pub stage: Stage,
    /// That in words.
    pub stage_text: String,
    /// Nobody has a step to take.
    pub over: bool,
    /// The current round, from 1.
    pub round: i32,
    /// How urgent.
    pub grade: Grade,
    /// How high it stands.
    pub level: Level,
    /// Who answers for it.
    pub owner: Option<MemberLine>,
    /// That is this phone's member.
    pub mine: bool,
    /// When it is due; the earliest where that is not certain.
    pub due_s: Option<i64>,
    /// That is past, by this phone's clock, and it is not over.
    pub overdue: bool,
    /// When it was found.
    pub discovered_s: Option<i64>,
    /// When somebody last wrote in it.
    pub updated_s: i64,
    /// Who asked, where it is a household.
    pub household: Option<String>,
    /// Acts of one's own in it that the relay does not have.
    pub waiting: i32,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GrievancePage {
    /// Its lines.
    pub lines: Vec<GrievanceLine>,
    /// For the next page; none = this is the last.
    pub after: Option<String>,
}

/// Something that was written, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StoryLine {
    /// The event: act, number and member.
    pub event: String,
    /// Its kind's word, for an icon: `accept`, `resolve`, ...
    pub kind: String,
    /// Who wrote it.
    pub author: MemberLine,
    /// It was this phone's member.
    pub mine: bool,
    /// When.
    pub time_s: Option<i64>,
    /// The time is not certain: the writer's clock was not.
    pub about: bool,
    /// What happened, as one sentence without the author's name: "Took it on".
    pub sentence: String,
    /// The words that a person wrote with it.
    pub words: Option<String>,
    /// It counts now.
    pub in_force: bool,
    /// It does not count, and why, as a sentence: rejected, struck, held, newer than this app.
    pub remark: Option<String>,
    /// The relay has it.
    pub arrived: bool,
}

/// A step that this member may take now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepOffer {
    /// Which.
    pub kind: StepKind,
    /// As a button says it: "Take it on".
    pub text: String,
    /// The one that usually comes next: shown large.
    pub main: bool,
}

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FlagLine {
    /// Its word.
    pub flag: String,
    /// As a sentence.
    pub text: String,
    /// Somebody settled it.
    pub settled: bool,
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

/// A grievance, whole.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GrievanceRecord {
    /// What was on the screen: every act on it takes it back.
    pub view: String,
    /// Its line.
    pub line: GrievanceLine,
    /// Where exactly.
    pub spot: Option<String>,
    /// Who asked, in words; never a name where they wished none.
    pub reporter: String,
    /// Who asked, where it is a household on this phone.
    pub household: Option<HouseholdLine>,
    /// Who helps.
    pub helpers: Vec<MemberLine>,
    /// The latest time at which it is due, where that is not certain.
    pub due_latest_s: Option<i64>,
    /// Everything that was written, in order.
    pub story: Vec<StoryLine>,
    /// The steps this member may take now, in the order of the loop; at most one of them is the main.
    pub steps: Vec<StepOffer>,
    /// What a person should look at.
    pub flags: Vec<FlagLine>,
}

/// Something to choose, by its own value.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Choice {
    /// For the step.
    pub value: String,
    /// As the person reads it.
    pub text: String,
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
}

/// What a person says in a step. Texts have at most 16 KiB.
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
    Progress { how: How, text: Option<String> },
    /// It is solved, awaiting the resident's word.
    Resolve { how: How, text: Option<String> },
    /// The resident was asked about this resolution and did not answer.
    AskedNoAnswer { resolution: String, channel: Channel },
    /// The resident is content with this resolution; satisfaction 1 to 5.
    Confirm { resolution: String, by: By, heard: Channel, satisfaction: Option<i32> },
    /// The resident is not content with it.
    Reject { resolution: String, by: By, heard: Channel, reason: i32, text: Option<String> },
    /// The resident was told what came of it.
    FeedBack { resolution: String, channel: Channel, text: Option<String> },
    /// It is over.
    Close,
    /// It cannot be solved; `told` where the resident was told already.
    CloseUnsolved { reason: i32, told: Option<Channel>, text: Option<String> },
    /// The resident takes it back.
    Withdraw { by: By, heard: Channel, reason: i32 },
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
}

/// Who asked.
#[allow(missing_docs)] // the variants say it
#[derive(Debug, Clone, uniffi::Enum)]
pub enum NewReporter {
    /// Somebody who wished not to be named: nothing leads back to them, no visit either.
    Anonymous,
    /// A household, by its document.
    Household { doc: String },
    /// Somebody outside every household, by how to reach them.
    Contact { text: String },
}

/// What the form for a grievance without a visit needs.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GrievanceForm {
    /// The id of the act that the form will make, however often it is sent.
    pub act: String,
    /// Where it may be filed.
    pub places: Vec<Choice>,
    /// Kinds of grievances.
    pub kinds: Vec<CodeLine>,
}

/// A grievance that was not found on a visit.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewGrievance {
    /// The act id of the form.
    pub act: String,
    /// What it is about: a building, a grid (a street, a square), or higher.
    pub place: String,
    /// What.
    pub what: String,
    /// Code of its kind.
    pub kind: i32,
    /// How urgent, where it was said at once.
    #[uniffi(default = None)]
    pub grade: Option<Grade>,
    /// Where exactly.
    #[uniffi(default = None)]
    pub spot: Option<String>,
    /// Who asked.
    pub reporter: NewReporter,
    /// When it was found, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
}
