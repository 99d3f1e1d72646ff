//! The small part of CBOR that acts and control frames use, read strictly.
//!
//! Unsigned numbers, bytes, UTF-8 text, arrays, false, true, null; minimal lengths, definite,
//! nothing after the item, at most 16 arrays one within another. An act is hashed as it stands, so
//! there must be just one way to write it: a general CBOR library accepts longer integers, indefinite
//! arrays and trailing bytes (measured), which is why this is our own.

use thiserror::Error;

use crate::limits::{CBOR_DEPTH_MAX, CBOR_ITEMS_MAX};

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// An unsigned number.
    U64(u64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
    /// An array.
    Array(Vec<Self>),
    /// A bool.
    Bool(bool),
    /// Nothing.
    Null,
}

/// Why bytes are not such CBOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CborError {
    /// The bytes end before the item does.
    #[error("the item ends too early")]
    Truncated,
    /// There are bytes after the item.
    #[error("there are bytes after the item")]
    Trailing,
    /// A number or a length is not written in its shortest form.
    #[error("a number is not in its shortest form")]
    NotMinimal,
    /// Another kind of item: negative, map, tag, float, indefinite.
    #[error("an item of a kind that is not used")]
    Kind,
    /// Text that is not UTF-8.
    #[error("text that is not UTF-8")]
    Utf8,
    /// More arrays within arrays, or more items in one, than allowed.
    #[error("nested too deep or too long")]
    TooDeep,
}

impl Value {
    /// The item as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode_to(&mut out);
        out
    }

    fn encode_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::U64(n) => head(out, 0, *n),
            Self::Bytes(b) => {
                head(out, 2, b.len() as u64);
                out.extend_from_slice(b);
            }
            Self::Text(t) => {
                head(out, 3, t.len() as u64);
                out.extend_from_slice(t.as_bytes());
            }
            Self::Array(items) => {
                head(out, 4, items.len() as u64);
                for item in items {
                    item.encode_to(out);
                }
            }
            Self::Bool(false) => out.push(0xf4),
            Self::Bool(true) => out.push(0xf5),
            Self::Null => out.push(0xf6),
        }
    }

    /// Reads one item that fills `bytes`.
    ///
    /// ```
    /// use doorstep_protocol::cbor::{CborError, Value};
    /// let item = Value::Array(vec![Value::U64(1), Value::Text("门".into()), Value::Null]);
    /// assert_eq!(Value::decode(&item.encode()), Ok(item));
    /// assert_eq!(Value::decode(&[0x18, 0x01]), Err(CborError::NotMinimal));
    /// ```
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut rest = bytes;
        let item = read(&mut rest, 0)?;
        if rest.is_empty() { Ok(item) } else { Err(CborError::Trailing) }
    }

    /// An array with trailing nulls cut, as fields are written.
    pub fn fields(mut items: Vec<Self>) -> Self {
        while items.last() == Some(&Self::Null) {
            items.pop();
        }
        Self::Array(items)
    }

    /// Bytes.
    pub fn bytes(b: &[u8]) -> Self {
        Self::Bytes(b.to_vec())
    }

    /// The number, where it is one.
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::U64(n) = self { Some(*n) } else { None }
    }

    /// The bytes, where it is bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(b) = self { Some(b) } else { None }
    }

    /// The text, where it is text.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(t) = self { Some(t) } else { None }
    }

    /// The items, where it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The bool, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(b) = self { Some(*b) } else { None }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

fn head(out: &mut Vec<u8>, major: u8, n: u64) {
    let major = major << 5;
    let be = n.to_be_bytes();
    let (code, from) = match n {
        0..24 => {
            out.push(major | be[7]);
            return;
        }
        24..0x100 => (24, 7),
        0x100..0x1_0000 => (25, 6),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 0),
    };
    out.push(major | code);
    out.extend(be.iter().skip(from));
}

fn take<'a>(rest: &mut &'a [u8], n: u64) -> Result<&'a [u8], CborError> {
    let n = usize::try_from(n).map_err(|_| CborError::Truncated)?;
    let (head, tail) = rest.split_at_checked(n).ok_or(CborError::Truncated)?;
    *rest = tail;
    Ok(head)
}

fn argument(rest: &mut &[u8], low: u8) -> Result<u64, CborError> {
    let (n, least) = match low {
        0..24 => return Ok(u64::from(low)),
        24 => (1, 24),
        25 => (2, 0x100),
        26 => (4, 0x1_0000),
        27 => (8, 0x1_0000_0000),
        _ => return Err(CborError::Kind),
    };
    let value = take(rest, n)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    if value < least { Err(CborError::NotMinimal) } else { Ok(value) }
}

fn read(rest: &mut &[u8], depth: usize) -> Result<Value, CborError> {
    let [first] = *take(rest, 1)? else { return Err(CborError::Truncated) };
    let (major, low) = (first >> 5, first & 0x1f);
    match (major, first) {
        (_, 0xf4) => return Ok(Value::Bool(false)),
        (_, 0xf5) => return Ok(Value::Bool(true)),
        (_, 0xf6) => return Ok(Value::Null),
        (1 | 5.., _) => return Err(CborError::Kind),
        _ => {}
    }
    let n = argument(rest, low)?;
    Ok(match major {
        0 => Value::U64(n),
        2 => Value::Bytes(take(rest, n)?.to_vec()),
        3 => {
            let text = std::str::from_utf8(take(rest, n)?).map_err(|_| CborError::Utf8)?;
            Value::Text(text.to_owned())
        }
        _ => {
            if depth == CBOR_DEPTH_MAX {
                return Err(CborError::TooDeep);
            }
            // Each item has at least one byte: a count over what is left is known to be wrong.
            let n = usize::try_from(n).map_err(|_| CborError::Truncated)?;
            if n > rest.len() {
                return Err(CborError::Truncated);
            }
            if n > CBOR_ITEMS_MAX {
                return Err(CborError::TooDeep);
            }
            let mut items = Vec::with_capacity(n);
            for _ in 0..n {
                items.push(read(rest, depth + 1)?);
            }
            Value::Array(items)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        for n in [0, 23, 24, 255, 256, 65_535, 65_536, u64::from(u32::MAX), 1 << 32, u64::MAX] {
            let item = Value::U64(n);
            assert_eq!(Value::decode(&item.encode()), Ok(item));
        }
        for (bytes, error) in [
            (&[0x18, 0x17][..], CborError::NotMinimal),
            (&[0x19, 0x00, 0xff], CborError::NotMinimal),
            (&[0x20], CborError::Kind),
            (&[0xa0], CborError::Kind),
            (&[0xc0, 0x00], CborError::Kind),
            (&[0xf7], CborError::Kind),
            (&[0x9f, 0xff], CborError::Kind),
            (&[0x62, 0xc3], CborError::Truncated),
            (&[0x61, 0xc3], CborError::Utf8),
            (&[0x00, 0x00], CborError::Trailing),
            (&[0x9a, 0xff, 0xff, 0xff, 0xff], CborError::Truncated),
            (&[], CborError::Truncated),
        ] {
            assert_eq!(Value::decode(bytes), Err(error), "{bytes:02x?}");
        }
    }

    #[test]
    fn sixteen_arrays_within_one_another_are_the_bound() {
        let nest = |depth: usize| {
            (0..depth).fold(Value::U64(1), |inner, _| Value::Array(vec![inner])).encode()
        };
        assert!(Value::decode(&nest(CBOR_DEPTH_MAX)).is_ok());
        assert_eq!(Value::decode(&nest(CBOR_DEPTH_MAX + 1)), Err(CborError::TooDeep));
    }
}
