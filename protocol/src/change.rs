//! The canonical change, and the guard that lets nothing else through.
//!
//! One act of one person in one document is one Automerge change with one operation:
//! `put(ROOT, hex16(act id), bytes)`. Everything else is fixed, so that there is exactly one way to
//! write it. [`guard`] decodes, encodes again and compares: what passes applies in Automerge, loads
//! after `save()` and costs bounded work. Looser checks do not hold: a valid change of 54 bytes can
//! stand for eight million operations and take gigabytes when it is parsed.
//!
//! The guard sees one change. That `start_op` and `seq` fit what stands before it is asked where the
//! change is admitted; [`start_op_after`] is the number that must stand there.
//! Source: `docs/formats.md`, "The canonical change".

use thiserror::Error;

use crate::{
    hash::{first, sha256},
    id::{ActId, ActorId, ChangeHash},
    limits::{CHANGE_BYTES_MAX, CHANGE_DEPS_MAX},
    wire::Reader,
};

/// What every chunk of Automerge begins with.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Magic and checksum.
const HEAD_BYTES: usize = 8;
/// The chunk type of a change that is not deflated.
const CHUNK_CHANGE: u8 = 1;
/// A literal run of one item, in Automerge's run-length encoding.
const ONE: u8 = 0x7f;
/// The value type "bytes", in the low four bits of a value's metadata.
const TYPE_BYTES: usize = 7;
/// Key, insert, action, value metadata, value, predecessors: the only columns that stand.
const COLUMNS: [u8; 6] = [21, 52, 66, 86, 87, 112];
/// How many characters the key has.
const KEY_BYTES: u8 = 16;

/// Why bytes are not a canonical change, or fields cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GuardError {
    /// Over [`CHANGE_BYTES_MAX`].
    #[error("the change is over {CHANGE_BYTES_MAX} bytes")]
    TooBig,
    /// Over [`CHANGE_DEPS_MAX`].
    #[error("the change has over {CHANGE_DEPS_MAX} dependencies")]
    TooManyDeps,
    /// The dependencies are not sorted, or one is named twice.
    #[error("the dependencies are not sorted and distinct")]
    Deps,
    /// The value is empty.
    #[error("the value is empty")]
    Empty,
    /// `seq` or `start_op` is zero, or 2^32 or more.
    #[error("a number is out of its range")]
    Number,
    /// Anything that the one way to write a change would not give.
    #[error("the bytes are not those of a canonical change")]
    NotCanonical,
}

/// One act in one document.
///
/// ```
/// use doorstep_protocol::{change::{guard, Change}, id::{ActId, ActorId}};
/// let birth = Change {
///     actor: ActorId([1; 16]),
///     seq: 1,
///     start_op: 1,
///     deps: vec![],
///     act: ActId([2; 8]),
///     value: b"an act".to_vec(),
/// };
/// let raw = birth.encode()?;
/// assert_eq!(raw.bytes.len(), 71 + birth.value.len());
/// assert_eq!(guard(&raw.bytes), Ok(birth));
/// # Ok::<(), doorstep_protocol::change::GuardError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who: device and incarnation.
    pub actor: ActorId,
    /// The actor's changes in this document are numbered from 1.
    pub seq: u32,
    /// 1 + the highest of the dependencies; 1 in a birth.
    pub start_op: u32,
    /// What its author had seen, sorted and distinct, at most [`CHANGE_DEPS_MAX`]. Always names the
    /// actor's own previous change; none only in a birth.
    pub deps: Vec<ChangeHash>,
    /// The act.
    pub act: ActId,
    /// The act's bytes; not empty.
    pub value: Vec<u8>,
}

/// A change as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChange {
    /// SHA-256 of its chunk: Automerge's own change hash.
    pub hash: ChangeHash,
    /// Magic, checksum and chunk.
    pub bytes: Vec<u8>,
}

/// The `start_op` of a change with dependencies that have these; none past the end of `u32`.
pub fn start_op_after(deps: impl IntoIterator<Item = u32>) -> Option<u32> {
    deps.into_iter().max().unwrap_or(0).checked_add(1)
}

impl Change {
    /// The one way to write it.
    pub fn encode(&self) -> Result<RawChange, GuardError> {
        self.check()?;
        let mut meta = vec![ONE];
        uleb(&mut meta, self.value.len() * 16 + TYPE_BYTES);
        let mut rest = Vec::with_capacity(96 + self.deps.len() * 32 + self.value.len());
        uleb(&mut rest, self.deps.len());
        for dep in &self.deps {
            rest.extend_from_slice(&dep.0);
        }
        rest.push(ActorId::BYTES as u8);
        rest.extend_from_slice(&self.actor.0);
        uleb(&mut rest, self.seq as usize);
        uleb(&mut rest, self.start_op as usize);
        // Time 0, no message, no other actors.
        rest.extend_from_slice(&[0, 0, 0, COLUMNS.len() as u8]);
        let key_bytes = 2 + usize::from(KEY_BYTES);
        let lengths = [key_bytes, 1, 2, meta.len(), self.value.len(), 2];
        for (column, length) in COLUMNS.into_iter().zip(lengths) {
            rest.push(column);
            uleb(&mut rest, length);
        }
        rest.extend_from_slice(&[ONE, KEY_BYTES]);
        rest.extend_from_slice(self.act.key().as_bytes());
        // Not an insertion; the action "put".
        rest.extend_from_slice(&[1, ONE, 1]);
        rest.extend_from_slice(&meta);
        rest.extend_from_slice(&self.value);
        // No predecessors.
        rest.extend_from_slice(&[ONE, 0]);
        finish(&rest)
    }

    fn check(&self) -> Result<(), GuardError> {
        if self.deps.len() > CHANGE_DEPS_MAX {
            return Err(GuardError::TooManyDeps);
        }
        if !self.deps.is_sorted_by(|a, b| a < b) {
            return Err(GuardError::Deps);
        }
        if self.value.is_empty() {
            return Err(GuardError::Empty);
        }
        if self.value.len() > CHANGE_BYTES_MAX {
            return Err(GuardError::TooBig);
        }
        if self.seq == 0 || self.start_op == 0 { Err(GuardError::Number) } else { Ok(()) }
    }
}

fn finish(rest: &[u8]) -> Result<RawChange, GuardError> {
    let mut chunk = vec![CHUNK_CHANGE];
    uleb(&mut chunk, rest.len());
    chunk.extend_from_slice(rest);
    if HEAD_BYTES + chunk.len() > CHANGE_BYTES_MAX {
        return Err(GuardError::TooBig);
    }
    let hash = sha256(&chunk);
    let mut bytes = Vec::with_capacity(HEAD_BYTES + chunk.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&first::<4>(&hash));
    bytes.extend_from_slice(&chunk);
    Ok(RawChange { hash: ChangeHash(hash), bytes })
}

/// The hash of a change as it is sent, without opening it; none where its first eight bytes are not
/// those of its chunk, which makes a seal malformed whoever signed it.
pub fn chunk_hash(bytes: &[u8]) -> Option<ChangeHash> {
    let (head, chunk) = bytes.split_at_checked(HEAD_BYTES)?;
    let checksum = head.strip_prefix(&MAGIC)?;
    let hash = sha256(chunk);
    hash.starts_with(checksum).then_some(ChangeHash(hash))
}

/// Lets a canonical change through and nothing else. Work and memory are bounded by
/// [`CHANGE_BYTES_MAX`], whatever the bytes claim.
pub fn guard(bytes: &[u8]) -> Result<Change, GuardError> {
    if bytes.len() > CHANGE_BYTES_MAX {
        return Err(GuardError::TooBig);
    }
    let chunk = bytes.get(HEAD_BYTES..).ok_or(GuardError::NotCanonical)?;
    let change = decode(chunk)?;
    if change.encode()?.bytes == bytes { Ok(change) } else { Err(GuardError::NotCanonical) }
}

/// Reads the fields where a canonical change has them. What it skips is caught by the comparison.
fn decode(chunk: &[u8]) -> Result<Change, GuardError> {
    const BAD: GuardError = GuardError::NotCanonical;
    let mut r = Reader::new(chunk);
    r.u8().map_err(|_| BAD)?;
    read_uleb(&mut r)?;
    let count = usize::try_from(read_uleb(&mut r)?).map_err(|_| GuardError::TooManyDeps)?;
    if count > CHANGE_DEPS_MAX {
        return Err(GuardError::TooManyDeps);
    }
    let deps: Result<Vec<_>, _> = (0..count).map(|_| ChangeHash::read(&mut r)).collect();
    let deps = deps.map_err(|_| BAD)?;
    r.u8().map_err(|_| BAD)?;
    let actor = ActorId::read(&mut r).map_err(|_| BAD)?;
    let seq = u32::try_from(read_uleb(&mut r)?).map_err(|_| GuardError::Number)?;
    let start_op = u32::try_from(read_uleb(&mut r)?).map_err(|_| GuardError::Number)?;
    r.raw(4).map_err(|_| BAD)?;
    for _ in COLUMNS {
        r.u8().map_err(|_| BAD)?;
        read_uleb(&mut r)?;
    }
    r.raw(2).map_err(|_| BAD)?;
    let key = r.raw(usize::from(KEY_BYTES)).map_err(|_| BAD)?;
    let act = std::str::from_utf8(key).ok().and_then(|key| key.parse().ok()).ok_or(BAD)?;
    r.raw(4).map_err(|_| BAD)?;
    let length = usize::try_from(read_uleb(&mut r)? / 16).map_err(|_| BAD)?;
    let value = r.raw(length).map_err(|_| BAD)?.to_vec();
    Ok(Change { actor, seq, start_op, deps, act, value })
}

/// Unsigned LEB128, in its shortest form.
fn uleb(out: &mut Vec<u8>, mut n: usize) {
    while n >= 0x80 {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Reads at most nine bytes of it; a longer form than the shortest is caught by the comparison.
fn read_uleb(r: &mut Reader<'_>) -> Result<u64, GuardError> {
    let mut n = 0;
    for shift in (0..63).step_by(7) {
        let byte = r.u8().map_err(|_| GuardError::NotCanonical)?;
        n |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(n);
        }
    }
    Err(GuardError::NotCanonical)
}
