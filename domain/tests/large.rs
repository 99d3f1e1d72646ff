//! Ten thousand events on one grievance, of whatever sort: nothing is dropped, each has its outcome, and
//! what it takes grows with the events and not with their square. Counted in steps, not in time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod town;

use doorstep_domain::{
    event::{Act, Event},
    fold::{Grievance, Work, grievance::Stage, story::Judgement, work},
    input::{Copy, EventId},
    table::{Flag, Rejection},
};
use doorstep_protocol::{
    hash::sha256,
    id::{ActId, ChangeHash},
};
use serde_json::{Value, json};
use town::{HOUR, START, Story, member};

/// Ten times as many events may take so many times as much.
const GROWTH_MAX: u64 = 12;

/// A grievance that grows fast: each act is one event.
struct Long {
    story: Story,
    /// Whoever writes next has seen these.
    heads: Vec<ChangeHash>,
}

impl Long {
    fn new() -> Self {
        let story = Story::grievance(&["Xu d - discover kind=2"]);
        let heads = vec![story.copies[0].hash];
        Self { story, heads }
    }

    fn len(&self) -> usize {
        self.story.copies.len()
    }

    /// Writes on what is seen, and does not show it to who comes next.
    fn apart(&mut self, who: &str, event: Value) -> (EventId, ChangeHash) {
        let at = self.len() as u64;
        let hash = sha256(&at.to_be_bytes());
        let act = ActId(hash[..8].try_into().unwrap());
        let event: Event = serde_json::from_value(event).unwrap();
        let claimed = START + at * 3 * HOUR;
        let value =
            Act { claimed, floor: START, certain: true, happened: None, events: vec![event] };
        let author = member(who);
        let hash = ChangeHash(hash);
        self.story.copies.push(Copy {
            hash,
            deps: self.heads.clone(),
            author,
            act,
            value: value.encode().unwrap(),
            point: town::point(1),
            relay_time_ms: Some(claimed * 1000),
            held: false,
        });
        (EventId { act, n: 0, member: author }, hash)
    }

    fn write(&mut self, who: &str, event: Value) -> EventId {
        let (id, hash) = self.apart(who, event);
        self.heads = vec![hash];
        id
    }

    fn work(&self) -> Work {
        work(&self.story.document(&self.story.copies), &self.story.roster)
    }
}

fn to(id: EventId) -> Value {
    json!({"act": id.act, "n": id.n, "member": id.member})
}

/// As its own author names it.
fn own(id: EventId) -> Value {
    json!({"act": id.act, "n": id.n})
}

fn resolve() -> Value {
    json!({"type": "resolve", "how": "help"})
}

fn confirm(of: EventId) -> Value {
    json!({"type": "confirm", "by": "resident", "heard": "phone", "resolution": to(of)})
}

fn reject(of: EventId) -> Value {
    let of = to(of);
    json!({"type": "reject", "by": "resident", "heard": "phone", "reason": 7, "resolution": of})
}

fn asked(of: EventId) -> Value {
    json!({"type": "asked_no_answer", "channel": "phone", "resolution": to(of)})
}

fn strike(of: Value) -> Value {
    json!({"type": "correct", "event": of, "reason": 0})
}

/// Writes until there are so many events.
fn until(events: usize, mut write: impl FnMut(&mut Long)) -> Long {
    let mut long = Long::new();
    while long.len() < events {
        write(&mut long);
    }
    long
}

fn resolves(events: usize) -> Long {
    until(events, |long| {
        long.write("Li", resolve());
    })
}

fn confirmed(events: usize) -> Long {
    until(events, |long| {
        let of = long.write("Li", resolve());
        long.write("Wang", confirm(of));
    })
}

fn rounds(events: usize) -> Long {
    let mut answers = json!([]);
    until(events, |long| {
        let mut event = resolve();
        event["answers"] = answers.clone();
        let of = long.write("Li", event);
        let no = long.write("Wang", reject(of));
        answers = json!([to(no)]);
    })
}

fn closes(events: usize) -> Long {
    let mut first = None;
    until(events, |long| {
        let of = *first.get_or_insert_with(|| long.write("Li", resolve()));
        long.write("Wang", asked(of));
        long.write("Wang", json!({"type": "close"}));
    })
}

fn dues(events: usize) -> Long {
    let mut last: Option<EventId> = None;
    let mut due = START + 7_000;
    until(events, |long| {
        let named = last.map(own).into_iter().collect::<Vec<_>>();
        due -= 1;
        last = Some(long.write("Li", json!({"type": "set_due", "due": due, "supersedes": named})));
        long.write("Wang", json!({"type": "set_grade", "grade": "a"}));
    })
}

fn corrected(events: usize) -> Long {
    until(events, |long| {
        let of = long.write("Li", resolve());
        long.write("Wang", confirm(of));
        long.write("Li", strike(own(of)));
    })
}

fn raised(events: usize) -> Long {
    until(events, |long| {
        let up = long.write("Wang", json!({"type": "escalate", "level": "community", "reason": 3}));
        long.write("Li", resolve());
        let back = json!({"type": "send_back", "to": "grid", "returns": [to(up)], "reason": 3});
        long.write("Qian", back);
        long.write("Wu", json!({"type": "contact", "how": "help"}));
    })
}

fn owned(events: usize) -> Long {
    let mut last: Option<EventId> = None;
    until(events, |long| {
        let named: Vec<Value> = last.map(own).into_iter().collect();
        last =
            Some(long.write(
                "Zhao",
                json!({"type": "assign", "to": member("Chen"), "supersedes": named}),
            ));
        long.write("Wang", json!({"type": "accept"}));
        long.write(
            "Wang",
            json!({"type": "withdraw", "by": "resident", "heard": "phone", "reason": 11}),
        );
    })
}

/// Many, none of whom saw another.
fn unseen(events: usize) -> Long {
    let mut first = None;
    until(events, |long| {
        let of = *first.get_or_insert_with(|| long.write("Li", resolve()));
        long.apart("Li", resolve());
        long.apart("Wang", confirm(of));
        long.apart("Chen", reject(of));
        long.apart("Wang", json!({"type": "escalate", "level": "block", "reason": 3}));
    })
}

/// Four who write in turn, each sees the others every tenth time.
fn woven(events: usize) -> Long {
    let mut long = Long::new();
    let root = long.heads.clone();
    let mut own: Vec<Vec<ChangeHash>> = vec![root; 4];
    for turn in 0.. {
        if long.len() >= events {
            return long;
        }
        let who = turn % 4;
        long.heads = if turn % 10 == 0 { own.concat() } else { own[who].clone() };
        long.heads.sort();
        long.heads.dedup();
        let of = long.write(["Li", "Wang", "Chen", "Zhao"][who], resolve());
        long.write(["Wang", "Chen", "Zhao", "Li"][who], confirm(of));
        own[who] = long.heads.clone();
    }
    long
}

type Mix = (&'static str, fn(usize) -> Long);

fn fold(long: &Long) -> Grievance {
    let state = long.story.fold();
    assert_eq!(state.story.len(), long.len(), "nothing is dropped");
    assert!(state.story.iter().all(|entry| entry.event.is_some()));
    state
}

fn takes(name: &str, few: Work, many: Work) {
    assert!(few.steps >= 1_000, "{name}: {few:?}");
    assert!(many.steps <= few.steps * GROWTH_MAX, "{name}: {few:?} then {many:?}");
    // Sets of copies are bits: each author's past is n / 64 words, so this is the square of the events,
    // with a factor that keeps it below what the steps cost at these sizes.
    assert!(many.bits <= 10_000 * 10_000 / 4, "{name}: {many:?}");
}

/// As many events as there are, all valid, ended as a few would; and ten times as many events take some
/// ten times as many steps.
#[test]
fn ten_thousand_events_on_one_grievance_end_as_a_few_would() {
    let ends: [(Mix, Stage, u32); 9] = [
        (("resolves", resolves), Stage::Resolved, 1),
        (("confirmed", confirmed), Stage::Confirmed, 1),
        (("rounds", rounds), Stage::Reopened, 5_001),
        (("dues", dues), Stage::Discovered, 1),
        (("corrected", corrected), Stage::Discovered, 1),
        (("raised", raised), Stage::Resolved, 1),
        (("owned", owned), Stage::Withdrawn, 1),
        (("unseen", unseen), Stage::Reopened, 2),
        (("woven", woven), Stage::Confirmed, 1),
    ];
    for ((name, mix), stage, round) in ends {
        let long = mix(10_000);
        takes(name, mix(1_000).work(), long.work());
        let state = fold(&long);
        assert_eq!((state.stage, state.round), (stage, round), "{name}");
        // A team that nobody sent, and who confirms what they had solved in this round themselves.
        let named = match name {
            "raised" => Some(Rejection::NoRight),
            "woven" => Some(Rejection::OwnWord),
            _ => None,
        };
        let refused: Vec<Judgement> = state.story.iter().map(|entry| entry.judgement).collect();
        let refused = refused.iter().filter(|judgement| **judgement != Judgement::Valid);
        assert!(refused.clone().all(|it| named.map(Judgement::Rejected) == Some(*it)), "{name}");
        assert_eq!(refused.count() > 0, named.is_some(), "{name}");
    }
}

/// The first closes are refused: the resident was not asked on three days yet.
#[test]
fn closes_rest_on_what_their_authors_saw() {
    let long = closes(10_000);
    takes("closes", closes(1_000).work(), long.work());
    let state = fold(&long);
    assert_eq!(state.stage, Stage::ClosedNotReached);
    let refused = state
        .story
        .iter()
        .filter(|entry| entry.judgement == Judgement::Rejected(Rejection::NotAnswered));
    assert!((2..30).contains(&refused.count()));
    let flagged = state.flags.iter().filter(|flag| flag.flag == Flag::AttemptsByResolver);
    assert_eq!(flagged.count(), 0);
}

/// A thousand against a thousand, unseen, would be a million pairs.
#[test]
fn pairs_raise_as_many_flags_as_can_be_settled() {
    let long = unseen(10_000);
    let state = fold(&long);
    for flag in [Flag::ConfirmReject, Flag::ResolveEscalate] {
        let raised: Vec<_> = state.flags.iter().filter(|raised| raised.flag == flag).collect();
        assert_eq!(raised.len(), 64, "{flag:?}");
        assert!(raised.iter().all(|raised| (2..=64).contains(&raised.about.len())));
    }
    // The same whatever the order.
    let mut copies = long.story.copies.clone();
    copies.reverse();
    let document = long.story.document(&copies);
    let other = doorstep_domain::fold::grievance::fold(&document, &long.story.roster);
    assert_eq!(state, other);
}
