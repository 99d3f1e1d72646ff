//! Admission by itself: the order of the reasons that leave no verdict, and of the verdicts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test stops where it fails

#[path = "sessions/index.rs"]
mod index;

use doorstep_protocol::{
    admission::{Author, NotTaken, examine, judge},
    change::{Change, RawChange, start_op_after},
    frame::Refusal,
    id::{
        ActId, ActorId, Chain, ChangeHash, DocumentId, DocumentKind, Incarnation, KeyHash, Level,
        MemberId, Nonce, PlaceId, Point, RealmId, Scope, SealId, Signature,
    },
    key::{DeviceKey, SoftwareKey},
    limits::{
        CHANGE_BYTES_MAX, DOCUMENT_DEVICE_ACTS_MAX, DOCUMENT_DEVICE_BYTES_MAX, SEAL_CHANGES_MAX,
        SEAL_RAW_BYTES_MAX,
    },
    log::Verdict,
    part::Part,
    roster::{Device, Fact, Genesis, Place, Record, RoleKind, Roster},
    seal::{Seal, SealHead},
    store::Index,
};
use index::MemoryIndex;

const VISIT: u8 = DocumentKind::Visit as u8;

/// A realm of one building, a member with a phone, and what is applied so far.
struct Desk {
    realm: RealmId,
    rosters: Vec<Roster>,
    index: MemoryIndex,
    key: SoftwareKey,
    member: MemberId,
    scope: Scope,
    incarnation: Incarnation,
}

fn key(n: u8) -> SoftwareKey {
    SoftwareKey::from_secret(&[n; 32]).unwrap()
}

impl Desk {
    fn new() -> Self {
        let relay = key(1).spki();
        let genesis = Genesis { nonce: [9; 32], relay, backup: KeyHash([7; 32]) };
        let realm = genesis.realm();
        let block = PlaceId::of(&realm, Level::Block, "B");
        let building = PlaceId::of(&realm, Level::Building, "b");
        let member = MemberId::of(&realm, "li");
        let key = key(2);
        let place = |level: Level, code: &str, parent| {
            let (level, code, name) = (level.number(), code.to_owned(), String::new());
            Some(Place { level, code, parent, name, successors: None })
        };
        let (spki, role) = (key.spki(), RoleKind::Member as u8);
        let facts = [
            Fact::Place { id: block, place: place(Level::Block, "B", PlaceId::ZERO) },
            Fact::Place { id: building, place: place(Level::Building, "b", block) },
            Fact::Role { member, place: block, role, given: Some(None) },
            Fact::Device { id: spki.device(), device: Some(Device { spki, member }) },
        ];
        let mut roster = Roster::new(realm, Some(block));
        roster.append(Chain([1; 32]).short(), 1, &[Fact::Genesis(genesis).record()]);
        roster.append(
            Chain([2; 32]).short(),
            2,
            &facts.iter().map(Fact::record).collect::<Vec<Record>>(),
        );
        let index = MemoryIndex::default();
        let (scope, incarnation) = (building.scope(), Incarnation([0, 0, 0, 1]));
        Self { realm, rosters: vec![roster], index, key, member, scope, incarnation }
    }

    fn author(&self) -> Author {
        Author {
            scope: self.scope,
            device: self.key.spki().device(),
            incarnation: self.incarnation,
            member: self.member,
        }
    }

    fn actor(&self) -> ActorId {
        ActorId::new(self.key.spki().device(), self.incarnation)
    }

    /// A change with the numbers that a canonical one has here.
    fn change(&self, seq: u32, deps: &[&RawChange], text: &[u8]) -> RawChange {
        let ops =
            deps.iter().map(|dep| doorstep_protocol::change::guard(&dep.bytes).unwrap().start_op);
        let start_op = start_op_after(ops).unwrap();
        self.change_at(seq, start_op, deps, text)
    }

    fn change_at(&self, seq: u32, start_op: u32, deps: &[&RawChange], text: &[u8]) -> RawChange {
        let mut deps: Vec<ChangeHash> = deps.iter().map(|dep| dep.hash).collect();
        deps.sort();
        let act = ActId([seq as u8; 8]);
        Change { actor: self.actor(), seq, start_op, deps, act, value: text.to_vec() }
            .encode()
            .unwrap()
    }

    fn doc(&self, nonce: Nonce) -> DocumentId {
        DocumentId::of(&self.realm, self.scope, VISIT, self.member, &nonce)
    }

    fn part(&self, nonce: Nonce, birth: u8, changes: &[&RawChange]) -> Part {
        let changes = changes.iter().map(|change| change.bytes.clone()).collect();
        Part { doc: self.doc(nonce), nonce, birth, changes }
    }

    fn judge(&self, part: &Part) -> Verdict {
        judge(&self.index, &self.realm, &self.author(), part).unwrap().verdict
    }

    /// Judges a part and writes down what came of it.
    fn admit(&mut self, part: &Part) -> Verdict {
        let judged = judge(&self.index, &self.realm, &self.author(), part).unwrap();
        self.index.record(&self.author(), part, &judged);
        judged.verdict
    }

    fn point(&self) -> Point {
        self.rosters[0].tip_point()
    }

    fn head(&self, parts: &[Part]) -> SealHead {
        SealHead {
            scope: self.scope,
            device: self.key.spki().device(),
            incarnation: self.incarnation,
            seal_seq: 1,
            prev: SealId::ZERO,
            point: self.point(),
            digests: parts.iter().map(|part| part.digest().unwrap()).collect(),
        }
    }

    /// A seal with a good signature, whatever is in it.
    fn seal(&self, parts: Vec<Part>) -> Seal {
        let head = self.head(&parts);
        let signature = self.key.sign(&head.id(&self.realm).0).unwrap();
        Seal { head, signature, parts: parts.into_iter().map(|part| Some(part.into())).collect() }
    }

    fn examine(&self, bytes: &[u8]) -> Option<Refusal> {
        match examine(&self.index, &self.realm, &self.rosters, bytes, false) {
            Ok(_) => None,
            Err(NotTaken::Refused(reason)) => Some(reason),
            Err(NotTaken::Store(error)) => panic!("{error}"),
        }
    }
}

const N: Nonce = Nonce([4; 12]);

fn born(desk: &Desk) -> (RawChange, Part) {
    let birth = desk.change(1, &[], b"born");
    let part = desk.part(N, VISIT, &[&birth]);
    (birth, part)
}

#[test]
fn a_seal_with_nothing_wrong_is_let_through_with_its_author() {
    let desk = Desk::new();
    let bytes = desk.seal(vec![born(&desk).1]).encode();
    let found = examine(&desk.index, &desk.realm, &desk.rosters, &bytes, false).unwrap();
    assert_eq!((found.author, found.parts.len()), (desk.member, 1));
}

/// Each reason goes before all that stand after it: faults are added from the last to the first.
#[test]
fn reasons_come_in_the_order_of_the_formats() {
    let desk = Desk::new();
    let (birth, _) = born(&desk);
    let orphan = desk.change(2, &[&birth], b"on what is not here");
    let mut seal = desk.seal(vec![desk.part(N, 0, &[&orphan])]);
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::NeedDeps));
    seal.head.scope = Scope([8; 8]);
    seal.signature = desk.key.sign(&seal.head.id(&desk.realm).0).unwrap();
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::NoPlace));
    seal.signature = Signature([5; 64]);
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::Signature));
    seal.head.point = Point { seq: 2, ..Point::default() };
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::NeedRoster));
    // A nonce that was left out and is not here.
    seal.parts[0].as_mut().unwrap().nonce = None;
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::NeedDeps));
    let small = desk.part(Nonce([6; 12]), 0, &[&birth]);
    let many = Part { changes: vec![small.changes[0].clone(); SEAL_CHANGES_MAX + 1], ..small };
    seal.head.digests.push(many.digest().unwrap());
    seal.parts.push(Some(many.into()));
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::TooBig));
    let cut = desk.part(Nonce([7; 12]), VISIT, &[&birth]);
    seal.head.digests.push(cut.digest().unwrap());
    seal.parts.push(None);
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::Cut));
    let broken = desk.part(Nonce([8; 12]), VISIT, &[&birth]);
    seal.head.digests.push(broken.digest().unwrap());
    let mut broken = Some(broken.into());
    if let Some(doorstep_protocol::seal::WirePart { changes, .. }) = &mut broken {
        changes[0][20] ^= 1;
    }
    seal.parts.push(broken);
    assert_eq!(desk.examine(&seal.encode()), Some(Refusal::Malformed));
    let codec_at = 76 + 32 * seal.head.digests.len() + 64;
    let mut bytes = seal.encode();
    bytes[codec_at] = 1;
    assert_eq!(desk.examine(&bytes), Some(Refusal::NeedRaw));
    bytes[1] = 2;
    assert_eq!(desk.examine(&bytes), Some(Refusal::Newer));
}

#[test]
fn what_its_author_did_not_sign_is_malformed() {
    let desk = Desk::new();
    let (birth, part) = born(&desk);
    let next = desk.change(2, &[&birth], b"next");
    let good = desk.seal(vec![part.clone()]);
    let with = |change: &dyn Fn(&mut Seal)| {
        let mut seal = good.clone();
        change(&mut seal);
        desk.examine(&seal.encode())
    };
    let wire = |seal: &mut Seal, changes: Vec<Vec<u8>>| {
        seal.parts[0].as_mut().unwrap().changes = changes;
    };
    assert_eq!(with(&|_| {}), None);
    let malformed = Some(Refusal::Malformed);
    assert_eq!(with(&|seal| wire(seal, vec![])), malformed);
    assert_eq!(with(&|seal| wire(seal, vec![next.bytes.clone()])), malformed);
    assert_eq!(with(&|seal| seal.parts[0].as_mut().unwrap().birth = 3), malformed);
    assert_eq!(
        with(&|seal| seal.parts[0].as_mut().unwrap().nonce = Some(Nonce([1; 12]))),
        malformed
    );
    // A change before the one that it depends on, and two parts of one document: whoever signed.
    let turned = desk.seal(vec![desk.part(N, VISIT, &[&next, &birth])]);
    assert_eq!(desk.examine(&turned.encode()), malformed);
    let twice = desk.seal(vec![part.clone(), part]);
    assert_eq!(desk.examine(&twice.encode()), malformed);
    assert_eq!(desk.examine(&[]), malformed);
    let mut longer = good.encode();
    longer.push(0);
    assert_eq!(desk.examine(&longer), malformed);
}

#[test]
fn raw_bytes_over_the_cap_are_too_big_and_at_the_cap_are_not() {
    let desk = Desk::new();
    let size = desk.change(1, &[], &[1]).bytes.len();
    // Changes of 32 KiB; the last makes it just the cap, or one more.
    let parts = |more: usize| {
        let text = vec![1; 32 * 1024 - size - 8];
        let mut parts: Vec<Part> = (0..6)
            .map(|n| desk.part(Nonce([n; 12]), VISIT, &[&desk.change(1, &[], &text)]))
            .collect();
        let raw: usize = parts.iter().map(Part::raw_bytes).sum();
        let text = vec![1; text.len() + SEAL_RAW_BYTES_MAX - raw + more];
        parts[5] = desk.part(Nonce([5; 12]), VISIT, &[&desk.change(1, &[], &text)]);
        parts
    };
    assert_eq!(parts(0).iter().map(Part::raw_bytes).sum::<usize>(), SEAL_RAW_BYTES_MAX);
    assert_eq!(desk.examine(&desk.seal(parts(0)).encode()), None);
    assert_eq!(desk.examine(&desk.seal(parts(1)).encode()), Some(Refusal::TooBig));
}

#[test]
fn a_part_cut_out_is_taken_of_a_seal_that_is_known() {
    let desk = Desk::new();
    let mut seal = desk.seal(vec![born(&desk).1]);
    seal.parts[0] = None;
    let bytes = seal.encode();
    assert_eq!(desk.examine(&bytes), Some(Refusal::Cut));
    let found = examine(&desk.index, &desk.realm, &desk.rosters, &bytes, true).unwrap();
    assert_eq!(found.parts, [None]);
}

#[test]
fn a_nonce_that_is_held_may_be_left_out() {
    let mut desk = Desk::new();
    let (birth, part) = born(&desk);
    assert_eq!(desk.admit(&part), Verdict::Applied);
    let next = desk.change(2, &[&birth], b"next");
    let mut seal = desk.seal(vec![desk.part(N, 0, &[&next])]);
    seal.parts[0].as_mut().unwrap().nonce = None;
    assert_eq!(desk.examine(&seal.encode()), None);
}

#[test]
fn a_place_is_asked_at_the_point_of_the_seal() {
    let mut desk = Desk::new();
    let seal = desk.seal(vec![born(&desk).1]).encode();
    let place = desk.rosters[0].block().unwrap();
    let (member, role) = (desk.member, RoleKind::Member as u8);
    let gone = Fact::Role { member, place, role, given: None }.record();
    let device = desk.key.spki().device();
    let revoked = Fact::Device { id: device, device: None }.record();
    desk.rosters[0].append(Chain([3; 32]).short(), 3, &[gone]);
    let later = desk.seal(vec![born(&desk).1]).encode();
    desk.rosters[0].append(Chain([4; 32]).short(), 4, &[revoked]);
    let stranger = desk.seal(vec![born(&desk).1]).encode();
    assert_eq!(desk.examine(&seal), None, "then it had one");
    assert_eq!(desk.examine(&later), Some(Refusal::NoPlace));
    assert_eq!(desk.examine(&stranger), Some(Refusal::NeedRoster));
}

#[test]
fn a_dependency_that_is_aside_is_known_and_makes_the_change_needs() {
    let mut desk = Desk::new();
    let (birth, part) = born(&desk);
    desk.admit(&part);
    let gap = desk.change(3, &[&birth], b"3 without 2");
    assert_eq!(desk.admit(&desk.part(N, 0, &[&gap])), Verdict::Needs);
    let on_it = desk.change(2, &[&birth, &gap], b"on what is aside");
    let part = desk.part(N, 0, &[&on_it]);
    assert_eq!(desk.examine(&desk.seal(vec![part.clone()]).encode()), None);
    assert_eq!(desk.judge(&part), Verdict::Needs);
}

#[test]
fn verdicts_on_one_change() {
    let mut desk = Desk::new();
    let (birth, part) = born(&desk);
    assert_eq!(desk.admit(&part), Verdict::Applied);
    let second = desk.change(2, &[&birth], b"second");
    assert_eq!(desk.admit(&desk.part(N, 0, &[&second])), Verdict::Applied);
    let one = |change: &RawChange| desk.judge(&desk.part(N, 0, &[change]));
    assert_eq!(one(&second), Verdict::Applied, "again");
    assert_eq!(one(&desk.change(3, &[&second], b"third")), Verdict::Applied);
    // Twin before Needs before Guard.
    assert_eq!(one(&desk.change(2, &[&birth], b"another second")), Verdict::Twin);
    assert_eq!(one(&desk.change_at(2, 9, &[], b"another second")), Verdict::Twin);
    assert_eq!(one(&desk.change(4, &[&second], b"a gap")), Verdict::Needs);
    assert_eq!(one(&desk.change_at(4, 9, &[], b"a gap")), Verdict::Needs);
    assert_eq!(one(&desk.change(3, &[&birth], b"own previous not named")), Verdict::Guard);
    assert_eq!(one(&desk.change_at(3, 3, &[], b"no dependency")), Verdict::Guard);
    for start_op in [1, 2, 4, u32::MAX] {
        let change = desk.change_at(3, start_op, &[&second], b"start_op");
        assert_eq!(one(&change), Verdict::Guard, "{start_op}");
    }
}

#[test]
fn verdicts_on_a_birth_and_on_the_part_as_a_whole() {
    let mut desk = Desk::new();
    let (birth, part) = born(&desk);
    let second = desk.change(2, &[&birth], b"second");
    // Another kind, nonce, member or log than the id is made of.
    assert_eq!(desk.judge(&Part { birth: 3, ..part.clone() }), Verdict::Guard);
    assert_eq!(desk.judge(&Part { nonce: Nonce([1; 12]), ..part.clone() }), Verdict::Guard);
    let other = MemberId([1; 8]);
    let by = |author: Author, part: &Part| {
        judge(&desk.index, &desk.realm, &author, part).unwrap().verdict
    };
    assert_eq!(by(Author { member: other, ..desk.author() }, &part), Verdict::Guard);
    assert_eq!(by(Author { scope: Scope([1; 8]), ..desk.author() }, &part), Verdict::Guard);
    // Another actor than the seal's.
    let (device, incarnation) = (key(3).spki().device(), Incarnation([0, 0, 0, 2]));
    assert_eq!(by(Author { device, ..desk.author() }, &part), Verdict::Guard);
    assert_eq!(by(Author { incarnation, ..desk.author() }, &part), Verdict::Guard);
    // A birth whose first change has a past, or a second without one.
    assert_eq!(desk.judge(&desk.part(N, VISIT, &[&second])), Verdict::Guard);
    let rootless = desk.change_at(2, 1, &[], b"no dependency");
    assert_eq!(desk.judge(&desk.part(N, VISIT, &[&birth, &rootless])), Verdict::Guard);
    // No birth at all.
    assert_eq!(desk.judge(&desk.part(N, 0, &[&birth])), Verdict::Guard);
    // One bad change sets the whole part aside, and nothing of it counts.
    let twin = desk.change(2, &[&birth], b"another second");
    let whole = desk.part(N, VISIT, &[&birth, &second, &twin]);
    assert_eq!(desk.admit(&whole), Verdict::Twin);
    assert_eq!(desk.index.document(part.doc), Ok(None));
    // The same birth by itself, after that; and once more.
    assert_eq!(desk.admit(&part), Verdict::Applied);
    assert_eq!(desk.judge(&part), Verdict::Applied);
    let wrong = Nonce([1; 12]);
    assert_eq!(desk.judge(&Part { nonce: wrong, birth: 0, ..whole }), Verdict::Guard);
    assert_eq!(desk.judge(&Part { birth: 3, ..part }), Verdict::Guard);
}

#[test]
fn an_unknown_kind_of_document_is_admitted() {
    let mut desk = Desk::new();
    let birth = desk.change(1, &[], b"of a newer app");
    let doc = DocumentId::of(&desk.realm, desk.scope, 200, desk.member, &N);
    let part = Part { doc, nonce: N, birth: 200, changes: vec![birth.bytes] };
    assert_eq!(desk.admit(&part), Verdict::Applied);
    assert_eq!(desk.index.document(doc).unwrap().unwrap().kind, 200);
}

#[test]
fn what_is_not_canonical_is_the_guards() {
    let desk = Desk::new();
    let (birth, _) = born(&desk);
    let mut bytes = birth.bytes;
    // Its time is no longer 0; the checksum is that of its chunk all the same.
    let at = 8 + 1 + 1 + 1 + 1 + 16 + 1 + 1;
    assert_eq!(bytes[at], 0);
    bytes[at] = 1;
    let hash = doorstep_protocol::hash::sha256(&bytes[8..]);
    bytes[4..8].copy_from_slice(&hash[..4]);
    let part = Part { doc: desk.doc(N), nonce: N, birth: VISIT, changes: vec![bytes] };
    assert_eq!(desk.examine(&desk.seal(vec![part.clone()]).encode()), None, "it gets a verdict");
    assert_eq!(desk.judge(&part), Verdict::Guard);
}

#[test]
fn an_erased_document_goes_before_everything() {
    let mut desk = Desk::new();
    let (birth, part) = born(&desk);
    desk.admit(&part);
    desk.index.erase(part.doc);
    let next = desk.change_at(7, 7, &[&birth], b"late, and wrong in every way");
    let late = Part { nonce: Nonce([9; 12]), ..desk.part(N, 3, &[&next]) };
    assert_eq!(desk.judge(&Part { doc: part.doc, ..late }), Verdict::Erased);
}

#[test]
fn acts_over_the_cap_of_a_device_in_a_document() {
    let mut desk = Desk::new();
    let (mut last, part) = born(&desk);
    desk.admit(&part);
    for seq in 2..=DOCUMENT_DEVICE_ACTS_MAX {
        let next = desk.change(seq, &[&last], b"1");
        assert_eq!(desk.admit(&desk.part(N, 0, &[&next])), Verdict::Applied, "{seq}");
        last = next;
    }
    let one_more = desk.change(DOCUMENT_DEVICE_ACTS_MAX + 1, &[&last], b"1");
    assert_eq!(desk.judge(&desk.part(N, 0, &[&one_more])), Verdict::OverCap);
    // All incarnations of the device share it.
    desk.incarnation = Incarnation([0, 0, 0, 2]);
    let again = desk.change(1, &[&last], b"1");
    assert_eq!(desk.judge(&desk.part(N, 0, &[&again])), Verdict::OverCap);
    desk.key = key(3);
    let other = desk.change(1, &[&last], b"1");
    assert_eq!(desk.judge(&desk.part(N, 0, &[&other])), Verdict::Applied);
}

#[test]
fn bytes_over_the_cap_of_a_device_in_a_document() {
    let mut desk = Desk::new();
    let (mut last, part) = born(&desk);
    desk.admit(&part);
    let mut left = DOCUMENT_DEVICE_BYTES_MAX as usize - last.bytes.len();
    let mut seq = 1;
    let fill = |desk: &Desk, seq, last: &RawChange, bytes: usize| {
        let mut text = vec![1; bytes];
        loop {
            // Lengths are numbers of one to three bytes, so the text is cut until the whole fits.
            let change = desk.change(seq, &[last], &text);
            if change.bytes.len() == bytes {
                return change;
            }
            text.truncate(text.len() + bytes - change.bytes.len());
        }
    };
    while left > CHANGE_BYTES_MAX {
        seq += 1;
        last = fill(&desk, seq, &last, 60_000);
        assert_eq!(desk.admit(&desk.part(N, 0, &[&last])), Verdict::Applied);
        left -= last.bytes.len();
    }
    let within = fill(&desk, seq + 1, &last, left);
    assert_eq!(within.bytes.len(), left);
    assert_eq!(desk.judge(&desk.part(N, 0, &[&within])), Verdict::Applied);
    let over = fill(&desk, seq + 1, &last, left + 1);
    assert_eq!(desk.judge(&desk.part(N, 0, &[&over])), Verdict::OverCap);
    // Within one part it adds up too.
    let (first, rest) = (fill(&desk, seq + 1, &last, 20_000), left - 20_000);
    let second = fill(&desk, seq + 2, &first, rest + 1);
    assert_eq!(desk.judge(&desk.part(N, 0, &[&first, &second])), Verdict::OverCap);
}
