//! Figures over the same histories: a numerator is part of its denominator, parts add up to the whole,
//! no order of rows matters, and an erasure changes no count.

use std::collections::BTreeSet;

use doorstep_domain::{
    figures::{
        Figures, HouseholdRow, ItemRow, MeetingRow, PriorityRow, Row, Selection, VisitRow, figures,
        figures_of, row_of,
    },
    fold::{Grievance, State},
    table::{MeetingOutcome, VisitOutcome},
};
use doorstep_protocol::id::{DocumentId, ItemId, Level, PlaceId};
use doorstep_tests::chance::Dice;

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

/// Visits, households and meetings of a seed beside the grievances of a batch.
fn fieldwork(seed: u64) -> Vec<Row> {
    let mut dice = Dice::new(seed);
    let mut somewhere = |n: u8| {
        let (level, code) = *dice.one_of(&PARTS);
        (DocumentId([n; 16]), place(level, code), dice.roll())
    };
    let mut rows = Vec::new();
    for n in 100..110 {
        let (document, place, roll) = somewhere(n);
        let outcomes = [VisitOutcome::Met, VisitOutcome::NotHome, VisitOutcome::Refused];
        rows.push(Row::Visit(VisitRow {
            document,
            place,
            household: DocumentId([200 + (roll % 5) as u8; 16]),
            day: 20_000 + (roll % 40) as u32,
            purpose: 0,
            asked_for: roll.is_multiple_of(3),
            outcome: outcomes.get((roll % 4) as usize).copied(),
            persons_met: (roll % 4) as u32,
            members: Vec::new(),
            same_visit: if roll.is_multiple_of(4) {
                vec![DocumentId([100 + (roll / 4 % 10) as u8; 16])]
            } else {
                Vec::new()
            },
            struck: roll.is_multiple_of(7),
        }));
    }
    for n in 200..205 {
        let (document, place, roll) = somewhere(n);
        let priority = PriorityRow { code: 0, from: 0, review_by: 20_100 };
        rows.push(Row::Household(HouseholdRow {
            document,
            place,
            same_as: vec![DocumentId([200 + (roll % 5) as u8; 16])],
            priority: roll.is_multiple_of(2).then_some(priority),
            priority_ended: None,
            struck: roll.is_multiple_of(5),
        }));
    }
    for n in 220..224 {
        let (document, place, roll) = somewhere(n);
        let item = |n: u64| ItemRow {
            item: ItemId([n as u8; 8]),
            outcome: (roll >> n).is_multiple_of(2).then_some(MeetingOutcome::Resolved),
            carries: (n == 1).then_some((DocumentId([220 + (roll % 4) as u8; 16]), ItemId([0; 8]))),
        };
        let items = (0..3).map(item).collect();
        let struck = roll.is_multiple_of(5);
        rows.push(Row::Meeting(MeetingRow { document, place, day: 20_000, items, struck }));
    }
    rows
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
        figures.visits_met,
        figures.persons_met,
        figures.attempts,
        figures.uninvited_visits,
        figures.priority_households,
        figures.meetings,
        figures.items.of,
        figures.items.all,
    ]
}

fn so(is: bool, what: &str, figures: &Figures) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{what}: {figures:?}")) }
}

/// All that figures promise, of these grievances and some fieldwork; gives what is counted.
pub(crate) fn figures_hold(grievances: &[Row], seed: u64) -> Result<Figures, String> {
    let rows = &[grievances, &fieldwork(seed)].concat();
    let whole = figures(rows);
    bounded(&whole, grievances.len())?;
    let mut parts = vec![0; sums(&whole).len()];
    for (level, code) in PARTS {
        let here: BTreeSet<PlaceId> = BTreeSet::from([place(level, code)]);
        let part = figures_of(rows, &Selection { places: Some(&here), ..Selection::default() });
        bounded(&part, grievances.len())?;
        parts.iter_mut().zip(sums(&part)).for_each(|(sum, n)| *sum += n);
    }
    so(parts == sums(&whole), "the parts do not add up", &whole)?;
    let mut other: Vec<Row> = rows.iter().rev().cloned().collect();
    so(figures(&other) == whole, "the order of rows matters", &whole)?;
    let turn = (seed % rows.len() as u64) as usize;
    other.rotate_left(turn);
    so(figures(&other) == whole, "the order of rows matters", &whole)?;
    other.extend(rows.iter().skip(turn).take(5).cloned());
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
    so(
        figures.households_met <= figures.visits_met
            && figures.items.of <= figures.items.all
            && figures.disturbance.too_often <= figures.disturbance.households,
        "fieldwork is out of bounds",
        figures,
    )?;
    let counted = figures.collected + figures.transferred + figures.by_mistake;
    so(counted <= rows as u64, "a document counts twice", figures)
}
