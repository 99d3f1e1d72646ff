//! What a person wrote with an event: shown beside its sentence, never in it.

use crate::event::{Attendee, Event, FieldValue, Text};

/// The words that a person wrote with an event, the main one where there are several.
///
/// Not what is meant for a machine or is not to be seen at a glance: telephone numbers, how to reach a
/// reporter, the row of a register.
pub fn free_text(event: &Event) -> Option<&str> {
    free_texts(event).into_iter().next()
}

/// All words that a person wrote with an event, the main one first. Of a correction, those of what it
/// says anew.
pub fn free_texts(event: &Event) -> Vec<&str> {
    let texts: [Option<&Text>; 2] = match event {
        Event::Discover(e) => [Some(&e.what), e.spot.as_ref()],
        Event::Decline(e) => [e.text.as_ref(), None],
        Event::Contact(e) => [e.text.as_ref(), None],
        Event::Progress(e) => [e.text.as_ref(), e.parties.as_ref()],
        Event::Escalate(e) => [e.text.as_ref(), e.body.as_ref()],
        Event::SendBack(e) => [e.text.as_ref(), None],
        Event::DispatchTeam(e) => [e.task.as_ref(), None],
        Event::Resolve(e) => [e.text.as_ref(), None],
        Event::FeedBack(e) => [e.text.as_ref(), None],
        Event::CloseUnsolved(e) => [e.text.as_ref(), None],
        Event::Note(e) => [Some(&e.text), None],
        Event::Reject(e) => [e.text.as_ref(), None],
        Event::Found(e) => [Some(&e.unit), None],
        Event::SetField(e) => match &e.value {
            FieldValue::Text(text) => [Some(text), None],
            FieldValue::Code(_) => [None, None],
        },
        Event::Person(e) => [Some(&e.name), None],
        Event::Held(e) => [e.place.as_ref(), None],
        Event::Attendance(e) => match &e.who {
            Attendee::Name(name) => [Some(name), None],
            Attendee::Member(_) => [None, None],
        },
        Event::Item(e) => [Some(&e.title), None],
        Event::Correct(e) => return e.replacement.as_deref().map(free_texts).unwrap_or_default(),
        Event::Accept(_)
        | Event::Close(_)
        | Event::SetGrade(_)
        | Event::SetDue(_)
        | Event::TakeOver(_)
        | Event::Assign(_)
        | Event::Transfer(_)
        | Event::AskedNoAnswer(_)
        | Event::DuplicateOf(_)
        | Event::NotDuplicate(_)
        | Event::CouncilItem(_)
        | Event::Attach(_)
        | Event::PersonLeft(_)
        | Event::Phone(_)
        | Event::Consent(_)
        | Event::Priority(_)
        | Event::PriorityEnd(_)
        | Event::NoticeGiven(_)
        | Event::SameAs(_)
        | Event::NotSame(_)
        | Event::Continues(_)
        | Event::Started(_)
        | Event::Joined(_)
        | Event::Checklist(_)
        | Event::Outcome(_)
        | Event::SameVisit(_)
        | Event::ItemOutcome(_)
        | Event::Confirm(_)
        | Event::Withdraw(_)
        | Event::Settle(_)
        | Event::Unknown(_) => [None, None],
    };
    texts.into_iter().flatten().map(|text| &**text).collect()
}
