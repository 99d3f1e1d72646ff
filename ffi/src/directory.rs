//! What the rosters call things, read once and kept until a roster changes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use doorstep_core::{ChangeListener, Changes, CodeInfo, Engine, PersonInfo, PlaceInfo};
use doorstep_domain::table::list;
use doorstep_protocol::{
    id::{Level, MemberId, PlaceId, TeamId},
    roster::setting,
};

/// Places, people, teams and code lists, in both languages.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) places: BTreeMap<PlaceId, PlaceInfo>,
    pub(crate) people: BTreeMap<MemberId, PersonInfo>,
    pub(crate) teams: BTreeMap<TeamId, String>,
    codes: BTreeMap<u16, Vec<CodeInfo>>,
    /// Minutes of the realm's local time ahead of UTC.
    pub(crate) local_min: i64,
}

impl Directory {
    fn read(engine: &Engine) -> Self {
        let lists = list::GRADES..=list::ANSWER;
        Self {
            places: engine.places().into_iter().map(|place| (place.id, place)).collect(),
            people: engine.people().into_iter().map(|person| (person.id, person)).collect(),
            teams: engine.teams(),
            codes: lists.map(|list| (list, engine.codes(list))).collect(),
            local_min: engine.setting(setting::LOCAL_TIME_MIN).unwrap_or(0),
        }
    }

    /// The items of a list, by code.
    pub(crate) fn codes(&self, list: u16) -> &[CodeInfo] {
        self.codes.get(&list).map_or(&[], Vec::as_slice)
    }

    /// The grid that a place lies in; the place itself where it lies in none.
    pub(crate) fn grid_of(&self, place: PlaceId) -> PlaceId {
        let above = self.above(place);
        let is_grid = |at: &&PlaceId| {
            self.places.get(*at).is_some_and(|place| place.level == Some(Level::Grid))
        };
        above.iter().find(is_grid).copied().unwrap_or(place)
    }

    /// The place itself and what it lies in, step by step.
    pub(crate) fn above(&self, place: PlaceId) -> Vec<PlaceId> {
        let mut above = vec![place];
        while let Some(parent) = above.last().and_then(|at| self.places.get(at)?.parent) {
            // A roster that makes a ring is none to follow for ever.
            if above.contains(&parent) {
                break;
            }
            above.push(parent);
        }
        above
    }
}

/// The directory, while it is good.
#[derive(Debug, Default)]
pub(crate) struct Names {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Counts the changes, so that what was read before one is not kept after it.
    age: u64,
    directory: Option<Arc<Directory>>,
}

impl Names {
    /// The directory as the rosters are now.
    pub(crate) fn read(&self, engine: &Engine) -> Arc<Directory> {
        let age = {
            let kept = self.lock();
            if let Some(directory) = &kept.directory {
                return Arc::clone(directory);
            }
            kept.age
        };
        let directory = Arc::new(Directory::read(engine));
        let mut kept = self.lock();
        if kept.age == age {
            kept.directory = Some(Arc::clone(&directory));
        }
        directory
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChangeListener for Names {
    fn changed(&self, changes: &Changes) {
        if changes.roster {
            let mut kept = self.lock();
            kept.age += 1;
            kept.directory = None;
        }
    }
}
