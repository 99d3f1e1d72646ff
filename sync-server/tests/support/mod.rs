//! A small sub-district, and phones that seal by hand.
#![allow(dead_code, unreachable_pub)] // each test uses its own part

pub mod process;

use std::sync::Arc;

use doorstep_protocol::{
    change::{Change, RawChange},
    id::{
        ActId, ActorId, DeviceId, DocumentId, DocumentKind, Incarnation, Level, MemberId, Nonce,
        PlaceId, Point, RealmId, Scope, SealId,
    },
    key::{DeviceKey, SoftwareKey},
    part::Part,
    roster::Roster,
    seal::{Seal, SealHead},
    store::RelayStore as _,
};
use doorstep_relay::{
    realm::init_in_memory,
    roster_file::RosterFile,
    store::RelayDb,
    surroundings::{Entropy, SeededEntropy},
};

/// 2026-01-01, ms.
pub const START_MS: u64 = 1_767_225_600_000;
pub const HOUR_MS: u64 = 60 * 60 * 1000;

/// Two communities, three blocks, four grids with two buildings each.
pub const SMALL: &str = r#"
[sub_district]
code = "S1"
name = "街道"

[[place]]
level = "community"
code = "C1"
[[place]]
level = "community"
code = "C2"
[[place]]
level = "block"
code = "B1"
parent = "C1"
[[place]]
level = "block"
code = "B2"
parent = "C1"
[[place]]
level = "block"
code = "B3"
parent = "C2"
[[place]]
level = "grid"
code = "G1"
parent = "B1"
[[place]]
level = "grid"
code = "G2"
parent = "B2"
[[place]]
level = "grid"
code = "G3"
parent = "B3"
[[place]]
level = "building"
code = "G1-1"
parent = "G1"
[[place]]
level = "building"
code = "G1-2"
parent = "G1"
[[place]]
level = "building"
code = "G2-1"
parent = "G2"
[[place]]
level = "building"
code = "G3-1"
parent = "G3"

[[team]]
code = "T1"
name = "Team"

[[member]]
code = "M1"
roles = [{ place = "G1", role = "member" }]
buildings = [{ code = "G1-1", as = "owner" }]
[[member]]
code = "M2"
roles = [{ place = "G2", role = "grid_lead" }]
[[member]]
code = "L3"
roles = [{ place = "B3", role = "block_lead" }]
[[member]]
code = "CS"
roles = [{ place = "C1", role = "community" }]
[[member]]
code = "T"
roles = [{ place = "S1", role = "team", team = "T1" }]
[[member]]
code = "IDLE"
"#;

pub fn file() -> RosterFile {
    RosterFile::parse(SMALL).unwrap()
}

pub fn entropy(seed: u64) -> Arc<dyn Entropy> {
    Arc::new(SeededEntropy::new(seed))
}

pub fn small() -> RelayDb {
    init_in_memory(&file(), entropy(1), START_MS).unwrap().0
}

pub fn place(realm: &RealmId, level: Level, code: &str) -> PlaceId {
    PlaceId::of(realm, level, code)
}

pub fn block(db: &RelayDb, code: &str) -> Option<PlaceId> {
    Some(place(&db.realm(), Level::Block, code))
}

pub fn building(db: &RelayDb, code: &str) -> PlaceId {
    place(&db.realm(), Level::Building, code)
}

pub fn member(db: &RelayDb, code: &str) -> MemberId {
    MemberId::of(&db.realm(), code)
}

pub fn roster<'a>(db: &'a RelayDb, code: &str) -> &'a Roster {
    let block = block(db, code);
    db.rosters().iter().find(|roster| roster.block() == block).unwrap()
}

pub fn realm_roster(db: &RelayDb) -> &Roster {
    db.rosters().first().unwrap()
}

/// A phone that writes seals by hand.
pub struct Phone {
    pub key: SoftwareKey,
    pub member: MemberId,
    pub incarnation: Incarnation,
    seal_seq: u32,
    acts: u8,
}

/// A document that a phone has made.
#[derive(Clone)]
pub struct Made {
    pub doc: DocumentId,
    pub nonce: Nonce,
    pub last: RawChange,
    pub seq: u32,
}

impl Phone {
    pub fn new(n: u8, member: MemberId) -> Self {
        Self {
            key: SoftwareKey::from_secret(&[n; 32]).unwrap(),
            member,
            incarnation: Incarnation([n; 4]),
            seal_seq: 0,
            acts: 0,
        }
    }

    /// Enrolled without a meeting.
    pub fn enrolled(db: &mut RelayDb, n: u8, code: &str, now_ms: u64) -> Self {
        let phone = Self::new(n, member(db, code));
        let invited = db.invite(phone.member, 15, true, now_ms).unwrap();
        db.enrol(invited.token, &phone.key.spki(), now_ms).unwrap();
        phone
    }

    pub fn device(&self) -> DeviceId {
        self.key.spki().device()
    }

    fn change(
        &mut self,
        seq: u32,
        start_op: u32,
        deps: Vec<doorstep_protocol::id::ChangeHash>,
        value: &[u8],
    ) -> RawChange {
        self.acts += 1;
        let mut act = [self.acts; 8];
        act[..4].copy_from_slice(&self.incarnation.0);
        Change {
            actor: ActorId::new(self.device(), self.incarnation),
            seq,
            start_op,
            deps,
            act: ActId(act),
            value: value.to_vec(),
        }
        .encode()
        .unwrap()
    }

    pub fn birth(&mut self, realm: &RealmId, scope: Scope, value: &[u8]) -> (Made, Part) {
        let change = self.change(1, 1, vec![], value);
        let nonce = Nonce([self.acts; 12]);
        let kind = DocumentKind::Grievance.number();
        let doc = DocumentId::of(realm, scope, kind, self.member, &nonce);
        let part = Part { doc, nonce, birth: kind, changes: vec![change.bytes.clone()] };
        (Made { doc, nonce, last: change, seq: 1 }, part)
    }

    pub fn next(&mut self, made: &mut Made, value: &[u8]) -> Part {
        let change = self.change(made.seq + 1, made.seq + 1, vec![made.last.hash], value);
        made.seq += 1;
        made.last = change.clone();
        Part { doc: made.doc, nonce: made.nonce, birth: 0, changes: vec![change.bytes] }
    }

    pub fn seal(&mut self, realm: &RealmId, scope: Scope, point: Point, parts: Vec<Part>) -> Seal {
        self.seal_seq += 1;
        let head = SealHead {
            scope,
            device: self.device(),
            incarnation: self.incarnation,
            seal_seq: self.seal_seq,
            prev: SealId::ZERO,
            point,
            digests: vec![],
        };
        Seal::make(&self.key, realm, head, parts).unwrap()
    }
}
