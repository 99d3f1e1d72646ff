//! A relay and phones in one thread: real engines, sessions and databases, a clock that is told.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use doorstep_core::{Clock, Engine, Keys, Settings, Surroundings};
use doorstep_protocol::{
    id::{Level, PlaceId},
    key::{DeviceKey as _, SoftwareKey, Spki},
    roster::RoleKind,
};
use doorstep_relay::{
    generate::{Proportions, generate},
    realm,
    relay_core::RelayCore,
    roster_file::RosterFile,
    surroundings::SeededEntropy,
};

use crate::{Outcome, tally::Tally};

const SEED: u64 = 20_260_101;
const MORNING_MS: u64 = 1_764_000_000_000;
/// Meetings in a row that a phone may ask for.
const AGAIN_MAX: usize = 6;
/// A bench writes in a minute what takes people months: the daily quota is not what is measured.
const DAY_BYTES_MAX: u64 = 1 << 40;

/// Both clocks of everybody.
#[derive(Debug)]
struct TownClock(AtomicU64);

impl Clock for TownClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn monotonic_ms(&self) -> u64 {
        self.now_ms() - MORNING_MS
    }
}

/// A realm with its relay.
pub(crate) struct Town {
    pub(crate) relay: RelayCore,
    file: RosterFile,
    clock: Arc<TownClock>,
    phones: u64,
    starts: u64,
}

/// A phone of a member of the first grid.
pub(crate) struct Phone {
    pub(crate) engine: Engine,
    key: Arc<SoftwareKey>,
    entropy_seed: u64,
    clock: Arc<TownClock>,
}

/// One block with one grid of so many buildings and members.
pub(crate) fn one_grid(buildings: usize) -> Proportions {
    // Staff, leads and a team come first; ten are left for the grid.
    let members = 16;
    Proportions { communities: 1, blocks: 1, grids: 1, buildings_per_grid: buildings, members }
}

impl Town {
    /// A town with its relay in memory.
    pub(crate) fn new(proportions: &Proportions) -> Outcome<Self> {
        let file = generate(proportions, SEED);
        let entropy = Arc::new(SeededEntropy::new(SEED));
        let relay = RelayCore::in_memory(&file, entropy, MORNING_MS)?;
        Ok(Self::with(relay, file))
    }

    /// A town with its relay in a folder.
    pub(crate) fn in_folder(proportions: &Proportions, folder: &Path) -> Outcome<Self> {
        let file = generate(proportions, SEED);
        realm::init(folder, &file, Arc::new(SeededEntropy::new(SEED)), MORNING_MS)?;
        let relay = RelayCore::open(folder, Arc::new(SeededEntropy::new(SEED + 1)))?;
        Ok(Self::with(relay, file))
    }

    fn with(relay: RelayCore, file: RosterFile) -> Self {
        let clock = Arc::new(TownClock(AtomicU64::new(MORNING_MS)));
        let mut town = Self { relay, file, clock, phones: 0, starts: 1 };
        town.relay.db().set_author_day_bytes_max(DAY_BYTES_MAX);
        town
    }

    /// Stops the relay's process, so that its files are closed.
    pub(crate) fn close(self) -> ClosedTown {
        let Self { relay, file, clock, phones, starts } = self;
        drop(relay);
        ClosedTown { file, clock, phones, starts }
    }

    /// The buildings of the first grid.
    pub(crate) fn buildings(&self) -> Vec<PlaceId> {
        let realm = self.relay.realm();
        let grid = self.first_grid();
        let buildings = self.file.places.iter().filter(|place| place.level == Level::Building);
        buildings
            .filter(|place| place.parent.as_deref() == Some(grid))
            .map(|place| PlaceId::of(&realm, Level::Building, &place.code))
            .collect()
    }

    fn first_grid(&self) -> &str {
        let grid = self.file.places.iter().find(|place| place.level == Level::Grid);
        grid.map_or("", |place| place.code.as_str())
    }

    /// A phone that has an invitation and met nobody; in memory, or in a folder.
    pub(crate) fn invited(&mut self, folder: Option<&Path>) -> Outcome<Phone> {
        let grid = self.first_grid().to_owned();
        let of_grid = self.file.members.iter().filter(|member| {
            member.roles.iter().any(|role| role.role == RoleKind::Member && role.place == grid)
        });
        let codes: Vec<String> = of_grid.map(|member| member.code.clone()).collect();
        let turn = usize::try_from(self.phones)?.checked_rem(codes.len());
        let code = turn.and_then(|n| codes.get(n)).ok_or("the first grid has no member")?;
        self.phones += 1;
        let mut secret = [7; 32];
        for (to, from) in secret.iter_mut().zip(self.phones.to_be_bytes()) {
            *to ^= from;
        }
        let key = Arc::new(SoftwareKey::from_secret(&secret)?);
        let entropy_seed = SEED ^ (self.phones << 32);
        let clock = Arc::clone(&self.clock);
        let engine = open(&key, entropy_seed, &clock, folder)?;
        let now = self.clock.now_ms();
        let invitation = self.relay.invite(code, 60, true, vec!["relay:1".to_owned()], now)?;
        engine.accept_invitation(&invitation)?;
        Ok(Phone { engine, key, entropy_seed, clock })
    }

    /// A phone that is enrolled and has met once; in memory.
    pub(crate) fn phone(&mut self) -> Outcome<Phone> {
        let phone = self.invited(None)?;
        self.meet(&phone)?;
        Ok(phone)
    }

    /// Seals what a phone has saved, and goes no further: as a meeting that broke off at once.
    pub(crate) fn seal(&self, phone: &Phone) -> Outcome<()> {
        drop(phone.engine.begin_meeting(self.relay.key().spki())?);
        Ok(())
    }

    /// Meets until everything is exchanged.
    pub(crate) fn meet(&mut self, phone: &Phone) -> Outcome<Tally> {
        let mut tally = Tally::default();
        for _ in 0..AGAIN_MAX {
            if self.meet_once(phone, &mut tally)? {
                return Ok(tally);
            }
        }
        Err("it asks to meet again for ever".into())
    }

    fn meet_once(&mut self, phone: &Phone, tally: &mut Tally) -> Outcome<bool> {
        let mut meeting = phone.engine.begin_meeting(self.relay.key().spki())?;
        let mut session = self.relay.session(phone.spki());
        self.pass(1_000);
        let now = self.clock.now_ms();
        let mut says = Vec::new();
        loop {
            while let Some(bytes) = meeting.transmit()? {
                tally.sent(&bytes)?;
                says.push(bytes);
            }
            tally.round_trips += u64::from(!says.is_empty());
            let mut quiet = says.is_empty();
            let began = Instant::now();
            for bytes in std::mem::take(&mut says) {
                session.handle_bytes(self.relay.db(), &bytes, now)?;
            }
            tally.relay_busy += began.elapsed();
            while let Some(bytes) = session.poll_transmit(self.relay.db(), now)? {
                tally.came(&bytes)?;
                meeting.handle(&bytes)?;
                // It speaks as soon as it can, before it has read on: what is behind a frame may still be
                // on its way.
                while let Some(bytes) = meeting.transmit()? {
                    tally.sent(&bytes)?;
                    says.push(bytes);
                }
                quiet = false;
            }
            if quiet {
                break;
            }
        }
        self.relay.db().take_appended();
        if meeting.is_complete() {
            return Ok(true);
        }
        if meeting.finish().again { Ok(false) } else { Err("a meeting stalls".into()) }
    }

    /// Time goes on.
    pub(crate) fn pass(&self, ms: u64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }
}

/// A town whose relay does not run.
pub(crate) struct ClosedTown {
    file: RosterFile,
    clock: Arc<TownClock>,
    phones: u64,
    starts: u64,
}

impl ClosedTown {
    /// Starts the relay on the files of a folder.
    pub(crate) fn open(self, folder: &Path) -> Outcome<Town> {
        let Self { file, clock, phones, starts } = self;
        let entropy = Arc::new(SeededEntropy::new(SEED + starts + 1));
        let mut relay = RelayCore::open(folder, entropy)?;
        relay.db().set_author_day_bytes_max(DAY_BYTES_MAX);
        Ok(Town { relay, file, clock, phones, starts: starts + 1 })
    }
}

impl Phone {
    pub(crate) fn spki(&self) -> Spki {
        self.key.spki()
    }

    /// Closes the files in a folder and opens them again.
    pub(crate) fn reopened(self, folder: &Path) -> Outcome<Self> {
        let Self { engine, key, entropy_seed, clock } = self;
        drop(engine);
        let entropy_seed = entropy_seed + 1;
        let engine = open(&key, entropy_seed, &clock, Some(folder))?;
        Ok(Self { engine, key, entropy_seed, clock })
    }
}

fn open(
    key: &Arc<SoftwareKey>,
    entropy_seed: u64,
    clock: &Arc<TownClock>,
    folder: Option<&Path>,
) -> Outcome<Engine> {
    let settings = folder.map_or_else(Settings::in_memory, Settings::in_folder);
    let keys = Keys { device: key.clone(), store: None };
    let entropy = Arc::new(SeededEntropy::new(entropy_seed));
    let surroundings = Surroundings { clock: clock.clone(), entropy };
    Ok(Engine::open(settings, keys, surroundings)?)
}

/// The bytes of all files of a folder.
pub(crate) fn folder_bytes(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for file in fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(bytes)
}

/// Copies the files of a folder.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}
