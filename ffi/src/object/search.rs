//! The search over everything, and the story of a household over all its documents.

use std::collections::BTreeMap;

use doorstep_core::Line;
use doorstep_protocol::id::DocumentId;

use super::{Desk, Doorstep};
use crate::{
    convert::{
        numbers::{count, taken},
        query,
        reader::Reader,
        texts::bounded,
    },
    error::{DoorstepError, Fault},
    records::{Found, FoundLine, HouseholdStory, HouseholdStoryLine},
};

#[uniffi::export]
impl Doorstep {
    /// Everything on this phone in which each of these words stands somewhere, parts of words and Chinese
    /// words of two characters too: in facts, notes, names and telephone numbers. At most 256 bytes of the
    /// text are looked at, and at most `limit` lines given, 1 to 200; 0 = 200.
    pub fn search(&self, text: String, limit: i32) -> Result<Found, DoorstepError> {
        self.call(|desk| {
            let found = desk.call.engine.search(bounded(&text)?, taken(limit)?)?;
            let homes = super::screens::households_of(found.lines.iter());
            let homes = desk.call.engine.lines_of(homes)?;
            let reader = desk.reader();
            let lines = found.lines.into_iter().map(|line| reader.found(line, &homes));
            Ok(Found { lines: lines.collect(), more: found.more })
        })
    }

    /// All that was written of a household, of its visits and of the grievances that it reported, newest
    /// first; none where it is not on this phone, or no longer shown. Nothing in it leads to who wished
    /// not to be named.
    pub fn household_story(&self, doc: String) -> Result<Option<HouseholdStory>, DoorstepError> {
        self.call(|desk| desk.household_story(query::document(&doc)?))
    }
}

impl Desk<'_> {
    fn household_story(&self, doc: DocumentId) -> Result<Option<HouseholdStory>, Fault> {
        let Some(story) = self.call.engine.household_story(doc)? else { return Ok(None) };
        let lines = self.lines_of(story.entries.iter().map(|told| told.doc))?;
        let reader = self.reader();
        let told = story.entries.iter().map(|told| HouseholdStoryLine {
            doc: told.doc.to_string(),
            document: told.kind.into(),
            title: reader.title_of(told.doc, &lines),
            line: reader.story_line(&told.entry),
        });
        Ok(Some(HouseholdStory { lines: told.collect(), more: count(story.more) }))
    }
}

impl Reader {
    fn found(&self, line: Line, homes: &BTreeMap<DocumentId, Line>) -> FoundLine {
        match line {
            Line::Household(line) => FoundLine::Household { line: self.household(line) },
            Line::Grievance(line) => FoundLine::Grievance { line: self.grievance(line) },
            Line::Visit(line) => FoundLine::Visit { line: self.visit(line, homes) },
            Line::Meeting(line) => FoundLine::Meeting { line: self.meeting(line) },
        }
    }
}
