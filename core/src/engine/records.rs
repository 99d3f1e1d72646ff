//! Full records: what a document means, with the view that an act on it takes back.

use doorstep_domain::{
    fold::{Grievance, Household, Meeting, Visit},
    table::Kind,
};
use serde::Serialize;

use super::View;

/// A household, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HouseholdRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// What it is.
    #[serde(flatten)]
    pub state: Household,
}

/// A visit, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// What it is.
    #[serde(flatten)]
    pub state: Visit,
}

/// A grievance, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrievanceRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// What this phone's member may write now and what makes sense now, in the order of the kinds'
    /// numbers.
    pub steps: Vec<Kind>,
    /// What it is.
    #[serde(flatten)]
    pub state: Grievance,
}

/// A meeting of a block council, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// What it is.
    #[serde(flatten)]
    pub state: Meeting,
}
