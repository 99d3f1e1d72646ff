//! What the app brings: keys and a listener.

use crate::records::Changes;

/// Why a key did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyProblem {
    /// Not now: the phone is locked. It is asked again.
    #[error("the key cannot be used now")]
    Locked,
    /// Never again: the hardware lost or invalidated it.
    #[error("the key is gone")]
    Gone,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyProblem {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Locked
    }
}

/// The key of this device and member: P-256, in the hardware where there is one (Android Keystore,
/// Secure Enclave). It is asked from any thread, and must not call back into the engine.
#[uniffi::export(foreign)]
pub trait DeviceKey: Send + Sync {
    /// The public key as SubjectPublicKeyInfo in DER, 91 bytes: `PublicKey.getEncoded()` on Android,
    /// `derRepresentation` with CryptoKit.
    fn public_key(&self) -> Result<Vec<u8>, KeyProblem>;
    /// An ECDSA signature with SHA-256 over `message`, in DER: `SHA256withECDSA` on Android,
    /// `derRepresentation` with CryptoKit.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, KeyProblem>;
}

/// Opens the files, where they are encrypted.
#[uniffi::export(foreign)]
pub trait StoreKey: Send + Sync {
    /// The 32 bytes, unwrapped by the system's key store.
    fn unwrap_key(&self) -> Result<Vec<u8>, KeyProblem>;
}

/// A listener threw. What it said stays with the app: it may be a resident's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerProblem {
    /// It threw.
    #[error("the listener threw")]
    Threw,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerProblem {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Threw
    }
}

/// Is told of changes, once a transaction, from any thread: it may read, and should return soon. What it
/// throws is its own affair: nothing is lost, and the others are told.
#[uniffi::export(foreign)]
pub trait ChangeListener: Send + Sync {
    /// These changed.
    fn changed(&self, changes: Changes) -> Result<(), ListenerProblem>;
}
