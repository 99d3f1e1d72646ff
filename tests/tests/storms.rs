//! Storms: weather drawn from a seed, six phones and more, and the judge.
//!
//! `DOORSTEP_SEEDS=10000` for a long night, `DOORSTEP_FIRST` for the first of them; one seed again:
//! `DOORSTEP_SEED=17 cargo test -p doorstep-tests --test storms replay`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use doorstep_tests::{Weather, World, storm, world::ROUNDS_MAX};

/// Seeds of a push.
const SEEDS: u64 = 40;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|n| n.parse().ok())
}

/// One storm; gives the rounds until rest, and the world.
fn run(seed: u64, weather: Weather) -> (usize, World) {
    let mut world = World::new(seed);
    world.enrol(&["Li", "Wang", "Zhao", "Sun", "Chen", "Zhou"]);
    let rounds = storm(&mut world, weather);
    (rounds, world)
}

#[test]
fn nothing_is_lost_in_any_weather() {
    let first = number("DOORSTEP_FIRST").unwrap_or(1);
    let (mut rounds_most, mut saved, mut looks, mut aside) = (0, 0, 0, 0);
    let mut alarms = BTreeSet::new();
    let seeds = number("DOORSTEP_SEEDS").unwrap_or(SEEDS);
    for seed in first..first + seeds {
        let (rounds, world) = run(seed, Weather::of_seed(seed));
        rounds_most = rounds_most.max(rounds);
        saved += world.ledger.lines.len();
        looks += world.judge.looks;
        aside += world.relay.db().counts().unwrap().changes_aside;
        alarms.extend(world.relay_alarms());
    }
    println!("{seeds} seeds, {saved} acts, {looks} looks, at most {rounds_most} rounds");
    println!("{aside} changes set aside, alarms {alarms:?}");
    assert!(rounds_most <= ROUNDS_MAX);
    // Storms in which little happens prove little.
    assert!(saved as u64 > seeds * 10, "only {saved} acts");
    if seeds >= SEEDS {
        assert!(aside > 0, "nothing was ever set aside");
        assert!(alarms.contains("log_diverged") && alarms.contains("stream_twice"), "{alarms:?}");
    }
}

#[test]
fn bad_links_alone_need_two_meetings_each() {
    for seed in 1..=6 {
        let (rounds, _) = run(seed, Weather::links(100));
        // In the last round nothing moved.
        assert!(rounds <= 3, "seed {seed}: {rounds} rounds");
    }
}

/// The same seed twice is the same world, step by step; another seed is another.
#[test]
fn one_seed_is_one_trace() {
    let trace = |seed| run(seed, Weather::of_seed(seed)).1.trace;
    let (first, second) = (trace(3), trace(3));
    assert_eq!((first.steps(), first.hash()), (second.steps(), second.hash()));
    assert_ne!(first.hash(), trace(4).hash());
}

/// One storm again, told: set `DOORSTEP_SEED`.
#[test]
fn replay() {
    let seed = number("DOORSTEP_SEED").unwrap_or(1);
    let (rounds, world) = run(seed, Weather::of_seed(seed));
    println!("{}rest after {rounds} rounds", world.trace.last(usize::MAX));
    assert!(!world.ledger.lines.is_empty());
}
