//! What is on its way and why it has not arrived; and what a person must look at.

use doorstep_protocol::{
    change::guard,
    frame::Refusal,
    id::{ActId, ChangeHash, DocumentId, Scope, SealId},
    log::Verdict,
    store::StoreError,
};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{
    Alarm, Counts, META_RELAY_TIME, META_STABLE_TIME, Outgoing, Receipted, Store, error::At, rows,
};

/// No copy of the act counts.
const NOT_IN_FORCE: &str = "NOT EXISTS (SELECT 1 FROM change o WHERE o.doc = c.doc \
     AND o.act = c.act AND o.author = c.author AND o.state <= 1)";

impl Store {
    /// Every own change that no log is known to have applied, oldest first: what waits to be sealed
    /// or sent, and what was set aside where no copy of it counts.
    pub fn outgoing(&self) -> Result<Vec<Outgoing>, StoreError> {
        let sql = outgoing_sql();
        let mut statement = self.conn.prepare_cached(&sql).at("explain.outgoing")?;
        let found = statement.query_map([], outgoing_row);
        found.and_then(Iterator::collect).at("explain.outgoing")
    }

    /// What the oldest own change without a receipt says: the value of the first such of
    /// [`outgoing`](Self::outgoing), which is as far as it reads.
    pub fn oldest_unsent(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let at = "explain.oldest_unsent";
        let mut statement = self.conn.prepare_cached(&outgoing_sql()).at(at)?;
        let mut rows = statement.query([]).at(at)?;
        while let Some(row) = rows.next().at(at)? {
            let item = outgoing_row(row).at(at)?;
            if item.receipt.is_none() {
                return self.value_of(item.doc, item.hash);
            }
        }
        Ok(None)
    }

    fn value_of(&self, doc: DocumentId, hash: ChangeHash) -> Result<Option<Vec<u8>>, StoreError> {
        let raw: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT raw FROM change WHERE doc = ?1 AND hash = ?2")
            .and_then(|mut statement| {
                statement.query_row(params![doc.0, hash.0], |row| row.get(0)).optional()
            })
            .at("explain.value")?;
        Ok(raw.and_then(|raw| guard(&raw).ok()).map(|change| change.value))
    }

    /// How much is on its way.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let count = |sql: &str| -> Result<u64, StoreError> {
            self.conn
                .prepare_cached(sql)
                .at("explain.counts")?
                .query_row([], |row| rows::time(row, 0))
                .at("explain.counts")
        };
        // From the seals that are on their way: where there is none, nothing is read.
        let (on_its_way, unsent) = self
            .conn
            .prepare_cached(
                "SELECT count(*), coalesce(sum(s.receipt IS NULL), 0) FROM seal s \
                 CROSS JOIN part p ON p.seal = s.n CROSS JOIN part_change pc ON pc.part = p.n \
                 CROSS JOIN change c ON c.n = pc.change AND c.part = p.n \
                 WHERE s.log_seq IS NULL AND c.own = 1 AND c.state > 0",
            )
            .and_then(|mut statement| {
                statement.query_row([], |row| Ok((rows::time(row, 0)?, rows::time(row, 1)?)))
            })
            .at("explain.counts")?;
        Ok(Counts {
            unsealed: count("SELECT count(*) FROM unsealed")?,
            unsent,
            receipted_unmet: on_its_way - unsent,
            aside: count(&format!(
                "SELECT count(*) FROM change c WHERE c.own = 1 AND c.state = 2 AND {NOT_IN_FORCE}"
            ))?,
            settled: count("SELECT count(*) FROM change WHERE own = 1 AND state = 0")?,
            carried: count(
                "SELECT count(*) FROM seal WHERE own = 0 AND log_seq IS NULL AND verified <> 2",
            )?,
        })
    }

    /// What a person must look at, oldest first.
    pub fn alarms(&self) -> Result<Vec<Alarm>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT n, name, scope, detail, at FROM alarm ORDER BY n")
            .at("alarm.read")?;
        let found = statement.query_map([], |row| {
            Ok(Alarm {
                number: row.get(0)?,
                name: row.get(1)?,
                scope: rows::id(row, 2, Scope::from_slice)?,
                detail: row.get(3)?,
                relay_time: rows::time(row, 4)?,
            })
        });
        found.and_then(Iterator::collect).at("alarm.read")
    }

    /// The newest relay time heard, in ms; 0 = none.
    pub fn relay_time(&self) -> Result<u64, StoreError> {
        rows::meta_u64(&self.conn, META_RELAY_TIME)
    }

    /// The stable time last heard, in ms; 0 = none.
    pub fn stable_time(&self) -> Result<u64, StoreError> {
        rows::meta_u64(&self.conn, META_STABLE_TIME)
    }
}

/// Own changes that no log is known to have applied, oldest first.
pub(super) fn outgoing_sql() -> String {
    // Of a change that stands in several seals, the newest says where it is.
    format!(
        "SELECT c.doc, coalesce(s.scope, u.scope), c.act, c.hash, s.id, s.receipt_seq, \
         s.receipt_time, s.receipt_verdicts, s.refused, c.verdict, s.log_seq, p.number, \
         c.state > 1 AND {NOT_IN_FORCE} AS aside \
         FROM change c LEFT JOIN unsealed u ON u.change = c.n \
         LEFT JOIN part p ON p.n = coalesce(c.part, \
         (SELECT max(pc.part) FROM part_change pc WHERE pc.change = c.n)) \
         LEFT JOIN seal s ON s.n = p.seal \
         WHERE c.own = 1 AND c.state > 0 AND (s.log_seq IS NULL OR {NOT_IN_FORCE}) \
         ORDER BY c.n"
    )
}

fn outgoing_row(row: &Row<'_>) -> rusqlite::Result<Outgoing> {
    let verdicts: Option<Vec<u8>> = row.get(7)?;
    let number: Option<usize> = row.get::<_, Option<u32>>(11)?.map(|number| number as usize);
    let verdict = verdicts
        .zip(number)
        .and_then(|(verdicts, number)| Verdict::from_number(*verdicts.get(number)?));
    let receipt = match (row.get(5)?, rows::optional_time(row, 6)?, verdict) {
        (Some(seq), Some(relay_time), Some(verdict)) => {
            Some(Receipted { seq, relay_time, verdict })
        }
        _ => None,
    };
    let aside: bool = row.get(12)?;
    Ok(Outgoing {
        doc: rows::id(row, 0, DocumentId::from_slice)?,
        scope: rows::id(row, 1, Scope::from_slice)?,
        act: rows::id(row, 2, ActId::from_slice)?,
        hash: rows::id(row, 3, ChangeHash::from_slice)?,
        seal: rows::optional_id(row, 4, SealId::from_slice)?,
        receipt,
        refused: row.get::<_, Option<u8>>(8)?.and_then(|n| Refusal::from_number(n.into())),
        aside: if aside { rows::verdict(row, 9)? } else { None },
        log_seq: row.get(10)?,
    })
}
