//! From the JSON of a vector to the bytes of acts: labels become references, names become ids, and
//! `+1d` becomes a time.

use std::collections::BTreeMap;

use doorstep_domain::{
    event::{Act, Event},
    input::EventId,
    table::SCHEMA,
};
use doorstep_protocol::{
    cbor,
    hash::sha256,
    id::{ActId, DocumentId, MemberId, RealmId, TeamId},
};
use serde_json::{Value, json};

use super::{Fault, format::after};

/// Bytes of hexadecimal digits.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.as_bytes().chunks_exact(2).map(pair).collect()
}

/// The act of a label that says no other.
pub fn act_id(label: &str) -> ActId {
    ActId(sha256(label.as_bytes())[..8].try_into().unwrap())
}

/// The document of a name that says no other.
pub(super) fn document_id(name: &str) -> DocumentId {
    DocumentId(sha256(format!("document {name}").as_bytes())[..16].try_into().unwrap())
}

/// What labels and names stand for, in a vector or in a story of the simulated world.
#[derive(Debug)]
pub struct Ids {
    /// Whose members and teams are meant.
    pub realm: RealmId,
    /// Events, by the label of their act.
    pub events: BTreeMap<String, EventId>,
    /// Documents, by their name.
    pub documents: BTreeMap<String, DocumentId>,
    /// What times with `+` count from, in s since 1970.
    pub start: u64,
}

/// What a string of an event stands for.
enum Meant {
    Event(EventId),
    Member(MemberId),
    Team(TeamId),
    Document(DocumentId, Option<EventId>),
    Time(u64),
    Text,
}

impl Ids {
    /// Of a realm in which nothing has a name yet.
    pub fn new(realm: RealmId, start: u64) -> Self {
        Self { realm, events: BTreeMap::new(), documents: BTreeMap::new(), start }
    }

    /// The event of `label` or `label.n`.
    pub fn event(&self, label: &str) -> Result<EventId, Fault> {
        if let Some(id) = self.events.get(label) {
            return Ok(*id);
        }
        let (act, n) = label.rsplit_once('.').ok_or_else(|| format!("no act {label}"))?;
        let id = self.events.get(act).ok_or_else(|| format!("no act {act}"))?;
        let n = n.parse().map_err(|_| format!("no event {label}"))?;
        Ok(EventId { n, ..*id })
    }

    /// The document of a name, in the vector or not.
    pub fn document(&self, name: &str) -> DocumentId {
        self.documents.get(name).copied().unwrap_or_else(|| document_id(name))
    }

    fn meant(&self, text: &str) -> Result<Meant, Fault> {
        Ok(match text.chars().next() {
            Some('@') => Meant::Event(self.event(&text[1..])?),
            Some('%') => Meant::Member(MemberId::of(&self.realm, &text[1..])),
            Some('^') => Meant::Team(TeamId::of(&self.realm, &text[1..])),
            Some('#') => match text[1..].split_once('@') {
                Some((name, label)) => {
                    Meant::Document(self.document(name), Some(self.event(label)?))
                }
                None => Meant::Document(self.document(&text[1..]), None),
            },
            Some('+') => after(text, self.start).map_or(Meant::Text, Meant::Time),
            _ => Meant::Text,
        })
    }

    /// The JSON form of an event with everything filled in, as `author` writes it.
    pub fn fill(&self, value: &Value, author: MemberId) -> Result<Value, Fault> {
        let reference = |id: EventId| {
            if id.member == author {
                json!({"act": id.act, "n": id.n})
            } else {
                json!({"act": id.act, "n": id.n, "member": id.member})
            }
        };
        Ok(match value {
            Value::String(text) => match self.meant(text)? {
                Meant::Event(id) => reference(id),
                Meant::Member(id) => json!(id),
                Meant::Team(id) => json!(id),
                Meant::Document(id, None) => json!({"doc": id}),
                Meant::Document(id, Some(event)) => json!({"doc": id, "event": reference(event)}),
                Meant::Time(time) => json!(time),
                Meant::Text => value.clone(),
            },
            Value::Array(items) => {
                items.iter().map(|item| self.fill(item, author)).collect::<Result<_, _>>()?
            }
            Value::Object(fields) => match (fields.len(), fields.get("ref")) {
                (1, Some(Value::String(label))) => reference(self.event(label)?),
                _ => fields
                    .iter()
                    .map(|(key, field)| Ok((key.clone(), self.fill(field, author)?)))
                    .collect::<Result<_, Fault>>()?,
            },
            other => other.clone(),
        })
    }

    /// One event as it stands in an act: of its JSON form (an object), or raw (an array).
    pub(super) fn encode(&self, event: &Value, author: MemberId) -> Result<cbor::Value, Fault> {
        if event.is_array() {
            return self.raw(event, author);
        }
        let filled = self.fill(event, author)?;
        let event: Event = serde_json::from_value(filled).map_err(|e| format!("event: {e}"))?;
        let act = Act { claimed: 1, floor: 0, certain: true, happened: None, events: vec![event] };
        let bytes = act
            .encode()
            .map_err(|e| format!("an event that breaks the format is written raw: {e}"))?;
        match cbor::Value::decode(&bytes) {
            Ok(cbor::Value::Array(items)) => match items.last().and_then(cbor::Value::as_array) {
                Some([event]) => Ok(event.clone()),
                _ => Err("an act without its event".into()),
            },
            _ => Err("an act that is no array".into()),
        }
    }

    /// JSON as CBOR, with everything filled in. `{"hex": ".."}` is bytes.
    pub fn raw(&self, value: &Value, author: MemberId) -> Result<cbor::Value, Fault> {
        let reference = |id: EventId| {
            cbor::Value::fields(vec![
                cbor::Value::bytes(&id.act.0),
                cbor::Value::U64(u64::from(id.n)),
                if id.member == author {
                    cbor::Value::Null
                } else {
                    cbor::Value::bytes(&id.member.0)
                },
            ])
        };
        Ok(match value {
            Value::Null => cbor::Value::Null,
            Value::Bool(is) => cbor::Value::Bool(*is),
            Value::Number(n) => {
                cbor::Value::U64(n.as_u64().ok_or("raw numbers are whole, from 0")?)
            }
            Value::String(text) => match self.meant(text)? {
                Meant::Event(id) => reference(id),
                Meant::Member(id) => cbor::Value::bytes(&id.0),
                Meant::Team(id) => cbor::Value::bytes(&id.0),
                Meant::Document(id, event) => {
                    let mut link = vec![cbor::Value::bytes(&id.0)];
                    link.extend(event.map(reference));
                    cbor::Value::Array(link)
                }
                Meant::Time(time) => cbor::Value::U64(time),
                Meant::Text => cbor::Value::Text(text.clone()),
            },
            Value::Array(items) => cbor::Value::Array(
                items.iter().map(|item| self.raw(item, author)).collect::<Result<_, _>>()?,
            ),
            Value::Object(fields) => match (fields.len(), fields.get("hex"), fields.get("ref")) {
                (1, Some(Value::String(hex)), _) => {
                    cbor::Value::Bytes(unhex(hex).ok_or("`hex` takes hexadecimal digits")?)
                }
                (1, _, Some(Value::String(label))) => reference(self.event(label)?),
                _ => return Err("a raw object is {\"hex\": ..} or {\"ref\": ..}".into()),
            },
        })
    }
}

/// The value of a change: marks and events.
pub(super) fn act_value(
    marks: (u64, u64, bool, Option<u64>),
    events: Vec<cbor::Value>,
) -> cbor::Value {
    let (claimed, floor, certain, happened) = marks;
    cbor::Value::Array(vec![
        cbor::Value::U64(SCHEMA),
        cbor::Value::U64(claimed),
        cbor::Value::U64(floor),
        cbor::Value::Bool(certain),
        happened.map_or(cbor::Value::Null, cbor::Value::U64),
        cbor::Value::Array(events),
    ])
}
