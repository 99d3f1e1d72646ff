//! What a phone is told to write, as the command for `doorstep phone` and as the events that must stand
//! in the document afterwards.
//!
//! The events are said here a second time, on purpose: what arrived is compared with what was meant,
//! not with what the engine made of it.

use doorstep_domain::{
    event::{
        Checklist, Day, Discover, Event, Found, Held, Joined, Link, Note, Outcome, Reporter,
        Started, Text,
    },
    table::{Grade, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentId, DocumentKind, MemberId, PlaceId};
use serde_json::{Map, Value, json};

/// A document of the plan: its place in [`Plan::documents`](super::plan::Plan). Its id is known once a
/// phone has made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Handle(pub usize);

/// The ids of documents that were made so far.
pub(super) type Ids<'a> = &'a dyn Fn(Handle) -> Option<DocumentId>;

/// Something that a phone is told to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Write {
    /// Its act id.
    pub(super) act: ActId,
    /// What the phone's clock shows then, ms.
    pub(super) at_ms: u64,
    /// The document that it makes or is made in.
    pub(super) document: Handle,
    /// What.
    pub(super) deed: Deed,
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// A household, 户.
    Found {
        /// The building.
        place: PlaceId,
        /// The unit.
        unit: String,
        /// What else is known.
        more: Vec<Event>,
    },
    /// A visit, 走访.
    Visit {
        /// Whom.
        household: Handle,
        /// Code of list purpose.
        purpose: u16,
        /// Who came along.
        companions: Vec<MemberId>,
        /// Items and answers.
        checklist: Vec<(u16, u16)>,
        /// What came of it, and how many were met.
        outcome: (VisitOutcome, u32),
        /// A private note.
        note: Option<String>,
    },
    /// A grievance, 诉求.
    File {
        /// Where.
        place: PlaceId,
        /// What.
        what: String,
        /// Where within it.
        spot: Option<String>,
        /// Whose; none = somebody who wished not to be named.
        household: Option<Handle>,
        /// Code of list kind.
        kind: u16,
        /// How urgent.
        grade: Option<Grade>,
        /// The visit on which it was found.
        visit: Option<Handle>,
    },
    /// A meeting of the block council.
    Meet {
        /// The block.
        place: PlaceId,
        /// Which day.
        day: u32,
        /// Where.
        venue: String,
        /// Who was there and what it was about.
        more: Vec<Event>,
    },
    /// Events in a document that is there.
    Act {
        /// They.
        events: Vec<Event>,
    },
}

impl Deed {
    /// The kind of document that it makes; none = it acts in one that is there.
    pub(super) fn makes(&self) -> Option<DocumentKind> {
        match self {
            Self::Found { .. } => Some(DocumentKind::Household),
            Self::Visit { .. } => Some(DocumentKind::Visit),
            Self::File { .. } => Some(DocumentKind::Grievance),
            Self::Meet { .. } => Some(DocumentKind::Meeting),
            Self::Act { .. } => None,
        }
    }

    /// What it is, in a word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Found { .. } => "household",
            Self::Visit { .. } => "visit",
            Self::File { .. } => "grievance",
            Self::Meet { .. } => "meeting",
            Self::Act { events } => events.first().map_or("act", Event::word),
        }
    }

    /// What must stand in the document; none where a document that it names was not made.
    pub(super) fn events(&self, ids: Ids<'_>) -> Option<Vec<Event>> {
        Some(match self {
            Self::Found { unit, more, .. } => {
                let found = Found { unit: Text::from(unit.as_str()), source: None };
                let mut events = vec![Event::Found(found)];
                events.extend(more.iter().cloned());
                events
            }
            Self::Visit { household, purpose, companions, checklist, outcome, note } => {
                let mut events = vec![Event::Started(Started {
                    household: Link::to(ids(*household)?),
                    purpose: *purpose,
                    asked_for: None,
                    planned: Some(true),
                })];
                let joined = |member: &MemberId| Event::Joined(Joined { member: Some(*member) });
                events.extend(companions.iter().map(joined));
                events.extend(checklist.iter().map(|(item, answer)| {
                    Event::Checklist(Checklist { item: *item, answer: *answer, supersedes: vec![] })
                }));
                events.push(Event::Outcome(Outcome {
                    outcome: outcome.0,
                    persons_met: outcome.1,
                    grievances: vec![],
                    next_day: None,
                    supersedes: vec![],
                }));
                let note = note.as_deref().map(|text| Note { text: Text::from(text) });
                events.extend(note.map(Event::Note));
                events
            }
            Self::File { what, spot, kind, grade, visit, .. } => vec![Event::Discover(Discover {
                what: Text::from(what.as_str()),
                spot: spot.as_deref().map(Text::from),
                reporter: self.reporter(ids)?,
                kind: *kind,
                grade: *grade,
                visit: match visit {
                    Some(visit) => Some(Link::to(ids(*visit)?)),
                    None => None,
                },
                source: None,
            })],
            Self::Meet { day, venue, more, .. } => {
                let place = Some(Text::from(venue.as_str()));
                let mut events = vec![Event::Held(Held { day: Day(*day), place })];
                events.extend(more.iter().cloned());
                events
            }
            Self::Act { events } => events.clone(),
        })
    }

    fn reporter(&self, ids: Ids<'_>) -> Option<Reporter> {
        match self {
            Self::File { household: Some(household), .. } => {
                Some(Reporter::Link(Link::to(ids(*household)?)))
            }
            _ => Some(Reporter::Anonymous),
        }
    }
}

impl Write {
    /// The command, all but the view that an act takes; none where a document that it names was not
    /// made.
    pub(super) fn command(&self, ids: Ids<'_>) -> Option<Value> {
        let mut command = match &self.deed {
            Deed::Found { place, unit, more } => {
                json!({"cmd": "found_household", "place": place, "unit": unit, "more": more})
            }
            Deed::Visit { household, purpose, companions, checklist, outcome, note } => json!({
                "cmd": "visit",
                "household": ids(*household)?,
                "purpose": purpose,
                "planned": true,
                "companions": companions,
                "checklist": checklist,
                "outcome": {"outcome": outcome.0, "persons_met": outcome.1},
                "note": note,
            }),
            Deed::File { place, what, spot, kind, grade, visit, .. } => json!({
                "cmd": "grievance",
                "place": place,
                "what": what,
                "spot": spot,
                "reporter": self.deed.reporter(ids)?,
                "kind": kind,
                "grade": grade,
                "visit": match visit {
                    Some(visit) => Some(ids(*visit)?),
                    None => None,
                },
            }),
            Deed::Meet { place, day, venue, more } => {
                json!({"cmd": "meeting", "place": place, "day": day, "where": venue, "more": more})
            }
            Deed::Act { events } => json!({"cmd": "act", "events": events}),
        };
        let fields = command.as_object_mut()?;
        fields.insert("act".into(), json!(self.act));
        leave_out_absent(fields);
        Some(command)
    }
}

/// An optional field that is absent is left out.
fn leave_out_absent(fields: &mut Map<String, Value>) {
    fields.retain(|_, value| !value.is_null());
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: PlaceId = PlaceId([1; 8]);

    fn write(deed: Deed) -> Write {
        Write { act: ActId([7; 8]), at_ms: 0, document: Handle(0), deed }
    }

    #[test]
    fn a_command_carries_what_the_events_say() {
        let filed = write(Deed::File {
            place: PLACE,
            what: "灯坏了".into(),
            spot: None,
            household: Some(Handle(1)),
            kind: 3,
            grade: Some(Grade::C),
            visit: None,
        });
        let household = DocumentId([2; 16]);
        let ids = |handle: Handle| (handle == Handle(1)).then_some(household);
        let command = filed.command(&ids).unwrap();
        assert_eq!(command["cmd"], "grievance");
        assert_eq!(command["act"], "07".repeat(8));
        assert_eq!(command["reporter"]["link"]["doc"], json!(household));
        assert!(command.get("visit").is_none() && command.get("spot").is_none());
        let [Event::Discover(discover)] = &filed.deed.events(&ids).unwrap()[..] else { panic!() };
        assert_eq!(json!(discover.what), command["what"]);
        assert_eq!(json!(discover.reporter), command["reporter"]);
    }

    #[test]
    fn a_document_that_was_not_made_cannot_be_named() {
        let visit = write(Deed::Visit {
            household: Handle(3),
            purpose: 0,
            companions: vec![],
            checklist: vec![(0, 0)],
            outcome: (VisitOutcome::Met, 2),
            note: None,
        });
        assert_eq!(visit.command(&|_| None), None);
        assert_eq!(visit.deed.events(&|_| None), None);
        let events = visit.deed.events(&|_| Some(DocumentId([4; 16]))).unwrap();
        assert_eq!(
            events.iter().map(Event::word).collect::<Vec<_>>(),
            ["started", "checklist", "outcome"]
        );
    }
}
