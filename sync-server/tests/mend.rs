//! A relay that was restored from a backup gets one copy of a record back, and writes the others
//! (review, fault 38: else a building is in no block, or in two).

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{fs, path::Path};

use doorstep_protocol::{
    id::PlaceId,
    roster::Roster,
    store::{RelayStore as _, StoredEntry},
};
use doorstep_relay::{
    realm::{DATABASE_FILE, apply, init},
    roster_file::RosterFile,
    store::RelayDb,
};
use support::{HOUR_MS, START_MS, block, building, entropy, file, member, roster};

/// A relay with a backup, and what happened after the backup was made.
struct Story {
    _folder: tempfile::TempDir,
    lost: RelayDb,
    restored: RelayDb,
}

fn open(path: &Path, seed: u64) -> RelayDb {
    RelayDb::open(path, entropy(seed)).unwrap()
}

/// The building goes from block 1 to block 2, and that is lost.
fn moved() -> RosterFile {
    let mut file = file();
    move_to(&mut file, "G2");
    file
}

fn move_to(file: &mut RosterFile, grid: &str) {
    let line = file.places.iter_mut().find(|line| line.code == "G1-1").unwrap();
    line.parent = Some(grid.to_owned());
}

fn story() -> Story {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &file(), entropy(1), START_MS).unwrap();
    let path = folder.path().join(DATABASE_FILE);
    let backup = folder.path().join("backup.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("VACUUM INTO ?1", [backup.to_str().unwrap()])
        .unwrap();
    let mut lost = open(&path, 2);
    apply(&mut lost, &moved(), START_MS + HOUR_MS, false).unwrap();
    let restored = folder.path().join("restored.db");
    fs::copy(&backup, &restored).unwrap();
    let restored = open(&restored, 3);
    Story { _folder: folder, lost, restored }
}

/// A phone hands in what the relay lacks of one roster, within one transaction.
fn hand_in(story: &mut Story, code: &str, now_ms: u64) {
    let block = block(&story.lost, code);
    let scope = roster(&story.lost, code).scope();
    let from = roster(&story.restored, code).tip_seq() + 1;
    let tail: Vec<StoredEntry> = story.lost.read(scope, from, usize::MAX).unwrap();
    assert!(!tail.is_empty());
    let db = &mut story.restored;
    db.begin().unwrap();
    for stored in tail {
        db.append_roster_entry(block, &stored.entry, stored.chain).unwrap();
    }
    db.mend_rosters(now_ms).unwrap();
    db.commit().unwrap();
}

fn blocks_with(db: &RelayDb, place: PlaceId) -> Vec<Option<PlaceId>> {
    let inside = |roster: &&Roster| roster.block().is_some() && roster.tip().is_under_block(place);
    db.rosters().iter().filter(inside).map(Roster::block).collect()
}

fn tips(db: &RelayDb) -> Vec<doorstep_protocol::id::Point> {
    ["B1", "B2", "B3"].map(|code| roster(db, code).tip_point()).to_vec()
}

#[test]
fn the_old_blocks_copy_comes_back_and_the_new_block_gets_its_own() {
    let mut story = story();
    let place = building(&story.lost, "G1-1");
    assert_eq!(blocks_with(&story.restored, place), [block(&story.lost, "B1")]);
    hand_in(&mut story, "B1", START_MS + 2 * HOUR_MS);
    assert_eq!(blocks_with(&story.restored, place), [block(&story.lost, "B2")]);
    assert_eq!(tips(&story.restored), tips(&story.lost), "the same entries, the same chains");
    let m1 = member(&story.lost, "M1");
    assert!(roster(&story.restored, "B2").tip().may_enter(m1, place), "with its holder");
    assert!(story.restored.alarms().unwrap().is_empty());
}

#[test]
fn the_new_blocks_copy_comes_back_and_the_old_block_gets_its_own() {
    let mut story = story();
    let place = building(&story.lost, "G1-1");
    hand_in(&mut story, "B2", START_MS + 2 * HOUR_MS);
    assert_eq!(blocks_with(&story.restored, place), [block(&story.lost, "B2")]);
    assert_eq!(tips(&story.restored), tips(&story.lost));
}

#[test]
fn a_roster_that_went_on_gets_a_new_entry() {
    let mut story = story();
    let place = building(&story.lost, "G1-1");
    // Block 1 goes on at the restored relay before anybody brings the move back.
    let mut other = file();
    let line = other.places.iter_mut().find(|line| line.code == "G1-2").unwrap();
    line.name = "renamed".to_owned();
    apply(&mut story.restored, &other, START_MS + 2 * HOUR_MS, false).unwrap();
    hand_in(&mut story, "B2", START_MS + 3 * HOUR_MS);
    assert_eq!(blocks_with(&story.restored, place), [block(&story.lost, "B2")]);
    let b1 = roster(&story.restored, "B1");
    assert_eq!(b1.relay_time(b1.tip_seq()), Some(START_MS + 3 * HOUR_MS));
    assert_ne!(b1.tip_point(), roster(&story.lost, "B1").tip_point());
}

#[test]
fn where_the_key_was_touched_since_a_person_decides() {
    let mut story = story();
    let place = building(&story.lost, "G1-1");
    let mut elsewhere = file();
    move_to(&mut elsewhere, "G3");
    apply(&mut story.restored, &elsewhere, START_MS + 2 * HOUR_MS, false).unwrap();
    hand_in(&mut story, "B2", START_MS + 3 * HOUR_MS);
    let alarms = story.restored.alarms().unwrap();
    assert_eq!(alarms.len(), 1);
    assert_eq!(alarms[0].name, "roster_conflict");
    assert!(roster(&story.restored, "B3").tip().is_under_block(place), "what was decided stands");

    // Whoever applies the file again has decided: it lies in one block.
    let again = apply(&mut story.restored, &elsewhere, START_MS + 4 * HOUR_MS, false).unwrap();
    assert_eq!((again.records, again.entries), (0, 1));
    assert_eq!(blocks_with(&story.restored, place), [block(&story.lost, "B3")]);
    assert_eq!(apply(&mut story.restored, &elsewhere, START_MS, true).unwrap().entries, 0);
}

#[test]
fn a_tail_that_does_not_follow_is_refused_whole() {
    let mut story = story();
    let scope = roster(&story.lost, "B2").scope();
    let from = roster(&story.restored, "B2").tip_seq() + 2;
    let later = story.lost.read(scope, from, usize::MAX).unwrap();
    let before = tips(&story.restored);
    let db = &mut story.restored;
    let block = block(&story.lost, "B2");
    db.begin().unwrap();
    assert!(db.append_roster_entry(block, &later[0].entry, later[0].chain).is_err());
    db.rollback();
    assert_eq!(tips(db), before);
}
