//! What comes from the relay, and what does not pass.

use std::collections::BTreeMap;

use doorstep_protocol::{
    frame::Refusal,
    id::{DocumentId, KeyHash, Scope, SealId},
    key::DeviceKey as _,
    log::{Entry, Verdict},
    roster::{Fact, Genesis, Roster, setting},
    seal::Seal,
    store::{DeviceStore as _, Stop, StoreError, TakenLog},
};

use super::{Phone, Relay};
use crate::store::{CopyState, alarm};

fn two() -> (Relay, Phone, Phone, DocumentId) {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let mut wang = Phone::enrolled(&mut relay, "wang");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    relay.meet(&mut wang);
    (relay, li, wang, doc)
}

fn unsent_seal(phone: &Phone) -> (Seal, Vec<u8>) {
    let id = *phone.store.unsent().unwrap().last().unwrap();
    let bytes = phone.store.seal_bytes(id).unwrap().unwrap();
    (Seal::decode(&bytes).unwrap(), bytes)
}

fn tip(phone: &Phone, scope: Scope) -> u32 {
    let (_, logs) = phone.store.cursors().unwrap();
    logs.iter().find(|cursor| cursor.scope == scope).map_or(0, |cursor| cursor.seq)
}

#[test]
fn a_seal_is_unsent_until_it_is_met_in_the_log() {
    let (mut relay, mut li, mut wang, doc) = two();
    let hash = li.act(doc, "more");
    li.seal();
    let waiting = li.store.outgoing().unwrap();
    assert_eq!((waiting.len(), waiting[0].hash, waiting[0].receipt), (1, hash, None));
    let offered = relay.push(&mut li);
    let receipted = li.store.outgoing().unwrap();
    let receipt = receipted[0].receipt.unwrap();
    assert_eq!((receipt.seq, receipt.verdict), (2, Verdict::Applied));
    assert_eq!(receipted[0].aside, None);
    assert_eq!(li.store.counts().unwrap().receipted_unmet, 1);
    assert_eq!(li.store.unsent().unwrap().len(), 1, "offered again though receipted");
    assert_eq!(li.state_of(doc, hash), CopyState::Pending);
    let taken = relay.pull(&mut li, &offered);
    assert_eq!(taken.documents, [doc].into());
    assert_eq!(li.store.outgoing().unwrap(), []);
    assert_eq!(li.store.unsent().unwrap(), []);
    assert_eq!(li.state_of(doc, hash), CopyState::Log);
    let copy = li.copies(doc).pop().unwrap();
    assert_eq!((copy.log_seq, copy.relay_time), (Some(2), Some(relay.now)));
    relay.meet(&mut wang);
    assert_eq!(wang.texts(doc), ["birth", "more"]);
    assert_eq!(wang.store.take_dirty(9).unwrap(), [doc]);
    wang.store.transaction(|tx| tx.clear_dirty(doc)).unwrap();
    assert_eq!(wang.store.take_dirty(9).unwrap(), []);
    wang.check();
}

#[test]
fn a_refusal_is_a_mark_until_the_seal_is_taken() {
    let (relay, mut li, _, doc) = two();
    li.act(doc, "more");
    li.seal();
    let id = li.store.unsent().unwrap()[0];
    li.store.mark_refused(id, Refusal::Quota).unwrap();
    assert_eq!(li.store.outgoing().unwrap()[0].refused, Some(Refusal::Quota));
    let mut relay = relay;
    relay.push(&mut li);
    assert_eq!(li.store.outgoing().unwrap()[0].refused, None);
}

#[test]
fn entries_that_are_held_are_taken_once() {
    let (relay, mut li, _, doc) = two();
    let scope = relay.buildings[0].scope();
    let before = li.copies(doc);
    let again = [relay.roster_log(0), relay.log(&li, scope, 0, false)];
    let taken = relay.take(&mut li, &again).unwrap();
    assert_eq!((taken.documents.len(), taken.cloned), (0, false));
    assert_eq!(li.copies(doc), before);
    assert_eq!(tip(&li, scope), 1);
}

#[test]
fn a_clone_is_found_out_by_its_seal_and_both_sides_are_kept() {
    let (mut relay, mut li, mut wang, doc) = two();
    let (mut clone, _folder) = li.copy();
    clone.act(doc, "of the clone");
    clone.seal();
    relay.meet(&mut clone);
    let sealed = li.act(doc, "sealed");
    li.seal();
    let unsealed = li.act(doc, "unsealed");
    let taken = relay.meet(&mut li);
    assert!(taken.cloned, "a seal of this incarnation is not here");
    assert_eq!(tip(&li, relay.buildings[0].scope()), 1, "the log stops before it");
    li.store.new_incarnation(&li.entropy, "cloned").unwrap();
    assert!(li.copies(doc).iter().all(|copy| copy.hash != unsealed), "written again");
    // The log brings the twin: what is pending is set aside at once, and what was built on it.
    relay.pull(&mut li, &BTreeMap::new());
    assert_eq!(li.state_of(doc, sealed), CopyState::Aside(Verdict::Twin));
    let copies = li.copies(doc);
    let rewritten = copies.iter().find(|c| super::text_of(&c.value) == "unsealed").unwrap();
    assert_eq!(rewritten.state, CopyState::Aside(Verdict::Needs));
    assert_eq!(li.texts(doc), ["birth", "of the clone"]);
    li.check();
    assert_eq!(li.write_again(), 1);
    assert_eq!(li.texts(doc), ["birth", "of the clone", "sealed", "unsealed"]);
    let copies = li.copies(doc);
    let of = |text: &str| copies.iter().rev().find(|c| super::text_of(&c.value) == text).unwrap();
    assert!(of("unsealed").deps.contains(&of("sealed").hash), "its dependency's copy");
    li.check();
    li.seal();
    relay.meet(&mut li);
    let aside = li.copies(doc).into_iter().find(|copy| copy.hash == sealed).unwrap();
    assert_eq!(aside.state, CopyState::Aside(Verdict::Twin), "now by the log");
    assert!(aside.log_seq.is_some());
    assert_eq!(li.write_again(), 0, "it counts in another copy");
    assert_eq!(li.store.outgoing().unwrap(), []);
    for phone in [&mut wang, &mut clone] {
        relay.meet(phone);
        phone.store.new_incarnation(&phone.entropy, "test").unwrap();
        relay.meet(phone);
        assert_eq!(phone.texts(doc), ["birth", "of the clone", "sealed", "unsealed"]);
        phone.check();
    }
}

#[test]
fn nothing_is_taken_beyond_an_entry_that_is_not_understood() {
    let (mut relay, mut li, mut wang, doc) = two();
    let scope = relay.buildings[0].scope();
    relay.append_entry(
        Entry { scope, seq: 2, kind: 7, relay_time: relay.now, body: vec![1] },
        None,
        Default::default(),
    );
    relay.append_entry(
        Entry { scope, seq: 3, kind: 6, relay_time: relay.now, body: vec![1] },
        None,
        Default::default(),
    );
    wang.act(doc, "after it");
    wang.seal();
    relay.push(&mut wang);
    for _ in 0..2 {
        let taken = relay.meet(&mut li);
        assert_eq!(taken.stopped, [(scope, Stop::NeedNewerApp)]);
        assert_eq!(tip(&li, scope), 2, "an odd kind is passed over");
    }
    assert_eq!(li.alarm_names(), [alarm::NEED_NEWER_APP], "raised once");
    // What a later burst brings of it is passed over, and the other logs go on.
    let elsewhere = wang.found(relay.buildings[1], "elsewhere");
    wang.seal();
    relay.push(&mut wang);
    let other = relay.buildings[1].scope();
    let later = [relay.log(&li, scope, 3, false), relay.log(&li, other, 0, false)];
    relay.take(&mut li, &later).unwrap();
    assert_eq!((tip(&li, scope), li.texts(elsewhere)), (2, vec!["elsewhere".to_owned()]));
    li.act(doc, "recording goes on");
    li.seal();
    relay.push(&mut li);
    assert_eq!(li.texts(doc), ["birth", "recording goes on"]);
    // The log was not read to its head: its receipts are not lost.
    li.store.note_up_to_date(relay.now, 0).unwrap();
    assert_eq!(li.store.counts().unwrap().receipted_unmet, 1);
    li.check();
}

#[test]
fn a_count_of_verdicts_that_is_not_the_digests_is_not_understood() {
    let (mut relay, mut li, mut wang, doc) = two();
    wang.act(doc, "more");
    wang.seal();
    let (seal, bytes) = unsent_seal(&wang);
    relay.append(&seal, &bytes, &[Verdict::Applied, Verdict::Applied]);
    let taken = relay.meet(&mut li);
    assert_eq!(taken.stopped, [(relay.buildings[0].scope(), Stop::NeedNewerApp)]);
}

#[test]
fn a_log_waits_for_the_roster_that_its_seals_name() {
    let (mut relay, mut li, mut wang, doc) = two();
    let scope = relay.buildings[0].scope();
    relay.record(&[Fact::Setting { name: setting::LEASE_S, value: Some(1) }]);
    relay.meet(&mut wang);
    wang.act(doc, "under the new point");
    wang.seal();
    relay.meet(&mut wang);
    let ahead = [relay.log(&li, scope, 1, false)];
    let taken = relay.take(&mut li, &ahead).unwrap();
    assert_eq!(taken.stopped, [(scope, Stop::NeedRoster)]);
    assert_eq!(tip(&li, scope), 1);
    assert_eq!(li.alarm_names(), [alarm::NEED_ROSTER]);
    let taken = relay.meet(&mut li);
    assert_eq!(taken.stopped, []);
    assert_eq!(li.texts(doc), ["birth", "under the new point"]);
}

#[test]
fn what_the_relay_calls_applied_must_pass_here_too() {
    let (mut relay, mut li, wang, doc) = two();
    let scope = relay.buildings[0].scope();
    let (mut clone, _folder) = wang.copy();
    let mut wang = wang;
    for phone in [&mut wang, &mut clone] {
        let text = format!("by {}", phone.store.device());
        phone.act(doc, &text);
        phone.act(doc, "of one of them");
        phone.seal();
    }
    let (first, bytes) = unsent_seal(&wang);
    relay.append(&first, &bytes, &[Verdict::Applied]);
    let (twin, bytes) = unsent_seal(&clone);
    relay.append(&twin, &bytes, &[Verdict::Applied]);
    let taken = relay.meet(&mut li);
    assert_eq!(taken.stopped, [(scope, Stop::Disagrees)]);
    assert_eq!(tip(&li, scope), 2);
    assert_eq!(li.copies(doc).len(), 3, "nothing of the second");
    assert_eq!(li.alarm_names(), [alarm::DISAGREES]);
    li.check();
}

#[test]
fn a_seal_must_be_the_one_that_its_entry_names_and_whole() {
    let (mut relay, mut li, mut wang, doc) = two();
    let scope = relay.buildings[0].scope();
    wang.act(doc, "more");
    wang.seal();
    let (seal, bytes) = unsent_seal(&wang);
    let cut = Seal { parts: vec![None], ..seal.clone() };
    let mut other = relay.clone();
    relay.append(&seal, &cut.encode(), &[Verdict::Applied]);
    let taken = relay.meet(&mut li);
    assert_eq!(taken.stopped, [(scope, Stop::Disagrees)], "cut out and not erased");
    let entry = Entry::seal(scope, 2, other.now, SealId([7; 32]), &[Verdict::Applied]);
    other.append_entry(entry, Some(bytes), Default::default());
    let taken = other.pull(&mut li, &BTreeMap::new());
    assert_eq!(taken.stopped, [(scope, Stop::Disagrees)], "another seal");
    assert_eq!(li.texts(doc), ["birth"]);
}

#[test]
fn what_was_erased_may_be_cut_out() {
    let (mut relay, mut li, mut wang, doc) = two();
    wang.act(doc, "late");
    wang.seal();
    let (seal, _) = unsent_seal(&wang);
    let cut = Seal { parts: vec![None], ..seal.clone() };
    relay.append(&seal, &cut.encode(), &[Verdict::Erased]);
    let taken = relay.meet(&mut li);
    assert_eq!(taken.stopped, []);
    assert_eq!(tip(&li, relay.buildings[0].scope()), 2);
    relay.pull(&mut wang, &BTreeMap::new());
    assert_eq!(wang.copies(doc).pop().unwrap().state, CopyState::Erased);
    wang.check();
}

#[test]
fn a_burst_that_fails_leaves_nothing_behind() {
    let (mut relay, mut li, mut wang, doc) = two();
    let scope = relay.buildings[0].scope();
    relay.record(&[Fact::Setting { name: setting::LEASE_S, value: Some(1) }]);
    wang.act(doc, "more");
    wang.seal();
    relay.push(&mut wang);
    let roster = relay.roster_log(li.point().seq);
    let mut broken = relay.log(&li, scope, 1, false);
    broken.entries[0].1.0[0] ^= 1;
    let before = li.point();
    assert!(relay.take(&mut li, &[roster, broken]).is_err());
    assert_eq!(li.point(), before);
    assert_eq!(tip(&li, scope), 1);
    let (copy, _folder) = li.copy();
    assert_eq!(copy.point(), before, "nor in the file");
    relay.meet(&mut li);
    assert_eq!(li.texts(doc), ["birth", "more"]);
}

#[test]
fn a_roster_of_another_realm_is_refused() {
    let relay = Relay::new();
    let mut li = Phone::new(&relay, "li");
    let spki = Relay::key_of("zhou").spki();
    let genesis = Genesis { nonce: [1; 32], relay: spki, backup: KeyHash([2; 32]) };
    let mut other = relay.clone();
    other.roster_log.clear();
    other.roster = Roster::new(relay.realm, Some(relay.block));
    other.record(&[Fact::Genesis(genesis)]);
    assert!(other.take(&mut li, &[other.roster_log(0)]).is_err());
    assert_eq!(li.store.rosters().len(), 0);
    let unnamed = TakenLog { scope: Scope([3; 8]), ..relay.roster_log(0) };
    let refused = relay.take(&mut li, &[unnamed]);
    assert!(matches!(refused, Err(StoreError::Failed(_))));
}

#[test]
fn a_receipt_that_the_log_does_not_keep_is_an_alarm_and_the_seal_goes_again() {
    let (mut relay, mut li, mut wang, doc) = two();
    wang.act(doc, "before");
    wang.seal();
    relay.meet(&mut wang);
    let backup = relay.clone();
    li.act(doc, "receipted");
    li.seal();
    // The answer comes, the link is cut before the log is read; then the relay is restored.
    relay.push(&mut li);
    assert!(li.store.outgoing().unwrap()[0].receipt.is_some());
    let mut relay = backup;
    relay.pull(&mut li, &BTreeMap::new());
    li.store.note_up_to_date(relay.now, 0).unwrap();
    assert_eq!(li.alarm_names(), [alarm::RECEIPT_LOST]);
    assert_eq!(li.store.outgoing().unwrap()[0].receipt, None, "not delivered after all");
    relay.meet(&mut li);
    assert_eq!(li.store.unsent().unwrap(), []);
    relay.meet(&mut wang);
    assert_eq!(wang.texts(doc), ["before", "birth", "receipted"]);
    assert_eq!(li.alarm_names().len(), 1);
    let number = li.store.alarms().unwrap()[0].number;
    li.store.clear_alarm(number).unwrap();
    assert_eq!(li.alarm_names().len(), 0);
}

#[test]
fn a_roster_that_the_relay_lost_is_handed_in_with_the_head_that_proves_it() {
    let (mut relay, mut li, ..) = two();
    let lost_from = relay.roster.tip_seq() + 1;
    relay.record(&[Fact::Setting { name: setting::LEASE_S, value: Some(1) }]);
    relay.record(&[Fact::Setting { name: setting::LEASE_S, value: Some(2) }]);
    relay.meet(&mut li);
    let scope = relay.roster.scope();
    let (entries, head) = li.store.roster_tail(scope, lost_from).unwrap();
    let expected: Vec<Entry> = relay
        .roster_log
        .iter()
        .skip(lost_from as usize - 1)
        .map(|(entry, _)| entry.clone())
        .collect();
    assert_eq!(entries, expected);
    let head = doorstep_protocol::head::Head::open(&head.unwrap(), &relay.realm, &relay.roster);
    let item = head.unwrap().items[0];
    assert_eq!((item.scope, item.seq), (scope, relay.roster.tip_seq()));
    assert_eq!(li.store.chain_at(scope, item.seq).unwrap(), Some(item.chain));
    assert_eq!(li.store.chain_at(scope, item.seq + 1).unwrap(), None);
}

#[test]
fn a_signature_that_is_not_the_authors_is_an_alarm() {
    let (mut relay, mut li, mut wang, doc) = two();
    wang.act(doc, "more");
    wang.seal();
    let (mut seal, _) = unsent_seal(&wang);
    seal.signature.0[5] ^= 1;
    relay.append(&seal, &seal.encode(), &[Verdict::Applied]);
    relay.meet(&mut li);
    assert_eq!(li.store.verify_some(1).unwrap(), 1);
    assert_eq!(li.alarm_names(), [alarm::BAD_SIGNATURE]);
    assert_eq!(li.store.verify_some(9).unwrap(), 0, "each is looked at once; own ones never");
    // After a rebase it would be unsent; nobody passes it on.
    li.store.rebase(relay.buildings[0].scope(), 1).unwrap();
    assert_eq!(li.store.unsent().unwrap(), []);
}

#[test]
fn an_own_change_that_is_set_aside_as_not_canonical_is_an_alarm() {
    let (mut relay, mut li, _, doc) = two();
    let hash = li.act(doc, "more");
    li.seal();
    let (seal, bytes) = unsent_seal(&li);
    relay.append(&seal, &bytes, &[Verdict::Guard]);
    relay.meet(&mut li);
    assert_eq!(li.alarm_names(), [alarm::OWN_GUARD]);
    assert_eq!(li.state_of(doc, hash), CopyState::Aside(Verdict::Guard));
    assert_eq!(li.store.outgoing().unwrap()[0].aside, Some(Verdict::Guard));
    assert_eq!(li.store.counts().unwrap().aside, 1);
    assert_eq!(li.write_again(), 0);
    li.act(doc, "recording goes on");
    li.check();
}
