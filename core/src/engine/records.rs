//! Full records: what a document means, with the view that an act on it takes back.

use doorstep_domain::{
    allowed::Offer,
    fold::{Grievance, Household, Meeting, Visit},
    input::EventId,
    table::Kind,
};
use serde::Serialize;

use super::View;

/// A household, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HouseholdRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// Whether this phone's member may write in it at all: where not, an app offers no form.
    pub may_write: bool,
    /// The events of its story that this phone's member may correct now, in the story's order.
    pub may_correct: Vec<EventId>,
    /// What it is.
    #[serde(flatten)]
    pub state: Household,
}

/// A visit, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// Whether this phone's member may write in it at all: where not, an app offers no form.
    pub may_write: bool,
    /// The events of its story that this phone's member may correct now, in the story's order.
    pub may_correct: Vec<EventId>,
    /// What it is.
    #[serde(flatten)]
    pub state: Visit,
}

/// A grievance, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrievanceRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// Every step, in the order of the kinds' numbers: whether this phone's member may take it now, and
    /// why not.
    pub offers: Vec<Offer>,
    /// The events of its story that this phone's member may correct now, in the story's order.
    pub may_correct: Vec<EventId>,
    /// What it is.
    #[serde(flatten)]
    pub state: Grievance,
}

impl GrievanceRecord {
    /// What this phone's member may write now and what makes sense now, in the order of the kinds'
    /// numbers.
    pub fn steps(&self) -> Vec<Kind> {
        let offered = self.offers.iter().filter(|offer| offer.why_not.is_none());
        offered.map(|offer| offer.kind).collect()
    }
}

/// A meeting of a block council, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingRecord {
    /// What was on the screen, for [`Engine::act`](super::Engine::act).
    pub view: View,
    /// Whether this phone's member may write in it at all: where not, an app offers no form.
    pub may_write: bool,
    /// The events of its story that this phone's member may correct now, in the story's order.
    pub may_correct: Vec<EventId>,
    /// What it is.
    #[serde(flatten)]
    pub state: Meeting,
}
