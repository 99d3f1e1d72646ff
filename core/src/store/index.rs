//! The index that admission judges by: what the log applied, and what is pending and fits.

use doorstep_protocol::{
    id::{ActorId, ChangeHash, DeviceId, DocumentId, Incarnation, MemberId, Nonce, Scope},
    store::{ChangeState, Index, KnownChange, KnownDocument, StoreError, Usage},
};
use rusqlite::{OptionalExtension as _, params};

use super::{Store, Tx, View, error::At, rows, rows::state};

impl Index for View<'_> {
    fn applied_at(
        &self,
        doc: DocumentId,
        actor: ActorId,
        seq: u32,
    ) -> Result<Option<ChangeHash>, StoreError> {
        self.conn
            .prepare_cached(
                "SELECT hash FROM change WHERE doc = ?1 AND actor = ?2 AND seq = ?3 AND state <= 1",
            )
            .at("index.applied_at")?
            .query_row(params![doc.0, actor.0, seq], |row| rows::id(row, 0, ChangeHash::from_slice))
            .optional()
            .at("index.applied_at")
    }

    fn change(&self, doc: DocumentId, hash: ChangeHash) -> Result<Option<KnownChange>, StoreError> {
        self.conn
            .prepare_cached("SELECT seq, start_op, state FROM change WHERE doc = ?1 AND hash = ?2")
            .at("index.change")?
            .query_row(params![doc.0, hash.0], |row| {
                Ok(KnownChange {
                    seq: row.get(0)?,
                    start_op: row.get(1)?,
                    state: match row.get::<_, u8>(2)? {
                        state::LOG | state::PENDING => ChangeState::Applied,
                        state::ERASED => ChangeState::Erased,
                        _ => ChangeState::Aside,
                    },
                })
            })
            .optional()
            .at("index.change")
    }

    fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError> {
        self.conn
            .prepare_cached(
                "SELECT scope, kind, creator, nonce, erased FROM document WHERE doc = ?1 AND \
                 (erased OR EXISTS (SELECT 1 FROM change WHERE doc = ?1 AND state <= 1 AND \
                 birth > 0))",
            )
            .at("index.document")?
            .query_row([doc.0], |row| {
                let erased: bool = row.get(4)?;
                let nonce = rows::id(row, 3, Nonce::from_slice)?;
                Ok(KnownDocument {
                    scope: rows::id(row, 0, Scope::from_slice)?,
                    kind: row.get(1)?,
                    creator: rows::id(row, 2, MemberId::from_slice)?,
                    nonce: (!erased).then_some(nonce),
                    erased,
                })
            })
            .optional()
            .at("index.document")
    }

    fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError> {
        let first = ActorId::new(device, Incarnation::ZERO);
        let last = ActorId::new(device, Incarnation([0xff; 4]));
        self.conn
            .prepare_cached(
                "SELECT count(*), coalesce(sum(length), 0) FROM change \
                 WHERE doc = ?1 AND actor BETWEEN ?2 AND ?3 AND state <= 1",
            )
            .at("index.usage")?
            .query_row(params![doc.0, first.0, last.0], |row| {
                Ok(Usage { acts: row.get(0)?, bytes: rows::time(row, 1)? })
            })
            .at("index.usage")
    }
}

macro_rules! index_through_view {
    ($name:ty) => {
        impl Index for $name {
            fn applied_at(
                &self,
                doc: DocumentId,
                actor: ActorId,
                seq: u32,
            ) -> Result<Option<ChangeHash>, StoreError> {
                self.view().applied_at(doc, actor, seq)
            }

            fn change(
                &self,
                doc: DocumentId,
                hash: ChangeHash,
            ) -> Result<Option<KnownChange>, StoreError> {
                self.view().change(doc, hash)
            }

            fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError> {
                Index::document(&self.view(), doc)
            }

            fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError> {
                self.view().usage(doc, device)
            }
        }
    };
}

index_through_view!(Store);
index_through_view!(Tx<'_>);
