//! Random histories: whatever the order and whatever part of a set of copies is here, the same copies
//! give the same state, a verdict never changes, and the check before saving is the fold's own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod town;

use std::collections::BTreeMap;

use doorstep_domain::{
    check::check,
    event::Act,
    fold::{
        Grievance, grievance,
        grievance::Stage,
        story::{Entry, Judgement},
    },
    input::{Copy, EventId},
    table::{Kind, is_residents_word},
};
use doorstep_protocol::id::ChangeHash;
use proptest::prelude::*;
use town::{
    Story,
    steps::{Step, story as tell},
};

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

fn fold(story: &Story, copies: &[Copy]) -> Grievance {
    grievance::fold(&story.document(copies), &story.roster)
}

/// What became of each copy that counts.
fn verdicts(state: &Grievance) -> BTreeMap<(ChangeHash, EventId), Judgement> {
    let key = |entry: &Entry| (entry.copy, entry.id);
    state.story.iter().map(|entry| (key(entry), entry.judgement)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_order_gives_the_same_state(
        steps in proptest::collection::vec(any_step(), 1..24), seed in any::<u64>(),
    ) {
        let story = tell(&steps);
        let whole = serde_json::to_string(&story.fold()).unwrap();
        let mut copies = story.copies.clone();
        copies.reverse();
        prop_assert_eq!(&serde_json::to_string(&fold(&story, &copies)).unwrap(), &whole);
        copies.sort_by_key(|copy| {
            doorstep_protocol::hash::sha256(&[&copy.hash.0[..], &seed.to_be_bytes()].concat())
        });
        prop_assert_eq!(&serde_json::to_string(&fold(&story, &copies)).unwrap(), &whole);
        // What came twice is there once.
        copies.extend(story.copies.iter().take(3).cloned());
        prop_assert_eq!(&serde_json::to_string(&fold(&story, &copies)).unwrap(), &whole);
    }

    #[test]
    fn no_part_of_a_set_judges_otherwise(
        steps in proptest::collection::vec(any_step(), 1..24), parts in proptest::collection::vec(any::<u32>(), 4),
    ) {
        let story = tell(&steps);
        let whole = verdicts(&story.fold());
        for bits in parts {
            let some: Vec<Copy> = story
                .copies
                .iter()
                .enumerate()
                .filter(|(i, _)| *i == 0 || bits >> i & 1 == 1)
                // What is held now does not matter to whether it may stand.
                .map(|(i, copy)| Copy { held: copy.held ^ (bits >> (i + 3) & 7 == 0), ..copy.clone() })
                .collect();
            for (key, verdict) in verdicts(&fold(&story, &some)) {
                if let Some(now) = whole.get(&key) {
                    prop_assert_eq!(&verdict, now, "{:?}", key);
                }
            }
        }
    }

    #[test]
    fn the_check_before_saving_is_the_folds_own(
        steps in proptest::collection::vec(any_step(), 1..24),
    ) {
        let story = tell(&steps);
        let whole = story.fold();
        for (i, copy) in story.copies.iter().enumerate() {
            // Checked when it was written, and against all that came later.
            let then = check(&story.document(&story.copies[..i.max(1)]), &story.roster, copy);
            let now = check(&story.document(&story.copies), &story.roster, copy);
            prop_assert_eq!(&then, &now);
            let faults: Vec<(u8, _)> = whole
                .story
                .iter()
                .filter(|entry| entry.copy == copy.hash)
                .filter_map(|entry| match entry.judgement {
                    Judgement::Rejected(reason) => Some((entry.id.n as u8, reason)),
                    _ => None,
                })
                .collect();
            if whole.story.iter().any(|entry| entry.copy == copy.hash) {
                prop_assert_eq!(then.err().unwrap_or_default(), faults);
            } else {
                // Another copy of the act counts.
                prop_assert!(story.copies.iter().any(|c| c.act == copy.act && c.hash != copy.hash));
            }
        }
    }

    #[test]
    fn no_rejection_is_lost(steps in proptest::collection::vec(any_step(), 1..30)) {
        let state = tell(&steps).fold();
        let beaten = matches!(
            state.stage,
            Stage::Transferred | Stage::Withdrawn | Stage::EnteredByMistake | Stage::Void
        );
        let flagged = state
            .flags
            .iter()
            .filter(|flag| flag.flag == doorstep_domain::table::Flag::RejectionUnanswered)
            .flat_map(|flag| &flag.about)
            .count();
        if state.open_rejections.len() > flagged && !beaten {
            prop_assert_eq!(state.stage, Stage::Reopened);
        }
        if matches!(state.stage, Stage::Closed | Stage::Confirmed) {
            prop_assert!(state.confirmed);
        }
        // Everything that was said is in the story.
        let said: usize = state.story.iter().filter(|e| e.event.is_none()).count();
        prop_assert_eq!(said, 0);
    }
}

#[test]
fn a_newer_word_of_the_resident_keeps_it_from_closed() {
    let mut story = Story::grievance(&[
        "Li r d resolve",
        "Wang c r confirm resolution=@r",
        "Li f c feed_back resolution=@r",
    ]);
    assert_eq!(story.fold().stage, Stage::Closed);
    story.line("Chen n r note");
    assert_eq!(story.fold().stage, Stage::Closed);
    for (kind, stage) in [(150, Stage::Confirmed), (100, Stage::Closed), (220, Stage::Closed)] {
        assert!(Kind::from_number(kind).is_none());
        assert_eq!(is_residents_word(kind as u8), stage == Stage::Confirmed);
        let mut act = Act {
            claimed: town::START + 500,
            floor: town::START,
            certain: true,
            happened: None,
            events: Vec::new(),
        };
        let unknown = format!(r#"{{"type":"unknown","kind":{kind},"fields":"80"}}"#);
        act.events = vec![serde_json::from_str(&unknown).unwrap()];
        story.copies.last_mut().unwrap().value = act.encode().unwrap();
        let state = story.fold();
        assert_eq!((state.stage, state.newer), (stage, 1), "{kind}");
    }
}

#[test]
fn bytes_that_are_no_act_are_one_rejected_event() {
    let mut story = Story::grievance(&["Li r d resolve", "Chen n r note"]);
    story.copies.last_mut().unwrap().value = b"\xff".to_vec();
    let state = story.fold();
    let last = state.story.last().unwrap();
    assert_eq!(last.judgement, Judgement::Rejected(doorstep_domain::table::Rejection::BadValue));
    assert_eq!((last.id.n, state.stage), (0, Stage::Resolved));
    // A newer schema counts for nothing and is kept.
    story.copies.last_mut().unwrap().value = b"\x81\x02".to_vec();
    let state = story.fold();
    assert_eq!((state.story.last().unwrap().judgement, state.newer), (Judgement::Newer, 1));
}

#[test]
fn a_copy_without_its_past_waits() {
    let story = Story::grievance(&["Li r d resolve", "Wang c r confirm resolution=@r"]);
    let some: Vec<Copy> =
        story.copies.iter().filter(|c| c.hash != story.told["r"].hash).cloned().collect();
    let state = fold(&story, &some);
    assert_eq!((state.stage, state.waiting), (Stage::Discovered, 1));
    assert!(check(&story.document(&some[..1]), &story.roster, &some[1]).is_err());
}

#[test]
fn a_reference_to_ones_own_event_leaves_the_member_out() {
    let mut story =
        Story::grievance(&["Li r d resolve", "Li c r confirm resolution=@r evidence=[proof]"]);
    let last = story.copies.last_mut().unwrap();
    let author = last.author;
    let doorstep_domain::event::Decoded::Act { marks, events } = Act::decode(&last.value) else {
        panic!()
    };
    let mut event = events[0].clone().unwrap();
    if let doorstep_domain::event::Event::Confirm(confirm) = &mut event {
        confirm.resolution.member = Some(author);
    }
    last.value = Act {
        claimed: marks.claimed,
        floor: marks.floor,
        certain: true,
        happened: None,
        events: vec![event],
    }
    .encode()
    .unwrap();
    let state = story.fold();
    assert_eq!(
        state.story.last().unwrap().judgement,
        Judgement::Rejected(doorstep_domain::table::Rejection::BadValue)
    );
}

/// Properties over histories in which nothing happens would prove nothing.
#[test]
fn the_histories_go_everywhere() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut stages: BTreeMap<Stage, u32> = BTreeMap::new();
    let (mut valid, mut rejected) = (0, 0);
    for _ in 0..300 {
        let steps = proptest::collection::vec(any_step(), 1..24).new_tree(&mut runner).unwrap();
        let state = tell(&steps.current()).fold();
        *stages.entry(state.stage).or_default() += 1;
        for entry in &state.story {
            match entry.judgement {
                Judgement::Valid => valid += 1,
                _ => rejected += 1,
            }
        }
    }
    assert!(stages.len() >= 10, "{stages:?}");
    assert!(rejected > 300 && valid > rejected, "{valid} valid, {rejected} rejected");
}
