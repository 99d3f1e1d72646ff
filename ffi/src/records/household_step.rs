//! What is written into a household after it was made.

use super::{CodeLine, HouseholdLine, HouseholdRecord};
use crate::enums::{By, Channel, Consent};

/// What the form for anything on a household needs, in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdStepForm {
    /// The id of the act that the form will make, however often it is sent. Keep it with the form.
    pub act: String,
    /// The household: its view, and the lines whose events are handed back.
    pub record: HouseholdRecord,
    /// Relations of a person to the household.
    pub relations: Vec<CodeLine>,
    /// Birth bands.
    pub birth_bands: Vec<CodeLine>,
    /// Fields.
    pub fields: Vec<CodeLine>,
    /// Why it may be a priority household.
    pub priorities: Vec<CodeLine>,
    /// Languages of the notice.
    pub languages: Vec<CodeLine>,
    /// Reasons.
    pub reasons: Vec<CodeLine>,
    /// Other households of the building, at most 200: for the same one in another document.
    pub households: Vec<HouseholdLine>,
}

/// The value of a field.
#[allow(missing_docs)] // the variants say it
#[derive(Debug, Clone, uniffi::Enum)]
pub enum FieldValue {
    /// A code.
    Code { code: i32 },
    /// Words.
    Text { text: String },
}

/// What a person says of a household. `replaces` takes back the `events` of the line that was on the
/// screen. Texts have at most 16 KiB, lists at most 64 items.
#[allow(missing_docs)] // fields: codes are those of the form
#[derive(Debug, Clone, uniffi::Enum)]
pub enum HouseholdStep {
    /// Somebody lives there.
    AddPerson { name: String, relation: i32, birth_band: i32 },
    /// More or something else is known of somebody.
    ChangePerson { replaces: Vec<String>, name: String, relation: i32, birth_band: i32 },
    /// Somebody moved out or died.
    PersonLeft { person: String },
    /// A telephone number.
    AddPhone {
        number: String,
        #[uniffi(default = None)]
        person: Option<String>,
    },
    /// Another telephone number in place of one.
    ReplacePhone {
        replaces: Vec<String>,
        number: String,
        #[uniffi(default = None)]
        person: Option<String>,
    },
    /// Whether it may be visited.
    SetConsent {
        level: Consent,
        by: By,
        #[uniffi(default = None)]
        until_day: Option<i32>,
        #[uniffi(default = [])]
        replaces: Vec<String>,
    },
    /// The privacy notice was given.
    GiveNotice { version: i32, channel: Channel, language: i32, by: By },
    /// It is to be visited first.
    SetPriority {
        code: i32,
        review_day: i32,
        #[uniffi(default = [])]
        replaces: Vec<String>,
    },
    /// It is no more.
    EndPriority { reason: i32, replaces: Vec<String> },
    /// Something else that is known.
    SetField {
        field: i32,
        value: FieldValue,
        #[uniffi(default = [])]
        replaces: Vec<String>,
    },
    /// The same household as another document.
    SameAs { other: String },
    /// Not the same after all; `link` is the event of the link.
    NotSame { link: String },
    /// It moved here; `other` has its story so far.
    Continues { other: String },
    /// Words.
    Note { text: String },
    /// A flag is settled; `flag` and `about` are the flag line's.
    Settle { flag: String, about: Vec<String>, reason: Option<i32> },
    /// An entry was wrong: it is struck.
    Correct { event: String, reason: i32 },
}

/// Something written into a household.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewHouseholdStep {
    /// The act id of the form.
    pub act: String,
    /// The view of the record.
    pub view: String,
    /// What.
    pub step: HouseholdStep,
    /// When it took place, where that was earlier than now.
    #[uniffi(default = None)]
    pub happened_s: Option<i64>,
}
