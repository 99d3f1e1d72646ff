//! The channel over loopback: who is let in, who is told nothing, and what a lost link leaves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says by a panic that it failed"
)]

use std::{collections::BTreeSet, net::UdpSocket, sync::Arc, time::Duration};

use doorstep_core::quic::{
    ADDRESSES_MAX, ALPN, AcceptError, DialError, Dialer, Link, LinkError, STREAMS_MAX, accept,
    client_config, listen, peer_key, server_config,
};
use doorstep_protocol::{
    id::{KeyHash, Signature},
    key::{DeviceKey, KeyError, SoftwareKey, Spki},
};
use quinn::{Connection, ConnectionError, Endpoint, Incoming, ReadToEndError};

use crate::strangers::{RawKeys, client_of, ed25519_key, p256_key, server_of, showing};

mod strangers;

/// Longer than any of this takes on the slowest machine, and shorter than the idle timeout, which must
/// not be what ends a wait.
const HANG: Duration = Duration::from_secs(45);
/// A dial that is meant to succeed.
const PATIENCE: Duration = Duration::from_secs(20);

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(HANG, what).await.expect("nothing here may hang")
}

fn key(n: u8) -> Arc<SoftwareKey> {
    Arc::new(SoftwareKey::from_secret(&[n; 32]).unwrap())
}

/// A relay's endpoint on loopback.
struct Relay {
    endpoint: Endpoint,
    hash: KeyHash,
}

impl Relay {
    fn open(key: Arc<dyn DeviceKey>) -> Self {
        let hash = key.spki().key_hash();
        let endpoint = listen(key, "127.0.0.1:0".parse().unwrap()).unwrap();
        Self { endpoint, hash }
    }

    fn with(config: quinn::ServerConfig, hash: KeyHash) -> Self {
        let endpoint = Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
        Self { endpoint, hash }
    }

    fn address(&self) -> String {
        self.endpoint.local_addr().unwrap().to_string()
    }

    async fn knock(&self) -> Incoming {
        self.endpoint.accept().await.unwrap()
    }

    async fn accept(&self) -> Result<(Connection, Spki), AcceptError> {
        accept(self.knock().await).await
    }

    /// A handshake, whoever the other is.
    async fn shake_hands(&self) -> Result<Connection, ConnectionError> {
        self.knock().await.await
    }

    /// A phone and the relay's end of its connection.
    async fn met_by(&self, phone: u8) -> (Link, Connection) {
        let (link, met) = tokio::join!(self.dialed_by(phone), self.accept());
        (link.unwrap(), met.unwrap().0)
    }

    async fn dialed_by(&self, phone: u8) -> Result<Link, DialError> {
        Dialer::new().connect(&[self.address()], key(phone), self.hash, PATIENCE).await
    }
}

/// Sends back what the first stream says, until it ends.
async fn echo(connection: &Connection) {
    let (mut send, mut receive) = connection.accept_bi().await.unwrap();
    while let Some(chunk) = receive.read_chunk(1 << 16, true).await.unwrap() {
        send.write_all(&chunk.bytes).await.unwrap();
    }
    send.finish().unwrap();
}

async fn ask(link: &mut Link, question: &[u8]) -> Vec<u8> {
    link.send(question).await.unwrap();
    let mut answer = Vec::new();
    while answer.len() < question.len() {
        answer.extend(link.receive().await.unwrap().unwrap());
    }
    answer
}

#[tokio::test]
async fn a_phone_and_its_relay_talk_and_know_each_other() {
    let relay = Relay::open(key(1));
    let (mut link, met) = soon(relay.met_by(2)).await;
    assert_eq!(peer_key(&met), Some(key(2).spki()));
    assert_eq!(link.address().to_string(), relay.address());
    let phone = async {
        assert_eq!(ask(&mut link, b"good morning").await, b"good morning");
        link.finish().unwrap();
        assert_eq!(link.receive().await, Ok(None));
        assert_eq!(link.receive().await, Ok(None), "an end is an end");
        assert_eq!(link.send(b"more").await, Err(LinkError::Finished));
        assert_eq!(link.finish(), Err(LinkError::Finished));
        link.close().await;
    };
    soon(async { tokio::join!(phone, echo(&met)) }).await;
    let ConnectionError::ApplicationClosed(goodbye) = soon(met.closed()).await else {
        panic!("no goodbye came");
    };
    assert_eq!(goodbye.error_code.into_inner(), 0);
}

#[tokio::test]
async fn three_phones_at_once_are_told_apart() {
    let relay = Relay::open(key(1));
    let serving = async {
        let mut met = Vec::new();
        let mut echoes = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let (connection, spki) = relay.accept().await.unwrap();
            met.push(spki);
            echoes.spawn(async move {
                echo(&connection).await;
                connection.closed().await
            });
        }
        echoes.join_all().await;
        met.into_iter().collect::<BTreeSet<_>>()
    };
    let phone = async |n: u8| {
        let mut link = relay.dialed_by(n).await.unwrap();
        assert_eq!(ask(&mut link, &[n; 1000]).await, [n; 1000]);
        link.finish().unwrap();
        assert_eq!(link.receive().await, Ok(None));
    };
    let (met, (), (), ()) =
        soon(async { tokio::join!(serving, phone(2), phone(3), phone(4)) }).await;
    assert_eq!(met, [2, 3, 4].map(|n| key(n).spki()).into_iter().collect());
}

#[tokio::test]
async fn a_relay_with_another_key_is_told_nothing() {
    let relay = Relay::open(key(9));
    let pinned = key(1).spki().key_hash();
    let addresses = [relay.address()];
    let dialer = Dialer::new();
    let dial = dialer.connect(&addresses, key(2), pinned, PATIENCE);
    let (link, met) = soon(async { tokio::join!(dial, relay.accept()) }).await;
    assert_eq!(link.unwrap_err(), DialError::WrongRelay);
    // No connection came to be on the relay's side: no stream, no byte, no phone's key.
    assert_eq!(met.unwrap_err(), AcceptError::Failed);
}

/// Shows a key whose secret it does not have.
struct Impostor {
    shown: Spki,
    own: Arc<SoftwareKey>,
}

impl DeviceKey for Impostor {
    fn spki(&self) -> Spki {
        self.shown
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        self.own.sign(message)
    }
}

#[tokio::test]
async fn a_relay_that_shows_the_pinned_key_without_its_secret_is_told_nothing() {
    let relay = Relay::open(Arc::new(Impostor { shown: key(1).spki(), own: key(9) }));
    assert_eq!(relay.hash, key(1).spki().key_hash());
    let (link, met) = soon(async { tokio::join!(relay.dialed_by(2), relay.accept()) }).await;
    assert_eq!(link.unwrap_err(), DialError::WrongRelay);
    assert_eq!(met.unwrap_err(), AcceptError::Failed);
}

#[tokio::test]
async fn the_right_relay_is_found_behind_a_wrong_one_and_a_silent_one() {
    let (wrong, right) = (Relay::open(key(9)), Relay::open(key(1)));
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().to_string();
    let addresses = [wrong.address(), "no.such.host.invalid:1".into(), silent, right.address()];
    let dialer = Dialer::new();
    let dial = dialer.connect(&addresses, key(2), right.hash, Duration::from_secs(6));
    let (link, turned_away, met) =
        soon(async { tokio::join!(dial, wrong.accept(), right.accept()) }).await;
    assert_eq!(link.unwrap().address().to_string(), right.address());
    assert_eq!(turned_away.unwrap_err(), AcceptError::Failed);
    assert_eq!(met.unwrap().1, key(2).spki());
}

#[tokio::test]
async fn a_server_that_never_answers_is_unreachable_when_the_deadline_is_over() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let addresses = [silent.local_addr().unwrap().to_string()];
    let pinned = key(1).spki().key_hash();
    let dialer = Dialer::new();
    let dial = dialer.connect(&addresses, key(2), pinned, Duration::from_millis(300));
    assert_eq!(soon(dial).await.unwrap_err(), DialError::Unreachable);
    silent.set_nonblocking(true).unwrap();
    assert!(silent.recv(&mut [0; 2000]).is_ok(), "nobody knocked");
}

#[tokio::test]
async fn the_number_of_addresses_is_bounded() {
    let pinned = key(1).spki().key_hash();
    for count in [0, ADDRESSES_MAX + 1] {
        let addresses = vec!["127.0.0.1:1".to_owned(); count];
        let dial = Dialer::new().connect(&addresses, key(2), pinned, PATIENCE).await;
        assert_eq!(dial.unwrap_err(), DialError::Addresses);
    }
}

/// A hardware key behind a lock screen.
struct Locked(Arc<SoftwareKey>);

impl DeviceKey for Locked {
    fn spki(&self) -> Spki {
        self.0.spki()
    }

    fn sign(&self, _message: &[u8]) -> Result<Signature, KeyError> {
        Err(KeyError::Unavailable)
    }
}

#[tokio::test]
async fn a_locked_device_key_is_not_mistaken_for_a_wrong_relay() {
    let relay = Relay::open(key(1));
    let addresses = [relay.address()];
    let dialer = Dialer::new();
    let dial = dialer.connect(&addresses, Arc::new(Locked(key(2))), relay.hash, PATIENCE);
    let (link, met) = soon(async { tokio::join!(dial, relay.accept()) }).await;
    assert_eq!(link.unwrap_err(), DialError::KeyUnavailable);
    assert_eq!(met.unwrap_err(), AcceptError::Failed);
}

#[tokio::test]
async fn a_relay_that_cannot_sign_or_wants_nobody_refuses() {
    let locked: Arc<dyn DeviceKey> = Arc::new(Locked(key(1)));
    assert!(listen(Arc::clone(&locked), "127.0.0.1:0".parse().unwrap()).is_err());
    let hash = locked.spki().key_hash();
    let locked = Relay::with(server_config(locked).unwrap(), hash);
    let (link, met) = soon(async { tokio::join!(locked.dialed_by(2), locked.accept()) }).await;
    assert_eq!(link.unwrap_err(), DialError::Refused);
    assert_eq!(met.unwrap_err(), AcceptError::Failed);

    let busy = Relay::open(key(1));
    let turn_away = async { busy.knock().await.refuse() };
    let (link, ()) = soon(async { tokio::join!(busy.dialed_by(2), turn_away) }).await;
    assert_eq!(link.unwrap_err(), DialError::Refused);
}

#[tokio::test]
async fn another_major_version_parts_in_the_handshake() {
    let signing = p256_key();
    let spki = signing.public_key().unwrap().to_vec();
    let later = server_of(showing(&spki, signing), b"doorstep/2");
    let relay = Relay::with(later, KeyHash::of(&spki));
    let (link, met) = soon(async { tokio::join!(relay.dialed_by(2), relay.shake_hands()) }).await;
    assert_eq!(link.unwrap_err(), DialError::Refused);
    assert!(met.is_err());
}

#[tokio::test]
async fn a_client_without_a_proved_p256_key_stays_outside() {
    let (ed25519, ed25519_spki) = ed25519_key();
    let clients = [
        ("no key", RawKeys::Only, None),
        ("only X.509", RawKeys::Unknown, None),
        ("an Ed25519 key", RawKeys::Only, Some(showing(&ed25519_spki, ed25519))),
        (
            "an Ed25519 key, signed by P-256",
            RawKeys::Only,
            Some(showing(&ed25519_spki, p256_key())),
        ),
        ("another's key", RawKeys::Only, Some(showing(key(2).spki().as_bytes(), p256_key()))),
        ("no ASN.1", RawKeys::Only, Some(showing(b"key", p256_key()))),
    ];
    let relay = Relay::open(key(1));
    for (shown, raw_keys, client) in clients {
        let met = soon(knock_with(&relay, client_of(raw_keys, client, ALPN))).await;
        assert_eq!(met.unwrap_err(), AcceptError::Failed, "{shown}");
    }
    // The same client with a key of its own is let in: what failed above is the key.
    let own = p256_key();
    let spki = own.public_key().unwrap().to_vec();
    let honest = client_of(RawKeys::Only, Some(showing(&spki, Arc::clone(&own))), ALPN);
    assert_eq!(soon(knock_with(&relay, honest)).await.unwrap().1.as_bytes(), spki);
    let other = client_of(RawKeys::Only, Some(showing(&spki, own)), b"h3");
    assert!(soon(knock_with(&relay, other)).await.is_err(), "another protocol");
}

async fn knock_with(
    relay: &Relay,
    config: quinn::ClientConfig,
) -> Result<(Connection, Spki), AcceptError> {
    let client = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = relay.endpoint.local_addr().unwrap();
    let connecting = client.connect_with(config, address, "relay.invalid").unwrap();
    tokio::join!(connecting, relay.accept()).1
}

#[tokio::test]
async fn a_phone_that_was_met_before_is_known_by_its_token() {
    let relay = Relay::open(key(1));
    let dialer = Dialer::new();
    let addresses = [relay.address()];
    for known in [false, true] {
        let phone = async {
            let dial = dialer.connect(&addresses, key(2), relay.hash, PATIENCE);
            let mut link = dial.await.unwrap();
            assert_eq!(ask(&mut link, b"hello").await, b"hello");
            link.finish().unwrap();
            assert_eq!(link.receive().await, Ok(None));
        };
        let serving = async {
            let incoming = relay.knock().await;
            assert_eq!(incoming.remote_address_validated(), known);
            let (connection, _) = accept(incoming).await.unwrap();
            echo(&connection).await;
            connection.closed().await;
        };
        soon(async { tokio::join!(phone, serving) }).await;
    }
}

#[tokio::test]
async fn one_loop_serves_both_directions_and_loses_nothing_to_it() {
    let relay = Relay::open(key(1));
    let (mut link, met) = soon(relay.met_by(2)).await;
    let said: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
    let phone = async {
        let (sender, receiver) = link.halves();
        let (mut sent, mut heard) = (0, Vec::new());
        let mut turns = 0;
        while heard.len() < said.len() {
            // Whoever loses the race is dropped half-way, again and again.
            turns += 1;
            tokio::select! {
                chunk = receiver.receive() => heard.extend(chunk.unwrap().unwrap()),
                more = sender.send_some(&said[sent..]), if sent < said.len() => sent += more.unwrap(),
                () = tokio::task::yield_now() => {}
            }
        }
        assert!(turns > 10);
        heard
    };
    let serving = tokio::spawn(async move { echo(&met).await });
    assert!(soon(phone).await == said, "what came back is not what was said");
    link.finish().unwrap();
    soon(serving).await.unwrap();
}

#[tokio::test]
async fn a_dropped_link_never_looks_like_an_ended_stream() {
    let relay = Relay::open(key(1));
    let (mut link, met) = soon(relay.met_by(2)).await;
    soon(link.send(b"half a fra")).await.unwrap();
    let (_send, mut receive) = soon(met.accept_bi()).await.unwrap();
    drop(link);
    let end = soon(receive.read_to_end(1000)).await.unwrap_err();
    assert!(matches!(end, ReadToEndError::Read(_)), "{end:?}");
    let ConnectionError::ApplicationClosed(close) = soon(met.closed()).await else {
        panic!("no word came");
    };
    assert_eq!(close.error_code.into_inner(), 1);
}

#[tokio::test]
async fn a_relay_that_was_restarted_says_at_once_that_it_knows_nothing() {
    // A runtime of its own is the process that dies: what it drops cannot say goodbye any more.
    let (tell, address) = tokio::sync::oneshot::channel();
    let process = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _met = runtime.block_on(async {
            let relay = Relay::open(key(1));
            tell.send(relay.endpoint.local_addr().unwrap()).unwrap();
            let met = relay.accept().await.unwrap();
            (relay, met)
        });
        drop(runtime);
    });
    let address = soon(address).await.unwrap();
    let relay = key(1).spki().key_hash();
    let addresses = [address.to_string()];
    let dialer = Dialer::new();
    let mut link = soon(dialer.connect(&addresses, key(2), relay, PATIENCE)).await.unwrap();
    soon(tokio::task::spawn_blocking(move || process.join().unwrap())).await.unwrap();
    let _restarted = listen(key(1), address).unwrap();
    soon(link.send(b"are you there, relay? it has been a while")).await.unwrap();
    assert_eq!(soon(link.receive()).await, Err(LinkError::Lost));
}

#[tokio::test]
async fn what_the_relay_says_at_the_end_is_told() {
    let relay = Relay::open(key(1));
    let (mut link, met) = soon(relay.met_by(2)).await;
    met.close(7_u32.into(), b"");
    assert_eq!(soon(link.receive()).await, Err(LinkError::Closed { code: 7 }));
    assert_eq!(soon(link.send(b"more")).await, Err(LinkError::Closed { code: 7 }));

    let (mut link, met) = soon(relay.met_by(3)).await;
    soon(link.send(b"hello")).await.unwrap();
    let (mut send, _receive) = soon(met.accept_bi()).await.unwrap();
    send.reset(8_u32.into()).unwrap();
    assert_eq!(soon(link.receive()).await, Err(LinkError::Closed { code: 8 }));
}

#[tokio::test]
async fn a_link_goes_on_from_another_socket() {
    let relay = Relay::open(key(1));
    let (mut link, met) = soon(relay.met_by(2)).await;
    let phone = async {
        assert_eq!(ask(&mut link, b"from the lift").await, b"from the lift");
        let before = met.remote_address();
        link.rebind().unwrap();
        assert_eq!(ask(&mut link, b"from the street").await, b"from the street");
        assert_ne!(met.remote_address(), before);
        link.finish().unwrap();
        assert_eq!(link.receive().await, Ok(None));
    };
    soon(async { tokio::join!(phone, echo(&met)) }).await;
}

#[tokio::test]
async fn what_a_phone_may_open_and_pile_up_is_bounded() {
    let relay = Relay::open(key(1));
    let phone = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let config = client_config(key(2), relay.hash).unwrap();
    let address = relay.endpoint.local_addr().unwrap();
    let connecting = phone.connect_with(config, address, "relay.invalid").unwrap();
    let (connection, met) = soon(async { tokio::join!(connecting, relay.accept()) }).await;
    let (connection, met) = (connection.unwrap(), met.unwrap().0);

    let mut streams = Vec::new();
    for _ in 0..STREAMS_MAX {
        streams.push(soon(connection.open_bi()).await.unwrap());
    }
    let at_once = Duration::ZERO;
    assert!(tokio::time::timeout(at_once, connection.open_bi()).await.is_err());
    assert!(tokio::time::timeout(at_once, connection.open_uni()).await.is_err());
    assert!(tokio::time::timeout(at_once, met.open_bi()).await.is_err());
    assert!(connection.max_datagram_size().is_none());

    // The relay reads nothing: a stream takes its window and not a byte more.
    let window = 256 * 1024;
    let (mut sent, bytes) = (0, vec![0; 2 * window]);
    let (send, _receive) = &mut streams[0];
    while sent < window {
        sent += soon(send.write(&bytes[sent..])).await.unwrap();
    }
    assert_eq!(sent, window);
    assert!(tokio::time::timeout(at_once, send.write(&bytes)).await.is_err());
}
