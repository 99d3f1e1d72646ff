//! The part of the generated sub-district that a demo's phones need.
//!
//! The register is the same whatever the seed of the day: 10 communities, 59 blocks, 238 grids, 9,520
//! buildings, 2,234 members. A demo takes as many of its blocks as its phones need, each with everybody
//! and everything in it.

use std::collections::BTreeSet;

use doorstep_protocol::{
    id::{Level, MemberId, PlaceId, RealmId},
    roster::{AssignKind, RoleKind},
};

use crate::{
    generate::{Proportions, generate},
    roster_file::{BuildingLine, MemberLine, PlaceLine, RosterFile},
};

/// Phones of one block in a demo.
pub(super) const PHONES_PER_BLOCK: usize = 8;
/// The most phones of a demo: each is a process.
pub(super) const PHONES_MAX: usize = 240;
/// The register is not of the day: one seed for all demos.
const REGISTER_SEED: u64 = 1;

/// A grid with its buildings and people, by their codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    /// The grid.
    pub(super) code: String,
    /// Its buildings.
    pub(super) buildings: Vec<String>,
    /// Its lead first, then its members.
    pub(super) members: Vec<String>,
}

impl Grid {
    /// Its log's place.
    pub(super) fn place(&self, realm: &RealmId) -> PlaceId {
        PlaceId::of(realm, Level::Grid, &self.code)
    }
}

/// A block with its grids and its lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The block.
    pub(super) code: String,
    /// Its grids.
    pub(super) grids: Vec<Grid>,
    /// Its lead.
    pub(super) lead: Option<String>,
}

impl Block {
    /// Its log's place.
    pub(super) fn place(&self, realm: &RealmId) -> PlaceId {
        PlaceId::of(realm, Level::Block, &self.code)
    }
}

/// A building's log's place.
pub(super) fn building_place(realm: &RealmId, code: &str) -> PlaceId {
    PlaceId::of(realm, Level::Building, code)
}

/// A member's id.
pub(super) fn member_id(realm: &RealmId, code: &str) -> MemberId {
    MemberId::of(realm, code)
}

/// The places and people of a demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct District {
    /// As a register that `init` takes.
    pub(super) file: RosterFile,
    /// Its blocks.
    pub(super) blocks: Vec<Block>,
    /// The register is all that stands in the realm, so a changed one may be applied.
    pub(super) is_whole: bool,
}

impl District {
    /// The first blocks of the generated sub-district.
    pub(super) fn part(blocks: usize) -> Self {
        Self::of(first_blocks(generate(&Proportions::default(), REGISTER_SEED), blocks))
    }

    /// Those of a register.
    pub(super) fn of(file: RosterFile) -> Self {
        let blocks = codes(&file, Level::Block, None).into_iter().map(|code| {
            let grids = codes(&file, Level::Grid, Some(&code)).into_iter().map(|code| {
                let buildings = codes(&file, Level::Building, Some(&code));
                let members = who(&file, RoleKind::GridLead, &code)
                    .chain(who(&file, RoleKind::Member, &code))
                    .map(|member| member.code.clone())
                    .collect();
                Grid { buildings, members, code }
            });
            let grids = grids.collect();
            let lead = who(&file, RoleKind::BlockLead, &code).map(|m| m.code.clone()).next();
            Block { grids, lead, code }
        });
        Self { blocks: blocks.collect(), file, is_whole: true }
    }

    /// The buildings that a member answers for.
    pub(super) fn buildings_of(&self, member: &str) -> impl Iterator<Item = &str> {
        let lines = self.file.members.iter().filter(move |line| line.code == member);
        lines
            .flat_map(|line| &line.buildings)
            .filter(|building| building.assign == AssignKind::Owner)
            .map(|building| building.code.as_str())
    }

    /// The register after a building was given to another grid of its block, and to somebody there.
    pub(super) fn with_building_given(&self, building: &str, to: &Grid) -> RosterFile {
        let mut file = self.file.clone();
        for place in &mut file.places {
            if place.level == Level::Building && place.code == building {
                place.parent = Some(to.code.clone());
            }
        }
        for member in &mut file.members {
            member.buildings.retain(|line| line.code != building);
            if to.members.first() == Some(&member.code) {
                let (code, assign) = (building.to_owned(), AssignKind::Owner);
                member.buildings.push(BuildingLine { code, assign });
            }
        }
        file
    }
}

fn codes(file: &RosterFile, level: Level, parent: Option<&str>) -> Vec<String> {
    let within = |place: &&PlaceLine| {
        place.level == level && (parent.is_none() || place.parent.as_deref() == parent)
    };
    file.places.iter().filter(within).map(|place| place.code.clone()).collect()
}

fn who<'a>(
    file: &'a RosterFile,
    role: RoleKind,
    place: &str,
) -> impl Iterator<Item = &'a MemberLine> {
    file.members.iter().filter(move |m| m.roles.iter().any(|r| r.role == role && r.place == place))
}

/// Leaves out all other blocks, what lies in them, and who is only there.
fn first_blocks(mut file: RosterFile, blocks: usize) -> RosterFile {
    let kept: BTreeSet<String> =
        codes(&file, Level::Block, None).into_iter().take(blocks.max(1)).collect();
    let is_in = |place: &PlaceLine, kept: &BTreeSet<String>| {
        place.parent.as_ref().is_some_and(|parent| kept.contains(parent))
    };
    file.places.retain(|place| place.level != Level::Block || kept.contains(&place.code));
    file.places.retain(|place| place.level != Level::Grid || is_in(place, &kept));
    let grids: BTreeSet<String> = codes(&file, Level::Grid, None).into_iter().collect();
    file.places.retain(|place| place.level != Level::Building || is_in(place, &grids));
    let mut places: BTreeSet<String> = file.places.iter().map(|p| p.code.clone()).collect();
    places.insert(file.sub_district.code.clone());
    file.members.retain(|member| member.roles.iter().all(|role| places.contains(&role.place)));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_has_the_real_proportions() {
        let whole = District::part(usize::MAX);
        assert_eq!(whole.blocks.len(), 59);
        let grids: Vec<&Grid> = whole.blocks.iter().flat_map(|block| &block.grids).collect();
        assert_eq!(grids.len(), 238);
        assert_eq!(grids.iter().map(|grid| grid.buildings.len()).sum::<usize>(), 9_520);
        assert_eq!(whole.file.members.len(), 2_234);
    }

    #[test]
    fn a_part_is_a_register_by_itself() {
        let part = District::part(2);
        assert_eq!(part.blocks, District::part(59).blocks[..2]);
        let facts = part.file.facts(&RealmId([1; 32]));
        assert!(facts.is_ok(), "{facts:?}");
        for block in &part.blocks {
            assert!(block.lead.is_some());
            assert!(block.grids.len() >= 3, "enough grids for the phones of a block");
            for grid in &block.grids {
                assert!(grid.members.len() >= 3);
                for member in grid.members.iter().take(3) {
                    assert!(part.buildings_of(member).next().is_some());
                }
            }
        }
    }

    #[test]
    fn a_building_is_given_to_another_grid_and_somebody_there() {
        let part = District::part(1);
        let [from, to, ..] = &part.blocks[0].grids[..] else { panic!() };
        let building = &from.buildings[3];
        let after = District::of(part.with_building_given(building, to));
        assert!(!after.blocks[0].grids[0].buildings.contains(building));
        assert!(after.blocks[0].grids[1].buildings.contains(building));
        assert!(after.buildings_of(&to.members[0]).any(|code| code == building));
        assert!(from.members.iter().all(|m| after.buildings_of(m).all(|code| code != building)));
        assert!(after.file.facts(&RealmId([1; 32])).is_ok());
    }
}
