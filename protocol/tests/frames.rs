//! Golden frames: one of every kind, byte for byte. A frame that no longer has these bytes is another
//! protocol. `DOORSTEP_BLESS=1` writes the file anew; look at the difference before you keep it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test stops where it fails

mod support;

use std::{fs, path::PathBuf};

use doorstep_protocol::{
    cbor::Value as Cbor,
    frame::{
        Ack, Diverged, Enrol, EnrolAnswer, EnrolState, Frame, FrameError, FrameReader, Hello, Log,
        Not, Points, Push, Rebase, Refusal, Standing, Tail, UpToDate, Welcome,
    },
    id::{Chain8, Cursor, Incarnation, PlaceId, RealmId, Scope, Token},
    limits::{FRAME_BYTES_MAX, LOG_ENTRIES_MAX, REBASE_POINTS_MAX, SESSION_LOGS_MAX},
};
use serde_json::{Value, json};
use support::Numbers;

fn cursor(n: u8) -> Cursor {
    Cursor { scope: Scope([n; 8]), seq: u32::from(n) * 1000, chain8: Chain8([n + 1; 8]) }
}

/// One of every kind, with everything that can be left out both there and left out.
fn examples() -> Vec<(&'static str, Frame)> {
    let hello = Hello {
        realm: RealmId([1; 32]),
        incarnation: Incarnation([2, 3, 4, 5]),
        rosters: vec![cursor(6)],
        logs: vec![cursor(7), cursor(8)],
        features: 0,
    };
    let welcome = Welcome {
        standing: Standing::Active,
        newest: Some([9; 8]),
        relay_time: 1_764_000_000_000,
        stable_time: 1_763_900_000_000,
        features: 0,
    };
    let log = Log {
        scope: Scope([10; 8]),
        roster_of: None,
        first_seq: 300,
        entries: vec![vec![1, 2], vec![3]],
        seals: vec![Some(vec![4; 30]), None],
        left: true,
    };
    let roster = Log {
        roster_of: Some(PlaceId([11; 8])),
        entries: vec![vec![5]],
        seals: vec![],
        left: false,
        ..log.clone()
    };
    let up_to_date = UpToDate { relay_time: 1_764_000_000_000, stable_time: 0 };
    let tail = Tail {
        block: PlaceId([12; 8]),
        first_seq: 4,
        entries: vec![vec![6; 3]],
        head: Some(vec![7; 5]),
    };
    let keeps = Tail { block: PlaceId::ZERO, first_seq: 0, entries: vec![], head: None };
    let points = vec![(70_000, Chain8([13; 8])), (0, Chain8([14; 8]))];
    let mut all = vec![
        ("hello", Frame::Hello(hello.clone())),
        ("hello with features", Frame::Hello(Hello { features: 5, ..hello })),
        ("enrol", Frame::Enrol(Enrol { token: Token([15; 16]) })),
        ("welcome", Frame::Welcome(welcome)),
        ("welcome, never sealed", Frame::Welcome(Welcome { newest: None, ..welcome })),
        ("welcome, revoked", Frame::Welcome(Welcome { standing: Standing::Revoked, ..welcome })),
        ("welcome, unknown", Frame::Welcome(Welcome { standing: Standing::Unknown, ..welcome })),
        ("log", Frame::Log(log)),
        ("log of a roster", Frame::Log(roster)),
        ("head", Frame::Head(vec![16; 100])),
        ("up to date", Frame::UpToDate(up_to_date)),
        ("push", Frame::Push(Push { number: 3, seals: vec![vec![17; 4], vec![18]] })),
        ("ack", Frame::Ack(Ack { number: 3, receipt: Some(vec![19; 6]) })),
        ("ack of nothing", Frame::Ack(Ack { number: 4, receipt: None })),
        ("diverged", Frame::Diverged(Diverged { head: cursor(20) })),
        ("points", Frame::Points(Points { scope: Scope([21; 8]), points })),
        ("rebase", Frame::Rebase(Rebase { common: cursor(22) })),
        ("tail", Frame::Tail(tail)),
        ("tail, keeps its own", Frame::Tail(keeps)),
        ("retry after", Frame::RetryAfter(30_000)),
        ("error", Frame::Error("realm".to_owned())),
    ];
    for (name, state) in [
        ("enrol answer, waiting", EnrolState::Waiting),
        ("enrol answer, done", EnrolState::Done),
        ("enrol answer, refused", EnrolState::Refused),
    ] {
        all.push((name, Frame::EnrolAnswer(EnrolAnswer { state, salt: [23; 16] })));
    }
    for (name, reason) in [
        ("not, malformed", Refusal::Malformed),
        ("not, signature", Refusal::Signature),
        ("not, too big", Refusal::TooBig),
        ("not, no place", Refusal::NoPlace),
        ("not, need roster", Refusal::NeedRoster),
        ("not, need deps", Refusal::NeedDeps),
        ("not, cut", Refusal::Cut),
        ("not, newer", Refusal::Newer),
        ("not, quota", Refusal::Quota),
        ("not, need raw", Refusal::NeedRaw),
    ] {
        all.push((name, Frame::Not(Not { number: 2, seal: 1, reason })));
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// The one frame that fills `bytes`.
fn read(bytes: &[u8]) -> Result<Frame, FrameError> {
    let mut reader = FrameReader::new();
    reader.push(bytes);
    let frame = reader.next_frame()?.expect("a whole frame");
    assert!(reader.is_empty());
    Ok(frame)
}

/// A frame of this type with this body.
fn frame(kind: u8, body: &Cbor) -> Vec<u8> {
    let body = body.encode();
    assert!(kind < 0x40 && body.len() < 0x4000);
    let length = (body.len() as u16 | 0x4000).to_be_bytes();
    let length = if body.len() < 0x40 { vec![body.len() as u8] } else { length.to_vec() };
    [vec![kind], length, body].concat()
}

#[test]
fn golden_frames_keep_their_bytes() {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "golden", "frames.json"].iter().collect();
    if std::env::var_os("DOORSTEP_BLESS").is_some() {
        let all: Vec<Value> = examples()
            .iter()
            .map(|(name, frame)| json!({ "name": name, "bytes": hex(&frame.encode()) }))
            .collect();
        fs::write(&path, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
    }
    let golden: Vec<Value> = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let examples = examples();
    assert_eq!(golden.len(), examples.len());
    for (golden, (name, frame)) in golden.iter().zip(&examples) {
        assert_eq!(golden["name"], **name);
        let bytes = unhex(golden["bytes"].as_str().unwrap());
        assert_eq!(hex(&frame.encode()), hex(&bytes), "{name}");
        assert_eq!(read(&bytes).as_ref(), Ok(frame), "{name}");
    }
}

#[test]
fn every_type_has_its_example() {
    let kinds: std::collections::BTreeSet<u8> =
        examples().iter().map(|(_, frame)| frame.encode()[0]).collect();
    let even = (0x02..=0x1c).step_by(2);
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), even.chain([0x1f, 0x21]).collect::<Vec<_>>());
}

#[test]
fn an_even_type_must_be_understood_and_an_odd_one_may_be_skipped() {
    let known: Vec<u64> = (0x02..=0x1c).step_by(2).collect();
    for kind in 0..0x40_u64 {
        let bytes = frame(kind as u8, &Cbor::Array(vec![]));
        let found = read(&bytes);
        if known.contains(&kind) || kind == 0x1f || kind == 0x21 {
            assert_eq!(found, Err(FrameError::Body(kind)), "its fields are missing");
        } else if kind % 2 == 1 {
            assert_eq!(found, Ok(Frame::Skipped(kind)));
        } else {
            assert_eq!(found, Err(FrameError::MustUnderstand(kind)));
        }
    }
    // The body of one that is skipped need not be anything.
    assert_eq!(read(&[0x3d, 2, 0xff, 0xff]), Ok(Frame::Skipped(0x3d)));
    // Types beyond one byte follow the same rule.
    assert_eq!(read(&[0x40, 0x41, 0]), Ok(Frame::Skipped(0x41)));
    assert_eq!(read(&[0x40, 0x42, 1, 0x80]), Err(FrameError::MustUnderstand(0x42)));
}

#[test]
fn more_fields_than_known_are_skipped_and_fields_left_out_are_null() {
    for (name, example) in examples() {
        let bytes = example.encode();
        let head = if bytes[1] < 0x40 { 2 } else { 3 };
        let Ok(Cbor::Array(mut items)) = Cbor::decode(&bytes[head..]) else { panic!("{name}") };
        assert_ne!(items.last(), Some(&Cbor::Null), "{name}: trailing nulls are cut");
        // A newer version's fields behind ours; ours that were cut are null again.
        items.resize(8, Cbor::Null);
        items.push(Cbor::Text("of a newer version".to_owned()));
        assert_eq!(read(&frame(bytes[0], &Cbor::Array(items))), Ok(example), "{name}");
    }
}

#[test]
fn a_field_of_another_type_does_not_fit() {
    for (name, example) in examples() {
        let bytes = example.encode();
        let head = if bytes[1] < 0x40 { 2 } else { 3 };
        let Ok(Cbor::Array(items)) = Cbor::decode(&bytes[head..]) else { panic!("{name}") };
        for at in 0..items.len() {
            let mut wrong = items.clone();
            wrong[at] = match wrong[at] {
                Cbor::Text(_) => Cbor::U64(1),
                _ => Cbor::Text("?".to_owned()),
            };
            let found = read(&frame(bytes[0], &Cbor::Array(wrong)));
            assert_eq!(found, Err(FrameError::Body(bytes[0].into())), "{name}, field {at}");
        }
    }
}

#[test]
fn lists_and_numbers_have_their_bounds() {
    let points = |n: usize| {
        let points = vec![(1, Chain8([1; 8])); n];
        read(&Frame::Points(Points { scope: Scope([1; 8]), points }).encode()).map(|_| ())
    };
    assert_eq!(points(REBASE_POINTS_MAX), Ok(()));
    assert_eq!(points(REBASE_POINTS_MAX + 1), Err(FrameError::Body(0x18)));
    let logs = |n: usize| {
        let (realm, incarnation) = (RealmId([1; 32]), Incarnation([1; 4]));
        let hello =
            Hello { realm, incarnation, rosters: vec![], logs: vec![cursor(1); n], features: 0 };
        read(&Frame::Hello(hello).encode()).map(|_| ())
    };
    assert_eq!(logs(SESSION_LOGS_MAX), Ok(()));
    assert_eq!(logs(SESSION_LOGS_MAX + 1), Err(FrameError::Body(0x02)));
    let entries = |n: usize| {
        let log = Log {
            scope: Scope([1; 8]),
            roster_of: None,
            first_seq: 1,
            entries: vec![vec![1]; n],
            seals: vec![],
            left: false,
        };
        read(&Frame::Log(log).encode()).map(|_| ())
    };
    assert_eq!(entries(LOG_ENTRIES_MAX), Ok(()));
    assert_eq!(entries(LOG_ENTRIES_MAX + 1), Err(FrameError::Body(0x0a)));
    // A sequence number over 32 bits, and a reason that has no meaning here.
    let far = [Cbor::bytes(&[1; 8]), Cbor::U64(1 << 32), Cbor::bytes(&[1; 8])];
    assert_eq!(read(&frame(0x16, &Cbor::Array(far.to_vec()))), Err(FrameError::Body(0x16)));
    let reason = [Cbor::U64(0), Cbor::U64(0), Cbor::U64(10)];
    assert_eq!(read(&frame(0x14, &Cbor::Array(reason.to_vec()))), Err(FrameError::Body(0x14)));
}

#[test]
fn the_name_of_an_error_is_short_and_plain() {
    let error = |name: &str| read(&Frame::Error(name.to_owned()).encode());
    assert_eq!(error("retry_later 2"), Ok(Frame::Error("retry_later 2".to_owned())));
    assert!(error(&"n".repeat(64)).is_ok());
    for name in ["n".repeat(65), "a line\nof a log".to_owned(), "王".to_owned()] {
        assert_eq!(error(&name), Err(FrameError::Body(0x21)));
    }
}

#[test]
fn a_body_may_be_as_long_as_a_frame_and_no_longer() {
    // Array of one, byte string with a length of four bytes.
    let overhead = 1 + 5;
    let head = |n: usize| Frame::Head(vec![7; n]);
    let largest = head(FRAME_BYTES_MAX - overhead);
    assert_eq!(read(&largest.encode()), Ok(largest));
    assert_eq!(read(&head(FRAME_BYTES_MAX - overhead + 1).encode()), Err(FrameError::TooLong));
}

#[test]
fn a_type_or_a_length_in_a_longer_form_is_refused() {
    for bytes in [
        &[0x40, 0x02, 0][..],
        &[0x02, 0x40, 0x05],
        &[0x80, 0, 0, 0x02],
        &[0xc0, 0, 0, 0, 0, 0, 0, 2],
    ] {
        let mut reader = FrameReader::new();
        reader.push(bytes);
        assert_eq!(reader.next_frame(), Err(FrameError::NotMinimal), "{bytes:02x?}");
    }
}

#[test]
fn frames_are_cut_from_a_stream_wherever_it_breaks() {
    let all = examples();
    let stream: Vec<u8> = all.iter().flat_map(|(_, frame)| frame.encode()).collect();
    for piece in [1, 2, 7, 64, stream.len()] {
        let mut reader = FrameReader::new();
        let mut found = Vec::new();
        for bytes in stream.chunks(piece) {
            reader.push(bytes);
            while let Some(frame) = reader.next_frame().unwrap() {
                found.push(frame);
            }
        }
        assert!(reader.is_empty());
        assert!(found.iter().eq(all.iter().map(|(_, frame)| frame)), "pieces of {piece}");
    }
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let all = examples();
    let mut numbers = Numbers(20_251_125);
    let (mut read_again, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let mut bytes: Vec<u8> = Vec::new();
        for _ in 0..1 + numbers.below(3) {
            bytes.extend(all[numbers.below(all.len())].1.encode());
        }
        for _ in 0..1 + numbers.below(4) {
            let at = numbers.below(bytes.len().max(1));
            match numbers.below(5) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, numbers.next() as u8),
                2 if !bytes.is_empty() => {
                    bytes.remove(at);
                }
                3 => bytes.extend(numbers.bytes(at % 9)),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << numbers.below(8);
                    }
                }
            }
        }
        let mut reader = FrameReader::new();
        for piece in bytes.chunks(1 + numbers.below(40)) {
            reader.push(piece);
        }
        loop {
            match reader.next_frame() {
                // What was read is written in the one form that reads the same.
                Ok(Some(frame)) => {
                    let again = frame.encode();
                    if !matches!(frame, Frame::Skipped(_)) {
                        assert_eq!(read(&again), Ok(frame));
                    }
                    read_again += 1;
                }
                Ok(None) => break,
                Err(_) => {
                    refused += 1;
                    break;
                }
            }
        }
    }
    assert!(read_again > 5_000 && refused > 5_000, "{read_again} read, {refused} refused");
}
