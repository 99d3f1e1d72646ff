//! The app's keys, as the engine uses them.

use std::sync::{Arc, Mutex, PoisonError};

use doorstep_protocol::{
    id::Signature,
    key::{DeviceKey as EngineKey, KeyError, Spki, signature_from_der},
};

use crate::{
    error::{Code, Fault},
    foreign::{DeviceKey, KeyProblem, StoreKey},
    gate::Gate,
};

/// The length of a store key.
const STORE_KEY_BYTES: usize = 32;

/// A key of the app's that signs.
pub(crate) struct HardwareKey {
    key: Arc<dyn DeviceKey>,
    spki: Spki,
    gate: Arc<Gate>,
    /// Why it did not sign when it was asked last.
    fault: Mutex<Option<Code>>,
}

impl std::fmt::Debug for HardwareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HardwareKey").field("spki", &self.spki).finish_non_exhaustive()
    }
}

impl HardwareKey {
    /// Asks for the public key, once.
    pub(crate) fn new(key: Arc<dyn DeviceKey>, gate: Arc<Gate>) -> Result<Self, Fault> {
        let spki = Spki::from_bytes(&key.public_key()?).map_err(|_| Code::BadKey)?;
        Ok(Self { key, spki, gate, fault: Mutex::new(None) })
    }

    /// Says more of a key that did not sign than the engine knows.
    pub(crate) fn explain(&self, fault: Fault) -> Fault {
        let known = *self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match (fault.code, known) {
            (Code::KeyLocked, Some(known)) => known.into(),
            _ => fault,
        }
    }

    fn ask(&self, message: &[u8]) -> Result<Signature, Code> {
        let der = {
            let _callback = self.gate.callback();
            self.key.sign(message.to_vec())
        };
        let der = der.map_err(|problem| match problem {
            KeyProblem::Locked => Code::KeyLocked,
            KeyProblem::Gone => Code::KeyGone,
        })?;
        // What does not fit is never sent: the relay would take this phone for a forger.
        let signature = signature_from_der(&der).map_err(|_| Code::BadKey)?;
        self.spki.verify(message, &signature).map_err(|_| Code::BadKey)?;
        Ok(signature)
    }
}

impl EngineKey for HardwareKey {
    fn spki(&self) -> Spki {
        self.spki
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        let signed = self.ask(message);
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = signed.err();
        signed.map_err(|_| KeyError::Unavailable)
    }
}

/// The bytes that open the files.
pub(crate) fn store_key(
    key: Option<&dyn StoreKey>,
) -> Result<Option<[u8; STORE_KEY_BYTES]>, Fault> {
    let Some(key) = key else { return Ok(None) };
    let bytes = key.unwrap_key()?;
    Ok(Some(bytes.try_into().map_err(|_| Code::BadKey)?))
}

#[cfg(test)]
mod tests {
    use doorstep_protocol::key::SoftwareKey;

    use super::*;

    /// What a key store answers.
    struct Answers {
        public_key: Result<Vec<u8>, KeyProblem>,
        signature: Result<Vec<u8>, KeyProblem>,
    }

    impl DeviceKey for Answers {
        fn public_key(&self) -> Result<Vec<u8>, KeyProblem> {
            self.public_key.clone()
        }

        fn sign(&self, _: Vec<u8>) -> Result<Vec<u8>, KeyProblem> {
            self.signature.clone()
        }
    }

    fn key(answers: Answers) -> Result<HardwareKey, Fault> {
        HardwareKey::new(Arc::new(answers), Arc::default())
    }

    fn spki(n: u8) -> Vec<u8> {
        SoftwareKey::from_secret(&[n; 32]).unwrap().spki().as_bytes().to_vec()
    }

    /// As hardware gives it.
    fn der(signature: &Signature) -> Vec<u8> {
        p256::ecdsa::Signature::from_slice(&signature.0).unwrap().to_der().as_bytes().to_vec()
    }

    #[test]
    fn a_public_key_that_is_none_is_named() {
        let ask = |public_key| {
            key(Answers { public_key, signature: Err(KeyProblem::Locked) }).unwrap_err()
        };
        assert_eq!(ask(Ok(vec![])), Code::BadKey.into());
        assert_eq!(ask(Ok(vec![4; 65])), Code::BadKey.into());
        assert_eq!(ask(Err(KeyProblem::Gone)), Code::KeyGone.into());
        assert_eq!(ask(Err(KeyProblem::Locked)), Code::KeyLocked.into());
    }

    #[test]
    fn only_a_signature_that_fits_is_given_on() {
        let software = SoftwareKey::from_secret(&[7; 32]).unwrap();
        let fits = software.sign(b"message").unwrap();
        let other = SoftwareKey::from_secret(&[8; 32]).unwrap().sign(b"message").unwrap();
        let sign = |signature: Result<Vec<u8>, KeyProblem>| {
            let key = key(Answers { public_key: Ok(spki(7)), signature }).unwrap();
            let signed = key.sign(b"message");
            (signed, key.explain(Code::KeyLocked.into()).code)
        };
        assert_eq!(sign(Ok(der(&fits))), (Ok(fits), Code::KeyLocked));
        let refused = |code| (Err(KeyError::Unavailable), code);
        for nonsense in [der(&other), vec![], vec![0; 72], fits.0.to_vec()] {
            assert_eq!(sign(Ok(nonsense)), refused(Code::BadKey));
        }
        assert_eq!(sign(Err(KeyProblem::Locked)), refused(Code::KeyLocked));
        assert_eq!(sign(Err(KeyProblem::Gone)), refused(Code::KeyGone));
        let key =
            key(Answers { public_key: Ok(spki(7)), signature: Err(KeyProblem::Gone) }).unwrap();
        assert!(key.sign(b"message").is_err());
        assert_eq!(key.explain(Code::Unreachable.into()).code, Code::Unreachable);
    }
}
