//! Logs: entries, the chain over them, and what the relay signs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test stops where it fails

use doorstep_protocol::{
    head::{Head, HeadError, HeadItem, Receipt, ReceiptItem, SignerKeys},
    id::{Chain, DeviceId, KeyHash, MemberId, RealmId, Scope, SealId, TeamId, Token},
    invitation::{ADDRESSES_MAX, INVITATION_BYTES_MAX, Invitation, InvitationError},
    key::{DeviceKey, SoftwareKey, Spki},
    limits::{
        FRAME_BYTES_MAX, HEAD_ITEMS_MAX, ROSTER_ENTRY_BYTES_MAX, ROSTER_ENTRY_RECORDS_MAX,
        ROSTER_TEXT_BYTES_MAX, SEAL_CHANGES_MAX,
    },
    log::{Entry, EntryBody, EntryError, Verdict, chain_next, chain_start, kind},
    roster::{Fact, Genesis, Named, Record},
    wire::WireError,
};

const REALM: RealmId = RealmId([1; 32]);
const SCOPE: Scope = Scope([2; 8]);

fn key(n: u8) -> SoftwareKey {
    SoftwareKey::from_secret(&[n; 32]).unwrap()
}

fn setting(name: u16) -> Record {
    Fact::Setting { name, value: Some(1) }.record()
}

fn genesis() -> Record {
    let (relay, backup) = (key(1).spki(), key(2).spki().key_hash());
    Fact::Genesis(Genesis { nonce: [1; 32], relay, backup }).record()
}

fn roster(seq: u32, records: &[Record]) -> Result<Entry, EntryError> {
    Entry::roster(SCOPE, seq, 5, records)
}

#[test]
fn an_entry_survives_its_bytes() {
    let verdicts = [Verdict::Applied, Verdict::Erased];
    let entry = Entry::seal(SCOPE, 3, 9, SealId([7; 32]), &verdicts);
    assert_eq!(Entry::decode(&entry.encode()), Ok(entry.clone()));
    let says = EntryBody::Seal { id: SealId([7; 32]), verdicts: verdicts.to_vec() };
    assert_eq!(entry.parse(), Ok(says));
    let records = [setting(0), setting(1)];
    let entry = roster(2, &records).unwrap();
    assert_eq!(
        Entry::decode(&entry.encode()).unwrap().parse(),
        Ok(EntryBody::Roster(records.into()))
    );
}

#[test]
fn an_entry_that_is_not_understood_is_no_entry_and_an_odd_kind_is_passed_by() {
    let good = Entry::seal(SCOPE, 3, 9, SealId([7; 32]), &[Verdict::Guard]);
    let with = |kind: u8, body: Vec<u8>| Entry { kind, body, ..good.clone() }.parse();
    let body = |byte: u8| [&good.body[..34], &[byte]].concat();
    assert!(with(kind::SEAL, body(5)).is_ok());
    assert_eq!(with(kind::SEAL, body(6)), Err(EntryError::NotUnderstood), "an unknown verdict");
    assert_eq!(with(kind::SEAL, vec![]), Err(EntryError::NotUnderstood));
    let trailing = [&good.body[..], &[0]].concat();
    assert_eq!(with(kind::SEAL, trailing), Err(EntryError::NotUnderstood));
    assert_eq!(with(kind::BRANCH, vec![]), Err(EntryError::NotUnderstood));
    assert_eq!(with(254, vec![]), Err(EntryError::NotUnderstood));
    assert_eq!(with(kind::BLOB, vec![1]), Ok(EntryBody::Skipped));
    assert_eq!(with(255, vec![]), Ok(EntryBody::Skipped));
    let unnumbered = Entry { seq: 0, ..good.clone() };
    assert_eq!(Entry::decode(&unnumbered.encode()), Err(WireError::Value("entry number")));
    assert_eq!(Entry::decode(&[0; 20]), Err(WireError::Value("entry number")));
    assert_eq!(Entry::decode(&vec![1; FRAME_BYTES_MAX + 1]), Err(WireError::TooLong));
    let crowd = vec![Verdict::Applied; SEAL_CHANGES_MAX + 1];
    let crowd = Entry::seal(SCOPE, 1, 1, SealId::ZERO, &crowd);
    assert_eq!(crowd.parse(), Err(EntryError::NotUnderstood));
}

#[test]
fn every_verdict_has_its_number_and_its_word() {
    for (n, word) in ["applied", "twin", "needs", "over_cap", "guard", "erased"].iter().enumerate()
    {
        let verdict = Verdict::from_number(n as u8).unwrap();
        assert_eq!(usize::from(verdict.number()), n);
        assert_eq!(serde_json::to_value(verdict).unwrap(), *word);
    }
    assert_eq!(Verdict::from_number(6), None);
}

#[test]
fn genesis_stands_alone_in_entry_one_and_nowhere_else() {
    assert!(roster(1, &[genesis()]).is_ok());
    for (seq, records) in [
        (2, vec![genesis()]),
        (1, vec![genesis(), setting(1)]),
        (1, vec![genesis(), genesis()]),
        (1, vec![setting(1)]),
        (1, vec![]),
        (7, vec![setting(1), genesis()]),
    ] {
        assert_eq!(roster(seq, &records), Err(EntryError::NotUnderstood), "{seq}");
    }
}

#[test]
fn a_malformed_or_unknown_record_makes_its_entry_not_understood() {
    let named = |code: String, name: String| {
        Fact::Member { id: MemberId([1; 8]), named: Some(Named { code, name }) }.record()
    };
    let long = "x".repeat(ROSTER_TEXT_BYTES_MAX);
    assert!(roster(2, &[named(long.clone(), long.clone())]).is_ok());
    assert!(roster(2, &[named("c".into(), String::new())]).is_ok(), "a name may be empty");
    let unknown = |kind: u8| Record { kind, key: vec![1], value: None };
    assert!(roster(2, &[unknown(99)]).is_ok(), "an odd kind may be skipped");
    let gone = Fact::Team { id: TeamId([1; 8]), named: None }.record();
    assert!(roster(2, std::slice::from_ref(&gone)).is_ok());
    let mut short_key = gone;
    short_key.key.pop();
    let no_spki = Record { kind: 16, key: DeviceId([1; 12]).0.to_vec(), value: Some(vec![0; 12]) };
    for record in [
        named(String::new(), "n".into()),
        named(format!("{long}x"), String::new()),
        named("c".into(), format!("{long}x")),
        unknown(98),
        // Fence, Admit and Erase have no bytes yet.
        unknown(20),
        unknown(24),
        short_key,
        no_spki,
    ] {
        assert_eq!(roster(2, &[setting(0), record]), Err(EntryError::NotUnderstood));
    }
}

#[test]
fn records_and_bytes_of_a_roster_entry_are_bounded() {
    let many: Vec<_> = (0..=ROSTER_ENTRY_RECORDS_MAX as u16).map(setting).collect();
    assert!(roster(2, &many[1..]).is_ok());
    assert_eq!(roster(2, &many), Err(EntryError::TooBig));
    let odd = |bytes: usize| Record { kind: 101, key: vec![0; bytes], value: None };
    let room = ROSTER_ENTRY_BYTES_MAX - 2 - 1 - 4 - 1;
    assert!(roster(2, &[odd(room)]).is_ok());
    assert_eq!(roster(2, &[odd(room + 1)]), Err(EntryError::TooBig));
    let mut body = roster(2, &[odd(room)]).unwrap().body;
    body.push(0);
    let over = Entry { scope: SCOPE, seq: 2, kind: kind::ROSTER, relay_time: 1, body };
    assert_eq!(over.parse(), Err(EntryError::NotUnderstood));
}

#[test]
fn a_chain_commits_to_realm_scope_order_time_and_verdicts() {
    let entry =
        |verdict: Verdict, time: u64| Entry::seal(SCOPE, 1, time, SealId([7; 32]), &[verdict]);
    let link = |realm: &RealmId, scope: Scope, entry: &Entry| {
        chain_next(&chain_start(realm, scope), &entry.hash(realm))
    };
    let plain = link(&REALM, SCOPE, &entry(Verdict::Applied, 5));
    assert_eq!(plain, link(&REALM, SCOPE, &entry(Verdict::Applied, 5)));
    for other in [
        link(&REALM, SCOPE, &entry(Verdict::Twin, 5)),
        link(&REALM, SCOPE, &entry(Verdict::Applied, 6)),
        link(&REALM, Scope([3; 8]), &entry(Verdict::Applied, 5)),
        link(&RealmId([3; 32]), SCOPE, &entry(Verdict::Applied, 5)),
    ] {
        assert_ne!(plain, other);
    }
}

/// Keys 1 and 2 are the relay's and the backup; 5 was announced ahead as signer 2.
struct Keys;

impl SignerKeys for Keys {
    fn relay_key(&self, signer: u8) -> Option<Spki> {
        match signer {
            0 => Some(key(1).spki()),
            2 => Some(key(5).spki()),
            _ => None,
        }
    }

    fn backup(&self) -> Option<KeyHash> {
        Some(key(2).spki().key_hash())
    }
}

fn head_of(signer: u8, items: Vec<HeadItem>) -> Head {
    Head { realm: REALM, signer, relay_time: 8, stable_time: 3, items }
}

fn receipt_of(items: Vec<ReceiptItem>) -> Receipt {
    Receipt { realm: REALM, signer: 0, relay_time: 8, items }
}

fn item(scope: u8, seq: u32) -> HeadItem {
    HeadItem { scope: Scope([scope; 8]), seq, chain: Chain([9; 32]) }
}

#[test]
fn heads_of_each_signer_are_opened_with_its_key_and_no_other() {
    let open = |bytes: &[u8]| Head::open(bytes, &REALM, &Keys);
    for (signer, n) in [(0, 1), (1, 2), (2, 5)] {
        let head = head_of(signer, vec![item(1, 4), item(2, 1)]);
        assert_eq!(open(&head.sign(&key(n)).unwrap()), Ok(head.clone()), "signer {signer}");
        let expected = if signer == 1 { HeadError::Signer } else { HeadError::Signature };
        assert_eq!(open(&head.sign(&key(9)).unwrap()), Err(expected), "signer {signer}");
    }
    assert_eq!(open(&head_of(3, vec![]).sign(&key(5)).unwrap()), Err(HeadError::Signer));
    let bytes = head_of(0, vec![]).sign(&key(1)).unwrap();
    assert_eq!(Head::open(&bytes, &RealmId([3; 32]), &Keys), Err(HeadError::Realm));
    let newer = [&[2], &bytes[1..]].concat();
    assert_eq!(open(&newer), Err(HeadError::Newer));
    assert_eq!(open(&[&bytes[..], &[0]].concat()), Err(HeadError::Malformed));
}

#[test]
fn every_flipped_bit_of_a_head_or_a_receipt_is_noticed() {
    let head = head_of(1, vec![item(1, 4)]).sign(&key(2)).unwrap();
    let receipt = receipt_of(vec![ReceiptItem {
        scope: SCOPE,
        seal: SealId([7; 32]),
        seq: 5,
        verdicts: vec![Verdict::Applied, Verdict::Twin],
    }]);
    let receipt_bytes = receipt.sign(&key(1)).unwrap();
    assert_eq!(Receipt::open(&receipt_bytes, &REALM, &Keys), Ok(receipt));
    for at in 0..head.len() * 8 {
        let mut bytes = head.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        assert!(Head::open(&bytes, &REALM, &Keys).is_err(), "bit {at}");
    }
    for at in 0..receipt_bytes.len() * 8 {
        let mut bytes = receipt_bytes.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        assert!(Receipt::open(&bytes, &REALM, &Keys).is_err(), "bit {at}");
        assert!(Head::open(&bytes, &REALM, &Keys).is_err(), "bit {at}");
    }
}

#[test]
fn items_ascend_stand_once_and_are_bounded() {
    for items in [
        vec![item(2, 1), item(1, 1)],
        vec![item(1, 1), item(1, 1)],
        vec![item(1, 2), item(1, 1)],
        (0..=HEAD_ITEMS_MAX as u32).map(|seq| item(1, seq)).collect(),
    ] {
        assert_eq!(head_of(0, items).sign(&key(1)), Err(HeadError::Malformed));
    }
    let most: Vec<_> = (1..=HEAD_ITEMS_MAX as u32).map(|seq| item(1, seq)).collect();
    let bytes = head_of(0, most).sign(&key(1)).unwrap();
    assert!(Head::open(&bytes, &REALM, &Keys).is_ok());
    let wide = (1..=HEAD_ITEMS_MAX as u32).map(|seq| ReceiptItem {
        scope: SCOPE,
        seal: SealId([7; 32]),
        seq,
        verdicts: vec![Verdict::Applied; SEAL_CHANGES_MAX],
    });
    let wide = receipt_of(wide.collect()).sign(&key(1));
    assert_eq!(wide, Err(HeadError::Malformed), "no more than a frame takes");
}

#[test]
fn a_receipt_with_a_verdict_of_a_later_version_asks_for_a_newer_app() {
    let items = vec![ReceiptItem {
        scope: SCOPE,
        seal: SealId::ZERO,
        seq: 1,
        verdicts: vec![Verdict::Erased],
    }];
    let mut bytes = receipt_of(items).sign(&key(1)).unwrap();
    let verdict = bytes.len() - 64 - 1;
    bytes[verdict] = 6;
    assert_eq!(Receipt::open(&bytes, &REALM, &Keys), Err(HeadError::Newer));
}

fn invitation(addresses: &[&str]) -> Invitation {
    Invitation {
        realm: REALM,
        relay: KeyHash([2; 32]),
        token: Token([3; 16]),
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
    }
}

#[test]
fn an_invitation_survives_its_text_and_a_damaged_one_is_refused() {
    // Three lengths, so that each of the three ends of base64 occurs.
    for addresses in [&["a.example:443"][..], &["ab.example:443"], &["[2001:db8::1]:443", "b:1"]] {
        let made = invitation(addresses);
        let text = made.to_string();
        assert_eq!(text.parse(), Ok(made));
        assert!(!text.contains(['+', '/', '=']));
        for length in 0..text.len() {
            assert_eq!(text[..length].parse::<Invitation>(), Err(InvitationError::Malformed));
        }
        for letter in ["=", "A", "+", "é", " "] {
            assert!(format!("{text}{letter}").parse::<Invitation>().is_err(), "{letter}");
        }
    }
    assert_eq!("doorstep:2:AA".parse::<Invitation>(), Err(InvitationError::Newer));
    assert_eq!("https://example".parse::<Invitation>(), Err(InvitationError::Malformed));
    for address in
        ["", "host", "host:", "host:0", "host:65536", "host:+1", ":443", "2001:db8::1:443"]
    {
        assert!(invitation(&[address]).to_string().parse::<Invitation>().is_err(), "{address}");
    }
    assert!(invitation(&[]).to_string().parse::<Invitation>().is_err(), "at least one address");
    assert!(invitation(&["a:1"; ADDRESSES_MAX]).to_string().parse::<Invitation>().is_ok());
    assert!(invitation(&["a:1"; ADDRESSES_MAX + 1]).to_string().parse::<Invitation>().is_err());
    let host = |n: usize| format!("{}:443", "h".repeat(n));
    assert!(invitation(&[&host(255)]).to_string().parse::<Invitation>().is_ok());
    assert!(invitation(&[&host(256)]).to_string().parse::<Invitation>().is_err());
    let long = format!("doorstep:1:{}", "A".repeat(INVITATION_BYTES_MAX));
    assert_eq!(long.parse::<Invitation>(), Err(InvitationError::Malformed));
    assert_eq!(invitation(&["a:1"]).to_string().len(), 11 + (80 + 2 + 4 + 3_usize) * 4 / 3 + 1);
}
