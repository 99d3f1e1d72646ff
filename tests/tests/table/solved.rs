//! Solved, and what the resident says to it.

use serde_json::json;

use crate::play::row;

#[test]
fn resolve_escalate_both_stand_and_the_due_runs_on() {
    row(
        "Hu   d files
         apart
         Wang r resolve
         Li   e escalate level=community",
        json!({"d": {
            "stage": "resolved", "level": "community", "resolved_level": "grid", "due": "+7d1m",
            "flags": ["resolve_escalate"], "flagged": {"resolve_escalate": ["e", "r"]},
            "in_force": ["d", "r", "e"]
        }}),
    );
}

#[test]
fn resolve_escalate_confirmed_it_counts_at_the_lower_level() {
    row(
        "Hu   d files
         apart
         Wang r resolve
         Li   e escalate level=community
         together
         Hu   c confirm resolution=@r",
        json!({
            "d": {"stage": "confirmed", "level": "community", "resolved_level": "grid"},
            "figures": {"resolved": {"of": 1, "all": 1}, "within_block": {"of": 1, "all": 1}}
        }),
    );
}

#[test]
fn resolve_escalate_rejected_it_goes_straight_up() {
    row(
        "Hu   d files
         apart
         Wang r resolve
         Li   e escalate level=community
         together
         Hu   n reject resolution=@r",
        json!({"d": {
            "stage": "reopened", "round": 2, "level": "community", "open_rejections": ["n"]
        }}),
    );
}

/// One round, both accounts, and confirming either suffices.
#[test]
fn resolve_resolve() {
    for (either, how) in [("r", "help"), ("s", "intervene")] {
        row(
            &format!(
                "Li   d files
                 apart
                 Wang r resolve how=help
                 Hu   s resolve how=intervene
                 together
                 Li   c confirm resolution=@{either}"
            ),
            json!({"d": {
                "stage": "confirmed", "round": 1, "accounts": ["r", "s"], "how": how,
                "account": {"r": {"round": 1, "how": "help"}, "s": {"round": 1, "how": "intervene"}}
            }}),
        );
    }
}

#[test]
fn confirm_reject_the_rejection_wins_and_both_answers_are_shown() {
    row(
        "Hu   d files
         Wang r resolve
         apart
         Li   c confirm resolution=@r
         Hu   n reject resolution=@r",
        json!({"d": {
            "stage": "reopened", "round": 2, "confirmed": false, "open_rejections": ["n"],
            "flags": ["confirm_reject"], "flagged": {"confirm_reject": ["c", "n"]},
            "account": {"r": {"answers": ["n"], "answers_without_force": ["c"]}}
        }}),
    );
}

#[test]
fn close_reject_reopened() {
    row(
        "Hu   d files
         Wang r resolve
         Li   c confirm resolution=@r
         apart
         Wang x close
         Hu   n reject resolution=@r",
        json!({"d": {"stage": "reopened", "round": 2, "open_rejections": ["n"]}}),
    );
}

#[test]
fn feed_back_reject_reopened() {
    row(
        "Hu   d files
         Wang r resolve
         Li   c confirm resolution=@r
         apart
         Wang f feed_back resolution=@r
         Hu   n reject resolution=@r",
        json!({"d": {"stage": "reopened", "round": 2, "told": false}}),
    );
}

/// The form of a Close was open when the rejection came in: it has not seen it.
#[test]
fn close_on_what_was_on_the_screen() {
    row(
        "Hu   d files
         Wang r resolve
         Li   c confirm resolution=@r
         Wang form opens
         Hu   n reject resolution=@r
         Wang x close !on=form",
        json!({"d": {"stage": "reopened", "round": 2, "open_rejections": ["n"]}}),
    );
}

/// One new round with two reasons, and one resolution answers both.
#[test]
fn reject_reject() {
    let story = "Li   d files
         Wang r resolve
         apart
         Hu   n reject resolution=@r reason=7
         Li   m reject resolution=@r reason=9";
    row(
        story,
        json!({"d": {
            "stage": "reopened", "round": 2, "open_rejections": ["n", "m"],
            "says": {"n": {"reason": 7}, "m": {"reason": 9}}
        }}),
    );
    row(
        &format!("{story}\ntogether\nWang s resolve"),
        json!({"d": {
            "stage": "resolved", "round": 2, "open_rejections": [],
            "account": {"r": {"round": 1, "answers": ["m", "n"]}, "s": {"round": 2}}
        }}),
    );
}

#[test]
fn withdraw_resolve_withdrawn_and_the_work_is_kept() {
    row(
        "Hu   d files
         apart
         Li   w withdraw
         Wang r resolve",
        json!({
            "d": {
                "stage": "withdrawn", "accounts": ["r"], "confirmed": false,
                "in_force": ["d", "w", "r"]
            },
            "figures": {"collected": 1, "resolved": {"of": 0, "all": 1}}
        }),
    );
}

#[test]
fn withdraw_resolve_confirmed_it_counts() {
    row(
        "Hu   d files
         apart
         Li   w withdraw
         Wang r resolve
         together
         Hu   c confirm resolution=@r",
        json!({
            "d": {"stage": "withdrawn", "confirmed": true},
            "figures": {"collected": 1, "resolved": {"of": 1, "all": 1}}
        }),
    );
}

#[test]
fn withdraw_reject_reopened() {
    row(
        "Hu   d files
         Wang r resolve
         apart
         Li   w withdraw
         Hu   n reject resolution=@r",
        json!({"d": {"stage": "reopened"}}),
    );
}

#[test]
fn close_unsolved_gives_way_to_what_it_had_not_seen() {
    row(
        "Hu   d files
         apart
         Chen u close_unsolved told=phone reason=10
         Wang r resolve",
        json!({"d": {"stage": "resolved", "in_force": ["d", "r"]}}),
    );
    row(
        "Hu   d files
         Wang r resolve
         apart
         Chen u close_unsolved told=phone reason=10
         Hu   n reject resolution=@r",
        json!({"d": {"stage": "reopened", "round": 2, "open_rejections": ["n"]}}),
    );
    row(
        "Hu   d files
         Wang r resolve
         apart
         Chen u close_unsolved told=phone reason=10
         Hu   c confirm resolution=@r",
        json!({"d": {"stage": "confirmed"}}),
    );
}

const NOT_REACHED: &str = "Hu   d files
     Wang r resolve
     Li   q asked_no_answer resolution=@r !day=1
     Li   p asked_no_answer resolution=@r !day=2
     Li   o asked_no_answer resolution=@r !day=3
     apart
     Li   x close !day=3";

#[test]
fn closed_not_reached_is_counted_apart() {
    row(
        NOT_REACHED,
        json!({
            "d": {"stage": "closed_not_reached", "attempts": ["q", "p", "o"], "flags": []},
            "figures": {"closed_not_reached": 1, "confirmed": 0, "resolved": {"of": 1, "all": 1}}
        }),
    );
}

#[test]
fn closed_not_reached_and_the_resident_spoke_to_somebody_else() {
    row(
        &format!("{NOT_REACHED}\nHu n reject resolution=@r !day=3"),
        json!({"d": {"stage": "reopened", "round": 2, "open_rejections": ["n"]}}),
    );
}

/// Content after all: a new resolution that explains, and is confirmed.
#[test]
fn a_rejection_goes_only_by_a_later_round() {
    row(
        "Hu   d files
         Wang r resolve
         apart
         Hu   n reject resolution=@r
         Li   s resolve
         together
         Chen c confirm resolution=@r
         Wang t resolve how=explained
         Hu   e confirm resolution=@t
         Wang f feed_back resolution=@t",
        json!({"d": {
            "stage": "closed", "round": 2,
            "account": {"r": {"answers": ["n"], "answers_without_force": ["c"]}, "t": {"round": 2}}
        }}),
    );
}
