//! What can be wrong with a row. A reason never quotes it: in a file that is out of step anything may stand
//! in any column.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use super::{
    named,
    sheet::Sheet,
    words::{Column, Kind},
};

/// Faults that are listed one by one; a count says how many more there are.
const FAULTS_LISTED_MAX: usize = 100;

/// Why a row, or a whole file, cannot be used; `docs/roster.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names say it, and `text` explains each
pub enum Reason {
    NotUtf8,
    OddQuotes,
    NoHeader,
    MissingColumn,
    RepeatedColumn,
    TooManyRows,
    WrongColumns,
    LineBreak,
    NoCode,
    TooLong,
    Repeated,
    NoLevel,
    UnknownLevel,
    NoSubDistrict,
    SecondSubDistrict,
    SubDistrictIsTop,
    NoParent,
    UnknownParent,
    ParentNotHigher,
    NoBlock,
    BlockEnded,
    UnknownSuccessor,
    SuccessorOfAnotherLevel,
    SuccessorHasEnded,
    SuccessorIsItself,
    RepeatedSuccessor,
    NameDiffers,
    NoRole,
    UnknownRole,
    NoPlace,
    UnknownPlace,
    AmbiguousPlace,
    EndedPlace,
    RoleOfAnotherLevel,
    BadTeam,
    UnknownMember,
    UnknownDuty,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not UTF-8: save it as \"CSV UTF-8\"",
            Self::OddQuotes => "a quotation mark too many or too few",
            Self::NoHeader => "the file is empty: its first line names the columns",
            Self::MissingColumn => "there is no such column",
            Self::RepeatedColumn => "two columns mean this",
            Self::TooManyRows => "too many rows",
            Self::WrongColumns => "has another number of columns than the first line",
            Self::LineBreak => "a line break within a cell",
            Self::NoCode => "no code",
            Self::TooLong => "longer than 1,024 bytes",
            Self::Repeated => "said already in an earlier row",
            Self::NoLevel => "no level",
            Self::UnknownLevel => {
                "none of: sub-district 街道, community 社区, block 街区, grid 网格, building 楼栋"
            }
            Self::NoSubDistrict => "one row must be the sub-district (街道)",
            Self::SecondSubDistrict => "there is one sub-district, and an earlier row is it",
            Self::SubDistrictIsTop => "the sub-district lies in nothing and cannot end",
            Self::NoParent => "does not say what it lies in",
            Self::UnknownParent => "no place has this code",
            Self::ParentNotHigher => "is not of a higher level",
            Self::NoBlock => "does not lie in a block",
            Self::BlockEnded => {
                "goes on in a block that has ended without successors: name another parent, or what takes \
                 over the block"
            }
            Self::UnknownSuccessor => "no place has this code",
            Self::SuccessorOfAnotherLevel => "is of another level",
            Self::SuccessorHasEnded => "has ended too: name what goes on now",
            Self::SuccessorIsItself => "is the place itself",
            Self::RepeatedSuccessor => "is named twice",
            Self::NameDiffers => "another name than an earlier row has for this code",
            Self::NoRole => "a place, and no role there",
            Self::UnknownRole => {
                "none of: member 网格员, grid_lead 网格长, block_lead 街区长, community 社区, \
                 sub_district 街道, team 服务队, intake 受理点, auditor 审计"
            }
            Self::NoPlace => "a role, and no place for it",
            Self::UnknownPlace => "no place has this code",
            Self::AmbiguousPlace => {
                "places of several levels have this code: add a column level 级别"
            }
            Self::EndedPlace => "has ended: name the place that goes on",
            Self::RoleOfAnotherLevel => "this role is at a place of another level",
            Self::BadTeam => "role team, and only it, names a team of the teams file",
            Self::UnknownMember => "no row of the members file has this code",
            Self::UnknownDuty => "none of: owner 负责人, backup 备岗, stand_in 代管",
        }
    }

    /// The word by which the documentation lists it.
    pub fn word(self) -> String {
        let word = serde_json::to_value(self).ok();
        word.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text(), self.word())
    }
}

/// Something wrong, before it is put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) line: u64,
    pub(super) column: Option<Column>,
    pub(super) reason: Reason,
}

/// One thing that is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// The file's name.
    pub file: String,
    /// The line on which the row begins, as an editor counts them.
    pub line: u64,
    /// The column, as the header has it.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Everything that is wrong with the files; the first are listed.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
pub struct Faults {
    /// The first, by file and line.
    pub rows: Vec<RowFault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    pub(super) fn of(mut found: Vec<Found>, sheets: &[Sheet]) -> Self {
        found.sort_unstable();
        let more = found.len().saturating_sub(FAULTS_LISTED_MAX);
        found.truncate(FAULTS_LISTED_MAX);
        Self { rows: found.iter().map(|found| named(found, sheets)).collect(), more }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was made of these files:")?;
        for row in &self.rows {
            write!(f, "\n  {row}")?;
        }
        if self.more > 0 {
            write!(f, "\n  and {} more", self.more)?;
        }
        Ok(())
    }
}
