//! What a meeting did, for the app and for the log.

use std::{collections::BTreeSet, time::Duration};

use doorstep_protocol::{
    frame::{EnrolState, Refusal, Standing},
    id::{DocumentId, SealId},
};
use serde::Serialize;

/// What one meeting did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MeetingReport {
    /// What the relay took this phone for; none = it did not say.
    #[serde(skip)]
    pub standing: Option<Standing>,
    /// How far an enrolment is, and the six digits to compare.
    #[serde(skip)]
    pub enrolment: Option<(EnrolState, u32)>,
    /// Seals that the relay gave a receipt for.
    pub delivered: BTreeSet<SealId>,
    /// Seals that it did not take, and why.
    pub refused: Vec<(SealId, Refusal)>,
    /// Documents that changed by what came.
    pub taken: BTreeSet<DocumentId>,
    /// Bytes handed to the link.
    pub bytes_up: u64,
    /// Bytes that came from the link.
    pub bytes_down: u64,
    /// Everything was exchanged.
    pub complete: bool,
    /// The store took a new incarnation: meet again at once.
    pub again: bool,
    /// The relay asked for this long a pause, in ms.
    pub retry_after_ms: Option<u64>,
}

/// How much one [`Engine::sync`](crate::Engine::sync) may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// From dialling to the goodbye.
    pub time: Duration,
    /// Bytes of frames, both ways; the last chunk may go over it.
    pub bytes: u64,
}

impl Default for Budget {
    /// A minute, and no bound on bytes: for a phone on a network that costs nothing.
    fn default() -> Self {
        Self { time: Duration::from_secs(60), bytes: u64::MAX }
    }
}

impl Budget {
    /// This long.
    pub fn seconds(seconds: u64) -> Self {
        Self { time: Duration::from_secs(seconds), ..Self::default() }
    }
}

/// Why something is left after a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// The time was up.
    Time,
    /// The bytes were used.
    Bytes,
    /// The relay asked to come later.
    RelayBusy,
    /// The link was lost after the meeting had begun.
    LinkLost,
    /// The relay ended it, or its words did not hold: see
    /// [`SyncStatus::alarms`](crate::SyncStatus).
    BrokenOff,
}

/// What one sync did: one meeting, or a few where the store had to take a new incarnation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Meetings.
    pub meetings: u32,
    /// Seals that the relay gave a receipt for.
    pub delivered: u32,
    /// Seals that it did not take; [`Engine::explain`](crate::Engine::explain) says why.
    pub refused: u32,
    /// Documents that changed by what came.
    pub taken: BTreeSet<DocumentId>,
    /// Bytes handed to the link.
    pub bytes_up: u64,
    /// Bytes that came from the link.
    pub bytes_down: u64,
    /// Changes of one's own that still wait for the relay.
    pub unsent: u32,
    /// Why not everything was exchanged; none = it was.
    pub left: Option<Left>,
    /// The relay asked for this long a pause, in ms.
    pub retry_after_ms: Option<u64>,
}

impl SyncReport {
    pub(super) fn add(&mut self, meeting: &MeetingReport) {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.meetings += 1;
        self.delivered = self.delivered.saturating_add(count(meeting.delivered.len()));
        self.refused = count(meeting.refused.len());
        self.taken.extend(&meeting.taken);
        self.bytes_up = self.bytes_up.saturating_add(meeting.bytes_up);
        self.bytes_down = self.bytes_down.saturating_add(meeting.bytes_down);
        self.retry_after_ms = meeting.retry_after_ms;
    }
}
