//! What the values of enumerations are called.

use super::Choice;

/// Every enumeration that a form offers, with its words in the language that was set: an app says none
/// of them itself. A value is the word of the entry: `peoples_mediation`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Terms {
    /// How urgent, most urgent first.
    pub grades: Vec<Choice>,
    /// How high.
    pub levels: Vec<Choice>,
    /// What was done.
    pub hows: Vec<Choice>,
    /// Whose word.
    pub bys: Vec<Choice>,
    /// How something was heard or told.
    pub channels: Vec<Choice>,
    /// Whether a household may be visited, strictest first.
    pub consents: Vec<Choice>,
    /// What came of a visit.
    pub outcomes: Vec<Choice>,
    /// Seats in the council.
    pub seats: Vec<Choice>,
    /// What came of an item.
    pub item_outcomes: Vec<Choice>,
    /// What shows that a word was the resident's.
    pub evidence: Vec<Choice>,
    /// How far a grievance is.
    pub stages: Vec<Choice>,
    /// Steps, as a button says them, in the order of the loop.
    pub steps: Vec<Choice>,
}
