//! Rows of lists, and how a list is asked for.

use std::{fmt, str::FromStr};

use doorstep_domain::{
    fold::grievance::Stage,
    table::{ConsentLevel, Grade, Level, VisitOutcome},
};
use doorstep_protocol::id::{DocumentId, MemberId, PlaceId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use super::Grouped;
use crate::{error::ReadError, projection::Row};

/// Rows of one page at most.
pub const LINES_MAX: u32 = 200;
/// The longest text that is searched for, in bytes.
const TEXT_BYTES_MAX: usize = 256;
/// The longest position, in bytes: a place and the name of a unit.
const POSITION_BYTES_MAX: usize = 20 * 1024;

/// What a list shows; every condition narrows it. Logs that the phone no longer holds are never in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// At this place or below.
    pub place: Option<PlaceId>,
    /// Grievances of this stage.
    pub stage: Option<Stage>,
    /// True: those in which somebody has a step to take; false: those that are over.
    pub open: Option<bool>,
    /// Owned (grievances) or begun (visits) by this member.
    pub owner: Option<MemberId>,
    /// Visits and grievances of this household.
    pub household: Option<DocumentId>,
    /// Priority households only.
    pub priority: bool,
    /// With something of one's own in them that the relay has not taken.
    pub undelivered: bool,
    /// Of grievances that are one trouble only the face, and what stands alone. Where the face does not
    /// meet the other conditions the others of its group that do are shown: nothing is hidden by what is
    /// not in the list.
    pub faces: bool,
    /// Each of these words stands somewhere in it. At most 256 bytes of it are looked at.
    pub text: Option<String>,
}

impl Filter {
    /// At this place or below.
    pub fn at(place: PlaceId) -> Self {
        Self { place: Some(place), ..Self::default() }
    }

    /// Open ones.
    pub fn open() -> Self {
        Self { open: Some(true), ..Self::default() }
    }

    /// With these words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    pub(super) fn words(&self) -> Option<String> {
        let text = self.text.as_deref()?;
        let mut end = text.len().min(TEXT_BYTES_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.get(..end).map(str::to_owned)
    }
}

/// Where a page begins and how long it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Page {
    /// The position of the last line of the page before; none = the first page.
    pub after: Option<Position>,
    /// At most this many lines; 0 or more than [`LINES_MAX`] = [`LINES_MAX`].
    pub limit: u32,
}

impl Page {
    /// The first page, of this many lines.
    pub fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }

    /// The page after this line.
    pub fn after(position: Position, limit: u32) -> Self {
        Self { after: Some(position), limit }
    }

    pub(super) fn lines(&self) -> u32 {
        if self.limit == 0 { LINES_MAX } else { self.limit.min(LINES_MAX) }
    }
}

/// Where a line stands in its list. Stays good when lines are added or go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position {
    pub(super) key: Vec<u8>,
    pub(super) doc: DocumentId,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.doc)?;
        self.key.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Position {
    type Err = ReadError;

    fn from_str(text: &str) -> Result<Self, ReadError> {
        const BAD: ReadError = ReadError::BadPosition;
        let (doc, key) = text.split_at_checked(DocumentId::BYTES * 2).ok_or(BAD)?;
        if key.len() > POSITION_BYTES_MAX * 2 || key.len() % 2 != 0 {
            return Err(BAD);
        }
        let bytes = key.as_bytes().chunks_exact(2).map(|pair| {
            let pair = std::str::from_utf8(pair).map_err(|_| BAD)?;
            u8::from_str_radix(pair, 16).map_err(|_| BAD)
        });
        Ok(Self { doc: doc.parse().map_err(|_| BAD)?, key: bytes.collect::<Result<_, _>>()? })
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether the relay has all that this phone wrote in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The relay gave a receipt for everything that this phone wrote there.
    Delivered,
    /// So many acts are saved here and not with the relay; [`Engine::explain`](super::Engine::explain)
    /// says why.
    Saved {
        /// How many.
        acts: u32,
    },
}

/// A grievance in a list: open ones first, by their due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrievanceLine {
    /// The document.
    pub doc: DocumentId,
    /// The place whose log it is in.
    pub place: PlaceId,
    /// What was found.
    pub what: String,
    /// Code of list kind.
    pub kind: Option<u16>,
    /// How far it is.
    pub stage: Stage,
    /// Nobody has a step to take.
    pub over: bool,
    /// The current round.
    pub round: u32,
    /// How urgent.
    pub grade: Grade,
    /// How high it stands.
    pub level: Level,
    /// Who answers for it.
    pub owner: Option<MemberId>,
    /// When it is due, in s; the earliest where that is not certain.
    pub due_s: Option<u64>,
    /// When it was found, in s.
    pub discovered_s: Option<u64>,
    /// When somebody last wrote in it, in s, by the writer's clock.
    pub updated_s: u64,
    /// Flags that nobody settled.
    pub flags: u32,
    /// Who asked, where it is a household.
    pub household: Option<DocumentId>,
    /// The group of one trouble that it stands in; none = it stands alone.
    pub group: Option<Grouped>,
    /// Whether the relay has it.
    pub delivery: Delivery,
    /// For the next page.
    pub position: Position,
}

/// A household in a list, by place and unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HouseholdLine {
    /// The document.
    pub doc: DocumentId,
    /// The building.
    pub place: PlaceId,
    /// The unit.
    pub unit: String,
    /// Persons who live there.
    pub persons: u32,
    /// Code of list priority, where it is to be visited first.
    pub priority: Option<u16>,
    /// When somebody looks whether it still is: days since 1970.
    pub review_day: Option<u32>,
    /// Whether it may be visited; none = not asked.
    pub consent: Option<ConsentLevel>,
    /// When somebody of it was last met, in s, by the visits on this phone.
    pub last_met_s: Option<u64>,
    /// When somebody last wrote in it, in s.
    pub updated_s: u64,
    /// Flags that nobody settled.
    pub flags: u32,
    /// Whether the relay has it.
    pub delivery: Delivery,
    /// For the next page.
    pub position: Position,
}

/// A visit in a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitLine {
    /// The document.
    pub doc: DocumentId,
    /// The building.
    pub place: PlaceId,
    /// Whom.
    pub household: Option<DocumentId>,
    /// Code of list purpose.
    pub purpose: Option<u16>,
    /// Who began it.
    pub visitor: Option<MemberId>,
    /// When, in s.
    pub started_s: Option<u64>,
    /// What came of it; none = not known yet.
    pub outcome: Option<VisitOutcome>,
    /// How many persons were met.
    pub persons_met: u32,
    /// When somebody last wrote in it, in s.
    pub updated_s: u64,
    /// Flags that nobody settled.
    pub flags: u32,
    /// Whether the relay has it.
    pub delivery: Delivery,
    /// For the next page.
    pub position: Position,
}

/// A meeting of a block council in a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingLine {
    /// The document.
    pub doc: DocumentId,
    /// The block.
    pub place: PlaceId,
    /// Days since 1970.
    pub day: Option<u32>,
    /// Where.
    pub venue: String,
    /// Who was there.
    pub present: u32,
    /// When somebody last wrote in it, in s.
    pub updated_s: u64,
    /// Flags that nobody settled.
    pub flags: u32,
    /// Whether the relay has it.
    pub delivery: Delivery,
    /// For the next page.
    pub position: Position,
}

/// The value of an enumeration's word.
fn value<T: DeserializeOwned>(word: Option<String>) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word?)).ok()
}

fn code(code: Option<u32>) -> Option<u16> {
    code.and_then(|code| u16::try_from(code).ok())
}

impl Row {
    fn delivery(&self) -> Delivery {
        match self.undelivered {
            0 => Delivery::Delivered,
            acts => Delivery::Saved { acts },
        }
    }

    fn place_in_list(&self) -> Position {
        Position { key: self.position.clone(), doc: self.doc }
    }
}

impl From<Row> for GrievanceLine {
    fn from(row: Row) -> Self {
        Self {
            doc: row.doc,
            place: row.place,
            delivery: row.delivery(),
            position: row.place_in_list(),
            what: row.title,
            kind: code(row.code),
            stage: value(row.stage).unwrap_or(Stage::Void),
            over: row.over,
            round: row.round.unwrap_or(1),
            grade: value(row.grade).unwrap_or(Grade::C),
            level: value(row.level).unwrap_or(Level::Grid),
            owner: row.owner,
            due_s: row.due_s,
            discovered_s: row.happened_s,
            updated_s: row.updated_s,
            flags: row.flags,
            household: row.household,
            group: row.group,
        }
    }
}

impl From<Row> for HouseholdLine {
    fn from(row: Row) -> Self {
        Self {
            doc: row.doc,
            place: row.place,
            delivery: row.delivery(),
            position: row.place_in_list(),
            unit: row.title,
            persons: row.persons,
            priority: row.priority,
            review_day: row.review_day,
            consent: value(row.consent),
            last_met_s: row.happened_s,
            updated_s: row.updated_s,
            flags: row.flags,
        }
    }
}

impl From<Row> for VisitLine {
    fn from(row: Row) -> Self {
        Self {
            doc: row.doc,
            place: row.place,
            delivery: row.delivery(),
            position: row.place_in_list(),
            household: row.household,
            purpose: code(row.code),
            visitor: row.owner,
            started_s: row.happened_s,
            outcome: value(row.outcome),
            persons_met: row.persons,
            updated_s: row.updated_s,
            flags: row.flags,
        }
    }
}

impl From<Row> for MeetingLine {
    fn from(row: Row) -> Self {
        Self {
            doc: row.doc,
            place: row.place,
            delivery: row.delivery(),
            position: row.place_in_list(),
            day: row.code,
            venue: row.title,
            present: row.persons,
            updated_s: row.updated_s,
            flags: row.flags,
        }
    }
}
