//! A visit, whole.

use doorstep_domain::{
    event::Outcome,
    fold::{Said, visit::CheckedNow},
    table::list,
    words,
};

use super::{
    ids::event_text,
    numbers::{count, long},
    reader::Reader,
};
use crate::records::{CheckLine, OutcomeLine};

impl Reader {
    pub(crate) fn outcome(&self, said: &Said<Outcome>) -> OutcomeLine {
        let Outcome { outcome, persons_met, grievances, next_day, .. } = &said.value;
        OutcomeLine {
            event: event_text(said.id),
            outcome: (*outcome).into(),
            text: words::outcome(*outcome, self.language).to_owned(),
            persons_met: count(*persons_met),
            next_day: next_day.map(|day| count(day.0)),
            grievances: grievances.iter().map(|link| link.doc.to_string()).collect(),
            author: self.member_line(said.by),
            mine: Some(said.by) == self.me,
            time_s: long(said.time),
        }
    }

    /// An item of the checklist, by what was answered last.
    pub(crate) fn checked(&self, now: &CheckedNow) -> Option<CheckLine> {
        let answer = now.said.last().map(|said| said.value)?;
        Some(CheckLine {
            item: now.item.into(),
            name: self.text(list::CHECKLIST, now.item),
            answer: answer.into(),
            text: self.text(list::ANSWER, answer),
            events: now.said.iter().map(|said| event_text(said.id)).collect(),
        })
    }
}
