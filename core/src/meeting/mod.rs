//! A meeting with the relay: bytes in and out, no socket.
//!
//! [`Meeting`] puts the session of the protocol and the engine together: what is unsealed is sealed
//! before it begins, what was taken is shown as it is taken, and what the relay says of itself is kept.
//! [`Engine::sync`](crate::Engine::sync) drives it over QUIC; a simulation drives it over anything.

mod drive;
mod report;

use std::collections::BTreeSet;

use doorstep_protocol::{
    device_session::{DeviceEvent, DeviceSession},
    frame::{EnrolState, FrameError, Standing},
    head::HeadError,
    id::DocumentId,
    key::Spki,
    session_error::SessionError,
};

pub use drive::MEETINGS_MAX;
pub use report::{Budget, Left, MeetingReport, SyncReport};

use crate::{
    engine::{Engine, State},
    error::MeetError,
};

/// One meeting, sans-IO: send what [`Self::transmit`] gives until it gives nothing, [`Self::handle`]
/// what comes, until [`Self::is_over`]; then [`Self::finish`].
///
/// Dropping it, at any moment, loses nothing.
#[derive(Debug)]
pub struct Meeting {
    engine: Engine,
    session: DeviceSession,
    /// It asks to be enrolled.
    asks: bool,
    /// A log given back lacked seals when it began: they come in this meeting or in none.
    had_gaps: bool,
    report: MeetingReport,
    /// Documents that changed and were not yet shown to Automerge.
    unverified: BTreeSet<DocumentId>,
}

impl Engine {
    /// Begins a meeting with the relay whose key the handshake showed.
    ///
    /// What was saved since the last meeting is sealed first; a device key in hardware takes some tens
    /// of ms for each seal.
    ///
    /// # Errors
    ///
    /// See [`MeetError`]; [`MeetError::WrongRelay`] where the key is not that of the invitation.
    pub fn begin_meeting(&self, relay: Spki) -> Result<Meeting, MeetError> {
        let session = self.with(|state| {
            let invitation = state.invitation()?.ok_or(MeetError::NotEnrolled)?;
            if relay.key_hash() != invitation.relay {
                return Err(MeetError::WrongRelay);
            }
            state.seal(self.keys())?;
            let token = state.token()?;
            let mut session = DeviceSession::new(relay, token);
            session.start(&mut state.store).map_err(broken)?;
            Ok((session, token.is_some(), state.store.has_gaps()?))
        });
        let (session, asks, had_gaps) = session?;
        Ok(Meeting {
            engine: self.clone(),
            session,
            asks,
            had_gaps,
            report: MeetingReport::default(),
            unverified: BTreeSet::new(),
        })
    }
}

impl Meeting {
    /// The next bytes for the relay, none while there is nothing to say.
    pub fn transmit(&mut self) -> Result<Option<Vec<u8>>, MeetError> {
        let session = &mut self.session;
        let bytes =
            self.engine.with(|state| session.poll_transmit(&mut state.store).map_err(broken))?;
        self.report.bytes_up += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Ok(bytes)
    }

    /// Takes bytes of the relay. What they complete is saved, shown and told when this returns.
    ///
    /// # Errors
    ///
    /// The meeting is over then. What had been taken before stays.
    #[tracing::instrument(skip_all, level = "debug")]
    pub fn handle(&mut self, bytes: &[u8]) -> Result<(), MeetError> {
        self.report.bytes_down += bytes.len() as u64;
        let Self { engine, session, had_gaps, report, unverified, .. } = self;
        let result = engine.with(|state| {
            let result = session.handle_bytes(&mut state.store, bytes);
            // What happened before a fault happened: each part of it is committed.
            let mut arrived = BTreeSet::new();
            while let Some(event) = session.poll_event() {
                handle_event(engine, state, session, report, &mut arrived, event)?;
            }
            state.show_news(&arrived)?;
            unverified.extend(arrived);
            // A roster of this meeting gave a log back: what was left out of it comes at the next.
            let is_complete = session.is_complete();
            report.again |= is_complete && !*had_gaps && state.store.has_gaps()?;
            result.map_err(broken)
        });
        self.verify()?;
        result
    }

    /// Offers what was saved since the meeting began: for one that stays open.
    pub fn saved(&mut self) -> Result<(), MeetError> {
        let Self { engine, session, .. } = self;
        engine.with(|state| {
            state.seal(engine.keys())?;
            session.handle_saved(&mut state.store).map_err(broken)
        })
    }

    /// Whether everything was exchanged.
    pub fn is_complete(&self) -> bool {
        self.session.is_complete() && !self.report.again
    }

    /// Whether nothing more comes of it: complete, or it has to be met again, or a person has to
    /// confirm the enrolment first.
    pub fn is_over(&self) -> bool {
        // A relay that does not know the phone says nothing beyond its answer to the enrolment.
        let unknown = self.report.standing == Some(Standing::Unknown);
        let answered = match self.report.enrolment {
            Some((state, _)) => state != EnrolState::Done,
            None => !self.asks,
        };
        self.is_complete() || self.session.is_closed() || self.report.again || (unknown && answered)
    }

    /// What it did so far.
    pub fn report(&self) -> &MeetingReport {
        &self.report
    }

    /// Ends it.
    pub fn finish(mut self) -> MeetingReport {
        self.report.complete = self.is_complete();
        self.report
    }

    /// Shows Automerge what came: outside the lock, since it is the slowest part and nothing waits for
    /// it. What it refuses is an alarm.
    fn verify(&mut self) -> Result<(), MeetError> {
        let documents = std::mem::take(&mut self.unverified);
        Ok(self.engine.verify_documents(&documents)?)
    }
}

fn handle_event(
    engine: &Engine,
    state: &mut State,
    session: &mut DeviceSession,
    report: &mut MeetingReport,
    arrived: &mut BTreeSet<DocumentId>,
    event: DeviceEvent,
) -> Result<(), MeetError> {
    state.pending.status = true;
    match event {
        DeviceEvent::Standing(standing, relay_time) => {
            report.standing = Some(standing);
            state.note_standing(standing)?;
            state.met(engine.clock(), relay_time)?;
        }
        DeviceEvent::Enrol(enrolment, digits) => {
            report.enrolment = Some((enrolment, digits));
            state.note_digits((enrolment == EnrolState::Waiting).then_some(digits))?;
            let revoked = report.standing == Some(Standing::Revoked);
            // Refused to a stranger it is shown again: the organiser may still correct that.
            if enrolment == EnrolState::Done || (revoked && enrolment == EnrolState::Refused) {
                state.spend_token()?;
            }
        }
        DeviceEvent::Taken(taken) => {
            report.again |= taken.cloned;
            report.taken.extend(&taken.documents);
            arrived.extend(taken.documents);
        }
        DeviceEvent::Receipted(seals) => report.delivered.extend(seals),
        DeviceEvent::Refused(seal, reason) => report.refused.push((seal, reason)),
        // The store has raised the alarm; what stood above the common point is offered again.
        DeviceEvent::Diverged(_) | DeviceEvent::ForkedRoster(_) => {}
        DeviceEvent::RolledBack => {
            state.new_incarnation(engine.entropy())?;
            report.again = true;
        }
        DeviceEvent::UpToDate { relay_time } => {
            state.met(engine.clock(), relay_time)?;
            state.note_up_to_date(relay_time)?;
            tidy(engine, state, session, relay_time)?;
        }
        DeviceEvent::RetryAfter(ms) => report.retry_after_ms = Some(ms),
    }
    Ok(())
}

/// Everything is here: what was set aside goes once more under a new incarnation, and logs that were
/// left and are settled go.
fn tidy(
    engine: &Engine,
    state: &mut State,
    session: &mut DeviceSession,
    relay_time: u64,
) -> Result<(), MeetError> {
    if state.write_again(engine.entropy())? {
        match state.seal(engine.keys()) {
            // It is saved, and goes when the phone is unlocked.
            Err(MeetError::KeyUnavailable) => {}
            other => other?,
        }
        session.handle_saved(&mut state.store).map_err(broken)?;
    }
    Ok(state.leave_logs(relay_time)?)
}

/// What a session's fault means for the app.
pub(crate) fn broken(error: SessionError) -> MeetError {
    match error {
        SessionError::Store(error) => MeetError::Storage(error),
        SessionError::Frame(FrameError::MustUnderstand(_))
        | SessionError::Head(HeadError::Newer) => MeetError::Outdated,
        SessionError::Frame(_) => MeetError::Broken("frame"),
        SessionError::Head(_) => MeetError::Broken("head"),
        SessionError::Chain => MeetError::Broken("chain"),
        SessionError::Bound(_) => MeetError::Broken("bound"),
        SessionError::Ended(_) => MeetError::Broken("ended by the relay"),
        _ => MeetError::Broken("out of place"),
    }
}
