//! What is saved, what is refused, and that nothing is half done.

use doorstep_protocol::{
    id::{ActId, ChangeHash, DocumentId, Nonce, PlaceId, Point},
    limits::{CHANGE_BYTES_MAX, CHANGE_DEPS_MAX, DOCUMENT_DEVICE_ACTS_MAX},
    store::{Index as _, StoreError},
};

use rusqlite::StatementStatus;

use super::{NewAct, Phone, Relay, SaveError, value};
use crate::store::{CopyState, explain};

fn one() -> (Relay, Phone, DocumentId) {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    (relay, li, doc)
}

#[test]
fn an_act_counts_at_once_and_waits_to_be_sealed() {
    let (relay, mut li, doc) = one();
    let hash = li.act(doc, "second");
    assert_eq!(li.state_of(doc, hash), CopyState::Pending);
    assert_eq!(li.store.heads(doc).unwrap(), [hash]);
    assert_eq!(li.store.counts().unwrap().unsealed, 2);
    let copy = li.copies(doc).pop().unwrap();
    assert_eq!((copy.own, copy.seal, copy.log_seq), (true, None, None));
    assert_eq!((copy.author, copy.point), (li.member, li.point()));
    let row = li.store.document(doc).unwrap().unwrap();
    assert_eq!((row.scope, row.kind), (relay.buildings[0].scope(), 3));
    assert_eq!(li.store.documents_in(row.scope).unwrap(), [row]);
    li.check();
}

#[test]
fn the_same_act_again_is_the_same_act_and_another_one_is_refused() {
    let (relay, mut li, doc) = one();
    let act = ActId([5; 8]);
    let new = li.new_act(doc, relay.buildings[0], act, "once");
    let first = li.save(&new).unwrap();
    assert!(!first.repeated);
    // Tapped again a minute later, on a view that shows the first one.
    let again =
        NewAct { seen: li.store.heads(doc).unwrap(), value: value("once", 67), ..new.clone() };
    let second = li.save(&again).unwrap();
    assert_eq!((second.hash, second.repeated), (first.hash, true));
    let other = NewAct { value: value("twice", 67), ..again };
    assert_eq!(li.save(&other), Err(SaveError::ActIdUsed));
    assert_eq!(li.texts(doc), ["birth", "once"]);
}

#[test]
fn a_view_that_is_not_of_this_store_is_refused() {
    let (relay, mut li, doc) = one();
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), "text");
    let unknown = NewAct { seen: vec![ChangeHash([7; 32])], ..new.clone() };
    assert_eq!(li.save(&unknown), Err(SaveError::UnknownView));
    let elsewhere = NewAct { doc: DocumentId([7; 16]), ..new.clone() };
    assert_eq!(li.save(&elsewhere), Err(SaveError::UnknownDocument));
    let moved = NewAct { scope: relay.buildings[1].scope(), ..new.clone() };
    assert_eq!(li.save(&moved), Err(SaveError::UnknownDocument));
    let not_its_own =
        NewAct { doc: DocumentId([7; 16]), nonce: Some(Nonce([1; 12])), seen: vec![], ..new };
    assert_eq!(li.save(&not_its_own), Err(SaveError::WrongId));
}

#[test]
fn whoever_has_no_place_saves_nothing() {
    let (relay, mut li, doc) = one();
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), "text");
    let nowhere = NewAct { scope: PlaceId([3; 8]).scope(), ..new.clone() };
    assert_eq!(li.save(&nowhere), Err(SaveError::NoPlace));
    let never = NewAct { point: Point::default(), ..new.clone() };
    assert_eq!(li.save(&never), Err(SaveError::NotEnrolled));
    let before_enrolment = Point { seq: 2, chain8: relay.roster_log[1].1.short() };
    assert_eq!(li.save(&NewAct { point: before_enrolment, ..new }), Err(SaveError::NotEnrolled));
}

#[test]
fn a_change_has_at_most_255_dependencies() {
    let (relay, mut li, doc) = one();
    let hashes = |n: usize| (0..n).map(|n| ChangeHash([n as u8; 32])).collect::<Vec<_>>();
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), "text");
    // One's own previous change is one more.
    let at_most = NewAct { seen: hashes(CHANGE_DEPS_MAX - 1), ..new.clone() };
    assert_eq!(li.save(&at_most), Err(SaveError::UnknownView), "few enough, but not here");
    let over = NewAct { seen: hashes(CHANGE_DEPS_MAX), ..new };
    assert_eq!(li.save(&over), Err(SaveError::TooManyHeads));
}

#[test]
fn a_change_over_its_bound_is_refused_before_anything_is_called_saved() {
    let (relay, mut li, doc) = one();
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), &"x".repeat(CHANGE_BYTES_MAX));
    assert_eq!(li.save(&new), Err(SaveError::TooBig));
    assert_eq!(li.store.counts().unwrap().unsealed, 1);
}

#[test]
fn a_devices_share_of_a_document_ends_at_its_bytes() {
    let (relay, mut li, doc) = one();
    let large = "x".repeat(60_000);
    for n in 0..4 {
        li.act(doc, &format!("{n}{large}"));
    }
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), &large);
    assert_eq!(li.save(&new), Err(SaveError::DocumentFull));
    // Refused inside a transaction that goes on: nothing of it stays either.
    let saved = li.store.transaction(|tx| {
        assert_eq!(tx.append(&new), Err(SaveError::DocumentFull));
        Ok::<_, StoreError>(())
    });
    saved.unwrap();
    assert_eq!(li.copies(doc).len(), 5);
    li.act(doc, "a small one still fits");
    li.check();
}

#[test]
fn a_devices_share_of_a_document_ends_at_its_acts() {
    let (relay, mut li, doc) = one();
    let place = relay.buildings[0];
    let new = li.new_act(doc, place, ActId([5; 8]), "x");
    let full = li.store.transaction(|tx| {
        let mut seen = new.seen.clone();
        for n in 1..DOCUMENT_DEVICE_ACTS_MAX {
            let act = ActId(u64::from(n).to_be_bytes());
            seen = vec![tx.append(&NewAct { act, seen, ..new.clone() })?.hash];
        }
        let over = tx.append(&NewAct { act: ActId([9; 8]), seen, ..new.clone() });
        Ok::<_, SaveError>(over)
    });
    assert_eq!(full.unwrap(), Err(SaveError::DocumentFull));
    let usage = li.store.usage(doc, li.store.device()).unwrap();
    assert_eq!(usage.acts, DOCUMENT_DEVICE_ACTS_MAX);
}

#[test]
fn a_transaction_that_fails_leaves_nothing() {
    let (relay, mut li, doc) = one();
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), "text");
    let failed: Result<(), StoreError> = li.store.transaction(|tx| {
        tx.append(&new).unwrap();
        tx.set_meta("engine", b"1")?;
        tx.connection().execute_batch("CREATE TABLE lists (n)").unwrap();
        Err(StoreError::Failed("no".to_owned()))
    });
    assert!(failed.is_err());
    assert_eq!(li.copies(doc).len(), 1);
    assert_eq!(li.store.meta("engine").unwrap(), None);
    assert!(li.store.connection().execute_batch("SELECT n FROM lists").is_err());
}

#[test]
fn a_full_disk_says_so_and_loses_nothing() {
    let (relay, mut li, doc) = one();
    let pages: i64 = li.store.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    li.store.conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), &"x".repeat(50_000));
    assert_eq!(li.save(&new), Err(SaveError::Storage(StoreError::Full)));
    assert_eq!(li.texts(doc), ["birth"]);
    li.store.conn.pragma_update_and_check(None, "max_page_count", 100_000, |_| Ok(())).unwrap();
    li.save(&new).unwrap();
    li.check();
}

/// Rows that a query reads grow with its steps.
fn steps_of_the_first_row(phone: &Phone) -> i32 {
    let sql = explain::outgoing_sql();
    let mut statement = phone.store.conn.prepare(&sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    assert!(rows.next().unwrap().is_some());
    drop(rows);
    statement.get_status(StatementStatus::VmStep)
}

#[test]
fn the_oldest_unsent_act_is_found_at_once_however_many_wait() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    li.act(doc, "first");
    let few = steps_of_the_first_row(&li);
    for n in 0..200 {
        li.act(doc, &n.to_string());
    }
    assert_eq!(steps_of_the_first_row(&li), few);
    li.check();
    li.seal();
    let sealed = steps_of_the_first_row(&li);
    assert!(sealed < few * 2, "{sealed} and {few}");
    li.check();
}
