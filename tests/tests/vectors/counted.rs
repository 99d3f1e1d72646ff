//! Figures over the same histories: a numerator is part of its denominator, parts add up to the whole,
//! no order of rows matters, and an erasure changes no count.

use std::collections::BTreeSet;

use doorstep_domain::{
    figures::{Figures, Row, Selection, figures, figures_of, row_of},
    fold::{Grievance, State},
};
use doorstep_protocol::id::{DocumentId, Level, PlaceId};

use crate::town::place;

const PARTS: [(Level, &str); 4] =
    [(Level::Building, "B1"), (Level::Building, "B2"), (Level::Grid, "G1"), (Level::Grid, "G2")];

/// The row of a history as document `n` of its batch, in one of the places.
pub(crate) fn row(state: Grievance, n: usize) -> Option<Row> {
    let Row::Grievance(mut row) = row_of(&State::Grievance(Box::new(state)))? else { return None };
    let (level, code) = PARTS[n % PARTS.len()];
    row.document = DocumentId([n as u8 + 1; 16]);
    row.place = place(level, code);
    Some(Row::Grievance(row))
}

/// What an erasure leaves of a document: its row, as it was written down.
fn residue(row: &Row) -> Row {
    serde_json::from_str(&serde_json::to_string(row).unwrap()).unwrap()
}

/// What adds up.
fn sums(figures: &Figures) -> Vec<u64> {
    let disputes = &figures.disputes;
    vec![
        figures.collected,
        figures.collected_groups,
        figures.transferred,
        figures.by_mistake,
        figures.resolved.of,
        figures.closed_not_reached,
        figures.confirmed,
        figures.resolved_or_answered.of,
        figures.within_block.of,
        disputes.resolved.of,
        disputes.resolved.all,
        disputes.by_how.values().sum(),
        disputes.tried.values().sum(),
        disputes.not_mediated,
        figures.to_contact.left_out,
        figures.to_feedback.left_out,
    ]
}

fn so(is: bool, what: &str, figures: &Figures) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{what}: {figures:?}")) }
}

/// All that figures promise, of these rows; gives what is counted.
pub(crate) fn figures_hold(rows: &[Row], seed: u64) -> Result<Figures, String> {
    let whole = figures(rows);
    bounded(&whole, rows.len())?;
    let mut parts = vec![0; sums(&whole).len()];
    for (level, code) in PARTS {
        let here: BTreeSet<PlaceId> = BTreeSet::from([place(level, code)]);
        let part = figures_of(rows, &Selection { places: Some(&here), ..Selection::default() });
        bounded(&part, rows.len())?;
        parts.iter_mut().zip(sums(&part)).for_each(|(sum, n)| *sum += n);
    }
    so(parts == sums(&whole), "the parts do not add up", &whole)?;
    let mut other: Vec<Row> = rows.iter().rev().cloned().collect();
    so(figures(&other) == whole, "the order of rows matters", &whole)?;
    let turn = (seed % rows.len() as u64) as usize;
    other.rotate_left(turn);
    so(figures(&other) == whole, "the order of rows matters", &whole)?;
    other.extend(rows.iter().take(2).cloned());
    so(figures(&other) == whole, "a row that came twice counts twice", &whole)?;
    links_change_groups_alone(rows, &whole)?;
    let mut erased = rows.to_vec();
    for row in erased.iter_mut().skip(turn) {
        *row = residue(row);
    }
    so(figures(&erased) == whole, "an erasure changes a count", &whole)?;
    Ok(whole)
}

/// Without their links each document is a group; all linked in a ring they are one; the documents are counted
/// as ever.
fn links_change_groups_alone(rows: &[Row], whole: &Figures) -> Result<(), String> {
    let linked = |to: &dyn Fn(usize) -> Vec<DocumentId>| {
        let mut rows = rows.to_vec();
        for (n, row) in rows.iter_mut().enumerate() {
            let Row::Grievance(row) = row else { continue };
            row.duplicates = to(n);
        }
        figures(&rows)
    };
    let ids: Vec<DocumentId> = rows.iter().map(Row::document).collect();
    let apart = linked(&|_| Vec::new());
    let ring = linked(&|n| vec![ids[(n + 1) % ids.len()]]);
    for (figures, groups) in [(&apart, whole.collected), (&ring, whole.collected.min(1))] {
        so(figures.collected_groups == groups, "groups are not as they are linked", figures)?;
        let same = Figures { collected_groups: whole.collected_groups, ..figures.clone() };
        so(same == *whole, "a link changes more than groups", figures)?;
    }
    Ok(())
}

fn bounded(figures: &Figures, rows: usize) -> Result<(), String> {
    let disputes = &figures.disputes;
    let kinds: u64 = disputes.by_how.values().chain(disputes.tried.values()).sum();
    so(figures.resolved.all == figures.collected, "resolved is not of the collected", figures)?;
    so(figures.resolved.of <= figures.collected, "more resolved than collected", figures)?;
    so(
        figures.resolved.of <= figures.resolved_or_answered.of
            && figures.resolved_or_answered.of <= figures.collected,
        "resolved or answered is out of bounds",
        figures,
    )?;
    so(figures.within_block.of <= figures.within_block.all, "within the block", figures)?;
    so(figures.closed_not_reached <= figures.resolved.of, "not reached is apart", figures)?;
    so(figures.collected_groups <= figures.collected, "more groups than documents", figures)?;
    so(
        kinds + disputes.not_mediated == disputes.resolved.all,
        "the kinds of mediation do not add up",
        figures,
    )?;
    let counted = figures.collected + figures.transferred + figures.by_mistake;
    so(counted <= rows as u64, "a document counts twice", figures)
}
