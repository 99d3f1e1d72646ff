//! A relay restored to yesterday: what was lost, and what the phones offered to make it whole.

use crate::{
    Outcome,
    table::{Table, times, whole},
    tally::Tally,
    town::{Phone, Town, copy_folder, one_grid},
};

/// One restore.
#[derive(Debug)]
pub(crate) struct Restored {
    pub(crate) phones: u64,
    /// Seals that the relay no longer had, and their bytes.
    pub(crate) lost: (u64, u64),
    /// Of which nobody has brought back.
    pub(crate) missing: u64,
    /// What the first phone that met offered.
    pub(crate) first: Tally,
    /// What all did until everything was in step.
    pub(crate) all: Tally,
    pub(crate) rounds: u64,
}

/// Full rounds of meetings in which everything must have come to rest.
const ROUNDS_MAX: u64 = 6;
const BUILDINGS: usize = 10;

/// Measures with these phones, each of which wrote so many changes a day.
pub(crate) fn measure(phones: usize, changes: usize) -> Outcome<Restored> {
    let folder = tempfile::tempdir()?;
    let (live, backup) = (folder.path().join("relay"), folder.path().join("backup"));
    let mut town = Town::in_folder(&one_grid(BUILDINGS), &live)?;
    let all = (0..phones).map(|_| town.phone()).collect::<Outcome<Vec<Phone>>>()?;
    day(&mut town, &all, changes)?;
    let closed = town.close();
    copy_folder(&live, &backup)?;
    let mut town = closed.open(&live)?;
    let yesterday = town.relay.view().counts()?;
    town.pass(24 * 3_600_000);
    day(&mut town, &all, changes)?;
    let today = town.relay.view().counts()?;

    let closed = town.close();
    std::fs::remove_dir_all(&live)?;
    copy_folder(&backup, &live)?;
    let mut town = closed.open(&live)?;
    let mut out = Restored {
        phones: u64::try_from(phones)?,
        lost: (today.seals - yesterday.seals, today.seal_bytes - yesterday.seal_bytes),
        missing: 0,
        first: Tally::default(),
        all: Tally::default(),
        rounds: 0,
    };
    while out.rounds < ROUNDS_MAX {
        out.rounds += 1;
        let mut moved = 0;
        for (n, phone) in all.iter().enumerate() {
            let tally = town.meet(phone)?;
            moved += tally.pushed.seals + tally.served.seals;
            out.all.join(&tally);
            if out.rounds == 1 && n == 0 {
                out.first = tally;
            }
        }
        if moved == 0 {
            break;
        }
    }
    out.missing = today.changes_applied - town.relay.view().counts()?.changes_applied;
    Ok(out)
}

/// Everybody writes, everybody meets twice: up, then down.
fn day(town: &mut Town, phones: &[Phone], changes: usize) -> Outcome<()> {
    let buildings = town.buildings();
    for phone in phones {
        for n in 0..changes {
            let building = *buildings.get(n % BUILDINGS).ok_or("no such building")?;
            phone.files(building, n)?;
        }
        town.meet(phone)?;
    }
    phones.iter().try_for_each(|phone| town.meet(phone).map(|_| ()))
}

pub(crate) fn table(lines: &[Restored]) -> Table {
    let header = [
        "phones that hold the logs",
        "lost seals",
        "lost bytes",
        "still missing",
        "offered by the first phone",
        "offered / lost",
        "offered by all",
        "offered / lost",
        "rounds to rest",
    ];
    let mut table = Table::new("A relay restored to yesterday", &header).note(
        "*Offered* is bytes of Push frames. The first phone that meets makes the relay whole. Every other phone that had \
         read the lost entries offers them too, since the log that grew anew has another chain, and some older ones, \
         since on a true fork the common point is sought at exponential steps back. Keyed 8-byte ids (Have, Need), by which \
         the relay would say what it has, are not built yet. The design asks for at most 1.3 times what was lost: one \
         phone meets that, several together do not.",
    );
    for line in lines {
        let offered = |tally: &Tally| tally.of("Push");
        table.row(vec![
            line.phones.to_string(),
            whole(line.lost.0),
            whole(line.lost.1),
            line.missing.to_string(),
            whole(offered(&line.first)),
            times(offered(&line.first) as f64, line.lost.1 as f64),
            whole(offered(&line.all)),
            times(offered(&line.all) as f64, line.lost.1 as f64),
            line.rounds.to_string(),
        ]);
    }
    table
}
