//! The valid events of a view, each once, with corrections applied: what every fold starts from.

use std::collections::BTreeMap;

use doorstep_protocol::{
    id::{ChangeHash, MemberId},
    roster::setting,
};

use crate::{
    event::{Correct, Event, Marks, Ref},
    figures::day_of,
    history::{History, Seen, Slot, Verdict, View, target},
    input::EventId,
    rights::Standing,
    table::Level,
};

/// A valid event.
pub(crate) struct Live<'h> {
    pub(crate) id: EventId,
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

    /// When it took place: `happened` where given, else the writing moved into what the relay knows.
    pub(crate) fn time(&self) -> u64 {
        self.marks.happened.unwrap_or_else(|| {
            let from = self.marks.claimed.max(self.marks.floor);
            self.relay_time.map_or(from, |relay| from.min(relay.max(self.marks.floor)))
        })
    }
}

/// The valid events of a view, in causal order.
pub(crate) struct Scene<'h> {
    pub(crate) history: &'h History<'h>,
    pub(crate) lives: Vec<Live<'h>>,
    index: BTreeMap<EventId, usize>,
    /// A resident's word of a kind that is not known here.
    pub(crate) newer_words: Vec<EventId>,
}

impl<'h> Scene<'h> {
    /// The scene as the author saw it who wrote on this view: what is held now was not then.
    pub(crate) fn as_written(history: &'h History<'h>, view: &View) -> Self {
        Self::new(history, view, false)
    }

    /// The scene of all copies, those held set apart.
    pub(crate) fn now(history: &'h History<'h>) -> Self {
        Self::new(history, &history.all(), true)
    }

    fn new(history: &'h History<'h>, view: &View, mind_held: bool) -> Self {
        // Of the valid copies of an event the smallest hash counts, of those not held if there is one.
        let mut counting: BTreeMap<EventId, (bool, ChangeHash, usize)> = BTreeMap::new();
        let mut newer_words = Vec::new();
        for (at, node) in history.nodes.iter().enumerate() {
            let held = mind_held && node.copy.held;
            for (n, judged) in node.judged.iter().enumerate() {
                if !view.holds(at, n) {
                    continue;
                }
                let id = node.id(n);
                if judged.verdict == Verdict::Newer && !held {
                    let word = matches!(node.slot(n), Slot::Known(event)
                        if crate::table::is_residents_word(event.kind_number()));
                    if word && !newer_words.contains(&id) {
                        newer_words.push(id);
                    }
                }
                if judged.verdict != Verdict::Valid {
                    continue;
                }
                let candidate = (held, node.copy.hash, at);
                let best = counting.entry(id).or_insert(candidate);
                *best = candidate.min(*best);
            }
        }
        let mut lives: Vec<Live<'h>> = counting
            .into_iter()
            .filter_map(|(id, (held, _, at))| live(history, id, at, held))
            .collect();
        lives.sort_by_key(|live| (live.node, live.id.n));
        let index = lives.iter().enumerate().map(|(i, live)| (live.id, i)).collect();
        let mut scene = Self { history, lives, index, newer_words };
        scene.correct();
        scene
    }

    pub(crate) fn get(&self, id: EventId) -> Option<&Live<'h>> {
        self.lives.get(*self.index.get(&id)?)
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
    pub(crate) fn saw(&self, live: &Live<'_>, other: EventId) -> bool {
        self.history.saw(live.node, live.id, other)
    }

    /// Neither had seen the other.
    pub(crate) fn unseen(&self, a: &Live<'_>, b: &Live<'_>) -> bool {
        !self.saw(a, b.id) && !self.saw(b, a.id)
    }

    /// What the author is at the place of the document, by the roster that they held.
    pub(crate) fn standing(&self, live: &Live<'_>) -> Standing {
        let roster = self.history.nodes.get(live.node).and_then(|node| node.roster);
        roster
            .map(|roster| Standing::of(&roster, live.id.member, self.history.document.place))
            .unwrap_or_default()
    }

    /// The level that the author works at.
    pub(crate) fn level(&self, live: &Live<'_>) -> Option<Level> {
        self.standing(live).level()
    }

    /// The day on which a time falls, in the local time of the roster that the author held.
    pub(crate) fn day(&self, live: &Live<'_>, time: u64) -> u32 {
        let roster = self.history.nodes.get(live.node).and_then(|node| node.roster);
        let minutes = roster.and_then(|roster| roster.setting(setting::LOCAL_TIME_MIN));
        day_of(time, minutes.unwrap_or(0))
    }

    /// Applies corrections, latest first: whatever may strike or rest on an event comes after it.
    fn correct(&mut self) {
        let mut by_target: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
        let mut words_on: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
        for at in (0..self.lives.len()).rev() {
            let Some(live) = self.lives.get(at) else { continue };
            let fix = by_target
                .get(&live.id)
                .and_then(|corrects| self.correction(live, corrects, words_on.get(&live.id)));
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
            let Some(live) = self.lives.get(at) else { continue };
            if !live.has_force() {
                continue;
            }
            match live.event {
                Event::Correct(correct) => {
                    by_target.entry(live.target(&correct.event)).or_default().push(at);
                }
                Event::Confirm(confirm) => {
                    words_on.entry(live.target(&confirm.resolution)).or_default().push(at);
                }
                Event::Reject(reject) => {
                    words_on.entry(live.target(&reject.resolution)).or_default().push(at);
                }
                _ => {}
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
        found
            .iter()
            .filter(|(_, by, _)| !found.iter().any(|(_, other, _)| self.saw(other, by.id)))
            .min_by_key(|(_, by, _)| by.id)
            .map(|(at, _, correct)| (*at, *correct))
    }
}

fn live<'h>(history: &'h History<'h>, id: EventId, at: usize, held: bool) -> Option<Live<'h>> {
    let node = history.nodes.get(at)?;
    let n = usize::try_from(id.n).ok()?;
    let Slot::Known(event) = node.slot(n) else { return None };
    Some(Live {
        id,
        node: at,
        written: event,
        event,
        speaker: id.member,
        marks: node.marks()?,
        relay_time: node.copy.relay_time_ms.map(|ms| ms / 1000),
        seen: &node.judged.get(n)?.seen,
        held,
        corrected: None,
        struck: false,
    })
}
