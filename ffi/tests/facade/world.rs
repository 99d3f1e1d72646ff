//! A small sub-district with a relay, and phones whose keys can be locked.

use std::{
    future::Future,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use doorstep_ffi::{
    DeviceKey, Doorstep, DoorstepError, KeyProblem, Language, Settings, StoreKey, SyncBudget,
    SyncReport,
};
use doorstep_protocol::{
    id::MemberId,
    invitation::Invitation,
    key::{DeviceKey as _, SoftwareKey},
    store::RelayStore as _,
};
use doorstep_relay::{
    realm::{self, DATABASE_FILE},
    roster_file::RosterFile,
    serve::{Options, Relay, RelayHandle},
    store::RelayDb,
    surroundings::SystemEntropy,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A bound, not a measurement: nothing here takes this long.
pub(crate) const LONG: Duration = Duration::from_secs(120);

/// One community, two blocks, three grids.
pub(crate) const ROSTER: &str = r#"
[sub_district]
code = "S1"
[[place]]
level = "community"
code = "C1"
[[place]]
level = "block"
code = "B1"
parent = "C1"
name = "North block"
[[place]]
level = "block"
code = "B2"
parent = "C1"
[[place]]
level = "grid"
code = "G1"
parent = "B1"
name = "First grid"
[[place]]
level = "grid"
code = "G2"
parent = "B2"
[[place]]
level = "building"
code = "G1-1"
parent = "G1"
name = "Plum House"
[[place]]
level = "building"
code = "G1-2"
parent = "G1"
[[place]]
level = "building"
code = "G2-1"
parent = "G2"
name = "Far House"
[[team]]
code = "T1"
name = "Lamp team"
[[member]]
code = "L1"
name = "Chen"
roles = [{ place = "B1", role = "block_lead" }]
[[member]]
code = "T9"
name = "Sun"
roles = [{ place = "B1", role = "team", team = "T1" }]
[[member]]
code = "M1"
name = "Li"
roles = [{ place = "G1", role = "member" }]
buildings = [{ code = "G1-1", as = "owner" }]
[[member]]
code = "M2"
name = "Wang"
roles = [{ place = "G1", role = "member" }]
buildings = [{ code = "G1-1", as = "backup" }]
[[member]]
code = "M3"
name = "Zhao"
roles = [{ place = "G2", role = "member" }]
buildings = [{ code = "G2-1", as = "owner" }]
"#;

/// Waits for a future, as an app's coroutine does.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(LONG, future).await.expect("within the bound") })
}

/// Waits until it is so.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < end, "not within the bound");
        std::thread::yield_now();
    }
}

/// A relay that serves.
pub(crate) struct Office {
    runtime: Runtime,
    relay: Option<RelayHandle>,
    data: TempDir,
}

impl Office {
    pub(crate) fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        let file = RosterFile::parse(ROSTER).unwrap();
        realm::init(data.path(), &file, Arc::new(SystemEntropy::new()), now_ms()).unwrap();
        let runtime = Runtime::new().unwrap();
        let options = Options { http: None, ..Options::new(data.path()) };
        let relay = Some(runtime.block_on(Relay::start(options)).unwrap());
        Self { runtime, relay, data }
    }

    fn relay(&self) -> &RelayHandle {
        self.relay.as_ref().unwrap()
    }

    /// Its database, beside the relay that serves, as the operator's commands open it.
    pub(crate) fn db(&self) -> RelayDb {
        let path = self.data.path().join(DATABASE_FILE);
        RelayDb::open(&path, Arc::new(SystemEntropy::new())).unwrap()
    }

    fn member(&self, code: &str) -> MemberId {
        MemberId::of(&self.relay().realm(), code)
    }

    pub(crate) fn place(&self, level: doorstep_protocol::id::Level, code: &str) -> String {
        doorstep_protocol::id::PlaceId::of(&self.relay().realm(), level, code).to_string()
    }

    pub(crate) fn building(&self, code: &str) -> String {
        self.place(doorstep_protocol::id::Level::Building, code)
    }

    pub(crate) fn invitation(&self, code: &str, unattended: bool) -> Invitation {
        let mut db = self.db();
        let invited = db.invite(self.member(code), 15, unattended, now_ms()).unwrap();
        Invitation {
            realm: db.realm(),
            relay: self.relay().relay(),
            token: invited.token,
            addresses: vec![self.relay().address().to_string()],
        }
    }

    pub(crate) fn confirm(&self, code: &str, digits: &str) {
        self.db().confirm(self.member(code), digits.parse().unwrap(), now_ms()).unwrap();
    }

    pub(crate) fn change_roster(&self, roster: &str) {
        let file = RosterFile::parse(roster).unwrap();
        realm::apply(&mut self.db(), &file, now_ms(), false).unwrap();
    }

    pub(crate) fn stop(&mut self) {
        let relay = self.relay.take().unwrap();
        self.runtime.block_on(relay.stop());
    }

    /// A phone of this member, enrolled, with everything there is.
    pub(crate) fn phone(&self, code: &str) -> Phone {
        let phone = Phone::new();
        phone.accept_invitation(self.invitation(code, true).to_string()).unwrap();
        let report = phone.meet().unwrap();
        assert!(report.complete, "{report:?}");
        phone
    }
}

fn now_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// How a key answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Signs,
    Locked,
    Gone,
    Nonsense,
    /// Waits until the mood is another.
    Waits,
}

/// A key as an app brings it: in software here, in DER as hardware has it.
pub(crate) struct Key {
    key: SoftwareKey,
    mood: Mutex<Mood>,
    other: Condvar,
    /// How often it was asked.
    pub(crate) asked: AtomicUsize,
}

impl Key {
    pub(crate) fn new() -> Arc<Self> {
        static DRAWN: AtomicUsize = AtomicUsize::new(1);
        let mut secret = [7; 32];
        let n = DRAWN.fetch_add(1, Ordering::Relaxed);
        secret[..8].copy_from_slice(&(n as u64).to_be_bytes());
        secret[8..16].copy_from_slice(&now_ms().to_be_bytes());
        Arc::new(Self {
            key: SoftwareKey::from_secret(&secret).unwrap(),
            mood: Mutex::new(Mood::Signs),
            other: Condvar::new(),
            asked: AtomicUsize::new(0),
        })
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
        self.other.notify_all();
    }
}

impl DeviceKey for Key {
    fn public_key(&self) -> Result<Vec<u8>, KeyProblem> {
        match *self.mood.lock().unwrap() {
            Mood::Signs | Mood::Waits => Ok(self.key.spki().as_bytes().to_vec()),
            Mood::Locked => Err(KeyProblem::Locked),
            Mood::Gone => Err(KeyProblem::Gone),
            Mood::Nonsense => Ok(vec![4; 65]),
        }
    }

    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, KeyProblem> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = self.mood.lock().unwrap();
        let waited = self.other.wait_timeout_while(mood, LONG, |mood| *mood == Mood::Waits);
        match *waited.unwrap().0 {
            Mood::Signs => {
                let signature = self.key.sign(&message).unwrap();
                let signature = p256::ecdsa::Signature::from_slice(&signature.0).unwrap();
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Mood::Nonsense => Ok(vec![0x30, 6, 2, 1, 5, 2, 1, 7]),
            Mood::Gone => Err(KeyProblem::Gone),
            Mood::Locked | Mood::Waits => Err(KeyProblem::Locked),
        }
    }
}

/// A phone, with its folder.
pub(crate) struct Phone {
    pub(crate) doorstep: Arc<Doorstep>,
    pub(crate) key: Arc<Key>,
    pub(crate) folder: TempDir,
}

impl std::ops::Deref for Phone {
    type Target = Doorstep;
    fn deref(&self) -> &Doorstep {
        &self.doorstep
    }
}

pub(crate) fn open(
    folder: &str,
    key: &Arc<Key>,
    store: Option<Arc<dyn StoreKey>>,
) -> Result<Arc<Doorstep>, DoorstepError> {
    let settings = Settings { folder: folder.to_owned(), language: Language::English };
    Doorstep::open(settings, Arc::clone(key) as _, store)
}

impl Phone {
    pub(crate) fn new() -> Self {
        let (folder, key) = (tempfile::tempdir().unwrap(), Key::new());
        let doorstep = open(&folder.path().display().to_string(), &key, None).unwrap();
        Self { doorstep, key, folder }
    }

    pub(crate) fn path(&self) -> String {
        self.folder.path().display().to_string()
    }

    pub(crate) fn meet(&self) -> Result<SyncReport, DoorstepError> {
        let handle = self.sync(SyncBudget { seconds: 60, bytes: None })?;
        wait(handle.report())
    }

    /// Meets the relay and has everything.
    pub(crate) fn exchange(&self) {
        let report = self.meet().unwrap();
        assert!(report.complete && report.unsent == 0, "{report:?}");
    }
}

/// The code of an error.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, DoorstepError>) -> String {
    match result.unwrap_err() {
        DoorstepError::Rejected { code, .. } => format!("Rejected {code}"),
        DoorstepError::Unreachable { code, .. } => format!("Unreachable {code}"),
        DoorstepError::NotAdmitted { code, .. } => format!("NotAdmitted {code}"),
        DoorstepError::Outdated { code, .. } => format!("Outdated {code}"),
        DoorstepError::StorageFull { code, .. } => format!("StorageFull {code}"),
        DoorstepError::Damaged { code, .. } => format!("Damaged {code}"),
    }
}
