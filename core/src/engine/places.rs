//! Places, people, devices and code lists, as the newest rosters have them.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_protocol::{
    id::{DeviceId, Level, MemberId, PlaceId, TeamId},
    roster::{AssignKind, RoleKind, RosterAt},
};
use serde::Serialize;

use super::Engine;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceInfo {
    /// Its id.
    pub id: PlaceId,
    /// Its level; none where it has no meaning here.
    pub level: Option<Level>,
    /// The register's code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// What it lies in; none = nothing.
    pub parent: Option<PlaceId>,
    /// It is no more.
    pub ended: bool,
    /// This phone holds its log.
    pub held: bool,
    /// How it is given to this phone's member.
    pub mine: Option<AssignKind>,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonInfo {
    /// Their id.
    pub id: MemberId,
    /// The register's code.
    pub code: String,
    /// What they are called; may be empty.
    pub name: String,
    /// Their roles.
    pub roles: Vec<(PlaceId, RoleKind)>,
    /// The buildings given to them.
    pub assigned: Vec<(PlaceId, AssignKind)>,
    /// Their devices. An added device is seen by everybody who looks here.
    pub devices: Vec<DeviceInfo>,
}

/// A device of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DeviceInfo {
    /// Its id.
    pub id: DeviceId,
    /// It is this one.
    pub own: bool,
}

/// An item of a code list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeInfo {
    /// The code.
    pub code: u16,
    /// Its Chinese text.
    pub zh: String,
    /// Its English text.
    pub en: String,
    /// Whether it is offered for new entries.
    pub in_use: bool,
}

impl Engine {
    /// All places of the rosters held, by level (highest first), then by code.
    pub fn places(&self) -> Vec<PlaceInfo> {
        let state = self.lock();
        let (held, member) = (state.store.held(), state.member());
        let mut places = BTreeMap::new();
        for roster in state.store.view().rosters() {
            let tip = roster.tip();
            for (id, place) in tip.places() {
                let info = || PlaceInfo {
                    id,
                    level: place.level(),
                    code: place.code.clone(),
                    name: place.name.clone(),
                    parent: Some(place.parent).filter(|parent| *parent != PlaceId::ZERO),
                    ended: place.successors.is_some(),
                    held: held.contains(&id.scope()),
                    mine: member.and_then(|member| tip.assignment(id, member)),
                };
                places.entry(id).or_insert_with(info);
            }
        }
        let mut places: Vec<PlaceInfo> = places.into_values().collect();
        places.sort_by(|a, b| (b.level, &a.code, a.id).cmp(&(a.level, &b.code, b.id)));
        places
    }

    /// The places whose logs this phone holds.
    pub fn my_logs(&self) -> BTreeSet<PlaceId> {
        self.lock().store.held().into_iter().map(|scope| scope.place()).collect()
    }

    /// Everybody in the rosters held, with roles, buildings and devices, by code.
    pub fn people(&self) -> Vec<PersonInfo> {
        let state = self.lock();
        let own = state.store.device();
        let mut people: BTreeMap<MemberId, PersonInfo> = BTreeMap::new();
        for roster in state.store.view().rosters() {
            let tip = roster.tip();
            let assigned = assigned(&tip);
            for (id, named) in tip.members() {
                let person = people.entry(id).or_insert_with(|| PersonInfo {
                    id,
                    code: named.code.clone(),
                    name: named.name.clone(),
                    roles: Vec::new(),
                    assigned: Vec::new(),
                    devices: Vec::new(),
                });
                person.roles.extend(tip.roles(id).map(|(place, role, _)| (place, role)));
                person.assigned.extend(assigned.get(&id).into_iter().flatten());
            }
            for (id, device) in tip.devices() {
                if let Some(person) = people.get_mut(&device.member) {
                    person.devices.push(DeviceInfo { id, own: id == own });
                }
            }
        }
        let mut people: Vec<PersonInfo> = people.into_values().collect();
        for person in &mut people {
            // One who works in two blocks is in two rosters, and some records ride in both.
            distinct(&mut person.roles);
            distinct(&mut person.assigned);
            distinct(&mut person.devices);
        }
        people.sort_by(|a, b| (&a.code, a.id).cmp(&(&b.code, b.id)));
        people
    }

    /// The response teams of the rosters held: what people call each, else its code.
    pub fn teams(&self) -> BTreeMap<TeamId, String> {
        let state = self.lock();
        let mut teams = BTreeMap::new();
        for roster in state.store.view().rosters() {
            for (id, named) in roster.tip().teams_named() {
                let name = if named.name.is_empty() { &named.code } else { &named.name };
                teams.entry(id).or_insert_with(|| name.clone());
            }
        }
        teams
    }

    /// A setting of the realm; see [`doorstep_protocol::roster::setting`].
    pub fn setting(&self, name: u16) -> Option<i64> {
        let state = self.lock();
        state.store.view().rosters().iter().find_map(|roster| roster.tip().setting(name))
    }

    /// The items of a code list, by code; see `doorstep_domain::table::list`.
    pub fn codes(&self, list: u16) -> Vec<CodeInfo> {
        let state = self.lock();
        let mut codes = BTreeMap::new();
        for roster in state.store.view().rosters() {
            for (code, item) in roster.tip().codes(list) {
                codes.entry(code).or_insert_with(|| CodeInfo {
                    code,
                    zh: item.zh.clone(),
                    en: item.en.clone(),
                    in_use: item.in_use,
                });
            }
        }
        codes.into_values().collect()
    }
}

fn assigned(tip: &RosterAt<'_>) -> BTreeMap<MemberId, Vec<(PlaceId, AssignKind)>> {
    let mut assigned: BTreeMap<MemberId, Vec<(PlaceId, AssignKind)>> = BTreeMap::new();
    for (place, _) in tip.places() {
        for (member, kind) in tip.assigned(place) {
            assigned.entry(member).or_default().push((place, kind));
        }
    }
    assigned
}

fn distinct<T: Ord>(items: &mut Vec<T>) {
    items.sort_unstable();
    items.dedup();
}
