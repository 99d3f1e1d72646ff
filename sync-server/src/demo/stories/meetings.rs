//! The block's council, 街区理事会: it meets, puts an item off, meets again and settles it.

use doorstep_domain::{
    event::{Attendance, Attendee, CouncilItem, Event, Item, ItemAt, ItemOutcome, Link, Text},
    table::{How, MeetingOutcome, Seat},
};
use doorstep_protocol::id::ItemId;

use super::{
    super::{
        deed::{Deed, Handle},
        layout::When,
        plan::today,
        stand_in::stand_in,
        words,
    },
    Cast, Told,
};

const VENUE: &str = "议事亭";

/// A grievance comes before the council, which puts it off and settles it at its next meeting, without
/// signal; the lead writes the resolution into it and hears the resident.
pub(super) fn council(told: &mut Told<'_, '_>) -> Option<()> {
    let (Cast { first, .. }, lead) = (told.cast, told.lead()?);
    let (of, _) = told.file(When::DayOne, first, true)?;
    told.progress(When::DayOne, first, of, How::PeoplesMediation);
    let items = [
        (Some(MeetingOutcome::Deferred), vec![of], None),
        (Some(MeetingOutcome::Resolved), vec![], None),
        (Some(MeetingOutcome::Referred), vec![], None),
    ];
    let (meeting, [item, ..]) = meet(told, When::DayTwo, lead, 2, items)?;
    let brought = CouncilItem { meeting: Link::to(stand_in(meeting)), item };
    told.says(When::DayTwo, lead, of, Event::CouncilItem(brought));

    let carries = Some(ItemAt { meeting: Link::to(stand_in(meeting)), item });
    let items = [(None, vec![of], carries), (Some(MeetingOutcome::Deferred), vec![], None)];
    let (meeting, [item, ..]) = meet(told, When::Offline, lead, 0, items)?;
    let settle = Deed::SettleItem { item, grievances: vec![of], text: words::done(told.dice) };
    let solved = told.does(When::Offline, lead, meeting, settle);
    told.confirm(When::Offline, lead, of, solved, true);
    told.feed_back(When::Offline, lead, of, solved);
    Some(())
}

/// What came of an item, the grievances that it is about, and the item that it goes on with.
type OnTable = (Option<MeetingOutcome>, Vec<Handle>, Option<ItemAt>);

/// A meeting so many days before the day without signal.
fn meet<const N: usize>(
    told: &mut Told<'_, '_>,
    when: When,
    lead: usize,
    days_before: u32,
    on_table: [OnTable; N],
) -> Option<(Handle, [ItemId; N])> {
    let plan = told.builder.phones.get(lead)?;
    let (block, place) = (plan.block, told.builder.block_of(plan)?.place(told.builder.realm));
    let mut more = attendance(told, block);
    let items = on_table.map(|(outcome, grievances, carries)| {
        let item = ItemId(told.dice.bytes());
        let title = Text::from(words::street(told.dice));
        let grievances = grievances.into_iter().map(|of| Link::to(stand_in(of))).collect();
        more.push(Event::Item(Item { item, title, grievances, carries }));
        let outcome = outcome.map(|outcome| ItemOutcome { item, outcome, supersedes: vec![] });
        more.extend(outcome.map(Event::ItemOutcome));
        item
    });
    let deed = Deed::Meet { place, day: today() - days_before, venue: VENUE.to_owned(), more };
    Some((told.make(when, lead, place, deed).0, items))
}

/// Members on fixed seats, one of them away, and two residents on floating ones.
fn attendance(told: &mut Told<'_, '_>, block: usize) -> Vec<Event> {
    let seat = |who, seat, present| {
        Event::Attendance(Attendance { who, seat, present, supersedes: vec![] })
    };
    let near = told.builder.phones_in(block, None);
    let mut out: Vec<Event> = near
        .iter()
        .enumerate()
        .map(|(n, phone)| {
            seat(Attendee::Member(told.builder.member(*phone)), Seat::Fixed, n % 5 != 4)
        })
        .collect();
    for _ in 0..2 {
        let name = Text::from(words::name(told.dice));
        out.push(seat(Attendee::Name(name), Seat::Floating, true));
    }
    out
}
