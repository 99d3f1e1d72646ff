//! Names of things, each of its own type so that they cannot be mixed up.
//!
//! Ids are shown and parsed as lower-case hexadecimal. Source: `docs/formats.md`, "Identities".

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

use crate::{
    hash::{first, h},
    wire::{Reader, WireError, Writer},
};

/// A text that is not the hexadecimal form of the id asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected {bytes} bytes as {} hexadecimal digits", bytes * 2)]
pub struct ParseIdError {
    bytes: usize,
}

fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], ParseIdError> {
    let bad = ParseIdError { bytes: N };
    if text.len() != N * 2 || !text.is_ascii() {
        return Err(bad);
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| bad)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| bad)?;
    }
    Ok(out)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// How many bytes it has.
            pub const BYTES: usize = $bytes;
            /// All bytes zero: "none" where a format says so.
            pub const ZERO: Self = Self([0; $bytes]);

            /// Its bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// From bytes of just the right length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads it from a fixed format.
            pub fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
                Ok(Self(r.array()?))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for byte in self.0 {
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_hex(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

id!(
    /// A realm: one sub-district with one relay. Made from Genesis, carried by the invitation.
    RealmId, 32
);
id!(
    /// A place of the register: sub-district, community, block, grid or building.
    PlaceId, 8
);
id!(
    /// A log: that of a place (the same eight bytes), or that of a roster.
    Scope, 8
);
id!(
    /// A person who works: the register's code, hashed.
    MemberId, 8
);
id!(
    /// A response team.
    TeamId, 8
);
id!(
    /// One act of one person, random; the same in every document that the act touches.
    ActId, 8
);
id!(
    /// An item of a council meeting.
    ItemId, 8
);
id!(
    /// A device: the hash of its key.
    DeviceId, 12
);
id!(
    /// The random part of a document's id and the salt of its digests.
    Nonce, 12
);
id!(
    /// One life of a store on a device; random, never a counter (review.md, fault 5).
    Incarnation, 4
);
id!(
    /// A document.
    DocumentId, 16
);
id!(
    /// An Automerge actor: device and incarnation.
    ActorId, 16
);
id!(
    /// The one-time secret of an invitation.
    Token, 16
);
id!(
    /// SHA-256 of a change's chunk: Automerge's own change hash.
    ChangeHash, 32
);
id!(
    /// The digest of a part.
    Digest, 32
);
id!(
    /// A seal: the hash of its signed fields.
    SealId, 32
);
id!(
    /// The hash of a key (`H("device" | SPKI)`), whole.
    KeyHash, 32
);
id!(
    /// A link of a log's hash chain.
    Chain, 32
);
id!(
    /// The first eight bytes of a chain: enough for a cursor or a point.
    Chain8, 8
);
id!(
    /// A signature: r then s.
    Signature, 64
);

/// The levels of places, and what else the register names (`what` in the formats).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 楼栋
    Building = 0,
    /// 红色网格
    Grid = 1,
    /// 街区
    Block = 2,
    /// 社区
    Community = 3,
    /// 街道
    SubDistrict = 4,
}

impl Level {
    /// Its number in the formats.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The level with this number, if it has a meaning.
    pub fn from_number(n: u8) -> Option<Self> {
        [Self::Building, Self::Grid, Self::Block, Self::Community, Self::SubDistrict]
            .into_iter()
            .find(|level| level.number() == n)
    }
}

/// The kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 户
    Household = 1,
    /// 走访
    Visit = 2,
    /// 诉求
    Grievance = 3,
    /// A meeting of a block council, 街区理事会.
    Meeting = 4,
}

impl DocumentKind {
    /// Its number in the formats.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The kind with this number, if it has a meaning.
    pub fn from_number(n: u8) -> Option<Self> {
        [Self::Household, Self::Visit, Self::Grievance, Self::Meeting]
            .into_iter()
            .find(|kind| kind.number() == n)
    }
}

const WHAT_MEMBER: u8 = 16;
const WHAT_TEAM: u8 = 17;

fn register_id(realm: &RealmId, what: u8, code: &str) -> [u8; 8] {
    let mut w = Writer::new();
    w.raw(&realm.0).u8(what).text(code);
    first(&h("id", w.as_slice()))
}

/// Register codes are trimmed of these by whoever writes the record.
pub fn trim_code(code: &str) -> &str {
    code.trim_matches(|c: char| {
        matches!(c, '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{3000}' | '\u{feff}')
    })
}

impl PlaceId {
    /// The place with this code at this level. The code is taken as it stands.
    pub fn of(realm: &RealmId, level: Level, code: &str) -> Self {
        Self(register_id(realm, level.number(), code))
    }

    /// As [`Self::of`], from a level's number as it stands in a record.
    pub fn of_number(realm: &RealmId, level: u8, code: &str) -> Self {
        Self(register_id(realm, level, code))
    }

    /// The log of this place.
    pub fn scope(self) -> Scope {
        Scope(self.0)
    }
}

impl Scope {
    /// The roster log of a block; of the realm where `block` is none.
    pub fn roster(realm: &RealmId, block: Option<PlaceId>) -> Self {
        let mut w = Writer::new();
        w.raw(&realm.0).raw(&block.unwrap_or(PlaceId::ZERO).0);
        Self(first(&h("roster", w.as_slice())))
    }

    /// The place whose log this is, where it is no roster.
    pub fn place(self) -> PlaceId {
        PlaceId(self.0)
    }
}

impl MemberId {
    /// The member with this code.
    pub fn of(realm: &RealmId, code: &str) -> Self {
        Self(register_id(realm, WHAT_MEMBER, code))
    }
}

impl TeamId {
    /// The team with this code.
    pub fn of(realm: &RealmId, code: &str) -> Self {
        Self(register_id(realm, WHAT_TEAM, code))
    }
}

impl KeyHash {
    /// The hash of a key.
    pub fn of(spki: &[u8]) -> Self {
        let mut w = Writer::new();
        w.bytes(spki);
        Self(h("device", w.as_slice()))
    }

    /// The device with this key.
    pub fn device(&self) -> DeviceId {
        DeviceId(first(&self.0))
    }
}

impl ActorId {
    /// The actor of one incarnation of a device.
    pub fn new(device: DeviceId, incarnation: Incarnation) -> Self {
        let mut out = [0; 16];
        out[..12].copy_from_slice(&device.0);
        out[12..].copy_from_slice(&incarnation.0);
        Self(out)
    }

    /// The device in it.
    pub fn device(&self) -> DeviceId {
        let mut out = [0; 12];
        out.copy_from_slice(&self.0[..12]);
        DeviceId(out)
    }

    /// The incarnation in it.
    pub fn incarnation(&self) -> Incarnation {
        let mut out = [0; 4];
        out.copy_from_slice(&self.0[12..]);
        Incarnation(out)
    }
}

impl DocumentId {
    /// The document that `creator` makes with `nonce` in `scope`.
    pub fn of(realm: &RealmId, scope: Scope, kind: u8, creator: MemberId, nonce: &Nonce) -> Self {
        let mut w = Writer::new();
        w.raw(&realm.0).raw(&scope.0).u8(kind).raw(&creator.0).raw(&nonce.0);
        Self(first(&h("doc", w.as_slice())))
    }
}

impl Nonce {
    /// The nonce of a document that an import makes from one row of a register.
    pub fn import(secret: &[u8; 32], system: &str, key: &str, kind: u8) -> Self {
        let mut w = Writer::new();
        w.raw(secret).text(system).text(key).u8(kind);
        Self(first(&h("import nonce", w.as_slice())))
    }
}

impl ActId {
    /// The n-th act of one row of a register.
    pub fn import(secret: &[u8; 32], system: &str, key: &str, n: u16) -> Self {
        let mut w = Writer::new();
        w.raw(secret).text(system).text(key).u16(n);
        Self(first(&h("import act", w.as_slice())))
    }

    /// The key under which a canonical change puts the act: 16 hexadecimal digits.
    pub fn key(&self) -> String {
        self.to_string()
    }
}

impl Chain {
    /// Its first eight bytes.
    pub fn short(&self) -> Chain8 {
        Chain8(first(&self.0))
    }
}

impl SealId {
    /// Its first eight bytes, as Welcome names it.
    pub fn short(&self) -> [u8; 8] {
        first(&self.0)
    }
}

/// A point of a roster: the entry that was newest when something was saved.
///
/// The chain names the roster as well as the place in it, since every chain begins with its scope.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Point {
    /// The entry's number.
    pub seq: u32,
    /// The chain at it.
    pub chain8: Chain8,
}

impl Point {
    /// Writes it.
    pub fn write(&self, w: &mut Writer) {
        w.u32(self.seq).raw(&self.chain8.0);
    }

    /// Reads it.
    pub fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self { seq: r.u32()?, chain8: Chain8::read(r)? })
    }
}

/// How far a log has been read: nothing of it is at `seq` 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The log.
    pub scope: Scope,
    /// The newest entry held.
    pub seq: u32,
    /// The chain at it.
    pub chain8: Chain8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = DocumentId([0xab; 16]);
        assert_eq!(id.to_string().parse::<DocumentId>(), Ok(id));
        assert!("xyz".parse::<DocumentId>().is_err());
        assert!("é".repeat(16).parse::<DocumentId>().is_err());
    }

    #[test]
    fn an_actor_is_device_and_incarnation() {
        let actor = ActorId::new(DeviceId([1; 12]), Incarnation([2; 4]));
        assert_eq!((actor.device(), actor.incarnation()), (DeviceId([1; 12]), Incarnation([2; 4])));
    }

    #[test]
    fn codes_are_trimmed_of_what_spreadsheets_leave() {
        assert_eq!(trim_code("\u{feff}\u{3000} A 1\u{a0}\n"), "A 1");
    }
}
