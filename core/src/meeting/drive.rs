//! Driving a meeting over QUIC.

use std::time::Duration;

use doorstep_protocol::frame::{EnrolState, Standing};
use tokio::time::{Instant, timeout_at};

use super::{Budget, Left, Meeting, MeetingReport, SyncReport};
use crate::{
    engine::Engine,
    error::{MeetError, SyncError},
    quic::{DialError, Link},
};

/// Meetings of one sync: the first, and those that a new incarnation asks for.
pub const MEETINGS_MAX: u32 = 4;

/// How one meeting ended.
struct Ended {
    report: MeetingReport,
    left: Option<Left>,
}

impl Engine {
    /// Meets the relay: hands in what was saved, takes what is new. Returns when all was exchanged, or
    /// the budget is used; [`SyncReport::left`] says what of it.
    ///
    /// The app decides when: in the foreground, or in a window that the system gives. Dropping the
    /// future ends the meeting and loses nothing. It has to run within tokio; two at once wait for
    /// each other.
    ///
    /// # Errors
    ///
    /// See [`SyncError`]. Everything saved stays saved, and what was taken stays taken.
    #[tracing::instrument(skip_all, level = "debug")]
    pub async fn sync(&self, budget: Budget) -> Result<SyncReport, SyncError> {
        let _one_at_a_time = self.one_meeting().await;
        let end = Instant::now() + budget.time;
        let mut report = SyncReport::default();
        loop {
            let bytes_left = budget.bytes.saturating_sub(report.bytes_up + report.bytes_down);
            let ended = self.meet(end, bytes_left).await?;
            report.add(&ended.report);
            report.left = ended.left;
            if !ended.report.again || report.meetings == MEETINGS_MAX {
                self.check_enrolment(&ended.report)?;
                return self.settle(report);
            }
        }
    }

    /// Stays in a meeting: what others save shows here within moments, what is saved here goes at
    /// once. Returns when the link is lost, as it is after a minute in which nobody said anything; to
    /// end it, drop the future.
    ///
    /// For an app in the foreground, around [`Self::sync`] with a pause that grows.
    ///
    /// # Errors
    ///
    /// As [`Self::sync`].
    pub async fn follow(&self) -> Result<SyncReport, SyncError> {
        let _one_at_a_time = self.one_meeting().await;
        let mut report = SyncReport::default();
        let (mut link, mut meeting) = self.dial(DIAL_TIME).await?;
        let result = self.stay(&mut link, &mut meeting).await;
        let ended = meeting.finish();
        self.check_enrolment(&ended)?;
        report.add(&ended);
        report.left = Some(match result {
            Ok(()) => Left::LinkLost,
            Err(MeetError::Broken(_)) => Left::BrokenOff,
            Err(error) => return Err(error.into()),
        });
        self.settle(report)
    }

    /// What is done when the radio may rest: others' signatures, a few at a time so that nobody waits.
    fn settle(&self, mut report: SyncReport) -> Result<SyncReport, SyncError> {
        while self.with(|state| state.store.verify_some(SIGNATURES_AT_ONCE))? > 0 {}
        report.unsent = self.with(|state| state.unsent_changes())?;
        Ok(report)
    }

    async fn stay(&self, link: &mut Link, meeting: &mut Meeting) -> Result<(), MeetError> {
        loop {
            while let Some(bytes) = meeting.transmit()? {
                if link.send(&bytes).await.is_err() {
                    return Ok(());
                }
            }
            if meeting.is_over() && !meeting.is_complete() {
                return Ok(());
            }
            tokio::select! {
                received = link.receive() => match received {
                    Ok(Some(bytes)) => meeting.handle(&bytes)?,
                    Ok(None) | Err(_) => return Ok(()),
                },
                () = self.next_save() => meeting.saved()?,
            }
        }
    }

    async fn dial(&self, time: Duration) -> Result<(Link, Meeting), SyncError> {
        let invitation = self.with(|state| state.invitation())?.ok_or(SyncError::NotEnrolled)?;
        let key = self.keys().device.clone();
        let link = self.dialer().connect(&invitation.addresses, key, invitation.relay, time).await;
        let link = link.map_err(|error| match error {
            DialError::WrongRelay => SyncError::WrongRelay,
            DialError::KeyUnavailable => SyncError::KeyUnavailable,
            _ => SyncError::Unreachable,
        })?;
        let relay = link.relay_key().ok_or(SyncError::WrongRelay)?;
        let meeting = self.begin_meeting(relay)?;
        Ok((link, meeting))
    }

    async fn meet(&self, end: Instant, bytes_left: u64) -> Result<Ended, SyncError> {
        let time = end.saturating_duration_since(Instant::now());
        let (mut link, mut meeting) = self.dial(time).await?;
        let left = match exchange(&mut link, &mut meeting, end, bytes_left).await {
            Ok(left) => left,
            Err(MeetError::Broken(name)) => {
                tracing::warn!(name, "the meeting broke off");
                Some(Left::BrokenOff)
            }
            Err(error) => return Err(error.into()),
        };
        let report = meeting.finish();
        if left.is_none() {
            // Both sides have said all; a relay that closes first says nothing worse.
            let _ = link.finish();
            link.close().await;
        }
        if left == Some(Left::LinkLost) && report.standing.is_none() {
            return Err(SyncError::Unreachable);
        }
        let busy = report.retry_after_ms.is_some() && !report.complete;
        Ok(Ended { left: if busy { Some(Left::RelayBusy) } else { left }, report })
    }

    /// What a person has to do before anything is exchanged.
    fn check_enrolment(&self, report: &MeetingReport) -> Result<(), SyncError> {
        match (report.standing, report.enrolment) {
            (Some(Standing::Active), _) | (_, Some((EnrolState::Done, _))) => Ok(()),
            (_, Some((EnrolState::Waiting, digits))) => {
                Err(SyncError::WaitingForConfirmation { digits })
            }
            (Some(Standing::Unknown), _) => Err(SyncError::NotEnrolled),
            _ => Ok(()),
        }
    }
}

/// Signatures that are looked at under one hold of the lock: a quarter of a second on an old phone.
const SIGNATURES_AT_ONCE: usize = 64;
/// How long [`Engine::follow`] dials.
const DIAL_TIME: Duration = Duration::from_secs(20);

/// Says and hears until it is over; gives why it ended before.
async fn exchange(
    link: &mut Link,
    meeting: &mut Meeting,
    end: Instant,
    bytes_left: u64,
) -> Result<Option<Left>, MeetError> {
    loop {
        while let Some(bytes) = meeting.transmit()? {
            match timeout_at(end, link.send(&bytes)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Ok(Some(Left::LinkLost)),
                Err(_) => return Ok(Some(Left::Time)),
            }
        }
        if meeting.is_over() {
            return Ok(None);
        }
        let used = meeting.report().bytes_up + meeting.report().bytes_down;
        if used >= bytes_left {
            return Ok(Some(Left::Bytes));
        }
        match timeout_at(end, link.receive()).await {
            Ok(Ok(Some(bytes))) => meeting.handle(&bytes)?,
            Ok(Ok(None) | Err(_)) => return Ok(Some(Left::LinkLost)),
            Err(_) => return Ok(Some(Left::Time)),
        }
    }
}
