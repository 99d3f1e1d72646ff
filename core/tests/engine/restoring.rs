//! Closed and opened again, rolled back, cloned.

use std::{fs, path::Path};

use doorstep_core::{ActOptions, Filter, OpenError, Page, SyncState};

use crate::world::{World, grievance, household};

const ALL: Page = Page { after: None, limit: 0 };

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[test]
fn opened_again_everything_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new();
    world.add_device(world.li, 2);
    let li = world.in_folder(folder.path(), 2);
    world.meet(&li);
    let doc = grievance(&li, world.plum, "No water");
    household(&li, world.plum, "3-201");
    let before = li.grievance(doc).unwrap();
    let status = li.sync_status().unwrap();
    drop(li);

    let li = world.in_folder(folder.path(), 2);
    assert_eq!(li.grievance(doc).unwrap(), before);
    assert_eq!(li.households(&Filter::default(), &ALL).unwrap().len(), 1);
    assert_eq!(li.sync_status().unwrap(), status, "the life of the store goes on");
    assert_eq!(world.meet(&li).delivered.len(), 1, "sealed once for both");
}

#[test]
fn killed_at_any_moment_it_has_all_that_was_called_saved() {
    let (folder, images) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut world = World::new();
    world.add_device(world.li, 2);
    let li = world.in_folder(folder.path(), 2);
    world.meet(&li);
    for n in 0..5 {
        household(&li, world.plum, &n.to_string());
        // What stands on the disk now is what a killed process leaves behind.
        copy(folder.path(), &images.path().join(n.to_string()));
    }
    for n in 0..5 {
        let killed = world.in_folder(&images.path().join(n.to_string()), 2);
        let lines = killed.households(&Filter::default(), &ALL).unwrap();
        let units: Vec<String> = lines.into_iter().map(|line| line.unit).collect();
        let saved: Vec<String> = (0..=n).map(|n| n.to_string()).collect();
        assert_eq!(units, saved);
        assert_eq!(killed.explain().unwrap().len(), saved.len());
    }
}

#[test]
fn two_at_once_is_told_and_another_key_does_not_open_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new();
    let open = |n| {
        doorstep_core::Engine::open(
            doorstep_core::Settings::in_folder(folder.path()),
            doorstep_core::Keys { device: crate::world::key(n), store: None },
            doorstep_core::Surroundings::system(),
        )
    };
    let li = world.in_folder(folder.path(), 2);
    assert!(matches!(open(2), Err(OpenError::InUse)));
    drop(li);
    assert!(matches!(open(3), Err(OpenError::OtherDevice)));
    assert!(open(2).is_ok());
}

#[test]
fn a_store_that_was_rolled_back_takes_a_new_life_and_loses_nothing() {
    let (folder, yesterday) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut world = World::new();
    world.add_device(world.li, 2);
    let li = world.in_folder(folder.path(), 2);
    world.meet(&li);
    let doc = grievance(&li, world.plum, "No water");
    world.meet(&li);
    drop(li);
    copy(folder.path(), yesterday.path());

    let li = world.in_folder(folder.path(), 2);
    let view = li.grievance(doc).unwrap().unwrap().view;
    li.note(&view, "of today", ActOptions::default()).unwrap();
    world.meet(&li);
    drop(li);

    // The backup of yesterday is put back, and written in before it meets anybody.
    let li = world.in_folder(yesterday.path(), 2);
    let incarnation = li.sync_status().unwrap().incarnation;
    let view = li.grievance(doc).unwrap().unwrap().view;
    li.note(&view, "of the other today", ActOptions::default()).unwrap();
    let report = world.meet(&li);
    assert!(report.complete, "{report:?}");
    assert_ne!(li.sync_status().unwrap().incarnation, incarnation);
    assert_eq!(li.grievance(doc).unwrap().unwrap().state.story.len(), 3, "both notes are there");
    world.meet(&li);
    assert!(li.explain().unwrap().is_empty());
    assert_eq!(li.sync_status().unwrap().state, SyncState::InStep);
    let bytes = li.automerge_bytes(doc).unwrap().unwrap();
    let known = automerge::Automerge::load(&bytes).unwrap().get_changes(&[]).len();
    assert!(known >= 3);
}

#[test]
fn a_cloned_phone_and_its_twin_both_keep_what_they_wrote() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut world = World::new();
    world.add_device(world.li, 2);
    let li = world.in_folder(folder.path(), 2);
    world.meet(&li);
    let doc = grievance(&li, world.plum, "No water");
    world.meet(&li);
    drop(li);
    copy(folder.path(), other.path());
    let twins = [world.in_folder(folder.path(), 2), world.in_folder(other.path(), 2)];
    for (twin, text) in twins.iter().zip(["of the one", "of the other"]) {
        let view = twin.grievance(doc).unwrap().unwrap().view;
        twin.note(&view, text, ActOptions::default()).unwrap();
    }
    for twin in [&twins[0], &twins[1], &twins[0], &twins[1]] {
        assert!(world.meet(twin).complete);
    }
    for twin in &twins {
        let texts = twin.grievance(doc).unwrap().unwrap().state.story.len();
        assert_eq!(texts, 3);
        assert!(twin.explain().unwrap().is_empty());
    }
}

#[test]
fn an_act_repeated_after_the_app_was_killed_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new();
    world.add_device(world.li, 2);
    let li = world.in_folder(folder.path(), 2);
    world.meet(&li);
    let once = ActOptions::once(doorstep_protocol::id::ActId([7; 8]));
    let first = crate::world::file(&li, world.plum, "No water", once);
    drop(li);
    let li = world.in_folder(folder.path(), 2);
    let again = crate::world::file(&li, world.plum, "No water", once);
    assert_eq!((again.doc, again.repeated), (first.doc, true));
}

#[test]
fn lists_of_an_older_version_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new();
    world.add_device(world.li, 2);
    let li = world.in_folder(folder.path(), 2);
    world.meet(&li);
    grievance(&li, world.plum, "No water");
    drop(li);
    let file = rusqlite::Connection::open(folder.path().join("store.sqlite")).unwrap();
    file.execute_batch(
        "UPDATE meta SET value = x'00' WHERE key = 'projection_version'; DROP TABLE line;",
    )
    .unwrap();
    drop(file);
    let li = world.in_folder(folder.path(), 2);
    assert_eq!(li.grievances(&Filter::default(), &ALL).unwrap().len(), 1);
}
