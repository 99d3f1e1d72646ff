//! Who may do what, where it takes two: the phone of who may not says so before saving, and where a modified
//! phone sends it all the same, everybody shows it as rejected, with the reason.

use serde_json::json;

use crate::play::row;

/// A resident's word is not recorded by the resolver alone.
#[test]
fn ones_own_work_is_confirmed_by_somebody_else() {
    row(
        "Li   d files
         Wang r resolve helpers=[%Hu]
         Wang c confirm resolution=@r !anyway => own_word
         Hu   e confirm resolution=@r !anyway => own_word",
        json!({"d": {"stage": "resolved", "rejected": {"c": "own_word", "e": "own_word"}}}),
    );
    row(
        "Li   d files
         Wang r resolve helpers=[%Hu]
         Wang c confirm resolution=@r => own_word
         apart
         Wang s confirm resolution=@r evidence=[signed]
         Li   e confirm resolution=@r",
        json!({"d": {"stage": "confirmed", "account": {"r": {"answers": ["s", "e"]}}}}),
    );
}

/// Who resolved in that round beside it is not free either; who resolved in another is.
#[test]
fn whoever_resolved_in_the_round_is_not_free() {
    row(
        "Li   d files
         apart
         Wang r resolve
         Hu   s resolve
         together
         Hu   c confirm resolution=@r !anyway => own_word
         Li   n reject resolution=@r
         Wang t resolve
         Hu   e confirm resolution=@t",
        json!({"d": {"stage": "confirmed", "round": 2, "rejected": {"c": "own_word"}}}),
    );
}

#[test]
fn the_owner_does_not_withdraw_alone() {
    row(
        "Li   d files
         Wang a accept
         Wang w withdraw !anyway => own_word
         apart
         Wang p progress
         Hu   v withdraw",
        json!({"d": {"stage": "withdrawn", "rejected": {"w": "own_word"}}}),
    );
}

/// A rejection needs nothing, even from the resolver.
#[test]
fn the_resolver_may_say_that_it_was_not_enough() {
    row(
        "Li   d files
         Wang r resolve
         apart
         Wang n reject resolution=@r
         Li   c confirm resolution=@r",
        json!({"d": {"stage": "reopened", "flags": ["confirm_reject"]}}),
    );
}

#[test]
fn a_member_does_not_decide() {
    row(
        "Hu   d files
         Wang r resolve
         Wang g assign to=%Hu !anyway => no_right
         Wang t dispatch_team team=^water !anyway => no_right
         Wang v take_over level=grid !anyway => no_right
         Wang u close_unsolved told=phone !anyway => no_right
         Li   y correct event=@r !anyway => no_right
         Wang f settle flag=due choice=1 !anyway => no_right",
        json!({"d": {"stage": "resolved", "level": "grid", "owner": null, "rejected": {
            "g": "no_right", "t": "no_right", "v": "no_right", "u": "no_right", "y": "no_right",
            "f": "no_right"
        }}}),
    );
}

#[test]
fn a_grid_lead_sends_and_does_not_decide() {
    row(
        "Hu   d files
         Wang e files place=G1-2
         apart
         Li   g assign to=%Hu
         Li   t dispatch_team team=^water
         Li   v take_over level=grid !anyway => no_right
         Li   u close_unsolved told=phone !anyway => no_right
         Li   k transfer to=#e reason=4 !anyway => no_right
         Li   c council_item meeting=#e item=0102030405060708 !anyway => no_right
         Wang p progress",
        json!({"d": {
            "stage": "in_progress", "owner": "Hu", "teams": ["water"],
            "rejected": {"v": "no_right", "u": "no_right", "k": "no_right", "c": "no_right"}
        }}),
    );
}

#[test]
fn a_block_lead_decides_up_to_the_block() {
    row(
        "Hu   d files
         Li   e escalate level=community
         Chen s send_back to=grid returns=[@e] !anyway => no_right
         Chen t take_over level=community !anyway => no_right
         Chen o escalate level=outside body=court !anyway => no_right
         apart
         Chen v take_over level=block
         Gao  u close_unsolved told=phone reason=10",
        json!({"d": {
            "stage": "closed_unsolved", "level": "community", "owner": "Chen",
            "rejected": {"s": "no_right", "t": "no_right", "o": "no_right"}
        }}),
    );
}

/// Another's statement is struck by a block lead; what somebody rested on it unseen stays.
#[test]
fn correct_and_what_rests_on_it() {
    row(
        "Hu   d files
         Wang r resolve
         apart
         Chen k correct event=@r
         Hu   n reject resolution=@r",
        json!({"d": {
            "stage": "reopened", "round": 2, "corrected": {}, "open_rejections": ["n"]
        }}),
    );
    row(
        "Hu   d files
         Wang r resolve
         apart
         Chen k correct event=@r
         Hu   p progress",
        json!({"d": {"stage": "in_progress", "corrected": {"r": "k"}}}),
    );
}

/// A resident's word is corrected only by a block lead who made no resolution.
#[test]
fn a_residents_word_is_corrected_by_who_did_not_resolve() {
    row(
        "Hu   d files
         Chen r resolve
         Wang n reject resolution=@r
         Wang x correct event=@n !anyway => no_right
         Chen y correct event=@n !anyway => no_right
         apart
         Gao  z correct event=@n
         Li   p progress",
        json!({"d": {
            "stage": "resolved", "corrected": {"n": "z"},
            "rejected": {"x": "no_right", "y": "no_right"}
        }}),
    );
}

#[test]
fn another_s_accept_is_not_declined() {
    row(
        "Li   d files
         apart
         Wang a accept
         Hu   b accept
         together
         Hu   n decline of=@a !anyway => no_right",
        json!({"d": {"stage": "accepted", "rejected": {"n": "no_right"}}}),
    );
}

/// Closing wants a confirmation, or three unanswered attempts on three days, that its author had seen.
#[test]
fn closing_wants_grounds() {
    row(
        "Hu   d files
         Wang r resolve
         apart
         Hu   c confirm resolution=@r
         Li   x close !anyway => not_answered",
        json!({"d": {"stage": "confirmed", "rejected": {"x": "not_answered"}}}),
    );
}

/// A building given to somebody without a role is all that they have, and there they are as good as anybody.
#[test]
fn a_building_given_is_a_members_right() {
    row(
        "Li   d files place=G1-2
         Ma   x files place=G1-1 => no_place
         apart
         Ma   a accept
         Ma   g assign to=%Hu !anyway => no_right
         Wang r resolve
         together
         Ma   c confirm resolution=@r",
        json!({"d": {"stage": "confirmed", "owner": "Ma", "rejected": {"g": "no_right"}}}),
    );
}

/// An intake point takes in; what becomes of it is others' work.
#[test]
fn an_intake_point_takes_in() {
    row(
        "Hu    e files
         apart
         Kiosk d files
         Hu    a accept !in=e
         together
         Li    b accept !in=d",
        json!({"d": {"discovered_by": "Kiosk", "stage": "accepted", "owner": "Li"}}),
    );
}

#[test]
fn nobody_writes_where_they_have_no_place() {
    row(
        "Hu    d files
         Qian  x files place=G1-1 => no_place
         Li    m holds day=20402 => no_place
         Zhao  e files place=G2-1",
        json!({"d": {"stage": "discovered"}, "e": {"stage": "discovered"}}),
    );
}
