//! Households, visits and meetings: what two wrote unseen by each other is kept, and what holds is the
//! stricter.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod town;

use doorstep_domain::{
    event::Day,
    fold::{Household, Meeting, Visit, household, meeting, visit},
    input::Copy,
    table::{ConsentLevel, Flag, MeetingOutcome, VisitOutcome},
};
use doorstep_protocol::id::DocumentKind;
use town::{Story, member};

fn told(kind: DocumentKind, lines: &[&str]) -> Story {
    let mut story = Story::new(kind);
    lines.iter().for_each(|line| story.line(line));
    // Any order gives the same.
    let reversed: Vec<Copy> = story.copies.iter().rev().cloned().collect();
    let json = |copies: &[Copy]| {
        let document = story.document(copies);
        match kind {
            DocumentKind::Household => {
                serde_json::to_value(household::fold(&document, &story.roster)).unwrap()
            }
            DocumentKind::Visit => {
                serde_json::to_value(visit::fold(&document, &story.roster)).unwrap()
            }
            _ => serde_json::to_value(meeting::fold(&document, &story.roster)).unwrap(),
        }
    };
    assert_eq!(json(&story.copies), json(&reversed));
    story
}

fn household(lines: &[&str]) -> Household {
    let lines = [&["Li f - found"], lines].concat();
    let story = told(DocumentKind::Household, &lines);
    household::fold(&story.document(&story.copies), &story.roster)
}

fn visit(lines: &[&str]) -> Visit {
    let lines = [&["Li v - started household=#4 purpose=1"], lines].concat();
    let story = told(DocumentKind::Visit, &lines);
    visit::fold(&story.document(&story.copies), &story.roster)
}

fn meeting(lines: &[&str]) -> Meeting {
    let lines = [&["Sun m - held"], lines].concat();
    let story = told(DocumentKind::Meeting, &lines);
    meeting::fold(&story.document(&story.copies), &story.roster)
}

fn flags(household: &Household) -> Vec<(Flag, bool)> {
    household.flags.iter().map(|flag| (flag.flag, flag.settled)).collect()
}

#[test]
fn the_strictest_consent_holds() {
    let yes = "Li a f consent level=yes";
    let no = "Wang b f consent level=no";
    assert_eq!(household(&[]).consent, None);
    assert_eq!(household(&[yes]).consent, Some(ConsentLevel::Yes));
    let both = household(&[yes, no]);
    assert_eq!(
        (both.consent, flags(&both)),
        (Some(ConsentLevel::No), vec![(Flag::Consent, false)])
    );
    assert_eq!(both.consents.len(), 2);
    let later = household(&[yes, no, "Chen c a,b consent level=by_appointment supersedes=[@a,@b]"]);
    assert_eq!((later.consent, flags(&later)), (Some(ConsentLevel::ByAppointment), vec![]));
    // A block lead who settles the flag does not open a door that was closed.
    let settled = household(&[yes, no, "Sun s a,b settle flag=consent about=[@a,@b]"]);
    assert_eq!((settled.consent, flags(&settled)), (Some(ConsentLevel::No), vec![]));
    let after = household(&[
        yes,
        no,
        "Sun s a,b settle flag=consent about=[@a,@b]",
        "Li d s consent level=yes supersedes=[@s]",
    ]);
    assert_eq!(after.consent, Some(ConsentLevel::Yes));
}

#[test]
fn a_household_stays_priority_until_settled() {
    let begun = "Li a f priority review_by=20500";
    let over = household(&[begun, "Wang e a priority_end supersedes=[@a]"]);
    assert!(over.priority.is_none() && over.priority_ended.is_some());
    let renewed = household(&[
        begun,
        "Wang e a priority_end supersedes=[@a]",
        "Chen b a priority review_by=20600 supersedes=[@a]",
    ]);
    assert_eq!(renewed.priority.unwrap().review_by, Day(20_600));
    assert_eq!(flags(&renewed), [(Flag::Priority, false)]);
    let two = household(&[begun, "Chen b f priority review_by=20400 code=1"]);
    let priority = two.priority.unwrap();
    assert_eq!((priority.review_by, priority.code), (Day(20_400), 1));
    let settled = household(&[
        begun,
        "Wang e f priority_end",
        "Sun s a,e settle flag=priority about=[@a,@e]",
    ]);
    assert_eq!((settled.priority.unwrap().review_by, flags(&settled)), (Day(20_500), vec![]));
}

#[test]
fn edits_are_kept_side_by_side() {
    let lines = [
        "Li p f person name=Hu ; phone person=@p number=one",
        "Wang q p person name=Hua supersedes=[@p]",
        "Chen r p person name=Huan supersedes=[@p]",
        "Li s p phone number=two",
    ];
    let known = household(&lines);
    assert_eq!(known.persons.len(), 1);
    assert_eq!(known.persons[0].said.len(), 2);
    assert!(!known.persons[0].left);
    assert_eq!(known.phones.len(), 2);
    let left = household(&[
        lines[0],
        lines[1],
        "Li l q person_left person=@p supersedes=[@q]",
        "Chen g f same_as other=#5",
        "Chen h g continues other=#6",
        "Chen i h not_same link=@g",
        "Chen j i notice_given",
    ]);
    assert!(left.persons[0].left && left.persons[0].said.is_empty());
    assert_eq!((left.same_as.len(), left.continues.len(), left.notices.len()), (0, 1, 1));
}

#[test]
fn a_visit_has_its_starters_outcome() {
    let met = visit(&[
        "Wang j v joined",
        "Wang o j outcome outcome=not_home",
        "Li p v outcome outcome=met persons_met=2",
        "Wang q p outcome outcome=refused supersedes=[@p]",
    ]);
    assert_eq!(met.outcome.unwrap().value.outcome, VisitOutcome::Met);
    assert_eq!(met.members.len(), 2);
    let companion = visit(&["Wang o v outcome outcome=left_card"]);
    assert_eq!(companion.outcome.unwrap().value.outcome, VisitOutcome::LeftCard);
    let corrected = visit(&[
        "Li p v outcome outcome=met persons_met=2",
        "Li q p outcome outcome=met persons_met=3 supersedes=[@p]",
        "Li c q checklist item=1 answer=0",
        "Wang d v joined member=%Chen",
        "Li e c joined member=%Xu",
    ]);
    assert_eq!(corrected.outcome.unwrap().value.persons_met, 3);
    assert_eq!(corrected.checklist[0].said[0].value, 0);
    // Only the starter names others.
    let mut members = vec![member("Li"), member("Xu")];
    members.sort();
    assert_eq!(corrected.members, members);
    // One in the morning in the realm's time is that day, though it is the day before in UTC.
    assert_eq!(visit(&[]).day, Some(20_402));
    let late = told(DocumentKind::Visit, &["Li v - !hour=17 started household=#4"]);
    assert_eq!(visit::fold(&late.document(&late.copies), &late.roster).day, Some(20_403));
}

#[test]
fn an_item_has_the_lesser_of_two_outcomes() {
    let item = "Sun i m item item=item grievances=[#1,#2]";
    let one = meeting(&[item, "Song o i item_outcome item=item outcome=resolved"]);
    assert_eq!(one.items[0].outcome, Some(MeetingOutcome::Resolved));
    assert_eq!(one.items[0].grievances.len(), 2);
    let two = meeting(&[
        item,
        "Song o i item_outcome item=item outcome=resolved",
        "Sun p i item_outcome item=item outcome=deferred",
    ]);
    assert_eq!(two.items[0].outcome, Some(MeetingOutcome::Deferred));
    assert_eq!(two.items[0].said.len(), 2);
    let after = meeting(&[
        item,
        "Song o i item_outcome item=item outcome=deferred",
        "Sun p o item_outcome item=item outcome=resolved supersedes=[@o]",
    ]);
    assert_eq!(after.items[0].outcome, Some(MeetingOutcome::Resolved));
    assert!(meeting(&["Li i m item item=item"]).items.is_empty(), "a member brings none");
}
