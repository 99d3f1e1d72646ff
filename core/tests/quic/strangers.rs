//! Peers that are not made by this crate: they show what they like and trust whom they like.

use std::sync::Arc;

use ring::{rand::SystemRandom, signature as ring_signature};
use rustls::{
    DigitallySignedStruct, SignatureScheme,
    client::{
        AlwaysResolvesClientRawPublicKeys,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring as provider},
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime},
    server::AlwaysResolvesServerRawPublicKeys,
    sign::{CertifiedKey, SigningKey},
};

fn ring_provider() -> Arc<CryptoProvider> {
    Arc::new(provider::default_provider())
}

fn signing_key(pkcs8: &[u8]) -> Arc<dyn SigningKey> {
    let der = PrivatePkcs8KeyDer::from(pkcs8.to_vec());
    provider::sign::any_supported_type(&der.into()).unwrap()
}

pub(crate) fn p256_key() -> Arc<dyn SigningKey> {
    let algorithm = &ring_signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = ring_signature::EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
    signing_key(pkcs8.unwrap().as_ref())
}

pub(crate) fn ed25519_key() -> (Arc<dyn SigningKey>, Vec<u8>) {
    let pkcs8 = ring_signature::Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let key = signing_key(pkcs8.as_ref());
    let spki = key.public_key().unwrap().to_vec();
    (key, spki)
}

/// Shows `spki` and signs with `key`, whether they belong together or not.
pub(crate) fn showing(spki: &[u8], key: Arc<dyn SigningKey>) -> Arc<CertifiedKey> {
    Arc::new(CertifiedKey::new(vec![CertificateDer::from(spki.to_vec())], key))
}

pub(crate) fn server_of(shown: Arc<CertifiedKey>, alpn: &[u8]) -> quinn::ServerConfig {
    let mut tls = rustls::ServerConfig::builder_with_provider(ring_provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(shown)));
    tls.alpn_protocols = vec![alpn.to_vec()];
    let tls = quinn::crypto::rustls::QuicServerConfig::try_from(tls).unwrap();
    quinn::ServerConfig::with_crypto(Arc::new(tls))
}

pub(crate) fn client_of(
    raw_keys: RawKeys,
    shown: Option<Arc<CertifiedKey>>,
    alpn: &[u8],
) -> quinn::ClientConfig {
    let builder = rustls::ClientConfig::builder_with_provider(ring_provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyRelay(raw_keys)));
    let mut tls = match shown {
        Some(shown) => builder
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(shown))),
        None => builder.with_no_client_auth(),
    };
    tls.alpn_protocols = vec![alpn.to_vec()];
    let tls = quinn::crypto::rustls::QuicClientConfig::try_from(tls).unwrap();
    quinn::ClientConfig::new(Arc::new(tls))
}

/// What a client says of raw public keys.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum RawKeys {
    Only,
    Unknown,
}

/// Trusts whoever answers.
#[derive(Debug)]
struct AnyRelay(RawKeys);

impl ServerCertVerifier for AnyRelay {
    fn verify_server_cert(
        &self,
        _shown: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.0 == RawKeys::Only
    }
}
