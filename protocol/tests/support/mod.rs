//! What several integration tests share: random histories and a small generator of numbers.
#![allow(dead_code)] // each test binary uses its own share of it

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    change::{Change, RawChange, start_op_after},
    id::{ActId, ActorId, ChangeHash, DeviceId, Incarnation},
};

/// Numbers from a seed (splitmix64): the same on every machine.
pub(crate) struct Numbers(pub u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(crate) fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.next() as u8).collect()
    }
}

/// How one step of a history comes about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Who acts.
    pub(crate) actor: u8,
    /// Of how much of the past: 0-1 all of it, 2-4 only what the actor had seen before, 5-7 that and
    /// all below one earlier change.
    pub(crate) view: u8,
    /// Which earlier change.
    pub(crate) pick: u16,
    /// How long the value is; of 255 the act is one that was written before.
    pub(crate) value: u8,
}

/// One change of a history, with what it stands on.
pub(crate) struct Node {
    pub(crate) change: Change,
    pub(crate) raw: RawChange,
    /// All changes below it.
    pub(crate) past: BTreeSet<usize>,
}

/// Changes of one document in the order in which they were made.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) nodes: Vec<Node>,
    last: BTreeMap<u8, usize>,
}

pub(crate) fn actor(n: u8) -> ActorId {
    ActorId::new(DeviceId([n; 12]), Incarnation([0xa0, 0, n, 1]))
}

impl History {
    pub(crate) fn of(steps: &[Step]) -> Self {
        let mut history = Self::default();
        for step in steps {
            history.step(*step);
        }
        history
    }

    fn step(&mut self, step: Step) {
        let last = self.last.get(&step.actor).copied();
        let mut seen = last.map(|own| self.with_past(own)).unwrap_or_default();
        if let (0..=1, Some(_)) = (step.view, self.nodes.last()) {
            seen = (0..self.nodes.len()).collect();
        } else if !self.nodes.is_empty() {
            // Nobody writes in a document without having its birth.
            seen.insert(0);
            if step.view >= 5 {
                seen.extend(self.with_past(usize::from(step.pick) % self.nodes.len()));
            }
        }
        let mut deps = self.heads_of(&seen);
        deps.extend(last);
        self.write(step, deps, seen);
    }

    fn write(&mut self, step: Step, deps: BTreeSet<usize>, past: BTreeSet<usize>) {
        let at = self.nodes.len();
        let again = step.value == 255 && at > 0;
        let act = if again {
            self.nodes[usize::from(step.pick) % at].change.act
        } else {
            ActId(Numbers(at as u64).next().to_be_bytes())
        };
        let seq = self.last.get(&step.actor).map_or(0, |own| self.nodes[*own].change.seq) + 1;
        let mut hashes: Vec<_> = deps.iter().map(|dep| self.nodes[*dep].raw.hash).collect();
        hashes.sort();
        let start_op =
            start_op_after(deps.iter().map(|dep| self.nodes[*dep].change.start_op)).unwrap();
        let value = Numbers(u64::from(step.pick) << 8 | at as u64)
            .bytes(1 + usize::from(step.value) * (1 + at % 3));
        let change = Change { actor: actor(step.actor), seq, start_op, deps: hashes, act, value };
        let raw = change.encode().unwrap();
        self.nodes.push(Node { change, raw, past });
        self.last.insert(step.actor, at);
    }

    fn with_past(&self, at: usize) -> BTreeSet<usize> {
        let mut past = self.nodes[at].past.clone();
        past.insert(at);
        past
    }

    fn heads_of(&self, seen: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut heads = seen.clone();
        for at in seen {
            heads.retain(|head| !self.nodes[*at].past.contains(head));
        }
        heads
    }

    /// The heads of the whole history.
    pub(crate) fn heads(&self) -> BTreeSet<ChangeHash> {
        let heads = self.heads_of(&(0..self.nodes.len()).collect());
        heads.into_iter().map(|head| self.nodes[head].raw.hash).collect()
    }

    /// The history in another order in which each change comes after its past.
    pub(crate) fn shuffled(&self, numbers: &mut Numbers) -> Vec<usize> {
        let mut done = BTreeSet::new();
        let mut order = Vec::new();
        while order.len() < self.nodes.len() {
            let ready: Vec<usize> = (0..self.nodes.len())
                .filter(|at| !done.contains(at) && self.nodes[*at].past.is_subset(&done))
                .collect();
            let at = ready[numbers.below(ready.len())];
            done.insert(at);
            order.push(at);
        }
        order
    }
}
