//! What a list is asked for, and how long a sync may take.

use std::time::Duration;

use doorstep_core::{Budget, Filter, Page};

use super::{
    ids::{id, id_if},
    numbers::{taken, taken_if},
    texts::optional,
};
use crate::{
    error::{Code, Fault},
    records::{ListFilter, PageRequest, SyncBudget},
};

/// A position has a place and a unit's whole name in hexadecimal digits: the engine looks no further.
const POSITION_CHARS_MAX: usize = 48 * 1024;
/// The longest sync, in s.
const SYNC_S_MAX: i32 = 3_600;

pub(crate) fn filter(filter: ListFilter) -> Result<Filter, Fault> {
    Ok(Filter {
        place: id_if(filter.place.as_deref())?,
        stage: None,
        open: filter.open,
        owner: id_if(filter.owner.as_deref())?,
        household: id_if(filter.household.as_deref())?,
        priority: filter.priority,
        undelivered: filter.undelivered,
        faces: filter.faces,
        text: optional(filter.text)?,
    })
}

pub(crate) fn page(page: PageRequest) -> Result<Page, Fault> {
    let after = page.after.as_deref().map(|after| {
        if after.len() > POSITION_CHARS_MAX {
            return Err(Fault::from(Code::TextTooLong));
        }
        Ok(after.parse()?)
    });
    Ok(Page { after: after.transpose()?, limit: taken(page.limit)? })
}

pub(crate) fn budget(budget: SyncBudget) -> Result<Budget, Fault> {
    if !(1..=SYNC_S_MAX).contains(&budget.seconds) || budget.bytes == Some(0) {
        return Err(Code::BadNumber.into());
    }
    let bytes = taken_if(budget.bytes)?.unwrap_or(u64::MAX);
    Ok(Budget { time: Duration::from_secs(taken(budget.seconds)?), bytes })
}

/// The position of the line after which the next page begins; none where this page was not full.
pub(crate) fn next_page<'a, L>(
    lines: &'a [L],
    page: &Page,
    position: impl Fn(&'a L) -> String,
) -> Option<String> {
    let full = match page.limit {
        0 => doorstep_core::LINES_MAX,
        limit => limit.min(doorstep_core::LINES_MAX),
    };
    let is_full = u32::try_from(lines.len()).is_ok_and(|lines| lines >= full);
    lines.last().filter(|_| is_full).map(position)
}

/// A document that a call is about.
pub(crate) fn document(doc: &str) -> Result<doorstep_protocol::id::DocumentId, Fault> {
    id(doc)
}

/// A place that a record named.
pub(crate) fn place(place: &str) -> Result<doorstep_protocol::id::PlaceId, Fault> {
    id(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: i32) -> Result<Budget, Fault> {
        budget(SyncBudget { seconds, bytes: None })
    }

    #[test]
    fn a_sync_has_its_bounds() {
        for refused in [i32::MIN, -1, 0, SYNC_S_MAX + 1] {
            assert_eq!(seconds(refused).unwrap_err(), Code::BadNumber.into());
        }
        assert_eq!(seconds(1).unwrap().time, Duration::from_secs(1));
        assert_eq!(seconds(SYNC_S_MAX).unwrap(), Budget::seconds(3_600));
        for refused in [i64::MIN, -1, 0] {
            let asked = SyncBudget { seconds: 1, bytes: Some(refused) };
            assert_eq!(budget(asked).unwrap_err(), Code::BadNumber.into());
        }
        let asked = SyncBudget { seconds: 1, bytes: Some(1) };
        assert_eq!(budget(asked).unwrap().bytes, 1);
    }

    #[test]
    fn a_page_has_its_bounds() {
        let asked = |after: &str, limit| page(PageRequest { after: Some(after.into()), limit });
        assert_eq!(asked(&"0".repeat(32), -1).unwrap_err(), Code::BadNumber.into());
        assert_eq!(asked("x", 1).unwrap_err(), Code::BadPage.into());
        let over = "0".repeat(POSITION_CHARS_MAX + 1);
        assert_eq!(asked(&over, 1).unwrap_err(), Code::TextTooLong.into());
        assert!(asked(&"0".repeat(34), 0).is_ok());
    }

    #[test]
    fn a_page_that_is_not_full_is_the_last() {
        let next =
            |lines: &[u32], limit| next_page(lines, &Page::first(limit), ToString::to_string);
        assert_eq!(next(&[], 2), None);
        assert_eq!(next(&[1], 2), None);
        assert_eq!(next(&[1, 7], 2), Some("7".into()));
        assert_eq!(next(&[3; 200], 0), Some("3".into()));
        assert_eq!(next(&[3; 200], 1_000), Some("3".into()), "a page has at most 200 lines");
        assert_eq!(next(&[3; 199], 1_000), None);
    }

    #[test]
    fn what_narrows_a_list_is_bounded_and_named() {
        let text = |text: String| filter(ListFilter { text: Some(text), ..ListFilter::default() });
        assert_eq!(text("a".repeat(16 * 1024 + 1)).unwrap_err(), Code::TextTooLong.into());
        assert_eq!(text(" ".into()).unwrap().text, None);
        let bad = Some("zz".to_owned());
        for asked in [
            ListFilter { place: bad.clone(), ..ListFilter::default() },
            ListFilter { household: bad.clone(), ..ListFilter::default() },
            ListFilter { owner: bad, ..ListFilter::default() },
        ] {
            assert_eq!(filter(asked).unwrap_err(), Code::BadId.into());
        }
    }
}
