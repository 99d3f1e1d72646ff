//! The tables that lists read, in SQL.

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{DocumentId, DocumentKind, MemberId, PlaceId},
    store::StoreError,
};
use rusqlite::{
    Connection, OptionalExtension as _, Row as SqlRow, params, params_from_iter, types::Value,
};

use super::{At as _, Row, search};

use crate::engine::Grouped;

/// The version of `schema.sql` and of what the rows mean. Another one in a store: all is made anew.
pub(super) const VERSION: u32 = 4;

const SCHEMA: &str = include_str!("schema.sql");
pub(super) const COLUMNS: &str = "doc, kind, place, position, title, words, stage, over, grade, level, round, \
    owner, due, happened, updated, flags, household, code, outcome, persons, priority, review_day, \
    consent, undelivered, face, provisional, documents";

/// Makes the tables, empty.
pub(super) fn create(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch("DROP TABLE IF EXISTS line; DROP TABLE IF EXISTS shown; DROP TABLE IF EXISTS duplicate;")
        .and_then(|()| connection.execute_batch(SCHEMA))
        .at("projection: create")
}

/// Puts a row in the place of the document's earlier one.
pub(super) fn put(connection: &Connection, row: &Row) -> Result<(), StoreError> {
    search::set_same(connection, row)?;
    let sql = format!(
        "INSERT OR REPLACE INTO line ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, \
        ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)"
    );
    let mut statement = connection.prepare_cached(&sql).at("projection: put")?;
    statement
        .execute(params![
            row.doc.0,
            row.kind.number(),
            row.place.0,
            row.position,
            row.title,
            row.words,
            row.stage,
            row.over,
            row.grade,
            row.level,
            row.round,
            row.owner.map(|owner| owner.0),
            row.due_s.map(u64::cast_signed),
            row.happened_s.map(u64::cast_signed),
            row.updated_s.cast_signed(),
            row.flags,
            row.household.map(|household| household.0),
            row.code,
            row.outcome,
            row.persons,
            row.priority,
            row.review_day,
            row.consent,
            row.undelivered,
            row.group.map(|group| group.face.0),
            row.group.is_some_and(|group| group.provisional),
            row.group.map_or(0, |group| group.documents),
        ])
        .at("projection: put")?;
    Ok(())
}

/// The group that a document's line says it stands in.
pub(super) fn grouped(
    connection: &Connection,
    doc: DocumentId,
) -> Result<Option<Grouped>, StoreError> {
    connection
        .prepare_cached("SELECT face, provisional, documents FROM line WHERE doc = ?1")
        .and_then(|mut statement| statement.query_row([doc.0], |row| group(row, 0)).optional())
        .map(Option::flatten)
        .at("projection: grouped")
}

/// Takes a document out of the lists.
pub(super) fn remove(connection: &Connection, doc: DocumentId) -> Result<(), StoreError> {
    connection.execute("DELETE FROM line WHERE doc = ?1", [doc.0]).at("projection: remove")?;
    search::forget_same(connection, doc)?;
    Ok(())
}

/// How many own acts of a document have no copy that the log applied or the relay receipted.
pub(crate) fn undelivered(connection: &Connection, doc: DocumentId) -> Result<u32, StoreError> {
    connection
        .prepare_cached(
            // Each change of the document is read twice, however many wait.
            "SELECT count(DISTINCT act) FROM (SELECT c.act, c.author FROM change c \
             WHERE c.doc = ?1 AND c.own = 1 AND c.state > 0 \
             EXCEPT SELECT o.act, o.author FROM change o LEFT JOIN part p ON p.n = o.part \
             LEFT JOIN seal s ON s.n = p.seal WHERE o.doc = ?1 \
             AND (o.state = 0 OR (o.state = 1 AND s.receipt IS NOT NULL)))",
        )
        .and_then(|mut statement| statement.query_row([doc.0], |row| row.get(0)))
        .at("projection: undelivered")
}

/// The places that are shown.
pub(super) fn shown(connection: &Connection) -> Result<BTreeSet<PlaceId>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT place FROM shown").at("projection: shown")?;
    let rows = statement.query_map([], |row| row.get(0).map(PlaceId));
    rows.and_then(Iterator::collect).at("projection: shown")
}

/// Sets which places are shown.
pub(super) fn show(
    connection: &Connection,
    before: &BTreeSet<PlaceId>,
    now: &BTreeSet<PlaceId>,
) -> Result<(), StoreError> {
    let add = ("INSERT INTO shown (place) VALUES (?1)", now.difference(before));
    let take = ("DELETE FROM shown WHERE place = ?1", before.difference(now));
    for (sql, places) in [add, take] {
        let mut statement = connection.prepare_cached(sql).at("projection: show")?;
        for place in places {
            statement.execute([place.0]).at("projection: show")?;
        }
    }
    Ok(())
}

/// Whether the documents of a place are shown.
pub(crate) fn is_shown(connection: &Connection, place: PlaceId) -> Result<bool, StoreError> {
    connection
        .query_row("SELECT 1 FROM shown WHERE place = ?1", [place.0], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
        .at("projection: shown")
}

/// The first document shown whose id stands after this one.
pub(crate) fn next_shown(
    connection: &Connection,
    after: Option<DocumentId>,
) -> Result<Option<DocumentId>, StoreError> {
    connection
        .prepare_cached(
            "SELECT doc FROM line WHERE doc > ?1 AND place IN (SELECT place FROM shown) \
             ORDER BY doc LIMIT 1",
        )
        .and_then(|mut statement| {
            let after = after.map_or_else(Vec::new, |doc| doc.0.to_vec());
            statement.query_row([after], |row| row.get(0).map(DocumentId)).optional()
        })
        .at("projection: next")
}

/// What to look for; every condition narrows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) places: Option<Vec<PlaceId>>,
    pub(crate) stage: Option<String>,
    pub(crate) over: Option<bool>,
    pub(crate) owner: Option<MemberId>,
    pub(crate) household: Option<DocumentId>,
    pub(crate) priority: bool,
    pub(crate) undelivered: bool,
    pub(crate) faces: bool,
    pub(crate) text: Option<String>,
    pub(crate) after: Option<(Vec<u8>, DocumentId)>,
    pub(crate) limit: u32,
}

/// Rows of a kind, in the order of its list.
pub(crate) fn list(
    connection: &Connection,
    kind: DocumentKind,
    query: &Query,
) -> Result<Vec<Row>, StoreError> {
    let (condition, values) = condition(kind, query);
    let sql =
        format!("SELECT {COLUMNS} FROM line WHERE {condition} ORDER BY position, doc LIMIT ?");
    let mut statement = connection.prepare_cached(&sql).at("projection: list")?;
    let rows = statement.query_map(params_from_iter(values), read).at("projection: list")?;
    rows.collect::<Result<_, _>>().at("projection: list")
}

/// The row of one document, where it is shown.
pub(crate) fn row(connection: &Connection, doc: DocumentId) -> Result<Option<Row>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM line WHERE doc = ? AND place IN (SELECT place FROM shown)");
    connection
        .prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([doc.0], read).optional())
        .at("projection: row")
}

/// The conditions that stand, with a value for every question mark.
fn condition(kind: DocumentKind, query: &Query) -> (String, Vec<Value>) {
    let mut sql = String::from("kind = ? AND place IN (SELECT place FROM shown)");
    let mut values = vec![Value::from(i64::from(kind.number()))];
    let mut and = |condition: &str, given: Vec<Value>| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        values.extend(given);
    };
    if let Some([place]) = query.places.as_deref() {
        and("place = ?", vec![blob(&place.0)]);
    } else if let Some(places) = &query.places {
        let marks = vec!["?"; places.len()].join(", ");
        let given = places.iter().map(|place| blob(&place.0)).collect();
        and(&format!("place IN ({marks})"), given);
    }
    if let Some(stage) = &query.stage {
        and("stage = ?", vec![Value::from(stage.clone())]);
    }
    if let Some(over) = query.over {
        and("over = ?", vec![Value::from(over)]);
    }
    if let Some(owner) = query.owner {
        and("owner = ?", vec![blob(&owner.0)]);
    }
    if let Some(household) = query.household {
        and("household = ?", vec![blob(&household.0)]);
    }
    if query.priority {
        and("priority IS NOT NULL", vec![]);
    }
    if query.undelivered {
        and("undelivered > 0", vec![]);
    }
    for word in query.text.iter().flat_map(|text| text.split_whitespace()) {
        and("words LIKE ? ESCAPE '\\'", vec![Value::from(pattern(word))]);
    }
    if query.faces {
        // The same conditions once more, of the face: in there the columns are those of `f`.
        let (same, given) = (sql.clone(), values.clone());
        sql.push_str(" AND (face IS NULL OR face = doc OR NOT EXISTS (");
        sql.push_str("SELECT 1 FROM line AS f WHERE f.doc = line.face AND ");
        sql.push_str(&same);
        sql.push_str("))");
        values.extend(given);
    }
    if let Some((position, doc)) = &query.after {
        sql.push_str(" AND (position, doc) > (?, ?)");
        values.extend([Value::from(position.clone()), blob(&doc.0)]);
    }
    values.push(Value::from(i64::from(query.limit)));
    (sql, values)
}

pub(super) fn blob(bytes: &[u8]) -> Value {
    Value::from(bytes.to_vec())
}

/// A word anywhere in the text; what LIKE takes for a sign of its own is taken as it stands.
fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in search::folded(word).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The latest visit that met somebody of a household.
pub(super) fn last_met(
    connection: &Connection,
    household: DocumentId,
) -> Result<Option<u64>, StoreError> {
    connection
        .prepare_cached(
            "SELECT max(happened) FROM line WHERE household = ?1 AND kind = ?2 AND outcome = 'met'",
        )
        .and_then(|mut statement| {
            let visit = DocumentKind::Visit.number();
            statement.query_row(params![household.0, visit], |row| row.get::<_, Option<i64>>(0))
        })
        .map(|time| time.map(i64::cast_unsigned))
        .at("projection: last visit")
}

/// Brings into the row of a household when somebody of it was last met.
pub(super) fn met(connection: &Connection, household: DocumentId) -> Result<(), StoreError> {
    let last = last_met(connection, household)?.map(u64::cast_signed);
    connection
        .prepare_cached("UPDATE line SET happened = ?2 WHERE doc = ?1 AND kind = ?3")
        .and_then(|mut statement| {
            statement.execute(params![household.0, last, DocumentKind::Household.number()])
        })
        .at("projection: met")?;
    Ok(())
}

/// The household that the row of a visit names; none of other documents.
pub(super) fn visited(
    connection: &Connection,
    doc: DocumentId,
) -> Result<Option<DocumentId>, StoreError> {
    connection
        .prepare_cached("SELECT household FROM line WHERE doc = ?1 AND kind = ?2")
        .and_then(|mut statement| {
            let visit = DocumentKind::Visit.number();
            let of = |row: &SqlRow<'_>| row.get::<_, Option<[u8; 16]>>(0);
            statement.query_row(params![doc.0, visit], of).optional()
        })
        .map(|found| found.flatten().map(DocumentId))
        .at("projection: visited")
}

pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let kind = DocumentKind::from_number(row.get(1)?).unwrap_or(DocumentKind::Household);
    Ok(Row {
        doc: DocumentId(row.get(0)?),
        kind,
        place: PlaceId(row.get(2)?),
        position: row.get(3)?,
        title: row.get(4)?,
        words: row.get(5)?,
        same_as: BTreeSet::new(),
        stage: row.get(6)?,
        over: row.get(7)?,
        grade: row.get(8)?,
        level: row.get(9)?,
        round: row.get(10)?,
        owner: row.get::<_, Option<[u8; 8]>>(11)?.map(MemberId),
        due_s: row.get::<_, Option<i64>>(12)?.map(i64::cast_unsigned),
        happened_s: row.get::<_, Option<i64>>(13)?.map(i64::cast_unsigned),
        updated_s: row.get::<_, i64>(14)?.cast_unsigned(),
        flags: row.get(15)?,
        household: row.get::<_, Option<[u8; 16]>>(16)?.map(DocumentId),
        code: row.get(17)?,
        outcome: row.get(18)?,
        persons: row.get(19)?,
        priority: row.get(20)?,
        review_day: row.get(21)?,
        consent: row.get(22)?,
        undelivered: row.get(23)?,
        duplicates: BTreeSet::new(),
        group: group(row, 24)?,
    })
}

/// The group that a line stands in, from its three columns.
fn group(row: &SqlRow<'_>, at: usize) -> rusqlite::Result<Option<Grouped>> {
    let face = row.get::<_, Option<[u8; 16]>>(at)?.map(DocumentId);
    let (provisional, documents) = (row.get(at + 1)?, row.get(at + 2)?);
    Ok(face.map(|face| Grouped { face, provisional, documents }))
}
