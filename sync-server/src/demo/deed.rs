//! What a phone is told to write, as the command for `doorstep phone` and as the events that must stand
//! in the document afterwards.
//!
//! The events are said here a second time, on purpose: what arrived is compared with what was meant,
//! not with what the engine made of it.

use std::cell::RefCell;

use doorstep_domain::{
    event::{
        Checklist, Day, Discover, Event, Found, Held, ItemAt, ItemOutcome, Joined, Link, Note,
        Outcome, Ref, Reporter, Resolve, Started, Text,
    },
    input::EventId,
    table::{Grade, How, MeetingOutcome, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentId, DocumentKind, ItemId, MemberId, PlaceId};
use serde_json::{Map, Value, json};

use super::stand_in::filled;

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

/// What is said of a grievance, 诉求, when it is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filed {
    /// Where.
    pub(super) place: PlaceId,
    /// What.
    pub(super) what: String,
    /// Where within it.
    pub(super) spot: Option<String>,
    /// Whose; none = somebody who wished not to be named.
    pub(super) household: Option<Handle>,
    /// Code of list kind.
    pub(super) kind: u16,
    /// How urgent.
    pub(super) grade: Option<Grade>,
}

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CameOf {
    /// What.
    pub(super) outcome: VisitOutcome,
    /// How many were met.
    pub(super) persons_met: u32,
    /// When to come again: days since 1970.
    pub(super) next_day: Option<u32>,
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
    /// A visit, 走访, and what was found on it: all of it one act.
    Visit {
        /// Whom.
        household: Handle,
        /// Code of list purpose.
        purpose: u16,
        /// Whether the resident had asked for it.
        asked_for: bool,
        /// Who came along.
        companions: Vec<MemberId>,
        /// Items and answers.
        checklist: Vec<(u16, u16)>,
        /// What came of it.
        came_of: CameOf,
        /// A private note.
        note: Option<String>,
        /// Grievances found.
        found: Vec<(Handle, Filed)>,
    },
    /// A grievance.
    File(Filed),
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
    /// Work that was done once for several of one trouble: one act in each, see
    /// `Engine::work_on_group`.
    Together {
        /// The others.
        others: Vec<Handle>,
        /// What was done.
        event: Event,
    },
    /// What solved another of the group, see `Engine::take_resolution_over`.
    TakeOver {
        /// The other.
        of: Handle,
        /// Its resolution.
        resolution: EventId,
        /// How that one was solved, and by whom if by somebody else.
        how: (How, Option<MemberId>),
    },
    /// What came of a council's item, and the grievances that it settles, see `Engine::settle_item`.
    SettleItem {
        /// The item.
        item: ItemId,
        /// They.
        grievances: Vec<Handle>,
        /// In words.
        text: String,
    },
}

impl Deed {
    /// The kind of document that it makes; none = it acts in one that is there.
    pub(super) fn makes(&self) -> Option<DocumentKind> {
        match self {
            Self::Found { .. } => Some(DocumentKind::Household),
            Self::Visit { .. } => Some(DocumentKind::Visit),
            Self::File(_) => Some(DocumentKind::Grievance),
            Self::Meet { .. } => Some(DocumentKind::Meeting),
            Self::Act { .. }
            | Self::Together { .. }
            | Self::TakeOver { .. }
            | Self::SettleItem { .. } => None,
        }
    }

    /// What it is, in a word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Found { .. } => "household",
            Self::Visit { .. } => "visit",
            Self::File(_) => "grievance",
            Self::Meet { .. } => "meeting",
            Self::Act { events } => events.first().map_or("act", Event::word),
            Self::Together { .. } => "work on a group",
            Self::TakeOver { .. } => "resolution taken over",
            Self::SettleItem { .. } => "outcome of an item",
        }
    }

    /// What must stand in the document; none where a document that it names was not made.
    fn events(&self, ids: Ids<'_>) -> Option<Vec<Event>> {
        Some(match self {
            Self::Found { unit, more, .. } => {
                let found = Found { unit: Text::from(unit.as_str()), source: None };
                let mut events = vec![Event::Found(found)];
                events.extend(filled(more, ids)?);
                events
            }
            Self::Visit { .. } => self.visited(ids)?,
            Self::File(filed) => vec![filed.event(None, ids)?],
            Self::Meet { day, venue, more, .. } => {
                let place = Some(Text::from(venue.as_str()));
                let mut events = vec![Event::Held(Held { day: Day(*day), place })];
                events.extend(filled(more, ids)?);
                events
            }
            Self::Act { events } => filled(events, ids)?,
            Self::Together { event, .. } => vec![event.clone()],
            Self::TakeOver { of, resolution, how: (how, by) } => {
                let EventId { act, n, member } = *resolution;
                let event = Some(Ref { act, n, member: by.map(|_| member) });
                let with = Some(Link { doc: ids(*of)?, event });
                let (answers, helpers) = (vec![], by.iter().copied().collect());
                let how = *how;
                vec![Event::Resolve(Resolve {
                    answers,
                    how,
                    helpers,
                    item: None,
                    with,
                    text: None,
                })]
            }
            Self::SettleItem { item, text, .. } => {
                let (item, outcome, supersedes) = (*item, MeetingOutcome::Resolved, vec![]);
                let text = Text::from(text.as_str());
                let outcome = ItemOutcome { item, outcome, supersedes };
                vec![Event::ItemOutcome(outcome), Event::Note(Note { text })]
            }
        })
    }

    /// What must stand in the others, where it is work on several.
    fn beside(&self, first: Handle, act: ActId, ids: Ids<'_>) -> Option<Vec<(Handle, Vec<Event>)>> {
        let (others, event) = match self {
            Self::Together { others, event } => {
                let mut event = event.clone();
                if let Event::Resolve(resolve) = &mut event {
                    let here = Ref { act, n: 0, member: None };
                    resolve.with = Some(Link { doc: ids(first)?, event: Some(here) });
                }
                (others, event)
            }
            Self::SettleItem { item, grievances, text } => {
                let item = Some(ItemAt { meeting: Link::to(ids(first)?), item: *item });
                let (answers, helpers) = (vec![], vec![]);
                let (how, text) = (How::Council, Some(Text::from(text.as_str())));
                let resolve = Resolve { answers, how, helpers, item, with: None, text };
                (grievances, Event::Resolve(resolve))
            }
            _ => return Some(vec![]),
        };
        Some(others.iter().map(|doc| (*doc, vec![event.clone()])).collect())
    }

    fn visited(&self, ids: Ids<'_>) -> Option<Vec<Event>> {
        let Self::Visit {
            household,
            purpose,
            asked_for,
            companions,
            checklist,
            came_of,
            note,
            found,
        } = self
        else {
            return None;
        };
        let mut events = vec![Event::Started(Started {
            household: Link::to(ids(*household)?),
            purpose: *purpose,
            asked_for: Some(*asked_for),
            planned: Some(true),
        })];
        let joined = |member: &MemberId| Event::Joined(Joined { member: Some(*member) });
        events.extend(companions.iter().map(joined));
        events.extend(checklist.iter().map(|(item, answer)| {
            Event::Checklist(Checklist { item: *item, answer: *answer, supersedes: vec![] })
        }));
        // Nothing leads back to who wished not to be named.
        let named = found.iter().filter(|(_, filed)| filed.household.is_some());
        let links: Option<Vec<Link>> = named.map(|(doc, _)| Some(Link::to(ids(*doc)?))).collect();
        events.push(Event::Outcome(Outcome {
            outcome: came_of.outcome,
            persons_met: came_of.persons_met,
            grievances: links?,
            next_day: came_of.next_day.map(Day),
            supersedes: vec![],
        }));
        let note = note.as_deref().map(|text| Note { text: Text::from(text) });
        events.extend(note.map(Event::Note));
        Some(events)
    }
}

impl Filed {
    fn reporter(&self, ids: Ids<'_>) -> Option<Reporter> {
        match self.household {
            Some(household) => Some(Reporter::Link(Link::to(ids(household)?))),
            None => Some(Reporter::Anonymous),
        }
    }

    fn event(&self, visit: Option<DocumentId>, ids: Ids<'_>) -> Option<Event> {
        Some(Event::Discover(Discover {
            what: Text::from(self.what.as_str()),
            spot: self.spot.as_deref().map(Text::from),
            reporter: self.reporter(ids)?,
            kind: self.kind,
            grade: self.grade,
            visit: visit.filter(|_| self.household.is_some()).map(Link::to),
            source: None,
        }))
    }

    fn fields(&self, ids: Ids<'_>) -> Option<Value> {
        let mut fields = json!({
            "place": self.place,
            "what": self.what,
            "spot": self.spot,
            "reporter": self.reporter(ids)?,
            "kind": self.kind,
            "grade": self.grade,
        });
        leave_out_absent(fields.as_object_mut()?);
        Some(fields)
    }
}

impl Write {
    /// The documents that it makes, with their kinds: that which it is about first.
    pub(super) fn makes(&self) -> Vec<(Handle, DocumentKind)> {
        let mut out: Vec<_> =
            self.deed.makes().map(|kind| (self.document, kind)).into_iter().collect();
        if let Deed::Visit { found, .. } = &self.deed {
            out.extend(found.iter().map(|(doc, _)| (*doc, DocumentKind::Grievance)));
        }
        out
    }

    /// The documents that it names.
    pub(super) fn names(&self) -> Vec<Handle> {
        let named = RefCell::new(Vec::new());
        let ids = |handle| {
            named.borrow_mut().push(handle);
            Some(DocumentId::default())
        };
        // What they say is nothing to this: only what they ask for, and where they stand.
        let (_, said) = (self.command(&ids), self.events(&ids));
        let mut named = named.into_inner();
        named.extend(said.into_iter().flatten().map(|(document, _)| document));
        named
    }

    /// What must stand in each document that it makes or is made in; none where a document that it
    /// names was not made.
    pub(super) fn events(&self, ids: Ids<'_>) -> Option<Vec<(Handle, Vec<Event>)>> {
        let mut out = vec![(self.document, self.deed.events(ids)?)];
        out.extend(self.deed.beside(self.document, self.act, ids)?);
        if let Deed::Visit { found, .. } = &self.deed {
            let visit = ids(self.document)?;
            for (doc, filed) in found {
                out.push((*doc, vec![filed.event(Some(visit), ids)?]));
            }
        }
        Some(out)
    }

    /// The command, all but the views that it takes; none where a document that it names was not
    /// made.
    pub(super) fn command(&self, ids: Ids<'_>) -> Option<Value> {
        let mut command = match &self.deed {
            Deed::Found { place, unit, more } => {
                let more = filled(more, ids)?;
                json!({"cmd": "found_household", "place": place, "unit": unit, "more": more})
            }
            Deed::Visit { household, purpose, asked_for, companions, checklist, .. } => json!({
                "cmd": "visit",
                "household": ids(*household)?,
                "purpose": purpose,
                "asked_for": asked_for,
                "planned": true,
                "companions": companions,
                "checklist": checklist,
            }),
            Deed::File(filed) => {
                let mut fields = filed.fields(ids)?;
                fields.as_object_mut()?.insert("cmd".into(), json!("grievance"));
                fields
            }
            Deed::Meet { place, day, venue, more } => {
                let more = filled(more, ids)?;
                json!({"cmd": "meeting", "place": place, "day": day, "where": venue, "more": more})
            }
            Deed::Act { events } => json!({"cmd": "act", "events": filled(events, ids)?}),
            Deed::Together { event, .. } => json!({"cmd": "work_on_group", "event": event}),
            Deed::TakeOver { of, resolution, .. } => {
                let of = ids(*of)?;
                json!({"cmd": "take_resolution_over", "of": of, "resolution": resolution})
            }
            Deed::SettleItem { item, text, .. } => json!({
                "cmd": "settle_item",
                "item": item,
                "outcome": MeetingOutcome::Resolved,
                "text": text,
            }),
        };
        let fields = command.as_object_mut()?;
        if let Deed::Visit { came_of, note, found, .. } = &self.deed {
            let CameOf { outcome, persons_met, next_day } = came_of;
            let outcome =
                json!({"outcome": outcome, "persons_met": persons_met, "next_day": next_day});
            let found: Option<Vec<Value>> =
                found.iter().map(|(_, filed)| filed.fields(ids)).collect();
            fields.insert("outcome".into(), outcome);
            fields.insert("note".into(), json!(note));
            fields.insert("found".into(), json!(found?));
        }
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

    fn filed() -> Filed {
        Filed {
            place: PLACE,
            what: "灯坏了".into(),
            spot: None,
            household: Some(Handle(1)),
            kind: 3,
            grade: Some(Grade::C),
        }
    }

    #[test]
    fn a_command_carries_what_the_events_say() {
        let filed = write(Deed::File(filed()));
        let household = DocumentId([2; 16]);
        let ids = |handle: Handle| (handle == Handle(1)).then_some(household);
        let command = filed.command(&ids).unwrap();
        assert_eq!(command["cmd"], "grievance");
        assert_eq!(command["act"], "07".repeat(8));
        assert_eq!(command["reporter"]["link"]["doc"], json!(household));
        assert!(command.get("visit").is_none() && command.get("spot").is_none());
        let said = filed.events(&ids).unwrap();
        let [(Handle(0), events)] = &said[..] else { panic!() };
        let [Event::Discover(discover)] = &events[..] else { panic!() };
        assert_eq!(json!(discover.what), command["what"]);
        assert_eq!(json!(discover.reporter), command["reporter"]);
    }

    #[test]
    fn a_visit_carries_what_was_found_on_it_and_names_nobody_who_wished_so() {
        let anonymous = Filed { household: None, ..filed() };
        let visit = write(Deed::Visit {
            household: Handle(1),
            purpose: 0,
            asked_for: false,
            companions: vec![],
            checklist: vec![(0, 0)],
            came_of: CameOf { outcome: VisitOutcome::Met, persons_met: 2, next_day: None },
            note: None,
            found: vec![(Handle(2), filed()), (Handle(3), anonymous)],
        });
        assert_eq!(visit.command(&|_| None), None);
        assert_eq!(visit.events(&|_| None), None);
        assert_eq!(visit.makes().len(), 3);
        let ids = |handle: Handle| Some(DocumentId([u8::try_from(handle.0).unwrap(); 16]));
        let said = visit.events(&ids).unwrap();
        let words = |n: usize| said[n].1.iter().map(Event::word).collect::<Vec<_>>();
        assert_eq!(words(0), ["started", "checklist", "outcome"]);
        let json = |n: usize| json!(said[n].1[0]);
        let Event::Outcome(outcome) = &said[0].1[2] else { panic!() };
        assert_eq!(outcome.grievances, [Link::to(ids(Handle(2)).unwrap())]);
        assert_eq!(json(1)["visit"]["doc"], json!(ids(Handle(0))));
        assert!(json(2).get("visit").is_none_or(Value::is_null), "{}", json(2));
        assert_eq!(visit.command(&ids).unwrap()["found"].as_array().unwrap().len(), 2);
    }
}
