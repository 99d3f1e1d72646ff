//! Rows into logs: canonical changes of the import's own device, sealed and admitted like any phone's.

use std::collections::BTreeMap;

use doorstep_domain::event::{Act, Decoded, Event};
use doorstep_protocol::{
    change::{Change, start_op_after},
    id::{
        ActId, ActorId, ChangeHash, DocumentId, DocumentKind, Incarnation, MemberId, Nonce,
        PlaceId, Point, Scope, SealId,
    },
    key::DeviceKey,
    limits::{SEAL_CHANGES_MAX, SEAL_CUT_BYTES},
    log::Verdict,
    part::Part,
    relay_session::admit_seals,
    seal::{Seal, SealHead},
    store::{Index as _, RelayStore as _, StoreError},
};

use super::{
    ImportError,
    acts::{NewAct, Standing, changes, first_acts},
    mapping::Mapping,
    row::{Refused, Row},
};
use crate::store::RelayDb;

/// A row's text and answer must fit into a few changes of one part.
const ROW_BYTES_MAX: usize = 48 * 1024;

/// Who imports: a device of the member with role register.
pub(super) struct Importer<'a> {
    pub(super) db: &'a mut RelayDb,
    pub(super) key: &'a dyn DeviceKey,
    pub(super) member: MemberId,
    pub(super) incarnation: Incarnation,
    pub(super) secret: &'a [u8; 32],
    pub(super) mapping: &'a Mapping,
    pub(super) now_ms: u64,
    seal_seqs: BTreeMap<Scope, u32>,
    waiting: BTreeMap<Scope, Vec<Part>>,
}

/// What became of a row that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Imported,
    Updated,
    AlreadyThere,
}

/// Where a row's document is, if it is there.
struct Found {
    doc: DocumentId,
    scope: Scope,
    nonce: Nonce,
}

impl<'a> Importer<'a> {
    pub(super) fn new(
        db: &'a mut RelayDb,
        key: &'a dyn DeviceKey,
        member: MemberId,
        incarnation: Incarnation,
        secret: &'a [u8; 32],
        mapping: &'a Mapping,
        now_ms: u64,
    ) -> Self {
        Self {
            db,
            key,
            member,
            incarnation,
            secret,
            mapping,
            now_ms,
            seal_seqs: BTreeMap::new(),
            waiting: BTreeMap::new(),
        }
    }

    /// Plans a row; [`Self::commit`] writes what was planned.
    pub(super) fn take(&mut self, row: &Row, place: PlaceId) -> Result<Outcome, ImportError> {
        if row.text.len() + row.answer.as_ref().map_or(0, String::len) > ROW_BYTES_MAX {
            return Err(ImportError::Row(Refused::TooLong));
        }
        match self.find(row, place)? {
            None => {
                self.create(row, place)?;
                Ok(Outcome::Imported)
            }
            Some(found) => self.update(row, &found),
        }
    }

    fn act_id(&self, row: &Row, n: u16) -> ActId {
        ActId::import(self.secret, &self.mapping.system, &row.key, n)
    }

    /// The row's document, in the log of the place that the row names or of another.
    fn find(&self, row: &Row, place: PlaceId) -> Result<Option<Found>, ImportError> {
        let kind = DocumentKind::Grievance.number();
        let nonce = Nonce::import(self.secret, &self.mapping.system, &row.key, kind);
        let here = self.document(place.scope(), &nonce);
        if self.db.document(here)?.is_some() {
            return Ok(Some(Found { doc: here, scope: place.scope(), nonce }));
        }
        // Another place since the last export: a document never moves.
        let found = self.db.document_with_nonce(&nonce)?;
        Ok(found.map(|(doc, scope)| Found { doc, scope, nonce }))
    }

    fn document(&self, scope: Scope, nonce: &Nonce) -> DocumentId {
        let kind = DocumentKind::Grievance.number();
        DocumentId::of(&self.db.realm(), scope, kind, self.member, nonce)
    }

    fn create(&mut self, row: &Row, place: PlaceId) -> Result<(), ImportError> {
        let kind = DocumentKind::Grievance.number();
        let nonce = Nonce::import(self.secret, &self.mapping.system, &row.key, kind);
        let doc = self.document(place.scope(), &nonce);
        let ids = |n| self.act_id(row, n);
        let acts = first_acts(row, &self.mapping.system, self.mapping.closed, &ids);
        let mut tip = Tip { deps: Vec::new(), start_op: 0, seq: 0 };
        let mut raw = Vec::with_capacity(acts.len());
        for (n, act) in (0..).zip(acts) {
            raw.push(self.change(self.act_id(row, n), act, &mut tip)?);
        }
        let part = Part { doc, nonce, birth: kind, changes: raw };
        self.waiting.entry(place.scope()).or_default().push(part);
        Ok(())
    }

    fn update(&mut self, row: &Row, found: &Found) -> Result<Outcome, ImportError> {
        let all = self.db.document_changes(found.doc)?;
        let applied: Vec<_> =
            all.iter().filter(|change| change.verdict == Verdict::Applied).collect();
        let mut standing = Vec::new();
        let mut n = 0;
        while let Some(change) = applied.iter().find(|change| change.act == self.act_id(row, n)) {
            standing.push(decode(&change.value));
            n += 1;
        }
        let stands_at = self.code_of(found.scope.place());
        let next = self.act_id(row, n);
        let Some(act) = changes(row, &standing, &stands_at, self.mapping.closed, next) else {
            return Ok(Outcome::AlreadyThere);
        };
        let named: Vec<ChangeHash> =
            applied.iter().flat_map(|change| change.deps.iter().copied()).collect();
        let mut deps: Vec<ChangeHash> = applied.iter().map(|change| change.hash).collect();
        deps.retain(|hash| !named.contains(hash));
        deps.sort_unstable();
        let mut start_op = 0;
        for dep in &deps {
            let known = self.db.change(found.doc, *dep)?;
            start_op = start_op.max(known.map_or(0, |known| known.start_op));
        }
        let mut tip = Tip { deps, start_op, seq: 0 };
        let raw = self.change(next, act, &mut tip)?;
        let part = Part { doc: found.doc, nonce: found.nonce, birth: 0, changes: vec![raw] };
        self.waiting.entry(found.scope).or_default().push(part);
        Ok(Outcome::Updated)
    }

    fn code_of(&self, place: PlaceId) -> String {
        let mut rosters = self.db.rosters().iter();
        let found = rosters.find_map(|roster| roster.tip().place(place));
        found.map(|place| place.code.clone()).unwrap_or_default()
    }

    /// One canonical change on `tip`, which it moves.
    fn change(&self, id: ActId, act: NewAct, tip: &mut Tip) -> Result<Vec<u8>, ImportError> {
        let now_s = self.now_ms / 1000;
        let act = Act {
            claimed: now_s,
            floor: now_s,
            certain: true,
            happened: act.happened_s,
            events: act.events,
        };
        let value = act.encode().map_err(|_| ImportError::Row(Refused::TooLong))?;
        let start_op = start_op_after([tip.start_op]).ok_or(ImportError::Row(Refused::TooLong))?;
        let change = Change {
            actor: ActorId::new(self.key.spki().device(), self.incarnation),
            seq: tip.seq + 1,
            start_op,
            deps: std::mem::take(&mut tip.deps),
            act: id,
            value,
        };
        let raw = change.encode().map_err(|_| ImportError::Row(Refused::TooLong))?;
        *tip = Tip { deps: vec![raw.hash], start_op, seq: change.seq };
        Ok(raw.bytes)
    }

    /// Seals and admits everything planned since the last commit, in one transaction.
    pub(super) fn commit(&mut self) -> Result<(), ImportError> {
        let mut seals = Vec::new();
        for (scope, parts) in std::mem::take(&mut self.waiting) {
            let point = self.point_of(scope.place())?;
            let mut together: Vec<Part> = Vec::new();
            let (mut bytes, mut changes) = (0, 0);
            for part in parts {
                let full = bytes + part.raw_bytes() > SEAL_CUT_BYTES
                    || changes + part.changes.len() > SEAL_CHANGES_MAX;
                if full && !together.is_empty() {
                    seals.push(self.seal(scope, point, std::mem::take(&mut together))?);
                    (bytes, changes) = (0, 0);
                }
                bytes += part.raw_bytes();
                changes += part.changes.len();
                together.push(part);
            }
            seals.push(self.seal(scope, point, together)?);
        }
        if seals.is_empty() {
            return Ok(());
        }
        let taken = admit_seals(&mut *self.db, &seals, self.now_ms)?;
        let applied = taken
            .receipts
            .iter()
            .all(|item| item.verdicts.iter().all(|verdict| *verdict == Verdict::Applied));
        if !applied || !taken.refused.is_empty() {
            return Err(ImportError::NotAdmitted);
        }
        Ok(())
    }

    fn seal(
        &mut self,
        scope: Scope,
        point: Point,
        parts: Vec<Part>,
    ) -> Result<Vec<u8>, ImportError> {
        let seal_seq = self.seal_seqs.entry(scope).or_default();
        *seal_seq += 1;
        let head = SealHead {
            scope,
            device: self.key.spki().device(),
            incarnation: self.incarnation,
            seal_seq: *seal_seq,
            prev: SealId::ZERO,
            point,
            digests: Vec::new(),
        };
        let seal = Seal::make(self.key, &self.db.realm(), head, parts)
            .map_err(|_| ImportError::NotAdmitted)?;
        Ok(seal.encode())
    }

    /// The newest point of the roster in whose block the place lies.
    fn point_of(&self, place: PlaceId) -> Result<Point, ImportError> {
        let rosters = self.db.rosters();
        let found = rosters.iter().find(|roster| roster.tip().is_under_block(place));
        found
            .map(doorstep_protocol::roster::Roster::tip_point)
            .ok_or_else(|| StoreError::Failed("find the roster of a place".to_owned()).into())
    }
}

/// What the next change of a document stands on.
struct Tip {
    deps: Vec<ChangeHash>,
    start_op: u32,
    seq: u32,
}

fn decode(value: &[u8]) -> Standing {
    let (happened_s, events) = match Act::decode(value) {
        Decoded::Act { marks, events } => (marks.happened, events),
        _ => (None, Vec::new()),
    };
    let events: Vec<Event> = events.into_iter().filter_map(Result::ok).collect();
    Standing { happened_s, events }
}
