//! The file of a vector as it stands. Unknown fields are faults everywhere.

use std::collections::BTreeMap;

use doorstep_protocol::id::{DocumentId, DocumentKind, Level};
use doorstep_protocol::roster::{AssignKind, RoleKind};
use serde::Deserialize;
use serde_json::Value;

use super::Fault;

/// 2025-11-10, a Monday, 0:00 UTC.
const START: u64 = 1_762_732_800;

fn start() -> u64 {
    START
}

fn yes() -> bool {
    true
}

/// A vector.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vector {
    pub(super) name: String,
    pub(super) rule: String,
    /// What `+` times count from, in s since 1970.
    #[serde(default = "start")]
    pub(super) start: u64,
    pub(super) roster: Entry,
    pub(super) documents: BTreeMap<String, Doc>,
    pub(super) acts: Vec<Act>,
    pub(super) expect: Expect,
}

/// An entry of the roster: the first, or a change of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Entry {
    pub(super) places: Vec<Place>,
    pub(super) members: Vec<Member>,
    pub(super) teams: Vec<String>,
    pub(super) assigned: Vec<Assigned>,
    pub(super) settings: BTreeMap<String, i64>,
    pub(super) codes: Vec<Code>,
    pub(super) roles_gone: Vec<RoleGone>,
    pub(super) assigned_gone: Vec<AssignedGone>,
    pub(super) later: Vec<Self>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) code: String,
    pub(super) level: Level,
    pub(super) parent: Option<String>,
    /// There = ended; what took its log.
    pub(super) successors: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) code: String,
    #[serde(default)]
    pub(super) roles: Vec<Role>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) role: RoleKind,
    pub(super) place: String,
    pub(super) team: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assigned {
    pub(super) building: String,
    pub(super) member: String,
    #[serde(rename = "as")]
    pub(super) kind: AssignKind,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleGone {
    pub(super) member: String,
    pub(super) role: RoleKind,
    pub(super) place: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignedGone {
    pub(super) building: String,
    pub(super) member: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    pub(super) list: u16,
    pub(super) code: u16,
    /// Hexadecimal digits.
    #[serde(default)]
    pub(super) data: String,
}

/// A document of the vector.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Doc {
    pub(super) kind: DocumentKind,
    pub(super) place: String,
    pub(super) id: Option<DocumentId>,
}

/// A time: seconds since 1970, or so long after the start, as in `+1d2h30m5s`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Time {
    At(u64),
    After(String),
}

impl Time {
    pub(super) fn at(&self, start: u64) -> Result<u64, Fault> {
        match self {
            Self::At(at) => Ok(*at),
            Self::After(text) => after(text, start).ok_or_else(|| format!("no time: {text}")),
        }
    }
}

/// The time that `+1d2h30m5s` means.
pub(super) fn after(text: &str, start: u64) -> Option<u64> {
    let mut rest = text.strip_prefix('+').filter(|rest| !rest.is_empty())?;
    let mut time = start;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let n: u64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.get(digits..=digits)? {
            "d" => 24 * 60 * 60,
            "h" => 60 * 60,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        time = time.checked_add(n.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    Some(time)
}

/// A time as `+1d2h30m5s`; as seconds where it is before the start.
pub(super) fn since(time: u64, start: u64) -> String {
    let Some(mut left) = time.checked_sub(start) else { return time.to_string() };
    let mut text = String::from("+");
    for (unit, seconds) in [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60)] {
        if left >= seconds {
            text.push_str(&format!("{}{unit}", left / seconds));
            left %= seconds;
        }
    }
    if left > 0 || text.len() == 1 {
        text.push_str(&format!("{left}s"));
    }
    text
}

/// One copy of an act.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    pub(super) label: String,
    pub(super) by: String,
    /// Which document; left out where there is one.
    pub(super) doc: Option<String>,
    /// 16 hexadecimal digits; left out = made of the label.
    pub(super) act: Option<String>,
    /// Another copy of the act with this label.
    pub(super) again: Option<String>,
    pub(super) seen: Vec<String>,
    pub(super) claimed: Option<Time>,
    pub(super) floor: Option<Time>,
    #[serde(default = "yes")]
    pub(super) certain: bool,
    pub(super) happened: Option<Time>,
    /// When the relay entered it; `null` = not yet, left out = 5 s after the writing.
    #[serde(default, deserialize_with = "there")]
    pub(super) relay: Option<Option<Time>>,
    /// The roster's entry that the author held; left out = the newest.
    pub(super) point: Option<u32>,
    #[serde(default)]
    pub(super) held: bool,
    pub(super) event: Option<Value>,
    pub(super) events: Option<Vec<Value>>,
    /// The whole value of the change, raw.
    pub(super) value: Option<Value>,
}

fn there<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Option<Time>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// What must be so at the end.
#[derive(Debug, Deserialize)]
pub(super) struct Expect {
    /// Figures by place.
    #[serde(default)]
    pub(super) figures: BTreeMap<String, Value>,
    /// States by document.
    #[serde(flatten)]
    pub(super) states: BTreeMap<String, Value>,
}
