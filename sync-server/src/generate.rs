//! A register of true proportions that nobody lives in: for the demo, for benchmarks, for tests.

use doorstep_protocol::{
    id::Level,
    roster::{AssignKind, RoleKind},
};

use crate::roster_file::{
    BuildingLine, MemberLine, PlaceLine, RoleLine, RosterFile, Settings, SubDistrict, TeamLine,
};

/// How large it is. The default is the sub-district that all this was drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportions {
    /// Communities, at least 1.
    pub communities: usize,
    /// Blocks, at least 1 in each community.
    pub blocks: usize,
    /// Grids, at least 1 in each block.
    pub grids: usize,
    /// Buildings in each grid.
    pub buildings_per_grid: usize,
    /// Members in all: first a lead for each grid and each block, staff and a response team, then
    /// members of grids, evenly.
    pub members: usize,
}

impl Default for Proportions {
    fn default() -> Self {
        Self { communities: 10, blocks: 59, grids: 238, buildings_per_grid: 40, members: 2_234 }
    }
}

/// First and second parts of names, in Chinese and English.
const FIRST: [(&str, &str); 12] = [
    ("春", "Chun"),
    ("和", "He"),
    ("安", "An"),
    ("永", "Yong"),
    ("新", "Xin"),
    ("光", "Guang"),
    ("福", "Fu"),
    ("长", "Chang"),
    ("泰", "Tai"),
    ("景", "Jing"),
    ("康", "Kang"),
    ("宁", "Ning"),
];
const SECOND: [(&str, &str); 12] = [
    ("林", "lin"),
    ("河", "he"),
    ("山", "shan"),
    ("桥", "qiao"),
    ("园", "yuan"),
    ("港", "gang"),
    ("湖", "hu"),
    ("田", "tian"),
    ("坪", "ping"),
    ("苑", "yuan"),
    ("里", "li"),
    ("丰", "feng"),
];

/// SplitMix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let n = u64::try_from(n.max(1)).unwrap_or(1);
        usize::try_from((z ^ (z >> 31)) % n).unwrap_or_default()
    }

    fn name(&mut self, zh: &str, en: &str) -> String {
        let first = FIRST.get(self.below(FIRST.len())).unwrap_or(&("", ""));
        let second = SECOND.get(self.below(SECOND.len())).unwrap_or(&("", ""));
        format!("{}{}{zh} {}{} {en}", first.0, second.0, first.1, second.1)
    }
}

/// Makes a register; the same seed gives the same one. Members are named by their codes alone.
pub fn generate(proportions: &Proportions, seed: u64) -> RosterFile {
    let mut maker = Maker {
        dice: Dice(seed),
        places: Vec::new(),
        members: Vec::new(),
        members_max: proportions.members,
    };
    let sub_district =
        SubDistrict { code: "S1".to_owned(), name: maker.dice.name("街道", "Sub-district") };
    let communities = numbers("C", proportions.communities.max(1), 2);
    let blocks = numbers("B", proportions.blocks.max(communities.len()), 2);
    let grids = numbers("G", proportions.grids.max(blocks.len()), 3);
    maker.staff(&sub_district.code, &communities);
    for code in &communities {
        maker.place(Level::Community, code, None, ("社区", "Community"));
    }
    for (n, code) in blocks.iter().enumerate() {
        let parent = share(&communities, n, blocks.len());
        maker.place(Level::Block, code, parent, ("街区", "Block"));
        maker.lead(RoleKind::BlockLead, code);
    }
    let mut buildings = Vec::with_capacity(grids.len());
    for (n, code) in grids.iter().enumerate() {
        let parent = share(&blocks, n, grids.len());
        maker.place(Level::Grid, code, parent, ("网格", "Grid"));
        maker.lead(RoleKind::GridLead, code);
        buildings.push(maker.buildings(code, proportions.buildings_per_grid));
    }
    maker.grid_members(&grids, &buildings);
    RosterFile {
        sub_district,
        settings: Settings::default(),
        places: maker.places,
        teams: vec![TeamLine {
            code: "T1".to_owned(),
            name: "应急服务队 Response team".to_owned(),
        }],
        members: maker.members,
    }
}

fn numbers(letter: &str, n: usize, width: usize) -> Vec<String> {
    (1..=n).map(|n| format!("{letter}{n:0width$}")).collect()
}

/// The parent of the n-th of `total`, so that each gets an equal share of neighbours.
fn share(parents: &[String], n: usize, total: usize) -> Option<String> {
    parents.get(n * parents.len() / total.max(1)).cloned()
}

struct Maker {
    dice: Dice,
    places: Vec<PlaceLine>,
    members: Vec<MemberLine>,
    members_max: usize,
}

impl Maker {
    fn place(&mut self, level: Level, code: &str, parent: Option<String>, kind: (&str, &str)) {
        let name = self.dice.name(kind.0, kind.1);
        self.places.push(PlaceLine {
            level,
            code: code.to_owned(),
            name,
            parent,
            successors: None,
        });
    }

    fn buildings(&mut self, grid: &str, n: usize) -> Vec<String> {
        let codes: Vec<String> = (1..=n).map(|n| format!("{grid}-{n:02}")).collect();
        for (n, code) in (1..).zip(&codes) {
            self.places.push(PlaceLine {
                level: Level::Building,
                code: code.clone(),
                name: format!("{n}栋 Building {n}"),
                parent: Some(grid.to_owned()),
                successors: None,
            });
        }
        codes
    }

    /// A new member, while there is room; gives their place in the list.
    fn member(&mut self, roles: Vec<RoleLine>) -> Option<usize> {
        let n = self.members.len();
        if n >= self.members_max {
            return None;
        }
        let code = format!("M{:04}", n + 1);
        self.members.push(MemberLine { code, name: String::new(), roles, buildings: Vec::new() });
        Some(n)
    }

    fn lead(&mut self, role: RoleKind, place: &str) {
        self.member(vec![role_at(place, role)]);
    }

    fn staff(&mut self, root: &str, communities: &[String]) {
        self.lead(RoleKind::SubDistrict, root);
        self.lead(RoleKind::Auditor, root);
        self.member(vec![RoleLine {
            team: Some("T1".to_owned()),
            ..role_at(root, RoleKind::Team)
        }]);
        for community in communities {
            self.lead(RoleKind::Community, community);
        }
    }

    /// The rest of the members, evenly over the grids; then each building gets an owner and a backup
    /// of its grid.
    fn grid_members(&mut self, grids: &[String], buildings: &[Vec<String>]) {
        let mut of_grid: Vec<Vec<usize>> = vec![Vec::new(); grids.len()];
        for (grid, members) in grids.iter().zip(&mut of_grid) {
            let lead = |member: &MemberLine| {
                member.roles.iter().any(|r| r.role == RoleKind::GridLead && r.place == *grid)
            };
            members.extend(self.members.iter().position(lead));
        }
        'all: loop {
            for (grid, members) in grids.iter().zip(&mut of_grid) {
                match self.member(vec![role_at(grid, RoleKind::Member)]) {
                    Some(n) => members.push(n),
                    None => break 'all,
                }
            }
        }
        for (codes, members) in buildings.iter().zip(of_grid) {
            for (n, code) in codes.iter().enumerate() {
                let turn = n + self.dice.below(2);
                self.give(&members, turn, code, AssignKind::Owner);
                if members.len() > 1 {
                    self.give(&members, turn + 1, code, AssignKind::Backup);
                }
            }
        }
    }

    fn give(&mut self, members: &[usize], turn: usize, code: &str, assign: AssignKind) {
        let member = turn.checked_rem(members.len()).and_then(|n| members.get(n));
        if let Some(member) = member.and_then(|n| self.members.get_mut(*n)) {
            member.buildings.push(BuildingLine { code: code.to_owned(), assign });
        }
    }
}

fn role_at(place: &str, role: RoleKind) -> RoleLine {
    RoleLine { place: place.to_owned(), level: None, role, team: None }
}
