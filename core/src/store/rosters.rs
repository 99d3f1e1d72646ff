//! Rosters: their entries in the file, the [`Roster`]s made of them in memory.

use doorstep_protocol::{
    id::{Chain, PlaceId, Point, RealmId, Scope},
    log::{Entry, EntryBody, chain_next, chain_start},
    roster::{Roster, RosterAt, Rosters as _},
    store::{Stop, StoreError, TakenLog},
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    alarm,
    error::{At, damaged},
    rows::{self, LogMark},
};

/// The rosters of the file, the realm's first.
pub(super) fn load(conn: &Connection, realm: RealmId) -> Result<Vec<Roster>, StoreError> {
    let mut statement =
        conn.prepare("SELECT block FROM roster ORDER BY block IS NOT NULL, n").at("roster.load")?;
    let blocks = statement.query_map([], |row| rows::optional_id(row, 0, PlaceId::from_slice));
    let blocks: Vec<Option<PlaceId>> = blocks.and_then(Iterator::collect).at("roster.load")?;
    let mut rosters = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut roster = Roster::new(realm, block);
        for (entry, chain) in entries(conn, roster.scope(), 1, u32::MAX)? {
            let Ok(EntryBody::Roster(records)) = entry.parse() else {
                return Err(damaged("roster"));
            };
            roster.append(chain.short(), entry.relay_time, &records);
        }
        rosters.push(roster);
    }
    Ok(rosters)
}

/// Entries of a log from `first` to `last`, with the chain at each.
pub(super) fn entries(
    conn: &Connection,
    scope: Scope,
    first: u32,
    last: u32,
) -> Result<Vec<(Entry, Chain)>, StoreError> {
    let mut statement = conn
        .prepare_cached(
            "SELECT seq, kind, relay_time, chain, body FROM entry \
             WHERE scope = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
        )
        .at("entry.read")?;
    let found = statement.query_map(params![scope.0, first, last], |row| {
        let chain = rows::id(row, 3, Chain::from_slice)?;
        let (seq, kind, relay_time) = (row.get(0)?, row.get(1)?, rows::time(row, 2)?);
        Ok((Entry { scope, seq, kind, relay_time, body: row.get(4)? }, chain))
    });
    found.and_then(Iterator::collect).at("entry.read")
}

/// The newest entry held of a log: 0 and the chain's start where there is none.
pub(super) fn tip(
    conn: &Connection,
    realm: &RealmId,
    scope: Scope,
) -> Result<(u32, Chain), StoreError> {
    let tip = conn
        .prepare_cached("SELECT seq, chain FROM entry WHERE scope = ?1 ORDER BY seq DESC LIMIT 1")
        .at("entry.tip")?
        .query_row([scope.0], |row| Ok((row.get(0)?, rows::id(row, 1, Chain::from_slice)?)))
        .optional()
        .at("entry.tip")?;
    Ok(tip.unwrap_or_else(|| (0, chain_start(realm, scope))))
}

/// The chain at an entry.
pub(super) fn chain_at(
    conn: &Connection,
    realm: &RealmId,
    scope: Scope,
    seq: u32,
) -> Result<Option<Chain>, StoreError> {
    if seq == 0 {
        return Ok(Some(chain_start(realm, scope)));
    }
    conn.prepare_cached("SELECT chain FROM entry WHERE scope = ?1 AND seq = ?2")
        .at("entry.chain")?
        .query_row(params![scope.0, seq], |row| rows::id(row, 0, Chain::from_slice))
        .optional()
        .at("entry.chain")
}

/// An entry's row. `absent` is whether it is a seal's and the seal is not here.
pub(super) fn insert_entry(
    conn: &Connection,
    entry: &Entry,
    chain: Chain,
    seal: Option<[u8; 32]>,
    absent: bool,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO entry (scope, seq, kind, relay_time, chain, seal, absent, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .at("entry.insert")?
    .execute(params![
        entry.scope.0,
        entry.seq,
        entry.kind,
        entry.relay_time.cast_signed(),
        chain.0,
        seal,
        absent,
        entry.body,
    ])
    .at("entry.insert")?;
    Ok(())
}

/// Whether the entry is what follows `tip` by number and chain.
pub(super) fn follows(realm: &RealmId, tip: &(u32, Chain), entry: &Entry, chain: Chain) -> bool {
    tip.0.checked_add(1) == Some(entry.seq) && chain_next(&tip.1, &entry.hash(realm)) == chain
}

/// Takes the entries of a roster into the file and into `rosters`.
pub(super) fn take(
    conn: &Connection,
    realm: &RealmId,
    rosters: &mut Vec<Roster>,
    log: &TakenLog,
    block: Option<PlaceId>,
) -> Result<Option<Stop>, StoreError> {
    if log.scope != Scope::roster(realm, block) {
        return Err(StoreError::Failed("roster: of another scope".to_owned()));
    }
    let mut at = tip(conn, realm, log.scope)?;
    for (entry, chain, _) in &log.entries {
        if entry.seq <= at.0 {
            if chain_at(conn, realm, log.scope, entry.seq)? != Some(*chain) {
                return Err(StoreError::Failed("roster: forked".to_owned()));
            }
            continue;
        }
        if entry.scope != log.scope || !follows(realm, &at, entry, *chain) {
            return Err(StoreError::Failed("roster: out of order".to_owned()));
        }
        let Ok(EntryBody::Roster(records)) = entry.parse() else {
            rows::alarm(conn, alarm::NEED_NEWER_APP, log.scope, &entry.seq.to_string())?;
            return Ok(Some(Stop::NeedNewerApp));
        };
        let roster = find_or_make(conn, realm, rosters, block)?;
        roster.append(chain.short(), entry.relay_time, &records);
        // Genesis counts only where it makes the realm that the invitation named.
        if roster.genesis().is_none() {
            return Err(StoreError::Failed("roster: of another realm".to_owned()));
        }
        insert_entry(conn, entry, *chain, None, false)?;
        // The relay's roster goes on from what is held here: whatever fork there was is over.
        rows::mark_log(conn, log.scope, LogMark::Forked, 0)?;
        at = (entry.seq, *chain);
    }
    Ok(None)
}

fn find_or_make<'a>(
    conn: &Connection,
    realm: &RealmId,
    rosters: &'a mut Vec<Roster>,
    block: Option<PlaceId>,
) -> Result<&'a mut Roster, StoreError> {
    let found = rosters.iter().position(|roster| roster.block() == block);
    let index = match found {
        Some(index) => index,
        None => {
            let roster = Roster::new(*realm, block);
            conn.execute(
                "INSERT INTO roster (scope, block) VALUES (?1, ?2)",
                params![roster.scope().0, block.map(|block| block.0)],
            )
            .at("roster.insert")?;
            let index = if block.is_none() { 0 } else { rosters.len() };
            rosters.insert(index, roster);
            index
        }
    };
    rosters.get_mut(index).ok_or_else(|| damaged("roster"))
}

/// The state at a point, of whichever roster has it.
pub(super) fn at(rosters: &[Roster], point: Point) -> Option<RosterAt<'_>> {
    rosters.at(point)
}
