//! The channel between a phone and its relay: QUIC, TLS 1.3, raw public keys on both sides.
//!
//! The phone pins the relay by the key hash in its invitation; the relay learns the phone's key, and
//! its roster says whose that is. What is said on the channel is the protocol crate's business: a
//! [`Link`] carries bytes.
//!
//! A phone dials with a [`Dialer`]. A relay calls [`listen`], and [`accept`] for every knock. These, the
//! two configurations and [`peer_key`] are for drivers: the only public signatures that name quinn.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use doorstep_core::quic::{Dialer, accept, listen};
//! use doorstep_protocol::key::{DeviceKey, SoftwareKey};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let relay_key = Arc::new(SoftwareKey::from_secret(&[1; 32])?);
//! let relay = relay_key.spki().key_hash();
//! let endpoint = listen(relay_key, "127.0.0.1:0".parse()?)?;
//! let address = endpoint.local_addr()?.to_string();
//!
//! let phone_key = Arc::new(SoftwareKey::from_secret(&[2; 32])?);
//! let phone = phone_key.spki();
//! let serving = tokio::spawn(async move {
//!     let incoming = endpoint.accept().await.ok_or("the endpoint is closed")?;
//!     let (connection, key) = accept(incoming).await.map_err(|error| error.to_string())?;
//!     assert_eq!(key, phone);
//!     let (mut send, mut receive) = connection.accept_bi().await.map_err(|error| error.to_string())?;
//!     let said = receive.read_to_end(64).await.map_err(|error| error.to_string())?;
//!     send.write_all(&said).await.map_err(|error| error.to_string())?;
//!     send.finish().map_err(|error| error.to_string())?;
//!     connection.closed().await;
//!     Ok::<(), String>(())
//! });
//!
//! let dialer = Dialer::new();
//! let mut link = dialer.connect(&[address], phone_key, relay, Duration::from_secs(10)).await?;
//! link.send(b"hello").await?;
//! link.finish()?;
//! assert_eq!(link.receive().await?.as_deref(), Some(&b"hello"[..]));
//! link.close().await;
//! serving.await??;
//! # Ok(())
//! # }
//! ```
//!
//! Every handshake proves both keys anew: there is no session resumption and no early data. A resumed
//! session would skip the check of the peer's key, and bytes sent early can be replayed; either is an
//! economy to be added together with the checks it needs.

use std::{sync::Arc, time::Duration};

use doorstep_protocol::{
    id::KeyHash,
    key::{DeviceKey, Spki},
};
use quinn::{
    IdleTimeout, TransportConfig, VarInt,
    congestion::CubicConfig,
    crypto::rustls::{QuicClientConfig, QuicServerConfig},
};
use rustls::{
    client::{AlwaysResolvesClientRawPublicKeys, Resumption},
    crypto::CryptoProvider,
    pki_types::CertificateDer,
    server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage},
};
use thiserror::Error;

use self::raw_key::{AnyDevice, Findings, PinnedRelay, certified_key};
pub use self::{
    dial::{ADDRESSES_MAX, DEADLINE_MAX, DialError, Dialer, SOCKETS_PER_ADDRESS_MAX},
    link::{CHUNK_BYTES_MAX, Link, LinkError, LinkReceiver, LinkSender},
    listen::{AcceptError, accept, listen},
};

mod dial;
mod link;
mod listen;
mod raw_key;

/// The protocol's name in the handshake. Its number is the major version: peers of different majors
/// part here, before a byte of a meeting.
pub const ALPN: &[u8] = b"doorstep/1";
/// How long a handshake may take on either side.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How long a connection lives without a packet: a lift or a stairwell is survived, a forgotten phone
/// is not kept.
pub const IDLE_MAX: Duration = Duration::from_millis(IDLE_MS_MAX as u64);
/// Streams that a phone may have open at a relay.
pub const STREAMS_MAX: u32 = 8;

const IDLE_MS_MAX: u32 = 60_000;
/// Packets that may be sent before the first acknowledgement: a small meeting is one flight.
const INITIAL_WINDOW_PACKETS: u64 = 32;
/// The datagram that every path carries (RFC 9000, 14).
const PACKET_BYTES: u64 = 1_200;
/// Bytes received and not yet read, of one stream; a frame is no larger.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// Bytes received and not yet read, of one phone, at the relay.
const RELAY_RECEIVE_WINDOW_BYTES: u32 = 1024 * 1024;
/// Bytes written and not yet acknowledged, to one phone.
const RELAY_SEND_WINDOW_BYTES: u64 = 1024 * 1024;
/// Bytes written and not yet acknowledged, to the relay: twice the seals that may be unanswered. More
/// would only stand in the modem's queue, and be sent again when a slow link overflows.
const PHONE_SEND_WINDOW_BYTES: u64 = 128 * 1024;
/// Knocks that wait to be accepted, and what they may have sent by then.
const KNOCKS_MAX: usize = 4_096;
const KNOCK_BYTES_MAX: u64 = 16 * 1024;
const KNOCKS_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The channel cannot be set up at all: a fault of the build, not of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QuicError {
    /// The TLS library was built without what QUIC needs.
    #[error("the TLS library lacks TLS 1.3 or its first cipher suite")]
    NoTls,
}

/// The phone's side of the channel: shows `key`, talks only to the relay whose key has the hash `relay`.
///
/// For drivers that bring their own endpoint; everybody else uses [`Dialer`]. The name given to
/// quinn's `connect` is neither sent nor checked.
pub fn client_config(
    key: Arc<dyn DeviceKey>,
    relay: KeyHash,
) -> Result<quinn::ClientConfig, QuicError> {
    client_config_noting(key, relay, Arc::new(Findings::default()))
}

/// As [`client_config`], for one attempt whose failure is looked into afterwards.
fn client_config_noting(
    key: Arc<dyn DeviceKey>,
    relay: KeyHash,
    findings: Arc<Findings>,
) -> Result<quinn::ClientConfig, QuicError> {
    let provider = provider();
    let pinned = PinnedRelay::new(relay, Arc::clone(&provider), Arc::clone(&findings));
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| QuicError::NoTls)?
        .dangerous() // rustls' word for "not X.509": the pin is stricter than any chain.
        .with_custom_certificate_verifier(Arc::new(pinned))
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(
            certified_key(key, findings),
        )));
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // Nobody on the way needs to read which relay this is.
    tls.enable_sni = false;
    tls.resumption = Resumption::disabled();
    let tls = QuicClientConfig::try_from(tls).map_err(|_| QuicError::NoTls)?;
    let mut config = quinn::ClientConfig::new(Arc::new(tls));
    config.transport_config(Arc::new(phone_transport()));
    Ok(config)
}

/// The relay's side of the channel: shows `key`, takes any phone that has the P-256 key it shows.
///
/// For drivers that bring their own endpoint; everybody else calls [`listen`].
/// Signing happens inside the handshake, so `key` should answer within milliseconds.
pub fn server_config(key: Arc<dyn DeviceKey>) -> Result<quinn::ServerConfig, QuicError> {
    let provider = provider();
    let own = certified_key(key, Arc::new(Findings::default()));
    let mut tls = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| QuicError::NoTls)?
        .with_client_cert_verifier(Arc::new(AnyDevice::new(provider)))
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(own)));
    tls.alpn_protocols = vec![ALPN.to_vec()];
    tls.session_storage = Arc::new(NoServerSessionStorage {});
    tls.send_tls13_tickets = 0;
    tls.max_early_data_size = 0;
    let tls = QuicServerConfig::try_from(tls).map_err(|_| QuicError::NoTls)?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(tls));
    config
        .transport_config(Arc::new(relay_transport()))
        .max_incoming(KNOCKS_MAX)
        .incoming_buffer_size(KNOCK_BYTES_MAX)
        .incoming_buffer_size_total(KNOCKS_BYTES_MAX);
    Ok(config)
}

/// The key that the peer of `connection` showed and proved; none before its handshake is over.
///
/// For drivers. It says which device this is, not what it may do: that is the roster's to say, at
/// every meeting anew.
pub fn peer_key(connection: &quinn::Connection) -> Option<Spki> {
    let identity = connection.peer_identity()?;
    let shown = identity.downcast_ref::<Vec<CertificateDer<'static>>>()?;
    raw_key::spki_of(shown)
}

/// Named here and never installed for the process: an app may use rustls for itself in another way.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What both sides share. Nobody sends keep-alives: a radio that is woken for nothing costs the phone
/// more than a handshake. A foreground session that wants one sends its own `Ping` frame.
fn transport() -> TransportConfig {
    let mut cubic = CubicConfig::default();
    cubic.initial_window(INITIAL_WINDOW_PACKETS * PACKET_BYTES);
    let mut transport = TransportConfig::default();
    transport
        // Not BBR, which put three times the bytes on a lossy slow link for the same time.
        .congestion_controller_factory(Arc::new(cubic))
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_MS_MAX))))
        .keep_alive_interval(None)
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW_BYTES))
        .datagram_receive_buffer_size(None);
    transport
}

fn relay_transport() -> TransportConfig {
    let mut transport = transport();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS_MAX))
        .receive_window(VarInt::from_u32(RELAY_RECEIVE_WINDOW_BYTES))
        .send_window(RELAY_SEND_WINDOW_BYTES);
    transport
}

fn phone_transport() -> TransportConfig {
    let mut transport = transport();
    transport
        // A relay opens no streams at a phone, so none can fill its memory.
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .receive_window(VarInt::from_u32(STREAM_WINDOW_BYTES))
        .send_window(PHONE_SEND_WINDOW_BYTES)
        // Probes for larger packets cost more than a short meeting saves by them.
        .mtu_discovery_config(None);
    transport
}
