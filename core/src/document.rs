//! The Automerge side: every document opens in Automerge's own library, with nothing lost.
//!
//! Raw changes are the truth; what is made here is a cache and a proof. Lists, figures and what an act
//! is checked against never depend on it, so a fault in the library costs a copy, never a record.
//! Source: `docs/protocol.md`, "Documents".

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change};
use doorstep_protocol::id::ChangeHash;
use thiserror::Error;

/// Automerge did not take a document that the guard had let through: a fault to report. The document
/// is unharmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub(crate) enum AutomergeError {
    /// A change is no change to it, or lacks what it builds on.
    #[error("Automerge does not take a change")]
    Change,
    /// What it saved does not load as what was put in.
    #[error("what Automerge saved is not what it was given")]
    Differs,
    /// It panicked.
    #[error("Automerge panicked")]
    Panicked,
}

/// An ordinary Automerge document of these changes, as `save()` gives it.
///
/// The changes may come in any order. What is returned was loaded again and has just these changes,
/// byte for byte, and the same heads.
pub(crate) fn automerge_bytes(changes: &[Vec<u8>]) -> Result<Vec<u8>, AutomergeError> {
    // Whatever it does inside, the engine goes on: nothing that it touched is used afterwards.
    catch_unwind(AssertUnwindSafe(|| save(changes))).unwrap_or(Err(AutomergeError::Panicked))
}

fn save(changes: &[Vec<u8>]) -> Result<Vec<u8>, AutomergeError> {
    let parsed: Result<Vec<Change>, _> =
        changes.iter().map(|raw| Change::from_bytes(raw.clone())).collect();
    let mut parsed = parsed.map_err(|_| AutomergeError::Change)?;
    // Each after what it depends on, and the same bytes on every phone.
    parsed.sort_by_key(|change| (change.start_op(), change.hash()));
    let mut replayed = Automerge::new();
    replayed.apply_changes(parsed).map_err(|_| AutomergeError::Change)?;
    if hashes(&replayed).len() != changes.len() {
        return Err(AutomergeError::Change);
    }
    let saved = replayed.save();
    let loaded = Automerge::load(&saved).map_err(|_| AutomergeError::Differs)?;
    let mut given: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let kept = loaded.get_changes(&[]);
    let mut kept: Vec<&[u8]> = kept.iter().map(Change::raw_bytes).collect();
    given.sort_unstable();
    kept.sort_unstable();
    let same = given == kept && loaded.get_heads() == replayed.get_heads();
    if same { Ok(saved) } else { Err(AutomergeError::Differs) }
}

fn hashes(document: &Automerge) -> Vec<ChangeHash> {
    document.get_changes(&[]).iter().map(|change| ChangeHash(change.hash().0)).collect()
}

#[cfg(test)]
mod tests {
    use doorstep_protocol::{
        change::Change as Canonical,
        id::{ActId, ActorId},
    };

    use super::*;

    fn chain(n: u32) -> Vec<Vec<u8>> {
        let mut changes: Vec<Vec<u8>> = Vec::new();
        let mut deps = Vec::new();
        for seq in 1..=n {
            let raw = Canonical {
                actor: ActorId([1; 16]),
                seq,
                start_op: seq,
                deps,
                act: ActId([seq as u8; 8]),
                value: vec![seq as u8; 20],
            }
            .encode()
            .unwrap();
            deps = vec![raw.hash];
            changes.push(raw.bytes);
        }
        changes
    }

    #[test]
    fn nothing_is_lost_and_order_does_not_matter() {
        let mut changes = chain(5);
        let saved = automerge_bytes(&changes).unwrap();
        changes.reverse();
        assert_eq!(automerge_bytes(&changes).unwrap(), saved);
        assert_eq!(hashes(&Automerge::load(&saved).unwrap()).len(), 5);
    }

    #[test]
    fn what_lacks_its_dependency_is_refused_by_name() {
        let changes = chain(3);
        assert_eq!(automerge_bytes(&changes[1..]), Err(AutomergeError::Change));
        assert_eq!(automerge_bytes(&[vec![1, 2, 3]]), Err(AutomergeError::Change));
    }

    #[test]
    fn a_panic_inside_is_an_error() {
        // A start_op used twice is what the guard and admission keep out, and what it panics at.
        let mut changes = chain(1);
        let first = doorstep_protocol::change::chunk_hash(&changes[0]).unwrap();
        let twice = Canonical {
            actor: ActorId([1; 16]),
            seq: 2,
            start_op: 1,
            deps: vec![first],
            act: ActId([9; 8]),
            value: vec![1],
        };
        changes.push(twice.encode().unwrap().bytes);
        assert!(automerge_bytes(&changes).is_err());
    }
}
