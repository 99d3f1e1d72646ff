//! Random histories: three to five people, ten to forty acts, meetings at which they give each other all
//! or a part of what they hold.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    fold::{Grievance, State, grievance::Stage, story::Judgement},
    table::{Grade, Level},
};
use doorstep_protocol::id::DocumentKind;
use doorstep_tests::{chance::Dice, vectors::Arrivals};

use crate::{
    counted, kept, number,
    town::{
        Story,
        steps::{Said, manner},
    },
};

/// Histories of a push.
const SEEDS: u64 = 2_000;
/// Complete orders of each.
const ORDERS: usize = 3;
/// One history in so many is also split over replicas, every beginning of it folded.
const SPLIT_EVERY: u64 = 4;
/// Histories that are counted together.
const BATCH: usize = 8;

/// Those who decide first.
const PEOPLE: [&str; 10] =
    ["Sun", "Qian", "Song", "Li", "Wang", "Ma", "Chen", "Zhao", "Wu", "Kiosk"];
const CHIEFS: u64 = 3;

/// Somebody, and the acts that they hold, with all that these had seen.
struct Person {
    name: &'static str,
    holds: BTreeSet<String>,
}

/// A history of a seed.
pub(crate) fn history(seed: u64) -> Story {
    let mut dice = Dice::new(seed);
    let mut names: Vec<&'static str> = PEOPLE.to_vec();
    let mut people = Vec::new();
    for n in 0..3 + dice.below(3) {
        // Somebody who decides is always among them.
        let among = if n == 0 { CHIEFS } else { names.len() as u64 };
        let name = names.remove(dice.below(among) as usize);
        people.push(Person { name, holds: BTreeSet::from(["d".to_owned()]) });
    }
    let mut story = Story::grievance(&["Xu d - discover kind=0"]);
    let mut said = Said::default();
    // What each act had seen, itself too: what is given away is given with its past.
    let mut pasts = BTreeMap::from([("d".to_owned(), BTreeSet::from(["d".to_owned()]))]);
    let acts = 10 + dice.below(31);
    let mut clock = 0;
    for n in 0..acts {
        while dice.once_in(3) {
            meet(&mut people, &pasts, &mut dice);
        }
        let who = dice.below(people.len() as u64) as usize;
        let holds = people[who].holds.clone();
        let targets = (dice.roll(), dice.roll());
        let (words, _) = said.words(dice.roll(), targets, &|name| holds.contains(name));
        let words = words.replace("#5", &format!("#{}", 1 + dice.below(BATCH as u64)));
        clock += dice.below(20);
        let name = format!("a{n}");
        // An act is written on a device that was there before, so it is never fresh here.
        let how = manner(dice.below(60) as u8).replace("!fresh", "").replace("!again=d", "");
        let seen: Vec<&str> = holds.iter().map(String::as_str).collect();
        let by = people[who].name;
        story.line(&format!("{by} {name} {} !hour={clock} {how} {words}", seen.join(",")));
        said.note(&name, &words);
        people[who].holds.insert(name.clone());
        pasts.insert(name, people[who].holds.clone());
    }
    story
}

/// Two meet: both have everything then, or the link broke and one has got a part.
fn meet(people: &mut [Person], pasts: &BTreeMap<String, BTreeSet<String>>, dice: &mut Dice) {
    let one = dice.below(people.len() as u64) as usize;
    let other = (one + 1 + dice.below(people.len() as u64 - 1) as usize) % people.len();
    if dice.once_in(3) {
        let all: Vec<&String> = people[one].holds.iter().collect();
        let part = pasts[*dice.one_of(&all)].clone();
        people[other].holds.extend(part);
    } else {
        let both = &people[one].holds | &people[other].holds;
        people[one].holds.clone_from(&both);
        people[other].holds = both;
    }
}

/// The state that every order of a history ends in.
fn end(story: &Story, seed: u64) -> Grievance {
    let document = story.document(&story.copies);
    let arrivals = Arrivals {
        id: document.id,
        kind: DocumentKind::Grievance,
        place: document.place,
        creator: document.creator,
        copies: &story.copies,
        rosters: &story.roster,
    };
    let splits = usize::from(seed.is_multiple_of(SPLIT_EVERY));
    let ended = arrivals
        .some(&mut Dice::new(seed), ORDERS, splits)
        .unwrap_or_else(|fault| panic!("DOORSTEP_FIRST={seed} DOORSTEP_SEEDS=1: {fault}"));
    match ended.state {
        State::Grievance(state) => *state,
        _ => panic!("no grievance"),
    }
}

#[test]
fn histories_end_the_same_whatever_the_order_and_lose_nothing() {
    let first = number("DOORSTEP_FIRST").unwrap_or(1);
    let seeds = number("DOORSTEP_SEEDS").unwrap_or(SEEDS);
    let mut stages: BTreeMap<Stage, u64> = BTreeMap::new();
    let mut tally = kept::Tally::default();
    let (mut rows, mut acts, mut flagged, mut merged) = (Vec::new(), 0, 0, 0);
    for seed in first..first + seeds {
        let story = history(seed);
        let state = end(&story, seed);
        let fault = kept::nothing_is_lost(&story.copies, &state, &mut tally).err();
        assert_eq!(fault, None, "DOORSTEP_FIRST={seed} DOORSTEP_SEEDS=1");
        *stages.entry(state.stage).or_default() += 1;
        acts += story.copies.len();
        flagged += usize::from(!state.flags.is_empty());
        rows.extend(counted::row(state, rows.len()));
        if rows.len() == BATCH {
            let held = counted::figures_hold(&rows, seed);
            let counted =
                held.unwrap_or_else(|fault| panic!("batch that ends with {seed}: {fault}"));
            merged += u64::from(counted.collected_groups < counted.collected);
            rows.clear();
        }
    }
    println!(
        "{seeds} histories, {acts} acts, {flagged} flagged, {stages:?}, {tally:?}, {merged} merged"
    );
    // Histories in which little happens prove little.
    if seeds >= SEEDS {
        assert!(stages.len() >= 11, "{stages:?}");
        assert!(flagged as u64 > seeds / 4, "{flagged}");
        assert!(tally.enough(seeds), "{tally:?}");
        assert!(merged > seeds / (4 * BATCH as u64), "{merged}");
    }
}

#[test]
fn one_seed_is_one_history() {
    let values = |seed| -> Vec<Vec<u8>> {
        history(seed).copies.into_iter().map(|copy| copy.value).collect()
    };
    assert_eq!(values(5), values(5));
    assert_ne!(values(5), values(6));
    assert!(values(5).len() > 10);
}

/// A state in which something was lost is found out: each of these is an end that some history could have
/// had if the fold had a fault.
#[test]
fn a_loss_is_found() {
    let found = |lines: &[&str], spoil: fn(&mut Grievance)| {
        let story = Story::grievance(lines);
        let mut state = story.fold();
        let mut tally = kept::Tally::default();
        assert_eq!(kept::nothing_is_lost(&story.copies, &state, &mut tally), Ok(()), "{lines:?}");
        spoil(&mut state);
        kept::nothing_is_lost(&story.copies, &state, &mut tally).unwrap_err()
    };
    let no = ["Li r d resolve", "Wang n r reject resolution=@r"];
    let yes = ["Li r d resolve", "Wang c r confirm resolution=@r"];
    let up = ["Li e d escalate level=community"];
    let urgent = ["Li g d set_grade grade=a"];
    let lost = |state: &mut Grievance| {
        state.story.iter_mut().for_each(|entry| entry.in_force = entry.kind == "discover");
    };
    assert!(found(&no, lost).contains("a rejection"));
    assert!(found(&yes, lost).contains("a confirmation"));
    assert!(found(&up, lost).contains("an escalation"));
    assert!(found(&urgent, lost).contains("a grade"));
    assert!(found(&no, |state| state.stage = Stage::Closed).contains("not heard again"));
    assert!(found(&no, |state| state.open_rejections.clear()).contains("a rejection"));
    assert!(found(&yes, |state| state.accounts.clear()).contains("an account"));
    assert!(found(&yes, |state| drop(state.story.pop())).contains("story"));
    assert!(found(&yes, |state| state.accounts[0].answers.clear()).contains("an answer"));
    assert!(
        found(&no, |state| state.story[2].event = None).contains("otherwise than it was written")
    );
    assert!(found(&no, |state| state.story[2].judgement = Judgement::Newer).contains("in force"));
    assert!(found(&up, |state| state.level = Level::Grid).contains("level"));
    assert!(found(&urgent, |state| state.grade = Grade::B).contains("grade"));
    assert!(found(&[], |state| state.stage = Stage::Confirmed).contains("confirmed"));
    assert!(found(&[], |state| state.stage = Stage::ClosedUnsolved).contains("told"));
    assert!(found(&no, |state| state.stage = Stage::Withdrawn).contains("withdrawn"));
}
