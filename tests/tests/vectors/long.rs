//! A document of 10,000 events. What nobody has to weigh (notes, contacts, work) costs with its number; what
//! is judged by all that its author saw (a Resolve by the level that it saw) costs with what there was to
//! see, so a document of such alone costs with its square, and no more.

use std::{fs, time::Instant};

use doorstep_domain::{
    event::{Act, Event},
    fold::{grievance, grievance::Stage},
    input::Copy,
};
use doorstep_protocol::{
    hash::sha256,
    id::{ActId, ChangeHash},
};
use serde_json::{Value, json};

use crate::town::{START, Story, member, point};

/// What this thread has worked, in ns: where the system tells it, its own time alone, so that a busy
/// machine changes nothing.
fn worked(since: Instant) -> u128 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let own = told.and_then(|text| text.split(' ').next()?.parse().ok());
    own.unwrap_or_else(|| since.elapsed().as_nanos())
}

fn resolve() -> Value {
    json!({"type": "resolve", "how": "help"})
}

/// So many events in acts of four, each having seen all before it, and among them so many Resolves in acts
/// of their own.
fn story(events: usize, resolves: usize) -> Story {
    let mut story = Story::grievance(&[]);
    let light = [
        json!({"type": "note", "text": "n"}),
        json!({"type": "contact", "how": "help"}),
        json!({"type": "progress", "how": "help"}),
        json!({"type": "attach", "hash": "cd".repeat(32), "media": "photo", "bytes": 9}),
    ];
    let acts = (events - resolves) / 4;
    let (mut said, mut solved) = (0, 0);
    while said < acts || solved < resolves {
        // Spread evenly.
        if solved * acts < said * resolves || said == acts {
            solved += 1;
            push(&mut story, &[resolve()]);
        } else {
            said += 1;
            push(&mut story, &light);
        }
    }
    story
}

fn push(story: &mut Story, said: &[Value]) {
    let n = story.copies.len();
    let events: Vec<Event> =
        said.iter().map(|event| serde_json::from_value(event.clone()).unwrap()).collect();
    let claimed = START + 100 + n as u64;
    let act = Act { claimed, floor: START, certain: true, happened: None, events };
    story.copies.push(Copy {
        hash: ChangeHash(sha256(format!("long change {n}").as_bytes())),
        deps: vec![story.copies.last().unwrap().hash],
        author: member("Li"),
        act: ActId(sha256(format!("long {n}").as_bytes())[..8].try_into().unwrap()),
        value: act.encode().unwrap(),
        point: point(1),
        relay_time_ms: Some(claimed * 1000),
        held: false,
    });
}

/// What folding it takes, the least of three.
fn cost(story: &Story, stage: Stage) -> u128 {
    let once = || {
        let since = Instant::now();
        let before = worked(since);
        let state = grievance::fold(&story.document(&story.copies), &story.roster);
        assert_eq!(state.stage, stage);
        worked(since) - before
    };
    (0..3).map(|_| once()).min().unwrap().max(1)
}

#[test]
fn ten_thousand_events_cost_ten_times_a_thousand() {
    for resolves in [0, 40] {
        let stage = if resolves > 0 { Stage::Resolved } else { Stage::InProgress };
        let short = cost(&story(1_000, resolves), stage);
        let long = cost(&story(10_000, resolves), stage);
        println!("{resolves} Resolves in 1,000: {short} ns, in 10,000: {long} ns");
        assert!(long < short * 30, "{} times the work", long / short);
    }
}

#[test]
fn at_worst_the_cost_is_the_square() {
    let short = cost(&story(250, 250), Stage::Resolved);
    let long = cost(&story(1_000, 1_000), Stage::Resolved);
    println!("250 Resolves: {short} ns, 1,000: {long} ns");
    assert!(long < short * 40, "{} times the work for four times the events", long / short);
}
