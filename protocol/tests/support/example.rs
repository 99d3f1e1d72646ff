//! One small realm in which every fixed format occurs, from fixed secrets: the golden bytes.

use doorstep_protocol::{
    cbor::Value as Cbor,
    change::{Change, RawChange},
    head::{Head, HeadItem, Receipt, ReceiptItem, SignerKeys},
    id::{
        ActId, ActorId, Chain8, ChangeHash, DocumentId, DocumentKind, Incarnation, KeyHash, Level,
        MemberId, Nonce, PlaceId, Point, RealmId, Scope, SealId, TeamId, Token,
    },
    invitation::{Invitation, six_digits},
    key::{DeviceKey, SoftwareKey, Spki},
    log::{Entry, Verdict, chain_next, chain_start, kind},
    part::Part,
    roster::{CodeItem, Device, Fact, Genesis, Named, Place, setting},
    seal::{Seal, SealHead, have_id},
};
use serde_json::{Value, json};

use crate::rows::{change_row, entry_row, hex, imports, record_row};

/// Who and where.
pub(crate) struct Example {
    pub(crate) relay: SoftwareKey,
    pub(crate) backup: SoftwareKey,
    ahead: SoftwareKey,
    li: SoftwareKey,
    wang: SoftwareKey,
    pub(crate) genesis: Genesis,
    pub(crate) realm: RealmId,
    block: PlaceId,
    building: PlaceId,
    member: MemberId,
    team: TeamId,
}

const TIME_MS: u64 = 1_764_000_000_000;
const BLOCK: &str = "440306007-B07";
const BUILDING: &str = "翠园7栋";

impl Example {
    pub(crate) fn new() -> Self {
        let key = |n: u8| SoftwareKey::from_secret(&[n; 32]).unwrap();
        let (relay, backup) = (key(1), key(2));
        let genesis =
            Genesis { nonce: [9; 32], relay: relay.spki(), backup: backup.spki().key_hash() };
        let realm = genesis.realm();
        Self {
            relay,
            backup,
            ahead: key(5),
            li: key(3),
            wang: key(4),
            genesis,
            realm,
            block: PlaceId::of(&realm, Level::Block, BLOCK),
            building: PlaceId::of(&realm, Level::Building, BUILDING),
            member: MemberId::of(&realm, "M-0031"),
            team: TeamId::of(&realm, "T-水电"),
        }
    }

    fn nonce(n: u8) -> Nonce {
        Nonce([n; 12])
    }

    fn doc(&self, kind: DocumentKind, nonce: u8) -> DocumentId {
        let scope = self.building.scope();
        DocumentId::of(&self.realm, scope, kind.number(), self.member, &Self::nonce(nonce))
    }

    fn actor(key: &SoftwareKey, n: u8) -> ActorId {
        ActorId::new(key.spki().device(), Incarnation([0xc0, 0xff, 0xee, n]))
    }

    /// The whole document of golden bytes.
    pub(crate) fn golden(&self) -> Value {
        let changes = self.changes();
        let seals = self.seals(&changes);
        let (log, log_chains) = self.log(&seals);
        let (roster, roster_chains) = self.roster();
        let chains = [roster_chains, log_chains].concat();
        let entries = [roster, log].concat();
        let enrolments = [0, 1, 14].map(|salt| self.enrolment(salt));
        json!({
            "keys": self.keys(),
            "realm": {
                "nonce": hex(&self.genesis.nonce), "relay": hex(self.relay.spki().as_bytes()),
                "backup": self.genesis.backup, "realm": self.realm,
            },
            "register": self.register(),
            "rosters": self.rosters(),
            "documents": self.documents(),
            "actors": [self.actor_row(&self.li, 1), self.actor_row(&self.wang, 2)],
            "imports": imports(),
            "changes": changes.iter().map(change_row).collect::<Vec<_>>(),
            "seals": seals.iter().map(|seal| self.seal_row(seal)).collect::<Vec<_>>(),
            "records": self.facts().iter().map(record_row).collect::<Vec<_>>(),
            "entries": entries,
            "heads": self.heads(&chains),
            "receipts": self.receipts(&seals),
            "invitations": self.invitations(),
            "enrolments": enrolments,
            "have": self.have(&seals),
        })
    }

    fn keys(&self) -> Vec<Value> {
        let keys = [&self.relay, &self.backup, &self.li, &self.wang, &self.ahead];
        let row = |key: &SoftwareKey| {
            let spki = key.spki();
            json!({ "spki": hex(spki.as_bytes()), "key_hash": spki.key_hash(), "device": spki.device() })
        };
        keys.map(row).to_vec()
    }

    fn register(&self) -> Vec<Value> {
        let place = |level: Level, code: &str| json!({ "what": level.number(), "code": code, "id": PlaceId::of(&self.realm, level, code) });
        vec![
            place(Level::SubDistrict, "440306007"),
            place(Level::Community, "440306007001"),
            place(Level::Block, BLOCK),
            place(Level::Grid, "G-031"),
            place(Level::Building, BUILDING),
            json!({ "what": 16, "code": "M-0031", "id": self.member }),
            json!({ "what": 17, "code": "T-水电", "id": self.team }),
        ]
    }

    fn rosters(&self) -> Vec<Value> {
        let row = |block: Option<PlaceId>| {
            let scope = Scope::roster(&self.realm, block);
            json!({ "block": block, "scope": scope, "chain_0": chain_start(&self.realm, scope) })
        };
        vec![row(None), row(Some(self.block))]
    }

    fn documents(&self) -> Vec<Value> {
        let kinds = [
            DocumentKind::Household,
            DocumentKind::Visit,
            DocumentKind::Grievance,
            DocumentKind::Meeting,
        ];
        let row = |kind: DocumentKind| {
            json!({
                "scope": self.building.scope(), "kind": kind.number(), "creator": self.member,
                "nonce": Self::nonce(kind.number()), "doc": self.doc(kind, kind.number()),
            })
        };
        kinds.map(row).to_vec()
    }

    fn actor_row(&self, key: &SoftwareKey, n: u8) -> Value {
        let actor = Self::actor(key, n);
        json!({ "device": actor.device(), "incarnation": actor.incarnation(), "actor": actor })
    }

    /// A birth, two changes unseen by each other, and one that has seen both; another birth.
    fn changes(&self) -> Vec<(Change, RawChange)> {
        let (li, wang) = (Self::actor(&self.li, 1), Self::actor(&self.wang, 2));
        let mut made: Vec<(Change, RawChange)> = Vec::new();
        let rows: [(ActorId, u32, u32, &[usize], &str); 5] = [
            (li, 1, 1, &[], "三楼水管漏水"),
            (li, 2, 2, &[0], "已联系物业"),
            (wang, 1, 2, &[0], "x"),
            (li, 3, 3, &[1, 2], "resolved"),
            (
                wang,
                1,
                1,
                &[],
                "a note of more than a hundred bytes, so that the lengths take two \
             LEB bytes each and the difference between the two forms shows in the golden bytes",
            ),
        ];
        for (n, (actor, seq, start_op, deps, text)) in rows.into_iter().enumerate() {
            let mut deps: Vec<ChangeHash> = deps.iter().map(|dep| made[*dep].1.hash).collect();
            deps.sort();
            let event = Cbor::Array(vec![Cbor::U64(21), Cbor::Text(text.into())]);
            let time = Cbor::U64(TIME_MS / 1000 + n as u64);
            let value = Cbor::Array(vec![
                Cbor::U64(1),
                time.clone(),
                time,
                Cbor::Bool(true),
                Cbor::Null,
                Cbor::Array(vec![event]),
            ]);
            let act = ActId([0xa0 + n as u8; 8]);
            let change = Change { actor, seq, start_op, deps, act, value: value.encode() };
            let raw = change.encode().unwrap();
            made.push((change, raw));
        }
        made
    }

    fn seals(&self, changes: &[(Change, RawChange)]) -> Vec<Seal> {
        let raw = |at: &[usize]| at.iter().map(|at| changes[*at].1.bytes.clone()).collect();
        let part = |kind: DocumentKind, birth: bool, at: &[usize]| Part {
            doc: self.doc(kind, kind.number()),
            nonce: Self::nonce(kind.number()),
            birth: if birth { kind.number() } else { 0 },
            changes: raw(at),
        };
        let make = |key: &SoftwareKey, n: u8, seal_seq: u32, prev: SealId, parts: Vec<Part>| {
            let head = SealHead {
                scope: self.building.scope(),
                device: key.spki().device(),
                incarnation: Incarnation([0xc0, 0xff, 0xee, n]),
                seal_seq,
                prev,
                point: Point { seq: 2, chain8: Chain8([0x5a; 8]) },
                digests: vec![],
            };
            Seal::make(key, &self.realm, head, parts).unwrap()
        };
        let first =
            make(&self.li, 1, 1, SealId::ZERO, vec![part(DocumentKind::Grievance, true, &[0, 1])]);
        let mut second = make(
            &self.wang,
            2,
            1,
            SealId([0x77; 32]),
            vec![
                part(DocumentKind::Grievance, false, &[2]),
                part(DocumentKind::Household, true, &[4]),
            ],
        );
        // The receiver holds the grievance's nonce, and the household's text was erased.
        second.parts[0].as_mut().unwrap().nonce = None;
        second.parts[1] = None;
        let prev = first.head.id(&self.realm);
        let third = make(&self.li, 1, 2, prev, vec![part(DocumentKind::Grievance, false, &[3])]);
        vec![first, second, third]
    }

    fn seal_row(&self, seal: &Seal) -> Value {
        let head = &seal.head;
        let key = [&self.li, &self.wang].into_iter().find(|key| key.spki().device() == head.device);
        let parts = seal.parts.iter().map(|part| {
            part.as_ref().map(|part| {
                let changes: Vec<_> = part.changes.iter().map(|change| hex(change)).collect();
                // The nonce that is left out is the grievance's.
                let held =
                    part.nonce.unwrap_or_else(|| Self::nonce(DocumentKind::Grievance.number()));
                json!({
                    "doc": part.doc, "nonce": part.nonce, "held_nonce": held,
                    "birth": part.birth, "changes": changes,
                })
            })
        });
        json!({
            "scope": head.scope, "device": head.device, "incarnation": head.incarnation,
            "seal_seq": head.seal_seq, "prev": head.prev,
            "point": { "seq": head.point.seq, "chain8": head.point.chain8 },
            "digests": head.digests, "fields": hex(&head.fields()), "id": head.id(&self.realm),
            "spki": hex(key.unwrap().spki().as_bytes()), "signature": seal.signature,
            "parts": parts.collect::<Vec<_>>(), "wire": hex(&seal.encode()),
        })
    }

    fn facts(&self) -> Vec<Fact> {
        let named = |code: &str, name: &str| Some(Named { code: code.into(), name: name.into() });
        let place = |parent, name: &str, level: Level, code: &str, successors| Place {
            level: level.number(),
            code: code.into(),
            parent,
            name: name.into(),
            successors,
        };
        let (block, building, member, team) = (self.block, self.building, self.member, self.team);
        let document = self.doc(DocumentKind::Grievance, 3);
        let device = Device { spki: self.li.spki(), member };
        let item = |en: &str, data: &[u8]| CodeItem {
            zh: "甲级".into(),
            en: en.into(),
            data: data.to_vec(),
            in_use: true,
        };
        let of_block = place(PlaceId::ZERO, "七街区", Level::Block, BLOCK, None);
        let ended = place(block, "", Level::Building, BUILDING, Some(vec![PlaceId([8; 8])]));
        let alone = place(block, "", Level::Building, BUILDING, Some(vec![]));
        vec![
            Fact::Genesis(self.genesis),
            Fact::Setting { name: setting::LOCAL_TIME_MIN, value: Some(480) },
            Fact::Setting { name: setting::LEASE_S, value: Some(-1) },
            Fact::Setting { name: setting::LEASE_S, value: None },
            Fact::Place { id: block, place: Some(of_block) },
            Fact::Place { id: building, place: Some(ended) },
            Fact::Place { id: building, place: Some(alone) },
            Fact::Member { id: member, named: named("M-0031", "李") },
            Fact::Team { id: team, named: named("T-水电", "") },
            Fact::Role { member, place: block, role: 0, given: Some(None) },
            Fact::Role { member, place: block, role: 5, given: Some(Some(team)) },
            Fact::Role { member, place: block, role: 0, given: None },
            Fact::Assign { building, member, assign: Some(1) },
            Fact::Sent { team, place: building, document, stands: true },
            Fact::Sent { team, place: building, document, stands: false },
            Fact::Device { id: self.li.spki().device(), device: Some(device) },
            Fact::Code { list: 1, code: 0, item: Some(item("A", &86_400_u32.to_be_bytes())) },
            Fact::KeyAhead { n: 2, spki: Some(self.ahead.spki()) },
        ]
    }

    /// The entries of the block's roster, and the chain at the last.
    fn roster(&self) -> (Vec<Value>, Vec<HeadItem>) {
        let scope = Scope::roster(&self.realm, Some(self.block));
        let records: Vec<_> = self.facts().iter().map(Fact::record).collect();
        let (genesis, rest) = records.split_at(1);
        let entries = [(1, genesis), (2, rest)]
            .map(|(seq, records)| Entry::roster(scope, seq, TIME_MS, records).unwrap());
        self.chained(scope, entries.to_vec())
    }

    /// The entries of the building's log: seals with every verdict, one of a kind to skip.
    fn log(&self, seals: &[Seal]) -> (Vec<Value>, Vec<HeadItem>) {
        use Verdict::{Applied, Erased, Guard, Needs, OverCap, Twin};
        let scope = self.building.scope();
        let id = |n: usize| seals[n].head.id(&self.realm);
        let all = [Applied, Twin, Needs, OverCap, Guard, Erased];
        let body = b"a later kind".to_vec();
        let entries = vec![
            Entry::seal(scope, 1, TIME_MS, id(0), &[Applied]),
            Entry::seal(scope, 2, TIME_MS, id(1), &[Applied, Erased]),
            Entry { scope, seq: 3, kind: kind::BLOB, relay_time: TIME_MS + 1, body },
            Entry::seal(scope, 4, TIME_MS + 2, id(2), &[Needs]),
            // A seal of six parts that is not among those above.
            Entry::seal(scope, 5, TIME_MS + 2, SealId([0x66; 32]), &all),
        ];
        self.chained(scope, entries)
    }

    fn chained(&self, scope: Scope, entries: Vec<Entry>) -> (Vec<Value>, Vec<HeadItem>) {
        let mut chain = chain_start(&self.realm, scope);
        let mut items = vec![];
        let rows = entries.iter().map(|entry| {
            let hash = entry.hash(&self.realm);
            let prev = chain;
            chain = chain_next(&prev, &hash);
            items.push(HeadItem { scope, seq: entry.seq, chain });
            entry_row(entry, &hash, &prev, &chain)
        });
        let rows = rows.collect();
        (rows, items)
    }

    fn heads(&self, chains: &[HeadItem]) -> Vec<Value> {
        let mut items = chains.to_vec();
        items.sort_by_key(|item| (item.scope, item.seq));
        let head = |signer: u8, stable_time: u64, items: &[HeadItem], key: &SoftwareKey| {
            let items = items.to_vec();
            let head =
                Head { realm: self.realm, signer, relay_time: TIME_MS + 9, stable_time, items };
            let rows = head.items.iter();
            let rows = rows.map(|i| json!({ "scope": i.scope, "seq": i.seq, "chain": i.chain }));
            json!({
                "realm": head.realm, "signer": signer, "relay_time": head.relay_time,
                "stable_time": stable_time, "items": rows.collect::<Vec<_>>(),
                "spki": hex(key.spki().as_bytes()), "bytes": hex(&head.sign(key).unwrap()),
            })
        };
        vec![
            head(0, TIME_MS, &items, &self.relay),
            head(1, 0, &items[..1], &self.backup),
            head(2, 0, &[], &self.ahead),
        ]
    }

    fn receipts(&self, seals: &[Seal]) -> Vec<Value> {
        let item = |n: usize, verdicts: &[Verdict]| ReceiptItem {
            scope: self.building.scope(),
            seal: seals[n].head.id(&self.realm),
            seq: n as u32 + 1,
            verdicts: verdicts.to_vec(),
        };
        let items =
            vec![item(0, &[Verdict::Applied]), item(1, &[Verdict::Applied, Verdict::Erased])];
        let keys = [&self.relay, &self.backup].into_iter().enumerate();
        let row = |(signer, key): (usize, &SoftwareKey)| {
            let (signer, items) = (signer as u8, items.clone());
            let receipt = Receipt { realm: self.realm, signer, relay_time: TIME_MS + 9, items };
            let rows = receipt.items.iter().map(|i| {
                let verdicts: Vec<_> = i.verdicts.iter().map(|v| v.number()).collect();
                json!({ "scope": i.scope, "seal": i.seal, "seq": i.seq, "verdicts": verdicts })
            });
            json!({
                "realm": receipt.realm, "signer": receipt.signer, "relay_time": receipt.relay_time,
                "items": rows.collect::<Vec<_>>(), "spki": hex(key.spki().as_bytes()),
                "bytes": hex(&receipt.sign(key).unwrap()),
            })
        };
        keys.map(row).collect()
    }

    fn invitations(&self) -> Vec<Value> {
        let row = |addresses: &[&str]| {
            let invitation = Invitation {
                realm: self.realm,
                relay: self.relay.spki().key_hash(),
                token: Token([0xfe; 16]),
                addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
            };
            json!({
                "realm": invitation.realm, "relay": invitation.relay, "token": invitation.token,
                "addresses": addresses, "text": invitation.to_string(),
            })
        };
        let one = ["relay.example:4433"];
        vec![row(&one), row(&["192.0.2.7:443", "[2001:db8::7]:4433"]), row(&["r.example:1"])]
    }

    fn enrolment(&self, salt: u8) -> Value {
        let (token, spki, salt) = (Token([0xfe; 16]), self.li.spki(), [salt; 16]);
        let digits = six_digits(&self.realm, &token, &spki, &salt);
        json!({
            "realm": self.realm, "token": token, "spki": hex(spki.as_bytes()), "salt": hex(&salt),
            "digits": format!("{digits:06}"),
        })
    }

    fn have(&self, seals: &[Seal]) -> Vec<Value> {
        let row = |seal: &Seal| {
            let id = seal.head.id(&self.realm);
            json!({ "key": hex(&[6; 16]), "seal": id, "id8": hex(&have_id(&[6; 16], &id)) })
        };
        seals.iter().map(row).collect()
    }
}

impl SignerKeys for Example {
    fn relay_key(&self, signer: u8) -> Option<Spki> {
        match signer {
            0 => Some(self.relay.spki()),
            2 => Some(self.ahead.spki()),
            _ => None,
        }
    }

    fn backup(&self) -> Option<KeyHash> {
        Some(self.genesis.backup)
    }
}
