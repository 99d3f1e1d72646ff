//! Households, visits and meetings.

use serde_json::json;

use crate::play::row;

const PRIORITY: &str = "Li   h founds
     Li   p priority review_by=20500
     apart
     Wang e priority_end reason=6 supersedes=[@p]
     Hu   q priority review_by=20600 supersedes=[@p]";

#[test]
fn priority_ended_renewed_it_stays_until_settled() {
    row(
        PRIORITY,
        json!({
            "h": {
                "priority": {"code": 0, "review_by": 20600}, "priority_ended": null,
                "flags": ["priority"], "flagged": {"priority": ["e", "q"]}
            },
            "figures": {"priority_households": 1}
        }),
    );
    row(
        &format!("{PRIORITY}\ntogether\nChen s settle flag=priority about=[@e,@q]"),
        json!({"h": {"priority": {"review_by": 20600}, "flags": [], "settled": []}}),
    );
}

#[test]
fn consent_yes_no_is_no() {
    let story = "Li   h founds
         apart
         Wang y consent level=yes
         Hu   n consent level=no";
    row(story, json!({"h": {"consent": "no", "consents": ["n", "y"], "flags": ["consent"]}}));
    // The next who asks has seen both.
    row(
        &format!("{story}\ntogether\nLi b consent level=by_appointment supersedes=[@y,@n]"),
        json!({"h": {"consent": "by_appointment", "consents": ["b"], "flags": []}}),
    );
}

/// Edits beside each other are both kept and shown.
#[test]
fn a_household_edited_twice() {
    row(
        "Li   h founds
         Li   p person name=Hu
         Li   f set_field field=0 value={\"code\":1}
         apart
         Wang q person name=Hua supersedes=[@p] ; set_field field=0 value={\"code\":2} supersedes=[@f]
         Hu   r person name=Huan supersedes=[@p] ; set_field field=0 value={\"code\":3} supersedes=[@f]",
        json!({"h": {
            "persons": [{"person": "p", "names": ["Hua", "Huan"], "said": ["q", "r"], "left": false}],
            "in_force": ["h", "q", "q.1", "r", "r.1"]
        }}),
    );
}

#[test]
fn a_visits_outcome_is_its_starters() {
    row(
        "Li   h founds
         Li   v visits household=#h
         Wang j joined !in=v
         apart
         Wang o outcome outcome=not_home !in=v
         Li   p outcome outcome=met persons_met=2 !in=v",
        json!({
            "v": {
                "outcome": "met", "outcome_is": "p", "persons_met": 2, "outcomes": ["o", "p"],
                "members": ["Li", "Wang"]
            },
            "figures": {"visits_met": 1, "persons_met": 2, "attempts": 0}
        }),
    );
}

/// Two wrote down one visit: each is kept, and a link says that they are one.
#[test]
fn a_visit_written_down_twice() {
    row(
        "Li   h founds
         apart
         Li   v visits household=#h
         Wang w visits household=#h
         together
         Li   s same_visit other=#w !in=v",
        json!({"v": {"same_visit": ["w"]}, "w": {"starter": "Wang"}}),
    );
}

const ITEM: &str = "Hu   d files
     Chen m holds day=20402
     Chen i item item=0102030405060708 grievances=[#d] !in=m
     apart";
const SETTLES: &str = "item_outcome item=0102030405060708 outcome=resolved !in=m \
     & !in=d resolve how=council item={\"meeting\":\"#m\",\"item\":\"0102030405060708\"}";

/// The outcome is saved and resolves what the item names, in one act; the resident's word counts as ever.
#[test]
fn a_council_resolves() {
    row(
        &format!(
            "{ITEM}
             Chen o {SETTLES}
             Wang p progress
             together
             Hu   n reject resolution=@o"
        ),
        json!({
            "m": {"items": {"0102030405060708": {"outcome": "resolved", "said": ["o"]}}},
            "d": {"stage": "reopened", "account": {"o": {"how": "council", "level": "grid"}}},
            "figures": {"items": {"of": 1, "all": 1}, "resolved": {"of": 0, "all": 1}}
        }),
    );
}

/// Of two outcomes the one that says less was reached; the grievance counts by its own Resolve.
#[test]
fn two_outcomes_of_an_item() {
    row(
        &format!(
            "{ITEM}
             Chen o {SETTLES}
             Gao  p item_outcome item=0102030405060708 outcome=deferred !in=m"
        ),
        json!({
            "m": {"items": {"0102030405060708": {"outcome": "deferred", "said": ["o", "p"]}}},
            "d": {"stage": "resolved", "how": "council"},
            "figures": {"items": {"of": 0, "all": 1}, "resolved": {"of": 1, "all": 1}}
        }),
    );
}

#[test]
fn who_was_at_a_meeting_written_twice() {
    row(
        "Chen m holds day=20402
         apart
         Chen a attendance who={\"member\":\"%Chen\"} !in=m
         Gao  b attendance who={\"name\":\"Old_Wu\"} seat=floating !in=m ; attendance who={\"member\":\"%Gao\"} present=false",
        json!({"m": {"present": ["Chen", "Old_Wu"], "absent": ["Gao"], "attendance": ["a", "b", "b.1"]}}),
    );
}
