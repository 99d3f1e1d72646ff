//! From one phone to another through the relay: saved, delivered, seen.

use doorstep_core::{ActOptions, Delivery, Filter, InviteError, MeetError, Page, SyncState};
use doorstep_domain::event::{Accept, Event};
use doorstep_protocol::{
    frame::{EnrolState, Frame, Standing},
    id::{RealmId, Token},
    invitation::Invitation,
    roster::RoleKind,
};

use crate::world::{START_MS, TOKEN, World, grievance, household, key, no_device, no_role, role};

const ALL: Page = Page { after: None, limit: 0 };

#[test]
fn saved_delivered_seen() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let doc = grievance(&li, world.plum, "No water");
    let line = || li.grievances(&Filter::default(), &ALL).unwrap().remove(0);
    assert_eq!(line().delivery, Delivery::Saved { acts: 1 });
    assert_eq!(li.sync_status().unwrap().state, SyncState::Waiting);

    let report = world.meet(&li);
    assert!(report.complete && report.delivered.len() == 1);
    assert_eq!(line().delivery, Delivery::Delivered);
    assert_eq!(li.sync_status().unwrap().state, SyncState::InStep);
    assert!(li.explain().unwrap().is_empty());

    assert!(wang.grievance(doc).unwrap().is_none());
    let report = world.meet(&wang);
    assert!(report.taken.contains(&doc));
    let seen = wang.grievance(doc).unwrap().unwrap();
    wang.act(&seen.view, vec![Event::Accept(Accept {})], ActOptions::default()).unwrap();
    world.meet(&wang);
    world.meet(&li);
    assert_eq!(li.grievance(doc).unwrap().unwrap().state.owner, Some(world.wang));
    let (at_li, at_wang) = (li.grievance(doc).unwrap(), wang.grievance(doc).unwrap());
    assert_eq!(at_li.unwrap().state.story.len(), at_wang.unwrap().state.story.len());
}

#[test]
fn two_act_unseen_by_each_other_and_both_phones_fold_alike() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let doc = grievance(&li, world.plum, "No water");
    world.meet(&li);
    world.meet(&wang);
    for engine in [&li, &wang] {
        let view = engine.grievance(doc).unwrap().unwrap().view;
        engine.act(&view, vec![Event::Accept(Accept {})], ActOptions::default()).unwrap();
    }
    for engine in [&li, &wang, &li] {
        world.meet(engine);
    }
    let at_li = li.grievance(doc).unwrap().unwrap().state;
    let at_wang = wang.grievance(doc).unwrap().unwrap().state;
    assert_eq!((at_li.owner, at_li.helpers.as_slice()), (Some(world.li), &[world.wang][..]));
    assert_eq!((at_wang.owner, &at_wang.helpers), (at_li.owner, &at_li.helpers));
    let view = li.grievance(doc).unwrap().unwrap().view;
    assert_eq!(view, wang.grievance(doc).unwrap().unwrap().view, "the same heads");
}

#[test]
fn a_phone_asks_waits_and_is_let_in() {
    let mut world = World::new();
    let (li, block) = (world.li, world.block);
    world.relay.invite(TOKEN, li, block);
    let engine = world.stranger(2);
    assert_eq!(engine.sync_status().unwrap().state, SyncState::Enrolling);
    let report = world.meet_once(&engine);
    assert_eq!(report.standing, Some(Standing::Unknown));
    let Some((EnrolState::Waiting, digits)) = report.enrolment else { panic!("{report:?}") };
    assert!(digits < 1_000_000 && !report.complete);
    let again = world.meet_once(&engine).enrolment;
    assert_eq!(again, Some((EnrolState::Waiting, digits)), "the same digits at every meeting");
    assert_eq!(engine.sync_status().unwrap().digits, Some(digits), "a screen shows them");
    assert_eq!(engine.member(), None);

    world.relay.confirm(TOKEN, START_MS + 60_000);
    let report = world.meet(&engine);
    assert!(report.complete, "{report:?}");
    assert_eq!(engine.member(), Some(li));
    household(&engine, world.plum, "3-201");
    assert_eq!(world.meet(&engine).delivered.len(), 1);
}

#[test]
fn a_revoked_phone_with_a_new_invitation_is_let_in_again() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    world.write(&[no_device(2)]);
    assert_eq!(world.meet(&li).standing, Some(Standing::Revoked));
    assert_eq!(li.sync_status().unwrap().state, SyncState::Revoked);
    let report = world.meet(&li);
    assert_eq!(report.enrolment, None, "an old token is not shown again");

    let token = Token([6; 16]);
    let (member, block) = (world.li, world.block);
    world.relay.invite(token, member, block);
    li.accept_invitation(&Invitation { token, ..world.invitation() }).unwrap();
    let report = world.meet_once(&li);
    assert!(matches!(report.enrolment, Some((EnrolState::Waiting, _))), "{report:?}");
    world.relay.confirm(token, START_MS + 60_000);
    assert!(world.meet(&li).complete);
    assert_eq!(li.member(), Some(member));
    household(&li, world.plum, "3-201");
    assert_eq!(world.meet(&li).delivered.len(), 1);
}

#[test]
fn a_meeting_that_breaks_off_leaves_everything_and_says_what_to_do() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    grievance(&li, world.plum, "No water");
    // A frame that has no place before the relay's first word; one that must be understood and is not.
    let said = [
        (Frame::Head(vec![1, 2, 3]).encode(), MeetError::Broken("out of place")),
        (vec![0x3e, 0x00], MeetError::Outdated),
    ];
    for (bytes, expected) in said {
        let (mut meeting, _) = world.begin(&li);
        while meeting.transmit().unwrap().is_some() {}
        assert_eq!(meeting.handle(&bytes), Err(expected));
        assert!(!meeting.finish().complete);
        assert_eq!(li.explain().unwrap().len(), 1);
    }
    assert_eq!(world.meet(&li).delivered.len(), 1);
}

#[test]
fn a_store_is_for_one_realm() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let other = Invitation { realm: RealmId([8; 32]), ..world.invitation() };
    assert_eq!(li.accept_invitation(&other), Err(InviteError::OtherRealm));
    assert!(li.accept_invitation(&world.invitation()).is_ok());
    assert!(world.meet(&li).complete, "an invitation more changes nothing");
}

#[test]
fn before_an_invitation_nobody_is_met_and_afterwards_only_its_relay() {
    let mut world = World::new();
    let engine = world.stranger(2);
    let wrong = engine.begin_meeting(doorstep_protocol::key::DeviceKey::spki(&*key(9)));
    assert!(matches!(wrong, Err(MeetError::WrongRelay)));
    let bare = doorstep_core::Engine::open(
        doorstep_core::Settings::in_memory(),
        doorstep_core::Keys { device: key(3), store: None },
        doorstep_core::Surroundings::system(),
    )
    .unwrap();
    let refused = bare.begin_meeting(doorstep_protocol::key::DeviceKey::spki(&*key(1)));
    assert!(matches!(refused, Err(MeetError::NotEnrolled)));
    assert_eq!(bare.sync_status().unwrap().state, SyncState::NotInvited);
}

#[test]
fn a_log_that_the_roster_takes_away_is_hidden_at_once_and_what_was_unsent_arrives() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.pine, "No water");
    let shown = |li: &doorstep_core::Engine| li.grievances(&Filter::default(), &ALL).unwrap().len();
    assert_eq!(shown(&li), 1);
    // Li keeps plum by assignment, and loses the grid with pine.
    world.write(&[no_role(world.li, world.grid, RoleKind::Member)]);
    world.meet(&li);
    assert_eq!((shown(&li), li.grievance(doc).unwrap().is_none()), (0, true));
    assert_eq!(world.relay.seals(world.log(world.pine)).len(), 1, "it was handed in");
    assert_eq!(li.my_logs().into_iter().collect::<Vec<_>>(), [world.plum]);

    world.write(&[role(world.li, world.grid, RoleKind::Member)]);
    world.meet(&li);
    assert_eq!(shown(&li), 1, "given again, it is there again");
}

#[test]
fn a_log_that_was_left_goes_when_a_backup_has_it_and_comes_again_whole() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let doc = grievance(&li, world.pine, "No water");
    world.meet(&li);
    world.meet(&wang);
    world.write(&[no_role(world.li, world.grid, RoleKind::Member)]);
    world.relay.stable_time = START_MS + 3_600_000;
    world.meet(&li);
    assert!(li.automerge_bytes(doc).unwrap().is_none(), "it is gone");
    world.write(&[role(world.li, world.grid, RoleKind::Member)]);
    world.meet(&li);
    let seen = li.grievance(doc).unwrap().unwrap();
    li.note(&seen.view, "back again", ActOptions::default()).unwrap();
    assert!(world.meet(&li).complete);
    world.meet(&wang);
    assert_eq!(wang.grievance(doc).unwrap().unwrap().state.story.len(), 2);
}

#[test]
fn what_is_saved_in_a_meeting_that_stays_open_goes_at_once() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let (mut at_li, mut relay_of_li) = world.begin(&li);
    let (mut at_wang, mut relay_of_wang) = world.begin(&wang);
    world.run(&mut at_li, &mut relay_of_li);
    world.run(&mut at_wang, &mut relay_of_wang);
    assert!(at_li.is_complete() && at_wang.is_complete());

    let doc = grievance(&li, world.plum, "No water");
    at_li.saved().unwrap();
    world.run(&mut at_li, &mut relay_of_li);
    assert!(at_li.is_complete());
    assert!(li.explain().unwrap().is_empty(), "it has a receipt");
    relay_of_wang.handle_appended(&[world.log(world.plum)].into());
    world.run(&mut at_wang, &mut relay_of_wang);
    assert!(wang.grievance(doc).unwrap().is_some());
}

#[test]
fn the_clock_is_corrected_by_the_relay() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    // The device's clock goes two hours slow; the relay's time stands in its entries.
    world.clock.set_back(7_200_000);
    let status = li.sync_status().unwrap();
    assert!(status.clock_offset_ms.abs() < 2_000);
    let doc = grievance(&li, world.plum, "No water");
    let marks = li.grievance(doc).unwrap().unwrap().state.story[0].marks.unwrap();
    assert!(!marks.certain && marks.claimed < marks.floor);
}

#[test]
fn every_document_opens_in_automerge_with_nothing_lost() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let doc = grievance(&li, world.plum, "No water");
    world.meet(&li);
    world.meet(&wang);
    for (engine, text) in [(&li, "from Li"), (&wang, "from Wang")] {
        let view = engine.grievance(doc).unwrap().unwrap().view;
        engine.note(&view, text, ActOptions::default()).unwrap();
        world.meet(engine);
    }
    world.meet(&li);
    let bytes = li.automerge_bytes(doc).unwrap().unwrap();
    let document = automerge::Automerge::load(&bytes).unwrap();
    assert_eq!(document.get_changes(&[]).len(), 3);
    assert_eq!(wang.automerge_bytes(doc).unwrap().unwrap(), bytes);
    assert!(li.sync_status().unwrap().alarms.is_empty());
}
