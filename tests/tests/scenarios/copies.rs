//! Phones that are copied: rolled back, cloned.

use doorstep_protocol::log::Verdict;
use doorstep_tests::World;

#[test]
fn phone_rolled_back_unnoticed() {
    let mut world = World::new(31);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let yesterday = world.copy_phone("Li");
    world.phone("Li").visits(household);
    world.phone("Li").notes(household);
    world.settle();
    let before = world.phone("Li").incarnation();

    world.roll_back(&yesterday);
    world.phone("Li").notes(household);
    world.phone("Li").visits(household);
    world.settle();
    assert_ne!(world.phone("Li").incarnation(), before, "it writes under another actor now");
    assert_eq!(world.ledger.lines.iter().filter(|line| line.excused).count(), 0);
}

/// Database and random source are rolled back, the same actor and number are written again, and a third
/// phone gets the second branch from hand to hand.
#[test]
fn fault_04_a_number_used_twice_wedges_nobody() {
    let mut world = World::new(4);
    world.enrol(&["Li", "Wang", "Hu"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let yesterday = world.copy_phone("Li");
    world.phone("Li").notes(household);
    world.phone("Li").meets();

    world.roll_back(&yesterday);
    world.phone("Li").notes(household);
    // Hu has the second branch before anybody tells him of the first.
    assert_eq!(world.carry_bundle("Li", "Hu"), 1);
    world.phone("Hu").notes(household);
    world.phone("Wang").meets();
    assert_eq!(world.carry_bundle("Li", "Wang"), 1);
    world.settle();
    assert!(world.relay_alarms().contains("stream_twice"));
}

/// One part is set aside; what stands beside it in the seal, and what comes after it, goes on.
#[test]
fn fault_02_one_bad_part_stops_nothing() {
    let mut world = World::new(5);
    world.enrol(&["Li", "Wang"]);
    let bad = world.phone("Li").founds("G1-1", "3-201");
    let good = world.phone("Li").founds("G1-1", "3-202");
    world.settle();
    let yesterday = world.copy_phone("Li");
    world.phone("Li").notes(bad);
    world.phone("Li").meets();

    world.roll_back(&yesterday);
    let twin = world.phone("Li").notes(bad);
    let beside = world.phone("Li").notes(good);
    world.phone("Li").meets();
    let verdicts = |world: &World, doc, act| -> Vec<Verdict> {
        let changes = world.relay.db().document_changes(doc).unwrap();
        changes.iter().filter(|c| c.act == act).map(|c| c.verdict).collect()
    };
    assert!(verdicts(&world, bad, twin).contains(&Verdict::Twin));
    assert!(verdicts(&world, bad, twin).contains(&Verdict::Applied), "and written again");
    assert_eq!(verdicts(&world, good, beside), [Verdict::Applied], "never set aside");
    assert_eq!(world.relay.db().counts().unwrap().changes_aside, 1);
    world.settle();
}

#[test]
fn cloned_phone() {
    let mut world = World::new(33);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    // Something that is saved and not sealed when the copy is made.
    world.phone("Li").visits(household);
    let copy = world.copy_phone("Li");
    world.clone_phone(&copy, "Li+1");
    for _ in 0..3 {
        world.phone("Li").notes(household);
        world.phone("Li+1").notes(household);
        world.phone("Li+1").meets();
        world.phone("Li").visits(household);
        world.phone("Li").meets();
    }
    world.settle();
    let visits = world.ledger.lines.iter().filter(|line| line.kinds[0] == "started").count();
    let engine = world.phone("Wang").engine();
    let page = doorstep_core::Page::default();
    assert_eq!(engine.visits(&doorstep_core::Filter::default(), &page).unwrap().len(), visits);
}

/// The incarnation is drawn, not counted: a clone and a phone that was put back do not meet in one.
#[test]
fn fault_05_clone_and_restore_take_different_incarnations() {
    let mut world = World::new(6);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let copy = world.copy_phone("Li");
    world.phone("Li").notes(household);
    world.phone("Li").meets();
    let first = world.phone("Li").incarnation();

    world.clone_phone(&copy, "Li+1");
    world.roll_back(&copy);
    for name in ["Li", "Li+1"] {
        world.phone(name).notes(household);
    }
    world.settle();
    let (back, clone) = (world.phone("Li").incarnation(), world.phone("Li+1").incarnation());
    assert!(first != back && first != clone && back != clone);
}

/// Committed, the receipt lost, written again under another actor: one act, one visit.
#[test]
fn fault_11_written_again_is_counted_once() {
    let mut world = World::new(8);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let visit = world.phone("Li").visits(household);
    let copy = world.copy_phone("Li");
    world.meets_and_hears_no_receipt("Li");

    world.roll_back(&copy);
    // What is not sealed is written again under a new incarnation.
    let phone = world.phone_mut("Li");
    let entropy = phone.entropy.clone();
    phone.bare_store().new_incarnation(&*entropy, "a test").unwrap();
    world.settle();
    let changes = world.relay.db().document_changes(visit).unwrap();
    assert_eq!(changes.len(), 2, "two changes");
    assert_eq!(changes[0].act, changes[1].act, "of one act");
    let engine = world.phone("Wang").engine();
    let visits = engine.visits(&doorstep_core::Filter::default(), &doorstep_core::Page::default());
    assert_eq!(visits.unwrap().len(), 1);
}
