//! Figures: a pure function of one row a document and of the roster, the same on a phone and in the
//! console. Numerator and denominator are always shown.

mod count;
mod fieldwork;
mod grievances;
mod groups;
mod named;
mod publish;
mod row;
mod select;
mod spread;
mod watermark;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use count::{Disputes, Disturbance, Figures, figures, figures_of};
pub use fieldwork::{priority_contacted, taking_part};
pub use named::{Amount, Figure};
pub use publish::{Correction, Published, Sheet, corrections};
pub use row::{
    GrievanceRow, HouseholdRow, ItemRow, MeetingRow, PriorityRow, Row, VisitRow, row, row_of,
};
pub use select::{Period, Selection, under};
pub use spread::Spread;
pub use watermark::{Unseen, Watermark, row_as_of};

const DAY_S: i64 = 24 * 60 * 60;

/// The day since 1970 on which a time in s falls, where local time is so many minutes east of UTC.
///
/// ```
/// use doorstep_domain::figures::day_of;
/// assert_eq!(day_of(86_399, 0), 0);
/// assert_eq!(day_of(86_399, 8 * 60), 1);
/// ```
pub fn day_of(time_s: u64, local_min: i64) -> u32 {
    let local =
        i64::try_from(time_s).unwrap_or(i64::MAX).saturating_add(local_min.saturating_mul(60));
    u32::try_from(local.div_euclid(DAY_S).max(0)).unwrap_or(u32::MAX)
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// How many of them.
    pub of: u64,
    /// All.
    pub all: u64,
}

/// Per cent, rounded half up to 0.1; `-` where there is nothing to divide by.
///
/// ```
/// use doorstep_domain::figures::Rate;
/// assert_eq!(Rate { of: 193, all: 221 }.to_string(), "87.3 %");
/// assert_eq!(Rate { of: 0, all: 0 }.to_string(), "-");
/// ```
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all == 0 {
            return f.write_str("-");
        }
        let (of, all) = (u128::from(self.of), u128::from(self.all));
        let tenths = (of * 2_000 + all) / (all * 2);
        write!(f, "{}.{} %", tenths / 10, tenths % 10)
    }
}
