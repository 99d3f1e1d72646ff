//! Groups of one trouble and items of a council from a script, as `docs/phone-cli.md` says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::path::Path;

use serde_json::json;
use support::process::{Phone, Serving, doorstep, one_grid};

fn act_id(n: usize) -> String {
    format!("{:016x}", 0xabd0_0000_0000_0000_u64 + n as u64)
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
                                "reporter": "anonymous", "kind": 7, "act": act_id(n) });
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
                       "event": resolve, "act": act_id(10) });
    let written = phone.ok(&work);
    assert_eq!(
        (written["written"].as_array().unwrap().len(), &written["left_out"]),
        (2, &json!([]))
    );
    assert_eq!(phone.ok(&work)["written"][1]["repeated"], true);

    let last = phone.ok(&json!({ "cmd": "group", "doc": group["members"][2]["line"]["doc"] }));
    let solved = &last["take_over"][0];
    let take = json!({ "cmd": "take_resolution_over", "view": others[1], "of": solved["doc"],
                       "resolution": solved["resolution"], "act": act_id(11) });
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
                         "text": "已换管道", "act": act_id(12) });
    let settled = phone.ok(&settle);
    assert_eq!(settled["written"][0]["doc"], meeting);
    assert_eq!(settled["written"][1]["doc"], told[0]);
    assert_eq!(settled["by_hand"], json!([["00".repeat(16), "not_here"]]));
    let shown = phone.ok(&json!({ "cmd": "item", "meeting": meeting, "item": item }));
    assert_eq!(shown["outcome"], "resolved");
}
