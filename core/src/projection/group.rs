//! Groups of grievances that are one trouble: who stands together, and who is the face.
//!
//! A group is what links join, whether its documents are here or not. It is a function of the links and
//! lines that are shown here, never of the order in which they came: whatever changes a document brings
//! up to date the groups that it is in and those that it was in, and no others.

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{DocumentId, DocumentKind, PlaceId},
    store::StoreError,
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::At as _;
use crate::engine::Grouped;

/// Documents of one group at most, those not here included. What links join beyond that is no trouble
/// told several times but a mistake: everybody in it stands alone, and provisionally so.
pub(crate) const GROUP_MAX: usize = 1_000;

/// A group of one document is one that has grown over [`GROUP_MAX`].
const TOO_MANY: u32 = 1;

/// A group as it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    /// What is shown here: the face, then the others by discovery and id.
    pub(crate) here: Vec<DocumentId>,
    /// What is not: never here, hidden, erased.
    pub(crate) not_here: Vec<DocumentId>,
    pub(crate) face: Option<DocumentId>,
    pub(crate) provisional: bool,
}

/// What links reach.
enum Reach {
    All(BTreeSet<DocumentId>),
    /// More than [`GROUP_MAX`]; these are some of them.
    TooMany(BTreeSet<DocumentId>),
}

/// What is asked of a document for the group that it is in.
struct Fact {
    here: bool,
    may_be_face: bool,
    discovered_s: u64,
    too_many: bool,
}

/// The group of a document that is shown here; none where it stands alone or is not.
///
/// Of a group over [`GROUP_MAX`] the document alone, provisionally.
pub(crate) fn component(
    connection: &Connection,
    doc: DocumentId,
) -> Result<Option<Component>, StoreError> {
    if !fact(connection, doc)?.here {
        return Ok(None);
    }
    match reach(connection, doc, &BTreeSet::new())? {
        Reach::All(found) if found.len() == 1 => Ok(None),
        Reach::All(found) => of(connection, &found).map(Some),
        Reach::TooMany(_) => Ok(Some(Component {
            here: vec![doc],
            not_here: vec![],
            face: Some(doc),
            provisional: true,
        })),
    }
}

/// As what a document stands in a group: whether it may be the face, and since when. None where it has no
/// line; whether that is shown makes no difference.
pub(super) fn standing(
    connection: &Connection,
    doc: DocumentId,
) -> Result<Option<(bool, u64)>, StoreError> {
    Ok(line(connection, doc)?.map(|line| (line.may_be_face, line.discovered_s)))
}

/// Notes which documents the links in force of a document name. Where that differs from before, gives
/// the document and all that it named before or names now.
pub(super) fn set_links(
    connection: &Connection,
    doc: DocumentId,
    links: &BTreeSet<DocumentId>,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let before = links_of(connection, doc)?;
    if before == *links {
        return Ok(BTreeSet::new());
    }
    let add = "INSERT INTO duplicate (doc, other) VALUES (?1, ?2)";
    let take = "DELETE FROM duplicate WHERE doc = ?1 AND other = ?2";
    let changes = [(add, links.difference(&before)), (take, before.difference(links))];
    for (sql, others) in changes {
        let mut statement = connection.prepare_cached(sql).at("projection: links")?;
        for other in others {
            statement.execute([doc.0, other.0]).at("projection: links")?;
        }
    }
    Ok(before.union(links).copied().chain([doc]).collect())
}

fn links_of(connection: &Connection, doc: DocumentId) -> Result<BTreeSet<DocumentId>, StoreError> {
    documents(connection, "SELECT other FROM duplicate WHERE doc = ?1", &doc.0)
}

/// The documents whose groups change where a place is shown or hidden: those of it that links join, and
/// what they name.
pub(super) fn at_place(
    connection: &Connection,
    place: PlaceId,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    documents(
        connection,
        "SELECT l.doc FROM duplicate l JOIN line n ON n.doc = l.doc WHERE n.place = ?1 \
         UNION SELECT l.other FROM duplicate l JOIN line n ON n.doc = l.doc WHERE n.place = ?1 \
         UNION SELECT l.other FROM duplicate l JOIN document d ON d.doc = l.other WHERE d.scope = ?1",
        &place.0,
    )
}

/// Takes the lines of a place out of their groups.
pub(super) fn clear_place(connection: &Connection, place: PlaceId) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE line SET face = NULL, provisional = 0, documents = 0 \
             WHERE place = ?1 AND face IS NOT NULL",
        )
        .and_then(|mut statement| statement.execute([place.0]))
        .at("projection: clear groups")?;
    Ok(())
}

/// Brings up to date the groups that these documents are in; gives the lines that changed by it.
///
/// The documents must be all those of which a link, or whether and as what they are here, changed, and
/// all that they named before or name now: every part of a group that fell apart has one of them, and
/// so has every group that was joined to another.
///
/// The work is bounded by [`GROUP_MAX`] for each of them and by the lines that it changes.
pub(super) fn regroup(
    connection: &Connection,
    touched: &BTreeSet<DocumentId>,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let mut changed = BTreeSet::new();
    let mut done = BTreeSet::new();
    let mut crowd = BTreeSet::new();
    for doc in touched {
        if done.contains(doc) {
            continue;
        }
        match reach(connection, *doc, &crowd)? {
            Reach::All(found) => {
                let group = of(connection, &found)?;
                for member in &group.here {
                    if put(connection, *member, group.grouped(*member))? {
                        changed.insert(*member);
                    }
                }
                done.extend(found);
            }
            Reach::TooMany(some) => {
                crowd.extend(some);
                flood(connection, *doc, &mut done, &mut changed)?;
            }
        }
    }
    Ok(changed)
}

impl Component {
    /// What the line of a member says of it.
    fn grouped(&self, member: DocumentId) -> Option<Grouped> {
        let documents = self.here.len() + self.not_here.len();
        (documents > 1).then(|| Grouped {
            face: self.face.unwrap_or(member),
            provisional: self.provisional,
            documents: u32::try_from(documents).unwrap_or(u32::MAX),
        })
    }
}

/// Says of every document around one that its group is too large. What is marked so already is
/// surrounded by what is marked, so this ends there.
fn flood(
    connection: &Connection,
    from: DocumentId,
    done: &mut BTreeSet<DocumentId>,
    changed: &mut BTreeSet<DocumentId>,
) -> Result<(), StoreError> {
    let mut next = vec![from];
    done.insert(from);
    while let Some(doc) = next.pop() {
        if fact(connection, doc)?.here {
            let alone = Grouped { face: doc, provisional: true, documents: TOO_MANY };
            if put(connection, doc, Some(alone))? {
                changed.insert(doc);
            }
        }
        for neighbour in neighbours(connection, doc, usize::MAX)? {
            if !done.contains(&neighbour) && !fact(connection, neighbour)?.too_many {
                done.insert(neighbour);
                next.push(neighbour);
            }
        }
    }
    Ok(())
}

/// What links reach from a document; one of `crowd` is known to be in a group that is too large.
fn reach(
    connection: &Connection,
    from: DocumentId,
    crowd: &BTreeSet<DocumentId>,
) -> Result<Reach, StoreError> {
    let mut found = BTreeSet::from([from]);
    let mut next = vec![from];
    if crowd.contains(&from) {
        return Ok(Reach::TooMany(found));
    }
    while let Some(doc) = next.pop() {
        for neighbour in neighbours(connection, doc, GROUP_MAX + 1)? {
            if found.insert(neighbour) {
                next.push(neighbour);
            }
            if found.len() > GROUP_MAX || crowd.contains(&neighbour) {
                return Ok(Reach::TooMany(found));
            }
        }
    }
    Ok(Reach::All(found))
}

/// What the links of a document name, and whose links name it. Only links of what is shown count: a
/// hidden document is as if it were not here.
fn neighbours(
    connection: &Connection,
    doc: DocumentId,
    limit: usize,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection
        .prepare_cached(
            "SELECT l.other FROM duplicate l JOIN line n ON n.doc = l.doc \
             WHERE l.doc = ?1 AND n.place IN (SELECT place FROM shown) \
             UNION SELECT l.doc FROM duplicate l JOIN line n ON n.doc = l.doc \
             WHERE l.other = ?1 AND n.place IN (SELECT place FROM shown) LIMIT ?2",
        )
        .at("projection: neighbours")?;
    let found = statement.query_map(params![doc.0, limit], |row| row.get(0).map(DocumentId));
    found.and_then(Iterator::collect).at("projection: neighbours")
}

/// The group of these documents.
fn of(connection: &Connection, found: &BTreeSet<DocumentId>) -> Result<Component, StoreError> {
    let mut here = Vec::new();
    let mut not_here = Vec::new();
    let mut faces = BTreeSet::new();
    let mut provisional = false;
    for doc in found {
        let fact = fact(connection, *doc)?;
        if fact.here {
            here.push((fact.discovered_s, *doc));
            if fact.may_be_face {
                faces.insert((fact.discovered_s, *doc));
            }
        } else {
            not_here.push(*doc);
            provisional |= !is_erased(connection, *doc)?;
        }
    }
    let face = faces.first().map(|(_, doc)| *doc);
    here.sort_unstable_by_key(|(discovered_s, doc)| (Some(*doc) != face, *discovered_s, *doc));
    let here = here.into_iter().map(|(_, doc)| doc).collect();
    Ok(Component { here, not_here, face, provisional })
}

fn fact(connection: &Connection, doc: DocumentId) -> Result<Fact, StoreError> {
    const NOT_HERE: Fact =
        Fact { here: false, may_be_face: false, discovered_s: u64::MAX, too_many: false };
    Ok(line(connection, doc)?.filter(|fact| fact.here).unwrap_or(NOT_HERE))
}

/// The line of a grievance; `here` where it is shown.
fn line(connection: &Connection, doc: DocumentId) -> Result<Option<Fact>, StoreError> {
    connection
        .prepare_cached(
            "SELECT ifnull(stage IN ('void', 'transferred', 'entered_by_mistake'), 1), happened, \
             documents, place IN (SELECT place FROM shown) FROM line WHERE doc = ?1 AND kind = ?2",
        )
        .and_then(|mut statement| {
            let read = |row: &rusqlite::Row<'_>| {
                let discovered_s = row.get::<_, Option<i64>>(1)?;
                Ok(Fact {
                    here: row.get(3)?,
                    may_be_face: !row.get::<_, bool>(0)?,
                    discovered_s: discovered_s.map_or(u64::MAX, i64::cast_unsigned),
                    too_many: row.get::<_, u32>(2)? == TOO_MANY,
                })
            };
            let grievance = DocumentKind::Grievance.number();
            statement.query_row(params![doc.0, grievance], read).optional()
        })
        .at("projection: group")
}

/// Whether it is known here that a document was erased.
fn is_erased(connection: &Connection, doc: DocumentId) -> Result<bool, StoreError> {
    connection
        .prepare_cached(
            "SELECT 1 FROM document WHERE doc = ?1 AND erased \
             AND scope IN (SELECT place FROM shown)",
        )
        .and_then(|mut statement| statement.exists([doc.0]))
        .at("projection: erased")
}

/// Writes a group into a line; says whether that changed it.
fn put(
    connection: &Connection,
    doc: DocumentId,
    group: Option<Grouped>,
) -> Result<bool, StoreError> {
    let face = group.map(|group| group.face.0);
    let provisional = group.is_some_and(|group| group.provisional);
    let documents = group.map_or(0, |group| group.documents);
    connection
        .prepare_cached(
            "UPDATE line SET face = ?2, provisional = ?3, documents = ?4 WHERE doc = ?1 \
             AND (face IS NOT ?2 OR provisional <> ?3 OR documents <> ?4)",
        )
        .and_then(|mut statement| statement.execute(params![doc.0, face, provisional, documents]))
        .map(|changed| changed > 0)
        .at("projection: put group")
}

fn documents(
    connection: &Connection,
    sql: &str,
    of: &[u8],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let mut statement = connection.prepare_cached(sql).at("projection: links")?;
    let found = statement.query_map([of], |row| row.get(0).map(DocumentId));
    found.and_then(Iterator::collect).at("projection: links")
}

#[cfg(test)]
mod tests;
