//! The copies of a document in causal order, each with its past, and the verdict on each event.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use doorstep_protocol::{
    id::{ActId, ChangeHash, MemberId, Point},
    roster::{RosterAt, Rosters},
};

use crate::{
    event::{Act, BadEvent, Decoded, Event, Marks, Ref},
    input::{Copy, Document, EventId},
    outlook::Outlook,
    rights::Standing,
    table::{Kind, Level, Rejection},
    validity,
};

/// An event by its number in the history, whatever copies of it there are.
pub(crate) type Serial = usize;

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

    pub(crate) fn remove(&mut self, node: usize) {
        if let Some(bits) = self.0.get_mut(node / 64) {
            *bits &= !(1 << (node % 64));
        }
    }

    /// What is in one of the two alone, in order, and whether it is in `self`.
    pub(crate) fn differ(&self, other: &Self) -> Vec<(usize, bool)> {
        let mut found = Vec::new();
        for word in 0..self.0.len().max(other.0.len()) {
            let of = |nodes: &Self| nodes.0.get(word).copied().unwrap_or(0);
            let (mine, mut bits) = (of(self), of(self) ^ of(other));
            while bits != 0 {
                let bit = bits.trailing_zeros();
                found.push((word * 64 + bit as usize, mine >> bit & 1 == 1));
                bits &= bits - 1;
            }
        }
        found
    }

    /// How many words it takes.
    pub(crate) fn words(&self) -> u64 {
        self.0.len() as u64
    }

    pub(crate) fn extend(&mut self, other: &Self) {
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
    pub(crate) grounds: Grounds,
}

/// What a Close rests on: two lists, each by its last link in [`History::links`], so that lists which
/// begin alike share what they have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Grounds {
    /// Confirmations in force of the current round.
    pub(crate) confirmations: Option<usize>,
    /// Unanswered attempts in it, where they are on three days.
    pub(crate) attempts: Option<usize>,
}

/// A link of a list: an event, and what comes before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chained {
    pub(crate) event: Serial,
    pub(crate) before: Option<usize>,
}

/// What judging and folding a document took: for tests, which bound it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Events taken in hand.
    pub steps: u64,
    /// Questions whether one had seen another, and words of sets of copies: a few machine instructions
    /// each.
    pub bits: u64,
}

/// One copy.
pub(crate) struct Node<'a> {
    pub(crate) copy: &'a Copy,
    pub(crate) decoded: Decoded,
    pub(crate) roster: Option<RosterAt<'a>>,
    pub(crate) past: Nodes,
    /// What its author is at the place of the document; nothing at a roster point that is not known.
    pub(crate) standing: Rc<Standing>,
    /// Its act, by number.
    act: usize,
}

/// An act, whatever copies of it there are.
struct ActNode {
    copies: Vec<usize>,
    first: Serial,
    /// How many events the longest copy has.
    events: usize,
    member: MemberId,
    act: ActId,
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
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'n> {
    nodes: &'n Nodes,
    last: (usize, usize),
}

impl View<'_> {
    pub(crate) fn holds(&self, node: usize, n: usize) -> bool {
        self.nodes.contains(node) || (self.last.0 == node && n < self.last.1)
    }
}

/// A document's copies, each after all that it depends on, with the verdict on every event.
pub(crate) struct History<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) nodes: Vec<Node<'a>>,
    /// How many copies wait for others.
    pub(crate) waiting: usize,
    /// The links of all lists of grounds, each after the one before it.
    pub(crate) links: Vec<Chained>,
    verdicts: Vec<Vec<Judged>>,
    acts: Vec<ActNode>,
    by_act: BTreeMap<(MemberId, ActId), usize>,
    /// Of each event its act and its number in it.
    serials: Vec<(usize, usize)>,
    work: Cell<Work>,
}

impl<'a> History<'a> {
    /// Puts the copies in order and judges every event.
    pub(crate) fn new(document: Document<'a>, rosters: &'a dyn Rosters) -> Self {
        let mut history = Self::unjudged(document, rosters);
        let outlook = RefCell::new(Outlook::new(&history));
        for at in history.paths() {
            for n in 0..history.nodes.get(at).map_or(0, Node::len) {
                let judged = validity::judge(&history, &outlook, at, n);
                outlook.borrow_mut().judged(at, judged);
            }
        }
        (history.verdicts, history.links) = outlook.into_inner().into_parts();
        history
    }

    /// The copies in order, no event judged.
    fn unjudged(document: Document<'a>, rosters: &'a dyn Rosters) -> Self {
        let order = in_order(document.copies);
        let distinct: BTreeSet<ChangeHash> = document.copies.iter().map(|copy| copy.hash).collect();
        let mut history = Self {
            document,
            nodes: Vec::with_capacity(order.len()),
            waiting: distinct.len() - order.len(),
            links: Vec::new(),
            verdicts: Vec::new(),
            acts: Vec::new(),
            by_act: BTreeMap::new(),
            serials: Vec::new(),
            work: Cell::default(),
        };
        let mut index: BTreeMap<ChangeHash, usize> = BTreeMap::new();
        let mut standings: BTreeMap<(Point, MemberId), Rc<Standing>> = BTreeMap::new();
        for (copy, decoded) in order {
            let at = history.nodes.len();
            let deps: BTreeSet<usize> =
                copy.deps.iter().filter_map(|d| index.get(d).copied()).collect();
            let mut past = Nodes::default();
            // The latest first: mostly it has seen the others.
            for dep in deps.into_iter().rev() {
                if let Some(node) = history.nodes.get(dep).filter(|_| !past.contains(dep)) {
                    past.extend(&node.past);
                    history.bits(node.past.words());
                    past.insert(dep);
                }
            }
            index.insert(copy.hash, at);
            let roster = rosters.at(copy.point);
            let standing = standings.entry((copy.point, copy.author)).or_insert_with(|| {
                let of = |roster| Standing::of(&roster, copy.author, document.place);
                Rc::new(roster.map(of).unwrap_or_default())
            });
            let standing = Rc::clone(standing);
            let act = history.act(copy, at);
            let node = Node { copy, decoded, roster, past, standing, act };
            if let Some(act) = history.acts.get_mut(act) {
                act.events = act.events.max(node.len());
            }
            history.nodes.push(node);
        }
        for (of, act) in history.acts.iter_mut().enumerate() {
            act.first = history.serials.len();
            history.serials.extend((0..act.events).map(|n| (of, n)));
        }
        history
    }

    /// The number of the act that `copy`, the one at `at`, is a copy of.
    fn act(&mut self, copy: &Copy, at: usize) -> usize {
        let next = self.acts.len();
        let of = *self.by_act.entry((copy.author, copy.act)).or_insert(next);
        if of == next {
            let (member, act) = (copy.author, copy.act);
            self.acts.push(ActNode { copies: Vec::new(), first: 0, events: 0, member, act });
        }
        if let Some(act) = self.acts.get_mut(of) {
            act.copies.push(at);
        }
        of
    }

    /// The copies in an order in which each comes after all that it had seen and, where there is one,
    /// after one that it had seen: so whoever looks over the shoulder of each author in turn has little
    /// to forget and little to learn.
    fn paths(&self) -> Vec<usize> {
        let index: BTreeMap<ChangeHash, usize> =
            self.nodes.iter().enumerate().map(|(at, node)| (node.copy.hash, at)).collect();
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut missing: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for (at, node) in self.nodes.iter().enumerate() {
            let deps: BTreeSet<usize> =
                node.copy.deps.iter().filter_map(|dep| index.get(dep).copied()).collect();
            missing.push(deps.len());
            for dep in deps {
                if let Some(next) = next.get_mut(dep) {
                    next.push(at);
                }
            }
        }
        let first = |(at, missing): (usize, &usize)| (*missing == 0).then_some(at);
        let mut ready: Vec<usize> = missing.iter().enumerate().filter_map(first).collect();
        ready.reverse();
        let mut paths = Vec::with_capacity(self.nodes.len());
        while let Some(at) = ready.pop() {
            paths.push(at);
            let mut freed: Vec<usize> = Vec::new();
            for after in next.get(at).into_iter().flatten() {
                let Some(missing) = missing.get_mut(*after) else { continue };
                *missing -= 1;
                if *missing == 0 {
                    freed.push(*after);
                }
            }
            // Next comes who saw this one and nobody else beside it, so that whoever saw little is done
            // before the outlook widens; of several the earliest.
            let joins = |at: usize| self.nodes.get(at).is_some_and(|node| node.copy.deps.len() > 1);
            freed.sort_by_key(|at| (std::cmp::Reverse(joins(*at)), std::cmp::Reverse(*at)));
            ready.extend(freed);
        }
        paths
    }

    /// Counts events taken in hand.
    pub(crate) fn steps(&self, more: u64) {
        let work = self.work.get();
        self.work.set(Work { steps: work.steps + more, ..work });
    }

    /// Counts questions of a few machine instructions.
    pub(crate) fn bits(&self, more: u64) {
        let work = self.work.get();
        self.work.set(Work { bits: work.bits + more, ..work });
    }

    /// What it took so far.
    pub(crate) fn work(&self) -> Work {
        self.work.get()
    }

    /// The verdicts on the events of a copy.
    pub(crate) fn verdicts(&self, at: usize) -> &[Judged] {
        self.verdicts.get(at).map_or(&[], Vec::as_slice)
    }

    /// What the author of event `n` of copy `at` had seen.
    pub(crate) fn before<'n>(&self, node: &'n Node<'a>, at: usize, n: usize) -> View<'n> {
        View { nodes: &node.past, last: (at, n) }
    }

    /// How many events there are.
    pub(crate) fn events(&self) -> usize {
        self.serials.len()
    }

    /// The number of an event, where a copy that is here has it.
    pub(crate) fn serial(&self, id: EventId) -> Option<Serial> {
        let act = self.acts.get(*self.by_act.get(&(id.member, id.act))?)?;
        let n = usize::try_from(id.n).ok()?;
        (n < act.events).then_some(act.first + n)
    }

    /// The number of event `n` of a copy.
    pub(crate) fn serial_at(&self, node: &Node<'_>, n: usize) -> Serial {
        self.acts.get(node.act).map_or(0, |act| act.first) + n
    }

    /// Its number in its act.
    pub(crate) fn n(&self, event: Serial) -> usize {
        self.serials.get(event).map_or(0, |(_, n)| *n)
    }

    /// The id of an event.
    pub(crate) fn id(&self, event: Serial) -> Option<EventId> {
        let (act, n) = self.serials.get(event)?;
        let act = self.acts.get(*act)?;
        Some(EventId { act: act.act, n: u32::try_from(*n).ok()?, member: act.member })
    }

    /// The copies of an event's act.
    pub(crate) fn copies_of(&self, event: Serial) -> &[usize] {
        let act = self.serials.get(event).and_then(|(act, _)| self.acts.get(*act));
        act.map_or(&[], |act| &act.copies)
    }

    /// The copies of an act.
    pub(crate) fn copies(&self, member: MemberId, act: ActId) -> &[usize] {
        let act = self.by_act.get(&(member, act)).and_then(|act| self.acts.get(*act));
        act.map_or(&[], |act| &act.copies)
    }

    /// Whether `view` knows an event under this id that a field which takes `kinds` may name.
    pub(crate) fn knows(&self, view: &View<'_>, id: EventId, kinds: Option<&[Kind]>) -> bool {
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
        view: &'h View<'h>,
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
    pub(crate) fn saw(&self, at: usize, event: Serial, other: Serial) -> bool {
        self.bits(1);
        let (Some((of, n)), Some((act, m))) = (self.serials.get(event), self.serials.get(other))
        else {
            return false;
        };
        if of == act {
            return m < n;
        }
        let (Some(node), Some(act)) = (self.nodes.get(at), self.acts.get(*act)) else {
            return false;
        };
        act.copies.iter().any(|copy| node.past.contains(*copy))
    }

    /// Of some events, each by the copy that counts, those that none of the others had seen.
    pub(crate) fn unseen_by_others(&self, of: &[(usize, Serial)]) -> Vec<(usize, Serial)> {
        let mut seen = Nodes::default();
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, event) in of {
            let Some(node) = self.nodes.get(*at) else { continue };
            self.bits(node.past.words());
            seen.extend(&node.past);
            let last = last.entry(node.act).or_default();
            *last = self.n(*event).max(*last);
        }
        let is_seen = |(at, event): &(usize, Serial)| {
            let act = self.nodes.get(*at).map_or(usize::MAX, |node| node.act);
            if self.copies_of(*event).len() > 1 {
                // A copy may have seen another copy of its own act, which is not to have seen it.
                return of.iter().any(|(by_at, by)| self.saw(*by_at, *by, *event));
            }
            seen.contains(*at) || last.get(&act).is_some_and(|last| *last > self.n(*event))
        };
        of.iter().filter(|one| !is_seen(one)).copied().collect()
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
