//! A restored relay takes the ends of its own rosters back from the phones, proven by its own Heads.

use std::collections::{BTreeMap, BTreeSet};

use super::{Position, RelayEvent, RelaySession};
use crate::{
    device_session::is_roster_of,
    frame::Tail,
    head::{Head, SIGNER_GENESIS, SignerKeys},
    id::{Chain, KeyHash, PlaceId, Scope},
    key::Spki,
    log::{Entry, chain_next},
    roster::Roster,
    session_error::SessionError,
    store::RelayStore,
};

/// Bytes of tails that wait for their Head, all together; a whole roster has some fifty thousand.
const TAIL_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rosters that one phone may hand in.
const TAILS_MAX: usize = 128;

/// The tails that are on their way.
#[derive(Debug, Default)]
pub(super) struct Tails {
    expected: BTreeSet<Scope>,
    parts: BTreeMap<Scope, Vec<Entry>>,
    whole: Vec<WholeTail>,
    /// Bytes of all tails of this meeting.
    bytes: usize,
}

/// All of one roster's tail.
#[derive(Debug)]
struct WholeTail {
    block: Option<PlaceId>,
    scope: Scope,
    entries: Vec<Entry>,
    head: Vec<u8>,
}

/// What of a tail holds: its newest entry, and those that the relay lacks.
struct Proven<'t> {
    newest: u32,
    missing: Vec<(&'t Entry, Chain)>,
}

impl Tails {
    pub(super) fn expect(&mut self, scope: Scope) -> Result<(), SessionError> {
        self.expected.insert(scope);
        if self.expected.len() > TAILS_MAX {
            Err(SessionError::Bound("roster tails"))
        } else {
            Ok(())
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.expected.is_empty()
    }
}

/// The relay's own keys: that of this process, and those which its rosters name.
struct OwnKeys<'a> {
    own: Spki,
    rosters: &'a [Roster],
}

impl SignerKeys for OwnKeys<'_> {
    fn relay_key(&self, signer: u8) -> Option<Spki> {
        if signer == SIGNER_GENESIS {
            return Some(self.own);
        }
        self.rosters.iter().find_map(|roster| roster.relay_key(signer))
    }

    fn backup(&self) -> Option<KeyHash> {
        self.rosters.iter().find_map(SignerKeys::backup)
    }
}

impl RelaySession {
    pub(super) fn handle_tail(
        &mut self,
        store: &mut dyn RelayStore,
        tail: Tail,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        let realm = store.realm();
        let block = (tail.block != PlaceId::ZERO).then_some(tail.block);
        let scope = Scope::roster(&realm, block);
        if !self.tails.expected.contains(&scope) || !is_roster_of(&realm, scope, tail.block) {
            return Err(SessionError::OutOfPlace("a tail of a roster that did not diverge"));
        }
        let keeps_its_own = tail.entries.is_empty() && tail.head.is_none();
        self.tails.bytes += tail.entries.iter().map(Vec::len).sum::<usize>();
        if self.tails.bytes > TAIL_BYTES_MAX {
            return Err(SessionError::Bound("bytes of roster tails"));
        }
        let entries = self.tails.parts.entry(scope).or_default();
        for entry in &tail.entries {
            entries.push(Entry::decode(entry).map_err(|_| SessionError::Chain)?);
        }
        if keeps_its_own {
            self.alarm(store, "roster_forked", scope)?;
            // Two branches: nothing of this one is any use to the phone.
            self.rosters.insert(scope, Position { paused: true, ..Position::at(0) });
        } else {
            let Some(head) = tail.head else { return Ok(()) };
            let entries = std::mem::take(entries);
            self.tails.whole.push(WholeTail { block, scope, entries, head });
        }
        self.tails.expected.remove(&scope);
        self.tails.parts.remove(&scope);
        if !self.tails.is_empty() {
            return Ok(());
        }
        self.take_tails(store, now_ms)?;
        self.welcome(store, now_ms)
    }

    /// Takes all tails of the phone and mends once, in one transaction: a copy that mending writes must
    /// not come before the tail that it would fork.
    fn take_tails(&mut self, store: &mut dyn RelayStore, now_ms: u64) -> Result<(), SessionError> {
        let tails = std::mem::take(&mut self.tails.whole);
        if tails.is_empty() {
            return Ok(());
        }
        store.begin()?;
        match self.append_tails(store, &tails, now_ms) {
            Ok(positions) => {
                store.commit()?;
                self.rosters.extend(positions);
            }
            Err(error) => {
                store.rollback();
                return Err(error);
            }
        }
        // Mending may have written into any of them.
        let rosters = store.rosters().iter().map(Roster::scope).collect();
        self.events.push_back(RelayEvent::Appended(rosters));
        Ok(())
    }

    fn append_tails(
        &self,
        store: &mut dyn RelayStore,
        tails: &[WholeTail],
        now_ms: u64,
    ) -> Result<Vec<(Scope, Position)>, SessionError> {
        let mut positions = Vec::with_capacity(tails.len());
        for tail in tails {
            let Proven { newest, missing } = self.proven(store, tail)?;
            for (entry, chain) in missing {
                store.append_roster_entry(tail.block, entry, chain)?;
            }
            // Another phone may have brought more than this one holds.
            positions.push((tail.scope, Position::at(newest)));
        }
        store.mend_rosters(now_ms)?;
        Ok(positions)
    }

    /// The newest entry of a tail, and those that the relay lacks: on its chain, and proven by its own
    /// Head.
    fn proven<'t>(
        &self,
        store: &dyn RelayStore,
        tail: &'t WholeTail,
    ) -> Result<Proven<'t>, SessionError> {
        let (realm, scope) = (store.realm(), tail.scope);
        let keys = OwnKeys { own: self.key.spki(), rosters: store.rosters() };
        let head = Head::open(&tail.head, &realm, &keys)?;
        let proven = head.items.iter().find(|item| item.scope == scope);
        let proven = proven.ok_or(SessionError::Chain)?;
        let newest = tail.entries.last().ok_or(SessionError::Chain)?.seq;
        let (mut seq, mut chain) = store.head(scope)?;
        let mut missing: Vec<(&Entry, Chain)> = Vec::new();
        for entry in &tail.entries {
            if entry.scope != scope {
                return Err(SessionError::Chain);
            }
            if entry.seq <= seq {
                // Another phone was faster.
                continue;
            }
            if entry.seq != seq.saturating_add(1) {
                return Err(SessionError::Chain);
            }
            chain = chain_next(&chain, &entry.hash(&realm));
            seq = entry.seq;
            missing.push((entry, chain));
        }
        if store.chain_at(scope, proven.seq)?.is_none_or(|chain| chain != proven.chain)
            && (seq, chain) != (proven.seq, proven.chain)
        {
            return Err(SessionError::Chain);
        }
        Ok(Proven { newest, missing })
    }
}
