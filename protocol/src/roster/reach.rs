//! Questions to a roster at one point: what lies under what, who may enter, who holds which log.

use std::collections::{BTreeMap, BTreeSet};

use super::{AssignKind, CodeItem, Device, Fact, Named, Place, RecordKind, RoleKind, Roster};
use crate::{
    id::{DeviceId, DocumentId, Level, MemberId, PlaceId, TeamId},
    wire::Writer,
};

/// A roster as it stood at one entry.
#[derive(Debug, Clone, Copy)]
pub struct RosterAt<'a> {
    pub(super) roster: &'a Roster,
    pub(super) seq: u32,
}

impl<'a> RosterAt<'a> {
    /// The number of the entry.
    pub fn seq(&self) -> u32 {
        self.seq
    }

    /// The roster.
    pub fn roster(&self) -> &'a Roster {
        self.roster
    }

    fn version(&self, versions: &'a [(u32, Option<Fact>)]) -> Option<&'a Fact> {
        versions.iter().rev().find(|(seq, _)| *seq <= self.seq)?.1.as_ref()
    }

    pub(super) fn fact(&self, kind: RecordKind, key: &[u8]) -> Option<&'a Fact> {
        self.version(self.roster.history.get(&(kind as u8, key.to_vec()))?)
    }

    /// All facts of a kind whose key begins with `prefix`, by key.
    fn facts(&self, kind: RecordKind, prefix: &[u8]) -> impl Iterator<Item = &'a Fact> + use<'a> {
        let from = (kind as u8, prefix.to_vec());
        let prefix = prefix.to_vec();
        let at = *self;
        self.roster
            .history
            .range(from..)
            .take_while(move |((k, key), _)| *k == kind as u8 && key.starts_with(&prefix))
            .filter_map(move |(_, versions)| at.version(versions))
    }

    /// A place.
    pub fn place(&self, id: PlaceId) -> Option<&'a Place> {
        match self.fact(RecordKind::Place, &id.0)? {
            Fact::Place { place, .. } => place.as_ref(),
            _ => None,
        }
    }

    /// All places, by id.
    pub fn places(&self) -> impl Iterator<Item = (PlaceId, &'a Place)> + use<'a> {
        self.facts(RecordKind::Place, &[]).filter_map(|fact| match fact {
            Fact::Place { id, place: Some(place) } => Some((*id, place)),
            _ => None,
        })
    }

    /// A member's code and name.
    pub fn member(&self, id: MemberId) -> Option<&'a Named> {
        match self.fact(RecordKind::Member, &id.0)? {
            Fact::Member { named, .. } => named.as_ref(),
            _ => None,
        }
    }

    /// All members, by id.
    pub fn members(&self) -> impl Iterator<Item = (MemberId, &'a Named)> + use<'a> {
        self.facts(RecordKind::Member, &[]).filter_map(|fact| match fact {
            Fact::Member { id, named: Some(named) } => Some((*id, named)),
            _ => None,
        })
    }

    /// All teams, by id.
    pub fn teams_named(&self) -> impl Iterator<Item = (TeamId, &'a Named)> + use<'a> {
        self.facts(RecordKind::Team, &[]).filter_map(|fact| match fact {
            Fact::Team { id, named: Some(named) } => Some((*id, named)),
            _ => None,
        })
    }

    /// A device.
    pub fn device(&self, id: DeviceId) -> Option<Device> {
        match self.fact(RecordKind::Device, &id.0)? {
            Fact::Device { device, .. } => *device,
            _ => None,
        }
    }

    /// All devices, by id.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, Device)> + use<'a> {
        self.facts(RecordKind::Device, &[]).filter_map(|fact| match fact {
            Fact::Device { id, device: Some(device) } => Some((*id, *device)),
            _ => None,
        })
    }

    /// The roles of a member: place, role, team. Roles without a meaning have no effect.
    pub fn roles(
        &self,
        member: MemberId,
    ) -> impl Iterator<Item = (PlaceId, RoleKind, Option<TeamId>)> + use<'a> {
        self.facts(RecordKind::Role, &member.0).filter_map(|fact| match fact {
            Fact::Role { place, role, given: Some(team), .. } => {
                Some((*place, RoleKind::from_number(*role)?, *team))
            }
            _ => None,
        })
    }

    /// Who is given a building, and how.
    pub fn assigned(
        &self,
        building: PlaceId,
    ) -> impl Iterator<Item = (MemberId, AssignKind)> + use<'a> {
        self.facts(RecordKind::Assign, &building.0).filter_map(|fact| match fact {
            Fact::Assign { member, assign: Some(assign), .. } => {
                Some((*member, AssignKind::from_number(*assign)?))
            }
            _ => None,
        })
    }

    /// How a building is given to a member.
    pub fn assignment(&self, building: PlaceId, member: MemberId) -> Option<AssignKind> {
        let mut key = Writer::new();
        key.raw(&building.0).raw(&member.0);
        match self.fact(RecordKind::Assign, key.as_slice())? {
            Fact::Assign { assign: Some(assign), .. } => AssignKind::from_number(*assign),
            _ => None,
        }
    }

    /// The teams that a member is in.
    pub fn teams(&self, member: MemberId) -> BTreeSet<TeamId> {
        self.roles(member)
            .filter(|(_, role, _)| *role == RoleKind::Team)
            .filter_map(|(_, _, team)| team)
            .collect()
    }

    /// Where a team is sent, and for which document.
    pub fn sent(&self, team: TeamId) -> impl Iterator<Item = (PlaceId, DocumentId)> + use<'a> {
        self.facts(RecordKind::Sent, &team.0).filter_map(|fact| match fact {
            Fact::Sent { place, document, stands: true, .. } => Some((*place, *document)),
            _ => None,
        })
    }

    /// A setting.
    pub fn setting(&self, name: u16) -> Option<i64> {
        match self.fact(RecordKind::Setting, &name.to_be_bytes())? {
            Fact::Setting { value, .. } => *value,
            _ => None,
        }
    }

    /// An item of a code list.
    pub fn code(&self, list: u16, code: u16) -> Option<&'a CodeItem> {
        let mut key = Writer::new();
        key.u16(list).u16(code);
        match self.fact(RecordKind::CodeList, key.as_slice())? {
            Fact::Code { item, .. } => item.as_ref(),
            _ => None,
        }
    }

    /// The items of a code list, by code.
    pub fn codes(&self, list: u16) -> impl Iterator<Item = (u16, &'a CodeItem)> + use<'a> {
        self.facts(RecordKind::CodeList, &list.to_be_bytes()).filter_map(|fact| match fact {
            Fact::Code { code, item: Some(item), .. } => Some((*code, item)),
            _ => None,
        })
    }

    /// The place itself and all that it lies under. A parent is followed only while the level rises;
    /// an ended place lies under its successors, or, where it names none, under its parent. Each is
    /// followed once.
    pub fn above(&self, place: PlaceId) -> Vec<PlaceId> {
        let mut found = vec![place];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            next += 1;
            let Some(here) = self.place(at) else { continue };
            let parents = match &here.successors {
                Some(successors) if !successors.is_empty() => successors.clone(),
                _ => vec![here.parent],
            };
            for parent in parents {
                let rises = here.successors.is_some()
                    || self.place(parent).is_some_and(|above| above.level > here.level);
                if rises && parent != PlaceId::ZERO && !found.contains(&parent) {
                    found.push(parent);
                }
            }
        }
        found
    }

    /// Whether the place lies in this roster's block (for the realm's roster: above all blocks).
    pub fn is_under_block(&self, place: PlaceId) -> bool {
        self.lies_in_block(place, &self.above(place))
    }

    /// As [`Self::is_under_block`], for whoever has asked already what lies above.
    fn lies_in_block(&self, place: PlaceId, above: &[PlaceId]) -> bool {
        match self.roster.block {
            Some(block) => above.contains(&block),
            None => self.place(place).is_some_and(|place| {
                place.level > Level::Block.number() && place.level().is_some()
            }),
        }
    }

    /// Whether a member may add to the log of a place: a role there or above, an assignment or a
    /// sending there. This is all that the relay asks; what the role allows is the fold's.
    pub fn may_enter(&self, member: MemberId, place: PlaceId) -> bool {
        let above = self.above(place);
        self.roles(member).any(|(at, _, _)| above.contains(&at))
            || above.iter().any(|at| self.assignment(*at, member).is_some())
            || self
                .teams(member)
                .into_iter()
                .any(|team| self.sent(team).any(|(at, _)| above.contains(&at)))
    }

    /// The places in this roster whose logs a member's phone holds, by level then id.
    ///
    /// A role as member, grid lead or block lead gives its place and all below; an assignment gives
    /// the building; a sending gives the place. Other roles give none: higher levels use the console.
    pub fn logs_of(&self, member: MemberId) -> Vec<PlaceId> {
        let held: BTreeSet<PlaceId> = self
            .roles(member)
            .filter(|(_, role, _)| {
                matches!(role, RoleKind::Member | RoleKind::GridLead | RoleKind::BlockLead)
            })
            .map(|(place, _, _)| place)
            .filter(|place| {
                self.place(*place).is_some_and(|place| place.level <= Level::Block.number())
            })
            .collect();
        let mut sent: BTreeSet<PlaceId> = BTreeSet::new();
        for team in self.teams(member) {
            sent.extend(self.sent(team).map(|(place, _)| place));
        }
        let mut logs: Vec<(u8, PlaceId)> = self
            .places()
            .filter(|(id, _)| {
                let above = self.above(*id);
                let given = || {
                    sent.contains(id)
                        || self.assignment(*id, member).is_some()
                        || above.iter().any(|above| held.contains(above))
                };
                self.lies_in_block(*id, &above) && given()
            })
            .map(|(id, place)| (place.level, id))
            .collect();
        logs.sort_unstable();
        logs.into_iter().map(|(_, id)| id).collect()
    }

    /// As [`Self::logs_of`], for everybody at once: who holds a log here, and which. For whoever compares
    /// rosters; asks what lies above a place once for all members.
    pub fn holders(&self) -> BTreeMap<MemberId, BTreeSet<PlaceId>> {
        let given = self.given();
        let mut out: BTreeMap<MemberId, BTreeSet<PlaceId>> = BTreeMap::new();
        for (id, _) in self.places() {
            let above = self.above(id);
            if !self.lies_in_block(id, &above) {
                continue;
            }
            let all_below = above.iter().filter_map(|at| given.with_all_below.get(at)).flatten();
            let alone = given.alone.get(&id).into_iter().flatten();
            for member in all_below.chain(alone) {
                out.entry(*member).or_default().insert(id);
            }
        }
        out
    }

    /// Who is given what, by place.
    fn given(&self) -> Given {
        let mut given = Given::default();
        let mut teams: BTreeMap<TeamId, BTreeSet<MemberId>> = BTreeMap::new();
        for fact in self.facts(RecordKind::Role, &[]) {
            let Fact::Role { member, place, role, given: Some(team) } = fact else { continue };
            match RoleKind::from_number(*role) {
                Some(RoleKind::Member | RoleKind::GridLead | RoleKind::BlockLead) => {
                    let at = self.place(*place);
                    if at.is_some_and(|place| place.level <= Level::Block.number()) {
                        given.with_all_below.entry(*place).or_default().insert(*member);
                    }
                }
                Some(RoleKind::Team) => {
                    if let Some(team) = team {
                        teams.entry(*team).or_default().insert(*member);
                    }
                }
                _ => {}
            }
        }
        for fact in self.facts(RecordKind::Assign, &[]) {
            let Fact::Assign { building, member, assign: Some(assign) } = fact else { continue };
            if AssignKind::from_number(*assign).is_some() {
                given.alone.entry(*building).or_default().insert(*member);
            }
        }
        for (team, members) in teams {
            for (place, _) in self.sent(team) {
                given.alone.entry(place).or_default().extend(&members);
            }
        }
        given
    }
}

/// Who is given which places.
#[derive(Debug, Default)]
struct Given {
    /// With all that lies below: roles.
    with_all_below: BTreeMap<PlaceId, BTreeSet<MemberId>>,
    /// The place alone: assignments and sendings.
    alone: BTreeMap<PlaceId, BTreeSet<MemberId>>,
}
