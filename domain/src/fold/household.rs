//! A household, folded: every value that nothing supersedes. Two written unseen by each other are both
//! kept and shown; of two consents the stricter holds, and of two priorities the earlier review.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DocumentId, PlaceId},
    roster::Rosters,
};
use serde::{Deserialize, Serialize};

use super::{
    grievance::{Raised, settle},
    story::{Entry, newer, story},
    values::{Said, superseded},
};
use crate::{
    event::{Consent, Day, Event, FieldValue, Found, NoticeGiven, Person, Phone},
    history::History,
    input::{Document, EventId},
    scene::{Live, Scene},
    table::{ConsentLevel, Flag},
};

/// A person of a household, by their first Person event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonNow {
    /// Their first Person event.
    pub id: EventId,
    /// What is said of them; more than one where two edited unseen by each other.
    pub said: Vec<Said<Person>>,
    /// A PersonLeft is in force.
    pub left: bool,
}

/// A field of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldNow {
    /// Code of list field.
    pub field: u16,
    /// Its values.
    pub said: Vec<Said<FieldValue>>,
}

/// Why and until when a household is to be visited first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityNow {
    /// Code of list priority, of the one with the earliest review.
    pub code: u16,
    /// When somebody looks whether it still is; the earliest.
    pub review_by: Day,
    /// Since when, in s; the earliest.
    pub from: u64,
}

/// A household as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Household {
    /// The document.
    pub document: DocumentId,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// Its unit and source; none without a valid Found, or where it was struck.
    pub facts: Option<Found>,
    /// The Found was struck: entered by mistake.
    pub struck: bool,
    /// Its fields, by code.
    pub fields: Vec<FieldNow>,
    /// Its persons, in the order in which they were entered.
    pub persons: Vec<PersonNow>,
    /// Its telephone numbers.
    pub phones: Vec<Said<Phone>>,
    /// Whether it may be visited: the strictest of what was said; none = not asked.
    pub consent: Option<ConsentLevel>,
    /// All that was said of it.
    pub consents: Vec<Said<Consent>>,
    /// Whether it is to be visited first.
    pub priority: Option<PriorityNow>,
    /// When the last priority ended, in s, where none is in force.
    pub priority_ended: Option<u64>,
    /// The privacy notices given.
    pub notices: Vec<Said<NoticeGiven>>,
    /// The same household elsewhere, by the links in force.
    pub same_as: Vec<DocumentId>,
    /// Its story before it moved here.
    pub continues: Vec<DocumentId>,
    /// What a person should look at.
    pub flags: Vec<Raised>,
    /// Events of kinds that are not known here.
    pub newer: u32,
    /// Copies whose past is not here yet.
    pub waiting: u32,
    /// All events.
    pub story: Vec<Entry>,
}

/// A household as its events make it: the same for the same copies in any order.
pub fn fold(document: &Document<'_>, rosters: &dyn Rosters) -> Household {
    let history = History::new(*document, rosters);
    let scene = Scene::now(&history);
    let gone = superseded(&scene);
    let now: Vec<&Live<'_>> = scene.forces().filter(|live| !gone.contains(&live.id)).collect();
    let found = scene.lives.iter().find(|live| matches!(live.written, Event::Found(_)));
    let undone: BTreeSet<EventId> = scene
        .forces()
        .filter_map(|live| match live.event {
            Event::NotSame(not) => Some(live.target(&not.link)),
            _ => None,
        })
        .collect();
    let levels = consents(&scene);
    let consent = now.iter().filter_map(|live| levels.get(&live.id)).min().copied();
    let (priority, priority_ended) = priority(&now, &scene);
    let mut in_force: BTreeSet<EventId> = now.iter().map(|live| live.id).collect();
    in_force.retain(|id| !undone.contains(id));
    Household {
        document: document.id,
        place: document.place,
        facts: found.filter(|live| live.has_force()).and_then(|live| match live.event {
            Event::Found(found) => Some(found.clone()),
            _ => None,
        }),
        struck: found.is_some_and(|live| live.struck),
        fields: fields(&now),
        persons: persons(&scene, &now),
        phones: Said::of(&now, |event| match event {
            Event::Phone(phone) => Some(phone.clone()),
            _ => None,
        }),
        consent,
        consents: Said::of(&now, |event| match event {
            Event::Consent(consent) => Some(consent.clone()),
            _ => None,
        }),
        priority,
        priority_ended,
        notices: Said::of(&now, |event| match event {
            Event::NoticeGiven(notice) => Some(notice.clone()),
            _ => None,
        }),
        same_as: now
            .iter()
            .filter(|live| !undone.contains(&live.id))
            .filter_map(|live| match live.event {
                Event::SameAs(same) => Some(same.other.doc),
                _ => None,
            })
            .collect(),
        continues: now
            .iter()
            .filter_map(|live| match live.event {
                Event::Continues(earlier) => Some(earlier.other.doc),
                _ => None,
            })
            .collect(),
        flags: flags(&scene, &now, &levels),
        newer: newer(&history),
        waiting: u32::try_from(history.waiting).unwrap_or(u32::MAX),
        story: story(&scene, &in_force),
    }
}

fn fields(now: &[&Live<'_>]) -> Vec<FieldNow> {
    let mut fields: BTreeMap<u16, Vec<Said<FieldValue>>> = BTreeMap::new();
    for live in now {
        if let Event::SetField(set) = live.event {
            fields.entry(set.field).or_default().push(Said::new(live, set.value.clone()));
        }
    }
    fields.into_iter().map(|(field, said)| FieldNow { field, said }).collect()
}

/// A person is their first Person event: what supersedes it says more of the same person.
fn persons(scene: &Scene<'_>, now: &[&Live<'_>]) -> Vec<PersonNow> {
    let mut first: BTreeMap<EventId, EventId> = BTreeMap::new();
    let mut order: Vec<EventId> = Vec::new();
    for live in &scene.lives {
        let (Event::Person(Person { supersedes, .. })
        | Event::PersonLeft(crate::event::PersonLeft { supersedes, .. })) = live.event
        else {
            continue;
        };
        let earlier = live.targets(supersedes);
        let root = match live.event {
            Event::PersonLeft(left) => first.get(&live.target(&left.person)).copied(),
            _ => earlier.iter().filter_map(|id| first.get(id)).min().copied(),
        };
        let root = root.unwrap_or(live.id);
        if root == live.id && matches!(live.event, Event::Person(_)) {
            order.push(root);
        }
        first.insert(live.id, root);
    }
    let mut of: BTreeMap<EventId, Vec<&Live<'_>>> = BTreeMap::new();
    for live in now {
        if let Some(root) = first.get(&live.id) {
            of.entry(*root).or_default().push(live);
        }
    }
    let said = |live: &&Live<'_>| match live.event {
        Event::Person(person) => Some(Said::new(live, person.clone())),
        _ => None,
    };
    let left = |live: &&Live<'_>| matches!(live.event, Event::PersonLeft(_));
    order
        .iter()
        .map(|root| {
            let of = of.get(root).map_or(&[][..], Vec::as_slice);
            let said = of.iter().filter_map(said).collect();
            PersonNow { id: *root, said, left: of.iter().any(left) }
        })
        .filter(|person| !person.said.is_empty() || person.left)
        .collect()
}

/// What each event with force says of one thing; a Settle of its flag the strictest of what it names.
fn values<V: Ord + Copy>(
    scene: &Scene<'_>,
    flag: Flag,
    value: fn(&Live<'_>) -> Option<V>,
) -> BTreeMap<EventId, V> {
    let mut values: BTreeMap<EventId, V> = BTreeMap::new();
    // What a Settle names came before it.
    for live in scene.forces() {
        let value = match live.event {
            Event::Settle(settle) if settle.flag == flag => {
                let about = live.targets(&settle.about);
                about.iter().filter_map(|id| values.get(id)).min().copied()
            }
            _ => value(live),
        };
        values.extend(value.map(|value| (live.id, value)));
    }
    values
}

fn consents(scene: &Scene<'_>) -> BTreeMap<EventId, ConsentLevel> {
    values(scene, Flag::Consent, |live| match live.event {
        Event::Consent(consent) => Some(consent.level),
        _ => None,
    })
}

/// Review, code, since when.
fn priorities(scene: &Scene<'_>) -> BTreeMap<EventId, (Day, u16, u64)> {
    values(scene, Flag::Priority, |live| match live.event {
        Event::Priority(priority) => Some((priority.review_by, priority.code, live.time())),
        _ => None,
    })
}

fn priority(now: &[&Live<'_>], scene: &Scene<'_>) -> (Option<PriorityNow>, Option<u64>) {
    let values = priorities(scene);
    let all: Vec<(Day, u16, u64)> =
        now.iter().filter_map(|live| values.get(&live.id)).copied().collect();
    let from = all.iter().map(|(_, _, from)| *from).min();
    let first = all.iter().min().map(|(review_by, code, from_this)| PriorityNow {
        code: *code,
        review_by: *review_by,
        from: from.unwrap_or(*from_this),
    });
    let ended = now
        .iter()
        .filter(|live| matches!(live.event, Event::PriorityEnd(_)))
        .map(|live| live.time())
        .max();
    (first, ended.filter(|_| first.is_none()))
}

fn flags(
    scene: &Scene<'_>,
    now: &[&Live<'_>],
    levels: &BTreeMap<EventId, ConsentLevel>,
) -> Vec<Raised> {
    let ids = |is: fn(&Event) -> bool| -> Vec<EventId> {
        now.iter().filter(|live| is(live.event)).map(|live| live.id).collect()
    };
    let mut flags = super::story::other_copies(scene.history);
    let (begun, ended) = (
        ids(|event| matches!(event, Event::Priority(_))),
        ids(|event| matches!(event, Event::PriorityEnd(_))),
    );
    if !begun.is_empty() && !ended.is_empty() {
        flags.push(Raised::new(Flag::Priority, [begun, ended].concat()));
    }
    let consents = || now.iter().filter_map(|live| Some((live.id, levels.get(&live.id)?)));
    if consents().map(|(_, level)| level).collect::<BTreeSet<_>>().len() > 1 {
        flags.push(Raised::new(Flag::Consent, consents().map(|(id, _)| id).collect()));
    }
    settle(scene, &mut flags);
    flags.sort();
    flags
}
