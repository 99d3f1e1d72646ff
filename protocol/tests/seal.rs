//! Seals: what is signed is what is taken. Forged ones, bounds, and the order of the tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test stops where it fails

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use doorstep_protocol::{
    change::{Change, RawChange},
    id::{
        ActId, ChangeHash, Digest, DocumentId, DocumentKind, Incarnation, MemberId, Nonce, Point,
        RealmId, Scope, SealId, Signature,
    },
    key::{DeviceKey, KeyError, SoftwareKey, Spki},
    limits::{FRAME_BYTES_MAX, SEAL_CHANGES_MAX, SEAL_RAW_BYTES_MAX},
    part::Part,
    seal::{MakeError, PartsError, Seal, SealError, SealHead, WirePart},
};
use support::{History, Numbers, Step};

const REALM: RealmId = RealmId([1; 32]);
const SCOPE: Scope = Scope([2; 8]);

fn key(n: u8) -> SoftwareKey {
    SoftwareKey::from_secret(&[n; 32]).unwrap()
}

fn nonce(n: u8) -> Nonce {
    Nonce([n; 12])
}

fn doc(n: u8) -> DocumentId {
    DocumentId::of(&REALM, SCOPE, DocumentKind::Visit.number(), MemberId([3; 8]), &nonce(n))
}

fn head() -> SealHead {
    SealHead {
        scope: SCOPE,
        device: key(1).spki().device(),
        incarnation: Incarnation([1; 4]),
        seal_seq: 7,
        prev: SealId([4; 32]),
        point: Point::default(),
        digests: vec![],
    }
}

/// `n` changes of one actor, each on the one before, of about `value` bytes.
fn changes(n: usize, value: u8) -> Vec<RawChange> {
    let step = |pick: u16| Step { actor: 1, view: 2, pick, value };
    let history = History::of(&(0..n as u16).map(step).collect::<Vec<_>>());
    history.nodes.into_iter().map(|node| node.raw).collect()
}

fn part(n: u8, changes: &[RawChange]) -> Part {
    let changes = changes.iter().map(|raw| raw.bytes.clone()).collect();
    Part { doc: doc(n), nonce: nonce(n), birth: DocumentKind::Visit.number(), changes }
}

fn make(parts: Vec<Part>) -> Seal {
    Seal::make(&key(1), &REALM, head(), parts).unwrap()
}

fn sample() -> Seal {
    make(vec![part(1, &changes(3, 20)), part(2, &changes(1, 5)), part(3, &changes(2, 60))])
}

fn held(doc_asked: DocumentId) -> Option<Nonce> {
    (1..=3).find(|n| doc(*n) == doc_asked).map(nonce)
}

/// What a carrier and a relay ask of bytes: readable, whole, as signed by this device.
fn accepted(bytes: &[u8], realm: &RealmId) -> bool {
    Seal::decode(bytes).is_ok_and(|seal| {
        assert_eq!(seal.encode(), bytes, "there is one way to write a seal");
        seal.check_parts(&held).is_ok_and(|parts| parts.iter().all(Option::is_some))
            && seal.verify_signature(realm, &key(1).spki())
    })
}

#[test]
fn a_seal_survives_its_bytes() {
    let seal = sample();
    assert!(accepted(&seal.encode(), &REALM));
    assert_eq!(seal.head.fields().len(), 76 + 32 * 3);
    let parts: Vec<Part> = seal.check_parts(&|_| None).unwrap().into_iter().flatten().collect();
    assert_eq!(parts[0], part(1, &changes(3, 20)));
    assert_eq!(
        parts[0].hashes().unwrap(),
        changes(3, 20).iter().map(|c| c.hash).collect::<Vec<_>>()
    );
    assert!(!accepted(&seal.encode(), &RealmId([9; 32])), "not in another realm");
}

#[test]
fn a_cut_part_and_a_left_out_nonce_leave_signature_and_id_as_they_were() {
    let (whole, mut thin) = (sample(), sample());
    thin.parts[1] = None;
    thin.parts[0].as_mut().unwrap().nonce = None;
    let read = Seal::decode(&thin.encode()).unwrap();
    assert_eq!(read, thin);
    assert_eq!(read.head.id(&REALM), whole.head.id(&REALM));
    assert!(read.verify_signature(&REALM, &key(1).spki()));
    let parts = read.check_parts(&held).unwrap();
    assert_eq!(parts[0], whole.check_parts(&held).unwrap()[0]);
    assert_eq!(parts[1], None);
    assert_eq!(read.check_parts(&|_| None), Err(PartsError::NeedNonce));
    assert_eq!(read.check_parts(&|_| Some(nonce(9))), Err(PartsError::Malformed));
}

type Forge = fn(&mut Seal);

/// Every way to say something else than was signed.
const FORGERIES: [Forge; 20] = [
    |seal| seal.head.scope = Scope([9; 8]),
    |seal| seal.head.device = key(2).spki().device(),
    |seal| seal.head.incarnation = Incarnation([9; 4]),
    |seal| seal.head.seal_seq += 1,
    |seal| seal.head.prev = SealId::ZERO,
    |seal| seal.head.point.seq += 1,
    |seal| seal.head.digests.swap(0, 1),
    |seal| seal.parts.swap(0, 1),
    |seal| {
        seal.head.digests.pop();
        seal.parts.pop();
    },
    |seal| {
        seal.head.digests.swap(0, 1);
        seal.parts.swap(0, 1);
    },
    |seal| drop(first(seal).changes.pop()),
    |seal| first(seal).changes.swap(1, 2),
    |seal| {
        let again = first(seal).changes[0].clone();
        first(seal).changes.push(again);
    },
    |seal| first(seal).changes[1] = changes(2, 21)[1].bytes.clone(),
    |seal| first(seal).doc = doc(9),
    |seal| first(seal).nonce = Some(nonce(9)),
    |seal| first(seal).birth = 0,
    |seal| seal.signature = key(2).sign(&seal.head.id(&REALM).0).unwrap(),
    |seal| seal.signature = key(1).sign(&seal.head.id(&RealmId([9; 32])).0).unwrap(),
    |seal| seal.signature = Signature::ZERO,
];

fn first(seal: &mut Seal) -> &mut WirePart {
    seal.parts[0].as_mut().unwrap()
}

fn mutated(numbers: &mut Numbers, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let at = numbers.below(out.len());
    match numbers.below(5) {
        0 => out[at] ^= 1 << numbers.below(8),
        1 => out[at] = out[at].wrapping_add(1 + numbers.below(255) as u8),
        2 => out.truncate(at),
        3 => out.insert(at, numbers.next() as u8),
        _ => drop(out.remove(at)),
    }
    out
}

#[test]
fn of_two_thousand_forged_seals_none_is_accepted() {
    let (seal, mut numbers) = (sample(), Numbers(2000));
    let honest = seal.encode();
    assert!(accepted(&honest, &REALM));
    let mut tried = BTreeSet::new();
    for (n, forge) in FORGERIES.iter().enumerate() {
        let mut forged = seal.clone();
        forge(&mut forged);
        assert!(!accepted(&forged.encode(), &REALM), "forgery {n}");
        // The device that signed it, not the key that is at hand.
        assert!(!forged.verify_signature(&REALM, &key(2).spki()), "forgery {n}");
        tried.insert(forged.encode());
    }
    while tried.len() < 2000 {
        let bytes = mutated(&mut numbers, &honest);
        assert!(bytes == honest || !accepted(&bytes, &REALM), "{}", tried.len());
        tried.insert(bytes);
    }
}

#[test]
fn twenty_thousand_mutated_seals_never_panic_and_are_read_one_way() {
    let (honest, mut numbers) = (sample().encode(), Numbers(20_000));
    let mut read = 0;
    for _ in 0..20_000 {
        let mut bytes = honest.clone();
        for _ in 0..=numbers.below(4) {
            bytes = mutated(&mut numbers, &bytes);
            if bytes.is_empty() {
                break;
            }
        }
        if let Ok(seal) = Seal::decode(&bytes) {
            assert_eq!(seal.encode(), bytes);
            let _ = seal.check_parts(&held);
            read += 1;
        }
    }
    assert!((500..19_500).contains(&read), "both sides were tried: {read}");
}

#[test]
fn each_reason_not_to_read_has_its_name() {
    let bytes = sample().encode();
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        Seal::decode(&bytes)
    };
    let codec = 76 + 32 * 3 + 64;
    assert_eq!(with(0, 2), Err(SealError::Newer));
    assert_eq!(with(1, 2), Err(SealError::Newer));
    assert_eq!(with(codec, 1), Err(SealError::NeedRaw));
    assert_eq!(with(codec + 2, 2), Err(SealError::Malformed), "fewer parts than digests");
    assert_eq!(with(codec + 3, 2), Err(SealError::Malformed), "neither cut nor there");
    assert_eq!(with(29, 0), Err(SealError::Malformed), "seals are numbered from 1");
    assert_eq!(Seal::decode(&[&bytes[..], &[0]].concat()), Err(SealError::Malformed));
    assert_eq!(Seal::decode(&bytes[..40]), Err(SealError::Malformed));
    assert_eq!(Seal::decode(&[]), Err(SealError::Malformed));
    assert_eq!(Seal::decode(&vec![1; FRAME_BYTES_MAX + 1]), Err(SealError::TooBig));
    let empty = Seal { head: head(), signature: Signature::ZERO, parts: vec![] };
    assert_eq!(Seal::decode(&empty.encode()), Err(SealError::Malformed), "at least one part");
}

/// A seal of whatever parts, with the digests that fit: signed by somebody who means harm.
fn harmful(parts: Vec<Part>) -> Seal {
    let digests = parts.iter().map(|part| part.digest().unwrap_or_default()).collect();
    let head = SealHead { digests, ..head() };
    let signature = key(1).sign(&head.id(&REALM).0).unwrap();
    Seal { head, signature, parts: parts.into_iter().map(|part| Some(part.into())).collect() }
}

#[test]
fn what_no_author_may_sign_is_malformed_whoever_signed_it() {
    let chain = changes(3, 9);
    let broken = |at: usize| {
        let mut part = part(1, &chain);
        part.changes[0][at] ^= 1;
        part
    };
    let reversed = [chain[1].clone(), chain[0].clone()];
    for (why, parts) in [
        ("a wrong magic", vec![broken(0)]),
        ("a wrong checksum", vec![broken(5)]),
        ("no change", vec![part(1, &[])]),
        ("two parts of one document", vec![part(1, &chain[..1]), part(1, &chain[1..])]),
        ("a change that depends on a later one", vec![part(1, &reversed)]),
    ] {
        let seal = harmful(parts.clone());
        assert!(seal.verify_signature(&REALM, &key(1).spki()));
        assert_eq!(seal.check_parts(&held), Err(PartsError::Malformed), "{why}");
        let made = Seal::make(&key(1), &REALM, head(), parts);
        assert_eq!(made.err(), Some(MakeError::Parts(PartsError::Malformed)), "{why}");
    }
    let nothing = Seal::make(&key(1), &REALM, head(), vec![]);
    assert_eq!(nothing.err(), Some(MakeError::Parts(PartsError::Malformed)));
    let unnumbered = SealHead { seal_seq: 0, ..head() };
    let unnumbered = Seal::make(&key(1), &REALM, unnumbered, vec![part(1, &chain)]);
    assert_eq!(unnumbered.err(), Some(MakeError::Parts(PartsError::Malformed)));
}

#[test]
fn what_is_not_canonical_is_left_to_a_verdict() {
    // A chunk with its own checksum that the guard would refuse.
    let chunk = [1, 2, 3, 4];
    let hash = doorstep_protocol::hash::sha256(&chunk);
    let bytes = [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &chunk].concat();
    let odd = RawChange { hash: ChangeHash(hash), bytes };
    let seal = harmful(vec![part(1, &[odd])]);
    assert!(seal.check_parts(&held).is_ok());
}

/// A birth of just so many raw bytes.
fn birth(act: u8, raw_bytes: usize) -> RawChange {
    let change = |value: usize| Change {
        actor: support::actor(1),
        seq: 1,
        start_op: 1,
        deps: vec![],
        act: ActId([act; 8]),
        value: vec![act; value],
    };
    let found = (raw_bytes - 80..raw_bytes)
        .rev()
        .find_map(|value| change(value).encode().ok().filter(|raw| raw.bytes.len() == raw_bytes));
    found.unwrap()
}

#[test]
fn changes_and_bytes_of_a_seal_are_bounded() {
    let check = |seal: &Seal| seal.check_parts(&|_| None).err();
    let most = changes(SEAL_CHANGES_MAX + 1, 1);
    assert_eq!(check(&harmful(vec![part(1, &most[1..])])), None);
    assert_eq!(check(&harmful(vec![part(1, &most)])), Some(PartsError::TooBig));

    let full = [1, 2, 3].map(|act| birth(act, SEAL_RAW_BYTES_MAX / 3));
    assert_eq!(check(&harmful(vec![part(1, &full)])), None);
    let over = [&full[..], &[birth(4, 100)]].concat();
    let mut over = harmful(vec![part(1, &over)]);
    assert_eq!(check(&over), Some(PartsError::TooBig));

    // In the order of the formats: malformed, too big, a nonce that is not held.
    over.parts[0].as_mut().unwrap().nonce = None;
    assert_eq!(check(&over), Some(PartsError::TooBig));
    over.parts[0].as_mut().unwrap().changes[0][5] ^= 1;
    assert_eq!(check(&over), Some(PartsError::Malformed));
}

#[test]
fn the_fullest_seal_fits_a_frame() {
    let change = birth(1, SEAL_RAW_BYTES_MAX / SEAL_CHANGES_MAX);
    let parts = (0..SEAL_CHANGES_MAX).map(|n| {
        let doc = DocumentId([n as u8; 16]);
        Part { doc, ..part(1, std::slice::from_ref(&change)) }
    });
    let seal = make(parts.collect());
    let bytes = seal.encode();
    assert!(bytes.len() < FRAME_BYTES_MAX, "{}", bytes.len());
    assert!(Seal::decode(&bytes).unwrap().check_parts(&|_| None).is_ok());

    // More digests than that, though every part was cut out.
    let digests = vec![Digest::ZERO; SEAL_CHANGES_MAX + 1];
    let parts = vec![None; digests.len()];
    let crowd = Seal { head: SealHead { digests, ..head() }, parts, ..seal };
    assert_eq!(crowd.check_parts(&|_| None).err(), Some(PartsError::TooBig));
}

#[test]
fn a_key_that_cannot_sign_makes_no_seal() {
    struct Locked;
    impl DeviceKey for Locked {
        fn spki(&self) -> Spki {
            key(1).spki()
        }
        fn sign(&self, _: &[u8]) -> Result<Signature, KeyError> {
            Err(KeyError::Unavailable)
        }
    }
    let made = Seal::make(&Locked, &REALM, head(), vec![part(1, &changes(1, 1))]);
    assert_eq!(made.err(), Some(MakeError::Key(KeyError::Unavailable)));
}
