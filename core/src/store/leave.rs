//! Leaving a log: hidden at once, deleted only when nothing can be lost by it.

use std::collections::BTreeSet;

use doorstep_protocol::{id::Scope, store::StoreError};
use rusqlite::params;

use super::{META_STABLE_TIME, Store, View, error::At, incarnation, rows};

impl Store {
    /// Looks at every log here that `held` does not have: notes when it was left, and deletes those
    /// of which everything is settled and in a backup, or left for `drop_after_ms`. A log that is
    /// held again before that is as if it had never been left. Gives the logs deleted; their
    /// documents are marked dirty, and the present incarnation does not write there again.
    ///
    /// `held` must come of rosters that extend what is held here; while a log diverged or a roster is
    /// forked nothing is deleted.
    pub fn leave_logs(
        &mut self,
        held: &BTreeSet<Scope>,
        now_ms: u64,
        drop_after_ms: u64,
    ) -> Result<Vec<Scope>, StoreError> {
        let tx = super::begin(&mut self.conn)?;
        let view = View { conn: &tx, identity: &self.identity, rosters: &self.rosters };
        let forked = is_forked(&view)?;
        let mut dropped = Vec::new();
        for scope in known_logs(&view)? {
            if held.contains(&scope) {
                tx.execute("UPDATE log SET left_at = NULL WHERE scope = ?1", [scope.0])
                    .at("leave.again")?;
                continue;
            }
            let left_at = left_at(&view, scope, now_ms)?;
            let period_is_over = now_ms >= left_at.saturating_add(drop_after_ms);
            if !forked && may_go(&view, scope, period_is_over)? {
                delete(&view, scope)?;
                dropped.push(scope);
            }
        }
        tx.commit().at("leave.commit")?;
        Ok(dropped)
    }
}

fn is_forked(view: &View<'_>) -> Result<bool, StoreError> {
    view.conn
        .query_row("SELECT EXISTS (SELECT 1 FROM log WHERE forked <> 0)", [], |row| row.get(0))
        .at("leave.forked")
}

/// Logs of places with an entry, a seal, a document or something unsealed.
fn known_logs(view: &View<'_>) -> Result<Vec<Scope>, StoreError> {
    let mut statement = view
        .conn
        .prepare_cached(
            "SELECT scope FROM entry WHERE scope NOT IN (SELECT scope FROM roster) \
             UNION SELECT scope FROM seal UNION SELECT scope FROM document \
             UNION SELECT scope FROM unsealed",
        )
        .at("leave.logs")?;
    let logs = statement.query_map([], |row| rows::id(row, 0, Scope::from_slice));
    logs.and_then(Iterator::collect).at("leave.logs")
}

/// When the log was left: now, where it was not noted before.
fn left_at(view: &View<'_>, scope: Scope, now_ms: u64) -> Result<u64, StoreError> {
    view.conn
        .prepare_cached(
            "INSERT INTO log (scope, left_at) VALUES (?1, ?2) \
             ON CONFLICT (scope) DO UPDATE SET left_at = coalesce(left_at, ?2) RETURNING left_at",
        )
        .at("leave.mark")?
        .query_row(params![scope.0, now_ms.cast_signed()], |row| rows::time(row, 0))
        .at("leave.mark")
}

/// Whether nothing is lost when the log goes: all seals met in it, nothing unsealed, own events that
/// were set aside written again and settled, the log the relay's, and every entry in a backup (or the
/// time for that over).
fn may_go(view: &View<'_>, scope: Scope, period_is_over: bool) -> Result<bool, StoreError> {
    let open: bool = view
        .conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM seal WHERE scope = ?1 AND log_seq IS NULL) \
             OR EXISTS (SELECT 1 FROM unsealed WHERE scope = ?1) \
             OR EXISTS (SELECT 1 FROM log WHERE scope = ?1 AND (diverged <> 0 OR stopped <> 0))",
        )
        .at("leave.open")?
        .query_row([scope.0], |row| row.get(0))
        .at("leave.open")?;
    if open || incarnation::has_set_aside(view, scope)? {
        return Ok(false);
    }
    let stable_time = rows::meta_u64(view.conn, META_STABLE_TIME)?;
    Ok(period_is_over || newest_entry_time(view, scope)? <= stable_time)
}

/// Relay time never falls in a log, so its newest entry has the newest; 0 where there is none.
fn newest_entry_time(view: &View<'_>, scope: Scope) -> Result<u64, StoreError> {
    view.conn
        .prepare_cached(
            "SELECT coalesce((SELECT relay_time FROM entry WHERE scope = ?1 \
             ORDER BY seq DESC LIMIT 1), 0)",
        )
        .at("leave.newest")?
        .query_row([scope.0], |row| rows::time(row, 0))
        .at("leave.newest")
}

fn delete(view: &View<'_>, scope: Scope) -> Result<(), StoreError> {
    let (device, incarnation) = (view.identity.device, view.identity.incarnation);
    view.conn
        .execute(
            "INSERT OR IGNORE INTO dropped (scope, incarnation) VALUES (?1, ?2)",
            params![scope.0, incarnation.0],
        )
        .at("leave.dropped")?;
    view.conn
        .execute(
            "INSERT OR IGNORE INTO dropped_seal (id, incarnation) SELECT id, incarnation FROM seal \
             WHERE scope = ?1 AND device = ?2 AND incarnation = ?3",
            params![scope.0, device.0, incarnation.0],
        )
        .at("leave.dropped")?;
    for sql in [
        "INSERT OR IGNORE INTO dirty (doc) SELECT doc FROM document WHERE scope = ?1",
        "DELETE FROM change WHERE n IN (SELECT pc.change FROM part_change pc \
         JOIN part p ON p.n = pc.part JOIN seal s ON s.n = p.seal WHERE s.scope = ?1)",
        "DELETE FROM part_change WHERE part IN (SELECT p.n FROM part p \
         JOIN seal s ON s.n = p.seal WHERE s.scope = ?1)",
        "DELETE FROM part WHERE seal IN (SELECT n FROM seal WHERE scope = ?1)",
        "DELETE FROM seal WHERE scope = ?1",
        "DELETE FROM entry WHERE scope = ?1",
        "DELETE FROM head_scope WHERE scope = ?1",
        "DELETE FROM head WHERE n NOT IN (SELECT head FROM head_scope)",
        "DELETE FROM document WHERE scope = ?1",
        "DELETE FROM log WHERE scope = ?1",
    ] {
        let takes_scope = sql.contains("?1");
        let done = if takes_scope {
            view.conn.execute(sql, [scope.0])
        } else {
            view.conn.execute(sql, [])
        };
        done.at("leave.delete")?;
    }
    Ok(())
}
