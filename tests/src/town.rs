//! Where it all takes place: a small town of two blocks, as a roster file.
//!
//! ```text
//! S1 > C1 > B1 > G1 > G1-1, G1-2      Li (lead of G1), Wang, Hu (members of G1)
//!               > G2 > G2-1, G2-2      Zhao (lead of G2), Qian (member of G2)
//!           > B2 > G3 > G3-1, G3-2     Sun (lead of G3), Zhou (member of G3)
//!                                      Chen (lead of B1), Deng (lead of B2)
//! ```

use doorstep_protocol::{
    id::{Level, PlaceId, RealmId},
    roster::RoleKind,
};
use doorstep_relay::roster_file::{
    MemberLine, PlaceLine, RoleLine, RosterFile, Settings, SubDistrict,
};

/// Buildings, each with the grid that it lies in at first.
pub const BUILDINGS: [(&str, &str); 6] = [
    ("G1-1", "G1"),
    ("G1-2", "G1"),
    ("G2-1", "G2"),
    ("G2-2", "G2"),
    ("G3-1", "G3"),
    ("G3-2", "G3"),
];

const GRIDS: [(&str, &str); 3] = [("G1", "B1"), ("G2", "B1"), ("G3", "B2")];

/// Everybody, with a place and a role.
pub const PEOPLE: [(&str, &str, RoleKind); 9] = [
    ("Li", "G1", RoleKind::GridLead),
    ("Wang", "G1", RoleKind::Member),
    ("Hu", "G1", RoleKind::Member),
    ("Zhao", "G2", RoleKind::GridLead),
    ("Qian", "G2", RoleKind::Member),
    ("Sun", "G3", RoleKind::GridLead),
    ("Zhou", "G3", RoleKind::Member),
    ("Chen", "B1", RoleKind::BlockLead),
    ("Deng", "B2", RoleKind::BlockLead),
];

/// The register of the town.
pub fn roster() -> RosterFile {
    let mut places = vec![place(Level::Community, "C1", None)];
    places.extend(["B1", "B2"].map(|block| place(Level::Block, block, Some("C1"))));
    places.extend(GRIDS.map(|(grid, block)| place(Level::Grid, grid, Some(block))));
    places.extend(BUILDINGS.map(|(code, grid)| place(Level::Building, code, Some(grid))));
    RosterFile {
        sub_district: SubDistrict { code: "S1".into(), name: String::new() },
        settings: Settings::default(),
        places,
        teams: Vec::new(),
        members: PEOPLE.map(|(code, at, role)| member(code, at, role)).to_vec(),
    }
}

fn place(level: Level, code: &str, parent: Option<&str>) -> PlaceLine {
    PlaceLine {
        level,
        code: code.into(),
        name: String::new(),
        parent: parent.map(str::to_owned),
        successors: None,
    }
}

/// A member with one role.
pub fn member(code: &str, at: &str, role: RoleKind) -> MemberLine {
    let role = RoleLine { place: at.into(), level: None, role, team: None };
    MemberLine { code: code.into(), name: String::new(), roles: vec![role], buildings: Vec::new() }
}

/// Lays a building into another grid.
pub fn move_building(file: &mut RosterFile, building: &str, grid: &str) {
    let line = file.places.iter_mut().find(|line| line.code == building).unwrap();
    line.parent = Some(grid.into());
}

/// The place with this code: the level follows from how it is written.
pub fn place_id(realm: &RealmId, code: &str) -> PlaceId {
    let level = match code.as_bytes()[0] {
        b'B' => Level::Block,
        b'C' => Level::Community,
        b'S' => Level::SubDistrict,
        _ if code.contains('-') => Level::Building,
        _ => Level::Grid,
    };
    PlaceId::of(realm, level, code)
}
