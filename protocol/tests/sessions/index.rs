//! An index over changes, as plain maps: what relay and phone have in common.
#![allow(dead_code)] // each test binary uses its own share of it

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    admission::{Author, Judged},
    id::{ActorId, ChangeHash, DeviceId, DocumentId},
    log::Verdict,
    part::Part,
    store::{ChangeState, Index, KnownChange, KnownDocument, StoreError, Usage},
};

/// Everything that admission asks about changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryIndex {
    changes: BTreeMap<(DocumentId, ChangeHash), KnownChange>,
    applied: BTreeMap<(DocumentId, ActorId, u32), ChangeHash>,
    documents: BTreeMap<DocumentId, KnownDocument>,
    usage: BTreeMap<(DocumentId, DeviceId), Usage>,
    heads: BTreeMap<DocumentId, BTreeSet<ChangeHash>>,
}

impl MemoryIndex {
    /// Writes down what was found of a part.
    pub(crate) fn record(&mut self, author: &Author, part: &Part, judged: &Judged) {
        for (found, bytes) in judged.changes.iter().zip(&part.changes) {
            let (seq, start_op) =
                found.change.as_ref().map_or((0, 0), |change| (change.seq, change.start_op));
            let key = (part.doc, found.hash);
            let before = self.changes.get(&key).map(|known| known.state);
            if before == Some(ChangeState::Applied) {
                continue;
            }
            let state = match judged.verdict {
                Verdict::Applied => ChangeState::Applied,
                Verdict::Erased => ChangeState::Erased,
                _ => ChangeState::Aside,
            };
            self.changes.insert(key, KnownChange { seq, start_op, state });
            let Some(change) = found.change.as_ref().filter(|_| state == ChangeState::Applied)
            else {
                continue;
            };
            self.applied.insert((part.doc, change.actor, seq), found.hash);
            let usage = self.usage.entry((part.doc, author.device)).or_default();
            usage.acts += 1;
            usage.bytes += bytes.len() as u64;
            let heads = self.heads.entry(part.doc).or_default();
            heads.retain(|head| !change.deps.contains(head));
            heads.insert(found.hash);
        }
        if part.birth != 0 && judged.verdict == Verdict::Applied {
            self.documents.entry(part.doc).or_insert(KnownDocument {
                scope: author.scope,
                kind: part.birth,
                creator: author.member,
                nonce: Some(part.nonce),
                erased: false,
            });
        }
    }

    /// Cuts a document, as an erasure does.
    pub(crate) fn erase(&mut self, doc: DocumentId) {
        let known = self.documents.get_mut(&doc).unwrap();
        known.erased = true;
        known.nonce = None;
        for ((of, _), change) in &mut self.changes {
            if *of == doc {
                change.state = ChangeState::Erased;
            }
        }
    }

    /// The newest applied change of an actor.
    pub(crate) fn newest_of(&self, doc: DocumentId, actor: ActorId) -> Option<(u32, ChangeHash)> {
        let all = (doc, actor, 0)..=(doc, actor, u32::MAX);
        self.applied.range(all).next_back().map(|((_, _, seq), hash)| (*seq, *hash))
    }

    /// The applied changes that no applied change builds on.
    pub(crate) fn heads(&self, doc: DocumentId) -> BTreeSet<ChangeHash> {
        self.heads.get(&doc).cloned().unwrap_or_default()
    }
}

impl Index for MemoryIndex {
    fn applied_at(
        &self,
        doc: DocumentId,
        actor: ActorId,
        seq: u32,
    ) -> Result<Option<ChangeHash>, StoreError> {
        Ok(self.applied.get(&(doc, actor, seq)).copied())
    }

    fn change(&self, doc: DocumentId, hash: ChangeHash) -> Result<Option<KnownChange>, StoreError> {
        Ok(self.changes.get(&(doc, hash)).copied())
    }

    fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError> {
        Ok(self.documents.get(&doc).copied())
    }

    fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError> {
        Ok(self.usage.get(&(doc, device)).copied().unwrap_or_default())
    }
}
