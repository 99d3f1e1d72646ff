//! A part: all changes of one document in one seal.
//!
//! A seal signs the digest of each part, not its bytes, so a part can be taken out (erased) without
//! breaking the seal. The document's nonce salts the digest: once it is erased with the text, the
//! digest says nothing about it any more. Source: `docs/formats.md`, "Parts and seals".

use crate::{
    change::chunk_hash,
    hash::h,
    id::{ChangeHash, Digest, DocumentId, Nonce},
    wire::Writer,
};

/// All changes of one document in one seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The document.
    pub doc: DocumentId,
    /// The document's nonce.
    pub nonce: Nonce,
    /// The document's kind in the part that makes it, else 0.
    pub birth: u8,
    /// The changes as they are sent, in dependency order.
    pub changes: Vec<Vec<u8>>,
}

impl Part {
    /// The hashes of its changes; none where one is not a chunk with its own checksum.
    pub fn hashes(&self) -> Option<Vec<ChangeHash>> {
        self.changes.iter().map(|bytes| chunk_hash(bytes)).collect()
    }

    /// Its digest; none where it has no [`Self::hashes`].
    pub fn digest(&self) -> Option<Digest> {
        Some(digest(self.doc, &self.nonce, self.birth, &self.hashes()?))
    }

    /// Bytes of its changes, the measure of every cap.
    pub fn raw_bytes(&self) -> usize {
        self.changes.iter().map(Vec::len).sum()
    }
}

/// The digest of a part, from the hashes of its changes.
pub fn digest(doc: DocumentId, nonce: &Nonce, birth: u8, hashes: &[ChangeHash]) -> Digest {
    let mut w = Writer::new();
    w.raw(&doc.0).raw(&nonce.0).u8(birth).count(hashes.len());
    for hash in hashes {
        w.raw(&hash.0);
    }
    Digest(h("part", w.as_slice()))
}
