//! A roster file says what is wrong with it, by code.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use doorstep_protocol::{
    id::{Level, RealmId},
    roster::Fact,
};
use doorstep_relay::{
    realm::{RealmError, apply, init},
    roster_file::{PlaceLine, RosterFile, RosterFileError as E},
};
use support::{START_MS, entropy, file, small};

const REALM: RealmId = RealmId([1; 32]);

fn error(change: impl FnOnce(&mut RosterFile)) -> E {
    let mut file = file();
    change(&mut file);
    file.facts(&REALM).unwrap_err()
}

fn place<'a>(file: &'a mut RosterFile, code: &str) -> &'a mut PlaceLine {
    file.places.iter_mut().find(|line| line.code == code).unwrap()
}

fn some(code: &str) -> Option<String> {
    Some(code.to_owned())
}

#[test]
fn every_fault_has_a_name() {
    let (what, code) = ("grid", "G1".to_owned());
    let parent = |parent: &str| (code.clone(), parent.to_owned());
    let (c, p) = parent("NO");
    assert_eq!(
        error(|file| place(file, "G1").parent = some("NO")),
        E::UnknownParent { what, code: c, parent: p }
    );
    let (c, p) = parent("G2");
    assert_eq!(
        error(|file| place(file, "G1").parent = some("G2")),
        E::LevelMustRise { what, code: c, parent: p }
    );
    assert_eq!(
        error(|file| place(file, "G1").parent = None),
        E::NoParent { what, code: code.clone() }
    );
    assert_eq!(
        error(|file| place(file, "G1").parent = some("C1")),
        E::NoBlock { what, code: code.clone() }
    );
    assert_eq!(error(|file| place(file, "G1").code = "\u{3000} ".to_owned()), E::EmptyCode(what));
    assert_eq!(
        error(|file| place(file, "G2").code = " G1\t".to_owned()),
        E::Duplicate { what, code: code.clone() }
    );
    assert_eq!(
        error(|file| place(file, "G1").name = "n".repeat(1_025)),
        E::TooLong { what, code: code.clone() }
    );
    for successor in ["NO", "G1"] {
        assert_eq!(
            error(|file| place(file, "G1").successors = Some(vec![successor.to_owned()])),
            E::BadSuccessor { what, code: code.clone(), successor: successor.to_owned() }
        );
    }
}

#[test]
fn roles_and_buildings_must_fit_the_places() {
    let m1 = || "M1".to_owned();
    let role =
        |file: &mut RosterFile, place: &str| file.members[0].roles[0].place = place.to_owned();
    assert_eq!(
        error(|file| role(file, "NO")),
        E::UnknownPlace { member: m1(), place: "NO".to_owned() }
    );
    assert_eq!(
        error(|file| role(file, "B1")),
        E::RoleLevel { member: m1(), place: "B1".to_owned() }
    );
    assert_eq!(
        error(|file| file.members[0].buildings[0].code = "G1".to_owned()),
        E::UnknownPlace { member: m1(), place: "G1".to_owned() }
    );
    assert_eq!(
        error(|file| file.members[0].roles[0].team = some("T1")),
        E::BadTeam { member: m1(), team: "T1".to_owned() }
    );
    assert_eq!(
        error(|file| file.members.iter_mut().find(|m| m.code == "T").unwrap().roles[0].team = None),
        E::BadTeam { member: "T".to_owned(), team: String::new() }
    );
    assert!(matches!(
        error(|file| {
            let role = file.members[0].roles[0].clone();
            file.members[0].roles.push(role);
        }),
        E::Duplicate { .. }
    ));
    assert_eq!(
        error(|file| file.members[1].code = "M1".to_owned()),
        E::Duplicate { what: "member", code: m1() }
    );
    // One code at two levels: a role without a level of its own must say which.
    let ambiguous = |level| {
        let mut file = file();
        place(&mut file, "C2").code = "B1".to_owned();
        place(&mut file, "B3").parent = some("B1");
        let team = file.members.iter_mut().find(|m| m.code == "T").unwrap();
        team.roles[0].place = "B1".to_owned();
        team.roles[0].level = level;
        file.facts(&REALM)
    };
    assert!(matches!(ambiguous(None), Err(E::AmbiguousPlace { .. })));
    assert!(ambiguous(Some(Level::Block)).is_ok());
}

#[test]
fn codes_are_trimmed_and_unknown_words_are_refused() {
    let mut spaced = file();
    place(&mut spaced, "G1").code = "\u{feff}G1 ".to_owned();
    spaced.members[0].roles[0].place = "\u{a0}G1".to_owned();
    assert_eq!(spaced.facts(&REALM), file().facts(&REALM));
    for text in ["", "[sub_district]\ncode = 'S'\nnmae = 'x'", "[sub_district]\ncode = 1"] {
        assert!(matches!(RosterFile::parse(text), Err(E::Toml(_))), "{text}");
    }
}

#[test]
fn a_place_is_ended_and_never_just_left_out() {
    let mut db = small();
    let mut without = file();
    without.places.retain(|line| line.code != "G3-1");
    let refused = apply(&mut db, &without, START_MS, false);
    assert!(matches!(
        refused,
        Err(RealmError::File(E::PlaceMissing { what: "building", code })) if code == "G3-1"
    ));
    let mut ended = file();
    place(&mut ended, "G3-1").successors = Some(Vec::new());
    assert_eq!(apply(&mut db, &ended, START_MS, false).unwrap().ended_places.len(), 1);
}

#[test]
fn settings_have_defaults_and_can_be_changed() {
    let mut file = file();
    let minutes = |file: &RosterFile| {
        file.facts(&REALM).unwrap().into_iter().find_map(|fact| match fact {
            Fact::Setting { name: 0, value } => value,
            _ => None,
        })
    };
    assert_eq!(minutes(&file), Some(480));
    file.settings.time_zone_minutes = -60;
    assert_eq!(minutes(&file), Some(-60));
}

#[test]
fn a_bad_file_leaves_no_half_made_realm() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut bad = file();
    place(&mut bad, "G1").parent = None;
    assert!(init(&data, &bad, entropy(1), START_MS).is_err());
    assert!(!data.exists());
    init(&data, &file(), entropy(1), START_MS).unwrap();
    assert!(init(&data, &file(), entropy(2), START_MS).is_err(), "a realm is made once");
    #[cfg(unix)]
    for name in ["relay.key", "backup.key", "import.secret"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(data.join(name)), mode(data.clone())), (0o600, 0o700), "{name}");
    }
}
