//! The story of a household: all that was written of it, in one list.

use std::collections::{BTreeSet, VecDeque};

use doorstep_domain::fold::story::Entry;
use doorstep_protocol::id::{DocumentId, DocumentKind};
use serde::Serialize;

use super::{Engine, State, history::Folded};
use crate::{error::ReadError, projection};

/// Entries of a story at most.
pub const STORY_MAX: usize = 500;
/// Households that one story joins at most: a household that moves, or is entered twice, does so a few
/// times.
pub const JOINED_MAX: usize = 16;

/// An event of a household, of a visit there or of a grievance that came from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryEntry {
    /// The document that it stands in.
    pub doc: DocumentId,
    /// What that is.
    pub kind: DocumentKind,
    /// The event, with what became of it.
    pub entry: Entry,
}

/// The story of a household.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HouseholdStory {
    /// Newest first, at most [`STORY_MAX`]. The events of one document stand in the order of its own
    /// story, whatever their clocks said.
    pub entries: Vec<StoryEntry>,
    /// Entries left off. Where there are very many visits and grievances, the oldest are not opened:
    /// each counts as one.
    pub more: u32,
}

impl Engine {
    /// All that was written of a household: in it, in its visits and in the grievances that it
    /// reported. So of the households that are the same, and of what it was before it moved, where
    /// those are on this phone; a household that moved away learns nothing of what came after.
    ///
    /// A grievance whose reporter wished not to be named is in no household's story. None where the
    /// household is not on this phone, or no longer shown.
    pub fn household_story(&self, id: DocumentId) -> Result<Option<HouseholdStory>, ReadError> {
        let state = self.lock();
        let mut told = Told::default();
        let joined = state.joined(id, &mut told)?;
        if joined.is_empty() {
            return Ok(None);
        }
        let docs = projection::of_households(state.store.connection(), &joined)?;
        for doc in docs.iter().take(STORY_MAX) {
            if let Some(folded) = state.folded(*doc)? {
                told.tell(*doc, folded);
            }
        }
        let unopened = docs.len().saturating_sub(STORY_MAX);
        Ok(Some(told.newest_first(unopened)))
    }
}

impl State {
    /// The household and those joined to it, those that are here; their own stories are told.
    fn joined(&self, id: DocumentId, told: &mut Told) -> Result<Vec<DocumentId>, ReadError> {
        let mut joined = Vec::new();
        let mut seen = BTreeSet::from([id]);
        // The nearest first.
        let mut next = VecDeque::from([id]);
        while let Some(id) = next.pop_front() {
            if joined.len() == JOINED_MAX {
                break;
            }
            let Some(folded) = self.folded(id)? else { continue };
            let Folded::Household(household) = &folded else { continue };
            joined.push(id);
            let mut others = projection::said_same(self.store.connection(), id, JOINED_MAX)?;
            others.extend(household.same_as.iter().chain(&household.continues));
            next.extend(others.into_iter().filter(|other| seen.insert(*other)));
            told.tell(id, folded);
        }
        Ok(joined)
    }
}

/// What was gathered, with what it is sorted by: its time in s, and its place among all.
#[derive(Default)]
struct Told(Vec<(u64, StoryEntry)>);

impl Told {
    fn tell(&mut self, doc: DocumentId, folded: Folded) {
        let (kind, story) = match folded {
            Folded::Household(state) => (DocumentKind::Household, state.story),
            Folded::Visit(state) => (DocumentKind::Visit, state.story),
            Folded::Grievance(state) => (DocumentKind::Grievance, state.story),
            Folded::Meeting(state) => (DocumentKind::Meeting, state.story),
        };
        let mut latest = 0;
        for entry in story {
            // Never before what its document's story tells first.
            latest = time_s(&entry).max(latest);
            self.0.push((latest, StoryEntry { doc, kind, entry }));
        }
    }

    fn newest_first(self, unopened: usize) -> HouseholdStory {
        let mut all = self.0;
        // Stable: of one time, each document's own order holds.
        all.sort_by_key(|(time, told)| (*time, told.doc));
        let more = all.len().saturating_sub(STORY_MAX) + unopened;
        let newest = all.into_iter().rev().take(STORY_MAX);
        HouseholdStory {
            entries: newest.map(|(_, told)| told).collect(),
            more: u32::try_from(more).unwrap_or(u32::MAX),
        }
    }
}

/// When it took place, in s; 0 of what cannot be read.
fn time_s(entry: &Entry) -> u64 {
    let relay_s = entry.relay_time_ms.map(|relay| relay / 1000);
    entry.marks.map_or(0, |marks| marks.time(relay_s))
}
