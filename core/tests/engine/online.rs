//! Over real QUIC on loopback: `sync` and `follow` against a relay in memory.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use doorstep_core::{
    Budget, ChangeListener, Changes, Engine, Keys, Left, Settings, Surroundings, SyncError,
    SyncState, quic,
};
use doorstep_protocol::{
    id::{DocumentId, MemberId},
    key::{DeviceKey as _, SoftwareKey},
    relay_session::{RelayEvent, RelaySession},
    roster::{Device, Fact},
};
use tokio::sync::{broadcast, oneshot};

use crate::{
    memory_relay::MemoryRelay,
    world::{START_MS, TOKEN, World, grievance, key},
};

/// A relay on loopback.
struct Server {
    relay: Arc<Mutex<MemoryRelay>>,
    address: SocketAddr,
    endpoint: quinn::Endpoint,
}

impl Server {
    fn start(relay: MemoryRelay, relay_key: Arc<SoftwareKey>) -> Self {
        let config = quic::server_config(relay_key.clone()).unwrap();
        let endpoint = quinn::Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
        let address = endpoint.local_addr().unwrap();
        let relay = Arc::new(Mutex::new(relay));
        let (appended, _) = broadcast::channel(64);
        let server = Self { relay: relay.clone(), address, endpoint: endpoint.clone() };
        tokio::spawn(async move {
            while let Some(incoming) = endpoint.accept().await {
                let (relay, key) = (relay.clone(), relay_key.clone());
                tokio::spawn(serve(incoming, relay, key, appended.clone()));
            }
        });
        server
    }
}

type Scopes = std::collections::BTreeSet<doorstep_protocol::id::Scope>;

async fn serve(
    incoming: quinn::Incoming,
    relay: Arc<Mutex<MemoryRelay>>,
    key: Arc<SoftwareKey>,
    appended: broadcast::Sender<Scopes>,
) {
    let Ok((connection, peer)) = quic::accept(incoming).await else { return };
    let Ok((mut send, mut receive)) = connection.accept_bi().await else { return };
    let mut session = RelaySession::new(peer, key);
    let mut heard = appended.subscribe();
    loop {
        tokio::select! {
            chunk = receive.read_chunk(64 * 1024, true) => {
                let Ok(Some(chunk)) = chunk else { return };
                let mut relay = relay.lock().unwrap();
                session.handle_bytes(&mut *relay, &chunk.bytes, START_MS + 5_000).unwrap();
            }
            Ok(scopes) = heard.recv() => session.handle_appended(&scopes),
        }
        loop {
            while let Some(event) = session.poll_event() {
                if let RelayEvent::Appended(scopes) = event {
                    appended.send(scopes).unwrap();
                }
            }
            let next = session.poll_transmit(&mut *relay.lock().unwrap(), START_MS + 5_000);
            let Some(bytes) = next.unwrap() else { break };
            if send.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }
}

/// An engine whose invitation names the server.
fn phone(world: &World, server: &Server, member: Option<MemberId>, n: u8) -> Engine {
    let spki = key(n).spki();
    if let Some(member) = member {
        let device = Some(Device { spki, member });
        let fact = Fact::Device { id: spki.device(), device };
        server.relay.lock().unwrap().write(Some(world.block), &[fact], START_MS);
    }
    let keys = Keys { device: key(n), store: None };
    let engine = Engine::open(Settings::in_memory(), keys, Surroundings::system()).unwrap();
    let mut invitation = world.invitation();
    invitation.addresses = vec![server.address.to_string()];
    engine.accept_invitation(&invitation).unwrap();
    engine
}

#[tokio::test]
async fn two_phones_sync_through_a_real_channel() {
    let world = World::new();
    let server = Server::start(world.relay.clone(), world.relay_key.clone());
    let li = phone(&world, &server, Some(world.li), 2);
    let wang = phone(&world, &server, Some(world.wang), 3);
    let report = li.sync(Budget::seconds(20)).await.unwrap();
    assert_eq!((report.left, report.meetings), (None, 1));
    assert_eq!(li.member(), Some(world.li));

    let doc = grievance(&li, world.plum, "No water");
    let report = li.sync(Budget::seconds(20)).await.unwrap();
    assert_eq!((report.delivered, report.unsent, report.left), (1, 0, None));
    let report = wang.sync(Budget::seconds(20)).await.unwrap();
    assert!(report.taken.contains(&doc) && wang.grievance(doc).unwrap().is_some());
    assert_eq!(wang.sync_status().unwrap().state, SyncState::InStep);
    assert!(report.bytes_down > 0 && report.bytes_up > 0);
}

#[tokio::test]
async fn enrolment_waits_for_the_organiser() {
    let world = World::new();
    let server = Server::start(world.relay.clone(), world.relay_key.clone());
    server.relay.lock().unwrap().invite(TOKEN, world.li, world.block);
    let li = phone(&world, &server, None, 2);
    let waiting = li.sync(Budget::seconds(20)).await;
    let Err(SyncError::WaitingForConfirmation { digits }) = waiting else { panic!("{waiting:?}") };
    let again = li.sync(Budget::seconds(20)).await;
    assert_eq!(again, Err(SyncError::WaitingForConfirmation { digits }));
    server.relay.lock().unwrap().confirm(TOKEN, START_MS);
    assert_eq!(li.sync(Budget::seconds(20)).await.unwrap().left, None);
    assert_eq!(li.member(), Some(world.li));

    let stranger = phone(&world, &server, None, 4);
    let refused = stranger.sync(Budget::seconds(20)).await;
    assert_eq!(refused, Err(SyncError::NotEnrolled), "the token was used by another key");
}

#[tokio::test]
async fn what_cannot_be_reached_leaves_everything_saved() {
    let world = World::new();
    let server = Server::start(world.relay.clone(), world.relay_key.clone());
    let li = phone(&world, &server, Some(world.li), 2);
    li.sync(Budget::seconds(20)).await.unwrap();
    let doc = grievance(&li, world.plum, "No water");
    server.endpoint.close(0_u32.into(), b"");
    drop(server);
    let lost = li.sync(Budget { time: Duration::from_millis(300), bytes: u64::MAX }).await;
    assert_eq!(lost, Err(SyncError::Unreachable));
    assert!(li.grievance(doc).unwrap().is_some());
    assert_eq!(li.explain().unwrap().len(), 1);
}

#[tokio::test]
async fn another_key_at_the_address_is_not_the_relay() {
    let world = World::new();
    let server = Server::start(world.relay.clone(), key(9));
    let li = phone(&world, &server, Some(world.li), 2);
    assert_eq!(li.sync(Budget::seconds(20)).await, Err(SyncError::WrongRelay));
}

#[tokio::test]
async fn a_budget_of_bytes_ends_it_and_what_was_taken_stays() {
    let world = World::new();
    let server = Server::start(world.relay.clone(), world.relay_key.clone());
    let li = phone(&world, &server, Some(world.li), 2);
    let report = li.sync(Budget { time: Duration::from_secs(20), bytes: 1 }).await.unwrap();
    assert_eq!(report.left, Some(Left::Bytes));
    assert_eq!(li.sync(Budget::seconds(20)).await.unwrap().left, None);
}

/// Tells when a document has come.
struct Waiting(Mutex<Option<oneshot::Sender<DocumentId>>>);

impl ChangeListener for Waiting {
    fn changed(&self, changes: &Changes) {
        if let Some(doc) = changes.arrived.first()
            && let Some(told) = self.0.lock().unwrap().take()
        {
            told.send(*doc).unwrap();
        }
    }
}

#[tokio::test]
async fn who_follows_sees_what_others_save_at_once() {
    let world = World::new();
    let server = Server::start(world.relay.clone(), world.relay_key.clone());
    let li = phone(&world, &server, Some(world.li), 2);
    let wang = phone(&world, &server, Some(world.wang), 3);
    li.sync(Budget::seconds(20)).await.unwrap();
    wang.sync(Budget::seconds(20)).await.unwrap();
    let (told, seen) = oneshot::channel();
    let _subscription = wang.subscribe(Arc::new(Waiting(Mutex::new(Some(told)))));
    let following =
        [li.clone(), wang.clone()].map(|engine| tokio::spawn(async move { engine.follow().await }));
    let doc = grievance(&li, world.plum, "No water");
    let seen = tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap().unwrap();
    assert_eq!(seen, doc);
    assert!(wang.grievance(doc).unwrap().is_some());
    following.iter().for_each(tokio::task::JoinHandle::abort);
}
