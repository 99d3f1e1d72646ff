//! A frame out of its place ends the meeting with an error that names it, and nothing is half done.

use doorstep_protocol::{
    frame::{
        Ack, Diverged, Enrol, EnrolAnswer, EnrolState, Frame, FrameError, Hello, Log, Not, Points,
        Push, Rebase, Refusal, Standing, Tail, UpToDate, Welcome,
    },
    head::{Head, HeadItem, SIGNER_GENESIS},
    id::{Chain, Chain8, Cursor, Incarnation, PlaceId, RealmId, Scope, SealId, Token},
    log::{Entry, Verdict, chain_next, chain_start},
    session_error::SessionError,
};

use crate::{
    harness::{Meeting, Weather, World, key},
    memory_phone::MemoryPhone,
};

fn silent(world: &World, phone: &mut MemoryPhone) -> Meeting {
    Meeting::new(phone, &world.relay, None, Weather::Clear)
}

fn open(world: &mut World, phone: &mut MemoryPhone) -> Meeting {
    let mut meeting = silent(world, phone);
    meeting.run(phone, &mut world.relay);
    meeting.outcome.assert_complete();
    meeting
}

fn hello(realm: RealmId) -> Frame {
    let incarnation = Incarnation([0, 0, 0, 1]);
    Frame::Hello(Hello { realm, incarnation, rosters: vec![], logs: vec![], features: 0 })
}

fn log(scope: Scope, entries: &[Entry], seals: usize) -> Frame {
    Frame::Log(Log {
        scope,
        roster_of: None,
        first_seq: entries.first().map_or(1, |entry| entry.seq),
        entries: entries.iter().map(Entry::encode).collect(),
        seals: vec![None; seals],
        left: false,
    })
}

fn cursor(scope: Scope) -> Cursor {
    Cursor { scope, seq: 1, chain8: Chain8([1; 8]) }
}

fn welcome(standing: Standing) -> Frame {
    let (relay_time, stable_time) = (1, 0);
    Frame::Welcome(Welcome { standing, newest: None, relay_time, stable_time, features: 0 })
}

fn entry(scope: Scope, seq: u32) -> Entry {
    Entry::seal(scope, seq, 0, SealId([1; 32]), &[Verdict::Applied])
}

#[test]
fn at_the_relay() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let realm = world.realm;
    let scope = world.plum.scope();
    let points = Frame::Points(Points { scope, points: vec![] });
    let tail = Frame::Tail(Tail { block: world.block1, first_seq: 1, entries: vec![], head: None });
    let push = Frame::Push(Push { number: 0, seals: vec![] });
    let enrol = Frame::Enrol(Enrol { token: Token([1; 16]) });
    for (frames, name) in [
        (vec![push.clone()], "a frame before hello"),
        (vec![enrol.clone()], "a frame before hello"),
        (vec![hello(realm), hello(realm)], "a second hello"),
        (vec![hello(RealmId([3; 32]))], "another realm"),
        (vec![hello(realm), enrol.clone(), enrol], "a second enrolment"),
        (vec![hello(realm), welcome(Standing::Active)], "a relay's frame"),
        (vec![hello(realm), points], "points of a log that did not diverge"),
        (vec![hello(realm), tail], "a tail of a roster that did not diverge"),
    ] {
        let mut meeting = silent(&world, &mut a);
        for frame in frames {
            assert_eq!(meeting.outcome.relay_error, None);
            meeting.hand_up(&frame.encode(), &mut world.relay);
        }
        assert_eq!(meeting.outcome.relay_error, Some(SessionError::OutOfPlace(name)));
        assert!(meeting.relay.is_closed(), "{name}");
    }
    // What may be skipped is, also before hello.
    let mut meeting = silent(&world, &mut a);
    meeting.hand_up(&Frame::Skipped(0x33).encode(), &mut world.relay);
    meeting.run(&mut a, &mut world.relay);
    meeting.outcome.assert_complete();
    // Bytes that are no frame end it too, for good.
    let mut meeting = silent(&world, &mut a);
    meeting.hand_up(&[0x3e, 0], &mut world.relay);
    let expected = SessionError::Frame(FrameError::MustUnderstand(0x3e));
    assert_eq!(meeting.outcome.relay_error, Some(expected));
    assert!(meeting.relay.is_closed());
    // The other side names why it ends.
    let mut meeting = silent(&world, &mut a);
    meeting.hand_up(&hello(realm).encode(), &mut world.relay);
    meeting.hand_up(&Frame::Error("later".to_owned()).encode(), &mut world.relay);
    assert_eq!(meeting.outcome.relay_error, Some(SessionError::Ended("later".to_owned())));
}

#[test]
fn another_realm_is_named_to_the_phone() {
    let mut world = World::new();
    let mut a = MemoryPhone::new(RealmId([3; 32]), key(30), world.li);
    let mut meeting = silent(&world, &mut a);
    meeting.run(&mut a, &mut world.relay);
    let answer = meeting.relay.poll_transmit(&mut world.relay.store, 1).unwrap().unwrap();
    meeting.hand_down(&answer, &mut a);
    assert_eq!(meeting.outcome.phone_error, Some(SessionError::Ended("realm".to_owned())));
}

#[test]
fn at_the_phone_before_welcome() {
    let world = World::new();
    let scope = world.plum.scope();
    let up_to_date = Frame::UpToDate(UpToDate { relay_time: 1, stable_time: 0 });
    for unknown_first in [false, true] {
        for frame in [
            log(scope, &[entry(scope, 1)], 1),
            Frame::Head(vec![]),
            up_to_date.clone(),
            Frame::Ack(Ack { number: 0, receipt: None }),
            Frame::Not(Not { number: 0, seal: 0, reason: Refusal::Cut }),
            Frame::Rebase(Rebase { common: cursor(scope) }),
        ] {
            let mut a = world.stranger(world.li, 30);
            let mut meeting = silent(&world, &mut a);
            if unknown_first {
                meeting.hand_down(&welcome(Standing::Unknown).encode(), &mut a);
            }
            meeting.hand_down(&frame.encode(), &mut a);
            let expected = SessionError::OutOfPlace("a frame before welcome");
            assert_eq!(meeting.outcome.phone_error, Some(expected), "{frame:?}");
            assert!(meeting.device.is_closed());
        }
    }
}

#[test]
fn at_the_phone() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let scope = world.plum.scope();
    let up_to_date = Frame::UpToDate(UpToDate { relay_time: 1, stable_time: 0 });
    let answer = EnrolAnswer { state: EnrolState::Done, salt: [0; 16] };
    let out_of_place = |name| SessionError::OutOfPlace(name);
    let roster = Frame::Log(Log {
        roster_of: Some(PlaceId([4; 8])),
        ..match log(scope, &[entry(scope, 1)], 1) {
            Frame::Log(log) => log,
            _ => unreachable!(),
        }
    });
    for (frames, error) in [
        (vec![hello(world.realm)], out_of_place("a phone's frame")),
        (vec![Frame::Points(Points { scope, points: vec![] })], out_of_place("a phone's frame")),
        (vec![Frame::EnrolAnswer(answer)], out_of_place("an answer to no enrolment")),
        (vec![Frame::Ack(Ack { number: 7, receipt: None })], out_of_place("an answer to no push")),
        (
            vec![Frame::Not(Not { number: 7, seal: 0, reason: Refusal::Cut })],
            out_of_place("a refusal of no seal"),
        ),
        (
            vec![Frame::Rebase(Rebase { common: cursor(scope) })],
            out_of_place("a rebase of a log that did not diverge"),
        ),
        (
            vec![Frame::Diverged(Diverged { head: cursor(world.lotus.scope()) })],
            out_of_place("a log diverged that was not named"),
        ),
        (
            vec![log(scope, &[entry(scope, 1)], 1), up_to_date],
            out_of_place("up to date within a burst"),
        ),
        (vec![log(scope, &[], 0)], out_of_place("a log without entries")),
        (vec![log(scope, &[entry(scope, 1)], 0)], out_of_place("an entry without its seal")),
        (vec![log(scope, &[entry(scope, 1)], 2)], out_of_place("a seal without its entry")),
        // A gap, another log's entry, a chain that begins in the air, a roster of another block.
        (vec![log(scope, &[entry(scope, 1), entry(scope, 3)], 2)], SessionError::Chain),
        (vec![log(scope, &[entry(world.pine.scope(), 1)], 1)], SessionError::Chain),
        (vec![log(scope, &[entry(scope, 9)], 1)], SessionError::Chain),
        (
            vec![log(scope, &[entry(scope, 1)], 1), log(scope, &[entry(scope, 3)], 1)],
            SessionError::Chain,
        ),
        (vec![roster], SessionError::Chain),
        (vec![Frame::Error("later".to_owned())], SessionError::Ended("later".to_owned())),
    ] {
        let mut meeting = open(&mut world, &mut a);
        for frame in &frames {
            assert_eq!(meeting.outcome.phone_error, None);
            meeting.hand_down(&frame.encode(), &mut a);
        }
        assert_eq!(meeting.outcome.phone_error, Some(error), "{frames:?}");
        assert!(meeting.device.is_closed() && a.log(scope).is_empty());
    }
}

#[test]
fn only_a_head_of_this_relay_that_names_the_tip_makes_a_burst_count() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let (scope, realm) = (world.plum.scope(), world.realm);
    let first = entry(scope, 1);
    let chain = chain_next(&chain_start(&realm, scope), &first.hash(&realm));
    let head = |items: Vec<HeadItem>, signer: u8| {
        let (relay_time, stable_time) = (1, 0);
        Head { realm, signer: SIGNER_GENESIS, relay_time, stable_time, items }
            .sign(&key(signer))
            .unwrap()
    };
    let at = |seq, chain| vec![HeadItem { scope, seq, chain }];
    for (bytes, is_chain) in [
        (head(vec![], 1), true),
        (head(at(2, chain), 1), true),
        (head(at(1, Chain([1; 32])), 1), true),
        (head(at(1, chain), 66), false),
    ] {
        let mut meeting = open(&mut world, &mut a);
        meeting.hand_down(&log(scope, std::slice::from_ref(&first), 1).encode(), &mut a);
        meeting.hand_down(&Frame::Head(bytes).encode(), &mut a);
        let error = meeting.outcome.phone_error.expect("an error");
        assert_eq!(error == SessionError::Chain, is_chain, "{error}");
        assert!(a.log(scope).is_empty());
    }
}

#[test]
fn a_rebase_to_a_point_that_the_phone_does_not_have_is_refused() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let yesterday = world.relay.clone();
    a.create(world.plum);
    world.meet(&mut a).assert_complete();
    world.relay = yesterday;
    let held = a.log(world.plum.scope());
    let mut meeting = silent(&world, &mut a);
    // The phone is told that its log differs, and answers with its points.
    let sent = meeting.device.poll_transmit(&mut a).unwrap().unwrap();
    meeting.hand_up(&sent, &mut world.relay);
    meeting.hand_down(&welcome(Standing::Active).encode(), &mut a);
    let head = Cursor { seq: 0, ..cursor(world.plum.scope()) };
    meeting.hand_down(&Frame::Diverged(Diverged { head }).encode(), &mut a);
    assert_eq!(meeting.outcome.phone_error, None);
    assert!(!meeting.device.is_complete());
    let common = cursor(world.plum.scope());
    meeting.hand_down(&Frame::Rebase(Rebase { common }).encode(), &mut a);
    assert_eq!(meeting.outcome.phone_error, Some(SessionError::Chain));
    assert_eq!(a.log(world.plum.scope()), held);
}

#[test]
fn retry_after_is_passed_on() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut meeting = open(&mut world, &mut a);
    meeting.hand_down(&Frame::RetryAfter(750).encode(), &mut a);
    let event = meeting.device.poll_event();
    assert_eq!(event, Some(doorstep_protocol::device_session::DeviceEvent::RetryAfter(750)));
}
