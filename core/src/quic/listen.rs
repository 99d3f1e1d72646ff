//! Where a relay waits for phones.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    io,
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::Duration,
};

use doorstep_protocol::key::{DeviceKey, Spki};
use quinn::{ConnectionId, ConnectionIdGenerator, Endpoint, EndpointConfig, TokioRuntime};
use ring::hmac;
use thiserror::Error;

use super::{HANDSHAKE_MAX, peer_key, server_config};

/// What a relay signs to have a secret that outlives its process. It begins like no signed format.
const RESET_SECRET: &[u8] = b"doorstep: the secret of stateless resets";

/// A knock did not become a connection. The relay does the same for each: it counts and forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// Not finished within [`HANDSHAKE_MAX`].
    #[error("the handshake took too long")]
    TooSlow,
    /// No P-256 key was shown and proved, another protocol was asked for, or the phone went away.
    #[error("the handshake failed")]
    Failed,
}

/// Waits at `address` for phones, with [`server_config`]; port 0 is any. For the relay's driver, which
/// takes what comes by `accept` and gives it to [`accept`]. It has to run within tokio.
///
/// A phone that still speaks to a relay restarted since is told so at its next packet
/// ([`LinkError::Lost`](super::LinkError::Lost)) instead of waiting a minute: the secret for that is
/// a signature of `key`, the same in every process. A key whose signatures differ each time (hardware)
/// costs that economy and nothing else.
///
/// # Errors
///
/// When the address is taken or not this machine's, or the key cannot sign.
pub fn listen(key: Arc<dyn DeviceKey>, address: SocketAddr) -> io::Result<Endpoint> {
    let secret = key.sign(RESET_SECRET).map_err(io::Error::other)?;
    let config = server_config(key).map_err(io::Error::other)?;
    let mut endpoint = EndpointConfig::new(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &secret.0)));
    endpoint.cid_generator(|| Box::new(ConnectionIds::default()));
    Endpoint::new(endpoint, Some(config), UdpSocket::bind(address)?, Arc::new(TokioRuntime))
}

/// Lets a phone in: waits for its handshake, no longer than [`HANDSHAKE_MAX`], and says whose key it
/// proved. For the relay's driver; run it in a task of its own, so that a slow phone stops nobody.
///
/// Dropping it gives the knock up.
pub async fn accept(incoming: quinn::Incoming) -> Result<(quinn::Connection, Spki), AcceptError> {
    accept_within(incoming, HANDSHAKE_MAX).await
}

async fn accept_within(
    incoming: quinn::Incoming,
    limit: Duration,
) -> Result<(quinn::Connection, Spki), AcceptError> {
    let connection = tokio::time::timeout(limit, incoming)
        .await
        .map_err(|_| AcceptError::TooSlow)?
        .map_err(|_| AcceptError::Failed)?;
    let key = peer_key(&connection).ok_or(AcceptError::Failed)?;
    Ok((connection, key))
}

/// Ids of connections: eight bytes that cannot be guessed and do not repeat in another process.
///
/// quinn's own carry a check by a key of the process, and a relay would ignore what is addressed to an
/// id of the process before it, where it should answer with a reset. What that answer can cost is
/// bounded by quinn: one in 20 ms, smaller than what caused it.
#[derive(Default)]
struct ConnectionIds {
    secret: RandomState,
    given: u64,
}

impl ConnectionIdGenerator for ConnectionIds {
    fn generate_cid(&mut self) -> ConnectionId {
        self.given = self.given.wrapping_add(1);
        ConnectionId::new(&self.secret.hash_one(self.given).to_be_bytes())
    }

    fn cid_len(&self) -> usize {
        size_of::<u64>()
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]
mod tests {
    use std::{collections::BTreeSet, net::Ipv4Addr};

    use doorstep_protocol::key::SoftwareKey;

    use super::*;
    use crate::quic::client_config;

    #[tokio::test]
    async fn a_handshake_that_takes_too_long_is_given_up() {
        let relay_key = Arc::new(SoftwareKey::from_secret(&[1; 32]).unwrap());
        let relay = relay_key.spki().key_hash();
        let loopback: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
        let server = listen(relay_key, loopback).unwrap();
        let phone_key = Arc::new(SoftwareKey::from_secret(&[2; 32]).unwrap());
        let phone = Endpoint::client(loopback).unwrap();
        let config = client_config(phone_key, relay).unwrap();
        // Between the two: it carries the phone's first packet and nothing after it.
        let between = tokio::net::UdpSocket::bind(loopback).await.unwrap();
        let address = between.local_addr().unwrap();
        let _connecting = phone.connect_with(config, address, "relay.invalid").unwrap();
        let mut packet = [0; 2048];
        let length = between.recv(&mut packet).await.unwrap();
        between.send_to(&packet[..length], server.local_addr().unwrap()).await.unwrap();
        let incoming = server.accept().await.unwrap();
        let met = accept_within(incoming, Duration::from_millis(10)).await;
        assert_eq!(met.unwrap_err(), AcceptError::TooSlow);
    }

    #[test]
    fn connection_ids_differ_within_a_process_and_between_two() {
        let (mut one, mut other) = (ConnectionIds::default(), ConnectionIds::default());
        let ids: BTreeSet<Vec<u8>> = (0..1000)
            .flat_map(|_| [one.generate_cid().to_vec(), other.generate_cid().to_vec()])
            .collect();
        assert_eq!(ids.len(), 2000);
        assert!(ids.iter().all(|id| id.len() == one.cid_len()));
    }
}
