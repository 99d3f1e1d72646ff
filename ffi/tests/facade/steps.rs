//! The loop of a grievance, step by step, over two and three phones.

use doorstep_ffi::{
    By, Channel, Grade, How, Level, NewGrievance, NewReporter, NewStep, Stage, Step, StepKind,
};

use crate::world::{Office, Phone, code};

fn lamp(phone: &Phone, place: String) -> String {
    let new = NewGrievance {
        act: phone.new_act().unwrap(),
        place,
        what: "The lamp is broken".into(),
        kind: 3,
        grade: None,
        spot: None,
        reporter: NewReporter::Contact { text: "the baker".into() },
        happened_s: None,
    };
    phone.file_grievance(new).unwrap().doc
}

fn stage(phone: &Phone, doc: &str) -> Stage {
    phone.grievance(doc.to_owned()).unwrap().unwrap().line.stage
}

fn main_step(phone: &Phone, doc: &str) -> Option<StepKind> {
    let steps = phone.grievance(doc.to_owned()).unwrap().unwrap().steps;
    steps.into_iter().find(|step| step.main).map(|step| step.kind)
}

fn resolve() -> Step {
    Step::Resolve { how: How::Help, text: Some("A new lamp".into()), helpers: vec![] }
}

#[test]
fn the_loop_closes_and_the_residents_word_opens_it_again() {
    let office = Office::open();
    let (li, wang) = (office.phone("M1"), office.phone("M2"));
    let doc = lamp(&li, office.building("G1-1"));
    assert_eq!(main_step(&li, &doc), Some(StepKind::Accept));
    li.step(&doc, Step::Accept).unwrap();
    assert_eq!(li.today().unwrap().due[0].doc, doc);
    assert_eq!(main_step(&li, &doc), Some(StepKind::Resolve));
    li.step(&doc, Step::Contact { how: How::Explained, text: None }).unwrap();
    li.step(&doc, resolve()).unwrap();
    assert_eq!(
        (stage(&li, &doc), main_step(&li, &doc)),
        (Stage::Resolved, Some(StepKind::Confirm))
    );
    let (by, heard) = (By::Resident, Channel::InPerson);
    let confirm = |phone: &Phone| Step::Confirm {
        resolution: phone.resolution(&doc, StepKind::Confirm),
        by,
        heard,
        satisfaction: Some(5),
        evidence: vec![],
    };
    assert_eq!(code(li.step(&doc, confirm(&li))), "Rejected own_word");
    li.exchange();
    wang.exchange();

    // The resident is not content: a new round, which the next resolution answers.
    let form = wang.step_form(doc.clone(), StepKind::Reject).unwrap();
    assert_eq!(form.resolutions[0].text, "Help, by Li");
    let reason = form.reasons.iter().find(|it| it.text == "Not solved").unwrap().code;
    let resolution = form.resolutions[0].event.clone();
    let text = Some("Dark again".into());
    wang.step(&doc, Step::Reject { resolution, by, heard, reason, text }).unwrap();
    assert_eq!(stage(&wang, &doc), Stage::Reopened);
    wang.exchange();
    li.exchange();
    let today = li.today().unwrap();
    assert_eq!((today.came_back.len(), today.due.len()), (1, 0));
    li.step(&doc, resolve()).unwrap();
    assert_eq!(stage(&li, &doc), Stage::Resolved, "the engine named the rejection");
    li.exchange();
    wang.exchange();

    wang.step(&doc, confirm(&wang)).unwrap();
    assert_eq!(main_step(&wang, &doc), Some(StepKind::FeedBack));
    let resolution = wang.resolution(&doc, StepKind::FeedBack);
    let told = Step::FeedBack { resolution, channel: Channel::Phone, text: None };
    wang.step(&doc, told).unwrap();
    assert_eq!((stage(&wang, &doc), main_step(&wang, &doc)), (Stage::Closed, None));
    let record = wang.grievance(doc.clone()).unwrap().unwrap();
    assert!(record.line.over && record.line.round == 2);
    assert_eq!(code(wang.step_form(doc, StepKind::Resolve)), "Rejected look_again");
}

#[test]
fn what_is_replaced_or_ended_is_what_was_on_the_screen() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = lamp(&li, office.building("G1-1"));
    li.step(&doc, Step::SetGrade { grade: Grade::B, reason: None }).unwrap();
    li.step(&doc, Step::SetGrade { grade: Grade::A, reason: None }).unwrap();
    assert_eq!(
        code(li.step(&doc, Step::SetGrade { grade: Grade::D, reason: None })),
        "Rejected no_right"
    );
    li.exchange();
    chen.exchange();

    let lower = |reason| Step::SetGrade { grade: Grade::C, reason };
    assert_eq!(code(chen.step(&doc, lower(None))), "Rejected no_reason");
    chen.step(&doc, lower(Some(6))).unwrap();
    let record = chen.grievance(doc.clone()).unwrap().unwrap();
    assert_eq!((record.line.grade, record.flags.len()), (Grade::C, 0), "nothing stands beside it");
    let due_s = record.line.due_s.unwrap() + 86_400;
    chen.step(&doc, Step::SetDue { due_s, reason: Some(13) }).unwrap();
    assert_eq!(chen.grievance(doc.clone()).unwrap().unwrap().line.due_s, Some(due_s));
    let later = Step::SetDue { due_s: due_s + 86_400, reason: Some(13) };
    assert_eq!(code(chen.step(&doc, later)), "Rejected extension_used");

    // Up, and down again.
    let levels = |kind| -> Vec<String> {
        let form = chen.step_form(doc.clone(), kind).unwrap();
        form.levels.into_iter().map(|level| level.value).collect()
    };
    assert_eq!(levels(StepKind::Escalate), ["block", "community", "sub_district"]);
    assert_eq!(levels(StepKind::TakeOver), ["block"]);
    chen.step(&doc, Step::TakeOver { level: Level::Block }).unwrap();
    let record = chen.grievance(doc.clone()).unwrap().unwrap();
    assert!(record.line.mine && record.line.level == Level::Block);
    assert_eq!(levels(StepKind::SendBack), ["grid"]);
    chen.step(&doc, Step::SendBack { to: Level::Grid, reason: 6, text: None }).unwrap();
    let record = chen.grievance(doc.clone()).unwrap().unwrap();
    assert_eq!((record.line.level, record.line.owner), (Level::Grid, None));
}

#[test]
fn who_is_given_a_grievance_can_decline_it() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = lamp(&li, office.building("G1-1"));
    li.step(&doc, Step::Accept).unwrap();
    li.exchange();
    chen.exchange();
    let form = chen.step_form(doc.clone(), StepKind::Assign).unwrap();
    let names: Vec<&str> = form.people.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Li", "Wang", "Chen"], "the nearest first, and nobody of another grid");
    for name in ["Wang", "Li"] {
        let to = form.people.iter().find(|it| it.name == name).unwrap().member.clone();
        chen.step(&doc, Step::Assign { to, reason: None }).unwrap();
        let owner = chen.grievance(doc.clone()).unwrap().unwrap().line.owner.unwrap();
        assert_eq!(owner.name, name, "the later one replaces the earlier");
    }
    chen.exchange();
    li.exchange();
    assert!(li.grievance(doc.clone()).unwrap().unwrap().line.mine);
    li.step(&doc, Step::Decline { reason: 5, text: None }).unwrap();
    let record = li.grievance(doc.clone()).unwrap().unwrap();
    assert_eq!((record.line.owner, record.line.stage), (None, Stage::Discovered));
}

#[test]
fn a_step_belongs_to_what_was_on_the_screen() {
    let office = Office::open();
    let li = office.phone("M1");
    let doc = lamp(&li, office.building("G1-1"));
    let form = li.step_form(doc.clone(), StepKind::Accept).unwrap();
    assert_eq!((form.text.as_str(), form.line.doc.as_str()), ("Take it on", doc.as_str()));
    assert_eq!((form.reasons.len(), form.hows.len(), form.people.len()), (0, 0, 0));
    let step = |step| NewStep {
        act: form.act.clone(),
        view: form.view.clone(),
        step,
        happened_s: None,
        also: vec![],
    };
    assert!(!li.take_step(step(Step::Accept)).unwrap().repeated);
    assert!(li.take_step(step(Step::Accept)).unwrap().repeated);
    let other = Step::Note { text: "else".into() };
    assert_eq!(code(li.take_step(step(other))), "Rejected act_reused");
    let strange = format!("{doc}{}", "07".repeat(32));
    let act = li.new_act().unwrap();
    let strange =
        NewStep { act, view: strange, step: Step::Accept, happened_s: None, also: vec![] };
    assert_eq!(code(li.take_step(strange)), "Rejected look_again");
    let close = li.step(&doc, Step::Close);
    assert_eq!(code(close), "Rejected not_answered");
    let outside = Step::Escalate { level: Level::Outside, reason: 3, text: None, body: None };
    assert_eq!(code(li.step(&doc, outside)), "Rejected bad_value");
    let resolution = li.grievance(doc.clone()).unwrap().unwrap().story[0].event.clone();
    let told = Step::FeedBack { resolution, channel: Channel::Phone, text: None };
    assert_eq!(code(li.step(&doc, told)), "Rejected unknown_target");
}
