//! Keys: P-256 with SHA-256 (algorithm 1), kept in hardware on a phone, in software elsewhere.
//!
//! P-256 is the only curve that is in every Android Keystore and in the Secure Enclave. Signing goes
//! through the trait [`DeviceKey`]; verifying is ring's, five times faster than pure Rust.

use p256::ecdsa::{SigningKey, signature::Signer as _};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use thiserror::Error;

use crate::id::{DeviceId, KeyHash, Signature};

/// The one algorithm of the first version.
pub const ALGORITHM_P256: u8 = 1;

/// How many bytes an uncompressed P-256 SPKI has.
pub const SPKI_BYTES: usize = 91;

/// What stands before the point in an SPKI: SEQUENCE, ecPublicKey, prime256v1, BIT STRING.
const SPKI_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A key could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The bytes are not an uncompressed P-256 public key.
    #[error("not an uncompressed P-256 public key")]
    NotP256,
    /// The secret is zero or too large for the curve.
    #[error("not a P-256 secret")]
    BadSecret,
    /// The signature does not fit key and message.
    #[error("the signature does not fit")]
    BadSignature,
    /// The hardware refused: locked, invalidated or gone.
    #[error("the device key cannot sign now")]
    Unavailable,
}

/// A public key in the one form that the formats know: 91 bytes, uncompressed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spki([u8; SPKI_BYTES]);

impl std::fmt::Debug for Spki {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spki({})", self.key_hash())
    }
}

impl Spki {
    /// Takes the 91 bytes; that the point is on the curve shows when it verifies.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let spki: [u8; SPKI_BYTES] = bytes.try_into().map_err(|_| KeyError::NotP256)?;
        if spki.starts_with(&SPKI_HEAD) && spki.get(26) == Some(&4) {
            Ok(Self(spki))
        } else {
            Err(KeyError::NotP256)
        }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The hash by which it is pinned.
    pub fn key_hash(&self) -> KeyHash {
        KeyHash::of(&self.0)
    }

    /// The device that has this key.
    pub fn device(&self) -> DeviceId {
        self.key_hash().device()
    }

    /// Whether `signature` over `message` is this key's. Any s is accepted (r and s in 1..n-1).
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        let point = self.0.get(SPKI_HEAD.len()..).unwrap_or_default();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(message, &signature.0)
            .map_err(|_| KeyError::BadSignature)
    }
}

/// A signature as hardware gives it, ASN.1 in DER, in the form of the formats: r then s.
///
/// # Errors
///
/// [`KeyError::BadSignature`] where it is not two numbers from 1 to below the curve's order.
///
/// ```
/// use doorstep_protocol::key::{KeyError, signature_from_der};
/// let signature = signature_from_der(&[0x30, 6, 2, 1, 5, 2, 1, 7])?;
/// assert_eq!((signature.0[31], signature.0[63]), (5, 7));
/// assert_eq!(signature_from_der(&[0x30, 6, 2, 1, 0, 2, 1, 7]), Err(KeyError::BadSignature));
/// # Ok::<(), KeyError>(())
/// ```
pub fn signature_from_der(der: &[u8]) -> Result<Signature, KeyError> {
    let signature = p256::ecdsa::Signature::from_der(der).map_err(|_| KeyError::BadSignature)?;
    Signature::from_slice(&signature.to_bytes()).ok_or(KeyError::BadSignature)
}

/// Signs for a device or a relay. On a phone the secret never leaves the hardware.
pub trait DeviceKey: Send + Sync {
    /// The public key.
    fn spki(&self) -> Spki;
    /// Signs `message` (ECDSA hashes it with SHA-256): r then s.
    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError>;
}

/// A key in memory, for desktops, relays and tests. Signs deterministically (RFC 6979), so that a
/// run can be replayed from its seed.
#[derive(Clone)]
pub struct SoftwareKey {
    secret: SigningKey,
    spki: Spki,
}

impl std::fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SoftwareKey({})", self.spki.key_hash())
    }
}

impl SoftwareKey {
    /// From a 32-byte secret. Of random bytes about one in 2^32 is refused.
    ///
    /// ```
    /// use doorstep_protocol::key::{DeviceKey, SoftwareKey};
    /// let key = SoftwareKey::from_secret(&[7; 32])?;
    /// let signature = key.sign(b"message")?;
    /// assert!(key.spki().verify(b"message", &signature).is_ok());
    /// assert!(key.spki().verify(b"massage", &signature).is_err());
    /// # Ok::<(), doorstep_protocol::key::KeyError>(())
    /// ```
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_slice(secret).map_err(|_| KeyError::BadSecret)?;
        let point = secret.verifying_key().to_encoded_point(false);
        let mut spki = [0; SPKI_BYTES];
        let bytes = SPKI_HEAD.iter().chain(point.as_bytes());
        for (to, from) in spki.iter_mut().zip(bytes) {
            *to = *from;
        }
        Ok(Self { secret, spki: Spki::from_bytes(&spki)? })
    }
}

impl DeviceKey for SoftwareKey {
    fn spki(&self) -> Spki {
        self.spki
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        let signature: p256::ecdsa::Signature = self.secret.sign(message);
        let bytes = signature.to_bytes();
        Signature::from_slice(&bytes).ok_or(KeyError::Unavailable)
    }
}
