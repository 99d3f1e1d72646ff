//! How urgent it is, and when it is due.

use serde_json::json;

use crate::play::row;

const A_AND_C: &str = "Hu   d files
     apart
     Wang g set_grade grade=a
     Li   h set_grade grade=c";

#[test]
fn grade_a_grade_c_the_more_urgent_flagged() {
    row(
        A_AND_C,
        json!({"d": {
            "grade": "a", "due": "+2h1m", "flags": ["grade"], "flagged": {"grade": ["g", "h"]}
        }}),
    );
}

/// Lowering needs a block lead's event that supersedes both.
#[test]
fn grade_a_grade_c_lowered() {
    row(
        &format!("{A_AND_C}\ntogether\nChen l set_grade grade=c reason=6"),
        json!({"d": {"grade": "c", "due": "+7d1m", "flags": [], "in_force": ["d", "l"]}}),
    );
    row(
        &format!("{A_AND_C}\ntogether\nChen l set_grade grade=c supersedes=[@h] reason=6"),
        json!({"d": {"grade": "a", "due": "+2h1m"}}),
    );
    row(
        &format!("{A_AND_C}\ntogether\nLi l set_grade grade=c reason=6 !anyway => no_right"),
        json!({"d": {"grade": "a", "flags": ["grade"], "rejected": {"l": "no_right"}}}),
    );
    row(
        &format!("{A_AND_C}\ntogether\nChen l set_grade grade=c !anyway => no_reason"),
        json!({"d": {"grade": "a", "rejected": {"l": "no_reason"}}}),
    );
}

/// A block lead had seen one of two urgent grades: the other stands.
#[test]
fn lowered_by_who_had_seen_only_one() {
    row(
        "Hu   d files
         Wang g set_grade grade=b
         apart
         Li   h set_grade grade=a
         Chen l set_grade grade=d reason=6",
        json!({"d": {"grade": "a", "due": "+2h1m", "flags": ["grade"], "in_force": ["d", "h", "l"]}}),
    );
}

#[test]
fn grade_settled() {
    row(
        &format!("{A_AND_C}\ntogether\nChen s settle flag=grade about=[@g,@h] choice=1"),
        json!({"d": {"grade": "b", "flags": [], "due": "+1d1m"}}),
    );
}

#[test]
fn due_due_the_earlier() {
    row(
        "Hu   d files
         apart
         Wang s set_due due=+10h
         Li   t set_due due=+20h",
        json!({"d": {"due": "+10h", "flags": ["due"], "flagged": {"due": ["s", "t"]}}}),
    );
}

#[test]
fn only_a_supervisor_extends_with_a_reason() {
    row(
        "Hu   d files
         Li   m set_due due=+20d reason=13 !anyway => no_right
         Chen w set_due due=+20d !anyway => no_reason
         Chen s set_due due=+20d supersedes=[@d] reason=13",
        json!({"d": {
            "due": "+20d", "flags": [], "rejected": {"m": "no_right", "w": "no_reason"}
        }}),
    );
}

#[test]
fn extended_once_a_round() {
    row(
        "Hu   d files
         Chen s set_due due=+20d reason=13
         Gao  t set_due due=+30d reason=13 !anyway => extension_used
         Wang r resolve
         Hu   n reject resolution=@r
         Gao  u set_due due=+30d reason=13",
        json!({"d": {
            "stage": "reopened", "due": "+30d", "rejected": {"t": "extension_used"}
        }}),
    );
}

#[test]
fn extended_twice_unseen_the_earlier_holds() {
    row(
        "Hu   d files
         apart
         Chen s set_due due=+20d reason=13
         Gao  t set_due due=+30d reason=13",
        json!({"d": {"due": "+20d", "flags": ["due"]}}),
    );
}

/// A new grade brings its own date from the table, extended or not.
#[test]
fn extended_and_graded_anew() {
    row(
        "Hu   d files
         apart
         Chen s set_due due=+20d reason=13
         Wang g set_grade grade=b",
        json!({"d": {"grade": "b", "due": "+1d1m"}}),
    );
}
