//! Who may do what: the table of `docs/domain.md` as code. Several roles: the union.

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{MemberId, PlaceId, TeamId},
    roster::{RoleKind, RosterAt},
};

use crate::{event::Event, table::Level};

/// What a member is at a place, by a roster point. A role counts at its place and below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The roles there and above, but for teams.
    pub roles: BTreeSet<RoleKind>,
    /// The place itself is assigned to them, which gives a member's rights.
    pub assigned: bool,
    /// The teams that they are in.
    pub teams: BTreeSet<TeamId>,
}

/// What somebody wants to do: a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Discover.
    Discover,
    /// Accept, Close.
    Accept,
    /// Contact, Progress, Resolve, AskedNoAnswer.
    Work,
    /// Confirm, Reject, Withdraw, FeedBack, Note, Attach.
    Word,
    /// Raise the grade, set an earlier due, escalate up to the sub-district, link duplicates.
    Raise,
    /// Escalate outside.
    EscalateOutside,
    /// Assign, DispatchTeam.
    Assign,
    /// TakeOver up to this level, or SendBack from it: both go as far as one's own.
    Move(Level),
    /// Lower the grade, extend, CloseUnsolved, CouncilItem, Transfer, Settle.
    Decide,
    /// Events of households and visits.
    Fieldwork,
    /// Events of meetings.
    Council,
}

/// What a right may hang on beside the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// The level of the grievance that the author saw.
    pub level: Level,
    /// A team of the author was sent, as the author saw.
    pub sent: bool,
    /// The author is an intake point and issued the code that stands for the resident.
    pub code_issued: bool,
}

/// From whom a correction of an event is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Correctors {
    /// Whoever wrote it and may still write there, else a block lead or higher.
    #[default]
    Own,
    /// A block lead or higher who made no resolution in the document: Discover, Escalate, CloseUnsolved
    /// and residents' words.
    Unresolving,
    /// A block lead or higher: Transfer.
    Deciding,
}

impl Correctors {
    /// That of an event of which these are the copies: the highest of what they say.
    pub fn of<'e>(copies: impl Iterator<Item = &'e Event>) -> Self {
        let correctors = |event: &Event| match event {
            Event::Transfer(_) => Self::Deciding,
            Event::Discover(_)
            | Event::Escalate(_)
            | Event::CloseUnsolved(_)
            | Event::Confirm(_)
            | Event::Reject(_)
            | Event::Withdraw(_) => Self::Unresolving,
            _ => Self::Own,
        };
        copies.map(correctors).max().unwrap_or_default()
    }
}

impl Standing {
    /// What `member` is at `place`.
    pub fn of(roster: &RosterAt<'_>, member: MemberId, place: PlaceId) -> Self {
        let above = roster.above(place);
        Self {
            roles: roster
                .roles(member)
                .filter(|(at, role, _)| *role != RoleKind::Team && above.contains(at))
                .map(|(_, role, _)| role)
                .collect(),
            assigned: above.iter().any(|at| roster.assignment(*at, member).is_some()),
            teams: roster.teams(member),
        }
    }

    /// Whether they have this role there.
    pub fn has(&self, role: RoleKind) -> bool {
        self.roles.contains(&role)
    }

    /// The highest level that they work at; none where they have no such role.
    pub fn level(&self) -> Option<Level> {
        [
            (RoleKind::SubDistrict, Level::SubDistrict),
            (RoleKind::Community, Level::Community),
            (RoleKind::BlockLead, Level::Block),
            (RoleKind::GridLead, Level::Grid),
            (RoleKind::Member, Level::Grid),
        ]
        .into_iter()
        .find(|(role, _)| self.has(*role))
        .map(|(_, level)| level)
        .or_else(|| self.assigned.then_some(Level::Building))
    }

    fn member(&self) -> bool {
        self.has(RoleKind::Member) || self.has(RoleKind::GridLead) || self.assigned
    }

    /// Block lead or higher.
    pub fn decides(&self) -> bool {
        self.level().is_some_and(|level| level >= Level::Block)
    }

    /// Whether they may correct an event, their own or another's. `writes`: they may write in its
    /// document; `made_a_resolution`: they wrote one in it. The register's row stands beside this.
    pub fn may_correct(
        &self,
        correctors: Correctors,
        own: bool,
        writes: impl FnOnce() -> bool,
        made_a_resolution: impl FnOnce() -> bool,
    ) -> bool {
        match correctors {
            Correctors::Deciding => self.decides(),
            Correctors::Unresolving => self.decides() && !made_a_resolution(),
            Correctors::Own if own => writes(),
            Correctors::Own => self.decides(),
        }
    }

    fn staff(&self) -> bool {
        self.has(RoleKind::Community) || self.has(RoleKind::SubDistrict)
    }

    /// Whether they may do `deed`, by every row of the table but that of the register.
    pub fn may(&self, deed: Deed, at: Circumstances) -> bool {
        let here = self.member() || self.has(RoleKind::BlockLead);
        let level_is_theirs = (self.has(RoleKind::Community) && at.level >= Level::Community)
            || (self.has(RoleKind::SubDistrict) && at.level >= Level::SubDistrict);
        match deed {
            Deed::Discover => here || self.staff() || self.has(RoleKind::Intake),
            Deed::Accept => here || level_is_theirs,
            Deed::Work => here || level_is_theirs || at.sent,
            Deed::Word => {
                let intake = self.has(RoleKind::Intake) && at.code_issued;
                here || self.staff() || at.sent || intake
            }
            Deed::Raise | Deed::Fieldwork => here || self.staff(),
            Deed::EscalateOutside => self.staff(),
            Deed::Assign => self.has(RoleKind::GridLead) || self.decides(),
            Deed::Move(level) => self.decides() && self.level().is_some_and(|own| level <= own),
            Deed::Decide | Deed::Council => self.decides(),
        }
    }
}
