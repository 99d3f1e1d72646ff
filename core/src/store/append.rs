//! Saving an act: one canonical change on top of the view that it was made on.

use std::collections::BTreeSet;

use doorstep_protocol::{
    admission::{Author, judge},
    cbor::Value,
    change::{Change, GuardError, guard, start_op_after},
    id::{ActorId, ChangeHash, DocumentId, MemberId, Scope},
    limits::CHANGE_DEPS_MAX,
    log::Verdict,
    part::Part,
    store::{ChangeState, Index as _, StoreError},
};
use rusqlite::{OptionalExtension as _, params};

use super::{
    NewAct, SaveError, Saved, Tx, View,
    error::At,
    judging, rosters,
    rows::{self, NewChange},
};

impl Tx<'_> {
    /// Saves an act as an own change that is not sealed yet. Guard, caps and the author's place are
    /// tested here, before anything is called saved. The same act saved again is the same act.
    pub fn append(&mut self, new: &NewAct) -> Result<Saved, SaveError> {
        let view = self.view();
        let author = author(&view, new)?;
        if let Some(hash) = repeated(&view, new, author)? {
            return Ok(Saved { hash, repeated: true });
        }
        let actor = ActorId::new(view.identity.device, view.identity.incarnation);
        refuse_spent(&view, new, actor)?;
        let previous = previous(&view, new.doc, actor)?;
        let birth = birth(&view, new, author)?;
        let mut deps: BTreeSet<ChangeHash> = new.seen.iter().copied().collect();
        deps.extend(previous.map(|(_, hash)| hash));
        if deps.is_empty() != (birth != 0) {
            return Err(SaveError::UnknownView);
        }
        if deps.len() > CHANGE_DEPS_MAX {
            return Err(SaveError::TooManyHeads);
        }
        let mut ops = Vec::with_capacity(deps.len());
        for dep in &deps {
            let known = view.change(new.doc, *dep)?;
            let applied = known.filter(|known| known.state == ChangeState::Applied);
            ops.push(applied.ok_or(SaveError::UnknownView)?.start_op);
        }
        let change = Change {
            actor,
            seq: previous.map_or(0, |(seq, _)| seq).saturating_add(1),
            start_op: start_op_after(ops).ok_or(SaveError::DocumentFull)?,
            deps: deps.into_iter().collect(),
            act: new.act,
            value: new.value.clone(),
        };
        let raw = change.encode().map_err(|error| match error {
            GuardError::TooBig => SaveError::TooBig,
            GuardError::TooManyDeps => SaveError::TooManyHeads,
            _ => SaveError::Refused(Verdict::Guard),
        })?;
        let known = match new.nonce {
            Some(nonce) => Some(nonce),
            None => rows::nonce(view.conn, new.doc)?,
        };
        let nonce = known.ok_or(SaveError::UnknownDocument)?;
        let part = Part { doc: new.doc, nonce, birth, changes: vec![raw.bytes.clone()] };
        refuse_unfit(&view, new, author, &part)?;
        if birth != 0 {
            rows::insert_document(view.conn, new.doc, new.scope, new.kind, author, nonce)?;
        }
        let saved = NewChange {
            doc: new.doc,
            hash: raw.hash,
            actor,
            seq: change.seq,
            start_op: change.start_op,
            act: new.act,
            birth,
            author,
            point: new.point,
            own: true,
            raw: &raw.bytes,
        };
        insert_unsealed(&view, &saved, new.scope)?;
        Ok(Saved { hash: raw.hash, repeated: false })
    }
}

/// Refuses what would be set aside, before anything is written.
fn refuse_unfit(
    view: &View<'_>,
    new: &NewAct,
    member: MemberId,
    part: &Part,
) -> Result<(), SaveError> {
    let identity = view.identity;
    let author = Author {
        scope: new.scope,
        device: identity.device,
        incarnation: identity.incarnation,
        member,
    };
    match judge(view, &identity.realm, &author, part)?.verdict {
        Verdict::Applied => Ok(()),
        Verdict::OverCap => Err(SaveError::DocumentFull),
        verdict => Err(SaveError::Refused(verdict)),
    }
}

/// Who the device is at the act's point, if it has a place there.
fn author(view: &View<'_>, new: &NewAct) -> Result<MemberId, SaveError> {
    let at = rosters::at(view.rosters, new.point).ok_or(SaveError::NotEnrolled)?;
    let device = at.device(view.identity.device).ok_or(SaveError::NotEnrolled)?;
    if at.may_enter(device.member, new.scope.place()) {
        Ok(device.member)
    } else {
        Err(SaveError::NoPlace)
    }
}

/// The change that this act was saved as before, by whichever device of the member.
fn repeated(
    view: &View<'_>,
    new: &NewAct,
    author: MemberId,
) -> Result<Option<ChangeHash>, SaveError> {
    let mut statement = view
        .conn
        .prepare_cached(
            "SELECT hash, raw FROM change WHERE doc = ?1 AND act = ?2 AND author = ?3 \
             AND seq > 0 AND state <> 4 ORDER BY state, n LIMIT 1",
        )
        .at("append.repeated")?;
    let found = statement
        .query_row(params![new.doc.0, new.act.0, author.0], |row| {
            Ok((rows::id(row, 0, ChangeHash::from_slice)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()
        .at("append.repeated")?;
    let Some((hash, raw)) = found else { return Ok(None) };
    let value = guard(&raw).map(|change| change.value).unwrap_or_default();
    if says(&value) == says(&new.value) { Ok(Some(hash)) } else { Err(SaveError::ActIdUsed) }
}

/// What an act says without when it was written: schema, happened, events. All of it where it is not
/// in the form that is known here.
fn says(value: &[u8]) -> Vec<Value> {
    match Value::decode(value) {
        Ok(Value::Array(items)) if items.len() == 6 => {
            [0, 4, 5].iter().filter_map(|index| items.get(*index).cloned()).collect()
        }
        _ => vec![Value::bytes(value)],
    }
}

/// The present actor may write in the document only on top of what counts: its numbers are used by
/// what was set aside, too. What is over the cap says so by its own name.
fn refuse_spent(view: &View<'_>, new: &NewAct, actor: ActorId) -> Result<(), SaveError> {
    let spent: bool = view
        .conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM change WHERE doc = ?1 AND actor = ?2 AND state > 1 \
             AND verdict IS NOT 3) \
             OR EXISTS (SELECT 1 FROM dropped WHERE scope = ?3 AND incarnation = ?4)",
        )
        .at("append.spent")?
        .query_row(params![new.doc.0, actor.0, new.scope.0, view.identity.incarnation.0], |row| {
            row.get(0)
        })
        .at("append.spent")?;
    if spent { Err(SaveError::NeedIncarnation) } else { Ok(()) }
}

/// The newest change of an actor that counts.
pub(super) fn previous(
    view: &View<'_>,
    doc: DocumentId,
    actor: ActorId,
) -> Result<Option<(u32, ChangeHash)>, StoreError> {
    view.conn
        .prepare_cached(
            "SELECT seq, hash FROM change WHERE doc = ?1 AND actor = ?2 AND state <= 1 \
             ORDER BY seq DESC LIMIT 1",
        )
        .at("append.previous")?
        .query_row(params![doc.0, actor.0], |row| {
            Ok((row.get(0)?, rows::id(row, 1, ChangeHash::from_slice)?))
        })
        .optional()
        .at("append.previous")
}

/// The number that the part of a new document carries; 0 for a document that is here.
fn birth(view: &View<'_>, new: &NewAct, author: MemberId) -> Result<u8, SaveError> {
    let known = view.document(new.doc)?;
    match (new.nonce, known) {
        (Some(nonce), None) => {
            let realm = &view.identity.realm;
            let id = DocumentId::of(realm, new.scope, new.kind, author, &nonce);
            if id == new.doc && new.kind != 0 { Ok(new.kind) } else { Err(SaveError::WrongId) }
        }
        (Some(_), Some(_)) => Err(SaveError::WrongId),
        (None, Some(known)) if known.scope == new.scope => Ok(0),
        (None, _) => Err(SaveError::UnknownDocument),
    }
}

/// Stores an own change that waits to be sealed, and judges it.
pub(super) fn insert_unsealed(
    view: &View<'_>,
    new: &NewChange<'_>,
    scope: Scope,
) -> Result<Verdict, StoreError> {
    let n = rows::insert_change(view.conn, new)?;
    view.conn
        .prepare_cached("INSERT INTO unsealed (change, scope) VALUES (?1, ?2)")
        .at("unsealed.insert")?
        .execute(params![n, scope.0])
        .at("unsealed.insert")?;
    judging::judge_unsealed(view, new.doc, n)
}
