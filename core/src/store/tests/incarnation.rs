//! New lives of a store, and what is written again.

use doorstep_protocol::{
    id::{ActId, Incarnation, Nonce, SealId},
    log::Verdict,
    seal::Seal,
    store::{DeviceStore as _, Index as _},
};

use super::{Dry, NewAct, Phone, Relay, SaveError, text_of};
use crate::store::{CopyState, Entropy, EntropyError, IncarnationError, StoredCopy};

fn of<'a>(copies: &'a [StoredCopy], text: &str) -> &'a StoredCopy {
    copies.iter().rev().find(|copy| text_of(&copy.value) == text).unwrap()
}

#[test]
fn what_is_not_sealed_is_written_again_and_means_the_same() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    let sealed = li.store.unsent().unwrap();
    li.act(doc, "a");
    li.act(doc, "b");
    let before = li.copies(doc);
    let was = li.store.incarnation();
    let now = li.store.new_incarnation(&li.entropy, "test").unwrap();
    assert_ne!(was, now);
    let after = li.copies(doc);
    assert_eq!(after.len(), 3);
    assert_eq!(after[0], before[0], "the seal stays as it is");
    for (old, new) in before.iter().zip(&after).skip(1) {
        assert_eq!((old.act, &old.value, old.point), (new.act, &new.value, new.point));
        assert_eq!(new.actor.incarnation(), now);
        assert_ne!(old.hash, new.hash);
    }
    assert_eq!(of(&after, "a").deps, [after[0].hash]);
    assert_eq!(of(&after, "b").deps, [of(&after, "a").hash]);
    assert_eq!(li.store.unsent().unwrap(), sealed);
    li.check();
    li.seal();
    relay.meet(&mut li);
    assert_eq!(li.store.counts().unwrap().settled, 3);
    let (again, _folder) = li.copy();
    assert_eq!(again.store.incarnation(), now, "kept in the file");
}

#[test]
fn without_randomness_nothing_changes() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    let before = (li.store.incarnation(), li.copies(doc));
    let failed = li.store.new_incarnation(&Dry, "test");
    assert_eq!(failed, Err(IncarnationError::Entropy(EntropyError)));
    assert_eq!((li.store.incarnation(), li.copies(doc)), before);
}

struct Always([u8; 4]);

impl Entropy for Always {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        out.copy_from_slice(&self.0);
        Ok(())
    }
}

#[test]
fn an_incarnation_is_never_taken_twice() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let used = li.store.incarnation();
    assert!(li.store.new_incarnation(&Always(used.0), "test").is_err());
    assert!(li.store.new_incarnation(&Always([0; 4]), "test").is_err());
    let fresh = li.store.new_incarnation(&Always([1; 4]), "test").unwrap();
    assert_eq!(fresh, Incarnation([1; 4]));
    assert!(li.store.new_incarnation(&Always(used.0), "test").is_err(), "nor one of before");
}

#[test]
fn a_birth_that_was_set_aside_is_written_again_first() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    let second = li.act(doc, "second");
    li.seal();
    let id = li.store.unsent().unwrap()[0];
    let bytes = li.store.seal_bytes(id).unwrap().unwrap();
    relay.append(&Seal::decode(&bytes).unwrap(), &bytes, &[Verdict::Needs]);
    relay.meet(&mut li);
    assert_eq!(li.state_of(doc, second), CopyState::Aside(Verdict::Needs));
    assert_eq!(li.store.document(doc).unwrap(), None, "no applied birth");
    assert_eq!(li.write_again(), 2);
    assert_eq!(li.write_again(), 0);
    assert_eq!(li.texts(doc), ["birth", "second"]);
    let copies = li.copies(doc);
    assert_eq!(of(&copies, "birth").deps, []);
    assert_eq!(of(&copies, "second").deps, [of(&copies, "birth").hash]);
    li.check();
    li.seal();
    relay.meet(&mut li);
    let wang = Phone::enrolled(&mut relay, "wang");
    assert_eq!(wang.texts(doc), ["birth", "second"]);
    wang.check();
}

#[test]
fn writing_again_ends_at_the_cap() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    let (mut clone, _folder) = li.copy();
    for (phone, name) in [(&mut clone, "clone"), (&mut li, "li")] {
        for n in 0..3 {
            phone.act(doc, &format!("{name} {n} {}", "x".repeat(60_000)));
        }
        phone.seal();
    }
    relay.meet(&mut clone);
    li.store.new_incarnation(&li.entropy, "cloned").unwrap();
    let mut rounds = 0;
    for _ in 0..6 {
        relay.meet(&mut li);
        rounds += usize::from(li.write_again() > 0);
        li.seal();
        li.check();
    }
    assert_eq!(rounds, 1, "once, and never again");
    relay.meet(&mut li);
    assert_eq!(li.store.unsent().unwrap(), []);
    // Four fit; what does not is shown, each once, as what it is.
    let full: Vec<Option<Verdict>> = li
        .store
        .outgoing()
        .unwrap()
        .iter()
        .filter(|o| o.aside.is_some())
        .map(|o| o.aside)
        .collect();
    assert!(full.contains(&Some(Verdict::OverCap)), "{full:?}");
    let before = li.copies(doc).len();
    assert_eq!(li.write_again(), 0);
    assert_eq!(li.copies(doc).len(), before);
    let usage = li.store.usage(doc, li.store.device()).unwrap();
    assert!(usage.bytes <= 256 * 1024);
    // A small one still fits and a large one says that the document is full.
    li.act(doc, "small");
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), &"x".repeat(60_000));
    assert_eq!(li.save(&new), Err(SaveError::DocumentFull));
    li.check();
}

#[test]
fn an_actor_whose_change_was_set_aside_writes_no_more_in_that_document() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    li.act(doc, "aside");
    li.seal();
    let id: SealId = li.store.unsent().unwrap()[0];
    let bytes = li.store.seal_bytes(id).unwrap().unwrap();
    relay.append(&Seal::decode(&bytes).unwrap(), &bytes, &[Verdict::Needs]);
    relay.meet(&mut li);
    let new = li.new_act(doc, relay.buildings[0], ActId([5; 8]), "next");
    assert_eq!(li.save(&new), Err(SaveError::NeedIncarnation));
    assert_eq!(li.write_again(), 1);
    let new = NewAct { seen: li.store.heads(doc).unwrap(), ..new };
    li.save(&new).unwrap();
    assert_eq!(li.texts(doc), ["aside", "birth", "next"]);
    li.check();
}

#[test]
fn what_another_phone_built_on_a_lost_branch_stands_on_what_is_left() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let mut wang = Phone::enrolled(&mut relay, "wang");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    relay.meet(&mut wang);
    let (mut clone, _folder) = li.copy();
    clone.act(doc, "of the clone");
    clone.seal();
    relay.meet(&mut clone);
    li.act(doc, "lost branch");
    li.seal();
    // In a stairwell: wang gets it and builds on it.
    wang.store.take_bundle(&li.store.export_bundle(None).unwrap()).unwrap();
    let built = wang.act(doc, "built on it");
    wang.seal();
    relay.meet(&mut wang);
    relay.meet(&mut wang);
    assert_eq!(wang.state_of(doc, built), CopyState::Aside(Verdict::Needs));
    assert_eq!(wang.write_again(), 1);
    let copies = wang.copies(doc);
    assert_eq!(of(&copies, "built on it").deps, [of(&copies, "birth").hash]);
    wang.seal();
    relay.meet(&mut wang);
    assert_eq!(wang.texts(doc), ["birth", "built on it", "of the clone"]);
    wang.check();
    li.store.new_incarnation(&li.entropy, "cloned").unwrap();
    relay.meet(&mut li);
    assert_eq!(li.write_again(), 1);
    li.seal();
    relay.meet(&mut li);
    relay.meet(&mut wang);
    let all = ["birth", "built on it", "lost branch", "of the clone"];
    assert_eq!(
        (li.texts(doc), wang.texts(doc)),
        (all.map(str::to_owned).to_vec(), all.map(str::to_owned).to_vec())
    );
}

#[test]
fn a_document_of_one_is_not_made_twice() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    let again = NewAct {
        nonce: Some(Nonce([1; 12])),
        seen: vec![],
        ..li.new_act(doc, relay.buildings[0], ActId([5; 8]), "again")
    };
    assert_eq!(li.save(&again), Err(SaveError::WrongId));
}
