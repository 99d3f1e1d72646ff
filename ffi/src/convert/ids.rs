//! Ids are hexadecimal digits.

use std::str::FromStr;

use doorstep_core::View;
use doorstep_domain::{
    event::{Link, Ref},
    input::EventId,
    table::LIST_ITEMS_MAX,
};
use doorstep_protocol::id::MemberId;

use super::texts::bounded;
use crate::error::{Code, Fault};

/// An id of any kind.
pub(crate) fn id<T: FromStr>(text: &str) -> Result<T, Fault> {
    bounded(text)?.parse().map_err(|_| Code::BadId.into())
}

/// An id of any kind, where there is one.
pub(crate) fn id_if<T: FromStr>(text: Option<&str>) -> Result<Option<T>, Fault> {
    text.map(id).transpose()
}

/// What was on the screen.
pub(crate) fn view(text: &str) -> Result<View, Fault> {
    Ok(bounded(text)?.parse()?)
}

/// An event as a story line names it.
pub(crate) fn event_text(id: EventId) -> String {
    format!("{}:{}:{}", id.act, id.n, id.member)
}

/// Events as story lines name them.
pub(crate) fn event_texts(ids: &[EventId]) -> Vec<String> {
    ids.iter().map(|id| event_text(*id)).collect()
}

/// An event that a story line named, as `me` refers to it.
pub(crate) fn event(text: &str, me: MemberId) -> Result<Ref, Fault> {
    const BAD: Code = Code::BadId;
    let mut parts = bounded(text)?.split(':');
    let (Some(act), Some(n), Some(member), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(BAD.into());
    };
    let n = n.parse().map_err(|_| BAD)?;
    Ok(Ref::new(id(act)?, n, id(member)?, me))
}

/// An event that a line named.
pub(crate) fn event_id(text: &str, me: MemberId) -> Result<EventId, Fault> {
    Ok(id_of(event(text, me)?, me))
}

/// What `author` refers to.
pub(crate) fn id_of(to: Ref, author: MemberId) -> EventId {
    EventId { act: to.act, n: to.n, member: to.member.unwrap_or(author) }
}

/// Events that lines named.
pub(crate) fn events(texts: Vec<String>, me: MemberId) -> Result<Vec<Ref>, Fault> {
    listed(texts)?.iter().map(|text| event(text, me)).collect()
}

/// Events that lines named, at least one.
pub(crate) fn some_events(texts: Vec<String>, me: MemberId) -> Result<Vec<Ref>, Fault> {
    if texts.is_empty() { Err(Code::BadId.into()) } else { events(texts, me) }
}

/// Ids of any kind.
pub(crate) fn ids<T: FromStr>(texts: Vec<String>) -> Result<Vec<T>, Fault> {
    listed(texts)?.iter().map(|text| id(text)).collect()
}

/// Another document.
pub(crate) fn link(doc: &str) -> Result<Link, Fault> {
    Ok(Link::to(id(doc)?))
}

/// Other documents.
pub(crate) fn links(docs: Vec<String>) -> Result<Vec<Link>, Fault> {
    Ok(ids(docs)?.into_iter().map(Link::to).collect())
}

/// A list up to its bound.
pub(crate) fn listed<T>(list: Vec<T>) -> Result<Vec<T>, Fault> {
    if list.len() > LIST_ITEMS_MAX { Err(Code::TooBig.into()) } else { Ok(list) }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::table::TEXT_BYTES_MAX;
    use doorstep_protocol::id::{ActId, DocumentId};

    use super::*;

    const ME: MemberId = MemberId([1; 8]);
    const LI: MemberId = MemberId([2; 8]);

    #[test]
    fn an_event_survives_its_text_and_names_nobody_for_ones_own() {
        for (member, named) in [(ME, None), (LI, Some(LI))] {
            let text = event_text(EventId { act: ActId([7; 8]), n: 3, member });
            assert_eq!(event(&text, ME), Ok(Ref { act: ActId([7; 8]), n: 3, member: named }));
            assert_eq!(event_id(&text, ME), Ok(EventId { act: ActId([7; 8]), n: 3, member }));
        }
    }

    #[test]
    fn what_is_no_id_is_refused_by_name() {
        let act = "07".repeat(8);
        for text in ["", "x", "07", &format!("{act}:0"), &format!("{act}:-1:{act}"), "::", "::::"] {
            assert_eq!(event(text, ME).unwrap_err(), Code::BadId.into(), "{text}");
        }
        assert_eq!(id::<DocumentId>(&"字".repeat(16)).unwrap_err(), Code::BadId.into());
        assert_eq!(view("nothing").unwrap_err(), Code::BadId.into());
        let over = "0".repeat(TEXT_BYTES_MAX + 1);
        assert_eq!(id::<DocumentId>(&over).unwrap_err(), Code::TextTooLong.into());
        assert_eq!(event(&over, ME).unwrap_err(), Code::TextTooLong.into());
        assert_eq!(view(&over).unwrap_err(), Code::TextTooLong.into());
    }
    #[test]
    fn a_list_is_taken_up_to_its_bound() {
        let of = |n: usize| vec!["07".repeat(8); n];
        assert_eq!(ids::<MemberId>(of(LIST_ITEMS_MAX)).unwrap().len(), LIST_ITEMS_MAX);
        assert_eq!(ids::<MemberId>(of(LIST_ITEMS_MAX + 1)).unwrap_err(), Code::TooBig.into());
        let over = vec!["0707070707070707:0:0202020202020202".to_owned(); LIST_ITEMS_MAX + 1];
        assert_eq!(events(over, ME).unwrap_err(), Code::TooBig.into());
        assert_eq!(links(of(LIST_ITEMS_MAX + 1)).unwrap_err(), Code::TooBig.into());
        assert_eq!(some_events(vec![], ME).unwrap_err(), Code::BadId.into());
        assert_eq!(events(vec![], ME), Ok(vec![]));
    }
}
