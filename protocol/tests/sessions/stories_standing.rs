//! Who the relay takes a phone for: a stranger, enrolled, revoked, a clone.

use doorstep_protocol::{
    device_session::DeviceEvent,
    frame::{EnrolState, Frame, Push, Refusal, Standing},
    id::Token,
    log::Verdict,
    relay_session::RelayEvent,
    session_error::SessionError,
    store::DeviceStore,
};

use crate::{
    harness::{Meeting, Outcome, Weather, World, device, stands},
    memory_phone::MemoryPhone,
};

#[test]
fn an_unknown_phone_is_told_so_and_may_not_push() {
    let mut world = World::new();
    let mut phone = world.stranger(world.li, 20);
    phone.create(world.plum);
    let met = world.meet(&mut phone);
    assert_eq!((met.complete, met.pushed()), (false, 0));
    assert!(matches!(met.events[..], [DeviceEvent::Standing(Standing::Unknown, _)]));
    assert_eq!(phone.standing, Some(Standing::Unknown));
    // One that pushes all the same is shown the door.
    let mut meeting = Meeting::new(&mut phone, &world.relay, None, Weather::Clear);
    meeting.run(&mut phone, &mut world.relay);
    let seal = phone.seal_bytes(phone.unsent_now()[0]).unwrap().unwrap();
    let push = Frame::Push(Push { number: 0, seals: vec![seal] });
    meeting.hand_up(&push.encode(), &mut world.relay);
    let expected = SessionError::OutOfPlace("a push of an unknown phone");
    assert_eq!(meeting.outcome.relay_error, Some(expected));
    assert!(meeting.relay.is_closed());
    assert_eq!(world.seals(world.plum), []);
}

fn enrol_events(met: &Outcome) -> Vec<(EnrolState, u32)> {
    let events = met.events.iter().filter_map(|event| match event {
        DeviceEvent::Enrol(state, digits) => Some((*state, *digits)),
        _ => None,
    });
    events.collect()
}

#[test]
fn an_enrolment_whose_answer_was_lost_is_asked_again_and_shows_the_same_digits() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    a.create(world.plum);
    world.meet(&mut a).assert_complete();
    let token = Token([5; 16]);
    world.relay.store.invite(token, world.wang, world.block1);
    let mut phone = world.stranger(world.wang, 21);
    // The answer is lost: the link breaks behind Welcome.
    let mut lost = Meeting::new(&mut phone, &world.relay, Some(token), Weather::CutDown(20));
    lost.run(&mut phone, &mut world.relay);
    assert_eq!(enrol_events(&lost.outcome), []);
    let waiting = enrol_events(&world.enrol(&mut phone, token));
    let [(EnrolState::Waiting, digits)] = waiting[..] else { panic!("{waiting:?}") };
    assert!(digits < 1_000_000);
    assert_eq!(enrol_events(&world.enrol(&mut phone, token)), waiting);
    // The token is this key's now.
    let mut other = world.stranger(world.wang, 22);
    let refused = enrol_events(&world.enrol(&mut other, token));
    assert!(matches!(refused[..], [(EnrolState::Refused, _)]), "{refused:?}");
    world.relay.store.confirm(token, world.relay.now_ms);
    let met = world.enrol(&mut phone, token);
    met.assert_complete();
    assert_eq!(enrol_events(&met), [(EnrolState::Done, digits)]);
    assert!(met.relay_events.contains(&RelayEvent::Enrolled(phone.device())));
    assert!(stands(&world.relay, world.roster(world.block1), phone.device()));
    world.assert_same(&[&phone], world.plum);
    // Asked once more, it is done.
    assert_eq!(
        enrol_events(world.enrol(&mut phone, token).assert_complete()),
        [(EnrolState::Done, digits)]
    );
}

#[test]
fn an_enrolment_confirmed_between_hello_and_token_greets_again() {
    let mut world = World::new();
    let token = Token([5; 16]);
    world.relay.store.invite(token, world.wang, world.block1);
    let mut phone = world.stranger(world.wang, 21);
    world.enrol(&mut phone, token);
    let mut meeting = Meeting::new(&mut phone, &world.relay, Some(token), Weather::Clear);
    let hello = meeting.device.poll_transmit(&mut phone).unwrap().unwrap();
    meeting.hand_up(&hello, &mut world.relay);
    world.relay.store.confirm(token, world.relay.now_ms);
    meeting.run(&mut phone, &mut world.relay);
    meeting.outcome.assert_complete();
    let standings: Vec<_> = meeting
        .outcome
        .down
        .iter()
        .filter_map(|frame| match frame {
            Frame::Welcome(welcome) => Some(welcome.standing),
            _ => None,
        })
        .collect();
    assert_eq!(standings, [Standing::Unknown, Standing::Active]);
}

/// A phone with something of its own and something of another's to deliver.
fn laden() -> (World, MemoryPhone, MemoryPhone) {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    a.create(world.plum);
    let carried = a.seal()[0];
    b.carry(carried, a.seal_bytes(carried).unwrap().unwrap());
    b.create(world.plum);
    b.seal();
    (world, a, b)
}

#[test]
fn a_revoked_phone_hands_over_what_it_holds_and_is_served_left_logs_only() {
    let (mut world, mut a, mut b) = laden();
    let held: Vec<_> = b.unsent_now().to_vec();
    world.write(world.block1, &[device(&b, false)]);
    let mut c = world.phone(world.li, 14);
    c.create(world.plum);
    c.create(world.pine);
    world.meet(&mut c).assert_complete();
    let met = world.meet(&mut b);
    met.assert_complete();
    assert_eq!(b.standing, Some(Standing::Revoked));
    assert_eq!(met.receipted(), held);
    let served = met.served(world.plum.scope());
    assert!(!served.is_empty());
    for (_, seals, left) in &served {
        assert!(*left && seals.iter().all(Option::is_none), "nobody else's work");
    }
    assert_eq!(met.served(world.pine.scope()), []);
    assert_eq!(b.unsent_now(), []);
    // It reads its own revocation.
    let roster = b.rosters().iter().find(|roster| roster.block() == Some(world.block1)).unwrap();
    assert_eq!(roster.tip().device(b.device()), None);
    for phone in [&mut a, &mut c] {
        world.meet(phone).assert_complete();
        world.assert_same(&[phone], world.plum);
    }
}

#[test]
fn a_phone_revoked_while_it_listens_is_told_at_once() {
    let (mut world, _, mut b) = laden();
    let mut listening = Meeting::new(&mut b, &world.relay, None, Weather::Clear);
    listening.run(&mut b, &mut world.relay);
    assert_eq!(b.standing, Some(Standing::Active));
    world.write(world.block1, &[device(&b, false)]);
    listening.relay.handle_appended(&[world.roster(world.block1)].into());
    listening.run(&mut b, &mut world.relay);
    listening.outcome.assert_complete();
    assert_eq!(b.standing, Some(Standing::Revoked));
}

/// A phone, its clone with other work in the same document, and the document.
fn cloned() -> (World, MemoryPhone, MemoryPhone, doorstep_protocol::id::DocumentId) {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let doc = a.create(world.plum);
    world.meet(&mut a).assert_complete();
    let clone = a.clone();
    (world, a, clone, doc)
}

#[test]
fn a_clone_learns_from_welcome_that_it_is_one() {
    let (mut world, mut a, mut clone, doc) = cloned();
    a.add(world.plum, doc, b"by the first");
    world.meet(&mut a).assert_complete();
    clone.add(world.plum, doc, b"by the second");
    clone.seal();
    clone.add(world.plum, doc, b"and on top of that");
    let met = world.meet(&mut clone);
    assert_eq!(met.events.last(), Some(&DeviceEvent::RolledBack));
    assert_eq!((met.complete, met.pushed()), (false, 0), "nothing more under this incarnation");
    assert_eq!(world.seals(world.plum).len(), 2);
}

#[test]
fn two_branches_in_one_stream_are_an_alarm_and_never_refused() {
    let (mut world, mut a, mut clone, doc) = cloned();
    a.add(world.plum, doc, b"by the first");
    world.meet(&mut a).assert_complete();
    clone.add(world.plum, doc, b"by the second");
    let twin = clone.seal()[0];
    let elsewhere = clone.create(world.plum);
    clone.add(world.plum, doc, b"on top of what will be set aside");
    let needs = clone.seal()[0];
    clone.take_new_incarnation(2);
    let met = world.meet(&mut clone);
    met.assert_complete();
    assert_eq!(met.refused(), []);
    assert!(world.relay.store.has_alarm("stream_twice", world.plum.scope()));
    assert!(met.relay_events.contains(&RelayEvent::Alarm("stream_twice", world.plum.scope())));
    assert_eq!(world.verdicts(world.plum, twin), [Verdict::Twin]);
    assert_eq!(world.verdicts(world.plum, needs), [Verdict::Applied, Verdict::Needs]);
    assert!(clone.has(elsewhere), "what stands beside it counts");
    // Its author writes it again under the new incarnation.
    let again = clone.add(world.plum, doc, b"by the second");
    world.meet(&mut clone).assert_complete();
    // The first learns it too, from the newest seal of what was its incarnation.
    assert_eq!(world.meet(&mut a).events.last(), Some(&DeviceEvent::RolledBack));
    a.take_new_incarnation(3);
    world.meet(&mut a).assert_complete();
    assert!(a.applied(doc, again) && clone.applied(doc, again));
    world.assert_same(&[&a, &clone], world.plum);
}

#[test]
fn a_clone_that_listens_learns_it_from_an_own_seal_that_is_left_out() {
    let (mut world, mut a, mut clone, doc) = cloned();
    let relay = &mut world.relay;
    let mut listening = Meeting::new(&mut clone, relay, None, Weather::Clear);
    listening.run(&mut clone, relay);
    listening.outcome.assert_complete();
    let hash = a.add(world.plum, doc, b"by the first");
    a.seal();
    let mut speaking = Meeting::new(&mut a, relay, None, Weather::Clear);
    speaking.run(&mut a, relay);
    listening.relay.handle_appended(&speaking.appended());
    listening.run(&mut clone, relay);
    assert_eq!(listening.outcome.events.last(), Some(&DeviceEvent::RolledBack));
    assert!(listening.device.is_closed());
    // Under a new incarnation it is sent what it lacks.
    clone.take_new_incarnation(2);
    world.meet(&mut clone).assert_complete();
    assert!(clone.applied(doc, hash));
    world.assert_same(&[&a, &clone], world.plum);
}

#[test]
fn a_phone_restored_to_yesterday_is_a_clone_of_itself() {
    let (mut world, mut a, mut yesterday, doc) = cloned();
    let lost = a.add(world.plum, doc, b"saved and delivered today");
    world.meet(&mut a).assert_complete();
    drop(a);
    let met = world.meet(&mut yesterday);
    assert_eq!(met.events.last(), Some(&DeviceEvent::RolledBack));
    yesterday.take_new_incarnation(2);
    world.meet(&mut yesterday).assert_complete();
    assert!(yesterday.applied(doc, lost));
    let next = yesterday.add(world.plum, doc, b"and goes on");
    let met = world.meet(&mut yesterday);
    met.assert_complete();
    assert_eq!(met.refused(), Vec::<(_, Refusal)>::new());
    assert!(yesterday.applied(doc, next));
    world.assert_same(&[&yesterday], world.plum);
}
