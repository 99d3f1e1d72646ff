//! Lists: one row a document, made by the fold from the changes, in the same store.
//!
//! A row is brought up to date in the transaction that changed its document, where that is an act of
//! this phone; right after a burst; and at opening for what an earlier run left. Nothing here is the
//! truth: all of it can be thrown away and made anew.

mod day;
mod group;
mod row;
mod search;
mod table;

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{DocumentId, DocumentKind, PlaceId, Scope},
    store::StoreError,
};
use rusqlite::Connection;

pub(crate) use day::{Building, buildings, came_back, due, households};
pub(crate) use group::{Component, GROUP_MAX, component};
pub(crate) use row::{Row, word};
pub(crate) use search::{of_households, said_same};
#[cfg(test)]
pub(crate) use table::undelivered;
pub(crate) use table::{Query, is_shown, list, next_shown, row};

use crate::{
    engine::Loaded,
    error::failed,
    store::{Store, Tx},
};

const META_VERSION: &str = "projection_version";
/// Documents that one transaction brings up to date: a large catch-up holds the lock for moments only.
const BATCH: usize = 256;

/// Names the operation that failed. SQLite's own text may quote a row, so it is left out.
trait At<T> {
    fn at(self, operation: &'static str) -> Result<T, StoreError>;
}

impl<T> At<T> for rusqlite::Result<T> {
    fn at(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => StoreError::Full,
            _ => failed(operation),
        })
    }
}

/// Makes the tables, where they are not there or of another version, and marks everything as behind.
pub(crate) fn prepare(store: &mut Store) -> Result<(), StoreError> {
    let version = table::VERSION.to_be_bytes();
    if store.meta(META_VERSION)?.as_deref() == Some(&version) {
        return Ok(());
    }
    store.transaction(|tx| {
        table::create(tx.connection())?;
        // Nothing is shown yet: the groups are made when something is.
        for doc in all_documents(tx.connection())? {
            project_row(tx, doc)?;
        }
        tx.set_meta(META_VERSION, &version)
    })
}

fn all_documents(connection: &Connection) -> Result<Vec<DocumentId>, StoreError> {
    let mut statement = connection.prepare("SELECT doc FROM document").at("projection: all")?;
    let rows = statement.query_map([], |row| row.get(0).map(DocumentId)).at("projection: all")?;
    rows.collect::<Result<_, _>>().at("projection: all")
}

/// What was brought up to date.
#[derive(Debug, Default)]
pub(crate) struct Projected {
    pub(crate) documents: BTreeSet<DocumentId>,
    /// Lines that stand in another group by it.
    pub(crate) regrouped: BTreeSet<DocumentId>,
}

/// Brings one document's row up to date, within a transaction; gives the lines that stand in another
/// group by it.
pub(crate) fn project_in(
    tx: &mut Tx<'_>,
    doc: DocumentId,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let touched = project_row(tx, doc)?;
    group::regroup(tx.connection(), &touched)
}

/// Brings one document's row up to date, but for its group; gives the documents whose groups are to be
/// looked at.
#[tracing::instrument(skip_all, level = "trace")]
fn project_row(tx: &mut Tx<'_>, doc: DocumentId) -> Result<BTreeSet<DocumentId>, StoreError> {
    let view = tx.view();
    let connection = tx.connection();
    let before = table::visited(connection, doc)?;
    let stood = group::standing(connection, doc)?;
    let mut now = None;
    let mut touched = BTreeSet::new();
    match Loaded::read(&view, doc)? {
        Some(loaded) => {
            let undelivered = table::undelivered(connection, doc)?;
            let mut row = Row::of(&loaded, view.rosters(), undelivered);
            if row.kind == DocumentKind::Household {
                row.happened_s = table::last_met(connection, doc)?;
            }
            now = row.household.filter(|_| row.kind == DocumentKind::Visit);
            row.group = table::grouped(connection, doc)?;
            table::put(connection, &row)?;
            touched.extend(group::set_links(connection, doc, &row.duplicates)?);
            touched.extend((group::standing(connection, doc)? != stood).then_some(doc));
        }
        None => {
            table::remove(connection, doc)?;
            touched.extend(group::set_links(connection, doc, &BTreeSet::new())?);
            // Erased or gone: those who name it know it as that now.
            touched.insert(doc);
        }
    }
    // A visit says when its household was met; corrected, it may say so of another one.
    for household in [before, now.filter(|_| now != before)].into_iter().flatten() {
        table::met(connection, household)?;
    }
    tx.clear_dirty(doc)?;
    Ok(touched)
}

/// Brings these documents' rows up to date; gives the lines that stand in another group by it.
fn project(
    store: &mut Store,
    documents: &BTreeSet<DocumentId>,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    store.transaction(|tx| {
        let mut touched = BTreeSet::new();
        for doc in documents {
            touched.extend(project_row(tx, *doc)?);
        }
        group::regroup(tx.connection(), &touched)
    })
}

/// Brings up to date what the store marked as behind.
pub(crate) fn project_dirty(store: &mut Store) -> Result<Projected, StoreError> {
    let mut done = Projected::default();
    loop {
        let behind: BTreeSet<DocumentId> = store.take_dirty(BATCH)?.into_iter().collect();
        if behind.is_empty() {
            return Ok(done);
        }
        done.regrouped.extend(project(store, &behind)?);
        done.documents.extend(behind);
    }
}

/// Shows the logs that the rosters give the member.
pub(crate) fn show_held(store: &mut Store) -> Result<(), StoreError> {
    let places: BTreeSet<PlaceId> = store.held().into_iter().map(Scope::place).collect();
    show(store, |_| places)
}

/// Shows every log.
pub(crate) fn show_all(store: &mut Store) -> Result<(), StoreError> {
    let mut statement = store
        .connection()
        .prepare_cached("SELECT DISTINCT scope FROM document")
        .at("projection: show all")?;
    let rows = statement.query_map([], |row| row.get(0).map(PlaceId)).at("projection: show all")?;
    let places: BTreeSet<PlaceId> = rows.collect::<Result<_, _>>().at("projection: show all")?;
    drop(statement);
    show(store, |shown| shown.union(&places).copied().collect())
}

/// Shows these places and no others. A document that is shown or hidden by it joins its group or leaves
/// it.
fn show(
    store: &mut Store,
    places: impl FnOnce(&BTreeSet<PlaceId>) -> BTreeSet<PlaceId>,
) -> Result<(), StoreError> {
    store.transaction(|tx| {
        let connection = tx.connection();
        let before = table::shown(connection)?;
        let now = places(&before);
        let mut touched = BTreeSet::new();
        for place in before.symmetric_difference(&now) {
            touched.extend(group::at_place(connection, *place)?);
            group::clear_place(connection, *place)?;
        }
        table::show(connection, &before, &now)?;
        group::regroup(connection, &touched).map(|_| ())
    })
}
