//! Tells stories and compares how they end.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use doorstep_domain::{
    fold::{Grievance, story::Judgement},
    input::EventId,
    table::Flag,
};
use serde::Serialize;

use super::{HOUR, START, Story, member};

/// What it is about, the lines, and what is so at the end.
pub type Case = (&'static str, &'static [&'static str], &'static str);

fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_owned()
}

fn names(story: &Story, ids: impl IntoIterator<Item = EventId>) -> String {
    let name = |id: EventId| {
        let (name, _) = story
            .told
            .iter()
            .find(|(_, told)| told.id.act == id.act && told.id.member == id.member)
            .unwrap();
        if id.n == 0 { name.clone() } else { format!("{name}.{}", id.n) }
    };
    let names: BTreeSet<String> = ids.into_iter().map(name).collect();
    if names.is_empty() { "-".into() } else { names.into_iter().collect::<Vec<_>>().join(",") }
}

fn people(ids: &[doorstep_protocol::id::MemberId]) -> String {
    let all =
        ["Li", "Wang", "Ma", "Chen", "Xu", "Zhao", "Sun", "Song", "Qian", "Zhou", "Wu", "Kiosk"];
    let named: Vec<&str> = all.into_iter().filter(|name| ids.contains(&member(name))).collect();
    if named.is_empty() { "-".into() } else { named.join(",") }
}

fn rejected(story: &Story, state: &Grievance) -> String {
    let mut all: Vec<String> = state
        .story
        .iter()
        .filter_map(|entry| match entry.judgement {
            Judgement::Rejected(reason) => {
                Some(format!("{}:{}", names(story, [entry.id]), word(reason)))
            }
            _ => None,
        })
        .collect();
    all.sort();
    if all.is_empty() { "-".into() } else { all.join(",") }
}

fn flags(state: &Grievance) -> String {
    let flags: BTreeSet<Flag> =
        state.flags.iter().filter(|flag| !flag.settled).map(|flag| flag.flag).collect();
    let words: Vec<String> = flags.into_iter().map(word).collect();
    if words.is_empty() { "-".into() } else { words.join(",") }
}

fn answer(story: &Story, state: &Grievance, key: &str) -> String {
    let hours = |time: u64| {
        let since = time - START;
        if since.is_multiple_of(HOUR) { format!("{}h", since / HOUR) } else { format!("{since}s") }
    };
    match key {
        "stage" => word(state.stage),
        "round" => state.round.to_string(),
        "owner" => people(&state.owner.into_iter().collect::<Vec<_>>()),
        "helpers" => people(&state.helpers),
        "level" => word(state.level),
        "grade" => word(state.grade),
        "due" => state.due.map_or_else(|| "-".into(), |due| hours(due.from)),
        "due_to" => state.due.and_then(|due| due.to).map_or_else(|| "-".into(), hours),
        "flags" => flags(state),
        "rejected" => rejected(story, state),
        "open" => names(story, state.open_rejections.iter().copied()),
        "force" => names(story, state.story.iter().filter(|e| e.in_force).map(|e| e.id)),
        "how" => state.how.map_or_else(|| "-".into(), word),
        "resolved_level" => state.resolved_level.map_or_else(|| "-".into(), word),
        "accounts" => state.accounts.len().to_string(),
        "entries" => state.story.len().to_string(),
        "may_close" => state.may_close.to_string(),
        "confirmed" => state.confirmed.to_string(),
        "told" => state.told.to_string(),
        "duplicates" => state.duplicates.len().to_string(),
        "newer" => state.newer.to_string(),
        key => panic!("{key}"),
    }
}

pub fn tell(cases: &[Case]) {
    let mut wrong = Vec::new();
    for (about, lines, ends) in cases {
        let story = Story::grievance(lines);
        let state = story.fold();
        for want in ends.split_whitespace() {
            let (key, want) = want.split_once('=').unwrap();
            let got = answer(&story, &state, key);
            if got != want {
                wrong.push(format!("{about}: {key} is {got}, not {want}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
