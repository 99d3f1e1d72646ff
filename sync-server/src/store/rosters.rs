//! Rosters: read whole into memory, written entry by entry.

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{Chain, Chain8, PlaceId, RealmId, Scope},
    log::{Entry, EntryBody},
    roster::{Record, Roster},
    store::StoreError,
};
use rusqlite::{Connection, params};

use super::{RelayDb, failed, unsigned};
use crate::register::{Register, Step};

pub(super) fn realm(connection: &Connection) -> Result<RealmId, StoreError> {
    connection
        .query_row("SELECT value FROM meta WHERE name = 'realm'", [], |row| row.get(0))
        .map(RealmId)
        .map_err(failed("read the realm"))
}

/// A roster as its log has it.
struct RosterLog {
    scope: Scope,
    block: Option<PlaceId>,
    seq: u32,
}

impl RelayDb {
    /// Reads what memory lacks, the realm's roster first; gives the rosters that gained something.
    pub(super) fn load_rosters(&mut self) -> Result<BTreeSet<Scope>, StoreError> {
        let mut logs = self.rows(
            "list the rosters",
            "SELECT scope, block, seq FROM log WHERE block IS NOT NULL ORDER BY block",
            [],
            |row| {
                let block = PlaceId(row.get(1)?);
                let block = (block != PlaceId::ZERO).then_some(block);
                Ok(RosterLog { scope: Scope(row.get(0)?), block, seq: row.get(2)? })
            },
        )?;
        logs.sort_by_key(|log| log.block);
        let mut gained = BTreeSet::new();
        for log in logs {
            let tip = self.rosters.iter().find(|r| r.scope() == log.scope).map(Roster::tip_seq);
            if tip.unwrap_or_default() >= log.seq {
                continue;
            }
            for (entry, chain8) in self.roster_entries(log.scope, tip.unwrap_or_default())? {
                let records = records_of(&entry)?;
                self.roster_mut(log.block).append(chain8, entry.relay_time, &records);
            }
            gained.insert(log.scope);
        }
        Ok(gained)
    }

    /// The entries of a roster after `seq`.
    fn roster_entries(&self, scope: Scope, seq: u32) -> Result<Vec<(Entry, Chain8)>, StoreError> {
        self.rows(
            "read a roster",
            "SELECT seq, kind, relay_time, body, chain FROM entry
             WHERE scope = ?1 AND seq > ?2 ORDER BY seq",
            params![scope.0, seq],
            |row| {
                let entry = Entry {
                    scope,
                    seq: row.get(0)?,
                    kind: row.get(1)?,
                    relay_time: unsigned(row.get(2)?),
                    body: row.get(3)?,
                };
                Ok((entry, Chain(row.get(4)?).short()))
            },
        )
    }

    fn roster_mut(&mut self, block: Option<PlaceId>) -> &mut Roster {
        let at = match self.rosters.iter().position(|roster| roster.block() == block) {
            Some(at) => at,
            None => {
                self.rosters.push(Roster::new(self.realm, block));
                self.rosters.len() - 1
            }
        };
        #[allow(clippy::indexing_slicing)] // found or pushed just above
        &mut self.rosters[at]
    }

    /// Appends an entry as it is, in the log and in memory.
    fn append_to_roster(
        &mut self,
        block: Option<PlaceId>,
        entry: &Entry,
        records: &[Record],
    ) -> Result<Chain, StoreError> {
        let chain = self.append_entry(entry, None, Some(block))?;
        self.roster_mut(block).append(chain.short(), entry.relay_time, records);
        Ok(chain)
    }

    /// An entry that a phone brought back after a restore; the session has proven its chain.
    pub(super) fn take_back(
        &mut self,
        block: Option<PlaceId>,
        entry: &Entry,
        chain: Chain,
    ) -> Result<(), StoreError> {
        let records = records_of(entry)?;
        if self.append_to_roster(block, entry, &records)? != chain {
            return Err(StoreError::Failed("a tail that does not follow on its roster".to_owned()));
        }
        if let Some(undo) = &mut self.undo {
            undo.regained.push((entry.scope, entry.seq));
        }
        Ok(())
    }

    /// Appends records to a roster as one entry, not before `relay_time` nor before what stands there.
    pub(super) fn append_records(
        &mut self,
        block: Option<PlaceId>,
        records: &[Record],
        relay_time: u64,
    ) -> Result<u32, StoreError> {
        let scope = Scope::roster(&self.realm, block);
        let head = self.log_head(scope)?;
        let seq = head.seq.saturating_add(1);
        let entry = Entry::roster(scope, seq, relay_time.max(head.relay_time), records)
            .map_err(|error| StoreError::Failed(format!("make a roster entry: {error}")))?;
        self.append_to_roster(block, &entry, records)?;
        Ok(seq)
    }

    /// The register as all rosters together have it, without the entries `except`.
    pub(super) fn register_without(&self, except: &[(Scope, u32)]) -> Result<Register, StoreError> {
        let mut register = Register::new(self.realm);
        for roster in &self.rosters {
            for (entry, _) in self.roster_entries(roster.scope(), 0)? {
                if !except.contains(&(entry.scope, entry.seq)) {
                    register.take(roster.block(), entry.relay_time, &records_of(&entry)?);
                }
            }
        }
        Ok(register)
    }

    /// The register as all rosters together have it now.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn register(&self) -> Result<Register, StoreError> {
        self.register_without(&[])
    }

    /// Writes the steps of a plan, in one transaction (in the open one, where there is one).
    pub fn write_steps(&mut self, steps: &[Step], relay_time: u64) -> Result<(), StoreError> {
        self.within(|db| {
            for step in steps {
                let mut relay_time = step.relay_time.unwrap_or(relay_time);
                for block in &step.rosters {
                    // The same time in all of them, and in none before what stands there.
                    let head = db.log_head(Scope::roster(&db.realm, *block))?;
                    relay_time = relay_time.max(head.relay_time);
                }
                for block in &step.rosters {
                    db.append_records(*block, &step.records, relay_time)?;
                }
            }
            Ok(())
        })
    }
}

/// The records of a roster entry; an entry that is not understood ends everything, since rights would
/// be judged on half a roster.
pub(super) fn records_of(entry: &Entry) -> Result<Vec<Record>, StoreError> {
    match entry.parse() {
        Ok(EntryBody::Roster(records)) => Ok(records),
        Ok(EntryBody::Skipped) => Ok(Vec::new()),
        _ => Err(StoreError::Failed("read a roster entry: not understood".to_owned())),
    }
}
