//! What goes down: rosters first, then every log that the roster gives the member, in bursts that a
//! signed Head closes.

use std::collections::{BTreeMap, BTreeSet};

use super::{RelaySession, has};
use crate::{
    frame::{Frame, Log, Standing, UpToDate},
    head::{Head, HeadItem, SIGNER_GENESIS},
    id::{Cursor, DeviceId, Incarnation, PlaceId, Scope},
    limits::{
        BURST_BYTES_MAX, FRAME_FILL_BYTES, HEAD_ITEMS_MAX, LOG_ENTRIES_MAX, SESSION_LOGS_MAX,
    },
    roster::Roster,
    session_error::SessionError,
    store::{RelayStore, StoreError, StoredEntry},
};

/// How far a log has been sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    /// The newest entry sent.
    pub(super) seq: u32,
    /// The chains differ: of a log the phone has not yet said where they are the same, of a roster it
    /// keeps its own branch.
    pub(super) paused: bool,
    /// The roster does not give the log: it is read on only to be left.
    pub(super) left: bool,
}

impl Position {
    pub(super) fn at(seq: u32) -> Self {
        Self { seq, paused: false, left: false }
    }
}

/// What stands before an entry and its seal in a frame's body, at most.
const ITEM_HEADS_BYTES: usize = 10;

/// What a burst is built of.
#[derive(Default)]
struct Burst {
    frames: Vec<Frame>,
    items: BTreeMap<Scope, HeadItem>,
    bytes: usize,
}

impl Burst {
    fn is_full(&self) -> bool {
        self.bytes >= BURST_BYTES_MAX || self.items.len() >= HEAD_ITEMS_MAX
    }
}

impl RelaySession {
    /// Finds out which rosters and logs the phone is sent now, and keeps how far each has gone.
    pub(super) fn place_logs(&mut self, store: &mut dyn RelayStore) -> Result<(), SessionError> {
        let device = self.peer.device();
        let member = self.member(store).filter(|_| self.standing == Some(Standing::Active));
        let mut held: BTreeSet<Scope> = BTreeSet::new();
        let mut followed: BTreeSet<Scope> = BTreeSet::new();
        if let Some(member) = member {
            for roster in store.rosters() {
                if roster.tip().device(device).is_some() {
                    followed.insert(roster.scope());
                }
                let places = roster.tip().logs_of(member);
                followed.extend(former_rosters(store.rosters(), roster, &places));
                held.extend(places.into_iter().map(PlaceId::scope));
            }
        }
        for scope in followed {
            self.rosters.entry(scope).or_insert_with(|| Position::at(0));
        }
        let named: BTreeMap<Scope, Cursor> =
            self.named.iter().map(|cursor| (cursor.scope, *cursor)).collect();
        let left = self.pushed.keys().chain(named.keys()).copied();
        let all: BTreeSet<Scope> = held.iter().copied().chain(left).collect();
        if all.len() > SESSION_LOGS_MAX {
            return Err(SessionError::Bound("logs of a session"));
        }
        for scope in all {
            let left = !held.contains(&scope);
            if let Some(position) = self.logs.get_mut(&scope) {
                position.left = left;
                continue;
            }
            let position = match named.get(&scope) {
                Some(cursor) if has(store, cursor)? => Position::at(cursor.seq),
                Some(_) => {
                    self.alarm(store, "log_diverged", scope)?;
                    self.send_diverged(store, scope)?;
                    Position { paused: true, ..Position::at(0) }
                }
                None => Position::at(0),
            };
            self.logs.insert(scope, Position { left, ..position });
        }
        Ok(())
    }

    /// One burst, or the word that there is nothing more.
    pub(super) fn serve(
        &mut self,
        store: &mut dyn RelayStore,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        let mut burst = Burst::default();
        if self.behind {
            let mut finished = self.collect_rosters(store, &mut burst)?;
            if !burst.frames.is_empty() {
                // What the phone is here and what it may hold have changed with them.
                self.greet_again(store, now_ms)?;
                self.place_logs(store)?;
            }
            // A log is never ahead of the roster that its seals name.
            finished = finished && self.collect_logs(store, &mut burst)?;
            self.behind = !finished;
        }
        if !burst.frames.is_empty() {
            let head = Head {
                realm: store.realm(),
                signer: SIGNER_GENESIS,
                relay_time: now_ms,
                stable_time: store.stable_time()?,
                items: burst.items.into_values().collect(),
            };
            let bytes = head.sign(self.key.as_ref())?;
            for frame in &burst.frames {
                self.send(frame);
            }
            self.send(&Frame::Head(bytes));
            self.owes_up_to_date = true;
        } else if self.owes_up_to_date && !self.behind && !self.awaits_points() {
            self.owes_up_to_date = false;
            let stable_time = store.stable_time()?;
            self.send(&Frame::UpToDate(UpToDate { relay_time: now_ms, stable_time }));
        }
        Ok(())
    }

    /// Whether a log is held back until the phone says where it agrees.
    fn awaits_points(&self) -> bool {
        self.logs.values().any(|position| position.paused)
    }

    /// Adds what rosters have gained until the burst is full; says whether all are read to their heads.
    fn collect_rosters(
        &mut self,
        store: &dyn RelayStore,
        burst: &mut Burst,
    ) -> Result<bool, SessionError> {
        let blocks: BTreeMap<Scope, PlaceId> = store
            .rosters()
            .iter()
            .map(|roster| (roster.scope(), roster.block().unwrap_or(PlaceId::ZERO)))
            .collect();
        for (scope, position) in &mut self.rosters {
            let Some(block) = blocks.get(scope).filter(|_| !position.paused) else { continue };
            loop {
                if burst.is_full() {
                    return Ok(false);
                }
                let entries = read_frame(store, *scope, position.seq)?;
                let Some(last) = entries.last() else { break };
                position.seq = last.entry.seq;
                add(burst, *scope, Some(*block), &entries, |_| false, false);
            }
        }
        Ok(true)
    }

    /// Adds what logs have gained until the burst is full; says whether all are read to their heads.
    fn collect_logs(
        &mut self,
        store: &dyn RelayStore,
        burst: &mut Burst,
    ) -> Result<bool, SessionError> {
        let device = self.peer.device();
        let own = (device, self.incarnation.unwrap_or_default());
        for (scope, position) in &mut self.logs {
            if position.paused {
                continue;
            }
            // A log that is left is read on to the newest seal that the phone wrote or offered.
            let offered = self.pushed.get(scope).copied().unwrap_or_default();
            let end = match position.left {
                true => store.newest_in(*scope, device)?.max(offered),
                false => u32::MAX,
            };
            while position.seq < end {
                if burst.is_full() {
                    return Ok(false);
                }
                let mut entries = read_frame(store, *scope, position.seq)?;
                entries.retain(|stored| stored.entry.seq <= end);
                let Some(last) = entries.last() else { break };
                position.seq = last.entry.seq;
                let left = position.left;
                add(burst, *scope, None, &entries, |seal| is_left_out(seal, own, left), left);
            }
        }
        Ok(true)
    }
}

/// The entries after `seq` that one frame takes as they are encoded, at least one where there is one.
fn read_frame(
    store: &dyn RelayStore,
    scope: Scope,
    seq: u32,
) -> Result<Vec<StoredEntry>, StoreError> {
    let mut entries = store.read(scope, seq.saturating_add(1), FRAME_FILL_BYTES)?;
    let (mut fitting, mut bytes) = (0, 0);
    for stored in entries.iter().take(LOG_ENTRIES_MAX) {
        let seal = stored.seal.as_ref().and_then(|seal| seal.bytes.as_ref());
        bytes += stored.entry.encode().len() + seal.map_or(0, Vec::len) + ITEM_HEADS_BYTES;
        if bytes > FRAME_FILL_BYTES && fitting > 0 {
            break;
        }
        fitting += 1;
    }
    entries.truncate(fitting);
    Ok(entries)
}

/// Whether a seal's bytes are not sent: those of this incarnation are at the phone; of a log that is
/// being left those of others are none of its business any more.
fn is_left_out(seal: (DeviceId, Incarnation), own: (DeviceId, Incarnation), left: bool) -> bool {
    seal == own || (left && seal.0 != own.0)
}

fn add(
    burst: &mut Burst,
    scope: Scope,
    roster_of: Option<PlaceId>,
    entries: &[StoredEntry],
    left_out: impl Fn((DeviceId, Incarnation)) -> bool,
    left: bool,
) {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
    let mut seals = Vec::new();
    for seal in entries.iter().filter_map(|stored| stored.seal.as_ref()) {
        let bytes = seal.bytes.clone();
        seals.push(bytes.filter(|_| !left_out((seal.device, seal.incarnation))));
    }
    let frame = Log {
        scope,
        roster_of,
        first_seq: first.entry.seq,
        entries: entries.iter().map(|stored| stored.entry.encode()).collect(),
        seals,
        left,
    };
    burst.bytes += frame.entries.iter().map(Vec::len).sum::<usize>();
    burst.bytes += frame.seals.iter().flatten().map(Vec::len).sum::<usize>();
    burst.items.insert(scope, HeadItem { scope, seq: last.entry.seq, chain: last.chain });
    burst.frames.push(Frame::Log(frame));
}

/// The rosters in which any of these places lay before: points of its log may be theirs.
fn former_rosters(rosters: &[Roster], present: &Roster, places: &[PlaceId]) -> Vec<Scope> {
    rosters
        .iter()
        .filter(|roster| roster.scope() != present.scope())
        .filter(|roster| places.iter().any(|place| roster.ever_held(*place)))
        .map(Roster::scope)
        .collect()
}
