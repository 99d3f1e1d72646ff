//! The file: versions, keys, owners, and what is kept over a restart.

use std::fs;

use doorstep_protocol::{
    id::RealmId,
    key::DeviceKey as _,
    store::{DeviceStore as _, Index as _},
};
use rusqlite::Connection;

use super::{Dry, Phone, Relay, Seeded};
use crate::store::{JoinError, OpenError, Store};

#[test]
fn everything_is_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::new();
    let mut li = Phone::new(&relay, "li");
    li.store = Store::open(folder.path(), li.key.spki(), None, &li.entropy).unwrap();
    assert_eq!(li.store.joined(), None);
    li.store.join(relay.realm).unwrap();
    li.store.join(relay.realm).unwrap();
    assert_eq!(li.store.join(RealmId([3; 32])), Err(JoinError::OtherRealm));
    relay.meet(&mut li);
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    li.act(doc, "unsealed");
    li.store.set_meta("clock", b"12").unwrap();
    let before = (
        li.copies(doc),
        li.store.cursors().unwrap(),
        li.store.incarnation(),
        li.store.counts().unwrap(),
        li.point(),
        li.store.relay_time().unwrap(),
    );
    // A second one is told at once.
    let second = Store::open(folder.path(), li.key.spki(), None, &li.entropy);
    assert_eq!(second.unwrap_err(), OpenError::InUse);
    drop(li.store);
    let other = Store::open(folder.path(), Relay::key_of("wang").spki(), None, &li.entropy);
    assert_eq!(other.unwrap_err(), OpenError::OtherDevice);
    li.store = Store::open(folder.path(), li.key.spki(), None, &Dry).unwrap();
    let after = (
        li.copies(doc),
        li.store.cursors().unwrap(),
        li.store.incarnation(),
        li.store.counts().unwrap(),
        li.point(),
        li.store.relay_time().unwrap(),
    );
    assert_eq!(before, after);
    assert_eq!(li.store.joined(), Some(relay.realm));
    assert_eq!(li.store.member(), Some(li.member));
    assert_eq!(li.store.meta("clock").unwrap(), Some(b"12".to_vec()));
    li.act(doc, "after");
    assert_eq!(li.store.usage(doc, li.store.device()).unwrap().acts, 3);
    li.check();
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let spki = Relay::key_of("li").spki();
    drop(Store::open(folder.path(), spki, None, &Seeded::new(1)).unwrap());
    let newer = Connection::open(&path).unwrap();
    newer.execute_batch("CREATE TABLE later (n); PRAGMA user_version = 7").unwrap();
    drop(newer);
    let before = fs::read(&path).unwrap();
    let refused = Store::open(folder.path(), spki, None, &Seeded::new(2)).unwrap_err();
    assert_eq!(refused, OpenError::Newer { found: 7, known: 2 });
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let spki = Relay::key_of("li").spki();
    drop(Store::open(folder.path(), spki, None, &Seeded::new(1)).unwrap());
    let older = Connection::open(&path).unwrap();
    let tables =
        "SELECT count(*) FROM sqlite_schema WHERE name NOT IN ('change_settled', 'change_aside')";
    let count = |of: &Connection| of.query_row(tables, [], |row| row.get::<_, u32>(0)).unwrap();
    let before = count(&older);
    older
        .execute_batch(
            "DROP INDEX change_settled; DROP INDEX change_aside; PRAGMA user_version = 1",
        )
        .unwrap();
    drop(older);
    let store = Store::open(folder.path(), spki, None, &Seeded::new(2)).unwrap();
    let indexes =
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('change_settled', 'change_aside')";
    let found: u32 = store.conn.query_row(indexes, [], |row| row.get(0)).unwrap();
    assert_eq!((found, count(&store.conn)), (2, before));
}

#[test]
fn a_key_is_refused_where_nothing_would_be_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    let spki = Relay::key_of("li").spki();
    let keyed = Store::open(folder.path(), spki, Some([7; 32]), &Seeded::new(1));
    assert_eq!(keyed.unwrap_err(), OpenError::NoEncryption);
    assert!(!folder.path().join("store.sqlite").exists(), "nothing in the clear");
    drop(Store::open(folder.path(), spki, None, &Seeded::new(1)).unwrap());
    let keyed = Store::open(folder.path(), spki, Some([7; 32]), &Seeded::new(1));
    assert_eq!(keyed.unwrap_err(), OpenError::NoEncryption);
}

#[test]
fn what_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    fs::write(&path, "something else that is longer than a header of SQLite".repeat(100)).unwrap();
    let before = fs::read(&path).unwrap();
    let spki = Relay::key_of("li").spki();
    let refused = Store::open(folder.path(), spki, None, &Seeded::new(1)).unwrap_err();
    assert_eq!(refused, OpenError::NotAStore);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_store_is_not_made_without_randomness() {
    let folder = tempfile::tempdir().unwrap();
    let spki = Relay::key_of("li").spki();
    let refused = Store::open(folder.path(), spki, None, &Dry).unwrap_err();
    assert!(matches!(refused, OpenError::Entropy(_)));
    // The next start makes it whole.
    Store::open(folder.path(), spki, None, &Seeded::new(1)).unwrap();
}

#[test]
fn the_file_is_written_as_it_must_be() {
    let folder = tempfile::tempdir().unwrap();
    let spki = Relay::key_of("li").spki();
    let store = Store::open(folder.path(), spki, None, &Seeded::new(1)).unwrap();
    let pragma = |name: &str| -> String {
        let value: rusqlite::types::Value =
            store.conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap();
        match value {
            rusqlite::types::Value::Integer(n) => n.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{other:?}"),
        }
    };
    for (name, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("secure_delete", "1"),
        ("journal_size_limit", "10485760"),
        ("temp_store", "2"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("foreign_keys", "0"),
        ("user_version", "2"),
    ] {
        assert_eq!(pragma(name), value, "{name}");
    }
}
