//! Documents that links join.

use std::collections::BTreeMap;

use doorstep_protocol::id::DocumentId;

/// Documents that links join, whether their rows are here or not: each but the smallest of a group
/// names that one.
#[derive(Debug, Default)]
pub(crate) struct Joined(BTreeMap<DocumentId, DocumentId>);

impl Joined {
    pub(crate) fn by(links: impl Iterator<Item = (DocumentId, DocumentId)>) -> Self {
        let mut joined = Self::default();
        for (a, b) in links {
            let (a, b) = (joined.find(a), joined.find(b));
            if a != b {
                joined.0.insert(a.max(b), a.min(b));
            }
        }
        joined.flatten();
        joined
    }

    /// The smallest known so far; halves the way there, or long chains would cost their square.
    fn find(&mut self, mut at: DocumentId) -> DocumentId {
        while let Some(parent) = self.0.get(&at).copied() {
            let Some(next) = self.0.get(&parent).copied() else { return parent };
            self.0.insert(at, next);
            at = next;
        }
        at
    }

    /// What a document names is smaller than itself, so by then it names the smallest.
    fn flatten(&mut self) {
        let all: Vec<DocumentId> = self.0.keys().copied().collect();
        for document in all {
            let smallest = self.root(self.root(document));
            self.0.insert(document, smallest);
        }
    }

    /// The smallest of the group of a document.
    pub(crate) fn root(&self, of: DocumentId) -> DocumentId {
        self.0.get(&of).copied().unwrap_or(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u32) -> DocumentId {
        let mut id = DocumentId::default();
        id.0[..4].copy_from_slice(&n.to_be_bytes());
        id
    }

    #[test]
    fn a_long_chain_is_one_group_in_whatever_order_its_links_come() {
        const LENGTH: u32 = 30_000;
        let up: Vec<_> = (1..LENGTH).map(|n| (id(n), id(n - 1))).collect();
        let down: Vec<_> = up.iter().rev().map(|(a, b)| (*b, *a)).collect();
        let mixed = up.iter().step_by(2).chain(up.iter().skip(1).step_by(2).rev()).copied();
        for links in [up.clone(), down, mixed.collect()] {
            let joined = Joined::by(links.into_iter());
            assert!((0..LENGTH).all(|n| joined.root(id(n)) == id(0)));
        }
        assert_eq!(Joined::by(std::iter::empty()).root(id(7)), id(7));
    }
}
