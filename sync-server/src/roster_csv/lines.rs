//! Rows into the lines of a roster file, and its faults back to rows.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{id::Level, limits::ROSTER_TEXT_BYTES_MAX};

use super::{
    Kept,
    fault::{Found, Reason},
    sheet::{Row, Sheet},
    words::{self, BETWEEN_SUCCESSORS, Column, Kind, NO_SUCCESSOR},
};
use crate::roster_file::{
    At, BuildingLine, Fault, MemberLine, NoSuccessor, PlaceLine, RoleLine, RosterFile,
    RosterFileError as E, TeamLine,
};

/// A roster file in the making, with the line of the spreadsheet from which each of its parts came.
pub(super) struct Lines<'a> {
    file: RosterFile,
    found: &'a mut Vec<Found>,
    root: Option<u64>,
    places: Vec<u64>,
    teams: Vec<u64>,
    members: BTreeMap<String, usize>,
    origins: Vec<MemberOrigin>,
    bad: BTreeSet<String>,
}

#[derive(Default)]
struct MemberOrigin {
    line: u64,
    roles: Vec<u64>,
    buildings: Vec<u64>,
}

/// What is wrong with a row, and in which column.
type Bad = (Column, Reason);

impl<'a> Lines<'a> {
    pub(super) fn new(kept: &Kept, found: &'a mut Vec<Found>) -> Self {
        Self {
            file: RosterFile {
                settings: kept.settings,
                teams: kept.teams.clone(),
                ..RosterFile::of_sub_district("", "", 0)
            },
            found,
            root: None,
            places: Vec::new(),
            teams: Vec::new(),
            members: BTreeMap::new(),
            origins: Vec::new(),
            bad: BTreeSet::new(),
        }
    }

    /// Takes the rows of a file; members come before buildings.
    pub(super) fn take(&mut self, sheet: &Sheet) {
        self.bad.extend(sheet.bad_cells().map(str::to_owned));
        for row in sheet.rows() {
            let taken = match sheet.kind() {
                Kind::Places => self.place(sheet, row),
                Kind::Teams => self.team(sheet, row),
                Kind::Members => self.member(sheet, row),
                Kind::Buildings => self.building(sheet, row),
            };
            if let Err((column, reason)) = taken {
                let own = match sheet.kind() {
                    Kind::Members => Column::Member,
                    Kind::Buildings => Column::Building,
                    Kind::Places | Kind::Teams => Column::Code,
                };
                self.bad.insert(sheet.cell(row, own).to_owned());
                self.fault(sheet.kind(), row.line(), Some(column), reason);
            }
        }
    }

    fn fault(&mut self, kind: Kind, line: u64, column: Option<Column>, reason: Reason) {
        self.found.push(Found { kind, line, column, reason });
    }

    fn place(&mut self, sheet: &Sheet, row: &Row) -> Result<(), Bad> {
        let text = |column| sheet.cell(row, column);
        let level = match text(Column::Level) {
            "" => return Err((Column::Level, Reason::NoLevel)),
            word => words::level(word).ok_or((Column::Level, Reason::UnknownLevel))?,
        };
        let (code, name) = (text(Column::Code).to_owned(), text(Column::Name).to_owned());
        if level == Level::SubDistrict {
            if self.root.is_some() {
                return Err((Column::Level, Reason::SecondSubDistrict));
            }
            self.file.sub_district.code = code;
            self.file.sub_district.name = name;
            self.root = Some(row.line());
            let above = [Column::Parent, Column::Successors];
            let wrong = above.into_iter().find(|column| !text(*column).is_empty());
            return wrong.map_or(Ok(()), |column| Err((column, Reason::SubDistrictIsTop)));
        }
        self.file.places.push(PlaceLine {
            level,
            code,
            name,
            parent: some(text(Column::Parent)),
            successors: successors(text(Column::Successors)),
        });
        self.places.push(row.line());
        Ok(())
    }

    fn team(&mut self, sheet: &Sheet, row: &Row) -> Result<(), Bad> {
        self.file.teams.push(TeamLine {
            code: sheet.cell(row, Column::Code).to_owned(),
            name: sheet.cell(row, Column::Name).to_owned(),
        });
        self.teams.push(row.line());
        Ok(())
    }

    fn member(&mut self, sheet: &Sheet, row: &Row) -> Result<(), Bad> {
        let text = |column| sheet.cell(row, column);
        let role = role(sheet, row)?;
        let code = text(Column::Member);
        if code.is_empty() {
            return Err((Column::Member, Reason::NoCode));
        }
        let at = self.member_with(code, row.line());
        let (Some(member), Some(origin)) =
            (self.file.members.get_mut(at), self.origins.get_mut(at))
        else {
            return Ok(());
        };
        let name = text(Column::Name);
        if member.name.is_empty() {
            name.clone_into(&mut member.name);
        } else if !name.is_empty() && member.name != name {
            return Err((Column::Name, Reason::NameDiffers));
        }
        if let Some(role) = role {
            member.roles.push(role);
            origin.roles.push(row.line());
        }
        Ok(())
    }

    /// The member of a code, new where no row has named it before.
    fn member_with(&mut self, code: &str, line: u64) -> usize {
        if let Some(known) = self.members.get(code) {
            return *known;
        }
        let at = self.file.members.len();
        self.members.insert(code.to_owned(), at);
        self.origins.push(MemberOrigin { line, ..MemberOrigin::default() });
        self.file.members.push(MemberLine {
            code: code.to_owned(),
            name: String::new(),
            roles: Vec::new(),
            buildings: Vec::new(),
        });
        at
    }

    fn building(&mut self, sheet: &Sheet, row: &Row) -> Result<(), Bad> {
        let text = |column| sheet.cell(row, column);
        let (code, member) = (text(Column::Building), text(Column::Member));
        if code.is_empty() {
            return Err((Column::Building, Reason::NoCode));
        }
        if member.is_empty() {
            return Err((Column::Member, Reason::NoCode));
        }
        let assign = match text(Column::Duty) {
            "" => doorstep_protocol::roster::AssignKind::Owner,
            word => words::duty(word).ok_or((Column::Duty, Reason::UnknownDuty))?,
        };
        let Some(at) = self.members.get(member).copied() else {
            if self.bad.contains(member) {
                return Ok(());
            }
            return Err((Column::Member, Reason::UnknownMember));
        };
        let line = BuildingLine { code: code.to_owned(), assign };
        if let (Some(member), Some(origin)) =
            (self.file.members.get_mut(at), self.origins.get_mut(at))
        {
            member.buildings.push(line);
            origin.buildings.push(row.line());
        }
        Ok(())
    }

    /// The roster file, and all that is wrong with it.
    pub(super) fn finish(mut self) -> RosterFile {
        if self.root.is_none() {
            self.fault(Kind::Places, 1, Some(Column::Level), Reason::NoSubDistrict);
        }
        for fault in self.file.faults() {
            if self.root.is_none() && fault.at == At::SubDistrict {
                continue;
            }
            if !named_by(&fault.error).is_some_and(|code| self.bad.contains(code)) {
                self.translate(&fault);
            }
        }
        self.file
    }

    /// A fault of the roster file, said of the row it came from.
    fn translate(&mut self, fault: &Fault) {
        let member = |m: usize| self.origins.get(m);
        let (kind, line) = match fault.at {
            At::SubDistrict => (Kind::Places, self.root),
            At::Place(n) => (Kind::Places, self.places.get(n).copied()),
            At::Team(n) => (Kind::Teams, self.teams.get(n).copied()),
            At::Member(n) => (Kind::Members, member(n).map(|member| member.line)),
            At::Role(m, n) => (Kind::Members, member(m).and_then(|m| m.roles.get(n)).copied()),
            At::Building(m, n) => {
                (Kind::Buildings, member(m).and_then(|m| m.buildings.get(n)).copied())
            }
        };
        let own = match fault.at {
            At::SubDistrict | At::Place(_) | At::Team(_) => Column::Code,
            At::Member(_) => Column::Member,
            At::Role(..) => Column::Place,
            At::Building(..) => Column::Building,
        };
        let (column, reason) = self.reason(fault, own);
        // Teams that were kept have no row; nothing is wrong with them, since they stand.
        self.fault(kind, line.unwrap_or_default(), Some(column), reason);
    }

    fn reason(&self, fault: &Fault, own: Column) -> (Column, Reason) {
        match &fault.error {
            E::EmptyCode(_) => (own, Reason::NoCode),
            E::TooLong { .. } => {
                let column = if self.code_is_long(fault.at) { own } else { Column::Name };
                (column, Reason::TooLong)
            }
            E::UnknownParent { .. } => (Column::Parent, Reason::UnknownParent),
            E::LevelMustRise { .. } => (Column::Parent, Reason::ParentNotHigher),
            E::NoParent { .. } => (Column::Parent, Reason::NoParent),
            E::NoBlock { .. } => (Column::Parent, Reason::NoBlock),
            E::BlockEnded { .. } => (Column::Parent, Reason::BlockEnded),
            E::BadSuccessor { why, .. } => {
                let reason = match why {
                    NoSuccessor::Unknown => Reason::UnknownSuccessor,
                    NoSuccessor::OtherLevel => Reason::SuccessorOfAnotherLevel,
                    NoSuccessor::HasEnded => Reason::SuccessorHasEnded,
                    NoSuccessor::Itself => Reason::SuccessorIsItself,
                    NoSuccessor::Twice => Reason::RepeatedSuccessor,
                };
                (Column::Successors, reason)
            }
            E::UnknownPlace { .. } => (own, Reason::UnknownPlace),
            E::AmbiguousPlace { .. } => (own, Reason::AmbiguousPlace),
            E::EndedPlace { .. } => (own, Reason::EndedPlace),
            E::RoleLevel { .. } => (own, Reason::RoleOfAnotherLevel),
            E::BadTeam { .. } => (Column::Team, Reason::BadTeam),
            // The others are of a whole file, and cannot be of a row.
            E::Duplicate { .. } | E::Toml(_) | E::PlaceMissing(_) => (own, Reason::Repeated),
        }
    }

    fn code_is_long(&self, at: At) -> bool {
        let code = match at {
            At::SubDistrict => Some(&self.file.sub_district.code),
            At::Place(n) => self.file.places.get(n).map(|line| &line.code),
            At::Team(n) => self.file.teams.get(n).map(|line| &line.code),
            At::Member(n) | At::Role(n, _) | At::Building(n, _) => {
                self.file.members.get(n).map(|line| &line.code)
            }
        };
        code.is_some_and(|code| code.len() > ROSTER_TEXT_BYTES_MAX)
    }
}

/// The role of a row of members: none where it names neither a role nor a place.
fn role(sheet: &Sheet, row: &Row) -> Result<Option<RoleLine>, Bad> {
    let text = |column| sheet.cell(row, column);
    let role = match (text(Column::Role), text(Column::Place)) {
        ("", "") => return Ok(None),
        ("", _) => return Err((Column::Role, Reason::NoRole)),
        (_, "") => return Err((Column::Place, Reason::NoPlace)),
        (word, _) => words::role(word).ok_or((Column::Role, Reason::UnknownRole))?,
    };
    let level = match text(Column::Level) {
        "" => None,
        word => Some(words::level(word).ok_or((Column::Level, Reason::UnknownLevel))?),
    };
    let place = text(Column::Place).to_owned();
    Ok(Some(RoleLine { place, level, role, team: some(text(Column::Team)) }))
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Nothing = goes on; the word for none = ended, and nothing takes over; else who does.
fn successors(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return None;
    }
    if NO_SUCCESSOR.contains(&text.to_lowercase().as_str()) {
        return Some(Vec::new());
    }
    let codes = text.split(BETWEEN_SUCCESSORS).map(super::trimmed);
    Some(codes.filter(|code| !code.is_empty()).map(str::to_owned).collect())
}

/// The code that a fault misses, where a bad row may have had it.
fn named_by(error: &E) -> Option<&str> {
    match error {
        E::UnknownParent { parent, .. } => Some(parent),
        E::BadSuccessor { successor, why: NoSuccessor::Unknown, .. } => Some(successor),
        E::UnknownPlace { place, .. } => Some(place),
        E::BadTeam { team, .. } if !team.is_empty() => Some(team),
        _ => None,
    }
}
