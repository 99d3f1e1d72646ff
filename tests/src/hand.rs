//! A meeting driven by hand on the bare store: what the engine does in one, with a place for a bug.
//!
//! Without a planted fault it must pass everything that an engine passes; a test holds it to that.

use std::{collections::BTreeSet, sync::Arc};

use doorstep_core::store::Store;
use doorstep_protocol::{
    device_session::{DeviceEvent, DeviceSession},
    id::SealId,
    key::{SoftwareKey, Spki},
};

use crate::{
    chance::StoreEntropy,
    clock::DAY_MS,
    phone::Phone,
    planted::{FaultyPhone, PhoneFault, PhoneFaultState},
};

/// The period after which a log that was left may go: that of the town's register.
const DROP_PERIOD_MS: u64 = 30 * DAY_MS;

/// A meeting of a bare store.
pub struct HandMeeting {
    store: Store,
    session: DeviceSession,
    key: Arc<SoftwareKey>,
    entropy: Arc<StoreEntropy>,
    fault: PhoneFault,
    now_ms: u64,
    had_gaps: bool,
    /// What the fault remembers.
    pub state: PhoneFaultState,
    /// Seals that got a receipt.
    pub delivered: BTreeSet<SealId>,
    /// The store took a new incarnation.
    pub again: bool,
}

impl std::fmt::Debug for HandMeeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandMeeting").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl HandMeeting {
    /// Opens the phone's store, seals what is not sealed, says hello.
    pub fn begin(phone: &mut Phone, relay: Spki, now_ms: u64) -> Result<Self, String> {
        let mut meeting = Self {
            store: phone.bare_store(),
            session: DeviceSession::new(relay, None),
            key: phone.key.clone(),
            entropy: phone.entropy.clone(),
            fault: phone.fault.unwrap_or_default(),
            now_ms,
            had_gaps: false,
            state: phone.fault_state.clone(),
            delivered: BTreeSet::new(),
            again: false,
        };
        meeting.store.seal_unsealed(&*meeting.key).map_err(text)?;
        meeting.had_gaps = meeting.store.has_gaps().map_err(text)?;
        let Self { store, session, fault, state, .. } = &mut meeting;
        session.start(&mut FaultyPhone { store, fault: *fault, state }).map_err(text)?;
        Ok(meeting)
    }

    /// The next bytes for the relay.
    pub fn transmit(&mut self) -> Result<Option<Vec<u8>>, String> {
        let Self { store, session, fault, state, .. } = self;
        session.poll_transmit(&mut FaultyPhone { store, fault: *fault, state }).map_err(text)
    }

    /// Takes bytes of the relay.
    pub fn handle(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Self { store, session, fault, state, .. } = self;
        let mut faulty = FaultyPhone { store, fault: *fault, state };
        let result = session.handle_bytes(&mut faulty, bytes).map_err(text);
        while let Some(event) = self.session.poll_event() {
            self.handle_event(event)?;
        }
        let is_complete = self.session.is_complete();
        self.again |= is_complete && !self.had_gaps && self.store.has_gaps().map_err(text)?;
        result
    }

    /// Whether nothing more comes of it.
    pub fn is_over(&self) -> bool {
        self.session.is_complete() || self.session.is_closed() || self.again
    }

    /// Whether everything was exchanged.
    pub fn is_complete(&self) -> bool {
        self.session.is_complete() && !self.again
    }

    fn handle_event(&mut self, event: DeviceEvent) -> Result<(), String> {
        match event {
            DeviceEvent::Receipted(seals) => self.delivered.extend(seals),
            DeviceEvent::RolledBack => {
                self.store.new_incarnation(&*self.entropy, "rolled back").map_err(text)?;
                self.again = true;
            }
            DeviceEvent::UpToDate { .. } => self.tidy()?,
            _ => {}
        }
        Ok(())
    }

    fn tidy(&mut self) -> Result<(), String> {
        let written_again = match self.fault {
            PhoneFault::SetAsideNotWrittenAgain => 0,
            _ => self.store.write_again_set_aside(&*self.entropy).map_err(text)?,
        };
        if written_again > 0 {
            self.store.seal_unsealed(&*self.key).map_err(text)?;
            let Self { store, session, fault, state, .. } = self;
            session.handle_saved(&mut FaultyPhone { store, fault: *fault, state }).map_err(text)?;
        }
        let held = self.store.held();
        self.store.leave_logs(&held, self.now_ms, DROP_PERIOD_MS).map_err(text)?;
        Ok(())
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
