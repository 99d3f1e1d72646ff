//! The report: what came of the day, as JSON for machines. [`prose`](super::prose) says it to people.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::figures::{Rate, Sheet, Watermark, figures};
use doorstep_protocol::hash::sha256;
use serde::Serialize;

use super::{
    cases::CasesReport,
    clash::{Clash, ClashKind},
    day::Day,
    ledger::Ledger,
    plan::{Given, Plan},
    prose::outcome,
    replica::{RelayReplica, Replica},
    second_count::{Count, count, stages},
    verify::Findings,
};

/// What two people did on one grievance, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Met {
    /// What they did.
    pub(super) acts: String,
    /// What came of it.
    pub(super) outcome: String,
}

/// What was read at the end.
#[derive(Debug)]
pub(super) struct Sides<'a> {
    /// The relay.
    pub(super) relay: &'a RelayReplica,
    /// Each phone.
    pub(super) phones: &'a [Replica],
    /// What was imported before the day.
    pub(super) cases: Option<CasesReport>,
}

/// A building that went to another grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Moved {
    /// Its code.
    pub(super) building: String,
    /// The grid's.
    pub(super) grid: String,
    /// Phones of the grid that it left, and how many of them dropped its log.
    pub(super) dropped: Rate,
    /// Phones of the grid that it went to, and how many of them picked its log up.
    pub(super) picked_up: Rate,
}

impl Moved {
    fn of(given: &Given, phones: &[Replica]) -> Self {
        let holds = |phone: &usize| {
            phones.get(*phone).is_some_and(|phone| phone.places.contains(&given.place))
        };
        let count = |of: &[usize], held: bool| Rate {
            of: of.iter().filter(|phone| holds(phone) == held).count() as u64,
            all: of.len() as u64,
        };
        Self {
            building: given.building.clone(),
            grid: given.grid.clone(),
            dropped: count(&given.from, false),
            picked_up: count(&given.to, true),
        }
    }

    fn is_done(&self) -> bool {
        self.dropped.of == self.dropped.all && self.picked_up.of == self.picked_up.all
    }
}

/// The figures of the relay's documents.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Counted {
    /// Documents collected.
    pub(super) collected: u64,
    /// Resolved of these.
    pub(super) resolved: u64,
    /// As of when.
    pub(super) watermark: Watermark,
    /// All of them.
    pub(super) sheet: Sheet,
    /// Grievances by how far they are.
    pub(super) stages: BTreeMap<String, u64>,
}

/// What came of the day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    /// Phones.
    pub(super) phones: u64,
    /// The seed of the day.
    pub(super) seed: u64,
    /// The comparison.
    #[serde(flatten)]
    pub(super) findings: Findings,
    /// Figures of the relay's documents.
    pub(super) figures: Counted,
    /// They are the same on the phone that holds most, counted by itself, and in a second count.
    pub(super) figures_agree: bool,
    /// Meetings with the relay.
    pub(super) meetings: u64,
    /// SIGKILLs to phones.
    pub(super) kills: u64,
    /// SIGKILLs to the relay.
    pub(super) relay_kills: u64,
    /// Answers to writes that a kill swallowed; written again under the same act id.
    pub(super) answers_lost: u64,
    /// Of these, acts that had been saved before the kill.
    pub(super) saved_before_kill: u64,
    /// Syncs that found no relay, every packet being dropped.
    pub(super) unreachable_syncs: u64,
    /// Packets that the paths dropped.
    pub(super) packets_dropped: u64,
    /// Bytes of UDP payload from phones to the relay.
    pub(super) bytes_up: u64,
    /// And back.
    pub(super) bytes_down: u64,
    /// Rounds in the evening until nothing moved.
    pub(super) rounds: u64,
    /// Changes that the relay set aside.
    pub(super) set_aside: u64,
    /// Alarms of the relay.
    pub(super) alarms: BTreeMap<String, u64>,
    /// Syncs that broke off when the relay was killed.
    pub(super) broken_syncs: u64,
    /// The building that was given to another grid while nobody had signal.
    pub(super) moved: Option<Moved>,
    /// The register that was imported before the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cases: Option<CasesReport>,
    /// SHA-256 over all acts: document, member, act, events. The same for the same seed.
    pub(super) day_hash: String,
    /// One for each way in which two acted on one grievance.
    pub(super) two_acted: Vec<Met>,
    /// From start to here.
    pub(super) wall_seconds: f64,
    #[serde(skip)]
    pub(super) phone_kills: [usize; 2],
}

impl Report {
    /// Puts it together.
    pub(super) fn new(
        seed: u64,
        plan: &Plan,
        day: &Day,
        sides: Sides<'_>,
        findings: Findings,
        wall_seconds: f64,
    ) -> Self {
        let Sides { relay, phones, cases } = sides;
        let [meetings, kills, answers_lost, saved_before_kill, unreachable_syncs] = day.counted();
        let (bytes_up, bytes_down, packets_dropped) = day.traffic();
        let (counted, figures_agree) = count_everywhere(relay, phones);
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
            broken_syncs: day.broken_syncs as u64,
            moved: plan.given.as_ref().map(|given| Moved::of(given, phones)),
            cases,
            day_hash: day_hash(&day.shared.ledger()),
            two_acted: two_acted(plan, day, relay),
            wall_seconds: (wall_seconds * 10.0).round() / 10.0,
            phone_kills: [plan.write_kills.len(), plan.sync_kills.len()],
        }
    }

    /// Whether the day proves what it set out to prove.
    pub(super) fn is_proven(&self) -> bool {
        let found = &self.findings;
        (found.lost, found.duplicated) == (0, 0)
            && found.saved > 0
            && found.converged
            && self.kills > 0
            && self.relay_kills > 0
            && self.unreachable_syncs > 0
            && self.figures_agree
            && self.moved.as_ref().is_none_or(Moved::is_done)
    }
}

/// The figures of the relay's documents, by the function that the console uses; and whether a second
/// count, and the phone that holds most by what it shows, say the same.
fn count_everywhere(relay: &RelayReplica, replicas: &[Replica]) -> (Counted, bool) {
    let mut agree = Count::of(&relay.sheet.figures) == count(&relay.replica);
    if let Some(phone) = replicas.iter().max_by_key(|replica| replica.acts.len()) {
        let rows: Vec<_> =
            relay.rows.iter().filter(|row| phone.places.contains(&row.place())).cloned().collect();
        agree &= Count::of(&figures(&rows)) == count(phone);
    }
    let counted = Counted {
        collected: relay.sheet.figures.collected,
        resolved: relay.sheet.figures.resolved.of,
        watermark: relay.watermark.clone(),
        sheet: relay.sheet.clone(),
        stages: stages(&relay.replica),
    };
    (counted, agree)
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

#[cfg(test)]
fn counted() -> Counted {
    use doorstep_domain::figures::{Disputes, Figures};
    let rate = |of, all| Rate { of, all };
    let figures = Figures {
        collected: 221,
        collected_groups: 218,
        resolved: rate(193, 221),
        resolved_or_answered: rate(201, 221),
        within_block: rate(190, 193),
        disputes: Disputes { resolved: rate(4_908, 5_081), ..Disputes::default() },
        items: rate(71, 94),
        meetings: 36,
        ..Figures::default()
    };
    let (priority_contacted, taking_part) = (rate(5, 7), rate(207, 242));
    let sheet = Sheet { figures, priority_contacted, taking_part };
    let watermark = Watermark::of(1_773_651_600_000, 480, [None]);
    Counted { collected: 221, resolved: 193, watermark, sheet, ..Counted::default() }
}

/// A day that proves what it set out to prove.
#[cfg(test)]
pub(super) fn example() -> Report {
    Report {
        phones: 8,
        seed: 7,
        findings: Findings {
            saved: 1_200,
            delivered: 1_200,
            converged: true,
            ..Findings::default()
        },
        figures: counted(),
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
        broken_syncs: 5,
        moved: Some(Moved {
            building: "G001-01".into(),
            grid: "G002".into(),
            dropped: Rate { of: 3, all: 3 },
            picked_up: Rate { of: 2, all: 2 },
        }),
        cases: None,
        day_hash: String::new(),
        two_acted: vec![Met { acts: "both take it on".into(), outcome: "one".into() }],
        wall_seconds: 42.0,
        phone_kills: [4, 2],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::prose::tell, *};

    #[test]
    fn each_fault_is_a_fault() {
        assert!(example().is_proven());
        let mut faults: Vec<Report> = vec![example(); 9];
        faults[0].findings.lost = 1;
        faults[1].findings.duplicated = 1;
        faults[2].findings.converged = false;
        faults[3].kills = 0;
        faults[4].relay_kills = 0;
        faults[5].figures_agree = false;
        faults[6].unreachable_syncs = 0;
        faults[7].findings.saved = 0;
        faults[8].moved.as_mut().unwrap().dropped.of = 2;
        for fault in faults {
            assert!(!fault.is_proven());
            assert!(tell(&fault).contains("NOT PROVEN"));
        }
    }

    #[test]
    fn the_json_has_the_names_that_others_read() {
        let json = serde_json::to_value(example()).unwrap();
        for name in [
            "phones",
            "saved",
            "delivered",
            "lost",
            "duplicated",
            "converged",
            "diverged_phones",
            "meetings",
            "kills",
            "documents",
            "changes",
            "bytes_up",
            "bytes_down",
            "concurrent_acts",
            "wall_seconds",
            "seed",
            "relay_kills",
            "unreachable_syncs",
        ] {
            assert!(json.get(name).is_some(), "{name}");
        }
        let figures = &json["figures"];
        assert_eq!((&figures["collected"], &figures["resolved"]), (&json!(221), &json!(193)));
        assert_eq!(figures["sheet"]["taking_part"], json!({"of": 207, "all": 242}));
        assert_eq!(figures["sheet"]["figures"]["items"], json!({"of": 71, "all": 94}));
        assert_eq!(figures["watermark"]["phones"], 1);
    }
}
