//! Every error by its name, as an app meets it.

use std::{fs, sync::Arc};

use doorstep_ffi::{
    FieldValue, FoundGrievance, HouseholdStep, How, KeyProblem, Language, ListFilter, NewGrievance,
    NewHousehold, NewReporter, NewStep, NewVisit, PageRequest, Settings, Step, StepKind, StoreKey,
    SyncBudget, VisitOutcome,
};

use crate::world::{Key, Mood, Office, Phone, code, open};

fn long() -> String {
    "字".repeat(16 * 1024 / 3 + 1)
}

fn household(phone: &Phone, place: &str) -> NewHousehold {
    NewHousehold {
        act: phone.new_act().unwrap(),
        place: place.to_owned(),
        unit: "1".into(),
        person: None,
        phone: None,
        consent: None,
        consent_by: None,
        notice: None,
    }
}

fn grievance(phone: &Phone, place: &str) -> NewGrievance {
    NewGrievance {
        act: phone.new_act().unwrap(),
        place: place.to_owned(),
        what: "The lamp".into(),
        kind: 0,
        grade: None,
        spot: None,
        reporter: NewReporter::Anonymous,
        happened_s: None,
    }
}

fn visit(phone: &Phone, household: &str) -> NewVisit {
    NewVisit {
        act: phone.new_act().unwrap(),
        household: household.to_owned(),
        purpose: 0,
        outcome: VisitOutcome::NotHome,
        persons_met: 0,
        checklist: vec![],
        note: None,
        found: vec![],
        next_day: None,
        happened_s: None,
        companions: vec![],
        asked_for: None,
        planned: None,
    }
}

fn found() -> FoundGrievance {
    FoundGrievance {
        what: "The lamp".into(),
        kind: 0,
        grade: None,
        spot: None,
        reporter: NewReporter::Anonymous,
    }
}

#[test]
fn a_text_over_its_bound_is_refused_wherever_it_is_given() {
    let office = Office::open();
    let li = office.phone("M1");
    let place = office.building("G1-1");
    let home = li.household_at(&place, "1").unwrap().doc;
    let filed = li.file_grievance(grievance(&li, &place)).unwrap().doc;
    let view = li.grievance(filed.clone()).unwrap().unwrap().view;
    let step = |act: String, view: String, step| {
        li.take_step(NewStep { act, view, step, happened_s: None, also: vec![] })
    };
    let act = || li.new_act().unwrap();
    let filter = |filter| li.grievances(filter, PageRequest::default());
    let after = || PageRequest { after: Some("0".repeat(64 * 1024)), limit: 1 };
    let settings = Settings { folder: long(), language: Language::English };
    let results = [
        code(doorstep_ffi::Doorstep::open(settings, Key::new(), None)),
        code(li.accept_invitation(long())),
        code(li.household(long())),
        code(li.visit(long())),
        code(li.grievance(long())),
        code(li.visit_form(long())),
        code(li.step_form(long(), StepKind::Accept)),
        code(filter(ListFilter { text: Some(long()), ..ListFilter::default() })),
        code(filter(ListFilter { place: Some(long()), ..ListFilter::default() })),
        code(filter(ListFilter { owner: Some(long()), ..ListFilter::default() })),
        code(filter(ListFilter { household: Some(long()), ..ListFilter::default() })),
        code(li.households(ListFilter::default(), after())),
        code(li.visits(ListFilter::default(), after())),
        code(li.found_household(NewHousehold { act: long(), ..household(&li, &place) })),
        code(li.found_household(NewHousehold { place: long(), ..household(&li, &place) })),
        code(li.found_household(NewHousehold { unit: long(), ..household(&li, &place) })),
        code(li.found_household(NewHousehold { person: Some(long()), ..household(&li, &place) })),
        code(li.found_household(NewHousehold { phone: Some(long()), ..household(&li, &place) })),
        code(li.file_grievance(NewGrievance { what: long(), ..grievance(&li, &place) })),
        code(li.file_grievance(NewGrievance { spot: Some(long()), ..grievance(&li, &place) })),
        code(li.file_grievance(NewGrievance {
            reporter: NewReporter::Contact { text: long() },
            ..grievance(&li, &place)
        })),
        code(li.record_visit(NewVisit { note: Some(long()), ..visit(&li, &home) })),
        code(li.record_visit(NewVisit {
            found: vec![FoundGrievance { what: long(), ..found() }],
            ..visit(&li, &home)
        })),
        code(li.household_step_form(long())),
        code(li.visit_step_form(long())),
        code(li.meeting(long())),
        code(li.household_story(long())),
        code(li.search(long(), 0)),
        code(li.open_phone(home.clone(), long())),
        code(li.live_visits(ListFilter { text: Some(long()), ..ListFilter::default() }, 0)),
        code(li.on_household(&home, HouseholdStep::Note { text: long() })),
        code(li.on_household(
            &home,
            HouseholdStep::AddPerson { name: long(), relation: 0, birth_band: 0 },
        )),
        code(li.on_household(&home, HouseholdStep::AddPhone { number: long(), person: None })),
        code(li.on_household(
            &home,
            HouseholdStep::SetField {
                field: 0,
                value: FieldValue::Text { text: long() },
                replaces: vec![],
            },
        )),
        code(step(act(), view.clone(), Step::DispatchTeam { team: long(), task: None })),
        code(step(
            act(),
            view.clone(),
            Step::Progress { how: How::Help, text: None, helpers: vec![], parties: Some(long()) },
        )),
        code(step(long(), view.clone(), Step::Accept)),
        code(step(act(), long(), Step::Accept)),
        code(step(act(), view, Step::Note { text: long() })),
    ];
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result, "Rejected text_too_long", "number {n}");
    }
    assert_eq!(li.all_households().len(), 1, "nothing was saved");
}

#[test]
fn numbers_ids_and_empty_texts_are_refused_by_name() {
    let office = Office::open();
    let li = office.phone("M1");
    let place = office.building("G1-1");
    let home = li.household_at(&place, "1").unwrap().doc;
    let new = |change: &dyn Fn(&mut NewVisit)| {
        let mut new = visit(&li, &home);
        change(&mut new);
        code(li.record_visit(new))
    };
    let page = |limit| li.visits(ListFilter::default(), PageRequest { after: None, limit });
    let at = |after: &str| PageRequest { after: Some(after.into()), limit: 1 };
    let budget = |seconds, bytes| li.sync(SyncBudget { seconds, bytes });
    let cases = [
        (new(&|new| new.purpose = -1), "bad_number"),
        (new(&|new| new.purpose = 70_000), "bad_number"),
        (new(&|new| new.persons_met = -1), "bad_number"),
        (new(&|new| new.next_day = Some(-1)), "bad_number"),
        (new(&|new| new.happened_s = Some(-1)), "bad_number"),
        (new(&|new| new.act = "7".into()), "bad_id"),
        (new(&|new| new.household = "lin".into()), "bad_id"),
        (new(&|new| new.household = "0".repeat(32)), "look_again"),
        (new(&|new| new.found = vec![found(); 17]), "too_many"),
        (code(page(-1)), "bad_number"),
        (code(li.households(ListFilter::default(), at("x"))), "bad_page"),
        (code(budget(0, None)), "bad_number"),
        (code(budget(3_601, None)), "bad_number"),
        (code(budget(1, Some(-1))), "bad_number"),
        (code(li.household("lin".into())), "bad_id"),
        (code(li.visit_form("0".repeat(32))), "look_again"),
        (code(li.step_form("0".repeat(32), StepKind::Accept)), "look_again"),
        (code(li.household_at(&place, " ")), "text_empty"),
        (code(li.household_at(&place, "1\0")), "bad_text"),
        (code(li.household_at(&office.building("G2-1"), "1")), "no_place"),
        (code(li.household_at(&"0".repeat(16), "1")), "no_place"),
    ];
    for (n, (result, word)) in cases.iter().enumerate() {
        assert_eq!(*result, format!("Rejected {word}"), "number {n}");
    }
    assert!(li.household("0".repeat(32)).unwrap().is_none());
    let most = NewVisit { found: vec![found(); 16], ..visit(&li, &home) };
    assert_eq!(li.record_visit(most).unwrap().grievances.len(), 16);
    let text = "a".repeat(16 * 1024);
    let most = NewVisit { note: Some(text), ..visit(&li, &home) };
    li.record_visit(most).unwrap();
}

#[test]
fn an_invitation_is_whole_or_refused() {
    let (office, elsewhere) = (Office::open(), Office::open());
    let phone = Phone::new();
    let text = office.invitation("M1", true).to_string();
    for broken in ["", "hello", &text[..text.len() / 2], &text[1..], &format!("{text}A")] {
        assert_eq!(code(phone.accept_invitation(broken.into())), "Rejected bad_invitation");
    }
    let newer = text.replace("doorstep:1:", "doorstep:2:");
    assert_eq!(code(phone.accept_invitation(newer)), "Outdated relay_newer");
    assert_eq!(code(phone.meet()), "NotAdmitted not_enrolled");
    phone.accept_invitation(text).unwrap();
    phone.exchange();
    let other = elsewhere.invitation("M1", true).to_string();
    assert_eq!(code(phone.accept_invitation(other)), "Rejected other_realm");
    assert_eq!(phone.today().unwrap().member.unwrap().name, "Li", "nothing changed");
}

#[test]
fn a_relay_that_is_away_or_another_is_named() {
    let (mut office, elsewhere) = (Office::open(), Office::open());
    let li = office.phone("M1");
    let mut invitation = office.invitation("M1", true);
    invitation.addresses = elsewhere.invitation("M1", true).addresses;
    let phone = Phone::new();
    phone.accept_invitation(invitation.to_string()).unwrap();
    assert_eq!(code(phone.meet()), "NotAdmitted wrong_relay");
    office.stop();
    li.household_at(&office_building(&li), "1").unwrap();
    let handle = li.sync(SyncBudget { seconds: 1, bytes: None }).unwrap();
    assert_eq!(code(crate::world::wait(handle.report())), "Unreachable unreachable");
    assert_eq!(li.status().unwrap().waiting, 1, "it stays saved");
}

fn office_building(phone: &Phone) -> String {
    phone.today().unwrap().buildings[0].place.clone()
}

#[test]
fn a_spent_invitation_admits_nobody_else() {
    let office = Office::open();
    let invitation = office.invitation("M1", true).to_string();
    let (first, second) = (Phone::new(), Phone::new());
    for phone in [&first, &second] {
        phone.accept_invitation(invitation.clone()).unwrap();
    }
    first.exchange();
    assert_eq!(code(second.meet()), "NotAdmitted not_enrolled");
}

#[test]
fn a_store_that_is_not_ones_own_is_left_as_it_is() {
    let phone = Phone::new();
    assert_eq!(code(open(&phone.path(), &phone.key, None)), "Rejected in_use");
    phone.shut_down();
    assert_eq!(code(open(&phone.path(), &Key::new(), None)), "Rejected other_device");
    open(&phone.path(), &phone.key, None).unwrap().shut_down();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    for file in fs::read_dir(phone.folder.path()).unwrap() {
        let name = file.unwrap().file_name();
        fs::write(folder.path().join(name), b"no database at all, whatever it is called").unwrap();
    }
    assert_eq!(code(open(&path, &phone.key, None)), "Damaged not_a_store");
    assert_eq!(code(open(" ", &phone.key, None)), "Rejected text_empty");
}

struct Wraps(Result<Vec<u8>, KeyProblem>);

impl StoreKey for Wraps {
    fn unwrap_key(&self) -> Result<Vec<u8>, KeyProblem> {
        self.0.clone()
    }
}

#[test]
fn a_store_key_is_refused_by_name_and_nothing_is_written() {
    let key = Key::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phone").display().to_string();
    let with = |wrapped| code(open(&path, &key, Some(Arc::new(Wraps(wrapped)))));
    assert_eq!(with(Ok(vec![7; 32])), "Damaged no_encryption");
    assert_eq!(with(Ok(vec![7; 31])), "Damaged bad_key");
    assert_eq!(with(Err(KeyProblem::Locked)), "Rejected key_locked");
    assert_eq!(with(Err(KeyProblem::Gone)), "Damaged key_gone");
    for (mood, word) in [
        (Mood::Locked, "Rejected key_locked"),
        (Mood::Gone, "Damaged key_gone"),
        (Mood::Nonsense, "Damaged bad_key"),
    ] {
        key.set(mood);
        assert_eq!(code(open(&path, &key, None)), word);
    }
    let written = fs::read_dir(folder.path().join("phone")).map_or(0, Iterator::count);
    assert_eq!(written, 0);
}

#[test]
fn a_bug_is_told_and_ends_nothing() {
    let phone = Phone::new();
    let bug = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| phone.rehearse_bug()));
    assert!(bug.is_err());
    assert!(phone.status().is_ok());
    phone.shut_down();
    assert_eq!(code(phone.rehearse_bug()), "Rejected closed");
}
