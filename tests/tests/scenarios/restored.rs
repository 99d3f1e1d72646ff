//! A relay that was restored from a backup.

use doorstep_core::Reason;
use doorstep_protocol::roster::RoleKind;
use doorstep_tests::{World, clock::HOUR_MS, town};

#[test]
fn relay_restored_to_yesterday_in_the_middle_of_a_day() {
    let mut world = World::new(41);
    world.enrol(&["Li", "Wang", "Zhao", "Sun"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let yesterday = world.back_up();
    world.pass(24 * HOUR_MS);

    // A day: visits, work on one grievance, somebody new.
    world.phone("Li").visits(household);
    let lamp = world.phone("Wang").files("G1-2");
    world.phone("Sun").files("G3-1");
    world.settle();
    world.enrol(&["Hu"]);
    world.phone("Li").works_on(lamp);
    world.phone("Li").meets();
    // Saved and not delivered yet when it happens; a meeting is under way.
    world.phone("Wang").works_on(lamp);
    world.phone("Zhao").files("G2-1");
    let call = world.dial("Wang").unwrap();
    assert_eq!(world.step(call, 40, 40), None);
    world.restore(&yesterday);
    assert!(!world.judge.lost_by_restore.is_empty());

    // Somebody who has read nothing of the lost day writes on first.
    world.phone("Zhao").meets();
    world.settle();
    let alarms = world.relay_alarms();
    assert!(alarms.contains("log_diverged") && alarms.contains("roster_diverged"), "{alarms:?}");
    assert!(world.phone("Li").alarms().contains(&"diverged".to_owned()));
    assert!(world.phone("Hu").sees(lamp), "Hu was enrolled in the lost day, and is again");
}

#[test]
fn a_phone_brings_anothers_seals_that_the_relay_lost() {
    let mut world = World::new(42);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let yesterday = world.back_up();
    let visit = world.phone("Li").visits(household);
    world.settle();

    // Li's phone is lost, and the relay restored: Wang has the only copy, from the log.
    world.lose("Li");
    world.restore(&yesterday);
    world.settle();
    assert!(world.relay.db().document_changes(visit).unwrap().len() == 1);
}

#[test]
fn a_bundle_brings_anothers_seals_to_the_relay() {
    let mut world = World::new(43);
    world.enrol(&["Li", "Wang", "Hu"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    let visit = world.phone("Li").visits(household);
    assert_eq!(world.carry_bundle("Li", "Wang"), 1);
    assert_eq!(world.carry_bundle("Li", "Wang"), 0, "taken twice is taken once");
    assert!(world.phone("Wang").sees(visit));
    // From hand to hand to hand.
    assert_eq!(world.carry_bundle("Wang", "Hu"), 1);
    world.lose("Li");
    world.phone("Hu").meets();
    world.settle();
    assert_eq!(world.ledger.lines.iter().filter(|line| line.excused).count(), 0);
}

/// The cursor still matches after the restore, the seal has a receipt and a number above it: it is
/// offered again all the same.
#[test]
fn fault_01_a_receipt_above_the_cursor_settles_nothing() {
    let mut world = World::new(1);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    for _ in 0..3 {
        world.phone("Wang").visits(household);
        world.phone("Wang").meets();
    }
    let backup = world.back_up();
    world.phone("Li").visits(household);
    world.meets_until_receipt("Li");
    assert_eq!(world.phone("Li").undelivered(), 0, "it has a receipt");

    world.restore(&backup);
    assert_eq!(world.judge.lost_by_restore.len(), 1);
    world.settle();
}

/// A phone whose files lie in the same backup as the relay's, as those of a console do.
#[test]
fn fault_07_a_reader_in_the_same_backup_takes_another_actor() {
    let mut world = World::new(7);
    world.enrol(&["Chen", "Li"]);
    let lamp = world.phone("Li").files("G1-1");
    world.settle();
    let (relay, console) = (world.back_up(), world.copy_phone("Chen"));
    world.phone("Chen").works_on(lamp);
    world.settle();
    let before = world.phone("Chen").incarnation();

    world.restore(&relay);
    world.roll_back(&console);
    // It writes at once, before it can know: the number that it used before.
    world.phone("Chen").works_on(lamp);
    world.settle();
    assert_ne!(world.phone("Chen").incarnation(), before);
    assert_eq!(world.phone("Li").grievance(lamp).state.story.len(), 3);
}

/// Two branches of one roster end with a person; nothing is lost, and other blocks go on.
#[test]
fn a_roster_fork_is_an_alarm_that_stops_only_its_block() {
    let mut world = World::new(44);
    world.enrol(&["Li", "Sun", "Zhou"]);
    world.settle();
    let backup = world.back_up();
    let new = |code: &str| town::member(code, "G1", RoleKind::Member);
    world.change_register(|file| file.members.push(new("Before")));
    world.phone("Li").meets();
    let saved = world.phone("Li").founds("G1-1", "under the lost point");
    world.restore(&backup);
    // The relay writes on at the same place: another branch.
    let file = town::roster();
    world.change_register(|standing| *standing = file);
    world.change_register(|file| file.members.push(new("After")));

    let tree = world.phone("Sun").files("G3-1");
    for name in ["Li", "Sun", "Zhou", "Li"] {
        world.phone(name).meets();
    }
    assert!(world.phone("Li").alarms().contains(&"roster_fork".to_owned()));
    assert!(world.relay_alarms().contains("roster_forked"));
    // Li goes on recording; what was saved under the lost point waits, and says why.
    assert!(world.phone("Li").sees(saved));
    world.phone("Li").notes(saved);
    world.phone("Li").meets();
    let explained = world.phone("Li").engine().explain().unwrap();
    assert_eq!(explained.len(), 2);
    assert!(explained.iter().all(|item| item.reason == Reason::RelayNeedsRoster), "{explained:?}");
    // The other block knows nothing of it.
    assert!(world.phone("Zhou").sees(tree));
    assert_eq!(world.phone("Sun").undelivered(), 0);
    assert!(world.phone("Sun").alarms().is_empty());
}
