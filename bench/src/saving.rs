//! Saving a visit against a bare SQLite insert of as many bytes, side by side.

use std::path::Path;

use rusqlite::Connection;

use crate::{
    Outcome,
    stopwatch::Times,
    table::{Table, each, times},
    town::{Town, folder_bytes, one_grid},
};

/// The pragmas of the phone's store.
const PRAGMAS: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 10485760;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    CREATE TABLE visit (n INTEGER PRIMARY KEY, raw BLOB NOT NULL);
";
const INSERT: &str = "INSERT INTO visit (raw) VALUES (zeroblob(?1))";
/// A page in the write-ahead log, with its frame's header.
const WAL_FRAME_BYTES: u64 = 4_096 + 24;

/// What saving costs.
#[derive(Debug)]
pub(crate) struct Saving {
    pub(crate) visits: u64,
    /// Of the change as it is stored and hashed.
    pub(crate) raw: u64,
    /// Pages that a save writes to the write-ahead log: engine, bare.
    pub(crate) pages: (u64, u64),
    /// Bytes on disk in all, more than before.
    pub(crate) disk: (u64, u64),
    /// Of times, on the disk and in memory.
    pub(crate) ratio: f64,
    pub(crate) ratio_in_memory: f64,
}

/// Saves so many visits and inserts as often, in turn.
pub(crate) fn measure(visits: u64) -> Outcome<Saving> {
    let folder = tempfile::tempdir()?;
    let (ours, bare) = (folder.path().join("engine"), folder.path().join("bare"));
    std::fs::create_dir_all(&bare)?;
    let mut town = Town::new(&one_grid(2))?;
    let phone = town.invited(Some(&ours))?;
    town.meet(&phone)?;
    let building = *town.buildings().first().ok_or("no building")?;
    let household = phone.founds(building, 0)?;
    town.meet(&phone)?;
    phone.visits(household, 0)?;
    let pushed = town.meet(&phone)?.pushed;
    let raw = pushed.raw / pushed.changes;
    // Opened anew, both have an empty write-ahead log.
    let phone = phone.reopened(&ours)?;
    let file = bare.join("bare.sqlite");
    let connection = Connection::open(&file)?;
    connection.execute_batch(PRAGMAS)?;
    drop(connection);
    let (ours_before, bare_before) = (folder_bytes(&ours)?, folder_bytes(&bare)?);
    let connection = Connection::open(&file)?;
    connection.execute_batch(PRAGMAS.split("CREATE").next().unwrap_or_default())?;

    let length = i64::try_from(raw)?;
    let (mut saves, mut inserts) = (Times::default(), Times::default());
    let mut wal = ((0, 0), (0, 0));
    for n in 0..visits {
        saves.take(|| phone.visits(household, usize::try_from(n)?))?;
        inserts.take(|| Ok(connection.prepare_cached(INSERT)?.execute([length])?))?;
        let now = (wal_bytes(&ours)?, wal_bytes(&bare)?);
        match n {
            WARM => wal.0 = now,
            _ if n == WARM + COUNTED => wal.1 = now,
            _ => {}
        }
    }
    drop(connection);
    drop(phone.reopened(&ours)?);
    let pages = |before: u64, after: u64| (after - before) / WAL_FRAME_BYTES;
    Ok(Saving {
        visits,
        raw,
        pages: (pages(wal.0.0, wal.1.0), pages(wal.0.1, wal.1.1)),
        disk: (folder_bytes(&ours)? - ours_before, folder_bytes(&bare)? - bare_before),
        ratio: saves.against(&inserts),
        ratio_in_memory: in_memory(visits, length)?,
    })
}

/// The same where no disk is waited for.
fn in_memory(visits: u64, length: i64) -> Outcome<f64> {
    let mut town = Town::new(&one_grid(2))?;
    let phone = town.phone()?;
    let building = *town.buildings().first().ok_or("no building")?;
    let household = phone.founds(building, 0)?;
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(PRAGMAS)?;
    let (mut saves, mut inserts) = (Times::default(), Times::default());
    for n in 0..visits {
        saves.take(|| phone.visits(household, usize::try_from(n)?))?;
        inserts.take(|| Ok(connection.prepare_cached(INSERT)?.execute([length])?))?;
    }
    Ok(saves.against(&inserts))
}

/// Saves before pages are counted, and saves over which they are: far from a checkpoint.
const WARM: u64 = 4;
const COUNTED: u64 = 10;

fn wal_bytes(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        if file.file_name().to_string_lossy().ends_with("-wal") {
            bytes += file.metadata()?.len();
        }
    }
    Ok(bytes)
}

pub(crate) fn table(saving: &Saving) -> Table {
    let header = ["", "a bare insert", "record_visit", "ratio"];
    let mut table = Table::new("Saving a visit", &header).note(format!(
        "{} visits and as many inserts of {} B, in turn, each a transaction of its own with WAL and `synchronous=FULL`: \
         one sync each, on the disk of the temporary folder. The times are ratios of medians: on the disk both \
         wait for it most of the time, and four runs gave 0.4 to 2.0; in memory it is what the engine does beside. What the engine writes beside the bytes: the document, its index, the list row with its words, what is to \
         be sealed.",
        saving.visits, saving.raw
    ));
    let (ours, bare) = saving.pages;
    table.row(vec![
        "pages to the write-ahead log".into(),
        each(bare, COUNTED),
        each(ours, COUNTED),
        times(ours as f64, bare as f64),
    ]);
    let (ours, bare) = saving.disk;
    table.row(vec![
        "bytes on disk".into(),
        each(bare, saving.visits),
        each(ours, saving.visits),
        times(ours as f64, bare as f64),
    ]);
    for (what, ratio) in
        [("time on the disk", saving.ratio), ("time in memory", saving.ratio_in_memory)]
    {
        table.row(vec![what.into(), "1".into(), String::new(), format!("{ratio:.2}x")]);
    }
    table
}
