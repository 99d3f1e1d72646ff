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
    store::{RelayStore, StoreError},
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
    /// Bytes of all tails of this meeting.
    bytes: usize,
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
            self.take_tail(store, block, scope, &entries, &head, now_ms)?;
        }
        self.tails.expected.remove(&scope);
        self.tails.parts.remove(&scope);
        if self.tails.is_empty() { self.welcome(store, now_ms) } else { Ok(()) }
    }

    fn take_tail(
        &mut self,
        store: &mut dyn RelayStore,
        block: Option<PlaceId>,
        scope: Scope,
        entries: &[Entry],
        head: &[u8],
        now_ms: u64,
    ) -> Result<(), SessionError> {
        let realm = store.realm();
        let keys = OwnKeys { own: self.key.spki(), rosters: store.rosters() };
        let head = Head::open(head, &realm, &keys)?;
        let proven = head.items.iter().find(|item| item.scope == scope);
        let proven = proven.ok_or(SessionError::Chain)?;
        let newest = entries.last().ok_or(SessionError::Chain)?.seq;
        let (mut seq, mut chain) = store.head(scope)?;
        let mut missing: Vec<(&Entry, Chain)> = Vec::new();
        for entry in entries {
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
        store.begin()?;
        if let Err(error) = append(store, block, &missing, now_ms) {
            store.rollback();
            return Err(error.into());
        }
        store.commit()?;
        // Another phone may have brought more than this one holds.
        self.rosters.insert(scope, Position::at(newest));
        // Mending may have written into any of them.
        let rosters = store.rosters().iter().map(Roster::scope).collect();
        self.events.push_back(RelayEvent::Appended(rosters));
        Ok(())
    }
}

fn append(
    store: &mut dyn RelayStore,
    block: Option<PlaceId>,
    missing: &[(&Entry, Chain)],
    now_ms: u64,
) -> Result<(), StoreError> {
    for (entry, chain) in missing {
        store.append_roster_entry(block, entry, *chain)?;
    }
    store.mend_rosters(now_ms)
}
