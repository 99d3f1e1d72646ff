//! A meeting of a block council, folded.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DocumentId, ItemId, PlaceId},
    roster::Rosters,
};
use serde::Serialize;

use super::{
    grievance::{Raised, settle},
    story::{Entry, newer, other_copies, story},
    values::{Said, superseded},
};
use crate::{
    event::{Attendance, Event, Held, ItemAt, Link, Text},
    history::History,
    input::{Document, EventId},
    scene::{Live, Scene},
    table::MeetingOutcome,
};

/// An item of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemNow {
    /// Its id.
    pub item: ItemId,
    /// The event that brought it.
    pub id: EventId,
    /// What it is called.
    pub title: Text,
    /// The grievances that it is about.
    pub grievances: Vec<Link>,
    /// The item of an earlier meeting that it goes on with.
    pub carries: Option<ItemAt>,
    /// What came of it; where two wrote unseen by each other, the one that says less was reached.
    pub outcome: Option<MeetingOutcome>,
    /// All that was said of it.
    pub said: Vec<Said<MeetingOutcome>>,
}

/// A meeting as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// The document.
    pub document: DocumentId,
    /// The block whose log it is in.
    pub place: PlaceId,
    /// When and where; none without a valid Held, or where it was struck.
    pub facts: Option<Held>,
    /// The Held was struck: entered by mistake.
    pub struck: bool,
    /// Who was there.
    pub attendance: Vec<Said<Attendance>>,
    /// What was on the table.
    pub items: Vec<ItemNow>,
    /// What a person should look at.
    pub flags: Vec<Raised>,
    /// Events of kinds that are not known here.
    pub newer: u32,
    /// Copies whose past is not here yet.
    pub waiting: u32,
    /// All events.
    pub story: Vec<Entry>,
}

/// A meeting as its events make it: the same for the same copies in any order.
pub fn fold(document: &Document<'_>, rosters: &dyn Rosters) -> Meeting {
    let history = History::new(*document, rosters);
    let scene = Scene::now(&history);
    let gone = superseded(&scene);
    let now: Vec<&Live<'_>> = scene.forces().filter(|live| !gone.contains(&live.id)).collect();
    let held = scene.lives.iter().find(|live| matches!(live.written, Event::Held(_)));
    let mut flags = other_copies(&history);
    settle(&scene, &mut flags);
    let in_force: BTreeSet<EventId> = now.iter().map(|live| live.id).collect();
    Meeting {
        document: document.id,
        place: document.place,
        facts: held.filter(|live| live.has_force()).and_then(|live| match live.event {
            Event::Held(held) => Some(held.clone()),
            _ => None,
        }),
        struck: held.is_some_and(|live| live.struck),
        attendance: Said::of(&now, |event| match event {
            Event::Attendance(attendance) => Some(attendance.clone()),
            _ => None,
        }),
        items: items(&now),
        flags,
        newer: newer(&history),
        waiting: u32::try_from(history.waiting).unwrap_or(u32::MAX),
        story: story(&scene, &in_force),
    }
}

fn items(now: &[&Live<'_>]) -> Vec<ItemNow> {
    let mut outcomes: BTreeMap<ItemId, Vec<Said<MeetingOutcome>>> = BTreeMap::new();
    for live in now {
        if let Event::ItemOutcome(outcome) = live.event {
            outcomes.entry(outcome.item).or_default().push(Said::new(live, outcome.outcome));
        }
    }
    let mut items: Vec<ItemNow> = Vec::new();
    let mut known: BTreeSet<ItemId> = BTreeSet::new();
    for live in now {
        let Event::Item(item) = live.event else { continue };
        if !known.insert(item.item) {
            continue;
        }
        let said = outcomes.remove(&item.item).unwrap_or_default();
        items.push(ItemNow {
            item: item.item,
            id: live.id,
            title: item.title.clone(),
            grievances: item.grievances.clone(),
            carries: item.carries.clone(),
            outcome: said.iter().map(|said| said.value).max(),
            said,
        });
    }
    items
}
