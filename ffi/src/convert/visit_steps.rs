//! What a person says of a visit, as the event that it is.

use doorstep_domain::event::{Checklist, Day, Event, Joined, Outcome, SameVisit};
use doorstep_protocol::id::MemberId;

use super::{
    household_steps::{note, strike},
    ids::{events, id, link, links},
    numbers::{taken, taken_if},
};
use crate::{error::Fault, records::VisitStep};

/// The event of a step by `me`.
pub(crate) fn event_of(step: VisitStep, me: MemberId) -> Result<Event, Fault> {
    Ok(match step {
        VisitStep::Join => Event::Joined(Joined { member: None }),
        VisitStep::AddCompanion { member } => Event::Joined(Joined { member: Some(id(&member)?) }),
        VisitStep::SetOutcome { outcome, persons_met, next_day, grievances, replaces } => {
            Event::Outcome(Outcome {
                outcome: outcome.into(),
                persons_met: taken(persons_met)?,
                grievances: links(grievances)?,
                next_day: taken_if(next_day)?.map(Day),
                supersedes: events(replaces, me)?,
            })
        }
        VisitStep::Check { item, answer, replaces } => Event::Checklist(Checklist {
            item: taken(item)?,
            answer: taken(answer)?,
            supersedes: events(replaces, me)?,
        }),
        VisitStep::SameVisit { other } => Event::SameVisit(SameVisit { other: link(&other)? }),
        VisitStep::Note { text } => note(text)?,
        VisitStep::Correct { event, reason } => strike(&event, reason, me)?,
    })
}
