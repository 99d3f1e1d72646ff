//! What others read of the database: an import, a check of a run, the status page.

use std::collections::BTreeMap;

use doorstep_protocol::{
    change::{chunk_hash, guard},
    id::{ActId, ChangeHash, DeviceId, DocumentId, MemberId, Nonce, PlaceId, Point, Scope, SealId},
    log::{Entry, EntryBody, Verdict},
    seal::Seal,
    store::StoreError,
};
use rusqlite::params;
use serde::Serialize;

use super::{RelayDb, failed, unsigned};

/// One act in a document, as a fold takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentChange {
    /// Its hash.
    pub hash: ChangeHash,
    /// What its author had seen.
    pub deps: Vec<ChangeHash>,
    /// Whose device signed it.
    pub author: MemberId,
    /// The act.
    pub act: ActId,
    /// The act's bytes.
    pub value: Vec<u8>,
    /// The roster point that was in force when it was saved.
    pub point: Point,
    /// The relay time of its log entry, ms.
    pub relay_time: u64,
    /// What became of its part.
    pub verdict: Verdict,
}

/// A seal in its log.
#[derive(Debug, Clone)]
pub struct SealRow {
    /// Its number in the log.
    pub seq: u32,
    /// When it was appended, ms.
    pub relay_time: u64,
    /// Its id.
    pub id: SealId,
    /// Whose device signed it.
    pub author: MemberId,
    /// The seal, encoded.
    pub bytes: Vec<u8>,
    /// A verdict for each part.
    pub verdicts: Vec<Verdict>,
}

/// How far one log goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogCount {
    /// The log.
    pub scope: Scope,
    /// For a roster: its block, the realm's zero.
    pub roster_of: Option<PlaceId>,
    /// Its newest entry.
    pub entries: u32,
    /// The relay time of that, ms.
    pub relay_time: u64,
}

/// What is stored, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Logs of places that have an entry.
    pub logs: u64,
    /// Rosters.
    pub rosters: u64,
    /// Seals.
    pub seals: u64,
    /// Bytes of seals.
    pub seal_bytes: u64,
    /// Documents by the number of their kind.
    pub documents: Vec<(u8, u64)>,
    /// Changes applied.
    pub changes_applied: u64,
    /// Changes set aside.
    pub changes_aside: u64,
    /// Devices that were ever met.
    pub devices_met: u64,
    /// The newest relay time of any log, ms; 0 = none.
    pub newest_relay_time: u64,
}

/// Something that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// What.
    pub name: String,
    /// In which log.
    pub scope: Scope,
    /// How often.
    pub times: u64,
    /// The newest relay time of that log when it was last noted, ms.
    pub seen_at: u64,
}

impl RelayDb {
    /// The changes of a document in the order of admission. One that came several times stands once:
    /// where it is applied, with that entry.
    ///
    /// What is not canonical is left out. Automerge is not asked.
    pub fn document_changes(&self, doc: DocumentId) -> Result<Vec<DocumentChange>, StoreError> {
        let seals = self.rows(
            "read a document",
            "SELECT s.bytes, s.author, p.verdict, e.relay_time
             FROM part p JOIN seal s ON s.number = p.seal
             JOIN entry e ON e.scope = s.scope AND e.seq = s.seq
             WHERE p.doc = ?1 ORDER BY p.seal",
            params![doc.0],
            |row| {
                let bytes: Vec<u8> = row.get(0)?;
                let verdict: u8 = row.get(2)?;
                Ok((bytes, MemberId(row.get(1)?), verdict, unsigned(row.get(3)?)))
            },
        )?;
        let mut out: Vec<DocumentChange> = Vec::new();
        for (bytes, author, verdict, relay_time) in seals {
            let seal = Seal::decode(&bytes)
                .map_err(|_| StoreError::Failed("read a stored seal".to_owned()))?;
            let verdict = Verdict::from_number(verdict)
                .ok_or_else(|| StoreError::Failed("read a stored verdict".to_owned()))?;
            let point = seal.head.point;
            let parts = seal.parts.into_iter().flatten().filter(|part| part.doc == doc);
            for raw in parts.flat_map(|part| part.changes) {
                let (Some(hash), Ok(change)) = (chunk_hash(&raw), guard(&raw)) else { continue };
                let found = DocumentChange {
                    hash,
                    deps: change.deps,
                    author,
                    act: change.act,
                    value: change.value,
                    point,
                    relay_time,
                    verdict,
                };
                match out.iter_mut().find(|known| known.hash == hash) {
                    None => out.push(found),
                    Some(known) if known.verdict == Verdict::Applied => {}
                    Some(known) if verdict == Verdict::Applied => *known = found,
                    Some(_) => {}
                }
            }
        }
        Ok(out)
    }

    /// The document with this nonce, whatever log it lives in: nonces of an import follow from the row's
    /// key.
    pub fn document_with_nonce(
        &self,
        nonce: &Nonce,
    ) -> Result<Option<(DocumentId, Scope)>, StoreError> {
        self.row(
            "find a document",
            "SELECT doc, scope FROM document WHERE nonce = ?1",
            params![nonce.0],
            |row| Ok((DocumentId(row.get(0)?), Scope(row.get(1)?))),
        )
    }

    /// The documents of a log, by kind and id.
    pub fn documents(&self, scope: Scope) -> Result<Vec<(DocumentId, u8)>, StoreError> {
        self.rows(
            "list documents",
            "SELECT doc, kind FROM document WHERE scope = ?1 ORDER BY kind, doc",
            params![scope.0],
            |row| Ok((DocumentId(row.get(0)?), row.get(1)?)),
        )
    }

    /// How many documents lie in each log that has some.
    pub fn documents_by_log(&self) -> Result<BTreeMap<Scope, u64>, StoreError> {
        let counts = self.rows(
            "count documents",
            "SELECT scope, count(*) FROM document GROUP BY scope",
            [],
            |row| Ok((Scope(row.get(0)?), unsigned(row.get(1)?))),
        )?;
        Ok(counts.into_iter().collect())
    }

    /// All logs, rosters too, by scope.
    pub fn scopes(&self) -> Result<Vec<LogCount>, StoreError> {
        self.rows(
            "list the logs",
            "SELECT scope, block, seq, relay_time FROM log ORDER BY scope",
            [],
            |row| {
                Ok(LogCount {
                    scope: Scope(row.get(0)?),
                    roster_of: row.get::<_, Option<[u8; 8]>>(1)?.map(PlaceId),
                    entries: row.get(2)?,
                    relay_time: unsigned(row.get(3)?),
                })
            },
        )
    }

    /// Hands the seals of a log to `visit`, ascending, until it says false.
    pub fn for_each_seal(
        &self,
        scope: Scope,
        visit: &mut dyn FnMut(SealRow) -> bool,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "read a log's seals";
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT e.seq, e.relay_time, s.id, s.author, s.bytes, e.kind, e.body
                 FROM entry e JOIN seal s ON s.number = e.seal
                 WHERE e.scope = ?1 ORDER BY e.seq",
            )
            .map_err(failed(OPERATION))?;
        let mut rows = statement.query(params![scope.0]).map_err(failed(OPERATION))?;
        while let Some(row) = rows.next().map_err(failed(OPERATION))? {
            if !visit(seal_row(scope, row).map_err(failed(OPERATION))?) {
                break;
            }
        }
        Ok(())
    }

    /// What is stored, in numbers. Reads whole tables: for a page that a person looks at.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let one = |sql: &str| -> Result<u64, StoreError> {
            let found = self.row("count", sql, [], |row| row.get(0).map(unsigned))?;
            Ok(found.unwrap_or_default())
        };
        Ok(Counts {
            logs: one("SELECT count(*) FROM log WHERE block IS NULL")?,
            rosters: one("SELECT count(*) FROM log WHERE block IS NOT NULL")?,
            seals: one("SELECT count(*) FROM seal")?,
            seal_bytes: one("SELECT coalesce(sum(length(bytes)), 0) FROM seal")?,
            documents: self.rows(
                "count",
                "SELECT kind, count(*) FROM document GROUP BY kind ORDER BY kind",
                [],
                |row| Ok((row.get(0)?, unsigned(row.get(1)?))),
            )?,
            changes_applied: one("SELECT count(*) FROM change WHERE state = 0")?,
            changes_aside: one("SELECT count(*) FROM change WHERE state = 1")?,
            devices_met: one("SELECT count(*) FROM met")?,
            newest_relay_time: self.newest_relay_time()?,
        })
    }

    /// The newest relay time of any log, ms; 0 where there is none.
    pub fn newest_relay_time(&self) -> Result<u64, StoreError> {
        let found =
            self.row("read the newest time", "SELECT max(relay_time) FROM log", [], |row| {
                row.get::<_, Option<i64>>(0)
            })?;
        Ok(unsigned(found.flatten().unwrap_or_default()))
    }

    /// What a person must look at, newest first.
    pub fn alarms(&self) -> Result<Vec<Alarm>, StoreError> {
        self.rows(
            "list the alarms",
            "SELECT name, scope, times, seen_at FROM alarm ORDER BY seen_at DESC, name, scope",
            [],
            |row| {
                Ok(Alarm {
                    name: row.get(0)?,
                    scope: Scope(row.get(1)?),
                    times: unsigned(row.get(2)?),
                    seen_at: unsigned(row.get(3)?),
                })
            },
        )
    }

    /// When a device was last met, ms.
    pub fn last_met(&self, device: DeviceId) -> Result<Option<u64>, StoreError> {
        self.row(
            "read a device",
            "SELECT last FROM met WHERE device = ?1",
            params![device.0],
            |row| row.get(0).map(unsigned),
        )
    }
}

fn seal_row(scope: Scope, row: &rusqlite::Row<'_>) -> rusqlite::Result<SealRow> {
    let entry = Entry {
        scope,
        seq: row.get(0)?,
        kind: row.get(5)?,
        relay_time: unsigned(row.get(1)?),
        body: row.get(6)?,
    };
    let Ok(EntryBody::Seal { verdicts, .. }) = entry.parse() else {
        return Err(rusqlite::Error::InvalidQuery);
    };
    Ok(SealRow {
        seq: entry.seq,
        relay_time: entry.relay_time,
        id: SealId(row.get(2)?),
        author: MemberId(row.get(3)?),
        bytes: row.get(4)?,
        verdicts,
    })
}
