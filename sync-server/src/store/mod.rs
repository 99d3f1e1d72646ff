//! The relay's logs in SQLite: one file, one writer, no other service.
//!
//! [`RelayDb`] implements [`Index`](doorstep_protocol::store::Index) and
//! [`RelayStore`](doorstep_protocol::store::RelayStore), which is the seam where another database
//! would go. It opens no document. WAL and `synchronous=FULL`: an acknowledgement leaves only after the
//! commit is on the disk. Another process may write to the same file (an invitation, a roster): its
//! commits are noticed at [`RelayDb::refresh`] and at the next transaction.

mod admit;
mod enrol;
mod index;
mod mend;
mod reader;
mod relay_store;
mod rosters;

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use doorstep_protocol::{
    id::{RealmId, Scope},
    limits::AUTHOR_DAY_BYTES_MAX,
    roster::Roster,
    store::StoreError,
};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use thiserror::Error;

pub use enrol::{DeviceRow, EnrolError, Invited, TOKEN_BYTES};
pub use reader::{Alarm, Counts, DocumentChange, LogCount, SealRow};

use crate::surroundings::Entropy;

/// The newest schema that this program knows.
const SCHEMA_VERSION: i64 = 1;
/// Migrations in order: the n-th takes a database from version n to n + 1.
const MIGRATIONS: [&str; SCHEMA_VERSION as usize] = [include_str!("schema_1.sql")];
/// How long one process waits for another's transaction.
const BUSY_MAX: Duration = Duration::from_secs(10);
/// The write-ahead log is cut back to this after a checkpoint.
const WAL_BYTES_MAX: i64 = 64 * 1024 * 1024;

/// Why a database cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no file.
    #[error("there is no relay database at {0}; `doorstep init` makes one")]
    Missing(String),
    /// Made by a newer program.
    #[error(
        "the database is of version {0}, this program knows version {SCHEMA_VERSION}: update doorstep"
    )]
    Newer(i64),
    /// There is one already.
    #[error("there is a relay database at {0} already")]
    Exists(String),
    /// SQLite, or what stands in the file.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The relay's database.
pub struct RelayDb {
    connection: Connection,
    realm: RealmId,
    rosters: Vec<Roster>,
    entropy: Arc<dyn Entropy>,
    undo: Option<Undo>,
    data_version: i64,
    author_day_bytes_max: u64,
    appended: BTreeSet<Scope>,
}

/// What a rollback must take back in memory, and what the open transaction has done so far.
#[derive(Debug, Default)]
struct Undo {
    /// The rosters' newest entries when the transaction was opened.
    tips: Vec<u32>,
    /// Roster entries taken back from phones.
    regained: Vec<(Scope, u32)>,
    appended: BTreeSet<Scope>,
}

impl std::fmt::Debug for RelayDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayDb")
            .field("realm", &self.realm)
            .field("rosters", &self.rosters.len())
            .finish_non_exhaustive()
    }
}

impl RelayDb {
    /// Makes a database in a new file for a realm that has no rosters yet.
    pub fn create(
        path: &Path,
        realm: RealmId,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        if path.exists() {
            return Err(OpenError::Exists(path.display().to_string()));
        }
        let connection = Connection::open(path).map_err(failed("open"))?;
        Self::begin_with(connection, realm, entropy)
    }

    /// As [`Self::create`], in memory: for tests and the simulated world.
    pub fn create_in_memory(realm: RealmId, entropy: Arc<dyn Entropy>) -> Result<Self, OpenError> {
        let connection = Connection::open_in_memory().map_err(failed("open"))?;
        Self::begin_with(connection, realm, entropy)
    }

    /// Opens a database that is there.
    pub fn open(path: &Path, entropy: Arc<dyn Entropy>) -> Result<Self, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing(path.display().to_string()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed("open"))?;
        prepare(&connection)?;
        let realm = rosters::realm(&connection)?;
        Self::with(connection, realm, entropy)
    }

    fn begin_with(
        connection: Connection,
        realm: RealmId,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        prepare(&connection)?;
        connection
            .execute("INSERT INTO meta (name, value) VALUES ('realm', ?1)", [realm.0])
            .map_err(failed("write the realm"))?;
        Self::with(connection, realm, entropy)
    }

    fn with(
        connection: Connection,
        realm: RealmId,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let mut db = Self {
            connection,
            realm,
            rosters: Vec::new(),
            entropy,
            undo: None,
            data_version: 0,
            author_day_bytes_max: AUTHOR_DAY_BYTES_MAX,
            appended: BTreeSet::new(),
        };
        db.data_version = db.read_data_version()?;
        db.load_rosters()?;
        Ok(db)
    }

    /// How many bytes an author may add in a day; [`AUTHOR_DAY_BYTES_MAX`] unless set. An import of a
    /// register needs more.
    pub fn set_author_day_bytes_max(&mut self, bytes: u64) {
        self.author_day_bytes_max = bytes;
    }

    /// The logs that got entries since this was last asked: by this process in committed transactions,
    /// and, after [`Self::refresh`], in rosters by others.
    pub fn take_appended(&mut self) -> BTreeSet<Scope> {
        std::mem::take(&mut self.appended)
    }

    /// Takes up what another process has written into rosters since the last look. Cheap where nothing
    /// was.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        let version = self.read_data_version()?;
        if version != self.data_version {
            let gained = self.load_rosters()?;
            self.appended.extend(gained);
            self.data_version = version;
        }
        Ok(())
    }

    fn read_data_version(&self) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(failed("read the data version"))
    }

    /// Runs `work` in the open transaction, or in one of its own.
    fn within<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        use doorstep_protocol::store::RelayStore as _;
        if self.undo.is_some() {
            return work(self);
        }
        self.begin()?;
        match work(self) {
            Ok(out) => {
                self.commit()?;
                Ok(out)
            }
            Err(error) => {
                self.rollback();
                Err(error)
            }
        }
    }

    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], StoreError> {
        let mut out = [0; N];
        self.entropy
            .fill(&mut out)
            .map_err(|_| StoreError::Failed("no random bytes".to_owned()))?;
        Ok(out)
    }
}

/// Pragmas and migrations.
fn prepare(connection: &Connection) -> Result<(), OpenError> {
    connection.busy_timeout(BUSY_MAX).map_err(failed("set up"))?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             PRAGMA journal_size_limit = {WAL_BYTES_MAX};"
        ))
        .map_err(failed("set up"))?;
    let version: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(failed("read the version"))?;
    if version > SCHEMA_VERSION {
        return Err(OpenError::Newer(version));
    }
    let done = usize::try_from(version).unwrap_or_default();
    for (n, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; {sql} PRAGMA user_version = {}; COMMIT;",
                n + 1
            ))
            .map_err(failed("migrate"))?;
    }
    Ok(())
}

/// Names the operation that failed, never its content.
fn failed(operation: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(code) => StoreError::Failed(format!("{operation}: {code:?}")),
        None => StoreError::Failed(operation.to_owned()),
    }
}

/// Times and sums fit SQLite's signed integers for some 290 million years.
fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
