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

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{Level, MemberId, PlaceId, RealmId, TeamId, trim_code},
    limits::ROSTER_TEXT_BYTES_MAX,
    roster::{AssignKind, Fact, Named, Place, RoleKind, setting},
};
use serde::{Deserialize, Serialize};

pub use self::error::RosterFileError;
use self::places::PlaceIndex;

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
    pub fn facts(&self, realm: &RealmId) -> Result<Vec<Fact>, RosterFileError> {
        let index = PlaceIndex::of(self)?;
        let mut out = Vec::new();
        for (name, value) in [
            (setting::LOCAL_TIME_MIN, self.settings.time_zone_minutes),
            (setting::LEASE_S, self.settings.lease_s),
            (setting::DROP_PERIOD_S, self.settings.drop_period_s),
        ] {
            out.push(Fact::Setting { name, value: Some(value) });
        }
        self.place_facts(realm, &index, &mut out)?;
        let mut teams = BTreeSet::new();
        for line in &self.teams {
            let code = checked("team", &line.code, &line.name)?;
            if !teams.insert(code) {
                return Err(RosterFileError::Duplicate { what: "team", code: code.to_owned() });
            }
            let named = Named { code: code.to_owned(), name: line.name.clone() };
            out.push(Fact::Team { id: TeamId::of(realm, code), named: Some(named) });
        }
        let mut members = BTreeSet::new();
        for line in &self.members {
            let code = checked("member", &line.code, &line.name)?;
            if !members.insert(code) {
                return Err(RosterFileError::Duplicate { what: "member", code: code.to_owned() });
            }
            member_facts(realm, &index, &teams, code, line, &mut out)?;
        }
        Ok(out)
    }

    fn place_facts(
        &self,
        realm: &RealmId,
        index: &PlaceIndex<'_>,
        out: &mut Vec<Fact>,
    ) -> Result<(), RosterFileError> {
        let root = trim_code(&self.sub_district.code);
        let root_id = PlaceId::of(realm, Level::SubDistrict, root);
        let mut push = |id: PlaceId, place: Place| out.push(Fact::Place { id, place: Some(place) });
        push(
            root_id,
            Place {
                level: Level::SubDistrict.number(),
                code: root.to_owned(),
                parent: PlaceId::ZERO,
                name: self.sub_district.name.clone(),
                successors: None,
            },
        );
        for line in &self.places {
            let code = trim_code(&line.code);
            let parent = index.parent(line)?;
            let parent = PlaceId::of(realm, parent.0, parent.1);
            let successors = index.successors(line)?.map(|codes| {
                codes.into_iter().map(|code| PlaceId::of(realm, line.level, code)).collect()
            });
            index.check_block(line)?;
            push(
                PlaceId::of(realm, line.level, code),
                Place {
                    level: line.level.number(),
                    code: code.to_owned(),
                    parent,
                    name: line.name.clone(),
                    successors,
                },
            );
        }
        Ok(())
    }
}

fn member_facts(
    realm: &RealmId,
    index: &PlaceIndex<'_>,
    teams: &BTreeSet<&str>,
    code: &str,
    line: &MemberLine,
    out: &mut Vec<Fact>,
) -> Result<(), RosterFileError> {
    let member = MemberId::of(realm, code);
    let duplicate = |of: &str| RosterFileError::Duplicate {
        what: "role or building of one member:",
        code: format!("{code} {of}"),
    };
    let named = Named { code: code.to_owned(), name: line.name.clone() };
    out.push(Fact::Member { id: member, named: Some(named) });
    let mut seen = BTreeSet::new();
    for role in &line.roles {
        let place = index.role_place(realm, code, role)?;
        let team = role.team.as_deref().map(trim_code);
        let is_team = role.role == RoleKind::Team;
        if is_team != team.is_some() || team.is_some_and(|team| !teams.contains(team)) {
            let team = team.unwrap_or_default().to_owned();
            return Err(RosterFileError::BadTeam { member: code.to_owned(), team });
        }
        if !seen.insert((place, role.role as u8)) {
            return Err(duplicate(trim_code(&role.place)));
        }
        let given = Some(team.map(|team| TeamId::of(realm, team)));
        out.push(Fact::Role { member, place, role: role.role as u8, given });
    }
    let mut buildings = BTreeSet::new();
    for building in &line.buildings {
        let at = trim_code(&building.code);
        if !index.has(Level::Building, at) {
            let (member, place) = (code.to_owned(), at.to_owned());
            return Err(RosterFileError::UnknownPlace { member, place });
        }
        if !buildings.insert(at) {
            return Err(duplicate(at));
        }
        let id = PlaceId::of(realm, Level::Building, at);
        out.push(Fact::Assign { building: id, member, assign: Some(building.assign as u8) });
    }
    Ok(())
}

/// A code without what spreadsheets leave around it, tested.
fn checked<'a>(what: &'static str, code: &'a str, name: &str) -> Result<&'a str, RosterFileError> {
    let code = trim_code(code);
    if code.is_empty() {
        return Err(RosterFileError::EmptyCode(what));
    }
    if code.len() > ROSTER_TEXT_BYTES_MAX || name.len() > ROSTER_TEXT_BYTES_MAX {
        let code = code.chars().take(24).collect();
        return Err(RosterFileError::TooLong { what, code });
    }
    Ok(code)
}
