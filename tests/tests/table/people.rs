//! Who is in these stories, and what a form fills in by itself.
//!
//! ```text
//! B1 > G1 > G1-1                             Li leads G1; Wang, Hu are members of it
//!         > G1-2   Hu owner, Ma stand-in (of no grid), Wang backup
//!    > G2 > G2-1                             Zhao leads G2, Qian is a member of it
//! Chen, Gao, Song lead B1; Song is never there. Kiosk is an intake point of the community.
//! ```

use doorstep_protocol::roster::{AssignKind, RoleKind};
use doorstep_relay::roster_file::{BuildingLine, MemberLine, RosterFile, TeamLine};
use doorstep_tests::town;
use serde_json::{Value, json};

/// Who meets nobody before a story is over.
pub(crate) const ABSENT: &str = "Song";
/// The response teams.
pub(crate) const TEAMS: [&str; 1] = ["water"];

/// The town's register with those who are only in these stories.
pub(crate) fn register() -> RosterFile {
    let mut file = town::roster();
    file.teams = vec![TeamLine { code: TEAMS[0].into(), name: String::new() }];
    for (name, place, role) in [
        ("Gao", "B1", RoleKind::BlockLead),
        (ABSENT, "B1", RoleKind::BlockLead),
        ("Kiosk", "C1", RoleKind::Intake),
    ] {
        file.members.push(town::member(name, place, role));
    }
    file.members.push(MemberLine {
        code: "Ma".into(),
        name: String::new(),
        roles: Vec::new(),
        buildings: Vec::new(),
    });
    for (name, assign) in
        [("Hu", AssignKind::Owner), ("Ma", AssignKind::StandIn), ("Wang", AssignKind::Backup)]
    {
        let member = file.members.iter_mut().find(|line| line.code == name).unwrap();
        member.buildings.push(BuildingLine { code: "G1-2".into(), assign });
    }
    file
}

/// What an event must have and a story need not say.
pub(crate) fn defaults(word: &str) -> Value {
    match word {
        "files" => json!({"what": "Lamp broken", "reporter": {"contact": "neighbour"}, "kind": 2}),
        "founds" => json!({"unit": "3-201"}),
        "visits" => json!({"purpose": 0}),
        "holds" => json!({"place": "B1"}),
        "decline" | "transfer" | "correct" | "close_unsolved" | "escalate" | "send_back"
        | "priority_end" => json!({"reason": 3}),
        "withdraw" => json!({"reason": 11, "by": "resident", "heard": "in_person"}),
        "contact" | "progress" | "resolve" => json!({"how": "help"}),
        "asked_no_answer" | "feed_back" => json!({"channel": "phone"}),
        "confirm" => json!({"by": "resident", "heard": "in_person"}),
        "reject" => json!({"by": "resident", "heard": "in_person", "reason": 7}),
        "note" => json!({"text": "n"}),
        "settle" => json!({"choice": 0}),
        "person" => json!({"name": "p", "relation": 0, "birth_band": 1}),
        "consent" => json!({"by": "resident"}),
        "priority" => json!({"code": 0}),
        "outcome" => json!({"persons_met": 0}),
        "attendance" => json!({"seat": "fixed", "present": true}),
        "item" => json!({"title": "Lamps"}),
        _ => json!({}),
    }
}
