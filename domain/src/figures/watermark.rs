//! As of when figures are: one relay time, and which phones have not been seen since.

use std::collections::BTreeMap;

use doorstep_protocol::roster::Rosters;
use serde::{Deserialize, Serialize};

use super::{Row, day_of, row};
use crate::input::{Copy, Document};

/// Phones that were last seen on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// The day, since 1970, in local time; none = they never met the relay.
    pub since: Option<u32>,
    /// How many.
    pub phones: u64,
}

/// As of when figures are. It is a relay time, so it cuts every log at one place; what phones have
/// recorded and not delivered yet is not in the figures, so who was not seen stands beside it.
///
/// ```
/// use doorstep_domain::{figures::Watermark, words::{self, Language}};
/// let hour = 3_600_000;
/// let seen = [Some(99 * 24 * hour + 10 * hour), Some(95 * 24 * hour), None];
/// let mark = Watermark::of(99 * 24 * hour + 17 * hour, 0, seen);
/// assert_eq!((mark.phones, mark.not_seen()), (3, 2));
/// assert_eq!(
///     words::watermark(&mark, Language::English),
///     "as of 10 April 1970 17:00; 2 of 3 phones not seen since Monday, 1 of them never"
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watermark {
    /// The relay time, in ms since 1970.
    pub as_of_ms: u64,
    /// Local time in minutes east of UTC: the roster's setting.
    pub local_min: i64,
    /// Phones that are enrolled.
    pub phones: u64,
    /// Of these, those not seen on the day of the watermark, by the day on which they were: the latest
    /// first, those never seen last.
    pub unseen: Vec<Unseen>,
    /// Events of kinds that are not known here: kept, and counted nowhere.
    pub newer: u64,
}

impl Watermark {
    /// As of a relay time, with the time in ms at which each enrolled phone was last seen.
    pub fn of(
        as_of_ms: u64,
        local_min: i64,
        last_seen_ms: impl IntoIterator<Item = Option<u64>>,
    ) -> Self {
        let day = |time_ms: u64| day_of(time_ms / 1_000, local_min);
        let today = day(as_of_ms);
        let mut by_day: BTreeMap<Option<u32>, u64> = BTreeMap::new();
        let mut phones = 0;
        for seen in last_seen_ms {
            phones += 1;
            let on = seen.map(day);
            if on.is_none_or(|on| on < today) {
                *by_day.entry(on).or_default() += 1;
            }
        }
        let unseen = by_day.into_iter().rev().map(|(since, phones)| Unseen { since, phones });
        Self { as_of_ms, local_min, phones, unseen: unseen.collect(), newer: 0 }
    }

    /// The day of the watermark, since 1970.
    pub fn day(&self) -> u32 {
        day_of(self.as_of_ms / 1_000, self.local_min)
    }

    /// Phones that were not seen on its day.
    pub fn not_seen(&self) -> u64 {
        self.unseen.iter().map(|unseen| unseen.phones).sum()
    }

    /// The last day on which any of those was seen: since then none of them was.
    pub fn since(&self) -> Option<u32> {
        self.unseen.iter().filter_map(|unseen| unseen.since).max()
    }
}

/// The row of a document as of a watermark: of what stood in its log by then.
pub fn row_as_of(
    document: &Document<'_>,
    rosters: &dyn Rosters,
    watermark: &Watermark,
) -> Option<Row> {
    let by_then = |copy: &&Copy| copy.relay_time_ms.is_some_and(|ms| ms <= watermark.as_of_ms);
    let copies: Vec<Copy> = document.copies.iter().filter(by_then).cloned().collect();
    row(&Document { copies: &copies, ..*document }, rosters)
}
