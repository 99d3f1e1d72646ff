//! A visit, folded. Its outcome is its starter's; a companion's is a note, used only if the starter
//! wrote none, and never added up.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DocumentId, MemberId, PlaceId},
    roster::Rosters,
};
use serde::Serialize;

use super::{
    grievance::Raised,
    story::{Entry, newer, other_copies, story},
    values::{Said, superseded, supersedes},
};
use crate::{
    event::{Event, Outcome, Started},
    history::History,
    input::{Document, EventId},
    scene::{Live, Scene},
};

/// An item of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedNow {
    /// Code of list checklist item.
    pub item: u16,
    /// Codes of list answer; more than one where two wrote unseen by each other.
    pub said: Vec<Said<u16>>,
}

/// A visit as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// The document.
    pub document: DocumentId,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// What began; none without a valid Started, or where it was struck.
    pub facts: Option<Started>,
    /// The Started was struck: entered by mistake.
    pub struck: bool,
    /// Who began it.
    pub starter: Option<MemberId>,
    /// The starter and the companions.
    pub members: Vec<MemberId>,
    /// When, in s.
    pub time: Option<u64>,
    /// On which day since 1970, in the realm's local time.
    pub day: Option<u32>,
    /// The checklist, by code.
    pub checklist: Vec<CheckedNow>,
    /// What came of it.
    pub outcome: Option<Said<Outcome>>,
    /// All that was written of it and nothing supersedes, companions' too.
    pub outcomes: Vec<Said<Outcome>>,
    /// The same visit elsewhere.
    pub same_visit: Vec<DocumentId>,
    /// What a person should look at.
    pub flags: Vec<Raised>,
    /// Events of kinds that are not known here.
    pub newer: u32,
    /// Copies whose past is not here yet.
    pub waiting: u32,
    /// All events.
    pub story: Vec<Entry>,
}

/// A visit as its events make it: the same for the same copies in any order.
pub fn fold(document: &Document<'_>, rosters: &dyn Rosters) -> Visit {
    let history = History::new(*document, rosters);
    let scene = Scene::now(&history);
    let started = scene.lives.iter().find(|live| matches!(live.written, Event::Started(_)));
    let starter = started.map(|live| live.id.member);
    let gone = gone(&scene, starter);
    let now: Vec<&Live<'_>> = scene.forces().filter(|live| !gone.contains(&live.id)).collect();
    let outcomes = Said::of(&now, |event| match event {
        Event::Outcome(outcome) => Some(outcome.clone()),
        _ => None,
    });
    let own = outcomes.iter().filter(|said| Some(said.by) == starter).min_by_key(|said| said.id);
    let outcome = own.or_else(|| outcomes.iter().min_by_key(|said| said.id)).cloned();
    let mut members: BTreeSet<MemberId> = starter.into_iter().collect();
    for live in &now {
        let Event::Joined(joined) = live.event else { continue };
        match joined.member {
            None => members.insert(live.id.member),
            // Only the starter names others.
            Some(member) => Some(live.id.member) == starter && members.insert(member),
        };
    }
    let mut checklist: BTreeMap<u16, Vec<Said<u16>>> = BTreeMap::new();
    for live in &now {
        if let Event::Checklist(checked) = live.event {
            checklist.entry(checked.item).or_default().push(Said::new(live, checked.answer));
        }
    }
    let in_force: BTreeSet<EventId> = now.iter().map(|live| live.id).collect();
    Visit {
        document: document.id,
        place: document.place,
        facts: started.filter(|live| live.has_force()).and_then(|live| match live.event {
            Event::Started(started) => Some(started.clone()),
            _ => None,
        }),
        struck: started.is_some_and(|live| live.struck),
        starter,
        members: members.into_iter().collect(),
        time: started.map(Live::time),
        day: started.map(|live| scene.day(live, live.time())),
        checklist: checklist.into_iter().map(|(item, said)| CheckedNow { item, said }).collect(),
        outcome,
        outcomes,
        same_visit: now
            .iter()
            .filter_map(|live| match live.event {
                Event::SameVisit(same) => Some(same.other.doc),
                _ => None,
            })
            .collect(),
        flags: other_copies(&history),
        newer: newer(&history),
        waiting: u32::try_from(history.waiting).unwrap_or(u32::MAX),
        story: story(&scene, &in_force),
    }
}

/// What is superseded; a starter's outcome only by the starter.
fn gone(scene: &Scene<'_>, starter: Option<MemberId>) -> BTreeSet<EventId> {
    let mut gone = superseded(scene);
    let mut by_starter: BTreeSet<EventId> = BTreeSet::new();
    for live in scene.forces().filter(|live| Some(live.id.member) == starter) {
        by_starter.extend(live.targets(supersedes(live.event)));
    }
    gone.retain(|id| {
        let outcome = scene.get(*id).is_some_and(|live| matches!(live.event, Event::Outcome(_)));
        !outcome || Some(id.member) != starter || by_starter.contains(id)
    });
    gone
}
