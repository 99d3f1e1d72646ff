//! Figures: the numerator is part of the denominator, blocks add up, an erasure changes nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod town;

use doorstep_domain::{
    figures::{
        Figures, GrievanceRow, HouseholdRow, Period, PriorityRow, Rate, Row, Selection, VisitRow,
        figures_of, priority_contacted, row, taking_part, under,
    },
    fold::grievance::Stage,
    table::{How, Level, VisitOutcome},
};
use doorstep_protocol::id::{self, DocumentId, DocumentKind, PlaceId};
use proptest::prelude::*;
use town::{Story, place, roster};

fn of(lines: &[&str], n: u8) -> Row {
    let story = Story::grievance(lines);
    let mut document = story.document(&story.copies);
    document.id = DocumentId([n; 16]);
    row(&document, &story.roster).unwrap()
}

const SOLVED: &[&str] = &["Li r d resolve how=peoples_mediation"];
const CONFIRMED: &[&str] = &["Li r d resolve", "Wang c r confirm resolution=@r"];

fn counted(rows: &[Row]) -> Figures {
    selected(rows, &Selection::default())
}

fn selected(rows: &[Row], selection: &Selection<'_>) -> Figures {
    let figures = figures_of(rows, selection);
    assert!(figures.resolved.of <= figures.resolved.all);
    assert!(figures.resolved.of <= figures.resolved_or_answered.of);
    assert_eq!(figures.resolved.all, figures.collected);
    figures
}

#[test]
fn collected_and_resolved() {
    let rows = [
        of(&[], 1),
        of(SOLVED, 2),
        of(CONFIRMED, 3),
        of(&["Li r d resolve", "Wang n r reject resolution=@r"], 4),
        of(&["Sun k d correct event=@d"], 5),
        of(&["Li r d resolve how=explained", "Li f r feed_back resolution=@r"], 6),
        of(&["Sun u d close_unsolved told=phone"], 7),
        of(&["Wang w d withdraw"], 8),
    ];
    let figures = counted(&rows);
    assert_eq!(figures.collected, 7);
    assert_eq!(figures.by_mistake, 1);
    assert_eq!(figures.resolved, Rate { of: 2, all: 7 });
    assert_eq!(figures.resolved.to_string(), "28.6 %");
    assert_eq!(figures.resolved_or_answered, Rate { of: 4, all: 7 });
    assert_eq!(figures.within_block, Rate { of: 2, all: 2 });
    // Whether a document came once or twice, and in what order, is nothing to the count.
    let again: Vec<Row> = rows.iter().rev().chain(&rows).cloned().collect();
    assert_eq!(counted(&again), figures);
}

#[test]
fn disputes_add_up() {
    const DISPUTE: &str = "Xu d - discover kind=0";
    let rows = [
        of(&[DISPUTE, SOLVED[0]], 1),
        of(
            &[
                DISPUTE,
                "Li p d progress how=judicial_mediation",
                "Li q p progress how=peoples_mediation",
            ],
            2,
        ),
        of(&[DISPUTE], 3),
        of(&[], 4),
    ];
    let disputes = counted(&rows).disputes;
    assert_eq!(disputes.resolved, Rate { of: 1, all: 3 });
    assert_eq!(disputes.by_how[&How::PeoplesMediation], 1);
    assert_eq!(disputes.tried[&How::JudicialMediation], 1);
    assert_eq!(disputes.not_mediated, 1);
}

#[test]
fn a_transfer_leaves_only_where_its_target_is_in() {
    let to = |n: u8| -> Row { of(&["Sun t d transfer to=#2"], n) };
    assert_eq!(counted(&[to(1)]).collected, 1, "the target's row is not here");
    let both = counted(&[to(1), of(&[], 2)]);
    assert_eq!((both.collected, both.transferred), (1, 1));
    let mistake = counted(&[to(1), of(&["Sun k d correct event=@d"], 2)]);
    assert_eq!((mistake.collected, mistake.transferred, mistake.by_mistake), (1, 0, 1));
    // In a cycle the earliest stays: of equal ones the smaller id.
    let back = of(&["Sun t d transfer to=#1"], 2);
    let cycle = counted(&[to(1), back.clone()]);
    assert_eq!((cycle.collected, cycle.transferred), (1, 1));
    let tail = counted(&[to(1), back, of(&["Sun t d transfer to=#1"], 3)]);
    assert_eq!((tail.collected, tail.transferred), (1, 2));
}

/// One of many rows: found second by second, filed again at another.
fn one_of_many(like: &Row, n: u32, to: Option<u32>) -> Row {
    let Row::Grievance(row) = like.clone() else { panic!() };
    let id = |n: u32| {
        let mut id = DocumentId([0; 16]);
        id.0[..4].copy_from_slice(&n.to_be_bytes());
        id
    };
    let stage = if to.is_some() { Stage::Transferred } else { Stage::Discovered };
    let (document, discovered) = (id(n), u64::from(n));
    Row::Grievance(GrievanceRow { document, discovered, stage, transferred_to: to.map(id), ..row })
}

#[test]
fn long_ways_of_transfers_are_walked_once() {
    const LENGTH: u32 = 20_000;
    let one = of_one();
    // Each filed again at the next, the last two at each other; and the other way round.
    let up =
        (0..LENGTH).map(|n| one_of_many(&one, n, Some(if n + 1 < LENGTH { n + 1 } else { n - 1 })));
    let figures = counted(&up.collect::<Vec<_>>());
    assert_eq!((figures.collected, figures.transferred), (1, u64::from(LENGTH) - 1));
    let down = (0..LENGTH).map(|n| one_of_many(&one, n, n.checked_sub(1)));
    let figures = counted(&down.collect::<Vec<_>>());
    assert_eq!((figures.collected, figures.transferred), (1, u64::from(LENGTH) - 1));
}

#[test]
fn groups_count_once_and_documents_each() {
    let rows = [
        of(&["Li l d duplicate_of other=#2"], 1),
        of(&["Li l d duplicate_of other=#1"], 2),
        of(&["Li l d duplicate_of other=#9"], 3),
        of(&["Li l d duplicate_of other=#9"], 4),
        of(&[], 5),
    ];
    let figures = counted(&rows);
    assert_eq!(
        (figures.collected, figures.collected_groups),
        (5, 3),
        "9 joins though it is not here"
    );
}

#[test]
fn visits_households_and_items() {
    let visit = |n: u8, lines: &[&str]| {
        let mut story = Story::new(DocumentKind::Visit);
        lines.iter().for_each(|line| story.line(line));
        let mut document = story.document(&story.copies);
        document.id = DocumentId([n; 16]);
        row(&document, &story.roster).unwrap()
    };
    let household = |n: u8, lines: &[&str]| {
        let mut story = Story::new(DocumentKind::Household);
        lines.iter().for_each(|line| story.line(line));
        let mut document = story.document(&story.copies);
        document.id = DocumentId([n; 16]);
        row(&document, &story.roster).unwrap()
    };
    let met = "Li o v outcome outcome=met persons_met=2";
    let rows = [
        visit(1, &["Li v - started household=#10", met]),
        visit(2, &["Li v - started household=#11 asked_for=true", met]),
        visit(3, &["Li v - started household=#12", "Li o v outcome outcome=not_home"]),
        household(
            10,
            &["Li f - found", "Li s f same_as other=#11", "Li p f priority review_by=20500"],
        ),
        household(11, &["Li f - found"]),
    ];
    let figures = counted(&rows);
    assert_eq!((figures.visits_met, figures.households_met, figures.persons_met), (2, 1, 4));
    assert_eq!((figures.attempts, figures.uninvited_visits), (1, 2));
    assert_eq!(figures.priority_households, 1);

    let mut story = Story::new(DocumentKind::Meeting);
    for line in [
        "Sun m - held",
        "Sun i m item item=item",
        "Sun j i item item=00000000000000ff",
        "Sun o j item_outcome item=item outcome=resolved",
    ] {
        story.line(line);
    }
    let held = row(&story.document(&story.copies), &story.roster).unwrap();
    let figures = counted(&[held]);
    assert_eq!((figures.meetings, figures.items), (1, Rate { of: 1, all: 2 }));
}

fn day(n: u32) -> u32 {
    20_400 + n
}

fn visited(n: u8, household: u8, on: u32, outcome: VisitOutcome, who: &[&str]) -> Row {
    Row::Visit(VisitRow {
        document: DocumentId([n; 16]),
        place: place(id::Level::Building, "B1"),
        household: DocumentId([household; 16]),
        day: on,
        purpose: 0,
        asked_for: false,
        outcome: Some(outcome),
        persons_met: 1,
        members: who.iter().map(|who| town::member(who)).collect(),
        same_visit: vec![],
        struck: false,
    })
}

fn priority_home(n: u8, same_as: &[u8], review_by: Option<u32>) -> Row {
    Row::Household(HouseholdRow {
        document: DocumentId([n; 16]),
        place: place(id::Level::Building, "B1"),
        same_as: same_as.iter().map(|n| DocumentId([*n; 16])).collect(),
        priority: review_by.map(|review_by| PriorityRow { code: 1, from: 0, review_by }),
        priority_ended: None,
        struck: false,
    })
}

#[test]
fn priority_households_are_contacted_within_their_interval() {
    let rows = [
        priority_home(10, &[], Some(day(100))),
        priority_home(11, &[12], Some(day(100))),
        priority_home(12, &[], None),
        priority_home(13, &[], Some(day(100))),
        priority_home(14, &[], Some(day(29))),
        visited(1, 10, day(1), VisitOutcome::Met, &["Li"]),
        visited(2, 12, day(30), VisitOutcome::Met, &["Li"]),
        visited(3, 13, day(30), VisitOutcome::NotHome, &["Li"]),
        visited(4, 14, day(30), VisitOutcome::Met, &["Li"]),
    ];
    let rate = |on, days| priority_contacted(&rows, &Selection::default(), on, days);
    assert_eq!(rate(day(30), 30), Rate { of: 2, all: 3 }, "the 1st is the first of 30 days");
    assert_eq!(rate(day(31), 30), Rate { of: 1, all: 3 }, "one met as another is the same home");
    assert_eq!(rate(day(29), 30), Rate { of: 1, all: 4 }, "later visits are not of that day");
    assert_eq!(rate(day(200), 30), Rate { of: 0, all: 0 }, "every review is past");
}

#[test]
fn members_take_part_of_those_assigned_and_nobody_is_named() {
    let roster = roster();
    let tip = roster.at_seq(1);
    let rows = [
        of(&["Wang c d contact"], 1),
        visited(2, 10, day(1), VisitOutcome::Met, &["Li", "Stranger"]),
        visited(3, 10, day(90), VisitOutcome::Met, &["Chen"]),
    ];
    let grid = under(&tip, place(id::Level::Grid, "G1"));
    let period = |from, to| Some(Period { from, to, local_min: 480 });
    let rate = |period| taking_part(&rows, &Selection { places: Some(&grid), period }, &tip);
    // Li, Wang, Chen, Xu, Zhao have roles there, Ma stands in at a building.
    assert_eq!(rate(None), Rate { of: 4, all: 6 }, "Xu found it, Wang called, Li and Chen went");
    assert_eq!(rate(period(day(80), day(100))), Rate { of: 1, all: 6 });
    let other = under(&tip, place(id::Level::Grid, "G2"));
    let elsewhere = taking_part(&rows, &Selection { places: Some(&other), period: None }, &tip);
    assert_eq!(elsewhere, Rate { of: 0, all: 1 });
}

#[test]
fn households_are_not_visited_too_often() {
    let met = |n, home, on| visited(n, home, day(on), VisitOutcome::Met, &["Li"]);
    let mut rows = vec![
        met(1, 10, 1),
        met(2, 10, 15),
        met(3, 10, 30),
        met(4, 11, 1),
        met(5, 11, 15),
        met(6, 11, 31),
        priority_home(11, &[12], None),
    ];
    let found = counted(&rows).disturbance;
    assert_eq!((found.households, found.most, found.too_often), (2, 3, 1), "31 is out of it");
    rows.push(met(7, 12, 16));
    assert_eq!(counted(&rows).disturbance.too_often, 2, "the same home by another name");
    if let Some(Row::Visit(visit)) = rows.last_mut() {
        visit.asked_for = true;
    }
    let found = counted(&rows).disturbance;
    assert_eq!(found.too_often, 1, "who asked for it is not disturbed");
}

#[test]
fn a_period_counts_what_was_found_in_it_with_what_became_of_it() {
    let rows = [of(CONFIRMED, 1), of(&["Sun t d transfer to=#1"], 2), of(&[], 3)];
    let Row::Grievance(found) = &rows[0] else { panic!() };
    let today = doorstep_domain::figures::day_of(found.discovered, 480);
    let during = |from, to| {
        let period = Some(Period { from, to, local_min: 480 });
        selected(&rows, &Selection { places: None, period })
    };
    let figures = during(today, today + 1);
    assert_eq!((figures.collected, figures.transferred), (2, 1));
    assert_eq!(figures.resolved, Rate { of: 1, all: 2 });
    assert_eq!(during(today + 1, today + 30), Figures::default());
}

#[test]
fn median_and_p90_by_nearest_rank() {
    let contact = |n: u8, hours: u32| of(&[&format!("Li c d !hour={hours} contact")], n);
    let rows: Vec<Row> = (1..=10).map(|n| contact(n, u32::from(n))).chain([of(&[], 11)]).collect();
    let spread = counted(&rows).to_contact;
    let since = |hours: u64| Some(hours * town::HOUR - 60);
    assert_eq!((spread.median, spread.p90, spread.left_out), (since(5), since(9), 1));
    assert_eq!(counted(&[]).to_contact.median, None);
    assert_eq!(counted(&[]).resolved.to_string(), "-");
}

#[test]
fn a_row_has_no_text_and_survives_its_document() {
    let row = of(&["Xu d - discover what=streetlamp", CONFIRMED[0], CONFIRMED[1]], 1);
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<Row>(&json).unwrap(), row);
    let Row::Grievance(grievance) = &row else { panic!() };
    assert_eq!((grievance.stage, grievance.confirmed), (Stage::Confirmed, true));
    assert_eq!(grievance.resolved_level, Some(Level::Grid));
    // What the document said is nowhere in it.
    assert!(!json.contains("streetlamp"));
}

fn any_row() -> impl Strategy<Value = Row> {
    let stages = vec![
        Stage::Discovered,
        Stage::Resolved,
        Stage::Closed,
        Stage::ClosedUnsolved,
        Stage::Withdrawn,
        Stage::Transferred,
    ];
    let place = prop_oneof![Just("B1"), Just("B2"), Just("G1"), Just("G2")];
    (
        0..40_u8,
        proptest::sample::select(stages),
        place,
        any::<bool>(),
        any::<bool>(),
        0..3_u16,
        0..40_u8,
    )
        .prop_map(|(n, stage, at, explained, confirmed, kind, to)| {
            let Row::Grievance(row) = of_one() else { panic!() };
            let level = if at.starts_with('B') { id::Level::Building } else { id::Level::Grid };
            Row::Grievance(GrievanceRow {
                document: DocumentId([n; 16]),
                place: place_of(level, at),
                stage,
                kind,
                explained_only: explained,
                confirmed,
                transferred_to: (stage == Stage::Transferred).then_some(DocumentId([to; 16])),
                ..row
            })
        })
}

fn of_one() -> Row {
    of(&[], 1)
}

fn place_of(level: id::Level, code: &str) -> PlaceId {
    place(level, code)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn parts_add_up_to_the_whole(rows in proptest::collection::vec(any_row(), 0..30)) {
        let roster = roster();
        let tip = roster.at_seq(1);
        let at = |level, code| under(&tip, place(level, code));
        let block = at(id::Level::Block, "K1");
        let whole = selected(&rows, &Selection { places: Some(&block), period: None });
        prop_assert_eq!(&whole, &counted(&rows));
        let parts: Vec<Figures> = ["G1", "G2"]
            .map(|grid| {
                let places = at(id::Level::Grid, grid);
                selected(&rows, &Selection { places: Some(&places), period: None })
            })
            .into();
        let sum = |figure: fn(&Figures) -> u64| parts.iter().map(figure).sum::<u64>();
        prop_assert_eq!(whole.collected, sum(|part| part.collected));
        prop_assert_eq!(whole.collected_groups, sum(|part| part.collected_groups));
        prop_assert_eq!(whole.transferred, sum(|part| part.transferred));
        prop_assert_eq!(whole.resolved.of, sum(|part| part.resolved.of));
        prop_assert_eq!(whole.resolved_or_answered.of, sum(|part| part.resolved_or_answered.of));
        prop_assert_eq!(whole.disputes.not_mediated, sum(|part| part.disputes.not_mediated));
    }

    #[test]
    fn of_each_circle_of_transfers_one_stays(to in proptest::collection::vec(0..12_u32, 12)) {
        let one = of_one();
        let rows: Vec<Row> = (0..12).zip(&to).map(|(n, to)| one_of_many(&one, n, Some(*to))).collect();
        let on = |n: u32| to[n as usize];
        // Whoever is walked to from there after as many steps as there are rows is in a circle.
        let circled = |n: u32| (0..12).fold(n, |at, _| on(at));
        let least = |n: u32| (0..12).scan(circled(n), |at, _| { *at = on(*at); Some(*at) }).min();
        let circles: std::collections::BTreeSet<_> = (0..12).map(least).collect();
        prop_assert_eq!(counted(&rows).collected, circles.len() as u64);
    }

    #[test]
    fn every_document_is_counted_once(rows in proptest::collection::vec(any_row(), 0..30)) {
        let figures = counted(&rows);
        let distinct: std::collections::BTreeSet<_> = rows.iter().map(Row::document).collect();
        prop_assert_eq!(
            figures.collected + figures.transferred + figures.by_mistake, distinct.len() as u64
        );
        let kinds: u64 = figures.disputes.by_how.values().chain(figures.disputes.tried.values()).sum();
        prop_assert!(kinds + figures.disputes.not_mediated <= figures.disputes.resolved.all);
    }
}
