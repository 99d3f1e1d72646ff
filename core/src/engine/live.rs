//! Lists that tell what changed in them, row by row, when they are asked.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::id::DocumentId;
use serde::Serialize;

use super::{
    Engine, Filter, GrievanceLine, HouseholdLine, MeetingLine, Page, VisitLine, lines::LINES_MAX,
};
use crate::error::ReadError;

/// The first page of a list, as it was when it was last looked at.
///
/// It asks for nothing by itself: an app calls [`refresh`](Self::refresh) when its
/// [`ChangeListener`](super::ChangeListener) was told of a change. It holds no lock and no statement
/// between two calls, and may be dropped at any time; like every handle it keeps the engine open.
#[derive(Debug, Clone)]
pub struct LiveList<L> {
    engine: Engine,
    filter: Filter,
    page: Page,
    of: Of<L>,
    lines: Vec<L>,
}

/// What is done with rows of this kind.
#[derive(Debug, Clone, Copy)]
struct Of<L> {
    read: fn(&Engine, &Filter, &Page) -> Result<Vec<L>, ReadError>,
    doc: fn(&L) -> DocumentId,
}

/// What changed in one row. Changes are applied in the order in which they come; `at` counts from 0 in
/// the list as it is by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum RowChange<L> {
    /// It is no longer in the list, or comes again at another place.
    Removed {
        /// Where it was.
        at: u32,
    },
    /// It came into the list, or came from another place of it.
    Inserted {
        /// Where it is.
        at: u32,
        /// What it says.
        line: L,
    },
    /// It stays where it is and says something else.
    Changed {
        /// Where it is.
        at: u32,
        /// What it says.
        line: L,
    },
}

impl Engine {
    /// The first `limit` grievances of a list, to be looked at again; 0 or more than [`LINES_MAX`] =
    /// [`LINES_MAX`].
    pub fn live_grievances(
        &self,
        filter: Filter,
        limit: u32,
    ) -> Result<LiveList<GrievanceLine>, ReadError> {
        let of = Of { read: Self::grievances, doc: |line: &GrievanceLine| line.doc };
        LiveList::open(self, filter, limit, of)
    }

    /// The first `limit` households of a list, as [`live_grievances`](Self::live_grievances).
    pub fn live_households(
        &self,
        filter: Filter,
        limit: u32,
    ) -> Result<LiveList<HouseholdLine>, ReadError> {
        let of = Of { read: Self::households, doc: |line: &HouseholdLine| line.doc };
        LiveList::open(self, filter, limit, of)
    }

    /// The first `limit` visits of a list, as [`live_grievances`](Self::live_grievances).
    pub fn live_visits(
        &self,
        filter: Filter,
        limit: u32,
    ) -> Result<LiveList<VisitLine>, ReadError> {
        let of = Of { read: Self::visits, doc: |line: &VisitLine| line.doc };
        LiveList::open(self, filter, limit, of)
    }

    /// The first `limit` meetings of a list, as [`live_grievances`](Self::live_grievances).
    pub fn live_meetings(
        &self,
        filter: Filter,
        limit: u32,
    ) -> Result<LiveList<MeetingLine>, ReadError> {
        let of = Of { read: Self::meetings, doc: |line: &MeetingLine| line.doc };
        LiveList::open(self, filter, limit, of)
    }
}

impl<L: Clone + PartialEq> LiveList<L> {
    fn open(engine: &Engine, filter: Filter, limit: u32, of: Of<L>) -> Result<Self, ReadError> {
        let page = Page::first(limit);
        let lines = (of.read)(engine, &filter, &page)?;
        Ok(Self { engine: engine.clone(), filter, page, of, lines })
    }

    /// The rows, as they were when they were last looked at.
    pub fn lines(&self) -> &[L] {
        &self.lines
    }

    /// Looks again: what makes of the rows that were here those that are here now. Empty where nothing
    /// changed; a row that did not change is in none of it.
    ///
    /// # Errors
    ///
    /// See [`ReadError`]. The rows stay as they were.
    pub fn refresh(&mut self) -> Result<Vec<RowChange<L>>, ReadError> {
        let lines = (self.of.read)(&self.engine, &self.filter, &self.page)?;
        let changes = changes(&self.lines, &lines, self.of.doc);
        self.lines = lines;
        Ok(changes)
    }
}

/// The fewest changes that make `new` of `old`, and none of a row that is the same in both.
fn changes<L: Clone + PartialEq>(
    old: &[L],
    new: &[L],
    doc: fn(&L) -> DocumentId,
) -> Vec<RowChange<L>> {
    // Mostly one row changed: what is the same before and after it is not looked at closely.
    let head = same(old.iter(), new.iter());
    let (old, new) = (old.split_at(head).1, new.split_at(head).1);
    let tail = same(old.iter().rev(), new.iter().rev());
    let (old, new) = (old.split_at(old.len() - tail).0, new.split_at(new.len() - tail).0);
    let first = u32::try_from(head).unwrap_or(u32::MAX);

    let stay = staying(old, new, doc);
    let stays: BTreeSet<usize> = stay.iter().flatten().copied().collect();
    // From the end: what is removed moves nothing that is still to be removed.
    let gone = (first..).zip(0..old.len()).filter(|(_, was)| !stays.contains(was));
    let mut changes: Vec<RowChange<L>> = gone.map(|(at, _)| RowChange::Removed { at }).collect();
    changes.reverse();
    // From the beginning: all before is as it will be.
    for ((at, line), was) in (first..).zip(new).zip(stay) {
        match was.and_then(|was| old.get(was)) {
            Some(was) if was == line => {}
            Some(_) => changes.push(RowChange::Changed { at, line: line.clone() }),
            None => changes.push(RowChange::Inserted { at, line: line.clone() }),
        }
    }
    changes
}

/// How many are the same, one by one, before the first that differs.
fn same<'a, L: PartialEq + 'a>(
    old: impl Iterator<Item = &'a L>,
    new: impl Iterator<Item = &'a L>,
) -> usize {
    old.zip(new).take_while(|(old, new)| old == new).count()
}

/// For each new row where it was, if it stays among its neighbours; else it is new or moved.
///
/// Of the rows that are in both, the heaviest that stand in the same order stay. A row that did not
/// change weighs more than all that did: those always stand in the same order, since their keys do.
fn staying<L: PartialEq>(old: &[L], new: &[L], doc: fn(&L) -> DocumentId) -> Vec<Option<usize>> {
    let was: BTreeMap<DocumentId, (usize, &L)> =
        old.iter().enumerate().map(|(at, line)| (doc(line), (at, line))).collect();
    // The best chain that ends with each new row: its weight, and the row before it.
    let mut chains: Vec<Option<Chain>> = Vec::with_capacity(new.len());
    for line in new {
        let chain = was.get(&doc(line)).map(|(was, before)| {
            let own = if *before == line { LINES_MAX as usize + 1 } else { 1 };
            let earlier = chains.iter().enumerate().filter_map(|(at, chain)| Some((at, (*chain)?)));
            let best =
                earlier.filter(|(_, chain)| chain.was < *was).max_by_key(|(_, chain)| chain.weight);
            let weight = own + best.map_or(0, |(_, chain)| chain.weight);
            Chain { was: *was, weight, before: best.map(|(at, _)| at) }
        });
        chains.push(chain);
    }
    let mut stay = vec![None; new.len()];
    let heaviest = chains.iter().enumerate().max_by_key(|(_, chain)| chain.map(|it| it.weight));
    let mut next = heaviest.map(|(at, _)| at);
    while let Some(at) = next {
        let Some(chain) = chains.get(at).copied().flatten() else { break };
        if let Some(stays) = stay.get_mut(at) {
            *stays = Some(chain.was);
        }
        next = chain.before;
    }
    stay
}

#[derive(Clone, Copy)]
struct Chain {
    was: usize,
    weight: usize,
    before: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document and a version of it.
    type Line = (u8, u8);

    fn doc(line: &Line) -> DocumentId {
        DocumentId([line.0; 16])
    }

    fn apply(mut rows: Vec<Line>, changes: &[RowChange<Line>]) -> Vec<Line> {
        for change in changes {
            match *change {
                RowChange::Removed { at } => drop(rows.remove(at as usize)),
                RowChange::Inserted { at, line } => rows.insert(at as usize, line),
                RowChange::Changed { at, line } => {
                    rows.splice(at as usize..=at as usize, [line]).for_each(drop)
                }
            }
        }
        rows
    }

    /// Every list of some of these documents in any order, each of version 0 or 1.
    fn lists(docs: &[u8]) -> Vec<Vec<Line>> {
        let mut lists = vec![vec![]];
        for doc in docs {
            let others: Vec<u8> = docs.iter().copied().filter(|other| other != doc).collect();
            for rest in self::lists(&others) {
                lists.extend([0, 1].map(|version| [vec![(*doc, version)], rest.clone()].concat()));
            }
        }
        lists
    }

    /// By trying all: how many untouched rows can stay, and with those how many rows.
    fn best(old: &[Line], new: &[Line]) -> (usize, usize) {
        let some = |set: u32| (0..old.len()).filter(move |at| set & (1 << at) != 0);
        let stays = (0..1 << old.len()).filter_map(|set| {
            let was: Vec<Line> = some(set).filter_map(|at| old.get(at).copied()).collect();
            let is = |line: &Line| new.iter().position(|it| it.0 == line.0);
            let places: Option<Vec<usize>> = was.iter().map(is).collect();
            let in_order = places?.is_sorted();
            let same = was.iter().filter(|line| new.contains(line)).count();
            in_order.then_some((same, was.len()))
        });
        stays.max().unwrap_or_default()
    }

    #[test]
    fn of_every_small_list_every_other_is_made_with_the_fewest_changes() {
        let old = [(0, 0), (1, 0), (2, 0), (3, 0)];
        let all = lists(&[0, 1, 2, 3, 4]);
        assert!(all.len() > 6_000);
        for new in all {
            let changes = changes(&old, &new, doc);
            assert_eq!(apply(old.to_vec(), &changes), new);
            let removed = |change: &&RowChange<Line>| matches!(change, RowChange::Removed { .. });
            let changed = |change: &&RowChange<Line>| matches!(change, RowChange::Changed { .. });
            let kept = old.len() - changes.iter().filter(removed).count();
            let untouched = kept - changes.iter().filter(changed).count();
            assert_eq!((untouched, kept), best(&old, &new), "{new:?}");
        }
    }
}
