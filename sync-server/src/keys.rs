//! The relay's secrets as files: its key, the backup key, the import secret. Mode 0600.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use doorstep_protocol::key::{DeviceKey as _, KeyError, SoftwareKey};
use thiserror::Error;

use crate::surroundings::{Entropy, EntropyError};

/// The relay's own key.
pub const RELAY_KEY_FILE: &str = "relay.key";
/// The key that may adopt the realm when the relay's is lost: keep a copy elsewhere.
pub const BACKUP_KEY_FILE: &str = "backup.key";
/// From which an import makes ids that nobody can guess.
pub const IMPORT_SECRET_FILE: &str = "import.secret";

/// How often a secret is drawn: of random bytes one in 2^32 is no P-256 secret.
const DRAWS_MAX: usize = 8;

/// A secret cannot be made, written or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Not 64 hexadecimal digits.
    #[error("{0} is not a secret of doorstep (64 hexadecimal digits)")]
    Malformed(String),
    /// Not a P-256 secret.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The system gave no random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A realm's secrets.
pub struct Secrets {
    /// Signs Heads and receipts, and answers for the relay in a handshake.
    pub relay: SoftwareKey,
    /// May adopt the realm.
    pub backup: SoftwareKey,
    /// See [`IMPORT_SECRET_FILE`].
    pub import: [u8; 32],
    relay_secret: [u8; 32],
    backup_secret: [u8; 32],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("relay", &self.relay.spki()).finish_non_exhaustive()
    }
}

impl Secrets {
    /// Draws new ones.
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, SecretError> {
        let (relay, relay_secret) = draw_key(entropy)?;
        let (backup, backup_secret) = draw_key(entropy)?;
        let mut import = [0; 32];
        entropy.fill(&mut import)?;
        Ok(Self { relay, backup, import, relay_secret, backup_secret })
    }

    /// Writes them into a folder; nothing that is there is written over.
    pub fn save(&self, folder: &Path) -> Result<(), SecretError> {
        write_secret(&folder.join(RELAY_KEY_FILE), &self.relay_secret)?;
        write_secret(&folder.join(BACKUP_KEY_FILE), &self.backup_secret)?;
        write_secret(&folder.join(IMPORT_SECRET_FILE), &self.import)
    }
}

fn draw_key(entropy: &dyn Entropy) -> Result<(SoftwareKey, [u8; 32]), SecretError> {
    let mut last = KeyError::BadSecret;
    for _ in 0..DRAWS_MAX {
        let mut secret = [0; 32];
        entropy.fill(&mut secret)?;
        match SoftwareKey::from_secret(&secret) {
            Ok(key) => return Ok((key, secret)),
            Err(error) => last = error,
        }
    }
    Err(last.into())
}

/// The relay's key of a data folder.
pub fn load_relay_key(folder: &Path) -> Result<SoftwareKey, SecretError> {
    Ok(SoftwareKey::from_secret(&read_secret(&folder.join(RELAY_KEY_FILE))?)?)
}

/// The import secret of a data folder.
pub fn load_import_secret(folder: &Path) -> Result<[u8; 32], SecretError> {
    read_secret(&folder.join(IMPORT_SECRET_FILE))
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> SecretError {
    let path = path.display().to_string();
    move |source| SecretError::File { path: path.clone(), source }
}

fn write_secret(path: &Path, secret: &[u8; 32]) -> Result<(), SecretError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut text: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    text.push('\n');
    let mut file = options.open(path).map_err(file_error(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(file_error(path))
}

fn read_secret(path: &Path) -> Result<[u8; 32], SecretError> {
    let text = fs::read_to_string(path).map_err(file_error(path))?;
    // An id of 32 bytes has the same form.
    text.trim()
        .parse()
        .map(|doorstep_protocol::id::Chain(bytes)| bytes)
        .map_err(|_| SecretError::Malformed(path.display().to_string()))
}
