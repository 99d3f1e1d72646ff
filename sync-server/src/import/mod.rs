//! `doorstep import`: an existing register into grievances. Every row ends imported, updated, already there,
//! or refused by number and reason; nothing is half imported; run twice it is once.
//!
//! Ids are made of the register's own key and a secret kept with the relay's keys, so a second run makes the
//! same ones and nobody else can guess them. The rows are acts of a device with role `register`, sealed and
//! admitted like any phone's: phones and the console see no difference.

mod acts;
mod mapping;
mod row;
mod run;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
};

use csv::StringRecord;
use doorstep_protocol::{
    hash::sha256,
    id::{Incarnation, Level, MemberId, PlaceId, RealmId},
    key::DeviceKey,
    roster::{Device, Fact, Named, Place, Record, RoleKind},
    store::{RelayStore, StoreError},
};
use serde::Serialize;
use thiserror::Error;

pub use mapping::{Mapping, MappingError};
pub use row::{Refused, Row, RowReader};
pub use run::{ImportArgs, keys_of, run};

use crate::store::RelayDb;
use write::{Importer, Outcome};

/// Rows in one transaction.
const ROWS_A_COMMIT: usize = 2_000;
/// Rows of one file.
const ROWS_MAX: u64 = 5_000_000;
/// Refused rows that the report lists one by one; the counts hold all.
const REFUSED_LISTED_MAX: usize = 1_000;

/// Why an import ends early. What was committed stays; run it again to complete it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// See [`MappingError`].
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The register's file cannot be read.
    #[error("the register cannot be read: {0}")]
    Read(String),
    /// One row cannot be taken: counted, and the import goes on.
    #[error("a row was refused")]
    Row(Refused),
    /// The relay's own admission did not take what the import wrote: report it.
    #[error("what the import wrote was not admitted")]
    NotAdmitted,
    /// More rows than one file may have.
    #[error("a file may have {ROWS_MAX} rows: cut it")]
    TooManyRows,
    /// The realm cannot be opened or made.
    #[error("{0}")]
    Realm(String),
    /// The relay's storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of the rows. The four add up to `rows`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Rows of the file, its first line not counted.
    pub rows: u64,
    /// New grievances.
    pub imported: u64,
    /// Grievances that got an act, since the register says something new.
    pub updated: u64,
    /// Rows of which everything stood already.
    pub already_there: u64,
    /// Rows that were not taken.
    pub refused: u64,
    /// How many for which reason.
    pub reasons: BTreeMap<Refused, u64>,
    /// Number (the first row after the header is 1) and reason of the first refused rows.
    pub refused_rows: Vec<(u64, Refused)>,
    /// Places that were made.
    pub places_made: u64,
}

impl ImportReport {
    fn refuse(&mut self, number: u64, reason: Refused) {
        self.refused += 1;
        *self.reasons.entry(reason).or_default() += 1;
        if self.refused_rows.len() < REFUSED_LISTED_MAX {
            self.refused_rows.push((number, reason));
        }
    }
}

/// The keys of an import: its device and the secret that ids are made of.
pub struct ImportKeys {
    /// The device of the member with role register.
    pub device: Box<dyn DeviceKey>,
    /// The secret, kept with the relay's keys.
    pub secret: [u8; 32],
    /// Fresh random bytes for this run.
    pub incarnation: Incarnation,
}

impl std::fmt::Debug for ImportKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ImportKeys")
    }
}

/// Imports a register into a relay's logs. `progress` is told after each commit how many bytes of the file
/// are done.
///
/// # Errors
/// See [`ImportError`]. What was committed before stays.
pub fn import(
    db: &mut RelayDb,
    keys: &ImportKeys,
    mapping: &Mapping,
    file: &Path,
    now_ms: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ImportError> {
    let mut report = ImportReport::default();
    let mut reader = open(file)?;
    let header = reader.headers().map_err(unreadable)?.clone();
    let rows = RowReader::new(mapping, &header)?;
    let mut places = Places::new(db, mapping);
    report.places_made = places.prepare(db, keys, file, &rows, now_ms)?;
    let member = register_member(db, mapping);
    db.set_author_day_bytes_max(u64::MAX);
    let device = keys.device.as_ref();
    let mut importer =
        Importer::new(db, device, member, keys.incarnation, &keys.secret, mapping, now_ms);
    let mut seen: BTreeMap<String, [u8; 32]> = BTreeMap::new();
    let mut waiting = 0;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        report.rows += 1;
        if report.rows > ROWS_MAX {
            return Err(ImportError::TooManyRows);
        }
        let number = report.rows;
        match take_row(&rows, &record, &places, &mut seen, &mut importer)? {
            Err(reason) => report.refuse(number, reason),
            Ok(Outcome::Imported) => report.imported += 1,
            Ok(Outcome::Updated) => report.updated += 1,
            Ok(Outcome::AlreadyThere) => report.already_there += 1,
        }
        waiting += 1;
        if waiting == ROWS_A_COMMIT {
            importer.commit()?;
            waiting = 0;
            progress(record.position().map_or(0, csv::Position::byte));
        }
    }
    importer.commit()?;
    progress(u64::MAX);
    Ok(report)
}

fn take_row(
    rows: &RowReader<'_>,
    record: &csv::ByteRecord,
    places: &Places<'_>,
    seen: &mut BTreeMap<String, [u8; 32]>,
    importer: &mut Importer<'_>,
) -> Result<Result<Outcome, Refused>, ImportError> {
    let Ok(text) = StringRecord::from_byte_record(record.clone()) else {
        return Ok(Err(Refused::NotUtf8));
    };
    let row = match rows.read(&text, importer.now_ms / 1000) {
        Ok(row) => row,
        Err(reason) => return Ok(Err(reason)),
    };
    let whole = sha256(record.as_slice());
    match seen.get(&row.key) {
        Some(first) if *first == whole => return Ok(Ok(Outcome::AlreadyThere)),
        Some(_) => return Ok(Err(Refused::RepeatedKey)),
        None => {}
    }
    let Some(place) = places.find(&row) else { return Ok(Err(Refused::UnknownPlace)) };
    let outcome = match importer.take(&row, place) {
        Ok(outcome) => outcome,
        Err(ImportError::Row(reason)) => return Ok(Err(reason)),
        Err(error) => return Err(error),
    };
    seen.insert(row.key, whole);
    Ok(Ok(outcome))
}

fn open(file: &Path) -> Result<csv::Reader<File>, ImportError> {
    let file = File::open(file).map_err(|error| ImportError::Read(error.kind().to_string()))?;
    Ok(csv::ReaderBuilder::new().flexible(true).from_reader(file))
}

fn unreadable(error: csv::Error) -> ImportError {
    // The error's own text may quote the row.
    ImportError::Read(match error.position() {
        Some(position) => format!("near line {}", position.line()),
        None => "not a table".to_owned(),
    })
}

fn register_code(mapping: &Mapping) -> String {
    format!("register:{}", mapping.system)
}

fn register_member(db: &RelayDb, mapping: &Mapping) -> MemberId {
    MemberId::of(&db.realm(), &register_code(mapping))
}

/// The places that rows name, and what must stand in the rosters before the first row is written.
struct Places<'a> {
    mapping: &'a Mapping,
    realm: RealmId,
    known: BTreeSet<PlaceId>,
}

impl<'a> Places<'a> {
    fn new(db: &RelayDb, mapping: &'a Mapping) -> Self {
        Self { mapping, realm: db.realm(), known: BTreeSet::new() }
    }

    fn find(&self, row: &Row) -> Option<PlaceId> {
        let (level, code, _) = row.place.last()?;
        let id = PlaceId::of(&self.realm, *level, code);
        self.known.contains(&id).then_some(id)
    }

    /// Reads the file once for its places, makes those that are missing, and gives the import's device its
    /// place in the rosters. Says how many places were made.
    fn prepare(
        &mut self,
        db: &mut RelayDb,
        keys: &ImportKeys,
        file: &Path,
        rows: &RowReader<'_>,
        now_ms: u64,
    ) -> Result<u64, ImportError> {
        let register = db.register()?;
        let view = register.view();
        self.known = view.at().places().map(|(id, _)| id).collect();
        let top = view.at().places().find(|(_, place)| place.level() == Some(Level::SubDistrict));
        let (top, _) = top.ok_or_else(|| ImportError::Realm("no sub-district".to_owned()))?;
        let mut facts = Vec::new();
        if self.mapping.make_places {
            let mut reader = open(file)?;
            for record in reader.records().filter_map(Result::ok) {
                if let Ok(row) = rows.read(&record, now_ms / 1000) {
                    self.make(&row, top, &mut facts);
                }
            }
        }
        let made = facts.len() as u64;
        facts.extend(importer_facts(db, keys, self.mapping, top));
        let records: Vec<Record> = facts.iter().map(Fact::record).collect();
        let steps = register.plan(&records);
        if !steps.is_empty() {
            db.write_steps(&steps, now_ms)?;
        }
        Ok(made)
    }

    fn make(&mut self, row: &Row, top: PlaceId, facts: &mut Vec<Fact>) {
        let mut parent = top;
        for (level, code, name) in &row.place {
            let id = PlaceId::of(&self.realm, *level, code);
            if self.known.insert(id) {
                let place = Place {
                    level: level.number(),
                    code: code.clone(),
                    parent,
                    name: name.clone(),
                    successors: None,
                };
                facts.push(Fact::Place { id, place: Some(place) });
            }
            parent = id;
        }
    }
}

fn importer_facts(db: &RelayDb, keys: &ImportKeys, mapping: &Mapping, top: PlaceId) -> [Fact; 3] {
    let member = register_member(db, mapping);
    let spki = keys.device.spki();
    [
        Fact::Member {
            id: member,
            named: Some(Named { code: register_code(mapping), name: String::new() }),
        },
        Fact::Role { member, place: top, role: RoleKind::Register as u8, given: Some(None) },
        Fact::Device { id: spki.device(), device: Some(Device { spki, member }) },
    ]
}

/// Prints the report for people.
pub fn print_report(report: &ImportReport, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    writeln!(out, "rows            {:>9}", report.rows)?;
    writeln!(out, "  imported      {:>9}", report.imported)?;
    writeln!(out, "  updated       {:>9}", report.updated)?;
    writeln!(out, "  already there {:>9}", report.already_there)?;
    writeln!(out, "  refused       {:>9}", report.refused)?;
    for (reason, count) in &report.reasons {
        let name = serde_json::to_value(reason).ok();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
        writeln!(out, "    {name:<22}{count:>5}")?;
    }
    if let Some((number, _)) = report.refused_rows.first() {
        writeln!(out, "  (the first refused row is number {number}; --json lists them)")?;
    }
    Ok(())
}
