//! What the screens offer to correct is what the check before saving takes, for everybody, whatever was
//! said before.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod town;

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::{
    allowed::corrections,
    check::check,
    event::{Act, Correct, Event, Ref},
    fold::{
        State, state,
        story::{Entry, Judgement},
    },
    input::{Copy, EventId},
    rights::Correctors,
    table::Rejection,
};
use doorstep_protocol::{
    hash::sha256,
    id::{ActId, ChangeHash, DocumentKind},
};
use proptest::prelude::*;
use town::{
    Story, member, point,
    steps::{Step, story as tell},
};

const EVERYBODY: [&str; 15] = [
    "Li", "Wang", "Chen", "Xu", "Zhao", "Sun", "Song", "Qian", "Zhou", "Wu", "Kiosk", "Audit",
    "Import", "Far", "Ma",
];

fn entries(story: &Story) -> (Vec<Entry>, doorstep_protocol::id::PlaceId) {
    match state(&story.document(&story.copies), &story.roster) {
        State::Household(of) => (of.story, of.place),
        State::Visit(of) => (of.story, of.place),
        State::Grievance(of) => (of.story, of.place),
        State::Meeting(of) => (of.story, of.place),
    }
}

/// A strike by `who`, who saw everything and held the roster's point `seq`.
fn strike(story: &Story, who: &str, of: EventId, seq: u32) -> Copy {
    let author = member(who);
    let event = Ref::new(of.act, of.n, of.member, author);
    let events = vec![Event::Correct(Correct { event, reason: 0, replacement: None })];
    let (claimed, floor) = (town::START + 5_000 * town::HOUR, town::START);
    let act = Act { claimed, floor, certain: true, happened: None, events };
    Copy {
        hash: ChangeHash(sha256(b"a strike")),
        deps: story.copies.iter().map(|copy| copy.hash).collect(),
        author,
        act: ActId([0xee; 8]),
        value: act.encode().unwrap(),
        point: point(seq),
        relay_time_ms: None,
        held: false,
    }
}

/// How often something was offered (true) and refused (false), by its correctors.
type Met = BTreeMap<(Correctors, bool), u32>;

/// Compares what is offered to everybody with what the check says of each event.
fn compare(story: &Story, seq: u32, met: &mut Met) -> Result<(), String> {
    let (entries, place) = entries(story);
    for who in EVERYBODY {
        let at = story.roster.at_seq(seq);
        let offered: BTreeSet<EventId> =
            corrections(&entries, member(who), at, place).into_iter().collect();
        for entry in &entries {
            let new = strike(story, who, entry.id, seq);
            let checked = check(&story.document(&story.copies), &story.roster, &new);
            let gone = entry.judgement != Judgement::Valid
                || entry.corrected_by.is_some() && entry.was.is_none();
            let offered = offered.contains(&entry.id);
            let right = match &checked {
                Ok(()) => offered || gone,
                Err(faults) => !offered && *faults == [(0, Rejection::NoRight)],
            };
            if !right {
                let what = (entry.kind, entry.author == member(who), entry.correctors);
                return Err(format!("{who}, {what:?}: offered {offered}, {checked:?}"));
            }
            if !gone {
                *met.entry((entry.correctors, offered)).or_default() += 1;
            }
        }
    }
    Ok(())
}

fn any_step() -> impl Strategy<Value = Step> {
    let some = proptest::collection::vec(any::<u64>(), 0..3);
    let seen = prop_oneof![1 => Just(None), 1 => some.prop_map(Some)];
    let targets = (any::<u64>(), any::<u64>());
    (any::<u64>(), any::<u64>(), seen, targets, 0..40_u8, 0..30_u64).prop_map(
        |(who, what, seen, targets, manner, hours)| Step {
            who,
            what,
            seen,
            targets,
            manner,
            hours,
        },
    )
}

/// A history, half of them with what is rarely drawn.
fn history(steps: &[Step]) -> Story {
    let mut story = tell(steps);
    if steps.len().is_multiple_of(2) {
        story.line("Song filed d transfer to=#5");
        story.line("Sun sent d dispatch_team team=^water");
        story.line("Wu asked sent note");
    }
    story
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Chen has lost the role at point 2 of the roster, with what they wrote before.
    #[test]
    fn what_is_offered_is_what_may_be_saved(
        steps in proptest::collection::vec(any_step(), 1..14), seq in 1..=2_u32,
    ) {
        let compared = compare(&history(&steps), seq, &mut Met::new());
        prop_assert_eq!(compared, Ok(()));
    }
}

/// Properties over histories in which nothing may be corrected would prove nothing.
#[test]
fn the_histories_have_all_correctors() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut met = Met::new();
    for _ in 0..16 {
        let steps = proptest::collection::vec(any_step(), 1..14).new_tree(&mut runner).unwrap();
        compare(&history(&steps.current()), 1, &mut met).unwrap();
    }
    for correctors in [Correctors::Own, Correctors::Unresolving, Correctors::Deciding] {
        for offered in [true, false] {
            assert!(met.contains_key(&(correctors, offered)), "{correctors:?} {offered}: {met:?}");
        }
    }
}

#[test]
fn documents_of_every_kind() {
    let told: [(DocumentKind, &[&str]); 5] = [
        (
            DocumentKind::Household,
            &["Li h - found", "Wang n h note", "Sun p n person", "Li s p person supersedes=[@p]"],
        ),
        (
            DocumentKind::Visit,
            &["Li v - started household=#4", "Wang o v outcome outcome=met", "Chen n o note"],
        ),
        (DocumentKind::Meeting, &["Sun m - held", "Qian i m item item=item", "Song a i note"]),
        (
            DocumentKind::Grievance,
            &[
                "Import d - discover source=source",
                "Import r d resolve",
                "Import u r close_unsolved",
            ],
        ),
        (
            DocumentKind::Grievance,
            &[
                "Kiosk d - discover",
                "Kiosk n d note",
                "Zhao t n dispatch_team team=^water",
                "Wu w t progress",
                "Sun f w transfer to=#5",
            ],
        ),
    ];
    for (kind, lines) in told {
        let mut story = Story::new(kind);
        lines.iter().for_each(|line| story.line(line));
        let mut met = Met::new();
        for seq in [1, 2] {
            compare(&story, seq, &mut met).unwrap_or_else(|why| panic!("{kind:?}: {why}"));
        }
        assert!(met.contains_key(&(Correctors::Own, true)), "{kind:?} {met:?}");
    }
}

/// Who may strike what, in words.
#[test]
fn who_is_offered_what() {
    let lines = [
        "Xu d - discover",
        "Li a d accept",
        "Li e a escalate level=block",
        "Sun r e resolve",
        "Wang n r reject resolution=@r",
        "Chen p n progress",
    ];
    let story = Story::grievance(&lines);
    let (entries, place) = entries(&story);
    let offered = |who: &str, seq: u32| -> Vec<&'static str> {
        let may = corrections(&entries, member(who), story.roster.at_seq(seq), place);
        let names = ["d", "a", "e", "r", "n", "p"];
        names.into_iter().filter(|name| may.contains(&story.id(name))).collect()
    };
    // One's own, but for what is guarded.
    assert_eq!(offered("Xu", 1), [""; 0], "the discovery is struck from above");
    assert_eq!(offered("Li", 1), ["a"]);
    assert_eq!(offered("Wang", 1), [""; 0], "a resident's word is not its writer's");
    assert_eq!(offered("Zhao", 1), [""; 0], "a grid lead decides nothing");
    // Chen has lost the role.
    assert_eq!((offered("Chen", 1), offered("Chen", 2)), (vec!["p"], vec![]));
    // Sun made a resolution, Song did not.
    assert_eq!(offered("Sun", 1), ["a", "r", "p"]);
    assert_eq!(offered("Song", 1), ["d", "a", "e", "r", "n", "p"]);
    assert_eq!(offered("Qian", 1), offered("Song", 1));
    assert_eq!(offered("Audit", 1), [""; 0]);
}

/// What was struck is gone from the offers, what was said anew is not.
#[test]
fn a_struck_entry_is_not_offered() {
    let story = Story::grievance(&[
        "Li a d accept",
        "Li r a resolve",
        "Li x r correct event=@a",
        "Li y x correct event=@r replacement=resolve|how=council",
    ]);
    let (entries, place) = entries(&story);
    let may = corrections(&entries, member("Li"), story.roster.at_seq(1), place);
    assert_eq!(may, [story.id("r"), story.id("x"), story.id("y")]);
}
