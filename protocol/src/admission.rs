//! Admission: is this seal well made, and does it fit what is in the log? No document is opened.
//!
//! Structure is decided once, part by part, and written into the log; rights are the fold's. First
//! come the tests that leave no verdict ([`examine`]): what its author did not sign, what the carrier
//! must fetch first. Then each part gets its [`Verdict`] ([`judge`]). A phone does the same with all
//! that it gets from a peer. Source: `docs/protocol.md`, "Admission".

use std::collections::BTreeMap;

use crate::{
    change::{Change, chunk_hash, guard},
    frame::Refusal,
    id::{ActorId, ChangeHash, DeviceId, DocumentId, Incarnation, MemberId, RealmId, Scope},
    limits::{DOCUMENT_DEVICE_ACTS_MAX, DOCUMENT_DEVICE_BYTES_MAX},
    log::Verdict,
    part::Part,
    roster::Roster,
    seal::{PartsError, Seal, SealError},
    store::{ChangeState, Index, StoreError},
};

/// A seal that passed all tests that leave no verdict.
#[derive(Debug)]
pub struct Examined {
    /// The seal.
    pub seal: Seal,
    /// The member whose device signed it.
    pub author: MemberId,
    /// Its parts, whole; none where text was cut out.
    pub parts: Vec<Option<Part>>,
}

/// Why [`examine`] did not let a seal through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// With this reason; nothing is recorded.
    Refused(Refusal),
    /// The store failed; the meeting ends.
    Store(StoreError),
}

impl From<StoreError> for NotTaken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads a seal and tests what its author did not sign, its size, its signature, the author's place
/// and its dependencies, in the order of the formats.
///
/// `known` says that the log has this seal already: then parts may be cut out.
pub fn examine(
    index: &dyn Index,
    realm: &RealmId,
    rosters: &[Roster],
    bytes: &[u8],
    known: bool,
) -> Result<Examined, NotTaken> {
    let seal = Seal::decode(bytes).map_err(|error| match error {
        SealError::Newer => Refusal::Newer,
        SealError::NeedRaw => Refusal::NeedRaw,
        SealError::TooBig => Refusal::TooBig,
        _ => Refusal::Malformed,
    })?;
    let mut nonces = BTreeMap::new();
    for part in seal.parts.iter().flatten() {
        if let Some(document) = index.document(part.doc)?
            && let Some(nonce) = document.nonce
        {
            nonces.insert(part.doc, nonce);
        }
    }
    let is_cut = !known && seal.parts.iter().any(Option::is_none);
    let parts = match seal.check_parts(&|doc| nonces.get(&doc).copied()) {
        Err(PartsError::Malformed) => return Err(Refusal::Malformed.into()),
        _ if is_cut => return Err(Refusal::Cut.into()),
        Err(PartsError::TooBig) => return Err(Refusal::TooBig.into()),
        Err(PartsError::NeedNonce) => return Err(Refusal::NeedDeps.into()),
        Ok(parts) => parts,
    };
    let head = &seal.head;
    let at = rosters.iter().find_map(|roster| roster.at(head.point)).ok_or(Refusal::NeedRoster)?;
    let device = at.device(head.device).ok_or(Refusal::NeedRoster)?;
    if !seal.verify_signature(realm, &device.spki) {
        return Err(Refusal::Signature.into());
    }
    if !at.may_enter(device.member, head.scope.place()) {
        return Err(Refusal::NoPlace.into());
    }
    for part in parts.iter().flatten() {
        if !has_dependencies(index, part)? {
            return Err(Refusal::NeedDeps.into());
        }
    }
    Ok(Examined { seal, author: device.member, parts })
}

/// Whether every dependency of a part is known here, applied or not, or stands before it in the part.
fn has_dependencies(index: &dyn Index, part: &Part) -> Result<bool, StoreError> {
    let mut inside: Vec<ChangeHash> = Vec::new();
    for bytes in &part.changes {
        if let Ok(change) = guard(bytes) {
            for dep in change.deps {
                if !inside.contains(&dep) && index.change(part.doc, dep)?.is_none() {
                    return Ok(false);
                }
            }
        }
        inside.extend(chunk_hash(bytes));
    }
    Ok(true)
}

/// Whose seal a part is judged in.
#[derive(Debug, Clone, Copy)]
pub struct Author {
    /// The log.
    pub scope: Scope,
    /// The device that signed.
    pub device: DeviceId,
    /// Under which incarnation.
    pub incarnation: Incarnation,
    /// Whose device it is.
    pub member: MemberId,
}

/// What was found of one part.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The verdict for all of it.
    pub verdict: Verdict,
    /// Its changes by hash: decoded, where canonical; and whether they were applied before.
    pub changes: Vec<JudgedChange>,
}

/// One change of a judged part.
#[derive(Debug, Clone)]
pub struct JudgedChange {
    /// Its hash.
    pub hash: ChangeHash,
    /// The change; none where it is not canonical.
    pub change: Option<Change>,
    /// It was applied before this seal.
    pub repeated: bool,
}

/// The verdict for one part, on what is applied and what stands before it in the part.
pub fn judge(
    index: &dyn Index,
    realm: &RealmId,
    author: &Author,
    part: &Part,
) -> Result<Judged, StoreError> {
    let mut changes = Vec::with_capacity(part.changes.len());
    for bytes in &part.changes {
        let hash = chunk_hash(bytes).unwrap_or_default();
        changes.push(JudgedChange { hash, change: guard(bytes).ok(), repeated: false });
    }
    let mut bench =
        Bench { index, realm, author, part, applied: BTreeMap::new(), acts: 0, bytes: 0 };
    let mut verdict = bench.document(&changes)?;
    if verdict == Verdict::Applied {
        for (found, bytes) in changes.iter_mut().zip(&part.changes) {
            verdict = bench.change(found, bytes.len())?;
            if verdict != Verdict::Applied {
                break;
            }
        }
    }
    Ok(Judged { verdict, changes })
}

struct Bench<'a> {
    index: &'a dyn Index,
    realm: &'a RealmId,
    author: &'a Author,
    part: &'a Part,
    /// What this part adds: (seq, hash) and start_op of those that passed.
    applied: BTreeMap<u32, (ChangeHash, u32)>,
    acts: u32,
    bytes: u64,
}

impl Bench<'_> {
    fn actor(&self) -> ActorId {
        ActorId::new(self.author.device, self.author.incarnation)
    }

    /// Erased; then guard, actor, nonce and birth of the part as a whole.
    fn document(&self, changes: &[JudgedChange]) -> Result<Verdict, StoreError> {
        let known = self.index.document(self.part.doc)?;
        if known.is_some_and(|known| known.erased) {
            return Ok(Verdict::Erased);
        }
        let actor = self.actor();
        let canonical = changes
            .iter()
            .all(|found| found.change.as_ref().is_some_and(|change| change.actor == actor));
        let fits = match known {
            Some(known) => {
                known.scope == self.author.scope
                    && known.nonce.is_none_or(|nonce| nonce == self.part.nonce)
                    && (self.part.birth == 0
                        || (known.kind == self.part.birth && known.creator == self.author.member))
            }
            None => true,
        };
        if !canonical || !fits || !self.birth_is_made_here(changes) {
            return Ok(Verdict::Guard);
        }
        Ok(Verdict::Applied)
    }

    /// A birth's id is made of realm, log, kind, author and nonce; its first change alone has no
    /// dependencies, and seq 1.
    fn birth_is_made_here(&self, changes: &[JudgedChange]) -> bool {
        let part = self.part;
        if part.birth == 0 {
            return true;
        }
        let id = DocumentId::of(
            self.realm,
            self.author.scope,
            part.birth,
            self.author.member,
            &part.nonce,
        );
        let first = changes.first().and_then(|found| found.change.as_ref());
        id == part.doc && first.is_some_and(|change| change.seq == 1 && change.deps.is_empty())
    }

    /// One change: Twin, Needs, Guard, OverCap, in this order.
    fn change(&mut self, found: &mut JudgedChange, bytes: usize) -> Result<Verdict, StoreError> {
        let Some(change) = &found.change else { return Ok(Verdict::Guard) };
        let doc = self.part.doc;
        let known = self.index.change(doc, found.hash)?;
        if known.is_some_and(|known| known.state == ChangeState::Applied) {
            found.repeated = true;
            return Ok(Verdict::Applied);
        }
        if self.at(change.seq)?.is_some_and(|hash| hash != found.hash) {
            return Ok(Verdict::Twin);
        }
        let previous = match change.seq {
            1 => None,
            seq => match self.at(seq - 1)? {
                None => return Ok(Verdict::Needs),
                previous => previous,
            },
        };
        let mut start_op = 0;
        for dep in &change.deps {
            match self.start_op(*dep)? {
                None => return Ok(Verdict::Needs),
                Some(op) => start_op = start_op.max(op),
            }
        }
        let is_birth = self.part.birth != 0 && self.applied.is_empty() && change.seq == 1;
        let named = previous.is_none_or(|previous| change.deps.contains(&previous));
        let rooted = is_birth || !change.deps.is_empty();
        if !named || !rooted || start_op.checked_add(1) != Some(change.start_op) {
            return Ok(Verdict::Guard);
        }
        let usage = self.index.usage(doc, self.author.device)?;
        if usage.acts + self.acts + 1 > DOCUMENT_DEVICE_ACTS_MAX
            || usage.bytes + self.bytes + bytes as u64 > DOCUMENT_DEVICE_BYTES_MAX
        {
            return Ok(Verdict::OverCap);
        }
        self.acts += 1;
        self.bytes += bytes as u64;
        self.applied.insert(change.seq, (found.hash, change.start_op));
        Ok(Verdict::Applied)
    }

    /// The author's change with this number, applied before or in this part.
    fn at(&self, seq: u32) -> Result<Option<ChangeHash>, StoreError> {
        if let Some((hash, _)) = self.applied.get(&seq) {
            return Ok(Some(*hash));
        }
        self.index.applied_at(self.part.doc, self.actor(), seq)
    }

    /// The first op of a dependency that is applied; none where it is aside or erased.
    fn start_op(&self, dep: ChangeHash) -> Result<Option<u32>, StoreError> {
        if let Some((_, op)) = self.applied.values().find(|(hash, _)| *hash == dep) {
            return Ok(Some(*op));
        }
        let known = self.index.change(self.part.doc, dep)?;
        Ok(known.filter(|known| known.state == ChangeState::Applied).map(|known| known.start_op))
    }
}
