//! Words: every value has some in both languages, each in its own language, and a story is told without
//! a word of the resident in it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::expect_used)]

mod events;
#[path = "words/told.rs"]
mod told;
mod town;

use std::{collections::BTreeSet, fs, path::Path};

use doorstep_domain::{
    default_code_lists,
    event::{Event, Marks},
    fold::{
        self, State,
        grievance::Stage,
        story::{Entry, Judgement},
    },
    input::EventId,
    rights::Correctors,
    table::{
        By, Channel, ConsentLevel, EvidenceKind, Flag, Grade, How, Kind, Level, Media,
        MeetingOutcome, Rejection, Seat, VisitOutcome,
    },
    words::{self, Language, Names},
};
use doorstep_protocol::{
    id::{ActId, ChangeHash, DocumentKind, MemberId, PlaceId, TeamId},
    roster::Fact,
};
use events::{SECRET, any_event, sample};
use proptest::prelude::*;
use serde_json::json;
use town::{Story, member, team};

use Language::{Chinese, English};

const REJECTIONS: [Rejection; 9] = [
    Rejection::BadValue,
    Rejection::UnknownTarget,
    Rejection::NoRight,
    Rejection::NoReason,
    Rejection::OwnWord,
    Rejection::ExtensionUsed,
    Rejection::NotAnswered,
    Rejection::NotFirst,
    Rejection::WrongDocument,
];

/// A roster as a reader has it: the first code lists, eight hours ahead of UTC.
struct Reader(Language);

impl Names for Reader {
    fn member(&self, id: MemberId) -> String {
        let names = [("Li", "李伟"), ("Wang", "王芳"), ("Sun", "孙丽"), ("Zhao", "赵强")];
        let found = names.iter().find(|(name, _)| member(name) == id);
        let (en, zh) = found.copied().unwrap_or(("Somebody", "某人"));
        self.0.pick(zh, en).to_owned()
    }

    fn place(&self, _: PlaceId) -> String {
        panic!("no event names a place")
    }

    fn team(&self, id: TeamId) -> String {
        let water = id == team("water");
        self.0
            .pick(if water { "供水队" } else { "某队" }, if water { "Water" } else { "Some" })
            .into()
    }

    fn code(&self, list: u16, code: u16) -> Option<String> {
        default_code_lists().into_iter().find_map(|fact| match fact {
            Fact::Code { list: l, code: c, item: Some(item) } if (l, c) == (list, code) => {
                Some(self.0.pick(item.zh, item.en))
            }
            _ => None,
        })
    }

    fn local_min(&self) -> i64 {
        480
    }
}

fn is_chinese(c: char) -> bool {
    ('\u{3000}'..='\u{9fff}').contains(&c) || c > '\u{ff00}'
}

/// In its language and no other. One letter alone is a grade.
fn is_plain(text: &str, language: Language) {
    assert!(!text.trim().is_empty());
    assert_eq!(text.trim(), text);
    match language {
        Chinese => {
            let letters = |pair: &[char]| pair.iter().all(char::is_ascii_alphabetic);
            let chars: Vec<char> = text.chars().collect();
            assert!(!chars.windows(2).any(letters), "{text}");
            assert!(text.chars().any(is_chinese), "{text}");
            assert!(!text.contains([',', ';', '?', '!', '(']), "{text}");
            assert!(!text.contains("，，") && !text.contains("。，"), "{text}");
        }
        English => {
            assert!(!text.contains(is_chinese), "{text}");
            assert!(!text.contains("  ") && !text.contains(",,") && !text.contains(" ,"), "{text}");
            let first = text.chars().next().unwrap();
            assert!(first.is_ascii_uppercase() || first.is_ascii_digit(), "{text}");
        }
    }
}

fn all_differ<T: Copy>(values: &[T], say: fn(T, Language) -> &'static str) {
    for &language in Language::ALL {
        let mut seen = BTreeSet::new();
        for value in values {
            let text = say(*value, language);
            is_plain(text, language);
            assert!(seen.insert(text), "{text} twice");
        }
    }
}

#[test]
fn every_value_has_words_of_its_own() {
    all_differ(&Stage::ALL, words::stage);
    all_differ(Grade::ALL, words::grade);
    all_differ(Level::ALL, words::level);
    all_differ(How::ALL, words::how);
    all_differ(By::ALL, words::by);
    all_differ(Channel::ALL, words::channel);
    all_differ(VisitOutcome::ALL, words::outcome);
    all_differ(ConsentLevel::ALL, words::consent);
    all_differ(Media::ALL, words::media);
    all_differ(EvidenceKind::ALL, words::evidence);
    all_differ(Seat::ALL, words::seat);
    all_differ(MeetingOutcome::ALL, words::item_outcome);
    all_differ(Flag::ALL, words::flag);
    all_differ(&REJECTIONS, words::rejection);
    all_differ(Kind::ALL, words::step);
    all_differ(Kind::ALL, words::noun);
}

#[test]
fn what_a_person_should_look_at_is_a_whole_sentence() {
    for &language in Language::ALL {
        let flags = Flag::ALL.iter().map(|flag| words::flag(*flag, language));
        let rejections = REJECTIONS.iter().map(|reason| words::rejection(*reason, language));
        for text in flags.chain(rejections) {
            assert!(text.ends_with(language.pick('。', '.')), "{text}");
        }
    }
}

/// Rows of a table of `docs/domain.md`: word and Chinese.
fn documented(heading: &str, word: usize) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/domain.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip_while(|line| !line.starts_with(heading)).skip(2);
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().replace('`', "")).collect();
    let rows = rows.take_while(|line| line.starts_with('|')).map(cells);
    rows.map(|row: Vec<String>| (row[word].clone(), row[word + 1].clone())).collect()
}

#[test]
fn the_glossary_holds() {
    let stages = documented("| stage | 中文 |", 1);
    assert_eq!(stages.len(), Stage::ALL.len());
    for (word, chinese) in stages {
        let stage: Stage = serde_json::from_value(json!(word)).unwrap();
        assert_eq!(words::stage(stage, Chinese), chinese);
    }
    let kinds = documented("| number | word | 中文 |", 2);
    assert_eq!(kinds.len(), Kind::ALL.len());
    for (word, chinese) in kinds {
        let kind = *Kind::ALL.iter().find(|kind| kind.word() == word).unwrap();
        let expected = match kind {
            // A list names the document that was made, and a person of a household is not a member.
            Kind::Discover => "诉求",
            Kind::Started => "走访",
            Kind::Held => "会议",
            Kind::Person => "家庭成员",
            Kind::PersonLeft => "家庭成员迁出",
            _ => &chinese,
        };
        assert_eq!(words::noun(kind, Chinese), expected);
    }
}

/// Written on 10 November 2025.
fn entry(event: Option<Event>, judgement: Judgement) -> Entry {
    let id = EventId { act: ActId([1; 8]), n: 0, member: member("Li") };
    let marks = Marks { claimed: town::START, floor: town::START, certain: true, happened: None };
    Entry {
        id,
        author: id.member,
        kind: event.as_ref().map_or("unknown", Event::word),
        kind_number: event.as_ref().map(Event::kind_number),
        copy: ChangeHash([2; 32]),
        judgement,
        in_force: judgement == Judgement::Valid,
        held: false,
        corrected_by: None,
        event,
        was: None,
        marks: Some(marks),
        relay_time_ms: None,
        other_content: false,
        correctors: Correctors::default(),
    }
}

fn say(event: Event, language: Language) -> String {
    words::sentence(&entry(Some(event), Judgement::Valid), &Reader(language), language)
}

fn is_a_sentence(text: &str, language: Language) {
    is_plain(text, language);
    assert!(!text.ends_with(['.', '。', '，', ',', ' ', ':', '：']), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn every_kind_has_a_sentence_and_they_differ() {
    for &language in Language::ALL {
        let mut seen = BTreeSet::new();
        for kind in Kind::ALL {
            let text = say(sample(*kind), language);
            is_a_sentence(&text, language);
            assert!(seen.insert(text.clone()), "{kind:?}: {text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_sentence_has_a_word_that_a_person_wrote(event in any_event()) {
        for &language in Language::ALL {
            is_a_sentence(&say(event.clone(), language), language);
        }
        if let Some(text) = words::free_text(&event) {
            prop_assert!(text.starts_with(SECRET));
        }
    }
}

/// An event of JSON, with names in it as `%Li` and `^water`.
fn event(json: &str) -> Event {
    let mut json = json.to_owned();
    for name in ["Li", "Wang", "Sun"] {
        json = json.replace(&format!("%{name}"), &member(name).to_string());
    }
    let zeros = "0".repeat(16);
    json = json.replace("^water", &team("water").to_string()).replace("@", &zeros);
    serde_json::from_str(&json).unwrap_or_else(|e| panic!("{json}: {e}"))
}

#[test]
fn sentences_say_what_it_is_about() {
    for (json, chinese, english) in told::TOLD {
        assert_eq!(say(event(json), Chinese), *chinese);
        assert_eq!(say(event(json), English), *english);
    }
}

#[test]
fn without_time_marks_a_day_has_its_year() {
    let held = event(r#"{"type":"held","day":20400}"#);
    let unmarked = Entry { marks: None, ..entry(Some(held), Judgement::Valid) };
    let said = words::sentence(&unmarked, &Reader(English), English);
    assert_eq!(said, "The block council met on 8 November 2025");
}

#[test]
fn what_a_person_wrote_is_given_apart() {
    let all = |json: &str| -> Vec<String> {
        words::free_texts(&event(json)).into_iter().map(str::to_owned).collect()
    };
    let escalated = r#"{"type":"escalate","level":"outside","reason":2,"text":"t","body":"court"}"#;
    assert_eq!(all(escalated), ["t", "court"]);
    assert_eq!(words::free_text(&event(escalated)), Some("t"));
    let found = r#"{"type":"discover","what":"w","spot":"s","reporter":{"contact":"c"},"kind":1}"#;
    assert_eq!(all(found), ["w", "s"], "not how to reach them");
    assert!(all(r#"{"type":"phone","number":"123"}"#).is_empty());
    let corrected = r#"{"type":"correct","event":{"act":"@"},"reason":0,"replacement":{"type":"note","text":"n"}}"#;
    assert_eq!(all(corrected), ["n"]);
    assert!(all(r#"{"type":"accept"}"#).is_empty());
}

/// The story of a document by the fold: sentence and remark of every entry.
fn told(story: &Story, language: Language) -> Vec<(String, Option<String>)> {
    let entries = match fold::state(&story.document(&story.copies), &story.roster) {
        State::Household(state) => state.story,
        State::Visit(state) => state.story,
        State::Grievance(state) => state.story,
        State::Meeting(state) => state.story,
    };
    assert_eq!(entries.len(), story.copies.len());
    let tell = |entry: &Entry| {
        let said = words::sentence(entry, &Reader(language), language);
        is_a_sentence(&said, language);
        let remark = words::remark(entry, language);
        if let Some(remark) = &remark {
            is_plain(remark, language);
            assert!(remark.ends_with(language.pick('。', '.')), "{remark}");
        }
        (said, remark)
    };
    entries.iter().map(tell).collect()
}

fn sentences(story: &Story, language: Language) -> Vec<String> {
    told(story, language).into_iter().map(|(said, _)| said).collect()
}

#[test]
fn a_grievance_is_told_from_its_discovery_to_its_end() {
    let story = Story::grievance(&[
        "Li d - discover kind=7 what=secret",
        "Sun a d assign to=%Wang",
        "Wang p a progress how=intervene helpers=[%Li]",
        "Wang r p resolve how=help text=secret",
        "Li n r reject resolution=@r text=secret",
        "Wang s n resolve how=explained answers=[@n]",
        "Li c s confirm resolution=@s satisfaction=5",
        "Li f c feed_back resolution=@s",
    ]);
    assert_eq!(story.fold().stage, Stage::Closed);
    assert_eq!(
        sentences(&story, English),
        [
            "Found a grievance: Water, power, gas, heat, from somebody outside the households",
            "Given to Wang",
            "Worked on it: stepping in, with the help of Li",
            "Solved by helping",
            "The resident is not content, heard in person. Reason: Not solved",
            "Explained to the resident",
            "The resident is content, heard in person, 5 points of 5",
            "Told the resident the result, by phone",
        ]
    );
    assert_eq!(
        sentences(&story, Chinese),
        [
            "发现诉求：水电气暖，其他人反映",
            "指派给王芳",
            "正在办理：出面处理，李伟协助",
            "经帮办解决",
            "居民不满意（当面），原因：问题未解决",
            "已向居民解释说明",
            "居民确认满意（当面），打5分（满分5分）",
            "已向居民反馈结果（电话）",
        ]
    );
    for &language in Language::ALL {
        assert!(
            told(&story, language)
                .iter()
                .all(|(said, remark)| { !said.contains("secret") && remark.is_none() })
        );
    }
    let texts: Vec<Option<String>> = story
        .fold()
        .story
        .iter()
        .map(|entry| words::free_text(entry.event.as_ref()?).map(str::to_owned))
        .collect();
    let kept = texts.iter().flatten().filter(|text| *text == "secret").count();
    assert_eq!(kept, 3, "{texts:?}");
}

#[test]
fn households_visits_and_meetings_are_told_too() {
    let tell = |kind, lines: &[&str]| {
        let mut story = Story::new(kind);
        lines.iter().for_each(|line| story.line(line));
        sentences(&story, Chinese);
        sentences(&story, English)
    };
    assert_eq!(
        tell(
            DocumentKind::Household,
            &[
                "Li f - found unit=secret",
                "Li p f person name=secret relation=1 birth_band=3",
                "Li l p person_left person=@p",
                "Wang n f notice_given",
            ]
        ),
        [
            "Entered the household",
            "Entered a person: Spouse, born: 1950 to 1959",
            "A person is no longer of this household",
            "Gave the privacy notice to the resident, in person, Mandarin, version 1",
        ]
    );
    assert_eq!(
        tell(
            DocumentKind::Visit,
            &[
                "Li v - started household=#4 purpose=5 planned=true",
                "Wang j v joined",
                "Li k v joined member=%Zhao",
                "Li c k checklist item=1 answer=2",
                "Li o c outcome outcome=met persons_met=1",
            ]
        ),
        [
            "Began the visit: Safety check, as planned",
            "Came along",
            "Zhao came along",
            "Checked Gas: Put right at once",
            "Met somebody (1 person)",
        ]
    );
    assert_eq!(
        tell(
            DocumentKind::Meeting,
            &[
                "Sun m - held",
                "Sun i m item item=item grievances=[#1,#2]",
                "Sun o i item_outcome item=item outcome=deferred",
            ]
        ),
        [
            "The block council met on 8 November",
            "Put an item on the table, about 2 grievances",
            "What came of an item: put off to a later meeting",
        ]
    );
}

fn remarks(lines: &[&str]) -> Vec<Option<String>> {
    let story = Story::grievance(lines);
    assert_eq!(told(&story, Chinese).len(), told(&story, English).len());
    told(&story, English).into_iter().map(|(_, remark)| remark).collect()
}

#[test]
fn what_became_of_an_entry_is_said_beside_it() {
    let last = |lines: &[&str]| remarks(lines).pop().unwrap();
    assert_eq!(
        last(&["Far a d accept"]).unwrap(),
        "This does not count: its author was not allowed to do this here."
    );
    assert_eq!(last(&["Li a d accept"]), None);
    assert_eq!(
        last(&["Li a d accept !held"]).unwrap(),
        "This entry is held back. It does not count until somebody in charge admits it."
    );
    assert_eq!(
        last(&["Li u d unknown kind=150 fields=81f5"]).unwrap(),
        "A newer version of the app wrote this. Update the app to read it."
    );
    let said = remarks(&["Li n d note text=x", "Li c n correct event=@n reason=0"]);
    assert_eq!(said[1].as_deref(), Some("This entry was struck out. It does not count."),);
    assert_eq!(said[2], None);
    let said = remarks(&[
        "Li n d note text=x",
        "Li c n correct event=@n reason=0 replacement=note|text=y",
    ]);
    assert_eq!(said[1].as_deref(), Some("This entry was corrected."));
    // The same act, written twice with different words.
    let mut story = Story::grievance(&["Li n d note text=x", "Li m d note text=y !again=n !fresh"]);
    let state = story.fold();
    assert_eq!(state.story.len(), 2);
    assert_eq!(
        words::remark(&state.story[1], English).unwrap(),
        "There is another copy of this entry, and it says something else."
    );
    // An act that is none, and one of a newer schema.
    story.line("Li x n note text=z");
    story.copies.last_mut().unwrap().value = vec![0xff];
    story.line("Wang y n note text=z");
    story.copies.last_mut().unwrap().value[1] = 2;
    let state = story.fold();
    let said: BTreeSet<(String, String)> = state.story[2..]
        .iter()
        .map(|entry| {
            let said = words::sentence(entry, &Reader(English), English);
            (said, words::remark(entry, English).unwrap())
        })
        .collect();
    let expected = [
        ("An entry that cannot be read", "This does not count: something in it is not right."),
        (
            "Newer entry: update the app to read it",
            "A newer version of the app wrote this. Update the app to read it.",
        ),
    ];
    let expected = expected.map(|(said, remark)| (said.to_owned(), remark.to_owned()));
    assert_eq!(said, BTreeSet::from(expected));
}

#[test]
fn every_rejection_has_its_own_remark() {
    for &language in Language::ALL {
        let mut seen = BTreeSet::new();
        for reason in REJECTIONS {
            let rejected = entry(None, Judgement::Rejected(reason));
            let text = words::remark(&rejected, language).unwrap();
            is_plain(&text, language);
            assert!(text.ends_with(language.pick('。', '.')), "{text}");
            assert!(text != words::rejection(reason, language), "{text}");
            assert!(seen.insert(text.clone()), "{text}");
        }
    }
}
