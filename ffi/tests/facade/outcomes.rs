//! Visits after they were recorded: who came along, what came of it, which are the same.

use doorstep_ffi::{ListFilter, NewVisit, PageRequest, VisitOutcome, VisitStep};

use crate::world::{Office, Phone, code};

fn recorded(office: &Office, phone: &Phone) -> (String, String) {
    let home = phone.household_at(&office.building("G1-1"), "3-201").unwrap().doc;
    let new = NewVisit { asked_for: Some(true), planned: Some(false), ..phone.visited(&home) };
    (home, phone.record_visit(new).unwrap().doc)
}

fn look(phone: &Phone, doc: &str) -> doorstep_ffi::VisitRecord {
    phone.visit(doc.to_owned()).unwrap().unwrap()
}

#[test]
fn a_companion_joins_and_only_the_starter_says_what_came_of_it() {
    let office = Office::open();
    let (li, wang) = (office.phone("M1"), office.phone("M2"));
    let (_, doc) = recorded(&office, &li);
    let record = look(&li, &doc);
    assert!(record.mine && record.joined && record.may_write && record.companions.is_empty());
    assert_eq!((record.asked_for, record.planned), (Some(true), Some(false)));
    li.exchange();
    wang.exchange();
    assert!(!look(&wang, &doc).joined);
    wang.on_visit(&doc, VisitStep::Join).unwrap();
    let record = look(&wang, &doc);
    assert!(record.joined && !record.mine);
    assert_eq!(
        (record.members, record.companions[0].name.as_str()),
        (vec!["Li".into(), "Wang".into()], "Wang")
    );

    let outcome = |phone: &Phone, outcome, persons_met| {
        let was = look(phone, &doc).outcome.unwrap();
        let replaces = vec![was.event];
        let (next_day, grievances) = (Some(20_700), was.grievances);
        VisitStep::SetOutcome { outcome, persons_met, next_day, grievances, replaces }
    };
    wang.on_visit(&doc, outcome(&wang, VisitOutcome::NotHome, 0)).unwrap();
    let record = look(&wang, &doc);
    assert_eq!(record.outcome.as_ref().unwrap().outcome, VisitOutcome::Met, "it is Li's visit");
    assert_eq!(record.outcomes.len(), 2, "a companion's is a note beside it");
    li.on_visit(&doc, outcome(&li, VisitOutcome::LeftCard, 0)).unwrap();
    let record = look(&li, &doc);
    let now = record.outcome.unwrap();
    assert_eq!((now.outcome, now.text.as_str()), (VisitOutcome::LeftCard, "Left a card"));
    assert_eq!((now.next_day, now.mine, record.outcomes.len()), (Some(20_700), true, 1));
}

#[test]
fn a_visit_takes_answers_notes_and_its_twin() {
    let office = Office::open();
    let li = office.phone("M1");
    let (home, doc) = recorded(&office, &li);
    let twin = li.record_visit(li.visited(&home)).unwrap().doc;
    let form = li.visit_step_form(doc.clone()).unwrap();
    let others: Vec<&String> = form.visits.iter().map(|line| &line.doc).collect();
    assert_eq!(others, [&twin]);
    let check = |answer| {
        let checked = look(&li, &doc).checklist;
        let replaces = checked.first().map(|line| line.events.clone()).unwrap_or_default();
        VisitStep::Check { item: form.checklist[0].code, answer, replaces }
    };
    li.on_visit(&doc, check(form.answers[1].code)).unwrap();
    li.on_visit(&doc, check(form.answers[2].code)).unwrap();
    let checked = look(&li, &doc).checklist;
    assert_eq!((checked.len(), checked[0].name.as_str()), (1, "Wiring"));
    assert_eq!((checked[0].text.as_str(), checked[0].events.len()), ("Put right at once", 1));
    li.on_visit(&doc, VisitStep::Note { text: "Come in the evening".into() }).unwrap();
    li.on_visit(&doc, VisitStep::SameVisit { other: twin }).unwrap();
    let record = look(&li, &doc);
    assert_eq!(
        (record.same_visit[0].title.as_str(), record.same_visit[0].here),
        ("Plum House 3-201", true)
    );

    // Entered by mistake: struck, and no longer in the household's list.
    let begun = record.story[0].event.clone();
    li.on_visit(&doc, VisitStep::Correct { event: begun, reason: 0 }).unwrap();
    assert!(!look(&li, &doc).story[0].in_force);
    let bad = VisitStep::Check { item: -1, answer: 0, replaces: vec![] };
    assert_eq!(code(li.on_visit(&doc, bad)), "Rejected bad_number");
    let bad = VisitStep::AddCompanion { member: "li".into() };
    assert_eq!(code(li.on_visit(&doc, bad)), "Rejected bad_id");
    assert_eq!(code(li.visit_step_form("0".repeat(32))), "Rejected look_again");
}

#[test]
fn companions_are_named_when_a_visit_is_recorded() {
    let office = Office::open();
    let li = office.phone("M1");
    let home = li.household_at(&office.building("G1-1"), "1").unwrap().doc;
    let people = li.visit_form(home.clone()).unwrap().people;
    let names: Vec<&str> = people.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Wang", "Chen"], "the nearest first, and not oneself");
    let companions = vec![people[0].member.clone()];
    let doc = li.record_visit(NewVisit { companions, ..li.visited(&home) }).unwrap().doc;
    assert_eq!(look(&li, &doc).companions, people[..1]);
    let page = PageRequest { after: None, limit: 0 };
    assert_eq!(li.visits(ListFilter::default(), page).unwrap().lines.len(), 1);
    let over = NewVisit { companions: vec!["07".repeat(8); 65], ..li.visited(&home) };
    assert_eq!(code(li.record_visit(over)), "Rejected too_big");
}
