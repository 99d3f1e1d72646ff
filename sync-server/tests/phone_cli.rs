//! Twenty phones against a relay, driven as `docs/phone-cli.md` says, some of them killed with `kill -9`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::{collections::BTreeSet, path::Path};

use serde_json::json;
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

#[test]
fn groups_and_items_from_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let lead = "[[member]]\ncode = \"L\"\nroles = [{ place = \"B\", role = \"block_lead\" }]\n";
    std::fs::write(path("roster.toml"), one_grid(1) + lead).unwrap();
    doorstep(&["init", "--data", &path("relay"), "--roster", &path("roster.toml")]);
    let relay = Serving::start(&path("relay"), "127.0.0.1:0").unwrap();
    let (data, address) = (path("relay"), relay.address.clone());
    let invitation =
        doorstep(&["invite", "L", "--data", &data, "--unattended", "--address", &address]);
    let mut phone = Phone::start(Path::new(&path("phone")));
    phone.ok(&json!({ "cmd": "enrol", "invitation": invitation.trim(), "budget_ms": 60_000 }));
    let places = phone.ok(&json!({ "cmd": "places" }));
    let place = |code: &str| {
        let mut all = places.as_array().unwrap().iter();
        all.find(|place| place["code"] == code).unwrap()["id"].clone()
    };
    let mut told = Vec::new();
    for n in 0..3 {
        let grievance = json!({ "cmd": "grievance", "place": place("G-1"), "what": format!("漏水 {n}"),
                                "reporter": "anonymous", "kind": 7, "act": act_id(0, n) });
        told.push(phone.ok(&grievance)["doc"].clone());
    }
    assert_eq!(phone.ok(&json!({ "cmd": "group", "doc": told[0] })), json!(null));
    let not_here = phone.ask(&json!({ "cmd": "group", "doc": "00".repeat(16) }));
    assert_eq!(not_here["error"]["kind"], "not_found");
    for other in &told[1..] {
        let view = phone.ok(&json!({ "cmd": "show", "doc": other }))["view"].clone();
        let link = json!({ "type": "duplicate_of", "other": { "doc": told[0] } });
        phone.ok(&json!({ "cmd": "act", "view": view, "events": [link] }));
    }
    let list = phone.ok(&json!({ "cmd": "list", "kind": "grievance", "faces": true }));
    let [face] = &list["lines"].as_array().unwrap()[..] else { panic!("{list}") };
    assert_eq!(face["group"], json!({ "face": face["doc"], "provisional": false, "documents": 3 }));

    let group = phone.ok(&json!({ "cmd": "group", "doc": told[0] }));
    let views: Vec<_> =
        group["members"].as_array().unwrap().iter().map(|member| member["view"].clone()).collect();
    let (first, others) = views.split_first().unwrap();
    let resolve = json!({ "type": "resolve", "how": "help" });
    let work = json!({ "cmd": "work_on_group", "view": first, "others": others[..1],
                       "event": resolve, "act": act_id(0, 10) });
    let written = phone.ok(&work);
    assert_eq!(
        (written["written"].as_array().unwrap().len(), &written["left_out"]),
        (2, &json!([]))
    );
    assert_eq!(phone.ok(&work)["written"][1]["repeated"], true);

    let last = phone.ok(&json!({ "cmd": "group", "doc": group["members"][2]["line"]["doc"] }));
    let solved = &last["take_over"][0];
    let take = json!({ "cmd": "take_resolution_over", "view": others[1], "of": solved["doc"],
                       "resolution": solved["resolution"], "act": act_id(0, 11) });
    assert_eq!(phone.ok(&take)["repeated"], false);
    let resolved = json!({ "cmd": "list", "kind": "grievance", "stage": "resolved" });
    assert_eq!(phone.ok(&resolved)["lines"].as_array().unwrap().len(), 3);

    let item = "0102030405060708";
    let brought = json!({ "type": "item", "item": item, "title": "漏水",
                          "grievances": [{ "doc": told[0] }, { "doc": "00".repeat(16) }] });
    let meeting =
        json!({ "cmd": "meeting", "place": place("B"), "day": 20_400, "more": [brought] });
    let meeting = phone.ok(&meeting)["doc"].clone();
    let shown = phone.ok(&json!({ "cmd": "item", "meeting": meeting, "item": item }));
    let by_hand: Vec<_> =
        shown["grievances"].as_array().unwrap().iter().map(|named| &named["by_hand"]).collect();
    assert_eq!(by_hand, [&json!(null), &json!("not_here")]);
    let settle = json!({ "cmd": "settle_item", "view": shown["view"], "item": item,
                         "outcome": "resolved", "grievances": [shown["grievances"][0]["view"]],
                         "text": "已换管道", "act": act_id(0, 12) });
    let settled = phone.ok(&settle);
    assert_eq!(settled["written"][0]["doc"], meeting);
    assert_eq!(settled["written"][1]["doc"], told[0]);
    assert_eq!(settled["by_hand"], json!([["00".repeat(16), "not_here"]]));
    let shown = phone.ok(&json!({ "cmd": "item", "meeting": meeting, "item": item }));
    assert_eq!(shown["outcome"], "resolved");
}
