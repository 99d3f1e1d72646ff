//! The search over everything on this phone.

use doorstep_protocol::id::DocumentKind;
use serde::Serialize;

use super::{Engine, Filter, Line, Page};
use crate::error::ReadError;

/// What is looked through, in the order in which it is shown.
const KINDS: [DocumentKind; 4] =
    [DocumentKind::Household, DocumentKind::Grievance, DocumentKind::Visit, DocumentKind::Meeting];

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Households, then open grievances, other grievances, visits and meetings, each in the order of
    /// its list.
    pub lines: Vec<Line>,
    /// There is more: say another word.
    pub more: bool,
}

impl Engine {
    /// The documents on this phone in which each of these words stands somewhere: in their facts, in
    /// notes and accounts of their story, in names and telephone numbers of a household.
    ///
    /// A word may be a part of one, of any length and script. Capitals and wide letters and digits are
    /// as the plain ones. At most 256 bytes of the text are looked at; a text without a word finds
    /// nothing. At most `limit` lines; 0 or more than [`LINES_MAX`](super::LINES_MAX) = that many.
    pub fn search(&self, text: &str, limit: u32) -> Result<Found, ReadError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Found::default());
        }
        let (filter, limit) = (Filter::text(text), Page::first(limit).lines());
        let state = self.lock();
        let mut found = Found::default();
        for kind in KINDS {
            let left = limit - u32::try_from(found.lines.len()).unwrap_or(limit);
            // One more than there is room for says whether there is more.
            let mut rows = state.rows(kind, &filter, None, left + 1)?;
            found.more = rows.len() > left as usize;
            rows.truncate(left as usize);
            found.lines.extend(rows.into_iter().map(Line::from));
            if found.more {
                break;
            }
        }
        Ok(found)
    }
}
