//! The orders in which the copies of a document may arrive.
//!
//! The fold is over a set, so no order is left out: what comes before its past waits. Up to
//! [`EXHAUSTIVE_MAX`] copies all orders are run, each beginning of one folded once; above that [`ORDERS`]
//! seeded ones. In both a number of orders are split over one to three replicas, which then give each
//! other all that they have.

use std::{cell::RefCell, collections::BTreeMap};

use doorstep_domain::{
    check::check,
    fold::{State, state, story::Entry, story::Judgement},
    input::{Copy, Document, EventId},
};
use doorstep_protocol::{
    id::{ChangeHash, DocumentId, DocumentKind, MemberId, PlaceId},
    roster::Rosters,
};

use super::Fault;
use crate::chance::Dice;

/// Up to so many copies all orders are run.
pub const EXHAUSTIVE_MAX: usize = 7;
/// Seeded orders of what is longer.
pub const ORDERS: usize = 1_000;
/// Seeded orders over replicas of what is short: each replica's order is among all orders already.
const SPLITS: usize = 20;

/// A document whose copies arrive.
pub struct Arrivals<'a> {
    /// Its id.
    pub id: DocumentId,
    /// Its kind.
    pub kind: DocumentKind,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// Who made it.
    pub creator: MemberId,
    /// All its copies.
    pub copies: &'a [Copy],
    /// The rosters.
    pub rosters: &'a dyn Rosters,
}

/// What the orders of one document came to.
pub struct Ended {
    /// The state that all orders end in.
    pub state: State,
    /// Complete orders.
    pub orders: u64,
    /// Folds, of beginnings of orders too.
    pub folds: u64,
}

struct Run<'a> {
    arrivals: &'a Arrivals<'a>,
    /// The order that is being run, for whoever has to say where it went wrong.
    trail: &'a RefCell<Vec<ChangeHash>>,
    end: State,
    verdicts: BTreeMap<(ChangeHash, EventId), Judgement>,
    orders: u64,
    folds: u64,
}

impl Arrivals<'_> {
    /// The state of what is here.
    pub fn fold(&self, copies: &[Copy]) -> State {
        state(&self.document(copies), self.rosters)
    }

    fn document<'c>(&self, copies: &'c [Copy]) -> Document<'c> {
        Document { id: self.id, kind: self.kind, place: self.place, creator: self.creator, copies }
    }

    /// Runs all orders. `trail` holds the order that is being run.
    ///
    /// # Errors
    ///
    /// In words: an order that ends in another state, a verdict that changed, a copy that did not wait for
    /// its past, a check before saving that says otherwise than the fold.
    pub fn all(&self, trail: &RefCell<Vec<ChangeHash>>) -> Result<Ended, Fault> {
        *trail.borrow_mut() = self.copies.iter().map(|copy| copy.hash).collect();
        let end = self.fold(self.copies);
        let mut run =
            Run { arrivals: self, trail, end, verdicts: BTreeMap::new(), orders: 0, folds: 1 };
        run.look(self.copies)?;
        run.check()?;
        let splits = if self.copies.len() <= EXHAUSTIVE_MAX {
            let mut left: Vec<&Copy> = self.copies.iter().collect();
            run.exhaust(&mut Vec::new(), &mut left)?;
            SPLITS
        } else {
            ORDERS
        };
        for seed in 0..splits {
            run.split(&mut Dice::new(seed as u64))?;
        }
        Ok(Ended { state: run.end, orders: run.orders, folds: run.folds })
    }

    /// Seeded orders only: `orders` complete ones, and `splits` over replicas with every beginning folded.
    ///
    /// # Errors
    ///
    /// As [`Self::all`].
    pub fn some(&self, dice: &mut Dice, orders: usize, splits: usize) -> Result<Ended, Fault> {
        let trail = RefCell::default();
        let end = self.fold(self.copies);
        let verdicts = BTreeMap::new();
        let mut run = Run { arrivals: self, trail: &trail, end, verdicts, orders: 0, folds: 1 };
        run.look(self.copies)?;
        for _ in 0..orders {
            let order: Vec<Copy> = run.shuffled(dice).into_iter().cloned().collect();
            run.complete(&order)?;
        }
        for _ in 0..splits {
            run.split(dice)?;
        }
        Ok(Ended { state: run.end, orders: run.orders, folds: run.folds })
    }
}

impl<'a> Run<'a> {
    /// Every order that begins with `here`; each beginning is folded once.
    fn exhaust(&mut self, here: &mut Vec<Copy>, left: &mut Vec<&Copy>) -> Result<(), Fault> {
        for at in 0..left.len() {
            let next = left.remove(at);
            here.push(next.clone());
            if left.is_empty() {
                self.complete(here)?;
            } else {
                self.look(here)?;
                self.exhaust(here, left)?;
            }
            here.pop();
            left.insert(at, next);
        }
        Ok(())
    }

    fn shuffled(&self, dice: &mut Dice) -> Vec<&'a Copy> {
        let mut order: Vec<&Copy> = self.arrivals.copies.iter().collect();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at as u64 + 1) as usize);
        }
        order
    }

    /// Copies arrive one by one at one to three replicas; then each gets what the others have, at times
    /// one of them twice.
    fn split(&mut self, dice: &mut Dice) -> Result<(), Fault> {
        let order = self.shuffled(dice);
        let replicas = 1 + dice.below(3) as usize;
        let mut held: Vec<Vec<Copy>> = vec![Vec::new(); replicas];
        for copy in &order {
            let at = dice.below(replicas as u64) as usize;
            held[at].push((*copy).clone());
            self.look(&held[at])?;
        }
        for at in 0..replicas {
            let others: Vec<Copy> = (1..replicas)
                .flat_map(|by| held[(at + by) % replicas].iter().cloned())
                .filter(|copy| !held[at].contains(copy))
                .collect();
            held[at].extend(others);
            if dice.once_in(4) {
                let twice = held[at][dice.below(held[at].len() as u64) as usize].clone();
                held[at].push(twice);
            }
            self.complete(&held[at])?;
        }
        Ok(())
    }

    /// All copies are here, in this order.
    fn complete(&mut self, here: &[Copy]) -> Result<(), Fault> {
        self.orders += 1;
        let state = self.look(here)?;
        if state == self.end {
            return Ok(());
        }
        let (one, other) = (json(&self.end), json(&state));
        Err(format!("two orders end in two states: {one} and {other}"))
    }

    /// Folds what is here: what waits is what has no past, and no verdict changed.
    fn look(&mut self, here: &[Copy]) -> Result<State, Fault> {
        *self.trail.borrow_mut() = here.iter().map(|copy| copy.hash).collect();
        self.folds += 1;
        let state = self.arrivals.fold(here);
        let waits = waiting(here);
        if parts(&state).1 as usize != waits {
            return Err(format!("{} copies wait, and {waits} have no past", parts(&state).1));
        }
        for entry in parts(&state).0 {
            let key = (entry.copy, entry.id);
            let first = *self.verdicts.entry(key).or_insert(entry.judgement);
            if first != entry.judgement {
                return Err(format!(
                    "a verdict changed from {first:?} to {:?}: event {:?}",
                    entry.judgement, entry.id
                ));
            }
        }
        Ok(state)
    }

    /// What the check before saving says of each copy is its verdict.
    fn check(&self) -> Result<(), Fault> {
        let arrivals = self.arrivals;
        for copy in arrivals.copies {
            let mut faults: BTreeMap<u32, Judgement> = BTreeMap::new();
            if let Err(found) = check(&arrivals.document(arrivals.copies), arrivals.rosters, copy) {
                for (n, reason) in found {
                    faults.insert(u32::from(n), Judgement::Rejected(reason));
                }
            }
            for ((hash, id), judgement) in &self.verdicts {
                let rejected = matches!(judgement, Judgement::Rejected(_));
                let expected = rejected.then_some(judgement);
                if *hash == copy.hash && faults.get(&id.n) != expected {
                    return Err(format!("the check before saving says otherwise of {id:?}"));
                }
            }
        }
        Ok(())
    }
}

/// How many copies have not all of their past here.
fn waiting(here: &[Copy]) -> usize {
    let mut left: BTreeMap<ChangeHash, &Copy> = here.iter().map(|c| (c.hash, c)).collect();
    let mut known: Vec<ChangeHash> = Vec::new();
    loop {
        let ready: Vec<ChangeHash> = left
            .values()
            .filter(|copy| copy.deps.iter().all(|dep| known.contains(dep)))
            .map(|copy| copy.hash)
            .collect();
        if ready.is_empty() {
            return left.len();
        }
        for hash in ready {
            left.remove(&hash);
            known.push(hash);
        }
    }
}

/// The story of a state, and how many copies wait.
pub(super) fn parts(state: &State) -> (&[Entry], u32) {
    match state {
        State::Grievance(state) => (&state.story, state.waiting),
        State::Household(state) => (&state.story, state.waiting),
        State::Visit(state) => (&state.story, state.waiting),
        State::Meeting(state) => (&state.story, state.waiting),
    }
}

fn json(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}
