//! One tap on one phone writes in several documents; another phone says something of one of them unseen.
//! Each document is folded by itself, and every phone shows the same groups.

use std::collections::BTreeMap;

use doorstep_core::{ActOptions, Filter, Page};
use doorstep_domain::{event::Event, table::How};
use doorstep_protocol::id::DocumentId;
use serde_json::json;

use crate::play::{Play, row, row_and};

/// On every phone: the face and the size of the group of each of these, by name, and what lists with
/// faces alone show of all. `group` of a document that stands alone is itself.
fn groups(play: &mut Play, expected: &[(&str, &str, u32)], faces: &[&str]) {
    let names: BTreeMap<DocumentId, String> =
        play.ids.documents.iter().map(|(name, doc)| (*doc, name.clone())).collect();
    for phone in play.world.names() {
        let engine = play.world.phone(&phone).engine();
        for (name, face, size) in expected {
            let doc = play.doc(name);
            let whole = engine.group(doc).unwrap();
            let line = engine.lines_of([doc]).unwrap().remove(&doc).unwrap();
            let doorstep_core::Line::Grievance(line) = line else { panic!("{name}") };
            let shown = line
                .group
                .map_or((doc, 1, false), |group| (group.face, group.documents, group.provisional));
            assert_eq!(shown, (play.doc(face), *size, false), "{phone}: the line of {name}");
            let whole = whole.map_or((Some(doc), 1), |group| {
                assert!(group.not_here.is_empty() && !group.provisional);
                (group.face, group.members.len() as u32)
            });
            assert_eq!(whole, (Some(play.doc(face)), *size), "{phone}: the group of {name}");
        }
        let filter = Filter { faces: true, ..Filter::default() };
        let lines = engine.grievances(&filter, &Page::default()).unwrap();
        let mut listed: Vec<&str> = lines.iter().map(|line| names[&line.doc].as_str()).collect();
        listed.sort_unstable();
        assert_eq!(listed, faces, "{phone}");
    }
}

/// What may be taken over into a document on every phone: of which, and which resolution.
fn may_take_over(play: &mut Play, name: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(doc, of)| (play.doc(doc), play.ids.events[*of])).collect();
    for phone in play.world.names() {
        let engine = play.world.phone(&phone).engine();
        let found = engine.group(play.doc(name)).unwrap().map(|group| group.take_over);
        let found = found.unwrap_or_default();
        let found: Vec<_> = found.iter().map(|solved| (solved.doc, solved.resolution)).collect();
        assert_eq!(found, expected, "{phone}: {name}");
    }
}

/// One trouble told by three, of which one was solved before.
const TOLD: &str = "Wang g files reporter={\"contact\":\"neighbour\"}
     Hu   h files reporter={\"contact\":\"caller\"}
     Li   i files reporter={\"contact\":\"passer-by\"}
     Wang s resolve !in=h
     apart
     Li   l duplicate_of other=#g !in=h
     Li   k duplicate_of other=#g !in=i";

#[test]
fn one_trouble_worked_on_once_and_rejected_in_one_unseen() {
    row_and(
        &format!(
            "{TOLD}
             Li   r works ; resolve !in=g !also=h,i
             Hu   n reject resolution=@s !in=h"
        ),
        json!({
            "g": {"stage": "resolved", "round": 1, "accounts": ["r"], "duplicates": []},
            "h": {
                "stage": "reopened", "round": 2, "accounts": ["r", "s"], "duplicates": ["g"],
                "open_rejections": ["n"], "facts": {"reporter": {"contact": "caller"}}
            },
            "i": {"stage": "resolved", "round": 1, "accounts": ["r"], "duplicates": ["g"]},
            "figures": {"collected": 3, "collected_groups": 1}
        }),
        |play| {
            groups(play, &[("g", "g", 3), ("h", "g", 3), ("i", "g", 3)], &["g"]);
            // What the tap wrote is brought into all; nothing is left to take over.
            may_take_over(play, "h", &[]);
        },
    );
}

/// The next work answers what was rejected there, and there alone; each reporter is heard for their own.
#[test]
fn one_trouble_worked_on_again() {
    row_and(
        &format!(
            "{TOLD}
             Li   r works ; resolve !in=g !also=h,i
             Hu   n reject resolution=@s !in=h
             together
             apart
             Li   q works ; resolve how=intervene !in=h !also=g,i
             Wang w withdraw !in=i
             Hu   c confirm resolution=@r !in=g
             together
             Hu   d confirm resolution=@q !in=h"
        ),
        json!({
            "g": {"stage": "confirmed", "round": 1, "accounts": ["q", "r"]},
            "h": {"stage": "confirmed", "round": 2, "accounts": ["q", "r", "s"], "open_rejections": []},
            "i": {"stage": "withdrawn", "accounts": ["q", "r"]}
        }),
        |play| groups(play, &[("g", "g", 3), ("h", "g", 3), ("i", "g", 3)], &["g"]),
    );
}

/// One act, one id in every document; asked for again it is what was written, and nothing more.
#[test]
fn one_tap_is_one_act_in_all_documents() {
    row_and(
        &format!(
            "{TOLD}
             Hu   p progress !in=i
             Li   r works ; resolve !in=g !also=h,i"
        ),
        json!({
            "g": {"accounts": ["r"]}, "h": {"accounts": ["r", "s"]}, "i": {"accounts": ["r"]}
        }),
        |play| {
            let id = play.ids.events["r"];
            let docs = ["g", "h", "i"].map(|name| play.doc(name));
            for phone in play.world.names() {
                let engine = play.world.phone(&phone).engine();
                for doc in docs {
                    let story = engine.grievance(doc).unwrap().unwrap().state.story;
                    assert_eq!(story.iter().filter(|entry| entry.id == id).count(), 1);
                    let entry = story.iter().find(|entry| entry.id == id).unwrap();
                    let Some(Event::Resolve(resolve)) = &entry.event else { panic!("{entry:?}") };
                    // The others name the first.
                    let with = resolve.with.map(|with| (with.doc, with.event.unwrap().act));
                    assert_eq!(with, (doc != docs[0]).then_some((docs[0], id.act)));
                }
            }
            let engine = play.world.phone("Li").engine();
            let views = docs.map(|doc| engine.grievance(doc).unwrap().unwrap().view);
            let form = json!({"type": "resolve", "how": "help"});
            let event: Event = serde_json::from_value(form).unwrap();
            let options = ActOptions::once(id.act);
            let done = engine.work_on_group(&views[0], &views[1..], event, options).unwrap();
            assert!(done.written.iter().all(|written| written.repeated && written.act == id.act));
            assert_eq!(done.written.iter().map(|written| written.doc).collect::<Vec<_>>(), docs);
            assert!(done.left_out.is_empty());
            for (doc, view) in docs.into_iter().zip(views) {
                assert_eq!(engine.grievance(doc).unwrap().unwrap().view, view, "more was written");
            }
        },
    );
}

/// What is over for the one who taps is left out; what ended unseen is not, and stays over.
#[test]
fn one_tap_and_what_is_over() {
    row_and(
        &format!(
            "{TOLD}
             together
             Hu   w withdraw !in=i
             apart
             Li   r works ; resolve !in=g !also=h,i !left=i:over
             Hu   v withdraw !in=h"
        ),
        json!({
            "g": {"stage": "resolved", "accounts": ["r"]},
            "h": {"stage": "withdrawn", "accounts": ["r", "s"]},
            "i": {"stage": "withdrawn", "accounts": []},
            "figures": {"collected": 3, "collected_groups": 1}
        }),
        |play| groups(play, &[("g", "g", 3), ("h", "g", 3), ("i", "g", 3)], &["g"]),
    );
}

/// It was solved before anybody knew that it is the same trouble.
const LATE: &str = "Wang g files
     Hu   h files
     apart
     Wang r resolve how=intervene !in=g
     Li   l duplicate_of other=#g !in=h
     together";

#[test]
fn a_late_link_offers_what_was_done() {
    row_and(LATE, json!({"h": {"stage": "discovered"}}), |play| {
        groups(play, &[("g", "g", 2), ("h", "g", 2)], &["g"]);
        may_take_over(play, "h", &[("g", "r")]);
        may_take_over(play, "g", &[]);
    });
}

#[test]
fn taken_over_after_a_late_link_and_rejected_there_unseen() {
    row_and(
        &format!(
            "{LATE}
             apart
             Hu   t takes of=g resolution=r !in=h
             Li   n reject resolution=@r !in=g"
        ),
        json!({
            "g": {"stage": "reopened", "round": 2, "accounts": ["r"], "open_rejections": ["n"]},
            "h": {"stage": "resolved", "how": "intervene", "accounts": ["t"], "helpers": ["Wang"]}
        }),
        |play| {
            groups(play, &[("g", "g", 2), ("h", "g", 2)], &["g"]);
            may_take_over(play, "h", &[]);
            may_take_over(play, "g", &[]);
            let engine = play.world.phone("Hu").engine();
            let account = &engine.grievance(play.doc("h")).unwrap().unwrap().state.accounts[0];
            assert_eq!(account.how, Some(How::Intervene));
        },
    );
}

/// Two take the same over unseen by each other: both stand, and it is one trouble solved.
#[test]
fn taken_over_by_two() {
    row_and(
        &format!(
            "{LATE}
             apart
             Hu   t takes of=g resolution=r !in=h
             Li   u takes of=g resolution=r !in=h"
        ),
        json!({
            "g": {"stage": "resolved"},
            "h": {"stage": "resolved", "round": 1, "accounts": ["t", "u"], "helpers": ["Wang"]},
            "figures": {"collected_groups": 1, "resolved": {"of": 2, "all": 2}}
        }),
        |play| may_take_over(play, "h", &[]),
    );
}

/// With what its resident rejected nobody else's is solved, once that is known.
#[test]
fn what_was_rejected_is_not_taken_over() {
    row_and(
        &format!(
            "{LATE}
             Li   n reject resolution=@r !in=g
             Hu   t takes of=g resolution=r !in=h => look_again"
        ),
        json!({"g": {"stage": "reopened"}, "h": {"stage": "discovered", "accounts": []}}),
        |play| may_take_over(play, "h", &[]),
    );
}

const COUNCIL: &str = "Hu   d files
     Hu   e files
     Chen m holds day=20402
     Chen i item item=0102030405060708 grievances=[#d,#e] !in=m
     Wang s resolve !in=e
     apart
     Chen o settles item=0102030405060708 outcome=resolved !in=m !also=d,e";

#[test]
fn a_council_settles_unseen_by_who_passes_it_up_and_who_rejects() {
    row(
        &format!(
            "{COUNCIL}
             Li   x escalate level=community !in=d
             Hu   n reject resolution=@s !in=e"
        ),
        json!({
            "m": {"items": {"0102030405060708": {"outcome": "resolved", "said": ["o"]}}},
            "d": {"stage": "resolved", "how": "council", "level": "community", "accounts": ["o"]},
            "e": {"stage": "reopened", "round": 2, "accounts": ["o", "s"], "open_rejections": ["n"]},
            "figures": {"items": {"of": 1, "all": 1}}
        }),
    );
}

/// Settled again with another outcome, what it resolved stays resolved: the grievance counts by its own.
#[test]
fn a_council_settles_twice_unseen() {
    row(
        &format!(
            "{COUNCIL}
             Gao  p settles item=0102030405060708 outcome=resolved !in=m !also=d,e
             together
             Hu   n reject resolution=@o !in=d
             Chen q settles item=0102030405060708 outcome=deferred !in=m !also=d,e"
        ),
        json!({
            "m": {"items": {"0102030405060708": {"outcome": "deferred", "said": ["q"]}}},
            "d": {"stage": "reopened", "round": 2, "accounts": ["o", "p"]},
            "e": {"stage": "resolved", "accounts": ["o", "p", "s"]}
        }),
    );
}

/// Links of two, unseen by each other, make one group; a link taken back makes two of it.
#[test]
fn faces_in_lists() {
    let chain = "Wang g files
         Hu   h files
         Li   i files
         Wang j files
         apart
         Wang l duplicate_of other=#h
         Hu   k duplicate_of other=#i !in=h";
    row_and(chain, json!({"figures": {"collected": 4, "collected_groups": 2}}), |play| {
        let group = [("g", "g", 3), ("h", "g", 3), ("i", "g", 3), ("j", "j", 1)];
        groups(play, &group, &["g", "j"]);
    });
    row_and(
        &format!(
            "{chain}
             together
             apart
             Li   u not_duplicate link=@l !in=g
             Hu   m duplicate_of other=#j !in=i"
        ),
        json!({"figures": {"collected": 4, "collected_groups": 2}}),
        |play| {
            let group = [("g", "g", 1), ("h", "h", 3), ("i", "h", 3), ("j", "h", 3)];
            groups(play, &group, &["g", "h"]);
        },
    );
    // The face filed elsewhere: the next stands for the rest.
    row_and(
        &format!(
            "{chain}
             together
             Chen f files place=G2-1
             apart
             Chen t transfer to=#f reason=4
             Li   r works ; resolve !in=h !also=i"
        ),
        json!({
            "g": {"stage": "transferred"}, "h": {"stage": "resolved", "accounts": ["r"]},
            "i": {"stage": "resolved", "accounts": ["r"]}
        }),
        |play| {
            let next = play.doc("h");
            for phone in play.world.names() {
                let group = play.world.phone(&phone).engine().group(next).unwrap().unwrap();
                assert_eq!(group.face, Some(next), "{phone}");
            }
        },
    );
}
