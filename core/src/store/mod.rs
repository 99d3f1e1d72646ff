//! The phone's store: one SQLite file for one member of one realm.
//!
//! It keeps rosters, logs, seals and changes, and judges by the same rules as the relay. The log's
//! verdict on a change is final. What no log has judged yet (own changes not sealed, own seals not
//! sent, seals carried for others) is *pending*: judged here on what is applied, and judged again, in
//! order, whenever the log touches its document. What counts of a document is at any time canonical
//! and closed under its dependencies, so it opens in Automerge.
//!
//! A write is durable when its transaction returns (WAL, `synchronous=FULL`), and nothing that the
//! log does not have is ever deleted. Source: `docs/protocol.md`, "Store".
//!
//! ```
//! use doorstep_core::store::{Entropy, EntropyError, Store};
//! use doorstep_protocol::{id::RealmId, key::{DeviceKey, SoftwareKey}};
//! struct Seven;
//! impl Entropy for Seven {
//!     fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
//!         out.fill(7);
//!         Ok(())
//!     }
//! }
//! let key = SoftwareKey::from_secret(&[1; 32])?;
//! let mut store = Store::open_in_memory(key.spki(), &Seven)?;
//! store.join(RealmId([2; 32]))?;
//! assert_eq!(store.counts()?.unsealed, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod append;
mod bundle;
mod burst;
mod device;
mod entropy;
mod error;
mod explain;
mod incarnation;
mod index;
mod judging;
mod leave;
mod read;
mod rebase;
mod rosters;
mod rows;
mod schema;
mod sealing;
mod types;

#[cfg(test)]
mod tests;

use std::path::Path;

use doorstep_protocol::{
    id::{DeviceId, DocumentId, Incarnation, MemberId, RealmId, Scope},
    key::Spki,
    roster::Roster,
    store::StoreError,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use bundle::BUNDLE_BYTES_MAX;
pub use entropy::{Entropy, EntropyError};
pub use error::{BundleError, IncarnationError, JoinError, OpenError, SaveError};
pub use read::View;
pub use sealing::KEY_UNAVAILABLE;
pub use types::{
    Alarm, BundleReport, CopyState, Counts, DocumentRow, NewAct, Outgoing, Receipted, Saved,
    StoredCopy,
};

use error::At;

/// The names of alarms.
pub mod alarm {
    /// A log differs from the relay's: what stood above the common point was offered again.
    pub const DIVERGED: &str = "diverged";
    /// A roster differs from the relay's: this phone keeps its own until a person has looked.
    pub const ROSTER_FORK: &str = "roster_fork";
    /// The relay receipted a seal, and its log does not have it.
    pub const RECEIPT_LOST: &str = "receipt_lost";
    /// An entry that must be understood and is not: the app must be updated.
    pub const NEED_NEWER_APP: &str = "need_newer_app";
    /// A seal names a roster point that is not held.
    pub const NEED_ROSTER: &str = "need_roster";
    /// The relay calls applied what does not pass here.
    pub const DISAGREES: &str = "disagrees";
    /// A seal in the log whose signature is not its author's.
    pub const BAD_SIGNATURE: &str = "bad_signature";
    /// An own change was set aside as not canonical: a bug.
    pub const OWN_GUARD: &str = "own_guard";
    /// A change could not be written again: it names too many others.
    pub const TOO_MANY_HEADS: &str = "too_many_heads";
    /// Automerge does not take a document that the guard let through: a bug. The document is unharmed.
    pub const AUTOMERGE: &str = "automerge";
}

/// Who the store is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    pub(crate) realm: RealmId,
    pub(crate) spki: Spki,
    pub(crate) device: DeviceId,
    pub(crate) incarnation: Incarnation,
}

/// The store of one member's phone. One process has it open, through one connection.
pub struct Store {
    conn: Connection,
    identity: Identity,
    rosters: Vec<Roster>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("device", &self.identity.device).finish_non_exhaustive()
    }
}

/// A transaction under way: what is done with it is durable together or not at all.
pub struct Tx<'a> {
    tx: Transaction<'a>,
    identity: &'a Identity,
    rosters: &'a [Roster],
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in `folder`, or makes it there. `key` is the raw store key of the app's
    /// keystore; a build without encryption refuses it rather than ignore it.
    pub fn open(
        folder: &Path,
        device: Spki,
        key: Option<[u8; 32]>,
        entropy: &dyn Entropy,
    ) -> Result<Self, OpenError> {
        Self::begin(schema::open_file(folder, key)?, device, entropy)
    }

    /// A store in memory, gone when it is dropped.
    pub fn open_in_memory(device: Spki, entropy: &dyn Entropy) -> Result<Self, OpenError> {
        Self::begin(schema::open_memory()?, device, entropy)
    }

    fn begin(mut conn: Connection, spki: Spki, entropy: &dyn Entropy) -> Result<Self, OpenError> {
        match rows::meta(&conn, META_DEVICE)? {
            Some(stored) if stored == spki.as_bytes() => {}
            Some(_) => return Err(OpenError::OtherDevice),
            None => rows::set_meta(&conn, META_DEVICE, spki.as_bytes())?,
        }
        let realm = rows::meta(&conn, META_REALM)?;
        let realm = realm.and_then(|bytes| RealmId::from_slice(&bytes)).unwrap_or_default();
        let device = spki.device();
        let incarnation = match incarnation::newest(&conn)? {
            Some(incarnation) => incarnation,
            None => incarnation::first(&mut conn, device, entropy)?,
        };
        let rosters = rosters::load(&conn, realm)?;
        Ok(Self { conn, identity: Identity { realm, spki, device, incarnation }, rosters })
    }

    /// Ties the store to its realm, once and for ever. Until then its realm is all zeros.
    pub fn join(&mut self, realm: RealmId) -> Result<(), JoinError> {
        if self.identity.realm == realm {
            return Ok(());
        }
        if self.identity.realm != RealmId::ZERO {
            return Err(JoinError::OtherRealm);
        }
        rows::set_meta(&self.conn, META_REALM, &realm.0)?;
        self.identity.realm = realm;
        Ok(())
    }

    /// The realm, once it was joined.
    pub fn joined(&self) -> Option<RealmId> {
        (self.identity.realm != RealmId::ZERO).then_some(self.identity.realm)
    }

    /// This device.
    pub fn device(&self) -> DeviceId {
        self.identity.device
    }

    /// Whose device this is, by the newest rosters; none before enrolment and after revocation.
    pub fn member(&self) -> Option<MemberId> {
        self.view().member()
    }

    /// The logs that the newest rosters give the member.
    pub fn held(&self) -> std::collections::BTreeSet<Scope> {
        self.view().held()
    }

    /// What can be read, as of now.
    pub fn view(&self) -> View<'_> {
        View { conn: &self.conn, identity: &self.identity, rosters: &self.rosters }
    }

    /// Does `work` in one transaction. It is durable when this returns `Ok`; after any error nothing
    /// of it was done.
    pub fn transaction<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = begin(&mut self.conn)?;
        let mut tx = Tx { tx, identity: &self.identity, rosters: &self.rosters };
        let done = work(&mut tx)?;
        tx.tx.commit().at("commit")?;
        Ok(done)
    }

    /// The database itself, for the engine's own reads.
    pub(crate) fn connection(&self) -> &Connection {
        &self.conn
    }

    /// A small value kept under a name. Names with a dot are the store's own.
    pub fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        rows::meta(&self.conn, name)
    }

    /// Keeps a small value under a name.
    pub fn set_meta(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        rows::set_meta(&self.conn, name, value)
    }

    /// Documents whose projections are behind, at most `count` of them.
    pub fn take_dirty(&self, count: usize) -> Result<Vec<DocumentId>, StoreError> {
        rows::dirty(&self.conn, count)
    }

    /// Raises an alarm; the same one is raised once. `detail` is ids and numbers, never content.
    pub fn raise_alarm(
        &mut self,
        name: &str,
        scope: Scope,
        detail: &str,
    ) -> Result<(), StoreError> {
        rows::alarm(&self.conn, name, scope, detail)
    }

    /// Forgets an alarm: a person has looked. A roster whose fork was looked at may destroy again,
    /// until it is found forked again.
    pub fn clear_alarm(&mut self, number: i64) -> Result<(), StoreError> {
        let tx = begin(&mut self.conn)?;
        tx.execute(
            "UPDATE log SET forked = 0 WHERE scope = \
             (SELECT scope FROM alarm WHERE n = ?1 AND name = ?2)",
            rusqlite::params![number, alarm::ROSTER_FORK],
        )
        .at("alarm.clear")?;
        tx.execute("DELETE FROM alarm WHERE n = ?1", [number]).at("alarm.clear")?;
        tx.commit().at("alarm.clear")
    }
}

impl Tx<'_> {
    /// What can be read, with what this transaction did so far.
    pub fn view(&self) -> View<'_> {
        View { conn: &self.tx, identity: self.identity, rosters: self.rosters }
    }

    /// The database itself, for the engine's own rows.
    pub(crate) fn connection(&self) -> &Connection {
        &self.tx
    }

    /// As [`Store::set_meta`].
    pub fn set_meta(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        rows::set_meta(&self.tx, name, value)
    }

    /// The document's projection is no longer behind.
    pub fn clear_dirty(&mut self, doc: DocumentId) -> Result<(), StoreError> {
        rows::clear_dirty(&self.tx, doc)
    }
}

const META_REALM: &str = "store.realm";
const META_DEVICE: &str = "store.device";
const META_RELAY_TIME: &str = "store.relay_time";
const META_STABLE_TIME: &str = "store.stable_time";
const META_STANDING: &str = "store.standing";

/// Every write takes the write lock at once: a transaction that begins with a read cannot fail later.
fn begin(conn: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    conn.transaction_with_behavior(TransactionBehavior::Immediate).at("begin")
}
