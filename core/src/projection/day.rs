//! What the first screen reads of the lists.

use doorstep_protocol::{
    id::{DocumentKind, MemberId, PlaceId},
    store::StoreError,
};
use rusqlite::{Connection, params_from_iter, types::Value};

use super::{
    At as _, Row,
    table::{COLUMNS, blob, read},
};

/// How things stand in one building.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Building {
    pub(crate) households: u32,
    pub(crate) priority: u32,
    pub(crate) open: u32,
    pub(crate) overdue: u32,
}

/// The counts of those of these places that have any line.
pub(crate) fn buildings(
    connection: &Connection,
    places: &[PlaceId],
    now_s: u64,
) -> Result<Vec<(PlaceId, Building)>, StoreError> {
    let sql = format!(
        "SELECT place, sum(kind = ?), sum(kind = ? AND priority IS NOT NULL), sum(kind = ?), \
         sum(kind = ? AND due < ?) FROM line \
         WHERE kind IN (?, ?) AND over = 0 AND {} GROUP BY place",
        within(places)
    );
    let [household, grievance] = [DocumentKind::Household, DocumentKind::Grievance].map(number);
    let mut values =
        vec![household.clone(), household.clone(), grievance.clone(), grievance.clone()];
    values.extend([Value::from(now_s.cast_signed()), household, grievance]);
    values.extend(places.iter().map(|place| blob(&place.0)));
    let mut statement = connection.prepare_cached(&sql).at("projection: buildings")?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        let counts = Building {
            households: row.get(1)?,
            priority: row.get(2)?,
            open: row.get(3)?,
            overdue: row.get::<_, Option<u32>>(4)?.unwrap_or(0),
        };
        Ok((PlaceId(row.get(0)?), counts))
    });
    rows.at("projection: buildings")?.collect::<Result<_, _>>().at("projection: buildings")
}

/// Reopened grievances that are the member's or in these places, by their due.
pub(crate) fn came_back(
    connection: &Connection,
    member: MemberId,
    places: &[PlaceId],
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let mut values = vec![number(DocumentKind::Grievance), blob(&member.0)];
    values.extend(places.iter().map(|place| blob(&place.0)));
    let condition = format!(
        "kind = ? AND over = 0 AND stage = 'reopened' AND (owner = ? OR {})",
        within(places)
    );
    list(connection, &condition, "position, doc", values, limit)
}

/// The member's other open grievances, and those of these places that nobody took on, by their due. Of
/// each group the one that is due first.
pub(crate) fn due(
    connection: &Connection,
    member: MemberId,
    places: &[PlaceId],
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let mut values = vec![number(DocumentKind::Grievance), blob(&member.0)];
    values.extend(places.iter().map(|place| blob(&place.0)));
    let same = format!(
        "kind = ? AND over = 0 AND stage <> 'reopened' \
         AND (owner = ? OR (owner IS NULL AND {})) AND place IN (SELECT place FROM shown)",
        within(places)
    );
    // In the inner one the columns are those of `f`.
    let condition = format!(
        "{same} AND (face IS NULL OR NOT EXISTS (SELECT 1 FROM line AS f WHERE f.face = line.face \
         AND (f.position, f.doc) < (line.position, line.doc) AND {same}))"
    );
    values.extend_from_within(..);
    list(connection, &condition, "position, doc", values, limit)
}

/// Households of these places: priority ones first, then those who were met longest ago, or never.
pub(crate) fn households(
    connection: &Connection,
    places: &[PlaceId],
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let mut values = vec![number(DocumentKind::Household)];
    values.extend(places.iter().map(|place| blob(&place.0)));
    let condition = format!("kind = ? AND over = 0 AND {}", within(places));
    let order = "priority IS NULL, ifnull(happened, 0), position, doc";
    list(connection, &condition, order, values, limit)
}

fn list(
    connection: &Connection,
    condition: &str,
    order: &str,
    mut values: Vec<Value>,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM line WHERE {condition} \
         AND place IN (SELECT place FROM shown) ORDER BY {order} LIMIT ?"
    );
    values.push(Value::from(limit));
    let mut statement = connection.prepare_cached(&sql).at("projection: day")?;
    let rows = statement.query_map(params_from_iter(values), read).at("projection: day")?;
    rows.collect::<Result<_, _>>().at("projection: day")
}

fn within(places: &[PlaceId]) -> String {
    format!("place IN ({})", vec!["?"; places.len()].join(", "))
}

fn number(kind: DocumentKind) -> Value {
    Value::from(i64::from(kind.number()))
}
