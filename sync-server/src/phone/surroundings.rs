//! Key, time and chance of a phone at the command line: the system's, or a simulation's.

use std::{fs, io::Write as _, path::Path, sync::Arc};

use doorstep_core::{Entropy as _, Keys, Surroundings, SystemEntropy};
use doorstep_protocol::{hash::h, key::SoftwareKey};

use super::{PhoneArgs, answer::Fault};
use crate::surroundings::{FileClock, SeededEntropy};

/// The device's secret key, 32 bytes.
const KEY_FILE: &str = "device.key";

pub(super) fn of(args: &PhoneArgs) -> Result<(Keys, Surroundings), Fault> {
    let mut surroundings = Surroundings::system();
    let is_new = !args.data.join(KEY_FILE).exists();
    fs::create_dir_all(&args.data).map_err(|error| Fault::file(&error))?;
    let seed = args.key_seed.as_deref().map(parse_seed).transpose()?;
    let secret = match (&seed, is_new) {
        (_, false) => read_key(&args.data)?,
        (Some(seed), true) => h("phone key", seed),
        (None, true) => fresh_key()?,
    };
    if is_new {
        write_key(&args.data, &secret)?;
        if let Some(seed) = seed {
            // Only the first run draws from the seed: two that drew the same bytes would write under
            // one actor.
            surroundings.entropy = Arc::new(SeededEntropy::of_bytes(&h("phone chance", &seed)));
        }
    }
    if let Some(file) = &args.clock_file {
        surroundings.clock = Arc::new(FileClock::new(file));
    }
    let device = SoftwareKey::from_secret(&secret)
        .map_err(|_| Fault::bad_command("the key file does not hold a key"))?;
    Ok((Keys { device: Arc::new(device), store: None }, surroundings))
}

fn parse_seed(text: &str) -> Result<[u8; 32], Fault> {
    let seed: Result<doorstep_protocol::id::KeyHash, _> = text.parse();
    seed.map(|seed| seed.0)
        .map_err(|_| Fault::bad_command("--key-seed takes 64 hexadecimal digits"))
}

fn read_key(folder: &Path) -> Result<[u8; 32], Fault> {
    let bytes = fs::read(folder.join(KEY_FILE)).map_err(|error| Fault::file(&error))?;
    bytes.try_into().map_err(|_| Fault::bad_command("the key file does not hold a key"))
}

fn fresh_key() -> Result<[u8; 32], Fault> {
    let mut secret = [0; 32];
    SystemEntropy::new()
        .fill(&mut secret)
        .map_err(|_| Fault::bad_command("the system gives no random bytes"))?;
    Ok(secret)
}

/// Whole or not at all: a phone killed here has no key yet, never half of one.
fn write_key(folder: &Path, secret: &[u8; 32]) -> Result<(), Fault> {
    let draft = folder.join("device.key.new");
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(secret)?;
        file.sync_all()?;
        fs::rename(&draft, folder.join(KEY_FILE))
    };
    write().map_err(|error| Fault::file(&error))
}
