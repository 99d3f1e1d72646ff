//! Power goes.

use doorstep_tests::{Ended, World};

/// The steps of a short day; true where it has so many.
fn a_short_day(world: &mut World, steps: usize) -> bool {
    let mut left = steps;
    let mut next = || {
        let go = left > 0;
        left = left.saturating_sub(1);
        go
    };
    macro_rules! step {
        ($($what:tt)*) => {
            if !next() {
                return true;
            }
            $($what)*;
        };
    }
    step!(let household = world.phone("Li").founds("G1-1", "3-201"));
    step!(world.phone("Li").visits(household));
    step!(let lamp = world.phone("Wang").files("G1-1"));
    for name in ["Li", "Wang", "Li"] {
        step!(let call = world.dial(name).unwrap());
        // A meeting has as many steps as it has pieces.
        loop {
            step!(let ended = world.step(call, 120, 200));
            if ended.is_some() {
                break;
            }
        }
    }
    step!(world.phone("Li").works_on(lamp));
    step!(assert_eq!(world.phone("Li").meets(), Ended::Complete));
    false
}

fn kill_after_each_step(seed: u64, kill: fn(&mut World)) {
    let mut steps = 0;
    loop {
        let mut world = World::new(seed);
        world.enrol(&["Li", "Wang"]);
        let is_longer = a_short_day(&mut world, steps);
        kill(&mut world);
        world.settle();
        if !is_longer {
            break;
        }
        steps += 1;
    }
    assert!(steps > 15, "the day has {steps} steps");
}

#[test]
fn kill_a_phone_between_any_two_steps() {
    kill_after_each_step(21, |world| world.kill("Li"));
}

#[test]
fn kill_the_relay_between_any_two_steps() {
    kill_after_each_step(22, World::kill_relay);
}
