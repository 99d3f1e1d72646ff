//! How single things stand in the golden file: inputs and results side by side.

use doorstep_protocol::{
    change::{Change, RawChange},
    id::{ActId, Chain, Nonce},
    key::Spki,
    log::{Entry, EntryBody},
    roster::{Fact, Named, Record},
    wire::Writer,
};
use serde_json::{Value, json};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

pub(crate) fn imports() -> Vec<Value> {
    let secret = [0x42; 32];
    let row = |(key, kind, n): (&str, u8, u16)| {
        let system = "12345热线";
        json!({
            "secret": hex(&secret), "system": system, "key": key, "kind": kind, "n": n,
            "nonce": Nonce::import(&secret, system, key, kind),
            "act": ActId::import(&secret, system, key, n),
        })
    };
    [("2025-000187", 3, 0), ("2025-000187", 1, 1), ("2025-000188", 3, 258)].map(row).to_vec()
}

pub(crate) fn change_row((change, raw): &(Change, RawChange)) -> Value {
    json!({
        "actor": change.actor, "seq": change.seq, "start_op": change.start_op,
        "deps": change.deps, "act": change.act, "value": hex(&change.value),
        "hash": raw.hash, "raw": hex(&raw.bytes),
    })
}

/// What a record says, as a list of its fields in their order beside its bytes.
pub(crate) fn record_row(fact: &Fact) -> Value {
    let record = fact.record();
    let spki = |spki: &Spki| hex(spki.as_bytes());
    let named = |named: &Option<Named>| named.as_ref().map(|named| json!([named.code, named.name]));
    let (key, value) = match fact {
        Fact::Genesis(g) => (json!([]), Some(json!([hex(&g.nonce), spki(&g.relay), g.backup]))),
        Fact::Setting { name, value } => (json!([name]), value.map(|value| json!([value]))),
        Fact::Place { id, place } => (
            json!([id]),
            place.as_ref().map(|p| json!([p.level, p.code, p.parent, p.name, p.successors])),
        ),
        Fact::Member { id, named: n } => (json!([id]), named(n)),
        Fact::Team { id, named: n } => (json!([id]), named(n)),
        Fact::Role { member, place, role, given } => {
            (json!([member, place, role]), given.map(|team| json!([team])))
        }
        Fact::Assign { building, member, assign } => {
            (json!([building, member]), assign.map(|assign| json!([assign])))
        }
        Fact::Sent { team, place, document, stands } => {
            (json!([team, place, document]), stands.then(|| json!([])))
        }
        Fact::Device { id, device } => {
            (json!([id]), device.map(|device| json!([spki(&device.spki), device.member])))
        }
        Fact::Code { list, code, item } => (
            json!([list, code]),
            item.as_ref().map(|i| json!([i.zh, i.en, hex(&i.data), u8::from(i.in_use)])),
        ),
        Fact::KeyAhead { n, spki: key } => (json!([n]), key.as_ref().map(|key| json!([spki(key)]))),
    };
    json!({ "kind": record.kind, "key": key, "value": value, "bytes": record_bytes(&record) })
}

pub(crate) fn entry_row(entry: &Entry, hash: &[u8; 32], prev: &Chain, chain: &Chain) -> Value {
    let says = match entry.parse().unwrap() {
        EntryBody::Seal { id, verdicts } => {
            json!({ "seal": id, "verdicts": verdicts.iter().map(|v| v.number()).collect::<Vec<_>>() })
        }
        EntryBody::Roster(records) => {
            json!({ "records": records.iter().map(record_bytes).collect::<Vec<_>>() })
        }
        EntryBody::Skipped => json!({ "skipped": hex(&entry.body) }),
    };
    json!({
        "scope": entry.scope, "seq": entry.seq, "kind": entry.kind,
        "relay_time": entry.relay_time, "says": says, "bytes": hex(&entry.encode()),
        "hash": hex(hash), "prev": prev, "chain": chain,
    })
}

fn record_bytes(record: &Record) -> String {
    let mut w = Writer::new();
    record.write(&mut w);
    hex(w.as_slice())
}
