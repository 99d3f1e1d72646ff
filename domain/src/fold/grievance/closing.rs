//! What ends a grievance: Close, CloseUnsolved, Withdraw, Transfer.

use std::collections::BTreeSet;

use doorstep_protocol::id::MemberId;

use crate::{
    event::Event,
    history::Grounds,
    input::EventId,
    scene::{Live, Scene},
    table::{ATTEMPTS_MIN, Flag, is_residents_word},
};

use super::{Raised, Rounds};

/// What a Close may rest on, as a scene gives it: what the outlook says is compared with it.
#[cfg(test)]
pub(crate) fn grounds(scene: &Scene<'_>, rounds: &Rounds) -> (Vec<EventId>, Vec<EventId>) {
    let confirmations = rounds.confirmed().map(|c| c.id).collect();
    let attempts: Vec<&Live<'_>> = attempts(scene, rounds);
    let enough = days(scene, &attempts) >= ATTEMPTS_MIN;
    (confirmations, attempts.iter().filter(|_| enough).map(|live| live.id).collect())
}

/// Whether a Close would be valid now.
pub(crate) fn may_close(scene: &Scene<'_>, rounds: &Rounds, attempts: &[&Live<'_>]) -> bool {
    rounds.confirmed().next().is_some() || days(scene, attempts) >= ATTEMPTS_MIN
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
    /// What any FeedBack names.
    told: BTreeSet<EventId>,
    pub(crate) flags: Vec<Raised>,
}

impl Ends {
    pub(crate) fn of(scene: &Scene<'_>, rounds: &Rounds) -> Self {
        let mut ends = Self::default();
        ends.feed_back(scene, rounds);
        ends.close(scene, rounds);
        let force = |is: fn(&Event) -> bool| scene.forces().filter(move |live| is(live.event));
        ends.unsolved = unsolved(scene, rounds, &ends);
        let rejections: Vec<&Live<'_>> =
            rounds.rejections.iter().filter_map(|rejection| scene.get(rejection.id)).collect();
        ends.withdraw = force(|event| matches!(event, Event::Withdraw(_)))
            .filter(|live| rejections.iter().rev().all(|rejection| scene.saw(live, rejection)))
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
            self.told.insert(target);
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
        let rests = Rests::of(scene, rounds);
        for live in scene.forces() {
            if !matches!(live.event, Event::Close(_)) || live.seen.round != rounds.current {
                continue;
            }
            let rest = rests.on(live.seen.grounds);
            if !rest.confirmed && rest.days.len() < ATTEMPTS_MIN {
                continue;
            }
            self.closes.push(live.id);
            if !rest.confirmed && rest.all_by_resolver {
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
                let Some(word) = history.serial(*id) else { return false };
                !history.saw(*at, word, transfer.serial)
                    && !history.saw(transfer.node, transfer.serial, word)
            });
            if unseen {
                self.flags.push(Raised::new(Flag::AfterTransfer, vec![*id]));
            }
        }
    }
}

/// The CloseUnsolved in force: of the current round, told, and nothing that its author had not seen
/// speaks against it.
fn unsolved(scene: &Scene<'_>, rounds: &Rounds, ends: &Ends) -> Option<EventId> {
    if rounds.confirmed().next().is_some() {
        return None;
    }
    let of_round = |id| rounds.round_of(id) == Some(rounds.current);
    let speaks = |live: &&Live<'_>| match live.event {
        Event::Resolve(_) => of_round(live.id),
        Event::Confirm(confirm) => of_round(live.target(&confirm.resolution)),
        Event::Reject(reject) => of_round(live.target(&reject.resolution)),
        _ => false,
    };
    // The latest first: it is the one that was not seen, if any was not.
    let mut against: Vec<&Live<'_>> = scene.forces().filter(speaks).collect();
    against.reverse();
    let stands = |live: &&Live<'_>| {
        let Event::CloseUnsolved(close) = live.event else { return false };
        of_round(live.id)
            && (close.told.is_some() || ends.told.contains(&live.id))
            && against.iter().all(|other| scene.saw(live, other))
    };
    scene.forces().filter(stands).map(|live| live.id).min()
}

/// What the lists of grounds come to as things stand, up to each link.
struct Rests {
    links: Vec<Rest>,
}

#[derive(Debug, Clone, Default)]
struct Rest {
    /// A confirmation in force of the current round is among it.
    confirmed: bool,
    /// On how many days there are attempts, up to as many as it takes.
    days: BTreeSet<u32>,
    /// Each attempt is by who resolved it.
    all_by_resolver: bool,
}

impl Rests {
    fn of(scene: &Scene<'_>, rounds: &Rounds) -> Self {
        let confirmed: BTreeSet<EventId> = rounds.confirmed().map(|c| c.id).collect();
        let attempts: BTreeSet<EventId> = attempts(scene, rounds).iter().map(|a| a.id).collect();
        let resolvers: BTreeSet<MemberId> = rounds
            .resolutions
            .iter()
            .filter(|r| r.round == rounds.current && !r.unsolved)
            .map(|r| r.id.member)
            .collect();
        let mut rests = Self { links: Vec::with_capacity(scene.history.links.len()) };
        for link in &scene.history.links {
            let before = link.before.and_then(|before| rests.links.get(before));
            let mut rest = before.cloned().unwrap_or_else(Rest::nothing);
            if let Some(live) = scene.of(link.event) {
                rest.confirmed |= confirmed.contains(&live.id);
                if attempts.contains(&live.id) {
                    if rest.days.len() < ATTEMPTS_MIN {
                        rest.days.insert(scene.day(live, live.marks.claimed));
                    }
                    rest.all_by_resolver &= resolvers.contains(&live.id.member);
                }
            }
            rests.links.push(rest);
        }
        rests
    }

    fn on(&self, grounds: Grounds) -> Rest {
        let both = [grounds.confirmations, grounds.attempts];
        both.into_iter().flatten().filter_map(|link| self.links.get(link)).fold(
            Rest::nothing(),
            |mut all, rest| {
                all.confirmed |= rest.confirmed;
                all.days.extend(&rest.days);
                all.all_by_resolver &= rest.all_by_resolver;
                all
            },
        )
    }
}

impl Rest {
    fn nothing() -> Self {
        Self { all_by_resolver: true, ..Self::default() }
    }
}
