//! What the relay signs: heads of logs, and receipts for seals.
//!
//! Only these are signed by the relay. A head proves any tail of its logs through their chains; a
//! receipt is what *delivered* is shown for. Source: `docs/formats.md`, "Logs".

use thiserror::Error;

use crate::{
    hash::h,
    id::{Chain, KeyHash, RealmId, Scope, SealId, Signature},
    key::{ALGORITHM_P256, DeviceKey, KeyError, SPKI_BYTES, Spki},
    limits::{FRAME_BYTES_MAX, HEAD_ITEMS_MAX},
    log::{Verdict, read_verdicts, write_verdicts},
    roster::Roster,
    seal::VERSION,
    wire::{Reader, WireError, Writer},
};

/// The key that the realm was made with.
pub const SIGNER_GENESIS: u8 = 0;
/// The backup key: its SPKI follows the signature, Genesis has its hash.
pub const SIGNER_BACKUP: u8 = 1;

/// Why a head or a receipt is not taken, or could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HeadError {
    /// Another version or algorithm, or a verdict that is not known here: a newer app is needed.
    #[error("signed in a newer version")]
    Newer,
    /// Not well made: too long, too many items, not ascending, bytes left over.
    #[error("malformed")]
    Malformed,
    /// Of another realm.
    #[error("of another realm")]
    Realm,
    /// Signed by a key that is not known here.
    #[error("signed by a key that is not known")]
    Signer,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
    /// The relay's own key did not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<WireError> for HeadError {
    fn from(_: WireError) -> Self {
        Self::Malformed
    }
}

/// The keys that may sign for a realm, as far as its reader knows.
///
/// A key announced ahead counts only where its record stands at or below a point that a head of a
/// lower signer has proven: who implements this must not answer earlier.
pub trait SignerKeys {
    /// The key of signer 0, or of a key announced ahead, from 2.
    fn relay_key(&self, signer: u8) -> Option<Spki>;
    /// The hash of the backup key (signer 1).
    fn backup(&self) -> Option<KeyHash>;
}

impl SignerKeys for Roster {
    fn relay_key(&self, signer: u8) -> Option<Spki> {
        Self::relay_key(self, signer)
    }

    fn backup(&self) -> Option<KeyHash> {
        Some(self.genesis()?.backup)
    }
}

/// How far one log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadItem {
    /// The log.
    pub scope: Scope,
    /// Its newest entry.
    pub seq: u32,
    /// The chain there.
    pub chain: Chain,
}

/// How far some logs go, signed by the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The realm.
    pub realm: RealmId,
    /// Which key signs.
    pub signer: u8,
    /// Now, at the relay: ms since 1970.
    pub relay_time: u64,
    /// Every kept backup holds all entries up to this time; 0 where there is none.
    pub stable_time: u64,
    /// The logs, ascending by scope and number, each once, at most [`HEAD_ITEMS_MAX`].
    pub items: Vec<HeadItem>,
}

/// What became of one seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptItem {
    /// The log.
    pub scope: Scope,
    /// The seal.
    pub seal: SealId,
    /// Its entry.
    pub seq: u32,
    /// A verdict for each part.
    pub verdicts: Vec<Verdict>,
}

/// What became of some seals, signed by the relay after it committed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The realm.
    pub realm: RealmId,
    /// Which key signs.
    pub signer: u8,
    /// Now, at the relay: ms since 1970.
    pub relay_time: u64,
    /// The seals, ascending by scope and number, each once, at most [`HEAD_ITEMS_MAX`].
    pub items: Vec<ReceiptItem>,
}

impl Head {
    fn fields(&self) -> Writer {
        let mut w = Writer::new();
        write_start(&mut w, &self.realm, self.signer);
        w.u64(self.relay_time).u64(self.stable_time).count(self.items.len());
        for item in &self.items {
            w.raw(&item.scope.0).u32(item.seq).raw(&item.chain.0);
        }
        w
    }

    fn order(&self) -> impl Iterator<Item = (Scope, u32)> {
        self.items.iter().map(|item| (item.scope, item.seq))
    }

    /// The signed bytes.
    pub fn sign(&self, key: &dyn DeviceKey) -> Result<Vec<u8>, HeadError> {
        check_order(self.order())?;
        sign("head", self.fields(), self.signer, key)
    }

    /// Reads [`Self::sign`] and verifies it.
    pub fn open(bytes: &[u8], realm: &RealmId, keys: &dyn SignerKeys) -> Result<Self, HeadError> {
        let mut r = bounded(bytes)?;
        let (realm, signer) = read_start(&mut r, realm)?;
        let (relay_time, stable_time) = (r.u64()?, r.u64()?);
        let n = r.count(HEAD_ITEMS_MAX)?;
        let items = (0..n).map(|_| {
            Ok(HeadItem { scope: Scope::read(&mut r)?, seq: r.u32()?, chain: Chain::read(&mut r)? })
        });
        let items = items.collect::<Result<_, WireError>>()?;
        let head = Self { realm, signer, relay_time, stable_time, items };
        check_order(head.order())?;
        verify("head", bytes, r, signer, keys)?;
        Ok(head)
    }
}

impl Receipt {
    fn fields(&self) -> Writer {
        let mut w = Writer::new();
        write_start(&mut w, &self.realm, self.signer);
        w.u64(self.relay_time).count(self.items.len());
        for item in &self.items {
            w.raw(&item.scope.0).raw(&item.seal.0).u32(item.seq);
            write_verdicts(&mut w, &item.verdicts);
        }
        w
    }

    fn order(&self) -> impl Iterator<Item = (Scope, u32)> {
        self.items.iter().map(|item| (item.scope, item.seq))
    }

    /// The signed bytes.
    pub fn sign(&self, key: &dyn DeviceKey) -> Result<Vec<u8>, HeadError> {
        check_order(self.order())?;
        sign("receipt", self.fields(), self.signer, key)
    }

    /// Reads [`Self::sign`] and verifies it.
    pub fn open(bytes: &[u8], realm: &RealmId, keys: &dyn SignerKeys) -> Result<Self, HeadError> {
        let mut r = bounded(bytes)?;
        let (realm, signer) = read_start(&mut r, realm)?;
        let relay_time = r.u64()?;
        let n = r.count(HEAD_ITEMS_MAX)?;
        let items = (0..n).map(|_| read_receipt_item(&mut r)).collect::<Result<_, _>>()?;
        let receipt = Self { realm, signer, relay_time, items };
        check_order(receipt.order())?;
        verify("receipt", bytes, r, signer, keys)?;
        Ok(receipt)
    }
}

fn read_receipt_item(r: &mut Reader<'_>) -> Result<ReceiptItem, HeadError> {
    let (scope, seal, seq) = (Scope::read(r)?, SealId::read(r)?, r.u32()?);
    let verdicts = read_verdicts(r).map_err(|error| match error {
        WireError::Value(_) => HeadError::Newer,
        _ => HeadError::Malformed,
    })?;
    Ok(ReceiptItem { scope, seal, seq, verdicts })
}

fn write_start(w: &mut Writer, realm: &RealmId, signer: u8) {
    w.u8(VERSION).u8(ALGORITHM_P256).raw(&realm.0).u8(signer);
}

fn bounded(bytes: &[u8]) -> Result<Reader<'_>, HeadError> {
    if bytes.len() > FRAME_BYTES_MAX { Err(HeadError::Malformed) } else { Ok(Reader::new(bytes)) }
}

fn read_start(r: &mut Reader<'_>, realm: &RealmId) -> Result<(RealmId, u8), HeadError> {
    if (r.u8()?, r.u8()?) != (VERSION, ALGORITHM_P256) {
        return Err(HeadError::Newer);
    }
    let found = RealmId::read(r)?;
    if found == *realm { Ok((found, r.u8()?)) } else { Err(HeadError::Realm) }
}

fn check_order(items: impl Iterator<Item = (Scope, u32)>) -> Result<(), HeadError> {
    let items: Vec<_> = items.collect();
    if items.len() <= HEAD_ITEMS_MAX && items.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(HeadError::Malformed)
    }
}

fn sign(
    tag: &str,
    mut fields: Writer,
    signer: u8,
    key: &dyn DeviceKey,
) -> Result<Vec<u8>, HeadError> {
    let signature = key.sign(&h(tag, fields.as_slice()))?;
    fields.raw(&signature.0);
    if signer == SIGNER_BACKUP {
        fields.bytes(key.spki().as_bytes());
    }
    let bytes = fields.finish();
    if bytes.len() > FRAME_BYTES_MAX { Err(HeadError::Malformed) } else { Ok(bytes) }
}

/// Verifies what `r` has read of `bytes`; what it has not is the signature and, for the backup key,
/// its SPKI.
fn verify(
    tag: &str,
    bytes: &[u8],
    mut r: Reader<'_>,
    signer: u8,
    keys: &dyn SignerKeys,
) -> Result<(), HeadError> {
    let fields = bytes.get(..bytes.len() - r.rest().len()).unwrap_or_default();
    let signature = Signature::read(&mut r)?;
    let key = if signer == SIGNER_BACKUP {
        let spki = Spki::from_bytes(r.bytes(SPKI_BYTES)?).map_err(|_| HeadError::Malformed)?;
        (keys.backup() == Some(spki.key_hash())).then_some(spki)
    } else {
        keys.relay_key(signer)
    };
    r.end()?;
    let key = key.ok_or(HeadError::Signer)?;
    key.verify(&h(tag, fields), &signature).map_err(|_| HeadError::Signature)
}
