//! A new life of the store: a new actor, under which everything not sealed is written again.
//!
//! An actor must never be used by two writers. So whenever it may have been (a restored or cloned
//! file, a log left and held again, an own change set aside) the store takes four other random bytes.
//! What is written again keeps act id, value and roster point, so it counts once; what it depended on
//! is replaced by its copy, or by the nearest that counts.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    change::{Change, GuardError, guard, start_op_after},
    id::{ActId, ActorId, ChangeHash, DeviceId, DocumentId, Incarnation, MemberId, Point, Scope},
    store::{ChangeState, Index as _, StoreError},
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    Entropy, Identity, IncarnationError, OpenError, Store, View, alarm,
    append::{insert_unsealed, previous},
    error::At,
    judging,
    rows::{self, NewChange},
};

/// How often four random bytes may be ones that were used before.
const DRAWS_MAX: usize = 16;

/// The newest incarnation of a file.
pub(super) fn newest(conn: &Connection) -> Result<Option<Incarnation>, StoreError> {
    conn.query_row("SELECT bytes FROM incarnation ORDER BY n DESC LIMIT 1", [], |row| {
        rows::id(row, 0, Incarnation::from_slice)
    })
    .optional()
    .at("incarnation.read")
}

/// The first incarnation of a new file.
pub(super) fn first(
    conn: &mut Connection,
    device: DeviceId,
    entropy: &dyn Entropy,
) -> Result<Incarnation, OpenError> {
    draw(conn, device, entropy, "created").map_err(|error| match error {
        IncarnationError::Entropy(error) => error.into(),
        IncarnationError::Storage(error) => error.into(),
    })
}

fn draw(
    conn: &Connection,
    device: DeviceId,
    entropy: &dyn Entropy,
    reason: &'static str,
) -> Result<Incarnation, IncarnationError> {
    for _ in 0..DRAWS_MAX {
        let mut bytes = [0; Incarnation::BYTES];
        entropy.fill(&mut bytes)?;
        let drawn = Incarnation(bytes);
        if drawn != Incarnation::ZERO && !rows::incarnation_used(conn, device, drawn)? {
            conn.execute(
                "INSERT INTO incarnation (bytes, reason) VALUES (?1, ?2)",
                params![bytes, reason],
            )
            .at("incarnation.insert")?;
            return Ok(drawn);
        }
    }
    Err(super::EntropyError.into())
}

impl Store {
    /// Takes a new incarnation and writes again under it what is not sealed, and what is set aside
    /// for a fault of its actor. Seals stay as they are. `reason` is kept for whoever looks into the
    /// file later.
    pub fn new_incarnation(
        &mut self,
        entropy: &dyn Entropy,
        reason: &'static str,
    ) -> Result<Incarnation, IncarnationError> {
        self.begin_again(entropy, reason, false)?;
        Ok(self.identity.incarnation)
    }

    /// Writes own events again that were set aside as `Twin` or `Needs` and count in no other copy,
    /// under a new incarnation; gives how many. None = nothing changed, and calling again changes
    /// nothing. What is over the cap is not written again (it is shown as *document full*), nor what
    /// is not canonical (an alarm).
    pub fn write_again_set_aside(
        &mut self,
        entropy: &dyn Entropy,
    ) -> Result<usize, IncarnationError> {
        let view = self.view();
        if set_aside(&view)?.is_empty() {
            return Ok(0);
        }
        self.begin_again(entropy, "set_aside", true)
    }

    fn begin_again(
        &mut self,
        entropy: &dyn Entropy,
        reason: &'static str,
        only_for_set_aside: bool,
    ) -> Result<usize, IncarnationError> {
        let tx = super::begin(&mut self.conn)?;
        let incarnation = draw(&tx, self.identity.device, entropy, reason)?;
        let identity = Identity { incarnation, ..self.identity };
        let view = View { conn: &tx, identity: &identity, rosters: &self.rosters };
        let written = Rewriting { view, copies: BTreeMap::new() }.run()?;
        if written == 0 && only_for_set_aside {
            return Ok(0);
        }
        tx.commit().at("incarnation.commit")?;
        self.identity = identity;
        Ok(written)
    }
}

/// A change to be written again.
struct Old {
    n: i64,
    unsealed: bool,
    doc: DocumentId,
    scope: Scope,
    hash: ChangeHash,
    birth: u8,
    author: MemberId,
    point: Point,
    raw: Vec<u8>,
}

const OLD_COLUMNS: &str = "c.n, c.doc, d.scope, c.hash, c.birth, c.author, c.point, c.raw \
     FROM change c JOIN document d ON d.doc = c.doc";

/// Own changes set aside as Twin or Needs, each the newest copy of its act, none of whose copies
/// counts, in documents where there is something to stand on. A copy that is set aside for another
/// reason ends it: so this never goes on for ever.
const SET_ASIDE: &str = "c.own = 1 AND c.state IN (2, 3) AND c.verdict IN (1, 2) AND c.seq > 0 \
     AND d.erased = 0 AND c.n NOT IN (SELECT change FROM unsealed) \
     AND NOT EXISTS (SELECT 1 FROM change o WHERE o.doc = c.doc AND o.act = c.act \
     AND o.author = c.author AND (o.state <= 1 OR (o.own = 1 AND o.n > c.n))) \
     AND EXISTS (SELECT 1 FROM change b WHERE b.doc = c.doc AND b.birth > 0 \
     AND (b.state <= 1 OR b.own = 1))";

fn set_aside(view: &View<'_>) -> Result<Vec<Old>, StoreError> {
    old(view, &format!("SELECT {OLD_COLUMNS} WHERE {SET_ASIDE} ORDER BY c.n"), false)
}

/// Whether own events in a log wait to be written again.
pub(super) fn has_set_aside(view: &View<'_>, scope: Scope) -> Result<bool, StoreError> {
    Ok(set_aside(view)?.iter().any(|old| old.scope == scope))
}

fn old(view: &View<'_>, sql: &str, unsealed: bool) -> Result<Vec<Old>, StoreError> {
    let mut statement = view.conn.prepare_cached(sql).at("incarnation.old")?;
    let found = statement.query_map([], |row| {
        Ok(Old {
            n: row.get(0)?,
            unsealed,
            doc: rows::id(row, 1, DocumentId::from_slice)?,
            scope: rows::id(row, 2, Scope::from_slice)?,
            hash: rows::id(row, 3, ChangeHash::from_slice)?,
            birth: row.get(4)?,
            author: rows::id(row, 5, MemberId::from_slice)?,
            point: rows::id(row, 6, rows::point_from)?,
            raw: row.get(7)?,
        })
    });
    found.and_then(Iterator::collect).at("incarnation.old")
}

struct Rewriting<'a> {
    view: View<'a>,
    /// What was written again, and its copy.
    copies: BTreeMap<(DocumentId, ChangeHash), ChangeHash>,
}

impl Rewriting<'_> {
    /// Gives how many set-aside changes were written again.
    fn run(mut self) -> Result<usize, StoreError> {
        let view = self.view;
        let waiting =
            format!("SELECT {OLD_COLUMNS} JOIN unsealed u ON u.change = c.n ORDER BY c.n");
        let mut all = old(&view, &waiting, true)?;
        all.extend(set_aside(&view)?);
        // The store's order is causal: what is depended on is written again first.
        all.sort_by_key(|old| old.n);
        let mut docs = BTreeSet::new();
        let mut written = 0;
        for old in &all {
            let copied = self.write_again(old)?;
            written += usize::from(copied && !old.unsealed);
            docs.insert(old.doc);
        }
        for doc in docs {
            judging::unjudge(&view, doc)?;
            judging::judge_pending(&view, doc)?;
            rows::mark_dirty(view.conn, doc)?;
        }
        Ok(written)
    }

    /// False where it has nothing to stand on, or would name too many others: then it stays as it is.
    fn write_again(&mut self, old: &Old) -> Result<bool, StoreError> {
        let view = self.view;
        let Ok(was) = guard(&old.raw) else { return Ok(false) };
        let actor = ActorId::new(view.identity.device, view.identity.incarnation);
        let previous = previous(&view, old.doc, actor)?;
        let mut deps = self.dependencies(old, &was)?;
        deps.extend(previous.map(|(_, hash)| hash));
        if deps.is_empty() && old.birth == 0 {
            return Ok(false);
        }
        let mut ops = Vec::with_capacity(deps.len());
        for dep in &deps {
            ops.extend(view.change(old.doc, *dep)?.map(|known| known.start_op));
        }
        let Some(start_op) = start_op_after(ops) else { return Ok(false) };
        let change = Change {
            actor,
            seq: previous.map_or(0, |(seq, _)| seq).saturating_add(1),
            start_op,
            deps: deps.into_iter().collect(),
            act: was.act,
            value: was.value,
        };
        let raw = match change.encode() {
            Ok(raw) => raw,
            Err(GuardError::TooManyDeps | GuardError::TooBig) => {
                let hash = old.hash.to_string();
                rows::alarm(view.conn, alarm::TOO_MANY_HEADS, old.scope, &hash)?;
                return Ok(false);
            }
            Err(_) => return Ok(false),
        };
        if old.unsealed {
            forget(view.conn, old.n)?;
        }
        let new = NewChange {
            doc: old.doc,
            hash: raw.hash,
            actor,
            seq: change.seq,
            start_op,
            act: change.act,
            birth: old.birth,
            author: old.author,
            point: old.point,
            own: true,
            raw: &raw.bytes,
        };
        insert_unsealed(&view, &new, old.scope)?;
        self.copies.insert((old.doc, old.hash), raw.hash);
        Ok(true)
    }

    /// What the copy depends on: each of the old dependencies where it counts, else its copy, else
    /// the nearest below it that counts; the document's birth where nothing else is left.
    fn dependencies(&self, old: &Old, was: &Change) -> Result<BTreeSet<ChangeHash>, StoreError> {
        let view = &self.view;
        let mut found = BTreeSet::new();
        let mut looked = BTreeSet::new();
        let mut next = was.deps.clone();
        while let Some(dep) = next.pop() {
            if !looked.insert(dep) {
                continue;
            }
            let here = self.copies.get(&(old.doc, dep)).copied().unwrap_or(dep);
            let known = view.change(old.doc, here)?;
            if known.is_some_and(|known| known.state == ChangeState::Applied) {
                found.insert(here);
            } else if let Some((act, author, raw)) = content(view, old.doc, here)? {
                match copy_that_counts(view, old.doc, act, author)? {
                    Some(copy) => {
                        found.insert(copy);
                    }
                    None => next.extend(guard(&raw).map(|change| change.deps).unwrap_or_default()),
                }
            }
        }
        if found.is_empty() && old.birth == 0 {
            found.extend(applied_birth(view, old.doc)?);
        }
        Ok(found)
    }
}

/// An unsealed change whose copy takes its place.
fn forget(conn: &Connection, n: i64) -> Result<(), StoreError> {
    conn.execute("DELETE FROM unsealed WHERE change = ?1", [n]).at("incarnation.forget")?;
    conn.execute(
        "DELETE FROM change WHERE n = ?1 AND n NOT IN (SELECT change FROM part_change)",
        [n],
    )
    .at("incarnation.forget")?;
    Ok(())
}

type Content = (ActId, MemberId, Vec<u8>);

fn content(
    view: &View<'_>,
    doc: DocumentId,
    hash: ChangeHash,
) -> Result<Option<Content>, StoreError> {
    view.conn
        .prepare_cached("SELECT act, author, raw FROM change WHERE doc = ?1 AND hash = ?2")
        .at("incarnation.content")?
        .query_row(params![doc.0, hash.0], |row| {
            let act = rows::id(row, 0, ActId::from_slice)?;
            Ok((act, rows::id(row, 1, MemberId::from_slice)?, row.get(2)?))
        })
        .optional()
        .at("incarnation.content")
}

fn copy_that_counts(
    view: &View<'_>,
    doc: DocumentId,
    act: ActId,
    author: MemberId,
) -> Result<Option<ChangeHash>, StoreError> {
    view.conn
        .prepare_cached(
            "SELECT hash FROM change WHERE doc = ?1 AND act = ?2 AND author = ?3 \
             AND state <= 1 ORDER BY n LIMIT 1",
        )
        .at("incarnation.copy")?
        .query_row(params![doc.0, act.0, author.0], |row| rows::id(row, 0, ChangeHash::from_slice))
        .optional()
        .at("incarnation.copy")
}

fn applied_birth(view: &View<'_>, doc: DocumentId) -> Result<Option<ChangeHash>, StoreError> {
    view.conn
        .prepare_cached(
            "SELECT hash FROM change WHERE doc = ?1 AND birth > 0 AND state <= 1 \
             ORDER BY n LIMIT 1",
        )
        .at("incarnation.birth")?
        .query_row([doc.0], |row| rows::id(row, 0, ChangeHash::from_slice))
        .optional()
        .at("incarnation.birth")
}
