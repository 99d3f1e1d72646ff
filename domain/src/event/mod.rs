//! Events: what one person says in one document, as it is stored in an act.
//!
//! An [`Event`] also has a JSON form, `{"type": "accept"}`, with ids as hexadecimal digits,
//! enumerations as words and codes as numbers; absent optional fields and lists may be left out.
//!
//! ```
//! use doorstep_domain::event::Event;
//! let json = r#"{"type":"resolve","how":"help","text":"Lamp replaced"}"#;
//! let event: Event = serde_json::from_str(json).unwrap();
//! assert_eq!(event.word(), "resolve");
//! ```

mod act;
mod field;
mod fieldwork;
mod grievance;
mod parts;

use doorstep_protocol::cbor::Value;
use serde::{Deserialize, Serialize};

pub use act::{Act, ActError, BadEvent, Decoded, Marks};
pub use field::BadValue;
pub(crate) use field::Field;
pub use fieldwork::{
    Attendance, Checklist, Consent, Continues, Found, Held, Item, ItemOutcome, Joined, NotSame,
    NoticeGiven, Outcome, Person, PersonLeft, Phone, Priority, PriorityEnd, SameAs, SameVisit,
    SetField, Started,
};
pub use grievance::{
    Accept, AskedNoAnswer, Assign, Attach, Close, CloseUnsolved, Confirm, Contact, Correct,
    CouncilItem, Decline, Discover, DispatchTeam, DuplicateOf, Escalate, FeedBack, NotDuplicate,
    Note, Progress, Reject, Resolve, SendBack, SetDue, SetGrade, Settle, TakeOver, Transfer,
    Withdraw,
};
pub use parts::{
    Attendee, Day, Evidence, FieldValue, FileHash, ItemAt, Link, Ref, Reporter, Source, Text,
};

use crate::table::{Flag, Grade, Kind, Level, TIME_S_LIMIT};

/// An event of a kind that is not known here: kept byte for byte, shown as "newer entry", without
/// effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unknown {
    /// The number of its kind.
    pub kind: u8,
    /// Its fields as they stand; in JSON the hexadecimal digits of their array in CBOR.
    #[serde(with = "raw_fields")]
    pub fields: Vec<Value>,
}

macro_rules! events {
    ($($name:ident,)+) => {
        /// What one person says, once.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        #[allow(missing_docs)] // each is described at its record
        pub enum Event {
            $($name($name),)+
            Unknown(Unknown),
        }

        impl Event {
            /// Its kind, where it is known here.
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    $(Self::$name(_) => Some(Kind::$name),)+
                    Self::Unknown(_) => None,
                }
            }

            fn fields(&self) -> Value {
                match self {
                    $(Self::$name(event) => event.to_value(),)+
                    Self::Unknown(unknown) => Value::Array(unknown.fields.clone()),
                }
            }

            fn from_fields(number: u8, fields: &[Value]) -> Result<Self, BadValue> {
                let Some(kind) = Kind::from_number(u64::from(number)) else {
                    return Ok(Self::Unknown(Unknown { kind: number, fields: fields.to_vec() }));
                };
                let fields = Value::Array(fields.to_vec());
                let event = match kind {
                    $(Kind::$name => Self::$name($name::from_value(&fields)?),)+
                };
                event.agrees().then_some(event).ok_or(BadValue)
            }

            /// Every reference in it, those in links and in a replacement too.
            pub(crate) fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
                match self {
                    $(Self::$name(event) => event.each_ref(f),)+
                    Self::Unknown(_) => {}
                }
            }
        }
    };
}

events! {
    Discover, Accept, Close, Decline, Contact, Progress, SetGrade, SetDue, Escalate, TakeOver,
    SendBack, Assign, DispatchTeam, Resolve, Transfer, AskedNoAnswer, FeedBack, CloseUnsolved,
    DuplicateOf, NotDuplicate, CouncilItem, Note, Attach,
    Found, SetField, Person, PersonLeft, Phone, Consent, Priority, PriorityEnd, NoticeGiven, SameAs,
    NotSame, Continues,
    Started, Joined, Checklist, Outcome, SameVisit,
    Held, Attendance, Item, ItemOutcome,
    Confirm, Reject, Withdraw,
    Correct, Settle,
}

impl Event {
    /// The number of its kind, known here or not.
    pub fn kind_number(&self) -> u8 {
        match self {
            Self::Unknown(unknown) => unknown.kind,
            known => known.kind().map_or(0, Kind::number),
        }
    }

    /// Its `type` in JSON.
    pub fn word(&self) -> &'static str {
        self.kind().map_or("unknown", Kind::word)
    }

    /// What a record of fields alone cannot say.
    fn agrees(&self) -> bool {
        match self {
            // The engine does not lead back to who wished not to be named.
            Self::Discover(discover) => {
                discover.reporter != Reporter::Anonymous || discover.visit.is_none()
            }
            Self::Escalate(escalate) => {
                (escalate.level == Level::Outside) == escalate.body.is_some()
            }
            Self::Confirm(confirm) => confirm.satisfaction.is_none_or(|n| (1..=5).contains(&n)),
            Self::Settle(settle) => match settle.flag {
                Flag::Grade => Grade::from_number(settle.choice).is_some(),
                Flag::Due => settle.choice < TIME_S_LIMIT,
                _ => settle.choice == 0,
            },
            _ => true,
        }
    }
}

/// `[kind, field, ..]`, as in an act and in a replacement.
impl Field for Event {
    fn to_value(&self) -> Value {
        let mut items = vec![Value::U64(u64::from(self.kind_number()))];
        if let Value::Array(fields) = self.fields() {
            items.extend(fields);
        }
        Value::Array(items)
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        let (kind, fields) = value.as_array().and_then(<[Value]>::split_first).ok_or(BadValue)?;
        Self::from_fields(u8::from_value(kind)?, fields)
    }

    fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
        Self::each_ref(self, f);
    }
}

mod raw_fields {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    use super::Value;

    pub(super) fn serialize<S: Serializer>(fields: &[Value], s: S) -> Result<S::Ok, S::Error> {
        let bytes = Value::Array(fields.to_vec()).encode();
        s.serialize_str(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Value>, D::Error> {
        let text = String::deserialize(d)?;
        unhex(&text)
            .and_then(|bytes| Value::decode(&bytes).ok())
            .and_then(|value| value.as_array().map(<[Value]>::to_vec))
            .ok_or_else(|| D::Error::custom("expected fields in CBOR as hexadecimal digits"))
    }

    fn unhex(text: &str) -> Option<Vec<u8>> {
        if !text.is_ascii() || text.len() % 2 == 1 {
            return None;
        }
        let digits = text.as_bytes().chunks_exact(2).map(std::str::from_utf8);
        digits.map(|pair| u8::from_str_radix(pair.ok()?, 16).ok()).collect()
    }
}
