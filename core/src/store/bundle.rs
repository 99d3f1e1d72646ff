//! The courier bundle: seals that no log is known to have, in a file that anybody may carry.

use std::collections::BTreeSet;

use doorstep_protocol::{
    admission::{Examined, NotTaken, examine},
    frame::{Frame, FrameReader, Hello, Push, Refusal},
    id::{Scope, SealId},
    limits::{FRAME_FILL_BYTES, LOG_ENTRIES_MAX, SESSION_LOGS_MAX},
    seal::Seal,
    store::{DeviceStore as _, StoreError},
};
use rusqlite::params;

use super::{
    BundleError, BundleReport, Store, View,
    error::{At, damaged},
    judging,
    rows::{self, NewSeal, verified},
};

/// The largest bundle that is read: some 100,000 changes.
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;

const MAGIC: &[u8] = b"doorstep";
const VERSION: u8 = 1;

impl Store {
    /// All unsent seals, own and carried, of these logs (none = of all), each after those it depends
    /// on. Taken by a phone or a relay it settles nothing here: only the log does.
    pub fn export_bundle(&self, scopes: Option<&BTreeSet<Scope>>) -> Result<Vec<u8>, StoreError> {
        let (rosters, mut logs) = self.cursors()?;
        logs.truncate(SESSION_LOGS_MAX);
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        let hello = Hello {
            realm: self.realm(),
            incarnation: self.incarnation(),
            rosters,
            logs,
            features: 0,
        };
        out.extend(Frame::Hello(hello).encode());
        let mut push = Push { number: 0, seals: Vec::new() };
        let mut bytes = 0;
        for id in self.unsent()? {
            let seal = self.seal_bytes(id)?.ok_or_else(|| damaged("bundle: seal"))?;
            if !is_of(&seal, scopes) {
                continue;
            }
            let full = bytes + seal.len() > FRAME_FILL_BYTES || push.seals.len() >= LOG_ENTRIES_MAX;
            if full && !push.seals.is_empty() {
                let number = push.number + 1;
                let done = std::mem::replace(&mut push, Push { number, seals: Vec::new() });
                out.extend(Frame::Push(done).encode());
                bytes = 0;
            }
            bytes += seal.len();
            push.seals.push(seal);
        }
        if !push.seals.is_empty() {
            out.extend(Frame::Push(push).encode());
        }
        Ok(out)
    }

    /// Takes the seals of a bundle that pass, with their signatures, and offers them to the relay
    /// like its own. The same bundle taken twice is taken once.
    pub fn take_bundle(&mut self, bytes: &[u8]) -> Result<BundleReport, BundleError> {
        let seals = read(bytes, &self.identity.realm)?;
        let tx = super::begin(&mut self.conn)?;
        let view = View { conn: &tx, identity: &self.identity, rosters: &self.rosters };
        let mut report = BundleReport::default();
        for (number, seal) in seals.iter().enumerate() {
            match take(&view, seal, &mut report)? {
                None => {}
                Some(refusal) => report.refused.push((number, refusal)),
            }
        }
        for doc in &report.documents {
            rows::mark_dirty(&tx, *doc)?;
        }
        tx.commit().at("bundle.commit")?;
        Ok(report)
    }
}

fn is_of(seal: &[u8], scopes: Option<&BTreeSet<Scope>>) -> bool {
    scopes
        .is_none_or(|scopes| Seal::decode(seal).is_ok_and(|seal| scopes.contains(&seal.head.scope)))
}

/// The seals of a bundle: a Hello of this realm first, then pushes; other frames are skipped.
fn read(bytes: &[u8], realm: &doorstep_protocol::id::RealmId) -> Result<Vec<Vec<u8>>, BundleError> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(BundleError::TooBig);
    }
    let rest = bytes.strip_prefix(MAGIC).ok_or(BundleError::NotABundle)?;
    let (version, rest) = rest.split_first().ok_or(BundleError::NotABundle)?;
    if *version != VERSION {
        return Err(BundleError::Newer);
    }
    let mut reader = FrameReader::new();
    reader.push(rest);
    let mut next = || reader.next_frame().map_err(|_| BundleError::NotABundle);
    match next()? {
        Some(Frame::Hello(hello)) if hello.realm == *realm => {}
        Some(Frame::Hello(_)) => return Err(BundleError::OtherRealm),
        _ => return Err(BundleError::NotABundle),
    }
    let mut seals = Vec::new();
    while let Some(frame) = next()? {
        if let Frame::Push(push) = frame {
            seals.extend(push.seals);
        }
    }
    if reader.is_empty() { Ok(seals) } else { Err(BundleError::NotABundle) }
}

fn take(
    view: &View<'_>,
    bytes: &[u8],
    report: &mut BundleReport,
) -> Result<Option<Refusal>, StoreError> {
    let identity = view.identity;
    if let Ok(seal) = Seal::decode(bytes)
        && is_known(view, seal.head.id(&identity.realm))?
    {
        report.known += 1;
        return Ok(None);
    }
    let examined = match examine(view, &identity.realm, view.rosters, bytes, false) {
        Ok(examined) => examined,
        Err(NotTaken::Refused(refusal)) => return Ok(Some(refusal)),
        Err(NotTaken::Store(error)) => return Err(error),
    };
    let Examined { seal, author, parts } = examined;
    let id = seal.head.id(&identity.realm);
    // The relay may know it by its own word alone; here it was examined.
    let new = NewSeal { id, seal: &seal, parts: &parts, author, verified: verified::FITS };
    rows::insert_seal(view.conn, identity, &new)?;
    report.taken += 1;
    report.cloned |=
        seal.head.device == identity.device && seal.head.incarnation == identity.incarnation;
    for part in parts.iter().flatten() {
        judging::unjudge(view, part.doc)?;
        judging::judge_pending(view, part.doc)?;
        report.documents.insert(part.doc);
    }
    Ok(None)
}

/// Here, or in the log without being here: then the log has judged it.
fn is_known(view: &View<'_>, id: SealId) -> Result<bool, StoreError> {
    view.conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM seal WHERE id = ?1) \
             OR EXISTS (SELECT 1 FROM entry WHERE seal = ?1)",
        )
        .at("bundle.known")?
        .query_row(params![id.0], |row| row.get(0))
        .at("bundle.known")
}
