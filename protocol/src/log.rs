//! Entries of a log, and the hash chain over them.
//!
//! A log is numbered without gaps from 1. Each link of the chain commits to everything before it, so
//! one signed [`Head`](crate::head::Head) proves any tail of any log. The body of a seal's entry names
//! the seal and what became of each of its parts; the seal itself travels beside it.
//! Source: `docs/formats.md`, "Logs".

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    hash::h,
    id::{Chain, RealmId, Scope, SealId},
    limits::{FRAME_BYTES_MAX, ROSTER_ENTRY_BYTES_MAX, ROSTER_ENTRY_RECORDS_MAX, SEAL_CHANGES_MAX},
    roster::{Record, RecordKind},
    wire::{Reader, WireError, Writer},
};

/// The kinds of entries. Even ones must be understood, odd ones may be skipped.
pub mod kind {
    /// A seal and the verdicts on its parts.
    pub const SEAL: u8 = 0;
    /// Records of a roster.
    pub const ROSTER: u8 = 2;
    /// What a restored relay lost. Its bytes are not fixed yet, so it is not understood.
    pub const BRANCH: u8 = 4;
    /// A photo or a recording. Its bytes are not fixed yet, so it is skipped.
    pub const BLOB: u8 = 5;
}

/// What became of a part; decided once, when its seal was admitted, and written in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It counts.
    Applied = 0,
    /// Set aside: another change of this actor and number is applied.
    Twin = 1,
    /// Set aside: something it builds on is not applied.
    Needs = 2,
    /// Set aside: the device's share of the document is full.
    OverCap = 3,
    /// Set aside: not a canonical change, or not its author's to make.
    Guard = 4,
    /// Its document was erased.
    Erased = 5,
}

impl Verdict {
    const ALL: [Self; 6] =
        [Self::Applied, Self::Twin, Self::Needs, Self::OverCap, Self::Guard, Self::Erased];

    /// Its number in the formats.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The verdict with this number, if it has a meaning.
    pub fn from_number(n: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.number() == n)
    }
}

/// Why an entry cannot be read or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Malformed, or of a kind that must be understood and is not: nothing after it in this log is
    /// taken, and a newer app is asked for.
    #[error("an entry that is not understood")]
    NotUnderstood,
    /// Over a bound.
    #[error("the entry is over its bounds")]
    TooBig,
}

/// One entry of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The log.
    pub scope: Scope,
    /// Its number there, from 1.
    pub seq: u32,
    /// See [`kind`].
    pub kind: u8,
    /// When the relay appended it: ms since 1970, never falling in a log.
    pub relay_time: u64,
    /// The bytes of its kind, kept as they came.
    pub body: Vec<u8>,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryBody {
    /// A seal was admitted. Whoever holds the seal compares the number of verdicts with that of its
    /// digests: where they differ the entry is not understood.
    Seal {
        /// The seal.
        id: SealId,
        /// A verdict for each part, in the order of the digests.
        verdicts: Vec<Verdict>,
    },
    /// Records of a roster.
    Roster(Vec<Record>),
    /// An odd kind that is not known here.
    Skipped,
}

impl Entry {
    /// The entry of a seal.
    pub fn seal(scope: Scope, seq: u32, relay_time: u64, id: SealId, verdicts: &[Verdict]) -> Self {
        let mut w = Writer::new();
        w.raw(&id.0);
        write_verdicts(&mut w, verdicts);
        Self { scope, seq, kind: kind::SEAL, relay_time, body: w.finish() }
    }

    /// The entry of some records. Refuses what a reader would refuse: over the bounds, a malformed
    /// record, Genesis anywhere but alone in entry 1.
    pub fn roster(
        scope: Scope,
        seq: u32,
        relay_time: u64,
        records: &[Record],
    ) -> Result<Self, EntryError> {
        let mut w = Writer::new();
        w.count(records.len());
        for record in records {
            record.write(&mut w);
        }
        let body = w.finish();
        if records.len() > ROSTER_ENTRY_RECORDS_MAX || body.len() > ROSTER_ENTRY_BYTES_MAX {
            return Err(EntryError::TooBig);
        }
        let entry = Self { scope, seq, kind: kind::ROSTER, relay_time, body };
        entry.parse()?;
        Ok(entry)
    }

    /// Its bytes: the fields, then the body without a length.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.write(&mut w);
        w.finish()
    }

    fn write(&self, w: &mut Writer) {
        w.raw(&self.scope.0).u32(self.seq).u8(self.kind).u64(self.relay_time).raw(&self.body);
    }

    /// Reads [`Self::encode`]; what the body says is left to [`Self::parse`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(WireError::TooLong);
        }
        let mut r = Reader::new(bytes);
        let (scope, seq) = (Scope::read(&mut r)?, r.u32()?);
        if seq == 0 {
            return Err(WireError::Value("entry number"));
        }
        Ok(Self { scope, seq, kind: r.u8()?, relay_time: r.u64()?, body: r.rest().to_vec() })
    }

    /// Its hash: what the chain commits to.
    pub fn hash(&self, realm: &RealmId) -> [u8; 32] {
        let mut w = Writer::new();
        w.raw(&realm.0);
        self.write(&mut w);
        h("entry", w.as_slice())
    }

    /// What it says.
    pub fn parse(&self) -> Result<EntryBody, EntryError> {
        match self.kind {
            kind::SEAL => parse_seal(&self.body).map_err(|_| EntryError::NotUnderstood),
            kind::ROSTER => {
                let records = parse_roster(&self.body).map_err(|_| EntryError::NotUnderstood)?;
                check_records(self.seq, &records)?;
                Ok(EntryBody::Roster(records))
            }
            n if n % 2 == 1 => Ok(EntryBody::Skipped),
            _ => Err(EntryError::NotUnderstood),
        }
    }
}

fn parse_seal(body: &[u8]) -> Result<EntryBody, WireError> {
    let mut r = Reader::new(body);
    let id = SealId::read(&mut r)?;
    let verdicts = read_verdicts(&mut r)?;
    r.end()?;
    Ok(EntryBody::Seal { id, verdicts })
}

fn parse_roster(body: &[u8]) -> Result<Vec<Record>, WireError> {
    if body.len() > ROSTER_ENTRY_BYTES_MAX {
        return Err(WireError::TooLong);
    }
    let mut r = Reader::new(body);
    let n = r.count(ROSTER_ENTRY_RECORDS_MAX)?;
    let records = (0..n).map(|_| Record::read(&mut r)).collect::<Result<_, _>>()?;
    r.end()?;
    Ok(records)
}

/// Every record is well made and, where its kind is even, known; Genesis stands alone in entry 1 and
/// nowhere else.
fn check_records(seq: u32, records: &[Record]) -> Result<(), EntryError> {
    let genesis = |record: &Record| record.kind == RecordKind::Genesis as u8;
    let in_place = match records {
        [only] if seq == 1 => genesis(only),
        _ => seq != 1 && !records.iter().any(genesis),
    };
    let known = |record: &Record| match record.fact() {
        Ok(Some(_)) => true,
        Ok(None) => record.kind % 2 == 1,
        Err(_) => false,
    };
    if in_place && records.iter().all(known) { Ok(()) } else { Err(EntryError::NotUnderstood) }
}

/// A list of verdicts, as entries and receipts hold it.
pub(crate) fn write_verdicts(w: &mut Writer, verdicts: &[Verdict]) {
    w.count(verdicts.len());
    for verdict in verdicts {
        w.u8(verdict.number());
    }
}

/// Reads [`write_verdicts`]; a verdict without a meaning is an error here, never kept.
pub(crate) fn read_verdicts(r: &mut Reader<'_>) -> Result<Vec<Verdict>, WireError> {
    let n = r.count(SEAL_CHANGES_MAX)?;
    (0..n).map(|_| Verdict::from_number(r.u8()?).ok_or(WireError::Value("verdict"))).collect()
}

/// The chain before the first entry of a log.
pub fn chain_start(realm: &RealmId, scope: Scope) -> Chain {
    let mut w = Writer::new();
    w.raw(&realm.0).raw(&scope.0);
    Chain(h("chain", w.as_slice()))
}

/// The chain at the next entry.
pub fn chain_next(prev: &Chain, entry_hash: &[u8; 32]) -> Chain {
    let mut w = Writer::new();
    w.raw(&prev.0).raw(entry_hash);
    Chain(h("chain", w.as_slice()))
}
