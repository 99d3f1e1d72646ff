//! What is written: each verb is one transaction, durable when it returns, and never touches the
//! network.

use doorstep_domain::event::{Act, Decoded, Event, Marks, Note, Ref, Text};
use doorstep_protocol::{
    hash::h,
    id::{ActId, ChangeHash, DocumentId, DocumentKind, MemberId, Nonce, PlaceId, Point, Scope},
    roster::Roster,
    wire::Writer,
};

use super::{
    ActOptions, Engine, META_TIME, NewGrievance, NewHousehold, NewMeeting, NewVisit, State, View,
    Written, history, new::Birth,
};
use crate::{
    error::{Invalid, WriteError, failed},
    projection,
    store::{Entropy, NewAct, SaveError, Tx},
};

/// One act in one document, before it is saved.
struct Writing {
    doc: DocumentId,
    scope: Scope,
    kind: u8,
    nonce: Option<Nonce>,
    seen: Vec<ChangeHash>,
    events: Vec<Event>,
}

/// Who writes what, and when.
struct Pen {
    member: MemberId,
    act: ActId,
    marks: Marks,
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
        self.bear(options, |state| {
            let household = state.store.view().document(visit.household)?;
            let household = household.ok_or(WriteError::LookAgain)?;
            Ok(visit.birth(household.scope.place()))
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
    /// A Resolve or CloseUnsolved that names no answers answers the rejections in force that the view
    /// shows.
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
            Ok(vec![state.birth(pen, birth)])
        })?;
        written.pop().ok_or(WriteError::LookAgain)
    }

    fn write(
        &self,
        options: ActOptions,
        make: impl FnOnce(&State, &Pen) -> Result<Vec<Writing>, WriteError>,
    ) -> Result<Vec<Written>, WriteError> {
        self.with(|state| {
            let member = state.member().ok_or(WriteError::NotEnrolled)?;
            let act = match options.act {
                Some(act) => act,
                None => random_act(self.entropy())?,
            };
            let marks = state.time.mark(self.clock(), options.happened_s);
            let pen = Pen { member, act, marks };
            let writings = make(state, &pen)?;
            state.save(&pen, &writings, self.entropy())
        })
    }
}

impl State {
    fn writing(&self, view: View, events: Vec<Event>) -> Result<Writing, WriteError> {
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
    fn birth(&self, pen: &Pen, birth: Birth) -> Writing {
        let mut w = Writer::new();
        w.raw(&self.secret).raw(&pen.act.0).raw(&pen.member.0).u8(birth.kind.number());
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

    #[tracing::instrument(skip_all, level = "debug")]
    fn save(
        &mut self,
        pen: &Pen,
        writings: &[Writing],
        entropy: &dyn Entropy,
    ) -> Result<Vec<Written>, WriteError> {
        let saved = match self.try_save(pen, writings) {
            Err(Undo::NeedIncarnation) => {
                self.new_incarnation(entropy)?;
                self.try_save(pen, writings)
            }
            other => other,
        };
        let written = saved.map_err(|undo| match undo {
            Undo::Write(error) => error,
            Undo::NeedIncarnation => failed("append: incarnation").into(),
        })?;
        if self.shows_all {
            self.show_places()?;
        }
        let new = written.iter().filter(|written| !written.repeated);
        self.pending.saved.extend(new.map(|written| written.doc));
        self.pending.status |= !self.pending.saved.is_empty();
        Ok(written)
    }

    fn try_save(&mut self, pen: &Pen, writings: &[Writing]) -> Result<Vec<Written>, Undo> {
        let time = self.time.to_bytes();
        self.store.transaction(|tx| {
            let written: Result<Vec<Written>, Undo> =
                writings.iter().map(|writing| save_one(tx, pen, writing)).collect();
            tx.set_meta(META_TIME, &time)?;
            written
        })
    }
}

fn random_act(entropy: &dyn Entropy) -> Result<ActId, WriteError> {
    let mut act = ActId::ZERO;
    entropy.fill(&mut act.0).map_err(|_| failed("no random bytes"))?;
    Ok(act)
}

/// Saves one act with its row in the lists, or finds it saved. The change is made first and judged as
/// it stands, past and all; what would be rejected takes the transaction back with it.
fn save_one(tx: &mut Tx<'_>, pen: &Pen, writing: &Writing) -> Result<Written, Undo> {
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
    projection::project_in(tx, doc)?;
    Ok(Written { doc, act, repeated: saved.repeated })
}

/// The point that stands under what is written about a place: the newest of the roster that has it.
fn point(rosters: &[Roster], member: MemberId, place: PlaceId) -> Result<Point, Undo> {
    let enters = |roster: &&Roster| roster.tip().may_enter(member, place);
    rosters
        .iter()
        .filter(enters)
        .max_by_key(|roster| roster.tip().is_under_block(place))
        .map(Roster::tip_point)
        .ok_or(Undo::Write(WriteError::NoPlace))
}

/// The events as they are written: what answers rejections names those in force that were seen.
fn events(tx: &Tx<'_>, pen: &Pen, writing: &Writing) -> Result<Vec<Event>, Undo> {
    let mut events = writing.events.clone();
    let empty = |event: &Event| match event {
        Event::Resolve(resolve) => resolve.answers.is_empty(),
        Event::CloseUnsolved(close) => close.answers.is_empty(),
        _ => false,
    };
    if writing.kind != DocumentKind::Grievance.number() || !events.iter().any(empty) {
        return Ok(events);
    }
    let open = history::open_rejections(&tx.view(), writing.doc, &writing.seen)?;
    let answers: Vec<Ref> =
        open.into_iter().map(|id| Ref::new(id.act, id.n, id.member, pen.member)).collect();
    for event in events.iter_mut().filter(|event| empty(event)) {
        match event {
            Event::Resolve(resolve) => resolve.answers.clone_from(&answers),
            Event::CloseUnsolved(close) => close.answers.clone_from(&answers),
            _ => {}
        }
    }
    Ok(events)
}
