//! Values and what supersedes them, for the documents in which every edit is such a value.

use std::collections::BTreeSet;

use doorstep_protocol::id::MemberId;
use serde::Serialize;

use crate::{
    event::{Event, Ref},
    input::EventId,
    scene::{Live, Scene},
    table::Flag,
};

/// A value in force, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said<T> {
    /// The event that says it: what an edit names in `supersedes`.
    pub id: EventId,
    /// Who.
    pub by: MemberId,
    /// When, in s.
    pub time: u64,
    /// What.
    pub value: T,
}

impl<T> Said<T> {
    pub(crate) fn new(live: &Live<'_>, value: T) -> Self {
        Self { id: live.id, by: live.id.member, time: live.time(), value }
    }

    /// All of one sort, in causal order.
    pub(crate) fn of(now: &[&Live<'_>], pick: impl Fn(&Event) -> Option<T>) -> Vec<Self> {
        now.iter().filter_map(|live| Some(Self::new(live, pick(live.event)?))).collect()
    }
}

/// What an event with force says it supersedes. A Settle counts as a value superseding what it is about,
/// where its flag is about values.
pub(crate) fn supersedes(event: &Event) -> &[Ref] {
    match event {
        Event::SetField(e) => &e.supersedes,
        Event::Person(e) => &e.supersedes,
        Event::PersonLeft(e) => &e.supersedes,
        Event::Phone(e) => &e.supersedes,
        Event::Consent(e) => &e.supersedes,
        Event::Priority(e) => &e.supersedes,
        Event::PriorityEnd(e) => &e.supersedes,
        Event::Checklist(e) => &e.supersedes,
        Event::Outcome(e) => &e.supersedes,
        Event::Attendance(e) => &e.supersedes,
        Event::ItemOutcome(e) => &e.supersedes,
        Event::Settle(e) if matches!(e.flag, Flag::Priority | Flag::Consent) => &e.about,
        _ => &[],
    }
}

/// All that something with force supersedes.
pub(crate) fn superseded(scene: &Scene<'_>) -> BTreeSet<EventId> {
    scene.forces().flat_map(|live| live.targets(supersedes(live.event))).collect()
}
