//! Stories of households and visits.

use doorstep_domain::{
    event::{
        Consent, Continues, Day, Event, Joined, Link, NotSame, Outcome, Person, PersonLeft,
        PriorityEnd, SameAs, SameVisit,
    },
    table::{By, ConsentLevel, VisitOutcome},
};

use super::{
    super::{
        deed::{CameOf, Deed},
        home::facts,
        layout::When,
        plan::today,
        stand_in::stand_in,
        words,
    },
    Cast, Told,
};

/// Two founded one household unseen by each other; somebody says so.
pub(super) fn one_home_twice(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, second, .. } = told.cast;
    let home = told.home(first)?;
    let again = another(told, second, first)?;
    let same = Event::SameAs(SameAs { other: Link::to(stand_in(home)) });
    told.says(When::DayTwo, second, again, same);
    Some(())
}

/// A household moves to another flat: a new document goes on with the old one.
pub(super) fn moved_house(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, .. } = told.cast;
    let home = told.home(first)?;
    let new = another(told, first, first)?;
    // Taken for the same household at first.
    let other = Link::to(stand_in(home));
    let same = told.says(When::DayTwo, first, new, Event::SameAs(SameAs { other }));
    let link = told.named(same, first);
    told.says(When::DayThree, first, new, Event::NotSame(NotSame { link }));
    let earlier = Event::Continues(Continues { other: Link::to(stand_in(home)) });
    told.says(When::DayThree, first, new, earlier);
    Some(())
}

/// One more household where `of` has one.
fn another(told: &mut Told<'_, '_>, phone: usize, of: usize) -> Option<super::Handle> {
    let home = told.home(of)?;
    let place = told.builder.place_of(home);
    let act = told.builder.next_act();
    let (more, _) = facts(told.dice, act, told.member(phone), today(), false);
    let unit = format!("{}-{:02}", told.dice.between(13, 30), told.dice.between(1, 8));
    let deed = Deed::Found { place, unit, more };
    Some(told.builder.make_as(act, When::DayOne, phone, place, deed))
}

/// A household's record is mended: a birth year, who moved out, what they wish, no priority any more.
pub(super) fn facts_change(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, second, .. } = told.cast;
    let own = told.builder.households.iter().filter(|(maker, _)| *maker == first);
    let in_need = |handle: &&super::Handle| {
        told.builder.homes.get(handle).is_some_and(|home| home.priority.is_some())
    };
    let handle = *own.map(|(_, handle)| handle).find(in_need)?;
    let home = told.builder.homes.get(&handle)?.clone();
    let me = told.member(second);
    let mut events = Vec::new();
    if let Some((n, person)) = home.persons.first() {
        let supersedes = vec![home.event(*n, me)];
        events.push(Event::Person(Person { birth_band: 2, supersedes, ..person.clone() }));
    }
    if let Some((n, _)) = home.persons.get(1) {
        let person = home.event(*n, me);
        events.push(Event::PersonLeft(PersonLeft { person, supersedes: vec![person] }));
    }
    events.push(Event::Consent(Consent {
        level: ConsentLevel::ByAppointment,
        until: Some(Day(today() + 30)),
        by: By::Family,
        supersedes: vec![home.event(home.consent, me)],
    }));
    if let Some(n) = home.priority {
        let supersedes = vec![home.event(n, me)];
        events.push(Event::PriorityEnd(PriorityEnd { reason: 6, supersedes }));
    }
    told.builder.act(When::DayTwo, second, handle, events);
    Some(())
}

/// A visit that the resident asked for; who came along says so, and notes an outcome of their own.
pub(super) fn went_along(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, second, .. } = told.cast;
    let household = told.home(first)?;
    let place = told.builder.place_of(household);
    let outcome = VisitOutcome::Met;
    let deed = Deed::Visit {
        household,
        purpose: 1,
        asked_for: true,
        companions: vec![],
        checklist: vec![(3, 0), (6, 0)],
        came_of: CameOf { outcome, persons_met: 2, next_day: Some(today() + 14) },
        note: Some(words::note(told.dice)),
        found: vec![],
    };
    let (visit, _) = told.make(When::DayOne, first, place, deed.clone());
    // Both wrote it down; one says that it was one.
    let (again, _) = told.make(When::DayTwo, second, place, deed);
    let other = Link::to(stand_in(visit));
    told.says(When::DayTwo, second, again, Event::SameVisit(SameVisit { other }));
    told.says(When::DayTwo, second, visit, Event::Joined(Joined { member: None }));
    let (grievances, next_day, supersedes) = (vec![], None, vec![]);
    let own = Outcome { outcome, persons_met: 1, grievances, next_day, supersedes };
    told.says(When::DayTwo, second, visit, Event::Outcome(own));
    Some(())
}
