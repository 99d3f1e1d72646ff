//! The figures of the report, each in both languages: who reads the report reads the one, the sub-district
//! the other.

use std::fmt::Write as _;

use doorstep_domain::{
    figures::{Amount, Figure, Sheet},
    table::How,
    words::{self, Language},
};

use super::{
    prose::{columns, padded},
    report::Report,
};

/// Columns of a figure's name in both languages.
const NAME_COLUMNS: usize = 48;
/// A line has at most so many columns.
const LINE_COLUMNS: usize = 108;
/// Before what belongs to the figure above.
const INDENT: &str = "      ";

/// A figure, and those that are read with it.
type Entry = (Figure, &'static [Figure]);

const BEFORE_DISPUTES: [Entry; 4] = [
    (Figure::Collected, &[Figure::CollectedGroups, Figure::Transferred, Figure::ByMistake]),
    (Figure::Resolved, &[Figure::ClosedNotReached, Figure::Confirmed]),
    (Figure::ResolvedOrAnswered, &[]),
    (Figure::WithinBlock, &[]),
];
const AFTER_DISPUTES: [Entry; 7] = [
    (Figure::ContactMedian, &[Figure::ContactP90, Figure::ContactLeftOut]),
    (Figure::FeedbackMedian, &[Figure::FeedbackP90, Figure::FeedbackLeftOut]),
    (Figure::Items, &[Figure::Meetings]),
    (Figure::VisitsMet, &[Figure::HouseholdsMet, Figure::PersonsMet, Figure::Attempts]),
    (Figure::VisitedTooOften, &[Figure::UninvitedVisits, Figure::MostUninvited]),
    (Figure::PriorityContacted, &[Figure::PriorityHouseholds]),
    (Figure::TakingPart, &[]),
];

/// Each with what it is part of, and as of when all of them are.
pub(super) fn figures(out: &mut String, report: &Report) {
    let sheet = &report.figures.sheet;
    out.push_str("\nFigures 数据\n");
    for language in [Language::English, Language::Chinese] {
        let _ = writeln!(out, "  {}", words::watermark(&report.figures.watermark, language));
    }
    let said = if report.figures_agree {
        "relay, phone and a second count of the records say the same 中继、手机、复核一致"
    } else {
        "COUNTS DIFFER 数据不一致"
    };
    let _ = writeln!(out, "  {said}\n");
    for (figure, with) in BEFORE_DISPUTES {
        entry(out, sheet, figure, with);
    }
    let kinds =
        How::ALL.iter().flat_map(|how| [Figure::DisputesBy(*how), Figure::DisputesTried(*how)]);
    let mut kinds: Vec<Figure> = kinds.chain([Figure::DisputesNotMediated]).collect();
    kinds.retain(|figure| sheet.amount(*figure) != Amount::Count(0));
    kinds.sort_unstable();
    entry(out, sheet, Figure::Disputes, &kinds);
    for (figure, with) in AFTER_DISPUTES {
        entry(out, sheet, figure, with);
    }
}

fn entry(out: &mut String, sheet: &Sheet, figure: Figure, with: &[Figure]) {
    let _ = writeln!(out, "  {}{}", padded(&name(figure), NAME_COLUMNS), amount(sheet, figure));
    let mut line = String::new();
    for figure in with {
        let next = format!("{} {}", name(*figure), amount(sheet, *figure));
        if !line.is_empty() && columns(INDENT) + columns(&line) + columns(&next) > LINE_COLUMNS {
            let _ = writeln!(out, "{INDENT}{}", std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push_str(";  ");
        }
        line.push_str(&next);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{INDENT}{line}");
    }
}

fn name(figure: Figure) -> String {
    let (en, zh) =
        (words::figure(figure, Language::English), words::figure(figure, Language::Chinese));
    format!("{en} {zh}")
}

fn amount(sheet: &Sheet, figure: Figure) -> String {
    words::amount(sheet.amount(figure), Language::English)
}

#[cfg(test)]
mod tests {
    use super::{super::report::example, *};

    #[test]
    fn every_figure_is_shown_once_with_what_it_is_part_of() {
        let mut report = example();
        let disputes = &mut report.figures.sheet.figures.disputes;
        for how in How::ALL {
            disputes.by_how.insert(*how, 1);
            disputes.tried.insert(*how, 1);
        }
        disputes.not_mediated = 1;
        let mut out = String::new();
        figures(&mut out, &report);
        for figure in Figure::all() {
            assert_eq!(out.matches(&format!("{} ", name(figure))).count(), 1, "{figure:?}\n{out}");
        }
        for words in ["193 / 221 = 87.3 %", "4,908 / 5,081 = 96.6 %", "207 / 242 = 85.5 %"] {
            assert!(out.contains(words), "{words} is missing in\n{out}");
        }
        assert!(out.lines().all(|line| columns(line) <= LINE_COLUMNS + 2), "{out}");
        report.figures_agree = false;
        figures(&mut out, &report);
        assert!(out.contains("COUNTS DIFFER"));
    }
}
