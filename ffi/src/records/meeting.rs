//! Meetings of a block council, 街区理事会.

use super::{Choice, FlagLine, GrievanceLine, MemberLine, StoryLine};
use crate::enums::{ItemOutcome, Seat};

/// A meeting in a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeetingLine {
    /// The document.
    pub doc: String,
    /// The block.
    pub place: String,
    /// What people call it.
    pub place_name: String,
    /// When: days since 1970.
    pub day: Option<i32>,
    /// Where.
    pub venue: String,
    /// How many were there.
    pub present: i32,
    /// When somebody last wrote in it.
    pub updated_s: i64,
    /// Flags that nobody settled.
    pub flags: i32,
    /// Acts of one's own in it that the relay does not have.
    pub waiting: i32,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeetingPage {
    /// Its lines.
    pub lines: Vec<MeetingLine>,
    /// For the next page; none = this is the last.
    pub after: Option<String>,
}

/// Who was there, or was not.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AttendanceLine {
    /// What a change replaces.
    pub events: Vec<String>,
    /// The member; none = somebody else.
    pub member: Option<MemberLine>,
    /// What they are called.
    pub name: String,
    /// On what seat.
    pub seat: Seat,
    /// That in words.
    pub seat_text: String,
    /// Whether they were.
    pub present: bool,
}

/// A grievance on the table.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GrievanceAt {
    /// The document.
    pub doc: String,
    /// Its line; none = not on this phone.
    pub line: Option<GrievanceLine>,
}

/// An item of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ItemAt {
    /// The meeting.
    pub meeting: String,
    /// The item.
    pub item: String,
}

/// An item, with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ItemLine {
    /// Its id.
    pub item: String,
    /// What it is called.
    pub title: String,
    /// What came of it; none = nothing was written yet.
    pub outcome: Option<ItemOutcome>,
    /// That in words; empty where there is none.
    pub outcome_text: String,
    /// What another outcome replaces.
    pub events: Vec<String>,
    /// The grievances that it is about.
    pub grievances: Vec<GrievanceAt>,
    /// The item of an earlier meeting that it goes on with.
    pub carries: Option<ItemAt>,
}

/// A meeting, whole.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeetingRecord {
    /// What was on the screen: every act on it takes it back.
    pub view: String,
    /// Its line.
    pub line: MeetingLine,
    /// This member may write in it.
    pub may_write: bool,
    /// Who was there.
    pub attendance: Vec<AttendanceLine>,
    /// What was on the table.
    pub items: Vec<ItemLine>,
    /// What a person should look at.
    pub flags: Vec<FlagLine>,
    /// Everything that was written in it.
    pub story: Vec<StoryLine>,
    /// Lines of the story that this member may ask to strike. The check before saving has the last word.
    pub may_correct: Vec<String>,
}

/// An item that an earlier meeting put off.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CarriedItem {
    /// Which.
    pub at: ItemAt,
    /// What it is called.
    pub title: String,
    /// When that meeting was: days since 1970.
    pub day: Option<i32>,
    /// The grievances that it is about.
    pub grievances: Vec<String>,
}

/// What the form for a meeting needs, in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeetingForm {
    /// The id of the act that the form will make, however often it is sent. Keep it with the form.
    pub act: String,
    /// Blocks whose council this member writes for.
    pub blocks: Vec<Choice>,
    /// Who may have been there.
    pub people: Vec<MemberLine>,
    /// Open grievances, due first, at most 200.
    pub grievances: Vec<GrievanceLine>,
    /// What was put off, the newest first.
    pub carried: Vec<CarriedItem>,
}

/// Who was there.
#[allow(missing_docs)] // the variants say it
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Attendee {
    /// A member.
    Member { member: String },
    /// Somebody else, by name.
    Name { name: String },
}

/// Who was there, as a form says it.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewAttendance {
    /// Who.
    pub who: Attendee,
    /// On what seat.
    pub seat: Seat,
    /// Whether they were.
    #[uniffi(default = true)]
    pub present: bool,
}

/// An item, as a form says it. Its id is made of that of the act.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewItem {
    /// What it is called.
    pub title: String,
    /// The grievances that it is about, at most 64.
    #[uniffi(default = [])]
    pub grievances: Vec<String>,
    /// The item of an earlier meeting that it goes on with.
    #[uniffi(default = None)]
    pub carries: Option<ItemAt>,
}

/// A meeting that was held.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewMeeting {
    /// The act id of the form.
    pub act: String,
    /// The block.
    pub place: String,
    /// When: days since 1970.
    pub day: i32,
    /// Where.
    #[uniffi(default = None)]
    pub venue: Option<String>,
    /// Who was there; with the items at most 63.
    #[uniffi(default = [])]
    pub attendance: Vec<NewAttendance>,
    /// What was on the table.
    #[uniffi(default = [])]
    pub items: Vec<NewItem>,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
}
