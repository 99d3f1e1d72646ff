//! What an author saw, ready to be asked: the level, the current round, the due, who owns it.
//!
//! Each event is judged by what its own author had seen, and those views mostly differ by little. So one
//! outlook goes from author to author: it learns what the next had seen and the last had not, forgets the
//! rest, and keeps its tallies right by what changed. It says of each view what the fold says of the same
//! events (a test compares them over random histories), at a cost that does not grow with the document
//! where each author had seen what the last had seen, or little less.

mod ask;
mod count;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use doorstep_protocol::id::MemberId;

use crate::{
    event::{Correct, Event, Ref},
    history::{Chained, History, Judged, Node, Nodes, Seen, Serial, Slot, Verdict, target},
    table::Flag,
};
use tally::Tally;

/// An event of the view, as it stands there after corrections, and what of it counts.
#[derive(Debug, Clone)]
struct Standing<'h> {
    /// The copy that counts.
    node: usize,
    event: &'h Event,
    /// Whose words `event` is.
    speaker: MemberId,
    struck: bool,
    /// What it names, as far as that matters.
    named: Vec<Serial>,
    /// Of a resolution, a rejection of one, an answer to one; 0 = none.
    round: u32,
    counts: Counts,
}

/// What of an event counts, others permitting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    /// A grade that nothing supersedes.
    grade: bool,
    /// A due that nothing supersedes.
    due: bool,
    /// A grade whose date of the table stands.
    table: bool,
    /// An Escalate or TakeOver that was not returned, a SendBack that no Accept made void.
    level: bool,
    /// An Accept that was not taken back.
    accept: bool,
    /// An Assign or TakeOver that nothing ended.
    owner: bool,
}

/// What is known of an event of the history in this view.
#[derive(Debug, Default)]
struct Known<'h> {
    /// The copy that counts; none = not in view.
    node: Option<usize>,
    standing: Option<Standing<'h>>,
    /// Corrects with force that name it.
    corrects: Vec<Serial>,
    /// Confirms and Rejects with force that name it.
    words: Vec<Serial>,
    /// Whatever with force has its round by it.
    follow: Vec<Serial>,
    /// How many with force end it, in what respect.
    ended: Ended,
    /// SendBack: Accepts from above, unseen, that make it void.
    voided: u32,
    /// Assign, TakeOver: others that make an owner and had seen it.
    overtaken: u32,
}

/// How many events end another.
#[derive(Debug, Default)]
struct Ended {
    grade: u32,
    due: u32,
    table: u32,
    level: u32,
    accept: u32,
    owner: u32,
}

/// See the module.
pub(crate) struct Outlook<'h> {
    history: &'h History<'h>,
    verdicts: Vec<Vec<Judged>>,
    /// Copies of which every event is in view.
    here: Nodes,
    /// One more copy, of which the events before a number are.
    own: (usize, usize),
    known: Vec<Known<'h>>,
    /// What may stand otherwise than is noted.
    unsettled: BTreeSet<Serial>,
    tally: Tally,
    links: Vec<Chained>,
}

impl<'h> Outlook<'h> {
    /// An outlook on nothing, with no verdicts.
    pub(crate) fn new(history: &'h History<'h>) -> Self {
        let mut known = Vec::new();
        known.resize_with(history.events(), Known::default);
        let mut verdicts = Vec::new();
        verdicts.resize_with(history.nodes.len(), Vec::new);
        Self {
            history,
            verdicts,
            here: Nodes::default(),
            own: (usize::MAX, 0),
            known,
            unsettled: BTreeSet::new(),
            tally: Tally::default(),
            links: Vec::new(),
        }
    }

    /// The next event of copy `at` is judged.
    pub(crate) fn judged(&mut self, at: usize, judged: Judged) {
        if let Some(verdicts) = self.verdicts.get_mut(at) {
            verdicts.push(judged);
        }
    }

    /// The verdicts, and the links of the lists of grounds that they name.
    pub(crate) fn into_parts(self) -> (Vec<Vec<Judged>>, Vec<Chained>) {
        (self.verdicts, self.links)
    }

    /// Looks with the eyes of the author of event `n` of copy `at`.
    pub(crate) fn look(&mut self, at: usize, n: usize) {
        let history = self.history;
        let Some(node) = history.nodes.get(at) else { return };
        self.leave_for(at, &node.past);
        let differences = self.here.differ(&node.past);
        history.bits(node.past.words());
        for (gone, _) in differences.iter().rev().filter(|(_, mine)| *mine) {
            self.here.remove(*gone);
            self.forget(*gone, 0, usize::MAX);
        }
        for (new, _) in differences.iter().filter(|(_, mine)| !mine) {
            self.learn(*new, 0, usize::MAX);
            self.here.insert(*new);
        }
        if self.own.1 > n {
            self.forget(at, n, self.own.1);
        } else {
            self.learn(at, self.own.1, n);
        }
        self.own = (at, n);
        self.settle();
    }

    /// Of the copy looked at so far: the rest is learnt where the next author had seen it, and forgotten
    /// where not.
    fn leave_for(&mut self, at: usize, past: &Nodes) {
        let (own, below) = self.own;
        if own == at {
            return;
        }
        if past.contains(own) {
            self.learn(own, below, usize::MAX);
            self.here.insert(own);
        } else {
            self.forget(own, 0, below);
        }
        self.own = (at, 0);
    }

    /// The valid events of a copy from number `from` to below `to` come into view.
    fn learn(&mut self, at: usize, from: usize, to: usize) {
        let history = self.history;
        let Some(node) = history.nodes.get(at) else { return };
        for n in from..to.min(node.len()) {
            if !self.is_valid(at, n) {
                continue;
            }
            history.steps(1);
            let event = history.serial_at(node, n);
            let hash = |at: usize| history.nodes.get(at).map(|node| node.copy.hash);
            let Some(known) = self.known.get_mut(event) else { continue };
            if known.node.is_none_or(|other| hash(at) < hash(other)) {
                known.node = Some(at);
                self.unsettled.insert(event);
            }
        }
    }

    /// The events of a copy from number `from` to below `to` go out of view.
    fn forget(&mut self, at: usize, from: usize, to: usize) {
        let history = self.history;
        let Some(node) = history.nodes.get(at) else { return };
        for n in (from..to.min(node.len())).rev() {
            history.steps(1);
            let event = history.serial_at(node, n);
            if self.known.get(event).and_then(|known| known.node) != Some(at) {
                continue;
            }
            let others = history.copies_of(event).iter().filter(|copy| **copy != at);
            let others = others.filter(|copy| self.holds(**copy, n) && self.is_valid(**copy, n));
            let next =
                others.min_by_key(|copy| history.nodes.get(**copy).map(|node| node.copy.hash));
            let next = next.copied();
            if let Some(known) = self.known.get_mut(event) {
                known.node = next;
                self.unsettled.insert(event);
            }
        }
    }

    fn holds(&self, at: usize, n: usize) -> bool {
        self.here.contains(at) || (self.own.0 == at && n < self.own.1)
    }

    fn is_valid(&self, at: usize, n: usize) -> bool {
        let judged = self.verdicts.get(at).and_then(|verdicts| verdicts.get(n));
        judged.is_some_and(|judged| judged.verdict == Verdict::Valid)
    }

    fn settle(&mut self) {
        while let Some(event) = self.unsettled.pop_first() {
            self.history.steps(1);
            self.renew(event);
        }
    }

    /// Notes how an event stands now, and puts right what depends on it.
    fn renew(&mut self, event: Serial) {
        let was = self.known.get_mut(event).and_then(|known| known.standing.take());
        let now = self.standing(event, was.as_ref());
        let same = match (&was, &now) {
            (Some(was), Some(now)) => was.is_same(now),
            (None, None) => true,
            _ => false,
        };
        let place = |of: &Option<Standing<'_>>| of.as_ref().map(|of| (of.node, of.round));
        let moved = place(&was) != place(&now);
        if !same {
            if let Some(was) = &was {
                self.count(event, was, false);
            }
            if let Some(now) = &now {
                self.count(event, now, true);
            }
        }
        let Some(known) = self.known.get_mut(event) else { return };
        known.standing = now;
        if moved {
            self.unsettled.extend(&known.follow);
        }
    }

    /// How an event stands by what is noted of the others; none where it is not in view.
    fn standing(&self, event: Serial, was: Option<&Standing<'h>>) -> Option<Standing<'h>> {
        let known = self.known.get(event)?;
        let at = known.node?;
        let node = self.history.nodes.get(at)?;
        let Slot::Known(written) = node.slot(self.history.n(event)) else { return None };
        let author = node.copy.author;
        let (said, speaker, struck) = match self.fix(event, at, written) {
            None => (written, author, false),
            Some(Fix::Struck) => (written, author, true),
            Some(Fix::Anew(event, speaker)) => (event, speaker, false),
        };
        let named = match was {
            Some(was) if std::ptr::eq(was.event, said) && was.speaker == speaker => {
                was.named.clone()
            }
            _ => {
                let ids = refs(said).iter().map(|to| target(to, speaker));
                ids.filter_map(|id| self.history.serial(id)).collect()
            }
        };
        let counts = Counts {
            grade: known.ended.grade == 0,
            due: known.ended.due == 0,
            table: known.ended.table == 0,
            level: known.ended.level == 0 && known.voided == 0,
            accept: known.ended.accept == 0,
            owner: known.ended.owner == 0,
        };
        let mut now = Standing { node: at, event: said, speaker, struck, named, round: 0, counts };
        now.round = self.round(event, &now);
        Some(now)
    }

    /// The round of a resolution, of what rejects it, of what is an answer to it.
    fn round(&self, event: Serial, now: &Standing<'h>) -> u32 {
        if now.struck {
            return 0;
        }
        let place = self.place(event, now);
        // What names another counts for it where it comes after it.
        let of = |to: &Serial, before: bool, is: fn(&Event) -> bool| {
            let other = self.known.get(*to).and_then(|known| known.standing.as_ref());
            let other = other.filter(|other| is(other.event));
            other.filter(|other| !before || self.place(*to, other) < place).map_or(0, |o| o.round)
        };
        let named = now.named.iter();
        match now.event {
            Event::Resolve(_) | Event::CloseUnsolved(_) => {
                let is = |event: &Event| matches!(event, Event::Reject(_));
                1 + named.map(|to| of(to, true, is)).max().unwrap_or(0)
            }
            Event::Reject(_) => {
                let is = |e: &Event| matches!(e, Event::Resolve(_) | Event::CloseUnsolved(_));
                named.map(|to| of(to, true, is)).max().unwrap_or(0)
            }
            Event::Confirm(_) | Event::AskedNoAnswer(_) => {
                let is = |event: &Event| matches!(event, Event::Resolve(_));
                named.map(|to| of(to, false, is)).max().unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// Where it stands in the history.
    fn place(&self, event: Serial, standing: &Standing<'_>) -> (usize, usize) {
        (standing.node, self.history.n(event))
    }

    /// What a Correct makes of an event: as in [`crate::scene::Scene`].
    fn fix(&self, event: Serial, at: usize, written: &Event) -> Option<Fix<'h>> {
        let known = self.known.get(event)?;
        if known.corrects.is_empty() {
            return None;
        }
        let history = self.history;
        let place = (at, history.n(event));
        let mut found: Vec<((usize, usize), Serial, Corrects<'h>)> = Vec::new();
        for by in &known.corrects {
            let Some(standing) = self.known.get(*by).and_then(|by| by.standing.as_ref()) else {
                continue;
            };
            let Event::Correct(correct) = standing.event else { continue };
            let by_place = self.place(*by, standing);
            if by_place > place
                && !self.is_rested_on(known, place, written, (*by, standing, correct))
            {
                found.push((by_place, *by, (correct, standing.speaker)));
            }
        }
        history.steps(known.corrects.len() as u64);
        found.sort_unstable_by_key(|(place, ..)| std::cmp::Reverse(*place));
        let (last, others) = found.split_first()?;
        let saw = |other: &(_, Serial, _)| history.saw(last.0.0, last.1, other.1);
        let by = if history.copies_of(last.1).len() == 1 && others.iter().all(saw) {
            last
        } else {
            let all: Vec<(usize, Serial)> =
                found.iter().map(|(place, by, _)| (place.0, *by)).collect();
            let unseen = history.unseen_by_others(&all);
            let (_, by) = unseen.iter().min_by_key(|(_, by)| history.id(*by))?;
            found.iter().find(|(_, other, _)| other == by)?
        };
        let (correct, speaker) = by.2;
        Some(correct.replacement.as_deref().map_or(Fix::Struck, |said| Fix::Anew(said, speaker)))
    }

    /// What a resident's word rests on is not struck behind its back.
    fn is_rested_on(
        &self,
        known: &Known<'h>,
        place: (usize, usize),
        written: &Event,
        (by, standing, correct): (Serial, &Standing<'h>, &Correct),
    ) -> bool {
        correct.replacement.is_none()
            && matches!(written, Event::Resolve(_) | Event::CloseUnsolved(_))
            && known.words.iter().any(|word| {
                let of = self.known.get(*word).and_then(|known| known.standing.as_ref());
                of.is_some_and(|of| {
                    self.place(*word, of) > place && self.unseen((*word, of), (by, standing))
                })
            })
    }

    /// Neither had seen the other.
    fn unseen(&self, a: (Serial, &Standing<'_>), b: (Serial, &Standing<'_>)) -> bool {
        !self.history.saw(a.1.node, a.0, b.0) && !self.history.saw(b.1.node, b.0, a.0)
    }

    /// What the author of an event saw, as far as it is noted.
    fn seen(&self, event: Serial, standing: &Standing<'_>) -> Seen {
        let verdicts = self.verdicts.get(standing.node);
        let judged = verdicts.and_then(|verdicts| verdicts.get(self.history.n(event)));
        judged.map(|judged| judged.seen.clone()).unwrap_or_default()
    }

    fn node(&self, standing: &Standing<'_>) -> Option<&'h Node<'h>> {
        self.history.nodes.get(standing.node)
    }
}

type Corrects<'h> = (&'h Correct, MemberId);

enum Fix<'h> {
    Struck,
    Anew(&'h Event, MemberId),
}

impl Standing<'_> {
    fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.event, other.event)
            && (self.node, self.speaker, self.struck, self.round, self.counts)
                == (other.node, other.speaker, other.struck, other.round, other.counts)
    }
}

/// What an event names, as far as it matters to whoever comes later.
fn refs(event: &Event) -> &[Ref] {
    match event {
        Event::Resolve(e) => &e.answers,
        Event::CloseUnsolved(e) => &e.answers,
        Event::Reject(e) => std::slice::from_ref(&e.resolution),
        Event::Confirm(e) => std::slice::from_ref(&e.resolution),
        Event::AskedNoAnswer(e) => std::slice::from_ref(&e.resolution),
        Event::SetGrade(e) => &e.supersedes,
        Event::SetDue(e) => &e.supersedes,
        Event::Assign(e) => &e.supersedes,
        Event::SendBack(e) => &e.returns,
        Event::Decline(e) => e.of.as_slice(),
        Event::Settle(e) if matches!(e.flag, Flag::Grade | Flag::Due) => &e.about,
        Event::Correct(e) => std::slice::from_ref(&e.event),
        _ => &[],
    }
}
