//! Reading: documents and their changes, as they stand now.

use std::collections::BTreeSet;

use doorstep_protocol::{
    change::guard,
    id::{ActId, ActorId, ChangeHash, DocumentId, MemberId, Nonce, Scope, SealId},
    log::Verdict,
    roster::Roster,
    store::StoreError,
};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{
    CopyState, DocumentRow, Identity, Store, StoredCopy,
    error::At,
    rows::{self, state},
};

/// What can be read of a store, outside a transaction or within one.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(super) conn: &'a Connection,
    pub(super) identity: &'a Identity,
    pub(super) rosters: &'a [Roster],
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").finish_non_exhaustive()
    }
}

const COPY_COLUMNS: &str = "c.hash, c.actor, c.author, c.act, c.raw, c.point, c.own, c.state, \
     c.verdict, s.id, s.log_seq, s.log_time FROM change c LEFT JOIN part p ON p.n = c.part \
     LEFT JOIN seal s ON s.n = p.seal";

impl<'a> View<'a> {
    /// The rosters held, the realm's first.
    pub fn rosters(&self) -> &'a [Roster] {
        self.rosters
    }

    /// Whose device this is, by the newest rosters; none before enrolment and after revocation.
    pub fn member(&self) -> Option<MemberId> {
        let device = self.identity.device;
        self.rosters
            .iter()
            .find_map(|roster| roster.tip().device(device))
            .map(|device| device.member)
    }

    /// The logs that the newest rosters give the member.
    pub fn held(&self) -> BTreeSet<Scope> {
        let device = self.identity.device;
        self.rosters
            .iter()
            .filter_map(|roster| Some((roster, roster.tip().device(device)?.member)))
            .flat_map(|(roster, member)| roster.tip().logs_of(member))
            .map(|place| place.scope())
            .collect()
    }

    /// A document with an applied birth.
    pub fn document(&self, doc: DocumentId) -> Result<Option<DocumentRow>, StoreError> {
        self.conn
            .prepare_cached(&format!("{DOCUMENTS} AND d.doc = ?1"))
            .at("read.document")?
            .query_row([doc.0], document_row)
            .optional()
            .at("read.document")
    }

    /// The documents of a log, by id.
    pub fn documents_in(&self, scope: Scope) -> Result<Vec<DocumentRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{DOCUMENTS} AND d.scope = ?1 ORDER BY d.doc"))
            .at("read.documents")?;
        let found = statement.query_map([scope.0], document_row);
        found.and_then(Iterator::collect).at("read.documents")
    }

    /// All canonical changes of a document, each after those it depends on; whether one counts says
    /// its state.
    pub fn copies(&self, doc: DocumentId) -> Result<Vec<StoredCopy>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!(
                "SELECT {COPY_COLUMNS} WHERE c.doc = ?1 AND c.seq > 0 ORDER BY c.n"
            ))
            .at("read.copies")?;
        let copies = statement.query_map([doc.0], copy_row);
        Ok(causal(copies.and_then(Iterator::collect).at("read.copies")?))
    }

    /// The heads of a document: what counts and nothing that counts depends on, sorted.
    pub fn heads(&self, doc: DocumentId) -> Result<Vec<ChangeHash>, StoreError> {
        let mut heads = BTreeSet::new();
        let mut below = BTreeSet::new();
        for copy in self.copies(doc)?.into_iter().filter(|copy| copy.state.counts()) {
            heads.insert(copy.hash);
            below.extend(copy.deps);
        }
        Ok(heads.difference(&below).copied().collect())
    }
}

const DOCUMENTS: &str = "SELECT d.doc, d.scope, d.kind, d.creator, d.nonce, d.erased \
     FROM document d WHERE (d.erased OR EXISTS (SELECT 1 FROM change c WHERE c.doc = d.doc \
     AND c.state <= 1 AND c.birth > 0))";

fn document_row(row: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(DocumentRow {
        doc: rows::id(row, 0, DocumentId::from_slice)?,
        scope: rows::id(row, 1, Scope::from_slice)?,
        kind: row.get(2)?,
        creator: rows::id(row, 3, MemberId::from_slice)?,
        nonce: rows::id(row, 4, Nonce::from_slice)?,
        erased: row.get(5)?,
    })
}

fn copy_row(row: &Row<'_>) -> rusqlite::Result<StoredCopy> {
    let raw: Vec<u8> = row.get(4)?;
    let change = guard(&raw).map_err(|_| rows::wrong(4))?;
    let verdict = rows::verdict(row, 8)?;
    Ok(StoredCopy {
        hash: rows::id(row, 0, ChangeHash::from_slice)?,
        deps: change.deps,
        actor: rows::id(row, 1, ActorId::from_slice)?,
        author: rows::id(row, 2, MemberId::from_slice)?,
        act: rows::id(row, 3, ActId::from_slice)?,
        value: change.value,
        raw,
        point: rows::id(row, 5, rows::point_from)?,
        own: row.get(6)?,
        state: match row.get::<_, u8>(7)? {
            state::LOG => CopyState::Log,
            state::PENDING => CopyState::Pending,
            state::ERASED => CopyState::Erased,
            _ => CopyState::Aside(verdict.unwrap_or(Verdict::Needs)),
        },
        seal: rows::optional_id(row, 9, SealId::from_slice)?,
        log_seq: row.get(10)?,
        relay_time: rows::optional_time(row, 11)?,
    })
}

/// Puts each change after those it depends on. It mostly is so: a change comes here after them, but
/// for one that the log had set aside for want of them.
fn causal(copies: Vec<StoredCopy>) -> Vec<StoredCopy> {
    let mut missing: BTreeSet<ChangeHash> = copies.iter().map(|copy| copy.hash).collect();
    let mut sorted = Vec::with_capacity(copies.len());
    let mut waiting = copies;
    while !waiting.is_empty() {
        let before = sorted.len();
        let mut later = Vec::new();
        for copy in waiting {
            if copy.deps.iter().any(|dep| missing.contains(dep)) {
                later.push(copy);
            } else {
                missing.remove(&copy.hash);
                sorted.push(copy);
            }
        }
        if sorted.len() == before {
            // Hashes cannot form a ring; what is stored twice under one would.
            sorted.append(&mut later);
        }
        waiting = later;
    }
    sorted
}

impl Store {
    /// As [`View::document`].
    pub fn document(&self, doc: DocumentId) -> Result<Option<DocumentRow>, StoreError> {
        self.view().document(doc)
    }

    /// As [`View::documents_in`].
    pub fn documents_in(&self, scope: Scope) -> Result<Vec<DocumentRow>, StoreError> {
        self.view().documents_in(scope)
    }

    /// As [`View::copies`].
    pub fn copies(&self, doc: DocumentId) -> Result<Vec<StoredCopy>, StoreError> {
        self.view().copies(doc)
    }

    /// As [`View::heads`].
    pub fn heads(&self, doc: DocumentId) -> Result<Vec<ChangeHash>, StoreError> {
        self.view().heads(doc)
    }
}
