//! Frames: `type | length | body`, both varints as QUIC's in their shortest form.
//!
//! Even types must be understood, odd ones may be skipped. Bodies are strict CBOR arrays; more fields
//! than known are skipped, a field left out is null. The numbers and fields of every frame stand in
//! `body.rs` and in `docs/protocol.md`.

mod body;

use thiserror::Error;

pub use body::{
    Ack, Diverged, Enrol, EnrolAnswer, EnrolState, Hello, Log, Not, Points, Push, Rebase, Refusal,
    Standing, Tail, UpToDate, Welcome,
};

use crate::limits::FRAME_BYTES_MAX;

/// One message of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// First from the phone: who it is and what it holds.
    Hello(Hello),
    /// A phone that is not known asks to be enrolled.
    Enrol(Enrol),
    /// What became of that.
    EnrolAnswer(EnrolAnswer),
    /// First from the relay, and again when the phone's standing changes.
    Welcome(Welcome),
    /// Entries of one log with their seals.
    Log(Log),
    /// A signed Head, as bytes: proves the Log frames since the last one.
    Head(Vec<u8>),
    /// Nothing more for you now.
    UpToDate(UpToDate),
    /// Seals from the phone.
    Push(Push),
    /// A signed receipt, after commit.
    Ack(Ack),
    /// Why a seal was not taken.
    Not(Not),
    /// The log differs from what the phone holds; here is the relay's head.
    Diverged(Diverged),
    /// Points of the phone's log, newest first.
    Points(Points),
    /// The newest of them that the relay has.
    Rebase(Rebase),
    /// The end of a roster that the relay lost.
    Tail(Tail),
    /// Come again after so many milliseconds.
    RetryAfter(u64),
    /// The meeting cannot go on; a reason by name, without content.
    Error(String),
    /// An odd type that is not known here: skipped.
    Skipped(u64),
}

/// Why bytes are not a frame. The meeting ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A body over [`FRAME_BYTES_MAX`].
    #[error("a frame over {FRAME_BYTES_MAX} bytes")]
    TooLong,
    /// A varint that is not in its shortest form.
    #[error("a number that is not in its shortest form")]
    NotMinimal,
    /// An even type that is not known here: the other side is newer.
    #[error("a frame of type {0} that must be understood")]
    MustUnderstand(u64),
    /// A body that does not fit its type.
    #[error("a frame of type {0} with a body that does not fit")]
    Body(u64),
}

/// Cuts a stream of bytes into frames. Holds at most one frame.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
    start: usize,
}

impl FrameReader {
    /// An empty reader.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what came.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, if it is there.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some((kind, kind_bytes)) = varint(rest)? else { return Ok(None) };
        let Some((length, length_bytes)) = varint(rest.get(kind_bytes..).unwrap_or_default())?
        else {
            return Ok(None);
        };
        let length = usize::try_from(length).map_err(|_| FrameError::TooLong)?;
        if length > FRAME_BYTES_MAX {
            return Err(FrameError::TooLong);
        }
        let from = kind_bytes + length_bytes;
        let Some(body) = rest.get(from..from + length) else { return Ok(None) };
        let frame = body::decode(kind, body)?;
        self.start += from + length;
        Ok(Some(frame))
    }

    /// Whether bytes of a frame that is not whole are waiting.
    pub fn is_empty(&self) -> bool {
        self.start == self.buffer.len()
    }
}

impl Frame {
    /// The frame as bytes.
    ///
    /// ```
    /// use doorstep_protocol::frame::{Frame, FrameReader};
    /// let mut reader = FrameReader::new();
    /// let bytes = Frame::RetryAfter(500).encode();
    /// reader.push(&bytes[..1]);
    /// assert_eq!(reader.next_frame(), Ok(None));
    /// reader.push(&bytes[1..]);
    /// assert_eq!(reader.next_frame(), Ok(Some(Frame::RetryAfter(500))));
    /// ```
    pub fn encode(&self) -> Vec<u8> {
        let (kind, body) = body::encode(self);
        let mut out = Vec::with_capacity(body.len() + 8);
        put_varint(&mut out, kind);
        put_varint(&mut out, body.len() as u64);
        out.extend_from_slice(&body);
        out
    }
}

/// QUIC's variable-length integer (RFC 9000, section 16), shortest form only.
fn varint(bytes: &[u8]) -> Result<Option<(u64, usize)>, FrameError> {
    let Some(first) = bytes.first() else { return Ok(None) };
    let length = 1usize << (first >> 6);
    let Some(all) = bytes.get(..length) else { return Ok(None) };
    let value = all.iter().enumerate().fold(0u64, |value, (i, byte)| {
        value << 8 | u64::from(if i == 0 { byte & 0x3f } else { *byte })
    });
    let least = match length {
        1 => 0,
        2 => 1 << 6,
        4 => 1 << 14,
        _ => 1 << 30,
    };
    if value < least { Err(FrameError::NotMinimal) } else { Ok(Some((value, length))) }
}

fn put_varint(out: &mut Vec<u8>, value: u64) {
    let be = value.to_be_bytes();
    let (length, mark) = match value {
        0..0x40 => (1, 0x00),
        0x40..0x4000 => (2, 0x40),
        0x4000..0x4000_0000 => (4, 0x80),
        _ => (8, 0xc0),
    };
    let from = out.len();
    out.extend(be.iter().skip(8 - length));
    if let Some(first) = out.get_mut(from) {
        *first |= mark;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_one_form() {
        for value in [0, 63, 64, 16_383, 16_384, (1 << 30) - 1, 1 << 30] {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            assert_eq!(varint(&out), Ok(Some((value, out.len()))));
        }
        assert_eq!(varint(&[0x40, 0x05]), Err(FrameError::NotMinimal));
    }

    #[test]
    fn a_frame_over_the_bound_is_refused_before_its_body_comes() {
        let mut bytes = vec![0x02];
        put_varint(&mut bytes, FRAME_BYTES_MAX as u64 + 1);
        let mut reader = FrameReader::new();
        reader.push(&bytes);
        assert_eq!(reader.next_frame(), Err(FrameError::TooLong));
    }

    #[test]
    fn an_unknown_odd_type_is_skipped_and_an_even_one_is_not() {
        let mut reader = FrameReader::new();
        reader.push(&[0x3d, 0x01, 0xff, 0x3e, 0x00]);
        assert_eq!(reader.next_frame(), Ok(Some(Frame::Skipped(0x3d))));
        assert_eq!(reader.next_frame(), Err(FrameError::MustUnderstand(0x3e)));
    }
}
