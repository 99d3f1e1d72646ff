//! The binary: what it says, what it exits with, and that it does it.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use doorstep_protocol::{
    frame::EnrolState,
    invitation::{Invitation, six_digits},
    key::{DeviceKey as _, SoftwareKey},
    store::RelayStore as _,
};
use doorstep_relay::{
    realm::DATABASE_FILE,
    store::RelayDb,
    surroundings::{Clock as _, SystemClock},
};
use support::{SMALL, entropy};

fn doorstep(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstep")).args(args).current_dir(folder).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Runs it and expects it to succeed.
fn done(folder: &Path, args: &[&str]) -> String {
    let output = doorstep(folder, args);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {error}");
    out(&output)
}

fn realm() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("roster.toml"), SMALL).unwrap();
    done(folder.path(), &["init", "--roster", "roster.toml"]);
    folder
}

fn open(folder: &Path) -> RelayDb {
    RelayDb::open(&folder.join("doorstep-data").join(DATABASE_FILE), entropy(3)).unwrap()
}

#[test]
fn a_phone_is_invited_confirmed_listed_and_revoked() {
    let folder = realm();
    let line = done(folder.path(), &["invite", "M1", "--address", "relay.example:4433"]);
    let invitation: Invitation = line.trim_end().parse().unwrap();
    assert_eq!(invitation.addresses, ["relay.example:4433"]);

    let mut db = open(folder.path());
    let spki = SoftwareKey::from_secret(&[7; 32]).unwrap().spki();
    let (state, salt) = db.enrol(invitation.token, &spki, SystemClock::new().now_ms()).unwrap();
    assert_eq!(state, EnrolState::Waiting);
    let digits = six_digits(&db.realm(), &invitation.token, &spki, &salt);
    let wrong = format!("{:06}", (digits + 1) % 1_000_000);
    let refused = doorstep(folder.path(), &["confirm", "M1", &wrong]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(doorstep(folder.path(), &["confirm", "M1", "12 34"]).status.code(), Some(2));
    done(folder.path(), &["confirm", "M1", &format!("{digits:06}")]);

    let device = spki.device().to_string();
    let listed = done(folder.path(), &["devices"]);
    assert!(listed.contains(&device) && listed.contains("M1") && listed.contains("never met"));
    let json: serde_json::Value =
        serde_json::from_str(&done(folder.path(), &["devices", "--json"])).unwrap();
    assert_eq!(json[0]["device"], device);
    done(folder.path(), &["revoke", &device]);
    assert!(!done(folder.path(), &["devices"]).contains(&device));
    assert_eq!(doorstep(folder.path(), &["revoke", &device]).status.code(), Some(1));
}

#[test]
fn a_changed_roster_is_tried_first_then_applied() {
    let folder = realm();
    let moved =
        SMALL.replacen("code = \"G1-1\"\nparent = \"G1\"", "code = \"G1-1\"\nparent = \"G2\"", 1);
    fs::write(folder.path().join("changed.toml"), moved).unwrap();
    let before = done(folder.path(), &["roster", "--json"]);
    let dry = done(folder.path(), &["roster", "apply", "changed.toml", "--dry-run"]);
    assert!(dry.contains("building G1-1: grid G1 -> grid G2"), "{dry}");
    assert!(dry.contains("would be written"));
    assert_eq!(done(folder.path(), &["roster", "--json"]), before, "nothing was written");
    let wrote = done(folder.path(), &["roster", "apply", "changed.toml"]);
    assert_eq!(wrote, dry.replace("would be written", "written"));
    let again = done(folder.path(), &["roster", "apply", "changed.toml"]);
    assert!(again.contains("Nothing differs"));
    assert!(done(folder.path(), &["roster", "show"]).contains("(realm)"));
}

#[test]
fn errors_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let missing = doorstep(folder.path(), &["devices"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("doorstep init"));

    fs::write(folder.path().join("bad.toml"), "[sub_district]\ncode = ''").unwrap();
    let bad = doorstep(folder.path(), &["init", "--roster", "bad.toml"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("empty code"));

    let folder = realm();
    let nobody = doorstep(folder.path(), &["invite", "NOBODY"]);
    assert_eq!((nobody.status.code(), out(&nobody)), (Some(1), String::new()));
    for args in [&["invite", "M1", "--address", "nowhere"][..], &["invite", "M1", "--minutes", "0"]]
    {
        assert_eq!(doorstep(folder.path(), args).status.code(), Some(2), "{args:?}");
    }
    for command in ["init", "serve", "invite", "confirm", "devices", "revoke", "roster"] {
        assert!(done(folder.path(), &[command, "--help"]).contains("--data"), "{command}");
    }
}

#[test]
fn a_generated_roster_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(
        folder.path(),
        &[
            "roster",
            "generate",
            "--communities",
            "1",
            "--blocks",
            "2",
            "--grids",
            "4",
            "--buildings-per-grid",
            "3",
            "--members",
            "30",
        ],
    );
    fs::write(folder.path().join("roster.toml"), text).unwrap();
    done(folder.path(), &["init", "--roster", "roster.toml"]);
    let shown: serde_json::Value =
        serde_json::from_str(&done(folder.path(), &["roster", "show", "--json"])).unwrap();
    assert_eq!(shown.as_array().unwrap().len(), 3);
    assert_eq!(shown[1]["buildings"], 6);
}

#[cfg(unix)]
#[test]
fn serve_says_where_it_listens_and_ends_in_order_when_it_is_told_to() {
    use std::{
        io::{BufRead as _, BufReader},
        process::Stdio,
    };
    let folder = realm();
    let args = ["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"];
    let mut serving = Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .args(args)
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    let port = |name: &str| said[name].as_str().unwrap().parse::<std::net::SocketAddr>().unwrap();
    assert!(port("listening").port() != 0 && port("http").port() != 0);
    // The same realm can be looked at meanwhile.
    done(folder.path(), &["devices"]);
    done(folder.path(), &["invite", "M1"]);
    let told = Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(serving.wait().unwrap().success());
}
