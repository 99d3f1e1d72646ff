//! What is read: each screen in one call, never from the network.

use doorstep_core::{self as core, Line};
use doorstep_protocol::id::DocumentId;

use super::{Desk, Doorstep};
use crate::{
    convert::{
        ids::event_texts,
        numbers::{count, long},
        query,
        reader::Reader,
        reporter::reporter,
    },
    error::{DoorstepError, Fault},
    records::{
        Arrivals, GrievancePage, GrievanceRecord, HouseholdPage, ListFilter, PageRequest,
        SyncStatus, Today, VisitLine, VisitPage,
    },
};

/// Lines of what waits.
const WAITING_MAX: usize = 200;

#[uniffi::export]
impl Doorstep {
    /// The first screen: my buildings, what came back, what is due, whom to visit. Empty before enrolment
    /// and after revocation.
    pub fn today(&self) -> Result<Today, DoorstepError> {
        self.call(|desk| {
            let engine = &desk.call.engine;
            let reader = desk.reader();
            let status = engine.sync_status()?;
            let day = engine.my_day()?;
            let reader = Reader { now_s: day.now_s, ..reader };
            let grievances = |lines: Vec<core::GrievanceLine>| {
                lines.into_iter().map(|line| reader.grievance(line)).collect()
            };
            Ok(Today {
                member: status.member.map(|member| reader.member_line(member)),
                status: reader.status(&status),
                now_s: long(day.now_s),
                buildings: day.buildings.into_iter().map(|day| reader.building(day)).collect(),
                came_back: grievances(day.came_back),
                due: grievances(day.due),
                households: day.households.into_iter().map(|it| reader.household(it)).collect(),
            })
        })
    }

    /// A grievance, whole, with the steps that this member may take now; none where it is not on this
    /// phone, or no longer shown.
    pub fn grievance(&self, doc: String) -> Result<Option<GrievanceRecord>, DoorstepError> {
        self.call(|desk| desk.grievance(query::document(&doc)?))
    }

    /// Households by place and unit.
    pub fn households(
        &self,
        filter: ListFilter,
        page: PageRequest,
    ) -> Result<HouseholdPage, DoorstepError> {
        self.call(|desk| {
            let (filter, page) = (query::filter(filter)?, query::page(page)?);
            let lines = desk.call.engine.households(&filter, &page)?;
            let after = query::next_page(&lines, &page, |line| line.position.to_string());
            let reader = desk.reader();
            let lines = lines.into_iter().map(|line| reader.household(line)).collect();
            Ok(HouseholdPage { lines, after })
        })
    }

    /// Visits, newest first.
    pub fn visits(
        &self,
        filter: ListFilter,
        page: PageRequest,
    ) -> Result<VisitPage, DoorstepError> {
        self.call(|desk| {
            let (filter, page) = (query::filter(filter)?, query::page(page)?);
            let lines = desk.call.engine.visits(&filter, &page)?;
            let after = query::next_page(&lines, &page, |line| line.position.to_string());
            Ok(VisitPage { lines: desk.visit_lines(&desk.reader(), lines)?, after })
        })
    }

    /// Grievances: open ones first, by their due.
    pub fn grievances(
        &self,
        filter: ListFilter,
        page: PageRequest,
    ) -> Result<GrievancePage, DoorstepError> {
        self.call(|desk| {
            let (filter, page) = (query::filter(filter)?, query::page(page)?);
            let lines = desk.call.engine.grievances(&filter, &page)?;
            let after = query::next_page(&lines, &page, |line| line.position.to_string());
            let reader = desk.reader();
            let lines = lines.into_iter().map(|line| reader.grievance(line)).collect();
            Ok(GrievancePage { lines, after })
        })
    }

    /// What has arrived, and why the rest has not.
    pub fn arrivals(&self) -> Result<Arrivals, DoorstepError> {
        self.call(|desk| {
            let engine = &desk.call.engine;
            let reader = desk.reader();
            let status = engine.sync_status()?;
            let mut waiting = engine.explain()?;
            let more = waiting.len().saturating_sub(WAITING_MAX);
            waiting.truncate(WAITING_MAX);
            let lines = desk.lines_of(waiting.iter().map(|item| item.doc))?;
            Ok(Arrivals {
                delivered: count(status.delivered),
                status: reader.status(&status),
                waiting: waiting.iter().map(|item| reader.saved(item, &lines)).collect(),
                more: count(more),
            })
        })
    }

    /// How things stand with the relay.
    pub fn status(&self) -> Result<SyncStatus, DoorstepError> {
        self.call(|desk| Ok(desk.reader().status(&desk.call.engine.sync_status()?)))
    }
}

/// The households of visits among these lines.
pub(super) fn households_of<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<DocumentId> {
    let household = |line: &Line| match line {
        Line::Visit(visit) => visit.household,
        _ => None,
    };
    lines.filter_map(household).collect()
}

impl Desk<'_> {
    /// The household's row; none where it is not shown here.
    pub(super) fn household_line(
        &self,
        doc: DocumentId,
    ) -> Result<Option<core::HouseholdLine>, Fault> {
        match self.call.engine.lines_of([doc])?.remove(&doc) {
            Some(Line::Household(line)) => Ok(Some(line)),
            _ => Ok(None),
        }
    }

    /// The grievance's row; none where it is not shown here.
    pub(super) fn grievance_line(
        &self,
        doc: DocumentId,
    ) -> Result<Option<core::GrievanceLine>, Fault> {
        match self.call.engine.lines_of([doc])?.remove(&doc) {
            Some(Line::Grievance(line)) => Ok(Some(line)),
            _ => Ok(None),
        }
    }

    pub(super) fn visit_lines(
        &self,
        reader: &Reader,
        lines: Vec<core::VisitLine>,
    ) -> Result<Vec<VisitLine>, Fault> {
        let homes = self.call.engine.lines_of(lines.iter().filter_map(|line| line.household))?;
        Ok(lines.into_iter().map(|line| reader.visit(line, &homes)).collect())
    }

    fn grievance(&self, doc: DocumentId) -> Result<Option<GrievanceRecord>, Fault> {
        let engine = &self.call.engine;
        let (Some(record), Some(line)) = (engine.grievance(doc)?, self.grievance_line(doc)?) else {
            return Ok(None);
        };
        let reader = self.reader();
        let home = line.household.map(|home| self.household_line(home)).transpose()?.flatten();
        let state = record.state;
        let facts = state.facts.as_ref();
        let latest = state.due.and_then(|due| due.to.filter(|to| *to != due.from));
        let links = self.lines_of(state.duplicates.iter().map(|(_, doc)| *doc))?;
        Ok(Some(GrievanceRecord {
            view: record.view.to_string(),
            line: reader.grievance(line),
            spot: facts.and_then(|facts| facts.spot.as_ref()).map(|spot| spot.to_string()),
            reporter: reporter(&reader, facts.map(|facts| &facts.reporter), home.as_ref()),
            household: home.map(|home| reader.household(home)),
            helpers: state.helpers.iter().map(|helper| reader.member_line(*helper)).collect(),
            due_latest_s: latest.map(long),
            story: reader.story(&state.story),
            steps: reader.offers(&record.offers, state.stage),
            not_now: reader.refusals(&record.offers),
            links: reader.links(&state.duplicates, &links),
            group: self.group(doc)?,
            flags: reader.flags(&state.flags),
            may_correct: event_texts(&record.may_correct),
        }))
    }
}
