//! Ordinary days.

use doorstep_domain::fold::grievance::Stage;
use doorstep_protocol::roster::RoleKind;
use doorstep_tests::{Ended, World, town};

#[test]
fn life_of_a_visit() {
    let mut world = World::new(1);
    world.enrol(&["Li", "Wang", "Zhao"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    let visit = world.phone("Li").visits(household);

    // Saved: it is in the list, and the phone says that the relay does not have it.
    assert!(world.phone("Li").sees(visit));
    assert_eq!(world.phone("Li").undelivered(), 2);

    // Delivered.
    assert_eq!(world.phone("Li").meets(), Ended::Complete);
    assert_eq!(world.phone("Li").undelivered(), 0);
    assert!(!world.phone("Wang").sees(visit));

    // Seen.
    assert_eq!(world.phone("Wang").meets(), Ended::Complete);
    assert!(world.phone("Wang").sees(visit));

    // And by nobody who has no business there.
    world.settle();
    assert!(!world.phone("Zhao").sees(visit));
}

#[test]
fn two_people_act_on_one_grievance_offline() {
    let mut world = World::new(2);
    world.enrol(&["Li", "Wang", "Chen"]);
    let lamp = world.phone("Wang").files("G1-1");
    world.settle();

    // Neither sees what the other does.
    world.phone("Li").accepts(lamp);
    let resolved = world.phone("Li").resolves(lamp);
    world.phone("Wang").works_on(lamp);
    world.settle();
    assert_eq!(world.phone("Chen").grievance(lamp).state.stage, Stage::Resolved);

    // One hears that the resident is not content, the other works on beside it.
    world.phone("Wang").rejects(lamp, resolved);
    world.phone("Li").works_on(lamp);
    world.settle();
    let record = world.phone("Chen").grievance(lamp);
    assert_eq!(record.state.stage, Stage::Reopened);
    assert_eq!(record.state.story.len(), 6, "every act stands in the story, once");
}

/// Seventeen people write on one document, unseen by each other; then one has seen them all.
#[test]
fn seventeen_people_write_unseen_by_each_other() {
    seventeen_writers(17);
}

/// Fault 12: with a limit of sixteen heads the document was closed for ever.
#[test]
fn fault_12_seventeen_heads_do_not_close_a_document() {
    let (mut world, lamp) = seventeen_writers(12);
    // Everybody has seen all, writes again, and so on.
    world.phone("P1").works_on(lamp);
    world.phone("P2").works_on(lamp);
    world.settle();
    world.phone("P17").works_on(lamp);
    world.settle();
    assert_eq!(world.phone("P3").grievance(lamp).state.story.len(), 1 + 17 + 1 + 3);
}

fn seventeen_writers(seed: u64) -> (World, doorstep_protocol::id::DocumentId) {
    let names: Vec<String> = (1..=17).map(|n| format!("P{n}")).collect();
    let mut file = town::roster();
    file.members.extend(names.iter().map(|name| town::member(name, "G1", RoleKind::Member)));
    let mut world = World::with_roster(seed, file);
    for name in &names {
        world.enrol_phone(name, name);
    }
    let lamp = world.phone("P1").files("G1-1");
    world.settle();
    for name in &names {
        world.phone(name).works_on(lamp);
    }
    world.settle();
    // The next act depends on all seventeen.
    world.phone("P9").works_on(lamp);
    world.settle();
    assert_eq!(world.phone("P3").grievance(lamp).state.story.len(), 1 + 17 + 1);
    (world, lamp)
}
