//! The relay of the world: its folder, its backups, and its process while it runs.

use std::{fs, path::PathBuf, sync::Arc};

use doorstep_protocol::key::Spki;
use doorstep_relay::{
    realm::init, relay_core::RelayCore, roster_file::RosterFile, store::RelayDb,
    surroundings::SeededEntropy,
};

use crate::{
    chance::mix,
    phone::copy_folder,
    planted::{FaultyRelay, RelayFault, RelayFaultState},
};

/// The relay.
pub struct Relay {
    /// Where its files are.
    pub folder: PathBuf,
    /// What is wrong with it.
    pub fault: RelayFault,
    /// What its fault remembers; gone with its process.
    pub fault_state: RelayFaultState,
    backups: PathBuf,
    seed: u64,
    starts: u64,
    taken: u64,
    core: Option<RelayCore>,
    spki: Spki,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("starts", &self.starts).finish_non_exhaustive()
    }
}

/// A backup: a copy of the relay's folder.
#[derive(Debug, Clone)]
pub struct Backup {
    folder: PathBuf,
}

impl Relay {
    /// Makes a realm and starts it.
    pub fn new(folder: PathBuf, backups: PathBuf, file: &RosterFile, seed: u64, now: u64) -> Self {
        init(&folder, file, Arc::new(SeededEntropy::new(mix(seed, "realm", 0))), now).unwrap();
        let core = open(&folder, seed, 1);
        Self {
            folder,
            fault: RelayFault::None,
            fault_state: RelayFaultState::default(),
            backups,
            seed,
            starts: 1,
            taken: 0,
            spki: core.key().spki(),
            core: Some(core),
        }
    }

    /// Starts its process, where it does not run.
    pub fn start(&mut self) {
        if self.core.is_none() {
            self.starts += 1;
            self.core = Some(open(&self.folder, self.seed, self.starts));
        }
    }

    /// The key that it shows.
    pub fn spki(&self) -> Spki {
        self.spki
    }

    /// Whether its process runs.
    pub fn is_running(&self) -> bool {
        self.core.is_some()
    }

    /// Its process; it must run.
    pub fn core(&mut self) -> &mut RelayCore {
        self.core.as_mut().expect("the relay does not run")
    }

    /// Its process, to look at; it must run.
    pub fn view(&self) -> &RelayCore {
        self.core.as_ref().expect("the relay does not run")
    }

    /// Its database, to look at.
    pub fn db(&self) -> &RelayDb {
        self.view().view()
    }

    /// The store that a session is driven with.
    pub fn store(&mut self) -> FaultyRelay<'_> {
        let core = self.core.as_mut().expect("the relay does not run");
        FaultyRelay { db: core.db(), fault: self.fault, state: &mut self.fault_state }
    }

    /// Kills its process: nothing is tidied up.
    pub fn kill(&mut self) {
        self.core = None;
        self.fault_state = RelayFaultState::default();
    }

    /// A backup, as of now.
    pub fn back_up(&mut self) -> Backup {
        self.kill();
        self.taken += 1;
        let folder = self.backups.join(self.taken.to_string());
        copy_folder(&self.folder, &folder);
        self.start();
        Backup { folder }
    }

    /// Puts a backup in place of what there is, and starts it.
    pub fn restore(&mut self, backup: &Backup) {
        self.kill();
        fs::remove_dir_all(&self.folder).unwrap();
        copy_folder(&backup.folder, &self.folder);
        self.start();
    }
}

fn open(folder: &std::path::Path, seed: u64, start: u64) -> RelayCore {
    RelayCore::open(folder, Arc::new(SeededEntropy::new(mix(seed, "relay", start)))).unwrap()
}
