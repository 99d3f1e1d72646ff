//! What fields are made of: references, links, texts, and the small records and unions.

use std::{fmt, ops::Deref};

use doorstep_protocol::{
    cbor::Value,
    id::{ActId, Digest, DocumentId, ItemId, MemberId},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::field::{BadValue, Field, Fields, record};
use crate::table::{DAY_LIMIT, EvidenceKind, TEXT_BYTES_MAX};

/// Words that a person wrote: not empty, at most 16 KiB. Its `Debug` form says only how long it is, so
/// that no resident's words reach a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Field for Text {
    fn to_value(&self) -> Value {
        Value::Text(self.0.clone())
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        let text = value.as_text().ok_or(BadValue)?;
        if text.is_empty() || text.len() > TEXT_BYTES_MAX {
            return Err(BadValue);
        }
        Ok(Self(text.to_owned()))
    }
}

/// A day since 1970 in the realm's local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub u32);

impl Field for Day {
    fn to_value(&self) -> Value {
        Value::U64(u64::from(self.0))
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        u32::from_value(value).ok().filter(|day| *day < DAY_LIMIT).map(Self).ok_or(BadValue)
    }
}

/// The SHA-256 of a file. Shown as hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(pub [u8; 32]);

impl Serialize for FileHash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&Digest(self.0))
    }
}

impl<'de> Deserialize<'de> for FileHash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse::<Digest>().map(|hash| Self(hash.0)).map_err(D::Error::custom)
    }
}

impl Field for FileHash {
    fn to_value(&self) -> Value {
        Value::bytes(&self.0)
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        value.as_bytes().and_then(|b| b.try_into().ok()).map(Self).ok_or(BadValue)
    }
}

/// An event of this document: act, number in the act, and the member who wrote it.
///
/// `member` is left out for what the author of this very act wrote, and never written for it: an event
/// that names its own author there is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ref {
    /// The act.
    pub act: ActId,
    /// Its number in the act, from 0.
    #[serde(default)]
    pub n: u32,
    /// Whose act; none = the author's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

impl Field for Ref {
    fn to_value(&self) -> Value {
        Value::fields(vec![self.act.to_value(), self.n.to_value(), self.member.to_value()])
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        let mut fields = Fields::new(value.as_array().ok_or(BadValue)?)?;
        let to = Self { act: fields.next()?, n: fields.next()?, member: fields.next()? };
        fields.end()?;
        Ok(to)
    }

    fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
        f(self);
    }
}

impl Ref {
    /// What `of` wrote, as `author` names it.
    pub fn new(act: ActId, n: u32, of: MemberId, author: MemberId) -> Self {
        Self { act, n, member: (of != author).then_some(of) }
    }
}

record! {
    /// Another document, or an event of it. It need not be held here.
    #[derive(PartialOrd, Ord, Copy, Hash)]
    Link {
        /// The document.
        must doc: DocumentId,
        /// An event of it; none = the whole document.
        opt event: Ref,
    }
}

impl Link {
    /// The whole of a document.
    pub fn to(doc: DocumentId) -> Self {
        Self { doc, event: None }
    }
}

record! {
    /// Where an imported document came from.
    Source {
        /// The register.
        must system: Text,
        /// The row of it.
        must key: Text,
    }
}

record! {
    /// What shows that a word was the resident's.
    Evidence {
        /// What it is.
        must kind: EvidenceKind,
        /// Its hash.
        must hash: FileHash,
    }
}

record! {
    /// An item of a meeting.
    ItemAt {
        /// The meeting.
        must meeting: Link,
        /// The item.
        must item: ItemId,
    }
}

macro_rules! union {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident($t:ty) = $tag:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant($t),)+ }

        impl Field for $name {
            fn to_value(&self) -> Value {
                match self {
                    $(Self::$variant(field) => Value::Array(vec![Value::U64($tag), field.to_value()]),)+
                }
            }

            fn from_value(value: &Value) -> Result<Self, BadValue> {
                let (tag, rest) = tagged(value)?;
                let mut fields = Fields::new(rest)?;
                let union = match tag {
                    $($tag => Self::$variant(fields.next()?),)+
                    _ => return Err(BadValue),
                };
                fields.end()?;
                Ok(union)
            }

            fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
                match self {
                    $(Self::$variant(field) => field.each_ref(f),)+
                }
            }
        }
    };
}

fn tagged(value: &Value) -> Result<(u64, &[Value]), BadValue> {
    let (tag, rest) = value.as_array().and_then(<[Value]>::split_first).ok_or(BadValue)?;
    Ok((tag.as_u64().ok_or(BadValue)?, rest))
}

union! {
    /// The value of a household's field.
    FieldValue {
        /// A code; its list is the field's affair.
        Code(u16) = 0,
        /// Words.
        Text(Text) = 1,
    }
}

union! {
    /// Who sat in the council.
    Attendee {
        /// A member.
        Member(MemberId) = 0,
        /// Somebody else, by name.
        Name(Text) = 1,
    }
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reporter {
    /// Somebody who wished not to be named; the event then leads back to nobody.
    Anonymous,
    /// A household, or a person of it.
    Link(Link),
    /// Somebody outside every household, by how to reach them.
    Contact(Text),
}

impl Field for Reporter {
    fn to_value(&self) -> Value {
        Value::Array(match self {
            Self::Anonymous => vec![Value::U64(0)],
            Self::Link(link) => vec![Value::U64(1), link.to_value()],
            Self::Contact(text) => vec![Value::U64(2), text.to_value()],
        })
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        let (tag, rest) = tagged(value)?;
        let mut fields = Fields::new(rest)?;
        let reporter = match tag {
            0 => Self::Anonymous,
            1 => Self::Link(fields.next()?),
            2 => Self::Contact(fields.next()?),
            _ => return Err(BadValue),
        };
        fields.end()?;
        Ok(reporter)
    }

    fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
        if let Self::Link(link) = self {
            link.each_ref(f);
        }
    }
}
