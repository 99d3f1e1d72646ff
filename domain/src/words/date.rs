//! Days as people say them. No clock: a date has its year where that is not the year of the writing.

use super::Language;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    /// From 1.
    month: u32,
    /// From 1.
    day: u32,
}

impl Date {
    /// By the days since 1970.
    pub(super) fn of(day: u32) -> Self {
        // A year that begins in March has its leap day last, and 146,097 days are 400 years.
        let days = u64::from(day) + 719_468;
        let (era, in_era) = (days / 146_097, days % 146_097);
        let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year + year / 4 - year / 100);
        let month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        Self { year: small(era * 400 + year + next), month: small(month), day: small(day) }
    }

    /// As people say it, with the year where that is not `known`.
    pub(super) fn say(self, known: Option<u32>, language: Language) -> String {
        let Self { year, month, day } = self;
        let at = usize::try_from(month).unwrap_or(0).saturating_sub(1);
        let name = MONTHS.get(at).copied().unwrap_or_default();
        if known == Some(year) {
            say!(language, "{month}月{day}日", "{day} {name}")
        } else {
            say!(language, "{year}年{month}月{day}日", "{day} {name} {year}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::DAY_LIMIT;

    #[test]
    fn days_are_those_of_the_calendar() {
        let date = |day| Date::of(day).say(None, Language::English);
        assert_eq!(date(0), "1 January 1970");
        assert_eq!(date(59), "1 March 1970");
        assert_eq!(date(11_016), "29 February 2000");
        assert_eq!(date(11_017), "1 March 2000");
        assert_eq!(date(20_453), "31 December 2025");
        assert_eq!(date(20_454), "1 January 2026");
        assert_eq!(date(47_540), "28 February 2100");
        assert_eq!(date(47_541), "1 March 2100", "no leap year");
    }

    #[test]
    fn each_day_follows_the_one_before() {
        let mut before = Date::of(0);
        for day in 1..200_000 {
            let next = Date::of(day);
            let follows = if next.day != 1 {
                (next.year, next.month, next.day) == (before.year, before.month, before.day + 1)
            } else if next.month != 1 {
                before.day >= 28 && (next.year, next.month) == (before.year, before.month + 1)
            } else {
                (before.month, before.day, before.year + 1) == (12, 31, next.year)
            };
            assert!(follows, "{before:?} {next:?}");
            before = next;
        }
        assert!(Date::of(DAY_LIMIT).year > Date::of(DAY_LIMIT - 366).year, "no overflow");
        assert!(Date::of(u32::MAX).year > 2_000_000);
    }

    #[test]
    fn the_year_is_said_where_it_is_not_known() {
        let day = Date::of(20_517);
        assert_eq!(day.say(Some(2026), Language::Chinese), "3月5日");
        assert_eq!(day.say(Some(2026), Language::English), "5 March");
        assert_eq!(day.say(Some(2025), Language::Chinese), "2026年3月5日");
        assert_eq!(day.say(None, Language::English), "5 March 2026");
    }
}
