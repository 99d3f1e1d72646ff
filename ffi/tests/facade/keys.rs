//! Key stores that refuse, and those that answer nonsense.

use doorstep_ffi::SyncState;

use crate::world::{Mood, Office, code};

#[test]
fn a_locked_key_waits_and_a_lost_one_is_told() {
    let office = Office::open();
    let li = office.phone("M1");
    li.household_at(&office.building("G1-1"), "1").unwrap();
    for (mood, word) in [
        (Mood::Locked, "Rejected key_locked"),
        (Mood::Gone, "Damaged key_gone"),
        (Mood::Nonsense, "Damaged bad_key"),
        (Mood::Locked, "Rejected key_locked"),
    ] {
        li.key.set(mood);
        assert_eq!(code(li.meet()), word);
        assert_eq!(li.status().unwrap().state, SyncState::Waiting, "it stays saved");
        assert_eq!(li.all_households().len(), 1);
    }
    let wang = office.phone("M2");
    assert_eq!(wang.all_households(), [], "nothing unsigned was sent");
    li.key.set(Mood::Signs);
    li.exchange();
    wang.exchange();
    assert_eq!(wang.all_households().len(), 1);
}
