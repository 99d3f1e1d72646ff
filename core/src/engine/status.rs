//! How things stand with the relay.

use doorstep_domain::event::{Act, Decoded};
use doorstep_protocol::{
    frame::Standing,
    id::{DeviceId, Incarnation, MemberId, RealmId, Scope},
    store::{DeviceStore as _, StoreError},
};
use serde::Serialize;

use super::{Engine, META_DIGITS, META_STANDING, META_UP_TO_DATE, State};
use crate::error::ReadError;

/// How things stand with the relay, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// No invitation was accepted.
    NotInvited,
    /// An invitation was accepted; the rosters do not know this device yet.
    Enrolling,
    /// The relay took this device out: what is here is hidden, and what is unsent is still handed in.
    Revoked,
    /// Something waits for the relay.
    Waiting,
    /// The relay has everything that was saved here.
    InStep,
}

/// What waits for the relay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Unsent {
    /// Acts of one's own without a receipt.
    pub changes: u32,
    /// Acts of one's own that the log set aside and that nothing stands for yet.
    pub set_aside: u32,
    /// Seals of others that this phone carries.
    pub carried: u32,
    /// When the oldest of one's own was written, in s.
    pub oldest_s: Option<u64>,
}

/// Something that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmInfo {
    /// For [`Engine::clear_alarm`].
    pub number: i64,
    /// Its name; see [`crate::store::alarm`].
    pub name: String,
    /// The log.
    pub scope: Scope,
    /// Ids and numbers, never words.
    pub detail: String,
    /// The newest relay time heard when it was raised, in ms.
    pub relay_time_ms: u64,
}

/// How things stand with the relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncStatus {
    /// In one word.
    pub state: SyncState,
    /// What waits for the relay.
    pub unsent: Unsent,
    /// Acts of one's own that the relay's log has.
    pub delivered: u64,
    /// The six digits to compare with the organiser, `{:06}`, while the enrolment waits for that.
    pub digits: Option<u32>,
    /// When everything the relay had was here last, by its clock, in ms; none = never.
    pub up_to_date_ms: Option<u64>,
    /// What a person must look at.
    pub alarms: Vec<AlarmInfo>,
    /// The realm; none before an invitation was accepted.
    pub realm: Option<RealmId>,
    /// Whose phone this is; none before enrolment and after revocation.
    pub member: Option<MemberId>,
    /// This device.
    pub device: DeviceId,
    /// The life of its store.
    pub incarnation: Incarnation,
    /// Relay time less device time at the last meeting, in ms.
    pub clock_offset_ms: i64,
}

impl Engine {
    /// How things stand with the relay.
    pub fn sync_status(&self) -> Result<SyncStatus, ReadError> {
        Ok(self.lock().sync_status()?)
    }

    /// Forgets an alarm: a person has looked.
    pub fn clear_alarm(&self, number: i64) -> Result<(), ReadError> {
        self.with(|state| {
            state.store.clear_alarm(number)?;
            state.pending.status = true;
            Ok(())
        })
    }
}

fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl State {
    fn sync_status(&self) -> Result<SyncStatus, StoreError> {
        let counts = self.store.counts()?;
        let unsent = Unsent {
            changes: small(counts.unsealed + counts.unsent),
            set_aside: small(counts.aside),
            carried: small(counts.carried),
            oldest_s: self.oldest_unsent()?,
        };
        let revoked = self.store.meta(META_STANDING)? == Some(vec![Standing::Revoked as u8]);
        let waits = unsent.changes > 0 || unsent.set_aside > 0 || unsent.carried > 0;
        let state = match (self.store.joined(), self.member()) {
            (None, _) => SyncState::NotInvited,
            (Some(_), _) if revoked => SyncState::Revoked,
            (Some(_), None) => SyncState::Enrolling,
            (Some(_), Some(_)) if waits => SyncState::Waiting,
            (Some(_), Some(_)) => SyncState::InStep,
        };
        let alarms = self.store.alarms()?.into_iter().map(|alarm| AlarmInfo {
            number: alarm.number,
            name: alarm.name,
            scope: alarm.scope,
            detail: alarm.detail,
            relay_time_ms: alarm.relay_time,
        });
        let up_to_date = self.store.meta(META_UP_TO_DATE)?.and_then(|bytes| bytes.try_into().ok());
        let digits = self.store.meta(META_DIGITS)?.and_then(|bytes| bytes.try_into().ok());
        Ok(SyncStatus {
            state,
            unsent,
            delivered: counts.settled,
            digits: digits.map(u32::from_be_bytes),
            up_to_date_ms: up_to_date.map(u64::from_be_bytes),
            alarms: alarms.collect(),
            realm: self.store.joined(),
            member: self.member(),
            device: self.store.device(),
            incarnation: self.store.incarnation(),
            clock_offset_ms: self.time.offset_ms(),
        })
    }

    /// Own changes that wait for the relay.
    pub(crate) fn unsent_changes(&self) -> Result<u32, StoreError> {
        let counts = self.store.counts()?;
        Ok(small(counts.unsealed + counts.unsent))
    }

    /// When the oldest own act without a receipt was written, in s.
    fn oldest_unsent(&self) -> Result<Option<u64>, StoreError> {
        let oldest = self.store.oldest_unsent()?;
        Ok(oldest.and_then(|value| match Act::decode(&value) {
            Decoded::Act { marks, .. } => Some(marks.claimed),
            _ => None,
        }))
    }
}
