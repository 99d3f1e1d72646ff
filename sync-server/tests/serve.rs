//! The relay on the network: it starts, says who it is, shows its page, and stops in order.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{path::Path, sync::Arc, time::Duration};

use doorstep_core::quic::Dialer;
use doorstep_protocol::{
    frame::{EnrolState, Frame, FrameReader, Hello, Standing},
    id::{Incarnation, RealmId, Token},
    key::SoftwareKey,
};
use doorstep_relay::{
    realm::{DATABASE_FILE, init},
    serve::{Limits, Options, Relay, RelayHandle, StartError},
    store::RelayDb,
    surroundings::Clock,
};
use support::{START_MS, entropy, file, member, roster};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const PATIENCE: Duration = Duration::from_secs(60);

struct Fixed(u64);

impl Clock for Fixed {
    fn now_ms(&self) -> u64 {
        self.0
    }

    fn monotonic_ms(&self) -> u64 {
        self.0
    }
}

fn realm() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &file(), entropy(1), START_MS).unwrap();
    folder
}

fn options(folder: &Path) -> Options {
    let mut options = Options::new(folder);
    options.clock = Arc::new(Fixed(START_MS + 1_000));
    options.entropy = entropy(2);
    options
}

fn open(folder: &Path) -> RelayDb {
    RelayDb::open(&folder.join(DATABASE_FILE), entropy(3)).unwrap()
}

/// A phone that speaks frames by hand.
struct Phone {
    link: doorstep_core::quic::Link,
    reader: FrameReader,
}

impl Phone {
    async fn meet(relay: &RelayHandle, n: u8) -> Self {
        let key = Arc::new(SoftwareKey::from_secret(&[n; 32]).unwrap());
        let address = relay.address().to_string();
        let link = Dialer::new().connect(&[address], key, relay.relay(), PATIENCE).await.unwrap();
        let mut phone = Self { link, reader: FrameReader::new() };
        phone.send(&hello(relay.realm())).await;
        phone
    }

    async fn send(&mut self, frame: &Frame) {
        self.link.send(&frame.encode()).await.unwrap();
    }

    async fn next(&mut self) -> Frame {
        loop {
            if let Some(frame) = self.reader.next_frame().unwrap() {
                return frame;
            }
            let received = tokio::time::timeout(PATIENCE, self.link.receive()).await;
            let bytes = received.expect("the relay answers").unwrap().expect("the stream goes on");
            self.reader.push(&bytes);
        }
    }

    async fn standing(&mut self) -> Standing {
        loop {
            if let Frame::Welcome(welcome) = self.next().await {
                return welcome.standing;
            }
        }
    }
}

fn hello(realm: RealmId) -> Frame {
    Frame::Hello(Hello {
        realm,
        incarnation: Incarnation([1; 4]),
        rosters: vec![],
        logs: vec![],
        features: 0,
    })
}

async fn get(relay: &RelayHandle, path: &str, language: &str) -> String {
    let mut stream = TcpStream::connect(relay.http_address().unwrap()).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: relay\r\nAccept-Language: {language}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_phone_enrols_and_is_served_its_roster() {
    let folder = realm();
    let relay = Relay::start(options(folder.path())).await.unwrap();
    let mut operator = open(folder.path());
    let m1 = member(&operator, "M1");
    // The invitation is made by another process: the relay notices.
    let invited = operator.invite(m1, 15, true, START_MS).unwrap();
    let mut phone = Phone::meet(&relay, 7).await;
    assert_eq!(phone.standing().await, Standing::Unknown);
    phone.send(&Frame::Enrol(doorstep_protocol::frame::Enrol { token: invited.token })).await;
    let Frame::EnrolAnswer(answer) = phone.next().await else { panic!("an answer comes first") };
    assert_eq!(answer.state, EnrolState::Done);
    assert_eq!(phone.standing().await, Standing::Active);
    let mut rosters = Vec::new();
    loop {
        match phone.next().await {
            Frame::Log(log) => rosters.extend(log.roster_of),
            Frame::UpToDate(up) => {
                assert_eq!(up.relay_time, START_MS + 1_000);
                break;
            }
            _ => {}
        }
    }
    assert_eq!(rosters, [support::block(&operator, "B1").unwrap()]);

    operator.refresh().unwrap();
    let devices = operator.devices().unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].last_met, Some(START_MS + 1_000));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_is_connected_is_told_what_another_process_wrote() {
    let folder = realm();
    let mut operator = open(folder.path());
    let phone = support::Phone::enrolled(&mut operator, 7, "M1", START_MS);
    let relay = Relay::start(options(folder.path())).await.unwrap();
    let mut met = Phone::meet(&relay, 7).await;
    assert_eq!(met.standing().await, Standing::Active);
    while !matches!(met.next().await, Frame::UpToDate(_)) {}
    let before = roster(&operator, "B1").tip_seq();
    let second = support::Phone::enrolled(&mut operator, 8, "M1", START_MS);
    assert_ne!(phone.device(), second.device());
    loop {
        if let Frame::Log(log) = met.next().await {
            assert_eq!((log.scope, log.first_seq), (roster(&operator, "B1").scope(), before + 1));
            break;
        }
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_breaks_the_protocol_is_closed_and_others_go_on() {
    let folder = realm();
    let relay = Relay::start(options(folder.path())).await.unwrap();
    let mut bad = Phone::meet(&relay, 7).await;
    let mut good = Phone::meet(&relay, 8).await;
    assert_eq!(bad.standing().await, Standing::Unknown);
    bad.send(&hello(relay.realm())).await;
    let closed = tokio::time::timeout(PATIENCE, async {
        loop {
            match bad.link.receive().await {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(error) => return Some(error),
            }
        }
    });
    let code = doorstep_relay::serve::CODE_PROTOCOL.into();
    let closed = closed.await.unwrap();
    assert!(
        closed.is_none() || closed == Some(doorstep_core::quic::LinkError::Closed { code }),
        "{closed:?}"
    );
    assert_eq!(good.standing().await, Standing::Unknown);
    good.send(&Frame::Enrol(doorstep_protocol::frame::Enrol { token: Token([5; 16]) })).await;
    let Frame::EnrolAnswer(answer) = good.next().await else { panic!("an answer comes") };
    assert_eq!(answer.state, EnrolState::Refused);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_closes_phones_with_a_code_and_frees_the_database() {
    let folder = realm();
    let relay = Relay::start(options(folder.path())).await.unwrap();
    let mut phone = Phone::meet(&relay, 7).await;
    assert_eq!(phone.standing().await, Standing::Unknown);
    relay.stop().await;
    let end = tokio::time::timeout(PATIENCE, async {
        while let Ok(Some(_)) = phone.link.receive().await {}
        phone.link.receive().await
    });
    let end = end.await.unwrap();
    let code = doorstep_relay::serve::CODE_SHUTDOWN.into();
    // The stream ends in order, or the closing that follows is seen first.
    let closed = Err(doorstep_core::quic::LinkError::Closed { code });
    assert!(end == Ok(None) || end == closed, "{end:?}");
    let again = Relay::start(options(folder.path())).await.unwrap();
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_bounded_and_a_seat_comes_free() {
    let folder = realm();
    let mut options = options(folder.path());
    options.limits = Limits {
        connections_max: 1,
        connections_per_address_max: 1,
        prove_address_from: 1,
        ..Limits::default()
    };
    let relay = Relay::start(options).await.unwrap();
    let mut first = Phone::meet(&relay, 7).await;
    assert_eq!(first.standing().await, Standing::Unknown);
    let key = Arc::new(SoftwareKey::from_secret(&[8; 32]).unwrap());
    let address = [relay.address().to_string()];
    let second =
        Dialer::new().connect(&address, Arc::clone(&key) as _, relay.relay(), PATIENCE).await;
    assert!(second.is_err(), "no seat is left");
    first.link.close().await;
    let freed = tokio::time::timeout(PATIENCE, async {
        while Dialer::new()
            .connect(&address, Arc::clone(&key) as _, relay.relay(), PATIENCE)
            .await
            .is_err()
        {
            tokio::task::yield_now().await;
        }
    });
    freed.await.expect("the seat comes free");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_never_says_hello_is_let_go() {
    let folder = realm();
    let mut options = options(folder.path());
    options.limits = Limits { hello_max: Duration::from_millis(50), ..Limits::default() };
    let relay = Relay::start(options).await.unwrap();
    let key = Arc::new(SoftwareKey::from_secret(&[7; 32]).unwrap());
    let address = [relay.address().to_string()];
    let mut silent = Dialer::new().connect(&address, key, relay.relay(), PATIENCE).await.unwrap();
    // The first byte of a frame opens the stream, and nothing follows.
    silent.send(&[2]).await.unwrap();
    let end = tokio::time::timeout(PATIENCE, silent.receive()).await.expect("it is let go");
    assert!(!matches!(end, Ok(Some(_))), "{end:?}");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_speaks_both_languages_and_needs_no_script() {
    let folder = realm();
    let relay = Relay::start(options(folder.path())).await.unwrap();
    assert!(get(&relay, "/healthz", "en").await.ends_with("ok\n"));
    assert!(get(&relay, "/readyz", "en").await.ends_with("ready\n"));
    let zh = get(&relay, "/", "zh-CN,zh;q=0.9").await;
    let en = get(&relay, "/", "en-GB").await;
    assert!(zh.contains("各街区记录数") && en.contains("Entries by block"));
    assert!(zh.contains("default-src 'none'") && !zh.contains("<script"));
    for block in ["B1", "B2", "B3"] {
        assert!(en.contains(block));
    }
    let json = get(&relay, "/status.json", "en").await;
    let body = json.split("\r\n\r\n").nth(1).unwrap();
    let status: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(status["counts"]["rosters"], 4);
    assert_eq!(status["realm"], relay.realm().to_string());
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_far_from_the_newest_entry_needs_the_operators_word() {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let folder = realm();
    for (now, word) in [(START_MS + 8 * DAY_MS, "after"), (START_MS - 8 * DAY_MS, "before")] {
        let mut options = options(folder.path());
        options.clock = Arc::new(Fixed(now));
        let error = Relay::start(options.clone()).await.unwrap_err();
        assert!(
            matches!(error, StartError::Clock { days: 8, direction } if direction == word),
            "{error}"
        );
        options.accept_clock = true;
        Relay::start(options).await.unwrap().stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_of_another_realm_is_noticed() {
    let folder = realm();
    let other = tempfile::tempdir().unwrap();
    init(other.path(), &file(), entropy(9), START_MS).unwrap();
    std::fs::copy(other.path().join("relay.key"), folder.path().join("relay.key")).unwrap();
    let error = Relay::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, StartError::WrongKey));
}
