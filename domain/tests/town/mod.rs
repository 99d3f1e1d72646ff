//! A small town with named people, and a way to write stories in it as lines of text.
//!
//! A line is `who name seen event..`: who acts, what the act is called in the story, the acts that they
//! had seen (`-` = none but their own; what those had seen is seen too), and the event as a word and
//! `key=value` pairs of its JSON form. `@name` is a reference (`@name.1` to the second event of an act),
//! `%Li` a member, `^name` a team, `#3` a link to another document, `[a,b]` a list. What is a must and left out is filled
//! in. Events of one act stand between `;`. Tokens with `!` are about the writing: `!day=2`, `!hour=5`,
//! `!uncertain`, `!happened=3` (hours), `!again=name` (another copy of that act), `!held`, `!point=2`,
//! `!fresh` (on a new device: without the own past).

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]
#![allow(unreachable_pub)] // each test takes what it needs

pub mod steps;
pub mod tell;

use std::collections::BTreeMap;

use doorstep_domain::{
    default_code_lists,
    event::{Act, Event},
    fold::{Grievance, grievance},
    input::{Copy, Document, EventId},
};
use doorstep_protocol::{
    hash::sha256,
    id::{
        ActId, Chain8, ChangeHash, DocumentId, DocumentKind, Level, MemberId, PlaceId, Point,
        RealmId, TeamId,
    },
    roster::{Fact, Named, Place, Record, Roster, setting},
};
use serde_json::{Value, json};

pub const REALM: RealmId = RealmId([7; 32]);
/// A Monday morning.
pub const START: u64 = 1_762_732_800;
pub const HOUR: u64 = 3_600;

pub fn member(name: &str) -> MemberId {
    MemberId::of(&REALM, name)
}

pub fn team(name: &str) -> TeamId {
    TeamId::of(&REALM, name)
}

pub fn place(level: Level, code: &str) -> PlaceId {
    PlaceId::of(&REALM, level, code)
}

pub fn building() -> PlaceId {
    place(Level::Building, "B1")
}

/// Everyone, with their roles: place, role, team.
const PEOPLE: &[(&str, &str, u8, Option<&str>)] = &[
    ("Li", "G1", 0, None),
    ("Wang", "G1", 0, None),
    ("Chen", "G1", 0, None),
    ("Xu", "G1", 0, None),
    ("Zhao", "G1", 1, None),
    ("Sun", "K1", 2, None),
    ("Song", "K1", 2, None),
    ("Qian", "C1", 3, None),
    ("Zhou", "S1", 4, None),
    ("Wu", "K1", 5, Some("water")),
    ("Kiosk", "C1", 6, None),
    ("Audit", "S1", 7, None),
    ("Import", "S1", 8, None),
    ("Far", "G2", 0, None),
];

fn level_of(code: &str) -> Level {
    match &code[..1] {
        "B" => Level::Building,
        "G" => Level::Grid,
        "K" => Level::Block,
        "C" => Level::Community,
        _ => Level::SubDistrict,
    }
}

fn place_fact(code: &str, parent: &str) -> Fact {
    let level = level_of(code);
    let parent = if parent.is_empty() { PlaceId::ZERO } else { place(level_of(parent), parent) };
    Fact::Place {
        id: place(level, code),
        place: Some(Place {
            level: level.number(),
            code: code.into(),
            parent,
            name: code.into(),
            successors: None,
        }),
    }
}

/// The block's roster. At point 1 it is whole; at point 2 Chen has lost the role, at point 3 grade C
/// takes 14 days.
pub fn roster() -> Roster {
    let block = place(Level::Block, "K1");
    let mut roster = Roster::new(REALM, Some(block));
    let mut facts = vec![
        place_fact("S1", ""),
        place_fact("C1", "S1"),
        place_fact("K1", "C1"),
        place_fact("G1", "K1"),
        place_fact("G2", "K1"),
        place_fact("B1", "G1"),
        place_fact("B2", "G1"),
        Fact::Setting { name: setting::LOCAL_TIME_MIN, value: Some(480) },
        Fact::Team {
            id: team("water"),
            named: Some(Named { code: "water".into(), name: "".into() }),
        },
    ];
    for (name, at, role, of) in PEOPLE {
        facts.push(Fact::Member {
            id: member(name),
            named: Some(Named { code: (*name).into(), name: (*name).into() }),
        });
        facts.push(Fact::Role {
            member: member(name),
            place: place(level_of(at), at),
            role: *role,
            given: Some(of.map(team)),
        });
    }
    for (name, assign) in [("Li", 0), ("Wang", 1), ("Ma", 2)] {
        facts.push(Fact::Assign {
            building: building(),
            member: member(name),
            assign: Some(assign),
        });
    }
    facts.push(Fact::Member {
        id: member("Ma"),
        named: Some(Named { code: "Ma".into(), name: "Ma".into() }),
    });
    facts.extend(default_code_lists());
    let records = |facts: &[Fact]| facts.iter().map(Fact::record).collect::<Vec<Record>>();
    roster.append(Chain8([1; 8]), START * 1000, &records(&facts));
    let gone = Fact::Role {
        member: member("Chen"),
        place: place(Level::Grid, "G1"),
        role: 0,
        given: None,
    };
    roster.append(Chain8([2; 8]), START * 1000, &records(&[gone]));
    let slower = default_code_lists().into_iter().find_map(|fact| match fact {
        Fact::Code { list: 1, code: 2, item: Some(mut item) } => {
            item.data = (14 * 24 * 3600_u32).to_be_bytes().to_vec();
            Some(Fact::Code { list: 1, code: 2, item: Some(item) })
        }
        _ => None,
    });
    roster.append(Chain8([3; 8]), START * 1000, &records(&[slower.unwrap()]));
    roster
}

pub fn point(n: u32) -> Point {
    Point { seq: n, chain8: Chain8([n as u8; 8]) }
}

/// An act of the story.
#[derive(Clone)]
pub struct Told {
    pub id: EventId,
    pub hash: ChangeHash,
    pub who: String,
    pub claimed: u64,
}

/// A document that grows line by line.
pub struct Story {
    pub kind: DocumentKind,
    pub place: PlaceId,
    pub copies: Vec<Copy>,
    pub told: BTreeMap<String, Told>,
    pub roster: Roster,
    last: BTreeMap<String, ChangeHash>,
    clock: u64,
}

impl Story {
    pub fn new(kind: DocumentKind) -> Self {
        Self {
            kind,
            place: if kind == DocumentKind::Meeting {
                place(Level::Block, "K1")
            } else {
                building()
            },
            copies: Vec::new(),
            told: BTreeMap::new(),
            roster: roster(),
            last: BTreeMap::new(),
            clock: START,
        }
    }

    /// A grievance; Xu finds it where the first line does not.
    pub fn grievance(lines: &[&str]) -> Self {
        let mut story = Self::new(DocumentKind::Grievance);
        if !lines.first().is_some_and(|line| line.contains(" - ")) {
            story.line("Xu d - discover kind=2");
        }
        lines.iter().for_each(|line| story.line(line));
        story
    }

    pub fn creator(&self) -> MemberId {
        self.copies[0].author
    }

    pub fn document<'a>(&self, copies: &'a [Copy]) -> Document<'a> {
        Document {
            id: DocumentId([9; 16]),
            kind: self.kind,
            place: self.place,
            creator: self.creator(),
            copies,
        }
    }

    pub fn fold(&self) -> Grievance {
        grievance::fold(&self.document(&self.copies), &self.roster)
    }

    pub fn id(&self, name: &str) -> EventId {
        let (act, n) = name.split_once('.').unwrap_or((name, "0"));
        let told = self.told.get(act).unwrap_or_else(|| panic!("{act} is not told"));
        EventId { n: n.parse().unwrap(), ..told.id }
    }

    fn value(&self, text: &str, who: &str) -> Value {
        if let Some(list) = text.strip_prefix('[') {
            let list = list.trim_end_matches(']');
            let items = list.split(',').filter(|item| !item.is_empty());
            return items.map(|item| self.value(item, who)).collect();
        }
        if let Some(name) = text.strip_prefix('@') {
            let id = self.id(name);
            return if id.member == member(who) {
                json!({"act": id.act, "n": id.n})
            } else {
                json!({"act": id.act, "n": id.n, "member": id.member})
            };
        }
        if let Some(name) = text.strip_prefix('%') {
            return json!(member(name));
        }
        if let Some(name) = text.strip_prefix('^') {
            return json!(team(name));
        }
        if let Some(n) = text.strip_prefix('#') {
            return json!({"doc": DocumentId([n.parse().unwrap(); 16])});
        }
        if let Some(hours) = text.strip_prefix('+') {
            return json!(START + hours.parse::<u64>().unwrap() * HOUR);
        }
        text.parse::<u64>().map_or_else(
            |_| match text {
                "true" => json!(true),
                "false" => json!(false),
                "proof" => json!({"kind": "signature", "hash": "ab".repeat(32)}),
                "code" => json!({"kind": "code", "hash": "ab".repeat(32)}),
                "source" => json!({"system": "hotline", "key": "1"}),
                "item" => json!("0102030405060708"),
                text => json!(text),
            },
            |n| json!(n),
        )
    }

    fn event(&self, words: &[&str], who: &str) -> Event {
        let mut json = defaults(words[0]);
        json["type"] = json!(words[0]);
        for word in &words[1..] {
            let (key, text) = word.split_once('=').unwrap_or_else(|| panic!("{word}"));
            json[key] = if key == "replacement" {
                let inner: Vec<&str> = text.split('|').collect();
                serde_json::to_value(self.event(&inner, who)).unwrap()
            } else {
                self.value(text, who)
            };
        }
        serde_json::from_value(json.clone()).unwrap_or_else(|e| panic!("{json}: {e}"))
    }

    /// Adds one line.
    pub fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (who, name, seen) = (words[0], words[1], words[2]);
        let (marks, events): (Vec<&str>, Vec<&str>) =
            words[3..].iter().partition(|word| word.starts_with('!'));
        let mark = |key: &str| {
            marks
                .iter()
                .find_map(|mark| mark.strip_prefix('!')?.strip_prefix(key)?.strip_prefix('='))
        };
        let has = |key: &str| marks.iter().any(|mark| mark.strip_prefix('!') == Some(key));
        let number = |key: &str| mark(key).map(|n| n.parse::<u64>().unwrap());
        self.clock += 60;
        if let Some(day) = number("day") {
            self.clock = START + day * 24 * HOUR;
        }
        if let Some(hour) = number("hour") {
            self.clock = START + hour * HOUR;
        }
        // What is written again keeps its time mark.
        let again = mark("again").map(|of| self.told[of].clone());
        let claimed = again.as_ref().map_or(self.clock, |told| told.claimed);
        let act = match again {
            Some(told) => told.id.act,
            None => ActId(sha256(name.as_bytes())[..8].try_into().unwrap()),
        };
        // An event of an act sees those before it, so its own act is known while it is parsed.
        let id = EventId { act, n: 0, member: member(who) };
        let hash = ChangeHash(sha256(format!("change {name}").as_bytes()));
        let mut deps: Vec<ChangeHash> = seen
            .split(',')
            .filter(|seen| *seen != "-")
            .map(|seen| self.told.get(seen).unwrap_or_else(|| panic!("{seen}")).hash)
            .collect();
        if let (Some(own), false) = (self.last.get(who), has("fresh")) {
            deps.push(*own);
        }
        deps.sort();
        deps.dedup();
        self.told.insert(name.into(), Told { id, hash, who: who.into(), claimed });
        let events =
            events.split(|word| *word == ";").map(|words| self.event(words, who)).collect();
        let certain = !has("uncertain");
        let value = Act {
            claimed,
            floor: number("floor").map_or(START, |hours| START + hours * HOUR),
            certain,
            happened: number("happened").map(|hours| START + hours * HOUR),
            events,
        };
        self.last.insert(who.into(), hash);
        self.copies.push(Copy {
            hash,
            deps,
            author: member(who),
            act,
            value: value.encode().unwrap_or_else(|e| panic!("{line}: {e}")),
            point: point(number("point").unwrap_or(1) as u32),
            relay_time_ms: Some(self.clock * 1000 + 5_000),
            held: has("held"),
        });
    }
}

/// What an event must have and a story need not say.
fn defaults(word: &str) -> Value {
    match word {
        "discover" => json!({"what": "w", "reporter": {"contact": "c"}, "kind": 2}),
        "decline" | "withdraw" | "transfer" | "correct" | "close_unsolved" | "escalate"
        | "send_back" | "priority_end" => match word {
            "withdraw" => json!({"reason": 1, "by": "resident", "heard": "in_person"}),
            _ => json!({"reason": 1}),
        },
        "contact" | "progress" | "resolve" => json!({"how": "help"}),
        "asked_no_answer" | "feed_back" => json!({"channel": "phone"}),
        "confirm" => json!({"by": "resident", "heard": "in_person"}),
        "reject" => json!({"by": "resident", "heard": "in_person", "reason": 7}),
        "note" => json!({"text": "n"}),
        "attach" => json!({"hash": "cd".repeat(32), "media": "photo", "bytes": 10}),
        "settle" => json!({"choice": 0}),
        "found" => json!({"unit": "3-201"}),
        "person" => json!({"name": "p", "relation": 0, "birth_band": 1}),
        "phone" => json!({"number": "1"}),
        "consent" => json!({"by": "resident"}),
        "priority" => json!({"code": 0}),
        "notice_given" => {
            json!({"version": 1, "channel": "in_person", "language": 0, "by": "resident"})
        }
        "started" => json!({"purpose": 0}),
        "outcome" => json!({"persons_met": 0}),
        "held" => json!({"day": 20_400}),
        "attendance" => json!({"seat": "fixed", "present": true}),
        "item" => json!({"title": "t"}),
        _ => json!({}),
    }
}
