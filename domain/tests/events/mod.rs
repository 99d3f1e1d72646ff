//! An event of every kind: one by hand with every field, and any at random.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, unreachable_pub)]

use doorstep_domain::{
    event::{Event, Unknown},
    table::{Kind, Level},
};
use doorstep_protocol::cbor::Value;
use proptest::prelude::*;
use serde_json::{Map, json};

/// A word that must not show up in any output but JSON.
pub const SECRET: &str = "门口的灯坏了";

fn reference(n: u64) -> serde_json::Value {
    json!({"act": format!("{n:016x}"), "n": n % 64, "member": "0202020202020202"})
}

fn link(n: u64) -> serde_json::Value {
    if n.is_multiple_of(2) {
        json!({"doc": format!("{n:032x}")})
    } else {
        json!({"doc": format!("{n:032x}"), "event": reference(n)})
    }
}

/// What a field holds, by its name: one value a number.
fn field(kind: Kind, name: &str, n: u64) -> serde_json::Value {
    let pick = |words: &[&str]| json!(words[usize::try_from(n).unwrap_or(0) % words.len()]);
    let channel = ["in_person", "phone", "message", "letter", "notice"];
    match name {
        "what" | "spot" | "text" | "parties" | "task" | "unit" | "name" | "number" | "title"
        | "where" | "body" => json!(format!("{SECRET}{n}")),
        "reporter" => match n % 3 {
            0 => json!({"contact": SECRET}),
            1 => json!({"link": link(n)}),
            _ => json!("anonymous"),
        },
        "kind" | "reason" | "code" | "relation" | "birth_band" | "language" | "purpose" => {
            json!(n % 65_536)
        }
        "item" if kind == Kind::Checklist => json!(n % 65_536),
        "item" if kind == Kind::Resolve => {
            json!({"meeting": link(n), "item": format!("{n:016x}")})
        }
        "item" => json!(format!("{n:016x}")),
        "field" | "answer" => json!(n % 65_536),
        "grade" => pick(&["a", "b", "c", "d"]),
        "visit" | "with" | "other" | "meeting" | "household" => link(n),
        "to" if kind == Kind::Transfer => link(n),
        "to" if kind == Kind::SendBack => pick(&["building", "grid", "block"]),
        "to" | "member" => json!(format!("{n:016x}")),
        "team" => json!(format!("{n:016x}")),
        "source" => json!({"system": SECRET, "key": format!("{n}")}),
        "of" | "resolution" | "link" | "event" | "person" => reference(n),
        "returns" | "answers" | "supersedes" | "about" => (0..n % 4).map(reference).collect(),
        "helpers" => (0..n % 4).map(|n| json!(format!("{n:016x}"))).collect(),
        "grievances" => (0..n % 4).map(link).collect(),
        "how" => pick(&[
            "help",
            "intervene",
            "peoples_mediation",
            "administrative_mediation",
            "judicial_mediation",
            "council",
            "referral",
            "explained",
        ]),
        "due" => json!(n % (1 << 40)),
        "level" if kind == Kind::Consent => pick(&["no", "by_appointment", "yes"]),
        "level" => pick(&["building", "grid", "block", "community", "sub_district"]),
        "channel" | "heard" | "told" => pick(&channel),
        "by" => pick(&["resident", "family", "other"]),
        "evidence" => (0..n % 4)
            .map(|n| {
                let kind = ["signature", "voice", "code", "code"][usize::try_from(n).unwrap_or(0)];
                json!({"kind": kind, "hash": "ab".repeat(32)})
            })
            .collect(),
        "satisfaction" => json!(n % 5 + 1),
        "hash" | "thumb" => json!(format!("{n:064x}")),
        "media" => pick(&["photo", "sound", "paper"]),
        "bytes" | "version" | "persons_met" => json!(n % (1 << 32)),
        "flag" => {
            pick(&["confirm_reject", "resolve_escalate", "other_copy", "priority", "consent"])
        }
        "choice" => json!(0),
        "replacement" => json!({"type": "note", "text": SECRET}),
        "value" if n.is_multiple_of(2) => json!({"code": n % 65_536}),
        "value" => json!({"text": SECRET}),
        "until" | "review_by" | "next_day" | "day" => json!(n % (1 << 24)),
        "asked_for" | "planned" | "present" => json!(n.is_multiple_of(2)),
        "outcome" if kind == Kind::Outcome => pick(&["met", "not_home", "refused", "left_card"]),
        "outcome" => pick(&["resolved", "deferred", "referred", "dropped"]),
        "who" if n.is_multiple_of(2) => json!({"member": format!("{n:016x}")}),
        "who" => json!({"name": SECRET}),
        "seat" => pick(&["fixed", "floating"]),
        "carries" => json!({"meeting": link(n), "item": format!("{n:016x}")}),
        other => panic!("{other}"),
    }
}

/// The fields of a kind: name, and whether it may be left out.
pub fn fields(kind: Kind) -> &'static [(&'static str, bool)] {
    const SUPERSEDES: (&str, bool) = ("supersedes", true);
    match kind {
        Kind::Discover => &[
            ("what", false),
            ("spot", true),
            ("reporter", false),
            ("kind", false),
            ("grade", true),
            ("visit", true),
            ("source", true),
        ],
        Kind::Accept | Kind::Close => &[],
        Kind::Decline => &[("of", true), ("reason", false), ("text", true)],
        Kind::Contact => &[("how", false), ("text", true)],
        Kind::Progress => &[("how", false), ("helpers", true), ("parties", true), ("text", true)],
        Kind::SetGrade => &[("grade", false), SUPERSEDES, ("reason", true)],
        Kind::SetDue => &[("due", false), SUPERSEDES, ("reason", true)],
        Kind::Escalate => &[("level", false), ("reason", false), ("text", true), ("body", true)],
        Kind::TakeOver => &[("level", false)],
        Kind::SendBack => &[("to", false), ("returns", true), ("reason", false), ("text", true)],
        Kind::Assign => &[("to", false), SUPERSEDES, ("reason", true)],
        Kind::DispatchTeam => &[("team", false), ("task", true)],
        Kind::Resolve => &[
            ("answers", true),
            ("how", false),
            ("helpers", true),
            ("item", true),
            ("with", true),
            ("text", true),
        ],
        Kind::Transfer => &[("to", false), ("reason", false)],
        Kind::AskedNoAnswer => &[("resolution", false), ("channel", false)],
        Kind::FeedBack => &[("resolution", false), ("channel", false), ("text", true)],
        Kind::CloseUnsolved => {
            &[("answers", true), ("reason", false), ("told", true), ("text", true)]
        }
        Kind::DuplicateOf | Kind::SameAs | Kind::Continues | Kind::SameVisit => &[("other", false)],
        Kind::NotDuplicate => &[("link", false), ("reason", true)],
        Kind::CouncilItem => &[("meeting", false), ("item", false)],
        Kind::Note => &[("text", false)],
        Kind::Attach => {
            &[("hash", false), ("media", false), ("bytes", false), ("thumb", true), ("of", true)]
        }
        Kind::Found => &[("unit", false), ("source", true)],
        Kind::SetField => &[("field", false), ("value", false), SUPERSEDES],
        Kind::Person => &[("name", false), ("relation", false), ("birth_band", false), SUPERSEDES],
        Kind::PersonLeft => &[("person", false), SUPERSEDES],
        Kind::Phone => &[("person", true), ("number", false), SUPERSEDES],
        Kind::Consent => &[("level", false), ("until", true), ("by", false), SUPERSEDES],
        Kind::Priority => &[("code", false), ("review_by", false), SUPERSEDES],
        Kind::PriorityEnd => &[("reason", false), SUPERSEDES],
        Kind::NoticeGiven => {
            &[("version", false), ("channel", false), ("language", false), ("by", false)]
        }
        Kind::NotSame => &[("link", false)],
        Kind::Started => {
            &[("household", false), ("purpose", false), ("asked_for", true), ("planned", true)]
        }
        Kind::Joined => &[("member", true)],
        Kind::Checklist => &[("item", false), ("answer", false), SUPERSEDES],
        Kind::Outcome => &[
            ("outcome", false),
            ("persons_met", false),
            ("grievances", true),
            ("next_day", true),
            SUPERSEDES,
        ],
        Kind::Held => &[("day", false), ("where", true)],
        Kind::Attendance => &[("who", false), ("seat", false), ("present", false), SUPERSEDES],
        Kind::Item => &[("item", false), ("title", false), ("grievances", true), ("carries", true)],
        Kind::ItemOutcome => &[("item", false), ("outcome", false), SUPERSEDES],
        Kind::Confirm => &[
            ("resolution", false),
            ("by", false),
            ("heard", false),
            ("evidence", true),
            ("satisfaction", true),
        ],
        Kind::Reject => &[
            ("resolution", false),
            ("by", false),
            ("heard", false),
            ("reason", false),
            ("text", true),
        ],
        Kind::Withdraw => &[("by", false), ("heard", false), ("evidence", true), ("reason", false)],
        Kind::Correct => &[("event", false), ("reason", false), ("replacement", true)],
        Kind::Settle => &[("flag", false), ("about", true), ("choice", false), ("reason", true)],
    }
}

/// An event of a kind: each field by a number, left out where that is none and it may be.
fn make(kind: Kind, numbers: &[Option<u64>]) -> Event {
    let mut json = Map::new();
    json.insert("type".into(), json!(kind.word()));
    for ((name, may_miss), n) in fields(kind).iter().zip(numbers) {
        match n {
            None if *may_miss => {}
            n => {
                json.insert((*name).into(), field(kind, name, n.unwrap_or(0)));
            }
        }
    }
    if json.get("reporter") == Some(&json!("anonymous")) {
        json.remove("visit");
    }
    if kind == Kind::Escalate {
        // No level that is made here is outside.
        json.remove("body");
    }
    serde_json::from_value(json.into()).unwrap()
}

/// An event of a kind with every field.
pub fn sample(kind: Kind) -> Event {
    let mut numbers: Vec<Option<u64>> = (0..8).map(|n| Some(300 + n)).collect();
    // Who asked is to be somebody, and lists are not to be empty.
    if kind == Kind::Discover {
        numbers[2] = Some(301);
    }
    let mut event = make(kind, &numbers);
    if let Event::Escalate(escalate) = &mut event {
        escalate.level = Level::Outside;
        escalate.body = Some(SECRET.into());
    }
    event
}

fn any_known() -> impl Strategy<Value = Event> {
    let numbers = proptest::collection::vec(proptest::option::of(any::<u64>()), 8);
    (proptest::sample::select(Kind::ALL), numbers).prop_map(|(kind, numbers)| make(kind, &numbers))
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(Value::U64),
        ".{0,20}".prop_map(Value::Text),
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        proptest::collection::vec(inner, 0..4).prop_map(Value::Array)
    })
}

/// An event of any kind, known or not.
pub fn any_event() -> impl Strategy<Value = Event> {
    let unknown = (0..=255_u8, proptest::collection::vec(any_value(), 0..4))
        .prop_filter("known", |(kind, _)| Kind::from_number(u64::from(*kind)).is_none())
        .prop_map(|(kind, fields)| Event::Unknown(Unknown { kind, fields }));
    prop_oneof![9 => any_known(), 1 => unknown]
}
