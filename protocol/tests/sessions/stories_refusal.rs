//! What is not taken, and what is set aside: each with its reason, and everything beside it goes on.

use doorstep_protocol::{
    change::Change,
    frame::Refusal,
    id::{
        ActId, ActorId, Chain8, ChangeHash, DeviceId, DocumentId, DocumentKind, Incarnation, Nonce,
        Point, SealId,
    },
    key::DeviceKey,
    limits::{DOCUMENT_DEVICE_ACTS_MAX, SEAL_CHANGES_MAX},
    log::Verdict,
    part::Part,
    seal::Seal,
    store::DeviceStore,
};

use crate::{harness::World, memory_phone::MemoryPhone};

/// A seal that is refused for `reason`, met twice: what is saved beside it arrives both times.
fn refused(
    reason: Refusal,
    make: impl FnOnce(&World, &mut MemoryPhone) -> SealId,
) -> (World, MemoryPhone, SealId) {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let bad = make(&world, &mut a);
    for _ in 0..2 {
        let doc = a.create(world.plum);
        let good = a.seal()[0];
        let met = world.meet(&mut a);
        met.assert_complete();
        assert_eq!(met.refused(), [(bad, reason)]);
        assert_eq!(a.refusals.get(&bad), Some(&reason));
        assert_eq!(met.receipted(), [good]);
        assert!(a.has(doc) && a.unsent_now() == [bad]);
        assert!(!world.seals(world.plum).contains(&bad), "a refusal records nothing");
    }
    (world, a, bad)
}

/// The refusal had a cause that is gone: the seal is taken.
fn now_taken((mut world, mut a, bad): (World, MemoryPhone, SealId)) {
    let met = world.meet(&mut a);
    met.assert_complete();
    assert!(met.receipted().contains(&bad));
    assert_eq!(a.refusals.get(&bad), None);
    assert_eq!(a.unsent_now(), []);
    world.assert_same(&[&a], world.plum);
}

fn own_seal(world: &World, a: &mut MemoryPhone) -> (SealId, Vec<u8>) {
    a.create(world.plum);
    let id = a.seal()[0];
    let bytes = a.seal_bytes(id).unwrap().unwrap();
    (id, bytes)
}

/// A seal whose bytes a carrier has changed.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> impl FnOnce(&World, &mut MemoryPhone) -> SealId {
    |world, a| {
        let (id, mut bytes) = own_seal(world, a);
        change(&mut bytes);
        a.carry(id, bytes);
        id
    }
}

/// Where the signature begins in a seal of one part.
const SIGNATURE_AT: usize = 76 + 32;

#[test]
fn malformed() {
    let mut whole = Vec::new();
    let (world, mut a, bad) = refused(
        Refusal::Malformed,
        changed(|bytes| {
            whole.clone_from(bytes);
            *bytes.last_mut().unwrap() ^= 1;
        }),
    );
    a.carry(bad, whole);
    now_taken((world, a, bad));
}

#[test]
fn signature() {
    refused(Refusal::Signature, changed(|bytes| bytes[SIGNATURE_AT + 40] ^= 1));
}

#[test]
fn newer() {
    refused(Refusal::Newer, |world, a| {
        let (id, mut bytes) = own_seal(world, a);
        bytes[0] = 2;
        a.carry(id, bytes);
        id
    });
}

#[test]
fn need_raw() {
    let mut raw = Vec::new();
    let (world, mut a, bad) = refused(
        Refusal::NeedRaw,
        changed(|bytes| {
            raw.clone_from(bytes);
            bytes[SIGNATURE_AT + 64] = 1;
        }),
    );
    a.carry(bad, raw);
    now_taken((world, a, bad));
}

#[test]
fn cut() {
    let mut whole = Vec::new();
    let (world, mut a, bad) = refused(
        Refusal::Cut,
        changed(|bytes| {
            whole.clone_from(bytes);
            let mut seal = Seal::decode(bytes).unwrap();
            seal.parts[0] = None;
            *bytes = seal.encode();
        }),
    );
    a.carry(bad, whole);
    now_taken((world, a, bad));
}

#[test]
fn too_big() {
    refused(Refusal::TooBig, |world, a| {
        let scope = world.plum.scope();
        let bytes = |n: u32| {
            let act = ActId([n as u8; 8]);
            let actor = ActorId([1; 16]);
            let change =
                Change { actor, seq: 1 + n, start_op: 1 + n, deps: vec![], act, value: vec![1] };
            change.encode().unwrap().bytes
        };
        let changes = (0..=SEAL_CHANGES_MAX as u32).map(bytes).collect();
        let part = Part { doc: DocumentId([5; 16]), nonce: Nonce([5; 12]), birth: 0, changes };
        let mut head = a.next_head(scope, a.point(scope));
        head.digests = vec![part.digest().unwrap()];
        let signature = a.key().sign(&head.id(&world.realm).0).unwrap();
        a.keep(&Seal { head, signature, parts: vec![Some(part.into())] })
    });
}

#[test]
fn no_place() {
    // A building of the other block: nothing in this member's roster gives it.
    refused(Refusal::NoPlace, |world, a| {
        a.create(world.lotus);
        a.seal()[0]
    });
}

#[test]
fn need_roster() {
    refused(Refusal::NeedRoster, |world, a| {
        let doc = a.create(world.plum);
        let change = a.unsealed(doc);
        let part = Part {
            doc,
            nonce: a.nonce(doc).unwrap(),
            birth: DocumentKind::Visit.number(),
            changes: vec![change],
        };
        let lost = Point { seq: 2, chain8: Chain8([9; 8]) };
        a.forget_unsealed();
        a.seal_parts(world.plum.scope(), lost, vec![part])
    });
}

#[test]
fn need_deps() {
    let mut dependency = (SealId::ZERO, Vec::new());
    let (world, mut a, bad) = refused(Refusal::NeedDeps, |world, a| {
        // Somebody else's birth that the carrier has not handed in.
        let mut b = a.clone();
        b.take_new_incarnation(7);
        let doc = b.create(world.plum);
        let birth = b.seal()[0];
        dependency = (birth, b.seal_bytes(birth).unwrap().unwrap());
        b.add(world.plum, doc, b"on top of it");
        let bad = b.seal()[0];
        a.carry(bad, b.seal_bytes(bad).unwrap().unwrap());
        bad
    });
    a.carry_before(bad, dependency.0, dependency.1);
    now_taken((world, a, bad));
}

#[test]
fn quota() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let mut b = world.phone(world.wang, 12);
    world.relay.store.set_quota(world.li, 10);
    a.create(world.plum);
    let over = a.seal()[0];
    // Its author's, whoever carries it; and nothing is charged to the carrier.
    b.carry(over, a.seal_bytes(over).unwrap().unwrap());
    b.create(world.plum);
    for phone in [&mut a, &mut b] {
        let met = world.meet(phone);
        met.assert_complete();
        assert_eq!(met.refused(), [(over, Refusal::Quota)]);
    }
    assert_eq!(world.seals(world.plum).len(), 1);
    // The next day.
    world.relay.store.set_quota(world.li, 1 << 20);
    for phone in [&mut b, &mut a] {
        world.meet(phone).assert_complete();
    }
    world.relay.store.set_quota(world.li, 0);
    let again = world.meet(&mut a);
    assert_eq!(again.assert_complete().refused(), [], "what is known is free");
    world.meet(&mut b).assert_complete();
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn acts_over_the_cap_are_set_aside_and_other_documents_go_on() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let doc = a.create(world.plum);
    for _ in 1..DOCUMENT_DEVICE_ACTS_MAX {
        a.add(world.plum, doc, b"1");
    }
    let within = a.seal();
    let one_more = a.add(world.plum, doc, b"1");
    let over = a.seal()[0];
    let elsewhere = a.create(world.plum);
    let met = world.meet(&mut a);
    met.assert_complete();
    assert_eq!(met.refused(), []);
    for id in within {
        assert_eq!(world.verdicts(world.plum, id), [Verdict::Applied]);
    }
    assert_eq!(world.verdicts(world.plum, over), [Verdict::OverCap]);
    assert!(a.has(elsewhere) && !a.applied(doc, one_more));
    // Somebody else has a share of their own.
    let mut b = world.phone(world.wang, 12);
    let by_b = b.add(world.plum, doc, b"not over mine");
    world.meet(&mut b).assert_complete();
    world.meet(&mut a).assert_complete();
    assert!(a.applied(doc, by_b));
    world.assert_same(&[&a, &b], world.plum);
}

#[test]
fn what_the_guard_sets_aside_stops_nothing() {
    let mut world = World::new();
    let mut a = world.phone(world.li, 11);
    let doc = a.create(world.plum);
    let birth = a.add(world.plum, doc, b"x");
    world.meet(&mut a).assert_complete();
    let scope = world.plum.scope();
    let (point, nonce) = (a.point(scope), a.nonce(doc).unwrap());
    let change = |actor: ActorId, deps: Vec<ChangeHash>| {
        let act = ActId([3; 8]);
        Change { actor, seq: 1, start_op: 3, deps, act, value: vec![1] }.encode().unwrap().bytes
    };
    let own = ActorId::new(a.device(), a.incarnation);
    let other = ActorId::new(DeviceId([8; 12]), Incarnation([8; 4]));
    let part = |nonce, birth, bytes| Part { doc, nonce, birth, changes: vec![bytes] };
    let mut wrong_nonce = nonce;
    wrong_nonce.0[0] ^= 1;
    let parts = [
        part(nonce, 0, change(other, vec![birth])),
        part(wrong_nonce, 0, change(own, vec![birth])),
        part(nonce, 3, change(own, vec![birth])),
    ];
    let bad: Vec<_> =
        parts.into_iter().map(|part| a.seal_parts(scope, point, vec![part])).collect();
    let good = a.add(world.plum, doc, b"behind them");
    let met = world.meet(&mut a);
    met.assert_complete();
    assert_eq!(met.refused(), []);
    for id in bad {
        assert_eq!(world.verdicts(world.plum, id), [Verdict::Guard]);
    }
    assert!(a.applied(doc, good));
    world.assert_same(&[&a], world.plum);
}
