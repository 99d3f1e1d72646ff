//! Who may do what: every cell of the table in `docs/domain.md`, and what the screens offer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod events;
mod town;

use std::{fs, path::Path};

use doorstep_domain::{
    allowed::{Offer, WhyNot, offers, steps},
    check::check,
    fold::{grievance, household, meeting, story::Entry, story::Judgement},
    table::{
        By, Channel, ConsentLevel, EvidenceKind, Flag, Grade, How, Kind, Level, Media,
        MeetingOutcome, Rejection, Seat, VisitOutcome,
    },
};
use doorstep_protocol::id::DocumentKind;
use town::{Story, building, member};

/// Who stands for a column of the table.
const COLUMNS: [(&str, &str); 8] = [
    ("member", "Chen"),
    ("grid lead", "Zhao"),
    ("block lead", "Sun"),
    ("community", "Qian"),
    ("sub-district", "Zhou"),
    ("team sent", "Wu"),
    ("intake", "Kiosk"),
    ("auditor", "Audit"),
];

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/domain.md");
    fs::read_to_string(path).unwrap()
}

/// The rows of the table under a heading, cell by cell.
fn table(heading: &str) -> Vec<Vec<String>> {
    let page = page();
    let (_, under) = page.split_once(heading).unwrap_or_else(|| panic!("{heading}"));
    under
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The story in which `who` does something of this row.
fn row_of(row: &str, who: &str) -> Vec<(DocumentKind, Vec<String>)> {
    const GRIEVANCE: DocumentKind = DocumentKind::Grievance;
    let say = |kind: DocumentKind, lines: &[&str], acts: &[&str]| {
        acts.iter()
            .map(|act| {
                let mut all: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
                let seen = all.last().and_then(|line| line.split(' ').nth(1)).unwrap_or("-");
                all.push(format!("{who} x {seen} {act}"));
                (kind, all)
            })
            .collect::<Vec<_>>()
    };
    let finder = if who == "Kiosk" { "Kiosk d - discover" } else { "Xu d - discover" };
    let sent = "Zhao t d dispatch_team team=^water";
    let all = "Li r t resolve";
    let base = [finder, sent, all];
    match row {
        "Discover" => say(GRIEVANCE, &[], &["discover"]),
        "Accept" => say(GRIEVANCE, &base, &["accept", "decline"]),
        "Close" => {
            let lines = [&base[..], &["Wang c r confirm resolution=@r"]].concat();
            say(GRIEVANCE, &lines, &["close"])
        }
        "Contact, Progress, Resolve, AskedNoAnswer" => {
            let asked = "asked_no_answer resolution=@r";
            say(GRIEVANCE, &base, &["contact", "progress", "resolve", asked])
        }
        "Confirm, Reject, Withdraw, FeedBack, Note, Attach" => say(
            GRIEVANCE,
            &base,
            &[
                "confirm resolution=@r evidence=[code]",
                "reject resolution=@r",
                "withdraw evidence=[code]",
                "feed_back resolution=@r",
                "note",
                "attach",
            ],
        ),
        "raise grade, earlier due, Escalate up to sub-district, duplicate links" => say(
            GRIEVANCE,
            &base,
            &[
                "set_grade grade=a",
                "set_due due=+1",
                "escalate level=sub_district",
                "duplicate_of other=#5",
            ],
        ),
        "Escalate outside" => say(GRIEVANCE, &base, &["escalate level=outside body=court"]),
        "Assign, DispatchTeam" => {
            say(GRIEVANCE, &base, &["assign to=%Li", "dispatch_team team=^water"])
        }
        "TakeOver up to own level, SendBack from a level up to own" => {
            let lines = [&base[..], &["Li e r escalate level=block"]].concat();
            say(GRIEVANCE, &lines, &["take_over level=block", "send_back to=grid returns=[@e]"])
        }
        "lower grade, extend, CloseUnsolved, CouncilItem, Transfer, Settle" => say(
            GRIEVANCE,
            &base,
            &[
                "set_grade grade=d reason=6",
                "set_due due=+900 reason=13",
                "close_unsolved",
                "council_item meeting=#1 item=item",
                "transfer to=#5",
                "settle flag=confirm_reject",
            ],
        ),
        "household and visit events" => {
            let mut cells = say(DocumentKind::Household, &[], &["found"]);
            cells.extend(say(
                DocumentKind::Household,
                &["Li f - found"],
                &["person", "consent level=no", "note"],
            ));
            cells.extend(say(DocumentKind::Visit, &[], &["started household=#4"]));
            cells
        }
        "meeting events" => say(DocumentKind::Meeting, &[], &["held"]),
        row => panic!("no story for {row}"),
    }
}

/// What became of the last act.
fn judged(story: &Story) -> Judgement {
    let document = story.document(&story.copies);
    let entries: Vec<Entry> = match story.kind {
        DocumentKind::Grievance => grievance::fold(&document, &story.roster).story,
        DocumentKind::Meeting => meeting::fold(&document, &story.roster).story,
        _ => household::fold(&document, &story.roster).story,
    };
    let id = story.id("x");
    entries.iter().find(|entry| entry.id == id).unwrap().judgement
}

fn run(kind: DocumentKind, lines: &[String], escalate: Option<&str>) -> Judgement {
    let mut story = Story::new(kind);
    let (last, before) = lines.split_last().unwrap();
    before.iter().for_each(|line| story.line(line));
    match escalate.filter(|_| !before.is_empty()) {
        None => story.line(last),
        Some(level) => {
            let seen = last.split(' ').nth(2).unwrap();
            story.line(&format!("Li up {seen} escalate level={level}"));
            story.line(&last.replacen(&format!(" x {seen} "), " x up ", 1));
        }
    }
    judged(&story)
}

#[test]
fn the_table_of_rights_is_what_the_fold_does() {
    let rows = table("## Who may do what");
    assert_eq!(rows.len(), 12);
    for row in rows {
        for (cell, (column, who)) in row[1..].iter().zip(COLUMNS) {
            for (kind, lines) in row_of(&row[0], who) {
                let told = format!("{column}: {}", lines.last().unwrap());
                let plain = run(kind, &lines, None);
                let may = |judgement| match judgement {
                    Judgement::Valid => true,
                    Judgement::Rejected(Rejection::NoRight) => false,
                    other => panic!("{told}: {other:?}"),
                };
                match cell.as_str() {
                    "y" => assert!(may(plain), "{told}"),
                    "-" => assert!(!may(plain), "{told}"),
                    "when the level is theirs or higher" => {
                        assert!(!may(plain), "{told}");
                        let level = if who == "Qian" { "community" } else { "sub_district" };
                        assert!(may(run(kind, &lines, Some(level))), "{told} at {level}");
                    }
                    "with a code it issued" => assert!(may(plain), "{told}"),
                    other => panic!("{other}"),
                }
            }
        }
    }
}

#[test]
fn the_table_of_kinds_is_that_of_the_code() {
    let rows = table("## Kinds of events");
    let listed: Vec<(String, String, String)> =
        rows.iter().map(|row| (row[0].clone(), row[1].clone(), row[3].clone())).collect();
    let fields = |kind: Kind| -> String {
        let name = |(name, may_miss): &(&str, bool)| {
            format!("`{name}`{}", if *may_miss { "?" } else { "" })
        };
        events::fields(kind).iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let kinds: Vec<(String, String, String)> = Kind::ALL
        .iter()
        .map(|kind| (kind.number().to_string(), format!("`{}`", kind.word()), fields(*kind)))
        .collect();
    assert_eq!(listed, kinds);
}

#[test]
fn the_words_are_those_of_the_code() {
    fn row(words: &[impl serde::Serialize]) -> String {
        let word = |word| format!("`{}`", serde_json::to_value(word).unwrap().as_str().unwrap());
        words.iter().map(word).collect::<Vec<_>>().join(", ")
    }
    let listed: Vec<String> = table("### Values").into_iter().map(|row| row[1].clone()).collect();
    let words = [
        row(Grade::ALL),
        row(Level::ALL),
        row(How::ALL),
        row(By::ALL),
        row(Channel::ALL),
        row(Media::ALL),
        row(EvidenceKind::ALL),
        row(Flag::ALL),
        row(ConsentLevel::ALL),
        row(VisitOutcome::ALL),
        row(Seat::ALL),
        row(MeetingOutcome::ALL),
    ];
    assert_eq!(listed, words);
    // In bytes a word is its place in its row.
    assert!(Flag::ALL.iter().zip(0..).all(|(flag, n)| flag.number() == n));
}

#[test]
fn an_intake_point_has_no_word_in_what_it_did_not_make() {
    let lines = ["Xu d - discover", "Li r d resolve", "Kiosk x r reject resolution=@r"];
    let lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    assert_eq!(run(DocumentKind::Grievance, &lines, None), Judgement::Rejected(Rejection::NoRight));
}

/// What can be said with one line, by its kind.
fn line_for(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "accept" => "accept",
        "contact" => "contact",
        "progress" => "progress",
        "set_grade" => "set_grade grade=a",
        "set_due" => "set_due due=+1",
        "escalate" => "escalate level=block",
        "assign" => "assign to=%Chen",
        "dispatch_team" => "dispatch_team team=^water",
        "resolve" => "resolve",
        "transfer" => "transfer to=#5",
        "asked_no_answer" => "asked_no_answer resolution=@r",
        "feed_back" => "feed_back resolution=@r",
        "close_unsolved" => "close_unsolved",
        "duplicate_of" => "duplicate_of other=#5",
        "council_item" => "council_item meeting=#1 item=item",
        "note" => "note",
        "attach" => "attach",
        "close" => "close",
        "confirm" => "confirm resolution=@r evidence=[proof]",
        "reject" => "reject resolution=@r",
        "withdraw" => "withdraw evidence=[proof]",
        _ => return None,
    })
}

#[test]
fn what_the_screens_offer_may_be_saved() {
    let scenes: [&[&str]; 4] = [
        &["Li r d resolve"],
        &["Li r d resolve", "Wang c r confirm resolution=@r"],
        &["Li r d resolve", "Li e r escalate level=community"],
        &["Li r d resolve", "Zhao t r dispatch_team team=^water"],
    ];
    let everyone = COLUMNS.iter().map(|(_, who)| *who).chain(["Li", "Far"]);
    for who in everyone {
        for lines in scenes {
            let story = Story::grievance(lines);
            let state = story.fold();
            let at = story.roster.at_seq(1);
            let offered = steps(&state, member(who), at, building());
            let seen = lines.last().unwrap().split(' ').nth(1).unwrap();
            for kind in Kind::ALL {
                let Some(words) = line_for(kind.word()) else { continue };
                let mut story = Story::grievance(lines);
                story.line(&format!("{who} new {seen} {words}"));
                let new = story.copies.pop().unwrap();
                let checked = check(&story.document(&story.copies), &story.roster, &new);
                if offered.contains(kind) {
                    assert_eq!(checked, Ok(()), "{who} is offered {words} after {lines:?}");
                } else if checked.is_ok() {
                    // Not offered though it could be saved: only what makes no sense in this state.
                    let senseless = ["accept", "confirm", "feed_back", "asked_no_answer"];
                    assert!(senseless.contains(&kind.word()), "{who}: {words} after {lines:?}");
                }
            }
        }
    }
}

#[test]
fn a_step_that_is_not_offered_has_its_reason() {
    let ask = |lines: &[&str], who: &str, kind: Kind| {
        let story = Story::grievance(lines);
        let all = offers(&story.fold(), member(who), story.roster.at_seq(1), building());
        let found: Vec<_> = all.iter().filter(|offer| offer.kind == kind).collect();
        assert_eq!(found.len(), 1, "each step stands in it once");
        found[0].why_not
    };
    let solved: &[&str] = &["Li r d resolve"];
    let rejected: &[&str] = &["Li r d resolve", "Wang n r reject resolution=@r"];
    let told: &[&str] = &["Li a d accept", "Sun u a close_unsolved told=phone"];
    for (lines, who, kind, why) in [
        (&[][..], "Li", Kind::Accept, None),
        (&["Li a d accept"], "Li", Kind::Accept, Some(WhyNot::Yours)),
        (&[], "Li", Kind::Transfer, Some(WhyNot::NoRight)),
        (&[], "Far", Kind::Resolve, Some(WhyNot::NoRight)),
        (&[], "Li", Kind::Confirm, Some(WhyNot::NothingDone)),
        (&[], "Sun", Kind::Settle, Some(WhyNot::NothingToSettle)),
        (&[], "Sun", Kind::NotDuplicate, Some(WhyNot::NoLink)),
        (&[], "Sun", Kind::SendBack, Some(WhyNot::NotPassedUp)),
        (&["Sun t d take_over level=block"], "Sun", Kind::TakeOver, Some(WhyNot::AsHigh)),
        (solved, "Li", Kind::Close, Some(WhyNot::NotAnswered)),
        (solved, "Wang", Kind::Confirm, None),
        (rejected, "Wang", Kind::FeedBack, Some(WhyNot::NothingDone)),
        (rejected, "Li", Kind::Resolve, None),
        (told, "Li", Kind::Progress, Some(WhyNot::Over)),
        (told, "Li", Kind::Reject, None),
        (&["Sun t d transfer to=#2"], "Li", Kind::Reject, Some(WhyNot::Gone)),
        (&["Li r d resolve", "Wang w r withdraw"], "Wang", Kind::Confirm, Some(WhyNot::Withdrawn)),
    ] {
        assert_eq!(ask(lines, who, kind), why, "{who} {kind:?} after {lines:?}");
    }
}

/// Who solved it may record the resident's word with evidence alone, and is told so beforehand.
#[test]
fn an_offer_says_where_evidence_is_needed() {
    let cases: [(&[&str], &str, &str, bool); 7] = [
        (&["Li r d resolve"], "Li", "confirm", true),
        (&["Li r d resolve"], "Wang", "confirm", false),
        (&["Li r d resolve helpers=[%Wang]"], "Wang", "confirm", true),
        (
            &["Li r d resolve", "Wang j r reject resolution=@r", "Wang s j resolve answers=[@j]"],
            "Li",
            "confirm",
            false,
        ),
        (&["Li r d resolve", "Wang j r reject resolution=@r"], "Li", "withdraw", true),
        (&["Li a d accept"], "Li", "withdraw", true),
        (&["Li a d accept"], "Wang", "withdraw", false),
    ];
    for (lines, who, word, needed) in cases {
        let mut story = Story::grievance(lines);
        let state = story.fold();
        let all = offers(&state, member(who), story.roster.at_seq(1), building());
        let offer = all.iter().find(|offer| offer.kind.word() == word).unwrap();
        assert_eq!((offer.why_not, offer.evidence), (None, needed), "{who} {word} {lines:?}");
        // The check before saving asks for the same.
        let seen: Vec<&str> = lines.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
        let last = state.accounts.iter().rev().find(|account| account.how.is_some());
        let name = story.told.iter().find(|(_, told)| last.is_some_and(|last| told.id == last.id));
        let words = match (word, name) {
            ("confirm", Some((name, _))) => format!("confirm resolution=@{name}"),
            _ => word.to_owned(),
        };
        story.line(&format!("{who} x d,{} {words}", seen.join(",")));
        let own_word = Judgement::Rejected(Rejection::OwnWord);
        assert_eq!(
            story.fold().story.last().unwrap().judgement == own_word,
            needed,
            "{who} {word}"
        );
    }
    let offer = Offer { kind: Kind::Confirm, why_not: None, evidence: true };
    let json = serde_json::json!({"kind": "confirm", "why_not": null, "evidence": true});
    assert_eq!(serde_json::to_value(offer).unwrap(), json);
    // As it was written before there was such a field.
    let json = serde_json::json!({"kind": "confirm", "why_not": null});
    let offer: Offer = serde_json::from_value(json).unwrap();
    assert!(!offer.evidence);
}
