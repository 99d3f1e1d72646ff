//! What leaves a phone by hand: courier files where no relay is in reach, and every act for comparing.

use doorstep_domain::event::{Act, Decoded, Event};
use doorstep_protocol::{
    id::{ActId, ChangeHash, DocumentId, DocumentKind, MemberId, PlaceId},
    log::Verdict,
    store::StoreError,
};
use serde::Serialize;

use super::{Engine, State, history::Loaded};
use crate::{
    error::{MeetError, ReadError},
    projection,
    store::{BundleError, BundleReport, CopyState, StoredCopy},
};

/// Where an act stands on this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// The log applied it.
    Log,
    /// In no log yet; it counts here.
    Pending,
    /// It does not count, and why.
    Aside(Verdict),
    /// Cut out by an erasure.
    Erased,
}

/// One copy of an act, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActCopy {
    /// The document.
    pub doc: DocumentId,
    /// Its kind.
    pub kind: DocumentKind,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// The act.
    pub act: ActId,
    /// Who.
    pub member: MemberId,
    /// The change.
    pub hash: ChangeHash,
    /// Where it stands.
    pub state: ActState,
    /// What it says; none for an event that cannot be read.
    pub events: Vec<Option<Event>>,
}

impl Engine {
    /// All that is unsent here, one's own and others', as a courier file. Given to another phone or to
    /// the relay it settles nothing here: that does only the relay's log. What is not sealed yet is
    /// sealed first.
    ///
    /// # Errors
    ///
    /// [`MeetError::KeyUnavailable`] or [`MeetError::Storage`].
    pub fn export_bundle(&self) -> Result<Vec<u8>, MeetError> {
        self.with(|state| {
            state.seal(self.keys())?;
            Ok(state.store.export_bundle(None)?)
        })
    }

    /// Takes a courier file: shows what it brings, and carries it on to the relay.
    ///
    /// # Errors
    ///
    /// See [`BundleError`]; nothing of it was taken then. Single seals that do not pass are in the
    /// report.
    pub fn take_bundle(&self, bytes: &[u8]) -> Result<BundleReport, BundleError> {
        let report = self.with(|state| {
            let report = state.store.take_bundle(bytes)?;
            if report.cloned {
                state.new_incarnation(self.entropy())?;
            }
            state.show_news(&report.documents)?;
            state.pending.status = true;
            Ok::<_, BundleError>(report)
        })?;
        self.verify_documents(&report.documents)?;
        Ok(report)
    }

    /// Every copy of every act in the documents shown here, document by document in the order of their
    /// ids, from the one after `after` on: for comparing phones and for export. At least one document,
    /// then as many as keep within `limit` copies; with the document to go on after, where there are
    /// more.
    pub fn acts(
        &self,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<(Vec<ActCopy>, Option<DocumentId>), ReadError> {
        Ok(self.lock().acts(after, limit)?)
    }
}

impl State {
    fn acts(
        &self,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<(Vec<ActCopy>, Option<DocumentId>), StoreError> {
        let mut acts = Vec::new();
        let mut last = after;
        loop {
            let next = projection::next_shown(self.store.connection(), last)?;
            let Some(doc) = next else { return Ok((acts, None)) };
            let loaded = Loaded::read(&self.store.view(), doc)?;
            let copies: Vec<ActCopy> = loaded
                .iter()
                .flat_map(|loaded| loaded.stored.iter().map(|copy| act_copy(loaded, copy)))
                .collect();
            if !acts.is_empty() && acts.len() + copies.len() > limit {
                return Ok((acts, last));
            }
            acts.extend(copies);
            last = Some(doc);
        }
    }
}

fn act_copy(loaded: &Loaded, copy: &StoredCopy) -> ActCopy {
    ActCopy {
        doc: loaded.row.doc,
        kind: loaded.kind,
        place: loaded.row.scope.place(),
        act: copy.act,
        member: copy.author,
        hash: copy.hash,
        state: match copy.state {
            CopyState::Log => ActState::Log,
            CopyState::Pending => ActState::Pending,
            CopyState::Aside(verdict) => ActState::Aside(verdict),
            CopyState::Erased => ActState::Erased,
        },
        events: match Act::decode(&copy.value) {
            Decoded::Act { events, .. } => events.into_iter().map(Result::ok).collect(),
            _ => Vec::new(),
        },
    }
}
