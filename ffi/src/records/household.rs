//! Households, 户.

use super::{CodeLine, FlagLine, GrievanceLine, LinkLine, MemberLine, StoryLine, VisitLine};
use crate::enums::{By, Channel, Consent};

/// A household in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdLine {
    /// The document.
    pub doc: String,
    /// The building.
    pub place: String,
    /// What people call it.
    pub place_name: String,
    /// The unit, as people say it.
    pub unit: String,
    /// Persons who live there.
    pub persons: i32,
    /// Why it is to be visited first; none = it is not.
    pub priority: Option<String>,
    /// When somebody looks whether it still is: days since 1970.
    pub review_day: Option<i32>,
    /// Whether it may be visited; none = not asked.
    pub consent: Option<Consent>,
    /// When somebody of it was last met, by the visits on this phone.
    pub last_met_s: Option<i64>,
    /// Flags that nobody settled.
    pub flags: i32,
    /// Acts of one's own in it that the relay does not have.
    pub waiting: i32,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdPage {
    /// Its lines.
    pub lines: Vec<HouseholdLine>,
    /// For the next page; none = this is the last.
    pub after: Option<String>,
}

/// Somebody of a household.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PersonLine {
    /// Their id: the event that first named them.
    pub person: String,
    /// What a change of them replaces.
    pub events: Vec<String>,
    /// What they are called.
    pub name: String,
    /// Their relation to the household.
    pub relation: Option<String>,
    /// Its code.
    pub relation_code: i32,
    /// When they were born, roughly.
    pub birth_band: Option<String>,
    /// Its code.
    pub birth_band_code: i32,
    /// They moved out or died.
    pub left: bool,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhoneLine {
    /// The event, for [`Doorstep::open_phone`](crate::Doorstep::open_phone) and for replacing it.
    pub event: String,
    /// The number, masked: all but its last three digits are dots.
    pub number: String,
    /// Whose, where it is not the household's.
    pub person: Option<String>,
    /// What they are called.
    pub person_name: Option<String>,
}

/// What somebody said about visits.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentLine {
    /// The event.
    pub event: String,
    /// What they said.
    pub level: Consent,
    /// That in words.
    pub text: String,
    /// Until when: days since 1970.
    pub until_day: Option<i32>,
    /// Whose word.
    pub by: By,
    /// That in words.
    pub by_text: String,
    /// Who wrote it down.
    pub author: MemberLine,
    /// When.
    pub time_s: i64,
}

/// Whether a household may be visited: the strictest of what was said.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentRecord {
    /// What holds.
    pub level: Consent,
    /// That in words.
    pub text: String,
    /// What a new word replaces.
    pub events: Vec<String>,
    /// All that was said and nothing replaced.
    pub said: Vec<ConsentLine>,
}

/// A privacy notice that was given.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NoticeLine {
    /// The event.
    pub event: String,
    /// Which version of it.
    pub version: i32,
    /// How.
    pub channel: Channel,
    /// That in words.
    pub channel_text: String,
    /// In which language.
    pub language: String,
    /// To whom.
    pub by_text: String,
    /// Who gave it.
    pub author: MemberLine,
    /// When.
    pub time_s: i64,
}

/// Why and until when a household is to be visited first.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PriorityRecord {
    /// The code of why.
    pub code: i32,
    /// Why.
    pub text: String,
    /// When somebody looks whether it still is: days since 1970.
    pub review_day: i32,
    /// That day has come, by this phone's clock.
    pub review_due: bool,
    /// Since when.
    pub since_s: i64,
}

/// Something else that is known of a household.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FieldLine {
    /// Code of the field.
    pub field: i32,
    /// What it is called.
    pub name: String,
    /// What it says; two values that were written unseen by each other stand side by side.
    pub text: String,
    /// The code of what was said last, where that is one.
    pub code: Option<i32>,
    /// What a new value replaces.
    pub events: Vec<String>,
}

/// A household, whole, with what happened there last.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdRecord {
    /// What was on the screen: every act on it takes it back.
    pub view: String,
    /// Its line.
    pub line: HouseholdLine,
    /// This member may write in it.
    pub may_write: bool,
    /// Who lives there.
    pub persons: Vec<PersonLine>,
    /// Its telephone numbers, masked.
    pub phones: Vec<PhoneLine>,
    /// Whether it may be visited; none = not asked.
    pub consent: Option<ConsentRecord>,
    /// The privacy notices given.
    pub notices: Vec<NoticeLine>,
    /// Whether it is to be visited first.
    pub priority: Option<PriorityRecord>,
    /// When the last priority ended, where none is in force.
    pub priority_ended_s: Option<i64>,
    /// What a new priority or its end replaces.
    pub priority_events: Vec<String>,
    /// What else is known.
    pub fields: Vec<FieldLine>,
    /// The same household in other documents.
    pub same_as: Vec<LinkLine>,
    /// Its story before it moved here.
    pub continues: Vec<LinkLine>,
    /// What a person should look at.
    pub flags: Vec<FlagLine>,
    /// Its newest visits, at most 20.
    pub visits: Vec<VisitLine>,
    /// Its grievances, open ones first, at most 20.
    pub grievances: Vec<GrievanceLine>,
    /// Everything that was written in the household's own document, in order.
    pub story: Vec<StoryLine>,
    /// Lines of the story that this member may ask to strike. The check before saving has the last word.
    pub may_correct: Vec<String>,
}

/// What the form for a new household needs.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdForm {
    /// The id of the act that the form will make, however often it is sent.
    pub act: String,
    /// Buildings to choose from: those of [`Today`](super::Today).
    pub buildings: Vec<super::BuildingLine>,
    /// Relations of a person to the household.
    pub relations: Vec<CodeLine>,
}

/// A new household.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewHousehold {
    /// The act id of the form.
    pub act: String,
    /// The building.
    pub place: String,
    /// The unit, as people say it: "3-201". At most 16 KiB, as every text.
    pub unit: String,
    /// The name of the person who answers for it, where it was said.
    #[uniffi(default = None)]
    pub person: Option<String>,
    /// A telephone number.
    #[uniffi(default = None)]
    pub phone: Option<String>,
    /// Whether it may be visited.
    #[uniffi(default = None)]
    pub consent: Option<Consent>,
    /// Whose word that is; none = the resident's.
    #[uniffi(default = None)]
    pub consent_by: Option<By>,
    /// The privacy notice, where it was given at once.
    #[uniffi(default = None)]
    pub notice: Option<NewNotice>,
}

/// A privacy notice given.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct NewNotice {
    /// Which version of it.
    pub version: i32,
    /// How.
    pub channel: Channel,
    /// Code of list language.
    pub language: i32,
    /// To whom.
    pub by: By,
}
