//! One document as one row.

use std::collections::BTreeSet;

use doorstep_domain::{
    event::{Attendee, FieldValue, Reporter},
    fold::{Grievance, Household, Meeting, Visit, story::Entry},
};
use doorstep_protocol::id::{DocumentId, DocumentKind, MemberId, PlaceId};
use serde::Serialize;

use crate::engine::{Folded, Grouped, Loaded};

/// What lists show of a document. Words of enumerations are those of their JSON form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) doc: DocumentId,
    pub(crate) kind: DocumentKind,
    pub(crate) place: PlaceId,
    /// The key of its list: bytes in whose order the list stands.
    pub(crate) position: Vec<u8>,
    pub(crate) title: String,
    /// All its words in small letters, for the search.
    pub(crate) words: String,
    pub(crate) stage: Option<String>,
    pub(crate) over: bool,
    pub(crate) grade: Option<String>,
    pub(crate) level: Option<String>,
    pub(crate) round: Option<u32>,
    /// Who owns a grievance, or began a visit.
    pub(crate) owner: Option<MemberId>,
    pub(crate) due_s: Option<u64>,
    /// When it was discovered, or began; of a household, when somebody of it was last met.
    pub(crate) happened_s: Option<u64>,
    pub(crate) updated_s: u64,
    pub(crate) flags: u32,
    pub(crate) household: Option<DocumentId>,
    /// Kind of a grievance, purpose of a visit, day of a meeting.
    pub(crate) code: Option<u32>,
    pub(crate) outcome: Option<String>,
    /// Of a household, met on a visit, present at a meeting.
    pub(crate) persons: u32,
    pub(crate) priority: Option<u16>,
    pub(crate) review_day: Option<u32>,
    pub(crate) consent: Option<String>,
    /// Acts of this phone that the relay has not taken.
    pub(crate) undelivered: u32,
    /// The group that a grievance stands in; none = it stands alone.
    pub(crate) group: Option<Grouped>,
}

/// The word of an enumeration, as in its JSON form.
pub(crate) fn word(value: &impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Some(word),
        _ => None,
    }
}

/// What the links in force of a grievance name; nothing of other documents, and never itself.
pub(super) fn links(folded: &Folded) -> BTreeSet<DocumentId> {
    let Folded::Grievance(grievance) = folded else { return BTreeSet::new() };
    let others = grievance.duplicates.iter().map(|(_, other)| *other);
    others.filter(|other| *other != grievance.document).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Row {
    /// The row of a document as it stands.
    pub(crate) fn of(loaded: &Loaded, folded: Folded, undelivered: u32) -> Self {
        let mut row = Self::empty(loaded);
        match folded {
            Folded::Household(household) => row.household(&household),
            Folded::Visit(visit) => row.visit(&visit),
            Folded::Grievance(grievance) => row.grievance(&grievance),
            Folded::Meeting(meeting) => row.meeting(&meeting),
        }
        row.words = row.words.to_lowercase();
        row.undelivered = undelivered;
        row
    }

    fn empty(loaded: &Loaded) -> Self {
        Self {
            doc: loaded.row.doc,
            kind: loaded.kind,
            place: loaded.row.scope.place(),
            position: Vec::new(),
            title: String::new(),
            words: String::new(),
            stage: None,
            over: false,
            grade: None,
            level: None,
            round: None,
            owner: None,
            due_s: None,
            happened_s: None,
            updated_s: 0,
            flags: 0,
            household: None,
            code: None,
            outcome: None,
            persons: 0,
            priority: None,
            review_day: None,
            consent: None,
            undelivered: 0,
            group: None,
        }
    }

    /// Households stand by place, then by unit as people count.
    fn household(&mut self, household: &Household) {
        if let Some(found) = &household.facts {
            self.title.clone_from(&found.unit.0);
            self.say(&found.unit);
        }
        for person in household.persons.iter().filter(|person| !person.left) {
            person.said.iter().for_each(|said| self.say(&said.value.name));
        }
        household.phones.iter().for_each(|phone| self.say(&phone.value.number));
        for said in household.fields.iter().flat_map(|field| &field.said) {
            if let FieldValue::Text(text) = &said.value {
                self.say(text);
            }
        }
        self.over = household.facts.is_none();
        self.persons = count(household.persons.iter().filter(|person| !person.left).count());
        self.priority = household.priority.map(|priority| priority.code);
        self.review_day = household.priority.map(|priority| priority.review_by.0);
        self.consent = household.consent.as_ref().and_then(word);
        self.flags = count(household.flags.iter().filter(|flag| !flag.settled).count());
        self.read_story(&household.story);
        self.position = vec![u8::from(self.over)];
        self.position.extend(self.place.0);
        self.position.extend(counted(&self.title));
    }

    /// Visits stand newest first.
    fn visit(&mut self, visit: &Visit) {
        self.over = visit.facts.is_none();
        self.household = visit.facts.as_ref().map(|started| started.household.doc);
        self.code = visit.facts.as_ref().map(|started| started.purpose.into());
        self.owner = visit.starter;
        self.happened_s = visit.time;
        if let Some(outcome) = &visit.outcome {
            self.outcome = word(&outcome.value.outcome);
            self.persons = outcome.value.persons_met;
        }
        self.flags = count(visit.flags.iter().filter(|flag| !flag.settled).count());
        self.read_story(&visit.story);
        self.position = (u64::MAX - visit.time.unwrap_or(0)).to_be_bytes().to_vec();
    }

    /// Grievances stand open ones first, by their due.
    fn grievance(&mut self, grievance: &Grievance) {
        if let Some(found) = &grievance.facts {
            self.title.clone_from(&found.what.0);
            self.say(&found.what);
            found.spot.iter().for_each(|spot| self.say(spot));
            self.code = Some(found.kind.into());
            match &found.reporter {
                Reporter::Link(link) => self.household = Some(link.doc),
                Reporter::Contact(contact) => self.say(contact),
                Reporter::Anonymous => {}
            }
        }
        self.stage = word(&grievance.stage);
        self.over = grievance.stage.is_over();
        self.grade = word(&grievance.grade);
        self.level = word(&grievance.level);
        self.round = Some(grievance.round);
        self.owner = grievance.owner;
        self.due_s = grievance.due.map(|due| due.from);
        self.happened_s = grievance.times.discovered;
        self.flags = count(grievance.flags.iter().filter(|flag| !flag.settled).count());
        self.read_story(&grievance.story);
        self.position = vec![u8::from(self.over)];
        self.position.extend(self.due_s.unwrap_or(u64::MAX).to_be_bytes());
    }

    /// Meetings stand newest first.
    fn meeting(&mut self, meeting: &Meeting) {
        let day = meeting.facts.as_ref().map(|held| held.day.0);
        if let Some(place) = meeting.facts.as_ref().and_then(|held| held.place.as_ref()) {
            self.title.clone_from(&place.0);
            self.say(place);
        }
        meeting.items.iter().for_each(|item| self.say(&item.title));
        for said in &meeting.attendance {
            if let Attendee::Name(name) = &said.value.who {
                self.say(name);
            }
        }
        self.over = meeting.facts.is_none();
        self.code = day;
        let present = meeting.attendance.iter().filter(|said| said.value.present);
        self.persons = count(present.count());
        self.flags = count(meeting.flags.iter().filter(|flag| !flag.settled).count());
        self.read_story(&meeting.story);
        self.position = (u32::MAX - day.unwrap_or(0)).to_be_bytes().to_vec();
    }

    fn say(&mut self, words: &str) {
        if !self.words.is_empty() {
            self.words.push('\n');
        }
        self.words.push_str(words);
    }

    fn read_story(&mut self, story: &[Entry]) {
        let written = story.iter().filter_map(|entry| entry.marks).map(|marks| marks.claimed);
        self.updated_s = written.max().unwrap_or(0);
    }
}

/// A text whose bytes stand in the order in which people count: every number is preceded by its
/// length, so that 2 stands before 10.
fn counted(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() + 4);
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let taken = match digits {
            0 => rest.bytes().take_while(|byte| !byte.is_ascii_digit()).count(),
            n => {
                // A digit, so that numbers still stand where digits do; 57 of them are enough.
                key.push(b'0' + u8::try_from(n.min(57)).unwrap_or(57));
                n
            }
        };
        let (piece, left) = rest.split_at(taken);
        key.extend_from_slice(piece.as_bytes());
        rest = left;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_stand_as_people_count() {
        let mut units = ["10-1", "2-201", "2-1001", "2-30", "10", "A1", "2", "3单元"];
        units.sort_by_key(|unit| counted(unit));
        assert_eq!(units, ["2", "2-30", "2-201", "2-1001", "3单元", "10", "10-1", "A1"]);
    }
}
