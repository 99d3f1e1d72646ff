//! The folder of vectors holds, and a vector that is wrong is found out.

use std::{collections::BTreeSet, fs, path::Path};

use doorstep_tests::vectors::{run_folder, tell};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"))
}

#[test]
fn every_vector_holds_in_every_order() {
    let mut out = Vec::new();
    let summary = run_folder(folder(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(summary.holds(), "{out}");
    println!("{}", out.lines().last().unwrap());
    assert!(summary.vectors >= 200, "{summary:?}");
    // Every act of a short vector came in every place.
    assert!(summary.orders > 10_000 && summary.folds > summary.orders, "{summary:?}");
}

#[test]
fn every_kind_of_event_and_every_rejection_has_a_vector() {
    use doorstep_domain::table::{Flag, Kind};
    let mut all = String::new();
    for room in fs::read_dir(folder()).unwrap() {
        for file in fs::read_dir(room.unwrap().path()).unwrap() {
            all.push_str(&fs::read_to_string(file.unwrap().path()).unwrap());
        }
    }
    let says = |word: &str| all.contains(&format!("\"type\": \"{word}\""));
    let missing: BTreeSet<&str> =
        Kind::ALL.iter().map(|kind| kind.word()).filter(|word| !says(word)).collect();
    assert!(missing.is_empty(), "no vector says {missing:?}");
    let reasons = [
        "bad_value",
        "unknown_target",
        "no_right",
        "no_reason",
        "own_word",
        "extension_used",
        "not_answered",
        "not_first",
        "wrong_document",
    ];
    for reason in reasons {
        assert!(all.contains(&format!(": \"{reason}\"")), "no vector is rejected as {reason}");
    }
    for flag in Flag::ALL {
        let word = serde_json::to_value(flag).unwrap();
        assert!(all.contains(&format!("{word}")), "no vector raises {word}");
    }
}

const FOUND: &str = r#"{
    "name": "n", "rule": "r",
    "roster": {
        "places": [{"code": "G1", "level": "grid"}],
        "members": [{"code": "Li", "roles": [{"role": "member", "place": "G1"}]}]
    },
    "documents": {"g": {"kind": "grievance", "place": "G1"}},
    "acts": [
        {"label": "d", "by": "Li", "seen": [], "event": {
            "type": "discover", "what": "lamp", "reporter": "anonymous", "kind": 2
        }},
        {"label": "a", "by": "Li", "seen": ["d"], "event": {"type": "accept"}},
        {"label": "x", "by": "Li", "seen": ["a"], "event": {"type": "close"}}
    ],
    "expect": {"g": {"stage": "accepted"}, "figures": {"G1": {"collected": 1}}}
}"#;

fn differences(from: &str, to: &str) -> Vec<String> {
    assert!(FOUND.contains(from), "{from}");
    tell(&FOUND.replace(from, to)).unwrap().differences
}

#[test]
fn what_is_not_so_is_found_with_field_and_value() {
    assert!(tell(FOUND).unwrap().differences.is_empty());
    let wrong = |to: &str| differences(r#"{"stage": "accepted"}"#, to);
    assert_eq!(wrong(r#"{"stage": "closed"}"#), [r#"g.stage: expected "closed", got "accepted""#]);
    assert_eq!(wrong(r#"{"due": "+1h"}"#), [r#"g.due: expected "+1h", got "+7d1m""#]);
    assert_eq!(wrong(r#"{"due": "+7d1m"}"#), [""; 0]);
    assert_eq!(wrong(r#"{"stag": "accepted"}"#), ["g.stag: there is no such field here"]);
    assert_eq!(
        wrong(r#"{"rejected": {}}"#),
        [r#"g.rejected: expected no x, got "not_answered""#],
        "a rejection too many"
    );
    assert_eq!(wrong(r#"{"in_force": ["d"]}"#), [r#"g.in_force: expected ["d"], got ["a","d"]"#]);
    assert_eq!(wrong(r#"{"facts": {"kind": 3}}"#), ["g.facts.kind: expected 3, got 2"]);
    let figures = differences(r#"{"collected": 1}"#, r#"{"collected": 2}"#);
    assert_eq!(figures, ["figures.G1.collected: expected 2, got 1"]);
}

#[test]
fn a_vector_that_breaks_the_format_is_wrong() {
    for (from, to, why) in [
        (r#""name": "n","#, r#""name": "n", "nmae": "","#, "unknown field"),
        (r#""name": "n","#, r#""name": "","#, "a vector has a name"),
        (r#""seen": ["d"]"#, r#""sen": ["d"]"#, "unknown field"),
        (r#""seen": ["d"]"#, r#""seen": ["e"]"#, "which is no act"),
        (r#""type": "accept""#, r#""type": "acept""#, "unknown variant"),
        (r#""type": "accept""#, r#""type": "accept", "how": "help""#, "unknown field"),
        (r#""label": "a""#, r#""label": "d""#, "two acts with the label d"),
        (r#""g": {"stage""#, r#""h": {"stage""#, "which is no document"),
        (
            r#"{"stage": "accepted"}, "figures": {"G1": {"collected": 1}}"#,
            "{}",
            "it expects nothing",
        ),
        (r#""place": "G1"}},"#, r#""place": "G2"}},"#, "no place G2"),
        (
            r#"{"type": "close"}"#,
            r#"{"type": "feed_back", "resolution": "@r", "channel": "phone"}"#,
            "no act r",
        ),
        (r#"{"type": "close"}"#, r#"{"type": "note", "text": ""}"#, "is written raw"),
        (r#""label": "x","#, r#""label": "x", "act": "12","#, "16 hexadecimal digits"),
    ] {
        assert!(FOUND.contains(from), "{from}");
        let fault = tell(&FOUND.replace(from, to)).unwrap_err();
        assert!(fault.contains(why), "{to}: {fault}");
    }
}

#[test]
fn a_folder_says_a_line_each_and_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/good.json"), FOUND).unwrap();
    fs::write(folder.path().join("wrong.json"), FOUND.replace("\"accepted\"", "\"closed\""))
        .unwrap();
    fs::write(folder.path().join("broken.json"), "{").unwrap();
    fs::write(folder.path().join("README.md"), "no vector").unwrap();
    let mut out = Vec::new();
    let summary = run_folder(folder.path(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!((summary.vectors, summary.wrong), (3, 2));
    assert!(!summary.holds());
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("WRONG broken: EOF"), "{out}");
    assert!(lines[1].starts_with("ok    in/good: n ("), "{out}");
    assert!(lines[2].starts_with("WRONG wrong: n ("), "{out}");
    assert_eq!(lines[4], r#"      g.stage: expected "closed", got "accepted""#);
    assert!(lines[5].ends_with("1 hold, 2 do not"), "{out}");
    fs::remove_file(folder.path().join("wrong.json")).unwrap();
    fs::remove_file(folder.path().join("broken.json")).unwrap();
    assert!(run_folder(folder.path(), &mut Vec::new()).unwrap().holds());
    fs::remove_file(folder.path().join("in/good.json")).unwrap();
    assert!(!run_folder(folder.path(), &mut Vec::new()).unwrap().holds(), "nothing proves nothing");
}

#[test]
fn the_vector_of_the_page_holds() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, under) = page.split_once("## A vector").unwrap();
    let example = under.split("```json").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(tell(example).unwrap().differences, [""; 0]);
}
