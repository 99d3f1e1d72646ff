//! Grievances that are one trouble, and items of a council with what they settle.

use super::{GrievanceLine, ItemLine, MemberLine, Written};
use crate::enums::{How, ItemOutcome, StepKind};

/// The group that a line stands in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GroupMark {
    /// How many grievances it has, with those that are not on this phone.
    pub size: i32,
    /// Which stands for all in lists.
    pub face: String,
    /// That is this one.
    pub is_face: bool,
    /// One of them is not on this phone, so on another the face may be another one.
    pub provisional: bool,
}

/// A grievance of a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GroupMemberLine {
    /// Its line.
    pub line: GrievanceLine,
    /// What was on the screen of it: for [`NewStep::also`](super::NewStep::also).
    pub view: String,
    /// The steps that this member may take in it now.
    pub steps: Vec<StepKind>,
}

/// What was done for another grievance of the group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SolvedLine {
    /// The other.
    pub doc: String,
    /// Its resolution.
    pub resolution: String,
    /// How.
    pub how: How,
    /// In words: how, and by whom.
    pub text: String,
    /// Who solved it.
    pub author: MemberLine,
    /// When.
    pub time_s: i64,
}

/// A group, as one of it shows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GroupRecord {
    /// Which stands for all in lists; none where all were filed elsewhere or entered by mistake.
    pub face: Option<String>,
    /// One of the group is not on this phone.
    pub provisional: bool,
    /// In words: "One trouble, in 3 grievances".
    pub text: String,
    /// What is shown here, the grievance itself among them: the face first, then by discovery.
    pub members: Vec<GroupMemberLine>,
    /// How many are not here.
    pub not_here: i32,
    /// What may be taken over into this grievance, earliest first.
    pub take_over: Vec<SolvedLine>,
}

/// A document in which nothing was written together with others, and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LeftOutLine {
    /// The document.
    pub doc: String,
    /// What it is, in words.
    pub title: String,
    /// Why, as a sentence.
    pub why: String,
}

/// A resolution of another grievance of the group, taken over.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewTakeOver {
    /// The id of the act: [`Doorstep::new_act`](crate::Doorstep::new_act).
    pub act: String,
    /// The view of the grievance into which it is taken over.
    pub view: String,
    /// The other grievance.
    pub of: String,
    /// Its resolution.
    pub resolution: String,
    /// Words.
    #[uniffi(default = None)]
    pub text: Option<String>,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
}

/// A grievance that an item of a council names.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ItemGrievanceLine {
    /// The document.
    pub doc: String,
    /// What it is, in words.
    pub title: String,
    /// Its line; none = not on this phone.
    pub line: Option<GrievanceLine>,
    /// What was on the screen of it: for [`NewItemOutcome::grievances`].
    pub view: Option<String>,
    /// Why "resolved" writes nothing there, as a sentence; none = it is resolved with the item.
    pub by_hand: Option<String>,
}

/// An item of a meeting, with what its outcome settles.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ItemRecord {
    /// The id of the act that settles it, however often it is sent.
    pub act: String,
    /// The meeting.
    pub meeting: String,
    /// What was on the screen of the meeting.
    pub view: String,
    /// The item.
    pub item: ItemLine,
    /// The grievances that it names.
    pub grievances: Vec<ItemGrievanceLine>,
}

/// What came of an item.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewItemOutcome {
    /// The act id of the record.
    pub act: String,
    /// The view of the record.
    pub view: String,
    /// The item.
    pub item: String,
    /// What.
    pub outcome: ItemOutcome,
    /// Views of the grievances that are to be resolved with it, where it is resolved.
    #[uniffi(default = [])]
    pub grievances: Vec<String>,
    /// Words: a note in the meeting, and in every resolution.
    #[uniffi(default = None)]
    pub text: Option<String>,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
}

/// What settling an item made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ItemSettled {
    /// What was written: the meeting, and in `also` the grievances.
    pub written: Written,
    /// The grievances of a resolved item in which nothing was written, for a person to do.
    pub by_hand: Vec<LeftOutLine>,
}
