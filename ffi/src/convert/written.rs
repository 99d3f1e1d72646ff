//! What forms made, on its way in, and what a write made, on its way out.

use doorstep_core::{self as core, ActOptions};
use doorstep_domain::event::{Consent, Event, Link, Person, Phone, Reporter};
use doorstep_protocol::id::PlaceId;

use super::{
    household_steps::notice,
    ids::{id, ids},
    numbers::{taken, taken_if},
    texts::{needed, optional},
};
use crate::{
    enums::By,
    error::Fault,
    records::{FoundGrievance, NewGrievance, NewHousehold, NewReporter, NewVisit, Written},
};

/// Codes of the lists that a realm begins with: what a form that asks only for a name leaves open.
mod code {
    /// Of list relation: who answers for the household.
    pub(super) const HEAD: u16 = 0;
    /// Of list birth band: not known.
    pub(super) const NOT_KNOWN: u16 = 0;
}

/// Whose act it is, and when it took place.
pub(crate) fn options(act: &str, happened_s: Option<i64>) -> Result<ActOptions, Fault> {
    Ok(ActOptions { act: Some(id(act)?), happened_s: taken_if(happened_s)? })
}

pub(crate) fn household(new: NewHousehold) -> Result<core::NewHousehold, Fault> {
    let mut more = Vec::new();
    if let Some(name) = optional(new.person)? {
        more.push(Event::Person(Person {
            name: name.into(),
            relation: code::HEAD,
            birth_band: code::NOT_KNOWN,
            supersedes: vec![],
        }));
    }
    if let Some(number) = optional(new.phone)? {
        more.push(Event::Phone(Phone { person: None, number: number.into(), supersedes: vec![] }));
    }
    if let Some(level) = new.consent {
        more.push(Event::Consent(Consent {
            level: level.into(),
            until: None,
            by: new.consent_by.unwrap_or(By::Resident).into(),
            supersedes: vec![],
        }));
    }
    if let Some(given) = new.notice {
        more.push(notice(given)?);
    }
    Ok(core::NewHousehold { place: id(&new.place)?, unit: needed(new.unit)?, more })
}

pub(crate) fn grievance(new: NewGrievance) -> Result<core::NewGrievance, Fault> {
    Ok(core::NewGrievance {
        place: id(&new.place)?,
        what: needed(new.what)?,
        spot: optional(new.spot)?,
        reporter: reporter(new.reporter)?,
        kind: taken(new.kind)?,
        grade: new.grade.map(Into::into),
        visit: None,
    })
}

/// A visit, and what was found on it but for where.
pub(crate) fn visit(new: NewVisit) -> Result<(core::NewVisit, Vec<FoundGrievance>), Fault> {
    let checklist = new.checklist.iter().map(|it| Ok((taken(it.item)?, taken(it.answer)?)));
    let visit = core::NewVisit {
        household: id(&new.household)?,
        purpose: taken(new.purpose)?,
        asked_for: new.asked_for,
        planned: new.planned,
        companions: ids(new.companions)?,
        checklist: checklist.collect::<Result<_, Fault>>()?,
        outcome: Some(core::NewOutcome {
            outcome: new.outcome.into(),
            persons_met: taken(new.persons_met)?,
            grievances: vec![],
            next_day: taken_if(new.next_day)?,
        }),
        note: optional(new.note)?,
    };
    Ok((visit, new.found))
}

/// A grievance found on a visit, at the building of the household.
pub(crate) fn found(found: FoundGrievance, place: PlaceId) -> Result<core::NewGrievance, Fault> {
    Ok(core::NewGrievance {
        place,
        what: needed(found.what)?,
        spot: optional(found.spot)?,
        reporter: reporter(found.reporter)?,
        kind: taken(found.kind)?,
        grade: found.grade.map(Into::into),
        visit: None,
    })
}

fn reporter(reporter: NewReporter) -> Result<Reporter, Fault> {
    Ok(match reporter {
        NewReporter::Anonymous => Reporter::Anonymous,
        NewReporter::Household { doc } => Reporter::Link(Link::to(id(&doc)?)),
        NewReporter::Contact { text } => Reporter::Contact(needed(text)?.into()),
    })
}

impl From<core::Written> for Written {
    fn from(written: core::Written) -> Self {
        Self {
            doc: written.doc.to_string(),
            grievances: vec![],
            repeated: written.repeated,
            also: vec![],
            left_out: vec![],
        }
    }
}
