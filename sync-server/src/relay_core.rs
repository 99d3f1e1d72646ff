//! The relay without a network: a database and a key, for tests and the simulated world.

use std::{path::Path, sync::Arc};

use doorstep_protocol::{
    id::{KeyHash, MemberId, RealmId, Token},
    invitation::Invitation,
    key::{DeviceKey, Spki},
    relay_session::RelaySession,
    store::RelayStore as _,
};

use crate::{
    keys::load_relay_key,
    realm::{DATABASE_FILE, RealmError, init_in_memory},
    roster_file::RosterFile,
    store::{EnrolError, RelayDb},
    surroundings::Entropy,
};

/// A relay's database and key. Synchronous: whoever holds it drives sessions, clock and network.
///
/// ```
/// use std::sync::Arc;
/// use doorstep_protocol::key::{DeviceKey, SoftwareKey};
/// use doorstep_relay::{generate::{Proportions, generate}, relay_core::RelayCore};
/// use doorstep_relay::surroundings::SeededEntropy;
///
/// let file = generate(&Proportions { communities: 1, blocks: 1, grids: 2,
///     buildings_per_grid: 3, members: 12 }, 7);
/// let relay = RelayCore::in_memory(&file, Arc::new(SeededEntropy::new(7)), 1_000)?;
/// let phone = SoftwareKey::from_secret(&[9; 32])?;
/// let session = relay.session(phone.spki());
/// assert!(session.device().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RelayCore {
    db: RelayDb,
    key: Arc<dyn DeviceKey>,
    import_secret: [u8; 32],
}

impl std::fmt::Debug for RelayCore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayCore").field("db", &self.db).finish_non_exhaustive()
    }
}

impl RelayCore {
    /// A new realm in memory.
    pub fn in_memory(
        file: &RosterFile,
        entropy: Arc<dyn Entropy>,
        now_ms: u64,
    ) -> Result<Self, RealmError> {
        let (db, secrets) = init_in_memory(file, entropy, now_ms)?;
        Ok(Self { db, key: Arc::new(secrets.relay), import_secret: secrets.import })
    }

    /// The realm in a data folder.
    pub fn open(folder: &Path, entropy: Arc<dyn Entropy>) -> Result<Self, RealmError> {
        let db = RelayDb::open(&folder.join(DATABASE_FILE), entropy)?;
        let key = load_relay_key(folder)?;
        let import_secret = crate::keys::load_import_secret(folder)?;
        Ok(Self { db, key: Arc::new(key), import_secret })
    }

    /// A database with its key, as a test has made them.
    pub fn from_parts(db: RelayDb, key: Arc<dyn DeviceKey>, import_secret: [u8; 32]) -> Self {
        Self { db, key, import_secret }
    }

    /// The relay's side of a meeting with the phone that showed this key.
    pub fn session(&self, peer: Spki) -> RelaySession {
        RelaySession::new(peer, Arc::clone(&self.key))
    }

    /// The database, to drive a session with.
    pub fn db(&mut self) -> &mut RelayDb {
        &mut self.db
    }

    /// The database, to look at.
    pub fn view(&self) -> &RelayDb {
        &self.db
    }

    /// The key that signs Heads and receipts.
    pub fn key(&self) -> Arc<dyn DeviceKey> {
        Arc::clone(&self.key)
    }

    /// The hash by which phones pin it.
    pub fn key_hash(&self) -> KeyHash {
        self.key.spki().key_hash()
    }

    /// The realm.
    pub fn realm(&self) -> RealmId {
        self.db.realm()
    }

    /// From which an import makes its ids.
    pub fn import_secret(&self) -> &[u8; 32] {
        &self.import_secret
    }

    /// The text that a phone scans, for a token of this realm.
    pub fn invitation(&self, token: Token, addresses: Vec<String>) -> Invitation {
        Invitation { realm: self.realm(), relay: self.key_hash(), token, addresses }
    }

    /// Invites the member with this code of the register.
    pub fn invite(
        &mut self,
        code: &str,
        minutes: u64,
        unattended: bool,
        addresses: Vec<String>,
        now_ms: u64,
    ) -> Result<Invitation, EnrolError> {
        let member = MemberId::of(&self.realm(), doorstep_protocol::id::trim_code(code));
        let invited = self.db.invite(member, minutes, unattended, now_ms)?;
        Ok(self.invitation(invited.token, addresses))
    }
}
