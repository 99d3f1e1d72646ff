//! The seal: changes of one roster point, signed once by the device that made them.
//!
//! The signature covers the head, and the head names the digest of every part. So the bytes may be
//! encoded anew, a nonce that the receiver holds may be left out, and a part may be cut out, without
//! breaking it. [`Seal::decode`] reads the wire under a frame's bound; [`Seal::check_parts`] tests
//! what needs no key, and a carrier runs it before it takes a seal from anybody.
//! Source: `docs/formats.md`, "Parts and seals".

use std::collections::BTreeSet;

use thiserror::Error;

use crate::{
    change::guard,
    hash::{first, h},
    id::{
        DeviceId, Digest, DocumentId, Incarnation, Nonce, Point, RealmId, Scope, SealId, Signature,
    },
    key::{ALGORITHM_P256, DeviceKey, KeyError, Spki},
    limits::{FRAME_BYTES_MAX, SEAL_CHANGES_MAX, SEAL_RAW_BYTES_MAX},
    part::{Part, digest},
    wire::{Reader, WireError, Writer},
};

/// The version of the signed formats.
pub const VERSION: u8 = 1;
/// The codec that is always understood: raw.
pub const CODEC_RAW: u8 = 0;

/// Why bytes are not a seal that can be read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// Another version or algorithm: a newer app is needed, nobody is to blame.
    #[error("the seal is of a newer version")]
    Newer,
    /// An unknown codec: asked for again in codec 0.
    #[error("the seal's codec is not known here")]
    NeedRaw,
    /// Not a seal.
    #[error("the seal is malformed")]
    Malformed,
    /// Larger than a frame.
    #[error("the seal is larger than a frame")]
    TooBig,
}

impl From<WireError> for SealError {
    fn from(_: WireError) -> Self {
        Self::Malformed
    }
}

/// Why a seal's parts cannot be taken; in the order in which they are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum PartsError {
    /// Not what the digests say, a broken chunk, an empty part, two of one document, or a change
    /// that depends on a later one of its part.
    #[error("the parts are malformed")]
    Malformed,
    /// Over [`SEAL_RAW_BYTES_MAX`] or [`SEAL_CHANGES_MAX`].
    #[error("the parts are over {SEAL_RAW_BYTES_MAX} bytes or {SEAL_CHANGES_MAX} changes")]
    TooBig,
    /// A nonce was left out that is not held here.
    #[error("a document's nonce was left out and is not held")]
    NeedNonce,
}

/// Why a seal could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MakeError {
    /// The parts would be refused.
    #[error(transparent)]
    Parts(#[from] PartsError),
    /// The key did not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What a seal's signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealHead {
    /// The log it is for.
    pub scope: Scope,
    /// Whose it is.
    pub device: DeviceId,
    /// In which life of its store.
    pub incarnation: Incarnation,
    /// Its number in its stream (scope, device, incarnation), from 1.
    pub seal_seq: u32,
    /// The seal before it; evidence, never a gate.
    pub prev: SealId,
    /// The roster point that was in force when its changes were saved.
    pub point: Point,
    /// A digest for each part.
    pub digests: Vec<Digest>,
}

impl SealHead {
    /// The signed fields: 76 bytes and 32 a part.
    pub fn fields(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.write(&mut w);
        w.finish()
    }

    fn write(&self, w: &mut Writer) {
        w.u8(VERSION).u8(ALGORITHM_P256);
        w.raw(&self.scope.0).raw(&self.device.0).raw(&self.incarnation.0);
        w.u32(self.seal_seq).raw(&self.prev.0);
        self.point.write(w);
        w.count(self.digests.len());
        for digest in &self.digests {
            w.raw(&digest.0);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, SealError> {
        if (r.u8()?, r.u8()?) != (VERSION, ALGORITHM_P256) {
            return Err(SealError::Newer);
        }
        let head = Self {
            scope: Scope::read(r)?,
            device: DeviceId::read(r)?,
            incarnation: Incarnation::read(r)?,
            seal_seq: r.u32()?,
            prev: SealId::read(r)?,
            point: Point::read(r)?,
            digests: {
                let n = r.count(usize::from(u16::MAX))?;
                (0..n).map(|_| Digest::read(r)).collect::<Result<_, _>>()?
            },
        };
        if head.seal_seq == 0 || head.digests.is_empty() {
            return Err(SealError::Malformed);
        }
        Ok(head)
    }

    /// The seal's id: what is signed, and what logs and receipts name.
    pub fn id(&self, realm: &RealmId) -> SealId {
        let mut w = Writer::new();
        w.raw(&realm.0);
        self.write(&mut w);
        SealId(h("seal", w.as_slice()))
    }
}

/// A part on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WirePart {
    /// The document.
    pub doc: DocumentId,
    /// The document's nonce; left out where the receiver holds it.
    pub nonce: Option<Nonce>,
    /// The document's kind in the part that makes it, else 0.
    pub birth: u8,
    /// The changes as they are sent.
    pub changes: Vec<Vec<u8>>,
}

impl WirePart {
    fn write(&self, w: &mut Writer) {
        w.raw(&self.doc.0);
        w.optional(self.nonce, |w, nonce| {
            w.raw(&nonce.0);
        });
        w.u8(self.birth).count(self.changes.len());
        for change in &self.changes {
            w.bytes(change);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            doc: DocumentId::read(r)?,
            nonce: r.optional(Nonce::read)?,
            birth: r.u8()?,
            changes: {
                let n = r.count(usize::from(u16::MAX))?;
                let changes = (0..n).map(|_| Ok(r.bytes(FRAME_BYTES_MAX)?.to_vec()));
                changes.collect::<Result<_, WireError>>()?
            },
        })
    }
}

impl From<Part> for WirePart {
    fn from(part: Part) -> Self {
        let Part { doc, nonce, birth, changes } = part;
        Self { doc, nonce: Some(nonce), birth, changes }
    }
}

/// A seal as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// What is signed.
    pub head: SealHead,
    /// The device's signature over the id.
    pub signature: Signature,
    /// A part for each digest, in their order; none = cut out, only its digest is left.
    pub parts: Vec<Option<WirePart>>,
}

impl Seal {
    /// Signs `parts`. `head` says where they belong; its device is set to the key's and its digests to
    /// those of the parts.
    pub fn make(
        key: &dyn DeviceKey,
        realm: &RealmId,
        head: SealHead,
        parts: Vec<Part>,
    ) -> Result<Self, MakeError> {
        let digests: Option<Vec<Digest>> = parts.iter().map(Part::digest).collect();
        let digests = digests.ok_or(PartsError::Malformed)?;
        let head = SealHead { device: key.spki().device(), digests, ..head };
        let parts = parts.into_iter().map(|part| Some(part.into())).collect();
        let mut seal = Self { head, signature: Signature::ZERO, parts };
        if seal.head.seal_seq == 0 || seal.parts.is_empty() {
            return Err(PartsError::Malformed.into());
        }
        seal.check_parts(&|_| None)?;
        seal.signature = key.sign(&seal.head.id(realm).0)?;
        Ok(seal)
    }

    /// Whether the signature is `spki`'s and `spki` is the device's.
    pub fn verify_signature(&self, realm: &RealmId, spki: &Spki) -> bool {
        spki.device() == self.head.device
            && spki.verify(&self.head.id(realm).0, &self.signature).is_ok()
    }

    /// Its bytes in codec 0.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.head.write(&mut w);
        w.raw(&self.signature.0).u8(CODEC_RAW).count(self.parts.len());
        for part in &self.parts {
            w.optional(part.as_ref(), |w, part| part.write(w));
        }
        w.finish()
    }

    /// Reads [`Self::encode`], under the bound of a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, SealError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(SealError::TooBig);
        }
        let mut r = Reader::new(bytes);
        let head = SealHead::read(&mut r)?;
        let signature = Signature::read(&mut r)?;
        if r.u8()? != CODEC_RAW {
            return Err(SealError::NeedRaw);
        }
        if r.count(usize::from(u16::MAX))? != head.digests.len() {
            return Err(SealError::Malformed);
        }
        let parts = head.digests.iter().map(|_| r.optional(WirePart::read));
        let parts = parts.collect::<Result<_, _>>()?;
        r.end()?;
        Ok(Self { head, signature, parts })
    }

    /// Its parts, with the nonces that were left out filled in from `nonce_of`; none for a part that
    /// was cut out.
    ///
    /// Tests all that needs neither key nor index, whoever signed it. Where a pushed seal that is not
    /// known here has a part cut out, `Cut` goes before [`PartsError::TooBig`]: the caller looks.
    pub fn check_parts(
        &self,
        nonce_of: &dyn Fn(DocumentId) -> Option<Nonce>,
    ) -> Result<Vec<Option<Part>>, PartsError> {
        if self.parts.len() != self.head.digests.len() {
            return Err(PartsError::Malformed);
        }
        let mut seen = BTreeSet::new();
        let mut out = Vec::with_capacity(self.parts.len());
        let mut missing = false;
        for (wire, digest) in self.parts.iter().zip(&self.head.digests) {
            let Some(wire) = wire else {
                out.push(None);
                continue;
            };
            if !seen.insert(wire.doc) {
                return Err(PartsError::Malformed);
            }
            let nonce = wire.nonce.or_else(|| nonce_of(wire.doc));
            check_part(wire, nonce.as_ref(), digest)?;
            missing |= nonce.is_none();
            out.push(nonce.map(|nonce| Part {
                doc: wire.doc,
                nonce,
                birth: wire.birth,
                changes: wire.changes.clone(),
            }));
        }
        if self.is_too_big() {
            return Err(PartsError::TooBig);
        }
        if missing { Err(PartsError::NeedNonce) } else { Ok(out) }
    }

    fn is_too_big(&self) -> bool {
        let changes = || self.parts.iter().flatten().flat_map(|part| &part.changes);
        self.parts.len() > SEAL_CHANGES_MAX
            || changes().count() > SEAL_CHANGES_MAX
            || changes().map(Vec::len).sum::<usize>() > SEAL_RAW_BYTES_MAX
    }
}

/// What can be said of one part. Without its nonce the digest cannot be tested, the rest can.
fn check_part(wire: &WirePart, nonce: Option<&Nonce>, expected: &Digest) -> Result<(), PartsError> {
    const BAD: PartsError = PartsError::Malformed;
    let hashes: Option<Vec<_>> =
        wire.changes.iter().map(|bytes| crate::change::chunk_hash(bytes)).collect();
    let hashes = hashes.ok_or(BAD)?;
    if hashes.is_empty() {
        return Err(BAD);
    }
    if nonce.is_some_and(|nonce| digest(wire.doc, nonce, wire.birth, &hashes) != *expected) {
        return Err(BAD);
    }
    let mut later: BTreeSet<_> = hashes.iter().collect();
    for (bytes, hash) in wire.changes.iter().zip(&hashes) {
        // What is not canonical gets a verdict of its own, and what it depends on cannot be read.
        let deps = guard(bytes).map(|change| change.deps).unwrap_or_default();
        if deps.iter().any(|dep| later.contains(dep)) {
            return Err(BAD);
        }
        later.remove(hash);
    }
    Ok(())
}

/// The short id by which two phones compare the seals that they have: `key` is of one meeting.
pub fn have_id(key: &[u8; 16], id: &SealId) -> [u8; 8] {
    let mut w = Writer::new();
    w.raw(key).raw(&id.0);
    first(&h("have", w.as_slice()))
}
