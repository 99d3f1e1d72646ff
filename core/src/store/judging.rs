//! Which changes count: the log's verdicts, and the provisional ones on what no log has judged.
//!
//! Pending parts are judged in the order in which they are offered, which is causal, and own
//! unsealed changes last. Whoever is about to apply verdicts of the log to a document first calls
//! [`unjudge`], so that the log is judged on itself alone, and afterwards [`judge_pending`].

use doorstep_protocol::{
    admission::{Author, judge},
    id::{ActorId, DeviceId, DocumentId, Incarnation, MemberId, Nonce, Point, Scope},
    log::Verdict,
    part::Part,
    store::StoreError,
};
use rusqlite::params;

use super::{
    View,
    error::At,
    rows::{self, state},
};

/// The verdicts on what is pending in a document no longer stand.
pub(super) fn unjudge(view: &View<'_>, doc: DocumentId) -> Result<(), StoreError> {
    view.conn
        .prepare_cached(
            "UPDATE change SET state = 5, verdict = NULL, part = NULL \
             WHERE doc = ?1 AND state IN (1, 3)",
        )
        .at("judging.unjudge")?
        .execute([doc.0])
        .at("judging.unjudge")?;
    Ok(())
}

/// Sets a document back to the log's verdicts that still stand; what is pending is unjudged.
pub(super) fn judge_log_again(view: &View<'_>, doc: DocumentId) -> Result<(), StoreError> {
    view.conn
        .execute("UPDATE change SET state = 5, verdict = NULL, part = NULL WHERE doc = ?1", [doc.0])
        .at("judging.reset")?;
    let settled: Vec<(Bench, Verdict)> = benches(view, doc, true)?
        .into_iter()
        .filter_map(|bench| Some((bench.verdict?, bench)))
        .map(|(verdict, bench)| (bench, verdict))
        .collect();
    for (bench, verdict) in settled {
        apply_log(view, &bench, verdict)?;
    }
    Ok(())
}

/// Judges what no log has judged. Everything pending in the document must be unjudged.
pub(super) fn judge_pending(view: &View<'_>, doc: DocumentId) -> Result<(), StoreError> {
    for bench in benches(view, doc, false)? {
        judge_bench(view, &bench)?;
    }
    for bench in unsealed_benches(view, doc, None)? {
        judge_bench(view, &bench)?;
    }
    Ok(())
}

/// Judges one unsealed change that was just written, the last of its document.
pub(super) fn judge_unsealed(
    view: &View<'_>,
    doc: DocumentId,
    change: i64,
) -> Result<Verdict, StoreError> {
    match unsealed_benches(view, doc, Some(change))?.first() {
        Some(bench) => judge_bench(view, bench),
        None => Ok(Verdict::Needs),
    }
}

/// A part with all that a verdict on it needs.
pub(super) struct Bench {
    /// Its row; none for an unsealed change.
    pub(super) row: Option<i64>,
    pub(super) author: Author,
    pub(super) point: Point,
    pub(super) part: Part,
    /// The rows of its changes.
    pub(super) changes: Vec<i64>,
    /// The log's verdict.
    pub(super) verdict: Option<Verdict>,
}

/// The parts of a document in seals that stand in the log (by their place there), or do not (each
/// after those it depends on).
fn benches(view: &View<'_>, doc: DocumentId, settled: bool) -> Result<Vec<Bench>, StoreError> {
    let sql = if settled {
        "SELECT p.n, s.scope, s.device, s.incarnation, s.author, s.point, p.nonce, p.birth, \
         p.verdict FROM part p JOIN seal s ON s.n = p.seal \
         WHERE p.doc = ?1 AND s.log_seq IS NOT NULL ORDER BY s.log_seq"
    } else {
        "SELECT p.n, s.scope, s.device, s.incarnation, s.author, s.point, p.nonce, p.birth, \
         p.verdict FROM part p JOIN seal s ON s.n = p.seal \
         WHERE p.doc = ?1 AND s.log_seq IS NULL ORDER BY s.place"
    };
    let mut statement = view.conn.prepare_cached(sql).at("judging.parts")?;
    let found = statement.query_map([doc.0], |row| {
        Ok(Bench {
            row: Some(row.get(0)?),
            author: Author {
                scope: rows::id(row, 1, Scope::from_slice)?,
                device: rows::id(row, 2, DeviceId::from_slice)?,
                incarnation: rows::id(row, 3, Incarnation::from_slice)?,
                member: rows::id(row, 4, MemberId::from_slice)?,
            },
            point: rows::id(row, 5, rows::point_from)?,
            part: Part {
                doc,
                nonce: rows::id(row, 6, Nonce::from_slice)?,
                birth: row.get(7)?,
                changes: Vec::new(),
            },
            changes: Vec::new(),
            verdict: rows::verdict(row, 8)?,
        })
    });
    let mut found: Vec<Bench> = found.and_then(Iterator::collect).at("judging.parts")?;
    let mut statement = view
        .conn
        .prepare_cached(
            "SELECT c.n, c.raw FROM part_change pc JOIN change c ON c.n = pc.change \
             WHERE pc.part = ?1 ORDER BY pc.number",
        )
        .at("judging.changes")?;
    for bench in &mut found {
        let changes = statement.query_map([bench.row], |row| Ok((row.get(0)?, row.get(1)?)));
        let changes: Vec<(i64, Vec<u8>)> =
            changes.and_then(Iterator::collect).at("judging.changes")?;
        (bench.changes, bench.part.changes) = changes.into_iter().unzip();
    }
    Ok(found)
}

/// The own unsealed changes of a document (all, or one), each as the part that it would be alone.
fn unsealed_benches(
    view: &View<'_>,
    doc: DocumentId,
    only: Option<i64>,
) -> Result<Vec<Bench>, StoreError> {
    let mut statement = view
        .conn
        .prepare_cached(
            "SELECT c.n, u.scope, c.actor, c.author, c.point, d.nonce, c.birth, c.raw \
             FROM change c JOIN unsealed u ON u.change = c.n JOIN document d ON d.doc = c.doc \
             WHERE c.doc = ?1 AND (?2 IS NULL OR c.n = ?2) ORDER BY u.n",
        )
        .at("judging.unsealed")?;
    let found = statement.query_map(params![doc.0, only], |row| {
        let actor = rows::id(row, 2, ActorId::from_slice)?;
        Ok(Bench {
            row: None,
            author: Author {
                scope: rows::id(row, 1, Scope::from_slice)?,
                device: actor.device(),
                incarnation: actor.incarnation(),
                member: rows::id(row, 3, MemberId::from_slice)?,
            },
            point: rows::id(row, 4, rows::point_from)?,
            part: Part {
                doc,
                nonce: rows::id(row, 5, Nonce::from_slice)?,
                birth: row.get(6)?,
                changes: vec![row.get(7)?],
            },
            changes: vec![row.get(0)?],
            verdict: None,
        })
    });
    found.and_then(Iterator::collect).at("judging.unsealed")
}

fn judge_bench(view: &View<'_>, bench: &Bench) -> Result<Verdict, StoreError> {
    let realm = &view.identity.realm;
    let verdict = judge(view, realm, &bench.author, &bench.part)?.verdict;
    if verdict == Verdict::Applied {
        // What the log has applied stays so; what it set aside in another part may count in this one.
        set_state(view, bench, "c.state > 1", state::PENDING, None)?;
    } else {
        set_state(view, bench, "c.state = 5", state::PENDING_ASIDE, Some(verdict))?;
    }
    Ok(verdict)
}

/// Writes the log's verdict on a part into its changes. One that is applied stays so, whatever
/// becomes of another part that has it too.
pub(super) fn apply_log(
    view: &View<'_>,
    bench: &Bench,
    verdict: Verdict,
) -> Result<(), StoreError> {
    match verdict {
        Verdict::Applied => set_state(view, bench, "c.state > 0", state::LOG, None),
        Verdict::Erased => {
            view.conn
                .execute("UPDATE document SET erased = 1 WHERE doc = ?1", [bench.part.doc.0])
                .at("judging.erased")?;
            set_state(view, bench, "c.state > 0", state::ERASED, Some(verdict))
        }
        _ => set_state(view, bench, "c.state > 0", state::ASIDE, Some(verdict)),
    }
}

fn set_state(
    view: &View<'_>,
    bench: &Bench,
    only: &str,
    state: u8,
    verdict: Option<Verdict>,
) -> Result<(), StoreError> {
    let mut statement = view
        .conn
        .prepare_cached(&format!(
            "UPDATE change AS c SET state = ?2, verdict = ?3, part = ?4, author = ?5, point = ?6 \
             WHERE c.n = ?1 AND {only}"
        ))
        .at("judging.state")?;
    for change in &bench.changes {
        statement
            .execute(params![
                change,
                state,
                verdict.map(Verdict::number),
                bench.row,
                bench.author.member.0,
                rows::point_bytes(bench.point),
            ])
            .at("judging.state")?;
    }
    Ok(())
}
