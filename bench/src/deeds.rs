//! What people write, in the lengths in which they write it.

use doorstep_core::{ActOptions, NewGrievance, NewHousehold, NewOutcome, NewVisit, View};
use doorstep_domain::{
    event::{Event, Progress, Reporter, Text},
    table::{How, VisitOutcome},
};
use doorstep_protocol::id::{DocumentId, PlaceId};

use crate::{Outcome, town::Phone};

/// Notes from real life, 18 to 66 bytes.
const SAID: [&str; 6] = [
    "楼道灯不亮",
    "三楼水管漏水，夜里声音大",
    "老人独居，约好周五上午再来",
    "门口堆放杂物，已当面说明",
    "Parking in front of the gate, asked twice",
    "电梯停了两天，物业说配件下周到",
];

fn said(n: usize) -> String {
    SAID.get(n % SAID.len()).copied().unwrap_or_default().to_owned()
}

impl Phone {
    /// A household: one act, a unit and nothing else.
    pub(crate) fn founds(&self, place: PlaceId, n: usize) -> Outcome<DocumentId> {
        let unit = format!("{}-{}", 1 + n / 40 % 30, 101 + n % 40);
        let household = NewHousehold { place, unit, more: vec![] };
        Ok(self.engine.found_household(household, ActOptions::default())?.doc)
    }

    /// A visit: one act of three events.
    pub(crate) fn visits(&self, household: DocumentId, n: usize) -> Outcome<DocumentId> {
        let outcome = NewOutcome {
            outcome: VisitOutcome::Met,
            persons_met: 2,
            grievances: vec![],
            next_day: None,
        };
        let visit = NewVisit {
            household,
            purpose: 1,
            asked_for: Some(false),
            planned: Some(true),
            companions: vec![],
            checklist: vec![],
            outcome: Some(outcome),
            note: Some(said(n)),
        };
        Ok(self.engine.record_visit(visit, ActOptions::default())?.doc)
    }

    /// A grievance.
    pub(crate) fn files(&self, place: PlaceId, n: usize) -> Outcome<DocumentId> {
        let grievance = NewGrievance {
            place,
            what: said(n),
            spot: None,
            reporter: Reporter::Anonymous,
            kind: 1,
            grade: None,
            visit: None,
        };
        Ok(self.engine.file_grievance(grievance, ActOptions::default())?.doc)
    }

    /// A step on a grievance, on what the phone shows now.
    pub(crate) fn works_on(&self, grievance: DocumentId, n: usize) -> Outcome<View> {
        let record = self.engine.grievance(grievance)?.ok_or("it does not show the grievance")?;
        self.works_on_view(&record.view, n)?;
        Ok(record.view)
    }

    /// A step on a grievance, on what was on the screen.
    pub(crate) fn works_on_view(&self, view: &View, n: usize) -> Outcome<()> {
        let text = Some(Text::from(said(n)));
        let progress = Progress { how: How::Help, helpers: vec![], parties: None, text };
        self.engine.act(view, vec![Event::Progress(progress)], ActOptions::default())?;
        Ok(())
    }
}
