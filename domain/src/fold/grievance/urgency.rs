//! How urgent a grievance is and when it is due.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    codes::{default_grade, due_s},
    event::{Event, Marks},
    input::EventId,
    scene::{Live, Scene},
    table::{Flag, Grade},
};

use super::Raised;

/// When something is due, in s since 1970. Where the time of discovery is not certain, it lies between
/// two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// At the earliest; rules compare this one.
    pub from: u64,
    /// At the latest; none while the relay has not told when it had the discovery.
    pub to: Option<u64>,
}

/// Grade and due.
#[derive(Debug, Clone)]
pub(crate) struct Urgency {
    pub(crate) grade: Grade,
    /// Nobody graded it: the kind's default.
    pub(crate) by_default: bool,
    pub(crate) due: Option<Due>,
    /// The values of both that are in force.
    pub(crate) in_force: BTreeSet<EventId>,
    pub(crate) flags: Vec<Raised>,
}

struct Graded<'s, 'h> {
    live: &'s Live<'h>,
    grade: Grade,
}

impl Urgency {
    pub(crate) fn of(scene: &Scene<'_>) -> Self {
        let gone = Gone::of(scene);
        let discover = scene.forces().find(|live| matches!(live.event, Event::Discover(_)));
        let graded: Vec<Graded<'_, '_>> = scene
            .forces()
            .filter(|live| !gone.grades.contains(&live.id))
            .filter_map(|live| grade_of(live.event).map(|grade| Graded { live, grade }))
            .collect();
        let default = discover.and_then(|live| match live.event {
            Event::Discover(discover) => {
                let roster = scene.history.nodes.get(live.node).and_then(|node| node.roster);
                Some(default_grade(roster.as_ref(), discover.kind))
            }
            _ => None,
        });
        let given = graded.iter().map(|graded| graded.grade).min();
        let grade = given.or(default).unwrap_or(Grade::C);
        let sources: Vec<&Live<'_>> = match given {
            Some(_) => graded.iter().filter(|g| g.grade == grade).map(|g| g.live).collect(),
            None => discover.into_iter().collect(),
        };
        let dates: Vec<(&Live<'_>, u64)> = scene
            .forces()
            .filter(|live| !gone.dues.contains(&live.id))
            .filter_map(|live| due_of(live.event).map(|due| (live, due)))
            .collect();
        let table = discover.map(|discover| table_dates(scene, discover, &sources, grade, &gone));
        let due = dates
            .iter()
            .map(|(_, due)| Due { from: *due, to: Some(*due) })
            .chain(table.into_iter().flatten())
            .reduce(earlier);
        let mut flags = Vec::new();
        if graded.iter().any(|g| g.grade != grade) {
            flags.push(Raised::new(Flag::Grade, graded.iter().map(|g| g.live.id).collect()));
        }
        if dates.iter().any(|(_, due)| Some(*due) != dates.first().map(|(_, first)| *first)) {
            flags.push(Raised::new(Flag::Due, dates.iter().map(|(live, _)| live.id).collect()));
        }
        let in_force =
            graded.iter().map(|g| g.live.id).chain(dates.iter().map(|(live, _)| live.id)).collect();
        let due = discover.and(due);
        Self { grade, by_default: given.is_none(), due, in_force, flags }
    }
}

/// What nothing stands of any more.
struct Gone {
    grades: BTreeSet<EventId>,
    dues: BTreeSet<EventId>,
    /// Grades whose date of the table an extension set aside.
    tables: BTreeSet<EventId>,
}

impl Gone {
    fn of(scene: &Scene<'_>) -> Self {
        let mut gone =
            Self { grades: BTreeSet::new(), dues: BTreeSet::new(), tables: BTreeSet::new() };
        for live in scene.forces() {
            match live.event {
                Event::SetGrade(set) => gone.grades.extend(live.targets(&set.supersedes)),
                Event::SetDue(set) => {
                    let named = live.targets(&set.supersedes);
                    if live.seen.extension {
                        gone.tables.extend(named.iter().copied());
                    }
                    gone.dues.extend(named);
                }
                Event::Settle(settle) => {
                    let named = live.targets(&settle.about);
                    match settle.flag {
                        Flag::Grade => gone.grades.extend(named),
                        Flag::Due => {
                            gone.tables.extend(named.iter().copied());
                            gone.dues.extend(named);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        gone
    }
}

/// The grade that an event gives, if it gives one.
pub(crate) fn grade_of(event: &Event) -> Option<Grade> {
    match event {
        Event::Discover(discover) => discover.grade,
        Event::SetGrade(set) => Some(set.grade),
        Event::Settle(settle) if settle.flag == Flag::Grade => Grade::from_number(settle.choice),
        _ => None,
    }
}

/// The due that an event sets, if it sets one.
pub(crate) fn due_of(event: &Event) -> Option<u64> {
    match event {
        Event::SetDue(set) => Some(set.due),
        Event::Settle(settle) if settle.flag == Flag::Due => Some(settle.choice),
        _ => None,
    }
}

/// When something was discovered, at the earliest and, where the relay has it, at the latest.
pub(crate) fn discovery(marks: Marks, relay_time: Option<u64>) -> (u64, Option<u64>) {
    match marks.happened {
        Some(happened) => (happened, Some(happened)),
        None if marks.certain => (marks.claimed, Some(marks.claimed)),
        None => (marks.floor, relay_time.map(|relay| relay.max(marks.floor))),
    }
}

/// Discovery and the table of the roster point that each source of the grade was written under.
fn table_dates(
    scene: &Scene<'_>,
    discover: &Live<'_>,
    sources: &[&Live<'_>],
    grade: Grade,
    gone: &Gone,
) -> Vec<Due> {
    let (from, to) = discovery(discover.marks, discover.relay_time);
    sources
        .iter()
        .filter(|source| !gone.tables.contains(&source.id))
        .map(|source| {
            let roster = scene.history.nodes.get(source.node).and_then(|node| node.roster);
            let after = due_s(roster.as_ref(), grade);
            Due { from: from.saturating_add(after), to: to.map(|to| to.saturating_add(after)) }
        })
        .collect()
}

fn earlier(a: Due, b: Due) -> Due {
    let to = match (a.to, b.to) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    };
    Due { from: a.from.min(b.from), to }
}
