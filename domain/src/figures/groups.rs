//! Documents that links join.

use std::collections::BTreeMap;

use doorstep_protocol::id::DocumentId;

/// Documents that links join, whether their rows are here or not: each names one nearer to its root.
pub(crate) fn joined(
    links: impl Iterator<Item = (DocumentId, DocumentId)>,
) -> BTreeMap<DocumentId, DocumentId> {
    let mut parents: BTreeMap<DocumentId, DocumentId> = BTreeMap::new();
    for (a, b) in links {
        let (a, b) = (root(&parents, a), root(&parents, b));
        if a != b {
            parents.insert(a.max(b), a.min(b));
        }
    }
    parents
}

pub(crate) fn root(parents: &BTreeMap<DocumentId, DocumentId>, mut of: DocumentId) -> DocumentId {
    // A parent is always smaller, so this ends.
    while let Some(parent) = parents.get(&of) {
        of = *parent;
    }
    of
}
