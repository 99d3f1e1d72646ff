//! The relay's logs, as the session asks for them.

use doorstep_protocol::{
    frame::EnrolState,
    id::{Chain, DeviceId, Incarnation, MemberId, PlaceId, RealmId, Scope, SealId, Token},
    key::Spki,
    log::{Entry, chain_start},
    roster::{Roster, setting},
    store::{Admitted, RelayStore, StoreError, StoredEntry, StoredSeal},
};
use rusqlite::{Row, params};

use super::{RelayDb, Undo, failed, int, unsigned};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const MINUTE_MS: i64 = 60 * 1000;

impl RelayDb {
    /// The day of a relay time, in the realm's local time.
    pub(super) fn day_of(&self, relay_time: u64) -> u64 {
        let realm = self.rosters.first();
        let minutes = realm.and_then(|roster| roster.tip().setting(setting::LOCAL_TIME_MIN));
        let local = int(relay_time).saturating_add(minutes.unwrap_or_default() * MINUTE_MS);
        unsigned(local.div_euclid(DAY_MS))
    }

    fn chain_in_log(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError> {
        self.row(
            "read a chain",
            "SELECT chain FROM entry WHERE scope = ?1 AND seq = ?2",
            params![scope.0, seq],
            |row| row.get(0).map(Chain),
        )
    }
}

fn stored_entry(scope: Scope, row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    let seal = match row.get::<_, Option<[u8; 32]>>(5)? {
        None => None,
        Some(id) => Some(StoredSeal {
            id: SealId(id),
            device: DeviceId(row.get(6)?),
            incarnation: Incarnation(row.get(7)?),
            bytes: Some(row.get(8)?),
        }),
    };
    Ok(StoredEntry {
        entry: Entry {
            scope,
            seq: row.get(0)?,
            kind: row.get(1)?,
            relay_time: unsigned(row.get(2)?),
            body: row.get(4)?,
        },
        chain: Chain(row.get(3)?),
        seal,
    })
}

impl RelayStore for RelayDb {
    fn realm(&self) -> RealmId {
        self.realm
    }

    fn rosters(&self) -> &[Roster] {
        &self.rosters
    }

    fn head(&self, scope: Scope) -> Result<(u32, Chain), StoreError> {
        let head = self.log_head(scope)?;
        Ok((head.seq, head.chain))
    }

    fn chain_at(&self, scope: Scope, seq: u32) -> Result<Option<Chain>, StoreError> {
        if seq == 0 {
            return Ok(Some(chain_start(&self.realm, scope)));
        }
        self.chain_in_log(scope, seq)
    }

    fn read(
        &self,
        scope: Scope,
        first_seq: u32,
        bytes_max: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        const OPERATION: &str = "read a log";
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT e.seq, e.kind, e.relay_time, e.chain, e.body,
                        s.id, s.device, s.incarnation, s.bytes
                 FROM entry e LEFT JOIN seal s ON s.number = e.seal
                 WHERE e.scope = ?1 AND e.seq >= ?2 ORDER BY e.seq",
            )
            .map_err(failed(OPERATION))?;
        let mut rows = statement.query(params![scope.0, first_seq]).map_err(failed(OPERATION))?;
        let (mut out, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next().map_err(failed(OPERATION))? {
            let found = stored_entry(scope, row).map_err(failed(OPERATION))?;
            let seal = found.seal.as_ref().and_then(|seal| seal.bytes.as_ref());
            bytes += found.entry.body.len() + seal.map_or(0, Vec::len);
            if bytes > bytes_max && !out.is_empty() {
                break;
            }
            out.push(found);
        }
        Ok(out)
    }

    fn seal_place(&self, id: SealId) -> Result<Option<(Scope, u32)>, StoreError> {
        self.row("find a seal", "SELECT scope, seq FROM seal WHERE id = ?1", params![id.0], |row| {
            Ok((Scope(row.get(0)?), row.get(1)?))
        })
    }

    fn stream_taken(
        &self,
        scope: Scope,
        device: DeviceId,
        incarnation: Incarnation,
        seal_seq: u32,
    ) -> Result<bool, StoreError> {
        let found = self.row(
            "find a seal",
            "SELECT 1 FROM seal
             WHERE device = ?1 AND incarnation = ?2 AND scope = ?3 AND seal_seq = ?4 LIMIT 1",
            params![device.0, incarnation.0, scope.0, seal_seq],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    fn newest_of(
        &self,
        device: DeviceId,
        incarnation: Incarnation,
    ) -> Result<Option<SealId>, StoreError> {
        self.row(
            "find a seal",
            "SELECT id FROM seal WHERE device = ?1 AND incarnation = ?2
             ORDER BY number DESC LIMIT 1",
            params![device.0, incarnation.0],
            |row| row.get(0).map(SealId),
        )
    }

    fn newest_in(&self, scope: Scope, device: DeviceId) -> Result<u32, StoreError> {
        let found = self.row(
            "find a seal",
            "SELECT seq FROM seal WHERE scope = ?1 AND device = ?2 ORDER BY seq DESC LIMIT 1",
            params![scope.0, device.0],
            |row| row.get(0),
        )?;
        Ok(found.unwrap_or_default())
    }

    fn quota_left(&self, author: MemberId, now_ms: u64) -> Result<u64, StoreError> {
        let used = self.row(
            "read a quota",
            "SELECT bytes FROM author_day WHERE member = ?1 AND day = ?2",
            params![author.0, int(self.day_of(now_ms))],
            |row| row.get(0).map(unsigned),
        )?;
        Ok(self.author_day_bytes_max.saturating_sub(used.unwrap_or_default()))
    }

    fn stable_time(&self) -> Result<u64, StoreError> {
        let found = self.row(
            "read the stable time",
            "SELECT value FROM meta WHERE name = 'stable_time'",
            [],
            |row| row.get(0).map(unsigned),
        )?;
        Ok(found.unwrap_or_default())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.undo.is_some() {
            return Err(StoreError::Failed("a transaction within a transaction".to_owned()));
        }
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(failed("begin"))?;
        // Under the write lock: what others committed is all there, and nothing more can come.
        if let Err(error) = self.refresh() {
            let _ = self.connection.execute_batch("ROLLBACK");
            return Err(error);
        }
        let tips = self.rosters.iter().map(Roster::tip_seq).collect();
        self.undo = Some(Undo { tips, ..Undo::default() });
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let committed = self.connection.execute_batch("COMMIT").map_err(failed("commit"));
        if let Err(error) = committed {
            self.rollback();
            return Err(error);
        }
        if let Some(undo) = self.undo.take() {
            self.appended.extend(undo.appended);
        }
        Ok(())
    }

    fn rollback(&mut self) {
        if let Some(undo) = self.undo.take() {
            // Where SQLite has rolled back by itself there is nothing left to do.
            let _ = self.connection.execute_batch("ROLLBACK");
            self.rosters.truncate(undo.tips.len());
            for (roster, tip) in self.rosters.iter_mut().zip(undo.tips) {
                roster.truncate(tip);
            }
        }
    }

    fn append_seal(&mut self, admitted: &Admitted<'_>, relay_time: u64) -> Result<u32, StoreError> {
        self.admit_seal(admitted, relay_time)
    }

    fn append_roster_entry(
        &mut self,
        block: Option<PlaceId>,
        entry: &Entry,
        chain: Chain,
    ) -> Result<(), StoreError> {
        self.take_back(block, entry, chain)
    }

    fn mend_rosters(&mut self, relay_time: u64) -> Result<(), StoreError> {
        self.within(|db| db.mend(relay_time))
    }

    fn enrol(
        &mut self,
        token: Token,
        spki: &Spki,
        now_ms: u64,
    ) -> Result<(EnrolState, [u8; 16]), StoreError> {
        self.within(|db| db.enrol_key(token, spki, now_ms))
    }

    fn alarm(&mut self, name: &'static str, scope: Scope) -> Result<(), StoreError> {
        let seen_at = self.log_head(scope)?.relay_time;
        self.change_rows(
            "note an alarm",
            "INSERT INTO alarm (name, scope, times, seen_at) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT DO UPDATE SET times = times + 1, seen_at = excluded.seen_at",
            params![name, scope.0, int(seen_at)],
        )?;
        Ok(())
    }
}
