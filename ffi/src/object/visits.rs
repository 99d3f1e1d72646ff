//! Visits: the whole record, and what is written into it.

use doorstep_core::{Filter, Line, Page};
use doorstep_domain::table::list;
use doorstep_protocol::id::DocumentId;

use super::{Desk, Doorstep, households::BESIDE_MAX, new_act};
use crate::{
    convert::{
        ids::{event_texts, id_if},
        links::{leads, same_visit},
        query,
        visit_steps::event_of,
    },
    error::{Code, DoorstepError, Fault},
    records::{NewVisitStep, VisitLine, VisitRecord, VisitStepForm, Written},
};

#[uniffi::export]
impl Doorstep {
    /// A visit, whole; none where it is not on this phone, or no longer shown.
    pub fn visit(&self, doc: String) -> Result<Option<VisitRecord>, DoorstepError> {
        self.call(|desk| desk.visit(query::document(&doc)?))
    }

    /// What the form for anything on a visit needs.
    ///
    /// # Errors
    ///
    /// `look_again` where it is not on this phone.
    pub fn visit_step_form(&self, doc: String) -> Result<VisitStepForm, DoorstepError> {
        self.call(|desk| {
            let record = desk.visit(query::document(&doc)?)?.ok_or(Code::LookAgain)?;
            let reader = desk.reader();
            Ok(VisitStepForm {
                act: new_act()?,
                people: reader.others_at(query::place(&record.line.place)?),
                checklist: reader.offered(list::CHECKLIST),
                answers: reader.offered(list::ANSWER),
                reasons: reader.offered(list::REASON),
                visits: desk.visits_beside(&record.line)?,
                record,
            })
        })
    }

    /// Writes something into a visit. What it replaces is what the lines on the screen named.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::take_step`].
    pub fn visit_step(&self, new: NewVisitStep) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let NewVisitStep { act, view, step, happened_s } = new;
            desk.write(&act, &view, happened_s, |me, _| event_of(step, me))
        })
    }
}

impl Desk<'_> {
    fn visit(&self, doc: DocumentId) -> Result<Option<VisitRecord>, Fault> {
        let engine = &self.call.engine;
        let Some(record) = engine.visit(doc)? else { return Ok(None) };
        let Some(Line::Visit(line)) = engine.lines_of([doc])?.remove(&doc) else { return Ok(None) };
        let reader = self.reader();
        let state = record.state;
        let mut members = state.members;
        members.sort_by_key(|member| Some(*member) != state.starter);
        let came_along = members.iter().filter(|member| Some(**member) != state.starter);
        let found = state.outcome.iter().flat_map(|said| &said.value.grievances);
        let same = leads(&state.story, same_visit);
        let lines = self.lines_of(same.iter().map(|(_, doc)| *doc))?;
        let facts = state.facts.as_ref();
        Ok(self.visit_lines(&reader, vec![line])?.pop().map(|line| VisitRecord {
            view: record.view.to_string(),
            line,
            may_write: record.may_write,
            companions: came_along.map(|member| reader.member_line(*member)).collect(),
            mine: state.starter.is_some() && state.starter == reader.me,
            joined: reader.me.is_some_and(|me| members.contains(&me)),
            members: members.iter().map(|member| reader.member_line(*member).name).collect(),
            asked_for: facts.and_then(|facts| facts.asked_for),
            planned: facts.and_then(|facts| facts.planned),
            outcome: state.outcome.as_ref().map(|said| reader.outcome(said)),
            outcomes: state.outcomes.iter().map(|said| reader.outcome(said)).collect(),
            checklist: state.checklist.iter().filter_map(|now| reader.checked(now)).collect(),
            grievances: found.map(|link| link.doc.to_string()).collect(),
            same_visit: reader.links(&same, &lines),
            flags: reader.flags(&state.flags),
            story: reader.story(&state.story),
            may_correct: event_texts(&record.may_correct),
        }))
    }

    /// Other visits to the same household.
    fn visits_beside(&self, visit: &VisitLine) -> Result<Vec<VisitLine>, Fault> {
        let Some(household) = id_if(visit.household.as_deref())? else { return Ok(vec![]) };
        let beside = Filter { household: Some(household), ..Filter::default() };
        let visits = self.call.engine.visits(&beside, &Page::first(BESIDE_MAX + 1))?;
        let mut lines = self.visit_lines(&self.reader(), visits)?;
        lines.retain(|line| line.doc != visit.doc);
        lines.truncate(usize::try_from(BESIDE_MAX).unwrap_or_default());
        Ok(lines)
    }
}
