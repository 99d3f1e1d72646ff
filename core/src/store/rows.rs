//! The small steps that several rooms share: reading ids, meta values, marks, seals with their parts.

use doorstep_protocol::{
    change::guard,
    id::{
        ActId, ActorId, ChangeHash, DeviceId, DocumentId, Incarnation, MemberId, Nonce, Point,
        Scope, SealId,
    },
    log::Verdict,
    part::Part,
    seal::Seal,
    store::StoreError,
    wire::{Reader, Writer},
};
use rusqlite::{Connection, OptionalExtension as _, Row, params, types::Type};

use super::{Identity, META_RELAY_TIME, error::At};

/// Where a change stands, as a number. Up to [`PENDING`] it counts.
pub(super) mod state {
    pub(crate) const LOG: u8 = 0;
    pub(crate) const PENDING: u8 = 1;
    pub(crate) const ASIDE: u8 = 2;
    pub(crate) const PENDING_ASIDE: u8 = 3;
    pub(crate) const ERASED: u8 = 4;
    pub(crate) const UNJUDGED: u8 = 5;
}

/// A signature that was not looked at, one that fits, one that does not.
pub(super) mod verified {
    pub(crate) const NOT_YET: u8 = 0;
    pub(crate) const FITS: u8 = 1;
    pub(crate) const BAD: u8 = 2;
}

/// An id of a column.
pub(super) fn id<T>(
    row: &Row<'_>,
    column: usize,
    from: fn(&[u8]) -> Option<T>,
) -> rusqlite::Result<T> {
    let bytes = row.get_ref(column)?.as_blob().unwrap_or_default();
    from(bytes).ok_or_else(|| wrong(column))
}

/// An id of a column that may be NULL.
pub(super) fn optional_id<T>(
    row: &Row<'_>,
    column: usize,
    from: fn(&[u8]) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_blob_or_null()? {
        None => Ok(None),
        Some(bytes) => from(bytes).map(Some).ok_or_else(|| wrong(column)),
    }
}

pub(super) fn wrong(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, String::new(), Type::Blob)
}

/// Times of the relay are kept bit by bit: a time beyond SQLite's range is no error here.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.cast_unsigned())
}

/// A time that may be NULL.
pub(super) fn optional_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(i64::cast_unsigned))
}

/// A verdict that may be NULL.
pub(super) fn verdict(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Verdict>> {
    Ok(row.get::<_, Option<u8>>(column)?.and_then(Verdict::from_number))
}

/// A roster point as it is stored.
pub(super) fn point_bytes(point: Point) -> Vec<u8> {
    let mut w = Writer::new();
    point.write(&mut w);
    w.finish()
}

/// Reads [`point_bytes`].
pub(super) fn point_from(bytes: &[u8]) -> Option<Point> {
    Point::read(&mut Reader::new(bytes)).ok()
}

pub(super) fn meta(conn: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")
        .at("meta.read")?
        .query_row([name], |row| row.get(0))
        .optional()
        .at("meta.read")
}

pub(super) fn set_meta(conn: &Connection, name: &str, value: &[u8]) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")
        .at("meta.write")?
        .execute(params![name, value])
        .at("meta.write")?;
    Ok(())
}

/// A number kept under a name; 0 where there is none.
pub(super) fn meta_u64(conn: &Connection, name: &str) -> Result<u64, StoreError> {
    let bytes = meta(conn, name)?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map_or(0, u64::from_be_bytes))
}

pub(super) fn set_meta_u64(conn: &Connection, name: &str, value: u64) -> Result<(), StoreError> {
    set_meta(conn, name, &value.to_be_bytes())
}

/// Keeps the newest relay time heard.
pub(super) fn heard(conn: &Connection, relay_time: u64) -> Result<(), StoreError> {
    if relay_time > meta_u64(conn, META_RELAY_TIME)? {
        set_meta_u64(conn, META_RELAY_TIME, relay_time)?;
    }
    Ok(())
}

/// Raises an alarm; the same one is raised once.
pub(super) fn alarm(
    conn: &Connection,
    name: &str,
    scope: Scope,
    detail: &str,
) -> Result<(), StoreError> {
    let at = meta_u64(conn, META_RELAY_TIME)?.cast_signed();
    conn.prepare_cached(
        "INSERT OR IGNORE INTO alarm (name, scope, detail, at) VALUES (?1, ?2, ?3, ?4)",
    )
    .at("alarm")?
    .execute(params![name, scope.0, detail, at])
    .at("alarm")?;
    Ok(())
}

pub(super) fn mark_dirty(conn: &Connection, doc: DocumentId) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT OR IGNORE INTO dirty (doc) VALUES (?1)")
        .at("dirty.mark")?
        .execute([doc.0])
        .at("dirty.mark")?;
    Ok(())
}

pub(super) fn clear_dirty(conn: &Connection, doc: DocumentId) -> Result<(), StoreError> {
    conn.prepare_cached("DELETE FROM dirty WHERE doc = ?1")
        .at("dirty.clear")?
        .execute([doc.0])
        .at("dirty.clear")?;
    Ok(())
}

pub(super) fn dirty(conn: &Connection, count: usize) -> Result<Vec<DocumentId>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT doc FROM dirty LIMIT ?1").at("dirty.read")?;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let rows = statement.query_map([count], |row| id(row, 0, DocumentId::from_slice));
    rows.and_then(Iterator::collect).at("dirty.read")
}

/// What [`super::judging`] and the burst need to know of a stored seal.
pub(super) struct SealRow {
    pub(super) n: i64,
    pub(super) bytes: Vec<u8>,
    pub(super) log_seq: Option<u32>,
}

pub(super) fn seal(conn: &Connection, seal: SealId) -> Result<Option<SealRow>, StoreError> {
    conn.prepare_cached("SELECT n, bytes, log_seq FROM seal WHERE id = ?1")
        .at("seal.read")?
        .query_row([seal.0], |row| {
            Ok(SealRow { n: row.get(0)?, bytes: row.get(1)?, log_seq: row.get(2)? })
        })
        .optional()
        .at("seal.read")
}

/// A seal to be stored.
pub(super) struct NewSeal<'a> {
    pub(super) id: SealId,
    pub(super) seal: &'a Seal,
    pub(super) parts: &'a [Option<Part>],
    pub(super) author: MemberId,
    pub(super) verified: u8,
}

/// Stores a seal with its parts and changes, none of them judged. Nonces that were left out on the
/// way are written out, so that it can be handed to anybody.
pub(super) fn insert_seal(
    conn: &Connection,
    identity: &Identity,
    new: &NewSeal<'_>,
) -> Result<i64, StoreError> {
    let head = &new.seal.head;
    let own = head.device == identity.device;
    let whole = Seal {
        head: head.clone(),
        signature: new.seal.signature,
        parts: new.parts.iter().map(|part| part.clone().map(Into::into)).collect(),
    };
    conn.prepare_cached(
        "INSERT INTO seal (id, place, scope, device, incarnation, seal_seq, point, author, own, \
         verified, bytes) VALUES (?1, (SELECT coalesce(max(place), 0) + 1 FROM seal), ?2, ?3, ?4, \
         ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .at("seal.insert")?
    .execute(params![
        new.id.0,
        head.scope.0,
        head.device.0,
        head.incarnation.0,
        head.seal_seq,
        point_bytes(head.point),
        new.author.0,
        own,
        new.verified,
        whole.encode(),
    ])
    .at("seal.insert")?;
    let n = conn.last_insert_rowid();
    for (number, part) in new.parts.iter().enumerate() {
        insert_part(conn, identity, new, n, number, part.as_ref())?;
    }
    Ok(n)
}

fn insert_part(
    conn: &Connection,
    identity: &Identity,
    new: &NewSeal<'_>,
    seal: i64,
    number: usize,
    part: Option<&Part>,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO part (seal, number, doc, nonce, birth) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .at("part.insert")?
    .execute(params![
        seal,
        number as i64,
        part.map(|part| part.doc.0),
        part.map(|part| part.nonce.0),
        part.map_or(0, |part| part.birth),
    ])
    .at("part.insert")?;
    let n = conn.last_insert_rowid();
    let Some(part) = part else { return Ok(()) };
    let head = &new.seal.head;
    let made_here =
        DocumentId::of(&identity.realm, head.scope, part.birth, new.author, &part.nonce);
    if part.birth != 0 && made_here == part.doc {
        insert_document(conn, part.doc, head.scope, part.birth, new.author, part.nonce)?;
    }
    let hashes = part.hashes().unwrap_or_default();
    for (number, (raw, hash)) in part.changes.iter().zip(hashes).enumerate() {
        let birth = if number == 0 { part.birth } else { 0 };
        let change = find_or_insert_change(conn, identity, new, part.doc, birth, (hash, raw))?;
        conn.prepare_cached("INSERT INTO part_change (part, number, change) VALUES (?1, ?2, ?3)")
            .at("part.change")?
            .execute(params![n, number as i64, change])
            .at("part.change")?;
        if new.seal.head.device == identity.device {
            // Sealed by this device, be it by a clone of this store: it waits for no seal any more.
            conn.prepare_cached("DELETE FROM unsealed WHERE change = ?1")
                .at("unsealed.delete")?
                .execute([change])
                .at("unsealed.delete")?;
        }
    }
    Ok(())
}

fn find_or_insert_change(
    conn: &Connection,
    identity: &Identity,
    new: &NewSeal<'_>,
    doc: DocumentId,
    birth: u8,
    (hash, raw): (ChangeHash, &[u8]),
) -> Result<i64, StoreError> {
    if let Some(n) = change_number(conn, doc, hash)? {
        return Ok(n);
    }
    let change = guard(raw).ok();
    let own = match &change {
        Some(change) => change.actor.device() == identity.device,
        None => new.seal.head.device == identity.device,
    };
    insert_change(
        conn,
        &NewChange {
            doc,
            hash,
            actor: change.as_ref().map_or(ActorId::ZERO, |change| change.actor),
            seq: change.as_ref().map_or(0, |change| change.seq),
            start_op: change.as_ref().map_or(0, |change| change.start_op),
            act: change.as_ref().map_or(ActId::ZERO, |change| change.act),
            // Only what depends on nothing can be one, whatever its part says.
            birth: change.as_ref().filter(|change| change.deps.is_empty()).map_or(0, |_| birth),
            author: new.author,
            point: new.seal.head.point,
            own,
            raw,
        },
    )
}

/// A change to be stored.
pub(super) struct NewChange<'a> {
    pub(super) doc: DocumentId,
    pub(super) hash: ChangeHash,
    pub(super) actor: ActorId,
    pub(super) seq: u32,
    pub(super) start_op: u32,
    pub(super) act: ActId,
    pub(super) birth: u8,
    pub(super) author: MemberId,
    pub(super) point: Point,
    pub(super) own: bool,
    pub(super) raw: &'a [u8],
}

/// Stores a change that is not judged yet.
pub(super) fn insert_change(conn: &Connection, new: &NewChange<'_>) -> Result<i64, StoreError> {
    conn.prepare_cached(
        "INSERT INTO change (doc, hash, actor, seq, start_op, act, birth, state, author, point, \
         own, length, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )
    .at("change.insert")?
    .execute(params![
        new.doc.0,
        new.hash.0,
        new.actor.0,
        new.seq,
        new.start_op,
        new.act.0,
        new.birth,
        state::UNJUDGED,
        new.author.0,
        point_bytes(new.point),
        new.own,
        new.raw.len() as i64,
        new.raw,
    ])
    .at("change.insert")?;
    Ok(conn.last_insert_rowid())
}

pub(super) fn change_number(
    conn: &Connection,
    doc: DocumentId,
    hash: ChangeHash,
) -> Result<Option<i64>, StoreError> {
    conn.prepare_cached("SELECT n FROM change WHERE doc = ?1 AND hash = ?2")
        .at("change.find")?
        .query_row(params![doc.0, hash.0], |row| row.get(0))
        .optional()
        .at("change.find")
}

/// The nonce of a document that was ever made here.
pub(super) fn nonce(conn: &Connection, doc: DocumentId) -> Result<Option<Nonce>, StoreError> {
    conn.prepare_cached("SELECT nonce FROM document WHERE doc = ?1")
        .at("document.nonce")?
        .query_row([doc.0], |row| id(row, 0, Nonce::from_slice))
        .optional()
        .at("document.nonce")
}

/// A document that was made here, whatever becomes of its birth: all of it is in its id.
pub(super) fn insert_document(
    conn: &Connection,
    doc: DocumentId,
    scope: Scope,
    kind: u8,
    creator: MemberId,
    nonce: Nonce,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO document (doc, scope, kind, creator, nonce) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .at("document.insert")?
    .execute(params![doc.0, scope.0, kind, creator.0, nonce.0])
    .at("document.insert")?;
    Ok(())
}

/// A mark of a log.
#[derive(Clone, Copy)]
pub(super) enum LogMark {
    Diverged,
    Forked,
    Stopped,
}

pub(super) fn mark_log(
    conn: &Connection,
    scope: Scope,
    mark: LogMark,
    value: u8,
) -> Result<(), StoreError> {
    let sql = match mark {
        LogMark::Diverged => {
            "INSERT INTO log (scope, diverged) VALUES (?1, ?2) \
             ON CONFLICT (scope) DO UPDATE SET diverged = ?2"
        }
        LogMark::Forked => {
            "INSERT INTO log (scope, forked) VALUES (?1, ?2) \
             ON CONFLICT (scope) DO UPDATE SET forked = ?2"
        }
        LogMark::Stopped => {
            "INSERT INTO log (scope, stopped) VALUES (?1, ?2) \
             ON CONFLICT (scope) DO UPDATE SET stopped = ?2"
        }
    };
    conn.prepare_cached(sql).at("log.mark")?.execute(params![scope.0, value]).at("log.mark")?;
    Ok(())
}

/// Whether an incarnation was ever this device's here.
pub(super) fn incarnation_used(
    conn: &Connection,
    device: DeviceId,
    incarnation: Incarnation,
) -> Result<bool, StoreError> {
    conn.query_row(
        "SELECT EXISTS (SELECT 1 FROM incarnation WHERE bytes = ?1) \
         OR EXISTS (SELECT 1 FROM seal WHERE device = ?2 AND incarnation = ?1)",
        params![incarnation.0, device.0],
        |row| row.get(0),
    )
    .at("incarnation.used")
}
