//! Counting grievances.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::id::DocumentId;

use super::{Disputes, Figures, GrievanceRow, Rate, Row, Selection, Spread, groups::Joined};
use crate::{codes::KIND_DISPUTE, fold::grievance::Stage, table::Level};

pub(super) fn count(figures: &mut Figures, rows: &[&Row], selection: &Selection<'_>) {
    let all: Rows<'_> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Grievance(row) => Some((row.document, row)),
            _ => None,
        })
        .collect();
    let stay = staying(&all);
    let mut everywhere: Vec<&GrievanceRow> = Vec::new();
    for row in all.values() {
        let here = u64::from(selection.has_time(row.place, row.discovered));
        if row.struck && row.stage != Stage::Transferred {
            figures.by_mistake += here;
        } else if leaves(&all, &stay, row) {
            figures.transferred += here;
        } else if row.struck {
            figures.by_mistake += here;
        } else {
            everywhere.push(row);
        }
    }
    figures.collected_groups = groups(&all, &everywhere, selection);
    let mut collected = everywhere;
    collected.retain(|row| selection.has_time(row.place, row.discovered));
    rates(figures, &collected);
    let since = |row: &GrievanceRow, to: Option<u64>| to?.checked_sub(row.discovered);
    figures.to_contact = Spread::of(collected.iter().map(|row| since(row, row.first_contact)));
    figures.to_feedback = Spread::of(collected.iter().map(|row| since(row, row.fed_back)));
    disputes(&mut figures.disputes, &collected);
}

fn rates(figures: &mut Figures, collected: &[&GrievanceRow]) {
    let count = |is: fn(&GrievanceRow) -> bool| -> u64 {
        collected.iter().filter(|row| is(row)).count() as u64
    };
    figures.collected = count(|_| true);
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

type Rows<'a> = BTreeMap<DocumentId, &'a GrievanceRow>;

/// Where a document was filed again, if that row is here.
fn target<'a>(all: &Rows<'a>, row: &GrievanceRow) -> Option<&'a GrievanceRow> {
    let to = row.transferred_to.filter(|_| row.stage == Stage::Transferred)?;
    all.get(&to).copied()
}

/// A transfer leaves the collected only if its target's row is there and is in, or left in the same way;
/// in a circle the earliest stays.
fn leaves(all: &Rows<'_>, stay: &BTreeSet<DocumentId>, row: &GrievanceRow) -> bool {
    target(all, row).is_some_and(|target| {
        let counts = !target.struck || target.stage == Stage::Transferred;
        counts && !stay.contains(&row.document)
    })
}

/// The earliest of each circle of transfers. Each row is walked over once.
fn staying(all: &Rows<'_>) -> BTreeSet<DocumentId> {
    let mut stay = BTreeSet::new();
    let mut walked: BTreeSet<DocumentId> = BTreeSet::new();
    for start in all.values() {
        let mut way: Vec<&GrievanceRow> = Vec::new();
        let mut next = Some(*start);
        while let Some(row) = next.filter(|row| walked.insert(row.document)) {
            way.push(row);
            next = target(all, row);
        }
        let met = next.map(|row| row.document);
        let circle = way.into_iter().skip_while(|row| Some(row.document) != met);
        stay.extend(
            circle.min_by_key(|row| (row.discovered, row.document)).map(|row| row.document),
        );
    }
    stay
}

/// Groups of linked documents, each where and when its earliest collected document was found: so the
/// groups of the parts add up too.
fn groups(all: &Rows<'_>, collected: &[&GrievanceRow], selection: &Selection<'_>) -> u64 {
    let links = all.values().flat_map(|row| row.duplicates.iter().map(|to| (row.document, *to)));
    let joined = Joined::by(links);
    let mut faces: BTreeMap<DocumentId, &GrievanceRow> = BTreeMap::new();
    let order = |row: &GrievanceRow| (row.discovered, row.document);
    for row in collected {
        let face = faces.entry(joined.root(row.document)).or_insert(row);
        if order(row) < order(face) {
            *face = row;
        }
    }
    let here = |row: &&&GrievanceRow| selection.has_time(row.place, row.discovered);
    faces.values().filter(here).count() as u64
}
