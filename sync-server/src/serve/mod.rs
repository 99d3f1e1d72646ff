//! The relay on the network: QUIC for phones, a page for people.
//!
//! One task a connection, one database behind one lock, and never the lock while something is waited
//! for: a slow phone only slows itself. A commit comes before its receipt, a receipt before its
//! fan-out.

mod connection;
mod guard;

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use doorstep_core::quic::{QuicError, server_config};
use doorstep_protocol::{
    id::{KeyHash, RealmId},
    key::DeviceKey,
    limits::RELAY_TIME_JUMP_MS_MAX,
    store::{RelayStore as _, StoreError},
};
use quinn::{Endpoint, VarInt};
use thiserror::Error;
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
};

use self::{
    connection::serve_connection,
    guard::{Admission, Guests},
};
use crate::{
    keys::{SecretError, load_relay_key},
    realm::DATABASE_FILE,
    status,
    store::{OpenError, RelayDb},
    surroundings::{Clock, Entropy, SystemClock, SystemEntropy},
};

pub use guard::SteadyClock;

/// Appends that a connection may be behind before it looks at everything anew.
const FAN_OUT_MAX: usize = 1_024;
/// How often the database is asked what other processes wrote.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a shutdown waits for what phones have pushed.
const SHUTDOWN_MAX: Duration = Duration::from_secs(10);
/// The close code of a relay that shuts down: come again soon.
pub const CODE_SHUTDOWN: u32 = 2;
/// The close code for a phone that broke the protocol.
pub const CODE_PROTOCOL: u32 = 3;
/// The close code of a relay whose store failed.
pub const CODE_STORE: u32 = 4;
/// The close code of a meeting that the session ended in order.
pub const CODE_DONE: u32 = 0;

/// How many phones at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections_max: usize,
    /// Connections of one address; many phones may share one behind their carrier's gateway.
    pub connections_per_address_max: usize,
    /// From so many connections on, an address must first prove itself.
    pub prove_address_from: usize,
    /// How long after the handshake a phone may take to say hello.
    pub hello_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            connections_per_address_max: 512,
            prove_address_from: 256,
            hello_max: Duration::from_secs(10),
        }
    }
}

/// Where to serve, and what.
#[derive(Clone)]
pub struct Options {
    /// The data folder that `init` made.
    pub data: PathBuf,
    /// The address for phones; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The address of the page; none = no page.
    pub http: Option<SocketAddr>,
    /// The operator's word for a clock that is more than seven days away from the newest entry.
    pub accept_clock: bool,
    /// How many phones.
    pub limits: Limits,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("data", &self.data).finish_non_exhaustive()
    }
}

impl Options {
    /// On loopback with the system's clock, ports as they come free.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            data: data.into(),
            listen: any,
            http: Some(any),
            accept_clock: false,
            limits: Limits::default(),
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(SystemEntropy::new()),
        }
    }
}

/// The relay cannot begin to serve.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database, while it was read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The relay's key.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The key is not that of the realm.
    #[error("relay.key is not the key of this realm: the data folder holds files of two realms")]
    WrongKey,
    /// TLS.
    #[error(transparent)]
    Quic(#[from] QuicError),
    /// An address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The clock is far from the newest entry.
    #[error(
        "the clock is {days} days {direction} the newest entry: one wrong clock spoils every later \
         time. Set it right, or, where it is right, start once with --accept-clock"
    )]
    Clock {
        /// How far.
        days: u64,
        /// On which side.
        direction: &'static str,
    },
}

/// What all connections share.
pub(crate) struct Shared {
    db: Mutex<RelayDb>,
    key: Arc<dyn DeviceKey>,
    clock: SteadyClock,
    appended: broadcast::Sender<Appended>,
    hello_max: Duration,
}

/// Logs with new entries, committed.
type Appended = Arc<std::collections::BTreeSet<doorstep_protocol::id::Scope>>;

impl Shared {
    /// The database, for as long as nothing is awaited. A panic while it was held has left at most an
    /// open transaction, which is taken back.
    pub(crate) fn db(&self) -> MutexGuard<'_, RelayDb> {
        self.db.lock().unwrap_or_else(|poisoned| {
            self.db.clear_poison();
            let mut db = PoisonError::into_inner(poisoned);
            db.rollback();
            db
        })
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Tells all sessions of what was committed since the last time.
    fn tell(&self, db: &mut RelayDb) {
        let appended = db.take_appended();
        if !appended.is_empty() {
            // Without a listener there is nobody to tell.
            let _ = self.appended.send(Arc::new(appended));
        }
    }

    /// Takes up what other processes wrote.
    fn look(&self) {
        let mut db = self.db();
        if let Err(error) = db.refresh() {
            tracing::error!(%error, "the database could not be looked at");
        }
        self.tell(&mut db);
        // Keeps the steady clock in step while nobody meets.
        self.clock.now_ms();
    }
}

/// The relay.
#[derive(Debug)]
pub struct Relay;

impl Relay {
    /// Begins to serve. Ends with [`RelayHandle::stop`], or when the handle is dropped.
    pub async fn start(options: Options) -> Result<RelayHandle, StartError> {
        let key: Arc<dyn DeviceKey> = Arc::new(load_relay_key(&options.data)?);
        let db = RelayDb::open(&options.data.join(DATABASE_FILE), Arc::clone(&options.entropy))?;
        let realm = db.realm();
        check_key(&db, key.as_ref())?;
        check_clock(&db, options.clock.now_ms(), options.accept_clock)?;
        let config = server_config(Arc::clone(&key))?;
        let listen_error =
            |address| move |source: io::Error| StartError::Listen { address, source };
        let endpoint =
            Endpoint::server(config, options.listen).map_err(listen_error(options.listen))?;
        let address = endpoint.local_addr().map_err(listen_error(options.listen))?;
        let relay = key.spki().key_hash();
        let shared = Arc::new(Shared {
            db: Mutex::new(db),
            key,
            clock: SteadyClock::new(Arc::clone(&options.clock)),
            appended: broadcast::channel(FAN_OUT_MAX).0,
            hello_max: options.limits.hello_max,
        });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = Vec::new();
        let http_address = match options.http {
            None => None,
            Some(http) => {
                let listener =
                    tokio::net::TcpListener::bind(http).await.map_err(listen_error(http))?;
                let bound = listener.local_addr().map_err(listen_error(http))?;
                tasks.push(tokio::spawn(status::serve(
                    listener,
                    Arc::clone(&shared),
                    stopped.clone(),
                )));
                Some(bound)
            }
        };
        tasks.push(tokio::spawn(look_around(Arc::clone(&shared), stopped.clone())));
        let guests = Guests::new(options.limits);
        tasks.push(tokio::spawn(accept_all(endpoint.clone(), shared, guests, stopped)));
        tracing::info!(%address, realm = %realm, "serving");
        Ok(RelayHandle { address, http_address, realm, relay, stop, endpoint, tasks })
    }
}

fn check_key(db: &RelayDb, key: &dyn DeviceKey) -> Result<(), StartError> {
    let genesis = db.rosters().first().and_then(|roster| roster.genesis());
    if genesis.is_some_and(|genesis| genesis.relay != key.spki()) {
        return Err(StartError::WrongKey);
    }
    Ok(())
}

fn check_clock(db: &RelayDb, now_ms: u64, accept: bool) -> Result<(), StartError> {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let newest = db.newest_relay_time()?;
    let jump = now_ms.abs_diff(newest);
    if accept || newest == 0 || jump <= RELAY_TIME_JUMP_MS_MAX {
        return Ok(());
    }
    let direction = if now_ms > newest { "after" } else { "before" };
    Err(StartError::Clock { days: jump / DAY_MS, direction })
}

async fn look_around(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            _ = ticks.tick() => {}
        }
        let shared = Arc::clone(&shared);
        let _ = tokio::task::spawn_blocking(move || shared.look()).await;
    }
}

async fn accept_all(
    endpoint: Endpoint,
    shared: Arc<Shared>,
    guests: Guests,
    mut stopped: watch::Receiver<bool>,
) {
    let mut meetings = tokio::task::JoinSet::new();
    loop {
        let incoming = tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => break,
            Some(_) = meetings.join_next(), if !meetings.is_empty() => continue,
            incoming = endpoint.accept() => incoming,
        };
        let Some(incoming) = incoming else { break };
        let from = incoming.remote_address().ip();
        match guests.admit(from, incoming.remote_address_validated()) {
            Admission::Prove => {
                let _ = incoming.retry();
            }
            Admission::Full => {
                tracing::warn!("too many connections: one was refused");
                incoming.refuse();
            }
            Admission::Seat(seat) => {
                let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
                meetings.spawn(async move {
                    serve_connection(incoming, shared, stopped).await;
                    drop(seat);
                });
            }
        }
    }
    // Connections see the same sign, finish what was pushed, and close by themselves.
    let _ =
        tokio::time::timeout(SHUTDOWN_MAX, async { while meetings.join_next().await.is_some() {} })
            .await;
    endpoint.close(VarInt::from_u32(CODE_SHUTDOWN), b"");
    let _ = tokio::time::timeout(SHUTDOWN_MAX, endpoint.wait_idle()).await;
}

/// A relay that serves.
#[derive(Debug)]
pub struct RelayHandle {
    address: SocketAddr,
    http_address: Option<SocketAddr>,
    realm: RealmId,
    relay: KeyHash,
    stop: watch::Sender<bool>,
    endpoint: Endpoint,
    tasks: Vec<JoinHandle<()>>,
}

impl RelayHandle {
    /// Where phones meet it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its page is.
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.http_address
    }

    /// Its realm.
    pub fn realm(&self) -> RealmId {
        self.realm
    }

    /// The hash by which phones pin its key.
    pub fn relay(&self) -> KeyHash {
        self.relay
    }

    /// Finishes what was pushed, says goodbye to every phone and waits until all is closed.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        for task in std::mem::take(&mut self.tasks) {
            let _ = task.await;
        }
    }
}

impl Drop for RelayHandle {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.endpoint.close(VarInt::from_u32(CODE_SHUTDOWN), b"");
    }
}
