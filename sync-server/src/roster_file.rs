//! The register as a file that people write: places, members, buildings, in TOML.
//!
//! ```
//! use doorstep_relay::roster_file::RosterFile;
//! let file = RosterFile::parse(r#"
//!     [sub_district]
//!     code = "S1"
//!     name = "Riverside"
//!
//!     [[place]]
//!     level = "community"
//!     code = "C1"
//!
//!     [[place]]
//!     level = "block"
//!     code = "B1"
//!     parent = "C1"
//!
//!     [[place]]
//!     level = "grid"
//!     code = "G1"
//!     parent = "B1"
//!
//!     [[place]]
//!     level = "building"
//!     code = "G1-1"
//!     parent = "G1"
//!
//!     [[member]]
//!     code = "M1"
//!     roles = [{ place = "G1", role = "grid_lead" }]
//!     buildings = [{ code = "G1-1", as = "owner" }]
//! "#)?;
//! let realm = doorstep_protocol::id::RealmId([1; 32]);
//! // Three settings, five places, a member, a role, an assignment.
//! assert_eq!(file.facts(&realm)?.len(), 11);
//! # Ok::<(), doorstep_relay::roster_file::RosterFileError>(())
//! ```
//!
//! Codes are unique within their level, and are trimmed. A place that is no more stays in the file with
//! `successors`: its log must go on lying somewhere.

mod error;
mod places;
mod read;

use doorstep_protocol::{
    id::{Level, RealmId},
    roster::{AssignKind, Fact, RoleKind},
};
use serde::{Deserialize, Serialize};

pub use self::error::{At, Fault, MissingPlaces, NoSuccessor, RosterFileError};
use self::read::read;

const DAY_S: i64 = 24 * 60 * 60;
/// China's time, in minutes east of UTC.
const TIME_ZONE_MINUTES: i64 = 480;
const LEASE_S: i64 = 14 * DAY_S;
const DROP_PERIOD_S: i64 = 30 * DAY_S;

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterFile {
    /// The sub-district, the root of all places.
    pub sub_district: SubDistrict,
    /// What the realm works by.
    #[serde(default)]
    pub settings: Settings,
    /// Communities, blocks, grids, buildings, in any order.
    #[serde(default, rename = "place")]
    pub places: Vec<PlaceLine>,
    /// Response teams.
    #[serde(default, rename = "team")]
    pub teams: Vec<TeamLine>,
    /// Members.
    #[serde(default, rename = "member")]
    pub members: Vec<MemberLine>,
}

/// The sub-district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubDistrict {
    /// The register's code.
    pub code: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
}

/// What the realm works by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Minutes east of UTC: what a day is.
    pub time_zone_minutes: i64,
    /// Seconds without a meeting after which a phone locks reading.
    pub lease_s: i64,
    /// Seconds after which a log that was left may be deleted.
    pub drop_period_s: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            time_zone_minutes: TIME_ZONE_MINUTES,
            lease_s: LEASE_S,
            drop_period_s: DROP_PERIOD_S,
        }
    }
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceLine {
    /// What it is.
    pub level: Level,
    /// The register's code.
    pub code: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The code of what it lies in, of a higher level (of several the lowest); a community may leave
    /// it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Present = ended: codes of places of the same level that take its log; none = its parent does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successors: Option<Vec<String>>,
}

/// A response team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamLine {
    /// The register's code.
    pub code: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberLine {
    /// The register's code.
    pub code: String,
    /// May be left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What the member is, and where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleLine>,
    /// Buildings given to the member (包楼栋).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buildings: Vec<BuildingLine>,
}

/// A role at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleLine {
    /// The place's code.
    pub place: String,
    /// The place's level, where the code alone does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The role.
    pub role: RoleKind,
    /// The team's code, for role team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// A building given to a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingLine {
    /// The building's code.
    pub code: String,
    /// How.
    #[serde(rename = "as")]
    pub assign: AssignKind,
}

/// The English word of a level, as the file has it.
pub fn level_word(level: Level) -> &'static str {
    match level {
        Level::Building => "building",
        Level::Grid => "grid",
        Level::Block => "block",
        Level::Community => "community",
        Level::SubDistrict => "sub-district",
    }
}

impl RosterFile {
    /// A sub-district in which nothing lies yet.
    pub fn of_sub_district(code: &str, name: &str, time_zone_minutes: i64) -> Self {
        Self {
            sub_district: SubDistrict { code: code.to_owned(), name: name.to_owned() },
            settings: Settings { time_zone_minutes, ..Settings::default() },
            places: Vec::new(),
            teams: Vec::new(),
            members: Vec::new(),
        }
    }

    /// Reads it; what it says is tested by [`Self::facts`].
    pub fn parse(text: &str) -> Result<Self, RosterFileError> {
        toml::from_str(text).map_err(|error| RosterFileError::Toml(error.to_string()))
    }

    /// The file as text.
    pub fn to_text(&self) -> Result<String, RosterFileError> {
        toml::to_string(self).map_err(|error| RosterFileError::Toml(error.to_string()))
    }

    /// What it says, as facts of this realm: settings, places, members, teams, roles, assignments.
    ///
    /// # Errors
    /// The first fault; [`Self::faults`] gives all.
    pub fn facts(&self, realm: &RealmId) -> Result<Vec<Fact>, RosterFileError> {
        let (facts, faults) = read(self, realm);
        match faults.into_iter().next() {
            None => Ok(facts),
            Some(fault) => Err(fault.error),
        }
    }

    /// Everything that is wrong with it, places first. What only follows from another fault is left out: a
    /// place whose code is bad is not missed by those that lie in it.
    pub fn faults(&self) -> Vec<Fault> {
        read(self, &RealmId::ZERO).1
    }
}
