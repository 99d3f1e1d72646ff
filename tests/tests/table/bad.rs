//! Bad input: what the author's own phone answers, and what everybody shows when a modified phone sends it
//! all the same. Named, shown, never a panic, and nothing is dropped.

use std::time::Instant;

use doorstep_core::{ActOptions, WriteError};
use doorstep_domain::{
    event::{Contact, Event, Note, Progress, Text},
    fold::grievance::Stage,
    table::How,
};
use doorstep_protocol::id::ActId;
use doorstep_tests::World;
use serde_json::json;

use crate::{
    people::{ABSENT, register},
    play::{row, row_and},
};

/// It never becomes valid, though what it names arrives.
#[test]
fn an_unknown_target() {
    row(
        "Hu   d files
         apart
         Wang r resolve
         Li   c confirm resolution=@r !anyway => unknown_target
         Li   n correct event=@r !anyway => unknown_target",
        json!({"d": {
            "stage": "resolved", "rejected": {"c": "unknown_target", "n": "unknown_target"}
        }}),
    );
}

#[test]
fn a_target_of_another_kind() {
    row(
        "Hu   d files
         Wang a accept
         Li   c confirm resolution=@a !anyway => unknown_target
         Li   u not_duplicate link=@a !anyway => unknown_target",
        json!({"d": {
            "stage": "accepted", "rejected": {"c": "unknown_target", "u": "unknown_target"}
        }}),
    );
}

/// An app cannot even say it; a modified phone can.
#[test]
fn a_grade_that_does_not_exist() {
    let said = json!({"type": "set_grade", "grade": "z"});
    assert!(serde_json::from_value::<Event>(said).is_err());
    row(
        "Hu   d files
         Wang g raw=[6,9]
         apart
         Wang h raw=[6,9]
         Li   b set_grade grade=b",
        json!({"d": {
            "grade": "b", "flags": [], "rejected": {"g": "bad_value", "h": "bad_value"}
        }}),
    );
}

#[test]
fn bytes_that_are_no_act() {
    row(
        "Hu   d files
         Wang x whole=7
         Wang y whole=[1,2]
         Wang z whole={\"hex\":\"00ff\"}",
        json!({"d": {
            "stage": "discovered",
            "rejected": {"x": "bad_value", "y": "bad_value", "z": "bad_value"}
        }}),
    );
}

/// What makes a document stands in its first act, and in its own kind of document.
#[test]
fn an_event_where_it_does_not_belong() {
    row(
        "Hu   d files
         Li   e discover what=w reporter=anonymous kind=2 !anyway => not_first
         Li   c consent level=yes !anyway => wrong_document",
        json!({"d": {
            "stage": "discovered", "rejected": {"e": "not_first", "c": "wrong_document"}
        }}),
    );
}

/// A meeting held long ago, an item that is brought to it only later, one that goes on with an item of a
/// meeting still to come: links name what need not be here, so all of it stands.
#[test]
fn a_meeting_in_the_past_with_an_item_of_the_future() {
    row(
        "Hu   d files
         Chen m holds day=10
         Gao  n holds day=29000
         apart
         Chen c council_item meeting=#m item=0102030405060708
         Gao  i item item=0102030405060708 grievances=[#d] !in=m
         Chen j item item=1112131415161718 carries={\"meeting\":\"#n\",\"item\":\"2122232425262728\"} !in=m
         Gao  o item_outcome item=2122232425262728 outcome=resolved !in=n",
        json!({
            "d": {"stage": "discovered", "in_force": ["d", "c"]},
            "m": {"day": 10, "items": {
                "0102030405060708": {"outcome": null, "grievances": ["d"]},
                "1112131415161718": {"outcome": null, "carries": "n"}
            }},
            "n": {"day": 29000, "items": {}}
        }),
    );
}

/// Kept byte for byte, shown as a newer entry, without effect; the others' acts on it go through.
#[test]
fn a_newer_schema_on_an_older_app() {
    row_and(
        "Hu   d files
         Wang r resolve
         apart
         Wang z whole=[2,\"something_new\",[1,2,3]]
         Li   p progress
         together
         Li   n note text=What_is_this",
        json!({"d": {"stage": "resolved", "newer": 1, "newer_entries": ["z"], "in_force": ["d", "r", "p", "n"]}}),
        |play| {
            let doc = play.doc("d");
            let act = play.ids.events["z"].act;
            let mut kept = Vec::new();
            for name in play.world.names() {
                let copies = play.world.phone_mut(&name).bare_store().copies(doc).unwrap();
                let copy = copies.into_iter().find(|copy| copy.act == act).unwrap();
                kept.push(copy.value);
            }
            assert!(kept.windows(2).all(|two| two[0] == two[1]));
            assert!(kept[0].windows(13).any(|part| part == b"something_new"));
        },
    );
}

/// A newer word of the resident keeps a grievance from closed; a newer kind of work does not.
#[test]
fn a_newer_kind() {
    for (raw, stage) in [("raw=[150,1]", "confirmed"), ("raw=[100,\"w\"]", "closed")] {
        row(
            &format!(
                "Hu   d files
                 Wang r resolve
                 Hu   c confirm resolution=@r
                 apart
                 Wang f feed_back resolution=@r
                 Li   z {raw}"
            ),
            json!({"d": {"stage": stage, "newer": 1, "newer_entries": ["z"]}}),
        );
    }
}

/// A view of a document that is not here, and of what was never on a screen.
#[test]
fn a_view_of_what_is_not_here() {
    let mut world = World::with_roster(15, register());
    world.enrol(&["Hu", "Wang"]);
    let d = world.phone("Hu").files("G1-1");
    world.phone("Hu").meets();
    world.phone("Wang").meets();
    let engine = world.phone("Wang").engine();
    let note = || vec![Event::Note(Note { text: Text::from("n".to_owned()) })];
    for view in ["ab".repeat(16), d.to_string(), format!("{d}{}", "01".repeat(32))] {
        let act = engine.act(&view.parse().unwrap(), note(), ActOptions::default());
        assert_eq!(act, Err(WriteError::LookAgain), "{view}");
    }
    assert_eq!(engine.grievance(d).unwrap().unwrap().state.story.len(), 1);
}

/// A thousand events on one grievance, by two who do not see each other.
#[test]
fn a_thousand_events_on_one_grievance() {
    const EVENTS: usize = 1_000;
    const OF_AN_ACT: usize = 25;
    let mut world = World::with_roster(16, register());
    world.enrol(&["Hu", "Wang", ABSENT]);
    let d = world.phone("Hu").files("G1-1");
    world.phone("Hu").meets();
    world.phone("Wang").meets();
    let events = || -> Vec<Event> {
        let note = Event::Note(Note { text: Text::from("n".to_owned()) });
        let contact = Event::Contact(Contact { how: How::Help, text: None });
        let work = Progress { how: How::Help, helpers: vec![], parties: None, text: None };
        [note, contact, Event::Progress(work)].into_iter().cycle().take(OF_AN_ACT).collect()
    };
    let since = Instant::now();
    for n in 0..EVENTS / OF_AN_ACT {
        let mut hand = world.phone(["Hu", "Wang"][n % 2]);
        let view = hand.view(d).unwrap();
        let options = ActOptions::once(ActId([n as u8 + 1; 8]));
        hand.act_as(&view, events(), options, String::new()).unwrap();
    }
    println!("{EVENTS} events saved in {} ms", since.elapsed().as_millis());
    world.settle();
    for name in ["Hu", "Wang", ABSENT] {
        let state = world.phone(name).grievance(d).state;
        assert_eq!((state.story.len(), state.stage), (1 + EVENTS, Stage::InProgress), "{name}");
    }
}
