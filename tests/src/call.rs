//! A meeting over a link: bytes on their way both ways, and where the link breaks.

use std::collections::{BTreeSet, VecDeque};

use doorstep_core::Meeting;
use doorstep_protocol::{id::SealId, relay_session::RelaySession};

use crate::hand::HandMeeting;

/// The phone's side.
#[derive(Debug)]
pub enum Side {
    /// Its engine's.
    Engine(Box<Meeting>),
    /// Driven by hand, with a place for a bug.
    Hand(Box<HandMeeting>),
}

impl Side {
    /// The next bytes for the relay.
    pub fn transmit(&mut self) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::Engine(meeting) => meeting.transmit().map_err(|error| error.to_string()),
            Self::Hand(meeting) => meeting.transmit(),
        }
    }

    /// Takes bytes of the relay.
    pub fn handle(&mut self, bytes: &[u8]) -> Result<(), String> {
        match self {
            Self::Engine(meeting) => meeting.handle(bytes).map_err(|error| error.to_string()),
            Self::Hand(meeting) => meeting.handle(bytes),
        }
    }

    /// Offers what was saved since it began.
    pub fn saved(&mut self) -> Result<(), String> {
        match self {
            Self::Engine(meeting) => meeting.saved().map_err(|error| error.to_string()),
            Self::Hand(_) => Ok(()),
        }
    }

    /// Whether nothing more comes of it.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Engine(meeting) => meeting.is_over(),
            Self::Hand(meeting) => meeting.is_over(),
        }
    }

    /// Whether everything was exchanged.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Engine(meeting) => meeting.is_complete(),
            Self::Hand(meeting) => meeting.is_complete(),
        }
    }

    /// Whether the phone has to meet again at once.
    pub fn again(&self) -> bool {
        match self {
            Self::Engine(meeting) => meeting.report().again,
            Self::Hand(meeting) => meeting.again,
        }
    }

    /// The seals that got a receipt.
    pub fn delivered(&self) -> &BTreeSet<SealId> {
        match self {
            Self::Engine(meeting) => &meeting.report().delivered,
            Self::Hand(meeting) => &meeting.delivered,
        }
    }
}

/// A meeting under way.
#[derive(Debug)]
pub struct Call {
    /// Whose.
    pub phone: String,
    /// The phone's side; none once it is gone, while bytes that it sent are still on their way.
    pub side: Option<Side>,
    /// The relay's side.
    pub session: RelaySession,
    /// Bytes on their way to the relay.
    pub up: VecDeque<u8>,
    /// Bytes on their way to the phone.
    pub down: VecDeque<u8>,
    /// Bytes that still arrive at the relay before the link breaks.
    pub up_left: u64,
    /// Bytes that still arrive at the phone.
    pub down_left: u64,
    /// What is on its way to the relay still arrives after the phone is gone.
    pub lingers: bool,
    /// Bytes that arrived so far, up and down.
    pub carried: (u64, u64),
    /// Flips a bit of the byte with this number on its way down.
    pub tamper_down: Option<u64>,
    /// As above, on its way up.
    pub tamper_up: Option<u64>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Everything was exchanged.
    Complete,
    /// The store took a new incarnation: meet again.
    Again,
    /// The link broke.
    Cut,
    /// Nobody has anything to say, and it is not over.
    Stalled,
    /// It waits for a person (an enrolment).
    Waits,
    /// A side ended it.
    Broken(String),
}

impl Call {
    /// A call that nothing was said in yet, on a good link.
    pub fn new(phone: &str, side: Side, session: RelaySession) -> Self {
        Self {
            phone: phone.to_owned(),
            side: Some(side),
            session,
            up: VecDeque::new(),
            down: VecDeque::new(),
            up_left: u64::MAX,
            down_left: u64::MAX,
            lingers: false,
            carried: (0, 0),
            tamper_down: None,
            tamper_up: None,
        }
    }

    /// Takes the next bytes, at most `count`, that arrive at the relay, and says whether the link broke
    /// after them.
    pub fn arrive_up(&mut self, count: usize) -> (Vec<u8>, bool) {
        let count = (count.min(self.up.len()) as u64).min(self.up_left);
        let mut bytes: Vec<u8> = self.up.drain(..count as usize).collect();
        tamper(&mut bytes, self.carried.0, self.tamper_up);
        self.up_left -= count;
        self.carried.0 += count;
        (bytes, self.up_left == 0)
    }

    /// As [`Self::arrive_up`], at the phone.
    pub fn arrive_down(&mut self, count: usize) -> (Vec<u8>, bool) {
        let count = (count.min(self.down.len()) as u64).min(self.down_left);
        let mut bytes: Vec<u8> = self.down.drain(..count as usize).collect();
        tamper(&mut bytes, self.carried.1, self.tamper_down);
        self.down_left -= count;
        self.carried.1 += count;
        (bytes, self.down_left == 0)
    }
}

fn tamper(bytes: &mut [u8], first: u64, at: Option<u64>) {
    let byte = at.and_then(|at| at.checked_sub(first)).and_then(|at| bytes.get_mut(at as usize));
    if let Some(byte) = byte {
        *byte ^= 1;
    }
}
