//! What can be wrong with a roster file.

use doorstep_protocol::limits::ROSTER_TEXT_BYTES_MAX;
use thiserror::Error;

use crate::place_name::{PlaceName, list};

/// Why a roster file cannot be used. Names codes, never people.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RosterFileError {
    /// Not TOML, or not of this form.
    #[error("the roster file cannot be read: {0}")]
    Toml(String),
    /// A code without a letter.
    #[error("a {0} has an empty code")]
    EmptyCode(&'static str),
    /// Over the bound of a roster record.
    #[error("{what} {code}: code or name is over {ROSTER_TEXT_BYTES_MAX} bytes")]
    TooLong {
        /// What it is of.
        what: &'static str,
        /// Its code, the beginning of it.
        code: String,
    },
    /// Two of a kind with one code.
    #[error("there are two of {what} {code}: codes are unique within their level")]
    Duplicate {
        /// What it is of.
        what: &'static str,
        /// The code.
        code: String,
    },
    /// A parent that is not in the file.
    #[error("{what} {code}: there is no place with the code of its parent, {parent}")]
    UnknownParent {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
        /// The parent's.
        parent: String,
    },
    /// A parent of the same level or below.
    #[error("{what} {code}: its parent {parent} is not of a higher level")]
    LevelMustRise {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
        /// The parent's.
        parent: String,
    },
    /// Only communities lie in the sub-district by themselves.
    #[error("{what} {code} names no parent")]
    NoParent {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
    },
    /// A grid or building that lies in no block has no roster.
    #[error("{what} {code} lies in no block")]
    NoBlock {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
    },
    /// What lies in a block that has ended must go on somewhere.
    #[error(
        "{what} {code} goes on in block {block}, which has ended without successors: give it another \
         parent, or name what takes over the block"
    )]
    BlockEnded {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
        /// The block's.
        block: String,
    },
    /// Only a place of the same level that goes on takes over what another held.
    #[error("{what} {code}: {successor} cannot be its successor: {why}")]
    BadSuccessor {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
        /// The successor's.
        successor: String,
        /// Why not.
        why: NoSuccessor,
    },
    /// A role or a building at a place that has ended.
    #[error("member {member}: place {place} has ended: name the place that goes on")]
    EndedPlace {
        /// The member's code.
        member: String,
        /// The place's.
        place: String,
    },
    /// A role or a building at a place that is not in the file.
    #[error("member {member}: there is no place with the code {place} for this")]
    UnknownPlace {
        /// The member's code.
        member: String,
        /// The place's.
        place: String,
    },
    /// Several places of different levels have the code.
    #[error("member {member}: several places have the code {place}: say which by `level`")]
    AmbiguousPlace {
        /// The member's code.
        member: String,
        /// The place's.
        place: String,
    },
    /// A team that is not in the file, or a role team without one, or a team for another role.
    #[error("member {member}: role team, and only it, names a team of the file ({team})")]
    BadTeam {
        /// The member's code.
        member: String,
        /// The team's, or nothing.
        team: String,
    },
    /// A role of a level at a place of another.
    #[error("member {member}: this role does not fit the level of place {place}")]
    RoleLevel {
        /// The member's code.
        member: String,
        /// The place's.
        place: String,
    },
    /// Places that stand in the rosters and not in the file.
    #[error(
        "{0} not in the file any more: a place that is no more stays in it with \
         `successors = [..]` (none = its parent takes its log), so that its log is not lost"
    )]
    PlaceMissing(MissingPlaces),
}

/// Why one place cannot take over what another held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoSuccessor {
    /// No place has the code.
    #[error("no place has this code")]
    Unknown,
    /// It is of another level.
    #[error("it is of another level")]
    OtherLevel,
    /// It has ended too, so that nothing would go on.
    #[error("it has ended too; name what goes on now")]
    HasEnded,
    /// It is the place itself.
    #[error("it is the place itself")]
    Itself,
    /// It is named already.
    #[error("it is named twice")]
    Twice,
}

/// Places by name, in the order in which they were missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPlaces(pub Vec<PlaceName>);

impl std::fmt::Display for MissingPlaces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verb = if self.0.len() == 1 { "is" } else { "are" };
        write!(f, "{} {verb}", list(&self.0))
    }
}

/// Where in a roster file something is wrong; lists are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The sub-district.
    SubDistrict,
    /// A place.
    Place(usize),
    /// A team.
    Team(usize),
    /// A member.
    Member(usize),
    /// A role of a member.
    Role(usize, usize),
    /// A building of a member.
    Building(usize, usize),
}

/// One thing that is wrong with a roster file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: At,
    /// What.
    pub error: RosterFileError,
}
