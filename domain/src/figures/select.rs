//! Which rows a figure counts.

use std::collections::BTreeSet;

use doorstep_protocol::{id::PlaceId, roster::RosterAt};
use serde::{Deserialize, Serialize};

use super::day_of;

/// Days from one to the day before another, in the realm's local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day, since 1970.
    pub from: u32,
    /// The day after the last.
    pub to: u32,
    /// Local time in minutes east of UTC: the roster's setting.
    pub local_min: i64,
}

impl Period {
    pub(crate) fn has(&self, day: u32) -> bool {
        (self.from..self.to).contains(&day)
    }

    pub(crate) fn has_time(&self, time_s: u64) -> bool {
        self.has(day_of(time_s, self.local_min))
    }
}

/// Which documents are counted: by their place, by their day, or all.
///
/// A figure is given the rows of everything all the same: whether a transfer left, and which document
/// stands for its group, is asked of the whole. So the parts add up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'a> {
    /// Those in the logs of these places; see [`under`].
    pub places: Option<&'a BTreeSet<PlaceId>>,
    /// Grievances found, visits made and meetings held in it.
    pub period: Option<Period>,
}

impl Selection<'_> {
    pub(crate) fn has_place(&self, place: PlaceId) -> bool {
        self.places.is_none_or(|places| places.contains(&place))
    }

    pub(crate) fn has(&self, place: PlaceId, day: u32) -> bool {
        self.has_place(place) && self.period.is_none_or(|period| period.has(day))
    }

    pub(crate) fn has_time(&self, place: PlaceId, time_s: u64) -> bool {
        self.has_place(place) && self.period.is_none_or(|period| period.has_time(time_s))
    }
}

/// A place and all that lies under it. An ended place keeps its last parent.
pub fn under(roster: &RosterAt<'_>, place: PlaceId) -> BTreeSet<PlaceId> {
    let all = roster.places().map(|(id, _)| id);
    all.filter(|id| lies_under(roster, *id, place)).collect()
}

fn lies_under(roster: &RosterAt<'_>, mut at: PlaceId, place: PlaceId) -> bool {
    loop {
        if at == place {
            return true;
        }
        let Some(here) = roster.place(at) else { return false };
        match roster.place(here.parent) {
            // Only while the level rises, so this ends.
            Some(parent) if parent.level > here.level => at = here.parent,
            _ => return false,
        }
    }
}
