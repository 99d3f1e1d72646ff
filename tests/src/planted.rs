//! Planted bugs: stores that do one thing wrong, around the real ones, to show that the judge sees it.
//!
//! Nothing of this is in what ships: the sessions take their store as a trait, so a bug can stand
//! between them. Each is a mistake that has been made in an engine of this kind.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_core::store::Store;
use doorstep_protocol::{
    frame::{EnrolState, Frame, FrameReader, Refusal, Standing},
    head::{Head, Receipt},
    id::{
        ActorId, Chain, Chain8, ChangeHash, Cursor, DeviceId, DocumentId, Incarnation, MemberId,
        PlaceId, RealmId, Scope, SealId, Token,
    },
    key::Spki,
    log::Entry,
    roster::Roster,
    seal::Seal,
    store::{
        Admitted, DeviceStore, Index, KnownChange, KnownDocument, RelayStore, StoreError,
        StoredEntry, Taken, TakenLog, Usage,
    },
};
use doorstep_relay::store::RelayDb;

/// What the relay does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RelayFault {
    /// Nothing.
    #[default]
    None,
    /// It gives its receipts before it commits: a power cut takes what was acknowledged.
    AckBeforeCommit,
    /// It believes a cursor whose number it has, and does not compare the chain.
    NoChainCheck,
    /// Of a log that a phone has to leave it serves nothing.
    LeftLogsNotServed,
    /// It takes a roster tail and does not write what rides in other rosters into them.
    RostersNotMended,
}

/// What a relay's fault remembers.
#[derive(Debug, Default)]
pub struct RelayFaultState {
    /// A transaction is open that was called committed.
    late: bool,
    /// Whom the relay is speaking with.
    pub peer: Option<DeviceId>,
    /// What the phone that said hello last says it holds.
    believed: BTreeMap<(Scope, u32), Chain8>,
}

impl RelayFaultState {
    /// Hears what a phone says, frame by frame.
    pub fn overhear(&mut self, bytes: &[u8]) {
        let mut reader = FrameReader::new();
        reader.push(bytes);
        if let Ok(Some(Frame::Hello(hello))) = reader.next_frame() {
            self.believed = hello.logs.iter().map(|c| ((c.scope, c.seq), c.chain8)).collect();
        }
    }
}

/// A relay's store with a fault, or without.
pub struct FaultyRelay<'a> {
    /// The store.
    pub db: &'a mut RelayDb,
    /// What is wrong with it.
    pub fault: RelayFault,
    /// What the fault remembers.
    pub state: &'a mut RelayFaultState,
}

impl std::fmt::Debug for FaultyRelay<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyRelay").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl FaultyRelay<'_> {
    /// Whether the rosters give the phone this log.
    fn gives(&self, scope: Scope) -> bool {
        self.db.rosters().iter().any(|roster| {
            let member = self.state.peer.and_then(|peer| roster.tip().device(peer));
            let logs = member.map(|device| roster.tip().logs_of(device.member));
            roster.scope() == scope
                || logs.is_some_and(|logs| logs.iter().any(|place| place.scope() == scope))
        })
    }
}

macro_rules! index_of {
    ($of:ty, $inner:ident) => {
        impl Index for $of {
            fn applied_at(
                &self,
                doc: DocumentId,
                actor: ActorId,
                seq: u32,
            ) -> Result<Option<ChangeHash>, StoreError> {
                self.$inner.applied_at(doc, actor, seq)
            }
            fn change(
                &self,
                doc: DocumentId,
                hash: ChangeHash,
            ) -> Result<Option<KnownChange>, StoreError> {
                self.$inner.change(doc, hash)
            }
            fn document(&self, doc: DocumentId) -> Result<Option<KnownDocument>, StoreError> {
                Index::document(&*self.$inner, doc)
            }
            fn usage(&self, doc: DocumentId, device: DeviceId) -> Result<Usage, StoreError> {
                self.$inner.usage(doc, device)
            }
        }
    };
}

index_of!(FaultyRelay<'_>, db);
index_of!(FaultyPhone<'_>, store);

impl RelayStore for FaultyRelay<'_> {
    fn realm(&self) -> RealmId {
        self.db.realm()
    }
    fn rosters(&self) -> &[Roster] {
        self.db.rosters()
    }
    fn head(&self, scope: Scope) -> Result<(u32, Chain), StoreError> {
        self.db.head(scope)
    }
    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError> {
        let chain = self.db.chain_at(scope, seq)?;
        let said = self.state.believed.get(&(scope, seq));
        Ok(match (self.fault, chain, said) {
            (RelayFault::NoChainCheck, Some(_), Some(said)) => {
                let mut bytes = [0; 32];
                bytes[..said.0.len()].copy_from_slice(&said.0);
                Some(Chain(bytes))
            }
            _ => chain,
        })
    }
    fn read(
        &self,
        scope: Scope,
        first_seq: u32,
        bytes_max: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        // One byte is asked for to make a receipt anew.
        if self.fault == RelayFault::LeftLogsNotServed && bytes_max > 1 && !self.gives(scope) {
            return Ok(Vec::new());
        }
        self.db.read(scope, first_seq, bytes_max)
    }
    fn seal_place(&self, id: SealId) -> Result<Option<(Scope, u32)>, StoreError> {
        self.db.seal_place(id)
    }
    fn stream_taken(
        &self,
        scope: Scope,
        device: DeviceId,
        incarnation: Incarnation,
        seal_seq: u32,
    ) -> Result<bool, StoreError> {
        self.db.stream_taken(scope, device, incarnation, seal_seq)
    }
    fn newest_of(
        &self,
        device: DeviceId,
        incarnation: Incarnation,
    ) -> Result<Option<SealId>, StoreError> {
        self.db.newest_of(device, incarnation)
    }
    fn newest_in(&self, scope: Scope, device: DeviceId) -> Result<u32, StoreError> {
        self.db.newest_in(scope, device)
    }
    fn quota_left(&self, author: MemberId, now_ms: u64) -> Result<u64, StoreError> {
        self.db.quota_left(author, now_ms)
    }
    fn stable_time(&self) -> Result<u64, StoreError> {
        self.db.stable_time()
    }
    fn begin(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.state.late) {
            self.db.commit()?;
        }
        self.db.begin()
    }
    fn commit(&mut self) -> Result<(), StoreError> {
        if self.fault == RelayFault::AckBeforeCommit {
            self.state.late = true;
            return Ok(());
        }
        self.db.commit()
    }
    fn rollback(&mut self) {
        self.db.rollback();
    }
    fn append_seal(&mut self, admitted: &Admitted<'_>, relay_time: u64) -> Result<u32, StoreError> {
        self.db.append_seal(admitted, relay_time)
    }
    fn append_roster_entry(
        &mut self,
        block: Option<PlaceId>,
        entry: &Entry,
        chain: Chain,
    ) -> Result<(), StoreError> {
        self.db.append_roster_entry(block, entry, chain)
    }
    fn mend_rosters(&mut self, relay_time: u64) -> Result<(), StoreError> {
        match self.fault {
            RelayFault::RostersNotMended => Ok(()),
            _ => self.db.mend_rosters(relay_time),
        }
    }
    fn enrol(
        &mut self,
        token: Token,
        spki: &Spki,
        now_ms: u64,
    ) -> Result<(EnrolState, [u8; 16]), StoreError> {
        self.db.enrol(token, spki, now_ms)
    }
    fn alarm(&mut self, name: &'static str, scope: Scope) -> Result<(), StoreError> {
        self.db.alarm(name, scope)
    }
}

/// What a phone does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneFault {
    /// Nothing.
    #[default]
    None,
    /// It commits how far it has read before what it has read.
    CursorOutsideTheTransaction,
    /// Told that it lacks seals of its own, it goes on under the same actor.
    ActorReused,
    /// What the log set aside it leaves there.
    SetAsideNotWrittenAgain,
    /// A seal that has a receipt it never offers again.
    ReceiptIsAState,
    /// What it carries for others it forgets to hand in.
    PeerSealsForgotten,
    /// It keeps what it knows of rosters to itself.
    RosterTailKept,
}

/// What a phone's fault remembers; it outlives the process, as a file would.
#[derive(Debug, Default, Clone)]
pub struct PhoneFaultState {
    receipted: BTreeSet<SealId>,
    /// How far it believes to have read.
    cursors: BTreeMap<Scope, (u32, Chain)>,
    /// The power goes between the two commits of the next burst.
    pub power_goes: bool,
}

/// A phone's store with a fault, or without.
pub struct FaultyPhone<'a> {
    /// The store.
    pub store: &'a mut Store,
    /// What is wrong with it.
    pub fault: PhoneFault,
    /// What the fault remembers.
    pub state: &'a mut PhoneFaultState,
}

impl std::fmt::Debug for FaultyPhone<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyPhone").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl DeviceStore for FaultyPhone<'_> {
    fn realm(&self) -> RealmId {
        self.store.realm()
    }
    fn device_key(&self) -> Spki {
        self.store.device_key()
    }
    fn incarnation(&self) -> Incarnation {
        self.store.incarnation()
    }
    fn rosters(&self) -> &[Roster] {
        self.store.rosters()
    }
    fn cursors(&self) -> Result<(Vec<Cursor>, Vec<Cursor>), StoreError> {
        let (rosters, mut logs) = self.store.cursors()?;
        for (scope, (seq, chain)) in &self.state.cursors {
            logs.retain(|cursor| cursor.scope != *scope);
            logs.push(Cursor { scope: *scope, seq: *seq, chain8: chain.short() });
        }
        logs.sort_by_key(|cursor| cursor.scope);
        Ok((rosters, logs))
    }
    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError> {
        match self.state.cursors.get(&scope) {
            Some((at, chain)) if *at == seq => Ok(Some(*chain)),
            _ => DeviceStore::chain_at(&*self.store, scope, seq),
        }
    }
    fn take_burst(
        &mut self,
        logs: &[TakenLog],
        head: &Head,
        bytes: &[u8],
    ) -> Result<Taken, StoreError> {
        let of_places = || logs.iter().filter(|log| log.roster_of.is_none());
        if self.fault == PhoneFault::CursorOutsideTheTransaction && of_places().count() > 0 {
            for log in of_places() {
                if let Some((entry, chain, _)) = log.entries.last() {
                    self.state.cursors.insert(log.scope, (entry.seq, *chain));
                }
            }
            if std::mem::take(&mut self.state.power_goes) {
                return Err(StoreError::Failed("the power went".into()));
            }
        }
        let mut taken = self.store.take_burst(logs, head, bytes)?;
        if self.fault == PhoneFault::ActorReused {
            taken.cloned = false;
        }
        Ok(taken)
    }
    fn unsent(&self) -> Result<Vec<SealId>, StoreError> {
        let mut unsent = self.store.unsent()?;
        match self.fault {
            PhoneFault::ReceiptIsAState => unsent.retain(|id| !self.state.receipted.contains(id)),
            PhoneFault::PeerSealsForgotten => {
                let own = self.store.device();
                unsent.retain(|id| {
                    let bytes = self.store.seal_bytes(*id).ok().flatten();
                    let seal = bytes.and_then(|bytes| Seal::decode(&bytes).ok());
                    seal.is_some_and(|seal| seal.head.device == own)
                });
            }
            _ => {}
        }
        Ok(unsent)
    }
    fn seal_bytes(&self, id: SealId) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.seal_bytes(id)
    }
    fn knows_own(&self, short: [u8; 8]) -> Result<bool, StoreError> {
        Ok(self.fault == PhoneFault::ActorReused || self.store.knows_own(short)?)
    }
    fn mark_receipt(&mut self, receipt: &Receipt, bytes: &[u8]) -> Result<(), StoreError> {
        self.state.receipted.extend(receipt.items.iter().map(|item| item.seal));
        self.store.mark_receipt(receipt, bytes)
    }
    fn mark_refused(&mut self, id: SealId, reason: Refusal) -> Result<(), StoreError> {
        self.store.mark_refused(id, reason)
    }
    fn rebase(&mut self, scope: Scope, common: u32) -> Result<(), StoreError> {
        self.state.cursors.remove(&scope);
        self.store.rebase(scope, common)
    }
    fn note_fork(&mut self, scope: Scope) -> Result<(), StoreError> {
        self.store.note_fork(scope)
    }
    fn roster_tail(
        &self,
        scope: Scope,
        first_seq: u32,
    ) -> Result<(Vec<Entry>, Option<Vec<u8>>), StoreError> {
        match self.fault {
            PhoneFault::RosterTailKept => Ok((Vec::new(), None)),
            _ => self.store.roster_tail(scope, first_seq),
        }
    }
    fn note_up_to_date(&mut self, relay_time: u64, stable_time: u64) -> Result<(), StoreError> {
        self.store.note_up_to_date(relay_time, stable_time)
    }
    fn note_standing(&mut self, standing: Standing, relay_time: u64) -> Result<(), StoreError> {
        self.store.note_standing(standing, relay_time)
    }
}
