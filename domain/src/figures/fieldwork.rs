//! Counting visits, households, meetings and who takes part.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DocumentId, MemberId, PlaceId},
    roster::{RoleKind, RosterAt},
};

use super::{
    Disturbance, Figures, HouseholdRow, MeetingRow, Rate, Row, Selection, VisitRow, groups::Joined,
};
use crate::table::{MeetingOutcome, VisitOutcome};

/// Days of the window in which visits to one household are counted.
const WINDOW_DAYS: u32 = 30;
/// More visits that nobody asked for than these, within the window, are too many.
const UNINVITED_MAX: usize = 2;

/// Households that are the same, by the links of all of them.
struct Households(Joined);

impl Households {
    fn of(rows: &[&Row]) -> Self {
        let links = rows.iter().filter_map(|row| match row {
            Row::Household(row) => Some(row),
            _ => None,
        });
        Self(Joined::by(
            links.flat_map(|row| row.same_as.iter().map(|other| (row.document, *other))),
        ))
    }

    fn one(&self, of: DocumentId) -> DocumentId {
        self.0.root(of)
    }
}

pub(super) fn count(figures: &mut Figures, rows: &[&Row], selection: &Selection<'_>) {
    let households = Households::of(rows);
    let mut met = BTreeSet::new();
    let mut uninvited: BTreeMap<DocumentId, Vec<u32>> = BTreeMap::new();
    for visit in visits(rows).filter(|visit| selection.has(visit.place, visit.day)) {
        let household = households.one(visit.household);
        if visit.met {
            figures.visits_met += 1;
            figures.persons_met += u64::from(visit.persons_met);
            met.insert(household);
        } else {
            figures.attempts += 1;
        }
        let days = uninvited.entry(household).or_default();
        if !visit.asked_for {
            figures.uninvited_visits += 1;
            days.push(visit.day);
        }
    }
    figures.households_met = met.len() as u64;
    figures.disturbance = disturbance(uninvited);
    let priority = |row: &HouseholdRow| {
        row.priority.is_some() && !row.struck && selection.has_place(row.place)
    };
    figures.priority_households = of_households(rows).filter(|row| priority(row)).count() as u64;
    meetings(figures, rows, selection);
}

/// One visit, however many recorded it: never added up, at the earliest of its documents.
struct OneVisit {
    first: (u32, DocumentId),
    place: PlaceId,
    household: DocumentId,
    day: u32,
    met: bool,
    persons_met: u32,
    asked_for: bool,
}

impl OneVisit {
    fn of(row: &VisitRow) -> Self {
        let met = row.outcome == Some(VisitOutcome::Met);
        Self {
            first: (row.day, row.document),
            place: row.place,
            household: row.household,
            day: row.day,
            met,
            persons_met: if met { row.persons_met } else { 0 },
            asked_for: row.asked_for,
        }
    }

    fn join(self, other: Self) -> Self {
        let (met, asked_for) = (self.met || other.met, self.asked_for || other.asked_for);
        let persons_met = self.persons_met.max(other.persons_met);
        let first = if self.first <= other.first { self } else { other };
        Self { met, asked_for, persons_met, ..first }
    }
}

/// Visits, those that are the same joined.
fn visits(rows: &[&Row]) -> impl Iterator<Item = OneVisit> + use<> {
    let rows: Vec<&VisitRow> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Visit(row) if !row.struck => Some(row),
            _ => None,
        })
        .collect();
    let links = rows.iter().flat_map(|row| row.same_visit.iter().map(|to| (row.document, *to)));
    let joined = Joined::by(links);
    let mut one: BTreeMap<DocumentId, OneVisit> = BTreeMap::new();
    for row in rows {
        let (root, visit) = (joined.root(row.document), OneVisit::of(row));
        let visit = match one.remove(&root) {
            Some(other) => visit.join(other),
            None => visit,
        };
        one.insert(root, visit);
    }
    one.into_values()
}

fn of_households<'a>(rows: &[&'a Row]) -> impl Iterator<Item = &'a HouseholdRow> {
    rows.iter().filter_map(|row| match row {
        Row::Household(row) => Some(row),
        _ => None,
    })
}

fn disturbance(uninvited: BTreeMap<DocumentId, Vec<u32>>) -> Disturbance {
    let mut found = Disturbance { households: uninvited.len() as u64, ..Disturbance::default() };
    for mut days in uninvited.into_values() {
        days.sort_unstable();
        let within = |start: usize| {
            let first = days.get(start).copied().unwrap_or_default();
            days.iter().skip(start).take_while(|day| **day - first < WINDOW_DAYS).count()
        };
        let most = (0..days.len()).map(within).max().unwrap_or(0);
        found.most = found.most.max(most as u64);
        found.too_often += u64::from(most > UNINVITED_MAX);
    }
    found
}

fn meetings(figures: &mut Figures, rows: &[&Row], selection: &Selection<'_>) {
    let all: Vec<&MeetingRow> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Meeting(row) if !row.struck => Some(row),
            _ => None,
        })
        .collect();
    // What a later meeting goes on with counts once, under the outcome that it had last.
    let carried: BTreeSet<_> =
        all.iter().flat_map(|row| &row.items).filter_map(|item| item.carries).collect();
    for meeting in all.iter().filter(|row| selection.has(row.place, row.day)) {
        figures.meetings += 1;
        for item in &meeting.items {
            if carried.contains(&(meeting.document, item.item)) {
                continue;
            }
            figures.items.all += 1;
            figures.items.of += u64::from(item.outcome == Some(MeetingOutcome::Resolved));
        }
    }
}

/// Priority households that were met within their interval, of those whose priority is under way on a
/// day: a visit that met somebody on one of the `interval_days` before the end of `day`.
///
/// `day` is the day of the watermark, never the present one.
pub fn priority_contacted(
    rows: &[Row],
    selection: &Selection<'_>,
    day: u32,
    interval_days: u32,
) -> Rate {
    let rows: Vec<&Row> = rows.iter().collect();
    let households = Households::of(&rows);
    let recent = (day + 1).saturating_sub(interval_days)..=day;
    let met: BTreeSet<DocumentId> = visits(&rows)
        .filter(|visit| visit.met && recent.contains(&visit.day))
        .map(|visit| households.one(visit.household))
        .collect();
    let under_way = |row: &&HouseholdRow| {
        let priority = row.priority.is_some_and(|priority| priority.review_by >= day);
        priority && !row.struck && selection.has_place(row.place)
    };
    let due: BTreeSet<DocumentId> =
        of_households(&rows).filter(under_way).map(|row| households.one(row.document)).collect();
    Rate { of: due.intersection(&met).count() as u64, all: due.len() as u64 }
}

/// An intake point takes in, an auditor reads, an import copies: none of them is assigned to anybody.
fn works(role: RoleKind) -> bool {
    !matches!(role, RoleKind::Intake | RoleKind::Auditor | RoleKind::Register)
}

/// Members who took part (who acted on a grievance or were on a visit) of those with a role or a building
/// at the selected places by the roster of the watermark. A count, never names.
pub fn taking_part(rows: &[Row], selection: &Selection<'_>, roster: &RosterAt<'_>) -> Rate {
    let counts = |place: PlaceId| selection.has_place(place);
    let mut assigned: BTreeSet<MemberId> = BTreeSet::new();
    for (place, _) in roster.places().filter(|(place, _)| counts(*place)) {
        assigned.extend(roster.assigned(place).map(|(member, _)| member));
    }
    for (member, _) in roster.members() {
        if roster.roles(member).any(|(place, role, _)| counts(place) && works(role)) {
            assigned.insert(member);
        }
    }
    let mut took_part: BTreeSet<MemberId> = BTreeSet::new();
    for row in rows {
        match row {
            Row::Grievance(row) => {
                let in_time = |day: &u32| selection.has(row.place, *day);
                let acts = row.acts.iter().filter(|(_, day)| in_time(day));
                took_part.extend(acts.map(|(member, _)| *member));
            }
            Row::Visit(row) if !row.struck && selection.has(row.place, row.day) => {
                took_part.extend(&row.members);
            }
            _ => {}
        }
    }
    Rate { of: took_part.intersection(&assigned).count() as u64, all: assigned.len() as u64 }
}
