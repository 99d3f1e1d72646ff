//! Twenty phones against a relay, driven as `docs/phone-cli.md` says, some of them killed with `kill -9`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::{collections::BTreeSet, path::Path};

use serde_json::{Value, json};
use support::process::{Phone, Serving, doorstep, one_grid};

const PHONES: usize = 20;

fn act_id(phone: usize, n: usize) -> String {
    format!("{:016x}", 0xabc0_0000_0000_0000_u64 + (phone as u64) * 1_000 + n as u64)
}

#[test]
fn twenty_phones_and_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("roster.toml"), one_grid(PHONES)).unwrap();
    doorstep(&["init", "--data", &path("relay"), "--roster", &path("roster.toml")]);
    let relay = Serving::start(&path("relay"), "127.0.0.1:0").unwrap();

    let mut phones: Vec<Phone> = (0..PHONES)
        .map(|n| {
            let member = format!("M{n}");
            let data = path("relay");
            let invite =
                ["invite", &member, "--data", &data, "--unattended", "--address", &relay.address];
            let mut phone = Phone::start(Path::new(&path(&format!("phone-{n}"))));
            let refused =
                phone.ask(&json!({ "cmd": "visit", "household": "00".repeat(16), "purpose": 0 }));
            assert_eq!(refused["error"]["kind"], "not_enrolled");
            let invitation = doorstep(&invite);
            let enrolled = phone.ok(
                &json!({ "cmd": "enrol", "invitation": invitation.trim(), "budget_ms": 60_000 }),
            );
            assert_eq!(enrolled["enrolled"], true);
            phone
        })
        .collect();

    // Everybody founds a household and visits it. Every fourth phone is killed with the visit on its way in:
    // it may have been written or not.
    let mut saved = BTreeSet::new();
    for n in 0..PHONES {
        let places = phones[n].ok(&json!({ "cmd": "places" }));
        let building = places
            .as_array()
            .unwrap()
            .iter()
            .find(|place| place["code"] == format!("G-{}", 1 + n % 2))
            .unwrap()["id"]
            .clone();
        let found = json!({ "cmd": "found_household", "place": building, "unit": format!("{n}-1"),
                            "act": act_id(n, 0) });
        let household = phones[n].ok(&found)["doc"].clone();
        assert_eq!(phones[n].ok(&found)["repeated"], true, "the same act id is the same act");
        saved.insert(household.as_str().unwrap().to_owned());
        let visit = json!({ "cmd": "visit", "household": household, "purpose": 0,
                            "outcome": { "outcome": "met", "persons_met": 2 }, "act": act_id(n, 1),
                            "found": [{ "place": building, "what": format!("灯不亮 {n}"), "kind": 3,
                                        "reporter": { "link": { "doc": household } } }] });
        if n % 4 == 0 {
            let mut phone = phones.remove(n);
            phone.tell(&visit);
            phone.kill();
            phones.insert(n, Phone::start(Path::new(&path(&format!("phone-{n}")))));
        }
        let visited = phones[n].ok(&visit);
        saved.insert(visited["doc"].as_str().unwrap().to_owned());
        saved.insert(visited["grievances"][0].as_str().unwrap().to_owned());
        let day = phones[n].ok(&json!({ "cmd": "day" }));
        assert_eq!(day["households"][0]["doc"], household, "{day}");
        let grievance = json!({ "cmd": "grievance", "place": building, "what": format!("漏水 {n}"),
                                "reporter": "anonymous", "kind": 7, "act": act_id(n, 2) });
        saved.insert(phones[n].ok(&grievance)["doc"].as_str().unwrap().to_owned());
    }

    // Up, then down: two rounds bring everybody everything.
    for _ in 0..2 {
        for phone in &mut phones {
            let report = phone.ok(&json!({ "cmd": "sync", "budget_ms": 60_000 }));
            assert_eq!(report["complete"], true, "{report}");
        }
    }
    let first = phones[0].dump();
    let documents: BTreeSet<String> = first.keys().map(|(_, _, doc)| doc.clone()).collect();
    assert_eq!(documents, saved, "what was saved, each once, and nothing else");
    for phone in &mut phones {
        assert_eq!(phone.dump(), first);
        assert_eq!(phone.ok(&json!({ "cmd": "explain" })), json!([]), "all is delivered");
        assert_eq!(phone.ok(&json!({ "cmd": "quit" })), json!({ "bye": true }));
    }
}

/// A phone enrolled by itself, with the relay that it meets.
fn one_phone(folder: &Path) -> (Serving, Phone) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(path("roster.toml"), one_grid(1)).unwrap();
    let data = path("relay");
    doorstep(&["init", "--data", &data, "--roster", &path("roster.toml")]);
    let relay = Serving::start(&data, "127.0.0.1:0").unwrap();
    let invite = ["invite", "M0", "--data", &data, "--unattended", "--address", &relay.address];
    let invitation = doorstep(&invite);
    let mut phone = Phone::start(&folder.join("phone"));
    let enrol = json!({ "cmd": "enrol", "invitation": invitation.trim(), "budget_ms": 60_000 });
    assert_eq!(phone.ok(&enrol)["enrolled"], true);
    (relay, phone)
}

fn building(phone: &mut Phone) -> Value {
    let places = phone.ok(&json!({ "cmd": "places" }));
    let building = places.as_array().unwrap().iter().find(|place| place["code"] == "G-1");
    building.unwrap()["id"].clone()
}

#[test]
fn a_script_searches_reads_a_story_and_follows_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let (_relay, mut phone) = one_phone(folder.path());
    let building = building(&mut phone);
    let live = json!({ "cmd": "live", "name": "open", "kind": "grievance", "text": "漏水" });
    assert_eq!(phone.ok(&live), json!({ "lines": [] }));
    let refresh = json!({ "cmd": "refresh", "name": "open" });
    assert_eq!(phone.ok(&refresh), json!({ "changes": [] }));

    let found = json!({ "cmd": "found_household", "place": building, "unit": "3-201" });
    let household = phone.ok(&found)["doc"].clone();
    let visit = json!({ "cmd": "visit", "household": household, "purpose": 0, "note": "tea",
                        "found": [{ "place": building, "what": "厨房漏水", "kind": 3,
                                    "reporter": { "link": { "doc": household } } }] });
    let grievance = phone.ok(&visit)["grievances"][0].clone();
    let changes = phone.ok(&refresh)["changes"].clone();
    assert_eq!((&changes[0]["change"], &changes[0]["at"]), (&json!("inserted"), &json!(0)));
    assert_eq!((&changes[0]["line"]["doc"], changes.as_array().unwrap().len()), (&grievance, 1));

    let shown = phone.ok(&json!({ "cmd": "show", "doc": grievance }));
    let steps = shown["steps"].as_array().unwrap();
    let offers = shown["offers"].as_array().unwrap();
    assert!(steps.contains(&json!("accept")) && !steps.contains(&json!("close")));
    let offer = |kind: &str| offers.iter().find(|offer| offer["kind"] == kind).unwrap();
    assert_eq!(offer("accept")["why_not"], Value::Null);
    assert_eq!(offer("close")["why_not"], "not_answered");
    assert_eq!(phone.ok(&json!({ "cmd": "show", "doc": household }))["may_write"], true);

    phone.ok(&json!({ "cmd": "act", "view": shown["view"], "events": [{ "type": "accept" }] }));
    let changes = phone.ok(&refresh)["changes"].clone();
    assert_eq!(
        (&changes[0]["change"], &changes[0]["line"]["stage"]),
        (&json!("changed"), &json!("accepted"))
    );
    assert_eq!(phone.ok(&refresh), json!({ "changes": [] }));

    let search = json!({ "cmd": "search", "text": "漏水" });
    let lines = phone.ok(&search)["lines"].clone();
    assert_eq!((&lines[0]["document"], &lines[0]["doc"]), (&json!("grievance"), &grievance));
    let search = json!({ "cmd": "search", "text": "3-20", "limit": 1 });
    let answer = phone.ok(&search);
    assert_eq!((&answer["lines"][0]["doc"], &answer["more"]), (&household, &json!(false)));

    let story = phone.ok(&json!({ "cmd": "story", "doc": household }));
    let told = story["entries"].as_array().unwrap();
    let has = |doc: &Value, kind: &str, event: &str| {
        told.iter().any(|it| {
            it["doc"] == *doc && it["kind"] == kind && it["entry"]["event"]["type"] == event
        })
    };
    assert!(has(&household, "household", "found") && has(&grievance, "grievance", "accept"));
    assert!(told.iter().any(|it| it["entry"]["event"]["text"] == "tea"), "the note of the visit");
    assert_eq!(story["more"], 0);
    let missing = phone.ask(&json!({ "cmd": "story", "doc": grievance }));
    assert_eq!(missing["error"]["kind"], "not_found");
}

#[test]
fn so_many_lists_are_open_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut phone = Phone::start(&folder.path().join("phone"));
    let live = |n: usize| json!({ "cmd": "live", "name": format!("list {n}"), "kind": "visit" });
    for n in 0..16 {
        phone.ok(&live(n));
    }
    assert_eq!(phone.ask(&live(16))["error"]["kind"], "too_many_lists");
    phone.ok(&live(3));
    assert_eq!(phone.ok(&json!({ "cmd": "refresh", "name": "list 15" }))["changes"], json!([]));
    let unknown = phone.ask(&json!({ "cmd": "refresh", "name": "list 16" }));
    assert_eq!(unknown["error"]["kind"], "no_list");
    let long = json!({ "cmd": "live", "name": "x".repeat(65), "kind": "visit" });
    assert_eq!(phone.ask(&long)["error"]["kind"], "bad_command");
}
