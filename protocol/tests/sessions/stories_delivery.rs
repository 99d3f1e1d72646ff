//! What is saved arrives, once, whatever the link does.

use doorstep_protocol::{
    frame::{Frame, Refusal},
    limits::PUSH_BYTES_IN_FLIGHT_MAX,
    log::Verdict,
    session_error::SessionError,
    store::DeviceStore,
};

use crate::{
    harness::{Meeting, Weather, World},
    memory_phone::MemoryPhone,
};

#[test]
fn what_is_saved_on_one_phone_reaches_the_other() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    let doc = a.create(world.plum);
    let hash = a.add(world.plum, doc, b"asks for a lamp");
    let met = world.meet(&mut a);
    met.assert_complete();
    assert_eq!(met.receipted(), world.seals(world.plum));
    assert!(a.applied(doc, hash) && !b.has(doc));
    world.meet(&mut b).assert_complete();
    assert!(b.applied(doc, hash));
    world.assert_same(&[&a, &b], world.plum);
    // An answer on what was read, and back.
    let answer = b.add(world.plum, doc, b"the lamp is ordered");
    world.meet(&mut b).assert_complete();
    world.meet(&mut a).assert_complete();
    assert!(a.applied(doc, answer));
    world.assert_same(&[&a, &b], world.plum);
    // Nothing moved: no log is sent, and it is said so.
    let quiet = world.meet(&mut a);
    assert!(matches!(&quiet.down[..], [Frame::Welcome(_), Frame::UpToDate(_)]), "{:?}", quiet.down);
    assert!(matches!(&quiet.up[..], [Frame::Hello(_)]));
}

/// A phone with some work in two logs, a reader, and a relay with something for the first phone.
fn busy_world() -> (World, MemoryPhone, MemoryPhone) {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    for place in [world.plum, world.pine, world.plum] {
        let doc = b.create(place);
        b.add(place, doc, b"seen from the other side");
        b.seal();
    }
    world.meet(&mut b).assert_complete();
    for place in [world.pine, world.plum, world.plum] {
        let doc = a.create(place);
        a.seal();
        a.add(place, doc, b"a second seal on the first");
        a.seal();
    }
    (world, a, b)
}

#[test]
fn a_meeting_cut_anywhere_and_met_again_loses_nothing_and_doubles_nothing() {
    let (clear, a, b) = busy_world();
    let mut undisturbed = clear.clone();
    let whole = undisturbed.meet(&mut a.clone());
    whole.assert_complete();
    let expected = [clear.plum, clear.pine].map(|place| undisturbed.seals(place));
    let cuts = (0..whole.bytes_up).step_by(11).map(Weather::CutUp);
    let cuts = cuts.chain((0..whole.bytes_down).step_by(11).map(Weather::CutDown));
    let mut met_again_after_commit = 0;
    for weather in cuts {
        let mut world = clear.clone();
        let (mut a, mut b) = (a.clone(), b.clone());
        let cut = world.meet_in(&mut a, weather);
        assert!(!cut.complete, "{weather:?}");
        let committed = world.seals(world.plum).len() > 2;
        met_again_after_commit += usize::from(committed && !a.unsent_now().is_empty());
        world.meet(&mut a).assert_complete();
        world.meet(&mut b).assert_complete();
        for (place, seals) in [world.plum, world.pine].into_iter().zip(&expected) {
            assert_eq!(world.seals(place), *seals, "{weather:?}");
            world.assert_same(&[&a, &b], place);
        }
        assert_eq!((a.alarms, b.alarms), (vec![], vec![]), "{weather:?}");
    }
    assert!(met_again_after_commit > 50, "the cuts that matter: {met_again_after_commit}");
}

#[test]
fn a_meeting_in_pieces_of_one_byte_is_the_same_meeting() {
    let (world, a, _) = busy_world();
    let mut meetings = [Weather::Clear, Weather::Pieces(1), Weather::Pieces(3)].map(|weather| {
        let mut world = world.clone();
        let mut a = a.clone();
        let met = world.meet_in(&mut a, weather);
        met.assert_complete();
        world.assert_same(&[&a], world.plum);
        (met.down, met.up, world.relay.store.log(world.plum.scope()))
    });
    let [clear, ones, threes] = &mut meetings;
    assert_eq!(clear, ones);
    assert_eq!(clear, threes);
}

#[test]
fn a_seal_whose_receipt_was_lost_is_offered_again_and_stands_once() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    a.create(world.plum);
    // Welcome and UpToDate arrive, nothing behind them does.
    let clear = world.clone().meet(&mut a.clone());
    let before_ack: usize = clear
        .down
        .iter()
        .take_while(|frame| !matches!(frame, Frame::Ack(_)))
        .map(|frame| frame.encode().len())
        .sum();
    let cut = world.meet_in(&mut a, Weather::CutDown(before_ack));
    assert_eq!(cut.receipted(), []);
    let seals = world.seals(world.plum);
    assert_eq!((seals.len(), a.unsent_now()), (1, &seals[..]));
    let log = world.relay.store.log(world.plum.scope());
    // Offered before the log is read, it gets its receipt again.
    let (mut world2, mut a2) = (world.clone(), a.clone());
    let again = world2.meet_in(&mut a2, Weather::Turns);
    again.assert_complete();
    assert_eq!((again.pushed(), again.receipted()), (1, seals));
    // Where the log comes first, it is met there and need not be offered.
    assert_eq!(world.meet(&mut a).assert_complete().pushed(), 0);
    for (world, a) in [(&world, &a), (&world2, &a2)] {
        assert_eq!(world.relay.store.log(world.plum.scope()), log, "the log as it was");
        world.assert_same(&[a], world.plum);
    }
}

#[test]
fn two_meetings_that_interleave_do_not_disturb_each_other() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    for phone in [&mut a, &mut b] {
        for _ in 0..3 {
            phone.create(world.plum);
            phone.seal();
        }
    }
    let relay = &mut world.relay;
    let mut first = Meeting::new(&mut a, relay, None, Weather::Pieces(5));
    let mut second = Meeting::new(&mut b, relay, None, Weather::Clear);
    loop {
        let moved = first.step(&mut a, relay) | second.step(&mut b, relay);
        let (by_first, by_second) = (first.appended(), second.appended());
        first.relay.handle_appended(&by_second);
        second.relay.handle_appended(&by_first);
        let told = first.step(&mut a, relay) | second.step(&mut b, relay);
        if !moved && !told {
            break;
        }
    }
    first.outcome.assert_complete();
    second.outcome.assert_complete();
    assert_eq!(world.seals(world.plum).len(), 6);
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn a_phone_that_is_listening_gets_what_another_has_just_handed_in() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    let mut c = world.phone(world.zhao, 13);
    let relay = &mut world.relay;
    let mut listening = Meeting::new(&mut b, relay, None, Weather::Clear);
    let mut elsewhere = Meeting::new(&mut c, relay, None, Weather::Clear);
    let mut speaking = Meeting::new(&mut a, relay, None, Weather::Clear);
    listening.run(&mut b, relay);
    elsewhere.run(&mut c, relay);
    speaking.run(&mut a, relay);
    let doc = a.create(world.plum);
    a.seal();
    speaking.device.handle_saved(&mut a).unwrap();
    speaking.run(&mut a, relay);
    speaking.outcome.assert_complete();
    let appended = speaking.appended();
    assert!(appended.contains(&world.plum.scope()));
    let before = elsewhere.outcome.down.len();
    for other in [&mut listening, &mut elsewhere] {
        other.relay.handle_appended(&appended);
    }
    listening.run(&mut b, relay);
    elsewhere.run(&mut c, relay);
    listening.outcome.assert_complete();
    assert!(b.has(doc));
    assert_eq!(elsewhere.outcome.down.len(), before, "nothing for whoever does not hold the log");
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn one_bad_seal_among_ten_does_not_stop_the_nine() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let seals: Vec<_> = (0..10)
        .map(|_| {
            a.create(world.plum);
            a.seal()[0]
        })
        .collect();
    let good = a.seal_bytes(seals[4]).unwrap().unwrap();
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    a.carry(seals[4], bad);
    let met = world.meet(&mut a);
    met.assert_complete();
    assert_eq!(met.refused(), [(seals[4], Refusal::Malformed)]);
    assert_eq!(met.receipted().len(), 9);
    assert_eq!(a.unsent_now(), [seals[4]]);
    a.carry(seals[4], good);
    world.meet(&mut a).assert_complete();
    assert_eq!(world.seals(world.plum).len(), 10);
    world.assert_same(&[&a], world.plum);
}

#[test]
fn one_bad_part_among_ten_does_not_stop_the_nine() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    // A document of another log, written to here: the guard's.
    let foreign = a.create(world.pine);
    a.seal();
    let mut docs: Vec<_> = (0..5).map(|_| a.create(world.plum)).collect();
    a.add(world.plum, foreign, b"not in this log");
    docs.extend((0..4).map(|_| a.create(world.plum)));
    a.add(world.plum, docs[8], b"beside it");
    let seals = a.seal();
    let met = world.meet(&mut a);
    met.assert_complete();
    assert_eq!(met.refused(), []);
    let mut expected = [Verdict::Applied; 10];
    expected[5] = Verdict::Guard;
    assert_eq!(world.verdicts(world.plum, seals[0]), expected);
    assert!(docs.iter().all(|doc| a.has(*doc)));
    world.assert_same(&[&a], world.plum);
    world.assert_same(&[&a], world.pine);
}

#[test]
fn work_larger_than_what_may_be_in_flight_goes_in_several_pushes() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    for _ in 0..20 {
        let doc = a.create(world.plum);
        a.add(world.plum, doc, &[7; 10_000]);
        a.seal();
    }
    // Welcomed, it sends what may be in flight, and no more before an answer comes.
    let mut meeting = Meeting::new(&mut a, &world.relay, None, Weather::Turns);
    meeting.step(&mut a, &mut world.relay);
    let mut in_flight = 0;
    let mut sent = Vec::new();
    while let Some(bytes) = meeting.device.poll_transmit(&mut a).unwrap() {
        in_flight += bytes.len();
        sent.push(bytes);
    }
    let most = PUSH_BYTES_IN_FLIGHT_MAX;
    assert!((most - 11_000..most + 100).contains(&in_flight), "{in_flight}");
    for bytes in sent {
        meeting.hand_up(&bytes, &mut world.relay);
    }
    meeting.run(&mut a, &mut world.relay);
    let met = meeting.outcome;
    met.assert_complete();
    assert!(met.pushed() < 20, "the first ones were handed in above");
    assert_eq!(met.receipted().len(), 20);
    assert!(matches!(met.down.last(), Some(Frame::UpToDate(_))), "every answered push ends so");
    world.meet(&mut b).assert_complete();
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn a_full_disk_at_the_relay_acknowledges_nothing() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    a.create(world.plum);
    world.relay.store.commit_fails = true;
    let met = world.meet(&mut a);
    assert!(matches!(met.relay_error, Some(SessionError::Store(_))));
    assert!(met.receipted().is_empty() && world.seals(world.plum).is_empty());
    world.relay.store.commit_fails = false;
    world.meet(&mut a).assert_complete();
    assert_eq!(world.seals(world.plum).len(), 1);
    world.assert_same(&[&a], world.plum);
}
