//! Golden bytes: `golden/formats.json` holds inputs and results of every fixed format. Here the code
//! makes them anew and reads them back; `golden/check.py`, which shares nothing with the code, works
//! them out from the inputs. After a change of format that is meant, `DOORSTEP_BLESS=1` writes the
//! file anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test stops where it fails

#[path = "support/example.rs"]
mod example;
#[path = "support/rows.rs"]
mod rows;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use doorstep_protocol::{
    change::{chunk_hash, guard},
    head::{Head, HeadError, Receipt},
    invitation::Invitation,
    log::{Entry, EntryError},
    seal::Seal,
};
use example::Example;
use rows::{hex, unhex};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn stored() -> Value {
    let text = std::fs::read_to_string(folder().join("formats.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn group<'a>(golden: &'a Value, name: &str) -> &'a [Value] {
    let rows = golden[name].as_array().unwrap();
    assert!(!rows.is_empty(), "{name}");
    rows
}

#[test]
fn the_code_makes_the_golden_bytes() {
    let made = Example::new().golden();
    let path = folder().join("formats.json");
    if std::env::var_os("DOORSTEP_BLESS").is_some() {
        let mut text = serde_json::to_string_pretty(&made).unwrap();
        text.push('\n');
        std::fs::write(&path, text).unwrap();
    }
    let stored = stored();
    for (group, value) in made.as_object().unwrap() {
        assert_eq!(&stored[group], value, "{group}: a released format never changes");
    }
    assert_eq!(stored.as_object().unwrap().len(), made.as_object().unwrap().len());
}

#[test]
fn the_golden_bytes_are_read_as_what_they_are() {
    let (golden, example) = (stored(), Example::new());
    for row in group(&golden, "changes") {
        let raw = unhex(&row["raw"]);
        let change = guard(&raw).unwrap();
        assert_eq!(row["act"], change.act.to_string());
        assert_eq!(row["hash"], chunk_hash(&raw).unwrap().to_string());
    }
    for row in group(&golden, "seals") {
        let seal = Seal::decode(&unhex(&row["wire"])).unwrap();
        assert_eq!(row["id"], seal.head.id(&example.realm).to_string());
        assert_eq!(row["wire"], hex(&seal.encode()));
        let held = row["parts"][0]["held_nonce"].as_str().unwrap().parse().unwrap();
        let parts = seal.check_parts(&|_| Some(held)).unwrap();
        assert_eq!(parts.len(), row["digests"].as_array().unwrap().len());
    }
    for row in group(&golden, "entries") {
        let entry = Entry::decode(&unhex(&row["bytes"])).unwrap();
        assert_eq!(row["hash"], hex(&entry.hash(&example.realm)));
        assert_ne!(entry.parse(), Err(EntryError::NotUnderstood));
    }
    for row in group(&golden, "heads") {
        let head = Head::open(&unhex(&row["bytes"]), &example.realm, &example).unwrap();
        assert_eq!(row["stable_time"], head.stable_time);
    }
    for row in group(&golden, "receipts") {
        let bytes = unhex(&row["bytes"]);
        let receipt = Receipt::open(&bytes, &example.realm, &example).unwrap();
        assert_eq!(row["relay_time"], receipt.relay_time);
        // The same key, but not the same tag: a receipt is no head.
        assert_ne!(Head::open(&bytes, &example.realm, &example).err(), None::<HeadError>);
    }
    for row in group(&golden, "invitations") {
        let text = row["text"].as_str().unwrap();
        let invitation: Invitation = text.parse().unwrap();
        assert_eq!(row["addresses"], serde_json::json!(invitation.addresses));
    }
}

/// Starts the independent script over `golden`; none where there is no Python here.
fn check(golden: &Value) -> Option<Child> {
    let child = Command::new("python3")
        .args([folder().join("check.py").as_os_str(), "-".as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        let required = std::env::var("DOORSTEP_REQUIRE_ALL").is_ok_and(|v| v == "1");
        assert!(!required, "python3 is required here: install Python 3.10 or newer");
        eprintln!("skipped: no python3 to run golden/check.py; install Python 3.10 or newer");
        return None;
    };
    child.stdin.take().unwrap().write_all(golden.to_string().as_bytes()).unwrap();
    Some(child)
}

#[test]
fn an_independent_script_works_out_the_same() {
    let Some(child) = check(&stored()) else { return };
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Every result in the file, as (group, row, name).
const RESULTS: [(&str, usize, &str); 22] = [
    ("keys", 0, "key_hash"),
    ("keys", 1, "device"),
    ("register", 4, "id"),
    ("rosters", 1, "scope"),
    ("rosters", 0, "chain_0"),
    ("documents", 2, "doc"),
    ("actors", 1, "actor"),
    ("imports", 0, "nonce"),
    ("imports", 2, "act"),
    ("changes", 1, "hash"),
    ("changes", 3, "raw"),
    ("seals", 0, "fields"),
    ("seals", 0, "id"),
    ("seals", 1, "signature"),
    ("seals", 2, "wire"),
    ("records", 4, "bytes"),
    ("entries", 2, "hash"),
    ("entries", 3, "chain"),
    ("heads", 1, "bytes"),
    ("receipts", 0, "bytes"),
    ("enrolments", 2, "digits"),
    ("have", 0, "id8"),
];

#[test]
fn the_script_notices_every_wrong_result() {
    let golden = stored();
    let mut running = vec![];
    for (group, row, name) in RESULTS {
        let mut wrong = golden.clone();
        let result = &mut wrong[group][row][name];
        let text = result.as_str().unwrap();
        let last = if text.ends_with('0') { "1" } else { "0" };
        *result = Value::from(format!("{}{last}", &text[..text.len() - 1]));
        let Some(child) = check(&wrong) else { return };
        running.push(((group, row, name), child));
    }
    for (what, child) in running {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains("worked out"), "{what:?}: {text}");
    }
}
