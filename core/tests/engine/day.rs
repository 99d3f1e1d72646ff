//! The first screen, and a visit with what was found on it.

use doorstep_core::{
    ActOptions, Delivery, Engine, FOUND_MAX, Filter, Invalid, MyDay, NewGrievance, NewHousehold,
    NewOutcome, NewVisit, Page, WriteError,
};
use doorstep_domain::{
    event::{
        Accept, Assign, Day, Event, Priority, Ref, Reject, Reporter, Resolve, SetDue, SetGrade,
    },
    fold::grievance::Stage,
    table::{By, Channel, Grade, How, Kind, Rejection, VisitOutcome},
};
use doorstep_protocol::{
    id::{ActId, DocumentId, PlaceId},
    roster::AssignKind,
};

use crate::world::{START_MS, World, grievance, household};

const ALL: Page = Page { after: None, limit: 0 };
const NEW: ActOptions = ActOptions { act: None, happened_s: None };

fn visit(household: DocumentId, outcome: VisitOutcome) -> NewVisit {
    NewVisit {
        household,
        purpose: 0,
        asked_for: None,
        planned: None,
        companions: vec![],
        checklist: vec![],
        outcome: Some(NewOutcome { outcome, persons_met: 1, grievances: vec![], next_day: None }),
        note: None,
    }
}

fn found(place: PlaceId, what: &str, reporter: Reporter) -> NewGrievance {
    let what = what.to_owned();
    NewGrievance { place, what, spot: None, reporter, kind: 2, grade: None, visit: None }
}

fn act(engine: &Engine, doc: DocumentId, event: Event) -> Ref {
    let view = engine.grievance(doc).unwrap().unwrap().view;
    let written = engine.act(&view, vec![event], NEW).unwrap();
    Ref { act: written.act, n: 0, member: None }
}

#[test]
fn a_visit_and_what_was_found_on_it_are_one_act_linked_both_ways() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    let of_home = || Reporter::Link(doorstep_domain::event::Link::to(home));
    let grievances = || {
        vec![
            found(world.plum, "The lamp is out", of_home()),
            found(world.plum, "Quarrels at night", Reporter::Anonymous),
            found(world.plum, "The drain is blocked", of_home()),
        ]
    };
    let once = ActOptions::once(ActId([4; 8]));
    let written = li.record_visit_with(visit(home, VisitOutcome::Met), grievances(), once).unwrap();
    assert_eq!(written.len(), 4);
    let [visited, lamp, quarrels, drain] = [0, 1, 2, 3].map(|n| written[n].doc);

    let outcome = li.visit(visited).unwrap().unwrap().state.outcome.unwrap().value;
    let named: Vec<DocumentId> = outcome.grievances.iter().map(|link| link.doc).collect();
    assert_eq!(named, [lamp, drain], "nothing leads to who wished not to be named");
    let visit_of = |doc| {
        let facts = li.grievance(doc).unwrap().unwrap().state.facts.unwrap();
        facts.visit.map(|link| link.doc)
    };
    assert_eq!([lamp, quarrels, drain].map(visit_of), [Some(visited), None, Some(visited)]);

    let again = li.record_visit_with(visit(home, VisitOutcome::Met), grievances(), once).unwrap();
    assert!(again.iter().all(|written| written.repeated), "the form sent again is one");
    assert!(again.iter().map(|written| written.doc).eq([visited, lamp, quarrels, drain]));
    assert_eq!(li.grievances(&Filter::default(), &ALL).unwrap().len(), 3);
}

#[test]
fn a_visit_is_saved_whole_or_not_at_all() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "3-201");
    let lotus = found(world.lotus, "In a building that is not hers", Reporter::Anonymous);
    let refused = li.record_visit_with(visit(home, VisitOutcome::Met), vec![lotus], NEW);
    assert_eq!(refused, Err(WriteError::NoPlace));
    let many = vec![found(world.plum, "One", Reporter::Anonymous); FOUND_MAX + 1];
    let refused = li.record_visit_with(visit(home, VisitOutcome::Met), many, NEW);
    assert_eq!(refused, Err(WriteError::Invalid(Invalid::TooMany)));
    assert!(li.visits(&Filter::default(), &ALL).unwrap().is_empty());
    let full = vec![found(world.plum, "One", Reporter::Anonymous); FOUND_MAX];
    li.record_visit_with(visit(home, VisitOutcome::NotHome), full, NEW).unwrap();
    assert_eq!(li.grievances(&Filter::default(), &ALL).unwrap().len(), FOUND_MAX);
}

#[test]
fn the_day_has_what_a_member_answers_for() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    assert_eq!(world.stranger(9).my_day().unwrap().buildings, vec![]);

    let [early, late, never] = ["1-101", "1-102", "1-103"].map(|u| household(&li, world.plum, u));
    let priority = Priority { code: 1, review_by: Day(30_000), supersedes: vec![] };
    let new = NewHousehold {
        place: world.plum,
        unit: "9-901".into(),
        more: vec![Event::Priority(priority)],
    };
    let first = li.found_household(new, NEW).unwrap().doc;
    household(&li, world.pine, "of the grid, not given to her");
    li.record_visit(visit(early, VisitOutcome::Met), NEW).unwrap();
    world.clock.pass(60_000);
    li.record_visit(visit(late, VisitOutcome::Met), NEW).unwrap();
    li.record_visit(visit(never, VisitOutcome::NotHome), NEW).unwrap();

    let [lamp, drain, roof] = ["lamp", "drain", "roof"].map(|what| {
        world.clock.pass(1_000);
        grievance(&li, world.plum, what)
    });
    grievance(&li, world.pine, "In a building that is not hers, and nobody's yet");
    act(&li, lamp, Event::Accept(Accept {}));
    let MyDay { now_s, buildings, came_back, due, households } = li.my_day().unwrap();
    assert_eq!(now_s, START_MS / 1000 + 65);
    let [plum] = buildings.as_slice() else { panic!("{buildings:?}") };
    assert_eq!((plum.place, plum.duty), (world.plum, Some(AssignKind::Owner)));
    assert_eq!((plum.households, plum.priority, plum.open, plum.overdue), (4, 1, 3, 0));
    assert!(came_back.is_empty());
    assert!(due.iter().map(|line| line.doc).eq([lamp, drain, roof]), "hers and nobody's: {due:?}");
    let order: Vec<DocumentId> = households.iter().map(|line| line.doc).collect();
    assert_eq!(order, [first, never, early, late], "priority, then who waited longest");
    assert!(households.iter().all(|line| line.delivery == Delivery::Saved { acts: 1 }));

    // The resident is not content with the drain, which is nobody's.
    let resolve = Resolve {
        answers: vec![],
        how: How::Help,
        helpers: vec![],
        item: None,
        with: None,
        text: None,
    };
    let mut resolution = act(&li, drain, Event::Resolve(resolve));
    world.meet(&li);
    world.meet(&wang);
    resolution.member = Some(world.li);
    let (by, heard) = (By::Resident, Channel::Phone);
    let reject = Reject { resolution, by, heard, reason: 7, text: None };
    act(&wang, drain, Event::Reject(reject));
    world.meet(&wang);
    world.meet(&li);
    let day = li.my_day().unwrap();
    assert!(day.came_back.iter().map(|line| line.doc).eq([drain]), "{:?}", day.came_back);
    assert!(day.due.iter().all(|line| line.doc != drain), "it stands in one list");

    world.clock.pass(400 * 86_400_000);
    assert_eq!(li.my_day().unwrap().buildings[0].overdue, 3);
    assert!(li.grievance(roof).unwrap().unwrap().steps().contains(&Kind::Accept));

    // Wang is given no building: those of the grid, without a duty.
    let buildings = wang.my_day().unwrap().buildings;
    let places: Vec<PlaceId> = buildings.iter().map(|building| building.place).collect();
    assert_eq!(places, [world.pine, world.plum], "by code");
    assert!(buildings.iter().all(|building| building.duty.is_none()));
}

#[test]
fn what_a_step_replaces_is_what_was_on_the_screen() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let doc = grievance(&chen, world.plum, "The drain is blocked");
    let grade = |grade, reason| Event::SetGrade(SetGrade { grade, supersedes: vec![], reason });
    act(&chen, doc, grade(Grade::A, None));
    let state = || chen.grievance(doc).unwrap().unwrap().state;
    assert_eq!(state().grade, Grade::A);
    act(&chen, doc, grade(Grade::D, Some(1)));
    let settled = state();
    assert_eq!((settled.grade, settled.flags.len()), (Grade::D, 0), "the later stands alone");
    let view = chen.grievance(doc).unwrap().unwrap().view;
    let silent = chen.act(&view, vec![grade(Grade::C, None), grade(Grade::D, None)], NEW);
    assert_eq!(silent, Err(WriteError::Rejected { event: 1, reason: Rejection::NoReason }));

    let sooner = settled.due.unwrap().from - 3_600;
    let due = |due| Event::SetDue(SetDue { due, supersedes: vec![], reason: Some(1) });
    act(&chen, doc, due(sooner));
    act(&chen, doc, due(sooner - 60));
    let state_now = state();
    assert_eq!(state_now.due.map(|due| due.from), Some(sooner - 60));
    assert!(state_now.flags.is_empty(), "{:?}", state_now.flags);

    let assign = |to| Event::Assign(Assign { to, supersedes: vec![], reason: None });
    act(&chen, doc, assign(world.li));
    act(&chen, doc, assign(world.wang));
    let state = state();
    assert_eq!((state.owner, state.stage), (Some(world.wang), Stage::Accepted));
    let standing = state.story.iter().filter(|entry| entry.kind == "assign" && entry.in_force);
    assert_eq!(standing.count(), 1);
}
