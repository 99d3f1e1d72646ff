//! Rounds: which resolution belongs to which, what rejects it, what confirms it.

use std::collections::BTreeMap;

use crate::{
    event::Event,
    input::EventId,
    scene::{Live, Scene},
    table::Flag,
};

use super::{Raised, state::FLAGS_MAX};

/// A Resolve or CloseUnsolved that is not struck.
#[derive(Debug, Clone)]
pub(crate) struct Resolution {
    pub(crate) id: EventId,
    pub(crate) round: u32,
    /// It is a CloseUnsolved.
    pub(crate) unsolved: bool,
    pub(crate) held: bool,
}

/// A Reject in force.
#[derive(Debug, Clone)]
pub(crate) struct Rejection {
    pub(crate) id: EventId,
    pub(crate) round: u32,
    /// A resolution with force answers it.
    pub(crate) answered: bool,
}

/// A Confirm in force.
#[derive(Debug, Clone)]
pub(crate) struct Confirmation {
    pub(crate) id: EventId,
    pub(crate) resolution: EventId,
    pub(crate) round: u32,
}

/// All rounds of a grievance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounds {
    pub(crate) current: u32,
    pub(crate) resolutions: Vec<Resolution>,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) confirmations: Vec<Confirmation>,
    pub(crate) flags: Vec<Raised>,
    /// Where in `resolutions` each is, and in `rejections`.
    resolved: BTreeMap<EventId, usize>,
    rejected: BTreeMap<EventId, usize>,
}

impl Rounds {
    pub(crate) fn of(scene: &Scene<'_>) -> Self {
        let mut rounds = Self { current: 1, ..Self::default() };
        // Every target comes before what names it.
        for live in scene.lives.iter().filter(|live| !live.struck) {
            match live.event {
                Event::Resolve(_) | Event::CloseUnsolved(_) => {
                    let rejected =
                        |id| Some(rounds.rejections.get(*rounds.rejected.get(id)?)?.round);
                    let round = 1 + answers(live).iter().filter_map(rejected).max().unwrap_or(0);
                    rounds.resolved.insert(live.id, rounds.resolutions.len());
                    rounds.resolutions.push(Resolution {
                        id: live.id,
                        round,
                        unsolved: matches!(live.event, Event::CloseUnsolved(_)),
                        held: live.held,
                    });
                    if !live.held {
                        rounds.current = rounds.current.max(round);
                    }
                }
                Event::Reject(reject) if !live.held => {
                    // A Reject of a held resolution has force.
                    let Some(round) = rounds.round_of(live.target(&reject.resolution)) else {
                        continue;
                    };
                    rounds.rejected.insert(live.id, rounds.rejections.len());
                    // Any rejection ends its round.
                    rounds.current = rounds.current.max(round + 1);
                    rounds.rejections.push(Rejection { id: live.id, round, answered: false });
                }
                _ => {}
            }
        }
        rounds.answer(scene);
        rounds.confirm(scene);
        rounds
    }

    fn answer(&mut self, scene: &Scene<'_>) {
        for id in scene.forces().flat_map(answers) {
            let rejection = self.rejected.get(&id).and_then(|at| self.rejections.get_mut(*at));
            if let Some(rejection) = rejection {
                rejection.answered = true;
            }
        }
    }

    fn confirm(&mut self, scene: &Scene<'_>) {
        let mut against: BTreeMap<u32, Vec<&Live<'_>>> = BTreeMap::new();
        for rejection in &self.rejections {
            against.entry(rejection.round).or_default().extend(scene.get(rejection.id));
        }
        let mut flagged = 0;
        for live in scene.forces() {
            let Event::Confirm(confirm) = live.event else { continue };
            let resolution = live.target(&confirm.resolution);
            let Some(round) = self.solved(resolution) else { continue };
            let Some(against) = against.get(&round) else {
                self.confirmations.push(Confirmation { id: live.id, resolution, round });
                continue;
            };
            if flagged == FLAGS_MAX {
                continue;
            }
            let unseen = against.iter().filter(|reject| scene.unseen(reject, live));
            let mut about: Vec<EventId> =
                unseen.take(FLAGS_MAX - 1).map(|reject| reject.id).collect();
            if !about.is_empty() {
                about.push(live.id);
                flagged += 1;
                self.flags.push(Raised::new(Flag::ConfirmReject, about));
            }
        }
        let last = self.confirmations.iter().map(|c| c.round).max().unwrap_or(0);
        for rejection in self.rejections.iter().filter(|r| !r.answered && last > r.round) {
            self.flags.push(Raised::new(Flag::RejectionUnanswered, vec![rejection.id]));
        }
    }

    fn resolution(&self, id: EventId) -> Option<&Resolution> {
        self.resolutions.get(*self.resolved.get(&id)?)
    }

    /// The round of a Resolve with force.
    pub(crate) fn solved(&self, id: EventId) -> Option<u32> {
        self.resolution(id).filter(|res| !res.unsolved && !res.held).map(|res| res.round)
    }

    /// The round of a Resolve or CloseUnsolved, held or not.
    pub(crate) fn round_of(&self, id: EventId) -> Option<u32> {
        self.resolution(id).map(|res| res.round)
    }

    /// Confirmations in force of the current round.
    pub(crate) fn confirmed(&self) -> impl Iterator<Item = &Confirmation> {
        self.confirmations.iter().filter(|c| c.round == self.current)
    }

    /// A rejection that nobody answered, and no later round was confirmed.
    pub(crate) fn reopened(&self) -> bool {
        let last = self.confirmations.iter().map(|c| c.round).max().unwrap_or(0);
        self.rejections.iter().any(|rejection| !rejection.answered && last <= rejection.round)
    }

    /// Whether the current round has a Resolve with force.
    pub(crate) fn is_resolved(&self) -> bool {
        self.resolutions.iter().any(|r| !r.unsolved && !r.held && r.round == self.current)
    }
}

/// The rejections that a resolution answers.
fn answers(live: &Live<'_>) -> Vec<EventId> {
    match live.event {
        Event::Resolve(resolve) => live.targets(&resolve.answers),
        Event::CloseUnsolved(close) => live.targets(&close.answers),
        _ => Vec::new(),
    }
}
