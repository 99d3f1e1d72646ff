//! What comes up: each push is one transaction; receipts leave after its commit.

use std::collections::BTreeSet;

use super::{RelayEvent, RelaySession};
use crate::{
    admission::{Author, NotTaken, examine, judge},
    frame::{Ack, Frame, Not, Push, Refusal, Standing},
    head::{Receipt, ReceiptItem, SIGNER_GENESIS},
    id::{Scope, SealId},
    limits::HEAD_ITEMS_MAX,
    log::EntryBody,
    seal::Seal,
    session_error::SessionError,
    store::{Admitted, RelayStore, StoreError},
};

impl RelaySession {
    pub(super) fn handle_push(
        &mut self,
        store: &mut dyn RelayStore,
        push: &Push,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        if self.standing.is_none_or(|standing| standing == Standing::Unknown) {
            return Err(SessionError::OutOfPlace("a push of an unknown phone"));
        }
        if push.seals.len() > HEAD_ITEMS_MAX {
            return Err(SessionError::Bound("seals of a push"));
        }
        let outcome = admit_seals(store, &push.seals, now_ms)?;
        self.answer(store, push, outcome, now_ms)
    }

    fn answer(
        &mut self,
        store: &mut dyn RelayStore,
        push: &Push,
        outcome: SealsTaken,
        now_ms: u64,
    ) -> Result<(), SessionError> {
        for (seal, reason) in outcome.refused {
            self.send(&Frame::Not(Not { number: push.number, seal, reason }));
        }
        let gained = outcome.receipts.iter().any(|item| !self.logs.contains_key(&item.scope));
        for item in &outcome.receipts {
            let newest = self.pushed.entry(item.scope).or_default();
            *newest = item.seq.max(*newest);
        }
        let receipt = if outcome.receipts.is_empty() {
            None
        } else {
            let receipt = Receipt {
                realm: store.realm(),
                signer: SIGNER_GENESIS,
                relay_time: now_ms,
                items: outcome.receipts,
            };
            Some(receipt.sign(self.key.as_ref())?)
        };
        self.send(&Frame::Ack(Ack { number: push.number, receipt }));
        if gained {
            self.place_logs(store)?;
        }
        for (name, scope) in outcome.alarms {
            self.events.push_back(RelayEvent::Alarm(name, scope));
        }
        if !outcome.appended.is_empty() {
            self.events.push_back(RelayEvent::Appended(outcome.appended));
        }
        self.behind = true;
        self.owes_up_to_date = true;
        Ok(())
    }
}

/// What became of seals that were handed in together.
#[derive(Debug, Default)]
pub struct SealsTaken {
    /// Committed now or before, ascending by log and number.
    pub receipts: Vec<ReceiptItem>,
    /// Not taken, by their place among those handed in.
    pub refused: Vec<(u64, Refusal)>,
    /// Logs with new entries.
    pub appended: BTreeSet<Scope>,
    /// What a person must look at.
    pub alarms: Vec<(&'static str, Scope)>,
}

fn admit_all(
    store: &mut dyn RelayStore,
    seals: &[Vec<u8>],
    now_ms: u64,
) -> Result<SealsTaken, StoreError> {
    let mut outcome = SealsTaken::default();
    for (number, bytes) in (0..).zip(seals) {
        match admit(store, bytes, now_ms, &mut outcome) {
            Ok(item) => outcome.receipts.push(item),
            Err(NotTaken::Refused(reason)) => outcome.refused.push((number, reason)),
            Err(NotTaken::Store(error)) => return Err(error),
        }
    }
    outcome.receipts.sort_by_key(|item| (item.scope, item.seq));
    outcome.receipts.dedup_by_key(|item| (item.scope, item.seq));
    Ok(outcome)
}

/// Admits one seal within the store's open transaction, or finds it known.
fn admit(
    store: &mut dyn RelayStore,
    bytes: &[u8],
    now_ms: u64,
    outcome: &mut SealsTaken,
) -> Result<ReceiptItem, NotTaken> {
    let realm = store.realm();
    if let Ok(seal) = Seal::decode(bytes) {
        let id = seal.head.id(&realm);
        if let Some((scope, seq)) = store.seal_place(id)? {
            return Ok(receipt_of(store, id, scope, seq)?);
        }
    }
    let examined = examine(&*store, &realm, store.rosters(), bytes, false)?;
    let head = &examined.seal.head;
    if (bytes.len() as u64) > store.quota_left(examined.author, now_ms)? {
        return Err(Refusal::Quota.into());
    }
    let author = Author {
        scope: head.scope,
        device: head.device,
        incarnation: head.incarnation,
        member: examined.author,
    };
    let mut judged = Vec::with_capacity(examined.parts.len());
    for part in examined.parts.into_iter().flatten() {
        let found = judge(&*store, &realm, &author, &part)?;
        judged.push((Some(part), found));
    }
    if store.stream_taken(head.scope, head.device, head.incarnation, head.seal_seq)? {
        store.alarm("stream_twice", head.scope)?;
        outcome.alarms.push(("stream_twice", head.scope));
    }
    let id = head.id(&realm);
    let admitted =
        Admitted { id, seal: &examined.seal, author: examined.author, bytes, parts: &judged };
    let seq = store.append_seal(&admitted, now_ms)?;
    outcome.appended.insert(head.scope);
    let verdicts = judged.iter().map(|(_, found)| found.verdict).collect();
    Ok(ReceiptItem { scope: head.scope, seal: id, seq, verdicts })
}

/// A known seal gets a receipt anew: same number and verdicts.
fn receipt_of(
    store: &dyn RelayStore,
    id: SealId,
    scope: Scope,
    seq: u32,
) -> Result<ReceiptItem, StoreError> {
    let stored = store.read(scope, seq, 1)?;
    let body = stored.first().and_then(|stored| stored.entry.parse().ok());
    match body {
        Some(EntryBody::Seal { id: found, verdicts }) if found == id => {
            Ok(ReceiptItem { scope, seal: id, seq, verdicts })
        }
        _ => Err(StoreError::Failed("a seal's entry is not where the index says".to_owned())),
    }
}

/// Admits seals that come by another way than a meeting (an import, a courier bundle), in one
/// transaction.
pub fn admit_seals(
    store: &mut dyn RelayStore,
    seals: &[Vec<u8>],
    now_ms: u64,
) -> Result<SealsTaken, StoreError> {
    store.begin()?;
    match admit_all(store, seals, now_ms) {
        Ok(outcome) => {
            store.commit()?;
            Ok(outcome)
        }
        Err(error) => {
            store.rollback();
            Err(error)
        }
    }
}
