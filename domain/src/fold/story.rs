//! The story of a document: every event in a stable causal order, with what became of it. Nothing is
//! left out: what was rejected, struck or is held is shown as such.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::id::{ChangeHash, MemberId};
use serde::Serialize;

use crate::{
    event::{Event, Marks},
    history::{History, Slot, Verdict},
    input::EventId,
    rights::Correctors,
    scene::Scene,
    table::{Flag, Kind, Rejection},
};

use super::grievance::Raised;

/// What became of an event. Once it is here this never changes for the same copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "reason")]
pub enum Judgement {
    /// By its own past and its roster point it may stand.
    Valid,
    /// It may not, and why.
    Rejected(Rejection),
    /// Of a kind or a schema that is not known here: "newer entry".
    Newer,
}

/// One event of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The event.
    pub id: EventId,
    /// Who wrote it.
    pub author: MemberId,
    /// Its kind's word; `unknown` where the kind is not known here or cannot be told.
    pub kind: &'static str,
    /// The number of its kind, where it can be told.
    pub kind_number: Option<u8>,
    /// The copy that counts.
    pub copy: ChangeHash,
    /// Valid, rejected or newer.
    #[serde(flatten)]
    pub judgement: Judgement,
    /// Whether it counts now: valid, not held, not struck, superseded, answered for or void.
    pub in_force: bool,
    /// Outside a Fence: kept, counts for nothing until a person admits it.
    pub held: bool,
    /// The Correct that strikes it or says it anew.
    pub corrected_by: Option<EventId>,
    /// What it says, after a correction. None where its bytes cannot be read.
    pub event: Option<Event>,
    /// What it said before a correction.
    pub was: Option<Event>,
    /// Its time marks.
    pub marks: Option<Marks>,
    /// When the relay entered it, in ms.
    pub relay_time_ms: Option<u64>,
    /// Other copies of it say something else.
    pub other_content: bool,
    /// From whom a correction of it is taken. It follows from the kind that its copies are of.
    #[serde(skip)]
    pub correctors: Correctors,
}

impl Entry {
    /// Valid, and not struck: said anew by a correction it stands still.
    pub(crate) fn stands(&self) -> bool {
        let struck = self.corrected_by.is_some() && self.was.is_none() && !self.in_force;
        self.judgement == Judgement::Valid && !struck
    }

    /// What it said when it was written.
    pub(crate) fn written(&self) -> Option<&Event> {
        self.was.as_ref().or(self.event.as_ref())
    }
}

/// The story of a scene; `in_force` names what the fold gave force.
pub(crate) fn story(scene: &Scene<'_>, in_force: &BTreeSet<EventId>) -> Vec<Entry> {
    let history = scene.history;
    let mut told: BTreeMap<EventId, (bool, ChangeHash, usize)> = BTreeMap::new();
    for (at, node) in history.nodes.iter().enumerate() {
        for n in 0..node.len() {
            let id = node.id(n);
            let counting = scene.get(id).map(|live| live.node);
            // The copy that counts, else the smallest.
            let candidate = (counting != Some(at), node.copy.hash, at);
            let best = told.entry(id).or_insert(candidate);
            *best = candidate.min(*best);
        }
    }
    let mut order: Vec<(usize, EventId)> = told.iter().map(|(id, (.., at))| (*at, *id)).collect();
    order.sort_by_key(|(at, id)| (*at, id.n));
    order.into_iter().filter_map(|(at, id)| entry(scene, id, at, in_force)).collect()
}

fn entry(scene: &Scene<'_>, id: EventId, at: usize, in_force: &BTreeSet<EventId>) -> Option<Entry> {
    let node = scene.history.nodes.get(at)?;
    let n = usize::try_from(id.n).ok()?;
    let live = scene.get(id);
    let (event, kind_number) = match node.slot(n) {
        Slot::Known(event) => (Some(event), Some(event.kind_number())),
        Slot::Bad(bad) => (None, bad.map(|bad| bad.kind)),
        Slot::Newer => (None, None),
    };
    let kind = kind_number
        .and_then(|number| Kind::from_number(u64::from(number)))
        .map_or("unknown", Kind::word);
    let said = live.map(|live| live.event).or(event);
    Some(Entry {
        id,
        author: id.member,
        kind,
        kind_number,
        copy: node.copy.hash,
        judgement: match scene.history.verdicts(at).get(n)?.verdict {
            Verdict::Valid => Judgement::Valid,
            Verdict::Rejected(reason) => Judgement::Rejected(reason),
            Verdict::Newer => Judgement::Newer,
        },
        in_force: in_force.contains(&id),
        held: live.map_or(node.copy.held, |live| live.held),
        corrected_by: live.and_then(|live| live.corrected),
        event: said.cloned(),
        was: live.filter(|live| live.event != live.written).map(|live| live.written.clone()),
        marks: node.marks(),
        relay_time_ms: node.copy.relay_time_ms,
        other_content: other_content(scene.history, id),
        correctors: correctors(scene.history, id),
    })
}

fn correctors(history: &History<'_>, id: EventId) -> Correctors {
    let Ok(n) = usize::try_from(id.n) else { return Correctors::default() };
    let copies = history.copies(id.member, id.act).iter();
    let nodes = copies.filter_map(|at| history.nodes.get(*at));
    Correctors::of(nodes.filter_map(|node| match node.slot(n) {
        Slot::Known(event) => Some(event),
        _ => None,
    }))
}

/// Whether copies of an event differ in what they say.
fn other_content(history: &History<'_>, id: EventId) -> bool {
    let copies = history.copies(id.member, id.act);
    let mut values = copies.iter().filter_map(|at| history.nodes.get(*at)).map(|node| {
        let n = usize::try_from(id.n).unwrap_or(usize::MAX);
        if n < node.len() { Some((&node.copy.value, n)) } else { None }
    });
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// A flag for every event whose copies differ.
pub(crate) fn other_copies(history: &History<'_>) -> Vec<Raised> {
    let all: BTreeSet<EventId> =
        history.nodes.iter().flat_map(|node| (0..node.len()).map(|n| node.id(n))).collect();
    all.into_iter()
        .filter(|id| other_content(history, *id))
        .map(|id| Raised::new(Flag::OtherCopy, vec![id]))
        .collect()
}

/// How many events are of kinds that are not known here.
pub(crate) fn newer(history: &History<'_>) -> u32 {
    let nodes = history.nodes.iter().enumerate();
    let newer = nodes.flat_map(|(at, node)| {
        let judged = history.verdicts(at).iter().enumerate();
        let newer = judged.filter(|(_, judged)| judged.verdict == Verdict::Newer);
        newer.map(|(n, _)| node.id(n))
    });
    u32::try_from(newer.collect::<BTreeSet<_>>().len()).unwrap_or(u32::MAX)
}
