//! Households, 户.

use super::{CodeLine, GrievanceLine, VisitLine};
use crate::enums::Consent;

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
    /// Whether it may be visited; none = not asked.
    pub consent: Option<Consent>,
    /// When somebody of it was last met, by the visits on this phone.
    pub last_met_s: Option<i64>,
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
    /// What they are called.
    pub name: String,
    /// Their relation to the household.
    pub relation: Option<String>,
    /// They moved out or died.
    pub left: bool,
}

/// A household, whole, with what happened there last.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HouseholdRecord {
    /// What was on the screen: every act on it takes it back.
    pub view: String,
    /// Its line.
    pub line: HouseholdLine,
    /// Who lives there.
    pub persons: Vec<PersonLine>,
    /// Its telephone numbers, masked: all but the last three digits are dots.
    pub phones: Vec<String>,
    /// Its newest visits, at most 20.
    pub visits: Vec<VisitLine>,
    /// Its grievances, open ones first, at most 20.
    pub grievances: Vec<GrievanceLine>,
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
}
