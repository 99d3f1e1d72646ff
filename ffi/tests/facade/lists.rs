//! Search, lists that say what changed, and every term at once.

use doorstep_ffi::{
    FoundLine, GrievanceLine, GrievanceRowChange, HouseholdRowChange, Language, ListFilter, Step,
    VisitRowChange,
};

use crate::world::{Office, code, open};

/// The rows after these changes.
fn apply(mut rows: Vec<GrievanceLine>, changes: Vec<GrievanceRowChange>) -> Vec<GrievanceLine> {
    let at = |at: i32| usize::try_from(at).unwrap();
    for change in changes {
        match change {
            GrievanceRowChange::Removed { at: row } => drop(rows.remove(at(row))),
            GrievanceRowChange::Inserted { at: row, line } => rows.insert(at(row), line),
            GrievanceRowChange::Changed { at: row, line } => rows[at(row)] = line,
        }
    }
    rows
}

#[test]
fn a_list_says_which_rows_changed() {
    let office = Office::open();
    let li = office.phone("M1");
    let place = office.building("G1-1");
    let lamp = li.file(&place, "The lamp is broken");
    let list = li.live_grievances(ListFilter::default(), 0).unwrap();
    let rows = list.lines().unwrap();
    assert_eq!((rows.len(), list.refresh().unwrap()), (1, vec![]));
    let noise = li.file(&place, "Noise");
    li.step(&lamp, Step::Accept).unwrap();
    let changes = list.refresh().unwrap();
    assert_eq!(changes.len(), 2, "{changes:?}");
    let rows = apply(rows, changes);
    assert_eq!(rows, list.lines().unwrap());
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().any(|row| row.doc == noise && !row.mine));
    assert!(rows.iter().any(|row| row.doc == lamp && row.mine));
    assert_eq!(list.refresh().unwrap(), []);

    let homes = li.live_households(ListFilter::default(), 0).unwrap();
    let visits = li.live_visits(ListFilter::default(), 0).unwrap();
    let home = li.household_at(&place, "3-201").unwrap().doc;
    assert!(matches!(&homes.refresh().unwrap()[..], [HouseholdRowChange::Inserted { at: 0, line }]
        if line.doc == home));
    li.record_visit(li.visited(&home)).unwrap();
    assert!(matches!(&visits.refresh().unwrap()[..], [VisitRowChange::Inserted { at: 0, line }]
        if line.unit == "3-201"));
    assert!(matches!(&homes.refresh().unwrap()[..], [HouseholdRowChange::Changed { at: 0, line }]
        if line.last_met_s.is_some()));
}

#[test]
fn sixteen_lists_are_open_at_once_and_closing_closes_them() {
    let office = Office::open();
    let li = office.phone("M1");
    let live = || li.live_households(ListFilter::default(), 0);
    let mut lists: Vec<_> = (0..16).map(|_| live().unwrap()).collect();
    assert_eq!(code(live()), "Rejected too_many_lists");
    lists[3].stop();
    assert_eq!(code(lists[3].refresh()), "Rejected closed");
    assert_eq!(code(lists[3].lines()), "Rejected closed");
    let again = live().unwrap();
    assert_eq!(code(live()), "Rejected too_many_lists");
    lists.truncate(8);
    let visits = li.live_visits(ListFilter::default(), 0).unwrap();
    assert_eq!(code(li.live_visits(ListFilter::default(), -1)), "Rejected bad_number");

    li.shut_down();
    let reopened = open(&li.path(), &li.key, None).unwrap();
    assert!(reopened.status().is_ok(), "no list holds the files");
    for result in
        [code(again.lines()), code(again.refresh()), code(lists[0].refresh()), code(visits.lines())]
    {
        assert_eq!(result, "Rejected closed");
    }
    assert_eq!(code(live()), "Rejected closed");
}

#[test]
fn a_search_finds_documents_of_every_kind() {
    let office = Office::open();
    let li = office.phone("M1");
    let place = office.building("G1-1");
    let home = li.household_at(&place, "灯塔 3-201").unwrap().doc;
    let lamp = li.file(&place, "楼道灯坏了");
    let visit = li.visited(&home);
    let visit = doorstep_ffi::NewVisit { note: Some("换了灯泡".into()), ..visit };
    let visit = li.record_visit(visit).unwrap().doc;
    let found = li.search("灯".into(), 0).unwrap();
    let docs: Vec<&String> = found
        .lines
        .iter()
        .map(|line| match line {
            FoundLine::Household { line } => &line.doc,
            FoundLine::Grievance { line } => &line.doc,
            FoundLine::Visit { line } => &line.doc,
            FoundLine::Meeting { line } => &line.doc,
        })
        .collect();
    assert_eq!(docs, [&home, &lamp, &visit]);
    assert!(!found.more && li.search("灯".into(), 2).unwrap().more);
    assert_eq!(li.search("楼道 灯".into(), 0).unwrap().lines.len(), 1);
    assert_eq!(li.search("桥".into(), 0).unwrap().lines, []);
    assert_eq!(li.search(" ".into(), 0).unwrap().lines, []);
    assert_eq!(code(li.search("a".repeat(16 * 1024 + 1), 0)), "Rejected text_too_long");
    assert_eq!(code(li.search("灯".into(), -1)), "Rejected bad_number");
}

#[test]
fn every_term_is_said_in_the_language_that_was_set() {
    let office = Office::open();
    let li = office.phone("M1");
    let english = li.terms().unwrap();
    li.set_language(Language::Chinese);
    let chinese = li.terms().unwrap();
    let lists = |terms: &doorstep_ffi::Terms| {
        let terms = terms.clone();
        vec![
            terms.grades,
            terms.levels,
            terms.hows,
            terms.bys,
            terms.channels,
            terms.consents,
            terms.outcomes,
            terms.seats,
            terms.item_outcomes,
            terms.evidence,
            terms.stages,
            terms.steps,
        ]
    };
    assert_eq!(english.grades[0].text, "A (urgent)");
    assert_eq!(
        (chinese.steps[0].value.as_str(), chinese.steps[0].text.as_str()),
        ("accept", "我来办")
    );
    for (english, chinese) in lists(&english).iter().zip(lists(&chinese)) {
        assert!(!english.is_empty());
        for (english, chinese) in english.iter().zip(chinese) {
            assert_eq!(english.value, chinese.value);
            assert_ne!(english.text, chinese.text);
        }
    }
}
