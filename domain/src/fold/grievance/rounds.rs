//! Rounds: which resolution belongs to which, what rejects it, what confirms it.

use std::collections::BTreeMap;

use crate::{
    event::Event,
    input::EventId,
    scene::{Live, Scene},
    table::Flag,
};

use super::Raised;

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
}

impl Rounds {
    pub(crate) fn of(scene: &Scene<'_>) -> Self {
        let mut rounds = Self { current: 1, ..Self::default() };
        let mut resolved: BTreeMap<EventId, u32> = BTreeMap::new();
        let mut rejected: BTreeMap<EventId, u32> = BTreeMap::new();
        // Every target comes before what names it.
        for live in scene.lives.iter().filter(|live| !live.struck) {
            match live.event {
                Event::Resolve(_) | Event::CloseUnsolved(_) => {
                    let round = 1 + answers(live)
                        .iter()
                        .filter_map(|id| rejected.get(id))
                        .max()
                        .unwrap_or(&0);
                    resolved.insert(live.id, round);
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
                    let Some(round) = resolved.get(&live.target(&reject.resolution)) else {
                        continue;
                    };
                    rejected.insert(live.id, *round);
                    // Any rejection ends its round.
                    rounds.current = rounds.current.max(round + 1);
                    rounds.rejections.push(Rejection {
                        id: live.id,
                        round: *round,
                        answered: false,
                    });
                }
                _ => {}
            }
        }
        rounds.answer(scene);
        rounds.confirm(scene);
        rounds
    }

    fn answer(&mut self, scene: &Scene<'_>) {
        for live in scene.forces() {
            for id in answers(live) {
                for rejection in self.rejections.iter_mut().filter(|r| r.id == id) {
                    rejection.answered = true;
                }
            }
        }
    }

    fn confirm(&mut self, scene: &Scene<'_>) {
        for live in scene.forces() {
            let Event::Confirm(confirm) = live.event else { continue };
            let resolution = live.target(&confirm.resolution);
            let Some(round) = self.solved(resolution) else { continue };
            let against: Vec<EventId> =
                self.rejections.iter().filter(|r| r.round == round).map(|r| r.id).collect();
            if against.is_empty() {
                self.confirmations.push(Confirmation { id: live.id, resolution, round });
                continue;
            }
            let unseen = against
                .iter()
                .filter_map(|id| scene.get(*id))
                .filter(|reject| scene.unseen(reject, live))
                .map(|reject| reject.id);
            let mut about: Vec<EventId> = unseen.collect();
            if !about.is_empty() {
                about.push(live.id);
                self.flags.push(Raised::new(Flag::ConfirmReject, about));
            }
        }
        let later = |round| self.confirmations.iter().any(|c| c.round > round);
        for rejection in self.rejections.iter().filter(|r| !r.answered && later(r.round)) {
            self.flags.push(Raised::new(Flag::RejectionUnanswered, vec![rejection.id]));
        }
    }

    /// The round of a Resolve with force.
    pub(crate) fn solved(&self, id: EventId) -> Option<u32> {
        self.resolutions
            .iter()
            .find(|res| res.id == id && !res.unsolved && !res.held)
            .map(|res| res.round)
    }

    /// The round of a Resolve or CloseUnsolved, held or not.
    pub(crate) fn round_of(&self, id: EventId) -> Option<u32> {
        self.resolutions.iter().find(|res| res.id == id).map(|res| res.round)
    }

    /// Confirmations in force of the current round.
    pub(crate) fn confirmed(&self) -> impl Iterator<Item = &Confirmation> {
        self.confirmations.iter().filter(|c| c.round == self.current)
    }

    /// A rejection that nobody answered, and no later round was confirmed.
    pub(crate) fn reopened(&self) -> bool {
        self.rejections.iter().any(|rejection| {
            !rejection.answered && !self.confirmations.iter().any(|c| c.round > rejection.round)
        })
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
