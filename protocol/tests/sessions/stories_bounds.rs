//! Every bound of a meeting has a name, and work below it goes in bounded steps.

use doorstep_protocol::{
    frame::{Frame, Hello, Log, Push, Tail},
    id::{Chain8, Cursor, Incarnation, Level, PlaceId, Scope, SealId},
    limits::{
        BURST_BYTES_MAX, FRAME_BYTES_MAX, FRAME_FILL_BYTES, HEAD_ITEMS_MAX, LOG_ENTRIES_MAX,
        SESSION_LOGS_MAX,
    },
    log::{Entry, Verdict, kind},
    roster::{Fact, RoleKind},
    session_error::SessionError,
};

use crate::{
    harness::{Meeting, Outcome, Weather, World, device, lies, named, role, setting},
    memory_phone::MemoryPhone,
};

/// A meeting that is quiet, up to date and still open.
fn open_meeting(world: &mut World, phone: &mut MemoryPhone) -> Meeting {
    let mut meeting = Meeting::new(phone, &world.relay, None, Weather::Clear);
    meeting.run(phone, &mut world.relay);
    meeting.outcome.assert_complete();
    meeting
}

/// A meeting whose phone has said nothing yet.
fn silent_meeting(world: &World, phone: &mut MemoryPhone) -> Meeting {
    Meeting::new(phone, &world.relay, None, Weather::Clear)
}

fn hello(world: &World, rosters: Vec<Cursor>, logs: Vec<Cursor>) -> Vec<u8> {
    let (realm, incarnation) = (world.realm, Incarnation([0, 0, 0, 1]));
    Frame::Hello(Hello { realm, incarnation, rosters, logs, features: 0 }).encode()
}

fn cursors(n: usize) -> Vec<Cursor> {
    let scope = |i: usize| {
        let mut scope = Scope([0xee; 8]);
        scope.0[..4].copy_from_slice(&(i as u32).to_be_bytes());
        scope
    };
    (0..n).map(|i| Cursor { scope: scope(i), seq: 1, chain8: Chain8([1; 8]) }).collect()
}

/// Bytes of what was sent between one Head and the next.
fn bursts(met: &Outcome) -> Vec<usize> {
    let mut bursts = vec![0];
    for frame in &met.down {
        match frame {
            Frame::Log(_) => *bursts.last_mut().unwrap() += frame.encode().len(),
            Frame::Head(_) => bursts.push(0),
            _ => {}
        }
    }
    bursts.retain(|bytes| *bytes > 0);
    bursts
}

#[test]
fn a_large_catch_up_comes_in_bursts_that_are_bounded() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    for _ in 0..24 {
        let doc = a.create(world.plum);
        for _ in 0..2 {
            a.add(world.plum, doc, &[7; 60_000]);
        }
        a.seal();
    }
    world.meet(&mut a).assert_complete();
    let mut b = world.stranger(world.wang, 12);
    world.write(world.block1, &[device(&b, true)]);
    let met = world.meet(&mut b);
    met.assert_complete();
    let bursts = bursts(&met);
    assert!(bursts.len() >= 3, "{bursts:?}");
    assert!(bursts.iter().all(|bytes| *bytes <= BURST_BYTES_MAX + FRAME_BYTES_MAX), "{bursts:?}");
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn a_member_of_very_many_rosters_gets_them_in_bursts_too() {
    let mut world = World::new();
    let mut phone = world.stranger(world.li, 11);
    let long = "n".repeat(1_000);
    for n in 0..45 {
        let code = format!("B-{n}");
        let block = PlaceId::of(&world.realm, Level::Block, &code);
        let mut facts = vec![
            lies(block, Level::Block, &code, PlaceId::ZERO),
            named(world.li, "li"),
            role(world.li, block, RoleKind::SubDistrict),
            device(&phone, true),
        ];
        facts.extend((0..55).map(|i| {
            let code = format!("{n}-{i}");
            let id = PlaceId::of(&world.realm, Level::Grid, &code);
            let mut fact = lies(id, Level::Grid, &code, block);
            if let Fact::Place { place: Some(place), .. } = &mut fact {
                place.name.clone_from(&long);
            }
            fact
        }));
        world.write(block, &facts);
    }
    world.write(world.block1, &[device(&phone, true)]);
    let met = world.meet(&mut phone);
    met.assert_complete();
    let bursts = bursts(&met);
    assert!(bursts.len() >= 3, "{bursts:?}");
    assert!(bursts.iter().all(|bytes| *bytes <= BURST_BYTES_MAX + FRAME_BYTES_MAX), "{bursts:?}");
    assert_eq!(doorstep_protocol::store::DeviceStore::rosters(&phone).len(), 46);
    phone.create(world.plum);
    assert_eq!(world.meet(&mut phone).assert_complete().receipted().len(), 1);
}

#[test]
fn a_roster_of_very_many_small_entries_fits_its_frames() {
    let mut world = World::new();
    for value in 0..LOG_ENTRIES_MAX as i64 + 900 {
        world.write(world.block1, &[setting(value)]);
    }
    let phone = world.phone(world.li, 11);
    let scope = world.roster(world.block1);
    assert_eq!(phone.log(scope), world.relay.store.log(scope));
}

#[test]
fn a_burst_without_an_end_is_refused() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut meeting = open_meeting(&mut world, &mut a);
    let scope = world.plum.scope();
    let mut sent = 0;
    for seq in 1.. {
        let entry = Entry::seal(scope, seq, 0, SealId([1; 32]), &[Verdict::Applied]);
        let seal = vec![0; FRAME_FILL_BYTES];
        sent += seal.len();
        let frame = Frame::Log(Log {
            scope,
            roster_of: None,
            first_seq: seq,
            entries: vec![entry.encode()],
            seals: vec![Some(seal)],
            left: false,
        });
        meeting.hand_down(&frame.encode(), &mut a);
        if meeting.outcome.phone_error.is_some() {
            break;
        }
        assert!(sent <= BURST_BYTES_MAX * 2);
    }
    assert_eq!(meeting.outcome.phone_error, Some(SessionError::Bound("burst")));
    assert_eq!(a.log(scope), [], "nothing that no Head proves is taken");
    world.meet(&mut a).assert_complete();
}

#[test]
fn logs_of_a_session() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    // At the phone, before it says anything.
    let mut many = a.clone();
    many.hold_logs(SESSION_LOGS_MAX as u32 + 1);
    let met = world.meet(&mut many);
    assert_eq!(met.phone_error, Some(SessionError::Bound("logs of a session")));
    assert!(met.up.is_empty());
    // At the relay: those named and those given together.
    let mut meeting = silent_meeting(&world, &mut a);
    let hello = hello(&world, vec![], cursors(SESSION_LOGS_MAX));
    meeting.hand_up(&hello, &mut world.relay);
    assert_eq!(meeting.outcome.relay_error, Some(SessionError::Bound("logs of a session")));
    world.meet(&mut a).assert_complete();
}

#[test]
fn roster_tails() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut meeting = silent_meeting(&world, &mut a);
    meeting.hand_up(&hello(&world, cursors(129), vec![]), &mut world.relay);
    assert_eq!(meeting.outcome.relay_error, Some(SessionError::Bound("roster tails")));

    // A tail that never ends.
    let scope = world.roster(world.block1);
    let ahead = Cursor { scope, seq: 1_000_000, chain8: Chain8([1; 8]) };
    let mut meeting = silent_meeting(&world, &mut a);
    meeting.hand_up(&hello(&world, vec![ahead], vec![]), &mut world.relay);
    let mut sent = 0;
    for seq in 4.. {
        let body = vec![0; FRAME_FILL_BYTES];
        let entry = Entry { scope, seq, kind: kind::ROSTER, relay_time: 0, body }.encode();
        sent += entry.len();
        let tail = Tail { block: world.block1, first_seq: seq, entries: vec![entry], head: None };
        meeting.hand_up(&Frame::Tail(tail).encode(), &mut world.relay);
        if meeting.outcome.relay_error.is_some() {
            break;
        }
        assert!(sent <= 16 * 1024 * 1024);
    }
    let expected = SessionError::Bound("bytes of roster tails");
    assert_eq!(meeting.outcome.relay_error, Some(expected));
}

#[test]
fn seals_of_a_push() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let push = |n: usize| Frame::Push(Push { number: 0, seals: vec![vec![]; n] }).encode();
    let mut meeting = open_meeting(&mut world, &mut a);
    meeting.hand_up(&push(HEAD_ITEMS_MAX), &mut world.relay);
    assert_eq!(meeting.outcome.relay_error, None);
    meeting.hand_up(&push(HEAD_ITEMS_MAX + 1), &mut world.relay);
    assert_eq!(meeting.outcome.relay_error, Some(SessionError::Bound("seals of a push")));
}

#[test]
fn answers_that_wait() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let push = Frame::Push(Push { number: 0, seals: vec![vec![]; HEAD_ITEMS_MAX] }).encode();
    let mut meeting = open_meeting(&mut world, &mut a);
    for _ in 0..6 {
        // It pushes on and reads none of its answers.
        meeting.hand_up(&push, &mut world.relay);
        if meeting.outcome.relay_error.is_some() {
            break;
        }
    }
    assert_eq!(meeting.outcome.relay_error, Some(SessionError::Bound("answers that wait")));
}
