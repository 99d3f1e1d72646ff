//! Storms from seeds: whatever happens in whatever order, every document opens in Automerge, and when
//! the weather stops nothing that a phone held is missing anywhere.

use std::collections::BTreeSet;

use doorstep_protocol::id::{ActId, DocumentId};
use tempfile::TempDir;

use super::{Phone, Relay, Seeded, relay::MEMBERS, text_of};

struct Storm {
    relay: Relay,
    backup: Relay,
    phones: Vec<Phone>,
    /// Files that phones were put back to.
    folders: Vec<TempDir>,
    old: Vec<(usize, Phone)>,
    docs: Vec<DocumentId>,
    numbers: Seeded,
    texts: usize,
}

impl Storm {
    fn new(seed: u64) -> Self {
        let mut relay = Relay::new();
        let phones: Vec<Phone> =
            MEMBERS.iter().map(|name| Phone::enrolled(&mut relay, name)).collect();
        let backup = relay.clone();
        let numbers = Seeded::new(seed);
        for phone in &phones {
            phone.entropy.0.fetch_xor(seed << 32, std::sync::atomic::Ordering::Relaxed);
        }
        let (folders, old, docs) = (Vec::new(), Vec::new(), Vec::new());
        Self { relay, backup, phones, folders, old, docs, numbers, texts: 0 }
    }

    fn below(&self, n: usize) -> usize {
        (self.numbers.number() % n as u64) as usize
    }

    fn text(&mut self) -> String {
        self.texts += 1;
        format!("text {}", self.texts)
    }

    /// A meeting, with what an engine does after it.
    fn meet(&mut self, who: usize) {
        let phone = &mut self.phones[who];
        phone.seal();
        if self.relay.meet(phone).cloned {
            phone.store.new_incarnation(&phone.entropy, "cloned").unwrap();
            phone.seal();
            assert!(!self.relay.meet(phone).cloned, "a new incarnation is nobody's");
        }
        phone.write_again();
        let held = phone.store.held();
        phone.store.leave_logs(&held, self.relay.now, u64::MAX).unwrap();
    }

    fn step(&mut self) {
        let who = self.below(self.phones.len());
        match self.below(22) {
            0..=1 => {
                let place = self.relay.buildings[self.below(2)];
                let text = self.text();
                let phone = &mut self.phones[who];
                if phone.store.held().contains(&place.scope()) {
                    let doc = phone.found(place, &text);
                    self.docs.push(doc);
                }
            }
            2..=7 => {
                let text = self.text();
                let Some(doc) = self.docs.get(self.below(self.docs.len().max(1))).copied() else {
                    return;
                };
                let phone = &mut self.phones[who];
                let here = phone.store.document(doc).unwrap();
                if here.is_some_and(|row| phone.store.held().contains(&row.scope)) {
                    phone.act(doc, &text);
                }
            }
            8..=9 => {
                self.phones[who].seal();
            }
            10..=13 => self.meet(who),
            // The answer to a push is lost, or the log is not read after it.
            14 => {
                self.phones[who].seal();
                self.relay.push(&mut self.phones[who]);
            }
            15 => {
                let other = self.below(self.phones.len());
                let bundle = self.phones[who].store.export_bundle(None).unwrap();
                let report = self.phones[other].store.take_bundle(&bundle).unwrap();
                if report.cloned {
                    let phone = &mut self.phones[other];
                    phone.store.new_incarnation(&phone.entropy, "cloned").unwrap();
                }
            }
            16 => {
                let (copy, folder) = self.phones[who].copy();
                self.folders.push(folder);
                self.old.push((who, copy));
            }
            // A phone is put back to yesterday's file, unnoticed.
            17 => {
                if let Some((who, copy)) = self.old.pop() {
                    self.phones[who] = copy;
                }
            }
            18 => {
                self.relay.stable = self.relay.now;
                self.backup = self.relay.clone();
            }
            // The relay is restored; its roster came back from the phones.
            19 => {
                let lost = std::mem::replace(&mut self.relay, self.backup.clone());
                self.relay.now = lost.now;
                self.relay.roster = lost.roster;
                self.relay.roster_log = lost.roster_log;
            }
            _ => {
                let place = self.relay.buildings[self.below(2)];
                let given = self.below(3) > 0;
                self.relay.assign(MEMBERS[who], place, given);
            }
        }
        self.phones[who].check();
    }

    /// Every act that a phone holds, by document.
    fn held(&self) -> BTreeSet<(DocumentId, ActId, String)> {
        let mut held = BTreeSet::new();
        for phone in &self.phones {
            for doc in &self.docs {
                for copy in phone.copies(*doc) {
                    held.insert((*doc, copy.act, text_of(&copy.value)));
                }
            }
        }
        held
    }
}

fn storm(seed: u64, steps: usize) {
    let mut storm = Storm::new(seed);
    for _ in 0..steps {
        storm.step();
    }
    for name in MEMBERS {
        for place in storm.relay.buildings {
            storm.relay.assign(name, place, true);
        }
    }
    let held = storm.held();
    for _ in 0..5 {
        for who in 0..storm.phones.len() {
            storm.meet(who);
            storm.phones[who].check();
        }
    }
    for phone in &storm.phones {
        for (doc, _, text) in &held {
            let found = phone.texts(*doc).into_iter().filter(|found| found == text).count();
            assert_eq!(found, 1, "seed {seed}: nothing is lost, nothing counts twice");
        }
        for doc in &storm.docs {
            let everywhere = storm.phones[0].texts(*doc);
            assert_eq!(phone.texts(*doc), everywhere, "seed {seed}: all see the same");
        }
        assert_eq!(phone.store.counts().unwrap().unsealed, 0, "seed {seed}");
        assert_eq!(phone.store.outgoing().unwrap(), [], "seed {seed}");
    }
}

#[test]
fn every_document_opens_after_every_step_and_nothing_is_lost() {
    for seed in 1..=20 {
        storm(seed, 60);
    }
}
