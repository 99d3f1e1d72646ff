//! The log differs from the relay's: what stands above the common point is unsent again.

use doorstep_protocol::{
    id::{DocumentId, RealmId, Scope},
    seal::Seal,
    store::StoreError,
};
use rusqlite::params;

use super::{
    Store, View, alarm,
    error::At,
    judging, rosters,
    rows::{self, LogMark, verified},
};

impl Store {
    pub(super) fn rebase_log(&mut self, scope: Scope, common: u32) -> Result<(), StoreError> {
        if self.rosters.iter().any(|roster| roster.scope() == scope) {
            return Err(StoreError::Failed("rebase: of a roster".to_owned()));
        }
        let tx = super::begin(&mut self.conn)?;
        let view = View { conn: &tx, identity: &self.identity, rosters: &self.rosters };
        for doc in rebase(&view, scope, common)? {
            judging::judge_pending(&view, doc)?;
        }
        tx.commit().at("rebase.commit")
    }

    /// Looks at the signatures of at most `count` seals that the log brought; a bad one is an alarm
    /// and changes no meaning. Gives how many were looked at. For the background: one takes 85 us on
    /// a desktop and some ms on the oldest phones.
    pub fn verify_some(&mut self, count: usize) -> Result<usize, StoreError> {
        let tx = super::begin(&mut self.conn)?;
        let view = View { conn: &tx, identity: &self.identity, rosters: &self.rosters };
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let seals = unverified(
            &view,
            "SELECT n, bytes FROM seal WHERE verified = 0 ORDER BY n LIMIT ?1",
            count,
        )?;
        let looked = seals.len();
        verify(&view, seals)?;
        tx.commit().at("verify.commit")?;
        Ok(looked)
    }
}

/// Within a transaction: what stood above the common point is unsent again, and unjudged. Gives its
/// documents.
pub(super) fn rebase(
    view: &View<'_>,
    scope: Scope,
    common: u32,
) -> Result<Vec<DocumentId>, StoreError> {
    let docs = drop_above(view, scope, common)?;
    for doc in &docs {
        judging::judge_log_again(view, *doc)?;
        rows::mark_dirty(view.conn, *doc)?;
    }
    // Nobody passes on a seal whose signature was not looked at.
    verify_unsent(view)?;
    rows::mark_log(view.conn, scope, LogMark::Diverged, 1)?;
    rows::mark_log(view.conn, scope, LogMark::Stopped, 0)?;
    rows::alarm(view.conn, alarm::DIVERGED, scope, &common.to_string())?;
    Ok(docs)
}

/// Entries and heads above the common point go, their seals are unsent; gives the documents in them.
fn drop_above(view: &View<'_>, scope: Scope, common: u32) -> Result<Vec<DocumentId>, StoreError> {
    let mut statement = view
        .conn
        .prepare(
            "SELECT DISTINCT p.doc FROM seal s JOIN part p ON p.seal = s.n \
             WHERE s.scope = ?1 AND s.log_seq > ?2 AND p.doc IS NOT NULL",
        )
        .at("rebase.documents")?;
    let docs = statement
        .query_map(params![scope.0, common], |row| rows::id(row, 0, DocumentId::from_slice));
    let docs = docs.and_then(Iterator::collect).at("rebase.documents")?;
    place_anew(view, scope, common)?;
    for sql in [
        "UPDATE part SET verdict = NULL WHERE seal IN \
         (SELECT n FROM seal WHERE scope = ?1 AND log_seq > ?2)",
        "UPDATE seal SET log_seq = NULL, log_time = NULL WHERE scope = ?1 AND log_seq > ?2",
        "DELETE FROM entry WHERE scope = ?1 AND seq > ?2",
        "DELETE FROM head_scope WHERE scope = ?1 AND seq > ?2",
    ] {
        view.conn.execute(sql, params![scope.0, common]).at("rebase.drop")?;
    }
    Ok(docs)
}

/// What stood in the log goes first and in its order, so that the relay comes to the same verdicts;
/// nothing of it depends on what was in no log. Then what was unsent before, in the order it had.
fn place_anew(view: &View<'_>, scope: Scope, common: u32) -> Result<(), StoreError> {
    let mut statement = view
        .conn
        .prepare(
            "SELECT n FROM seal WHERE scope = ?1 AND (log_seq > ?2 OR log_seq IS NULL) \
             ORDER BY log_seq IS NULL, log_seq, place",
        )
        .at("rebase.order")?;
    let order = statement.query_map(params![scope.0, common], |row| row.get(0));
    let order: Vec<i64> = order.and_then(Iterator::collect).at("rebase.order")?;
    for n in order {
        view.conn
            .prepare_cached(
                "UPDATE seal SET place = (SELECT max(place) + 1 FROM seal) WHERE n = ?1",
            )
            .at("rebase.place")?
            .execute([n])
            .at("rebase.place")?;
    }
    Ok(())
}

fn verify_unsent(view: &View<'_>) -> Result<(), StoreError> {
    let seals = unverified(
        view,
        "SELECT n, bytes FROM seal WHERE verified = 0 AND log_seq IS NULL ORDER BY n LIMIT ?1",
        i64::MAX,
    )?;
    verify(view, seals)
}

type SealBytes = (i64, Vec<u8>);

fn unverified(view: &View<'_>, sql: &str, count: i64) -> Result<Vec<SealBytes>, StoreError> {
    let mut statement = view.conn.prepare_cached(sql).at("verify.read")?;
    let seals = statement.query_map([count], |row| Ok((row.get(0)?, row.get(1)?)));
    seals.and_then(Iterator::collect).at("verify.read")
}

fn verify(view: &View<'_>, seals: Vec<SealBytes>) -> Result<(), StoreError> {
    for (n, bytes) in seals {
        let seal = Seal::decode(&bytes).ok();
        let fits = seal.as_ref().is_some_and(|seal| signature_fits(view, seal));
        let found = if fits { verified::FITS } else { verified::BAD };
        view.conn
            .prepare_cached("UPDATE seal SET verified = ?2 WHERE n = ?1")
            .at("verify.write")?
            .execute(params![n, found])
            .at("verify.write")?;
        if let (false, Some(seal)) = (fits, seal) {
            let realm: &RealmId = &view.identity.realm;
            let id = seal.head.id(realm).to_string();
            rows::alarm(view.conn, alarm::BAD_SIGNATURE, seal.head.scope, &id)?;
        }
    }
    Ok(())
}

fn signature_fits(view: &View<'_>, seal: &Seal) -> bool {
    let at = rosters::at(view.rosters, seal.head.point);
    let device = at.and_then(|at| at.device(seal.head.device));
    device.is_some_and(|device| seal.verify_signature(&view.identity.realm, &device.spki))
}
