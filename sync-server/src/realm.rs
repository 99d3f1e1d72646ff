//! A realm: made once, then changed by roster files.
//!
//! [`init`] makes keys, Genesis and the first rosters in a data folder. [`diff`] says what a changed
//! file would change, [`apply`] writes just that, in one transaction, into the rosters in which the
//! records ride.

use std::{collections::BTreeSet, fs, io, path::Path, sync::Arc};

use doorstep_protocol::{
    id::{Level, PlaceId, RealmId},
    key::DeviceKey as _,
    roster::{Fact, Genesis, Record, RecordKind, setting},
    store::{RelayStore as _, StoreError},
};
use serde::Serialize;
use thiserror::Error;

use crate::{
    keys::{SecretError, Secrets},
    register::{Register, View},
    roster_file::{RosterFile, RosterFileError, level_word},
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

/// What a changed file would change of what stands: only the records that differ, those that are gone
/// too. Devices, sendings and code lists are no business of the file; the devices of a member who is
/// gone go with them.
pub fn diff(register: &Register, file: &RosterFile) -> Result<Vec<Fact>, RosterFileError> {
    let wanted = file.facts(register.realm())?;
    let view = register.view();
    let standing: BTreeSet<&Record> = view.records().iter().collect();
    let keys: BTreeSet<Key> = wanted.iter().map(|fact| key_of(&fact.record())).collect();
    let mut out = Vec::new();
    let known: BTreeSet<Key> = view.records().iter().map(key_of).collect();
    let placed = placed(&wanted);
    for fact in &wanted {
        let record = fact.record();
        let key = key_of(&record);
        // Who has no place anywhere stands in no roster, and is not written by any.
        let rides = match fact {
            Fact::Member { .. } | Fact::Team { .. } => placed.contains(&key),
            _ => true,
        };
        if !standing.contains(&record) && (rides || known.contains(&key)) {
            out.push(fact.clone());
        }
    }
    for record in view.records() {
        if keys.contains(&key_of(record)) {
            continue;
        }
        let Ok(Some(fact)) = record.fact() else { continue };
        out.extend(gone(&fact, &keys)?);
    }
    Ok(out)
}

/// The keys of the members and teams that some role or assignment names.
fn placed(facts: &[Fact]) -> BTreeSet<Key> {
    let mut out = BTreeSet::new();
    for fact in facts {
        match fact {
            Fact::Role { member, given: Some(team), .. } => {
                out.insert((RecordKind::Member as u8, member.0.to_vec()));
                out.extend(team.map(|team| (RecordKind::Team as u8, team.0.to_vec())));
            }
            Fact::Assign { member, assign: Some(_), .. } => {
                out.insert((RecordKind::Member as u8, member.0.to_vec()));
            }
            _ => {}
        }
    }
    out
}

/// The fact that takes away one which is not in the file, where that is the file's business.
fn gone(fact: &Fact, wanted: &BTreeSet<Key>) -> Result<Option<Fact>, RosterFileError> {
    Ok(match fact {
        Fact::Place { place: Some(place), .. } => {
            return Err(RosterFileError::PlaceMissing {
                what: place.level().map_or("place", level_word),
                code: place.code.clone(),
            });
        }
        Fact::Setting { name, .. } if is_of_the_file(*name) => {
            Some(Fact::Setting { name: *name, value: None })
        }
        Fact::Member { id, .. } => Some(Fact::Member { id: *id, named: None }),
        Fact::Team { id, .. } => Some(Fact::Team { id: *id, named: None }),
        Fact::Role { member, place, role, .. } => {
            Some(Fact::Role { member: *member, place: *place, role: *role, given: None })
        }
        Fact::Assign { building, member, .. } => {
            Some(Fact::Assign { building: *building, member: *member, assign: None })
        }
        Fact::Device { id, device: Some(device) } => {
            let member = (RecordKind::Member as u8, device.member.0.to_vec());
            (!wanted.contains(&member)).then_some(Fact::Device { id: *id, device: None })
        }
        _ => None,
    })
}

fn is_of_the_file(name: u16) -> bool {
    matches!(name, setting::LOCAL_TIME_MIN | setting::LEASE_S | setting::DROP_PERIOD_S)
}

/// What a changed file did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Records that differ from what stands.
    pub records: usize,
    /// Entries in rosters.
    pub entries: usize,
    /// Rosters that get an entry.
    pub rosters: usize,
    /// Rosters that begin to be.
    pub new_rosters: usize,
    /// Places that lie elsewhere than before.
    pub moved: Vec<Moved>,
    /// Places that are new, by level from the top.
    pub new_places: Vec<PlaceName>,
    /// Places that have ended now.
    pub ended_places: Vec<PlaceName>,
    /// Members that are new, by code.
    pub new_members: Vec<String>,
    /// Members that are gone, by code.
    pub gone_members: Vec<String>,
}

/// A place by level and code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PlaceName {
    /// What it is.
    pub level: Option<Level>,
    /// The register's code.
    pub code: String,
}

impl std::fmt::Display for PlaceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.level.map_or("place", level_word), self.code)
    }
}

/// A place that lies elsewhere than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The place.
    pub place: PlaceName,
    /// What it lay in.
    pub from: PlaceName,
    /// What it lies in now.
    pub to: PlaceName,
}

impl std::fmt::Display for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} -> {}", self.place, self.from, self.to)
    }
}

/// Makes a changed file stand: in one transaction, in the rosters in which the records ride. With
/// `dry_run` nothing is written and the same is said.
pub fn apply(
    db: &mut RelayDb,
    file: &RosterFile,
    now_ms: u64,
    dry_run: bool,
) -> Result<Changes, RealmError> {
    // What stands is read under the write lock, so that nothing can come between.
    db.begin()?;
    let done = plan_and_write(db, file, now_ms, dry_run);
    match done {
        Ok(changes) if !dry_run => {
            db.commit()?;
            Ok(changes)
        }
        done => {
            db.rollback();
            done
        }
    }
}

fn plan_and_write(
    db: &mut RelayDb,
    file: &RosterFile,
    now_ms: u64,
    dry_run: bool,
) -> Result<Changes, RealmError> {
    let register = db.register()?;
    let facts = diff(&register, file)?;
    let mut records: Vec<Record> = facts.iter().map(Fact::record).collect();
    // What a restore left uneven: whoever applies a file has decided.
    let changed: BTreeSet<Key> = records.iter().map(key_of).collect();
    records.extend(register.uneven().into_iter().filter(|r| !changed.contains(&key_of(r))));
    let steps = register.plan(&records);
    let mut changes = describe(&register, &facts, file);
    let touched: BTreeSet<_> = steps.iter().flat_map(|step| step.rosters.iter().copied()).collect();
    changes.entries = steps.iter().map(|step| step.rosters.len()).sum();
    changes.new_rosters = touched.iter().filter(|roster| !register.has(**roster)).count();
    changes.rosters = touched.len();
    if !dry_run {
        db.write_steps(&steps, now_ms)?;
    }
    Ok(changes)
}

fn describe(register: &Register, facts: &[Fact], file: &RosterFile) -> Changes {
    let view = register.view();
    let mut changes = Changes { records: facts.len(), ..Changes::default() };
    let realm = register.realm();
    for fact in facts {
        match fact {
            Fact::Place { id, place: Some(place) } => {
                let name = PlaceName { level: place.level(), code: place.code.clone() };
                match view.at().place(*id) {
                    None => changes.new_places.push(name),
                    Some(was) => {
                        if was.parent != place.parent {
                            changes.moved.push(Moved {
                                place: name.clone(),
                                from: name_of(&view, realm, file, was.parent),
                                to: name_of(&view, realm, file, place.parent),
                            });
                        }
                        if was.successors.is_none() && place.successors.is_some() {
                            changes.ended_places.push(name);
                        }
                    }
                }
            }
            Fact::Member { id, named } => match (view.at().member(*id), named) {
                (None, Some(named)) => changes.new_members.push(named.code.clone()),
                (Some(was), None) => changes.gone_members.push(was.code.clone()),
                _ => {}
            },
            _ => {}
        }
    }
    changes.new_places.sort_by(|a, b| (b.level, &a.code).cmp(&(a.level, &b.code)));
    changes
}

/// A place by what stands, or by the file where it is new.
fn name_of(view: &View, realm: &RealmId, file: &RosterFile, id: PlaceId) -> PlaceName {
    if let Some(place) = view.at().place(id) {
        return PlaceName { level: place.level(), code: place.code.clone() };
    }
    let code_of = |level: Level, code: &str| {
        let code = doorstep_protocol::id::trim_code(code);
        (PlaceId::of(realm, level, code) == id)
            .then(|| PlaceName { level: Some(level), code: code.to_owned() })
    };
    file.places
        .iter()
        .find_map(|line| code_of(line.level, &line.code))
        .unwrap_or_else(|| PlaceName { level: None, code: id.to_string() })
}
