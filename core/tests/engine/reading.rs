//! Lists: from their rows, page by page, without what the phone no longer holds.

use doorstep_core::{
    ActOptions, Filter, LINES_MAX, NewGrievance, NewHousehold, NewOutcome, NewVisit, Page,
    Position, ReadError,
};
use doorstep_domain::{
    event::{Accept, Correct, Event, Person, Priority, Ref, Reporter},
    fold::grievance::Stage,
    table::{Grade, VisitOutcome, list},
};
use doorstep_protocol::id::Level;

use crate::world::{World, grievance, household};

const ALL: Page = Page { after: None, limit: 0 };

#[test]
fn a_list_comes_page_by_page_each_line_once() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    for n in 0..23 {
        household(&li, world.plum, &format!("{n}"));
    }
    let mut page = Page::first(5);
    let mut units = Vec::new();
    loop {
        let lines = li.households(&Filter::default(), &page).unwrap();
        assert!(lines.len() <= 5);
        let Some(last) = lines.last() else { break };
        page = Page::after(last.position.clone(), 5);
        units.extend(lines.into_iter().map(|line| line.unit));
    }
    let counted: Vec<String> = (0..23).map(|n| n.to_string()).collect();
    assert_eq!(units, counted, "units stand as people count");
}

#[test]
fn a_page_is_never_longer_than_its_bound() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    for n in 0..LINES_MAX + 1 {
        household(&li, world.plum, &format!("{n}"));
    }
    for limit in [0, LINES_MAX + 1, u32::MAX] {
        let lines = li.households(&Filter::default(), &Page::first(limit)).unwrap();
        assert_eq!(lines.len(), LINES_MAX as usize);
    }
}

#[test]
fn a_position_survives_its_text_and_nothing_else_does() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    household(&li, world.plum, "3-201");
    let line = li.households(&Filter::default(), &ALL).unwrap().remove(0);
    let text = line.position.to_string();
    assert_eq!(text.parse::<Position>(), Ok(line.position));
    for bad in ["", "xyz", &text[1..]] {
        assert_eq!(bad.parse::<Position>(), Err(ReadError::BadPosition));
    }
}

#[test]
fn open_ones_stand_first_by_their_due() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let file = |grade, what: &str| {
        let new = NewGrievance {
            place: world.plum,
            what: what.into(),
            spot: None,
            reporter: Reporter::Anonymous,
            kind: 2,
            grade,
            visit: None,
        };
        li.file_grievance(new, ActOptions::default()).unwrap().doc
    };
    file(Some(Grade::D), "some day");
    let urgent = file(Some(Grade::A), "now");
    file(Some(Grade::B), "tomorrow");
    let what = |filter: &Filter| -> Vec<String> {
        li.grievances(filter, &ALL).unwrap().into_iter().map(|line| line.what).collect()
    };
    assert_eq!(what(&Filter::default()), ["now", "tomorrow", "some day"]);
    let view = li.grievance(urgent).unwrap().unwrap().view;
    li.act(&view, vec![Event::Accept(Accept {})], ActOptions::default()).unwrap();
    let accepted = Filter { stage: Some(Stage::Accepted), ..Filter::default() };
    assert_eq!(what(&accepted), ["now"]);
    let mine = Filter { owner: Some(world.li), ..Filter::default() };
    assert_eq!(what(&mine), ["now"]);
    assert!(what(&Filter { open: Some(false), ..Filter::default() }).is_empty());
}

#[test]
fn a_place_shows_what_lies_below_it() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    household(&li, world.plum, "plum 1");
    household(&li, world.pine, "pine 1");
    let at = |place| li.households(&Filter::at(place), &ALL).unwrap().len();
    assert_eq!((at(world.grid), at(world.plum), at(world.lotus), at(world.block)), (2, 1, 0, 2));
}

#[test]
fn words_are_found_wherever_they_stand_and_signs_are_no_wildcards() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let person =
        Person { name: "王小明".into(), relation: 0, birth_band: 0, supersedes: vec![] };
    let new =
        NewHousehold { place: world.plum, unit: "3-201".into(), more: vec![Event::Person(person)] };
    li.found_household(new, ActOptions::default()).unwrap();
    household(&li, world.plum, "100% full");
    let find = |text: &str| li.households(&Filter::text(text), &ALL).unwrap().len();
    assert_eq!((find("小明"), find("王 201"), find("201 nobody"), find("FULL")), (1, 1, 0, 1));
    assert_eq!((find("%"), find("_"), find("\\"), find("0%")), (1, 0, 0, 1));
    assert_eq!(find(&"x".repeat(100_000)), 0);
}

#[test]
fn a_household_line_tells_who_is_to_be_visited() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let priority =
        Priority { code: 0, review_by: doorstep_domain::event::Day(20_500), supersedes: vec![] };
    let new = NewHousehold {
        place: world.plum,
        unit: "3-201".into(),
        more: vec![Event::Priority(priority)],
    };
    let home = li.found_household(new, ActOptions::default()).unwrap().doc;
    household(&li, world.plum, "3-202");
    let first = Filter { priority: true, ..Filter::default() };
    let line = li.households(&first, &ALL).unwrap().remove(0);
    assert_eq!((line.priority, line.review_day, line.last_met_s), (Some(0), Some(20_500), None));

    let mut written = Vec::new();
    for outcome in [VisitOutcome::Met, VisitOutcome::NotHome] {
        world.clock.pass(60_000);
        let visit = NewVisit {
            household: home,
            purpose: 1,
            asked_for: None,
            planned: None,
            companions: vec![],
            checklist: vec![],
            outcome: Some(NewOutcome {
                outcome,
                persons_met: 1,
                grievances: vec![],
                next_day: None,
            }),
            note: None,
        };
        written.push(li.record_visit(visit, ActOptions::default()).unwrap());
    }
    let of_home = Filter { household: Some(home), ..Filter::default() };
    let visits = li.visits(&of_home, &ALL).unwrap();
    assert_eq!(visits[0].outcome, Some(VisitOutcome::NotHome), "newest first");
    let line = li.households(&first, &ALL).unwrap().remove(0);
    assert_eq!(line.last_met_s, visits[1].started_s, "the one that met somebody");

    // It was the wrong door: struck, it says nothing of the household any more.
    let event = Ref { act: written[0].act, n: 0, member: None };
    let strike = Event::Correct(Correct { event, reason: 1, replacement: None });
    let view = li.visit(written[0].doc).unwrap().unwrap().view;
    li.act(&view, vec![strike], ActOptions::default()).unwrap();
    assert_eq!(li.households(&first, &ALL).unwrap().remove(0).last_met_s, None);
}

#[test]
fn places_people_devices_and_codes_are_those_of_the_roster() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let places = li.places();
    assert_eq!(places[0].level, Some(Level::Block));
    let plum = places.iter().find(|place| place.id == world.plum).unwrap();
    assert!(plum.held && plum.mine.is_some() && plum.parent == Some(world.grid));
    let lotus = places.iter().find(|place| place.id == world.lotus).unwrap();
    assert!(!lotus.held && lotus.mine.is_none());
    let people = li.people();
    let me = people.iter().find(|person| person.id == world.li).unwrap();
    assert_eq!((me.devices.len(), me.devices[0].own, me.assigned.len()), (1, true, 1));
    world.phone(world.li, 9);
    world.meet(&li);
    let devices = |person: &doorstep_core::PersonInfo| person.devices.len();
    let me = li.people().into_iter().find(|person| person.id == world.li);
    assert_eq!(me.as_ref().map(devices), Some(2), "an added device is seen");
    assert_eq!(li.codes(list::GRADES).len(), 4);
}

#[test]
fn records_and_lines_are_json() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let record = serde_json::to_value(li.grievance(doc).unwrap().unwrap()).unwrap();
    assert_eq!(record["stage"], "discovered");
    assert_eq!(record["facts"]["what"], "No water");
    let view: doorstep_core::View = serde_json::from_value(record["view"].clone()).unwrap();
    li.note(&view, "by its text", ActOptions::default()).unwrap();
    let line = li.grievances(&Filter::default(), &ALL).unwrap().remove(0);
    let line = serde_json::to_value(line).unwrap();
    assert_eq!(line["delivery"]["saved"]["acts"], 2);
}
