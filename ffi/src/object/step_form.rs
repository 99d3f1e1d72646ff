//! What the form for a step on a grievance needs, in one call.

use std::collections::BTreeMap;

use doorstep_core::{self as core, Filter, Line, Page};
use doorstep_domain::{
    fold::{
        Grievance,
        grievance::{Account, Raised},
    },
    rights::{Circumstances, Deed},
    table::{How, Kind, Level, RefField, list, takes},
    words,
};
use doorstep_protocol::id::{DocumentId, PlaceId};

use super::{Desk, Doorstep, new_act};
use crate::{
    convert::{
        ids::{event_text, event_texts},
        numbers::count,
        query,
        reader::Reader,
        terms::choices,
    },
    enums::StepKind,
    error::{Code, DoorstepError, Fault},
    records::{
        Choice, CodeLine, FlagLine, GrievanceLine, GroupMemberLine, MeetingChoice, MemberLine,
        ResolutionLine, StepForm, StoryLine,
    },
};

/// Other grievances to choose from at most.
const NEARBY_MAX: u32 = 50;
/// Meetings to choose an item of at most.
const MEETINGS_MAX: u32 = 10;

#[uniffi::export]
impl Doorstep {
    /// What the form for a step needs.
    ///
    /// # Errors
    ///
    /// `look_again` where the grievance is not on this phone, or this member may not take that step now.
    pub fn step_form(&self, doc: String, kind: StepKind) -> Result<StepForm, DoorstepError> {
        self.call(|desk| desk.step_form(query::document(&doc)?, kind))
    }
}

impl Desk<'_> {
    fn step_form(&self, doc: DocumentId, step: StepKind) -> Result<StepForm, Fault> {
        let record = self.call.engine.grievance(doc)?.ok_or(Code::LookAgain)?;
        let line = self.grievance_line(doc)?.ok_or(Code::LookAgain)?;
        let kind = Kind::from(step);
        let offer = record.offers.iter().find(|offer| offer.kind == kind);
        let offer = offer.filter(|offer| offer.why_not.is_none()).ok_or(Code::LookAgain)?;
        let reader = self.reader();
        let state = &record.state;
        let links = self.lines_of(state.duplicates.iter().map(|(_, doc)| *doc))?;
        Ok(StepForm {
            act: new_act()?,
            view: record.view.to_string(),
            kind: step,
            text: words::step(kind, reader.language).to_owned(),
            line: reader.grievance(line),
            reasons: reader.reasons(step),
            hows: reader.hows(step),
            resolutions: reader.resolutions(kind, state),
            people: reader.people(step, state.place),
            levels: reader.levels(step, state),
            helpers: reader.helpers(step, state.place),
            teams: reader.teams(step),
            grievances: self.nearby(&reader, step, state)?,
            group: self.others_for(doc, step)?,
            links: reader.links(&state.duplicates, &links),
            meetings: self.meeting_choices(&reader, step, state.place)?,
            flags: reader.to_settle(step, &state.flags),
            corrections: reader.corrections(step, &record),
            evidence_needed: offer.evidence,
        })
    }

    /// Others of the group, for a step that is taken in all at once.
    fn others_for(&self, doc: DocumentId, step: StepKind) -> Result<Vec<GroupMemberLine>, Fault> {
        match step {
            StepKind::Contact | StepKind::Progress | StepKind::Resolve => {
                self.beside(doc, step.into())
            }
            _ => Ok(vec![]),
        }
    }

    /// Other grievances of the same building or grid.
    fn nearby(
        &self,
        reader: &Reader,
        step: StepKind,
        state: &Grievance,
    ) -> Result<Vec<GrievanceLine>, Fault> {
        if !matches!(step, StepKind::LinkDuplicate | StepKind::Transfer) {
            return Ok(vec![]);
        }
        let near = Filter::at(reader.directory.grid_of(state.place));
        // The grievance itself is among them.
        let mut lines = self.call.engine.grievances(&near, &Page::first(NEARBY_MAX + 1))?;
        lines.retain(|line| line.doc != state.document);
        let lines = lines.into_iter().map(|line| reader.grievance(line));
        Ok(lines.take(usize::try_from(NEARBY_MAX).unwrap_or_default()).collect())
    }

    /// Meetings of the councils above a place, with their items.
    fn meeting_choices(
        &self,
        reader: &Reader,
        step: StepKind,
        place: PlaceId,
    ) -> Result<Vec<MeetingChoice>, Fault> {
        if step != StepKind::CouncilItem {
            return Ok(vec![]);
        }
        let above = reader.directory.above(place);
        let meetings = self.newest_meetings(MEETINGS_MAX)?;
        let meetings = meetings.into_iter().filter(|(line, _)| above.contains(&line.place));
        let choice = |(line, record): (core::MeetingLine, core::MeetingRecord)| {
            let items = record
                .state
                .items
                .iter()
                .map(|item| Choice { value: item.item.to_string(), text: item.title.to_string() });
            MeetingChoice { items: items.collect(), meeting: reader.meeting(line) }
        };
        Ok(meetings.map(choice).collect())
    }

    /// Lines of documents, and of the households that these name.
    pub(super) fn lines_of(
        &self,
        docs: impl IntoIterator<Item = DocumentId>,
    ) -> Result<BTreeMap<DocumentId, Line>, Fault> {
        let engine = &self.call.engine;
        let mut lines = engine.lines_of(docs)?;
        lines.extend(engine.lines_of(super::screens::households_of(lines.values()))?);
        Ok(lines)
    }
}

impl Reader {
    fn reasons(&self, step: StepKind) -> Vec<CodeLine> {
        match step {
            StepKind::Decline
            | StepKind::Reject
            | StepKind::CloseUnsolved
            | StepKind::Withdraw
            | StepKind::SetGrade
            | StepKind::SetDue
            | StepKind::Escalate
            | StepKind::SendBack
            | StepKind::Assign
            | StepKind::UnlinkDuplicate
            | StepKind::Transfer
            | StepKind::Settle
            | StepKind::Correct => self.offered(list::REASON),
            _ => vec![],
        }
    }

    fn hows(&self, step: StepKind) -> Vec<Choice> {
        match step {
            StepKind::Contact | StepKind::Progress | StepKind::Resolve => {
                choices(How::ALL, words::how, self.language)
            }
            _ => vec![],
        }
    }

    /// What was done or could not be, as far as a step of this kind may name it.
    fn resolutions(&self, kind: Kind, state: &Grievance) -> Vec<ResolutionLine> {
        let named = match kind {
            Kind::AskedNoAnswer | Kind::Confirm | Kind::Reject | Kind::FeedBack => {
                takes(kind, RefField::Resolution).unwrap_or_default()
            }
            _ => &[],
        };
        let mut accounts: Vec<_> = state.accounts.iter().filter(|it| !it.held).collect();
        accounts.sort_by_key(|account| std::cmp::Reverse((account.round, account.time)));
        let line = |account: &&Account| {
            let Account { id, round, how, .. } = account;
            let (made, what) = match how {
                Some(how) => (Kind::Resolve, words::how(*how, self.language)),
                None => (Kind::CloseUnsolved, words::noun(Kind::CloseUnsolved, self.language)),
            };
            named.contains(&made).then(|| ResolutionLine {
                event: event_text(*id),
                text: self.done_by(what, *id),
                round: count(*round),
            })
        };
        accounts.iter().filter_map(line).collect()
    }

    fn people(&self, step: StepKind, place: PlaceId) -> Vec<MemberLine> {
        if step == StepKind::Assign { self.working_at(place) } else { vec![] }
    }

    fn helpers(&self, step: StepKind, place: PlaceId) -> Vec<MemberLine> {
        match step {
            StepKind::Progress | StepKind::Resolve => self.others_at(place),
            _ => vec![],
        }
    }

    fn teams(&self, step: StepKind) -> Vec<Choice> {
        if step != StepKind::DispatchTeam {
            return vec![];
        }
        let teams = self.directory.teams.iter();
        teams.map(|(id, name)| Choice { value: id.to_string(), text: name.clone() }).collect()
    }

    fn to_settle(&self, step: StepKind, flags: &[Raised]) -> Vec<FlagLine> {
        if step == StepKind::Settle { self.open_flags(flags) } else { vec![] }
    }

    fn corrections(&self, step: StepKind, record: &core::GrievanceRecord) -> Vec<StoryLine> {
        if step != StepKind::Correct {
            return vec![];
        }
        let may = event_texts(&record.may_correct);
        let story = self.story(&record.state.story).into_iter();
        story.filter(|line| may.contains(&line.event)).collect()
    }

    /// Levels to which a step may take it.
    fn levels(&self, step: StepKind, state: &Grievance) -> Vec<Choice> {
        let standing = self.my_standing(state.place);
        let at = Circumstances { level: state.level, sent: false, code_issued: false };
        let fits = |level: &Level| match step {
            StepKind::Escalate if *level == Level::Outside => {
                standing.may(Deed::EscalateOutside, at)
            }
            StepKind::Escalate => *level > state.level,
            StepKind::TakeOver => *level > state.level && standing.may(Deed::Move(*level), at),
            StepKind::SendBack => *level >= Level::Grid && *level < state.level,
            _ => false,
        };
        let levels: Vec<Level> = Level::ALL.iter().copied().filter(fits).collect();
        choices(&levels, words::level, self.language)
    }
}
