//! Sealing: what was saved is signed, one part a document, once for many changes.

use std::collections::BTreeMap;

use doorstep_protocol::{
    id::{ActorId, Digest, DocumentId, Incarnation, MemberId, Nonce, Point, Scope, SealId},
    key::DeviceKey,
    limits::{SEAL_CHANGES_MAX, SEAL_CUT_BYTES, SEAL_RAW_BYTES_MAX},
    part::Part,
    seal::{MakeError, Seal, SealHead},
    store::StoreError,
};
use rusqlite::{OptionalExtension as _, params};

use super::{
    Store, View,
    error::{At, damaged},
    judging,
    rows::{self, NewSeal, verified},
};

/// What a part and a change cost in a seal beside the raw bytes: document, nonce, digest, lengths.
const PART_BYTES: usize = 66;
const CHANGE_BYTES: usize = 4;

/// One unsealed change.
struct Waiting {
    scope: Scope,
    incarnation: Incarnation,
    point: Point,
    author: MemberId,
    doc: DocumentId,
    nonce: Nonce,
    birth: u8,
    raw: Vec<u8>,
}

/// A seal being filled. Changes of one log are taken in order, so each seal comes after those that
/// it depends on.
#[derive(Default)]
struct Draft {
    parts: Vec<Part>,
    changes: usize,
    raw_bytes: usize,
    bytes: usize,
}

impl Draft {
    /// Whether the next change of the log begins another seal.
    fn is_closed_to(&self, next: &Waiting) -> bool {
        let cost = next.raw.len() + CHANGE_BYTES + PART_BYTES;
        // A part begins with its birth or has none.
        let second_birth = next.birth != 0 && self.parts.iter().any(|part| part.doc == next.doc);
        second_birth
            || self.changes + 1 > SEAL_CHANGES_MAX
            || self.raw_bytes + next.raw.len() > SEAL_RAW_BYTES_MAX
            || self.bytes + cost > SEAL_CUT_BYTES
    }

    fn add(&mut self, next: Waiting) {
        self.changes += 1;
        self.raw_bytes += next.raw.len();
        self.bytes += next.raw.len() + CHANGE_BYTES;
        match self.parts.iter_mut().find(|part| part.doc == next.doc) {
            Some(part) => part.changes.push(next.raw),
            None => {
                self.bytes += PART_BYTES;
                self.parts.push(Part {
                    doc: next.doc,
                    nonce: next.nonce,
                    birth: next.birth,
                    changes: vec![next.raw],
                });
            }
        }
    }
}

impl Store {
    /// Seals all that is not sealed: by log and roster point, each seal after those it depends on,
    /// cut at about [`SEAL_CUT_BYTES`]. Durable when it returns the number of seals; where the key
    /// does not sign, nothing changed.
    pub fn seal_unsealed(&mut self, key: &dyn DeviceKey) -> Result<usize, StoreError> {
        if key.spki() != self.identity.spki {
            return Err(StoreError::Failed("seal: another device's key".to_owned()));
        }
        let tx = super::begin(&mut self.conn)?;
        let view = View { conn: &tx, identity: &self.identity, rosters: &self.rosters };
        let mut made = 0;
        for (scope, waiting) in waiting(&view)? {
            made += seal_log(&view, key, scope, waiting)?;
        }
        tx.commit().at("seal.commit")?;
        Ok(made)
    }

    /// Whether anything waits to be sealed.
    pub fn has_unsealed(&self) -> Result<bool, StoreError> {
        self.conn
            .query_row("SELECT EXISTS (SELECT 1 FROM unsealed)", [], |row| row.get(0))
            .at("unsealed.any")
    }
}

/// What is not sealed, by log, in order.
fn waiting(view: &View<'_>) -> Result<BTreeMap<Scope, Vec<Waiting>>, StoreError> {
    let mut statement = view
        .conn
        .prepare_cached(
            "SELECT u.scope, c.actor, c.point, c.author, c.doc, d.nonce, c.birth, c.raw \
             FROM unsealed u JOIN change c ON c.n = u.change JOIN document d ON d.doc = c.doc \
             ORDER BY u.n",
        )
        .at("seal.waiting")?;
    let found = statement.query_map([], |row| {
        Ok(Waiting {
            scope: rows::id(row, 0, Scope::from_slice)?,
            incarnation: rows::id(row, 1, ActorId::from_slice)?.incarnation(),
            point: rows::id(row, 2, rows::point_from)?,
            author: rows::id(row, 3, MemberId::from_slice)?,
            doc: rows::id(row, 4, DocumentId::from_slice)?,
            nonce: rows::id(row, 5, Nonce::from_slice)?,
            birth: row.get(6)?,
            raw: row.get(7)?,
        })
    });
    let mut by_log: BTreeMap<Scope, Vec<Waiting>> = BTreeMap::new();
    for change in found.at("seal.waiting")? {
        let change = change.at("seal.waiting")?;
        by_log.entry(change.scope).or_default().push(change);
    }
    Ok(by_log)
}

fn seal_log(
    view: &View<'_>,
    key: &dyn DeviceKey,
    scope: Scope,
    waiting: Vec<Waiting>,
) -> Result<usize, StoreError> {
    let mut made = 0;
    let mut draft = Draft::default();
    let mut open: Option<(Incarnation, Point, MemberId)> = None;
    for next in waiting {
        let of = (next.incarnation, next.point, next.author);
        if let Some(was) = open
            && (was != of || draft.is_closed_to(&next))
        {
            finish(view, key, scope, was, std::mem::take(&mut draft))?;
            made += 1;
        }
        open = Some(of);
        draft.add(next);
    }
    if let Some(of) = open {
        finish(view, key, scope, of, draft)?;
        made += 1;
    }
    Ok(made)
}

fn finish(
    view: &View<'_>,
    key: &dyn DeviceKey,
    scope: Scope,
    (incarnation, point, author): (Incarnation, Point, MemberId),
    draft: Draft,
) -> Result<(), StoreError> {
    let realm = view.identity.realm;
    let device = view.identity.device;
    let (seal_seq, prev) = place_in_stream(view, scope, incarnation)?;
    let digests: Vec<Digest> = Vec::new();
    let head = SealHead { scope, device, incarnation, seal_seq, prev, point, digests };
    let parts: Vec<Option<Part>> = draft.parts.iter().cloned().map(Some).collect();
    let seal = Seal::make(key, &realm, head, draft.parts).map_err(|error| match error {
        MakeError::Key(_) => StoreError::Failed(KEY_UNAVAILABLE.to_owned()),
        _ => damaged("seal: parts"),
    })?;
    let id = seal.head.id(&realm);
    let new = NewSeal { id, seal: &seal, parts: &parts, author, verified: verified::FITS };
    rows::insert_seal(view.conn, view.identity, &new)?;
    for part in parts.iter().flatten() {
        // The same changes stand in a seal now: they are judged anew as its part.
        judging::unjudge(view, part.doc)?;
        judging::judge_pending(view, part.doc)?;
        rows::mark_dirty(view.conn, part.doc)?;
    }
    Ok(())
}

/// What [`Store::seal_unsealed`] fails with where the device key does not sign now.
pub const KEY_UNAVAILABLE: &str = "seal: the device key cannot sign now";

/// The number of the next seal of a stream, and the seal that it names as the one before.
fn place_in_stream(
    view: &View<'_>,
    scope: Scope,
    incarnation: Incarnation,
) -> Result<(u32, SealId), StoreError> {
    let device = view.identity.device;
    let last = view
        .conn
        .prepare_cached(
            "SELECT seal_seq, id FROM seal WHERE scope = ?1 AND device = ?2 AND incarnation = ?3 \
             ORDER BY seal_seq DESC LIMIT 1",
        )
        .at("seal.stream")?
        .query_row(params![scope.0, device.0, incarnation.0], |row| {
            Ok((row.get::<_, u32>(0)?, rows::id(row, 1, SealId::from_slice)?))
        })
        .optional()
        .at("seal.stream")?;
    if let Some((seal_seq, id)) = last {
        return Ok((seal_seq.saturating_add(1), id));
    }
    let newest = view
        .conn
        .prepare_cached(
            "SELECT id FROM seal WHERE scope = ?1 AND device = ?2 ORDER BY n DESC LIMIT 1",
        )
        .at("seal.newest")?
        .query_row(params![scope.0, device.0], |row| rows::id(row, 0, SealId::from_slice))
        .optional()
        .at("seal.newest")?;
    Ok((1, newest.unwrap_or_default()))
}
