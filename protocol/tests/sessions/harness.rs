//! A small realm, and meetings in one thread: bytes between both sessions until neither has any.

use std::{collections::BTreeSet, sync::Arc};

use doorstep_protocol::{
    device_session::{DeviceEvent, DeviceSession},
    frame::{Frame, FrameReader, Refusal},
    id::{DeviceId, KeyHash, Level, MemberId, PlaceId, RealmId, Scope, SealId, Token},
    key::{DeviceKey, SoftwareKey},
    log::Verdict,
    relay_session::{RelayEvent, RelaySession},
    roster::{Device, Fact, Genesis, Named, Place, RoleKind},
    session_error::SessionError,
    store::{DeviceStore, RelayStore, Taken},
};

use crate::{memory_phone::MemoryPhone, memory_relay::MemoryRelay};

pub(crate) const START_MS: u64 = 1_764_000_000_000;

/// A relay with its key and clock; cloned it is a backup.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) store: MemoryRelay,
    pub(crate) key: Arc<SoftwareKey>,
    pub(crate) now_ms: u64,
}

/// Two blocks of one grid each, three buildings, three people.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) realm: RealmId,
    pub(crate) genesis: Genesis,
    pub(crate) relay: Relay,
    pub(crate) block1: PlaceId,
    pub(crate) block2: PlaceId,
    pub(crate) grid1: PlaceId,
    pub(crate) grid2: PlaceId,
    /// Two buildings of the first block, one of the second.
    pub(crate) plum: PlaceId,
    pub(crate) pine: PlaceId,
    pub(crate) lotus: PlaceId,
    pub(crate) li: MemberId,
    pub(crate) wang: MemberId,
    pub(crate) zhao: MemberId,
}

pub(crate) fn key(n: u8) -> SoftwareKey {
    SoftwareKey::from_secret(&[n; 32]).unwrap()
}

impl World {
    /// Li and Wang are of the first grid, Zhao is of the second.
    pub(crate) fn new() -> Self {
        let genesis = Genesis { nonce: [9; 32], relay: key(1).spki(), backup: KeyHash([7; 32]) };
        let realm = genesis.realm();
        let place = |level, code: &str| PlaceId::of(&realm, level, code);
        let store = MemoryRelay::empty(genesis);
        let mut world = Self {
            realm,
            genesis,
            relay: Relay { store, key: Arc::new(key(1)), now_ms: START_MS },
            block1: place(Level::Block, "B1"),
            block2: place(Level::Block, "B2"),
            grid1: place(Level::Grid, "G1"),
            grid2: place(Level::Grid, "G2"),
            plum: place(Level::Building, "plum"),
            pine: place(Level::Building, "pine"),
            lotus: place(Level::Building, "lotus"),
            li: MemberId::of(&realm, "li"),
            wang: MemberId::of(&realm, "wang"),
            zhao: MemberId::of(&realm, "zhao"),
        };
        world.relay.store.write(None, &[setting(1_209_600)], START_MS);
        let (b1, b2, g1, g2) = (world.block1, world.block2, world.grid1, world.grid2);
        let first = [
            lies(b1, Level::Block, "B1", PlaceId::ZERO),
            lies(g1, Level::Grid, "G1", b1),
            lies(world.plum, Level::Building, "plum", g1),
            lies(world.pine, Level::Building, "pine", g1),
            named(world.li, "li"),
            named(world.wang, "wang"),
            role(world.li, g1, RoleKind::GridLead),
            role(world.wang, g1, RoleKind::Member),
        ];
        world.write(b1, &first);
        let second = [
            lies(b2, Level::Block, "B2", PlaceId::ZERO),
            lies(g2, Level::Grid, "G2", b2),
            lies(world.lotus, Level::Building, "lotus", g2),
            named(world.zhao, "zhao"),
            role(world.zhao, g2, RoleKind::Member),
        ];
        world.write(b2, &second);
        world
    }

    /// Writes into the roster of a block.
    pub(crate) fn write(&mut self, block: PlaceId, facts: &[Fact]) {
        self.relay.store.write(Some(block), facts, self.relay.now_ms);
    }

    pub(crate) fn roster(&self, block: PlaceId) -> Scope {
        Scope::roster(&self.realm, Some(block))
    }

    /// A phone that the relay has not seen.
    pub(crate) fn stranger(&self, member: MemberId, n: u8) -> MemoryPhone {
        MemoryPhone::new(self.realm, key(n), member)
    }

    /// A phone that stands in the roster and has met once.
    pub(crate) fn phone(&mut self, member: MemberId, n: u8) -> MemoryPhone {
        let mut phone = self.stranger(member, n);
        let block = if member == self.zhao { self.block2 } else { self.block1 };
        self.write(block, &[device(&phone, true)]);
        self.meet(&mut phone).assert_complete();
        phone
    }

    /// Seals what is saved and meets until both sides are quiet.
    pub(crate) fn meet(&mut self, phone: &mut MemoryPhone) -> Outcome {
        self.meet_in(phone, Weather::Clear)
    }

    pub(crate) fn meet_in(&mut self, phone: &mut MemoryPhone, weather: Weather) -> Outcome {
        phone.seal();
        let mut meeting = Meeting::new(phone, &self.relay, None, weather);
        meeting.run(phone, &mut self.relay);
        self.relay.now_ms += 1_000;
        meeting.outcome
    }

    pub(crate) fn enrol(&mut self, phone: &mut MemoryPhone, token: Token) -> Outcome {
        let mut meeting = Meeting::new(phone, &self.relay, Some(token), Weather::Clear);
        meeting.run(phone, &mut self.relay);
        self.relay.now_ms += 1_000;
        meeting.outcome
    }

    /// Relay and phones hold the same log, with every seal in it, and nothing is unsent.
    pub(crate) fn assert_same(&self, phones: &[&MemoryPhone], place: PlaceId) {
        let log = self.relay.store.log(place.scope());
        for phone in phones {
            assert_eq!(phone.log(place.scope()), log);
            assert_eq!(phone.lacking(place.scope()), []);
            assert_eq!(phone.unsent_now(), []);
        }
    }

    /// The ids of the seals in a log, none of them twice.
    pub(crate) fn seals(&self, place: PlaceId) -> Vec<SealId> {
        let ids: Vec<_> =
            self.relay.store.seals(place.scope()).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a seal twice in a log");
        ids
    }

    pub(crate) fn verdicts(&self, place: PlaceId, id: SealId) -> Vec<Verdict> {
        let seals = self.relay.store.seals(place.scope());
        seals.into_iter().find(|(found, _)| *found == id).expect("the seal in the log").1
    }
}

pub(crate) fn setting(value: i64) -> Fact {
    Fact::Setting { name: doorstep_protocol::roster::setting::LEASE_S, value: Some(value) }
}

pub(crate) fn lies(id: PlaceId, level: Level, code: &str, parent: PlaceId) -> Fact {
    let place = Place {
        level: level.number(),
        code: code.to_owned(),
        parent,
        name: String::new(),
        successors: None,
    };
    Fact::Place { id, place: Some(place) }
}

pub(crate) fn named(id: MemberId, code: &str) -> Fact {
    Fact::Member { id, named: Some(Named { code: code.to_owned(), name: String::new() }) }
}

pub(crate) fn role(member: MemberId, place: PlaceId, role: RoleKind) -> Fact {
    Fact::Role { member, place, role: role as u8, given: Some(None) }
}

pub(crate) fn no_role(member: MemberId, place: PlaceId, role: RoleKind) -> Fact {
    Fact::Role { member, place, role: role as u8, given: None }
}

/// The record of a phone, or that it is revoked.
pub(crate) fn device(phone: &MemoryPhone, stands: bool) -> Fact {
    let spki = phone.device_key();
    let device = stands.then_some(Device { spki, member: phone.member });
    Fact::Device { id: spki.device(), device }
}

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    Clear,
    /// Everything arrives in pieces of so many bytes.
    Pieces(usize),
    /// The phone may answer each frame before the next one comes.
    Turns,
    /// The link is gone after so many bytes from the phone; those before it arrive.
    CutUp(usize),
    /// The link is gone after so many bytes to the phone.
    CutDown(usize),
}

/// A Log frame as it was served: its first number, its seals, whether the log is being left.
pub(crate) type Served = (u32, Vec<Option<Vec<u8>>>, bool);

/// What a meeting was.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) events: Vec<DeviceEvent>,
    pub(crate) relay_events: Vec<RelayEvent>,
    /// What was sent, whether or not it arrived.
    pub(crate) up: Vec<Frame>,
    pub(crate) down: Vec<Frame>,
    pub(crate) bytes_up: usize,
    pub(crate) bytes_down: usize,
    pub(crate) complete: bool,
    pub(crate) phone_error: Option<SessionError>,
    pub(crate) relay_error: Option<SessionError>,
}

impl Outcome {
    pub(crate) fn assert_complete(&self) -> &Self {
        assert_eq!((&self.phone_error, &self.relay_error), (&None, &None));
        assert!(self.complete, "{:?}", self.events);
        self
    }

    pub(crate) fn receipted(&self) -> Vec<SealId> {
        let receipts = self.events.iter().filter_map(|event| match event {
            DeviceEvent::Receipted(seals) => Some(seals.clone()),
            _ => None,
        });
        receipts.flatten().collect()
    }

    pub(crate) fn refused(&self) -> Vec<(SealId, Refusal)> {
        let refusals = self.events.iter().filter_map(|event| match event {
            DeviceEvent::Refused(seal, reason) => Some((*seal, *reason)),
            _ => None,
        });
        refusals.collect()
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        let taken = self.events.iter().filter_map(|event| match event {
            DeviceEvent::Taken(taken) => Some(taken.clone()),
            _ => None,
        });
        taken.collect()
    }

    /// What was sent down of a log.
    pub(crate) fn served(&self, scope: Scope) -> Vec<Served> {
        let logs = self.down.iter().filter_map(|frame| match frame {
            Frame::Log(log) if log.scope == scope => {
                Some((log.first_seq, log.seals.clone(), log.left))
            }
            _ => None,
        });
        logs.collect()
    }

    pub(crate) fn pushed(&self) -> usize {
        let pushes = self.up.iter().filter_map(|frame| match frame {
            Frame::Push(push) => Some(push.seals.len()),
            _ => None,
        });
        pushes.sum()
    }
}

/// A meeting under way. Both sessions end with the first error of either, as a connection does.
pub(crate) struct Meeting {
    pub(crate) device: DeviceSession,
    pub(crate) relay: RelaySession,
    pub(crate) outcome: Outcome,
    weather: Weather,
    is_cut: bool,
    up: FrameReader,
    down: FrameReader,
}

impl Meeting {
    pub(crate) fn new(
        phone: &mut MemoryPhone,
        relay: &Relay,
        token: Option<Token>,
        weather: Weather,
    ) -> Self {
        let mut device = DeviceSession::new(relay.key.spki(), token);
        let started = device.start(phone);
        Self {
            device,
            relay: RelaySession::new(phone.device_key(), relay.key.clone()),
            outcome: Outcome { phone_error: started.err(), ..Outcome::default() },
            weather,
            is_cut: false,
            up: FrameReader::new(),
            down: FrameReader::new(),
        }
    }

    pub(crate) fn run(&mut self, phone: &mut MemoryPhone, relay: &mut Relay) {
        while self.step(phone, relay) {}
    }

    /// Everything that either has to send now, once; says whether there was anything.
    pub(crate) fn step(&mut self, phone: &mut MemoryPhone, relay: &mut Relay) -> bool {
        let moved = self.step_up(phone, relay) | self.step_down(phone, relay);
        while let Some(event) = self.device.poll_event() {
            self.outcome.events.push(event);
        }
        while let Some(event) = self.relay.poll_event() {
            self.outcome.relay_events.push(event);
        }
        self.outcome.complete = self.device.is_complete();
        moved
    }

    fn is_over(&self) -> bool {
        self.is_cut || self.outcome.phone_error.is_some() || self.outcome.relay_error.is_some()
    }

    fn step_up(&mut self, phone: &mut MemoryPhone, relay: &mut Relay) -> bool {
        let mut moved = false;
        while !self.is_over() {
            let bytes = match self.device.poll_transmit(phone) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break,
                Err(error) => {
                    self.outcome.phone_error = Some(error);
                    break;
                }
            };
            moved = true;
            self.outcome.up.extend(frames(&mut self.up, &bytes));
            let left = match self.weather {
                Weather::CutUp(at) => at.saturating_sub(self.outcome.bytes_up),
                _ => usize::MAX,
            };
            self.outcome.bytes_up += bytes.len();
            self.is_cut = left < bytes.len();
            self.hand_up(&bytes[..left.min(bytes.len())], relay);
        }
        moved
    }

    /// Bytes for the relay, wherever they come from.
    pub(crate) fn hand_up(&mut self, bytes: &[u8], relay: &mut Relay) {
        for piece in bytes.chunks(self.piece()) {
            let handled = self.relay.handle_bytes(&mut relay.store, piece, relay.now_ms);
            self.outcome.relay_error = handled.err();
            if self.outcome.relay_error.is_some() {
                return;
            }
        }
    }

    fn step_down(&mut self, phone: &mut MemoryPhone, relay: &mut Relay) -> bool {
        let mut moved = false;
        while !self.is_over() {
            let bytes = match self.relay.poll_transmit(&mut relay.store, relay.now_ms) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break,
                Err(error) => {
                    self.outcome.relay_error = Some(error);
                    break;
                }
            };
            moved = true;
            self.outcome.down.extend(frames(&mut self.down, &bytes));
            let left = match self.weather {
                Weather::CutDown(at) => at.saturating_sub(self.outcome.bytes_down),
                _ => usize::MAX,
            };
            self.outcome.bytes_down += bytes.len();
            self.is_cut = left < bytes.len();
            self.hand_down(&bytes[..left.min(bytes.len())], phone);
            if self.weather == Weather::Turns {
                break;
            }
        }
        moved
    }

    /// Bytes for the phone, wherever they come from.
    pub(crate) fn hand_down(&mut self, bytes: &[u8], phone: &mut MemoryPhone) {
        for piece in bytes.chunks(self.piece()) {
            self.outcome.phone_error = self.device.handle_bytes(phone, piece).err();
            if self.outcome.phone_error.is_some() {
                return;
            }
        }
    }

    fn piece(&self) -> usize {
        match self.weather {
            Weather::Pieces(bytes) => bytes,
            _ => usize::MAX,
        }
    }

    /// The logs that this meeting has added to, for the other meetings at this relay.
    pub(crate) fn appended(&self) -> BTreeSet<Scope> {
        let appended = self.outcome.relay_events.iter().filter_map(|event| match event {
            RelayEvent::Appended(scopes) => Some(scopes.clone()),
            _ => None,
        });
        appended.flatten().collect()
    }
}

fn frames(reader: &mut FrameReader, bytes: &[u8]) -> Vec<Frame> {
    reader.push(bytes);
    std::iter::from_fn(|| reader.next_frame().unwrap()).collect()
}

/// Whether the relay knows this device in a block's roster now.
pub(crate) fn stands(relay: &Relay, scope: Scope, device: DeviceId) -> bool {
    let roster = relay.store.rosters().iter().find(|roster| roster.scope() == scope);
    roster.is_some_and(|roster| roster.tip().device(device).is_some())
}
