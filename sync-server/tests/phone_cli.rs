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
