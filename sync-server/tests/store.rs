//! The relay's database: numbers without gaps, commits that last, bounds that hold.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::collections::BTreeSet;

use doorstep_protocol::{
    frame::Refusal,
    head::ReceiptItem,
    id::{Point, Scope},
    log::Verdict,
    relay_session::{SealsTaken, admit_seals},
    seal::{Seal, WirePart},
    store::{Index as _, RelayStore as _},
};
use doorstep_relay::{
    realm::{DATABASE_FILE, init},
    store::{OpenError, RelayDb},
};
use support::{HOUR_MS, Phone, START_MS, building, entropy, file, roster, small};

fn scope_and_point(db: &RelayDb) -> (Scope, Point) {
    (building(db, "G1-1").scope(), roster(db, "B1").tip_point())
}

fn admit(
    db: &mut RelayDb,
    seals: &[Vec<u8>],
    now_ms: u64,
) -> (Vec<ReceiptItem>, Vec<(u64, Refusal)>) {
    let SealsTaken { receipts, refused, .. } = admit_seals(db, seals, now_ms).unwrap();
    (receipts, refused)
}

#[test]
fn numbers_are_dense_and_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &file(), entropy(1), START_MS).unwrap();
    let path = folder.path().join(DATABASE_FILE);
    let mut db = RelayDb::open(&path, entropy(2)).unwrap();
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (scope, point) = scope_and_point(&db);
    let realm = db.realm();
    let mut seals = Vec::new();
    for n in 0..5 {
        let (_, part) = phone.birth(&realm, scope, &[n + 1]);
        seals.push(phone.seal(&realm, scope, point, vec![part]).encode());
    }
    let (items, refused) = admit(&mut db, &seals[..3], START_MS + 10);
    assert_eq!((items.len(), refused.len()), (3, 0));
    let head = db.head(scope).unwrap();
    drop(db);

    let mut db = RelayDb::open(&path, entropy(3)).unwrap();
    assert_eq!(db.head(scope).unwrap(), head);
    assert_eq!(db.rosters().len(), 4);
    let (items, _) = admit(&mut db, &seals, START_MS + 20);
    assert_eq!(items.iter().map(|item| item.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let stored = db.read(scope, 1, usize::MAX).unwrap();
    assert_eq!(stored.iter().map(|e| e.entry.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let chain = stored.iter().fold(db.chain_at(scope, 0).unwrap().unwrap(), |chain, stored| {
        let next = doorstep_protocol::log::chain_next(&chain, &stored.entry.hash(&realm));
        assert_eq!(next, stored.chain);
        next
    });
    assert_eq!(db.head(scope).unwrap(), (5, chain));
    assert_eq!(db.chain_at(scope, 6).unwrap(), None);
    assert_eq!(db.newest_in(scope, phone.device()).unwrap(), 5);
    assert_eq!(db.read(scope, 2, 1).unwrap().len(), 1, "at least one, whatever its size");
}

#[test]
fn a_rollback_takes_back_log_index_and_rosters() {
    let mut db = small();
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (scope, point) = scope_and_point(&db);
    let realm = db.realm();
    let (made, part) = phone.birth(&realm, scope, b"value");
    let seal = phone.seal(&realm, scope, point, vec![part]);
    db.take_appended();
    let tips: Vec<_> = db.rosters().iter().map(|roster| roster.tip_point()).collect();

    db.begin().unwrap();
    let member = support::member(&db, "M2");
    let invited = db.invite(member, 15, true, START_MS).unwrap();
    let other = Phone::new(8, member);
    use doorstep_protocol::key::DeviceKey as _;
    db.enrol(invited.token, &other.key.spki(), START_MS).unwrap();
    assert!(roster(&db, "B2").tip().device(other.device()).is_some());
    db.rollback();

    assert!(roster(&db, "B2").tip().device(other.device()).is_none());
    assert_eq!(tips, db.rosters().iter().map(|roster| roster.tip_point()).collect::<Vec<_>>());
    assert_eq!(db.take_appended(), BTreeSet::new());
    let (items, _) = admit(&mut db, &[seal.encode()], START_MS);
    assert_eq!(items[0].seq, 1);
    assert_eq!(db.take_appended(), BTreeSet::from([scope]));
    assert!(db.document(made.doc).unwrap().is_some());
    // What memory has is what the file has.
    assert_eq!(db.register().unwrap().standing(), db.register().unwrap().view().records());
}

#[test]
fn relay_time_never_falls_in_a_log() {
    let mut db = small();
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (scope, point) = scope_and_point(&db);
    let realm = db.realm();
    for (n, now) in [START_MS + HOUR_MS, START_MS, START_MS + 2 * HOUR_MS].into_iter().enumerate() {
        let (_, part) = phone.birth(&realm, scope, &[n as u8 + 1]);
        let seal = phone.seal(&realm, scope, point, vec![part]).encode();
        admit(&mut db, &[seal], now);
    }
    let times: Vec<u64> =
        db.read(scope, 1, usize::MAX).unwrap().iter().map(|e| e.entry.relay_time).collect();
    assert_eq!(times, [START_MS + HOUR_MS, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS]);
}

#[test]
fn an_author_has_a_daily_quota_and_what_is_known_is_free() {
    let mut db = small();
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (scope, point) = scope_and_point(&db);
    let realm = db.realm();
    let mut seal = |n: u8| {
        let (_, part) = phone.birth(&realm, scope, &[n; 100]);
        phone.seal(&realm, scope, point, vec![part]).encode()
    };
    let (first, second) = (seal(1), seal(2));
    db.set_author_day_bytes_max(first.len() as u64 + second.len() as u64 - 1);
    let (items, refused) = admit(&mut db, &[first.clone(), second.clone()], START_MS);
    assert_eq!((items.len(), refused), (1, vec![(1, Refusal::Quota)]));
    let (items, refused) = admit(&mut db, &[first], START_MS);
    assert_eq!((items.len(), refused.len()), (1, 0), "known: a receipt, no charge");
    // The realm's day ends at 16:00 UTC: its local time is eight hours east.
    let (_, refused) = admit(&mut db, std::slice::from_ref(&second), START_MS + 15 * HOUR_MS);
    assert_eq!(refused, [(0, Refusal::Quota)]);
    let (items, _) = admit(&mut db, &[second], START_MS + 16 * HOUR_MS);
    assert_eq!(items.len(), 1);
}

#[test]
fn the_index_knows_documents_usage_and_what_was_set_aside() {
    let mut db = small();
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (scope, point) = scope_and_point(&db);
    let realm = db.realm();
    let (mut made, birth) = phone.birth(&realm, scope, b"one");
    let next = phone.next(&mut made, b"two");
    // The same number again with other content: a store that was rolled back unnoticed.
    let mut fork = made.clone();
    fork.seq = 1;
    fork.last.hash = doorstep_protocol::change::chunk_hash(&birth.changes[0]).unwrap();
    let twin = phone.next(&mut fork, b"other");
    let sizes = birth.raw_bytes() + next.raw_bytes();
    let seals: Vec<Vec<u8>> = [birth, next, twin]
        .into_iter()
        .map(|part| phone.seal(&realm, scope, point, vec![part]).encode())
        .collect();
    let (items, _) = admit(&mut db, &seals, START_MS);
    let verdicts: Vec<Verdict> = items.iter().flat_map(|item| item.verdicts.clone()).collect();
    assert_eq!(verdicts, [Verdict::Applied, Verdict::Applied, Verdict::Twin]);

    let known = db.document(made.doc).unwrap().unwrap();
    assert_eq!((known.scope, known.creator, known.nonce), (scope, phone.member, Some(made.nonce)));
    let usage = db.usage(made.doc, phone.device()).unwrap();
    assert_eq!((usage.acts, usage.bytes), (2, sizes as u64));
    let counts = db.counts().unwrap();
    assert_eq!((counts.seals, counts.changes_applied, counts.changes_aside), (3, 2, 1));

    let changes = db.document_changes(made.doc).unwrap();
    let values: Vec<_> = changes.iter().map(|c| (c.value.as_slice(), c.verdict)).collect();
    assert_eq!(
        values,
        [(&b"one"[..], Verdict::Applied), (b"two", Verdict::Applied), (b"other", Verdict::Twin)]
    );
    assert!(changes.iter().all(|change| change.author == phone.member && change.point == point));
    let mut seqs = Vec::new();
    db.for_each_seal(scope, &mut |row| {
        seqs.push(row.seq);
        row.seq < 2
    })
    .unwrap();
    assert_eq!(seqs, [1, 2], "it stops when it is told to");
}

#[test]
fn a_nonce_that_was_left_out_is_filled_in_for_later_readers() {
    let mut db = small();
    let mut phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    let (scope, point) = scope_and_point(&db);
    let realm = db.realm();
    let (mut made, birth) = phone.birth(&realm, scope, b"one");
    let birth = phone.seal(&realm, scope, point, vec![birth]).encode();
    let next = phone.next(&mut made, b"two");
    let whole = phone.seal(&realm, scope, point, vec![next]);
    let parts = whole.parts.iter().flatten().cloned();
    let slim = Seal {
        parts: parts.map(|part| Some(WirePart { nonce: None, ..part })).collect(),
        ..whole.clone()
    };
    let (items, refused) = admit(&mut db, &[birth, slim.encode()], START_MS);
    assert_eq!((items.len(), refused.len()), (2, 0));
    let stored = db.read(scope, 2, usize::MAX).unwrap();
    let bytes = stored[0].seal.as_ref().unwrap().bytes.clone();
    assert_eq!(bytes, Some(whole.encode()));
}

#[test]
fn what_another_process_wrote_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &file(), entropy(1), START_MS).unwrap();
    let path = folder.path().join(DATABASE_FILE);
    let mut serving = RelayDb::open(&path, entropy(2)).unwrap();
    let mut operator = RelayDb::open(&path, entropy(3)).unwrap();
    let phone = Phone::enrolled(&mut operator, 7, "M1", START_MS);
    let scope = roster(&operator, "B1").scope();
    assert!(roster(&serving, "B1").tip().device(phone.device()).is_none());
    serving.refresh().unwrap();
    assert!(roster(&serving, "B1").tip().device(phone.device()).is_some());
    assert_eq!(serving.take_appended(), BTreeSet::from([scope]));
    serving.refresh().unwrap();
    assert_eq!(serving.take_appended(), BTreeSet::new());
    // A transaction begins with what others have committed.
    operator.revoke(phone.device(), START_MS).unwrap();
    serving.begin().unwrap();
    assert!(roster(&serving, "B1").tip().device(phone.device()).is_none());
    serving.rollback();
    assert!(roster(&serving, "B1").tip().device(phone.device()).is_none());
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &file(), entropy(1), START_MS).unwrap();
    let path = folder.path().join(DATABASE_FILE);
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    assert_eq!(RelayDb::open(&path, entropy(2)).unwrap_err(), OpenError::Newer(2));
    assert!(matches!(
        RelayDb::open(&folder.path().join("elsewhere"), entropy(2)),
        Err(OpenError::Missing(_))
    ));
}

#[test]
fn a_transaction_within_a_transaction_is_an_error_and_harms_nothing() {
    let mut db = small();
    db.begin().unwrap();
    assert!(db.begin().is_err());
    db.commit().unwrap();
    assert!(db.begin().is_ok());
    db.rollback();
    db.rollback();
}
