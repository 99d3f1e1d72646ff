//! A phone's store in memory. What it knows of changes is made anew from its logs, its unsent seals and
//! what is not sealed yet, so that a rebase or a verdict needs no undoing.

mod work;

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    admission::{Author, judge},
    frame::{Refusal, Standing},
    hash::sha256,
    head::{Head, Receipt},
    id::{
        ActorId, Chain, ChangeHash, Cursor, DeviceId, DocumentId, Incarnation, MemberId, Nonce,
        PlaceId, Point, RealmId, Scope, SealId,
    },
    key::{DeviceKey, SoftwareKey, Spki},
    log::{Entry, EntryBody, Verdict, chain_start},
    roster::Roster,
    seal::Seal,
    store::{
        DeviceStore, Index, KnownChange, KnownDocument, Stop, StoreError, Taken, TakenLog, Usage,
    },
};

use crate::index::MemoryIndex;

/// A change that is saved and not yet sealed.
#[derive(Clone)]
struct Pending {
    scope: Scope,
    point: Point,
    doc: DocumentId,
    birth: u8,
    bytes: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct MemoryPhone {
    realm: RealmId,
    key: SoftwareKey,
    pub(crate) member: MemberId,
    pub(crate) incarnation: Incarnation,
    rosters: Vec<Roster>,
    logs: BTreeMap<Scope, Vec<(Entry, Chain)>>,
    /// The newest Head over each roster.
    heads: BTreeMap<Scope, Vec<u8>>,
    seals: BTreeMap<SealId, Vec<u8>>,
    unsent: Vec<SealId>,
    pending: Vec<Pending>,
    nonces: BTreeMap<DocumentId, Nonce>,
    newest_seal: BTreeMap<(Scope, Incarnation), (u32, SealId)>,
    acts: u64,
    index: MemoryIndex,
    /// Hashes of seals whose signature was found good.
    verified: BTreeSet<[u8; 32]>,
    pub(crate) receipts: BTreeMap<SealId, Vec<Verdict>>,
    pub(crate) refusals: BTreeMap<SealId, Refusal>,
    pub(crate) forks: BTreeSet<Scope>,
    pub(crate) rebased: Vec<(Scope, u32)>,
    pub(crate) standing: Option<Standing>,
    /// Receipted seals that a log read to its head did not have.
    pub(crate) alarms: Vec<SealId>,
}

impl MemoryPhone {
    pub(crate) fn new(realm: RealmId, key: SoftwareKey, member: MemberId) -> Self {
        Self {
            realm,
            key,
            member,
            incarnation: Incarnation([0, 0, 0, 1]),
            rosters: Vec::new(),
            logs: BTreeMap::new(),
            heads: BTreeMap::new(),
            seals: BTreeMap::new(),
            unsent: Vec::new(),
            pending: Vec::new(),
            nonces: BTreeMap::new(),
            newest_seal: BTreeMap::new(),
            acts: 0,
            index: MemoryIndex::default(),
            verified: BTreeSet::new(),
            receipts: BTreeMap::new(),
            refusals: BTreeMap::new(),
            forks: BTreeSet::new(),
            rebased: Vec::new(),
            standing: None,
            alarms: Vec::new(),
        }
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.key.spki().device()
    }

    pub(crate) fn key(&self) -> &SoftwareKey {
        &self.key
    }

    fn actor(&self) -> ActorId {
        ActorId::new(self.device(), self.incarnation)
    }

    pub(crate) fn unsent_now(&self) -> &[SealId] {
        &self.unsent
    }

    pub(crate) fn log(&self, scope: Scope) -> Vec<(Entry, Chain)> {
        self.logs.get(&scope).cloned().unwrap_or_default()
    }

    /// The seals met in a log whose bytes are not here.
    pub(crate) fn lacking(&self, scope: Scope) -> Vec<SealId> {
        let entries = self.logs.get(&scope).into_iter().flatten();
        let ids = entries.filter_map(|(entry, _)| seal_of(entry)).map(|(id, _)| id);
        ids.filter(|id| !self.seals.contains_key(id)).collect()
    }

    pub(crate) fn applied(&self, doc: DocumentId, hash: ChangeHash) -> bool {
        use doorstep_protocol::store::ChangeState::Applied;
        self.index.change(doc, hash).unwrap().is_some_and(|known| known.state == Applied)
    }

    pub(crate) fn has(&self, doc: DocumentId) -> bool {
        self.index.document(doc).unwrap().is_some()
    }

    /// Whether the roster gives the log to this phone.
    fn is_held(&self, scope: Scope) -> bool {
        let gives = |roster: &Roster| roster.tip().logs_of(self.member).contains(&scope.place());
        self.rosters.iter().any(gives)
    }

    /// Makes the index anew; gives the logs in which the relay's word does not stand here.
    fn replay(&mut self) -> BTreeSet<Scope> {
        let mut disagreeing = BTreeSet::new();
        self.index = MemoryIndex::default();
        let logs: Vec<(Scope, Entry)> = self
            .logs
            .iter()
            .flat_map(|(scope, log)| log.iter().map(|(entry, _)| (*scope, entry.clone())))
            .collect();
        for (scope, entry) in logs {
            if let Some((id, verdicts)) = seal_of(&entry)
                && let Some(bytes) = self.seals.get(&id).cloned()
                && self.replay_seal(&bytes).is_some_and(|found| found != verdicts)
                && self.lacking(scope).is_empty()
            {
                disagreeing.insert(scope);
            }
        }
        for id in self.unsent.clone() {
            let bytes = self.seals.get(&id).cloned().unwrap_or_default();
            self.replay_seal(&bytes);
        }
        for pending in self.pending.clone() {
            let part = self.part(&pending);
            self.judge_own(pending.scope, &part);
        }
        disagreeing
    }

    /// Judges a seal on what stands before it; none where it cannot be read or its author is not known.
    fn replay_seal(&mut self, bytes: &[u8]) -> Option<Vec<Verdict>> {
        let seal = Seal::decode(bytes).ok()?;
        let head = &seal.head;
        let at = self.rosters.iter().find_map(|roster| roster.at(head.point))?;
        let device = at.device(head.device)?;
        let hash = sha256(bytes);
        if !self.verified.contains(&hash) {
            if !seal.verify_signature(&self.realm, &device.spki) {
                return None;
            }
            self.verified.insert(hash);
        }
        let author = Author {
            scope: head.scope,
            device: head.device,
            incarnation: head.incarnation,
            member: device.member,
        };
        let nonces = self.nonces.clone();
        let parts = seal.check_parts(&|doc| nonces.get(&doc).copied()).ok()?;
        let mut verdicts = Vec::new();
        for part in parts.iter().flatten() {
            let judged = judge(&self.index, &self.realm, &author, part).unwrap();
            self.index.record(&author, part, &judged);
            self.nonces.insert(part.doc, part.nonce);
            verdicts.push(judged.verdict);
        }
        Some(verdicts)
    }

    fn take_roster(&mut self, block: Option<PlaceId>, log: &TakenLog, taken: &mut Taken) {
        let held = self.logs.entry(log.scope).or_default();
        let known = self.rosters.iter().position(|roster| roster.scope() == log.scope);
        let at = known.unwrap_or_else(|| {
            self.rosters.push(Roster::new(self.realm, block));
            self.rosters.len() - 1
        });
        for (entry, chain, _) in &log.entries {
            if let Some((_, here)) = held.get(entry.seq as usize - 1) {
                assert_eq!(here, chain, "a roster that was served over the phone's own branch");
                continue;
            }
            let Ok(EntryBody::Roster(records)) = entry.parse() else {
                taken.stopped.push((log.scope, Stop::NeedNewerApp));
                return;
            };
            self.rosters[at].append(chain.short(), entry.relay_time, &records);
            held.push((entry.clone(), *chain));
        }
    }

    fn take_log(&mut self, log: &TakenLog, taken: &mut Taken) {
        for (entry, chain, bytes) in &log.entries {
            let Ok(body) = entry.parse() else {
                taken.stopped.push((log.scope, Stop::NeedNewerApp));
                return;
            };
            if let EntryBody::Seal { id, .. } = body {
                let has = self.seals.contains_key(&id);
                taken.cloned |= bytes.is_none() && !has && !log.left;
                if let Some(bytes) = bytes {
                    let head = Seal::decode(bytes).unwrap().head;
                    if !self.rosters.iter().any(|roster| roster.at(head.point).is_some()) {
                        taken.stopped.push((log.scope, Stop::NeedRoster));
                        return;
                    }
                    self.seals.entry(id).or_insert_with(|| bytes.clone());
                }
                self.unsent.retain(|unsent| *unsent != id);
            }
            let held = self.logs.entry(log.scope).or_default();
            match held.get(entry.seq as usize - 1) {
                Some((_, here)) => assert_eq!(here, chain, "an entry that is held changes"),
                None => held.push((entry.clone(), *chain)),
            }
        }
    }
}

fn seal_of(entry: &Entry) -> Option<(SealId, Vec<Verdict>)> {
    match entry.parse() {
        Ok(EntryBody::Seal { id, verdicts }) => Some((id, verdicts)),
        _ => None,
    }
}

impl Index for MemoryPhone {
    fn applied_at(
        &self,
        doc: DocumentId,
        actor: ActorId,
        seq: u32,
    ) -> Result<Option<ChangeHash>, StoreError> {
        self.index.applied_at(doc, actor, seq)
    }

    fn change(&self, doc: DocumentId, hash: ChangeHash) -> Result<Option<KnownChange>, StoreError> {
        self.index.change(doc, hash)
    }

    fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError> {
        self.index.document(doc)
    }

    fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError> {
        self.index.usage(doc, device)
    }
}

impl DeviceStore for MemoryPhone {
    fn realm(&self) -> RealmId {
        self.realm
    }

    fn device_key(&self) -> Spki {
        self.key.spki()
    }

    fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    fn rosters(&self) -> &[Roster] {
        &self.rosters
    }

    fn cursors(&self) -> Result<(Vec<Cursor>, Vec<Cursor>), StoreError> {
        let (mut rosters, mut logs) = (Vec::new(), Vec::new());
        for (scope, log) in &self.logs {
            let is_roster = self.rosters.iter().any(|roster| roster.scope() == *scope);
            // Below the first entry without its seal, where the log is to be held whole.
            let lacks = |(entry, _): &(Entry, Chain)| {
                seal_of(entry).is_some_and(|(id, _)| !self.seals.contains_key(&id))
            };
            let whole = log.iter().position(lacks).filter(|_| self.is_held(*scope));
            let Some(seq) = whole.unwrap_or(log.len()).checked_sub(1) else { continue };
            let cursor = Cursor { scope: *scope, seq: seq as u32 + 1, chain8: log[seq].1.short() };
            if is_roster { rosters.push(cursor) } else { logs.push(cursor) }
        }
        Ok((rosters, logs))
    }

    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError> {
        let Some(log) = self.logs.get(&scope) else { return Ok(None) };
        Ok(match (seq as usize).checked_sub(1) {
            None => Some(chain_start(&self.realm, scope)),
            Some(index) => log.get(index).map(|(_, chain)| *chain),
        })
    }

    fn take_burst(
        &mut self,
        logs: &[TakenLog],
        head: &Head,
        bytes: &[u8],
    ) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        for log in logs {
            match log.roster_of {
                Some(block) => self.take_roster(block, log, &mut taken),
                None => self.take_log(log, &mut taken),
            }
        }
        for item in &head.items {
            let is_roster = self.rosters.iter().any(|roster| roster.scope() == item.scope);
            if is_roster && self.chain_at(item.scope, item.seq)? == Some(item.chain) {
                self.heads.insert(item.scope, bytes.to_vec());
            }
        }
        for scope in self.replay() {
            taken.stopped.push((scope, Stop::Disagrees));
        }
        Ok(taken)
    }

    fn unsent(&self) -> Result<Vec<SealId>, StoreError> {
        Ok(self.unsent.clone())
    }

    fn seal_bytes(&self, id: SealId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.seals.get(&id).cloned())
    }

    fn knows_own(&self, short: [u8; 8]) -> Result<bool, StoreError> {
        Ok(self.seals.iter().any(|(id, bytes)| {
            let head = Seal::decode(bytes).map(|seal| seal.head);
            id.short() == short
                && head.is_ok_and(|head| {
                    (head.device, head.incarnation) == (self.device(), self.incarnation)
                })
        }))
    }

    fn mark_receipt(&mut self, receipt: &Receipt, _bytes: &[u8]) -> Result<(), StoreError> {
        for item in &receipt.items {
            self.receipts.insert(item.seal, item.verdicts.clone());
            self.refusals.remove(&item.seal);
        }
        Ok(())
    }

    fn mark_refused(&mut self, id: SealId, reason: Refusal) -> Result<(), StoreError> {
        self.refusals.insert(id, reason);
        Ok(())
    }

    fn rebase(&mut self, scope: Scope, common: u32) -> Result<(), StoreError> {
        self.rebased.push((scope, common));
        let log = self.logs.entry(scope).or_default();
        let lost = log.split_off((common as usize).min(log.len()));
        let lost = lost.iter().filter_map(|(entry, _)| seal_of(entry)).map(|(id, _)| id);
        // In the log's order before what was unsent already: that may stand on it.
        let mut unsent: Vec<SealId> = lost.filter(|id| self.seals.contains_key(id)).collect();
        unsent.append(&mut self.unsent);
        self.unsent = unsent;
        self.replay();
        Ok(())
    }

    fn note_fork(&mut self, scope: Scope) -> Result<(), StoreError> {
        self.forks.insert(scope);
        Ok(())
    }

    fn roster_tail(
        &self,
        scope: Scope,
        first_seq: u32,
    ) -> Result<(Vec<Entry>, Option<Vec<u8>>), StoreError> {
        let log = self.log(scope);
        let tail = log.into_iter().skip(first_seq as usize - 1).map(|(entry, _)| entry).collect();
        Ok((tail, self.heads.get(&scope).cloned()))
    }

    fn note_up_to_date(&mut self, _relay_time: u64, _stable_time: u64) -> Result<(), StoreError> {
        let unmet = self.unsent.iter().filter(|id| self.receipts.contains_key(id));
        self.alarms.extend(unmet);
        Ok(())
    }

    fn note_standing(&mut self, standing: Standing, _relay_time: u64) -> Result<(), StoreError> {
        self.standing = Some(standing);
        Ok(())
    }
}
