//! The comparison at the end: every replica and the relay with the ledger, act by act, by content.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::event::Event;
use doorstep_protocol::id::{ActId, ChangeHash, DocumentId, DocumentKind, MemberId, PlaceId};
use serde::Serialize;
use serde_json::Value;

use super::{
    ledger::{Ledger, Saved},
    replica::{Held, RelayReplica, Replica},
};

/// Differences that are told one by one; the rest is a number.
const EXAMPLES_MAX: usize = 12;

/// What the comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Findings {
    /// Acts that phones said are saved.
    pub(super) saved: u64,
    /// Of these, in the relay's log with just this content.
    pub(super) delivered: u64,
    /// The others.
    pub(super) lost: u64,
    /// Acts in effect twice, or that nobody was told are saved.
    pub(super) duplicated: u64,
    /// Acts of which another copy stands, written again under a new incarnation: they count once.
    pub(super) written_again: u64,
    /// Phones that differ from the relay or the ledger in anything they hold.
    pub(super) diverged_phones: u64,
    /// All phones and the relay hold the same and make the same of it.
    pub(super) converged: bool,
    /// Acts on grievances that somebody else's act had not seen and that had not seen it.
    pub(super) concurrent_acts: u64,
    /// Grievances with such acts.
    pub(super) concurrent_grievances: u64,
    /// Documents in the relay's logs.
    pub(super) documents: u64,
    /// Changes in the relay's logs.
    pub(super) changes: u64,
    /// What was found, in words; the first few.
    pub(super) examples: Vec<String>,
}

impl Findings {
    fn tell(&mut self, what: String) {
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(what);
        }
    }
}

/// Compares. `imported` says whose acts came with a register and stand in no ledger.
pub(super) fn compare(
    ledger: &Ledger,
    relay: &RelayReplica,
    phones: &[Replica],
    imported: &BTreeSet<MemberId>,
) -> Findings {
    let mut findings = Findings {
        saved: ledger.len() as u64,
        documents: relay.kinds.len() as u64,
        changes: relay.replica.acts.len() as u64,
        ..Findings::default()
    };
    deliveries(&mut findings, ledger, &relay.replica);
    duplicates(&mut findings, ledger, &relay.replica, imported);
    for (n, phone) in phones.iter().enumerate() {
        let differences = differences(ledger, &relay.replica, phone);
        if !differences.is_empty() {
            findings.diverged_phones += 1;
        }
        for difference in differences {
            findings.tell(format!("phone {}: {difference}", n + 1));
        }
    }
    findings.converged = findings.diverged_phones == 0;
    let (acts, grievances) = concurrent(relay);
    (findings.concurrent_acts, findings.concurrent_grievances) = (acts, grievances);
    findings
}

type Acts<'a> = BTreeMap<(MemberId, ActId), Vec<&'a Held>>;

fn by_act(replica: &Replica) -> Acts<'_> {
    let mut acts: Acts<'_> = BTreeMap::new();
    for held in replica.acts.iter().filter(|held| held.applied) {
        acts.entry((held.member, held.act)).or_default().push(held);
    }
    acts
}

fn stands(saved: &Saved, held: &[&Held]) -> bool {
    held.iter().any(|held| {
        (held.doc, held.place) == (saved.doc, saved.place)
            && held.events.len() == saved.events.len()
            && saved.events.iter().zip(&held.events).all(|(asked, held)| says(asked, held))
    })
}

/// Whether an event says what was asked for. A list of what it replaces or answers that was left empty
/// was the phone's to fill.
fn says(asked: &Event, held: &Event) -> bool {
    let mut held = held.clone();
    match (asked, &mut held) {
        (Event::SetGrade(asked), Event::SetGrade(held)) if asked.supersedes.is_empty() => {
            held.supersedes.clear();
        }
        (Event::Assign(asked), Event::Assign(held)) if asked.supersedes.is_empty() => {
            held.supersedes.clear();
        }
        (Event::Resolve(asked), Event::Resolve(held)) if asked.answers.is_empty() => {
            held.answers.clear();
        }
        (Event::CloseUnsolved(asked), Event::CloseUnsolved(held)) if asked.answers.is_empty() => {
            held.answers.clear();
        }
        (Event::SetDue(asked), Event::SetDue(held)) if asked.supersedes.is_empty() => {
            held.supersedes.clear();
        }
        (Event::ItemOutcome(asked), Event::ItemOutcome(held)) if asked.supersedes.is_empty() => {
            held.supersedes.clear();
        }
        (Event::SendBack(asked), Event::SendBack(held)) if asked.returns.is_empty() => {
            held.returns.clear();
        }
        _ => {}
    }
    *asked == held
}

fn deliveries(findings: &mut Findings, ledger: &Ledger, relay: &Replica) {
    let acts = by_act(relay);
    for saved in ledger.acts() {
        let held = acts.get(&(saved.member, saved.act)).map_or(&[][..], Vec::as_slice);
        if stands(saved, held) {
            findings.delivered += 1;
        } else {
            findings.lost += 1;
            let why = if held.is_empty() { "is not there" } else { "says something else" };
            findings.tell(format!("act {} of phone {} {why}", saved.act, saved.phone + 1));
        }
    }
}

fn duplicates(
    findings: &mut Findings,
    ledger: &Ledger,
    relay: &Replica,
    imported: &BTreeSet<MemberId>,
) {
    findings.duplicated += ledger.torn();
    for ((member, act), held) in by_act(relay) {
        let documents: BTreeSet<DocumentId> = held.iter().map(|held| held.doc).collect();
        let copies: BTreeSet<ChangeHash> = held.iter().map(|held| held.hash).collect();
        // Some acts stand in several documents: a visit and what was found on it, work done once for a
        // group, a council's outcome and what it settles. The ledger has each of these.
        let meant = ledger.documents(member, act);
        let twice = match meant.is_empty() {
            true => documents.len() as u64 - 1,
            false => documents.difference(&meant).count() as u64,
        };
        let unknown = meant.is_empty() && !imported.contains(&member);
        findings.duplicated += twice + u64::from(unknown);
        findings.written_again += (copies.len() - documents.len()) as u64;
        if twice > 0 {
            findings.tell(format!("act {act} stands in {} documents", documents.len()));
        }
        if unknown {
            findings.tell(format!("act {act} was written, and nobody was told"));
        }
    }
}

/// Where a phone differs from the relay and the ledger, in the logs that it holds.
fn differences(ledger: &Ledger, relay: &Replica, phone: &Replica) -> Vec<String> {
    let mut out = Vec::new();
    let held = |held: &&Held| phone.places.contains(&held.place);
    let sets = |replica: &Replica| -> BTreeMap<PlaceId, BTreeSet<(DocumentId, ChangeHash)>> {
        let mut sets: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for act in replica.acts.iter().filter(held).filter(|act| act.applied) {
            sets.entry(act.place).or_default().insert((act.doc, act.hash));
        }
        sets
    };
    let (here, there) = (sets(phone), sets(relay));
    for place in phone.places.iter().filter(|place| here.get(place) != there.get(place)) {
        let count =
            |sets: &BTreeMap<PlaceId, BTreeSet<_>>| sets.get(place).map_or(0, BTreeSet::len);
        out.push(format!(
            "its log of place {place} has {} changes, the relay's {}, or others",
            count(&here),
            count(&there)
        ));
    }
    let acts = by_act(phone);
    for saved in ledger.acts().filter(|saved| phone.places.contains(&saved.place)) {
        let held = acts.get(&(saved.member, saved.act)).map_or(&[][..], Vec::as_slice);
        if !stands(saved, held) {
            out.push(format!("act {} of phone {} is not there so", saved.act, saved.phone + 1));
        }
    }
    let documents: BTreeSet<DocumentId> =
        relay.acts.iter().filter(held).map(|act| act.doc).collect();
    for doc in documents {
        let (mine, theirs) = (phone.states.get(&doc), relay.states.get(&doc));
        if mine != theirs {
            out.push(format!(
                "document {doc} means something else: {}",
                first_difference(mine, theirs)
            ));
        }
    }
    out
}

/// The first field that differs, by name: never what it says.
fn first_difference(mine: Option<&Value>, theirs: Option<&Value>) -> String {
    let (Some(mine), Some(theirs)) =
        (mine.and_then(Value::as_object), theirs.and_then(Value::as_object))
    else {
        return "it is not on both sides".into();
    };
    let names: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
    let differs = names.into_iter().find(|name| mine.get(*name) != theirs.get(*name));
    differs.map_or_else(|| "nothing".into(), |name| format!("`{name}`"))
}

/// Acts on grievances with an act of somebody else beside them, neither having seen the other; and on
/// how many grievances.
fn concurrent(relay: &RelayReplica) -> (u64, u64) {
    let mut documents: BTreeMap<DocumentId, Vec<&Held>> = BTreeMap::new();
    for held in &relay.replica.acts {
        if relay.kinds.get(&held.doc) == Some(&DocumentKind::Grievance) {
            documents.entry(held.doc).or_default().push(held);
        }
    }
    let mut acts = 0;
    let mut grievances = 0;
    for held in documents.values() {
        let pasts: Vec<BTreeSet<ChangeHash>> =
            held.iter().map(|act| past(relay, act.hash)).collect();
        let seen = |a: usize, b: usize| {
            let hash = held.get(b).map(|act| act.hash);
            pasts.get(a).zip(hash).is_some_and(|(past, hash)| past.contains(&hash))
        };
        let unseen = (0..held.len()).filter(|a| {
            (0..held.len()).any(|b| {
                let others =
                    held.get(*a).map(|act| act.member) != held.get(b).map(|act| act.member);
                others && !seen(*a, b) && !seen(b, *a)
            })
        });
        let unseen = unseen.count() as u64;
        acts += unseen;
        grievances += u64::from(unseen > 0);
    }
    (acts, grievances)
}

fn past(relay: &RelayReplica, of: ChangeHash) -> BTreeSet<ChangeHash> {
    let mut past = BTreeSet::new();
    let mut open = vec![of];
    while let Some(hash) = open.pop() {
        for dep in relay.deps.get(&hash).into_iter().flatten() {
            if past.insert(*dep) {
                open.push(*dep);
            }
        }
    }
    past
}

#[cfg(test)]
mod tests {
    use doorstep_domain::event::{Accept, Close, Event};
    use serde_json::json;

    use super::{super::ledger::saved, *};

    const PLACE: PlaceId = PlaceId([1; 8]);

    fn accept() -> Vec<Event> {
        vec![Event::Accept(Accept {})]
    }

    fn held(phone: u8, act: u8, doc: u8) -> Held {
        Held {
            doc: DocumentId([doc; 16]),
            place: PLACE,
            member: MemberId([phone; 8]),
            act: ActId([act; 8]),
            hash: ChangeHash([act; 32]),
            applied: true,
            events: accept(),
        }
    }

    fn replica(acts: Vec<Held>) -> Replica {
        let states = acts.iter().map(|act| (act.doc, json!({"stage": "accepted"}))).collect();
        Replica { places: BTreeSet::from([PLACE]), acts, states }
    }

    fn relay(acts: Vec<Held>, deps: &[(u8, &[u8])]) -> RelayReplica {
        RelayReplica {
            kinds: acts.iter().map(|act| (act.doc, DocumentKind::Grievance)).collect(),
            deps: deps
                .iter()
                .map(|(of, on)| {
                    (ChangeHash([*of; 32]), on.iter().map(|n| ChangeHash([*n; 32])).collect())
                })
                .collect(),
            replica: replica(acts),
            ..RelayReplica::default()
        }
    }

    fn ledger(lines: Vec<Saved>) -> Ledger {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(&folder.path().join("ledger")).unwrap();
        lines.into_iter().for_each(|line| ledger.note(line).unwrap());
        ledger
    }

    fn run(ledger: &Ledger, relay: &RelayReplica, phones: &[Replica]) -> Findings {
        compare(ledger, relay, phones, &BTreeSet::new())
    }

    #[test]
    fn all_the_same_is_converged() {
        let ledger = ledger(vec![saved(1, 1, 1, accept()), saved(2, 2, 1, accept())]);
        let acts = vec![held(1, 1, 1), held(2, 2, 1)];
        let findings = run(&ledger, &relay(acts.clone(), &[(1, &[]), (2, &[1])]), &[replica(acts)]);
        assert_eq!((findings.saved, findings.delivered, findings.lost), (2, 2, 0));
        assert_eq!((findings.duplicated, findings.diverged_phones), (0, 0));
        assert!(findings.converged && findings.examples.is_empty());
        assert_eq!(findings.concurrent_acts, 0);
    }

    #[test]
    fn what_is_not_at_the_relay_is_lost() {
        let ledger = ledger(vec![saved(1, 1, 1, accept()), saved(1, 2, 1, accept())]);
        let acts = vec![held(1, 1, 1)];
        let findings = run(&ledger, &relay(acts.clone(), &[]), &[replica(acts)]);
        assert_eq!((findings.delivered, findings.lost), (1, 1));
        assert_eq!(findings.diverged_phones, 1, "the phone lacks it as well");
    }

    #[test]
    fn other_words_under_the_same_act_are_lost_words() {
        let ledger = ledger(vec![saved(1, 1, 1, vec![Event::Close(Close {})])]);
        let acts = vec![held(1, 1, 1)];
        let findings = run(&ledger, &relay(acts.clone(), &[]), &[replica(acts)]);
        assert_eq!((findings.delivered, findings.lost), (0, 1));
    }

    #[test]
    fn one_act_in_two_documents_is_twice() {
        let ledger = ledger(vec![saved(1, 1, 1, accept())]);
        let again = Held { hash: ChangeHash([9; 32]), ..held(1, 1, 2) };
        let acts = vec![held(1, 1, 1), again];
        let findings = run(&ledger, &relay(acts.clone(), &[]), &[replica(acts)]);
        assert_eq!(findings.duplicated, 1);
    }

    #[test]
    fn an_act_that_nobody_was_told_of_is_twice_unless_it_was_imported() {
        let acts = vec![held(1, 1, 1)];
        let relay = relay(acts.clone(), &[]);
        let phones = [replica(acts)];
        let empty = ledger(vec![]);
        assert_eq!(run(&empty, &relay, &phones).duplicated, 1);
        let imported = BTreeSet::from([MemberId([1; 8])]);
        assert_eq!(compare(&empty, &relay, &phones, &imported).duplicated, 0);
    }

    #[test]
    fn a_copy_written_again_counts_once_and_is_told() {
        let ledger = ledger(vec![saved(1, 1, 1, accept())]);
        let again = Held { hash: ChangeHash([9; 32]), ..held(1, 1, 1) };
        let acts = vec![held(1, 1, 1), again];
        let findings = run(&ledger, &relay(acts.clone(), &[]), &[replica(acts)]);
        assert_eq!((findings.duplicated, findings.written_again), (0, 1));
    }

    #[test]
    fn a_phone_that_lacks_a_change_or_means_something_else_has_diverged() {
        let ledger = ledger(vec![saved(1, 1, 1, accept())]);
        let acts = vec![held(1, 1, 1)];
        let relay = relay(acts.clone(), &[]);
        let pending = Held { applied: false, ..held(1, 1, 1) };
        assert_eq!(run(&ledger, &relay, &[replica(vec![pending])]).diverged_phones, 1);
        let mut other = replica(acts);
        other.states.insert(DocumentId([1; 16]), json!({"stage": "closed"}));
        let findings = run(&ledger, &relay, &[other]);
        assert!(!findings.converged && findings.examples[0].ends_with("`stage`"));
        // A phone that does not hold the log has nothing to say about it.
        assert!(run(&ledger, &relay, &[Replica::default()]).converged);
    }

    #[test]
    fn two_who_did_not_see_each_other_are_counted() {
        let acts = vec![held(1, 1, 1), held(2, 2, 1), held(3, 3, 1), held(3, 4, 1)];
        // 2 and 3 both saw 1 and not each other; 4 saw all.
        let relay = relay(acts, &[(1, &[]), (2, &[1]), (3, &[1]), (4, &[2, 3])]);
        assert_eq!(concurrent(&relay), (2, 1));
    }
}
