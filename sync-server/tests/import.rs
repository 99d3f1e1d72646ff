//! `doorstep import`: every row ends somewhere, a second run imports nothing, a killed one is completed by the
//! next, and next week's export adds what changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use doorstep_protocol::{log::Verdict, store::RelayStore as _};
use doorstep_relay::{realm::DATABASE_FILE, store::RelayDb, surroundings::SystemEntropy};
use serde_json::Value;

const DOORSTEP: &str = env!("CARGO_BIN_EXE_doorstep");

const MAPPING: &str = r#"
system = "hotline"
time_zone_min = 480
time_formats = ["%Y-%m-%d"]
blank = ["Please choose"]
make_places = true
realm = { code = "S", name = "Riverside" }
columns = { key = "no", opened = "opened", closed = "closed", text = ["what"], answer = "answer" }
closed = { how = "help", told = "phone" }
kind = { column = "kind", default = 99, codes = { "leak" = 7 } }
place = [{ level = "community", column = "community", missing = "none" },
         { level = "block", value = "B" }, { level = "grid", value = "intake" }]
"#;

const HEADER: &str = "no,opened,closed,what,answer,kind,community\n";

fn run(folder: &Path, register: &str) -> Value {
    std::fs::write(folder.join("map.toml"), MAPPING).unwrap();
    std::fs::write(folder.join("register.csv"), register).unwrap();
    let output = command(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = std::fs::read_to_string(folder.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let parts = ["imported", "updated", "already_there", "refused"];
    let sum: u64 = parts.iter().map(|part| report[part].as_u64().unwrap()).sum();
    assert_eq!(report["rows"].as_u64(), Some(sum), "the four add up: {report}");
    let reasons: u64 =
        report["reasons"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(report["refused"].as_u64(), Some(reasons));
    report
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(DOORSTEP);
    command
        .current_dir(folder)
        .args(["import", "register.csv", "--map", "map.toml", "--data", "relay"])
        .args(["--json", "report.json"]);
    command
}

/// Documents and applied changes in the relay's logs.
fn stored(folder: &Path) -> (usize, usize) {
    let path = folder.join("relay").join(DATABASE_FILE);
    let db = RelayDb::open(&path, Arc::new(SystemEntropy::new())).unwrap();
    let (mut documents, mut changes) = (0, 0);
    for log in db.scopes().unwrap().into_iter().filter(|log| log.roster_of.is_none()) {
        for (doc, _) in db.documents(log.scope).unwrap() {
            documents += 1;
            let all = db.document_changes(doc).unwrap();
            assert!(all.iter().all(|change| change.verdict == Verdict::Applied));
            changes += all.len();
        }
        assert!(db.head(log.scope).unwrap().0 > 0);
    }
    (documents, changes)
}

#[test]
fn every_row_ends_somewhere_and_twice_is_once() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "1,2024-03-01,2024-03-09,water in the stairwell,a valve was changed,leak,North\n\
                2,2024-03-02,,\"noise, at night\",,noise,\n\
                ,2024-03-02,,no key,,noise,North\n\
                4,yesterday,,no date,,noise,North\n\
                5,2024-03-05,2024-03-04,closed before it was opened,,noise,North\n\
                2,2024-03-02,,\"noise, at night\",,noise,\n\
                2,2024-03-02,,something else,,noise,\n\
                8,2024-03-02,,Please choose,,noise,North\n\
                9,2024-03-02\n";
    let register = format!("{HEADER}{rows}");
    let report = run(folder.path(), &register);
    assert_eq!((&report["rows"], &report["imported"]), (&9.into(), &2.into()));
    assert_eq!(report["already_there"], 1, "said again word for word");
    for reason in [
        "no_key",
        "opened_unreadable",
        "closed_before_opened",
        "repeated_key",
        "no_text",
        "wrong_columns",
    ] {
        assert_eq!(report["reasons"][reason], 1, "{reason}");
    }
    assert_eq!(report["refused_rows"][0][0], 3, "by number");
    assert_eq!(stored(folder.path()), (2, 3), "one of them closed");

    let again = run(folder.path(), &register);
    assert_eq!(
        (&again["imported"], &again["updated"], &again["already_there"]),
        (&0.into(), &0.into(), &3.into())
    );
    assert_eq!(stored(folder.path()), (2, 3));

    // Next week: the second row was closed, the first has another text, both stand where they stood.
    let next = format!(
        "{HEADER}1,2024-03-01,2024-03-09,water in the cellar,a valve was changed,leak,South\n\
         2,2024-03-02,2024-03-20,\"noise, at night\",they were spoken to,noise,\n"
    );
    let updated = run(folder.path(), &next);
    assert_eq!((&updated["imported"], &updated["updated"]), (&0.into(), &2.into()));
    assert_eq!(stored(folder.path()), (2, 5), "one act each, and nothing overwritten");
    assert_eq!(run(folder.path(), &next)["already_there"], 2);
}

#[test]
fn an_import_that_was_killed_is_completed_by_the_next() {
    const ROWS: usize = 6_000;
    let folder = tempfile::tempdir().unwrap();
    let mut register = HEADER.to_owned();
    for n in 0..ROWS {
        let _ = writeln!(register, "{n},2024-01-01,2024-02-01,case {n},done,leak,C{}", n % 7);
    }
    std::fs::write(folder.path().join("map.toml"), MAPPING).unwrap();
    std::fs::write(folder.path().join("register.csv"), &register).unwrap();
    let mut child =
        command(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Killed once something of it is committed; it may be over before, and then there was no kill.
    let database = folder.path().join("relay").join(DATABASE_FILE);
    let mut partial = 0;
    while child.try_wait().unwrap().is_none() {
        let db =
            database.exists().then(|| RelayDb::open(&database, Arc::new(SystemEntropy::new())));
        if let Some(Ok(db)) = db {
            partial = db.counts().map_or(0, |counts| counts.changes_applied);
            if partial > 0 {
                break;
            }
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(partial > 0, "something was committed before the kill");
    let report = run(folder.path(), &register);
    assert_eq!(report["refused"], 0);
    assert_eq!(stored(folder.path()), (ROWS, 2 * ROWS));
}
