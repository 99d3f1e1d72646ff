//! An item of a council's meeting: what is on its screen, and what its outcome settles.
//!
//! The outcome stands in the meeting, the resolutions in the grievances, in other logs. Neither looks at
//! the other afterwards: the grievance counts by its Resolve, the council by the outcome.

use std::collections::BTreeSet;

use doorstep_domain::{
    event::{Event, ItemAt, ItemOutcome, Link, Note, Ref, Resolve, Text},
    fold::{Said, meeting::ItemNow},
    table::{How, Kind, MeetingOutcome},
};
use doorstep_protocol::{
    id::{DocumentId, ItemId},
    store::StoreError,
};
use serde::Serialize;

use super::{
    ActOptions, ByHand, Engine, GROUP_MAX, GrievanceLine, State, View, Written,
    history::{Folded, Loaded},
    write::Together,
};
use crate::{
    error::{Invalid, ReadError, WriteError},
    projection,
};

/// An item of a meeting, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemRecord {
    /// The meeting.
    pub meeting: DocumentId,
    /// What was on the screen of the meeting, for [`Engine::settle_item`].
    pub view: View,
    /// The item.
    pub item: ItemId,
    /// What it is called.
    pub title: Text,
    /// The item of an earlier meeting that it goes on with.
    pub carries: Option<ItemAt>,
    /// What came of it; where two wrote unseen by each other, the one that says less was reached.
    pub outcome: Option<MeetingOutcome>,
    /// All that was said of it.
    pub said: Vec<Said<MeetingOutcome>>,
    /// The grievances that it names, in its order.
    pub grievances: Vec<ItemGrievance>,
}

/// A grievance that an item names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemGrievance {
    /// The document.
    pub doc: DocumentId,
    /// Its line; none where it is not on this phone.
    pub line: Option<GrievanceLine>,
    /// What was on the screen of it, for [`Engine::settle_item`].
    pub view: Option<View>,
    /// Why the outcome "resolved" writes nothing there; none = it resolves it.
    pub by_hand: Option<ByHand>,
}

/// What settling an item made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemSettled {
    /// What was written, the meeting first, all under one act id.
    pub written: Vec<Written>,
    /// The grievances of a resolved item in which nothing was written, and why.
    pub by_hand: Vec<(DocumentId, ByHand)>,
}

impl Engine {
    /// An item of a meeting, with the grievances that it names; none where the meeting is not on this
    /// phone, is not shown, or has no such item.
    pub fn item(&self, meeting: DocumentId, item: ItemId) -> Result<Option<ItemRecord>, ReadError> {
        Ok(self.lock().item(meeting, item)?)
    }

    /// Records what came of an item, in the place of every outcome that the meeting's view shows in
    /// force. With the outcome "resolved", in the same transaction, a Resolve of kind council is written
    /// into each grievance that the item names, is on this phone and open, and in which the member may
    /// do it: on the view given for it, which is what was on the item's screen, whatever has arrived
    /// since. All others are listed, for a person to do by hand.
    ///
    /// `text` stands in the meeting as a note, and in every Resolve. The same act asked for again gives
    /// what was written, and writes nothing more. An outcome that is replaced later takes no Resolve
    /// with it.
    ///
    /// # Errors
    ///
    /// [`WriteError::LookAgain`] where the view shows no such item, [`Invalid::GroupTooBig`] of more than
    /// [`GROUP_MAX`] views; see also [`WriteError`]. Nothing was saved then, in the meeting or elsewhere.
    #[tracing::instrument(skip_all, level = "debug")]
    pub fn settle_item(
        &self,
        view: &View,
        item: ItemId,
        outcome: MeetingOutcome,
        grievances: &[View],
        text: Option<Text>,
        options: ActOptions,
    ) -> Result<ItemSettled, WriteError> {
        if grievances.len() > GROUP_MAX {
            return Err(Invalid::GroupTooBig.into());
        }
        let (written, by_hand) = self.write_together(options, |state, pen| {
            let seen = state.item_seen(view, item)?.ok_or(WriteError::LookAgain)?;
            let before = seen.said.iter().map(|said| said.id);
            let supersedes = before.map(|id| Ref::new(id.act, id.n, id.member, pen.member));
            let supersedes = supersedes.collect();
            let mut events = vec![Event::ItemOutcome(ItemOutcome { item, outcome, supersedes })];
            events.extend(text.clone().map(|text| Event::Note(Note { text })));
            let mut together = Together {
                first: state.writing(view.clone(), events)?,
                others: vec![],
                left_out: vec![],
            };
            if outcome != MeetingOutcome::Resolved {
                return Ok(together);
            }
            let resolve = Event::Resolve(Resolve {
                answers: vec![],
                how: How::Council,
                helpers: vec![],
                item: Some(ItemAt { meeting: Link::to(view.doc), item }),
                with: None,
                text,
            });
            let named = named(&seen);
            for doc in &named {
                match grievances.iter().find(|shown| shown.doc == *doc) {
                    Some(shown) => state.add_other(&mut together, pen, shown, &resolve)?,
                    None => together.left_out.push((*doc, state.not_on_the_screen(*doc)?)),
                }
            }
            let others: BTreeSet<DocumentId> = grievances.iter().map(|shown| shown.doc).collect();
            let others = others.into_iter().filter(|doc| !named.contains(doc));
            together.left_out.extend(others.map(|doc| (doc, ByHand::NotNamed)));
            Ok(together)
        })?;
        Ok(ItemSettled { written, by_hand })
    }
}

impl State {
    fn item(&self, meeting: DocumentId, item: ItemId) -> Result<Option<ItemRecord>, StoreError> {
        let store = self.store.view();
        let connection = self.store.connection();
        let Some(loaded) = Loaded::read(&store, meeting)? else { return Ok(None) };
        if !projection::is_shown(connection, loaded.row.scope.place())? {
            return Ok(None);
        }
        let Some(now) = of_item(loaded.fold(store.rosters()), item) else { return Ok(None) };
        let mut grievances = Vec::new();
        for doc in named(&now) {
            let line = projection::row(connection, doc)?;
            let line: Option<GrievanceLine> = match self.grievance_here(doc)? {
                Some(_) => line.map(GrievanceLine::from),
                None => None,
            };
            let view = match line {
                Some(_) => Some(View { doc, heads: store.heads(doc)? }),
                None => None,
            };
            let by_hand = match &view {
                Some(view) => self.by_hand(view, Kind::Resolve)?,
                None => Some(ByHand::NotHere),
            };
            grievances.push(ItemGrievance { doc, line, view, by_hand });
        }
        let view = View { doc: meeting, heads: store.heads(meeting)? };
        let ItemNow { title, carries, outcome, said, .. } = now;
        Ok(Some(ItemRecord { meeting, view, item, title, carries, outcome, said, grievances }))
    }

    /// An item as a view shows it.
    fn item_seen(&self, view: &View, item: ItemId) -> Result<Option<ItemNow>, StoreError> {
        let store = self.store.view();
        let Some(loaded) = Loaded::read(&store, view.doc)? else { return Ok(None) };
        Ok(of_item(loaded.seen(&view.heads, store.rosters()), item))
    }

    /// Why a grievance that the item names had no view.
    fn not_on_the_screen(&self, doc: DocumentId) -> Result<ByHand, StoreError> {
        let here = self.grievance_here(doc)?.is_some();
        Ok(if here { ByHand::LookAgain } else { ByHand::NotHere })
    }
}

fn of_item(folded: Folded, item: ItemId) -> Option<ItemNow> {
    let Folded::Meeting(meeting) = folded else { return None };
    meeting.items.into_iter().find(|now| now.item == item)
}

/// What an item names, each once, in its order.
fn named(item: &ItemNow) -> Vec<DocumentId> {
    let mut seen = BTreeSet::new();
    item.grievances.iter().map(|link| link.doc).filter(|doc| seen.insert(*doc)).collect()
}
