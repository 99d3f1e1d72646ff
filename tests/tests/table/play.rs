//! A story of the table, told on real phones: a line a deed, in the words of who did it.
//!
//! A line is `who name event key=value ..`. `name` is what the act is called in the story and in what is
//! expected of it. `@name` is a reference (`@name.1` to the second event of an act), `%Li` a member,
//! `#name` a link to the document that the act made, `[a,b]` a list, `+2h` a time. Events of one act
//! stand between `;`, what it says in another document after `&`. What a form fills in by itself may be
//! left out. Other words are:
//!
//! | | |
//! |---|---|
//! | `apart` | from here nobody meets anybody: what one does the others have not seen |
//! | `together` | everybody meets; before and after each line who says it meets again; a story begins so |
//! | `files`, `founds`, `visits`, `holds` | make a grievance, a household, a visit, a meeting |
//! | `opens` | a form is opened: `!on=name` later acts on what was on the screen then |
//! | `works ; event`, `takes`, `settles` | one tap that writes in several documents: `tap.rs` |
//! | `!in=name` | in which document; left out = the one made first |
//! | `!act=n`, `!day=n` | the act's id, all bytes n; so many days after the beginning |
//! | `=> reason` | the phone refuses to save it, and says so |
//! | `!anyway` | ... and a modified phone sends it all the same |
//! | `raw=[..]`, `whole=[..]` | only a modified phone can say it: an event, the whole of an act |

use std::collections::{BTreeMap, BTreeSet};

use doorstep_core::{ActOptions, View, WriteError};
use doorstep_domain::{
    event::{Act, Event},
    figures::{Row, figures, row_of},
    fold::State,
    input::EventId,
};
use doorstep_protocol::{cbor, id::DocumentId};
use doorstep_tests::{
    Ended, World,
    clock::{DAY_MS, HOUR_MS, MORNING_MS},
    town,
    vectors::{Differences, Ids, Names, act_id},
};
use serde_json::{Value, json};

use crate::{
    line::{Part, Said},
    people::{ABSENT, TEAMS, register},
    shown::{listed, state},
};

/// When every story begins, in ms.
const BEGIN_MS: u64 = MORNING_MS + HOUR_MS;

/// Who meets first when all are together again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// Who acted first.
    AsTold,
    /// Who acted last.
    Reversed,
}

/// A story under way.
pub(crate) struct Play {
    pub(crate) world: World,
    pub(crate) ids: Ids,
    first: First,
    /// Those who acted since all went apart; none = they are together.
    apart: Option<Vec<String>>,
    minutes: u64,
    docs: Vec<String>,
    /// By document: what its acts are called, and how many events each has.
    said: BTreeMap<DocumentId, Vec<(String, u32)>>,
    views: BTreeMap<String, View>,
}

/// A row: the story with either meeting first, and what must be so at its end on every phone.
///
/// `expect` has by document what a vector has (`docs/vectors.md`), and `figures` over all of them; nothing
/// is rejected, unless it says so.
pub(crate) fn row(story: &str, expect: Value) {
    row_and(story, expect, |_| {});
}

/// As [`row`], with more to look at.
pub(crate) fn row_and(story: &str, expect: Value, look: impl Fn(&mut Play)) {
    let mut ends = Vec::new();
    for first in [First::AsTold, First::Reversed] {
        let mut play = Play::of(story, first);
        ends.push(play.ends(&expect));
        look(&mut play);
    }
    assert_eq!(ends[0], ends[1], "it matters who meets first");
}

impl Play {
    /// Tells a story to its end: everybody has met, the one who was never there last.
    pub(crate) fn of(story: &str, first: First) -> Self {
        let mut world = World::with_roster(14, register());
        let names = people(story);
        world.enrol(&names.iter().map(String::as_str).collect::<Vec<_>>());
        world.pass(BEGIN_MS - world.clock.now_ms());
        let ids = Ids::new(world.realm(), BEGIN_MS / 1000);
        let mut play = Self {
            world,
            ids,
            first,
            apart: None,
            minutes: 0,
            docs: Vec::new(),
            said: BTreeMap::new(),
            views: BTreeMap::new(),
        };
        lines(story).for_each(|line| play.line(line));
        play.together();
        play.meet(&[]);
        play.agree(&play.present());
        play.world.settle();
        play
    }

    /// The document of a name.
    pub(crate) fn doc(&self, name: &str) -> DocumentId {
        self.ids.documents[name]
    }

    /// Everybody but the one who was never there.
    fn present(&self) -> Vec<String> {
        self.world.names().into_iter().filter(|name| name != ABSENT).collect()
    }

    fn line(&mut self, line: &str) {
        match line {
            "apart" => {
                self.together();
                self.meet(&[]);
                self.apart = Some(Vec::new());
            }
            "together" => self.together(),
            _ => {
                let said = Said::of(line);
                self.tick(said.mark("day"));
                let who = said.who.to_owned();
                let together = self.apart.is_none();
                if together {
                    self.meets(&who);
                }
                self.deed(&said);
                match &mut self.apart {
                    Some(apart) => apart.push(who),
                    None => self.meets(&who),
                }
            }
        }
    }

    /// A line is said a minute after the one before.
    fn tick(&mut self, day: Option<&str>) {
        self.minutes += 1;
        let day: u64 = day.map_or(0, |day| day.parse().unwrap());
        let then = BEGIN_MS + day * DAY_MS + self.minutes * 60_000;
        let now = self.world.clock.now_ms();
        self.world.pass(then.checked_sub(now).expect("a story goes on in time"));
    }

    /// Those who were apart meet, each in their turn, and then everybody.
    fn together(&mut self) {
        let Some(mut who) = self.apart.take() else { return };
        let mut seen = BTreeSet::new();
        who.retain(|name| seen.insert(name.clone()));
        if self.first == First::Reversed {
            who.reverse();
        }
        self.meet(&who);
    }

    /// These meet the relay, then everybody.
    fn meet(&mut self, first: &[String]) {
        // Who met last has everything already.
        let all = self.present();
        let others = all.iter().filter(|name| first.last() != Some(name));
        first.iter().chain(others).for_each(|name| self.meets(name));
    }

    fn meets(&mut self, name: &str) {
        assert_eq!(self.world.phone(name).meets(), Ended::Complete, "{name}");
    }

    fn deed(&mut self, said: &Said<'_>) {
        let member = self.world.member_of(said.who);
        let act = match said.mark("act") {
            Some(n) => doorstep_protocol::id::ActId([n.parse().unwrap(); 8]),
            None => act_id(said.name),
        };
        let id = EventId { act, n: 0, member };
        assert!(self.ids.events.insert(said.name.into(), id).is_none(), "{}: twice", said.name);
        let options = ActOptions::once(act);
        if said.verb() == "opens" {
            let doc = self.doc_of(said.parts[0].doc);
            let view = self.world.phone(said.who).view(doc).unwrap();
            self.views.insert(said.name.into(), view);
            return;
        }
        if said.is_raw() {
            return self.modified(said);
        }
        let done = match said.verb() {
            "files" | "founds" | "visits" | "holds" => self.birth(said, options),
            "works" | "takes" | "settles" => self.tap(said, options),
            _ => self.act(said, options),
        };
        match (done, said.refused) {
            (Ok(()), None) => {}
            (Err(error), Some(reason)) => {
                assert_eq!(why(&error), reason, "{}", said.line);
                if said.has("anyway") {
                    self.modified(said);
                } else {
                    self.ids.events.remove(said.name);
                }
            }
            (done, _) => panic!("{}: {done:?}", said.line),
        }
    }

    /// Makes a document; it has the name of the act.
    fn birth(&mut self, said: &Said<'_>, options: ActOptions) -> Result<(), WriteError> {
        let engine = self.world.phone(said.who).engine();
        let mut form = said.parts[0].form();
        let code = form["place"].as_str().unwrap_or("G1-1").to_owned();
        form["place"] = json!(town::place_id(&self.world.realm(), &code));
        form.as_object_mut().unwrap().remove("type");
        let mut form = self.ids.fill(&form, self.world.member_of(said.who)).unwrap();
        let (written, kind) = match said.verb() {
            "files" => {
                (engine.file_grievance(serde_json::from_value(form).unwrap(), options), "discover")
            }
            "founds" => {
                (engine.found_household(serde_json::from_value(form).unwrap(), options), "found")
            }
            "visits" => {
                form["household"] = form["household"]["doc"].clone();
                form.as_object_mut().unwrap().remove("place");
                (engine.record_visit(serde_json::from_value(form).unwrap(), options), "started")
            }
            _ => (engine.hold_meeting(serde_json::from_value(form).unwrap(), options), "held"),
        };
        let written = written?;
        self.world.phone(said.who).saved(written, &code, vec![kind], String::new());
        self.ids.documents.insert(said.name.into(), written.doc);
        self.docs.push(said.name.into());
        self.note(written.doc, said.name, 1);
        Ok(())
    }

    /// Acts on what is on the screen of who acts.
    fn act(&mut self, said: &Said<'_>, options: ActOptions) -> Result<(), WriteError> {
        let mut acts = Vec::new();
        for part in &said.parts {
            let doc = self.doc_of(part.doc);
            let view = match said.mark("on") {
                Some(form) => self.views[form].clone(),
                None => self.world.phone(said.who).view(doc).expect("it is not on this phone"),
            };
            acts.push((view, self.events(said, part)));
        }
        let told: Vec<Vec<&'static str>> =
            acts.iter().map(|(_, events)| events.iter().map(Event::word).collect()).collect();
        let written = self.world.phone(said.who).engine().act_together(acts, options)?;
        let mut parts = Vec::new();
        for (written, kinds) in written.into_iter().zip(told) {
            self.note(written.doc, said.name, kinds.len() as u32);
            parts.push((written, self.world.place_of(written.doc), kinds));
        }
        self.world.phone(said.who).saved_together(parts, String::new());
        Ok(())
    }

    fn events(&self, said: &Said<'_>, part: &Part<'_>) -> Vec<Event> {
        let member = self.world.member_of(said.who);
        let event = |form: Value| {
            let filled = self.ids.fill(&form, member).unwrap();
            serde_json::from_value(filled).unwrap_or_else(|error| panic!("{}: {error}", said.line))
        };
        part.forms().map(event).collect()
    }

    /// A modified phone asks nobody.
    fn modified(&mut self, said: &Said<'_>) {
        let (part, now) = (&said.parts[0], self.world.clock.now_ms() / 1000);
        let member = self.world.member_of(said.who);
        let doc = self.doc_of(part.doc);
        let raw = |value: &str| self.ids.raw(&said.value(value), member).unwrap();
        let marks = [1, now, BEGIN_MS / 1000].map(cbor::Value::U64).into_iter().collect::<Vec<_>>();
        let (value, kinds, count) = if let Some(value) = part.key("whole") {
            (raw(value).encode(), vec![], 1)
        } else if let Some(event) = part.key("raw") {
            let mut fields = marks;
            fields.extend([cbor::Value::Bool(true), cbor::Value::Null]);
            fields.push(cbor::Value::Array(vec![raw(event)]));
            let value = cbor::Value::Array(fields).encode();
            let doorstep_domain::event::Decoded::Act { events, .. } = Act::decode(&value) else {
                panic!("{}: no act", said.line)
            };
            (value, events.iter().flatten().map(Event::word).collect(), 1)
        } else {
            let events = self.events(said, part);
            let (kinds, count) = (events.iter().map(Event::word).collect(), events.len());
            let floor = BEGIN_MS / 1000;
            let act = Act { claimed: now, floor, certain: true, happened: None, events };
            (act.encode().unwrap(), kinds, count as u32)
        };
        self.note(doc, said.name, count);
        let act = self.ids.events[said.name].act;
        self.world.phone(said.who).saves_unchecked(doc, act, value, kinds, "");
    }

    pub(crate) fn note(&mut self, doc: DocumentId, name: &str, events: u32) {
        self.said.entry(doc).or_default().push((name.to_owned(), events));
    }

    pub(crate) fn doc_of(&self, name: Option<&str>) -> DocumentId {
        self.doc(name.unwrap_or_else(|| &self.docs[0]))
    }

    /// What things are called in a document.
    fn names(&self, doc: DocumentId) -> Names {
        let realm = self.world.realm();
        let member = |line: &doorstep_relay::roster_file::MemberLine| {
            (doorstep_protocol::id::MemberId::of(&realm, &line.code), line.code.clone())
        };
        let team = |name: &&str| (doorstep_protocol::id::TeamId::of(&realm, name), (*name).into());
        Names {
            acts: self.said[&doc]
                .iter()
                .map(|(name, _)| (self.ids.events[name], name.clone()))
                .collect(),
            members: self.world.file.members.iter().map(member).collect(),
            teams: TEAMS.iter().map(team).collect(),
            documents: self.ids.documents.iter().map(|(name, id)| (*id, name.clone())).collect(),
        }
    }

    /// These phones show the same of every document that they hold; gives how many show each.
    fn agree(&mut self, phones: &[String]) -> BTreeMap<String, (usize, State)> {
        let mut shown: BTreeMap<String, (usize, State)> = BTreeMap::new();
        for phone in phones {
            let engine = self.world.phone(phone).engine();
            for name in &self.docs {
                let Some(state) = state(&engine, self.doc(name)) else { continue };
                listed(&engine, &state);
                let (count, was) = shown.entry(name.clone()).or_insert_with(|| (0, state.clone()));
                *count += 1;
                assert_eq!(*was, state, "{phone} shows something else of {name}");
            }
        }
        shown
    }

    /// What every phone shows at the end, against what is expected; gives it in the words of the story.
    fn ends(&mut self, expect: &Value) -> BTreeMap<String, Value> {
        let shown = self.agree(&self.world.names());
        let absent = self.world.phone(ABSENT).engine();
        let mut ends = BTreeMap::new();
        let mut differences = Differences::new(BEGIN_MS / 1000);
        for (name, (phones, state_there)) in &shown {
            let doc = self.doc(name);
            assert!(*phones >= 2, "{name} is on one phone only");
            assert_eq!(state(&absent, doc).as_ref(), Some(state_there), "who was never there");
            let got = self.names(doc).state(state_there);
            let mut told: Vec<String> = Vec::new();
            for (label, events) in &self.said[&doc] {
                told.push(label.clone());
                told.extend((1..*events).map(|n| format!("{label}.{n}")));
            }
            let mut expected = json!({"rejected": {}, "waiting": 0, "newer": 0, "story": told});
            let more = expect[name].as_object().into_iter().flatten();
            more.for_each(|(key, value)| expected[key] = value.clone());
            differences.compare(name, &expected, &got);
            ends.insert(name.clone(), got);
        }
        let rows: Vec<Row> = shown.values().filter_map(|(_, state)| row_of(state)).collect();
        for (name, expected) in expect.as_object().unwrap() {
            if name == "figures" {
                let figures = Names::default().figures(&figures(&rows));
                differences.compare(name, expected, &figures);
            } else {
                assert!(shown.contains_key(name), "{name} is on no phone");
            }
        }
        assert!(differences.lines.is_empty(), "{}", differences.lines.join("\n"));
        ends
    }
}

/// The word of a refusal.
fn why(error: &WriteError) -> String {
    match error {
        WriteError::Rejected { reason, .. } => {
            serde_json::to_value(reason).unwrap().as_str().unwrap().to_owned()
        }
        WriteError::NoPlace => "no_place".into(),
        WriteError::LookAgain => "look_again".into(),
        WriteError::Invalid(_) => "invalid".into(),
        other => format!("{other:?}"),
    }
}

fn lines(story: &str) -> impl Iterator<Item = &str> {
    story.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Everybody of a story, and the one who is never there.
fn people(story: &str) -> BTreeSet<String> {
    let who = lines(story).filter(|line| line.contains(' '));
    let who = who.filter_map(|line| line.split_whitespace().next());
    who.map(str::to_owned).chain([ABSENT.to_owned()]).collect()
}
