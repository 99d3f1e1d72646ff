//! What comes down between two Heads: checked frame by frame, taken as one burst.

use std::collections::BTreeMap;

use super::is_roster_of;
use crate::{
    frame::Log,
    head::Head,
    id::{Chain, PlaceId, Scope},
    log::{Entry, chain_next, kind},
    session_error::SessionError,
    store::{DeviceStore, TakenLog},
};

/// The Log frames since the last Head.
#[derive(Debug, Default)]
pub(super) struct Intake {
    logs: Vec<TakenLog>,
    tips: BTreeMap<Scope, (u32, Chain)>,
    bytes: usize,
}

impl Intake {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }

    /// Checks a frame against the chain held, or that of the frame before it.
    pub(super) fn add(&mut self, store: &dyn DeviceStore, log: &Log) -> Result<(), SessionError> {
        let realm = store.realm();
        if log.roster_of.is_some_and(|block| !is_roster_of(&realm, log.scope, block)) {
            return Err(SessionError::Chain);
        }
        if log.entries.is_empty() {
            return Err(SessionError::OutOfPlace("a log without entries"));
        }
        let before = log.first_seq.checked_sub(1).ok_or(SessionError::Chain)?;
        let mut tip = match self.tips.get(&log.scope) {
            Some(tip) if tip.0 == before => *tip,
            Some(_) => return Err(SessionError::Chain),
            None => (before, chain_held(store, log.scope, before)?),
        };
        let mut seals = log.seals.iter();
        let mut entries = Vec::with_capacity(log.entries.len());
        for bytes in &log.entries {
            let entry = Entry::decode(bytes).map_err(|_| SessionError::Chain)?;
            if entry.scope != log.scope || Some(entry.seq) != tip.0.checked_add(1) {
                return Err(SessionError::Chain);
            }
            tip = (entry.seq, chain_next(&tip.1, &entry.hash(&realm)));
            let seal = if entry.kind == kind::SEAL {
                seals.next().ok_or(SessionError::OutOfPlace("an entry without its seal"))?.clone()
            } else {
                None
            };
            self.bytes += bytes.len() + seal.as_ref().map_or(0, Vec::len);
            entries.push((entry, tip.1, seal));
        }
        if seals.next().is_some() {
            return Err(SessionError::OutOfPlace("a seal without its entry"));
        }
        self.tips.insert(log.scope, tip);
        let roster_of =
            log.roster_of.map(|block| if block == PlaceId::ZERO { None } else { Some(block) });
        match self.logs.last_mut() {
            Some(last) if last.scope == log.scope => last.entries.extend(entries),
            _ => {
                let (scope, left) = (log.scope, log.left);
                self.logs.push(TakenLog { scope, roster_of, entries, left });
            }
        }
        Ok(())
    }

    /// The burst, proven by a Head: it must name the tip of every log in it.
    pub(super) fn finish(&mut self, head: &Head) -> Result<Vec<TakenLog>, SessionError> {
        for (scope, (seq, chain)) in &self.tips {
            let proven = head
                .items
                .iter()
                .any(|item| item.scope == *scope && item.seq == *seq && item.chain == *chain);
            if !proven {
                return Err(SessionError::Chain);
            }
        }
        let taken = std::mem::take(self);
        Ok(taken.logs)
    }
}

/// The chain at an entry held; that of a log not held begins at its start.
fn chain_held(store: &dyn DeviceStore, scope: Scope, seq: u32) -> Result<Chain, SessionError> {
    match store.chain_at(scope, seq)? {
        Some(chain) => Ok(chain),
        None if seq == 0 => Ok(crate::log::chain_start(&store.realm(), scope)),
        None => Err(SessionError::Chain),
    }
}
