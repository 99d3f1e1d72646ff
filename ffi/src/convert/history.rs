//! The story of a document in plain words.

use doorstep_domain::{
    fold::story::Entry,
    words::{free_text, remark, sentence},
};

use super::{ids::event_text, numbers::long, reader::Reader};
use crate::records::StoryLine;

impl Reader {
    pub(crate) fn story(&self, story: &[Entry]) -> Vec<StoryLine> {
        story.iter().map(|entry| self.story_line(entry)).collect()
    }

    pub(crate) fn story_line(&self, entry: &Entry) -> StoryLine {
        let marks = entry.marks;
        let time_s = marks.map(|marks| marks.happened.unwrap_or(marks.claimed));
        let words = entry.event.as_ref().and_then(free_text);
        StoryLine {
            event: event_text(entry.id),
            kind: entry.kind.to_owned(),
            author: self.member_line(entry.author),
            mine: Some(entry.author) == self.me,
            time_s: time_s.map(long),
            about: marks.is_some_and(|marks| !marks.certain),
            sentence: sentence(entry, self, self.language),
            words: words.map(str::to_owned),
            in_force: entry.in_force,
            remark: remark(entry, self.language),
            arrived: entry.relay_time_ms.is_some(),
        }
    }
}
