//! What goes in and comes out, as an app sees it: plain records with texts in the language that was
//! set, whole screens at once. `*Line` is a row of a list, `New*` is what a form made, no suffix is a
//! full record.
//!
//! Ids are hexadecimal digits; times are seconds since 1970 (`_s`), days are days since 1970; codes are
//! numbers of the roster's code lists. Numbers are signed, since Kotlin and Swift handle those best; a
//! negative one is refused by name.

mod found;
mod grievance;
mod group;
mod household;
mod household_step;
mod live;
mod meeting;
mod meeting_step;
mod status;
mod step;
mod terms;
mod today;
mod visit;
mod visit_step;

pub use found::{Found, FoundLine, HouseholdStory, HouseholdStoryLine};
pub use grievance::{
    FlagLine, GrievanceForm, GrievanceLine, GrievancePage, GrievanceRecord, LinkLine, NewGrievance,
    NewReporter, StoryLine,
};
pub use group::{
    GroupMark, GroupMemberLine, GroupRecord, ItemGrievanceLine, ItemRecord, ItemSettled,
    LeftOutLine, NewItemOutcome, NewTakeOver, SolvedLine,
};
pub use household::{
    ConsentLine, ConsentRecord, FieldLine, HouseholdForm, HouseholdLine, HouseholdPage,
    HouseholdRecord, NewHousehold, NewNotice, NoticeLine, PersonLine, PhoneLine, PriorityRecord,
};
pub use household_step::{FieldValue, HouseholdStep, HouseholdStepForm, NewHouseholdStep};
pub use live::{GrievanceRowChange, HouseholdRowChange, VisitRowChange};
pub use meeting::{
    AttendanceLine, Attendee, CarriedItem, GrievanceAt, ItemAt, ItemLine, MeetingForm, MeetingLine,
    MeetingPage, MeetingRecord, NewAttendance, NewItem, NewMeeting,
};
pub use meeting_step::{MeetingStep, MeetingStepForm, NewMeetingStep};
pub use status::{
    AlarmLine, Arrivals, Changes, SavedLine, SyncBudget, SyncReport, SyncStatus, Written,
};
pub use step::{
    Evidence, MeetingChoice, NewStep, ResolutionLine, SettleChoice, Step, StepForm, StepOffer,
    StepRefusal,
};
pub use terms::Terms;
pub use today::{BuildingLine, MemberLine, Today};
pub use visit::{
    CheckLine, ChecklistAnswer, FoundGrievance, NewVisit, OutcomeLine, VisitForm, VisitLine,
    VisitPage, VisitRecord,
};
pub use visit_step::{NewVisitStep, VisitStep, VisitStepForm};

/// Where the engine lives and how it speaks.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Settings {
    /// The folder of its files, made where it is not there. One folder for each member and device key.
    pub folder: String,
    /// The language of texts.
    pub language: crate::enums::Language,
}

/// An item of a code list, or another thing to choose, with its text.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CodeLine {
    /// The code.
    pub code: i32,
    /// Its text.
    pub text: String,
}

/// Something to choose, by its own value.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Choice {
    /// For the step.
    pub value: String,
    /// As the person reads it.
    pub text: String,
}

/// What a list shows; every condition narrows it.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct ListFilter {
    /// At this place or below.
    #[uniffi(default = None)]
    pub place: Option<String>,
    /// Visits and grievances of this household.
    #[uniffi(default = None)]
    pub household: Option<String>,
    /// True: those in which somebody has a step to take; false: those that are over.
    #[uniffi(default = None)]
    pub open: Option<bool>,
    /// Only what this member owns (grievances) or began (visits).
    #[uniffi(default = None)]
    pub owner: Option<String>,
    /// Only priority households.
    #[uniffi(default = false)]
    pub priority: bool,
    /// Only with something of one's own that the relay does not have.
    #[uniffi(default = false)]
    pub undelivered: bool,
    /// Of grievances that are one trouble only the face, and what stands alone.
    #[uniffi(default = false)]
    pub faces: bool,
    /// Each of these words stands somewhere in it; at most 256 bytes are looked at.
    #[uniffi(default = None)]
    pub text: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct PageRequest {
    /// `after` of the page before; none = the first.
    #[uniffi(default = None)]
    pub after: Option<String>,
    /// At most this many lines, 1 to 200; 0 = 200.
    #[uniffi(default = 50)]
    pub limit: i32,
}
