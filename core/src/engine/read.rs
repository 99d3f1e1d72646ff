//! What is read: full records from their changes, lists from their rows. Never from the network.

use std::collections::BTreeSet;

use doorstep_domain::{allowed::steps, fold::Grievance, table::Kind};
use doorstep_protocol::{
    id::{DocumentId, DocumentKind, PlaceId},
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
    store::alarm,
};

impl Engine {
    /// A household, whole; none where it is not on this phone, or no longer shown.
    pub fn household(&self, id: DocumentId) -> Result<Option<HouseholdRecord>, ReadError> {
        Ok(match self.lock().record(id)? {
            Some((view, Folded::Household(state))) => Some(HouseholdRecord { view, state: *state }),
            _ => None,
        })
    }

    /// A visit, whole; none where it is not on this phone, or no longer shown.
    pub fn visit(&self, id: DocumentId) -> Result<Option<VisitRecord>, ReadError> {
        Ok(match self.lock().record(id)? {
            Some((view, Folded::Visit(state))) => Some(VisitRecord { view, state: *state }),
            _ => None,
        })
    }

    /// A grievance, whole; none where it is not on this phone, or no longer shown.
    pub fn grievance(&self, id: DocumentId) -> Result<Option<GrievanceRecord>, ReadError> {
        // One hold of the lock: the steps are those of what the view shows.
        let here = self.lock();
        Ok(match here.record(id)? {
            Some((view, Folded::Grievance(state))) => {
                let steps = here.steps(&state);
                Some(GrievanceRecord { view, steps, state: *state })
            }
            _ => None,
        })
    }

    /// A meeting of a block council, whole; none where it is not on this phone, or no longer shown.
    pub fn meeting(&self, id: DocumentId) -> Result<Option<MeetingRecord>, ReadError> {
        Ok(match self.lock().record(id)? {
            Some((view, Folded::Meeting(state))) => Some(MeetingRecord { view, state: *state }),
            _ => None,
        })
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
    fn record(&self, id: DocumentId) -> Result<Option<(View, Folded)>, ReadError> {
        let store = self.store.view();
        let Some(loaded) = Loaded::read(&store, id)? else { return Ok(None) };
        let place = loaded.row.scope.place();
        if !projection::is_shown(self.store.connection(), place)? {
            return Ok(None);
        }
        let view = View { doc: id, heads: store.heads(id)? };
        let folded = loaded.fold(store.rosters());
        Ok(Some((view, folded)))
    }

    fn list(
        &self,
        kind: DocumentKind,
        filter: &Filter,
        page: &Page,
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
            after: page.after.clone().map(|Position { key, doc }| (key, doc)),
            limit: page.lines(),
        };
        Ok(projection::list(self.store.connection(), kind, &query)?)
    }

    /// What the member may write now into a grievance.
    fn steps(&self, grievance: &Grievance) -> Vec<Kind> {
        let place = grievance.place;
        let Some(member) = self.member() else { return Vec::new() };
        let Some(roster) = roster_of(self.store.view().rosters(), member, place) else {
            return Vec::new();
        };
        steps(grievance, member, roster.tip(), place)
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
