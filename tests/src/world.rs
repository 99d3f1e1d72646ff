//! The world itself: who is there, what happens, and in which order.

mod meet;
mod power;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use doorstep_protocol::{
    id::{ActId, DeviceId, DocumentId, MemberId, RealmId, Scope},
    store::RelayStore as _,
};
use doorstep_relay::{realm, roster_file::RosterFile};
use tempfile::TempDir;

use crate::{
    call::{Call, Ended},
    chance::{Dice, StoreEntropy, mix, secret},
    clock::{PhoneClock, WorldClock},
    deeds::Hand,
    judge::Judge,
    ledger::Ledger,
    phone::Phone,
    relay::Relay,
    town,
    trace::Trace,
};

/// Full rounds of meetings in which everything must have come to rest.
pub const ROUNDS_MAX: usize = 6;
/// Meetings in a row that a phone may ask for.
const AGAIN_MAX: usize = 6;

/// The world.
pub struct World {
    /// All of it follows from this.
    pub seed: u64,
    /// The dice of what happens.
    pub dice: Dice,
    /// The time that is.
    pub clock: WorldClock,
    /// The relay.
    pub relay: Relay,
    /// The phones, by name.
    pub phones: BTreeMap<String, Phone>,
    /// Meetings under way.
    pub calls: Vec<Call>,
    /// What was saved.
    pub ledger: Ledger,
    /// The register as it stands.
    pub file: RosterFile,
    /// What the judge knows.
    pub judge: Judge,
    /// What happened.
    pub trace: Trace,
    /// Whose device is whose, lost ones too.
    pub devices: BTreeMap<DeviceId, MemberId>,
    stores: u64,
    copies: u64,
    spoken: u64,
    acts: u64,
    folder: TempDir,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// Power loss is not simulated here, so files may lie in memory, where a sync costs nothing.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    made.or_else(|_| TempDir::new()).unwrap()
}

impl World {
    /// A town with a relay, and nobody enrolled yet.
    pub fn new(seed: u64) -> Self {
        Self::with_roster(seed, town::roster())
    }

    /// As [`Self::new`], with another register.
    pub fn with_roster(seed: u64, file: RosterFile) -> Self {
        let folder = folder();
        let clock = WorldClock::new();
        let (at, backups) = (folder.path().join("relay"), folder.path().join("backups"));
        let relay = Relay::new(at, backups, &file, seed, clock.now_ms());
        let realm = relay.view().realm();
        let mut world = Self {
            seed,
            dice: Dice::new(mix(seed, "what happens", 0)),
            clock,
            relay,
            phones: BTreeMap::new(),
            calls: Vec::new(),
            ledger: Ledger::default(),
            file,
            judge: Judge::of(realm),
            trace: Trace::default(),
            devices: BTreeMap::new(),
            stores: 0,
            copies: 0,
            spoken: 0,
            acts: 0,
            folder,
        };
        world.look_at_relay();
        world
    }

    /// The realm.
    pub fn realm(&self) -> RealmId {
        self.judge.realm
    }

    /// Enrols these members, each with a phone of that name.
    pub fn enrol(&mut self, names: &[&str]) {
        for name in names {
            self.enrol_phone(name, name);
        }
    }

    /// Enrols another phone for a member.
    pub fn enrol_phone(&mut self, name: &str, code: &str) {
        let secret = secret(self.seed, name);
        let (folder, entropy) = self.new_store(name);
        let clock = Arc::new(PhoneClock::new(self.clock.clone()));
        let phone = Phone::new(name, code, secret, folder, clock, entropy);
        self.devices.insert(phone.device(), MemberId::of(&self.realm(), code));
        self.phones.insert(name.to_owned(), phone);
        let now = self.clock.now_ms();
        let addresses = vec!["relay:1".into()];
        let invitation = self.relay.core().invite(code, 60, true, addresses, now).unwrap();
        self.phone_mut(name).engine().accept_invitation(&invitation).unwrap();
        for _ in 0..AGAIN_MAX {
            let ended = self.meets(name);
            if ended == Ended::Complete && self.phone_mut(name).engine().member().is_some() {
                return;
            }
        }
        self.fail(&format!("{name} is not enrolled"));
    }

    fn new_store(&mut self, name: &str) -> (PathBuf, Arc<StoreEntropy>) {
        self.stores += 1;
        let folder = self.folder.path().join(format!("{name}-{}", self.stores));
        (folder, StoreEntropy::new(self.seed, self.stores))
    }

    /// A phone in somebody's hand.
    pub fn phone(&mut self, name: &str) -> Hand<'_> {
        assert!(self.phones.contains_key(name), "there is no phone {name}");
        Hand { world: self, name: name.to_owned() }
    }

    /// A phone.
    pub fn phone_mut(&mut self, name: &str) -> &mut Phone {
        self.phones.get_mut(name).unwrap_or_else(|| panic!("there is no phone {name}"))
    }

    /// The names of all phones.
    pub fn names(&self) -> Vec<String> {
        self.phones.keys().cloned().collect()
    }

    /// Whose phone it is.
    pub fn member_of(&self, name: &str) -> MemberId {
        MemberId::of(&self.realm(), &self.phones[name].code)
    }

    /// Who wrote an act.
    pub fn author_of(&self, act: ActId) -> MemberId {
        self.ledger.lines.iter().find(|line| line.act == act).unwrap().member
    }

    /// The place whose log a document is in, by its code.
    pub fn place_of(&self, doc: DocumentId) -> String {
        self.ledger.lines.iter().find(|line| line.doc == doc).unwrap().place.clone()
    }

    /// The log of a place.
    pub fn log_of(&self, code: &str) -> Scope {
        town::place_id(&self.realm(), code).scope()
    }

    /// Words that nothing else says: none of them is the beginning of another.
    pub(crate) fn words(&mut self) -> String {
        self.spoken += 1;
        format!("words {} of seed {}.", self.spoken, self.seed)
    }

    /// A new act id.
    pub(crate) fn act_id(&mut self) -> ActId {
        self.acts += 1;
        ActId(mix(self.seed, "act", self.acts).to_be_bytes())
    }

    /// Notes a step in the trace.
    pub fn note(&mut self, step: String) {
        self.trace.note(step);
    }

    /// Time goes on.
    pub fn pass(&mut self, ms: u64) {
        self.clock.pass(ms);
    }

    /// Ends the run: what the judge found, the last steps, and how to see a storm again.
    pub fn fail(&self, what: &str) -> ! {
        panic!(
            "judge, seed {seed}: {what}\n{steps}a storm is replayed by: DOORSTEP_SEED={seed} cargo \
             test -p doorstep-tests --test storms replay",
            seed = self.seed,
            steps = self.trace.last(60),
        )
    }

    /// Applies a changed register.
    pub fn change_register(&mut self, change: impl FnOnce(&mut RosterFile)) {
        change(&mut self.file);
        let (now, file) = (self.clock.now_ms(), self.file.clone());
        realm::apply(self.relay.core().db(), &file, now, false).unwrap();
        self.note("the register is changed".into());
        self.after_register();
    }

    /// Takes a phone out of the rosters.
    pub fn revoke(&mut self, name: &str) {
        let (now, device) = (self.clock.now_ms(), self.phones[name].device());
        self.relay.core().db().revoke(device, now).unwrap();
        self.note(format!("{name} is revoked"));
        for phone in self.phones.values_mut().filter(|phone| phone.device() == device) {
            phone.revoked = true;
        }
        self.after_register();
    }

    fn after_register(&mut self) {
        let appended = self.relay.core().db().take_appended();
        for call in &mut self.calls {
            call.session.handle_appended(&appended);
        }
        self.look_at_relay();
    }

    /// The weather is over: everybody meets in full rounds until nothing moves, then the judge looks at
    /// everything. Gives the number of rounds; in the last one nothing moved.
    pub fn settle(&mut self) -> usize {
        self.note("the weather is over".into());
        self.hang_up_all();
        let Some(rounds) = self.rounds() else {
            let why = self.restless();
            self.fail(&format!("nothing comes to rest in {ROUNDS_MAX} rounds of meetings: {why}"));
        };
        self.judge_all();
        rounds
    }

    /// Rounds of meetings until nothing moves; none = it does not come to rest.
    pub fn rounds(&mut self) -> Option<usize> {
        for round in 1..=ROUNDS_MAX {
            let before = self.relay_tips();
            let mut complete = true;
            for name in self.names() {
                complete &= self.meets(&name) == Ended::Complete;
            }
            if complete && before == self.relay_tips() && self.restless().is_empty() {
                return Some(round);
            }
        }
        None
    }

    fn relay_tips(&self) -> Vec<(Scope, u32)> {
        let scopes = self.relay.db().scopes().unwrap();
        scopes.into_iter().map(|log| (log.scope, log.entries)).collect()
    }

    /// The alarms that the relay keeps, by name.
    pub fn relay_alarms(&self) -> BTreeSet<String> {
        self.relay.db().alarms().unwrap().into_iter().map(|alarm| alarm.name).collect()
    }

    /// The head of a log at the relay.
    pub fn relay_head(&self, scope: Scope) -> u32 {
        self.relay.db().head(scope).unwrap().0
    }
}
