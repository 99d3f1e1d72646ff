//! A log that the roster no longer gives is left without a loss.

use std::collections::BTreeMap;

use doorstep_protocol::{
    id::DocumentId,
    store::{DeviceStore as _, Index as _},
};

use super::{NewAct, Phone, Relay, SaveError, scopes};

const NEVER: u64 = u64::MAX;

fn leaving() -> (Relay, Phone, Phone, DocumentId) {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let mut wang = Phone::enrolled(&mut relay, "wang");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    relay.meet(&mut wang);
    relay.assign("li", relay.buildings[0], false);
    (relay, li, wang, doc)
}

fn leave(phone: &mut Phone, now_ms: u64, drop_after_ms: u64) -> usize {
    let held = phone.store.held();
    phone.store.leave_logs(&held, now_ms, drop_after_ms).unwrap().len()
}

#[test]
fn a_log_goes_when_all_is_settled_and_in_a_backup() {
    let (mut relay, mut li, _, doc) = leaving();
    let left = relay.buildings[0].scope();
    relay.meet(&mut li);
    assert_eq!(li.store.held(), scopes(&[relay.buildings[1]]));
    assert_eq!(leave(&mut li, 0, NEVER), 0, "in no backup");
    relay.stable = relay.logs[&left][0].entry.relay_time - 1;
    relay.meet(&mut li);
    assert_eq!(leave(&mut li, 0, NEVER), 0, "not all of it in a backup");
    relay.stable += 1;
    relay.meet(&mut li);
    li.store.transaction(|tx| tx.clear_dirty(doc)).unwrap();
    assert_eq!(leave(&mut li, 0, NEVER), 1);
    assert_eq!(li.store.document(doc).unwrap(), None);
    assert_eq!(li.copies(doc), []);
    assert_eq!(li.store.cursors().unwrap().1, []);
    assert_eq!(li.store.take_dirty(9).unwrap(), [doc], "its lists have to go");
    for table in ["change", "part", "part_change", "seal", "document", "unsealed"] {
        let rows: i64 = li
            .store
            .conn
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    assert_eq!(leave(&mut li, 0, NEVER), 0);
}

#[test]
fn a_log_goes_when_the_drop_period_has_passed() {
    let (mut relay, mut li, ..) = leaving();
    relay.meet(&mut li);
    assert_eq!(leave(&mut li, 1_000, 500), 0, "left now");
    assert_eq!(leave(&mut li, 1_499, 500), 0);
    assert_eq!(leave(&mut li, 1_500, 500), 1);
}

#[test]
fn what_was_never_sent_keeps_its_log() {
    let (mut relay, mut li, mut wang, doc) = leaving();
    li.act(doc, "not sealed");
    relay.pull(&mut li, &BTreeMap::new());
    relay.stable = u64::MAX;
    li.store.note_up_to_date(relay.now, relay.stable).unwrap();
    assert_eq!(leave(&mut li, 1_000_000, 0), 0, "unsealed");
    li.seal();
    assert_eq!(leave(&mut li, 1_000_000, 0), 0, "unsent");
    relay.push(&mut li);
    assert_eq!(leave(&mut li, 1_000_000, 0), 0, "receipted is not settled");
    relay.meet(&mut li);
    assert_eq!(leave(&mut li, 1_000_000, 0), 1);
    relay.meet(&mut wang);
    assert_eq!(wang.texts(doc), ["birth", "not sealed"]);
}

#[test]
fn what_is_carried_for_others_is_delivered_before_the_log_goes() {
    let (mut relay, mut li, mut wang, doc) = leaving();
    wang.act(doc, "carried");
    wang.seal();
    li.store.take_bundle(&wang.store.export_bundle(None).unwrap()).unwrap();
    relay.stable = u64::MAX;
    relay.pull(&mut li, &BTreeMap::new());
    li.store.note_up_to_date(relay.now, relay.stable).unwrap();
    assert_eq!(leave(&mut li, 0, 0), 0);
    relay.meet(&mut li);
    assert_eq!(li.store.counts().unwrap().carried, 0, "met, though in a log that is left");
    assert_eq!(leave(&mut li, 0, 0), 1);
    let zhou = Phone::enrolled(&mut relay, "zhou");
    assert_eq!(zhou.texts(doc), ["birth", "carried"]);
}

#[test]
fn an_own_event_set_aside_in_a_log_being_left_is_written_again_before_it_goes() {
    let (mut relay, li, mut wang, doc) = leaving();
    let mut li = li;
    let (mut clone, _folder) = li.copy();
    clone.act(doc, "of the clone");
    clone.seal();
    relay.meet(&mut clone);
    li.act(doc, "twin");
    li.seal();
    li.store.new_incarnation(&li.entropy, "cloned").unwrap();
    relay.stable = u64::MAX;
    relay.meet(&mut li);
    assert_eq!(leave(&mut li, 0, 0), 0, "waits to be written again");
    assert_eq!(li.write_again(), 1);
    assert_eq!(leave(&mut li, 0, 0), 0);
    li.seal();
    relay.meet(&mut li);
    assert_eq!(leave(&mut li, 0, 0), 1);
    relay.meet(&mut wang);
    assert_eq!(wang.texts(doc), ["birth", "of the clone", "twin"]);
}

#[test]
fn nothing_goes_while_a_log_diverged_or_a_roster_is_forked() {
    let (mut relay, mut li, ..) = leaving();
    relay.meet(&mut li);
    relay.stable = u64::MAX;
    li.store.note_up_to_date(relay.now, relay.stable).unwrap();
    li.store.note_fork(relay.roster.scope()).unwrap();
    assert_eq!(leave(&mut li, 0, 0), 0, "forked");
    li.store.note_up_to_date(relay.now, relay.stable).unwrap();
    assert_eq!(leave(&mut li, 0, 0), 0, "being up to date does not end a fork");
    relay.assign("wang", relay.buildings[1], false);
    let above = li.point().seq;
    relay.take(&mut li, &[relay.roster_log(above)]).unwrap();
    li.store.rebase(relay.buildings[0].scope(), 1).unwrap();
    assert_eq!(leave(&mut li, 0, 0), 0, "diverged");
    li.store.note_up_to_date(relay.now, relay.stable).unwrap();
    assert_eq!(leave(&mut li, 0, 0), 1, "read to its head again");
}

#[test]
fn a_fork_that_a_person_has_looked_at_is_over() {
    let (mut relay, mut li, ..) = leaving();
    relay.meet(&mut li);
    li.store.note_fork(relay.roster.scope()).unwrap();
    assert_eq!(leave(&mut li, 0, 0), 0);
    let number = li.store.alarms().unwrap()[0].number;
    li.store.clear_alarm(number).unwrap();
    assert_eq!(leave(&mut li, 0, 0), 1);
}

#[test]
fn given_again_before_it_went_the_log_is_filled_in() {
    let (mut relay, mut li, mut wang, doc) = leaving();
    let scope = relay.buildings[0].scope();
    wang.act(doc, "while li was away");
    wang.seal();
    relay.meet(&mut wang);
    li.act(doc, "last word");
    li.seal();
    relay.meet(&mut li);
    relay.meet(&mut li);
    assert_eq!(li.texts(doc), ["birth", "last word"], "not li's business any more");
    assert_eq!(leave(&mut li, 1_000, 500), 0);
    let (_, logs) = li.store.cursors().unwrap();
    assert_eq!(logs[0].seq, 3, "read to the own seal");
    li.check();
    relay.assign("li", relay.buildings[0], true);
    let above = li.point().seq;
    relay.take(&mut li, &[relay.roster_log(above)]).unwrap();
    let (_, logs) = li.store.cursors().unwrap();
    assert_eq!((logs[0].scope, logs[0].seq), (scope, 1), "below the first seal that is not here");
    assert_eq!(logs[0].chain8, relay.logs[&scope][0].chain.short());
    relay.meet(&mut li);
    assert_eq!(li.texts(doc), ["birth", "last word", "while li was away"]);
    let (_, logs) = li.store.cursors().unwrap();
    assert_eq!(logs[0].seq, 3);
    li.check();
    // It is as if it had never been left.
    assert_eq!(leave(&mut li, 2_000, 500), 0);
    relay.assign("li", relay.buildings[0], false);
    relay.meet(&mut li);
    assert_eq!(leave(&mut li, 2_000, 500), 0, "left anew, and counted anew");
}

#[test]
fn an_own_seal_that_is_missing_shows_when_the_log_is_held_again() {
    let (mut relay, mut li, _, doc) = leaving();
    let (mut clone, _folder) = li.copy();
    clone.act(doc, "of the clone");
    clone.seal();
    relay.meet(&mut clone);
    assert!(!relay.meet(&mut li).cloned, "while leaving all may be left out");
    assert_eq!(li.texts(doc), ["birth"]);
    relay.assign("li", relay.buildings[0], true);
    assert!(relay.meet(&mut li).cloned);
    li.store.new_incarnation(&li.entropy, "cloned").unwrap();
    relay.meet(&mut li);
    assert_eq!(li.texts(doc), ["birth", "of the clone"]);
    li.check();
}

#[test]
fn a_relay_restored_while_a_log_is_filled_in_is_noticed() {
    let (mut relay, mut li, mut wang, doc) = leaving();
    let scope = relay.buildings[0].scope();
    let backup = relay.clone();
    wang.act(doc, "while li was away");
    wang.seal();
    relay.meet(&mut wang);
    li.act(doc, "last word");
    li.seal();
    relay.meet(&mut li);
    let mut restored = backup;
    (restored.roster, restored.roster_log) = (relay.roster, relay.roster_log);
    restored.assign("li", restored.buildings[0], true);
    let mut zhou = Phone::enrolled(&mut restored, "zhou");
    zhou.act(doc, "another second entry");
    zhou.seal();
    restored.meet(&mut zhou);
    // The cursor, set back below what is absent, fits the relay; what lies above it does not.
    let above = li.point().seq;
    restored.take(&mut li, &[restored.roster_log(above)]).unwrap();
    assert_eq!(li.store.cursors().unwrap().1[0].seq, 1);
    restored.meet(&mut li);
    assert_eq!(li.alarm_names(), [crate::store::alarm::DIVERGED]);
    assert_eq!(li.texts(doc), ["another second entry", "birth", "last word"]);
    assert_eq!(li.store.unsent().unwrap(), []);
    assert_eq!(restored.logs[&scope].len(), 3);
    li.check();
    restored.meet(&mut wang);
    restored.meet(&mut li);
    let all = ["another second entry", "birth", "last word", "while li was away"];
    assert_eq!(li.texts(doc), all);
    assert_eq!(wang.texts(doc), all);
}

#[test]
fn a_log_that_went_and_is_held_again_is_written_under_a_new_incarnation() {
    let (mut relay, mut li, _, doc) = leaving();
    relay.stable = u64::MAX;
    relay.meet(&mut li);
    let own = relay.logs[&relay.buildings[0].scope()][0].entry.body[..8].try_into().unwrap();
    assert_eq!(leave(&mut li, 0, 0), 1);
    assert!(li.store.knows_own(own).unwrap(), "it is no sign of a clone");
    assert!(!li.store.knows_own([7; 8]).unwrap());
    relay.assign("li", relay.buildings[0], true);
    let above = li.point().seq;
    relay.take(&mut li, &[relay.roster_log(above)]).unwrap();
    let nonce = doorstep_protocol::id::Nonce([1; 12]);
    let place = relay.buildings[0];
    let new_doc = DocumentId::of(&relay.realm, place.scope(), 3, li.member, &nonce);
    let act = li.act_id();
    let new = NewAct { nonce: Some(nonce), seen: vec![], ..li.new_act(new_doc, place, act, "new") };
    assert_eq!(li.save(&new), Err(SaveError::NeedIncarnation));
    li.store.new_incarnation(&li.entropy, "rejoined").unwrap();
    li.save(&new).unwrap();
    li.seal();
    relay.meet(&mut li);
    assert_eq!(li.texts(doc), ["birth"]);
    assert_eq!(li.texts(new_doc), ["new"]);
    assert_eq!(li.store.usage(new_doc, li.store.device()).unwrap().acts, 1);
    li.check();
}
