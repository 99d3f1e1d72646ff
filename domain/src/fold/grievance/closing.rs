//! What ends a grievance: Close, CloseUnsolved, Withdraw, Transfer.

use std::collections::BTreeSet;

use crate::{
    event::Event,
    input::EventId,
    scene::{Live, Scene},
    table::{ATTEMPTS_MIN, Flag, is_residents_word},
};

use super::{Raised, Rounds};

/// What a Close may rest on, as its author saw it: confirmations in force of the current round, or
/// unanswered attempts in it on three days.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grounds {
    pub(crate) confirmations: Vec<EventId>,
    pub(crate) attempts: Vec<EventId>,
}

impl Grounds {
    /// What the Close rests on; nothing where that is not enough.
    pub(crate) fn all(mut self) -> Vec<EventId> {
        self.confirmations.append(&mut self.attempts);
        self.confirmations
    }
}

/// The grounds for a Close that a scene gives.
pub(crate) fn grounds(scene: &Scene<'_>, rounds: &Rounds) -> Grounds {
    let confirmations = rounds.confirmed().map(|c| c.id).collect();
    let attempts: Vec<&Live<'_>> = attempts(scene, rounds);
    let attempts = if days(scene, &attempts) >= ATTEMPTS_MIN {
        attempts.iter().map(|live| live.id).collect()
    } else {
        Vec::new()
    };
    Grounds { confirmations, attempts }
}

/// Unanswered attempts in force on a Resolve of the current round, with certain marks.
pub(crate) fn attempts<'s, 'h>(scene: &'s Scene<'h>, rounds: &Rounds) -> Vec<&'s Live<'h>> {
    scene
        .forces()
        .filter(|live| match live.event {
            Event::AskedNoAnswer(asked) => {
                live.marks.certain
                    && rounds.solved(live.target(&asked.resolution)) == Some(rounds.current)
            }
            _ => false,
        })
        .collect()
}

/// On how many days, by the writing, in the local time of each one's roster.
fn days(scene: &Scene<'_>, attempts: &[&Live<'_>]) -> usize {
    attempts.iter().map(|live| scene.day(live, live.marks.claimed)).collect::<BTreeSet<_>>().len()
}

/// What ended it, as things stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ends {
    pub(crate) transfer: Option<EventId>,
    pub(crate) withdraw: Option<EventId>,
    pub(crate) unsolved: Option<EventId>,
    /// Closes in force of the current round.
    pub(crate) closes: Vec<EventId>,
    /// FeedBack in force on the current round.
    pub(crate) feedback: Vec<EventId>,
    /// All FeedBack in force.
    pub(crate) any_feedback: Vec<EventId>,
    pub(crate) flags: Vec<Raised>,
}

impl Ends {
    pub(crate) fn of(scene: &Scene<'_>, rounds: &Rounds) -> Self {
        let mut ends = Self::default();
        ends.feed_back(scene, rounds);
        ends.close(scene, rounds);
        let force = |is: fn(&Event) -> bool| scene.forces().filter(move |live| is(live.event));
        ends.unsolved = force(|event| matches!(event, Event::CloseUnsolved(_)))
            .filter(|live| unsolved_stands(scene, rounds, live))
            .map(|live| live.id)
            .min();
        ends.withdraw = force(|event| matches!(event, Event::Withdraw(_)))
            .filter(|live| rounds.rejections.iter().all(|rejection| scene.saw(live, rejection.id)))
            .map(|live| live.id)
            .min();
        ends.transfer =
            force(|event| matches!(event, Event::Transfer(_))).map(|live| live.id).min();
        ends.after_transfer(scene);
        ends
    }

    fn feed_back(&mut self, scene: &Scene<'_>, rounds: &Rounds) {
        for live in scene.forces() {
            let Event::FeedBack(told) = live.event else { continue };
            let target = live.target(&told.resolution);
            if scene.in_force(target).is_none() {
                continue;
            }
            let Some(round) = rounds.round_of(target) else { continue };
            self.any_feedback.push(live.id);
            if round == rounds.current {
                self.feedback.push(live.id);
            }
        }
    }

    /// A Close closes while what it saw is in force, else it waits; one of an older round closes nothing.
    fn close(&mut self, scene: &Scene<'_>, rounds: &Rounds) {
        let attempts = attempts(scene, rounds);
        for live in scene.forces() {
            if !matches!(live.event, Event::Close(_)) || live.seen.round != rounds.current {
                continue;
            }
            let confirmed = rounds.confirmed().any(|c| live.seen.grounds.contains(&c.id));
            let asked: Vec<&Live<'_>> = attempts
                .iter()
                .filter(|attempt| live.seen.grounds.contains(&attempt.id))
                .copied()
                .collect();
            let unanswered = days(scene, &asked) >= ATTEMPTS_MIN;
            if !confirmed && !unanswered {
                continue;
            }
            self.closes.push(live.id);
            let resolver = |attempt: &&Live<'_>| {
                rounds.resolutions.iter().any(|r| {
                    r.round == rounds.current && !r.unsolved && r.id.member == attempt.id.member
                })
            };
            if !confirmed && asked.iter().all(resolver) {
                self.flags.push(Raised::new(Flag::AttemptsByResolver, vec![live.id]));
            }
        }
    }

    /// A resident's word or FeedBack written unseen by a Transfer and not having seen it: a person
    /// carries it over.
    fn after_transfer(&mut self, scene: &Scene<'_>) {
        let Some(transfer) = self.transfer.and_then(|id| scene.get(id)) else { return };
        for live in &scene.lives {
            let word = is_residents_word(live.event.kind_number());
            let told = matches!(live.event, Event::FeedBack(_));
            if (word || told) && scene.unseen(live, transfer) {
                self.flags.push(Raised::new(Flag::AfterTransfer, vec![live.id]));
            }
        }
        let history = scene.history;
        for id in &scene.newer_words {
            let unseen = history.copies(id.member, id.act).iter().all(|at| {
                !history.saw(*at, *id, transfer.id) && !history.saw(transfer.node, transfer.id, *id)
            });
            if unseen {
                self.flags.push(Raised::new(Flag::AfterTransfer, vec![*id]));
            }
        }
    }
}

/// Whether a CloseUnsolved is in force: of the current round, told, and nothing that its author had not
/// seen speaks against it.
fn unsolved_stands(scene: &Scene<'_>, rounds: &Rounds, live: &Live<'_>) -> bool {
    let Event::CloseUnsolved(close) = live.event else { return false };
    let Some(round) = rounds.round_of(live.id) else { return false };
    if round != rounds.current || rounds.confirmed().next().is_some() {
        return false;
    }
    let told = close.told.is_some()
        || scene.forces().any(|told| match told.event {
            Event::FeedBack(feedback) => told.target(&feedback.resolution) == live.id,
            _ => false,
        });
    told && !scene.forces().any(|other| {
        let of_round = match other.event {
            Event::Resolve(_) => rounds.round_of(other.id) == Some(round),
            Event::Confirm(confirm) => {
                rounds.round_of(other.target(&confirm.resolution)) == Some(round)
            }
            Event::Reject(reject) => {
                rounds.round_of(other.target(&reject.resolution)) == Some(round)
            }
            _ => false,
        };
        of_round && !scene.saw(live, other.id)
    })
}
