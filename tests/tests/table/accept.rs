//! Who takes it on: accept, decline, send back, assign, take over.

use serde_json::json;

use crate::play::row;

#[test]
fn accept_accept_the_owner_of_the_building() {
    row(
        "Li d files place=G1-2
         apart
         Wang b accept
         Ma   s accept
         Hu   o accept",
        json!({"d": {
            "stage": "accepted", "owner": "Hu", "helpers": ["Ma", "Wang"],
            "in_force": ["d", "b", "s", "o"]
        }}),
    );
}

#[test]
fn accept_accept_the_stand_in_before_the_backup() {
    row(
        "Li d files place=G1-2
         apart
         Wang b accept
         Ma   s accept",
        json!({"d": {"owner": "Ma", "helpers": ["Wang"]}}),
    );
}

#[test]
fn accept_accept_the_backup_before_who_only_works_there() {
    row(
        "Li d files place=G1-2
         apart
         Li   a accept
         Wang b accept",
        json!({"d": {"owner": "Wang", "helpers": ["Li"]}}),
    );
}

#[test]
fn accept_accept_the_lower_level() {
    row(
        "Wang d files
         apart
         Chen a accept
         Hu   b accept",
        json!({"d": {"owner": "Hu", "helpers": ["Chen"]}}),
    );
}

#[test]
fn accept_accept_the_smaller_id() {
    for (first, second, owner, helper) in [(1, 2, "Wang", "Hu"), (2, 1, "Hu", "Wang")] {
        row(
            &format!(
                "Li d files
                 apart
                 Wang a accept !act={first}
                 Hu   b accept !act={second}"
            ),
            json!({"d": {"owner": owner, "helpers": [helper]}}),
        );
    }
}

#[test]
fn accept_decline_the_accept_holds_and_the_reason_is_kept() {
    row(
        "Li d files
         apart
         Wang a accept
         Hu   n decline reason=5 text=On_leave",
        json!({"d": {
            "stage": "accepted", "owner": "Wang", "helpers": [], "in_force": ["d", "a", "n"],
            "says": {"n": {"type": "decline", "reason": 5, "text": "On_leave"}}
        }}),
    );
}

/// An Accept from above what it is sent back to: it stays up.
#[test]
fn accept_send_back_the_accept_holds_and_the_reason_is_kept() {
    row(
        "Li   d files
         Li   e escalate level=block reason=2
         apart
         Chen a accept
         Gao  s send_back to=grid reason=6",
        json!({"d": {
            "stage": "accepted", "level": "block", "owner": "Chen", "in_force": ["d", "e", "a", "s"],
            "says": {"s": {"reason": 6}}
        }}),
    );
}

#[test]
fn a_send_back_that_saw_the_accept_sends_it_back() {
    row(
        "Li   d files
         Li   e escalate level=block reason=2
         Chen a accept
         Gao  s send_back to=grid reason=6",
        json!({"d": {"level": "grid", "in_force": ["d", "a", "s"]}}),
    );
}

#[test]
fn assigned_away_the_former_owners_act_has_full_effect() {
    row(
        "Hu   d files
         Wang a accept
         apart
         Li   g assign to=%Hu
         Wang r resolve",
        json!({"d": {
            "stage": "resolved", "owner": "Hu", "helpers": [], "accounts": ["r"],
            "in_force": ["d", "g", "r"]
        }}),
    );
}

#[test]
fn assigned_away_an_accept_makes_a_helper_and_no_owner() {
    row(
        "Hu   d files
         apart
         Li   g assign to=%Hu
         Wang a accept",
        json!({"d": {"owner": "Hu", "helpers": ["Wang"], "in_force": ["d", "g", "a"]}}),
    );
}

#[test]
fn assign_assign_the_higher_level() {
    row(
        "Hu   d files
         apart
         Li   s assign to=%Wang
         Chen t assign to=%Hu",
        json!({"d": {"owner": "Hu"}}),
    );
}

#[test]
fn assign_assign_at_one_level_the_smaller_id() {
    row(
        "Hu   d files
         apart
         Chen s assign to=%Wang !act=2
         Gao  t assign to=%Hu !act=1",
        json!({"d": {"owner": "Hu"}}),
    );
}

#[test]
fn a_declined_assign_ends_no_accept() {
    row(
        "Li   d files
         Wang a accept
         Li   g assign to=%Hu
         apart
         Hu   n decline of=@g reason=5
         Wang p progress",
        json!({"d": {"stage": "in_progress", "owner": "Wang", "in_force": ["d", "a", "n", "p"]}}),
    );
}

#[test]
fn taken_over_what_was_done_below_stands() {
    row(
        "Hu   d files
         Wang a accept
         apart
         Chen t take_over level=block
         Wang p progress",
        json!({"d": {"stage": "in_progress", "owner": "Chen", "level": "block", "helpers": []}}),
    );
}

/// What it sends back is what it had seen: another reason to go up stands.
#[test]
fn escalate_send_back_unseen_it_stays_up() {
    row(
        "Hu   d files
         Li   e escalate level=block reason=2
         apart
         Chen s send_back to=grid reason=6
         Wang f escalate level=community",
        json!({"d": {"level": "community", "in_force": ["d", "s", "f"]}}),
    );
}
