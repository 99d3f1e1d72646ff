//! The path alone, then real QUIC over it.

use doorstep_core::quic::{Dialer, Link, LinkError, accept, listen};
use doorstep_protocol::key::{DeviceKey, SoftwareKey};
use quinn::Endpoint;

use super::*;

/// Longer than any of this takes on the slowest machine, and shorter than the idle timeout, which
/// must not be what ends a wait.
const HANG: Duration = Duration::from_secs(45);

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(HANG, what).await.expect("nothing here may hang")
}

/// Waits until more than `count` packets were dropped.
async fn drops_after(path: &NetworkPath, count: u64) {
    while path.packets_dropped() <= count {
        tokio::task::yield_now().await;
    }
}

async fn hear(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 2048];
    let (length, from) = soon(socket.recv_from(&mut buffer)).await.unwrap();
    (buffer[..length].to_vec(), from)
}

/// A relay that sends back what it hears.
async fn echo_once(relay: &UdpSocket) -> Vec<u8> {
    let (said, from) = hear(relay).await;
    relay.send_to(&said, from).await.unwrap();
    said
}

#[tokio::test]
async fn a_cut_lets_nothing_through_either_way_and_ends() {
    let (relay, phone) = (loopback_socket().unwrap(), loopback_socket().unwrap());
    let path = NetworkPath::open(relay.local_addr().unwrap()).unwrap();
    phone.send_to(b"one", path.address()).await.unwrap();
    let (said, exit) = hear(&relay).await;
    assert_eq!(said, b"one");
    relay.send_to(b"1!", exit).await.unwrap();
    assert_eq!(hear(&phone).await, (b"1!".to_vec(), path.address()));
    assert_eq!((path.bytes_up(), path.bytes_down(), path.packets_dropped()), (3, 2, 0));

    path.set_signal(false);
    phone.send_to(b"lost", path.address()).await.unwrap();
    soon(drops_after(&path, 0)).await;
    relay.send_to(b"lost!", exit).await.unwrap();
    soon(drops_after(&path, 1)).await;
    assert_eq!((path.bytes_up(), path.bytes_down(), path.packets_dropped()), (3, 2, 2));

    // A path keeps order: had anything come through the cut, it would be heard first.
    path.set_signal(true);
    phone.send_to(b"two", path.address()).await.unwrap();
    assert_eq!(echo_once(&relay).await, b"two");
    assert_eq!(hear(&phone).await.0, b"two");
    assert_eq!((path.bytes_up(), path.bytes_down(), path.packets_dropped()), (6, 5, 2));
}

#[tokio::test]
async fn phones_on_one_path_get_their_own_answers() {
    let relay = loopback_socket().unwrap();
    let path = NetworkPath::open(relay.local_addr().unwrap()).unwrap();
    let (an, bo) = (loopback_socket().unwrap(), loopback_socket().unwrap());
    an.send_to(b"an", path.address()).await.unwrap();
    let (_, to_an) = hear(&relay).await;
    bo.send_to(b"bo", path.address()).await.unwrap();
    let (_, to_bo) = hear(&relay).await;
    assert_ne!(to_an, to_bo);
    relay.send_to(b"for bo", to_bo).await.unwrap();
    relay.send_to(b"for an", to_an).await.unwrap();
    assert_eq!(hear(&an).await.0, b"for an");
    assert_eq!(hear(&bo).await.0, b"for bo");
}

#[tokio::test]
async fn a_full_path_carries_nobody_new_until_somebody_was_idle() {
    let relay = loopback_socket().unwrap();
    let path = NetworkPath::open(relay.local_addr().unwrap()).unwrap();
    let mut phones = Vec::new();
    for n in 0..SOURCES_MAX as u64 {
        let phone = loopback_socket().unwrap();
        phone.send_to(b"x", path.address()).await.unwrap();
        hear(&relay).await;
        assert_eq!(path.packets_dropped(), 0, "phone {n}");
        phones.push(phone);
    }
    let late = loopback_socket().unwrap();
    late.send_to(b"late", path.address()).await.unwrap();
    soon(drops_after(&path, 0)).await;
    // Those that were there are still served.
    phones[0].send_to(b"again", path.address()).await.unwrap();
    assert_eq!(echo_once(&relay).await, b"again");
    assert_eq!(hear(&phones[0]).await.0, b"again");
}

#[tokio::test]
async fn an_idle_source_makes_room_and_a_busy_one_does_not() {
    let start = Instant::now();
    let mut sources = Sources::default();
    let mut tasks = Vec::new();
    for port in 0..SOURCES_MAX as u16 {
        assert!(sources.has_room(start));
        let task = tokio::spawn(std::future::pending::<()>());
        let source = Source {
            exit: Arc::new(loopback_socket().unwrap()),
            answers: task.abort_handle(),
            used: start,
        };
        tasks.push(task);
        sources.by_address.insert((Ipv4Addr::LOCALHOST, port).into(), source);
    }
    let later = start + SOURCE_IDLE_MAX / 2;
    assert!(!sources.has_room(later));
    let busy = SocketAddr::from((Ipv4Addr::LOCALHOST, 7));
    assert!(sources.exit_of(busy, later).is_some());
    assert!(sources.has_room(start + SOURCE_IDLE_MAX));
    assert_eq!(sources.by_address.keys().collect::<Vec<_>>(), [&busy]);
    let forgotten = tasks.swap_remove(0);
    assert!(soon(forgotten).await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_relay_is_followed_to_its_new_port_and_the_old_one_is_not_heard() {
    let (old, new, phone) =
        (loopback_socket().unwrap(), loopback_socket().unwrap(), loopback_socket().unwrap());
    let path = NetworkPath::open(old.local_addr().unwrap()).unwrap();
    phone.send_to(b"one", path.address()).await.unwrap();
    let (_, exit) = hear(&old).await;
    path.set_relay(new.local_addr().unwrap());
    old.send_to(b"from the old one", exit).await.unwrap();
    soon(drops_after(&path, 0)).await;
    phone.send_to(b"two", path.address()).await.unwrap();
    assert_eq!(echo_once(&new).await, b"two");
    assert_eq!(hear(&phone).await.0, b"two");
}

fn fates(per_mille: u16, seed: u64) -> Vec<bool> {
    let weather = Weather::fair((Ipv4Addr::LOCALHOST, 1).into());
    weather.dice.store(seed, Ordering::Release);
    weather.loss_per_mille.store(per_mille, Ordering::Release);
    (0..10_000).map(|_| weather.carries()).collect()
}

#[test]
fn loss_is_as_often_as_asked_for_and_the_same_for_a_seed() {
    let carried = fates(50, 1).into_iter().filter(|carried| *carried).count();
    assert!((9_400..9_600).contains(&carried), "{carried} of 10,000 at 5 %");
    assert_eq!(fates(50, 1), fates(50, 1));
    assert_ne!(fates(50, 1), fates(50, 2));
    assert!(fates(0, 1).into_iter().all(|carried| carried));
    assert!(!fates(1000, 1).into_iter().any(|carried| carried));
}

#[tokio::test]
async fn a_dropped_path_closes_its_ports() {
    let relay = loopback_socket().unwrap();
    let path = NetworkPath::open(relay.local_addr().unwrap()).unwrap();
    let phone = loopback_socket().unwrap();
    phone.send_to(b"x", path.address()).await.unwrap();
    let (_, exit) = hear(&relay).await;
    let entrance = path.address();
    drop(path);
    for port in [entrance, exit] {
        soon(async {
            while std::net::UdpSocket::bind(port).is_err() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

#[test]
fn without_a_runtime_it_says_so() {
    assert!(NetworkPath::open((Ipv4Addr::LOCALHOST, 1).into()).is_err());
}

/// A relay over QUIC that sends back what it hears, on every stream of every phone.
fn echo_relay() -> (Endpoint, Arc<SoftwareKey>) {
    let key = Arc::new(SoftwareKey::from_secret(&[1; 32]).unwrap());
    let endpoint = listen(key.clone(), (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let serving = endpoint.clone();
    tokio::spawn(async move {
        while let Some(incoming) = serving.accept().await {
            tokio::spawn(async move {
                let Ok((connection, _)) = accept(incoming).await else { return };
                let Ok((mut send, mut receive)) = connection.accept_bi().await else { return };
                while let Ok(Some(chunk)) = receive.read_chunk(1 << 16, true).await {
                    if send.write_all(&chunk.bytes).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (endpoint, key)
}

async fn dial(path: &NetworkPath, relay: &SoftwareKey) -> Link {
    let phone = Arc::new(SoftwareKey::from_secret(&[2; 32]).unwrap());
    let addresses = [path.address().to_string()];
    let relay = relay.spki().key_hash();
    soon(Dialer::new().connect(&addresses, phone, relay, HANG)).await.unwrap()
}

async fn ask(link: &mut Link, question: &[u8]) -> Vec<u8> {
    soon(link.send(question)).await.unwrap();
    let mut answer = Vec::new();
    while answer.len() < question.len() {
        answer.extend(soon(link.receive()).await.unwrap().unwrap());
    }
    answer
}

#[tokio::test]
async fn a_connection_survives_a_stairwell() {
    let (endpoint, key) = echo_relay();
    let path = NetworkPath::open(endpoint.local_addr().unwrap()).unwrap();
    let mut link = dial(&path, &key).await;
    assert_eq!(ask(&mut link, b"outside").await, b"outside");

    path.set_signal(false);
    let before = (path.packets_dropped(), path.bytes_up());
    soon(link.send(b"inside")).await.unwrap();
    soon(drops_after(&path, before.0)).await;
    assert_eq!(path.bytes_up(), before.1);

    path.set_signal(true);
    assert_eq!(soon(link.receive()).await.unwrap().as_deref(), Some(&b"inside"[..]));
    assert_eq!(ask(&mut link, b"outside again").await, b"outside again");
}

#[tokio::test]
async fn a_relay_that_came_back_elsewhere_is_met_on_a_new_connection() {
    let (first, key) = echo_relay();
    let path = NetworkPath::open(first.local_addr().unwrap()).unwrap();
    let mut link = dial(&path, &key).await;
    assert_eq!(ask(&mut link, b"before").await, b"before");

    let (second, key) = echo_relay();
    path.set_relay(second.local_addr().unwrap());
    // The new process knows nothing of the old connection, and says so.
    soon(link.send(b"do you still know me, relay?")).await.unwrap();
    assert_eq!(soon(link.receive()).await, Err(LinkError::Lost));
    let mut link = dial(&path, &key).await;
    assert_eq!(ask(&mut link, b"after").await, b"after");
}

#[tokio::test]
async fn a_lossy_path_loses_packets_and_no_bytes() {
    let (endpoint, key) = echo_relay();
    let path = NetworkPath::open(endpoint.local_addr().unwrap()).unwrap();
    let mut link = dial(&path, &key).await;
    path.set_loss(50, 7);
    let said: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    assert!(ask(&mut link, &said).await == said, "what came back is not what was said");
    assert!(path.packets_dropped() > 0);
    assert!(path.bytes_up() >= 100_000 && path.bytes_down() >= 100_000);
}
