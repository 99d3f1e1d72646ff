//! Seals carried in a file.

use doorstep_protocol::{
    frame::{Frame, FrameReader, Push, Refusal},
    limits::{FRAME_BYTES_MAX, FRAME_FILL_BYTES},
    log::Verdict,
    seal::Seal,
    store::DeviceStore as _,
};

use super::{Phone, Relay, scopes};
use crate::store::{BUNDLE_BYTES_MAX, BundleError, CopyState};

/// The bundle's frames after its first nine bytes.
fn frames(bundle: &[u8]) -> Vec<Frame> {
    assert_eq!(&bundle[..9], b"doorstep\x01");
    let mut reader = FrameReader::new();
    reader.push(&bundle[9..]);
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        frames.push(frame);
    }
    assert!(reader.is_empty());
    frames
}

#[test]
fn a_bundle_is_taken_once_and_offered_to_the_relay() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let mut wang = Phone::enrolled(&mut relay, "wang");
    let doc = li.found(relay.buildings[0], "birth");
    li.act(doc, "second");
    li.seal();
    let bundle = li.store.export_bundle(None).unwrap();
    let report = wang.store.take_bundle(&bundle).unwrap();
    assert_eq!((report.taken, report.known, report.refused.len()), (1, 0, 0));
    assert_eq!(report.documents, [doc].into());
    assert!(!report.cloned);
    assert_eq!(wang.texts(doc), ["birth", "second"]);
    assert!(wang.copies(doc).iter().all(|copy| copy.state == CopyState::Pending && !copy.own));
    let again = wang.store.take_bundle(&bundle).unwrap();
    assert_eq!((again.taken, again.known), (0, 1));
    wang.check();
    // A third phone gets it from the second, with what was built on it.
    wang.act(doc, "third");
    wang.seal();
    let mut zhou = Phone::enrolled(&mut relay, "zhou");
    let report = zhou.store.take_bundle(&wang.store.export_bundle(None).unwrap()).unwrap();
    assert_eq!(report.taken, 2);
    relay.meet(&mut zhou);
    assert_eq!(zhou.store.unsent().unwrap(), []);
    for phone in [&mut li, &mut wang] {
        relay.meet(phone);
        assert_eq!(phone.texts(doc), ["birth", "second", "third"]);
        assert_eq!(phone.store.unsent().unwrap(), []);
        phone.check();
    }
}

#[test]
fn only_the_logs_asked_for_are_in_it_and_no_frame_is_too_large() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let doc = li.found(relay.buildings[0], "birth");
    for _ in 0..4 {
        li.act(doc, &"x".repeat(60_000));
    }
    let other = li.found(relay.buildings[1], "elsewhere");
    for _ in 0..4 {
        li.act(other, &"x".repeat(60_000));
    }
    li.seal();
    let all = frames(&li.store.export_bundle(None).unwrap());
    assert!(matches!(all[0], Frame::Hello(_)));
    let pushes: Vec<usize> = all[1..].iter().map(|frame| frame.encode().len()).collect();
    assert!(pushes.len() > 2, "{pushes:?}");
    assert!(pushes.iter().all(|bytes| *bytes < FRAME_BYTES_MAX.min(FRAME_FILL_BYTES + 1_000)));
    let one = frames(&li.store.export_bundle(Some(&scopes(&[relay.buildings[1]]))).unwrap());
    let seals = one.iter().filter_map(|frame| match frame {
        Frame::Push(push) => Some(&push.seals),
        _ => None,
    });
    for seal in seals.flatten() {
        assert_eq!(Seal::decode(seal).unwrap().head.scope, relay.buildings[1].scope());
    }
}

/// The same bundle with its seals changed.
fn changed(bundle: &[u8], change: impl Fn(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut out = bundle[..9].to_vec();
    for frame in frames(bundle) {
        let frame = match frame {
            Frame::Push(Push { number, mut seals }) => {
                change(&mut seals);
                Frame::Push(Push { number, seals })
            }
            other => other,
        };
        out.extend(frame.encode());
    }
    out
}

#[test]
fn a_seal_that_does_not_pass_is_refused_and_the_others_go_on() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let mut wang = Phone::enrolled(&mut relay, "wang");
    li.found(relay.buildings[0], "one");
    let doc = li.found(relay.buildings[1], "two");
    li.seal();
    let late = {
        li.act(doc, "late");
        li.seal();
        li.store.export_bundle(None).unwrap()
    };
    let of_one =
        |seal: &Vec<u8>| Seal::decode(seal).unwrap().head.scope == relay.buildings[0].scope();
    let forged = changed(&late, |seals| {
        let one = seals.iter().position(of_one).unwrap();
        let mut seal = Seal::decode(&seals[one]).unwrap();
        seal.signature.0[1] ^= 1;
        seals[one] = seal.encode();
    });
    let report = wang.store.take_bundle(&forged).unwrap();
    assert_eq!(report.refused.len(), 1);
    assert_eq!(report.refused[0].1, Refusal::Signature);
    assert_eq!(report.taken, 2);
    let without = changed(&late, |seals| seals.drain(..2).for_each(drop));
    let mut zhou = Phone::enrolled(&mut relay.clone(), "zhou");
    let report = zhou.store.take_bundle(&without).unwrap();
    assert_eq!(report.refused, [(0, Refusal::NeedDeps)], "never without what it stands on");
    assert_eq!(zhou.store.unsent().unwrap(), []);
    let mut stranger = Phone::new(&relay, "yu");
    let report = stranger.store.take_bundle(&late).unwrap();
    assert_eq!(report.refused.len(), 3, "no roster, no author");
    assert!(report.refused.iter().all(|(_, refusal)| *refusal == Refusal::NeedRoster));
}

#[test]
fn what_is_no_bundle_of_this_realm_is_refused_whole() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    li.found(relay.buildings[0], "one");
    li.seal();
    let bundle = li.store.export_bundle(None).unwrap();
    let take = |li: &mut Phone, bytes: &[u8]| li.store.take_bundle(bytes).unwrap_err();
    assert_eq!(take(&mut li, b"photo"), BundleError::NotABundle);
    assert_eq!(take(&mut li, b"doorstep\x02"), BundleError::Newer);
    assert_eq!(take(&mut li, &bundle[..bundle.len() - 1]), BundleError::NotABundle);
    assert_eq!(take(&mut li, &vec![0; BUNDLE_BYTES_MAX + 1]), BundleError::TooBig);
    let mut other = Phone::new(&relay, "wang");
    other.store = crate::store::Store::open_in_memory(
        doorstep_protocol::key::DeviceKey::spki(&other.key),
        &other.entropy,
    )
    .unwrap();
    other.store.join(doorstep_protocol::id::RealmId([3; 32])).unwrap();
    assert_eq!(take(&mut other, &bundle), BundleError::OtherRealm);
    let empty = other.store.export_bundle(None).unwrap();
    assert_eq!(take(&mut li, &empty), BundleError::OtherRealm);
}

#[test]
fn a_carried_twin_is_set_aside_as_soon_as_the_log_has_the_other() {
    let mut relay = Relay::new();
    let mut li = Phone::enrolled(&mut relay, "li");
    let mut wang = Phone::enrolled(&mut relay, "wang");
    let doc = li.found(relay.buildings[0], "birth");
    li.seal();
    relay.meet(&mut li);
    relay.meet(&mut wang);
    let (mut clone, _folder) = li.copy();
    li.act(doc, "carried");
    li.seal();
    wang.store.take_bundle(&li.store.export_bundle(None).unwrap()).unwrap();
    assert_eq!(wang.texts(doc), ["birth", "carried"]);
    clone.act(doc, "of the clone");
    clone.seal();
    relay.meet(&mut clone);
    relay.pull(&mut wang, &Default::default());
    assert_eq!(wang.texts(doc), ["birth", "of the clone"]);
    let carried = wang.copies(doc).into_iter().find(|copy| !copy.state.counts()).unwrap();
    assert_eq!((carried.state, carried.log_seq), (CopyState::Aside(Verdict::Twin), None));
    wang.check();
    relay.meet(&mut wang);
    let seal = carried.seal.unwrap();
    assert_eq!(relay.verdicts(seal), [Verdict::Twin], "nothing is withheld from the log");
    assert_eq!(wang.write_again(), 0, "its author writes it again, nobody else");
    // A bundle that brings a seal of one's own incarnation is a sign of a clone.
    let (mut behind, _folder) = li.copy();
    li.act(doc, "ahead");
    li.seal();
    assert!(behind.store.take_bundle(&li.store.export_bundle(None).unwrap()).unwrap().cloned);
}
