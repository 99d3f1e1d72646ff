//! The invitation that a QR code carries, and the six digits that two people compare.
//!
//! Source: `docs/formats.md`, "Invitation and enrolment".

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::{
    hash::h,
    id::{KeyHash, RealmId, Token},
    key::Spki,
    wire::{Reader, WireError, Writer},
};

const PREFIX: &str = "doorstep:1:";
/// Addresses in one invitation: a QR code stays easy to scan.
pub const ADDRESSES_MAX: usize = 8;
/// One address in bytes: the longest host name, a colon and a port.
pub const ADDRESS_BYTES_MAX: usize = 259;
/// The whole text; what is longer is not read.
pub const INVITATION_BYTES_MAX: usize = 3 * 1024;

/// Why a text is not an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvitationError {
    /// Another version than 1: a newer app is needed.
    #[error("the invitation is of a newer version")]
    Newer,
    /// Not an invitation, or cut off.
    #[error("not an invitation of Doorstep")]
    Malformed,
}

impl From<WireError> for InvitationError {
    fn from(_: WireError) -> Self {
        Self::Malformed
    }
}

/// What a phone needs to enrol: whom to trust, the one-time secret, and where the relay is.
///
/// ```
/// use doorstep_protocol::{id::{KeyHash, RealmId, Token}, invitation::Invitation};
/// let invitation = Invitation {
///     realm: RealmId([1; 32]),
///     relay: KeyHash([2; 32]),
///     token: Token([3; 16]),
///     addresses: vec!["relay.example:4433".into()],
/// };
/// let text = invitation.to_string();
/// assert!(text.starts_with("doorstep:1:AQEB"));
/// assert_eq!(text.parse(), Ok(invitation));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The realm.
    pub realm: RealmId,
    /// The hash of the relay's key.
    pub relay: KeyHash,
    /// The one-time secret.
    pub token: Token,
    /// Where the relay is, `host:port`; one to [`ADDRESSES_MAX`].
    pub addresses: Vec<String>,
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut w = Writer::new();
        w.raw(&self.realm.0).raw(&self.relay.0).raw(&self.token.0).count(self.addresses.len());
        for address in &self.addresses {
            w.text(address);
        }
        write!(f, "{PREFIX}{}", to_base64url(w.as_slice()))
    }
}

impl FromStr for Invitation {
    type Err = InvitationError;

    fn from_str(text: &str) -> Result<Self, InvitationError> {
        const BAD: InvitationError = InvitationError::Malformed;
        if text.len() > INVITATION_BYTES_MAX {
            return Err(BAD);
        }
        let Some(body) = text.strip_prefix(PREFIX) else {
            let newer = text.strip_prefix("doorstep:").is_some_and(|rest| rest.contains(':'));
            return Err(if newer { InvitationError::Newer } else { BAD });
        };
        let bytes = from_base64url(body).ok_or(BAD)?;
        let mut r = Reader::new(&bytes);
        let invitation = Self {
            realm: RealmId::read(&mut r)?,
            relay: KeyHash::read(&mut r)?,
            token: Token::read(&mut r)?,
            addresses: {
                let n = r.count(ADDRESSES_MAX)?;
                let texts = (0..n).map(|_| Ok(r.text(ADDRESS_BYTES_MAX)?.to_owned()));
                texts.collect::<Result<_, WireError>>()?
            },
        };
        r.end()?;
        let addresses = &invitation.addresses;
        if addresses.is_empty() || !addresses.iter().all(|address| is_address(address)) {
            return Err(BAD);
        }
        Ok(invitation)
    }
}

/// `host:port`, the host of an IPv6 address in brackets.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    !host.is_empty()
        && (bracketed || !host.contains(':'))
        && port.bytes().all(|digit| digit.is_ascii_digit())
        && port.parse::<u16>().is_ok_and(|port| port != 0)
}

/// The six digits that phone and administrator compare. `salt` is the relay's, given for this key.
/// Shown with leading zeros (`{:06}`).
pub fn six_digits(realm: &RealmId, token: &Token, spki: &Spki, salt: &[u8; 16]) -> u32 {
    let mut w = Writer::new();
    w.raw(&realm.0).raw(&token.0).bytes(spki.as_bytes()).raw(salt);
    u32::from_be_bytes(crate::hash::first(&h("enrol", w.as_slice()))) % 1_000_000
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn to_base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            let sextet = (bits >> (18 - 6 * place)) & 63;
            out.extend(ALPHABET.get(sextet as usize).map(|letter| char::from(*letter)));
        }
    }
    out
}

/// Strict: no padding, no stray letters, no bits left over, so that there is one text for the bytes.
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for four in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for letter in four {
            let sextet = ALPHABET.iter().position(|known| known == letter)?;
            bits = bits << 6 | u32::try_from(sextet).ok()?;
        }
        let bits = bits << (6 * (4 - four.len()));
        let bytes = bits.to_be_bytes();
        let n = four.len().checked_sub(1).filter(|n| *n > 0)?;
        out.extend(bytes.iter().skip(1).take(n));
        if bytes.iter().skip(1 + n).any(|left| *left != 0) {
            return None;
        }
    }
    Some(out)
}
