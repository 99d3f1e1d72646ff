//! TLS 1.3 by raw public keys (RFC 7250) on both sides: no certificate, no name, no date.
//!
//! A device's key is its identity and lives in hardware that knows one operation: sign. rustls asks for
//! more than that in the shape of certificates; this file is the whole of what stands between the two.
//! Nothing here depends on a clock, so a phone that was in a drawer for a year still meets its relay.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use doorstep_protocol::{
    id::{KeyHash, Signature},
    key::{DeviceKey, Spki},
};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible,
    SignatureAlgorithm, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
    sign::{CertifiedKey, Signer, SigningKey},
};

/// The one signature that is offered and accepted, as is the one curve of the formats.
const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP256_SHA256;

/// The largest ECDSA signature in DER: a head and two integers of 33 bytes with a head each.
const DER_SIGNATURE_BYTES_MAX: usize = 2 + 2 * (2 + 33);

/// What a handshake found out that its TLS alert cannot say.
///
/// An alert is one byte, and several causes share one; the dialer has to tell "this is not our relay"
/// (a person must look) from "the hardware key is locked" (wait until the phone is unlocked).
#[derive(Debug, Default)]
pub(crate) struct Findings {
    wrong_relay: AtomicBool,
    key_unavailable: AtomicBool,
}

impl Findings {
    /// Whether a key other than the pinned one was shown, or the pinned one was not proved.
    pub(crate) fn wrong_relay(&self) -> bool {
        self.wrong_relay.load(Ordering::Acquire)
    }

    /// Whether the own key refused to sign.
    pub(crate) fn key_unavailable(&self) -> bool {
        self.key_unavailable.load(Ordering::Acquire)
    }
}

/// The own key as rustls wants it: its SPKI in the place of a certificate.
pub(crate) fn certified_key(key: Arc<dyn DeviceKey>, findings: Arc<Findings>) -> Arc<CertifiedKey> {
    let spki = CertificateDer::from(key.spki().as_bytes().to_vec());
    Arc::new(CertifiedKey::new(vec![spki], Arc::new(Identity { key, findings })))
}

/// A [`DeviceKey`] as a signing key of rustls.
#[derive(Clone)]
struct Identity {
    key: Arc<dyn DeviceKey>,
    findings: Arc<Findings>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.key.spki().key_hash())
    }
}

impl SigningKey for Identity {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SCHEME).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(SubjectPublicKeyInfoDer::from(self.key.spki().as_bytes().to_vec()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Identity {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.key.sign(message).map_err(|error| {
            self.findings.key_unavailable.store(true, Ordering::Release);
            Error::General(error.to_string())
        })?;
        Ok(der_signature(&signature))
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}

/// The DER form of a signature (SEQUENCE of two INTEGERs), which TLS wants, from r and s.
fn der_signature(signature: &Signature) -> Vec<u8> {
    let (r, s) = signature.0.split_at(Signature::BYTES / 2);
    let mut integers = Vec::with_capacity(DER_SIGNATURE_BYTES_MAX);
    push_der_integer(&mut integers, r);
    push_der_integer(&mut integers, s);
    let mut der = Vec::with_capacity(DER_SIGNATURE_BYTES_MAX);
    der.push(0x30);
    push_der_length(&mut der, integers.len());
    der.append(&mut integers);
    der
}

/// An unsigned number as a DER INTEGER: no leading zeros but the one that keeps it positive.
fn push_der_integer(out: &mut Vec<u8>, number: &[u8]) {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    // Zero itself has no digits left, and DER gives it one zero byte.
    let padded = digits.first().is_none_or(|first| first & 0x80 != 0);
    out.push(0x02);
    push_der_length(out, digits.len() + usize::from(padded));
    if padded {
        out.push(0);
    }
    out.extend_from_slice(digits);
}

/// A DER length of one byte. Two P-256 numbers stay below 128, where the long form would begin.
fn push_der_length(out: &mut Vec<u8>, length: usize) {
    debug_assert!(length < 128, "the short form of a DER length");
    out.push(u8::try_from(length).unwrap_or(u8::MAX));
}

/// What a peer showed in the place of a certificate, if it is one uncompressed P-256 key.
pub(crate) fn spki_of(shown: &[CertificateDer<'_>]) -> Option<Spki> {
    match shown {
        [only] => Spki::from_bytes(only).ok(),
        _ => None,
    }
}

/// That who shows `spki` also has its secret.
fn verify_possession(
    provider: &CryptoProvider,
    message: &[u8],
    spki: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    if signed.scheme != SCHEME {
        return Err(PeerIncompatible::NoSignatureSchemesInCommon.into());
    }
    verify_tls13_signature_with_raw_key(
        message,
        &SubjectPublicKeyInfoDer::from(spki.as_ref()),
        signed,
        &provider.signature_verification_algorithms,
    )
}

fn not_our_kind_of_key() -> Error {
    Error::InvalidCertificate(CertificateError::BadEncoding)
}

fn only_tls13() -> Error {
    Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered)
}

/// The phone's check: the relay has the pinned key, whatever its address is.
#[derive(Debug)]
pub(crate) struct PinnedRelay {
    relay: KeyHash,
    provider: Arc<CryptoProvider>,
    findings: Arc<Findings>,
}

impl PinnedRelay {
    pub(crate) fn new(
        relay: KeyHash,
        provider: Arc<CryptoProvider>,
        findings: Arc<Findings>,
    ) -> Self {
        Self { relay, provider, findings }
    }

    fn not_the_relay(&self) {
        self.findings.wrong_relay.store(true, Ordering::Release);
    }
}

impl ServerCertVerifier for PinnedRelay {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let spki = spki_of(std::slice::from_ref(shown)).filter(|_| others.is_empty());
        if spki.is_some_and(|spki| spki.key_hash() == self.relay) {
            return Ok(ServerCertVerified::assertion());
        }
        self.not_the_relay();
        Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_possession(&self.provider, message, shown, signed)
            .inspect_err(|_| self.not_the_relay())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SCHEME]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// The relay's check: a device that has the key it shows. Whose it is, the roster says, after the
/// handshake: a new phone must be able to knock in order to enrol.
#[derive(Debug)]
pub(crate) struct AnyDevice {
    provider: Arc<CryptoProvider>,
}

impl AnyDevice {
    pub(crate) fn new(provider: Arc<CryptoProvider>) -> Self {
        Self { provider }
    }
}

impl ClientCertVerifier for AnyDevice {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        spki_of(std::slice::from_ref(shown))
            .filter(|_| others.is_empty())
            .map(|_| ClientCertVerified::assertion())
            .ok_or_else(not_our_kind_of_key)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_possession(&self.provider, message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SCHEME]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]
mod tests {
    use doorstep_protocol::key::SoftwareKey;
    use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

    use super::*;

    fn der_of(r: &[u8], s: &[u8]) -> Vec<u8> {
        let mut bytes = [0; 64];
        bytes[32 - r.len()..32].copy_from_slice(r);
        bytes[64 - s.len()..].copy_from_slice(s);
        der_signature(&Signature(bytes))
    }

    #[test]
    fn small_numbers_lose_their_leading_zeros() {
        assert_eq!(der_of(&[1], &[0x7f]), [0x30, 6, 2, 1, 1, 2, 1, 0x7f]);
    }

    #[test]
    fn a_high_bit_gets_a_zero_before_it_so_that_the_number_stays_positive() {
        assert_eq!(der_of(&[0x80], &[0xff, 0]), [0x30, 9, 2, 2, 0, 0x80, 2, 3, 0, 0xff, 0]);
    }

    #[test]
    fn zero_keeps_one_byte_so_that_a_verifier_refuses_it_as_a_number() {
        assert_eq!(der_of(&[], &[]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
    }

    #[test]
    fn the_largest_signature_fits_the_short_length() {
        let der = der_of(&[0xff; 32], &[0xff; 32]);
        assert_eq!(der.len(), DER_SIGNATURE_BYTES_MAX);
        assert_eq!(der[..5], [0x30, 70, 2, 33, 0]);
    }

    #[test]
    fn what_a_device_key_signs_verifies_in_der() {
        // 512 messages meet every mixture of high bits and, in r or s, about four leading zero bytes.
        let key = SoftwareKey::from_secret(&[7; 32]).unwrap();
        let identity =
            Identity { key: Arc::new(key.clone()), findings: Arc::new(Findings::default()) };
        let spki = key.spki();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &spki.as_bytes()[26..]);
        let mut short = 0;
        for n in 0_u32..512 {
            let message = n.to_be_bytes();
            let der = Signer::sign(&identity, &message).unwrap();
            assert!(public.verify(&message, &der).is_ok(), "message {n}");
            short += usize::from(der[3] < 32);
        }
        assert!(short > 0, "no r with a leading zero byte was met");
    }

    #[test]
    fn only_p256_is_offered_and_only_when_asked_for() {
        let key = Arc::new(SoftwareKey::from_secret(&[7; 32]).unwrap());
        let identity = Identity { key, findings: Arc::new(Findings::default()) };
        assert!(identity.choose_scheme(&[SignatureScheme::ED25519]).is_none());
        let signer = identity.choose_scheme(&[SignatureScheme::ED25519, SCHEME]).unwrap();
        assert_eq!(signer.scheme(), SCHEME);
    }

    #[test]
    fn one_key_is_shown_or_none_is_taken() {
        let key = SoftwareKey::from_secret(&[7; 32]).unwrap();
        let shown = CertificateDer::from(key.spki().as_bytes().to_vec());
        assert_eq!(spki_of(std::slice::from_ref(&shown)), Some(key.spki()));
        assert_eq!(spki_of(&[]), None);
        assert_eq!(spki_of(&[shown.clone(), shown]), None);
        assert_eq!(spki_of(&[CertificateDer::from(vec![0x30, 0])]), None);
    }
}
