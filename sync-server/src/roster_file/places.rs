//! Finds places by the codes that people write.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{Level, trim_code},
    roster::RoleKind,
};

use super::{
    At, Fault, NoSuccessor, PlaceLine, RoleLine, RosterFile, RosterFileError, level_word,
    read::checked,
};

/// The places of a file by level and code.
pub(super) struct PlaceIndex<'a> {
    root: &'a str,
    lines: BTreeMap<(Level, &'a str), &'a PlaceLine>,
    bad: BTreeSet<usize>,
}

/// From the lowest up.
const LEVELS: [Level; 5] =
    [Level::Building, Level::Grid, Level::Block, Level::Community, Level::SubDistrict];

impl<'a> PlaceIndex<'a> {
    /// Those with a code of their own; the others are faults.
    pub(super) fn of(file: &'a RosterFile, faults: &mut Vec<Fault>) -> Self {
        let root = trim_code(&file.sub_district.code);
        if let Err(error) =
            checked("sub-district", &file.sub_district.code, &file.sub_district.name)
        {
            faults.push(Fault { at: At::SubDistrict, error });
        }
        let mut out = Self { root, lines: BTreeMap::new(), bad: BTreeSet::new() };
        for (n, line) in file.places.iter().enumerate() {
            if let Err(error) = out.take(line) {
                faults.push(Fault { at: At::Place(n), error });
                out.bad.insert(n);
            }
        }
        out
    }

    fn take(&mut self, line: &'a PlaceLine) -> Result<(), RosterFileError> {
        let what = level_word(line.level);
        let code = checked(what, &line.code, &line.name)?;
        let key = (line.level, code);
        if line.level == Level::SubDistrict || self.lines.contains_key(&key) {
            return Err(RosterFileError::Duplicate { what, code: code.to_owned() });
        }
        self.lines.insert(key, line);
        Ok(())
    }

    /// Whether the n-th place of the file has a code of its own.
    pub(super) fn is_good(&self, n: usize) -> bool {
        !self.bad.contains(&n)
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
            let why = match self.lines.get(&(line.level, code)) {
                _ if code == trim_code(&line.code) => Some(NoSuccessor::Itself),
                None if LEVELS.into_iter().any(|level| self.has(level, code)) => {
                    Some(NoSuccessor::OtherLevel)
                }
                None => Some(NoSuccessor::Unknown),
                Some(found) if found.successors.is_some() => Some(NoSuccessor::HasEnded),
                Some(_) if out.contains(&code) => Some(NoSuccessor::Twice),
                Some(_) => None,
            };
            if let Some(why) = why {
                return Err(RosterFileError::BadSuccessor {
                    what: level_word(line.level),
                    code: trim_code(&line.code).to_owned(),
                    successor: code.to_owned(),
                    why,
                });
            }
            out.push(code);
        }
        Ok(Some(out))
    }

    /// Everything below a block has a roster only through it, and what goes on needs one that goes on.
    /// What is wrong with a place above is said there.
    pub(super) fn check_block(&self, line: &'a PlaceLine) -> Result<(), RosterFileError> {
        let (what, code) = (level_word(line.level), trim_code(&line.code).to_owned());
        let mut at = line;
        while at.level < Level::Block {
            let Ok((level, parent)) = self.parent(at) else { return Ok(()) };
            match self.lines.get(&(level, parent)) {
                Some(above) if level <= Level::Block => at = above,
                _ => return Err(RosterFileError::NoBlock { what, code }),
            }
            let has_successor = at.successors.as_ref().is_none_or(|codes| !codes.is_empty());
            if has_successor || line.successors.is_some() {
                return Ok(());
            }
            if at.level == Level::Block {
                let block = trim_code(&at.code).to_owned();
                return Err(RosterFileError::BlockEnded { what, code, block });
            }
        }
        Ok(())
    }

    /// Nobody works at a place that is no more.
    pub(super) fn goes_on(
        &self,
        level: Level,
        code: &str,
        member: &str,
    ) -> Result<(), RosterFileError> {
        let line = self.lines.get(&(level, code));
        if line.is_some_and(|line| line.successors.is_some()) {
            let (member, place) = (member.to_owned(), code.to_owned());
            return Err(RosterFileError::EndedPlace { member, place });
        }
        Ok(())
    }

    /// Where a role is: at the level it belongs to, or wherever its code alone says.
    pub(super) fn role_place<'b>(
        &self,
        member: &str,
        role: &'b RoleLine,
    ) -> Result<(Level, &'b str), RosterFileError> {
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
            (Some(level), None) => Ok((level, code)),
            (Some(_), Some(_)) => Err(RosterFileError::AmbiguousPlace { member, place }),
            (None, _) if LEVELS.into_iter().any(|level| self.has(level, code)) => {
                Err(RosterFileError::RoleLevel { member, place })
            }
            (None, _) => Err(RosterFileError::UnknownPlace { member, place }),
        }
    }
}
