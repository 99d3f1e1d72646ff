//! All figures of a set of rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Rate, Row, Selection, Spread, fieldwork, grievances};
use crate::table::How;

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

/// How often households were visited without having asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disturbance {
    /// Households that were visited, the same ones joined.
    pub households: u64,
    /// The most such visits to one household within 30 days.
    pub most: u64,
    /// Households with more than two such visits within some 30 days.
    pub too_often: u64,
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
    /// How often households were visited without having asked for it.
    pub disturbance: Disturbance,
    /// Households that are to be visited first.
    pub priority_households: u64,
}

/// The figures of everything.
pub fn figures(rows: &[Row]) -> Figures {
    figures_of(rows, &Selection::default())
}

/// The figures of what is selected, over the rows of everything.
///
/// `resolved.of <= collected`, and the figures of parts add up to those of their whole, but for the
/// households that were met in several.
pub fn figures_of(rows: &[Row], selection: &Selection<'_>) -> Figures {
    let mut figures = Figures::default();
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| row.document());
    rows.dedup_by_key(|row| row.document());
    grievances::count(&mut figures, &rows, selection);
    fieldwork::count(&mut figures, &rows, selection);
    figures
}
