//! A meeting in which nothing had changed, and one of a working day.

use crate::{
    Outcome,
    table::{Table, ratio, times, whole},
    tally::Tally,
    town::{Phone, Town, one_grid},
};

/// A meeting in which nothing had changed.
#[derive(Debug)]
pub(crate) struct Quiet {
    pub(crate) logs: u64,
    pub(crate) tally: Tally,
}

/// Measures with so many logs held, an entry in each.
pub(crate) fn measure(logs: &[usize]) -> Outcome<Vec<Quiet>> {
    let quiet = |logs: &usize| {
        let mut town = Town::new(&one_grid(*logs))?;
        let (writer, reader) = (town.phone()?, town.phone()?);
        for (n, building) in town.buildings().into_iter().enumerate() {
            writer.founds(building, n)?;
        }
        town.meet(&writer)?;
        town.meet(&reader)?;
        Ok(Quiet { logs: u64::try_from(*logs)?, tally: town.meet(&reader)? })
    };
    logs.iter().map(quiet).collect()
}

/// Bytes for each log more, up and down, between the first line and the last.
pub(crate) fn slope(lines: &[Quiet]) -> Option<(f64, f64)> {
    let (first, last) = (lines.first()?, lines.last()?);
    let per_log = |a: u64, b: u64| ratio(b as f64 - a as f64, (last.logs - first.logs) as f64);
    Some((per_log(first.tally.up, last.tally.up), per_log(first.tally.down, last.tally.down)))
}

pub(crate) fn table(lines: &[Quiet]) -> Table {
    let (up, down) = slope(lines).unwrap_or_default();
    let header = ["logs held", "up", "down", "round trips", "seals"];
    let mut table = Table::new("Nothing changed", &header).note(format!(
        "Each log more costs {up:.1} B up (its cursor in Hello) and {down:.1} B down. Frames only: the handshake is not in these counts, \
         while the floor is of UDP payload with it. The design's floor is 1,200 + \
         1,200 B in one round trip with 300 logs, and 50 B on an open connection; a bookmark in place of the cursors, \
         which makes this the same for 3 logs and for 300, is not built yet, nor is resumption."
    ));
    for Quiet { logs, tally } in lines {
        table.row(vec![
            logs.to_string(),
            whole(tally.up),
            whole(tally.down),
            tally.round_trips.to_string(),
            (tally.pushed.seals + tally.served.seals).to_string(),
        ]);
    }
    table
}

/// A working day: a phone that has written and missed much meets once.
#[derive(Debug)]
pub(crate) struct Day {
    pub(crate) first: Tally,
    pub(crate) again: Tally,
}

const BUILDINGS: usize = 6;
const COLLEAGUES: usize = 5;
const BATCHES: usize = 4;
const BATCH: usize = 10;
const OWN: usize = 30;

/// Measures 30 changes up in 6 buildings and 200 down, then the meeting after it.
pub(crate) fn day() -> Outcome<Day> {
    let mut town = Town::new(&one_grid(40))?;
    let phone = town.phone()?;
    let colleagues = (0..COLLEAGUES).map(|_| town.phone()).collect::<Outcome<Vec<Phone>>>()?;
    let buildings: Vec<_> = town.buildings().into_iter().take(BUILDINGS).collect();
    let mut open = Vec::new();
    for (n, building) in buildings.iter().enumerate() {
        open.push((phone.founds(*building, n)?, phone.files(*building, n)?));
    }
    town.meet(&phone)?;
    for colleague in &colleagues {
        town.meet(colleague)?;
    }
    town.meet(&phone)?;
    // Of each three acts, two are visits (new documents) and one is a step on what is open.
    let act = |who: &Phone, building: usize, n: usize| -> Outcome<()> {
        let (household, grievance) = *open.get(building).ok_or("no such building")?;
        if n.is_multiple_of(3) {
            who.works_on(grievance, n).map(|_| ())
        } else {
            who.visits(household, n).map(|_| ())
        }
    };
    for batch in 0..BATCHES {
        for (n, colleague) in colleagues.iter().enumerate() {
            for step in 0..BATCH {
                act(colleague, (batch * COLLEAGUES + n) % BUILDINGS, step)?;
            }
            town.meet(colleague)?;
        }
    }
    for n in 0..OWN {
        act(&phone, n % BUILDINGS, n / BUILDINGS)?;
    }
    Ok(Day { first: town.meet(&phone)?, again: town.meet(&phone)? })
}

pub(crate) fn day_table(day: &Day) -> Table {
    const FLOOR_UP: f64 = 1_400.0;
    const FLOOR_DOWN: f64 = 8_400.0;
    let (up, down) = (&day.first.pushed, &day.first.served);
    let mut table = Table::new(
        "A working day: 30 changes up in 6 buildings, 200 down",
        &["", "frames", "changes", "seals", "raw changes", "frames / raw", "the design's floor", "frames / floor"],
    )
    .note(format!(
        "{} round trips: Hello and what is served, then what is pushed and its receipt. Colleagues' changes came 10 a seal, one's own 5 a \
         seal. The floor counts changes at the bound of codec 1, which is not built yet; what is here is codec 0. The meeting after it: \
         {} B up, {} B down, {} seals.",
        day.first.round_trips,
        whole(day.again.up),
        whole(day.again.down),
        day.again.pushed.seals + day.again.served.seals,
    ));
    for (way, bytes, seals, floor) in
        [("up", day.first.up, up, FLOOR_UP), ("down", day.first.down, down, FLOOR_DOWN)]
    {
        table.row(vec![
            way.to_owned(),
            whole(bytes),
            whole(seals.changes),
            whole(seals.seals),
            whole(seals.raw),
            times(bytes as f64, seals.raw as f64),
            whole(floor as u64),
            times(bytes as f64, floor),
        ]);
    }
    table
}
