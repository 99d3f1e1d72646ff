//! What is written into a visit after it was recorded.

use super::{CodeLine, MemberLine, VisitLine, VisitRecord};
use crate::enums::VisitOutcome;

/// What the form for anything on a visit needs, in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VisitStepForm {
    /// The id of the act that the form will make, however often it is sent. Keep it with the form.
    pub act: String,
    /// The visit: its view, and the lines whose events are handed back.
    pub record: VisitRecord,
    /// Who may have come along, the nearest first.
    pub people: Vec<MemberLine>,
    /// Items of the checklist.
    pub checklist: Vec<CodeLine>,
    /// Answers to them.
    pub answers: Vec<CodeLine>,
    /// Reasons.
    pub reasons: Vec<CodeLine>,
    /// Other visits to the household, at most 20: for the same one in another document.
    pub visits: Vec<VisitLine>,
}

/// What a person says of a visit. `replaces` takes back the events of the line that was on the screen.
#[allow(missing_docs)] // fields: as in a new visit
#[derive(Debug, Clone, uniffi::Enum)]
pub enum VisitStep {
    /// I was there too.
    Join,
    /// Somebody came along: said by who began it.
    AddCompanion { member: String },
    /// What came of it. Grievances found are said again.
    SetOutcome {
        outcome: VisitOutcome,
        persons_met: i32,
        #[uniffi(default = None)]
        next_day: Option<i32>,
        #[uniffi(default = [])]
        grievances: Vec<String>,
        #[uniffi(default = [])]
        replaces: Vec<String>,
    },
    /// An answer to an item of the checklist.
    Check {
        item: i32,
        answer: i32,
        #[uniffi(default = [])]
        replaces: Vec<String>,
    },
    /// The same visit as another document.
    SameVisit { other: String },
    /// Words.
    Note { text: String },
    /// An entry was wrong: it is struck.
    Correct { event: String, reason: i32 },
}

/// Something written into a visit.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewVisitStep {
    /// The act id of the form.
    pub act: String,
    /// The view of the record.
    pub view: String,
    /// What.
    pub step: VisitStep,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
}
