//! What a meeting asks of this store.

use doorstep_protocol::{
    frame::{Refusal, Standing},
    head::{Head, Receipt},
    id::{Chain, Cursor, Incarnation, RealmId, Scope, SealId},
    key::Spki,
    log::Entry,
    roster::Roster,
    store::{DeviceStore, StoreError, Taken, TakenLog},
};
use rusqlite::{OptionalExtension as _, params};

use super::{
    META_STABLE_TIME, META_STANDING, Store, alarm,
    error::At,
    rosters,
    rows::{self, LogMark},
};

impl DeviceStore for Store {
    fn realm(&self) -> RealmId {
        self.identity.realm
    }

    fn device_key(&self) -> Spki {
        self.identity.spki
    }

    fn incarnation(&self) -> Incarnation {
        self.identity.incarnation
    }

    fn rosters(&self) -> &[Roster] {
        &self.rosters
    }

    fn cursors(&self) -> Result<(Vec<Cursor>, Vec<Cursor>), StoreError> {
        let mut of_rosters = Vec::new();
        for roster in self.rosters.iter().filter(|roster| roster.tip_seq() > 0) {
            let tip = roster.tip_point();
            of_rosters.push(Cursor { scope: roster.scope(), seq: tip.seq, chain8: tip.chain8 });
        }
        let held = self.held();
        let mut logs = Vec::new();
        for (scope, tip, absent) in self.tips()? {
            let filled_up_to = match absent {
                Some(absent) if held.contains(&scope) => absent.saturating_sub(1),
                _ => tip,
            };
            let chain = DeviceStore::chain_at(self, scope, filled_up_to)?;
            if let (1.., Some(chain)) = (filled_up_to, chain) {
                logs.push(Cursor { scope, seq: filled_up_to, chain8: chain.short() });
            }
        }
        Ok((of_rosters, logs))
    }

    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError> {
        rosters::chain_at(&self.conn, &self.identity.realm, scope, seq)
    }

    fn take_burst(
        &mut self,
        logs: &[TakenLog],
        head: &Head,
        bytes: &[u8],
    ) -> Result<Taken, StoreError> {
        self.burst(logs, head, bytes)
    }

    fn unsent(&self) -> Result<Vec<SealId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(
                "SELECT id FROM seal WHERE log_seq IS NULL AND verified <> 2 ORDER BY place",
            )
            .at("unsent")?;
        let ids = statement.query_map([], |row| rows::id(row, 0, SealId::from_slice));
        ids.and_then(Iterator::collect).at("unsent")
    }

    fn seal_bytes(&self, id: SealId) -> Result<Option<Vec<u8>>, StoreError> {
        self.conn
            .prepare_cached("SELECT bytes FROM seal WHERE id = ?1")
            .at("seal.bytes")?
            .query_row([id.0], |row| row.get(0))
            .optional()
            .at("seal.bytes")
    }

    fn knows_own(&self, short: [u8; 8]) -> Result<bool, StoreError> {
        let mut last = [0xff; 32];
        last.iter_mut().zip(short).for_each(|(to, from)| *to = from);
        let (device, incarnation) = (self.identity.device, self.identity.incarnation);
        self.conn
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM seal WHERE id BETWEEN ?1 AND ?2 \
                 AND device = ?3 AND incarnation = ?4) \
                 OR EXISTS (SELECT 1 FROM dropped_seal WHERE id BETWEEN ?1 AND ?2 \
                 AND incarnation = ?4)",
            )
            .at("seal.own")?
            .query_row(params![short, last, device.0, incarnation.0], |row| row.get(0))
            .at("seal.own")
    }

    fn mark_receipt(&mut self, receipt: &Receipt, bytes: &[u8]) -> Result<(), StoreError> {
        let tx = super::begin(&mut self.conn)?;
        rows::heard(&tx, receipt.relay_time)?;
        tx.execute("INSERT INTO receipt (bytes) VALUES (?1)", [bytes]).at("receipt.insert")?;
        let n = tx.last_insert_rowid();
        for item in &receipt.items {
            let verdicts: Vec<u8> = item.verdicts.iter().map(|verdict| verdict.number()).collect();
            tx.execute(
                "UPDATE seal SET receipt = ?2, receipt_seq = ?3, receipt_time = ?4, \
                 receipt_verdicts = ?5, refused = NULL WHERE id = ?1 AND log_seq IS NULL",
                params![item.seal.0, n, item.seq, receipt.relay_time.cast_signed(), verdicts],
            )
            .at("receipt.mark")?;
            mark_documents(&tx, item.seal)?;
        }
        prune_receipts(&tx)?;
        tx.commit().at("receipt.commit")
    }

    fn mark_refused(&mut self, id: SealId, reason: Refusal) -> Result<(), StoreError> {
        let tx = super::begin(&mut self.conn)?;
        tx.execute(
            "UPDATE seal SET refused = ?2 WHERE id = ?1 AND log_seq IS NULL",
            params![id.0, reason as u8],
        )
        .at("seal.refused")?;
        mark_documents(&tx, id)?;
        tx.commit().at("seal.refused")
    }

    fn rebase(&mut self, scope: Scope, common: u32) -> Result<(), StoreError> {
        self.rebase_log(scope, common)
    }

    fn note_fork(&mut self, scope: Scope) -> Result<(), StoreError> {
        let tx = super::begin(&mut self.conn)?;
        rows::mark_log(&tx, scope, LogMark::Forked, 1)?;
        rows::alarm(&tx, alarm::ROSTER_FORK, scope, "")?;
        tx.commit().at("fork.commit")
    }

    fn roster_tail(
        &self,
        scope: Scope,
        first_seq: u32,
    ) -> Result<(Vec<Entry>, Option<Vec<u8>>), StoreError> {
        let head = self
            .conn
            .query_row(
                "SELECT s.seq, h.bytes FROM head_scope s JOIN head h ON h.n = s.head \
                 WHERE s.scope = ?1",
                [scope.0],
                |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Vec<u8>>(1)?)),
            )
            .optional()
            .at("roster.head")?;
        let Some((last, head)) = head else { return Ok((Vec::new(), None)) };
        // What no head proves is nothing to hand in.
        let entries = rosters::entries(&self.conn, scope, first_seq, last)?;
        Ok((entries.into_iter().map(|(entry, _)| entry).collect(), Some(head)))
    }

    fn note_up_to_date(&mut self, relay_time: u64, stable_time: u64) -> Result<(), StoreError> {
        let tx = super::begin(&mut self.conn)?;
        rows::heard(&tx, relay_time)?;
        rows::set_meta_u64(&tx, META_STABLE_TIME, stable_time)?;
        for (scope, id) in lost_receipts(&tx)? {
            rows::alarm(&tx, alarm::RECEIPT_LOST, scope, &id.to_string())?;
            // It is not delivered after all; the seal is offered again as every unsent one is.
            tx.execute(
                "UPDATE seal SET receipt = NULL, receipt_seq = NULL, receipt_time = NULL, \
                 receipt_verdicts = NULL WHERE id = ?1",
                [id.0],
            )
            .at("receipt.lost")?;
            mark_documents(&tx, id)?;
        }
        prune_receipts(&tx)?;
        tx.execute("UPDATE log SET diverged = 0 WHERE diverged = 1", []).at("log.clear")?;
        tx.commit().at("up_to_date.commit")
    }

    fn note_standing(&mut self, standing: Standing, relay_time: u64) -> Result<(), StoreError> {
        let tx = super::begin(&mut self.conn)?;
        rows::heard(&tx, relay_time)?;
        rows::set_meta(&tx, META_STANDING, &[standing as u8])?;
        tx.commit().at("standing.commit")
    }
}

impl Store {
    /// Each log of a place with its newest entry and its first one whose seal is not here.
    /// Whether a log that the rosters give has entries whose seals were left out while it was being
    /// left: the next meeting names it from below the first of them.
    pub fn has_gaps(&self) -> Result<bool, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT DISTINCT scope FROM entry WHERE absent = 1")
            .at("gaps")?;
        let scopes = statement.query_map([], |row| rows::id(row, 0, Scope::from_slice));
        let scopes: Vec<Scope> = scopes.and_then(Iterator::collect).at("gaps")?;
        let held = self.held();
        Ok(scopes.iter().any(|scope| held.contains(scope)))
    }

    fn tips(&self) -> Result<Vec<(Scope, u32, Option<u32>)>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(
                "SELECT scope, max(seq), (SELECT min(a.seq) FROM entry a \
                 WHERE a.scope = e.scope AND a.absent = 1) FROM entry e \
                 WHERE scope NOT IN (SELECT scope FROM roster) GROUP BY scope ORDER BY scope",
            )
            .at("cursors")?;
        let tips = statement.query_map([], |row| {
            Ok((rows::id(row, 0, Scope::from_slice)?, row.get(1)?, row.get(2)?))
        });
        tips.and_then(Iterator::collect).at("cursors")
    }
}

fn mark_documents(conn: &rusqlite::Connection, seal: SealId) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO dirty (doc) SELECT p.doc FROM part p JOIN seal s ON s.n = p.seal \
         WHERE s.id = ?1 AND p.doc IS NOT NULL",
    )
    .at("dirty.seal")?
    .execute([seal.0])
    .at("dirty.seal")?;
    Ok(())
}

/// Receipted seals of logs that were read to their head without meeting them. A log that stops was
/// not read to its head.
fn lost_receipts(conn: &rusqlite::Connection) -> Result<Vec<(Scope, SealId)>, StoreError> {
    let mut statement = conn
        .prepare_cached(
            "SELECT scope, id FROM seal WHERE log_seq IS NULL AND receipt IS NOT NULL \
             AND scope NOT IN (SELECT scope FROM log WHERE stopped <> 0) ORDER BY n",
        )
        .at("receipt.lost")?;
    let lost = statement.query_map([], |row| {
        Ok((rows::id(row, 0, Scope::from_slice)?, rows::id(row, 1, SealId::from_slice)?))
    });
    lost.and_then(Iterator::collect).at("receipt.lost")
}

/// A receipt is of use until its seals are met in the log.
fn prune_receipts(conn: &rusqlite::Connection) -> Result<(), StoreError> {
    conn.execute(
        "DELETE FROM receipt WHERE n NOT IN \
         (SELECT receipt FROM seal WHERE log_seq IS NULL AND receipt IS NOT NULL)",
        [],
    )
    .at("receipt.prune")?;
    Ok(())
}
