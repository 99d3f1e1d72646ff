//! One record of a roster: `kind | variable key | optional variable value`.
//!
//! The bytes are kept as they came, so that a record of a newer kind is passed on unchanged; what
//! they mean is read by [`Record::fact`]. Source: `docs/formats.md`, "Rosters".

use crate::{
    id::{DeviceId, DocumentId, KeyHash, Level, MemberId, PlaceId, RealmId, TeamId},
    key::{SPKI_BYTES, Spki},
    limits::{CODE_DATA_BYTES_MAX, ROSTER_ENTRY_BYTES_MAX, ROSTER_TEXT_BYTES_MAX},
    wire::{Reader, WireError, Writer},
};

/// The kinds of records. Even ones must be understood, odd ones may be skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // each is described at its fact
pub enum RecordKind {
    Genesis = 0,
    Setting = 2,
    Place = 4,
    Member = 6,
    Team = 8,
    Role = 10,
    Assign = 12,
    Sent = 14,
    Device = 16,
    CodeList = 18,
    KeyAhead = 26,
}

impl RecordKind {
    const ALL: [Self; 11] = [
        Self::Genesis,
        Self::Setting,
        Self::Place,
        Self::Member,
        Self::Team,
        Self::Role,
        Self::Assign,
        Self::Sent,
        Self::Device,
        Self::CodeList,
        Self::KeyAhead,
    ];

    /// The kind with this number, if it is known here.
    pub fn from_number(n: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == n)
    }
}

/// A record as it stands in an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    /// Its kind's number.
    pub kind: u8,
    /// What it is about.
    pub key: Vec<u8>,
    /// What it says; none = gone.
    pub value: Option<Vec<u8>>,
}

/// What a role allows; see `docs/domain.md`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// A grid member.
    Member = 0,
    /// The lead of a grid.
    GridLead = 1,
    /// The lead of a block.
    BlockLead = 2,
    /// Community staff.
    Community = 3,
    /// Sub-district staff.
    SubDistrict = 4,
    /// A member of a response team.
    Team = 5,
    /// An intake point.
    Intake = 6,
    /// Reads, writes nothing.
    Auditor = 7,
    /// An import of a register.
    Register = 8,
}

impl RoleKind {
    const ALL: [Self; 9] = [
        Self::Member,
        Self::GridLead,
        Self::BlockLead,
        Self::Community,
        Self::SubDistrict,
        Self::Team,
        Self::Intake,
        Self::Auditor,
        Self::Register,
    ];

    /// The role with this number; one without a meaning is kept and has no effect.
    pub fn from_number(n: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| *role as u8 == n)
    }
}

/// How a building is given to a member (包楼栋).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AssignKind {
    /// Answers for it.
    Owner = 0,
    /// Stands behind the owner.
    Backup = 1,
    /// Takes it for a time.
    StandIn = 2,
}

impl AssignKind {
    /// The kind with this number; one without a meaning is kept and has no effect.
    pub fn from_number(n: u8) -> Option<Self> {
        [Self::Owner, Self::Backup, Self::StandIn].into_iter().find(|kind| *kind as u8 == n)
    }
}

/// Settings by their name's number.
pub mod setting {
    /// Minutes east of UTC: what a day is.
    pub const LOCAL_TIME_MIN: u16 = 0;
    /// Seconds without a meeting after which reading locks.
    pub const LEASE_S: u16 = 1;
    /// Seconds after which a log that was left may be deleted without `stable time`.
    pub const DROP_PERIOD_S: u16 = 2;
}

/// What a record of a known kind says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Entry 1 of every roster, alone.
    Genesis(Genesis),
    /// A number that the realm works by.
    Setting {
        /// See [`setting`].
        name: u16,
        /// Its value; none = gone.
        value: Option<i64>,
    },
    /// A place.
    Place {
        /// Its id.
        id: PlaceId,
        /// What it is; none = gone.
        place: Option<Place>,
    },
    /// A member.
    Member {
        /// Its id.
        id: MemberId,
        /// Code and name; none = gone.
        named: Option<Named>,
    },
    /// A team.
    Team {
        /// Its id.
        id: TeamId,
        /// Code and name; none = gone.
        named: Option<Named>,
    },
    /// A member's role at a place.
    Role {
        /// Who.
        member: MemberId,
        /// Where.
        place: PlaceId,
        /// The number of the role.
        role: u8,
        /// Given (with the team, for role team), or gone.
        given: Option<Option<TeamId>>,
    },
    /// A building given to a member.
    Assign {
        /// The building.
        building: PlaceId,
        /// Who.
        member: MemberId,
        /// The number of the kind; none = gone.
        assign: Option<u8>,
    },
    /// A team sent to a place for one document.
    Sent {
        /// Who.
        team: TeamId,
        /// Where.
        place: PlaceId,
        /// For which document.
        document: DocumentId,
        /// Whether it stands.
        stands: bool,
    },
    /// A device.
    Device {
        /// Its id.
        id: DeviceId,
        /// Key and member; none = gone.
        device: Option<Device>,
    },
    /// An item of a code list.
    Code {
        /// The list.
        list: u16,
        /// The code.
        code: u16,
        /// Its texts; none = gone.
        item: Option<CodeItem>,
    },
    /// The relay's next key, announced ahead.
    KeyAhead {
        /// Its number, from 2.
        n: u8,
        /// The key; none = gone (which has no effect).
        spki: Option<Spki>,
    },
}

/// What a realm is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Genesis {
    /// Random.
    pub nonce: [u8; 32],
    /// The relay's first key.
    pub relay: Spki,
    /// The hash of the key that may adopt the realm when the relay's is lost.
    pub backup: KeyHash,
}

impl Genesis {
    /// The realm that this makes.
    pub fn realm(&self) -> RealmId {
        RealmId(crate::hash::h("realm", &self.value()))
    }

    fn value(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.raw(&self.nonce).bytes(self.relay.as_bytes()).raw(&self.backup.0);
        w.finish()
    }
}

/// A place of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The number of its level; one without a meaning has no effect.
    pub level: u8,
    /// The register's code.
    pub code: String,
    /// What it lies in; zero = nothing.
    pub parent: PlaceId,
    /// What people call it.
    pub name: String,
    /// Present = ended; what took its log (none of them = its parent).
    pub successors: Option<Vec<PlaceId>>,
}

impl Place {
    /// Its level, where it has a meaning.
    pub fn level(&self) -> Option<Level> {
        Level::from_number(self.level)
    }
}

/// Code and name of a member or a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The register's code.
    pub code: String,
    /// What people say; may be empty.
    pub name: String,
}

/// A device's key and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// The key.
    pub spki: Spki,
    /// One member, for ever.
    pub member: MemberId,
}

/// An item of a code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeItem {
    /// Its Chinese text.
    pub zh: String,
    /// Its English text.
    pub en: String,
    /// Grades: due in s (u32); kind: default grade (u8).
    pub data: Vec<u8>,
    /// Whether it is offered for new entries.
    pub in_use: bool,
}

impl Record {
    /// Writes it into an entry's body.
    pub fn write(&self, w: &mut Writer) {
        w.u8(self.kind).bytes(&self.key);
        w.optional(self.value.as_ref(), |w, value| {
            w.bytes(value);
        });
    }

    /// Reads it from an entry's body.
    pub fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            kind: r.u8()?,
            key: r.bytes(ROSTER_ENTRY_BYTES_MAX)?.to_vec(),
            value: r.optional(|r| Ok(r.bytes(ROSTER_ENTRY_BYTES_MAX)?.to_vec()))?,
        })
    }

    /// What it says; none for a kind that is not known here.
    pub fn fact(&self) -> Result<Option<Fact>, WireError> {
        let Some(kind) = RecordKind::from_number(self.kind) else { return Ok(None) };
        let mut key = Reader::new(&self.key);
        let value = self.value.as_deref().map(Reader::new);
        let fact = read_fact(kind, &mut key, value)?;
        key.end()?;
        Ok(Some(fact))
    }
}

fn whole<'a, T>(
    value: Option<Reader<'a>>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, WireError>,
) -> Result<Option<T>, WireError> {
    let Some(mut r) = value else { return Ok(None) };
    let out = read(&mut r)?;
    r.end()?;
    Ok(Some(out))
}

fn code_text(r: &mut Reader<'_>) -> Result<String, WireError> {
    let text = r.text(ROSTER_TEXT_BYTES_MAX)?;
    if text.is_empty() { Err(WireError::Value("code")) } else { Ok(text.to_owned()) }
}

fn name_text(r: &mut Reader<'_>) -> Result<String, WireError> {
    Ok(r.text(ROSTER_TEXT_BYTES_MAX)?.to_owned())
}

fn named(r: &mut Reader<'_>) -> Result<Named, WireError> {
    Ok(Named { code: code_text(r)?, name: name_text(r)? })
}

fn spki(r: &mut Reader<'_>) -> Result<Spki, WireError> {
    Spki::from_bytes(r.bytes(SPKI_BYTES)?).map_err(|_| WireError::Value("key"))
}

fn place(r: &mut Reader<'_>) -> Result<Place, WireError> {
    Ok(Place {
        level: r.u8()?,
        code: code_text(r)?,
        parent: PlaceId::read(r)?,
        name: name_text(r)?,
        successors: r.optional(|r| {
            let n = r.count(ROSTER_TEXT_BYTES_MAX)?;
            (0..n).map(|_| PlaceId::read(r)).collect()
        })?,
    })
}

fn read_fact(
    kind: RecordKind,
    key: &mut Reader<'_>,
    value: Option<Reader<'_>>,
) -> Result<Fact, WireError> {
    Ok(match kind {
        RecordKind::Genesis => {
            let genesis = whole(value, |r| {
                Ok(Genesis { nonce: r.array()?, relay: spki(r)?, backup: KeyHash::read(r)? })
            })?;
            Fact::Genesis(genesis.ok_or(WireError::Value("genesis"))?)
        }
        RecordKind::Setting => {
            Fact::Setting { name: key.u16()?, value: whole(value, Reader::i64)? }
        }
        RecordKind::Place => Fact::Place { id: PlaceId::read(key)?, place: whole(value, place)? },
        RecordKind::Member => {
            Fact::Member { id: MemberId::read(key)?, named: whole(value, named)? }
        }
        RecordKind::Team => Fact::Team { id: TeamId::read(key)?, named: whole(value, named)? },
        RecordKind::Role => Fact::Role {
            member: MemberId::read(key)?,
            place: PlaceId::read(key)?,
            role: key.u8()?,
            given: whole(value, |r| r.optional(TeamId::read))?,
        },
        RecordKind::Assign => Fact::Assign {
            building: PlaceId::read(key)?,
            member: MemberId::read(key)?,
            assign: whole(value, Reader::u8)?,
        },
        RecordKind::Sent => Fact::Sent {
            team: TeamId::read(key)?,
            place: PlaceId::read(key)?,
            document: DocumentId::read(key)?,
            stands: whole(value, |_| Ok(()))?.is_some(),
        },
        RecordKind::Device => Fact::Device {
            id: DeviceId::read(key)?,
            device: whole(value, |r| Ok(Device { spki: spki(r)?, member: MemberId::read(r)? }))?,
        },
        RecordKind::CodeList => Fact::Code {
            list: key.u16()?,
            code: key.u16()?,
            item: whole(value, |r| {
                Ok(CodeItem {
                    zh: name_text(r)?,
                    en: name_text(r)?,
                    data: r.bytes(CODE_DATA_BYTES_MAX)?.to_vec(),
                    in_use: r.bool()?,
                })
            })?,
        },
        RecordKind::KeyAhead => Fact::KeyAhead { n: key.u8()?, spki: whole(value, spki)? },
    })
}

impl Fact {
    /// The record that says it.
    pub fn record(&self) -> Record {
        let mut key = Writer::new();
        let mut v = Writer::new();
        let (kind, stands) = match self {
            Self::Genesis(genesis) => {
                v.raw(&genesis.value());
                (RecordKind::Genesis, true)
            }
            Self::Setting { name, value } => {
                key.u16(*name);
                v.i64(value.unwrap_or_default());
                (RecordKind::Setting, value.is_some())
            }
            Self::Place { id, place } => {
                key.raw(&id.0);
                if let Some(place) = place {
                    write_place(&mut v, place);
                }
                (RecordKind::Place, place.is_some())
            }
            Self::Member { id, named } => {
                key.raw(&id.0);
                write_named(&mut v, named.as_ref());
                (RecordKind::Member, named.is_some())
            }
            Self::Team { id, named } => {
                key.raw(&id.0);
                write_named(&mut v, named.as_ref());
                (RecordKind::Team, named.is_some())
            }
            Self::Role { member, place, role, given } => {
                key.raw(&member.0).raw(&place.0).u8(*role);
                v.optional(given.flatten(), |w, team| {
                    w.raw(&team.0);
                });
                (RecordKind::Role, given.is_some())
            }
            Self::Assign { building, member, assign } => {
                key.raw(&building.0).raw(&member.0);
                v.u8(assign.unwrap_or_default());
                (RecordKind::Assign, assign.is_some())
            }
            Self::Sent { team, place, document, stands } => {
                key.raw(&team.0).raw(&place.0).raw(&document.0);
                (RecordKind::Sent, *stands)
            }
            Self::Device { id, device } => {
                key.raw(&id.0);
                if let Some(device) = device {
                    v.bytes(device.spki.as_bytes()).raw(&device.member.0);
                }
                (RecordKind::Device, device.is_some())
            }
            Self::Code { list, code, item } => {
                key.u16(*list).u16(*code);
                if let Some(item) = item {
                    v.text(&item.zh).text(&item.en).bytes(&item.data).bool(item.in_use);
                }
                (RecordKind::CodeList, item.is_some())
            }
            Self::KeyAhead { n, spki } => {
                key.u8(*n);
                if let Some(spki) = spki {
                    v.bytes(spki.as_bytes());
                }
                (RecordKind::KeyAhead, spki.is_some())
            }
        };
        Record { kind: kind as u8, key: key.finish(), value: stands.then(|| v.finish()) }
    }

    /// Whether what an id is made of agrees with it; else the record has no effect.
    pub(super) fn agrees(&self, realm: &RealmId) -> bool {
        match self {
            Self::Place { id, place: Some(place) } => {
                *id == PlaceId::of_number(realm, place.level, &place.code)
            }
            Self::Member { id, named: Some(named) } => *id == MemberId::of(realm, &named.code),
            Self::Team { id, named: Some(named) } => *id == TeamId::of(realm, &named.code),
            Self::Device { id, device: Some(device) } => *id == device.spki.device(),
            Self::Genesis(genesis) => genesis.realm() == *realm,
            _ => true,
        }
    }
}

fn write_named(w: &mut Writer, named: Option<&Named>) {
    if let Some(named) = named {
        w.text(&named.code).text(&named.name);
    }
}

fn write_place(w: &mut Writer, place: &Place) {
    w.u8(place.level).text(&place.code).raw(&place.parent.0).text(&place.name);
    w.optional(place.successors.as_ref(), |w, successors| {
        w.count(successors.len());
        for successor in successors {
            w.raw(&successor.0);
        }
    });
}
