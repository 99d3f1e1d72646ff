//! What forms made. Each is durable when its call returns, or nothing of it was saved.

use doorstep_core::{FOUND_MAX, Line};
use doorstep_domain::event::Event;
use doorstep_protocol::id::{ActId, DocumentId, MemberId, PlaceId};

use super::{Desk, Doorstep, groups::views};
use crate::{
    convert::{
        ids::{id, view},
        steps::event_of,
        written,
    },
    error::{Code, DoorstepError, Fault},
    records::{NewGrievance, NewHousehold, NewStep, NewVisit, Written},
};

#[uniffi::export]
impl Doorstep {
    /// Makes a household.
    ///
    /// # Errors
    ///
    /// `NotAdmitted`: `not_enrolled`; `Rejected`: see [`DoorstepError`], most of all `no_place`;
    /// `StorageFull`; `Damaged`.
    pub fn found_household(&self, new: NewHousehold) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let options = written::options(&new.act, None)?;
            Ok(desk.call.engine.found_household(written::household(new)?, options)?.into())
        })
    }

    /// Records a visit and files the grievances found on it, all of it or nothing, with links between
    /// them; a grievance whose reporter wished not to be named leads back to no visit.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::found_household`]; `look_again` where the household is not on this phone, `too_many`
    /// for more than 16 grievances.
    pub fn record_visit(&self, new: NewVisit) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let options = written::options(&new.act, new.happened_s)?;
            let (visit, found) = written::visit(new)?;
            if found.len() > FOUND_MAX {
                return Err(Code::TooMany.into());
            }
            let place = desk.building_of(visit.household)?;
            let found = found.into_iter().map(|found| written::found(found, place));
            let found = found.collect::<Result<_, _>>()?;
            let mut written =
                desk.call.engine.record_visit_with(visit, found, options)?.into_iter();
            let visit = written.next().ok_or(Code::Bug)?;
            let grievances = written.map(|grievance| grievance.doc.to_string()).collect();
            Ok(Written { grievances, ..visit.into() })
        })
    }

    /// Files a grievance that was not found on a visit.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::found_household`].
    pub fn file_grievance(&self, new: NewGrievance) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let options = written::options(&new.act, new.happened_s)?;
            Ok(desk.call.engine.file_grievance(written::grievance(new)?, options)?.into())
        })
    }

    /// Takes a step on a grievance. What was on the screen goes with it: a "close" has not seen the
    /// rejection that arrived while its form was open.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::found_household`]; `look_again` where what was on the screen is not here any more;
    /// and the codes of a step that every reader would reject. Of others of a group none is an error:
    /// those in which it was not written are listed. `bad_value` where another step than a contact, work
    /// done or a resolution is to be written into others too.
    pub fn take_step(&self, new: NewStep) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let NewStep { act, view: screen, step, happened_s, also } = new;
            let me = desk.call.engine.member().ok_or(Code::NotEnrolled)?;
            if also.is_empty() {
                return desk.write(&act, &screen, happened_s, |me, _| event_of(step, me));
            }
            let options = written::options(&act, happened_s)?;
            let (first, others) = (view(&screen)?, views(also)?);
            desk.write_in_group(&first, &others, event_of(step, me)?, options)
        })
    }
}

impl Desk<'_> {
    /// Writes one event into the document of a view.
    pub(super) fn write(
        &self,
        act: &str,
        screen: &str,
        happened_s: Option<i64>,
        event: impl FnOnce(MemberId, ActId) -> Result<Event, Fault>,
    ) -> Result<Written, Fault> {
        let engine = &self.call.engine;
        let options = written::options(act, happened_s)?;
        let view = view(screen)?;
        let me = engine.member().ok_or(Code::NotEnrolled)?;
        let event = event(me, id(act)?)?;
        Ok(engine.act(&view, vec![event], options)?.into())
    }

    /// The building of a household on this phone.
    fn building_of(&self, household: DocumentId) -> Result<PlaceId, Fault> {
        match self.call.engine.lines_of([household])?.remove(&household) {
            Some(Line::Household(line)) => Ok(line.place),
            _ => Err(Code::LookAgain.into()),
        }
    }
}
