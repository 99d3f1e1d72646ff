//! From events to state.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DocumentId, MemberId},
    roster::Rosters,
};

use super::{
    Account, Answer, Grievance, Ownership, Raised, Rounds, Stage, Times, Urgency,
    closing::{Ends, attempts, may_close},
    level,
    state::FLAGS_MAX,
};
use crate::{
    event::Event,
    fold::story::{newer, other_copies, story},
    history::History,
    input::{Document, EventId},
    scene::{Live, Scene},
    table::{Flag, How, Level},
};

/// A grievance as its events make it: the same for the same copies in any order.
pub fn fold(document: &Document<'_>, rosters: &dyn Rosters) -> Grievance {
    of(&History::new(*document, rosters))
}

/// The grievance of a history.
pub(crate) fn of(history: &History<'_>) -> Grievance {
    Folded::of(&Scene::now(history)).state()
}

/// Everything that the state is made of.
struct Folded<'s, 'h> {
    scene: &'s Scene<'h>,
    discover: Option<&'s Live<'h>>,
    rounds: Rounds,
    ends: Ends,
    urgency: Urgency,
    ownership: Ownership,
    level: Level,
    held_up: Vec<EventId>,
    stage: Stage,
}

impl<'s, 'h> Folded<'s, 'h> {
    fn of(scene: &'s Scene<'h>) -> Self {
        let rounds = Rounds::of(scene);
        let ends = Ends::of(scene, &rounds);
        let (level, held_up) = level(scene);
        let discover = scene.lives.iter().find(|live| matches!(live.written, Event::Discover(_)));
        let mut folded = Self {
            scene,
            discover,
            rounds,
            ends,
            urgency: Urgency::of(scene),
            ownership: Ownership::of(scene),
            level,
            held_up,
            stage: Stage::Void,
        };
        folded.stage = folded.stage();
        folded
    }

    fn stage(&self) -> Stage {
        let Some(discover) = self.discover.filter(|discover| !discover.held) else {
            return Stage::Void;
        };
        if self.ends.transfer.is_some() {
            return Stage::Transferred;
        }
        if discover.struck {
            return Stage::EnteredByMistake;
        }
        if self.ends.withdraw.is_some() {
            return Stage::Withdrawn;
        }
        if self.rounds.reopened() {
            return Stage::Reopened;
        }
        // A newer app may know of a resident's word that speaks against closing.
        let may_be_over = self.scene.newer_words.is_empty();
        let confirmed = self.rounds.confirmed().next().is_some();
        if may_be_over {
            if self.ends.unsolved.is_some() {
                return Stage::ClosedUnsolved;
            }
            if confirmed && (!self.ends.feedback.is_empty() || !self.ends.closes.is_empty()) {
                return Stage::Closed;
            }
            if !self.ends.closes.is_empty() {
                return Stage::ClosedNotReached;
            }
        }
        if confirmed {
            return Stage::Confirmed;
        }
        if self.rounds.is_resolved() {
            return Stage::Resolved;
        }
        self.open_stage()
    }

    /// Where nothing of the current round is resolved.
    fn open_stage(&self) -> Stage {
        if self.rounds.current > 1 {
            Stage::Reopened
        } else if self.level == Level::Outside {
            Stage::Referred
        } else if self.scene.forces().any(|live| matches!(live.event, Event::Progress(_))) {
            Stage::InProgress
        } else if self.ownership.owner.is_some() {
            Stage::Accepted
        } else {
            Stage::Discovered
        }
    }

    fn state(self) -> Grievance {
        let scene = self.scene;
        let document = &scene.history.document;
        let in_force = self.in_force();
        let facts = self.discover.filter(|live| !live.held).and_then(|live| match live.event {
            Event::Discover(discover) => Some(discover.clone()),
            _ => None,
        });
        let over = matches!(self.stage, Stage::Transferred | Stage::Void);
        let solved = self.solved();
        let attempts = attempts(scene, &self.rounds);
        Grievance {
            document: document.id,
            place: document.place,
            stage: self.stage,
            round: self.rounds.current,
            level: self.level,
            grade: self.urgency.grade,
            grade_by_default: self.urgency.by_default,
            due: self.urgency.due.filter(|_| !over),
            owner: self.ownership.owner,
            helpers: self.helpers(),
            teams: self.teams(),
            flags: self.flags(),
            facts,
            discovered_by: self.discover.map(|live| live.id.member),
            accounts: self.accounts(&in_force),
            open_rejections: self
                .rounds
                .rejections
                .iter()
                .filter(|rejection| !rejection.answered)
                .map(|rejection| rejection.id)
                .collect(),
            attempts: attempts.iter().map(|live| live.id).collect(),
            told: !self.ends.feedback.is_empty() || self.ends.unsolved.is_some(),
            may_close: may_close(scene, &self.rounds, &attempts),
            confirmed: self.rounds.confirmed().next().is_some(),
            explained_only: !solved.is_empty()
                && solved.iter().all(|live| how(live) == Some(How::Explained)),
            resolved_level: self.resolved_level(&solved),
            how: self.counting(&solved).and_then(how),
            mediation: self.mediation(),
            struck: self.discover.is_some_and(|live| live.struck),
            duplicates: self.duplicates(),
            transferred_to: self.ends.transfer.and_then(|id| match scene.get(id)?.event {
                Event::Transfer(transfer) => Some(transfer.to),
                _ => None,
            }),
            times: self.times(&solved),
            acts: self.acts(),
            newer: newer(scene.history),
            waiting: u32::try_from(scene.history.waiting).unwrap_or(u32::MAX),
            story: story(scene, &in_force),
        }
    }

    /// The Resolves with force of the current round.
    fn solved(&self) -> Vec<&'s Live<'h>> {
        let rounds = &self.rounds;
        rounds
            .resolutions
            .iter()
            .filter(|r| !r.unsolved && !r.held && r.round == rounds.current)
            .filter_map(|r| self.scene.get(r.id))
            .collect()
    }

    /// Those that a confirmation names; all where none does.
    fn confirmed<'a>(&self, solved: &'a [&'s Live<'h>]) -> Vec<&'a &'s Live<'h>> {
        let named: BTreeSet<EventId> = self.rounds.confirmed().map(|c| c.resolution).collect();
        solved.iter().filter(|live| named.contains(&live.id)).collect()
    }

    /// The Resolve under which it counts: the confirmed one, else the smallest id.
    fn counting(&self, solved: &[&'s Live<'h>]) -> Option<&'s Live<'h>> {
        let confirmed = self.confirmed(solved).into_iter().copied().min_by_key(|live| live.id);
        confirmed.or_else(|| solved.iter().copied().min_by_key(|live| live.id))
    }

    /// The level in force in its author's past; of several confirmed the lowest.
    fn resolved_level(&self, solved: &[&'s Live<'h>]) -> Option<Level> {
        let confirmed = self.confirmed(solved);
        let lowest = confirmed.iter().filter_map(|live| live.seen.level).min();
        lowest.or_else(|| self.counting(solved)?.seen.level)
    }

    fn mediation(&self) -> Option<How> {
        self.scene
            .forces()
            .filter_map(how)
            .filter(|how| {
                matches!(
                    how,
                    How::PeoplesMediation | How::AdministrativeMediation | How::JudicialMediation
                )
            })
            .max()
    }

    fn helpers(&self) -> Vec<MemberId> {
        let named = self.scene.forces().flat_map(|live| match live.event {
            Event::Resolve(resolve) => resolve.helpers.as_slice(),
            Event::Progress(progress) => progress.helpers.as_slice(),
            _ => &[],
        });
        let all: BTreeSet<MemberId> = named.chain(&self.ownership.helpers).copied().collect();
        all.into_iter().filter(|member| Some(*member) != self.ownership.owner).collect()
    }

    fn teams(&self) -> Vec<doorstep_protocol::id::TeamId> {
        let sent = self.scene.forces().filter_map(|live| match live.event {
            Event::DispatchTeam(sent) => Some(sent.team),
            _ => None,
        });
        sent.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Who acted on which day, by what is valid and not held.
    fn acts(&self) -> Vec<(MemberId, u32)> {
        let valid = self.scene.lives.iter().filter(|live| !live.held);
        let days: BTreeSet<(MemberId, u32)> =
            valid.map(|live| (live.id.member, self.scene.day(live, live.time()))).collect();
        days.into_iter().collect()
    }

    /// DuplicateOf links that no NotDuplicate undid.
    fn duplicates(&self) -> Vec<(EventId, DocumentId)> {
        let undone: BTreeSet<EventId> = self
            .scene
            .forces()
            .filter_map(|live| match live.event {
                Event::NotDuplicate(not) => Some(live.target(&not.link)),
                _ => None,
            })
            .collect();
        self.scene
            .forces()
            .filter(|live| !undone.contains(&live.id))
            .filter_map(|live| match live.event {
                Event::DuplicateOf(link) => Some((live.id, link.other.doc)),
                _ => None,
            })
            .collect()
    }

    fn times(&self, solved: &[&Live<'_>]) -> Times {
        let scene = self.scene;
        let first =
            |ids: &[EventId]| ids.iter().filter_map(|id| scene.get(*id)).map(Live::time).min();
        let confirmed: Vec<EventId> = self.rounds.confirmed().map(|c| c.id).collect();
        let fed_back = first(&self.ends.feedback);
        let confirmed = first(&confirmed);
        let closed = match self.stage {
            Stage::Closed => {
                let told = fed_back.and_then(|told| Some(told.max(confirmed?)));
                told.into_iter().chain(first(&self.ends.closes)).min()
            }
            Stage::ClosedNotReached => first(&self.ends.closes),
            Stage::ClosedUnsolved => self.ends.unsolved.and_then(|id| Some(scene.get(id)?.time())),
            _ => None,
        };
        Times {
            discovered: self.discover.map(Live::time),
            first_contact: scene
                .forces()
                .filter(|live| matches!(live.event, Event::Contact(_)))
                .map(Live::time)
                .min(),
            resolved: solved.iter().map(|live| live.time()).min(),
            confirmed,
            fed_back,
            closed,
        }
    }

    fn accounts(&self, in_force: &BTreeSet<EventId>) -> Vec<Account> {
        let scene = self.scene;
        let mut answers: BTreeMap<EventId, Vec<&Live<'_>>> = BTreeMap::new();
        for answer in &scene.lives {
            if let Some(to) = answers_to(answer) {
                answers.entry(to).or_default().push(answer);
            }
        }
        let account = |resolution: &super::rounds::Resolution| {
            let live = scene.get(resolution.id)?;
            let (helpers, text) = match live.event {
                Event::Resolve(resolve) => (resolve.helpers.clone(), resolve.text.clone()),
                Event::CloseUnsolved(close) => (Vec::new(), close.text.clone()),
                _ => return None,
            };
            let answers = answers.get(&live.id).into_iter().flatten();
            Some(Account {
                id: live.id,
                round: resolution.round,
                how: how(live),
                helpers,
                level: live.seen.level.unwrap_or(self.level),
                text,
                held: live.held,
                time: live.time(),
                answers: answers
                    .map(|answer| Answer {
                        id: answer.id,
                        kind: answer.event.word().to_owned(),
                        in_force: in_force.contains(&answer.id),
                        time: answer.time(),
                    })
                    .collect(),
            })
        };
        self.rounds.resolutions.iter().filter_map(account).collect()
    }

    fn flags(&self) -> Vec<Raised> {
        let scene = self.scene;
        let mut flags: Vec<Raised> = [&self.rounds.flags, &self.urgency.flags, &self.ends.flags]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        // Resolved below while it went up: the upper level should know.
        let resolves = scene.forces().filter(|live| matches!(live.event, Event::Resolve(_)));
        let ups: Vec<&Live<'_>> = self.held_up.iter().filter_map(|id| scene.get(*id)).collect();
        let ups = || ups.iter().filter(|up| matches!(up.event, Event::Escalate(_)));
        let pairs = resolves.flat_map(|resolve| ups().map(move |up| (resolve, up)));
        let unseen = pairs.filter(|(resolve, up)| scene.unseen(resolve, up)).take(FLAGS_MAX);
        flags.extend(
            unseen.map(|(resolve, up)| Raised::new(Flag::ResolveEscalate, vec![resolve.id, up.id])),
        );
        flags.extend(other_copies(scene.history));
        settle(scene, &mut flags);
        flags.sort();
        flags.dedup();
        flags
    }

    /// What counts now.
    fn in_force(&self) -> BTreeSet<EventId> {
        let scene = self.scene;
        let mut ids: BTreeSet<EventId> = BTreeSet::new();
        ids.extend(self.rounds.confirmations.iter().map(|c| c.id));
        ids.extend(self.rounds.rejections.iter().map(|r| r.id));
        ids.extend(self.solved().iter().map(|live| live.id));
        ids.extend(self.urgency.in_force.iter().copied());
        ids.extend(self.ownership.in_force.iter().copied());
        ids.extend(self.held_up.iter().copied());
        ids.extend(self.ends.any_feedback.iter().copied());
        ids.extend(self.ends.closes.iter().copied());
        ids.extend([self.ends.unsolved, self.ends.withdraw].into_iter().flatten());
        ids.extend(self.duplicates().iter().map(|(id, _)| *id));
        ids.extend(scene.lives.iter().filter_map(|live| live.corrected));
        for live in scene.forces() {
            let counts = match live.event {
                Event::Discover(_)
                | Event::Decline(_)
                | Event::Contact(_)
                | Event::Progress(_)
                | Event::SendBack(_)
                | Event::DispatchTeam(_)
                | Event::Transfer(_)
                | Event::NotDuplicate(_)
                | Event::CouncilItem(_)
                | Event::Note(_)
                | Event::Attach(_) => true,
                Event::AskedNoAnswer(asked) => {
                    self.rounds.solved(live.target(&asked.resolution)).is_some()
                }
                Event::Settle(settle) => !matches!(settle.flag, Flag::Grade | Flag::Due),
                _ => false,
            };
            if counts {
                ids.insert(live.id);
            }
        }
        ids.retain(|id| scene.in_force(*id).is_some());
        ids
    }
}

/// Flags that a Settle in force names whole are settled; raised by another event they show again.
pub(crate) fn settle(scene: &Scene<'_>, flags: &mut [Raised]) {
    let mut first: BTreeMap<(Flag, EventId), Vec<usize>> = BTreeMap::new();
    for (at, flag) in flags.iter().enumerate() {
        if let Some(id) = flag.about.first() {
            first.entry((flag.flag, *id)).or_default().push(at);
        }
    }
    for live in scene.forces() {
        let Event::Settle(settle) = live.event else { continue };
        let named: BTreeSet<EventId> = live.targets(&settle.about).into_iter().collect();
        for at in named.iter().filter_map(|id| first.get(&(settle.flag, *id))).flatten() {
            if let Some(flag) = flags.get_mut(*at) {
                flag.settled |= flag.about.iter().all(|id| named.contains(id));
            }
        }
    }
}

fn how(live: &Live<'_>) -> Option<How> {
    match live.event {
        Event::Resolve(resolve) => Some(resolve.how),
        Event::Progress(progress) => Some(progress.how),
        _ => None,
    }
}

/// The resolution that an event is about.
fn answers_to(live: &Live<'_>) -> Option<EventId> {
    let to = match live.event {
        Event::Confirm(confirm) => &confirm.resolution,
        Event::Reject(reject) => &reject.resolution,
        Event::AskedNoAnswer(asked) => &asked.resolution,
        Event::FeedBack(told) => &told.resolution,
        _ => return None,
    };
    Some(live.target(to))
}
