//! Grievances, 诉求.

use super::{
    Choice, CodeLine, GroupMark, GroupRecord, HouseholdLine, MemberLine, StepOffer, StepRefusal,
};
use crate::enums::{FlagAsks, Grade, Level, Stage};

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
    /// The group of one trouble that it stands in; none = it stands alone.
    pub group: Option<GroupMark>,
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

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FlagLine {
    /// Its word.
    pub flag: String,
    /// As a sentence.
    pub text: String,
    /// Somebody settled it.
    pub settled: bool,
    /// The events that raise it, as a Settle takes them back.
    pub about: Vec<String>,
    /// What a Settle of it says.
    pub asks: FlagAsks,
}

/// A link to another document.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LinkLine {
    /// The event that links, for taking the link away.
    pub event: String,
    /// The other document.
    pub doc: String,
    /// What it is, in words.
    pub title: String,
    /// It is on this phone.
    pub here: bool,
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
    /// The other steps, and why each is not for now.
    pub not_now: Vec<StepRefusal>,
    /// Grievances of the same trouble, by the links in force of this one.
    pub links: Vec<LinkLine>,
    /// The group of one trouble that it stands in; none = it stands alone.
    pub group: Option<GroupRecord>,
    /// What a person should look at.
    pub flags: Vec<FlagLine>,
    /// Lines of the story that this member may ask to strike. The check before saving has the last word.
    pub may_correct: Vec<String>,
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
