//! Invitations: one token, one key, the same answer as often as it is asked for.

// A test stops where it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use doorstep_protocol::{
    frame::EnrolState, id::Token, invitation::six_digits, key::DeviceKey as _,
    store::RelayStore as _,
};
use doorstep_relay::store::EnrolError;
use support::{Phone, START_MS, member, realm_roster, roster, small};

const MINUTE_MS: u64 = 60_000;

#[test]
fn a_phone_waits_for_its_six_digits_and_may_ask_again() {
    let mut db = small();
    let m1 = member(&db, "M1");
    let phone = Phone::new(7, m1);
    let spki = phone.key.spki();
    let invited = db.invite(m1, 15, false, START_MS).unwrap();
    assert_eq!(invited.expires_at, START_MS + 15 * MINUTE_MS);
    let (state, salt) = db.enrol(invited.token, &spki, START_MS).unwrap();
    assert_eq!(state, EnrolState::Waiting);
    assert_eq!(db.enrol(invited.token, &spki, START_MS + 1).unwrap(), (state, salt));

    let digits = six_digits(&db.realm(), &invited.token, &spki, &salt);
    assert_eq!(db.confirm(m1, (digits + 1) % 1_000_000, START_MS), Err(EnrolError::WrongDigits));
    assert_eq!(db.confirm(member(&db, "M2"), digits, START_MS), Err(EnrolError::NobodyWaits));
    assert_eq!(db.confirm(m1, digits, START_MS), Ok(spki.device()));
    assert_eq!(db.enrol(invited.token, &spki, START_MS).unwrap(), (EnrolState::Done, salt));
    // A lost answer does not burn the token, however late it is asked for again.
    let late = START_MS + 1_000 * MINUTE_MS;
    assert_eq!(db.enrol(invited.token, &spki, late).unwrap(), (EnrolState::Done, salt));
    assert_eq!(db.confirm(m1, digits, START_MS), Err(EnrolError::NobodyWaits));

    assert_eq!(roster(&db, "B1").tip().device(spki.device()).unwrap().member, m1);
    assert!(roster(&db, "B2").tip().device(spki.device()).is_none());
    assert!(realm_roster(&db).tip().device(spki.device()).is_none());
    assert_eq!(db.devices().unwrap().len(), 1);
}

#[test]
fn a_second_key_with_the_same_token_is_refused_and_noted() {
    let mut db = small();
    let m1 = member(&db, "M1");
    let (first, second) = (Phone::new(7, m1), Phone::new(8, m1));
    let invited = db.invite(m1, 15, true, START_MS).unwrap();
    let (state, salt) = db.enrol(invited.token, &first.key.spki(), START_MS).unwrap();
    assert_eq!(state, EnrolState::Done);
    assert_ne!(salt, [0; 16]);
    let before = roster(&db, "B1").tip_seq();
    let (state, _) = db.enrol(invited.token, &second.key.spki(), START_MS).unwrap();
    assert_eq!(state, EnrolState::Refused);
    assert_eq!(db.enrol(invited.token, &first.key.spki(), START_MS).unwrap().0, EnrolState::Done);
    assert_eq!(roster(&db, "B1").tip_seq(), before, "asking again writes nothing");
    let alarms = db.alarms().unwrap();
    assert_eq!(
        (alarms.len(), alarms[0].name.as_str(), alarms[0].times),
        (1, "token_used_twice", 1)
    );
}

#[test]
fn a_token_that_is_unknown_or_too_old_is_refused() {
    let mut db = small();
    let m1 = member(&db, "M1");
    let spki = Phone::new(7, m1).key.spki();
    assert_eq!(db.enrol(Token([9; 16]), &spki, START_MS).unwrap().0, EnrolState::Refused);
    let invited = db.invite(m1, 15, true, START_MS).unwrap();
    let too_late = START_MS + 15 * MINUTE_MS + 1;
    assert_eq!(db.enrol(invited.token, &spki, too_late).unwrap().0, EnrolState::Refused);
    assert_eq!(db.enrol(invited.token, &spki, too_late - 1).unwrap().0, EnrolState::Done);

    // It came in time, and nobody confirmed it in time.
    let waiting = db.invite(m1, 15, false, START_MS).unwrap();
    let other = Phone::new(8, m1).key.spki();
    let (state, salt) = db.enrol(waiting.token, &other, START_MS).unwrap();
    assert_eq!(state, EnrolState::Waiting);
    let digits = six_digits(&db.realm(), &waiting.token, &other, &salt);
    assert_eq!(db.confirm(m1, digits, too_late), Err(EnrolError::Expired));
    assert_eq!(db.enrol(waiting.token, &other, too_late).unwrap().0, EnrolState::Refused);
}

#[test]
fn who_has_no_place_cannot_be_invited() {
    let mut db = small();
    for code in ["IDLE", "NOBODY"] {
        let who = member(&db, code);
        assert_eq!(db.invite(who, 15, true, START_MS), Err(EnrolError::NoMember));
    }
}

#[test]
fn a_device_belongs_to_one_member_for_ever() {
    let mut db = small();
    let phone = Phone::enrolled(&mut db, 7, "M1", START_MS);
    db.revoke(phone.device(), START_MS).unwrap();
    assert!(roster(&db, "B1").tip().device(phone.device()).is_none());
    assert_eq!(db.revoke(phone.device(), START_MS), Err(EnrolError::NoDevice));

    let m2 = member(&db, "M2");
    let invited = db.invite(m2, 15, true, START_MS).unwrap();
    let spki = phone.key.spki();
    assert_eq!(db.enrol(invited.token, &spki, START_MS).unwrap().0, EnrolState::Refused);
    assert_eq!(db.alarms().unwrap()[0].name, "key_of_another_member");

    let again = Phone::enrolled(&mut db, 7, "M1", START_MS);
    assert!(roster(&db, "B1").tip().device(again.device()).is_some());
}

#[test]
fn staff_of_a_community_stand_in_all_its_blocks_and_in_the_realms_roster() {
    let mut db = small();
    let phone = Phone::enrolled(&mut db, 7, "CS", START_MS);
    for (roster, stands) in [
        (roster(&db, "B1"), true),
        (roster(&db, "B2"), true),
        (roster(&db, "B3"), false),
        (realm_roster(&db), true),
    ] {
        assert_eq!(roster.tip().device(phone.device()).is_some(), stands);
    }
}
