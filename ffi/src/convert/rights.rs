//! What a member may do at a place, by the newest rosters: for what a form offers. The engine judges
//! what is written.

use std::collections::BTreeSet;

use doorstep_core::PersonInfo;
use doorstep_domain::{
    rights::{Circumstances, Deed, Standing},
    table::Level,
};
use doorstep_protocol::{
    id::{MemberId, PlaceId},
    roster::RoleKind,
};

use super::reader::Reader;
use crate::records::MemberLine;

/// People to choose from at most.
const PEOPLE_MAX: usize = 200;
/// Where a deed hangs on the roster alone.
const ANYWHERE: Circumstances =
    Circumstances { level: Level::Building, sent: false, code_issued: false };

impl Reader {
    /// What somebody is at the first of these places.
    pub(crate) fn standing(&self, member: MemberId, above: &[PlaceId]) -> Standing {
        let Some(person) = self.directory.people.get(&member) else { return Standing::default() };
        let roles =
            person.roles.iter().filter(|(at, role)| *role != RoleKind::Team && above.contains(at));
        Standing {
            roles: roles.map(|(_, role)| *role).collect(),
            assigned: person.assigned.iter().any(|(at, _)| above.contains(at)),
            teams: BTreeSet::new(),
        }
    }

    /// What this phone's member is at a place.
    pub(crate) fn my_standing(&self, place: PlaceId) -> Standing {
        let above = self.directory.above(place);
        self.me.map(|me| self.standing(me, &above)).unwrap_or_default()
    }

    /// Whether this phone's member may do something at a place, whatever a document says.
    pub(crate) fn may(&self, deed: Deed, place: PlaceId) -> bool {
        self.my_standing(place).may(deed, ANYWHERE)
    }

    /// Who works at a place or above it, the nearest first.
    pub(crate) fn working_at(&self, place: PlaceId) -> Vec<MemberLine> {
        let above = self.directory.above(place);
        let people = self.directory.people.values();
        let mut working: Vec<_> = people
            .filter_map(|person| Some((self.standing(person.id, &above).level()?, person)))
            .collect();
        working.sort_by_key(|(level, person)| (*level, &person.code, person.id));
        let line = |(_, person): &(Level, &PersonInfo)| self.member_line(person.id);
        working.iter().take(PEOPLE_MAX).map(line).collect()
    }

    /// Those, but for this phone's member.
    pub(crate) fn others_at(&self, place: PlaceId) -> Vec<MemberLine> {
        let me = self.me.map(|me| me.to_string());
        let mut people = self.working_at(place);
        people.retain(|person| Some(&person.member) != me.as_ref());
        people
    }

    /// Everybody in the rosters of this phone.
    pub(crate) fn everybody(&self) -> Vec<MemberLine> {
        let mut people: Vec<&PersonInfo> = self.directory.people.values().collect();
        people.sort_by_key(|person| (&person.code, person.id));
        people.iter().take(PEOPLE_MAX).map(|person| self.member_line(person.id)).collect()
    }
}
