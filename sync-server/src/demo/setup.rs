//! What stands before the day begins: a realm, a relay that serves it, a path for each phone, and phones
//! that wait for their invitations.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use doorstep_protocol::{id::RealmId, invitation::Invitation, key::DeviceKey as _};

use super::{
    child::{PhoneSpec, RelayProcess, RelaySpec},
    path::NetworkPath,
    plan::{PhonePlan, clock_before_ms},
    worker::{DayError, Worker, set_clock},
};
use crate::{
    keys::load_relay_key,
    realm::{self, DATABASE_FILE},
    roster_file::RosterFile,
    store::RelayDb,
    surroundings::{SeededEntropy, SystemEntropy},
};

/// How long an invitation of the demo works, in minutes of the simulated day.
const INVITATION_MIN: u64 = 24 * 60;

/// Where the relay's standard error goes.
pub(super) const RELAY_LOG: &str = "relay.log";

/// Where everything of a demo lies.
#[derive(Debug, Clone)]
pub(super) struct Folders {
    /// All of it.
    pub(super) root: PathBuf,
}

impl Folders {
    /// The relay's data.
    pub(super) fn relay(&self) -> PathBuf {
        self.root.join("relay")
    }

    /// The relay's clock.
    pub(super) fn clock(&self) -> PathBuf {
        self.root.join("clock")
    }

    /// The relay's database.
    pub(super) fn database(&self) -> PathBuf {
        self.relay().join(DATABASE_FILE)
    }

    fn phones(&self) -> PathBuf {
        self.root.join("phones")
    }

    /// What phones said is saved.
    pub(super) fn ledger(&self) -> PathBuf {
        self.root.join("ledger.jsonl")
    }

    /// Makes them; what stands there from another demo is not touched.
    pub(super) fn make(&self) -> io::Result<()> {
        fs::create_dir_all(self.phones())?;
        if self.database().exists() || self.ledger().exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} holds a demo already: name another folder", self.root.display()),
            ));
        }
        Ok(())
    }
}

/// What went wrong with the realm, in words.
pub(super) fn realm_error(error: impl std::fmt::Display) -> DayError {
    DayError::Realm(error.to_string())
}

/// Makes the realm from the seed.
pub(super) fn make_realm(
    folders: &Folders,
    file: &RosterFile,
    seed: u64,
) -> Result<RealmId, DayError> {
    let entropy = Arc::new(SeededEntropy::new(seed));
    realm::init(&folders.relay(), file, entropy, clock_before_ms(3, 7, 30)).map_err(realm_error)
}

/// Opens the relay's database beside the relay.
pub(super) fn open_database(path: &Path) -> Result<RelayDb, DayError> {
    RelayDb::open(path, Arc::new(SystemEntropy::new())).map_err(realm_error)
}

/// Gives a building to another grid, as `doorstep roster apply` does while the relay serves.
pub(super) fn apply_register(
    folders: &Folders,
    file: &RosterFile,
    now_ms: u64,
) -> Result<(), DayError> {
    let mut db = open_database(&folders.database())?;
    realm::apply(&mut db, file, now_ms, false).map_err(realm_error)?;
    Ok(())
}

/// How the relay is started.
pub(super) fn relay_spec(folders: &Folders, program: &Path) -> RelaySpec {
    RelaySpec {
        program: program.to_owned(),
        data: folders.relay(),
        clock: folders.clock(),
        log: folders.root.join(RELAY_LOG),
    }
}

/// Starts the relay at half past seven.
pub(super) async fn start_relay(spec: &RelaySpec) -> Result<RelayProcess, DayError> {
    set_clock(&spec.clock, clock_before_ms(3, 7, 45))?;
    Ok(RelayProcess::start(spec).await?)
}

/// A path for each phone.
pub(super) fn open_paths(
    relay: &RelayProcess,
    phones: usize,
) -> Result<Vec<NetworkPath>, DayError> {
    (0..phones).map(|_| Ok(NetworkPath::open(relay.phones)?)).collect()
}

/// An invitation for each phone, which leads through its path and needs nobody's confirmation.
pub(super) fn invite(
    folders: &Folders,
    phones: &[PhonePlan],
    paths: &[NetworkPath],
) -> Result<Vec<String>, DayError> {
    use doorstep_protocol::store::RelayStore as _;
    let mut db = open_database(&folders.database())?;
    let relay = load_relay_key(&folders.relay()).map_err(realm_error)?.spki().key_hash();
    phones
        .iter()
        .zip(paths)
        .map(|(phone, path)| {
            let invited = db
                .invite(phone.member, INVITATION_MIN, true, clock_before_ms(3, 7, 45))
                .map_err(realm_error)?;
            let invitation = Invitation {
                realm: db.realm(),
                relay,
                token: invited.token,
                addresses: vec![path.address().to_string()],
            };
            Ok(invitation.to_string())
        })
        .collect()
}

/// Starts the phones.
pub(super) fn start_phones(
    folders: &Folders,
    program: &Path,
    phones: &[PhonePlan],
) -> Result<Vec<Worker>, DayError> {
    let start = |(number, phone): (usize, &PhonePlan)| {
        let file = |suffix: &str| folders.phones().join(format!("{:02}{suffix}", number + 1));
        let spec = PhoneSpec {
            program: program.to_owned(),
            name: format!("phone {} ({})", number + 1, phone.code),
            data: file(""),
            clock: file(".clock"),
            key_seed: phone.key_seed,
            log: file(".log"),
        };
        set_clock(&spec.clock, clock_before_ms(3, 7, 50))?;
        Worker::start(number, phone.member, spec)
    };
    phones.iter().enumerate().map(start).collect()
}
