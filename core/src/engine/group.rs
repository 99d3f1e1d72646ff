//! Groups: grievances that are one trouble, told by several residents. Each is folded by itself and
//! keeps its own reporter; lists show the group as one line, and work done once is recorded in each.

use std::collections::BTreeSet;

use doorstep_domain::{
    allowed::{Offer, WhyNot, offers},
    event::{Event, Link, Ref, Resolve, Text},
    fold::{
        Grievance,
        grievance::{Account, Stage},
        story::Entry,
    },
    input::EventId,
    table::{How, Kind},
};
use doorstep_protocol::{
    id::{DocumentId, MemberId},
    store::StoreError,
};
use serde::Serialize;

use super::{
    ActOptions, Engine, GrievanceLine, State, View, Written,
    history::{Folded, Loaded},
    write::{Pen, Together, roster_of},
};
use crate::{
    error::{Invalid, ReadError, WriteError},
    projection,
};

/// Documents of one group at most. What links join beyond that stands alone, each by itself.
pub const GROUP_MAX: usize = projection::GROUP_MAX;

/// The group that a line stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Grouped {
    /// Which of them stands for all in lists: the earliest discovered, then the smallest id, of those
    /// neither erased, transferred nor entered by mistake. The document itself where there is none, and
    /// where the group is over [`GROUP_MAX`].
    pub face: DocumentId,
    /// One of the group is not on this phone, so on another the face may be another one.
    pub provisional: bool,
    /// How many documents the group has, with those that are not here; 1 where it is over
    /// [`GROUP_MAX`].
    pub documents: u32,
}

/// A group, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Which stands for all in lists; none where all were transferred or entered by mistake.
    pub face: Option<DocumentId>,
    /// One of the group is not on this phone.
    pub provisional: bool,
    /// What is shown here: the face first, then by discovery.
    pub members: Vec<GroupMember>,
    /// What is not: of a log that this phone does not hold, not arrived yet, or erased.
    pub not_here: Vec<DocumentId>,
    /// What was done for others of the group and may be taken over into the document that was asked
    /// for, earliest first; nothing where that is over, or resolved itself.
    pub take_over: Vec<Solved>,
}

/// A grievance of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupMember {
    /// Its line.
    pub line: GrievanceLine,
    /// What was on the screen, for [`Engine::work_on_group`] and [`Engine::act`].
    pub view: View,
    /// What this phone's member may write now into it, in the order of the kinds' numbers.
    pub steps: Vec<Kind>,
}

/// What was done for another grievance of the group: "take the resolution over?"
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Solved {
    /// The other.
    pub doc: DocumentId,
    /// Its Resolve.
    pub resolution: EventId,
    /// How it was solved.
    pub how: How,
    /// Who solved it.
    pub author: MemberId,
    /// When, in s.
    pub time_s: u64,
}

/// Why something is not written into a document together with others, so that a person looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ByHand {
    /// It is not on this phone.
    NotHere,
    /// It is over: closed, withdrawn, filed elsewhere or entered by mistake.
    Over,
    /// The member may not do it there; somebody else may.
    NoRight,
    /// What was on the screen stands no longer, it was not on it, or the act was written before without
    /// it.
    LookAgain,
    /// Everybody's fold would reject it there.
    Rejected,
    /// This device has no room left in it.
    Full,
    /// The item does not name it.
    NotNamed,
}

/// What work on a group made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupWritten {
    /// What was written, the first document first, all under one act id.
    pub written: Vec<Written>,
    /// Where nothing was, and why.
    pub left_out: Vec<(DocumentId, ByHand)>,
}

impl Engine {
    /// The group of a grievance; none where it is not on this phone, is not shown or stands alone.
    ///
    /// Of a group over [`GROUP_MAX`] this is the document alone, provisionally.
    pub fn group(&self, id: DocumentId) -> Result<Option<Group>, ReadError> {
        Ok(self.lock().group(id)?)
    }

    /// Records work that was done once for several grievances of a group: a Contact, a Progress or a
    /// Resolve, as one act in one transaction, judged in each by itself with what it answers there. A
    /// Resolve in the others names the first.
    ///
    /// The first must take it. Another one that is not here, is over, or in which the member may not do
    /// it, on its view or now, is left out and listed. The same act asked for again gives what was
    /// written, and writes nothing more.
    ///
    /// # Errors
    ///
    /// [`Invalid::NotForGroup`] of any other event, [`Invalid::GroupTooBig`] of more than [`GROUP_MAX`]
    /// documents, [`WriteError::LookAgain`] where the first is over; see also [`WriteError`].
    #[tracing::instrument(skip_all, level = "debug")]
    pub fn work_on_group(
        &self,
        first: &View,
        others: &[View],
        event: Event,
        options: ActOptions,
    ) -> Result<GroupWritten, WriteError> {
        let kind = match event {
            Event::Contact(_) => Kind::Contact,
            Event::Progress(_) => Kind::Progress,
            Event::Resolve(_) => Kind::Resolve,
            _ => return Err(Invalid::NotForGroup.into()),
        };
        if others.len() >= GROUP_MAX {
            return Err(Invalid::GroupTooBig.into());
        }
        let (written, left_out) = self.write_together(options, |state, pen| {
            let again = state.written_before(pen, first.doc)?.is_some();
            if !again && state.by_hand(first, kind)? == Some(ByHand::Over) {
                return Err(WriteError::LookAgain);
            }
            let mut together = Together {
                first: state.writing(first.clone(), vec![event.clone()])?,
                others: vec![],
                left_out: vec![],
            };
            let event = for_others(event, first.doc, pen);
            let mut named = BTreeSet::from([first.doc]);
            for view in others.iter().filter(|view| named.insert(view.doc)) {
                state.add_other(&mut together, pen, view, &event)?;
            }
            Ok(together)
        })?;
        Ok(GroupWritten { written, left_out })
    }

    /// Takes over into one grievance what solved another of its group: a Resolve of the same kind that
    /// names the other, with the other's author as a helper.
    ///
    /// # Errors
    ///
    /// [`WriteError::LookAgain`] where the resolution is not on this phone or stands no longer: the
    /// other resident was not content with it. See also [`WriteError`].
    pub fn take_resolution_over(
        &self,
        view: &View,
        of: DocumentId,
        resolution: EventId,
        text: Option<Text>,
        options: ActOptions,
    ) -> Result<Written, WriteError> {
        let mut written = self.write(options, |state, pen| {
            let EventId { act, n, member } = resolution;
            let with = Link { doc: of, event: Some(Ref::new(act, n, member, pen.member)) };
            // Asked for again it is the same, whatever became of the other since.
            let before = state.written_before(pen, view.doc)?.unwrap_or_default();
            let before = before.into_iter().find_map(|event| match event {
                Event::Resolve(resolve) if resolve.with == Some(with) => Some(resolve),
                _ => None,
            });
            let (how, helpers) = match before {
                Some(resolve) => (resolve.how, resolve.helpers),
                None => {
                    let how = state.solved_how(of, resolution)?.ok_or(WriteError::LookAgain)?;
                    (how, [member].into_iter().filter(|member| *member != pen.member).collect())
                }
            };
            let answers = vec![];
            let with = Some(with);
            let resolve = Resolve { answers, how, helpers, item: None, with, text };
            Ok(vec![state.writing(view.clone(), vec![Event::Resolve(resolve)])?])
        })?;
        written.pop().ok_or(WriteError::LookAgain)
    }
}

impl State {
    fn group(&self, id: DocumentId) -> Result<Option<Group>, StoreError> {
        let connection = self.store.connection();
        let Some(found) = projection::component(connection, id)? else { return Ok(None) };
        let mut members = Vec::with_capacity(found.here.len());
        let mut states = Vec::with_capacity(found.here.len());
        for doc in found.here {
            let Some(row) = projection::row(connection, doc)? else { continue };
            let Some(state) = self.grievance_here(doc)? else { continue };
            members.push(GroupMember {
                line: row.into(),
                view: View { doc, heads: self.store.view().heads(doc)? },
                steps: self.steps_in(&state),
            });
            states.push(state);
        }
        let own = states.iter().find(|state| state.document == id);
        let take_over = own.map(|own| take_over(own, &states)).unwrap_or_default();
        let projection::Component { face, provisional, not_here, .. } = found;
        Ok(Some(Group { face, provisional, members, not_here, take_over }))
    }

    /// A grievance as it stands, where it is shown here.
    pub(super) fn grievance_here(
        &self,
        doc: DocumentId,
    ) -> Result<Option<Box<Grievance>>, StoreError> {
        let store = self.store.view();
        let Some(loaded) = Loaded::read(&store, doc)? else { return Ok(None) };
        if !projection::is_shown(self.store.connection(), loaded.row.scope.place())? {
            return Ok(None);
        }
        Ok(match loaded.fold(store.rosters()) {
            Folded::Grievance(state) => Some(state),
            _ => None,
        })
    }

    /// Every step in a grievance and why it is not offered; nothing where the member has no place there.
    fn offers_in(&self, state: &Grievance) -> Vec<Offer> {
        let Some(member) = self.member() else { return Vec::new() };
        let roster = roster_of(self.store.view().rosters(), member, state.place);
        roster.map_or_else(Vec::new, |roster| offers(state, member, roster.tip(), state.place))
    }

    fn steps_in(&self, state: &Grievance) -> Vec<Kind> {
        let offers = self.offers_in(state).into_iter();
        offers.filter(|offer| offer.why_not.is_none()).map(|offer| offer.kind).collect()
    }

    /// Why a step is not taken in a grievance together with others, on its view or as it stands now;
    /// none = it is. A view that something arrived after is still what was on the screen.
    pub(super) fn by_hand(&self, view: &View, kind: Kind) -> Result<Option<ByHand>, StoreError> {
        let Some(now) = self.grievance_here(view.doc)? else { return Ok(Some(ByHand::NotHere)) };
        let store = self.store.view();
        let Some(loaded) = Loaded::read(&store, view.doc)? else {
            return Ok(Some(ByHand::NotHere));
        };
        let Folded::Grievance(seen) = loaded.seen(&view.heads, store.rosters()) else {
            return Ok(Some(ByHand::NotHere));
        };
        if !loaded.knows(&view.heads) {
            return Ok(Some(ByHand::LookAgain));
        }
        let offer = self.offers_in(&seen).into_iter().find(|offer| offer.kind == kind);
        Ok(match offer.map(|offer| offer.why_not) {
            None | Some(Some(WhyNot::NoRight)) => Some(ByHand::NoRight),
            Some(Some(_)) => Some(ByHand::Over),
            Some(None) => now.stage.is_over().then_some(ByHand::Over),
        })
    }

    /// Adds an event in another document to an act, or why it is left out there. What the act wrote
    /// before is not judged again.
    pub(super) fn add_other(
        &self,
        together: &mut Together,
        pen: &Pen,
        view: &View,
        event: &Event,
    ) -> Result<(), WriteError> {
        let again = self.written_before(pen, view.doc)?.is_some();
        let kind = event.kind().unwrap_or(Kind::Note);
        match self.by_hand(view, kind)?.filter(|_| !again) {
            Some(why) => together.left_out.push((view.doc, why)),
            None => together.others.push(self.writing(view.clone(), vec![event.clone()])?),
        }
        Ok(())
    }

    /// How a resolution solved a grievance, where it is here and in force.
    fn solved_how(&self, of: DocumentId, resolution: EventId) -> Result<Option<How>, StoreError> {
        let Some(other) = self.grievance_here(of)? else { return Ok(None) };
        let account = solved(&other).find(|(account, _)| account.id == resolution);
        Ok(account.and_then(|(account, _)| account.how))
    }
}

/// What work on the first says in the others: it answers what is open there, and a Resolve names the
/// first.
fn for_others(event: Event, first: DocumentId, pen: &Pen) -> Event {
    match event {
        Event::Resolve(resolve) => {
            let here = Ref::new(pen.act, 0, pen.member, pen.member);
            let with = Some(Link { doc: first, event: Some(here) });
            Event::Resolve(Resolve { answers: vec![], with, ..resolve })
        }
        other => other,
    }
}

/// The resolutions in force of a grievance, each with its entry.
fn solved(state: &Grievance) -> impl Iterator<Item = (&Account, &Entry)> {
    let counts = !matches!(state.stage, Stage::Void | Stage::EnteredByMistake | Stage::Transferred);
    let accounts = state.accounts.iter().filter(move |account| counts && account.how.is_some());
    accounts.filter_map(|account| {
        let entry = state.story.iter().find(|entry| entry.id == account.id && entry.in_force);
        entry.map(|entry| (account, entry))
    })
}

/// What a Resolve says it was done with.
fn done_with(entry: &Entry) -> Option<(DocumentId, Option<EventId>)> {
    let Some(Event::Resolve(resolve)) = &entry.event else { return None };
    let link = resolve.with.as_ref()?;
    let event = link.event.map(|of| EventId {
        act: of.act,
        n: of.n,
        member: of.member.unwrap_or(entry.author),
    });
    Some((link.doc, event))
}

/// What was done for the others and may be taken over into `own`: not its own work, which was brought
/// into the others or taken over from them before, and each piece of work once.
fn take_over(own: &Grievance, all: &[Box<Grievance>]) -> Vec<Solved> {
    if own.stage.is_over() || matches!(own.stage, Stage::Resolved | Stage::Confirmed) {
        return Vec::new();
    }
    let done = || own.story.iter().filter(|entry| matches!(entry.event, Some(Event::Resolve(_))));
    let acts: BTreeSet<_> = done().map(|entry| (entry.author, entry.id.act)).collect();
    let taken: BTreeSet<_> = done().filter_map(done_with).collect();
    let others = all.iter().filter(|other| other.document != own.document);
    let found: Vec<(DocumentId, &Account, &Entry)> = others
        .flat_map(|other| solved(other).map(|(account, entry)| (other.document, account, entry)))
        .filter(|(doc, account, entry)| {
            let with = done_with(entry);
            !acts.contains(&(entry.author, account.id.act))
                && !taken.contains(&(*doc, Some(account.id)))
                && with.is_none_or(|(doc, _)| doc != own.document)
                && with.is_none_or(|with| !taken.contains(&with))
        })
        .collect();
    let listed: BTreeSet<_> =
        found.iter().map(|(doc, account, _)| (*doc, Some(account.id))).collect();
    let mut first: Vec<Solved> = found
        .iter()
        .filter(|(.., entry)| done_with(entry).is_none_or(|with| !listed.contains(&with)))
        .filter_map(|(doc, account, entry)| {
            Some(Solved {
                doc: *doc,
                resolution: account.id,
                how: account.how?,
                author: entry.author,
                time_s: account.time,
            })
        })
        .collect();
    first.sort_by_key(|solved| (solved.time_s, solved.resolution, solved.doc));
    first
}
