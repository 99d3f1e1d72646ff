//! Reaching a relay at one of its addresses.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use doorstep_protocol::{id::KeyHash, key::DeviceKey};
use quinn::{ConnectionError, Endpoint, TokenMemoryCache, TokenStore};
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use super::{
    HANDSHAKE_MAX, QuicError, client_config_noting,
    link::{Link, LinkError},
    raw_key::Findings,
};

/// Addresses that one call tries.
pub const ADDRESSES_MAX: usize = 8;
/// Socket addresses that are tried of what one name resolves to; later ones are left out.
pub const SOCKETS_PER_ADDRESS_MAX: usize = 4;
/// The longest deadline; a longer one counts as this.
pub const DEADLINE_MAX: Duration = Duration::from_secs(600);

/// Relays whose address tokens are remembered; a phone has one, and a next one now and then.
const TOKEN_RELAYS_MAX: u32 = 4;
/// Tokens kept for each: a relay gives two at a meeting.
const TOKENS_PER_RELAY_MAX: usize = 4;

/// No link to the relay. Where several addresses failed in different ways, the gravest is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DialError {
    /// Nobody answered in time: wait for signal, then dial again.
    #[error("no relay answered in time")]
    Unreachable,
    /// Somebody answered and wants no meeting now: busy, another version, or no relay at all. Dial
    /// again later; if it stays so, the app may need an update.
    #[error("what answered refused the connection")]
    Refused,
    /// Somebody answered with another key than the pinned one, and was told nothing. A person has to
    /// look: the relay's key was changed, or this is not the relay.
    #[error("what answered does not have the relay's key")]
    WrongRelay,
    /// The device's own key did not sign: wait until the phone is unlocked.
    #[error("the device key cannot sign now")]
    KeyUnavailable,
    /// There is no address, or there are more than [`ADDRESSES_MAX`]: a new invitation is needed.
    #[error("expected 1 to {ADDRESSES_MAX} addresses")]
    Addresses,
    /// The channel cannot be set up on this machine.
    #[error(transparent)]
    Channel(#[from] QuicError),
}

impl DialError {
    /// The gravest is that of which somebody must hear.
    fn weight(self) -> u8 {
        match self {
            Self::Unreachable => 0,
            Self::Refused => 1,
            Self::WrongRelay => 2,
            Self::KeyUnavailable | Self::Addresses | Self::Channel(_) => 3,
        }
    }

    fn or(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    /// Whether the next address would fail in the same way.
    fn is_our_own(self) -> bool {
        self.weight() == 3
    }
}

/// Dials relays. Keep one for the life of the process: it remembers the tokens by which a relay knows
/// that an address is real, and answers a known phone without holding back.
///
/// The example is in [the module](super).
pub struct Dialer {
    tokens: Arc<dyn TokenStore>,
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialer").finish_non_exhaustive()
    }
}

impl Default for Dialer {
    fn default() -> Self {
        Self::new()
    }
}

impl Dialer {
    /// A dialer that has met nobody yet.
    pub fn new() -> Self {
        Self { tokens: Arc::new(TokenMemoryCache::new(TOKEN_RELAYS_MAX, TOKENS_PER_RELAY_MAX)) }
    }

    /// Opens a link to the relay whose key has the hash `relay`, at the first of `addresses` that
    /// answers with that key.
    ///
    /// An address is `host:port`, a name or a number (`[2001:db8::1]:4433`). They are tried in order;
    /// each may use an equal share of what is left of `deadline`, so that a silent one leaves time for
    /// the next, and no attempt lasts longer than [`HANDSHAKE_MAX`]. It has to run within tokio.
    ///
    /// No byte of a meeting leaves the phone, nor does the relay learn `key`, before the relay's key
    /// is checked. Cancel safe: dropped, it gives up what it has begun.
    ///
    /// # Errors
    ///
    /// See [`DialError`]. That the *relay* refuses `key` is not known yet when this returns: it then
    /// shows at the first [`Link::receive`].
    pub async fn connect(
        &self,
        addresses: &[String],
        key: Arc<dyn DeviceKey>,
        relay: KeyHash,
        deadline: Duration,
    ) -> Result<Link, DialError> {
        if addresses.is_empty() || addresses.len() > ADDRESSES_MAX {
            return Err(DialError::Addresses);
        }
        let end = Instant::now() + deadline.min(DEADLINE_MAX);
        let mut gravest = DialError::Unreachable;
        for (tried, address) in addresses.iter().enumerate() {
            let address_end = share(Instant::now(), end, addresses.len() - tried);
            let sockets = resolve(address, address_end).await;
            for (tried, socket) in sockets.iter().enumerate() {
                let now = Instant::now();
                let attempt_end =
                    share(now, address_end, sockets.len() - tried).min(now + HANDSHAKE_MAX);
                let attempt = self.attempt(*socket, Arc::clone(&key), relay);
                match timeout_at(attempt_end, attempt).await {
                    Ok(Ok(link)) => return Ok(link),
                    Ok(Err(error)) if error.is_our_own() => return Err(error),
                    Ok(Err(error)) => gravest = gravest.or(error),
                    Err(_) => {}
                }
            }
        }
        Err(gravest)
    }

    async fn attempt(
        &self,
        socket: SocketAddr,
        key: Arc<dyn DeviceKey>,
        relay: KeyHash,
    ) -> Result<Link, DialError> {
        let findings = Arc::new(Findings::default());
        let mut config = client_config_noting(key, relay, Arc::clone(&findings))?;
        config.token_store(Arc::clone(&self.tokens));
        let own: SocketAddr = match socket {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let endpoint = Endpoint::client(own).map_err(|_| DialError::Unreachable)?;
        // The name is not sent; tokens are filed under it, so it has to tell relays apart.
        let connecting = endpoint
            .connect_with(config, socket, &format!("{}.invalid", relay.device()))
            .map_err(|_| DialError::Unreachable)?;
        let connection = connecting.await.map_err(|error| failure(&error, &findings))?;
        Link::open(endpoint, connection).await.map_err(|error| match error {
            LinkError::Lost => DialError::Unreachable,
            LinkError::Closed { .. } | LinkError::Refused | LinkError::Finished => {
                DialError::Refused
            }
        })
    }
}

/// Why a handshake failed, in the caller's terms.
fn failure(error: &ConnectionError, findings: &Findings) -> DialError {
    if findings.key_unavailable() {
        return DialError::KeyUnavailable;
    }
    if findings.wrong_relay() {
        return DialError::WrongRelay;
    }
    match error {
        ConnectionError::TimedOut
        | ConnectionError::Reset
        | ConnectionError::LocallyClosed
        | ConnectionError::CidsExhausted => DialError::Unreachable,
        ConnectionError::VersionMismatch
        | ConnectionError::TransportError(_)
        | ConnectionError::ConnectionClosed(_)
        | ConnectionError::ApplicationClosed(_) => DialError::Refused,
    }
}

/// When the first of `left` equal shares of the time until `end` is over.
fn share(now: Instant, end: Instant, left: usize) -> Instant {
    let left = u32::try_from(left).unwrap_or(u32::MAX).max(1);
    now + end.saturating_duration_since(now) / left
}

/// The socket addresses of `address`, none if it has none or is not answered before `end`.
async fn resolve(address: &str, end: Instant) -> Vec<SocketAddr> {
    if let Ok(socket) = address.parse() {
        return vec![socket];
    }
    match timeout_at(end, tokio::net::lookup_host(address)).await {
        Ok(Ok(sockets)) => sockets.take(SOCKETS_PER_ADDRESS_MAX).collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn each_address_gets_an_equal_share_of_the_time_left() {
        let now = Instant::now();
        let end = now + 100 * SECOND;
        assert_eq!(share(now, end, 4), now + 25 * SECOND);
        assert_eq!(share(now + 25 * SECOND, end, 3), now + 50 * SECOND);
        assert_eq!(share(now, end, 1), end);
        assert_eq!(share(end, now, 3), end, "what is over has no shares");
    }

    #[test]
    fn the_gravest_failure_is_told() {
        use DialError::{Refused, Unreachable, WrongRelay};
        assert_eq!(Unreachable.or(Refused).or(Unreachable), Refused);
        assert_eq!(Refused.or(WrongRelay).or(Refused), WrongRelay);
        assert!(DialError::KeyUnavailable.is_our_own() && !WrongRelay.is_our_own());
    }

    #[tokio::test]
    async fn what_cannot_be_resolved_has_no_sockets() {
        let end = Instant::now() + 10 * SECOND;
        assert_eq!(
            resolve("[::1]:4433", end).await,
            [SocketAddr::from((Ipv6Addr::LOCALHOST, 4433))]
        );
        assert!(resolve("no port", end).await.is_empty());
        assert!(resolve("localhost:1", end).await.len() <= SOCKETS_PER_ADDRESS_MAX);
    }
}
