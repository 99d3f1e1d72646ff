//! Visits, 走访.

use super::{CodeLine, FlagLine, HouseholdLine, LinkLine, MemberLine, NewReporter, StoryLine};
use crate::enums::{Grade, VisitOutcome};

/// A visit in a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VisitLine {
    /// The document.
    pub doc: String,
    /// The building.
    pub place: String,
    /// What people call it.
    pub place_name: String,
    /// Whom.
    pub household: Option<String>,
    /// The unit of the household, where that is on this phone.
    pub unit: String,
    /// What for.
    pub purpose: String,
    /// Who began it.
    pub visitor: String,
    /// When.
    pub started_s: Option<i64>,
    /// What came of it; none = not known yet.
    pub outcome: Option<VisitOutcome>,
    /// That in words; empty where it is not known.
    pub outcome_text: String,
    /// Flags that nobody settled.
    pub flags: i32,
    /// Acts of one's own in it that the relay does not have.
    pub waiting: i32,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VisitPage {
    /// Its lines.
    pub lines: Vec<VisitLine>,
    /// For the next page; none = this is the last.
    pub after: Option<String>,
}

/// What somebody wrote of how a visit went.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OutcomeLine {
    /// The event: what a change replaces.
    pub event: String,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// That in words.
    pub text: String,
    /// How many persons were met.
    pub persons_met: i32,
    /// When to come again: days since 1970.
    pub next_day: Option<i32>,
    /// Grievances found, by their documents; a change says them again.
    pub grievances: Vec<String>,
    /// Who wrote it.
    pub author: MemberLine,
    /// It was this phone's member.
    pub mine: bool,
    /// When.
    pub time_s: i64,
}

/// An item of the checklist, answered.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CheckLine {
    /// Code of the item.
    pub item: i32,
    /// What it is called.
    pub name: String,
    /// Code of the answer.
    pub answer: i32,
    /// That in words.
    pub text: String,
    /// What another answer replaces.
    pub events: Vec<String>,
}

/// A visit, whole.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VisitRecord {
    /// What was on the screen: every act on it takes it back.
    pub view: String,
    /// Its line.
    pub line: VisitLine,
    /// This member may write in it.
    pub may_write: bool,
    /// Who was there, the starter first.
    pub members: Vec<String>,
    /// Who came along.
    pub companions: Vec<MemberLine>,
    /// This phone's member began it.
    pub mine: bool,
    /// This phone's member was there.
    pub joined: bool,
    /// Whether the resident had asked for it.
    pub asked_for: Option<bool>,
    /// Whether it was planned.
    pub planned: Option<bool>,
    /// What came of it: as the starter wrote it, else a companion.
    pub outcome: Option<OutcomeLine>,
    /// All that was written of it and nothing replaced, companions' too.
    pub outcomes: Vec<OutcomeLine>,
    /// The checklist.
    pub checklist: Vec<CheckLine>,
    /// Grievances found, by their documents.
    pub grievances: Vec<String>,
    /// The same visit in other documents.
    pub same_visit: Vec<LinkLine>,
    /// What a person should look at.
    pub flags: Vec<FlagLine>,
    /// Everything that was written in it.
    pub story: Vec<StoryLine>,
    /// Lines of the story that this member may ask to strike. The check before saving has the last word.
    pub may_correct: Vec<String>,
}

/// What the form for a visit needs, in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VisitForm {
    /// The id of the act that the form will make, however often it is sent. Keep it with the form.
    pub act: String,
    /// Whom.
    pub household: HouseholdLine,
    /// Purposes of a visit, in the order of their list.
    pub purposes: Vec<CodeLine>,
    /// Kinds of grievances.
    pub kinds: Vec<CodeLine>,
    /// Items of the checklist.
    pub checklist: Vec<CodeLine>,
    /// Answers to them.
    pub answers: Vec<CodeLine>,
    /// Who may have come along, the nearest first.
    pub people: Vec<MemberLine>,
}

/// An answer to an item of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ChecklistAnswer {
    /// Code of the item.
    pub item: i32,
    /// Code of the answer.
    pub answer: i32,
}

/// A grievance found on a visit; it is filed in the same transaction, at the household's building.
#[derive(Debug, Clone, uniffi::Record)]
pub struct FoundGrievance {
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
}

/// A visit that took place. Saved whole, with the grievances found, or not at all.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewVisit {
    /// The act id of the form.
    pub act: String,
    /// Whom.
    pub household: String,
    /// Code of its purpose.
    pub purpose: i32,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// How many persons were met.
    #[uniffi(default = 0)]
    pub persons_met: i32,
    /// Answers to the checklist.
    #[uniffi(default = [])]
    pub checklist: Vec<ChecklistAnswer>,
    /// A private note.
    #[uniffi(default = None)]
    pub note: Option<String>,
    /// Grievances found on the way, at most 16.
    #[uniffi(default = [])]
    pub found: Vec<FoundGrievance>,
    /// When to come again: days since 1970.
    #[uniffi(default = None)]
    pub next_day: Option<i32>,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
    /// Who came along.
    #[uniffi(default = [])]
    pub companions: Vec<String>,
    /// Whether the resident had asked for it.
    #[uniffi(default = None)]
    pub asked_for: Option<bool>,
    /// Whether it was planned.
    #[uniffi(default = None)]
    pub planned: Option<bool>,
}
