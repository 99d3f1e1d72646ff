//! Which record rides in which roster, and what a changed file writes.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use doorstep_protocol::{
    id::{Level, MemberId},
    limits::{ROSTER_ENTRY_BYTES_MAX, ROSTER_ENTRY_RECORDS_MAX},
    log::EntryBody,
    roster::{Record, RecordKind, Roster},
    store::RelayStore as _,
};
use doorstep_relay::{
    generate::{Proportions, generate},
    realm::{apply, init_in_memory},
    roster_file::RosterFile,
    store::RelayDb,
};
use support::{
    HOUR_MS, Phone, START_MS, block, building, entropy, file, member, place, realm_roster, roster,
    small,
};

fn entries(db: &RelayDb, roster: &Roster) -> Vec<(u64, Vec<Record>)> {
    let read = db.read(roster.scope(), 1, usize::MAX).unwrap();
    read.iter()
        .map(|stored| match stored.entry.parse().unwrap() {
            EntryBody::Roster(records) => (stored.entry.relay_time, records),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn with(change: impl FnOnce(&mut RosterFile)) -> RosterFile {
    let mut changed = file();
    change(&mut changed);
    changed
}

fn line<'a>(
    file: &'a mut RosterFile,
    code: &str,
) -> &'a mut doorstep_relay::roster_file::PlaceLine {
    file.places.iter_mut().find(|line| line.code == code).unwrap()
}

fn person<'a>(
    file: &'a mut RosterFile,
    code: &str,
) -> &'a mut doorstep_relay::roster_file::MemberLine {
    file.members.iter_mut().find(|line| line.code == code).unwrap()
}

#[test]
fn every_roster_begins_with_genesis_alone_then_kind_by_kind() {
    let db = small();
    assert_eq!(db.rosters().len(), 4);
    assert_eq!(realm_roster(&db).block(), None, "the realm's comes first");
    for roster in db.rosters() {
        let entries = entries(&db, roster);
        assert_eq!(entries[0].1.len(), 1);
        assert_eq!(entries[0].1[0].kind, RecordKind::Genesis as u8);
        let rest: Vec<&Record> = entries[1..].iter().flat_map(|(_, records)| records).collect();
        assert!(rest.is_sorted_by_key(|record| (record.kind, record.key.clone())));
        assert!(entries.iter().all(|(time, _)| *time == START_MS));
        assert_eq!(roster.genesis().unwrap().realm(), db.realm());
    }
}

#[test]
fn a_record_rides_in_the_roster_of_its_block_and_what_is_above_rides_in_all_below() {
    let db = small();
    let realm = db.realm();
    let has =
        |roster: &Roster, level, code| roster.tip().place(place(&realm, level, code)).is_some();
    let (b1, b2, b3, top) =
        (roster(&db, "B1"), roster(&db, "B2"), roster(&db, "B3"), realm_roster(&db));
    for (level, code, expected) in [
        (Level::SubDistrict, "S1", [true, true, true, true]),
        (Level::Community, "C1", [true, true, false, true]),
        (Level::Community, "C2", [false, false, true, true]),
        (Level::Block, "B1", [true, false, false, false]),
        (Level::Grid, "G2", [false, true, false, false]),
        (Level::Building, "G3-1", [false, false, true, false]),
    ] {
        let found = [b1, b2, b3, top].map(|roster| has(roster, level, code));
        assert_eq!(found, expected, "{code}");
    }
    for (code, expected) in [
        ("M1", [true, false, false, false]),
        ("L3", [false, false, true, false]),
        ("CS", [true, true, false, true]),
        ("T", [true, true, true, true]),
        ("IDLE", [false, false, false, false]),
    ] {
        let id = MemberId::of(&realm, code);
        let found = [b1, b2, b3, top].map(|roster| roster.tip().member(id).is_some());
        assert_eq!(found, expected, "{code}");
    }
    for roster in db.rosters() {
        assert_eq!(roster.tip().setting(0), Some(480));
        assert!(roster.tip().codes(1).count() >= 4, "the grades");
    }
    let at = b1.tip();
    assert_eq!(at.logs_of(member(&db, "M1")).len(), 3, "the grid and its two buildings");
    assert!(at.may_enter(member(&db, "CS"), building(&db, "G1-2")));
}

#[test]
fn the_same_file_again_writes_nothing() {
    let mut db = small();
    let before: Vec<_> = db.rosters().iter().map(Roster::tip_point).collect();
    let changes = apply(&mut db, &file(), START_MS + HOUR_MS, false).unwrap();
    assert_eq!((changes.records, changes.entries), (0, 0));
    assert_eq!(before, db.rosters().iter().map(Roster::tip_point).collect::<Vec<_>>());
}

#[test]
fn a_building_given_to_another_block_is_a_record_in_both() {
    let mut db = small();
    let phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let moved = with(|file| line(file, "G1-1").parent = Some("G2".to_owned()));
    let dry = apply(&mut db, &moved, START_MS + HOUR_MS, true).unwrap();
    assert_eq!(dry.moved.len(), 1);
    assert_eq!(dry.moved[0].to_string(), "building G1-1: grid G1 -> grid G2");
    let tips = |db: &RelayDb| ["B1", "B2", "B3"].map(|code| roster(db, code).tip_seq());
    let before = tips(&db);
    let wrote = apply(&mut db, &moved, START_MS + HOUR_MS, false).unwrap();
    assert_eq!(dry, wrote, "the dry run said it all");

    let after = tips(&db);
    assert_eq!(after[0], before[0] + 1, "one record in the old block");
    assert_eq!(after[1], before[1] + 2, "in the new one its holder first");
    assert_eq!(after[2], before[2]);
    let (b1, b2) = (roster(&db, "B1"), roster(&db, "B2"));
    let (old, new) = (entries(&db, b1), entries(&db, b2));
    assert_eq!(old.last(), new.last(), "the same body and relay time");
    let anew: Vec<u8> = new[new.len() - 2].1.iter().map(|record| record.kind).collect();
    let kind = |kind: RecordKind| kind as u8;
    assert_eq!(
        anew,
        [kind(RecordKind::Member), kind(RecordKind::Assign), kind(RecordKind::Device)]
    );

    let place = building(&db, "G1-1");
    assert!(!b1.tip().is_under_block(place) && b2.tip().is_under_block(place));
    let m1 = member(&db, "M1");
    assert!(b2.tip().may_enter(m1, place) && !b2.tip().may_enter(m1, building(&db, "G2-1")));
    assert!(b2.tip().device(phone.device()).is_some());

    // Taken away later, it is gone wherever it stands.
    let taken = with(|file| {
        line(file, "G1-1").parent = Some("G2".to_owned());
        person(file, "M1").buildings.clear();
    });
    apply(&mut db, &taken, START_MS + 2 * HOUR_MS, false).unwrap();
    for code in ["B1", "B2"] {
        assert_eq!(roster(&db, code).tip().assignment(place, m1), None, "{code}");
    }
}

#[test]
fn who_comes_to_stand_in_a_block_later_stands_there_before_their_role_with_their_phone() {
    let mut db = small();
    let phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let second = with(|file| {
        let role = file.members[1].roles[0].clone();
        person(file, "M1").roles.push(role);
    });
    apply(&mut db, &second, START_MS + HOUR_MS, false).unwrap();
    let b2 = roster(&db, "B2");
    assert!(b2.tip().device(phone.device()).is_some());
    let entries = entries(&db, b2);
    let kinds: Vec<Vec<u8>> = entries[entries.len() - 2..]
        .iter()
        .map(|(_, records)| records.iter().map(|record| record.kind).collect())
        .collect();
    assert_eq!(
        kinds,
        [vec![RecordKind::Member as u8, RecordKind::Device as u8], vec![RecordKind::Role as u8]]
    );
}

#[test]
fn a_member_who_is_gone_leaves_with_roles_buildings_and_phones() {
    let mut db = small();
    let phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let without = with(|file| file.members.retain(|member| member.code != "M1"));
    let changes = apply(&mut db, &without, START_MS + HOUR_MS, false).unwrap();
    assert_eq!(changes.gone_members, ["M1"]);
    let at = roster(&db, "B1").tip();
    let m1 = member(&db, "M1");
    assert!(at.member(m1).is_none() && at.device(phone.device()).is_none());
    assert!(!at.may_enter(m1, building(&db, "G1-1")));
    assert_eq!(apply(&mut db, &without, START_MS + HOUR_MS, false).unwrap().entries, 0);
}

#[test]
fn a_new_block_gets_a_roster_that_begins_with_the_first_genesis() {
    let mut db = small();
    let more = with(|file| {
        let mut new = line(file, "B3").clone();
        new.code = "B4".to_owned();
        file.places.push(new);
        line(file, "G3").parent = Some("B4".to_owned());
    });
    let changes = apply(&mut db, &more, START_MS + HOUR_MS, false).unwrap();
    assert_eq!((changes.new_rosters, changes.new_places.len()), (1, 1));
    let b4 = roster(&db, "B4");
    let entries = entries(&db, b4);
    assert_eq!(entries[0].0, START_MS, "the relay time of init");
    assert_eq!(entries[1].0, START_MS + HOUR_MS);
    assert!(b4.tip().is_under_block(building(&db, "G3-1")));
    assert!(!roster(&db, "B3").tip().is_under_block(building(&db, "G3-1")));
    assert!(b4.tip().place(place(&db.realm(), Level::Community, "C2")).is_some());
}

#[test]
fn a_block_that_ends_lies_under_its_successor_with_all_that_it_held() {
    let mut db = small();
    let ended = with(|file| line(file, "B2").successors = Some(vec!["B1".to_owned()]));
    let changes = apply(&mut db, &ended, START_MS + HOUR_MS, false).unwrap();
    assert_eq!(changes.ended_places.len(), 1);
    let b1 = roster(&db, "B1");
    assert!(b1.tip().is_under_block(building(&db, "G2-1")));
    assert!(b1.tip().is_under_block(block(&db, "B2").unwrap()));
    assert!(b1.tip().may_enter(member(&db, "M2"), building(&db, "G2-1")));
    let b2 = roster(&db, "B2").tip();
    assert!(b2.may_enter(member(&db, "M2"), building(&db, "G2-1")), "the old roster knows it too");
}

#[test]
fn relay_time_of_a_change_does_not_fall_behind_its_rosters() {
    let mut db = small();
    let renamed = |name: &str| with(|file| line(file, "C1").name = name.to_owned());
    apply(&mut db, &renamed("late"), START_MS + HOUR_MS, false).unwrap();
    apply(&mut db, &renamed("early"), START_MS, false).unwrap();
    for name in [roster(&db, "B1"), roster(&db, "B2"), realm_roster(&db)] {
        assert_eq!(entries(&db, name).last().unwrap().0, START_MS + HOUR_MS);
    }
    assert_eq!(roster(&db, "B3").tip_seq(), 2);
}

#[test]
fn the_true_proportions_fit_the_caps() {
    let file = generate(&Proportions::default(), 1);
    assert_eq!(file, generate(&Proportions::default(), 1), "the same seed, the same file");
    assert_ne!(file, generate(&Proportions::default(), 2));
    let count = |level| file.places.iter().filter(|line| line.level == level).count();
    assert_eq!(
        [Level::Community, Level::Block, Level::Grid, Level::Building].map(count),
        [10, 59, 238, 9_520]
    );
    assert_eq!(file.members.len(), 2_234);
    assert_eq!(RosterFile::parse(&file.to_text().unwrap()).unwrap(), file);

    let (db, _) = init_in_memory(&file, entropy(1), START_MS).unwrap();
    assert_eq!(db.rosters().len(), 60);
    for roster in db.rosters() {
        for stored in db.read(roster.scope(), 1, usize::MAX).unwrap() {
            assert!(stored.entry.body.len() <= ROSTER_ENTRY_BYTES_MAX);
            let EntryBody::Roster(records) = stored.entry.parse().unwrap() else {
                panic!("a roster holds records")
            };
            assert!(records.len() <= ROSTER_ENTRY_RECORDS_MAX);
        }
    }
    for (n, line) in file.members.iter().enumerate().step_by(97) {
        let id = MemberId::of(&db.realm(), &line.code);
        assert!(db.rosters().iter().any(|r| r.tip().member(id).is_some()), "member {n}");
    }
}
