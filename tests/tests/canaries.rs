//! Canaries: each planted bug is found, and the same story without it passes.
//!
//! A check that cannot fail proves nothing. The bugs stand in `doorstep_tests::planted`, around the
//! stores, never in what ships.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use doorstep_protocol::roster::RoleKind;
use doorstep_tests::{PhoneFault, RelayFault, World, clock::DAY_MS, town};

/// Seeds in which a bug must be found.
const SEEDS: u64 = 3;

/// What is planted: into the relay, or into a phone, which then is driven by hand.
#[derive(Debug, Clone, Copy)]
enum Bug {
    Relay(RelayFault),
    Phone(&'static str, PhoneFault),
}

impl Bug {
    fn plant(self, world: &mut World) {
        match self {
            Self::Relay(fault) => world.relay.fault = fault,
            Self::Phone(name, fault) => world.phone_mut(name).fault = Some(fault),
        }
    }

    /// The same without the bug: a phone is driven by hand all the same.
    fn removed(self) -> Self {
        match self {
            Self::Relay(_) => Self::Relay(RelayFault::None),
            Self::Phone(name, _) => Self::Phone(name, PhoneFault::None),
        }
    }
}

/// The story passes without the bug, and does not with it.
fn is_found(bug: Bug, story: fn(&mut World, Bug)) {
    let run = |seed, bug| {
        let mut world = World::new(seed);
        world.enrol(&["Li", "Wang", "Zhao", "Sun"]);
        story(&mut world, bug);
    };
    run(1, bug.removed());
    let found = (1..=SEEDS).any(|seed| catch_unwind(AssertUnwindSafe(|| run(seed, bug))).is_err());
    assert!(found, "{bug:?} is not found");
}

#[test]
fn ack_before_commit() {
    is_found(Bug::Relay(RelayFault::AckBeforeCommit), |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.phone("Li").meets();
        world.kill_relay();
        world.phone("Li").visits(household);
        world.settle();
    });
}

#[test]
fn cursor_outside_the_transaction() {
    let bug = Bug::Phone("Wang", PhoneFault::CursorOutsideTheTransaction);
    is_found(bug, |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.settle();
        world.phone("Li").visits(household);
        world.phone("Li").meets();
        world.phone_mut("Wang").fault_state.power_goes = true;
        world.phone("Wang").meets();
        world.phone("Li").visits(household);
        world.settle();
    });
}

#[test]
fn no_chain_check() {
    is_found(Bug::Relay(RelayFault::NoChainCheck), |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.settle();
        let backup = world.back_up();
        world.phone("Li").visits(household);
        world.phone("Li").meets();
        world.restore(&backup);
        // The log is as long as Li remembers it, and another.
        world.phone("Wang").visits(household);
        world.phone("Wang").meets();
        world.settle();
    });
}

#[test]
fn actor_reused_after_a_restore() {
    is_found(Bug::Phone("Li", PhoneFault::ActorReused), |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.settle();
        let copy = world.copy_phone("Li");
        world.phone("Li").visits(household);
        world.phone("Li").notes(household);
        world.phone("Li").meets();
        world.roll_back(&copy);
        world.phone("Li").notes(household);
        world.settle();
    });
}

#[test]
fn set_aside_not_written_again() {
    is_found(Bug::Phone("Li", PhoneFault::SetAsideNotWrittenAgain), |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.settle();
        let copy = world.copy_phone("Li");
        world.phone("Li").notes(household);
        world.phone("Li").meets();
        world.roll_back(&copy);
        // Somebody has it before Li can know that the number was used: it must go as it is.
        world.phone("Li").notes(household);
        world.carry_bundle("Li", "Wang");
        world.settle();
    });
}

#[test]
fn a_receipt_is_a_state() {
    is_found(Bug::Phone("Li", PhoneFault::ReceiptIsAState), |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.settle();
        world.phone("Wang").visits(household);
        world.phone("Wang").meets();
        let backup = world.back_up();
        world.phone("Li").visits(household);
        world.meets_until_receipt("Li");
        world.restore(&backup);
        world.settle();
    });
}

#[test]
fn peer_seals_forgotten() {
    is_found(Bug::Phone("Wang", PhoneFault::PeerSealsForgotten), |world, bug| {
        bug.plant(world);
        world.phone("Li").founds("G1-1", "3-201");
        world.carry_bundle("Li", "Wang");
        world.lose("Li");
        world.settle();
    });
}

#[test]
fn roster_tails_kept() {
    is_found(Bug::Phone("Li", PhoneFault::RosterTailKept), |world, bug| {
        bug.plant(world);
        let backup = world.back_up();
        let new = town::member("Tang", "G1", RoleKind::Member);
        world.change_register(|file| file.members.push(new));
        world.phone("Li").meets();
        world.phone("Li").founds("G1-1", "3-201");
        world.restore(&backup);
        world.settle();
    });
}

#[test]
fn left_logs_not_served() {
    is_found(Bug::Relay(RelayFault::LeftLogsNotServed), |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.settle();
        world.phone("Li").visits(household);
        world.meets_and_hears_no_receipt("Li");
        world.change_register(|file| town::move_building(file, "G1-1", "G2"));
        world.settle();
        world.pass(31 * DAY_MS);
        world.settle();
        let scope = world.log_of("G1-1");
        let left = world.phone_mut("Li").bare_store().documents_in(scope).unwrap();
        assert!(left.is_empty(), "leaving never ends");
    });
}

#[test]
fn rosters_not_mended() {
    is_found(Bug::Relay(RelayFault::RostersNotMended), |world, bug| {
        bug.plant(world);
        let household = world.phone("Li").founds("G1-1", "3-201");
        world.settle();
        let backup = world.back_up();
        world.change_register(|file| town::move_building(file, "G1-1", "G3"));
        world.phone("Li").meets();
        world.restore(&backup);
        world.phone("Li").meets();
        world.phone("Sun").meets();
        assert!(world.phone("Sun").sees(household), "the building is in no block");
    });
}
