//! What a sub-district publishes, out of documents that are folded; what stands once it is published;
//! and every numerator part of its denominator.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod town;

use std::collections::BTreeMap;

use doorstep_domain::{
    codes::KIND_DISPUTE,
    default_code_lists,
    event::{
        Accept, Act, Close, Confirm, Day, Discover, Event, Evidence, FeedBack, FileHash, Held,
        Item, ItemOutcome, Outcome, Progress, Ref, Reporter, Resolve, SameVisit, Started, Text,
    },
    figures::{
        Amount, Figure, Figures, Period, Published, Rate, Row, Selection, Sheet, Watermark,
        corrections, day_of, figures, row, row_as_of, under,
    },
    input::{Copy, Document},
    table::{By, Channel, EvidenceKind, How, MeetingOutcome, VisitOutcome},
};
use doorstep_protocol::{
    hash::sha256,
    id::{ActId, Chain8, ChangeHash, DocumentId, DocumentKind, ItemId, Level, MemberId, PlaceId},
    roster::{Fact, Named, Place, Record, RoleKind, Roster, setting},
};
use proptest::prelude::*;
use town::{HOUR, REALM, START, place, steps};

const MEMBERS: usize = 242;
const TOOK_PART: usize = 207;

fn member(n: usize) -> MemberId {
    town::member(&format!("member {n}"))
}

/// A sub-district of one block with two grids: its lead, a lead for each grid, and members; beside them
/// who is assigned to nobody: an auditor, an intake point, the import.
fn roster() -> Roster {
    let mut facts = vec![Fact::Setting { name: setting::LOCAL_TIME_MIN, value: Some(480) }];
    let places = [
        (Level::SubDistrict, "S1", PlaceId::ZERO),
        (Level::Community, "C1", place(Level::SubDistrict, "S1")),
        (Level::Block, "K1", place(Level::Community, "C1")),
        (Level::Grid, "G1", place(Level::Block, "K1")),
        (Level::Grid, "G2", place(Level::Block, "K1")),
    ];
    for (level, code, parent) in places {
        let named = Place {
            level: level.number(),
            code: code.into(),
            parent,
            name: code.into(),
            successors: None,
        };
        facts.push(Fact::Place { id: place(level, code), place: Some(named) });
    }
    let mut employ = |n: usize, at: PlaceId, role: RoleKind| {
        let (id, code) = (member(n), format!("member {n}"));
        let named = Named { code, name: String::new() };
        facts.push(Fact::Member { id, named: Some(named) });
        facts.push(Fact::Role { member: id, place: at, role: role as u8, given: Some(None) });
    };
    for n in 0..MEMBERS {
        let (at, role) = match n {
            0 => (place(Level::Block, "K1"), RoleKind::BlockLead),
            1 | 2 => (grid(n), RoleKind::GridLead),
            _ => (grid(n), RoleKind::Member),
        };
        employ(n, at, role);
    }
    for (n, role) in [RoleKind::Auditor, RoleKind::Intake, RoleKind::Register].iter().enumerate() {
        employ(MEMBERS + n, place(Level::SubDistrict, "S1"), *role);
    }
    facts.extend(default_code_lists());
    let mut roster = Roster::new(REALM, Some(place(Level::Block, "K1")));
    let records: Vec<Record> = facts.iter().map(Fact::record).collect();
    roster.append(Chain8([1; 8]), START * 1_000, &records);
    roster
}

fn grid(n: usize) -> PlaceId {
    place(Level::Grid, if n.is_multiple_of(2) { "G1" } else { "G2" })
}

/// A document of acts of one event each, an hour apart, each with all before it in its past.
struct Written {
    id: DocumentId,
    kind: DocumentKind,
    place: PlaceId,
    copies: Vec<Copy>,
}

impl Written {
    fn new(kind: DocumentKind, place: PlaceId, n: usize) -> Self {
        let mut id = DocumentId([kind.number(); 16]);
        id.0[..8].copy_from_slice(&(n as u64).to_be_bytes());
        Self { id, kind, place, copies: Vec::new() }
    }

    fn hash(&self, n: usize) -> [u8; 32] {
        sha256(&[&self.id.0[..], &(n as u64).to_be_bytes()].concat())
    }

    fn act_id(&self, n: usize) -> ActId {
        ActId(self.hash(n)[..8].try_into().unwrap())
    }

    fn said(mut self, who: MemberId, event: Event) -> Self {
        let n = self.copies.len();
        let claimed = START + n as u64 * HOUR;
        let act = Act { claimed, floor: START, certain: true, happened: None, events: vec![event] };
        self.copies.push(Copy {
            hash: ChangeHash(self.hash(n)),
            deps: self.copies.last().map(|copy| copy.hash).into_iter().collect(),
            author: who,
            act: self.act_id(n),
            value: act.encode().unwrap(),
            point: town::point(1),
            relay_time_ms: Some((claimed + 60) * 1_000),
            held: false,
        });
        self
    }

    fn document(&self) -> Document<'_> {
        Document {
            id: self.id,
            kind: self.kind,
            place: self.place,
            creator: self.copies[0].author,
            copies: &self.copies,
        }
    }

    fn row(&self, roster: &Roster) -> Row {
        row(&self.document(), roster).unwrap()
    }
}

fn found(n: usize, kind: u16) -> Written {
    let discover = Discover {
        what: Text::from("w"),
        spot: None,
        reporter: Reporter::Anonymous,
        kind,
        grade: None,
        visit: None,
        source: None,
    };
    // Who found it is of the grid that it is in.
    let written = Written::new(DocumentKind::Grievance, grid(n % TOOK_PART), n);
    written.said(member(n % TOOK_PART), Event::Discover(discover))
}

fn resolve(how: How) -> Event {
    let (answers, helpers) = (vec![], vec![]);
    Event::Resolve(Resolve { answers, how, helpers, item: None, with: None, text: None })
}

/// Found, taken on, resolved, confirmed by the resident's signature and fed back, all by one member.
fn settled(n: usize, kind: u16, how: How) -> Written {
    let (me, found) = (member(n % TOOK_PART), found(n, kind));
    let written = found.said(me, Event::Accept(Accept {})).said(me, resolve(how));
    let resolution = Ref::new(written.act_id(2), 0, me, me);
    let signature = Evidence { kind: EvidenceKind::Signature, hash: FileHash([1; 32]) };
    let confirm = Confirm {
        resolution,
        by: By::Resident,
        heard: Channel::InPerson,
        evidence: vec![signature],
        satisfaction: Some(5),
    };
    let told = FeedBack { resolution, channel: Channel::Phone, text: None };
    written.said(me, Event::Confirm(confirm)).said(me, Event::FeedBack(told))
}

fn mediated(n: usize, how: How) -> Written {
    let progress = Progress { how, helpers: vec![], parties: None, text: None };
    found(n, KIND_DISPUTE).said(member(n % TOOK_PART), Event::Progress(progress))
}

/// The block as a whole, as of an hour after everything.
fn sheet(rows: &[Row], roster: &Roster) -> Sheet {
    let tip = roster.tip();
    let block = under(&tip, place(Level::Block, "K1"));
    let day = day_of(START, 480);
    let period = Some(Period { from: day, to: day + 7, local_min: 480 });
    Sheet::of(rows, &Selection { places: Some(&block), period }, &tip, &mark(), 30)
}

fn mark() -> Watermark {
    Watermark::of((START + 24 * HOUR) * 1_000, 480, [])
}

/// 193 of 221 = 87.3 %, and 207 of 242 members = 85.5 %.
#[test]
fn grievances_and_who_took_part() {
    let roster = roster();
    let rows: Vec<Row> = (0..221)
        .map(|n| if n < 193 { settled(n, 1, How::Help) } else { found(n, 1) }.row(&roster))
        .collect();
    let sheet = sheet(&rows, &roster);
    assert_eq!(sheet.figures.resolved, Rate { of: 193, all: 221 });
    assert_eq!(sheet.figures.resolved.to_string(), "87.3 %");
    assert_eq!(sheet.figures.within_block, Rate { of: 193, all: 193 });
    assert_eq!(sheet.figures.to_feedback.left_out, 221 - 193);
    assert_eq!(sheet.figures.to_feedback.median, Some(4 * HOUR));
    assert_eq!(sheet.taking_part, Rate { of: 207, all: 242 });
    assert_eq!(sheet.taking_part.to_string(), "85.5 %");
    // Fewer of them, fewer took part: of the same 242.
    assert_eq!(self::sheet(&rows[..100], &roster).taking_part, Rate { of: 100, all: 242 });
}

/// 4,908 of 5,081 = 96.6 %, each under one kind of work.
#[test]
fn disputes_by_what_settled_them() {
    let roster = roster();
    let kinds = [How::PeoplesMediation, How::AdministrativeMediation, How::JudicialMediation];
    let dispute = |n: usize| match n {
        0..4_908 => {
            settled(n, KIND_DISPUTE, kinds[usize::from(n >= 4_000) + usize::from(n >= 4_800)])
        }
        4_908..5_000 => mediated(n, How::PeoplesMediation),
        _ => found(n, KIND_DISPUTE),
    };
    let rows: Vec<Row> = (0..5_081).map(|n| dispute(n).row(&roster)).collect();
    let disputes = sheet(&rows, &roster).figures.disputes;
    assert_eq!(disputes.resolved, Rate { of: 4_908, all: 5_081 });
    assert_eq!(disputes.resolved.to_string(), "96.6 %");
    assert_eq!(kinds.map(|how| disputes.by_how[&how]), [4_000, 800, 108]);
    assert_eq!(disputes.tried, BTreeMap::from([(How::PeoplesMediation, 92)]));
    assert_eq!(disputes.not_mediated, 81);
}

/// 36 meetings, 94 items, 71 resolved.
#[test]
fn meetings_and_their_items() {
    let roster = roster();
    let mut items = 0_u64;
    let rows: Vec<Row> = (0..36)
        .map(|n| {
            let block = place(Level::Block, "K1");
            let held = Held { day: Day(day_of(START, 480)), place: None };
            let meeting = Written::new(DocumentKind::Meeting, block, n);
            let mut meeting = meeting.said(member(0), Event::Held(held));
            for _ in 0..2 + usize::from(n < 22) {
                let item = ItemId(items.to_be_bytes());
                let title = Text::from("t");
                let (grievances, carries) = (vec![], None);
                let on_table = Event::Item(Item { item, title, grievances, carries });
                // Every fourth is put off, two more are passed on, one was not reached.
                let outcome = match items {
                    50 | 53 => Some(MeetingOutcome::Referred),
                    93 => None,
                    n if n % 4 == 0 && n < 80 => Some(MeetingOutcome::Deferred),
                    _ => Some(MeetingOutcome::Resolved),
                };
                meeting = meeting.said(member(0), on_table);
                if let Some(outcome) = outcome {
                    let outcome = ItemOutcome { item, outcome, supersedes: vec![] };
                    meeting = meeting.said(member(0), Event::ItemOutcome(outcome));
                }
                items += 1;
            }
            meeting.row(&roster)
        })
        .collect();
    let figures = sheet(&rows, &roster).figures;
    assert_eq!((figures.meetings, figures.items), (36, Rate { of: 71, all: 94 }));
}

#[test]
fn what_is_published_stands_and_late_arrivals_are_listed_beside_it() {
    let roster = roster();
    let watermark = Watermark::of((START + 2 * HOUR) * 1_000, 480, [Some(START * 1_000)]);
    let written = [settled(1, 1, How::Help), settled(2, 1, How::Help), found(3, 1)];
    let as_of = |mark: &Watermark| -> Vec<Row> {
        written.iter().filter_map(|w| row_as_of(&w.document(), &roster, mark)).collect()
    };
    let tip = roster.tip();
    let block = under(&tip, place(Level::Block, "K1"));
    let selection = Selection { places: Some(&block), period: None };
    let count = |mark: &Watermark, selection: &Selection<'_>| {
        Sheet::of(&as_of(mark), selection, &tip, mark, 30)
    };
    let published = Published::new(watermark.clone(), &selection, count(&watermark, &selection));
    assert_eq!(published.sheet().figures.resolved, Rate { of: 0, all: 3 });

    let json = serde_json::to_string(&published).unwrap();
    let kept: Published = serde_json::from_str(&json).unwrap();
    assert_eq!(kept, published);
    let newer = json.replacen(r#""version":1"#, r#""version":2"#, 1);
    assert_ne!(newer, json);
    assert!(serde_json::from_str::<Published>(&newer).is_err(), "of a newer version");

    let later = count(&mark(), &kept.selection());
    let corrected = corrections(&kept, &later);
    let of = |figure| corrected.iter().find(|correction| correction.figure == figure);
    let resolved = of(Figure::Resolved).unwrap();
    assert_eq!(resolved.before, Amount::Rate(Rate { of: 0, all: 3 }));
    assert_eq!(resolved.after, Amount::Rate(Rate { of: 2, all: 3 }));
    assert!(of(Figure::Collected).is_none(), "as many as before");
    assert_eq!(kept, published, "nothing that was published is written again");
    assert_eq!(corrections(&kept, kept.sheet()), vec![]);
}

#[test]
fn a_visit_that_two_recorded_is_one() {
    let roster = roster();
    let visit = |n: usize, outcome, persons_met, same: Option<DocumentId>| {
        let household = Written::new(DocumentKind::Household, grid(n), 1).id;
        let link = doorstep_domain::event::Link::to;
        let (purpose, asked_for, planned) = (0, None, None);
        let started = Started { household: link(household), purpose, asked_for, planned };
        let outcome = Outcome {
            outcome,
            persons_met,
            grievances: vec![],
            next_day: None,
            supersedes: vec![],
        };
        let visit = Written::new(DocumentKind::Visit, grid(n), n);
        let visit = visit.said(member(n), Event::Started(started));
        let visit = visit.said(member(n), Event::Outcome(outcome));
        match same {
            Some(other) => {
                visit.said(member(n), Event::SameVisit(SameVisit { other: link(other) }))
            }
            None => visit,
        }
    };
    let first = visit(1, VisitOutcome::Met, 2, None);
    let count = |all: &[&Written]| -> Figures {
        figures(&all.iter().map(|visit| visit.row(&roster)).collect::<Vec<_>>())
    };
    let apart = count(&[&first, &visit(2, VisitOutcome::Met, 3, None)]);
    assert_eq!((apart.visits_met, apart.persons_met, apart.uninvited_visits), (2, 5, 2));
    let one = count(&[&first, &visit(2, VisitOutcome::Met, 3, Some(first.id))]);
    assert_eq!((one.visits_met, one.persons_met, one.uninvited_visits), (1, 3, 1));
    let one = count(&[&first, &visit(2, VisitOutcome::NotHome, 0, Some(first.id))]);
    assert_eq!((one.visits_met, one.attempts, one.persons_met), (1, 0, 2));
}

/// A closing word that closes nothing must not count: the proportions above rest on the fold.
#[test]
fn a_close_without_grounds_settles_nothing() {
    let roster = roster();
    let row = found(1, 1).said(member(1), Event::Close(Close {})).row(&roster);
    assert_eq!(figures(&[row]).resolved, Rate { of: 0, all: 1 });
}

fn any_step() -> impl Strategy<Value = steps::Step> {
    let some = proptest::collection::vec(any::<u64>(), 0..3);
    let seen = prop_oneof![1 => Just(None), 1 => some.prop_map(Some)];
    let targets = (any::<u64>(), any::<u64>());
    (any::<u64>(), any::<u64>(), seen, targets, 0..40_u8, 0..30_u64).prop_map(
        |(who, what, seen, targets, manner, hours)| steps::Step {
            who,
            what,
            seen,
            targets,
            manner,
            hours,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_numerator_is_part_of_its_denominator(
        histories in proptest::collection::vec(proptest::collection::vec(any_step(), 1..12), 1..8),
        kinds in proptest::collection::vec(0..3_u16, 8),
    ) {
        let roster = town::roster();
        let mut rows = Vec::new();
        for (n, steps) in histories.iter().enumerate() {
            let story = steps::story(steps);
            let mut document = story.document(&story.copies);
            document.id = DocumentId([n as u8; 16]);
            if let Some(Row::Grievance(mut row)) = row(&document, &story.roster) {
                row.kind = kinds[n];
                rows.push(Row::Grievance(row));
            }
        }
        let sheet = Sheet::of(&rows, &Selection::default(), &roster.tip(), &mark(), 30);
        for figure in Figure::all() {
            if let Amount::Rate(rate) = sheet.amount(figure) {
                prop_assert!(rate.of <= rate.all, "{figure:?} {rate:?}");
            }
        }
        let of = &sheet.figures;
        prop_assert!(of.resolved.of <= of.resolved_or_answered.of);
        prop_assert!(of.collected_groups <= of.collected);
        let by_how: u64 = of.disputes.by_how.values().sum();
        let tried: u64 = of.disputes.tried.values().sum();
        prop_assert_eq!(by_how, of.disputes.resolved.of, "every one has what settled it");
        let open = of.disputes.resolved.all - of.disputes.resolved.of;
        prop_assert_eq!(tried + of.disputes.not_mediated, open);
        // One document more makes no more of the numerator than of the denominator, unless it is where
        // another was filed again: then that one leaves and this one is in.
        let Some((last, fewer)) = rows.split_last() else { return Ok(()) };
        let is_target = |row: &Row| matches!(row, Row::Grievance(row) if row.transferred_to == Some(last.document()));
        if fewer.iter().any(is_target) {
            return Ok(());
        }
        let fewer = Sheet::of(fewer, &Selection::default(), &roster.tip(), &mark(), 30);
        for figure in [Figure::Resolved, Figure::ResolvedOrAnswered, Figure::Disputes] {
            let (Amount::Rate(all), Amount::Rate(less)) = (sheet.amount(figure), fewer.amount(figure)) else {
                panic!()
            };
            prop_assert!(all.of.saturating_sub(less.of) <= all.all.saturating_sub(less.all), "{figure:?}");
        }
    }
}
