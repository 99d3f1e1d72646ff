//! What a change of rosters does to phones, and what no phone is given.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DocumentId, Level, MemberId, PlaceId, TeamId},
    limits::{DEVICE_DOCUMENTS_MAX, SESSION_LOGS_MAX},
    relay_session::admit_seals,
    roster::{AssignKind, Fact, Named, Record, RoleKind, Roster},
    store::RelayStore as _,
};
use doorstep_relay::{
    generate::{Proportions, generate},
    reach::{Full, Reach, What},
    realm::{Changes, DATABASE_FILE, RealmError, apply, apply_shown, init, init_in_memory},
    roster_file::{BuildingLine, PlaceLine, RoleLine, RosterFile},
    store::RelayDb,
};
use support::{
    HOUR_MS, Phone, START_MS, block, building, entropy, file, member, place, roster, small,
};

fn with(change: impl FnOnce(&mut RosterFile)) -> RosterFile {
    let mut changed = file();
    change(&mut changed);
    changed
}

fn line<'a>(file: &'a mut RosterFile, code: &str) -> &'a mut PlaceLine {
    file.places.iter_mut().find(|line| line.code == code).unwrap()
}

fn give_role(file: &mut RosterFile, code: &str, role: RoleKind, place: &str) {
    let role = RoleLine { place: place.to_owned(), level: None, role, team: None };
    file.members.iter_mut().find(|line| line.code == code).unwrap().roles.push(role);
}

fn give_building(file: &mut RosterFile, code: &str, building: &str) {
    let line = BuildingLine { code: building.to_owned(), assign: AssignKind::StandIn };
    file.members.iter_mut().find(|line| line.code == code).unwrap().buildings.push(line);
}

fn new_building(file: &mut RosterFile, code: &str, grid: &str) {
    file.places.push(PlaceLine {
        level: Level::Building,
        code: code.to_owned(),
        name: String::new(),
        parent: Some(grid.to_owned()),
        successors: None,
    });
}

/// What phones do, as they are told to people, without the device.
fn said(changes: &Changes) -> Vec<String> {
    let text = |phone: &doorstep_relay::reach::PhoneChange| {
        let said = phone.to_string();
        said.split_once(" of ").unwrap().1.to_owned()
    };
    changes.reach.phones.iter().map(text).collect()
}

fn assert_holders_are_those_of_logs_of(rosters: &[Roster]) {
    let mut held = 0;
    for roster in rosters {
        let at = roster.tip();
        let holders = at.holders();
        let members: BTreeSet<MemberId> =
            at.members().map(|(id, _)| id).chain(holders.keys().copied()).collect();
        for member in members {
            let alone: BTreeSet<PlaceId> = at.logs_of(member).into_iter().collect();
            assert_eq!(holders.get(&member).cloned().unwrap_or_default(), alone);
            held += alone.len();
        }
    }
    assert!(held > 0);
}

#[test]
fn what_all_hold_is_what_each_holds() {
    let proportions =
        Proportions { communities: 2, blocks: 4, grids: 9, buildings_per_grid: 5, members: 60 };
    let (db, _) = init_in_memory(&generate(&proportions, 3), entropy(1), START_MS).unwrap();
    assert_holders_are_those_of_logs_of(db.rosters());

    let mut db = small();
    let realm = db.realm();
    let sent = Fact::Sent {
        team: TeamId::of(&realm, "T1"),
        place: building(&db, "G2-1"),
        document: DocumentId([7; 16]),
        stands: true,
    };
    let steps = db.register().unwrap().plan(&[sent.record()]);
    db.write_steps(&steps, START_MS).unwrap();
    let holds = |db: &RelayDb, code: &str| -> BTreeSet<PlaceId> {
        Reach::of(db.rosters()).places(member(db, code)).collect()
    };
    assert_eq!(holds(&db, "T"), BTreeSet::from([building(&db, "G2-1")]), "only where it is sent");
    assert_eq!(holds(&db, "CS"), BTreeSet::new(), "a community uses the console");
    assert_holders_are_those_of_logs_of(db.rosters());
    let ended = with(|file| {
        line(file, "G1").successors = Some(vec!["G2".to_owned()]);
        line(file, "G3-1").successors = Some(vec![]);
        file.members[0].roles.clear();
    });
    apply(&mut db, &ended, START_MS + HOUR_MS, false).unwrap();
    assert_holders_are_those_of_logs_of(db.rosters());
}

#[test]
fn a_building_given_to_another_grid_leaves_the_phones_of_one_for_those_of_the_other() {
    let mut db = small();
    let first = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let second = Phone::enrolled(&mut db, 8, "M1", START_MS);
    let other = Phone::enrolled(&mut db, 9, "M2", START_MS);
    let moved = with(|file| {
        line(file, "G1-1").parent = Some("G2".to_owned());
        line(file, "G1-2").parent = Some("G2".to_owned());
    });
    let dry = apply(&mut db, &moved, START_MS + HOUR_MS, true).unwrap();
    assert_eq!(
        said(&dry),
        ["M1 drops building G1-2", "M1 drops building G1-2", "M2 gains building G1-1, G1-2"],
        "its owner keeps what was given to him"
    );
    let phones: BTreeSet<_> = dry.reach.phones.iter().map(|phone| phone.device).collect();
    assert_eq!(phones, [first.device(), second.device(), other.device()].into());
    assert!(dry.reach.phones.iter().all(|phone| !phone.leaves));
    assert_eq!(dry.reach.members_without_phone, 0);
    let json = serde_json::to_value(&dry).unwrap();
    assert_eq!(json["reach"]["phones"][2]["gains"][0]["code"], "G1-1");
    assert_eq!(json["reach"]["phones"][2]["gains"][0]["level"], "building");

    let wrote = apply(&mut db, &moved, START_MS + HOUR_MS, false).unwrap();
    assert_eq!(wrote, dry);
    let again = apply(&mut db, &moved, START_MS + HOUR_MS, false).unwrap();
    assert!(again.reach.phones.is_empty());
}

#[test]
fn a_grid_given_to_another_block_takes_its_buildings_and_its_people_along() {
    let lead = |file: &mut RosterFile| give_role(file, "IDLE", RoleKind::BlockLead, "B1");
    let (mut db, _) = init_in_memory(&with(lead), entropy(1), START_MS).unwrap();
    let phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    Phone::enrolled(&mut db, 8, "IDLE", START_MS);
    let moved = with(|file| {
        lead(file);
        line(file, "G1").parent = Some("B3".to_owned());
    });
    let before = roster(&db, "B1").tip_seq();
    let changes = apply(&mut db, &moved, START_MS + HOUR_MS, false).unwrap();
    assert_eq!(said(&changes), ["IDLE drops building G1-1, G1-2; grid G1"], "M1 keeps all");
    assert_eq!(changes.reach.members_without_phone, 1, "the lead of B3 gains it");
    assert_eq!(changes.records, 1, "a grid that is redrawn is one record");

    let (b1, b3) = (roster(&db, "B1"), roster(&db, "B3"));
    assert_eq!(b1.tip_seq(), before + 1, "one entry in the block that it leaves");
    let m1 = member(&db, "M1");
    for code in ["G1-1", "G1-2"] {
        let place = building(&db, code);
        assert!(!b1.tip().is_under_block(place) && b3.tip().is_under_block(place), "{code}");
        assert!(b3.tip().may_enter(m1, place), "{code}");
    }
    assert!(b3.tip().device(phone.device()).is_some());
    let l3 = member(&db, "L3");
    let grid = place(&db.realm(), Level::Grid, "G1");
    assert!(b3.tip().logs_of(l3).contains(&grid));
    assert_eq!(db.documents_by_log().unwrap(), BTreeMap::new(), "no document moves: there is none");
}

#[test]
fn who_holds_the_log_of_a_place_that_has_ended() {
    let lead = |file: &mut RosterFile| {
        give_role(file, "IDLE", RoleKind::BlockLead, "B1");
        file.members[0].roles.clear();
        file.members[0].buildings.clear();
    };
    let over_to =
        ["IDLE drops building G1-1, G1-2; grid G1", "M2 gains building G1-1, G1-2; grid G1"];
    for (successors, phones, held) in [
        // The block in which it lay last gives nothing any more.
        (vec!["G2".to_owned()], &over_to[..], 1),
        // Its parent takes it: the lead of the block has the block, the grid and its two buildings.
        (vec![], &[], 4),
    ] {
        let (mut db, _) = init_in_memory(&with(lead), entropy(1), START_MS).unwrap();
        Phone::enrolled(&mut db, 8, "IDLE", START_MS);
        Phone::enrolled(&mut db, 9, "M2", START_MS);
        let ended = with(|file| {
            lead(file);
            line(file, "G1").successors = Some(successors);
        });
        let changes = apply(&mut db, &ended, START_MS + HOUR_MS, false).unwrap();
        assert_eq!(said(&changes), phones);
        assert_eq!(Reach::of(db.rosters()).places(member(&db, "IDLE")).count(), held);
    }
    // A building alone, in a grid that goes on: those of the grid keep it.
    let mut db = small();
    Phone::enrolled(&mut db, 7, "M1", START_MS);
    let ended = with(|file| line(file, "G1-2").successors = Some(vec![]));
    let changes = apply(&mut db, &ended, START_MS + HOUR_MS, false).unwrap();
    assert_eq!(said(&changes), Vec::<String>::new());
    assert_eq!(Reach::of(db.rosters()).places(member(&db, "M1")).count(), 3);
}

#[test]
fn who_leaves_takes_nothing_along() {
    let mut db = small();
    Phone::enrolled(&mut db, 7, "M1", START_MS);
    let without = with(|file| file.members.retain(|m| m.code != "M1" && m.code != "M2"));
    let changes = apply(&mut db, &without, START_MS + HOUR_MS, false).unwrap();
    assert_eq!(said(&changes), ["M1 leaves, and drops building G1-1, G1-2; grid G1"]);
    assert!(changes.reach.phones[0].leaves);
    assert_eq!(changes.reach.members_without_phone, 1, "M2 has none");
}

#[test]
fn what_was_shown_is_what_is_written() {
    let mut db = small();
    let more = with(|file| give_building(file, "M2", "G1-2"));
    let shown = apply(&mut db, &more, START_MS, true).unwrap();
    Phone::enrolled(&mut db, 9, "M2", START_MS);
    let tips: Vec<_> = db.rosters().iter().map(Roster::tip_point).collect();
    let refused = apply_shown(&mut db, &more, START_MS, &shown);
    assert!(matches!(refused, Err(RealmError::ChangedMeanwhile)));
    assert_eq!(tips, db.rosters().iter().map(Roster::tip_point).collect::<Vec<_>>());
    let shown = apply(&mut db, &more, START_MS, true).unwrap();
    // A document that came meanwhile changes nothing of what was shown.
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (realm, scope) = (db.realm(), building(&db, "G1-2").scope());
    let point = roster(&db, "B1").tip_point();
    let (_, part) = phone.birth(&realm, scope, b"value");
    let seal = phone.seal(&realm, scope, point, vec![part]).encode();
    admit_seals(&mut db, &[seal], START_MS).unwrap();
    let now = apply(&mut db, &more, START_MS, true).unwrap();
    assert_eq!(said(&now), ["M2 gains building G1-2; holds 1 documents then"]);
    assert_eq!((shown.reach.phones[0].documents, now.reach.phones[0].documents), (0, 1));
    apply_shown(&mut db, &more, START_MS, &shown).unwrap();
    assert_eq!(apply(&mut db, &more, START_MS, true).unwrap().records, 0);
}

/// A realm on disk, in whose logs a test can put as many documents as it needs.
struct Realm {
    folder: tempfile::TempDir,
    db: RelayDb,
}

impl Realm {
    fn of(file: &RosterFile) -> Self {
        let folder = tempfile::tempdir().unwrap();
        init(folder.path(), file, entropy(1), START_MS).unwrap();
        let db = RelayDb::open(&folder.path().join(DATABASE_FILE), entropy(2)).unwrap();
        Self { folder, db }
    }

    fn fill(&self, code: &str, documents: u64) {
        let scope = building(&self.db, code).scope();
        let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                    INSERT INTO document (doc, scope, kind, creator)
                    SELECT randomblob(16), ?1, 3, zeroblob(8) FROM n";
        rusqlite::Connection::open(self.folder.path().join(DATABASE_FILE))
            .unwrap()
            .execute(fill, rusqlite::params![scope.0, i64::try_from(documents).unwrap()])
            .unwrap();
        assert!(self.db.documents_by_log().unwrap()[&scope] >= documents);
    }

    /// What is said of a change, the same with and without writing.
    fn apply(&mut self, file: &RosterFile) -> Result<Changes, Vec<Full>> {
        let full = |error| match error {
            RealmError::TooMuch(too_much) => too_much.refused,
            other => panic!("{other}"),
        };
        let dry = apply(&mut self.db, file, START_MS + HOUR_MS, true).map_err(full);
        let tips: Vec<_> = self.db.rosters().iter().map(Roster::tip_point).collect();
        let wrote = apply(&mut self.db, file, START_MS + HOUR_MS, false).map_err(full);
        assert_eq!(dry, wrote);
        if wrote.is_err() {
            let after: Vec<_> = self.db.rosters().iter().map(Roster::tip_point).collect();
            assert_eq!(tips, after, "nothing was written");
        }
        wrote
    }
}

fn documents(member: &str, held: u64) -> Full {
    Full { member: member.to_owned(), what: What::Documents, held, max: DEVICE_DOCUMENTS_MAX }
}

#[test]
fn a_phone_is_given_as_many_documents_as_it_can_hold_and_not_one_more() {
    let mut realm = Realm::of(&file());
    realm.fill("G1-1", DEVICE_DOCUMENTS_MAX - 500);
    realm.fill("G2-1", 500);
    let both = with(|file| give_building(file, "M2", "G1-1"));
    let at_the_limit = realm.apply(&both).unwrap();
    assert_eq!((at_the_limit.reach.members_without_phone, at_the_limit.reach.over), (1, vec![]));

    realm.apply(&file()).unwrap();
    realm.fill("G2-1", 1);
    assert_eq!(realm.apply(&both), Err(vec![documents("M2", DEVICE_DOCUMENTS_MAX + 1)]));
    let refused = apply(&mut realm.db, &both, START_MS, true).unwrap_err().to_string();
    for word in ["member M2: 10001 documents", "may hold 10000", "Split the place"] {
        assert!(refused.contains(word), "{refused}");
    }
}

#[test]
fn who_holds_too_much_already_is_named_and_stands_in_nobodys_way() {
    let mut realm = Realm::of(&file());
    realm.fill("G1-1", DEVICE_DOCUMENTS_MAX);
    realm.fill("G1-2", 5);
    let over = vec![documents("M1", DEVICE_DOCUMENTS_MAX + 5)];
    let unrelated = with(|file| {
        line(file, "C1").name = "other".to_owned();
        give_building(file, "M2", "G3-1");
    });
    assert_eq!(realm.apply(&unrelated).unwrap().reach.over, over);
    // A new grid within theirs, still empty, is how a grid is split.
    let split = with(|file| new_building(file, "G1-3", "G1"));
    assert_eq!(realm.apply(&split).unwrap().reach.over, over);
    // Less is welcome though it is too much still, more is not.
    realm.fill("G3-1", 3);
    realm.fill("G2-1", 6);
    let swap = |building: &'static str| {
        move |file: &mut RosterFile| {
            new_building(file, "G1-3", "G1");
            line(file, "G1-2").parent = Some("G2".to_owned());
            give_building(file, "M1", building);
        }
    };
    let less = realm.apply(&with(swap("G3-1"))).unwrap();
    assert_eq!(less.reach.over, [documents("M1", DEVICE_DOCUMENTS_MAX + 3)]);
    let more = realm.apply(&with(swap("G2-1")));
    assert_eq!(more, Err(vec![documents("M1", DEVICE_DOCUMENTS_MAX + 6)]));
    assert_eq!(
        realm
            .apply(&with(|file| {
                new_building(file, "G1-3", "G1");
                file.members[0].buildings.clear();
                file.members[0].roles.clear();
            }))
            .unwrap()
            .reach
            .over,
        []
    );
}

#[test]
fn a_phone_is_given_no_more_logs_than_one_meeting_can_speak_of() {
    let with_buildings = |n: usize| {
        with(|file| {
            for n in 1..=n {
                new_building(file, &format!("G3-X{n}"), "G3");
            }
        })
    };
    // The lead of B3 holds the block, the grid and G3-1 as well.
    let room = SESSION_LOGS_MAX - 3;
    let (mut db, _) = init_in_memory(&with_buildings(room - 1), entropy(1), START_MS).unwrap();
    apply(&mut db, &with_buildings(room), START_MS, false).unwrap();
    let refused = apply(&mut db, &with_buildings(room + 1), START_MS, false);
    let Err(RealmError::TooMuch(refused)) = refused else { panic!("{refused:?}") };
    let (held, max) = (SESSION_LOGS_MAX as u64 + 1, SESSION_LOGS_MAX as u64);
    assert_eq!(refused.refused, [Full { member: "L3".to_owned(), what: What::Logs, held, max }]);
}

#[test]
fn documents_are_counted_where_they_were_admitted() {
    let mut db = small();
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (realm, scope) = (db.realm(), building(&db, "G1-1").scope());
    let point = roster(&db, "B1").tip_point();
    for n in 1..=3 {
        let (_, part) = phone.birth(&realm, scope, &[n]);
        let seal = phone.seal(&realm, scope, point, vec![part]).encode();
        admit_seals(&mut db, &[seal], START_MS).unwrap();
    }
    assert_eq!(db.documents_by_log().unwrap(), BTreeMap::from([(scope, 3)]));
}

#[test]
fn the_member_that_an_import_works_as_is_no_business_of_a_roster_file() {
    let mut db = small();
    let realm = db.realm();
    let importer = MemberId::of(&realm, "register:hotline");
    let named = Some(Named { code: "register:hotline".to_owned(), name: String::new() });
    let role = Fact::Role {
        member: importer,
        place: place(&realm, Level::SubDistrict, "S1"),
        role: RoleKind::Register as u8,
        given: Some(None),
    };
    let facts = [Fact::Member { id: importer, named }, role];
    let records: Vec<Record> = facts.iter().map(Fact::record).collect();
    let steps = db.register().unwrap().plan(&records);
    db.write_steps(&steps, START_MS).unwrap();
    let phone = Phone::new(9, importer);
    let invited = db.invite(importer, 15, true, START_MS).unwrap();
    use doorstep_protocol::key::DeviceKey as _;
    db.enrol(invited.token, &phone.key.spki(), START_MS).unwrap();

    let changes = apply(&mut db, &file(), START_MS + HOUR_MS, false).unwrap();
    assert_eq!((changes.records, changes.gone_members), (0, vec![]));
    let b1 = db.rosters().iter().find(|r| r.block() == block(&db, "B1")).unwrap();
    assert!(b1.tip().device(phone.device()).is_some() && b1.tip().member(importer).is_some());
}
