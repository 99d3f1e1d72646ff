//! Phones that were taken out.

use doorstep_core::SyncState;
use doorstep_tests::{World, clock::DAY_MS};

/// A revoked phone shows nothing more, hands over what it holds, its own and others', and nothing of it
/// is lost.
#[test]
fn revoked_phone_hands_over() {
    let mut world = World::new(61);
    world.enrol(&["Li", "Wang", "Hu"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let own = world.phone("Wang").visits(household);
    let carried = world.phone("Li").visits(household);
    assert_eq!(world.carry_bundle("Li", "Wang"), 1);
    world.lose("Li");
    world.revoke("Wang");
    world.phone("Wang").meets();
    let status = world.phone("Wang").engine().sync_status().unwrap();
    assert_eq!((status.state, status.unsent.changes), (SyncState::Revoked, 0));
    assert!(!world.phone("Wang").sees(household));
    world.phone("Hu").meets();
    assert!(world.phone("Hu").sees(own) && world.phone("Hu").sees(carried));
    world.settle();
}

/// Fault 40: it wipes after receipts, and the relay is restored. It keeps what it has until the drop
/// period is over, and gives it once more.
#[test]
fn fault_40_a_revoked_phone_keeps_what_the_relay_may_lose() {
    let mut world = World::new(40);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    world.phone("Wang").visits(household);
    world.revoke("Wang");
    let backup = world.back_up();
    world.phone("Wang").meets();
    world.pass(DAY_MS);
    world.restore(&backup);
    world.settle();
}
