//! The fixed formats: big-endian integers, a `u32` length before what varies.
//!
//! [`Writer`] builds what is hashed, signed or stored; [`Reader`] takes it apart under bounds and
//! refuses trailing bytes. Source: `docs/formats.md`, "Encoding".

use thiserror::Error;

/// Why bytes are not what they should be. Carries no content, only where and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WireError {
    /// The bytes end before the field does.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes are left over after the last field.
    #[error("there are bytes after the end")]
    Trailing,
    /// A length or a count is over its bound.
    #[error("a length is over its bound")]
    TooLong,
    /// A value that the field cannot have.
    #[error("a field has a value that it cannot have: {0}")]
    Value(&'static str),
}

/// Writes the fixed formats.
///
/// ```
/// use doorstep_protocol::wire::{Reader, Writer};
/// let mut w = Writer::new();
/// w.u16(7).bytes(b"abc");
/// let bytes = w.finish();
/// assert_eq!(bytes, [0, 7, 0, 0, 0, 3, b'a', b'b', b'c']);
/// let mut r = Reader::new(&bytes);
/// assert_eq!(r.u16().unwrap(), 7);
/// assert_eq!(r.bytes(16).unwrap(), b"abc");
/// r.end().unwrap();
/// ```
#[derive(Debug, Default, Clone)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes written.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    /// The bytes so far.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// One byte.
    pub fn u8(&mut self, v: u8) -> &mut Self {
        self.0.push(v);
        self
    }

    /// A bool as 0 or 1.
    pub fn bool(&mut self, v: bool) -> &mut Self {
        self.u8(u8::from(v))
    }

    /// Two bytes.
    pub fn u16(&mut self, v: u16) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    /// Four bytes.
    pub fn u32(&mut self, v: u32) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    /// Eight bytes.
    pub fn u64(&mut self, v: u64) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    /// Eight bytes, two's complement.
    pub fn i64(&mut self, v: i64) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    /// Bytes of a fixed length, as they stand.
    pub fn raw(&mut self, v: &[u8]) -> &mut Self {
        self.0.extend_from_slice(v);
        self
    }

    /// Bytes of a variable length: `u32` length, bytes.
    pub fn bytes(&mut self, v: &[u8]) -> &mut Self {
        self.u32(u32::try_from(v.len()).unwrap_or(u32::MAX));
        self.raw(v)
    }

    /// Text as its UTF-8 bytes.
    pub fn text(&mut self, v: &str) -> &mut Self {
        self.bytes(v.as_bytes())
    }

    /// A count in front of a list.
    pub fn count(&mut self, n: usize) -> &mut Self {
        self.u16(u16::try_from(n).unwrap_or(u16::MAX))
    }

    /// 0, or 1 and the field.
    pub fn optional<T>(&mut self, v: Option<T>, write: impl FnOnce(&mut Self, T)) -> &mut Self {
        match v {
            None => self.u8(0),
            Some(v) => {
                self.u8(1);
                write(self, v);
                self
            }
        }
    }
}

/// Reads the fixed formats; every read is bounded by the bytes that are there.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the first byte of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What is not yet read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// `n` bytes as they stand.
    pub fn raw(&mut self, n: usize) -> Result<&'a [u8], WireError> {
        let (head, tail) = self.rest.split_at_checked(n).ok_or(WireError::Truncated)?;
        self.rest = tail;
        Ok(head)
    }

    /// A fixed array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        self.raw(N)?.try_into().map_err(|_| WireError::Truncated)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, WireError> {
        Ok(self.array::<1>()?[0])
    }

    /// A bool, 0 or 1 and nothing else.
    pub fn bool(&mut self) -> Result<bool, WireError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(WireError::Value("bool")),
        }
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, WireError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, WireError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, WireError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// Eight bytes, two's complement.
    pub fn i64(&mut self) -> Result<i64, WireError> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    /// Bytes of a variable length, at most `max`.
    pub fn bytes(&mut self, max: usize) -> Result<&'a [u8], WireError> {
        let n = usize::try_from(self.u32()?).map_err(|_| WireError::TooLong)?;
        if n > max {
            return Err(WireError::TooLong);
        }
        self.raw(n)
    }

    /// Text of at most `max` bytes.
    pub fn text(&mut self, max: usize) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.bytes(max)?).map_err(|_| WireError::Value("text"))
    }

    /// The count of a list, at most `max`.
    pub fn count(&mut self, max: usize) -> Result<usize, WireError> {
        let n = usize::from(self.u16()?);
        if n > max { Err(WireError::TooLong) } else { Ok(n) }
    }

    /// 0, or 1 and the field.
    pub fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, WireError>,
    ) -> Result<Option<T>, WireError> {
        Ok(if self.bool()? { Some(read(self)?) } else { None })
    }

    /// Nothing may follow.
    pub fn end(&self) -> Result<(), WireError> {
        if self.rest.is_empty() { Ok(()) } else { Err(WireError::Trailing) }
    }
}
