//! What the relay pays: bytes of its database, and admission as its history grows.

use std::path::Path;

use crate::{
    Outcome,
    stopwatch::Times,
    table::{Table, each, times, whole},
    town::{Phone, Town, folder_bytes, one_grid},
};

/// Buildings among which the changes are spread.
const BUILDINGS: usize = 10;

/// Bytes on the relay's disk.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) changes_a_seal: usize,
    pub(crate) changes: u64,
    pub(crate) raw: u64,
    pub(crate) disk: u64,
}

/// Measures with about so many changes, at each number of changes a seal.
pub(crate) fn disk(changes: usize) -> Outcome<Vec<Disk>> {
    [1, 4, 12, 30].map(|size| disk_at(changes, size)).into_iter().collect()
}

fn disk_at(changes: usize, changes_a_seal: usize) -> Outcome<Disk> {
    let folder = tempfile::tempdir()?;
    let mut town = Town::in_folder(&one_grid(BUILDINGS), folder.path())?;
    let phone = town.phone()?;
    let closed = town.close();
    let before = database_bytes(folder.path())?;
    let mut town = closed.open(folder.path())?;
    let mut filled = 0;
    for n in 0..changes.div_ceil(changes_a_seal) {
        write(&town, &phone, n, changes_a_seal)?;
        filled += changes_a_seal;
    }
    let tally = town.meet(&phone)?;
    if tally.pushed.changes != filled as u64 {
        return Err("not everything was pushed".into());
    }
    drop(town.close());
    let disk = database_bytes(folder.path())? - before;
    Ok(Disk { changes_a_seal, changes: tally.pushed.changes, raw: tally.pushed.raw, disk })
}

/// Keys and tokens are small files beside it and do not grow.
fn database_bytes(folder: &Path) -> Outcome<u64> {
    folder_bytes(folder)
}

/// One seal of so many changes in the n-th building.
fn write(town: &Town, phone: &Phone, n: usize, changes: usize) -> Outcome<()> {
    let building = *town.buildings().get(n % BUILDINGS).ok_or("no such building")?;
    for change in 0..changes {
        phone.files(building, n + change)?;
    }
    town.seal(phone)
}

/// What admission costs with a long history, against a short one.
#[derive(Debug)]
pub(crate) struct Admission {
    pub(crate) few: u64,
    pub(crate) many: u64,
    pub(crate) ratio: f64,
}

/// Pushes seals of 12 to two relays in turn, one of which has ten times the changes of the other.
pub(crate) fn admission(few: usize, runs: usize) -> Outcome<Admission> {
    const CHANGES: usize = 12;
    let grown = |seals: usize| -> Outcome<(Town, Phone)> {
        let mut town = Town::new(&one_grid(BUILDINGS))?;
        let phone = town.phone()?;
        for n in 0..seals {
            write(&town, &phone, n, CHANGES)?;
        }
        town.meet(&phone)?;
        Ok((town, phone))
    };
    let seals = few.div_ceil(CHANGES);
    let (mut short, mut long) = (grown(seals)?, grown(10 * seals)?);
    let (few, many) = (changes(&short.0)?, changes(&long.0)?);
    let (mut few_times, mut many_times) = (Times::default(), Times::default());
    for n in 0..runs {
        for ((town, phone), times) in [(&mut short, &mut few_times), (&mut long, &mut many_times)] {
            write(town, phone, n, CHANGES)?;
            times.add(town.meet(phone)?.relay_busy);
        }
    }
    Ok(Admission { few, many, ratio: many_times.against(&few_times) })
}

fn changes(town: &Town) -> Outcome<u64> {
    Ok(town.relay.view().counts()?.changes_applied)
}

pub(crate) fn table(disks: &[Disk], admission: &Admission) -> Table {
    let header =
        ["changes a seal", "changes", "raw bytes a change", "bytes on disk a change", "disk / raw"];
    let mut table = Table::new("The relay", &header).note(format!(
        "Every change births a document, the dearest case: seal, entry, index of changes and of documents. To admit a seal of 12 with {} changes \
         stored takes {:.2} times as long as with {} (ratio of medians, in turn, in memory).",
        whole(admission.many),
        admission.ratio,
        whole(admission.few),
    ));
    for Disk { changes_a_seal, changes, raw, disk } in disks {
        table.row(vec![
            changes_a_seal.to_string(),
            whole(*changes),
            each(*raw, *changes),
            each(*disk, *changes),
            times(*disk as f64, *raw as f64),
        ]);
    }
    table
}
