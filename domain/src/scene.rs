//! The valid events of a view, each once, with corrections applied: what every fold starts from.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{id::MemberId, roster::setting};

use crate::{
    event::{Correct, Event, Marks, Ref},
    figures::day_of,
    history::{History, Seen, Serial, Slot, Verdict, target},
    input::EventId,
    table::Level,
};

/// A valid event.
pub(crate) struct Live<'h> {
    pub(crate) id: EventId,
    pub(crate) serial: Serial,
    /// The copy that counts.
    pub(crate) node: usize,
    /// As it was written.
    pub(crate) written: &'h Event,
    /// As it stands after corrections.
    pub(crate) event: &'h Event,
    /// Whose words `event` is: references are to be read as that member's.
    pub(crate) speaker: MemberId,
    pub(crate) marks: Marks,
    /// In s, where the relay has it.
    pub(crate) relay_time: Option<u64>,
    pub(crate) seen: &'h Seen,
    pub(crate) held: bool,
    /// The Correct that strikes it or says it anew.
    pub(crate) corrected: Option<EventId>,
    pub(crate) struck: bool,
}

impl Live<'_> {
    /// Valid, not held, not struck.
    pub(crate) fn has_force(&self) -> bool {
        !self.held && !self.struck
    }

    pub(crate) fn target(&self, to: &Ref) -> EventId {
        target(to, self.speaker)
    }

    pub(crate) fn targets(&self, to: &[Ref]) -> Vec<EventId> {
        to.iter().map(|to| self.target(to)).collect()
    }

    /// When it took place, in s.
    pub(crate) fn time(&self) -> u64 {
        self.marks.time(self.relay_time)
    }
}

/// The valid events of a view, in causal order.
pub(crate) struct Scene<'h> {
    pub(crate) history: &'h History<'h>,
    pub(crate) lives: Vec<Live<'h>>,
    /// Of each event of the history where in `lives` it is.
    index: Vec<Option<usize>>,
    /// A resident's word of a kind that is not known here.
    pub(crate) newer_words: Vec<EventId>,
}

impl<'h> Scene<'h> {
    /// The scene as the author saw it who wrote on this view: what is held now was not then. What the
    /// outlook says of a view is compared with it.
    #[cfg(test)]
    pub(crate) fn as_written(history: &'h History<'h>, view: &crate::history::View<'_>) -> Self {
        Self::new(history, &|at, n| view.holds(at, n), false)
    }

    /// The scene of all copies, those held set apart.
    pub(crate) fn now(history: &'h History<'h>) -> Self {
        Self::new(history, &|_, _| true, true)
    }

    fn new(
        history: &'h History<'h>,
        holds: &dyn Fn(usize, usize) -> bool,
        mind_held: bool,
    ) -> Self {
        // Of the valid copies of an event the smallest hash counts, of those not held if there is one.
        let mut counting: Vec<Option<usize>> = vec![None; history.events()];
        let mut newer_words = BTreeSet::new();
        let rank = |at: usize| {
            let copy = history.nodes.get(at).map(|node| node.copy);
            copy.map(|copy| (mind_held && copy.held, copy.hash))
        };
        for (at, node) in history.nodes.iter().enumerate() {
            let verdicts = history.verdicts(at).iter().enumerate();
            for (n, judged) in verdicts.filter(|(n, _)| holds(at, *n)) {
                if judged.verdict == Verdict::Newer && !(mind_held && node.copy.held) {
                    let word = matches!(node.slot(n), Slot::Known(event)
                        if crate::table::is_residents_word(event.kind_number()));
                    if word {
                        newer_words.insert(node.id(n));
                    }
                }
                if judged.verdict != Verdict::Valid {
                    continue;
                }
                let Some(best) = counting.get_mut(history.serial_at(node, n)) else { continue };
                if best.is_none_or(|best| rank(at) < rank(best)) {
                    *best = Some(at);
                }
            }
        }
        history.steps(history.events() as u64);
        let counting = counting.into_iter().enumerate();
        let mut lives: Vec<Live<'h>> = counting
            .filter_map(|(serial, at)| {
                let at = at?;
                let held = mind_held && history.nodes.get(at)?.copy.held;
                live(history, serial, at, held)
            })
            .collect();
        lives.sort_unstable_by_key(|live| (live.node, live.id.n));
        let mut index = vec![None; history.events()];
        for (i, live) in lives.iter().enumerate() {
            if let Some(index) = index.get_mut(live.serial) {
                *index = Some(i);
            }
        }
        let newer_words = newer_words.into_iter().collect();
        let mut scene = Self { history, lives, index, newer_words };
        scene.correct();
        scene
    }

    pub(crate) fn get(&self, id: EventId) -> Option<&Live<'h>> {
        self.lives.get((*self.index.get(self.history.serial(id)?)?)?)
    }

    /// The event, where it has force.
    pub(crate) fn in_force(&self, id: EventId) -> Option<&Live<'h>> {
        self.get(id).filter(|live| live.has_force())
    }

    /// All that has force, in causal order.
    pub(crate) fn forces(&self) -> impl Iterator<Item = &Live<'h>> {
        self.lives.iter().filter(|live| live.has_force())
    }

    /// Whether the author of `live` had seen `other`.
    pub(crate) fn saw(&self, live: &Live<'_>, other: &Live<'_>) -> bool {
        self.history.saw(live.node, live.serial, other.serial)
    }

    /// Neither had seen the other.
    pub(crate) fn unseen(&self, a: &Live<'_>, b: &Live<'_>) -> bool {
        !self.saw(a, b) && !self.saw(b, a)
    }

    /// Of some events those that none of the others had seen.
    pub(crate) fn unseen_by_others<'s>(&'s self, of: &[&Live<'h>]) -> Vec<&'s Live<'h>> {
        let of: Vec<(usize, Serial)> = of.iter().map(|live| (live.node, live.serial)).collect();
        let unseen = self.history.unseen_by_others(&of);
        unseen.into_iter().filter_map(|(_, serial)| self.of(serial)).collect()
    }

    /// The event with this number in the history, where it is valid.
    pub(crate) fn of(&self, serial: Serial) -> Option<&Live<'h>> {
        self.lives.get((*self.index.get(serial)?)?)
    }

    /// The level that the author works at.
    pub(crate) fn level(&self, live: &Live<'_>) -> Option<Level> {
        self.history.nodes.get(live.node).and_then(|node| node.standing.level())
    }

    /// The day on which a time falls, in the local time of the roster that the author held.
    pub(crate) fn day(&self, live: &Live<'_>, time: u64) -> u32 {
        let roster = self.history.nodes.get(live.node).and_then(|node| node.roster);
        let minutes = roster.and_then(|roster| roster.setting(setting::LOCAL_TIME_MIN));
        day_of(time, minutes.unwrap_or(0))
    }

    /// Applies corrections, latest first: whatever may strike or rest on an event comes after it.
    fn correct(&mut self) {
        let mut corrects: BTreeMap<Serial, Vec<usize>> = BTreeMap::new();
        let mut words: BTreeMap<Serial, Vec<usize>> = BTreeMap::new();
        for at in (0..self.lives.len()).rev() {
            let Some(live) = self.lives.get(at) else { continue };
            let fix = corrects
                .get(&live.serial)
                .and_then(|corrects| self.correction(live, corrects, words.get(&live.serial)));
            if let Some((by, correct)) = fix {
                let by = self.lives.get(by).map(|live| (live.id, live.speaker));
                if let (Some(live), Some((id, speaker))) = (self.lives.get_mut(at), by) {
                    live.corrected = Some(id);
                    match &correct.replacement {
                        Some(event) => (live.event, live.speaker) = (event.as_ref(), speaker),
                        None => live.struck = true,
                    }
                }
            }
            let Some(live) = self.lives.get(at).filter(|live| live.has_force()) else { continue };
            let (to, list) = match live.event {
                Event::Correct(correct) => (&correct.event, &mut corrects),
                Event::Confirm(confirm) => (&confirm.resolution, &mut words),
                Event::Reject(reject) => (&reject.resolution, &mut words),
                _ => continue,
            };
            if let Some(to) = self.history.serial(live.target(to)) {
                list.entry(to).or_default().push(at);
            }
        }
    }

    /// Which of the Corrects of an event counts: of those that none of the others saw the smallest id.
    fn correction(
        &self,
        live: &Live<'h>,
        corrects: &[usize],
        words: Option<&Vec<usize>>,
    ) -> Option<(usize, &'h Correct)> {
        let words = words.map_or(&[][..], Vec::as_slice);
        let found: Vec<(usize, &Live<'h>, &'h Correct)> = corrects
            .iter()
            .filter_map(|at| {
                let by = self.lives.get(*at)?;
                let Event::Correct(correct) = by.event else { return None };
                // What a resident's word rests on is not struck behind its back.
                let rested_on = correct.replacement.is_none()
                    && matches!(live.written, Event::Resolve(_) | Event::CloseUnsolved(_))
                    && words
                        .iter()
                        .filter_map(|word| self.lives.get(*word))
                        .any(|word| self.unseen(word, by));
                (!rested_on).then_some((*at, by, correct))
            })
            .collect();
        let all: Vec<&Live<'h>> = found.iter().map(|(_, by, _)| *by).collect();
        let unseen: BTreeSet<EventId> = if let [one] = all.as_slice() {
            BTreeSet::from([one.id])
        } else {
            let all: Vec<(usize, Serial)> = all.iter().map(|by| (by.node, by.serial)).collect();
            let unseen = self.history.unseen_by_others(&all);
            unseen.into_iter().filter_map(|(_, by)| self.history.id(by)).collect()
        };
        let first = unseen.first()?;
        found.iter().find(|(_, by, _)| by.id == *first).map(|(at, _, correct)| (*at, *correct))
    }
}

fn live<'h>(history: &'h History<'h>, serial: Serial, at: usize, held: bool) -> Option<Live<'h>> {
    let node = history.nodes.get(at)?;
    let (id, n) = (history.id(serial)?, history.n(serial));
    let Slot::Known(event) = node.slot(n) else { return None };
    Some(Live {
        id,
        serial,
        node: at,
        written: event,
        event,
        speaker: id.member,
        marks: node.marks()?,
        relay_time: node.copy.relay_time_ms.map(|ms| ms / 1000),
        seen: &history.verdicts(at).get(n)?.seen,
        held,
        corrected: None,
        struck: false,
    })
}
