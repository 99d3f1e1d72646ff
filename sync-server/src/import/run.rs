//! `doorstep import`: the realm, the progress bar and the report around [`import`](super::import).

use std::{fs, path::PathBuf, sync::Arc};

use doorstep_protocol::{hash::h, id::Incarnation, key::SoftwareKey};
use indicatif::{ProgressBar, ProgressStyle};

use super::{ImportError, ImportKeys, ImportReport, Mapping, import};
use crate::{
    keys::load_import_secret,
    realm::{DATABASE_FILE, init},
    roster_file::RosterFile,
    store::RelayDb,
    surroundings::{Clock as _, Entropy as _, SystemClock, SystemEntropy},
};

/// Imports an existing register into the relay's logs.
///
/// Every row ends imported, updated, already there, or refused with its number and a reason; run twice it is
/// once. docs/import.md explains the mapping.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The register: a CSV file with a header line, UTF-8
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which columns are key, times, text, kind and place (a TOML file)
    #[arg(long, value_name = "MAP")]
    pub map: PathBuf,
    /// The folder with the relay's keys and database; where it holds no realm, one is made as MAP says
    #[arg(long, value_name = "DIR", default_value = "doorstep-data")]
    pub data: PathBuf,
    /// Writes the report as JSON into this file
    #[arg(long, value_name = "OUT")]
    pub json: Option<PathBuf>,
}

/// Runs the import, with a progress bar on a terminal.
///
/// # Errors
/// See [`ImportError`]. What was committed stays; the same command completes it.
pub fn run(args: &ImportArgs) -> Result<ImportReport, ImportError> {
    let mapping = Mapping::read(&args.map)?;
    let now_ms = SystemClock::new().now_ms();
    let (mut db, keys) = open(args, &mapping, now_ms)?;
    let size = fs::metadata(&args.file).map(|file| file.len()).unwrap_or_default();
    let bar = ProgressBar::new(size);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {percent:>3} %  {bytes_per_sec}  {eta}")
    {
        bar.set_style(style);
    }
    let report = import(&mut db, &keys, &mapping, &args.file, now_ms, &mut |done| {
        bar.set_position(done.min(size));
    });
    bar.finish_and_clear();
    let report = report?;
    if let Some(out) = &args.json {
        let text = serde_json::to_string_pretty(&report).unwrap_or_default();
        fs::write(out, text).map_err(|error| ImportError::Read(error.kind().to_string()))?;
    }
    Ok(report)
}

fn open(
    args: &ImportArgs,
    mapping: &Mapping,
    now_ms: u64,
) -> Result<(RelayDb, ImportKeys), ImportError> {
    let realm = |error: &dyn std::fmt::Display| ImportError::Realm(error.to_string());
    let database = args.data.join(DATABASE_FILE);
    if !database.exists() {
        let names = mapping.realm.as_ref().ok_or_else(|| {
            ImportError::Realm(
                "there is no realm in the data folder: run doorstep init first, or name one under \
                 `realm` in the mapping"
                    .to_owned(),
            )
        })?;
        let file =
            RosterFile::of_sub_district(&names.code, &names.name, mapping.time_zone_min.into());
        init(&args.data, &file, Arc::new(SystemEntropy::new()), now_ms).map_err(|e| realm(&e))?;
    }
    let entropy = Arc::new(SystemEntropy::new());
    let mut incarnation = Incarnation::ZERO;
    entropy.fill(&mut incarnation.0).map_err(|e| realm(&e))?;
    let db = RelayDb::open(&database, entropy).map_err(|e| realm(&e))?;
    let secret = load_import_secret(&args.data).map_err(|e| realm(&e))?;
    Ok((db, keys_of(secret, &mapping.system, incarnation)?))
}

/// The keys of an import: its device follows from the secret, so that every run is the same device.
///
/// # Errors
/// About one secret in 2^32 makes no key.
pub fn keys_of(
    secret: [u8; 32],
    system: &str,
    incarnation: Incarnation,
) -> Result<ImportKeys, ImportError> {
    let mut fields = secret.to_vec();
    fields.extend_from_slice(system.as_bytes());
    let device = SoftwareKey::from_secret(&h("import device", &fields))
        .map_err(|error| ImportError::Realm(error.to_string()))?;
    Ok(ImportKeys { device: Box::new(device), secret, incarnation })
}
