//! A realm: made once, then changed by roster files.
//!
//! [`init`] makes keys, Genesis and the first rosters in a data folder. [`diff`] says what a changed
//! file would change, [`apply`] writes just that, in one transaction, into the rosters in which the
//! records ride. Both say what it does to phones, and refuse what a phone could not bear.

mod changes;
mod diff;

use std::{collections::BTreeSet, fs, io, path::Path, sync::Arc};

use doorstep_protocol::{
    id::{Chain8, RealmId},
    key::DeviceKey as _,
    roster::{Fact, Genesis, Record, Roster},
    store::{RelayStore as _, StoreError},
};
use thiserror::Error;

pub use self::{
    changes::{Changes, Moved},
    diff::diff,
};
use crate::{
    keys::{SecretError, Secrets},
    reach::{Reach, ReachChanges, TooMuch},
    register::{Register, Step},
    roster_file::{RosterFile, RosterFileError},
    store::{OpenError, RelayDb},
    surroundings::{Entropy, EntropyError},
};

/// The database in a data folder.
pub const DATABASE_FILE: &str = "relay.db";

/// What a record is about.
type Key = (u8, Vec<u8>);

fn key_of(record: &Record) -> Key {
    (record.kind, record.key.clone())
}

/// A realm cannot be made or changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RealmError {
    /// The roster file.
    #[error(transparent)]
    File(#[from] RosterFileError),
    /// The keys.
    #[error(transparent)]
    Secrets(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database, while it was written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave no random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// More than phones can hold.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// Somebody else changed the rosters after a person was shown what would change.
    #[error(
        "the rosters were changed meanwhile (a phone was enrolled, or another file applied), so this would \
         do something else than was shown; nothing was written: run it again"
    )]
    ChangedMeanwhile,
    /// The folder.
    #[error("{path}: {source}")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// The code lists that a new realm begins with.
fn default_code_lists() -> Vec<Fact> {
    doorstep_domain::codes::default_code_lists()
}

/// Makes a realm in a data folder that has none: keys, database, first rosters.
pub fn init(
    folder: &Path,
    file: &RosterFile,
    entropy: Arc<dyn Entropy>,
    now_ms: u64,
) -> Result<RealmId, RealmError> {
    let folder_error = |source| RealmError::Folder { path: folder.display().to_string(), source };
    let database = folder.join(DATABASE_FILE);
    if database.exists() {
        return Err(OpenError::Exists(database.display().to_string()).into());
    }
    // What is wrong with the file is said before anything is made.
    file.facts(&RealmId::ZERO)?;
    make_folder(folder).map_err(folder_error)?;
    let secrets = Secrets::draw(entropy.as_ref())?;
    let genesis = genesis(&secrets, entropy.as_ref())?;
    secrets.save(folder)?;
    let mut db = RelayDb::create(&database, genesis.realm(), entropy)?;
    write_first(&mut db, &genesis, file, now_ms)?;
    Ok(genesis.realm())
}

/// Residents' words will lie in it: nobody else on the machine may look in.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// As [`init`], in memory.
pub fn init_in_memory(
    file: &RosterFile,
    entropy: Arc<dyn Entropy>,
    now_ms: u64,
) -> Result<(RelayDb, Secrets), RealmError> {
    let secrets = Secrets::draw(entropy.as_ref())?;
    let genesis = genesis(&secrets, entropy.as_ref())?;
    let mut db = RelayDb::create_in_memory(genesis.realm(), entropy)?;
    write_first(&mut db, &genesis, file, now_ms)?;
    Ok((db, secrets))
}

fn genesis(secrets: &Secrets, entropy: &dyn Entropy) -> Result<Genesis, EntropyError> {
    let mut nonce = [0; 32];
    entropy.fill(&mut nonce)?;
    let backup = secrets.backup.spki().key_hash();
    Ok(Genesis { nonce, relay: secrets.relay.spki(), backup })
}

fn write_first(
    db: &mut RelayDb,
    genesis: &Genesis,
    file: &RosterFile,
    now_ms: u64,
) -> Result<(), RealmError> {
    let realm = genesis.realm();
    let mut facts = file.facts(&realm)?;
    facts.extend(default_code_lists());
    let records: Vec<Record> = facts.iter().map(Fact::record).collect();
    let mut register = Register::new(realm);
    register.set_genesis(now_ms, Fact::Genesis(*genesis).record());
    db.write_steps(&register.plan(&records), now_ms)?;
    Ok(())
}

/// Makes a changed file stand: in one transaction, in the rosters in which the records ride. With
/// `dry_run` nothing is written and the same is said.
///
/// # Errors
/// See [`RealmError`]; nothing was written then.
pub fn apply(
    db: &mut RelayDb,
    file: &RosterFile,
    now_ms: u64,
    dry_run: bool,
) -> Result<Changes, RealmError> {
    in_transaction(db, !dry_run, |db| {
        let plan = plan(db, file)?;
        if !dry_run {
            db.write_steps(&plan.steps, now_ms)?;
        }
        Ok(plan.changes)
    })
}

/// As [`apply`], of what a person was shown by a dry run, and of nothing else.
///
/// # Errors
/// [`RealmError::ChangedMeanwhile`] where it would do something else by now; see [`RealmError`].
pub fn apply_shown(
    db: &mut RelayDb,
    file: &RosterFile,
    now_ms: u64,
    shown: &Changes,
) -> Result<(), RealmError> {
    in_transaction(db, true, |db| {
        let plan = plan(db, file)?;
        if !plan.changes.is_as(shown) {
            return Err(RealmError::ChangedMeanwhile);
        }
        Ok(db.write_steps(&plan.steps, now_ms)?)
    })
}

/// What stands is read under the write lock, so that nothing can come between.
fn in_transaction<T>(
    db: &mut RelayDb,
    keep: bool,
    work: impl FnOnce(&mut RelayDb) -> Result<T, RealmError>,
) -> Result<T, RealmError> {
    db.begin()?;
    match work(db) {
        Ok(out) if keep => {
            db.commit()?;
            Ok(out)
        }
        done => {
            db.rollback();
            done
        }
    }
}

/// What is to be written, and what that changes.
struct Plan {
    steps: Vec<Step>,
    changes: Changes,
}

fn plan(db: &RelayDb, file: &RosterFile) -> Result<Plan, RealmError> {
    let register = db.register()?;
    let facts = diff(&register, file)?;
    let mut records: Vec<Record> = facts.iter().map(Fact::record).collect();
    // What a restore left uneven: whoever applies a file has decided.
    let changed: BTreeSet<Key> = records.iter().map(key_of).collect();
    records.extend(register.uneven().into_iter().filter(|r| !changed.contains(&key_of(r))));
    let steps = register.plan(&records);
    let mut changes = changes::describe(&register, &facts, file);
    let touched: BTreeSet<_> = steps.iter().flat_map(|step| step.rosters.iter().copied()).collect();
    changes.entries = steps.iter().map(|step| step.rosters.len()).sum();
    changes.new_rosters = touched.iter().filter(|roster| !register.has(**roster)).count();
    changes.rosters = touched.len();
    let before = Reach::of(db.rosters());
    let after = if steps.is_empty() { before.clone() } else { Reach::of(&after(db, &steps)) };
    changes.reach = ReachChanges::between(&before, &after, &db.documents_by_log()?)?;
    Ok(Plan { steps, changes })
}

/// The rosters as they would stand.
fn after(db: &RelayDb, steps: &[Step]) -> Vec<Roster> {
    let mut rosters = db.rosters().to_vec();
    for step in steps {
        for block in &step.rosters {
            if !rosters.iter().any(|roster| roster.block() == *block) {
                rosters.push(Roster::new(db.realm(), *block));
            }
            let roster = rosters.iter_mut().find(|roster| roster.block() == *block);
            if let Some(roster) = roster {
                roster.append(Chain8::ZERO, 0, &step.records);
            }
        }
    }
    rosters
}
