//! What goes into the store and comes out of it.

use doorstep_protocol::{
    frame::Refusal,
    id::{ActId, ActorId, ChangeHash, DocumentId, MemberId, Nonce, Point, Scope, SealId},
    log::Verdict,
};

/// An act to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAct {
    /// The document.
    pub doc: DocumentId,
    /// The log that it lives in.
    pub scope: Scope,
    /// The document's kind.
    pub kind: u8,
    /// For a new document: the nonce that its id is made of. None = the document is here.
    pub nonce: Option<Nonce>,
    /// The act.
    pub act: ActId,
    /// The heads of the view that it was made on; none for a new document.
    pub seen: Vec<ChangeHash>,
    /// The act's bytes.
    pub value: Vec<u8>,
    /// The roster point in force.
    pub point: Point,
}

/// An act that is durable on this phone once its transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Its change.
    pub hash: ChangeHash,
    /// It had been saved before: this is the earlier change.
    pub repeated: bool,
}

/// A document with an applied birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentRow {
    /// The document.
    pub doc: DocumentId,
    /// The log that it lives in.
    pub scope: Scope,
    /// The number of its kind.
    pub kind: u8,
    /// Who made it.
    pub creator: MemberId,
    /// Its nonce.
    pub nonce: Nonce,
    /// Whether it was erased.
    pub erased: bool,
}

/// Where a change stands on this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyState {
    /// Applied by the log: final.
    Log,
    /// Not in the log yet; it fits what is applied and counts here.
    Pending,
    /// Does not count. Final where [`StoredCopy::log_seq`] is some, else as things stand here.
    Aside(Verdict),
    /// Cut out by an erasure.
    Erased,
}

impl CopyState {
    /// Whether it counts here.
    pub fn counts(self) -> bool {
        matches!(self, Self::Log | Self::Pending)
    }
}

/// One change of a document with all that its meaning needs. An act that was written again has one
/// for each copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCopy {
    /// Its hash.
    pub hash: ChangeHash,
    /// What it depends on, sorted.
    pub deps: Vec<ChangeHash>,
    /// Device and incarnation.
    pub actor: ActorId,
    /// Whose device it is.
    pub author: MemberId,
    /// The act.
    pub act: ActId,
    /// The act's bytes.
    pub value: Vec<u8>,
    /// The whole change as it is sent.
    pub raw: Vec<u8>,
    /// The roster point that it was saved under.
    pub point: Point,
    /// The relay time of its entry; none while it is in no log.
    pub relay_time: Option<u64>,
    /// Its entry; none while it is in no log.
    pub log_seq: Option<u32>,
    /// The seal that it stands in; none while it is not sealed.
    pub seal: Option<SealId>,
    /// Whether this device made it.
    pub own: bool,
    /// Where it stands.
    pub state: CopyState,
}

/// A receipt's word on one seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipted {
    /// Its entry, as the relay gave it.
    pub seq: u32,
    /// When the receipt was made, by the relay's clock.
    pub relay_time: u64,
    /// The verdict on the change's part.
    pub verdict: Verdict,
}

/// One own change that is not delivered, or was set aside, with what is known of why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing {
    /// The document.
    pub doc: DocumentId,
    /// Its log.
    pub scope: Scope,
    /// The act.
    pub act: ActId,
    /// The change.
    pub hash: ChangeHash,
    /// Its seal; none = it waits to be sealed.
    pub seal: Option<SealId>,
    /// The relay has it, and it was not met in the log yet.
    pub receipt: Option<Receipted>,
    /// The relay did not take its seal when it was last offered.
    pub refused: Option<Refusal>,
    /// It does not count, and no other copy of it does.
    pub aside: Option<Verdict>,
    /// Its entry, where it was met in the log (and set aside there).
    pub log_seq: Option<u32>,
}

/// How much is on its way. Changes, but for `carried`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Own, not sealed.
    pub unsealed: u64,
    /// Own, sealed, without a receipt and not met in the log.
    pub unsent: u64,
    /// Own, with a receipt, not met in the log.
    pub receipted_unmet: u64,
    /// Own, set aside by the log, where no other copy counts.
    pub aside: u64,
    /// Own, applied by the log.
    pub settled: u64,
    /// Seals of others that no log is known to have.
    pub carried: u64,
}

/// Something that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// For [`super::Store::clear_alarm`].
    pub number: i64,
    /// What it is; see [`super::alarm`].
    pub name: String,
    /// The log.
    pub scope: Scope,
    /// Ids and numbers, never content.
    pub detail: String,
    /// The newest relay time heard when it was raised, in ms.
    pub relay_time: u64,
}

/// What became of a courier bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BundleReport {
    /// Seals that are new here.
    pub taken: usize,
    /// Seals that were here, or are in the log.
    pub known: usize,
    /// Those that were not taken: the number of the seal in the bundle, and why.
    pub refused: Vec<(usize, Refusal)>,
    /// It brought a seal of this store's present incarnation that is not here: this store was rolled
    /// back or cloned and needs a new incarnation.
    pub cloned: bool,
    /// Documents that changed.
    pub documents: std::collections::BTreeSet<DocumentId>,
}
