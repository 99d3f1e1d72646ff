//! What a fold reads: the applied copies of a document's acts, and what is known of each from its seal
//! and its log entry.

use doorstep_protocol::id::{
    ActId, ChangeHash, DocumentId, DocumentKind, MemberId, PlaceId, Point,
};
use serde::{Deserialize, Serialize};

/// One change: an act as one actor wrote it. The same act written again by another incarnation, after a
/// clone or a restore, is another copy of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The hash of the change.
    pub hash: ChangeHash,
    /// The changes that its author had seen, all of this document.
    pub deps: Vec<ChangeHash>,
    /// The member of the device that signed it.
    pub author: MemberId,
    /// The act, from the change's key.
    pub act: ActId,
    /// The value: an encoded [`crate::event::Act`].
    pub value: Vec<u8>,
    /// The roster point of the seal: the one held when it was saved.
    pub point: Point,
    /// When the relay entered it into the log, in ms; none while it is still on this phone.
    pub relay_time_ms: Option<u64>,
    /// Outside a Fence, and admitted by nobody: kept and shown, and for the time being without force.
    pub held: bool,
}

/// A document, by the copies that are applied or pending on this phone, in any order.
///
/// A copy whose `deps` name something that is not among them waits: it is judged once the rest is here.
#[derive(Debug, Clone, ::core::marker::Copy)]
pub struct Document<'a> {
    /// Its id.
    pub id: DocumentId,
    /// Its kind.
    pub kind: DocumentKind,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// Who made it.
    pub creator: MemberId,
    /// Its copies.
    pub copies: &'a [Copy],
}

/// An event: act, number in the act, member. "The smaller id" is the smaller in this order.
#[derive(
    Debug, Clone, ::core::marker::Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct EventId {
    /// The act.
    pub act: ActId,
    /// Its number in the act, from 0.
    pub n: u32,
    /// Whose act.
    pub member: MemberId,
}
