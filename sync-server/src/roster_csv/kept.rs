//! What spreadsheets do not say and stays as it stands.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{Level, MemberId, trim_code},
    roster::{AssignKind, Fact, setting},
};

use crate::{
    register::View,
    roster_file::{BuildingLine, RosterFile, Settings, TeamLine},
};

/// What stands already: the default is that of a new realm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    pub(super) settings: Settings,
    pub(super) teams: Vec<TeamLine>,
    buildings: BTreeMap<String, Vec<BuildingLine>>,
}

impl Kept {
    /// What the rosters have.
    pub fn of(view: &View) -> Self {
        let at = view.at();
        let default = Settings::default();
        let set = |name: u16, or: i64| at.setting(name).unwrap_or(or);
        let mut out = Self {
            settings: Settings {
                time_zone_minutes: set(setting::LOCAL_TIME_MIN, default.time_zone_minutes),
                lease_s: set(setting::LEASE_S, default.lease_s),
                drop_period_s: set(setting::DROP_PERIOD_S, default.drop_period_s),
            },
            ..Self::default()
        };
        out.teams = at
            .teams_named()
            .map(|(_, named)| TeamLine { code: named.code.clone(), name: named.name.clone() })
            .collect();
        for fact in view.facts() {
            let Fact::Assign { building, member, assign: Some(assign) } = fact else { continue };
            let code = |member: MemberId| at.member(member).map(|named| named.code.clone());
            let found = (at.place(building), code(member), AssignKind::from_number(assign));
            if let (Some(place), Some(member), Some(assign)) = found {
                let line = BuildingLine { code: place.code.clone(), assign };
                out.buildings.entry(member).or_default().push(line);
            }
        }
        out
    }

    /// Forgets what there is a file of.
    pub(super) fn without(&mut self, teams: bool, buildings: bool) {
        if teams {
            self.teams.clear();
        }
        if buildings {
            self.buildings.clear();
        }
    }

    /// Gives members the buildings that they have, where member and building go on.
    pub(super) fn give_buildings(&self, file: &mut RosterFile) {
        let goes_on: BTreeSet<&str> = file
            .places
            .iter()
            .filter(|line| line.level == Level::Building && line.successors.is_none())
            .map(|line| trim_code(&line.code))
            .collect();
        for member in &mut file.members {
            let lines = self.buildings.get(&member.code).into_iter().flatten();
            member.buildings.extend(lines.filter(|l| goes_on.contains(l.code.as_str())).cloned());
        }
    }
}
