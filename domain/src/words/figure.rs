//! What figures are called, and how much they are.

use super::{Language, date::Date, terms};
use crate::figures::{Amount, Figure, Watermark};

const WEEKDAYS: [(&str, &str); 7] = [
    ("周日", "Sunday"),
    ("周一", "Monday"),
    ("周二", "Tuesday"),
    ("周三", "Wednesday"),
    ("周四", "Thursday"),
    ("周五", "Friday"),
    ("周六", "Saturday"),
];
const MINUTE_S: u64 = 60;
const HOUR_S: u64 = 60 * MINUTE_S;
const DAY_S: u64 = 24 * HOUR_S;

/// What a figure is called.
///
/// ```
/// use doorstep_domain::{figures::Figure, words::{Language, figure}};
/// assert_eq!(figure(Figure::WithinBlock, Language::Chinese), "小事不出街区");
/// ```
pub fn figure(figure: Figure, language: Language) -> String {
    let (zh, en) = match figure {
        Figure::DisputesBy(how) => {
            let how = terms::how(how, language);
            return say!(language, "已化解：{how}", "Resolved by: {how}");
        }
        Figure::DisputesTried(how) => {
            let how = terms::how(how, language);
            return say!(language, "未化解，试过：{how}", "Not resolved, tried: {how}");
        }
        Figure::Collected => ("收集诉求（件次）", "Grievances collected"),
        Figure::CollectedGroups => ("收集诉求（件）", "The same, duplicates as one"),
        Figure::Transferred => ("移交他处", "Left by a transfer"),
        Figure::ByMistake => ("误录", "Entered by mistake"),
        Figure::Resolved => ("已解决", "Resolved"),
        Figure::ClosedNotReached => ("其中未联系上", "Of these, resident not reached"),
        Figure::Confirmed => ("居民确认满意", "Confirmed by the resident"),
        Figure::ResolvedOrAnswered => ("已解决或已答复", "Resolved or answered"),
        Figure::WithinBlock => ("小事不出街区", "Settled at block level or below"),
        Figure::Disputes => ("纠纷化解", "Disputes resolved"),
        Figure::DisputesNotMediated => ("未化解，未调解", "Not resolved, not mediated"),
        Figure::ContactMedian => ("首次联系用时（中位数）", "Time to contact, median"),
        Figure::ContactP90 => ("首次联系用时（九成）", "Time to contact, 90th percentile"),
        Figure::ContactLeftOut => ("首次联系用时（未计入）", "Time to contact, left out"),
        Figure::FeedbackMedian => ("反馈用时（中位数）", "Time to feedback, median"),
        Figure::FeedbackP90 => ("反馈用时（九成）", "Time to feedback, 90th percentile"),
        Figure::FeedbackLeftOut => ("反馈用时（未计入）", "Time to feedback, left out"),
        Figure::Meetings => ("理事会会议", "Council meetings"),
        Figure::Items => ("议题解决", "Council items resolved"),
        Figure::VisitsMet => ("走访（户次）", "Visits that met somebody"),
        Figure::HouseholdsMet => ("走访（户）", "Households met"),
        Figure::PersonsMet => ("见到人数", "Persons met"),
        Figure::Attempts => ("未见到人", "Visits that met nobody"),
        Figure::UninvitedVisits => ("非居民约请的走访", "Visits that nobody asked for"),
        Figure::MostUninvited => {
            ("一户30天内最多打扰", "Most of these to one household in 30 days")
        }
        Figure::VisitedTooOften => ("打扰过多的户", "Households visited too often"),
        Figure::PriorityHouseholds => ("重点户", "Priority households"),
        Figure::PriorityContacted => ("重点户按期走访", "Priority households met in time"),
        Figure::TakingPart => ("参与人员", "Members taking part"),
    };
    language.pick(zh, en).to_owned()
}

/// How much a figure is: a rate with what it is part of.
///
/// ```
/// use doorstep_domain::{figures::{Amount, Rate}, words::{Language, amount}};
/// let rate = Amount::Rate(Rate { of: 4_908, all: 5_081 });
/// assert_eq!(amount(rate, Language::English), "4,908 / 5,081 = 96.6 %");
/// assert_eq!(amount(Amount::Time(Some(7_500)), Language::Chinese), "2小时5分");
/// ```
pub fn amount(amount: Amount, language: Language) -> String {
    match amount {
        Amount::Count(n) => number(n),
        Amount::Rate(rate) => format!("{} / {} = {rate}", number(rate.of), number(rate.all)),
        Amount::Time(None) => "-".into(),
        Amount::Time(Some(time_s)) => {
            let (days, hours) = (time_s / DAY_S, time_s % DAY_S / HOUR_S);
            let minutes = time_s % HOUR_S / MINUTE_S;
            match (days, hours) {
                (0, 0) => say!(language, "{minutes}分", "{minutes} min"),
                (0, _) => say!(language, "{hours}小时{minutes}分", "{hours} h {minutes} min"),
                _ => say!(language, "{days}天{hours}小时", "{days} d {hours} h"),
            }
        }
    }
}

/// 12,345.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// As of when figures are, and which phones may still hold something that is not in them.
pub fn watermark(watermark: &Watermark, language: Language) -> String {
    let day = watermark.day();
    let date = Date::of(day).say(None, language);
    let local_s = (watermark.as_of_ms / 1_000).saturating_add_signed(watermark.local_min * 60);
    let (hour, minute) = (local_s % DAY_S / HOUR_S, local_s % HOUR_S / MINUTE_S);
    let clock = format!("{hour:02}:{minute:02}");
    let mut out = say!(language, "截至{date}{clock}", "as of {date} {clock}");
    let (phones, away) = (watermark.phones, watermark.not_seen());
    let never = watermark.unseen.iter().filter(|unseen| unseen.since.is_none());
    let never: u64 = never.map(|unseen| unseen.phones).sum();
    out += &match watermark.since() {
        None if away == 0 => {
            say!(language, "；{phones}部手机当天都已同步", "; all {phones} phones seen that day")
        }
        None => say!(
            language,
            "；{phones}部手机中有{away}部从未同步",
            "; {away} of {phones} phones never seen"
        ),
        Some(since) => {
            let since = weekday_or_date(since, day, language);
            say!(
                language,
                "；{phones}部手机中有{away}部{since}以后没有同步",
                "; {away} of {phones} phones not seen since {since}"
            )
        }
    };
    if never > 0 && never < away {
        out += &say!(language, "，其中{never}部从未同步", ", {never} of them never");
    }
    if watermark.newer > 0 {
        let newer = watermark.newer;
        out += &say!(language, "；{newer}条新版记录未计入", "; {newer} newer entries not counted");
    }
    out
}

/// A day of the week before by its name.
fn weekday_or_date(on: u32, today: u32, language: Language) -> String {
    // 1 January 1970 was a Thursday.
    let weekday = usize::try_from((u64::from(on) + 4) % 7).ok().and_then(|n| WEEKDAYS.get(n));
    match weekday {
        Some((zh, en)) if today.saturating_sub(on) < 7 => language.pick(*zh, *en).to_owned(),
        _ => Date::of(on).say(Some(Date::of(today).year), language),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::figures::day_of;

    #[test]
    fn no_two_figures_are_called_the_same() {
        for language in Language::ALL {
            let all = Figure::all();
            let names: BTreeSet<String> = all.iter().map(|of| figure(*of, *language)).collect();
            assert_eq!(names.len(), all.len());
        }
    }

    #[test]
    fn a_watermark_says_who_was_not_seen() {
        let day_ms = DAY_S * 1_000;
        // Thursday, 12 March 2026, 17:30 in local time.
        let now = 20_524 * day_ms + 9 * HOUR_S * 1_000 + 30 * MINUTE_S * 1_000;
        assert_eq!(day_of(now / 1_000, 480), 20_524);
        let mark = |seen: &[Option<u64>]| {
            let mark = Watermark::of(now, 480, seen.iter().copied());
            (watermark(&mark, Language::Chinese), watermark(&mark, Language::English))
        };
        let (zh, en) = mark(&[Some(now), Some(now - 2 * day_ms)]);
        assert_eq!(zh, "截至2026年3月12日17:30；2部手机中有1部周二以后没有同步");
        assert_eq!(en, "as of 12 March 2026 17:30; 1 of 2 phones not seen since Tuesday");
        assert!(mark(&[Some(now - 9 * day_ms)]).1.ends_with("not seen since 3 March"));
        assert!(mark(&[None, Some(now)]).1.ends_with("1 of 2 phones never seen"));
        assert!(mark(&[Some(now)]).1.ends_with("all 1 phones seen that day"));
        let newer = Watermark { newer: 3, ..Watermark::of(now, 480, []) };
        assert!(watermark(&newer, Language::English).ends_with("3 newer entries not counted"));
    }
}
