//! A household, whole.

use doorstep_domain::{
    event::{Consent, Event, FieldValue, NoticeGiven, Phone},
    fold::{
        Household, Said,
        household::{FieldNow, PersonNow, PriorityNow},
        story::Entry,
    },
    table::{Flag, list},
    words::{self, Names as _},
};

use super::{
    ids::{event_text, id_of},
    numbers::{count, long},
    reader::Reader,
    texts::masked,
};
use crate::records::{
    ConsentLine, ConsentRecord, FieldLine, NoticeLine, PersonLine, PhoneLine, PriorityRecord,
};

/// Events of a story that are in force, those of one sort.
fn in_force(story: &[Entry], is: fn(&Event) -> bool) -> Vec<String> {
    let sort = |entry: &&Entry| entry.in_force && entry.event.as_ref().is_some_and(is);
    story.iter().filter(sort).map(|entry| event_text(entry.id)).collect()
}

/// What a new word about visits replaces.
fn about_consent(event: &Event) -> bool {
    match event {
        Event::Settle(settle) => settle.flag == Flag::Consent,
        event => matches!(event, Event::Consent(_)),
    }
}

/// What a new priority or its end replaces.
fn about_priority(event: &Event) -> bool {
    match event {
        Event::Settle(settle) => settle.flag == Flag::Priority,
        event => matches!(event, Event::Priority(_) | Event::PriorityEnd(_)),
    }
}

pub(crate) fn priority_events(state: &Household) -> Vec<String> {
    in_force(&state.story, about_priority)
}

fn ids<T>(said: &[Said<T>]) -> Vec<String> {
    said.iter().map(|said| event_text(said.id)).collect()
}

impl Reader {
    pub(crate) fn persons(&self, persons: &[PersonNow]) -> Vec<PersonLine> {
        persons.iter().filter_map(|person| self.person(person)).collect()
    }

    /// Somebody of a household, by what was said last.
    fn person(&self, person: &PersonNow) -> Option<PersonLine> {
        let said = person.said.last().map(|said| &said.value)?;
        Some(PersonLine {
            person: event_text(person.id),
            events: ids(&person.said),
            name: said.name.to_string(),
            relation: self.code(list::RELATION, said.relation),
            relation_code: said.relation.into(),
            birth_band: self.code(list::BIRTH_BAND, said.birth_band),
            birth_band_code: said.birth_band.into(),
            left: person.left,
        })
    }

    pub(crate) fn phones(&self, state: &Household, persons: &[PersonLine]) -> Vec<PhoneLine> {
        let line = |said: &Said<Phone>| {
            let person = said.value.person.map(|person| event_text(id_of(person, said.by)));
            let named = persons.iter().find(|it| Some(&it.person) == person.as_ref());
            PhoneLine {
                event: event_text(said.id),
                number: masked(&said.value.number),
                person_name: named.map(|it| it.name.clone()),
                person,
            }
        };
        state.phones.iter().map(line).collect()
    }

    pub(crate) fn consent(&self, state: &Household) -> Option<ConsentRecord> {
        let level = state.consent?;
        Some(ConsentRecord {
            level: level.into(),
            text: words::consent(level, self.language).to_owned(),
            events: in_force(&state.story, about_consent),
            said: state.consents.iter().map(|said| self.consent_line(said)).collect(),
        })
    }

    fn consent_line(&self, said: &Said<Consent>) -> ConsentLine {
        let Consent { level, until, by, .. } = said.value;
        ConsentLine {
            event: event_text(said.id),
            level: level.into(),
            text: words::consent(level, self.language).to_owned(),
            until_day: until.map(|day| count(day.0)),
            by: by.into(),
            by_text: words::by(by, self.language).to_owned(),
            author: self.member_line(said.by),
            time_s: long(said.time),
        }
    }

    pub(crate) fn notices(&self, state: &Household) -> Vec<NoticeLine> {
        state.notices.iter().map(|said| self.notice(said)).collect()
    }

    fn notice(&self, said: &Said<NoticeGiven>) -> NoticeLine {
        let NoticeGiven { version, channel, language, by } = said.value;
        NoticeLine {
            event: event_text(said.id),
            version: count(version),
            channel: channel.into(),
            channel_text: words::channel(channel, self.language).to_owned(),
            language: self.text(list::LANGUAGE, language),
            by_text: words::by(by, self.language).to_owned(),
            author: self.member_line(said.by),
            time_s: long(said.time),
        }
    }

    pub(crate) fn priority(&self, priority: PriorityNow) -> PriorityRecord {
        let PriorityNow { code, review_by, from } = priority;
        PriorityRecord {
            code: code.into(),
            text: self.text(list::PRIORITY, code),
            review_day: count(review_by.0),
            review_due: i64::from(review_by.0) <= self.today(),
            since_s: long(from),
        }
    }

    /// The day since 1970 in the realm's local time.
    fn today(&self) -> i64 {
        long(self.now_s).saturating_add(self.directory.local_min.saturating_mul(60)) / 86_400
    }

    pub(crate) fn fields(&self, fields: &[FieldNow]) -> Vec<FieldLine> {
        fields.iter().map(|field| self.field(field)).collect()
    }

    fn field(&self, now: &FieldNow) -> FieldLine {
        let values = now.said.iter().map(|said| self.field_value(&said.value));
        let values: Vec<String> = values.collect();
        let code = now.said.last().and_then(|said| match said.value {
            FieldValue::Code(code) => Some(code.into()),
            FieldValue::Text(_) => None,
        });
        FieldLine {
            field: now.field.into(),
            name: self.text(list::FIELD, now.field),
            text: values.join(" / "),
            code,
            events: ids(&now.said),
        }
    }

    /// Which list a code is of is the field's affair, and not known here.
    fn field_value(&self, value: &FieldValue) -> String {
        match value {
            FieldValue::Text(text) => text.to_string(),
            FieldValue::Code(code) => self.pick(&format!("代码{code}"), &format!("code {code}")),
        }
    }
}
