//! `doorstep-bench` prints the table of `docs/numbers.md`: counts, then ratios taken side by side.
//!
//! Real engines, sessions and databases in one thread; no network and no bare time. The same counts
//! come out of every run on every machine; ratios of times do not, and are there for their size.
//! `--quick` does all of it small, to see that it works; names of parts ([`PARTS`]) do only those.

mod deeds;
mod first_sync;
mod fold;
mod fold_made;
mod growth;
mod quiet;
mod relay;
mod restored;
mod saving;
mod stopwatch;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod town;
mod wire;

use std::{io::Write as _, process::ExitCode};

use doorstep_relay::generate::Proportions;
use first_sync::Load;
use table::Table;

/// What a measurement gives.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The parts, in the order in which they are printed.
const PARTS: [&str; 8] =
    ["wire", "quiet", "first-sync", "restored", "saving", "growth", "fold", "relay"];

/// How much of everything.
struct Scale {
    seals: u64,
    logs: &'static [usize],
    proportions: Proportions,
    loads: &'static [(usize, usize)],
    restored: &'static [(usize, usize)],
    visits: u64,
    documents: (usize, usize),
    acts: &'static [usize],
    relay_changes: usize,
    folded_events: usize,
    folded: &'static [usize],
    grievances: u64,
    runs: usize,
}

impl Scale {
    fn full() -> Self {
        Self {
            seals: 12,
            logs: &[3, 50, 300],
            proportions: first_sync::true_proportions(),
            loads: &[(0, 1), (100, 1), (1_000, 1), (5_000, 1), (5_000, 5)],
            restored: &[(1, 200), (5, 40)],
            visits: 500,
            documents: (1_000, 10_000),
            acts: &[10, 100, 1_000],
            relay_changes: 1_200,
            folded_events: 200_000,
            folded: &[8, 32, 128, 1_024],
            grievances: 300_000,
            runs: 41,
        }
    }

    fn quick() -> Self {
        Self {
            seals: 2,
            logs: &[3, 10, 20],
            proportions: first_sync::small_proportions(),
            loads: &[(0, 1), (24, 1), (48, 1), (24, 3)],
            restored: &[(1, 20), (3, 10)],
            visits: 20,
            documents: (20, 60),
            acts: &[5, 10],
            relay_changes: 24,
            folded_events: 256,
            folded: &[8, 32, 128],
            grievances: 200,
            runs: 3,
        }
    }
}

fn main() -> ExitCode {
    let mut scale = Scale::full();
    let mut parts = Vec::new();
    for argument in std::env::args().skip(1) {
        match PARTS.iter().find(|part| **part == argument) {
            Some(part) => parts.push(*part),
            None if argument == "--quick" => scale = Scale::quick(),
            None => {
                let parts = PARTS.join("|");
                return complain(&format!("usage: doorstep-bench [--quick] [{parts} ..]"));
            }
        }
    }
    let all = parts.is_empty();
    for part in PARTS.into_iter().filter(|part| all || parts.contains(part)) {
        if let Err(error) = run(part, &scale) {
            return complain(&error.to_string());
        }
    }
    ExitCode::SUCCESS
}

fn complain(what: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{what}");
    ExitCode::FAILURE
}

fn run(part: &str, scale: &Scale) -> Outcome<()> {
    match part {
        "wire" => say(&wire::table(&wire::measure(scale.seals)?)),
        "quiet" => {
            say(&quiet::table(&quiet::measure(scale.logs)?))?;
            say(&quiet::day_table(&quiet::day()?))
        }
        "first-sync" => {
            let load = |(documents, changes_a_document): &(usize, usize)| Load {
                documents: *documents,
                changes_a_document: *changes_a_document,
            };
            let loads: Vec<Load> = scale.loads.iter().map(load).collect();
            say(&first_sync::table(&first_sync::measure(&scale.proportions, &loads)?))
        }
        "restored" => {
            let restored = scale.restored.iter().map(|(phones, n)| restored::measure(*phones, *n));
            say(&restored::table(&restored.collect::<Outcome<Vec<_>>>()?))
        }
        "saving" => say(&saving::table(&saving::measure(scale.visits)?)),
        "growth" => {
            let (few, many) = scale.documents;
            let lists = growth::lists(few, many, scale.runs)?;
            say(&growth::table(&lists, &growth::histories(scale.acts, scale.runs)?))
        }
        "fold" => {
            let longer = scale.folded.get(1..).unwrap_or_default();
            let lengths = fold::lengths(scale.folded, scale.folded_events)?;
            let one_more = fold::one_more(longer, scale.runs)?;
            say(&fold::table(&lengths, &one_more, &fold::many(scale.grievances)?))
        }
        "relay" => {
            let disks = relay::disk(scale.relay_changes)?;
            say(&relay::table(&disks, &relay::admission(scale.relay_changes, scale.runs)?))
        }
        part => Err(format!("there is no part {part}").into()),
    }
}

fn say(table: &Table) -> Outcome<()> {
    Ok(writeln!(std::io::stdout(), "{table}")?)
}
