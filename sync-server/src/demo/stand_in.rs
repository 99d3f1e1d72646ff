//! Documents that are named before they have an id: what stands for them in events, until a phone has made
//! them.

use doorstep_domain::event::Event;
use doorstep_protocol::id::DocumentId;
use serde_json::{Value, json};

use super::deed::{Handle, Ids};

/// What stands for a document in events that are laid out before its id is known.
pub(super) fn stand_in(of: Handle) -> DocumentId {
    let mut id = DocumentId(STAND_IN);
    if let Some(end) = id.0.last_chunk_mut() {
        *end = (of.0 as u64).to_be_bytes();
    }
    id
}

/// No id of a document begins so, but by a chance of one in 2^64.
const STAND_IN: [u8; 16] = [0xd0; 16];

/// The events with ids where something stands for them; none where such a document was not made.
pub(super) fn filled(events: &[Event], ids: Ids<'_>) -> Option<Vec<Event>> {
    let mut value = serde_json::to_value(events).ok()?;
    fill(&mut value, ids)?;
    serde_json::from_value(value).ok()
}

fn fill(value: &mut Value, ids: Ids<'_>) -> Option<()> {
    match value {
        Value::String(text) => {
            let Ok(DocumentId(bytes)) = text.parse() else { return Some(()) };
            let (head, tail) = bytes.split_at(8);
            if STAND_IN.starts_with(head) {
                let of = u64::from_be_bytes(tail.try_into().ok()?);
                *value = json!(ids(Handle(usize::try_from(of).ok()?))?);
            }
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill(item, ids))?,
        Value::Object(fields) => fields.values_mut().try_for_each(|field| fill(field, ids))?,
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use doorstep_domain::event::{DuplicateOf, Link};

    use super::*;

    #[test]
    fn what_stands_for_a_document_is_filled_in() {
        let link = |doc| Event::DuplicateOf(DuplicateOf { other: Link::to(doc) });
        let [made, other] = [DocumentId([3; 16]), DocumentId([4; 16])];
        let ids = |handle: Handle| (handle == Handle(300)).then_some(made);
        let laid_out = [link(stand_in(Handle(300))), link(other)];
        assert_eq!(filled(&laid_out, &ids), Some(vec![link(made), link(other)]));
        assert_eq!(filled(&laid_out, &|_| None), None);
    }
}
