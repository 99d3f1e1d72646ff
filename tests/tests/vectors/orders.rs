//! The runner of orders finds a fold that is not one over a set: here what it reads changes under it.

use std::cell::{Cell, RefCell};

use doorstep_domain::input::Copy;
use doorstep_protocol::{
    id::{DocumentKind, Point},
    roster::{Roster, RosterAt, Rosters},
};
use doorstep_tests::{
    chance::Dice,
    vectors::{Arrivals, EXHAUSTIVE_MAX},
};

use crate::town::Story;

/// Rosters that say something else once they were asked so often.
struct Fickle<'a> {
    roster: &'a Roster,
    asked: Cell<u32>,
    after: u32,
    /// The entry that is then answered from; none = the point is not known any more.
    then: Option<u32>,
}

impl Rosters for Fickle<'_> {
    fn at(&self, point: Point) -> Option<RosterAt<'_>> {
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() <= self.after {
            return self.roster.at(point);
        }
        self.then.map(|seq| self.roster.at_seq(seq))
    }
}

fn arrivals<'a>(story: &'a Story, rosters: &'a dyn Rosters) -> Arrivals<'a> {
    Arrivals {
        id: story.document(&story.copies).id,
        kind: DocumentKind::Grievance,
        place: story.place,
        creator: story.creator(),
        copies: &story.copies,
        rosters,
    }
}

#[test]
fn what_depends_on_when_it_is_asked_is_found() {
    let story =
        Story::grievance(&["Li a d accept", "Li r a resolve", "Wang c r confirm resolution=@r"]);
    let fault = |after, then| {
        let rosters = Fickle { roster: &story.roster, asked: Cell::new(0), after, then };
        let trail = RefCell::default();
        let fault = arrivals(&story, &rosters).all(&trail).map(|_| ()).unwrap_err();
        (fault, trail.into_inner().len())
    };
    // A right that is there at one time and not at another.
    let (lost, _) = fault(40, None);
    assert!(lost.starts_with("a verdict changed from Valid to Rejected(NoRight)"), "{lost}");
    // A table of grades that is another: every verdict the same, and the due is not.
    let (other, arrived) = fault(80, Some(3));
    assert!(other.starts_with("two orders end in two states"), "{other}");
    assert_eq!(arrived, story.copies.len());
}

#[test]
fn all_orders_are_run_of_what_is_short_and_many_of_what_is_long() {
    let lines =
        ["Li n1 d note", "Li n2 d note", "Wang n3 d note", "Ma n4 d note", "Li r d resolve"];
    let short = Story::grievance(&lines[..3]);
    let trail = RefCell::default();
    let ended = arrivals(&short, &short.roster).all(&trail).unwrap();
    // 4 copies: 24 orders; the seeded ones come on top.
    assert!(ended.orders >= 24 + 20, "{}", ended.orders);
    assert!(ended.folds >= ended.orders + 4 + 12, "{}", ended.folds);
    let mut long = Story::grievance(&lines);
    ["Ma a d accept", "Chen b d accept"].iter().for_each(|line| long.line(line));
    assert_eq!(long.copies.len(), EXHAUSTIVE_MAX + 1);
    let ended = arrivals(&long, &long.roster).all(&trail).unwrap();
    assert!(ended.orders >= 1_000, "{}", ended.orders);
    let some = arrivals(&long, &long.roster).some(&mut Dice::new(3), 5, 0).unwrap();
    assert_eq!((some.orders, some.state), (5, ended.state));
}

#[test]
fn a_copy_without_its_past_waits_and_what_came_twice_counts_once() {
    let story = Story::grievance(&["Li r d resolve", "Wang c r confirm resolution=@r"]);
    let mut copies: Vec<Copy> = story.copies.clone();
    copies.extend(story.copies.clone());
    let twice = Arrivals { copies: &copies, ..arrivals(&story, &story.roster) };
    let once = arrivals(&story, &story.roster);
    assert_eq!(twice.fold(&copies), once.fold(&story.copies));
}
