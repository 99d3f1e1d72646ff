//! The first screen of an app, in one call.

use std::collections::BTreeMap;

use doorstep_protocol::{
    id::{Level, MemberId, PlaceId},
    roster::AssignKind,
};
use serde::Serialize;

use super::{Engine, GrievanceLine, HouseholdLine, State};
use crate::{
    error::ReadError,
    projection::{self, Building},
};

/// Buildings of a day at most: more than one person answers for, and enough for a lead.
const BUILDINGS_MAX: usize = 200;
/// Lines of each list of a day at most; the lists themselves go on.
const LINES: u32 = 50;

/// A building that the phone's member answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BuildingDay {
    /// The building.
    pub place: PlaceId,
    /// How it is given to the member; none = by a role at its grid or above.
    pub duty: Option<AssignKind>,
    /// Households entered.
    pub households: u32,
    /// Of these, to be visited first.
    pub priority: u32,
    /// Open grievances.
    pub open: u32,
    /// Of these, past their due by this phone's clock.
    pub overdue: u32,
}

/// What the phone's member has before them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MyDay {
    /// This phone's time, in s.
    pub now_s: u64,
    /// Buildings given to the member; where none is, those of their grids. At most 200, by code.
    pub buildings: Vec<BuildingDay>,
    /// Grievances that came back, the member's own or in these buildings: the resident was not
    /// content. At most 50, by their due. All of a group stand here: each is the word of another
    /// resident, and nothing that came back is hidden behind another.
    pub came_back: Vec<GrievanceLine>,
    /// The member's other open grievances, and those in these buildings that nobody took on. At most
    /// 50, by their due. A trouble told by several residents is one piece of work: of each group only
    /// the one that is due first stands here, whether or not it is the face, so that an urgent one does
    /// not wait behind a face that is not.
    pub due: Vec<GrievanceLine>,
    /// Households of these buildings: priority ones first, then those met longest ago. At most 50.
    pub households: Vec<HouseholdLine>,
}

impl Engine {
    /// The first screen in one call: buildings, what came back, what is due, whom to visit. Empty
    /// before enrolment and after revocation.
    pub fn my_day(&self) -> Result<MyDay, ReadError> {
        let now_s = self.now_ms() / 1000;
        let state = self.lock();
        let Some(member) = state.member() else { return Ok(MyDay { now_s, ..MyDay::default() }) };
        let connection = state.store.connection();
        let mine = state.buildings(member);
        let places: Vec<PlaceId> = mine.iter().map(|(place, _)| *place).collect();
        let counts: BTreeMap<PlaceId, Building> =
            projection::buildings(connection, &places, now_s)?.into_iter().collect();
        let buildings = mine.into_iter().map(|(place, duty)| {
            let Building { households, priority, open, overdue } =
                counts.get(&place).copied().unwrap_or_default();
            BuildingDay { place, duty, households, priority, open, overdue }
        });
        let grievances = |rows: Vec<_>| rows.into_iter().map(GrievanceLine::from).collect();
        let households = projection::households(connection, &places, LINES)?;
        Ok(MyDay {
            now_s,
            buildings: buildings.collect(),
            came_back: grievances(projection::came_back(connection, member, &places, LINES)?),
            due: grievances(projection::due(connection, member, &places, LINES)?),
            households: households.into_iter().map(HouseholdLine::from).collect(),
        })
    }
}

impl State {
    /// The buildings given to a member, by code; where none is, those whose logs are held.
    fn buildings(&self, member: MemberId) -> Vec<(PlaceId, Option<AssignKind>)> {
        let held = self.store.held();
        let mut found = BTreeMap::new();
        for roster in self.store.view().rosters() {
            let tip = roster.tip();
            for (id, place) in tip.places() {
                let building = place.level() == Some(Level::Building);
                if building && place.successors.is_none() && held.contains(&id.scope()) {
                    let duty = tip.assignment(id, member);
                    found.entry((place.code.clone(), id)).or_insert(duty);
                }
            }
        }
        let given = found.values().any(Option::is_some);
        let mine = found.into_iter().filter(|(_, duty)| duty.is_some() || !given);
        mine.map(|((_, id), duty)| (id, duty)).take(BUILDINGS_MAX).collect()
    }
}
