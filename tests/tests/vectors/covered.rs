//! Whether the vectors are all: each row of the table, each role rule, and each field that a state has.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use doorstep_domain::figures::figures;
use serde_json::Value;

/// Rows of the table "two people act offline at once": how the rule of a vector begins that shows it, and
/// how many there are at least.
const ROWS: [(&str, usize); 24] = [
    ("Two people act offline at once: accept, accept", 4),
    ("Two people act offline at once: accept, decline", 1),
    ("Two people act offline at once: accept, send back", 1),
    ("Two people act offline at once: resolve, escalate: both stand", 1),
    ("Two people act offline at once: resolve, escalate: confirm", 1),
    ("Two people act offline at once: resolve, escalate: reject", 1),
    ("Two people act offline at once: resolve, resolve", 1),
    ("Two people act offline at once: confirm, reject", 1),
    ("Two people act offline at once: close or feed back, reject", 2),
    ("Two people act offline at once: reject twice", 1),
    ("Two people act offline at once: grade A, grade C", 3),
    ("Two people act offline at once: two due dates", 1),
    ("Due: a second extension in a round", 1),
    ("Due: of two unseen the earlier holds", 1),
    ("Two people act offline at once: duplicate-of both ways", 1),
    ("Two people act offline at once: duplicate-of chains", 1),
    ("Two people act offline at once: duplicate-of: reversible links", 1),
    ("Two people act offline at once: withdraw, resolve", 2),
    ("Two people act offline at once: assign away", 2),
    ("Two people act offline at once: priority removed, renewed", 1),
    ("Two people act offline at once: consent yes, no", 1),
    ("Two people act offline at once: newer schema's event", 1),
    ("Meeting: of two outcomes of an item", 1),
    ("Visit: a visit's outcome is its starter's", 2),
];

/// Rows of "who may do what" and the rules beside it: how a rule begins, and whether some vector of it
/// must refuse.
const ROLES: [(&str, bool); 24] = [
    ("Who may do what: Discover", true),
    ("Who may do what: Accept", true),
    ("Who may do what: Accept, Close", true),
    ("Who may do what: Contact, Progress, Resolve", true),
    ("Who may do what: Confirm, Reject, Withdraw, FeedBack, Note, Attach", false),
    ("Who may do what: Note, Attach, Reject: not an auditor", true),
    ("Who may do what: Confirm: intake with a code", false),
    ("Who may do what: raise grade, earlier due, Escalate", true),
    ("Who may do what: Escalate outside", true),
    ("Who may do what: Assign, DispatchTeam", true),
    ("Who may do what: TakeOver up to own level", true),
    ("Who may do what: SendBack from a level up to own", true),
    ("Who may do what: lower grade, extend, CloseUnsolved, CouncilItem, Transfer, Settle", true),
    ("Who may do what: household events", true),
    ("Who may do what: visit events", true),
    ("Who may do what: meeting events", true),
    ("Who may do what: several roles: the union", false),
    ("A role at a place gives rights in that place and below", true),
    ("An Assign to a building alone", true),
    ("Role register", true),
    ("Decline: of one's own Assign or Accept", true),
    ("The fold judges each event by its author's rights at the roster point", true),
    ("Resident's word", true),
    ("Correct: others' by block lead or higher", true),
];

struct Vector {
    rule: String,
    text: String,
    file: Value,
}

fn vectors() -> Vec<Vector> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"));
    let rooms = fs::read_dir(folder).unwrap().map(|room| room.unwrap().path());
    let files = rooms.flat_map(|room| fs::read_dir(room).unwrap().map(|file| file.unwrap().path()));
    let told = files.map(|path| {
        let text = fs::read_to_string(path).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        Vector { rule: file["rule"].as_str().unwrap().to_owned(), text, file }
    });
    told.collect()
}

#[test]
fn every_row_of_the_table_has_its_vectors() {
    let vectors = vectors();
    for (row, least) in ROWS {
        let count = vectors.iter().filter(|vector| vector.rule.starts_with(row)).count();
        assert!(count >= least, "{row}: {count} vectors");
    }
}

#[test]
fn every_role_rule_has_who_may_and_who_may_not() {
    let vectors = vectors();
    for (rule, refuses) in ROLES {
        let of: Vec<&Vector> = vectors.iter().filter(|v| v.rule.starts_with(rule)).collect();
        assert!(!of.is_empty(), "{rule}: no vector");
        let refused = |vector: &&Vector| {
            vector.text.contains("\"no_right\"") || vector.text.contains("\"own_word\"")
        };
        assert!(!refuses || of.iter().any(refused), "{rule}: nobody is refused");
    }
}

/// The words in back ticks of a section of the page.
fn documented(page: &str, title: &str) -> BTreeSet<String> {
    let section = page.split(&format!("\n### {title}\n")).nth(1).unwrap();
    let section = section.split("\n##").next().unwrap().split("```").next().unwrap();
    let words = section.split('`').skip(1).step_by(2);
    let is_field = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    words.filter(is_field).map(str::to_owned).collect()
}

fn keys(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            out.insert(key.clone());
            keys(value, out);
        }),
        Value::Array(items) => items.iter().for_each(|item| keys(item, out)),
        _ => {}
    }
}

/// What a vector can expect of a household, a visit, a meeting, a grievance or in figures, some vector does.
#[test]
fn every_field_of_every_kind_is_expected_somewhere() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors.md");
    let page = fs::read_to_string(page).unwrap();
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Vector { file, .. } in vectors() {
        for (name, of) in file["expect"].as_object().unwrap() {
            let kind = match name.as_str() {
                "figures" => "Figures".to_owned(),
                name => {
                    let kind = file["documents"][name]["kind"].as_str().unwrap();
                    format!("{}{}", kind[..1].to_uppercase(), &kind[1..])
                }
            };
            keys(of, expected.entry(kind).or_default());
        }
    }
    for kind in ["Grievance", "Household", "Visit", "Meeting", "Figures"] {
        let mut fields = documented(&page, kind);
        if kind == "Figures" {
            keys(&serde_json::to_value(figures(&[])).unwrap(), &mut fields);
        }
        assert!(fields.len() >= 5, "{kind}: {fields:?}");
        let missing: BTreeSet<&String> = fields.difference(&expected[kind]).collect();
        assert!(missing.is_empty(), "{kind}: no vector expects {missing:?}");
    }
}
