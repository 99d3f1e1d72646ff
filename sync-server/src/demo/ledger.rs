//! What phones said is saved: one line an answer, written by the driver when the answer arrives.
//!
//! It stands outside of every engine, and everything is compared with it at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use doorstep_domain::event::Event;
use doorstep_protocol::id::{ActId, DocumentId, DocumentKind, MemberId, PlaceId};
use serde::Serialize;

/// An act that a phone said is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Saved {
    /// Which phone.
    pub(super) phone: usize,
    /// Whose it is.
    pub(super) member: MemberId,
    /// The act.
    pub(super) act: ActId,
    /// Which of the act's documents this is, from 0.
    pub(super) ordinal: usize,
    /// The document.
    pub(super) doc: DocumentId,
    /// The document's kind.
    pub(super) kind: DocumentKind,
    /// The document's log.
    pub(super) place: PlaceId,
    /// What was meant.
    pub(super) events: Vec<Event>,
    /// The phone knew it already: its first answer was lost.
    pub(super) repeated: bool,
}

/// The driver's ledger, on the disk line by line.
#[derive(Debug)]
pub(super) struct Ledger {
    file: File,
    saved: BTreeMap<(MemberId, ActId, usize), Saved>,
    /// Acts that two answers put into two documents, or gave another meaning.
    torn: u64,
}

impl Ledger {
    /// A new one in this file.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path)?, saved: BTreeMap::new(), torn: 0 })
    }

    /// Notes an answer.
    pub(super) fn note(&mut self, saved: Saved) -> io::Result<()> {
        let mut line = serde_json::to_vec(&saved)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        let key = (saved.member, saved.act, saved.ordinal);
        match self.saved.get(&key) {
            Some(known) if known.doc != saved.doc => self.torn += 1,
            Some(_) => {}
            None => {
                self.saved.insert(key, saved);
            }
        }
        Ok(())
    }

    /// All acts, by member and act id; one that stands in several documents once for each.
    pub(super) fn acts(&self) -> impl Iterator<Item = &Saved> {
        self.saved.values()
    }

    /// The documents in which an act is to stand; none where nobody was told of it.
    pub(super) fn documents(&self, member: MemberId, act: ActId) -> BTreeSet<DocumentId> {
        let all = (member, act, 0)..=(member, act, usize::MAX);
        self.saved.range(all).map(|(_, saved)| saved.doc).collect()
    }

    /// How many acts.
    pub(super) fn len(&self) -> usize {
        self.saved.len()
    }

    /// Answers for one act that named two documents.
    pub(super) fn torn(&self) -> u64 {
        self.torn
    }
}

#[cfg(test)]
pub(super) fn saved(phone: usize, act: u8, doc: u8, events: Vec<Event>) -> Saved {
    Saved {
        phone,
        member: MemberId([u8::try_from(phone).unwrap(); 8]),
        act: ActId([act; 8]),
        ordinal: 0,
        doc: DocumentId([doc; 16]),
        kind: DocumentKind::Grievance,
        place: PlaceId([1; 8]),
        events,
        repeated: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_answer_is_one_act_and_another_document_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let mut ledger = Ledger::create(&path).unwrap();
        ledger.note(saved(1, 1, 1, vec![])).unwrap();
        ledger.note(Saved { repeated: true, ..saved(1, 1, 1, vec![]) }).unwrap();
        assert_eq!((ledger.len(), ledger.torn()), (1, 0));
        ledger.note(saved(1, 1, 2, vec![])).unwrap();
        assert_eq!((ledger.len(), ledger.torn()), (1, 1));
        assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), 3);
    }
}
