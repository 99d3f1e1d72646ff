//! Closing under whatever is at work.

use std::{
    net::UdpSocket,
    sync::{Arc, Barrier, Mutex},
    thread,
};

use doorstep_ffi::{
    ChangeListener, Changes, Doorstep, HouseholdStep, ItemOutcome, Left, ListFilter,
    ListenerProblem, MeetingStep, NewGrievance, NewHousehold, NewHouseholdStep, NewItemOutcome,
    NewMeeting, NewMeetingStep, NewReporter, NewStep, NewTakeOver, NewVisit, NewVisitStep,
    PageRequest, Step, StepKind, SyncBudget, VisitOutcome, VisitStep,
};

use crate::world::{Mood, Office, Phone, code, open, until, wait};

const BUDGET: SyncBudget = SyncBudget { seconds: 60, bytes: None };

struct Ignores;

impl ChangeListener for Ignores {
    fn changed(&self, _: Changes) -> Result<(), ListenerProblem> {
        Ok(())
    }
}

#[test]
fn every_call_after_the_end_is_refused_by_name() {
    let phone = Phone::new();
    let doc = || "0".repeat(32);
    let act = phone.new_act().unwrap();
    phone.shut_down();
    phone.shut_down();
    let (filter, page) = (ListFilter::default, PageRequest::default);
    let household = NewHousehold {
        act: act.clone(),
        place: "0".repeat(16),
        unit: "1".into(),
        person: None,
        phone: None,
        consent: None,
        consent_by: None,
        notice: None,
    };
    let visit = NewVisit {
        act: act.clone(),
        household: doc(),
        purpose: 0,
        outcome: VisitOutcome::Met,
        persons_met: 1,
        checklist: vec![],
        note: None,
        found: vec![],
        next_day: None,
        happened_s: None,
        companions: vec![],
        asked_for: None,
        planned: None,
    };
    let grievance = NewGrievance {
        act: act.clone(),
        place: "0".repeat(16),
        what: "The lamp".into(),
        kind: 0,
        grade: None,
        spot: None,
        reporter: NewReporter::Anonymous,
        happened_s: None,
    };
    let step = NewStep {
        act: act.clone(),
        view: doc(),
        step: Step::Accept,
        happened_s: None,
        also: vec![],
    };
    let results = [
        code(phone.listen(Arc::new(Ignores))),
        code(phone.new_act()),
        code(phone.accept_invitation("doorstep:1:".into())),
        code(phone.sync(BUDGET)),
        code(phone.clear_alarm(1)),
        code(phone.today()),
        code(phone.household(doc())),
        code(phone.visit(doc())),
        code(phone.grievance(doc())),
        code(phone.households(filter(), page())),
        code(phone.visits(filter(), page())),
        code(phone.grievances(filter(), page())),
        code(phone.arrivals()),
        code(phone.status()),
        code(phone.household_form()),
        code(phone.visit_form(doc())),
        code(phone.grievance_form()),
        code(phone.step_form(doc(), StepKind::Accept)),
        code(phone.found_household(household)),
        code(phone.record_visit(visit)),
        code(phone.file_grievance(grievance)),
        code(phone.take_step(step)),
        code(phone.terms()),
        code(phone.household_step_form(doc())),
        code(phone.household_story(doc())),
        code(phone.open_phone(doc(), doc())),
        code(phone.visit_step_form(doc())),
        code(phone.meetings(filter(), page())),
        code(phone.meeting(doc())),
        code(phone.meeting_form()),
        code(phone.meeting_step_form(doc())),
        code(phone.search("lamp".into(), 0)),
        code(phone.council_item(doc(), "0".repeat(16))),
        code(phone.take_resolution_over(NewTakeOver {
            act: act.clone(),
            view: doc(),
            of: doc(),
            resolution: doc(),
            text: None,
            happened_s: None,
        })),
        code(phone.settle_item(NewItemOutcome {
            act: act.clone(),
            view: doc(),
            item: "0".repeat(16),
            outcome: ItemOutcome::Resolved,
            grievances: vec![],
            text: None,
            happened_s: None,
        })),
        code(phone.live_grievances(filter(), 0)),
        code(phone.live_households(filter(), 0)),
        code(phone.live_visits(filter(), 0)),
        code(phone.household_step(NewHouseholdStep {
            act: act.clone(),
            view: doc(),
            step: HouseholdStep::Note { text: "words".into() },
            happened_s: None,
        })),
        code(phone.visit_step(NewVisitStep {
            act: act.clone(),
            view: doc(),
            step: VisitStep::Join,
            happened_s: None,
        })),
        code(phone.meeting_step(NewMeetingStep {
            act: act.clone(),
            view: doc(),
            step: MeetingStep::Note { text: "words".into() },
            happened_s: None,
        })),
        code(phone.hold_meeting(NewMeeting {
            act,
            place: "0".repeat(16),
            day: 1,
            venue: None,
            attendance: vec![],
            items: vec![],
            happened_s: None,
        })),
        code(phone.rehearse_bug()),
    ];
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result, "Rejected closed", "number {n}");
    }
    phone.set_language(doorstep_ffi::Language::Chinese);
}

#[test]
fn eight_threads_write_until_it_is_closed_and_nothing_saved_is_lost() {
    let office = Office::open();
    let li = office.phone("M1");
    let place = office.building("G1-1");
    let begin = Barrier::new(9);
    let saved = Mutex::new(vec![]);
    thread::scope(|scope| {
        for worker in 0..8 {
            let (li, place, begin, saved) = (&li, &place, &begin, &saved);
            scope.spawn(move || {
                begin.wait();
                for unit in 0.. {
                    match li.household_at(place, &format!("{worker}-{unit}")) {
                        Ok(written) => saved.lock().unwrap().push(written.doc),
                        error => return assert_eq!(code(error), "Rejected closed"),
                    }
                }
            });
        }
        begin.wait();
        until(|| saved.lock().unwrap().len() >= 16);
        thread::scope(|ends| {
            for _ in 0..8 {
                ends.spawn(|| {
                    li.shut_down();
                    open(&li.path(), &li.key, None).map(|again| again.shut_down()).ok();
                });
            }
        });
    });
    let again = open(&li.path(), &li.key, None).unwrap();
    let saved = saved.into_inner().unwrap();
    for doc in &saved {
        assert!(again.household(doc.clone()).unwrap().is_some());
    }
    assert_eq!(again.status().unwrap().waiting, i32::try_from(saved.len()).unwrap());
}

#[test]
fn the_end_ends_a_sync_that_waits() {
    let office = Office::open();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut invitation = office.invitation("M1", true);
    invitation.addresses = vec![silent.local_addr().unwrap().to_string()];
    let phone = Phone::new();
    phone.accept_invitation(invitation.to_string()).unwrap();
    let handle = phone.sync(BUDGET).unwrap();
    silent.set_read_timeout(Some(crate::world::LONG)).unwrap();
    silent.recv_from(&mut [0; 2_048]).expect("it dials");
    phone.shut_down();
    let again = open(&phone.path(), &phone.key, None).unwrap();
    assert_eq!(wait(handle.report()).unwrap().left, Some(Left::Cancelled));
    assert!(again.status().is_ok());
}

#[test]
fn dropping_the_object_closes_it() {
    let office = Office::open();
    let Phone { doorstep, key, folder } = office.phone("M1");
    let path = folder.path().display().to_string();
    let place = office.building("G1-1");
    let phone = Phone { doorstep, key, folder };
    phone.household_at(&place, "1").unwrap();
    phone.key.set(Mood::Waits);
    let handle = phone.sync(BUDGET).unwrap();
    let Phone { doorstep, key, folder } = phone;
    let unlocks = {
        let key = Arc::clone(&key);
        thread::spawn(move || {
            until(|| key.asked.load(std::sync::atomic::Ordering::SeqCst) > 0);
            key.set(Mood::Signs);
        })
    };
    drop(doorstep);
    unlocks.join().unwrap();
    let again = open(&path, &key, None).unwrap();
    let report = wait(handle.report()).unwrap();
    assert_eq!((report.left, report.unsent), (Some(Left::Cancelled), 1));
    assert_eq!(again.today().unwrap().buildings[0].households, 1);
    drop(folder);
}

/// Closes the phone when it is told of something.
struct Closes(Mutex<Option<Arc<Doorstep>>>);

impl ChangeListener for Closes {
    fn changed(&self, _: Changes) -> Result<(), ListenerProblem> {
        if let Some(phone) = self.0.lock().unwrap().take() {
            phone.shut_down();
            assert_eq!(code(phone.status()), "Rejected closed");
        }
        Ok(())
    }
}

#[test]
fn closing_within_a_callback_hangs_nobody() {
    let office = Office::open();
    let li = office.phone("M1");
    let closes = Arc::new(Closes(Mutex::new(Some(Arc::clone(&li.doorstep)))));
    let _listening = li.listen(Arc::clone(&closes) as _).unwrap();
    let doc = li.household_at(&office.building("G1-1"), "1").unwrap().doc;
    let again = open(&li.path(), &li.key, None).unwrap();
    assert!(again.household(doc).unwrap().is_some());
    again.shut_down();

    // The same within a sync, on a thread of the engine's own.
    let wang = office.phone("M2");
    let closes = Arc::new(Closes(Mutex::new(Some(Arc::clone(&wang.doorstep)))));
    wang.household_at(&office.building("G1-1"), "2").unwrap();
    let _listening = wang.listen(Arc::clone(&closes) as _).unwrap();
    let handle = wang.sync(BUDGET).unwrap();
    wait(handle.report()).unwrap();
    until(|| match open(&wang.path(), &wang.key, None) {
        Ok(again) => again.status().is_ok(),
        Err(_) => false,
    });
}
