//! A meeting, whole.

use std::collections::BTreeMap;

use doorstep_core::{self as core, Line};
use doorstep_domain::{
    event::{Attendance, Attendee, ItemAt as At},
    fold::{Said, meeting::ItemNow},
    words::{self, Names as _},
};
use doorstep_protocol::id::DocumentId;

use super::{
    ids::event_text,
    lines::waiting,
    numbers::{count, long},
    reader::Reader,
};
use crate::records::{AttendanceLine, GrievanceAt, ItemAt, ItemLine, MeetingLine};

impl Reader {
    pub(crate) fn meeting(&self, line: core::MeetingLine) -> MeetingLine {
        MeetingLine {
            doc: line.doc.to_string(),
            place: line.place.to_string(),
            place_name: self.place(line.place),
            day: line.day.map(count),
            venue: line.venue,
            present: count(line.present),
            updated_s: long(line.updated_s),
            flags: count(line.flags),
            waiting: waiting(line.delivery),
        }
    }

    /// Who was there, each once, by what was said last.
    pub(crate) fn attendance(&self, said: &[Said<Attendance>]) -> Vec<AttendanceLine> {
        let mut all: Vec<(&Attendee, AttendanceLine)> = Vec::new();
        for said in said {
            let line = self.attended(said);
            match all.iter_mut().find(|(who, _)| *who == &said.value.who) {
                Some((_, earlier)) => {
                    let mut events = std::mem::take(&mut earlier.events);
                    events.extend(line.events);
                    *earlier = AttendanceLine { events, ..line };
                }
                None => all.push((&said.value.who, line)),
            }
        }
        all.into_iter().map(|(_, line)| line).collect()
    }

    fn attended(&self, said: &Said<Attendance>) -> AttendanceLine {
        let Attendance { who, seat, present, .. } = &said.value;
        let (member, name) = match who {
            Attendee::Member(member) => (Some(self.member_line(*member)), self.member(*member)),
            Attendee::Name(name) => (None, name.to_string()),
        };
        AttendanceLine {
            events: vec![event_text(said.id)],
            member,
            name,
            seat: (*seat).into(),
            seat_text: words::seat(*seat, self.language).to_owned(),
            present: *present,
        }
    }

    /// An item, with what `lines` says of its grievances.
    pub(crate) fn item(&self, now: &ItemNow, lines: &BTreeMap<DocumentId, Line>) -> ItemLine {
        let outcome_text = now.outcome.map(|outcome| words::item_outcome(outcome, self.language));
        let grievance = |doc: DocumentId| GrievanceAt {
            doc: doc.to_string(),
            line: match lines.get(&doc) {
                Some(Line::Grievance(line)) => Some(self.grievance(line.clone())),
                _ => None,
            },
        };
        ItemLine {
            item: now.item.to_string(),
            title: now.title.to_string(),
            outcome: now.outcome.map(Into::into),
            outcome_text: outcome_text.unwrap_or_default().to_owned(),
            events: now.said.iter().map(|said| event_text(said.id)).collect(),
            grievances: now.grievances.iter().map(|link| grievance(link.doc)).collect(),
            carries: now.carries.as_ref().map(Into::into),
        }
    }
}

impl From<&At> for ItemAt {
    fn from(at: &At) -> Self {
        Self { meeting: at.meeting.doc.to_string(), item: at.item.to_string() }
    }
}
