//! Everything that is not delivered has exactly one reason.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_core::{ActOptions, Delivery, Engine, Filter, Next, Page, Reason};
use doorstep_protocol::{
    change::guard,
    id::{ActId, DocumentId, PlaceId},
    log::Verdict,
    roster::RoleKind,
    seal::Seal,
    store::RelayStore as _,
};

use crate::world::{Seeded, World, file, grievance, no_role, role};

const ALL: Page = Page { after: None, limit: 0 };

fn reasons(engine: &Engine) -> Vec<Reason> {
    engine.explain().unwrap().into_iter().map(|explained| explained.reason).collect()
}

#[test]
fn from_saved_to_delivered() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let explained = li.explain().unwrap().remove(0);
    assert_eq!((explained.doc, explained.place), (doc, world.plum));
    assert_eq!((explained.reason, explained.next), (Reason::NotSealedYet, Next::NextMeeting));
    assert_eq!(explained.kinds, ["discover"]);
    // The meeting begins, and the link is lost before anything is heard.
    drop(world.begin(&li));
    assert_eq!(reasons(&li), [Reason::NoSignalYet]);
    world.meet(&li);
    assert!(reasons(&li).is_empty());
}

#[test]
fn the_day_is_full() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    world.relay.set_quota(world.li, 0);
    grievance(&li, world.plum, "No water");
    world.meet(&li);
    let explained = li.explain().unwrap().remove(0);
    assert_eq!((explained.reason, explained.next), (Reason::DayIsFull, Next::Tomorrow));
    world.relay.set_quota(world.li, 1 << 20);
    world.meet(&li);
    assert!(reasons(&li).is_empty(), "offered again the next day");
}

#[test]
fn a_lost_receipt_leaves_it_waiting_and_the_next_meeting_settles_it() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    grievance(&li, world.plum, "No water");
    let (mut meeting, mut session) = world.begin(&li);
    let now = 1_764_000_100_000;
    // All that the phone says arrives, and nothing that the relay answers but the first words.
    for _ in 0..8 {
        while let Some(bytes) = meeting.transmit().unwrap() {
            session.handle_bytes(&mut world.relay, &bytes, now).unwrap();
        }
        if !world.relay.seals(world.log(world.plum)).is_empty() {
            break;
        }
        if let Some(bytes) = session.poll_transmit(&mut world.relay, now).unwrap() {
            meeting.handle(&bytes).unwrap();
        }
    }
    drop(meeting);
    assert_eq!(world.relay.seals(world.log(world.plum)).len(), 1, "the relay has it");
    assert_eq!(reasons(&li), [Reason::NoSignalYet], "the phone does not know");
    world.meet(&li);
    assert!(reasons(&li).is_empty());
    assert_eq!(world.relay.seals(world.log(world.plum)).len(), 1, "and it is there once");
}

/// Acts that the relay's log applied.
fn applied(world: &World) -> BTreeSet<(DocumentId, ActId)> {
    let mut acts = BTreeSet::new();
    for place in [world.plum, world.pine, world.lotus] {
        let entries = world.relay.read(place.scope(), 1, usize::MAX).unwrap();
        for (entry, (_, verdicts)) in entries.iter().zip(world.relay.seals(place.scope())) {
            let bytes = entry.seal.as_ref().unwrap().bytes.as_ref().unwrap();
            let seal = Seal::decode(bytes).unwrap();
            for (part, verdict) in seal.parts.iter().zip(verdicts) {
                let part = part.as_ref().unwrap();
                if verdict == Verdict::Applied {
                    let changes = part.changes.iter().map(|raw| guard(raw).unwrap().act);
                    acts.extend(changes.map(|act| (part.doc, act)));
                }
            }
        }
    }
    acts
}

/// Whatever happened: what this phone saved is either explained, once, or in the relay's log.
fn check(world: &World, engine: &Engine, saved: &BTreeSet<(DocumentId, ActId)>) {
    let mut explained: BTreeMap<(DocumentId, ActId), Reason> = BTreeMap::new();
    for one in engine.explain().unwrap() {
        let before = explained.insert((one.doc, one.act), one.reason);
        assert_eq!(before, None, "two reasons for one act");
        assert!(saved.contains(&(one.doc, one.act)), "a reason for nothing");
    }
    let applied = applied(world);
    for act in saved {
        let delivered = !explained.contains_key(act);
        assert!(!delivered || applied.contains(act), "shown as delivered, and it is not");
    }
    for line in engine.grievances(&Filter::default(), &ALL).unwrap() {
        let waiting = explained.keys().filter(|(doc, _)| *doc == line.doc).count();
        let delivery = match u32::try_from(waiting).unwrap() {
            0 => Delivery::Delivered,
            acts => Delivery::Saved { acts },
        };
        assert_eq!(line.delivery, delivery, "the list says the same as the reasons");
    }
}

/// One seeded run: two phones write, meet, lose the link midway, are given and taken their roles, and
/// the day's bytes run out.
fn run(seed: u64) {
    let chance = Seeded::new(1_000 + seed);
    let mut world = World::new();
    let engines = [world.phone(world.li, 2), world.phone(world.wang, 3)];
    let members = [world.li, world.wang];
    let mut saved = [BTreeSet::new(), BTreeSet::new()];
    for _ in 0..30 {
        let who = chance.below(2);
        let engine = &engines[who];
        match chance.below(8) {
            0..3 => {
                let place: PlaceId = [world.plum, world.pine][chance.below(2)];
                if engine.my_logs().contains(&place) {
                    let written = file(engine, place, "No water", ActOptions::default());
                    saved[who].insert((written.doc, written.act));
                }
            }
            3 => {
                let lines = engine.grievances(&Filter::default(), &ALL).unwrap();
                if let Some(line) = lines.first() {
                    let view = engine.grievance(line.doc).unwrap().unwrap().view;
                    let written = engine.note(&view, "seen", ActOptions::default()).unwrap();
                    saved[who].insert((written.doc, written.act));
                }
            }
            4 => {
                world.meet(engine);
            }
            5 => cut(&mut world, engine, chance.below(6)),
            6 => world.relay.set_quota(members[who], [0, 1 << 20][chance.below(2)]),
            _ => {
                let grid = world.grid;
                let given = chance.below(2) == 0;
                let change = if given { role } else { no_role };
                world.write(&[change(members[who], grid, RoleKind::Member)]);
            }
        }
        for (engine, saved) in engines.iter().zip(&saved) {
            check(&world, engine, saved);
        }
    }
    for (engine, member) in engines.iter().zip(members) {
        world.relay.set_quota(member, 1 << 20);
        world.write(&[role(member, world.grid, RoleKind::Member)]);
        world.meet(engine);
        world.meet(engine);
    }
    for (engine, saved) in engines.iter().zip(&saved) {
        check(&world, engine, saved);
        assert_eq!(engine.explain().unwrap(), [], "in the end all is delivered (seed {seed})");
    }
}

/// A meeting whose link is lost after so many pieces of the relay's.
fn cut(world: &mut World, engine: &Engine, pieces: usize) {
    let (mut meeting, mut session) = world.begin(engine);
    let now = 1_764_000_000_000;
    for _ in 0..=pieces {
        while let Some(bytes) = meeting.transmit().unwrap() {
            session.handle_bytes(&mut world.relay, &bytes, now).unwrap();
        }
        match session.poll_transmit(&mut world.relay, now).unwrap() {
            Some(bytes) => meeting.handle(&bytes).unwrap(),
            None => return,
        }
    }
}

#[test]
fn whatever_happens_each_undelivered_act_has_one_reason() {
    (0..12).for_each(run);
}
