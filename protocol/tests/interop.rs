//! A document of Doorstep is an ordinary Automerge document, both ways: what the encoder writes
//! applies there in any order and survives `save()`; what Automerge commits is, byte for byte, what
//! the encoder would have written, and passes the guard.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test stops where it fails

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use automerge::{
    ActorId as TheirActor, Automerge, Change as Theirs, ReadDoc, ScalarValue,
    transaction::{CommitOptions, Transactable},
};
use doorstep_protocol::{
    change::{Change, guard},
    id::ChangeHash,
};
use proptest::prelude::*;
use support::{History, Numbers, Step, actor};

fn theirs(raw: &[u8]) -> Theirs {
    Theirs::from_bytes(raw.to_vec()).unwrap()
}

fn heads(doc: &Automerge) -> BTreeSet<ChangeHash> {
    doc.get_heads().into_iter().map(|head| ChangeHash(head.0)).collect()
}

fn doc_of<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> Automerge {
    let mut doc = Automerge::new();
    doc.apply_changes(changes.into_iter().map(theirs).collect::<Vec<_>>()).unwrap();
    doc
}

/// What Automerge itself commits on top of the same past.
fn commit(doc: &mut Automerge, change: &Change) -> Vec<u8> {
    doc.set_actor(TheirActor::from(&change.actor.0[..]));
    let done = doc
        .transact_with::<_, _, automerge::AutomergeError, _>(
            |()| CommitOptions::default().with_time(0),
            |tx| {
                let value = ScalarValue::Bytes(change.value.clone());
                tx.put(automerge::ROOT, change.act.key(), value)
            },
        )
        .unwrap();
    let theirs = doc.get_change_by_hash(&done.hash.unwrap()).unwrap();
    theirs.raw_bytes().to_vec()
}

fn ours_apply_in_any_order(history: &History, numbers: &mut Numbers) {
    let order = history.shuffled(numbers);
    let mut doc = Automerge::new();
    let mut rest = &order[..];
    while !rest.is_empty() {
        let (batch, after) = rest.split_at(1 + numbers.below(rest.len()));
        let changes = batch.iter().map(|at| theirs(&history.nodes[*at].raw.bytes));
        doc.apply_changes(changes.collect::<Vec<_>>()).unwrap();
        rest = after;
    }
    assert_eq!(heads(&doc), history.heads());
    let loaded = Automerge::load(&doc.save()).unwrap();
    assert_eq!(heads(&loaded), history.heads(), "save and load keep the heads");
    let kept: BTreeSet<Vec<u8>> =
        loaded.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect();
    let written: BTreeSet<Vec<u8>> =
        history.nodes.iter().map(|node| node.raw.bytes.clone()).collect();
    assert_eq!(kept, written, "save and load keep every byte");
    for node in &history.nodes {
        let values: Vec<_> = loaded.get_all(automerge::ROOT, node.change.act.key()).unwrap();
        let value = |v: &automerge::Value<'_>| v.as_bytes() == Some(&node.change.value[..]);
        assert!(values.iter().any(|(v, _)| value(v)), "every act is in the document");
    }
}

fn theirs_are_ours(history: &History) {
    for node in &history.nodes {
        assert_eq!(guard(&node.raw.bytes).as_ref(), Ok(&node.change));
        // A second put on a key supersedes the first when Automerge makes it; the engine's does not.
        let again = node.past.iter().any(|at| history.nodes[*at].change.act == node.change.act);
        if again {
            continue;
        }
        let mut doc = doc_of(node.past.iter().map(|at| &history.nodes[*at].raw.bytes[..]));
        let made = commit(&mut doc, &node.change);
        assert_eq!(guard(&made).as_ref(), Ok(&node.change), "Automerge's own passes the guard");
        assert_eq!(made, node.raw.bytes, "the same bytes as Automerge's own commit");
    }
}

fn steps(actors: u8) -> impl Strategy<Value = Vec<Step>> {
    let step = (0..actors, 0_u8..8, any::<u16>(), any::<u8>())
        .prop_map(|(actor, view, pick, value)| Step { actor, view, pick, value });
    prop::collection::vec(step, 1..40)
}

/// `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    if asked { default } else { ProptestConfig { cases: 256, ..default } }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_the_engine_writes_opens_in_automerge(steps in steps(20), seed in any::<u64>()) {
        let history = History::of(&steps);
        let mut numbers = Numbers(seed);
        for _ in 0..3 {
            ours_apply_in_any_order(&history, &mut numbers);
        }
    }

    #[test]
    fn what_automerge_writes_is_what_the_engine_writes(steps in steps(6)) {
        theirs_are_ours(&History::of(&steps));
    }
}

fn alone(actor: u8) -> Step {
    Step { actor, view: 2, pick: 0, value: 9 }
}

#[test]
fn seventeen_people_who_write_unseen_by_each_other_are_merged_by_the_next_change() {
    let mut steps: Vec<Step> = (0..18).map(alone).collect();
    steps.push(Step { actor: 3, view: 0, pick: 0, value: 1 });
    let history = History::of(&steps);
    assert_eq!(history.nodes[18].change.deps.len(), 17);
    assert_eq!(history.heads().len(), 1);
    ours_apply_in_any_order(&history, &mut Numbers(17));
    theirs_are_ours(&history);
}

#[test]
fn long_values_and_large_numbers_have_the_same_bytes_too() {
    // LEB128 grows a byte at 128 and at 16,384: lengths of value and chunk, seq and start_op.
    let mut history = History::of(&[alone(1)]);
    for length in [1, 7, 8, 50, 60, 100, 127, 128, 200, 1023, 1024, 16_000, 16_384, 65_000] {
        let mut doc = doc_of([&history.nodes[0].raw.bytes[..]]);
        let change = Change {
            actor: actor(2),
            seq: 1,
            start_op: 2,
            deps: vec![history.nodes[0].raw.hash],
            act: doorstep_protocol::id::ActId([9; 8]),
            value: vec![length as u8; length],
        };
        let made = commit(&mut doc, &change);
        assert_eq!(made, change.encode().unwrap().bytes, "{length}");
    }
    let steps: Vec<Step> = (0..300).map(|n| Step { value: n as u8 % 20, ..alone(1) }).collect();
    history = History::of(&steps);
    ours_apply_in_any_order(&history, &mut Numbers(300));
    let mut doc = Automerge::new();
    for node in &history.nodes {
        assert_eq!(commit(&mut doc, &node.change), node.raw.bytes);
    }
}

#[test]
fn numbers_up_to_the_end_of_u32_are_read_alike() {
    for number in [1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 1 << 28, u32::MAX] {
        let change = Change {
            actor: actor(2),
            seq: number,
            start_op: number,
            deps: vec![ChangeHash([7; 32])],
            act: doorstep_protocol::id::ActId([9; 8]),
            value: vec![1],
        };
        let raw = change.encode().unwrap();
        assert_eq!(guard(&raw.bytes), Ok(change));
        let read = theirs(&raw.bytes);
        assert_eq!((read.seq(), read.start_op().get()), (number.into(), number.into()));
        assert_eq!((read.hash().0, read.len()), (raw.hash.0, 1));
    }
}
