//! An item of a council's meeting, and what its outcome writes into the grievances that it names.

use doorstep_core::{
    ActOptions, ByHand, Engine, ItemRecord, NewMeeting, Page, View, WriteError, Written,
};
use doorstep_domain::{
    event::{Event, Item, ItemAt, Link, Text, Withdraw},
    fold::grievance::Stage,
    table::{By, Channel, How, MeetingOutcome, Rejection},
};
use doorstep_protocol::{
    id::{ActId, DocumentId, ItemId, PlaceId},
    roster::RoleKind,
};

use crate::{
    groups::{act, reject, resolve, resolves, stage, view},
    world::{World, grievance, no_role, role},
};

const NEW: ActOptions = ActOptions { act: None, happened_s: None };
const ITEM: ItemId = ItemId([3; 8]);

fn hold(engine: &Engine, block: PlaceId, grievances: &[DocumentId]) -> DocumentId {
    let item = |item, grievances: &[DocumentId]| {
        let grievances = grievances.iter().copied().map(Link::to).collect();
        let title = Text::from("Lamps on the stairs");
        Event::Item(Item { item, title, grievances, carries: None })
    };
    let more = vec![item(ITEM, grievances), item(ItemId([4; 8]), &[])];
    let new = NewMeeting { place: block, day: 20_400, venue: None, more };
    engine.hold_meeting(new, NEW).unwrap().doc
}

fn item(engine: &Engine, meeting: DocumentId) -> ItemRecord {
    engine.item(meeting, ITEM).unwrap().unwrap()
}

fn views(item: &ItemRecord) -> Vec<View> {
    item.grievances.iter().filter_map(|grievance| grievance.view.clone()).collect()
}

fn docs(written: &[Written]) -> Vec<DocumentId> {
    written.iter().map(|written| written.doc).collect()
}

fn withdraw(engine: &Engine, doc: DocumentId) {
    let (by, heard) = (By::Resident, Channel::InPerson);
    act(engine, doc, Event::Withdraw(Withdraw { by, heard, evidence: vec![], reason: 1 }));
}

#[test]
fn a_resolved_item_resolves_what_it_names_and_lists_the_rest() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let [lamp, over] = ["lamp", "over"].map(|what| grievance(&chen, world.plum, what));
    withdraw(&chen, over);
    let elsewhere = DocumentId([9; 16]);
    let meeting = hold(&chen, world.block, &[lamp, over, elsewhere, lamp]);
    let shown = item(&chen, meeting);
    assert_eq!((shown.meeting, shown.item, shown.outcome), (meeting, ITEM, None));
    let said: Vec<_> =
        shown.grievances.iter().map(|g| (g.doc, g.line.is_some(), g.by_hand)).collect();
    let expected = [
        (lamp, true, None),
        (over, true, Some(ByHand::Over)),
        (elsewhere, false, Some(ByHand::NotHere)),
    ];
    assert_eq!(said, expected, "each once, in the item's order");
    assert_eq!(chen.item(meeting, ItemId([8; 8])).unwrap(), None);
    assert_eq!(chen.item(lamp, ITEM).unwrap(), None);

    let once = ActOptions::once(ActId([6; 8]));
    let text = || Some(Text::from("New lamps by Friday"));
    let settle = || {
        let resolved = MeetingOutcome::Resolved;
        chen.settle_item(&shown.view, ITEM, resolved, &views(&shown), text(), once).unwrap()
    };
    let settled = settle();
    assert_eq!(docs(&settled.written), [meeting, lamp], "the meeting first");
    assert!(settled.written.iter().all(|w| w.act == ActId([6; 8]) && !w.repeated));
    assert_eq!(settled.by_hand, [(over, ByHand::Over), (elsewhere, ByHand::NotHere)]);
    let [by_council] = &resolves(&chen, lamp)[..] else { panic!() };
    let at = ItemAt { meeting: Link::to(meeting), item: ITEM };
    assert_eq!((by_council.how, &by_council.item), (How::Council, &Some(at)));
    assert_eq!(by_council.text, text());
    assert_eq!(stage(&chen, lamp), Stage::Resolved);
    let now = item(&chen, meeting);
    assert_eq!((now.outcome, now.said.len()), (Some(MeetingOutcome::Resolved), 1));

    let again = settle();
    assert!(again.written.iter().all(|written| written.repeated));
    assert_eq!((docs(&again.written), again.by_hand), (vec![meeting, lamp], settled.by_hand));
    assert_eq!(resolves(&chen, lamp).len(), 1);

    // Another outcome takes the place of the first, and strikes nothing.
    let deferred = MeetingOutcome::Deferred;
    let later = chen.settle_item(&now.view, ITEM, deferred, &views(&now), text(), NEW).unwrap();
    assert_eq!((docs(&later.written), later.by_hand), (vec![meeting], vec![]));
    let now = item(&chen, meeting);
    assert_eq!((now.outcome, now.said.len()), (Some(deferred), 1), "one is in force");
    assert_eq!(stage(&chen, lamp), Stage::Resolved);
    let notes = chen.meeting(meeting).unwrap().unwrap().state.story;
    assert_eq!(notes.iter().filter(|entry| entry.kind == "note").count(), 2, "words are kept");
}

#[test]
fn a_rejection_that_arrived_meanwhile_was_not_on_the_screen() {
    let mut world = World::new();
    let (li, chen) = (world.phone(world.li, 2), world.phone(world.chen, 4));
    let [lamp, gone] = ["lamp", "gone"].map(|what| grievance(&chen, world.plum, what));
    let solved = act(&chen, lamp, resolve());
    let meeting = hold(&chen, world.block, &[lamp, gone]);
    world.meet(&chen);
    world.meet(&li);
    let shown = item(&chen, meeting);
    reject(&li, lamp, solved);
    withdraw(&li, gone);
    world.meet(&li);
    world.meet(&chen);
    assert_eq!((stage(&chen, lamp), stage(&chen, gone)), (Stage::Reopened, Stage::Withdrawn));
    let resolved = MeetingOutcome::Resolved;
    let settled = chen.settle_item(&shown.view, ITEM, resolved, &views(&shown), None, NEW).unwrap();
    assert_eq!(docs(&settled.written), [meeting, lamp]);
    assert_eq!(settled.by_hand, [(gone, ByHand::Over)], "it is over now");
    let by_council = resolves(&chen, lamp).pop().unwrap();
    assert_eq!((by_council.how, by_council.answers), (How::Council, vec![]));
    assert_eq!(stage(&chen, lamp), Stage::Reopened, "it had not seen what brought it back");
    // On a screen that shows the rejection it answers it.
    let shown = item(&chen, meeting);
    chen.settle_item(&shown.view, ITEM, resolved, &views(&shown), None, NEW).unwrap();
    assert_eq!(stage(&chen, lamp), Stage::Resolved);
    world.meet(&chen);
    world.meet(&li);
    assert_eq!(stage(&li, lamp), Stage::Resolved);
}

#[test]
fn only_what_was_on_the_screen_and_is_named_is_written_into() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let [lamp, drain, other] = ["lamp", "drain", "other"].map(|w| grievance(&chen, world.plum, w));
    let meeting = hold(&chen, world.block, &[lamp, drain]);
    let shown = item(&chen, meeting);
    let given = [view(&chen, other), view(&chen, lamp)];
    let resolved = MeetingOutcome::Resolved;
    let settled = chen.settle_item(&shown.view, ITEM, resolved, &given, None, NEW).unwrap();
    assert_eq!(docs(&settled.written), [meeting, lamp]);
    assert_eq!(settled.by_hand, [(drain, ByHand::LookAgain), (other, ByHand::NotNamed)]);
    // A view of something else does not stand here.
    let bad: View = format!("{drain}{}", "01".repeat(32)).parse().unwrap();
    let now = item(&chen, meeting);
    let settled = chen.settle_item(&now.view, ITEM, resolved, &[bad], None, NEW).unwrap();
    assert_eq!(settled.by_hand, [(lamp, ByHand::LookAgain), (drain, ByHand::LookAgain)]);
}

#[test]
fn without_the_outcome_nothing_is_resolved() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let lamp = grievance(&chen, world.plum, "lamp");
    let meeting = hold(&chen, world.block, &[lamp]);
    let shown = item(&chen, meeting);
    world.meet(&chen);
    let nothing = |engine: &Engine| {
        assert!(resolves(engine, lamp).is_empty());
        assert_eq!(item(engine, meeting).outcome, None);
    };
    let resolved = MeetingOutcome::Resolved;
    let settle =
        |view: &View, item, text| chen.settle_item(view, item, resolved, &views(&shown), text, NEW);
    assert_eq!(settle(&shown.view, ItemId([8; 8]), None), Err(WriteError::LookAgain));
    let long = Some(Text::from("x".repeat(20_000)));
    assert!(matches!(settle(&shown.view, ITEM, long), Err(WriteError::Invalid(_))));
    nothing(&chen);
    // A member of the grid may resolve the grievance, and may not speak for the council.
    let (block, grid, member) = (world.block, world.grid, world.chen);
    world.write(&[role(member, block, RoleKind::GridLead), role(member, grid, RoleKind::Member)]);
    world.write(&[no_role(member, block, RoleKind::BlockLead)]);
    world.meet(&chen);
    assert_eq!(item(&chen, meeting).grievances[0].by_hand, None);
    let refused = settle(&shown.view, ITEM, None);
    let no_right = WriteError::Rejected { event: 0, reason: Rejection::NoRight };
    assert_eq!(refused, Err(no_right));
    nothing(&chen);
    assert_eq!(chen.meetings(&doorstep_core::Filter::default(), &Page::first(9)).unwrap().len(), 1);
}
