//! From the invitation to a visit that a second phone sees.

use doorstep_ffi::{
    ChecklistAnswer, Consent, DocumentKind, Duty, FoundGrievance, Grade, Language, ListFilter,
    NewGrievance, NewHousehold, NewReporter, NewVisit, PageRequest, Stage, StepKind, SyncState,
    VisitOutcome, WaitNext, WaitReason,
};

use crate::world::{Office, Phone, ROSTER, code};

fn home(phone: &Phone) -> NewHousehold {
    let form = phone.household_form().unwrap();
    assert_eq!(form.relations[0].text, "Head of the household");
    NewHousehold {
        act: form.act,
        place: form.buildings[0].place.clone(),
        unit: "3-201".into(),
        person: Some("Grandmother Lin".into()),
        phone: Some("138 0013 8042".into()),
        consent: Some(Consent::ByAppointment),
        consent_by: None,
        notice: None,
    }
}

fn visit(phone: &Phone, household: &str) -> NewVisit {
    let form = phone.visit_form(household.to_owned()).unwrap();
    assert_eq!(form.household.unit, "3-201");
    assert!(!form.purposes.is_empty() && !form.checklist.is_empty() && !form.answers.is_empty());
    let found = |what: &str, reporter| FoundGrievance {
        what: what.to_owned(),
        kind: form.kinds[1].code,
        grade: Some(Grade::B),
        spot: Some("Second floor".into()),
        reporter,
    };
    NewVisit {
        act: form.act.clone(),
        household: household.to_owned(),
        purpose: form.purposes[0].code,
        outcome: VisitOutcome::Met,
        persons_met: 2,
        checklist: vec![ChecklistAnswer { item: 0, answer: 1 }],
        note: Some("Come in the evening".into()),
        found: vec![
            found("The lamp is broken", NewReporter::Household { doc: household.to_owned() }),
            found("Noise at night", NewReporter::Anonymous),
        ],
        next_day: Some(20_600),
        happened_s: None,
        companions: vec![],
        asked_for: None,
        planned: None,
    }
}

#[test]
fn a_visit_with_what_was_found_reaches_a_second_phone() {
    let office = Office::open();
    let li = office.phone("M1");
    let today = li.today().unwrap();
    assert_eq!(today.member.unwrap().name, "Li");
    assert_eq!((today.buildings.len(), today.buildings[0].duty), (1, Duty::Owner));
    assert_eq!(today.buildings[0].name, "Plum House");
    assert_eq!(today.status.state, SyncState::InStep);

    let new = home(&li);
    let made = li.found_household(new.clone()).unwrap();
    assert!(!made.repeated);
    assert!(li.found_household(new).unwrap().repeated, "the same act is one household");
    let new = visit(&li, &made.doc);
    let written = li.record_visit(new.clone()).unwrap();
    assert_eq!(written.grievances.len(), 2);
    let again = li.record_visit(new).unwrap();
    assert!(again.repeated && again.grievances == written.grievances);

    let arrivals = li.arrivals().unwrap();
    assert_eq!((arrivals.waiting.len(), arrivals.more), (4, 0));
    assert_eq!(arrivals.status.state, SyncState::Waiting);
    let first = &arrivals.waiting[0];
    assert_eq!(
        (first.document, first.title.as_str()),
        (DocumentKind::Household, "Plum House 3-201")
    );
    assert_eq!((first.reason, first.next), (WaitReason::NotSealedYet, WaitNext::NextMeeting));
    assert_eq!(first.what, "Household");
    let of_visit = &arrivals.waiting[1];
    assert_eq!((of_visit.what.as_str(), of_visit.title.as_str()), ("Visit", "Plum House 3-201"));
    assert_eq!(arrivals.waiting[2].title, "The lamp is broken");

    let report = li.meet().unwrap();
    assert!(report.complete && report.unsent == 0 && report.delivered > 0, "{report:?}");
    let arrivals = li.arrivals().unwrap();
    assert_eq!(arrivals.waiting, []);
    assert_eq!(arrivals.status.text, "Everything saved here has arrived.");
    assert!(arrivals.delivered >= 4);

    let wang = office.phone("M2");
    let seen = wang.household(made.doc.clone()).unwrap().unwrap();
    assert_eq!(seen.line.place_name, "Plum House");
    assert_eq!((seen.line.persons, seen.line.consent), (1, Some(Consent::ByAppointment)));
    assert_eq!(seen.persons[0].name, "Grandmother Lin");
    assert_eq!(seen.persons[0].relation.as_deref(), Some("Head of the household"));
    assert_eq!(seen.phones[0].number, "••• •••• •042");
    assert_eq!((seen.visits.len(), seen.grievances.len()), (1, 1), "one reporter is not named");
    assert_eq!((seen.visits[0].unit.as_str(), seen.visits[0].visitor.as_str()), ("3-201", "Li"));
    assert_eq!(seen.visits[0].outcome, Some(VisitOutcome::Met));
    assert!(seen.line.last_met_s.is_some());

    let recorded = wang.visit(written.doc).unwrap().unwrap();
    assert_eq!(recorded.members, ["Li"]);
    assert_eq!(
        recorded.grievances,
        [written.grievances[0].clone()],
        "an anonymous one is no trace"
    );
    assert!(recorded.story.iter().any(|line| line.words.as_deref() == Some("Come in the evening")));

    let lamp = wang.grievance(written.grievances[0].clone()).unwrap().unwrap();
    assert_eq!(
        (lamp.line.what.as_str(), lamp.line.stage),
        ("The lamp is broken", Stage::Discovered)
    );
    assert_eq!((lamp.line.kind.as_str(), lamp.line.grade), ("Safety", Grade::B));
    assert_eq!(
        (lamp.reporter.as_str(), lamp.spot.as_deref()),
        ("Plum House 3-201", Some("Second floor"))
    );
    assert_eq!(lamp.household.map(|home| home.doc), Some(made.doc));
    assert_eq!(lamp.story[0].author.name, "Li");
    assert!(lamp.story[0].arrived && lamp.story[0].in_force && !lamp.story[0].mine);
    let main: Vec<StepKind> = lamp.steps.iter().filter(|it| it.main).map(|it| it.kind).collect();
    assert_eq!(main, [StepKind::Accept]);

    let noise = wang.grievance(written.grievances[1].clone()).unwrap().unwrap();
    assert_eq!(noise.reporter, "Somebody who wished not to be named");
    assert_eq!((noise.household, noise.line.household), (None, None));
}

#[test]
fn a_grievance_is_filed_at_a_street_and_found_by_its_words() {
    let office = Office::open();
    let li = office.phone("M1");
    let form = li.grievance_form().unwrap();
    let grid = form.places.iter().find(|it| it.text == "First grid (street or square)").unwrap();
    let written = li
        .file_grievance(NewGrievance {
            act: form.act,
            place: grid.value.clone(),
            what: "A hole in the street".into(),
            kind: form.kinds[5].code,
            grade: None,
            spot: None,
            reporter: NewReporter::Contact { text: "the baker".into() },
            happened_s: Some(1_700_000_000),
        })
        .unwrap();
    let found = |text: &str| {
        let filter = ListFilter { text: Some(text.into()), ..ListFilter::default() };
        li.grievances(filter, PageRequest::default()).unwrap().lines
    };
    assert_eq!(found("hole")[0].doc, written.doc);
    assert_eq!(found("bridge"), []);
    let record = li.grievance(written.doc).unwrap().unwrap();
    assert_eq!((record.reporter.as_str(), record.line.kind.as_str()), ("the baker", "Traffic"));
    assert_eq!(record.line.discovered_s, Some(1_700_000_000));
    assert!(record.line.overdue, "it was found long ago");
    assert_eq!(li.today().unwrap().due, [], "it is nobody's yet");
}

#[test]
fn a_list_goes_on_page_by_page_without_gaps() {
    let office = Office::open();
    let li = office.phone("M1");
    let place = office.building("G1-1");
    for unit in 1..=7 {
        li.household_at(&place, &format!("1-{unit}")).unwrap();
    }
    let (mut units, mut after) = (vec![], None);
    loop {
        let page = PageRequest { after, limit: 3 };
        let page = li.households(ListFilter::default(), page).unwrap();
        units.extend(page.lines.into_iter().map(|line| line.unit));
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(units, ["1-1", "1-2", "1-3", "1-4", "1-5", "1-6", "1-7"]);
    let priority = ListFilter { priority: true, ..ListFilter::default() };
    assert_eq!(li.households(priority, PageRequest::default()).unwrap().lines, []);
}

#[test]
fn texts_are_in_the_language_that_was_set_last() {
    let office = Office::open();
    let li = office.phone("M1");
    let kind = || li.grievance_form().unwrap().kinds[0].text.clone();
    assert_eq!(kind(), "Dispute");
    li.set_language(Language::Chinese);
    assert_eq!(kind(), "矛盾纠纷");
    assert_eq!(li.status().unwrap().text, "本机保存的都已送到。");
    let error = li.household("zz".into()).unwrap_err().to_string();
    assert!(error.ends_with('。'), "{error}");
}

#[test]
fn a_changed_roster_changes_the_names() {
    let office = Office::open();
    let li = office.phone("M1");
    assert_eq!(li.today().unwrap().buildings[0].name, "Plum House");
    office.change_roster(&ROSTER.replace("Plum House", "Peach House"));
    li.exchange();
    assert_eq!(li.today().unwrap().buildings[0].name, "Peach House");
}

#[test]
fn an_enrolment_waits_for_the_six_digits() {
    let office = Office::open();
    let phone = Phone::new();
    assert_eq!(phone.status().unwrap().state, SyncState::NotInvited);
    let invitation = format!(" {}\n", office.invitation("M1", false));
    phone.accept_invitation(invitation).unwrap();
    let error = phone.meet().unwrap_err();
    let doorstep_ffi::DoorstepError::NotAdmitted { code: word, digits, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(word, "waiting_for_confirmation");
    let digits = digits.unwrap();
    assert_eq!(digits.len(), 6);
    let status = phone.status().unwrap();
    assert_eq!((status.state, status.digits.as_ref()), (SyncState::Enrolling, Some(&digits)));
    assert_eq!(phone.today().unwrap().member, None);
    assert_eq!(code(phone.household_at(&"0".repeat(16), "1")), "NotAdmitted not_enrolled");
    office.confirm("M1", &digits);
    phone.exchange();
    let status = phone.status().unwrap();
    assert_eq!((status.state, status.digits), (SyncState::InStep, None));
    assert_eq!(phone.today().unwrap().member.unwrap().name, "Li");
}
