//! Syncs that are cancelled, asked twice and dropped.

use std::{net::UdpSocket, sync::atomic::Ordering};

use doorstep_ffi::{Left, SyncBudget};

use crate::world::{Mood, Office, Phone, code, until, wait};

const BUDGET: SyncBudget = SyncBudget { seconds: 60, bytes: None };

#[test]
fn a_cancelled_sync_says_so_as_often_as_it_is_asked() {
    let office = Office::open();
    let li = office.phone("M1");
    li.household_at(&office.building("G1-1"), "1").unwrap();
    // The key answers in the middle of the meeting, when the sync has been cancelled already.
    li.key.set(Mood::Waits);
    let asked = li.key.asked.load(Ordering::SeqCst);
    let handle = li.sync(BUDGET).unwrap();
    until(|| li.key.asked.load(Ordering::SeqCst) > asked);
    handle.cancel();
    handle.cancel();
    li.key.set(Mood::Signs);
    for _ in 0..2 {
        let report = wait(handle.report()).unwrap();
        assert_eq!((report.left, report.complete), (Some(Left::Cancelled), false));
        assert_eq!((report.unsent, report.delivered), (1, 0));
    }
    // Nothing is lost, and the next one has the way free.
    li.exchange();
    let report = wait(handle.report()).unwrap();
    assert_eq!((report.left, report.unsent), (Some(Left::Cancelled), 0));
    handle.cancel();
}

#[test]
fn a_sync_that_waits_for_an_answer_can_be_cancelled() {
    let office = Office::open();
    // Takes every packet and answers none.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut invitation = office.invitation("M1", true);
    invitation.addresses = vec![silent.local_addr().unwrap().to_string()];
    let phone = Phone::new();
    phone.accept_invitation(invitation.to_string()).unwrap();
    let handle = phone.sync(BUDGET).unwrap();
    silent.set_read_timeout(Some(crate::world::LONG)).unwrap();
    silent.recv_from(&mut [0; 2_048]).expect("it dials");
    handle.cancel();
    assert_eq!(wait(handle.report()).unwrap().left, Some(Left::Cancelled));

    let short = phone.sync(SyncBudget { seconds: 1, bytes: None }).unwrap();
    assert_eq!(code(wait(short.report())), "Unreachable unreachable");
}

#[test]
fn two_syncs_and_two_who_wait_get_their_answers() {
    let office = Office::open();
    let li = office.phone("M1");
    li.household_at(&office.building("G1-1"), "1").unwrap();
    let (first, second) = (li.sync(BUDGET).unwrap(), li.sync(BUDGET).unwrap());
    let (one, two, again) =
        wait(async { tokio::join!(first.report(), second.report(), first.report()) });
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.complete && two.complete && one.unsent == 0);
    assert_eq!(one, again.unwrap());
}

#[test]
fn a_sync_goes_on_without_its_handle() {
    let office = Office::open();
    let (li, wang) = (office.phone("M1"), office.phone("M2"));
    li.household_at(&office.building("G1-1"), "1").unwrap();
    drop(li.sync(BUDGET).unwrap());
    until(|| li.status().unwrap().waiting == 0);
    wang.exchange();
    assert_eq!(wang.all_households().len(), 1);
}

#[test]
fn a_budget_of_bytes_leaves_the_rest_for_later() {
    let office = Office::open();
    let (li, wang) = (office.phone("M1"), office.phone("M2"));
    let place = office.building("G1-1");
    for unit in 0..40 {
        li.household_at(&place, &format!("{unit}-{}", "x".repeat(4_000))).unwrap();
    }
    li.exchange();
    let little = wang.sync(SyncBudget { seconds: 60, bytes: Some(1) }).unwrap();
    let report = wait(little.report()).unwrap();
    assert_eq!((report.left, report.complete), (Some(Left::Bytes), false));
    wang.exchange();
    assert_eq!(wang.all_households().len(), 40);
}
