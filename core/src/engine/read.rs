//! What is read: full records from their changes, lists from their rows. Never from the network.

use std::collections::BTreeSet;

use doorstep_domain::{
    allowed::{Offer, WhyNot, corrections, offers},
    fold::{Grievance, story::Entry},
    input::EventId,
    rights::{Circumstances, Deed, Standing},
    table::{Kind, Level},
};
use doorstep_protocol::{
    id::{ChangeHash, DocumentId, DocumentKind, MemberId, PlaceId},
    roster::Roster,
    store::StoreError,
};

use super::{
    Engine, Filter, GrievanceLine, GrievanceRecord, HouseholdLine, HouseholdRecord, MeetingLine,
    MeetingRecord, Page, State, View, VisitLine, VisitRecord,
    history::{Folded, Loaded},
    lines::Position,
    write::roster_of,
};
use crate::{
    document::{AutomergeError, automerge_bytes},
    error::ReadError,
    projection::{self, Query, Row},
    store::{StoredCopy, alarm},
};

impl Engine {
    /// A household, whole; none where it is not on this phone, or no longer shown.
    pub fn household(&self, id: DocumentId) -> Result<Option<HouseholdRecord>, ReadError> {
        let here = self.lock();
        Ok(match here.record(id)? {
            Some((view, Folded::Household(state))) => {
                let may_write = here.may(Deed::Fieldwork, state.place);
                let may_correct = here.corrections(&state.story, state.place);
                Some(HouseholdRecord { view, may_write, may_correct, state: *state })
            }
            _ => None,
        })
    }

    /// A visit, whole; none where it is not on this phone, or no longer shown.
    pub fn visit(&self, id: DocumentId) -> Result<Option<VisitRecord>, ReadError> {
        let here = self.lock();
        Ok(match here.record(id)? {
            Some((view, Folded::Visit(state))) => {
                let may_write = here.may(Deed::Fieldwork, state.place);
                let may_correct = here.corrections(&state.story, state.place);
                Some(VisitRecord { view, may_write, may_correct, state: *state })
            }
            _ => None,
        })
    }

    /// A grievance, whole; none where it is not on this phone, or no longer shown.
    pub fn grievance(&self, id: DocumentId) -> Result<Option<GrievanceRecord>, ReadError> {
        // One hold of the lock: the offers are those of what the view shows.
        let here = self.lock();
        Ok(match here.record(id)? {
            Some((view, Folded::Grievance(state))) => {
                let offers = here.offers(&state);
                let may_correct = here.corrections(&state.story, state.place);
                Some(GrievanceRecord { view, offers, may_correct, state: *state })
            }
            _ => None,
        })
    }

    /// A meeting of a block council, whole; none where it is not on this phone, or no longer shown.
    pub fn meeting(&self, id: DocumentId) -> Result<Option<MeetingRecord>, ReadError> {
        let here = self.lock();
        Ok(match here.record(id)? {
            Some((view, Folded::Meeting(state))) => {
                let may_write = here.may(Deed::Council, state.place);
                let may_correct = here.corrections(&state.story, state.place);
                Some(MeetingRecord { view, may_write, may_correct, state: *state })
            }
            _ => None,
        })
    }

    /// Whether this phone's member may make a document of this kind at this place: where not, an app
    /// offers no form for it.
    pub fn may_make(&self, kind: DocumentKind, place: PlaceId) -> bool {
        let deed = match kind {
            DocumentKind::Household | DocumentKind::Visit => Deed::Fieldwork,
            DocumentKind::Grievance => Deed::Discover,
            DocumentKind::Meeting => Deed::Council,
        };
        self.lock().may(deed, place)
    }

    /// Households by place and unit.
    pub fn households(
        &self,
        filter: &Filter,
        page: &Page,
    ) -> Result<Vec<HouseholdLine>, ReadError> {
        let state = self.lock();
        let rows = state.list(DocumentKind::Household, filter, page)?;
        Ok(rows.into_iter().map(HouseholdLine::from).collect())
    }

    /// Visits, newest first.
    pub fn visits(&self, filter: &Filter, page: &Page) -> Result<Vec<VisitLine>, ReadError> {
        let rows = self.lock().list(DocumentKind::Visit, filter, page)?;
        Ok(rows.into_iter().map(VisitLine::from).collect())
    }

    /// Grievances: open ones first, by their due.
    pub fn grievances(
        &self,
        filter: &Filter,
        page: &Page,
    ) -> Result<Vec<GrievanceLine>, ReadError> {
        let rows = self.lock().list(DocumentKind::Grievance, filter, page)?;
        Ok(rows.into_iter().map(GrievanceLine::from).collect())
    }

    /// Meetings of block councils, newest first.
    pub fn meetings(&self, filter: &Filter, page: &Page) -> Result<Vec<MeetingLine>, ReadError> {
        let rows = self.lock().list(DocumentKind::Meeting, filter, page)?;
        Ok(rows.into_iter().map(MeetingLine::from).collect())
    }

    /// The document as an ordinary Automerge document, with nothing lost: for export, and to look at
    /// it with Automerge's own tools. None where it is not on this phone.
    ///
    /// An Automerge that refuses it raises an alarm and gives none; the document is unharmed.
    pub fn automerge_bytes(&self, id: DocumentId) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(changes) = self.lock().raw_changes(id)? else { return Ok(None) };
        match automerge_bytes(&changes) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => {
                self.with(|state| state.automerge_refuses(id, error))?;
                Ok(None)
            }
        }
    }

    /// Shows Automerge the documents that a burst changed. What it refuses is an alarm, never a lost
    /// document.
    pub(crate) fn verify_documents(
        &self,
        documents: &BTreeSet<DocumentId>,
    ) -> Result<(), StoreError> {
        for id in documents {
            let Some(changes) = self.lock().raw_changes(*id)? else { continue };
            if let Err(error) = automerge_bytes(&changes) {
                self.with(|state| state.automerge_refuses(*id, error))?;
            }
        }
        Ok(())
    }
}

impl State {
    /// What a document is, where it is here and shown, with what an act on it takes back.
    fn record(&self, id: DocumentId) -> Result<Option<(View, Folded)>, ReadError> {
        let Some(loaded) = self.shown(id)? else { return Ok(None) };
        let view = View { doc: id, heads: heads(&loaded.stored) };
        Ok(Some((view, loaded.fold(self.store.view().rosters()))))
    }

    /// What a document is, where it is here and shown.
    pub(super) fn folded(&self, id: DocumentId) -> Result<Option<Folded>, ReadError> {
        let loaded = self.shown(id)?;
        Ok(loaded.map(|loaded| loaded.fold(self.store.view().rosters())))
    }

    /// A document, where it is here and shown.
    pub(super) fn shown(&self, id: DocumentId) -> Result<Option<Loaded>, StoreError> {
        let Some(loaded) = Loaded::read(&self.store.view(), id)? else { return Ok(None) };
        let place = loaded.row.scope.place();
        let shown = projection::is_shown(self.store.connection(), place)?;
        Ok(shown.then_some(loaded))
    }

    fn list(
        &self,
        kind: DocumentKind,
        filter: &Filter,
        page: &Page,
    ) -> Result<Vec<Row>, ReadError> {
        self.rows(kind, filter, page.after.as_ref(), page.lines())
    }

    /// Rows of a list, however many are asked for.
    pub(super) fn rows(
        &self,
        kind: DocumentKind,
        filter: &Filter,
        after: Option<&Position>,
        limit: u32,
    ) -> Result<Vec<Row>, ReadError> {
        let query = Query {
            places: filter.place.map(|place| self.below(place)),
            stage: filter.stage.as_ref().and_then(projection::word),
            over: filter.open.map(|open| !open),
            owner: filter.owner,
            household: filter.household,
            priority: filter.priority,
            undelivered: filter.undelivered,
            faces: filter.faces,
            text: filter.words(),
            after: after.map(|Position { key, doc }| (key.clone(), *doc)),
            limit,
        };
        Ok(projection::list(self.store.connection(), kind, &query)?)
    }

    /// Every step on a grievance, and why the member may not take it now.
    pub(super) fn offers(&self, grievance: &Grievance) -> Vec<Offer> {
        let place = grievance.place;
        match self.writes_by(place) {
            Some((member, roster)) => offers(grievance, member, roster.tip(), place),
            None => no_offers(),
        }
    }

    /// What the member may correct now of a document's story.
    fn corrections(&self, story: &[Entry], place: PlaceId) -> Vec<EventId> {
        self.writes_by(place).map_or_else(Vec::new, |(member, roster)| {
            corrections(story, member, roster.tip(), place)
        })
    }

    /// Whether the member's roles allow a deed at a place, whatever a single document adds to them.
    fn may(&self, deed: Deed, place: PlaceId) -> bool {
        let at = Circumstances { level: Level::Building, sent: false, code_issued: false };
        self.writes_by(place).is_some_and(|(member, roster)| {
            Standing::of(&roster.tip(), member, place).may(deed, at)
        })
    }

    /// The member, and the roster under which they write about a place; none where they write nothing.
    fn writes_by(&self, place: PlaceId) -> Option<(MemberId, &Roster)> {
        let member = self.member()?;
        Some((member, roster_of(self.store.view().rosters(), member, place)?))
    }

    /// A place and all that lies below it, by the newest rosters.
    fn below(&self, place: PlaceId) -> Vec<PlaceId> {
        let mut found = BTreeSet::from([place]);
        for roster in self.store.view().rosters() {
            let tip = roster.tip();
            let below = tip.places().filter(|(id, _)| tip.above(*id).contains(&place));
            found.extend(below.map(|(id, _)| id));
        }
        found.into_iter().collect()
    }

    /// The changes that count of a document.
    fn raw_changes(&self, id: DocumentId) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
        let Some(loaded) = Loaded::read(&self.store.view(), id)? else { return Ok(None) };
        let counts = loaded.stored.into_iter().filter(|copy| copy.state.counts());
        Ok(Some(counts.map(|copy| copy.raw).collect()))
    }

    fn automerge_refuses(
        &mut self,
        id: DocumentId,
        error: AutomergeError,
    ) -> Result<(), StoreError> {
        tracing::error!(document = %id, %error, "Automerge refuses a document");
        let scope = self.store.document(id)?.map(|row| row.scope).unwrap_or_default();
        self.store.raise_alarm(alarm::AUTOMERGE, scope, &id.to_string())?;
        self.pending.status = true;
        Ok(())
    }
}

/// What counts and nothing that counts depends on, sorted: the heads of a document that is read already.
fn heads(stored: &[StoredCopy]) -> Vec<ChangeHash> {
    let counts = || stored.iter().filter(|copy| copy.state.counts());
    let below: BTreeSet<&ChangeHash> = counts().flat_map(|copy| &copy.deps).collect();
    let heads = counts().map(|copy| copy.hash).filter(|hash| !below.contains(hash));
    heads.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The offers to whoever has no place there.
fn no_offers() -> Vec<Offer> {
    let is_step = |kind: &&Kind| kind.belongs(DocumentKind::Grievance) && !kind.is_first();
    let steps = Kind::ALL.iter().filter(is_step);
    steps
        .map(|kind| Offer { kind: *kind, why_not: Some(WhyNot::NoRight), evidence: false })
        .collect()
}
