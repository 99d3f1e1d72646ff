//! The report in words, for people.

use std::fmt::Write as _;

use doorstep_domain::words::number;
use serde_json::Value;

use super::{figure_block::figures, report::Report};

/// Columns of the first words of a line.
const LABEL_COLUMNS: usize = 17;

/// What a grievance has come to, in words.
pub(super) fn outcome(record: &Value) -> String {
    let word = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    let round = record.get("round").and_then(Value::as_u64).unwrap_or(1);
    let stage = match word("stage") {
        "discovered" => "nobody has it yet".to_owned(),
        "accepted" => "somebody has it".to_owned(),
        "in_progress" => "it is being worked on".to_owned(),
        "reopened" => format!("it is open again, in round {round}"),
        "resolved" => "resolved, waiting for the resident's word".to_owned(),
        "confirmed" => "the resident is content".to_owned(),
        "closed" => "closed".to_owned(),
        "closed_unsolved" => "closed as unsolved".to_owned(),
        "withdrawn" => "withdrawn, the work is kept".to_owned(),
        other => other.replace('_', " "),
    };
    let mut out = stage;
    let length = |name: &str| record.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    if record.get("owner").is_some_and(|owner| !owner.is_null()) {
        let _ = match length("helpers") {
            0 => write!(out, "; one owner"),
            1 => write!(out, "; one owner, one helper"),
            n => write!(out, "; one owner, {n} helpers"),
        };
    }
    match length("accounts") {
        0 | 1 => {}
        n => {
            let _ = write!(out, "; {n} accounts of it are kept");
        }
    }
    let _ = write!(out, "; grade {}", word("grade").to_uppercase());
    if word("level") != "grid" {
        let _ = write!(out, "; at {} level", word("level").replace('_', "-"));
    }
    let flags = record.get("flags").and_then(Value::as_array);
    let open = flags
        .into_iter()
        .flatten()
        .filter(|flag| flag.get("settled").and_then(Value::as_bool) == Some(false));
    for flag in open.filter_map(|flag| flag.get("flag").and_then(Value::as_str)) {
        let _ = write!(out, "; flagged: {}", flag.replace('_', "-"));
    }
    out
}

fn bytes(n: u64) -> String {
    if n < 10_000_000 {
        format!("{} kB", number(n.div_ceil(1_000)))
    } else {
        format!("{} MB", n / 1_000_000)
    }
}

/// How many columns a terminal gives a text: two for a Chinese character.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|letter| if letter as u32 >= 0x2e80 { 2 } else { 1 }).sum()
}

/// A text and as many spaces as make it so wide.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// A line of the table: a label once, and sentences beneath each other.
fn row(out: &mut String, label: &str, sentences: &[String]) {
    let mut label = label.to_owned();
    for sentence in sentences {
        let _ = writeln!(out, "  {}{sentence}", padded(&label, LABEL_COLUMNS));
        label.clear();
    }
}

/// The report in words.
pub(super) fn tell(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "\nA day without signal 断网的一天: {} phones, seed {}\n",
        report.phones, report.seed
    );
    what_happened(&mut out, report);
    out.push('\n');
    what_came_of_it(&mut out, report);
    figures(&mut out, report);
    if !report.two_acted.is_empty() {
        let _ = writeln!(
            out,
            "\nTwo people acted, unseen by each other 两人同时处理: {} acts on {} grievances. For example:",
            report.findings.concurrent_acts, report.findings.concurrent_grievances
        );
        for met in &report.two_acted {
            let _ = writeln!(out, "  - {}\n      -> {}", met.acts, met.outcome);
        }
    }
    for difference in &report.findings.examples {
        let _ = writeln!(out, "\n  ! {difference}");
    }
    let verdict = if report.is_proven() {
        "Nothing is lost, nothing stands twice, all hold the same. 不丢、不重、一致。"
    } else {
        "NOT PROVEN: see above. 未通过。"
    };
    let _ = writeln!(out, "\n{verdict}  ({:.1} s)", report.wall_seconds);
    out
}

fn what_happened(out: &mut String, report: &Report) {
    let found = &report.findings;
    if let Some(cases) = &report.cases {
        let rows = format!(
            "{} rows: {} imported, {} there already, {} refused",
            number(cases.rows),
            number(cases.imported),
            number(cases.already_there),
            number(cases.refused)
        );
        let in_hand = format!("{} of these cases lie where the phones are", number(cases.in_hand));
        row(out, "Register 案卷", &[rows, in_hand]);
    }
    row(
        out,
        "Saved 已保存",
        &[format!("{} acts: each was noted when its phone said so", number(found.saved))],
    );
    row(
        out,
        "Cut 断网",
        &[
            format!(
                "from 9:45 to 16:30 the way dropped every packet ({})",
                number(report.packets_dropped)
            ),
            format!("{} syncs in that time found no relay", report.unreachable_syncs),
        ],
    );
    let [writing, syncing] = report.phone_kills;
    let mut killed = vec![format!(
        "{} phones (kill -9): {writing} that may have been writing, {syncing} that were syncing",
        report.kills
    )];
    if report.answers_lost > 0 {
        killed.push(format!(
            "{} answers went with them; {} of these acts had been saved. All were written again",
            report.answers_lost, report.saved_before_kill
        ));
    }
    killed.push(format!("the relay, while all synced: {} syncs broke off", report.broken_syncs));
    row(out, "Killed 被杀", &killed);
    if let Some(moved) = &report.moved {
        let went = format!(
            "building {} went to grid {} while nobody had signal:",
            moved.building, moved.grid
        );
        let (left, taken) = (&moved.dropped, &moved.picked_up);
        let phones = format!(
            "{} / {} phones there dropped it after delivering, {} / {} here picked it up",
            left.of, left.all, taken.of, taken.all
        );
        row(out, "Moved 划转", &[went, phones]);
    }
    row(
        out,
        "Met 同步",
        &[format!(
            "{} meetings, {} up, {} down; at rest after {} rounds, with 2 % of packets lost",
            number(report.meetings),
            bytes(report.bytes_up),
            bytes(report.bytes_down),
            report.rounds
        )],
    );
}

fn what_came_of_it(out: &mut String, report: &Report) {
    let found = &report.findings;
    let arrived = format!(
        "{} / {} stand in the relay's logs, word for word",
        number(found.delivered),
        number(found.saved)
    );
    let logs = format!(
        "which hold {} documents of {} changes",
        number(found.documents),
        number(found.changes)
    );
    row(out, "Arrived 送达", &[arrived, logs]);
    row(out, "Lost 丢失", &[number(found.lost)]);
    row(out, "Twice 重复", &[number(found.duplicated)]);
    let same = report.phones - found.diverged_phones;
    row(
        out,
        "The same 一致",
        &[format!(
            "{same} / {} phones hold what the relay holds, and make the same of it",
            report.phones
        )],
    );
    if found.written_again + report.set_aside > 0 {
        row(
            out,
            "Set aside 搁置",
            &[format!(
                "{} changes, {} written again under a new incarnation",
                report.set_aside, found.written_again
            )],
        );
    }
    let alarms: Vec<String> =
        report.alarms.iter().map(|(name, times)| format!("{name} ({times})")).collect();
    if !alarms.is_empty() {
        row(out, "Alarms 警报", &[alarms.join(", ")]);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::report::example, *};

    #[test]
    fn the_report_says_what_was_found() {
        let text = tell(&example());
        for words in ["1,200 / 1,200", "193 / 221 = 87.3 %", "8 / 8 phones", "Nothing is lost"] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
        assert!(text.lines().all(|line| columns(line) <= 110), "{text}");
    }

    #[test]
    fn an_outcome_is_told_in_words() {
        let record = json!({
            "stage": "reopened", "round": 2, "owner": "aa", "helpers": ["bb"], "grade": "a",
            "level": "block", "accounts": [{}, {}],
            "flags": [{"flag": "confirm_reject", "settled": false}, {"flag": "due", "settled": true}],
        });
        assert_eq!(
            outcome(&record),
            "it is open again, in round 2; one owner, one helper; 2 accounts of it are kept; grade A; \
             at block level; flagged: confirm-reject"
        );
    }
}
