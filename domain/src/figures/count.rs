//! Counting rows.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DocumentId, PlaceId},
    roster::RosterAt,
};
use serde::{Deserialize, Serialize};

use super::{GrievanceRow, MeetingRow, Rate, Row, VisitRow};
use crate::{
    codes::KIND_DISPUTE,
    fold::grievance::Stage,
    table::{How, Level, MeetingOutcome, VisitOutcome},
};

/// Disputes among the collected, each under one kind, so that the kinds add up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disputes {
    /// Resolved of all.
    pub resolved: Rate,
    /// Resolved, by the `how` of the resolution that counts.
    pub by_how: BTreeMap<How, u64>,
    /// Not resolved, by the highest mediation that was tried.
    pub tried: BTreeMap<How, u64>,
    /// Not resolved and not mediated.
    pub not_mediated: u64,
}

/// Median and 90th percentile by nearest rank, in s; what had no usable time is left out and counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The median.
    pub median: Option<u64>,
    /// The 90th percentile.
    pub p90: Option<u64>,
    /// How many were left out.
    pub left_out: u64,
}

impl Spread {
    fn of(times: impl Iterator<Item = Option<u64>>) -> Self {
        let mut usable = Vec::new();
        let mut left_out = 0;
        for time in times {
            match time {
                Some(time) => usable.push(time),
                None => left_out += 1,
            }
        }
        usable.sort_unstable();
        let rank = |per_cent: usize| {
            let rank = (usable.len() * per_cent).div_ceil(100).checked_sub(1)?;
            usable.get(rank).copied()
        };
        Self { median: rank(50), p90: rank(90), left_out }
    }
}

/// The figures of a set of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Documents collected (件次): less those entered by mistake and those that left by a transfer.
    pub collected: u64,
    /// The same in groups of duplicates (件), by the links among these rows.
    pub collected_groups: u64,
    /// Documents that left by a transfer.
    pub transferred: u64,
    /// Entered by mistake.
    pub by_mistake: u64,
    /// Resolved of the collected.
    pub resolved: Rate,
    /// Of the resolved, closed without reaching the resident.
    pub closed_not_reached: u64,
    /// Confirmed by the resident, whatever came after.
    pub confirmed: u64,
    /// Resolved or answered of the collected: another figure, never mixed with the first.
    pub resolved_or_answered: Rate,
    /// Of the resolved, those at block level or below (小事不出街区).
    pub within_block: Rate,
    /// Disputes.
    pub disputes: Disputes,
    /// From discovery to the first contact, of the collected.
    pub to_contact: Spread,
    /// From discovery to feedback, of the collected.
    pub to_feedback: Spread,
    /// Meetings.
    pub meetings: u64,
    /// Items of meetings, resolved of all.
    pub items: Rate,
    /// Visits that met someone (户次).
    pub visits_met: u64,
    /// Households met (户), the same ones joined.
    pub households_met: u64,
    /// Persons met.
    pub persons_met: u64,
    /// Visits that met nobody.
    pub attempts: u64,
    /// Visits but those that the resident asked for.
    pub uninvited_visits: u64,
    /// Households that are to be visited first.
    pub priority_households: u64,
}

/// Figures over rows, of whatever documents.
///
/// `resolved.of <= collected`, and the figures of blocks add up to those of their whole, but for groups
/// and households that lie in several.
pub fn figures(rows: &[Row]) -> Figures {
    let mut figures = Figures::default();
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| row.document());
    rows.dedup_by_key(|row| row.document());
    grievances(&mut figures, &rows);
    visits(&mut figures, &rows);
    meetings(&mut figures, &rows);
    figures
}

/// The rows of a place: those of its own log and of all that lies under it. An ended place keeps its
/// last parent.
pub fn at_place(rows: &[Row], roster: &RosterAt<'_>, place: PlaceId) -> Vec<Row> {
    rows.iter().filter(|row| lies_under(roster, row.place(), place)).cloned().collect()
}

fn lies_under(roster: &RosterAt<'_>, mut at: PlaceId, place: PlaceId) -> bool {
    loop {
        if at == place {
            return true;
        }
        let Some(here) = roster.place(at) else { return false };
        match roster.place(here.parent) {
            // Only while the level rises, so this ends.
            Some(parent) if parent.level > here.level => at = here.parent,
            _ => return false,
        }
    }
}

fn grievances(figures: &mut Figures, rows: &[&Row]) {
    let all: BTreeMap<DocumentId, &GrievanceRow> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Grievance(row) => Some((row.document, row)),
            _ => None,
        })
        .collect();
    let mut collected: Vec<&GrievanceRow> = Vec::new();
    for row in all.values() {
        if row.struck && row.stage != Stage::Transferred {
            figures.by_mistake += 1;
        } else if leaves(&all, row) {
            figures.transferred += 1;
        } else if row.struck {
            figures.by_mistake += 1;
        } else {
            collected.push(row);
        }
    }
    let count = |is: fn(&GrievanceRow) -> bool| -> u64 {
        collected.iter().filter(|row| is(row)).count() as u64
    };
    figures.collected = count(|_| true);
    figures.collected_groups = groups(&all, &collected);
    figures.resolved = Rate { of: count(is_resolved), all: figures.collected };
    figures.closed_not_reached =
        count(|row| is_resolved(row) && row.stage == Stage::ClosedNotReached);
    figures.confirmed = count(|row| row.confirmed);
    figures.resolved_or_answered =
        Rate { of: count(|row| is_resolved(row) || is_answered(row)), all: figures.collected };
    figures.within_block = Rate {
        of: count(|row| {
            is_resolved(row) && row.resolved_level.is_some_and(|level| level <= Level::Block)
        }),
        all: figures.resolved.of,
    };
    let since = |row: &GrievanceRow, to: Option<u64>| to?.checked_sub(row.discovered);
    figures.to_contact = Spread::of(collected.iter().map(|row| since(row, row.first_contact)));
    figures.to_feedback = Spread::of(collected.iter().map(|row| since(row, row.fed_back)));
    disputes(&mut figures.disputes, &collected);
}

fn is_resolved(row: &GrievanceRow) -> bool {
    let stands = match row.stage {
        Stage::Resolved | Stage::Confirmed | Stage::Closed | Stage::ClosedNotReached => true,
        Stage::Withdrawn => row.confirmed,
        _ => false,
    };
    stands && (!row.explained_only || row.confirmed)
}

fn is_answered(row: &GrievanceRow) -> bool {
    (row.stage == Stage::ClosedUnsolved && row.told)
        || (row.explained_only && row.fed_back.is_some() && row.stage != Stage::Reopened)
}

fn disputes(disputes: &mut Disputes, collected: &[&GrievanceRow]) {
    for row in collected.iter().filter(|row| row.kind == KIND_DISPUTE) {
        disputes.resolved.all += 1;
        if is_resolved(row) {
            disputes.resolved.of += 1;
            if let Some(how) = row.how {
                *disputes.by_how.entry(how).or_default() += 1;
            }
        } else if let Some(how) = row.mediation {
            *disputes.tried.entry(how).or_default() += 1;
        } else {
            disputes.not_mediated += 1;
        }
    }
}

/// A transfer leaves the collected only if its target's row is there and is in, or left in the same way;
/// in a cycle the earliest stays.
fn leaves(all: &BTreeMap<DocumentId, &GrievanceRow>, row: &GrievanceRow) -> bool {
    let next = |row: &GrievanceRow| {
        let to = row.transferred_to.filter(|_| row.stage == Stage::Transferred)?;
        all.get(&to).copied()
    };
    let Some(target) = next(row) else { return false };
    if target.struck && target.stage != Stage::Transferred {
        return false;
    }
    // Whether the way leads back here, and whether somebody earlier is on it.
    let order = |row: &GrievanceRow| (row.discovered, row.document);
    let mut seen = BTreeSet::from([row.document]);
    let mut at = target;
    let mut earliest = order(row);
    while seen.insert(at.document) {
        earliest = earliest.min(order(at));
        match next(at) {
            Some(on) => at = on,
            None => return true,
        }
    }
    at.document != row.document || earliest != order(row)
}

/// Groups of linked documents that have one that is collected.
fn groups(all: &BTreeMap<DocumentId, &GrievanceRow>, collected: &[&GrievanceRow]) -> u64 {
    let links = all.values().flat_map(|row| row.duplicates.iter().map(|to| (row.document, *to)));
    let roots = joined(links);
    let of = |document: DocumentId| root(&roots, document);
    collected.iter().map(|row| of(row.document)).collect::<BTreeSet<_>>().len() as u64
}

/// Documents that links join, whether their rows are here or not: each names one nearer to its root.
fn joined(
    links: impl Iterator<Item = (DocumentId, DocumentId)>,
) -> BTreeMap<DocumentId, DocumentId> {
    let mut parents: BTreeMap<DocumentId, DocumentId> = BTreeMap::new();
    for (a, b) in links {
        let (a, b) = (root(&parents, a), root(&parents, b));
        if a != b {
            parents.insert(a.max(b), a.min(b));
        }
    }
    parents
}

fn root(parents: &BTreeMap<DocumentId, DocumentId>, mut of: DocumentId) -> DocumentId {
    // A parent is always smaller, so this ends.
    while let Some(parent) = parents.get(&of) {
        of = *parent;
    }
    of
}

fn visits(figures: &mut Figures, rows: &[&Row]) {
    let mut links = Vec::new();
    let mut visits: Vec<&VisitRow> = Vec::new();
    for row in rows {
        match row {
            Row::Household(row) => {
                links.extend(row.same_as.iter().map(|other| (row.document, *other)));
                figures.priority_households += u64::from(row.priority.is_some() && !row.struck);
            }
            Row::Visit(row) if !row.struck => visits.push(row),
            _ => {}
        }
    }
    let roots = joined(links.into_iter());
    let mut households = BTreeSet::new();
    for row in visits {
        if row.outcome == Some(VisitOutcome::Met) {
            figures.visits_met += 1;
            figures.persons_met += u64::from(row.persons_met);
            households.insert(root(&roots, row.household));
        } else {
            figures.attempts += 1;
        }
        figures.uninvited_visits += u64::from(!row.asked_for);
    }
    figures.households_met = households.len() as u64;
}

fn meetings(figures: &mut Figures, rows: &[&Row]) {
    let meetings: Vec<&MeetingRow> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Meeting(row) if !row.struck => Some(row),
            _ => None,
        })
        .collect();
    figures.meetings = meetings.len() as u64;
    // What a later meeting goes on with counts once, under the outcome that it had last.
    let carried: BTreeSet<_> =
        meetings.iter().flat_map(|row| &row.items).filter_map(|item| item.carries).collect();
    for meeting in meetings {
        for item in &meeting.items {
            if carried.contains(&(meeting.document, item.item)) {
                continue;
            }
            figures.items.all += 1;
            figures.items.of += u64::from(item.outcome == Some(MeetingOutcome::Resolved));
        }
    }
}
