//! What is written of a household when it is founded: persons, telephone, language, notice, consent, and
//! whether it is to be visited first.

use doorstep_domain::{
    event::{
        Consent, Day, Event, FieldValue, NoticeGiven, Person, Phone, Priority, Ref, SetField, Text,
    },
    table::{By, Channel, ConsentLevel},
};
use doorstep_protocol::id::{ActId, MemberId};

use super::{dice::Dice, layout::code, words};

/// A household may be visited first for so many days, before somebody looks again.
const REVIEW_DAYS: u32 = 90;
/// Code of list field: the language that they speak.
const LANGUAGE: u16 = 1;

/// What was written of a household, by the numbers of its events in the first act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    /// The act.
    pub(super) act: ActId,
    /// Who wrote it.
    pub(super) member: MemberId,
    /// The persons, with the codes of list relation.
    pub(super) persons: Vec<(u32, Person)>,
    /// The consent.
    pub(super) consent: u32,
    /// The priority, where it has one.
    pub(super) priority: Option<u32>,
    /// They do not mind a visit.
    pub(super) is_open: bool,
}

/// The events after the one that founds it, and what they are. One in need has priority and more than one
/// person.
pub(super) fn facts(
    dice: &mut Dice,
    act: ActId,
    member: MemberId,
    today: u32,
    in_need: bool,
) -> (Vec<Event>, Home) {
    let mut more: Vec<Event> = Vec::new();
    let mut add = |event| {
        more.push(event);
        u32::try_from(more.len()).unwrap_or(u32::MAX)
    };
    let persons: Vec<(u32, Person)> = (0..dice.between(if in_need { 2 } else { 1 }, 3))
        .map(|n| {
            let relation = if n == 0 { 0 } else { code(dice, 5) + 1 };
            let (name, birth_band) = (Text::from(words::name(dice)), code(dice, 9));
            let person = Person { name, relation, birth_band, supersedes: vec![] };
            (add(Event::Person(person.clone())), person)
        })
        .collect();
    let first = persons.first().map(|(n, _)| Ref::new(act, *n, member, member));
    let language = code(dice, 4);
    let (channel, by) = (Channel::InPerson, By::Resident);
    add(Event::NoticeGiven(NoticeGiven { version: 1, channel, language, by }));
    let value = FieldValue::Code(language);
    add(Event::SetField(SetField { field: LANGUAGE, value, supersedes: vec![] }));
    let (level, until) = match dice.below(100) {
        0..84 => (ConsentLevel::Yes, None),
        84..96 => (ConsentLevel::ByAppointment, Some(Day(today + REVIEW_DAYS))),
        _ => (ConsentLevel::No, None),
    };
    let consent = add(Event::Consent(Consent { level, until, by, supersedes: vec![] }));
    if dice.percent(50) {
        let number = Text::from(words::telephone(dice));
        add(Event::Phone(Phone { person: first, number, supersedes: vec![] }));
    }
    let priority = (in_need || dice.percent(15)).then(|| {
        let review_by = Day(today + REVIEW_DAYS);
        add(Event::Priority(Priority { code: code(dice, 6), review_by, supersedes: vec![] }))
    });
    let is_open = level != ConsentLevel::No;
    (more, Home { act, member, persons, consent, priority, is_open })
}

impl Home {
    /// What a later event of `author` names one of its events by.
    pub(super) fn event(&self, n: u32, author: MemberId) -> Ref {
        Ref::new(self.act, n, self.member, author)
    }
}
