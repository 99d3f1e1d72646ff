//! The one object of the facade.

mod forms;
mod groups;
mod households;
mod listening;
mod live;
mod meetings;
mod screens;
mod search;
mod step_form;
mod sync;
mod visits;
mod writes;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use doorstep_core::{
    Engine, Entropy as _, Keys, Settings as EngineSettings, Subscription, Surroundings,
    SystemEntropy,
};
use doorstep_domain::words;
use doorstep_protocol::id::ActId;
use tokio::runtime::{self, Runtime};

pub use listening::Listening;
pub use live::{GrievanceList, HouseholdList, VisitList};
pub use sync::SyncHandle;

use crate::{
    convert::{reader::Reader, texts},
    directory::Names,
    enums::Language,
    error::{Code, DoorstepError, Fault},
    foreign::{ChangeListener, DeviceKey, StoreKey},
    gate::{Call, Gate},
    keys::{HardwareKey, store_key},
    records::Settings,
};

/// Threads of the engine's own runtime: a sync, and who waits for one.
const WORKERS: usize = 2;

/// One member's records on one device: whole screens out, forms in, and the meeting with the relay.
///
/// It may be used from any thread. Nothing here touches the network but [`Doorstep::sync`].
#[derive(uniffi::Object)]
pub struct Doorstep {
    front: Front,
    key: Arc<HardwareKey>,
    runtime: Mutex<Option<Runtime>>,
    /// Keeps `names` fresh.
    _fresh: Subscription,
}

impl std::fmt::Debug for Doorstep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doorstep").field("gate", &self.front.gate).finish_non_exhaustive()
    }
}

/// Where calls come in.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    gate: Arc<Gate>,
    names: Arc<Names>,
    speech: Arc<Speech>,
}

/// The language of texts, as it is now.
#[derive(Debug)]
pub(crate) struct Speech(Mutex<Language>);

impl Speech {
    fn now(&self) -> words::Language {
        (*self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }

    fn error(&self, fault: Fault) -> DoorstepError {
        fault.say(self.now())
    }
}

#[uniffi::export]
impl Doorstep {
    /// Opens the engine's files, or makes them. The device key is asked for its public key, once.
    ///
    /// # Errors
    ///
    /// `Rejected`: `in_use`, `other_device` (one folder for each member and key), `key_locked`,
    /// `text_empty`, `text_too_long`. `Outdated`: `store_newer`. `StorageFull`. `Damaged`: `not_a_store`,
    /// `storage`, `no_random`, `bad_key`, `key_gone`, and `no_encryption` where a store key is given,
    /// since this build does not encrypt: nothing is written then.
    #[uniffi::constructor]
    pub fn open(
        settings: Settings,
        device_key: Arc<dyn DeviceKey>,
        store_key: Option<Arc<dyn StoreKey>>,
    ) -> Result<Arc<Self>, DoorstepError> {
        let speech = Speech(Mutex::new(settings.language));
        let language = speech.now();
        let opened = Self::try_open(settings.folder, speech, device_key, store_key.as_deref());
        opened.map(Arc::new).map_err(|fault| fault.say(language))
    }

    /// Ends syncs and listeners and closes the files; every later call is `Rejected` with `closed`.
    /// When it returns the folder can be opened again, except where it is called from within a listener
    /// or a key: then that is so when the call that told of the change has come back. It waits for at
    /// most ten seconds. May be called again; dropping the object does the same.
    pub fn shut_down(&self) {
        self.front.gate.close();
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            // Every sync has ended by now, or ends at its next step: nothing is waited for twice.
            runtime.shutdown_background();
        }
    }

    /// The language of texts from now on.
    pub fn set_language(&self, language: Language) {
        *self.front.speech.0.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// Tells `listener` of every change until [`Listening::stop`], or until either object is destroyed.
    pub fn listen(
        &self,
        listener: Arc<dyn ChangeListener>,
    ) -> Result<Arc<Listening>, DoorstepError> {
        self.call(|desk| {
            Ok(Listening::begin(&desk.call.engine, Arc::clone(&self.front.gate), listener))
        })
    }

    /// The id of a new act, 16 hexadecimal digits: what a form keeps, so that a save that is repeated
    /// after a lost answer is one. Forms carry one already.
    pub fn new_act(&self) -> Result<String, DoorstepError> {
        self.call(|_| new_act())
    }

    /// Ties the phone to the realm of an invitation, as its QR code says it. It asks to be enrolled at
    /// its next sync.
    ///
    /// # Errors
    ///
    /// `Rejected`: `bad_invitation`, `other_realm`. `Outdated`: the invitation is for a newer app.
    pub fn accept_invitation(&self, text: String) -> Result<(), DoorstepError> {
        self.call(|desk| {
            let invitation = texts::bounded(&text)?.trim().parse()?;
            Ok(desk.call.engine.accept_invitation(&invitation)?)
        })
    }

    /// Forgets an alarm: a person has looked.
    pub fn clear_alarm(&self, number: i64) -> Result<(), DoorstepError> {
        self.call(|desk| Ok(desk.call.engine.clear_alarm(number)?))
    }

    /// Panics, on purpose: so that an app can see in its own crash report what a bug in the engine looks
    /// like, and that it goes on afterwards. It arrives as `InternalException` in Kotlin.
    #[allow(clippy::panic, reason = "the one panic that is asked for")]
    pub fn rehearse_bug(&self) -> Result<(), DoorstepError> {
        self.call(|_| panic!("a bug, rehearsed"))
    }
}

impl Drop for Doorstep {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// What one call works with.
pub(crate) struct Desk<'a> {
    call: Call,
    names: &'a Names,
    language: words::Language,
}

impl Desk<'_> {
    /// Who reads now, with what the rosters call things.
    fn reader(&self) -> Reader {
        let engine = &self.call.engine;
        Reader {
            directory: self.names.read(engine),
            language: self.language,
            me: engine.member(),
            now_s: engine.now_ms() / 1000,
        }
    }
}

impl Doorstep {
    fn try_open(
        folder: String,
        speech: Speech,
        device_key: Arc<dyn DeviceKey>,
        key: Option<&dyn StoreKey>,
    ) -> Result<Self, Fault> {
        let folder = texts::needed(folder)?;
        let gate = Arc::new(Gate::default());
        let device = Arc::new(HardwareKey::new(device_key, Arc::clone(&gate))?);
        let keys = Keys { device: Arc::clone(&device) as _, store: store_key(key)? };
        let engine = Engine::open(EngineSettings::in_folder(folder), keys, Surroundings::system())?;
        let names = Arc::new(Names::default());
        let fresh = engine.subscribe(Arc::clone(&names) as _);
        gate.open(engine);
        Ok(Self {
            front: Front { gate, names, speech: Arc::new(speech) },
            key: device,
            runtime: Mutex::new(Some(start_runtime()?)),
            _fresh: fresh,
        })
    }

    fn call<T>(
        &self,
        work: impl FnOnce(&Desk<'_>) -> Result<T, Fault>,
    ) -> Result<T, DoorstepError> {
        self.front.call(work)
    }
}

impl Front {
    /// Does `work` with the engine in hand.
    fn call<T>(
        &self,
        work: impl FnOnce(&Desk<'_>) -> Result<T, Fault>,
    ) -> Result<T, DoorstepError> {
        let language = self.speech.now();
        let result = self.gate.enter().and_then(|call| {
            let desk = Desk { call, names: &self.names, language };
            work(&desk)
        });
        result.map_err(|fault| fault.say(language))
    }
}

fn start_runtime() -> Result<Runtime, Fault> {
    let started = AtomicUsize::new(0);
    runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name_fn(move || format!("doorstep-{}", started.fetch_add(1, Ordering::Relaxed) + 1))
        .enable_all()
        .build()
        .map_err(|_| Code::Storage.into())
}

/// Random bytes for an act.
fn new_act() -> Result<String, Fault> {
    let mut act = ActId::ZERO;
    SystemEntropy::new().fill(&mut act.0).map_err(|_| Code::NoRandom)?;
    Ok(act.to_string())
}
