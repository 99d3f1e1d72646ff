//! The report: for people as text, for machines as JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use doorstep_domain::figures::{Rate, figures};
use doorstep_protocol::hash::sha256;
use serde::Serialize;
use serde_json::Value;

use super::{
    clash::{Clash, ClashKind},
    day::Day,
    ledger::Ledger,
    plan::Plan,
    replica::{RelayReplica, Replica},
    verify::{Figures, Findings, count},
};

/// Columns of the first words of a line.
const LABEL_COLUMNS: usize = 16;

/// What two people did on one grievance, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Met {
    /// What they did.
    pub acts: String,
    /// What came of it.
    pub outcome: String,
}

/// What came of the day.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Phones.
    pub phones: u64,
    /// The seed of the day.
    pub seed: u64,
    /// The comparison.
    #[serde(flatten)]
    pub findings: Findings,
    /// Figures of the relay's documents.
    pub figures: Figures,
    /// They are the same on the phone that holds most, counted by itself, and in a second count.
    pub figures_agree: bool,
    /// Meetings with the relay.
    pub meetings: u64,
    /// SIGKILLs to phones.
    pub kills: u64,
    /// SIGKILLs to the relay.
    pub relay_kills: u64,
    /// Answers to writes that a kill swallowed; written again under the same act id.
    pub answers_lost: u64,
    /// Of these, acts that had been saved before the kill.
    pub saved_before_kill: u64,
    /// Syncs that found no relay, every packet being dropped.
    pub unreachable_syncs: u64,
    /// Packets that the paths dropped.
    pub packets_dropped: u64,
    /// Bytes of UDP payload from phones to the relay.
    pub bytes_up: u64,
    /// And back.
    pub bytes_down: u64,
    /// Rounds in the evening until nothing moved.
    pub rounds: u64,
    /// Changes that the relay set aside.
    pub set_aside: u64,
    /// Alarms of the relay.
    pub alarms: BTreeMap<String, u64>,
    /// The building that was given to another grid.
    pub building_given: Option<(String, String)>,
    /// SHA-256 over all acts: document, member, act, events. The same for the same seed.
    pub day_hash: String,
    /// One for each way in which two acted on one grievance.
    pub two_acted: Vec<Met>,
    /// From start to here.
    pub wall_seconds: f64,
    #[serde(skip)]
    phone_kills: [usize; 2],
}

impl Report {
    /// Puts it together.
    pub fn new(
        seed: u64,
        plan: &Plan,
        day: &Day,
        relay: &RelayReplica,
        replicas: &[Replica],
        findings: Findings,
        wall_seconds: f64,
    ) -> Self {
        let [meetings, kills, answers_lost, saved_before_kill, unreachable_syncs] = day.counted();
        let (bytes_up, bytes_down, packets_dropped) = day.traffic();
        let (counted, figures_agree) = count_everywhere(relay, replicas);
        Self {
            phones: plan.phones.len() as u64,
            seed,
            findings,
            figures: counted,
            figures_agree,
            meetings,
            kills,
            relay_kills: day.relay_kills,
            answers_lost,
            saved_before_kill,
            unreachable_syncs,
            packets_dropped,
            bytes_up,
            bytes_down,
            rounds: day.rounds as u64,
            set_aside: relay.aside,
            alarms: relay.alarms.clone(),
            building_given: plan.given.clone(),
            day_hash: day_hash(&day.shared.ledger()),
            two_acted: two_acted(plan, day, relay),
            wall_seconds: (wall_seconds * 10.0).round() / 10.0,
            phone_kills: [plan.write_kills.len(), plan.sync_kills.len()],
        }
    }

    /// Whether the day proves what it set out to prove.
    pub fn is_proven(&self) -> bool {
        let found = &self.findings;
        (found.lost, found.duplicated) == (0, 0)
            && found.saved > 0
            && found.converged
            && self.kills > 0
            && self.relay_kills > 0
            && self.unreachable_syncs > 0
            && self.figures_agree
    }
}

/// The figures of the relay's documents, by the function that the console uses; and whether a second
/// count, and the phone that holds most by what it shows, say the same.
fn count_everywhere(relay: &RelayReplica, replicas: &[Replica]) -> (Figures, bool) {
    let all = figures(&relay.rows);
    let all = Figures { collected: all.collected, resolved: all.resolved.of };
    let mut agree = all == count(&relay.replica);
    if let Some(phone) = replicas.iter().max_by_key(|replica| replica.acts.len()) {
        let rows: Vec<_> = relay
            .rows
            .iter()
            .filter(|row| phone.places.contains(&row.place()))
            .cloned()
            .collect();
        let there = figures(&rows);
        let there = Figures { collected: there.collected, resolved: there.resolved.of };
        agree &= there == count(phone);
    }
    (all, agree)
}

fn day_hash(ledger: &Ledger) -> String {
    let lines: BTreeSet<String> = ledger
        .acts()
        .map(|saved| {
            let events = serde_json::to_string(&saved.events).unwrap_or_default();
            format!("{} {} {} {events}\n", saved.doc, saved.member, saved.act)
        })
        .collect();
    let text: String = lines.into_iter().collect();
    sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first clash of each kind.
fn two_acted(plan: &Plan, day: &Day, relay: &RelayReplica) -> Vec<Met> {
    let mut first: BTreeMap<ClashKind, &Clash> = BTreeMap::new();
    for clash in &plan.clashes {
        first.entry(clash.kind).or_insert(clash);
    }
    let met = |(kind, clash): (ClashKind, &Clash)| {
        let doc = day.shared.id(clash.grievance)?;
        let record = relay.replica.states.get(&doc)?;
        Some(Met { acts: kind.words().to_owned(), outcome: outcome(record) })
    };
    first.into_iter().filter_map(met).collect()
}

/// What a grievance has come to, in words.
fn outcome(record: &Value) -> String {
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
    let open = flags.into_iter().flatten().filter(|flag| {
        flag.get("settled").and_then(Value::as_bool) == Some(false)
    });
    for flag in open.filter_map(|flag| flag.get("flag").and_then(Value::as_str)) {
        let _ = write!(out, "; flagged: {}", flag.replace('_', "-"));
    }
    out
}

/// 12,345.
fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn bytes(n: u64) -> String {
    if n < 10_000_000 { format!("{} kB", number(n.div_ceil(1_000))) } else { format!("{} MB", n / 1_000_000) }
}

/// How many columns a terminal gives a text: two for a Chinese character.
fn columns(text: &str) -> usize {
    text.chars().map(|letter| if letter as u32 >= 0x2e80 { 2 } else { 1 }).sum()
}

/// A line of the table: a label once, and sentences beneath each other.
fn row(out: &mut String, label: &str, sentences: &[String]) {
    let mut label = label.to_owned();
    for sentence in sentences {
        let gap = " ".repeat(LABEL_COLUMNS.saturating_sub(columns(&label)) + 1);
        let _ = writeln!(out, "  {label}{gap}{sentence}");
        label.clear();
    }
}

/// The report in words.
pub fn tell(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "\nA day without signal 断网的一天: {} phones, seed {}\n",
        report.phones, report.seed
    );
    what_happened(&mut out, report);
    out.push('\n');
    what_came_of_it(&mut out, report);
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
    row(
        out,
        "Saved 已保存",
        &[format!(
            "{} acts in {} documents: each was noted when its phone said so",
            number(found.saved),
            number(found.documents)
        )],
    );
    row(
        out,
        "Cut 断网",
        &[
            format!("from 9:45 to 16:30 the way dropped every packet ({})", number(report.packets_dropped)),
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
    killed.push(format!("the relay {} time, while all synced", report.relay_kills));
    row(out, "Killed 被杀", &killed);
    if let Some((building, grid)) = &report.building_given {
        let moved = format!("building {building} went to grid {grid} while nobody had signal");
        row(out, "Moved 划转", &[moved]);
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
    row(out, "Arrived 送达", &[arrived]);
    row(out, "Lost 丢失", &[number(found.lost)]);
    row(out, "Twice 重复", &[number(found.duplicated)]);
    let same = report.phones - found.diverged_phones;
    row(
        out,
        "The same 一致",
        &[format!("{same} / {} phones hold what the relay holds, and make the same of it", report.phones)],
    );
    let rate = Rate { of: report.figures.resolved, all: report.figures.collected };
    let said = if report.figures_agree { "relay and phone count the same" } else { "COUNTS DIFFER" };
    row(
        out,
        "Counted 件次",
        &[format!(
            "{} collected; resolved {} / {} = {rate}; {said}",
            report.figures.collected, report.figures.resolved, report.figures.collected
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

    use super::*;

    fn report() -> Report {
        Report {
            phones: 8,
            seed: 7,
            findings: Findings {
                saved: 1_200,
                delivered: 1_200,
                converged: true,
                ..Findings::default()
            },
            figures: Figures { collected: 221, resolved: 193 },
            figures_agree: true,
            meetings: 61,
            kills: 6,
            relay_kills: 1,
            answers_lost: 2,
            saved_before_kill: 1,
            unreachable_syncs: 8,
            packets_dropped: 1_204,
            bytes_up: 241_000,
            bytes_down: 12_000_000,
            rounds: 4,
            set_aside: 0,
            alarms: BTreeMap::new(),
            building_given: Some(("G001-01".into(), "G002".into())),
            day_hash: String::new(),
            two_acted: vec![Met { acts: "both take it on".into(), outcome: "one".into() }],
            wall_seconds: 42.0,
            phone_kills: [4, 2],
        }
    }

    #[test]
    fn the_report_says_what_was_found() {
        let text = tell(&report());
        for words in ["1,200 / 1,200", "193 / 221 = 87.3 %", "8 / 8 phones", "Nothing is lost"] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
        assert!(text.lines().all(|line| columns(line) <= 110), "{text}");
    }

    #[test]
    fn each_fault_is_a_fault() {
        assert!(report().is_proven());
        let mut faults: Vec<Report> = vec![report(); 8];
        faults[0].findings.lost = 1;
        faults[1].findings.duplicated = 1;
        faults[2].findings.converged = false;
        faults[3].kills = 0;
        faults[4].relay_kills = 0;
        faults[5].figures_agree = false;
        faults[6].unreachable_syncs = 0;
        faults[7].findings.saved = 0;
        for fault in faults {
            assert!(!fault.is_proven());
            assert!(tell(&fault).contains("NOT PROVEN"));
        }
    }

    #[test]
    fn the_json_has_the_names_that_others_read() {
        let json = serde_json::to_value(report()).unwrap();
        for name in [
            "phones", "saved", "delivered", "lost", "duplicated", "converged", "diverged_phones",
            "meetings", "kills", "documents", "changes", "bytes_up", "bytes_down", "concurrent_acts",
            "wall_seconds", "seed", "relay_kills", "unreachable_syncs",
        ] {
            assert!(json.get(name).is_some(), "{name}");
        }
        assert_eq!(json["figures"], json!({"collected": 221, "resolved": 193}));
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

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([number(0), number(999), number(1_000), number(1_234_567)], [
            "0", "999", "1,000", "1,234,567"
        ]);
    }
}
