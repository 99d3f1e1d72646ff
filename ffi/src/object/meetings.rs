//! Meetings of block councils: lists, the whole record, and what is written into it.

use std::collections::BTreeSet;

use doorstep_core::{self as core, Filter, Line, Page};
use doorstep_domain::{
    fold::meeting::ItemNow,
    rights::Deed,
    table::{MeetingOutcome, list},
    words::Names as _,
};
use doorstep_protocol::id::{ActId, DocumentId, ItemId, Level};

use super::{Desk, Doorstep, new_act};
use crate::{
    convert::{
        ids::{event_texts, id},
        meeting_steps::{event_of, meeting},
        numbers::count,
        query,
        reader::Reader,
        written,
    },
    error::{Code, DoorstepError, Fault},
    records::{
        CarriedItem, Choice, GrievanceLine, ItemAt, ListFilter, MeetingForm, MeetingPage,
        MeetingRecord, MeetingStepForm, NewMeeting, NewMeetingStep, PageRequest, Written,
    },
};

/// Meetings that are looked through for what was put off.
const EARLIER_MAX: u32 = 20;

#[uniffi::export]
impl Doorstep {
    /// Meetings of block councils, newest first.
    pub fn meetings(
        &self,
        filter: ListFilter,
        page: PageRequest,
    ) -> Result<MeetingPage, DoorstepError> {
        self.call(|desk| {
            let (filter, page) = (query::filter(filter)?, query::page(page)?);
            let lines = desk.call.engine.meetings(&filter, &page)?;
            let after = query::next_page(&lines, &page, |line| line.position.to_string());
            let reader = desk.reader();
            let lines = lines.into_iter().map(|line| reader.meeting(line)).collect();
            Ok(MeetingPage { lines, after })
        })
    }

    /// A meeting, whole; none where it is not on this phone, or no longer shown.
    pub fn meeting(&self, doc: String) -> Result<Option<MeetingRecord>, DoorstepError> {
        self.call(|desk| desk.meeting(query::document(&doc)?))
    }

    /// What the form for a meeting needs.
    pub fn meeting_form(&self) -> Result<MeetingForm, DoorstepError> {
        self.call(|desk| {
            let reader = desk.reader();
            Ok(MeetingForm {
                act: new_act()?,
                blocks: reader.councils(),
                people: reader.everybody(),
                grievances: desk.open_grievances(&reader)?,
                carried: desk.carried()?,
            })
        })
    }

    /// Makes the document of a meeting.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::found_household`]; `too_big` for more than 63 of those who were there and items.
    pub fn hold_meeting(&self, new: NewMeeting) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let options = written::options(&new.act, new.happened_s)?;
            let act: ActId = id(&new.act)?;
            Ok(desk.call.engine.hold_meeting(meeting(new, act)?, options)?.into())
        })
    }

    /// What the form for anything on a meeting needs.
    ///
    /// # Errors
    ///
    /// `look_again` where it is not on this phone.
    pub fn meeting_step_form(&self, doc: String) -> Result<MeetingStepForm, DoorstepError> {
        self.call(|desk| {
            let record = desk.meeting(query::document(&doc)?)?.ok_or(Code::LookAgain)?;
            let reader = desk.reader();
            Ok(MeetingStepForm {
                act: new_act()?,
                record,
                people: reader.everybody(),
                grievances: desk.open_grievances(&reader)?,
                carried: desk.carried()?,
                reasons: reader.offered(list::REASON),
            })
        })
    }

    /// Writes something into a meeting. What it replaces is what the lines on the screen named.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::take_step`].
    pub fn meeting_step(&self, new: NewMeetingStep) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let NewMeetingStep { act, view, step, happened_s } = new;
            desk.write(&act, &view, happened_s, |me, act| event_of(step, act, me))
        })
    }
}

impl Desk<'_> {
    fn meeting(&self, doc: DocumentId) -> Result<Option<MeetingRecord>, Fault> {
        let engine = &self.call.engine;
        let Some(record) = engine.meeting(doc)? else { return Ok(None) };
        let Some(Line::Meeting(line)) = engine.lines_of([doc])?.remove(&doc) else {
            return Ok(None);
        };
        let (reader, state) = (self.reader(), record.state);
        let on_table = state.items.iter().flat_map(|item| &item.grievances);
        let lines = engine.lines_of(on_table.map(|link| link.doc))?;
        Ok(Some(MeetingRecord {
            view: record.view.to_string(),
            line: reader.meeting(line),
            may_write: record.may_write,
            attendance: reader.attendance(&state.attendance),
            items: state.items.iter().map(|item| reader.item(item, &lines)).collect(),
            flags: reader.flags(&state.flags),
            story: reader.story(&state.story),
            may_correct: event_texts(&record.may_correct),
        }))
    }

    /// The newest meetings, whole.
    pub(super) fn newest_meetings(
        &self,
        most: u32,
    ) -> Result<Vec<(core::MeetingLine, core::MeetingRecord)>, Fault> {
        let engine = &self.call.engine;
        let mut meetings = Vec::new();
        for line in engine.meetings(&Filter::default(), &Page::first(most))? {
            if let Some(record) = engine.meeting(line.doc)? {
                meetings.push((line, record));
            }
        }
        Ok(meetings)
    }

    fn open_grievances(&self, reader: &Reader) -> Result<Vec<GrievanceLine>, Fault> {
        let lines = self.call.engine.grievances(&Filter::open(), &Page::default())?;
        Ok(lines.into_iter().map(|line| reader.grievance(line)).collect())
    }

    /// Items that were put off, and that no other meeting went on with.
    fn carried(&self) -> Result<Vec<CarriedItem>, Fault> {
        let meetings = self.newest_meetings(EARLIER_MAX)?;
        let items = || meetings.iter().flat_map(|(_, record)| &record.state.items);
        let gone_on: BTreeSet<(DocumentId, ItemId)> = items()
            .filter_map(|item| item.carries.as_ref())
            .map(|at| (at.meeting.doc, at.item))
            .collect();
        let put_off = |line: &core::MeetingLine, item: &ItemNow| {
            item.outcome == Some(MeetingOutcome::Deferred)
                && !gone_on.contains(&(line.doc, item.item))
        };
        let mut carried = Vec::new();
        for (line, record) in &meetings {
            let items = record.state.items.iter().filter(|item| put_off(line, item));
            carried.extend(items.map(|item| CarriedItem {
                at: ItemAt { meeting: line.doc.to_string(), item: item.item.to_string() },
                title: item.title.to_string(),
                day: line.day.map(count),
                grievances: item.grievances.iter().map(|link| link.doc.to_string()).collect(),
            }));
        }
        Ok(carried)
    }
}

impl Reader {
    /// Blocks whose council this phone's member writes for.
    fn councils(&self) -> Vec<Choice> {
        let blocks = self
            .directory
            .places
            .values()
            .filter(|place| place.level == Some(Level::Block) && place.held && !place.ended);
        let mine = blocks.filter(|place| self.may(Deed::Council, place.id));
        mine.map(|place| Choice { value: place.id.to_string(), text: self.place(place.id) })
            .collect()
    }
}
