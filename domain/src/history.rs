//! The copies of a document in causal order, each with its past, and the verdict on each event.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{ActId, ChangeHash, MemberId},
    roster::{RosterAt, Rosters},
};

use crate::{
    event::{Act, BadEvent, Decoded, Event, Marks, Ref},
    input::{Copy, Document, EventId},
    table::{Kind, Level, Rejection},
    validity,
};

/// A set of copies, by their place in the history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Nodes(Vec<u64>);

impl Nodes {
    pub(crate) fn insert(&mut self, node: usize) {
        let word = node / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (node % 64);
        }
    }

    pub(crate) fn contains(&self, node: usize) -> bool {
        self.0.get(node / 64).is_some_and(|bits| bits >> (node % 64) & 1 == 1)
    }

    fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (bits, more) in self.0.iter_mut().zip(&other.0) {
            *bits |= more;
        }
    }
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    Rejected(Rejection),
    /// Of a kind or a schema that is not known here.
    Newer,
}

/// An event of one copy, judged by the copy's own past.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// What its author saw, kept where a rule asks for it later.
    pub(crate) seen: Seen,
}

/// What an author saw, as far as it matters later.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// SetDue, Close: the round that was current.
    pub(crate) round: u32,
    /// Resolve: the level in force.
    pub(crate) level: Option<Level>,
    /// SetDue: whether it is later than the due that its author saw.
    pub(crate) extension: bool,
    /// Close: what it rests on.
    pub(crate) grounds: Vec<EventId>,
}

/// One copy.
pub(crate) struct Node<'a> {
    pub(crate) copy: &'a Copy,
    pub(crate) decoded: Decoded,
    pub(crate) roster: Option<RosterAt<'a>>,
    pub(crate) past: Nodes,
    pub(crate) judged: Vec<Judged>,
}

/// One event of a copy.
pub(crate) enum Slot<'n> {
    Known(&'n Event),
    Bad(Option<BadEvent>),
    Newer,
}

impl Node<'_> {
    /// How many events it has; what is no act, or of a newer schema, has one.
    pub(crate) fn len(&self) -> usize {
        match &self.decoded {
            Decoded::Act { events, .. } => events.len(),
            Decoded::Newer { .. } | Decoded::Bad => 1,
        }
    }

    pub(crate) fn slot(&self, n: usize) -> Slot<'_> {
        match &self.decoded {
            Decoded::Act { events, .. } => match events.get(n) {
                Some(Ok(event)) => Slot::Known(event),
                Some(Err(bad)) => Slot::Bad(Some(*bad)),
                None => Slot::Bad(None),
            },
            Decoded::Newer { .. } => Slot::Newer,
            Decoded::Bad => Slot::Bad(None),
        }
    }

    pub(crate) fn marks(&self) -> Option<Marks> {
        match &self.decoded {
            Decoded::Act { marks, .. } => Some(*marks),
            _ => None,
        }
    }

    pub(crate) fn id(&self, n: usize) -> EventId {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        EventId { act: self.copy.act, n, member: self.copy.author }
    }
}

/// The event that `author` means by a reference.
pub(crate) fn target(to: &Ref, author: MemberId) -> EventId {
    EventId { act: to.act, n: to.n, member: to.member.unwrap_or(author) }
}

/// What is looked at: some copies whole, and of one more the events before a number.
#[derive(Debug, Clone)]
pub(crate) struct View {
    nodes: Nodes,
    last: Option<(usize, usize)>,
}

impl View {
    pub(crate) fn holds(&self, node: usize, n: usize) -> bool {
        self.nodes.contains(node)
            || self.last.is_some_and(|(last, below)| last == node && n < below)
    }
}

/// A document's copies, each after all that it depends on.
pub(crate) struct History<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) nodes: Vec<Node<'a>>,
    /// How many copies wait for others.
    pub(crate) waiting: usize,
    by_act: BTreeMap<(MemberId, ActId), Vec<usize>>,
}

impl<'a> History<'a> {
    /// Puts the copies in order and judges every event.
    pub(crate) fn new(document: Document<'a>, rosters: &'a dyn Rosters) -> Self {
        let order = in_order(document.copies);
        let distinct: BTreeSet<ChangeHash> = document.copies.iter().map(|copy| copy.hash).collect();
        let mut history = Self {
            document,
            nodes: Vec::with_capacity(order.len()),
            waiting: distinct.len() - order.len(),
            by_act: BTreeMap::new(),
        };
        let mut index: BTreeMap<ChangeHash, usize> = BTreeMap::new();
        for (copy, decoded) in order {
            let at = history.nodes.len();
            let mut past = Nodes::default();
            for dep in copy.deps.iter().filter_map(|dep| index.get(dep).copied()) {
                past.insert(dep);
                if let Some(dep) = history.nodes.get(dep) {
                    past.extend(&dep.past);
                }
            }
            index.insert(copy.hash, at);
            history.by_act.entry((copy.author, copy.act)).or_default().push(at);
            let roster = rosters.at(copy.point);
            history.nodes.push(Node { copy, decoded, roster, past, judged: Vec::new() });
            history.judge(at);
        }
        history
    }

    fn judge(&mut self, at: usize) {
        let events = self.nodes.get(at).map_or(0, Node::len);
        for n in 0..events {
            let judged = validity::judge(self, at, n);
            if let Some(node) = self.nodes.get_mut(at) {
                node.judged.push(judged);
            }
        }
    }

    /// Everything.
    pub(crate) fn all(&self) -> View {
        let mut nodes = Nodes::default();
        (0..self.nodes.len()).for_each(|node| nodes.insert(node));
        View { nodes, last: None }
    }

    /// What the author of event `n` of copy `at` had seen.
    pub(crate) fn before(&self, at: usize, n: usize) -> View {
        let nodes = self.nodes.get(at).map(|node| node.past.clone()).unwrap_or_default();
        View { nodes, last: Some((at, n)) }
    }

    /// The copies of an act.
    pub(crate) fn copies(&self, member: MemberId, act: ActId) -> &[usize] {
        self.by_act.get(&(member, act)).map_or(&[], Vec::as_slice)
    }

    /// Whether `view` knows an event under this id that a field which takes `kinds` may name.
    pub(crate) fn knows(&self, view: &View, id: EventId, kinds: Option<&[Kind]>) -> bool {
        let fits = |number: u8| {
            let kind = Kind::from_number(u64::from(number));
            kind.is_none_or(|kind| kinds.is_none_or(|kinds| kinds.contains(&kind)))
        };
        self.named(view, id).any(|named| match named {
            Named::Kind(number) => fits(number),
            Named::Unsaid => true,
        })
    }

    /// What stands under an id in a view, copy by copy.
    pub(crate) fn named<'h>(
        &'h self,
        view: &'h View,
        id: EventId,
    ) -> impl Iterator<Item = Named> + 'h {
        let n = usize::try_from(id.n).unwrap_or(usize::MAX);
        self.copies(id.member, id.act).iter().filter_map(move |at| {
            let node = self.nodes.get(*at)?;
            if !view.holds(*at, n) {
                return None;
            }
            match &node.decoded {
                Decoded::Newer { .. } => Some(Named::Unsaid),
                Decoded::Bad => (n == 0).then_some(Named::Unsaid),
                Decoded::Act { events, .. } => Some(Named::Kind(match events.get(n)? {
                    Ok(event) => event.kind_number(),
                    Err(bad) => bad.kind,
                })),
            }
        })
    }

    /// Whether the author of `event`, as it stands in copy `at`, had seen `other`: any copy of it.
    pub(crate) fn saw(&self, at: usize, event: EventId, other: EventId) -> bool {
        if (event.member, event.act) == (other.member, other.act) {
            return other.n < event.n;
        }
        let Some(node) = self.nodes.get(at) else { return false };
        self.copies(other.member, other.act).iter().any(|copy| node.past.contains(*copy))
    }
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Kind(u8),
    /// No act, or an act of a newer schema: it passes, whatever the field takes.
    Unsaid,
}

/// Copies that have all they depend on, each after it; of those that could come next the earliest
/// written, then the smallest hash.
fn in_order(copies: &[Copy]) -> Vec<(&Copy, Decoded)> {
    let mut by_hash: BTreeMap<ChangeHash, &Copy> = BTreeMap::new();
    for copy in copies {
        by_hash.insert(copy.hash, copy);
    }
    let mut missing: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    let mut waiting_for: BTreeMap<ChangeHash, Vec<&Copy>> = BTreeMap::new();
    let mut ready = BTreeMap::new();
    let make_ready = |copy: &Copy| {
        let decoded = Act::decode(&copy.value);
        let claimed = match &decoded {
            Decoded::Act { marks, .. } => marks.claimed,
            _ => 0,
        };
        (claimed, copy.hash, decoded)
    };
    for copy in by_hash.values() {
        let deps: BTreeSet<ChangeHash> = copy.deps.iter().copied().collect();
        missing.insert(copy.hash, deps.len());
        for dep in &deps {
            waiting_for.entry(*dep).or_default().push(copy);
        }
        if deps.is_empty() {
            let (claimed, hash, decoded) = make_ready(copy);
            ready.insert((claimed, hash), (*copy, decoded));
        }
    }
    let mut order = Vec::with_capacity(by_hash.len());
    while let Some((_, (copy, decoded))) = ready.pop_first() {
        for next in waiting_for.remove(&copy.hash).unwrap_or_default() {
            let Some(left) = missing.get_mut(&next.hash) else { continue };
            *left -= 1;
            if *left == 0 {
                let (claimed, hash, decoded) = make_ready(next);
                ready.insert((claimed, hash), (next, decoded));
            }
        }
        order.push((copy, decoded));
    }
    order
}
