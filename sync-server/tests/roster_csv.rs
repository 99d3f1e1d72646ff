//! Spreadsheets make the same roster as a roster file, and every row that cannot be used is named.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Output},
};

use doorstep_protocol::{
    id::{Level, RealmId},
    roster::{AssignKind, RoleKind},
};
use doorstep_relay::{
    generate::{Proportions, generate},
    roster_csv::{
        CSV_BYTES_MAX, CSV_ROWS_MAX, CsvError, Faults, Import, Kept, Sheets, Source, read, write,
    },
    roster_file::{RosterFile, Settings},
};
use support::{SMALL, file};

const REALM: RealmId = RealmId([1; 32]);

const PLACES: &str = "level,code,name,parent,successors\n\
                      sub-district,S1,,,\n\
                      community,C1,,S1,\n\
                      block,B1,,C1,\n\
                      grid,G1,,B1,\n\
                      grid,G2,,B1,\n\
                      building,G1-1,,G1,\n";
const MEMBERS: &str = "member,name,role,place,level,team\n\
                       M1,,member,G1,,\n\
                       M2,,grid_lead,G2,,\n";
const BUILDINGS: &str = "building,member,duty\nG1-1,M1,owner\n";
const TEAMS: &str = "code,name\nT1,\n";

fn sheets(places: &str, members: &str, buildings: &str, teams: &str) -> Sheets {
    Sheets {
        places: Source::of_text("places.csv", places),
        members: Source::of_text("members.csv", members),
        buildings: Some(Source::of_text("buildings.csv", buildings)),
        teams: Some(Source::of_text("teams.csv", teams)),
    }
}

fn import(sheets: &Sheets) -> Import {
    read(sheets, Kept::default()).unwrap()
}

fn faults(sheets: &Sheets) -> Faults {
    match read(sheets, Kept::default()) {
        Err(CsvError::Rows(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

/// File, line, column and reason of each fault.
fn said(sheets: &Sheets) -> Vec<String> {
    let faults = faults(sheets);
    assert_eq!(faults.more, 0);
    faults
        .rows
        .iter()
        .map(|row| {
            let column = row.column.as_deref().unwrap_or("-");
            format!("{}:{} {column} {}", row.file, row.line, row.reason.word())
        })
        .collect()
}

fn with_places(rows: &str) -> Sheets {
    sheets(&format!("{PLACES}{rows}"), MEMBERS, BUILDINGS, TEAMS)
}

fn with_members(rows: &str) -> Sheets {
    sheets(PLACES, &format!("{MEMBERS}{rows}"), BUILDINGS, TEAMS)
}

#[test]
fn columns_are_found_by_name_in_either_language_and_in_any_order() {
    let chinese = sheets(
        "名称,编码,上级,级别,承接,备注\r\n\
         观澜街道,S1,,街道,,\r\n\
         \"大富, 社区\",C1,S1,社区,,\"第一行\n第二行\"\r\n\
         ,B1,C1,街区,,\r\n\
         ,G1,B1,红色网格,,\r\n\
         ,G2,B1,网格,,\r\n\
         ,,,,,\r\n\
         \"1\"\"栋\",\u{3000}G1-1 ,G1,楼栋,,\r\n\
         ,G1-2,G1,楼栋,无,\r\n\
         ,G1-3,G1,楼栋,G1-1；G1-4,\r\n\
         ,G1-4,G1,楼栋,,\r\n",
        "工号,姓名,角色,地点,服务队\r\nM1,李,网格员,G1,\r\nM1,,服务队,S1,T1\r\nM2,,网格长,G2,\r\nM3,,,,\r\n",
        "楼栋,工号,职责\r\nG1-1,M1,负责人\r\nG1-4,M1,\r\nG1-1,M2,备岗\r\nG1-1,M3,代管\r\n",
        "\u{feff}编码,名称\r\nT1,578服务队\r\n",
    );
    let Import { file, unused } = import(&chinese);
    assert_eq!(unused.len(), 1);
    assert_eq!((unused[0].file.as_str(), unused[0].column.as_str()), ("places.csv", "备注"));
    assert_eq!(file.sub_district.name, "观澜街道");
    assert_eq!(file.settings, Settings::default());
    let place = |code: &str| file.places.iter().find(|line| line.code == code).unwrap();
    assert_eq!(place("C1").name, "大富, 社区");
    assert_eq!((place("G1-1").name.as_str(), place("G1-1").level), ("1\"栋", Level::Building));
    assert_eq!(place("G1-1").successors, None);
    assert_eq!(place("G1-2").successors, Some(vec![]));
    assert_eq!(place("G1-3").successors, Some(vec!["G1-1".to_owned(), "G1-4".to_owned()]));
    let [m1, m2, m3] = &file.members[..] else { panic!("three members") };
    assert_eq!(m1.name, "李");
    assert_eq!(
        m1.roles.iter().map(|r| r.role).collect::<Vec<_>>(),
        [RoleKind::Member, RoleKind::Team]
    );
    assert_eq!(m1.roles[1].team.as_deref(), Some("T1"));
    assert_eq!(m1.buildings.iter().map(|b| b.assign as u8).collect::<Vec<_>>(), [0, 0]);
    assert_eq!(m2.buildings[0].assign, AssignKind::Backup);
    assert_eq!((m3.roles.len(), m3.buildings[0].assign), (0, AssignKind::StandIn));
    assert_eq!(file.teams[0].name, "578服务队");
    assert!(file.facts(&REALM).is_ok());
}

#[test]
fn every_bad_place_is_named_by_line_and_column() {
    let rows = "grid,,,B1,\n\
                Grid,G1,,B1,\n\
                ,G3,,B1,\n\
                village,G4,,B1,\n\
                grid,G5,,NO,\n\
                grid,G6,,G1,\n\
                grid,G7,,,\n\
                grid,G8,,C1,\n\
                grid,G9,,B1,NO\n\
                grid,G10,,B1,B1\n\
                grid,G11,,B1,G11\n\
                grid,G12,,B1,G2;G2\n\
                sub-district,S2,,,\n\
                grid,G13,,B1\n";
    assert_eq!(
        said(&with_places(rows)),
        [
            "places.csv:8 code no_code",
            "places.csv:9 code repeated",
            "places.csv:10 level no_level",
            "places.csv:11 level unknown_level",
            "places.csv:12 parent unknown_parent",
            "places.csv:13 parent parent_not_higher",
            "places.csv:14 parent no_parent",
            "places.csv:15 parent no_block",
            "places.csv:16 successors unknown_successor",
            "places.csv:17 successors successor_of_another_level",
            "places.csv:18 successors successor_is_itself",
            "places.csv:19 successors repeated_successor",
            "places.csv:20 level second_sub_district",
            "places.csv:21 - wrong_columns",
        ]
    );
    let ended = "block,B2,,C1,none\ngrid,G3,,B2,\ngrid,G4,,B1,G5\ngrid,G5,,B1,none\n";
    assert_eq!(
        said(&with_places(ended)),
        ["places.csv:9 parent block_ended", "places.csv:10 successors successor_has_ended"]
    );
    let long = "x".repeat(1_025);
    let rows = format!("grid,{long},,B1,\ngrid,G3,{long},B1,\n");
    assert_eq!(
        said(&with_places(&rows)),
        ["places.csv:8 code too_long", "places.csv:9 name too_long"]
    );
    let none = "级别,编码,上级\n社区,C1,\n";
    let found = said(&sheets(none, "工号,角色,地点\n", "楼栋,工号\n", "编码\n"));
    assert_eq!(found, ["places.csv:1 级别 no_sub_district"]);
    let on_top = sheets("level,code,parent\n街道,S1,C1\n", "工号,角色,地点\n", BUILDINGS, TEAMS);
    assert_eq!(said(&on_top)[0], "places.csv:2 parent sub_district_is_top");
}

#[test]
fn every_bad_member_building_and_team_is_named_by_line_and_column() {
    let rows = ",,member,G1,,\n\
                M3,,,G1,,\n\
                M4,,member,,,\n\
                M5,,boss,G1,,\n\
                M6,,member,NO,,\n\
                M7,,member,B1,,\n\
                M8,,team,S1,,T9\n\
                M9,,team,S1,,\n\
                M1,,member,G1,,\n\
                M10,Li,member,G1,,\n\
                M10,Wang,member,G2,,\n\
                M11,,member,G1,shire,\n\
                M12,,register,S1,,\n";
    let buildings = "building,member,duty\n\
                     G1-1,M1,owner\n,M1,\nG1-1,,\nG1-1,NO,\nNO,M1,\nG1-1,M2,janitor\nG1-1,M1,backup\nG1-1,M5,\n";
    let teams = "code,name\nT1,\n,x\nT1,\n";
    let all = sheets(PLACES, &format!("{MEMBERS}{rows}"), buildings, teams);
    assert_eq!(
        said(&all),
        [
            "teams.csv:3 code no_code",
            "teams.csv:4 code repeated",
            "members.csv:4 member no_code",
            "members.csv:5 role no_role",
            "members.csv:6 place no_place",
            "members.csv:7 role unknown_role",
            "members.csv:8 place unknown_place",
            "members.csv:9 place role_of_another_level",
            "members.csv:10 team bad_team",
            "members.csv:11 team bad_team",
            "members.csv:12 place repeated",
            "members.csv:14 name name_differs",
            "members.csv:15 level unknown_level",
            "members.csv:16 role unknown_role",
            "buildings.csv:3 building no_code",
            "buildings.csv:4 member no_code",
            "buildings.csv:5 member unknown_member",
            "buildings.csv:6 building unknown_place",
            "buildings.csv:7 duty unknown_duty",
            "buildings.csv:8 building repeated",
        ],
        "M5 stands in a row that is bad already"
    );
    let same_code = "block,X,,C1,\ngrid,X,,B1,\n";
    let ambiguous = sheets(
        &format!("{PLACES}{same_code}grid,E,,B1,none\n"),
        &format!("{MEMBERS}M3,,auditor,X,,\nM4,,auditor,X,grid,\nM5,,member,E,,\n"),
        BUILDINGS,
        TEAMS,
    );
    assert_eq!(
        said(&ambiguous),
        ["members.csv:4 place ambiguous_place", "members.csv:6 place ended_place"]
    );
}

#[test]
fn nobody_is_blamed_for_naming_a_row_that_is_bad() {
    let places = PLACES.replace("grid,G1,,B1,", "grit,G1,,B1,");
    let found = said(&sheets(&places, MEMBERS, BUILDINGS, TEAMS));
    assert_eq!(found, ["places.csv:5 level unknown_level"]);
    let places = PLACES.replace("grid,G1,,B1,", "grid,G1,,B1");
    assert_eq!(said(&sheets(&places, MEMBERS, BUILDINGS, TEAMS)), ["places.csv:5 - wrong_columns"]);
}

#[test]
fn a_file_that_is_no_table_is_named_too() {
    let quotes = PLACES.replace("grid,G1,,", "grid,G1,\"第一网格,");
    assert_eq!(
        said(&sheets(&quotes, MEMBERS, "楼栋,工号\n", TEAMS))[0],
        "places.csv:5 - odd_quotes"
    );
    let broken = "grid,G3,\"two\nlines\",B1,\n\r\ngrid,G4,,NO,\n";
    assert_eq!(
        said(&with_places(broken)),
        ["places.csv:8 name line_break", "places.csv:11 parent unknown_parent"],
        "lines as an editor counts them"
    );
    let columns = sheets("level,code,级别\n", MEMBERS, BUILDINGS, "");
    assert_eq!(
        said(&columns),
        [
            "places.csv:1 级别 repeated_column",
            "places.csv:1 parent / 上级 missing_column",
            "teams.csv:1 - no_header",
        ]
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gbk.csv");
    let mut bytes = format!("{PLACES}grid,G9,").into_bytes();
    bytes.extend([0xcd, 0xf8, 0xb8, 0xf1]);
    bytes.extend(b",B1,\nbuilding,G9-1,,G9,\n");
    fs::write(&path, bytes).unwrap();
    let gbk = Sheets { places: Source::open(&path).unwrap(), ..with_places("") };
    assert_eq!(said(&gbk), ["gbk.csv:8 - not_utf8"], "and nothing of what lies in it");
    let text = faults(&gbk).to_string();
    assert!(text.contains("save it as \"CSV UTF-8\" (not_utf8)"), "{text}");
}

#[test]
fn a_reason_never_quotes_the_row() {
    let rows = "grid,138-0000,secret,sesame,\nsecret,sesame,138-0000,,\n";
    let members = format!("{MEMBERS}sesame,secret,138-0000,secret,,\nx,,member,138-0000,,\n");
    let text = faults(&sheets(&format!("{PLACES}{rows}"), &members, BUILDINGS, TEAMS)).to_string();
    for word in ["secret", "sesame", "138"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn the_first_hundred_faults_are_listed_and_the_others_counted() {
    let mut rows = String::new();
    for n in 0..250 {
        writeln!(rows, "M{},,member,NO,,", n + 10).unwrap();
    }
    let found = faults(&with_members(&rows));
    assert_eq!((found.rows.len(), found.more), (100, 150));
    assert_eq!((found.rows[0].line, found.rows[99].line), (4, 103));
    assert!(found.to_string().ends_with("and 150 more"));
}

#[test]
fn rows_and_bytes_have_a_bound() {
    let full = "\n".repeat(3) + &",,,,\n".repeat(CSV_ROWS_MAX - 7);
    assert!(read(&with_places(&full), Kept::default()).is_ok());
    let one_more = format!("{full},,,,\n");
    let line = CSV_ROWS_MAX + 4;
    assert_eq!(said(&with_places(&one_more)), [format!("places.csv:{line} - too_many_rows")]);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.csv");
    let large = fs::File::create(&path).unwrap();
    large.set_len(CSV_BYTES_MAX).unwrap();
    assert!(Source::open(&path).is_ok());
    large.set_len(CSV_BYTES_MAX + 1).unwrap();
    assert!(matches!(Source::open(&path), Err(CsvError::TooLarge { .. })));
}

fn written(file: &RosterFile, folder: &Path) -> Sheets {
    write(file, folder).unwrap();
    let open = |name: &str| Source::open(&folder.join(name)).unwrap();
    Sheets {
        places: open("places.csv"),
        members: open("members.csv"),
        buildings: Some(open("buildings.csv")),
        teams: Some(open("teams.csv")),
    }
}

#[test]
fn a_register_of_true_size_says_the_same_as_spreadsheets_and_as_a_file() {
    let made = generate(&Proportions::default(), 1);
    let folder = tempfile::tempdir().unwrap();
    let from_csv = import(&written(&made, folder.path()));
    assert!(from_csv.unused.is_empty());
    let from_toml = RosterFile::parse(&made.to_text().unwrap()).unwrap();
    let facts = from_csv.file.facts(&REALM).unwrap();
    assert_eq!(facts, from_toml.facts(&REALM).unwrap());
    assert!(facts.len() > 9_520 + 2 * 2_234);
    assert_eq!(from_csv.file, from_toml);
}

#[test]
fn what_is_written_is_read_again() {
    let mut odd = file();
    odd.places[0].name = "a \"quoted\", name".to_owned();
    let ended = odd.places.iter_mut().find(|line| line.code == "G1-2").unwrap();
    ended.successors = Some(vec!["G1-1".to_owned(), "G2-1".to_owned()]);
    let ended = odd.places.iter_mut().find(|line| line.code == "G3-1").unwrap();
    ended.successors = Some(vec![]);
    odd.members[0].roles[0].level = Some(Level::Grid);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(import(&written(&odd, folder.path())).file, odd);
}

fn doorstep(folder: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .args(args.split(' '))
        .current_dir(folder)
        .output()
        .unwrap()
}

fn done(folder: &Path, args: &str) -> String {
    let output = doorstep(folder, args);
    assert!(output.status.success(), "{args}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A realm of the small sub-district, and its spreadsheets.
fn realm() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[settings]\ntime_zone_minutes = 60\n";
    fs::write(folder.path().join("roster.toml"), format!("{SMALL}{settings}")).unwrap();
    done(folder.path(), "init --roster roster.toml");
    written(&file(), folder.path());
    folder
}

fn change(folder: &Path, name: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(folder.join(name), text.replacen(from, to, 1)).unwrap();
}

const IMPORT: &str = "roster import --places places.csv --members members.csv";

#[test]
fn spreadsheets_are_tried_first_then_applied_and_what_they_do_not_say_stays() {
    let folder = realm();
    let folder = folder.path();
    let nothing = done(folder, IMPORT);
    assert_eq!(
        nothing, "Nothing differs from what stands.\n",
        "settings, teams and buildings stay"
    );
    change(folder, "places.csv", "G1-1,,G1,", "G1-1,,G2,");
    let dry = done(folder, &format!("{IMPORT} --dry-run"));
    assert!(dry.contains("building G1-1: grid G1 -> grid G2"), "{dry}");
    assert!(
        dry.contains("gain places: 0; that drop some: 0. Members without a phone to whom the same happens: 1."),
        "{dry}"
    );
    let wrote = done(folder, IMPORT);
    assert_eq!(wrote, dry.replace("would be written", "written"));
    // A file that says that nobody has a building is another thing than no file.
    fs::write(folder.join("none.csv"), "building,member\n").unwrap();
    let taken = done(folder, &format!("{IMPORT} --buildings none.csv --dry-run --json"));
    let taken: serde_json::Value = serde_json::from_str(&taken).unwrap();
    assert_eq!(taken["records"], 1);
    assert_eq!(taken["reach"]["members_without_phone"], 1);
}

#[test]
fn nothing_is_applied_when_any_row_is_bad() {
    let folder = realm();
    let folder = folder.path();
    let before = done(folder, "roster --json");
    change(folder, "places.csv", "G1-1,,G1,", "G1-1,,G2,");
    change(folder, "members.csv", "M2,,grid_lead,G2", "M2,,grid_lead,G9");
    let refused = doorstep(folder, IMPORT);
    assert_eq!(refused.status.code(), Some(2));
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(error.contains("members.csv, line 3, column place: no place has this code"), "{error}");
    let json = doorstep(folder, &format!("{IMPORT} --json"));
    let faults: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(faults["rows"][0]["reason"], "unknown_place");
    assert_eq!(done(folder, "roster --json"), before);
}

#[test]
fn spreadsheets_make_a_roster_file_for_a_realm_that_is_not_there_yet() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let size = "--communities 1 --blocks 2 --grids 4 --buildings-per-grid 3 --members 30";
    done(folder, &format!("roster generate {size} --csv . generated.toml"));
    let all = "--buildings buildings.csv --teams teams.csv";
    done(folder, &format!("{IMPORT} {all} --write imported.toml"));
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("imported.toml"), read("generated.toml"));
    done(folder, "init --roster imported.toml");
    assert!(done(folder, &format!("{IMPORT} {all}")).contains("Nothing differs"));
    assert_eq!(done(folder, &format!("roster generate {size} --csv again")), "", "only the CSV");
    assert_eq!(read("again/members.csv"), read("members.csv"));
}

#[test]
fn the_examples_say_the_same_in_both_forms() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples");
    let open = |name: &str| Source::open(&examples.join(name)).unwrap();
    let sheets = Sheets {
        places: open("places.csv"),
        members: open("members.csv"),
        buildings: Some(open("buildings.csv")),
        teams: Some(open("teams.csv")),
    };
    let toml = fs::read_to_string(examples.join("roster.toml")).unwrap();
    let facts = |file: RosterFile| file.facts(&REALM).unwrap();
    assert_eq!(facts(import(&sheets).file), facts(RosterFile::parse(&toml).unwrap()));
}

#[test]
fn a_roster_file_is_refused_with_all_that_is_wrong_with_it() {
    let folder = realm();
    let folder = folder.path();
    let mut bad = SMALL.replace("place = \"G1\"", "place = \"NO\"");
    for n in 0..60 {
        writeln!(bad, "[[place]]\nlevel = \"grid\"\ncode = \"X{n}\"").unwrap();
    }
    fs::write(folder.join("bad.toml"), bad).unwrap();
    let refused = doorstep(folder, "roster apply bad.toml --dry-run");
    assert_eq!(refused.status.code(), Some(2));
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(error.contains("grid X0 names no parent\n  grid X1 names no parent\n"), "{error}");
    assert!(error.ends_with("grid X39 names no parent\n  and 21 more\n"), "{error}");
}
