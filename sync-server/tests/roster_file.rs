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
    roster_file::{At, NoSuccessor, PlaceLine, RosterFile, RosterFileError as E},
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
}

#[test]
fn only_what_goes_on_at_the_same_level_takes_over() {
    let refused = |successors: &[&str], change: &dyn Fn(&mut RosterFile)| {
        let error = error(|file| {
            let codes = successors.iter().map(|code| (*code).to_owned()).collect();
            place(file, "G1").successors = Some(codes);
            file.members[0].roles.clear();
            change(file);
        });
        match error {
            E::BadSuccessor { what: "grid", why, .. } => why,
            other => panic!("{other:?}"),
        }
    };
    let nothing = |_: &mut RosterFile| {};
    assert_eq!(refused(&["NO"], &nothing), NoSuccessor::Unknown);
    assert_eq!(refused(&["G1"], &nothing), NoSuccessor::Itself);
    assert_eq!(refused(&["B1"], &nothing), NoSuccessor::OtherLevel);
    assert_eq!(refused(&["G1-1"], &nothing), NoSuccessor::OtherLevel);
    assert_eq!(refused(&["G2", "G2"], &nothing), NoSuccessor::Twice);
    let ended = |file: &mut RosterFile| place(file, "G2").successors = Some(vec![]);
    assert_eq!(refused(&["G2"], &ended), NoSuccessor::HasEnded);
    let cycle = |file: &mut RosterFile| place(file, "G2").successors = Some(vec!["G1".to_owned()]);
    assert_eq!(refused(&["G2"], &cycle), NoSuccessor::HasEnded, "each names the other");
}

#[test]
fn what_goes_on_does_not_lie_in_a_block_that_has_ended_with_nothing_after_it() {
    let ended = |file: &mut RosterFile| {
        place(file, "B3").successors = Some(vec![]);
        file.members.retain(|member| member.code != "L3");
    };
    let in_block =
        |what, code: &str| E::BlockEnded { what, code: code.to_owned(), block: "B3".to_owned() };
    assert_eq!(error(ended), in_block("grid", "G3"));
    let with_its_grid = |file: &mut RosterFile| {
        ended(file);
        place(file, "G3").successors = Some(vec![]);
    };
    assert_eq!(error(with_its_grid), in_block("building", "G3-1"), "nor within an ended grid");
    let mut all = file();
    with_its_grid(&mut all);
    place(&mut all, "G3-1").successors = Some(vec![]);
    assert!(all.facts(&REALM).is_ok(), "where all has ended nothing is missed");
    let mut taken_over = file();
    ended(&mut taken_over);
    place(&mut taken_over, "B3").successors = Some(vec!["B2".to_owned()]);
    assert!(taken_over.facts(&REALM).is_ok());
}

#[test]
fn nobody_works_at_a_place_that_has_ended() {
    let at = |member: &str, place: &str| E::EndedPlace {
        member: member.to_owned(),
        place: place.to_owned(),
    };
    let grid = |file: &mut RosterFile| place(file, "G1").successors = Some(vec!["G2".to_owned()]);
    assert_eq!(error(grid), at("M1", "G1"));
    let building = |file: &mut RosterFile| place(file, "G1-1").successors = Some(vec![]);
    assert_eq!(error(building), at("M1", "G1-1"));
    let block = |file: &mut RosterFile| {
        place(file, "B3").successors = Some(vec!["B2".to_owned()]);
    };
    assert_eq!(error(block), at("L3", "B3"));
}

#[test]
fn all_faults_are_given_and_none_twice() {
    let mut bad = file();
    place(&mut bad, "G1").parent = some("NO");
    place(&mut bad, "G2-1").code = String::new();
    bad.members[1].roles[0].place = "NO".to_owned();
    bad.members[0].buildings[0].code = "NO".to_owned();
    let found: Vec<At> = bad.faults().into_iter().map(|fault| fault.at).collect();
    let n = |code: &str| bad.places.iter().position(|line| line.code == code).unwrap();
    assert_eq!(
        found,
        [At::Place(n("")), At::Place(n("G1")), At::Building(0, 0), At::Role(1, 0)],
        "what lies in G1 is not at fault for it"
    );
    assert_eq!(file().faults(), []);
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
        &refused,
        Err(RealmError::File(E::PlaceMissing(missing))) if missing.0.len() == 1
    ));
    let said = refused.unwrap_err().to_string();
    assert!(said.starts_with("building G3-1 is not in the file any more"), "{said}");
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
