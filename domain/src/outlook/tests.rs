//! Whatever the outlook says of a view, the fold says of the same events by itself.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs)]

#[path = "../../tests/town/mod.rs"]
mod town;

use std::collections::BTreeSet;

use doorstep_protocol::id::MemberId;

use super::Outlook;
use crate::{
    event::Event,
    fold::grievance::{Ownership, Rounds, Urgency, grounds, level},
    history::History,
    input::EventId,
    scene::Scene,
    table::Level,
};
use town::{
    Story,
    steps::{Said, WHO, manner, pick},
};

/// Numbers that look drawn, the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// A grievance in which much is corrected and written again, mostly by people who saw little.
fn history_of(chance: &mut Chance, acts: usize) -> Story {
    let mut story = Story::grievance(&["Xu d - discover kind=2 grade=b"]);
    let mut said = Said::default();
    let mut authors = vec!["Xu"];
    for i in 0..acts {
        let (mut words, mut named) =
            said.words(chance.next(), (chance.next(), chance.next()), &|_| true);
        if chance.below(6) == 0 {
            let of = pick(chance.next(), said.all()).clone();
            words = format!("correct event=@{of}");
            named = [of.clone(), of];
        }
        let all = chance.below(3) == 0;
        let mut seen: Vec<String> = if all {
            said.all().to_vec()
        } else {
            (0..3).map(|_| pick(chance.next(), said.all()).clone()).collect()
        };
        seen.push("d".into());
        if chance.below(10) > 0 {
            seen.extend(named);
        }
        let who = *pick(chance.next(), &WHO);
        let mut written = manner((chance.next() % 40) as u8).to_owned();
        let own: Vec<usize> = (1..authors.len()).filter(|at| authors[*at] == who).collect();
        let again = chance.below(8) == 0 && !own.is_empty();
        if again {
            let of = format!("a{}", own[chance.below(own.len())] - 1);
            written = format!("!fresh !again={of}");
            seen.retain(|name| *name != of);
        }
        let hour = i / 2;
        let seen = seen.join(",");
        story.line(&format!("{who} a{i} {seen} !hour={hour} {written} {words}"));
        authors.push(who);
        said.note(&format!("a{i}"), &words);
    }
    story
}

fn ids(history: &History<'_>, outlook: &Outlook<'_>, mut link: Option<usize>) -> BTreeSet<EventId> {
    let mut found = BTreeSet::new();
    while let Some(chained) = link.map(|link| outlook.links[link]) {
        found.insert(history.id(chained.event).unwrap());
        link = chained.before;
    }
    found
}

/// Compares all that may be asked of one view.
fn compare(
    history: &History<'_>,
    outlook: &mut Outlook<'_>,
    scene: &Scene<'_>,
    members: &[MemberId],
) {
    let rounds = Rounds::of(scene);
    let urgency = Urgency::of(scene);
    assert_eq!(outlook.level(), level(scene).0);
    assert_eq!(outlook.current(), rounds.current);
    assert_eq!(outlook.grade(), urgency.grade);
    assert_eq!(outlook.due(), urgency.due.map(|due| due.from));
    assert_eq!(outlook.owner(), Ownership::of(scene).owner);
    let found = outlook.grounds().unwrap_or_default();
    let found = [found.confirmations, found.attempts].map(|link| ids(history, outlook, link));
    let (confirmed, asked) = grounds(scene, &rounds);
    assert_eq!(found, [confirmed, asked].map(|ids| ids.into_iter().collect::<BTreeSet<_>>()));
    for serial in 0..history.events() {
        let id = history.id(serial).unwrap();
        assert_eq!(outlook.round_of(serial), rounds.round_of(id));
    }
    let extended = scene.forces().any(|live| {
        let of_round = live.seen.extension && live.seen.round == rounds.current;
        matches!(live.event, Event::SetDue(_)) && of_round
    });
    assert_eq!(outlook.is_extended(), extended);
    for member in members {
        let made = scene.lives.iter().any(|live| {
            let is = matches!(live.written, Event::Resolve(_) | Event::CloseUnsolved(_));
            live.id.member == *member && is
        });
        assert_eq!(outlook.made_a_resolution(*member), made);
        for round in [None, Some(1), Some(2), Some(rounds.current)] {
            let solved = rounds.resolutions.iter().any(|resolution| {
                let helps = scene.get(resolution.id).is_some_and(|live| match live.event {
                    Event::Resolve(resolve) => resolve.helpers.contains(member),
                    _ => false,
                });
                round.is_none_or(|round| round == resolution.round)
                    && (resolution.id.member == *member || helps)
            });
            assert_eq!(outlook.is_resolver(round, *member), solved);
        }
    }
    let sent = scene.forces().any(|live| matches!(live.event, Event::DispatchTeam(_)));
    assert_eq!(outlook.is_sent([town::team("water")].iter()), sent);
}

/// Looks at the views of a history in an order that has nothing to do with it.
fn compare_all(chance: &mut Chance, story: &Story, reached: &mut Reached) {
    let copies = story.copies.clone();
    let document = story.document(&copies);
    let history = History::new(document, &story.roster);
    let mut views: Vec<(usize, usize)> = Vec::new();
    for at in 0..history.nodes.len() {
        views.extend((0..=history.nodes[at].len()).map(|n| (at, n)));
    }
    let mut outlook = Outlook::new(&history);
    for at in 0..history.nodes.len() {
        history.verdicts(at).iter().for_each(|judged| outlook.judged(at, judged.clone()));
    }
    let members: Vec<MemberId> = WHO.iter().map(|who| town::member(who)).collect();
    for _ in 0..views.len() {
        let (at, n) = views[chance.below(views.len())];
        let view = history.before(&history.nodes[at], at, n);
        outlook.look(at, n);
        let scene = Scene::as_written(&history, &view);
        compare(&history, &mut outlook, &scene, &members);
        reached.note(&scene, &mut outlook);
    }
}

/// What the views were like: a comparison of views in which nothing happens would prove nothing.
#[derive(Debug, Default)]
struct Reached {
    later_rounds: u32,
    struck: u32,
    replaced: u32,
    grounds: u32,
    raised: u32,
    owned: u32,
    copies: u32,
}

impl Reached {
    fn note(&mut self, scene: &Scene<'_>, outlook: &mut Outlook<'_>) {
        let lives = || scene.lives.iter();
        self.later_rounds += u32::from(outlook.current() > 1);
        self.struck += u32::from(lives().any(|live| live.struck));
        self.replaced += u32::from(lives().any(|live| live.corrected.is_some() && !live.struck));
        self.grounds += u32::from(outlook.grounds().is_some());
        self.raised += u32::from(outlook.level() > Level::Block);
        self.owned += u32::from(outlook.owner().is_some());
        let copied = |live: &crate::scene::Live<'_>| scene.history.copies_of(live.serial).len() > 1;
        self.copies += u32::from(lives().any(copied));
    }

    fn least(&self) -> u32 {
        let all = [self.later_rounds, self.struck, self.replaced, self.grounds, self.raised];
        all.into_iter().chain([self.owned, self.copies]).min().unwrap()
    }
}

#[test]
fn an_outlook_says_of_every_view_what_the_fold_says() {
    let mut chance = Chance(20_260_101);
    let mut reached = Reached::default();
    for i in 0..250 {
        let story = history_of(&mut chance, 4 + i % 40);
        compare_all(&mut chance, &story, &mut reached);
    }
    assert!(reached.least() >= 100, "{reached:?}");
}
