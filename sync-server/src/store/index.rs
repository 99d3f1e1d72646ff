//! The index that admission judges by.

use doorstep_protocol::{
    id::{ActorId, ChangeHash, DeviceId, DocumentId, MemberId, Nonce, Scope},
    store::{ChangeState, Index, KnownChange, KnownDocument, StoreError, Usage},
};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{RelayDb, failed, unsigned};

pub(super) const APPLIED: i64 = 0;
pub(super) const ASIDE: i64 = 1;
pub(super) const ERASED: i64 = 2;

impl RelayDb {
    /// One row of a prepared query, if there is one.
    pub(super) fn row<T>(
        &self,
        operation: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(values, read).optional())
            .map_err(failed(operation))
    }

    /// All rows of a prepared query.
    pub(super) fn rows<T>(
        &self,
        operation: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(values, read)?.collect())
            .map_err(failed(operation))
    }

    /// A prepared statement that changes something; gives how many rows.
    pub(super) fn change_rows(
        &self,
        operation: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<usize, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(failed(operation))
    }
}

impl Index for RelayDb {
    fn applied_at(
        &self,
        doc: DocumentId,
        actor: ActorId,
        seq: u32,
    ) -> Result<Option<ChangeHash>, StoreError> {
        self.row(
            "read a change",
            "SELECT hash FROM change WHERE doc = ?1 AND actor = ?2 AND seq = ?3 AND state = 0",
            params![doc.0, actor.0, seq],
            |row| row.get(0).map(ChangeHash),
        )
    }

    fn change(&self, doc: DocumentId, hash: ChangeHash) -> Result<Option<KnownChange>, StoreError> {
        self.row(
            "read a change",
            "SELECT seq, start_op, state FROM change WHERE doc = ?1 AND hash = ?2
             ORDER BY state LIMIT 1",
            params![doc.0, hash.0],
            |row| {
                let state = match row.get::<_, i64>(2)? {
                    APPLIED => ChangeState::Applied,
                    ERASED => ChangeState::Erased,
                    _ => ChangeState::Aside,
                };
                Ok(KnownChange { seq: row.get(0)?, start_op: row.get(1)?, state })
            },
        )
    }

    fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError> {
        self.row(
            "read a document",
            "SELECT scope, kind, creator, nonce, erased FROM document WHERE doc = ?1",
            params![doc.0],
            |row| {
                Ok(KnownDocument {
                    scope: Scope(row.get(0)?),
                    kind: row.get(1)?,
                    creator: MemberId(row.get(2)?),
                    nonce: row.get::<_, Option<[u8; 12]>>(3)?.map(Nonce),
                    erased: row.get(4)?,
                })
            },
        )
    }

    fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError> {
        let found = self.row(
            "read a usage",
            "SELECT acts, bytes FROM usage WHERE doc = ?1 AND device = ?2",
            params![doc.0, device.0],
            |row| Ok(Usage { acts: row.get(0)?, bytes: unsigned(row.get(1)?) }),
        )?;
        Ok(found.unwrap_or_default())
    }
}
