//! Bad input: each has a named outcome, stands in the story with it, drops nothing and breaks nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod town;

use doorstep_domain::{
    check::check,
    event::{Act, Decoded, Event, Marks},
    figures::{Row, figures, row},
    fold::{
        Grievance, grievance,
        grievance::Stage,
        household, meeting,
        story::{Entry, Judgement},
    },
    input::{Copy, Document},
    table::{ConsentLevel, MeetingOutcome, Rejection},
};
use doorstep_protocol::{
    cbor::Value,
    id::{ActId, DocumentId, DocumentKind},
};
use town::Story;

/// The story ends with the event and its outcome; all that was there before is there as it was.
fn ends_with(story: &Story, before: &Grievance, outcome: Judgement) -> Entry {
    let state = story.fold();
    let (last, others) = state.story.split_last().unwrap();
    assert_eq!(last.judgement, outcome);
    assert!(!last.in_force);
    assert_eq!(others, before.story);
    assert_eq!((state.stage, state.round, state.owner), (before.stage, before.round, before.owner));
    // Who would have saved it was told the same.
    let new = story.copies.last().unwrap();
    let others = &story.copies[..story.copies.len() - 1];
    match outcome {
        Judgement::Rejected(reason) => {
            let told = check(&story.document(others), &story.roster, new);
            assert_eq!(told, Err(vec![(0, reason)]));
        }
        _ => assert_eq!(check(&story.document(others), &story.roster, new), Ok(())),
    }
    last.clone()
}

fn refused(lines: &[&str], line: &str, reason: Rejection) -> Entry {
    let mut story = Story::grievance(lines);
    let before = story.fold();
    story.line(line);
    ends_with(&story, &before, Judgement::Rejected(reason))
}

/// The last act, its value written by hand.
fn with_value(lines: &[&str], value: Vec<u8>, outcome: Judgement) -> Entry {
    let mut story = Story::grievance(lines);
    let before = story.fold();
    story.line("Chen n r note");
    story.copies.last_mut().unwrap().value = value;
    ends_with(&story, &before, outcome)
}

fn act(events: Vec<Value>) -> Vec<u8> {
    let marks = [Value::U64(1), Value::U64(town::START + 9), Value::U64(town::START)];
    let rest = [Value::Bool(true), Value::Null, Value::Array(events)];
    Value::Array(marks.into_iter().chain(rest).collect()).encode()
}

#[test]
fn an_unknown_target_is_named() {
    // Not seen by its author, though it is here.
    refused(&["Li r d resolve"], "Wang c d confirm resolution=@r", Rejection::UnknownTarget);
    // Of a wrong kind.
    refused(&["Li p d progress"], "Wang c p confirm resolution=@p", Rejection::UnknownTarget);
    // Of an act that nobody wrote, and a number that an act does not have.
    let mut story = Story::grievance(&["Li r d resolve"]);
    let before = story.fold();
    story.line("Wang c r confirm resolution=@r");
    let of = story.told["r"].id;
    for (act, n) in [(ActId([0xab; 8]), 0), (of.act, 7), (of.act, 63)] {
        let copy = story.copies.last_mut().unwrap();
        let Decoded::Act { marks, events } = Act::decode(&copy.value) else { panic!() };
        let mut event = events[0].clone().unwrap();
        let Event::Confirm(confirm) = &mut event else { panic!() };
        (confirm.resolution.act, confirm.resolution.n) = (act, n);
        let Marks { claimed, floor, certain, happened } = marks;
        let written = Act { claimed, floor, certain, happened, events: vec![event] };
        copy.value = written.encode().unwrap();
        ends_with(&story, &before, Judgement::Rejected(Rejection::UnknownTarget));
    }
}

#[test]
fn a_role_that_the_author_lacks_is_named() {
    for who in ["Audit", "Far", "Wu"] {
        refused(&["Li r d resolve"], &format!("{who} x r accept"), Rejection::NoRight);
    }
    refused(&["Li r d resolve"], "Li x r close_unsolved told=phone", Rejection::NoRight);
    refused(&[], "Li x d transfer to=#5", Rejection::NoRight);
    // By the roster of the time: Chen had the role, and lost it.
    refused(&["Chen a d accept"], "Chen x a progress !point=2", Rejection::NoRight);
}

#[test]
fn a_grade_that_does_not_exist_is_a_bad_value() {
    for grade in [4, 255, u64::MAX] {
        let set = Value::Array(vec![Value::U64(6), Value::U64(grade)]);
        let last = with_value(
            &["Li r d resolve"],
            act(vec![set]),
            Judgement::Rejected(Rejection::BadValue),
        );
        assert_eq!((last.kind, last.event), ("set_grade", None));
    }
    // The other events of its act stand.
    let mut story = Story::grievance(&["Li r d resolve", "Chen n r note"]);
    let bad = Value::Array(vec![Value::U64(6), Value::U64(4)]);
    story.copies.last_mut().unwrap().value = act(vec![bad, Value::Array(vec![Value::U64(1)])]);
    let state = story.fold();
    assert_eq!(state.owner, Some(town::member("Chen")));
    assert_eq!(state.story.len(), 4);
}

#[test]
fn a_newer_schema_is_kept_and_shown() {
    let newer = Value::Array(vec![Value::U64(2), Value::Text("of tomorrow".into())]).encode();
    let last = with_value(&["Li r d resolve"], newer, Judgement::Newer);
    assert_eq!((last.kind, last.event), ("unknown", None));
    let kind = Value::Array(vec![Value::U64(120), Value::U64(3)]);
    let last = with_value(&["Li r d resolve"], act(vec![kind]), Judgement::Newer);
    assert!(matches!(last.event, Some(Event::Unknown(_))));
}

#[test]
fn what_is_no_act_is_one_bad_event() {
    let too_long = vec![Value::Array(vec![Value::U64(1)]); 65];
    let values = [Vec::new(), vec![0xff], vec![0x80], act(Vec::new()), act(too_long)];
    for value in values {
        with_value(&["Li r d resolve"], value, Judgement::Rejected(Rejection::BadValue));
    }
}

/// Each of three is said to be the same trouble as the next, round and round, one also as itself.
#[test]
fn a_cycle_of_duplicates_is_one_group() {
    let mut rows = Vec::new();
    for (doc, others) in [(1_u8, vec![2, 1]), (2, vec![3]), (3, vec![1])] {
        let mut story = Story::grievance(&[]);
        for other in others {
            story.line(&format!("Li x{other} d duplicate_of other=#{other}"));
        }
        let document = Document { id: DocumentId([doc; 16]), ..story.document(&story.copies) };
        let state = grievance::fold(&document, &story.roster);
        assert!(state.story.iter().all(|entry| entry.judgement == Judgement::Valid));
        assert_eq!(
            (state.stage, state.duplicates.len()),
            (Stage::Discovered, state.story.len() - 1)
        );
        rows.push(row(&document, &story.roster).unwrap());
    }
    let all = figures(&rows);
    assert_eq!((all.collected, all.collected_groups), (3, 1));
    rows.reverse();
    assert_eq!(figures(&rows), all);
}

/// A transfer in a cycle: the earliest stays, so that none of them is lost.
#[test]
fn a_cycle_of_transfers_leaves_one_in() {
    let mut rows: Vec<Row> = Vec::new();
    for (doc, other) in [(1_u8, 2), (2, 1)] {
        let mut story = Story::grievance(&[]);
        story.line(&format!("Sun t d transfer to=#{other}"));
        let document = Document { id: DocumentId([doc; 16]), ..story.document(&story.copies) };
        rows.push(row(&document, &story.roster).unwrap());
    }
    let all = figures(&rows);
    assert_eq!((all.collected, all.transferred), (1, 1));
}

/// No rule compares anything with now: a meeting of long ago whose item was decided far ahead stands.
#[test]
fn a_meeting_in_the_past_with_a_future_item_stands_as_it_was_written() {
    let mut story = Story::new(DocumentKind::Meeting);
    story.line("Sun m - held day=3");
    story.line("Sun i m item item=0a0a0a0a0a0a0a0a !hour=900000");
    story.line("Sun o i item_outcome item=0a0a0a0a0a0a0a0a outcome=deferred !hour=900001");
    let state = meeting::fold(&story.document(&story.copies), &story.roster);
    assert!(state.story.iter().all(|entry| entry.judgement == Judgement::Valid));
    assert_eq!(state.facts.unwrap().day.0, 3);
    assert_eq!(state.items[0].outcome, Some(MeetingOutcome::Deferred));
    // An outcome of an item that is not on the table is kept, and counts nowhere.
    story.line("Sun p o item_outcome item=0b0b0b0b0b0b0b0b outcome=resolved");
    let state = meeting::fold(&story.document(&story.copies), &story.roster);
    assert_eq!((state.items.len(), state.story.len()), (1, 4));
}

/// Settles that name settles that name settles: each is read once, however they are woven.
#[test]
fn settles_of_settles_take_no_longer_than_others() {
    let mut story = Story::new(DocumentKind::Household);
    story.line("Li f - found");
    story.line("Li a f consent level=yes");
    story.line("Li b f consent level=no !fresh");
    let mut seen = vec!["a".to_owned(), "b".to_owned()];
    for n in 0..2_000 {
        let [.., one, other] = seen.as_slice() else { panic!() };
        let line = format!("Sun s{n} a,b,{other} settle flag=consent about=[@{one},@{other}]");
        story.line(&line);
        seen.push(format!("s{n}"));
    }
    let state = household::fold(&story.document(&story.copies), &story.roster);
    assert_eq!((state.consent, state.story.len()), (Some(ConsentLevel::No), 2_003));
}

/// Two copies of acts that strike each other, each having seen a copy of the other: nobody loops.
#[test]
fn copies_that_strike_each_other_end() {
    let mut story = Story::grievance(&["Li x d note"]);
    story.line("Wang y x note");
    story.line("Li z d,y correct event=@y !fresh !again=x");
    let copies: Vec<Copy> = story.copies.clone();
    let state = story.fold();
    assert_eq!(state.story.len(), 3);
    let mut other = copies;
    other.reverse();
    assert_eq!(grievance::fold(&story.document(&other), &story.roster), state);
}
