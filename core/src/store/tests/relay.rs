//! A relay in memory: logs, an index of its own, and a meeting without frames.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    admission::{Author, Examined, NotTaken, examine, judge},
    frame::Refusal,
    head::{Head, HeadItem, Receipt, ReceiptItem},
    id::{
        ActorId, Chain, ChangeHash, DeviceId, DocumentId, Incarnation, KeyHash, Level, MemberId,
        PlaceId, RealmId, Scope, SealId,
    },
    key::{DeviceKey, SoftwareKey},
    log::{Entry, Verdict, chain_next, chain_start},
    roster::{AssignKind, Device, Fact, Genesis, Named, Place, Roster},
    seal::Seal,
    store::{
        ChangeState, DeviceStore, Index, KnownChange, KnownDocument, StoreError, Taken, TakenLog,
        Usage,
    },
};

use super::Phone;

#[derive(Clone, Copy)]
struct Known {
    actor: ActorId,
    change: KnownChange,
    bytes: u64,
}

/// The index, as plainly as can be.
#[derive(Clone, Default)]
pub(super) struct Plain {
    changes: BTreeMap<(DocumentId, ChangeHash), Known>,
    documents: BTreeMap<DocumentId, KnownDocument>,
}

impl Index for Plain {
    fn applied_at(
        &self,
        doc: DocumentId,
        actor: ActorId,
        seq: u32,
    ) -> Result<Option<ChangeHash>, StoreError> {
        let found = self.changes.iter().find(|((of, _), known)| {
            *of == doc
                && known.actor == actor
                && known.change.seq == seq
                && known.change.state == ChangeState::Applied
        });
        Ok(found.map(|((_, hash), _)| *hash))
    }

    fn change(&self, doc: DocumentId, hash: ChangeHash) -> Result<Option<KnownChange>, StoreError> {
        Ok(self.changes.get(&(doc, hash)).map(|known| known.change))
    }

    fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError> {
        Ok(self.documents.get(&doc).copied())
    }

    fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError> {
        let mut usage = Usage::default();
        for ((of, _), known) in &self.changes {
            let counts = known.change.state == ChangeState::Applied;
            if *of == doc && known.actor.device() == device && counts {
                usage.acts += 1;
                usage.bytes += known.bytes;
            }
        }
        Ok(usage)
    }
}

#[derive(Clone)]
pub(super) struct Line {
    pub(super) entry: Entry,
    pub(super) chain: Chain,
    pub(super) seal: Option<Vec<u8>>,
    pub(super) of: (DeviceId, Incarnation),
}

#[derive(Clone)]
pub(super) struct Relay {
    pub(super) realm: RealmId,
    pub(super) block: PlaceId,
    pub(super) grid: PlaceId,
    /// Two buildings of the grid.
    pub(super) buildings: [PlaceId; 2],
    pub(super) roster: Roster,
    pub(super) roster_log: Vec<(Entry, Chain)>,
    pub(super) logs: BTreeMap<Scope, Vec<Line>>,
    pub(super) now: u64,
    pub(super) stable: u64,
    index: Plain,
    seals: BTreeMap<SealId, (Scope, u32, Vec<Verdict>)>,
}

/// Everyone who has a phone.
pub(super) const MEMBERS: [&str; 3] = ["li", "wang", "zhou"];

fn relay_key() -> SoftwareKey {
    SoftwareKey::from_secret(&[1; 32]).unwrap()
}

impl Relay {
    pub(super) fn new() -> Self {
        let genesis =
            Genesis { nonce: [9; 32], relay: relay_key().spki(), backup: KeyHash([2; 32]) };
        let realm = genesis.realm();
        let place = |level: Level, code: &str| PlaceId::of(&realm, level, code);
        let block = place(Level::Block, "B");
        let mut relay = Self {
            realm,
            block,
            grid: place(Level::Grid, "G"),
            buildings: [place(Level::Building, "b0"), place(Level::Building, "b1")],
            roster: Roster::new(realm, Some(block)),
            roster_log: Vec::new(),
            logs: BTreeMap::new(),
            now: 1_000_000,
            stable: 0,
            index: Plain::default(),
            seals: BTreeMap::new(),
        };
        relay.record(&[Fact::Genesis(genesis)]);
        let make = |level: Level, code: &str, parent: PlaceId| Fact::Place {
            id: place(level, code),
            place: Some(Place {
                level: level.number(),
                code: code.to_owned(),
                parent,
                name: String::new(),
                successors: None,
            }),
        };
        relay.record(&[
            make(Level::Block, "B", PlaceId::ZERO),
            make(Level::Grid, "G", relay.block),
            make(Level::Building, "b0", relay.grid),
            make(Level::Building, "b1", relay.grid),
        ]);
        for name in MEMBERS {
            let spki = Self::key_of(name).spki();
            let member = relay.member(name);
            relay.record(&[
                Fact::Member {
                    id: member,
                    named: Some(Named { code: name.to_owned(), name: String::new() }),
                },
                Fact::Device { id: spki.device(), device: Some(Device { spki, member }) },
            ]);
            for building in relay.buildings {
                relay.assign(name, building, true);
            }
        }
        relay
    }

    pub(super) fn key_of(name: &str) -> SoftwareKey {
        SoftwareKey::from_secret(&[name.as_bytes()[0]; 32]).unwrap()
    }

    pub(super) fn member(&self, name: &str) -> MemberId {
        MemberId::of(&self.realm, name)
    }

    /// Gives a building to a member, or takes it away.
    pub(super) fn assign(&mut self, name: &str, building: PlaceId, given: bool) {
        let assign = given.then_some(AssignKind::Owner as u8);
        self.record(&[Fact::Assign { building, member: self.member(name), assign }]);
    }

    pub(super) fn record(&mut self, facts: &[Fact]) {
        self.now += 10;
        let records: Vec<_> = facts.iter().map(Fact::record).collect();
        let scope = self.roster.scope();
        let seq = self.roster.tip_seq() + 1;
        let entry = Entry::roster(scope, seq, self.now, &records).unwrap();
        let last = self.roster_log.last().map(|(_, chain)| *chain);
        let last = last.unwrap_or_else(|| chain_start(&self.realm, scope));
        let chain = chain_next(&last, &entry.hash(&self.realm));
        self.roster.append(chain.short(), self.now, &records);
        self.roster_log.push((entry, chain));
    }

    /// Admits a seal, or finds it known.
    pub(super) fn admit(&mut self, bytes: &[u8]) -> Result<SealId, Refusal> {
        let rosters = std::slice::from_ref(&self.roster);
        if let Ok(seal) = Seal::decode(bytes)
            && self.seals.contains_key(&seal.head.id(&self.realm))
        {
            return Ok(seal.head.id(&self.realm));
        }
        let Examined { seal, author, parts } =
            match examine(&self.index, &self.realm, rosters, bytes, false) {
                Ok(examined) => examined,
                Err(NotTaken::Refused(refusal)) => return Err(refusal),
                Err(NotTaken::Store(_)) => unreachable!("memory does not fail"),
            };
        let author = Author {
            scope: seal.head.scope,
            device: seal.head.device,
            incarnation: seal.head.incarnation,
            member: author,
        };
        let mut verdicts = Vec::new();
        for part in parts.iter().flatten() {
            let judged = judge(&self.index, &self.realm, &author, part).unwrap();
            verdicts.push(judged.verdict);
            for (found, raw) in judged.changes.iter().zip(&part.changes) {
                let applied = judged.verdict == Verdict::Applied;
                let state = if applied { ChangeState::Applied } else { ChangeState::Aside };
                let known = Known {
                    actor: found.change.as_ref().map_or(ActorId::ZERO, |change| change.actor),
                    change: KnownChange {
                        seq: found.change.as_ref().map_or(0, |change| change.seq),
                        start_op: found.change.as_ref().map_or(0, |change| change.start_op),
                        state,
                    },
                    bytes: raw.len() as u64,
                };
                let key = (part.doc, found.hash);
                let before = self.index.changes.get(&key);
                if before.is_none_or(|before| before.change.state != ChangeState::Applied) {
                    self.index.changes.insert(key, known);
                }
            }
            if judged.verdict == Verdict::Applied && part.birth != 0 {
                self.index.documents.entry(part.doc).or_insert(KnownDocument {
                    scope: author.scope,
                    kind: part.birth,
                    creator: author.member,
                    nonce: Some(part.nonce),
                    erased: false,
                });
            }
        }
        Ok(self.append(&seal, bytes, &verdicts))
    }

    /// Appends a seal with these verdicts, whatever they should be.
    pub(super) fn append(&mut self, seal: &Seal, bytes: &[u8], verdicts: &[Verdict]) -> SealId {
        let id = seal.head.id(&self.realm);
        let scope = seal.head.scope;
        let seq = self.logs.get(&scope).map_or(0, Vec::len) as u32 + 1;
        self.now += 10;
        let entry = Entry::seal(scope, seq, self.now, id, verdicts);
        let of = (seal.head.device, seal.head.incarnation);
        self.append_entry(entry, Some(bytes.to_vec()), of);
        self.seals.insert(id, (scope, seq, verdicts.to_vec()));
        id
    }

    pub(super) fn append_entry(
        &mut self,
        entry: Entry,
        seal: Option<Vec<u8>>,
        of: (DeviceId, Incarnation),
    ) {
        let log = self.logs.entry(entry.scope).or_default();
        let last = log.last().map(|line| line.chain);
        let last = last.unwrap_or_else(|| chain_start(&self.realm, entry.scope));
        let chain = chain_next(&last, &entry.hash(&self.realm));
        log.push(Line { entry, chain, seal, of });
    }

    pub(super) fn verdicts(&self, seal: SealId) -> &[Verdict] {
        &self.seals[&seal].2
    }

    /// The head of these logs, signed.
    pub(super) fn head(&self, logs: &[TakenLog]) -> (Head, Vec<u8>) {
        let items: BTreeMap<Scope, HeadItem> = logs
            .iter()
            .filter_map(|log| {
                let (entry, chain, _) = log.entries.last()?;
                let item = HeadItem { scope: log.scope, seq: entry.seq, chain: *chain };
                Some((log.scope, item))
            })
            .collect();
        let head = Head {
            realm: self.realm,
            signer: 0,
            relay_time: self.now,
            stable_time: self.stable,
            items: items.into_values().collect(),
        };
        let bytes = head.sign(&relay_key()).unwrap();
        (head, bytes)
    }

    pub(super) fn take(&self, phone: &mut Phone, logs: &[TakenLog]) -> Result<Taken, StoreError> {
        let (head, bytes) = self.head(logs);
        phone.store.take_burst(logs, &head, &bytes)
    }

    /// What a phone lacks of the roster.
    pub(super) fn roster_log(&self, above: u32) -> TakenLog {
        let entries = self.roster_log.iter().filter(|(entry, _)| entry.seq > above);
        TakenLog {
            scope: self.roster.scope(),
            roster_of: Some(Some(self.block)),
            entries: entries.map(|(entry, chain)| (entry.clone(), *chain, None)).collect(),
            left: false,
        }
    }

    /// A log above an entry, as it is sent to this phone.
    pub(super) fn log(&self, phone: &Phone, scope: Scope, above: u32, left: bool) -> TakenLog {
        let own = (phone.store.device(), phone.store.incarnation());
        let mut log = TakenLog { scope, roster_of: None, entries: Vec::new(), left };
        for line in self.logs.get(&scope).into_iter().flatten() {
            let out = line.of == own || (left && line.of.0 != own.0);
            if line.entry.seq > above {
                let seal = line.seal.clone().filter(|_| !out);
                log.entries.push((line.entry.clone(), line.chain, seal));
            }
        }
        log
    }

    /// Sends a phone all that it lacks. Gives what came of it.
    pub(super) fn pull(&self, phone: &mut Phone, offered: &BTreeMap<Scope, u32>) -> Taken {
        let (rosters, _) = phone.store.cursors().unwrap();
        let above = rosters.first().map_or(0, |cursor| cursor.seq);
        self.take(phone, &[self.roster_log(above)]).unwrap();
        let (_, cursors) = phone.store.cursors().unwrap();
        let mut from: BTreeMap<Scope, u32> = BTreeMap::new();
        for cursor in cursors {
            let log = self.logs.get(&cursor.scope).map(Vec::as_slice).unwrap_or_default();
            let at = |seq: u32| (seq as usize).checked_sub(1).and_then(|index| log.get(index));
            let mut common = cursor.seq;
            let differs = |seq: u32| {
                let here = phone.store.chain_at(cursor.scope, seq).unwrap();
                seq > 0 && at(seq).map(|line| line.chain) != here
            };
            while differs(common) {
                common -= 1;
            }
            if common != cursor.seq {
                phone.store.rebase(cursor.scope, common).unwrap();
            }
            from.insert(cursor.scope, common);
        }
        let held = phone.store.held();
        let all: BTreeSet<Scope> =
            held.iter().chain(from.keys()).chain(offered.keys()).copied().collect();
        let mut logs = Vec::new();
        for scope in all {
            let above = from.get(&scope).copied().unwrap_or_default();
            let left = !held.contains(&scope);
            let mut log = self.log(phone, scope, above, left);
            if left {
                let own = self.logs.get(&scope).into_iter().flatten();
                let newest = own
                    .filter(|line| line.of.0 == phone.store.device())
                    .map(|line| line.entry.seq)
                    .max()
                    .unwrap_or_default();
                let end = newest.max(offered.get(&scope).copied().unwrap_or_default());
                log.entries.retain(|(entry, _, _)| entry.seq <= end);
            }
            logs.push(log);
        }
        self.take(phone, &logs).unwrap()
    }

    /// A whole meeting; gives what came of its last burst.
    pub(super) fn meet(&mut self, phone: &mut Phone) -> Taken {
        let taken = self.pull(phone, &BTreeMap::new());
        if taken.cloned {
            return taken;
        }
        let offered = self.push(phone);
        let taken = self.pull(phone, &offered);
        if !taken.cloned {
            phone.store.note_up_to_date(self.now, self.stable).unwrap();
        }
        taken
    }

    /// Takes what a phone has to offer; the receipts reach it.
    pub(super) fn push(&mut self, phone: &mut Phone) -> BTreeMap<Scope, u32> {
        let mut offered = BTreeMap::new();
        let mut items = Vec::new();
        for id in phone.store.unsent().unwrap() {
            let bytes = phone.store.seal_bytes(id).unwrap().unwrap();
            match self.admit(&bytes) {
                Ok(id) => {
                    let (scope, seq, verdicts) = self.seals[&id].clone();
                    let newest: &mut u32 = offered.entry(scope).or_default();
                    *newest = seq.max(*newest);
                    items.push(ReceiptItem { scope, seal: id, seq, verdicts });
                }
                Err(reason) => phone.store.mark_refused(id, reason).unwrap(),
            }
        }
        items.sort_by_key(|item| (item.scope, item.seq));
        let receipt = Receipt { realm: self.realm, signer: 0, relay_time: self.now, items };
        let bytes = receipt.sign(&relay_key()).unwrap();
        phone.store.mark_receipt(&receipt, &bytes).unwrap();
        offered
    }
}
