//! The bodies of frames: one struct a frame, its fields in order.

use super::{Frame, FrameError};
use crate::{
    cbor::Value,
    id::{Chain8, Cursor, Incarnation, PlaceId, RealmId, Scope, Token},
    limits::{LOG_ENTRIES_MAX, REBASE_POINTS_MAX, SESSION_LOGS_MAX},
};

/// The numbers of the frames. Even must be understood.
mod kind {
    pub(super) const HELLO: u64 = 0x02;
    pub(super) const ENROL: u64 = 0x04;
    pub(super) const ENROL_ANSWER: u64 = 0x06;
    pub(super) const WELCOME: u64 = 0x08;
    pub(super) const LOG: u64 = 0x0a;
    pub(super) const HEAD: u64 = 0x0c;
    pub(super) const UP_TO_DATE: u64 = 0x0e;
    pub(super) const PUSH: u64 = 0x10;
    pub(super) const ACK: u64 = 0x12;
    pub(super) const NOT: u64 = 0x14;
    pub(super) const DIVERGED: u64 = 0x16;
    pub(super) const POINTS: u64 = 0x18;
    pub(super) const REBASE: u64 = 0x1a;
    pub(super) const TAIL: u64 = 0x1c;
    pub(super) const RETRY_AFTER: u64 = 0x1f;
    pub(super) const ERROR: u64 = 0x21;
}

/// Who the phone is and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The realm.
    pub realm: RealmId,
    /// The life of its store: seals written under it are not sent back.
    pub incarnation: Incarnation,
    /// Rosters held, cursors not at zero.
    pub rosters: Vec<Cursor>,
    /// Logs held, cursors not at zero.
    pub logs: Vec<Cursor>,
    /// What it can do beyond the first version, as bits.
    pub features: u64,
}

/// A one-time token, for the key of this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrol {
    /// From the invitation.
    pub token: Token,
}

/// How far an enrolment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolState {
    /// The organiser has not confirmed the six digits yet; ask again.
    Waiting = 0,
    /// The device is in the rosters.
    Done = 1,
    /// The token is unknown, used by another key, or too old.
    Refused = 2,
}

/// What became of an [`Enrol`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnrolAnswer {
    /// How far it is.
    pub state: EnrolState,
    /// The relay's random part of the six digits, always the same for one token and key.
    pub salt: [u8; 16],
}

/// What the relay takes the phone for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A device of the rosters.
    Active = 0,
    /// It was one.
    Revoked = 1,
    /// Not known here: may enrol or hand in roster tails.
    Unknown = 2,
}

/// The relay's first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Welcome {
    /// What the phone is here.
    pub standing: Standing,
    /// The first bytes of the id of the newest seal of the phone's incarnation. One the phone lacks:
    /// its store was rolled back or cloned.
    pub newest: Option<[u8; 8]>,
    /// The relay's time in ms.
    pub relay_time: u64,
    /// Up to this relay time every backup holds everything; 0 = not known.
    pub stable_time: u64,
    /// What it can do beyond the first version, as bits.
    pub features: u64,
}

/// Entries of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The log.
    pub scope: Scope,
    /// For a roster: its block (the realm's: zero). None for a place's log.
    pub roster_of: Option<PlaceId>,
    /// The number of the first entry.
    pub first_seq: u32,
    /// The entries, whole.
    pub entries: Vec<Vec<u8>>,
    /// The seals of the entries that are seals, in their order; none = left out.
    pub seals: Vec<Option<Vec<u8>>>,
    /// The log is being left: seals of others are left out.
    pub left: bool,
}

/// Nothing more for you now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpToDate {
    /// The relay's time in ms.
    pub relay_time: u64,
    /// See [`Welcome::stable_time`].
    pub stable_time: u64,
}

/// Seals on the way up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Counts the pushes of this meeting.
    pub number: u64,
    /// The seals, each after those it depends on.
    pub seals: Vec<Vec<u8>>,
}

/// What was committed of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// The push.
    pub number: u64,
    /// The signed receipt; none where nothing of it was taken.
    pub receipt: Option<Vec<u8>>,
}

/// Why a seal was not taken. Records nothing; each reason names the next step.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Its author did not sign what came: the carrier changed it.
    Malformed = 0,
    /// The signature is not the author's, or another realm's.
    Signature = 1,
    /// Over a cap.
    TooBig = 2,
    /// At the seal's point the author has no place here.
    NoPlace = 3,
    /// The relay does not know the author or the roster point: hand in the roster tail, or wait.
    NeedRoster = 4,
    /// The relay lacks a dependency: offer it first.
    NeedDeps = 5,
    /// Text was cut out of a seal that the relay does not know.
    Cut = 6,
    /// A version or algorithm that the relay does not know: the relay must be updated.
    Newer = 7,
    /// The author's bytes for today are used up: offered again tomorrow.
    Quota = 8,
    /// A codec that the relay does not know: send it raw.
    NeedRaw = 9,
}

impl Refusal {
    const ALL: [Self; 10] = [
        Self::Malformed,
        Self::Signature,
        Self::TooBig,
        Self::NoPlace,
        Self::NeedRoster,
        Self::NeedDeps,
        Self::Cut,
        Self::Newer,
        Self::Quota,
        Self::NeedRaw,
    ];

    /// The reason with this number, if it is known here.
    pub fn from_number(n: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| *refusal as u64 == n)
    }
}

/// A seal of a push that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Not {
    /// The push.
    pub number: u64,
    /// The seal's place in it, from 0.
    pub seal: u64,
    /// Why.
    pub reason: Refusal,
}

/// The relay's head of a log whose chain differs from the phone's cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diverged {
    /// Its head.
    pub head: Cursor,
}

/// Points of the phone's log, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Points {
    /// The log.
    pub scope: Scope,
    /// (seq, chain8), newest first.
    pub points: Vec<(u32, Chain8)>,
}

/// Where both logs are still the same; seq 0 = nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebase {
    /// The newest common point.
    pub common: Cursor,
}

/// Entries of a roster that the relay lost, proven by its own Head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The roster's block; zero = the realm's.
    pub block: PlaceId,
    /// The number of the first entry.
    pub first_seq: u32,
    /// The entries. None of them and no head = the phone keeps another branch.
    pub entries: Vec<Vec<u8>>,
    /// The signed Head that proves the last entry; none = more follow.
    pub head: Option<Vec<u8>>,
}

/// The longest name of a reason, in bytes.
const NAME_BYTES_MAX: usize = 64;

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-')
}

struct Fields<'a> {
    kind: u64,
    items: &'a [Value],
    next: usize,
}

impl<'a> Fields<'a> {
    fn bad(&self) -> FrameError {
        FrameError::Body(self.kind)
    }

    fn next(&mut self) -> Option<&'a Value> {
        let item = self.items.get(self.next);
        self.next += 1;
        item.filter(|item| !item.is_null())
    }

    fn u64(&mut self) -> Result<u64, FrameError> {
        self.next().and_then(Value::as_u64).ok_or_else(|| self.bad())
    }

    fn u32(&mut self) -> Result<u32, FrameError> {
        u32::try_from(self.u64()?).map_err(|_| self.bad())
    }

    fn bytes(&mut self) -> Result<&'a [u8], FrameError> {
        self.next().and_then(Value::as_bytes).ok_or_else(|| self.bad())
    }

    /// Bytes that may be left out; anything else in their place does not fit.
    fn optional_bytes(&mut self) -> Result<Option<&'a [u8]>, FrameError> {
        match self.next() {
            None => Ok(None),
            Some(item) => item.as_bytes().map(Some).ok_or_else(|| self.bad()),
        }
    }

    /// A number that is 0 where it is left out.
    fn u64_or_zero(&mut self) -> Result<u64, FrameError> {
        self.next().map_or(Ok(0), |item| item.as_u64().ok_or_else(|| self.bad()))
    }

    /// A bool that is false where it is left out.
    fn flag(&mut self) -> Result<bool, FrameError> {
        self.next().map_or(Ok(false), |item| item.as_bool().ok_or_else(|| self.bad()))
    }

    /// The name of a reason. It is shown and logged, so it is short and of plain letters.
    fn name(&mut self) -> Result<String, FrameError> {
        let plain = |name: &&str| name.len() <= NAME_BYTES_MAX && name.bytes().all(is_plain);
        let name = self.next().and_then(Value::as_text).filter(plain);
        name.map(str::to_owned).ok_or_else(|| self.bad())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        self.bytes()?.try_into().map_err(|_| self.bad())
    }

    fn list(&mut self, max: usize) -> Result<&'a [Value], FrameError> {
        let items = self.next().and_then(Value::as_array).ok_or_else(|| self.bad())?;
        if items.len() > max { Err(self.bad()) } else { Ok(items) }
    }

    fn byte_strings(&mut self, max: usize) -> Result<Vec<Vec<u8>>, FrameError> {
        self.list(max)?
            .iter()
            .map(|item| item.as_bytes().map(<[u8]>::to_vec).ok_or_else(|| self.bad()))
            .collect()
    }

    fn cursors(&mut self) -> Result<Vec<Cursor>, FrameError> {
        let kind = self.kind;
        self.list(SESSION_LOGS_MAX)?
            .iter()
            .map(|item| {
                let items = item.as_array().ok_or(FrameError::Body(kind))?;
                cursor(&mut Fields { kind, items, next: 0 })
            })
            .collect()
    }
}

fn cursor(f: &mut Fields<'_>) -> Result<Cursor, FrameError> {
    Ok(Cursor { scope: Scope(f.array()?), seq: f.u32()?, chain8: Chain8(f.array()?) })
}

fn cursor_values(cursor: &Cursor) -> Vec<Value> {
    vec![
        Value::bytes(&cursor.scope.0),
        Value::U64(cursor.seq.into()),
        Value::bytes(&cursor.chain8.0),
    ]
}

fn byte_strings(items: &[Vec<u8>]) -> Value {
    Value::Array(items.iter().map(|item| Value::bytes(item)).collect())
}

fn optional_bytes(item: Option<&[u8]>) -> Value {
    item.map_or(Value::Null, Value::bytes)
}

fn cursors_value(cursors: &[Cursor]) -> Value {
    Value::Array(cursors.iter().map(|c| Value::Array(cursor_values(c))).collect())
}

pub(super) fn encode(frame: &Frame) -> (u64, Vec<u8>) {
    let (kind, fields) = match frame {
        Frame::Hello(f) => (
            kind::HELLO,
            vec![
                Value::bytes(&f.realm.0),
                Value::bytes(&f.incarnation.0),
                cursors_value(&f.rosters),
                cursors_value(&f.logs),
                Value::U64(f.features),
            ],
        ),
        Frame::Enrol(f) => (kind::ENROL, vec![Value::bytes(&f.token.0)]),
        Frame::EnrolAnswer(f) => {
            (kind::ENROL_ANSWER, vec![Value::U64(f.state as u64), Value::bytes(&f.salt)])
        }
        Frame::Welcome(f) => (
            kind::WELCOME,
            vec![
                Value::U64(f.standing as u64),
                optional_bytes(f.newest.as_ref().map(<[u8; 8]>::as_slice)),
                Value::U64(f.relay_time),
                Value::U64(f.stable_time),
                Value::U64(f.features),
            ],
        ),
        Frame::Log(f) => (kind::LOG, log_values(f)),
        Frame::Head(bytes) => (kind::HEAD, vec![Value::bytes(bytes)]),
        Frame::UpToDate(f) => {
            (kind::UP_TO_DATE, vec![Value::U64(f.relay_time), Value::U64(f.stable_time)])
        }
        Frame::Push(f) => (kind::PUSH, vec![Value::U64(f.number), byte_strings(&f.seals)]),
        Frame::Ack(f) => {
            (kind::ACK, vec![Value::U64(f.number), optional_bytes(f.receipt.as_deref())])
        }
        Frame::Not(f) => {
            (kind::NOT, vec![Value::U64(f.number), Value::U64(f.seal), Value::U64(f.reason as u64)])
        }
        Frame::Diverged(f) => (kind::DIVERGED, cursor_values(&f.head)),
        Frame::Points(f) => (
            kind::POINTS,
            vec![
                Value::bytes(&f.scope.0),
                Value::Array(
                    f.points
                        .iter()
                        .map(|(seq, chain8)| {
                            Value::Array(vec![Value::U64((*seq).into()), Value::bytes(&chain8.0)])
                        })
                        .collect(),
                ),
            ],
        ),
        Frame::Rebase(f) => (kind::REBASE, cursor_values(&f.common)),
        Frame::Tail(f) => (
            kind::TAIL,
            vec![
                Value::bytes(&f.block.0),
                Value::U64(f.first_seq.into()),
                byte_strings(&f.entries),
                optional_bytes(f.head.as_deref()),
            ],
        ),
        Frame::RetryAfter(ms) => (kind::RETRY_AFTER, vec![Value::U64(*ms)]),
        Frame::Error(name) => (kind::ERROR, vec![Value::Text(name.clone())]),
        Frame::Skipped(kind) => (*kind, vec![]),
    };
    (kind, Value::fields(fields).encode())
}

fn log_values(f: &Log) -> Vec<Value> {
    vec![
        Value::bytes(&f.scope.0),
        optional_bytes(f.roster_of.as_ref().map(PlaceId::as_bytes)),
        Value::U64(f.first_seq.into()),
        byte_strings(&f.entries),
        Value::Array(f.seals.iter().map(|seal| optional_bytes(seal.as_deref())).collect()),
        if f.left { Value::Bool(true) } else { Value::Null },
    ]
}

pub(super) fn decode(kind: u64, body: &[u8]) -> Result<Frame, FrameError> {
    let is_odd = !kind.is_multiple_of(2);
    match kind {
        kind::RETRY_AFTER | kind::ERROR => {}
        _ if is_odd => return Ok(Frame::Skipped(kind)),
        kind::HELLO..=kind::TAIL => {}
        _ => return Err(FrameError::MustUnderstand(kind)),
    }
    let bad = FrameError::Body(kind);
    let value = Value::decode(body).map_err(|_| bad)?;
    let items = value.as_array().ok_or(bad)?;
    let mut f = Fields { kind, items, next: 0 };
    match kind {
        kind::HELLO | kind::ENROL | kind::ENROL_ANSWER | kind::WELCOME => greeting(kind, &mut f),
        kind::LOG | kind::HEAD | kind::UP_TO_DATE => downward(kind, &mut f),
        kind::PUSH | kind::ACK | kind::NOT => upward(kind, &mut f),
        kind::DIVERGED | kind::POINTS | kind::REBASE | kind::TAIL => restoring(kind, &mut f),
        kind::RETRY_AFTER => Ok(Frame::RetryAfter(f.u64()?)),
        kind::ERROR => Ok(Frame::Error(f.name()?)),
        _ => Err(FrameError::MustUnderstand(kind)),
    }
}

fn greeting(kind: u64, f: &mut Fields<'_>) -> Result<Frame, FrameError> {
    Ok(match kind {
        kind::HELLO => Frame::Hello(Hello {
            realm: RealmId(f.array()?),
            incarnation: Incarnation(f.array()?),
            rosters: f.cursors()?,
            logs: f.cursors()?,
            features: f.u64_or_zero()?,
        }),
        kind::ENROL => Frame::Enrol(Enrol { token: Token(f.array()?) }),
        kind::ENROL_ANSWER => Frame::EnrolAnswer(EnrolAnswer {
            state: match f.u64()? {
                0 => EnrolState::Waiting,
                1 => EnrolState::Done,
                2 => EnrolState::Refused,
                _ => return Err(f.bad()),
            },
            salt: f.array()?,
        }),
        _ => Frame::Welcome(Welcome {
            standing: match f.u64()? {
                0 => Standing::Active,
                1 => Standing::Revoked,
                2 => Standing::Unknown,
                _ => return Err(f.bad()),
            },
            newest: match f.optional_bytes()? {
                None => None,
                Some(bytes) => Some(bytes.try_into().map_err(|_| f.bad())?),
            },
            relay_time: f.u64()?,
            stable_time: f.u64()?,
            features: f.u64_or_zero()?,
        }),
    })
}

fn downward(kind: u64, f: &mut Fields<'_>) -> Result<Frame, FrameError> {
    Ok(match kind {
        kind::LOG => {
            let scope = Scope(f.array()?);
            let roster_of = match f.optional_bytes()? {
                None => None,
                Some(bytes) => Some(PlaceId::from_slice(bytes).ok_or_else(|| f.bad())?),
            };
            let first_seq = f.u32()?;
            let entries = f.byte_strings(LOG_ENTRIES_MAX)?;
            let seals = f
                .list(LOG_ENTRIES_MAX)?
                .iter()
                .map(|item| match item {
                    Value::Null => Ok(None),
                    Value::Bytes(bytes) => Ok(Some(bytes.clone())),
                    _ => Err(FrameError::Body(kind)),
                })
                .collect::<Result<_, _>>()?;
            let left = f.flag()?;
            Frame::Log(Log { scope, roster_of, first_seq, entries, seals, left })
        }
        kind::HEAD => Frame::Head(f.bytes()?.to_vec()),
        _ => Frame::UpToDate(UpToDate { relay_time: f.u64()?, stable_time: f.u64()? }),
    })
}

fn upward(kind: u64, f: &mut Fields<'_>) -> Result<Frame, FrameError> {
    Ok(match kind {
        kind::PUSH => {
            Frame::Push(Push { number: f.u64()?, seals: f.byte_strings(LOG_ENTRIES_MAX)? })
        }
        kind::ACK => {
            Frame::Ack(Ack { number: f.u64()?, receipt: f.optional_bytes()?.map(<[u8]>::to_vec) })
        }
        _ => {
            let (number, seal, reason) = (f.u64()?, f.u64()?, f.u64()?);
            let reason = Refusal::from_number(reason);
            Frame::Not(Not { number, seal, reason: reason.ok_or_else(|| f.bad())? })
        }
    })
}

fn restoring(kind: u64, f: &mut Fields<'_>) -> Result<Frame, FrameError> {
    Ok(match kind {
        kind::DIVERGED => Frame::Diverged(Diverged { head: cursor(f)? }),
        kind::POINTS => {
            let scope = Scope(f.array()?);
            let points = f
                .list(REBASE_POINTS_MAX)?
                .iter()
                .map(|item| {
                    let items = item.as_array().ok_or(FrameError::Body(kind))?;
                    let mut f = Fields { kind, items, next: 0 };
                    Ok((f.u32()?, Chain8(f.array()?)))
                })
                .collect::<Result<_, _>>()?;
            Frame::Points(Points { scope, points })
        }
        kind::REBASE => Frame::Rebase(Rebase { common: cursor(f)? }),
        _ => Frame::Tail(Tail {
            block: PlaceId(f.array()?),
            first_seq: f.u32()?,
            entries: f.byte_strings(LOG_ENTRIES_MAX)?,
            head: f.optional_bytes()?.map(<[u8]>::to_vec),
        }),
    })
}
