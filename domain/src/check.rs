//! The phone's check before saving. It is the fold's own validity, so what a phone accepted is never
//! refused later.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{id::ChangeHash, roster::Rosters};

use crate::{
    history::{History, Verdict},
    input::{Copy, Document},
    table::Rejection,
};

/// Judges a copy that is not saved yet: `new` on what its `deps` name among the document's copies.
///
/// An event of a kind that is not known here is no fault: whoever writes knows what it writes.
///
/// # Errors
/// The number of each event that would be rejected, and why. A copy whose past is not among the
/// document's copies is refused whole, as [`Rejection::UnknownTarget`] of event 0.
pub fn check(
    document: &Document<'_>,
    rosters: &dyn Rosters,
    new: &Copy,
) -> Result<(), Vec<(u8, Rejection)>> {
    let mut copies = past(document.copies, new);
    copies.push(new.clone());
    let history = History::new(Document { copies: &copies, ..*document }, rosters);
    let Some(at) = history.nodes.iter().position(|node| node.copy.hash == new.hash) else {
        return Err(vec![(0, Rejection::UnknownTarget)]);
    };
    let faults: Vec<(u8, Rejection)> = (0_u8..)
        .zip(history.verdicts(at))
        .filter_map(|(n, judged)| match judged.verdict {
            Verdict::Rejected(reason) => Some((n, reason)),
            Verdict::Valid | Verdict::Newer => None,
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The copies that `new` had seen.
fn past(copies: &[Copy], new: &Copy) -> Vec<Copy> {
    let by_hash: BTreeMap<ChangeHash, &Copy> = copies.iter().map(|c| (c.hash, c)).collect();
    let mut found: BTreeSet<ChangeHash> = BTreeSet::new();
    let mut next: Vec<ChangeHash> = new.deps.clone();
    while let Some(hash) = next.pop() {
        let Some(copy) = by_hash.get(&hash) else { continue };
        if found.insert(hash) {
            next.extend(&copy.deps);
        }
    }
    found
        .iter()
        .filter(|hash| **hash != new.hash)
        .filter_map(|hash| by_hash.get(hash))
        .map(|c| (*c).clone())
        .collect()
}
