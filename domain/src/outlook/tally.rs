//! Tallies of what counts in a view.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use doorstep_protocol::id::{MemberId, TeamId};

use crate::{
    history::{Chained, Serial},
    input::EventId,
    table::Level,
};

/// An event by its place in the history: copy, number in it.
pub(super) type Placed = (usize, usize, Serial);

/// What counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    rounds: BTreeMap<u32, Round>,
    /// Rounds that a resolution is of or a rejection opens.
    pub(super) opened: Bag<u32>,
    /// Discovers, with force or without.
    pub(super) discovers: BTreeSet<Placed>,
    /// Discovers with force.
    pub(super) founding: BTreeSet<Placed>,
    /// What a register brought.
    pub(super) imported: u32,
    /// Who wrote a resolution.
    pub(super) made: Bag<MemberId>,
    /// Who made one with force or helped with it.
    pub(super) solvers: Bag<MemberId>,
    /// Grades in force, by number.
    pub(super) grades: Bag<u8>,
    /// By grade how long it may take, in s, by the tables that it came with.
    pub(super) tables: Bag<(u8, u64)>,
    /// Dues in force.
    pub(super) dates: Bag<u64>,
    /// Levels that it was raised to.
    pub(super) levels: Bag<Level>,
    /// Teams that were sent.
    pub(super) teams: Bag<TeamId>,
    /// Accepts that were not taken back.
    pub(super) accepts: Vec<Serial>,
    /// SendBacks.
    pub(super) returns: Vec<Serial>,
    /// Assigns and TakeOvers in force.
    pub(super) owners: Vec<Serial>,
    /// Of those the ones that no other had seen: foremost first.
    pub(super) foremost: BTreeSet<(Reverse<Option<Level>>, EventId, Serial)>,
    /// The accepts, best first, by the Discover of that copy; none until somebody asks.
    pub(super) ranked: Option<Ranked>,
}

/// Accepts, best first, by the roster of a Discover's copy.
#[derive(Debug)]
pub(super) struct Ranked {
    pub(super) by: Option<usize>,
    pub(super) best: BTreeSet<((u8, u8), EventId)>,
}

/// What counts in one round.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Rejections of it.
    pub(super) rejections: u32,
    /// Confirms of it, rejected or not.
    pub(super) confirms: List,
    /// Unanswered attempts with certain marks.
    pub(super) attempts: List,
    /// The days that these were on.
    pub(super) days: Bag<u32>,
    /// Who made a resolution of it or helped.
    pub(super) solvers: Bag<MemberId>,
    /// Extensions of the due whose author saw it as the current one.
    pub(super) extensions: u32,
}

impl Tally {
    pub(super) fn round(&mut self, round: u32) -> &mut Round {
        self.rounds.entry(round).or_default()
    }

    /// What is known of a round, if anything is.
    pub(super) fn at(&self, round: u32) -> Option<&Round> {
        self.rounds.get(&round)
    }

    /// The highest round that anything opened, from 1.
    pub(super) fn current(&self) -> u32 {
        self.opened.last().copied().unwrap_or(1)
    }
}

/// Things, and how many of each.
#[derive(Debug)]
pub(super) struct Bag<T>(BTreeMap<T, u32>);

impl<T> Default for Bag<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Ord> Bag<T> {
    /// One more or one less.
    pub(super) fn count(&mut self, thing: T, on: bool) {
        let of = self.0.entry(thing);
        if on {
            *of.or_insert(0) += 1;
        } else if let std::collections::btree_map::Entry::Occupied(mut of) = of {
            *of.get_mut() -= 1;
            if *of.get() == 0 {
                of.remove();
            }
        }
    }

    pub(super) fn has(&self, thing: &T) -> bool {
        self.0.contains_key(thing)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn first(&self) -> Option<&T> {
        self.0.first_key_value().map(|(thing, _)| thing)
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.0.last_key_value().map(|(thing, _)| thing)
    }

    /// The first that is not before `from`.
    pub(super) fn from(&self, from: &T) -> Option<&T> {
        self.0.range(from..).next().map(|(thing, _)| thing)
    }
}

/// Adds to a list, or takes away; mostly the last that came.
pub(super) fn edit(list: &mut Vec<Serial>, event: Serial, on: bool) -> Option<usize> {
    if on {
        list.push(event);
        return None;
    }
    let at = list.iter().rposition(|other| *other == event)?;
    list.remove(at);
    Some(at)
}

/// One more or one less; whether it was none or is none now.
pub(super) fn count(of: &mut u32, on: bool) -> bool {
    *of = if on { *of + 1 } else { of.saturating_sub(1) };
    *of <= u32::from(on)
}

/// Events in the order in which they came, which can be handed out as a chain: those handed out before
/// are part of it.
#[derive(Debug, Default)]
pub(super) struct List {
    events: Vec<Serial>,
    /// The links of the first so many.
    links: Vec<usize>,
}

impl List {
    pub(super) fn count(&mut self, event: Serial, on: bool) {
        if let Some(at) = edit(&mut self.events, event, on) {
            self.links.truncate(at);
        }
    }

    /// The last link of a chain of all of them.
    pub(super) fn chain(&mut self, links: &mut Vec<Chained>) -> Option<usize> {
        for event in self.events.iter().skip(self.links.len()) {
            let before = self.links.last().copied();
            self.links.push(links.len());
            links.push(Chained { event: *event, before });
        }
        self.links.last().copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}
