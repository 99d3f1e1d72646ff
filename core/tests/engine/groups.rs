//! One trouble told by several residents: one face in lists, work done once recorded in each.

use std::collections::BTreeMap;

use doorstep_core::{
    ActOptions, ByHand, Engine, Filter, GROUP_MAX, Grouped, Invalid, Page, Solved, View, WriteError,
};
use doorstep_domain::{
    event::{
        Accept, Close, Contact, DuplicateOf, Event, FeedBack, Link, NotDuplicate, Note, Progress,
        Ref, Reject, Resolve, Text, Transfer, Withdraw,
    },
    fold::grievance::Stage,
    input::EventId,
    table::{By, Channel, How, Kind},
};
use doorstep_protocol::{
    id::{ActId, DocumentId},
    roster::RoleKind,
};

use crate::world::{Seeded, World, grievance, no_role, role};

const ALL: Page = Page { after: None, limit: 0 };
const NEW: ActOptions = ActOptions { act: None, happened_s: None };

pub(crate) fn view(engine: &Engine, doc: DocumentId) -> View {
    engine.grievance(doc).unwrap().unwrap().view
}

pub(crate) fn act(engine: &Engine, doc: DocumentId, event: Event) -> EventId {
    let written = engine.act(&view(engine, doc), vec![event], NEW).unwrap();
    EventId { act: written.act, n: 0, member: engine.member().unwrap() }
}

fn link(engine: &Engine, doc: DocumentId, other: DocumentId) -> EventId {
    act(engine, doc, Event::DuplicateOf(DuplicateOf { other: Link::to(other) }))
}

fn unlink(engine: &Engine, doc: DocumentId, link: EventId) {
    let me = engine.member().unwrap();
    let link = Ref::new(link.act, link.n, link.member, me);
    act(engine, doc, Event::NotDuplicate(NotDuplicate { link, reason: None }));
}

pub(crate) fn resolve() -> Event {
    Event::Resolve(Resolve {
        answers: vec![],
        how: How::Help,
        helpers: vec![],
        item: None,
        with: None,
        text: None,
    })
}

pub(crate) fn reject(engine: &Engine, doc: DocumentId, resolution: EventId) -> EventId {
    let EventId { act: id, n, member } = resolution;
    let resolution = Ref::new(id, n, member, engine.member().unwrap());
    let (by, heard) = (By::Resident, Channel::Phone);
    act(engine, doc, Event::Reject(Reject { resolution, by, heard, reason: 7, text: None }))
}

fn withdraw(engine: &Engine, doc: DocumentId) {
    let (by, heard) = (By::Resident, Channel::InPerson);
    act(engine, doc, Event::Withdraw(Withdraw { by, heard, evidence: vec![], reason: 1 }));
}

pub(crate) fn stage(engine: &Engine, doc: DocumentId) -> Stage {
    engine.grievance(doc).unwrap().unwrap().state.stage
}

/// The Resolves of a grievance, in the order of its story.
pub(crate) fn resolves(engine: &Engine, doc: DocumentId) -> Vec<Resolve> {
    let story = engine.grievance(doc).unwrap().unwrap().state.story;
    let events = story.into_iter().filter_map(|entry| entry.event);
    events
        .filter_map(|event| match event {
            Event::Resolve(resolve) => Some(resolve),
            _ => None,
        })
        .collect()
}

/// What the list says of every grievance's group.
fn groups(engine: &Engine) -> BTreeMap<DocumentId, Option<Grouped>> {
    let lines = engine.grievances(&Filter::default(), &ALL).unwrap();
    lines.into_iter().map(|line| (line.doc, line.group)).collect()
}

fn faces(engine: &Engine, filter: Filter) -> Vec<DocumentId> {
    let lines = engine.grievances(&Filter { faces: true, ..filter }, &ALL).unwrap();
    lines.into_iter().map(|line| line.doc).collect()
}

/// Several grievances, each discovered a second after the one before.
fn several<const N: usize>(world: &World, engine: &Engine) -> [DocumentId; N] {
    std::array::from_fn(|n| {
        world.clock.pass(1_000);
        grievance(engine, world.plum, &format!("The lamp is out, says resident {n}"))
    })
}

#[test]
fn a_list_of_faces_shows_one_trouble_once_and_hides_nothing_else() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let [first, second, third, alone] = several(&world, &li);
    link(&li, third, second);
    link(&li, first, second);
    let of_three = Grouped { face: first, provisional: false, documents: 3 };
    let expected = [(first, Some(of_three)), (second, Some(of_three)), (third, Some(of_three))];
    assert_eq!(groups(&li), expected.into_iter().chain([(alone, None)]).collect());
    assert_eq!(faces(&li, Filter::default()), [first, alone]);
    // The face is not open any more, the others are: of an open list they are not hidden by it.
    withdraw(&li, first);
    assert_eq!(faces(&li, Filter::open()), [second, third, alone]);
    assert_eq!(faces(&li, Filter::default()).len(), 2);
    // Page by page it is the same list.
    let one = Filter { faces: true, ..Filter::default() };
    let page = li.grievances(&one, &Page::first(1)).unwrap();
    let next = li.grievances(&one, &Page::after(page[0].position.clone(), 1)).unwrap();
    assert_eq!([page[0].doc, next[0].doc], [alone, first], "what is over stands last");
}

#[test]
fn what_was_filed_elsewhere_is_no_face() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let [first, second, third] = several(&world, &chen);
    link(&chen, second, first);
    link(&chen, third, first);
    assert_eq!(chen.group(second).unwrap().unwrap().face, Some(first));
    let to = Link::to(third);
    act(&chen, first, Event::Transfer(Transfer { to, reason: 1 }));
    let group = chen.group(second).unwrap().unwrap();
    let members: Vec<DocumentId> = group.members.iter().map(|member| member.line.doc).collect();
    assert_eq!((group.face, members), (Some(second), vec![second, first, third]));
    assert!(group.members[0].steps.contains(&Kind::Resolve));
    assert!(!group.members[1].steps.contains(&Kind::Resolve), "it is over");
}

#[test]
fn work_lists_show_one_trouble_once_and_all_that_came_back() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let [first, second, third, alone] = several(&world, &li);
    link(&li, second, first);
    link(&li, third, first);
    let due = |engine: &Engine| -> Vec<DocumentId> {
        engine.my_day().unwrap().due.into_iter().map(|line| line.doc).collect()
    };
    assert_eq!(due(&li), [first, alone]);
    // Another one becomes urgent: it does not wait behind a face that is not.
    let grade = doorstep_domain::table::Grade::A;
    let urgent = doorstep_domain::event::SetGrade { grade, supersedes: vec![], reason: None };
    act(&li, third, Event::SetGrade(urgent));
    assert_eq!(due(&li), [third, alone]);

    let solved = [first, second].map(|doc| act(&li, doc, resolve()));
    world.meet(&li);
    world.meet(&wang);
    reject(&wang, first, solved[0]);
    reject(&wang, second, solved[1]);
    world.meet(&wang);
    world.meet(&li);
    let day = li.my_day().unwrap();
    let came_back: Vec<DocumentId> = day.came_back.iter().map(|line| line.doc).collect();
    assert_eq!(came_back, [first, second], "each is the word of another resident");
    assert_eq!(due(&li), [third, alone]);
}

#[test]
fn one_links_and_the_other_resolves_and_both_meet() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let [first, second] = several(&world, &li);
    world.meet(&li);
    world.meet(&wang);
    // Without signal: one sees that it is one trouble, the other solves the first.
    link(&li, second, first);
    let solved = act(&wang, first, resolve());
    assert_eq!(wang.group(first).unwrap(), None);
    for engine in [&li, &wang, &li] {
        world.meet(engine);
    }
    assert_eq!(groups(&li), groups(&wang));
    for engine in [&li, &wang] {
        assert_eq!(
            (stage(engine, first), stage(engine, second)),
            (Stage::Resolved, Stage::Discovered)
        );
        let offered = engine.group(second).unwrap().unwrap().take_over;
        let [Solved { doc, resolution, how, author, .. }] = offered[..] else {
            panic!("{offered:?}")
        };
        assert_eq!((doc, resolution, how, author), (first, solved, How::Help, world.wang));
        assert_eq!(engine.group(first).unwrap().unwrap().take_over, vec![], "it is its own");
    }

    // A person takes it over, once however often it is asked for.
    let seen = view(&li, second);
    let once = ActOptions::once(ActId([8; 8]));
    let take = |text: Option<&str>| {
        li.take_resolution_over(&seen, first, solved, text.map(Text::from), once)
    };
    assert!(!take(None).unwrap().repeated);
    let [taken] = &resolves(&li, second)[..] else { panic!() };
    let event = Some(Ref { act: solved.act, n: 0, member: Some(world.wang) });
    assert_eq!((taken.how, taken.with), (How::Help, Some(Link { doc: first, event })));
    assert_eq!(taken.helpers, [world.wang]);
    assert_eq!(stage(&li, second), Stage::Resolved);
    assert_eq!(li.group(second).unwrap().unwrap().take_over, vec![]);
    // The first resident is not content: that does not change what was taken, nor what is repeated.
    reject(&li, first, solved);
    assert!(take(None).unwrap().repeated);
    assert_eq!(take(Some("else")), Err(WriteError::Invalid(Invalid::ActReused)));
    assert_eq!((stage(&li, first), stage(&li, second)), (Stage::Reopened, Stage::Resolved));
    let [] = li.group(first).unwrap().unwrap().take_over[..] else {
        panic!("what was taken from it is no news to it")
    };
    let gone = li.take_resolution_over(&seen, first, solved, None, NEW);
    assert_eq!(gone, Err(WriteError::LookAgain), "it stands no longer");
}

#[test]
fn one_tap_writes_into_three_with_what_each_answers() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let [first, second, third] = several(&world, &li);
    link(&li, second, first);
    link(&li, third, first);
    // The second came back once, the third was never worked on.
    let solved = act(&li, second, resolve());
    world.meet(&li);
    world.meet(&wang);
    let rejected = reject(&wang, second, solved);
    world.meet(&wang);
    world.meet(&li);

    let views = [first, second, third].map(|doc| view(&li, doc));
    let once = ActOptions::once(ActId([7; 8]));
    let work = || li.work_on_group(&views[0], &views[1..], resolve(), once).unwrap();
    let done = work();
    assert_eq!(done.left_out, vec![]);
    let said = done.written.iter().map(|written| (written.doc, written.act, written.repeated));
    let act_id = ActId([7; 8]);
    assert!(said.eq([first, second, third].map(|doc| (doc, act_id, false))));
    assert_eq!([first, second, third].map(|doc| stage(&li, doc)), [Stage::Resolved; 3]);
    let round = |doc| li.grievance(doc).unwrap().unwrap().state.round;
    assert_eq!([first, second, third].map(round), [1, 2, 1]);
    let with = Some(Link { doc: first, event: Some(Ref { act: act_id, n: 0, member: None }) });
    let last = |doc| resolves(&li, doc).pop().unwrap();
    assert_eq!((last(first).with, last(second).with, last(third).with), (None, with, with));
    let answers = Ref::new(rejected.act, 0, rejected.member, world.li);
    assert_eq!(last(second).answers, [answers]);
    assert_eq!((last(first).answers, last(third).answers), (vec![], vec![]));
    for doc in [first, second, third] {
        assert_eq!(li.group(doc).unwrap().unwrap().take_over, vec![]);
    }

    // Asked for again it is the same, and nothing new anywhere.
    let again = work();
    assert!(again.written.iter().all(|written| written.repeated));
    assert_eq!((again.written.len(), again.left_out), (3, vec![]));
    let fourth = grievance(&li, world.plum, "Told later");
    let others = [views[1].clone(), view(&li, fourth)];
    let again = li.work_on_group(&views[0], &others, resolve(), once).unwrap();
    assert_eq!(again.written.len(), 2);
    assert_eq!(again.left_out, [(fourth, ByHand::LookAgain)]);
    assert!(resolves(&li, fourth).is_empty());
    // The first resident is not content: the others' is the same work, and is not offered as news.
    let own = EventId { act: act_id, n: 0, member: world.li };
    reject(&li, first, own);
    assert_eq!(li.group(first).unwrap().unwrap().take_over, vec![]);
    // One linked later is asked whether it takes it over: what was done once, once.
    link(&li, fourth, second);
    let offered = li.group(fourth).unwrap().unwrap().take_over;
    let offered: Vec<DocumentId> = offered.iter().map(|solved| solved.doc).collect();
    assert_eq!(offered, [second, third], "the first one's stands no longer");
}

#[test]
fn what_cannot_take_it_is_left_out_and_the_first_must() {
    let mut world = World::new();
    let (li, chen) = (world.phone(world.li, 2), world.phone(world.chen, 4));
    let [first, over, closed_since] = several(&world, &chen);
    let lotus = grievance(&chen, world.lotus, "In a building that Li does not hold");
    for doc in [over, closed_since, lotus] {
        link(&chen, doc, first);
    }
    withdraw(&chen, over);
    world.meet(&chen);
    world.meet(&li);
    let views = [first, over, closed_since].map(|doc| view(&li, doc));
    let not_here = view(&chen, lotus);
    withdraw(&chen, closed_since);
    world.meet(&chen);
    world.meet(&li);
    let others = [views[1].clone(), views[2].clone(), not_here, views[0].clone()];
    let contact = Event::Contact(Contact { how: How::Help, text: None });
    let done = li.work_on_group(&views[0], &others, contact.clone(), NEW).unwrap();
    assert_eq!(done.written.len(), 1, "the first once, though it is named twice");
    let expected = [(over, ByHand::Over), (closed_since, ByHand::Over), (lotus, ByHand::NotHere)];
    assert_eq!(done.left_out, expected);

    // All or nothing for the first: over, not there, or not for this.
    let refused = |view: &View, event| li.work_on_group(view, &views[..1], event, NEW);
    assert_eq!(refused(&views[1], contact.clone()), Err(WriteError::LookAgain));
    assert_eq!(refused(&others[2], contact), Err(WriteError::LookAgain));
    for event in [Event::Accept(Accept {}), Event::Close(Close {})] {
        assert_eq!(refused(&views[0], event), Err(Invalid::NotForGroup.into()));
    }
    let many = vec![views[0].clone(); GROUP_MAX];
    let refused = li.work_on_group(&views[0], &many, resolve(), NEW);
    assert_eq!(refused, Err(Invalid::GroupTooBig.into()));
    let before = li.grievance(first).unwrap().unwrap().state.story.len();
    let long = Text::from("x".repeat(20_000));
    let progress = Progress { how: How::Help, helpers: vec![], parties: None, text: Some(long) };
    assert!(li.work_on_group(&views[0], &[], Event::Progress(progress), NEW).is_err());
    assert_eq!(li.grievance(first).unwrap().unwrap().state.story.len(), before);
}

#[test]
fn a_log_that_is_hidden_leaves_the_group_and_comes_back_into_it() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let plum = grievance(&chen, world.plum, "The lamp is out");
    world.clock.pass(1_000);
    let lotus = grievance(&chen, world.lotus, "The lamp is out there too");
    link(&chen, lotus, plum);
    let views = [plum, lotus].map(|doc| view(&chen, doc));
    world.meet(&chen);
    // From now on Chen is a member of the first grid only.
    let (block, grid, chen_id) = (world.block, world.grid, world.chen);
    world.write(&[
        no_role(chen_id, block, RoleKind::BlockLead),
        role(chen_id, grid, RoleKind::Member),
    ]);
    world.meet(&chen);
    let done = chen.work_on_group(&views[0], &views[1..], resolve(), NEW).unwrap();
    assert_eq!(done.written.len(), 1);
    assert_eq!(done.left_out, [(lotus, ByHand::NotHere)], "its log is hidden");
    // Nothing of it was written, and what is hidden makes the group provisional.
    let of_two = Grouped { face: plum, provisional: true, documents: 2 };
    assert_eq!(chen.group(plum).unwrap(), None, "the link is the hidden one's");
    assert_eq!(groups(&chen), BTreeMap::from([(plum, None)]));
    let linked = link(&chen, plum, lotus);
    assert_eq!(groups(&chen), BTreeMap::from([(plum, Some(of_two))]));
    assert_eq!(chen.group(plum).unwrap().unwrap().not_here, [lotus]);
    unlink(&chen, plum, linked);
    assert_eq!(groups(&chen), BTreeMap::from([(plum, None)]));
    // The log comes back, and with it the link.
    world.write(&[role(chen_id, block, RoleKind::BlockLead)]);
    world.meet(&chen);
    let whole = Grouped { provisional: false, ..of_two };
    assert_eq!(groups(&chen), BTreeMap::from([(plum, Some(whole)), (lotus, Some(whole))]));
    assert_eq!(resolves(&chen, lotus).len(), 0);
}

#[test]
fn one_that_another_holds_joins_two_that_are_here() {
    let mut world = World::new();
    let (li, chen) = (world.phone(world.li, 2), world.phone(world.chen, 4));
    world.clock.pass(1_000);
    let lotus = grievance(&chen, world.lotus, "The first to say so");
    let [first, second] = several(&world, &chen);
    link(&chen, first, lotus);
    link(&chen, second, lotus);
    world.meet(&chen);
    world.meet(&li);
    let here = Grouped { face: first, provisional: true, documents: 3 };
    assert_eq!(groups(&li), BTreeMap::from([(first, Some(here)), (second, Some(here))]));
    let whole = Grouped { face: lotus, provisional: false, documents: 3 };
    assert!(groups(&chen).values().all(|group| *group == Some(whole)));
    assert_eq!(faces(&li, Filter::default()), [first]);
    let group = li.group(second).unwrap().unwrap();
    assert_eq!((group.not_here, group.members.len()), (vec![lotus], 2));
}

#[test]
fn whatever_the_order_of_links_every_phone_shows_the_same_groups() {
    const DOCUMENTS: usize = 8;
    for seed in 0..12 {
        let dice = Seeded::new(9_000 + seed);
        let mut world = World::new();
        let folder = tempfile::tempdir().unwrap();
        world.add_device(world.li, 2);
        let li = world.in_folder(folder.path(), 2);
        world.meet(&li);
        let wang = world.phone(world.wang, 3);
        let documents: [DocumentId; DOCUMENTS] = several(&world, &li);
        world.meet(&li);
        world.meet(&wang);
        for _ in 0..40 {
            world.clock.pass(1_000);
            let engine = if dice.below(2) == 0 { &li } else { &wang };
            let doc = documents[dice.below(DOCUMENTS)];
            let state = engine.grievance(doc).unwrap().unwrap().state;
            match dice.below(8) {
                0 | 1 => drop(world.meet(engine)),
                2 if state.stage != Stage::Withdrawn => withdraw(engine, doc),
                3..=5 if !state.duplicates.is_empty() => {
                    let (link, _) = state.duplicates[dice.below(state.duplicates.len())];
                    unlink(engine, doc, link);
                }
                _ => drop(link(engine, doc, documents[dice.below(DOCUMENTS)])),
            }
        }
        for engine in [&li, &wang, &li] {
            world.meet(engine);
        }
        // A phone that gets it all at once, and one that makes its lists anew.
        let late = world.phone(world.chen, 4);
        let expected = groups(&late);
        assert_eq!(expected.len(), DOCUMENTS);
        assert_eq!(groups(&li), expected, "seed {seed}");
        assert_eq!(groups(&wang), expected, "seed {seed}");
        drop(li);
        forget_lists(folder.path());
        let again = world.in_folder(folder.path(), 2);
        assert_eq!(groups(&again), expected, "seed {seed}, made anew");
    }
}

/// As an app of another version would leave them.
fn forget_lists(folder: &std::path::Path) {
    let database = rusqlite::Connection::open(folder.join("store.sqlite")).unwrap();
    let sql = "UPDATE meta SET value = x'00' WHERE key = 'projection_version'";
    assert_eq!(database.execute(sql, []).unwrap(), 1);
}

#[test]
fn who_listens_is_told_of_every_line_that_stands_in_another_group() {
    use std::sync::{Arc, Mutex};
    struct Heard(Mutex<Vec<doorstep_core::Changes>>);
    impl doorstep_core::ChangeListener for Heard {
        fn changed(&self, changes: &doorstep_core::Changes) {
            self.0.lock().unwrap().push(changes.clone());
        }
    }
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let [first, second] = several(&world, &li);
    world.meet(&li);
    world.meet(&wang);
    let [by_li, by_wang] = [&li, &wang].map(|engine| {
        let heard = Arc::new(Heard(Mutex::default()));
        (engine.subscribe(heard.clone()), heard)
    });
    link(&li, second, first);
    world.meet(&li);
    world.meet(&wang);
    let saved: Vec<_> = by_li.1.0.lock().unwrap().iter().map(|c| c.saved.clone()).collect();
    assert!(saved.contains(&[first, second].into()), "{saved:?}");
    let arrived: Vec<_> = by_wang.1.0.lock().unwrap().iter().map(|c| c.arrived.clone()).collect();
    assert!(arrived.contains(&[first, second].into()), "{arrived:?}");
}

#[test]
fn a_note_or_a_feedback_is_not_written_into_a_whole_group() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let [first] = several(&world, &li);
    let solved = act(&li, first, resolve());
    let resolution = Ref { act: solved.act, n: 0, member: None };
    let told = FeedBack { resolution, channel: Channel::Phone, text: None };
    let note = Note { text: Text::from("Only here") };
    for event in [Event::FeedBack(told), Event::Note(note)] {
        let refused = li.work_on_group(&view(&li, first), &[], event, NEW);
        assert_eq!(refused, Err(Invalid::NotForGroup.into()));
    }
}
