//! After a restore: what a phone brought back of one roster is written into the others it rides in.
//!
//! The same entry where the chain allows it (same body, same relay time, next in its log), else a new
//! one; where a key was touched since, nothing is written and a person decides (an alarm).

use doorstep_protocol::{
    id::{PlaceId, Scope},
    log::Entry,
    roster::{Record, RecordKind, Roster},
    store::{RelayStore as _, StoreError},
};
use rusqlite::params;

use super::{RelayDb, rosters::records_of, unsigned};
use crate::register::Register;

/// A key of a regained record was changed after the relay was restored: nothing was written over it.
pub(super) const ALARM_CONFLICT: &str = "roster_conflict";

impl RelayDb {
    pub(super) fn mend(&mut self, relay_time: u64) -> Result<(), StoreError> {
        let regained =
            self.undo.as_mut().map(|undo| std::mem::take(&mut undo.regained)).unwrap_or_default();
        if regained.is_empty() {
            return Ok(());
        }
        let mut register = self.register_without(&regained)?;
        let mut entries = Vec::with_capacity(regained.len());
        for (scope, seq) in regained {
            entries.push(self.roster_entry(scope, seq)?);
        }
        // In the order in which they were first written, so that each finds what it rested on.
        entries.sort_by_key(|entry| (entry.relay_time, entry.scope, entry.seq));
        for entry in entries {
            self.mend_one(&mut register, &entry, relay_time)?;
        }
        Ok(())
    }

    fn mend_one(
        &mut self,
        register: &mut Register,
        entry: &Entry,
        relay_time: u64,
    ) -> Result<(), StoreError> {
        let block = self.block_of(entry.scope)?;
        let mut news: Vec<Record> = Vec::new();
        let mut conflict = false;
        let records = records_of(entry)?;
        for record in records.iter().filter(|r| r.kind != RecordKind::Genesis as u8) {
            match register.newest(record.kind, &record.key) {
                Some(version) if version.relay_time > entry.relay_time => {
                    conflict |= version.value != record.value;
                }
                _ => news.push(record.clone()),
            }
        }
        register.take(block, entry.relay_time, &records);
        if conflict {
            self.alarm(ALARM_CONFLICT, entry.scope)?;
        }
        for mut step in register.plan(&news) {
            if !step.rosters.iter().all(|roster| register.has(*roster)) {
                // A roster that is not here yet: its own phones bring it, with its first chain.
                continue;
            }
            let time = self.mend_time(&step.rosters, entry.relay_time, relay_time)?;
            step.relay_time = Some(time);
            self.write_steps(std::slice::from_ref(&step), time)?;
            register.take_step(&step, time);
        }
        Ok(())
    }

    /// The first relay time, where every roster concerned still allows it.
    fn mend_time(
        &self,
        blocks: &std::collections::BTreeSet<Option<PlaceId>>,
        first: u64,
        now: u64,
    ) -> Result<u64, StoreError> {
        for block in blocks {
            if self.log_head(Scope::roster(&self.realm, *block))?.relay_time > first {
                return Ok(now.max(first));
            }
        }
        Ok(first)
    }

    fn block_of(&self, scope: Scope) -> Result<Option<PlaceId>, StoreError> {
        self.rosters
            .iter()
            .find(|roster| roster.scope() == scope)
            .map(Roster::block)
            .ok_or_else(|| StoreError::Failed("a roster that is not there".to_owned()))
    }

    fn roster_entry(&self, scope: Scope, seq: u32) -> Result<Entry, StoreError> {
        let found = self.row(
            "read a roster",
            "SELECT kind, relay_time, body FROM entry WHERE scope = ?1 AND seq = ?2",
            params![scope.0, seq],
            |row| {
                Ok(Entry {
                    scope,
                    seq,
                    kind: row.get(0)?,
                    relay_time: unsigned(row.get(1)?),
                    body: row.get(2)?,
                })
            },
        )?;
        found.ok_or_else(|| StoreError::Failed("a roster entry that is not there".to_owned()))
    }
}
