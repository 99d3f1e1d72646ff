//! What people do on a phone. Each deed that returns is written into the ledger.

use doorstep_core::{
    ActOptions, Engine, GrievanceRecord, NewGrievance, NewHousehold, NewOutcome, NewVisit, View,
    WriteError, Written,
};
use doorstep_domain::{
    event::{Accept, Event, Note, Progress, Ref, Reject, Reporter, Resolve, Text},
    table::{By, Channel, How, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentId, Incarnation};

use crate::{call::Ended, ledger::Line, town, world::World};

/// A phone in somebody's hand.
#[derive(Debug)]
pub struct Hand<'w> {
    pub(crate) world: &'w mut World,
    pub(crate) name: String,
}

impl Hand<'_> {
    /// The engine, for what is not told here.
    pub fn engine(&mut self) -> Engine {
        self.world.phone_mut(&self.name).engine()
    }

    /// Makes a household in a building.
    pub fn founds(&mut self, building: &str, unit: &str) -> DocumentId {
        self.try_founds(building, unit).unwrap_or_else(|error| self.cannot(&error))
    }

    /// As [`Self::founds`].
    pub fn try_founds(&mut self, building: &str, unit: &str) -> Result<DocumentId, WriteError> {
        let words = format!("{unit} {}", self.world.words());
        let place = town::place_id(&self.world.realm(), building);
        let household = NewHousehold { place, unit: words.clone(), more: vec![] };
        let options = self.options();
        let written = self.engine().found_household(household, options)?;
        Ok(self.saved(written, building, vec!["found"], words))
    }

    /// Records a visit to a household.
    pub fn visits(&mut self, household: DocumentId) -> DocumentId {
        self.try_visits(household).unwrap_or_else(|error| self.cannot(&error))
    }

    /// As [`Self::visits`].
    pub fn try_visits(&mut self, household: DocumentId) -> Result<DocumentId, WriteError> {
        let words = self.world.words();
        let outcome = NewOutcome {
            outcome: VisitOutcome::Met,
            persons_met: 1,
            grievances: vec![],
            next_day: None,
        };
        let visit = NewVisit {
            household,
            purpose: 1,
            asked_for: None,
            planned: None,
            companions: vec![],
            checklist: vec![],
            outcome: Some(outcome),
            note: Some(words.clone()),
        };
        let options = self.options();
        let written = self.engine().record_visit(visit, options)?;
        let place = self.world.place_of(household);
        Ok(self.saved(written, &place, vec!["started", "outcome", "note"], words))
    }

    /// Files a grievance about a place.
    pub fn files(&mut self, place: &str) -> DocumentId {
        self.try_files(place).unwrap_or_else(|error| self.cannot(&error))
    }

    /// As [`Self::files`].
    pub fn try_files(&mut self, place: &str) -> Result<DocumentId, WriteError> {
        let words = self.world.words();
        let grievance = NewGrievance {
            place: town::place_id(&self.world.realm(), place),
            what: words.clone(),
            spot: None,
            reporter: Reporter::Anonymous,
            kind: 1,
            grade: None,
            visit: None,
        };
        let options = self.options();
        let written = self.engine().file_grievance(grievance, options)?;
        Ok(self.saved(written, place, vec!["discover"], words))
    }

    /// Writes a note into a document, on what the phone shows now.
    pub fn notes(&mut self, doc: DocumentId) -> ActId {
        let view = self.seen(doc);
        self.notes_on(&view).unwrap_or_else(|error| self.cannot(&error))
    }

    /// Writes a note on what was on the screen.
    pub fn notes_on(&mut self, view: &View) -> Result<ActId, WriteError> {
        let words = self.world.words();
        self.act_on(view, Event::Note(Note { text: Text::from(words.clone()) }), words)
    }

    /// Works on a grievance.
    pub fn works_on(&mut self, doc: DocumentId) -> ActId {
        let view = self.seen(doc);
        self.works_on_view(&view).unwrap_or_else(|error| self.cannot(&error))
    }

    /// As [`Self::works_on`], on what was on the screen.
    pub fn works_on_view(&mut self, view: &View) -> Result<ActId, WriteError> {
        let words = self.world.words();
        let text = Some(Text::from(words.clone()));
        let progress = Progress { how: How::Help, helpers: vec![], parties: None, text };
        self.act_on(view, Event::Progress(progress), words)
    }

    /// Resolves a grievance, on what the phone shows now.
    pub fn resolves(&mut self, doc: DocumentId) -> ActId {
        let view = self.seen(doc);
        let words = self.world.words();
        let resolve = Resolve {
            answers: vec![],
            how: How::Help,
            helpers: vec![],
            item: None,
            with: None,
            text: Some(Text::from(words.clone())),
        };
        self.act_on(&view, Event::Resolve(resolve), words)
            .unwrap_or_else(|error| self.cannot(&error))
    }

    /// The resident is not content with a resolution that this phone shows.
    pub fn rejects(&mut self, doc: DocumentId, resolution: ActId) -> ActId {
        let view = self.seen(doc);
        let own = self.world.member_of(&self.name);
        let author = self.world.author_of(resolution);
        let words = self.world.words();
        let reject = Reject {
            resolution: Ref::new(resolution, 0, author, own),
            by: By::Resident,
            heard: Channel::InPerson,
            reason: 1,
            text: Some(Text::from(words.clone())),
        };
        self.act_on(&view, Event::Reject(reject), words).unwrap_or_else(|error| self.cannot(&error))
    }

    /// Takes a grievance on.
    pub fn accepts(&mut self, doc: DocumentId) -> ActId {
        let view = self.seen(doc);
        self.act_on(&view, Event::Accept(Accept {}), String::new())
            .unwrap_or_else(|error| self.cannot(&error))
    }

    /// Acts on a view.
    pub fn act_on(
        &mut self,
        view: &View,
        event: Event,
        words: String,
    ) -> Result<ActId, WriteError> {
        let options = self.options();
        self.act_as(view, vec![event], options, words).map(|written| written.act)
    }

    /// As [`Self::act_on`], with everything that can be said of an act.
    pub fn act_as(
        &mut self,
        view: &View,
        events: Vec<Event>,
        options: ActOptions,
        words: String,
    ) -> Result<Written, WriteError> {
        let kinds = events.iter().map(Event::word).collect();
        let written = self.engine().act(view, events, options)?;
        let place = self.world.place_of(view.document());
        self.saved(written, &place, kinds, words);
        Ok(written)
    }

    /// Meets the relay until everything is exchanged.
    pub fn meets(&mut self) -> Ended {
        let name = self.name.clone();
        self.world.meets(&name)
    }

    /// What is on the screen of a document, if it is shown.
    pub fn view(&mut self, doc: DocumentId) -> Option<View> {
        let engine = self.engine();
        let grievance = engine.grievance(doc).unwrap().map(|record| record.view);
        let visit = || engine.visit(doc).unwrap().map(|record| record.view);
        let household = || engine.household(doc).unwrap().map(|record| record.view);
        let meeting = || engine.meeting(doc).unwrap().map(|record| record.view);
        grievance.or_else(visit).or_else(household).or_else(meeting)
    }

    /// Whether it shows a document.
    pub fn sees(&mut self, doc: DocumentId) -> bool {
        self.view(doc).is_some()
    }

    fn seen(&mut self, doc: DocumentId) -> View {
        let view = self.view(doc);
        view.unwrap_or_else(|| panic!("{} does not see document {doc}", self.name))
    }

    /// A grievance as this phone shows it.
    pub fn grievance(&mut self, doc: DocumentId) -> GrievanceRecord {
        let record = self.engine().grievance(doc).unwrap();
        record.unwrap_or_else(|| panic!("{} does not see grievance {doc}", self.name))
    }

    /// How many acts it says are not delivered.
    pub fn undelivered(&mut self) -> usize {
        self.engine().explain().unwrap().len()
    }

    /// The names of its alarms.
    pub fn alarms(&mut self) -> Vec<String> {
        let status = self.engine().sync_status().unwrap();
        status.alarms.into_iter().map(|alarm| alarm.name).collect()
    }

    /// The life of its store.
    pub fn incarnation(&mut self) -> Incarnation {
        self.engine().sync_status().unwrap().incarnation
    }

    /// An act id that the app took before it asked.
    fn options(&mut self) -> ActOptions {
        ActOptions::once(self.world.act_id())
    }

    /// Writes into the ledger what a call of the engine has saved.
    pub fn saved(
        &mut self,
        written: Written,
        place: &str,
        kinds: Vec<&'static str>,
        words: String,
    ) -> DocumentId {
        self.saved_together(vec![(written, place.to_owned(), kinds)], words);
        written.doc
    }

    /// As [`Self::saved`], of an act in several documents.
    pub fn saved_together(
        &mut self,
        parts: Vec<(Written, String, Vec<&'static str>)>,
        words: String,
    ) {
        let phone = self.name.clone();
        let member = self.world.member_of(&phone);
        for (Written { doc, act, repeated }, place, kinds) in parts {
            assert!(!repeated, "{phone}: a new act was there already");
            self.world.note(format!("{phone} saves {act} in {doc}: {}", kinds.join(" ")));
            let (phone, words) = (phone.clone(), words.clone());
            let (origin_gone, excused) = (false, false);
            let line = Line { phone, member, act, doc, place, kinds, words, origin_gone, excused };
            self.world.ledger.lines.push(line);
        }
        self.world.look_at(&phone);
    }

    fn cannot(&self, error: &WriteError) -> ! {
        panic!("{} cannot save: {error}", self.name)
    }
}
