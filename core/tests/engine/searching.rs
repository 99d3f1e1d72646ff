//! The search over everything: what a person remembers of it finds it.

use doorstep_core::{
    ActOptions, Engine, LINES_MAX, Line, NewGrievance, NewHousehold, NewMeeting, NewOutcome,
    NewVisit,
};
use doorstep_domain::{
    event::{
        Accept, Attendance, Attendee, CloseUnsolved, Contact, Correct, Decline, Escalate, Event,
        FeedBack, Item, Link, Note, Person, PersonLeft, Phone, Progress, Ref, Reject, Reporter,
        Resolve, Withdraw,
    },
    table::{By, Channel, How, Level, Seat, VisitOutcome},
};
use doorstep_protocol::{
    id::{DocumentId, ItemId},
    roster::RoleKind,
};

use crate::world::{World, grievance, household, no_role};

fn doc(line: &Line) -> DocumentId {
    match line {
        Line::Household(line) => line.doc,
        Line::Visit(line) => line.doc,
        Line::Grievance(line) => line.doc,
        Line::Meeting(line) => line.doc,
    }
}

fn find(engine: &Engine, text: &str) -> Vec<DocumentId> {
    let found = engine.search(text, 0).unwrap();
    assert!(!found.more);
    found.lines.iter().map(doc).collect()
}

fn act(engine: &Engine, doc: DocumentId, event: Event) -> Ref {
    let view = match engine.grievance(doc).unwrap() {
        Some(record) => record.view,
        None => engine.household(doc).unwrap().unwrap().view,
    };
    let written = engine.act(&view, vec![event], ActOptions::default()).unwrap();
    Ref { act: written.act, n: 0, member: None }
}

fn person(name: &str) -> Event {
    Event::Person(Person { name: name.into(), relation: 0, birth_band: 0, supersedes: vec![] })
}

fn phone(number: &str) -> Event {
    let number = number.into();
    Event::Phone(Phone { person: None, number, supersedes: vec![] })
}

fn home(world: &World, engine: &Engine, unit: &str, more: Vec<Event>) -> DocumentId {
    let home = NewHousehold { place: world.plum, unit: unit.into(), more };
    engine.found_household(home, ActOptions::default()).unwrap().doc
}

fn visit(home: DocumentId, note: &str) -> NewVisit {
    let outcome = VisitOutcome::Met;
    NewVisit {
        household: home,
        purpose: 1,
        asked_for: None,
        planned: None,
        companions: vec![],
        checklist: vec![],
        outcome: Some(NewOutcome { outcome, persons_met: 1, grievances: vec![], next_day: None }),
        note: Some(note.to_owned()),
    }
}

#[test]
fn a_part_of_a_word_finds_it_in_every_script() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let wang = home(&world, &li, "3单元201", vec![person("王小明"), phone("138-0013 8000")]);
    let smith = home(&world, &li, "B-7", vec![person("Ágnes McSmith"), phone("＋８６ 555")]);
    let leak = grievance(&li, world.plum, "Ｗasserrohr漏水，ÖL im Keller");
    for (text, expected) in [
        ("小明", vec![wang]),
        ("漏水", vec![leak]),
        ("王小", vec![wang]),
        ("水", vec![leak]),
        ("201", vec![wang]),
        ("3单", vec![wang]),
        ("13800138000", vec![wang]),
        ("0138", vec![wang]),
        ("138-0013", vec![wang]),
        ("86555", vec![smith]),
        ("SMITH", vec![smith]),
        ("mcs", vec![smith]),
        ("ágnes", vec![smith]),
        ("ÁGNES", vec![smith]),
        ("wasser", vec![leak]),
        ("ＷＡＳＳＥＲ", vec![leak]),
        ("ｂ－７", vec![smith]),
        ("２０１", vec![wang]),
        ("öl keller 漏水", vec![leak]),
        ("öl　keller", vec![leak]),
        ("水，", vec![leak]),
        ("水,", vec![leak]),
        ("小明 漏水", vec![]),
        ("明小", vec![]),
    ] {
        assert_eq!(find(&li, text), expected, "{text}");
    }
}

#[test]
fn signs_are_no_wildcards_and_no_text_finds_nothing() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let full = grievance(&li, world.plum, r"100% full_of \water\ 'quoted'");
    grievance(&li, world.plum, "1000 things");
    for text in ["0%", "％", "l_o", "＿", r"\w", "'quoted'", "100%  _"] {
        assert_eq!(find(&li, text), [full], "{text}");
    }
    for text in ["", "  ", "\u{3000}\n", "%%", "__", "x%", "0_0", "\0"] {
        assert!(find(&li, text).is_empty(), "{text:?}");
    }
    let split = grievance(&li, world.plum, "before\0after");
    assert_eq!(find(&li, "after"), [split]);
    let long = format!("{}water", " ".repeat(100_000));
    assert_eq!(find(&li, &long), [full], "spaces before it are not looked at");
    let beyond = format!("water {}", "y".repeat(100_000));
    assert!(find(&li, &beyond).is_empty());
    assert!(find(&li, &"水".repeat(100_000)).is_empty(), "cut within no letter");
}

#[test]
fn what_people_wrote_in_the_course_of_a_grievance_finds_it() {
    let mut world = World::new();
    let (li, chen) = (world.phone(world.li, 2), world.phone(world.chen, 4));
    let doc = grievance(&li, world.plum, "Lamp");
    let text = |text: &str| Some(text.into());
    act(&li, doc, Event::Accept(Accept {}));
    act(&li, doc, Event::Note(Note { text: "the neighbour has a ladder".into() }));
    act(&li, doc, Event::Contact(Contact { how: How::Help, text: text("rang her at noon") }));
    let progress = Progress {
        how: How::Help,
        helpers: vec![],
        parties: text("Zhou and Qian"),
        text: text("wire ordered"),
    };
    act(&li, doc, Event::Progress(progress));
    let escalate = Escalate { level: Level::Block, reason: 1, text: text("beyond us"), body: None };
    act(&li, doc, Event::Escalate(escalate));
    act(&li, doc, Event::Decline(Decline { of: None, reason: 1, text: text("on leave") }));
    let resolve = Resolve {
        answers: vec![],
        how: How::Help,
        helpers: vec![],
        item: None,
        with: None,
        text: text("新换了灯泡"),
    };
    let resolution = act(&li, doc, Event::Resolve(resolve));
    let back = FeedBack { resolution, channel: Channel::Phone, text: text("told by telephone") };
    act(&li, doc, Event::FeedBack(back));
    let reject = Reject {
        resolution,
        by: By::Resident,
        heard: Channel::Phone,
        reason: 1,
        text: text("still dark"),
    };
    act(&li, doc, Event::Reject(reject));
    world.meet(&li);
    world.meet(&chen);
    let told = Some(Channel::Phone);
    let close = CloseUnsolved { answers: vec![], reason: 1, told, text: text("no budget") };
    act(&chen, doc, Event::CloseUnsolved(close));
    world.meet(&chen);
    world.meet(&li);
    for text in [
        "ladder",
        "noon",
        "zhou qian",
        "wire",
        "beyond",
        "leave",
        "灯泡",
        "telephone",
        "dark",
        "budget",
        "lamp ladder 灯泡",
    ] {
        assert_eq!(find(&li, text), [doc], "{text}");
    }
}

#[test]
fn what_was_said_anew_is_found_and_what_was_struck_is_not() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "Lamp");
    let wrong = act(&li, doc, Event::Note(Note { text: "wrong door".into() }));
    let spelt = act(&li, doc, Event::Note(Note { text: "a laddder".into() }));
    assert_eq!((find(&li, "wrong"), find(&li, "laddder")), (vec![doc], vec![doc]));
    act(&li, doc, Event::Correct(Correct { event: wrong, reason: 1, replacement: None }));
    let anew = Some(Box::new(Event::Note(Note { text: "a ladder".into() })));
    act(&li, doc, Event::Correct(Correct { event: spelt, reason: 1, replacement: anew }));
    assert_eq!((find(&li, "wrong"), find(&li, "laddder")), (vec![], vec![]));
    assert_eq!(find(&li, "ladder"), [doc]);

    let place = home(&world, &li, "1", vec![]);
    let zhang = act(&li, place, person("张三"));
    assert_eq!(find(&li, "张三"), [place]);
    act(&li, place, Event::PersonLeft(PersonLeft { person: zhang, supersedes: vec![zhang] }));
    assert!(find(&li, "张三").is_empty(), "who moved out is not sought here");
}

#[test]
fn all_kinds_are_found_households_first_then_what_is_open() {
    let mut world = World::new();
    let chen = world.phone(world.chen, 4);
    let meeting = NewMeeting {
        place: world.block,
        day: 20_000,
        venue: Some("Hall".into()),
        more: vec![
            Event::Item(Item {
                item: ItemId([1; 8]),
                title: "Lift".into(),
                grievances: vec![],
                carries: None,
            }),
            Event::Attendance(Attendance {
                who: Attendee::Name("Liftman".into()),
                seat: Seat::Floating,
                present: true,
                supersedes: vec![],
            }),
        ],
    };
    let meeting = chen.hold_meeting(meeting, ActOptions::default()).unwrap().doc;
    let over = grievance(&chen, world.plum, "The lift stands");
    let withdraw =
        Withdraw { by: By::Resident, heard: Channel::InPerson, evidence: vec![], reason: 1 };
    act(&chen, over, Event::Withdraw(withdraw));
    let open = grievance(&chen, world.plum, "A lift is dirty");
    let place = home(&world, &chen, "Liftroom", vec![]);
    let visited = chen.record_visit(visit(place, "by the lift"), ActOptions::default());
    let visited = visited.unwrap().doc;
    let all = [place, open, over, visited, meeting];
    assert_eq!(find(&chen, "lift"), all);
    for limit in 1..=5_u32 {
        let found = chen.search("lift", limit).unwrap();
        let docs: Vec<DocumentId> = found.lines.iter().map(doc).collect();
        assert_eq!(docs, all[..limit as usize]);
        assert_eq!(found.more, limit < 5, "{limit}");
    }
}

#[test]
fn a_search_has_a_bound_and_says_that_there_is_more() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    for n in 0..LINES_MAX {
        household(&li, world.plum, &format!("{n}-x"));
    }
    let all = li.search("-X", 0).unwrap();
    assert_eq!((all.lines.len(), all.more), (LINES_MAX as usize, false));
    grievance(&li, world.plum, "marked-x");
    for limit in [0, LINES_MAX, u32::MAX] {
        let found = li.search("-X", limit).unwrap();
        assert_eq!((found.lines.len(), found.more), (LINES_MAX as usize, true));
    }
}

#[test]
fn who_wished_not_to_be_named_is_found_by_nothing_that_was_said() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let place = home(&world, &li, "3-201", vec![person("王小明"), phone("13800138000")]);
    let shouting = NewGrievance {
        place: world.plum,
        what: "Shouting at night".into(),
        spot: None,
        reporter: Reporter::Anonymous,
        kind: 2,
        grade: None,
        visit: None,
    };
    let lamp = NewGrievance {
        what: "Lamp".into(),
        reporter: Reporter::Link(Link::to(place)),
        ..shouting.clone()
    };
    let found = vec![shouting, lamp];
    let written = li.record_visit_with(visit(place, "tea"), found, ActOptions::default()).unwrap();
    let (visited, shouting) = (written[0].doc, written[1].doc);
    act(&li, shouting, Event::Note(Note { text: "every night".into() }));
    assert_eq!(find(&li, "night"), [shouting], "neither the household nor the visit");
    assert_eq!(find(&li, "every"), [shouting]);
    let lines = li.search("night", 0).unwrap().lines;
    assert!(matches!(&lines[..], [Line::Grievance(line)] if line.household.is_none()));
    for text in ["王小明", "3-201", "13800138000"] {
        assert_eq!(find(&li, text), [place], "{text}");
    }
    assert_eq!(find(&li, "tea"), [visited]);
}

#[test]
fn what_the_phone_no_longer_holds_is_not_found() {
    let mut world = World::new();
    let (li, wang) = (world.phone(world.li, 2), world.phone(world.wang, 3));
    let doc = grievance(&li, world.pine, "No water");
    assert_eq!(find(&li, "water"), [doc]);
    assert!(find(&wang, "water").is_empty());
    world.meet(&li);
    world.meet(&wang);
    assert_eq!(find(&wang, "water"), [doc]);
    world.write(&[no_role(world.wang, world.grid, RoleKind::Member)]);
    world.meet(&wang);
    assert!(find(&wang, "water").is_empty());
}

#[test]
fn of_very_many_words_those_written_last_are_kept() {
    let mut world = World::new();
    let li = world.phone(world.li, 2);
    let doc = grievance(&li, world.plum, "Lamp");
    for n in 0..6 {
        let text = format!("mark{n}\n{}", "long ".repeat(3_000));
        act(&li, doc, Event::Note(Note { text: text.into() }));
    }
    assert_eq!(find(&li, "lamp"), [doc], "the facts are always kept");
    assert_eq!(find(&li, "mark5"), [doc]);
    assert!(find(&li, "mark0").is_empty());
}
