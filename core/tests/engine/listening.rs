//! Who listens is told once a transaction, outside of every lock.

use std::sync::{Arc, Mutex};

use doorstep_core::{ActOptions, ChangeListener, Changes, Engine};
use doorstep_domain::event::{Accept, Close, Event};
use doorstep_protocol::roster::RoleKind;

use crate::world::{World, grievance, no_role};

#[derive(Default)]
struct Heard {
    changes: Mutex<Vec<Changes>>,
    /// Read from when it is told: it would wait for ever if a lock was held.
    engine: Mutex<Option<Engine>>,
}

impl Heard {
    fn take(&self) -> Vec<Changes> {
        std::mem::take(&mut self.changes.lock().unwrap())
    }
}

impl ChangeListener for Heard {
    fn changed(&self, changes: &Changes) {
        if let Some(engine) = &*self.engine.lock().unwrap() {
            engine.sync_status().unwrap();
        }
        self.changes.lock().unwrap().push(changes.clone());
    }
}

#[test]
fn one_transaction_is_told_once() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let heard = Arc::new(Heard::default());
    *heard.engine.lock().unwrap() = Some(li.clone());
    let subscription = li.subscribe(heard.clone());

    let (one, two) = (grievance(&li, world.plum, "No water"), grievance(&li, world.pine, "No gas"));
    let told = heard.take();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].saved, [one].into());
    assert!(told[0].status && !told[0].roster);

    let both = [one, two]
        .map(|doc| (li.grievance(doc).unwrap().unwrap().view, vec![Event::Accept(Accept {})]));
    li.act_together(both.to_vec(), ActOptions::default()).unwrap();
    let told = heard.take();
    assert_eq!((told.len(), &told[0].saved), (1, &[one, two].into()));

    drop(subscription);
    grievance(&li, world.plum, "No light");
    assert!(heard.take().is_empty(), "it ended with the subscription");
}

#[test]
fn what_is_refused_is_not_told() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "No water");
    let heard = Arc::new(Heard::default());
    let _subscription = li.subscribe(heard.clone());
    let view = li.grievance(doc).unwrap().unwrap().view;
    li.act(&view, vec![Event::Close(Close {})], ActOptions::default()).unwrap_err();
    assert!(heard.take().is_empty());
}

#[test]
fn what_arrives_and_what_is_answered_is_told() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let (at_li, at_wang) = (Arc::new(Heard::default()), Arc::new(Heard::default()));
    let _subscriptions = (li.subscribe(at_li.clone()), wang.subscribe(at_wang.clone()));
    let doc = grievance(&li, world.plum, "No water");
    at_li.take();
    world.meet(&li);
    assert!(at_li.take().iter().any(|changes| changes.answered.contains(&doc)));
    world.meet(&wang);
    let told = at_wang.take();
    assert!(told.iter().any(|changes| changes.arrived.contains(&doc)));
    assert!(told.iter().all(|changes| !changes.roster));

    world.write(&[no_role(world.wang, world.grid, RoleKind::Member)]);
    world.meet(&wang);
    assert!(at_wang.take().iter().any(|changes| changes.roster));
}

#[test]
fn a_listener_that_panics_takes_nothing_back() {
    struct Panics;
    impl ChangeListener for Panics {
        fn changed(&self, _: &Changes) {
            panic!("a listener's own fault");
        }
    }
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let _subscription = li.subscribe(Arc::new(Panics));
    let doc = grievance(&li, world.plum, "No water");
    assert!(li.grievance(doc).unwrap().is_some());
}
