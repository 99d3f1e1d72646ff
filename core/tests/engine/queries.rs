//! What a screen asks: may this be written here, and the story of a household.

use doorstep_core::{
    ActOptions, Engine, HouseholdStory, JOINED_MAX, NewGrievance, NewHousehold, NewMeeting,
    NewOutcome, NewVisit, STORY_MAX, WriteError, Written,
};
use doorstep_domain::{
    allowed::{Offer, WhyNot},
    event::{
        Accept, Assign, Continues, Correct, Event, Link, NotSame, Note, Ref, Reporter, SameAs,
    },
    table::{Kind, Rejection, VisitOutcome},
};
use doorstep_protocol::{
    id::{DocumentId, DocumentKind, MemberId, PlaceId, TeamId},
    roster::{Fact, Named, RoleKind},
};

use crate::world::{World, grievance, household, named, no_role};

fn note(text: &str) -> Event {
    Event::Note(Note { text: text.into() })
}

fn offer(engine: &Engine, doc: DocumentId, kind: Kind) -> Option<WhyNot> {
    let offers = engine.grievance(doc).unwrap().unwrap().offers;
    offers.iter().find(|offer| offer.kind == kind).unwrap().why_not
}

fn visit(engine: &Engine, home: DocumentId, said: &str) -> Written {
    visit_and_find(engine, home, said, vec![]).remove(0)
}

fn visit_and_find(
    engine: &Engine,
    home: DocumentId,
    said: &str,
    found: Vec<NewGrievance>,
) -> Vec<Written> {
    let visit = NewVisit {
        household: home,
        purpose: 1,
        asked_for: None,
        planned: None,
        companions: vec![],
        checklist: vec![],
        outcome: Some(NewOutcome {
            outcome: VisitOutcome::Met,
            persons_met: 1,
            grievances: vec![],
            next_day: None,
        }),
        note: Some(said.to_owned()),
    };
    engine.record_visit_with(visit, found, ActOptions::default()).unwrap()
}

fn found(place: PlaceId, what: &str, reporter: Reporter) -> NewGrievance {
    NewGrievance {
        place,
        what: what.into(),
        spot: None,
        reporter,
        kind: 2,
        grade: None,
        visit: None,
    }
}

fn story(engine: &Engine, home: DocumentId) -> HouseholdStory {
    engine.household_story(home).unwrap().unwrap()
}

/// The notes of a story, in its order.
fn notes(story: &HouseholdStory) -> Vec<String> {
    let said = story.entries.iter().filter_map(|told| match &told.entry.event {
        Some(Event::Note(note)) => Some(note.text.0.clone()),
        _ => None,
    });
    said.collect()
}

#[test]
fn every_step_is_offered_or_says_why_not() {
    let mut world = World::new();
    let (li, chen) = (world.phone(world.li, 2), world.phone(world.chen, 4));
    let doc = grievance(&li, world.plum, "No water");
    let record = li.grievance(doc).unwrap().unwrap();
    let is_step = |kind: &&Kind| kind.belongs(DocumentKind::Grievance) && !kind.is_first();
    let all: Vec<Kind> = Kind::ALL.iter().filter(is_step).copied().collect();
    assert_eq!(record.offers.iter().map(|offer| offer.kind).collect::<Vec<_>>(), all);
    for Offer { kind, why_not, .. } in &record.offers {
        assert_eq!(record.steps().contains(kind), why_not.is_none(), "{kind:?}");
    }
    assert_eq!(offer(&li, doc, Kind::Accept), None);
    assert_eq!(offer(&li, doc, Kind::Close), Some(WhyNot::NotAnswered));
    assert_eq!(offer(&li, doc, Kind::Assign), Some(WhyNot::NoRight));

    li.act(&record.view, vec![Event::Accept(Accept {})], ActOptions::default()).unwrap();
    assert_eq!(offer(&li, doc, Kind::Accept), Some(WhyNot::Yours));
    world.meet(&li);
    world.meet(&chen);
    assert_eq!(offer(&chen, doc, Kind::Assign), None, "a block lead may");
    let view = chen.grievance(doc).unwrap().unwrap().view;
    let assign = Event::Assign(Assign { to: world.wang, supersedes: vec![], reason: None });
    chen.act(&view, vec![assign], ActOptions::default()).unwrap();
}

#[test]
fn a_team_that_was_sent_reads_the_household_and_is_offered_no_form_in_it() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    let visited = visit(&li, home, "All well").doc;
    let doc = grievance(&li, world.plum, "No water");
    world.meet(&li);
    let (zhao, team) = (MemberId::of(&world.realm, "zhao"), TeamId::of(&world.realm, "pipes"));
    world.write(&[
        named(zhao, "zhao"),
        Fact::Team { id: team, named: Some(Named { code: "pipes".into(), name: "Pipes".into() }) },
        Fact::Role {
            member: zhao,
            place: world.block,
            role: RoleKind::Team as u8,
            given: Some(Some(team)),
        },
        Fact::Sent { team, place: world.plum, document: doc, stands: true },
    ]);
    let zhao = world.phone(zhao, 5);
    let theirs = zhao.household(home).unwrap().unwrap();
    assert!(!theirs.may_write && !zhao.visit(visited).unwrap().unwrap().may_write);
    assert!(!zhao.may_make(DocumentKind::Visit, world.plum));
    let refused = zhao.note(&theirs.view, "May I?", ActOptions::default());
    assert_eq!(refused, Err(WriteError::Rejected { event: 0, reason: Rejection::NoRight }));

    let mine = li.household(home).unwrap().unwrap();
    assert!(mine.may_write && li.visit(visited).unwrap().unwrap().may_write);
    li.note(&mine.view, "I may", ActOptions::default()).unwrap();
}

#[test]
fn a_form_is_offered_where_what_it_makes_is_saved() {
    let mut world = World::new();
    let (li, chen) = (world.phone(world.li, 2), world.phone(world.chen, 4));
    let (plum, lotus, block) = (world.plum, world.lotus, world.block);
    for (engine, place) in [(&li, plum), (&li, lotus), (&li, block), (&chen, plum), (&chen, block)]
    {
        let home = NewHousehold { place, unit: "9".into(), more: vec![] };
        let saved = engine.found_household(home, ActOptions::default()).is_ok();
        assert_eq!(engine.may_make(DocumentKind::Household, place), saved);
        let trouble = found(place, "Dark", Reporter::Anonymous);
        let saved = engine.file_grievance(trouble, ActOptions::default()).is_ok();
        assert_eq!(engine.may_make(DocumentKind::Grievance, place), saved);
        let meeting = NewMeeting { place, day: 20_000, venue: None, more: vec![] };
        let saved = engine.hold_meeting(meeting, ActOptions::default()).ok();
        assert_eq!(engine.may_make(DocumentKind::Meeting, place), saved.is_some());
        if let Some(saved) = saved {
            assert!(engine.meeting(saved.doc).unwrap().unwrap().may_write);
        }
    }
    assert!(li.may_make(DocumentKind::Visit, plum) && !li.may_make(DocumentKind::Visit, lotus));
    let stranger = world.stranger(9);
    assert!(!stranger.may_make(DocumentKind::Grievance, plum));
}

#[test]
fn the_story_of_a_household_tells_all_of_it_newest_first() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    let other = household(&li, world.plum, "3-202");
    visit(&li, other, "next door");
    world.clock.pass(60_000);
    let reporter = Reporter::Link(Link::to(home));
    let known = found(world.plum, "Lamp", reporter);
    let hidden = found(world.plum, "Neighbour shouts", Reporter::Anonymous);
    let written = visit_and_find(&li, home, "first", vec![known, hidden]);
    let (lamp, shouts) = (written[1].doc, written[2].doc);
    world.clock.pass(60_000);
    let view = li.grievance(lamp).unwrap().unwrap().view;
    li.note(&view, "second", ActOptions::default()).unwrap();
    let view = li.grievance(shouts).unwrap().unwrap().view;
    li.note(&view, "said in confidence", ActOptions::default()).unwrap();
    world.clock.pass(60_000);
    visit(&li, home, "third");
    world.clock.pass(60_000);
    let view = li.household(home).unwrap().unwrap().view;
    li.note(&view, "fourth", ActOptions::default()).unwrap();

    let told = story(&li, home);
    assert_eq!(notes(&told), ["fourth", "third", "second", "first"]);
    assert_eq!(told.more, 0);
    let docs = |kind| told.entries.iter().filter(move |it| it.kind == kind).map(|it| it.doc);
    assert!(docs(DocumentKind::Household).all(|doc| doc == home));
    assert!(docs(DocumentKind::Grievance).all(|doc| doc == lamp), "nothing of who was not named");
    assert_eq!(docs(DocumentKind::Visit).count(), 6, "two visits: begun, what came of it, a note");
    let kinds: Vec<&str> = told.entries.iter().map(|it| it.entry.kind).collect();
    assert_eq!(kinds.last(), Some(&"found"), "it begins with the household: {kinds:?}");
    assert_eq!(li.household_story(lamp).unwrap(), None, "a grievance is no household");
    assert_eq!(li.household_story(DocumentId([7; 16])).unwrap(), None);
}

#[test]
fn each_document_tells_its_own_in_order_whatever_the_clock_said() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    world.clock.pass(100_000);
    for text in ["one", "two", "three"] {
        let view = li.household(home).unwrap().unwrap().view;
        li.note(&view, text, ActOptions::default()).unwrap();
        world.clock.set_back(20_000);
    }
    assert_eq!(notes(&story(&li, home)), ["three", "two", "one"]);
}

#[test]
fn a_story_goes_on_where_the_household_came_from_and_not_where_it_went() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let link = |other| Event::Continues(Continues { other: Link::to(other) });
    let old = household(&li, world.pine, "1-101");
    visit(&li, old, "in the old house");
    let moved = NewHousehold { place: world.plum, unit: "3-201".into(), more: vec![link(old)] };
    let new = li.found_household(moved, ActOptions::default()).unwrap().doc;
    world.clock.pass(60_000);
    visit(&li, new, "in the new house");
    assert_eq!(notes(&story(&li, new)), ["in the new house", "in the old house"]);
    assert_eq!(notes(&story(&li, old)), ["in the old house"]);

    // What is not on this phone is left out, and a ring ends.
    let far = NewHousehold {
        place: world.plum,
        unit: "3-202".into(),
        more: vec![link(DocumentId([9; 16])), link(new)],
    };
    let far = li.found_household(far, ActOptions::default()).unwrap().doc;
    let view = li.household(old).unwrap().unwrap().view;
    li.act(&view, vec![link(far)], ActOptions::default()).unwrap();
    for home in [old, new, far] {
        assert_eq!(notes(&story(&li, home)).len(), 2, "each of the ring tells all of it once");
    }
}

#[test]
fn what_is_the_same_household_is_one_story_seen_from_either_until_it_is_not() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let first = household(&li, world.plum, "3-201");
    let second = household(&li, world.plum, "3-201 again");
    visit(&li, first, "by Li");
    world.clock.pass(60_000);
    visit(&li, second, "by Wang");
    let view = li.household(second).unwrap().unwrap().view;
    let same = Event::SameAs(SameAs { other: Link::to(first) });
    let written = li.act(&view, vec![same], ActOptions::default()).unwrap();
    for home in [first, second] {
        assert_eq!(notes(&story(&li, home)), ["by Wang", "by Li"]);
    }
    let link = Ref { act: written.act, n: 0, member: None };
    let view = li.household(second).unwrap().unwrap().view;
    li.act(&view, vec![Event::NotSame(NotSame { link })], ActOptions::default()).unwrap();
    assert_eq!(notes(&story(&li, first)), ["by Li"]);
    assert_eq!(notes(&story(&li, second)), ["by Wang"]);
}

#[test]
fn a_story_has_a_bound_and_says_what_it_left_off() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    let events = |from: usize, to: usize| (from..to).map(|n| note(&n.to_string())).collect();
    for from in (0..STORY_MAX + 10).step_by(60) {
        let view = li.household(home).unwrap().unwrap().view;
        let to = (from + 60).min(STORY_MAX + 10);
        li.act(&view, events(from, to), ActOptions::default()).unwrap();
    }
    let told = story(&li, home);
    assert_eq!((told.entries.len(), told.more), (STORY_MAX, 11));
    assert_eq!(notes(&told)[0], (STORY_MAX + 9).to_string(), "the newest are shown");
}

#[test]
fn of_very_many_visits_the_oldest_are_not_opened_and_are_counted() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    let visit = serde_json::json!({ "household": home, "purpose": 1 });
    for _ in 0..STORY_MAX + 3 {
        world.clock.pass(1_000);
        let visit = serde_json::from_value(visit.clone()).unwrap();
        li.record_visit(visit, ActOptions::default()).unwrap();
    }
    let told = story(&li, home);
    assert_eq!((told.entries.len(), told.more), (STORY_MAX, 4));
    assert!(told.entries.iter().all(|told| told.kind == DocumentKind::Visit));
}

#[test]
fn a_story_joins_so_many_households_and_no_more() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let mut last = household(&li, world.plum, "0");
    for n in 1..=JOINED_MAX + 2 {
        let more = vec![Event::Continues(Continues { other: Link::to(last) })];
        let home = NewHousehold { place: world.plum, unit: n.to_string(), more };
        last = li.found_household(home, ActOptions::default()).unwrap().doc;
    }
    let told = story(&li, last);
    let homes = told.entries.iter().filter(|told| told.entry.kind == "found").count();
    assert_eq!(homes, JOINED_MAX);
}

#[test]
fn a_story_shows_nothing_that_the_phone_no_longer_holds() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let home = household(&li, world.pine, "1-101");
    visit(&li, home, "seen by both");
    world.meet(&li);
    world.meet(&wang);
    assert_eq!(story(&wang, home), story(&li, home), "the same on both phones");
    world.write(&[no_role(world.wang, world.grid, RoleKind::Member)]);
    world.meet(&wang);
    assert_eq!(wang.household_story(home).unwrap(), None);
}

#[test]
fn a_visit_at_the_wrong_door_leaves_the_story() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    let wrong = visit(&li, home, "it was next door");
    let event = Ref { act: wrong.act, n: 0, member: None };
    let strike = Event::Correct(Correct { event, reason: 1, replacement: None });
    let view = li.visit(wrong.doc).unwrap().unwrap().view;
    li.act(&view, vec![strike], ActOptions::default()).unwrap();
    assert!(notes(&story(&li, home)).is_empty());
}
