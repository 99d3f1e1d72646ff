//! A small realm in one thread: a relay in memory, engines, and a clock that the test sets.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use doorstep_core::{
    ActOptions, Clock, Engine, Entropy, EntropyError, Keys, Meeting, MeetingReport, NewGrievance,
    NewHousehold, Settings, Surroundings, Written,
};
use doorstep_domain::{codes::default_code_lists, event::Reporter};
use doorstep_protocol::{
    hash::sha256,
    id::{DocumentId, KeyHash, Level, MemberId, PlaceId, RealmId, Scope, Token},
    invitation::Invitation,
    key::{DeviceKey, SoftwareKey},
    relay_session::RelaySession,
    roster::{AssignKind, Device, Fact, Genesis, Named, Place, RoleKind, setting},
};

use crate::memory_relay::MemoryRelay;

pub(crate) const START_MS: u64 = 1_764_000_000_000;
pub(crate) const TOKEN: Token = Token([5; 16]);

/// Both clocks of everybody, set by the test.
pub(crate) struct TestClock {
    wall_ms: AtomicU64,
    monotonic_ms: AtomicU64,
}

impl TestClock {
    fn new() -> Self {
        Self { wall_ms: AtomicU64::new(START_MS), monotonic_ms: AtomicU64::new(1_000) }
    }

    pub(crate) fn pass(&self, ms: u64) {
        self.wall_ms.fetch_add(ms, Ordering::Relaxed);
        self.monotonic_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Somebody sets it.
    pub(crate) fn set_back(&self, ms: u64) {
        self.wall_ms.fetch_sub(ms, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.wall_ms.load(Ordering::Relaxed)
    }

    fn monotonic_ms(&self) -> u64 {
        self.monotonic_ms.load(Ordering::Relaxed)
    }
}

/// Bytes from a seed: the same on every machine.
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed << 32))
    }

    pub(crate) fn next(&self) -> u64 {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        u64::from_be_bytes(sha256(&n.to_be_bytes())[..8].try_into().unwrap())
    }

    pub(crate) fn below(&self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

impl Entropy for Seeded {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        for piece in out.chunks_mut(8) {
            let bytes = self.next().to_be_bytes();
            piece.copy_from_slice(&bytes[..piece.len()]);
        }
        Ok(())
    }
}

pub(crate) fn key(n: u8) -> Arc<SoftwareKey> {
    Arc::new(SoftwareKey::from_secret(&[n; 32]).unwrap())
}

/// One block, one grid with two buildings (plum, pine), and another grid with one (lotus).
pub(crate) struct World {
    pub(crate) realm: RealmId,
    pub(crate) relay: MemoryRelay,
    pub(crate) relay_key: Arc<SoftwareKey>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) block: PlaceId,
    pub(crate) grid: PlaceId,
    pub(crate) plum: PlaceId,
    pub(crate) pine: PlaceId,
    pub(crate) lotus: PlaceId,
    pub(crate) li: MemberId,
    pub(crate) wang: MemberId,
    pub(crate) chen: MemberId,
    engines: u64,
}

impl World {
    /// Li is of the grid and owns plum, Wang is of the grid, Chen leads the block.
    pub(crate) fn new() -> Self {
        let relay_key = key(1);
        let genesis = Genesis { nonce: [9; 32], relay: relay_key.spki(), backup: KeyHash([7; 32]) };
        let realm = genesis.realm();
        let place = |level, code: &str| PlaceId::of(&realm, level, code);
        let mut world = Self {
            realm,
            relay: MemoryRelay::empty(genesis),
            relay_key,
            clock: Arc::new(TestClock::new()),
            block: place(Level::Block, "B"),
            grid: place(Level::Grid, "G"),
            plum: place(Level::Building, "plum"),
            pine: place(Level::Building, "pine"),
            lotus: place(Level::Building, "lotus"),
            li: MemberId::of(&realm, "li"),
            wang: MemberId::of(&realm, "wang"),
            chen: MemberId::of(&realm, "chen"),
            engines: 0,
        };
        let (block, grid) = (world.block, world.grid);
        let other = place(Level::Grid, "G2");
        world.relay.write(None, &[Fact::Setting { name: 0, value: Some(480) }], START_MS);
        let mut facts = default_code_lists();
        facts.extend([
            lies(block, Level::Block, "B", PlaceId::ZERO),
            lies(grid, Level::Grid, "G", block),
            lies(other, Level::Grid, "G2", block),
            lies(world.plum, Level::Building, "plum", grid),
            lies(world.pine, Level::Building, "pine", grid),
            lies(world.lotus, Level::Building, "lotus", other),
            named(world.li, "li"),
            named(world.wang, "wang"),
            named(world.chen, "chen"),
            role(world.li, grid, RoleKind::Member),
            role(world.wang, grid, RoleKind::Member),
            role(world.chen, block, RoleKind::BlockLead),
            Fact::Assign {
                building: world.plum,
                member: world.li,
                assign: Some(AssignKind::Owner as u8),
            },
            Fact::Setting { name: setting::LOCAL_TIME_MIN, value: Some(480) },
        ]);
        world.write(&facts);
        world
    }

    /// Writes into the block's roster.
    pub(crate) fn write(&mut self, facts: &[Fact]) {
        use doorstep_core::Clock as _;
        self.relay.write(Some(self.block), facts, self.clock.now_ms());
    }

    pub(crate) fn invitation(&self) -> Invitation {
        Invitation {
            realm: self.realm,
            relay: self.relay_key.spki().key_hash(),
            token: TOKEN,
            addresses: vec!["relay.example:4433".into()],
        }
    }

    fn open(&mut self, settings: Settings, n: u8) -> Engine {
        self.engines += 1;
        let surroundings = Surroundings {
            clock: self.clock.clone(),
            entropy: Arc::new(Seeded::new(self.engines)),
        };
        Engine::open(settings, Keys { device: key(n), store: None }, surroundings).unwrap()
    }

    /// An engine in memory that has accepted an invitation and met nobody.
    pub(crate) fn stranger(&mut self, n: u8) -> Engine {
        let engine = self.open(Settings::in_memory(), n);
        engine.accept_invitation(&self.invitation()).unwrap();
        engine
    }

    /// An engine in a folder, as the app opens it again.
    pub(crate) fn in_folder(&mut self, folder: &Path, n: u8) -> Engine {
        let engine = self.open(Settings::in_folder(folder), n);
        engine.accept_invitation(&self.invitation()).unwrap();
        engine
    }

    /// An engine that shows whatever it holds: the console.
    pub(crate) fn console(&mut self, n: u8) -> Engine {
        let engine = self.open(Settings { folder: None, shows_all: true }, n);
        engine.accept_invitation(&self.invitation()).unwrap();
        engine
    }

    /// Writes a key into the roster.
    pub(crate) fn add_device(&mut self, member: MemberId, n: u8) {
        let spki = key(n).spki();
        let device = Some(Device { spki, member });
        self.write(&[Fact::Device { id: spki.device(), device }]);
    }

    /// An enrolled engine in memory that has met once.
    pub(crate) fn phone(&mut self, member: MemberId, n: u8) -> Engine {
        self.add_device(member, n);
        let engine = self.stranger(n);
        assert!(self.meet(&engine).complete);
        engine
    }

    /// Meets until both sides are quiet; again where the engine asks for it.
    pub(crate) fn meet(&mut self, engine: &Engine) -> MeetingReport {
        for _ in 0..4 {
            let report = self.meet_once(engine);
            if !report.again {
                return report;
            }
        }
        panic!("it asks to meet again for ever");
    }

    pub(crate) fn meet_once(&mut self, engine: &Engine) -> MeetingReport {
        let (mut meeting, mut session) = self.begin(engine);
        self.run(&mut meeting, &mut session);
        self.clock.pass(1_000);
        meeting.finish()
    }

    pub(crate) fn begin(&self, engine: &Engine) -> (Meeting, RelaySession) {
        let meeting = engine.begin_meeting(self.relay_key.spki()).unwrap();
        let peer = engine.sync_status().unwrap().device;
        let spki = (0..=u8::MAX).skip(1).map(key).map(|key| key.spki());
        let spki = spki.into_iter().find(|spki| spki.device() == peer).unwrap();
        (meeting, RelaySession::new(spki, self.relay_key.clone()))
    }

    /// Carries bytes both ways until nobody has any.
    pub(crate) fn run(&mut self, meeting: &mut Meeting, session: &mut RelaySession) {
        use doorstep_core::Clock as _;
        loop {
            let mut quiet = true;
            while let Some(bytes) = meeting.transmit().unwrap() {
                session.handle_bytes(&mut self.relay, &bytes, self.clock.now_ms()).unwrap();
                quiet = false;
            }
            while let Some(bytes) =
                session.poll_transmit(&mut self.relay, self.clock.now_ms()).unwrap()
            {
                meeting.handle(&bytes).unwrap();
                quiet = false;
                if meeting.is_over() && !meeting.is_complete() {
                    return;
                }
            }
            if quiet {
                return;
            }
        }
    }

    pub(crate) fn log(&self, place: PlaceId) -> Scope {
        place.scope()
    }
}

pub(crate) fn lies(id: PlaceId, level: Level, code: &str, parent: PlaceId) -> Fact {
    Fact::Place {
        id,
        place: Some(Place {
            level: level.number(),
            code: code.into(),
            parent,
            name: code.into(),
            successors: None,
        }),
    }
}

pub(crate) fn named(id: MemberId, code: &str) -> Fact {
    Fact::Member { id, named: Some(Named { code: code.into(), name: code.into() }) }
}

pub(crate) fn role(member: MemberId, place: PlaceId, role: RoleKind) -> Fact {
    Fact::Role { member, place, role: role as u8, given: Some(None) }
}

pub(crate) fn no_role(member: MemberId, place: PlaceId, role: RoleKind) -> Fact {
    Fact::Role { member, place, role: role as u8, given: None }
}

pub(crate) fn no_device(n: u8) -> Fact {
    Fact::Device { id: key(n).spki().device(), device: None }
}

/// A household with its unit.
pub(crate) fn household(engine: &Engine, place: PlaceId, unit: &str) -> DocumentId {
    let new = NewHousehold { place, unit: unit.into(), more: vec![] };
    engine.found_household(new, ActOptions::default()).unwrap().doc
}

/// A grievance with its text.
pub(crate) fn grievance(engine: &Engine, place: PlaceId, what: &str) -> DocumentId {
    file(engine, place, what, ActOptions::default()).doc
}

pub(crate) fn file(engine: &Engine, place: PlaceId, what: &str, options: ActOptions) -> Written {
    let new = NewGrievance {
        place,
        what: what.into(),
        spot: None,
        reporter: Reporter::Anonymous,
        kind: 2,
        grade: None,
        visit: None,
    };
    engine.file_grievance(new, options).unwrap()
}
