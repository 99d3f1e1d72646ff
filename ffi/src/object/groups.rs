//! Work that is done once for a group of grievances, and items of a council with what they settle.

use doorstep_core::{self as core, ActOptions, GROUP_MAX, View};
use doorstep_domain::event::Event;
use doorstep_protocol::id::DocumentId;

use super::{Desk, Doorstep, new_act};
use crate::{
    convert::{
        ids::{event_id, id, view},
        query,
        texts::optional,
        written,
    },
    error::{Code, DoorstepError, Fault},
    records::{
        GroupMemberLine, GroupRecord, ItemRecord, ItemSettled, NewItemOutcome, NewTakeOver, Written,
    },
};

#[uniffi::export]
impl Doorstep {
    /// Takes what solved another grievance of a group over into this one: solved in the same way, with
    /// the other's author as a helper.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::take_step`]; `look_again` where the resolution is not here or stands no longer.
    pub fn take_resolution_over(&self, new: NewTakeOver) -> Result<Written, DoorstepError> {
        self.call(|desk| {
            let engine = &desk.call.engine;
            let options = written::options(&new.act, new.happened_s)?;
            let me = engine.member().ok_or(Code::NotEnrolled)?;
            let (view, of) = (view(&new.view)?, query::document(&new.of)?);
            let resolution = event_id(&new.resolution, me)?;
            let text = optional(new.text)?.map(Into::into);
            Ok(engine.take_resolution_over(&view, of, resolution, text, options)?.into())
        })
    }

    /// An item of a meeting, with the grievances that it names and what "resolved" would do in each;
    /// none where it is not on this phone.
    pub fn council_item(
        &self,
        meeting: String,
        item: String,
    ) -> Result<Option<ItemRecord>, DoorstepError> {
        self.call(|desk| {
            let (meeting, item) = (query::document(&meeting)?, id(&item)?);
            let Some(record) = desk.call.engine.item(meeting, item)? else { return Ok(None) };
            let reader = desk.reader();
            Ok(Some(ItemRecord {
                act: new_act()?,
                meeting: record.meeting.to_string(),
                view: record.view.to_string(),
                item: reader.item_record(&record),
                grievances: record
                    .grievances
                    .into_iter()
                    .map(|named| reader.item_grievance(named))
                    .collect(),
            }))
        })
    }

    /// Writes what came of an item and, where it is resolved, solves the grievances of these views in
    /// the same transaction. What is left for a person to do is listed in words.
    ///
    /// # Errors
    ///
    /// As [`Doorstep::take_step`]; nothing was saved then, in the meeting or elsewhere.
    pub fn settle_item(&self, new: NewItemOutcome) -> Result<ItemSettled, DoorstepError> {
        self.call(|desk| {
            let options = written::options(&new.act, new.happened_s)?;
            let (meeting, item) = (view(&new.view)?, id(&new.item)?);
            let grievances = views(new.grievances)?;
            let text = optional(new.text)?.map(Into::into);
            let outcome = new.outcome.into();
            let engine = &desk.call.engine;
            let settled =
                engine.settle_item(&meeting, item, outcome, &grievances, text, options)?;
            let lines = desk.lines_of(settled.by_hand.iter().map(|(doc, _)| *doc))?;
            let by_hand = desk.reader().left_out(&settled.by_hand, &lines);
            Ok(ItemSettled { written: together(settled.written)?, by_hand })
        })
    }
}

/// Views of the documents of a group.
pub(super) fn views(texts: Vec<String>) -> Result<Vec<View>, Fault> {
    if texts.len() > GROUP_MAX {
        return Err(Code::TooBig.into());
    }
    texts.iter().map(|text| view(text)).collect()
}

/// What was written in several documents, as written in the first.
fn together(written: Vec<core::Written>) -> Result<Written, Fault> {
    let mut written = written.into_iter();
    let first = written.next().ok_or(Code::Bug)?;
    Ok(Written { also: written.map(|other| other.doc.to_string()).collect(), ..first.into() })
}

impl Desk<'_> {
    /// Writes one event into a grievance and others of its group.
    pub(super) fn write_in_group(
        &self,
        first: &View,
        others: &[View],
        event: Event,
        options: ActOptions,
    ) -> Result<Written, Fault> {
        let done = self.call.engine.work_on_group(first, others, event, options)?;
        let lines = self.lines_of(done.left_out.iter().map(|(doc, _)| *doc))?;
        let left_out = self.reader().left_out(&done.left_out, &lines);
        Ok(Written { left_out, ..together(done.written)? })
    }

    /// The group of a grievance.
    pub(super) fn group(&self, doc: DocumentId) -> Result<Option<GroupRecord>, Fault> {
        let group = self.call.engine.group(doc)?;
        Ok(group.map(|group| self.reader().group(group)))
    }

    /// The others of its group, in which the same step may be taken.
    pub(super) fn beside(
        &self,
        doc: DocumentId,
        kind: doorstep_domain::table::Kind,
    ) -> Result<Vec<GroupMemberLine>, Fault> {
        let Some(group) = self.call.engine.group(doc)? else { return Ok(vec![]) };
        let reader = self.reader();
        let others = group.members.into_iter().filter(|member| member.line.doc != doc);
        let may = others.filter(|member| member.steps.contains(&kind));
        Ok(may.map(|member| reader.group_member(member)).collect())
    }
}
