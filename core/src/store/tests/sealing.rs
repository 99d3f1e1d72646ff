//! How what is saved is put into seals.

use doorstep_protocol::{
    id::{SealId, Signature},
    key::{DeviceKey, KeyError, Spki},
    limits::{SEAL_CHANGES_MAX, SEAL_CUT_BYTES},
    roster::{Fact, setting},
    seal::Seal,
    store::{DeviceStore as _, StoreError},
};

use super::{Phone, Relay};
use crate::store::KEY_UNAVAILABLE;

fn seals(phone: &Phone) -> Vec<Seal> {
    let ids = phone.store.unsent().unwrap();
    ids.iter()
        .map(|id| Seal::decode(&phone.store.seal_bytes(*id).unwrap().unwrap()).unwrap())
        .collect()
}

#[test]
fn a_seal_holds_one_log_and_one_roster_point_and_comes_after_what_it_depends_on() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let [first, second] = relay.buildings;
    let doc = li.found(first, "a");
    li.found(second, "elsewhere");
    li.act(doc, "b");
    let before = li.point();
    relay.record(&[Fact::Setting { name: setting::LEASE_S, value: Some(1) }]);
    relay.meet(&mut li);
    li.act(doc, "c");
    assert_eq!(li.seal(), 3);
    assert_eq!(li.seal(), 0, "nothing is left to seal");
    let of_first: Vec<Seal> =
        seals(&li).into_iter().filter(|seal| seal.head.scope == first.scope()).collect();
    assert_eq!(of_first.len(), 2);
    assert_eq!((of_first[0].head.point, of_first[1].head.point), (before, li.point()));
    assert_eq!(of_first[0].parts[0].as_ref().unwrap().changes.len(), 2);
    assert_eq!(of_first[0].parts[0].as_ref().unwrap().birth, 3);
    assert_eq!(of_first[1].parts[0].as_ref().unwrap().birth, 0);
    assert_eq!((of_first[0].head.seal_seq, of_first[1].head.seal_seq), (1, 2));
    assert_eq!(of_first[0].head.prev, SealId::ZERO);
    assert_eq!(of_first[1].head.prev, of_first[0].head.id(&relay.realm));
    relay.meet(&mut li);
    assert_eq!(li.store.unsent().unwrap(), []);
    assert_eq!(li.store.counts().unwrap().settled, 4);
}

#[test]
fn a_new_stream_names_the_newest_seal_before_it() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "a");
    li.seal();
    li.store.new_incarnation(&li.entropy, "test").unwrap();
    li.act(doc, "b");
    li.seal();
    let seals = seals(&li);
    assert_ne!(seals[0].head.incarnation, seals[1].head.incarnation);
    assert_eq!(seals[1].head.seal_seq, 1);
    assert_eq!(seals[1].head.prev, seals[0].head.id(&relay.realm));
}

#[test]
fn a_seal_is_cut_at_its_bytes_and_at_its_changes() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "a");
    for _ in 0..12 {
        li.act(doc, &"x".repeat(5_000));
    }
    li.seal();
    let cut = seals(&li);
    assert_eq!(cut.len(), 2);
    for seal in &cut {
        assert!(seal.encode().len() <= SEAL_CUT_BYTES + 300, "{}", seal.encode().len());
    }
    relay.meet(&mut li);
    for _ in 0..SEAL_CHANGES_MAX + 1 {
        li.act(doc, "");
    }
    li.seal();
    let changes: Vec<usize> =
        seals(&li).iter().map(|seal| seal.parts[0].as_ref().unwrap().changes.len()).collect();
    assert_eq!(changes, [SEAL_CHANGES_MAX, 1]);
    relay.meet(&mut li);
    assert_eq!(li.store.unsent().unwrap(), []);
    li.check();
}

struct Locked(Spki);

impl DeviceKey for Locked {
    fn spki(&self) -> Spki {
        self.0
    }

    fn sign(&self, _: &[u8]) -> Result<Signature, KeyError> {
        Err(KeyError::Unavailable)
    }
}

#[test]
fn a_key_that_does_not_sign_leaves_all_unsealed() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    li.found(relay.buildings[0], "a");
    let locked = Locked(li.key.spki());
    assert_eq!(
        li.store.seal_unsealed(&locked),
        Err(StoreError::Failed(KEY_UNAVAILABLE.to_owned()))
    );
    assert!(li.store.seal_unsealed(&Relay::key_of("wang")).is_err());
    assert!(li.store.has_unsealed().unwrap());
    assert_eq!(li.seal(), 1);
    assert!(!li.store.has_unsealed().unwrap());
}
