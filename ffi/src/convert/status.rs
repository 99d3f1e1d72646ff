//! How things stand with the relay.

use std::collections::BTreeMap;

use doorstep_core::{self as core, Line};
use doorstep_domain::{
    table::Kind,
    words::{self, Names as _},
};
use doorstep_protocol::id::DocumentId;

use super::{
    numbers::{count, long},
    reader::Reader,
};
use crate::{
    enums::{DocumentKind, Left},
    records::{AlarmLine, Changes, SavedLine, SyncReport, SyncStatus},
};

impl Reader {
    pub(crate) fn status(&self, status: &core::SyncStatus) -> SyncStatus {
        let unsent = status.unsent;
        SyncStatus {
            state: status.state.into(),
            text: core::words::state(status, self.language),
            waiting: count(u64::from(unsent.changes) + u64::from(unsent.set_aside)),
            oldest_s: unsent.oldest_s.map(long),
            up_to_date_s: status.up_to_date_ms.map(|ms| long(ms / 1000)),
            carried: count(unsent.carried),
            digits: status.digits.map(|digits| format!("{digits:06}")),
            alarms: status.alarms.iter().map(|alarm| self.alarm(alarm)).collect(),
        }
    }

    fn alarm(&self, alarm: &core::AlarmInfo) -> AlarmLine {
        AlarmLine {
            number: alarm.number,
            text: core::words::alarm(&alarm.name, self.language).to_owned(),
            name: alarm.name.clone(),
        }
    }

    /// Something that is not delivered; `lines` has what it is about, where that is shown here.
    pub(crate) fn saved(
        &self,
        item: &core::Explained,
        lines: &BTreeMap<DocumentId, Line>,
    ) -> SavedLine {
        let said = item.kinds.first().and_then(|word| kind_of(word));
        let title = lines.get(&item.doc).map(|line| self.title(line, lines));
        SavedLine {
            doc: item.doc.to_string(),
            document: item.document.map_or(DocumentKind::Unknown, Into::into),
            title: title.unwrap_or_else(|| self.place(item.place)),
            what: said.map(|kind| words::noun(kind, self.language)).unwrap_or_default().to_owned(),
            written_s: item.written_s.map(long),
            arrived: item.arrived,
            reason: item.reason.into(),
            reason_text: core::words::reason(item.reason, self.language).to_owned(),
            next: item.next.into(),
            next_text: core::words::next(item.next, self.language).to_owned(),
        }
    }

    /// What a document is about, in words.
    pub(crate) fn title(&self, line: &Line, lines: &BTreeMap<DocumentId, Line>) -> String {
        match line {
            Line::Household(line) => self.door(line.place, &line.unit),
            Line::Visit(line) => match line.household.and_then(|doc| lines.get(&doc)) {
                Some(Line::Household(home)) => self.door(home.place, &home.unit),
                _ => self.place(line.place),
            },
            Line::Grievance(line) => line.what.clone(),
            Line::Meeting(line) => self.door(line.place, &line.venue),
        }
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.word() == word)
}

impl From<core::SyncReport> for SyncReport {
    fn from(report: core::SyncReport) -> Self {
        Self {
            complete: report.left.is_none(),
            left: report.left.map(Into::into),
            delivered: count(report.delivered),
            refused: count(report.refused),
            received: count(report.taken.len()),
            unsent: count(report.unsent),
            bytes_up: long(report.bytes_up),
            bytes_down: long(report.bytes_down),
            retry_after_s: report.retry_after_ms.map(|ms| long(ms.div_ceil(1000))),
        }
    }
}

impl SyncReport {
    /// Of a sync that was cancelled, with so many acts that still wait.
    pub(crate) fn cancelled(unsent: u32) -> Self {
        let report = core::SyncReport { unsent, ..core::SyncReport::default() };
        Self { complete: false, left: Some(Left::Cancelled), ..report.into() }
    }
}

impl From<&core::Changes> for Changes {
    fn from(changes: &core::Changes) -> Self {
        let texts = |docs: &std::collections::BTreeSet<DocumentId>| {
            docs.iter().map(ToString::to_string).collect()
        };
        Self {
            saved: texts(&changes.saved),
            arrived: texts(&changes.arrived),
            answered: texts(&changes.answered),
            roster: changes.roster,
            status: changes.status,
        }
    }
}
