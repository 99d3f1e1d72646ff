//! Where a grievance stands: its level and who owns it.

use std::{cmp::Reverse, collections::BTreeSet};

use doorstep_protocol::{
    id::{MemberId, PlaceId},
    roster::{AssignKind, RosterAt},
};

use crate::{
    event::Event,
    input::EventId,
    rights::Standing,
    scene::{Live, Scene},
    table::Level,
};

/// The roster of the Discover's point.
pub(crate) fn discover_roster<'h>(scene: &Scene<'h>) -> Option<RosterAt<'h>> {
    let discover = scene.lives.iter().find(|live| matches!(live.event, Event::Discover(_)))?;
    scene.history.nodes.get(discover.node)?.roster
}

/// The level of a grievance that nobody escalated: that of its place, from grid up.
pub(crate) fn base_level(roster: Option<RosterAt<'_>>, place: PlaceId) -> Level {
    roster
        .and_then(|roster| roster.place(place)?.level())
        .and_then(|level| Level::from_number(u64::from(level.number())))
        .map_or(Level::Grid, |level| level.max(Level::Grid))
}

/// The level, and the Escalates and TakeOvers that hold it up.
pub(crate) fn level(scene: &Scene<'_>) -> (Level, Vec<EventId>) {
    let accepts: Vec<&Live<'_>> = accepts(scene).collect();
    let mut returned: BTreeSet<EventId> = BTreeSet::new();
    for live in scene.forces() {
        let Event::SendBack(back) = live.event else { continue };
        let void = accepts.iter().any(|accept| {
            scene.unseen(live, accept) && scene.level(accept).is_some_and(|level| level > back.to)
        });
        if !void {
            returned.extend(live.targets(&back.returns));
        }
    }
    let mut level = base_level(discover_roster(scene), scene.history.document.place);
    let mut held_up = Vec::new();
    for live in scene.forces().filter(|live| !returned.contains(&live.id)) {
        let to = match live.event {
            Event::Escalate(escalate) => escalate.level,
            Event::TakeOver(take) => take.level,
            _ => continue,
        };
        held_up.push(live.id);
        level = level.max(to);
    }
    (level, held_up)
}

/// Accepts that their own author did not take back.
fn accepts<'s, 'h>(scene: &'s Scene<'h>) -> impl Iterator<Item = &'s Live<'h>> + use<'s, 'h> {
    let declined = declined(scene);
    scene
        .forces()
        .filter(|live| matches!(live.event, Event::Accept(_)))
        .filter(move |live| !declined.contains(&live.id))
}

fn declined(scene: &Scene<'_>) -> BTreeSet<EventId> {
    scene
        .forces()
        .filter_map(|live| match live.event {
            Event::Decline(decline) => Some(live.target(decline.of.as_ref()?)),
            _ => None,
        })
        .collect()
}

/// Who answers for it, by which event, and who else took it on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ownership {
    pub(crate) owner: Option<MemberId>,
    /// Members whose Accept is in force beside the owner.
    pub(crate) helpers: Vec<MemberId>,
    /// The Accepts, Assigns and TakeOvers in force.
    pub(crate) in_force: Vec<EventId>,
}

impl Ownership {
    pub(crate) fn of(scene: &Scene<'_>) -> Self {
        let found = named(scene);
        let named = foremost(scene, &found);
        let mut accepts: Vec<&Live<'_>> = accepts(scene).collect();
        let owner = match named {
            Some((live, to)) => {
                // An Assign ends the accepts it had seen; the unseen are helpers.
                accepts.retain(|accept| !scene.saw(live, accept));
                Some(to)
            }
            None => {
                let place = scene.history.document.place;
                let roster = discover_roster(scene);
                let best = accepts.iter().min_by_key(|accept| {
                    let by = accept.id.member;
                    let assigned = roster.and_then(|roster| roster.assignment(place, by));
                    let level = roster.and_then(|roster| Standing::of(&roster, by, place).level());
                    (rank(assigned), level.map_or(u8::MAX, Level::number), accept.id)
                });
                best.map(|best| best.id.member)
            }
        };
        let helpers =
            accepts.iter().map(|accept| accept.id.member).filter(|by| Some(*by) != owner).collect();
        let in_force =
            accepts.iter().map(|live| live.id).chain(found.iter().map(|(live, _)| live.id));
        Self { owner, helpers, in_force: in_force.collect() }
    }
}

/// Whose Accept is the best, by how the building is given to them.
pub(crate) fn rank(assigned: Option<AssignKind>) -> u8 {
    match assigned {
        Some(AssignKind::Owner) => 0,
        Some(AssignKind::StandIn) => 1,
        Some(AssignKind::Backup) => 2,
        None => 3,
    }
}

/// The Assigns and TakeOvers in force, and whom each makes owner.
fn named<'s, 'h>(scene: &'s Scene<'h>) -> Vec<(&'s Live<'h>, MemberId)> {
    let mut gone = declined(scene);
    for live in scene.forces() {
        match live.event {
            Event::Assign(assign) => gone.extend(live.targets(&assign.supersedes)),
            Event::SendBack(back) => gone.extend(live.targets(&back.returns)),
            _ => {}
        }
    }
    scene
        .forces()
        .filter(|live| !gone.contains(&live.id))
        .filter_map(|live| match live.event {
            Event::Assign(assign) => Some((live, assign.to)),
            Event::TakeOver(_) => Some((live, live.id.member)),
            _ => None,
        })
        .collect()
}

/// Of those that no other of them had seen: that of the highest level, then the smallest id.
fn foremost<'s, 'h>(
    scene: &Scene<'h>,
    found: &[(&'s Live<'h>, MemberId)],
) -> Option<(&'s Live<'h>, MemberId)> {
    let all: Vec<&Live<'h>> = found.iter().map(|(live, _)| *live).collect();
    let unseen: BTreeSet<EventId> =
        scene.unseen_by_others(&all).into_iter().map(|live| live.id).collect();
    found
        .iter()
        .filter(|(live, _)| unseen.contains(&live.id))
        .min_by_key(|(live, _)| (Reverse(scene.level(live)), live.id))
        .copied()
}
