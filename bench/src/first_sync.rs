//! The first meeting of a fresh phone, roster included.

use std::time::{Duration, Instant};

use doorstep_relay::generate::Proportions;

use crate::{
    Outcome,
    table::{Table, each, ratio, times, whole},
    tally::Tally,
    town::{Phone, Town, one_grid},
};

/// How many changes share a seal.
const BATCH: usize = 12;
/// Buildings of the grid, each a log.
const LOGS: usize = 40;

/// What is at the relay when the fresh phone comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) documents: usize,
    pub(crate) changes_a_document: usize,
}

/// The first meeting.
#[derive(Debug)]
pub(crate) struct First {
    pub(crate) load: Load,
    pub(crate) tally: Tally,
    /// For ratios between lines only.
    took: Duration,
}

/// Measures each load in a town of these proportions.
pub(crate) fn measure(proportions: &Proportions, loads: &[Load]) -> Outcome<Vec<First>> {
    loads.iter().map(|load| first(proportions, *load)).collect()
}

/// A sub-district of true proportions: 2,234 members, 59 blocks, 238 grids of 40 buildings.
pub(crate) fn true_proportions() -> Proportions {
    Proportions { buildings_per_grid: LOGS, ..Proportions::default() }
}

/// One grid alone with few logs, for quick runs.
pub(crate) fn small_proportions() -> Proportions {
    one_grid(4)
}

fn first(proportions: &Proportions, load: Load) -> Outcome<First> {
    let mut town = Town::new(proportions)?;
    let writer = town.phone()?;
    write(&town, &writer, load)?;
    town.meet(&writer)?;
    let fresh = town.invited(None)?;
    let began = Instant::now();
    let tally = town.meet(&fresh)?;
    Ok(First { load, tally, took: began.elapsed() })
}

/// Fills the logs evenly, one after the other and 12 changes a seal: documents first, then round after
/// round of steps in them.
fn write(town: &Town, writer: &Phone, load: Load) -> Outcome<()> {
    let buildings = town.buildings();
    let share = load.documents.div_ceil(buildings.len());
    let mut left = load.documents;
    for building in buildings {
        let mut unsealed = 0;
        let mut saved = || -> Outcome<()> {
            unsealed += 1;
            if unsealed % BATCH == 0 { town.seal(writer) } else { Ok(()) }
        };
        let mut documents = Vec::new();
        for n in 0..share.min(left) {
            documents.push(writer.files(building, n)?);
            saved()?;
        }
        for round in 1..load.changes_a_document {
            for document in &documents {
                writer.works_on(*document, round)?;
                saved()?;
            }
        }
        left -= documents.len();
        town.seal(writer)?;
    }
    Ok(())
}

/// The design's floor for the largest load.
const FLOOR_BYTES: f64 = 1_000_000.0;

/// The bytes of the load that the design names, where it was measured.
fn largest(lines: &[First]) -> Option<f64> {
    let is_it = |line: &&First| (line.load.documents, line.load.changes_a_document) == (5_000, 5);
    lines.iter().find(is_it).map(|line| line.tally.down as f64)
}

pub(crate) fn table(lines: &[First]) -> Table {
    let header = [
        "documents x changes",
        "down",
        "of it roster",
        "up",
        "round trips",
        "seals",
        "down a document",
        "down a change",
        "down / raw",
        "time a document",
    ];
    let empty = lines.first().map(|line| line.tally.down).unwrap_or_default();
    let base = lines.get(1).map_or(0.0, First::time_a_document);
    let mut table = Table::new("First sync of a fresh phone, roster included", &header).note(format!(
        "Grievances of one grid in 40 logs, at most 12 changes a seal (with \
         100 documents there are 3 in a log, with 1,000 there are 25). *Down a document* and *a change* are without the {} B \
         that a phone with nothing to fetch gets (roster, code lists, enrolment). *Time a document* is against the line of the \
         fewest documents, in the same run: the slope. {} The design's floor for 5,000 x 5 is about 1.0 MB with codec 1, \
         which is not built yet{}.",
        whole(empty),
        slope(lines).map_or_else(String::new, |bytes| format!(
            "Between the smallest and the largest load of one change a document, a document more costs {bytes:.1} B."
        )),
        largest(lines).map_or_else(String::new, |down| format!(": this is {}", times(down, FLOOR_BYTES))),
    ));
    for line in lines {
        let First { load, tally, .. } = line;
        let documents = load.documents as u64;
        table.row(vec![
            format!("{} x {}", whole(documents), load.changes_a_document),
            whole(tally.down),
            whole(tally.of("Roster")),
            whole(tally.up),
            tally.round_trips.to_string(),
            whole(tally.served.seals),
            each(tally.down - empty, documents),
            each(tally.down - empty, documents * load.changes_a_document as u64),
            times(tally.down as f64, tally.served.raw as f64),
            if documents == 0 { "-".to_owned() } else { times(line.time_a_document(), base) },
        ]);
    }
    table
}

impl First {
    fn time_a_document(&self) -> f64 {
        ratio(self.took.as_secs_f64(), self.load.documents as f64)
    }
}

/// Bytes for each document more, where each has one change.
pub(crate) fn slope(lines: &[First]) -> Option<f64> {
    let mut single = lines.iter().filter(|line| line.load.changes_a_document == 1);
    let first = single.find(|line| line.load.documents > 0)?;
    let last = single.next_back()?;
    let bytes = last.tally.down as f64 - first.tally.down as f64;
    Some(ratio(bytes, (last.load.documents - first.load.documents) as f64))
}
