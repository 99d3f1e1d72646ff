//! The relay is restored from yesterday's backup, or lost: the phones make it whole.

use doorstep_protocol::{
    device_session::DeviceEvent,
    frame::{Frame, Refusal, Standing},
    id::{Level, PlaceId, Scope},
    log::Verdict,
    relay_session::RelayEvent,
    roster::{Fact, RoleKind},
    store::Stop,
};

use crate::{
    harness::{Meeting, Relay, Weather, World, device, key, lies, named, role, setting, stands},
    memory_phone::MemoryPhone,
    memory_relay::MemoryRelay,
};

/// Two phones that hold the same log of three seals, the last two of them newer than the backup.
struct Restored {
    world: World,
    yesterday: Relay,
    a: MemoryPhone,
    b: MemoryPhone,
}

fn before_the_restore() -> Restored {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    let doc = a.create(world.plum);
    world.meet(&mut a).assert_complete();
    let yesterday = world.relay.clone();
    a.add(world.plum, doc, b"lost by the restore");
    world.meet(&mut a).assert_complete();
    world.meet(&mut b).assert_complete();
    b.add(world.plum, doc, b"on top of what is lost");
    world.meet(&mut b).assert_complete();
    world.meet(&mut a).assert_complete();
    world.assert_same(&[&a, &b], world.plum);
    Restored { world, yesterday, a, b }
}

impl Restored {
    /// Yesterday's store under today's clock.
    fn restore(&mut self) {
        let now_ms = self.world.relay.now_ms;
        self.world.relay = Relay { now_ms, ..self.yesterday.clone() };
    }
}

#[test]
fn a_relay_restored_below_is_offered_everything_again() {
    let mut day = before_the_restore();
    let before = day.world.seals(day.world.plum);
    day.restore();
    let scope = day.world.plum.scope();
    assert_eq!(day.world.seals(day.world.plum).len(), 1);
    // The phone that wrote none of the last seal hands in both.
    let met = day.world.meet(&mut day.a);
    met.assert_complete();
    assert!(met.down.iter().any(|frame| matches!(frame, Frame::Diverged(d) if d.head.seq == 1)));
    assert!(met.up.iter().any(|frame| matches!(frame, Frame::Points(p) if p.points.len() == 1)));
    assert!(met.down.iter().any(|frame| matches!(frame, Frame::Rebase(r) if r.common.seq == 1)));
    assert!(met.events.contains(&DeviceEvent::Diverged(scope)));
    assert!(met.relay_events.contains(&RelayEvent::Alarm("log_diverged", scope)));
    assert!(day.world.relay.store.has_alarm("log_diverged", scope));
    assert_eq!(day.a.rebased, [(scope, 1)]);
    assert_eq!((met.pushed(), met.receipted().len()), (2, 2));
    assert_eq!(day.world.seals(day.world.plum), before);
    // Nothing is up to date before the log has been made whole.
    let first_up = met.down.iter().position(|frame| matches!(frame, Frame::UpToDate(_)));
    let rebase = met.down.iter().position(|frame| matches!(frame, Frame::Rebase(_)));
    assert!(rebase < first_up);
    // The other finds the same seals under other times: a fork, and nothing to add.
    let met = day.world.meet(&mut day.b);
    met.assert_complete();
    day.world.assert_same(&[&day.a, &day.b], day.world.plum);
    assert_eq!(day.world.seals(day.world.plum), before);
}

#[test]
fn a_relay_restored_to_another_chain_is_offered_everything_above_the_common_point() {
    let mut day = before_the_restore();
    let before = day.world.seals(day.world.plum);
    day.restore();
    // Somebody who was not seen since goes on in the same log: another chain at the same numbers.
    let mut c = day.world.phone(day.world.wang, 14);
    for _ in 0..5 {
        c.create(day.world.plum);
        c.seal();
    }
    day.world.meet(&mut c).assert_complete();
    let met = day.world.meet(&mut day.b);
    met.assert_complete();
    assert!(met.events.contains(&DeviceEvent::Diverged(day.world.plum.scope())));
    assert_eq!(day.b.rebased, [(day.world.plum.scope(), 1)]);
    let after = day.world.seals(day.world.plum);
    assert_eq!(after.len(), 8);
    assert!(before.iter().all(|id| after.contains(id)));
    for id in &before {
        assert_eq!(day.world.verdicts(day.world.plum, *id), [Verdict::Applied]);
    }
    for phone in [&mut day.a, &mut c] {
        day.world.meet(phone).assert_complete();
    }
    day.world.assert_same(&[&day.a, &day.b, &c], day.world.plum);
}

#[test]
fn the_point_offered_lies_at_exponential_steps_back() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let seal = |world: &mut World, a: &mut MemoryPhone, n: usize| {
        for _ in 0..n {
            a.create(world.plum);
            a.seal();
        }
        world.meet(a).assert_complete();
    };
    seal(&mut world, &mut a, 20);
    let yesterday = world.relay.clone();
    seal(&mut world, &mut a, 30);
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    let mut b = world.phone(world.wang, 12);
    seal(&mut world, &mut b, 40);
    let met = world.meet(&mut a);
    met.assert_complete();
    let points = met.up.iter().find_map(|frame| match frame {
        Frame::Points(points) => Some(points.points.iter().map(|(seq, _)| *seq).collect()),
        _ => None,
    });
    assert_eq!(points, Some(vec![50, 49, 48, 46, 42, 34, 18, 0]));
    assert_eq!(a.rebased, [(world.plum.scope(), 18)]);
    // 18 and not 20: two that the relay has are offered too, and stand once all the same.
    assert_eq!(world.seals(world.plum).len(), 90);
    world.meet(&mut b).assert_complete();
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn a_receipt_above_the_cursor_does_not_lose_the_seal() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    a.create(world.plum);
    world.meet(&mut a).assert_complete();
    let yesterday = world.relay.clone();
    let doc = a.create(world.plum);
    // The receipt arrives, the link is cut before the log is read up to it.
    let clear = world.clone().meet(&mut a.clone());
    let acked: usize = clear
        .down
        .iter()
        .take_while(|frame| !matches!(frame, Frame::Log(_)))
        .map(|frame| frame.encode().len())
        .sum();
    let cut = world.meet_in(&mut a, Weather::CutDown(acked));
    let receipted = cut.receipted();
    assert_eq!((receipted.len(), a.unsent_now()), (1, &receipted[..]));
    // Restored to where the phone's cursor is: nothing diverges.
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    let met = world.meet(&mut a);
    met.assert_complete();
    assert!(!met.down.iter().any(|frame| matches!(frame, Frame::Diverged(_))));
    assert_eq!(met.receipted(), receipted);
    assert_eq!(a.alarms, receipted, "a receipted seal that the log did not have");
    assert!(a.has(doc));
    assert_eq!(world.seals(world.plum).len(), 2);
    world.assert_same(&[&a], world.plum);
}

#[test]
fn what_was_refused_for_want_of_a_lost_change_goes_again_in_the_same_meeting() {
    let mut day = before_the_restore();
    let doc = day.a.create(day.world.plum);
    day.world.meet(&mut day.a).assert_complete();
    day.restore();
    day.a.add(day.world.plum, doc, b"on a change that the relay lost");
    let offered = day.a.seal();
    // Each frame is answered at once: the new seal goes up before the log is known to differ.
    let met = day.world.meet_in(&mut day.a, Weather::Turns);
    met.assert_complete();
    assert_eq!(met.refused(), [(offered[0], Refusal::NeedDeps)]);
    assert!(met.receipted().contains(&offered[0]));
    day.world.meet(&mut day.b).assert_complete();
    day.world.assert_same(&[&day.a, &day.b], day.world.plum);
}

/// A roster of some twenty entries, the last of them newer than the backup.
fn roster_story() -> (World, MemoryPhone, MemoryPhone, Relay) {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    for value in 0..15 {
        world.write(world.block1, &[setting(value)]);
    }
    a.create(world.plum);
    world.meet(&mut a).assert_complete();
    let yesterday = world.relay.clone();
    let mut b = world.phone(world.wang, 12);
    for value in 15..18 {
        world.write(world.block1, &[setting(value)]);
    }
    b.create(world.plum);
    world.meet(&mut b).assert_complete();
    world.meet(&mut a).assert_complete();
    (world, a, b, yesterday)
}

#[test]
fn a_restored_relay_gets_the_whole_tail_of_its_roster_back_before_it_says_who_is_known() {
    let (mut world, _, mut b, yesterday) = roster_story();
    let scope = world.roster(world.block1);
    let log = world.relay.store.log(scope);
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    assert!(!stands(&world.relay, scope, b.device()), "forgotten with the restore");
    let met = world.meet(&mut b);
    met.assert_complete();
    assert_eq!(world.relay.store.log(scope), log, "entry by entry");
    assert_eq!(b.standing, Some(Standing::Active));
    assert!(world.relay.store.has_alarm("roster_diverged", scope));
    assert!(matches!(&met.up[1], Frame::Tail(tail) if tail.head.is_some()));
    assert!(matches!(&met.down[..2], [Frame::Diverged(_), Frame::Welcome(_)]));
    world.assert_same(&[&b], world.plum);
}

#[test]
fn an_entirely_empty_relay_gets_everything_back() {
    let (mut world, mut a, mut b, _) = roster_story();
    let (roster, seals) = (world.roster(world.block1), world.seals(world.plum));
    let log = world.relay.store.log(roster);
    world.relay.store = MemoryRelay::empty(world.genesis);
    world.meet(&mut a).assert_complete();
    assert_eq!(world.relay.store.log(roster), log);
    assert_eq!(world.seals(world.plum), seals, "its own and what it carries of the other");
    world.meet(&mut b).assert_complete();
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn of_two_phones_with_tails_of_different_length_each_gives_what_is_missing() {
    let (mut world, mut a, mut b, yesterday) = roster_story();
    world.write(world.block1, &[setting(99)]);
    world.meet(&mut a).assert_complete();
    let scope = world.roster(world.block1);
    let log = world.relay.store.log(scope);
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    // Both are told that the roster differs; the longer tail comes in first.
    let relay = &mut world.relay;
    let meeting =
        |phone: &mut MemoryPhone, relay: &Relay| Meeting::new(phone, relay, None, Weather::Clear);
    let (mut longer, mut shorter) = (meeting(&mut a, relay), meeting(&mut b, relay));
    longer.step(&mut a, relay);
    shorter.step(&mut b, relay);
    longer.run(&mut a, relay);
    shorter.run(&mut b, relay);
    longer.outcome.assert_complete();
    shorter.outcome.assert_complete();
    assert_eq!(relay.store.log(scope), log);
    assert_eq!(b.log(scope), log, "the shorter one was sent what it lacked");
}

#[test]
fn a_roster_tail_larger_than_a_frame_comes_back_whole() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let yesterday = world.relay.clone();
    let long = "n".repeat(1_000);
    for n in 0..6 {
        let places: Vec<_> = (0..55)
            .map(|i| {
                let mut fact = lies(
                    PlaceId::of(&world.realm, Level::Building, &format!("{n}-{i}")),
                    Level::Building,
                    &format!("{n}-{i}"),
                    world.grid2,
                );
                if let Fact::Place { place: Some(place), .. } = &mut fact {
                    place.name.clone_from(&long);
                }
                fact
            })
            .collect();
        world.write(world.block1, &places);
    }
    world.meet(&mut a).assert_complete();
    let scope = world.roster(world.block1);
    let log = world.relay.store.log(scope);
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    let met = world.meet(&mut a);
    met.assert_complete();
    let tails = met.up.iter().filter(|frame| matches!(frame, Frame::Tail(_))).count();
    assert!(tails > 1, "{tails}");
    assert_eq!(world.relay.store.log(scope), log);
}

#[test]
fn a_forked_roster_is_an_alarm_and_stops_nothing_else() {
    let mut world = World::new();
    // Li works in both blocks.
    let twice = role(world.li, world.grid2, RoleKind::Member);
    let mut a = world.stranger(world.li, 11);
    let there = [named(world.li, "li"), twice, device(&a, true)];
    world.write(world.block2, &there);
    world.write(world.block1, &[device(&a, true)]);
    world.meet(&mut a).assert_complete();
    let yesterday = world.relay.clone();
    world.write(world.block1, &[setting(1)]);
    world.meet(&mut a).assert_complete();
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    // The restored relay writes something else there.
    world.write(world.block1, &[setting(2)]);
    let mut b = world.phone(world.wang, 12);
    let of_b = b.create(world.plum);
    world.meet(&mut b).assert_complete();

    let scope = world.roster(world.block1);
    let own_branch = a.log(scope);
    let lost_point = a.create(world.plum);
    let elsewhere = a.create(world.lotus);
    let met = world.meet(&mut a);
    met.assert_complete();
    assert!(met.events.contains(&DeviceEvent::ForkedRoster(scope)));
    assert!(world.relay.store.has_alarm("roster_forked", scope));
    assert_eq!(a.log(scope), own_branch, "it keeps its own");
    assert!(a.forks.contains(&scope));
    assert_eq!(met.served(scope), [], "nothing of the other branch is any use to it");
    // At the lost point nothing is known here; the other block goes on.
    assert_eq!(
        met.refused().iter().map(|(_, why)| *why).collect::<Vec<_>>(),
        [Refusal::NeedRoster]
    );
    assert_eq!(world.seals(world.lotus).len(), 1);
    world.meet(&mut a).assert_complete();
    assert!(a.has(lost_point) && a.has(elsewhere));
    // What names a point of the other branch is not taken, and the rest of the meeting goes on.
    assert!(
        met.taken()
            .iter()
            .any(|taken| { taken.stopped == [(world.plum.scope(), Stop::NeedRoster)] })
    );
    assert!(!a.has(of_b));
}

#[test]
fn a_log_that_stopped_does_not_end_the_meeting_when_more_of_it_comes() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let yesterday = world.relay.clone();
    world.write(world.block1, &[setting(1)]);
    world.meet(&mut a).assert_complete();
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    world.write(world.block1, &[setting(2)]);
    let mut b = world.phone(world.wang, 12);
    b.create(world.plum);
    world.meet(&mut b).assert_complete();
    let relay = &mut world.relay;
    let mut listening = Meeting::new(&mut a, relay, None, Weather::Clear);
    listening.run(&mut a, relay);
    listening.outcome.assert_complete();
    b.create(world.plum);
    b.seal();
    let mut speaking = Meeting::new(&mut b, relay, None, Weather::Clear);
    speaking.run(&mut b, relay);
    listening.relay.handle_appended(&speaking.appended());
    listening.run(&mut a, relay);
    listening.outcome.assert_complete();
    assert_eq!(a.log(world.plum.scope()), [], "the next meeting asks again");
}

#[test]
fn a_tail_that_no_head_of_this_relay_proves_is_not_taken() {
    let (mut world, _, b, yesterday) = roster_story();
    let now_ms = world.relay.now_ms;
    world.relay = Relay { now_ms, ..yesterday };
    let scope: Scope = world.roster(world.block1);
    let before = world.relay.store.log(scope);
    let mut other = b.clone();
    other.forge_heads(&key(66));
    let met = world.meet(&mut other);
    assert!(met.relay_error.is_some());
    assert_eq!(world.relay.store.log(scope), before);
    // Without any Head it says so, and keeps its own.
    let mut without = b.clone();
    without.forget_heads();
    let met = world.meet(&mut without);
    assert_eq!((&met.phone_error, &met.relay_error), (&None, &None));
    assert!(world.relay.store.has_alarm("roster_forked", scope));
    assert_eq!(world.relay.store.log(scope), before);
}
