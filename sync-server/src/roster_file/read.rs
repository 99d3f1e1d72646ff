//! A roster file into facts, with everything that is wrong with it.

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{Level, MemberId, PlaceId, RealmId, TeamId, trim_code},
    limits::ROSTER_TEXT_BYTES_MAX,
    roster::{Fact, Named, Place, RoleKind, setting},
};

use super::{
    At, Fault, MemberLine, PlaceLine, RoleLine, RosterFile, RosterFileError, places::PlaceIndex,
};

/// What the file says, and all that is wrong with it; the facts are whole only where nothing is.
pub(super) fn read(file: &RosterFile, realm: &RealmId) -> (Vec<Fact>, Vec<Fault>) {
    let mut faults = Vec::new();
    let index = PlaceIndex::of(file, &mut faults);
    let mut reading = Reading {
        realm,
        index,
        teams: BTreeSet::new(),
        members: BTreeSet::new(),
        facts: Vec::new(),
        faults,
    };
    reading.settings(file);
    reading.places(file);
    reading.teams(file);
    for (n, line) in file.members.iter().enumerate() {
        reading.member(n, line);
    }
    (reading.facts, reading.faults)
}

struct Reading<'a> {
    realm: &'a RealmId,
    index: PlaceIndex<'a>,
    teams: BTreeSet<&'a str>,
    members: BTreeSet<&'a str>,
    facts: Vec<Fact>,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    /// Keeps what is right, notes what is not.
    fn take<T>(&mut self, at: At, read: Result<T, RosterFileError>) -> Option<T> {
        read.map_err(|error| self.faults.push(Fault { at, error })).ok()
    }

    fn settings(&mut self, file: &RosterFile) {
        for (name, value) in [
            (setting::LOCAL_TIME_MIN, file.settings.time_zone_minutes),
            (setting::LEASE_S, file.settings.lease_s),
            (setting::DROP_PERIOD_S, file.settings.drop_period_s),
        ] {
            self.facts.push(Fact::Setting { name, value: Some(value) });
        }
    }

    fn places(&mut self, file: &'a RosterFile) {
        let root = trim_code(&file.sub_district.code);
        let place = Place {
            level: Level::SubDistrict.number(),
            code: root.to_owned(),
            parent: PlaceId::ZERO,
            name: file.sub_district.name.clone(),
            successors: None,
        };
        let id = PlaceId::of(self.realm, Level::SubDistrict, root);
        self.facts.push(Fact::Place { id, place: Some(place) });
        for (n, line) in file.places.iter().enumerate() {
            if self.index.is_good(n) {
                let place = self.place(line);
                if let Some((id, place)) = self.take(At::Place(n), place) {
                    self.facts.push(Fact::Place { id, place: Some(place) });
                }
            }
        }
    }

    fn place(&self, line: &'a PlaceLine) -> Result<(PlaceId, Place), RosterFileError> {
        let code = trim_code(&line.code);
        let parent = self.index.parent(line)?;
        let of_level = |code| PlaceId::of(self.realm, line.level, code);
        let successors = self.index.successors(line)?;
        let successors = successors.map(|codes| codes.into_iter().map(of_level).collect());
        self.index.check_block(line)?;
        let place = Place {
            level: line.level.number(),
            code: code.to_owned(),
            parent: PlaceId::of(self.realm, parent.0, parent.1),
            name: line.name.clone(),
            successors,
        };
        Ok((of_level(code), place))
    }

    fn teams(&mut self, file: &'a RosterFile) {
        for (n, line) in file.teams.iter().enumerate() {
            let code = checked("team", &line.code, &line.name).and_then(|code| {
                let is_new = self.teams.insert(code);
                is_new.then_some(code).ok_or_else(|| duplicate("team", code))
            });
            if let Some(code) = self.take(At::Team(n), code) {
                let named = Named { code: code.to_owned(), name: line.name.clone() };
                self.facts
                    .push(Fact::Team { id: TeamId::of(self.realm, code), named: Some(named) });
            }
        }
    }

    fn member(&mut self, n: usize, line: &'a MemberLine) {
        let code = checked("member", &line.code, &line.name).and_then(|code| {
            let is_new = self.members.insert(code);
            is_new.then_some(code).ok_or_else(|| duplicate("member", code))
        });
        let Some(code) = self.take(At::Member(n), code) else { return };
        let member = MemberId::of(self.realm, code);
        let named = Named { code: code.to_owned(), name: line.name.clone() };
        self.facts.push(Fact::Member { id: member, named: Some(named) });
        let mut seen = BTreeSet::new();
        for (r, role) in line.roles.iter().enumerate() {
            let given = self.role(code, role).and_then(|(place, team)| {
                let is_new = seen.insert((place, role.role as u8));
                is_new.then_some((place, team)).ok_or_else(|| twice(code, &role.place))
            });
            if let Some((place, team)) = self.take(At::Role(n, r), given) {
                let role = role.role as u8;
                self.facts.push(Fact::Role { member, place, role, given: Some(team) });
            }
        }
        let mut buildings = BTreeSet::new();
        for (b, line) in line.buildings.iter().enumerate() {
            let building = self.building(code, &line.code).and_then(|building| {
                let is_new = buildings.insert(building);
                is_new.then_some(building).ok_or_else(|| twice(code, &line.code))
            });
            if let Some(building) = self.take(At::Building(n, b), building) {
                self.facts.push(Fact::Assign { building, member, assign: Some(line.assign as u8) });
            }
        }
    }

    fn role(
        &self,
        member: &str,
        line: &RoleLine,
    ) -> Result<(PlaceId, Option<TeamId>), RosterFileError> {
        let (level, code) = self.index.role_place(member, line)?;
        let team = line.team.as_deref().map(trim_code);
        let is_team = line.role == RoleKind::Team;
        if is_team != team.is_some() || team.is_some_and(|team| !self.teams.contains(team)) {
            let team = team.unwrap_or_default().to_owned();
            return Err(RosterFileError::BadTeam { member: member.to_owned(), team });
        }
        self.index.goes_on(level, code, member)?;
        let place = PlaceId::of(self.realm, level, code);
        Ok((place, team.map(|team| TeamId::of(self.realm, team))))
    }

    fn building(&self, member: &str, code: &str) -> Result<PlaceId, RosterFileError> {
        let code = trim_code(code);
        if !self.index.has(Level::Building, code) {
            let (member, place) = (member.to_owned(), code.to_owned());
            return Err(RosterFileError::UnknownPlace { member, place });
        }
        self.index.goes_on(Level::Building, code, member)?;
        Ok(PlaceId::of(self.realm, Level::Building, code))
    }
}

fn duplicate(what: &'static str, code: &str) -> RosterFileError {
    RosterFileError::Duplicate { what, code: code.to_owned() }
}

fn twice(member: &str, of: &str) -> RosterFileError {
    duplicate("role or building of one member:", &format!("{member} {}", trim_code(of)))
}

/// A code without what spreadsheets leave around it, tested.
pub(super) fn checked<'a>(
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
