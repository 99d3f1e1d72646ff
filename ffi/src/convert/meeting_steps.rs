//! What a person says of a meeting, as the event that it is.

use doorstep_core as core;
use doorstep_domain::{
    event::{Attendance, Attendee as Who, Event, Item, ItemAt as At, ItemOutcome},
    table::EVENTS_MAX,
};
use doorstep_protocol::{
    hash::h,
    id::{ActId, ItemId, MemberId},
};

use super::{
    flags::settle,
    household_steps::{note, strike},
    ids::{events, id, link, links},
    numbers::taken,
    texts::{needed, optional},
};
use crate::{
    error::{Code, Fault},
    records::{Attendee, ItemAt, MeetingStep, NewAttendance, NewItem, NewMeeting, SettleChoice},
};

/// The event of a step by `me`, in this act.
pub(crate) fn event_of(step: MeetingStep, act: ActId, me: MemberId) -> Result<Event, Fault> {
    Ok(match step {
        MeetingStep::Attendance { who, seat, present, replaces } => Event::Attendance(Attendance {
            supersedes: events(replaces, me)?,
            ..attendance(NewAttendance { who, seat, present })?
        }),
        MeetingStep::AddItem { item: new } => item(act, 0, new)?,
        MeetingStep::SetItemOutcome { item, outcome, replaces } => {
            Event::ItemOutcome(ItemOutcome {
                item: id(&item)?,
                outcome: outcome.into(),
                supersedes: events(replaces, me)?,
            })
        }
        MeetingStep::Note { text } => note(text)?,
        MeetingStep::Settle { flag, about, reason } => {
            settle(&flag, about, SettleChoice::Seen, reason, me)?
        }
        MeetingStep::Correct { event, reason } => strike(&event, reason, me)?,
    })
}

/// A meeting that was held, written as this act.
pub(crate) fn meeting(new: NewMeeting, act: ActId) -> Result<core::NewMeeting, Fault> {
    // The meeting itself is an event too.
    if new.attendance.len().saturating_add(new.items.len()) >= EVENTS_MAX {
        return Err(Code::TooBig.into());
    }
    let attended = new.attendance.into_iter().map(|new| Ok(Event::Attendance(attendance(new)?)));
    let mut more = attended.collect::<Result<Vec<Event>, Fault>>()?;
    for (n, new) in (0..).zip(new.items) {
        more.push(item(act, n, new)?);
    }
    let (place, day) = (id(&new.place)?, taken(new.day)?);
    Ok(core::NewMeeting { place, day, venue: optional(new.venue)?, more })
}

fn attendance(new: NewAttendance) -> Result<Attendance, Fault> {
    let who = match new.who {
        Attendee::Member { member } => Who::Member(id(&member)?),
        Attendee::Name { name } => Who::Name(needed(name)?.into()),
    };
    Ok(Attendance { who, seat: new.seat.into(), present: new.present, supersedes: vec![] })
}

fn item(act: ActId, n: u8, new: NewItem) -> Result<Event, Fault> {
    Ok(Event::Item(Item {
        item: item_id(act, n),
        title: needed(new.title)?.into(),
        grievances: links(new.grievances)?,
        carries: new.carries.map(item_at).transpose()?,
    }))
}

/// An item of a meeting, as a record names it.
fn item_at(at: ItemAt) -> Result<At, Fault> {
    Ok(At { meeting: link(&at.meeting)?, item: id(&at.item)? })
}

/// An act's id is random, so what is made of it is; and the same act, sent again, has the same items.
fn item_id(act: ActId, n: u8) -> ItemId {
    let mut from = act.0.to_vec();
    from.push(n);
    let hash = h("item of act", &from);
    ItemId::from_slice(hash.get(..ItemId::BYTES).unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enums::Seat;

    const ACT: ActId = ActId([7; 8]);

    fn new(attended: usize, items: usize) -> NewMeeting {
        let who = || Attendee::Name { name: "the baker".into() };
        let item = || NewItem { title: "Lamps".into(), grievances: vec![], carries: None };
        NewMeeting {
            act: ACT.to_string(),
            place: "07".repeat(8),
            day: 20_600,
            venue: None,
            attendance: (0..attended)
                .map(|_| NewAttendance { who: who(), seat: Seat::Floating, present: true })
                .collect(),
            items: (0..items).map(|_| item()).collect(),
            happened_s: None,
        }
    }

    #[test]
    fn an_item_is_the_same_for_the_same_act_and_no_other() {
        let of = |act| meeting(new(0, 2), act).unwrap().more;
        assert_eq!(of(ACT), of(ACT));
        let ids = |events: Vec<Event>| -> Vec<ItemId> {
            let id = |event: Event| match event {
                Event::Item(item) => Some(item.item),
                _ => None,
            };
            events.into_iter().filter_map(id).collect()
        };
        let (here, there) = (ids(of(ACT)), ids(of(ActId([8; 8]))));
        assert_eq!(here.len(), 2);
        assert_ne!(here[0], here[1]);
        assert!(here.iter().all(|item| !there.contains(item)));
    }

    #[test]
    fn a_meeting_is_taken_up_to_the_bound_of_an_act() {
        assert_eq!(meeting(new(EVENTS_MAX - 2, 1), ACT).unwrap().more.len(), EVENTS_MAX - 1);
        assert_eq!(meeting(new(EVENTS_MAX - 1, 1), ACT).unwrap_err(), Code::TooBig.into());
        let early = NewMeeting { day: -1, ..new(0, 0) };
        assert_eq!(meeting(early, ACT).unwrap_err(), Code::BadNumber.into());
    }
}
