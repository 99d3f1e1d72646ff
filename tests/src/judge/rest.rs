//! What must hold when the weather is over and everybody has met.

use std::collections::{BTreeMap, BTreeSet};

use automerge::Automerge;
use doorstep_core::{Engine, Filter, Page, SyncState, store::Store};
use doorstep_domain::{
    event::{Act, Decoded},
    figures::{Row, figures, row},
    fold,
    input::{Copy, Document},
};
use doorstep_protocol::{
    id::{ActId, ChangeHash, DocumentId, DocumentKind, MemberId, PlaceId, Point},
    log::Verdict,
    roster::{Roster, RosterAt, Rosters},
    store::RelayStore as _,
};
use serde_json::Value;

use crate::world::World;

/// The rosters of one side: a point is of whichever has it.
struct Held<'a>(&'a [Roster]);

impl Rosters for Held<'_> {
    fn at(&self, point: Point) -> Option<RosterAt<'_>> {
        self.0.at(point)
    }
}

/// A document as the relay's log makes it.
struct AtRelay {
    place: PlaceId,
    state: Value,
    row: Option<Row>,
    hashes: BTreeSet<ChangeHash>,
}

impl World {
    /// What phones still wait for; empty = everything is at rest.
    pub fn restless(&mut self) -> String {
        let mut found = Vec::new();
        for name in self.names() {
            let engine = self.phone_mut(&name).engine();
            let status = engine.sync_status().unwrap();
            let revoked = status.state == SyncState::Revoked && status.unsent.changes == 0;
            if status.state != SyncState::InStep && !revoked {
                let explained = engine.explain().unwrap();
                let reasons: BTreeSet<String> =
                    explained.iter().map(|item| format!("{:?}", item.reason)).collect();
                let alarms: BTreeSet<&str> =
                    status.alarms.iter().map(|alarm| alarm.name.as_str()).collect();
                let (state, unsent) = (status.state, status.unsent);
                found.push(format!("{name} {state:?} {unsent:?} {reasons:?} {alarms:?}"));
            }
        }
        found.join("; ")
    }

    /// A line of which no copy is left is excused where the phone that saved it was lost or rolled back:
    /// then no phone lost it by its own doing.
    pub(crate) fn excuse(&mut self) {
        let is_open = |line: &crate::ledger::Line| line.origin_gone && !line.excused;
        let docs: BTreeSet<DocumentId> =
            self.ledger.lines.iter().filter(|line| is_open(line)).map(|line| line.doc).collect();
        if docs.is_empty() {
            return;
        }
        let mut left: BTreeSet<(DocumentId, ActId)> = BTreeSet::new();
        for name in self.names() {
            if self.is_in_call(&name) {
                self.kill(&name);
            }
            let store = self.phone_mut(&name).bare_store();
            for doc in &docs {
                left.extend(store.copies(*doc).unwrap().into_iter().map(|copy| (*doc, copy.act)));
            }
        }
        for doc in &docs {
            let changes = self.relay.db().document_changes(*doc).unwrap();
            left.extend(changes.into_iter().map(|change| (*doc, change.act)));
        }
        for line in self.ledger.lines.iter_mut().filter(|line| is_open(line)) {
            line.excused = !left.contains(&(line.doc, line.act));
        }
    }

    /// Everything.
    pub(crate) fn judge_all(&mut self) {
        self.look_at_relay();
        self.judge_receipts();
        self.judge_restored();
        self.judge_ledger();
        let relay = self.documents_at_relay();
        for name in self.names() {
            self.judge_phone(&name, &relay);
        }
        self.judge_lists();
        for name in self.names() {
            self.judge_files(&name, &relay);
        }
        let db = self.relay.db();
        let tips: Vec<String> = db
            .scopes()
            .unwrap()
            .into_iter()
            .map(|log| format!("{}:{}", log.scope, db.head(log.scope).unwrap().1))
            .collect();
        self.note(format!("at rest: {}", tips.join(" ")));
    }

    /// What a restore took away is back, seal by seal. Where a phone was lost or rolled back besides,
    /// its acts may have come back in other seals: the ledger says.
    fn judge_restored(&self) {
        if self.ledger.lines.iter().any(|line| line.origin_gone) {
            return;
        }
        for seal in &self.judge.lost_by_restore {
            if self.relay.db().seal_place(*seal).unwrap().is_none() {
                self.fail(&format!("seal {seal} was taken by a restore and is not back"));
            }
        }
    }

    /// What was saved is at the relay, as it was said; and nothing is there that nobody saved.
    fn judge_ledger(&self) {
        let db = self.relay.db();
        let mut said: BTreeSet<(DocumentId, MemberId, ActId)> = BTreeSet::new();
        for line in &self.ledger.lines {
            said.insert((line.doc, line.member, line.act));
            if line.excused {
                continue;
            }
            let changes = db.document_changes(line.doc).unwrap();
            let copies =
                || changes.iter().filter(|copy| (copy.author, copy.act) == (line.member, line.act));
            let Some(copy) = copies().find(|copy| copy.verdict == Verdict::Applied) else {
                let verdicts: Vec<Verdict> = copies().map(|copy| copy.verdict).collect();
                self.fail(&format!(
                    "lost: act {} of {} in {} ({}) is not applied at the relay: {verdicts:?}",
                    line.act,
                    line.phone,
                    line.doc,
                    line.kinds.join(" ")
                ));
            };
            // What is of a newer schema, or no act at all, has no kinds: its words tell it.
            let events = match Act::decode(&copy.value) {
                Decoded::Act { events, .. } => events,
                _ => Vec::new(),
            };
            let kinds: Vec<&str> = events.iter().flatten().map(|event| event.word()).collect();
            let words = line.words.as_bytes();
            let has_words =
                words.is_empty() || copy.value.windows(words.len()).any(|part| part == words);
            if kinds != line.kinds || !has_words {
                self.fail(&format!("act {} says something else at the relay", line.act));
            }
        }
        for log in db.scopes().unwrap().into_iter().filter(|log| log.roster_of.is_none()) {
            for (doc, _) in db.documents(log.scope).unwrap() {
                for change in db.document_changes(doc).unwrap() {
                    if !said.contains(&(doc, change.author, change.act)) {
                        self.fail(&format!(
                            "act {} in {doc} is there, and nobody said it",
                            change.act
                        ));
                    }
                }
            }
        }
    }

    /// All documents, folded from the relay's logs by another reader.
    fn documents_at_relay(&self) -> BTreeMap<DocumentId, AtRelay> {
        let db = self.relay.db();
        let rosters = Held(db.rosters());
        let mut out = BTreeMap::new();
        for log in db.scopes().unwrap().into_iter().filter(|log| log.roster_of.is_none()) {
            for (id, kind) in db.documents(log.scope).unwrap() {
                let mut applied = db.document_changes(id).unwrap();
                applied.retain(|change| change.verdict == Verdict::Applied);
                let hashes = applied.iter().map(|change| change.hash).collect();
                let creator = applied[0].author;
                let copy = |change: doorstep_relay::store::DocumentChange| Copy {
                    hash: change.hash,
                    deps: change.deps,
                    author: change.author,
                    act: change.act,
                    value: change.value,
                    point: change.point,
                    relay_time_ms: Some(change.relay_time),
                    held: false,
                };
                let copies: Vec<Copy> = applied.into_iter().map(copy).collect();
                let kind = DocumentKind::from_number(kind).unwrap();
                let place = log.scope.place();
                let document = Document { id, kind, place, creator, copies: &copies };
                let state = folded(&document, &rosters);
                out.insert(id, AtRelay { place, state, row: row(&document, &rosters), hashes });
            }
        }
        out
    }

    /// A phone shows what the relay's logs make, for every log that it holds, and nothing else.
    fn judge_phone(&mut self, name: &str, relay: &BTreeMap<DocumentId, AtRelay>) {
        let engine = self.phone_mut(name).engine();
        let held = engine.my_logs();
        let shown: BTreeSet<DocumentId> = lists(&engine).into_keys().collect();
        let is_held = |document: &AtRelay| held.contains(&document.place);
        let expected: BTreeSet<DocumentId> =
            relay.iter().filter(|(_, document)| is_held(document)).map(|(id, _)| *id).collect();
        if let Some(id) = expected.difference(&shown).next() {
            self.fail(&format!("{name} holds the log of {id} and does not show it"));
        }
        if let Some(id) = shown.difference(&expected).next() {
            self.fail(&format!("{name} shows {id}, which is in no log that it holds"));
        }
        for id in expected {
            let AtRelay { state: there, hashes, .. } = &relay[&id];
            let here = record(&engine, id);
            if here != *there {
                self.fail(&format!(
                    "{name} and the relay's log make different things of {id}:\n{here}\n{there}"
                ));
            }
            let bytes = engine.automerge_bytes(id).unwrap();
            let Some(document) = bytes.and_then(|bytes| Automerge::load(&bytes).ok()) else {
                self.fail(&format!("{name}: Automerge does not open {id}"));
            };
            let changes = document.get_changes(&[]);
            let here: BTreeSet<ChangeHash> =
                changes.iter().map(|change| ChangeHash(change.hash().0)).collect();
            if here != *hashes {
                self.fail(&format!("{name} has other changes of {id} than the relay"));
            }
        }
    }

    /// Phones that show a document have the same line of it in their lists.
    fn judge_lists(&mut self) {
        let mut seen: BTreeMap<DocumentId, (String, Value)> = BTreeMap::new();
        for name in self.names() {
            let engine = self.phone_mut(&name).engine();
            for (id, line) in lists(&engine) {
                let (other, was) = seen.entry(id).or_insert_with(|| (name.clone(), line.clone()));
                if *was != line {
                    let what =
                        format!("{name} and {other} have different lines of {id}:\n{line}\n{was}");
                    self.fail(&what);
                }
            }
        }
    }

    /// The files are whole, and the figures made from them are the relay's.
    fn judge_files(&mut self, name: &str, relay: &BTreeMap<DocumentId, AtRelay>) {
        let phone = self.phone_mut(name);
        let held = phone.engine().my_logs();
        let folder = phone.folder.clone();
        let here = figures(&rows_of(&phone.bare_store(), &held));
        let there = relay.values().filter(|document| held.contains(&document.place));
        let there: Vec<Row> = there.filter_map(|document| document.row.clone()).collect();
        let there = figures(&there);
        if here != there {
            self.fail(&format!("{name} counts otherwise than the relay:\n{here:?}\n{there:?}"));
        }
        let file = folder.join("store.sqlite");
        assert!(file.exists(), "the name of a store's file has changed");
        let connection = rusqlite::Connection::open(&file).unwrap();
        let found: String =
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        if found != "ok" {
            self.fail(&format!("{name}: the file is damaged: {found}"));
        }
    }
}

fn folded(document: &Document<'_>, rosters: &dyn Rosters) -> Value {
    let value = match document.kind {
        DocumentKind::Household => serde_json::to_value(fold::household::fold(document, rosters)),
        DocumentKind::Visit => serde_json::to_value(fold::visit::fold(document, rosters)),
        DocumentKind::Grievance => serde_json::to_value(fold::grievance::fold(document, rosters)),
        DocumentKind::Meeting => serde_json::to_value(fold::meeting::fold(document, rosters)),
    };
    value.unwrap()
}

/// A document as a phone shows it, without what is the phone's own.
fn record(engine: &Engine, id: DocumentId) -> Value {
    let grievance = engine.grievance(id).unwrap().map(|r| serde_json::to_value(r.state).unwrap());
    let visit = engine.visit(id).unwrap().map(|r| serde_json::to_value(r.state).unwrap());
    let household = engine.household(id).unwrap().map(|r| serde_json::to_value(r.state).unwrap());
    let meeting = engine.meeting(id).unwrap().map(|r| serde_json::to_value(r.state).unwrap());
    grievance.or(visit).or(household).or(meeting).unwrap_or_default()
}

/// All lines of all lists, without what is the phone's own.
fn lists(engine: &Engine) -> BTreeMap<DocumentId, Value> {
    let mut out = BTreeMap::new();
    macro_rules! all {
        ($list:ident) => {
            let mut page = Page::default();
            loop {
                let lines = engine.$list(&Filter::default(), &page).unwrap();
                let Some(last) = lines.last() else { break };
                page = Page::after(last.position.clone(), 0);
                for line in lines {
                    let mut value = serde_json::to_value(&line).unwrap();
                    value.as_object_mut().unwrap().remove("delivery");
                    let twice = out.insert(line.doc, value).is_some();
                    assert!(!twice, "document {} stands twice in a list", line.doc);
                }
            }
        };
    }
    all!(households);
    all!(visits);
    all!(grievances);
    all!(meetings);
    out
}

/// The figure rows of a phone's store, of the logs that it holds.
fn rows_of(store: &Store, held: &BTreeSet<PlaceId>) -> Vec<Row> {
    let mut out = Vec::new();
    for place in held {
        for found in store.documents_in(place.scope()).unwrap() {
            let mut stored = store.copies(found.doc).unwrap();
            stored.retain(|copy| copy.state.counts());
            let copy = |copy: doorstep_core::store::StoredCopy| Copy {
                hash: copy.hash,
                deps: copy.deps,
                author: copy.author,
                act: copy.act,
                value: copy.value,
                point: copy.point,
                relay_time_ms: copy.relay_time,
                held: false,
            };
            let copies: Vec<Copy> = stored.into_iter().map(copy).collect();
            let document = Document {
                id: found.doc,
                kind: DocumentKind::from_number(found.kind).unwrap(),
                place: *place,
                creator: found.creator,
                copies: &copies,
            };
            out.extend(row(&document, &Held(store.view().rosters())));
        }
    }
    out
}
