//! Appending: an entry to its log, and what a seal adds to the index.

use doorstep_protocol::{
    admission::Judged,
    id::{ActorId, Chain, DocumentId, PlaceId, Scope},
    log::{Entry, Verdict, chain_next, chain_start},
    part::Part,
    seal::{Seal, WirePart},
    store::{Admitted, StoreError},
};
use rusqlite::params;

use super::{
    RelayDb,
    index::{APPLIED, ASIDE, ERASED},
    int, unsigned,
};

/// The head of a log as its counter row says.
pub(super) struct LogHead {
    pub(super) seq: u32,
    pub(super) chain: Chain,
    pub(super) relay_time: u64,
}

impl RelayDb {
    pub(super) fn log_head(&self, scope: Scope) -> Result<LogHead, StoreError> {
        let found = self.row(
            "read a head",
            "SELECT seq, chain, relay_time FROM log WHERE scope = ?1",
            params![scope.0],
            |row| {
                Ok(LogHead {
                    seq: row.get(0)?,
                    chain: Chain(row.get(1)?),
                    relay_time: unsigned(row.get(2)?),
                })
            },
        )?;
        Ok(found.unwrap_or_else(|| LogHead {
            seq: 0,
            chain: chain_start(&self.realm, scope),
            relay_time: 0,
        }))
    }

    /// Appends an entry that follows on the head of its log.
    pub(super) fn append_entry(
        &mut self,
        entry: &Entry,
        seal: Option<i64>,
        roster_of: Option<Option<PlaceId>>,
    ) -> Result<Chain, StoreError> {
        let head = self.log_head(entry.scope)?;
        if entry.seq != head.seq.saturating_add(1) || entry.relay_time < head.relay_time {
            return Err(StoreError::Failed("an entry that does not follow on its log".to_owned()));
        }
        let chain = chain_next(&head.chain, &entry.hash(&self.realm));
        self.change_rows(
            "append an entry",
            "INSERT INTO entry (scope, seq, kind, relay_time, chain, body, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                entry.scope.0,
                entry.seq,
                entry.kind,
                int(entry.relay_time),
                chain.0,
                entry.body,
                seal
            ],
        )?;
        let block = roster_of.map(|block| block.unwrap_or(PlaceId::ZERO).0);
        self.change_rows(
            "move a head",
            "INSERT INTO log (scope, seq, chain, relay_time, block) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (scope) DO UPDATE
             SET seq = excluded.seq, chain = excluded.chain, relay_time = excluded.relay_time",
            params![entry.scope.0, entry.seq, chain.0, int(entry.relay_time), block],
        )?;
        match &mut self.undo {
            Some(undo) => undo.appended.insert(entry.scope),
            None => return Err(StoreError::Failed("append without a transaction".to_owned())),
        };
        Ok(chain)
    }

    pub(super) fn admit_seal(
        &mut self,
        admitted: &Admitted<'_>,
        relay_time: u64,
    ) -> Result<u32, StoreError> {
        let sealed = &admitted.seal.head;
        let head = self.log_head(sealed.scope)?;
        let seq = head
            .seq
            .checked_add(1)
            .ok_or_else(|| StoreError::Failed("the log is full".to_owned()))?;
        // Relay time never falls in a log, whatever the clock does.
        let relay_time = relay_time.max(head.relay_time);
        let bytes = whole_bytes(admitted);
        self.change_rows(
            "store a seal",
            "INSERT INTO seal (id, scope, seq, device, incarnation, seal_seq, author, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                admitted.id.0,
                sealed.scope.0,
                seq,
                sealed.device.0,
                sealed.incarnation.0,
                sealed.seal_seq,
                admitted.author.0,
                bytes
            ],
        )?;
        let number = self.connection.last_insert_rowid();
        let verdicts: Vec<Verdict> =
            admitted.parts.iter().map(|(_, found)| found.verdict).collect();
        let entry = Entry::seal(sealed.scope, seq, relay_time, admitted.id, &verdicts);
        self.append_entry(&entry, Some(number), None)?;
        for (part, found) in admitted.parts {
            if let Some(part) = part {
                self.index_part(admitted, number, part, found)?;
            }
        }
        self.charge(admitted, relay_time)?;
        Ok(seq)
    }

    /// What a judged part adds to the index. What is applied stays so, whatever comes later.
    fn index_part(
        &self,
        admitted: &Admitted<'_>,
        number: i64,
        part: &Part,
        found: &Judged,
    ) -> Result<(), StoreError> {
        self.change_rows(
            "index a part",
            "INSERT INTO part (doc, seal, verdict) VALUES (?1, ?2, ?3)",
            params![part.doc.0, number, found.verdict.number()],
        )?;
        let state = match found.verdict {
            Verdict::Applied => APPLIED,
            Verdict::Erased => ERASED,
            _ => ASIDE,
        };
        let (mut acts, mut raw_bytes) = (0_u32, 0_u64);
        for (change, bytes) in found.changes.iter().zip(&part.changes) {
            if change.repeated {
                continue;
            }
            let (actor, seq, start_op) = change
                .change
                .as_ref()
                .map_or((ActorId::ZERO, 0, 0), |c| (c.actor, c.seq, c.start_op));
            self.change_rows(
                "index a change",
                "INSERT INTO change (doc, actor, seq, hash, start_op, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET state = min(state, excluded.state)",
                params![part.doc.0, actor.0, seq, change.hash.0, start_op, state],
            )?;
            if found.verdict == Verdict::Applied {
                acts += 1;
                raw_bytes += bytes.len() as u64;
            }
        }
        if acts > 0 {
            self.add_usage(admitted, part.doc, acts, raw_bytes)?;
            if part.birth != 0 {
                self.add_document(admitted, part)?;
            }
        }
        Ok(())
    }

    fn add_usage(
        &self,
        admitted: &Admitted<'_>,
        doc: DocumentId,
        acts: u32,
        bytes: u64,
    ) -> Result<(), StoreError> {
        self.change_rows(
            "count a usage",
            "INSERT INTO usage (doc, device, acts, bytes) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE
             SET acts = acts + excluded.acts, bytes = bytes + excluded.bytes",
            params![doc.0, admitted.seal.head.device.0, acts, int(bytes)],
        )?;
        Ok(())
    }

    /// The first applied birth makes the document; a second one passes and changes nothing.
    fn add_document(&self, admitted: &Admitted<'_>, part: &Part) -> Result<(), StoreError> {
        self.change_rows(
            "index a document",
            "INSERT INTO document (doc, scope, kind, creator, nonce) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
            params![
                part.doc.0,
                admitted.seal.head.scope.0,
                part.birth,
                admitted.author.0,
                part.nonce.0
            ],
        )?;
        Ok(())
    }

    /// The daily quota is the author's, whoever carried it.
    fn charge(&self, admitted: &Admitted<'_>, relay_time: u64) -> Result<(), StoreError> {
        self.change_rows(
            "charge a quota",
            "INSERT INTO author_day (member, day, bytes) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
            params![
                admitted.author.0,
                int(self.day_of(relay_time)),
                int(admitted.bytes.len() as u64)
            ],
        )?;
        Ok(())
    }
}

/// The seal with every nonce filled in: who reads the log later may hold none of them.
fn whole_bytes(admitted: &Admitted<'_>) -> Vec<u8> {
    let left_out = admitted.seal.parts.iter().flatten().any(|part| part.nonce.is_none());
    if !left_out {
        return admitted.bytes.to_vec();
    }
    let whole = |wire: &WirePart| {
        let part = admitted.parts.iter().filter_map(|(part, _)| part.as_ref());
        let nonce = part.clone().find(|part| part.doc == wire.doc).map(|part| part.nonce);
        WirePart { nonce: wire.nonce.or(nonce), ..wire.clone() }
    };
    let parts = admitted.seal.parts.iter().map(|part| part.as_ref().map(whole)).collect();
    Seal { head: admitted.seal.head.clone(), signature: admitted.seal.signature, parts }.encode()
}
