//! A phone: a folder, a key, a clock, a random source, and an engine while it is switched on.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use doorstep_core::{Engine, Keys, Settings, Surroundings, store::Store};
use doorstep_protocol::{
    id::DeviceId,
    key::{DeviceKey as _, SoftwareKey, Spki},
};

use crate::{
    chance::StoreEntropy,
    clock::PhoneClock,
    planted::{PhoneFault, PhoneFaultState},
};

/// A phone of the world.
pub struct Phone {
    /// What the world calls it.
    pub name: String,
    /// The register's code of whose it is.
    pub code: String,
    /// Its key.
    pub key: Arc<SoftwareKey>,
    /// Where its files are.
    pub folder: PathBuf,
    /// Its clock.
    pub clock: Arc<PhoneClock>,
    /// Its random source.
    pub entropy: Arc<StoreEntropy>,
    /// Some = its meetings are driven by hand, with this wrong; none = by its engine.
    pub fault: Option<PhoneFault>,
    /// What its fault remembers.
    pub fault_state: PhoneFaultState,
    /// It was taken out of the rosters.
    pub revoked: bool,
    engine: Option<Engine>,
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phone").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A copy of a phone's files.
#[derive(Debug, Clone)]
pub struct PhoneCopy {
    /// Of which phone.
    pub of: String,
    /// Where.
    pub folder: PathBuf,
    /// How long the ledger was then.
    pub ledger: usize,
}

impl Phone {
    /// A phone that is switched off.
    pub fn new(
        name: &str,
        code: &str,
        secret: [u8; 32],
        folder: PathBuf,
        clock: Arc<PhoneClock>,
        entropy: Arc<StoreEntropy>,
    ) -> Self {
        fs::create_dir_all(&folder).unwrap();
        Self {
            name: name.to_owned(),
            code: code.to_owned(),
            key: Arc::new(SoftwareKey::from_secret(&secret).unwrap()),
            folder,
            clock,
            entropy,
            fault: None,
            fault_state: PhoneFaultState::default(),
            revoked: false,
            engine: None,
        }
    }

    /// Its public key.
    pub fn spki(&self) -> Spki {
        self.key.spki()
    }

    /// This device.
    pub fn device(&self) -> DeviceId {
        self.spki().device()
    }

    /// The engine; opens it where the phone is off.
    pub fn engine(&mut self) -> Engine {
        if let Some(engine) = &self.engine {
            return engine.clone();
        }
        let engine = Engine::open(
            Settings::in_folder(&self.folder),
            Keys { device: self.key.clone(), store: None },
            Surroundings { clock: self.clock.clone(), entropy: self.entropy.clone() },
        );
        let engine = engine.unwrap_or_else(|error| panic!("{} does not open: {error}", self.name));
        self.engine = Some(engine.clone());
        engine
    }

    /// Its files without an engine.
    pub fn bare_store(&mut self) -> Store {
        self.off();
        Store::open(&self.folder, self.spki(), None, &*self.entropy).unwrap()
    }

    /// Drops the engine. What calls hold of it must be gone.
    pub fn off(&mut self) {
        self.engine = None;
    }
}

/// Copies a folder's files.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}
