//! The way between a phone and the relay, which can be cut.
//!
//! A UDP forwarder on loopback. It knows nothing of QUIC: it carries datagrams, or drops them, as a
//! stairwell does. What the engine and the relay do about it is theirs, and real.

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    net::UdpSocket,
    runtime::Handle,
    task::{AbortHandle, JoinHandle},
};

/// Source addresses that one path serves at a time. A phone has one, and a new one for every dial;
/// datagrams of a further one are dropped and counted.
pub const SOURCES_MAX: usize = 64;
/// A source that has sent nothing for this long may be forgotten: longer than a connection lives.
pub const SOURCE_IDLE_MAX: Duration = Duration::from_secs(90);

/// The largest UDP payload there is.
const DATAGRAM_BYTES_MAX: usize = 65_535;
/// Errors of a socket in a row after which it counts as broken. Single ones are reports about
/// datagrams sent earlier, and mean nothing.
const SOCKET_ERRORS_MAX: u32 = 64;

/// A network path to a relay, with a switch for the signal.
///
/// ```
/// use doorstep_relay::demo::path::NetworkPath;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let relay = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
/// let path = NetworkPath::open(relay.local_addr()?)?;
///
/// let phone = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
/// phone.send_to(b"hello", path.address()).await?;
/// let mut datagram = [0; 16];
/// let (bytes, _) = relay.recv_from(&mut datagram).await?;
/// assert_eq!((bytes, path.bytes_up()), (5, 5));
///
/// path.set_signal(false); // The phone enters a stairwell.
/// # Ok(())
/// # }
/// ```
///
/// Counters are in bytes of UDP payload that were carried on, and in packets that were not. Dropping
/// the path closes its sockets.
#[derive(Debug)]
pub struct NetworkPath {
    address: SocketAddr,
    weather: Arc<Weather>,
    forwarder: JoinHandle<()>,
}

impl NetworkPath {
    /// Opens a path to `relay`, on a port of its own.
    ///
    /// # Errors
    ///
    /// When the system gives no socket, or when it is not called within a tokio runtime.
    pub fn open(relay: SocketAddr) -> io::Result<Self> {
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        let entrance = loopback_socket()?;
        let address = entrance.local_addr()?;
        let weather = Arc::new(Weather::fair(relay));
        let forwarder = Forwarder {
            entrance: Arc::new(entrance),
            weather: Arc::clone(&weather),
            sources: Sources::default(),
        };
        Ok(Self { address, weather, forwarder: runtime.spawn(forwarder.run()) })
    }

    /// Where a phone finds its relay, through this path.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives the signal or takes it: without it every packet is dropped, in both directions.
    pub fn set_signal(&self, on: bool) {
        self.weather.signal.store(on, Ordering::Release);
    }

    /// Drops so many of a thousand packets, in both directions; 0 is none, 1,000 and more all.
    ///
    /// Which ones, `seed` and the order of the packets say: the same seed drops, say, the 3rd and the
    /// 17th packet again, though what is in them differs from run to run.
    pub fn set_loss(&self, per_mille: u16, seed: u64) {
        self.weather.dice.store(seed, Ordering::Release);
        self.weather.loss_per_mille.store(per_mille, Ordering::Release);
    }

    /// From now on the relay is at `relay`: it came back on another port. What the old address still
    /// sends is dropped.
    pub fn set_relay(&self, relay: SocketAddr) {
        *self.weather.relay.lock().unwrap_or_else(PoisonError::into_inner) = relay;
    }

    /// Bytes carried from phones to the relay.
    pub fn bytes_up(&self) -> u64 {
        self.weather.bytes_up.load(Ordering::Acquire)
    }

    /// Bytes carried from the relay to phones.
    pub fn bytes_down(&self) -> u64 {
        self.weather.bytes_down.load(Ordering::Acquire)
    }

    /// Packets that were not carried on, for whatever reason.
    pub fn packets_dropped(&self) -> u64 {
        self.weather.packets_dropped.load(Ordering::Acquire)
    }
}

impl Drop for NetworkPath {
    fn drop(&mut self) {
        // The forwarder owns the sources, and with them their tasks.
        self.forwarder.abort();
    }
}

/// What the path is like now, and what it has done so far.
#[derive(Debug)]
struct Weather {
    signal: AtomicBool,
    loss_per_mille: AtomicU16,
    dice: AtomicU64,
    relay: Mutex<SocketAddr>,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
    packets_dropped: AtomicU64,
}

impl Weather {
    fn fair(relay: SocketAddr) -> Self {
        Self {
            signal: AtomicBool::new(true),
            loss_per_mille: AtomicU16::new(0),
            dice: AtomicU64::new(0),
            relay: Mutex::new(relay),
            bytes_up: AtomicU64::new(0),
            bytes_down: AtomicU64::new(0),
            packets_dropped: AtomicU64::new(0),
        }
    }

    fn relay(&self) -> SocketAddr {
        *self.relay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next packet gets through.
    fn carries(&self) -> bool {
        if !self.signal.load(Ordering::Acquire) {
            return false;
        }
        let loss = u64::from(self.loss_per_mille.load(Ordering::Acquire));
        // Without loss the dice are not thrown, so that a seed counts from when it was set.
        loss == 0 || self.throw() % 1000 >= loss
    }

    /// SplitMix64: one addition makes the state, so that both directions can share it without a lock.
    fn throw(&self) -> u64 {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.dice.fetch_add(GOLDEN, Ordering::AcqRel).wrapping_add(GOLDEN);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Sends `packet` on, or drops it as the weather says.
    async fn carry(&self, from: &UdpSocket, to: SocketAddr, packet: &[u8], carried: &AtomicU64) {
        if self.carries() && from.send_to(packet, to).await.is_ok() {
            carried.fetch_add(packet.len() as u64, Ordering::AcqRel);
        } else {
            self.drop_one();
        }
    }

    fn drop_one(&self) {
        self.packets_dropped.fetch_add(1, Ordering::AcqRel);
    }
}

/// Takes what phones send, and hands it on from a socket of each phone's own.
struct Forwarder {
    entrance: Arc<UdpSocket>,
    weather: Arc<Weather>,
    sources: Sources,
}

impl Forwarder {
    async fn run(mut self) {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let mut errors = 0;
        while errors < SOCKET_ERRORS_MAX {
            let Ok((length, phone)) = self.entrance.recv_from(&mut buffer).await else {
                errors += 1;
                continue;
            };
            errors = 0;
            let packet = buffer.get(..length).unwrap_or_default();
            let now = Instant::now();
            let exit = self.sources.exit_of(phone, now).or_else(|| self.admit(phone, now));
            match exit {
                Some(exit) => {
                    let relay = self.weather.relay();
                    self.weather.carry(&exit, relay, packet, &self.weather.bytes_up).await;
                }
                None => self.weather.drop_one(),
            }
        }
    }

    /// A socket for a phone that has none, unless the path is full.
    fn admit(&mut self, phone: SocketAddr, now: Instant) -> Option<Arc<UdpSocket>> {
        if !self.sources.has_room(now) {
            return None;
        }
        let exit = Arc::new(loopback_socket().ok()?);
        let answers = carry_answers(
            Arc::clone(&self.weather),
            Arc::clone(&exit),
            Arc::clone(&self.entrance),
            phone,
        );
        let answers = tokio::spawn(answers).abort_handle();
        let source = Source { exit: Arc::clone(&exit), answers, used: now };
        self.sources.by_address.insert(phone, source);
        Some(exit)
    }
}

/// Hands on to `phone` what the relay sends to its exit.
async fn carry_answers(
    weather: Arc<Weather>,
    exit: Arc<UdpSocket>,
    entrance: Arc<UdpSocket>,
    phone: SocketAddr,
) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    let mut errors = 0;
    while errors < SOCKET_ERRORS_MAX {
        let Ok((length, from)) = exit.recv_from(&mut buffer).await else {
            errors += 1;
            continue;
        };
        errors = 0;
        let packet = buffer.get(..length).unwrap_or_default();
        if from == weather.relay() {
            weather.carry(&entrance, phone, packet, &weather.bytes_down).await;
        } else {
            weather.drop_one();
        }
    }
}

/// The phones that are on the path, by the address from which they send.
#[derive(Default)]
struct Sources {
    by_address: BTreeMap<SocketAddr, Source>,
}

struct Source {
    exit: Arc<UdpSocket>,
    answers: AbortHandle,
    used: Instant,
}

impl Drop for Source {
    fn drop(&mut self) {
        self.answers.abort();
    }
}

impl Sources {
    fn exit_of(&mut self, phone: SocketAddr, now: Instant) -> Option<Arc<UdpSocket>> {
        let source = self.by_address.get_mut(&phone)?;
        source.used = now;
        Some(Arc::clone(&source.exit))
    }

    /// Whether one more has room, after those that are idle were forgotten.
    fn has_room(&mut self, now: Instant) -> bool {
        self.by_address
            .retain(|_, source| now.saturating_duration_since(source.used) < SOURCE_IDLE_MAX);
        self.by_address.len() < SOURCES_MAX
    }
}

fn loopback_socket() -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]
mod tests;
