//! Who is told of changes.

use std::sync::{Arc, Mutex};

use doorstep_ffi::{ChangeListener, Changes, ListenerProblem};

use crate::world::{Office, Phone};

#[derive(Default)]
struct Heard(Mutex<Vec<Changes>>);

impl Heard {
    fn take(&self) -> Vec<Changes> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl ChangeListener for Heard {
    fn changed(&self, changes: Changes) -> Result<(), ListenerProblem> {
        self.0.lock().unwrap().push(changes);
        Ok(())
    }
}

struct Throws;

impl ChangeListener for Throws {
    fn changed(&self, _: Changes) -> Result<(), ListenerProblem> {
        Err(ListenerProblem::Threw)
    }
}

struct Panics;

impl ChangeListener for Panics {
    fn changed(&self, _: Changes) -> Result<(), ListenerProblem> {
        panic!("a listener in Rust panics");
    }
}

#[test]
fn each_transaction_is_told_once_whatever_a_listener_throws() {
    let office = Office::open();
    let (li, wang) = (office.phone("M1"), office.phone("M2"));
    let heard = Arc::new(Heard::default());
    let _throws = li.listen(Arc::new(Throws)).unwrap();
    let _panics = li.listen(Arc::new(Panics)).unwrap();
    let listening = li.listen(Arc::clone(&heard) as _).unwrap();
    let doc = li.household_at(&office.building("G1-1"), "1").unwrap().doc;
    let told = heard.take();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].saved.as_slice(), told[0].status), (&[doc.clone()][..], true));

    li.exchange();
    assert!(heard.take().iter().any(|told| told.answered.contains(&doc)));
    wang.exchange();
    let second = wang.household_at(&office.building("G1-1"), "2").unwrap().doc;
    wang.exchange();
    li.exchange();
    assert!(heard.take().iter().any(|told| told.arrived.contains(&second)));

    listening.stop();
    listening.stop();
    li.household_at(&office.building("G1-1"), "3").unwrap();
    assert_eq!(heard.take(), []);
}

#[test]
fn a_listener_ends_with_its_handle_and_with_the_phone() {
    let office = Office::open();
    let li = office.phone("M1");
    let (dropped, kept) = (Arc::new(Heard::default()), Arc::new(Heard::default()));
    drop(li.listen(Arc::clone(&dropped) as _).unwrap());
    let _kept = li.listen(Arc::clone(&kept) as _).unwrap();
    li.household_at(&office.building("G1-1"), "1").unwrap();
    assert_eq!((dropped.take().len(), kept.take().len()), (0, 1));
    assert_eq!(Arc::strong_count(&dropped), 1);
}

/// Reads in the callback, as an app does.
struct Reads(Mutex<Option<Arc<doorstep_ffi::Doorstep>>>, Mutex<Vec<usize>>);

impl ChangeListener for Reads {
    fn changed(&self, _: Changes) -> Result<(), ListenerProblem> {
        let Some(phone) = self.0.lock().unwrap().clone() else { return Ok(()) };
        let buildings = phone.today().unwrap().buildings;
        self.1.lock().unwrap().push(buildings[0].households.try_into().unwrap());
        Ok(())
    }
}

#[test]
fn a_listener_may_read() {
    let office = Office::open();
    let li: Phone = office.phone("M1");
    let reads = Arc::new(Reads(Mutex::new(Some(Arc::clone(&li.doorstep))), Mutex::default()));
    let _listening = li.listen(Arc::clone(&reads) as _).unwrap();
    li.household_at(&office.building("G1-1"), "1").unwrap();
    li.household_at(&office.building("G1-1"), "2").unwrap();
    assert_eq!(*reads.1.lock().unwrap(), [1, 2]);
    reads.0.lock().unwrap().take();
}
