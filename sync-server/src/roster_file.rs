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

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{Level, MemberId, PlaceId, RealmId, TeamId, trim_code},
    limits::ROSTER_TEXT_BYTES_MAX,
    roster::{AssignKind, Fact, Named, Place, RoleKind, setting},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

const DAY_S: i64 = 24 * 60 * 60;
/// China's time, in minutes east of UTC.
const TIME_ZONE_MINUTES: i64 = 480;
const LEASE_S: i64 = 14 * DAY_S;
const DROP_PERIOD_S: i64 = 30 * DAY_S;

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
    /// A successor that is not in the file, has ended itself, or is the place itself.
    #[error("{what} {code}: its successor {successor} is no place of the same level that goes on")]
    BadSuccessor {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
        /// The successor's.
        successor: String,
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
    #[error(
        "member {member}: several places have the code {place}: say which by `level`"
    )]
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
    /// A place that stands in the rosters and not in the file.
    #[error(
        "{what} {code} is not in the file any more: a place that is no more stays in it with \
         `successors = [..]` (none = its parent takes its log), so that its log is not lost"
    )]
    PlaceMissing {
        /// What the place is.
        what: &'static str,
        /// Its code.
        code: String,
    },
}

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
        push(root_id, Place {
            level: Level::SubDistrict.number(),
            code: root.to_owned(),
            parent: PlaceId::ZERO,
            name: self.sub_district.name.clone(),
            successors: None,
        });
        for line in &self.places {
            let code = trim_code(&line.code);
            let parent = index.parent(line)?;
            let parent = PlaceId::of(realm, parent.0, parent.1);
            let successors = index.successors(line)?.map(|codes| {
                codes.into_iter().map(|code| PlaceId::of(realm, line.level, code)).collect()
            });
            index.check_block(line)?;
            push(PlaceId::of(realm, line.level, code), Place {
                level: line.level.number(),
                code: code.to_owned(),
                parent,
                name: line.name.clone(),
                successors,
            });
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
fn checked<'a>(
    what: &'static str,
    code: &'a str,
    name: &str,
) -> Result<&'a str, RosterFileError> {
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

/// The places of a file by level and code.
struct PlaceIndex<'a> {
    root: &'a str,
    lines: BTreeMap<(Level, &'a str), &'a PlaceLine>,
}

/// From the lowest up.
const LEVELS: [Level; 5] =
    [Level::Building, Level::Grid, Level::Block, Level::Community, Level::SubDistrict];

impl<'a> PlaceIndex<'a> {
    fn of(file: &'a RosterFile) -> Result<Self, RosterFileError> {
        let root = checked("sub-district", &file.sub_district.code, &file.sub_district.name)?;
        let mut lines = BTreeMap::new();
        for line in &file.places {
            let what = level_word(line.level);
            let code = checked(what, &line.code, &line.name)?;
            let twice = line.level == Level::SubDistrict
                || lines.insert((line.level, code), line).is_some();
            if twice {
                return Err(RosterFileError::Duplicate { what, code: code.to_owned() });
            }
        }
        Ok(Self { root, lines })
    }

    fn has(&self, level: Level, code: &str) -> bool {
        match level {
            Level::SubDistrict => self.root == code,
            _ => self.lines.contains_key(&(level, code)),
        }
    }

    /// Level and code of what a place lies in.
    fn parent(&self, line: &'a PlaceLine) -> Result<(Level, &'a str), RosterFileError> {
        let (what, code) = (level_word(line.level), trim_code(&line.code).to_owned());
        let Some(parent) = line.parent.as_deref().map(trim_code) else {
            return match line.level {
                Level::Community => Ok((Level::SubDistrict, self.root)),
                _ => Err(RosterFileError::NoParent { what, code }),
            };
        };
        let with_code = || LEVELS.into_iter().filter(|level| self.has(*level, parent));
        if let Some(level) = with_code().find(|level| *level > line.level) {
            return Ok((level, parent));
        }
        let parent = parent.to_owned();
        Err(if with_code().next().is_some() {
            RosterFileError::LevelMustRise { what, code, parent }
        } else {
            RosterFileError::UnknownParent { what, code, parent }
        })
    }

    fn successors(&self, line: &'a PlaceLine) -> Result<Option<Vec<&'a str>>, RosterFileError> {
        let Some(codes) = &line.successors else { return Ok(None) };
        let mut out = Vec::with_capacity(codes.len());
        for code in codes.iter().map(|code| trim_code(code)) {
            let found = self.lines.get(&(line.level, code));
            if found.is_none_or(|found| found.successors.is_some()) || out.contains(&code) {
                return Err(RosterFileError::BadSuccessor {
                    what: level_word(line.level),
                    code: trim_code(&line.code).to_owned(),
                    successor: code.to_owned(),
                });
            }
            out.push(code);
        }
        Ok(Some(out))
    }

    /// Everything below a block has a roster only through it.
    fn check_block(&self, line: &'a PlaceLine) -> Result<(), RosterFileError> {
        let mut at = line;
        while at.level < Level::Block {
            let (level, code) = self.parent(at)?;
            match self.lines.get(&(level, code)) {
                Some(above) if level <= Level::Block => at = above,
                _ => {
                    return Err(RosterFileError::NoBlock {
                        what: level_word(line.level),
                        code: trim_code(&line.code).to_owned(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Where a role is: at the level it belongs to, or wherever its code alone says.
    fn role_place(
        &self,
        realm: &RealmId,
        member: &str,
        role: &RoleLine,
    ) -> Result<PlaceId, RosterFileError> {
        let code = trim_code(&role.place);
        let own = match role.role {
            RoleKind::GridLead => Some(Level::Grid),
            RoleKind::BlockLead => Some(Level::Block),
            RoleKind::Community => Some(Level::Community),
            RoleKind::SubDistrict => Some(Level::SubDistrict),
            RoleKind::Member => Some(Level::Grid),
            _ => None,
        };
        let (member, place) = (member.to_owned(), code.to_owned());
        if role.level.is_some_and(|level| own.is_some_and(|own| own != level)) {
            return Err(RosterFileError::RoleLevel { member, place });
        }
        let mut found = LEVELS
            .into_iter()
            .filter(|level| self.has(*level, code))
            .filter(|level| role.level.or(own).is_none_or(|wanted| wanted == *level));
        match (found.next(), found.next()) {
            (Some(level), None) => Ok(PlaceId::of(realm, level, code)),
            (Some(_), Some(_)) => Err(RosterFileError::AmbiguousPlace { member, place }),
            (None, _) if LEVELS.into_iter().any(|level| self.has(level, code)) => {
                Err(RosterFileError::RoleLevel { member, place })
            }
            (None, _) => Err(RosterFileError::UnknownPlace { member, place }),
        }
    }
}
