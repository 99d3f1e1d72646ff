//! Steps on a grievance beside its loop: evidence, teams, links, flags, and why a step is not offered.

use std::collections::BTreeSet;

use doorstep_ffi::{
    By, Channel, Evidence, FlagAsks, Grade, How, SettleChoice, Stage, Step, StepKind,
};

use crate::world::{Office, Phone, code};

fn resolve() -> Step {
    Step::Resolve { how: How::Help, text: None, helpers: vec![] }
}

fn confirm(phone: &Phone, doc: &str, evidence: Vec<Evidence>) -> Step {
    let resolution = phone.resolution(doc, StepKind::Confirm);
    let (by, heard) = (By::Resident, Channel::InPerson);
    Step::Confirm { resolution, by, heard, satisfaction: None, evidence }
}

#[test]
fn every_step_is_offered_or_it_is_said_why_not() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = li.file(&office.building("G1-1"), "The lamp is broken");
    li.exchange();
    chen.exchange();
    for phone in [&li, &chen] {
        let record = phone.look(&doc);
        let offered: BTreeSet<String> =
            record.steps.iter().map(|step| format!("{:?}", step.kind)).collect();
        let refused: BTreeSet<String> =
            record.not_now.iter().map(|step| format!("{:?}", step.kind)).collect();
        assert_eq!(offered.intersection(&refused).count(), 0);
        assert_eq!(offered.len() + refused.len(), phone.terms().unwrap().steps.len());
        for refusal in &record.not_now {
            assert!(refusal.why.ends_with('.') && !refusal.text.is_empty(), "{refusal:?}");
            assert_eq!(code(phone.step_form(doc.clone(), refusal.kind)), "Rejected look_again");
        }
        for step in &record.steps {
            let form = phone.step_form(doc.clone(), step.kind).unwrap();
            assert_eq!(
                (form.text, form.evidence_needed),
                (step.text.clone(), step.evidence_needed)
            );
        }
    }
    let why = |phone: &Phone, kind| {
        let not_now = phone.look(&doc).not_now;
        not_now.into_iter().find(|refusal| refusal.kind == kind).map(|refusal| refusal.why)
    };
    let by_role = "By your role, somebody else does this.";
    assert_eq!(why(&li, StepKind::Assign).as_deref(), Some(by_role));
    assert_eq!(why(&chen, StepKind::Assign), None);
    li.step(&doc, Step::Accept).unwrap();
    assert_eq!(why(&li, StepKind::Accept).as_deref(), Some("You answer for it already."));
    li.set_language(doorstep_ffi::Language::Chinese);
    assert_eq!(why(&li, StepKind::Accept).as_deref(), Some("已经由您负责。"));
}

#[test]
fn who_resolved_it_records_the_residents_word_with_evidence() {
    let office = Office::open();
    let (li, wang) = (office.phone("M1"), office.phone("M2"));
    let doc = li.file(&office.building("G1-1"), "The lamp is broken");
    li.step(&doc, Step::Accept).unwrap();
    li.step(&doc, resolve()).unwrap();
    let needed = |phone: &Phone| {
        let steps = phone.look(&doc).steps;
        steps.into_iter().find(|it| it.kind == StepKind::Confirm).unwrap().evidence_needed
    };
    assert!(needed(&li), "who resolved it");
    assert!(li.step_form(doc.clone(), StepKind::Confirm).unwrap().evidence_needed);
    assert_eq!(code(li.step(&doc, confirm(&li, &doc, vec![]))), "Rejected own_word");
    li.exchange();
    wang.exchange();
    assert!(!needed(&wang));
    let shown = vec![
        Evidence::Code { text: "K7-042".into() },
        Evidence::Signature { hash: "7a".repeat(32) },
    ];
    li.step(&doc, confirm(&li, &doc, shown)).unwrap();
    let record = li.look(&doc);
    assert_eq!(record.line.stage, Stage::Confirmed);
    let said = record.story.iter().find(|line| line.kind == "confirm").unwrap();
    assert!(said.in_force);
    assert!(!format!("{record:?}").contains("K7-042"), "a code is nowhere but as its hash");
    let back = Step::Withdraw {
        by: By::Resident,
        heard: Channel::Phone,
        reason: 11,
        evidence: vec![Evidence::Voice { hash: "short".into() }],
    };
    assert_eq!(code(li.step(&doc, back)), "Rejected bad_id");
}

#[test]
fn a_team_is_sent_and_who_helped_is_named() {
    let office = Office::open();
    let chen = office.phone("L1");
    let doc = chen.file(&office.building("G1-1"), "The lamp is broken");
    let form = chen.step_form(doc.clone(), StepKind::DispatchTeam).unwrap();
    assert_eq!(form.teams[0].text, "Lamp team");
    let (team, task) = (form.teams[0].value.clone(), Some("Bring a ladder".to_owned()));
    chen.step(&doc, Step::DispatchTeam { team, task }).unwrap();
    let form = chen.step_form(doc.clone(), StepKind::Progress).unwrap();
    let names: Vec<&str> = form.helpers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Li", "Wang"], "not oneself");
    let work = Step::Progress {
        how: How::PeoplesMediation,
        text: None,
        helpers: vec![form.helpers[0].member.clone()],
        parties: Some("The two floors".into()),
    };
    chen.step(&doc, work).unwrap();
    let record = chen.look(&doc);
    assert_eq!(record.helpers.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Li"]);
    let sent = record.story.iter().find(|line| line.kind == "dispatch_team").unwrap();
    assert_eq!(sent.words.as_deref(), Some("Bring a ladder"));
}

#[test]
fn the_same_trouble_is_linked_and_taken_apart_and_filed_elsewhere() {
    let office = Office::open();
    let chen = office.phone("L1");
    let (plum, second) = (office.building("G1-1"), office.building("G1-2"));
    let doc = chen.file(&plum, "The lamp is broken");
    let (near, far) = (chen.file(&second, "Dark stairs"), chen.file(&plum, "Noise"));
    let form = chen.step_form(doc.clone(), StepKind::LinkDuplicate).unwrap();
    let choices: BTreeSet<&String> = form.grievances.iter().map(|line| &line.doc).collect();
    assert_eq!(choices, BTreeSet::from([&near, &far]), "of the same grid, but for itself");
    chen.step(&doc, Step::LinkDuplicate { other: near.clone() }).unwrap();
    let links = chen.look(&doc).links;
    assert_eq!((links[0].title.as_str(), &links[0].doc), ("Dark stairs", &near));
    let form = chen.step_form(doc.clone(), StepKind::UnlinkDuplicate).unwrap();
    assert_eq!(form.links, links);
    let link = links[0].event.clone();
    chen.step(&doc, Step::UnlinkDuplicate { link, reason: Some(6) }).unwrap();
    assert_eq!(chen.look(&doc).links, []);
    chen.step(&doc, Step::Transfer { to: near, reason: 4 }).unwrap();
    assert_eq!(chen.look(&doc).line.stage, Stage::Transferred);
}

#[test]
fn a_flag_is_settled_with_what_it_asks_for() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = li.file(&office.building("G1-1"), "The lamp is broken");
    li.exchange();
    chen.exchange();
    li.step(&doc, Step::SetGrade { grade: Grade::A, reason: None }).unwrap();
    chen.step(&doc, Step::SetGrade { grade: Grade::B, reason: None }).unwrap();
    li.exchange();
    chen.exchange();
    let form = chen.step_form(doc.clone(), StepKind::Settle).unwrap();
    let flag = form.flags.iter().find(|it| it.asks == FlagAsks::Grade).unwrap().clone();
    assert_eq!((flag.flag.as_str(), flag.about.len()), ("grade", 2));
    let settle = |choice| Step::Settle {
        flag: flag.flag.clone(),
        about: flag.about.clone(),
        choice,
        reason: Some(15),
    };
    assert_eq!(code(chen.step(&doc, settle(SettleChoice::Seen))), "Rejected bad_value");
    chen.step(&doc, settle(SettleChoice::Grade { grade: Grade::B })).unwrap();
    let record = chen.look(&doc);
    assert_eq!(record.line.grade, Grade::B);
    assert!(record.flags.iter().all(|flag| flag.settled || flag.asks != FlagAsks::Grade));
}

#[test]
fn an_entry_that_was_wrong_is_struck() {
    let office = Office::open();
    let li = office.phone("M1");
    let doc = li.file(&office.building("G1-1"), "The lamp is broken");
    li.step(&doc, Step::Accept).unwrap();
    li.step(&doc, resolve()).unwrap();
    let form = li.step_form(doc.clone(), StepKind::Correct).unwrap();
    let wrong = form.corrections.iter().find(|line| line.kind == "resolve").unwrap();
    assert!(li.look(&doc).may_correct.contains(&wrong.event));
    li.step(&doc, Step::Correct { event: wrong.event.clone(), reason: 0 }).unwrap();
    let record = li.look(&doc);
    assert_eq!(record.line.stage, Stage::Accepted);
    assert!(!record.may_correct.contains(&wrong.event), "it is struck already");
    let line = record.story.iter().find(|line| line.event == wrong.event).unwrap();
    assert_eq!(line.remark.as_deref(), Some("This entry was struck out. It does not count."));
}

/// What is offered to strike is what may be struck: a resident's word only by who leads and solved nothing.
#[test]
fn a_member_is_not_offered_to_strike_a_residents_word() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = li.file(&office.building("G1-1"), "The lamp is broken");
    li.step(&doc, resolve()).unwrap();
    let resolution = li.resolution(&doc, StepKind::Reject);
    let (by, heard, reason) = (By::Resident, Channel::InPerson, 7);
    li.step(&doc, Step::Reject { resolution, by, heard, reason, text: None }).unwrap();
    li.exchange();
    chen.exchange();
    let offered = |phone: &Phone| -> Vec<String> {
        let record = phone.look(&doc);
        let story = record.story.into_iter();
        story
            .filter(|line| record.may_correct.contains(&line.event))
            .map(|line| line.kind)
            .collect()
    };
    assert_eq!(offered(&li), ["resolve"]);
    assert_eq!(offered(&chen), ["discover", "resolve", "reject"]);
    for line in li.look(&doc).story {
        let strike = Step::Correct { event: line.event, reason: 0 };
        let refused = li.step(&doc, strike).is_err();
        assert_eq!(refused, line.kind != "resolve", "{}", line.kind);
    }
}
