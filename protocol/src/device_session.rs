//! The phone's side of a meeting.
//!
//! [`DeviceSession`] has four kinds of methods: getters; `handle_*` (something happened); commands;
//! `poll_*` (what to do now). It does no I/O and knows no clock: bytes go in and come out, the store is
//! passed in. A driver calls [`DeviceSession::start`], sends what [`DeviceSession::poll_transmit`] gives
//! until it gives nothing, hands in what arrives, and looks at [`DeviceSession::poll_event`].
//!
//! What arrives in Log frames is taken at the Head that proves it, in one transaction with it. A seal is
//! offered until it is met in the log; a receipt is only a mark on it. Source: `docs/protocol.md`.

mod intake;
mod restoring;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{
    frame::{
        Ack, Enrol, EnrolAnswer, EnrolState, Frame, FrameReader, Hello, Log, Not, Push, Refusal,
        Standing, Welcome,
    },
    head::{Receipt, SignerKeys},
    id::{KeyHash, PlaceId, RealmId, Scope, SealId, Token},
    invitation::six_digits,
    key::Spki,
    limits::{BURST_BYTES_MAX, FRAME_FILL_BYTES, PUSH_BYTES_IN_FLIGHT_MAX, SESSION_LOGS_MAX},
    roster::Roster,
    session_error::SessionError,
    store::{DeviceStore, Taken},
};

use intake::Intake;

/// What a meeting tells the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceEvent {
    /// What the relay takes this phone for, and its time in ms.
    Standing(Standing, u64),
    /// How far the enrolment is, and the six digits to compare.
    Enrol(EnrolState, u32),
    /// A burst was taken.
    Taken(Taken),
    /// These seals are committed at the relay.
    Receipted(Vec<SealId>),
    /// This one was not taken.
    Refused(SealId, Refusal),
    /// The relay's log differs from what is held: an alarm; all above the common point is offered again.
    Diverged(Scope),
    /// The relay's roster is another branch: an alarm; the phone keeps its own.
    ForkedRoster(Scope),
    /// A seal of this incarnation is not here: the store was rolled back or cloned. Take a new
    /// incarnation and meet again.
    RolledBack,
    /// Everything that the relay has for this phone is here.
    UpToDate {
        /// The relay's time in ms.
        relay_time: u64,
    },
    /// The relay asks to come again after so many milliseconds.
    RetryAfter(u64),
}

/// One meeting, from the phone.
#[derive(Debug)]
pub struct DeviceSession {
    relay: Spki,
    token: Option<Token>,
    reader: FrameReader,
    outbox: VecDeque<Vec<u8>>,
    events: VecDeque<DeviceEvent>,
    standing: Option<Standing>,
    intake: Intake,
    queue: VecDeque<SealId>,
    in_flight: BTreeMap<u64, (Vec<SealId>, usize)>,
    answered: BTreeSet<SealId>,
    /// Refused in this meeting for want of something: offered again once the relay may have it.
    refused: BTreeSet<SealId>,
    /// What Hello has named: only that can diverge.
    named: BTreeSet<Scope>,
    /// Logs whose points were sent and whose Rebase has not come.
    rebasing: BTreeSet<Scope>,
    /// Logs of which nothing more is taken in this meeting.
    stopped: BTreeSet<Scope>,
    pushes: u64,
    up_to_date: bool,
    closed: bool,
}

/// The keys that may sign for the realm: what the rosters say, and before there are any the key of this
/// connection, which the invitation's hash has pinned.
struct Keys<'a> {
    pinned: Spki,
    rosters: &'a [Roster],
}

impl SignerKeys for Keys<'_> {
    fn relay_key(&self, signer: u8) -> Option<Spki> {
        let known = self.rosters.iter().find_map(|roster| roster.relay_key(signer));
        known.or_else(|| (signer == 0 && self.rosters.is_empty()).then_some(self.pinned))
    }

    fn backup(&self) -> Option<KeyHash> {
        self.rosters.iter().find_map(SignerKeys::backup)
    }
}

impl DeviceSession {
    /// A meeting with the relay whose key the handshake has shown; with a token where the phone asks to
    /// be enrolled.
    pub fn new(relay: Spki, token: Option<Token>) -> Self {
        Self {
            relay,
            token,
            reader: FrameReader::new(),
            outbox: VecDeque::new(),
            events: VecDeque::new(),
            standing: None,
            intake: Intake::default(),
            queue: VecDeque::new(),
            in_flight: BTreeMap::new(),
            answered: BTreeSet::new(),
            refused: BTreeSet::new(),
            named: BTreeSet::new(),
            rebasing: BTreeSet::new(),
            stopped: BTreeSet::new(),
            pushes: 0,
            up_to_date: false,
            closed: false,
        }
    }

    /// Whether all is done: welcomed, up to date, and nothing that was offered is without an answer.
    pub fn is_complete(&self) -> bool {
        self.standing.is_some()
            && self.up_to_date
            && self.rebasing.is_empty()
            && self.queue.is_empty()
            && self.in_flight.is_empty()
    }

    /// Whether the meeting is over.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// What the relay takes this phone for, once it has said so.
    pub fn standing(&self) -> Option<Standing> {
        self.standing
    }

    /// Begins: says who this is and what it holds.
    pub fn start(&mut self, store: &mut dyn DeviceStore) -> Result<(), SessionError> {
        let (rosters, logs) = store.cursors()?;
        if rosters.len() > SESSION_LOGS_MAX || logs.len() > SESSION_LOGS_MAX {
            self.closed = true;
            return Err(SessionError::Bound("logs of a session"));
        }
        self.named = rosters.iter().chain(&logs).map(|cursor| cursor.scope).collect();
        self.send(&Frame::Hello(Hello {
            realm: store.realm(),
            incarnation: store.incarnation(),
            rosters,
            logs,
            features: 0,
        }));
        if let Some(token) = self.token {
            self.send(&Frame::Enrol(Enrol { token }));
        }
        Ok(())
    }

    /// New seals may be waiting: offers them in this meeting.
    pub fn handle_saved(&mut self, store: &mut dyn DeviceStore) -> Result<(), SessionError> {
        if self.standing.is_none_or(|standing| standing == Standing::Unknown) {
            return Ok(());
        }
        let waiting: BTreeSet<SealId> =
            self.in_flight.values().flat_map(|(seals, _)| seals.iter().copied()).collect();
        self.queue = store
            .unsent()?
            .into_iter()
            .filter(|id| !self.answered.contains(id) && !waiting.contains(id))
            .collect();
        Ok(())
    }

    /// Takes bytes of the relay.
    pub fn handle_bytes(
        &mut self,
        store: &mut dyn DeviceStore,
        bytes: &[u8],
    ) -> Result<(), SessionError> {
        self.reader.push(bytes);
        while !self.closed {
            match self.next_step(store) {
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
    fn next_step(&mut self, store: &mut dyn DeviceStore) -> Result<bool, SessionError> {
        let Some(frame) = self.reader.next_frame()? else { return Ok(false) };
        self.handle_frame(store, frame)?;
        Ok(true)
    }

    /// The next bytes for the relay, if there are any now.
    pub fn poll_transmit(
        &mut self,
        store: &mut dyn DeviceStore,
    ) -> Result<Option<Vec<u8>>, SessionError> {
        if self.outbox.is_empty() && !self.closed {
            self.offer(store)?;
        }
        Ok(self.outbox.pop_front())
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<DeviceEvent> {
        self.events.pop_front()
    }

    fn send(&mut self, frame: &Frame) {
        self.outbox.push_back(frame.encode());
    }

    fn handle_frame(
        &mut self,
        store: &mut dyn DeviceStore,
        frame: Frame,
    ) -> Result<(), SessionError> {
        if needs_welcome(&frame) && self.standing.is_none_or(|s| s == Standing::Unknown) {
            return Err(SessionError::OutOfPlace("a frame before welcome"));
        }
        match frame {
            Frame::Welcome(welcome) => self.handle_welcome(store, &welcome),
            Frame::EnrolAnswer(answer) => self.handle_enrol_answer(store, &answer),
            Frame::Log(log) => self.handle_log(store, &log),
            Frame::Head(bytes) => self.handle_head(store, &bytes),
            Frame::UpToDate(now) => {
                if !self.intake.is_empty() {
                    return Err(SessionError::OutOfPlace("up to date within a burst"));
                }
                store.note_up_to_date(now.relay_time, now.stable_time)?;
                self.up_to_date = true;
                self.events.push_back(DeviceEvent::UpToDate { relay_time: now.relay_time });
                Ok(())
            }
            Frame::Ack(ack) => self.handle_ack(store, ack),
            Frame::Not(not) => self.handle_not(store, not),
            Frame::Diverged(diverged) => self.handle_diverged(store, &diverged),
            Frame::Rebase(rebase) => self.handle_rebase(store, &rebase.common),
            Frame::RetryAfter(ms) => {
                self.events.push_back(DeviceEvent::RetryAfter(ms));
                Ok(())
            }
            Frame::Error(name) => Err(SessionError::Ended(name)),
            Frame::Skipped(_) => Ok(()),
            Frame::Hello(_)
            | Frame::Enrol(_)
            | Frame::Push(_)
            | Frame::Points(_)
            | Frame::Tail(_) => Err(SessionError::OutOfPlace("a phone's frame")),
        }
    }

    fn handle_welcome(
        &mut self,
        store: &mut dyn DeviceStore,
        welcome: &Welcome,
    ) -> Result<(), SessionError> {
        self.standing = Some(welcome.standing);
        store.note_standing(welcome.standing, welcome.relay_time)?;
        self.events.push_back(DeviceEvent::Standing(welcome.standing, welcome.relay_time));
        if let Some(newest) = welcome.newest
            && !store.knows_own(newest)?
        {
            return self.roll_back();
        }
        self.handle_saved(store)
    }

    /// The store lacks what this incarnation has sealed. Nothing more is taken under it.
    fn roll_back(&mut self) -> Result<(), SessionError> {
        self.events.push_back(DeviceEvent::RolledBack);
        self.closed = true;
        Ok(())
    }

    fn handle_enrol_answer(
        &mut self,
        store: &mut dyn DeviceStore,
        answer: &EnrolAnswer,
    ) -> Result<(), SessionError> {
        let Some(token) = self.token else {
            return Err(SessionError::OutOfPlace("an answer to no enrolment"));
        };
        let digits = six_digits(&store.realm(), &token, &store.device_key(), &answer.salt);
        self.events.push_back(DeviceEvent::Enrol(answer.state, digits));
        Ok(())
    }

    fn handle_log(&mut self, store: &dyn DeviceStore, log: &Log) -> Result<(), SessionError> {
        self.up_to_date = false;
        // Of a log that stopped nothing more is held to go on from; the next meeting asks again.
        if self.stopped.contains(&log.scope) {
            return Ok(());
        }
        self.intake.add(store, log)?;
        if self.intake.bytes() > BURST_BYTES_MAX * 2 {
            return Err(SessionError::Bound("burst"));
        }
        Ok(())
    }

    fn handle_head(
        &mut self,
        store: &mut dyn DeviceStore,
        bytes: &[u8],
    ) -> Result<(), SessionError> {
        let realm = store.realm();
        let keys = Keys { pinned: self.relay, rosters: store.rosters() };
        let head = crate::head::Head::open(bytes, &realm, &keys)?;
        let logs = self.intake.finish(&head)?;
        let taken = store.take_burst(&logs, &head, bytes)?;
        let cloned = taken.cloned;
        self.stopped.extend(taken.stopped.iter().map(|(scope, _)| *scope));
        self.events.push_back(DeviceEvent::Taken(taken));
        if cloned { self.roll_back() } else { self.handle_saved(store) }
    }

    fn handle_ack(&mut self, store: &mut dyn DeviceStore, ack: Ack) -> Result<(), SessionError> {
        let Some((seals, _)) = self.in_flight.remove(&ack.number) else {
            return Err(SessionError::OutOfPlace("an answer to no push"));
        };
        self.up_to_date = false;
        self.answered.extend(&seals);
        if let Some(bytes) = ack.receipt {
            let realm = store.realm();
            let keys = Keys { pinned: self.relay, rosters: store.rosters() };
            let receipt = Receipt::open(&bytes, &realm, &keys)?;
            store.mark_receipt(&receipt, &bytes)?;
            let receipted = receipt.items.iter().map(|item| item.seal).collect();
            self.events.push_back(DeviceEvent::Receipted(receipted));
        }
        Ok(())
    }

    fn handle_not(&mut self, store: &mut dyn DeviceStore, not: Not) -> Result<(), SessionError> {
        let seal = self
            .in_flight
            .get(&not.number)
            .and_then(|(seals, _)| seals.get(usize::try_from(not.seal).ok()?).copied());
        let Some(seal) = seal else {
            return Err(SessionError::OutOfPlace("a refusal of no seal"));
        };
        store.mark_refused(seal, not.reason)?;
        self.refused.insert(seal);
        self.events.push_back(DeviceEvent::Refused(seal, not.reason));
        Ok(())
    }

    /// Pushes what fits into the bytes that may be in flight.
    fn offer(&mut self, store: &mut dyn DeviceStore) -> Result<(), SessionError> {
        let mut in_flight: usize = self.in_flight.values().map(|(_, bytes)| bytes).sum();
        let (mut ids, mut seals, mut bytes) = (Vec::new(), Vec::new(), 0);
        while let Some(id) = self.queue.front().copied() {
            let Some(seal) = store.seal_bytes(id)? else {
                self.queue.pop_front();
                continue;
            };
            // One seal may always go, however large; frames keep below their cap.
            let first = in_flight == 0 && ids.is_empty();
            if !first
                && (in_flight + seal.len() > PUSH_BYTES_IN_FLIGHT_MAX
                    || bytes + seal.len() > FRAME_FILL_BYTES)
            {
                break;
            }
            self.queue.pop_front();
            in_flight += seal.len();
            bytes += seal.len();
            ids.push(id);
            seals.push(seal);
        }
        if ids.is_empty() {
            return Ok(());
        }
        let number = self.pushes;
        self.pushes += 1;
        self.up_to_date = false;
        self.in_flight.insert(number, (ids, bytes));
        self.send(&Frame::Push(Push { number, seals }));
        Ok(())
    }
}

/// What has its place only once the relay has said what the phone is, and that it knows it.
fn needs_welcome(frame: &Frame) -> bool {
    matches!(
        frame,
        Frame::Log(_)
            | Frame::Head(_)
            | Frame::UpToDate(_)
            | Frame::Ack(_)
            | Frame::Not(_)
            | Frame::Rebase(_)
    )
}

/// Whether a roster log's scope is what its block makes it.
pub(crate) fn is_roster_of(realm: &RealmId, scope: Scope, block: PlaceId) -> bool {
    let block = (block != PlaceId::ZERO).then_some(block);
    Scope::roster(realm, block) == scope
}
