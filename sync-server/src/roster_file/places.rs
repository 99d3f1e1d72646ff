//! Finds places by the codes that people write.

use std::collections::BTreeMap;

use doorstep_protocol::{
    id::{Level, PlaceId, RealmId, trim_code},
    roster::RoleKind,
};

use super::{PlaceLine, RoleLine, RosterFile, RosterFileError, checked, level_word};

/// The places of a file by level and code.
pub(super) struct PlaceIndex<'a> {
    root: &'a str,
    lines: BTreeMap<(Level, &'a str), &'a PlaceLine>,
}

/// From the lowest up.
const LEVELS: [Level; 5] =
    [Level::Building, Level::Grid, Level::Block, Level::Community, Level::SubDistrict];

impl<'a> PlaceIndex<'a> {
    pub(super) fn of(file: &'a RosterFile) -> Result<Self, RosterFileError> {
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

    pub(super) fn has(&self, level: Level, code: &str) -> bool {
        match level {
            Level::SubDistrict => self.root == code,
            _ => self.lines.contains_key(&(level, code)),
        }
    }

    /// Level and code of what a place lies in.
    pub(super) fn parent(&self, line: &'a PlaceLine) -> Result<(Level, &'a str), RosterFileError> {
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

    pub(super) fn successors(
        &self,
        line: &'a PlaceLine,
    ) -> Result<Option<Vec<&'a str>>, RosterFileError> {
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
    pub(super) fn check_block(&self, line: &'a PlaceLine) -> Result<(), RosterFileError> {
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
    pub(super) fn role_place(
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
