//! The words of spreadsheets: what files, columns, levels and roles are called, in English and Chinese.

use doorstep_protocol::{
    id::Level,
    roster::{AssignKind, RoleKind},
};

/// The files, in the order in which they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Places,
    Teams,
    Members,
    Buildings,
}

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Level,
    Code,
    Name,
    Parent,
    Successors,
    Member,
    Role,
    Place,
    Team,
    Building,
    Duty,
}

impl Kind {
    /// The file that [`super::write()`] makes.
    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::Places => "places.csv",
            Self::Teams => "teams.csv",
            Self::Members => "members.csv",
            Self::Buildings => "buildings.csv",
        }
    }

    /// Its columns in the order in which they are written, and whether each must be there.
    pub(super) fn columns(self) -> &'static [(Column, bool)] {
        match self {
            Self::Places => &[
                (Column::Level, true),
                (Column::Code, true),
                (Column::Name, false),
                (Column::Parent, true),
                (Column::Successors, false),
            ],
            Self::Teams => &[(Column::Code, true), (Column::Name, false)],
            Self::Members => &[
                (Column::Member, true),
                (Column::Name, false),
                (Column::Role, true),
                (Column::Place, true),
                (Column::Level, false),
                (Column::Team, false),
            ],
            Self::Buildings => {
                &[(Column::Building, true), (Column::Member, true), (Column::Duty, false)]
            }
        }
    }
}

impl Column {
    /// What it may be called; the first is the one that is written.
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Level => &["level", "级别", "层级"],
            Self::Code => &["code", "编码", "编号", "代码"],
            Self::Name => &["name", "姓名", "名称"],
            Self::Parent => &["parent", "上级", "上级编码"],
            Self::Successors => &["successors", "承接", "承接编码"],
            Self::Member => &["member", "工号", "member code"],
            Self::Role => &["role", "角色"],
            Self::Place => &["place", "地点", "地点编码"],
            Self::Team => &["team", "服务队"],
            Self::Building => &["building", "楼栋", "楼栋编码"],
            Self::Duty => &["duty", "职责"],
        }
    }

    /// How a person is told which one is missing.
    pub(super) fn words(self) -> String {
        self.names().iter().take(2).copied().collect::<Vec<_>>().join(" / ")
    }
}

const LEVELS: [(Level, &[&str]); 5] = [
    (Level::SubDistrict, &["sub-district", "sub_district", "街道"]),
    (Level::Community, &["community", "社区"]),
    (Level::Block, &["block", "街区"]),
    (Level::Grid, &["grid", "网格", "红色网格"]),
    (Level::Building, &["building", "楼栋"]),
];

const ROLES: [(RoleKind, &[&str]); 8] = [
    (RoleKind::Member, &["member", "网格员", "成员"]),
    (RoleKind::GridLead, &["grid_lead", "grid lead", "网格长"]),
    (RoleKind::BlockLead, &["block_lead", "block lead", "街区长"]),
    (RoleKind::Community, &["community", "社区"]),
    (RoleKind::SubDistrict, &["sub_district", "sub-district", "街道"]),
    (RoleKind::Team, &["team", "服务队"]),
    (RoleKind::Intake, &["intake", "受理点"]),
    (RoleKind::Auditor, &["auditor", "审计"]),
];

const DUTIES: [(AssignKind, &[&str]); 3] = [
    (AssignKind::Owner, &["owner", "负责人", "负责"]),
    (AssignKind::Backup, &["backup", "备岗"]),
    (AssignKind::StandIn, &["stand_in", "stand-in", "代管"]),
];

/// A place that has ended and has no successor.
pub(super) const NO_SUCCESSOR: [&str; 2] = ["none", "无"];
/// What stands between successors in a cell; the first is the one that is written.
pub(super) const BETWEEN_SUCCESSORS: [char; 3] = [';', '；', '、'];

fn find<T: Copy>(table: &[(T, &[&str])], word: &str) -> Option<T> {
    let word = word.to_lowercase();
    table.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(found, _)| *found)
}

fn word<T: PartialEq>(table: &[(T, &'static [&'static str])], wanted: &T) -> &'static str {
    let found = table.iter().find(|(known, _)| known == wanted);
    found.and_then(|(_, words)| words.first().copied()).unwrap_or_default()
}

pub(super) fn level(text: &str) -> Option<Level> {
    find(&LEVELS, text)
}

pub(super) fn role(text: &str) -> Option<RoleKind> {
    find(&ROLES, text)
}

pub(super) fn duty(text: &str) -> Option<AssignKind> {
    find(&DUTIES, text)
}

pub(super) fn level_word(level: Level) -> &'static str {
    word(&LEVELS, &level)
}

/// Nothing for the role of an import: it is in no spreadsheet.
pub(super) fn role_word(role: RoleKind) -> &'static str {
    word(&ROLES, &role)
}

pub(super) fn duty_word(duty: AssignKind) -> &'static str {
    word(&DUTIES, &duty)
}
