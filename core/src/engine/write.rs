//! What is written: each verb is one transaction, durable when it returns, and never touches the
//! network.

use std::collections::BTreeSet;

use doorstep_domain::{
    event::{Act, Decline, Decoded, Event, Marks, Note, Ref, Reporter, Text},
    fold::{
        Grievance,
        story::{Entry, Judgement},
    },
    input::EventId,
    table::{Flag, Kind, RefField, Rejection, takes},
};
use doorstep_protocol::{
    hash::h,
    id::{ActId, ChangeHash, DocumentId, DocumentKind, MemberId, Nonce, PlaceId, Point, Scope},
    roster::Roster,
    wire::Writer,
};

use super::{
    ActOptions, ByHand, Engine, META_TIME, NewGrievance, NewHousehold, NewMeeting, NewVisit, State,
    View, Written, history,
    new::{Birth, FOUND_MAX},
};
use crate::{
    error::{Invalid, WriteError, failed},
    projection,
    store::{Entropy, NewAct, SaveError, Tx},
};

/// One act in one document, before it is saved.
pub(super) struct Writing {
    doc: DocumentId,
    scope: Scope,
    kind: u8,
    nonce: Option<Nonce>,
    seen: Vec<ChangeHash>,
    events: Vec<Event>,
}

/// One act in several documents: in the first or not at all, in each of the others where it can be.
pub(super) struct Together {
    pub(super) first: Writing,
    pub(super) others: Vec<Writing>,
    /// Where it is not even tried.
    pub(super) left_out: Vec<(DocumentId, ByHand)>,
}

/// Who writes what, and when.
pub(super) struct Pen {
    pub(super) member: MemberId,
    pub(super) act: ActId,
    marks: Marks,
}

/// What a transaction saved.
#[derive(Default)]
struct Done {
    written: Vec<Written>,
    left_out: Vec<(DocumentId, ByHand)>,
    /// Lines that stand in another group by it.
    regrouped: BTreeSet<DocumentId>,
}

/// A transaction that is taken back, and why.
enum Undo {
    Write(WriteError),
    NeedIncarnation,
}

impl From<doorstep_protocol::store::StoreError> for Undo {
    fn from(error: doorstep_protocol::store::StoreError) -> Self {
        Self::Write(error.into())
    }
}

impl Engine {
    /// Makes a household.
    pub fn found_household(
        &self,
        household: NewHousehold,
        options: ActOptions,
    ) -> Result<Written, WriteError> {
        self.bear(options, |_| Ok(household.birth()))
    }

    /// Records a visit, in the log of its household's building.
    #[tracing::instrument(skip_all, level = "debug")]
    pub fn record_visit(
        &self,
        visit: NewVisit,
        options: ActOptions,
    ) -> Result<Written, WriteError> {
        let mut written = self.record_visit_with(visit, vec![], options)?;
        written.pop().ok_or(WriteError::LookAgain)
    }

    /// Records a visit and files the grievances found on it, as one act in one transaction: all of it
    /// is saved or nothing. They are linked both ways, except that a grievance whose reporter wished
    /// not to be named leads back to no visit, nor the visit to it.
    ///
    /// Gives what was written of the visit, then of each grievance.
    ///
    /// # Errors
    ///
    /// [`Invalid::TooMany`] where there are more than [`FOUND_MAX`]; see also [`WriteError`].
    #[tracing::instrument(skip_all, level = "debug")]
    pub fn record_visit_with(
        &self,
        visit: NewVisit,
        found: Vec<NewGrievance>,
        options: ActOptions,
    ) -> Result<Vec<Written>, WriteError> {
        if found.len() > FOUND_MAX {
            return Err(Invalid::TooMany.into());
        }
        self.write(options, |state, pen| {
            let household = state.store.view().document(visit.household)?;
            let place = household.ok_or(WriteError::LookAgain)?.scope.place();
            state.visit(pen, visit, place, found)
        })
    }

    /// Files a grievance.
    pub fn file_grievance(
        &self,
        grievance: NewGrievance,
        options: ActOptions,
    ) -> Result<Written, WriteError> {
        self.bear(options, |_| Ok(grievance.birth()))
    }

    /// Makes the document of a meeting of a block council.
    pub fn hold_meeting(
        &self,
        meeting: NewMeeting,
        options: ActOptions,
    ) -> Result<Written, WriteError> {
        self.bear(options, |_| Ok(meeting.birth()))
    }

    /// Acts in a document: what the person says, on what was on the screen.
    ///
    /// A list of what an event answers, replaces or ends may be left empty: then it names what the view
    /// shows as in force. So does a Resolve or CloseUnsolved answer the open rejections, a SetGrade,
    /// SetDue or Assign replace what it was, and a SendBack end the escalations. A Decline that names
    /// nothing ends its author's own Accepts and the Assigns to them.
    ///
    /// # Errors
    ///
    /// See [`WriteError`]. [`WriteError::Rejected`] is what everybody's fold would say.
    pub fn act(
        &self,
        view: &View,
        events: Vec<Event>,
        options: ActOptions,
    ) -> Result<Written, WriteError> {
        let mut written = self.act_together(vec![(view.clone(), events)], options)?;
        written.pop().ok_or(WriteError::LookAgain)
    }

    /// Acts in several documents at once, as one act in one transaction: work done once for the
    /// grievances of a group, the outcome of a council's item and what it settles.
    pub fn act_together(
        &self,
        acts: Vec<(View, Vec<Event>)>,
        options: ActOptions,
    ) -> Result<Vec<Written>, WriteError> {
        self.write(options, |state, _| {
            acts.into_iter().map(|(view, events)| state.writing(view, events)).collect()
        })
    }

    /// Adds a note to a document.
    pub fn note(
        &self,
        view: &View,
        text: impl Into<String>,
        options: ActOptions,
    ) -> Result<Written, WriteError> {
        let text = Text::from(text.into());
        self.act(view, vec![Event::Note(Note { text })], options)
    }

    /// Makes a document.
    fn bear(
        &self,
        options: ActOptions,
        birth: impl FnOnce(&State) -> Result<Birth, WriteError>,
    ) -> Result<Written, WriteError> {
        let mut written = self.write(options, |state, pen| {
            let birth = birth(state)?;
            Ok(vec![state.birth(pen, birth, 0)])
        })?;
        written.pop().ok_or(WriteError::LookAgain)
    }

    pub(super) fn write(
        &self,
        options: ActOptions,
        make: impl FnOnce(&State, &Pen) -> Result<Vec<Writing>, WriteError>,
    ) -> Result<Vec<Written>, WriteError> {
        self.with(|state| {
            let pen = self.pen(state, options)?;
            let writings = make(state, &pen)?;
            Ok(state.save(&pen, &writings, &[], self.entropy())?.written)
        })
    }

    /// Writes one act into several documents, in one transaction. Gives what was written, the first
    /// first, and where it was not: the same act asked for again is written nowhere else.
    pub(super) fn write_together(
        &self,
        options: ActOptions,
        make: impl FnOnce(&State, &Pen) -> Result<Together, WriteError>,
    ) -> Result<(Vec<Written>, Vec<(DocumentId, ByHand)>), WriteError> {
        self.with(|state| {
            let pen = self.pen(state, options)?;
            let Together { first, others, mut left_out } = make(state, &pen)?;
            let done = state.save(&pen, &[first], &others, self.entropy())?;
            left_out.extend(done.left_out);
            Ok((done.written, left_out))
        })
    }

    fn pen(&self, state: &mut State, options: ActOptions) -> Result<Pen, WriteError> {
        let member = state.member().ok_or(WriteError::NotEnrolled)?;
        let act = match options.act {
            Some(act) => act,
            None => random_act(self.entropy())?,
        };
        let marks = state.time.mark(self.clock(), options.happened_s);
        Ok(Pen { member, act, marks })
    }
}

impl State {
    pub(super) fn writing(&self, view: View, events: Vec<Event>) -> Result<Writing, WriteError> {
        let document = self.store.view().document(view.doc)?.ok_or(WriteError::LookAgain)?;
        Ok(Writing {
            doc: view.doc,
            scope: document.scope,
            kind: document.kind,
            nonce: None,
            seen: view.heads,
            events,
        })
    }

    /// The same act makes the same document: its nonce is a function of the act's id, so that what is
    /// repeated after a lost answer is found again.
    ///
    /// The secret of this store goes in, so nobody who knows an act's id from another document can
    /// work out the nonce, which is the salt of an erased part. Two documents cannot fall together:
    /// the id is made of member, log and kind as well; one act makes one document of a kind in a log,
    /// a second is told that the id was used; and two devices of a member have different secrets.
    /// An act that makes several of a kind tells them apart by `ordinal`, from 0.
    fn birth(&self, pen: &Pen, birth: Birth, ordinal: u8) -> Writing {
        let mut w = Writer::new();
        w.raw(&self.secret).raw(&pen.act.0).raw(&pen.member.0).u8(birth.kind.number());
        if ordinal > 0 {
            w.u8(ordinal);
        }
        let hash = h("doc nonce", w.as_slice());
        let nonce = Nonce::from_slice(hash.get(..Nonce::BYTES).unwrap_or_default());
        let nonce = nonce.unwrap_or_default();
        let (scope, kind) = (birth.place.scope(), birth.kind.number());
        let realm = self.store.joined().unwrap_or_default();
        Writing {
            doc: DocumentId::of(&realm, scope, kind, pen.member, &nonce),
            scope,
            kind,
            nonce: Some(nonce),
            seen: Vec::new(),
            events: birth.events,
        }
    }

    /// A visit and the grievances found on it, linked both ways where their reporter may be known.
    fn visit(
        &self,
        pen: &Pen,
        visit: NewVisit,
        place: PlaceId,
        found: Vec<NewGrievance>,
    ) -> Result<Vec<Writing>, WriteError> {
        let mut visit = visit.birth(place);
        // Ids do not depend on what is written, so each can name the other.
        let id = self.birth(pen, Birth { events: vec![], ..visit }, 0).doc;
        let mut writings = Vec::with_capacity(found.len() + 1);
        for (ordinal, mut grievance) in (0..).zip(found) {
            let named = grievance.reporter != Reporter::Anonymous;
            grievance.visit = named.then_some(id);
            let writing = self.birth(pen, grievance.birth(), ordinal);
            if named {
                visit.found(writing.doc);
            }
            writings.push(writing);
        }
        writings.insert(0, self.birth(pen, visit, 0));
        Ok(writings)
    }

    #[tracing::instrument(skip_all, level = "debug")]
    fn save(
        &mut self,
        pen: &Pen,
        all: &[Writing],
        where_it_can_be: &[Writing],
        entropy: &dyn Entropy,
    ) -> Result<Done, WriteError> {
        let saved = match self.try_save(pen, all, where_it_can_be) {
            Err(Undo::NeedIncarnation) => {
                self.new_incarnation(entropy)?;
                self.try_save(pen, all, where_it_can_be)
            }
            other => other,
        };
        let done = saved.map_err(|undo| match undo {
            Undo::Write(error) => error,
            Undo::NeedIncarnation => failed("append: incarnation").into(),
        })?;
        if self.shows_all {
            self.show_places()?;
        }
        let new = done.written.iter().filter(|written| !written.repeated);
        self.pending.saved.extend(new.map(|written| written.doc));
        self.pending.saved.extend(&done.regrouped);
        self.pending.status |= !self.pending.saved.is_empty();
        Ok(done)
    }

    /// `all` or nothing; then each of the others where it can be.
    fn try_save(
        &mut self,
        pen: &Pen,
        all: &[Writing],
        where_it_can_be: &[Writing],
    ) -> Result<Done, Undo> {
        let time = self.time.to_bytes();
        self.store.transaction(|tx| {
            let mut done = Done::default();
            for writing in all {
                let written = save_one(tx, pen, writing, &mut done.regrouped)?;
                done.written.push(written);
            }
            let again = done.written.iter().all(|written| written.repeated);
            for writing in where_it_can_be {
                let doc = writing.doc;
                if again && !is_written(tx, pen, doc)? {
                    done.left_out.push((doc, ByHand::LookAgain));
                    continue;
                }
                match save_if_it_can_be(tx, pen, writing, &mut done.regrouped)? {
                    Ok(written) => done.written.push(written),
                    Err(why) => done.left_out.push((doc, why)),
                }
            }
            tx.set_meta(META_TIME, &time)?;
            Ok(done)
        })
    }

    /// The events of this very act as they stand in a document, where it was written there.
    pub(super) fn written_before(
        &self,
        pen: &Pen,
        doc: DocumentId,
    ) -> Result<Option<Vec<Event>>, WriteError> {
        let copies = self.store.view().copies(doc)?;
        let copy = copies.iter().find(|copy| copy.author == pen.member && copy.act == pen.act);
        Ok(copy.and_then(|copy| match Act::decode(&copy.value) {
            Decoded::Act { events, .. } => events.into_iter().collect::<Result<_, _>>().ok(),
            _ => None,
        }))
    }
}

fn random_act(entropy: &dyn Entropy) -> Result<ActId, WriteError> {
    let mut act = ActId::ZERO;
    entropy.fill(&mut act.0).map_err(|_| failed("no random bytes"))?;
    Ok(act)
}

/// Saves one act with its row in the lists, or finds it saved. The change is made first and judged as
/// it stands, past and all; what would be rejected takes the transaction back with it.
fn save_one(
    tx: &mut Tx<'_>,
    pen: &Pen,
    writing: &Writing,
    regrouped: &mut BTreeSet<DocumentId>,
) -> Result<Written, Undo> {
    let Pen { member, act, marks } = *pen;
    let doc = writing.doc;
    let copies = tx.view().copies(doc)?;
    let events = events(tx, pen, writing)?;
    if let Some(copy) = copies.iter().find(|copy| copy.author == member && copy.act == act) {
        let same = matches!(Act::decode(&copy.value), Decoded::Act { events: said, .. }
            if said.iter().map(|said| said.as_ref().ok()).eq(events.iter().map(Some)));
        return match same {
            true => Ok(Written { doc, act, repeated: true }),
            false => Err(Undo::Write(Invalid::ActReused.into())),
        };
    }
    let Marks { claimed, floor, certain, happened } = marks;
    let value = Act { claimed, floor, certain, happened, events }
        .encode()
        .map_err(|error| Undo::Write(error.into()))?;
    let saved = tx.append(&NewAct {
        doc,
        scope: writing.scope,
        kind: writing.kind,
        nonce: writing.nonce,
        act,
        seen: writing.seen.clone(),
        value,
        point: point(tx.view().rosters(), member, writing.scope.place())?,
    });
    let saved = saved.map_err(|error| match error {
        SaveError::NeedIncarnation => Undo::NeedIncarnation,
        error => Undo::Write(error.into()),
    })?;
    if let Some((event, reason)) = history::check(&tx.view(), doc, saved.hash)? {
        return Err(Undo::Write(WriteError::Rejected { event, reason }));
    }
    regrouped.extend(projection::project_in(tx, doc)?);
    Ok(Written { doc, act, repeated: saved.repeated })
}

fn is_written(tx: &Tx<'_>, pen: &Pen, doc: DocumentId) -> Result<bool, Undo> {
    let copies = tx.view().copies(doc)?;
    Ok(copies.iter().any(|copy| copy.author == pen.member && copy.act == pen.act))
}

/// As [`save_one`]; where the document does not take it nothing is written there, and why.
fn save_if_it_can_be(
    tx: &mut Tx<'_>,
    pen: &Pen,
    writing: &Writing,
    regrouped: &mut BTreeSet<DocumentId>,
) -> Result<Result<Written, ByHand>, Undo> {
    let mark = |tx: &Tx<'_>, sql| {
        tx.connection().execute_batch(sql).map_err(|_| Undo::Write(failed("savepoint").into()))
    };
    mark(tx, "SAVEPOINT one_of_several")?;
    let why = match save_one(tx, pen, writing, regrouped) {
        Ok(written) => {
            mark(tx, "RELEASE one_of_several")?;
            return Ok(Ok(written));
        }
        Err(Undo::NeedIncarnation) => return Err(Undo::NeedIncarnation),
        Err(Undo::Write(error)) => match error {
            WriteError::NoPlace => ByHand::NoRight,
            WriteError::Rejected { reason: Rejection::NoRight, .. } => ByHand::NoRight,
            WriteError::Rejected { .. } => ByHand::Rejected,
            WriteError::LookAgain => ByHand::LookAgain,
            WriteError::DocumentFull => ByHand::Full,
            error => return Err(Undo::Write(error)),
        },
    };
    mark(tx, "ROLLBACK TO one_of_several; RELEASE one_of_several")?;
    Ok(Err(why))
}

/// The roster under which a member writes about a place.
pub(super) fn roster_of(rosters: &[Roster], member: MemberId, place: PlaceId) -> Option<&Roster> {
    let enters = |roster: &&Roster| roster.tip().may_enter(member, place);
    rosters.iter().filter(enters).max_by_key(|roster| roster.tip().is_under_block(place))
}

/// The point that stands under what is written about a place: the newest of the roster that has it.
fn point(rosters: &[Roster], member: MemberId, place: PlaceId) -> Result<Point, Undo> {
    let roster = roster_of(rosters, member, place);
    roster.map(Roster::tip_point).ok_or(Undo::Write(WriteError::NoPlace))
}

/// The events as they are written: a list of what they answer, replace or end that was left empty
/// names what was in force in what was seen.
fn events(tx: &Tx<'_>, pen: &Pen, writing: &Writing) -> Result<Vec<Event>, Undo> {
    let mut events = writing.events.clone();
    let open = |events: &mut Vec<Event>| {
        events.iter_mut().any(|event| open_list(event).is_some() || ends_nothing(event))
    };
    if writing.kind != DocumentKind::Grievance.number() || !open(&mut events) {
        return Ok(events);
    }
    let Some(seen) = history::seen(&tx.view(), writing.doc, &writing.seen)? else {
        return Ok(events);
    };
    for event in &mut events {
        if let Some((list, field, kind)) = open_list(event) {
            let named = in_force(&seen, field, kind);
            list.extend(named.map(|id| Ref::new(id.act, id.n, id.member, pen.member)));
        }
    }
    Ok(events.into_iter().flat_map(|event| declines(&seen, pen.member, event)).collect())
}

fn ends_nothing(event: &Event) -> bool {
    matches!(event, Event::Decline(decline) if decline.of.is_none())
}

/// A Decline that names nothing, as one for each Accept of its author that stands in what was seen and
/// each Assign to them that is in force there; where there is none it is a reason only. Other events
/// stay as they are.
fn declines(seen: &Grievance, member: MemberId, event: Event) -> Vec<Event> {
    let Event::Decline(decline) = &event else { return vec![event] };
    if decline.of.is_some() {
        return vec![event];
    }
    // An Accept that an Assign has passed over comes back with the end of that Assign.
    let stands = |entry: &Entry| {
        entry.judgement == Judgement::Valid && !entry.held && entry.corrected_by.is_none()
    };
    let own = |entry: &&Entry| match &entry.event {
        Some(Event::Accept(_)) => entry.author == member && stands(entry),
        Some(Event::Assign(assign)) => assign.to == member && entry.in_force,
        _ => false,
    };
    let ended = seen.story.iter().filter(own).map(|entry| {
        let EventId { act, n, member: of } = entry.id;
        let of = Some(Ref::new(act, n, of, member));
        Event::Decline(Decline { of, ..decline.clone() })
    });
    let ended: Vec<Event> = ended.collect();
    if ended.is_empty() { vec![event] } else { ended }
}

/// The empty list of an event that the engine fills.
fn open_list(event: &mut Event) -> Option<(&mut Vec<Ref>, RefField, Kind)> {
    let kind = event.kind()?;
    let (list, field) = match event {
        Event::Resolve(resolve) => (&mut resolve.answers, RefField::Answers),
        Event::CloseUnsolved(close) => (&mut close.answers, RefField::Answers),
        Event::SetGrade(set) => (&mut set.supersedes, RefField::Supersedes),
        Event::SetDue(set) => (&mut set.supersedes, RefField::Supersedes),
        Event::Assign(assign) => (&mut assign.supersedes, RefField::Supersedes),
        Event::SendBack(back) => (&mut back.returns, RefField::Returns),
        _ => return None,
    };
    list.is_empty().then_some((list, field, kind))
}

/// What a field of an event of this kind is about, of what is in force in a grievance as it was seen.
fn in_force(seen: &Grievance, field: RefField, of: Kind) -> impl Iterator<Item = EventId> {
    let takes = takes(of, field).unwrap_or_default();
    let open = |entry: &&Entry| match field {
        RefField::Answers => seen.open_rejections.contains(&entry.id),
        _ => entry.in_force,
    };
    // A Settle of another flag is about something else.
    let about = move |entry: &&Entry| match &entry.event {
        Some(Event::Settle(settle)) => match of {
            Kind::SetGrade => settle.flag == Flag::Grade,
            _ => matches!(settle.flag, Flag::Grade | Flag::Due),
        },
        // Ungraded, it gives no grade to replace; its date of the table is replaced by a SetDue.
        Some(Event::Discover(discover)) if of == Kind::SetGrade => discover.grade.is_some(),
        Some(event) => event.kind().is_some_and(|kind| takes.contains(&kind)),
        None => false,
    };
    let named = seen.story.iter().filter(open).filter(about);
    named.map(|entry| entry.id).collect::<Vec<_>>().into_iter()
}
