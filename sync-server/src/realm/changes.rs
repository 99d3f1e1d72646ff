//! What a changed roster file did, in the words of whoever changed it.

use std::fmt;

use doorstep_protocol::{
    id::{Level, PlaceId, RealmId, trim_code},
    roster::Fact,
};
use serde::Serialize;

use crate::{
    place_name::PlaceName,
    reach::ReachChanges,
    register::{Register, View},
    roster_file::RosterFile,
};

/// What a changed file did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Records that differ from what stands.
    pub records: usize,
    /// Entries in rosters.
    pub entries: usize,
    /// Rosters that get an entry.
    pub rosters: usize,
    /// Rosters that begin to be.
    pub new_rosters: usize,
    /// Places that lie elsewhere than before.
    pub moved: Vec<Moved>,
    /// Places that are new, by level from the top.
    pub new_places: Vec<PlaceName>,
    /// Places that have ended now.
    pub ended_places: Vec<PlaceName>,
    /// Members that are new, by code.
    pub new_members: Vec<String>,
    /// Members that are gone, by code.
    pub gone_members: Vec<String>,
    /// What it does to phones.
    pub reach: ReachChanges,
}

impl Changes {
    /// Whether two say the same change, though documents may have come meanwhile.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let uncounted =
            |changes: &Self| Self { reach: changes.reach.clone().uncounted(), ..changes.clone() };
        uncounted(self) == uncounted(other)
    }
}

/// A place that lies elsewhere than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The place.
    pub place: PlaceName,
    /// What it lay in.
    pub from: PlaceName,
    /// What it lies in now.
    pub to: PlaceName,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.place, self.from, self.to)
    }
}

/// What facts change of what stands; entries, rosters and phones are not counted here.
pub(super) fn describe(register: &Register, facts: &[Fact], file: &RosterFile) -> Changes {
    let view = register.view();
    let mut changes = Changes { records: facts.len(), ..Changes::default() };
    let realm = register.realm();
    for fact in facts {
        match fact {
            Fact::Place { id, place: Some(place) } => {
                let name = PlaceName::of(place);
                match view.at().place(*id) {
                    None => changes.new_places.push(name),
                    Some(was) => {
                        if was.parent != place.parent {
                            changes.moved.push(Moved {
                                place: name.clone(),
                                from: name_of(&view, realm, file, was.parent),
                                to: name_of(&view, realm, file, place.parent),
                            });
                        }
                        if was.successors.is_none() && place.successors.is_some() {
                            changes.ended_places.push(name);
                        }
                    }
                }
            }
            Fact::Member { id, named } => match (view.at().member(*id), named) {
                (None, Some(named)) => changes.new_members.push(named.code.clone()),
                (Some(was), None) => changes.gone_members.push(was.code.clone()),
                _ => {}
            },
            _ => {}
        }
    }
    changes.new_places.sort_by(|a, b| (b.level, &a.code).cmp(&(a.level, &b.code)));
    changes
}

/// A place by what stands, or by the file where it is new.
fn name_of(view: &View, realm: &RealmId, file: &RosterFile, id: PlaceId) -> PlaceName {
    if let Some(place) = view.at().place(id) {
        return PlaceName::of(place);
    }
    let code_of = |level: Level, code: &str| {
        let code = trim_code(code);
        (PlaceId::of(realm, level, code) == id)
            .then(|| PlaceName { level: Some(level), code: code.to_owned() })
    };
    file.places
        .iter()
        .find_map(|line| code_of(line.level, &line.code))
        .unwrap_or_else(|| PlaceName { level: None, code: id.to_string() })
}
