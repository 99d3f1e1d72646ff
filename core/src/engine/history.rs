//! From what the store keeps of a document to what the domain makes of it.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    check as domain,
    fold::{self, Grievance, Household, Meeting, Visit},
    input::{Copy, Document},
    table::Rejection,
};
use doorstep_protocol::{
    id::{ChangeHash, DocumentId, DocumentKind, Point},
    roster::{Roster, RosterAt, Rosters},
    store::StoreError,
};

use crate::store::{DocumentRow, StoredCopy, View};

/// The rosters held: a point is of whichever has it.
struct Held<'a>(&'a [Roster]);

impl Rosters for Held<'_> {
    fn at(&self, point: Point) -> Option<RosterAt<'_>> {
        self.0.iter().find_map(|roster| roster.at(point))
    }
}

/// A document as its events make it, of whichever kind.
pub(crate) enum Folded {
    Household(Box<Household>),
    Visit(Box<Visit>),
    Grievance(Box<Grievance>),
    Meeting(Box<Meeting>),
}

/// A document and what counts of it.
pub(crate) struct Loaded {
    pub(crate) row: DocumentRow,
    pub(crate) kind: DocumentKind,
    /// All of its changes, those that do not count too.
    pub(crate) stored: Vec<StoredCopy>,
}

impl Loaded {
    /// The document, where its birth counts, it was not erased and its kind is known here.
    pub(crate) fn read(view: &View<'_>, doc: DocumentId) -> Result<Option<Self>, StoreError> {
        let Some(row) = view.document(doc)?.filter(|row| !row.erased) else { return Ok(None) };
        let Some(kind) = DocumentKind::from_number(row.kind) else { return Ok(None) };
        Ok(Some(Self { row, kind, stored: view.copies(doc)? }))
    }

    fn document<'a>(&self, copies: &'a [Copy]) -> Document<'a> {
        let DocumentRow { doc, scope, creator, .. } = self.row;
        Document { id: doc, kind: self.kind, place: scope.place(), creator, copies }
    }

    /// What it means.
    pub(crate) fn fold(&self, rosters: &[Roster]) -> Folded {
        let copies: Vec<Copy> = counting(&self.stored).map(copy).collect();
        self.fold_of(&copies, rosters)
    }

    /// What it means as `heads` show it.
    pub(super) fn seen(&self, heads: &[ChangeHash], rosters: &[Roster]) -> Folded {
        self.fold_of(&past(&self.stored, heads), rosters)
    }

    /// Whether these are changes that count here, and are any.
    pub(super) fn knows(&self, heads: &[ChangeHash]) -> bool {
        let known = |head| counting(&self.stored).any(|stored| stored.hash == head);
        !heads.is_empty() && heads.iter().all(|head| known(*head))
    }

    fn fold_of(&self, copies: &[Copy], rosters: &[Roster]) -> Folded {
        let document = self.document(copies);
        let rosters = Held(rosters);
        match self.kind {
            DocumentKind::Household => {
                Folded::Household(Box::new(fold::household::fold(&document, &rosters)))
            }
            DocumentKind::Visit => Folded::Visit(Box::new(fold::visit::fold(&document, &rosters))),
            DocumentKind::Grievance => {
                Folded::Grievance(Box::new(fold::grievance::fold(&document, &rosters)))
            }
            DocumentKind::Meeting => {
                Folded::Meeting(Box::new(fold::meeting::fold(&document, &rosters)))
            }
        }
    }
}

fn counting(stored: &[StoredCopy]) -> impl Iterator<Item = &StoredCopy> {
    stored.iter().filter(|stored| stored.state.counts())
}

fn copy(stored: &StoredCopy) -> Copy {
    Copy {
        hash: stored.hash,
        deps: stored.deps.clone(),
        author: stored.author,
        act: stored.act,
        value: stored.value.clone(),
        point: stored.point,
        relay_time_ms: stored.relay_time,
        held: false,
    }
}

/// The first event of a change that everybody's fold would reject.
pub(super) fn check(
    view: &View<'_>,
    doc: DocumentId,
    hash: ChangeHash,
) -> Result<Option<(u32, Rejection)>, StoreError> {
    let Some(loaded) = Loaded::read(view, doc)? else {
        return Ok(Some((0, Rejection::WrongDocument)));
    };
    let copies: Vec<Copy> = counting(&loaded.stored).map(copy).collect();
    let Some(new) = copies.iter().find(|copy| copy.hash == hash) else {
        return Ok(Some((0, Rejection::UnknownTarget)));
    };
    let faults = domain::check(&loaded.document(&copies), &Held(view.rosters()), new);
    let first = faults.err().and_then(|faults| faults.first().copied());
    Ok(first.map(|(event, reason)| (u32::from(event), reason)))
}

/// A grievance as `heads` show it; none where it is not here.
pub(super) fn seen(
    view: &View<'_>,
    doc: DocumentId,
    heads: &[ChangeHash],
) -> Result<Option<Grievance>, StoreError> {
    let Some(loaded) = Loaded::read(view, doc)? else { return Ok(None) };
    let seen = past(&loaded.stored, heads);
    let document = loaded.document(&seen);
    Ok(Some(fold::grievance::fold(&document, &Held(view.rosters()))))
}

/// What `heads` and all that they depend on are.
fn past(stored: &[StoredCopy], heads: &[ChangeHash]) -> Vec<Copy> {
    let by_hash: BTreeMap<ChangeHash, &StoredCopy> =
        stored.iter().map(|stored| (stored.hash, stored)).collect();
    let mut found = BTreeSet::new();
    let mut next = heads.to_vec();
    while let Some(hash) = next.pop() {
        let Some(stored) = by_hash.get(&hash) else { continue };
        if found.insert(hash) {
            next.extend(&stored.deps);
        }
    }
    found.iter().filter_map(|hash| by_hash.get(hash)).map(|stored| copy(stored)).collect()
}
