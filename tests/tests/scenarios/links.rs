//! Bad links.

use doorstep_tests::{Ended, World};

/// Every how many bytes a link is cut; `DOORSTEP_EVERY=1` for each.
fn every() -> usize {
    std::env::var("DOORSTEP_EVERY").ok().and_then(|n| n.parse().ok()).unwrap_or(97)
}

#[test]
fn link_cut_anywhere_on_the_way_up() {
    let mut world = World::new(11);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let mut up = 1;
    loop {
        world.phone("Li").visits(household);
        let ended = world.meets_until("Li", up, u64::MAX);
        if ended == Ended::Complete {
            break;
        }
        assert_eq!(ended, Ended::Cut);
        assert_eq!(world.phone("Li").meets(), Ended::Complete);
        up += every() as u64;
    }
    assert_eq!(world.phone("Li").undelivered(), 0);
    world.settle();
}

#[test]
fn link_cut_anywhere_on_the_way_down() {
    let mut world = World::new(12);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    let mut down = 1;
    loop {
        // Both have something for the other; Li reads what Wang wrote on a link that breaks.
        world.phone("Wang").visits(household);
        assert_eq!(world.phone("Wang").meets(), Ended::Complete);
        world.phone("Li").notes(household);
        let ended = world.meets_until("Li", u64::MAX, down);
        if ended == Ended::Complete {
            break;
        }
        assert_eq!(ended, Ended::Cut);
        assert_eq!(world.phone("Li").meets(), Ended::Complete);
        down += every() as u64;
    }
    world.settle();
}

/// A meeting that was cut is not begun anew: what the relay has committed is not sent again, but for
/// the seal that was under way.
#[test]
fn what_was_committed_before_a_cut_is_there_once() {
    let mut world = World::new(13);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    world.phone("Li").visits(household);
    world.meets_and_hears_no_receipt("Li");
    let head = world.relay_head(world.log_of("G1-1"));
    assert_eq!(world.phone("Li").undelivered(), 1, "it was committed, and Li cannot know");
    world.phone("Li").meets();
    assert_eq!(world.relay_head(world.log_of("G1-1")), head, "offered again, and known");
    assert_eq!(world.phone("Li").undelivered(), 0);
    world.settle();
}

#[test]
fn bytes_may_arrive_one_by_one() {
    let mut world = World::new(14);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.phone("Li").visits(household);
    for name in ["Li", "Wang"] {
        let call = world.dial(name).unwrap();
        assert_eq!(world.run_in_pieces(call, 1, 1), Ended::Complete);
    }
    assert!(world.phone("Wang").sees(household));
    world.settle();
}

/// The phone has given up on a meeting; what it had said still arrives, while it meets anew.
#[test]
fn a_meeting_that_lingers_changes_nothing() {
    let mut world = World::new(15);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.phone("Li").visits(household);
    let old = world.dial("Li").unwrap();
    // Up to the push, which does not arrive yet.
    for _ in 0..4 {
        assert_eq!(world.step(old, 60, usize::MAX), None);
    }
    world.calls[old].lingers = true;
    world.kill("Li");
    let new = world.calls.len();
    assert_eq!(new, 1, "the relay still hears the old meeting");
    let new = world.dial("Li").unwrap();
    while world.calls.len() > 1 {
        let _ = world.step(new, 70, usize::MAX);
        if world.calls.len() > 1 {
            let _ = world.step(old, 50, usize::MAX);
        }
    }
    world.settle();
}

/// A link that changes a bit: nothing false is taken, and the next meeting goes on.
#[test]
fn a_link_that_tampers_is_noticed() {
    let mut world = World::new(16);
    world.enrol(&["Li", "Wang"]);
    let household = world.phone("Li").founds("G1-1", "3-201");
    world.settle();
    for n in 0..40 {
        world.phone("Li").visits(household);
        let call = world.dial("Li").unwrap();
        world.calls[call].tamper_up = Some(n * 29);
        let _ = world.run(call);
        let call = world.dial("Wang").unwrap();
        world.calls[call].tamper_down = Some(n * 37);
        let _ = world.run(call);
    }
    world.settle();
}
