//! What the sessions ask of a store: plain synchronous traits, passed in with every call.
//!
//! A phone's store and a relay's are different things with one thing in common, the [`Index`] over
//! changes that admission judges by. Every method may fail with [`StoreError`]; a session that gets one
//! ends without having acknowledged anything.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::{
    admission::Judged,
    frame::{EnrolState, Refusal},
    head::{Head, Receipt},
    id::{
        ActorId, Chain, ChangeHash, Cursor, DeviceId, DocumentId, Incarnation, MemberId, Nonce,
        PlaceId, RealmId, Scope, SealId, Token,
    },
    key::Spki,
    log::Entry,
    part::Part,
    roster::Roster,
    seal::Seal,
};

/// A store could not do what was asked. Nothing was half done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full. Free some space; nothing that was saved is lost.
    #[error("the storage is full")]
    Full,
    /// Anything else; the text names the operation, never its content.
    #[error("the storage failed: {0}")]
    Failed(String),
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeState {
    /// In the document.
    Applied,
    /// Set aside, with its part.
    Aside,
    /// Cut out by an erasure.
    Erased,
}

/// What the index knows of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownChange {
    /// Its number among its actor's; 0 where it is no canonical change.
    pub seq: u32,
    /// Its first op; 0 where it is no canonical change.
    pub start_op: u32,
    /// Where it stands.
    pub state: ChangeState,
}

/// What the index knows of a document, from its applied birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownDocument {
    /// The log it lives in.
    pub scope: Scope,
    /// The number of its kind.
    pub kind: u8,
    /// Who made it.
    pub creator: MemberId,
    /// Its nonce; none once it is erased.
    pub nonce: Option<Nonce>,
    /// Whether it was erased.
    pub erased: bool,
}

/// What one device has in one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Applied changes.
    pub acts: u32,
    /// Their raw bytes.
    pub bytes: u64,
}

/// The index that admission judges by; clustered by document.
pub trait Index {
    /// The applied change of an actor with this number.
    fn applied_at(
        &self,
        doc: DocumentId,
        actor: ActorId,
        seq: u32,
    ) -> Result<Option<ChangeHash>, StoreError>;
    /// A change of a document.
    fn change(&self, doc: DocumentId, hash: ChangeHash) -> Result<Option<KnownChange>, StoreError>;
    /// A document with an applied birth.
    fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError>;
    /// What a device has in a document, all incarnations.
    fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError>;
}

/// An entry of a log as it is stored.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// The entry.
    pub entry: Entry,
    /// The chain at it.
    pub chain: Chain,
    /// The seal, where it is the entry of one.
    pub seal: Option<StoredSeal>,
}

/// A seal as it is stored.
#[derive(Debug, Clone)]
pub struct StoredSeal {
    /// Its id.
    pub id: SealId,
    /// Who made it.
    pub device: DeviceId,
    /// Under which incarnation.
    pub incarnation: Incarnation,
    /// The seal encoded; none where it was left out.
    pub bytes: Option<Vec<u8>>,
}

/// A seal that admission accepted, with what was found.
#[derive(Debug)]
pub struct Admitted<'a> {
    /// Its id.
    pub id: SealId,
    /// The seal.
    pub seal: &'a Seal,
    /// Who its device belongs to.
    pub author: MemberId,
    /// The bytes as they came.
    pub bytes: &'a [u8],
    /// Part by part; none where it was cut out.
    pub parts: &'a [(Option<Part>, Judged)],
}

/// The relay's logs.
///
/// `begin`, any number of calls, then `commit` or `rollback`: what lies between is one transaction.
pub trait RelayStore: Index {
    /// The realm.
    fn realm(&self) -> RealmId;
    /// All rosters, the realm's first.
    fn rosters(&self) -> &[Roster];
    /// The head of a log: seq 0 and the chain's start where it has no entry.
    fn head(&self, scope: Scope) -> Result<(u32, Chain), StoreError>;
    /// The chain of a log at an entry (0 = its start); none above its head.
    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError>;
    /// Entries of a log from `first_seq` on, at least one where there is one, until their seals and
    /// bodies come to `bytes_max`.
    fn read(
        &self,
        scope: Scope,
        first_seq: u32,
        bytes_max: usize,
    ) -> Result<Vec<StoredEntry>, StoreError>;
    /// Where a seal stands.
    fn seal_place(&self, id: SealId) -> Result<Option<(Scope, u32)>, StoreError>;
    /// Whether another seal stands at this place of a stream (an alarm, never a refusal).
    fn stream_taken(
        &self,
        scope: Scope,
        device: DeviceId,
        incarnation: Incarnation,
        seal_seq: u32,
    ) -> Result<bool, StoreError>;
    /// The newest seal of an incarnation, in whichever log.
    fn newest_of(
        &self,
        device: DeviceId,
        incarnation: Incarnation,
    ) -> Result<Option<SealId>, StoreError>;
    /// The newest entry of a log that is a seal of this device.
    fn newest_in(&self, scope: Scope, device: DeviceId) -> Result<u32, StoreError>;
    /// What an author may still add today, in bytes.
    fn quota_left(&self, author: MemberId, now_ms: u64) -> Result<u64, StoreError>;
    /// Up to this relay time every backup holds everything; 0 = not known.
    fn stable_time(&self) -> Result<u64, StoreError>;

    /// Opens a transaction.
    fn begin(&mut self) -> Result<(), StoreError>;
    /// Makes it durable.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Takes it back. Also what it put into [`Self::rosters`].
    fn rollback(&mut self);
    /// Appends a seal with its verdicts; gives its number in the log.
    fn append_seal(&mut self, admitted: &Admitted<'_>, relay_time: u64) -> Result<u32, StoreError>;
    /// Appends an entry of a roster as it is (taken back after a restore). Makes the roster where it
    /// is not there.
    fn append_roster_entry(
        &mut self,
        block: Option<PlaceId>,
        entry: &Entry,
        chain: Chain,
    ) -> Result<(), StoreError>;
    /// Called after roster tails were taken back: writes what rides in several rosters into those
    /// that lack it.
    fn mend_rosters(&mut self, relay_time: u64) -> Result<(), StoreError>;
    /// An enrolment by token; the same answer for the same token and key.
    fn enrol(
        &mut self,
        token: Token,
        spki: &Spki,
        now_ms: u64,
    ) -> Result<(EnrolState, [u8; 16]), StoreError>;
    /// Notes something that a person must look at.
    fn alarm(&mut self, name: &'static str, scope: Scope) -> Result<(), StoreError>;
}

/// One log of a burst, checked: its chain is continuous and proven by the burst's Head.
#[derive(Debug)]
pub struct TakenLog {
    /// The log.
    pub scope: Scope,
    /// For a roster: its block (outer none = no roster; inner none = the realm's).
    pub roster_of: Option<Option<PlaceId>>,
    /// Its entries, ascending, with what came of their seals.
    pub entries: Vec<(Entry, Chain, Option<Vec<u8>>)>,
    /// Seals of others are left out, since the log is being left.
    pub left: bool,
}

/// What a store made of a burst.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Documents that changed.
    pub documents: BTreeSet<DocumentId>,
    /// A seal of this incarnation stands in the log and is not here: rolled back or cloned.
    pub cloned: bool,
    /// Logs that stop, and why.
    pub stopped: Vec<(Scope, Stop)>,
}

/// Why nothing is taken from a log beyond some entry; the phone goes on recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// An entry that must be understood and is not: the app must be updated.
    NeedNewerApp,
    /// An entry whose roster point is not known here (a forked roster).
    NeedRoster,
    /// A part that the relay calls applied does not pass here.
    Disagrees,
}

/// A phone's store.
pub trait DeviceStore: Index {
    /// The realm.
    fn realm(&self) -> RealmId;
    /// The device's public key.
    fn device_key(&self) -> Spki;
    /// The present incarnation.
    fn incarnation(&self) -> Incarnation;
    /// The rosters held.
    fn rosters(&self) -> &[Roster];
    /// How far rosters and logs are held, for Hello. A log held again after it was left begins below
    /// its first entry without a seal.
    fn cursors(&self) -> Result<(Vec<Cursor>, Vec<Cursor>), StoreError>;
    /// The chain of a log or roster held at an entry (0 = its start); none where it is not held.
    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError>;
    /// Takes a burst and its Head, in one transaction.
    fn take_burst(
        &mut self,
        logs: &[TakenLog],
        head: &Head,
        bytes: &[u8],
    ) -> Result<Taken, StoreError>;
    /// The ids of all unsent seals, each after those it depends on.
    fn unsent(&self) -> Result<Vec<SealId>, StoreError>;
    /// A seal, encoded.
    fn seal_bytes(&self, id: SealId) -> Result<Option<Vec<u8>>, StoreError>;
    /// Whether a seal of the present incarnation with these first bytes is here.
    fn knows_own(&self, short: [u8; 8]) -> Result<bool, StoreError>;
    /// Marks receipted seals. A mark only: they are offered again until they are met in the log.
    fn mark_receipt(&mut self, receipt: &Receipt, bytes: &[u8]) -> Result<(), StoreError>;
    /// Notes why the relay did not take a seal. It stays unsent; a receipt or the log ends the reason.
    fn mark_refused(&mut self, id: SealId, reason: Refusal) -> Result<(), StoreError>;
    /// The log differs from the relay's above `common`: what stands above is unsent again.
    fn rebase(&mut self, scope: Scope, common: u32) -> Result<(), StoreError>;
    /// A roster is forked, the relay's head is not in its chain: the phone keeps its own.
    fn note_fork(&mut self, scope: Scope) -> Result<(), StoreError>;
    /// Entries of a roster held, from `first_seq` on, and the newest Head over it.
    fn roster_tail(
        &self,
        scope: Scope,
        first_seq: u32,
    ) -> Result<(Vec<Entry>, Option<Vec<u8>>), StoreError>;
    /// The log was read to its head: receipted seals that were not met are an alarm.
    fn note_up_to_date(&mut self, relay_time: u64, stable_time: u64) -> Result<(), StoreError>;
    /// What the relay takes this phone for.
    fn note_standing(
        &mut self,
        standing: crate::frame::Standing,
        relay_time: u64,
    ) -> Result<(), StoreError>;
}
