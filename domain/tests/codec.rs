//! Acts as bytes and events as JSON: what is written is read, there is one way to write it, and what
//! breaks the format is one event's bad value or, in the envelope, the act's.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::expect_used)]

mod events;

use std::{collections::BTreeMap, fs, path::Path};

use doorstep_domain::{
    event::{Accept, Act, ActError, BadEvent, Decoded, Event, Note, Progress, Unknown},
    table::{EVENTS_MAX, How, Kind, LIST_ITEMS_MAX, TEXT_BYTES_MAX, TIME_S_LIMIT},
};
use doorstep_protocol::{cbor::Value, id::MemberId};
use events::{any_event, sample};
use proptest::prelude::*;

fn act(events: Vec<Event>) -> Act {
    Act { claimed: 1_000, floor: 900, certain: true, happened: Some(950), events }
}

fn read(bytes: &[u8]) -> Vec<Result<Event, BadEvent>> {
    match Act::decode(bytes) {
        Decoded::Act { events, .. } => events,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_written_is_read(events in proptest::collection::vec(any_event(), 1..6)) {
        let act = act(events);
        let bytes = act.encode().unwrap();
        let Decoded::Act { marks, events } = Act::decode(&bytes) else { panic!() };
        prop_assert_eq!(marks, act.marks());
        let events: Vec<Event> = events.into_iter().map(Result::unwrap).collect();
        prop_assert_eq!(&events, &act.events);
        let json = serde_json::to_string(&act).unwrap();
        prop_assert_eq!(serde_json::from_str::<Act>(&json).unwrap(), act);
    }

    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Act::decode(&bytes);
    }

    #[test]
    fn one_changed_byte_is_another_act_or_none(
        event in any_event(), at in any::<prop::sample::Index>(), with in 1..=255_u8,
    ) {
        let act = act(vec![event]);
        let mut bytes = act.encode().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= with;
        if let Decoded::Act { marks, events } = Act::decode(&bytes)
            && let [Ok(event)] = events.as_slice()
        {
            let other = Act {
                claimed: marks.claimed,
                floor: marks.floor,
                certain: marks.certain,
                happened: marks.happened,
                events: vec![event.clone()],
            };
            // There is one way to write it.
            prop_assert_eq!(other.encode().unwrap(), bytes);
        }
    }
}

#[test]
fn golden_acts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/acts.json");
    let made: BTreeMap<String, serde_json::Value> = Kind::ALL
        .iter()
        .map(|kind| {
            let act = act(vec![sample(*kind)]);
            let bytes = act.encode().unwrap();
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            (kind.word().to_owned(), serde_json::json!({ "act": act, "bytes": hex }))
        })
        .collect();
    if std::env::var_os("DOORSTEP_BLESS").is_some() {
        fs::write(&path, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
    }
    let kept: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(kept.len(), Kind::ALL.len());
    for (kind, case) in &made {
        assert_eq!(&kept[kind], case, "{kind}: a released format never changes");
        let act: Act = serde_json::from_value(case["act"].clone()).unwrap();
        let bytes: Vec<u8> = unhex(case["bytes"].as_str().unwrap());
        assert_eq!(act.encode().unwrap(), bytes, "{kind}");
        assert_eq!(read(&bytes), [Ok(act.events[0].clone())], "{kind}");
    }
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// `[1, claimed, floor, certain, happened, [event]]`.
fn envelope(change: impl Fn(&mut Vec<Value>)) -> Decoded {
    let mut items = vec![
        Value::U64(1),
        Value::U64(1_000),
        Value::U64(900),
        Value::Bool(true),
        Value::Null,
        Value::Array(vec![Value::Array(vec![Value::U64(1)])]),
    ];
    change(&mut items);
    Act::decode(&Value::Array(items).encode())
}

#[test]
fn what_breaks_the_envelope_is_no_act() {
    assert!(matches!(envelope(|_| ()), Decoded::Act { .. }));
    type Break<'a> = (&'a str, &'a dyn Fn(&mut Vec<Value>));
    let bad: [Break<'_>; 14] = [
        ("happened is the writing", &|a| a[4] = Value::U64(1_000)),
        ("happened is later", &|a| a[4] = Value::U64(1_001)),
        ("certain below the floor", &|a| a[2] = Value::U64(1_001)),
        ("claimed too large", &|a| a[1] = Value::U64(TIME_S_LIMIT)),
        ("floor too large", &|a| {
            a[2] = Value::U64(TIME_S_LIMIT);
            a[3] = Value::Bool(false);
        }),
        ("certain is a number", &|a| a[3] = Value::U64(1)),
        ("an item more", &|a| a.push(Value::Null)),
        ("an item less", &|a| {
            a.pop();
        }),
        ("no event", &|a| a[5] = Value::Array(Vec::new())),
        ("too many events", &|a| {
            a[5] = Value::Array(vec![Value::Array(vec![Value::U64(1)]); EVENTS_MAX + 1]);
        }),
        ("a kind over 255", &|a| a[5] = Value::Array(vec![Value::Array(vec![Value::U64(256)])])),
        ("a kind that is text", &|a| {
            a[5] = Value::Array(vec![Value::Array(vec![Value::Text("1".into())])]);
        }),
        ("an event without a kind", &|a| a[5] = Value::Array(vec![Value::Array(Vec::new())])),
        ("schema as text", &|a| a[0] = Value::Text("1".into())),
    ];
    for (what, change) in bad {
        assert_eq!(envelope(change), Decoded::Bad, "{what}");
    }
    assert_eq!(Act::decode(b""), Decoded::Bad);
    assert_eq!(Act::decode(&Value::U64(1).encode()), Decoded::Bad);
    // 64 events are no fault, nor is a floor above the time of a clock that is not certain.
    let most = envelope(|a| {
        a[5] = Value::Array(vec![Value::Array(vec![Value::U64(1)]); EVENTS_MAX]);
    });
    assert!(matches!(most, Decoded::Act { events, .. } if events.len() == EVENTS_MAX));
    let unsure = envelope(|a| {
        a[2] = Value::U64(5_000);
        a[3] = Value::Bool(false);
    });
    assert!(matches!(unsure, Decoded::Act { .. }));
}

#[test]
fn a_newer_schema_is_one_unknown_event_whatever_it_holds() {
    assert_eq!(envelope(|a| a[0] = Value::U64(2)), Decoded::Newer { schema: 2 });
    assert_eq!(envelope(|a| *a = vec![Value::U64(9)]), Decoded::Newer { schema: 9 });
}

fn event(kind: u64, fields: Vec<Value>) -> Result<Event, BadEvent> {
    let fields = [vec![Value::U64(kind)], fields].concat();
    let decoded = envelope(|a| a[5] = Value::Array(vec![Value::Array(fields.clone())]));
    let Decoded::Act { mut events, .. } = decoded else { panic!("{decoded:?}") };
    events.remove(0)
}

#[test]
fn what_breaks_an_event_is_its_own_bad_value() {
    let text = |n| Value::Text("x".repeat(n));
    let n = Value::U64;
    let id = || Value::bytes(&[1; 8]);
    let list = |len| Value::Array(vec![id(); len]);
    assert!(event(21, vec![text(TEXT_BYTES_MAX)]).is_ok());
    assert!(event(5, vec![n(7), list(LIST_ITEMS_MAX)]).is_ok());
    assert!(event(128, vec![Value::Array(vec![id(), n(0)]), n(0), n(0), list(0), n(5)]).is_ok());
    let bad: Vec<(&str, u64, Vec<Value>)> = vec![
        ("a field too many", 1, vec![n(0)]),
        ("a trailing null", 1, vec![Value::Null]),
        ("a must that is null", 21, vec![]),
        ("an empty text", 21, vec![text(0)]),
        ("a text too long", 21, vec![text(TEXT_BYTES_MAX + 1)]),
        ("a list that is null", 5, vec![n(0), Value::Null, text(1)]),
        ("a list left out", 5, vec![n(0)]),
        ("a list too long", 5, vec![n(0), list(LIST_ITEMS_MAX + 1)]),
        ("an unknown word", 5, vec![n(8), list(0)]),
        ("an id too short", 11, vec![Value::bytes(&[1; 7]), list(0)]),
        ("a code over u16", 3, vec![Value::Null, n(65_536)]),
        ("a time too large", 7, vec![n(TIME_S_LIMIT), list(0)]),
        ("satisfaction 0", 128, vec![Value::Array(vec![id(), n(0)]), n(0), n(0), list(0), n(0)]),
        ("satisfaction 6", 128, vec![Value::Array(vec![id(), n(0)]), n(0), n(0), list(0), n(6)]),
        ("a body where the level is not outside", 8, vec![n(2), n(1), Value::Null, text(1)]),
        ("none where it is", 8, vec![n(5), n(1)]),
        ("a grade that is none", 193, vec![n(0), list(0), n(4)]),
        ("a choice where there is none", 193, vec![n(2), list(0), n(1)]),
        ("an unknown tag", 0, vec![text(1), Value::Null, Value::Array(vec![n(3)]), n(1)]),
        (
            "anonymous with a visit",
            0,
            vec![
                text(1),
                Value::Null,
                Value::Array(vec![n(0)]),
                n(1),
                Value::Null,
                Value::Array(vec![Value::bytes(&[1; 16])]),
            ],
        ),
        ("a day too large", 64, vec![n(1 << 24)]),
        ("a number too large", 22, vec![Value::bytes(&[1; 32]), n(0), n(1 << 32)]),
    ];
    for (what, kind, fields) in bad {
        assert_eq!(event(kind, fields), Err(BadEvent { kind: kind as u8 }), "{what}");
    }
    // A bad event leaves those beside it alone.
    let beside = envelope(|a| {
        a[5] = Value::Array(vec![
            Value::Array(vec![Value::U64(21)]),
            Value::Array(vec![Value::U64(1)]),
        ]);
    });
    let Decoded::Act { events, .. } = beside else { panic!() };
    assert_eq!(events, [Err(BadEvent { kind: 21 }), Ok(Event::Accept(Accept {}))]);
}

#[test]
fn what_cannot_be_read_is_not_written() {
    let note = |text: &str| Event::Note(Note { text: text.into() });
    assert_eq!(act(Vec::new()).encode(), Err(ActError::Events(0)));
    assert_eq!(act(vec![note("a"); EVENTS_MAX + 1]).encode(), Err(ActError::Events(65)));
    assert_eq!(act(vec![note("a"), note("")]).encode(), Err(ActError::Event(1)));
    let crowd = Event::Progress(Progress {
        how: How::Help,
        helpers: vec![MemberId([1; 8]); LIST_ITEMS_MAX + 1],
        parties: None,
        text: None,
    });
    assert_eq!(act(vec![crowd]).encode(), Err(ActError::Event(0)));
    let late = Act { happened: Some(1_000), ..act(vec![note("a")]) };
    assert_eq!(late.encode(), Err(ActError::Marks));
    // A known kind dressed as an unknown one would be read as another event.
    let disguised = Event::Unknown(Unknown { kind: 1, fields: Vec::new() });
    assert_eq!(act(vec![disguised]).encode(), Err(ActError::Event(0)));
    let deep = (0..13).fold(Value::U64(1), |inner, _| Value::Array(vec![inner]));
    let unknown = |fields| Event::Unknown(Unknown { kind: 90, fields });
    assert!(act(vec![unknown(vec![deep.clone()])]).encode().is_ok());
    let deeper = Value::Array(vec![deep]);
    assert_eq!(act(vec![unknown(vec![deeper])]).encode(), Err(ActError::Nested));
}

#[test]
fn json_is_the_public_form() {
    let json = r#"{"type":"resolve","answers":[],"how":"help","helpers":[],"text":"..."}"#;
    let event: Event = serde_json::from_str(json).unwrap();
    let short: Event =
        serde_json::from_str(r#"{"type":"resolve","how":"help","text":"..."}"#).unwrap();
    assert_eq!(event, short);
    for bad in [
        r#"{"type":"resolve"}"#,
        r#"{"type":"resolve","how":"magic"}"#,
        r#"{"type":"resolve","how":"help","helper":[]}"#,
        r#"{"type":"unheard_of"}"#,
    ] {
        assert!(serde_json::from_str::<Event>(bad).is_err(), "{bad}");
    }
    for kind in Kind::ALL {
        let json = serde_json::to_value(sample(*kind)).unwrap();
        assert_eq!(json["type"], kind.word());
    }
}

#[test]
fn words_stay_out_of_debug_output() {
    for kind in Kind::ALL {
        let shown = format!("{:?}", sample(*kind));
        assert!(!shown.contains(events::SECRET), "{shown}");
    }
}
