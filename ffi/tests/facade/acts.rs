//! What a person does with a phone, in one call each.

use doorstep_ffi::{
    DoorstepError, GrievanceRecord, HouseholdLine, HouseholdRecord, HouseholdStep, ListFilter,
    MeetingStep, NewGrievance, NewHousehold, NewHouseholdStep, NewMeetingStep, NewReporter,
    NewStep, NewVisit, NewVisitStep, PageRequest, Step, StepKind, VisitOutcome, VisitStep, Written,
};

use crate::world::Phone;

impl Phone {
    pub(crate) fn household_at(&self, place: &str, unit: &str) -> Result<Written, DoorstepError> {
        self.found_household(NewHousehold {
            act: self.new_act()?,
            place: place.to_owned(),
            unit: unit.to_owned(),
            person: None,
            phone: None,
            consent: None,
            consent_by: None,
            notice: None,
        })
    }

    pub(crate) fn all_households(&self) -> Vec<HouseholdLine> {
        let all = PageRequest { after: None, limit: 0 };
        self.households(ListFilter::default(), all).unwrap().lines
    }

    /// Takes a step on what is on the screen now.
    pub(crate) fn step(&self, doc: &str, step: Step) -> Result<Written, DoorstepError> {
        let view = self.grievance(doc.to_owned()).unwrap().unwrap().view;
        let act = self.new_act().unwrap();
        self.take_step(NewStep { act, view, step, happened_s: None, also: vec![] })
    }

    /// Writes something into a household, on what is on the screen now.
    pub(crate) fn on_household(
        &self,
        doc: &str,
        step: HouseholdStep,
    ) -> Result<Written, DoorstepError> {
        let form = self.household_step_form(doc.to_owned())?;
        let (act, view) = (form.act, form.record.view);
        self.household_step(NewHouseholdStep { act, view, step, happened_s: None })
    }

    /// Writes something into a visit, on what is on the screen now.
    pub(crate) fn on_visit(&self, doc: &str, step: VisitStep) -> Result<Written, DoorstepError> {
        let form = self.visit_step_form(doc.to_owned())?;
        let (act, view) = (form.act, form.record.view);
        self.visit_step(NewVisitStep { act, view, step, happened_s: None })
    }

    /// Writes something into a meeting, on what is on the screen now.
    pub(crate) fn on_meeting(
        &self,
        doc: &str,
        step: MeetingStep,
    ) -> Result<Written, DoorstepError> {
        let form = self.meeting_step_form(doc.to_owned())?;
        let (act, view) = (form.act, form.record.view);
        self.meeting_step(NewMeetingStep { act, view, step, happened_s: None })
    }

    /// A household at the door, with its line.
    pub(crate) fn home(&self, doc: &str) -> HouseholdRecord {
        self.household(doc.to_owned()).unwrap().unwrap()
    }

    pub(crate) fn look(&self, doc: &str) -> GrievanceRecord {
        self.grievance(doc.to_owned()).unwrap().unwrap()
    }

    /// A grievance about something, at a place.
    pub(crate) fn file(&self, place: &str, what: &str) -> String {
        let new = NewGrievance {
            act: self.new_act().unwrap(),
            place: place.to_owned(),
            what: what.to_owned(),
            kind: 3,
            grade: None,
            spot: None,
            reporter: NewReporter::Contact { text: "the baker".into() },
            happened_s: None,
        };
        self.file_grievance(new).unwrap().doc
    }

    /// A visit at which somebody was met.
    pub(crate) fn visited(&self, household: &str) -> NewVisit {
        let form = self.visit_form(household.to_owned()).unwrap();
        NewVisit {
            act: form.act,
            household: household.to_owned(),
            purpose: form.purposes[0].code,
            outcome: VisitOutcome::Met,
            persons_met: 1,
            checklist: vec![],
            note: None,
            found: vec![],
            next_day: None,
            happened_s: None,
            companions: vec![],
            asked_for: None,
            planned: None,
        }
    }

    /// The newest resolution that a step of this kind may be about.
    pub(crate) fn resolution(&self, doc: &str, kind: StepKind) -> String {
        let form = self.step_form(doc.to_owned(), kind).unwrap();
        form.resolutions[0].event.clone()
    }
}
