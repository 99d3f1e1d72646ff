//! Twenty phones against a relay, driven as `docs/phone-cli.md` says, some of them killed with `kill -9`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::{Value, json};

const DOORSTEP: &str = env!("CARGO_BIN_EXE_doorstep");
/// A bound, not a measurement: no answer takes this long.
const ANSWER_MAX: Duration = Duration::from_secs(120);
const PHONES: usize = 20;

/// A process whose standard output is read line by line; killed when it is dropped.
struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(arguments: &[&str]) -> (Self, ChildStdin) {
        let mut child = Command::new(DOORSTEP)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        (Self { child, lines }, input)
    }

    fn line(&self) -> Value {
        let line = self.lines.recv_timeout(ANSWER_MAX).expect("a line within the bound");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Phone {
    process: Process,
    input: ChildStdin,
}

impl Phone {
    fn start(folder: &Path) -> Self {
        let (process, input) = Process::start(&["phone", "--data", folder.to_str().unwrap()]);
        Self { process, input }
    }

    fn tell(&mut self, command: &Value) {
        writeln!(self.input, "{command}").unwrap();
    }

    fn answer(&mut self) -> Value {
        loop {
            let line = self.process.line();
            if line.get("event").is_none() {
                return line;
            }
        }
    }

    fn ask(&mut self, command: Value) -> Value {
        self.tell(&command);
        self.answer()
    }

    fn ok(&mut self, command: Value) -> Value {
        let answer = self.ask(command.clone());
        assert!(answer.get("ok").is_some(), "{command} gave {answer}");
        answer["ok"].clone()
    }
}

fn doorstep(arguments: &[&str]) -> String {
    let output = Command::new(DOORSTEP).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// One grid with twenty members and two buildings.
fn roster() -> String {
    let mut text = "[sub_district]\ncode = \"S\"\n".to_owned();
    for (level, code, parent) in [
        ("community", "C", "S"),
        ("block", "B", "C"),
        ("grid", "G", "B"),
        ("building", "G-1", "G"),
        ("building", "G-2", "G"),
    ] {
        let parent = if parent == "S" { String::new() } else { format!("parent = \"{parent}\"\n") };
        text += &format!("[[place]]\nlevel = \"{level}\"\ncode = \"{code}\"\n{parent}");
    }
    for n in 0..PHONES {
        text += &format!(
            "[[member]]\ncode = \"M{n}\"\nroles = [{{ place = \"G\", role = \"member\" }}]\n"
        );
    }
    text
}

fn act_id(phone: usize, n: usize) -> String {
    format!("{:016x}", 0xabc0_0000_0000_0000_u64 + (phone as u64) * 1_000 + n as u64)
}

fn dump(phone: &mut Phone) -> BTreeSet<(String, String)> {
    let mut found = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let page = phone.ok(json!({ "cmd": "dump", "after": after }));
        for act in page["acts"].as_array().unwrap() {
            let key = (act["member"].to_string(), act["act"].to_string());
            let twice =
                found.insert((key.clone(), act["doc"].to_string()), act["events"].to_string());
            assert!(twice.is_none(), "one act stands twice: {key:?}");
            assert_eq!(act["state"], "log", "everything has arrived");
        }
        after = page["after"].clone();
        if after.is_null() {
            break;
        }
    }
    found.into_iter().map(|((_, doc), events)| (doc, events)).collect()
}

#[test]
fn twenty_phones_and_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("roster.toml"), roster()).unwrap();
    doorstep(&["init", "--data", &path("relay"), "--roster", &path("roster.toml")]);
    let serve = [
        "serve",
        "--data",
        &path("relay"),
        "--listen",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--json",
    ];
    let (relay, _relay_input) = Process::start(&serve);
    let address = relay.line()["listening"].as_str().unwrap().to_owned();

    let mut phones: Vec<Phone> = (0..PHONES)
        .map(|n| {
            let member = format!("M{n}");
            let data = path("relay");
            let invite =
                ["invite", &member, "--data", &data, "--unattended", "--address", &address];
            let mut phone = Phone::start(Path::new(&path(&format!("phone-{n}"))));
            let refused = phone.ask(json!({ "cmd": "visit", "household": "00".repeat(16), "purpose": 0 }));
            assert_eq!(refused["error"]["kind"], "not_enrolled");
            let enrolled =
                phone.ok(json!({ "cmd": "enrol", "invitation": doorstep(&invite).trim(), "budget_ms": 60_000 }));
            assert_eq!(enrolled["enrolled"], true);
            phone
        })
        .collect();

    // Everybody founds a household and visits it. Every fourth phone is killed with the visit on its way in:
    // it may have been written or not.
    let mut saved = BTreeSet::new();
    for n in 0..PHONES {
        let places = phones[n].ok(json!({ "cmd": "places" }));
        let building = places
            .as_array()
            .unwrap()
            .iter()
            .find(|place| place["code"] == format!("G-{}", 1 + n % 2))
            .unwrap()["id"]
            .clone();
        let found = json!({ "cmd": "found_household", "place": building, "unit": format!("{n}-1"),
                            "act": act_id(n, 0) });
        let household = phones[n].ok(found.clone())["doc"].clone();
        assert_eq!(phones[n].ok(found)["repeated"], true, "the same act id is the same act");
        saved.insert(household.to_string());
        let visit = json!({ "cmd": "visit", "household": household, "purpose": 0,
                            "outcome": { "outcome": "met", "persons_met": 2 }, "act": act_id(n, 1) });
        if n % 4 == 0 {
            phones[n].tell(&visit);
            phones[n].process.child.kill().unwrap();
            phones[n] = Phone::start(Path::new(&path(&format!("phone-{n}"))));
        }
        saved.insert(phones[n].ok(visit)["doc"].to_string());
        let grievance = json!({ "cmd": "grievance", "place": building, "what": format!("漏水 {n}"),
                                "reporter": "anonymous", "kind": 7, "act": act_id(n, 2) });
        saved.insert(phones[n].ok(grievance)["doc"].to_string());
    }

    // Up, then down: two rounds bring everybody everything.
    for _ in 0..2 {
        for phone in &mut phones {
            let report = phone.ok(json!({ "cmd": "sync", "budget_ms": 60_000 }));
            assert_eq!(report["complete"], true, "{report}");
        }
    }
    let first = dump(&mut phones[0]);
    let documents: BTreeSet<String> = first.iter().map(|(doc, _)| doc.clone()).collect();
    assert_eq!(documents, saved, "what was saved, each once, and nothing else");
    for phone in &mut phones {
        assert_eq!(dump(phone), first);
        assert_eq!(phone.ok(json!({ "cmd": "explain" })), json!([]), "all is delivered");
        assert_eq!(phone.ok(json!({ "cmd": "quit" })), json!({ "bye": true }));
    }
}
