//! Lists: one row a document, made by the fold from the changes, in the same store.
//!
//! A row is brought up to date in the transaction that changed its document, where that is an act of
//! this phone; right after a burst; and at opening for what an earlier run left. Nothing here is the
//! truth: all of it can be thrown away and made anew.

mod day;
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
pub(crate) use row::{Row, word};
pub(crate) use search::{of_households, said_same};
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
        for doc in all_documents(tx.connection())? {
            project_in(tx, doc)?;
        }
        tx.set_meta(META_VERSION, &version)
    })
}

fn all_documents(connection: &Connection) -> Result<Vec<DocumentId>, StoreError> {
    let mut statement = connection.prepare("SELECT doc FROM document").at("projection: all")?;
    let rows = statement.query_map([], |row| row.get(0).map(DocumentId)).at("projection: all")?;
    rows.collect::<Result<_, _>>().at("projection: all")
}

/// Brings one document's row up to date, within a transaction.
#[tracing::instrument(skip_all, level = "trace")]
pub(crate) fn project_in(tx: &mut Tx<'_>, doc: DocumentId) -> Result<(), StoreError> {
    let view = tx.view();
    let connection = tx.connection();
    let before = table::visited(connection, doc)?;
    let mut now = None;
    match Loaded::read(&view, doc)? {
        Some(loaded) => {
            let undelivered = table::undelivered(connection, doc)?;
            let mut row = Row::of(&loaded, view.rosters(), undelivered);
            if row.kind == DocumentKind::Household {
                row.happened_s = table::last_met(connection, doc)?;
            }
            now = row.household.filter(|_| row.kind == DocumentKind::Visit);
            table::put(connection, &row)?;
        }
        None => table::remove(connection, doc)?,
    }
    // A visit says when its household was met; corrected, it may say so of another one.
    for household in [before, now.filter(|_| now != before)].into_iter().flatten() {
        table::met(connection, household)?;
    }
    tx.clear_dirty(doc)
}

/// Brings these documents' rows up to date.
fn project(store: &mut Store, documents: &BTreeSet<DocumentId>) -> Result<(), StoreError> {
    store.transaction(|tx| documents.iter().try_for_each(|doc| project_in(tx, *doc)))
}

/// Brings up to date what the store marked as behind; gives what that was.
pub(crate) fn project_dirty(store: &mut Store) -> Result<BTreeSet<DocumentId>, StoreError> {
    let mut done = BTreeSet::new();
    loop {
        let behind: BTreeSet<DocumentId> = store.take_dirty(BATCH)?.into_iter().collect();
        if behind.is_empty() {
            return Ok(done);
        }
        project(store, &behind)?;
        done.extend(behind);
    }
}

/// Shows the logs that the rosters give the member.
pub(crate) fn show_held(store: &mut Store) -> Result<(), StoreError> {
    let places: Vec<PlaceId> = store.held().into_iter().map(Scope::place).collect();
    store.transaction(|tx| table::show(tx.connection(), places))
}

/// Shows every log.
pub(crate) fn show_all(store: &mut Store) -> Result<(), StoreError> {
    store.transaction(|tx| {
        tx.connection()
            .execute("INSERT OR IGNORE INTO shown SELECT DISTINCT scope FROM document", [])
            .at("projection: show all")?;
        Ok(())
    })
}
