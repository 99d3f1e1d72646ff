//! The judge: looks after every step, and at everything when the weather is over.
//!
//! It believes nobody: what was saved stands in the world's own ledger, and is compared by content with
//! the relay and with every phone.

mod rest;

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    change::guard,
    id::{ActId, Chain, DocumentId, MemberId, RealmId, Scope, SealId},
    log::{EntryBody, Verdict, chain_next, chain_start},
    seal::Seal,
    store::RelayStore as _,
};

use crate::world::World;

/// An act in a document: what counts once.
pub type Identity = (MemberId, ActId, DocumentId);

/// What the judge has seen so far.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    /// The realm.
    pub realm: RealmId,
    /// How far each log of the relay was looked at.
    logs: BTreeMap<Scope, (u32, Chain)>,
    /// Acts that the relay ever had applied.
    pub applied: BTreeSet<Identity>,
    /// Seals that a phone has a receipt for, and which phone.
    pub receipted: BTreeMap<SealId, String>,
    /// Seals that a restore took from the relay: they must come back.
    pub lost_by_restore: BTreeSet<SealId>,
    /// Looks, for the report.
    pub looks: u64,
}

impl Judge {
    /// Who has seen nothing yet of this realm.
    pub fn of(realm: RealmId) -> Self {
        Self { realm, ..Self::default() }
    }

    /// A phone heard of receipts.
    pub fn hears(&mut self, phone: &str, seals: BTreeSet<SealId>) {
        for seal in seals {
            self.receipted.entry(seal).or_insert_with(|| phone.to_owned());
        }
    }
}

impl World {
    /// Every log of the relay is dense, its chain follows from its entries, and it only grows.
    pub(crate) fn look_at_relay(&mut self) {
        self.judge.looks += 1;
        if let Err(what) = self.read_relay() {
            self.fail(&what);
        }
    }

    fn read_relay(&mut self) -> Result<(), String> {
        let db = self.relay.db();
        let realm = self.judge.realm;
        for log in db.scopes().unwrap() {
            let scope = log.scope;
            let start = (0, chain_start(&realm, scope));
            let tip = self.judge.logs.entry(scope).or_insert(start);
            if log.entries < tip.0 {
                return Err(format!("the relay has forgotten entries of log {scope}"));
            }
            if log.entries == tip.0 {
                continue;
            }
            for stored in db.read(scope, tip.0 + 1, usize::MAX).unwrap() {
                let entry = &stored.entry;
                if entry.seq != tip.0 + 1 || entry.scope != scope {
                    return Err(format!("log {scope} is not dense at {}", entry.seq));
                }
                let chain = chain_next(&tip.1, &entry.hash(&realm));
                if chain != stored.chain {
                    return Err(format!("the chain of log {scope} breaks at {}", entry.seq));
                }
                *tip = (entry.seq, chain);
                let Some(seal) = &stored.seal else { continue };
                let Ok(EntryBody::Seal { verdicts, .. }) = entry.parse() else {
                    return Err(format!("log {scope}, {}: not the entry of a seal", entry.seq));
                };
                self.trace.note(format!("log {scope}, {}: {} {verdicts:?}", entry.seq, seal.id));
                let author = self.devices.get(&seal.device).copied();
                let bytes = seal.bytes.as_deref().unwrap_or_default();
                note_applied(&mut self.judge.applied, author, bytes, &verdicts);
            }
            if tip.0 != log.entries {
                return Err(format!("log {scope} has a hole after {}", tip.0));
            }
        }
        Ok(())
    }

    /// After a restore the logs may be shorter, once.
    pub(crate) fn judge_after_restore(&mut self) {
        self.judge.logs.clear();
        self.look_at_relay();
        let db = self.relay.db();
        let lost = self.judge.receipted.keys().copied();
        self.judge.lost_by_restore =
            lost.filter(|seal| db.seal_place(*seal).unwrap().is_none()).collect();
    }

    /// Every seal that has a receipt is in the log, unless a restore took it.
    pub(crate) fn judge_receipts(&self) {
        for (seal, phone) in &self.judge.receipted {
            let place = self.relay.db().seal_place(*seal).unwrap();
            if place.is_none() && !self.judge.lost_by_restore.contains(seal) {
                self.fail(&format!("seal {seal} of {phone} has a receipt and is in no log"));
            }
        }
    }

    /// What is not delivered on a phone has just one reason each; what is delivered the relay has had.
    pub(crate) fn look_at(&mut self, name: &str) {
        self.judge.looks += 1;
        let in_call = self.is_in_call(name);
        let phone = self.phone_mut(name);
        if phone.fault.is_some() && in_call {
            // Its store is open for the meeting.
            return;
        }
        let explained = phone.engine().explain().unwrap();
        let member = self.member_of(name);
        let mut reasons: BTreeMap<(DocumentId, ActId), usize> = BTreeMap::new();
        for item in &explained {
            *reasons.entry((item.doc, item.act)).or_default() += 1;
        }
        for ((doc, act), count) in &reasons {
            if *count != 1 {
                self.fail(&format!("{name} has {count} reasons for act {act} in {doc}"));
            }
            let mut lines = self.ledger.lines.iter();
            if !lines.any(|line| (line.member, line.act, line.doc) == (member, *act, *doc)) {
                self.fail(&format!("{name} explains act {act} in {doc}, which nobody saved"));
            }
        }
        for line in self.ledger.lines.iter().filter(|line| line.phone == name) {
            let is_explained = line.origin_gone || reasons.contains_key(&(line.doc, line.act));
            let was_there = self.judge.applied.contains(&(line.member, line.act, line.doc));
            if !is_explained && !was_there {
                self.fail(&format!(
                    "{name} shows act {} in {} as delivered, and the relay never had it",
                    line.act, line.doc
                ));
            }
        }
    }
}

fn note_applied(
    applied: &mut BTreeSet<Identity>,
    author: Option<MemberId>,
    bytes: &[u8],
    verdicts: &[Verdict],
) {
    let Some(author) = author else { return };
    let Ok(seal) = Seal::decode(bytes) else { return };
    for (part, verdict) in seal.parts.iter().zip(verdicts) {
        let Some(part) = part.as_ref().filter(|_| *verdict == Verdict::Applied) else { continue };
        for change in part.changes.iter().filter_map(|raw| guard(raw).ok()) {
            applied.insert((author, change.act, part.doc));
        }
    }
}
