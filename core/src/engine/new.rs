//! What goes in: records for new documents, and the events that they become.

use doorstep_domain::{
    event::{
        Checklist, Day, Discover, Event, Found, Held, Joined, Link, Note, Outcome, Reporter,
        Started, Text,
    },
    table::{Grade, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentId, DocumentKind, MemberId, PlaceId};
use serde::{Deserialize, Serialize};

/// How an act is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActOptions {
    /// The act's id: random bytes that the app took before it asked, so that an act repeated after a
    /// lost answer is one. None = the engine takes new ones.
    pub act: Option<ActId>,
    /// When it took place, in s since 1970, where that is earlier than now (a visit entered in the
    /// evening).
    pub happened_s: Option<u64>,
}

impl ActOptions {
    /// With this id.
    pub fn once(act: ActId) -> Self {
        Self { act: Some(act), ..Self::default() }
    }
}

/// What a write made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The document.
    pub doc: DocumentId,
    /// The act.
    pub act: ActId,
    /// It was there already: the same act, asked for again.
    pub repeated: bool,
}

/// A household that is not here yet, 户.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHousehold {
    /// The building.
    pub place: PlaceId,
    /// The unit, as people say it: "3-201".
    pub unit: String,
    /// What else is known at once: persons, telephone numbers, consent, the notice given.
    #[serde(default)]
    pub more: Vec<Event>,
}

/// A visit, 走访. It goes into the log of its household's building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewVisit {
    /// Whom.
    pub household: DocumentId,
    /// Code of list purpose.
    pub purpose: u16,
    /// Whether the resident had asked for it.
    #[serde(default)]
    pub asked_for: Option<bool>,
    /// Whether it was planned.
    #[serde(default)]
    pub planned: Option<bool>,
    /// Who came along.
    #[serde(default)]
    pub companions: Vec<MemberId>,
    /// Items of the checklist and their answers, as codes.
    #[serde(default)]
    pub checklist: Vec<(u16, u16)>,
    /// What came of it; none = not known yet.
    #[serde(default)]
    pub outcome: Option<NewOutcome>,
    /// A private note.
    #[serde(default)]
    pub note: Option<String>,
}

/// What came of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOutcome {
    /// What.
    pub outcome: VisitOutcome,
    /// How many persons were met.
    #[serde(default)]
    pub persons_met: u32,
    /// Grievances found.
    #[serde(default)]
    pub grievances: Vec<DocumentId>,
    /// When to come again: days since 1970.
    #[serde(default)]
    pub next_day: Option<u32>,
}

/// A grievance, 诉求.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGrievance {
    /// What it is about: a building, a grid (a street, a square), or higher.
    pub place: PlaceId,
    /// What.
    pub what: String,
    /// Where within the place.
    #[serde(default)]
    pub spot: Option<String>,
    /// Who asked. Somebody who wished not to be named leaves no visit behind either.
    pub reporter: Reporter,
    /// Code of list kind.
    pub kind: u16,
    /// How urgent, where it was said at once.
    #[serde(default)]
    pub grade: Option<Grade>,
    /// The visit on which it was found.
    #[serde(default)]
    pub visit: Option<DocumentId>,
}

/// A meeting of a block council, 街区理事会.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// The block.
    pub place: PlaceId,
    /// Days since 1970, local time.
    pub day: u32,
    /// Where.
    #[serde(default, rename = "where")]
    pub venue: Option<String>,
    /// Attendance and items, where they are known.
    #[serde(default)]
    pub more: Vec<Event>,
}

/// Grievances found on one visit at most.
pub const FOUND_MAX: usize = 16;

/// What makes a document: its kind, and the events of its first act.
pub(crate) struct Birth {
    pub(crate) kind: DocumentKind,
    pub(crate) place: PlaceId,
    pub(crate) events: Vec<Event>,
}

impl Birth {
    /// A visit's outcome names a grievance; a visit without an outcome names none.
    pub(crate) fn found(&mut self, grievance: DocumentId) {
        for event in &mut self.events {
            if let Event::Outcome(outcome) = event {
                outcome.grievances.push(Link::to(grievance));
            }
        }
    }
}

fn text(text: String) -> Text {
    Text::from(text)
}

impl NewHousehold {
    pub(crate) fn birth(self) -> Birth {
        let mut events = vec![Event::Found(Found { unit: text(self.unit), source: None })];
        events.extend(self.more);
        Birth { kind: DocumentKind::Household, place: self.place, events }
    }
}

impl NewVisit {
    pub(crate) fn birth(self, place: PlaceId) -> Birth {
        let mut events = vec![Event::Started(Started {
            household: Link::to(self.household),
            purpose: self.purpose,
            asked_for: self.asked_for,
            planned: self.planned,
        })];
        let joined = |member| Event::Joined(Joined { member: Some(member) });
        events.extend(self.companions.into_iter().map(joined));
        let answered =
            |(item, answer)| Event::Checklist(Checklist { item, answer, supersedes: vec![] });
        events.extend(self.checklist.into_iter().map(answered));
        events.extend(self.outcome.map(|outcome| Event::Outcome(outcome.event())));
        events.extend(self.note.map(|note| Event::Note(Note { text: text(note) })));
        Birth { kind: DocumentKind::Visit, place, events }
    }
}

impl NewOutcome {
    fn event(self) -> Outcome {
        Outcome {
            outcome: self.outcome,
            persons_met: self.persons_met,
            grievances: self.grievances.into_iter().map(Link::to).collect(),
            next_day: self.next_day.map(Day),
            supersedes: vec![],
        }
    }
}

impl NewGrievance {
    pub(crate) fn birth(self) -> Birth {
        let discover = Discover {
            what: text(self.what),
            spot: self.spot.map(text),
            reporter: self.reporter,
            kind: self.kind,
            grade: self.grade,
            visit: self.visit.map(Link::to),
            source: None,
        };
        let events = vec![Event::Discover(discover)];
        Birth { kind: DocumentKind::Grievance, place: self.place, events }
    }
}

impl NewMeeting {
    pub(crate) fn birth(self) -> Birth {
        let held = Held { day: Day(self.day), place: self.venue.map(text) };
        let mut events = vec![Event::Held(held)];
        events.extend(self.more);
        Birth { kind: DocumentKind::Meeting, place: self.place, events }
    }
}
