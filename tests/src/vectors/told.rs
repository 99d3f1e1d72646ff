//! Tells one vector.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use doorstep_domain::{
    figures::{Row, Selection, figures_of, row_of, under},
    input::{Copy, EventId},
};
use doorstep_protocol::{cbor, hash::sha256, id::ChangeHash};
use serde_json::Value;

use super::{
    Fault,
    compare::Differences,
    fill::{Ids, act_id, act_value, document_id, unhex},
    format::{Act, Vector},
    orders::{Arrivals, Ended},
    roster::{Built, REALM, member},
    view::Names,
};

/// A relay enters an act so long after its writing where the vector does not say it, in s.
const RELAY_AFTER_S: u64 = 5;

/// What came of a vector.
#[derive(Debug)]
pub struct Told {
    /// Its name.
    pub name: String,
    /// The rule that it shows, in words.
    pub rule: String,
    /// What differs from what was expected; none = it holds.
    pub differences: Vec<String>,
    /// Copies of acts in it.
    pub acts: usize,
    /// Complete orders that were run.
    pub orders: u64,
    /// Folds that this took.
    pub folds: u64,
}

/// Reads a vector and tells it in every order.
///
/// # Errors
///
/// Where it breaks the format.
pub fn tell(text: &str) -> Result<Told, Fault> {
    let vector: Vector = serde_json::from_str(text).map_err(|e| e.to_string())?;
    if vector.name.is_empty() || vector.rule.is_empty() {
        return Err("a vector has a name and says its rule".into());
    }
    Town::of(&vector)?.tell()
}

/// A vector whose labels and names are known.
struct Town<'a> {
    vector: &'a Vector,
    roster: Built,
    ids: Ids,
    /// By label: the hash of the copy, and when it was written.
    copies: BTreeMap<&'a str, (ChangeHash, u64)>,
    documents: BTreeMap<&'a str, Vec<Copy>>,
}

impl<'a> Town<'a> {
    fn of(vector: &'a Vector) -> Result<Self, Fault> {
        let mut town = Self {
            vector,
            roster: Built::of(&vector.roster)?,
            ids: Ids::new(REALM, vector.start),
            copies: BTreeMap::new(),
            documents: BTreeMap::new(),
        };
        for (name, doc) in &vector.documents {
            town.ids.documents.insert(name.clone(), doc.id.unwrap_or_else(|| document_id(name)));
            town.documents.insert(name, Vec::new());
            town.roster.place(&doc.place)?;
        }
        town.label()?;
        for act in &vector.acts {
            let copy = town.copy(act).map_err(|fault| format!("act {}: {fault}", act.label))?;
            let doc = town.document_of(act)?;
            town.documents.entry(doc).or_default().push(copy);
        }
        Ok(town)
    }

    fn document_of(&self, act: &'a Act) -> Result<&'a str, Fault> {
        let names = &self.vector.documents;
        match &act.doc {
            Some(doc) => names.get_key_value(doc).map(|(name, _)| name.as_str()),
            None => names.keys().next().filter(|_| names.len() == 1).map(String::as_str),
        }
        .ok_or_else(|| format!("act {}: which document?", act.label))
    }

    /// Every act's id, so that an act may name what stands later in the file.
    fn label(&mut self) -> Result<(), Fault> {
        for (n, act) in (1..).zip(&self.vector.acts) {
            if act.label.contains('.') || act.label.is_empty() {
                return Err("a label is not empty and has no full stop".into());
            }
            let id = match (&act.act, &act.again) {
                (None, None) => act_id(&act.label),
                (Some(hex), None) => hex.parse().map_err(|e| format!("act {}: {e}", act.label))?,
                (None, Some(of)) => self.ids.event(of)?.act,
                _ => return Err(format!("act {}: `act` or `again`", act.label)),
            };
            let again = act.again.as_deref().and_then(|of| self.copies.get(of)).map(|c| c.1);
            let claimed = match &act.claimed {
                Some(time) => time.at(self.vector.start)?,
                None => again.unwrap_or(self.vector.start + 60 * n),
            };
            let hash = ChangeHash(sha256(format!("change {}", act.label).as_bytes()));
            let event = EventId { act: id, n: 0, member: member(&act.by) };
            self.ids.events.insert(act.label.clone(), event);
            if self.copies.insert(&act.label, (hash, claimed)).is_some() {
                return Err(format!("two acts with the label {}", act.label));
            }
        }
        Ok(())
    }

    fn copy(&self, act: &'a Act) -> Result<Copy, Fault> {
        let author = member(&act.by);
        let start = self.vector.start;
        let (hash, claimed) = self.copies[act.label.as_str()];
        let doc = self.document_of(act)?;
        let mut deps = Vec::new();
        for label in &act.seen {
            let seen = self.vector.acts.iter().find(|seen| seen.label == *label);
            let seen = seen.ok_or_else(|| format!("it has seen {label}, which is no act"))?;
            if self.document_of(seen)? != doc {
                return Err(format!("it has seen {label}, which is of another document"));
            }
            deps.push(self.copies[label.as_str()].0);
        }
        let time = |time: &Option<super::format::Time>| {
            time.as_ref().map(|time| time.at(start)).transpose()
        };
        let value = match (&act.event, &act.events, &act.value) {
            (None, None, Some(Value::String(hex))) => {
                unhex(hex).ok_or("`value` is raw, or hexadecimal digits")?
            }
            (None, None, Some(value)) => self.ids.raw(value, author)?.encode(),
            (event, events, None) if event.is_some() != events.is_some() => {
                let events = event.iter().chain(events.iter().flatten());
                let events: Vec<cbor::Value> =
                    events.map(|event| self.ids.encode(event, author)).collect::<Result<_, _>>()?;
                let floor = time(&act.floor)?.unwrap_or(start);
                act_value((claimed, floor, act.certain, time(&act.happened)?), events).encode()
            }
            _ => return Err("one of `event`, `events`, `value`".into()),
        };
        let relay = match &act.relay {
            None => Some(claimed + RELAY_AFTER_S),
            Some(relay) => time(relay)?,
        };
        let newest = self.roster.roster.tip_seq();
        let point = act.point.unwrap_or(newest);
        Ok(Copy {
            hash,
            deps,
            author,
            act: self.ids.event(&act.label)?.act,
            value,
            point: self.roster.point(point),
            relay_time_ms: relay.map(|time| time * 1000),
            held: act.held,
        })
    }

    fn names(&self, doc: Option<&str>) -> Names {
        let mut names = Names {
            members: self.roster.members.clone(),
            teams: self.roster.teams.clone(),
            ..Names::default()
        };
        for act in &self.vector.acts {
            let here = doc.is_none_or(|doc| self.document_of(act).ok() == Some(doc));
            if let Some(id) = self.ids.events.get(&act.label).filter(|_| here) {
                names.acts.entry(*id).or_insert_with(|| act.label.clone());
            }
            names.members.entry(member(&act.by)).or_insert_with(|| act.by.clone());
        }
        // Documents that are not here have a name too, where an act names them.
        for act in &self.vector.acts {
            let said = act.event.iter().chain(act.events.iter().flatten()).chain(&act.value);
            said.for_each(|value| each_text(value, &mut |text| self.name(text, &mut names)));
        }
        for (name, id) in &self.ids.documents {
            names.documents.insert(*id, name.clone());
        }
        names
    }

    fn name(&self, text: &str, names: &mut Names) {
        if let Some(link) = text.strip_prefix('#') {
            let name = link.split('@').next().unwrap_or(link);
            names.documents.insert(self.ids.document(name), name.to_owned());
        }
    }

    fn tell(&self) -> Result<Told, Fault> {
        let vector = self.vector;
        let mut told = Told {
            name: vector.name.clone(),
            rule: vector.rule.clone(),
            differences: Vec::new(),
            acts: vector.acts.len(),
            orders: 0,
            folds: 0,
        };
        if let Some(name) = vector.expect.states.keys().find(|n| !vector.documents.contains_key(*n))
        {
            return Err(format!("it expects something of {name}, which is no document"));
        }
        if self.expects_nothing() {
            return Err("it expects nothing".into());
        }
        let mut differences = Differences::new(vector.start);
        let mut rows: Vec<Row> = Vec::new();
        for (name, copies) in &self.documents {
            match self.run(name, copies) {
                Ok(ended) => {
                    told.orders += ended.orders;
                    told.folds += ended.folds;
                    rows.extend(row_of(&ended.state));
                    if let Some(expected) = vector.expect.states.get(*name) {
                        let got = self.names(Some(name)).state(&ended.state);
                        differences.compare(name, expected, &got);
                    }
                }
                Err(fault) => differences.lines.push(format!("{name}: {fault}")),
            }
        }
        self.count(&rows, &mut differences)?;
        told.differences = differences.lines;
        Ok(told)
    }

    fn expects_nothing(&self) -> bool {
        let says = |value: &Value| value.as_object().is_none_or(|fields| !fields.is_empty());
        let expect = &self.vector.expect;
        !expect.states.values().chain(expect.figures.values()).any(says)
    }

    /// All orders of one document; a panic is a difference with its order.
    fn run(&self, name: &str, copies: &[Copy]) -> Result<Ended, Fault> {
        let doc = &self.vector.documents[name];
        let creator = copies.first().ok_or("no act makes it")?.author;
        let arrivals = Arrivals {
            id: self.ids.documents[name],
            kind: doc.kind,
            place: self.roster.place(&doc.place)?,
            creator,
            copies,
            rosters: &self.roster.roster,
        };
        let trail = RefCell::new(Vec::new());
        let ended = catch_unwind(AssertUnwindSafe(|| arrivals.all(&trail)))
            .unwrap_or_else(|_| Err("the fold panicked".into()));
        ended.map_err(|fault| {
            let label = |hash: &ChangeHash| {
                let label = self.copies.iter().find(|(_, copy)| copy.0 == *hash);
                label.map_or_else(|| hash.to_string(), |(label, _)| (*label).to_owned())
            };
            let order: Vec<String> = trail.borrow().iter().map(label).collect();
            format!("{fault}; arriving: {}", order.join(", "))
        })
    }

    /// Figures, whatever the order of the rows.
    fn count(&self, rows: &[Row], differences: &mut Differences) -> Result<(), Fault> {
        let names = self.names(None);
        let tip = self.roster.roster.tip();
        let reversed: Vec<Row> = rows.iter().rev().cloned().collect();
        for (code, expected) in &self.vector.expect.figures {
            let places = under(&tip, self.roster.place(code)?);
            let selection = Selection { places: Some(&places), ..Selection::default() };
            let figures = figures_of(rows, &selection);
            if figures != figures_of(&reversed, &selection) {
                differences.lines.push(format!("figures.{code}: the order of rows matters"));
            }
            differences.compare(&format!("figures.{code}"), expected, &names.figures(&figures));
        }
        Ok(())
    }
}

fn each_text(value: &Value, f: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => f(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, f)),
        Value::Object(fields) => fields.values().for_each(|field| each_text(field, f)),
        _ => {}
    }
}
