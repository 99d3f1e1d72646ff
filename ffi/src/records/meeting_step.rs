//! What is written into a meeting after it was made.

use super::{Attendee, CarriedItem, CodeLine, GrievanceLine, MeetingRecord, MemberLine, NewItem};
use crate::enums::{ItemOutcome, Seat};

/// What the form for anything on a meeting needs, in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeetingStepForm {
    /// The id of the act that the form will make, however often it is sent. Keep it with the form.
    pub act: String,
    /// The meeting: its view, and the lines whose events are handed back.
    pub record: MeetingRecord,
    /// Who may have been there.
    pub people: Vec<MemberLine>,
    /// Open grievances, due first, at most 200.
    pub grievances: Vec<GrievanceLine>,
    /// What was put off, the newest first.
    pub carried: Vec<CarriedItem>,
    /// Reasons.
    pub reasons: Vec<CodeLine>,
}

/// What a person says of a meeting. `replaces` takes back the events of the line that was on the screen.
#[allow(missing_docs)] // fields: as in a new meeting
#[derive(Debug, Clone, uniffi::Enum)]
pub enum MeetingStep {
    /// Who was there.
    Attendance {
        who: Attendee,
        seat: Seat,
        present: bool,
        #[uniffi(default = [])]
        replaces: Vec<String>,
    },
    /// Something more was on the table.
    AddItem { item: NewItem },
    /// What came of an item, and of nothing else.
    SetItemOutcome {
        item: String,
        outcome: ItemOutcome,
        #[uniffi(default = [])]
        replaces: Vec<String>,
    },
    /// Words.
    Note { text: String },
    /// A flag is settled; `flag` and `about` are the flag line's.
    Settle { flag: String, about: Vec<String>, reason: Option<i32> },
    /// An entry was wrong: it is struck.
    Correct { event: String, reason: i32 },
}

/// Something written into a meeting.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewMeetingStep {
    /// The act id of the form.
    pub act: String,
    /// The view of the record.
    pub view: String,
    /// What.
    pub step: MeetingStep,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
}
