//! A relay's store in memory. Cloned it is a backup; a clone put back is a restored relay.

use std::collections::BTreeMap;

use doorstep_protocol::{
    admission::Author,
    frame::EnrolState,
    hash::h,
    head::SIGNER_GENESIS,
    id::{
        ActorId, Chain, ChangeHash, DeviceId, DocumentId, Incarnation, MemberId, PlaceId, RealmId,
        Scope, SealId, Token,
    },
    key::Spki,
    limits::AUTHOR_DAY_BYTES_MAX,
    log::{Entry, EntryBody, Verdict, chain_next, chain_start},
    roster::{Device, Fact, Genesis, Record, Roster},
    store::{
        Admitted, Index, KnownChange, KnownDocument, RelayStore, StoreError, StoredEntry,
        StoredSeal, Usage,
    },
};

use crate::index::MemoryIndex;

/// What an invitation's token has been used for.
#[derive(Clone)]
struct Invited {
    member: MemberId,
    block: PlaceId,
    key: Option<Spki>,
    confirmed: bool,
}

#[derive(Clone)]
pub(crate) struct MemoryRelay {
    realm: RealmId,
    genesis: Genesis,
    rosters: Vec<Roster>,
    logs: BTreeMap<Scope, Vec<StoredEntry>>,
    pub(crate) index: MemoryIndex,
    places: BTreeMap<SealId, (Scope, u32)>,
    order: Vec<(DeviceId, Incarnation, SealId)>,
    streams: BTreeMap<(Scope, DeviceId, Incarnation, u32), u32>,
    quota: BTreeMap<MemberId, u64>,
    tokens: BTreeMap<Token, Invited>,
    pub(crate) stable_time: u64,
    pub(crate) alarms: Vec<(&'static str, Scope)>,
    /// The disk is full: the next commit fails.
    pub(crate) commit_fails: bool,
    before: Option<Box<Self>>,
}

impl MemoryRelay {
    /// A relay that has nothing but the realm.
    pub(crate) fn empty(genesis: Genesis) -> Self {
        Self {
            realm: genesis.realm(),
            genesis,
            rosters: Vec::new(),
            logs: BTreeMap::new(),
            index: MemoryIndex::default(),
            places: BTreeMap::new(),
            order: Vec::new(),
            streams: BTreeMap::new(),
            quota: BTreeMap::new(),
            tokens: BTreeMap::new(),
            stable_time: 0,
            alarms: Vec::new(),
            commit_fails: false,
            before: None,
        }
    }

    /// Writes records into the roster of a block (none: the realm's), which begins with Genesis.
    pub(crate) fn write(&mut self, block: Option<PlaceId>, facts: &[Fact], now_ms: u64) {
        let records: Vec<Record> = facts.iter().map(Fact::record).collect();
        let scope = Scope::roster(&self.realm, block);
        if self.roster(scope).is_none() {
            let genesis = [Fact::Genesis(self.genesis).record()];
            self.write_entry(block, 1, &genesis, now_ms);
        }
        let (seq, _) = self.head(scope).unwrap();
        self.write_entry(block, seq + 1, &records, now_ms);
    }

    fn write_entry(&mut self, block: Option<PlaceId>, seq: u32, records: &[Record], now_ms: u64) {
        let scope = Scope::roster(&self.realm, block);
        let entry = Entry::roster(scope, seq, now_ms, records).unwrap();
        let chain = chain_next(&self.head(scope).unwrap().1, &entry.hash(&self.realm));
        self.append_roster_entry(block, &entry, chain).unwrap();
    }

    pub(crate) fn roster(&self, scope: Scope) -> Option<&Roster> {
        self.rosters.iter().find(|roster| roster.scope() == scope)
    }

    /// A token of an invitation for this member.
    pub(crate) fn invite(&mut self, token: Token, member: MemberId, block: PlaceId) {
        self.tokens.insert(token, Invited { member, block, key: None, confirmed: false });
    }

    /// The organiser has compared the six digits.
    pub(crate) fn confirm(&mut self, token: Token, now_ms: u64) {
        let invited = self.tokens.get_mut(&token).unwrap();
        invited.confirmed = true;
        let (block, member, spki) = (invited.block, invited.member, invited.key.unwrap());
        let device = Some(Device { spki, member });
        self.write(Some(block), &[Fact::Device { id: spki.device(), device }], now_ms);
    }

    pub(crate) fn set_quota(&mut self, member: MemberId, bytes: u64) {
        self.quota.insert(member, bytes);
    }

    /// The entries of a log.
    pub(crate) fn log(&self, scope: Scope) -> Vec<(Entry, Chain)> {
        let entries = self.logs.get(&scope).into_iter().flatten();
        entries.map(|stored| (stored.entry.clone(), stored.chain)).collect()
    }

    /// The seals of a log with their verdicts, in its order.
    pub(crate) fn seals(&self, scope: Scope) -> Vec<(SealId, Vec<Verdict>)> {
        let entries = self.logs.get(&scope).into_iter().flatten();
        entries
            .filter_map(|stored| match stored.entry.parse().unwrap() {
                EntryBody::Seal { id, verdicts } => Some((id, verdicts)),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn has_alarm(&self, name: &'static str, scope: Scope) -> bool {
        self.alarms.contains(&(name, scope))
    }
}

impl Index for MemoryRelay {
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

impl RelayStore for MemoryRelay {
    fn realm(&self) -> RealmId {
        self.realm
    }

    fn rosters(&self) -> &[Roster] {
        &self.rosters
    }

    fn head(&self, scope: Scope) -> Result<(u32, Chain), StoreError> {
        let last = self.logs.get(&scope).and_then(|log| log.last());
        let start = || (0, chain_start(&self.realm, scope));
        Ok(last.map_or_else(start, |last| (last.entry.seq, last.chain)))
    }

    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError> {
        let Some(index) = (seq as usize).checked_sub(1) else {
            return Ok(Some(chain_start(&self.realm, scope)));
        };
        Ok(self.logs.get(&scope).and_then(|log| log.get(index)).map(|stored| stored.chain))
    }

    fn read(
        &self,
        scope: Scope,
        first_seq: u32,
        bytes_max: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let mut found = Vec::new();
        let mut bytes = 0;
        let log = self.logs.get(&scope).map(Vec::as_slice).unwrap_or_default();
        for stored in log.iter().skip(first_seq.saturating_sub(1) as usize) {
            let seal = stored.seal.as_ref().and_then(|seal| seal.bytes.as_ref());
            bytes += stored.entry.body.len() + seal.map_or(0, Vec::len);
            if bytes > bytes_max && !found.is_empty() {
                break;
            }
            found.push(stored.clone());
        }
        Ok(found)
    }

    fn seal_place(&self, id: SealId) -> Result<Option<(Scope, u32)>, StoreError> {
        Ok(self.places.get(&id).copied())
    }

    fn stream_taken(
        &self,
        scope: Scope,
        device: DeviceId,
        incarnation: Incarnation,
        seal_seq: u32,
    ) -> Result<bool, StoreError> {
        Ok(self.streams.contains_key(&(scope, device, incarnation, seal_seq)))
    }

    fn newest_of(
        &self,
        device: DeviceId,
        incarnation: Incarnation,
    ) -> Result<Option<SealId>, StoreError> {
        let newest = self.order.iter().rev().find(|(d, i, _)| (*d, *i) == (device, incarnation));
        Ok(newest.map(|(_, _, id)| *id))
    }

    fn newest_in(&self, scope: Scope, device: DeviceId) -> Result<u32, StoreError> {
        let log = self.logs.get(&scope).into_iter().flatten();
        let mut own = log.filter(|stored| stored.seal.as_ref().is_some_and(|s| s.device == device));
        Ok(own.next_back().map_or(0, |stored| stored.entry.seq))
    }

    fn quota_left(&self, author: MemberId, _now_ms: u64) -> Result<u64, StoreError> {
        Ok(self.quota.get(&author).copied().unwrap_or(AUTHOR_DAY_BYTES_MAX))
    }

    fn stable_time(&self) -> Result<u64, StoreError> {
        Ok(self.stable_time)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        assert!(self.before.is_none(), "a transaction within a transaction");
        self.before = Some(Box::new(self.clone()));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.commit_fails {
            self.rollback();
            return Err(StoreError::Full);
        }
        self.before = None;
        Ok(())
    }

    fn rollback(&mut self) {
        *self = *self.before.take().expect("a transaction to take back");
    }

    fn append_seal(&mut self, admitted: &Admitted<'_>, relay_time: u64) -> Result<u32, StoreError> {
        let head = &admitted.seal.head;
        let author = Author {
            scope: head.scope,
            device: head.device,
            incarnation: head.incarnation,
            member: admitted.author,
        };
        for (part, judged) in admitted.parts {
            self.index.record(&author, part.as_ref().unwrap(), judged);
        }
        let (seq, chain) = self.head(head.scope)?;
        let seq = seq + 1;
        let newest = self.logs.get(&head.scope).and_then(|log| log.last());
        let relay_time = newest.map_or(0, |stored| stored.entry.relay_time).max(relay_time);
        let verdicts: Vec<_> = admitted.parts.iter().map(|(_, judged)| judged.verdict).collect();
        let entry = Entry::seal(head.scope, seq, relay_time, admitted.id, &verdicts);
        let chain = chain_next(&chain, &entry.hash(&self.realm));
        let seal = Some(StoredSeal {
            id: admitted.id,
            device: head.device,
            incarnation: head.incarnation,
            bytes: Some(admitted.bytes.to_vec()),
        });
        self.logs.entry(head.scope).or_default().push(StoredEntry { entry, chain, seal });
        self.places.insert(admitted.id, (head.scope, seq));
        self.order.push((head.device, head.incarnation, admitted.id));
        self.streams.insert((head.scope, head.device, head.incarnation, head.seal_seq), seq);
        let left = self.quota_left(admitted.author, relay_time)?;
        self.quota.insert(admitted.author, left.saturating_sub(admitted.bytes.len() as u64));
        Ok(seq)
    }

    fn append_roster_entry(
        &mut self,
        block: Option<PlaceId>,
        entry: &Entry,
        chain: Chain,
    ) -> Result<(), StoreError> {
        let EntryBody::Roster(records) = entry.parse().unwrap() else { panic!("no roster entry") };
        if self.roster(entry.scope).is_none() {
            let roster = Roster::new(self.realm, block);
            let at = if block.is_none() { 0 } else { self.rosters.len() };
            self.rosters.insert(at, roster);
        }
        let roster = self.rosters.iter_mut().find(|roster| roster.scope() == entry.scope).unwrap();
        roster.append(chain.short(), entry.relay_time, &records);
        assert_eq!(roster.relay_key(SIGNER_GENESIS), Some(self.genesis.relay));
        let stored = StoredEntry { entry: entry.clone(), chain, seal: None };
        self.logs.entry(entry.scope).or_default().push(stored);
        Ok(())
    }

    /// What rides in several rosters is the relay's own store's to mend; its tests are there.
    fn mend_rosters(&mut self, _relay_time: u64) -> Result<(), StoreError> {
        Ok(())
    }

    fn enrol(
        &mut self,
        token: Token,
        spki: &Spki,
        _now_ms: u64,
    ) -> Result<(EnrolState, [u8; 16]), StoreError> {
        let salt = h("a salt for tests", &[token.0.as_slice(), spki.as_bytes()].concat());
        let salt = salt[..16].try_into().unwrap();
        let Some(invited) = self.tokens.get_mut(&token) else {
            return Ok((EnrolState::Refused, salt));
        };
        let state = match *invited.key.get_or_insert(*spki) == *spki {
            true if invited.confirmed => EnrolState::Done,
            true => EnrolState::Waiting,
            false => EnrolState::Refused,
        };
        Ok((state, salt))
    }

    fn alarm(&mut self, name: &'static str, scope: Scope) -> Result<(), StoreError> {
        self.alarms.push((name, scope));
        Ok(())
    }
}
