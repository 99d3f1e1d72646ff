//! A relay that was restored: it is handed what it lost of rosters, and told where logs still agree.

use super::{DeviceEvent, DeviceSession};
use crate::{
    frame::{Diverged, Frame, Points, Tail},
    id::{Chain8, Cursor, PlaceId},
    limits::{FRAME_FILL_BYTES, LOG_ENTRIES_MAX, REBASE_POINTS_MAX},
    log::Entry,
    session_error::SessionError,
    store::DeviceStore,
};

impl DeviceSession {
    pub(super) fn handle_diverged(
        &mut self,
        store: &mut dyn DeviceStore,
        diverged: &Diverged,
    ) -> Result<(), SessionError> {
        let head = diverged.head;
        if !self.named.remove(&head.scope) {
            return Err(SessionError::OutOfPlace("a log diverged that was not named"));
        }
        self.up_to_date = false;
        let block = store
            .rosters()
            .iter()
            .find(|roster| roster.scope() == head.scope)
            .map(|roster| roster.block().unwrap_or(PlaceId::ZERO));
        let here = store.chain_at(head.scope, head.seq)?;
        let is_prefix = here.is_some_and(|chain| chain.short() == head.chain8);
        match block {
            Some(block) if is_prefix => self.send_tail(store, block, &head),
            Some(block) => {
                store.note_fork(head.scope)?;
                self.events.push_back(DeviceEvent::ForkedRoster(head.scope));
                self.send(&keeps_its_own(block));
                Ok(())
            }
            None => {
                let points = if is_prefix {
                    vec![(head.seq, head.chain8)]
                } else {
                    points_back(store, &head)?
                };
                self.rebasing.insert(head.scope);
                self.send(&Frame::Points(Points { scope: head.scope, points }));
                Ok(())
            }
        }
    }

    pub(super) fn handle_rebase(
        &mut self,
        store: &mut dyn DeviceStore,
        common: &Cursor,
    ) -> Result<(), SessionError> {
        if !self.rebasing.remove(&common.scope) {
            return Err(SessionError::OutOfPlace("a rebase of a log that did not diverge"));
        }
        // The start is common to all: its chain is made of realm and log alone.
        let here = store.chain_at(common.scope, common.seq)?;
        if common.seq > 0 && here.is_none_or(|chain| chain.short() != common.chain8) {
            return Err(SessionError::Chain);
        }
        self.up_to_date = false;
        store.rebase(common.scope, common.seq)?;
        self.events.push_back(DeviceEvent::Diverged(common.scope));
        // What lacked something that is now offered again goes again behind it.
        for seal in std::mem::take(&mut self.refused) {
            self.answered.remove(&seal);
        }
        self.handle_saved(store)
    }

    /// Hands in what the relay lost of a roster, in frames; the last carries the Head that proves it.
    fn send_tail(
        &mut self,
        store: &dyn DeviceStore,
        block: PlaceId,
        from: &Cursor,
    ) -> Result<(), SessionError> {
        let (entries, head) = store.roster_tail(from.scope, from.seq.saturating_add(1))?;
        if head.is_none() {
            // Without a Head nothing is proven: the relay must not wait for more.
            self.send(&keeps_its_own(block));
            return Ok(());
        }
        let mut first_seq = from.seq.saturating_add(1);
        let mut frame: Vec<Vec<u8>> = Vec::new();
        let mut bytes = 0;
        for entry in entries.iter().map(Entry::encode) {
            let is_full = bytes + entry.len() > FRAME_FILL_BYTES || frame.len() >= LOG_ENTRIES_MAX;
            if is_full && !frame.is_empty() {
                let entries = std::mem::take(&mut frame);
                let next = first_seq.saturating_add(u32::try_from(entries.len()).unwrap_or(0));
                self.send(&Frame::Tail(Tail { block, first_seq, entries, head: None }));
                (first_seq, bytes) = (next, 0);
            }
            bytes += entry.len();
            frame.push(entry);
        }
        self.send(&Frame::Tail(Tail { block, first_seq, entries: frame, head }));
        Ok(())
    }
}

/// The word that the phone keeps another branch of a roster, or cannot prove its own.
fn keeps_its_own(block: PlaceId) -> Frame {
    Frame::Tail(Tail { block, first_seq: 0, entries: Vec::new(), head: None })
}

/// Points of the phone's log at exponential steps back from where both might still agree.
fn points_back(store: &dyn DeviceStore, head: &Cursor) -> Result<Vec<(u32, Chain8)>, SessionError> {
    let (_, logs) = store.cursors()?;
    let tip = logs.iter().find(|cursor| cursor.scope == head.scope).map_or(0, |cursor| cursor.seq);
    let start = tip.min(head.seq);
    let mut points = Vec::new();
    let mut step = 0u32;
    loop {
        let seq = start.saturating_sub(step);
        if let Some(chain) = store.chain_at(head.scope, seq)? {
            points.push((seq, chain.short()));
        }
        if seq == 0 || points.len() + 1 >= REBASE_POINTS_MAX {
            break;
        }
        step = if step == 0 { 1 } else { step.saturating_mul(2) };
    }
    Ok(points)
}
