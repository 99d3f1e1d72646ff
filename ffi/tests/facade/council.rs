//! Meetings of the block council.

use doorstep_ffi::{
    Attendee, ItemOutcome, ListFilter, MeetingRecord, MeetingStep, NewAttendance, NewItem,
    NewMeeting, PageRequest, Seat, Step, StepKind,
};

use crate::world::{Office, Phone, code};

fn look(phone: &Phone, doc: &str) -> MeetingRecord {
    phone.meeting(doc.to_owned()).unwrap().unwrap()
}

fn item(title: &str, grievances: &[String]) -> NewItem {
    NewItem { title: title.into(), grievances: grievances.to_vec(), carries: None }
}

fn meeting(phone: &Phone, day: i32, items: Vec<NewItem>) -> NewMeeting {
    let form = phone.meeting_form().unwrap();
    assert_eq!(form.blocks[0].text, "North block");
    let li = form.people.iter().find(|it| it.name == "Li").unwrap();
    NewMeeting {
        act: form.act,
        place: form.blocks[0].value.clone(),
        day,
        venue: Some("The old library".into()),
        attendance: vec![
            NewAttendance {
                who: Attendee::Member { member: li.member.clone() },
                seat: Seat::Fixed,
                present: true,
            },
            NewAttendance {
                who: Attendee::Name { name: "The baker".into() },
                seat: Seat::Floating,
                present: true,
            },
        ],
        items,
        happened_s: None,
    }
}

#[test]
fn a_council_meets_and_what_it_puts_off_comes_again() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let lamp = li.file(&office.building("G1-1"), "The lamp is broken");
    li.exchange();
    chen.exchange();
    let form = chen.meeting_form().unwrap();
    assert_eq!(form.grievances[0].doc, lamp);
    let new = meeting(
        &chen,
        20_600,
        vec![item("Lamps", std::slice::from_ref(&lamp)), item("Noise", &[])],
    );
    let doc = chen.hold_meeting(new.clone()).unwrap().doc;
    assert!(chen.hold_meeting(new).unwrap().repeated, "the same act is one meeting");

    let record = look(&chen, &doc);
    assert!(record.may_write);
    assert_eq!((record.line.day, record.line.present), (Some(20_600), 2));
    assert_eq!(
        (record.line.place_name.as_str(), record.line.venue.as_str()),
        ("North block", "The old library")
    );
    let names: Vec<&str> = record.attendance.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Li", "The baker"]);
    assert_eq!(record.attendance[1].seat_text, "Floating seat");
    let lamps = record.items[0].clone();
    assert_eq!(
        (lamps.title.as_str(), lamps.outcome, lamps.outcome_text.as_str()),
        ("Lamps", None, "")
    );
    assert_eq!(lamps.grievances[0].line.as_ref().unwrap().what, "The lamp is broken");

    let outcome = |outcome| {
        let events = look(&chen, &doc).items[0].events.clone();
        MeetingStep::SetItemOutcome { item: lamps.item.clone(), outcome, replaces: events }
    };
    chen.on_meeting(&doc, outcome(ItemOutcome::Referred)).unwrap();
    chen.on_meeting(&doc, outcome(ItemOutcome::Deferred)).unwrap();
    let now = look(&chen, &doc).items[0].clone();
    assert_eq!((now.outcome, now.events.len()), (Some(ItemOutcome::Deferred), 1));
    assert_eq!(now.outcome_text, "Put off to a later meeting");
    let carried = chen.meeting_form().unwrap().carried;
    assert_eq!(
        (carried.len(), carried[0].title.as_str(), carried[0].day),
        (1, "Lamps", Some(20_600))
    );
    assert_eq!(carried[0].grievances, [lamp]);

    let again = NewItem { carries: Some(carried[0].at.clone()), ..item("Lamps, again", &[]) };
    let next = chen.hold_meeting(meeting(&chen, 20_630, vec![again])).unwrap().doc;
    assert_eq!(look(&chen, &next).items[0].carries.as_ref(), Some(&carried[0].at));
    assert_eq!(chen.meeting_form().unwrap().carried, [], "it was gone on with");
    let page = PageRequest { after: None, limit: 0 };
    let lines = chen.meetings(ListFilter::default(), page).unwrap().lines;
    let docs: Vec<&String> = lines.iter().map(|line| &line.doc).collect();
    assert_eq!(docs, [&next, &doc], "the newest first");
}

#[test]
fn a_meeting_is_amended_by_who_may_and_shown_to_the_others() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = chen.hold_meeting(meeting(&chen, 20_600, vec![])).unwrap().doc;
    let baker = look(&chen, &doc).attendance[1].clone();
    chen.on_meeting(
        &doc,
        MeetingStep::Attendance {
            who: Attendee::Name { name: "The baker".into() },
            seat: Seat::Floating,
            present: false,
            replaces: baker.events,
        },
    )
    .unwrap();
    chen.on_meeting(&doc, MeetingStep::AddItem { item: item("Parking", &[]) }).unwrap();
    chen.on_meeting(&doc, MeetingStep::Note { text: "Short of time".into() }).unwrap();
    let record = look(&chen, &doc);
    assert_eq!((record.attendance.len(), record.line.present), (2, 1));
    assert!(!record.attendance[1].present);
    assert_eq!(record.items[0].title, "Parking");
    let line = record.story.iter().find(|line| line.kind == "attendance").unwrap();
    assert!(record.may_correct.contains(&line.event));
    let strike = MeetingStep::Correct { event: line.event.clone(), reason: 0 };
    chen.on_meeting(&doc, strike).unwrap();
    assert_eq!(look(&chen, &doc).attendance.len(), 1);
    let nobody = MeetingStep::Attendance {
        who: Attendee::Name { name: " ".into() },
        seat: Seat::Fixed,
        present: true,
        replaces: vec![],
    };
    assert_eq!(code(chen.on_meeting(&doc, nobody)), "Rejected text_empty");
    assert_eq!(code(chen.meeting_step_form("0".repeat(32))), "Rejected look_again");
    assert_eq!(li.meeting_form().unwrap().blocks, [], "a member writes for no council");
}

#[test]
fn a_grievance_is_brought_before_the_council() {
    let office = Office::open();
    let chen = office.phone("L1");
    let lamp = chen.file(&office.building("G1-1"), "The lamp is broken");
    chen.hold_meeting(meeting(&chen, 20_600, vec![item("Lamps", &[])])).unwrap();
    let form = chen.step_form(lamp.clone(), StepKind::CouncilItem).unwrap();
    let choice = &form.meetings[0];
    assert_eq!((choice.meeting.day, choice.items[0].text.as_str()), (Some(20_600), "Lamps"));
    let (meeting, item) = (choice.meeting.doc.clone(), choice.items[0].value.clone());
    chen.step(&lamp, Step::CouncilItem { meeting, item }).unwrap();
    assert!(chen.look(&lamp).story.iter().any(|line| line.kind == "council_item" && line.in_force));
}
