//! Grievances made in memory, as many and as long as one likes: what the fold and the figures read.

use doorstep_domain::{
    default_code_lists,
    event::{
        Accept, Act, AskedNoAnswer, Close, Confirm, Contact, Discover, Event, FeedBack, Note,
        Progress, Ref, Reject, Reporter, Resolve, Text,
    },
    input::{Copy, Document},
    table::{By, Channel, Grade, How},
};
use doorstep_protocol::{
    hash::sha256,
    id::{
        ActId, Chain8, ChangeHash, DocumentId, DocumentKind, Level, MemberId, PlaceId, Point,
        RealmId,
    },
    roster::{Fact, Named, Place, Record, RoleKind, Roster, setting},
};

use crate::Outcome;

const REALM: RealmId = RealmId([7; 32]);
const MORNING_S: u64 = 1_764_000_000;
const HOUR_S: u64 = 3_600;
/// Of whom one finds, one works, one asks the resident.
const PEOPLE: [&str; 3] = ["finds", "works", "asks"];

/// A grid with one building and its members.
pub(crate) struct Grid {
    pub(crate) roster: Roster,
    point: Point,
}

/// The copies of one grievance.
pub(crate) struct Made {
    id: DocumentId,
    pub(crate) copies: Vec<Copy>,
}

impl Grid {
    pub(crate) fn new() -> Self {
        let place = |level, code: &str| PlaceId::of(&REALM, level, code);
        let fact = |level: Level, code: &str, parent| Fact::Place {
            id: place(level, code),
            place: Some(Place {
                level: level.number(),
                code: code.to_owned(),
                parent,
                name: code.to_owned(),
                successors: None,
            }),
        };
        let (block, grid) = (place(Level::Block, "K1"), place(Level::Grid, "G1"));
        let mut facts = vec![
            fact(Level::Block, "K1", PlaceId::ZERO),
            fact(Level::Grid, "G1", block),
            fact(Level::Building, "B1", grid),
            Fact::Setting { name: setting::LOCAL_TIME_MIN, value: Some(480) },
        ];
        for code in PEOPLE {
            let named = Named { code: code.to_owned(), name: code.to_owned() };
            let member = MemberId::of(&REALM, code);
            facts.push(Fact::Member { id: member, named: Some(named) });
            let role = RoleKind::Member as u8;
            facts.push(Fact::Role { member, place: grid, role, given: Some(None) });
        }
        facts.extend(default_code_lists());
        let records: Vec<Record> = facts.iter().map(Fact::record).collect();
        let mut roster = Roster::new(REALM, Some(block));
        let point = Point { seq: 1, chain8: Chain8([1; 8]) };
        roster.append(point.chain8, MORNING_S * 1000, &records);
        Self { roster, point }
    }

    /// A grievance of so many acts, one after the other, each of one event: found, taken on, worked on,
    /// solved, confirmed, told, closed; a longer one comes back round after round before.
    pub(crate) fn grievance(&self, number: u64, acts: usize) -> Outcome<Made> {
        let id = sha256(&[&b"grievance"[..], &number.to_be_bytes()].concat());
        let id = DocumentId(id.first_chunk().copied().ok_or("a hash is too short")?);
        let mut made = Made { id, copies: Vec::with_capacity(acts) };
        let (mut resolution, mut rejection) = (None, None);
        for n in 0..acts {
            let left = acts - n;
            let event = match (n, left) {
                (0, _) => found(number),
                (1, _) => Event::Accept(Accept {}),
                (_, 4) => resolve(rejection.take()),
                (_, 3) => confirm(resolution.ok_or("nothing to confirm")?),
                (_, 2) => feed_back(resolution.ok_or("nothing to tell")?),
                (_, 1) => Event::Close(Close {}),
                _ => match n % 6 {
                    2 => Event::Contact(Contact {
                        how: How::Help,
                        text: Some(Text::from("电话联系，约定明天上门")),
                    }),
                    4 => resolve(rejection.take()),
                    5 => reject(resolution.ok_or("nothing to reject")?),
                    0 => asked(resolution.ok_or("nothing to ask about")?),
                    1 => Event::Note(Note {
                        text: Text::from("The lamp post is on the other side of the yard"),
                    }),
                    _ => Event::Progress(Progress {
                        how: How::Help,
                        helpers: Vec::new(),
                        parties: None,
                        text: Some(Text::from("Spoke with the property company")),
                    }),
                },
            };
            let who = match event {
                Event::Discover(_) => "finds",
                Event::Confirm(_) | Event::Reject(_) | Event::AskedNoAnswer(_) => "asks",
                _ => "works",
            };
            let (resolves, rejects) =
                (matches!(event, Event::Resolve(_)), matches!(event, Event::Reject(_)));
            let act = self.write(&mut made, number, who, event)?;
            let named = Ref { act, n: 0, member: Some(MemberId::of(&REALM, who)) };
            if resolves {
                resolution = Some(named);
            } else if rejects {
                rejection = Some(named);
            }
        }
        Ok(made)
    }

    /// Writes an event on all that is there.
    fn write(&self, made: &mut Made, number: u64, who: &str, event: Event) -> Outcome<ActId> {
        let n = made.copies.len() as u64;
        let hash = ChangeHash(sha256(&[number.to_be_bytes(), n.to_be_bytes()].concat()));
        let act = ActId(hash.0.first_chunk().copied().ok_or("a hash is too short")?);
        let claimed = MORNING_S + (number % 2_000 + n * 5) * HOUR_S;
        let (floor, events) = (MORNING_S, vec![event]);
        let value = Act { claimed, floor, certain: true, happened: None, events };
        made.copies.push(Copy {
            hash,
            deps: made.copies.last().map(|last| last.hash).into_iter().collect(),
            author: MemberId::of(&REALM, who),
            act,
            value: value.encode()?,
            point: self.point,
            relay_time_ms: Some((claimed + HOUR_S) * 1000),
            held: false,
        });
        Ok(act)
    }

    /// One more act on a grievance, not saved yet.
    pub(crate) fn next(&self, made: &Made, number: u64) -> Outcome<Copy> {
        let mut longer = Made { id: made.id, copies: made.copies.clone() };
        let event = Event::Note(Note { text: Text::from("A word more") });
        self.write(&mut longer, number, "works", event)?;
        Ok(longer.copies.pop().ok_or("nothing was written")?)
    }
}

impl Made {
    pub(crate) fn document(&self) -> Document<'_> {
        Document {
            id: self.id,
            kind: DocumentKind::Grievance,
            place: PlaceId::of(&REALM, Level::Building, "B1"),
            creator: MemberId::of(&REALM, "finds"),
            copies: &self.copies,
        }
    }
}

fn found(number: u64) -> Event {
    Event::Discover(Discover {
        what: Text::from("楼道灯坏了，晚上老人下楼不安全"),
        spot: Some(Text::from("3-201")),
        reporter: Reporter::Contact(Text::from("13800138000")),
        kind: (number % 4) as u16,
        grade: [None, Some(Grade::B)].get(number as usize % 2).copied().flatten(),
        visit: None,
        source: None,
    })
}

/// As `who` names it: a member of a ref is left out where it is one's own.
fn seen_by(of: Ref, who: &str) -> Ref {
    let own = of.member == Some(MemberId::of(&REALM, who));
    Ref { member: of.member.filter(|_| !own), ..of }
}

fn resolve(answers: Option<Ref>) -> Event {
    Event::Resolve(Resolve {
        answers: answers.into_iter().map(|of| seen_by(of, "works")).collect(),
        how: How::Help,
        helpers: Vec::new(),
        item: None,
        with: None,
        text: None,
    })
}

fn confirm(resolution: Ref) -> Event {
    Event::Confirm(Confirm {
        resolution: seen_by(resolution, "asks"),
        by: By::Resident,
        heard: Channel::Phone,
        evidence: Vec::new(),
        satisfaction: Some(5),
    })
}

fn reject(resolution: Ref) -> Event {
    Event::Reject(Reject {
        resolution: seen_by(resolution, "asks"),
        by: By::Resident,
        heard: Channel::Phone,
        reason: 7,
        text: None,
    })
}

fn asked(resolution: Ref) -> Event {
    let resolution = seen_by(resolution, "asks");
    Event::AskedNoAnswer(AskedNoAnswer { resolution, channel: Channel::Phone })
}

fn feed_back(resolution: Ref) -> Event {
    let resolution = seen_by(resolution, "works");
    Event::FeedBack(FeedBack { resolution, channel: Channel::InPerson, text: None })
}
