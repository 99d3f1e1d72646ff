//! The relay's side of a meeting: sans-IO, one for each connection.
//!
//! It holds cursors and nothing of any document. A driver hands in what arrives, then sends what
//! [`RelaySession::poll_transmit`] gives until it gives nothing; to hold a slow phone back it just stops
//! asking. After [`RelayEvent::Appended`] it calls [`RelaySession::handle_appended`] on the other
//! sessions. Nothing is acknowledged before the store has committed. Source: `docs/protocol.md`.

mod push;
mod serving;
mod tail;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use crate::{
    frame::{
        Diverged, Enrol, EnrolAnswer, EnrolState, Frame, FrameReader, Hello, Points, Rebase,
        Standing, Welcome,
    },
    id::{Chain8, Cursor, DeviceId, Incarnation, MemberId, Scope},
    key::{DeviceKey, Spki},
    session_error::SessionError,
    store::{RelayStore, StoreError},
};

pub use push::{SealsTaken, admit_seals};
use serving::Position;
use tail::Tails;

/// Frames that wait to be sent: a full burst and the answers to what a phone may have in flight are
/// far below.
const OUTBOX_FRAMES_MAX: usize = 4_096;

/// What a meeting tells the relay's driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayEvent {
    /// These logs have new entries, committed: other sessions may be told.
    Appended(BTreeSet<Scope>),
    /// A device was enrolled.
    Enrolled(DeviceId),
    /// Something that a person must look at, by name.
    Alarm(&'static str, Scope),
}

/// One meeting, from the relay.
pub struct RelaySession {
    peer: Spki,
    key: Arc<dyn DeviceKey>,
    reader: FrameReader,
    outbox: VecDeque<Vec<u8>>,
    events: VecDeque<RelayEvent>,
    incarnation: Option<Incarnation>,
    named: Vec<Cursor>,
    token_spent: bool,
    standing: Option<Standing>,
    tails: Tails,
    rosters: BTreeMap<Scope, Position>,
    logs: BTreeMap<Scope, Position>,
    /// The newest entry of each log that a seal of this meeting has.
    pushed: BTreeMap<Scope, u32>,
    behind: bool,
    owes_up_to_date: bool,
    closed: bool,
}

impl std::fmt::Debug for RelaySession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelaySession")
            .field("device", &self.peer.device())
            .field("standing", &self.standing)
            .field("logs", &self.logs.len())
            .finish_non_exhaustive()
    }
}

impl RelaySession {
    /// A meeting with the phone whose key the handshake has shown. `key` signs Heads and receipts.
    pub fn new(peer: Spki, key: Arc<dyn DeviceKey>) -> Self {
        Self {
            peer,
            key,
            reader: FrameReader::new(),
            outbox: VecDeque::new(),
            events: VecDeque::new(),
            incarnation: None,
            named: Vec::new(),
            token_spent: false,
            standing: None,
            tails: Tails::default(),
            rosters: BTreeMap::new(),
            logs: BTreeMap::new(),
            pushed: BTreeMap::new(),
            behind: false,
            owes_up_to_date: false,
            closed: false,
        }
    }

    /// The device at the other end, once it has said hello.
    pub fn device(&self) -> Option<DeviceId> {
        self.incarnation.map(|_| self.peer.device())
    }

    /// What it is taken for.
    pub fn standing(&self) -> Option<Standing> {
        self.standing
    }

    /// Whether the meeting is over.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Other sessions have committed entries in these logs.
    pub fn handle_appended(&mut self, scopes: &BTreeSet<Scope>) {
        let concerned = scopes
            .iter()
            .any(|scope| self.rosters.contains_key(scope) || self.logs.contains_key(scope));
        self.behind |= concerned;
    }

    /// Takes bytes of the phone. `now_ms` is the relay's clock.
    pub fn handle_bytes(
        &mut self,
        store: &mut dyn RelayStore,
        bytes: &[u8],
        now_ms: u64,
    ) -> Result<(), SessionError> {
        self.reader.push(bytes);
        while !self.closed {
            match self.next_step(store, now_ms) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.closed = true;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Takes one frame, if it is there whole.
    fn next_step(&mut self, store: &mut dyn RelayStore, now_ms: u64) -> Result<bool, SessionError> {
        // A phone that sends on without reading its answers would fill the memory.
        if self.outbox.len() > OUTBOX_FRAMES_MAX {
            return Err(SessionError::Bound("answers that wait"));
        }
        let Some(frame) = self.reader.next_frame()? else { return Ok(false) };
        self.handle_frame(store, frame, now_ms)?;
        Ok(true)
    }

    /// The next bytes for the phone, if there are any now.
    pub fn poll_transmit(
        &mut self,
        store: &mut dyn RelayStore,
        now_ms: u64,
    ) -> Result<Option<Vec<u8>>, SessionError> {
        let may_serve = self.standing.is_some_and(|standing| standing != Standing::Unknown);
        if self.outbox.is_empty()
            && may_serve
            && !self.closed
            && let Err(error) = self.serve(store, now_ms)
        {
            self.closed = true;
            return Err(error);
        }
        Ok(self.outbox.pop_front())
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<RelayEvent> {
        self.events.pop_front()
    }

    fn send(&mut self, frame: &Frame) {
        self.outbox.push_back(frame.encode());
    }

    fn handle_frame(
        &mut self,
        store: &mut dyn RelayStore,
        frame: Frame,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        if self.incarnation.is_none() && !matches!(frame, Frame::Hello(_) | Frame::Skipped(_)) {
            return Err(SessionError::OutOfPlace("a frame before hello"));
        }
        match frame {
            Frame::Hello(hello) => self.handle_hello(store, hello, now_ms),
            Frame::Enrol(enrol) => self.handle_enrol(store, enrol, now_ms),
            Frame::Push(push) => self.handle_push(store, &push, now_ms),
            Frame::Points(points) => self.handle_points(store, &points),
            Frame::Tail(tail) => self.handle_tail(store, tail, now_ms),
            Frame::Error(name) => Err(SessionError::Ended(name)),
            Frame::Skipped(_) | Frame::RetryAfter(_) => Ok(()),
            _ => Err(SessionError::OutOfPlace("a relay's frame")),
        }
    }

    fn handle_hello(
        &mut self,
        store: &mut dyn RelayStore,
        hello: Hello,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        if self.incarnation.is_some() {
            return Err(SessionError::OutOfPlace("a second hello"));
        }
        if hello.realm != store.realm() {
            self.send(&Frame::Error("realm".to_owned()));
            return Err(SessionError::OutOfPlace("another realm"));
        }
        self.incarnation = Some(hello.incarnation);
        self.named = hello.logs;
        for cursor in hello.rosters {
            if has(store, &cursor)? {
                self.rosters.insert(cursor.scope, Position::at(cursor.seq));
            } else {
                self.tails.expect(cursor.scope)?;
                self.alarm(store, "roster_diverged", cursor.scope)?;
                self.send_diverged(store, cursor.scope)?;
            }
        }
        if self.tails.is_empty() { self.welcome(store, now_ms) } else { Ok(()) }
    }

    /// Says what the phone is here, and begins to serve it.
    fn welcome(&mut self, store: &mut dyn RelayStore, now_ms: u64) -> Result<(), SessionError> {
        let standing = self.standing_of(store);
        self.greet(store, standing, now_ms)?;
        if standing != Standing::Unknown {
            self.place_logs(store)?;
            self.behind = true;
            self.owes_up_to_date = true;
        }
        Ok(())
    }

    fn greet(
        &mut self,
        store: &dyn RelayStore,
        standing: Standing,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        let incarnation = self.incarnation.unwrap_or_default();
        let newest = store.newest_of(self.peer.device(), incarnation)?.map(|id| id.short());
        let stable_time = store.stable_time()?;
        self.standing = Some(standing);
        self.send(&Frame::Welcome(Welcome {
            standing,
            newest,
            relay_time: now_ms,
            stable_time,
            features: 0,
        }));
        Ok(())
    }

    /// Says anew what the phone is here, where rosters have changed that while it was listening.
    fn greet_again(&mut self, store: &dyn RelayStore, now_ms: u64) -> Result<(), SessionError> {
        let standing = self.standing_of(store);
        if self.standing == Some(standing) { Ok(()) } else { self.greet(store, standing, now_ms) }
    }

    fn standing_of(&self, store: &dyn RelayStore) -> Standing {
        let device = self.peer.device();
        let rosters = store.rosters();
        if rosters.iter().any(|roster| roster.tip().device(device).is_some()) {
            Standing::Active
        } else if rosters.iter().any(|roster| roster.ever_had_device(device)) {
            Standing::Revoked
        } else {
            Standing::Unknown
        }
    }

    /// The member whose device this is, where it stands in a roster.
    fn member(&self, store: &dyn RelayStore) -> Option<MemberId> {
        let device = self.peer.device();
        store.rosters().iter().find_map(|roster| roster.tip().device(device)).map(|d| d.member)
    }

    fn handle_enrol(
        &mut self,
        store: &mut dyn RelayStore,
        enrol: Enrol,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        if std::mem::replace(&mut self.token_spent, true) {
            return Err(SessionError::OutOfPlace("a second enrolment"));
        }
        store.begin()?;
        let (state, salt) = match store.enrol(enrol.token, &self.peer, now_ms) {
            Ok(answer) => answer,
            Err(error) => {
                store.rollback();
                return Err(error.into());
            }
        };
        store.commit()?;
        self.send(&Frame::EnrolAnswer(EnrolAnswer { state, salt }));
        if state == EnrolState::Done {
            self.events.push_back(RelayEvent::Enrolled(self.peer.device()));
            let rosters = store.rosters().iter().map(crate::roster::Roster::scope).collect();
            self.events.push_back(RelayEvent::Appended(rosters));
            if self.standing != Some(Standing::Active) && self.tails.is_empty() {
                self.welcome(store, now_ms)?;
            }
        }
        Ok(())
    }

    fn handle_points(
        &mut self,
        store: &mut dyn RelayStore,
        points: &Points,
    ) -> Result<(), SessionError> {
        let Some(position) = self.logs.get(&points.scope).copied().filter(|p| p.paused) else {
            return Err(SessionError::OutOfPlace("points of a log that did not diverge"));
        };
        let mut common = (0, Chain8::ZERO);
        for (seq, chain8) in &points.points {
            if store.chain_at(points.scope, *seq)?.is_some_and(|chain| chain.short() == *chain8) {
                common = (*seq, *chain8);
                break;
            }
        }
        if common.0 == 0 {
            common.1 = store.chain_at(points.scope, 0)?.unwrap_or_default().short();
        }
        self.logs
            .insert(points.scope, Position { seq: common.0, paused: false, left: position.left });
        let common = Cursor { scope: points.scope, seq: common.0, chain8: common.1 };
        self.send(&Frame::Rebase(Rebase { common }));
        self.behind = true;
        self.owes_up_to_date = true;
        Ok(())
    }

    fn send_diverged(
        &mut self,
        store: &mut dyn RelayStore,
        scope: Scope,
    ) -> Result<(), SessionError> {
        let (seq, chain) = store.head(scope)?;
        let head = Cursor { scope, seq, chain8: chain.short() };
        self.send(&Frame::Diverged(Diverged { head }));
        Ok(())
    }

    fn alarm(
        &mut self,
        store: &mut dyn RelayStore,
        name: &'static str,
        scope: Scope,
    ) -> Result<(), StoreError> {
        self.events.push_back(RelayEvent::Alarm(name, scope));
        store.alarm(name, scope)
    }
}

/// Whether the relay's log has the point of a cursor.
fn has(store: &dyn RelayStore, cursor: &Cursor) -> Result<bool, StoreError> {
    let chain = store.chain_at(cursor.scope, cursor.seq)?;
    Ok(chain.is_some_and(|chain| chain.short() == cursor.chain8))
}
