//! What a person says of a household, as the event that it is.

use doorstep_domain::event::{
    Consent, Continues, Correct, Day, Event, FieldValue as Value, NotSame, Note, NoticeGiven,
    Person, PersonLeft, Phone, Priority, PriorityEnd, Ref, SameAs, SetField,
};
use doorstep_protocol::id::MemberId;

use super::{
    flags::settle,
    ids::{event, events, link, some_events},
    numbers::{taken, taken_if},
    texts::needed,
};
use crate::{
    error::Fault,
    records::{FieldValue, HouseholdStep, NewNotice, SettleChoice},
};

/// The event of a step by `me`.
pub(crate) fn event_of(step: HouseholdStep, me: MemberId) -> Result<Event, Fault> {
    Ok(match step {
        HouseholdStep::AddPerson { name, relation, birth_band } => {
            person(vec![], name, relation, birth_band)?
        }
        // One that replaces nothing would be another person.
        HouseholdStep::ChangePerson { replaces, name, relation, birth_band } => {
            person(some_events(replaces, me)?, name, relation, birth_band)?
        }
        // What is known of them stays: it is them who left.
        HouseholdStep::PersonLeft { person } => {
            Event::PersonLeft(PersonLeft { person: event(&person, me)?, supersedes: vec![] })
        }
        HouseholdStep::AddPhone { number, person } => phone(vec![], number, person, me)?,
        HouseholdStep::ReplacePhone { replaces, number, person } => {
            phone(some_events(replaces, me)?, number, person, me)?
        }
        HouseholdStep::SetConsent { level, by, until_day, replaces } => Event::Consent(Consent {
            level: level.into(),
            until: taken_if(until_day)?.map(Day),
            by: by.into(),
            supersedes: events(replaces, me)?,
        }),
        HouseholdStep::GiveNotice { version, channel, language, by } => {
            notice(NewNotice { version, channel, language, by })?
        }
        HouseholdStep::SetPriority { code, review_day, replaces } => Event::Priority(Priority {
            code: taken(code)?,
            review_by: Day(taken(review_day)?),
            supersedes: events(replaces, me)?,
        }),
        HouseholdStep::EndPriority { reason, replaces } => {
            let (reason, supersedes) = (taken(reason)?, some_events(replaces, me)?);
            Event::PriorityEnd(PriorityEnd { reason, supersedes })
        }
        HouseholdStep::SetField { field, value, replaces } => Event::SetField(SetField {
            field: taken(field)?,
            value: match value {
                FieldValue::Code { code } => Value::Code(taken(code)?),
                FieldValue::Text { text } => Value::Text(needed(text)?.into()),
            },
            supersedes: events(replaces, me)?,
        }),
        HouseholdStep::SameAs { other } => Event::SameAs(SameAs { other: link(&other)? }),
        HouseholdStep::NotSame { link } => Event::NotSame(NotSame { link: event(&link, me)? }),
        HouseholdStep::Continues { other } => Event::Continues(Continues { other: link(&other)? }),
        HouseholdStep::Note { text } => note(text)?,
        HouseholdStep::Settle { flag, about, reason } => {
            settle(&flag, about, SettleChoice::Seen, reason, me)?
        }
        HouseholdStep::Correct { event, reason } => strike(&event, reason, me)?,
    })
}

fn person(
    supersedes: Vec<Ref>,
    name: String,
    relation: i32,
    birth_band: i32,
) -> Result<Event, Fault> {
    let (name, relation) = (needed(name)?.into(), taken(relation)?);
    Ok(Event::Person(Person { name, relation, birth_band: taken(birth_band)?, supersedes }))
}

fn phone(
    supersedes: Vec<Ref>,
    number: String,
    person: Option<String>,
    me: MemberId,
) -> Result<Event, Fault> {
    let person = person.map(|person| event(&person, me)).transpose()?;
    Ok(Event::Phone(Phone { person, number: needed(number)?.into(), supersedes }))
}

/// A privacy notice that was given.
pub(crate) fn notice(new: NewNotice) -> Result<Event, Fault> {
    Ok(Event::NoticeGiven(NoticeGiven {
        version: taken(new.version)?,
        channel: new.channel.into(),
        language: taken(new.language)?,
        by: new.by.into(),
    }))
}

/// A note in a document of any kind.
pub(crate) fn note(text: String) -> Result<Event, Fault> {
    Ok(Event::Note(Note { text: needed(text)?.into() }))
}

/// An entry of any document is struck by `me`.
pub(crate) fn strike(entry: &str, reason: i32, me: MemberId) -> Result<Event, Fault> {
    let (event, reason) = (event(entry, me)?, taken(reason)?);
    Ok(Event::Correct(Correct { event, reason, replacement: None }))
}

#[cfg(test)]
mod tests {
    use doorstep_domain::table::Kind;

    use super::*;
    use crate::{
        enums::{By, Channel, Consent as Level},
        error::Code,
    };

    const ME: MemberId = MemberId([1; 8]);

    fn at() -> String {
        "0707070707070707:2:0202020202020202".to_owned()
    }

    fn words() -> String {
        "words".to_owned()
    }

    #[test]
    fn every_step_is_the_event_of_its_kind() {
        let (other, level, by) = ("07".repeat(16), Level::No, By::Family);
        let (replaces, about) = (vec![at()], vec![at()]);
        let (name, number, person) = (words(), words(), Some(at()));
        let again = replaces.clone();
        let value = FieldValue::Code { code: 7 };
        let steps = [
            (Kind::Person, HouseholdStep::AddPerson { name: words(), relation: 0, birth_band: 0 }),
            (
                Kind::Person,
                HouseholdStep::ChangePerson { replaces: again, name, relation: 0, birth_band: 0 },
            ),
            (Kind::PersonLeft, HouseholdStep::PersonLeft { person: at() }),
            (Kind::Phone, HouseholdStep::AddPhone { number: words(), person: None }),
            (Kind::Phone, HouseholdStep::ReplacePhone { replaces: vec![at()], number, person }),
            (
                Kind::Consent,
                HouseholdStep::SetConsent { level, by, until_day: None, replaces: vec![] },
            ),
            (
                Kind::NoticeGiven,
                HouseholdStep::GiveNotice { version: 1, channel: Channel::Letter, language: 0, by },
            ),
            (
                Kind::Priority,
                HouseholdStep::SetPriority { code: 0, review_day: 1, replaces: vec![] },
            ),
            (Kind::PriorityEnd, HouseholdStep::EndPriority { reason: 6, replaces }),
            (Kind::SetField, HouseholdStep::SetField { field: 1, value, replaces: vec![] }),
            (Kind::SameAs, HouseholdStep::SameAs { other: other.clone() }),
            (Kind::NotSame, HouseholdStep::NotSame { link: at() }),
            (Kind::Continues, HouseholdStep::Continues { other }),
            (Kind::Note, HouseholdStep::Note { text: words() }),
            (
                Kind::Settle,
                HouseholdStep::Settle { flag: "consent".to_owned(), about, reason: None },
            ),
            (Kind::Correct, HouseholdStep::Correct { event: at(), reason: 0 }),
        ];
        for (kind, step) in steps {
            assert_eq!(event_of(step, ME).unwrap().kind(), Some(kind));
        }
    }

    #[test]
    fn numbers_and_lists_are_refused_by_name() {
        let event = |step| event_of(step, ME).unwrap_err();
        let set = |review_day, replaces| {
            event(HouseholdStep::SetPriority { code: 0, review_day, replaces })
        };
        assert_eq!(set(-1, vec![]), Code::BadNumber.into());
        assert_eq!(set(1, vec![at(); 65]), Code::TooBig.into());
        let value = FieldValue::Text { text: " ".to_owned() };
        let field = HouseholdStep::SetField { field: 1, value, replaces: vec![] };
        assert_eq!(event(field), Code::TextEmpty.into());
        let version = HouseholdStep::GiveNotice {
            version: -1,
            channel: Channel::Letter,
            language: 0,
            by: By::Other,
        };
        assert_eq!(event(version), Code::BadNumber.into());
        let grade = HouseholdStep::Settle { flag: "grade".to_owned(), about: vec![], reason: None };
        assert!(event_of(grade, ME).is_err(), "a household has no grade to choose");
    }
}
