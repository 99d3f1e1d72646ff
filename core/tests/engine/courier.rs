//! Without a relay: files from hand to hand, and comparing what two phones hold.

use doorstep_core::{Filter, Page, Reason};

use crate::world::{World, grievance, household};

const ALL: Page = Page { after: None, limit: 0 };

#[test]
fn a_file_shows_at_another_phone_and_arrives_by_it_once() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let doc = grievance(&li, world.plum, "No water");
    let bundle = li.export_bundle().unwrap();
    let report = wang.take_bundle(&bundle).unwrap();
    assert_eq!((report.taken, report.documents.contains(&doc)), (1, true));
    assert!(wang.grievance(doc).unwrap().is_some(), "seen before any relay");
    assert_eq!(wang.take_bundle(&bundle).unwrap().taken, 0, "the same file again is nothing new");
    assert_eq!(wang.sync_status().unwrap().unsent.carried, 1);
    let waiting = li.explain().unwrap();
    assert_eq!(waiting[0].reason, Reason::NoSignalYet, "a file settles nothing");

    world.meet(&wang);
    assert_eq!(world.relay.seals(world.log(world.plum)).len(), 1);
    assert_eq!(wang.sync_status().unwrap().unsent.carried, 0);
    world.meet(&li);
    assert!(li.explain().unwrap().is_empty());
    assert_eq!(world.relay.seals(world.log(world.plum)).len(), 1, "there once");
}

#[test]
fn a_damaged_file_is_refused_whole() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    grievance(&li, world.plum, "No water");
    let bundle = li.export_bundle().unwrap();
    for end in [0, 5, bundle.len() - 1] {
        assert!(wang.take_bundle(&bundle[..end]).is_err());
    }
    assert!(wang.grievances(&Filter::default(), &ALL).unwrap().is_empty());
}

#[test]
fn every_act_is_listed_once_page_by_page_and_phones_compare_alike() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    for n in 0..7 {
        let doc = grievance(&li, world.plum, &n.to_string());
        let view = li.grievance(doc).unwrap().unwrap().view;
        li.note(&view, "seen", doorstep_core::ActOptions::default()).unwrap();
    }
    world.meet(&li);
    world.meet(&wang);
    let all = |engine: &doorstep_core::Engine, limit| {
        let (mut acts, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = engine.acts(after, limit).unwrap();
            assert!(page.len() <= limit.max(2));
            acts.extend(page);
            after = next;
            if after.is_none() {
                return acts;
            }
        }
    };
    assert_eq!(all(&li, 5), all(&li, 1_000));
    assert_eq!(all(&li, 3).len(), 14);
    assert_eq!(all(&wang, 5), all(&li, 5));
}

#[test]
fn a_console_shows_whatever_it_holds() {
    let mut world = World::new();
    world.add_device(world.chen, 5);
    let console = world.console(5);
    world.meet(&console);
    let li = world.phone(world.li, 2);
    household(&li, world.plum, "3-201");
    world.meet(&li);
    world.meet(&console);
    household(&console, world.lotus, "1-101");
    assert_eq!(console.households(&Filter::default(), &ALL).unwrap().len(), 2);
}
