//! Households: the whole record, and what is written into it.

use doorstep_core::{Filter, Page};
use doorstep_domain::table::list;
use doorstep_protocol::id::DocumentId;

use super::{Desk, Doorstep, new_act};
use crate::{
    convert::{
        household::priority_events,
        household_steps::event_of,
        ids::{event_id, event_texts},
        links::{continues, leads, same_as},
        numbers::long,
        query,
    },
    error::{Code, DoorstepError, Fault},
    records::{HouseholdRecord, HouseholdStepForm, NewHouseholdStep, Written},
};

/// Visits and grievances beside a household.
pub(super) const BESIDE_MAX: u32 = 20;

#[uniffi::export]
impl Doorstep {
    /// A household, whole; none where it is not on this phone, or no longer shown.
    pub fn household(&self, doc: String) -> Result<Option<HouseholdRecord>, DoorstepError> {
        self.call(|desk| desk.household(query::document(&doc)?))
    }

    /// What the form for anything on a household needs.
    ///
    /// # Errors
    ///
    /// `look_again` where it is not on this phone.
    pub fn household_step_form(&self, doc: String) -> Result<HouseholdStepForm, DoorstepError> {
        self.call(|desk| {
            let doc = query::document(&doc)?;
            let record = desk.household(doc)?.ok_or(Code::LookAgain)?;
            let reader = desk.reader();
            let beside = Filter::at(query::place(&record.line.place)?);
            let mut others = desk.call.engine.households(&beside, &Page::default())?;
            others.retain(|line| line.doc != doc);
            Ok(HouseholdStepForm {
                act: new_act()?,
                record,
                relations: reader.offered(list::RELATION),
                birth_bands: reader.offered(list::BIRTH_BAND),
                fields: reader.offered(list::FIELD),
                priorities: reader.offered(list::PRIORITY),
                languages: reader.offered(list::LANGUAGE),
                reasons: reader.offered(list::REASON),
                households: others.into_iter().map(|line| reader.household(line)).collect(),
            })
        })
    }

    /// Writes something into a household. What it replaces is what the lines on the screen named.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::take_step`].
    pub fn household_step(&self, new: NewHouseholdStep) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let NewHouseholdStep { act, view, step, happened_s } = new;
            desk.write(&act, &view, happened_s, |me, _| event_of(step, me))
        })
    }

    /// A telephone number, whole: its event is that of the line that showed it masked. Who opened a
    /// number is not written down yet.
    ///
    /// # Errors
    ///
    /// `look_again` where the household is not on this phone, or the number was replaced.
    pub fn open_phone(&self, doc: String, event: String) -> Result<String, DoorstepError> {
        self.call(|desk| desk.open_phone(query::document(&doc)?, &event))
    }
}

impl Desk<'_> {
    pub(super) fn household(&self, doc: DocumentId) -> Result<Option<HouseholdRecord>, Fault> {
        let engine = &self.call.engine;
        let (Some(record), Some(line)) = (engine.household(doc)?, self.household_line(doc)?) else {
            return Ok(None);
        };
        let reader = self.reader();
        let beside = Filter { household: Some(doc), ..Filter::default() };
        let page = Page::first(BESIDE_MAX);
        let visits = engine.visits(&beside, &page)?;
        let grievances = engine.grievances(&beside, &page)?;
        let state = record.state;
        let same = leads(&state.story, same_as);
        let earlier = leads(&state.story, continues);
        let lines = self.lines_of(same.iter().chain(&earlier).map(|(_, doc)| *doc))?;
        let persons = reader.persons(&state.persons);
        Ok(Some(HouseholdRecord {
            view: record.view.to_string(),
            line: reader.household(line),
            may_write: record.may_write,
            phones: reader.phones(&state, &persons),
            persons,
            consent: reader.consent(&state),
            notices: reader.notices(&state),
            priority: state.priority.map(|priority| reader.priority(priority)),
            priority_ended_s: state.priority_ended.map(long),
            priority_events: priority_events(&state),
            fields: reader.fields(&state.fields),
            same_as: reader.links(&same, &lines),
            continues: reader.links(&earlier, &lines),
            flags: reader.flags(&state.flags),
            visits: self.visit_lines(&reader, visits)?,
            grievances: grievances.into_iter().map(|line| reader.grievance(line)).collect(),
            story: reader.story(&state.story),
            may_correct: event_texts(&record.may_correct),
        }))
    }

    fn open_phone(&self, doc: DocumentId, line: &str) -> Result<String, Fault> {
        let engine = &self.call.engine;
        let me = engine.member().ok_or(Code::NotEnrolled)?;
        let asked = event_id(line, me)?;
        let record = engine.household(doc)?.ok_or(Code::LookAgain)?;
        let found = record.state.phones.into_iter().find(|said| said.id == asked);
        Ok(found.ok_or(Code::LookAgain)?.value.number.0)
    }
}
