//! Rows of lists.

use std::collections::BTreeMap;

use doorstep_core::{self as core, Delivery, Line};
use doorstep_domain::{
    table::list,
    words::{self, Names as _},
};
use doorstep_protocol::id::DocumentId;

use super::{
    numbers::{count, long},
    reader::Reader,
};
use crate::records::{BuildingLine, GrievanceLine, HouseholdLine, VisitLine};

pub(crate) fn waiting(delivery: Delivery) -> i32 {
    match delivery {
        Delivery::Delivered => 0,
        Delivery::Saved { acts } => count(acts),
    }
}

impl Reader {
    pub(crate) fn building(&self, day: core::BuildingDay) -> BuildingLine {
        BuildingLine {
            place: day.place.to_string(),
            name: self.place(day.place),
            duty: day.duty.into(),
            households: count(day.households),
            priority: count(day.priority),
            open: count(day.open),
            overdue: count(day.overdue),
        }
    }

    pub(crate) fn household(&self, line: core::HouseholdLine) -> HouseholdLine {
        HouseholdLine {
            doc: line.doc.to_string(),
            place: line.place.to_string(),
            place_name: self.place(line.place),
            unit: line.unit,
            persons: count(line.persons),
            priority: line.priority.map(|code| self.text(list::PRIORITY, code)),
            review_day: line.review_day.map(count),
            consent: line.consent.map(Into::into),
            last_met_s: line.last_met_s.map(long),
            flags: count(line.flags),
            waiting: waiting(line.delivery),
        }
    }

    pub(crate) fn grievance(&self, line: core::GrievanceLine) -> GrievanceLine {
        let past = line.due_s.is_some_and(|due_s| due_s < self.now_s);
        GrievanceLine {
            doc: line.doc.to_string(),
            place: line.place.to_string(),
            place_name: self.place(line.place),
            what: line.what,
            kind: line.kind.map(|code| self.text(list::KIND, code)).unwrap_or_default(),
            stage: line.stage.into(),
            stage_text: words::stage(line.stage, self.language).to_owned(),
            over: line.over,
            round: count(line.round),
            grade: line.grade.into(),
            level: line.level.into(),
            owner: line.owner.map(|owner| self.member_line(owner)),
            mine: line.owner.is_some() && line.owner == self.me,
            due_s: line.due_s.map(long),
            overdue: past && !line.over,
            discovered_s: line.discovered_s.map(long),
            updated_s: long(line.updated_s),
            household: line.household.map(|doc| doc.to_string()),
            group: line.group.map(|group| self.group_mark(line.doc, group)),
            waiting: waiting(line.delivery),
        }
    }

    /// A visit, with the unit that `households` says.
    pub(crate) fn visit(
        &self,
        line: core::VisitLine,
        households: &BTreeMap<DocumentId, Line>,
    ) -> VisitLine {
        let unit = match line.household.and_then(|doc| households.get(&doc)) {
            Some(Line::Household(household)) => household.unit.clone(),
            _ => String::new(),
        };
        let outcome_text = line.outcome.map(|outcome| words::outcome(outcome, self.language));
        VisitLine {
            doc: line.doc.to_string(),
            place: line.place.to_string(),
            place_name: self.place(line.place),
            household: line.household.map(|doc| doc.to_string()),
            unit,
            purpose: line.purpose.map(|code| self.text(list::PURPOSE, code)).unwrap_or_default(),
            visitor: line.visitor.map(|visitor| self.member(visitor)).unwrap_or_default(),
            started_s: line.started_s.map(long),
            outcome: line.outcome.map(Into::into),
            outcome_text: outcome_text.unwrap_or_default().to_owned(),
            flags: count(line.flags),
            waiting: waiting(line.delivery),
        }
    }
}
