//! The figures once more, counted from full records as a phone shows them, by the words of
//! `docs/domain.md`: apart from the function that the engine and the console use.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::figures::Figures;
use serde::Serialize;
use serde_json::Value;

use super::replica::Replica;

/// What is counted twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) collected: u64,
    pub(super) groups: u64,
    pub(super) left: u64,
    pub(super) by_mistake: u64,
    pub(super) resolved: u64,
    pub(super) not_reached: u64,
    pub(super) answered: u64,
    pub(super) within_block: u64,
    /// Disputes by what settled them, or by "tried" and what was tried, or "not mediated".
    pub(super) disputes: BTreeMap<String, u64>,
    /// Median time in s from discovery to the first contact and to feedback.
    pub(super) medians: [Option<u64>; 2],
    pub(super) meetings: u64,
    pub(super) items: u64,
    pub(super) items_resolved: u64,
    /// Visits that met somebody, households, persons; visits that met nobody.
    pub(super) visits: [u64; 4],
    pub(super) uninvited: u64,
    pub(super) priority_households: u64,
}

impl Count {
    /// The same figures as the engine's function counts them.
    pub(super) fn of(figures: &Figures) -> Self {
        let mut disputes: BTreeMap<String, u64> = BTreeMap::new();
        for (how, n) in &figures.disputes.by_how {
            disputes.insert(word(how), *n);
        }
        for (how, n) in &figures.disputes.tried {
            disputes.insert(format!("tried {}", word(how)), *n);
        }
        disputes.insert(NOT_MEDIATED.into(), figures.disputes.not_mediated);
        disputes.retain(|_, n| *n > 0);
        Self {
            collected: figures.collected,
            groups: figures.collected_groups,
            left: figures.transferred,
            by_mistake: figures.by_mistake,
            resolved: figures.resolved.of,
            not_reached: figures.closed_not_reached,
            answered: figures.resolved_or_answered.of,
            within_block: figures.within_block.of,
            disputes,
            medians: [figures.to_contact.median, figures.to_feedback.median],
            meetings: figures.meetings,
            items: figures.items.all,
            items_resolved: figures.items.of,
            visits: [
                figures.visits_met,
                figures.households_met,
                figures.persons_met,
                figures.attempts,
            ],
            uninvited: figures.uninvited_visits,
            priority_households: figures.priority_households,
        }
    }
}

const NOT_MEDIATED: &str = "not mediated";

fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn text<'r>(record: &'r Value, path: &str) -> &'r str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn is(record: &Value, path: &str) -> bool {
    record.pointer(path).and_then(Value::as_bool) == Some(true)
}

fn number(record: &Value, path: &str) -> Option<u64> {
    record.pointer(path).and_then(Value::as_u64)
}

fn list<'r>(record: &'r Value, path: &str) -> &'r [Value] {
    record.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Ids that links join, as sets. Whether what they name is here does not matter.
#[derive(Default)]
struct Joined(Vec<BTreeSet<String>>);

impl Joined {
    fn link(&mut self, one: &str, other: &str) {
        let pair = [one.to_owned(), other.to_owned()];
        let (touched, mut rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|set| pair.iter().any(|id| set.contains(id)));
        rest.push(touched.into_iter().flatten().chain(pair).collect());
        self.0 = rest;
    }

    /// One name for all that are joined with it.
    fn name<'n>(&'n self, id: &'n str) -> &'n str {
        let set = self.0.iter().find(|set| set.contains(id));
        set.and_then(|set| set.first()).map_or(id, String::as_str)
    }
}

/// Counts the records of one side.
pub(super) fn count(replica: &Replica) -> Count {
    let records: BTreeMap<String, &Value> =
        replica.states.iter().map(|(doc, record)| (doc.to_string(), record)).collect();
    let mut out = Count::default();
    grievances(&mut out, &records);
    visits(&mut out, &records);
    meetings(&mut out, &records);
    out
}

/// Grievances, by how far they are.
pub(super) fn stages(replica: &Replica) -> BTreeMap<String, u64> {
    let mut out = BTreeMap::new();
    for record in replica.states.values() {
        if let Some(stage) = record.get("stage").and_then(Value::as_str) {
            *out.entry(stage.to_owned()).or_default() += 1;
        }
    }
    out
}

fn grievances(out: &mut Count, records: &BTreeMap<String, &Value>) {
    let mut groups = Joined::default();
    let mut faces: BTreeSet<String> = BTreeSet::new();
    let mut times: [Vec<u64>; 2] = Default::default();
    let all = || records.iter().filter(|(_, record)| record.get("stage").is_some());
    for (doc, record) in all() {
        for link in list(record, "/duplicates") {
            groups.link(doc, text(link, "/1"));
        }
    }
    for (doc, record) in all() {
        let stage = text(record, "/stage");
        match stage {
            "void" => continue,
            "transferred" if goes_on(records, record) => {
                out.left += 1;
                continue;
            }
            _ if is(record, "/struck") => {
                out.by_mistake += 1;
                continue;
            }
            _ => {}
        }
        out.collected += 1;
        faces.insert(groups.name(doc).to_owned());
        for (path, times) in ["/times/first_contact", "/times/fed_back"].iter().zip(&mut times) {
            let since = number(record, path).zip(number(record, "/times/discovered"));
            times.extend(since.and_then(|(to, from)| to.checked_sub(from)));
        }
        let solved = is_solved(record, stage);
        let unsolved = stage == "closed_unsolved" && is(record, "/told");
        let told = number(record, "/times/fed_back").is_some() && stage != "reopened";
        let explained = is(record, "/explained_only") && told;
        out.resolved += u64::from(solved);
        out.not_reached += u64::from(solved && stage == "closed_not_reached");
        out.answered += u64::from(solved || unsolved || explained);
        let low = matches!(text(record, "/resolved_level"), "building" | "grid" | "block");
        out.within_block += u64::from(solved && low);
        if number(record, "/facts/kind") == Some(0) {
            let kind = match (solved, text(record, "/how"), text(record, "/mediation")) {
                (true, how, _) => how.to_owned(),
                (false, _, "") => NOT_MEDIATED.to_owned(),
                (false, _, tried) => format!("tried {tried}"),
            };
            *out.disputes.entry(kind).or_default() += 1;
        }
    }
    out.groups = faces.len() as u64;
    out.medians = times.map(median);
}

/// A transfer leads to a grievance that is here and was not entered by mistake. No two of a day lead to
/// each other.
fn goes_on(records: &BTreeMap<String, &Value>, record: &Value) -> bool {
    let target = records.get(text(record, "/transferred_to/doc"));
    target.is_some_and(|target| !is(target, "/struck") && text(target, "/stage") != "void")
}

fn is_solved(record: &Value, stage: &str) -> bool {
    let stands = match stage {
        "resolved" | "confirmed" | "closed" | "closed_not_reached" => true,
        "withdrawn" => is(record, "/confirmed"),
        _ => false,
    };
    stands && (!is(record, "/explained_only") || is(record, "/confirmed"))
}

/// By nearest rank.
fn median(mut times: Vec<u64>) -> Option<u64> {
    times.sort_unstable();
    times.get(times.len().div_ceil(2).checked_sub(1)?).copied()
}

fn visits(out: &mut Count, records: &BTreeMap<String, &Value>) {
    let mut homes = Joined::default();
    let mut same = Joined::default();
    for (doc, record) in records {
        for other in list(record, "/same_as").iter().filter_map(Value::as_str) {
            homes.link(doc, other);
        }
        for other in list(record, "/same_visit").iter().filter_map(Value::as_str) {
            same.link(doc, other);
        }
        let is_home = record.get("persons").is_some() && !is(record, "/struck");
        let first = record.get("priority").is_some_and(|priority| !priority.is_null());
        out.priority_households += u64::from(is_home && first);
    }
    // Each visit once, by all that was recorded of it.
    let mut once: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (doc, record) in records {
        let is_visit = record.get("starter").is_some();
        if is_visit && record.get("facts").is_some_and(|facts| !facts.is_null()) {
            once.entry(same.name(doc)).or_default().push(record);
        }
    }
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for all in once.values() {
        let with = |record: &&&Value| text(record, "/outcome/value/outcome") == "met";
        match all.iter().find(with) {
            Some(record) => {
                out.visits[0] += 1;
                met.insert(homes.name(text(record, "/facts/household/doc")));
                let persons = |record: &&Value| number(record, "/outcome/value/persons_met");
                let most = all.iter().filter(with).filter_map(persons).max();
                out.visits[2] += most.unwrap_or_default();
            }
            None => out.visits[3] += 1,
        }
        out.uninvited += u64::from(!all.iter().any(|record| is(record, "/facts/asked_for")));
    }
    out.visits[1] = met.len() as u64;
}

fn meetings(out: &mut Count, records: &BTreeMap<String, &Value>) {
    let held = || {
        let is_held = |record: &&Value| {
            record.get("attendance").is_some()
                && record.get("facts").is_some_and(|facts| !facts.is_null())
        };
        records.iter().filter(move |(_, record)| is_held(record))
    };
    let carried: BTreeSet<(&str, &str)> = held()
        .flat_map(|(_, record)| list(record, "/items"))
        .map(|item| (text(item, "/carries/meeting/doc"), text(item, "/carries/item")))
        .collect();
    for (doc, record) in held() {
        out.meetings += 1;
        for item in list(record, "/items") {
            if !carried.contains(&(doc.as_str(), text(item, "/item"))) {
                out.items += 1;
                out.items_resolved += u64::from(text(item, "/outcome") == "resolved");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use doorstep_protocol::id::DocumentId;
    use serde_json::json;

    use super::*;

    fn id(n: u8) -> String {
        DocumentId([n; 16]).to_string()
    }

    fn counted(records: Vec<Value>) -> Count {
        let mut replica = Replica::default();
        for (n, record) in (0..).zip(records) {
            replica.states.insert(DocumentId([n; 16]), record);
        }
        count(&replica)
    }

    #[test]
    fn it_knows_what_is_resolved_and_what_is_answered() {
        let count = counted(vec![
            json!({"stage": "resolved", "explained_only": true, "confirmed": false}),
            json!({"stage": "closed", "explained_only": true, "confirmed": true}),
            json!({"stage": "withdrawn", "confirmed": false}),
            json!({"stage": "resolved", "explained_only": false, "resolved_level": "block"}),
            json!({"stage": "void"}),
            json!({"stage": "closed_unsolved", "told": true}),
            json!({"stage": "resolved", "explained_only": true, "times": {"discovered": 5, "fed_back": 9}}),
            json!({"stage": "entered_by_mistake", "struck": true}),
            json!({"stage": "transferred", "transferred_to": {"doc": id(1)}}),
            json!({"stage": "transferred", "transferred_to": {"doc": id(77)}}),
            json!({"unit": "3-201"}),
        ]);
        assert_eq!((count.collected, count.resolved, count.answered), (7, 2, 4));
        assert_eq!((count.within_block, count.by_mistake, count.left), (1, 1, 1));
        assert_eq!(count.medians, [None, Some(4)]);
    }

    #[test]
    fn it_knows_disputes_groups_and_items() {
        let dispute = |stage: &str, how: &str, tried: Value| json!({"stage": stage, "how": how, "mediation": tried, "facts": {"kind": 0}});
        let linked = |to: u8| json!({"stage": "accepted", "duplicates": [[{}, id(to)]]});
        let count = counted(vec![
            dispute("closed", "help", json!(null)),
            dispute("in_progress", "", json!("peoples_mediation")),
            dispute("discovered", "", json!(null)),
            linked(90),
            linked(90),
            json!({"attendance": [], "facts": {}, "items": [
                {"item": "aa", "outcome": "deferred"}, {"item": "bb", "outcome": "resolved"},
            ]}),
            json!({"attendance": [], "facts": {}, "items": [
                {"item": "cc", "outcome": "resolved", "carries": {"meeting": {"doc": id(5)}, "item": "aa"}},
            ]}),
        ]);
        let kinds: Vec<&str> = count.disputes.keys().map(String::as_str).collect();
        assert_eq!(kinds, ["help", "not mediated", "tried peoples_mediation"]);
        assert_eq!((count.collected, count.groups), (5, 4));
        assert_eq!((count.meetings, count.items, count.items_resolved), (2, 2, 2));
    }

    #[test]
    fn a_visit_is_one_however_many_recorded_it() {
        let visit = |home: u8, outcome: &str, persons: u64, same: Vec<String>| {
            json!({"starter": "aa", "facts": {"household": {"doc": id(home)}, "asked_for": false},
                "same_visit": same, "outcome": {"value": {"outcome": outcome, "persons_met": persons}}})
        };
        let count = counted(vec![
            visit(9, "met", 2, vec![]),
            visit(9, "met", 3, vec![id(0)]),
            visit(10, "met", 1, vec![]),
            visit(9, "left_card", 0, vec![]),
            json!({"persons": [], "same_as": [id(10)]}),
            json!({"persons": [], "same_as": [], "priority": {"code": 0}}),
        ]);
        assert_eq!(count.visits, [2, 2, 4, 1]);
        assert_eq!((count.uninvited, count.priority_households), (3, 1));
        let joined = counted(vec![
            visit(2, "met", 2, vec![]),
            visit(3, "met", 1, vec![]),
            json!({"persons": [], "same_as": [id(3)]}),
        ]);
        assert_eq!(joined.visits, [2, 1, 3, 0]);
    }
}
