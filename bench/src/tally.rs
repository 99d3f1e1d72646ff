//! What one meeting put on the wire, by frame.

use std::{collections::BTreeMap, time::Duration};

use doorstep_protocol::{
    frame::{Frame, FrameReader},
    seal::Seal,
};

use crate::Outcome;

/// The bytes and frames of one or more meetings: frames only, without the transport under them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// From phone to relay.
    pub(crate) up: u64,
    /// From relay to phone.
    pub(crate) down: u64,
    /// How often the phone spoke and was answered: changes of direction, halved.
    pub(crate) round_trips: u64,
    /// Seals that went up, taken apart.
    pub(crate) pushed: Anatomy,
    /// Seals that came down, taken apart.
    pub(crate) served: Anatomy,
    /// How long the relay was busy with what the phones sent.
    pub(crate) relay_busy: Duration,
    frames: BTreeMap<&'static str, u64>,
}

/// What seals are made of, in bytes.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Anatomy {
    pub(crate) seals: u64,
    pub(crate) changes: u64,
    /// All of them.
    pub(crate) bytes: u64,
    /// The changes as they are stored and hashed.
    pub(crate) raw: u64,
    /// Head and signature; the digests count with the parts.
    pub(crate) envelope: u64,
}

impl Anatomy {
    /// Documents' ids, nonces, digests, lengths.
    pub(crate) fn parts(&self) -> u64 {
        self.bytes - self.raw - self.envelope
    }

    fn add(&mut self, bytes: &[u8]) -> Outcome<()> {
        const DIGEST_BYTES: usize = 32;
        /// The codec, and how many parts there are.
        const MARKS_BYTES: usize = 3;
        let seal = Seal::decode(bytes)?;
        let changes = || seal.parts.iter().flatten().flat_map(|part| &part.changes);
        let digests = DIGEST_BYTES * seal.head.digests.len();
        let envelope = seal.head.fields().len() - digests + seal.signature.0.len() + MARKS_BYTES;
        self.seals += 1;
        self.changes += changes().count() as u64;
        self.bytes += bytes.len() as u64;
        self.raw += changes().map(Vec::len).sum::<usize>() as u64;
        self.envelope += envelope as u64;
        Ok(())
    }

    fn join(&mut self, other: &Self) {
        self.seals += other.seals;
        self.changes += other.changes;
        self.bytes += other.bytes;
        self.raw += other.raw;
        self.envelope += other.envelope;
    }
}

impl Tally {
    /// Counts what the phone sends.
    pub(crate) fn sent(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.up += bytes.len() as u64;
        self.count(bytes)
    }

    /// Counts what the relay sends.
    pub(crate) fn came(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.down += bytes.len() as u64;
        self.count(bytes)
    }

    /// The bytes of all frames of this name.
    pub(crate) fn of(&self, name: &str) -> u64 {
        self.frames.get(name).copied().unwrap_or_default()
    }

    /// Puts the counts of another meeting to these.
    pub(crate) fn join(&mut self, other: &Self) {
        self.up += other.up;
        self.down += other.down;
        self.round_trips += other.round_trips;
        self.relay_busy += other.relay_busy;
        self.pushed.join(&other.pushed);
        self.served.join(&other.served);
        for (name, bytes) in &other.frames {
            *self.frames.entry(name).or_default() += bytes;
        }
    }

    fn count(&mut self, bytes: &[u8]) -> Outcome<()> {
        let mut reader = FrameReader::new();
        reader.push(bytes);
        while let Some(frame) = reader.next_frame()? {
            let name = name(&frame);
            *self.frames.entry(name).or_default() += frame.encode().len() as u64;
            match frame {
                Frame::Push(push) => {
                    push.seals.iter().try_for_each(|seal| self.pushed.add(seal))?;
                }
                Frame::Log(log) => {
                    log.seals.iter().flatten().try_for_each(|seal| self.served.add(seal))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn name(frame: &Frame) -> &'static str {
    match frame {
        Frame::Hello(_) => "Hello",
        Frame::Welcome(_) => "Welcome",
        Frame::Log(log) if log.roster_of.is_some() => "Roster",
        Frame::Log(_) => "Log",
        Frame::Head(_) => "Head",
        Frame::UpToDate(_) => "UpToDate",
        Frame::Push(_) => "Push",
        Frame::Ack(_) => "Ack",
        _ => "other",
    }
}
