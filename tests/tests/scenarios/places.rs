//! Buildings change hands.

use doorstep_core::SyncState;
use doorstep_protocol::roster::RoleKind;
use doorstep_tests::{Ended, World, clock::DAY_MS, town};

fn gives(world: &mut World, building: &str, grid: &str) {
    world.change_register(|file| town::move_building(file, building, grid));
}

/// One phone of each side is away while the building changes hands.
fn changes_hands(seed: u64, grid: &str, lead: &str, other: &str) {
    let mut world = World::new(seed);
    world.enrol(&["Li", "Wang", lead, other]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    // Li writes where there is no signal, and so does somebody of the other side elsewhere.
    let visit = world.phone("Li").visits(household);
    let kept = world.phone("Li").founds("G1-2", "1-1");
    world.phone(lead).files(&format!("{grid}-1"));

    gives(&mut world, "G1-1", grid);
    world.phone("Wang").meets();
    world.phone(other).meets();
    assert!(!world.phone("Wang").sees(household), "hidden at once");
    assert!(world.phone(other).sees(household), "picked up");
    assert!(!world.phone(other).sees(visit), "not delivered yet");

    // Li delivers what was saved before, and hides it.
    world.phone("Li").meets();
    assert_eq!(world.phone("Li").undelivered(), 0);
    assert!(!world.phone("Li").sees(visit) && world.phone("Li").sees(kept));
    world.settle();
    assert!(world.phone(lead).sees(visit) && world.phone(other).sees(visit));
    world.phone(lead).notes(visit);
    world.settle();
}

#[test]
fn building_changes_grid() {
    changes_hands(51, "G2", "Zhao", "Qian");
}

#[test]
fn building_changes_block() {
    changes_hands(52, "G3", "Sun", "Zhou");
}

/// A log is dropped, comes back, and is written to: never under the actor that wrote there before.
#[test]
fn fault_06_a_log_that_comes_back_is_written_under_another_actor() {
    let mut world = World::new(6);
    world.enrol(&["Li", "Zhao"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let before = world.phone("Li").incarnation();
    gives(&mut world, "G1-1", "G2");
    world.settle();
    world.pass(31 * DAY_MS);
    world.settle();
    let scope = world.log_of("G1-1");
    assert!(world.phone_mut("Li").bare_store().documents_in(scope).unwrap().is_empty(), "dropped");

    gives(&mut world, "G1-1", "G1");
    world.phone("Li").meets();
    world.phone("Li").notes(household);
    world.settle();
    assert_ne!(world.phone("Li").incarnation(), before);
}

/// Wang carries a seal of Li's when the building leaves his grid. He meets it in the log all the same,
/// and leaving ends.
#[test]
fn fault_36_leaving_ends_for_whoever_carried_a_seal() {
    let mut world = World::new(36);
    world.enrol(&["Li", "Wang", "Zhao"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let visit = world.phone("Li").visits(household);
    assert_eq!(world.carry_bundle("Li", "Wang"), 1);
    world.lose("Li");
    gives(&mut world, "G1-1", "G2");
    world.settle();
    assert!(world.phone("Zhao").sees(visit));
    let status = world.phone("Wang").engine().sync_status().unwrap();
    assert_eq!((status.state, status.unsent.carried), (SyncState::InStep, 0));
    world.pass(31 * DAY_MS);
    world.settle();
    let scope = world.log_of("G1-1");
    assert!(world.phone_mut("Wang").bare_store().documents_in(scope).unwrap().is_empty());
}

/// Given away and back: what was left out while it was away is filled in.
#[test]
fn fault_37_given_back_before_it_was_dropped() {
    let mut world = World::new(37);
    world.enrol(&["Li", "Wang", "Zhao"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    world.phone("Wang").visits(household);
    gives(&mut world, "G1-1", "G2");
    world.phone("Zhao").meets();
    let away = world.phone("Zhao").visits(household);
    world.phone("Zhao").meets();
    // Wang reads on in the log to his own seal; that of Zhao is none of his business.
    world.phone("Wang").meets();
    assert!(!world.phone("Wang").sees(away));
    gives(&mut world, "G1-1", "G1");
    world.settle();
    assert!(world.phone("Wang").sees(away) && !world.phone("Zhao").sees(away));
}

/// A building moved from block to block stands in two rosters; a restored relay gets one copy back and
/// writes the other: the building is in one block.
#[test]
fn fault_38_a_record_of_two_rosters_comes_back_to_both() {
    let mut world = World::new(38);
    world.enrol(&["Li", "Sun", "Zhou"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let backup = world.back_up();
    gives(&mut world, "G1-1", "G3");
    world.phone("Li").meets();
    world.restore(&backup);
    // Only a phone of the old block has read of it.
    world.phone("Li").meets();
    world.phone("Sun").meets();
    assert!(!world.phone("Li").sees(household));
    assert!(world.phone("Sun").sees(household), "it is in the other block, and in no other");
    world.settle();
}

/// New holders of a building follow the old block's roster whole: a point of it that comes late is
/// known to them.
#[test]
fn fault_39_new_holders_follow_the_old_roster() {
    let mut world = World::new(39);
    world.enrol(&["Li", "Wang", "Sun"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    // The old block's roster moves on; Wang writes under its newest point, out of signal.
    let new = |code: &str| town::member(code, "G1", RoleKind::Member);
    world.change_register(|file| file.members.push(new("Tang")));
    world.phone("Wang").meets();
    let visit = world.phone("Wang").visits(household);
    let backup = world.back_up();
    gives(&mut world, "G1-1", "G3");
    world.change_register(|file| file.members.push(new("Ma")));
    assert_eq!(world.phone("Sun").meets(), Ended::Complete);
    world.phone("Li").meets();
    world.phone("Wang").meets();
    world.phone("Sun").meets();
    assert!(world.phone("Sun").sees(visit));
    assert!(world.phone("Sun").alarms().is_empty());
    // And over a restore to before the giving.
    world.restore(&backup);
    world.phone("Sun").notes(visit);
    world.settle();
    assert!(world.phone("Sun").sees(visit));
}

/// An own act is set aside in a log that is being left: it is written again all the same.
#[test]
fn fault_43_set_aside_in_a_log_that_is_left() {
    let mut world = World::new(43);
    world.enrol(&["Li", "Zhao"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let copy = world.copy_phone("Li");
    world.phone("Li").notes(household);
    world.phone("Li").meets();
    world.roll_back(&copy);
    world.phone("Li").notes(household);
    gives(&mut world, "G1-1", "G2");
    world.settle();
}
