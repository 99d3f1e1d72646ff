//! Logs that the roster takes away, gives back, or gives to somebody else.

use doorstep_protocol::{
    id::{Level, SealId},
    roster::RoleKind,
    store::DeviceStore,
};

use crate::{
    harness::{World, lies, no_role, role},
    memory_phone::MemoryPhone,
};

/// Wang held the building and has something unsent there when the grid is taken from him.
fn leaving() -> (World, MemoryPhone, MemoryPhone) {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    a.create(world.plum);
    world.meet(&mut a).assert_complete();
    world.meet(&mut b).assert_complete();
    b.create(world.plum);
    b.seal();
    (world, a, b)
}

fn save_and_meet(world: &mut World, phone: &mut MemoryPhone) -> SealId {
    phone.create(world.plum);
    let seal = phone.seal()[0];
    world.meet(phone).assert_complete();
    seal
}

#[test]
fn a_log_that_is_left_is_delivered_to_and_read_without_the_seals_of_others() {
    let (mut world, mut a, mut b) = leaving();
    let scope = world.plum.scope();
    world.write(world.block1, &[no_role(world.wang, world.grid1, RoleKind::Member)]);
    let of_a = save_and_meet(&mut world, &mut a);
    let own = b.unsent_now()[0];
    let met = world.meet(&mut b);
    met.assert_complete();
    assert_eq!(met.receipted(), [own]);
    // Entry 2 is another's, entry 3 its own: neither travels, both are met.
    assert_eq!(met.served(scope), [(2, vec![None, None], true)]);
    assert_eq!((b.unsent_now(), b.lacking(scope)), (&[][..], vec![of_a]));
    assert_eq!(b.log(scope), world.relay.store.log(scope));
    // What comes later is none of its business.
    save_and_meet(&mut world, &mut a);
    let met = world.meet(&mut b);
    met.assert_complete();
    assert_eq!(met.served(scope), []);
    assert_eq!(world.meet(&mut b).served(world.pine.scope()), []);
}

#[test]
fn who_carries_a_seal_meets_it_though_the_log_is_left() {
    for delivered_first in [false, true] {
        let (mut world, mut a, mut b) = leaving();
        let scope = world.plum.scope();
        world.meet(&mut b).assert_complete();
        a.create(world.plum);
        let of_a = a.seal()[0];
        // Handed over on a staircase; then the grid is taken from the carrier.
        b.carry(of_a, a.seal_bytes(of_a).unwrap().unwrap());
        world.write(world.block1, &[no_role(world.wang, world.grid1, RoleKind::Member)]);
        if delivered_first {
            world.meet(&mut a).assert_complete();
        }
        let met = world.meet(&mut b);
        met.assert_complete();
        assert_eq!(met.receipted(), [of_a]);
        assert_eq!(b.unsent_now(), [], "leaving can end");
        assert!(
            met.served(scope)
                .iter()
                .all(|(_, seals, left)| *left && seals.iter().all(Option::is_none))
        );
        assert_eq!(b.lacking(scope), []);
        world.meet(&mut a).assert_complete();
        world.assert_same(&[&a], world.plum);
        assert_eq!(world.seals(world.plum).iter().filter(|id| **id == of_a).count(), 1);
    }
}

#[test]
fn a_log_given_back_is_read_again_from_below_the_first_seal_that_is_lacking() {
    let (mut world, mut a, mut b) = leaving();
    let scope = world.plum.scope();
    world.write(world.block1, &[no_role(world.wang, world.grid1, RoleKind::Member)]);
    save_and_meet(&mut world, &mut a);
    save_and_meet(&mut world, &mut a);
    world.meet(&mut b).assert_complete();
    assert_eq!(b.lacking(scope).len(), 2);
    let (_, logs) = b.cursors().unwrap();
    assert!(logs.iter().any(|cursor| (cursor.scope, cursor.seq) == (scope, 4)));
    world.write(world.block1, &[role(world.wang, world.grid1, RoleKind::Member)]);
    // This meeting tells it so; from the next on its cursor lies below what it lacks.
    world.meet(&mut b).assert_complete();
    let (_, logs) = b.cursors().unwrap();
    assert!(logs.iter().any(|cursor| (cursor.scope, cursor.seq) == (scope, 1)));
    let met = world.meet(&mut b);
    met.assert_complete();
    world.meet(&mut a).assert_complete();
    let [(2, seals, false)] = &met.served(scope)[..] else { panic!("{:?}", met.served(scope)) };
    assert_eq!(seals.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn a_building_given_to_another_block_comes_with_its_old_roster_and_its_log() {
    let (mut world, mut a, mut b) = leaving();
    let scope = world.plum.scope();
    let mut c = world.phone(world.zhao, 13);
    let doc = a.create(world.plum);
    world.meet(&mut a).assert_complete();
    // A record in both rosters.
    let moved = [lies(world.plum, Level::Building, "plum", world.grid2)];
    world.write(world.block1, &moved);
    world.write(world.block2, &moved);
    let met = world.meet(&mut c);
    met.assert_complete();
    assert_eq!(met.taken().iter().flat_map(|taken| &taken.stopped).count(), 0);
    let rosters: Vec<_> = c.rosters().iter().map(|roster| roster.scope()).collect();
    assert!(
        [world.block1, world.block2].iter().all(|block| rosters.contains(&world.roster(*block)))
    );
    assert!(c.has(doc), "its seal names a point of the old roster");
    assert_eq!(c.log(world.pine.scope()), [], "and no other building of the old block");
    // Its old holder still delivers; its new one goes on.
    world.meet(&mut b).assert_complete();
    assert_eq!(b.unsent_now(), []);
    world.meet(&mut c).assert_complete();
    let answer = c.add(world.plum, doc, b"taken over");
    world.meet(&mut c).assert_complete();
    assert!(c.applied(doc, answer));
    world.assert_same(&[&c], world.plum);
    // What is written to the old roster later still comes.
    world.write(world.block1, &[crate::harness::setting(5)]);
    world.meet(&mut c).assert_complete();
    let old = world.roster(world.block1);
    assert_eq!(c.log(old), world.relay.store.log(old));
    assert_eq!(world.meet(&mut a).served(scope), []);
}
