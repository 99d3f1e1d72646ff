//! Median and 90th percentile.

use serde::{Deserialize, Serialize};

/// Median and 90th percentile by nearest rank, in s; what had no usable time is left out and counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The median.
    pub median: Option<u64>,
    /// The 90th percentile.
    pub p90: Option<u64>,
    /// How many were left out.
    pub left_out: u64,
}

impl Spread {
    pub(crate) fn of(times: impl Iterator<Item = Option<u64>>) -> Self {
        let mut usable = Vec::new();
        let mut left_out = 0;
        for time in times {
            match time {
                Some(time) => usable.push(time),
                None => left_out += 1,
            }
        }
        usable.sort_unstable();
        let rank = |per_cent: usize| {
            let rank = (usable.len() * per_cent).div_ceil(100).checked_sub(1)?;
            usable.get(rank).copied()
        };
        Self { median: rank(50), p90: rank(90), left_out }
    }
}
