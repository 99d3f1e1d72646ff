//! The file: how it is opened, its pragmas and its migrations.

use std::{fs, path::Path};

use doorstep_protocol::store::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::{At, OpenError};

/// The file's name in the store's folder.
const FILE: &str = "store.sqlite";

/// One file a migration, in order; the version of a file is how many of them it has. A released one
/// is never edited.
const MIGRATIONS: [&str; 2] =
    [include_str!("sql/001_first.sql"), include_str!("sql/002_status_indexes.sql")];

/// Each pragma with its reason.
///
/// - `locking_mode`: one process, one connection; a second one is told so instead of waiting.
/// - `journal_mode`, `synchronous`: a saved act survives a power cut. NORMAL lost acknowledged work in
///   more than half of the simulated ones.
/// - `journal_size_limit`: a log of writes that grew once does not stay large (10 MiB).
/// - `secure_delete`: what is deleted is overwritten.
/// - `temp_store`: nothing of a household goes into a temporary file.
/// - `trusted_schema`, `cell_size_check`: a damaged or doctored file is an error, not a surprise.
const PRAGMAS: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 10485760;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA foreign_keys = OFF;
";

/// How many prepared statements are kept.
const STATEMENTS_MAX: usize = 128;

/// Opens or makes the file in `folder`.
pub(super) fn open_file(folder: &Path, key: Option<[u8; 32]>) -> Result<Connection, OpenError> {
    fs::create_dir_all(folder).map_err(|_| StoreError::Failed("folder".to_owned()))?;
    let path = folder.join(FILE);
    if path.exists() {
        // Looked at without writing: a newer file must stay as it is.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let probe = Connection::open_with_flags(&path, flags).map_err(refused)?;
        probe.busy_timeout(std::time::Duration::ZERO).map_err(refused)?;
        unlock(&probe, key)?;
        check_version(&probe)?;
        probe.close().map_err(|(_, error)| refused(error))?;
    } else {
        unlock(&Connection::open_in_memory().map_err(refused)?, key)?;
    }
    let conn = Connection::open(&path).map_err(refused)?;
    unlock(&conn, key)?;
    prepare(conn)
}

/// A database in memory.
pub(super) fn open_memory() -> Result<Connection, OpenError> {
    prepare(Connection::open_in_memory().map_err(refused)?)
}

fn prepare(mut conn: Connection) -> Result<Connection, OpenError> {
    conn.busy_timeout(std::time::Duration::ZERO).map_err(refused)?;
    conn.execute_batch(PRAGMAS).map_err(refused)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    migrate(&mut conn)?;
    Ok(conn)
}

/// Gives the raw key to SQLCipher, the first thing that a connection must hear. Plain SQLite would
/// ignore it and write everything in the clear, so it is asked first.
fn unlock(conn: &Connection, key: Option<[u8; 32]>) -> Result<(), OpenError> {
    let Some(key) = key else { return Ok(()) };
    let cipher = conn.query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0));
    if cipher.is_err() {
        return Err(OpenError::NoEncryption);
    }
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.pragma_update(None, "key", format!("x'{hex}'")).map_err(refused)
}

fn check_version(conn: &Connection) -> Result<u32, OpenError> {
    let found: u32 =
        conn.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(refused)?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known { Err(OpenError::Newer { found, known }) } else { Ok(found) }
}

/// Each migration with its version in one transaction: a power cut leaves the one before.
fn migrate(conn: &mut Connection) -> Result<(), OpenError> {
    let found = check_version(conn)?;
    for (version, sql) in (1_u32..).zip(MIGRATIONS).skip(found as usize) {
        let tx = conn.transaction().map_err(refused)?;
        tx.execute_batch(sql).at("migrate")?;
        tx.pragma_update(None, "user_version", version).at("migrate")?;
        tx.commit().at("migrate")?;
    }
    Ok(())
}

fn refused(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::NotAStore,
        _ => match Err::<(), _>(error).at("open") {
            Err(error) => OpenError::Storage(error),
            Ok(()) => OpenError::NotAStore,
        },
    }
}
