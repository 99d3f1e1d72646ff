//! The state of a grievance as everyone sees it.

use doorstep_protocol::id::{DocumentId, MemberId, PlaceId, TeamId};
use serde::{Deserialize, Serialize};

use super::Due;
use crate::{
    event::{Discover, Link, Text},
    fold::story::Entry,
    input::EventId,
    table::{Flag, Grade, How, LIST_ITEMS_MAX, Level},
};

/// How far a grievance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// There is no valid Discover, or it is held: not collected.
    Void,
    /// The Discover was struck: entered by mistake.
    EnteredByMistake,
    /// Filed at the wrong place; another document counts.
    Transferred,
    /// The resident took it back.
    Withdrawn,
    /// Found, and nobody took it on.
    Discovered,
    /// Somebody answers for it.
    Accepted,
    /// Work was done.
    InProgress,
    /// With a body outside.
    Referred,
    /// The resident was not content: a new round.
    Reopened,
    /// Solved, awaiting the resident's word.
    Resolved,
    /// The resident is content, and was not told yet that it is over.
    Confirmed,
    /// Confirmed and fed back.
    Closed,
    /// Closed after three unanswered attempts on three days.
    ClosedNotReached,
    /// It could not be solved, and the resident was told why.
    ClosedUnsolved,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Void,
        Self::EnteredByMistake,
        Self::Transferred,
        Self::Withdrawn,
        Self::Discovered,
        Self::Accepted,
        Self::InProgress,
        Self::Referred,
        Self::Reopened,
        Self::Resolved,
        Self::Confirmed,
        Self::Closed,
        Self::ClosedNotReached,
        Self::ClosedUnsolved,
    ];

    /// Nobody has a step to take.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Void
                | Self::EnteredByMistake
                | Self::Transferred
                | Self::Withdrawn
                | Self::Closed
                | Self::ClosedNotReached
                | Self::ClosedUnsolved
        )
    }
}

/// Pairs of events that nobody had seen together raise at most this many flags of a sort, each about at
/// most as many events: what a Settle can name. It is more than anyone reads, and a thousand against a
/// thousand would be a million.
pub(crate) const FLAGS_MAX: usize = LIST_ITEMS_MAX;

/// A flag, with the events that raise it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Raised {
    /// Which.
    pub flag: Flag,
    /// What raises it.
    pub about: Vec<EventId>,
    /// A Settle in force names all of them.
    pub settled: bool,
}

impl Raised {
    pub(crate) fn new(flag: Flag, mut about: Vec<EventId>) -> Self {
        about.sort_unstable();
        about.dedup();
        Self { flag, about, settled: false }
    }
}

/// What was done, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The Resolve or CloseUnsolved.
    pub id: EventId,
    /// Its round.
    pub round: u32,
    /// How; none = it could not be solved.
    pub how: Option<How>,
    /// Who helped.
    pub helpers: Vec<MemberId>,
    /// The level that its author saw.
    pub level: Level,
    /// In their words.
    pub text: Option<Text>,
    /// Held: it counts for nothing yet.
    pub held: bool,
    /// When, in s.
    pub time: u64,
    /// What was heard and told about it.
    pub answers: Vec<Answer>,
}

/// A Confirm, Reject, AskedNoAnswer or FeedBack on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The event.
    pub id: EventId,
    /// Its kind's word.
    pub kind: String,
    /// Whether it is in force.
    pub in_force: bool,
    /// When, in s.
    pub time: u64,
}

/// When things took place, in s; the earliest where there are several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Discover.
    pub discovered: Option<u64>,
    /// First Contact.
    pub first_contact: Option<u64>,
    /// Resolve of the current round.
    pub resolved: Option<u64>,
    /// Confirm in force of the current round.
    pub confirmed: Option<u64>,
    /// FeedBack on the current round.
    pub fed_back: Option<u64>,
    /// What closed it.
    pub closed: Option<u64>,
}

/// A grievance as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grievance {
    /// The document.
    pub document: DocumentId,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// How far it is.
    pub stage: Stage,
    /// The current round, from 1.
    pub round: u32,
    /// How high it stands.
    pub level: Level,
    /// How urgent it is.
    pub grade: Grade,
    /// Nobody graded it: the default of its kind.
    pub grade_by_default: bool,
    /// When it is due; none for a grievance that was transferred.
    pub due: Option<Due>,
    /// Who answers for it.
    pub owner: Option<MemberId>,
    /// Who took it on too, or is named as having helped.
    pub helpers: Vec<MemberId>,
    /// Teams that were sent.
    pub teams: Vec<TeamId>,
    /// What a person should look at.
    pub flags: Vec<Raised>,
    /// What was found, after corrections.
    pub facts: Option<Discover>,
    /// Who found it.
    pub discovered_by: Option<MemberId>,
    /// What was done, round by round.
    pub accounts: Vec<Account>,
    /// Rejections in force that nothing answers: what the next Resolve answers.
    pub open_rejections: Vec<EventId>,
    /// Unanswered attempts that count towards a Close of the current round.
    pub attempts: Vec<EventId>,
    /// The resident was told what came of it.
    pub told: bool,
    /// A Close would be valid now.
    pub may_close: bool,
    /// Confirmed in the current round, whatever the stage.
    pub confirmed: bool,
    /// All that was done in the current round is to explain.
    pub explained_only: bool,
    /// The level at which it counts as resolved.
    pub resolved_level: Option<Level>,
    /// How it counts as resolved.
    pub how: Option<How>,
    /// The highest kind of mediation that was tried.
    pub mediation: Option<How>,
    /// The Discover was struck: entered by mistake.
    pub struck: bool,
    /// Documents of the same trouble, by the links in force of this one.
    pub duplicates: Vec<(EventId, DocumentId)>,
    /// Where it was filed again.
    pub transferred_to: Option<Link>,
    /// When things took place.
    pub times: Times,
    /// Who acted on which day since 1970, in the realm's local time.
    pub acts: Vec<(MemberId, u32)>,
    /// Events of kinds that are not known here.
    pub newer: u32,
    /// Copies whose past is not here yet.
    pub waiting: u32,
    /// All events.
    pub story: Vec<Entry>,
}
