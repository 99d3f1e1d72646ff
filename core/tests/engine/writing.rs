//! What is written: checked before it is saved, saved whole, and once.

use doorstep_core::{
    ActOptions, Filter, Invalid, NewGrievance, NewHousehold, NewOutcome, NewVisit, Page, View,
    WriteError,
};
use doorstep_domain::{
    event::{
        Accept, ActError, Assign, Close, Confirm, Discover, Event, FeedBack, Note, Reject,
        Reporter, Resolve,
    },
    fold::grievance::Stage,
    table::{By, Channel, How, Rejection, VisitOutcome},
};
use doorstep_protocol::id::{ActId, DocumentId, PlaceId};

use crate::world::{World, file, grievance, household, no_device, no_role, role};
use doorstep_protocol::roster::RoleKind;

const ALL: Page = Page { after: None, limit: 0 };

fn resolve() -> Event {
    Event::Resolve(Resolve {
        answers: vec![],
        how: How::Help,
        helpers: vec![],
        item: None,
        with: None,
        text: None,
    })
}

#[test]
fn who_is_not_enrolled_saves_nothing() {
    let mut world = World::new();
    let engine = world.stranger(2);
    let new = NewHousehold { place: world.plum, unit: "3-201".into(), more: vec![] };
    let refused = engine.found_household(new, ActOptions::default());
    assert_eq!(refused, Err(WriteError::NotEnrolled));
    assert!(engine.households(&Filter::default(), &ALL).unwrap().is_empty());
}

#[test]
fn a_phone_that_was_revoked_saves_nothing_and_hands_in_what_it_had() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    household(&li, world.plum, "3-201");
    world.write(&[no_device(2)]);
    world.meet(&li);
    assert_eq!(world.relay.seals(world.log(world.plum)).len(), 1, "it was handed in");
    assert_eq!(li.member(), None);
    let new = NewHousehold { place: world.plum, unit: "3-202".into(), more: vec![] };
    assert_eq!(li.found_household(new, ActOptions::default()), Err(WriteError::NotEnrolled));
    assert!(li.households(&Filter::default(), &ALL).unwrap().is_empty(), "all is hidden");
}

#[test]
fn an_act_repeated_after_a_lost_answer_is_one() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let once = ActOptions::once(ActId([7; 8]));
    let first = file(&li, world.plum, "The lamp on the stairs is out", once);
    world.clock.pass(60_000);
    let again = file(&li, world.plum, "The lamp on the stairs is out", once);
    assert_eq!((first.doc, first.repeated, again.repeated), (again.doc, false, true));
    assert_eq!(li.grievances(&Filter::default(), &ALL).unwrap().len(), 1);

    let view = li.grievance(first.doc).unwrap().unwrap().view;
    let accept = ActOptions::once(ActId([8; 8]));
    li.act(&view, vec![Event::Accept(Accept {})], accept).unwrap();
    let again = li.act(&view, vec![Event::Accept(Accept {})], accept).unwrap();
    assert!(again.repeated);
    assert_eq!(li.grievance(first.doc).unwrap().unwrap().state.story.len(), 2);
}

#[test]
fn a_repeated_act_that_fills_in_answers_is_still_one() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let doc = grievance(&li, world.plum, "No water");
    let resolved = li.act(&view(&li, doc), vec![resolve()], ActOptions::default()).unwrap();
    world.meet(&li);
    world.meet(&wang);
    let no = Event::Reject(Reject {
        resolution: doorstep_domain::event::Ref::new(resolved.act, 0, world.li, world.wang),
        by: By::Resident,
        heard: Channel::Phone,
        reason: 7,
        text: None,
    });
    wang.act(&view(&wang, doc), vec![no], ActOptions::default()).unwrap();
    world.meet(&wang);
    world.meet(&li);

    let seen = view(&li, doc);
    assert_eq!(li.grievance(doc).unwrap().unwrap().state.stage, Stage::Reopened);
    let once = ActOptions::once(ActId([9; 8]));
    li.act(&seen, vec![resolve()], once).unwrap();
    let state = li.grievance(doc).unwrap().unwrap().state;
    assert_eq!((state.stage, state.round), (Stage::Resolved, 2), "the phone names what it answers");
    assert!(li.act(&seen, vec![resolve()], once).unwrap().repeated);
}

#[test]
fn an_act_id_is_not_used_for_something_else() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let once = ActOptions::once(ActId([7; 8]));
    let first = file(&li, world.plum, "The lamp is out", once);
    let other = NewGrievance {
        place: world.plum,
        what: "The drain is blocked".into(),
        spot: None,
        reporter: Reporter::Anonymous,
        kind: 2,
        grade: None,
        visit: None,
    };
    let refused = li.file_grievance(other, once);
    assert_eq!(refused, Err(WriteError::Invalid(Invalid::ActReused)));
    // In another log it is another document: one act may touch several.
    assert_ne!(file(&li, world.pine, "The lamp is out", once).doc, first.doc);
}

#[test]
fn what_everybody_would_reject_is_refused_with_its_reason_and_leaves_nothing() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let seen = view(&li, doc);
    let refuse = |events: Vec<Event>, event, reason| {
        let refused = li.act(&seen, events, ActOptions::default());
        assert_eq!(refused, Err(WriteError::Rejected { event, reason }));
    };
    let assign = Event::Assign(Assign { to: world.wang, supersedes: vec![], reason: None });
    refuse(vec![assign.clone()], 0, Rejection::NoRight);
    refuse(vec![Event::Accept(Accept {}), assign], 1, Rejection::NoRight);
    refuse(vec![Event::Close(Close {})], 0, Rejection::NotAnswered);
    let unknown = doorstep_domain::event::Ref { act: ActId([1; 8]), n: 0, member: None };
    let told = FeedBack { resolution: unknown, channel: Channel::Phone, text: None };
    refuse(vec![Event::FeedBack(told)], 0, Rejection::UnknownTarget);
    assert_eq!(li.grievance(doc).unwrap().unwrap().state.story.len(), 1);
    assert_eq!(view(&li, doc), seen, "nothing of it was saved");
}

#[test]
fn the_residents_word_is_not_the_resolvers() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let written = li.act(&view(&li, doc), vec![resolve()], ActOptions::default()).unwrap();
    let yes = Event::Confirm(Confirm {
        resolution: doorstep_domain::event::Ref { act: written.act, n: 0, member: None },
        by: By::Resident,
        heard: Channel::InPerson,
        evidence: vec![],
        satisfaction: Some(5),
    });
    let refused = li.act(&view(&li, doc), vec![yes], ActOptions::default());
    assert_eq!(refused, Err(WriteError::Rejected { event: 0, reason: Rejection::OwnWord }));
}

#[test]
fn a_view_of_nothing_is_told_to_look_again() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let stranger: View = (DocumentId([1; 16]).to_string() + &"01".repeat(32)).parse().unwrap();
    let note = |view: &View| li.note(view, "hello", ActOptions::default());
    assert_eq!(note(&stranger), Err(WriteError::LookAgain));
    let unseen: View = (doc.to_string() + &"01".repeat(32)).parse().unwrap();
    assert_eq!(note(&unseen), Err(WriteError::LookAgain));
}

#[test]
fn only_where_the_member_has_a_place() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let at = |place| NewHousehold { place, unit: "1".into(), more: vec![] };
    let write = |place| li.found_household(at(place), ActOptions::default());
    assert_eq!(write(world.lotus), Err(WriteError::NoPlace));
    assert_eq!(write(PlaceId([3; 8])), Err(WriteError::NoPlace));
    assert!(write(world.pine).is_ok());
}

#[test]
fn texts_have_a_bound_and_the_engine_names_it() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let seen = view(&li, doc);
    let note = |length: usize| {
        let text = "x".repeat(length);
        li.note(&seen, text, ActOptions::default()).map(|_| ())
    };
    let bad = Err(WriteError::Invalid(Invalid::Format(ActError::Event(0))));
    assert_eq!(note(16 * 1024 + 1), bad);
    assert_eq!(note(0), bad);
    assert_eq!(note(16 * 1024), Ok(()));
    let much = Event::Note(Note { text: "x".repeat(16 * 1024).into() });
    let refused = li.act(&seen, vec![much; 5], ActOptions::default());
    assert_eq!(refused, Err(WriteError::Invalid(Invalid::TooBig)));
}

#[test]
fn a_device_fills_its_share_of_a_document_and_is_told() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let text = "x".repeat(16 * 1024);
    let mut refused = None;
    for _ in 0..17 {
        if let Err(error) = li.note(&view(&li, doc), text.clone(), ActOptions::default()) {
            refused = Some(error);
            break;
        }
    }
    assert_eq!(refused, Some(WriteError::DocumentFull));
}

#[test]
fn a_visit_goes_into_the_log_of_its_household() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let home = household(&li, world.pine, "3-201");
    let new = NewVisit {
        household: home,
        purpose: 0,
        asked_for: None,
        planned: Some(true),
        companions: vec![world.wang],
        checklist: vec![(0, 1)],
        outcome: Some(NewOutcome {
            outcome: VisitOutcome::Met,
            persons_met: 2,
            grievances: vec![],
            next_day: None,
        }),
        note: Some("quiet".into()),
    };
    let doc = li.record_visit(new, ActOptions::default()).unwrap().doc;
    let visit = li.visit(doc).unwrap().unwrap().state;
    assert_eq!((visit.place, visit.members.len()), (world.pine, 2));
    let nowhere = NewVisit {
        household: DocumentId([1; 16]),
        purpose: 0,
        asked_for: None,
        planned: None,
        companions: vec![],
        checklist: vec![],
        outcome: None,
        note: None,
    };
    let refused = li.record_visit(nowhere, ActOptions::default());
    assert_eq!(refused, Err(WriteError::LookAgain));
}

#[test]
fn one_act_over_several_documents_is_saved_whole_or_not_at_all() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let docs = [grievance(&li, world.plum, "No water"), grievance(&li, world.pine, "No water")];
    let both =
        |last: Event| vec![(view(&li, docs[0]), vec![resolve()]), (view(&li, docs[1]), vec![last])];
    let refused = li.act_together(both(Event::Close(Close {})), ActOptions::default());
    let reason = Rejection::NotAnswered;
    assert_eq!(refused, Err(WriteError::Rejected { event: 0, reason }));
    for doc in docs {
        assert_eq!(li.grievance(doc).unwrap().unwrap().state.stage, Stage::Discovered);
    }
    let written = li.act_together(both(resolve()), ActOptions::default()).unwrap();
    assert_eq!(written[0].act, written[1].act);
    for doc in docs {
        assert_eq!(li.grievance(doc).unwrap().unwrap().state.stage, Stage::Resolved);
    }
}

#[test]
fn what_makes_a_document_does_not_stand_in_it_again() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let again = Event::Discover(Discover {
        what: "No light".into(),
        spot: None,
        reporter: Reporter::Anonymous,
        kind: 2,
        grade: None,
        visit: None,
        source: None,
    });
    let refused = li.act(&view(&li, doc), vec![again], ActOptions::default());
    assert_eq!(refused, Err(WriteError::Rejected { event: 0, reason: Rejection::NotFirst }));
}

#[test]
fn rights_are_those_of_the_roster_held_when_it_was_saved() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let seen = view(&li, doc);
    let assign = Event::Assign(Assign { to: world.wang, supersedes: vec![], reason: None });
    assert!(li.act(&seen, vec![assign.clone()], ActOptions::default()).is_err());
    let lead = role(world.li, world.grid, RoleKind::GridLead);
    world.write(&[lead, no_role(world.li, world.grid, RoleKind::Member)]);
    world.meet(&li);
    li.act(&seen, vec![assign], ActOptions::default()).unwrap();
    assert_eq!(li.grievance(doc).unwrap().unwrap().state.owner, Some(world.wang));
}

#[test]
fn a_clock_that_was_set_back_is_told_by_the_marks() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    world.clock.set_back(3_600_000);
    li.note(&view(&li, doc), "one hour back", ActOptions::default()).unwrap();
    let story = li.grievance(doc).unwrap().unwrap().state.story;
    let certain: Vec<bool> = story.iter().map(|entry| entry.marks.unwrap().certain).collect();
    assert_eq!(certain, [true, false]);
}

fn view(engine: &doorstep_core::Engine, doc: DocumentId) -> View {
    engine.grievance(doc).unwrap().unwrap().view
}
