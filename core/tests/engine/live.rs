//! Lists that say which rows changed: what they say makes the new rows of the old ones, and no more.

use std::{collections::BTreeSet, fmt::Debug};

use doorstep_core::{
    ActOptions, Engine, Filter, GrievanceLine, LINES_MAX, LiveList, NewGrievance, Page, RowChange,
};
use doorstep_domain::{
    event::{Accept, Event, Priority, Reporter, SetGrade, Withdraw},
    fold::grievance::Stage,
    table::{By, Channel, Grade},
};
use doorstep_protocol::{
    id::{DocumentId, PlaceId},
    roster::RoleKind,
};

use crate::world::{Seeded, World, grievance, household, no_role};

/// As an app does it.
fn apply<L>(rows: &mut Vec<L>, changes: Vec<RowChange<L>>) {
    for change in changes {
        match change {
            RowChange::Removed { at } => drop(rows.remove(at as usize)),
            RowChange::Inserted { at, line } => rows.insert(at as usize, line),
            RowChange::Changed { at, line } => rows[at as usize] = line,
        }
    }
}

/// A list and the copy of it that an app has.
struct Screen<L> {
    list: LiveList<L>,
    rows: Vec<L>,
}

impl<L: Clone + PartialEq + Debug> Screen<L> {
    fn new(list: LiveList<L>) -> Self {
        let rows = list.lines().to_vec();
        Self { list, rows }
    }

    /// Refreshes, checks that the copy is the list, and gives what changed.
    fn refresh(&mut self) -> Vec<RowChange<L>> {
        let (before, changes) = (self.rows.clone(), self.list.refresh().unwrap());
        apply(&mut self.rows, changes.clone());
        assert_eq!(self.rows, self.list.lines());
        assert_eq!(changes.is_empty(), before == self.rows, "nothing where nothing changed");
        assert_eq!(self.list.refresh().unwrap(), vec![], "and nothing the next time");
        changes
    }
}

fn with_grade(engine: &Engine, place: PlaceId, what: &str, grade: Grade) -> DocumentId {
    let new = NewGrievance {
        place,
        what: what.into(),
        spot: None,
        reporter: Reporter::Anonymous,
        kind: 2,
        grade: Some(grade),
        visit: None,
    };
    engine.file_grievance(new, ActOptions::default()).unwrap().doc
}

fn act(engine: &Engine, doc: DocumentId, event: Event) {
    let view = engine.grievance(doc).unwrap().unwrap().view;
    engine.act(&view, vec![event], ActOptions::default()).unwrap();
}

fn withdraw() -> Event {
    let (by, heard) = (By::Resident, Channel::InPerson);
    Event::Withdraw(Withdraw { by, heard, evidence: vec![], reason: 1 })
}

fn raise(grade: Grade) -> Event {
    Event::SetGrade(SetGrade { grade, supersedes: vec![], reason: None })
}

/// What a change is and where, without what it says.
fn short<L>(changes: &[RowChange<L>]) -> Vec<(char, u32)> {
    let short = changes.iter().map(|change| match change {
        RowChange::Removed { at } => ('-', *at),
        RowChange::Inserted { at, .. } => ('+', *at),
        RowChange::Changed { at, .. } => ('~', *at),
    });
    short.collect()
}

#[test]
fn each_row_that_changed_is_told_once_and_no_other() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let [a, b, c] = ["a", "b", "c"].map(|what| {
        world.clock.pass(60_000);
        with_grade(&li, world.plum, what, Grade::C)
    });
    let mut open = Screen::new(li.live_grievances(Filter::open(), 0).unwrap());
    assert_eq!(open.rows.iter().map(|row| row.doc).collect::<Vec<_>>(), [a, b, c]);
    assert!(open.refresh().is_empty());

    act(&li, b, Event::Accept(Accept {}));
    assert_eq!(short(&open.refresh()), [('~', 1)]);
    act(&li, c, raise(Grade::A));
    assert_eq!(short(&open.refresh()), [('-', 2), ('+', 0)], "what moved, not what it passed");
    act(&li, a, withdraw());
    assert_eq!(short(&open.refresh()), [('-', 1)]);
    grievance(&li, world.pine, "d");
    assert_eq!(short(&open.refresh()), [('+', 2)]);
    let view = li.grievance(a).unwrap().unwrap().view;
    li.note(&view, "It is not in this list", ActOptions::default()).unwrap();
    assert!(open.refresh().is_empty());
}

#[test]
fn a_row_that_changes_and_keeps_its_place_is_changed_though_its_key_is_another() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let first = with_grade(&li, world.plum, "first", Grade::B);
    world.clock.pass(60_000);
    with_grade(&li, world.plum, "last", Grade::D);
    let mut list = Screen::new(li.live_grievances(Filter::default(), 0).unwrap());
    act(&li, first, raise(Grade::A));
    assert_eq!(short(&list.refresh()), [('~', 0)]);
}

#[test]
fn of_a_full_page_rows_move_out_at_the_end_and_come_in_again() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let docs = ["a", "b", "c", "d"].map(|what| {
        world.clock.pass(60_000);
        with_grade(&li, world.plum, what, Grade::C)
    });
    let mut page = Screen::new(li.live_grievances(Filter::open(), 3).unwrap());
    let shown = |page: &Screen<GrievanceLine>| -> Vec<DocumentId> {
        page.rows.iter().map(|row| row.doc).collect()
    };
    assert_eq!(shown(&page), docs[..3]);
    let urgent = with_grade(&li, world.plum, "urgent", Grade::A);
    assert_eq!(short(&page.refresh()), [('-', 2), ('+', 0)]);
    assert_eq!(shown(&page), [urgent, docs[0], docs[1]]);
    act(&li, urgent, withdraw());
    assert_eq!(short(&page.refresh()), [('-', 0), ('+', 2)]);
    assert_eq!(shown(&page), docs[..3]);
    act(&li, docs[3], Event::Accept(Accept {}));
    assert!(page.refresh().is_empty(), "what stands after the page is not told");
}

#[test]
fn a_live_list_has_a_bound() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let lists = [0, LINES_MAX + 1, u32::MAX];
    let mut lists = lists.map(|limit| li.live_households(Filter::default(), limit).unwrap());
    for n in 0..LINES_MAX + 1 {
        household(&li, world.plum, &format!("{n}"));
    }
    for list in &mut lists {
        assert_eq!(list.refresh().unwrap().len(), LINES_MAX as usize);
        assert_eq!(list.lines().len(), LINES_MAX as usize);
    }
    household(&li, world.plum, "00");
    for list in &mut lists {
        assert_eq!(list.refresh().unwrap().len(), 2, "one in, one out");
    }
}

#[test]
fn what_arrives_is_one_row_inserted_and_what_is_delivered_one_row_changed() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    grievance(&wang, world.plum, "No gas");
    world.meet(&wang);
    let mut at_li = Screen::new(li.live_grievances(Filter::default(), 0).unwrap());
    let mut at_wang = Screen::new(wang.live_grievances(Filter::default(), 0).unwrap());
    let doc = grievance(&li, world.plum, "No water");
    assert_eq!(short(&at_li.refresh()), [('+', 0)]);
    assert!(at_wang.refresh().is_empty());
    world.meet(&li);
    let delivered = at_li.refresh();
    assert_eq!(delivered.len(), 2, "his own is delivered, hers arrived");
    world.meet(&wang);
    let arrived = at_wang.refresh();
    assert!(matches!(&arrived[..], [RowChange::Inserted { line, .. }] if line.doc == doc));

    act(&wang, doc, Event::Accept(Accept {}));
    at_wang.refresh();
    world.meet(&wang);
    at_wang.refresh();
    world.meet(&li);
    let changed = at_li.refresh();
    assert!(
        matches!(&changed[..], [RowChange::Changed { line, .. }] if line.stage == Stage::Accepted)
    );

    world.write(&[no_role(world.wang, world.grid, RoleKind::Member)]);
    world.meet(&wang);
    assert_eq!(short(&at_wang.refresh()), [('-', 1), ('-', 0)], "what is hidden goes");
}

#[test]
fn every_kind_of_list_is_live() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let mut households = chen.live_households(Filter::default(), 5).unwrap();
    let mut visits = chen.live_visits(Filter::default(), 5).unwrap();
    let mut meetings = chen.live_meetings(Filter::default(), 5).unwrap();
    let home = household(&chen, world.plum, "1");
    let visit = serde_json::json!({ "household": home, "purpose": 1 });
    let visit = serde_json::from_value(visit).unwrap();
    let visit = chen.record_visit(visit, ActOptions::default()).unwrap().doc;
    let meeting = serde_json::json!({ "place": world.block, "day": 20_000 });
    let meeting = serde_json::from_value(meeting).unwrap();
    let meeting = chen.hold_meeting(meeting, ActOptions::default()).unwrap().doc;
    let told = households.refresh().unwrap();
    assert!(matches!(&told[..], [RowChange::Inserted { at: 0, line }] if line.doc == home));
    let told = visits.refresh().unwrap();
    assert!(matches!(&told[..], [RowChange::Inserted { at: 0, line }] if line.doc == visit));
    let told = meetings.refresh().unwrap();
    assert!(matches!(&told[..], [RowChange::Inserted { at: 0, line }] if line.doc == meeting));
    let json = serde_json::to_value(&told).unwrap();
    assert_eq!((&json[0]["change"], &json[0]["at"]), (&"inserted".into(), &0.into()));
}

/// What an app must be told at least and at most, by the rows alone.
fn judge(old: &[GrievanceLine], new: &[GrievanceLine], changes: &[RowChange<GrievanceLine>]) {
    let doc = |line: &GrievanceLine| line.doc;
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (old.iter().map(doc).collect(), new.iter().map(doc).collect());
    let mut rows = old.to_vec();
    let mut mentioned = Vec::new();
    for change in changes {
        match change {
            RowChange::Removed { at } => mentioned.push(rows[*at as usize].doc),
            RowChange::Changed { at, line } => {
                assert_eq!(rows[*at as usize].doc, line.doc, "it stays");
                mentioned.push(line.doc);
            }
            RowChange::Inserted { line, .. } => mentioned.push(line.doc),
        }
        apply(&mut rows, vec![change.clone()]);
    }
    assert_eq!(rows, new);
    for line in old.iter().filter(|line| new.contains(line)) {
        assert!(!mentioned.contains(&line.doc), "an untouched row is never mentioned");
    }
    for doc in before.union(&after) {
        let times = mentioned.iter().filter(|it| *it == doc).count();
        let most = if before.contains(doc) && after.contains(doc) { 2 } else { 1 };
        assert!(times <= most, "{times} times");
    }
}

#[test]
fn whatever_changes_the_changes_make_the_new_rows_of_the_old() {
    for seed in 1..=3 {
        let mut world = World::new();
        let dice = Seeded::new(seed);
        let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
        let filters = [
            Filter::default(),
            Filter::open(),
            Filter::at(world.plum),
            Filter { owner: Some(world.li), ..Filter::default() },
            Filter { undelivered: true, ..Filter::default() },
            Filter::text("odd"),
        ];
        let lists = filters.iter().flat_map(|filter| [(filter, 4), (filter, 0)]);
        let mut lists: Vec<_> = lists
            .map(|(filter, limit)| {
                (filter, limit, li.live_grievances(filter.clone(), limit).unwrap())
            })
            .collect();
        let mut docs = Vec::new();
        for step in 0..50 {
            world.clock.pass(1 + dice.next() % 3_600_000);
            for _ in 0..=dice.below(3) {
                edit(&mut world, &dice, &li, &wang, &mut docs);
            }
            // Not every list is looked at after every step.
            for (filter, limit, list) in &mut lists {
                if step % 7 != 0 && dice.below(2) == 0 {
                    continue;
                }
                let old = list.lines().to_vec();
                let changes = list.refresh().unwrap();
                let new = li.grievances(filter, &Page::first(*limit)).unwrap();
                assert_eq!(list.lines(), new);
                judge(&old, &new, &changes);
            }
        }
    }
}

/// Something happens.
fn edit(world: &mut World, dice: &Seeded, li: &Engine, wang: &Engine, docs: &mut Vec<DocumentId>) {
    let engine = if dice.below(3) == 0 { wang } else { li };
    let grades = [Grade::A, Grade::B, Grade::C, Grade::D];
    let place = [world.plum, world.pine][dice.below(2)];
    let known = docs.get(dice.below(docs.len().max(1))).copied();
    let known = known.and_then(|doc| Some((doc, engine.grievance(doc).unwrap()?.view)));
    match (dice.below(10), known) {
        (0..3, _) | (_, None) => {
            let what = ["odd", "even"][dice.below(2)];
            docs.push(with_grade(engine, place, what, grades[dice.below(4)]));
        }
        (3, _) => {
            world.meet(li);
        }
        (4, _) => {
            world.meet(wang);
        }
        (n, Some((_, view))) => {
            let event = match n {
                5 => Event::Accept(Accept {}),
                6 | 7 => raise(grades[dice.below(4)]),
                8 => withdraw(),
                _ => Event::Note(doorstep_domain::event::Note { text: "odd".into() }),
            };
            // Lowering a grade is refused: then nothing happens.
            let _ = engine.act(&view, vec![event], ActOptions::default());
        }
    }
}

#[test]
fn a_priority_that_begins_brings_the_household_into_the_list_of_those() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.plum, "1");
    let filter = Filter { priority: true, ..Filter::default() };
    let mut list = Screen::new(li.live_households(filter, 0).unwrap());
    let review_by = doorstep_domain::event::Day(20_500);
    let priority = Event::Priority(Priority { code: 0, review_by, supersedes: vec![] });
    let view = li.household(home).unwrap().unwrap().view;
    li.act(&view, vec![priority], ActOptions::default()).unwrap();
    assert_eq!(short(&list.refresh()), [('+', 0)]);
}
