//! Invitations, enrolment and devices.
//!
//! A token is stored hashed and works for one key: the first that comes with it. The same key may ask
//! as often as it likes and gets the same answer, so that a lost answer does not burn the token.

use std::collections::BTreeSet;

use doorstep_protocol::{
    frame::EnrolState,
    hash::sha256,
    id::{DeviceId, MemberId, Scope, Token},
    invitation::six_digits,
    key::Spki,
    roster::{Device, Fact, Record, Roster},
    store::{RelayStore as _, StoreError},
};
use rusqlite::params;
use serde::Serialize;
use thiserror::Error;

use super::{RelayDb, int, unsigned};
use crate::register::{RosterName, Step};

/// Bytes of a token.
pub const TOKEN_BYTES: usize = 16;
/// A second key came with a token that was used already.
pub(super) const ALARM_TOKEN_TWICE: &str = "token_used_twice";
/// A key that belongs to one member came with the invitation of another.
pub(super) const ALARM_KEY_OF_ANOTHER: &str = "key_of_another_member";

const OPEN: i64 = 0;
const WAITING: i64 = 1;
const DONE: i64 = 2;

/// Why somebody cannot be invited, confirmed or revoked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EnrolError {
    /// No roster has the member.
    #[error(
        "no member with this code has a role or a building: add one to the roster file and apply it"
    )]
    NoMember,
    /// No phone of the member waits to be confirmed.
    #[error("no phone of this member waits to be confirmed: invite, then scan the invitation")]
    NobodyWaits,
    /// The digits are not those that the phone shows.
    #[error("these are not the digits of a phone that waits: compare again, or invite anew")]
    WrongDigits,
    /// The invitation is too old.
    #[error("the invitation is too old: invite anew")]
    Expired,
    /// The key belongs to another member.
    #[error("this phone's key belongs to another member: it cannot be enrolled a second time")]
    KeyOfAnother,
    /// No roster has the device.
    #[error("no such device: `doorstep devices` lists them")]
    NoDevice,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// The secret; stored here only as a hash.
    pub token: Token,
    /// Until when it works, ms.
    pub expires_at: u64,
}

/// A device of the rosters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceRow {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// The register's code of the member.
    pub code: String,
    /// When it was first met, ms; none = never.
    pub first_met: Option<u64>,
    /// When it was last met, ms.
    pub last_met: Option<u64>,
}

struct Invitation {
    member: MemberId,
    expires_at: u64,
    unattended: bool,
    state: i64,
    spki: Option<Vec<u8>>,
    salt: Option<[u8; 16]>,
}

impl RelayDb {
    /// Makes a one-time token for a member of the rosters, good for `minutes`. With `unattended` the
    /// first phone that comes with it is enrolled at once; otherwise a person compares six digits.
    pub fn invite(
        &mut self,
        member: MemberId,
        minutes: u64,
        unattended: bool,
        now_ms: u64,
    ) -> Result<Invited, EnrolError> {
        if self.rosters_of(member).is_empty() {
            return Err(EnrolError::NoMember);
        }
        let token = Token(self.random::<TOKEN_BYTES>()?);
        let expires_at = now_ms.saturating_add(minutes.saturating_mul(60_000));
        self.within(|db| {
            db.change_rows(
                "store an invitation",
                "INSERT INTO invitation (token, member, made_at, expires_at, unattended, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![sha256(&token.0), member.0, int(now_ms), int(expires_at), unattended, OPEN],
            )?;
            Ok(Invited { token, expires_at })
        })
    }

    /// Enrols the phone of `member` that waits with these six digits.
    pub fn confirm(
        &mut self,
        member: MemberId,
        digits: u32,
        now_ms: u64,
    ) -> Result<DeviceId, EnrolError> {
        self.within(|db| {
            let waiting = db.rows(
                "read an invitation",
                "SELECT token, spki, expires_at, digits FROM invitation
                 WHERE member = ?1 AND state = ?2 ORDER BY made_at DESC",
                params![member.0, WAITING],
                |row| {
                    let (token, spki): ([u8; 32], Vec<u8>) = (row.get(0)?, row.get(1)?);
                    Ok((token, spki, unsigned(row.get(2)?), row.get::<_, u32>(3)?))
                },
            )?;
            if waiting.is_empty() {
                return Err(EnrolError::NobodyWaits);
            }
            let found = waiting.into_iter().find(|(_, _, _, expected)| *expected == digits);
            let (token, spki, expires_at, _) = found.ok_or(EnrolError::WrongDigits)?;
            if now_ms > expires_at {
                return Err(EnrolError::Expired);
            }
            let spki = stored_key(&spki)?;
            db.add_device(&spki, member, now_ms)?;
            db.set_done(&token)?;
            Ok(spki.device())
        })
    }

    /// The session's question: what becomes of this key with this token.
    pub(super) fn enrol_key(
        &mut self,
        token: Token,
        spki: &Spki,
        now_ms: u64,
    ) -> Result<(EnrolState, [u8; 16]), StoreError> {
        const REFUSED: (EnrolState, [u8; 16]) = (EnrolState::Refused, [0; 16]);
        let hash = sha256(&token.0);
        let Some(invitation) = self.invitation(&hash)? else { return Ok(REFUSED) };
        let salt = match (&invitation.spki, invitation.salt) {
            (Some(known), Some(salt)) if known.as_slice() == spki.as_bytes() => salt,
            (Some(_), _) => {
                self.alarm(ALARM_TOKEN_TWICE, Scope::roster(&self.realm, None))?;
                return Ok(REFUSED);
            }
            (None, _) if now_ms > invitation.expires_at => return Ok(REFUSED),
            (None, _) => self.bind(&hash, token, spki)?,
        };
        if invitation.state == DONE {
            return Ok((EnrolState::Done, salt));
        }
        if now_ms > invitation.expires_at {
            return Ok((EnrolState::Refused, salt));
        }
        if !invitation.unattended {
            return Ok((EnrolState::Waiting, salt));
        }
        match self.add_device(spki, invitation.member, now_ms) {
            Ok(()) => {
                self.set_done(&hash)?;
                Ok((EnrolState::Done, salt))
            }
            Err(EnrolError::Store(error)) => Err(error),
            Err(_) => Ok((EnrolState::Refused, salt)),
        }
    }

    fn invitation(&self, hash: &[u8; 32]) -> Result<Option<Invitation>, StoreError> {
        self.row(
            "read an invitation",
            "SELECT member, expires_at, unattended, state, spki, salt FROM invitation
             WHERE token = ?1",
            params![hash],
            |row| {
                Ok(Invitation {
                    member: MemberId(row.get(0)?),
                    expires_at: unsigned(row.get(1)?),
                    unattended: row.get(2)?,
                    state: row.get(3)?,
                    spki: row.get(4)?,
                    salt: row.get(5)?,
                })
            },
        )
    }

    /// The first key takes the token, and gets its salt.
    fn bind(&self, hash: &[u8; 32], token: Token, spki: &Spki) -> Result<[u8; 16], StoreError> {
        let salt = self.random::<16>()?;
        self.change_rows(
            "store an invitation",
            "UPDATE invitation SET spki = ?2, salt = ?3, digits = ?4, state = ?5 WHERE token = ?1",
            params![
                hash,
                spki.as_bytes(),
                salt,
                six_digits(&self.realm, &token, spki, &salt),
                WAITING
            ],
        )?;
        Ok(salt)
    }

    fn set_done(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        self.change_rows(
            "store an invitation",
            "UPDATE invitation SET state = ?2 WHERE token = ?1",
            params![hash, DONE],
        )?;
        Ok(())
    }

    /// The rosters in which a member stands: all in which they have a role, an assignment or a
    /// sending.
    fn rosters_of(&self, member: MemberId) -> BTreeSet<RosterName> {
        self.rosters
            .iter()
            .filter(|roster| roster.tip().member(member).is_some())
            .map(Roster::block)
            .collect()
    }

    /// Writes a device into the rosters of its member, same body and time in each.
    fn add_device(&mut self, spki: &Spki, member: MemberId, now_ms: u64) -> Result<(), EnrolError> {
        let id = spki.device();
        let was_another = |roster: &Roster| {
            roster.ever_had_device(id)
                && (1..=roster.tip_seq()).any(|seq| {
                    roster.at_seq(seq).device(id).is_some_and(|device| device.member != member)
                })
        };
        if self.rosters.iter().any(was_another) {
            self.alarm(ALARM_KEY_OF_ANOTHER, Scope::roster(&self.realm, None))?;
            return Err(EnrolError::KeyOfAnother);
        }
        let rosters: BTreeSet<RosterName> = self
            .rosters_of(member)
            .into_iter()
            .filter(|block| {
                let roster = self.rosters.iter().find(|roster| roster.block() == *block);
                roster.is_some_and(|roster| roster.tip().device(id).is_none())
            })
            .collect();
        if self.rosters_of(member).is_empty() {
            return Err(EnrolError::NoMember);
        }
        let record = Fact::Device { id, device: Some(Device { spki: *spki, member }) }.record();
        self.write_device(rosters, record, now_ms)
    }

    fn write_device(
        &mut self,
        rosters: BTreeSet<RosterName>,
        record: Record,
        now_ms: u64,
    ) -> Result<(), EnrolError> {
        if !rosters.is_empty() {
            let step = Step { rosters, records: vec![record], relay_time: None };
            self.write_steps(&[step], now_ms)?;
        }
        Ok(())
    }

    /// Takes a device out of every roster in which it stands. What it signed at earlier points keeps
    /// its rights; it may still meet to hand over what it holds.
    pub fn revoke(&mut self, device: DeviceId, now_ms: u64) -> Result<(), EnrolError> {
        self.within(|db| {
            let rosters: BTreeSet<RosterName> = db
                .rosters
                .iter()
                .filter(|roster| roster.tip().device(device).is_some())
                .map(Roster::block)
                .collect();
            if rosters.is_empty() {
                return Err(EnrolError::NoDevice);
            }
            db.write_device(rosters, Fact::Device { id: device, device: None }.record(), now_ms)
        })
    }

    /// The devices of the rosters, by id.
    pub fn devices(&self) -> Result<Vec<DeviceRow>, StoreError> {
        let mut out: Vec<DeviceRow> = Vec::new();
        for roster in &self.rosters {
            for (device, found) in roster.tip().devices() {
                let named = roster.tip().member(found.member);
                let met = self.row(
                    "read a device",
                    "SELECT first, last FROM met WHERE device = ?1",
                    params![device.0],
                    |row| Ok((unsigned(row.get(0)?), unsigned(row.get(1)?))),
                )?;
                out.push(DeviceRow {
                    device,
                    member: found.member,
                    code: named.map(|named| named.code.clone()).unwrap_or_default(),
                    first_met: met.map(|(first, _)| first),
                    last_met: met.map(|(_, last)| last),
                });
            }
        }
        out.sort_by(|a, b| (a.device, &b.code).cmp(&(b.device, &a.code)));
        out.dedup_by_key(|row| row.device);
        Ok(out)
    }

    /// Notes that a device was met.
    pub fn note_met(&mut self, device: DeviceId, now_ms: u64) -> Result<(), StoreError> {
        self.change_rows(
            "note a meeting",
            "INSERT INTO met (device, first, last) VALUES (?1, ?2, ?2)
             ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            params![device.0, int(now_ms)],
        )?;
        Ok(())
    }
}

fn stored_key(bytes: &[u8]) -> Result<Spki, StoreError> {
    Spki::from_bytes(bytes).map_err(|_| StoreError::Failed("read a stored key".to_owned()))
}
