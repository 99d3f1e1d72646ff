//! A relay that was restored is made whole by the phones.

use std::collections::BTreeMap;

use doorstep_protocol::{
    id::DocumentId,
    log::Verdict,
    store::{DeviceStore as _, StoreError},
};

use super::{Phone, Relay};
use crate::store::{CopyState, alarm};

fn restored() -> (Relay, Phone, Phone, DocumentId) {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let mut wang = Phone::enrolled(&mut relay, "wang");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    relay.meet(&mut wang);
    let backup = relay.clone();
    for (phone, text) in [(&mut li, "li"), (&mut wang, "wang")] {
        phone.act(doc, text);
        phone.seal();
        relay.meet(phone);
    }
    relay.meet(&mut li);
    (backup, li, wang, doc)
}

#[test]
fn what_stood_above_the_common_point_is_unsent_again_own_and_others() {
    let (mut relay, mut li, mut wang, doc) = restored();
    let scope = relay.buildings[0].scope();
    relay.pull(&mut li, &BTreeMap::new());
    assert_eq!(li.alarm_names(), [alarm::DIVERGED]);
    assert_eq!(li.store.unsent().unwrap().len(), 2);
    assert_eq!(li.store.counts().unwrap().carried, 1);
    let states: Vec<CopyState> = li.copies(doc).iter().map(|copy| copy.state).collect();
    assert_eq!(states, [CopyState::Log, CopyState::Pending, CopyState::Pending]);
    assert_eq!(li.texts(doc), ["birth", "li", "wang"], "it goes on counting here");
    assert_eq!(li.store.chain_at(scope, 2).unwrap(), None);
    li.check();
    // The other phone never comes back; this one brings both.
    relay.meet(&mut li);
    assert_eq!(relay.logs[&scope].len(), 3);
    assert_eq!(li.store.unsent().unwrap(), []);
    relay.meet(&mut wang);
    assert_eq!(wang.store.unsent().unwrap(), []);
    assert_eq!(wang.texts(doc), ["birth", "li", "wang"]);
    wang.check();
}

#[test]
fn a_true_fork_joins_again() {
    let (mut relay, mut li, mut wang, doc) = restored();
    let mut zhou = Phone::enrolled(&mut relay, "zhou");
    zhou.act(doc, "zhou, who met the restored relay first");
    zhou.seal();
    relay.meet(&mut zhou);
    for _ in 0..2 {
        for phone in [&mut li, &mut wang, &mut zhou] {
            relay.meet(phone);
            phone.check();
        }
    }
    let all = ["birth", "li", "wang", "zhou, who met the restored relay first"];
    for phone in [&li, &wang, &zhou] {
        assert_eq!(phone.texts(doc), all);
        assert_eq!(phone.store.unsent().unwrap(), []);
    }
}

#[test]
fn a_verdict_of_the_lost_log_is_judged_anew() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    let backup = relay.clone();
    let (mut clone, _folder) = li.copy();
    clone.act(doc, "of the clone");
    clone.seal();
    relay.meet(&mut clone);
    let twin = li.act(doc, "of the first");
    li.seal();
    li.store.new_incarnation(&li.entropy, "cloned").unwrap();
    relay.meet(&mut li);
    assert_eq!(li.state_of(doc, twin), CopyState::Aside(Verdict::Twin));
    assert_eq!(li.write_again(), 1);
    li.seal();
    relay.meet(&mut li);
    let mut relay = backup;
    relay.pull(&mut li, &BTreeMap::new());
    li.check();
    assert_eq!(li.texts(doc), ["birth", "of the clone", "of the first"]);
    relay.meet(&mut li);
    let wang = Phone::enrolled(&mut relay, "wang");
    assert_eq!(wang.texts(doc), ["birth", "of the clone", "of the first"]);
    wang.check();
    assert_eq!(li.write_again(), 0);
}

#[test]
fn a_roster_is_never_rebased() {
    let (relay, mut li, ..) = restored();
    let scope = relay.roster.scope();
    assert!(matches!(li.store.rebase(scope, 1), Err(StoreError::Failed(_))));
    li.store.note_fork(scope).unwrap();
    assert_eq!(li.alarm_names(), [alarm::ROSTER_FORK]);
    assert_eq!(li.point().seq, relay.roster.tip_seq());
}
