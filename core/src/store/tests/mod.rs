//! The store against a relay made by hand from protocol's own rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says by a panic that it failed"
)]

mod bundle;
mod burst;
mod files;
mod incarnation;
mod leave;
mod random;
mod rebase;
mod relay;
mod saving;
mod sealing;

use std::sync::atomic::{AtomicU64, Ordering};

use automerge::{Automerge, Change as Theirs, ReadDoc as _};
use doorstep_protocol::{
    cbor::Value,
    id::{ActId, ChangeHash, DocumentId, MemberId, Nonce, PlaceId, Point, Scope},
    key::{DeviceKey, SoftwareKey},
    store::DeviceStore,
};

use super::{CopyState, Entropy, EntropyError, NewAct, SaveError, Saved, Store, StoredCopy};
use relay::Relay;

/// Random bytes from a seed.
pub(super) struct Seeded(AtomicU64);

impl Seeded {
    fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn number(&self) -> u64 {
        let x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

impl Entropy for Seeded {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in out.chunks_mut(8) {
            let bytes = self.number().to_be_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}

/// No random bytes.
struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

/// A member's phone.
struct Phone {
    store: Store,
    key: SoftwareKey,
    member: MemberId,
    entropy: Seeded,
}

impl Phone {
    /// Of one of the relay's members, enrolled, with nothing in it.
    fn new(relay: &Relay, name: &str) -> Self {
        let key = Relay::key_of(name);
        let entropy = Seeded::new(u64::from(name.as_bytes()[0]));
        let mut store = Store::open_in_memory(key.spki(), &entropy).unwrap();
        store.join(relay.realm).unwrap();
        Self { store, key, member: MemberId::of(&relay.realm, name), entropy }
    }

    /// As [`Self::new`], after a first meeting.
    fn enrolled(relay: &mut Relay, name: &str) -> Self {
        let mut phone = Self::new(relay, name);
        relay.meet(&mut phone);
        phone
    }

    fn point(&self) -> Point {
        self.store.view().rosters()[0].tip_point()
    }

    /// A new document with its first act.
    fn found(&mut self, place: PlaceId, text: &str) -> DocumentId {
        let nonce = Nonce(self.entropy.number().to_be_bytes().repeat(2)[..12].try_into().unwrap());
        let realm = self.store.realm();
        let doc = DocumentId::of(&realm, place.scope(), 3, self.member, &nonce);
        let act = self.act_id();
        let new =
            NewAct { nonce: Some(nonce), seen: vec![], ..self.new_act(doc, place, act, text) };
        if self.save(&new) == Err(SaveError::NeedIncarnation) {
            self.store.new_incarnation(&self.entropy, "spent").unwrap();
            self.save(&new).unwrap();
        }
        doc
    }

    /// An act on all that is in the document.
    fn act(&mut self, doc: DocumentId, text: &str) -> ChangeHash {
        let place = self.store.document(doc).unwrap().unwrap().scope.place();
        let act = self.act_id();
        let new = self.new_act(doc, place, act, text);
        match self.save(&new) {
            Err(SaveError::NeedIncarnation) => {
                self.store.new_incarnation(&self.entropy, "spent").unwrap();
                let new = NewAct { seen: self.store.heads(doc).unwrap(), ..new };
                self.save(&new).unwrap().hash
            }
            saved => saved.unwrap().hash,
        }
    }

    fn act_id(&self) -> ActId {
        ActId(self.entropy.number().to_be_bytes())
    }

    fn new_act(&self, doc: DocumentId, place: PlaceId, act: ActId, text: &str) -> NewAct {
        NewAct {
            doc,
            scope: place.scope(),
            kind: 3,
            nonce: None,
            act,
            seen: self.store.heads(doc).unwrap(),
            value: value(text, 7),
            point: self.point(),
        }
    }

    fn save(&mut self, new: &NewAct) -> Result<Saved, SaveError> {
        self.store.transaction(|tx| tx.append(new))
    }

    fn seal(&mut self) -> usize {
        let key = self.key.clone();
        self.store.seal_unsealed(&key).unwrap()
    }

    fn write_again(&mut self) -> usize {
        self.store.write_again_set_aside(&self.entropy).unwrap()
    }

    /// The same store on another phone: what a backup, or a thief, gives.
    fn copy(&self) -> (Self, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        self.store.conn.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
        let entropy = Seeded::new(self.entropy.number());
        let store = Store::open(folder.path(), self.key.spki(), None, &entropy).unwrap();
        (Self { store, key: self.key.clone(), member: self.member, entropy }, folder)
    }

    fn copies(&self, doc: DocumentId) -> Vec<StoredCopy> {
        self.store.copies(doc).unwrap()
    }

    fn state_of(&self, doc: DocumentId, hash: ChangeHash) -> CopyState {
        self.copies(doc).into_iter().find(|copy| copy.hash == hash).unwrap().state
    }

    /// The texts that count, each once, sorted.
    fn texts(&self, doc: DocumentId) -> Vec<String> {
        let mut texts: Vec<((MemberId, ActId), String)> = self
            .copies(doc)
            .into_iter()
            .filter(|copy| copy.state.counts())
            .map(|copy| ((copy.author, copy.act), text_of(&copy.value)))
            .collect();
        texts.sort();
        texts.dedup_by_key(|(identity, _)| *identity);
        let mut texts: Vec<String> = texts.into_iter().map(|(_, text)| text).collect();
        texts.sort();
        texts
    }

    fn alarm_names(&self) -> Vec<String> {
        self.store.alarms().unwrap().into_iter().map(|alarm| alarm.name).collect()
    }

    /// Every document opens in Automerge with just the changes that count and the same heads, and
    /// what Automerge saves loads again.
    fn check(&self) {
        let docs: Vec<DocumentId> = {
            let mut statement = self.store.conn.prepare("SELECT doc FROM document").unwrap();
            let docs =
                statement.query_map([], |row| super::rows::id(row, 0, DocumentId::from_slice));
            docs.unwrap().collect::<Result<_, _>>().unwrap()
        };
        for doc in docs {
            let counting: Vec<StoredCopy> =
                self.copies(doc).into_iter().filter(|copy| copy.state.counts()).collect();
            let mut theirs = Automerge::new();
            let changes = counting.iter().map(|copy| Theirs::from_bytes(copy.raw.clone()).unwrap());
            theirs.apply_changes(changes.collect::<Vec<_>>()).unwrap();
            assert!(theirs.get_missing_deps(&[]).is_empty(), "closed under dependencies");
            let loaded = Automerge::load(&theirs.save()).unwrap();
            let mut heads: Vec<ChangeHash> =
                loaded.get_heads().into_iter().map(|head| ChangeHash(head.0)).collect();
            heads.sort();
            assert_eq!(heads, self.store.heads(doc).unwrap());
            assert_eq!(loaded.get_changes(&[]).len(), counting.len());
        }
        self.check_status();
    }

    /// The counts and the oldest are those of what they are short for.
    fn check_status(&self) {
        let outgoing = self.store.outgoing().unwrap();
        let oldest = outgoing.iter().find(|item| item.receipt.is_none()).map(|item| {
            let copies = self.store.copies(item.doc).unwrap();
            copies.into_iter().find(|copy| copy.hash == item.hash).unwrap().value
        });
        assert_eq!(self.store.oldest_unsent().unwrap(), oldest);
        let count = |condition: &str| {
            let sql = format!(
                "SELECT count(*) FROM change c JOIN part p ON p.n = c.part \
                 JOIN seal s ON s.n = p.seal WHERE c.own = 1 AND c.state > 0 \
                 AND s.log_seq IS NULL AND s.receipt IS {condition}"
            );
            self.store.conn.query_row(&sql, [], |row| super::rows::time(row, 0)).unwrap()
        };
        let counts = self.store.counts().unwrap();
        assert_eq!((counts.unsent, counts.receipted_unmet), (count("NULL"), count("NOT NULL")));
        self.check_undelivered();
    }

    /// Of each document, own acts of which no copy was applied by the log or has a receipt.
    fn check_undelivered(&self) {
        let sql = "SELECT d.doc, (SELECT count(DISTINCT c.act) FROM change c WHERE c.doc = d.doc \
             AND c.own = 1 AND c.state > 0 AND NOT EXISTS (SELECT 1 FROM change o \
             LEFT JOIN part p ON p.n = o.part LEFT JOIN seal s ON s.n = p.seal \
             WHERE o.doc = c.doc AND o.act = c.act AND o.author = c.author \
             AND (o.state = 0 OR (o.state = 1 AND s.receipt IS NOT NULL)))) FROM document d";
        let mut statement = self.store.conn.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (doc, expected) = (DocumentId(row.get(0).unwrap()), row.get::<_, u32>(1).unwrap());
            let found = crate::projection::undelivered(&self.store.conn, doc).unwrap();
            assert_eq!(found, expected);
        }
    }
}

/// The bytes of an act that says one text.
fn value(text: &str, claimed: u64) -> Vec<u8> {
    Value::Array(vec![
        Value::U64(1),
        Value::U64(claimed),
        Value::U64(0),
        Value::Bool(true),
        Value::Null,
        Value::Array(vec![Value::Array(vec![Value::U64(21), Value::Text(text.to_owned())])]),
    ])
    .encode()
}

fn text_of(value: &[u8]) -> String {
    let value = Value::decode(value).unwrap();
    let events = value.as_array().unwrap()[5].as_array().unwrap();
    events[0].as_array().unwrap()[1].as_text().unwrap().to_owned()
}

fn scopes(places: &[PlaceId]) -> std::collections::BTreeSet<Scope> {
    places.iter().map(|place| place.scope()).collect()
}
