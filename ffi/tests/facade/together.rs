//! Grievances that are one trouble: one line in lists, work done once; and what a council settles.

use doorstep_ffi::{
    GrievanceLine, How, ItemOutcome, ListFilter, NewItem, NewItemOutcome, NewMeeting, NewStep,
    NewTakeOver, PageRequest, Stage, Step, StepKind,
};

use crate::world::{Office, Phone, code};

/// Three grievances about one lamp, linked by Li.
fn lamp(office: &Office, li: &Phone) -> [String; 3] {
    let place = office.building("G1-1");
    let docs = ["The lamp is broken", "Dark stairs", "No light"].map(|what| li.file(&place, what));
    for other in &docs[1..] {
        li.step(other, Step::LinkDuplicate { other: docs[0].clone() }).unwrap();
    }
    docs
}

fn listed(phone: &Phone, faces: bool) -> Vec<GrievanceLine> {
    let page = PageRequest { after: None, limit: 0 };
    phone.grievances(ListFilter { faces, ..ListFilter::default() }, page).unwrap().lines
}

fn stage(phone: &Phone, doc: &str) -> Stage {
    phone.look(doc).line.stage
}

#[test]
fn one_trouble_is_one_line_and_work_done_once_is_written_into_each() {
    let office = Office::open();
    let li = office.phone("M1");
    let docs = lamp(&office, &li);
    assert_eq!((listed(&li, false).len(), listed(&li, true).len()), (3, 1));
    let mark = listed(&li, true)[0].group.clone().unwrap();
    assert_eq!((mark.size, mark.is_face, mark.provisional), (3, true, false));
    assert!(docs.contains(&mark.face));
    let group = li.look(&docs[1]).group.unwrap();
    assert_eq!((group.text.as_str(), group.members.len()), ("One trouble, in 3 grievances", 3));
    assert_eq!((group.face.as_ref(), group.not_here), (Some(&mark.face), 0));
    assert_eq!(group.members[0].line.doc, mark.face, "the face first");
    assert!(group.members.iter().all(|member| member.steps.contains(&StepKind::Accept)));

    let form = li.step_form(docs[0].clone(), StepKind::Resolve).unwrap();
    let mut others: Vec<String> = form.group.iter().map(|it| it.line.doc.clone()).collect();
    others.sort();
    let mut expected = docs[1..].to_vec();
    expected.sort();
    assert_eq!(others, expected, "the others, not itself");
    // One of them is closed by somebody meanwhile.
    li.step(
        &docs[2],
        Step::Withdraw {
            by: doorstep_ffi::By::Resident,
            heard: doorstep_ffi::Channel::Phone,
            reason: 11,
            evidence: vec![],
        },
    )
    .unwrap();
    let new = NewStep {
        act: form.act.clone(),
        view: form.view.clone(),
        step: Step::Resolve { how: How::Help, text: Some("A new lamp".into()), helpers: vec![] },
        happened_s: None,
        also: form.group.iter().map(|it| it.view.clone()).collect(),
    };
    let written = li.take_step(new.clone()).unwrap();
    assert_eq!((&written.doc, &written.also), (&docs[0], &vec![docs[1].clone()]));
    assert_eq!(written.left_out.len(), 1);
    assert_eq!(
        (written.left_out[0].doc.as_str(), written.left_out[0].title.as_str()),
        (docs[2].as_str(), "No light")
    );
    assert_eq!(written.left_out[0].why, "This grievance is over. Nothing was written.");
    assert_eq!((stage(&li, &docs[0]), stage(&li, &docs[1])), (Stage::Resolved, Stage::Resolved));
    let again = li.take_step(new).unwrap();
    assert!(again.repeated && again.also == written.also);
}

#[test]
fn only_work_is_written_into_a_whole_group() {
    let office = Office::open();
    let li = office.phone("M1");
    let docs = lamp(&office, &li);
    let views: Vec<String> = docs.iter().map(|doc| li.look(doc).view).collect();
    let take = |step, also| {
        let act = li.new_act().unwrap();
        li.take_step(NewStep { act, view: views[0].clone(), step, happened_s: None, also })
    };
    let others = || views[1..].to_vec();
    assert_eq!(code(take(Step::Accept, others())), "Rejected bad_value");
    assert_eq!(stage(&li, &docs[0]), Stage::Discovered, "nothing was written");
    let contact = || Step::Contact { how: How::Explained, text: None };
    assert_eq!(take(contact(), others()).unwrap().also.len(), 2);
    assert_eq!(code(take(contact(), vec![views[1].clone(); 1_001])), "Rejected too_big");
    assert_eq!(code(take(contact(), vec!["7".into()])), "Rejected bad_id");
}

#[test]
fn a_resolution_is_taken_over() {
    let office = Office::open();
    let (li, wang) = (office.phone("M1"), office.phone("M2"));
    let docs = lamp(&office, &li);
    li.step(&docs[0], Step::Resolve { how: How::Help, text: None, helpers: vec![] }).unwrap();
    li.exchange();
    wang.exchange();
    let record = wang.look(&docs[1]);
    let solved = record.group.unwrap().take_over[0].clone();
    assert_eq!(
        (solved.text.as_str(), &solved.doc, solved.author.name.as_str()),
        ("Help, by Li", &docs[0], "Li")
    );
    let new = NewTakeOver {
        act: wang.new_act().unwrap(),
        view: record.view,
        of: solved.doc,
        resolution: solved.resolution,
        text: None,
        happened_s: None,
    };
    wang.take_resolution_over(new.clone()).unwrap();
    assert!(wang.take_resolution_over(new.clone()).unwrap().repeated);
    let record = wang.look(&docs[1]);
    assert_eq!(record.line.stage, Stage::Resolved);
    assert_eq!(record.helpers.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Li"]);
    assert_eq!(record.group.unwrap().take_over, [], "it is solved itself now");
    let strange = NewTakeOver { of: docs[2].clone(), act: wang.new_act().unwrap(), ..new };
    assert_eq!(code(wang.take_resolution_over(strange)), "Rejected look_again");
}

#[test]
fn a_council_settles_what_its_item_names_and_lists_the_rest() {
    let office = Office::open();
    let chen = office.phone("L1");
    let place = office.building("G1-1");
    let (lamp, over) = (chen.file(&place, "The lamp is broken"), chen.file(&place, "Noise"));
    let elsewhere = "07".repeat(16);
    let form = chen.meeting_form().unwrap();
    let meeting = NewMeeting {
        act: form.act,
        place: form.blocks[0].value.clone(),
        day: 20_600,
        venue: None,
        attendance: vec![],
        items: vec![NewItem {
            title: "Lamps".into(),
            grievances: vec![lamp.clone(), over.clone(), elsewhere.clone()],
            carries: None,
        }],
        happened_s: None,
    };
    let meeting = chen.hold_meeting(meeting).unwrap().doc;
    let withdrawn = Step::Withdraw {
        by: doorstep_ffi::By::Resident,
        heard: doorstep_ffi::Channel::Phone,
        reason: 11,
        evidence: vec![],
    };
    chen.step(&over, withdrawn).unwrap();
    let item = chen.meeting(meeting.clone()).unwrap().unwrap().items[0].item.clone();
    let record = chen.council_item(meeting.clone(), item.clone()).unwrap().unwrap();
    assert_eq!((record.item.title.as_str(), record.grievances.len()), ("Lamps", 3));
    assert_eq!(record.grievances[0].by_hand, None);
    let over_text = "This grievance is over. Nothing was written.";
    assert_eq!(record.grievances[1].by_hand.as_deref(), Some(over_text));
    assert_eq!(
        (record.grievances[2].title.as_str(), &record.grievances[2].view),
        ("Not on this phone", &None)
    );

    let settle = NewItemOutcome {
        act: record.act,
        view: record.view,
        item: item.clone(),
        outcome: ItemOutcome::Resolved,
        grievances: record.grievances.iter().filter_map(|it| it.view.clone()).collect(),
        text: Some("The street lights are renewed".into()),
        happened_s: None,
    };
    let settled = chen.settle_item(settle.clone()).unwrap();
    assert_eq!((&settled.written.doc, &settled.written.also), (&meeting, &vec![lamp.clone()]));
    let by_hand: Vec<&String> = settled.by_hand.iter().map(|line| &line.doc).collect();
    assert_eq!(by_hand, [&over, &elsewhere]);
    let line = chen.look(&lamp);
    assert_eq!(line.line.stage, Stage::Resolved);
    let line = line.story.iter().find(|line| line.kind == "resolve").unwrap();
    assert_eq!(line.words.as_deref(), Some("The street lights are renewed"));
    assert!(chen.settle_item(settle).unwrap().written.repeated);
    assert_eq!(chen.council_item(meeting, "07".repeat(8)), Ok(None));
}
