//! Ids are hexadecimal digits.

use std::str::FromStr;

use doorstep_core::View;
use doorstep_domain::{event::Ref, input::EventId};
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
}
