//! The first screen.

use super::{GrievanceLine, HouseholdLine, SyncStatus};
use crate::enums::Duty;

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MemberLine {
    /// Their id.
    pub member: String,
    /// What they are called, else the register's code.
    pub name: String,
}

/// A building that this phone's member answers for.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BuildingLine {
    /// Its id.
    pub place: String,
    /// What people call it, else its code.
    pub name: String,
    /// How it is given to the member.
    pub duty: Duty,
    /// Households entered.
    pub households: i32,
    /// Of these, to be visited first.
    pub priority: i32,
    /// Open grievances.
    pub open: i32,
    /// Of these, past their due.
    pub overdue: i32,
}

/// The first screen in one call.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Today {
    /// Whose phone this is; none before enrolment and after revocation.
    pub member: Option<MemberLine>,
    /// How things stand with the relay.
    pub status: SyncStatus,
    /// The phone's time when this was put together.
    pub now_s: i64,
    /// My buildings, by code. Who is given none gets the buildings of their grids (at most 200).
    pub buildings: Vec<BuildingLine>,
    /// Grievances that came back: the resident was not content (mine, or open in my buildings). At
    /// most 50, due first.
    pub came_back: Vec<GrievanceLine>,
    /// Other open grievances that are mine or that nobody in my buildings took on, due first; at most
    /// 50.
    pub due: Vec<GrievanceLine>,
    /// Households of my buildings: priority first, then longest not met; at most 50. The list
    /// [`Doorstep::households`](crate::Doorstep::households) goes on by place and unit.
    pub households: Vec<HouseholdLine>,
}
